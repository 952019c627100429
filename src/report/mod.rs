//! Report: an [`Incident`] as pages for people and files for programs.
//!
//! [`view`] turns model values into text once; templates (folder `templates/`) only place it.
//! [`write()`] makes the folder of a report, [`summary()`] the few lines for a terminal or a chat,
//! [`compare_pages`] and [`write_comparison`] the same for two incidents, [`audit_pages`] and
//! [`write_audit`] for stories and what was found of them.

pub mod chart;
pub mod view;

mod engine;
mod export;
mod folder;
mod sets;
mod summary;
mod text;

#[cfg(test)]
pub mod fixture;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{Audit, Comparison, FoldRow, Incident, LibraryComparison, StatedFigure};
use engine::Engine;
use folder::{Folder, Kind};
use view::{ChartView, CompareView, ReportView};

pub use sets::{SetInfo, Template, export_templates, template_sets};
pub use summary::summary;
pub use text::toml_string;

/// Everything a report is made from.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// What checking the write-ups found.
    pub audit: &'a Audit,
    /// What the write-ups state.
    pub stated: &'a [StatedFigure],
    /// Which pages to make.
    pub template: Template,
    /// Whether the charts are written as PNG, too.
    pub png: bool,
}

impl<'a> Input<'a> {
    /// The default template.
    pub fn new(incident: &'a Incident, audit: &'a Audit, stated: &'a [StatedFigure]) -> Self {
        Input { incident, audit, stated, template: Template::default(), png: false }
    }
}

/// The two pages of a report, without their folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Pages {
    /// One self-contained page.
    pub html: String,
    /// The same in Markdown; refers to `charts/NAME.svg`.
    pub markdown: String,
    /// The charts as (file name inside `charts/`, content): SVG, and PNG where asked for.
    pub charts: Vec<(String, Vec<u8>)>,
}

/// Renders the pages of a report. `templates` is a folder whose files replace built-in ones by name.
///
/// # Errors
/// [`Error::Usage`] for an unknown set or section, [`Error::Template`] for a template that cannot be rendered.
pub fn pages(input: &Input, templates: Option<&Path>) -> Result<Pages> {
    let engine = Engine::new(&input.template, templates)?;
    let view = view::build(input);
    let charts = chart_files(view.charts.all(), input.png)?;
    let page = |built_in: &str, own: &Option<PathBuf>, view: &ReportView| {
        let name = own.as_deref().map_or_else(|| built_in.to_string(), engine::page_name);
        engine.render(&name, "report", view)
    };
    let html = page("report.html", &input.template.html, &view)?;
    let markdown = page("report.md", &input.template.markdown, &view)?;
    Ok(Pages { html, markdown, charts })
}

/// The files of charts: each as SVG, and as PNG when `png` is set.
fn chart_files<'a>(charts: impl Iterator<Item = &'a ChartView>, png: bool) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for chart in charts {
        files.push((format!("{}.svg", chart.name), chart.svg.svg.clone().into_bytes()));
        if png {
            files.push((format!("{}.png", chart.name), chart.svg.png()?));
        }
    }
    Ok(files)
}

/// Loads the templates and renders nothing: what is wrong with them is said before evidence is read.
///
/// # Errors
/// [`Error::Template`] for one that cannot be understood, [`Error::Open`] for one that is not there.
pub fn check_templates(template: &Template, templates: Option<&Path>) -> Result<()> {
    Engine::new(template, templates).map(|_| ())
}

/// Writes the folder of a report to `dir`: pages, charts, data, `incident.json`.
///
/// Everything is written beside it first and renamed at the end: a run that is killed leaves the old
/// folder, or none.
///
/// # Errors
/// [`Error::Occupied`] when `dir` holds files that recount did not write and `force` is off (with
/// `force` those files stay); [`Error::Write`]; [`Error::Usage`] and [`Error::Template`] as [`pages`].
pub fn write(input: &Input, templates: Option<&Path>, dir: &Path, force: bool) -> Result<()> {
    let mut folder = Folder::create(dir, Kind::Report, force)?;
    let pages = pages(input, templates)?;
    folder.file("report.html", pages.html.as_bytes())?;
    folder.file("report.md", pages.markdown.as_bytes())?;
    for (name, content) in &pages.charts {
        folder.file(&format!("charts/{name}"), content)?;
    }
    folder.file("incident.json", &json(input.incident)?)?;
    folder.file("timeline.jsonl", &export::timeline_jsonl(input.incident)?)?;
    folder.file("data/rates.parquet", &export::rates_parquet(input.incident)?)?;
    folder.file("data/timeline.parquet", &export::timeline_parquet(input.incident)?)?;
    folder.file("alignment.toml", export::alignment_toml(input.incident).as_bytes())?;
    folder.commit()
}

