//! Load that was taken off on purpose, by what people say and by what was turned away: fewer errors from
//! then on are not recovery by themselves.

use super::context::{Context, Hurt, by_people, finding};
use super::recovery::totals;
use super::text::{clock, clock_s, figure, percent};
use super::turn::served;
use super::words::SHEDDING;
use crate::model::{Bucket, Finding, FindingKind, Outcome, Ratio, ServiceRates, TimelineEntry, says};

/// Traffic that falls by less is no shedding worth saying.
const WORTH_SAYING: f64 = 0.15;

/// Talk about the same measure within this time is one measure, seconds.
const ONE_MEASURE_S: i64 = 900;

/// A service turns load away when at least this share of its requests is throttled...
const TURNED_AWAY: f64 = 0.2;

/// ...and no more than this share usually is.
const USUALLY: f64 = 0.05;

/// A measure that people took, with what it did to the traffic.
pub(super) struct Measure<'a> {
    /// When it began to work, seconds.
    pub(super) from_s: i64,
    entry: &'a TimelineEntry,
    services: Vec<&'a str>,
    /// Requests per bucket and share of failures, before and after.
    before: (f64, f64),
    after: (f64, f64),
}

impl Measure<'_> {
    fn change(&self) -> f64 {
        self.after.0 / self.before.0 - 1.0
    }
}

/// Everything that shed load: told and seen in the traffic, or seen in what was turned away.
pub(super) fn found(context: &Context<'_>) -> Vec<Finding> {
    let told = by_word(context).into_iter().filter_map(|m| told(&m));
    told.chain(context.hurt.iter().filter_map(|h| by_policy(context, h.rates, h))).collect()
}

/// Measures whose words say that load was taken off, and after which traffic fell.
pub(super) fn by_word<'a>(context: &Context<'a>) -> Vec<Measure<'a>> {
    let Some((from, to)) = context.bounds() else { return Vec::new() };
    let acts = |e: &&TimelineEntry| {
        by_people(e.kind)
            && (from..to).contains(&e.at.seconds())
            && (says(&e.title, SHEDDING) || says(&e.text, SHEDDING))
    };
    let mut out: Vec<Measure<'a>> = Vec::new();
    for entry in context.timeline.entries.iter().filter(acts) {
        if out.last().is_some_and(|l| entry.at.seconds() - l.entry.at.seconds() < ONE_MEASURE_S) {
            continue;
        }
        out.extend(measure(context, entry, to));
    }
    out
}

/// What one entry did to the traffic of the services it names (else of all hurt ones).
fn measure<'a>(context: &Context<'a>, entry: &'a TimelineEntry, end: i64) -> Option<Measure<'a>> {
    let at = entry.at.seconds();
    let named = |h: &&Hurt<'a>| entry.services.iter().any(|s| s == h.name());
    let any = context.hurt.iter().any(|h| named(&h));
    let hurt: Vec<&Hurt<'a>> = context.hurt.iter().filter(|h| !any || named(h)).collect();
    let width = i64::from(context.rates.bucket_s.max(1));
    let window = (3 * width).max(600);
    let sum = |from: i64, to: i64| {
        hurt.iter()
            .map(|h| totals(&h.rates.buckets, from, to))
            .fold((0.0, 0.0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2))
    };
    let before = sum(at - window, at - at.rem_euclid(width));
    let start = at - at.rem_euclid(width) + 2 * width;
    let after = sum(start, (start + window).min(end));
    if before.2 < 2 || after.2 < 2 || before.0 <= 0.0 {
        return None;
    }
    let rate = |t: (f64, f64, usize)| (t.0 / t.2 as f64, if t.0 > 0.0 { t.1 / t.0 } else { 0.0 });
    let services: Vec<&'a str> = hurt.iter().map(|h| h.rates.service.as_str()).take(6).collect();
    let found = Measure { from_s: at, entry, services, before: rate(before), after: rate(after) };
    (found.change() <= -WORTH_SAYING).then_some(found)
}

fn told(measure: &Measure<'_>) -> Option<Finding> {
    let change = measure.change();
    let text = format!(
        "Load was shed from {} UTC: requests fell by {} while the error ratio went from {} to {}. Fewer errors from then on are not recovery by themselves.",
        clock(measure.entry.at),
        percent(-change),
        percent(measure.before.1),
        percent(measure.after.1)
    );
    let formula = format!("{:.0} / {:.0} requests per bucket − 1", measure.after.0, measure.before.0);
    let refuted = "traffic that fell for another reason at the same time";
    let (fig, cited) = (figure(change, "ratio", formula), measure.entry.evidence.clone());
    finding(FindingKind::LoadShedding, &measure.services, text, fig, refuted, cited)
}

/// A service that answered many of its requests as throttled for a while inside the incident.
fn by_policy(context: &Context<'_>, service: &ServiceRates, hurt: &Hurt<'_>) -> Option<Finding> {
    let (from, to) = context.bounds()?;
    let width = i64::from(context.rates.bucket_s.max(1));
    if context.rates.policy.is_error(Outcome::Throttled) {
        return None;
    }
    let share = |b: &Bucket| b.requests.filter(|r| *r > 0.0).map(|r| b.throttled / r);
    let sums = |buckets: &mut dyn Iterator<Item = &Bucket>| {
        buckets.fold((0.0, 0.0), |(t, r), b| (t + b.throttled, r + b.requests.unwrap_or(0.0)))
    };
    let usual = sums(&mut service.buckets.iter().filter(|b| b.start_s < from));
    if usual.0 > USUALLY * usual.1 {
        return None;
    }
    let inside: Vec<&Bucket> = service.buckets.iter().filter(|b| (from - width..to).contains(&b.start_s)).collect();
    let shed = |b: &&Bucket| share(b).is_some_and(|s| s >= TURNED_AWAY);
    let run = inside.chunk_by(|a, b| shed(a) == shed(b)).filter(|run| run.first().is_some_and(shed));
    let run = run.filter(|run| run.len() >= 2).max_by_key(|run| run.len())?;
    let (start, end) = (run.first()?.start_s, run.last()?.start_s + width);
    let (away, asked) = sums(&mut run.iter().copied());
    let failing = |buckets: &mut dyn Iterator<Item = &&Bucket>| {
        let ratios: Vec<f64> = buckets.filter_map(|b| served(context, b)).collect();
        (!ratios.is_empty()).then(|| ratios.iter().sum::<f64>() / ratios.len() as f64)
    };
    let before = failing(&mut inside.iter().filter(|b| b.start_s < start));
    let during = failing(&mut run.iter())?;
    let was = before.map_or(String::new(), |b| format!(" ({} before)", percent(b)));
    let text = format!(
        "Load was shed from {} to {} UTC: {} turned away {} of its requests, and {} of the others failed{was}. A lower error ratio of all requests in that time is not recovery by itself.",
        clock_s(start),
        clock_s(end),
        service.service,
        percent(away / asked.max(1.0)),
        percent(during)
    );
    let rate = Ratio::of(away, asked)?;
    let formula = format!("{away:.0} throttled / {asked:.0} requests");
    let refuted = "a limit that is always there and that more requests ran into";
    let names = [service.service.as_str()];
    finding(FindingKind::LoadShedding, &names, text, figure(rate.value, "ratio", formula), refuted, hurt.evidence())
}
