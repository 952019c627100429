//! A text format read by a definition file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::Captures;

use super::file::{Broken, File, Flaw, Sample};
use super::pattern::Pattern;
use crate::format::logs::words;
use crate::format::timestamp::{self, DateOrder};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, fields};
use crate::model::{ClockKind, Level, LogRecord, Outcome, RawTime, StampMeaning, format_utc};

/// A text format read by a definition file.
#[derive(Clone, Debug)]
pub struct Definition {
    name: String,
    title: String,
    pattern: Pattern,
    find: Vec<Pattern>,
    opens: Option<Pattern>,
    ends: Option<Pattern>,
    specificity: u8,
    multiline: bool,
    stamp: Option<StampMeaning>,
    zone: Option<String>,
    order: Option<DateOrder>,
    duration_unit_ns: Option<u64>,
    levels: BTreeMap<String, Level>,
    outcomes: BTreeMap<String, Outcome>,
    samples: Vec<Sample>,
}

/// Names that groups of a pattern may have.
pub(super) const GROUPS: &[&str] = &[
    "time",
    "uptime",
    "date",
    "zone",
    "observed",
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
    "cluster",
    "message",
    "code",
];

impl Definition {
    /// Reads a definition file. `path` is where it stands, for messages.
    ///
    /// # Errors
    /// [`Broken`] when the file is no definition, its pattern does not compile or names unknown groups,
    /// or a sample does not yield what is stated beside it.
    pub fn parse(text: &str, path: &str) -> Result<Definition, Broken> {
        Definition::build(text).map_err(|flaw| flaw.told(text, path))
    }

