//! Which day and zone a bare clock time of a document means, as far as the document itself says.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};
use regex::Regex;

use super::block::{Block, BlockKind, Blocks};
use super::claims;
use super::cues;
use super::elsewhere::{self, Part};
use super::events;
use super::sentences::sentences;
use super::times::{self, Day, TimeFound};
use super::zones::{self, Zone};
use crate::format::ascii::of_sentences;

/// How often a document gives each day (year, month, day), and the block and byte where it first does.
type Counts = BTreeMap<(Option<i32>, u32, u32), (usize, (usize, usize))>;

/// What the whole document says of its days and zone.
#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    /// The day stated most often (first one when tied).
    pub incident: Option<Day>,
    /// Year for days written without one.
    pub year: Option<i32>,
    /// Day of publication, when stated.
    pub published: Option<NaiveDate>,
    /// Zone for times written without one, and the block that states it.
    pub zone: Option<(Zone, usize)>,
    /// Region the document names for its times (`Europe/Berlin`), and the block that does.
    pub region: Option<(String, usize)>,
    /// Blocks that only tell of the publication.
    pub bylines: Vec<usize>,
}

static BYLINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?im)(?:^|[·|•;]\s*)(?:date|sent|pubdate|publishdate)\s*:|\b(?:published|posted|updated|last modified|written)\b|\bmin(?:ute)?s? read\b|^by\s",
    )
});
/// What stands right before the day a text was written on.
static WRITTEN_ON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:published|posted|written|sent|(?:last )?updated|last modified|exported|printed|generated|retrieved|downloaded|submitted|dated|status\W+(?:released|final|approved|issued))(?: on| at)?\W*$",
    )
});
/// Words of a sentence that tells of what went before.
static BEFOREHAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"(?i)\b(?:trigger\w*|changed?|deploy\w*|rolled out|roll-?out|released|introduced|root cause)\b")
});
/// A field that holds the day of the incident.
static DAY_FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:\w\)\s*)?(?:(?:incident|outage|event|failure|start)\s+date|date\s+of\s+(?:the\s+)?(?:incident|outage|event|failure|disruption|interruption))\s*[:|]",
    )
});
/// What such a field weighs against days named elsewhere.
const FIELD_WEIGHT: usize = 20;
/// What stands right before the day by which something is to be done.
static DUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"(?i)\b(?:(?:due|deadline|target|eta)(?: date)?(?: on| by)?|build|version|release|tag|snapshot)\W*$")
});
static HEADED_BYLINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^(?:by\s|published|posted|last (?:modified|updated)|(?:meeting )?(?:minutes|notes)\b|(?:weekly|daily|monthly)\b|newsletter|digest|bulletin|memo)|,?\s(?:published|posted)\b",
    )
});
static REGION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b",
    )
});
static ZONE_STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let zone = zones::label_pattern();
    of_sentences(&format!(
        r"(?:(?i:\btimes?|\btimestamps?|\btimeline|\bclock)\b[^.\n]{{0,50}}?[\s(\[])(?P<z>{zone})|^\W*(?P<only>{zone})\W*$"
    ))
});
static ZONE_HEADED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let zone = zones::label_pattern();
    of_sentences(&format!(r"\(\s*(?P<z>{zone})\s*\)"))
});
/// What stands before the zone of one time that is still to come, and not of the text.
static OF_ONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)\b(?:tomorrow|tonight|next|whole time|all the time|first time|same time)\b"));
static YESTERDAY: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(r"(?i)\byesterday(?:['’]s)?\b"));
static TODAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"(?i)(?:^|[^f]\s)\b(?:today|this (?:morning|afternoon|evening)|tonight|earlier today)\b")
});

/// Whether a date in a sentence is the one on which the text was written.
pub(super) fn is_written_on(sentence: &str, date: &times::DateFound) -> bool {
    matches(&WRITTEN_ON, right_before(sentence, date))
}

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|r| r.is_match(text))
}

static WEEKDAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)(?P<not>\b(?:every|each|next|coming|cyber|black|patch|following)\s+)?\b(?P<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b(?P<thing>['’]s\s+(?:release|build|deploy\w*|change|version|push|update|patch)|\s+(?:release|build|deploy\w*|version|push)\b)?(?P<dated>,?\s+(?:the\s+)?(?:\d{1,2}\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d))?",
    )
});

