//! The values behind the curves, for the script of a page: what a pointer reads.

use serde_json::{Map, Value, json};

use crate::model::{Bucket, Incident, ServiceRates};

use super::panel::view;
use super::text::shorten;
use super::traffic::total;

/// A value of a bucket with the decimals kept.
type Of = fn(&Bucket) -> Option<f64>;
/// Keys of a service's values; absent where no bucket has one.
const VALUES: [(&str, Of, i32); 8] = [
    ("requests", |b| b.requests, 1),
    ("failed", |b| b.failed, 1),
    ("ratio", |b| b.ratio.map(|r| r.value), 4),
    ("low", |b| b.ratio.map(|r| r.low), 4),
    ("high", |b| b.ratio.map(|r| r.high), 4),
    ("p50", |b| b.p50_ms, 1),
    ("p95", |b| b.p95_ms, 1),
    ("p99", |b| b.p99_ms, 1),
];

/// One JSON object: `bucket` (seconds), `from` and `to` (what the plots show, seconds since 1970),
/// `services`: by the name the plots bear, `first` (start of the first bucket) and one list for each
/// of `requests`, `failed`, `ratio`, `low`, `high`, `p50`, `p95`, `p99` (ms), null where nothing was
/// seen. Without a `<`, so that no page ends early. `{}` without curves.
pub fn readings(incident: &Incident) -> String {
    let Some((from, to)) = view(incident) else { return "{}".to_string() };
    let bucket_s = i64::from(incident.rates.bucket_s.max(1));
    let mut services = Map::new();
    for service in &incident.rates.services {
        if let Some(values) = values(service, (from, to), bucket_s) {
            services.insert(shorten(&service.service, 200), values);
        }
    }
    if let Some(sum) = total(incident) {
        let inside: Vec<(i64, f64)> = sum.range(from - bucket_s..=to).map(|(at, v)| (*at, *v)).collect();
        if let (Some(first), Some(last)) = (inside.first(), inside.last()) {
            let list: Vec<Value> = (0..=(last.0 - first.0) / bucket_s)
                .map(|n| sum.get(&(first.0 + n * bucket_s)).map_or(Value::Null, |v| number(v * bucket_s as f64, 1)))
                .collect();
            services.insert("All services".into(), json!({"first": first.0, "requests": list}));
        }
    }
    json!({"bucket": bucket_s, "from": from, "to": to, "services": services}).to_string().replace('<', "\\u003c")
}

fn values(service: &ServiceRates, (from, to): (i64, i64), bucket_s: i64) -> Option<Value> {
    let shown: Vec<&Bucket> =
        service.buckets.iter().filter(|b| b.start_s > from - bucket_s && b.start_s <= to).collect();
    let (first, last) = (shown.first()?.start_s, shown.last()?.start_s);
    let slots = usize::try_from((last - first) / bucket_s + 1).ok()?;
    let mut out = Map::from_iter([("first".to_string(), json!(first))]);
    for (key, of, decimals) in VALUES {
        let mut list = vec![Value::Null; slots];
        for bucket in &shown {
            let slot = usize::try_from((bucket.start_s - first) / bucket_s).ok()?;
            if let (Some(slot), Some(value)) = (list.get_mut(slot), of(bucket)) {
                *slot = number(value, decimals);
            }
        }
        if list.iter().any(|v| !v.is_null()) {
            out.insert(key.to_string(), Value::Array(list));
        }
    }
    (out.len() > 1).then_some(Value::Object(out))
}

/// A number with at most `decimals`, a whole one without a point.
fn number(value: f64, decimals: i32) -> Value {
    let scale = 10f64.powi(decimals);
    let rounded = (value * scale).round() / scale;
    if rounded.fract() == 0.0 && rounded.abs() < 9e15 { json!(rounded as i64) } else { json!(rounded) }
}
