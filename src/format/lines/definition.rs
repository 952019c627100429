//! A text format read by a definition file.

use std::collections::BTreeMap;

use regex::{Captures, Regex};

use super::file::{File, Sample};
use crate::format::logs::words;
use crate::format::timestamp::{self, DateOrder};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, fields};
use crate::model::{ClockKind, Level, LogRecord, Outcome, RawTime, StampMeaning, format_utc};

/// A text format read by a definition file.
#[derive(Debug)]
pub struct Definition {
    name: String,
    title: String,
    pattern: Regex,
    specificity: u8,
    multiline: bool,
    stamp: Option<StampMeaning>,
    zone: Option<String>,
    order: Option<DateOrder>,
    duration_unit_ns: Option<u64>,
    levels: BTreeMap<String, Level>,
    samples: Vec<Sample>,
}

/// Names that groups of a pattern may have.
const GROUPS: &[&str] = &[
    "time",
    "level",
    "service",
    "host",
    "operation",
    "method",
    "path",
    "status",
    "duration",
    "duration_2",
    "duration_3",
    "request_id",
    "trace_id",
    "upstream",
    "message",
];

impl Definition {
    /// Reads a definition file. `origin` is its path, for messages.
    ///
    /// # Errors
    /// A message `origin: expected X, found Y` when the file is no definition, its pattern does not
    /// compile or names unknown groups, or a sample does not yield what is stated beside it.
    pub fn parse(text: &str, origin: &str) -> Result<Definition, String> {
        Definition::build(text).map_err(|message| format!("{origin}: {message}"))
    }

    fn build(text: &str) -> Result<Definition, String> {
        let file = File::parse(text)?;
        let pattern = Regex::new(&format!("^(?:{})", file.pattern))
            .map_err(|e| format!("expected a pattern that compiles, found: {}", e.to_string().replace('\n', " ")))?;
        if let Some(unknown) = pattern.capture_names().flatten().find(|name| !GROUPS.contains(name)) {
            return Err(format!("expected groups named {}, found \"{unknown}\"", GROUPS.join(", ")));
        }
        let duration_unit_ns = match &file.duration_unit {
            None => None,
            Some(unit) => Some(
                fields::duration_ns(&format!("1{unit}"))
                    .ok_or_else(|| format!("expected a duration_unit such as ms or s, found \"{unit}\""))?,
            ),
        };
        let definition = Definition {
            order: file.date_order,
            name: file.name,
            title: file.title,
            pattern,
            specificity: file.specificity,
            multiline: file.multiline,
            stamp: file.stamp,
            zone: file.zone,
            duration_unit_ns,
            levels: file.levels,
            samples: file.samples,
        };
        definition.samples.iter().try_for_each(|sample| definition.check(sample))?;
        Ok(definition)
    }

