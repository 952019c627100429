//! Remedies, how far the incident was when a text was written, who else was hurt, and what came first.

use std::sync::LazyLock;

use regex::Regex;

use super::claims::Quote;
use super::names::Mention;
use super::sentences::one_line;
use super::subjects::Scope;
use crate::format::ascii::of_sentences;
use crate::model::{Claim, Measure, RawTime, Stage};

/// Longest remedy kept, in characters.
const MAX_REMEDY: usize = 200;

/// What is changed for good, as a pattern.
const CHANGE: &str = r"(?:migrat\w+|replac\w+|mov(?:e|ed|ing)|remov\w+|eliminat\w+|decoupl\w+|split\w*|rewrit\w+|upgrad\w+|harden\w*|introduc\w+|implement\w*|diversif\w+|decommission\w*|retir\w+)";

static UNDERWAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?xi)(?P<a>\b(?:(?:was|is|were|are|been)\s+)?(?:already\s+)?(?:in\s+the\s+(?:process|middle|midst)\s+of\s+(?:being\s+)?)(?P<w>{CHANGE}.*))
          | (?P<b>\b{CHANGE}\b[^.;]{{0,80}}\b(?:(?:was|were|is|are)\s+(?:already|actively)\s+(?:under\s?way|in\s+progress|running|going\s+on|half\s+done)|(?:actively|already)\s+in\s+progress|had\s+already\s+(?:begun|started)))"
    ))
});
static PLANNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)\b(?:plans?\s+to|intends?\s+to|aims?\s+to|will\s+(?:be\s+)?|is\s+going\s+to|are\s+going\s+to|promised\s+to|pledged\s+to|announced\s+(?:that\s+it\s+will\s+)?)\s*(?:be\s+)?(?P<w>{CHANGE}[^.;]*)"
    ))
});
static PROGRAMME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r#"(?i)\b(?:declared|launched|announced|started|created|set up)\s+an?\s+["“](?P<n>[^"”]{3,60})["”]\s+(?:initiative|programme|program|project|effort|campaign)\b"#,
    )
});

/// What a sentence says has been or will be done about it.
pub(super) fn remedies(sentence: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    let claim = |stage: Stage, object: &str| {
        let mut claim = quote.claim(Measure::Remedy, Vec::new());
        claim.stage = Some(stage);
        claim.object = Some(one_line(object.trim().trim_end_matches(['.', ',']), MAX_REMEDY));
        claim
    };
    if let Some(c) = PROGRAMME.as_ref().and_then(|r| r.captures(sentence)) {
        return c.name("n").map(|n| claim(Stage::Planned, n.as_str())).into_iter().collect();
    }
    if let Some(c) = UNDERWAY.as_ref().and_then(|r| r.captures(sentence)) {
        return c.name("w").or(c.name("b")).map(|w| claim(Stage::Underway, w.as_str())).into_iter().collect();
    }
    let planned = PLANNED.as_ref().and_then(|r| r.captures(sentence)).and_then(|c| c.name("w"));
    planned.map(|w| claim(Stage::Planned, w.as_str())).into_iter().collect()
}

static STATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:issue|incident|outage|problem|disruption|situation)\b[^.;,]{0,20}?\b(?:
            (?:has|have)\s+(?:now\s+)?been\s+(?:largely|mostly|partly|partially|mainly)\s+(?P<mostly>mitigated|resolved|fixed|contained)
          | (?:is|remains)\s+(?:still\s+)?(?P<going>ongoing|under\s+investigation|unresolved|not\s+(?:yet\s+)?resolved) )",
    )
});

/// How far the incident was when the text was written.
pub(super) fn state(sentence: &str, quote: &Quote<'_>) -> Option<Claim<RawTime>> {
    let c = STATE.as_ref()?.captures(sentence)?;
    let mut claim = quote.claim(Measure::State, Vec::new());
    claim.object = Some(if c.name("mostly").is_some() { "mitigated" } else { "ongoing" }.to_string());
    Some(claim)
}

static SPREAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:outage|incident|disruption|it)\s+(?:\w+\s+)?also\s+(?:\w+ly\s+)?(?:impacted|affected|hit|hurt|reached|spread to|took down|dragged down)\s+(?P<rest>(?:other|services|others|companies|customers|users|third)\b.*)",
    )
});

/// Who else was hurt: names behind "also impacted other services".
pub(super) fn spread(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>) -> Option<Claim<RawTime>> {
    let rest = SPREAD.as_ref()?.captures(sentence)?.name("rest")?;
    let named = scope.names.mentions(sentence, &[]);
    let first = named.into_iter().find(|m| m.range.start >= rest.start())?;
    Some(quote.claim(Measure::Spread, vec![first.name]))
}

static ORDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:failed|went down|fell over|broke|stalled|stopped|died|collapsed|went offline|crashed|was hit|were hit)\s+(?:\w+\s+){0,3}?(?P<w>before|after)\s+(?:the\s+)?",
    )
});

/// "A failed before B": both ends are names that the text uses.
pub(super) fn order(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>) -> Option<Claim<RawTime>> {
    let c = ORDER.as_ref()?.captures(sentence)?;
    let verb = c.get(0)?;
    let named: Vec<Mention> = scope.names.mentions(sentence, &[]);
    let other = named.iter().find(|m| m.range.start >= verb.end() && m.range.start <= verb.end() + 2)?;
    let before: Vec<&Mention> = named.iter().filter(|m| m.range.end <= verb.start()).collect();
    let own = match before.last() {
        Some(near) => near.name.clone(),
        None => scope.head.first().cloned().or_else(|| leading_word(sentence, verb.start()))?,
    };
    let (first, second) = if c.name("w")?.as_str().eq_ignore_ascii_case("before") {
        (own, other.name.clone())
    } else {
        (other.name.clone(), own)
    };
    let mut claim = quote.claim(Measure::Order, vec![first]);
    claim.object = Some(second);
    Some(claim)
}

/// The capitalised word right before the verb, where a sentence begins with it.
fn leading_word(sentence: &str, at: usize) -> Option<String> {
    let word = sentence.get(..at)?.trim().trim_start_matches("The ");
    let plain = !word.is_empty() && !word.contains(char::is_whitespace) && word.starts_with(char::is_uppercase);
    plain.then(|| word.to_string())
}

static OWNER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?:(?i:\bowner|\bassignee|\bassigned to|\bresponsible)\s*:?\s*|@)(?P<o>[A-Za-z][\w .-]{1,30}?)(?:[,;)\]|]|$|\s+by\b|\s+due\b)",
    )
});

/// An item of the list of actions, with its owner and due date when it has them.
pub(super) fn action(item: &str, due: Option<String>, owner: Option<String>, quote: &Quote<'_>) -> Claim<RawTime> {
    let owner = owner.or_else(|| {
        OWNER.as_ref().and_then(|r| r.captures(item)).and_then(|c| c.name("o")).map(|o| o.as_str().trim().to_string())
    });
    let mut object = one_line(item, MAX_REMEDY);
    for (word, value) in [("owner", owner), ("due", due)] {
        if let Some(value) = value {
            object.push_str(&format!("; {word}: {value}"));
        }
    }
    let mut claim = quote.claim(Measure::Remedy, Vec::new());
    claim.operation = Some("action item".to_string());
    claim.stage = Some(Stage::Planned);
    claim.object = Some(object);
    claim
}

/// Words of headings under which actions are listed (lower case).
const ACTION_HEADS: &[&str] =
    &["action item", "action items", "follow-up", "follow-ups", "follow up", "next steps", "remediation", "corrective"];

/// Whether a heading opens a list of actions.
pub(super) fn opens_actions(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    lower.trim() == "actions" || ACTION_HEADS.iter().any(|w| lower.contains(w))
}
