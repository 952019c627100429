//! What zone abbreviations can mean. They are labels, not zones: `CST` is written in Chicago, Shanghai
//! and Havana, and people write `EST` in June and mean EDT. A label gives candidates; the season
//! takes some away, and other witnesses choose among the rest.

use chrono_tz::Tz;

use super::zone::{WallOffset, Zone};

/// One meaning of a label.
struct Meaning {
    label: &'static str,
    /// Zone it is used in.
    zone: &'static str,
    /// Minutes east of UTC that the label stands for, literally.
    minutes: i32,
    /// People write it all year, also when the clock is on the other time.
    sloppy: bool,
}

const fn meaning(label: &'static str, zone: &'static str, minutes: i32, sloppy: bool) -> Meaning {
    Meaning { label, zone, minutes, sloppy }
}

/// Meanings in use, the commonest of a label first.
const MEANINGS: &[Meaning] = &[
    meaning("WET", "Europe/Lisbon", 0, true),
    meaning("WEST", "Europe/Lisbon", 60, false),
    meaning("CET", "Europe/Berlin", 60, true),
    meaning("CEST", "Europe/Berlin", 120, false),
    meaning("MET", "Europe/Berlin", 60, true),
    meaning("MEST", "Europe/Berlin", 120, false),
    meaning("EET", "Europe/Athens", 120, true),
    meaning("EEST", "Europe/Athens", 180, false),
    meaning("MSK", "Europe/Moscow", 180, false),
    meaning("SGT", "Asia/Singapore", 480, false),
    meaning("HKT", "Asia/Hong_Kong", 480, false),
    meaning("PKT", "Asia/Karachi", 300, false),
    meaning("JST", "Asia/Tokyo", 540, false),
    meaning("KST", "Asia/Seoul", 540, false),
    meaning("AEST", "Australia/Sydney", 600, false),
    meaning("AEDT", "Australia/Sydney", 660, false),
    meaning("ACST", "Australia/Adelaide", 570, false),
    meaning("ACDT", "Australia/Adelaide", 630, false),
    meaning("AWST", "Australia/Perth", 480, false),
    meaning("NZST", "Pacific/Auckland", 720, false),
    meaning("NZDT", "Pacific/Auckland", 780, false),
    meaning("HST", "Pacific/Honolulu", -600, false),
    meaning("AKST", "America/Anchorage", -540, true),
    meaning("AKDT", "America/Anchorage", -480, false),
    meaning("NST", "America/St_Johns", -210, true),
    meaning("NDT", "America/St_Johns", -150, false),
    meaning("EST", "America/New_York", -300, true),
    meaning("EST", "Australia/Sydney", 600, false),
    meaning("EDT", "America/New_York", -240, true),
    meaning("EDT", "Australia/Sydney", 660, false),
    meaning("CST", "America/Chicago", -360, true),
    meaning("CST", "Asia/Shanghai", 480, false),
    meaning("CST", "America/Havana", -300, false),
    meaning("CDT", "America/Chicago", -300, true),
    meaning("CDT", "America/Havana", -240, false),
    meaning("MST", "America/Denver", -420, true),
    meaning("MST", "America/Phoenix", -420, false),
    meaning("MST", "Asia/Kuala_Lumpur", 480, false),
    meaning("MDT", "America/Denver", -360, true),
    meaning("PST", "America/Los_Angeles", -480, true),
    meaning("PST", "Asia/Manila", 480, false),
    meaning("PDT", "America/Los_Angeles", -420, true),
    meaning("IST", "Asia/Kolkata", 330, false),
    meaning("IST", "Europe/Dublin", 60, false),
    meaning("IST", "Asia/Jerusalem", 120, false),
    meaning("BST", "Europe/London", 60, true),
    meaning("BST", "Asia/Dhaka", 360, false),
    meaning("BST", "Pacific/Bougainville", 660, false),
    meaning("AST", "America/Halifax", -240, true),
    meaning("AST", "America/Puerto_Rico", -240, false),
    meaning("AST", "Asia/Riyadh", 180, false),
    meaning("ADT", "America/Halifax", -180, true),
    meaning("SST", "Pacific/Pago_Pago", -660, false),
    meaning("SST", "Asia/Singapore", 480, false),
    meaning("ECT", "America/Guayaquil", -300, false),
    meaning("GST", "Asia/Dubai", 240, false),
    meaning("GST", "Atlantic/South_Georgia", -120, false),
    meaning("AMT", "America/Manaus", -240, false),
    meaning("AMT", "Asia/Yerevan", 240, false),
    meaning("ACT", "America/Rio_Branco", -300, false),
    meaning("ACT", "Australia/Darwin", 570, false),
    meaning("WST", "Australia/Perth", 480, false),
    meaning("WST", "Pacific/Apia", 780, false),
];

