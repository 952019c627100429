//! Structured application logs.

use std::fmt::Write as _;

use super::{Line, Note, Stamps};
use crate::simulate::source::{SourceFormat, Written};

/// `epoch seconds` with microseconds.
fn epoch_s(ns: i64) -> String {
    format!("{}.{:06}", ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000) / 1000)
}

fn level(failed: bool) -> &'static str {
    if failed { "error" } else { "info" }
}

fn message(line: &Line<'_>) -> String {
    if line.request.failed { line.error().to_string() } else { String::from("request completed") }
}

/// The service that failed it, as one more field.
fn upstream(line: &Line<'_>, key: &str) -> String {
    let name = &line.operation.upstream;
    if line.request.failed && !name.is_empty() { format!(",\"{key}\":\"{name}\"") } else { String::new() }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn zap(to: &mut String, line: &Line<'_>) {
    let _ = write!(
        to,
        "{{\"level\":\"{}\",\"ts\":{},\"logger\":\"http\",\"caller\":\"server/handler.go:118\",\"msg\":{},\
         \"service\":\"{}\",\"operation\":{},\"status\":{},\"duration_ms\":{:.1},\"request_id\":\"{}\"{}}}",
        level(line.request.failed),
        epoch_s(line.end_ns),
        quoted(&message(line)),
        line.service.slug,
        quoted(&line.operation.written()),
        line.request.status,
        line.millis(),
        line.id(),
        upstream(line, "upstream"),
    );
}

pub(super) fn pino(to: &mut String, line: &Line<'_>) {
    let _ = write!(
        to,
        "{{\"level\":{},\"time\":{},\"pid\":{},\"hostname\":\"{}-{}\",\"service\":\"{}\",\"req\":{{\"id\":\"{}\",\
         \"method\":\"{}\",\"url\":\"{}\"}},\"res\":{{\"statusCode\":{}}},\"responseTime\":{:.0}{},\"msg\":{}}}",
        if line.request.failed { 50 } else { 30 },
        line.end_ns / 1_000_000,
        211 + line.request.bits(8) % 3,
        line.service.slug,
        1 + line.request.bits(8) % 3,
        line.service.slug,
        line.id(),
        line.operation.method,
        line.operation.path,
        line.request.status,
        line.millis(),
        upstream(line, "upstream"),
        quoted(&message(line)),
    );
}

pub(super) fn slog(to: &mut String, stamps: Stamps, line: &Line<'_>, wide: bool) {
    let more = if wide { context(line) } else { String::new() };
    let measure = match wide {
        true => format!("\"bytes\":{}", 256 << (line.request.bits(5) % 4)),
        false => format!("\"duration_ms\":{:.1}", line.millis()),
    };
    let _ = write!(
        to,
        "{{\"time\":\"{}\",\"level\":\"{}\",\"msg\":{},\"service\":\"{}\"{more},\"operation\":{},\"status\":{},{measure},\
         \"request_id\":\"{}\"{}}}",
        stamps.iso(line.end_ns, 'T', 9, Written::Offset),
        level(line.request.failed).to_uppercase(),
        quoted(&message(line)),
        line.service.slug,
        quoted(&line.operation.written()),
        line.request.status,
        line.id(),
        upstream(line, "upstream"),
    );
}

/// Where it ran, who called it, and the trace: fields that tell nothing of the outcome.
fn context(line: &Line<'_>) -> String {
    let bits = line.request.bits(9);
    format!(
        ",\"host\":\"{}-7d9c5b6f4-{:05x}\",\"trace_id\":\"{:016x}{:016x}\",\"client\":\"198.51.100.{}\",\"detail\":\"tenant \\\"t-{:04}\\\" shard {} of 64\"",
        line.service.slug,
        bits % 0xf_ffff,
        line.request.id,
        bits,
        1 + bits % 200,
        bits % 5000,
        bits % 64,
    )
}

pub(super) fn ecs(to: &mut String, stamps: Stamps, line: &Line<'_>) {
    let outcome = if line.request.failed { "failure" } else { "success" };
    let _ = write!(
        to,
        "{{\"@timestamp\":\"{}\",\"log.level\":\"{}\",\"message\":{},\"ecs.version\":\"8.11.0\",\"service.name\":\"{}\",\
         \"http.request.method\":\"{}\",\"url.path\":\"{}\",\"http.response.status_code\":{},\"event.duration\":{},\
         \"event.outcome\":\"{outcome}\",\"http.request.id\":\"{}\"{}}}",
        stamps.iso(line.end_ns, 'T', 3, Written::Z),
        level(line.request.failed).to_uppercase(),
        quoted(&message(line)),
        line.service.slug,
        line.operation.method,
        line.operation.path,
        line.request.status,
        line.request.duration_ns,
        line.id(),
        upstream(line, "upstream_service"),
    );
}

pub(super) fn logfmt(to: &mut String, stamps: Stamps, line: &Line<'_>) {
    let _ = write!(
        to,
        "ts={} level={} service={} msg={} op={} status={} duration={:.1}ms request_id={}",
        stamps.iso(line.end_ns, 'T', 3, Written::Z),
        level(line.request.failed),
        line.service.slug,
        quoted(&message(line)),
        quoted(&line.operation.written()),
        line.request.status,
        line.millis(),
        line.id(),
    );
    if line.request.failed && !line.operation.upstream.is_empty() {
        let _ = write!(to, " upstream={}", line.operation.upstream);
    }
}

/// A line without a request.
pub(super) fn note(to: &mut String, format: SourceFormat, stamps: Stamps, note: &Note<'_>) {
    let (word, number) = if note.warn { ("warn", 40) } else { ("info", 30) };
    let (text, slug) = (quoted(note.text), note.slug);
    let _ = match format {
        SourceFormat::Zap => write!(
            to,
            "{{\"level\":\"{word}\",\"ts\":{},\"logger\":\"pool\",\"caller\":\"pool/pool.go:52\",\"msg\":{text},\"service\":\"{slug}\"}}",
            epoch_s(note.at_ns)
        ),
        SourceFormat::Pino => write!(
            to,
            "{{\"level\":{number},\"time\":{},\"pid\":211,\"hostname\":\"{slug}-1\",\"service\":\"{slug}\",\"msg\":{text}}}",
            note.at_ns / 1_000_000
        ),
        SourceFormat::Slog => write!(
            to,
            "{{\"time\":\"{}\",\"level\":\"{}\",\"msg\":{text},\"service\":\"{slug}\"}}",
            stamps.iso(note.at_ns, 'T', 9, Written::Offset),
            word.to_uppercase()
        ),
        SourceFormat::Ecs => write!(
            to,
            "{{\"@timestamp\":\"{}\",\"log.level\":\"{}\",\"message\":{text},\"ecs.version\":\"8.11.0\",\"service.name\":\"{slug}\"}}",
            stamps.iso(note.at_ns, 'T', 3, Written::Z),
            word.to_uppercase()
        ),
        _ => write!(to, "ts={} level={word} service={slug} msg={text}", stamps.iso(note.at_ns, 'T', 3, Written::Z)),
    };
}
