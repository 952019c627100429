//! What the values of fields mean: durations, levels, statuses, operations.

use std::borrow::Cow;

use crate::model::{CallEnd, Level, Outcome};

/// Nanoseconds of a duration written with its unit: `2.01s`, `340µs`, `1m3s`, `123 ms`.
/// `None` without a unit, since a bare number says nothing.
pub fn duration_ns(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let len = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|n| *n > 0)?;
        let (number, tail) = rest.split_at(len);
        let tail = tail.trim_start();
        let len = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(len);
        total = total.checked_add(scaled(number, unit_ns(unit.trim())?)?)?;
        rest = tail;
    }
    Some(total)
}

/// Nanoseconds of one unit.
fn unit_ns(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" | "usec" => 1_000,
        "ms" | "msec" | "millis" => 1_000_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000_000,
        "m" | "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// A decimal number of units in nanoseconds, read digit by digit so that nothing is rounded.
/// `None` for a negative number, an exponent, or one that overflows.
pub fn scaled(number: &str, unit_ns: u64) -> Option<u64> {
    let (int, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (int.is_empty() && fraction.is_empty()) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let int: u64 = if int.is_empty() { 0 } else { int.parse().ok()? };
    let mut ns = int.checked_mul(unit_ns)?;
    let mut scale = unit_ns;
    for b in fraction.bytes() {
        scale /= 10;
        ns = ns.checked_add(u64::from(b - b'0') * scale)?;
    }
    Some(ns)
}

/// Level by word (`ERROR+2` included) or by number: bunyan's tens, syslog's 0 to 7, Google's hundreds.
pub fn level_of(text: &str) -> Option<Level> {
    let text = text.trim();
    if let Ok(number) = text.parse::<u64>() {
        return match number {
            0..=7 => Level::of_syslog(number as u8),
            100 => Some(Level::Debug),
            200 | 300 => Some(Level::Info),
            400 => Some(Level::Warn),
            500 => Some(Level::Error),
            600..=800 => Some(Level::Fatal),
            _ => Level::of_bunyan(number),
        };
    }
    let word = text.split(['+', '-']).next().unwrap_or(text).trim_matches(['[', ']', ' ']);
    Level::of_word(word)
}

/// A three-digit HTTP status.
pub fn http_status(text: &str) -> Option<u16> {
    let int = text.strip_suffix(".0").unwrap_or(text);
    (int.len() == 3).then(|| int.parse().ok()).flatten().filter(|n| (100..=599).contains(n))
}

/// What the response flags of Envoy say of a request (`UF`, `UF,URX`), `None` for `-` and for those that
/// tell nothing of the outcome. The same as for its text log, whose definition lists them too.
pub fn flags_outcome(flags: &str) -> Option<Outcome> {
    flags.split(',').find_map(|flag| {
        Some(match flag.trim() {
            "UT" | "SI" | "UMSDR" => Outcome::Timeout,
            "UH" | "UF" | "NR" | "NC" | "URX" | "LR" | "UR" | "UC" | "DF" | "UPE" | "OM" | "LH" => Outcome::ServerError,
            "UO" | "RL" | "RLSE" => Outcome::Throttled,
            "DC" => Outcome::Cancelled,
            "DPE" | "UAEX" => Outcome::ClientError,
            "FI" | "DI" => Outcome::Probe,
            _ => return None,
        })
    })
}

/// Outcome of a gRPC status, by number or name (`Unavailable`, `DEADLINE_EXCEEDED`).
pub fn grpc_outcome(text: &str) -> Option<Outcome> {
    const NAMES: [&str; 17] = [
        "ok",
        "canceled",
        "unknown",
        "invalidargument",
        "deadlineexceeded",
        "notfound",
        "alreadyexists",
        "permissiondenied",
        "resourceexhausted",
        "failedprecondition",
        "aborted",
        "outofrange",
        "unimplemented",
        "internal",
        "unavailable",
        "dataloss",
        "unauthenticated",
    ];
    if let Ok(code) = text.parse::<u16>() {
        return (code <= 16).then(|| Outcome::of_grpc(code));
    }
    let folded: String = text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    let folded = if folded == "cancelled" { "canceled" } else { folded.as_str() };
    NAMES.iter().position(|n| *n == folded).map(|code| Outcome::of_grpc(code as u16))
}

/// Deepest path kept in an operation.
const MAX_SEGMENTS: usize = 4;

/// A request's operation with few distinct values: the method and at most four segments of the path,
/// ids, numbers and tokens as `{}`, without the query. A target that is no path (`CONNECT host:443`)
/// leaves the method alone.
pub fn operation_of(method: &str, path: &str) -> String {
    let mut out = String::with_capacity(method.len() + path.len().min(64) + 1);
    out.push_str(method);
    let path = path_of(path);
    if is_operation(path) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(path);
        return out;
    }
    if path.is_empty() || path == "-" || !(path.starts_with('/') || method.is_empty()) {
        return out;
    }
    if !out.is_empty() {
        out.push(' ');
    }
    for segment in path.split('/').filter(|s| !s.is_empty()).take(MAX_SEGMENTS) {
        out.push('/');
        out.push_str(if is_variable(segment.as_bytes()) { "{}" } else { segment });
    }
    if out.is_empty() || out.ends_with(' ') {
        out.push('/');
    }
    out
}

/// [`operation_of`] a request line (`GET /kv/7 HTTP/1.1`) that begins with `method`, a blank and
/// `target`; borrowed where the operation is what stands there.
pub fn operation_in<'a>(request: &'a str, method: &str, target: &str) -> Cow<'a, str> {
    let path = path_of(target);
    match request.get(..method.len() + 1 + path.len()) {
        Some(written) if is_operation(path) => Cow::Borrowed(written),
        _ => Cow::Owned(operation_of(method, target)),
    }
}

