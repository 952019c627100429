//! What can be typed. Help, completions and the man page are made from these definitions.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::model::MilestoneKind;
use crate::pipeline::{self, Bound};

/// Aligns the evidence of an outage on one UTC timeline, counts what failed, and writes the post-mortem.
#[derive(Debug, Parser)]
#[command(name = "recount", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "A bundle is a folder, a tar, zip or compressed file, a list of files, or - for standard input. \
    A folder that `report` wrote can stand wherever a bundle can.\n\
    Exit status: 0 done; 1 a gate that was asked for (--strict, --fail-on) is not met; 2 usage, an input \
    that cannot be opened, or an output that cannot be written."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options that every command knows.
    #[command(flatten)]
    pub global: Global,
}

/// Options that every command knows.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Say less: no progress, no summary
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: every diagnostic instead of the gravest
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, env = "RECOUNT_COLOR")]
    pub color: Color,
    /// Threads to use; the result is the same with any number
    #[arg(long, global = true, value_name = "N", env = "RECOUNT_THREADS")]
    pub threads: Option<usize>,
    /// Exit with status 1 when anything of the input was left out
    #[arg(long, global = true)]
    pub strict: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// From a folder of evidence to a post-mortem worth reviewing
    Report(ReportArgs),
    /// One merged timeline and the severity ladder
    Timeline(TimelineArgs),
    /// What was detected in every file, why, and what was left out
    Inspect(InspectArgs),
    /// A commented recount.toml from what was found, for you to edit
    Init(InitArgs),
    /// Every record that was read, on UTC, one a line
    Records(RecordsArgs),
    /// What log messages say, with what varies blanked: each template and how often it occurs
    Patterns(PatternsArgs),
    /// The bare counts per service and bucket, as a table
    Fold(FoldArgs),
    /// What failed first, how it spread, and what may have set it off
    Findings(FindingsArgs),
    /// Onsets, recoveries and changes of level of every metric series
    Series(SeriesArgs),
    /// Is this the same failure as last time?
    Compare(CompareArgs),
    /// Do write-ups agree with themselves, with each other, and with the data?
    Audit(AuditArgs),
    /// Write a realistic bundle with known truth
    Simulate(SimulateArgs),
    /// The formats that are known, and how files and definitions fare with them
    Formats(FormatsArgs),
    /// The template sets that a report can be made with, and how to start one of your own
    Templates(TemplatesArgs),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the man pages, or write them to a folder
    Man {
        /// Write one file per command instead
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// The evidence, and what the user says about it.
#[derive(Clone, Debug, Args)]
pub struct Input {
    /// Folders, files, archives, or - for standard input
    #[arg(required_unless_present = "files_from", value_name = "BUNDLE")]
    pub paths: Vec<PathBuf>,
    /// Read more paths from a file, one a line (- for standard input)
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// Zone of stamps without one, for files that match (repeatable)
    #[arg(long, value_name = "GLOB=ZONE", value_parser = rule)]
    pub input_tz: Vec<(String, String)>,
    /// Format of files that match (repeatable)
    #[arg(long, value_name = "GLOB=NAME", value_parser = rule)]
    pub format: Vec<(String, String)>,
    /// File that defines a text format (repeatable); see `recount formats check`
    #[arg(long, value_name = "FILE")]
    pub format_file: Vec<PathBuf>,
    /// Service of records that name none, for files that match (repeatable)
    #[arg(long, value_name = "GLOB=NAME", value_parser = rule)]
    pub service: Vec<(String, String)>,
    /// Configuration file instead of the bundle's recount.toml
    #[arg(long, value_name = "FILE", env = "RECOUNT_CONFIG")]
    pub config: Option<PathBuf>,
    /// Width of the buckets of every curve (10s, 1m, 5m); chosen from the data otherwise
    #[arg(long, value_name = "WIDTH", value_parser = width)]
    pub bucket: Option<u32>,
    /// Take this out of every text too (secrets and account numbers always are)
    #[arg(long, value_name = "KIND", value_enum, value_delimiter = ',')]
    pub redact: Vec<Redact>,
}

/// What can be taken out besides secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Redact {
    /// E-mail addresses (always where an incident is told).
    Emails,
    /// Network addresses.
    Ips,
}

