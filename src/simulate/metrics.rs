//! Files made of counts of requests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Source;
use super::output::{Out, Stage};
use super::source::{SourceFormat, Trap, Written};
use super::traffic::Requests;
use super::world::{OperationInUse, ServiceInUse, World};
use crate::error::Result;

/// Answers of one service by operation and status, per step.
struct Counts {
    by_status: BTreeMap<(u16, u16), Vec<u64>>,
    total: Vec<u64>,
    failed: Vec<u64>,
}

/// The steps of a source: step `k` covers `(from + k·step, from + (k+1)·step]`, true time in ns.
#[derive(Clone, Copy)]
struct Steps {
    from_ns: i64,
    step_ns: i64,
    count: usize,
    offset_ns: i64,
}

impl Steps {
    fn of(world: &World<'_>, source: &Source) -> Steps {
        let (from, to) = world.covers(source);
        let step_ms = i64::from(source.step_s.max(1)) * 1000;
        Steps {
            from_ns: world.ns(from),
            step_ns: step_ms * 1_000_000,
            count: ((to - from) / step_ms).max(0) as usize,
            offset_ns: (source.clock_offset_s * 1e9) as i64,
        }
    }

    /// The step an instant lies in; `None` outside.
    fn index(self, ns: i64) -> Option<usize> {
        let k = (ns - self.from_ns - 1).div_euclid(self.step_ns);
        usize::try_from(k).ok().filter(|k| *k < self.count)
    }

    /// Beginning of step `k` by the writer's clock.
    fn start_ns(self, k: usize) -> i64 {
        self.from_ns + self.step_ns * k as i64 + self.offset_ns
    }

    /// End of step `k` by the writer's clock.
    fn end_ns(self, k: usize) -> i64 {
        self.start_ns(k) + self.step_ns
    }
}

/// Writes one source.
pub(super) fn write(world: &World<'_>, source: &Source, stage: &Stage) -> Result<()> {
    let steps = Steps::of(world, source);
    let mut out = stage.create(&source.path)?;
    match source.format {
        SourceFormat::GrafanaCsv => grafana(world, source, steps, &mut out)?,
        SourceFormat::LongCsv => long(world, source, steps, &mut out)?,
        _ => prometheus(world, source, steps, &mut out)?,
    }
    out.finish()
}

fn count(world: &World<'_>, source: &Source, steps: Steps, service: usize) -> Counts {
    let zeros = || vec![0; steps.count];
    let mut counts = Counts { by_status: BTreeMap::new(), total: zeros(), failed: zeros() };
    for request in Requests::new(world, &[service], &source.operations) {
        let Some(k) = steps.index(request.end_ns()) else { continue };
        let operation = if source.whole_services { 0 } else { request.operation };
        let column = counts.by_status.entry((operation, request.status)).or_insert_with(zeros);
        let add = |to: &mut Vec<u64>| {
            if let Some(n) = to.get_mut(k) {
                *n += 1;
            }
        };
        add(column);
        add(&mut counts.total);
        if request.failed {
            add(&mut counts.failed);
        }
    }
    counts
}

fn prometheus(world: &World<'_>, source: &Source, steps: Steps, out: &mut Out) -> Result<()> {
    out.write(b"{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[")?;
    let mut first = true;
    for index in world.carried(source) {
        let Some(service) = world.services.get(index) else { continue };
        let counts = count(world, source, steps, index);
        let series = if source.format == SourceFormat::PrometheusRatio {
            vec![ratio_series(service, &counts, steps)]
        } else {
            counter_series(world, source, service, &counts, steps)
        };
        for text in series {
            out.write(if first { b"\n" } else { b",\n" })?;
            first = false;
            out.write(text.as_bytes())?;
        }
    }
    out.write(b"\n]}}\n")
}

fn ratio_series(service: &ServiceInUse, counts: &Counts, steps: Steps) -> String {
    let mut points = String::new();
    for (k, (failed, total)) in counts.failed.iter().zip(&counts.total).enumerate() {
        if *total > 0 {
            point(&mut points, steps.end_ns(k), &format!("{:.6}", *failed as f64 / *total as f64));
        }
    }
    format!(
        "{{\"metric\":{{\"__name__\":\"service:http_requests:error_ratio\",\"service\":\"{}\"}},\"values\":[{points}]}}",
        service.slug
    )
}

