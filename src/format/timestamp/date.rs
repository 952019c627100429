//! The calendar part of a stamp.

use chrono::Datelike;

use super::DateOrder;
use super::cursor::Cursor;
use super::names;

/// How a date was written, which decides what may stand between it and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `2025-06-12`, `2025/06/12`.
    Iso,
    /// `20250612`, `250612`, `2025.06.12`, `2025:06:12`: no date by itself.
    Basic,
    /// `12/Jun/2025`, `12-Jun-2025`, `12Jun2025`: a colon may lead to the time.
    Clf,
    /// `12 Jun 2025`, `Jun 12, 2025`, `12 de junio de 2025`.
    Named,
    /// `2025年6月12日`: the time may stand right behind it.
    Signed,
    /// `6/12/2025`, `12.06.2025`, `06-12-2025`, `25/06/12`, `2025/6/12`.
    Numeric,
    /// `2025-W24-4`, `2025-163`: no date by itself.
    Counted,
    /// `20250612` with the time right behind it: a number without a zone behind both.
    Joined,
    /// `0612`, `06-12`, `Jun 12`: no year.
    Short,
}

/// A date as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Date {
    /// Days since 1970-01-01.
    pub(super) days: i64,
    /// No year was written; `days` is in 1972.
    pub(super) yearless: bool,
    /// How it was written.
    pub(super) style: Style,
    /// Month and day, for a year that is written after the time.
    pub(super) month_day: (u32, u32),
}

/// The leap year that year-less dates are stored in.
const NO_YEAR: u32 = 1972;

/// Two-digit years taken for years when nothing else tells the order.
const PLAUSIBLE_SHORT_YEARS: std::ops::RangeInclusive<u32> = 15..=40;

impl Date {
    /// A date of the calendar; `None` for the 30th of February.
    pub(super) fn new(year: u32, month: u32, day: u32, style: Style) -> Option<Date> {
        let days = days(year, month, day)?;
        Some(Date { days, yearless: false, style, month_day: (month, day) })
    }

    /// A date without a year.
    fn yearless(month: u32, day: u32, style: Style) -> Option<Date> {
        Date::new(NO_YEAR, month, day, style).map(|date| Date { yearless: true, ..date })
    }

    /// The same day in a year read later.
    pub(super) fn in_year(self, year: u32) -> Option<Date> {
        Date::new(year, self.month_day.0, self.month_day.1, self.style)
    }
}

/// Days since 1970-01-01 of a civil date between 1970 and 2199.
pub(super) fn days(year: u32, month: u32, day: u32) -> Option<i64> {
    if !(1970..=2199).contains(&year) {
        return None;
    }
    let date = chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(i64::from(date.num_days_from_ce()) - 719_163)
}

/// Month of an English month name, short or whole, or of one in another language ([`names`]).
pub(super) fn month_of(word: &[u8]) -> Option<u32> {
    const NAMES: [&[u8]; 12] = [
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ];
    if word.len() < 3 {
        return None;
    }
    let fits = |name: &&[u8]| {
        (word.len() == 3 || word.len() == name.len()) && word.eq_ignore_ascii_case(&name[..word.len().min(name.len())])
    };
    NAMES.iter().position(fits).map(|i| i as u32 + 1).or_else(|| names::month(word))
}

/// Steps over a weekday (`Thu`, `Thursday,`) and the blank behind it.
pub(super) fn weekday(c: &mut Cursor<'_>) -> bool {
    let word = c.letters();
    if weekday_of(word).is_none() && !names::is_weekday(word) {
        return false;
    }
    let mut ahead = *c;
    ahead.at += word.len();
    ahead.eat(b'.');
    ahead.eat(b',');
    if ahead.blanks() == 0 {
        return false;
    }
    // `mar` is a Tuesday in `mar 10 juin` and a month in `Mar 10 17:52:03`.
    if month_of(word).is_some() {
        let mut day = ahead;
        let number = day.one_or_two().is_some() && (day.eat(b'.') | (day.blanks() > 0));
        day.blanks();
        if !number || day.letter_len() == 0 {
            return false;
        }
    }
    *c = ahead;
    true
}

/// Days since Monday of an English weekday, short or whole.
pub(super) fn weekday_of(word: &[u8]) -> Option<u8> {
    const NAMES: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    let fits = |name: &&[u8]| {
        (word.len() == 3 || word.len() == name.len()) && word.eq_ignore_ascii_case(&name[..word.len().min(name.len())])
    };
    let found = if word.len() < 3 { None } else { NAMES.iter().position(fits) };
    found.map(|days| days as u8)
}

