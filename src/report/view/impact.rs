//! Impact by service: what was hurt, how badly, for how long; what was watched and not hurt.

use serde::Serialize;

use super::{Ctx, Moment, Refs};
use crate::model::{Citation, ErrorPolicy, ImpactWindow, OperationRates, Peak, Ratio, ServiceRates};
use crate::report::{chart, text};

/// Width and height of a sparkline in pixels.
const SPARK: (u32, u32) = (120, 24);
/// Operations named per service.
const OPERATIONS: usize = 12;

/// The worst bucket.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeakView {
    /// "90.2 %".
    pub value: String,
    /// 95 % interval.
    pub interval: String,
    /// Width of the bucket it was measured over.
    pub width: String,
    /// Start of the bucket.
    pub at: Moment,
}

/// One operation of a hurt service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationRow {
    /// Name.
    pub operation: String,
    /// Error ratio before; empty when unknown.
    pub baseline: String,
    /// Error ratio inside the incident; empty when unknown.
    pub during: String,
    /// Whether it was hurt.
    pub hurt: bool,
    /// Requests over the whole evidence.
    pub requests: String,
}

/// One hurt service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImpactRow {
    /// Canonical name.
    pub service: String,
    /// Team that owns it; may be empty.
    pub owner: String,
    /// Tiny curve as SVG (safe to print as it is); empty without a ratio.
    pub spark: String,
    /// Tiny curve in block characters; empty without a ratio.
    pub spark_text: String,
    /// What was hurt, in words ("error ratio").
    pub signal: String,
    /// Error ratio before; empty when unknown.
    pub baseline: String,
    /// Worst bucket; `None` without a ratio.
    pub peak: Option<PeakView>,
    /// Ratio over the whole window; empty when unknown.
    pub mean: String,
    /// When it began.
    pub onset: Moment,
    /// Whether it had begun before the evidence does.
    pub open_start: bool,
    /// When it ended; `None` when it had not.
    pub recovery: Option<Moment>,
    /// Length; empty while open.
    pub duration: String,
    /// Time until 95 % of the excess was over; empty when unknown.
    pub recovered_95: String,
    /// Failed requests, or error lines without a denominator.
    pub failed: String,
    /// Of them, above the baseline.
    pub excess: String,
    /// Requests missing against the baseline rate; empty when unknown.
    pub missing: String,
    /// Minutes above 1 %, 10 % and 50 %.
    pub minutes_above: Vec<String>,
    /// "95th percentile 80 ms before, 2.4 s at worst (18:10)"; empty without durations.
    pub latency: String,
    /// Later rises inside the window: "19:10–19:14".
    pub second_dips: Vec<String>,
    /// Further windows of the same service, in words.
    pub other_windows: Vec<String>,
    /// Operations that were hurt.
    pub hurt: Vec<OperationRow>,
    /// Operations that survived.
    pub survived: Vec<OperationRow>,
    /// Operations not named here.
    pub more_operations: usize,
    /// How it was seen: "ndjson: 12 345 requests".
    pub viewpoints: Vec<String>,
    /// Plain numbers by which a page's script sorts the rows.
    pub sort: SortKeys,
    /// Lines that show onset, peak and recovery.
    pub refs: Refs,
}

/// Plain numbers of a row; null where unknown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SortKeys {
    /// Error ratio before.
    pub baseline: Option<f64>,
    /// Ratio of the worst bucket.
    pub peak: Option<f64>,
    /// Onset, seconds since 1970.
    pub onset: i64,
    /// Recovery, seconds since 1970.
    pub recovery: Option<i64>,
    /// Length, seconds.
    pub duration: Option<i64>,
    /// Failed requests.
    pub failed: Option<f64>,
}

/// A service without impact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuietService {
    /// Name.
    pub service: String,
    /// What was seen of it.
    pub note: String,
    /// Paths it was seen in.
    pub sources: Vec<String>,
}

/// Services hurt together at another time than the incident.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ElsewhereRow {
    /// First onset.
    pub from: Moment,
    /// Last recovery; `None` when one of them had not recovered.
    pub to: Option<Moment>,
    /// Worst first: "checkout (48 % at worst)".
    pub services: Vec<String>,
    /// Lines.
    pub refs: Refs,
}

impl ElsewhereRow {
    /// "10:50–11:06 UTC checkout (90 % failed at worst) and 2 more".
    pub(in crate::report) fn words(&self) -> String {
        let to = self.to.as_ref().map_or_else(|| "open".to_string(), |t| t.text.clone());
        let first = self.services.first().map(String::as_str).unwrap_or_default();
        let more = match self.services.len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        format!("{}–{to} UTC {first}{more}", self.from.text)
    }
}

