//! Kubernetes events as YAML: `kubectl get events -o yaml`.
//!
//! Sample: `apiVersion: v1`, `items:`, below it one block a list item, `kind: List`.
//! Yields and time: as [`super::kubernetes_events`]. Of YAML only what kubectl writes is read: blocks of keys
//! and lists, scalars plain, quoted, folded or literal.

use serde_json::{Map, Value};

use super::kubernetes_events::read_event;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};

/// Kubernetes events as YAML.
pub struct KubernetesYaml;

impl Format for KubernetesYaml {
    fn name(&self) -> &str {
        "kubernetes_yaml"
    }

    fn title(&self) -> &str {
        "Kubernetes events: kubectl get events -o yaml"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "apiVersion: v1\nitems:\n- apiVersion: v1\n  count: 17\n  firstTimestamp: \"2025-06-12T17:50:00Z\"\n  involvedObject:\n    kind: Pod\n    name: kv-1\n    namespace: prod\n  kind: Event\n  lastTimestamp: \"2025-06-12T18:10:00Z\"\n  message: Back-off restarting failed container\n  reason: BackOff\n  type: Warning\nkind: List\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// Blocks inside blocks at most; objects of Kubernetes have half as many.
const DEPTH: usize = 32;

/// A line with its indent, blank and comment lines left out.
#[derive(Clone, Copy)]
struct Line<'t> {
    indent: usize,
    text: &'t str,
    frame: Frame<'t>,
}

fn indent_of(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

impl DocumentFormat for KubernetesYaml {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let has = |key: &str| head.text.lines().take(400).any(|l| l.trim_start_matches([' ', '-']).starts_with(key));
        let about = has("involvedObject:") || has("regarding:");
        (has("apiVersion:") && about && has("reason:")).then_some(())?;
        Claimed::new(95, "YAML with `apiVersion`, `involvedObject` or `regarding`, and `reason`")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut lines = Vec::new();
        for frame in document.lines() {
            let text = frame.text.trim();
            if text.is_empty() || text.starts_with('#') || text == "---" {
                sink.account(FrameClass::Blank, &frame);
            } else {
                lines.push(Line { indent: indent_of(frame.text), text, frame });
            }
        }
        let (mut at, dash) = (0, dash_of(&lines));
        while at < lines.len() {
            // An item runs to the next one; what stands around the list states nothing.
            let more = |line: &Line<'_>| dash.is_none_or(|dash| line.indent > dash);
            let end = at + 1 + lines.iter().skip(at + 1).take_while(|line| more(line)).count();
            let block = &lines[at..end];
            let frame = whole(document, block);
            if dash.is_some_and(|dash| block[0].indent != dash || !block[0].text.starts_with("- ")) {
                sink.account(FrameClass::Blank, &frame);
            } else {
                let value = Reader { lines: block, at: 0, depth: 0 }.value(0);
                let item = value.as_array().and_then(|items| items.first()).unwrap_or(&value);
                match read_event(item, &frame, sink) {
                    Ok(class) => sink.account(class, &frame),
                    Err(fault) => sink.reject(&fault.reason, &frame),
                }
            }
            at = end;
        }
        Ok(())
    }
}

/// How far in the dashes of the list of events stand; `None` for a single event.
fn dash_of(lines: &[Line<'_>]) -> Option<usize> {
    let items = lines.iter().position(|line| line.text == "items:").map(|at| at + 1);
    let from = items.or(lines.first().filter(|line| line.text.starts_with("- ")).map(|_| 0))?;
    lines.get(from).filter(|line| line.text.starts_with("- ")).map(|line| line.indent)
}

/// The frame of several lines.
fn whole<'t>(document: &Document<'t>, block: &[Line<'t>]) -> Frame<'t> {
    let (Some(first), Some(last)) = (block.first(), block.last()) else { return document.frame("") };
    let (from, to) = (first.frame.span.offset as usize, last.frame.span.offset as usize + last.frame.text.len());
    document.frame(document.text.get(from..to).unwrap_or(""))
}

/// Reads blocks of lines by their indents.
struct Reader<'r, 't> {
    lines: &'r [Line<'t>],
    at: usize,
    depth: usize,
}

impl<'t> Reader<'_, 't> {
    fn peek(&self) -> Option<Line<'t>> {
        self.lines.get(self.at).copied()
    }