/// Reads a date of any shape.
pub(super) fn date(c: &mut Cursor<'_>, order: Option<DateOrder>) -> Option<Date> {
    if c.letter_len() > 0 {
        return month_first(c);
    }
    match (c.digit_run(), c.peek(c.digit_run())) {
        (1 | 2 | 4, 0x80..) => {
            let (year, month, day) = names::with_signs(c)?;
            match year {
                Some(year) => Date::new(year, month, day, Style::Signed),
                None => Date::yearless(month, day, Style::Short),
            }
        }
        (4, b'-') if c.peek(5).is_ascii_uppercase() && c.peek(6).is_ascii_lowercase() => {
            let year = c.fixed(4)?;
            c.eat(b'-');
            let word = c.word();
            let month = month_of(word)?;
            c.at += word.len();
            let day = c.eat(b'-').then(|| c.fixed(2)).flatten()?;
            Date::new(year, month, day, Style::Iso)
        }
        (4, b'-') if c.peek(5) == b'W' || c.digit_run_from(5) == 3 => counted(c),
        // `0612/175203.410211`
        (4, b'/') if c.digit_run_from(5) == 6 => {
            let (month, day) = (c.fixed(2)?, c.fixed(2)?);
            Date::yearless(month, day, Style::Short)
        }
        (4, sep @ (b'-' | b'/')) => {
            let year = c.fixed(4)?;
            c.eat(sep);
            // `2025/6/12`
            let short = c.digit_run() == 1 || (c.digit_run() == 2 && c.peek(2) == sep && c.digit_run_from(3) == 1);
            let part = |c: &mut Cursor<'_>| if short { c.one_or_two() } else { c.fixed(2) };
            let month = part(c)?;
            let day = c.eat(sep).then(|| part(c)).flatten()?;
            Date::new(year, month, day, if short { Style::Numeric } else { Style::Iso })
        }
        (4, b' ') if c.peek(5).is_ascii_uppercase() => year_named(c),
        (4, b' ') => {
            let (month, day) = (c.fixed(2)?, c.fixed(2)?);
            Date::yearless(month, day, Style::Short)
        }
        (4, b'.') if c.peek(5) == b' ' => spaced_dots(c),
        (4, sep @ (b'.' | b':' | b'_')) => {
            let year = c.fixed(4)?;
            c.eat(sep);
            let month = c.fixed(2)?;
            let day = c.eat(sep).then(|| c.fixed(2)).flatten()?;
            // Not a date by itself: versions look the same.
            Date::new(year, month, day, Style::Basic)
        }
        (8, _) => {
            let (year, month, day) = (c.fixed(4)?, c.fixed(2)?, c.fixed(2)?);
            Date::new(year, month, day, Style::Basic)
        }
        // `20250612175203Z`, as directories write it.
        (14, _) => {
            let (year, month, day) = (c.fixed(4)?, c.fixed(2)?, c.fixed(2)?);
            Date::new(year, month, day, Style::Joined)
        }
        (6, b' ') => {
            let (year, month, day) = (c.fixed(2)?, c.fixed(2)?, c.fixed(2)?);
            Date::new(full_year(year), month, day, Style::Basic)
        }
        (1 | 2, b'/' | b'-' | b'.' | b' ') => day_first(c, order),
        (1 | 2, letter) if letter.is_ascii_uppercase() => glued(c),
        _ => None,
    }
}

/// `Jun 12`, `Jun 12, 2025`, `June 12 2025`, `Jun-12`, `jun/12/2025`.
fn month_first(c: &mut Cursor<'_>) -> Option<Date> {
    let word = c.letters();
    let month = month_of(word)?;
    c.at += word.len();
    if c.eat(b'/') {
        let day = c.one_or_two()?;
        let year = (c.eat(b'/') && c.digit_run() == 4).then(|| c.fixed(4)).flatten()?;
        return Date::new(year, month, day, Style::Clf);
    }
    let small = !word[0].is_ascii_uppercase();
    c.eat(b'.');
    let dash = c.peek(0) == b'-' && c.digit_run_from(1) == 2 && c.peek(3) == b' ';
    if c.blanks() == 0 && !(dash && c.eat(b'-')) {
        return None;
    }
    let day = c.one_or_two()?;
    // A small word may be any word: only a time to the second behind the day makes it a month.
    if small && !clock_ahead(c) {
        return None;
    }
    let mut ahead = *c;
    ahead.eat(b',');
    if ahead.blanks() > 0
        && ahead.digit_run() == 4
        && let Some(year) = ahead.fixed(4)
        && ahead.at_boundary()
    {
        *c = ahead;
        return Date::new(year, month, day, Style::Named);
    }
    Date::yearless(month, day, Style::Short)
}