/// Impact of the incident.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImpactView {
    /// Width of every bucket.
    pub bucket: String,
    /// What was counted as an error, in words.
    pub policy: String,
    /// Hurt services, worst first.
    pub rows: Vec<ImpactRow>,
    /// Impact at other times, which is not part of the incident, in time order.
    pub elsewhere: Vec<ElsewhereRow>,
    /// Services watched and not hurt.
    pub unaffected: Vec<QuietService>,
    /// Services that failed from the first bucket to the last.
    pub throughout: Vec<QuietService>,
    /// Services seen, without enough to say either.
    pub unclear: Vec<QuietService>,
}

/// The impact section.
pub(super) fn view(ctx: &Ctx) -> ImpactView {
    let rates = &ctx.incident.rates;
    let unaffected = &ctx.incident.findings.unaffected;
    let quiet = |name: &str| QuietService {
        service: text::line(name),
        note: note(rates.service(name)),
        sources: rates.service(name).map(|s| paths(ctx, s)).unwrap_or_default(),
    };
    ImpactView {
        bucket: if rates.bucket_s > 0 { text::width(rates.bucket_s) } else { String::new() },
        policy: policy(&rates.policy),
        rows: ctx.hurt().into_iter().filter_map(|s| row(ctx, s)).collect(),
        elsewhere: elsewhere(ctx),
        unaffected: unaffected.iter().map(|n| quiet(n)).collect(),
        throughout: rates.services.iter().filter(|s| s.throughout.is_some()).map(|s| quiet(&s.service)).collect(),
        unclear: rates
            .services
            .iter()
            .filter(|s| s.impact.is_empty() && s.elsewhere.is_empty() && s.throughout.is_none())
            .filter(|s| !unaffected.contains(&s.service))
            .map(|s| quiet(&s.service))
            .collect(),
    }
}

/// Impact outside the incident.
pub(in crate::report) fn elsewhere(ctx: &Ctx) -> Vec<ElsewhereRow> {
    let row = |mut group: Vec<(&ServiceRates, &ImpactWindow)>| {
        let from = group.iter().map(|(_, w)| w.onset).min_by_key(|o| o.best_s)?;
        let ends = group.iter().map(|(_, w)| w.recovery.map(|r| r.best_s)).collect::<Option<Vec<_>>>();
        let peak = |w: &ImpactWindow| w.peak.as_ref().map_or(0.0, |p| p.ratio.value);
        group.sort_by(|a, b| peak(b.1).total_cmp(&peak(a.1)).then(b.1.failed.total_cmp(&a.1.failed)));
        let words = |(s, w): &(&ServiceRates, &ImpactWindow)| {
            let how = match &w.peak {
                Some(p) => format!("{} failed at worst", text::ratio(&p.ratio)),
                None => super::hero::hurt_without_ratio(s, w),
            };
            format!("{} ({how})", text::line(&s.service))
        };
        let evidence: Vec<Citation> = group.iter().flat_map(|(_, w)| w.evidence.iter().take(2).cloned()).collect();
        Some(ElsewhereRow {
            from: ctx.times.second(from.best_s),
            to: ends.and_then(|e| e.into_iter().max()).map(|s| ctx.times.second(s)),
            services: group.iter().map(words).collect(),
            refs: ctx.cites.of(&evidence),
        })
    };
    ctx.incident.rates.elsewhere().into_iter().filter_map(row).collect()
}

/// What counts as an error, in words.
fn policy(policy: &ErrorPolicy) -> String {
    let mut parts = vec!["server errors", "timeouts"];
    let more =
        [(policy.throttled, "throttled"), (policy.cancelled, "cancelled"), (policy.client_errors, "client errors")];
    parts.extend(more.into_iter().filter(|m| m.0).map(|m| m.1));
    parts.join(", ")
}

/// Paths of the sources that a service's curves were made from.
fn paths(ctx: &Ctx, service: &ServiceRates) -> Vec<String> {
    let primary = service.viewpoints.iter().filter(|v| v.primary).flat_map(|v| &v.sources);
    primary.filter_map(|id| ctx.incident.sources.get(id.0 as usize)).map(|s| text::line(&s.info.path)).collect()
}

/// What was seen of a service without impact.
fn note(service: Option<&ServiceRates>) -> String {
    let Some(service) = service else {
        return "named in the evidence, not measured".into();
    };
    if let Some(constant) = &service.throughout {
        return format!("failing throughout the evidence at {}, no onset in it", text::ratio(&constant.ratio));
    }
    let requests: f64 = service.viewpoints.iter().find(|v| v.primary).map_or(0.0, |v| v.requests);
    let highest = service.buckets.iter().filter_map(|b| b.ratio).max_by(|a, b| a.value.total_cmp(&b.value));
    match highest {
        Some(r) => format!("{} requests, highest bucket {}", text::count(requests), text::ratio(&r)),
        None => "no requests to make a ratio of".into(),
    }
}

