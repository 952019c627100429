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
    let head = Head { path, text, complete: true, modified_s: None };
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
fn each_sample_is_detected_by_its_owner() {
    for format in FORMATS {
        for sample in format.samples() {
            assert_eq!(kept("sample.txt", sample).0, format.name());
        }
    }
}

#[test]
fn logs_tables_and_documents_of_machines_are_not_claimed() {
    let log = "2031-06-02 09:05:01,120 ERROR mail.Store - the disk of the store is full and nothing can be written.\n"
        .repeat(8);
    let bare = "ERROR: the disk of the store is full and nothing more can be written to it.\n".repeat(8);
    let csv =
        "time,service,note\n2031-06-02 09:05,mail,the disk was full. Nothing could be written any more.\n".repeat(4);
    let json = "{\"text\": \"At 09:05 the disk of the store was full. Nothing could be written any more.\"}";
    for text in [log.as_str(), &bare, &csv, json] {
        assert_eq!(kept("notes.txt", text).0, "none", "{text}");
    }
}

#[test]
fn names_that_end_alike_stay_apart() {
    let text = "# What failed on 2 June 2031\n\n* **Gateway**: continued to operate normally.\n* **Mail Gateway**: 97% of requests failed.\n\nThe API Gateway was completely unavailable, and Mail Gateway failed entirely.\n";
    let (_, kept) = kept("notes.md", text);
    let subjects: Vec<_> =
        kept.claims.iter().filter(|c| !c.subjects.is_empty()).map(|c| c.subjects.join("+")).collect();
    assert_eq!(subjects, ["Gateway", "Mail Gateway", "API Gateway", "Mail Gateway"]);
}

#[test]
fn a_list_that_passes_midnight_goes_on_with_the_next_day() {
    let text = "Outage of 2 June 2031, all times UTC\n\n- 23:50 alarms went off for the mail store\n- 00:10 the team met in a call\n- 00:40 the incident was resolved\n\nThe mail store was slow for the whole evening, and nobody saw it.\n";
    let (_, kept) = kept("notes.txt", text);
    let days: Vec<_> = kept.events.iter().map(|e| crate::model::format_utc(e.at.key_ns(), e.at.precision)).collect();
    assert_eq!(days, ["2031-06-02T23:50Z", "2031-06-03T00:10Z", "2031-06-03T00:40Z"]);
}

#[test]
fn a_date_later_in_a_sentence_is_no_part_of_the_time_before_it() {
    let text = "# Outage of 14 June 2031\n\nAt 10:00 UTC the certificate of 13 June expired. The store stopped within a minute.\n\nPeople called.\n\nMore called.\n\nMost called.\n\n10:20 UTC, 14 June 2031\n\nThe certificate was renewed by hand.\n";
    let (_, kept) = kept("notes.md", text);
    let titles: Vec<_> = kept.events.iter().map(|e| e.title.as_str()).collect();
    assert_eq!(titles, ["The certificate of 13 June expired", "The certificate was renewed by hand."]);
}

#[test]
fn a_time_without_any_date_stays_without_one() {
    let text = "The outage, which began at 17:05 UTC yesterday, was caused by a full disk. Nobody was hurt by it in the end.\n";
    let (_, kept) = kept("notes.txt", text);
    let kinds: Vec<_> = kept.events.iter().map(|e| (e.at.kind, e.status.as_deref())).collect();
    assert_eq!(kinds, [(crate::model::ClockKind::TimeOnlyZoned, Some("started"))]);
}

#[test]
fn places_point_into_the_source() {
    let text = "<!doctype html><html><body><main>\n<h1>Outage</h1>\n<p>On 2 June 2031 at 09:05&nbsp;UTC, <em>Mail</em> &amp;\nSearch failed entirely.</p>\n</main></body></html>\n";
    let (name, kept) = kept("page", text);
    let event = kept.events.first().map(|e| (e.evidence.span.line, e.evidence.span.lines, e.evidence.text.clone()));
    let raw = "On 2 June 2031 at 09:05&nbsp;UTC, <em>Mail</em> &amp;\nSearch failed entirely.".to_string();
    assert_eq!((name.as_str(), event), ("html", Some((3, 2, raw))));
}

#[test]
fn every_block_is_accounted_once() {
    let text = "# One\n\nTwo is a sentence of some length, and it says nothing.\n\n* three items\n* of a list\n\nAt 09:05 UTC it broke down.\n";
    let (_, kept) = kept("notes.md", text);
    assert_eq!(kept.accounted, (1, 4));
}

#[test]
fn strange_input_is_read_without_a_panic() {
    for text in [
        "",
        "\u{feff}",
        "|||\n|-|\n",
        "é—at 24:61 – 99:99 %%% 101% ~",
        "<p>&#xffffff;&bogus</p><script>",
        "- \n* \n1. \n",
        "İİİ due to İ failed 10% of İ",
    ] {
        for blocks in [plain_text::blocks(text), markdown::blocks(text), html::blocks(text)] {
            engine::read(&Document::new("x", text), &blocks, &mut Kept::default());
        }
    }
}
