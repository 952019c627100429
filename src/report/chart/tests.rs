use super::*;
use crate::compare::compare;
use crate::model::{
    Accounting, Actor, ActorKind, Comparison, EventKind, Incident, LatencySummary, MilestoneKind, Precision, Ratio,
    Source, SourceId, SourceInfo, Tier, TimeBasis, TimeInterval, TimelineEntry, Timestamp,
};
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

/// The fixture with latency, people who act, and sources.
fn fuller() -> Incident {
    let mut incident = fixture::incident();
    for service in incident.rates.services.iter_mut().filter(|s| s.has_denominator()).take(9) {
        for bucket in &mut service.buckets {
            let slow = 20.0 + 900.0 * bucket.ratio.map_or(0.0, |r| r.value);
            (bucket.p50_ms, bucket.p95_ms, bucket.p99_ms) = (Some(slow / 2.0), Some(slow), Some(slow * 1.5));
        }
        service.latency =
            Some(LatencySummary { baseline_p95_ms: Some(20.0), worst_p95_ms: 920.0, worst_at_s: fixture::START_S });
    }
    let deeds = [EventKind::Chat, EventKind::Page, EventKind::Deploy, EventKind::PublicUpdate, EventKind::Computed];
    for (n, kind) in (0i64..60).zip(deeds.into_iter().cycle()) {
        let human = n % 3 > 0;
        let kind_of = if human { ActorKind::Human } else { ActorKind::Machine };
        let actor = Actor { name: format!("<b>\"person\" {}", n % 5), kind: kind_of };
        incident.timeline.entries.push(TimelineEntry {
            id: format!("e{n}\" onload=\"x"),
            at: Timestamp::new((fixture::START_S + n * 200) * 1_000_000_000, Precision::Second, TimeBasis::Explicit),
            until: None,
            kind,
            tier: Tier::Two,
            title: "<script>alert('x')</script> shipped".into(),
            text: String::new(),
            actor: (n % 7 > 0).then_some(actor),
            services: Vec::new(),
            raw_time: String::new(),
            lag_s: None,
            status: None,
            evidence: vec![fixture::citation(n as u64, "a line")],
            also: Vec::new(),
            edit: crate::model::EventEdit::default(),
        });
    }
    for n in 0..4 {
        incident.sources.push(Source {
            id: SourceId(n),
            info: SourceInfo { path: format!("logs/<i>{n}.log"), ..SourceInfo::default() },
            formats: Vec::new(),
            accounting: Accounting::default(),
            clocks: Vec::new(),
            covers_s: (n != 1).then_some((fixture::START_S, fixture::START_S + 1_000 * i64::from(n + 1))),
        });
    }
    incident
}

fn all() -> Vec<Chart> {
    let incident = fuller();
    let c = comparison();
    let of_one = [error_overlay, error_curves, heat, cascade, requests, latency, response, coverage];
    let of_two = [overlay(&c), difference(&c), milestones(&c)];
    of_one.map(|draw| draw(&incident)).into_iter().chain(of_two).flatten().collect()
}

/// Writes the charts to the folder in `RECOUNT_CHART_DIR`, for looking at.
#[test]
fn charts_can_be_looked_at() {
    let Some(folder) = std::env::var_os("RECOUNT_CHART_DIR").map(std::path::PathBuf::from) else { return };
    let mut page = String::from("<!doctype html><meta charset=utf-8><body style='margin:20px'>");
    for chart in all() {
        std::fs::write(folder.join(chart.name).with_extension("svg"), &chart.drawing.svg).unwrap();
        let alone = format!("<!doctype html><meta charset=utf-8><body style='margin:10px'>{}", chart.drawing.svg);
        std::fs::write(folder.join(chart.name).with_extension("html"), alone).unwrap();
        page.push_str(&format!("<h2>{}</h2><p>{}</p>{}", chart.title, chart.description, chart.drawing.svg));
    }
    std::fs::write(folder.join("all.html"), page).unwrap();
}

