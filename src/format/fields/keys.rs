//! Which keys mean what, in order of trust.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::aliases;

/// What a key of a structured record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The record's stamp.
    Time,
    /// The zone of a stamp whose date and time of day stand apart.
    Zone,
    /// The stamp as whole seconds, with [`Field::Nanos`] beside it.
    Seconds,
    /// The nanoseconds that belong to [`Field::Seconds`].
    Nanos,
    /// Severity.
    Level,
    /// The message.
    Message,
    /// Service.
    Service,
    /// Host, pod or instance.
    Host,
    /// Trace id.
    Trace,
    /// Request id.
    Request,
    /// HTTP status.
    Status,
    /// gRPC status, number or name.
    Grpc,
    /// How long it took.
    Duration,
    /// Route, handler or procedure.
    Operation,
    /// What was done, in a record of an audit trail.
    Action,
    /// HTTP method.
    Method,
    /// HTTP path or URL.
    Path,
    /// The service that was called.
    Upstream,
    /// An error's text or object.
    Error,
    /// ECS `event.outcome`.
    Outcome,
    /// Share of records kept, 0 to 1.
    SampleRate,
    /// The row is a partial result that a later one repeats.
    Partial,
    /// A key that only tells who wrote the record.
    Writer,
}

impl Field {
    /// Number of fields.
    pub(super) const COUNT: usize = Field::Writer as usize + 1;
}

/// Added to the rank of a key for every holder around it.
const INSIDE: u16 = 200;
/// Added to the rank of a key behind the lone `|` of its row.
const LAST: u16 = 1000;

static INDEX: LazyLock<FxHashMap<&'static str, (Field, u16)>> = LazyLock::new(|| {
    let mut index = FxHashMap::default();
    for (field, keys) in aliases::KEYS {
        let mut last = 0;
        for (rank, key) in keys.split_whitespace().enumerate() {
            if key == "|" {
                last = LAST;
            } else {
                index.insert(key, (*field, rank as u16 + last));
            }
        }
    }
    index
});

static PARENTS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| aliases::PARENTS.split_whitespace().collect());
static HOLDERS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| aliases::HOLDERS.split_whitespace().collect());
static TEXTS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| aliases::TEXTS.split_whitespace().collect());

/// What `key` holds and how far it is trusted (0 is most); nested keys are joined with dots.
pub fn field_of(key: &str) -> Option<(Field, u16)> {
    let mut key = key;
    let mut inside = 0;
    loop {
        let known = INDEX.get(key).copied();
        if let Some((field, rank)) = known {
            return Some((field, rank + inside));
        }
        match held(key) {
            Some(rest) => key = rest,
            None => return timed_key(key).map(|()| (Field::Duration, 150 + inside)),
        }
        inside += INSIDE;
    }
}

/// The key inside the outermost holder that it is written with.
fn held(key: &str) -> Option<&str> {
    // The longest holder first: `log.message` is one, and so is `log`.
    key.match_indices('.').map(|(at, _)| at).rev().find(|at| HOLDERS.contains(&key[..*at])).map(|at| &key[at + 1..])
}

/// Whether a key of this rank stood inside a holder.
pub(super) fn is_inside(rank: u16) -> bool {
    rank % LAST >= INSIDE
}

/// Whether a key of this rank is one that is asked last.
pub(super) fn is_last(rank: u16) -> bool {
    rank >= LAST
}

/// Whether the object under `key` may hold fields of the record.
pub fn is_parent(key: &str) -> bool {
    let mut key = key;
    loop {
        if PARENTS.contains(key) || HOLDERS.contains(key) {
            return true;
        }
        match held(key) {
            Some(rest) => key = rest,
            None => return false,
        }
    }
}

/// Whether a text under `key` that is written JSON is the record itself.
pub fn is_text(key: &str) -> bool {
    let mut key = key;
    loop {
        if TEXTS.contains(key) {
            return true;
        }
        match held(key) {
            Some(rest) => key = rest,
            None => return false,
        }
    }
}

/// Keys such as `request_latency_us`: a measured time with its unit in the name. Parts of the
/// request (queue, upstream, database) and limits are not its duration.
fn timed_key(key: &str) -> Option<()> {
    unit_of_key(key)?;
    let lower = key.to_ascii_lowercase();
    let measured = ["duration", "elapsed", "latency", "took", "response_time", "request_time", "responsetime"];
    let part = ["upstream", "origin", "connect", "queue", "wait", "db", "cpu", "timeout", "max", "min", "limit"];
    (measured.iter().any(|m| lower.contains(m)) && !part.iter().any(|p| lower.contains(p))).then_some(())
}

/// Nanoseconds per unit that the name of a key states (`duration_ms`, `responseTimeMs`, `elapsed_seconds`).
pub fn unit_of_key(key: &str) -> Option<u64> {
    const SUFFIXES: &[(&str, u64)] = &[
        ("_ns", 1),
        ("_nanoseconds", 1),
        ("_microseconds", 1_000),
        ("_milliseconds", 1_000_000),
        ("Milliseconds", 1_000_000),
        ("_msec", 1_000_000),
        ("_nanos", 1),
        ("Ns", 1),
        ("_us", 1_000),
        ("_micros", 1_000),
        ("_ms", 1_000_000),
        ("_millis", 1_000_000),
        ("Ms", 1_000_000),
        ("Millis", 1_000_000),
        ("_s", 1_000_000_000),
        ("_sec", 1_000_000_000),
        ("_secs", 1_000_000_000),
        ("_seconds", 1_000_000_000),
        ("Seconds", 1_000_000_000),
    ];
    match key {
        "responseTime" => Some(1_000_000),
        "request_time" => Some(1_000_000_000),
        "event.duration" => Some(1),
        _ => SUFFIXES.iter().find(|(suffix, _)| key.ends_with(suffix)).map(|(_, ns)| *ns),
    }
}
