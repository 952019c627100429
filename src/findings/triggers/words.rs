//! What diffs and failing lines say of each other: tables, no logic. Parts of words, lower case.

/// What holds things together in code: losing one is a risk, gaining one is none.
pub(super) struct Guard {
    /// Class of what losing it does.
    pub(super) class: &'static str,
    /// How it is written.
    pub(super) written: &'static [&'static str],
    /// What it is, after "takes away".
    pub(super) what: &'static str,
    /// Points for losing it.
    pub(super) points: i64,
}

/// Guards of code, queries and settings.
#[rustfmt::skip] // tables read best filled
pub(super) const GUARDS: &[Guard] = &[
    Guard {
        class: "bound",
        written: &[
            " limit ", " limit(", ".limit(", "limit=", " top ", "fetch first", "fetch next", "page_size",
            "pagesize", "per_page", "max_rows", "maxrows", "max_results", "maxresults", ".take(", "paginat",
            "setmaxresults", "rownum",
        ],
        what: "a bound on how much is read",
        points: 4,
    },
    Guard { class: "timeout", written: &["timeout", "deadline"], what: "a timeout", points: 4 },
    Guard { class: "retry", written: &["backoff", "jitter"], what: "the pause between retries", points: 4 },
    Guard {
        class: "retry",
        written: &["breaker", "bulkhead", "maxattempts", "max_attempts", "max_retries", "maxretries"],
        what: "what keeps retries in bounds",
        points: 4,
    },
    Guard {
        class: "limit",
        written: &["ratelimit", "rate_limit", "limiter", "semaphore", "throttle(", ".throttle"],
        what: "a limit on load",
        points: 3,
    },
    Guard {
        class: "cache",
        written: &[
            "cache.get", "cache.fetch", "getorload", "get_or_load", "get_or_set", "cached(", "@cache",
            "lru_cache", "memoiz", "singleflight", "cache-control", "fetch_or", "cache.set", "cache.put",
        ],
        what: "a cache",
        points: 4,
    },
    Guard {
        class: "lock",
        written: &[
            ".lock(", ".rlock(", "mutex", "synchronized", "atomic.", "once.do", " for update",
            "compareandswap", "with lock", "setnx", "advisory_lock",
        ],
        what: "a lock",
        points: 3,
    },
    Guard {
        class: "leak",
        written: &[
            ".close(", "defer ", ".release(", "finally", "dispose(", "cancel()", ".stop(", "with open(",
            "unsubscribe", "removelistener", "removeeventlistener", "clearinterval", "try (", ".shutdown(",
            ".rollback(",
        ],
        what: "the release of what is held",
        points: 4,
    },
    Guard {
        class: "memory",
        written: &[
            "evict", "maxentries", "max_entries", "maxsize", "max_size", "delete(", ".remove(", "weakref",
            "expireafter",
        ],
        what: "what keeps memory in bounds",
        points: 3,
    },
    Guard {
        class: "fan-out",
        written: &[
            " in (", " in ?", "= any(", "batch", "bulk", "prefetch", "preload", "joinedload", "select_related",
            "includes(", "multiget", "mget", " join ", "dataloader", "eager",
        ],
        what: "the fetching of many at once",
        points: 3,
    },
    Guard {
        class: "schema",
        written: &["create index", "create unique index", "add index", "add_index", "use index"],
        what: "an index",
        points: 4,
    },
    Guard {
        class: "check",
        written: &["validate", "sanitize", "checkbounds", "verify(", "assert(", "checkargument"],
        what: "a check of input",
        points: 3,
    },
    Guard {
        class: "access",
        written: &["authorization", "bearer", "setbasicauth", "x-api-key", "withcredentials", " sign("],
        what: "what a caller shows to be let in",
        points: 4,
    },
    Guard {
        class: "crash",
        written: &["recover()", "catch (", "catch(", "except ", "rescue", ".catch", "on error"],
        what: "the handling of a failure",
        points: 3,
    },
];

