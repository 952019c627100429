//! `git log` and `git reflog` as text.
//!
//! Yields: one [`EventKind::Annotation`] per commit or reflog entry: a commit is a change that somebody
//! made, not one that somebody deployed.
//! Time: the committer's date where it is printed, else the author's, which may be weeks older; offsets
//! are written in all of git's formats but `relative` and `local`.
//! Reference: git-log(1), "pretty formats" and "commit formatting".

use std::sync::LazyLock;

use regex::Regex;

use super::short;
use crate::format::json_value::{Stamp, actor, event};
use crate::format::{
    Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink, timestamp,
};
use crate::model::{ActorKind, ClockKind, EventKind, RawTime};

/// Logs of git.
pub struct GitLog;

/// `commit 0123456 (HEAD -> main)`, with the marks of `--graph` before it.
static COMMIT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[*|\\/ ]{0,20}commit ([0-9a-f]{7,64})(?: \(.*\)| [0-9a-f]{7,64})*$").ok());
/// `Author:     A U Thor <a@example.com>`.
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[*|\\/ ]{0,20}(Author|AuthorDate|Date|Commit|CommitDate|Merge|Reflog|Reflog message):\s+(.*)$").ok()
});
/// A hash at the start of a line, and what follows it.
static ONE_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[*|\\/ ]{0,20}([0-9a-f]{7,40})(?:[\s|,;:]+)(.+)$").ok());
/// `HEAD@{2025-06-12 17:40:00 +0000}: commit: …`.
static REFLOG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:\([^)]*\) )?(\S+)@\{([^}]+)\}:? ?(.*)$").ok());

impl Format for GitLog {
    fn name(&self) -> &str {
        "git_log"
    }

