//! The stages in order, and nothing else: bundle → ingest → clock → rates, timeline → findings → incident.

mod definitions;
mod found;
mod library;
mod mined;
mod said;
mod window;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::bundle;
use crate::clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::format::detect::Explanation;
use crate::format::lines::{Broken, Trial};
use crate::ingest::{self, Keeping, Progress};
use crate::model::{
    Accounting, Audit, Diagnostic, DiagnosticKind, Edition, Evidence, Findings, FoldRow, INCIDENT_SCHEMA_VERSION,
    Incident, KeptRecord, NameStyle, PROSE_FORMATS, PlacedRecord, Rates, RedactRules, SeriesChanges, Source, SourceId,
    StatedFigure, Timeline,
};
use crate::redact::{self, Redactor};
use crate::{audit, findings, rates, timeline};
pub use found::{Found, FoundFormat, FoundService, FoundZone, found};
pub use library::{is_library, library};
pub use mined::{EachTemplateLine, patterns};
use said::Said;
pub use window::{Bound, instant, milestone};

/// File of a written report that holds the whole incident.
pub const INCIDENT_FILE: &str = "incident.json";
/// File that declares zones and clock errors per source.
pub const ALIGNMENT_FILE: &str = "alignment.toml";

/// What to recount, and what the user says about it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Folders, files, archives, `-`, or one folder that a report was written to.
    pub paths: Vec<PathBuf>,
    /// Configuration file; otherwise `recount.toml` at the root of the bundle.
    pub config: Option<PathBuf>,
    /// `GLOB=ZONE`, before those of the configuration.
    pub input_tz: Vec<(String, String)>,
    /// `GLOB=NAME` of formats, before those of the configuration.
    pub formats: Vec<(String, String)>,
    /// `GLOB=NAME` of services, before those of the configuration.
    pub services: Vec<(String, String)>,
    /// Files that define formats, before those of the bundle.
    pub format_files: Vec<PathBuf>,
    /// The user's directory of files that define formats, behind those of the bundle.
    pub format_dir: Option<PathBuf>,
    /// Bucket width, seconds.
    pub bucket_s: Option<u32>,
    /// Title, instead of the configured one or the bundle's name.
    pub title: Option<String>,
    /// First moment of what is measured.
    pub since: Option<Bound>,
    /// First moment that is no longer measured.
    pub until: Option<Bound>,
    /// Services to measure, by any spelling; all when empty.
    pub only: Vec<String>,
    /// How people are named, before what the configuration says.
    pub names: Option<NameStyle>,
    /// How people are named when nobody says.
    pub default_names: NameStyle,
    /// What is to be taken out of every text besides what the configuration says.
    pub redact: RedactRules,
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
    align_with(request, progress, false)
}

fn align_with(request: &Request, progress: &dyn Progress, quick: bool) -> Result<Aligned> {
    let bundle = bundle::open(&request.paths)?;
    let said = Said::gather(request, &bundle.steering)?;
    let options = ingest::Options { quick, ..said.reading()? };
    let sources = ingest::read(&bundle, &options, progress);
    let clocks = said.clocks(&bundle.steering, &sources);
    let idle = said.idle(&bundle.steering, &sources, &options);
    let nothing = nothing_read(&bundle.name, sources.iter().map(|s| &s.accounting));
    let mut evidence = clock::align(sources, &clocks);
    let ids: BTreeSet<&str> = evidence.events.iter().map(|event| event.id.as_str()).collect();
    let vanished = said.config.events.keys().filter(|id| !is_computed(id) && !ids.contains(id.as_str()));
    let vanished: Vec<Diagnostic> = vanished.map(|id| said::vanished(id)).collect();
    evidence.diagnostics.extend(idle.into_iter().chain(vanished).chain(nothing));
    Ok(Aligned { name: bundle.name, config: said.config, evidence })
}

/// What was read of each file, without what must not leave.
///
/// # Errors
/// Those of [`align`].
pub fn inspect(request: &Request, progress: &dyn Progress) -> Result<Evidence> {
    let Aligned { config, mut evidence, .. } = align(request, progress)?;
    let mut redactor = Redactor::new(&redacting(request, &config, false))?;
    evidence.sources = redactor.all(evidence.sources)?;
    evidence.diagnostics = redactor.all(evidence.diagnostics)?;
    Ok(evidence)
}

