//! Log bodies to templates: what varies is blanked by its shape, what is left counts.

use std::sync::LazyLock;

use regex::Regex;

/// Longest template kept, bytes.
const MAX_TEMPLATE: usize = 240;

/// Shapes that vary from line to line, most specific first; each becomes `<*>`.
static VARIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"https?://[^\s"'<>)\]]+"#,
        r"|\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
        r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*",
        r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b",
        r"|\b[\w.+-]+@[\w-]+\.[\w.]+\b",
        r"|\B/[\w./@%+-]{2,}",
        r"|\b0x[0-9a-fA-F]+\b",
        r"|\b\w*\d\w*(?:[.,:]\d+)*\b",
    ))
    .ok()
});

/// The template of a message: the first line with every varying part replaced by `<*>`.
pub fn mask(body: &str) -> String {
    let line = body.lines().next().unwrap_or("").trim();
    let mut end = line.len().min(1_000);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let masked = match VARIABLE.as_ref() {
        Some(variable) => variable.replace_all(&line[..end], "<*>").into_owned(),
        None => line[..end].to_string(),
    };
    let mut cut = masked.len().min(MAX_TEMPLATE);
    while !masked.is_char_boundary(cut) {
        cut -= 1;
    }
    masked[..cut].to_string()
}