/// Days of the week from Monday on, lower case.
const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Whether a word is a day of the week.
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.contains(&word.to_lowercase().as_str())
}

/// The day of the week a sentence speaks of, unless it is a coming or a repeated one.
fn weekday(sentence: &str) -> Option<&'static str> {
    // "Friday's release" may have failed on any day, and "Thursday 5 June" says itself which.
    let told = |c: &regex::Captures<'_>| ["not", "thing", "dated"].iter().all(|name| c.name(name).is_none());
    let found = WEEKDAY.as_ref()?.captures_iter(sentence).find(told)?;
    let day = found.name("day")?.as_str().to_lowercase();
    WEEKDAYS.iter().find(|name| **name == day).copied()
}

/// Whether a text says "last Tuesday".
fn says_last(text: &str) -> bool {
    let lower = text.to_lowercase();
    WEEKDAYS.iter().any(|day| lower.contains(&format!("last {day}")))
}

/// The relative day word a sentence uses, days of the week among them: those mean something beside a day of
/// publication only.
fn any_relative_word(sentence: &str) -> Option<&'static str> {
    relative_word(sentence).or_else(|| weekday(sentence))
}

/// The relative day word a sentence uses.
pub(super) fn relative_word(sentence: &str) -> Option<&'static str> {
    if matches(&YESTERDAY, sentence) {
        Some("yesterday")
    } else if matches(&TODAY, sentence) {
        Some("today")
    } else {
        None
    }
}

impl Calendar {
    /// Reads the dates and zones of a document.
    ///
    /// `written_s` is when the file was last written, seconds since 1970: a day with its day of the week but no year
    /// was not after it.
    pub fn of(document: &Blocks, parts: &[Part], written_s: Option<i64>) -> Calendar {
        let mut calendar = Calendar { published: document.published, ..Calendar::default() };
        // How often each day is given, and where first.
        let mut counts: Counts = BTreeMap::new();
        let relative = document.blocks.iter().any(|b| any_relative_word(&b.text).is_some());
        let meeting = is_of_meeting(&document.blocks);
        for (index, block) in document.blocks.iter().enumerate() {
            if parts.get(index).is_some_and(|part| *part != Part::Story) {
                continue;
            }
            let found = times::dates(&block.text);
            let byline = is_byline(block, index, (relative, meeting)) || (index < 8 && is_headed_date(block, meeting));
            if let (true, Some(day)) = (byline, found.first()) {
                calendar.published = calendar.published.or(day.day.date(None));
                calendar.bylines.push(index);
                continue;
            }
            let mut timed = Timed::of(block);
            let other = elsewhere::is_of_another(&block.text, None);
            for day in found.into_iter().filter(|day| !other && !matches(&DUE, right_before(&block.text, day))) {
                if matches(&WRITTEN_ON, right_before(&block.text, &day))
                    || (relative && is_dateline(block, index, &day))
                {
                    calendar.published = calendar.published.or(day.day.date(None));
                    continue;
                }
                let place = (index, day.range.start);
                let entry = counts.entry((day.day.year, day.day.month, day.day.day)).or_insert((0, place));
                // A day that a time is told of is the incident's rather than another.
                let field = matches(&DAY_FIELD, &block.text);
                entry.0 += if field {
                    FIELD_WEIGHT
                } else if timed.at(day.range.start) {
                    2
                } else {
                    1
                };
            }
        }
        calendar.choose_day(&counts, document);
        if calendar.year.is_none() {
            calendar.year = year_of_weekday(&document.blocks, written_s);
            calendar.incident = calendar.incident.map(|day| Day { year: day.year.or(calendar.year), ..day });
        }
        calendar.region = region_of(&document.blocks);
        calendar.zone = if calendar.region.is_some() { None } else { zone_of(&document.blocks) };
        calendar
    }