/// Tells `each` why every file of the bundle is read as it is, from its beginning alone: by path, or why
/// nobody looks at its content. Returns what else there is to know.
///
/// # Errors
/// Those of [`align`], and what `each` returns.
pub fn explain(request: &Request, each: &mut ingest::EachExplanation<'_, Error>) -> Result<Vec<Diagnostic>> {
    let bundle = bundle::open(&request.paths)?;
    let said = Said::gather(request, &bundle.steering)?;
    let options = said.reading()?;
    let mut redactor = Redactor::new(&redacting(request, &said.config, false))?;
    ingest::explain(&bundle, &options, &mut |path, mut explained| {
        if let Ok(Explanation { first_unclaimed: Some((_, text)), .. }) = &mut explained {
            *text = redactor.text(text).into_owned();
        }
        each(&redactor.text(path), explained)
    })?;
    Ok(said.unused(&options).into_iter().chain(bundle.refused).collect())
}

/// Reads files that define formats and tries each on its own samples, on those of the built-in formats and
/// on those of the other files: by path, what was found or why the file cannot be used.
///
/// # Errors
/// [`Error::Open`] when a file cannot be read.
pub fn try_definitions(paths: &[PathBuf]) -> Result<Vec<(String, std::result::Result<Trial, Broken>)>> {
    definitions::try_all(paths)
}

/// Bundles up to this size on disk keep their records while they are read, bytes: larger ones are
/// read again instead.
const KEEP_WHILE_READING: u64 = 32 << 20;

/// Hands every record to `each`, on UTC, source by source in path order and in file order within; one that
/// several files hold is handed on from each.
/// Returns what else there is to know.
///
/// # Errors
/// Those of [`align`], and what `each` returns.
pub fn records(
    request: &Request,
    progress: &dyn Progress,
    each: &mut dyn FnMut(PlacedRecord) -> Result<()>,
) -> Result<Vec<Diagnostic>> {
    let bundle = bundle::open(&request.paths)?;
    let said = Said::gather(request, &bundle.steering)?;
    let small = bundle.entries.iter().map(|e| e.size).sum::<u64>() <= KEEP_WHILE_READING;
    let while_reading = small || !bundle.entries.iter().all(bundle::Entry::again);
    let mut options = ingest::Options {
        keep: if while_reading { Keeping::Records } else { Keeping::Nothing },
        keep_repeats: true,
        ..said.reading()?
    };
    let mut sources = ingest::read(&bundle, &options, progress);
    let clock_options = said.clocks(&bundle.steering, &sources);
    let clocks: BTreeMap<String, clock::SourceClock> =
        sources.iter().map(|s| s.info.path.clone()).zip(clock::decide(&sources, &clock_options)).collect();
    let mut redactor = Redactor::new(&redacting(request, &said.config, false))?;
    let mut place = |path: &str, records: Vec<KeptRecord>| -> Result<()> {
        let clock = clocks.get(path);
        records.into_iter().try_for_each(|record| {
            let placed = clock.zip(record.time).and_then(|(clock, raw)| clock.place(raw, record.span.line));
            each(redacted(PlacedRecord::new(path, record, placed), &mut redactor))
        })
    };
    if while_reading {
        for source in &mut sources {
            place(&source.info.path, std::mem::take(&mut source.records))?;
        }
    } else {
        options.keep = Keeping::Records;
        ingest::read_records(&bundle, &options, &(), &mut place)?;
    }
    let idle = said.idle(&bundle.steering, &sources, &options);
    let nothing = nothing_read(&bundle.name, sources.iter().map(|s| &s.accounting));
    let evidence = clock::align(sources, &clock_options);
    Ok(evidence.diagnostics.into_iter().chain(idle).chain(nothing).collect())
}

/// A record without what must not leave.
fn redacted(mut record: PlacedRecord, redactor: &mut Redactor) -> PlacedRecord {
    let texts = [Some(&mut record.message), record.service.as_mut(), Some(&mut record.path)];
    for text in texts.into_iter().flatten() {
        if let Cow::Owned(clean) = redactor.text(text) {
            *text = clean;
        }
    }
    record
}

