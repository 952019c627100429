//! Elements of an XML text, as far as records need them: no namespaces, no document types, nothing resolved.

use serde_json::{Map, Value};

use crate::format::entities::unescaped;

/// One complete element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'t> {
    /// Its name without a prefix.
    pub(crate) name: &'t str,
    /// All of it.
    pub(crate) text: &'t str,
    attributes: &'t str,
    /// What stands between its tags.
    pub(crate) inner: &'t str,
}

/// Deepest element that is opened.
const MAX_DEPTH: u8 = 6;

/// The complete elements of `text`, and the one that begins but does not end there.
pub(crate) fn elements(text: &str) -> (Vec<Element<'_>>, Option<Element<'_>>) {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, tag)) = next_tag(text, at) {
        at = tag.end;
        if !matches!(tag.kind, Kind::Open | Kind::Empty) {
            continue;
        }
        let head = text.get(start + 1..tag.end).unwrap_or("").trim_end_matches(['>', '/']);
        let split = head.find(|c: char| c.is_whitespace()).unwrap_or(head.len());
        let (full, attributes) = head.split_at(split);
        let (end, inner, whole) = match tag.kind {
            Kind::Empty => (tag.end, "", true),
            _ => closing(text, tag.end).map_or((text.len(), text.get(tag.end..).unwrap_or(""), false), |(from, to)| {
                (to, text.get(tag.end..from).unwrap_or(""), true)
            }),
        };
        let name = full.rsplit(':').next().unwrap_or(full);
        let element = Element { name, text: text.get(start..end).unwrap_or(""), attributes, inner };
        if !whole {
            return (found, Some(element));
        }
        found.push(element);
        at = end;
    }
    (found, None)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Empty,
    /// Comments, character data, instructions.
    Other,
}

struct Tag {
    kind: Kind,
    /// Behind its closing bracket.
    end: usize,
}

/// The next tag of `text` from `at` on, and where it begins; `None` when none ends there.
fn next_tag(text: &str, at: usize) -> Option<(usize, Tag)> {
    let start = at + text.get(at..)?.find('<')?;
    let rest = text.get(start..)?;
    let behind = |mark: &str| rest.find(mark).map(|i| start + i + mark.len());
    let (kind, end) = if rest.starts_with("<!--") {
        (Kind::Other, behind("-->")?)
    } else if rest.starts_with("<![CDATA[") {
        (Kind::Other, behind("]]>")?)
    } else if rest.starts_with("<?") || rest.starts_with("<!") {
        (Kind::Other, behind(">")?)
    } else {
        let end = tag_end(rest)?;
        let kind = match rest.as_bytes().get(1) {
            Some(b'/') => Kind::Close,
            Some(b) if b.is_ascii_alphabetic() || *b == b'_' => {
                if rest.as_bytes().get(end - 2) == Some(&b'/') {
                    Kind::Empty
                } else {
                    Kind::Open
                }
            }
            _ => Kind::Other,
        };
        (kind, start + end)
    };
    Some((start, Tag { kind, end }))
}

/// Bytes of the tag that begins `rest`; brackets between quotes do not end it.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where the tag that closes an element, opened right before `at`, begins and ends.
fn closing(text: &str, mut at: usize) -> Option<(usize, usize)> {
    let mut open = 1;
    while let Some((start, tag)) = next_tag(text, at) {
        match tag.kind {
            Kind::Open => open += 1,
            Kind::Close => open -= 1,
            Kind::Empty | Kind::Other => {}
        }
        if open == 0 {
            return Some((start, tag.end));
        }
        at = tag.end;
    }
    None
}

impl<'t> Element<'t> {
    /// The element as an object: attributes and children by name, its text under `message`; a text where
    /// it has neither. Of children with one name the first counts, unless they carry names of their own
    /// (`<Data Name="user">`).
    pub(crate) fn value(&self) -> Value {
        self.value_at(0)
    }

    fn value_at(&self, depth: u8) -> Value {
        let mut map = Map::new();
        for (key, value) in self.attributes() {
            if !key.starts_with("xmlns") {
                let key = key.rsplit(':').next().unwrap_or(key);
                map.insert(key.to_string(), Value::String(unescaped(value).into_owned()));
            }
        }
        let (children, _) = if depth < MAX_DEPTH { elements(self.inner) } else { (Vec::new(), None) };
        if children.is_empty() {
            let text = text_of(self.inner);
            if map.is_empty() {
                return Value::String(text);
            }
            if !text.is_empty() {
                map.insert("message".to_string(), Value::String(text));
            }
        }
        for child in children {
            let named = child.attributes().find(|(key, _)| matches!(*key, "name" | "Name" | "key"));
            let value = match named {
                Some(_) if !child.inner.contains('<') => Value::String(text_of(child.inner)),
                _ => child.value_at(depth + 1),
            };
            let key = named.filter(|_| value.is_string()).map_or(child.name, |(_, name)| name);
            map.entry(key.to_string()).or_insert(value);
        }
        Value::Object(map)
    }

    /// Names and values of the attributes.
    fn attributes(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let (key, behind) = rest.split_once('=')?;
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, after) = behind.get(1..)?.split_once(quote)?;
            rest = after;
            Some((key.trim(), value))
        })
    }
}

/// Text between tags, character data opened.
fn text_of(inner: &str) -> String {
    let inner = inner.trim();
    match inner.strip_prefix("<![CDATA[").and_then(|data| data.strip_suffix("]]>")) {
        Some(data) => data.trim().to_string(),
        None => unescaped(inner).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_children_and_text_become_an_object() {
        let text = "<?xml version='1.0'?><!-- a > b --><x:e at=\"1 > 0\" n='&amp;'><t>2025</t><d Name=\"u\">kim</d>\
                    <m><![CDATA[<b>]]></m></x:e><e/><e>open";
        let (found, open) = elements(text);
        assert_eq!((found.len(), open.map(|e| e.inner)), (2, Some("open")));
        let value = found[0].value();
        assert_eq!(value, serde_json::json!({"at": "1 > 0", "n": "&", "t": "2025", "u": "kim", "m": "<b>"}));
        assert_eq!(found[1].text, "<e/>");
    }

    #[test]
    fn broken_texts_give_what_is_whole() {
        for text in ["<", "<a", "a < b > c", "</a>", "<a 'x>", "<!--", "<a><b></a>"] {
            assert!(elements(text).0.len() <= 1, "{text}");
        }
    }
}
