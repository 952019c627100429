//! Which keys mean what, in order of trust.

use std::cell::RefCell;
use std::hash::Hasher;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

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

/// Everything that a key by itself says of its value.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    field: Option<(Field, u16)>,
    unit_ns: Option<u64>,
    parent: bool,
}

/// Keys whose facts are remembered, a power of two; a log uses a few dozen.
const KEPT: usize = 256;
/// Longest of them, bytes.
const LONGEST: usize = 40;

/// A key with its facts.
#[derive(Clone, Copy)]
struct KnownKey {
    key: [u8; LONGEST],
    len: usize,
    facts: Facts,
}

thread_local! {
    static KNOWN: RefCell<Vec<Option<KnownKey>>> = RefCell::new(vec![None; KEPT]);
}

/// The facts of a key, remembered by each thread.
fn facts(key: &str) -> Facts {
    let bytes = key.as_bytes();
    if bytes.len() > LONGEST {
        return facts_anew(key);
    }
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    let at = hasher.finish() as usize % KEPT;
    KNOWN.with_borrow_mut(|known| {
        if let Some(Some(known)) = known.get(at)
            && known.key.get(..known.len) == Some(bytes)
        {
            return known.facts;
        }
        let facts = facts_anew(key);
        if let Some(slot) = known.get_mut(at) {
            let mut key = [0; LONGEST];
            key[..bytes.len()].copy_from_slice(bytes);
            *slot = Some(KnownKey { key, len: bytes.len(), facts });
        }
        facts
    })
}

fn facts_anew(key: &str) -> Facts {
    Facts { field: field_anew(key), unit_ns: unit_anew(key), parent: parent_anew(key) }
}

/// What `key` holds and how far it is trusted (0 is most); nested keys are joined with dots.
pub fn field_of(key: &str) -> Option<(Field, u16)> {
    facts(key).field
}

fn field_anew(key: &str) -> Option<(Field, u16)> {
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

/// Whether a key means its field whatever stands beside it: not inside a holder, not one that is asked
/// last, and not the name that only some writers give their program.
pub fn is_certain(key: &str) -> bool {
    let rank = |key: &str| facts(key).field.map(|(_, rank)| rank);
    rank(key).is_some_and(|own| !is_inside(own) && !is_last(own)) && (rank(key) != rank("name") || !is_service(key))
}

fn is_service(key: &str) -> bool {
    facts(key).field.is_some_and(|(field, _)| field == Field::Service)
}

/// Whether the object under `key` may hold fields of the record.
pub fn is_parent(key: &str) -> bool {
    facts(key).parent
}

fn parent_anew(key: &str) -> bool {
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
    unit_anew(key)?;
    let lower = key.to_ascii_lowercase();
    let measured = ["duration", "elapsed", "latency", "took", "response_time", "request_time", "responsetime"];
    let part = ["upstream", "origin", "connect", "queue", "wait", "db", "cpu", "timeout", "max", "min", "limit"];
    (measured.iter().any(|m| lower.contains(m)) && !part.iter().any(|p| lower.contains(p))).then_some(())
}

/// Nanoseconds per unit that the name of a key states (`duration_ms`, `responseTimeMs`, `elapsed_seconds`).
pub fn unit_of_key(key: &str) -> Option<u64> {
    facts(key).unit_ns
}

fn unit_anew(key: &str) -> Option<u64> {
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
