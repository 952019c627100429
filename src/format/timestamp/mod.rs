//! Reading stamps of any of the usual shapes into [`RawTime`].
//!
//! Everything here reads what is written and nothing more: no zone, year or date is decided, and a
//! text that could mean two instants gives none. Nothing allocates.

mod beside;
mod cursor;
mod date;
mod daytime;
mod epoch;
mod memo;
mod names;
mod stated;
#[cfg(test)]
mod tests;
mod weekdays;
mod written;
mod zone;

pub use beside::{zone_field, zoned_stamps};
pub use epoch::{epoch_digits, epoch_f64, epoch_int};
pub(crate) use names::may_begin;
pub use stated::{stated_date, stated_zone};
pub use weekdays::{OddWeekday, odd_weekday};
pub use written::{Count, Written};
pub use zone::{fixed_offset, label_offsets};

use crate::model::{ClockKind, Precision, RawTime};
use cursor::Cursor;
use date::{Date, Style};
use daytime::{Context, DayTime};

/// Order of the parts of a numeric date, where a file has shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `25/06/12`.
    YearFirst,
    /// `12/06/2025`.
    DayFirst,
    /// `6/12/2025`.
    MonthFirst,
}

/// A stamp and how much text it took.
#[derive(Clone, Copy, Debug)]
struct Reading {
    time: RawTime,
    len: usize,
    label: Option<(usize, usize)>,
}

/// Elapsed time in seconds, `812.410211` or `0042`, since a start that is not written.
pub fn elapsed(text: &str) -> Option<RawTime> {
    let ns = crate::format::fields::duration_ns(&format!("{}s", text.trim()))?;
    let digits = text.trim().split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let precision = Precision::of_fraction_digits(digits);
    Some(RawTime::unzoned(ClockKind::Relative, i64::try_from(ns).ok()?, precision))
}

const DAY_NS: i64 = 86_400_000_000_000;

/// A stamp at the very start of `text`, with the number of bytes it takes (its zone included).
///
/// Epoch numbers are not stamps here; see [`epoch_digits`].
pub fn prefix(text: &str) -> Option<(RawTime, usize)> {
    read(text, None).map(|r| (r.time, r.len))
}

/// Like [`prefix`], for a source whose numeric dates have a known order.
pub fn prefix_in_order(text: &str, order: DateOrder) -> Option<(RawTime, usize)> {
    read(text, Some(order)).map(|r| (r.time, r.len))
}

/// The stamp that `text` is, blanks around it aside; epoch numbers included.
pub fn whole(text: &str) -> Option<RawTime> {
    whole_of(text, None)
}

/// Like [`whole`], for a column whose numeric dates have a known order.
pub fn whole_in_order(text: &str, order: DateOrder) -> Option<RawTime> {
    whole_of(text, Some(order))
}

/// The zone name or abbreviation written behind the stamp that begins `text` (`EST`, `CEST`,
/// `Europe/Paris`, never `Z`; the offset itself behind a stamp without year). Ambiguous ones leave the stamp zone-less; this is what was written.
pub fn zone_label(text: &str) -> Option<&str> {
    let (start, end) = read(text, None)?.label?;
    text.get(start..end)
}

/// The first place in `text` where the stamp `time` is written; `None` when it was put together
/// from several pieces.
pub fn locate(text: &str, time: RawTime) -> Option<&str> {
    let word = |c: char| c.is_ascii_alphanumeric();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        // One letter stands before the stamps of klog.
        let begins = word(c) && (!word(before) || (at == 1 && c.is_ascii_digit()));
        before = c;
        let rest = if begins { text.get(at..)? } else { continue };
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let epoch = rest.get(..digits).map(|run| run.trim_end_matches('.'));
        if let Some(run) = epoch.filter(|run| epoch_digits(run) == Some(time) || Written::counts(run, time)) {
            return Some(run);
        }
        if let Some(found) = reading_of(rest, time) {
            return rest.get(..found.len);
        }
    }
    None
}

/// How `text` begins with the stamp `time`, whatever the order of its date.
fn reading_of(text: &str, time: RawTime) -> Option<Reading> {
    let orders = [None, Some(DateOrder::YearFirst), Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)];
    let same = |r: &Reading| r.time.kind == time.kind && r.time.wall_ns == time.wall_ns;
    orders.into_iter().filter_map(|order| read(text, order)).find(same)
}

fn whole_of(text: &str, order: Option<DateOrder>) -> Option<RawTime> {
    let bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let text = if bare(text.as_bytes().first()) && bare(text.as_bytes().last()) { text } else { text.trim() };
    match read(text, order) {
        Some(r) if r.len == text.len() => Some(r.time),
        _ => epoch_digits(text),
    }
}

/// Reads the stamp that begins `text`.
fn read(text: &str, order: Option<DateOrder>) -> Option<Reading> {
    memo::read(text, order)
}

