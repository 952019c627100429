//! What became of a request, kept apart from any verdict on it.

use serde::{Deserialize, Serialize};

/// How one request ended. What counts as an error is decided later, by an
/// [`super::ErrorPolicy`], so that the policy can change without reading anything again.
///
/// Status mapping: shared FORMATS catalogue §1 (100-399 ok, 5xx server error, 504/522/524/598/599
/// timeout, 429 throttled, 499/460 cancelled, other 4xx client error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered as asked.
    Ok,
    /// The serving side failed.
    ServerError,
    /// The serving side did not answer in time.
    Timeout,
    /// Refused to protect the service (429, load shedding, rate limits).
    Throttled,
    /// The caller went away first.
    Cancelled,
    /// The caller's own mistake, denied or not found.
    ClientError,
    /// A health probe: in neither part of a ratio.
    Probe,
    /// It cannot be told: in neither part of a ratio, counted apart.
    Unknown,
}

impl Outcome {
    /// Every outcome, in index order.
    pub const ALL: [Outcome; Outcome::COUNT] = [
        Outcome::Ok,
        Outcome::ServerError,
        Outcome::Timeout,
        Outcome::Throttled,
        Outcome::Cancelled,
        Outcome::ClientError,
        Outcome::Probe,
        Outcome::Unknown,
    ];

    /// Number of outcomes.
    pub const COUNT: usize = 8;

    /// Outcome of an HTTP status as seen at the edge of the serving side.
    pub fn of_http(status: u16) -> Outcome {
        match status {
            504 | 522 | 524 | 598 | 599 => Outcome::Timeout,
            100..=399 => Outcome::Ok,
            429 => Outcome::Throttled,
            499 | 460 => Outcome::Cancelled,
            400..=498 => Outcome::ClientError,
            500..=599 => Outcome::ServerError,
            _ => Outcome::Unknown,
        }
    }

    /// Outcome of a reply code of the FTP and SMTP family, whose classes mean something else than HTTP's:
    /// 4xx is the server's passing failure, 5xx a refusal (RFC 959 §4.2, RFC 5321 §4.2.1).
    pub fn of_reply(code: u16) -> Outcome {
        match code {
            100..=399 => Outcome::Ok,
            426 => Outcome::Cancelled,
            400..=499 => Outcome::ServerError,
            500..=599 => Outcome::ClientError,
            _ => Outcome::Unknown,
        }
    }

    /// Outcome of a gRPC status code (0 OK … 16), server's view.
    pub fn of_grpc(code: u16) -> Outcome {
        match code {
            0 => Outcome::Ok,
            1 => Outcome::Cancelled,
            4 => Outcome::Timeout,
            8 => Outcome::Throttled,
            2 | 12 | 13 | 14 | 15 => Outcome::ServerError,
            3 | 5 | 6 | 7 | 9 | 10 | 11 | 16 => Outcome::ClientError,
            _ => Outcome::Unknown,
        }
    }

    /// Whether the serving side failed (what the default policy counts as an error).
    pub fn is_failure(self) -> bool {
        matches!(self, Outcome::ServerError | Outcome::Timeout)
    }
}

/// Counts per [`Outcome`], indexed by `outcome as usize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes(pub [u32; Outcome::COUNT]);

impl Outcomes {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        self.0[outcome as usize] += 1;
    }

    /// How often `outcome` occurred.
    pub fn get(&self, outcome: Outcome) -> u32 {
        self.0[outcome as usize]
    }

    /// Adds another count to this one.
    pub fn merge(&mut self, other: &Outcomes) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a += b;
        }
    }

    /// All requests, whatever became of them.
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }
}
