//! Which format reads a source: every candidate with its score and the reason it won or lost.
//!
//! Content decides, never a name alone. Wrappers are peeled first, then every line format is tried
//! on every sampled line (the most specific claim of a line wins it), then document formats are
//! asked. A document with two structural witnesses beats lines; lines that explain four fifths of
//! the sample beat a probable document.

mod explain;
mod owners;

use std::borrow::Cow;

pub use explain::{Explanation, Verdict, explain};
pub use owners::Owners;

use super::json_elements::remember;
use super::{Envelope, Format, Head, LineFormat, Shape};

/// Sampled lines at most.
const SAMPLE_LINES: usize = 400;
/// Wrappers around wrappers at most.
const ENVELOPE_DEPTH: usize = 4;
/// Share of sampled lines (percent) that a reading must explain to be accepted without doubt.
const ACCEPT: u8 = 80;
/// Share below which lines are not taken for a log at all.
const PROBABLE: u8 = 20;
/// Score from which the structure of a document is certain.
const CERTAIN: u8 = 90;

/// A format that was considered for a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Registered name.
    pub name: String,
    /// 0 to 100.
    pub score: u8,
    /// What was recognised.
    pub reason: String,
    /// Whether it reads the source.
    pub chosen: bool,
}

/// How a source will be read.
pub struct Plan<'f> {
    /// Wrappers to peel, outermost first.
    pub envelopes: Vec<&'f dyn Format>,
    /// What reads the inside.
    pub reading: Reading<'f>,
    /// Everything that was considered, best first: every format that knows anything of the source when
    /// [`mod@explain`] asks, otherwise no documents that could not win.
    pub candidates: Vec<Candidate>,
    /// The user named the format: no other may read what it cannot.
    pub forced: bool,
}

/// What reads the inside of a source.
pub enum Reading<'f> {
    /// Line formats, most lines first; others may still claim single lines.
    Lines(Vec<&'f dyn Format>),
    /// One document format.
    Document(&'f dyn Format),
    /// Nothing: said, counted and left alone.
    Unknown,
}

/// The envelope behind a format, when it is one.
pub fn as_envelope(format: &dyn Format) -> Option<&dyn Envelope> {
    match format.shape() {
        Shape::Envelope(envelope) => Some(envelope),
        _ => None,
    }
}

/// The line format behind a format, when it is one.
pub fn as_lines(format: &dyn Format) -> Option<&dyn LineFormat> {
    match format.shape() {
        Shape::Lines(lines) => Some(lines),
        _ => None,
    }
}

/// Lines that continue the record above by their look alone: blank-led, `at …`, `Caused by:`,
/// `... n more`, closing brackets.
pub fn looks_continued(line: &str) -> bool {
    line.starts_with([' ', '\t', '}', ')'])
        || line.starts_with("Caused by:")
        || line.starts_with("Traceback (most recent call last)")
        || line.starts_with("goroutine ")
        || line.starts_with("...")
}

/// A raw line as every reader sees it: without its end, without the NULs that a crash or a preallocated
/// file left around it, without colours.
pub fn plain_line(raw: &str) -> Cow<'_, str> {
    strip_colours(raw.trim_end_matches(['\n', '\r']).trim_matches('\0'))
}

/// Removes terminal colours (`ESC [ … letter`); borrowed when there are none.
pub fn strip_colours(line: &str) -> Cow<'_, str> {
    if memchr::memchr(0x1b, line.as_bytes()).is_none() {
        return Cow::Borrowed(line);
    }
    let mut clean = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("\x1b[") {
        clean.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        let end = tail.find(|c: char| !(c.is_ascii_digit() || c == ';')).unwrap_or(tail.len());
        let letter = tail[end..].chars().next().map_or(0, char::len_utf8);
        rest = &tail[end + letter..];
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// Takes every envelope off `line`; `None` when one of them does not fit.
pub fn peel_all<'a>(envelopes: &[&dyn Format], line: &'a str) -> Option<Cow<'a, str>> {
    let mut inner = Cow::Borrowed(line);
    for format in envelopes {
        let envelope = as_envelope(*format)?;
        inner = match inner {
            Cow::Borrowed(text) => envelope.peel(text)?.inner,
            Cow::Owned(text) => Cow::Owned(envelope.peel(&text)?.inner.into_owned()),
        };
    }
    Some(inner)
}

