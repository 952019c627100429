//! Offsets and zone names behind a time.

use super::cursor::Cursor;

/// What stands behind a time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Zone {
    /// Seconds east of UTC when the text fixes it.
    pub(super) offset_s: Option<i32>,
    /// Byte range of a zone name or abbreviation.
    pub(super) label: Option<(usize, usize)>,
    /// Byte range of a numeric offset.
    pub(super) written: Option<(usize, usize)>,
}

/// Hours and half hours in seconds, for the table below.
const fn h(hours: i32, minutes: i32) -> i32 {
    hours * 3600 + minutes * 60 * if hours < 0 { -1 } else { 1 }
}

/// Zone abbreviations and every offset they are used for; only those with a single one fix an instant.
static LABELS: &[(&str, &[i32])] = &[
    ("UTC", &[0]),
    ("GMT", &[0]),
    ("Z", &[0]),
    ("UT", &[0]),
    ("WET", &[0]),
    ("WEST", &[h(1, 0)]),
    ("CET", &[h(1, 0)]),
    ("CEST", &[h(2, 0)]),
    ("EET", &[h(2, 0)]),
    ("EEST", &[h(3, 0)]),
    ("MSK", &[h(3, 0)]),
    ("MEZ", &[h(1, 0)]),
    ("MESZ", &[h(2, 0)]),
    ("SGT", &[h(8, 0)]),
    ("HKT", &[h(8, 0)]),
    ("AWST", &[h(8, 0)]),
    ("ACST", &[h(9, 30)]),
    ("ACDT", &[h(10, 30)]),
    ("PKT", &[h(5, 0)]),
    ("BRT", &[h(-3, 0)]),
    ("SAST", &[h(2, 0)]),
    ("JST", &[h(9, 0)]),
    ("KST", &[h(9, 0)]),
    ("NZST", &[h(12, 0)]),
    ("NZDT", &[h(13, 0)]),
    ("AEST", &[h(10, 0)]),
    ("AEDT", &[h(11, 0)]),
    ("HST", &[h(-10, 0)]),
    ("CST", &[h(-6, 0), h(8, 0), h(-5, 0)]),
    ("CDT", &[h(-5, 0), h(-4, 0)]),
    ("CT", &[h(-6, 0), h(-5, 0)]),
    ("IST", &[h(5, 30), h(1, 0), h(2, 0)]),
    ("BST", &[h(1, 0), h(6, 0), h(11, 0)]),
    ("EST", &[h(-5, 0), h(-4, 0), h(10, 0)]),
    ("EDT", &[h(-4, 0), h(11, 0)]),
    ("ET", &[h(-5, 0), h(-4, 0)]),
    ("MST", &[h(-7, 0), h(-6, 0), h(8, 0)]),
    ("MDT", &[h(-6, 0)]),
    ("MT", &[h(-7, 0), h(-6, 0)]),
    ("PST", &[h(-8, 0), h(-7, 0), h(8, 0)]),
    ("PDT", &[h(-7, 0)]),
    ("PT", &[h(-8, 0), h(-7, 0)]),
    ("AST", &[h(-4, 0), h(3, 0)]),
    ("ADT", &[h(-3, 0), h(4, 0)]),
    ("SST", &[h(-11, 0), h(8, 0)]),
    ("ECT", &[h(-5, 0), h(-4, 0)]),
    ("GST", &[h(4, 0), h(-2, 0)]),
    ("AMT", &[h(-4, 0), h(4, 0)]),
    ("ACT", &[h(-5, 0), h(9, 30)]),
    ("WST", &[h(8, 0), h(13, 0)]),
];

/// Names written out that fix an instant, as Java and Windows print them. A standard time of a country
/// that sets its clocks is left out: Windows calls the whole zone so, summer included.
static NAMES: &[(&str, i32)] = &[
    ("Coordinated Universal Time", 0),
    ("Central European Summer Time", h(2, 0)),
    ("Central European Time", h(1, 0)),
    ("Eastern European Summer Time", h(3, 0)),
    ("Western European Summer Time", h(1, 0)),
    ("British Summer Time", h(1, 0)),
    ("Eastern Daylight Time", h(-4, 0)),
    ("Central Daylight Time", h(-5, 0)),
    ("Mountain Daylight Time", h(-6, 0)),
    ("Pacific Daylight Time", h(-7, 0)),
    ("India Standard Time", h(5, 30)),
    ("Singapore Standard Time", h(8, 0)),
    ("China Standard Time", h(8, 0)),
    ("Japan Standard Time", h(9, 0)),
    ("Korean Standard Time", h(9, 0)),
];

