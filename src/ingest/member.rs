//! One innermost file: sniffed, detected, read.

use std::io::Read;

use super::clock_notes;
use super::crew;
use super::decode::{Returns, Utf16Reader, ends_in_returns, looks_binary, sniff, to_text};
use super::fingerprint::Fingerprint;
use super::fold::FoldSink;
use super::frames::{Readers, Receiver, drive, padding};
use super::opened::{self, Closed, Opened};
use super::repeats::Watch;
use super::segment::{self, Segment, Segmenter};
use super::{Keeping, Options, incomplete, messages, not_read, service_of_path};
use crate::bundle::{self, Member};
use crate::format::bind;
use crate::format::detect::{self, Plan, Reading};
use crate::format::json_elements::remember;
use crate::format::{Document, DocumentFormat, Format, Head, Shape};
use crate::model::{
    Accounting, Diagnostic, DiagnosticKind, Exemplar, FormatUse, KeptRecord, SourceEvidence, SourceInfo, Span, Tally,
    Track,
};

/// Bytes looked at before deciding how to read.
pub const HEAD: usize = 256 * 1024;
/// Room for the first of them: most files are small.
const FIRST: usize = 32 * 1024;
/// Largest file read by a format that needs it whole.
const DOCUMENT_LIMIT: u64 = 512 << 20;

