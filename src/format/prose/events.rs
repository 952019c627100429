//! Timed clauses as events.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::times::TimeFound;
use crate::format::ascii::of_sentences;
use crate::model::EventKind;

/// What a clause tells, in this order; the first that matches speaks. The word is the event's status.
const KINDS: &[(EventKind, Option<&str>, &str)] = &[
    (
        EventKind::PublicUpdate,
        None,
        r"\bstatus ?page\b|\bpublic (?:notice|update|post|statement)|\bposted (?:an?|the|its|our) (?:\w+ )?(?:update|notice)",
    ),
    (
        EventKind::StatusChange,
        Some("declared"),
        r"\bdeclared (?:an? |the )?(?:\w+ )?incident\b|\bincident (?:was |is )?(?:declared|opened)\b|\bincident bridge|\bopened an? (?:\w+ )?incident",
    ),
    (EventKind::Ack, Some("acknowledged"), r"\backnowledged\b"),
    (EventKind::Rollback, None, r"\b(?:rolled back|roll-?back|reverted|reverting)\b"),
    (
        EventKind::StatusChange,
        Some("resolved"),
        r"\b(?:resolved|fully restored|fully recovered|incident (?:was )?closed|incident ends?|incident ended|all clear|impact (?:ended|over|ends)|outage ended|all services (?:were |are )?(?:back|restored|recovered|operational))\b",
    ),
    (
        EventKind::StatusChange,
        Some("recovering"),
        r"\brecovery (?:did not (?:begin|start) until|began|begins|started|starts|under way|underway)|\b(?:began|begin|started|starting|begins) (?:to )?recover(?:ing)?\b|\b(?:came|come|comes|coming) back(?: online)?\b|\breturn(?:ed|s)? to normal|\bresumed? normal|\brecover(?:ed|ing|s)\b|\brestored\b",
    ),
    (
        EventKind::StatusChange,
        Some("mitigating"),
        r"\bload[- ]shed\w*|\bmitigat\w+|\bfail(?:ed)?[- ]?over\b|\bworkaround\b|\bkill[- ]?switch\w*|\bbypass\w*|\bthrottl\w+ (?:was|were) (?:enabled|applied)|\bdrained\b",
    ),
    (
        EventKind::StatusChange,
        Some("identified"),
        r"\broot cause\b|\btraced\b[^.]* to\b|\bcause (?:was |is )?(?:identified|found|isolated|known)|\bidentified (?:the |as )?\b|\bpinpointed\b|\bisolated (?:the|to)\b",
    ),
    (
        EventKind::ConfigChange,
        None,
        r"\b(?:config(?:uration)?|feature flag|flag|credentials?|secrets?|schema|permissions?|policy|rule) (?:change|update|rotation|was changed|was updated|was rotated|pushed|enabled|flipped)\b|\b(?:rotated|flipped|changed) (?:the |a )?(?:\w+ )?(?:config|flag|credential|secret|setting)",
    ),
    (EventKind::Deploy, None, r"\b(?:deploy(?:ed|s|ment)?|released|release went|rolled out|rollout|shipped)\b"),
    (EventKind::Page, None, r"\bpaged\b|\bpager\b|\bwas paged|\bon-call (?:was )?(?:paged|notified|alerted)"),
    (
        EventKind::StatusChange,
        Some("detected"),
        r"\bdetect(?:ed|s|ion)\b|\balert(?:s|ed|ing)?\b|\bmonitor(?:ing|s)? (?:\w+ )?(?:notic|flag|show|report|pick)\w*|\bnoticed\b|\balarms?\b|\bcustomer reports\b|\breports from customers",
    ),
    (
        EventKind::StatusChange,
        Some("started"),
        r"\b(?:outage|incident|disruption|impact|issue|failures?|errors|problems?|trouble|fault|degradation|it|latency) (?:\w+ )?(?:began|begins|begin|started|starts|start)\b|\bwhich (?:began|started)\b|\bwent (?:\w+ )?(?:offline|down)\b|\b(?:start|beginning|onset) of (?:the )?(?:impact|outage|incident)",
    ),
];

