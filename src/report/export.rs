//! Files for programs: the timeline as JSON lines, rates and timeline as Parquet, the alignment.

use polars::prelude::{Column, DataFrame, DataType, PolarsError, TimeUnit};
use polars_io::parquet::write::ParquetWriter;
use serde::Serialize;

use super::text::{self, toml_string};
use super::view;
use crate::error::{Error, Result};
use crate::model::{
    ActorKind, Bucket, ClockDecision, ClockKind, FoldRow, Incident, Precision, Tier, TimeBasis, TimelineEntry,
    format_utc,
};

/// One line of `timeline.jsonl`: the three fields Timesketch asks for first, then ours.
#[derive(Serialize)]
struct Line<'a> {
    message: &'a str,
    datetime: String,
    timestamp_desc: &'a str,
    kind: &'a str,
    precision: Precision,
    until: Option<String>,
    tier: u8,
    services: &'a [String],
    actor: Option<&'a str>,
    actor_kind: Option<ActorKind>,
    status: Option<&'a str>,
    text: &'a str,
    raw_time: &'a str,
    witnesses: usize,
    source: String,
    sources: Vec<String>,
    raw: &'a str,
    id: &'a str,
}

fn tier(entry: &TimelineEntry) -> u8 {
    match entry.tier {
        Tier::One => 1,
        Tier::Two => 2,
        Tier::Three => 3,
    }
}

/// A whole RFC 3339 stamp whatever the precision: importers accept nothing shorter. The written
/// precision stands in its own field.
fn full_stamp(utc_ns: i64) -> String {
    let precision = if utc_ns % 1_000_000_000 == 0 { Precision::Second } else { Precision::Nano };
    format_utc(utc_ns, precision).replace('Z', "+00:00")
}

/// The timeline, one JSON object per line, raw text as it was written.
pub(super) fn timeline_jsonl(incident: &Incident) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for entry in incident.timeline.shown() {
        let line = Line {
            message: &entry.title,
            datetime: full_stamp(entry.at.utc_ns),
            timestamp_desc: view::kind_words(entry.kind),
            kind: view::kind_key(entry.kind),
            precision: entry.at.precision,
            until: entry.until.map(|u| full_stamp(u.utc_ns)),
            tier: tier(entry),
            services: &entry.services,
            actor: entry.actor.as_ref().map(|a| a.name.as_str()),
            actor_kind: entry.actor.as_ref().map(|a| a.kind),
            status: entry.status.as_deref(),
            text: &entry.text,
            raw_time: &entry.raw_time,
            witnesses: entry.witnesses(),
            source: entry.evidence.first().map(|c| incident.place(c)).unwrap_or_default(),
            sources: entry.evidence.iter().map(|c| incident.place(c)).collect(),
            raw: entry.evidence.first().map_or("", |c| c.text.as_str()),
            id: &entry.id,
        };
        serde_json::to_writer(&mut out, &line)
            .map_err(|e| Error::Internal { step: "writing timeline.jsonl", message: e.to_string() })?;
        out.push(b'\n');
    }
    Ok(out)
}

/// A failure of the frame library.
fn frame(e: PolarsError) -> Error {
    Error::Internal { step: "writing Parquet", message: e.to_string() }
}

/// Writes `columns` as Parquet, in one thread so that the bytes never differ.
fn parquet(columns: Vec<Column>) -> Result<Vec<u8>> {
    let mut data = DataFrame::new_infer_height(columns).map_err(frame)?;
    let mut out = Vec::new();
    ParquetWriter::new(&mut out).set_parallel(false).finish(&mut data).map_err(frame)?;
    Ok(out)
}

/// A column of UTC stamps, given in `unit`.
fn stamps(name: &str, values: Vec<i64>, unit: TimeUnit) -> Result<Column> {
    Column::new(name.into(), values).cast(&DataType::Datetime(unit, None)).map_err(frame)
}

/// Every bucket of every service: one row per (service, bucket), gaps absent. Stamps are UTC.
pub(super) fn rates_parquet(incident: &Incident) -> Result<Vec<u8>> {
    let rows: Vec<(&str, &Bucket)> =
        incident.rates.services.iter().flat_map(|s| s.buckets.iter().map(|b| (s.service.as_str(), b))).collect();
    let number = |name: &str, of: &dyn Fn(&Bucket) -> Option<f64>| {
        Column::new(name.into(), rows.iter().map(|r| of(r.1)).collect::<Vec<Option<f64>>>())
    };
    parquet(vec![
        Column::new("service".into(), rows.iter().map(|r| r.0).collect::<Vec<&str>>()),
        stamps("start", rows.iter().map(|r| r.1.start_s.saturating_mul(1_000)).collect(), TimeUnit::Milliseconds)?,
        Column::new("width_s".into(), vec![incident.rates.bucket_s; rows.len()]),
        number("requests", &|b| b.requests),
        number("failed", &|b| b.failed),
        number("ratio", &|b| b.ratio.map(|r| r.value)),
        number("ratio_low", &|b| b.ratio.map(|r| r.low)),
        number("ratio_high", &|b| b.ratio.map(|r| r.high)),
        number("throttled", &|b| Some(b.throttled)),
        number("cancelled", &|b| Some(b.cancelled)),
        number("client_errors", &|b| Some(b.client_errors)),
        number("error_lines", &|b| Some(b.error_lines)),
        number("lines", &|b| Some(b.lines)),
        number("p50_ms", &|b| b.p50_ms),
        number("p95_ms", &|b| b.p95_ms),
        number("p99_ms", &|b| b.p99_ms),
    ])
}

