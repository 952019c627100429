//! Ways in which a change can hurt, how each shows, and what would speak against it. Parts of words,
//! lower case.

/// How a change can hurt, and how that shows.
pub(super) struct Class {
    /// Name in the tables below.
    pub(super) name: &'static str,
    /// What the failing lines, metrics and spans then speak of.
    pub(super) signature: &'static [&'static str],
    /// What would show that it was not this.
    pub(super) refuted_by: &'static str,
}

/// Every way of hurting that is known here.
#[rustfmt::skip] // tables read best filled
pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "bound",
        signature: &[
            "rows", "slow query", "query", "scan", "statement timeout", "memory", "heap", "payload",
            "too large",
        ],
        refuted_by: "the same sizes and row counts before it",
    },
    Class {
        name: "fan-out",
        signature: &["queries", "query", "calls per", "db_", "statement", "select", "connections", "n+1", "round trip"],
        refuted_by: "the same number of calls per request before it",
    },
    Class {
        name: "nil check",
        signature: &[
            "nil", "null", "none type", "nonetype", "undefined", "panic", "segfault", "dereference", "unwrap",
            "no such element", "cannot read propert", "sigsegv", "keyerror",
        ],
        refuted_by: "the same crash before it, or input that never lacks the value",
    },
    Class {
        name: "crash",
        signature: &[
            "panic", "fatal", "crash", "exit", "restart", "abort", "exception", "unhandled", "traceback",
            "backoff",
        ],
        refuted_by: "the same crash before it",
    },
    Class {
        name: "timeout",
        signature: &[
            "timeout", "timed out", "deadline", "context canceled", "gave up", "504", "hang", "stuck",
            "exceeded",
        ],
        refuted_by: "calls that already took as long before it",
    },
    Class {
        name: "retry",
        signature: &[
            "retry", "retries", "attempt", "overload", "amplif", "storm", "saturat", "too many requests",
            "429", "requests_per", "request rate", "queue",
        ],
        refuted_by: "callers that asked no more often after it than before",
    },
    Class {
        name: "pool",
        signature: &[
            "pool", "too many connections", "connection limit", "acquir", "exhaust", "waiting for",
            "wait_count", "queue", "saturat", "checkout timeout", "no available", "in_use", "threads",
            "workers", "backlog",
        ],
        refuted_by: "a pool that never was full",
    },
    Class {
        name: "memory",
        signature: &[
            "memory", "oom", "heap", "gc ", "gc_", "rss", "evict", "killed", "garbage", "working_set", "alloc",
        ],
        refuted_by: "memory that grew as fast before it",
    },
    Class {
        name: "leak",
        signature: &[
            "leak", "goroutine", "too many open files", "file descriptor", "open_fds", "fd ", "threads",
            "sockets", "idle in transaction", "connections", "memory", "heap", "oom", "handles", "pool",
            "exhaust",
        ],
        refuted_by: "counts of what is held that grew as fast before it",
    },
    Class {
        name: "cache",
        signature: &[
            "cache", "hit ratio", "hit_ratio", "hit rate", "miss", "stampede", "read-through", "stale",
            "redis", "memcache", "origin", "queries_per_second",
        ],
        refuted_by: "hits and misses that were the same before it",
    },
    Class {
        name: "lock",
        signature: &[
            "deadlock", "lock", "blocked", "contention", "mutex", "could not serialize", "race",
            "concurrent map", "serialization failure", "duplicate key",
        ],
        refuted_by: "the same waits or races before it",
    },
    Class {
        name: "schema",
        signature: &[
            "column", "relation", "table", "lock", "migration", "constraint", "does not exist",
            "unknown field", "violates", "statement timeout", "slow query", "rows", "scan", "query", "db_",
            "blocked",
        ],
        refuted_by: "the same query failing, or as slow, before it",
    },
    Class {
        name: "format",
        signature: &[
            "unmarshal", "deserial", "decode", "parse", "json", "proto", "schema", "unexpected", "invalid",
            "missing field", "unknown field", "malformed", "cannot convert", "400", "422", "bad request",
            "validation",
        ],
        refuted_by: "messages of both forms read without fault",
    },
    Class {
        name: "access",
        signature: &[
            "401", "403", "denied", "forbidden", "unauthori", "permission", "credential", "signature", "token",
            "access key", "authentication", "not allowed", "invalid key", "jwt", "audience", "scope",
        ],
        refuted_by: "the same call refused before it, or allowed after it",
    },
    Class {
        name: "limit",
        signature: &[
            "429", "too many requests", "throttl", "rate limit", "quota", "limit exceeded", "rejected", "shed",
        ],
        refuted_by: "the same limit met before it",
    },
    Class {
        name: "endpoint",
        signature: &[
            "no such host", "connection refused", "dns", "resolve", "unreachable", "404", "not found", "dial",
            "name or service not known", "wrong", "unknown topic", "no route",
        ],
        refuted_by: "the same address answering after it",
    },
    Class {
        name: "setting",
        signature: &[
            "config", "missing", "required", "not set", "environment", "env ", "invalid value", "unset",
            "empty", "no such", "startup", "crashloop", "undefined",
        ],
        refuted_by: "the same value in a place that did not fail",
    },
    Class {
        name: "time",
        signature: &[
            "clock", "skew", "timezone", "time zone", "utc", "date", "expired", "not yet valid",
            "in the future", "schedule", "cron", "epoch", "timestamp",
        ],
        refuted_by: "the same times computed right after it",
    },
    Class {
        name: "tls",
        signature: &[
            "tls", "ssl", "handshake", "x509", "certificate", "cipher", "protocol version",
            "unknown authority",
        ],
        refuted_by: "handshakes that still succeed with it",
    },
    Class {
        name: "cpu",
        signature: &["cpu", "regex", "backtrack", "spin", "load average", "throttl", "latency", "slow"],
        refuted_by: "the same work per request before it",
    },
    Class {
        name: "check",
        signature: &[
            "invalid", "negative", "overflow", "out of range", "index out", "bounds", "corrupt",
            "inconsistent", "duplicate", "constraint", "assert", "overcharge", "mismatch",
        ],
        refuted_by: "the same input refused elsewhere",
    },
    Class {
        name: "logic",
        signature: &["unexpected", "mismatch", "wrong", "invalid", "inconsistent", "not found", "rejected", "denied"],
        refuted_by: "the same outcome before it",
    },
];

/// A class by its name.
pub(super) fn by_name(name: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|c| c.name == name)
}
