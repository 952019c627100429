//! Which files there are.

use std::path::PathBuf;

use super::*;
use crate::error::Error;

fn entry_paths(paths: &[PathBuf]) -> Vec<String> {
    open(paths).unwrap().entries.into_iter().map(|entry| entry.path).collect()
}

#[test]
fn entries_are_in_byte_order_whatever_the_order_of_creation() {
    let names = ["b/2.log", "a.log", "B.log", "a/z.log", "a/é.log", "a-1.log", "b/10.log"];
    let mut orders = Vec::new();
    for turn in 0..names.len() {
        let folder = tempfile::tempdir().unwrap();
        for name in names.iter().cycle().skip(turn).take(names.len()) {
            write(folder.path(), name, b"x");
        }
        orders.push(entry_paths(&[folder.path().to_owned()]));
    }
    assert_eq!(orders[0], ["B.log", "a-1.log", "a.log", "a/z.log", "a/é.log", "b/10.log", "b/2.log"]);
    assert!(orders.iter().all(|order| *order == orders[0]));
}

#[test]
fn configuration_at_the_root_is_no_evidence_and_elsewhere_is() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["recount.toml", "alignment.toml", "formats/mine.toml", "app/recount.toml", "formats/kv.log"] {
        write(folder.path(), name, b"x");
    }
    let bundle = open(&[folder.path().to_owned()]).unwrap();
    let paths: Vec<_> = bundle.entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["app/recount.toml", "formats/kv.log"]);
    let names: Vec<_> = bundle.steering.texts.iter().map(|text| text.name.as_str()).collect();
    assert_eq!(names, ["alignment.toml", "formats/mine.toml", "recount.toml"]);
    assert_eq!(bundle.steering.definitions().count(), 1);
    assert!(bundle.refused.is_empty());
}

#[test]
fn version_control_and_desktop_files_are_left_out_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in [".git/config", "sub/.git/HEAD", "__MACOSX/._a.log", ".DS_Store", ".hidden/a.log", "a.log"] {
        write(folder.path(), name, b"x");
    }
    let bundle = open(&[folder.path().to_owned()]).unwrap();
    let paths: Vec<_> = bundle.entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, [".hidden/a.log", "a.log"]);
    let left: Vec<_> = bundle.refused.iter().map(|refused| (refused.kind, refused.path.as_str())).collect();
    let expected = [".DS_Store", ".git", "__MACOSX", "sub/.git"].map(|path| (DiagnosticKind::Skipped, path));
    assert_eq!(left, expected);
}

#[cfg(unix)]
#[test]
fn links_loops_and_sockets_are_named_and_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.txt", b"x");
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "app/kv.log", b"x");
    symlink("kv.log", folder.path().join("app/latest.log")).unwrap();
    symlink("..", folder.path().join("app/up")).unwrap();
    symlink("self", folder.path().join("self")).unwrap();
    symlink(outside.path().join("secret.txt"), folder.path().join("out.txt")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("sock")).unwrap();
    let bundle = open(&[folder.path().to_owned()]).unwrap();
    assert_eq!(bundle.entries.len(), 1);
    let mut refused: Vec<_> = bundle.refused.iter().map(|refused| (refused.path.as_str(), refused.kind)).collect();
    refused.sort();
    let expected = [
        ("app/latest.log", DiagnosticKind::Skipped),
        ("app/up", DiagnosticKind::Skipped),
        ("out.txt", DiagnosticKind::NotRead),
        ("self", DiagnosticKind::NotRead),
        ("sock", DiagnosticKind::NotRead),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn two_folders_with_the_same_file_names_do_not_collide() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one/kv.log", "two/kv.log", "x/logs/kv.log", "y/logs/kv.log"] {
        write(folder.path(), name, b"x");
    }
    let at = |name: &str| folder.path().join(name);
    assert_eq!(entry_paths(&[at("two"), at("one")]), ["one/kv.log", "two/kv.log"]);
    assert_eq!(entry_paths(&[at("y/logs"), at("x/logs")]), ["x/logs/kv.log", "y/logs/kv.log"]);
    assert_eq!(entry_paths(&[at("one/kv.log"), at("two/kv.log")]), ["one/kv.log", "two/kv.log"]);
    assert_eq!(entry_paths(&[at("one/kv.log"), at("x")]), ["kv.log", "x/logs/kv.log"]);
}

#[test]
fn a_file_given_twice_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "kv.log", b"x");
    let bundle = open(&[folder.path().to_owned(), folder.path().join("kv.log")]).unwrap();
    assert_eq!(bundle.entries.len(), 1);
    assert_eq!(bundle.refused.len(), 1);
    assert_eq!(bundle.refused[0].kind, DiagnosticKind::Skipped);
}

#[test]
fn the_name_is_the_last_component_without_archive_endings() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "outage.tar.gz", b"x");
    write(folder.path(), "kv.d/kv.log", b"x");
    assert_eq!(open(&[folder.path().join("outage.tar.gz")]).unwrap().name, "outage");
    assert_eq!(open(&[folder.path().join("kv.d/")]).unwrap().name, "kv.d");
    assert_eq!(
        open(&[folder.path().join("kv.d/..")]).unwrap().name,
        folder.path().file_name().unwrap().to_str().unwrap().trim_start_matches('.')
    );
    let stdin = super::super::walk::open(&[PathBuf::from("-")], &mut std::io::empty()).unwrap();
    assert_eq!(
        (stdin.name.as_str(), stdin.entries[0].path.as_str(), stdin.entries[0].file()),
        ("stdin", "stdin", None)
    );
}

#[test]
fn a_path_that_does_not_exist_stops_the_run() {
    let missing = open(&[PathBuf::from("no/such/folder")]);
    assert!(matches!(missing, Err(Error::Open { .. })));
}

#[test]
fn an_empty_folder_is_a_bundle_without_entries() {
    let folder = tempfile::tempdir().unwrap();
    assert!(open(&[folder.path().to_owned()]).unwrap().entries.is_empty());
}

#[test]
fn a_file_that_vanishes_before_its_visit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "kv.log", b"x");
    let bundle = open(&[folder.path().to_owned()]).unwrap();
    std::fs::remove_file(folder.path().join("kv.log")).unwrap();
    let visited = Visited::of(&bundle.entries[0], &Limits::default());
    assert_eq!(visited.kinds(), [DiagnosticKind::NotRead]);
}
