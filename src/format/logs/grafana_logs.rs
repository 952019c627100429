//! Grafana data frames that hold log lines: what Explore and logs panels hand out.
//!
//! Sample: `{"results":{"A":{"frames":[{"schema":{"fields":[{"name":"Time","type":"time"},{"name":"Line",…}]},…}]}}}`.
//! Yields one record a row; the line inside is the record, the stamp beside it a witness, labels give
//! the service. Time: ms since 1970 in the field of type `time`, or the nanoseconds of `tsNs`.
//! Reference: grafana/grafana `packages/grafana-data/src/dataframe/DataFrameJSON.ts`.

use serde_json::{Map, Value};

use super::{json_list, json_log};
use crate::format::json_elements::{Part, cut_fault, documents, root};
use crate::format::metrics::grafana_frames::frames;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// Log lines as Grafana data frames.
pub struct GrafanaLogs;

/// Names of the field with the line.
const LINES: &[&str] = &["Line", "line", "body", "Body", "message", "Message", "msg", "content", "log", "_source"];

impl Format for GrafanaLogs {
    fn name(&self) -> &str {
        "grafana_logs"
    }

    fn title(&self) -> &str {
        "Grafana data frames with log lines: Explore, logs panels"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"results":{"A":{"status":200,"frames":[{"schema":{"refId":"A","fields":[{"name":"labels","type":"other"},{"name":"Time","type":"time"},{"name":"Line","type":"string"},{"name":"tsNs","type":"string"}]},"data":{"values":[[{"app":"kv"}],[1749750723410],["read failed"],["1749750723410003121"]]}}]}}}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// The fields of a frame by name and type, when there is a time and a line and nothing that is measured.
fn fields(frame: Part<'_>) -> Option<Vec<(String, String)>> {
    let text = |field: Part<'_>, key: &str| field.get(key).and_then(Part::string).unwrap_or_default();
    let fields: Vec<(String, String)> =
        frame.at(&["schema", "fields"])?.items().map(|field| (text(field, "name"), text(field, "type"))).collect();
    let typed = |kind: &str| fields.iter().any(|(_, of)| of == kind);
    let lines = fields.iter().any(|(name, _)| LINES.contains(&name.as_str()));
    (typed("time") && lines && !typed("number")).then_some(fields)
}

impl DocumentFormat for GrafanaLogs {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let frames = frames(root(head.text)?);
        fields(*frames.iter().find(|frame| frame.get("schema").is_some())?)?;
        Claimed::new(98, "`schema.fields` with a time and a line beside `data.values`")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            let mut count = 0;
            for frame in frames(part) {
                match fields(frame) {
                    Some(fields) => count += read_frame(frame, &fields, document, sink),
                    None => sink.account(FrameClass::Blank, &document.frame(frame.text)),
                }
            }
            json_list::warn_of_caps(part, count, document, sink);
            if !part.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

/// Reads a frame row by row; says how many rows it has.
fn read_frame(frame: Part<'_>, fields: &[(String, String)], document: &Document<'_>, sink: &mut dyn Sink) -> usize {
    let values = frame.at(&["data", "values"]);
    let columns: Vec<Vec<Part<'_>>> =
        values.into_iter().flat_map(Part::items).map(|column| column.items().collect()).collect();
    let exact = fields.iter().any(|(name, _)| name == "tsNs");
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    let line = fields.iter().position(|(name, _)| LINES.contains(&name.as_str()));
    for row in 0..rows {
        let cell = |at: usize| columns.get(at).and_then(|column| column.get(row)).copied().filter(|part| part.complete);
        let place = document.frame(line.and_then(cell).map_or(frame.text, |part| part.text));
        let mut record = Map::new();
        for (at, (name, kind)) in fields.iter().enumerate() {
            let Some(value) = cell(at).and_then(Part::value).filter(|value| !value.is_null()) else { continue };
            let key = match kind.as_str() {
                "time" if exact => continue,
                "time" => "timestamp",
                _ if name == "tsNs" => "timestamp",
                _ if Some(at) == line => "line",
                _ => name,
            };
            record.entry(key.to_string()).or_insert(value);
        }
        match json_log::decode_object(&Value::Object(record).to_string(), &place, sink, None) {
            Ok(()) => sink.account(FrameClass::Record, &place),
            Err(fault) => sink.reject(&fault.reason, &place),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&GrafanaLogs);
    }
}