static COMPILED: LazyLock<Vec<(EventKind, Option<&'static str>, Regex)>> = LazyLock::new(|| {
    let compile = |pattern: &str| of_sentences(&format!("(?i){}", pattern.replace(' ', r"\s+").replace(r"\s+?", " ?")));
    KINDS.iter().filter_map(|(kind, status, pattern)| Some((*kind, *status, compile(pattern)?))).collect()
});

/// What the posts of a status page begin with.
static STATUS_POST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:[\d:.]{4,8}\s*(?:[A-Z]{2,4}\b)?\W*)?(?:investigating|identified|monitoring|update|in progress|verifying|(?P<over>resolved|completed))(?:[*_\s]*[-–—:]|\])\s",
    )
});

/// Whether a text is a post of a status page: "Monitoring - A fix has been applied."
pub(super) fn is_status_post(text: &str) -> bool {
    STATUS_POST.as_ref().is_some_and(|r| r.is_match(text))
}

/// Kind and status word of a clause; plain prose when nothing speaks.
pub(super) fn classify(clause: &str) -> (EventKind, Option<&'static str>) {
    // What the public is told has happened before.
    if let Some(post) = STATUS_POST.as_ref().and_then(|r| r.captures(clause)) {
        return (EventKind::PublicUpdate, post.name("over").map(|_| "resolved"));
    }
    COMPILED.iter().find(|(.., r)| r.is_match(clause)).map_or((EventKind::Prose, None), |(k, s, _)| (*k, *s))
}

/// Kind and status of the clause around byte `at`: the part between commas that holds the time
/// speaks first.
pub(super) fn classify_at(clause: &str, at: usize) -> (EventKind, Option<&'static str>) {
    let at = at.min(clause.len());
    let start = clause.get(..at).and_then(|t| t.rfind([',', ';'])).map_or(0, |i| i + 1);
    let end = clause.get(at..).and_then(|t| t.find([',', ';'])).map_or(clause.len(), |i| at + i);
    let part = clause.get(start..end).unwrap_or(clause);
    let relative = ["which ", "who "].iter().any(|word| part.trim_start().starts_with(word));
    match classify(part) {
        (EventKind::Prose, None) if !relative => classify(clause),
        found => found,
    }
}

/// Words a time phrase may begin with (lower case).
const PREPOSITIONS: &[&str] = &[
    "at",
    "by",
    "around",
    "about",
    "approximately",
    "approx",
    "from",
    "on",
    "since",
    "circa",
    "between",
    "and",
    "then",
    "the",
    "of",
    "in",
    "exactly",
    "roughly",
    "starting",
    "beginning",
];

/// Separators between clauses, tried for where one clause of a sentence ends.
const BREAKS: &[&str] = &["; ", ", ", " and ", " – ", " — ", " before ", " but ", " while "];

/// Separators that surely end a clause.
const STRONG_BREAKS: &[&str] = &["; ", ", and ", ", but ", ", while ", ", then "];

/// Times that stand for one event: the time and the end of its range.
pub(super) fn pairs(times: Vec<TimeFound>) -> Vec<(TimeFound, Option<TimeFound>)> {
    let mut out: Vec<(TimeFound, Option<TimeFound>)> = Vec::new();
    for time in times {
        match out.last_mut() {
            Some((_, until @ None)) if time.ends_previous => *until = Some(time),
            _ => out.push((time, None)),
        }
    }
    out
}

