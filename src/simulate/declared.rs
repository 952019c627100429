//! The configuration that a simulated bundle brings along.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Source;
use super::world::World;
use crate::model::{ServiceCatalog, ServiceInfo};

/// What the bundle's owner would know and say: never a zone or a time.
#[derive(Serialize)]
struct Declared {
    title: String,
    service_paths: BTreeMap<String, String>,
    services: ServiceCatalog,
}

/// The text of the bundle's configuration.
pub(super) fn text(world: &World<'_>) -> Result<String, toml::ser::Error> {
    let scenario = world.scenario;
    let services = scenario.services.iter().map(|s| {
        let mut aliases = s.aliases.clone();
        if s.slug() != s.name {
            aliases.push(s.slug());
        }
        let info = ServiceInfo {
            aliases,
            depends_on: s.depends_on.iter().map(|k| world.name_of(k).to_string()).collect(),
            plane: s.plane,
            owner: None,
            external: s.external,
        };
        (s.name.clone(), info)
    });
    toml::to_string(&Declared {
        title: scenario.title.clone(),
        service_paths: scenario.sources.iter().filter_map(|s| path_rule(world, s)).collect(),
        services: ServiceCatalog { services: services.collect() },
    })
}

/// File name glob → service, for files that say nothing themselves.
fn path_rule(world: &World<'_>, source: &Source) -> Option<(String, String)> {
    let key = source.services.first().filter(|_| source.declare_service)?;
    let name = source.path.rsplit(['/', '!']).next()?;
    let name = [".gz", ".zst", ".bz2", ".xz"].iter().fold(name, |n, ending| n.trim_end_matches(ending));
    Some((format!("{}*", name.replace("{part}", "*")), world.name_of(key).to_string()))
}
