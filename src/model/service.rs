//! Services: what the user says of them, and one canonical name for each spelling.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Which side of the house a service is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plane {
    /// Serves the customers' traffic.
    Data,
    /// Lets people and machines manage things (dashboard, login, deploy, API).
    Control,
}

/// What `recount.toml` says of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceInfo {
    /// Other spellings.
    pub aliases: Vec<String>,
    /// Services it needs.
    pub depends_on: Vec<String>,
    /// Data or control plane.
    pub plane: Option<Plane>,
    /// Team.
    pub owner: Option<String>,
    /// Not our own: a provider.
    pub external: bool,
}

/// The declared services by canonical name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceCatalog {
    /// Canonical name → what is declared.
    pub services: BTreeMap<String, ServiceInfo>,
}

/// Raw service names → canonical ones.
///
/// Two spellings are one service when they differ only in case and in the separators blank, `-`,
/// `_` and `.`, or when the catalogue lists one as an alias. Nothing else is merged: "Gateway" and
/// "AI Gateway" stay apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceNames {
    canonical: BTreeMap<String, String>,
    catalog: ServiceCatalog,
}

/// A spelling without case and separators.
fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

impl ServiceNames {
    /// Names for all of `raw` under `catalog`. Without a catalogue entry the spelling that sorts
    /// first is canonical (capitals and blanks sort before lower case and dashes).
    pub fn collect<'a>(catalog: &ServiceCatalog, raw: impl IntoIterator<Item = &'a str>) -> Self {
        let mut canonical: BTreeMap<String, String> = BTreeMap::new();
        for (name, info) in &catalog.services {
            canonical.insert(folded(name), name.clone());
            for alias in &info.aliases {
                canonical.insert(folded(alias), name.clone());
            }
        }
        let raw: BTreeSet<&str> = raw.into_iter().filter(|n| !n.is_empty()).collect();
        for name in raw {
            canonical.entry(folded(name)).or_insert_with(|| name.to_string());
        }
        ServiceNames { canonical, catalog: catalog.clone() }
    }

    /// Canonical name of `raw`; `raw` itself when it was never collected.
    pub fn of<'a>(&'a self, raw: &'a str) -> &'a str {
        self.canonical.get(&folded(raw)).map_or(raw, String::as_str)
    }

    /// Whether `raw` is any known spelling of any service.
    pub fn knows(&self, raw: &str) -> bool {
        self.canonical.contains_key(&folded(raw))
    }

    /// All canonical names, sorted.
    pub fn all(&self) -> BTreeSet<&str> {
        self.canonical.values().map(String::as_str).collect()
    }

    /// What the catalogue says of a canonical name.
    pub fn info(&self, canonical: &str) -> Option<&ServiceInfo> {
        self.catalog.services.get(canonical)
    }

    /// The catalogue these names were collected under.
    pub fn catalog(&self) -> &ServiceCatalog {
        &self.catalog
    }
}
