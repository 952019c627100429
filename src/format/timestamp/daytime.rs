//! The time of day of a stamp.

use super::cursor::Cursor;
use crate::model::Precision;

/// A time of day as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayTime {
    /// Nanoseconds since midnight; 24:00 is a whole day.
    pub(super) ns: i64,
    /// Digits that were written.
    pub(super) precision: Precision,
    /// Hours run to 12 and a half of the day was named.
    pub(super) half_day: bool,
}

/// Where the time stands, which decides what it may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// Behind a date.
    Dated,
    /// Behind a date without separators: `175203` is allowed.
    Basic,
    /// Behind a date and a dash, with dots: `17.52.03.410211`.
    Dotted,
    /// Alone.
    Alone,
}

const NANOS: i64 = 1_000_000_000;

/// Reads a time of day.
pub(super) fn day_time(c: &mut Cursor<'_>, context: Context) -> Option<DayTime> {
    if context == Context::Basic && matches!(c.digit_run(), 4 | 6) {
        return compact(c);
    }
    if context == Context::Dotted {
        return dotted(c);
    }
    if context == Context::Dated && c.digit_run() == 2 && c.peek(2) == b'.' {
        // A fourth part makes it an address, unless half a day is named.
        let comma = c.peek(8) == b',';
        return dotted(c).filter(|time| time.half_day || comma || time.precision == Precision::Second);
    }
    let named = half_word(c);
    let hour = c.one_or_two()?;
    if !c.peek(0).is_ascii() {
        return with_signs(c, hour, named);
    }
    let mut minute_second = (0, None);
    let mut precision = Precision::Hour;
    let mut fraction = 0;
    if c.peek(0) == b':' && c.digit_run_from(1) == 2 {
        c.eat(b':');
        minute_second.0 = c.fixed(2)?;
        precision = Precision::Minute;
        if c.peek(0) == b':' && c.digit_run_from(1) == 2 {
            c.eat(b':');
            minute_second.1 = Some(c.fixed(2)?);
            let (ns, digits) = self::fraction(c, context);
            fraction = ns;
            precision = Precision::of_fraction_digits(digits);
        }
    }
    let hour = match named {
        Some(afternoon) if (1..=12).contains(&hour) => Ok(hour % 12 + if afternoon { 12 } else { 0 }),
        Some(_) => return None,
        None => half_day(c, hour),
    };
    let (hour, half_day) = (hour.unwrap_or_else(|h| h), hour.is_ok());
    if precision == Precision::Hour && !half_day {
        return None;
    }
    at(hour, minute_second.0, minute_second.1.unwrap_or(0), fraction, precision).map(|t| DayTime { half_day, ..t })
}

/// `17時52分03秒`, `17时52分`, `5시 52분 03초` behind its hour.
fn with_signs(c: &mut Cursor<'_>, hour: u32, afternoon: Option<bool>) -> Option<DayTime> {
    let part = |c: &mut Cursor<'_>, signs: [&str; 3]| {
        let mut ahead = *c;
        ahead.blanks();
        let number = ahead.one_or_two().filter(|_| signs.iter().any(|sign| ahead.eat_str(sign)))?;
        *c = ahead;
        Some(number)
    };
    ["時", "时", "시", "点"].iter().any(|sign| c.eat_str(sign)).then_some(())?;
    let minute = part(c, ["分", "분", "分钟"])?;
    let second = part(c, ["秒", "초", "秒钟"]);
    let hour = afternoon.map_or(hour, |afternoon| hour % 12 + if afternoon { 12 } else { 0 });
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    at(hour, minute, second.unwrap_or(0), 0, precision)
}

/// `175203.410`, `1755`.
fn compact(c: &mut Cursor<'_>) -> Option<DayTime> {
    let seconds = c.digit_run() == 6;
    let (hour, minute) = (c.fixed(2)?, c.fixed(2)?);
    if !seconds {
        return at(hour, minute, 0, 0, Precision::Minute);
    }
    let second = c.fixed(2)?;
    let (fraction, digits) = fraction(c, Context::Basic);
    at(hour, minute, second, fraction, Precision::of_fraction_digits(digits))
}

