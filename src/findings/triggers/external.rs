//! What came from outside: something ran out, more requests came, a provider failed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::Draft;
use super::signature::{Failing, Signature, service_of};
use super::words::{EXPIRED, EXPIRING, EXPIRY, GROUND, OWN_HOSTS, PROVIDER_SERIES, PUBLIC_ENDS, SATURATED};
use crate::findings::context::Context;
use crate::findings::text::{clock_s, length};
use crate::findings::words::RESOLVED_STATES;
use crate::model::{
    Citation, EventKind, Precision, Series, Statement, TimeBasis, TimeInterval, Timestamp, TriggerCandidate,
    TriggerKind,
};

/// What ran out this long before the onset may still have done it: connections live on, seconds.
const EXPIRED_BEFORE_S: i64 = 6 * 3600;

/// What ran out, or rose, this long after the measured onset may still have begun it, seconds.
const LATE_S: i64 = 120;

/// A provider's trouble this long before the onset may still be behind it, seconds.
const PROVIDER_BEFORE_S: i64 = 30 * 60;

/// Requests must be this many times those before to be a surge.
const SURGE: f64 = 1.5;

/// `notAfter=2025-03-02T09:00:00Z`, `expired on 2025-03-02 09:00:00`.
static NOT_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:not[ _-]?after|valid[ _](?:until|to)|expire[sd]?(?:[ _](?:on|at))?|expiry|expiration)["'=: ]{0,4}(?:is |was )?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?"#).ok()
});

/// A host name with an ending.
static HOST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24})\b").ok());

/// What a line says it called: a URL, or a field of the other side.
static CALLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?:https?://|(?:upstream|peer|remote|server|target)[._](?:host|service|address|name)"?\s*[=:]\s*"?)([a-z0-9.-]+)"#).ok()
});

/// Everything from outside that fits the onset.
pub(super) fn of(context: &Context<'_>, signature: &Signature<'_>) -> Vec<Draft> {
    let Some((onset, _)) = context.rates.incident else { return Vec::new() };
    let mut out: Vec<Draft> = Vec::new();
    out.extend(expiry(context, signature, onset));
    out.extend(surge(context, signature, onset));
    out.extend(provider(context, signature, onset));
    out.extend(ground(signature, onset));
    out
}

/// What a candidate from outside is made of.
struct Found {
    kind: TriggerKind,
    event: String,
    services: Vec<String>,
    at_s: i64,
    text: String,
    reasons: Vec<String>,
    score: i64,
    refuted_by: &'static str,
    evidence: Vec<Citation>,
}

fn draft(found: Found, onset_s: i64) -> Option<Draft> {
    let at = Timestamp::new(found.at_s.saturating_mul(1_000_000_000), Precision::Second, TimeBasis::Explicit);
    let score = found.score;
    let candidate = TriggerCandidate {
        event: found.event,
        kind: found.kind,
        commit: None,
        services: found.services,
        at,
        lead_s: onset_s - found.at_s,
        score,
        statement: Statement::new(format!("Trigger candidate: {}.", found.text), found.evidence).ok()?,
        reasons: found.reasons,
        refuted_by: found.refuted_by.to_string(),
    };
    Some(Draft { candidate, mechanism: score, known: true, says: true })
}

/// Points and reason for a time beside the onset.
fn nearness(at_s: i64, onset: TimeInterval) -> (i64, String) {
    let lead = onset.best_s - at_s;
    let points = match lead.abs() {
        0..=300 => 4,
        301..=900 => 3,
        901..=3600 => 2,
        _ => 0,
    };
    let reason = match lead {
        0 => "at the onset".to_string(),
        l if l > 0 => format!("{} before the onset", length(l)),
        _ => "inside the uncertainty of the onset".to_string(),
    };
    (points, reason)
}

/// A date on which something ran out, with who says so.
struct Date {
    at_s: i64,
    says: String,
    service: Option<String>,
    cited: Citation,
}

