//! How the response went: who acted when, when nobody did, and which tools failed those who worked.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Hurt, finding};
use super::text::{clock, clock_s, figure, length, list};
use super::words::{ACKNOWLEDGED, CUSTOMERS, DECLARED, DECLARED_STATES, TOOL_FAILS, TOOLS};
use crate::model::{ActorKind, Citation, EventKind, Finding, FindingKind, ImpactWindow, Plane, TimelineEntry, says};

/// People told of; those with the most actions.
const MOST_PEOPLE: usize = 8;

/// A stretch without any sign of the response is worth saying from here on, seconds. Guides to incident
/// response ask for an update at least every half hour while customers are hurt.
const SILENT_S: i64 = 30 * 60;

/// The same for the public page, where guides allow an hour between two posts.
const SILENT_IN_PUBLIC_S: i64 = 60 * 60;

/// What sort of thing somebody did; the order in which a sentence counts them.
const DEEDS: [&str; 7] = ["acknowledged", "escalated", "declared", "changed", "acted", "posted", "said"];

/// What an entry says its actor did: a place in [`DEEDS`]. To be paged is no deed.
fn deed(entry: &TimelineEntry) -> Option<usize> {
    let declares = || {
        let state = entry.status.as_ref().is_some_and(|s| DECLARED_STATES.contains(&s.to_lowercase().as_str()));
        state || says(&entry.title, DECLARED)
    };
    let told = matches!(entry.kind, EventKind::HumanAction | EventKind::StatusChange);
    Some(match entry.kind {
        EventKind::Ack => 0,
        _ if told && says(&entry.title, ACKNOWLEDGED) => 0,
        EventKind::Escalation | EventKind::SeverityChange => 1,
        _ if told && declares() => 2,
        EventKind::Deploy | EventKind::Rollback | EventKind::ConfigChange => 3,
        EventKind::HumanAction | EventKind::Silence => 4,
        EventKind::PublicUpdate => 5,
        EventKind::Chat | EventKind::StatusChange | EventKind::Annotation => 6,
        _ => return None,
    })
}

fn is_human(entry: &TimelineEntry) -> bool {
    entry.actor.as_ref().is_some_and(|a| a.kind == ActorKind::Human && !a.name.trim().is_empty())
}

/// Everybody who acted from the onset on: first and last deed, and how many of each kind.
pub(super) fn people(context: &Context<'_>) -> Vec<Finding> {
    let Some((from, _)) = context.bounds() else { return Vec::new() };
    // One person is written in several ways: as a login, as a name.
    let mut by_name: BTreeMap<String, Deeds<'_>> = BTreeMap::new();
    // What somebody changed before the onset is lead-up, not response; stamps may be of whole minutes.
    for entry in context.entries().filter(|e| is_human(e) && e.at.seconds() >= from.div_euclid(60) * 60) {
        let (Some(deed), Some(actor)) = (deed(entry), &entry.actor) else { continue };
        by_name.entry(same_name(&actor.name)).or_default().push((deed, entry));
    }
    let mut people: Vec<(String, Deeds<'_>)> = by_name.into_iter().collect();
    people.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
    people.truncate(MOST_PEOPLE);
    people.sort_by_key(|(name, deeds)| (deeds.first().map(|d| d.1.at.utc_ns), name.clone()));
    people.into_iter().filter_map(|(_, deeds)| person(&deeds)).collect()
}

/// What somebody did, in time order: places in [`DEEDS`] with the entries.
type Deeds<'a> = Vec<(usize, &'a TimelineEntry)>;

/// Letters and digits of a name, so that `storage-on-call` is `Storage on-call`.
fn same_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The most readable of the ways in which a person is written: with capitals and blanks, then the first.
fn written<'a>(entries: impl Iterator<Item = &'a TimelineEntry>) -> &'a str {
    let names = entries.filter_map(|e| e.actor.as_ref()).map(|a| a.name.trim());
    let readable = |n: &&str| (n.contains(char::is_uppercase), n.contains(' '));
    names.fold("", |best, name| if best.is_empty() || readable(&name) > readable(&best) { name } else { best })
}

