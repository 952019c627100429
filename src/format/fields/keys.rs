//! Which keys mean what, in order of trust.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// What a key of a structured record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The record's stamp.
    Time,
    /// A calendar date whose time of day stands in [`Field::Time`].
    Date,
    /// The zone of the stamp, where it stands apart.
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
    /// A key that only tells who wrote the record.
    Writer,
}

impl Field {
    /// Number of fields.
    pub(super) const COUNT: usize = Field::Writer as usize + 1;
}

/// Keys by field, most trusted first; nested keys are written with dots.
///
/// A `logger` is no service: it names a part of one program, and one service would fall to pieces.
static KEYS: &[(Field, &[&str])] = &[
    (
        Field::Time,
        &[
            "@timestamp",
            "@t",
            "StartUTC",
            "start_time",
            "timestamp",
            "time",
            "ts",
            "eventTime",
            "event_time",
            "datetime",
            "t",
            "t.$date",
            "t.$date.$numberLong",
            "Timestamp",
            "TIMESTAMP",
            "Time",
            "TS",
            "T",
            "asctime",
            "created",
            "_time",
            "timeMillis",
            "eventtime",
            "_SOURCE_REALTIME_TIMESTAMP",
            "__REALTIME_TIMESTAMP",
        ],
    ),
    (Field::Date, &["date"]),
    (Field::Zone, &["tz", "timezone"]),
    (Field::Seconds, &["instant.epochSecond", "timestamp.seconds", "timestampSeconds"]),
    (Field::Nanos, &["instant.nanoOfSecond", "timestamp.nanos", "timestampNanos"]),
    (
        Field::Level,
        &[
            "level",
            "severity",
            "severity_text",
            "severityText",
            "log.level",
            "lvl",
            "loglevel",
            "log_level",
            "levelname",
            "@l",
            "Level",
            "L",
            "s",
            "PRIORITY",
            "error_severity",
            "priority",
            "pri",
            "at",
        ],
    ),
    (
        Field::Message,
        &[
            "message",
            "msg",
            "@m",
            "fields.message",
            "body",
            "text",
            "event",
            "log",
            "short_message",
            "M",
            "MESSAGE",
            "logEvent.message",
            "log.message",
            "@mt",
            "MessageTemplate",
            "event.message",
        ],
    ),
    (
        Field::Service,
        &[
            "service.name",
            "service",
            "service_name",
            "serviceName",
            "svc",
            "app",
            "application",
            "app_name",
            "ServiceName",
            "resource.service.name",
            "resource.attributes.service.name",
            "attributes.service.name",
            "dd.service",
            "kubernetes.labels.app",
            "kubernetes.labels.app_kubernetes_io/name",
            "kubernetes.container_name",
            "kubernetes.container.name",
            "container_name",
            "container.name",
            "SYSLOG_IDENTIFIER",
            "name",
            "request.host",
            "RequestHost",
            "vhost",
        ],
    ),
    (
        Field::Host,
        &[
            "host.name",
            "hostname",
            "host",
            "node_name",
            "node",
            "instance",
            "pod",
            "pod_name",
            "kubernetes.pod_name",
            "kubernetes.pod.name",
            "_HOSTNAME",
        ],
    ),
    (
        Field::Trace,
        &[
            "trace_id",
            "traceId",
            "trace.id",
            "TraceId",
            "traceID",
            "traceid",
            "dd.trace_id",
            "otelTraceID",
            "@tr",
            "x-b3-traceid",
            "logging.googleapis.com/trace",
            "trace",
            "span.trace_id",
        ],
    ),
    (
        Field::Request,
        &[
            "request_id",
            "requestId",
            "req_id",
            "reqId",
            "requestID",
            "RequestId",
            "correlation_id",
            "correlationId",
            "x_request_id",
            "x-request-id",
            "http.request.id",
            "RayID",
            "ray_id",
            "cf_ray",
            "req.id",
            "rid",
        ],
    ),
    (
        Field::Status,
        &[
            "status",
            "status_code",
            "statusCode",
            "http.response.status_code",
            "http.status_code",
            "http.status",
            "response_code",
            "res.statusCode",
            "response.status",
            "response.status_code",
            "response.statusCode",
            "http_status",
            "http_status_code",
            "httpStatus",
            "sc-status",
            "DownstreamStatus",
            "httpRequest.status",
            "fields.status",
        ],
    ),
    (
        Field::Grpc,
        &[
            "rpc.grpc.status_code",
            "grpc.code",
            "grpc.status_code",
            "grpc_code",
            "grpc_status",
            "grpc.status",
            "grpc-status",
        ],
    ),
    (
        Field::Duration,
        &[
            "duration_ns",
            "duration_us",
            "duration_ms",
            "durationMs",
            "duration_seconds",
            "duration_s",
            "event.duration",
            "responseTime",
            "response_time_ms",
            "elapsed_ms",
            "latency_ms",
            "latency_human",
            "request_time",
            "Duration",
            "duration",
            "dur",
            "elapsed",
            "took",
            "latency",
            "attr.durationMillis",
            "httpRequest.latency",
            "http.duration_ms",
            "fields.duration_ms",
            "fields.latency_ms",
        ],
    ),
    (
        Field::Operation,
        &[
            "http.route",
            "route",
            "operation",
            "op",
            "rpc.method",
            "grpc.method",
            "endpoint",
            "handler",
            "action",
            "RouterName",
            "procedure",
        ],
    ),
    (
        Field::Method,
        &[
            "method",
            "http.request.method",
            "http.method",
            "http_method",
            "request_method",
            "req.method",
            "request.method",
            "RequestMethod",
            "httpRequest.requestMethod",
            "verb",
        ],
    ),
    (
        Field::Path,
        &[
            "path",
            "url.path",
            "http.path",
            "uri",
            "request_uri",
            "req.url",
            "request.uri",
            "request.path",
            "RequestPath",
            "http.target",
            "url",
            "http.url",
            "url.original",
            "httpRequest.requestUrl",
            "request.url",
        ],
    ),
    (
        Field::Upstream,
        &[
            "upstream_service",
            "upstream",
            "peer.service",
            "peer_service",
            "dependency",
            "target_service",
            "upstream_cluster",
            "downstream_service",
            "remote_service",
            "callee",
        ],
    ),
    (
        Field::Error,
        &[
            "error.message",
            "err.message",
            "error",
            "err",
            "exception",
            "exception.message",
            "@x",
            "error_message",
            "fields.error",
            "error.stack_trace",
            "err.stack",
            "thrown.message",
        ],
    ),
    (Field::Outcome, &["event.outcome"]),
    (Field::SampleRate, &["sample_rate", "SampleRate", "sampleRate", "sampling_rate"]),
    (Field::Writer, &["response_flags", "logger", "v", "pid"]),
];

