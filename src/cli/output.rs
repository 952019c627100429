//! Printing: stdout that survives a closed pipe, colours, the progress bar.

use std::io::{self, IsTerminal, Write};
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
/// As [`print()`].
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

    /// Prints one line, its end included.
    ///
    /// # Errors
    /// [`Error::Write`], also when the reader has gone away: what is left would go nowhere, and
    /// [`gone`] tells that from a fault.
    pub fn print(&mut self, line: &str) -> Result<()> {
        let path = || PathBuf::from("standard output");
        self.out.write_all(line.as_bytes()).map_err(|source| Error::Write { path: path(), source })
    }

    /// Prints what is held back.
    ///
    /// # Errors
    /// As [`print()`].
    pub fn finish(mut self) -> Result<()> {
        written(self.out.flush())
    }
}

/// Whether an error only says that nobody reads any more.
pub fn gone(error: &Error) -> bool {
    matches!(error, Error::Write { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
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

/// `text` whole, control characters shown as `·`.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if is_unsafe(c) { '·' } else { c }).collect()
}

/// Characters that move the cursor or reorder what is read.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Columns of the terminal on stdout: what `COLUMNS` says, else 80; `None` when stdout is no
/// terminal and lines may be as long as they are.
pub fn width() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    std::io::stdout().is_terminal().then(|| said.filter(|columns| *columns >= 40).unwrap_or(80))
}

/// Breaks text at blanks into lines of at most `width` characters; a word that is longer than a line
/// is cut into lines.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<(String, usize)> = vec![(String::new(), 0)];
    for word in text.split(' ') {
        let length = word.chars().count();
        match lines.last_mut() {
            Some((line, used)) if *used > 0 && *used + 1 + length <= width => {
                line.push(' ');
                line.push_str(word);
                *used += 1 + length;
            }
            Some((line, used)) if *used == 0 && length <= width => {
                line.push_str(word);
                *used = length;
            }
            _ => {
                let letters: Vec<char> = word.chars().collect();
                let pieces = letters.chunks(width.max(1)).map(|piece| (piece.iter().collect(), piece.len()));
                lines.retain(|(line, _)| !line.is_empty());
                lines.extend(pieces);
            }
        }
    }
    lines.into_iter().map(|(line, _)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked_and_nothing_is_lost() {
        let text = format!("a few words and {} more", "x".repeat(50));
        let lines = wrap(&text, 20);
        assert!(lines.iter().all(|line| line.chars().count() <= 20), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert_eq!(wrap("one two", usize::MAX), ["one two"]);
    }
}
