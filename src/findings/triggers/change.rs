//! Changes of our own: deploys with their commits, settings, flags, commits of which no deploy is known.

use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use super::classes;
use super::effects::{self, Change, Effect};
use super::signature::{self, Failing, Signature};
use super::undone::{self, Undoing};
use super::{
    shifts, values,
    words::{IDLE_KINDS, SAID},
};
use crate::findings::context::Context;
use crate::findings::text::{clock, clock_s, date_and_clock, length};
use crate::model::{
    Citation, Event, EventKind, Precision, Series, SourceId, Statement, Suspect, TimeInterval, TimelineEntry,
    Timestamp, TriggerCandidate, TriggerKind,
};

/// How far back changes are looked at, seconds.
const LOOK_BACK_S: i64 = 24 * 3600;

/// A metric that leaves its level this soon after a change left it with the change, seconds.
const AT_ONCE_S: i64 = 15 * 60;

/// … and one that leaves it within this time counts in full, seconds.
const SOON_S: i64 = 5 * 60;

/// A shift, or a failing line, this long before another change speaks against that one, seconds.
const BEFORE_S: i64 = 60;

/// Failing lines are asked who came first only when they are this near to the onset, seconds.
const NEAR_S: i64 = 60 * 60;

/// Rollout states that only announce.
const ANNOUNCED: &[&str] = &["requested", "pending", "queued", "in_progress", "started", "created", "waiting"];

/// A commit in the evidence.
struct Commit<'a> {
    sha: &'a str,
    event: &'a Event,
    message: &'a str,
    files: Vec<String>,
    words: BTreeSet<String>,
}

impl Commit<'_> {
    fn change(&self) -> Change<'_> {
        Change { message: self.message, files: &self.files, diff: &self.event.diff }
    }
}

/// A change before it is weighed.
struct Raw<'a> {
    event: &'a str,
    kind: TriggerKind,
    at: Timestamp,
    title: String,
    services: Vec<String>,
    commit: Option<&'a Commit<'a>>,
    words: BTreeSet<String>,
    evidence: Vec<Citation>,
    /// The deploy that may have carried a commit which none names.
    carrier: Option<&'a TimelineEntry>,
}

impl Raw<'_> {
    /// When it took effect, as far as that is known.
    fn effect_s(&self) -> i64 {
        self.carrier.map_or(self.at, |c| c.at).seconds()
    }
}

/// A metric that left its level soon after a change.
struct Shift<'a> {
    at_s: i64,
    series: &'a Series,
    service: &'a str,
    level: f64,
    after: f64,
    cited: Option<Citation>,
}

/// Everything changes are weighed with.
pub(super) struct Changes<'a> {
    context: &'a Context<'a>,
    signature: &'a Signature<'a>,
    onset: TimeInterval,
    commits: Vec<Commit<'a>>,
    /// Services whose onset may be the first.
    first: BTreeSet<&'a str>,
    /// The best suspect.
    suspect: Option<&'a str>,
    series: BTreeMap<&'a str, Vec<&'a (SourceId, Series)>>,
    undone: Vec<Undoing<'a>>,
}

/// Message and files of a commit's text, as the readers of commits write it.
fn commit<'a>(event: &'a Event) -> Option<Commit<'a>> {
    let (_, sha) = event.ids.iter().find(|(key, sha)| key == "sha" && sha.len() >= 7)?;
    let said = if event.text.is_empty() { event.title.split_once(": ").map_or("", |(_, m)| m) } else { &event.text };
    let (message, files) = said.rsplit_once("\nfiles: ").unwrap_or((said, ""));
    let files: Vec<String> = files.split(", ").filter(|f| !f.is_empty()).map(str::to_string).collect();
    let changed: Vec<&str> = event.diff.lines().filter(|l| l.starts_with(['+', '-', '@'])).collect();
    let words = signature::words(&format!("{message}\n{}\n{}", files.join("\n"), changed.join("\n")));
    Some(Commit { sha, event, message, files, words })
}

