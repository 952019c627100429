//! Walking JSON text element by element, keeping the place of each and surviving a cut end.
//!
//! A document of many megabytes is never built as one tree: the text is walked by its brackets and
//! quotes, and only single elements are parsed. What stands before a cut is therefore still read.
//!
//! Each of some fifty formats asks a JSON text for keys of its own, and to find that a key is not there
//! is to walk over all values. [`remember`] lets them share where long values end.

use std::cell::RefCell;
use std::marker::PhantomData;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Document, Fault, Frame, FrameClass, Sink};

/// One JSON value as a slice of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The text, from the first byte of the value; runs to the end of the document when cut.
    pub text: &'a str,
    /// Whether the value ends before the document does.
    pub complete: bool,
}

/// The fault of a document whose end is missing.
pub fn cut_fault() -> Fault {
    Fault::new("expected the end of the JSON document, found the end of the file")
}

/// Every top-level value of `text`: one for a document, several for concatenated ones.
pub fn documents(text: &str) -> Documents<'_> {
    Documents { rest: text.trim_start_matches('\u{feff}') }
}

/// The first top-level value, complete or not.
pub fn root(text: &str) -> Option<Part<'_>> {
    documents(text).next()
}

/// Iterator over top-level values.
pub struct Documents<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Documents<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        self.rest = skip_blank(self.rest);
        let (part, rest) = take_value(self.rest)?;
        self.rest = rest;
        // A bare number or word at the very end is whole although nothing follows it.
        let literal = !part.text.starts_with(['{', '[', '"']);
        Some(Part { complete: part.complete || literal, ..part })
    }
}

impl<'a> Part<'a> {
    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.text.starts_with('{')
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.text.starts_with('[')
    }

    /// Elements of an array, the last one possibly cut; nothing for any other value.
    pub fn items(self) -> Items<'a> {
        Items { rest: if self.is_array() { &self.text[1..] } else { "" } }
    }

    /// Fields of an object in file order, the last one possibly cut; nothing for any other value.
    /// Keys are given as written, without their quotes.
    pub fn fields(self) -> Fields<'a> {
        Fields { rest: if self.is_object() { &self.text[1..] } else { "" } }
    }

    /// The field `key` of an object.
    pub fn get(self, key: &str) -> Option<Part<'a>> {
        self.fields().find(|(k, _)| *k == key).map(|(_, part)| part)
    }

    /// The value at a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Part<'a>> {
        path.iter().try_fold(self, |part, key| part.get(key))
    }

    /// Whether an object has all of `keys`.
    pub fn has(self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.get(key).is_some())
    }

    /// Whether an object has one of `keys`.
    pub fn has_any(self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some())
    }

    /// The text of a complete string.
    pub fn string(self) -> Option<String> {
        (self.complete && self.text.starts_with('"')).then(|| serde_json::from_str(self.text).ok()).flatten()
    }

    /// The parsed value, `None` when it is cut or no JSON.
    pub fn value(self) -> Option<Value> {
        if self.complete { serde_json::from_str(self.text).ok() } else { None }
    }

    /// The first element of an array that is an object.
    pub fn first_object(self) -> Option<Part<'a>> {
        self.items().find(|item| item.is_object())
    }
}

/// Iterator over array elements.
pub struct Items<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Items<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        self.rest = skip_blank(self.rest).trim_start_matches(',');
        self.rest = skip_blank(self.rest);
        if self.rest.starts_with([']', '}']) {
            self.rest = "";
        }
        let (part, rest) = take_value(self.rest)?;
        self.rest = rest;
        Some(part)
    }
}

/// Iterator over object fields.
pub struct Fields<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Part<'a>);

    fn next(&mut self) -> Option<(&'a str, Part<'a>)> {
        self.rest = skip_blank(self.rest).trim_start_matches(',');
        self.rest = skip_blank(self.rest);
        if !self.rest.starts_with('"') {
            self.rest = "";
            return None;
        }
        let (key, rest) = take_value(self.rest)?;
        let value = skip_blank(rest).strip_prefix(':').map(skip_blank).and_then(take_value);
        let Some((part, rest)) = value.filter(|_| key.complete) else {
            self.rest = "";
            return None;
        };
        self.rest = rest;
        Some((key.text.trim_matches('"'), part))
    }
}

