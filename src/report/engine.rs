//! The template engine: built-in sets, a folder of the user's that overrides them by file name, and
//! the filters that keep foreign text inert in Markdown.

use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};
use tera::{Context, Kwargs, State, Tera};

use crate::error::{Error, Result};

/// Name of the set of the comparison pages.
pub(super) const COMPARE: &str = "compare";

/// Name of the set of the audit pages.
pub(super) const AUDIT: &str = "audit";

/// Sets that no report is made with.
const APART: [&str; 2] = [COMPARE, AUDIT];

/// Names of the sets that a report can be made with.
pub(super) fn report_sets() -> impl Iterator<Item = &'static str> {
    SETS.iter().map(|s| s.name).filter(|n| !APART.contains(n))
}

/// A set of templates that makes one kind of page.
pub(super) struct Set {
    /// Name, for `--template`.
    pub name: &'static str,
    /// File name and content.
    files: &'static [(&'static str, &'static str)],
}

/// Files every set may include.
const SHARED: &[(&str, &str)] = &[
    ("page.html", include_str!("../../templates/shared/page.html")),
    ("parts.html", include_str!("../../templates/shared/parts.html")),
    ("parts.md", include_str!("../../templates/shared/parts.md")),
    ("style.css", include_str!("../../templates/shared/style.css")),
    ("script.js", include_str!("../../templates/shared/script.js")),
];

/// Every built-in set. Another one is a folder in `templates/` and an entry here.
pub(super) const SETS: &[Set] = &[
    Set {
        name: "sre",
        files: &[
            ("report.html", include_str!("../../templates/sre/report.html")),
            ("impact.html", include_str!("../../templates/sre/impact.html")),
            ("timeline.html", include_str!("../../templates/sre/timeline.html")),
            ("response.html", include_str!("../../templates/sre/response.html")),
            ("stated.html", include_str!("../../templates/sre/stated.html")),
            ("evidence.html", include_str!("../../templates/sre/evidence.html")),
            ("report.md", include_str!("../../templates/sre/report.md")),
        ],
    },
    Set {
        name: COMPARE,
        files: &[
            ("compare.html", include_str!("../../templates/compare/compare.html")),
            ("compare.md", include_str!("../../templates/compare/compare.md")),
        ],
    },
    Set {
        name: AUDIT,
        files: &[
            ("audit.html", include_str!("../../templates/audit/audit.html")),
            ("audit.md", include_str!("../../templates/audit/audit.md")),
        ],
    },
];

/// Prefix under which built-in templates stay reachable for those that override them.
const BUILT_IN: &str = "builtin/";
/// File names of a user's folder that are templates.
const SUFFIXES: [&str; 6] = [".html", ".md", ".css", ".js", ".svg", ".txt"];

/// One set, ready to render.
#[derive(Debug)]
pub(super) struct Engine {
    tera: Tera,
}

impl Engine {
    /// Loads the set `name` and, over it, the templates of `overrides`.
    pub(super) fn new(name: &str, overrides: Option<&Path>) -> Result<Engine> {
        let set = SETS.iter().find(|s| s.name == name).ok_or_else(|| Error::Usage {
            option: "--template".into(),
            message: format!("expected one of {}, found \"{name}\"", report_sets().collect::<Vec<_>>().join(", ")),
        })?;
        let mut tera = Tera::default();
        tera.autoescape_on(vec![".html", ".htm", ".xml", ".svg"]);
        tera.register_filter("md", md_filter);
        tera.register_filter("code", code_filter);
        tera.set_fallback_prefixes([BUILT_IN]).map_err(|e| failed(name, &e))?;
        let mut all: Vec<(String, String)> = Vec::new();
        for (file, content) in SHARED.iter().chain(set.files) {
            all.push((format!("{BUILT_IN}{file}"), (*content).to_string()));
        }
        if let Some(dir) = overrides {
            all.extend(user_files(dir)?);
        }
        tera.add_raw_templates(all).map_err(|e| failed(name, &e))?;
        Ok(Engine { tera })
    }

    /// Renders the template `file` with `value` under the name `root`.
    pub(super) fn render<T: Serialize>(&self, file: &str, root: &str, value: &T) -> Result<String> {
        let mut context = Context::new();
        // Pages run this script and no other: its hash is the only one their policy allows.
        let script = self.tera.render("script.js", &context).map_err(|e| failed("script.js", &e))?;
        context.insert("script_hash", &format!("sha256-{}", base64(&Sha256::digest(script.as_bytes()))));
        context.insert("script", &script);
        context.insert(root.to_string(), value);
        self.tera.render(file, &context).map_err(|e| failed(file, &e))
    }
}

/// Templates of a user's folder, by file name.
fn user_files(dir: &Path) -> Result<Vec<(String, String)>> {
    let open = |source| Error::Open { path: dir.to_path_buf(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(open)? {
        let path = entry.map_err(open)?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && SUFFIXES.iter().any(|s| name.ends_with(s)) {
            let text = std::fs::read_to_string(&path).map_err(|source| Error::Open { path, source })?;
            files.push((name, text));
        }
    }
    files.sort();
    Ok(files)
}

/// An engine error with everything it says: template, line, and what is there.
fn failed(name: &str, error: &tera::Error) -> Error {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        message.push_str(&format!("; {inner}"));
        source = inner.source();
    }
    Error::Template { name: name.to_string(), message }
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

    #[test]
    fn an_unknown_variable_names_file_and_line() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("compare.md"), "one\n{{ compare.nothing_like_it }}\n").unwrap();
        let engine = Engine::new(COMPARE, Some(dir.path())).unwrap();
        let error = engine.render("compare.md", "compare", &serde_json::json!({"a": 1})).unwrap_err().to_string();
        assert!(error.contains("compare.md") && error.contains('2') && error.contains("nothing_like_it"), "{error}");
    }

    #[test]
    fn base64_is_padded() {
        assert_eq!([base64(b"M"), base64(b"Ma"), base64(b"Man")], ["TQ==", "TWE=", "TWFu"]);
    }

    #[test]
    fn an_unknown_set_is_a_usage_error() {
        assert!(matches!(Engine::new("nope", None), Err(Error::Usage { .. })));
    }
}
