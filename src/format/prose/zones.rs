//! Zone labels as people write them after a clock time.

use std::sync::LazyLock;

use regex::Regex;

use crate::format::ascii::of_sentences;

/// Offset or zone of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// Seconds east of UTC.
    Offset(i32),
    /// A region whose offset depends on the date; only the `clock` stage knows it.
    Region(&'static str),
}

/// Label, meaning, and whether other meanings are in use.
const LABELS: &[(&str, Zone, bool)] = &[
    ("UTC", Zone::Offset(0), false),
    ("GMT", Zone::Offset(0), false),
    ("Z", Zone::Offset(0), false),
    ("WET", Zone::Offset(0), false),
    ("WEST", Zone::Offset(3600), false),
    ("CET", Zone::Offset(3600), false),
    ("CEST", Zone::Offset(7200), false),
    ("EET", Zone::Offset(7200), false),
    ("EEST", Zone::Offset(10_800), false),
    ("MSK", Zone::Offset(10_800), false),
    ("BST", Zone::Offset(3600), true),
    ("IST", Zone::Offset(19_800), true),
    ("SGT", Zone::Offset(28_800), false),
    ("JST", Zone::Offset(32_400), false),
    ("KST", Zone::Offset(32_400), false),
    ("AEST", Zone::Offset(36_000), false),
    ("AEDT", Zone::Offset(39_600), false),
    ("NZST", Zone::Offset(43_200), false),
    ("NZDT", Zone::Offset(46_800), false),
    ("HST", Zone::Offset(-36_000), false),
    ("PST", Zone::Offset(-28_800), true),
    ("PDT", Zone::Offset(-25_200), false),
    ("MST", Zone::Offset(-25_200), true),
    ("MDT", Zone::Offset(-21_600), false),
    ("CST", Zone::Offset(-21_600), true),
    ("CDT", Zone::Offset(-18_000), true),
    ("EST", Zone::Offset(-18_000), true),
    ("EDT", Zone::Offset(-14_400), true),
    ("PT", Zone::Region("America/Los_Angeles"), false),
    ("MT", Zone::Region("America/Denver"), false),
    ("CT", Zone::Region("America/Chicago"), false),
    ("ET", Zone::Region("America/New_York"), false),
];

/// Zones as they are spoken, as a pattern: "Pacific Time", "Eastern", "Central European Summer Time". Where the
/// first word is that of other names too, the word "time" must follow.
const SPOKEN: &str = r"(?:(?:Eastern|Pacific)(?:\s(?:Standard|Daylight|standard|daylight))?(?:\s[Tt]ime)?|(?:Central|Mountain)(?:\s(?:Standard|Daylight|standard|daylight))?\s[Tt]ime|Greenwich\s[Mm]ean\s[Tt]ime|(?:Coordinated\s)?Universal\s[Tt]ime|British\s[Ss]ummer\s[Tt]ime|Central\sEuropean(?:\s[Ss]ummer)?\s[Tt]ime|(?:Japan|India|Singapore|UK|British|London|Berlin|Paris|Amsterdam|Tokyo|Sydney|New\sYork|California)(?:\s[Ss]tandard)?\s[Tt]ime)";

/// Beginnings of spoken zones and what they mean by standard time; whether "daylight" moves them, and the region
/// where neither is said.
const SPEECH: &[(&str, i32, Option<&str>)] = &[
    ("eastern", -18_000, Some("America/New_York")),
    ("central european summer", 7200, None),
    ("central european", 3600, None),
    ("central", -21_600, Some("America/Chicago")),
    ("mountain", -25_200, Some("America/Denver")),
    ("pacific", -28_800, Some("America/Los_Angeles")),
    ("british summer", 3600, None),
    ("uk", 0, Some("Europe/London")),
    ("british", 0, Some("Europe/London")),
    ("london", 0, Some("Europe/London")),
    ("berlin", 3600, Some("Europe/Berlin")),
    ("paris", 3600, Some("Europe/Paris")),
    ("amsterdam", 3600, Some("Europe/Amsterdam")),
    ("tokyo", 32_400, None),
    ("sydney", 36_000, Some("Australia/Sydney")),
    ("new york", -18_000, Some("America/New_York")),
    ("california", -28_800, Some("America/Los_Angeles")),
    ("greenwich", 0, None),
    ("coordinated", 0, None),
    ("universal", 0, None),
    ("japan", 32_400, None),
    ("india", 19_800, None),
    ("singapore", 28_800, None),
];