/// The bare table: one row per (service, format, bucket). Stamps are UTC.
pub(super) fn fold_parquet(rows: &[FoldRow]) -> Result<Vec<u8>> {
    let number =
        |name: &str, of: &dyn Fn(&FoldRow) -> f64| Column::new(name.into(), rows.iter().map(of).collect::<Vec<f64>>());
    let word = |name: &str, of: &dyn Fn(&FoldRow) -> String| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<String>>())
    };
    parquet(vec![
        word("service", &|r| r.service.clone()),
        stamps("start", rows.iter().map(|r| r.start_s.saturating_mul(1_000)).collect(), TimeUnit::Milliseconds)?,
        number("total", &|r| r.total),
        number("failed", &|r| r.failed),
        number("errors", &|r| r.errors),
        number("records", &|r| r.records),
        word("format", &|r| r.format.clone()),
    ])
}

/// The timeline as a table. Stamps are UTC; lists are joined with ", ".
pub(super) fn timeline_parquet(incident: &Incident) -> Result<Vec<u8>> {
    let entries = incident.timeline.shown();
    let words = |name: &str, of: &dyn Fn(&TimelineEntry) -> String| {
        Column::new(name.into(), entries.iter().map(|e| of(e)).collect::<Vec<String>>())
    };
    let maybe = |name: &str, of: &dyn Fn(&TimelineEntry) -> Option<String>| {
        Column::new(name.into(), entries.iter().map(|e| of(e)).collect::<Vec<Option<String>>>())
    };
    parquet(vec![
        words("id", &|e| e.id.clone()),
        stamps("at", entries.iter().map(|e| e.at.utc_ns).collect(), TimeUnit::Nanoseconds)?,
        words("precision", &|e| format!("{:?}", e.at.precision).to_lowercase()),
        words("kind", &|e| view::kind_key(e.kind).to_string()),
        Column::new("tier".into(), entries.iter().map(|e| u32::from(tier(e))).collect::<Vec<u32>>()),
        words("title", &|e| e.title.clone()),
        words("text", &|e| e.text.clone()),
        maybe("actor", &|e| e.actor.as_ref().map(|a| a.name.clone())),
        words("services", &|e| e.services.join(", ")),
        maybe("status", &|e| e.status.clone()),
        Column::new("witnesses".into(), entries.iter().map(|e| e.witnesses() as u32).collect::<Vec<u32>>()),
        words("source", &|e| e.evidence.first().map(|c| incident.place(c)).unwrap_or_default()),
        words("raw", &|e| e.evidence.first().map(|c| c.text.clone()).unwrap_or_default()),
    ])
}

/// The one value that all of `values` agree on.
fn agreed<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|v| v == first).then_some(first)
}

/// The clock of every source, with the witnesses as comments. Put into a bundle, possibly corrected,
/// it is obeyed.
pub(super) fn alignment_toml(incident: &Incident) -> String {
    let mut out = String::from(
        "# How the stamps of each source became UTC. Correct a zone or a skew and put this file into the\n\
         # bundle: what stands here then is taken as declared.\n\
         # zone: of stamps that name none. skew_ms: what the clock ran ahead, taken out besides the zone.\n",
    );
    for source in incident.sources.iter().filter(|s| !s.clocks.is_empty()) {
        out.push_str(&format!("\n[sources.{}]\n", toml_string(&source.info.path)));
        let unzoned =
            || source.clocks.iter().filter(|c| !matches!(c.clock, ClockKind::Zoned | ClockKind::TimeOnlyZoned));
        match agreed(unzoned().map(|c| c.zone.as_str())) {
            // An assumption handed back must not come to look declared.
            Some(zone) if unzoned().any(|c| c.basis == TimeBasis::Assumed) => {
                out.push_str(&format!("# zone = {} # assumed: nothing tells\n", toml_string(zone)));
            }
            Some(zone) => out.push_str(&format!("zone = {}\n", toml_string(zone))),
            None if unzoned().count() > 0 => out.push_str("# its stretches are in several zones, see below\n"),
            None => out.push_str("# every stamp names its own zone\n"),
        }
        match agreed(source.clocks.iter().map(|c| c.skew_ms)) {
            Some(skew) => out.push_str(&format!("skew_ms = {skew}\n")),
            None => out.push_str("# its stretches have several clock errors, see below\n"),
        }
        for clock in &source.clocks {
            clock_comments(clock, &mut out);
        }
    }
    out
}

/// One decision and its witnesses, as comments.
fn clock_comments(clock: &ClockDecision, out: &mut String) {
    let (zone, basis) = (text::line(&clock.zone), view::basis_word(clock.basis));
    let (lines, offset, skew) = (view::stretch(clock), clock.offset_s, clock.skew_ms);
    out.push_str(&format!("# {lines}: {zone}, {basis}, offset {offset} s, skew {skew} ms\n"));
    for witness in &clock.witnesses {
        let mark = if witness.decisive { "decided" } else { "heard" };
        out.push_str(&format!("#   {mark}: {} ({} votes)\n", text::line(&witness.says), witness.votes));
    }
    if let Some(other) = &clock.ambiguity {
        out.push_str(&format!("#   open: {}\n", text::line(other)));
    }
}
