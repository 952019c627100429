//! What a metric is, by its name and labels (shared formats catalogue §11).

use std::collections::BTreeMap;

use crate::model::{MetricKind, MetricRole, MetricRule, MetricRules, Outcome, Series};

/// What a series says about requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    /// Requests with the outcome a label or the name gives.
    Outcome(Outcome),
    /// All requests.
    Requests,
    /// Failed requests, outcome not told.
    Failures,
    /// Share of failures, times this factor to get 0 to 1.
    ErrorRatio(f64),
    /// Share of successes, times this factor.
    SuccessRatio(f64),
    /// Percentile 0 (p50), 1 (p95) or 2 (p99), times this factor to get ms.
    Latency(usize, f64),
    /// Durations up to this bound in ms, the shorter ones included.
    Bucket(f64),
    /// Nothing about requests.
    Other,
}

/// Labels that name the service, best first.
const SERVICE_LABELS: [&str; 21] = [
    "service",
    "service_name",
    "destination_service_name",
    "destination_workload",
    "microservice",
    "app",
    "application",
    "app_kubernetes_io_name",
    "component",
    "exported_service",
    "grpc_service",
    "faas_name",
    "cloud_role_name",
    "appName",
    "scriptName",
    "backend_name",
    "backend",
    "deployment",
    "workload",
    "container",
    "job",
];

/// Labels that hold a status or an outcome.
const CODE_LABELS: [&str; 14] = [
    "http_response_status_code",
    "http_status_code",
    "response_code",
    "status_code",
    "code",
    "status",
    "envoy_response_code_class",
    "response_code_class",
    "status_class",
    "edgeResponseStatus",
    "grpc_code",
    "rpc_grpc_status_code",
    "outcome",
    "result",
];

/// Words in a column name that are about the measure, not about the service.
const MEASURE_WORDS: [&str; 59] = [
    "error",
    "errors",
    "err",
    "failure",
    "failures",
    "failed",
    "fail",
    "rate",
    "ratio",
    "percent",
    "pct",
    "percentage",
    "share",
    "request",
    "requests",
    "req",
    "rps",
    "qps",
    "per",
    "sec",
    "second",
    "seconds",
    "s",
    "min",
    "minute",
    "total",
    "count",
    "latency",
    "duration",
    "response",
    "time",
    "ms",
    "p50",
    "p90",
    "p95",
    "p99",
    "median",
    "success",
    "successful",
    "availability",
    "available",
    "avg",
    "mean",
    "max",
    "http",
    "5xx",
    "4xx",
    "throughput",
    "traffic",
    "calls",
    "hits",
    "value",
    "sum",
    "us",
    "milliseconds",
    "metrics",
    "metric",
    "of",
    "series",
];

/// Lower-case words of a name, cut at anything that is no letter or digit and at humps.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut previous = ' ';
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        // `errorRate` and the last capital of `XXError` begin a word; the `X`s of `5XX` do not.
        let word_follows = letters.peek().is_some_and(|next| next.is_lowercase()) && previous.is_uppercase();
        let hump = c.is_uppercase() && (previous.is_lowercase() || word_follows);
        if c.is_alphanumeric() {
            match out.last_mut() {
                Some(last) if previous.is_alphanumeric() && !hump => last.extend(c.to_lowercase()),
                _ => out.push(c.to_lowercase().collect()),
            }
        } else if c == '%' {
            out.push("percent".to_string());
        }
        previous = c;
    }
    out
}

/// The label `key`, however its words are joined (`service_name`, `service.name`).
fn label<'s>(labels: &'s BTreeMap<String, String>, key: &str) -> Option<&'s String> {
    labels.get(key).or_else(|| {
        let same = |(k, _): &(&String, &String)| k.contains('.') && k.replace('.', "_") == key;
        labels.iter().find(same).map(|(_, value)| value)
    })
}

/// Service as the series names it: a label, else what is left of a column name without measure
/// words. `None` when neither says.
pub(super) fn service(series: &Series) -> Option<String> {
    let label = SERVICE_LABELS.iter().find_map(|l| label(&series.labels, l)).filter(|v| !v.is_empty());
    let of_column = || {
        let bare = series.labels.is_empty().then(|| from_resource(&series.name)).flatten();
        bare.or_else(|| from_column(&series.name))
    };
    label.cloned().or_else(of_column)
}