/// A part of the evidence, and how it is told.
#[derive(Clone, Debug, Args)]
pub struct View {
    /// Use the evidence from here on: 2025-06-12T17:30:00Z, 2025-06-12, or onset-30m
    #[arg(long, value_name = "TIME", value_parser = Bound::parse)]
    pub since: Option<Bound>,
    /// Use the evidence before this: a time, a date (that day included), or recovery+10m
    #[arg(long, value_name = "TIME", value_parser = Bound::parse)]
    pub until: Option<Bound>,
    /// Use the evidence of these services alone (A,B)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub services: Vec<String>,
    /// How people are named
    #[arg(long, value_name = "STYLE", value_enum)]
    pub names: Option<Names>,
    /// Title of the incident
    #[arg(long)]
    pub title: Option<String>,
}

/// How people are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Names {
    /// The role that recount.toml gives, else a number (reports and comparisons do so).
    Roles,
    /// "J. D.".
    Initials,
    /// As written (timeline and findings do so).
    Full,
}

/// `recount report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// Which part of it, and how it is told.
    #[command(flatten)]
    pub view: View,
    /// Where to write; out/NAME otherwise
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Overwrite a folder that recount did not write
    #[arg(long)]
    pub force: bool,
    /// Template set (`recount templates` lists them), or a file NAME.html[.tera] or NAME.md[.tera] in
    /// place of that page (repeatable)
    #[arg(long, value_name = "NAME|FILE")]
    pub template: Vec<String>,
    /// Write the charts as PNG pictures, too
    #[arg(long)]
    pub png: bool,
    /// Folder of templates that replace built-in ones by file name
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Print the incident as JSON instead of a summary
    #[arg(long)]
    pub json: bool,
}

/// `recount timeline`.
#[derive(Debug, Args)]
pub struct TimelineArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// Which part of it, and how it is told.
    #[command(flatten)]
    pub view: View,
    /// All entries, not only the prominent ones
    #[arg(long)]
    pub all: bool,
    /// Print the timeline as JSON
    #[arg(long)]
    pub json: bool,
}

/// `recount inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// Print the sources as JSON
    #[arg(long)]
    pub json: bool,
}

/// `recount init`.
#[derive(Debug, Args)]
#[command(
    after_help = "Every setting stands there commented out, so that the file changes nothing until you take a # away. \
    Put it at the root of the bundle as recount.toml, or name it with --config."
)]
pub struct InitArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// File to write, which must not exist; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long)]
    pub force: bool,
}

/// `recount records`.
#[derive(Debug, Args)]
pub struct RecordsArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// Print JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// `recount patterns`.
#[derive(Debug, Args)]
pub struct PatternsArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// Print one JSON object: `templates`, and `lines` with the template of each record in file order
    #[arg(long)]
    pub json: bool,
    /// With --json, the templates alone
    #[arg(long)]
    pub summary: bool,
}

/// `recount fold`.
#[derive(Debug, Args)]
pub struct FoldArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// How to write the table
    #[arg(long = "as", value_name = "KIND", value_enum, default_value = "tsv")]
    pub kind: TableKind,
    /// Where to write; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `recount findings`.
#[derive(Debug, Args)]
pub struct FindingsArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// Which part of it, and how it is told.
    #[command(flatten)]
    pub view: View,
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
}

