//! A platform's export as a format.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use super::element::{self, Source};
use super::file::{Element, File, Other};
use super::path::Scope;
use super::rows;
use crate::format::json_elements::{Part, cut_fault, documents};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// Elements looked at before a file is claimed.
const LOOKED_AT: usize = 3;

/// A platform's export, read by its file.
#[derive(Debug)]
pub struct Export {
    file: File,
}

impl Export {
    /// Reads a platform's file. `origin` is its path, for messages.
    ///
    /// # Errors
    /// A message `origin: expected X, found Y` when the file is no definition.
    pub fn parse(text: &str, origin: &str) -> Result<Export, String> {
        File::parse(text).map(|file| Export { file }).map_err(|message| format!("{origin}: {message}"))
    }

    /// The descriptions whose keys are written in `text`: the others need not be tried.
    fn possible<'s>(&'s self, text: &'s str) -> impl Iterator<Item = &'s Element> {
        self.file.element.iter().filter(move |element| {
            element.proof.iter().all(|condition| {
                let needles = condition.needles();
                needles.is_empty()
                    || needles.iter().any(|needle| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some())
            })
        })
    }

    /// The first description that fits `value`.
    fn fitting(&self, value: &Value, root: Option<Part<'_>>) -> Option<&Element> {
        let scope = Scope::of(value);
        self.file.element.iter().find(|element| root_holds(element, root) && scope.holds(&element.proof))
    }

    /// Reads one element; `usual` is the description of its neighbours.
    fn read_element(&self, source: &Source<'_>, root: Option<Part<'_>>, usual: &Element, sink: &mut dyn Sink) {
        let read = match self.fitting(source.value, root) {
            Some(element) => element::read(element, source, sink),
            None if self.file.other == Other::Blank => Ok(FrameClass::Blank),
            None if source.value.is_object() => element::read(usual, source, sink),
            None => Err(Fault::new(format!("expected {}, found another element", usual.what))),
        };
        match read {
            Ok(class) => sink.account(class, &source.frame),
            Err(fault) => sink.reject(&fault.reason, &source.frame),
        }
    }

    fn read_json(&self, part: Part<'_>, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut done: Vec<*const u8> = Vec::new();
        for usual in &self.file.element {
            for list in lists(part, usual).filter(|_| root_holds(usual, Some(part))) {
                let at = list.text.as_ptr();
                if done.contains(&at) || !elements(list).take(LOOKED_AT).any(|item| fits(usual, item)) {
                    continue;
                }
                done.push(at);
                for item in elements(list).filter(|item| item.complete) {
                    let frame = document.frame(item.text);
                    match item.value() {
                        Some(value) => {
                            let source = Source { value: &value, part: Some(item), frame, document };
                            self.read_element(&source, Some(part), usual, sink);
                        }
                        None => sink.reject("expected JSON, found text that is none", &frame),
                    }
                }
            }
        }
        if done.is_empty() && part.complete {
            let frame = document.frame(part.text);
            match self.file.other {
                Other::Blank => sink.account(FrameClass::Blank, &frame),
                Other::Rejected if part.is_array() && part.first_object().is_none() => {
                    sink.account(FrameClass::Blank, &frame);
                }
                Other::Rejected => {
                    sink.reject(&format!("expected {}, found another document", self.file.title), &frame)
                }
            }
        }
        if part.complete { Ok(()) } else { Err(cut_fault()) }
    }
}

/// Whether the document has what the description asks of it.
fn root_holds(element: &Element, root: Option<Part<'_>>) -> bool {
    let has = |keys: &String| root.is_some_and(|root| root.at(&keys.split('.').collect::<Vec<_>>()).is_some());
    element.root.iter().all(has)
}

/// The text as far as the last document that is looked at.
fn looked_at(text: &str) -> &str {
    let last = documents(text).take(LOOKED_AT).last();
    let end = last.map_or(0, |part| part.text.as_ptr() as usize - text.as_ptr() as usize + part.text.len());
    text.get(..end).unwrap_or(text)
}