fn person(deeds: &[(usize, &TimelineEntry)]) -> Option<Finding> {
    let (first, last) = (deeds.first()?, deeds.last()?);
    let name = written(deeds.iter().map(|d| d.1));
    let did = |d: &(usize, &TimelineEntry)| format!("{} UTC ({})", clock(d.1.at), DEEDS.get(d.0).unwrap_or(&"acted"));
    let counts = DEEDS.iter().enumerate().map(|(i, word)| (word, deeds.iter().filter(|d| d.0 == i).count()));
    let counts: Vec<String> = counts.filter(|(_, n)| *n > 0).map(|(word, n)| format!("{word} {n}")).collect();
    let text = match deeds.len() {
        1 => format!("{name}: once, at {}.", did(first)),
        n => format!("{name}: {n} times, first at {}, last at {}.", did(first), did(last)),
    };
    finding(
        FindingKind::Responder,
        &[],
        text,
        figure(deeds.len() as f64, many(deeds.len(), "action", "actions"), counts.join(", ")),
        "the same person under another name",
        [first, last].into_iter().flat_map(|d| d.1.evidence.iter().take(2).cloned()).collect(),
    )
}

/// The longest time without a sign of the response while the impact lasted, and without a public post.
pub(super) fn silences(context: &Context<'_>) -> Vec<Finding> {
    let Some((from, to)) = context.bounds() else { return Vec::new() };
    let acted: Vec<&TimelineEntry> = context
        .entries()
        .filter(|e| (is_human(e) && deed(e).is_some()) || e.kind == EventKind::PublicUpdate)
        .filter(|e| (from..=to).contains(&e.at.seconds()))
        .collect();
    let posted: Vec<&TimelineEntry> = acted.iter().copied().filter(|e| e.kind == EventKind::PublicUpdate).collect();
    let response = longest(&acted, to, SILENT_S).and_then(|gap| silence(&gap, "Nobody acted, wrote or posted"));
    let public = longest(&posted, to, SILENT_IN_PUBLIC_S).and_then(|gap| silence(&gap, "Nothing was posted in public"));
    response.into_iter().chain(public).collect()
}

/// A stretch from one entry to the next; to the end of the impact without one.
struct Gap<'a> {
    after: &'a TimelineEntry,
    before: Option<&'a TimelineEntry>,
    seconds: i64,
    to_s: i64,
}

/// The longest stretch after an entry, when it is at least `least` seconds. One without a single entry is
/// no silence: then this evidence holds no response.
fn longest<'a>(entries: &[&'a TimelineEntry], end: i64, least: i64) -> Option<Gap<'a>> {
    let gap = |(i, after): (usize, &&'a TimelineEntry)| {
        let before = entries.get(i + 1).copied();
        let to_s = before.map_or(end, |b| b.at.seconds());
        Gap { after, before, seconds: to_s - after.at.seconds(), to_s }
    };
    let gaps = entries.iter().enumerate().map(gap);
    gaps.rev().max_by_key(|g| g.seconds).filter(|g| g.seconds >= least)
}

fn silence(gap: &Gap<'_>, what: &str) -> Option<Finding> {
    let from = clock(gap.after.at);
    let to = gap.before.map_or_else(|| clock_s(gap.to_s), |b| clock(b.at));
    let end = if gap.before.is_none() { ", when the measured impact ended" } else { "" };
    let text = format!("{what} between {from} and {to} UTC ({}){end}, while the impact lasted.", length(gap.seconds));
    let cited = gap.after.evidence.iter().take(2).chain(gap.before.iter().flat_map(|b| b.evidence.iter().take(2)));
    finding(
        FindingKind::ResponseSilence,
        &[],
        text,
        figure(gap.seconds as f64, "s", format!("{to} − {from}, the longest of all")),
        "a call, a room or a channel that left nothing in this evidence",
        cited.cloned().collect(),
    )
}

/// Tools that failed those who worked on it: by their own words, and by the planes of what was hurt.
pub(super) fn tools(context: &Context<'_>) -> Vec<Finding> {
    let Some((from, to)) = context.bounds() else { return Vec::new() };
    let mut said: BTreeMap<&str, Vec<&TimelineEntry>> = BTreeMap::new();
    let told = context.entries().filter(|e| is_human(e) && e.at.seconds() <= to);
    for entry in told.filter(|e| matches!(e.kind, EventKind::Chat | EventKind::HumanAction | EventKind::Annotation)) {
        if let Some(tool) = failing_tool(if entry.text.is_empty() { &entry.title } else { &entry.text }) {
            said.entry(tool).or_default().push(entry);
        }
    }
    let mut out: Vec<Finding> = said.into_iter().filter_map(|(tool, entries)| told_of(tool, &entries)).collect();
    out.extend(while_working(context, (from, to)));
    out
}

