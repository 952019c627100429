//! What a scenario file says: services, curves, actions, sources.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Moment, Source};
use crate::error::{Error, Result};
use crate::model::Plane;

/// A whole incident with known truth. Fields may be edited freely before [`super::write()`], which
/// checks that they fit together.
///
/// Services are referred to by [`Service::key`] everywhere; the name a person reads is written only
/// in [`Service::name`], so renaming one is one edit. Texts may hold `{key}` (the name), `{slug:key}`
/// (the name as machines write it), `{t:17:52}` (that time in the zone of the file), `{date}` and
/// `{date:long}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Title of the incident; may hold placeholders.
    pub title: String,
    /// Day of the incident, UTC.
    pub date: NaiveDate,
    /// When the evidence begins.
    pub start: Moment,
    /// When it ends.
    pub end: Moment,
    /// Seed when the options give none.
    #[serde(default)]
    pub seed: u64,
    /// How irregular traffic and failures are: 0 as even as whole requests allow, 1 independent draws.
    #[serde(default)]
    pub noise: f64,
    /// Moments worth checking, by name (`onset`, `detected`, `cause_identified`, …): copied into the truth.
    #[serde(default)]
    pub milestones: BTreeMap<String, Moment>,
    /// The services.
    #[serde(rename = "service", default)]
    pub services: Vec<Service>,
    /// What people and machines did.
    #[serde(rename = "action", default)]
    pub actions: Vec<Action>,
    /// The files of the bundle.
    #[serde(rename = "source", default)]
    pub sources: Vec<Source>,
}

/// One service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// How the scenario refers to it; never written into the bundle.
    pub key: String,
    /// The name people use.
    pub name: String,
    /// The name machines write; made of `name` (lower case, dashes) when empty.
    #[serde(default)]
    pub slug: String,
    /// More spellings, declared in the bundle's configuration.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Keys of the services it needs; the first one is blamed in its error lines.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// Data or control plane.
    #[serde(default)]
    pub plane: Option<Plane>,
    /// A provider's, not ours.
    #[serde(default)]
    pub external: bool,
    /// Requests per second at `--size 1x`.
    #[serde(default)]
    pub rps: f64,
    /// Median latency of a good answer, milliseconds.
    #[serde(default = "default_latency")]
    pub latency_ms: f64,
    /// Median latency of a failed answer, however slow the good ones are; as theirs when absent.
    #[serde(default)]
    pub fail_latency_ms: Option<f64>,
    /// Error ratio in normal times.
    #[serde(default)]
    pub baseline: f64,
    /// Statuses of failed requests, in turn.
    #[serde(default = "default_fail_status")]
    pub fail_status: Vec<u16>,
    /// Messages of its error lines, in turn; `{upstream}` is the service that failed it.
    #[serde(default)]
    pub errors: Vec<String>,
    /// Its failure over time; outside of it the baseline holds. Later entries win where they overlap.
    #[serde(default)]
    pub curve: Vec<Segment>,
    /// Its traffic over time as factors of `rps`; overlapping factors multiply.
    #[serde(default)]
    pub traffic: Vec<Factor>,
    /// How slow its answers are over time, as factors of `latency_ms`; overlapping factors multiply.
    #[serde(default)]
    pub slow: Vec<Factor>,
    /// Requests that it turns away on purpose.
    #[serde(default)]
    pub shed: Vec<Shed>,
    /// Its operations; one operation `GET /` when empty.
    #[serde(rename = "operation", default)]
    pub operations: Vec<Operation>,
}

/// One operation of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Method and path (`GET /v1/values`), or a plain name: `first login` is written `POST /first-login`.
    pub name: String,
    /// Share of the service's requests.
    pub share: f64,
    /// Error ratio in normal times; the service's when absent.
    #[serde(default)]
    pub baseline: Option<f64>,
    /// Status of a good answer.
    #[serde(default = "default_ok_status")]
    pub ok_status: u16,
    /// Statuses of failed requests; the service's when empty.
    #[serde(default)]
    pub fail_status: Vec<u16>,
    /// Its own failure curve; the service's when absent, none at all when empty.
    #[serde(default)]
    pub curve: Option<Vec<Segment>>,
    /// Its own traffic factors, on top of the service's.
    #[serde(default)]
    pub traffic: Vec<Factor>,
    /// Key of the service it needs; the service's first dependency when absent.
    #[serde(default)]
    pub upstream: Option<String>,
    /// Sites that answer it (three-letter codes); a general list when empty.
    #[serde(default)]
    pub sites: Vec<String>,
}

/// How an error ratio runs through a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurveShape {
    /// At once at `ratio`, at once away from it.
    #[default]
    Step,
    /// As `step`: reads better after a ramp.
    Plateau,
    /// In a straight line from `from_ratio` to `ratio`.
    Ramp,
    /// Again and again from `from_ratio` up to `ratio`, every `period_s`.
    Sawtooth,
    /// In a straight line from `ratio` down to the baseline, with `surge` times the traffic that
    /// fades from the beginning on.
    Recovery,
}