/// Whether a blank and a time to the second stand ahead: ` 17:52:03`.
fn clock_ahead(c: &Cursor<'_>) -> bool {
    let two = |at: usize| c.digit_run_from(at) == 2;
    c.peek(0) == b' ' && two(1) && c.peek(3) == b':' && two(4) && c.peek(6) == b':' && two(7)
}

/// `12Jun2025`.
fn glued(c: &mut Cursor<'_>) -> Option<Date> {
    let day = c.one_or_two()?;
    let word = c.word();
    let month = month_of(word).filter(|_| word.len() == 3)?;
    c.at += word.len();
    let year = (c.digit_run() == 4).then(|| c.fixed(4)).flatten()?;
    Date::new(year, month, day, Style::Clf)
}

/// `2025. 6. 12.`, as written in Korea.
fn spaced_dots(c: &mut Cursor<'_>) -> Option<Date> {
    let mut part = |year: bool| {
        c.blanks();
        let number = if year { c.fixed(4) } else { c.one_or_two() };
        number.filter(|_| c.eat(b'.'))
    };
    let (year, month, day) = (part(true)?, part(false)?, part(false)?);
    Date::new(year, month, day, Style::Numeric)
}

/// `2025-W24-4` and `2025-163`: weeks and days of the year, as ISO 8601 counts them.
fn counted(c: &mut Cursor<'_>) -> Option<Date> {
    let year = c.fixed(4)?;
    c.eat(b'-');
    let day = if c.eat(b'W') {
        let week = (c.digit_run() == 2).then(|| c.fixed(2)).flatten()?;
        let day = (c.eat(b'-') && c.digit_run() == 1).then(|| c.fixed(1)).flatten()?;
        let weekday = chrono::Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
        chrono::NaiveDate::from_isoywd_opt(i32::try_from(year).ok()?, week, weekday)?
    } else {
        chrono::NaiveDate::from_yo_opt(i32::try_from(year).ok()?, c.fixed(3)?)?
    };
    // A day of a week is in the year before or after its week at times.
    Date::new(u32::try_from(day.year()).ok()?, day.month(), day.day(), Style::Counted)
}

/// `2025 Jun 12`.
fn year_named(c: &mut Cursor<'_>) -> Option<Date> {
    let year = c.fixed(4)?;
    c.blanks();
    let named = month_first(c).filter(|date| date.yearless)?;
    named.in_year(year).map(|date| Date { style: Style::Named, ..date })
}