/// What a component spends or lacks: at the end of a column title, behind the service.
const RESOURCE_WORDS: [&str; 24] = [
    "cpu",
    "mem",
    "memory",
    "load",
    "disk",
    "diskio",
    "io",
    "network",
    "net",
    "usage",
    "utilization",
    "utilisation",
    "heap",
    "gc",
    "threads",
    "sockets",
    "socket",
    "fds",
    "lat",
    "workload",
    "rx",
    "tx",
    "rss",
    "iops",
];

/// The service of a column title that ends with a resource, perhaps of a percentile (`carts_cpu`,
/// `front-end_lat_90`, `cart_cpu_usage`); titles that end otherwise are names of metrics, whose first
/// word is no service.
fn from_resource(name: &str) -> Option<String> {
    let percentile = |w: &str| w.trim_start_matches('p').parse::<f64>().is_ok();
    let resource = |w: &str| RESOURCE_WORDS.contains(&w.to_lowercase().as_str());
    let (mut service, mut found) = (name, false);
    while let Some((front, last)) = service.rsplit_once(['_', ' ', '.']) {
        if !(resource(last) || percentile(last)) {
            break;
        }
        found |= resource(last);
        service = front;
    }
    (found && !resource(service) && service.chars().any(char::is_alphabetic)).then(|| service.to_string())
}

/// Labels that name the operation, best first.
const OPERATION_LABELS: [&str; 8] =
    ["http_route", "route", "handler", "endpoint", "operation", "rpc_method", "grpc_method", "uri"];

/// Operation as a label names it.
pub(super) fn operation(series: &Series) -> Option<&str> {
    OPERATION_LABELS.iter().find_map(|l| label(&series.labels, l)).map(String::as_str).filter(|v| !v.is_empty())
}

/// The part of a column title before its first measure word, as written ("kv error rate" is "kv").
fn from_column(name: &str) -> Option<String> {
    let parts: Vec<(usize, &str)> = {
        let mut parts = Vec::new();
        let mut start = None;
        for (i, c) in name.char_indices().chain([(name.len(), ' ')]) {
            match (c.is_alphanumeric(), start) {
                (true, None) => start = Some(i),
                (false, Some(s)) => {
                    parts.push((s, &name[s..i]));
                    start = None;
                }
                _ => {}
            }
        }
        parts
    };
    let is_measure = |word: &str| MEASURE_WORDS.contains(&word.to_lowercase().as_str());
    let first = parts.iter().position(|(_, w)| is_measure(w))?;
    let (end, _) = parts.get(first)?;
    let service = name[..*end].trim_matches(|c: char| !c.is_alphanumeric());
    (first > 0 && !service.is_empty()).then(|| service.to_string())
}

/// Outcome in a label value: `503`, `5xx`, `5`, `500.0`, a gRPC code name or a plain word.
pub(super) fn outcome_of(label: &str, value: &str) -> Option<Outcome> {
    let lower = value.trim().to_ascii_lowercase();
    if let Some(class) = lower.strip_suffix("xx").and_then(|c| c.parse::<u16>().ok()) {
        return Some(of_class(class));
    }
    if let Ok(number) = lower.parse::<f64>() {
        let code = number as u16;
        let grpc = label.contains("grpc");
        return Some(match code {
            _ if grpc => Outcome::of_grpc(code),
            1..=5 => of_class(code),
            _ => Outcome::of_http(code),
        });
    }
    Some(match lower.replace(['_', '-', ' '], "").as_str() {
        "ok" | "success" | "succeeded" | "successful" | "hit" | "pass" | "passed" | "redirection" | "informational" => {
            Outcome::Ok
        }
        "error" | "failure" | "failed" | "fail" | "servererror" | "internal" | "unavailable" | "unknown"
        | "unimplemented" | "dataloss" | "exception" => Outcome::ServerError,
        "timeout" | "deadlineexceeded" => Outcome::Timeout,
        "resourceexhausted" | "throttled" | "ratelimited" | "shed" | "rejected" => Outcome::Throttled,
        "cancelled" | "canceled" | "aborted" => Outcome::Cancelled,
        "clienterror" | "notfound" | "invalidargument" | "permissiondenied" | "unauthenticated" | "alreadyexists"
        | "failedprecondition" | "outofrange" => Outcome::ClientError,
        _ => return None,
    })
}

fn of_class(class: u16) -> Outcome {
    match class {
        5 => Outcome::ServerError,
        4 => Outcome::ClientError,
        1..=3 => Outcome::Ok,
        _ => Outcome::Unknown,
    }
}

