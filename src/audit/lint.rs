//! The list of what a good post-mortem holds (shared event catalogue §4), checked on a draft.

use std::collections::BTreeSet;

use super::Case;
use super::causes;
use super::durations;
use super::side::{cite, count};
use crate::model::{Bound, Citation, Claim, EventKind, LintItem, Measure, TimeBasis, TimelineEntry, Verdict};

/// States whose moments a post-mortem must give, in order; each with the words for it.
const STATES: &[(&str, &[&str])] = &[
    ("start", &["started"]),
    ("detect", &["detected"]),
    ("declare", &["declared"]),
    ("mitigate", &["mitigating"]),
    ("end", &["resolved", "recovering"]),
];

/// Words that say which kind of figure a percentage is (lower case).
const FIGURE_KINDS: &[&str] =
    &["peak", "mean", "average", "median", "at worst", "overall", " of ", "over ", "between", "up to"];

/// Words by which a cause names a person (lower case).
#[rustfmt::skip]
const PERSONS: &[&str] = &[
    "engineer", "operator", "employee", "intern", "contractor", "human error", "mistake by", "forgot", "careless",
    "his ", "her ", "administrator", "colleague", "developer who", "someone", "somebody",
];

/// Words that point from a row to its source.
const POINTERS: &[&str] =
    &["http://", "https://", "](", ".log", ".json", ".csv", "dashboard:", "graph:", "ticket", "#inc"];

/// Words that say who or what noticed (lower case).
const DETECTORS: &[&str] =
    &["monitor", "alert", "alarm", "page", "customer", "support", "report", "dashboard", "on-call"];

/// A rule: how a draft fares with it.
type Check = fn(&Draft<'_, '_>) -> Verdicts;

/// Every rule with how the write-ups of `case`, read as one draft, fare with it.
pub fn lint(case: &Case<'_>) -> Vec<LintItem> {
    let draft = Draft { case, told: case.told().collect() };
    let rules: [(&str, Check); 13] = [
        ("every time has a zone; start, detection, declaration, mitigation and end are given, in order", times),
        ("the stated duration is end − start", duration),
        ("each timeline row points to its source", pointers),
        ("each percentage says of what it is one, and of which kind (peak, mean, share)", percentages),
        ("the severity ladder has its times", ladder),
        ("impact is told by service, and the services that were not hurt are named", impact),
        ("trigger and cause are stated, and one cause only", cause),
        ("it says what noticed it and when the public was told", detection),
        ("recovery is a phase with a beginning and an end", recovery),
        ("it says once whether data was lost", loss),
        ("each action item has an owner and a due date", actions),
        ("no person is named as the cause", persons),
        ("nothing bears another incident's date", dates),
    ];
    let item = |(number, (rule, check)): (u8, (&str, Check))| {
        let (kept, found, mut evidence) = check(&draft);
        evidence.sort();
        evidence.dedup();
        LintItem { number, rule: rule.to_string(), kept, found, evidence }
    };
    (1u8..).zip(rules).map(item).collect()
}

/// Whether a rule is kept, what was found, and where.
type Verdicts = (Option<bool>, String, Vec<Citation>);

/// A draft and its dated rows.
struct Draft<'c, 'i> {
    case: &'c Case<'i>,
    told: Vec<&'i TimelineEntry>,
}

impl Draft<'_, '_> {
    fn claims(&self, measure: Measure) -> Vec<&Claim> {
        self.case.claims.iter().filter(|c| c.measure == measure).collect()
    }
}

fn places(entries: &[&TimelineEntry]) -> Vec<Citation> {
    entries.iter().filter_map(|e| e.evidence.first().cloned()).collect()
}

fn cites(claims: &[&Claim]) -> Vec<Citation> {
    claims.iter().map(|c| cite(c)).collect()
}

fn first_of<'i>(draft: &Draft<'_, 'i>, words: &[&str]) -> Option<&'i TimelineEntry> {
    draft.told.iter().copied().find(|e| e.status.as_deref().is_some_and(|s| words.contains(&s)))
}

