use super::*;
use crate::model::{Level, Outcome, StampMeaning};

fn record<'a>(pairs: &[(&str, Value<'a>)]) -> crate::model::LogRecord<'a> {
    let mut fields = Fields::default();
    for (key, value) in pairs {
        fields.offer(key, value.clone());
    }
    fields.into_record()
}

fn text(s: &str) -> Value<'_> {
    Value::Text(s.into())
}

#[test]
fn durations_with_units_are_read_to_the_nanosecond() {
    for (written, ns) in [
        ("2.01s", Some(2_010_000_000)),
        ("340µs", Some(340_000)),
        ("1m3s", Some(63_000_000_000)),
        ("123 ms", Some(123_000_000)),
        ("1h2m3.5s", Some(3_723_500_000_000)),
        ("12ms", Some(12_000_000)),
        ("12", None),
        ("", None),
        ("fast", None),
        ("1.2.3s", None),
        ("-2s", None),
        ("99999999999999999999s", None),
    ] {
        assert_eq!(duration_ns(written), ns, "{written}");
    }
}

#[test]
fn operations_have_few_values() {
    for (method, path, operation) in [
        ("GET", "/v1/kv/site?cache=1", "GET /v1/kv/site"),
        ("GET", "/users/123/orders/9f8e7d6c5b4a", "GET /users/{}/orders/{}"),
        ("DELETE", "/f/6f1c9a50-1111-4222-8333-444455556666", "DELETE /f/{}"),
        ("GET", "/a/b/c/d/e/f", "GET /a/b/c/d"),
        ("GET", "https://kv.example/v2/x?y=z", "GET /v2/x"),
        ("GET", "/", "GET /"),
        ("", "/", "/"),
        ("POST", "", "POST"),
        ("GET", "/a%20b/x", "GET /{}/x"),
        ("GET", "/feedback/decade", "GET /feedback/decade"),
    ] {
        assert_eq!(operation_of(method, path), operation, "{path}");
    }
}

#[test]
fn levels_are_read_from_words_and_numbers() {
    for (written, level) in [
        ("ERROR+2", Some(Level::Error)),
        ("warning", Some(Level::Warn)),
        ("50", Some(Level::Error)),
        ("3", Some(Level::Error)),
        ("500", Some(Level::Error)),
        ("banana", None),
        ("42", None),
    ] {
        assert_eq!(level_of(written), level, "{written}");
    }
}

#[test]
fn the_unit_of_a_latency_comes_from_its_key() {
    assert_eq!(record(&[("duration_ms", Value::Number("12.5"))]).duration_ns, Some(12_500_000));
    assert_eq!(record(&[("responseTime", Value::Number("12"))]).duration_ns, Some(12_000_000));
    assert_eq!(record(&[("event.duration", Value::Number("12"))]).duration_ns, Some(12));
    assert_eq!(record(&[("request_latency_us", Value::Number("12"))]).duration_ns, Some(12_000));
    assert_eq!(record(&[("duration", Value::Number("12"))]).duration_ns, None);
    assert_eq!(record(&[("duration", text("2.01s"))]).duration_ns, Some(2_010_000_000));
    assert_eq!(record(&[("connect_timeout_ms", Value::Number("12"))]).duration_ns, None);
    let envoy = [("duration", Value::Number("12")), ("response_flags", text("-"))];
    assert_eq!(record(&envoy).duration_ns, Some(12_000_000));
}

#[test]
fn a_status_makes_a_request_and_a_word_there_is_a_level() {
    let request = record(&[("status", Value::Number("503")), ("path", text("/kv/9"))]);
    assert_eq!(
        (request.request_outcome(), request.stamp, request.operation.as_deref()),
        (Some(Outcome::ServerError), StampMeaning::End, Some("/kv/{}"))
    );
    let line = record(&[("status", text("error"))]);
    assert_eq!((line.level, line.request_outcome()), (Some(Level::Error), None));
    assert_eq!(record(&[("status", Value::Number("7"))]).level, None);
    assert_eq!(record(&[("grpc.code", text("Unavailable"))]).request_outcome(), Some(Outcome::ServerError));
    let probe = record(&[("status", Value::Number("200")), ("path", text("/healthz"))]);
    assert_eq!(probe.request_outcome(), Some(Outcome::Probe));
}

#[test]
fn the_more_trusted_key_wins_and_of_one_key_the_last() {
    let r = record(&[("name", text("a")), ("service.name", text("kv")), ("app", text("b"))]);
    assert_eq!(r.service.as_deref(), Some("kv"));
    let r = record(&[("level", text("info")), ("level", text("error"))]);
    assert_eq!(r.level, Some(Level::Error));
    assert_eq!(record(&[("name", text("pool"))]).service, None);
    let bunyan = [("name", text("kv")), ("pid", Value::Number("1"))];
    assert_eq!(record(&bunyan).service.as_deref(), Some("kv"));
}

#[test]
fn an_error_without_a_level_is_an_error_and_joins_the_message() {
    let r = record(&[("msg", text("read failed")), ("err", text("deadline"))]);
    assert_eq!((r.level, &*r.body), (Some(Level::Error), "read failed: deadline"));
    assert_eq!(record(&[("msg", text("x")), ("err", text(""))]).level, None);
    assert_eq!(record(&[("msg", text("x")), ("error", Value::Present)]).level, Some(Level::Error));
}

#[test]
fn upstreams_are_names_not_addresses() {
    for (written, name) in [
        ("kv-store", Some("kv-store")),
        ("http://kv.internal:8080/v1", Some("kv.internal")),
        ("outbound|443||kv.prod.svc", Some("kv.prod.svc")),
        ("10.2.0.9:8443", None),
        ("-", None),
        ("", None),
    ] {
        assert_eq!(upstream_name(written), name, "{written}");
    }
    assert_eq!(refused_by("dial: connection refused to kv:8443, giving up"), Some("kv"));
    assert_eq!(refused_by("connection refused"), None);
    for phrase in ["connection refused to", "failed to connect to", "timeout calling", "timed out calling"] {
        assert_eq!(refused_by(&format!("{phrase} kv:8443")), Some("kv"), "{phrase}");
    }
}