/// The label that tells outcomes apart, with its outcome.
fn labelled_outcome(labels: &BTreeMap<String, String>) -> Option<Outcome> {
    CODE_LABELS.iter().find_map(|l| label(labels, l).and_then(|v| outcome_of(l, v)))
}

/// What the series is about.
pub(super) fn role(series: &Series) -> Role {
    let words = words(&series.name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    if let Some(bound) = series.labels.get("le") {
        return bucket(series, &words, bound).unwrap_or(Role::Other);
    }
    if has(&["bucket", "created"]) || words.last().is_some_and(|w| w == "sum" && words.len() > 1) {
        return Role::Other;
    }
    let count_of_durations = series.name.ends_with("_count");
    if !count_of_durations && let Some(latency) = latency(series, &words) {
        return latency;
    }
    let share = share_factor(series, &words);
    // An average or a maximum of counts is no count.
    if share.is_none() && statistic(series).is_some_and(|s| !matches!(s.as_str(), "sum" | "total" | "count")) {
        return Role::Other;
    }
    let failing = has(&["error", "errors", "err", "failure", "failures", "failed", "fail", "5xx", "faults", "fault"]);
    let succeeding = has(&["success", "successful", "successes", "availability", "available"]);
    match share {
        Some(factor) if failing => return Role::ErrorRatio(factor),
        Some(factor) if succeeding => return Role::SuccessRatio(factor),
        Some(_) => return Role::Other,
        None => {}
    }
    let requests = has(&[
        "request",
        "requests",
        "req",
        "rq",
        "rps",
        "qps",
        "calls",
        "hits",
        "invocations",
        "handled",
        "throughput",
        "responses",
    ]) || matches!(words.as_slice(), [only] if only == "count");
    let counts = requests || count_of_durations || has(&["count", "total"]);
    if counts && let Some(outcome) = labelled_outcome(&series.labels) {
        return Role::Outcome(outcome);
    }
    // Parts of a total that stands beside them: taking them too would count a request twice.
    if has(&["2xx", "3xx", "4xx", "1xx"]) {
        return Role::Other;
    }
    match (failing, requests) {
        (true, _) => Role::Failures,
        (_, true) if !has(&["size", "bytes", "queue", "pending", "active", "flight", "inflight"]) => Role::Requests,
        _ => Role::Other,
    }
}

/// Factor to 0..1 when the series is a share.
fn share_factor(series: &Series, words: &[String]) -> Option<f64> {
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let unit = series.unit.as_deref().unwrap_or("").to_ascii_lowercase();
    match series.kind {
        MetricKind::Ratio => return Some(1.0),
        MetricKind::Percent => return Some(0.01),
        MetricKind::Counter | MetricKind::Delta | MetricKind::Rate => return None,
        MetricKind::Gauge => {}
    }
    if unit.contains('%') || unit.contains("percent") || has(&["percent", "pct", "percentage"]) {
        return Some(0.01);
    }
    if !has(&["rate", "ratio", "share", "availability"]) || unit.contains("/s") || has(&["per", "rps", "qps"]) {
        return None;
    }
    // Without a unit the numbers speak: shares do not exceed 1, percentages not 100.
    let most = series.points.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    match most {
        m if m <= 1.02 => Some(1.0),
        m if m <= 100.5 => Some(0.01),
        _ => None,
    }
}

/// The statistic that the points are of, where a label says it in a word that is known.
fn statistic(series: &Series) -> Option<String> {
    let said = series.labels.get("statistic").or_else(|| series.labels.get("stat"))?.to_ascii_lowercase();
    let percentile = said.strip_prefix('p').is_some_and(|p| p.parse::<f64>().is_ok());
    let known = [
        "sum",
        "total",
        "count",
        "average",
        "avg",
        "mean",
        "minimum",
        "min",
        "maximum",
        "max",
        "samplecount",
        "median",
        "stddev",
    ];
    (percentile || known.contains(&said.as_str())).then_some(said)
}

/// A bucket of a histogram of durations, by its upper bound.
fn bucket(series: &Series, words: &[String], bound: &str) -> Option<Role> {
    let about = ["latency", "duration", "rtt", "seconds", "milliseconds", "ms", "time"];
    words.iter().any(|w| about.contains(&w.as_str())).then_some(())?;
    let bound =
        if bound.trim_start_matches('+').eq_ignore_ascii_case("inf") { f64::INFINITY } else { bound.parse().ok()? };
    (bound >= 0.0).then(|| Role::Bucket(bound * to_ms(series, words)))
}

/// Which percentile, and the factor to milliseconds (ms when no unit is written).
fn latency(series: &Series, words: &[String]) -> Option<Role> {
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let quantile =
        series.labels.get("quantile").or_else(|| series.labels.get("percentile")).and_then(|q| q.parse::<f64>().ok());
    let statistic = statistic(series);
    let of_statistic = statistic.as_deref().and_then(|s| s.strip_prefix('p')).and_then(|p| p.parse::<f64>().ok());
    let percentile = match quantile.or(of_statistic).map(|q| if q > 1.0 { q / 100.0 } else { q }) {
        Some(q) if q >= 0.985 => Some(2),
        Some(q) if q >= 0.9 => Some(1),
        Some(q) if (0.45..0.6).contains(&q) => Some(0),
        Some(_) => return None,
        None if has(&["p99"]) => Some(2),
        None if has(&["p95", "p90"]) => Some(1),
        None if has(&["p50", "median"]) => Some(0),
        None if has(&["lat"]) && has(&["99"]) => Some(2),
        None if has(&["lat"]) && has(&["90", "95"]) => Some(1),
        None if has(&["lat"]) && has(&["50"]) => Some(0),
        None => None,
    };
    let about = has(&["latency", "lat", "duration", "rtt"]) || (has(&["response"]) && has(&["time"]));
    let average = has(&["avg", "mean"]) || statistic.is_some_and(|s| matches!(s.as_str(), "average" | "avg" | "mean"));
    let percentile = percentile
        .filter(|_| about || of_statistic.is_none())
        .or_else(|| (about && series.kind == MetricKind::Gauge && average).then_some(0))?;
    Some(Role::Latency(percentile, to_ms(series, words)))
}

/// Factor to milliseconds; ms when neither unit nor name says.
fn to_ms(series: &Series, words: &[String]) -> f64 {
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let unit = series.unit.as_deref().unwrap_or("").to_ascii_lowercase();
    match unit.as_str() {
        "s" | "sec" | "seconds" => 1000.0,
        "us" | "µs" | "microseconds" => 0.001,
        "ns" => 1e-6,
        "" if has(&["seconds", "sec"]) && !has(&["ms"]) => 1000.0,
        "" if has(&["us", "microseconds"]) => 0.001,
        _ => 1.0,
    }
}

/// What a series is: by the user's rule for its name, else by [`role`].
pub(super) fn role_by(rules: &MetricRules, series: &Series) -> Role {
    rules.of(&series.name).map_or_else(|| role(series), |rule| by_rule(rule, series))
}

/// The role that a rule of the user gives a series.
fn by_rule(rule: &MetricRule, series: &Series) -> Role {
    let unit = rule.unit.as_deref().or(series.unit.as_deref()).unwrap_or("").to_ascii_lowercase();
    let most = series.points.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    let percent = unit.contains('%') || unit.contains("percent") || (unit.is_empty() && most > 1.02);
    let share = if percent { 0.01 } else { 1.0 };
    let words = words(&series.name);
    match rule.role {
        MetricRole::Requests => labelled_outcome(&series.labels).map_or(Role::Requests, Role::Outcome),
        MetricRole::Errors => Role::Failures,
        MetricRole::ErrorRatio => Role::ErrorRatio(share),
        MetricRole::SuccessRatio => Role::SuccessRatio(share),
        MetricRole::Latency => {
            let unit = Some(unit).filter(|unit| !unit.is_empty());
            let with_unit = Series { unit, points: Vec::new(), rows: Vec::new(), ..series.clone() };
            let which =
                latency(&with_unit, &words).map_or(1, |role| if let Role::Latency(i, _) = role { i } else { 1 });
            Role::Latency(which, to_ms(&with_unit, &words))
        }
        MetricRole::Ignore => Role::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::metrics::tests::series;
    use super::*;

    #[test]
    fn a_column_title_names_service_and_measure() {
        let s = series("kv error rate", &[], &[(0, 0.01), (60, 0.9)]);
        assert_eq!((service(&s).as_deref(), role(&s)), (Some("kv"), Role::ErrorRatio(1.0)));
        let s = series("serviceA_latency_p95", &[], &[(0, 12.0)]);
        assert_eq!((service(&s).as_deref(), role(&s)), (Some("serviceA"), Role::Latency(1, 1.0)));
        for (name, of) in [("carts_cpu", "carts"), ("front-end_lat_90", "front-end"), ("orders db mem", "orders db")] {
            assert_eq!(service(&series(name, &[], &[(0, 1.0)])).as_deref(), Some(of));
        }
        assert_eq!(role(&series("front-end_lat_90", &[], &[(0, 12.0)])), Role::Latency(1, 1.0));
        assert_eq!(service(&series("jvm_memory_used_bytes", &[], &[(0, 1.0)])), None);
        assert_eq!(service(&series("cpu", &[], &[(0, 1.0)])), None);
        let s = series("Login success %", &[], &[(0, 99.0)]);
        assert_eq!((service(&s).as_deref(), role(&s)), (Some("Login"), Role::SuccessRatio(0.01)));
        let s = series("error_rate", &[("service", "AI Gateway")], &[(0, 97.0)]);
        assert_eq!((service(&s).as_deref(), role(&s)), (Some("AI Gateway"), Role::ErrorRatio(0.01)));
    }

    #[test]
    fn codes_come_in_many_spellings() {
        for value in ["5xx", "500", "500.0", "503"] {
            assert_eq!(outcome_of("code", value), Some(Outcome::ServerError), "{value}");
        }
        assert_eq!(outcome_of("envoy_response_code_class", "5"), Some(Outcome::ServerError));
        assert_eq!(outcome_of("grpc_code", "Unavailable"), Some(Outcome::ServerError));
        assert_eq!(outcome_of("grpc_code", "NotFound"), Some(Outcome::ClientError));
        assert_eq!(outcome_of("rpc_grpc_status_code", "4"), Some(Outcome::Timeout));
        assert_eq!(outcome_of("status", "firing"), None);
    }

    #[test]
    fn a_rule_of_the_user_speaks_for_a_private_name() {
        let rule = |role, unit: Option<&str>| MetricRule { role, unit: unit.map(str::to_string), service: None };
        let s = series("acme_oops", &[], &[(0, 3.0)]);
        assert_eq!(by_rule(&rule(MetricRole::Errors, None), &s), Role::Failures);
        assert_eq!(by_rule(&rule(MetricRole::ErrorRatio, None), &s), Role::ErrorRatio(0.01));
        assert_eq!(by_rule(&rule(MetricRole::Latency, Some("s")), &s), Role::Latency(1, 1000.0));
        assert_eq!(by_rule(&rule(MetricRole::Ignore, None), &s), Role::Other);
    }

    #[test]
    fn names_of_the_usual_exporters_are_understood() {
        for (name, label) in [
            ("http_requests_total", ("code", "503")),
            ("http_server_request_duration_seconds_count", ("http_response_status_code", "500")),
            ("istio_requests_total", ("response_code", "503")),
            ("nginx_ingress_controller_requests", ("status", "502")),
            ("envoy_cluster_upstream_rq_xx", ("envoy_response_code_class", "5")),
            ("grpc_server_handled_total", ("grpc_code", "Internal")),
        ] {
            assert_eq!(role(&series(name, &[label], &[(0, 1.0)])), Role::Outcome(Outcome::ServerError), "{name}");
        }
        assert_eq!(role(&series("HTTPCode_Target_5XX_Count", &[], &[(0, 7.0)])), Role::Failures);
        assert_eq!(role(&series("requests_per_sec", &[], &[(0, 7.0)])), Role::Requests);
        assert_eq!(
            role(&series("http_request_duration_seconds_bucket", &[("le", "0.5")], &[(0, 7.0)])),
            Role::Bucket(500.0)
        );
        assert_eq!(role(&series("response_size_bytes_bucket", &[("le", "100")], &[(0, 7.0)])), Role::Other);
        assert_eq!(role(&series("5XXError", &[("statistic", "Sum")], &[(0, 7.0)])), Role::Failures);
        assert_eq!(role(&series("RequestCount", &[("statistic", "Average")], &[(0, 7.0)])), Role::Other);
        let latency = series("TargetResponseTime", &[("statistic", "p99")], &[(0, 7.0)]);
        assert_eq!(role(&Series { unit: Some("Seconds".into()), ..latency }), Role::Latency(2, 1000.0));
        assert_eq!(role(&series("apdex", &[], &[(0, 0.9)])), Role::Other);
        assert_eq!(role(&series("process_cpu_seconds_total", &[], &[(0, 7.0)])), Role::Other);
    }
}
