//! What was measured: ratios, counts, latency and impact windows per service.

use serde::{Deserialize, Serialize};

use super::{Citation, Outcome, SourceId};

/// Which outcomes count as an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ErrorPolicy {
    /// Count throttled requests (429, load shedding).
    pub throttled: bool,
    /// Count requests the caller gave up on (499).
    pub cancelled: bool,
    /// Count the caller's own mistakes (other 4xx).
    pub client_errors: bool,
}

impl Default for ErrorPolicy {
    /// Server errors and timeouts only.
    fn default() -> Self {
        ErrorPolicy { throttled: false, cancelled: false, client_errors: false }
    }
}

impl ErrorPolicy {
    /// Whether `outcome` is an error under this policy.
    pub fn is_error(&self, outcome: Outcome) -> bool {
        outcome.is_failure()
            || (self.throttled && outcome == Outcome::Throttled)
            || (self.cancelled && outcome == Outcome::Cancelled)
            || (self.client_errors && outcome == Outcome::ClientError)
    }

    /// Whether `outcome` belongs in the denominator: everything but probes and unknowns.
    pub fn is_counted(&self, outcome: Outcome) -> bool {
        !matches!(outcome, Outcome::Probe | Outcome::Unknown)
    }
}

/// A share of requests with its uncertainty: Wilson score interval at 95 %
/// (E. B. Wilson, JASA 22, 1927).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// failed / total.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Ratio {
    /// The ratio of `failed` among `total`; `None` when nothing was seen (missing is not zero).
    pub fn of(failed: f64, total: f64) -> Option<Ratio> {
        if total <= 0.0 || !total.is_finite() || !failed.is_finite() {
            return None;
        }
        const Z: f64 = 1.959_963_984_540_054;
        let p = (failed / total).clamp(0.0, 1.0);
        let z2 = Z * Z;
        let centre = (p + z2 / (2.0 * total)) / (1.0 + z2 / total);
        let half = Z / (1.0 + z2 / total) * (p * (1.0 - p) / total + z2 / (4.0 * total * total)).sqrt();
        Some(Ratio { value: p, low: (centre - half).clamp(0.0, p), high: (centre + half).clamp(p, 1.0) })
    }
}

/// One bucket of one curve. Fields are `None` where nothing was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Start, UTC seconds since 1970.
    pub start_s: i64,
    /// Requests that count (weighted).
    pub requests: Option<f64>,
    /// Requests that failed under the policy (weighted).
    pub failed: Option<f64>,
    /// failed / requests with its interval.
    pub ratio: Option<Ratio>,
    /// Throttled requests (a band of its own).
    pub throttled: f64,
    /// Cancelled requests.
    pub cancelled: f64,
    /// Client errors.
    pub client_errors: f64,
    /// Log lines at ERROR or worse (for services without a denominator).
    pub error_lines: f64,
    /// Log lines of any level.
    pub lines: f64,
    /// Median latency, ms.
    pub p50_ms: Option<f64>,
    /// 95th percentile, ms.
    pub p95_ms: Option<f64>,
    /// 99th percentile, ms.
    pub p99_ms: Option<f64>,
}

/// An interval of time in which a moment lies, UTC seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeInterval {
    /// Best single value.
    pub best_s: i64,
    /// Earliest possible.
    pub from_s: i64,
    /// Latest possible.
    pub to_s: i64,
}

/// The worst bucket of a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// Ratio with interval (or lines per bucket divided by nothing: then only `value` is meant).
    pub ratio: Ratio,
    /// Start of the bucket, UTC seconds.
    pub at_s: i64,
    /// Width of the bucket the peak was measured over, seconds: a peak without it means nothing.
    pub width_s: u32,
}

/// A stretch in which a service (or operation) was hurt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpactWindow {
    /// What was hurt: `error_ratio`, `error_lines`, `latency`, `traffic`, or the name of a metric.
    pub signal: String,
    /// When it began.
    pub onset: TimeInterval,
    /// When it ended; `None` when it had not by the end of the evidence.
    pub recovery: Option<TimeInterval>,
    /// Whether the evidence begins when the impact had already begun.
    pub open_start: bool,
    /// Worst bucket of an error ratio.
    pub peak: Option<Peak>,
    /// Ratio over the whole window.
    pub mean: Option<Ratio>,
    /// Failed requests in the window (weighted), or error lines for a service without denominator.
    pub failed: f64,
    /// `failed` minus what the baseline would have had.
    pub excess: f64,
    /// Requests missing against the baseline rate; `None` without a baseline.
    pub missing: Option<f64>,
    /// Minutes with an error ratio above 1 %, 10 % and 50 %.
    pub minutes_above: [f64; 3],
    /// Seconds from onset until 95 % of the excess was over; `None` without recovery.
    pub recovered_95_s: Option<i64>,
    /// Later rises inside the window after a stretch back in the normal band: (start, end) UTC seconds.
    pub second_dips: Vec<(i64, i64)>,
    /// Lines that show onset, peak and recovery.
    pub evidence: Vec<Citation>,
}