fn times(draft: &Draft<'_, '_>) -> Verdicts {
    if draft.told.is_empty() {
        return (Some(false), "no clock time is in the draft".into(), Vec::new());
    }
    let bare: Vec<&TimelineEntry> =
        draft.told.iter().copied().filter(|e| matches!(e.at.basis, TimeBasis::Assumed)).collect();
    let missing: Vec<&str> =
        STATES.iter().filter(|(_, words)| first_of(draft, words).is_none()).map(|(name, _)| *name).collect();
    let moments: Vec<i64> =
        STATES.iter().filter_map(|(_, words)| first_of(draft, words)).map(|e| e.at.utc_ns).collect();
    let sorted = moments.is_sorted();
    let mut wrong = Vec::new();
    if !bare.is_empty() {
        wrong.push(format!("{} times without a zone", bare.len()));
    }
    if !missing.is_empty() {
        wrong.push(format!("not given: {}", missing.join(", ")));
    }
    if !sorted {
        wrong.push("the given ones are not in order".to_string());
    }
    let found = if wrong.is_empty() { format!("{} times", draft.told.len()) } else { wrong.join("; ") };
    (Some(wrong.is_empty()), found, places(&bare))
}

fn duration(draft: &Draft<'_, '_>) -> Verdicts {
    let stated: Vec<&Claim> = draft.claims(Measure::Duration).into_iter().filter(|c| c.subjects.is_empty()).collect();
    if stated.is_empty() {
        return (Some(false), "no duration is stated".into(), Vec::new());
    }
    let checked = durations::against_own_rows(&draft.case.claims, draft.case.incident);
    let Some(worst) = checked.iter().max_by_key(|f| f.verdict == Verdict::Contradiction) else {
        return (None, "the rows give no beginning and end to hold it against".into(), cites(&stated));
    };
    (Some(worst.verdict != Verdict::Contradiction), worst.text.clone(), cites(&stated))
}

fn pointers(draft: &Draft<'_, '_>) -> Verdicts {
    let points = |e: &&TimelineEntry| {
        let lower = e.evidence.first().map(|c| c.text.to_lowercase()).unwrap_or_default();
        POINTERS.iter().any(|w| lower.contains(w))
    };
    let without: Vec<&TimelineEntry> = draft.told.iter().copied().filter(|e| !points(e)).collect();
    match draft.told.len() {
        0 => (None, "there is no timeline".into(), Vec::new()),
        all => (
            Some(without.is_empty()),
            format!("{} of {all} rows have no link or file", without.len()),
            places(&without),
        ),
    }
}

fn percentages(draft: &Draft<'_, '_>) -> Verdicts {
    let all: Vec<&Claim> = [Measure::ErrorRatio, Measure::SuccessRatio, Measure::TrafficChange]
        .into_iter()
        .flat_map(|m| draft.claims(m))
        .filter(|c| c.value.is_some())
        .collect();
    let vague = |c: &&Claim| {
        let quote = c.quote.to_lowercase();
        let scoped = !c.subjects.is_empty() || c.operation.is_some() || c.measure == Measure::TrafficChange;
        !scoped || !(c.bound != Bound::Exactly || FIGURE_KINDS.iter().any(|w| quote.contains(w)))
    };
    let wrong: Vec<&Claim> = all.iter().copied().filter(vague).collect();
    match all.len() {
        0 => (None, "there is no percentage".into(), Vec::new()),
        n => (Some(wrong.is_empty()), format!("{} of {n} do not say of what or which", wrong.len()), cites(&wrong)),
    }
}

fn ladder(draft: &Draft<'_, '_>) -> Verdicts {
    let steps = draft.claims(Measure::Severity);
    let untimed: Vec<&Claim> = steps.iter().copied().filter(|c| c.at.is_none()).collect();
    match steps.len() {
        0 => (Some(false), "no severity is given".into(), Vec::new()),
        n => (Some(untimed.is_empty()), format!("{n} steps, {} without a time", untimed.len()), cites(&steps)),
    }
}

fn impact(draft: &Draft<'_, '_>) -> Verdicts {
    let hurts = |c: &&Claim| {
        matches!(c.measure, Measure::ErrorRatio | Measure::SuccessRatio | Measure::Unavailable | Measure::Degraded)
    };
    let named: BTreeSet<&String> = draft.case.claims.iter().filter(hurts).flat_map(|c| &c.subjects).collect();
    let healthy = draft.claims(Measure::Unaffected);
    let found = format!("{} services hurt, {} said to be unaffected", named.len(), healthy.len());
    (Some(!named.is_empty() && !healthy.is_empty()), found, cites(&healthy))
}