/// A certificate, token or licence whose date passed at the onset.
fn expiry(context: &Context<'_>, signature: &Signature<'_>, onset: TimeInterval) -> Option<Draft> {
    let latest = onset.to_s.max(onset.best_s) + LATE_S;
    let fits = |d: &Date| (onset.best_s - EXPIRED_BEFORE_S..=latest).contains(&d.at_s);
    let mut dates: Vec<Date> = written_dates(context, signature);
    dates.extend(context.evidence.series.iter().filter_map(|(source, s)| gauge(context, *source, s)));
    dates.retain(fits);
    dates.sort_by(|a, b| ((onset.best_s - a.at_s).abs(), &a.says).cmp(&((onset.best_s - b.at_s).abs(), &b.says)));
    let line = signature.failing.iter().find(|f| EXPIRED.iter().any(|w| f.template.to_lowercase().contains(w)));
    let spoken = line.is_some() || EXPIRED.iter().any(|w| signature.text.contains(w));
    let at_s = match (dates.first(), line) {
        (Some(date), _) => date.at_s,
        (None, Some(line)) => (line.minute * 60).max(onset.from_s),
        (None, None) => return None,
    };
    let (mut score, reason) = nearness(at_s, onset);
    let mut reasons = vec![reason];
    let mut evidence = Vec::new();
    if let Some(date) = dates.first() {
        score += 4;
        reasons.push(date.says.clone());
    }
    evidence.extend(dates.iter().take(3).map(|d| d.cited.clone()));
    if spoken {
        score += 6;
        reasons.push("the failing lines say that it ran out".to_string());
    }
    evidence.extend(line.map(|l| l.cited.clone()));
    let services: BTreeSet<String> = dates.iter().filter_map(|d| d.service.clone()).collect();
    let whose = services.first().map(|s| format!(" of {s}")).unwrap_or_default();
    let thing = if signature.text.contains("cert") || signature.text.contains("x509") || line.is_none() {
        "a certificate"
    } else {
        "a token or licence"
    };
    draft(
        Found {
            kind: TriggerKind::Expiry,
            event: String::new(),
            services: services.into_iter().collect(),
            at_s,
            text: format!("{thing}{whose} ran out at {} UTC", clock_s(at_s)),
            reasons,
            score,
            refuted_by: "calls that succeeded with it after that moment, or failed as much before",
            evidence,
        },
        onset.best_s,
    )
}

/// Expiry dates in failing lines and alerts.
fn written_dates(context: &Context<'_>, signature: &Signature<'_>) -> Vec<Date> {
    let lines = signature.failing.iter().map(|f| (f.line, Some(f.service.to_string()), f.cited.clone()));
    let told =
        context.entries().filter(|e| matches!(e.kind, EventKind::AlertFired | EventKind::Page | EventKind::Chat));
    let said = told.filter_map(|e| Some((e.text.as_str(), None, e.evidence.first()?.clone())));
    let mut out = Vec::new();
    for (text, _, cited) in lines.chain(said) {
        let lower = text.to_lowercase();
        if !EXPIRING.iter().any(|w| lower.contains(w)) && !lower.contains("notafter") {
            continue;
        }
        for found in NOT_AFTER.as_ref().into_iter().flat_map(|r| r.captures_iter(text)) {
            let zone = found.get(2).map_or("Z", |z| z.as_str());
            let Some(written) = found.get(1).map(|m| m.as_str().replace(' ', "T")) else { continue };
            let full = if written.len() == 16 { format!("{written}:00{zone}") } else { format!("{written}{zone}") };
            if let Ok(date) = chrono::DateTime::parse_from_rfc3339(&full) {
                let says = format!("a line gives its last moment as {}", full.replace('T', " ").trim_end_matches('Z'));
                out.push(Date { at_s: date.timestamp(), says, service: None, cited: cited.clone() });
            }
        }
    }
    out
}