/// What added code or statements bring with them.
pub(super) struct Hazard {
    /// Class of what it does.
    pub(super) class: &'static str,
    /// How it is written.
    pub(super) written: &'static [&'static str],
    /// What makes it harmless when it stands in the same added lines.
    pub(super) unless: &'static [&'static str],
    /// What it is, after "adds".
    pub(super) what: &'static str,
    /// Points.
    pub(super) points: i64,
}

/// Hazards.
#[rustfmt::skip] // tables read best filled
pub(super) const HAZARDS: &[Hazard] = &[
    Hazard {
        class: "schema",
        written: &[
            "drop index", "drop column", "drop table", "rename column", "rename to", "remove_index",
            "remove_column",
        ],
        unless: &[],
        what: "a statement that takes part of a schema away",
        points: 4,
    },
    Hazard {
        class: "schema",
        written: &[
            "alter table", "lock table", "vacuum full", "add constraint", "set not null", "alter column",
            "create index", "create unique index", "add_index", "reindex",
        ],
        unless: &["concurrently", "not valid", "algorithm: :concurrently", "algorithm=inplace", "lock=none"],
        what: "a statement that locks a table",
        points: 3,
    },
    Hazard {
        class: "schema",
        written: &["update ", "delete from"],
        unless: &["where", "//", "(", "{", ":="],
        what: "a statement over a whole table",
        points: 3,
    },
    Hazard {
        class: "crash",
        written: &[" panic(", ".unwrap(", "os.exit(", "log.fatal", "process.exit", "sys.exit", "abort()"],
        unless: &["recover("],
        what: "a way to crash",
        points: 3,
    },
    Hazard {
        class: "leak",
        written: &[
            "go func", " go s.", " go h.", " go c.", "new thread", "thread::spawn", "setinterval(",
            "time.tick(", "newticker(", "addlistener(", ".subscribe(", "make(chan",
        ],
        unless: &[
            "defer ", ".stop(", "cancel(", "<-ctx.done", "wg.done", "errgroup", "close(", "clearinterval",
            "unsubscribe", "join(",
        ],
        what: "something that is begun and never ended",
        points: 3,
    },
    Hazard {
        class: "memory",
        written: &[
            "ioutil.readall", "io.readall", ".readlines()", ".fetchall()", ".tolist()", ".collect::<vec",
            "readfile(", "withlabelvalues(user", "withlabelvalues(req", " = make(map[", " = map[",
            "static final map", "sync.map", "= append(s.", "= append(c.",
        ],
        unless: &["delete(", "evict", "limitreader", "maxbytes", "lru", "ttl", "return map[", "case "],
        what: "something that is kept and never let go",
        points: 2,
    },
    Hazard {
        class: "cpu",
        written: &[
            "regexp.mustcompile", "re.compile", "new regexp", "(.*)*", "(.+)+", "time.sleep(", "thread.sleep(",
            "for {", "while true", "while (true)", "bcrypt", "pbkdf2", "scrypt", "order by rand",
        ],
        unless: &["var ", "<-ctx.done", "const ", "static "],
        what: "work on every request",
        points: 2,
    },
    Hazard {
        class: "lock",
        written: &[
            "for update", ".lock(", "isolation level serializable", "levelserializable", "advisory_lock",
            "synchronized", "lock in share mode",
        ],
        unless: &["skip locked", "nowait"],
        what: "a lock",
        points: 2,
    },
    Hazard {
        class: "tls",
        written: &[
            "insecureskipverify: false", "clientauth: tls.require", "versiontls13",
            "minversion: tls.versiontls13",
        ],
        unless: &[],
        what: "a stricter handshake",
        points: 3,
    },
];

