//! HTML write-ups.
//!
//! Written by: blogs, news sites, wikis saved as pages.
//! Sample: an `article` or `main` with paragraphs, lists and tables; menus and comments around it.
//! Yields: events for clauses and rows with a clock time, claims for figures and assertions.
//! Time: as written; day and zone from the text, day of publication from the page's own data.
//! Reference: HTML Living Standard §4.3 and §4.4 (sections, grouping), through html5ever.

use scraper::{ElementRef, Html as Page, Selector};

use super::block::{Block, BlockKind, Blocks};
use super::source_map::SourceMap;
use super::{engine, times};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// The format.
pub(super) struct Html;

impl Format for Html {
    fn name(&self) -> &str {
        "html"
    }

    fn title(&self) -> &str {
        "write-up as an HTML page"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "<!doctype html>\n<html><head><title>Mail outage</title></head><body><article><h1>Mail outage of 2 June 2031</h1>\n<p>At 09:05 UTC alarms went off for the mail service.</p></article></body></html>\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Html {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        super::detect::html(head)
    }

    fn ceiling(&self) -> u8 {
        40
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        engine::read(document, &blocks(document.text), sink);
        Ok(())
    }
}

/// Elements whose content is never part of the write-up.
const SKIPPED: &[&str] = &[
    "nav", "aside", "footer", "script", "style", "noscript", "template", "form", "button", "svg", "iframe", "select",
    "head", "dialog", "object", "video", "audio",
];

/// Words in `class` or `id` of things around the write-up.
const AROUND: &[&str] = &[
    "comment",
    "comments",
    "sidebar",
    "related",
    "share",
    "social",
    "cookie",
    "newsletter",
    "promo",
    "advert",
    "breadcrumb",
    "breadcrumbs",
    "pagination",
    "subscribe",
    "menu",
];

/// Elements that break running text.
const BREAKING: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "figure",
    "figcaption",
    "table",
    "tbody",
    "thead",
    "pre",
    "hr",
    "body",
    "details",
    "summary",
];

/// Candidates for the main content that are measured: each is gone through whole.
const MOST_CONTENTS: usize = 64;

/// Elements inside each other that are told apart; what lies deeper is running text. Bounds the stack.
const DEEPEST: usize = 200;

/// Elements inside each other beyond which tags are taken out before the page is parsed: for each start tag a
/// parser goes through all that are open, as the standard has it.
const MOST_OPEN: usize = 400;

/// Elements that hold nothing, or whose end need not be written: they do not count as open.
#[rustfmt::skip]
const NEVER_OPEN: &[&str] = &[
    "br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr", "p", "li",
    "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup", "html", "head", "body",
];

/// The page with tags that nest too deep blanked out, every other byte in its place.
fn shallow(text: &str) -> std::borrow::Cow<'_, str> {
    let mut open = 0usize;
    let mut blank: Vec<std::ops::Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')).map(|i| at + i) {
        let Some(end) = text.get(start..).and_then(|rest| rest.find('>')).map(|i| start + i + 1) else { break };
        let tag = text.get(start + 1..end - 1).unwrap_or("");
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        at = end;
        if name.is_empty() || tag.ends_with('/') || NEVER_OPEN.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        if tag.starts_with('/') {
            open = open.saturating_sub(1);
        } else {
            open += 1;
        }
        if open > MOST_OPEN {
            blank.push(start..end);
        }
    }
    if blank.is_empty() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for range in blank {
        out.push_str(text.get(from..range.start).unwrap_or(""));
        out.push_str(&" ".repeat(range.len()));
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out.into()
}

/// Blocks of a page's main content.
pub(super) fn blocks(text: &str) -> Blocks {
    let page = Page::parse_document(&shallow(text));
    let mut walk = Walk { map: SourceMap::new(text), ..Walk::default() };
    let main = content(&page);
    walk.visit(page.root_element(), main, main.is_none());
    walk.flush();
    walk.out.published = published(&page);
    walk.out
}

/// The longest `article`, else `main`, else everything.
fn content(page: &Page) -> Option<ElementRef<'_>> {
    ["article", "main, [role=main]"].iter().find_map(|selector| {
        let selector = Selector::parse(selector).ok()?;
        page.select(&selector).take(MOST_CONTENTS).max_by_key(|e| e.text().map(str::len).sum::<usize>())
    })
}

/// The day of publication in the page's own data.
fn published(page: &Page) -> Option<chrono::NaiveDate> {
    let meta =
        Selector::parse("meta[property='article:published_time'], meta[name='date'], meta[itemprop='datePublished']")
            .ok()?;
    let time = Selector::parse("time[itemprop='datePublished'], header time[datetime]").ok()?;
    let written = page
        .select(&meta)
        .find_map(|e| e.attr("content"))
        .or_else(|| page.select(&time).find_map(|e| e.attr("datetime")))?;
    times::dates(written).first().and_then(|d| d.day.date(None))
}

#[derive(Default)]
struct Walk {
    out: Blocks,
    map: SourceMap,
    open: Option<Block>,
    headers: Vec<String>,
    /// Depth of `strong` and `b` around the running text.
    strong: usize,
    /// Elements around the running text.
    depth: usize,
}