    fn choose_day(&mut self, counts: &Counts, document: &Blocks) {
        // What was to come when it was written is not what happened.
        let published = self.published;
        let past = |(year, month, day): &(Option<i32>, u32, u32)| {
            let date = Day { year: *year, month: *month, day: *day }.date(published.map(|p| p.year()));
            date.zip(published).is_none_or(|(date, published)| date <= published)
        };
        let counts = &counts.iter().filter(|(day, _)| past(day)).map(|(day, count)| (*day, *count)).collect::<Counts>();
        let of_years = |month: u32, day: u32| -> usize {
            counts.iter().filter(|((_, m, d), _)| (*m, *d) == (month, day)).map(|(_, (count, _))| *count).sum()
        };
        let first = |month: u32, day: u32| {
            counts.iter().filter(|((_, m, d), _)| (*m, *d) == (month, day)).map(|(_, (_, place))| *place).min()
        };
        let most = |days: &mut dyn Iterator<Item = (i32, u32, u32)>| {
            days.max_by_key(|(_, m, d)| (of_years(*m, *d), std::cmp::Reverse(first(*m, *d))))
        };
        let dated = most(&mut counts.keys().filter_map(|(year, m, d)| Some(((*year)?, *m, *d))));
        if let Some((year, ..)) = dated {
            // A day near it that has no year is of the same one: the incident may have gone on into it, or have been
            // told of some days later.
            let near = |m: u32, d: u32| {
                let date = |(y, m, d): (i32, u32, u32)| NaiveDate::from_ymd_opt(y, m, d);
                let both = date((year, m, d)).zip(dated.and_then(date));
                both.is_some_and(|(a, b)| (-1..=3).contains(&(b - a).num_days()))
            };
            let bare = counts.keys().filter(|(y, m, d)| y.is_none() && near(*m, *d)).map(|(_, m, d)| (year, *m, *d));
            let best = most(&mut dated.into_iter().chain(bare));
            self.year = Some(year);
            self.incident = best.map(|(year, month, day)| Day { year: Some(year), month, day });
            return;
        }
        self.year = self.published.map(|d| d.year());
        let near = |date: NaiveDate| published.is_none_or(|p| (p - date).num_days() <= SOON_TOLD);
        let told = |(_, month, day): &(Option<i32>, u32, u32)| {
            Day { year: self.year, month: *month, day: *day }.date(None).is_none_or(near)
        };
        let bare = counts.iter().filter(|(day, _)| told(day)).max_by(|a, b| a.1.0.cmp(&b.1.0).then(b.1.1.cmp(&a.1.1)));
        self.incident = bare.map(|((_, month, day), _)| Day { year: self.year, month: *month, day: *day });
        if self.incident.is_none() {
            let word = document.blocks.iter().find_map(|b| any_relative_word(&b.text));
            let last = document.blocks.iter().any(|b| says_last(&b.text));
            self.incident = self.published.and_then(|p| days_before(p, word, last)).map(day_of);
        }
    }

    /// The day a time in `sentence` means: written in the sentence, relative to the publication,
    /// of its section, or of the whole document. True when it stands in the sentence.
    pub fn day_for(&self, sentence: &str, time: &TimeFound, section: Option<Day>) -> (Option<Day>, bool) {
        let found = times::dates(sentence);
        let before = found.iter().rev().find(|d| d.range.end <= time.range.start);
        let adjoins = |d: &&times::DateFound| is_after(sentence, time, d);
        let unknown = section.or(self.incident).is_none();
        // "2:40 AM on October 20" means that day, whatever stood before.
        let own = found.iter().find(|d| adjoins(d));
        if let Some(day) = own.or(before).or(found.first().filter(|_| unknown)) {
            return (Some(self.with_year(day.day)), true);
        }
        if let (Some(word), Some(published)) = (any_relative_word(sentence), self.published) {
            return (days_before(published, Some(word), says_last(sentence)).map(day_of), true);
        }
        (section.or(self.incident), false)
    }

    /// [`Calendar::day_for`] of a time that begins a range: "between 2:25 and 10:36 on October 20" is all of that day.
    pub fn day_for_range(
        &self,
        sentence: &str,
        (time, until): (&TimeFound, Option<&TimeFound>),
        section: Option<Day>,
    ) -> (Option<Day>, bool) {
        let dates = times::dates(sentence);
        let adjoins = |time: &TimeFound| dates.iter().find(|d| is_after(sentence, time, d));
        let shared = until.filter(|_| adjoins(time).is_none()).and_then(|until| Some((until, adjoins(until)?)));
        let Some((until, date)) = shared else { return self.day_for(sentence, time, section) };
        let day = self.with_year(date.day);
        if time.clock_ns <= until.clock_ns {
            return (Some(day), true);
        }
        let before = day.date(None).and_then(|date| date.checked_sub_days(Days::new(1)));
        (before.map_or(Some(day), |date| Some(day_of(date))), true)
    }

    /// The day a relative word means, when the document states its publication.
    pub fn relative_day(&self, word: &str) -> Option<NaiveDate> {
        days_before(self.published?, Some(word), false)
    }

