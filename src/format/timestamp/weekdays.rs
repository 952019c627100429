//! Stamps that name a weekday which their date does not have.

use chrono::{Datelike, NaiveDate, Weekday};

use super::{date, reading_of};
use crate::model::{ClockKind, RawTime};

/// Bytes of a record that are searched for its stamp: it stands near the beginning.
const SEARCHED: usize = 512;
/// Years before and after in which the date could have had the weekday; the calendar repeats within them.
const YEARS: i32 = 12;

/// A date and a weekday written with it that is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OddWeekday {
    /// The date as written.
    pub date: NaiveDate,
    /// The weekday as written.
    pub found: Weekday,
}

impl OddWeekday {
    /// The year nearest to the written one in which the day had the weekday that was written.
    pub fn fitting_year(&self) -> Option<i32> {
        let year = self.date.year();
        let years = (1..=YEARS).flat_map(|far| [year - far, year + far]);
        years.into_iter().find(|year| self.date.with_year(*year).is_some_and(|date| date.weekday() == self.found))
    }
}

/// The weekday that stands before the stamp `at` of a record, when the date has another one.
///
/// Only a weekday that was read as part of the stamp counts; a stamp without year has no weekday.
pub fn odd_weekday(text: &str, at: RawTime) -> Option<OddWeekday> {
    if !matches!(at.kind, ClockKind::Naive | ClockKind::Zoned) {
        return None;
    }
    let line = text.lines().next()?;
    let line = line.get(..line.floor_char_boundary(SEARCHED))?;
    // Of most words the first two letters say that they are none.
    let begins = |pair: &[u8]| {
        matches!(
            [pair[0] | 0x20, pair[1] | 0x20],
            [b'm', b'o'] | [b't', b'u' | b'h'] | [b'w', b'e'] | [b'f', b'r'] | [b's', b'a' | b'u']
        )
    };
    let bytes = line.as_bytes();
    for (start, _) in bytes.windows(2).enumerate().filter(|(_, pair)| begins(pair)) {
        let inside = start.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        let Some(word) = line.get(start..).filter(|_| !inside) else { continue };
        let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
        if let Some(days) = date::weekday_of(&word.as_bytes()[..end])
            && reading_of(word, at).is_some()
        {
            let date = chrono::DateTime::from_timestamp_nanos(at.wall_ns).date_naive();
            let found = Weekday::try_from(days).ok()?;
            return (date.weekday() != found).then_some(OddWeekday { date, found });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::timestamp::{locate, prefix};

    fn found(text: &str) -> Option<OddWeekday> {
        let at = text.find(|c: char| c.is_ascii_alphanumeric()).unwrap();
        let (time, _) = prefix(&text[at..]).unwrap();
        assert!(locate(text, time).is_some(), "{text}");
        odd_weekday(text, time)
    }

    #[test]
    fn a_weekday_that_the_date_does_not_have_is_found() {
        for text in [
            "Mon 12 Jun 2025 17:52:03 read failed",
            "[Mon Jun 12 17:52:03 2025] [error] read failed",
            "\"Monday, 12 Jun 2025 17:52:03 GMT\" read failed",
            "Mon 2025-06-12 17:52:03 UTC read failed",
            "Mon, 12 Jun 2025 01:52:03 +0900 read failed",
        ] {
            let odd = found(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((odd.date.to_string().as_str(), odd.found), ("2025-06-12", Weekday::Mon), "{text}");
            assert_eq!(odd.fitting_year(), Some(2023));
        }
    }

    #[test]
    fn a_weekday_that_fits_or_belongs_to_no_stamp_of_the_record_is_none() {
        for text in [
            "Thu 12 Jun 2025 17:52:03 read failed",
            "Thu Jun 12 17:52:03 UTC 2025 read failed",
            "2025-06-12 17:52:03 backup of Mon 12 Jun 2025 17:52:04 failed",
            "2025-06-12 17:52:03 Mon: read failed",
            "Mon Jun 12 17:52:03 read failed",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_leap_day_fits_in_another_leap_year() {
        let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(OddWeekday { date, found: Weekday::Mon }.fitting_year(), Some(2016));
        assert_eq!(OddWeekday { date, found: Weekday::Sun }.fitting_year(), Some(2032));
    }
}
