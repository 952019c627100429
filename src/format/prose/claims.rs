//! Figures and words of a sentence as claims.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::cues;
use super::elsewhere::parts_elsewhere;
use super::operations::noun_phrase;
use super::sentences::{LONGEST, pieces, segments};
use super::subjects::{About, Scope, about, hurt_objects, is_whole, listed_subjects, own_part, without_causes};
use super::words::IMPERATIVES;
use super::{figures, lengths};
use crate::format::ascii::of_sentences;
use crate::model::{Bound, Claim, Exemplar, Measure, RawTime};

/// Where a claim's words stand.
#[derive(Clone, Debug)]
pub(super) struct Quote<'q> {
    /// The sentence as a reader sees it.
    pub text: &'q str,
    /// Its place and raw text.
    pub evidence: &'q Exemplar,
}

impl Quote<'_> {
    /// An empty claim of this sentence.
    pub fn claim(&self, measure: Measure, subjects: Vec<String>) -> Claim<RawTime> {
        let text = self.text.trim();
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Claim::new(measure, subjects, text.get(..end).unwrap_or(text), self.evidence.clone())
    }
}

/// A field that lists what was not hurt: "Not affected: search, mail (own store)".
static UNHURT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:(?:services?|systems?|products?|regions?|components?)\s+)?(?:not\s+(?:affected|impacted)|unaffected|unimpacted)(?:\s+(?:services?|systems?|products?|regions?|components?))?\s*:\s*(?P<list>[^.(:]{2,160})",
    )
});

/// Claims of one sentence: figures, words and lengths; and its subjects, for the sentence after it.
pub(super) fn read(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>) -> (Vec<Claim<RawTime>>, Vec<String>) {
    let mut out = Vec::new();
    let mut earlier: Vec<String> = Vec::new();
    let first = sentence.split_whitespace().next().unwrap_or("").to_lowercase();
    if scope.head.is_empty() && IMPERATIVES.contains(&first.as_str()) {
        return (out, earlier);
    }
    if let Some(list) = UNHURT.as_ref().and_then(|r| r.captures(sentence)).and_then(|c| c.name("list")) {
        let members = super::heads::members(list.as_str());
        out.push(quote.claim(Measure::Unaffected, members.into_iter().map(|m| m.trim().to_string()).collect()));
        return (out, earlier);
    }
    // "Our uploads failed" speaks of the writer's part of it.
    let own = own_part(sentence).filter(|_| scope.head.is_empty());
    let own = own.map(|part| Scope { head: vec![part], ..scope.clone() });
    let scope = own.as_ref().unwrap_or(scope);
    let hypothetical = cues::is_hypothetical(sentence);
    let elsewhere = parts_elsewhere(sentence, scope.day);
    for range in segments(sentence, cues::is_predicate) {
        if elsewhere.iter().any(|part| part.start < range.end && range.start < part.end) {
            continue;
        }
        let segment = sentence.get(range).unwrap_or("");
        let mut figures = figure_claims(scope, segment, quote, &earlier);
        if figures.is_empty()
            && let Some(last) = out.last()
        {
            figures.extend(same_again(last, segment, quote));
        }
        // "Search is unaffected and you can go on with it" is no doubt.
        let sure = || {
            let cue = cues::find(segment).filter(|cue| cue.measure == Measure::Unaffected);
            cue.is_some_and(|cue| !cues::is_hypothetical(segment.get(..cue.range.end).unwrap_or(segment)))
        };
        let subjects = if figures.is_empty() && (!hypothetical || sure()) {
            word_claims(scope, segment, quote, &earlier)
        } else {
            figures
        };
        if let Some(named) = subjects.iter().find(|(c, named)| *named && !c.subjects.is_empty()) {
            earlier.clone_from(&named.0.subjects);
        }
        out.extend(subjects.into_iter().map(|(claim, _)| claim));
    }
    out.extend(length_claims(scope, sentence, quote));
    (out, earlier)
}