/// Like [`read`], from scratch.
fn read_anew(text: &str, order: Option<DateOrder>) -> Option<Reading> {
    let c = Cursor::new(text);
    if !c.peek(0).is_ascii_digit() && c.letter_len() == 0 {
        return None;
    }
    dated(c, order).or_else(|| alone(c))
}

/// A stamp with a date.
fn dated(mut c: Cursor<'_>, order: Option<DateOrder>) -> Option<Reading> {
    let weekday = date::weekday(&mut c);
    let day = date::date(&mut c, order)?;
    let after_date = c;
    let Some((letter, context)) = join(&mut c, day.style) else { return day_only(after_date, day) };
    let before_time = c;
    let time = daytime::day_time(&mut c, context).or_else(|| {
        c = before_time;
        letter.then(|| hour_only(&mut c)).flatten()
    });
    let Some(time) = time else { return day_only(after_date, day) };
    if day.style == Style::Short && time.precision < Precision::Minute {
        return None;
    }
    let dash = letter || time.precision >= Precision::Second;
    let minutes = (context == Context::Dotted).then(|| zone::minutes(&mut c)).flatten();
    let mut zone = minutes.unwrap_or_else(|| zone::zone(&mut c, dash));
    let day = if weekday && day.yearless { trailing_year(&mut c, day) } else { day };
    if weekday && !day.yearless && zone.offset_s.is_none() {
        if zone.label.is_none() {
            zone = zone::zone(&mut c, true);
        } else if c.peek(0) == b' ' && matches!(c.peek(1), b'+' | b'-') {
            zone.offset_s = zone::zone(&mut c, false).offset_s;
        }
    }
    let bad_offset = zone.offset_s.is_none() && matches!(c.peek(0), b'+' | b'-') && c.peek(1).is_ascii_digit();
    if !c.at_boundary() || (bad_offset && letter) || (c.peek(0) == b':' && c.peek(1).is_ascii_digit()) {
        return None;
    }
    if day.style == Style::Joined && (zone.offset_s.is_none() || zone.written.is_none() && zone.label.is_some()) {
        return None;
    }
    let wall_ns = day.days * DAY_NS + time.ns;
    let time = match zone.offset_s {
        _ if day.yearless => RawTime::unzoned(ClockKind::YearLess, wall_ns, time.precision),
        Some(offset) => RawTime::zoned(wall_ns, offset, time.precision),
        None => RawTime::unzoned(ClockKind::Naive, wall_ns, time.precision),
    };
    // Without a year no instant is fixed, and what was written is all there is of the zone.
    let label = zone.label.or(zone.written.filter(|_| day.yearless));
    Some(Reading { time, len: c.at, label })
}

/// A date with nothing behind it that could be a time; a date without a year is no stamp by itself.
fn day_only(c: Cursor<'_>, day: Date) -> Option<Reading> {
    let goes_on = matches!(c.peek(0), b'-' | b'/' | b'.' | b':') && c.peek(1).is_ascii_alphanumeric();
    if day.yearless || matches!(day.style, Style::Basic | Style::Counted | Style::Joined) || goes_on || !c.at_boundary()
    {
        return None;
    }
    let time = RawTime::unzoned(ClockKind::Naive, day.days * DAY_NS, Precision::Day);
    Some(Reading { time, len: c.at, label: None })
}

/// Steps from the date to the time; tells whether the ISO letter stood there and how the time may look.
fn join(c: &mut Cursor<'_>, style: Style) -> Option<(bool, Context)> {
    let basic = if style == Style::Basic { Context::Basic } else { Context::Dated };
    if style == Style::Joined {
        return Some((false, Context::Basic));
    }
    if matches!(style, Style::Iso | Style::Basic | Style::Counted) && (c.eat(b'T') || c.eat(b't')) {
        return Some((true, basic));
    }
    if let Some(context) = bound(c, style) {
        return Some((false, context));
    }
    let clock = c.digit_run_from(1) == 2 && c.peek(3) == b':' && c.digit_run_from(4) == 2;
    if (style == Style::Clf || (style == Style::Numeric && clock)) && c.eat(b':') {
        c.eat(b':');
        return Some((false, basic));
    }
    if style != Style::Short
        && let Some(len) = to_next_cell(c)
    {
        c.at += len;
        return Some((false, Context::Dated));
    }
    let mut ahead = *c;
    ahead.eat(b',');
    let blanks = ahead.blanks();
    if !((1..=2).contains(&blanks) || blanks == 0 && style == Style::Signed) {
        return None;
    }
    if ahead.eat(b'@') || (style != Style::Short && ahead.eat(b'-')) {
        (ahead.blanks() == 1).then_some(())?;
    } else {
        names::lead(&mut ahead);
    }
    let mut clock = ahead;
    if daytime::half_word(&mut clock).is_none() && !ahead.peek(0).is_ascii_digit() {
        return None;
    }
    *c = ahead;
    Some((false, basic))
}