/// `recount series`.
#[derive(Debug, Args)]
#[command(
    after_help = "Times are RFC 3339 in UTC: \"at\" is the first point of the new level, the change lies between \
    \"from\" and \"to\". Levels are medians; of a counter, increases per second. An onset leaves the normal level \
    of the series itself by 3 spreads or more (\"effect\"), further and faster than it moves on its own; \
    \"change_points\" are all changes of level that are more than chance."
)]
pub struct SeriesArgs {
    /// The evidence.
    #[command(flatten)]
    pub input: Input,
    /// Print one JSON document: {"series": [...]}
    #[arg(long)]
    pub json: bool,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableKind {
    /// Tab-separated, with a header.
    Tsv,
    /// One JSON object a line.
    Json,
    /// Parquet.
    Parquet,
}

/// `recount compare`.
#[derive(Debug, Args)]
#[command(
    after_help = "B may be a library: a folder of bundles, report folders or saved incidents. A then is held against \
    each of them, most similar first; similarity runs from 0 to 1 and is made of which signals of which services \
    moved which way, and of services, log patterns, kinds, shape and size. --library says so where it cannot be told."
)]
pub struct CompareArgs {
    /// The first incident: a bundle, or a folder that `report` wrote
    pub a: PathBuf,
    /// The second, or a library of incidents
    pub b: PathBuf,
    /// Whether B is a library
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = WhenLibrary::Auto, num_args = 0..=1, default_missing_value = "always")]
    pub library: WhenLibrary,
    /// Sort a library by the same failure, or by the same fault of whatever service
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = LibraryBy::Similarity)]
    pub by: LibraryBy,
    /// Lay the two upon each other at this milestone (onset, detected, declared, resolved, …)
    #[arg(long, value_name = "MILESTONE", value_parser = milestone)]
    pub align: Option<MilestoneKind>,
    /// Moment of A to lay upon that of B, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub align_a: Option<i64>,
    /// Moment of B
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub align_b: Option<i64>,
    /// File that defines a text format (repeatable)
    #[arg(long, value_name = "FILE")]
    pub format_file: Vec<PathBuf>,
    /// Where to write; out/A-vs-B otherwise
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Overwrite a folder that recount did not write
    #[arg(long)]
    pub force: bool,
    /// Write the charts as PNG pictures, too
    #[arg(long)]
    pub png: bool,
    /// Print the comparison as JSON (of a library: {title, pairs: [{path, similarity, likeness, why}]})
    #[arg(long)]
    pub json: bool,
    /// How people are named
    #[arg(long, value_name = "STYLE", value_enum)]
    pub names: Option<Names>,
}

/// Whether the second path is a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WhenLibrary {
    /// By what lies in it.
    Auto,
    /// It is.
    Always,
    /// It is one incident.
    Never,
}

/// What a library is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LibraryBy {
    /// Most similar first, of which names are most.
    Similarity,
    /// The fault first, whatever its service.
    Fault,
}

/// A milestone by its word.
fn milestone(word: &str) -> Result<MilestoneKind, String> {
    pipeline::milestone(word)
        .ok_or_else(|| format!("expected a milestone such as onset, detected or resolved, found \"{word}\""))
}

/// RFC 3339 as a UTC second.
fn instant(text: &str) -> Result<i64, String> {
    pipeline::instant(text).ok_or_else(|| format!("expected a time such as 2025-06-12T17:52:00Z, found \"{text}\""))
}

