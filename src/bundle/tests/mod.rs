//! Builds archives in memory and looks at what a visit makes of them.

mod containers;
mod opening;
mod streams;

use std::io::{Cursor, Read, Write};
use std::path::Path;

use super::{Entry, Limits, diagnose, open};
use crate::model::{Diagnostic, DiagnosticKind};

/// What a visit gave.
struct Visited {
    /// Path, text, and the fault at its end.
    members: Vec<(String, Vec<u8>, Option<Diagnostic>)>,
    modified: Vec<Option<i64>>,
    diagnostics: Vec<Diagnostic>,
}

impl Visited {
    fn of(entry: &Entry, limits: &Limits) -> Visited {
        let mut members = Vec::new();
        let mut modified = Vec::new();
        let diagnostics = entry.visit(limits, &mut |member| {
            let mut text = Vec::new();
            let outcome = member.reader.read_to_end(&mut text);
            modified.push(member.modified_s);
            let fault = outcome.err().map(|error| diagnose(&error, &member.path));
            members.push((member.path, text, fault));
        });
        Visited { members, modified, diagnostics }
    }

    fn paths(&self) -> Vec<&str> {
        self.members.iter().map(|(path, ..)| path.as_str()).collect()
    }

    /// `path=text` of each member, with `?` behind a text that ended in a fault.
    fn texts(&self) -> Vec<String> {
        let show = |(path, text, fault): &(String, Vec<u8>, Option<Diagnostic>)| {
            format!("{path}={}{}", String::from_utf8_lossy(text), if fault.is_some() { "?" } else { "" })
        };
        self.members.iter().map(show).collect()
    }

    fn kinds(&self) -> Vec<DiagnosticKind> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.kind).collect()
    }
}

/// Writes `bytes` as a file called `name` and visits it.
fn visit_file(name: &str, bytes: &[u8]) -> Visited {
    visit_limited(name, bytes, &Limits::default())
}

fn visit_limited(name: &str, bytes: &[u8], limits: &Limits) -> Visited {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let bundle = open(&[path]).unwrap();
    assert_eq!(bundle.entries.len(), 1);
    Visited::of(&bundle.entries[0], limits)
}

/// Visits `bytes` as standard input would be.
fn visit_stream(bytes: &[u8], limits: &Limits) -> Visited {
    let stdin = super::Origin::Stdin(super::Spool::fill(&mut std::io::empty(), 0));
    let entry = Entry { path: "stdin".into(), size: 0, origin: stdin, given: true, steered: Default::default() };
    let mut members = Vec::new();
    let diagnostics = entry.visit_stream(limits, super::visit::Depth::All, bytes, &mut |member| {
        let mut text = Vec::new();
        let outcome = member.reader.read_to_end(&mut text);
        let fault = outcome.err().map(|error| diagnose(&error, &member.path));
        members.push((member.path, text, fault));
    });
    Visited { members, modified: Vec::new(), diagnostics }
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    // with a checksum, as the command line tool writes it
    let mut out = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    out.include_checksum(true).unwrap();
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bzip2::read::BzEncoder::new(bytes, bzip2::Compression::fast()).read_to_end(&mut out).unwrap();
    out
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut out = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mtime(1_749_751_000);
        header.set_mode(0o644);
        out.append_data(&mut header, name, *bytes).unwrap();
    }
    out.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, zip_options()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A zip as a pipe writes it: sizes stand after the data.
fn streamed_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ::zip::ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        out.start_file(*name, zip_options()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn zip_options() -> ::zip::write::SimpleFileOptions {
    ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Deflated)
}

/// Text that does not compress to nothing.
fn lines(count: u64) -> Vec<u8> {
    let mut state = 7_u64;
    let mut text = String::new();
    for n in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("2025-06-12T17:52:{:02}Z GET /v{} {:016x}\n", n % 60, n % 7, state));
    }
    text.into_bytes()
}

fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
