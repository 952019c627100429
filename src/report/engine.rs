//! The template engine: built-in sets, a folder of the user's that overrides them by file name, and
//! the filters that keep foreign text inert in Markdown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};
use tera::{Context, Kwargs, State, Tera};

use super::sets::{self, AUDIT, COMPARE, SHARED, Template};
use crate::error::{Error, Result};

/// Prefix under which built-in templates stay reachable for those that override them.
const BUILT_IN: &str = "builtin/";
/// Folder of the sections, beside the pages that include them.
const SECTIONS: &str = "sections";
/// File names of a user's folder that are templates.
const SUFFIXES: [&str; 6] = [".html", ".md", ".css", ".js", ".svg", ".txt"];

/// One set, ready to render.
#[derive(Debug)]
pub(super) struct Engine {
    tera: Tera,
    /// Where the user's templates lie, by name.
    places: BTreeMap<String, PathBuf>,
    /// Every name that can be included or extended.
    names: BTreeSet<String>,
}

/// A template of the user's.
struct UserFile {
    name: String,
    path: PathBuf,
    text: String,
}

impl Engine {
    /// Loads a set, over it the templates of the folder `overrides`, and the user's own pages.
    pub(super) fn new(template: &Template, overrides: Option<&Path>) -> Result<Engine> {
        let set = sets::find(&template.set)?;
        let mut tera = Tera::default();
        tera.autoescape_on(vec![".html", ".htm", ".xml", ".svg", ".html.tera"]);
        tera.register_filter("md", md_filter);
        tera.register_filter("code", code_filter);
        let mut engine = Engine { tera, places: BTreeMap::new(), names: BTreeSet::new() };
        let prefixes = engine.tera.set_fallback_prefixes([BUILT_IN]);
        prefixes.map_err(|e| engine.failed(&template.set, &e))?;
        let mut all: Vec<(String, String)> = Vec::new();
        for (file, content) in SHARED.iter().chain(set.files) {
            all.push((format!("{BUILT_IN}{file}"), (*content).to_string()));
        }
        let mut own = overrides.map(user_files).transpose()?.unwrap_or_default();
        for path in [&template.html, &template.markdown].into_iter().flatten() {
            own.push(UserFile { name: page_name(path), path: path.clone(), text: read(path)? });
        }
        for file in own {
            engine.places.insert(file.name.clone(), file.path);
            all.push((file.name, file.text));
        }
        engine.names = all.iter().map(|(name, _)| name.trim_start_matches(BUILT_IN).to_string()).collect();
        let added = engine.tera.add_raw_templates(all);
        added.map_err(|e| engine.failed(&template.set, &e))?;
        Ok(engine)
    }

    /// The pages of a comparison.
    pub(super) fn compare(overrides: Option<&Path>) -> Result<Engine> {
        Engine::new(&Template { set: COMPARE.to_string(), ..Template::default() }, overrides)
    }

    /// The pages of an audit.
    pub(super) fn audit(overrides: Option<&Path>) -> Result<Engine> {
        Engine::new(&Template { set: AUDIT.to_string(), ..Template::default() }, overrides)
    }

    /// Renders the template `file` with `value` under the name `root`.
    pub(super) fn render<T: Serialize>(&self, file: &str, root: &str, value: &T) -> Result<String> {
        let mut context = Context::new();
        // Pages run this script and no other: its hash is the only one their policy allows.
        let script = self.tera.render("script.js", &context).map_err(|e| self.failed("script.js", &e))?;
        context.insert("script_hash", &format!("sha256-{}", base64(&Sha256::digest(script.as_bytes()))));
        context.insert("script", &script);
        context.insert(root.to_string(), value);
        self.tera.render(file, &context).map_err(|e| self.failed(file, &e))
    }

    /// An engine error: `file:line:column`, what is wrong, what exists at that place, and the line itself.
    fn failed(&self, name: &str, error: &tera::Error) -> Error {
        let mut message = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            message.push_str(&format!("; {inner}"));
            source = inner.source();
        }
        let mut place = match error.kind() {
            tera::ErrorKind::MissingParent { current, .. } => {
                self.places.get(current).map_or_else(|| current.clone(), |path| path.display().to_string())
            }
            _ => name.to_string(),
        };
        let mut lines: Vec<&str> = message.lines().collect();
        if let Some((i, found)) = lines.iter().enumerate().find_map(|(i, l)| Some((i, l.trim().strip_prefix("--> ")?)))
        {
            place = self.place(found);
            lines.remove(i);
        }
        let mut text = lines.join("\n").trim_start_matches("error: ").to_string();
        if text.contains("Unknown template") || text.contains("doesn't exist") {
            let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
            text.push_str(&format!("\nthere are: {}", names.join(", ")));
        }
        Error::Template { name: place, message: text }
    }

    /// The path in place of a template's name in `name:line:column`.
    fn place(&self, found: &str) -> String {
        let mut parts = found.rsplitn(3, ':');
        let (column, line, name) = (parts.next(), parts.next(), parts.next());
        match (name.and_then(|n| self.places.get(n)), line, column) {
            (Some(path), Some(line), Some(column)) => format!("{}:{line}:{column}", path.display()),
            _ => found.to_string(),
        }
    }
}

