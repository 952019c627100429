//! Severity of a log line ([`Level`]) and of an incident ([`SeverityWord`]); never mixed.

use serde::{Deserialize, Serialize};

/// Severity of one log record, OpenTelemetry's short names, least severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Finest detail.
    Trace,
    /// For the developer.
    Debug,
    /// Normal course (also "notice").
    Info,
    /// Something is off, work goes on.
    Warn,
    /// Something failed.
    Error,
    /// The process or the whole service failed.
    Fatal,
}

impl Level {
    /// Reads a level word of any of the usual loggers, in any case; `None` for a word that is none.
    ///
    /// Single letters (`E`, `W`, …) are accepted, since several loggers write nothing else.
    pub fn of_word(word: &str) -> Option<Level> {
        let mut buf = [0u8; 16];
        let bytes = word.as_bytes();
        if bytes.is_empty() || bytes.len() > buf.len() {
            return None;
        }
        for (to, from) in buf.iter_mut().zip(bytes) {
            *to = from.to_ascii_lowercase();
        }
        Some(match &buf[..bytes.len()] {
            b"trace" | b"trc" | b"finest" | b"finer" | b"verbose" | b"vrb" | b"t" | b"v" | b"silly" | b"trac" => {
                Level::Trace
            }
            b"debug" | b"dbg" | b"debu" | b"dbug" | b"ddebug" | b"fine" | b"config" | b"d" | b"debug1" | b"debug2"
            | b"debug3" | b"debug4" | b"debug5" => Level::Debug,
            b"info" | b"inf" | b"information" | b"informational" | b"notice" | b"noti" | b"note" | b"system"
            | b"log" | b"i" | b"n" => Level::Info,
            b"warn" | b"warning" | b"wrn" | b"w" => Level::Warn,
            b"error" | b"err" | b"erro" | b"eror" | b"errs" | b"severe" | b"e" => Level::Error,
            b"fatal" | b"ftl" | b"critical" | b"crit" | b"alert" | b"emerg" | b"emergency" | b"panic" | b"dpanic"
            | b"f" | b"c" | b"fata" | b"pani" => Level::Fatal,
            _ => return None,
        })
    }

    /// Level of a syslog severity, 0 emergency … 7 debug (RFC 5424 §6.2.1).
    pub fn of_syslog(severity: u8) -> Option<Level> {
        Some(match severity {
            0..=2 => Level::Fatal,
            3 => Level::Error,
            4 => Level::Warn,
            5 | 6 => Level::Info,
            7 => Level::Debug,
            _ => return None,
        })
    }

    /// Level of a number as pino and bunyan write it (10 trace … 60 fatal).
    pub fn of_bunyan(number: u64) -> Option<Level> {
        Some(match number {
            10 => Level::Trace,
            20 => Level::Debug,
            30 => Level::Info,
            40 => Level::Warn,
            50 => Level::Error,
            60 => Level::Fatal,
            _ => return None,
        })
    }

    /// The canonical word.
    pub fn word(self) -> &'static str {
        match self {
            Level::Trace => "TRACE",
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
            Level::Fatal => "FATAL",
        }
    }

    /// ERROR or worse.
    pub fn is_error(self) -> bool {
        self >= Level::Error
    }
}

/// The family an incident severity word belongs to. Ranks compare inside one family only (law 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vocabulary {
    /// `P0`, `P1`, … (whether the ladder starts at 0 or 1 is for the bundle to say).
    P,
    /// `SEV0`, `SEV-1`, `S1`, `severity1`, …
    Sev,
    /// critical, high, major, medium, minor, low, info.
    Word,
    /// Statuspage impact: critical, major, minor, none, maintenance.
    Impact,
    /// Statuspage components: major_outage, partial_outage, degraded_performance, operational.
    Component,
}

/// An incident severity as it was written, with its rank inside its own vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeverityWord {
    /// Family of the word.
    pub vocabulary: Vocabulary,
    /// 0 is worst.
    pub rank: u8,
    /// The word as written (`SEV-1`).
    pub word: String,
}

impl SeverityWord {
    /// Reads a severity word: `P0`…`P5`, `SEV0`…, `SEV-2`, `S1`, `severity1`, or a plain word.
    /// `None` for anything else.
    pub fn parse(word: &str) -> Option<SeverityWord> {
        let trimmed = word.trim();
        let lower = trimmed.to_ascii_lowercase();
        let number = |rest: &str| {
            let digits = rest.trim_start_matches(['-', ' ', '_']);
            (digits.len() == 1).then(|| digits.parse::<u8>().ok()).flatten().filter(|n| *n <= 6)
        };
        let numbered = [("severity", Vocabulary::Sev), ("sev", Vocabulary::Sev), ("priority", Vocabulary::P)]
            .into_iter()
            .find_map(|(prefix, v)| lower.strip_prefix(prefix).and_then(number).map(|n| (v, n)))
            .or_else(|| lower.strip_prefix('p').filter(|r| r.len() == 1).and_then(number).map(|n| (Vocabulary::P, n)))
            .or_else(|| {
                lower.strip_prefix('s').filter(|r| r.len() == 1).and_then(number).map(|n| (Vocabulary::Sev, n))
            });
        let (vocabulary, rank) = numbered.or_else(|| {
            let rank = match lower.as_str() {
                "critical" | "blocker" | "highest" | "emergency" => 0,
                "high" | "major" | "error" => 1,
                "medium" | "moderate" | "warning" => 2,
                "low" | "minor" | "info" => 3,
                "lowest" | "trivial" => 4,
                _ => return None,
            };
            Some((Vocabulary::Word, rank))
        })?;
        Some(SeverityWord { vocabulary, rank, word: trimmed.to_string() })
    }

    /// Whether this is worse than `other`; `None` across vocabularies.
    pub fn worse_than(&self, other: &SeverityWord) -> Option<bool> {
        (self.vocabulary == other.vocabulary).then_some(self.rank < other.rank)
    }
}
