//! What came after the worst: surge, residue, second dips, and what survived.

use super::context::{Context, finding};
use super::text::{clock_s, figure, length, percent};
use super::turn;
use crate::model::{Bucket, Finding, FindingKind, ImpactWindow, OperationRates, Ratio};

/// How long after the recovery is looked at, seconds.
const AFTER_S: i64 = 3600;

/// Requests and failures of the buckets that start in `from..to`.
pub(super) fn totals(buckets: &[Bucket], from: i64, to: i64) -> (f64, f64, usize) {
    let inside = buckets.iter().filter(|b| b.start_s >= from && b.start_s < to);
    inside.fold((0.0, 0.0, 0), |(r, f, n), b| match (b.requests, b.failed) {
        (Some(requests), Some(failed)) => (r + requests, f + failed, n + 1),
        _ => (r, f, n),
    })
}

/// Traffic above normal once recovery began: caches that refill, clients that retry.
pub(super) fn surges(context: &Context<'_>) -> Vec<Finding> {
    const WORTH_SAYING: f64 = 1.3;
    let Some(turn) = turn::of(context) else { return Vec::new() };
    let width = f64::from(context.rates.bucket_s.max(1));
    let mut out: Vec<(f64, Finding)> = Vec::new();
    for hurt in &context.hurt {
        let Some(normal) = hurt.rates.baseline_rps.filter(|n| *n * width >= 30.0) else { continue };
        let after = hurt
            .rates
            .buckets
            .iter()
            .filter(|b| (turn.interval.from_s..turn.interval.to_s + AFTER_S).contains(&b.start_s));
        let Some((most, at)) =
            after.filter_map(|b| Some((b.requests?, b.start_s))).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        else {
            continue;
        };
        let factor = most / (normal * width);
        if factor < WORTH_SAYING {
            continue;
        }
        let text = format!(
            "Recovery surge: {} had {factor:.1} times its usual requests in the {} from {} UTC.",
            hurt.name(),
            length(width as i64),
            clock_s(at)
        );
        let formula = format!("{most:.0} requests / ({normal:.2} per s × {width:.0} s)");
        let refuted = "a time of day at which this much traffic is usual";
        out.extend(
            finding(
                FindingKind::RecoverySurge,
                &[hurt.name()],
                text,
                figure(factor, "ratio", formula),
                refuted,
                hurt.evidence(),
            )
            .map(|f| (factor, f)),
        );
    }
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.services.cmp(&b.1.services)));
    out.into_iter().take(5).map(|(_, f)| f).collect()
}

/// Failures above normal in the half hour after a service came back.
pub(super) fn residuals(context: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for hurt in &context.hurt {
        let (Some(end), Some(base)) = (hurt.recovery(), hurt.rates.baseline) else { continue };
        let from = end.to_s.max(end.best_s) + i64::from(context.rates.bucket_s);
        let (requests, failed, _) = totals(&hurt.rates.buckets, from, from + AFTER_S / 2);
        let Some(after) = Ratio::of(failed, requests) else { continue };
        if after.low <= base.high + 0.001 {
            continue;
        }
        let text = format!(
            "Residual errors: {} kept failing {} of its requests in the half hour after {} UTC ({} before the incident).",
            hurt.name(),
            percent(after.value),
            clock_s(from),
            percent(base.value)
        );
        let formula = format!("{failed:.0} / {requests:.0}");
        let refuted = "failures of another cause in that half hour";
        out.extend(finding(
            FindingKind::Residual,
            &[hurt.name()],
            text,
            figure(after.value, "ratio", formula),
            refuted,
            hurt.evidence(),
        ));
    }
    out
}

/// Later rises, inside a window or as windows of their own after the incident.
pub(super) fn second_dips(context: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for hurt in &context.hurt {
        let mut dips: Vec<(i64, i64)> = hurt.windows.iter().flat_map(|w| w.second_dips.iter().copied()).collect();
        let end = hurt.recovery().map_or(i64::MAX, |r| r.best_s);
        let same_day = end.saturating_add(86_400);
        let after = |w: &&ImpactWindow| {
            w.signal == "error_ratio" && (end.saturating_add(1)..same_day).contains(&w.onset.best_s)
        };
        let later = hurt.windows.iter().copied().chain(&hurt.rates.elsewhere).filter(after);
        dips.extend(later.filter_map(|w| Some((w.onset.best_s, w.recovery?.best_s))));
        let Some(first) = dips.first() else { continue };
        let text = format!(
            "{} rose again after it had come back: {} time(s), first {} to {} UTC.",
            hurt.name(),
            dips.len(),
            clock_s(first.0),
            clock_s(first.1)
        );
        let refuted = "a baseline that swings this much on a normal day";
        let fig = figure(dips.len() as f64, "dips", "rises after at least five minutes in the normal band");
        out.extend(finding(FindingKind::SecondDip, &[hurt.name()], text, fig, refuted, hurt.evidence()));
    }
    out
}

/// Which operations survived, or that none did.
pub(super) fn degradation(context: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for hurt in &context.hurt {
        let sure = |r: &Ratio| r.high - r.low < 0.25;
        // Surviving means staying in the normal band; a few percent of failures are neither whole nor down.
        let normal = |o: &OperationRates| o.baseline.map_or(0.01, |b| b.high.max(0.01));
        let measured: Vec<(&str, Ratio, bool, bool)> = hurt
            .rates
            .operations
            .iter()
            .filter_map(|o| {
                let during = o.during.filter(sure)?;
                let hit = !o.impact.is_empty();
                Some((o.operation.as_str(), during, hit, !hit && during.low <= normal(o)))
            })
            .collect();
        if measured.len() < 2 {
            continue;
        }
        let survived: Vec<&str> = measured.iter().filter(|m| m.3).map(|m| m.0).collect();
        let failed: Vec<&str> = measured.iter().filter(|m| m.2).map(|m| m.0).collect();
        let (text, share) = match (failed.is_empty(), survived.is_empty()) {
            (true, _) => continue,
            (false, true) if measured.iter().all(|m| m.1.value > 0.9) => {
                (format!("{} failed as a whole: none of its {} operations survived.", hurt.name(), measured.len()), 0.0)
            }
            (false, true) => continue,
            (false, false) => (
                format!(
                    "{} was degraded, not down: {} kept working while {} failed.",
                    hurt.name(),
                    super::text::list(&survived, 6),
                    super::text::list(&failed, 6)
                ),
                survived.len() as f64 / measured.len() as f64,
            ),
        };
        let formula = format!("{} surviving / {} measured operations", survived.len(), measured.len());
        let refuted = "operations that nobody logged";
        out.extend(finding(
            FindingKind::Degradation,
            &[hurt.name()],
            text,
            figure(share, "ratio", formula),
            refuted,
            hurt.evidence(),
        ));
    }
    out
}