/// What a number in code stands for, by the words beside it.
pub(super) struct Quantity {
    /// Words on the line.
    pub(super) written: &'static [&'static str],
    /// Class.
    pub(super) class: &'static str,
    /// Points when it falls to half or less, and when it rises to twice or more.
    pub(super) falls: i64,
    /// See `falls`.
    pub(super) rises: i64,
}

/// Numbers, most telling words first.
#[rustfmt::skip] // tables read best filled
pub(super) const QUANTITIES: &[Quantity] = &[
    Quantity {
        written: &["backoff", "delay", "jitter", "interval", "period", "sleep", "cooldown"],
        class: "retry",
        falls: 3,
        rises: 0,
    },
    Quantity { written: &["attempt", "retries", "retry"], class: "retry", falls: 1, rises: 3 },
    Quantity {
        written: &["ttl", "expir", "max_age", "maxage", "max-age", "lifetime", "lease"],
        class: "cache",
        falls: 4,
        rises: 1,
    },
    Quantity { written: &["timeout", "deadline", "_wait", "grace"], class: "timeout", falls: 4, rises: 2 },
    Quantity {
        written: &["memory", "heap", "xmx", "gomemlimit", "mem_limit", "maxmemory"],
        class: "memory",
        falls: 4,
        rises: -1,
    },
    Quantity {
        written: &["rate", "quota", "burst", "rps", "qps", "throttl", "per_second", "persecond", "per_minute"],
        class: "limit",
        falls: 4,
        rises: 1,
    },
    Quantity {
        written: &[
            "conn", "pool", "worker", "thread", "replica", "concurren", "parallel", "semaphore", "max_open",
            "maxidle", "instances", "shard", "partition",
        ],
        class: "pool",
        falls: 4,
        rises: -1,
    },
    Quantity { written: &["cpu"], class: "cpu", falls: 4, rises: -1 },
    Quantity { written: &["queue", "buffer", "capacity", "backlog", "prefetch"], class: "pool", falls: 3, rises: 0 },
    Quantity {
        written: &["limit", "page", "batch", "chunk", "size", "max", "depth", "window"],
        class: "bound",
        falls: 2,
        rises: 3,
    },
    Quantity {
        written: &["percent", "rollout", "weight", "sampl", "ratio", "share", "threshold"],
        class: "logic",
        falls: 2,
        rises: 2,
    },
];

/// What a changed word stands for, by the words beside it.
#[rustfmt::skip] // tables read best filled
pub(super) const NAMES: &[(&[&str], &str, &str)] = &[
    (
        &[
            "json:\"", "protobuf:", "@jsonproperty", "serde(rename", "xml:\"", "db:\"", "field_name", "avro",
            "content-type",
        ],
        "format",
        "changes the form of a message",
    ),
    (
        &[
            "getenv", "os.environ", "process.env", "env:", "env(", "std::env", "valuefrom", "secretkeyref",
            "configmapkeyref",
        ],
        "setting",
        "reads a setting from another name",
    ),
    (
        &[
            "secret", "credential", "password", "api_key", "apikey", "access_key", "iam", "role", "scope",
            "audience", "issuer", "principal", "permission", "policy", "token", "grant",
        ],
        "access",
        "changes who is let in",
    ),
    (
        &["cachekey", "cache_key", "cache.get", "cache.set", "key :=", "key =", "keyfor", "key("],
        "cache",
        "changes the key of a cache",
    ),
    (
        &[
            "url", "host", "addr", "endpoint", "port", "dsn", "broker", "topic", "bucket", "region",
            "upstream", "proxy_pass", "path:",
        ],
        "endpoint",
        "points to another place",
    ),
    (
        &[
            "utc", "time.local", "loadlocation", "timezone", "tzinfo", "zoneinfo", "strftime", ".unix",
            "date_trunc", "2006-01-02",
        ],
        "time",
        "changes how a time is made",
    ),
    (
        &["tls", "cipher", "minversion", "rootcas", "certfile", "keyfile", "ca.crt"],
        "tls",
        "changes how connections are secured",
    ),
];