/// Shortest value whose end is worth remembering, bytes.
const LONG: usize = 1024;

thread_local! {
    static ENDS: RefCell<Ends> = RefCell::default();
}

/// Where long values of one text end.
#[derive(Default)]
struct Ends {
    /// Addresses of the text's first byte and of the one behind it; equal when nothing is remembered.
    text: (usize, usize),
    /// Length by address of the first byte, or how many bytes were walked without coming to the end.
    lens: FxHashMap<usize, Result<usize, usize>>,
}

/// Until it is dropped, this thread looks for the end of a long value of the text only once.
///
/// Values are known by their address, hence the borrow: as long as it lives, no other text can be there.
pub struct Remembered<'t> {
    text: PhantomData<&'t str>,
    /// The memory is this thread's.
    here: PhantomData<*const ()>,
}

/// Remembers the ends of the long values of `text`. Of several at once the last counts.
pub fn remember(text: &str) -> Remembered<'_> {
    let from = text.as_ptr() as usize;
    ENDS.with_borrow_mut(|ends| *ends = Ends { text: (from, from + text.len()), lens: FxHashMap::default() });
    Remembered { text: PhantomData, here: PhantomData }
}

impl Drop for Remembered<'_> {
    fn drop(&mut self) {
        ENDS.take();
    }
}

/// [`nested_end`], remembered when `bytes` is of the text that is.
fn nested_end_once(bytes: &[u8]) -> Option<usize> {
    let at = bytes.as_ptr() as usize;
    let known = ENDS.with_borrow(|ends| {
        let inside = (ends.text.0..ends.text.1).contains(&at);
        inside.then(|| ends.lens.get(&at).copied())
    });
    match known {
        None => return nested_end(bytes),
        // The same value may be asked for in a shorter stretch of the text, which cuts it.
        Some(Some(Ok(len))) => return (len <= bytes.len()).then_some(len),
        Some(Some(Err(walked))) if bytes.len() <= walked => return None,
        Some(_) => {}
    }
    let end = nested_end(bytes);
    if end.unwrap_or(bytes.len()) >= LONG {
        ENDS.with_borrow_mut(|ends| ends.lens.insert(at, end.ok_or(bytes.len())));
    }
    end
}

/// Text without leading JSON white space.
fn skip_blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r', '\n'])
}