/// Every offset a zone abbreviation is in use for, seconds east of UTC; empty when it is unknown.
/// One entry means that the label fixes an instant; with several it is for the clock to decide.
///
/// `MDT` and `PDT` have one meaning but are still labels of a zone with summer time, and people
/// write `PST` all year; all four are read as candidates only.
pub fn label_offsets(label: &str) -> &'static [i32] {
    LABELS.iter().find(|(name, _)| *name == label).map_or(&[], |(_, offsets)| offsets)
}

/// The offset of a label that fixes one, seconds east of UTC.
pub fn fixed_offset(label: &str) -> Option<i32> {
    match label_offsets(label) {
        _ if matches!(label, "MDT" | "PDT") => None,
        [one] => Some(*one),
        _ => None,
    }
}

/// Reads what stands behind a time: `Z`, an offset, an abbreviation, a bracketed zone name.
/// `dash` allows a `-` right behind the digits to begin an offset; in `17:52-18:05` it does not.
pub(super) fn zone(c: &mut Cursor<'_>, dash: bool) -> Zone {
    let mut found = Zone::default();
    let mut ahead = *c;
    let blanks = ahead.blanks();
    let next = ahead.peek(0);
    if blanks <= 1 && (next == b'+' || (next == b'-' && (dash || blanks == 1))) {
        let start = ahead.at;
        if let Some(offset) = offset(&mut ahead) {
            found.offset_s = Some(offset);
            found.written = Some((start, ahead.at));
            *c = ahead;
            comment(c);
        }
    } else if blanks <= 1 {
        found = label(&mut ahead, blanks == 0);
        if found.offset_s.is_some() || found.label.is_some() {
            *c = ahead;
        }
    }
    bracketed(c, &mut found);
    if found.offset_s.is_none() && found.label.is_none() {
        found = enclosed(c).unwrap_or(found);
    }
    found
}

