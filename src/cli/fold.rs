//! `recount fold`: the bare counts as a table.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

use super::args::{FoldArgs, TableKind};
use super::output;
use crate::error::{Error, Result};
use crate::model::{FoldRow, Precision, format_utc};
use crate::report;

/// Writes `rows` to where `args` says.
///
/// # Errors
/// [`Error::Write`]; [`Error::Usage`] when bytes of a file would go to a terminal.
pub fn write(rows: &[FoldRow], args: &FoldArgs) -> Result<()> {
    let bytes = match args.kind {
        TableKind::Tsv => tsv(rows).into_bytes(),
        TableKind::Json => json(rows)?,
        TableKind::Parquet => report::fold_parquet(rows)?,
    };
    match &args.output {
        Some(path) => std::fs::write(path, bytes).map_err(|source| Error::Write { path: path.clone(), source }),
        None if args.kind == TableKind::Parquet && std::io::stdout().is_terminal() => Err(Error::Usage {
            option: "--as parquet".to_string(),
            message: "expected a file to write to, found a terminal; add --output FILE".to_string(),
        }),
        None => {
            let mut out = std::io::stdout().lock();
            output::written(out.write_all(&bytes).and_then(|()| out.flush()))
        }
    }
}

/// Text of a cell: no tab and no line end, so that a row stays a row, and what a spreadsheet would
/// take for a formula begins with an apostrophe, which it takes for the mark of a text.
fn cell(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    mark.chars().chain(text.chars().map(|c| if c.is_control() { ' ' } else { c })).collect()
}

fn tsv(rows: &[FoldRow]) -> String {
    let mut out = String::from("service\tstart\ttotal\tfailed\terrors\trecords\tformat\n");
    for row in rows {
        let start = format_utc(row.start_s.saturating_mul(1_000_000_000), Precision::Second);
        let _ = writeln!(
            out,
            "{}\t{start}\t{}\t{}\t{}\t{}\t{}",
            cell(&row.service),
            row.total,
            row.failed,
            row.errors,
            row.records,
            cell(&row.format),
        );
    }
    out
}

fn json(rows: &[FoldRow]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut out, row)
            .map_err(|e| Error::Internal { step: "writing the table", message: e.to_string() })?;
        out.push(b'\n');
    }
    Ok(out)
}
