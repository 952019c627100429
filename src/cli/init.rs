//! `recount init`: a commented `recount.toml` from what was found.
//!
//! A line that begins with `#` and a letter or bracket is a setting to switch on; `# ` begins words.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::args::{Global, InitArgs};
use super::output::{self, Bar, fit};
use super::request;
use crate::error::{Error, Result};
use crate::model::{EventKind, Precision, Tier, TimelineEntry, format_utc};
use crate::pipeline::{self, Found};
use crate::report::toml_string;

/// Services, files and events listed at most; more would hide what matters.
const MOST: usize = 200;
/// Events listed at most.
const EVENTS: usize = 40;
/// Longest remark behind a setting, in characters.
const REMARK: usize = 90;

/// Runs the command.
///
/// # Errors
/// When the bundle cannot be read, the file exists, or it cannot be written.
pub fn run(args: &InitArgs, global: &Global) -> Result<ExitCode> {
    if let Some(path) = args.output.as_ref().filter(|path| path.exists() && !args.force) {
        let message = "expected no file there, found one; name another, or --force overwrites it".to_string();
        return Err(Error::Usage { option: format!("-o {}", path.display()), message });
    }
    let found = pipeline::found(&request(&args.input, None)?, &Bar::new(global))?;
    let text = text(&found);
    match &args.output {
        None => output::print(&text)?,
        Some(path) => {
            std::fs::write(path, &text).map_err(|source| Error::Write { path: path.clone(), source })?;
            if !global.quiet {
                output::print(&format!("wrote {}; every setting in it is commented out\n", path.display()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The file.
pub fn text(found: &Found) -> String {
    let mut out = String::from(
        "# What only people know about this incident. Every setting is commented out and shows what is in force\n\
         # or an example: take the # away, change it, and run again. README.md (\"What only you can know\") tells every key.\n\n",
    );
    let _ = writeln!(out, "#title = {}", toml_string(&found.title));
    out.push_str(
        "# How people are named: roles (as reports do), initials, full (as timeline does).\n#names = \"roles\"\n\n",
    );
    services(found, &mut out);
    files(found, &mut out);
    out.push_str(
        "# What counts as an error besides 5xx and timeouts.\n\
         #[errors]\n#throttled = false\n#cancelled = false\n#client_errors = false\n\n\
         # Metrics whose names do not say what they are: requests, errors, ratio, success_ratio, latency, ignore.\n\
         #[metrics]\n#\"example_metric_name\" = \"ignore\"\n\n",
    );
    events(found, &mut out);
    people(found, &mut out);
    out
}

fn services(found: &Found, out: &mut String) {
    out.push_str(
        "# Services as they were found. aliases: spellings that differ by more than case, blanks and dashes;\n\
         # plane: data or control; owner: the team; external: a provider, not your own.\n\
         # service_paths: path glob -> service of records that name none.\n#[service_paths]\n#\"example/*.log\" = \"example\"\n\n",
    );
    for (name, service) in found.services.iter().take(MOST) {
        let list = |names: &std::collections::BTreeSet<String>| {
            let names: Vec<String> = names.iter().map(|name| toml_string(name)).collect();
            format!("[{}]", names.join(", "))
        };
        let _ = writeln!(out, "#[services.{}]", toml_string(name));
        let _ = writeln!(out, "#aliases = {}", list(&service.spellings));
        let _ = writeln!(out, "#depends_on = {}", list(&service.needs));
        out.push_str("#plane = \"data\"\n#owner = \"\"\n#external = false\n\n");
    }
    more(found.services.len(), MOST, "services", out);
}

fn files(found: &Found, out: &mut String) {
    out.push_str("# Zones of stamps that carry none: path glob -> zone. Nobody wrote these.\n#[zones]\n");
    for zone in found.zones.iter().take(MOST) {
        let why = if zone.inferred { "inferred" } else { "ASSUMED" };
        let _ = writeln!(
            out,
            "#{} = {} # {}",
            toml_string(&zone.path),
            toml_string(&zone.zone),
            fit(&format!("{why}: {}", zone.because), REMARK)
        );
    }
    more(found.zones.len(), MOST, "files", out);
    out.push_str("\n# Formats, where detection needs help: path glob -> name (`recount formats` lists them).\n");
    out.push_str("# Named here is the format that nearly read the file, not the one that does.\n#[formats]\n");
    for format in found.formats.iter().take(MOST) {
        let chosen = format
            .chosen
            .as_ref()
            .map_or_else(|| "read by nothing".to_string(), |(name, score)| format!("read as {name} ({score})"));
        let remark = fit(&format!("{chosen}; this one scores {}", format.other.1), REMARK);
        let _ = writeln!(out, "#{} = {} # {remark}", toml_string(&format.path), toml_string(&format.other.0));
    }
    more(found.formats.len(), MOST, "files", out);
    out.push('\n');
}

/// How much an event is one that a person may want to pin: pages and alerts first, then what stands open.
fn weight(entry: &TimelineEntry) -> u8 {
    match (entry.kind, entry.tier) {
        (EventKind::Computed, _) => 0,
        (kind, _) if kind.is_alert() => 3,
        (_, Tier::One) => 2,
        (_, Tier::Two) => 1,
        _ => 0,
    }
}

fn events(found: &Found, out: &mut String) {
    out.push_str(
        "# Single events, by the id that `recount timeline --json` shows. pin: stands open in the timeline;\n\
         # hide: is left out of it (and counted); title: shown instead; note: shown below.\n",
    );
    let mut some: Vec<&TimelineEntry> = found.entries.iter().filter(|e| weight(e) > 0).collect();
    some.sort_by_key(|e| std::cmp::Reverse(weight(e)));
    let total = some.len();
    some.truncate(EVENTS);
    some.sort_by_key(|e| e.at.utc_ns);
    for entry in some {
        let at = format_utc(entry.at.utc_ns, entry.at.precision.min(Precision::Second));
        let _ =
            writeln!(out, "#[events.{}] # {}", toml_string(&entry.id), fit(&format!("{at} {}", entry.title), REMARK));
        out.push_str("#pin = false\n#hide = false\n#note = \"\"\n");
    }
    more(total, EVENTS, "events", out);
    out.push('\n');
}

fn people(found: &Found, out: &mut String) {
    out.push_str(
        "# Sections that only people can write; paragraphs are parted by an empty line. Other keys become\n\
         # sections of their own.\n#[narrative]\n",
    );
    for key in ["root_cause", "contributing_factors", "went_well", "went_badly", "luck"] {
        let _ = writeln!(out, "#{key} = \"\"\"\"\"\"");
    }
    out.push_str(
        "\n# What is to be done. type: prevent, mitigate, detect, repair, or a word of your own.\n\
         #[[action_items]]\n#what = \"\"\n#type = \"prevent\"\n#owner = \"\"\n#due = \"\"\n#ticket = \"\"\n\n\
         # Who is who: with names = \"roles\" (as reports do) people are called by these, else responder 1, 2, ….\n#[people]\n",
    );
    for name in found.people.iter().take(MOST) {
        let _ = writeln!(out, "#{} = \"responder\"", toml_string(name));
    }
    out.push_str(
        "\n# Secrets are always taken out. rules: a name and a pattern of your own.\n\
         #[redact]\n#accounts = true\n#emails = true\n#ips = false\n#[redact.rules]\n#customer = 'cust-\\d{6}'\n",
    );
}

fn more(total: usize, shown: usize, what: &str, out: &mut String) {
    if total > shown {
        let _ = writeln!(out, "# and {} more {what}", total - shown);
    }
}