/// Hashes and counts what passes through.
struct Metered<R> {
    inner: R,
    hash: Fingerprint,
    bytes: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(out)?;
        self.hash.update(&out[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

/// What is known of a member before its first byte.
struct Known<'o, 'h> {
    /// Format the user wants.
    format: Option<&'o str>,
    /// Service of records that name none.
    service: String,
    /// When the file was last written, in seconds since 1970.
    modified_s: Option<i64>,
    /// What is kept of records.
    keep: Keeping,
    /// What to do with records that other files may hold too.
    watch: Watch<'o>,
    /// Takes kept records as soon as they are read, so that they need not be held.
    hand_on: Option<HandOn<'h>>,
}

/// Takes records in file order.
pub(super) type HandOn<'h> = &'h mut (dyn FnMut(Vec<KeptRecord>) + 'h);

/// Reads one member whole; `inside` is its path from the root of the bundle.
pub fn read(
    member: Member<'_>,
    inside: &str,
    options: &Options,
    formats: &[&dyn Format],
    watch: Watch<'_>,
    hand_on: Option<HandOn<'_>>,
) -> SourceEvidence {
    let mut known = Known {
        format: options.formats.get(inside),
        service: options.services.get(inside).map_or_else(|| service_of_path(inside), str::to_string),
        modified_s: member.modified_s,
        keep: options.keep,
        watch,
        hand_on,
    };
    let mut metered = Metered { inner: member.reader, hash: Fingerprint::new(!options.quick), bytes: 0 };
    let path = member.path;
    let (head, early) = read_head(&mut metered);
    // A stream that failed once fails again with the same words: it has nothing more to give.
    let rest: &mut dyn Read = if early.is_some() { &mut std::io::empty() } else { &mut metered };
    let mut head = head;
    let opened = opened::kind(&head).and_then(|kind| opened::open(kind, &path, &mut head, rest));
    let mut source = if let Some(opened) = opened {
        read_opened(&path, metered.bytes, opened, &mut known, formats)
    } else if let Some(refusal) = bundle::refusal(head.get(..HEAD).unwrap_or(&head)) {
        let message = format!("expected text, found {}", refusal.name);
        unread(&path, &head, rest, &message, refusal.instead)
    } else if head.is_empty() {
        let mut source = SourceEvidence::default();
        source.diagnostics.push(not_read(&path, "expected evidence, found an empty file", ""));
        source
    } else {
        read_text(&path, head, rest, &mut known, formats)
    };
    source.diagnostics.extend(early.map(|e| bundle::diagnose(&e, &path)));
    let weekdays = source.weekdays.take();
    source.diagnostics.extend(weekdays.map(|odd| Diagnostic { path: path.clone(), ..odd }));
    source.info = SourceInfo {
        path,
        bytes: metered.bytes,
        sha256: metered.hash.finish(),
        modified_s: member.modified_s,
        encoding: source.info.encoding,
    };
    source.diagnostics.extend(rejected(&source));
    source
}

/// Reads the text of a file that was opened, or says why it could not be.
fn read_opened(
    path: &str,
    bytes: u64,
    opened: Result<Opened, Closed>,
    known: &mut Known<'_, '_>,
    formats: &[&dyn Format],
) -> SourceEvidence {
    let Opened { mut text, format, wrapper, diagnostics } = match opened {
        Ok(opened) => opened,
        Err(closed) => return unread(path, b"", &mut std::io::repeat(0).take(bytes), &closed.message, closed.hint),
    };
    let (head, early) = read_head(&mut *text);
    let rest: &mut dyn Read = if early.is_some() { &mut std::io::empty() } else { &mut *text };
    let mut source = match format.and_then(|name| formats.iter().find(|format| format.name() == name)) {
        Some(format) => {
            let mut source = read_document(path, head, rest, *format, false, known);
            let reason = format!("reads what the {} holds", wrapper.name);
            source.formats = vec![FormatUse { name: format.name().to_string(), reason, score: 100 }];
            source
        }
        None => read_utf8(path, head, rest, known, formats),
    };
    source.formats.insert(0, wrapper);
    source.info.encoding = encoding_rs::UTF_8.name().to_ascii_lowercase();
    source.diagnostics.extend(early.map(|e| bundle::diagnose(&e, path)));
    source.diagnostics.extend(diagnostics);
    source
}

/// The first bytes, and the error that ended them early.
pub(super) fn read_head(reader: &mut dyn Read) -> (Vec<u8>, Option<std::io::Error>) {
    let mut head = vec![0; FIRST];
    let mut have = 0;
    while have < HEAD {
        if have == head.len() {
            head.resize(HEAD, 0);
        }
        match reader.read(&mut head[have..]) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => {
                head.truncate(have);
                return (head, Some(e));
            }
        }
    }
    head.truncate(have);
    (head, None)
}

/// A file that is named, hashed and counted, but not read.
fn unread(path: &str, head: &[u8], rest: &mut dyn Read, message: &str, hint: &str) -> SourceEvidence {
    let mut bytes = head.len() as u64;
    let mut buffer = vec![0; 256 * 1024];
    while let Ok(n) = rest.read(&mut buffer) {
        if n == 0 {
            break;
        }
        bytes += n as u64;
    }
    let mut source = SourceEvidence::default();
    let tally = Tally { frames: 1, bytes };
    source.accounting.total = tally;
    let text = String::from_utf8_lossy(&head[..head.len().min(64)]).escape_debug().to_string();
    let span = Span { line: 1, lines: 1, offset: 0, len: u32::try_from(bytes).unwrap_or(u32::MAX) };
    source.accounting.reject(message, bytes, || Exemplar::new(span, &text));
    source.diagnostics.push(not_read(path, message, hint));
    source
}

fn read_text(
    path: &str,
    head: Vec<u8>,
    rest: &mut dyn Read,
    known: &mut Known<'_, '_>,
    formats: &[&dyn Format],
) -> SourceEvidence {
    let (encoding, bom) = sniff(&head);
    let mut source = if encoding == encoding_rs::UTF_8 {
        let head = head[bom..].to_vec();
        if looks_binary(&head) {
            let hint = "export it as text (`recount formats` lists what is read), or leave it out";
            return unread(path, &head, rest, "expected text, found binary data", hint);
        }
        if ends_in_returns(&head) {
            let head = head.into_iter().map(|byte| if byte == b'\r' { b'\n' } else { byte }).collect();
            read_utf8(path, head, &mut Returns(rest), known, formats)
        } else {
            read_utf8(path, head, rest, known, formats)
        }
    } else {
        let mut decoded = Utf16Reader::new(std::io::Cursor::new(head[bom..].to_vec()).chain(rest), encoding);
        let (head, early) = read_head(&mut decoded);
        let rest: &mut dyn Read = if early.is_some() { &mut std::io::empty() } else { &mut decoded };
        let mut source = read_utf8(path, head, rest, known, formats);
        source.diagnostics.extend(early.map(|e| bundle::diagnose(&e, path)));
        source
    };
    source.info.encoding = encoding.name().to_ascii_lowercase();
    source
}

fn read_utf8(
    path: &str,
    head: Vec<u8>,
    rest: &mut dyn Read,
    known: &mut Known<'_, '_>,
    formats: &[&dyn Format],
) -> SourceEvidence {
    let complete = head.len() < HEAD;
    let (text, _) = to_text(&head);
    let sample = Head { modified_s: known.modified_s, ..sampled(path, &text, complete) };
    let looked = detect::look(&sample, formats);
    let bound = bind::bind_looked(&sample, &looked, formats);
    let formats = &bind::with_bound(formats, &bound);
    let plan = detect::plan_again(&sample, &looked, formats, &bound, known.format);
    drop(looked);
    if known.keep == Keeping::Messages && messages::are_lines(&plan, &sample, formats) {
        return read_lines(path, head, rest, &messages::each_line(), known);
    }
    let uses = uses(&plan);
    let mut source = match plan.reading {
        Reading::Document(format) => {
            let doubted = plan.forced && !detect::claims(format, &sample);
            read_document(path, head, rest, format, doubted, known)
        }
        Reading::Lines(chosen) => {
            let readers = Readers::new(plan.envelopes, chosen, formats, plan.forced);
            let mut source = read_lines(path, head, rest, &readers, known);
            clock_notes::header(&mut source, &text);
            source
        }
        Reading::Unknown => {
            let hint = "`--format GLOB=NAME` forces a format, `recount formats` lists them";
            unread(path, &head, rest, "expected a known format, found text that none claims", hint)
        }
    };
    source.formats = uses;
    let note = incomplete::traces(&source).or_else(|| incomplete::unnamed_edge_rows(&source, &text));
    source.diagnostics.extend(note.map(|note| Diagnostic { path: path.to_string(), ..note }));
    source
}

/// The head cut at its last line end, so that no format sees half a line.
pub(super) fn sampled<'a>(path: &'a str, text: &'a str, complete: bool) -> Head<'a> {
    let end = if complete { text.len() } else { text.rfind('\n').map_or(text.len(), |at| at + 1) };
    Head { path, text: text[..end].trim_matches('\0'), complete, modified_s: None }
}

fn uses(plan: &Plan<'_>) -> Vec<FormatUse> {
    plan.candidates
        .iter()
        .filter(|c| c.chosen)
        .map(|c| FormatUse { name: c.name.clone(), reason: c.reason.clone(), score: c.score })
        .collect()
}

/// Reads a file whole. A format that the user named and that does not know the file is `doubted`.
fn read_document(
    path: &str,
    head: Vec<u8>,
    rest: &mut dyn Read,
    format: &dyn Format,
    doubted: bool,
    known: &Known<'_, '_>,
) -> SourceEvidence {
    let Shape::Document(reader) = format.shape() else { return SourceEvidence::default() };
    let mut bytes = head;
    let early = rest.take(DOCUMENT_LIMIT).read_to_end(&mut bytes).err();
    let (text, foreign) = to_text(&bytes);
    drop(bytes);
    let mut sink = FoldSink::new(&known.service, known.keep).watching(known.watch);
    sink.reading(format.name());
    let mut document = Document::new(path, text.trim_matches('\0'));
    document.modified_s = known.modified_s;
    let mut source = fold_document(&document, text.len() as u64, reader, sink);
    let row = text.trim_end().rsplit('\n').next().filter(|row| !text.ends_with('\n') && !row.contains('"'));
    let header = text.lines().next().unwrap_or("");
    let cut = row.and_then(|row| incomplete::cut_row(format.name(), header, row, text.lines().count() as u64));
    let notes = incomplete::says_more(&text).into_iter().chain(incomplete::notes(&source, true)).chain(cut);
    source.diagnostics.extend(notes.map(|note| Diagnostic { path: path.to_string(), ..note }));
    if doubted && source.accounting.records.frames == 0 {
        source.accounting = by_lines(&text, &format!("expected {}, found other text", format.title()));
    }
    source.diagnostics.extend(padded((text.len() - text.trim_matches('\0').len()) as u64, path));
    source.diagnostics.extend(early.map(|e| bundle::diagnose(&e, path)));
    let over = std::io::copy(rest, &mut std::io::sink()).unwrap_or(0);
    if over > 0 {
        let message = format!("expected at most {} MiB in one document, found {over} bytes more", DOCUMENT_LIMIT >> 20);
        source.diagnostics.push(Diagnostic::new(DiagnosticKind::Capped, path, message).hint("split the export"));
        source.accounting.total.add(over);
        source.accounting.reject("beyond the size limit of a document", over, || Exemplar::new(Span::default(), ""));
    }
    source.diagnostics.extend(foreign_lines(path, foreign));
    source
}

/// What a document holds; `bytes` is the length of all its text.
fn fold_document(
    document: &Document<'_>,
    bytes: u64,
    reader: &dyn DocumentFormat,
    mut sink: FoldSink<'_>,
) -> SourceEvidence {
    let _remembered = remember(document.text);
    let fault = reader.read(document, &mut sink).err();
    settle_bytes(sink.accounting(), bytes);
    let mut source = sink.finish(document.path);
    if let Some(fault) = fault {
        source.diagnostics.push(
            Diagnostic::new(DiagnosticKind::Truncated, document.path, fault.reason)
                .hint("what came before was read; export the file again"),
        );
    }
    source
}

/// The account of a text of which nothing could be read: every line that is not blank is rejected.
fn by_lines(text: &str, reason: &str) -> Accounting {
    let mut accounting = Accounting::default();
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let bytes = line.len() as u64;
        accounting.total.add(bytes);
        if line.trim().is_empty() {
            accounting.blank.add(bytes);
        } else {
            let len = u32::try_from(bytes).unwrap_or(u32::MAX);
            let span = Span { line: number, lines: 1, offset, len };
            accounting.reject(reason, bytes, || Exemplar::new(span, line.trim_end()));
        }
        offset += bytes;
    }
    accounting
}

/// Elements of a document need not cover its punctuation: the bytes between them go to the class
/// that holds most of the document, so that every byte is in exactly one.
fn settle_bytes(accounting: &mut Accounting, bytes: u64) {
    let rejected: u64 = accounting.rejected.values().map(|r| r.tally.bytes).sum();
    let told = accounting.records.bytes + accounting.blank.bytes + rejected;
    accounting.total.bytes = bytes;
    if told <= bytes {
        let rest = if accounting.records.frames > 0 { &mut accounting.records } else { &mut accounting.blank };
        rest.bytes += bytes - told;
        if accounting.records.frames + accounting.blank.frames == 0 {
            // Nothing but rejects: the punctuation around them is one blank frame.
            accounting.blank.frames = 1;
            accounting.total.frames += 1;
        }
    } else {
        // Elements overlap (a cell inside a row): bytes are shared out by what is left.
        accounting.blank.bytes = accounting.blank.bytes.min(bytes.saturating_sub(rejected));
        accounting.records.bytes = bytes.saturating_sub(rejected + accounting.blank.bytes);
    }
}

fn read_lines(
    path: &str,
    head: Vec<u8>,
    rest: &mut dyn Read,
    readers: &Readers<'_>,
    known: &mut Known<'_, '_>,
) -> SourceEvidence {
    let header = head.split(|byte| *byte == b'\n').next().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
    let mut segments = Segmenter::new(head, rest);
    let starts = |line: &str| readers.starts(line);
    let mut source = SourceEvidence::default();
    let mut nuls = 0;
    let mut open = false;
    let (service, keep, watch) = (known.service.as_str(), known.keep, known.watch);
    let fold = |segment: Segment| {
        let mut sink = FoldSink::new(service, keep).watching(watch);
        drive(readers, &segment, &mut sink);
        let mut piece = sink.finish(path);
        piece.diagnostics.extend(foreign_lines(path, segment.foreign));
        segment::reuse(segment);
        piece
    };
    let hand_on = &mut known.hand_on;
    let mut add = |mut piece: SourceEvidence| {
        if let Some(hand_on) = hand_on {
            hand_on(std::mem::take(&mut piece.records));
        }
        source.merge(piece);
    };
    let next = || {
        let segment = segments.next(&starts)?;
        readers.preview(&segment);
        nuls += padding(&segment);
        open = !segment.text.ends_with('\n');
        Some(segment)
    };
    crew::in_order(next, &fold, &mut add);
    source.folds.iter_mut().flat_map(|fold| fold.rollup.tracks.values_mut()).for_each(Track::pack);
    source.diagnostics.extend(padded(nuls, path));
    source.diagnostics.extend(segments.damage.map(|e| bundle::diagnose(&e, path)));
    let (line, last) = &segments.last_line;
    let row = || {
        let open = open && readers.starts(last);
        let format = readers.chosen.first().filter(|_| open)?;
        incomplete::cut_row(format.name(), &header, last, *line)
    };
    let cut = incomplete::cut(&source, last, *line).or_else(row);
    let notes = cut.into_iter().chain(incomplete::notes(&source, false));
    source
        .diagnostics
        .extend(notes.collect::<Vec<_>>().into_iter().map(|note| Diagnostic { path: path.to_string(), ..note }));
    source.diagnostics = summed(std::mem::take(&mut source.diagnostics));
    source
}

/// Adds up diagnostics that differ only in their count.
fn summed(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    for diagnostic in diagnostics {
        match out.iter_mut().find(|d| d.kind == diagnostic.kind && d.message == diagnostic.message) {
            Some(same) => same.count += diagnostic.count,
            None => out.push(diagnostic),
        }
    }
    out
}

/// What is said of NULs that were skipped around the text.
fn padded(nuls: u64, path: &str) -> Option<Diagnostic> {
    let message = format!("expected text, found {nuls} NUL bytes before or after lines; skipped");
    let hint = "a crash or a preallocated file leaves them; what was to stand there may be lost";
    (nuls > 0).then(|| Diagnostic::new(DiagnosticKind::Encoding, path, message).hint(hint))
}

fn foreign_lines(path: &str, lines: u64) -> Option<Diagnostic> {
    let mut diagnostic = Diagnostic::new(
        DiagnosticKind::Encoding,
        path,
        "expected UTF-8, found lines that are not; they were read as windows-1252",
    );
    diagnostic.count = lines;
    (lines > 0).then_some(diagnostic)
}

/// One diagnostic for each reason of rejection, at its first line.
fn rejected(source: &SourceEvidence) -> Vec<Diagnostic> {
    let named = source.diagnostics.iter().any(|d| d.kind == DiagnosticKind::NotRead);
    let rejects = source.accounting.rejected.iter().filter(|_| !named);
    rejects
        .map(|(reason, reject)| Diagnostic {
            kind: DiagnosticKind::Rejected,
            path: source.info.path.clone(),
            line: Some(reject.first.span.line),
            count: reject.tally.frames,
            message: reason.clone(),
            hint: String::new(),
        })
        .collect()
}
