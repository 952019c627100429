//! The command line: what was typed becomes a request, what comes back is printed.
//!
//! Results go to stdout, everything else to stderr; a closed pipe ends the run silently.

#![expect(clippy::print_stderr, reason = "the one place that prints")]

mod args;
mod audit;
mod compare;
mod findings;
mod fold;
mod formats;
mod init;
mod inspect;
mod man;
mod output;
mod patterns;
mod records;
mod series;
mod timeline;

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use args::Cli;
use args::{
    Command, FormatsArgs, FormatsCommand, Global, Input, Names, Redact, ReportArgs, SimulateArgs, TemplatesArgs,
    TemplatesCommand, View,
};
use output::Bar;

use crate::error::{Error, Result};
use crate::model::{Accounting, Diagnostic, Incident, NameStyle, RedactRules};
use crate::pipeline::{self, Request};
use crate::{report, simulate};

/// Parses the arguments of the process, runs, and says how it went.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let printed = output::written(error.print());
            return if error.use_stderr() { ExitCode::from(2) } else { ended(printed.map(|()| ExitCode::SUCCESS)) };
        }
    };
    output::set_color(cli.global.color);
    if let Some(threads) = cli.global.threads {
        output::set_threads(threads);
    }
    ended(run(cli))
}

/// The exit status of a run; why it stopped goes to stderr.
fn ended(outcome: Result<ExitCode>) -> ExitCode {
    match outcome {
        Ok(status) => status,
        Err(error) if output::gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recount: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let global = cli.global;
    match cli.command {
        Command::Report(args) => write_report(&args, &global),
        Command::Timeline(args) => {
            let incident = recount(&args.input, &args.view, NameStyle::Full, &global)?;
            if let Some(why) = timeline::nothing(&incident) {
                eprintln!("recount: {why}");
            }
            let width = output::width();
            let text = if args.json { json(&incident.timeline)? } else { timeline::text(&incident, args.all, width) };
            output::print(&text)?;
            Ok(gate(&incident.diagnostics, &global))
        }
        Command::Inspect(args) => {
            let evidence = pipeline::inspect(&request(&args.input, None)?, &Bar::new(&global))?;
            let text = if args.json {
                json(&inspect::Inspection::of(&evidence))?
            } else {
                inspect::text(&evidence, global.verbose)
            };
            output::print(&text)?;
            say_nothing_read(evidence.sources.iter().map(|source| &source.accounting));
            Ok(gate(&evidence.diagnostics, &global))
        }
        Command::Init(args) => init::run(&args, &global),
        Command::Records(args) => {
            let mut out = output::Lines::new();
            let width = output::width();
            let each =
                &mut |record| out.print(&if args.json { json_line(&record)? } else { records::line(&record, width) });
            let diagnostics = pipeline::records(&request(&args.input, None)?, &Bar::new(&global), each)?;
            out.finish()?;
            say(&diagnostics, &global);
            Ok(gate(&diagnostics, &global))
        }
        Command::Fold(args) => {
            let folded = pipeline::fold(&request(&args.input, None)?, &Bar::new(&global))?;
            fold::write(&folded.rows, &args)?;
            say(&folded.diagnostics, &global);
            Ok(gate(&folded.diagnostics, &global))
        }
        Command::Findings(args) => {
            let incident = recount(&args.input, &args.view, NameStyle::Full, &global)?;
            let conclusions = findings::Conclusions::of(&incident);
            output::print(&if args.json { json(&conclusions)? } else { conclusions.text(output::width()) })?;
            Ok(gate(&incident.diagnostics, &global))
        }
        Command::Patterns(args) => patterns::run(&args, &global),
        Command::Series(args) => {
            let changed = pipeline::series(&request(&args.input, None)?, &Bar::new(&global))?;
            output::print(&if args.json { series::json(&changed.series)? } else { series::text(&changed.series) })?;
            say(&changed.diagnostics, &global);
            Ok(gate(&changed.diagnostics, &global))
        }
        Command::Compare(args) => compare::run(&args, &global),
        Command::Audit(args) => audit::run(&args, &global),
        Command::Simulate(args) => write_simulation(&args),
        Command::Formats(args) => about_formats(args, &global),
        Command::Templates(args) => about_templates(args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "recount", &mut script);
            output::print(&String::from_utf8_lossy(&script))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Man { output } => {
            match output {
                Some(dir) => man::write(&dir)?,
                None => output::print(&man::all()?)?,
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn request(input: &Input, title: Option<&str>) -> Result<Request> {
    let mut paths = input.paths.clone();
    if let Some(list) = &input.files_from {
        paths.extend(listed(list)?);
    }
    if paths.is_empty() {
        let message = "expected a path on each line, found none; list the files to read, or name a bundle".to_string();
        return Err(Error::Usage { option: "--files-from".to_string(), message });
    }
    Ok(Request {
        paths,
        config: input.config.clone(),
        input_tz: input.input_tz.clone(),
        formats: input.format.clone(),
        services: input.service.clone(),
        format_files: input.format_file.clone(),
        format_dir: format_dir(),
        bucket_s: input.bucket,
        title: title.map(str::to_string),
        redact: RedactRules {
            emails: input.redact.contains(&Redact::Emails).then_some(true),
            ips: input.redact.contains(&Redact::Ips).then_some(true),
            ..RedactRules::default()
        },
        ..Request::default()
    })
}

/// How people are to be named.
fn names(style: Names) -> NameStyle {
    match style {
        Names::Roles => NameStyle::Roles,
        Names::Initials => NameStyle::Initials,
        Names::Full => NameStyle::Full,
    }
}

/// Paths listed one a line.
fn listed(list: &Path) -> Result<Vec<PathBuf>> {
    let open = |source| Error::Open { path: list.to_path_buf(), source };
    let reader: Box<dyn BufRead> = if list == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::io::BufReader::new(std::fs::File::open(list).map_err(open)?))
    };
    let lines: std::io::Result<Vec<String>> = reader.lines().collect();
    Ok(lines.map_err(open)?.into_iter().filter(|l| !l.is_empty()).map(PathBuf::from).collect())
}

/// The incident that `input` gives, cut and told as `view` says; `default_names` is how people are named
/// when nobody says.
fn recount(input: &Input, view: &View, default_names: NameStyle, global: &Global) -> Result<Incident> {
    let request = Request {
        since: view.since.clone(),
        until: view.until.clone(),
        only: view.services.clone(),
        names: view.names.map(names),
        default_names,
        ..request(input, view.title.as_deref())?
    };
    let incident = pipeline::recount(&request, &Bar::new(global))?;
    say_nothing_read(incident.sources.iter().map(|source| &source.accounting));
    say(&incident.diagnostics, global);
    Ok(incident)
}

/// Says on stderr when nothing of the input could be read: an empty result must not look like a calm day.
fn say_nothing_read<'a>(accounts: impl Iterator<Item = &'a Accounting>) {
    if let Some(diagnostic) = pipeline::nothing_read("input", accounts) {
        eprintln!("recount: {diagnostic}");
    }
}

/// Exit status 1 when the user asked for completeness and something was left out.
fn gate(diagnostics: &[Diagnostic], global: &Global) -> ExitCode {
    let grave: Vec<&Diagnostic> = diagnostics.iter().filter(|d| d.kind.fails_strict()).collect();
    if !global.strict || grave.is_empty() {
        return ExitCode::SUCCESS;
    }
    for diagnostic in grave {
        eprintln!("recount: {diagnostic}");
    }
    ExitCode::from(1)
}

/// One object on one line.
fn json_line(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string(value);
    text.map(|t| t + "\n").map_err(|e| Error::Internal { step: "json", message: e.to_string() })
}

/// Says the diagnostics that were asked for.
fn say(diagnostics: &[Diagnostic], global: &Global) {
    for diagnostic in diagnostics.iter().filter(|_| global.verbose) {
        eprintln!("recount: {diagnostic}");
    }
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value);
    text.map(|t| t + "\n").map_err(|e| Error::Internal { step: "json", message: e.to_string() })
}

fn write_report(args: &ReportArgs, global: &Global) -> Result<ExitCode> {
    let template = report::Template::parse(&args.template)?;
    report::check_templates(&template, args.templates.as_deref())?;
    let incident = recount(&args.input, &args.view, NameStyle::Roles, global)?;
    let dir = args.output.clone().unwrap_or_else(|| Path::new("out").join(folder_name(&args.input.paths)));
    let audit = pipeline::audit(&incident);
    let stated = pipeline::stated(&incident);
    let input = report::Input { template, png: args.png, ..report::Input::new(&incident, &audit, &stated) };
    report::write(&input, args.templates.as_deref(), &dir, args.force)?;
    if args.json {
        output::print(&json(&incident)?)?;
    } else if !global.quiet {
        output::print(&report::summary(&incident, Some(&dir.display().to_string())))?;
    }
    Ok(gate(&incident.diagnostics, global))
}

/// A folder name for the output of `paths`: the first one's name without its endings.
fn folder_name(paths: &[PathBuf]) -> String {
    let first = paths.first().and_then(|path| path.canonicalize().ok().or_else(|| Some(path.clone())));
    let name = first.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let stem = [".tar.gz", ".tgz", ".tar.zst", ".tar", ".zip", ".gz", ".zst", ".bz2", ".xz"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(&name);
    if stem.is_empty() || stem == "-" { "report".to_string() } else { stem.to_string() }
}

fn write_simulation(args: &SimulateArgs) -> Result<ExitCode> {
    let text = std::fs::read_to_string(&args.scenario)
        .map_err(|source| Error::Open { path: args.scenario.clone(), source })?;
    let scenario = simulate::Scenario::parse(&text, &args.scenario.display().to_string())?;
    let size = args.size.parse().map_err(|message| Error::Usage { option: "--size".to_string(), message })?;
    let options = simulate::Options { size, seed: args.seed, ..simulate::Options::default() };
    simulate::write(&scenario, options, &args.output)?;
    Ok(ExitCode::SUCCESS)
}

fn about_formats(args: FormatsArgs, global: &Global) -> Result<ExitCode> {
    match args.command {
        None => output::print(&formats::list(args.json)?)?,
        Some(FormatsCommand::Check { files, json }) => {
            let trials = pipeline::try_definitions(&files)?;
            output::print(&if json { formats::trials_json(&trials)? } else { formats::trials(&trials) })?;
            return Ok(if formats::hold(&trials) { ExitCode::SUCCESS } else { ExitCode::from(1) });
        }
        Some(FormatsCommand::Explain { input, json }) => {
            let mut out = output::Lines::new();
            let diagnostics = pipeline::explain(&request(&input, None)?, &mut |path, explained| {
                out.print(&if json {
                    json_line(&formats::Explained::new(path, explained))?
                } else {
                    formats::explanation(path, &explained)
                })
            })?;
            out.finish()?;
            for diagnostic in &diagnostics {
                eprintln!("recount: {diagnostic}");
            }
            return Ok(gate(&diagnostics, global));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn about_templates(args: TemplatesArgs) -> Result<ExitCode> {
    match args.command {
        None if args.json => output::print(&json(&report::template_sets().collect::<Vec<_>>())?)?,
        None => {
            let lines: String = report::template_sets().map(|s| format!("{:<11} {}\n", s.name, s.about)).collect();
            output::print(&format!("{lines}\nrecount templates export DIR --set NAME writes one to start from\n"))?;
        }
        Some(TemplatesCommand::Export { dir, set, force }) => {
            let files = report::export_templates(&set, &dir, force)?;
            output::print(&format!(
                "{} files in {}; edit them and pass --templates {}\n",
                files.len(),
                dir.display(),
                dir.display()
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The user's directory of files that define formats, where the system tells one.
fn format_dir() -> Option<PathBuf> {
    let said = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || said("HOME").map(|home| home.join(".config"));
    let dir = said("XDG_CONFIG_HOME").filter(|dir| dir.is_absolute()).or_else(home).or_else(|| said("APPDATA"))?;
    Some(dir.join("recount").join("formats"))
}

/// Whether progress can be shown.
fn interactive() -> bool {
    std::io::stderr().is_terminal()
}
