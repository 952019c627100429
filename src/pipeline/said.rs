//! What people say beside the evidence: options, then the configuration, then the alignment. Put
//! together before anything is read, and held against what was read afterwards.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::definitions::Definitions;
use super::{ALIGNMENT_FILE, Request};
use crate::bundle::Steering;
use crate::clock::zone::Zone;
use crate::clock::{self, Declared};
use crate::config::{self, Alignment, Config, GlobRule, GlobRules};
use crate::error::{Error, Result};
use crate::ingest;
use crate::model::{Diagnostic, DiagnosticKind, SourceEvidence};

/// Names offered for one that nobody has.
const OFFERED: usize = 3;

/// Everything that is said, the first that speaks of a path first.
pub(super) struct Said {
    pub(super) config: Config,
    alignment: Alignment,
    zones: GlobRules,
    formats: GlobRules,
    services: GlobRules,
    definitions: Definitions,
}

impl Said {
    /// Gathers what the request and the bundle say.
    ///
    /// # Errors
    /// When any of it cannot be opened or understood.
    pub(super) fn gather(request: &Request, steering: &Steering) -> Result<Said> {
        let (config, origin) = match (&request.config, steering.get(config::FILE_NAME)) {
            (Some(path), _) => (Config::load(path)?, path.display().to_string()),
            (None, Some(own)) => (Config::parse(&own.text, &own.path)?, own.name.clone()),
            (None, None) => (Config::default(), String::new()),
        };
        let rules = |option: &str, given: &[(String, String)], table: &str, configured: &IndexMap<String, String>| {
            let given = given.iter().map(|(glob, value)| (glob, value));
            GlobRules::default().add(option, given)?.add(&format!("{origin} [{table}]"), configured)
        };
        let zones = rules("--input-tz", &request.input_tz, "zones", &config.zones)?;
        for rule in zones.iter() {
            is_zone(&rule.value).map_err(|message| Error::Usage { option: rule.origin.clone(), message })?;
        }
        Ok(Said {
            zones,
            formats: rules("--format", &request.formats, "formats", &config.formats)?,
            services: rules("--service", &request.services, "service_paths", &config.service_paths)?,
            alignment: alignment(steering)?,
            definitions: Definitions::gather(request, steering)?,
            config,
        })
    }

    /// How to read.
    ///
    /// # Errors
    /// [`Error::Usage`] for an option that names a format nobody has.
    pub(super) fn reading(&self) -> Result<ingest::Options> {
        let options = ingest::Options {
            formats: self.formats.clone(),
            services: self.services.clone(),
            definitions: self.definitions.known.clone(),
            ..ingest::Options::default()
        };
        let option = |rule: &GlobRule| rule.origin.starts_with("--");
        let unknown = self.unknown_formats(&options).find(|(rule, _)| option(rule));
        match unknown {
            Some((rule, message)) => Err(Error::Usage { option: rule.origin.clone(), message }),
            None => Ok(options),
        }
    }

    /// What is declared of each source's clock: options and configuration, then the alignment.
    pub(super) fn clocks(&self, steering: &Steering, sources: &[SourceEvidence]) -> clock::Options {
        let mut declared = BTreeMap::new();
        for path in sources.iter().map(|source| &source.info.path) {
            let inside = steering.inside(path);
            let aligned = self.alignment.sources.get(inside).or_else(|| self.alignment.sources.get(path));
            let zone = self.zones.get(inside).map(str::to_string).or_else(|| aligned.and_then(|a| a.zone.clone()));
            let skew_ms = aligned.and_then(|a| a.skew_ms);
            if zone.is_some() || skew_ms.is_some() {
                declared.insert(path.clone(), Declared { zone, skew_ms });
            }
        }
        clock::Options { declared, catalog: self.config.services.clone() }
    }

