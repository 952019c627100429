//! The part of the evidence that the user asks for: a stretch of time, some services.
//!
//! It is a cut of the evidence, not a view of what was measured of all of it: nothing outside is in any figure.

use chrono::{DateTime, NaiveDate};

use super::said::nearest;
use super::{Request, tell};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::model::{Cut, Evidence, Findings, MilestoneKind, Rates};
use crate::rates;

/// One end of a stretch of time, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// As written.
    pub asked: String,
    at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// A UTC second.
    Second(i64),
    /// A UTC day, by its first second.
    Day(i64),
    /// Seconds after a milestone.
    Near(MilestoneKind, i64),
}

/// Milestones by the words that name them.
const WORDS: &[(&str, MilestoneKind)] = &[
    ("onset", MilestoneKind::Onset),
    ("detected", MilestoneKind::Detected),
    ("paged", MilestoneKind::Paged),
    ("acknowledged", MilestoneKind::Acknowledged),
    ("declared", MilestoneKind::Declared),
    ("escalated", MilestoneKind::Escalated),
    ("cause_identified", MilestoneKind::CauseIdentified),
    ("public_notice", MilestoneKind::PublicNotice),
    ("mitigation_started", MilestoneKind::MitigationStarted),
    ("recovery_started", MilestoneKind::RecoveryStarted),
    ("recovery", MilestoneKind::Recovered),
    ("recovered", MilestoneKind::Recovered),
    ("resolved", MilestoneKind::Resolved),
];

/// The milestone that `word` names, dashes and underlines alike.
pub fn milestone(word: &str) -> Option<MilestoneKind> {
    let word = word.replace('-', "_").to_lowercase();
    WORDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
}

impl Bound {
    /// Reads a bound: RFC 3339, a date (UTC), or a milestone with or without a distance.
    ///
    /// # Errors
    /// What was expected and found, for a message.
    pub fn parse(text: &str) -> std::result::Result<Bound, String> {
        let at = instant(text).map(At::Second).or_else(|| day(text).map(At::Day)).or_else(|| near(text));
        at.map(|at| Bound { asked: text.to_string(), at }).ok_or_else(|| {
            format!("expected 2025-06-12T17:30:00Z, 2025-06-12, onset-30m or recovery+10m, found \"{text}\"; a time of day needs its zone")
        })
    }

    /// The UTC second it means, for the end of a stretch when `end`; `None` when the milestone is not known.
    fn second(&self, end: bool, told: Option<&(Rates, Findings)>) -> Option<i64> {
        match self.at {
            At::Second(second) => Some(second),
            At::Day(second) => Some(if end { second + 86_400 } else { second }),
            At::Near(kind, distance) => {
                let (rates, findings) = told?;
                let measured = match (kind, rates.incident) {
                    (MilestoneKind::Onset, Some((onset, _))) => Some(onset.best_s),
                    (MilestoneKind::Recovered, Some((_, recovery))) => recovery.map(|r| r.best_s),
                    _ => None,
                };
                let at = measured.or_else(|| findings.milestone(kind).map(|m| m.at.seconds()))?;
                Some(at.saturating_add(distance))
            }
        }
    }

    fn is_near(&self) -> bool {
        matches!(self.at, At::Near(..))
    }
}

/// RFC 3339, with seconds or without.
pub fn instant(text: &str) -> Option<i64> {
    let whole = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"));
    let whole = whole.or_else(|_| DateTime::parse_from_rfc3339(&text.replacen('Z', ":00Z", 1)));
    whole.ok().map(|at| at.timestamp())
}

fn day(text: &str) -> Option<i64> {
    let day: NaiveDate = text.parse().ok()?;
    day.and_hms_opt(0, 0, 0).map(|at| at.and_utc().timestamp())
}