/// `recount audit`.
#[derive(Debug, Args)]
#[command(
    after_help = "Ranks, gravest first: contradiction (both cannot be right), tension (both can be right only with an \
    explanation), rounding (one figure at different precision), unsupported (nobody else says it, or the data does \
    not show it), unclear (it cannot be checked as it is written). A claim that the data bears out is supported.\n\
    Exit status: 0 done, whatever was found; 1 something of the rank of --fail-on, or graver, was found."
)]
pub struct AuditArgs {
    /// Write-ups: Markdown, HTML, text, Word and OpenDocument; files, folders or archives of them, or -
    #[arg(required = true, value_name = "WRITEUP")]
    pub writeups: Vec<PathBuf>,
    /// What to check them against: a bundle, a folder that `report` wrote, or its incident.json
    #[arg(long, value_name = "BUNDLE|INCIDENT")]
    pub evidence: Option<PathBuf>,
    /// What is told of another incident: a write-up, a bundle or a report (repeatable); what fits only that is said
    #[arg(long, value_name = "PATH")]
    pub other: Vec<PathBuf>,
    /// Zone of times without one, for files that match (repeatable)
    #[arg(long, value_name = "GLOB=ZONE", value_parser = rule)]
    pub input_tz: Vec<(String, String)>,
    /// Format of files that match (repeatable)
    #[arg(long, value_name = "GLOB=NAME", value_parser = rule)]
    pub format: Vec<(String, String)>,
    /// Hold the write-up, as a draft of your own, against the list of what a good post-mortem has
    #[arg(long)]
    pub lint: bool,
    /// Exit with status 1 when something of this rank or graver is found (or a rule of --lint is broken)
    #[arg(long, value_name = "RANK", value_enum, value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
    /// Write audit.html, audit.md and audit.json to a folder
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Overwrite a folder that recount did not write
    #[arg(long)]
    pub force: bool,
    /// Folder of templates that replace built-in ones by file name
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Print the audit as JSON
    #[arg(long)]
    pub json: bool,
}

/// What makes an audit fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Both cannot be right.
    Contradiction,
    /// Both can be right only with an explanation.
    Tension,
    /// One figure at different precision.
    Rounding,
    /// Nobody else says it, or the data does not show it.
    Unsupported,
    /// It cannot be checked as it is written.
    Unclear,
    /// A rule of the list is broken.
    Lint,
}

/// `recount simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The scenario
    pub scenario: PathBuf,
    /// Folder to write the bundle to; DIR.truth.json gets the truth
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Traffic: small, or a multiple such as 1x, 100x
    #[arg(long, default_value = "small")]
    pub size: String,
    /// Another draw of the same scenario
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// `recount formats`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct FormatsArgs {
    /// What to do with formats; list them otherwise.
    #[command(subcommand)]
    pub command: Option<FormatsCommand>,
    /// Print the formats as JSON
    #[arg(long)]
    pub json: bool,
}

/// What to do with formats.
#[derive(Debug, Subcommand)]
pub enum FormatsCommand {
    /// Try definitions on their own samples and on those of all formats; exit status 1 when one fails
    Check {
        /// Files that define a text format
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print what was found as JSON
        #[arg(long)]
        json: bool,
    },
    /// Every format that knows anything of a file, and why it reads the file or does not
    Explain {
        /// The evidence.
        #[command(flatten)]
        input: Input,
        /// Print JSON, one object a file
        #[arg(long)]
        json: bool,
    },
}

/// `recount templates`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct TemplatesArgs {
    /// What to do with templates; list the sets otherwise.
    #[command(subcommand)]
    pub command: Option<TemplatesCommand>,
    /// Print the sets as JSON
    #[arg(long)]
    pub json: bool,
}

/// What to do with templates.
#[derive(Debug, Subcommand)]
pub enum TemplatesCommand {
    /// Write a set, all that it includes and the documentation to a folder, for `report --templates`
    Export {
        /// Where to write
        dir: PathBuf,
        /// Which set
        #[arg(long, value_name = "NAME", default_value = "sre")]
        set: String,
        /// Write into a folder that holds other files
        #[arg(long)]
        force: bool,
    },
}

/// `GLOB=VALUE`.
fn rule(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((glob, value)) if !glob.is_empty() && !value.is_empty() => Ok((glob.to_string(), value.to_string())),
        _ => Err(format!("expected GLOB=VALUE, found \"{text}\"")),
    }
}

/// `10s`, `1m`, `1h` or plain seconds.
fn width(text: &str) -> Result<u32, String> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => 0,
    };
    let seconds = digits.parse::<u32>().unwrap_or(0).saturating_mul(factor);
    if seconds == 0 || seconds > 86_400 {
        return Err(format!("expected a width from 1s to 24h such as 10s or 5m, found \"{text}\""));
    }
    Ok(seconds)
}