/// Objects that are looked into; everything else inside a record is skipped unread.
static PARENTS: &[&str] = &[
    "log",
    "service",
    "host",
    "trace",
    "http",
    "http.response",
    "http.request",
    "fields",
    "res",
    "req",
    "response",
    "request",
    "event",
    "error",
    "err",
    "exception",
    "instant",
    "t",
    "t.$date",
    "attr",
    "kubernetes",
    "kubernetes.labels",
    "kubernetes.container",
    "kubernetes.pod",
    "container",
    "httpRequest",
    "url",
    "rpc",
    "rpc.grpc",
    "grpc",
    "logEvent",
    "dd",
    "resource",
    "resource.attributes",
    "attributes",
    "peer",
    "timestamp",
    "thrown",
    "span",
    "resource.service",
];

static INDEX: LazyLock<FxHashMap<&'static str, (Field, u8)>> = LazyLock::new(|| {
    let ranked = |(field, keys): &(Field, &'static [&'static str])| {
        let field = *field;
        keys.iter().enumerate().map(move |(rank, key)| (*key, (field, rank as u8)))
    };
    KEYS.iter().flat_map(ranked).collect()
});

/// What `key` holds and how far it is trusted (0 is most); nested keys are joined with dots.
pub fn field_of(key: &str) -> Option<(Field, u8)> {
    INDEX.get(key).copied().or_else(|| timed_key(key).map(|()| (Field::Duration, 200)))
}

/// Whether the object under `key` may hold fields of the record.
pub fn is_parent(key: &str) -> bool {
    PARENTS.contains(&key)
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