/// Whether [`operation_of`] leaves a path as it stands: no segment is empty or variable, and none is too deep.
fn is_operation(path: &str) -> bool {
    let bytes = path.as_bytes();
    if bytes.first() != Some(&b'/') {
        return false;
    }
    let mut at = 1;
    for _ in 0..MAX_SEGMENTS {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_lowercase) {
            at += 1;
        }
        if at - start > LONGEST_SEGMENT || bytes.get(at).is_some_and(|b| *b != b'/') {
            at = memchr::memchr(b'/', &bytes[start..]).map_or(bytes.len(), |length| start + length);
            if is_variable(&bytes[start..at]) {
                return false;
            }
        }
        if at == start || at == bytes.len() {
            return at > start;
        }
        at += 1;
    }
    false
}

/// The path of a URL or request target, without scheme, host, query and fragment.
pub fn path_of(target: &str) -> &str {
    // A path that holds a URL in its query is no URL.
    let url = if target.starts_with('/') { None } else { target.split_once("://") };
    let path = match url {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            rest.find('/').map_or("/", |at| &rest[at..])
        }
        _ => target,
    };
    let end = memchr::memchr3(b'?', b'#', b';', path.as_bytes()).unwrap_or(path.len());
    &path[..end]
}

/// Longest segment that is a word, bytes.
const LONGEST_SEGMENT: usize = 32;

/// What a byte may be part of in a path segment: digits, hexadecimal words, names, and the marks of names.
const DIGIT: u8 = 1;
const HEX: u8 = 2;
const NAME: u8 = 4;
const MARK: u8 = 8;

static OF_SEGMENT: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        let digit = if byte.is_ascii_digit() { DIGIT } else { 0 };
        let hex = if byte.is_ascii_hexdigit() || byte == b'-' { HEX } else { 0 };
        let name = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'{' | b'}' | b':');
        let mark = if matches!(byte, b'-' | b'_' | b'.') { MARK } else { 0 };
        table[at] = digit | hex | mark | if name { NAME } else { 0 };
        at += 1;
    }
    table
};

/// Whether a path segment stands for one thing among many.
fn is_variable(segment: &[u8]) -> bool {
    let (mut all, mut digits, mut marks) = (u8::MAX, 0, 0);
    for byte in segment {
        let is = OF_SEGMENT[usize::from(*byte)];
        all &= is;
        digits += usize::from(is & DIGIT);
        marks += usize::from(is & MARK != 0);
    }
    let len = segment.len();
    len > LONGEST_SEGMENT
        || all & NAME == 0
        || digits >= 4
        || (digits > 0 && (digits + marks == len || (all & HEX != 0 && len >= 8) || len >= 20))
}

/// Whether a request only asks if the service is alive, by its path or its client.
pub fn is_probe(path: &str, agent: &str) -> bool {
    const PATHS: &[&str] = &[
        "/healthz",
        "/health",
        "/livez",
        "/readyz",
        "/health/live",
        "/health/ready",
        "/_health",
        "/-/healthy",
        "/-/ready",
        "/__health__",
    ];
    const AGENTS: &[&str] = &["kube-probe/", "ELB-HealthChecker/", "GoogleHC/", "Consul Health Check"];
    PATHS.contains(&path) || AGENTS.iter().any(|a| agent.starts_with(a))
}

/// The name in what a record calls its upstream: a host without scheme and port, a cluster without
/// its mesh prefix. `None` for an address or a dash, which name no service.
pub fn upstream_name(text: &str) -> Option<&str> {
    let text = text.trim().trim_matches('"');
    let text = text.rsplit('|').next().unwrap_or(text);
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split(['/', '?', ' ', ',']).next().unwrap_or(text);
    let name = match text.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) => return None,
        None => text,
    };
    let named = name.bytes().any(|b| b.is_ascii_alphabetic()) && name.len() > 1;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@'));
    (named && plain).then_some(name)
}

/// At which end of a call a proxy of a mesh wrote that it went to this cluster: `outbound|443||kv.prod.svc`
/// (<https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/>).
pub fn side_of(cluster: &str) -> CallEnd {
    if cluster.trim().starts_with("outbound|") { CallEnd::Caller } else { CallEnd::Own }
}

/// The host that a message says refused a connection or timed out (`connection refused to kv:8443`).
pub fn refused_by(message: &str) -> Option<&str> {
    const PHRASES: &[&str] =
        &["connection refused to ", "failed to connect to ", "timeout calling ", "timed out calling "];
    // Most messages hold none, and a blank behind one of three words is quick to look for.
    let bytes = message.as_bytes();
    let ends = |blank: usize| {
        let word = bytes.get(..blank).unwrap_or_default();
        matches!(word.last(), Some(b'o' | b'g'))
            && (word.ends_with(b"calling") || word.ends_with(b"refused to") || word.ends_with(b"connect to"))
    };
    if !memchr::memchr_iter(b' ', bytes).any(ends) {
        return None;
    }
    let (_, rest) = PHRASES.iter().find_map(|p| message.split_once(p))?;
    upstream_name(rest.split([' ', ',', ';', ')', '"']).next()?.trim_end_matches([':', '.']))
}
