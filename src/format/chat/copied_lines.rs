//! One line of copied chat: a message, a mark of the channel, a day, or what was said.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::copied_chat::ORDERS;
use crate::format::ascii::ascii;
use crate::format::json_value::Stamp;
use crate::format::timestamp::{self, DateOrder};
use crate::model::{ClockKind, Level, Precision, RawTime};

/// What a line of copied chat is.
pub(super) enum Line<'a> {
    /// The head of a message, and what was said on the same line.
    Message {
        /// Its stamp.
        at: Stamp,
        /// Who.
        name: &'a str,
        /// What stands behind the name.
        said: &'a str,
        /// Whether no log writes lines like this.
        chatty: bool,
        /// Whether the name wears a mark of programs.
        machine: bool,
    },
    /// The channel tells of itself: somebody came or went.
    Mark {
        /// Its stamp.
        at: Stamp,
        /// What happened.
        said: &'a str,
    },
    /// A day, for the messages below it; or a ruled line.
    Day,
    /// Anything else.
    Other(&'a str),
}

/// Where a person's name stands: anything but the marks of ASCII that names do not hold; [`is_name`]
/// judges the rest. A pattern with the letters of every script, repeated, takes long to compile.
const NAME: &str = r"[^\x00- !-/:-@\[-^`{-~][^\x00-\x1f!\x22$%*+,/:;<=>?]{0,45}?";

/// Whether `text` is a name as chat tools print it.
fn is_name(text: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || "_.'’()|\\^`[]{}~@#& -".contains(c);
    // `ERROR kv: read failed` is what a program says.
    let first = text.split(' ').next().unwrap_or(text);
    let level = first.len() >= 4 && first.bytes().all(|b| b.is_ascii_uppercase()) && Level::of_word(first).is_some();
    // `5:52:03 PM: done` has no name at all.
    let half = matches!(first.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m.");
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_') && text.chars().all(within) && !level && !half
}

fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(&ascii(&pattern.replace("NAME", NAME))).ok()
}

/// `17:52 <alice> hi`, `[17:52:03] <@alice> hi`.
static ANGLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"^[\[(]?([\d][^<>\])]{3,30}?)[\])]?[\s\t]+<[ @+%&~]?([^<>\s\d][^<>]{0,40})>\s?(.*)$"));
/// `17:52 -!- bob has joined #x`, `17:52 *** bob quit`, `17:52 --> | bob joined`.
static IRC_MARK: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"^[\[(]?([\d][^<>\])]{3,30}?)[\])]?[\s\t]+(?:-!-|\*\*\*|-->|<--|--)[\s|]+(.*)$"));
/// `17:52 * alice nods`.
static IRC_ACTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"^[\[(]?([\d][^<>\])]{3,30}?)[\])]?\s+\*\s+(\S+)\s+(.*)$"));
/// `[17:52] alice: hi`, `[12/06/2025, 17:52:03] Alice: hi`, `(17:52) alice: hi`.
static BRACKET: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"^\u{200e}?[\[(]([^\[\]()]{4,30})[\])]\s+(?:-\s+)?@?(NAME)\s*:\s(.*)$"));
/// `17:52 alice: hi`, `12/06/2025, 17:52 - Alice: hi`, `5:52 PM alice: hi`.
static BARE: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"^(\d[\d/.,: \x{202f}APMapm-]{3,24}?)\s+(?:-\s+)?@?(NAME)\s*:\s(.*)$"));
/// `alice  5:52 PM`, `alice [5:52 PM]`, `alice — Today at 5:52 PM`, `PagerDuty APP 5:52 PM`.
static NAME_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(
        r"^(NAME)(\s+APP)?\s*(?:\s{2,}|\s[—–-]\s|\s\[|\sAPP\s|:\w+:\s+)\s*(?:(?:Today|Yesterday)\s+at\s+)?((?:[A-Z][a-z]{2,8}\s\d{1,2}(?:st|nd|rd|th)?(?:,?\s\d{4})?(?:\s+at|,)?\s+|\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{2,4})?,?\s+)?\d{1,2}:\d\d(?::\d\d)?(?:[\s\x{202f}]?[AaPp]\.?[Mm]\.?)?)\]?$",
    )
});
/// `[5:52 PM] Alice Smith` with what was said below.
static TIME_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile(r"^\[([^\[\]]{4,30})\]\s+(NAME)(?:\s+\(pinned\))?\s*:?$"));