    /// The zone of its stamps without one, as written in the file; `None` when the file names none.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    fn build(text: &str) -> Result<Definition, Flaw> {
        let definition = Definition::trusted(text)?;
        definition.pattern.check().map_err(|m| Flaw::near("pattern", m))?;
        definition.find.iter().try_for_each(Pattern::check).map_err(|m| Flaw::near("find", m))?;
        definition.opens.iter().try_for_each(Pattern::check).map_err(|m| Flaw::near("opens", m))?;
        definition.ends.iter().try_for_each(Pattern::check).map_err(|m| Flaw::near("ends", m))?;
        for sample in &definition.samples {
            definition.check(sample).map_err(|m| Flaw::near(sample.first_line(), m))?;
        }
        Ok(definition)
    }

    #[cfg(test)]
    pub(super) fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Reads a definition whose patterns and samples are known to hold: those shipped with the
    /// program, which its tests check.
    pub(super) fn trusted(text: &str) -> Result<Definition, Flaw> {
        let file = File::parse(text)?;
        let pattern = Pattern::new(format!("^(?:{})", file.pattern));
        let find = file.find.into_iter().map(Pattern::new).collect();
        let opens = file.opens.map(|text| Pattern::new(format!("^(?:{text})")));
        let ends = file.ends.map(|text| Pattern::new(format!("^(?:{text})")));
        let duration_unit_ns = match &file.duration_unit {
            None => None,
            Some(unit) => Some(
                fields::duration_ns(&format!("1{unit}"))
                    .ok_or_else(|| format!("expected a duration_unit such as ms or s, found \"{unit}\""))
                    .map_err(|m| Flaw::near("duration_unit", m))?,
            ),
        };
        Ok(Definition {
            order: file.date_order,
            name: file.name,
            title: file.title,
            pattern,
            find,
            opens,
            ends,
            specificity: file.specificity,
            multiline: file.multiline,
            stamp: file.stamp,
            zone: file.zone,
            duration_unit_ns,
            levels: file.levels,
            outcomes: file.outcomes,
            samples: file.samples,
        })
    }

    /// Whether a sample yields what is stated beside it.
    fn check(&self, sample: &Sample) -> Result<(), String> {
        let line = sample.first_line();
        let Some((record, _)) = self.record(&sample.text).map_err(|f| format!("sample \"{line}\": {}", f.reason))?
        else {
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

    /// The record of a frame and the zone written behind its stamp; `None` when the pattern does not
    /// match its first line.
    fn record<'a>(&self, text: &'a str) -> Result<Option<(LogRecord<'a>, Option<&'a str>)>, Fault> {
        let Some(groups) = self.groups(text) else { return Ok(None) };
        let said = |name: &str| groups.get(name).filter(|t| *t != "-").map(Into::into);
        let (time, label) = self.time(&groups)?;
        let status = groups.get("status").and_then(fields::http_status);
        let said_outcome = self.outcome(&groups, status);
        let unknown = (groups.get("status").is_some() && status.is_none()).then_some(Outcome::Unknown);
        let probe = groups.get("path").is_some_and(|p| status.is_some() && fields::is_probe(fields::path_of(p), ""));
        let outcome = probe.then_some(Outcome::Probe).or(said_outcome).or(unknown);
        let request = status.is_some() || outcome.is_some();
        let level_of = |word| self.levels.get(word).copied().or_else(|| fields::level_of(word));
        let mut record = LogRecord {
            time,
            observed: groups.get("observed").and_then(timestamp::whole),
            stamp: self.stamp.unwrap_or(if request { StampMeaning::End } else { StampMeaning::Event }),
            level: groups.get("level").and_then(level_of),
            service: said("service"),
            host: said("host"),
            operation: groups.operation(),
            status,
            outcome,
            duration_ns: self.duration(&groups),
            body: groups.body(text.lines().next().unwrap_or("")),
            request_id: said("request_id"),
            trace_id: said("trace_id"),
            upstream: groups.get("upstream").and_then(fields::upstream_name).map(Into::into),
            side: groups.get("cluster").map(fields::side_of).unwrap_or_default(),
            ..LogRecord::default()
        };
        if record.upstream.is_none() {
            words::name_upstream(&mut record);
        }
        Ok(Some((record, label)))
    }

    /// The outcome that the words of the group `code`, or a status that is no HTTP status, stand for.
    fn outcome(&self, groups: &Groups<'_>, status: Option<u16>) -> Option<Outcome> {
        let exact = |word: &str| self.outcomes.get(word).copied();
        let code = groups.get("code").unwrap_or("");
        let begins = |word: &str| {
            let keys = self.outcomes.iter().filter_map(|(key, outcome)| Some((key.strip_suffix('*')?, *outcome)));
            keys.filter(|(key, _)| word.starts_with(key)).max_by_key(|(key, _)| key.len()).map(|(_, outcome)| outcome)
        };
        let worded = code.split(',').find_map(|word| exact(word).or_else(|| begins(word)));
        worded.or_else(|| groups.get("status").filter(|_| status.is_none()).and_then(exact))
    }

    /// What the pattern finds in the first line, and the others in all lines.
    fn groups<'a>(&self, text: &'a str) -> Option<Groups<'a>> {
        let own = self.pattern.captures(text.lines().next().unwrap_or(""))?;
        let mut all: Vec<Captures<'a>> = self.find.iter().filter_map(|find| find.captures(text)).collect();
        all.push(own);
        Some(Groups(all))
    }

    /// The stamp, put together where date, time and offset stand apart, and the zone named beside it.
    fn time<'a>(&self, groups: &Groups<'a>) -> Result<(Option<RawTime>, Option<&'a str>), Fault> {
        let Some(time) = groups.get("time") else {
            return Ok((groups.get("uptime").and_then(timestamp::elapsed), None));
        };
        let (date, zone) = (groups.get("date"), groups.get("zone"));
        let offset = zone.filter(|z| z.starts_with(['+', '-']) || *z == "Z");
        let text: Cow<'_, str> = match (date, offset) {
            (None, None) => time.into(),
            _ => format!("{} {time} {}", date.unwrap_or(""), offset.unwrap_or("")).into(),
        };
        let lettered = |t: &&str| t.ends_with(|c: char| c.is_ascii_uppercase());
        let label =
            zone.filter(|_| offset.is_none()).or_else(|| Some(time).filter(lettered).and_then(timestamp::zone_label));
        let stamp = self.stamp_of(text.trim()).ok_or(Fault::new("expected a stamp in the group time, found none"))?;
        Ok(match label.and_then(timestamp::fixed_offset) {
            Some(offset) if stamp.kind == ClockKind::Naive => {
                (Some(RawTime::zoned(stamp.wall_ns, offset, stamp.precision)), None)
            }
            _ => (Some(stamp), label),
        })
    }

    /// The stamp `text` is; a date that cannot be in the usual order is in another.
    fn stamp_of(&self, text: &str) -> Option<RawTime> {
        let Some(order) = self.order else { return timestamp::whole(text) };
        let others = [DateOrder::MonthFirst, DateOrder::DayFirst].into_iter().filter(|other| *other != order);
        std::iter::once(order).chain(others).find_map(|order| timestamp::whole_in_order(text, order))
    }

    /// The sum of the duration groups; a negative part means that there was none.
    fn duration(&self, groups: &Groups<'_>) -> Option<u64> {
        let parts: Option<Vec<u64>> = ["duration", "duration_2", "duration_3"]
            .iter()
            .filter_map(|name| groups.get(name))
            .map(|text| fields::duration_ns(text).or_else(|| fields::scaled(text, self.duration_unit_ns?)))
            .collect();
        parts.filter(|p| !p.is_empty()).and_then(|p| p.into_iter().try_fold(0u64, u64::checked_add))
    }
}