/// Percentages of a segment; true beside those that name their subjects themselves.
fn figure_claims(
    scope: &Scope<'_>,
    segment: &str,
    quote: &Quote<'_>,
    earlier: &[String],
) -> Vec<(Claim<RawTime>, bool)> {
    let mut out = Vec::new();
    for percent in figures::percentages(segment) {
        let Some((measure, value)) = figures::measure_of(segment, &percent) else { continue };
        if is_threshold(segment, &percent) {
            continue;
        }
        let About { subjects, operation, named } = about(scope, segment, &percent.range, earlier);
        let mut claim = quote.claim(measure, subjects);
        if is_recovered(segment, &percent) {
            continue;
        }
        let averaged = segment.get(..percent.range.start).is_some_and(|b| b.trim_end().ends_with("averaged"))
            || segment.get(percent.range.end..).is_some_and(|rest| {
                let rest = rest.trim_start().to_lowercase();
                rest.starts_with("on average") || rest.starts_with("in average")
            });
        let people = averaged.then(|| "on average".to_string());
        let people = people.or_else(|| people_after(segment.get(percent.range.end..).unwrap_or("")));
        claim.operation =
            if measure == Measure::TrafficChange { figures::volume_of(segment) } else { people.or(operation) };
        claim.value = Some(tidy(value));
        claim.decimals = percent.decimals;
        claim.bound = percent.bound;
        out.push((claim, named));
    }
    out
}

static PEOPLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\s*(?:of\s+)?(?:[\w-]+\s+){0,3}?(?P<who>customers|users|merchants|accounts|tenants|people|clients|subscribers|households|members|patients|students|passengers|players|sites|shops)\b",
    )
});

/// Whom a share counts: "16 % of customers" is none of requests.
fn people_after(rest: &str) -> Option<String> {
    Some(PEOPLE.as_ref()?.captures(rest)?.name("who")?.as_str().to_lowercase())
}

static ALERT: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)\b(?:alerts?|alarms?|threshold|objective|slo)\b"));

/// Whether a figure is the one at which an alert fires: "ALERT failures above 5 %".
fn is_threshold(segment: &str, percent: &figures::Percent) -> bool {
    percent.bound == Bound::AtLeast && ALERT.as_ref().is_some_and(|r| r.is_match(segment))
}

static BACK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:back|again|return(?:ed|s)?|dropp?ed|drops|fell|falls|decreas\w+|recover\w*|down)\b[^,;]{0,20}\b(?:below|under)\W*$",
    )
});

/// Whether a figure is where errors were again when it was over: "error rate back below 0.1 %".
fn is_recovered(segment: &str, percent: &figures::Percent) -> bool {
    percent.value <= 0.1 && BACK.as_ref().is_some_and(|r| r.is_match(segment.get(..percent.range.start).unwrap_or("")))
}

/// "…, 0% of reads": a figure that goes on with the predicate of the one before it.
fn same_again(last: &Claim<RawTime>, segment: &str, quote: &Quote<'_>) -> Option<(Claim<RawTime>, bool)> {
    let found = figures::percentages(segment);
    let [percent] = found.as_slice() else { return None };
    let rest = segment.get(percent.range.end..)?.trim();
    let begins = segment.get(..percent.range.start)?.split_whitespace().count() <= 1;
    let ratio = matches!(last.measure, Measure::ErrorRatio | Measure::SuccessRatio) && last.value.is_some();
    if !ratio || !begins || !rest.starts_with("of ") || rest.split_whitespace().count() > 4 {
        return None;
    }
    let mut claim = quote.claim(last.measure, last.subjects.clone());
    claim.operation = noun_phrase(rest.trim_start_matches("of "));
    claim.value = Some(tidy(percent.value));
    claim.decimals = percent.decimals;
    claim.bound = percent.bound;
    Some((claim, false))
}