/// Whether failures were counted at all: a stated ratio has none, and missing is not zero.
pub(super) fn counted(service: &ServiceRates) -> bool {
    service.buckets.iter().any(|b| b.requests.is_some() || b.error_lines > 0.0)
}

fn row(ctx: &Ctx, service: &ServiceRates) -> Option<ImpactRow> {
    let worst = service.worst()?;
    let (hurt, survived): (Vec<_>, Vec<_>) =
        service.operations.iter().take(OPERATIONS).map(operation).partition(|o| o.hurt);
    Some(ImpactRow {
        service: text::line(&service.service),
        spark: chart::sparkline(service, SPARK.0, SPARK.1),
        spark_text: chart::spark_text(service),
        signal: text::line(&worst.signal.replace('_', " ")),
        baseline: service.baseline.as_ref().map(text::ratio).unwrap_or_default(),
        peak: worst.peak.as_ref().map(|p| peak(ctx, p)),
        mean: worst.mean.as_ref().map(text::ratio).unwrap_or_default(),
        onset: ctx.times.interval(&worst.onset),
        open_start: worst.open_start,
        recovery: worst.recovery.as_ref().map(|r| ctx.times.interval(r)),
        duration: worst.duration_s().map(text::duration).unwrap_or_default(),
        recovered_95: worst.recovered_95_s.map(text::duration).unwrap_or_default(),
        failed: if counted(service) { text::count(worst.failed) } else { String::new() },
        excess: if counted(service) { text::count(worst.excess) } else { String::new() },
        missing: worst.missing.map(text::count).unwrap_or_default(),
        minutes_above: worst.minutes_above.iter().map(|m| text::count(*m)).collect(),
        latency: latency(ctx, service),
        second_dips: worst.second_dips.iter().map(|d| span(ctx, d.0, d.1)).collect(),
        owner: (ctx.incident.edition.services.services.get(&service.service))
            .and_then(|info| info.owner.as_deref())
            .map(text::line)
            .unwrap_or_default(),
        other_windows: other_windows(ctx, service, worst),
        hurt,
        survived,
        more_operations: service.operations.len().saturating_sub(OPERATIONS),
        viewpoints: service
            .viewpoints
            .iter()
            .map(|v| format!("{}: {} requests", text::line(&v.format), text::count(v.requests)))
            .collect(),
        sort: SortKeys {
            baseline: service.baseline.map(|b| b.value),
            peak: worst.peak.as_ref().map(|p| p.ratio.value),
            onset: worst.onset.best_s,
            recovery: worst.recovery.map(|r| r.best_s),
            duration: worst.duration_s(),
            failed: counted(service).then_some(worst.failed),
        },
        refs: ctx.cites.of(&worst.evidence),
    })
}

fn peak(ctx: &Ctx, peak: &Peak) -> PeakView {
    PeakView {
        value: text::ratio(&peak.ratio),
        interval: text::ratio_interval(&peak.ratio),
        width: text::width(peak.width_s),
        at: ctx.times.second(peak.at_s),
    }
}

fn operation(operation: &OperationRates) -> OperationRow {
    let show = |r: &Option<Ratio>| r.as_ref().map(text::ratio).unwrap_or_default();
    OperationRow {
        operation: text::line(&operation.operation),
        baseline: show(&operation.baseline),
        during: show(&operation.during),
        hurt: !operation.impact.is_empty(),
        requests: text::count(operation.requests),
    }
}

fn span(ctx: &Ctx, from_s: i64, to_s: i64) -> String {
    format!("{}–{}", ctx.times.second(from_s).text, ctx.times.second(to_s).text)
}

/// The other stretches in which the service was hurt.
fn other_windows(ctx: &Ctx, service: &ServiceRates, worst: &ImpactWindow) -> Vec<String> {
    let words = |w: &ImpactWindow| {
        let end = w.recovery.map_or_else(|| "open".to_string(), |r| ctx.times.second(r.best_s).text);
        let peak = w.peak.as_ref().map(|p| format!(", peak {}", text::ratio(&p.ratio))).unwrap_or_default();
        let signal = text::line(&w.signal.replace('_', " "));
        format!("{}–{end} ({signal}{peak})", ctx.times.second(w.onset.best_s).text)
    };
    service.impact.iter().filter(|w| !std::ptr::eq(*w, worst)).map(words).collect()
}

fn latency(ctx: &Ctx, service: &ServiceRates) -> String {
    let Some(l) = &service.latency else {
        return String::new();
    };
    let before = l.baseline_p95_ms.map(|ms| format!("{} before, ", text::millis(ms))).unwrap_or_default();
    format!("{before}{} at worst ({} UTC)", text::millis(l.worst_p95_ms), ctx.times.second(l.worst_at_s).text)
}
