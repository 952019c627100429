//! The service a path speaks of, for records that name none.

/// Words in file names that say what a file is, not whose it is.
const KIND_WORDS: &[&str] = &[
    "access",
    "error",
    "errors",
    "log",
    "logs",
    "out",
    "err",
    "stdout",
    "stderr",
    "app",
    "application",
    "server",
    "json",
    "ndjson",
    "jsonl",
    "txt",
    "text",
    "csv",
    "current",
    "messages",
    "syslog",
    "events",
    "export",
    "data",
    "old",
    "output",
    "requests",
    "http",
    "gz",
    "zst",
    "bz2",
    "xz",
    "zip",
    "metrics",
    "traces",
    "trace",
    "spans",
    "all",
];

/// The service a path names: the file's stem without kinds, dates and numbers; else the nearest
/// folder that says something; empty when nothing does.
pub fn service_of_path(path: &str) -> String {
    path.rsplit(['/', '!']).map(service_of_component).find(|name| !name.is_empty()).unwrap_or_default()
}

fn service_of_component(component: &str) -> String {
    let stem = component.trim_start_matches("./");
    let words: Vec<&str> = stem
        .split(['.', '_', '-', ' '])
        .filter(|word| {
            !word.is_empty()
                && !KIND_WORDS.contains(&word.to_ascii_lowercase().as_str())
                && !word.chars().all(|c| c.is_ascii_digit() || c == 'T' || c == 'Z')
        })
        .collect();
    words.join("-")
}