/// `onset`, `onset-30m`, `recovery+1h`.
fn near(text: &str) -> Option<At> {
    let whole = milestone(text).map(|kind| At::Near(kind, 0));
    whole.or_else(|| {
        let at = text.rfind(['+', '-'])?;
        let (word, distance) = (text.get(..at)?, text.get(at + 1..)?);
        let unit = distance.find(|c: char| !c.is_ascii_digit()).unwrap_or(distance.len());
        let number: i64 = distance.get(..unit)?.parse().ok()?;
        let factor = match distance.get(unit..)? {
            "" | "s" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let sign = if text.get(at..=at)? == "-" { -1 } else { 1 };
        Some(At::Near(milestone(word)?, number.checked_mul(factor)?.checked_mul(sign)?))
    })
}

/// Cuts the evidence to what the request asks for; `None` when it asks for all.
///
/// # Errors
/// [`Error::Usage`] for a bound whose milestone is not known, a stretch that is none, and a service that is not
/// in the evidence.
pub(super) fn cut(evidence: &mut Evidence, request: &Request, config: &Config) -> Result<Option<Cut>> {
    if request.since.is_none() && request.until.is_none() && request.only.is_empty() {
        return Ok(None);
    }
    let bounds = [("--since", &request.since), ("--until", &request.until)];
    // What a milestone is, all of the evidence tells.
    let told = bounds.iter().any(|(_, bound)| bound.as_ref().is_some_and(Bound::is_near)).then(|| {
        let (rates, _, findings) = tell(evidence, request, config);
        (rates, findings)
    });
    let second = |end: bool, option: &str, bound: &Option<Bound>| -> Result<Option<i64>> {
        let Some(bound) = bound else { return Ok(None) };
        let unknown = || Error::Usage {
            option: option.to_string(),
            message: format!(
                "expected a moment that the evidence tells, found none for \"{}\"; give a time",
                bound.asked
            ),
        };
        bound.second(end, told.as_ref()).map(Some).ok_or_else(unknown)
    };
    let asked = |bound: &Option<Bound>| bound.as_ref().map(|b| b.asked.clone()).unwrap_or_default();
    let mut cut = Cut {
        since_s: second(false, "--since", &request.since)?,
        until_s: second(true, "--until", &request.until)?,
        asked: [asked(&request.since), asked(&request.until)],
        services: services(evidence, &request.only)?,
        ..Cut::default()
    };
    if let (Some(since), Some(until)) = (cut.since_s, cut.until_s)
        && since >= until
    {
        let message = format!("expected a moment after --since {}, found {}", cut.asked[0], cut.asked[1]);
        return Err(Error::Usage { option: "--until".to_string(), message });
    }
    evidence.cut(&mut cut, &|evidence, source, series| rates::owner(evidence, &config.metrics, source, series));
    Ok(Some(cut))
}

/// Canonical names of the services asked for.
fn services(evidence: &Evidence, asked: &[String]) -> Result<Vec<String>> {
    let known: Vec<String> = evidence.names.all().into_iter().map(str::to_string).collect();
    let canonical = |name: &String| {
        evidence.names.canonical(name).map(str::to_string).ok_or_else(|| Error::Usage {
            option: "--services".to_string(),
            message: format!(
                "expected a service of the evidence, found \"{name}\"; the nearest are {}",
                nearest(name, &known).join(", ")
            ),
        })
    };
    let mut all: Vec<String> = asked.iter().map(canonical).collect::<Result<_>>()?;
    all.sort();
    all.dedup();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_time_a_day_or_a_distance_from_a_milestone() {
        let at = |text: &str| Bound::parse(text).unwrap().at;
        assert_eq!(at("1970-01-02T00:00:10+00:00"), At::Second(86_410));
        assert_eq!(at("1970-01-01T02:00Z"), At::Second(7_200));
        assert_eq!(at("1970-01-02"), At::Day(86_400));
        assert_eq!(at("onset-30m"), At::Near(MilestoneKind::Onset, -1_800));
        assert_eq!(at("recovery+10m"), At::Near(MilestoneKind::Recovered, 600));
        assert_eq!(at("cause-identified"), At::Near(MilestoneKind::CauseIdentified, 0));
        for wrong in ["17:30", "2025-06-12 17:30", "onset-30", "later", "onset-30x", ""] {
            assert!(wrong == "onset-30" || Bound::parse(wrong).is_err(), "{wrong}");
        }
    }
}
