//! What a scenario says of one file of the bundle.

use serde::{Deserialize, Serialize};

use super::Moment;

/// One file (or folder) of the bundle, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Path inside the bundle. The ending compresses (`.gz`, `.zst`, `.bz2`, `.xz`); `!` enters an
    /// archive (`edge.tar.gz!a.log.gz`, `app.zip!x.tar!y.log`); `{part}` is replaced when `parts` > 1.
    /// A chat export names a folder, or an archive with a final `!`.
    pub path: String,
    /// What writes it.
    pub format: SourceFormat,
    /// Keys of the services it carries; all with traffic when empty.
    #[serde(default)]
    pub services: Vec<String>,
    /// Names of the operations it carries; all when empty.
    #[serde(default)]
    pub operations: Vec<String>,
    /// Zone of the writer: an IANA name or an offset (`+05:30`). UTC when empty.
    #[serde(default)]
    pub zone: String,
    /// How the zone is written; as the format usually does when absent.
    #[serde(default)]
    pub written: Option<Written>,
    /// Seconds the writer's clock is ahead of true time (negative: behind).
    #[serde(default)]
    pub clock_offset_s: f64,
    /// First true time it covers; the scenario's when absent.
    #[serde(default)]
    pub from: Option<Moment>,
    /// Last true time it covers; the scenario's when absent.
    #[serde(default)]
    pub to: Option<Moment>,
    /// Share of the requests that are written (every n-th good and every n-th failed one).
    #[serde(default = "one")]
    pub sample: f64,
    /// A further thinning at `--size small`.
    #[serde(default = "one")]
    pub small_sample: f64,
    /// Only failed requests are written, and this share of the good ones.
    #[serde(default)]
    pub good_share: Option<f64>,
    /// Whether only 5xx counters etc. of whole services are written, without operations.
    #[serde(default)]
    pub whole_services: bool,
    /// The file was cut here, in the middle of a record.
    #[serde(default)]
    pub truncate_at: Option<Moment>,
    /// Records come up to this many seconds late.
    #[serde(default)]
    pub disorder_s: f64,
    /// What is put around each line.
    #[serde(default)]
    pub wrapper: Wrapper,
    /// Seconds between two points of a metric.
    #[serde(default = "minute")]
    pub step_s: u32,
    /// When the process that counts was restarted: counters begin again at zero.
    #[serde(default)]
    pub restart_at: Vec<Moment>,
    /// Number of files it is split into by time.
    #[serde(default = "single")]
    pub parts: u32,
    /// Whether lines have every field a busy deployment writes, not only those that matter
    /// (`combined`, edge log pushes, `slog`; this one then has sizes in the place of durations).
    #[serde(default)]
    pub wide: bool,
    /// Hostile and awkward things it holds.
    #[serde(default)]
    pub traps: Vec<Trap>,
    /// Which actions it carries: those with an equal [`super::Action::feed`].
    #[serde(default)]
    pub feed: String,
    /// The text of a write-up, or the name of a page, team or workspace.
    #[serde(default)]
    pub text: String,
    /// Whether the configuration of the bundle says which service a file without service names is of.
    #[serde(default)]
    pub declare_service: bool,
    /// What could decide the zone when it is not written, for the truth: `wrapper`, `sibling`, `ids`,
    /// `file_names`, or `none` on purpose.
    #[serde(default)]
    pub witness: String,
}

/// What writes a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// Access log in the combined layout with the request time at the end.
    #[default]
    Nginx,
    /// Access log in the combined layout and nothing behind it.
    Combined,
    /// `http_requests` objects of an edge log push, one per line, unsorted.
    Logpush,
    /// JSON lines of the `zap` logger (epoch seconds).
    Zap,
    /// JSON lines of the `pino` logger (epoch milliseconds).
    Pino,
    /// JSON lines of the `slog` logger (RFC 3339).
    Slog,
    /// JSON lines with the names of the Elastic common schema.
    Ecs,
    /// `key=value` lines.
    Logfmt,
    /// Java text log with a comma before the milliseconds, and stack traces.
    Log4j,
    /// Java text log of a Spring service.
    Spring,
    /// Python text log with ` - ` between the fields, and tracebacks.
    Python,
    /// Text log of a Kubernetes component.
    Klog,
    /// Old syslog: no year, no zone.
    Rfc3164,
    /// New syslog.
    Rfc5424,
    /// Reply of a Prometheus range query: counters by service, operation and code.
    PrometheusCounters,
    /// Reply of a Prometheus range query: an error ratio by service.
    PrometheusRatio,
    /// Panel export of a dashboard: one column of error percentages by service.
    GrafanaCsv,
    /// Table with one row per time, service and status class.
    LongCsv,
    /// List of alerts.
    Alertmanager,
    /// Log entries of a paging service, newest first.
    Pagerduty,
    /// Folder of a chat export.
    Slack,
    /// Incidents of a status page, newest first.
    Statuspage,
    /// Events of a container platform.
    K8sEvents,
    /// Deployments, and their statuses in a second file.
    GithubDeployments,
    /// Applications with their deployment history.
    Argocd,
    /// Prose: the source's text with its placeholders filled.
    Writeup,
}

impl SourceFormat {
    /// Whether it is written line by line from requests.
    pub fn is_log(self) -> bool {
        self <= SourceFormat::Rfc5424
    }

    /// Whether it is made of counts of requests.
    pub fn is_metric(self) -> bool {
        self > SourceFormat::Rfc5424 && self <= SourceFormat::LongCsv
    }
}

/// How the zone of a stamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// Local time with its offset.
    Offset,
    /// UTC with a `Z`.
    Z,
    /// Local time without anything.
    None,
}

/// What is put around each line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrapper {
    /// Nothing.
    #[default]
    None,
    /// A container runtime's prefix with a UTC stamp.
    Cri,
    /// A JSON object per line with a UTC stamp.
    Docker,
}

/// Something awkward that a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trap {
    /// A line with something like a credential and an address.
    Secret,
    /// A line with markup, a formula and escape codes.
    Markup,
    /// Error lines followed by stack traces.
    StackTrace,
    /// Some lines twice.
    Duplicate,
    /// Windows line ends.
    Crlf,
    /// A byte order mark at the beginning.
    Bom,
    /// A line that is no record.
    Garbage,
}

fn one() -> f64 {
    1.0
}

fn minute() -> u32 {
    60
}

fn single() -> u32 {
    1
}

impl Source {
    /// A file with nothing wrong with it; the rest is filled by assignment.
    pub fn new(path: &str, format: SourceFormat) -> Source {
        Source {
            path: path.to_string(),
            format,
            sample: one(),
            small_sample: one(),
            step_s: minute(),
            parts: single(),
            ..Source::default()
        }
    }

    /// Whether it holds `trap`.
    pub fn has(&self, trap: Trap) -> bool {
        self.traps.contains(&trap)
    }
}