/// Reads lines one after the other, and remembers the day.
pub(super) struct Reader {
    day: Option<RawTime>,
    /// Time of day of the message before, since that day was said.
    last_ns: i64,
    order: Option<DateOrder>,
}

impl Reader {
    /// A reader for `text`, whose numeric dates all have the order that fits most of them.
    pub(super) fn new(text: &str) -> Reader {
        let mut best = (0usize, None);
        let lines = text.lines().filter(|l| l.len() < 4_000).take(400);
        let stamps: Vec<String> = lines.filter_map(parts).map(|p| tidy(p.stamp)).collect();
        for order in ORDERS {
            let count = stamps.iter().filter(|stamp| timestamp::whole_in_order(stamp, order).is_some()).count();
            if count > best.0 {
                best = (count, Some(order));
            }
        }
        Reader { day: None, last_ns: 0, order: best.1 }
    }

    /// What `line` is.
    pub(super) fn line<'a>(&mut self, line: &'a str) -> Line<'a> {
        let line = line.trim_end();
        if self.is_day(line) || (line.len() >= 10 && line.bytes().all(|b| b == b'=')) {
            return Line::Day;
        }
        let Some(found) = parts(line) else { return Line::Other(line.trim()) };
        let Some(at) = self.stamp(found.stamp) else { return Line::Other(line.trim()) };
        let fine = at.time.precision > Precision::Minute;
        match found.name {
            Some(name) => {
                Line::Message { at, name, said: found.said, chatty: found.sure || !fine, machine: found.machine }
            }
            None => Line::Mark { at, said: found.said },
        }
    }

    /// The stamp, with the day above when it has none; a time that is more than an hour behind the one
    /// before is of the next day.
    fn stamp(&mut self, raw: &str) -> Option<Stamp> {
        let tidy = tidy(raw);
        let plain = !tidy.bytes().all(|b| b.is_ascii_digit() || b == b'.') && tidy.contains(':');
        let ordered = self.order.and_then(|order| timestamp::whole_in_order(&tidy, order));
        let time = timestamp::whole(&tidy).or(ordered).filter(|t| plain && t.precision >= Precision::Minute)?;
        let time = match (time.kind, self.day) {
            (ClockKind::TimeOnly, Some(mut day)) => {
                if time.wall_ns + HOUR < self.last_ns {
                    day.wall_ns = next_day(day);
                    self.day = Some(day);
                }
                self.last_ns = time.wall_ns;
                RawTime::unzoned(day.kind, day.wall_ns + time.wall_ns, time.precision)
            }
            _ => time,
        };
        Some(Stamp { time, raw: raw.trim().to_string() })
    }

    /// Whether the line is a day; it then holds for what follows.
    fn is_day(&mut self, line: &str) -> bool {
        let inner = line.trim_matches(|c: char| matches!(c, '-' | '—' | '=' | '*' | ' ' | '\t' | '─'));
        let opened = ["Log opened", "Day changed", "Day changed to", "Session Start:", "Session Time:"];
        let stated = opened.iter().find_map(|lead| inner.strip_prefix(lead)).map(|rest| rest.trim_start_matches(" to"));
        let closed = inner.starts_with("Log closed") || inner.starts_with("Session Close");
        let Some(day) = day_of(stated.unwrap_or(inner), stated.is_some()) else { return closed };
        self.day = Some(day);
        self.last_ns = 0;
        true
    }
}

const HOUR: i64 = 3_600_000_000_000;
const DAY: i64 = 24 * HOUR;

/// The day after `day`; without a year it stays in the one that stands for all.
fn next_day(day: RawTime) -> i64 {
    const AFTER_1972: i64 = 1_096 * DAY;
    let next = day.wall_ns + DAY;
    if day.kind == ClockKind::YearLess && next >= AFTER_1972 { next - 366 * DAY } else { next }
}

