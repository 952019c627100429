//! What people say beside the bundle: `recount.toml` and the options that override it.

use std::path::Path;

use globset::{Glob, GlobMatcher};
use indexmap::IndexMap;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::{ErrorPolicy, ServiceCatalog};

/// Name of the configuration file looked for in a bundle folder.
pub const FILE_NAME: &str = "recount.toml";

/// Everything a user can say about a bundle. Later sources override earlier ones: file, then options.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Title of the report.
    pub title: Option<String>,
    /// Services by canonical name.
    pub services: ServiceCatalog,
    /// Path glob → zone (`Europe/Berlin`, `+02:00`, `UTC`); the first match wins.
    pub zones: IndexMap<String, String>,
    /// Path glob → format name; the first match wins.
    pub formats: IndexMap<String, String>,
    /// Path glob → service name for records that name none; the first match wins.
    pub service_paths: IndexMap<String, String>,
    /// What counts as an error.
    pub errors: ErrorPolicy,
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`Error::Input`] with the line when it is not TOML of this shape.
    pub fn load(path: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_path_buf(), source })?;
        Config::parse(&text, &path.display().to_string())
    }

    /// Reads a configuration from text; `path` is for messages.
    ///
    /// # Errors
    /// [`Error::Input`] with the line when it is not TOML of this shape.
    pub fn parse(text: &str, path: &str) -> Result<Config> {
        from_toml(text, path, "a recount configuration")
    }
}

/// Zones and clock errors per source, as `alignment.toml` holds them. A report writes one; put into
/// a bundle, it is obeyed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alignment {
    /// By source path.
    pub sources: IndexMap<String, SourceAlignment>,
}

/// What an alignment fixes of one source.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceAlignment {
    /// Zone of its zone-less stamps.
    pub zone: Option<String>,
    /// Milliseconds its clock ran ahead.
    pub skew_ms: Option<i64>,
}

impl Alignment {
    /// Reads an alignment file.
    ///
    /// # Errors
    /// [`Error::Input`] with the line when it is not TOML of this shape.
    pub fn load(path: &Path) -> Result<Alignment> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_path_buf(), source })?;
        from_toml(&text, &path.display().to_string(), "an alignment")
    }
}

/// Reads TOML, with the line of what is wrong.
fn from_toml<T: serde::de::DeserializeOwned>(text: &str, path: &str, what: &str) -> Result<T> {
    toml::from_str(text).map_err(|e| {
        let line = e.span().map(|s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        Error::Input {
            path: line.map_or_else(|| path.to_string(), |n| format!("{path}:{n}")),
            message: format!("expected {what}, found: {}", e.message()),
        }
    })
}

/// `GLOB=VALUE` rules in the order given; the first whose glob matches a path speaks.
#[derive(Clone, Debug, Default)]
pub struct GlobRules {
    rules: Vec<(GlobMatcher, String)>,
}

impl GlobRules {
    /// Compiles rules. `option` names where they come from, for messages.
    ///
    /// # Errors
    /// [`Error::Usage`] for a glob that is none.
    pub fn new<'a>(option: &str, rules: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<GlobRules> {
        let rules = rules
            .into_iter()
            .map(|(glob, value)| {
                let glob = Glob::new(glob).map_err(|e| Error::Usage {
                    option: option.to_string(),
                    message: format!("expected a path glob, found \"{glob}\" ({})", e.kind()),
                })?;
                Ok((glob.compile_matcher(), value.to_string()))
            })
            .collect::<Result<_>>()?;
        Ok(GlobRules { rules })
    }

    /// The value of the first rule that matches `path`, tried whole and by file name.
    pub fn get(&self, path: &str) -> Option<&str> {
        let name = path.rsplit(['/', '!']).next().unwrap_or(path);
        self.rules.iter().find(|(g, _)| g.is_match(path) || g.is_match(name)).map(|(_, v)| v.as_str())
    }
}