    /// The day that a day of the week in `sentence` means, when the document states its publication.
    pub fn weekday_of(&self, sentence: &str) -> Option<NaiveDate> {
        days_before(self.published?, Some(weekday(sentence)?), says_last(sentence))
    }

    /// Whether a date is the day of publication, and no day of the incident.
    pub fn is_published(&self, date: &times::DateFound) -> bool {
        let day = date.day.date(self.year);
        day.is_some() && day == self.published && day != self.incident.and_then(|d| d.date(self.year))
    }

    /// The day with the document's year where none was written.
    pub fn with_year(&self, day: Day) -> Day {
        Day { year: day.year.or(self.year), ..day }
    }

    /// The day a block sets for what follows it: a heading with a date, or a block that is little
    /// more than a date.
    pub fn section_day(&self, block: &Block) -> Option<Day> {
        let found = times::dates(&block.text);
        // "19–20 October" sets no day.
        let first = found.first().filter(|date| !date.is_span && !is_written_on(&block.text, date))?;
        let alone = first.range.len() * 2 > block.text.trim().len() && times::clocks(&block.text).is_empty();
        // "28 August 2031   Uploads fail": the title of an entry.
        let titled = first.range.start == 0 && block.text.get(first.range.end..).is_some_and(|t| t.starts_with("  "));
        (matches!(block.kind, BlockKind::Heading(_)) || alone || titled).then(|| self.with_year(first.day))
    }
}

/// Days after an incident in which a text with a day of publication tells of it.
const SOON_TOLD: i64 = 120;
/// Years back that a file without any year may tell of.
const YEARS_BACK: i32 = 6;

/// The year in which a day falls on the day of the week it is given: the last one before the file was written.
fn year_of_weekday(blocks: &[Block], written_s: Option<i64>) -> Option<i32> {
    let written = chrono::DateTime::from_timestamp(written_s?, 0)?.date_naive();
    let named = blocks.iter().find_map(|block| {
        times::dates(&block.text).into_iter().filter(|d| d.day.year.is_none()).find_map(|date| {
            let before = block.text.get(..date.range.start)?.trim_end().trim_end_matches(',');
            let word = before.rsplit(|c: char| !c.is_alphabetic()).next()?.to_lowercase();
            Some((date.day, WEEKDAYS.iter().position(|name| *name == word)?))
        })
    });
    let (day, weekday) = named?;
    let fits = |year: &i32| {
        let date = Day { year: Some(*year), ..day }.date(None);
        date.is_some_and(|d| d <= written && d.weekday().num_days_from_monday() as usize == weekday)
    };
    (written.year() - YEARS_BACK..=written.year()).rev().find(fits)
}

/// Bytes before a date that may say what day it is.
const RIGHT_BEFORE: usize = 60;

/// The words right before a date.
fn right_before<'t>(text: &'t str, date: &times::DateFound) -> &'t str {
    let from = text.floor_char_boundary(date.range.start.saturating_sub(RIGHT_BEFORE));
    text.get(from..date.range.start).unwrap_or("")
}

/// Which sentences of a block tell a time of what happened, asked in their order.
struct Timed<'b> {
    block: &'b Block,
    sentences: std::vec::IntoIter<Range<usize>>,
    /// The sentence that was asked about last, and whether it does.
    last: (Range<usize>, bool),
}

impl Timed<'_> {
    fn of(block: &Block) -> Timed<'_> {
        Timed { block, sentences: sentences(&block.text).into_iter(), last: (0..0, false) }
    }

    /// Whether the sentence around byte `at` does.
    fn at(&mut self, at: usize) -> bool {
        while self.last.0.end <= at {
            let Some(next) = self.sentences.next() else { return false };
            let text = self.block.text.get(next.clone()).unwrap_or("");
            let told = next.end > at && !times::clocks(text).is_empty() && !matches(&BEFOREHAND, text);
            self.last = (next, told && !matches!(self.block.kind, BlockKind::Heading(_)));
        }
        self.last.1
    }
}

