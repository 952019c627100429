//! Rates: per service, requests, errors, duration; gaps kept; impact windows.

use crate::model::{ErrorPolicy, Evidence, Rates};

/// What a caller may fix.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Bucket width in seconds; `None` chooses.
    pub bucket_s: Option<u32>,
    /// What counts as an error.
    pub policy: ErrorPolicy,
}

/// Measures every service of `evidence`.
pub fn measure(_evidence: &Evidence, _options: &Options) -> Rates {
    Rates::default()
}