    /// What was said of files that are not there, and by names that nobody has.
    pub(super) fn idle(
        &self,
        steering: &Steering,
        sources: &[SourceEvidence],
        options: &ingest::Options,
    ) -> Vec<Diagnostic> {
        let said = |origin: &str, message: String| Diagnostic::new(DiagnosticKind::Configuration, origin, message);
        let shown: Vec<&str> = sources.iter().map(|source| source.info.path.as_str()).collect();
        let paths: Vec<&str> = shown.iter().map(|path| steering.inside(path)).collect();
        let rules = [&self.zones, &self.formats, &self.services].into_iter().flat_map(|rules| rules.idle(&paths));
        let mut all: Vec<Diagnostic> = rules
            .map(|rule| {
                let message = format!("expected a file for \"{}\" = \"{}\", found none", rule.glob, rule.value);
                said(&rule.origin, message).hint("mend the glob, or leave it out; `recount inspect` lists the paths")
            })
            .collect();
        let aligned = self.alignment.sources.keys().filter(|path| !paths.contains(&path.as_str()));
        all.extend(aligned.filter(|path| !shown.contains(&path.as_str())).map(|path| {
            said(ALIGNMENT_FILE, format!("expected a file for the source \"{path}\", found none"))
                .hint("mend the path, or leave it out; `recount inspect` lists the paths")
        }));
        all.extend(self.unused(options));
        all
    }

    /// Definitions of formats that cannot be used, and names of formats that nobody has.
    pub(super) fn unused(&self, options: &ingest::Options) -> Vec<Diagnostic> {
        let unknown = self.unknown_formats(options);
        let unknown =
            unknown.map(|(rule, message)| Diagnostic::new(DiagnosticKind::Configuration, &rule.origin, message));
        self.definitions.refused.iter().cloned().chain(unknown).collect()
    }

    /// Rules with a format that nobody has, and what to say of each.
    fn unknown_formats<'s>(&'s self, options: &ingest::Options) -> impl Iterator<Item = (&'s GlobRule, String)> {
        let known: Vec<String> = options.all_formats().iter().map(|format| format.name().to_string()).collect();
        self.formats.iter().filter_map(move |rule| {
            let name = &rule.value;
            let near = nearest(name, &known).join(", ");
            let message = format!("expected the name of a format, found \"{name}\"; the nearest are {near}");
            (!known.contains(name)).then_some((rule, message))
        })
    }
}

/// What is to be said of an edit whose event is not in the evidence.
pub(super) fn vanished(id: &str) -> Diagnostic {
    let message = format!("expected an event with the id \"{id}\", found none in the evidence");
    let hint =
        "bring back the file it was in, or take its table out; `recount timeline --json` and `recount init` tell ids";
    Diagnostic::new(DiagnosticKind::Configuration, format!("{} [events.{id:?}]", config::FILE_NAME), message).hint(hint)
}

fn alignment(steering: &Steering) -> Result<Alignment> {
    let Some(own) = steering.get(ALIGNMENT_FILE) else { return Ok(Alignment::default()) };
    let alignment = Alignment::parse(&own.text, &own.path)?;
    for zone in alignment.sources.values().filter_map(|source| source.zone.as_ref()) {
        is_zone(zone).map_err(|message| Error::Input { path: own.path.clone(), message })?;
    }
    Ok(alignment)
}

fn is_zone(zone: &str) -> std::result::Result<(), String> {
    let message = || format!("expected a zone such as Europe/Berlin, +02:00 or UTC, found \"{zone}\"");
    Zone::parse(zone).map(drop).ok_or_else(message)
}

/// The names least different from `name`, nearest first.
pub(super) fn nearest<'k>(name: &str, known: &'k [String]) -> Vec<&'k str> {
    let mut ranked: Vec<(usize, &str)> = known.iter().map(|other| (distance(name, other), other.as_str())).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(OFFERED).map(|(_, other)| other).collect()
}

/// Letters to insert, remove or change to make one of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, above), (left_above, at)) in b.iter().zip(row.iter().skip(1)).zip(row.iter().zip(0..)) {
            let left = next.get(at).copied().unwrap_or(usize::MAX - 1);
            next.push((left_above + usize::from(x != *y)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_are_those_that_a_slip_of_the_finger_meant() {
        assert_eq!((distance("logfmt", "logfmt"), distance("lgofmt", "logfmt"), distance("", "abc")), (0, 2, 3));
        let known = ["clf", "json", "logfmt", "syslog"].map(String::from);
        assert_eq!(nearest("logfnt", &known).first(), Some(&"logfmt"));
    }
}