fn cause(draft: &Draft<'_, '_>) -> Verdicts {
    let causes: Vec<&Claim> =
        draft.claims(Measure::Cause).into_iter().filter(|c| c.affirmed && c.subjects.is_empty()).collect();
    if causes.is_empty() {
        return (Some(false), "no cause is stated".into(), Vec::new());
    }
    let rivals = causes::rivals(&draft.case.claims).len();
    let trigger = draft.told.iter().any(|e| e.kind.is_change())
        || causes.iter().any(|c| c.quote.to_lowercase().contains("trigger"));
    let told = if trigger { "a trigger is told" } else { "no trigger is told" };
    (Some(rivals == 0 && trigger), format!("{rivals} rival causes; {told}"), cites(&causes))
}

fn detection(draft: &Draft<'_, '_>) -> Verdicts {
    let detected = first_of(draft, &["detected"]);
    let by = detected.is_some_and(|e| {
        let lower = format!("{} {}", e.title, e.text).to_lowercase();
        DETECTORS.iter().any(|w| lower.contains(w))
    });
    let public = draft.told.iter().copied().find(|e| e.kind == EventKind::PublicUpdate);
    let say = |yes: bool, what: &str| format!("{what} {}", if yes { "given" } else { "not given" });
    let found = format!("{}; {}", say(by, "detection with its source"), say(public.is_some(), "public notice"));
    (Some(by && public.is_some()), found, places(&detected.into_iter().chain(public).collect::<Vec<_>>()))
}

fn recovery(draft: &Draft<'_, '_>) -> Verdicts {
    let (start, end) = (first_of(draft, &["recovering"]), first_of(draft, &["resolved"]));
    let kept = start.zip(end).is_some_and(|(s, e)| s.at.utc_ns < e.at.utc_ns);
    let found = match (start, end) {
        (Some(s), Some(e)) => format!("from {} to {}", s.at, e.at),
        (None, _) => "no beginning of the recovery is given".to_string(),
        (_, None) => "no end is given".to_string(),
    };
    (Some(kept), found, places(&start.into_iter().chain(end).collect::<Vec<_>>()))
}

fn loss(draft: &Draft<'_, '_>) -> Verdicts {
    let told = draft.claims(Measure::DataLoss);
    let both = told.iter().any(|c| c.affirmed) && told.iter().any(|c| !c.affirmed);
    match told.len() {
        0 => (Some(false), "nothing is said of data".into(), Vec::new()),
        _ => (Some(!both), if both { "yes and no" } else { "one answer" }.to_string(), cites(&told)),
    }
}

fn actions(draft: &Draft<'_, '_>) -> Verdicts {
    let items: Vec<&Claim> =
        draft.claims(Measure::Remedy).into_iter().filter(|c| c.operation.as_deref() == Some("action item")).collect();
    let open = |c: &&Claim| !(c.object.as_deref().is_some_and(|o| o.contains("; owner: ") && o.contains("; due: ")));
    let wrong: Vec<&Claim> = items.iter().copied().filter(open).collect();
    match items.len() {
        0 => (Some(false), "there is no list of action items".into(), Vec::new()),
        n => (Some(wrong.is_empty()), format!("{} of {n} lack an owner or a due date", wrong.len()), cites(&wrong)),
    }
}

fn persons(draft: &Draft<'_, '_>) -> Verdicts {
    let names = |c: &&Claim| {
        let lower = c.object.as_deref().unwrap_or("").to_lowercase();
        c.affirmed && PERSONS.iter().any(|w| lower.contains(w))
    };
    let wrong: Vec<&Claim> = draft.claims(Measure::Cause).into_iter().filter(names).collect();
    (Some(wrong.is_empty()), format!("{} causes name a person", wrong.len()), cites(&wrong))
}

fn dates(draft: &Draft<'_, '_>) -> Verdicts {
    let story = draft.case.incident.timeline.story_ns;
    let strange: Vec<&TimelineEntry> = draft
        .told
        .iter()
        .copied()
        .filter(|e| story.is_some_and(|(from, to)| e.at.utc_ns < from || e.at.utc_ns > to))
        .collect();
    let days: BTreeSet<&String> =
        draft.claims(Measure::IncidentDate).into_iter().filter_map(|c| c.object.as_ref()).collect();
    let kept = strange.is_empty() && days.len() <= 1;
    let found = match kept {
        true => "one day".to_string(),
        false => {
            format!("{} rows on other days; days given: {}", strange.len(), count(days.len()).replace("source", "day"))
        }
    };
    (Some(kept), found, places(&strange))
}
