//! What people say of metrics whose names do not speak.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricRole {
    /// All requests; with a label of status or outcome, requests of that outcome.
    Requests,
    /// Failed requests.
    Errors,
    /// Share of requests that failed.
    #[serde(alias = "ratio")]
    ErrorRatio,
    /// Share of requests that succeeded.
    SuccessRatio,
    /// How long requests took: a percentile, the 95th unless name or label say another.
    Latency,
    /// Nothing about requests, whatever its name says.
    Ignore,
}

/// What is said of one metric: `"errors"`, or a table with `role` and more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Said")]
pub struct MetricRule {
    /// What it is.
    pub role: MetricRole,
    /// Its unit (`ms`, `s`, `%`), where the export does not write it.
    pub unit: Option<String>,
    /// Its service, where no label names one.
    pub service: Option<String>,
}

/// Both ways of writing a rule.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Role(MetricRole),
    Table { role: MetricRole, unit: Option<String>, service: Option<String> },
}

impl From<Said> for MetricRule {
    fn from(said: Said) -> Self {
        match said {
            Said::Role(role) => MetricRule { role, unit: None, service: None },
            Said::Table { role, unit, service } => MetricRule { role, unit, service },
        }
    }
}

/// Rules by metric name, `*` standing for anything; the first that fits speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricRules(pub IndexMap<String, MetricRule>);

impl MetricRules {
    /// The rule for the metric called `name`.
    pub fn of(&self, name: &str) -> Option<&MetricRule> {
        self.0.iter().find(|(pattern, _)| fits(pattern, name)).map(|(_, rule)| rule)
    }
}

/// Whether `name` is `pattern`, with any text for each `*`.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(before) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        let Some(at) = left.find(part) else { return false };
        left = left.get(at + part.len()..).unwrap_or("");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name, expected) in [
            ("acme_oops", "acme_oops", true),
            ("acme_*", "acme_oops", true),
            ("*_oops", "acme_oops", true),
            ("a*o*s", "acme_oops", true),
            ("acme_*_x", "acme_oops", false),
            ("*", "", true),
            ("acme", "acme_oops", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