    /// The block of lines that are indented by at least `indent`.
    fn value(&mut self, indent: usize) -> Value {
        if self.depth > DEPTH {
            self.at += self.lines.iter().skip(self.at).take_while(|line| line.indent >= indent).count();
            return Value::Null;
        }
        self.depth += 1;
        let value = match self.peek() {
            Some(line) if line.indent >= indent && line.text.starts_with("- ") => self.list(line.indent),
            Some(line) if line.indent >= indent => self.map(line.indent, line.text),
            _ => Value::Null,
        };
        self.depth -= 1;
        value
    }

    fn list(&mut self, indent: usize) -> Value {
        let mut items = Vec::new();
        while let Some(line) = self.peek().filter(|l| l.indent == indent && l.text.starts_with("- ")) {
            let inner = line.text[2..].trim_start();
            items.push(match key_of(inner) {
                Some(_) => self.map(indent + line.text.len() - inner.len(), inner),
                None => {
                    self.at += 1;
                    scalar(inner)
                }
            });
        }
        Value::Array(items)
    }

    /// A map whose first line is `first`, behind a dash if there is one.
    fn map(&mut self, indent: usize, first: &'t str) -> Value {
        let mut map = Map::new();
        let mut text = first;
        while let Some((key, rest)) = key_of(text) {
            self.at += 1;
            let value = match rest {
                // A list may stand as far out as its key.
                "" => match self.peek() {
                    Some(line) if line.indent == indent && line.text.starts_with("- ") => self.value(indent),
                    _ => self.value(indent + 1),
                },
                "|" | "|-" => Value::String(self.folded(indent, "", "\n")),
                ">" | ">-" => Value::String(self.folded(indent, "", " ")),
                _ => scalar(&self.folded(indent, rest, " ")),
            };
            map.insert(key.to_string(), value);
            match self.peek().filter(|l| l.indent == indent) {
                Some(line) => text = line.text,
                None => break,
            }
        }
        if map.is_empty() {
            self.at += 1;
        }
        Value::Object(map)
    }

    /// A scalar with the lines below it that are indented further.
    fn folded(&mut self, indent: usize, first: &str, joint: &str) -> String {
        let mut out = first.to_string();
        while let Some(line) = self.peek().filter(|l| l.indent > indent) {
            if !out.is_empty() {
                out.push_str(joint);
            }
            out.push_str(line.text);
            self.at += 1;
        }
        out
    }
}

/// A key and what stands behind its colon.
fn key_of(text: &str) -> Option<(&str, &str)> {
    let (key, rest) = text.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./\"".contains(c);
    (!key.is_empty() && key.chars().all(plain) && (rest.is_empty() || rest.starts_with(' ')))
        .then_some((key.trim_matches('"'), rest.trim()))
}

fn scalar(text: &str) -> Value {
    if let Some(inner) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        return Value::String(inner.replace("''", "'"));
    }
    match text {
        "null" | "~" | "" => Value::Null,
        _ => match serde_json::from_str::<Value>(text) {
            Ok(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => value,
            _ => Value::String(text.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&KubernetesYaml);
    }

    #[test]
    fn items_are_read_one_by_one_and_folded_messages_are_joined() {
        let text = "apiVersion: v1\nitems:\n- apiVersion: v1\n  count: 2\n  firstTimestamp: \"2025-06-12T17:50:00Z\"\n  involvedObject:\n    kind: Pod\n    name: a\n  lastTimestamp: null\n  message: 'Back-off of\n    container'\n  metadata:\n    managedFields:\n    - manager: x\n      time: \"2025-06-12T17:00:00Z\"\n  reason: BackOff\n- apiVersion: v1\n  eventTime: \"2025-06-12T17:52:03.410000Z\"\n  involvedObject:\n    name: b\n  message: ok\n  reason: Pulled\nkind: List\nmetadata:\n  resourceVersion: \"\"\n";
        let got = collect::read(&KubernetesYaml, text);
        let titles: Vec<&str> = got.events.iter().map(|e| e.title.as_str()).collect();
        assert_eq!(
            titles,
            ["Kubernetes: BackOff Pod a (×2): Back-off of container", "Kubernetes: Pulled object b: ok"]
        );
        assert_eq!((got.records, got.rejected.len()), (2, 0));
        assert_eq!(got.events[1].evidence.span.line, 17);
    }

    #[test]
    fn a_single_event_is_read_too() {
        let text = "apiVersion: v1\ninvolvedObject:\n  kind: Node\n  name: n4\nfirstTimestamp: \"2025-06-12T17:50:00Z\"\nmessage: disk full\nreason: EvictionThresholdMet\n";
        assert_eq!(collect::read(&KubernetesYaml, text).events.len(), 1);
    }
}
