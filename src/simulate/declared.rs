//! The configuration that a simulated bundle brings along.

use std::collections::BTreeMap;

use serde::Serialize;

use super::text::fill;
use super::world::World;
use super::zone::Zone;
use super::{Source, SourceFormat};
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
        if carried_by_host(world, &s.key) {
            aliases.push(super::logs::host(&s.slug()));
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
        title: fill(world, Zone::Fixed(0), &scenario.title),
        service_paths: scenario.sources.iter().filter_map(|s| path_rule(world, s)).collect(),
        services: ServiceCatalog { services: services.collect() },
    })
}

/// Whether a file knows this service by a host name only.
fn carried_by_host(world: &World<'_>, key: &str) -> bool {
    let hosts = world.scenario.sources.iter().filter(|s| s.format == SourceFormat::Logpush);
    hosts.flat_map(|s| world.carried(s)).filter_map(|i| world.services.get(i)).any(|s| s.key == key)
}

/// Path glob (the folder and the name) → service, for files that say nothing themselves.
fn path_rule(world: &World<'_>, source: &Source) -> Option<(String, String)> {
    let key = source.services.first().filter(|_| source.declare_service)?;
    let path = [".gz", ".zst", ".bz2", ".xz"].iter().fold(source.path.as_str(), |p, ending| p.trim_end_matches(ending));
    let mut parts = path.rsplit(['/', '!']);
    let name = parts.next()?;
    let name = parts.next().map_or_else(|| name.to_string(), |folder| format!("{folder}*{name}"));
    Some((format!("*{}*", name.replace("{part}", "*")), world.name_of(key).to_string()))
}
