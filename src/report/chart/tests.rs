use super::*;
use crate::compare::compare;
use crate::model::{Comparison, MilestoneKind, Ratio, TimeInterval};
use crate::report::fixture;

/// The fixture against a milder, shorter one of which two services bear other names.
fn comparison() -> Comparison {
    let a = fixture::incident();
    let mut b = fixture::incident();
    b.title = "A smaller outage of the same storage, three months before".into();
    for service in &mut b.rates.services {
        service.buckets.retain(|x| x.start_s < fixture::START_S + 130 * 60 || x.start_s > fixture::START_S + 150 * 60);
        for bucket in &mut service.buckets {
            let calm = bucket.start_s > fixture::START_S + 100 * 60;
            bucket.failed = bucket.failed.map(|f| if calm { 0.0 } else { (f * 0.55).round() });
            bucket.ratio = bucket.failed.zip(bucket.requests).and_then(|(f, r)| Ratio::of(f, r));
        }
        for window in &mut service.impact {
            window.recovery = Some(TimeInterval {
                best_s: fixture::START_S + 100 * 60,
                from_s: fixture::START_S + 99 * 60,
                to_s: fixture::START_S + 101 * 60,
            });
            window.peak = None;
        }
    }
    if let Some(incident) = &mut b.rates.incident {
        incident.1 = b.rates.services.iter().flat_map(|s| &s.impact).find_map(|w| w.recovery);
    }
    b.findings.milestones.retain(|m| m.kind != MilestoneKind::CauseIdentified);
    for m in b.findings.milestones.iter_mut().skip(1) {
        m.at.utc_ns -= (m.at.seconds() - fixture::START_S - 1_200) / 2 * 1_000_000_000;
    }
    compare(&a, &b)
}

fn all() -> Vec<Chart> {
    let incident = fixture::incident();
    let c = comparison();
    [error_curves(&incident), cascade(&incident), requests(&incident), overlay(&c), difference(&c), milestones(&c)]
        .into_iter()
        .flatten()
        .collect()
}

/// Writes the charts to the folder in `RECOUNT_CHART_DIR`, for looking at.
#[test]
fn charts_can_be_looked_at() {
    let Some(folder) = std::env::var_os("RECOUNT_CHART_DIR").map(std::path::PathBuf::from) else { return };
    let mut page = String::from("<!doctype html><meta charset=utf-8><body style='margin:20px'>");
    for chart in all() {
        std::fs::write(folder.join(chart.name).with_extension("svg"), &chart.svg).unwrap();
        let alone = format!("<!doctype html><meta charset=utf-8><body style='margin:10px'>{}", chart.svg);
        std::fs::write(folder.join(chart.name).with_extension("html"), alone).unwrap();
        page.push_str(&format!("<h2>{}</h2><p>{}</p>{}", chart.title, chart.description, chart.svg));
    }
    std::fs::write(folder.join("all.html"), page).unwrap();
}
