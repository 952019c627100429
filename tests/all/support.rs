//! What several tests need: the program as a process, folders, expectations.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the crate.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program and gives back what it said.
pub fn recount<I: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = I>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_recount"))
        .args(args)
        .env_remove("RECOUNT_THREADS")
        // What the person who runs the tests keeps there is no part of them.
        .env("XDG_CONFIG_HOME", root().join("tests/no-such-folder"))
        .output()
        .expect("the program starts")
}

/// Runs the program, expects success, and gives back stdout.
pub fn recounts<I: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = I>) -> String {
    let output = recount(args);
    assert!(output.status.success(), "status {:?}: {}", output.status.code(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// Says that a test was skipped, so that nobody takes silence for success.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn skip(what: &str) {
    eprintln!("SKIPPED: {what}");
}

/// Compares `actual` with the file at `path`; `UPDATE_EXPECT=1` writes it instead.
pub fn expect_file(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, actual).map_err(|e| format!("{}: {e}", path.display()))?;
        return Ok(());
    }
    let expected = std::fs::read_to_string(path)
        .map_err(|e| format!("{}: {e}; UPDATE_EXPECT=1 writes it, then review it", path.display()))?;
    if expected == actual {
        return Ok(());
    }
    let line = expected
        .lines()
        .zip(actual.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
    Err(format!(
        "{}:{}: expected {:?}, found {:?}",
        path.display(),
        line + 1,
        expected.lines().nth(line).unwrap_or("the end"),
        actual.lines().nth(line).unwrap_or("the end")
    ))
}

/// Folders below `path`, sorted.
pub fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(path)
        .map(|entries| entries.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect())
        .unwrap_or_default();
    found.sort();
    found
}

/// Every file below `path` with its content, by relative path.
pub fn contents(path: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut files = std::collections::BTreeMap::new();
    for entry in walkdir::WalkDir::new(path).into_iter().flatten().filter(|e| e.file_type().is_file()) {
        let name = entry.path().strip_prefix(path).expect("below").to_string_lossy().replace('\\', "/");
        files.insert(name, std::fs::read(entry.path()).expect("readable"));
    }
    files
}
