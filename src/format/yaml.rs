//! YAML as tools print it: blocks of keys and lists, scalars plain, quoted, folded or literal. Anchors, flow
//! collections and tags, which people write and programs do not, stay text.

use serde_json::{Map, Value};

use super::{Document, Frame};

/// Blocks inside blocks at most; objects of Kubernetes have half as many.
const DEPTH: usize = 32;

/// A line with its indent, blank and comment lines left out.
#[derive(Clone, Copy)]
pub(crate) struct Line<'t> {
    /// Blanks before it.
    pub(crate) indent: usize,
    /// Without blanks around it.
    pub(crate) text: &'t str,
    /// Where it stands.
    pub(crate) frame: Frame<'t>,
}

/// The line of a frame; `None` when it is blank, a comment, or parts documents.
pub(crate) fn line(frame: Frame<'_>) -> Option<Line<'_>> {
    let text = frame.text.trim();
    let says = !text.is_empty() && !text.starts_with('#') && text != "---";
    says.then(|| Line { indent: indent_of(frame.text), text, frame })
}

/// What a block of lines says.
pub(crate) fn value(block: &[Line<'_>]) -> Value {
    Reader { lines: block, at: 0, depth: 0 }.value(0)
}

fn indent_of(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// The frame of several lines.
pub(crate) fn whole<'t>(document: &Document<'t>, block: &[Line<'t>]) -> Frame<'t> {
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
pub(crate) fn key_of(text: &str) -> Option<(&str, &str)> {
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