/// Whether nothing but prepositions, dates and marks stands in `text` before the time.
pub(super) fn is_lead_in(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).all(|w| {
        let lower = w.to_lowercase();
        PREPOSITIONS.contains(&lower.as_str())
            || super::times::month(w).is_some_and(|_| w.len() <= 9)
            || w.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Whether a sentence begins with a time of day.
pub(super) fn begins_with_time(sentence: &str) -> bool {
    super::times::clocks(sentence).first().is_some_and(|t| sentence.get(..t.range.start).is_some_and(is_lead_in))
}

/// One clause for each time of `sentence`, in order.
pub(super) fn clauses(sentence: &str, times: &[(TimeFound, Option<TimeFound>)]) -> Vec<Range<usize>> {
    let end_of = |t: &(TimeFound, Option<TimeFound>)| t.1.as_ref().map_or(t.0.range.end, |u| u.range.end);
    let mut out = Vec::new();
    let mut start = 0;
    for pair in times.windows(2) {
        let [this, next] = pair else { continue };
        let (end, to) = (end_of(this), next.0.range.start);
        let between = sentence.get(end..to).unwrap_or("");
        let leading = sentence.get(start..this.0.range.start).is_some_and(is_lead_in);
        let cut = if leading { last_break(between) } else { first_break(between) };
        let boundary = end + cut;
        out.push(start..boundary);
        start = boundary;
    }
    out.push(start..sentence.len());
    out
}

/// After the time's own clause: the first separator with something behind it.
fn first_break(between: &str) -> usize {
    let first = |marks: &[&str]| marks.iter().filter_map(|b| between.find(b)).min();
    first(STRONG_BREAKS).or_else(|| first(&[" and ", " before "])).or_else(|| first(BREAKS)).unwrap_or(0)
}

/// Before the next time's preposition: the last separator, else that preposition.
fn last_break(between: &str) -> usize {
    let by_mark = BREAKS.iter().filter_map(|b| between.rfind(b)).filter(|at| *at > 0).max();
    by_mark.unwrap_or_else(|| {
        let trimmed = between.trim_end();
        let word = trimmed.rfind(' ').map_or(0, |at| at + 1);
        let last = trimmed.get(word..).unwrap_or("").to_lowercase();
        if PREPOSITIONS.contains(&last.as_str()) { word } else { between.len() }
    })
}

/// The clause without its leading conjunction and, when the time leads it, without the time.
pub(super) fn title(sentence: &str, clause: &Range<usize>, time: &TimeFound, until: Option<&TimeFound>) -> String {
    let end = until.map_or(time.range.end, |u| u.range.end);
    let before = sentence.get(clause.start..time.range.start).unwrap_or("");
    let mut text = sentence.get(clause.clone()).unwrap_or("");
    if is_lead_in(before) {
        let rest = sentence.get(end.min(clause.end)..clause.end).unwrap_or("");
        let rest = skip_date(rest);
        if rest.chars().any(char::is_alphabetic) {
            text = rest;
        }
    }
    let mut text = text.trim_start_matches(is_mark);
    for word in ["and ", "then ", "but ", "while "] {
        text = text.strip_prefix(word).unwrap_or(text);
    }
    let text = text.trim_start_matches(is_mark).trim_end().trim_end_matches([',', ';', '|', '–', '—']).trim_end();
    let mut chars = text.chars();
    let line = chars.next().map(|c| c.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default();
    super::sentences::one_line(line.strip_suffix('.').unwrap_or(&line), 180)
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '—' | '|' | ')' | ']' | '*' | '.')
}

/// "… on 2 June, the …" after a leading time: the rest without that date.
fn skip_date(rest: &str) -> &str {
    match super::times::dates(rest).first() {
        Some(date) if rest.get(..date.range.start).is_some_and(is_lead_in) => {
            rest.get(date.range.end..).unwrap_or(rest)
        }
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::super::times::clocks;
    use super::*;

    fn titles(sentence: &str) -> Vec<String> {
        let times = pairs(clocks(sentence));
        let parts = clauses(sentence, &times);
        times.iter().zip(&parts).map(|((t, u), c)| title(sentence, c, t, u.as_ref())).collect()
    }

    #[test]
    fn each_time_of_a_sentence_has_its_own_clause() {
        assert_eq!(
            titles("It was escalated to P1 at 09:05 and upgraded to P0 - the worst - at 09:21."),
            ["It was escalated to P1 at 09:05", "Upgraded to P0 - the worst - at 09:21"]
        );
        assert_eq!(
            titles("At 09:05 UTC alarms went off, and at 09:21 UTC the team met."),
            ["Alarms went off", "The team met"]
        );
        assert_eq!(
            titles("At 09:05 UTC on 2 June, the first, second and third store failed."),
            ["The first, second and third store failed"]
        );
    }

    #[test]
    fn clauses_tell_their_kind() {
        assert_eq!(classify("Recovery did not begin until 10:00"), (EventKind::StatusChange, Some("recovering")));
        assert_eq!(classify("the incident was fully resolved"), (EventKind::StatusChange, Some("resolved")));
        assert_eq!(classify("Our monitoring detected errors"), (EventKind::StatusChange, Some("detected")));
        assert_eq!(classify("The mail team began rewriting"), (EventKind::Prose, None));
    }
}
