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

/// Longest name that is canonical as it was written, in characters.
const LONGEST_NAME: usize = 120;
/// Characters kept of a longer one.
const NAME_START: usize = 60;

/// `name`, or of one too long for any table its start with its length and a hash of the whole, which
/// keeps two that begin alike apart. The lines of evidence hold the whole.
fn readable(name: &str) -> String {
    let length = name.chars().count();
    if length <= LONGEST_NAME {
        return name.to_string();
    }
    // FNV-1a: the same on every machine and in every version.
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = folded(name).bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    let start: String = name.chars().take(NAME_START).collect();
    format!("{start}… ({length} characters, {:08x})", hash >> 32)
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
            canonical.entry(folded(name)).or_insert_with(|| readable(name));
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

    /// The same names, of which only those of `services` are declared, and depend only on each other.
    pub fn only(self, services: &BTreeSet<String>) -> Self {
        let mut catalog = self.catalog.clone();
        catalog.services.retain(|name, _| services.contains(name));
        for info in catalog.services.values_mut() {
            info.depends_on.retain(|other| services.contains(self.of(other)));
        }
        ServiceNames { canonical: self.canonical, catalog }
    }

    /// Canonical name of `raw`; `None` when it was never collected.
    pub fn canonical(&self, raw: &str) -> Option<&str> {
        self.canonical.get(&folded(raw)).map(String::as_str)
    }

    /// The catalogue these names were collected under.
    pub fn catalog(&self) -> &ServiceCatalog {
        &self.catalog
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_too_long_to_show_keeps_its_start_and_stays_apart_from_others() {
        let (a, b) = (format!("svc-{}", "x".repeat(100_000)), format!("svc-{}y", "x".repeat(99_999)));
        let names = ServiceNames::collect(&ServiceCatalog::default(), [a.as_str(), b.as_str(), "kv"]);
        assert_eq!(names.of("kv"), "kv");
        assert!(names.of(&a).starts_with("svc-xxx") && names.of(&a).len() < 120, "{}", names.of(&a));
        assert_ne!(names.of(&a), names.of(&b));
        assert_eq!(names.of(names.of(&a)), names.of(&a));
    }
}