    /// Whether a sample yields what is stated beside it.
    fn check(&self, sample: &Sample) -> Result<(), String> {
        let line = sample.text.lines().next().unwrap_or("");
        let Some((record, _)) = self.record(line).map_err(|f| format!("sample \"{line}\": {}", f.reason))? else {
            return Err(format!("expected the pattern to match its sample, found no match in \"{line}\""));
        };
        for (field, wanted) in &sample.expect {
            let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_string);
            let found = shown(&record, field).ok_or_else(|| {
                format!("expected fields of a record beside the sample \"{line}\", found \"{field}\"")
            })?;
            if found != wanted {
                return Err(format!("sample \"{line}\": expected {field} \"{wanted}\", found \"{found}\""));
            }
        }
        Ok(())
    }

    /// The record of a line and the zone written behind its stamp; `None` when the pattern does not match.
    fn record<'a>(&self, line: &'a str) -> Result<Option<(LogRecord<'a>, Option<&'a str>)>, Fault> {
        let Some(groups) = self.pattern.captures(line) else { return Ok(None) };
        let get = |name: &str| groups.name(name).map(|m| m.as_str().trim()).filter(|t| !t.is_empty());
        let said = |name: &str| get(name).filter(|t| *t != "-").map(Into::into);
        let time = match get("time") {
            Some(text) => Some(self.time(text).ok_or(Fault::new("expected a stamp in the group time, found none"))?),
            None => None,
        };
        let lettered = |t: &&str| t.ends_with(|c: char| c.is_ascii_uppercase());
        let label = get("time").filter(lettered).and_then(timestamp::zone_label);
        let status = get("status").and_then(fields::http_status);
        let unknown = (get("status").is_some() && status.is_none()).then_some(Outcome::Unknown);
        let probe = get("path").is_some_and(|p| status.is_some() && fields::is_probe(fields::path_of(p), ""));
        let request = status.is_some() || unknown.is_some();
        let level = get("level").and_then(|word| self.levels.get(word).copied().or_else(|| fields::level_of(word)));
        let body = groups.name("message").map_or_else(
            || match (get("method"), get("path")) {
                (Some(method), Some(path)) => format!("{method} {path}").into(),
                _ => line.into(),
            },
            |m| m.as_str().into(),
        );
        let operation = get("operation").map(Into::into).or_else(|| match (get("method"), get("path")) {
            (Some(method), Some(path)) if method != "-" => Some(fields::operation_of(method, path).into()),
            _ => None,
        });
        let mut record = LogRecord {
            time,
            stamp: self.stamp.unwrap_or(if request { StampMeaning::End } else { StampMeaning::Event }),
            level,
            service: said("service"),
            host: said("host"),
            operation,
            status,
            outcome: probe.then_some(Outcome::Probe).or(unknown),
            duration_ns: self.duration(&groups),
            body,
            request_id: said("request_id"),
            trace_id: said("trace_id"),
            upstream: get("upstream").and_then(fields::upstream_name).map(Into::into),
            ..LogRecord::default()
        };
        if record.upstream.is_none() {
            words::name_upstream(&mut record);
        }
        Ok(Some((record, label)))
    }

    fn time(&self, text: &str) -> Option<RawTime> {
        match self.order {
            Some(order) => timestamp::whole_in_order(text, order),
            None => timestamp::whole(text),
        }
    }

    /// The sum of the duration groups; a negative part means that there was none.
    fn duration(&self, groups: &Captures<'_>) -> Option<u64> {
        let parts: Option<Vec<u64>> = ["duration", "duration_2", "duration_3"]
            .iter()
            .filter_map(|name| groups.name(name))
            .map(|m| {
                let text = m.as_str();
                fields::duration_ns(text).or_else(|| fields::scaled(text, self.duration_unit_ns?))
            })
            .collect();
        parts.filter(|p| !p.is_empty()).and_then(|p| p.into_iter().try_fold(0u64, u64::checked_add))
    }
}

/// A field of a record as definition files write it; `None` for a name that is no field.
fn shown(record: &LogRecord<'_>, field: &str) -> Option<String> {
    let text = |value: &Option<std::borrow::Cow<'_, str>>| value.as_deref().unwrap_or("").to_string();
    Some(match field {
        "time" => record.time.map_or_else(String::new, |t| {
            let utc = format_utc(t.key_ns(), t.precision);
            if t.kind == ClockKind::Zoned { utc } else { utc.trim_end_matches('Z').to_string() }
        }),
        "level" => record.level.map_or("", Level::word).to_string(),
        "service" => text(&record.service),
        "host" => text(&record.host),
        "operation" => text(&record.operation),
        "status" => record.status.map_or_else(String::new, |s| s.to_string()),
        "duration_ms" => record.duration_ns.map_or_else(String::new, |ns| format!("{}", ns as f64 / 1e6)),
        "request_id" => text(&record.request_id),
        "trace_id" => text(&record.trace_id),
        "upstream" => text(&record.upstream),
        "message" => record.body.to_string(),
        _ => return None,
    })
}

impl Format for Definition {
    fn name(&self) -> &str {
        &self.name
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn samples(&self) -> Vec<&str> {
        self.samples.iter().map(|s| s.text.as_str()).collect()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for Definition {
    fn starts(&self, line: &str) -> bool {
        self.pattern.is_match(line)
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let Some((record, label)) = self.record(frame.first_line())? else {
            return Err(Fault::new(format!("expected a line of {}, found one that does not match", self.name)));
        };
        if record.time.is_some_and(|t| t.kind != ClockKind::Zoned)
            && let Some(zone) = label.or(self.zone.as_deref())
        {
            sink.zone_note(zone, frame);
        }
        sink.log(&record, frame);
        Ok(())
    }

    fn multiline(&self) -> bool {
        self.multiline
    }

    fn specificity(&self) -> u8 {
        self.specificity
    }
}