/// A date, with or without its year, weekday and ordinal.
fn day_of(text: &str, may_have_time: bool) -> Option<RawTime> {
    static ORDINAL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\d)(?:st|nd|rd|th)\b").ok());
    let text = text.trim();
    let ends = |at: usize| {
        let end = text.as_bytes().get(at + 1..at + 3);
        end.is_some_and(|end| matches!(end, b"st" | b"nd" | b"rd" | b"th"))
    };
    let ordinal = text.bytes().enumerate().any(|(at, byte)| byte.is_ascii_digit() && ends(at));
    let text = if ordinal { ORDINAL.as_ref()?.replace(text, "$1") } else { Cow::Borrowed(text) };
    if text.len() > 40 || !text.chars().any(|c| c.is_ascii_digit()) || text.len() < 5 {
        return None;
    }
    let floor = |t: RawTime| RawTime::unzoned(t.kind, t.wall_ns.div_euclid(DAY) * DAY, Precision::Day);
    let time = timestamp::whole(&text).filter(|t| t.kind == ClockKind::Naive);
    if let Some(time) = time.filter(|t| may_have_time || t.precision == Precision::Day) {
        return Some(floor(time));
    }
    // A date without its year is a stamp only beside a time.
    let dated = timestamp::whole(&format!("{text} 00:00"))?;
    let worded = text.chars().any(char::is_alphabetic);
    (worded && matches!(dated.kind, ClockKind::YearLess | ClockKind::Naive)).then(|| floor(dated))
}

/// The stamp as the general reader knows it.
fn tidy(raw: &str) -> String {
    let plain = raw.replace(['\u{202f}', '\u{a0}'], " ").replace(" at ", " ").replace(", ", " ");
    let mut out = String::with_capacity(plain.len());
    let mut digits = false;
    for word in plain.split_whitespace() {
        let bare = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
        let bare = bare.filter(|b| b.bytes().all(|b| b.is_ascii_digit())).unwrap_or(word);
        out.push_str(if digits || !out.is_empty() { " " } else { "" });
        out.push_str(bare);
        digits = true;
    }
    out
}

/// A line taken apart.
struct Parts<'a> {
    stamp: &'a str,
    name: Option<&'a str>,
    said: &'a str,
    /// The layout itself is chat's alone.
    sure: bool,
    /// The name wears a mark of programs.
    machine: bool,
}

fn parts(line: &str) -> Option<Parts<'_>> {
    let line = line.trim();
    if line.len() > 8_000 || line.len() < 7 {
        return None;
    }
    let find =
        |pattern: &'static LazyLock<Option<Regex>>, order: (usize, usize, usize), (sure, bracketed): (bool, bool)| {
            let found = pattern.as_ref()?.captures(line)?;
            let part = |at: usize| found.get(at).map_or("", |m| m.as_str().trim());
            let name = Some(part(order.1)).filter(|n| !n.is_empty());
            // The layouts with brackets around a name say themselves what it is.
            if !bracketed && name.is_some_and(|name| !is_name(name)) {
                return None;
            }
            Some(Parts { stamp: found.get(order.0)?.as_str(), name, said: part(order.2), sure, machine: false })
        };
    let bytes = line.as_bytes();
    if line.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '[' | '(' | '\u{200e}')) {
        // Each pattern is run only where its marks are.
        let holds = |mark: u8| memchr::memchr(mark, bytes).is_some();
        let pair = |first: u8, second: &dyn Fn(u8) -> bool| {
            memchr::memchr_iter(first, bytes).any(|at| bytes.get(at + 1).is_some_and(|byte| second(*byte)))
        };
        let marked = || pair(b'-', &|next| matches!(next, b'-' | b'!')) || pair(b'*', &|next| next == b'*');
        let named = pair(b':', &|next| next <= b' ') || line.ends_with(':');
        let bare = bytes.first().is_some_and(u8::is_ascii_digit);
        let only = |may: bool, pattern, order, layout| if may { find(pattern, order, layout) } else { None };
        return only(holds(b'<') && holds(b'>'), &ANGLE, (1, 2, 3), (true, true))
            .or_else(|| only(marked(), &IRC_MARK, (1, 9, 2), (true, true)))
            .or_else(|| only(holds(b'*'), &IRC_ACTION, (1, 2, 3), (true, true)))
            .or_else(|| only(named && !bare, &BRACKET, (1, 2, 3), (false, false)))
            .or_else(|| only(named && bare, &BARE, (1, 2, 3), (false, false)))
            .or_else(|| only(line.starts_with('['), &TIME_FIRST, (1, 2, 9), (false, false)));
    }
    // A line that begins with a name ends with a time.
    if !bytes.last().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'm' | b'M' | b'.' | b']')) {
        return None;
    }
    let machine = NAME_FIRST.as_ref()?.captures(line)?.get(2).is_some();
    find(&NAME_FIRST, (3, 1, 9), (true, false)).map(|parts| Parts { machine, ..parts })
}
