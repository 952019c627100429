//! Bundles with known truth: a scenario file in, evidence in many formats and the truth out.
//!
//! [`Scenario`] says which services there are, how they failed and when ([`Segment`]), who did what
//! ([`Action`]), and which files tell of it with which faults ([`Source`]). [`write()`] streams the
//! bundle into a folder and puts the [`Truth`] beside it.
//!
//! Two files that carry the same service tell of the same requests with the same ids, since
//! requests are made again from the seed for each file. Memory depends on the number of operations
//! and metric steps, not on traffic or length. The same scenario, seed and size give the same bytes.

mod check;
mod curve;
mod declared;
mod events;
mod logs;
mod metrics;
mod moment;
mod output;
mod random;
mod scenario;
mod source;
mod text;
mod traffic;
mod truth;
mod world;
mod zone;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

pub use moment::Moment;
pub use scenario::{Action, ActionKind, CurveShape, Factor, Operation, Scenario, Segment, Service, Shed};
pub use source::{Source, SourceFormat, Trap, Wrapper, Written};
pub use truth::{PEAK_WIDTH_S, ServiceTruth, SeverityTruth, SourceTruth, Truth};

use crate::error::{Error, Result};
use world::World;

/// Name of the configuration file that a bundle brings along.
const CONFIG: &str = "recount.toml";

/// How much traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Size {
    /// As `1x`, with the log files thinned as their sources say ([`Source::small_sample`]).
    #[default]
    Small,
    /// The scenario's requests per second, times this.
    Times(f64),
}

impl Size {
    /// Reads `small`, `1x`, `1000x`, `0.5x`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Size> {
        match text {
            "small" => Some(Size::Small),
            _ => text.strip_suffix('x')?.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0).map(Size::Times),
        }
    }

    /// Factor on requests per second.
    pub fn factor(self) -> f64 {
        match self {
            Size::Small => 1.0,
            Size::Times(n) => n,
        }
    }
}

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Size, String> {
        Size::parse(text).ok_or_else(|| format!("expected small or a number with x such as 10x, found \"{text}\""))
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Size::Small => f.write_str("small"),
            Size::Times(n) => write!(f, "{n}x"),
        }
    }
}

/// What may be said beside the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// How much traffic.
    pub size: Size,
    /// Seed; the scenario's when absent.
    pub seed: Option<u64>,
    /// Days by which everything happens later (negative: earlier).
    pub shift_days: i64,
}

/// Writes the bundle into `dir` and the truth into `<dir>.truth.json`.
///
/// The bundle is written beside `dir` first and renamed, so that a killed run leaves nothing that
/// looks whole.
///
/// # Errors
/// [`Error::Input`] when the parts of the scenario do not fit together, [`Error::Occupied`] when
/// `dir` holds something, [`Error::Write`] when writing fails.
pub fn write(scenario: &Scenario, options: Options, dir: &Path) -> Result<Truth> {
    scenario.check().map_err(|message| Error::Input { path: String::from("scenario"), message })?;
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::Occupied { path: dir.to_path_buf() });
    }
    let world = World::new(scenario, &options);
    let partial = beside(dir, ".partial");
    let fail = |path: &Path, source| Error::Write { path: path.to_path_buf(), source };
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(|e| fail(&partial, e))?;
    }
    write_bundle(&world, &partial)?;
    if dir.exists() {
        fs::remove_dir(dir).map_err(|e| fail(dir, e))?;
    }
    fs::rename(&partial, dir).map_err(|e| fail(dir, e))?;
    let truth = truth::of(&world);
    let path = truth_path(dir);
    let text = serde_json::to_string_pretty(&truth)
        .map_err(|e| Error::Internal { step: "writing the truth", message: e.to_string() })?;
    fs::write(&path, text + "\n").map_err(|e| fail(&path, e))?;
    Ok(truth)
}

/// Where [`write()`] puts the truth of a bundle.
pub fn truth_path(dir: &Path) -> PathBuf {
    beside(dir, ".truth.json")
}

fn beside(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = dir.file_name().map(OsString::from).unwrap_or_else(|| OsString::from("bundle"));
    name.push(suffix);
    dir.with_file_name(name)
}

fn write_bundle(world: &World<'_>, folder: &Path) -> Result<()> {
    let stage = output::Stage::new(
        folder,
        world.ns(world.scenario.end.ms).div_euclid(1_000_000_000),
        world.size == Size::Small,
    )?;
    for source in &world.scenario.sources {
        if source.format.is_log() {
            logs::write(world, source, &stage)?;
        } else if source.format.is_metric() {
            metrics::write(world, source, &stage)?;
        } else {
            events::write(world, source, &stage)?;
        }
    }
    let declared = declared::text(world)
        .map_err(|e| Error::Internal { step: "writing the configuration", message: e.to_string() })?;
    stage.put(CONFIG, &declared)?;
    stage.pack()
}