/// What was found in a record, the most trusted first.
struct Groups<'a>(Vec<Captures<'a>>);

impl<'a> Groups<'a> {
    /// The text of a group as it stands.
    fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find_map(|groups| groups.name(name)).map(|m| m.as_str())
    }

    /// The text of a group, `None` when it is empty.
    fn get(&self, name: &str) -> Option<&'a str> {
        self.raw(name).map(str::trim).filter(|text| !text.is_empty())
    }

    fn request_line(&self) -> Option<(&'a str, &'a str)> {
        Some((self.get("method")?, self.get("path")?))
    }

    fn operation(&self) -> Option<Cow<'a, str>> {
        self.get("operation").map(Into::into).or_else(|| match self.request_line() {
            Some((method, path)) if method != "-" => Some(fields::operation_of(method, path).into()),
            _ => None,
        })
    }

    /// The message, or what stands for it where the pattern names none.
    fn body(&self, line: &'a str) -> Cow<'a, str> {
        match (self.raw("message"), self.request_line()) {
            (Some(message), _) => message.into(),
            (None, Some((method, path))) => format!("{method} {path}").into(),
            (None, None) => line.into(),
        }
    }
}

/// A field of a record as definition files write it; `None` for a name that is no field.
fn shown(record: &LogRecord<'_>, field: &str) -> Option<String> {
    let text = |value: &Option<Cow<'_, str>>| value.as_deref().unwrap_or("").to_string();
    Some(match field {
        "time" => record.time.map_or_else(String::new, |t| {
            let utc = format_utc(t.key_ns(), t.precision);
            match t.kind {
                ClockKind::Zoned => utc,
                ClockKind::Relative => format!("+{} s", t.wall_ns as f64 / 1e9),
                _ => utc.trim_end_matches('Z').to_string(),
            }
        }),
        "level" => record.level.map_or("", Level::word).to_string(),
        "service" => text(&record.service),
        "host" => text(&record.host),
        "operation" => text(&record.operation),
        "status" => record.status.map_or_else(String::new, |s| s.to_string()),
        "outcome" => {
            let word = record.request_outcome().and_then(|outcome| serde_json::to_value(outcome).ok());
            word.as_ref().and_then(serde_json::Value::as_str).unwrap_or("").to_string()
        }
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

    fn may_start(&self, first: u8) -> bool {
        self.pattern.may_begin_with(first)
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let Some((record, label)) = self.record(frame.text)? else {
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

    /// Where the pattern begins with blanks, they are part of the record.
    fn begins_indented(&self, line: &str) -> bool {
        line.starts_with(' ') && self.pattern.may_begin_with(b' ') && self.starts(line)
    }

    fn opens(&self, line: &str) -> bool {
        self.opens.as_ref().is_some_and(|opens| opens.is_match(line))
    }

    fn ends(&self, line: &str) -> bool {
        self.ends.as_ref().is_some_and(|ends| ends.is_match(line))
    }

    fn specificity(&self) -> u8 {
        self.specificity
    }
}