/// A gauge of the time that is left, where it crosses zero, or of the last moment itself.
fn gauge(context: &Context<'_>, source: crate::model::SourceId, series: &Series) -> Option<Date> {
    let name = series.name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if !has(EXPIRING) || !has(EXPIRY) {
        return None;
    }
    let service = service_of(context, series).map(str::to_string);
    let date = |at_s: i64, index: usize, says: String| {
        Some(Date { at_s, says, service: service.clone(), cited: series.cite(source, index)? })
    };
    let (last, value) = series.points.last().copied()?;
    let (first, _) = series.points.first().copied()?;
    // An epoch: seconds, or milliseconds.
    if value > 1e9 {
        let at_s = (if value > 1e11 { value / 1000.0 } else { value }) as i64;
        let inside = (first / 1_000_000_000..=last / 1_000_000_000).contains(&at_s);
        return inside.then(|| date(at_s, 0, format!("{} gives its last moment as {}", series.name, clock_s(at_s))))?;
    }
    let crossed = series.points.windows(2).position(|p| p[0].1 > 0.0 && p[1].1 <= 0.0)?;
    let (before, left) = *series.points.get(crossed)?;
    let (after, _) = *series.points.get(crossed + 1)?;
    let unit = if name.contains("day") {
        86_400.0
    } else if name.contains("hour") {
        3600.0
    } else {
        1.0
    };
    let at_ns = before.saturating_add((left * unit * 1e9) as i64).clamp(before, after);
    date(at_ns.div_euclid(1_000_000_000), crossed + 1, format!("{} crosses zero", series.name))
}

/// Requests of one service by second, with a line that shows them.
struct Traffic<'a> {
    service: &'a str,
    points: Vec<(i64, f64)>,
    cited: Option<Citation>,
}

/// Requests of every service: a metric of requests, else the counts of its curve.
fn requests<'a>(context: &Context<'a>) -> Vec<Traffic<'a>> {
    const NAMES: &[&str] = &["request", "rps", "http_req", "throughput", "hits_per", "sessions"];
    const NOT: &[&str] = &[
        "duration",
        "latency",
        "error",
        "5xx",
        "4xx",
        "queue",
        "size",
        "bytes",
        "fail",
        "_ms",
        "in_flight",
        "active",
        "timeout",
        "reject",
    ];
    let mut out: BTreeMap<&str, Traffic<'a>> = BTreeMap::new();
    for (source, series) in &context.evidence.series {
        let name = series.name.to_lowercase();
        let fits = NAMES.iter().any(|w| name.contains(w)) && !NOT.iter().any(|w| name.contains(w));
        let gauge = series.kind != crate::model::MetricKind::Counter;
        let Some(service) = measured_service(context, series).filter(|_| fits && gauge) else { continue };
        let points = series.points.iter().map(|p| (p.0.div_euclid(1_000_000_000), p.1)).collect();
        let cited = series.cite(*source, series.points.len() / 2);
        out.entry(service).or_insert(Traffic { service, points, cited });
    }
    for service in &context.rates.services {
        let points: Vec<(i64, f64)> = service.buckets.iter().filter_map(|b| Some((b.start_s, b.requests?))).collect();
        let cited = service.impact.iter().flat_map(|w| &w.evidence).next().cloned();
        let total: f64 = points.iter().map(|p| p.1).sum();
        // A handful of spans is no measure of traffic.
        if total >= 1000.0 && points.len() >= 10 {
            let service = service.service.as_str();
            out.entry(service).or_insert(Traffic { service, points, cited });
        }
    }
    out.into_values().collect()
}

fn measured_service<'a>(context: &Context<'a>, series: &Series) -> Option<&'a str> {
    let name = service_of(context, series)?;
    let known = context.rates.services.iter().map(|s| s.service.as_str());
    known.into_iter().find(|s| *s == name)
}