impl ImpactWindow {
    /// Length from onset to recovery, seconds; `None` while open.
    pub fn duration_s(&self) -> Option<i64> {
        self.recovery.map(|r| r.best_s - self.onset.best_s)
    }
}

/// Latency before and inside the impact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatencySummary {
    /// Baseline 95th percentile, ms.
    pub baseline_p95_ms: Option<f64>,
    /// Worst bucket's 95th percentile, ms.
    pub worst_p95_ms: f64,
    /// Start of that bucket, UTC seconds.
    pub worst_at_s: i64,
}

/// Failures at one level for as long as the evidence lasts: when they began is not in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Throughout {
    /// Ratio over the whole evidence.
    pub ratio: Ratio,
    /// Failed requests (weighted); `None` where only a ratio is stated.
    pub failed: Option<f64>,
    /// Lines that show failures.
    pub evidence: Vec<Citation>,
}

/// One way of seeing a service's requests (its access log, its metrics, its callers' logs).
/// Viewpoints are never added up: that would count a request twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewpoint {
    /// What the numbers come from: a format name.
    pub format: String,
    /// Sources that share it (instances are added up).
    pub sources: Vec<SourceId>,
    /// Requests it saw.
    pub requests: f64,
    /// Peak error ratio it saw, at the common bucket width.
    pub peak: Option<Ratio>,
    /// Whether the curves were made from it.
    pub primary: bool,
}

/// One operation of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationRates {
    /// Name as written or masked.
    pub operation: String,
    /// Requests over the whole evidence (weighted).
    pub requests: f64,
    /// Ratio before the incident window.
    pub baseline: Option<Ratio>,
    /// Ratio inside the incident window.
    pub during: Option<Ratio>,
    /// Its own impact during the incident, when it has one.
    pub impact: Vec<ImpactWindow>,
}

/// Everything measured of one service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceRates {
    /// Canonical name.
    pub service: String,
    /// Ways it was seen, primary first.
    pub viewpoints: Vec<Viewpoint>,
    /// The curve at [`Rates::bucket_s`]; buckets nobody saw are absent.
    pub buckets: Vec<Bucket>,
    /// Error ratio of the reference stretch before the impact; `None` without a denominator.
    pub baseline: Option<Ratio>,
    /// Requests per second of the reference stretch.
    pub baseline_rps: Option<f64>,
    /// Where it was hurt during the incident ([`Rates::incident`]), in time order; empty when it was not.
    pub impact: Vec<ImpactWindow>,
    /// Where it was hurt at other times, in time order: other stories, never added to this one.
    #[serde(default)]
    pub elsewhere: Vec<ImpactWindow>,
    /// Failing from the first bucket to the last: no change, so no impact window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughout: Option<Throughout>,
    /// Its operations, most requests first.
    pub operations: Vec<OperationRates>,
    /// Latency, when durations were seen.
    pub latency: Option<LatencySummary>,
}

impl ServiceRates {
    /// The worst impact of the incident by peak ratio, then by excess.
    pub fn worst(&self) -> Option<&ImpactWindow> {
        self.impact.iter().max_by(|a, b| {
            let peak = |w: &ImpactWindow| w.peak.as_ref().map_or(-1.0, |p| p.ratio.value);
            peak(a).total_cmp(&peak(b)).then(a.excess.total_cmp(&b.excess))
        })
    }

    /// Whether any ratio could be made of it.
    pub fn has_denominator(&self) -> bool {
        self.buckets.iter().any(|b| b.ratio.is_some())
    }
}

/// Impact windows further apart than this belong to different stories, seconds.
pub const APART_S: i64 = 15 * 60;

/// Everything measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Width of every bucket, seconds.
    pub bucket_s: u32,
    /// What was counted as an error.
    pub policy: ErrorPolicy,
    /// First and last UTC second that any curve covers; `None` without curves.
    pub covers_s: Option<(i64, i64)>,
    /// First and last UTC second of each period of the evidence, when days without a word from any
    /// source lie between them. Each is measured by itself.
    #[serde(default)]
    pub periods: Vec<(i64, i64)>,
    /// From the first onset to the last recovery; `None` when nothing was hurt.
    pub incident: Option<(TimeInterval, Option<TimeInterval>)>,
    /// Services by name.
    pub services: Vec<ServiceRates>,
    /// Metrics that left their usual range during the incident, by service, the strongest first.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// What a metric is about, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Failures, or their share.
    Errors,
    /// How long answers take.
    Latency,
    /// Requests.
    Traffic,
    /// Anything else: processor, memory, queues, connections.
    Other,
}

