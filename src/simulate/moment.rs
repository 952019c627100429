//! Times of day in a scenario.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A moment relative to 00:00 UTC of the scenario's date, in milliseconds; negative on days before.
///
/// Written `17:52`, `17:52:30`, `17:52:30.250`; hours beyond 23 lie on later days (`25:10`), and
/// `-2d 09:00` is two days before the date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Milliseconds since 00:00 UTC of the scenario's date.
    pub ms: i64,
}

impl Moment {
    /// A moment in whole seconds since 00:00 UTC of the scenario's date.
    pub fn of_seconds(seconds: i64) -> Moment {
        Moment { ms: seconds * 1000 }
    }

    /// Reads the written form; `None` when it is none.
    pub fn parse(text: &str) -> Option<Moment> {
        let (days, clock) = match text.strip_prefix('-') {
            Some(rest) => {
                let (days, clock) = rest.split_once("d ")?;
                (-days.parse::<i64>().ok().filter(|d| (1..=366).contains(d))?, clock)
            }
            None => (0, text),
        };
        let mut parts = clock.split(':');
        let hours = two_digits(parts.next()?)?;
        let minutes = two_digits(parts.next()?).filter(|m| *m < 60)?;
        let millis = match parts.next() {
            Some(seconds) => seconds_ms(seconds)?,
            None => 0,
        };
        if parts.next().is_some() {
            return None;
        }
        Some(Moment { ms: days * 86_400_000 + hours * 3_600_000 + minutes * 60_000 + millis })
    }
}

fn two_digits(text: &str) -> Option<i64> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn seconds_ms(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds = two_digits(whole).filter(|s| *s < 60)?;
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let millis = format!("{fraction:0<3}").parse::<i64>().ok()?;
    Some(seconds * 1000 + millis)
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (days, ms) =
            if self.ms < 0 { (self.ms.div_euclid(86_400_000), self.ms.rem_euclid(86_400_000)) } else { (0, self.ms) };
        if days < 0 {
            write!(f, "{days}d ")?;
        }
        write!(f, "{:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60)?;
        match (ms / 1000 % 60, ms % 1000) {
            (0, 0) => Ok(()),
            (s, 0) => write!(f, ":{s:02}"),
            (s, m) => write!(f, ":{s:02}.{m:03}"),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Moment::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("expected a UTC time such as 17:52 or 17:52:30, found \"{text}\"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_alike() {
        for text in ["17:52", "00:00:01", "17:52:30.250", "25:10", "-2d 09:00"] {
            assert_eq!(Moment::parse(text).map(|m| m.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "7:52", "17:60", "17:52:30.2500", "17:52 UTC", "-d 10:00", "17:52:3é"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