/// Paths of what never runs in production.
#[rustfmt::skip] // tables read best filled
pub(super) const IDLE_PATHS: &[&str] = &[
    "_test.", ".test.", ".spec.", "test/", "tests/", "testdata/", "__tests__", "spec/", "fixtures/", "docs/",
    "doc/", ".md", ".rst", ".github/", ".gitlab", ".circleci", "codeowners", "golangci", ".editorconfig",
    ".gitignore", "license", "changelog", "mkdocs", "staging/", ".pre-commit",
];

/// Paths of looks.
#[rustfmt::skip] // tables read best filled
pub(super) const LOOKS_PATHS: &[&str] =
    &[".css", ".scss", ".less", ".html", ".svg", ".png", ".tmpl", "locales/", "i18n/", "static/", "templates/"];

/// Paths that only pin what others wrote.
#[rustfmt::skip] // tables read best filled
pub(super) const PINS: &[&str] = &[
    "go.mod", "go.sum", "package.json", "package-lock", "yarn.lock", "pnpm-lock", "requirements",
    "poetry.lock", "pyproject", "cargo.toml", "cargo.lock", "pom.xml", "build.gradle", "gemfile", "composer.",
];

/// Paths of code that many embed.
#[rustfmt::skip] // tables read best filled
pub(super) const SHARED_PATHS: &[&str] = &[
    "pkg/", "internal/", "lib/", "libs/", "common/", "shared/", "platform/", "core/", "sdk/", "vendor/",
    "deploy/", "config/", "charts/", "infra/",
];

/// Lines that only tell.
#[rustfmt::skip] // tables read best filled
pub(super) const TELLING: &[&str] = &[
    "log.", "logger", "logging", "slog", "zap.", "console.", "print", "metric", "prometheus", "counter",
    "histogram", "gauge", ".inc(", ".observe(", "span.", "attribute.", "tracer", "statsd", "telemetry", "otel",
    "setattributes",
];

/// Calls that leave the process.
#[rustfmt::skip] // tables read best filled
pub(super) const CALLS: &[&str] = &[
    "query", ".exec(", "select ", ".find(", "findby", "find_by", "findone", "getby", "get_by", "fetch",
    "http.", "client.", "rpc", "load(", "loadby", "lookup(", "repo.", "store.", "db.", "redis", ".request(",
    "objects.get", "requests.get", "svc.get",
];

/// Beginnings of a loop.
#[rustfmt::skip] // tables read best filled
pub(super) const LOOPS: &[&str] = &["for ", "foreach", "while ", ".map(", ".each", ".flatmap(", "for("];

/// Kinds of commits that change nothing that runs, as their message begins.
#[rustfmt::skip] // tables read best filled
pub(super) const IDLE_KINDS: &[&str] = &["docs", "test", "ci", "style"];

/// Words that say nothing of what failed, beside grammar.
#[rustfmt::skip] // tables read best filled
pub(super) const STOP: &[&str] = &[
    "the", "and", "for", "from", "with", "into", "that", "this", "not", "was", "are", "has", "have", "all",
    "new", "now", "per", "its", "service", "services", "server", "handler", "request", "requests", "response",
    "error", "errors", "err", "failed", "fail", "failure", "http", "https", "get", "post", "put", "func",
    "return", "nil", "null", "string", "int", "int64", "bool", "struct", "var", "const", "type", "import",
    "package", "context", "ctx", "req", "res", "resp", "fix", "feat", "chore", "refactor", "test", "docs",
    "perf", "style", "internal", "pkg", "src", "lib", "main", "api", "svc", "com", "org", "github", "golang",
    "line", "lines", "alert", "fired", "above", "below", "value", "metric", "observed", "threshold", "file",
    "files", "deploy", "config", "code", "time", "name", "call", "calls", "returned", "returning", "status",
    "duration", "p99", "p95", "rate", "ratio", "count", "total", "seconds", "ms", "add", "change", "update",
    "enabled", "off", "true", "false", "out", "start", "started", "starting", "sync", "synced", "done", "finished",
    "success", "succeeded", "completed", "production", "staging", "rollout", "release", "released",
];