/// A metric of a service that left its usual range during the incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deviation {
    /// Canonical name.
    pub service: String,
    /// Name of the metric as written.
    pub metric: String,
    /// What it is about.
    pub kind: SignalKind,
    /// Whether its levels are shares from 0 to 1.
    #[serde(default)]
    pub share: bool,
    /// Usual level: the median before the incident; the last level before it where that was out of range
    /// already. Shares of failures from 0 to 1, latency as written or in ms, counts per second.
    pub usual: f64,
    /// How far it usually ranges, in the same unit.
    pub spread: f64,
    /// The level farthest from the usual one, in the same unit.
    pub worst: f64,
    /// How far that is, in spreads; for failures and latency only the worse direction counts.
    pub strength: f64,
    /// How far the middle of its first minutes is from the usual level before the incident, in spreads and with
    /// its sign: single points that jump do not count. `None` where nothing was seen then.
    #[serde(default)]
    pub shift: Option<f64>,
    /// Beyond the usual level, summed over the incident: failed requests, or latency times requests; level
    /// times seconds where nobody counted requests.
    pub excess: f64,
    /// Whether requests were counted.
    pub counted: bool,
    /// Whether it was out of its range before the incident.
    pub out_before: bool,
    /// First second out of range, UTC.
    pub onset_s: i64,
    /// The line that shows it.
    pub evidence: Vec<Citation>,
}

impl Rates {
    /// A service by its canonical name.
    pub fn service(&self, name: &str) -> Option<&ServiceRates> {
        // In name order, so that a bundle of many services does not look each up by walking all.
        let found = self.services.binary_search_by(|s| s.service.as_str().cmp(name)).ok();
        found.and_then(|at| self.services.get(at)).or_else(|| self.services.iter().find(|s| s.service == name))
    }

    /// The earliest and latest second the incident may span, doubts included; an open end is
    /// `i64::MAX`. `None` when nothing was hurt.
    pub fn bounds_s(&self) -> Option<(i64, i64)> {
        let (onset, recovery) = self.incident?;
        Some((onset.from_s.min(onset.best_s), recovery.map_or(i64::MAX, |r| r.to_s.max(r.best_s))))
    }

    /// The period in which the incident lies, when there are several.
    pub fn period(&self) -> Option<(i64, i64)> {
        let (onset, _) = self.incident?;
        self.periods.iter().copied().find(|(from, to)| (*from - 86_400..=*to + 86_400).contains(&onset.best_s))
    }

    /// First and last second of what the incident is seen against: its period, else everything.
    pub fn span_s(&self) -> Option<(i64, i64)> {
        self.period().or(self.covers_s)
    }

    /// Windows outside the incident, in time order, those that touch or nearly touch together.
    pub fn elsewhere(&self) -> Vec<Vec<(&ServiceRates, &ImpactWindow)>> {
        let end = |w: &ImpactWindow| w.recovery.map_or(w.onset.best_s, |r| r.best_s);
        let mut all: Vec<(&ServiceRates, &ImpactWindow)> =
            self.services.iter().flat_map(|s| s.elsewhere.iter().map(move |w| (s, w))).collect();
        all.sort_by(|a, b| (a.1.onset.best_s, &a.0.service).cmp(&(b.1.onset.best_s, &b.0.service)));
        let mut out: Vec<Vec<(&ServiceRates, &ImpactWindow)>> = Vec::new();
        let mut reach = i64::MIN;
        for (service, window) in all {
            match out.last_mut() {
                Some(group) if window.onset.best_s <= reach.saturating_add(APART_S) => group.push((service, window)),
                _ => out.push(vec![(service, window)]),
            }
            reach = reach.max(end(window));
        }
        out
    }
}

/// One line of the bare table: what one format counted of one service in one bucket.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldRow {
    /// Service, under the name everything else uses.
    pub service: String,
    /// First second of the bucket, UTC.
    pub start_s: i64,
    /// Requests, each weighted by what its record stands for; health probes are none.
    pub total: f64,
    /// Those that failed under the policy.
    pub failed: f64,
    /// Records at ERROR or worse.
    pub errors: f64,
    /// Records, requests or not.
    pub records: f64,
    /// Format of the sources that counted.
    pub format: String,
}