/// One stretch of a failure curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Its beginning.
    pub from: Moment,
    /// Its end; the end of the scenario when absent.
    #[serde(default)]
    pub to: Option<Moment>,
    /// How the ratio runs.
    #[serde(default)]
    pub shape: CurveShape,
    /// The ratio of failed requests, 0 to 1.
    pub ratio: f64,
    /// Where a ramp or a tooth begins; the baseline when absent.
    #[serde(default)]
    pub from_ratio: Option<f64>,
    /// Length of a tooth, seconds.
    #[serde(default)]
    pub period_s: Option<f64>,
    /// Traffic factor at the beginning of a recovery.
    #[serde(default)]
    pub surge: Option<f64>,
    /// Seconds until the surge has fallen to about a third.
    #[serde(default)]
    pub surge_s: Option<f64>,
}

/// A factor on traffic or latency over a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Its beginning.
    pub from: Moment,
    /// Its end; the end of the scenario when absent.
    #[serde(default)]
    pub to: Option<Moment>,
    /// The factor, at least 0.
    pub factor: f64,
}

/// A stretch in which a share of the requests is turned away by policy, whatever would have become of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shed {
    /// Its beginning.
    pub from: Moment,
    /// Its end; the end of the scenario when absent.
    #[serde(default)]
    pub to: Option<Moment>,
    /// Share of the requests, 0 to 1.
    pub share: f64,
    /// Status they are answered with.
    #[serde(default = "default_shed_status")]
    pub status: u16,
}

/// What kind of thing somebody did; decides which formats carry it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// An alert fired (alert exports).
    Alert,
    /// Somebody was paged (paging exports).
    Page,
    /// Somebody acknowledged a page.
    Ack,
    /// Paging went a step further.
    Escalate,
    /// The severity changed from `from` to `to`.
    Severity,
    /// A note on the page.
    Note,
    /// The page was resolved.
    Resolve,
    /// A post on a public status page; `status` is its state.
    StatusPost,
    /// A chat message.
    #[default]
    Chat,
    /// A deployment or a change of configuration; `status` is its outcome.
    Deploy,
    /// An event of the container platform; `status` is its reason.
    Platform,
}

/// One thing that somebody or something did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// When it happened.
    pub at: Moment,
    /// When it ended, for alerts and deployments.
    #[serde(default)]
    pub until: Option<Moment>,
    /// When it was written down, where that is later.
    #[serde(default)]
    pub written_at: Option<Moment>,
    /// What kind of thing.
    pub kind: ActionKind,
    /// Who: a role, or a machine's name.
    #[serde(default)]
    pub by: String,
    /// Whether `by` is a machine.
    #[serde(default)]
    pub machine: bool,
    /// One line.
    #[serde(default)]
    pub title: String,
    /// The text.
    #[serde(default)]
    pub text: String,
    /// Keys of the services concerned.
    #[serde(default)]
    pub services: Vec<String>,
    /// Severity before.
    #[serde(default)]
    pub from: Option<String>,
    /// Severity after, or of the alert or page.
    #[serde(default)]
    pub to: Option<String>,
    /// State word.
    #[serde(default)]
    pub status: Option<String>,
    /// What ties it to other actions: the incident of a status post, the alert of a page, the
    /// revision of a deployment, the channel of a chat message.
    #[serde(default)]
    pub thread: String,
    /// Which of several files of its format carries it: equal to [`Source::feed`].
    #[serde(default)]
    pub feed: String,
    /// Whether somebody pinned it.
    #[serde(default)]
    pub pinned: bool,
    /// Reactions to it, by name.
    #[serde(default)]
    pub reactions: Vec<String>,
}

fn default_latency() -> f64 {
    20.0
}

fn default_ok_status() -> u16 {
    200
}

fn default_shed_status() -> u16 {
    429
}

fn default_fail_status() -> Vec<u16> {
    vec![503]
}

impl Scenario {
    /// Reads a scenario from TOML; `path` is for messages.
    ///
    /// # Errors
    /// [`Error::Input`] with the line when it is not TOML of this shape, or without one when its
    /// parts do not fit together.
    pub fn parse(text: &str, path: &str) -> Result<Scenario> {
        let scenario: Scenario = toml::from_str(text).map_err(|e| {
            let line = e.span().map(|s| text.as_bytes().iter().take(s.start).filter(|b| **b == b'\n').count() + 1);
            Error::Input {
                path: line.map_or_else(|| path.to_string(), |n| format!("{path}:{n}")),
                message: format!("expected a scenario, found: {}", e.message()),
            }
        })?;
        scenario.check().map_err(|message| Error::Input { path: path.to_string(), message })?;
        Ok(scenario)
    }

    /// The service with this key.
    pub fn service(&self, key: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.key == key)
    }

    /// The service with this key, to be edited.
    pub fn service_mut(&mut self, key: &str) -> Option<&mut Service> {
        self.services.iter_mut().find(|s| s.key == key)
    }
}

impl Service {
    /// A healthy service with one operation; the rest is filled by assignment.
    pub fn new(key: &str, name: &str, rps: f64) -> Service {
        Service {
            key: key.to_string(),
            name: name.to_string(),
            rps,
            latency_ms: default_latency(),
            fail_status: default_fail_status(),
            ..Service::default()
        }
    }

    /// The name as machines write it.
    pub fn slug(&self) -> String {
        if !self.slug.is_empty() {
            return self.slug.clone();
        }
        let lower = self.name.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        words.collect::<Vec<_>>().join("-")
    }
}

impl Operation {
    /// An operation that follows its service in everything.
    pub fn new(name: &str, share: f64) -> Operation {
        Operation { name: name.to_string(), share, ok_status: default_ok_status(), ..Operation::default() }
    }
}