/// Labels that mean a zone with its daylight saving.
const REGIONS: &[(&str, &str)] = &[
    ("ET", "America/New_York"),
    ("CT", "America/Chicago"),
    ("MT", "America/Denver"),
    ("PT", "America/Los_Angeles"),
    ("EST5EDT", "America/New_York"),
    ("CST6CDT", "America/Chicago"),
    ("MST7MDT", "America/Denver"),
    ("PST8PDT", "America/Los_Angeles"),
];

/// A zone that a label may stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Seconds east of UTC.
    pub offset_s: i32,
    /// Where it is in use, and how the label is then meant.
    pub says: String,
}

fn meanings(label: &str) -> impl Iterator<Item = &'static Meaning> {
    MEANINGS.iter().filter(move |m| m.label == label)
}

/// Whether `label` is an abbreviation with meanings that only other evidence can choose among.
pub fn is_label(label: &str) -> bool {
    meanings(label).next().is_some()
}

/// The zone with daylight saving that `label` stands for (`ET`, `EST5EDT`).
pub fn region(label: &str) -> Option<Zone> {
    let (_, name) = REGIONS.iter().find(|(known, _)| *known == label)?;
    name.parse::<Tz>().ok().map(Zone::Named)
}

/// The zone that all of several labels are used in (`PST` and `PDT`), where there is only one.
pub fn common_region(labels: &[&str]) -> Option<Zone> {
    let (first, rest) = labels.split_first()?;
    let shared = |name: &str| rest.iter().all(|label| meanings(label).any(|m| m.zone == name));
    let mut zones = meanings(first).map(|m| m.zone).filter(|name| shared(name));
    let zone = zones.next().filter(|_| !rest.is_empty() && zones.next().is_none())?;
    zone.parse::<Tz>().ok().map(Zone::Named)
}

/// What `label` can mean on a wall clock, the commonest reading first. A meaning that is not in force
/// in that season is left out, except the commonest: people write it all year, and then either its
/// literal offset or the one in force may be meant.
pub fn candidates(label: &str, wall_s: i64) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    let mut push = |offset_s: i32, says: String| {
        if !out.iter().any(|c| c.offset_s == offset_s) {
            out.push(Candidate { offset_s, says });
        }
    };
    for m in meanings(label) {
        let Ok(tz) = m.zone.parse::<Tz>() else { continue };
        let literal = m.minutes * 60;
        let in_force = match Zone::Named(tz).at_wall(wall_s) {
            WallOffset::One(offset) | WallOffset::Never(offset) => vec![offset],
            WallOffset::Twice(early, late) => vec![early, late],
        };
        if in_force.contains(&literal) {
            push(literal, format!("{label} of {}", m.zone));
        } else if m.sloppy {
            push(literal, format!("{label} to the letter"));
            for offset in in_force {
                push(offset, format!("the time {} was on, {label} for short", m.zone));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUNE: i64 = 1_749_750_723;
    const JANUARY: i64 = 1_736_700_000;

    fn offsets(label: &str, wall_s: i64) -> Vec<i32> {
        candidates(label, wall_s).iter().map(|c| c.offset_s / 60).collect()
    }

    #[test]
    fn the_season_takes_readings_of_a_label_away() {
        assert_eq!(offsets("EST", JUNE), [-300, -240, 600], "EST in June may be EDT, or Australian");
        assert_eq!(offsets("EST", JANUARY), [-300]);
        assert_eq!(offsets("EDT", JUNE), [-240]);
        assert_eq!(offsets("CST", JUNE), [-360, -300, 480]);
        assert_eq!(offsets("CST", JANUARY), [-360, 480, -300]);
        assert_eq!(offsets("IST", JUNE), [330, 60]);
        assert_eq!(offsets("IST", JANUARY), [330, 120]);
        assert_eq!(offsets("BST", JUNE), [60, 360, 660]);
        assert_eq!(offsets("PDT", JUNE), [-420]);
        assert_eq!(offsets("JST", JUNE), [540]);
        assert_eq!(offsets("XYZ", JUNE), [] as [i32; 0]);
    }

    #[test]
    fn every_meaning_names_a_zone_that_exists_and_its_label_is_known_to_the_reader() {
        for m in MEANINGS {
            assert!(m.zone.parse::<Tz>().is_ok(), "{}", m.zone);
            let winter = candidates(m.label, JANUARY).iter().any(|c| c.offset_s == m.minutes * 60);
            let summer = candidates(m.label, JUNE).iter().any(|c| c.offset_s == m.minutes * 60);
            assert!(winter || summer, "{} is never {} minutes", m.label, m.minutes);
        }
    }

    #[test]
    fn two_labels_of_one_zone_name_it() {
        let angeles = "America/Los_Angeles".parse::<Tz>().map(Zone::Named).ok();
        assert_eq!(common_region(&["PST", "PDT"]), angeles);
        assert_eq!(common_region(&["PST"]), None);
        assert_eq!(common_region(&["PST", "JST"]), None);
        assert_eq!(region("PT"), angeles);
        assert_eq!(region("PST8PDT"), angeles);
    }
}