/// What was counted, and nothing made of it.
pub struct Folded {
    /// The table, in order of service, format and start.
    pub rows: Vec<FoldRow>,
    /// What else there is to know.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads, aligns and counts.
///
/// # Errors
/// Those of [`align`].
pub fn fold(request: &Request, progress: &dyn Progress) -> Result<Folded> {
    let Aligned { config, evidence, .. } = align_with(request, progress, true)?;
    let mut rows = rates::table(&evidence, &measuring(request, &config));
    let mut redactor = Redactor::new(&redacting(request, &config, false))?;
    for row in &mut rows {
        row.service = redactor.text(&row.service).into_owned();
    }
    Ok(Folded { rows, diagnostics: redactor.all(evidence.diagnostics)? })
}

/// The metric series that were read, with their changes.
pub struct Changed {
    /// The series, in order of path and place.
    pub series: Vec<SeriesChanges>,
    /// What else there is to know.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads, aligns and looks for changes of level in every metric series.
///
/// # Errors
/// Those of [`align`].
pub fn series(request: &Request, progress: &dyn Progress) -> Result<Changed> {
    let Aligned { config, evidence, .. } = align(request, progress)?;
    let series = rates::changes(&evidence, &config.metrics);
    let mut redactor = Redactor::new(&redacting(request, &config, false))?;
    Ok(Changed { series: redactor.all(series)?, diagnostics: redactor.all(evidence.diagnostics)? })
}

/// What the user says about measuring.
fn measuring(request: &Request, config: &Config) -> rates::Options {
    rates::Options { bucket_s: request.bucket_s, policy: config.errors.clone(), metrics: config.metrics.clone() }
}

/// What is measured, told and concluded of the evidence.
fn tell(evidence: &Evidence, request: &Request, config: &Config) -> (Rates, Timeline, Findings) {
    let rates = rates::measure(evidence, &measuring(request, config));
    let mut timeline = timeline::build(evidence, rates.bounds_s());
    let findings = findings::analyze(evidence, &rates, &timeline);
    timeline.computed = timeline::computed(&timeline, &rates, &findings);
    (rates, timeline, findings)
}

/// The whole way from paths to an incident, in which nothing stands that must not leave.
///
/// # Errors
/// When a path cannot be opened, a saved incident cannot be read, or what the user says cannot be
/// understood.
pub fn recount(request: &Request, progress: &dyn Progress) -> Result<Incident> {
    if let [path] = request.paths.as_slice()
        && let Some(saved) = saved(path)
    {
        return again(request, &saved);
    }
    let Aligned { name, config, mut evidence } = align(request, progress)?;
    evidence.patterns = crate::patterns::settle(std::mem::take(&mut evidence.patterns));
    let cut = window::cut(&mut evidence, request, &config)?;
    let (rates, timeline, findings) = tell(&evidence, request, &config);
    let incident = Incident {
        schema_version: INCIDENT_SCHEMA_VERSION,
        title: name,
        sources: evidence.sources,
        rates,
        timeline,
        findings,
        claims: evidence.claims,
        diagnostics: evidence.diagnostics,
        edition: Edition { cut, ..Edition::default() },
    };
    edited(incident, request, &config, &evidence.people)
}

/// The file of a saved incident, when `path` is one or a report folder.
pub fn saved(path: &Path) -> Option<PathBuf> {
    let inside = path.join(INCIDENT_FILE);
    if inside.is_file() {
        return Some(inside);
    }
    (path.extension().is_some_and(|end| end == "json") && begins_as_incident(path)).then(|| path.to_path_buf())
}

/// Whether a file begins as `incident.json` does.
fn begins_as_incident(path: &Path) -> bool {
    let mut head = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut head)).unwrap_or(0);
    let text = String::from_utf8_lossy(head.get(..read).unwrap_or_default()).into_owned();
    text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with("\"schema_version\""))
}

/// A saved incident. Its evidence is gone: what was measured stays, what people say can be added.
fn again(request: &Request, path: &Path) -> Result<Incident> {
    if request.since.is_some() || request.until.is_some() || !request.only.is_empty() {
        let message = "expected evidence to cut, found a saved incident; name the bundle it was made from";
        return Err(Error::Usage { option: "--since, --until, --services".to_string(), message: message.to_string() });
    }
    let config = request.config.as_deref().map(Config::load).transpose()?.unwrap_or_default();
    edited(load(path)?, request, &config, &[])
}

/// Adds what people say, then takes out what must not leave.
fn edited(mut incident: Incident, request: &Request, config: &Config, people: &[String]) -> Result<Incident> {
    if let Some(title) = request.title.as_ref().or(config.title.as_ref()) {
        incident.title.clone_from(title);
    }
    let Edition { narrative, action_items, services, .. } = config.edition();
    let edition = &mut incident.edition;
    edition.narrative.extend(narrative);
    edition.services.services.extend(services.services);
    if !action_items.is_empty() {
        edition.action_items = action_items;
    }
    let cut = edition.cut.is_some();
    let gone = timeline::edit(&mut incident.timeline, &config.events);
    // Of events that were read and cut away nothing is to be said; those that are gone were told when read.
    let computed = gone.iter().filter(|id| !cut && is_computed(id));
    incident.diagnostics.extend(computed.map(|id| said::vanished(id)));
    let style = request.names.or(config.names).unwrap_or(request.default_names);
    let rules = redacting(request, config, true);
    redact::incident(incident, &rules, &redact::People { style, roles: &config.people, directory: people })
}

/// Whether an event of this id is made of measurements, not read.
fn is_computed(id: &str) -> bool {
    id.starts_with("computed-")
}

