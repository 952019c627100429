//! Names of files and members: cleaned for display, made unique, and judged (evidence or not).

use std::collections::BTreeMap;

/// Endings that a bundle's name is better without.
const ENDINGS: &[&str] =
    &[".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".gz", ".zst", ".zstd", ".bz2", ".xz", ".zip"];

/// Folders of version control: the history of the evidence, not evidence.
const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".bzr", ".jj", "CVS", "_darcs"];

/// A name fit for display, and whether it had to be changed for safety.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cleaned {
    /// `/` separated, relative, without control characters.
    pub(super) path: String,
    /// It climbed, was absolute, or held characters that a terminal would obey.
    pub(super) hostile: bool,
}

/// Cleans a path as an archive or a disk gave it. Nothing is ever written under it.
pub(super) fn clean(raw: &[u8]) -> Cleaned {
    let (text, mut hostile) = printable(raw);
    hostile |= text.starts_with('/') || drive_letter(&text);
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                hostile = true;
                parts.push("%2E%2E");
            }
            other => parts.push(other),
        }
    }
    let path = if parts.is_empty() { "unnamed".to_owned() } else { parts.join("/") };
    Cleaned { path, hostile }
}

/// Text with control characters and bytes that are not UTF-8 written as `%NN`, `\` as `/`.
fn printable(raw: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(raw.len());
    let mut hostile = false;
    for chunk in raw.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' => {
                    hostile = true;
                    text.push('/');
                }
                letter if letter.is_control() || reorders(letter) => {
                    hostile = true;
                    let mut bytes = [0; 4];
                    escape(&mut text, letter.encode_utf8(&mut bytes).as_bytes());
                }
                letter => text.push(letter),
            }
        }
        escape(&mut text, chunk.invalid());
    }
    (text, hostile)
}

fn escape(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push_str(&format!("%{byte:02X}"));
    }
}

/// Characters that change the reading order of what stands around them.
fn reorders(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn drive_letter(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic())
}

/// Why a file of this (cleaned) path is not evidence by its place or name.
pub(super) fn not_evidence(path: &str) -> Option<&'static str> {
    let mut parts = path.split('/').rev();
    let file = parts.next().unwrap_or_default();
    if let Some(reason) = parts.find_map(folder_not_evidence) {
        return Some(reason);
    }
    (file == ".DS_Store" || file.starts_with("._")).then_some("desktop metadata")
}

/// Why a folder of this name holds no evidence.
pub(super) fn folder_not_evidence(name: &str) -> Option<&'static str> {
    if VERSION_CONTROL.contains(&name) {
        Some("version control data")
    } else if name == "__MACOSX" {
        Some("desktop metadata")
    } else {
        None
    }
}

/// A file name without endings of archives and compressions: `logs.tar.gz` is `logs`.
pub(super) fn without_archive_ending(name: &str) -> &str {
    let mut rest = name;
    'again: loop {
        for ending in ENDINGS {
            let cut = rest.len().saturating_sub(ending.len());
            if cut > 0 && rest.get(cut..).is_some_and(|tail| tail.eq_ignore_ascii_case(ending)) {
                rest = rest.get(..cut).unwrap_or(rest);
                continue 'again;
            }
        }
        return rest;
    }
}

/// Makes repeated names distinct: the second `kv.log` is `kv.log#2`.
#[derive(Default)]
pub(super) struct Distinct(BTreeMap<String, u32>);

impl Distinct {
    /// The name itself the first time, numbered afterwards.
    pub(super) fn name(&mut self, name: String) -> String {
        let mut wanted = name.clone();
        loop {
            let seen = self.0.entry(wanted.clone()).or_insert(0);
            *seen += 1;
            if *seen == 1 {
                return wanted;
            }
            wanted = format!("{name}#{seen}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(raw: &[u8]) -> (String, bool) {
        let Cleaned { path, hostile } = clean(raw);
        (path, hostile)
    }

    #[test]
    fn names_that_escape_are_shown_harmless_and_said_to_be_so() {
        assert_eq!(cleaned(b"./app/kv.log"), ("app/kv.log".into(), false));
        assert_eq!(cleaned(b"../../etc/passwd"), ("%2E%2E/%2E%2E/etc/passwd".into(), true));
        assert_eq!(cleaned(b"/var/log/x"), ("var/log/x".into(), true));
        assert_eq!(cleaned(b"app\\kv.log"), ("app/kv.log".into(), true));
        assert_eq!(cleaned(b"C:\\kv.log"), ("C:/kv.log".into(), true));
        assert_eq!(cleaned(b"a\0b\x1b[2J"), ("a%00b%1B[2J".into(), true));
        assert_eq!(cleaned("gpj.\u{202e}exe".as_bytes()), ("gpj.%E2%80%AEexe".into(), true));
        assert_eq!(cleaned(b"caf\xe9.log"), ("caf%E9.log".into(), false));
        assert_eq!(cleaned(b"///"), ("unnamed".into(), true));
    }

    #[test]
    fn desktop_and_version_control_files_are_not_evidence() {
        assert!(not_evidence("__MACOSX/app/._kv.log").is_some());
        assert!(not_evidence("app/.DS_Store").is_some());
        assert!(not_evidence("x/.git/config").is_some());
        assert!(not_evidence("app/.hidden.log").is_none());
        assert!(not_evidence(".gitlab/notes.md").is_none());
    }

    #[test]
    fn archive_endings_are_dropped_from_names() {
        assert_eq!(without_archive_ending("logs.tar.GZ"), "logs");
        assert_eq!(without_archive_ending("kv.log.zst"), "kv.log");
        assert_eq!(without_archive_ending(".zip"), ".zip");
    }

    #[test]
    fn repeated_names_are_numbered() {
        let mut names = Distinct::default();
        let got: Vec<_> = ["a", "a", "a#2", "a"].into_iter().map(|name| names.name(name.into())).collect();
        assert_eq!(got.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{got:?}");
        assert_eq!(got[1], "a#2");
    }
}
