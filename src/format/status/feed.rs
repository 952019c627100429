//! Atom and RSS feeds of status pages.
//!
//! Yields: one [`EventKind::PublicUpdate`](crate::model::EventKind::PublicUpdate) per post that an entry
//! prints, or one per entry when it prints none.
//! Time: posts inside an entry carry day and time without the year, which the entry's own stamp gives;
//! an entry without posts stands at its `published` or `pubDate`.

use std::sync::LazyLock;

use regex::Regex;

use super::posts::{self, Post, Stamped, in_year_of, posts};
use crate::format::entities::unescaped;
use crate::format::html_text::html_text;
use crate::format::json_value::{Stamp, event};
use crate::format::{
    Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink, timestamp,
};
use crate::model::{ClockKind, Event, RawTime};

/// Feeds of status pages.
pub struct Feed;

static ENTRY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?is)<entry\b.*?</entry\s*>|<item\b.*?</item\s*>").ok());

impl Format for Feed {
    fn name(&self) -> &str {
        "feed"
    }

    fn title(&self) -> &str {
        "status page feed: Atom or RSS"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Example Status</title>\n<entry><id>tag:1</id><published>2025-06-12T20:57:00Z</published><updated>2025-06-12T20:57:00Z</updated><title>KV errors</title><content type=\"html\">&lt;p&gt;&lt;small&gt;Jun &lt;var data-var='date'&gt;12&lt;/var&gt;, &lt;var data-var='time'&gt;20:57&lt;/var&gt; UTC&lt;/small&gt;&lt;br /&gt;&lt;strong&gt;Resolved&lt;/strong&gt; - Done.&lt;/p&gt;</content></entry></feed>\n",
            "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>Example Status</title>\n<item><title>KV errors</title><description>We are looking into it.</description><pubDate>Thu, 12 Jun 2025 18:19:00 +0000</pubDate><guid>1</guid></item></channel></rss>\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Feed {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let start: String = head.text.chars().take(1_500).collect::<String>().to_ascii_lowercase();
        if !start.trim_start_matches(['\u{feff}', ' ', '\n', '\r']).starts_with('<') {
            return None;
        }
        let kind = ["<rss", "<feed"].into_iter().find(|root| start.contains(root))?;
        let entry = head.text.contains("<item") || head.text.contains("<entry");
        entry.then(|| Claimed::new(95, format!("`{kind}>` with entries")))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let Some(pattern) = ENTRY.as_ref() else { return Ok(()) };
        for entry in pattern.find_iter(document.text) {
            let frame = document.frame(entry.as_str());
            match read_entry(&frame, sink) {
                Ok(()) => sink.account(FrameClass::Record, &frame),
                Err(fault) => sink.reject(&fault.reason, &frame),
            }
        }
        let closed = ["</rss", "</feed"].iter().any(|end| document.text.contains(end));
        if closed { Ok(()) } else { Err(Fault::new("expected the end of the feed, found the end of the file")) }
    }
}

/// The text of the first element called one of `names`, with character data opened.
fn field(entry: &str, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let open = entry.find(&format!("<{name}>")).or_else(|| entry.find(&format!("<{name} ")))?;
        let rest = entry.get(open..)?;
        let inner = rest.split_once('>')?.1.split_once(&format!("</{name}"))?.0.trim();
        let data = inner.strip_prefix("<![CDATA[").and_then(|d| d.strip_suffix("]]>"));
        let text = data.map_or_else(|| unescaped(inner).into_owned(), str::to_string);
        Some(text.trim().to_string()).filter(|t| !t.is_empty())
    })
}

/// One entry: its posts, or itself.
fn read_entry(frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let stamp = |names: &[&str]| {
        let raw = field(frame.text, names)?;
        let label = timestamp::zone_label(&raw).map(str::to_string);
        let stamped = Stamped { time: timestamp::whole(&raw)?, raw: raw.clone(), label };
        Some(Stamp { time: in_year_of(&stamped, stamped.time), raw })
    };
    let at = stamp(&["published", "pubDate", "updated", "dc:date"])
        .ok_or_else(|| Fault::new("expected a time in published or pubDate, found none"))?;
    let heading = html_text(&field(frame.text, &["title"]).unwrap_or_default());
    let html = field(frame.text, &["content:encoded", "content", "description", "summary"]).unwrap_or_default();
    let body = html_text(&html);
    let id = field(frame.text, &["guid", "id"]);
    let told: Vec<Post> = posts(&body).into_iter().filter(|post| post.stamp.is_some()).collect();
    if told.is_empty() {
        finish(event(posts::KIND, &at, posts::title(&heading, "", &body), frame), &body, "", id.as_deref(), sink);
    }
    for post in told {
        let Some(stamp) = &post.stamp else { continue };
        let time = in_year_of(stamp, at.time);
        if let Some(label) = stamp.label.as_deref().filter(|_| time.kind != ClockKind::Zoned) {
            sink.zone_note(label, frame);
        }
        let at = Stamp { time, raw: stamp.raw.clone() };
        let made = event(posts::KIND, &at, posts::title(&heading, &post.state, &post.body), frame);
        finish(made, &post.body, &post.state, id.as_deref(), sink);
    }
    Ok(())
}

fn finish(mut made: Event<RawTime>, body: &str, state: &str, id: Option<&str>, sink: &mut dyn Sink) {
    made.text = body.to_string();
    made.status = Some(state.to_lowercase()).filter(|s| !s.is_empty());
    made.ids = id.map(|id| ("status_incident".to_string(), id.to_string())).into_iter().collect();
    sink.event(made);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&Feed);
    }

    #[test]
    fn the_year_of_a_post_is_that_of_its_entry() {
        let text = Feed.samples()[0].replace("Done.&lt;/p&gt;", "Done.&lt;/p&gt;&lt;p&gt;&lt;small&gt;Jun &lt;var data-var='date'&gt;12&lt;/var&gt;, &lt;var data-var='time'&gt;11:19&lt;/var&gt; PDT&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Investigating&lt;/strong&gt; - Looking.&lt;/p&gt;");
        let got = collect::read(&Feed, &text);
        assert_eq!(got.events.len(), 2);
        assert_eq!(got.events[1].at.key_s(), 1_749_752_340);
        assert_eq!(got.events[1].status.as_deref(), Some("investigating"));
        assert_eq!((got.records, got.events[1].evidence.span.line), (1, 3));
    }

    #[test]
    fn an_entry_without_posts_stands_at_its_own_stamp() {
        let got = collect::read(&Feed, Feed.samples()[1]);
        assert_eq!(got.events[0].at.key_s(), 1_749_752_340);
        assert_eq!(got.events[0].title, "Status page: KV errors");
    }
}