impl<'a> Changes<'a> {
    pub(super) fn new(context: &'a Context<'a>, signature: &'a Signature<'a>, suspects: &'a [Suspect]) -> Self {
        let onset = context.rates.incident.map_or(TimeInterval { best_s: 0, from_s: 0, to_s: 0 }, |(o, _)| o);
        let events = context.evidence.events.iter();
        let commits = events.filter(|e| e.kind == EventKind::Annotation).filter_map(commit).collect();
        let onsets = || context.own().filter_map(|h| Some((h.lead()?.onset, h.name())));
        let latest = onsets().map(|(o, _)| o.to_s).min().unwrap_or(i64::MAX);
        Changes {
            context,
            signature,
            onset,
            commits,
            first: onsets().filter(|(o, _)| o.from_s.min(o.best_s) <= latest).map(|(_, name)| name).collect(),
            suspect: suspects.first().map(|s| s.service.as_str()),
            series: signature::series_by_service(context),
            undone: undone::all(context, onset.best_s),
        }
    }

    /// Every change before the onset, weighed.
    pub(super) fn drafts(&self) -> Vec<Draft> {
        let raw = self.raw();
        let documents = raw.iter().map(|r| &r.words).chain(self.commits.iter().map(|c| &c.words));
        let mut frequency: BTreeMap<&str, usize> = BTreeMap::new();
        let mut count = 1;
        for words in documents {
            count += 1;
            words.iter().for_each(|w| *frequency.entry(w).or_default() += 1);
        }
        let shifts: Vec<Vec<Shift<'_>>> = raw.iter().map(|r| self.shifts(r)).collect();
        let weigh = |at: usize| {
            let rare = |w: &str| {
                let seen = frequency.get(w).copied().unwrap_or(1) as f64;
                (f64::from(count) / seen).ln() / f64::from(count).ln()
            };
            self.weigh(&raw, at, &shifts, &rare)
        };
        (0..raw.len()).filter_map(weigh).collect()
    }

    fn in_time(&self, at_s: i64) -> bool {
        at_s <= self.onset.to_s.max(self.onset.best_s) && self.onset.best_s - at_s <= LOOK_BACK_S
    }

    /// Deploys and settings with their commits, then commits that nothing deployed.
    fn raw(&self) -> Vec<Raw<'_>> {
        let ids: BTreeMap<&str, &Event> = self.context.evidence.events.iter().map(|e| (e.id.as_str(), e)).collect();
        let told = self.context.timeline.entries.iter();
        let changes: Vec<&TimelineEntry> =
            told.filter(|e| e.kind.is_change() && self.in_time(e.at.seconds())).collect();
        let announced = |e: &TimelineEntry| {
            let only = e.status.as_deref().is_some_and(|s| ANNOUNCED.contains(&s.to_lowercase().as_str()));
            only && changes.iter().any(|o| {
                let later = o.at.seconds() - e.at.seconds();
                o.kind == e.kind
                    && o.services == e.services
                    && o.id != e.id
                    && (0..=900).contains(&later)
                    && !o.status.as_deref().is_some_and(|s| ANNOUNCED.contains(&s.to_lowercase().as_str()))
            })
        };
        let mut used: BTreeSet<&str> = BTreeSet::new();
        let mut out: Vec<Raw<'_>> = Vec::new();
        for entry in changes.iter().filter(|e| !announced(e)) {
            let commit = self.commit_of(entry, ids.get(entry.id.as_str()).copied());
            used.extend(commit.map(|c| c.sha));
            out.push(of_entry(entry, commit));
        }
        let free = self.commits.iter().filter(|c| !used.contains(c.sha) && self.in_time(c.event.at.seconds()));
        for commit in free.filter(|c| !self.is_rolled_out(c.sha)) {
            out.push(self.of_commit(commit));
        }
        out
    }

    /// The commit that a deploy names, or in which a flag's or setting's name stands.
    fn commit_of(&self, entry: &TimelineEntry, event: Option<&Event>) -> Option<&Commit<'a>> {
        let id = |key: &str| event?.ids.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let same = |a: &str, b: &str| a.len().min(b.len()) >= 7 && (a.starts_with(b) || b.starts_with(a));
        if let Some(sha) = id("sha") {
            return self.commits.iter().find(|c| same(c.sha, sha));
        }
        let name = id("setting").filter(|n| n.len() >= 5)?;
        let before = |c: &&Commit<'_>| c.event.at.seconds() <= entry.at.seconds();
        self.commits.iter().filter(before).rfind(|c| c.event.diff.contains(name) || c.message.contains(name))
    }

    /// Whether some deploy, at whatever time, carries this commit.
    fn is_rolled_out(&self, sha: &str) -> bool {
        let carried = |e: &Event| {
            e.ids.iter().any(|(k, v)| k == "sha" && v.len() >= 7 && (sha.starts_with(v.as_str()) || v.starts_with(sha)))
        };
        self.context.evidence.events.iter().any(|e| e.kind.is_change() && carried(e))
    }

    fn of_commit(&self, commit: &'a Commit<'a>) -> Raw<'_> {
        let mut services = self.services_of(&commit.files);
        let shared = commit.change().is_shared() && services.is_empty();
        let carries = |e: &&TimelineEntry| {
            let after = e.at.seconds() >= commit.event.at.seconds() && self.in_time(e.at.seconds());
            let touches = |s: &String| services.contains(s) || (shared && self.context.is_hurt(s));
            e.kind == EventKind::Deploy && after && e.services.iter().any(touches)
        };
        let carrier = self.context.timeline.entries.iter().find(carries);
        if shared {
            services.extend(carrier.into_iter().flat_map(|c| c.services.iter().cloned()));
        }
        Raw {
            event: &commit.event.id,
            kind: TriggerKind::Commit,
            at: commit.event.at,
            title: commit.event.title.clone(),
            services,
            commit: Some(commit),
            words: commit.words.clone(),
            evidence: vec![commit.event.evidence.cite(commit.event.source)],
            carrier,
        }
    }

    /// Services that paths name: `services/payment/charge.go` is of `paymentservice`.
    fn services_of(&self, files: &[String]) -> Vec<String> {
        let parts: BTreeSet<String> =
            files.iter().flat_map(|f| f.split('/')).filter(|p| !p.contains('.')).map(base).collect();
        let all = self.context.evidence.names.all();
        let named = all.into_iter().filter(|name| parts.contains(&base(name)) && !base(name).is_empty());
        named.map(str::to_string).collect()
    }
}