/// A ratio without the dust of binary division.
fn tidy(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// The word claim of a segment. Words for failure need a subject or an operation of their own.
fn word_claims(scope: &Scope<'_>, segment: &str, quote: &Quote<'_>, earlier: &[String]) -> Vec<(Claim<RawTime>, bool)> {
    if let Some((measure, subjects)) = hurt_objects(segment) {
        return vec![(quote.claim(measure, subjects), true)];
    }
    let loss = cues::find(segment).filter(|c| c.measure == Measure::DataLoss);
    let Some(cue) = loss.or_else(|| cues::find(&without_causes(segment))) else { return Vec::new() };
    let About { subjects, operation, named } = about(scope, segment, &cue.range, earlier);
    if cue.measure == Measure::Unaffected && is_for_a_while(segment.get(cue.range.end..).unwrap_or("")) {
        return Vec::new();
    }
    if cue.measure == Measure::DataLoss {
        let subjects = if named { Vec::new() } else { subjects };
        let mut claim = quote.claim(Measure::DataLoss, subjects);
        claim.affirmed = cue.affirmed;
        return vec![(claim, false)];
    }
    let listed = if subjects.is_empty() { listed_subjects(segment, &cue.range) } else { Vec::new() };
    let (subjects, operation) = if listed.is_empty() { (subjects, operation) } else { (listed, None) };
    let specific = operation.as_ref().is_some_and(|o| o.contains(' '));
    let words = segment.get(cue.range.clone()).unwrap_or("").to_lowercase();
    let total = cue.measure == Measure::Unavailable
        && !["complete ", "total ", "near-total "].iter().any(|w| words.starts_with(w));
    if cue.measure == Measure::Degraded && scope.head.is_empty() && !cues::has_verb(segment) {
        return Vec::new();
    }
    if subjects.is_empty() && !(specific && total) {
        return Vec::new();
    }
    let mut claim = quote.claim(cue.measure, subjects);
    claim.operation = operation;
    claim.affirmed = cue.affirmed;
    if cue.measure == Measure::Unavailable {
        let near = ["near-total", "near total"].iter().any(|w| words.starts_with(w));
        let before = figures::bound_before(segment, cue.range.start);
        claim.bound = if near || before == Bound::AtMost { Bound::About } else { Bound::Exactly };
    }
    vec![(claim, named)]
}

/// Whether what follows "was unaffected" takes most of it back: "for the first ten minutes", "until noon".
fn is_for_a_while(rest: &str) -> bool {
    let rest = rest.trim_start().to_lowercase();
    ["for the first", "at first", "initially", "until ", "for a while", "for some time"]
        .iter()
        .any(|w| rest.starts_with(w))
}

/// A word for the incident as a whole.
static INCIDENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:outages?|incidents?|disruptions?|downtime|events?|interruptions?|disturbances?|it|impact|duration|all|everything)\b",
    )
});

/// Regions and zones as clouds name them: `eu-west-1`, `us-central1`.
static REGION: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(r"\b[a-z]{2,12}(?:-[a-z]{2,12})+-?\d[a-z]?\b"));

/// Whether a text names the incident as a whole.
pub(super) fn speaks_of_incident(text: &str) -> bool {
    INCIDENT.as_ref().and_then(|r| r.find(text)).is_some_and(|m| !m.as_str().eq_ignore_ascii_case("it"))
}