/// The line format of `formats` that owns `line`: the most specific that claims it, the earlier of
/// two equals.
pub fn owner<'f>(formats: &[&'f dyn Format], line: &str) -> Option<&'f dyn Format> {
    let mut best: Option<(u8, &'f dyn Format)> = None;
    for format in formats {
        let Some(lines) = as_lines(*format) else { continue };
        let specificity = lines.specificity();
        if best.is_none_or(|(s, _)| specificity > s) && lines.starts(line) {
            best = Some((specificity, *format));
        }
    }
    best.map(|(_, format)| format)
}

/// Decides how to read a source that begins with `head`, among `formats`; `forced` names a format
/// the user asked for.
pub fn plan<'f>(head: &Head<'_>, formats: &[&'f dyn Format], forced: Option<&str>) -> Plan<'f> {
    plan_among(head, formats, forced, Asked::ThoseThatMayWin)
}

/// Which documents are asked what they know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Where lines win against all but certain documents, those that can be certain.
    ThoseThatMayWin,
    /// All.
    All,
}

fn plan_among<'f>(head: &Head<'_>, formats: &[&'f dyn Format], forced: Option<&str>, asked: Asked) -> Plan<'f> {
    if let Some(plan) = forced_plan(head, formats, forced) {
        return plan;
    }
    let looked = look(head, formats);
    weighed(head, &looked.lines, &looked.owners, looked.envelopes, formats, asked)
}

/// The same as [`plan`] among `formats` of which those named in `bound` have taken the places of others
/// that had a look at the source before.
pub fn plan_again<'f>(
    head: &Head<'_>,
    looked: &Looked<'_, 'f>,
    formats: &[&'f dyn Format],
    bound: &[Box<dyn Format>],
    forced: Option<&str>,
) -> Plan<'f> {
    if let Some(plan) = forced_plan(head, formats, forced) {
        return plan;
    }
    let owners = Owners::new(formats);
    let changed: Vec<bool> = formats.iter().map(|f| bound.iter().any(|b| b.name() == f.name())).collect();
    let lines = looked.lines.iter().zip(&looked.owners);
    let places: Vec<_> = lines.map(|(line, known)| owners.place_again(line, *known, &changed)).collect();
    weighed(head, &looked.lines, &places, looked.envelopes.clone(), formats, Asked::ThoseThatMayWin)
}

/// What the beginning of a source shows before anything is decided.
pub struct Looked<'h, 'f> {
    /// Wrappers around the lines, outermost first.
    pub envelopes: Vec<&'f dyn Format>,
    /// Sampled lines that are not blank, wrappers off.
    pub lines: Vec<Cow<'h, str>>,
    /// For each of them its owner's place among the formats.
    pub owners: Vec<Option<usize>>,
}

/// Takes a look at the source that begins with `head`.
pub fn look<'h, 'f>(head: &Head<'h>, formats: &[&'f dyn Format]) -> Looked<'h, 'f> {
    let (envelopes, lines) = peel_sample(sample(head), formats);
    let owners = Owners::new(formats);
    let owners = lines.iter().map(|line| owners.place(line)).collect();
    Looked { envelopes, lines, owners }
}

fn weighed<'f>(
    head: &Head<'_>,
    lines: &[Cow<'_, str>],
    owners: &[Option<usize>],
    envelopes: Vec<&'f dyn Format>,
    formats: &[&'f dyn Format],
    asked: Asked,
) -> Plan<'f> {
    let (claims, explained) = line_candidates(lines, owners, formats);
    let explained = explained.min(certainty(&claims));
    let sure = !envelopes.is_empty() || (!claims.is_empty() && explained >= ACCEPT);
    let least = if sure && asked == Asked::ThoseThatMayWin { CERTAIN } else { 0 };
    let documents = document_candidates(head, formats, least);
    choose(documents, envelopes, claims, explained)
}

