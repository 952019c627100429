//! A status page's incident history as copied or mailed text.
//!
//! What writes it: people who copy `Jun 12, 18:19 UTC  Investigating - …`, one incident or many.
//! Yields: one [`EventKind::PublicUpdate`](crate::model::EventKind::PublicUpdate) per post, newest first as printed.
//! Time: printed in the page's zone, often without a year; a day with a year above gives it.

use super::posts::{self, Post, Stamped, in_year_of, posts};
use crate::format::json_value::{Stamp, event};
use crate::format::{
    Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink, timestamp,
};
use crate::model::{ClockKind, RawTime};

/// Copied status posts.
pub struct CopiedStatus;

impl Format for CopiedStatus {
    fn name(&self) -> &str {
        "copied_status"
    }

    fn title(&self) -> &str {
        "status page posts as copied text: a stamp, a state word, what was said"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "KV errors\nResolved - The issue is resolved.\nJun 12, 20:57 UTC\nIdentified - We found the cause.\nJun 12, 18:30 UTC\nInvestigating - We are looking into errors.\nJun 12, 18:19 UTC\n",
            "Jun 12, 20:57 UTC  Resolved - The issue is resolved.\nJun 12, 18:19 UTC  Investigating - We are looking into errors.\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for CopiedStatus {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let start = head.text.trim_start();
        if start.starts_with(['{', '[', '<', '#']) || start.starts_with("---") || start.starts_with("+++") {
            return None;
        }
        if !posts::may_be_in(head.text) {
            return None;
        }
        let found = posts(head.text);
        let stamped = found.iter().filter(|post| post.stamp.is_some()).count();
        let lines = head.text.lines().filter(|line| !line.trim().is_empty()).count();
        let covered: usize = found.iter().map(|post| post.lines.1 - post.lines.0 + 1).sum();
        // Package managers write "Updated:" too: a state of an incident must stand somewhere.
        let of_incident = |state: &str| !["update", "updated", "completed"].contains(&state.to_lowercase().as_str());
        if !found.iter().any(|post| of_incident(&post.state)) {
            return None;
        }
        if stamped == 0 || covered * 10 < lines * 6 || stamped * 2 < found.len() {
            return None;
        }
        let score = if stamped >= 2 { 92 } else { 60 };
        Claimed::new(score, format!("{stamped} posts with a state word and a stamp"))
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let frames: Vec<Frame<'_>> = document.lines().collect();
        let day = day_with_a_year(document.text);
        let mut next = 0;
        for post in posts(document.text) {
            for frame in frames.get(next..post.lines.0).unwrap_or(&[]) {
                sink.account(FrameClass::Blank, frame);
            }
            next = post.lines.1 + 1;
            let frame = frame_of(document, &frames, &post);
            match &post.stamp {
                Some(stamp) => {
                    tell(&post, stamp, day, &frame, sink);
                    sink.account(FrameClass::Record, &frame);
                }
                None => sink.reject("expected a stamp beside the post, found none", &frame),
            }
        }
        for frame in frames.get(next..).unwrap_or(&[]) {
            sink.account(FrameClass::Blank, frame);
        }
        Ok(())
    }
}

/// The text of a post.
fn frame_of<'t>(document: &Document<'t>, frames: &[Frame<'t>], post: &Post) -> Frame<'t> {
    let place = |at: usize| frames.get(at).map(|f| (f.span.offset as usize, f.span.offset as usize + f.text.len()));
    let (from, to) = (place(post.lines.0).map_or(0, |p| p.0), place(post.lines.1).map_or(0, |p| p.1));
    document.frame(document.text.get(from..to).unwrap_or(""))
}

/// The first line that is a date with its year.
fn day_with_a_year(text: &str) -> Option<RawTime> {
    let dates = text.lines().filter_map(|line| timestamp::whole(line.trim()));
    dates.into_iter().find(|t| t.kind == ClockKind::Naive && t.precision == crate::model::Precision::Day)
}

fn tell(post: &Post, stamp: &Stamped, day: Option<RawTime>, frame: &Frame<'_>, sink: &mut dyn Sink) {
    let complete = stamp.time.kind != ClockKind::YearLess;
    let near = if complete { Some(stamp.time) } else { day };
    let time = near.map_or(stamp.time, |near| in_year_of(stamp, near));
    if let Some(label) = stamp.label.as_deref().filter(|_| time.kind != ClockKind::Zoned) {
        sink.zone_note(label, frame);
    }
    let at = Stamp { time, raw: stamp.raw.clone() };
    let mut made = event(posts::KIND, &at, posts::title(&post.heading, &post.state, &post.body), frame);
    made.status = Some(post.state.to_lowercase());
    made.text.clone_from(&post.body);
    sink.event(made);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&CopiedStatus);
    }

    #[test]
    fn the_zone_word_of_stamps_without_a_year_is_told() {
        let got = collect::read(&CopiedStatus, CopiedStatus.samples()[0]);
        assert_eq!((got.events.len(), got.records, got.blank), (3, 3, 1));
        assert_eq!(got.zones[0], "UTC");
        assert_eq!(got.events[0].title, "Status page: KV errors: resolved");
        assert_eq!(got.events[0].at.kind, ClockKind::YearLess);
    }

    #[test]
    fn a_day_with_a_year_above_completes_the_stamps() {
        let text = "Jun 12, 2025\nKV errors\nResolved - Done.\nJun 12, 20:57 UTC\nInvestigating - Looking.\nJun 12, 18:19 UTC\n";
        let got = collect::read(&CopiedStatus, text);
        assert_eq!(got.events[0].at.key_s(), 1_749_761_820);
        assert_eq!(got.events[0].at.kind, ClockKind::Zoned);
    }

    #[test]
    fn prose_and_logs_are_not_claimed() {
        for text in [
            "At 18:19 UTC we began investigating. It was resolved at 20:57 UTC.\n",
            "2025-06-12 18:19:00 INFO Monitoring started\n2025-06-12 18:20:00 INFO Resolved host\n",
        ] {
            assert!(collect::claim(&CopiedStatus, text).is_none(), "{text}");
        }
    }
}