/// An expiry date's metric or sentence speaks of one of these …
#[rustfmt::skip] // tables read best filled
pub(super) const EXPIRING: &[&str] = &["cert", "tls", "ssl", "x509", "token", "licen", "credential"];

/// … and a metric of it of one of these.
#[rustfmt::skip] // tables read best filled
pub(super) const EXPIRY: &[&str] = &["expir", "not_after", "notafter", "valid", "remaining", "days_left"];

/// Failing lines of something that ran out.
#[rustfmt::skip] // tables read best filled
pub(super) const EXPIRED: &[&str] = &[
    "certificate has expired", "certificate expired", "cert expired", "certificate is expired",
    "expired certificate", "certificate_expired", "token has expired", "token expired",
    "credential has expired", "credentials have expired", "credentials expired", "license expired",
    "licence expired", "license has expired", "expiredtoken", "not yet valid",
];

/// Failing lines of a place that is too small for what comes.
#[rustfmt::skip] // tables read best filled
pub(super) const SATURATED: &[&str] = &[
    "overload", "saturat", "queue", "shed", "autoscal", "capacity", "pending", "too many requests", "429",
    "request volume", "at limit", "max concurrency", "throttl", "rejected",
];

/// Failing lines of the ground below the services.
#[rustfmt::skip] // tables read best filled
pub(super) const GROUND: &[&str] = &[
    "no space left", "disk full", "read-only file system", "node not ready", "nodenotready", "network is unreachable", "no route to host",
    "packet loss", "i/o error", "input/output error", "hardware", "preempted", "spot interruption", "zone outage", "availability zone",
    "ntp", "clock jumped", "clock skew", "temporary failure in name resolution", "servfail", "volume failure", "bad sector", "machine check",
];

/// What a change that shows no lines says it changes, and the class of that.
#[rustfmt::skip] // tables read best filled
pub(super) const SAID: &[(&[&str], &str)] = &[
    (&["credential", "secret", "password", "rotat", "permission", "iam", "access key", "api key"], "access"),
    (&["migration", "schema", "index", "alter table"], "schema"),
    (&["dns", "route", "firewall", "proxy", "endpoint", "hostname"], "endpoint"),
    (&["rate limit", "rate_limit", "quota", "throttl"], "limit"),
    (&["pool", "replica", "scale down", "scaled down", "max_conn", "concurrency"], "pool"),
    (&["cache", "ttl", "purge", "flush"], "cache"),
    (&["timeout", "deadline"], "timeout"),
    (&["retry", "retries", "backoff"], "retry"),
    (&["certificate", "cert", "tls", "cipher"], "tls"),
    (&["memory", "heap"], "memory"),
    (&["serializ", "codec", "protobuf", "format"], "format"),
];

/// Ends of public host names that lines commonly name.
#[rustfmt::skip] // tables read best filled
pub(super) const PUBLIC_ENDS: &[&str] = &[
    ".com", ".net", ".org", ".io", ".dev", ".cloud", ".app", ".co", ".ai", ".eu", ".de", ".uk", ".us", ".info", ".example", ".test",
];

/// Ends of host names that are our own.
#[rustfmt::skip] // tables read best filled
pub(super) const OWN_HOSTS: &[&str] =
    &[".svc", ".local", ".internal", ".cluster", ".lan", ".corp", ".localdomain", ".intra", ".consul", ".home"];

/// Series of what a provider answered.
#[rustfmt::skip] // tables read best filled
pub(super) const PROVIDER_SERIES: &[&str] =
    &["upstream_provider", "provider", "third_party", "thirdparty", "external", "vendor"];