/// More requests at the entry than before, from the onset or shortly before it.
fn surge(context: &Context<'_>, signature: &Signature<'_>, onset: TimeInterval) -> Option<Draft> {
    let called: BTreeSet<&str> = context.graph.edges.iter().map(|e| e.to.as_str()).collect();
    let mut best: Option<(f64, i64, &str, Option<Citation>)> = None;
    let mut grown = 0;
    let curves = requests(context);
    for Traffic { service, points, cited } in &curves {
        let mut before: Vec<f64> = points
            .iter()
            .filter(|p| (onset.best_s - 3 * 3600..onset.best_s - 300).contains(&p.0))
            .map(|p| p.1)
            .collect();
        if before.len() < 5 {
            continue;
        }
        before.sort_by(f64::total_cmp);
        let level = before[before.len() / 2];
        let high = before[before.len() * 9 / 10];
        if level <= 0.0 {
            continue;
        }
        let early = points.iter().find(|p| p.0 >= onset.best_s - 900 && p.1 > SURGE.min(1.25) * level && p.1 > high);
        let at_onset = |p: &&(i64, f64)| (onset.best_s - 300..=onset.best_s + 600).contains(&p.0);
        let peak = points.iter().filter(at_onset).map(|p| p.1).fold(0.0, f64::max);
        // What rises only after the failing began is retries, not a surge.
        let Some((begin, _)) = early.filter(|p| p.0 <= onset.to_s.max(onset.best_s)) else { continue };
        let factor = peak / level;
        if factor < SURGE {
            continue;
        }
        grown += 1;
        let entry = !called.contains(service);
        if entry && best.as_ref().is_none_or(|b| factor > b.0) {
            best = Some((factor, *begin, service, cited.clone()));
        }
    }
    let (factor, begin, service, cited) = best?;
    let (mut score, reason) = nearness(begin, onset);
    let mut reasons = vec![reason, format!("{service} takes {factor:.1} times the requests of before")];
    score += if factor >= 3.0 {
        5
    } else if factor >= 2.0 {
        3
    } else {
        1
    };
    if grown > 1 {
        score += 2;
        reasons.push(format!("{grown} of {} services with counts grow with it", curves.len()));
    }
    if let Some(word) = signature.speaks_of(SATURATED) {
        score += 3;
        reasons.push(format!("the failing speaks of “{word}”"));
    }
    draft(
        Found {
            kind: TriggerKind::TrafficSurge,
            event: String::new(),
            services: vec![service.to_string()],
            at_s: begin,
            text: format!("{factor:.1} times the requests of before at {service} from {} UTC", clock_s(begin)),
            reasons,
            score,
            refuted_by: "the same traffic carried without failing at another time, or requests that rose only after the first failure",
            evidence: cited.into_iter().collect(),
        },
        onset.best_s,
    )
}

/// What speaks for a provider's failing, gathered.
#[derive(Default)]
struct Provider {
    score: i64,
    reasons: Vec<String>,
    evidence: Vec<Citation>,
    event: String,
    at_s: Option<i64>,
    name: Option<String>,
}

impl Provider {
    fn add(
        &mut self,
        points: i64,
        reason: String,
        at_s: i64,
        name: &str,
        evidence: impl IntoIterator<Item = Citation>,
    ) {
        self.score += points;
        self.reasons.push(reason);
        self.evidence.extend(evidence);
        self.at_s = Some(self.at_s.map_or(at_s, |s| s.min(at_s)));
        self.name.get_or_insert_with(|| name.to_string());
    }

    /// Its own word of trouble.
    fn posts(&mut self, context: &Context<'_>, outside: &BTreeSet<&str>, (from, to): (i64, i64)) {
        let posts = context.timeline.entries.iter().filter(|e| {
            let theirs = !e.services.is_empty() && e.services.iter().all(|s| outside.contains(s.as_str()));
            let mark = e.kind == EventKind::Annotation && e.title.ends_with(": began");
            let over = e.status.as_deref().is_some_and(|s| RESOLVED_STATES.contains(&s) || s == "scheduled");
            theirs && (mark || e.kind == EventKind::PublicUpdate) && !over && (from..=to).contains(&e.at.seconds())
        });
        let Some(post) = posts.min_by_key(|e| (e.at.utc_ns, &e.id)) else { return };
        let Some(name) = post.services.first() else { return };
        let at_s = post.at.seconds();
        let reason = format!("its own word of trouble is from {}", clock_s(at_s));
        self.add(4, reason, at_s, name, post.evidence.iter().take(2).cloned());
        self.event.clone_from(&post.id);
    }

