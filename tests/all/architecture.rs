//! The rules of the house: who may know whom, how long a file may be, what may not be named.

use std::path::{Path, PathBuf};

use crate::support::root;

fn sources() -> Vec<(PathBuf, String)> {
    let mut files: Vec<(PathBuf, String)> = walkdir::WalkDir::new(root().join("src"))
        .into_iter()
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "rs") && !is_test(e.path()))
        .map(|e| (e.path().to_path_buf(), std::fs::read_to_string(e.path()).expect("readable")))
        .collect();
    files.sort();
    files
}

/// Files that are compiled for tests only.
fn is_test(path: &Path) -> bool {
    path.components().any(|c| {
        let name = c.as_os_str().to_string_lossy();
        name == "tests" || name == "tests.rs" || name == "testing.rs" || name.starts_with("fixture")
    })
}

/// The lines before the tests of a file.
fn code(text: &str) -> &str {
    text.find("#[cfg(test)]").map_or(text, |at| &text[..at])
}

/// First folder or file stem below `src`.
fn room(path: &Path) -> String {
    let relative = path.strip_prefix(root().join("src")).expect("below src");
    relative.components().next().expect("named").as_os_str().to_string_lossy().trim_end_matches(".rs").to_string()
}

/// Rooms of the crate that a file names.
fn named_rooms(text: &str) -> Vec<String> {
    let rooms = regex::Regex::new(r"\bcrate::(?:\{([^}]*)\}|([a-z_]+))").expect("pattern");
    let mut names = Vec::new();
    for found in rooms.captures_iter(text) {
        match (found.get(1), found.get(2)) {
            (Some(list), _) => names
                .extend(list.as_str().split(',').map(|part| part.trim().split("::").next().unwrap_or("").to_string())),
            (_, Some(one)) => names.push(one.as_str().to_string()),
            _ => {}
        }
    }
    names
}

#[test]
fn data_moves_one_way_and_nobody_knows_more_than_it_needs() {
    let allowed = |room: &str| -> &'static [&'static str] {
        match room {
            "model" => &["model"],
            "bundle" => &["bundle", "model", "error"],
            "format" => &["format", "model"],
            "ingest" => &["ingest", "bundle", "format", "patterns", "model", "config", "error"],
            "patterns" => &["patterns", "model"],
            "clock" => &["clock", "model"],
            "rates" => &["rates", "model"],
            "timeline" => &["timeline", "model"],
            "findings" => &["findings", "model"],
            "audit" => &["audit", "model"],
            "compare" => &["compare", "model"],
            "simulate" => &["simulate", "model", "error"],
            "redact" => &["redact", "model", "error"],
            "report" => &["report", "model", "error"],
            "config" => &["config", "model", "error"],
            "error" => &["error", "model"],
            "pipeline" => &[
                "pipeline", "bundle", "ingest", "format", "clock", "patterns", "rates", "timeline", "findings",
                "audit", "compare", "redact", "config", "error", "model",
            ],
            _ => &["*"],
        }
    };
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let room = room(&path);
        let allowed = allowed(&room);
        for name in named_rooms(code(&text)) {
            if !allowed.contains(&"*") && !allowed.contains(&name.as_str()) {
                broken.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn big_libraries_stay_behind_their_rooms() {
    let rules: &[(&str, &[&str])] = &[
        // `ingest` for one door only: Parquet and Arrow tables become lines in `ingest/opened/table.rs`.
        ("polars", &["rates", "report", "ingest"]),
        ("tera::", &["report"]),
        ("plotters", &["report"]),
        // `format` for one door only: a write-up whose times are of several regions.
        ("chrono_tz", &["clock", "simulate", "format"]),
        ("clap::", &["cli"]),
    ];
    let mut broken = Vec::new();
    for (path, text) in sources() {
        for (library, rooms) in rules {
            let uses = code(&text).lines().any(|l| !l.trim_start().starts_with("//") && l.contains(library));
            if uses && !rooms.contains(&room(&path).as_str()) {
                broken.push(format!("{} names {library}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(path, text)| (path, code(text).lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_function_is_longer_than_eighty_lines() {
    let start = regex::Regex::new(r"^(\s*)(?:pub(?:\([a-z]+\))? )?(?:const )?fn ([a-z_0-9]+)").expect("pattern");
    let mut long = Vec::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = code(&text).lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(found) = start.captures(line) else { continue };
            let end = format!("{}}}", &found[1]);
            let length = lines[at..].iter().position(|l| *l == end).unwrap_or(0);
            if length > 80 {
                long.push(format!("{}:{}: {} has {length} lines", path.display(), at + 1, &found[2]));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn the_reference_incident_is_data_and_not_code() {
    let mut named = Vec::new();
    for (path, text) in sources() {
        for (number, line) in code(&text).lines().enumerate() {
            let lower = line.to_lowercase();
            // A format and a style of document may have the name of who made it known.
            let place = path.to_string_lossy();
            let format = lower.contains("logpush") || place.contains("/format/") || place.ends_with("report/sets.rs");
            let lower = lower.split("//").next().unwrap_or("");
            if lower.contains("workers kv") || lower.contains("kv-outage") || (lower.contains("cloudflare") && !format)
            {
                named.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(named.is_empty(), "{}", named.join("\n"));
}

#[test]
fn nothing_panics_on_purpose() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        for (number, line) in code(&text).lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            if [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!("]
                .iter()
                .any(|p| code.contains(p))
            {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_top_level_holds_only_what_belongs_there() {
    let known = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "rustfmt.toml",
        "clippy.toml",
        "src",
        "templates",
        "samples",
        "tests",
        "out",
        "benches",
        "fuzz",
        "target",
    ];
    let strange: Vec<String> = std::fs::read_dir(root())
        .expect("readable")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !known.contains(&name.as_str()))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}