/// The day a relative word means in a text published on `published`.
fn days_before(published: NaiveDate, word: Option<&str>, last: bool) -> Option<NaiveDate> {
    let named = word.and_then(|word| WEEKDAYS.iter().position(|day| *day == word));
    let days = match (word, named) {
        (Some("yesterday"), _) => 1,
        // "Last Tuesday", said on a Tuesday, is a week ago.
        (_, Some(day)) if day == published.weekday().num_days_from_monday() as usize && last => 7,
        // The last one of that name, the day of publication itself among them.
        (_, Some(day)) => (7 + u64::from(published.weekday().num_days_from_monday()) - day as u64) % 7,
        _ => 0,
    };
    published.checked_sub_days(Days::new(days))
}

/// Whether a date follows a time as its own: "2:40 AM PDT on October 20", and not "2:40 AM; October 20 3:15 AM".
fn is_after(sentence: &str, time: &TimeFound, date: &times::DateFound) -> bool {
    let gap = sentence.get(time.range.end..date.range.start).filter(|_| date.range.start >= time.range.end);
    let rest = sentence.get(date.range.end..).unwrap_or("");
    let next = times::clocks(rest).first().is_some_and(|t| rest.get(..t.range.start).is_some_and(events::is_lead_in));
    gap.is_some_and(events::is_lead_in) && !next
}

/// A date as a [`Day`].
pub(super) fn day_of(date: NaiveDate) -> Day {
    Day { year: Some(date.year()), month: date.month(), day: date.day() }
}

/// Whether a block tells of the publication; `relative` when the text says "yesterday" or "on Tuesday", so that a
/// day by itself above it is the day it was written on; `meeting` when it is the minutes of one.
fn is_byline(block: &Block, index: usize, (relative, meeting): (bool, bool)) -> bool {
    let alone = times::dates(&block.text).first().is_some_and(|d| d.range.len() * 2 > block.text.trim().len());
    // "Monday 2 June 2031, 10:30" above what happened "on Sunday evening".
    let printed = (relative || meeting) && (1..12).contains(&index) && is_bare_stamp(&block.text);
    match block.kind {
        BlockKind::Heading(_) | BlockKind::Paragraph if printed => true,
        BlockKind::Row | BlockKind::Item => false,
        BlockKind::Heading(_) => {
            let dateline = alone && relative && (1..4).contains(&index);
            index < 8 && block.text.len() < 120 && (dateline || matches(&HEADED_BYLINE, &block.text))
        }
        BlockKind::Meta => matches(&BYLINE, &block.text),
        BlockKind::Paragraph => {
            block.text.len() < 120
                && index < 8
                && (matches(&BYLINE, &block.text) || (alone && index < 5) || (index < 4 && is_signed(&block.text)))
        }
    }
}

/// Whether a paragraph begins with the day a newspaper printed it: "16 December 2031 – Shoppers were …".
fn is_dateline(block: &Block, index: usize, date: &times::DateFound) -> bool {
    let before = block.text.get(..date.range.start).unwrap_or("");
    let after = block.text.get(date.range.end..).unwrap_or("").trim_start();
    let places = before.len() < 40 && !before.contains(char::is_lowercase);
    let printed = block.kind == BlockKind::Paragraph && index < 12 && places && after.starts_with(['–', '—', '-', '(']);
    // "Initech Engineering, Thursday 5 June 2031. Eight-minute read …"
    let whole = block.text.split_whitespace().count() <= 10;
    let first = if whole { block.text.as_str() } else { block.text.split(". ").next().unwrap_or("") };
    let signed = (1..4).contains(&index)
        && date.range.end <= first.len()
        && first.split_whitespace().count() <= 10
        && !claims::speaks_of_incident(first)
        && !cues::is_predicate(first)
        && times::clocks(first).is_empty();
    printed || signed
}

/// Whether a line is a day of the week, a date and a time, and nothing else.
fn is_bare_stamp(text: &str) -> bool {
    let (dates, clocks) = (times::dates(text), times::clocks(text));
    let ([date], [clock] | [clock, _]) = (dates.as_slice(), clocks.as_slice()) else { return false };
    if date.range.end > clock.range.start {
        return false;
    }
    let rest = format!(
        "{} {}",
        text.get(..date.range.start).unwrap_or(""),
        text.get(date.range.end..clock.range.start).unwrap_or("")
    );
    let after = text.get(clock.range.end..).unwrap_or("");
    let plain = |word: &str| is_weekday(word) || matches!(word.to_lowercase().as_str(), "at" | "am" | "pm" | "updated");
    let words = |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).all(plain);
    words(&rest) && words(undigited(after))
}