/// The zone of a spoken name.
fn spoken(label: &str) -> Option<Zone> {
    let lower = label.to_lowercase();
    let (_, standard_s, region) = SPEECH.iter().find(|(name, ..)| lower.starts_with(name))?;
    match region {
        Some(_) if lower.contains("daylight") => Some(Zone::Offset(standard_s + 3600)),
        Some(name) if !lower.contains("standard") => Some(Zone::Region(name)),
        _ => Some(Zone::Offset(*standard_s)),
    }
}

static SPOKEN_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(&format!(r"^\s*{SPOKEN}\b")));

/// The zone a label names: `UTC`, `EDT`, `UTC+2`, `+05:30`, `Pacific Time`; `None` for any other word.
pub(super) fn zone(label: &str) -> Option<Zone> {
    if SPOKEN_FIRST.as_ref().is_some_and(|r| r.is_match(label)) {
        return spoken(label);
    }
    if let Some((_, zone, _)) = LABELS.iter().find(|(name, ..)| *name == label) {
        return Some(*zone);
    }
    let rest = label.strip_prefix("UTC").or_else(|| label.strip_prefix("GMT")).unwrap_or(label);
    offset(rest.trim()).map(Zone::Offset)
}

/// Whether `text` begins with the label of a zone.
pub(super) fn begins(text: &str) -> bool {
    let word = text.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    LABELS.iter().any(|(name, ..)| *name == word) || SPOKEN_FIRST.as_ref().is_some_and(|r| r.is_match(text))
}

/// Whether a label has several meanings in use.
pub(super) fn is_ambiguous(label: &str) -> bool {
    LABELS.iter().any(|(name, _, ambiguous)| *name == label && *ambiguous)
}

/// `+02:00`, `-7`, `+0530` in seconds.
fn offset(text: &str) -> Option<i32> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = text.chars().skip(1).filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        3 => (digits.get(..1)?.parse().ok()?, digits.get(1..)?.parse().ok()?),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

impl Zone {
    /// The zone as it was at a wall clock, ns since 1970: of a region, its offset on that day.
    pub fn at(self, wall_ns: i64) -> Zone {
        let Zone::Region(name) = self else { return self };
        let wall = chrono::DateTime::from_timestamp_nanos(wall_ns).naive_utc();
        let local = name.parse::<chrono_tz::Tz>().ok().and_then(|region| wall.and_local_timezone(region).earliest());
        local.map_or(self, |at| Zone::Offset(chrono::Offset::fix(at.offset()).local_minus_utc()))
    }

    /// As a zone note: `UTC`, `-07:00`, `America/New_York`.
    pub fn note(self) -> String {
        match self {
            Zone::Region(name) => name.to_string(),
            Zone::Offset(0) => "UTC".to_string(),
            Zone::Offset(s) => {
                let sign = if s < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", s.abs() / 3600, s.abs() / 60 % 60)
            }
        }
    }
}

/// All labels as a regex alternation, longest first where one begins another.
pub(super) fn label_pattern() -> String {
    let mut labels: Vec<&str> = LABELS.iter().map(|l| l.0).filter(|l| *l != "Z").collect();
    labels.sort_by_key(|l| std::cmp::Reverse(l.len()));
    format!(
        r"(?:(?:UTC|GMT)\s?[+−-]\d{{1,2}}(?::?\d{{2}})?|(?:{})\b|{SPOKEN}\b|Z\b|[+−-]\d{{2}}:\d{{2}}\b)",
        labels.join("|")
    )
}