/// What a length stands for: the service or the region its part of the sentence names, unless that speaks of the
/// incident or the whole text is about it.
fn lasted_where(scope: &Scope<'_>, sentence: &str, length: &Range<usize>) -> Vec<String> {
    let part = pieces(sentence).into_iter().find(|p| p.contains(&length.start)).unwrap_or(0..sentence.len());
    // "… was closed from ten to three, in total five hours": of what stands before it.
    let lower = sentence.get(part.clone()).unwrap_or("").to_lowercase();
    let adds_up = ["in total", "in all", "altogether", "a total of"].iter().any(|w| lower.starts_with(w));
    let part = if adds_up { 0..part.end } else { part };
    let part_start = part.start;
    let part = sentence.get(part).unwrap_or(sentence);
    if speaks_of_incident(part) {
        return Vec::new();
    }
    if let Some(cue) = cues::find(part).filter(|cue| matches!(cue.measure, Measure::Unavailable | Measure::Degraded)) {
        let named = about(scope, part, &cue.range, &[]);
        // "The shop of Initech was down" speaks of the shop.
        let begins =
            |name: &String| part.find(name.as_str()).is_some_and(|at| part[..at].split_whitespace().count() <= 2);
        let own = named.subjects.first().is_some_and(begins);
        if named.named && own && !named.subjects.iter().any(|name| scope.names.is_topic(name)) {
            return named.subjects;
        }
    }
    // "Telephone calls failed for 19 minutes" is not the length of all of it.
    let listed = if !adds_up && (part.contains(" of ") || part.contains(" the ")) {
        Vec::new()
    } else {
        listed_subjects(part, &(length.start.saturating_sub(part_start)..part.len()))
    };
    let of_one = |name: &String| !is_whole(name) && !scope.names.is_topic_word(name);
    if !listed.is_empty() && listed.iter().all(of_one) {
        return listed;
    }
    let Some(region) = REGION.as_ref().and_then(|r| r.find(part)) else { return Vec::new() };
    vec![region.as_str().to_string()]
}

/// Lengths of an outage that a title states.
pub(super) fn title_lengths(scope: &Scope<'_>, title: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    length_claims(&Scope { head: Vec::new(), ..scope.clone() }, title, quote)
}

static FURTHER: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(r"(?i)\b(?:as\s+well|too|also)\b"));

/// Whether a length is that of a further thing: "the archive was hit as well: for three hours …".
fn is_further(sentence: &str, length: &Range<usize>) -> bool {
    let before = sentence.get(..length.start).unwrap_or("");
    FURTHER.as_ref().is_some_and(|r| r.is_match(before)) && !speaks_of_incident(before)
}

/// Lengths of an outage.
fn length_claims(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    let claim_of = |length: lengths::Length| {
        let mut subjects =
            if scope.head.is_empty() { lasted_where(scope, sentence, &length.range) } else { scope.head.clone() };
        if subjects.is_empty() && is_further(sentence, &length.range) {
            subjects = pieces(sentence).first().map_or(Vec::new(), |first| {
                listed_subjects(sentence.get(first.clone()).unwrap_or(""), &(first.len()..first.len()))
            });
            if subjects.is_empty() {
                return None;
            }
        }
        let mut claim = quote.claim(Measure::Duration, subjects);
        claim.value = Some(length.seconds);
        claim.decimals = length.decimals;
        claim.bound = length.bound;
        claim.object = sentence.get(length.range).map(|w| w.trim().to_string());
        Some(claim)
    };
    let found = lengths::lengths(sentence);
    if found.is_empty() {
        return Vec::new();
    }
    let elsewhere = parts_elsewhere(sentence, scope.day);
    let own = |length: &lengths::Length| !elsewhere.iter().any(|part| part.contains(&length.range.start));
    found.into_iter().filter(own).filter_map(claim_of).collect()
}

/// A cell of a table row: its column's head tells what a bare figure measures.
pub(super) fn read_cell(scope: &Scope<'_>, header: &str, cell: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    let whole = if header.is_empty() { cell.to_string() } else { format!("{header}: {cell}") };
    let (mut claims, _) = read(scope, cell, quote);
    if claims.is_empty() {
        for percent in figures::percentages(&whole) {
            if let Some((measure, value)) = figures::measure_of(&whole, &percent) {
                let mut claim = quote.claim(measure, scope.head.clone());
                claim.value = Some(tidy(value));
                claim.decimals = percent.decimals;
                claim.bound = if percent.bound == Bound::Exactly {
                    figures::bound_before(&whole, percent.range.start)
                } else {
                    percent.bound
                };
                claims.push(claim);
            }
        }
        claims.extend(length_claims(scope, &whole, quote));
    }
    claims
}