/// The name under which a page of the user's is known: its path as it was typed.
pub(super) fn page_name(path: &Path) -> String {
    path.display().to_string()
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_path_buf(), source })
}

/// Templates of a user's folder and of its folder of sections, by name. A README says what they are.
fn user_files(dir: &Path) -> Result<Vec<UserFile>> {
    let mut files = Vec::new();
    for (folder, prefix) in [(dir.to_path_buf(), ""), (dir.join(SECTIONS), "sections/")] {
        if !prefix.is_empty() && !folder.is_dir() {
            continue;
        }
        let open = |source| Error::Open { path: folder.clone(), source };
        for entry in std::fs::read_dir(&folder).map_err(open)? {
            let path = entry.map_err(open)?.path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_file() && name != sets::README && SUFFIXES.iter().any(|s| name.ends_with(s)) {
                files.push(UserFile { name: format!("{prefix}{name}"), text: read(&path)?, path });
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Base64 with padding (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = (0..3).fold(0u32, |n, i| n << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let digit = DIGITS.get((n >> (18 - 6 * i) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// `{{ text | md }}`: text that means nothing to Markdown.
fn md_filter(value: &str, _: Kwargs, _: &State) -> String {
    markdown(value)
}

/// `{{ text | code }}`: text as a code span that it cannot close.
fn code_filter(value: &str, _: Kwargs, _: &State) -> String {
    code_span(value)
}

/// Escapes everything Markdown (with GitHub's tables, autolinks and mathematics) would act on.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let chars: Vec<char> = text.chars().collect();
    for (i, c) in chars.iter().copied().enumerate() {
        let before = i.checked_sub(1).and_then(|b| chars.get(b)).copied();
        let after = chars.get(i + 1).copied();
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '_' if !(is_word(before) && is_word(after)) => out.push_str("\\_"),
            // A block mark acts only where a line can begin.
            '#' | '+' | '-' | '=' if before.is_none() => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if i > 0 && ends(after) && chars.iter().take(i).all(char::is_ascii_digit) => {
                out.push('\\');
                out.push(c);
            }
            // GitHub makes links of bare addresses.
            ':' if after == Some('/') => out.push_str("\\:"),
            '.' if before.is_some_and(|b| b.eq_ignore_ascii_case(&'w')) => out.push_str("\\."),
            '@' => out.push_str("\\@"),
            c => out.push(c),
        }
    }
    out
}

/// Whether a list number would end here.
fn ends(c: Option<char>) -> bool {
    c.is_none_or(char::is_whitespace)
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// A code span whose fence is longer than any run of backticks inside.
pub(super) fn code_span(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let text = text.replace(['\r', '\t'], " ").replace('\n', " ⏎ ");
    let pad = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_of_hostile_text_is_inert() {
        assert_eq!(markdown("a|b `c` [x](y) <b>"), "a\\|b \\`c\\` \\[x\\](y) &lt;b&gt;");
        assert_eq!(markdown("# no heading\n- item"), "\\# no heading - item");
        assert_eq!(markdown("kv_reads _em_ 1. list"), "kv_reads \\_em\\_ 1. list");
        assert_eq!(markdown("1. list"), "1\\. list");
        assert_eq!(markdown("https://evil.example www.evil.example"), "https\\://evil.example www\\.evil.example");
    }

    #[test]
    fn a_code_span_cannot_be_closed_from_inside() {
        assert_eq!(code_span("a ``` b"), "```` a ``` b ````".replace("```` a", "````a").replace("b ````", "b````"));
        assert_eq!(code_span("`x`\ny"), "`` `x` ⏎ y ``");
    }

    /// What is said of a comparison page with this text.
    fn said(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("compare.md");
        std::fs::write(&path, text).unwrap();
        let value = serde_json::json!({"titles": {"first": 1, "second": 2}});
        let done = Engine::compare(Some(dir.path())).and_then(|e| e.render("compare.md", "compare", &value));
        let said = done.unwrap_err().to_string();
        assert!(said.contains(&path.display().to_string()), "the file is named by its path: {said}");
        said
    }

    #[test]
    fn a_misspelt_field_names_file_line_and_the_fields_there_are() {
        let said = said("one\n{{ compare.titles.frist }}\n");
        assert!(said.contains("compare.md:2:19: Field `frist` is not defined"), "{said}");
        assert!(
            said.contains("Available fields: first, second") && said.contains("{{ compare.titles.frist }}"),
            "{said}"
        );
        assert!(!said.contains("-->"), "{said}");
    }

    #[test]
    fn a_syntax_error_names_file_and_line() {
        let said = said("one\ntwo\n{% if compare.titles %}no end\n");
        assert!(said.contains("compare.md:4:") || said.contains("compare.md:3:"), "{said}");
    }

    #[test]
    fn a_missing_include_names_the_templates_there_are() {
        let said = said("{% include \"sections/sumary.md\" %}");
        assert!(said.contains("compare.md:1:12: Unknown template `sections/sumary.md`"), "{said}");
        assert!(said.contains("sections/summary.md") && !said.contains("builtin/"), "{said}");
    }

    #[test]
    fn base64_is_padded() {
        assert_eq!([base64(b"M"), base64(b"Ma"), base64(b"Man")], ["TQ==", "TWE=", "TWFu"]);
    }
}