/// A service's name without what says that it is one.
fn base(name: &str) -> String {
    let folded: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let bare = ["service", "svc", "server", "api"].iter().find_map(|e| folded.strip_suffix(e).map(str::to_string));
    bare.filter(|b| b.len() > 1).unwrap_or(folded)
}

fn of_entry<'a>(entry: &'a TimelineEntry, commit: Option<&'a Commit<'a>>) -> Raw<'a> {
    let kind = match entry.kind {
        EventKind::Rollback => TriggerKind::Rollback,
        EventKind::ConfigChange => TriggerKind::ConfigChange,
        _ => TriggerKind::Deploy,
    };
    let mut words = signature::words(&format!("{} {}", entry.title, entry.text));
    let mut evidence = entry.evidence.clone();
    if let Some(commit) = commit {
        words.extend(commit.words.iter().cloned());
        evidence.push(commit.event.evidence.cite(commit.event.source));
    }
    Raw {
        event: &entry.id,
        kind,
        at: entry.at,
        title: entry.title.clone(),
        services: entry.services.clone(),
        commit,
        words,
        evidence,
        carrier: None,
    }
}

/// Points and reasons while they are gathered.
#[derive(Default)]
struct Weights {
    score: i64,
    reasons: Vec<String>,
}

impl Weights {
    fn add(&mut self, points: i64, reason: impl Into<String>) {
        self.score += points;
        self.reasons.push(reason.into());
    }
}