/// Opening and closing tags match and nothing but the drawing's own elements occurs.
fn is_well_formed(svg: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let Some((inside, text)) = tag.split_once('>') else { return false };
        if text.contains('&')
            && !["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&apos;"].iter().any(|e| text.contains(e))
        {
            return false;
        }
        let name = inside.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
        if !["svg", "style", "text", "rect", "polyline", "polygon", "circle", "title", "path", "line", "g", "a"]
            .contains(&name)
        {
            return false;
        }
        match (inside.starts_with('/'), inside.ends_with('/')) {
            (true, _) => {
                if open.pop() != Some(name) {
                    return false;
                }
            }
            (false, false) => open.push(name),
            (false, true) => {}
        }
    }
    open.is_empty()
}

#[test]
fn every_chart_is_well_formed_scales_and_speaks() {
    let charts = all();
    assert_eq!(
        charts.iter().map(|c| c.name).collect::<Vec<_>>(),
        [
            "error-overlay",
            "error-curves",
            "heat",
            "cascade",
            "requests",
            "latency",
            "response",
            "coverage",
            "overlay",
            "difference",
            "milestones"
        ]
    );
    for chart in charts {
        assert!(is_well_formed(&chart.drawing.svg), "{}", chart.name);
        let root = chart.drawing.svg.split('>').next().unwrap();
        let role = if chart.drawing.svg.contains("<a ") { "role=\"group\"" } else { "role=\"img\"" };
        assert!(root.contains(role) && root.contains("aria-label=\"") && root.contains("viewBox"), "{root}");
        assert!(!root.contains(" height="), "{root}");
        assert!(!chart.drawing.svg.contains("#0000"), "a placeholder colour is left in {}", chart.name);
        assert!(!chart.drawing.svg.contains("NaN") && !chart.drawing.svg.contains("inf,"), "{}", chart.name);
        let without = ["latency", "requests", "milestones", "difference", "coverage", "response"];
        assert!(chart.description.contains('%') || without.contains(&chart.name), "{}", chart.name);
    }
}

#[test]
fn the_same_incident_gives_the_same_bytes() {
    assert_eq!(all(), all());
}

#[test]
fn markup_in_a_service_name_stays_text() {
    for chart in all() {
        assert!(!chart.drawing.svg.contains("<script"), "{}", chart.name);
    }
}

#[test]
fn a_name_of_a_megabyte_with_escape_codes_is_shortened() {
    let mut incident = fixture::incident();
    let name = format!("\u{1b}[31m\u{202e}{}", "<&\"'>x".repeat(200_000));
    for service in incident.rates.services.iter_mut().filter(|s| s.service == "key-value" || s.service == "dns") {
        service.service = name.clone();
    }
    incident.findings.cascade.steps[0].service = name;
    for chart in [error_curves(&incident), cascade(&incident), requests(&incident)].into_iter().flatten() {
        assert!(chart.drawing.svg.len() < 400_000, "{} has {} bytes", chart.name, chart.drawing.svg.len());
        assert!(is_well_formed(&chart.drawing.svg), "{}", chart.name);
        assert!(!chart.drawing.svg.contains('\u{1b}') && !chart.drawing.svg.contains('\u{202e}'));
    }
}

#[test]
fn a_missing_bucket_breaks_the_curve() {
    let mut incident = fixture::incident();
    incident.rates.services.retain(|s| s.service == "edge-config");
    let lines = |incident: &Incident| {
        let svg = error_curves(incident).unwrap().drawing.svg;
        svg.lines().filter(|l| l.starts_with("<polyline") && l.contains("--chart-bad")).count()
    };
    assert_eq!(lines(&incident), 2);
    incident.rates.services[0].buckets.remove(30);
    assert_eq!(lines(&incident), 3);
}