    /// Failing lines that speak of calls to it.
    fn lines(
        &mut self,
        signature: &Signature<'_>,
        (outside, ours): (&BTreeSet<&str>, &BTreeSet<String>),
        from: i64,
        onset_s: i64,
    ) {
        let near = signature.failing.iter().filter(|f| f.minute * 60 >= from);
        let lines: Vec<(&Failing<'_>, String)> = near.filter_map(|f| Some((f, named(f, outside, ours)?))).collect();
        let Some((line, host)) = lines.iter().max_by_key(|(f, _)| (f.lines, std::cmp::Reverse(f.minute))) else {
            return;
        };
        let all: u64 = signature.failing.iter().filter(|f| f.service == line.service).map(|f| f.lines).sum();
        let theirs: u64 = lines.iter().filter(|(f, _)| f.service == line.service).map(|(f, _)| f.lines).sum();
        let first = lines.iter().map(|(f, _)| f.minute * 60).min().unwrap_or(onset_s);
        let reason = format!("{theirs} of {all} failing lines of {} are of calls to {host}", line.service);
        let cited: Vec<Citation> = lines.iter().take(3).map(|(f, _)| f.cited.clone()).collect();
        self.add(if theirs * 2 >= all { 5 } else { 2 }, reason, first.min(onset_s), host, cited);
    }

    /// Its requests are measured here, and failed before ours.
    fn measured(&mut self, context: &Context<'_>, onset: TimeInterval) {
        let theirs = context.hurt.iter().filter(|h| context.is_external(h.name()));
        let first = theirs.filter_map(|h| Some((h, h.lead()?.onset.best_s))).min_by_key(|(_, at)| *at);
        let Some((hurt, at_s)) = first.filter(|(_, at)| *at <= onset.to_s.max(onset.best_s)) else { return };
        let before = length((onset.best_s - at_s).max(0));
        let reason = format!("{} failed {before} before the first of our own", hurt.name());
        self.add(3, reason, at_s, hurt.name(), hurt.evidence().into_iter().take(2));
    }

    /// A metric of what it answers moved.
    fn series(&mut self, context: &Context<'_>, onset_s: i64, to_s: i64) {
        let of_provider = |name: &str| PROVIDER_SERIES.iter().any(|w| name.to_lowercase().contains(w));
        let all = context.evidence.series.iter().filter(|(_, s)| of_provider(&s.name));
        if let Some((source, s)) = all.clone().find(|(_, s)| super::shifts::moved(s, onset_s, to_s)) {
            let cited = s.cite(*source, s.points.len() / 2);
            self.add(2, format!("{} moved with it", s.name), onset_s, "a provider", cited);
        }
    }
}

/// A provider that failed when we did.
fn provider(context: &Context<'_>, signature: &Signature<'_>, onset: TimeInterval) -> Option<Draft> {
    let outside = outside(context);
    let from = onset.best_s - PROVIDER_BEFORE_S;
    let latest = context.bounds().map_or(onset.to_s, |b| b.1);
    let mut found = Provider::default();
    found.posts(context, &outside, (from, latest.max(onset.best_s + 3600)));
    let own = context.evidence.names.all().into_iter().filter(|n| !outside.contains(n));
    let own: BTreeSet<String> = own.map(|n| n.to_lowercase().replace([' ', '_'], "-")).collect();
    found.lines(signature, (&outside, &own), from, onset.best_s);
    found.measured(context, onset);
    found.series(context, onset.best_s, latest);
    let (at_s, name) = (found.at_s?, found.name.take()?);
    let needed = context.own().filter(|h| context.graph.reach(h.name(), None).contains(name.as_str())).count();
    if needed > 0 {
        found.score += 2;
        found.reasons.push(format!("{name} is needed by {needed} hurt services"));
    }
    let (near, reason) = nearness(at_s, onset);
    found.reasons.insert(0, reason);
    draft(
        Found {
            kind: TriggerKind::Provider,
            event: found.event,
            services: vec![name.clone()],
            at_s,
            text: format!("{name}, which is not ours, failed from {} UTC", clock_s(at_s)),
            reasons: found.reasons,
            score: found.score + near,
            refuted_by: "the same calls answered to others at that time, or a change on our side of how it is called",
            evidence: found.evidence,
        },
        onset.best_s,
    )
}

/// Failing lines that speak of the machines, disks or networks below the services.
fn ground(signature: &Signature<'_>, onset: TimeInterval) -> Option<Draft> {
    let from = onset.best_s - PROVIDER_BEFORE_S;
    let spoken = |f: &Failing<'_>| {
        let lower = f.template.to_lowercase();
        GROUND.iter().copied().find(|w| super::values::begins(&lower, &[*w]))
    };
    let near = signature.failing.iter().filter(|f| f.minute * 60 >= from);
    let lines: Vec<(&Failing<'_>, &str)> = near.filter_map(|f| Some((f, spoken(f)?))).collect();
    let (first, word) = lines.iter().min_by_key(|(f, _)| (f.minute, f.service))?;
    let at_s = (first.minute * 60).max(onset.from_s.min(onset.best_s));
    let (near, reason) = nearness(at_s, onset);
    let count: u64 = lines.iter().map(|(f, _)| f.lines).sum();
    draft(
        Found {
            kind: TriggerKind::Platform,
            event: String::new(),
            services: vec![first.service.to_string()].into_iter().filter(|s| !s.is_empty()).collect(),
            at_s,
            text: format!("the ground below {} failed (“{word}”) from {} UTC", first.service, clock_s(at_s)),
            reasons: vec![reason, format!("{count} failing lines speak of “{word}”")],
            score: 5 + near,
            refuted_by: "the same machines, disks and networks serving others without fault at that time",
            evidence: lines.iter().take(4).map(|(f, _)| f.cited.clone()).collect(),
        },
        onset.best_s,
    )
}

/// Names of what is not our own: declared so, or told of as a provider.
fn outside<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    context.evidence.names.all().into_iter().filter(|n| context.is_external(n)).collect()
}