fn fits(element: &Element, item: Part<'_>) -> bool {
    item.is_object() && item.value().is_some_and(|value| Scope::of(&value).holds(&element.proof))
}

/// Where the elements of a description may be: the document itself, or a part of it.
fn lists<'a>(root: Part<'a>, element: &Element) -> impl Iterator<Item = Part<'a>> {
    let named = element.lists.iter().filter_map(move |path| {
        let keys = path.trim_end_matches(".*");
        root.at(&keys.split('.').collect::<Vec<_>>()).map(|part| (part, path.ends_with(".*")))
    });
    // An object of named elements is walked like a list; any other object is one element.
    let named = named.flat_map(|(part, walked)| match walked {
        true => part.fields().map(|(_, value)| value).collect::<Vec<_>>(),
        false => vec![part],
    });
    named.chain([root]).collect::<Vec<_>>().into_iter()
}

/// The elements of a list, or the one element that an object is.
fn elements<'a>(list: Part<'a>) -> Box<dyn Iterator<Item = Part<'a>> + 'a> {
    if list.is_array() { Box::new(list.items()) } else { Box::new(std::iter::once(list).filter(|l| l.is_object())) }
}

impl Format for Export {
    fn name(&self) -> &str {
        &self.file.name
    }

    fn title(&self) -> &str {
        &self.file.title
    }

    fn samples(&self) -> Vec<&str> {
        self.file.samples.iter().map(String::as_str).collect()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Export {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let claimed = |element: &Element| Claimed::new(element.score, element.what.clone());
        if head.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']) {
            let possible: Vec<&Element> = self.possible(looked_at(head.text)).collect();
            let found = |root: Part<'_>, element: &Element| {
                root_holds(element, Some(root))
                    && lists(root, element).any(|list| elements(list).take(LOOKED_AT).any(|item| fits(element, item)))
            };
            let mut roots = documents(head.text).take(if possible.is_empty() { 0 } else { LOOKED_AT });
            let found = roots.find_map(|root| possible.iter().copied().find(|element| found(root, element)));
            return found.and_then(claimed);
        }
        // A row is looked at only when the head names the columns.
        let mut possible = self.possible_rows(head.text).peekable();
        possible.peek()?;
        let rows = rows::of_table(head.text)?;
        let fits = |element: &&Element| {
            element.root.is_empty()
                && rows.iter().take(LOOKED_AT).any(|row| Scope::of(&row.value).holds(&element.proof))
        };
        possible.find(fits).and_then(claimed)
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        if let Some(rows) = rows::of_table(document.text) {
            let usual = rows.iter().take(LOOKED_AT).find_map(|row| self.fitting(&row.value, None));
            let usual =
                usual.ok_or_else(|| Fault::new(format!("expected {}, found another table", self.file.title)))?;
            for row in &rows {
                let frame = document.frame(row.raw);
                self.read_element(&Source { value: &row.value, part: None, frame, document }, None, usual, sink);
            }
            return Ok(());
        }
        for part in documents(document.text) {
            self.read_json(part, document, sink)?;
        }
        Ok(())
    }
}

/// The names of columns in a line.
type Columns = Rc<BTreeSet<String>>;

thread_local! {
    /// Those of the line that was looked at last: every export asks about the same one.
    static COLUMNS: RefCell<(String, Columns)> = RefCell::default();
}

/// The columns that the header `line` names.
fn columns(line: &str) -> Columns {
    COLUMNS.with_borrow_mut(|(known, columns)| {
        if known != line {
            *columns = Rc::new(rows::heads(line).collect());
            *known = line.to_string();
        }
        Rc::clone(columns)
    })
}

impl Export {
    /// The descriptions whose columns the first line names.
    fn possible_rows<'s>(&'s self, text: &'s str) -> impl Iterator<Item = &'s Element> {
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
        let head = if line.len() < 4_000 { columns(line) } else { Rc::default() };
        self.file.element.iter().filter(move |element| {
            element.proof.iter().all(|condition| {
                let needles = condition.needles();
                needles.is_empty() || needles.iter().any(|needle| head.contains(*needle))
            })
        })
    }
}