#[test]
fn nothing_hurt_gives_no_cascade_and_no_error_curves() {
    let mut incident = fixture::incident();
    incident.rates.services.iter_mut().for_each(|s| s.impact.clear());
    incident.rates.incident = None;
    incident.findings.cascade.steps.clear();
    assert_eq!((error_curves(&incident), cascade(&incident)), (None, None));
    assert!(requests(&incident).is_some());
    incident.rates = crate::model::Rates::default();
    assert_eq!(requests(&incident), None);
}

#[test]
fn ticks_are_round_and_midnight_shows_the_date() {
    let day = 86_400;
    let scale = axis::TimeScale::new(day - 3_000, day + 4_000, 0.0, 400.0);
    let ticks = scale.ticks(80.0);
    assert_eq!(ticks, [day - 1_800, day, day + 1_800, day + 3_600]);
    assert_eq!(axis::labels(&ticks), ["23:30", "01-02", "00:30", "01:00"]);
    assert_eq!(axis::utc_title(&scale), "UTC, 1970-01-01 to 1970-01-02");
}

#[test]
fn years_of_evidence_still_have_few_ticks() {
    let scale = axis::TimeScale::new(0, 5 * 365 * 86_400, 0.0, 400.0);
    assert!((1..=5).contains(&scale.ticks(80.0).len()));
}

#[test]
fn a_sparkline_leaves_a_blank_for_a_gap() {
    let incident = fixture::incident();
    let of = |name: &str| spark_text(incident.rates.service(name).unwrap());
    assert_eq!(of("key-value").chars().count(), 24);
    assert!(of("key-value").starts_with('▂') && of("key-value").contains('█'), "{}", of("key-value"));
    assert_eq!(of("scheduler"), "");
    let mut holed = incident.rates.service("key-value").unwrap().clone();
    holed.buckets.drain(60..90);
    assert_eq!(spark_text(&holed).matches(' ').count(), 3);
    assert!(is_well_formed(&sparkline(incident.rates.service("key-value").unwrap(), 120, 24)));
}

#[test]
fn figures_are_written_as_people_write_them() {
    assert_eq!(
        [0.0, 0.000_4, 0.041, 0.91, 0.9996, 1.0].map(text::percent),
        ["0 %", "0.04 %", "4.1 %", "91.0 %", "100 %", "100 %"]
    );
    assert_eq!(
        [0.0, 2.5, 1250.0, 12_500.0, 20_000.0, 3e6].map(text::compact),
        ["0", "2.5", "1250", "12.5 k", "20 k", "3 M"]
    );
    assert_eq!([0, 45, 9_360, -60, 90_000].map(text::span), ["0 s", "45 s", "2 h 36 min", "−1 min", "1 d 1 h"]);
    assert_eq!(text::shorten("automatic-platform", 9), "autom…orm");
}

#[test]
fn what_a_pointer_reads_is_what_was_measured() {
    let incident = fuller();
    let text = readings(&incident);
    assert!(!text.contains('<'), "a name must not end the page's script");
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let service = incident.rates.services.iter().find(|s| s.has_denominator() && !s.impact.is_empty()).unwrap();
    let values = &read["services"][&service.service];
    let first = values["first"].as_i64().unwrap();
    for bucket in service.buckets.iter().filter(|b| b.start_s >= first) {
        let Some(slot) = values["ratio"].get(((bucket.start_s - first) / 60) as usize) else { continue };
        assert_eq!(slot.as_f64().is_some(), bucket.ratio.is_some());
        assert!((slot.as_f64().unwrap_or(0.0) - bucket.ratio.map_or(0.0, |r| r.value)).abs() <= 0.000_06);
    }
    assert_eq!(readings(&Incident { rates: Default::default(), ..incident }), "{}");
}

#[test]
fn every_chart_is_a_picture_with_words_in_it_too() {
    for chart in all() {
        let png = chart.drawing.png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(reader.info().width, 1_920, "{}", chart.name);
        // Words are the only marks in the ink of text.
        let dark = pixels.chunks(3).filter(|p| p.iter().all(|c| *c < 0x60)).count();
        assert!(dark > 200, "{}: {dark} dark pixels", chart.name);
    }
}
