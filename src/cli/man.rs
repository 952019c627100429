//! Man pages, made from what can be typed: one for the program, one for each command.

use std::path::Path;

use clap::{Command, CommandFactory};

use super::Cli;
use crate::error::{Error, Result};

/// The program first, then its commands in the order of the help, each with its options and its full name.
fn commands() -> Vec<Command> {
    let mut whole = Cli::command().disable_help_subcommand(true);
    whole.build();
    let mut all: Vec<Command> = whole.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect();
    all.insert(0, whole);
    all
}

fn failed(error: std::io::Error) -> Error {
    Error::Internal { step: "man page", message: error.to_string() }
}

/// Every page, one after the other.
pub fn all() -> Result<String> {
    let mut pages = Vec::new();
    for command in commands() {
        clap_mangen::Man::new(command).render(&mut pages).map_err(failed)?;
    }
    Ok(String::from_utf8_lossy(&pages).into_owned())
}

/// Every page as a file of its own (`recount.1`, `recount-report.1`, …) in `dir`, which is made if missing.
pub fn write(dir: &Path) -> Result<()> {
    let no = |source| Error::Open { path: dir.to_path_buf(), source };
    std::fs::create_dir_all(dir).map_err(no)?;
    for command in commands() {
        clap_mangen::Man::new(command).generate_to(dir).map_err(no)?;
    }
    Ok(())
}