/// One counter by operation and code. A code that never occurred before is born with its first one.
fn counter_series(
    world: &World<'_>,
    source: &Source,
    service: &ServiceInUse,
    counts: &Counts,
    steps: Steps,
) -> Vec<String> {
    let mut series = Vec::new();
    for ((operation, status), column) in &counts.by_status {
        let in_use = service.operations.get(usize::from(*operation));
        let common = in_use.is_some_and(|o| o.ok_status == *status || o.baseline > 0.0);
        let name = in_use.map(OperationInUse::written).unwrap_or_default();
        let before = world.bits(&format!("counter/{}/{name}/{status}", service.key)) % 900_000;
        let mut value = if common { before + 1000 } else { 0 };
        let mut points = String::new();
        for (k, n) in column.iter().enumerate() {
            let (start, end) = (steps.start_ns(k) - steps.offset_ns, steps.end_ns(k) - steps.offset_ns);
            if source.restart_at.iter().any(|m| (start..end).contains(&world.ns(m.ms))) {
                value = 0;
            }
            value += n;
            if value > 0 {
                point(&mut points, steps.end_ns(k), &value.to_string());
            }
        }
        let label = if source.whole_services { String::new() } else { format!(",\"operation\":{}", quoted(&name)) };
        series.push(format!(
            "{{\"metric\":{{\"__name__\":\"http_requests_total\",\"code\":\"{status}\",\"job\":\"edge\"{label},\
             \"service\":\"{}\"}},\"values\":[{points}]}}",
            service.slug
        ));
    }
    series
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn point(points: &mut String, ns: i64, value: &str) {
    let comma = if points.is_empty() { "" } else { "," };
    let millis = ns.rem_euclid(1_000_000_000) / 1_000_000;
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
    let _ = write!(points, "{comma}[{}{fraction},\"{value}\"]", ns.div_euclid(1_000_000_000));
}

/// A panel with one column per service, in percent; the zone is the browser's and is not written.
fn grafana(world: &World<'_>, source: &Source, steps: Steps, out: &mut Out) -> Result<()> {
    let carried = world.carried(source);
    let columns: Vec<Counts> = carried.iter().map(|i| count(world, source, steps, *i)).collect();
    let names = carried.iter().filter_map(|i| world.services.get(*i));
    let heads: Vec<String> = names.map(|s| format!("\"{} errors\"", s.name.replace('"', ""))).collect();
    if source.has(Trap::Bom) {
        out.write(b"\xef\xbb\xbf")?;
    }
    out.write(format!("\"Time\",{}\r\n", heads.join(",")).as_bytes())?;
    for k in 0..steps.count {
        let mut row = stamp(world, source, steps.end_ns(k));
        for counts in &columns {
            let (failed, total) = (counts.failed.get(k).unwrap_or(&0), counts.total.get(k).unwrap_or(&0));
            row.push(',');
            if *total > 0 {
                let _ = write!(row, "{:.2} %", *failed as f64 / *total as f64 * 100.0);
            }
        }
        out.write(row.as_bytes())?;
        out.write(b"\r\n")?;
    }
    Ok(())
}

/// One row per time, service and status class; the stamp is the beginning of the step.
fn long(world: &World<'_>, source: &Source, steps: Steps, out: &mut Out) -> Result<()> {
    out.write(b"time,service,status_class,requests\n")?;
    let carried = world.carried(source);
    let columns: Vec<(usize, Counts)> = carried.into_iter().map(|i| (i, count(world, source, steps, i))).collect();
    for k in 0..steps.count {
        let at = stamp(world, source, steps.start_ns(k));
        for (index, counts) in &columns {
            let slug = world.services.get(*index).map_or("", |s| s.slug.as_str());
            let mut classes: BTreeMap<u16, u64> = BTreeMap::new();
            for ((_, status), column) in &counts.by_status {
                *classes.entry(status / 100).or_default() += column.get(k).unwrap_or(&0);
            }
            for (class, n) in classes.iter().filter(|(class, n)| **n > 0 || **class == 2) {
                out.write(format!("{at},{slug},{class}xx,{n}\n").as_bytes())?;
            }
        }
    }
    Ok(())
}

fn stamp(world: &World<'_>, source: &Source, ns: i64) -> String {
    let zone = world.zone(source);
    let wall = zone.wall(ns);
    match source.written {
        None | Some(Written::None) => format!("{} {}", wall.date(), wall.time()),
        Some(Written::Offset) => format!("{}T{}{}", wall.date(), wall.time(), wall.offset(false)),
        Some(Written::Z) => {
            let utc = super::zone::Zone::Fixed(0).wall(ns);
            format!("{}T{}Z", utc.date(), utc.time())
        }
    }
}