    fn title(&self) -> &str {
        "git log, one-line logs with dates, reflog"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "commit 0123456789012345678901234567890123456789 (HEAD -> main)\nAuthor: Release Manager <rm@example.com>\nDate:   Thu Jun 12 17:40:00 2025 +0200\n\n    kv: shorten the lease\n\n    It was too long.\n",
            "0123456 2025-06-12 17:40:00 +0200 kv: shorten the lease\n89abcde 2025-06-12T16:40:00+02:00 kv: log the lease\n",
            "0123456 HEAD@{2025-06-12 17:40:00 +0000}: commit: kv: shorten the lease\n89abcde HEAD@{2025-06-12 16:40:00 +0000}: pull: Fast-forward\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for GitLog {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let lines: Vec<&str> = head.text.lines().filter(|l| !l.trim().is_empty()).take(200).collect();
        let first = *lines.first()?;
        if COMMIT.as_ref()?.is_match(first) {
            let dated = lines.iter().take(12).filter_map(|l| field(l)).any(|(key, _)| key.ends_with("Date"));
            return dated.then(|| Claimed::new(96, "`commit` with a hash, then `Author` and `Date`"))?;
        }
        let entries = lines.iter().filter(|line| one_line(line).is_some()).count();
        let all = entries * 10 >= lines.len() * 8 && entries > 0;
        let reflog = lines.iter().any(|line| line.contains("@{"));
        let score = if entries >= 2 || reflog { 92 } else { 60 };
        all.then(|| Claimed::new(score, "lines of a hash, a date and a subject"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let frames: Vec<Frame<'_>> = document.lines().collect();
        let begins = |frame: &Frame<'_>| COMMIT.as_ref().is_some_and(|c| c.is_match(frame.text));
        if !frames.iter().any(begins) {
            read_lines(&frames, sink);
            return Ok(());
        }
        let starts: Vec<usize> = frames.iter().enumerate().filter(|(_, f)| begins(f)).map(|(at, _)| at).collect();
        for frame in frames.iter().take(starts.first().copied().unwrap_or(0)) {
            sink.account(FrameClass::Blank, frame);
        }
        let ends = starts.iter().skip(1).copied().chain([frames.len()]);
        for (from, to) in starts.iter().copied().zip(ends) {
            let lines = frames.get(from..to).unwrap_or(&[]);
            let used = lines.iter().rposition(|f| !f.text.trim().is_empty()).map_or(1, |last| last + 1);
            read_block(lines.get(..used).unwrap_or(lines), document, sink);
        }
        Ok(())
    }
}

fn field(line: &str) -> Option<(&str, &str)> {
    let found = FIELD.as_ref()?.captures(line)?;
    Some((found.get(1)?.as_str(), found.get(2)?.as_str().trim()))
}

/// A date as git prints it: the general shapes, and `1749750000 +0200`, an instant and where it was written.
fn date(text: &str) -> Option<RawTime> {
    let time = timestamp::whole(text).or_else(|| timestamp::epoch_digits(text.trim().rsplit_once(' ')?.0));
    time.filter(|t| matches!(t.kind, ClockKind::Zoned | ClockKind::Naive))
}

/// One commit of a log with heads.
fn read_block(lines: &[Frame<'_>], document: &Document<'_>, sink: &mut dyn Sink) {
    let Some((first, last)) = lines.first().zip(lines.last()) else { return };
    let (from, to) = (first.span.offset as usize, last.span.offset as usize + last.text.len());
    let frame = document.frame(document.text.get(from..to).unwrap_or(first.text));
    let sha = COMMIT.as_ref().and_then(|c| c.captures(first.text)).and_then(|c| c.get(1)).map_or("", |m| m.as_str());
    let fields: Vec<(&str, &str)> = lines.iter().skip(1).take(8).filter_map(|f| field(f.text)).collect();
    let get = |key: &str| fields.iter().find(|(k, _)| *k == key).map(|(_, value)| *value);
    let written = ["CommitDate", "Date", "AuthorDate"].iter().find_map(|key| get(key));
    let Some((raw, time)) = written.and_then(|raw| Some((raw, date(raw)?))) else {
        return sink.reject("expected a date in Date or CommitDate, found none", &frame);
    };
    let message: Vec<&str> = lines
        .iter()
        .map(|f| f.text.trim_start_matches(['|', '*', '/', '\\', ' ']).len().min(f.text.len()))
        .zip(lines)
        .skip(1)
        .filter(|(_, f)| f.text.contains("    ") && field(f.text).is_none())
        .filter_map(|(len, f)| f.text.get(f.text.len() - len..))
        .filter(|line| !line.trim().is_empty())
        .collect();
    let who = get("Commit").or_else(|| get("Author"));
    tell(sha, (raw, time), who.map(person), &message.join("\n"), &frame, sink);
}

/// `A U Thor <a@example.com>` without the address.
fn person(text: &str) -> &str {
    text.split(" <").next().unwrap_or(text).trim()
}

fn tell(sha: &str, at: (&str, RawTime), who: Option<&str>, message: &str, frame: &Frame<'_>, sink: &mut dyn Sink) {
    let subject = message.lines().next().unwrap_or("").trim();
    let at = Stamp { time: at.1, raw: at.0.to_string() };
    let mut made = event(EventKind::Annotation, &at, format!("commit {}: {subject}", short(sha)), frame);
    made.actor = who.and_then(|name| {
        let machine = name.ends_with("[bot]") || name.ends_with("-bot");
        actor(name, if machine { ActorKind::Machine } else { ActorKind::Human })
    });
    if message.trim() != subject {
        made.text = message.to_string();
    }
    made.ids = vec![("sha".to_string(), sha.to_string())];
    sink.event(made);
    sink.account(FrameClass::Record, frame);
}

/// A line of a one-line log: hash, stamp, and what stands beside the stamp.
fn one_line(line: &str) -> Option<(&str, Stamp, String)> {
    let found = ONE_LINE.as_ref()?.captures(line)?;
    let (sha, rest) = (found.get(1)?.as_str(), found.get(2)?.as_str());
    // Words like `defaced` are hashes of seven letters; a hash has digits nearly always, and a long one
    // letters too, or it is a number.
    let number = sha.len() > 8 && sha.bytes().all(|b| b.is_ascii_digit());
    if number || !sha.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Some(entry) = REFLOG.as_ref().and_then(|r| r.captures(rest)) {
        let raw = entry.get(2)?.as_str();
        let subject = entry.get(3).map_or("", |m| m.as_str());
        return Some((sha, Stamp { time: date(raw)?, raw: raw.to_string() }, subject.to_string()));
    }
    let (from, len, time) = dated(rest)?;
    let around = [rest.get(..from)?, rest.get(from + len..)?];
    let trimmed = around.map(|part| part.trim_matches([' ', '|', ',', ';', '(', ')', '[', ']', '\t', '-', '"']));
    let subject: Vec<&str> = trimmed.into_iter().filter(|part| !part.is_empty()).collect();
    Some((sha, Stamp { time, raw: rest.get(from..from + len)?.to_string() }, subject.join(" | ")))
}

/// The first date with a time in a text: where it stands, its length, what it fixes.
fn dated(text: &str) -> Option<(usize, usize, RawTime)> {
    let starts = text.char_indices().filter(|(at, c)| {
        let before = text.get(..*at).and_then(|t| t.chars().next_back());
        c.is_ascii_alphanumeric() && before.is_none_or(|b| !b.is_alphanumeric())
    });
    for (at, _) in starts.take(60) {
        let rest = text.get(at..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 10
            && let Some(time) = rest.get(..10).and_then(timestamp::epoch_digits)
        {
            return Some((at, 10, time));
        }
        let Some((time, len)) = timestamp::prefix(rest) else { continue };
        let complete = matches!(time.kind, ClockKind::Zoned | ClockKind::Naive);
        if complete && time.precision >= crate::model::Precision::Minute {
            return Some((at, len, time));
        }
    }
    None
}

fn read_lines(frames: &[Frame<'_>], sink: &mut dyn Sink) {
    for frame in frames {
        match one_line(frame.text) {
            Some((sha, at, subject)) => tell(sha, (&at.raw, at.time), None, &subject, frame, sink),
            None if frame.text.trim_matches(['|', '\\', '/', '*', ' ']).is_empty() => {
                sink.account(FrameClass::Blank, frame);
            }
            None => sink.reject("expected a hash and a date, found another line", frame),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&GitLog);
    }

    #[test]
    fn the_default_date_has_its_year_before_its_offset() {
        let got = collect::read(&GitLog, GitLog.samples()[0]);
        let commit = &got.events[0];
        assert_eq!((commit.at.key_s(), commit.at.offset_s), (1_749_742_800, 7200));
        assert_eq!(commit.title, "commit 0123456: kv: shorten the lease");
        assert_eq!(commit.text, "kv: shorten the lease\nIt was too long.");
        assert_eq!(commit.actor.as_ref().unwrap().name, "Release Manager");
        assert_eq!(commit.evidence.span.lines, 7);
    }

    #[test]
    fn the_committer_date_goes_before_the_author_date() {
        let text = "commit 0123456789012345678901234567890123456789\nAuthor:     Dev <d@example.com>\nAuthorDate: Mon May 12 09:00:00 2025 +0000\nCommit:     Release Manager <rm@example.com>\nCommitDate: Thu Jun 12 15:40:00 2025 +0000\n\n    x\n";
        let got = collect::read(&GitLog, text);
        assert_eq!(got.events[0].at.key_s(), 1_749_742_800);
        assert_eq!(got.events[0].kind, EventKind::Annotation);
    }

    #[test]
    fn one_line_logs_and_reflogs_are_read_wherever_the_date_stands() {
        let text = "0123456|Dev|2025-06-12T17:40:00+02:00|a, b\n0123457|Dev|2025-06-12 17:40:00 +0200|c\n* 0123458 (2025-06-12 17:40:00 +0200) d\n";
        let got = collect::read(&GitLog, text);
        assert!(got.events.iter().all(|e| e.at.key_s() == 1_749_742_800), "{:?}", got.events);
        assert_eq!(got.events[0].title, "commit 0123456: Dev | a, b");
        let reflog = collect::read(&GitLog, GitLog.samples()[2]);
        assert_eq!(reflog.events[1].title, "commit 89abcde: pull: Fast-forward");
    }
}