/// The bare table as a Parquet file: service, start, total, failed, errors, records, format.
///
/// # Errors
/// [`Error::Internal`] when the library cannot write it.
pub fn fold_parquet(rows: &[FoldRow]) -> Result<Vec<u8>> {
    export::fold_parquet(rows)
}

/// The pages of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparePages {
    /// One self-contained page.
    pub html: String,
    /// The same in Markdown; refers to `charts/NAME.svg`.
    pub markdown: String,
    /// The comparison as JSON.
    pub json: String,
    /// The charts as (file name inside `charts/`, content): SVG, and PNG where asked for.
    pub charts: Vec<(String, Vec<u8>)>,
}

/// Renders a comparison. `templates` is a folder whose files replace built-in ones by name; with `png` the charts
/// are pictures, too.
///
/// # Errors
/// [`Error::Template`] for a template that cannot be rendered.
pub fn compare_pages(comparison: &Comparison, templates: Option<&Path>, png: bool) -> Result<ComparePages> {
    let engine = Engine::compare(templates)?;
    let view: CompareView = view::comparison(comparison);
    let charts = chart_files(view.charts.iter(), png)?;
    Ok(ComparePages {
        html: engine.render("compare.html", "compare", &view)?,
        markdown: engine.render("compare.md", "compare", &view)?,
        json: String::from_utf8_lossy(&json(comparison)?).into_owned(),
        charts,
    })
}

/// Writes `compare.html`, `compare.md`, `comparison.json` and `charts/` to `dir`, all or nothing.
///
/// # Errors
/// As [`write()`].
pub fn write_comparison(
    comparison: &Comparison,
    templates: Option<&Path>,
    png: bool,
    dir: &Path,
    force: bool,
) -> Result<()> {
    let mut folder = Folder::create(dir, Kind::Comparison, force)?;
    let pages = compare_pages(comparison, templates, png)?;
    folder.file("compare.html", pages.html.as_bytes())?;
    folder.file("compare.md", pages.markdown.as_bytes())?;
    folder.file("comparison.json", pages.json.as_bytes())?;
    for (name, content) in &pages.charts {
        folder.file(&format!("charts/{name}"), content)?;
    }
    folder.commit()
}

/// Writes `library.html`, `library.md` and `library.json` to `dir`, all or nothing.
///
/// # Errors
/// As [`write()`].
pub fn write_library(library: &LibraryComparison, templates: Option<&Path>, dir: &Path, force: bool) -> Result<()> {
    let mut folder = Folder::create(dir, Kind::Library, force)?;
    let engine = Engine::compare(templates)?;
    let view = view::library(library);
    folder.file("library.html", engine.render("library.html", "library", &view)?.as_bytes())?;
    folder.file("library.md", engine.render("library.md", "library", &view)?.as_bytes())?;
    folder.file("library.json", &json(library)?)?;
    folder.commit()
}

/// The pages of an audit as (HTML, Markdown). `incident` holds the sources that the audit cites;
/// `templates` is a folder whose files replace built-in ones by name.
///
/// # Errors
/// [`Error::Template`] for a template that cannot be rendered.
pub fn audit_pages(audit: &Audit, incident: &Incident, templates: Option<&Path>) -> Result<(String, String)> {
    let engine = Engine::audit(templates)?;
    let view = view::audit(audit, incident);
    Ok((engine.render("audit.html", "audit", &view)?, engine.render("audit.md", "audit", &view)?))
}

/// Writes `audit.html`, `audit.md` and `audit.json` to `dir`, all or nothing.
///
/// # Errors
/// As [`write()`].
pub fn write_audit(
    audit: &Audit,
    incident: &Incident,
    templates: Option<&Path>,
    dir: &Path,
    force: bool,
) -> Result<()> {
    let mut folder = Folder::create(dir, Kind::Audit, force)?;
    let (html, markdown) = audit_pages(audit, incident, templates)?;
    folder.file("audit.html", html.as_bytes())?;
    folder.file("audit.md", markdown.as_bytes())?;
    folder.file("audit.json", &json(audit)?)?;
    folder.commit()
}

/// Pretty JSON with a final line end.
fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut out = serde_json::to_vec_pretty(value)
        .map_err(|e| Error::Internal { step: "writing JSON", message: e.to_string() })?;
    out.push(b'\n');
    Ok(out)
}
