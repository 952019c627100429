//! Word (docx) and OpenDocument (odt) texts as pages: one paragraph or table row a line.

use std::io::{Cursor, Read};

use super::{Closed, Opened, held, wrapper};

/// Largest text inside, bytes.
const TEXT_LIMIT: u64 = 64 << 20;

/// Opens a text document; `None` for any other zip.
pub(super) fn open(bytes: &[u8]) -> Option<Result<Opened, Closed>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let (name, part) = if zip.by_name("word/document.xml").is_ok() {
        ("docx", "word/document.xml")
    } else {
        let mut kind = String::new();
        zip.by_name("mimetype").ok()?.take(200).read_to_string(&mut kind).ok()?;
        kind.starts_with("application/vnd.oasis.opendocument.text").then_some(("odt", "content.xml"))?
    };
    let mut xml = Vec::new();
    let read = zip.by_name(part).map(|member| member.take(TEXT_LIMIT).read_to_end(&mut xml));
    if !matches!(read, Ok(Ok(_))) {
        let message = format!("expected a document with a readable `{part}`, found a damaged or encrypted one");
        return Some(Err(Closed { message, hint: "save it again without a password, or as HTML or plain text" }));
    }
    let page = Page::of(&String::from_utf8_lossy(&xml));
    Some(Ok(Opened {
        text: held(page),
        format: Some("html"),
        wrapper: wrapper(name, format!("`{part}` in a zip; a line is a paragraph or a table row")),
        diagnostics: Vec::new(),
    }))
}

/// What an element means, whichever of the two vocabularies it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Paragraph,
    Heading,
    Item,
    Table,
    Row,
    Cell,
    /// Running text that counts.
    Text,
    /// A blank.
    Blank,
    /// A line end inside a paragraph.
    Break,
    /// The name of the paragraph's style.
    Style,
    /// The row repeats as the head of the table.
    HeadRow,
    /// Deleted, repeated or hidden: nothing of it is read.
    Skipped,
}

fn tag(name: &str) -> Option<Tag> {
    Some(match name {
        "w:p" | "text:p" => Tag::Paragraph,
        "text:h" => Tag::Heading,
        "w:numPr" | "text:list-item" => Tag::Item,
        "w:tbl" | "table:table" => Tag::Table,
        "w:tr" | "table:table-row" => Tag::Row,
        "w:tc" | "table:table-cell" => Tag::Cell,
        "w:t" => Tag::Text,
        "w:tab" | "text:s" | "text:tab" => Tag::Blank,
        "w:br" | "w:cr" | "text:line-break" => Tag::Break,
        "w:pStyle" => Tag::Style,
        "w:tblHeader" => Tag::HeadRow,
        "mc:Fallback" | "w:del" | "office:annotation" | "text:tracked-changes" | "text:note" => Tag::Skipped,
        _ => return None,
    })
}

/// A page under way.
#[derive(Default)]
struct Page {
    html: String,
    /// The running paragraph.
    text: String,
    heading: Option<u8>,
    item: bool,
    lists: usize,
    paragraphs: usize,
    /// Tables around the running place; those inside cells are read as text.
    tables: usize,
    rows_seen: usize,
    cells: Vec<String>,
    head_row: bool,
    skipped: usize,
    running: bool,
    plain_text: bool,
}

impl Page {
    /// The page of a document's XML.
    fn of(xml: &str) -> String {
        let mut page = Page { plain_text: !xml.contains("<w:"), ..Page::default() };
        let mut rest = xml;
        while let Some(open) = rest.find('<') {
            page.words(rest.get(..open).unwrap_or(""));
            let after = rest.get(open + 1..).unwrap_or("");
            let Some(close) = after.find('>') else { break };
            page.element(after.get(..close).unwrap_or(""));
            rest = after.get(close + 1..).unwrap_or("");
        }
        page.html
    }

    /// Text between tags; it is escaped as a page needs it already.
    fn words(&mut self, text: &str) {
        let counts = self.skipped == 0 && self.paragraphs > 0 && (self.running || self.plain_text);
        if counts {
            self.text.push_str(&text.replace(['\n', '\r'], " "));
        }
    }

    fn element(&mut self, inner: &str) {
        let closing = inner.starts_with('/');
        let empty = inner.ends_with('/');
        let name = inner.trim_matches('/').split([' ', '\t', '\r', '\n']).next().unwrap_or("");
        let Some(tag) = tag(name) else { return };
        if tag == Tag::Skipped {
            self.skipped = if closing { self.skipped.saturating_sub(1) } else { self.skipped + usize::from(!empty) };
            return;
        }
        if self.skipped > 0 {
            return;
        }
        if !closing {
            self.begin(tag, inner);
        }
        if closing || empty {
            self.end(tag);
        }
    }

