//! `recount patterns`: templates as a table, or every record with its template as JSON.

use super::args::{Global, PatternsArgs};
use super::output::{self, Bar};
use super::{gate, json_line, request, say};
use crate::error::Result;
use crate::model::TemplateRow;
use crate::pipeline;

/// Longest line where nothing else sets a width, in characters.
const LONGEST: usize = 1 << 20;
/// Services named in a row.
const SERVICES: usize = 3;

/// Runs the command.
///
/// # Errors
/// When the input cannot be opened or the output cannot be written.
pub fn run(args: &PatternsArgs, global: &Global) -> Result<std::process::ExitCode> {
    let request = request(&args.input, None)?;
    let bar = Bar::new(global);
    let diagnostics = if args.json && !args.summary {
        as_json(&request, &bar)?
    } else {
        let width = output::width();
        pipeline::patterns(
            &request,
            &bar,
            &mut |rows| match args.json {
                true => output::print(&super::json(&rows)?),
                false => output::print(&table(rows, width)),
            },
            None,
        )?
    };
    say(&diagnostics, global);
    Ok(gate(&diagnostics, global))
}

/// One document: the templates, then the records, each on a line of its own.
fn as_json(request: &pipeline::Request, bar: &Bar) -> Result<Vec<crate::model::Diagnostic>> {
    // Both are told one after the other, and both print.
    let out = std::cell::RefCell::new(output::Lines::new());
    let first = std::cell::Cell::new(true);
    let item = |line: String| {
        let comma = if first.replace(false) { "" } else { "," };
        out.borrow_mut().print(&format!("{comma}{line}"))
    };
    let diagnostics = pipeline::patterns(
        request,
        bar,
        &mut |rows: &[TemplateRow]| {
            out.borrow_mut().print("{\"templates\":[\n")?;
            rows.iter().try_for_each(|row| item(json_line(row)?))?;
            first.set(true);
            out.borrow_mut().print("],\"lines\":[\n")
        },
        Some(&mut |line| item(json_line(line)?)),
    )?;
    let mut out = out.into_inner();
    out.print("]}\n")?;
    out.finish()?;
    Ok(diagnostics)
}

/// A row a template: how often, how bad, who, where first, and the template.
fn table(rows: &[TemplateRow], width: Option<usize>) -> String {
    let mut out = String::new();
    let cells = |row: &TemplateRow| {
        let named = row.services.iter().take(SERVICES).cloned().collect::<Vec<_>>().join(",");
        let more = row.services.len().saturating_sub(SERVICES);
        let services = if more > 0 { format!("{named},+{more}") } else { named };
        let dash = |text: String| if text.is_empty() { "-".to_string() } else { text };
        [
            row.count.to_string(),
            dash(row.level.map_or(String::new(), |level| level.word().to_string())),
            dash(services),
            format!("{}:{}", row.path, row.line),
        ]
    };
    let head = ["COUNT", "LEVEL", "SERVICE", "FIRST"].map(str::to_string);
    let all: Vec<[String; 4]> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
    let wide = |at: usize| all.iter().map(|cells| cells[at].chars().count()).max().unwrap_or(0).min(40);
    let widths = [wide(0), wide(1), wide(2), wide(3)];
    let texts = std::iter::once("TEMPLATE").chain(rows.iter().map(|row| row.template.as_str()));
    for ([count, level, services, first], text) in all.iter().zip(texts) {
        let [a, b, c, d] = widths;
        let line = format!("{count:>a$}  {level:b$}  {services:c$}  {first:d$}  {text}");
        out += &(output::fit(&line, width.unwrap_or(LONGEST)) + "\n");
    }
    out
}