/// `-240` right behind the digits: minutes east of UTC, as Db2 writes them.
pub(super) fn minutes(c: &mut Cursor<'_>) -> Option<Zone> {
    let east = match c.peek(0) {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut ahead = *c;
    ahead.at += 1;
    let minutes = (ahead.digit_run() == 3).then(|| ahead.fixed(3)).flatten()?;
    let offset_s = east * i32::try_from(minutes).ok()? * 60;
    *c = ahead;
    Some(Zone { offset_s: Some(offset_s), ..Zone::default() })
}

/// ` (UTC)`, ` [CEST]`, ` (UTC+2)`: a label in brackets behind a blank.
fn enclosed(c: &mut Cursor<'_>) -> Option<Zone> {
    let mut ahead = *c;
    if ahead.blanks() != 1 {
        return None;
    }
    let close = if ahead.eat(b'(') {
        b')'
    } else if ahead.eat(b'[') {
        b']'
    } else {
        return None;
    };
    let found = label(&mut ahead, false);
    // Square brackets hold names of threads and modules, too: `[ACT]`.
    let sure = close == b')' || found.offset_s.is_some();
    let named = sure && found.label.is_some() && ahead.eat(close);
    named.then(|| {
        *c = ahead;
        found
    })
}

/// `+02:00`, `+0200`, `+02`, also after `UTC` as `+2`.
fn offset(c: &mut Cursor<'_>) -> Option<i32> {
    let mut ahead = *c;
    let east = if ahead.eat(b'+') {
        1
    } else if ahead.eat(b'-') {
        -1
    } else {
        return None;
    };
    let (hours, minutes) = match ahead.digit_run() {
        4 => (ahead.fixed(2)?, ahead.fixed(2)?),
        2 => {
            let hours = ahead.fixed(2)?;
            let colon = ahead.peek(0) == b':' && ahead.digit_run_from(1) == 2;
            (hours, if colon && ahead.eat(b':') { ahead.fixed(2)? } else { 0 })
        }
        _ => return None,
    };
    if hours > 14 || minutes > 59 || !ahead.at_boundary() || (ahead.peek(0) == b':' && ahead.peek(1).is_ascii_digit()) {
        return None;
    }
    *c = ahead;
    Some(east * i32::try_from(hours * 3600 + minutes * 60).ok()?)
}

/// An abbreviation of the table; lower-case `z` only right behind the digits.
fn label(c: &mut Cursor<'_>, adjacent: bool) -> Zone {
    let word = c.word();
    if !adjacent && word.len() >= 5 {
        let start = c.at;
        let named = NAMES.iter().find_map(|(name, offset)| c.eat_str(name).then_some(*offset));
        return Zone { offset_s: named, label: named.map(|_| (start, c.at)), written: None };
    }
    let Ok(text) = std::str::from_utf8(word) else { return Zone::default() };
    let small_z = adjacent && text == "z";
    let known = small_z || !label_offsets(text).is_empty();
    if !known || (adjacent && !text.eq_ignore_ascii_case("z") && text != "UTC" && text != "GMT") {
        return Zone::default();
    }
    let start = c.at;
    let mut ahead = *c;
    ahead.at += word.len();
    if ahead.digit_run() == 1 && word.len() == 3 {
        return posix(c).unwrap_or_default();
    }
    if !ahead.at_boundary() {
        return Zone::default();
    }
    let mut offset_s = if small_z { Some(0) } else { fixed_offset(text) };
    if matches!(text, "UTC" | "GMT") {
        offset_s = offset(&mut ahead).or_else(|| single_digit(&mut ahead)).or_else(|| apart(&mut ahead)).or(offset_s);
    }
    *c = ahead;
    Zone { offset_s, label: (text.len() > 1).then_some((start, ahead.at)), written: None }
}

/// `EST5EDT`: a label of a zone with its daylight saving; the offset depends on the date.
fn posix(c: &mut Cursor<'_>) -> Option<Zone> {
    let mut ahead = *c;
    let start = ahead.at;
    ahead.at += 4;
    let summer = ahead.word().len() == 3;
    ahead.at += 3;
    let known = summer && ahead.at_boundary();
    known.then(|| {
        *c = ahead;
        Zone { offset_s: None, label: Some((start, ahead.at)), written: None }
    })
}

/// ` +2`, ` -0500` behind `GMT` and a blank.
fn apart(c: &mut Cursor<'_>) -> Option<i32> {
    let mut ahead = *c;
    let found = (ahead.blanks() == 1).then(|| offset(&mut ahead).or_else(|| single_digit(&mut ahead))).flatten()?;
    ahead.at_boundary().then(|| *c = ahead)?;
    Some(found)
}

/// `+2` behind `UTC`.
fn single_digit(c: &mut Cursor<'_>) -> Option<i32> {
    let mut ahead = *c;
    let east = match ahead.peek(0) {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    ahead.at += 1;
    let hours = (ahead.digit_run() == 1).then(|| ahead.fixed(1)).flatten()?;
    *c = ahead;
    Some(east * i32::try_from(hours).ok()? * 3600)
}

/// The comment of RFC 2822 behind an offset (`+0000 (UTC)`), or the name that Go repeats there (`+0200 CEST`).
fn comment(c: &mut Cursor<'_>) {
    let mut ahead = *c;
    if ahead.blanks() == 1 && std::str::from_utf8(ahead.word()).is_ok_and(|word| !label_offsets(word).is_empty()) {
        ahead.at += ahead.word().len();
        if ahead.at_boundary() {
            *c = ahead;
        }
        return;
    }
    let mut ahead = *c;
    if ahead.blanks() == 1 && ahead.eat(b'(') {
        let word = ahead.word();
        ahead.at += word.len();
        if (2..=5).contains(&word.len()) && word.iter().all(u8::is_ascii_uppercase) && ahead.eat(b')') {
            *c = ahead;
        }
    }
}

/// `[Europe/Paris]`, `[UTC]` right behind the stamp.
fn bracketed(c: &mut Cursor<'_>, found: &mut Zone) {
    let mut ahead = *c;
    if !ahead.eat(b'[') {
        return;
    }
    let start = ahead.at;
    let area = ahead.word();
    if !area.first().is_some_and(u8::is_ascii_uppercase) {
        return;
    }
    while matches!(ahead.peek(0), b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'/' | b'+' | b'-' | b'0'..=b'9') {
        ahead.at += 1;
    }
    let slash = area.len() < ahead.at - start && c.peek(1 + area.len()) == b'/';
    let end = ahead.at;
    if (slash || matches!(area, b"UTC" | b"GMT" | b"Z")) && ahead.eat(b']') {
        found.label = Some((start, end));
        *c = ahead;
    }
}
