//! `recount compare`: two incidents side by side, or one against a library.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{CompareArgs, Global, LibraryBy, WhenLibrary};
use super::output::{self, Bar, fit};
use super::{folder_name, format_dir, json, names};
use crate::compare::{Alignment, compare_at};
use crate::error::{Error, Result};
use crate::model::{Incident, LibraryComparison, LibraryOrder, NameStyle};
use crate::pipeline::{self, Request};
use crate::report;

/// Incidents of a library with a line of their own.
const SHOWN: usize = 20;
/// Longest name of one, in characters.
const NAME: usize = 34;
/// Widest line where nothing else sets a width.
const WIDTH: usize = 120;

/// Runs the command.
///
/// # Errors
/// When an input cannot be read, an alignment is not in it, or the output cannot be written.
pub fn run(args: &CompareArgs, global: &Global) -> Result<ExitCode> {
    let request = |path: &PathBuf| Request {
        paths: vec![path.clone()],
        format_files: args.format_file.clone(),
        format_dir: format_dir(),
        names: args.names.map(names),
        default_names: NameStyle::Roles,
        ..Request::default()
    };
    let library = match args.library {
        WhenLibrary::Always => true,
        WhenLibrary::Never => false,
        WhenLibrary::Auto => pipeline::is_library(&args.a, &args.b),
    };
    let both = [&args.a, &args.b].map(|path| folder_name(std::slice::from_ref(path)));
    let dir = args.output.clone().unwrap_or_else(|| Path::new("out").join(both.join("-vs-")));
    let a = pipeline::recount(&request(&args.a), &Bar::new(global))?;
    if library {
        return against_library(args, &a, &request(&args.a), &dir, global);
    }
    let b = pipeline::recount(&request(&args.b), &Bar::new(global))?;
    let alignment = Alignment { milestone: args.align, at_s: [args.align_a, args.align_b] };
    let comparison =
        compare_at(&a, &b, &alignment).map_err(|message| Error::Usage { option: "--align".to_string(), message })?;
    report::write_comparison(&comparison, None, args.png, &dir, args.force)?;
    if args.json {
        output::print(&json(&comparison)?)?;
    } else if !global.quiet {
        let verdict: String = comparison.verdict.iter().map(|line| format!("{line}\n")).collect();
        output::print(&format!("{} against {}\n{verdict}{}\n", both[0], both[1], dir.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn against_library(
    args: &CompareArgs,
    a: &Incident,
    request: &Request,
    dir: &Path,
    global: &Global,
) -> Result<ExitCode> {
    if args.align.is_some() || args.align_a.is_some() || args.align_b.is_some() {
        let message = "expected two incidents to align, found a library; compare with one of it".to_string();
        return Err(Error::Usage { option: "--align".to_string(), message });
    }
    let by = match args.by {
        LibraryBy::Similarity => LibraryOrder::Similarity,
        LibraryBy::Fault => LibraryOrder::Fault,
    };
    let found = pipeline::library(a, &args.a, &args.b, request, by, &Bar::new(global))?;
    report::write_library(&found, None, dir, args.force)?;
    if args.json {
        output::print(&json(&found)?)?;
    } else if !global.quiet {
        output::print(&text(&found, output::width().unwrap_or(WIDTH)))?;
        output::print(&format!("{}\n", dir.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The library as a table for a terminal of `width` columns.
fn text(found: &LibraryComparison, width: usize) -> String {
    let first = match found.by {
        LibraryOrder::Similarity => "most similar first",
        LibraryOrder::Fault => "the same fault first, whatever its service",
    };
    let mut out = format!("{} against {} incidents, {first}\n\n", fit(&found.title, 60), found.pairs.len());
    let heads = ["like", "print", "fault", "svcs", "shape"].map(|head| format!("{head:>5}")).join(" ");
    out.push_str(&format!("{:NAME$}  {heads}  why\n", "incident"));
    let number = |v: Option<f64>| v.map_or_else(|| "-".to_string(), |v| format!("{v:.2}"));
    for pair in found.pairs.iter().take(SHOWN) {
        let l = &pair.likeness;
        let line = format!(
            "{:NAME$}  {:>5.2} {:>5} {:>5} {:>5} {:>5}  {}",
            fit(&pair.path, NAME),
            pair.similarity,
            number(l.fingerprint),
            number(l.fault),
            number(l.services),
            number(l.shape),
            pair.why.join("; ")
        );
        out.push_str(&format!("{}\n", fit(&line, width)));
    }
    if found.pairs.len() > SHOWN {
        out.push_str(&format!("and {} less similar; --json and the page have them all\n", found.pairs.len() - SHOWN));
    }
    for (path, reason) in &found.left_out {
        out.push_str(&format!("left out: {}\n", fit(&format!("{path}: {reason}"), width.saturating_sub(10))));
    }
    out
}
