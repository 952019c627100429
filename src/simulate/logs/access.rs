//! Access logs.

use std::fmt::Write as _;

use super::{Line, MARKUP, Stamps};
use crate::simulate::source::Written;

/// Clients: documentation addresses (RFC 5737).
fn client(line: &Line<'_>) -> String {
    let bits = line.request.bits(3);
    format!("198.51.100.{}", 1 + bits % 40)
}

fn agent(line: &Line<'_>) -> &'static str {
    const AGENTS: [&str; 4] = ["example-sdk/4.1", "Mozilla/5.0 (X11; Linux x86_64)", "curl/8.7.1", "worker-fetch/2"];
    AGENTS.get((line.request.bits(4) % 4) as usize).copied().unwrap_or("-")
}

/// Body sizes as few different values as real small objects have.
fn bytes(line: &Line<'_>) -> u64 {
    if line.request.failed { 91 } else { 256 << (line.request.bits(5) % 4) }
}

/// The request time, as nginx is often told to add it.
pub(super) fn request_time(to: &mut String, line: &Line<'_>) {
    let _ = write!(to, " {:.3}", line.request.duration_ns as f64 / 1e9);
}

/// Combined layout; the stamp is the end of the request.
pub(super) fn combined(to: &mut String, stamps: Stamps, line: &Line<'_>, (hostile, wide): (bool, bool)) {
    let agent = if hostile { MARKUP.replace('"', "\\x22").replace('\u{1b}', "\\x1B") } else { agent(line).to_string() };
    let (query, referrer, platform) = match wide {
        true => (
            format!("?cursor={:08x}&limit=50", line.request.bits(7) as u32),
            format!("https://{}/console/", super::host(&line.service.slug)),
            " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
        ),
        false => (String::new(), "-".to_string(), ""),
    };
    let _ = write!(
        to,
        "{} - - [{}] \"{} {}{query} HTTP/2.0\" {} {} \"{referrer}\" \"{agent}{platform}\"",
        client(line),
        stamps.wall(line.end_ns).clf(),
        line.operation.method,
        line.operation.path,
        line.request.status,
        bytes(line),
    );
}

/// One object per line; the edge's stamps of start and end, by the source's choice of encoding:
/// RFC 3339 where the zone is written, else epoch nanoseconds.
pub(super) fn logpush(to: &mut String, stamps: Stamps, line: &Line<'_>, wide: bool) {
    let stamp = |ns: i64| match stamps.written {
        None => (ns / 1000 * 1000).to_string(),
        Some(_) => format!("\"{}\"", stamps.iso(ns, 'T', 3, Written::Z)),
    };
    let sites = &line.operation.sites;
    let site = sites.get(line.request.bits(6) as usize % sites.len().max(1)).map_or("FRA", String::as_str);
    let origin = if line.request.failed { 0 } else { line.request.status };
    let cache = if line.operation.upstream.is_empty() { "hit" } else { "dynamic" };
    let more = if wide { columns(line) } else { String::new() };
    let _ = write!(
        to,
        "{{\"ClientIP\":\"{}\",\"ClientRequestHost\":\"{}\",\"ClientRequestMethod\":\"{}\",\
         \"ClientRequestURI\":\"{}\",\"EdgeColoCode\":\"{site}\",\"EdgeStartTimestamp\":{},\
         \"EdgeEndTimestamp\":{},\"EdgeResponseStatus\":{},\"EdgeResponseBytes\":{},\
         \"OriginResponseStatus\":{origin},\"CacheCacheStatus\":\"{cache}\",\"EdgeTimeToFirstByteMs\":{:.0},\
         \"RayID\":\"{}\",\"ZoneName\":\"example.net\"{more}}}",
        client(line),
        super::host(&line.service.slug),
        line.operation.method,
        line.operation.path,
        stamp(line.start_ns),
        stamp(line.end_ns),
        line.request.status,
        bytes(line),
        line.millis(),
        line.id(),
    );
}

/// Columns that tell nothing of the outcome.
fn columns(line: &Line<'_>) -> String {
    let bits = line.request.bits(9);
    format!(
        ",\"ClientASN\":{},\"ClientCountry\":\"xx\",\"ClientDeviceType\":\"desktop\",\"ClientRequestBytes\":{},\
         \"ClientRequestPath\":\"{}\",\"ClientRequestProtocol\":\"HTTP/2\",\"ClientRequestReferer\":\"https://{}/console/\",\
         \"ClientRequestScheme\":\"https\",\"ClientRequestUserAgent\":\"{}\",\"ClientSSLCipher\":\"AEAD-AES128-GCM-SHA256\",\
         \"ClientSSLProtocol\":\"TLSv1.3\",\"ClientSrcPort\":{},\"EdgePathingOp\":\"wl\",\"EdgePathingSrc\":\"macro\",\
         \"EdgeServerIP\":\"198.51.100.{}\",\"SecurityActions\":[],\"WorkerSubrequest\":false",
        64_496 + bits % 15,
        200 + bits % 900,
        line.operation.path,
        super::host(&line.service.slug),
        agent(line),
        1024 + bits % 60_000,
        1 + bits % 250,
    )
}
