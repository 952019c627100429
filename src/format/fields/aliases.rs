//! The tables of keys: plain data, one line of words a field.

use super::Field;

/// Keys by field, most trusted first; nested keys are written with dots. Keys behind a lone `|` are
/// asked last, after everything found deeper inside the record.
///
/// A `logger` is no service: it names a part of one program, and one service would fall to pieces.
pub(super) static KEYS: &[(Field, &str)] = &[
    (
        Field::Time,
        "tsNs @timestamp @t StartUTC start_time timestamp time ts eventTime event_time_microseconds event_time datetime t t.$date \
         t.$date.$numberLong timestamp.$date Timestamp TIMESTAMP Time TS T asctime EventTime EventTimeString \
         EventTimestamp event_timestamp eventTimestamp requestReceivedTimestamp published CreationTime \
         TimeGenerated TimeCreated Datetime DateTime dateTime date_time date-time unixTime unix_time calendarTime \
         EventTimestampMs timestamp_ms timestampMs log_time logTime log_timestamp logged_at loggedDateTime \
         event_date eventDate time_local time_iso8601 time_date reqTimeSec request_timestamp requestTimestamp \
         timeMillis timeUnixNano _SOURCE_REALTIME_TIMESTAMP __REALTIME_TIMESTAMP _time date Date \
         event.created event.start created occurred_at occurredAt create_time createTime creation_time \
         creationTime createdDateTime CreatedAt created_at createdAt startTime start_timestamp _timestamp \
         | stageTimestamp observedTimeUnixNano observed_timestamp observedTimestamp receiveTimestamp \
         ingestionTime ingest_time received_at receivedAt updated_at updatedAt updatedDateTime update_time",
    ),
    (Field::Zone, "tz timezone"),
    (Field::Seconds, "instant.epochSecond timestamp.seconds timestampSeconds time.seconds"),
    (Field::Nanos, "instant.nanoOfSecond timestamp.nanos timestampNanos time.nanos"),
    (
        Field::Level,
        "level severity sev severity_text severityText SeverityText log.level @level lvl loglevel log_level logLevel \
         LogLevel levelname levelName level_name level.name levelString @l Level L s Severity SEVERITY LEVEL \
         error_severity severityName severity_name severityLevel level_value levelno severityNumber severity_number SeverityNumber \
         | at syslog.severity labels.level labels.detected_level labels.severity priority pri PRIORITY",
    ),
    (
        Field::Message,
        "message msg @m @message textPayload short_message logEvent.message log.message MESSAGE Message body Body \
         body.stringValue text event log M _raw line Line @mt RenderedMessage rendered_message MessageTemplate \
         event.message displayMessage Content renderedMessage msg_text errorMessage full_message \
         | event.original payload output description summary title",
    ),
    (
        Field::Service,
        "service.name service service_name serviceName svc app application app_name appName ServiceName Service \
         resource.service.name resource.attributes.service.name resource.labels.service_name \
         resource.labels.container_name resource.labels.module_id resource.labels.function_name dd.service \
         kubernetes.labels.app kubernetes.labels.app_kubernetes_io/name kubernetes.labels.app.kubernetes.io/name \
         kubernetes.labels.k8s-app labels.app labels.k8s-pod/app labels.service_name labels.service labels.job \
         labels.app_kubernetes_io/name labels.container \
         kubernetes.container_name kubernetes.container.name container_name container.name k8s.container.name \
         cloud_RoleName AppRoleName ScriptName eventSource SYSLOG_IDENTIFIER programname program _SYSTEMD_UNIT _COMM \
         name request.host RequestHost vhost authority",
    ),
    (
        Field::Host,
        "host.name hostname host node_name node instance pod pod_name kubernetes.pod_name kubernetes.pod.name \
         resource.labels.pod_name resource.labels.instance_id labels.pod host_name hostName _HOSTNAME Host \
         hostIdentifier Computer devname device_name device_id devid",
    ),
    (
        Field::Trace,
        "trace_id traceId trace.id TraceId traceID traceid dd.trace_id otelTraceID @tr x-b3-traceid \
         logging.googleapis.com/trace trace span.trace_id operation_Id",
    ),
    (
        Field::Request,
        "request_id requestId req_id reqId requestID RequestId correlation_id correlationId uid x_request_id \
         x-request-id http.request.id request.id RayID ray_id cf_ray req.id auditID insertId rid",
    ),
    (
        Field::Status,
        "status status_code statusCode http.response.status_code http.status_code http.status response_code \
         res.statusCode response.status response.status_code response.statusCode response.code http_status \
         http_status_code httpStatus httpStatusCode http_response_code http_code response.http_code HTTPStatusCode HTTPStatus EdgeResponseStatus \
         sc-status sc_status ScStatus scStatus DownstreamStatus httpRequest.status responseStatus.code response_status resp_status \
         respStatus elb_status_code ResponseStatus StatusCode statuscode http.statusCode resultCode request.status \
         req.status response",
    ),
    (
        Field::Grpc,
        "rpc.grpc.status_code grpc.code grpc.status_code grpc_code grpc_status grpc.status grpc-status \
         grpc_response_status protoPayload.status.code",
    ),
    (
        Field::Duration,
        "duration_ns duration_us duration_ms durationMs duration_seconds duration_s event.duration responseTime \
         response_time_ms elapsed_ms latency_ms latency_human request_time Duration duration dur elapsed took \
         latency attr.durationMillis httpRequest.latency http.duration_ms DurationMs",
    ),
    (
        Field::Operation,
        "http.route route operation op rpc.method grpc.method endpoint handler action RouterName procedure",
    ),
    (
        Field::Action,
        "eventName event.action operationName OperationName Operation event_type eventType EventType event_name \
         eventid activity detail-type protoPayload.methodName event.type event.code",
    ),
    (
        Field::Method,
        "method http.request.method http.method http_method request_method req.method request.method RequestMethod \
         httpRequest.requestMethod verb httpMethod reqMethod ClientRequestMethod",
    ),
    (
        Field::Path,
        "path url.path http.path uri request_uri req.url request.uri request.path RequestPath http.target url \
         http.url url.original httpRequest.requestUrl request.url requestUri requestURI reqPath ClientRequestURI",
    ),
    (
        Field::Upstream,
        "upstream_service upstream peer.service peer_service dependency target_service upstream_cluster \
         downstream_service remote_service callee",
    ),
    (
        Field::Error,
        "error.message err.message error err exception exception.message @x error_message fields.error \
         error.stack_trace err.stack thrown.message errorCode stack_trace",
    ),
    (Field::Outcome, "event.outcome resultType ResultType ActivityStatusValue ActivityStatus"),
    (Field::SampleRate, "sample_rate SampleRate sampleRate sampling_rate"),
    (Field::Partial, "preview"),
    (Field::Writer, "response_flags logger v pid"),
];

/// Objects that are looked into; everything else inside a record is skipped unread.
pub(super) static PARENTS: &str = "log service host trace http http.response http.request res req response request \
     event error err exception instant t t.$date timestamp.$date attr kubernetes kubernetes.labels kubernetes.container \
     kubernetes.pod container httpRequest url rpc rpc.grpc grpc logEvent dd resource resource.attributes \
     resource.labels labels peer timestamp time thrown span resource.service responseStatus protoPayload protoPayload.status level body \
     syslog k8s k8s.container";

/// Objects that only hold the record itself: their fields are read as if they stood outside, but
/// trusted less than those that do.
pub(super) static HOLDERS: &str = "_source result attributes jsonPayload @fields fields payload properties detail \
     log_processed json record @message message msg MESSAGE textPayload _raw line Line log body Content event \
     CloudTrailEvent log.message";

/// Holders that are believed to be the record itself even beside a text of the same name: keys of
/// texts, which are looked into only when they are written JSON.
pub(super) static TEXTS: &str =
    "@message message msg MESSAGE textPayload _raw line Line log body Content event CloudTrailEvent properties";
