//! `recount audit`: stories against each other and against the data, for a terminal and for scripts.

use std::path::PathBuf;
use std::process::ExitCode;

use super::args::{AuditArgs, FailOn, Global};
use super::output::{self, Bar, fit, wrap};
use super::{format_dir, gate, json, say, say_nothing_read};
use crate::error::Result;
use crate::model::{Audit, AuditFinding, AuditKind, Citation, Incident, Verdict, format_utc};
use crate::pipeline::{self, AuditRequest, Audited, Request};
use crate::report;

/// Widest line where nothing else sets a width, in characters.
const WIDTH: usize = 110;

/// Quotations are cut to this many characters; `--json` holds the whole.
const QUOTE: usize = 300;

/// Runs the command.
pub fn run(args: &AuditArgs, global: &Global) -> Result<ExitCode> {
    let of = |paths: Vec<PathBuf>| Request { paths, format_dir: format_dir(), ..Request::default() };
    let request = AuditRequest {
        writeups: Request {
            input_tz: args.input_tz.clone(),
            formats: args.format.clone(),
            ..of(args.writeups.clone())
        },
        evidence: args.evidence.as_ref().map(|path| of(vec![path.clone()])),
        others: args.other.iter().map(|path| of(vec![path.clone()])).collect(),
        lint: args.lint,
    };
    let Audited { incident, audit } = pipeline::audit_writeups(&request, &Bar::new(global))?;
    say_nothing_read(incident.sources.iter().map(|source| &source.accounting));
    say(&incident.diagnostics, global);
    if let Some(dir) = &args.output {
        report::write_audit(&audit, &incident, args.templates.as_deref(), dir, args.force)?;
    }
    if args.json {
        output::print(&json(&audit)?)?;
    } else if !global.quiet {
        output::print(&text(&audit, &incident, output::width().unwrap_or(WIDTH)))?;
        if let Some(dir) = &args.output {
            output::print(&format!("\n{}\n", dir.display()))?;
        }
    }
    if args.fail_on.iter().any(|rank| fails(*rank, &audit)) {
        Ok(ExitCode::from(1))
    } else {
        Ok(gate(&incident.diagnostics, global))
    }
}

/// Whether something of this rank, or graver, was found.
fn fails(rank: FailOn, audit: &Audit) -> bool {
    let least = match rank {
        FailOn::Contradiction => Verdict::Contradiction,
        FailOn::Tension => Verdict::Tension,
        FailOn::Rounding => Verdict::Rounding,
        FailOn::Unsupported => Verdict::Unsupported,
        FailOn::Unclear => Verdict::Unclear,
        FailOn::Lint => return audit.lint.iter().any(|item| item.kept == Some(false)),
    };
    audit.findings.iter().any(|finding| finding.verdict <= least)
}

/// The word of a rank.
fn rank(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Contradiction => "CONTRADICTION",
        Verdict::Tension => "TENSION",
        Verdict::Rounding => "ROUNDING",
        Verdict::Unsupported => "UNSUPPORTED",
        Verdict::Unclear => "UNCLEAR",
        Verdict::Supported => "SUPPORTED",
    }
}

/// The whole audit for a person.
fn text(audit: &Audit, incident: &Incident, width: usize) -> String {
    let mut page = Page { incident, width, out: String::new() };
    page.writeups(audit);
    let (data, stories): (Vec<&AuditFinding>, Vec<&AuditFinding>) =
        audit.findings.iter().partition(|f| f.kind == AuditKind::Evidence);
    page.heading("findings");
    if stories.is_empty() {
        page.line("none: the stories hold together");
    }
    stories.iter().for_each(|f| page.finding(f));
    if !data.is_empty() {
        page.heading("against the data");
        data.iter().for_each(|f| page.finding(f));
    }
    page.consensus(audit);
    page.told(audit);
    page.lint(audit);
    page.out
}

