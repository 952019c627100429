//! The stages in order, and nothing else: bundle → ingest → clock → rates, timeline → findings → incident.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::bundle::{self, Bundle};
use crate::clock::{self, Declared};
use crate::config::{self, Config, GlobRules};
use crate::error::{Error, Result};
use crate::ingest::{self, Progress};
use crate::model::{
    Audit, Diagnostic, DiagnosticKind, Evidence, INCIDENT_SCHEMA_VERSION, Incident, SourceEvidence, StatedFigure,
};
use crate::{audit, findings, rates, timeline};

/// File of a written report that holds the whole incident.
pub const INCIDENT_FILE: &str = "incident.json";
/// File that declares zones and clock errors per source.
pub const ALIGNMENT_FILE: &str = "alignment.toml";

/// What to recount, and what the user says about it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Folders, files, archives, `-`, or one folder that a report was written to.
    pub paths: Vec<PathBuf>,
    /// Configuration file; otherwise `recount.toml` of the bundle folder.
    pub config: Option<PathBuf>,
    /// `GLOB=ZONE`, before those of the configuration.
    pub input_tz: Vec<(String, String)>,
    /// `GLOB=NAME` of formats, before those of the configuration.
    pub formats: Vec<(String, String)>,
    /// `GLOB=NAME` of services, before those of the configuration.
    pub services: Vec<(String, String)>,
    /// Bucket width, seconds.
    pub bucket_s: Option<u32>,
    /// Title, instead of the configured one or the bundle's name.
    pub title: Option<String>,
}

/// Everything read and put on UTC, before anything is measured.
pub struct Aligned {
    /// The bundle's name.
    pub name: String,
    /// The configuration in force.
    pub config: Config,
    /// The evidence.
    pub evidence: Evidence,
}

/// Reads and aligns.
///
/// # Errors
/// When a path cannot be opened or what the user says cannot be understood.
pub fn align(request: &Request, progress: &dyn Progress) -> Result<Aligned> {
    let bundle = bundle::open(&request.paths)?;
    let config = configuration(request, &bundle)?;
    let options = reading(request, &config)?;
    let sources = ingest::read(&bundle, &options, progress);
    let clocks = clocks(request, &config, &bundle, &sources)?;
    let mut evidence = clock::align(sources, &clocks);
    evidence.diagnostics.extend(unknown_formats(request, &config, &options));
    Ok(Aligned { name: bundle.name, config, evidence })
}

/// The whole way from paths to an incident.
///
/// # Errors
/// When a path cannot be opened, a saved incident cannot be read, or what the user says cannot be
/// understood.
pub fn recount(request: &Request, progress: &dyn Progress) -> Result<Incident> {
    if let [path] = request.paths.as_slice()
        && path.join(INCIDENT_FILE).is_file()
    {
        return load(&path.join(INCIDENT_FILE));
    }
    let Aligned { name, config, evidence } = align(request, progress)?;
    let options = rates::Options { bucket_s: request.bucket_s, policy: config.errors.clone() };
    let rates = rates::measure(&evidence, &options);
    let timeline = timeline::build(&evidence, rates.bounds_s());
    let findings = findings::analyze(&evidence, &rates, &timeline);
    Ok(Incident {
        schema_version: INCIDENT_SCHEMA_VERSION,
        title: request.title.clone().or(config.title).unwrap_or(name),
        sources: evidence.sources,
        rates,
        timeline,
        findings,
        claims: evidence.claims,
        diagnostics: evidence.diagnostics,
    })
}

/// Checks the stories of an incident against each other and against its data.
pub fn audit(incident: &Incident) -> Audit {
    audit::check(&incident.claims, incident)
}

/// What the write-ups of an incident state, per subject and measure.
pub fn stated(incident: &Incident) -> Vec<StatedFigure> {
    audit::stated_figures(&incident.claims)
}

/// Reads a saved incident.
///
/// # Errors
/// [`Error::Input`] when it is not one, or of a version this program does not know.
pub fn load(path: &Path) -> Result<Incident> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_path_buf(), source })?;
    let incident: Incident = serde_json::from_str(&text).map_err(|e| Error::Input {
        path: format!("{}:{}", path.display(), e.line()),
        message: format!("expected an incident, found {e}; write the report again"),
    })?;
    if incident.schema_version != INCIDENT_SCHEMA_VERSION {
        let (found, known) = (incident.schema_version, INCIDENT_SCHEMA_VERSION);
        let message = format!("expected schema version {known}, found {found}; write the report again");
        return Err(Error::Input { path: path.display().to_string(), message });
    }
    Ok(incident)
}

fn configuration(request: &Request, bundle: &Bundle) -> Result<Config> {
    if let Some(path) = &request.config {
        return Config::load(path);
    }
    let own = bundle.root.as_ref().map(|root| root.join(config::FILE_NAME)).filter(|path| path.is_file());
    own.map_or_else(|| Ok(Config::default()), |path| Config::load(&path))
}

/// Rules given as options stand before those of the configuration: the first match wins.
fn rules(
    option: &str,
    given: &[(String, String)],
    configured: &indexmap::IndexMap<String, String>,
) -> Result<GlobRules> {
    let given = given.iter().map(|(glob, value)| (glob.as_str(), value.as_str()));
    GlobRules::new(option, given.chain(configured.iter().map(|(glob, value)| (glob.as_str(), value.as_str()))))
}

fn reading(request: &Request, config: &Config) -> Result<ingest::Options> {
    Ok(ingest::Options {
        formats: rules("--format", &request.formats, &config.formats)?,
        services: rules("--service", &request.services, &config.service_paths)?,
        ..ingest::Options::default()
    })
}

/// What is declared of each source's clock: options and configuration, then the bundle's alignment file.
fn clocks(request: &Request, config: &Config, bundle: &Bundle, sources: &[SourceEvidence]) -> Result<clock::Options> {
    let zones = rules("--input-tz", &request.input_tz, &config.zones)?;
    for zone in request.input_tz.iter().map(|(_, zone)| zone).chain(config.zones.values()) {
        if clock::zone::Zone::parse(zone).is_none() {
            let message = format!("expected a zone such as Europe/Berlin, +02:00 or UTC, found \"{zone}\"");
            return Err(Error::Usage { option: "--input-tz".to_string(), message });
        }
    }
    let given = bundle.root.as_ref().map(|root| root.join(ALIGNMENT_FILE)).filter(|path| path.is_file());
    let alignment = given.map_or_else(|| Ok(config::Alignment::default()), |path| config::Alignment::load(&path))?;
    let mut declared = BTreeMap::new();
    for source in sources {
        let aligned = alignment.sources.get(&source.info.path);
        let zone = zones.get(&source.info.path).map(str::to_string).or_else(|| aligned.and_then(|a| a.zone.clone()));
        let skew_ms = aligned.and_then(|a| a.skew_ms);
        if zone.is_some() || skew_ms.is_some() {
            declared.insert(source.info.path.clone(), Declared { zone, skew_ms });
        }
    }
    Ok(clock::Options { declared, catalog: config.services.clone() })
}

/// Formats that the user names and nobody has.
fn unknown_formats(request: &Request, config: &Config, options: &ingest::Options) -> Vec<Diagnostic> {
    let known = options.all_formats();
    let named = request.formats.iter().map(|(_, name)| name).chain(config.formats.values());
    named
        .filter(|name| known.iter().all(|format| format.name() != name.as_str()))
        .map(|name| {
            let message = format!("expected the name of a format, found \"{name}\"");
            Diagnostic::new(DiagnosticKind::Configuration, "--format", message).hint("see `recount formats`")
        })
        .collect()
}