fn many(count: usize, one: &'static str, more: &'static str) -> &'static str {
    if count == 1 { one } else { more }
}

/// The tool that a sentence of `text` says is failing.
fn failing_tool(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let mut sentences = lower.split(['.', '\n', '!', ';', '?']);
    sentences.find_map(|sentence| {
        let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
        // What customers cannot use is the impact itself.
        if words.iter().any(|w| CUSTOMERS.contains(w)) || !TOOL_FAILS.iter().any(|w| sentence.contains(w)) {
            return None;
        }
        let padded = format!(" {} ", words.join(" "));
        TOOLS.iter().find(|(word, _)| padded.contains(&format!(" {word} "))).map(|(_, name)| *name)
    })
}

fn told_of(tool: &str, entries: &[&TimelineEntry]) -> Option<Finding> {
    let first = entries.first()?;
    let who = first.actor.as_ref().map(|a| a.name.clone()).unwrap_or_default();
    let again = if entries.len() > 1 { format!("; said {} times", entries.len()) } else { String::new() };
    let text = format!("{who} at {} UTC could not use {tool}: “{}”{again}.", clock(first.at), quoted(first));
    finding(
        FindingKind::ResponseTool,
        &[],
        text,
        figure(entries.len() as f64, many(entries.len(), "message", "messages"), "what responders said of it"),
        "a fault of one person's machine or account",
        entries.iter().flat_map(|e| e.evidence.iter().take(1).cloned()).collect(),
    )
}

/// The beginning of what somebody wrote.
fn quoted(entry: &TimelineEntry) -> String {
    const MOST: usize = 120;
    let whole = if entry.text.is_empty() { &entry.title } else { &entry.text };
    let line = whole.lines().next().unwrap_or("").trim().trim_end_matches('.');
    if line.chars().count() <= MOST {
        return line.to_string();
    }
    format!("{}…", line.chars().take(MOST).collect::<String>().trim_end())
}

/// What was hurt of the control plane, with those who worked while it was.
fn while_working(context: &Context<'_>, (from, to): (i64, i64)) -> Option<Finding> {
    let control = |h: &&Hurt<'_>| context.evidence.names.info(h.name()).and_then(|i| i.plane) == Some(Plane::Control);
    let hurt: Vec<(&Hurt<'_>, &ImpactWindow)> =
        context.hurt.iter().filter(control).filter_map(|h| Some((h, h.lead()?))).collect();
    let begin = hurt.iter().map(|(_, lead)| lead.onset.best_s).min()?.max(from);
    let end = hurt.iter().map(|(h, _)| h.recovery().map_or(to, |r| r.best_s)).max()?.min(to);
    let worked: Vec<&TimelineEntry> = context
        .entries()
        .filter(|e| is_human(e) && deed(e).is_some() && (begin..=end).contains(&e.at.seconds()))
        .collect();
    let people: BTreeSet<String> = worked.iter().filter_map(|e| e.actor.as_ref()).map(|a| same_name(&a.name)).collect();
    let first = worked.first()?;
    let names: Vec<&str> = hurt.iter().map(|(h, _)| h.name()).collect();
    let text = format!(
        "{} of the control plane {} hurt between {} and {} UTC, while {} {} worked.",
        list(&names, 6),
        many(names.len(), "was", "were"),
        clock_s(begin),
        clock_s(end),
        people.len(),
        many(people.len(), "person", "people")
    );
    let mut cited: Vec<Citation> = hurt.iter().flat_map(|(_, lead)| lead.evidence.iter().take(2).cloned()).collect();
    cited.extend(first.evidence.iter().take(1).cloned());
    finding(
        FindingKind::ResponseTool,
        &names,
        text,
        figure(worked.len() as f64, many(worked.len(), "action", "actions"), "what people did or said in that time"),
        "responders who did not need it, or had another way in",
        cited,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_said_to_fail_by_those_who_work_with_it() {
        assert_eq!(failing_tool("I cannot log in to the dashboard"), Some("the dashboard"));
        assert_eq!(failing_tool("Grafana is down for me as well."), Some("the dashboards of metrics"));
        assert_eq!(failing_tool("vpn keeps timing out, going by bastion"), Some("the VPN"));
        for text in [
            "customers cannot log in to the dashboard",
            "the dashboard shows 90 % errors",
            "kv is down",
            "dashboards are fine. kv is down",
        ] {
            assert_eq!(failing_tool(text), None, "{text}");
        }
    }
}
