use super::{FORMATS, engine, html, markdown, plain_text};
use crate::format::{Document, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Claim, Diagnostic, Event, LogRecord, RawTime, Sample};

/// Keeps everything.
#[derive(Default)]
pub(super) struct Kept {
    pub events: Vec<Event<RawTime>>,
    pub claims: Vec<Claim<RawTime>>,
    pub notes: Vec<String>,
    pub diagnostics: Vec<Diagnostic>,
    pub accounted: (usize, usize),
}

impl Sink for Kept {
    fn log(&mut self, _: &LogRecord<'_>, _: &Frame<'_>) {}
    fn sample(&mut self, _: &Sample<'_>, _: &Frame<'_>) {}
    fn event(&mut self, event: Event<RawTime>) {
        self.events.push(event);
    }
    fn claim(&mut self, claim: Claim<RawTime>) {
        self.claims.push(claim);
    }
    fn call(&mut self, _: &str, _: &str, _: &Frame<'_>) {}
    fn person(&mut self, _: &str, _: &str) {}
    fn zone_note(&mut self, zone: &str, _: &Frame<'_>) {
        self.notes.push(zone.to_string());
    }
    fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
    fn account(&mut self, class: FrameClass, _: &Frame<'_>) {
        match class {
            FrameClass::Record => self.accounted.0 += 1,
            FrameClass::Blank => self.accounted.1 += 1,
        }
    }
    fn reject(&mut self, _: &str, _: &Frame<'_>) {}
}

/// Reads a text with the format that claims it.
pub(super) fn kept(path: &str, text: &str) -> (String, Kept) {
    let head = Head { path, text, complete: true };
    let best = FORMATS
        .iter()
        .filter_map(|f| match f.shape() {
            Shape::Document(d) => d.detect(&head).map(|c| (c.score, f.name())),
            _ => None,
        })
        .max_by_key(|(score, _)| *score);
    let name = best.map_or("none", |b| b.1).to_string();
    let blocks = match name.as_str() {
        "html" => html::blocks(text),
        "markdown" => markdown::blocks(text),
        _ => plain_text::blocks(text),
    };
    let mut out = Kept::default();
    engine::read(&Document::new(path, text), &blocks, &mut out);
    (name, out)
}

#[test]
fn prints_what_it_reads_of_given_write_ups() {
    let Ok(folder) = std::env::var("RECOUNT_WRITEUPS") else { return };
    let mut paths: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    let mut report = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let (name, kept) = kept(&path.display().to_string(), &text);
        report += &format!("=== {} {name} notes {:?} accounted {:?}\n", path.display(), kept.notes, kept.accounted);
        for e in &kept.events {
            report += &format!(
                "E {:?} {} {:?} {:?} {:?} {:?} L{} | {}\n",
                e.at.kind,
                crate::model::format_utc(e.at.key_ns(), e.at.precision),
                e.kind,
                e.status,
                e.severity.as_ref().map(|s| (s.from.as_ref().map(|f| f.word.clone()), s.to.word.clone())),
                e.services,
                e.evidence.span.line,
                e.title
            );
        }
        for c in &kept.claims {
            report += &format!(
                "C {:?} {:?} op {:?} val {:?} d{} {:?} aff {} obj {:?} L{} | {}\n",
                c.measure,
                c.subjects,
                c.operation,
                c.value,
                c.decimals,
                c.bound,
                c.affirmed,
                c.object,
                c.evidence.span.line,
                c.quote.chars().take(110).collect::<String>()
            );
        }
    }
    if let Ok(out) = std::env::var("RECOUNT_WRITEUPS_OUT") {
        std::fs::write(out, report).ok();
    }
}

#[test]
fn each_sample_is_detected_by_its_owner() {
    for format in FORMATS {
        for sample in format.samples() {
            assert_eq!(kept("sample.txt", sample).0, format.name());
        }
    }
}