/// Whom outside a failing line speaks of: a provider by name, or a host that is not ours.
fn named(line: &Failing<'_>, outside: &BTreeSet<&str>, ours: &BTreeSet<String>) -> Option<String> {
    let lower = format!("{} {}", line.template, line.line).to_lowercase();
    let known = outside.iter().find(|n| {
        let folded = n.to_lowercase();
        folded.len() >= 4 && (lower.contains(&folded) || lower.contains(&folded.replace(' ', "-")))
    });
    if let Some(name) = known {
        return Some((*name).to_string());
    }
    // The message, and what was called: the rest of a line names our own hosts.
    let mut heard = line.template.to_lowercase();
    let raw = line.line.to_lowercase();
    for called in CALLED.as_ref()?.captures_iter(&raw).filter_map(|c| c.get(1)) {
        heard.push(' ');
        heard.push_str(called.as_str());
    }
    let hosts = HOST.as_ref()?.captures_iter(&heard).filter_map(|c| Some(c.get(1)?.as_str().to_string()));
    let theirs = |h: &String| {
        let own = OWN_HOSTS.iter().any(|e| h.ends_with(e) || h.contains(&format!("{e}.")));
        // A host that bears the name of a service of ours is that service.
        let service = h.split('.').any(|label| ours.contains(label));
        !own && !service && PUBLIC_ENDS.iter().any(|e| h.ends_with(e))
    };
    hosts.into_iter().find(theirs)
}
