//! Printing: stdout that survives a closed pipe, colours, the progress bar.

use std::io::{self, Write};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Color, Global};
use crate::error::{Error, Result};
use crate::ingest::Progress;

/// Prints a result. A reader that has gone away ends it silently.
///
/// # Errors
/// [`Error::Write`] when it cannot be written for any other reason, such as a full disk.
pub fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// What a write to standard output comes to.
///
/// # Errors
/// As [`print`].
pub fn written(outcome: io::Result<()>) -> Result<()> {
    match outcome {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Write { path: PathBuf::from("standard output"), source })
        }
        _ => Ok(()),
    }
}

/// A long result, printed line by line.
pub struct Lines {
    out: io::BufWriter<io::StdoutLock<'static>>,
}

impl Lines {
    /// Nothing printed yet.
    pub fn new() -> Lines {
        Lines { out: io::BufWriter::with_capacity(1 << 16, io::stdout().lock()) }
    }

    /// Prints one line, its end included. A reader that has gone away ends the process silently:
    /// what is left to print would go nowhere.
    ///
    /// # Errors
    /// As [`print`].
    pub fn print(&mut self, line: &str) -> Result<()> {
        match self.out.write_all(line.as_bytes()) {
            Err(gone) if gone.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            outcome => written(outcome),
        }
    }

    /// Prints what is held back.
    ///
    /// # Errors
    /// As [`print`].
    pub fn finish(mut self) -> Result<()> {
        written(self.out.flush())
    }
}

/// Sets when colours are used, for everything printed from here on.
pub fn set_color(color: Color) {
    match color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// More threads than this only cost their stacks.
const MAX_THREADS: usize = 256;

/// Sets the number of threads of every pool; too late or impossible is no error, since the result
/// does not depend on it.
pub fn set_threads(threads: usize) {
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.clamp(1, MAX_THREADS)).build_global();
}

/// A bar on a terminal, nothing elsewhere.
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar unless stderr is no terminal or the user wants quiet.
    pub fn new(global: &Global) -> Bar {
        if global.quiet || !super::interactive() {
            return Bar(None);
        }
        let bar = ProgressBar::no_length();
        let template = "reading {wide_bar} {bytes} of {total_bytes}, {elapsed}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Bar(Some(bar))
    }
}

impl Progress for Bar {
    fn begin(&self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.set_length(bytes);
        }
    }

    fn advance(&self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(bytes);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// `text` cut to `width` characters, control characters shown as `·` (a log line must not steer
/// the terminal).
pub fn fit(text: &str, width: usize) -> String {
    let mut out: String = text.chars().map(|c| if is_unsafe(c) { '·' } else { c }).take(width + 1).collect();
    if out.chars().count() > width {
        out = out.chars().take(width.saturating_sub(1)).collect();
        out.push('…');
    }
    out
}

/// Characters that move the cursor or reorder what is read.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