/// Whether the document format `format` knows the file by itself.
pub fn claims(format: &dyn Format, head: &Head<'_>) -> bool {
    match format.shape() {
        Shape::Document(document) => document.detect(head).is_some(),
        _ => false,
    }
}

/// Lines to try formats on.
fn sample<'h>(head: &Head<'h>) -> Vec<Cow<'h, str>> {
    head.text.lines().map(plain_line).filter(|l| !l.trim().is_empty()).take(SAMPLE_LINES).collect()
}

/// The plan for the format that the user named, if there is one of that name. Wrappers are still taken
/// off, unless it claims lines as they stand.
fn forced_plan<'f>(head: &Head<'_>, formats: &[&'f dyn Format], forced: Option<&str>) -> Option<Plan<'f>> {
    let format = forced.and_then(|name| formats.iter().copied().find(|f| f.name() == name))?;
    let sample = sample(head);
    let wrapped = as_lines(format).is_some_and(|lines| !sample.iter().any(|line| lines.starts(line)));
    let envelopes = if wrapped { peel_sample(sample, formats).0 } else { Vec::new() };
    let reading = match format.shape() {
        Shape::Lines(_) => Reading::Lines(vec![format]),
        Shape::Document(_) => Reading::Document(format),
        Shape::Envelope(_) => Reading::Unknown,
    };
    let candidates = vec![Candidate {
        name: format.name().to_string(),
        score: 100,
        reason: "the user named it".to_string(),
        chosen: !matches!(reading, Reading::Unknown),
    }];
    Some(Plan { envelopes, reading, candidates, forced: true })
}

/// Document formats that claim the head, best first; ties in registry order. Those that never score
/// `least` are not asked.
fn document_candidates<'f>(
    head: &Head<'_>,
    formats: &[&'f dyn Format],
    least: u8,
) -> Vec<(u8, &'f dyn Format, String)> {
    let _remembered = remember(head.text);
    let claim = |format: &'f dyn Format| match format.shape() {
        Shape::Document(document) if document.ceiling() >= least => {
            let claimed = document.detect(head)?;
            debug_assert!(claimed.score <= document.ceiling(), "{}: {}", format.name(), claimed.score);
            Some((claimed.score, format, claimed.reason))
        }
        _ => None,
    };
    let mut found: Vec<(u8, &'f dyn Format, String)> = formats.iter().copied().filter_map(claim).collect();
    found.sort_by_key(|(score, _, _)| std::cmp::Reverse(*score));
    found
}

/// Peels as many wrappers as fit [`ACCEPT`] percent of the sample.
fn peel_sample<'a, 'f>(
    mut sample: Vec<Cow<'a, str>>,
    formats: &[&'f dyn Format],
) -> (Vec<&'f dyn Format>, Vec<Cow<'a, str>>) {
    let mut envelopes = Vec::new();
    while envelopes.len() < ENVELOPE_DEPTH {
        let fits = |format: &&'f dyn Format| {
            let envelope = as_envelope(*format)?;
            // One line too many that is not wrapped settles it.
            let most = sample.len() - (sample.len() * usize::from(ACCEPT)).div_ceil(100);
            let bare = sample.iter().filter(|line| envelope.peel(line).is_none()).take(most + 1).count();
            (bare <= most && bare < sample.len()).then_some(envelope)
        };
        let Some((format, envelope)) = formats.iter().find_map(|f| fits(f).map(|e| (*f, e))) else { break };
        envelopes.push(format);
        sample = sample
            .iter()
            .filter_map(|line| envelope.peel(line).map(|p| Cow::Owned(strip_colours(&p.inner).into_owned())))
            .collect();
    }
    (envelopes, sample)
}

/// Line formats with the sampled lines each owns, most first, and the percentage explained by all.
fn line_candidates<'f>(
    lines: &[Cow<'_, str>],
    owners: &[Option<usize>],
    formats: &[&'f dyn Format],
) -> (Vec<(usize, &'f dyn Format)>, u8) {
    let mut claims: Vec<(usize, &'f dyn Format)> = Vec::new();
    let (mut explained, mut judged, mut multiline) = (0, 0, false);
    for (line, owner) in lines.iter().zip(owners) {
        match owner.and_then(|place| formats.get(place).copied()) {
            Some(format) => {
                explained += 1;
                judged += 1;
                multiline = as_lines(format).is_some_and(LineFormat::multiline);
                match claims.iter_mut().find(|(_, f)| f.name() == format.name()) {
                    Some(claim) => claim.0 += 1,
                    None => claims.push((1, format)),
                }
            }
            // Below a multi-line record nothing can be said of a line that starts none.
            None if multiline || (explained > 0 && looks_continued(line)) => {}
            None => judged += 1,
        }
    }
    claims.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    (claims, percent(explained, judged))
}

/// How sure (percent) a source can be that these formats read.
fn certainty(claims: &[(usize, &dyn Format)]) -> u8 {
    let total: usize = claims.iter().map(|c| c.0).sum();
    // A few lines that a sure format takes by chance do not make the guess of all others sure.
    let certainty_of = |c: &(usize, &dyn Format)| as_lines(c.1).map_or(100, LineFormat::certainty);
    let sure: usize = claims.iter().filter(|c| certainty_of(c) == 100).map(|c| c.0).sum();
    if sure * 2 >= total { 100 } else { claims.first().map_or(100, certainty_of) }
}

fn choose<'f>(
    documents: Vec<(u8, &'f dyn Format, String)>,
    envelopes: Vec<&'f dyn Format>,
    claims: Vec<(usize, &'f dyn Format)>,
    explained: u8,
) -> Plan<'f> {
    let total: usize = claims.iter().map(|c| c.0).sum();
    let best_document = documents.first().map_or(0, |d| d.0);
    // A document with certain structure wins; then lines that explain most; then the better of the two.
    // A wrapper with a stamp makes records even of lines that no format knows.
    let explains = !claims.is_empty() && (explained >= ACCEPT || (explained >= PROBABLE && explained >= best_document));
    let lines_win = best_document < CERTAIN && (explains || !envelopes.is_empty());
    let mut candidates: Vec<Candidate> = claims
        .iter()
        .map(|(n, format)| Candidate {
            name: format.name().to_string(),
            score: percent(*n, total.max(1)).min(explained),
            reason: match as_lines(*format).and_then(LineFormat::guess) {
                Some(guess) => format!("starts {n} of {total} records sampled; {guess}"),
                None => format!("starts {n} of {total} records sampled"),
            },
            chosen: lines_win,
        })
        .collect();
    for (i, (score, format, reason)) in documents.iter().enumerate() {
        let chosen = !lines_win && i == 0;
        candidates.push(Candidate { name: format.name().to_string(), score: *score, reason: reason.clone(), chosen });
    }
    candidates.sort_by_key(|c| (std::cmp::Reverse(c.chosen), std::cmp::Reverse(c.score)));
    let wrapped = envelopes.iter().map(|e| Candidate {
        name: e.name().to_string(),
        score: 100,
        reason: "wraps the lines".to_string(),
        chosen: lines_win,
    });
    candidates.splice(0..0, wrapped);
    let reading = match documents.first() {
        _ if lines_win => Reading::Lines(claims.into_iter().map(|c| c.1).collect()),
        Some((_, format, _)) => Reading::Document(*format),
        None => Reading::Unknown,
    };
    Plan { envelopes: if lines_win { envelopes } else { Vec::new() }, reading, candidates, forced: false }
}

/// `part` of `whole` in percent; 0 of nothing.
fn percent(part: usize, whole: usize) -> u8 {
    (part * 100).checked_div(whole).unwrap_or(0) as u8
}
