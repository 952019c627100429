//! What a metric is, by its name and labels (shared formats catalogue §11).

use std::collections::BTreeMap;

use crate::model::{MetricKind, Outcome, Series};

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
    /// Nothing about requests.
    Other,
}

/// Labels that name the service, best first.
const SERVICE_LABELS: [&str; 16] = [
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
    for c in name.chars() {
        let hump = c.is_uppercase() && previous.is_lowercase();
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

/// Service as the series names it: a label, else what is left of a column name without measure
/// words. `None` when neither says.
pub(super) fn service(series: &Series) -> Option<String> {
    let label = SERVICE_LABELS.iter().find_map(|l| series.labels.get(*l)).filter(|v| !v.is_empty());
    label.cloned().or_else(|| from_column(&series.name))
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
    CODE_LABELS.iter().find_map(|l| labels.get(*l).and_then(|v| outcome_of(l, v)))
}

/// What the series is about.
pub(super) fn role(series: &Series) -> Role {
    let words = words(&series.name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    if has(&["bucket", "created"])
        || series.labels.contains_key("le")
        || words.last().is_some_and(|w| w == "sum" && words.len() > 1)
    {
        return Role::Other;
    }
    let count_of_durations = series.name.ends_with("_count");
    if !count_of_durations && let Some(latency) = latency(series, &words) {
        return latency;
    }
    let share = share_factor(series, &words);
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

/// Which percentile, and the factor to milliseconds (ms when no unit is written).
fn latency(series: &Series, words: &[String]) -> Option<Role> {
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let quantile =
        series.labels.get("quantile").or_else(|| series.labels.get("percentile")).and_then(|q| q.parse::<f64>().ok());
    let percentile = match quantile.map(|q| if q > 1.0 { q / 100.0 } else { q }) {
        Some(q) if q >= 0.985 => Some(2),
        Some(q) if q >= 0.9 => Some(1),
        Some(q) if (0.45..0.6).contains(&q) => Some(0),
        Some(_) => return None,
        None if has(&["p99"]) => Some(2),
        None if has(&["p95", "p90"]) => Some(1),
        None if has(&["p50", "median"]) => Some(0),
        None => None,
    };
    let about = has(&["latency", "duration", "rtt"]) || (has(&["response"]) && has(&["time"]));
    let percentile =
        percentile.or_else(|| (about && series.kind == MetricKind::Gauge && has(&["avg", "mean"])).then_some(0))?;
    let unit = series.unit.as_deref().unwrap_or("").to_ascii_lowercase();
    let factor = match unit.as_str() {
        "s" | "sec" | "seconds" => 1000.0,
        "us" | "µs" | "microseconds" => 0.001,
        "ns" => 1e-6,
        "" if has(&["seconds", "sec"]) && !has(&["ms"]) => 1000.0,
        "" if has(&["us", "microseconds"]) => 0.001,
        _ => 1.0,
    };
    Some(Role::Latency(percentile, factor))
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
        assert_eq!(role(&series("http_request_duration_seconds_bucket", &[("le", "1")], &[(0, 7.0)])), Role::Other);
        assert_eq!(role(&series("process_cpu_seconds_total", &[], &[(0, 7.0)])), Role::Other);
    }
}