/// Bytes up to a time to the second in the cell behind that of the date: `2025-06-12;17:52:03`,
/// `06/12/2025 | 17:52:03`, `[2025-06-12][17:52:03]`.
fn to_next_cell(c: &Cursor<'_>) -> Option<usize> {
    let ruled = c.peek(0) == b' ' && c.peek(1) == b'|' && c.peek(2) == b' ';
    let brackets = c.peek(0) == b']' && c.peek(1) == b'[';
    let len = if ruled {
        3
    } else if brackets {
        2
    } else {
        usize::from(matches!(c.peek(0), b',' | b';' | b'\t' | b'|'))
    };
    let digits = c.digit_run_from(len);
    let two = |at: usize| c.peek(at) == b':' && c.digit_run_from(at + 1) == 2;
    (len > 0 && matches!(digits, 1 | 2) && two(len + digits) && two(len + digits + 3)).then_some(len)
}

/// Steps over the dash or underscore that binds a time to its date: `06/12-17:52:03`,
/// `20250612_175203`, `2025-06-12_17:52:03`, `2025-06-12-17.52.03.410211`, the bar of `06-12|17:52:03`, the dot of
/// `2025-06-12.17:52:03` or `20250612.175203` and the slash of `0612/175203`.
fn bound(c: &mut Cursor<'_>, style: Style) -> Option<Context> {
    let sep = c.peek(0);
    let (digits, then) = (c.digit_run_from(1), c.peek(3));
    let mark = matches!(sep, b'-' | b'_');
    let clock = mark && (1..=2).contains(&digits) && c.peek(1 + digits) == b':' && c.peek(4 + digits) == b':';
    let context = match style {
        Style::Iso if sep == b'-' && digits == 2 && then == b'.' => Context::Dotted,
        Style::Iso if sep == b'-' && digits == 2 && then == b'-' && c.digit_run_from(4) == 2 => Context::Dotted,
        Style::Iso if clock => Context::Dated,
        Style::Iso if sep == b'.' && digits == 2 && then == b':' => Context::Dated,
        Style::Short if sep == b'/' && digits == 6 => Context::Basic,
        Style::Basic if mark && (digits == 6 || (digits == 2 && then == b':')) => Context::Basic,
        Style::Basic if mark && digits == 2 && then == b'.' => Context::Dotted,
        Style::Basic if sep == b'.' && digits == 6 => Context::Basic,
        Style::Numeric if sep == b'_' && digits == 2 && then == b':' => Context::Dated,
        Style::Numeric if sep == b'_' && digits == 2 && then == b'-' => Context::Dotted,
        Style::Numeric | Style::Short if sep == b'-' && digits == 2 && then == b':' => Context::Dated,
        Style::Short if sep == b'|' && digits == 2 && then == b':' => Context::Dated,
        _ => return None,
    };
    c.eat(sep);
    Some(context)
}

/// `2025-06-12T17Z`: an hour behind the ISO letter.
fn hour_only(c: &mut Cursor<'_>) -> Option<DayTime> {
    let mut ahead = *c;
    let hour = (ahead.digit_run() == 2).then(|| ahead.fixed(2)).flatten().filter(|h| *h < 24)?;
    if !matches!(ahead.peek(0), b'Z' | b'z' | b'+' | b'-') {
        return None;
    }
    *c = ahead;
    Some(DayTime { ns: i64::from(hour) * 3_600_000_000_000, precision: Precision::Hour, half_day: false })
}

/// The year behind the time of `Thu Jun 12 17:52:03 2025`.
fn trailing_year(c: &mut Cursor<'_>, day: Date) -> Date {
    let mut ahead = *c;
    if ahead.blanks() == 1
        && ahead.digit_run() == 4
        && let Some(dated) = ahead.fixed(4).and_then(|year| day.in_year(year))
        && ahead.at_boundary()
    {
        *c = ahead;
        return dated;
    }
    day
}

/// A time of day without a date: `17:52:03`, `17:52 UTC`, `5:52pm ET`.
fn alone(mut c: Cursor<'_>) -> Option<Reading> {
    let time = daytime::day_time(&mut c, Context::Alone)?;
    let zone = zone::zone(&mut c, false);
    let goes_on = matches!(c.peek(0), b':' | b'.') && c.peek(1).is_ascii_digit();
    if !c.at_boundary() || goes_on || (time.precision == Precision::Hour && !time.half_day) {
        return None;
    }
    let time = match zone.offset_s {
        Some(offset) => {
            let utc = (time.ns - i64::from(offset) * 1_000_000_000).rem_euclid(DAY_NS);
            RawTime::unzoned(ClockKind::TimeOnlyZoned, utc, time.precision)
        }
        None => RawTime::unzoned(ClockKind::TimeOnly, time.ns, time.precision),
    };
    Some(Reading { time, len: c.at, label: zone.label })
}
