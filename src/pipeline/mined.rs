//! `recount patterns`: the messages of a bundle by template.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{KEEP_WHILE_READING, Request, Said};
use crate::bundle::{self, Bundle};
use crate::error::Result;
use crate::ingest::{self, Keeping, Progress};
use crate::model::{Accounting, Diagnostic, DiagnosticKind, KeptRecord, Level, TemplateLine, TemplateRow};
use crate::patterns::{self, Templates};
use crate::redact::Redactor;

/// Skeletons told apart; more are counted as one. Logs of a thousand services have fewer.
const MAX_SKELETONS: usize = 100_000;
/// What those beyond are counted as.
const OTHER: &str = "(other)";

/// Takes records in path and file order.
pub type EachTemplateLine<'f> = dyn FnMut(&TemplateLine<'_>) -> Result<()> + 'f;

/// Mines the templates of all log messages of the bundle, of every level, and hands them to `table`, most
/// frequent first; then every record with its template to `each`, in path and file order. A text that no log
/// format knows is taken line by line. Returns what else there is to know.
///
/// # Errors
/// Those of [`super::align`], and what `table` and `each` return.
pub fn patterns(
    request: &Request,
    progress: &dyn Progress,
    table: &mut dyn FnMut(&[TemplateRow]) -> Result<()>,
    each: Option<&mut EachTemplateLine<'_>>,
) -> Result<Vec<Diagnostic>> {
    let bundle = bundle::open(&request.paths)?;
    let said = Said::gather(request, &bundle.steering)?;
    let options = ingest::Options { keep: Keeping::Messages, ..said.reading()? };
    let small = bundle.entries.iter().map(|e| e.size).sum::<u64>() <= KEEP_WHILE_READING;
    let hold = each.is_some() && (small || !bundle.entries.iter().all(bundle::Entry::again));
    let mut count = Count::default();
    let mut held: Vec<(String, Vec<KeptRecord>)> = Vec::new();
    let mut diagnostics = read(&bundle, &options, progress, &mut |path, records| {
        records.iter().for_each(|record| count.add(path, record));
        if hold {
            held.push((path.to_string(), records));
        }
        Ok(())
    })?;
    let mut mined = count.mine();
    let mut redactor = Redactor::new(&super::redacting(request, &said.config, false))?;
    for row in &mut mined.rows {
        let texts = [&mut row.template, &mut row.path].into_iter().chain(&mut row.services);
        texts.for_each(|text| *text = redactor.text(text).into_owned());
    }
    table(&mined.rows)?;
    if let Some(each) = each {
        let mut tell = |path: &str, records: Vec<KeptRecord>| {
            let path = redactor.text(path).into_owned();
            records.iter().try_for_each(|record| {
                let service = redactor.text(&record.service);
                each(&TemplateLine { service: &service, ..mined.line(&path, record) })
            })
        };
        if hold {
            held.into_iter().try_for_each(|(path, records)| tell(&path, records))?;
        } else {
            read(&bundle, &options, &(), &mut tell)?;
        }
    }
    if mined.beyond > 0 {
        let message = format!("expected at most {MAX_SKELETONS} kinds of message, found more; the rest is (other)");
        let mut capped = Diagnostic::new(DiagnosticKind::Capped, &bundle.name, message);
        capped.count = mined.beyond;
        diagnostics.push(capped);
    }
    if mined.rows.is_empty() {
        diagnostics.extend(super::nothing_read(&bundle.name, std::iter::empty::<&Accounting>()));
    }
    Ok(diagnostics.into_iter().chain(bundle.refused.iter().cloned()).collect())
}

/// Reads the messages of every file.
fn read(
    bundle: &Bundle,
    options: &ingest::Options,
    progress: &dyn Progress,
    each: &mut ingest::EachRecords<'_, crate::error::Error>,
) -> Result<Vec<Diagnostic>> {
    progress.begin(bundle.entries.iter().map(|entry| entry.size).sum());
    ingest::read_records(bundle, options, progress, each)
}

/// What is known of one skeleton.
struct Seen {
    lines: u64,
    level: Option<Level>,
    services: Vec<String>,
    /// Path by number, and line of its first record.
    first: (usize, u64),
}

impl Seen {
    fn note(&mut self, record: &KeptRecord) {
        self.lines += 1;
        self.level = self.level.max(record.level);
        let known = self.services.contains(&record.service);
        if !known && !record.service.is_empty() && self.services.len() < TemplateRow::MAX_SERVICES {
            self.services.push(record.service.clone());
        }
    }
}

/// Skeletons so far.
#[derive(Default)]
struct Count {
    paths: Vec<String>,
    seen: FxHashMap<String, Seen>,
    beyond: u64,
}

impl Count {
    fn add(&mut self, path: &str, record: &KeptRecord) {
        if self.paths.last().is_none_or(|last| last != path) {
            self.paths.push(path.to_string());
        }
        if let Some(seen) = self.seen.get_mut(&record.message) {
            seen.note(record);
            return;
        }
        let first = (self.paths.len() - 1, record.span.line);
        let fits = self.seen.len() < MAX_SKELETONS;
        self.beyond += u64::from(!fits);
        let key = if fits { record.message.clone() } else { OTHER.to_string() };
        let new = Seen { lines: 0, level: None, services: Vec::new(), first };
        self.seen.entry(key).or_insert(new).note(record);
    }

    fn mine(self) -> Mined {
        let templates = Templates::of(self.seen.iter().map(|(skeleton, seen)| (skeleton.as_str(), seen.lines)));
        let mut rows: BTreeMap<&str, Seen> = BTreeMap::new();
        let seen: BTreeMap<&String, &Seen> = self.seen.iter().collect();
        for (skeleton, seen) in &seen {
            let new = || Seen { lines: 0, level: None, services: Vec::new(), first: seen.first };
            let row = rows.entry(templates.get(skeleton)).or_insert_with(new);
            row.lines += seen.lines;
            row.level = row.level.max(seen.level);
            row.first = row.first.min(seen.first);
            row.services.extend(seen.services.iter().cloned());
        }
        let row = |(template, mut seen): (&str, Seen)| {
            seen.services.sort_unstable();
            seen.services.dedup();
            seen.services.truncate(TemplateRow::MAX_SERVICES);
            TemplateRow {
                template_id: patterns::id_of(template),
                count: seen.lines,
                level: seen.level,
                services: seen.services,
                path: self.paths.get(seen.first.0).cloned().unwrap_or_default(),
                line: seen.first.1,
                template: template.to_string(),
            }
        };
        let mut rows: Vec<TemplateRow> = rows.into_iter().map(row).collect();
        rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.template.cmp(&b.template)));
        let places: BTreeMap<&str, usize> =
            rows.iter().enumerate().map(|(at, row)| (row.template.as_str(), at)).collect();
        let row_of = seen.keys().filter_map(|s| Some((s.to_string(), *places.get(templates.get(s))?))).collect();
        Mined { rows, row_of, beyond: self.beyond }
    }
}

/// Templates and who has them.
struct Mined {
    rows: Vec<TemplateRow>,
    row_of: FxHashMap<String, usize>,
    beyond: u64,
}

impl Mined {
    fn line<'a>(&'a self, path: &'a str, record: &'a KeptRecord) -> TemplateLine<'a> {
        let row = self.row_of.get(&record.message).or_else(|| self.row_of.get(OTHER));
        let row = row.and_then(|at| self.rows.get(*at));
        TemplateLine {
            path,
            line: record.span.line,
            level: record.level,
            service: &record.service,
            template_id: row.map_or("", |row| &row.template_id),
            template: row.map_or("", |row| &row.template),
        }
    }
}