    fn begin(&mut self, tag: Tag, inner: &str) {
        match tag {
            Tag::Paragraph | Tag::Heading => {
                self.paragraphs += 1;
                if tag == Tag::Heading {
                    self.heading = attribute(inner, "outline-level").and_then(|l| l.parse().ok()).or(Some(1));
                }
            }
            Tag::Item => {
                self.item = true;
                self.lists += usize::from(inner.starts_with("text:"));
            }
            Tag::Style => self.heading = attribute(inner, "val").and_then(level),
            Tag::Table => {
                self.tables += 1;
                if self.tables == 1 {
                    self.rows_seen = 0;
                    self.html.push_str("<table>");
                }
            }
            Tag::Row if self.tables == 1 => self.head_row = false,
            Tag::HeadRow => self.head_row = true,
            Tag::Cell if self.tables == 1 => self.cells.push(String::new()),
            Tag::Text => self.running = true,
            Tag::Blank => self.text.push(' '),
            Tag::Break => self.text.push_str(if self.tables > 0 { " " } else { "<br>" }),
            _ => {}
        }
    }

    fn end(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph | Tag::Heading => self.paragraph(),
            Tag::Item if self.lists > 0 => {
                self.lists -= 1;
                self.item = self.lists > 0;
            }
            Tag::Text => self.running = false,
            Tag::Row if self.tables == 1 => self.row(),
            Tag::Table => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    // On the line of what follows, so that lines stay paragraphs.
                    self.html.push_str("</table>");
                }
            }
            _ => {}
        }
    }

    /// The paragraph ends: a line of its own, or a part of the running cell.
    fn paragraph(&mut self) {
        self.paragraphs = self.paragraphs.saturating_sub(1);
        let text = std::mem::take(&mut self.text);
        let (heading, item) = (self.heading.take(), self.item);
        if self.lists == 0 {
            self.item = false;
        }
        if let Some(cell) = self.cells.last_mut().filter(|_| self.tables > 0) {
            cell.push_str(text.trim());
            cell.push(' ');
            return;
        }
        let line = match (heading, item) {
            _ if text.trim().is_empty() => String::new(),
            (Some(level), _) => format!("<h{level}>{text}</h{level}>"),
            (None, true) => format!("<ul><li>{text}</li></ul>"),
            (None, false) => format!("<p>{text}</p>"),
        };
        self.html.push_str(&line);
        self.html.push('\n');
    }

    /// The row ends. The first one is the head when it says so, or when it holds no number.
    fn row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        let words = !cells.iter().any(|cell| cell.contains(|c: char| c.is_ascii_digit()));
        let mark = if self.head_row || (self.rows_seen == 0 && words) { "th" } else { "td" };
        self.rows_seen += 1;
        let row: String = cells.iter().map(|cell| format!("<{mark}>{}</{mark}>", cell.trim())).collect();
        self.html.push_str(&format!("<tr>{row}</tr>\n"));
    }
}

/// The value of the attribute whose name ends with `name`.
fn attribute<'a>(inner: &'a str, name: &str) -> Option<&'a str> {
    let at = inner.find(&format!("{name}=\""))?;
    inner.get(at + name.len() + 2..)?.split('"').next()
}

/// Level of a heading style: `Heading1`, `heading 2`, `Title`, `berschrift1` of a German Word.
fn level(style: &str) -> Option<u8> {
    let lower = style.to_lowercase();
    if matches!(lower.as_str(), "title" | "titel") {
        return Some(1);
    }
    let digits = lower.trim_start_matches(|c: char| !c.is_ascii_digit());
    let named = ["heading", "berschrift", "titre", "ttulo", "titolo", "kop"].iter().any(|word| lower.contains(word));
    digits.parse().ok().filter(|level| named && (1..=6).contains(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_paragraph_or_a_row() {
        let xml = r#"<w:document><w:body><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Mail &amp; more</w:t></w:r></w:p><w:p/>
<w:p><w:r><w:t xml:space="preserve">At 09:05 </w:t></w:r><w:r><w:t>UTC</w:t></w:r><w:del><w:r><w:delText>no</w:delText><w:t>no</w:t></w:r></w:del></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Time</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>09:06</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>one</w:t></w:r></w:p></w:body></w:document>"#;
        let lines: Vec<String> = Page::of(xml).lines().map(str::to_string).collect();
        assert_eq!(
            lines,
            [
                "<h1>Mail &amp; more</h1>",
                "",
                "<p>At 09:05 UTC</p>",
                "<table><tr><th>Time</th></tr>",
                "<tr><td>09:06</td></tr>",
                "</table><ul><li>one</li></ul>"
            ]
        );
    }

    #[test]
    fn open_document_texts_are_read_the_same_way() {
        let xml = r#"<office:text><text:h text:outline-level="2">Mail</text:h><text:list><text:list-item><text:p>a<text:s/>b</text:p></text:list-item></text:list><text:p>end</text:p></office:text>"#;
        assert_eq!(Page::of(xml), "<h2>Mail</h2>\n<ul><li>a b</li></ul>\n<p>end</p>\n");
    }

    #[test]
    fn broken_xml_gives_what_stands_before_the_break() {
        for text in ["", "<", "<w:p", "</w:p></w:tbl></w:tr>", "<w:p><w:t>a</w:t></w:p><w:", "<w:del><w:p>"] {
            assert!(Page::of(text).len() < 60, "{text}");
        }
    }
}