/// Dates that begin with one or two digits.
fn day_first(c: &mut Cursor<'_>, order: Option<DateOrder>) -> Option<Date> {
    let first_len = c.digit_run();
    let first = c.one_or_two()?;
    // `12. Juni 2025`
    let ordinal = c.peek(0) == b'.' && c.peek(1) == b' ' && c.peek(2).is_ascii_uppercase();
    c.at += usize::from(ordinal);
    let sep = c.peek(0);
    c.at += 1;
    let of = sep == b' ' && c.eat_str("de ");
    let word = c.letters();
    if !word.is_empty() {
        let month = month_of(word)?;
        let small = sep == b' ' && !word[0].is_ascii_uppercase();
        c.at += word.len();
        if sep == b' ' && c.peek(1) == b' ' {
            c.eat(b'.');
        }
        let mut ahead = *c;
        ahead.eat(b',');
        let year = if ahead.eat(sep) && (!of || ahead.eat_str("de ")) { named_year(&mut ahead, sep) } else { None };
        return match (year, sep) {
            (Some(year), _) if ahead.at_boundary() => {
                *c = ahead;
                Date::new(year, month, first, if sep == b' ' { Style::Named } else { Style::Clf })
            }
            (_, b' ') if !small || clock_ahead(c) => Date::yearless(month, first, Style::Short),
            (_, b'-') if word.len() == 3 && c.peek(0) == b' ' => Date::yearless(month, first, Style::Short),
            _ => None,
        };
    }
    let second_len = c.digit_run();
    let second = c.one_or_two()?;
    let two = first_len == 2 && second_len == 2;
    match sep {
        b'/' if two && c.peek(0) == b'-' => Date::yearless(first, second, Style::Short),
        b'.' if two && c.peek(0) == b' ' => {
            let day_first = if first > 12 || second > 12 { first > 12 } else { order? == DateOrder::DayFirst };
            let (month, day) = if day_first { (second, first) } else { (first, second) };
            Date::yearless(month, day, Style::Short)
        }
        b'-' if two && matches!(c.peek(0), b' ' | b'|') => Date::yearless(first, second, Style::Short),
        b'/' if second_len == 2 && matches!(c.peek(0), b' ' | b'-') => match order? {
            DateOrder::MonthFirst => Date::yearless(first, second, Style::Short),
            DateOrder::DayFirst => Date::yearless(second, first, Style::Short),
            DateOrder::YearFirst => None,
        },
        b'-' if !(c.peek(0) == b'-' && is_dashed_year(c, two)) => None,
        b'.' | b'/' | b'-' if c.eat(sep) => {
            let third_len = c.digit_run();
            let third = c.fixed(third_len)?;
            let order = if sep == b'.' && third_len == 4 { Some(DateOrder::DayFirst) } else { order };
            let whole = first_len == 2 && second_len == 2;
            match third_len {
                4 => long_numeric(first, second, third, order.or_else(|| half_day_order(c))),
                2 if whole || order.is_some() => short_numeric(first, second, third, order),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether the third number behind dashes is a year, or ends a date before a time: `06-12-2025`,
/// `25-06-12 17:52:03`.
fn is_dashed_year(c: &Cursor<'_>, two: bool) -> bool {
    match c.digit_run_from(1) {
        4 => true,
        2 => two && c.peek(3) == b' ' && c.digit_run_from(4) == 2 && c.peek(6) == b':',
        _ => false,
    }
}

/// The year behind a month's name; of two digits only between dashes.
fn named_year(c: &mut Cursor<'_>, sep: u8) -> Option<u32> {
    match c.digit_run() {
        4 => c.fixed(4),
        2 if sep == b'-' => c.fixed(2).map(full_year),
        _ => None,
    }
}

/// `6/12/2025`: a value above 12 tells the order, else it must be known.
fn long_numeric(a: u32, b: u32, year: u32, order: Option<DateOrder>) -> Option<Date> {
    let day_first = match order {
        _ if a > 12 => true,
        _ if b > 12 || a == b => false,
        Some(DateOrder::DayFirst) => true,
        Some(DateOrder::MonthFirst) => false,
        _ => return None,
    };
    let (month, day) = if day_first { (b, a) } else { (a, b) };
    Date::new(year, month, day, Style::Numeric)
}

/// Upper-case `AM` or `PM` behind a slashed date is the United States' way of writing.
fn half_day_order(c: &Cursor<'_>) -> Option<DateOrder> {
    let mut ahead = *c;
    ahead.eat(b',');
    ahead.blanks();
    while matches!(ahead.peek(0), b'0'..=b'9' | b':' | b'.') {
        ahead.at += 1;
    }
    ahead.blanks();
    matches!(ahead.word(), b"AM" | b"PM").then_some(DateOrder::MonthFirst)
}

/// `25/06/12`: the year comes first where only the first number can be a recent year.
fn short_numeric(a: u32, b: u32, c: u32, order: Option<DateOrder>) -> Option<Date> {
    let year_first = Date::new(full_year(a), b, c, Style::Numeric);
    match order {
        Some(DateOrder::YearFirst) => year_first,
        Some(DateOrder::DayFirst) => Date::new(full_year(c), b, a, Style::Numeric),
        Some(DateOrder::MonthFirst) => Date::new(full_year(c), a, b, Style::Numeric),
        None => (PLAUSIBLE_SHORT_YEARS.contains(&a) && (a == c || !PLAUSIBLE_SHORT_YEARS.contains(&c)))
            .then_some(year_first)
            .flatten(),
    }
}

/// Year of a two-digit year, with the usual pivot.
fn full_year(short: u32) -> u32 {
    if short >= 70 { 1900 + short } else { 2000 + short }
}