/// What stands behind a time, without the end of its range.
fn undigited(after: &str) -> &str {
    times::clocks(after).last().and_then(|clock| after.get(clock.range.end..)).unwrap_or(after)
}

static SIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,2}(?:summary|report|statement|note|letter|update|version|edition|draft|memo)\b",
    )
});

/// Whether a line is the kind of a text and, at its end, its day: "A summary for our merchants, 19 December 2031".
fn is_signed(text: &str) -> bool {
    let ends = times::dates(text).last().is_some_and(|d| !text[d.range.end..].contains(char::is_alphanumeric));
    let told =
        [" was ", " were ", " is ", " are ", " had ", " of the outage", " incident"].iter().any(|w| text.contains(w));
    ends && !told && times::clocks(text).is_empty() && matches(&SIGNED, text)
}

static MEETING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:(?:minutes|notes|protocol)\b|(?:from|to|cc|subject|present|attend(?:ees|ing)|participants|apolog(?:ies|ised))\s*:)|\b(?:meeting|minutes|(?:ordinary|extraordinary)\s+session)\b",
    )
});
static HEADED_DATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)^\W*(?:date|sent|held on)\b\W{0,3}[:|]"));

/// Whether the head of a document is that of a letter or of the minutes of a meeting.
fn is_of_meeting(blocks: &[Block]) -> bool {
    blocks.iter().take(6).any(|block| block.text.len() < 160 && matches(&MEETING, &block.text))
}

/// What stands before the day of what a meeting is about.
static ABOUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"(?i)\b(?:outages?|incidents?|failures?|disruptions?|events?)\s+(?:of|on|from)\s+(?:\w+day,?\s+)?$")
});

/// Whether a line at the head of a letter or of minutes dates that, and not the incident.
fn is_headed_date(block: &Block, meeting: bool) -> bool {
    let about = times::dates(&block.text).first().is_some_and(|d| matches(&ABOUT, right_before(&block.text, d)));
    let session = matches(&MEETING, &block.text) && !about;
    meeting && block.text.len() < 120 && (session || matches(&HEADED_DATE, &block.text))
}

/// The region the document names near a word for time.
fn region_of(blocks: &[Block]) -> Option<(String, usize)> {
    blocks.iter().enumerate().find_map(|(index, block)| {
        let texts = std::iter::once(block.text.as_str()).chain(block.headers.iter().map(String::as_str));
        let named = texts
            .filter(|t| t.to_lowercase().contains("time"))
            .find_map(|t| REGION.as_ref()?.find(t).map(|m| m.as_str()));
        named.map(|name| (name.to_string(), index))
    })
}

/// The zone the document states for all its times, or the only one it uses.
fn zone_of(blocks: &[Block]) -> Option<(Zone, usize)> {
    let stated = ZONE_STATED.as_ref()?;
    for (index, block) in blocks.iter().enumerate() {
        let texts = std::iter::once(block.text.as_str()).chain(block.headers.iter().map(String::as_str));
        for text in texts {
            let label = stated.captures(text).and_then(|c| c.name("z").or(c.name("only")));
            let of_one = label.is_some_and(|l| {
                let before = text.get(..l.start()).unwrap_or("");
                matches(&OF_ONE, before.get(before.ceil_char_boundary(before.len().saturating_sub(60))..).unwrap_or(""))
            });
            if let Some(zone) = label.filter(|_| !of_one).and_then(|l| zones::zone(l.as_str())) {
                return Some((zone, index));
            }
        }
    }
    // "War room summary (UTC)" at the top speaks of all that follows.
    let headed = blocks.iter().take(6).enumerate().find_map(|(index, block)| {
        let label = ZONE_HEADED.as_ref()?.captures(&block.text)?.name("z")?.as_str();
        Some((zones::zone(label)?, index)).filter(|_| times::clocks(&block.text).is_empty())
    });
    if headed.is_some() {
        return headed;
    }
    let mut used: Vec<(Zone, usize, usize)> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        for zone in times::clocks(&block.text).into_iter().filter_map(|t| t.zone) {
            match used.iter_mut().find(|(known, ..)| *known == zone) {
                Some((_, _, count)) => *count += 1,
                None => used.push((zone, index, 1)),
            }
        }
    }
    // Beside the zone of most times others are only explained by it.
    let all: usize = used.iter().map(|(.., count)| count).sum();
    used.into_iter().find(|(.., count)| count * 3 > all * 2).map(|(zone, index, _)| (zone, index))
}