/// What is to be taken out: what the configuration says, then what the request asks for. E-mail addresses go
/// where an incident is told, and stay where records are printed for scripts.
fn redacting(request: &Request, config: &Config, told: bool) -> RedactRules {
    let asked = |request: Option<bool>, config: Option<bool>| request.or(config);
    let (own, given) = (&config.redact, &request.redact);
    RedactRules {
        accounts: asked(given.accounts, own.accounts),
        emails: asked(given.emails, own.emails).or(Some(told)),
        ips: asked(given.ips, own.ips),
        rules: own.rules.iter().chain(&given.rules).map(|(kind, rule)| (kind.clone(), rule.clone())).collect(),
    }
}

/// What to say when no file gave any record, event or sample: `None` when one did.
pub fn nothing_read<'a>(bundle: &str, mut accounts: impl Iterator<Item = &'a Accounting>) -> Option<Diagnostic> {
    let message = "expected evidence, found nothing that could be read";
    let hint = "`recount inspect` names each file and why it was not read; `recount formats` lists what is";
    accounts
        .all(|account| account.records.frames == 0)
        .then(|| Diagnostic::new(DiagnosticKind::NotRead, bundle, message).hint(hint))
}

/// Checks the stories of an incident against each other and against its data.
pub fn audit(incident: &Incident) -> Audit {
    audit::check(&incident.claims, incident)
}

/// Write-ups to check, and what to check them against.
#[derive(Clone, Debug, Default)]
pub struct AuditRequest {
    /// The write-ups.
    pub writeups: Request,
    /// A bundle, a folder that a report was written to, or its incident.
    pub evidence: Option<Request>,
    /// The same, or write-ups, of other incidents.
    pub others: Vec<Request>,
    /// Whether the write-ups are a draft to be held against the list of what a good one holds.
    pub lint: bool,
}

/// Write-ups with everything they were checked against, and what the check found.
pub struct Audited {
    /// Evidence, write-ups and what is told of other incidents, in one list of sources.
    pub incident: Incident,
    /// What was found.
    pub audit: Audit,
}

/// Reads write-ups and evidence and checks the stories against each other and the data.
///
/// # Errors
/// Those of [`recount`].
pub fn audit_writeups(request: &AuditRequest, progress: &dyn Progress) -> Result<Audited> {
    let evidence = request.evidence.as_ref().map(|evidence| recount(evidence, progress)).transpose()?;
    audit_against(request, evidence, progress)
}

/// The same against evidence that was read before; what `request` says of evidence is not read.
///
/// # Errors
/// Those of [`recount`].
pub fn audit_against(request: &AuditRequest, evidence: Option<Incident>, progress: &dyn Progress) -> Result<Audited> {
    let stories = stories(&request.writeups, progress)?;
    let (mut incident, writeups) = match evidence {
        Some(evidence) => evidence.with_stories(stories),
        None => {
            let ids = (0..stories.sources.len() as u32).map(SourceId).collect();
            (stories, ids)
        }
    };
    let mut others = BTreeSet::new();
    for other in &request.others {
        let mut told = recount(other, progress)?;
        // Only what is told of it counts; its events are another story.
        told.timeline = Timeline::default();
        let (whole, ids) = incident.with_stories(told);
        incident = whole;
        others.extend(ids);
    }
    let case = audit::Case::new(&incident, writeups, &others);
    let mut found = audit::check_case(&case);
    if request.lint {
        found.lint = audit::lint(&case);
    }
    Ok(Audited { audit: found, incident })
}

/// The write-ups. What is given as one is read as one: a text that another format claims, or none, is read
/// again as prose.
fn stories(request: &Request, progress: &dyn Progress) -> Result<Incident> {
    let first = recount(request, progress)?;
    let prose = |source: &Source| source.formats.first().is_some_and(|f| PROSE_FORMATS.contains(&f.name.as_str()));
    let literal = |path: &str| {
        path.chars()
            .flat_map(|c| match c {
                '*' | '?' | '[' | ']' | '{' | '}' => vec!['[', c, ']'],
                c => vec![c],
            })
            .collect::<String>()
    };
    let reader = |path: &str| {
        let lower = path.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|e| lower.ends_with(e));
        match () {
            () if ends(&[".md", ".markdown", ".mdx"]) => "markdown",
            () if ends(&[".html", ".htm"]) => "html",
            () => "plain_text",
        }
    };
    let strange = first.sources.iter().filter(|s| !prose(s)).map(|s| &s.info.path);
    let strange = strange.map(|path| (literal(path), reader(path).to_string()));
    let strange: Vec<(String, String)> = strange.collect();
    if strange.is_empty() {
        return Ok(first);
    }
    let formats = request.formats.iter().cloned().chain(strange).collect();
    recount(&Request { formats, ..request.clone() }, progress)
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
