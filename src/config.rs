//! What people say beside the bundle: `recount.toml` and the options that override it.

use std::path::Path;

use globset::{Glob, GlobMatcher};
use indexmap::IndexMap;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::{ActionItem, Edition, ErrorPolicy, EventEdit, MetricRules, NameStyle, RedactRules, ServiceCatalog};

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
    /// Metric name, with `*` for anything → what it is; the first match wins.
    pub metrics: MetricRules,
    /// What people say of single events, by stable id.
    pub events: IndexMap<String, EventEdit>,
    /// Sections that people wrote, by key.
    pub narrative: IndexMap<String, String>,
    /// What is to be done.
    pub action_items: Vec<ActionItem>,
    /// How people are named; otherwise as the command does.
    pub names: Option<NameStyle>,
    /// Roles of people, by the name the evidence gives them.
    pub people: IndexMap<String, String>,
    /// What is to be taken out of every text.
    pub redact: RedactRules,
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

    /// What people wrote, as an incident carries it.
    pub fn edition(&self) -> Edition {
        Edition {
            narrative: self.narrative.clone(),
            action_items: self.action_items.iter().filter(|item| !item.what.is_empty()).cloned().collect(),
            services: self.services.clone(),
            ..Edition::default()
        }
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
    /// Reads an alignment from text; `path` is for messages.
    ///
    /// # Errors
    /// [`Error::Input`] with the line when it is not TOML of this shape.
    pub fn parse(text: &str, path: &str) -> Result<Alignment> {
        from_toml(text, path, "an alignment")
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
    rules: Vec<GlobRule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct GlobRule {
    /// Where it was given, for messages (`--format`, `recount.toml [formats]`).
    pub origin: String,
    /// As written.
    pub glob: String,
    /// What it says of the paths that match.
    pub value: String,
    matcher: GlobMatcher,
}

impl GlobRule {
    fn matches(&self, path: &str) -> bool {
        let name = path.rsplit(['/', '!']).next().unwrap_or(path);
        self.matcher.is_match(path) || self.matcher.is_match(name)
    }
}

impl GlobRules {
    /// Adds compiled rules after those that are there. `origin` names where they come from, for
    /// messages.
    ///
    /// # Errors
    /// [`Error::Usage`] for a glob that is none.
    pub fn add<'a>(mut self, origin: &str, rules: impl IntoIterator<Item = (&'a String, &'a String)>) -> Result<Self> {
        for (glob, value) in rules {
            let compiled = Glob::new(glob).map_err(|e| Error::Usage {
                option: origin.to_string(),
                message: format!("expected a path glob, found \"{glob}\" ({})", e.kind()),
            })?;
            let (origin, glob, value) = (origin.to_string(), glob.clone(), value.clone());
            self.rules.push(GlobRule { origin, glob, value, matcher: compiled.compile_matcher() });
        }
        Ok(self)
    }

    /// The value of the first rule that matches `path` (as it is from the root of the bundle),
    /// tried whole and by file name.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.rules.iter().find(|rule| rule.matches(path)).map(|rule| rule.value.as_str())
    }

    /// All rules, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &GlobRule> {
        self.rules.iter()
    }

    /// Rules whose glob matches none of `paths`.
    pub fn idle<'r>(&'r self, paths: &'r [&str]) -> impl Iterator<Item = &'r GlobRule> {
        self.rules.iter().filter(|rule| !paths.iter().any(|path| rule.matches(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_told_by_a_word_or_a_table() {
        let text = "[metrics]\nacme_oops = \"errors\"\n\"acme_*\" = { role = \"latency\", unit = \"s\" }\n";
        let rules = Config::parse(text, "recount.toml").unwrap().metrics;
        assert_eq!(rules.of("acme_oops").map(|rule| rule.role), Some(crate::model::MetricRole::Errors));
        assert_eq!(rules.of("acme_wait").and_then(|rule| rule.unit.clone()).as_deref(), Some("s"));
        assert!(Config::parse("[metrics]\na = \"nonsense\"\n", "recount.toml").is_err());
    }

    #[test]
    fn a_rule_that_matches_nothing_is_told_from_one_that_another_overrules() {
        let rule = |glob: &str, value: &str| (glob.to_string(), value.to_string());
        let given = [rule("*.log", "UTC"), rule("app/*", "Europe/Berlin"), rule("hosts/*", "Asia/Tokyo")];
        let rules = GlobRules::default().add("--input-tz", given.iter().map(|(g, v)| (g, v))).unwrap();
        assert_eq!(rules.get("app/kv.log"), Some("UTC"));
        let idle: Vec<&str> = rules.idle(&["app/kv.log"]).map(|rule| rule.glob.as_str()).collect();
        assert_eq!(idle, ["hosts/*"]);
    }
}