impl Walk {
    /// Visits an element; text outside the content only moves the place in the source on.
    fn visit(&mut self, element: ElementRef<'_>, main: Option<ElementRef<'_>>, inside: bool) {
        let name = element.value().name();
        let inside = (inside || Some(element) == main) && !is_around(element);
        if self.depth >= DEEPEST {
            element.text().for_each(|text| self.text(text, inside));
            return;
        }
        if inside && name == "tr" {
            return self.row(element);
        }
        let heading = heading_level(name);
        let breaking = BREAKING.contains(&name) || name == "li" || heading.is_some();
        let within_item = name == "p" && self.open.as_ref().is_some_and(|b| b.kind == BlockKind::Item && b.is_blank());
        if inside && breaking && !within_item {
            self.flush();
            let kind = match (name, heading) {
                (_, Some(level)) => BlockKind::Heading(level),
                ("li" | "dd", _) => BlockKind::Item,
                _ => BlockKind::Paragraph,
            };
            self.open = Some(Block::new(kind));
        }
        if name == "table" {
            self.headers.clear();
        }
        self.depth += 1;
        self.children(element, main, inside);
        self.depth -= 1;
        if inside && breaking {
            self.flush();
        }
    }

    fn children(&mut self, element: ElementRef<'_>, main: Option<ElementRef<'_>>, inside: bool) {
        let name = element.value().name();
        let bold = matches!(name, "strong" | "b");
        self.strong += usize::from(bold);
        for child in element.children() {
            if let Some(child) = ElementRef::wrap(child) {
                if inside && child.value().name() == "br" {
                    self.line_break();
                }
                self.visit(child, main, inside);
            } else if let Some(text) = child.value().as_text()
                && !matches!(name, "script" | "style")
            {
                self.text(text, inside);
            }
        }
        self.strong -= usize::from(bold);
        if bold && let Some(block) = self.open.as_mut().filter(|b| b.lead == usize::MAX) {
            block.lead = block.text.len();
        }
    }

    /// A `br` ends an item or paragraph of its own: timelines are often written so.
    fn line_break(&mut self) {
        let kind = self.open.as_ref().map(|b| b.kind);
        if let Some(kind @ (BlockKind::Item | BlockKind::Paragraph)) = kind {
            self.flush();
            self.open = Some(Block::new(kind));
        }
    }

    /// Words of a text node with their places, whitespace collapsed.
    fn text(&mut self, text: &str, inside: bool) {
        if text.starts_with(char::is_whitespace)
            && inside
            && let Some(block) = self.open.as_mut()
        {
            block.space();
        }
        for word in text.split_whitespace() {
            let at = self.map.find(word);
            if !inside {
                continue;
            }
            let block = self.open.get_or_insert_with(|| Block::new(BlockKind::Paragraph));
            if self.strong > 0 && block.is_blank() {
                block.lead = usize::MAX;
            }
            block.push(word, at);
            block.space();
        }
        if inside
            && !text.ends_with(char::is_whitespace)
            && let Some(block) = self.open.as_mut()
        {
            block.text.truncate(block.text.trim_end().len());
        }
    }

    /// A table row: heads when every cell is one, else a row under the heads.
    fn row(&mut self, row: ElementRef<'_>) {
        self.flush();
        let mut block = Block::new(BlockKind::Row);
        let mut cells = Vec::new();
        let mut heads = true;
        for cell in row.children().filter_map(ElementRef::wrap) {
            heads &= cell.value().name() == "th";
            if !cells.is_empty() {
                block.text.push_str(" | ");
            }
            let start = block.text.len();
            self.open = Some(block);
            self.cell(cell);
            block = self.open.take().unwrap_or_else(|| Block::new(BlockKind::Row));
            let end = block.text.len();
            cells.push(start..end);
        }
        block.lead = 0;
        if heads && !cells.is_empty() {
            self.headers = cells.iter().map(|c| block.text.get(c.clone()).unwrap_or("").trim().to_string()).collect();
            block.kind = BlockKind::Heading(6);
        } else {
            block.cells = cells;
            block.headers.clone_from(&self.headers);
        }
        self.out.add(block);
    }

    /// Text of a cell, whatever stands in it, into the open row.
    fn cell(&mut self, cell: ElementRef<'_>) {
        if self.depth >= DEEPEST {
            cell.text().for_each(|text| self.text(text, true));
            return;
        }
        self.depth += 1;
        for child in cell.children() {
            if let Some(child) = ElementRef::wrap(child) {
                self.cell(child);
                if let Some(block) = self.open.as_mut().filter(|_| child.value().name() != "span") {
                    block.space();
                }
            } else if let Some(text) = child.value().as_text() {
                self.text(text, true);
            }
        }
        self.depth -= 1;
    }

    fn flush(&mut self) {
        if let Some(mut block) = self.open.take() {
            block.text.truncate(block.text.trim_end().len());
            if block.lead == usize::MAX {
                block.lead = 0;
            }
            self.out.add(block);
        }
    }
}

/// Whether an element stands around the write-up.
fn is_around(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let named =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|w| AROUND.contains(&w.to_lowercase().as_str()));
    let hidden = value.attr("hidden").is_some() || value.attr("aria-hidden") == Some("true");
    let role =
        value.attr("role").is_some_and(|r| matches!(r, "navigation" | "complementary" | "contentinfo" | "search"));
    let top = matches!(value.name(), "html" | "body" | "article" | "main");
    SKIPPED.contains(&value.name())
        || hidden
        || role
        || (!top && (value.attr("class").is_some_and(named) || value.attr("id").is_some_and(named)))
}

fn heading_level(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse::<u8>().ok()?;
    (1..=6).contains(&level).then_some(level)
}