/// Splits `text` after its first value; `None` when there is none.
fn take_value(text: &str) -> Option<(Part<'_>, &str)> {
    let bytes = text.as_bytes();
    let end = match bytes.first()? {
        b'"' => string_end(bytes, 0),
        b'{' | b'[' => nested_end_once(bytes),
        _ => bytes.iter().position(|b| matches!(b, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n')),
    };
    match end {
        // A lone closing bracket: step over it, or the walk would never end.
        Some(0) => Some((Part { text: text.get(..1)?, complete: true }, text.get(1..)?)),
        Some(end) => Some((Part { text: text.get(..end)?, complete: true }, text.get(end..)?)),
        None => Some((Part { text, complete: false }, "")),
    }
}

/// Position after the string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut i = at + 1;
    loop {
        i += memchr::memchr2(b'"', b'\\', bytes.get(i..)?)?;
        if bytes.get(i) == Some(&b'"') {
            return Some(i + 1);
        }
        i += 2;
    }
}

/// Position after the object or array that begins at 0.
fn nested_end(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut i = 0;
    while let Some(byte) = bytes.get(i) {
        match byte {
            b'"' => {
                i = string_end(bytes, i)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            _ => {}
        }
        i += 1;
    }
    None
}

/// Reads one element: what class it is of, or why it is none.
pub type ReadElement<'r> = dyn FnMut(&Value, &Frame<'_>, &mut dyn Sink) -> Result<FrameClass, Fault> + 'r;

/// Reads one whole element and accounts it.
pub fn read_one(part: Part<'_>, document: &Document<'_>, sink: &mut dyn Sink, read: &mut ReadElement<'_>) {
    let frame = document.frame(part.text);
    let result = match part.value() {
        Some(value) => read(&value, &frame, sink),
        None => Err(Fault::new("expected JSON, found text that is none")),
    };
    match result {
        Ok(class) => sink.account(class, &frame),
        Err(fault) => sink.reject(&fault.reason, &frame),
    }
}

/// Reads every intact element of `array` and accounts each.
///
/// # Errors
/// The fault of a cut document, after the elements before the cut were read.
pub fn read_each(
    array: Part<'_>,
    document: &Document<'_>,
    sink: &mut dyn Sink,
    read: &mut ReadElement<'_>,
) -> Result<(), Fault> {
    for part in array.items().filter(|part| part.complete) {
        read_one(part, document, sink, read);
    }
    if array.complete { Ok(()) } else { Err(cut_fault()) }
}

/// Reads `part` as a list of elements when it is an array, else as a single element.
///
/// # Errors
/// The fault of a cut document.
pub fn read_list_or_one(
    part: Part<'_>,
    document: &Document<'_>,
    sink: &mut dyn Sink,
    read: &mut ReadElement<'_>,
) -> Result<(), Fault> {
    if part.is_array() {
        return read_each(part, document, sink, read);
    }
    if !part.complete {
        return Err(cut_fault());
    }
    read_one(part, document, sink, read);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_walked_without_parsing_the_whole() {
        let part = root(r#" {"a":{"b\"":1,"b":[1,"x,]",{"c":[]}]},"z":0} "#).unwrap();
        let items: Vec<_> = part.at(&["a", "b"]).unwrap().items().map(|i| i.text).collect();
        assert_eq!(items, ["1", "\"x,]\"", "{\"c\":[]}"]);
        assert!(part.complete && part.has(&["a", "z"]));
    }

    #[test]
    fn what_is_remembered_is_what_would_be_found() {
        let long = format!(r#"{{"a":[{}{{"b":[1,2]}}],"z":[{{"c":1}},{{"d"#, "{\"x\":\"]}\"},".repeat(400));
        let walk = |text: &str| {
            let part = root(text).unwrap();
            let keys: Vec<(usize, bool)> = part.fields().map(|(_, v)| (v.text.len(), v.complete)).collect();
            (part.complete, keys, part.get("a").unwrap().items().count(), part.has(&["z", "y"]))
        };
        let shorter = long.get(..3_000).unwrap();
        let plain = (walk(&long), walk(shorter));
        let _remembered = remember(&long);
        for _ in 0..2 {
            assert_eq!((walk(&long), walk(shorter)), plain);
        }
        assert_eq!((walk(shorter), walk(&long)), (plain.1, plain.0));
    }

    #[test]
    fn a_cut_document_gives_the_elements_before_the_cut() {
        let text = r#"{"data":{"result":[{"a":1},{"a":2},{"a"#;
        let array = root(text).unwrap().at(&["data", "result"]).unwrap();
        let items: Vec<_> = array.items().collect();
        assert!(!array.complete);
        assert_eq!(items.iter().filter(|i| i.complete).count(), 2);
        assert!(!items[2].complete);
    }

    #[test]
    fn nonsense_ends_and_never_loops() {
        for text in ["]]]", "{,}", "[,,]", "{\"a\"", "{\"a\":", "\\", "{\"a\":}", "[}", ""] {
            assert!(documents(text).count() < 9, "{text}");
            for part in documents(text) {
                assert!(part.items().count() < 9 && part.fields().count() < 9, "{text}");
            }
        }
    }

    #[test]
    fn several_documents_follow_each_other() {
        assert_eq!(documents("{\"a\":1}\n{\"a\":2}\n12").filter(|d| d.complete).count(), 3);
    }
}