/// A page being filled.
struct Page<'a> {
    incident: &'a Incident,
    width: usize,
    out: String,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.indented("", text);
    }

    fn heading(&mut self, text: &str) {
        self.out.push_str(&format!("\n{text}\n"));
    }

    /// `text` on as many lines as it takes, each behind `indent`.
    fn indented(&mut self, indent: &str, text: &str) {
        let room = self.width.saturating_sub(indent.chars().count()).max(30);
        for part in wrap(&fit(text, 4000), room) {
            self.out.push_str(&format!("{indent}{part}\n"));
        }
    }

    fn places(&self, evidence: &[Citation]) -> String {
        let mut all: Vec<String> = evidence.iter().map(|c| self.incident.place(c)).collect();
        all.dedup();
        let more = all.len().saturating_sub(4);
        all.truncate(4);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        all.join(", ") + &more
    }

    fn writeups(&mut self, audit: &Audit) {
        let path = |id: crate::model::SourceId| {
            audit.sources.iter().find(|s| s.id == id).map_or("?", |s| s.path.as_str()).to_string()
        };
        self.line("write-ups");
        for w in &audit.writeups {
            let mut told = format!(
                "{}: {} claims, {} moments; {} single-source, {} contradicted",
                path(w.source),
                w.claims,
                w.moments,
                w.single_source,
                w.contradicted
            );
            if w.supported > 0 {
                told.push_str(&format!(", {} supported by the data", w.supported));
            }
            if w.quarantined {
                told.push_str("; QUARANTINED: shares nothing with the rest");
            }
            self.indented("  ", &told);
        }
    }

    fn finding(&mut self, finding: &AuditFinding) {
        self.indented("  ", &format!("{:13}  {}", rank(finding.verdict), finding.text));
        for side in &finding.sides {
            let quote: String = side.quote.split_whitespace().collect::<Vec<_>>().join(" ");
            let places = self.places(&side.evidence);
            let told = if side.evidence.is_empty() { quote } else { format!("\"{}\"", fit(&quote, QUOTE)) };
            self.indented("                 ", &told);
            if !places.is_empty() {
                self.indented("                   ", &places);
            }
        }
    }

    fn consensus(&mut self, audit: &Audit) {
        if audit.consensus.is_empty() {
            return;
        }
        self.heading("values to go by");
        for value in &audit.consensus {
            let whole = if value.subjects.is_empty() { "the incident".to_string() } else { value.subjects.join(", ") };
            let others = if value.others > 0 { format!(", {} say otherwise", value.others) } else { String::new() };
            let told = format!("{whole}: {} ({} of the write-ups{others})", value.says, value.agreeing);
            self.indented("  ", &told);
        }
    }

    fn told(&mut self, audit: &Audit) {
        if audit.told.is_empty() {
            return;
        }
        self.heading("the story as told (UTC)");
        for moment in &audit.told {
            let at = format_utc(moment.at.utc_ns, moment.at.precision);
            let witnesses = if moment.witnesses == 1 {
                "single source".to_string()
            } else {
                format!("{} witnesses", moment.witnesses)
            };
            let place = self.places(moment.evidence.get(..1).unwrap_or(&[]));
            self.indented("  ", &format!("{at}  {}  [{witnesses}; {place}]", moment.title));
        }
    }

    fn lint(&mut self, audit: &Audit) {
        if audit.lint.is_empty() {
            return;
        }
        self.heading("what a good post-mortem holds");
        for item in &audit.lint {
            let mark = match item.kept {
                Some(true) => "ok",
                Some(false) => "MISSING",
                None => "-",
            };
            let places = if item.kept == Some(false) { self.places(&item.evidence) } else { String::new() };
            let places = if places.is_empty() { places } else { format!(" [{places}]") };
            self.indented("  ", &format!("{:2}. {mark:8} {}: {}{places}", item.number, item.rule, item.found));
        }
    }
}