impl<'a> Changes<'a> {
    fn weigh(
        &self,
        all: &[Raw<'_>],
        at: usize,
        shifts: &[Vec<Shift<'_>>],
        rare: &dyn Fn(&str) -> f64,
    ) -> Option<Draft> {
        let raw = all.get(at)?;
        let mut weights = Weights::default();
        let mut evidence = raw.evidence.clone();
        self.time(raw, shifts, at, all, &mut weights, &mut evidence);
        self.reach(raw, &mut weights);
        let (mechanism, worst) = self.mechanism(raw, &mut weights);
        let says = self.says(raw, rare, &mut weights);
        self.undoing(all, at, &mut weights);
        if raw.kind == TriggerKind::Rollback {
            weights.score -= 1;
        }
        if raw.kind == TriggerKind::Commit {
            match raw.carrier {
                Some(carrier) => weights.add(-1, format!("may have gone out with: {}", carrier.title)),
                None => weights.add(-2, "no deployment of it is in the evidence"),
            }
            // Only what may hurt is worth a line when nobody knows that it ever ran.
            let unseen = raw.commit.is_some_and(|c| c.event.diff.is_empty());
            if mechanism < super::EXPLAINS && !(unseen && says) || weights.score < super::EXPLAINS {
                return None;
            }
        }
        let lead_s = self.onset.best_s - raw.at.seconds();
        let when = if lead_s < 12 * 3600 { clock(raw.at) } else { date_and_clock(raw.at) };
        let day = if raw.at.precision == Precision::Day { " (only the day is known)" } else { "" };
        let text = format!("Trigger candidate: {} at {when} UTC{day}.", raw.title.trim_end_matches('.'));
        let refuted_by = match worst.and_then(|w| classes::by_name(w.class)) {
            Some(class) => class.refuted_by.to_string(),
            None => "the same failing before it, or an end of the impact while it was still in place".to_string(),
        };
        let candidate = TriggerCandidate {
            event: raw.event.to_string(),
            kind: raw.kind,
            commit: raw.commit.map(|c| c.sha.to_string()),
            services: raw.services.clone(),
            at: raw.at,
            lead_s,
            score: weights.score,
            statement: Statement::new(text, evidence).ok()?,
            reasons: weights.reasons,
            refuted_by,
        };
        let known = raw.commit.is_some_and(|c| c.change().is_known());
        Some(Draft { candidate, mechanism, known, says })
    }

    /// Points for when it came: near to the onset, or just before a metric first left its level.
    fn time(
        &self,
        raw: &Raw<'_>,
        shifts: &[Vec<Shift<'_>>],
        at: usize,
        all: &[Raw<'_>],
        weights: &mut Weights,
        evidence: &mut Vec<Citation>,
    ) {
        let at_s = raw.effect_s();
        let lead_s = self.onset.best_s - at_s;
        let nearness = match lead_s {
            i64::MIN..0 => 1,
            0..=900 => 3,
            901..=3600 => 2,
            3601..=21_600 => 1,
            _ => 0,
        };
        let reason = if lead_s >= 0 {
            format!("{} before the onset", length(lead_s))
        } else {
            "inside the uncertainty of the onset".to_string()
        };
        weights.add(nearness, reason);
        let shares = |other: &Raw<'_>| other.services.iter().any(|s| raw.services.contains(s) || self.needs(s, raw));
        let others = all.iter().zip(shifts).filter(|(o, _)| o.event != raw.event && shares(o)).flat_map(|(_, s)| s);
        let earlier: Vec<&Shift<'_>> = others.filter(|s| s.at_s + BEFORE_S <= at_s).collect();
        // What left its level before did not leave it with this change.
        let fresh = |s: &&Shift<'_>| !earlier.iter().any(|e| std::ptr::eq(e.series, s.series));
        let mine = shifts.get(at).into_iter().flatten().filter(fresh).min_by_key(|s| s.at_s);
        // A slow death: the metric left its level at the change, the alert came much later.
        if let Some(shift) = mine.filter(|s| nearness < 3 || self.onset.best_s - s.at_s > AT_ONCE_S) {
            let text = format!(
                "{} of {} left its level {} after it (from {} to {})",
                shift.series.name,
                shift.service,
                length(shift.at_s - at_s),
                number(shift.level),
                number(shift.after)
            );
            let bonus = 4 - nearness;
            weights.add(if shift.at_s - at_s <= SOON_S { bonus } else { bonus / 2 }, text);
            evidence.extend(shift.cited.clone());
        }
        let shifted = earlier.into_iter().min_by_key(|s| s.at_s);
        if let Some(shift) = shifted.filter(|_| mine.is_none()) {
            weights.add(
                -3,
                format!(
                    "{} of {} had left its level at {} already",
                    shift.series.name,
                    shift.service,
                    clock_s(shift.at_s)
                ),
            );
        } else if let Some(line) = self.line_before(raw) {
            let minute = clock_s(line.minute * 60);
            weights.add(
                -3,
                format!("{} wrote failing lines from {} on, before it", line.service, minute.get(..5).unwrap_or("")),
            );
        }
    }

    /// Whether a service of `raw` needs `service`, or the other way round.
    fn needs(&self, service: &str, raw: &Raw<'_>) -> bool {
        let reach = |a: &str, b: &str| self.context.graph.reach(a, None).contains(b);
        raw.services.iter().any(|own| reach(own, service) || reach(service, own))
    }

    /// A failing line of what was hurt first that is surely older than the change.
    fn line_before(&self, raw: &Raw<'_>) -> Option<&Failing<'a>> {
        let near = |f: &&Failing<'_>| f.minute * 60 >= self.onset.best_s - NEAR_S && f.lines >= 3;
        let first = self.signature.failing.iter().filter(near).find(|f| self.first.contains(f.service))?;
        (first.minute * 60 + BEFORE_S <= raw.effect_s()).then_some(first)
    }

    /// Metrics of what the change touches, or of what that needs, that left their level at once.
    fn shifts(&self, raw: &Raw<'_>) -> Vec<Shift<'_>> {
        const MOST_SERIES: usize = 64;
        let at_s = raw.effect_s();
        let mut services: BTreeSet<&str> = raw.services.iter().map(String::as_str).collect();
        for own in &raw.services {
            services.extend(self.context.graph.needs(own));
        }
        let hurt = services.into_iter().filter(|s| self.context.is_hurt(s) || raw.services.iter().any(|r| r == s));
        let mut out = Vec::new();
        for (service, all) in hurt.filter_map(|s| self.series.get_key_value(s)) {
            for (source, series) in all.iter().copied().take(MOST_SERIES) {
                let found = shifts::first_after(series, at_s, at_s + AT_ONCE_S);
                out.extend(found.map(|(at_s, index, level, after)| Shift {
                    at_s,
                    series,
                    service,
                    level,
                    after,
                    cited: series.cite(*source, index),
                }));
            }
        }
        out
    }

    /// Points for what it touches.
    fn reach(&self, raw: &Raw<'_>, weights: &mut Weights) {
        let mut best: Option<i64> = None;
        for service in &raw.services {
            let hurt = self.context.hurt.iter();
            let needed_by =
                hurt.filter(|h| self.context.graph.reach(h.name(), None).contains(service.as_str())).count();
            let points = match () {
                () if self.suspect == Some(service.as_str()) => {
                    weights.reasons.push(format!("touches {service}, the first suspect"));
                    4
                }
                () if self.first.contains(service.as_str()) => {
                    weights.reasons.push(format!("touches {service}, which was hurt first"));
                    3
                }
                () if self.context.is_hurt(service) => {
                    weights.reasons.push(format!("touches {service}, which was hurt"));
                    2
                }
                () if needed_by > 0 => 2,
                () if self.context.rates.service(service).is_some() => {
                    weights.reasons.push(format!("touches {service}, which was not hurt"));
                    -2
                }
                () => 0,
            };
            if needed_by > 0 {
                weights.reasons.push(format!("{service} is needed by {needed_by} hurt services"));
            }
            best = Some(best.map_or(points, |b: i64| b.max(points)));
        }
        weights.score += best.unwrap_or(0);
        if raw.commit.is_some_and(|c| c.change().is_shared()) && best.unwrap_or(0) < 2 {
            weights.add(1, "changes code or settings that several services embed");
        }
    }

    /// Points for what it does and how that fits the failing; with the worst of its effects.
    fn mechanism(&self, raw: &Raw<'_>, weights: &mut Weights) -> (i64, Option<Effect>) {
        let said;
        let change = match raw.commit {
            Some(commit) => commit.change(),
            None => {
                // A setting may tell its two values itself: "pool size 20 -> 5".
                said = as_diff(&raw.title);
                Change { message: &raw.title, files: &[], diff: &said }
            }
        };
        let effects = effects::of(&change);
        let found = effects.iter().filter(|e| e.points > 0);
        if raw.commit.is_none() && effects.iter().all(|e| e.points <= 0) {
            return (self.said(raw, weights), None);
        }
        // The effect that fits the failing counts, not the one that is worst by itself.
        let fits = |e: &Effect| classes::by_name(e.class).and_then(|c| self.signature.speaks_of(c.signature));
        let worst = found
            .max_by_key(|e| (e.points + if fits(e).is_some() { 3 } else { 0 }, std::cmp::Reverse(&e.says)))
            .cloned();
        let Some(worst) = worst else {
            if let Some(mildest) = effects.iter().min_by_key(|e| (e.points, &e.says)).filter(|_| raw.commit.is_some()) {
                weights.add(mildest.points, format!("it {}", mildest.says));
                return (mildest.points, None);
            }
            return (0, None);
        };
        let mut points = worst.points;
        weights.add(worst.points, format!("it {}", worst.says));
        if let Some(word) = fits(&worst) {
            weights.add(3, format!("the failing speaks of “{}”", word.trim()));
            points += 3;
        } else if self.signature.is_known() {
            weights.add(-1, "nothing in the failing speaks of that");
            points -= 1;
        }
        (points, Some(worst))
    }

    /// Points for what a change without a diff says that it changes, where the failing speaks of that.
    fn said(&self, raw: &Raw<'_>, weights: &mut Weights) -> i64 {
        let fitting = SAID.iter().find_map(|(words, class)| {
            let word = words.iter().find(|w| values::begins(&raw.title, &[**w]))?;
            let heard = self.signature.speaks_of(classes::by_name(class)?.signature)?;
            Some((word, heard))
        });
        let Some((word, heard)) = fitting else { return 0 };
        weights.add(2, format!("it is about “{word}”, and the failing speaks of “{}”", heard.trim()));
        2
    }

    /// Points for telling words that it shares with the failing; rare ones tell more.
    fn says(&self, raw: &Raw<'_>, rare: &dyn Fn(&str) -> f64, weights: &mut Weights) -> bool {
        let idle = raw.commit.is_some_and(|c| IDLE_KINDS.iter().any(|k| c.message.starts_with(k)));
        let mut shared = self.signature.shared(&raw.words);
        shared.sort_by(|a, b| rare(b).total_cmp(&rare(a)).then_with(|| a.cmp(b)));
        let weight: f64 = shared.iter().map(|w| rare(w)).sum();
        let points = (weight.round() as i64).min(3);
        if points <= 0 || idle {
            return false;
        }
        let words: Vec<&str> = shared.iter().take(4).map(String::as_str).collect();
        weights.add(points, format!("shares the words {} with what failed", words.join(", ")));
        true
    }

    /// Points for what happened when it was undone.
    fn undoing(&self, all: &[Raw<'_>], at: usize, weights: &mut Weights) {
        let Some(raw) = all.get(at) else { return };
        let setting = |title: &str| title.rsplit_once(": ").map_or("", |(name, _)| name).to_string();
        let undoing = self.undone.iter().find(|u| match (u.entry.kind, raw.kind) {
            (EventKind::ConfigChange, TriggerKind::ConfigChange) => {
                let name = setting(&raw.title);
                !name.is_empty() && setting(&u.entry.title) == name && u.entry.title != raw.title
            }
            (EventKind::Rollback, TriggerKind::Deploy) => {
                // A rollback undoes the last deploy of the service, unless it names another.
                let touches = |r: &Raw<'_>| {
                    r.kind == TriggerKind::Deploy && r.services.iter().any(|s| u.entry.services.contains(s))
                };
                let last = all.iter().filter(|r| touches(r)).map(|r| r.at.utc_ns).max();
                touches(raw) && last == Some(raw.at.utc_ns)
            }
            _ => false,
        });
        if let Some(undoing) = undoing {
            let (points, reason) = undoing.weigh();
            weights.add(points, reason);
        }
    }
}

/// "Configuration pool_size: 20 -> 5" as a diff of two lines.
fn as_diff(title: &str) -> String {
    let named = title.rsplit_once(": ").and_then(|(name, change)| Some((name, change.split_once("->")?)));
    let Some((name, (old, new))) = named else { return String::new() };
    let name = name.split_whitespace().nth(1).unwrap_or(name);
    // A switch that is thrown says nothing of what it switches.
    let number = |v: &str| v.trim().starts_with(|c: char| c.is_ascii_digit());
    if number(old) && number(new) {
        format!("-{name}: {}\n+{name}: {}\n", old.trim(), new.trim())
    } else {
        String::new()
    }
}

/// A value of a metric as a reason prints it.
fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => crate::findings::text::count(value),
        v if v >= 1.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