/// `17.52.03.410211`, `05.52.03.410211 PM`, `17-52-03`.
fn dotted(c: &mut Cursor<'_>) -> Option<DayTime> {
    let hour = c.fixed(2)?;
    let sep = if c.peek(0) == b'-' { b'-' } else { b'.' };
    let minute = c.eat(sep).then(|| c.fixed(2)).flatten()?;
    let second = c.eat(sep).then(|| c.fixed(2)).flatten()?;
    let (fraction, digits) = fraction(c, Context::Dotted);
    let hour = half_day(c, hour);
    let (hour, half_day) = (hour.unwrap_or_else(|h| h), hour.is_ok());
    at(hour, minute, second, fraction, Precision::of_fraction_digits(digits)).map(|t| DayTime { half_day, ..t })
}

/// A time from its parts; `None` when it is no time. A leap second is the last instant before it.
fn at(hour: u32, minute: u32, second: u32, fraction: i64, precision: Precision) -> Option<DayTime> {
    let midnight = hour == 24 && minute == 0 && second == 0 && fraction == 0;
    if (hour > 23 && !midnight) || minute > 59 || second > 60 {
        return None;
    }
    let (second, fraction) = if second == 60 { (59, NANOS - 1) } else { (second, fraction) };
    let ns = i64::from(hour * 3600 + minute * 60 + second) * NANOS + fraction;
    Some(DayTime { ns, precision, half_day: false })
}

/// Reads a fraction of a second: nanoseconds and digits written, `(0, 0)` where none stands.
///
/// A comma is a decimal sign only before a whole group of digits that ends there: what follows
/// `04:39:56,` in `04:39:56,192.168.0.2` is an address.
fn fraction(c: &mut Cursor<'_>, context: Context) -> (i64, usize) {
    let digits = c.digit_run_from(1);
    let after = c.peek(1 + digits);
    let dotted = after == b'.' && c.peek(2 + digits).is_ascii_digit();
    let known = match c.peek(0) {
        b'.' => (1..=12).contains(&digits) && !dotted,
        b',' => matches!(digits, 3 | 6 | 7 | 9) && !dotted && after != b',',
        b':' => (context != Context::Alone || matches!(after, b']' | 0)) && digits == 3 && !dotted && after != b':',
        _ => false,
    };
    if !known {
        return (0, 0);
    }
    let mut ns = 0;
    let mut scale = NANOS / 10;
    for i in 1..=digits {
        ns += i64::from(c.peek(i) - b'0') * scale;
        scale /= 10;
    }
    c.at += 1 + digits;
    (ns, digits)
}

/// Steps over a word before the hour that says which half of the day it is in (Korean, Chinese,
/// Japanese): whether it is the afternoon.
pub(super) fn half_word(c: &mut Cursor<'_>) -> Option<bool> {
    const WORDS: [(&str, bool); 6] =
        [("오전", false), ("오후", true), ("上午", false), ("下午", true), ("午前", false), ("午後", true)];
    if c.peek(0).is_ascii() {
        return None;
    }
    let afternoon = WORDS.iter().find_map(|(word, afternoon)| c.eat_str(word).then_some(*afternoon))?;
    c.blanks();
    Some(afternoon)
}

/// Reads `AM` or `PM` in its spellings: the hour of 24 in `Ok`, or the hour as it was in `Err`.
fn half_day(c: &mut Cursor<'_>, hour: u32) -> Result<u32, u32> {
    let mut ahead = *c;
    ahead.blanks();
    let afternoon = match ahead.peek(0) {
        b'a' | b'A' => false,
        b'p' | b'P' => true,
        _ => return Err(hour),
    };
    ahead.at += 1;
    let dotted = ahead.eat(b'.');
    if dotted {
        ahead.blanks();
    }
    if !(ahead.eat(b'm') || ahead.eat(b'M')) || (dotted && !ahead.eat(b'.')) {
        return Err(hour);
    }
    if !ahead.at_boundary() || !(1..=12).contains(&hour) {
        return Err(hour);
    }
    *c = ahead;
    Ok(hour % 12 + if afternoon { 12 } else { 0 })
}
