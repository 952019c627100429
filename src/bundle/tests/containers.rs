//! Tar and zip: nesting, damage, names.

use super::super::archive::zip::in_stream;
use super::super::visit::{Place, Visit};
use super::*;

const BOTH: [(&str, &[u8]); 2] = [("b/two.log", b"2"), ("a/one.log", b"1")];

#[test]
fn members_of_a_tar_come_in_its_order_with_their_time() {
    let visited = visit_file("logs.tar", &tar(&BOTH));
    assert_eq!(visited.texts(), ["logs.tar!b/two.log=2", "logs.tar!a/one.log=1"]);
    assert_eq!(visited.modified, [Some(1_749_751_000); 2]);
    assert!(visited.diagnostics.is_empty());
}

#[test]
fn members_of_a_zip_come_in_order_of_name() {
    let visited = visit_file("logs.zip", &zip(&BOTH));
    assert_eq!(visited.texts(), ["logs.zip!a/one.log=1", "logs.zip!b/two.log=2"]);
    assert!(visited.diagnostics.is_empty());
    assert_eq!(visited.modified, [None, None], "a local time without zone is no time");
    assert_eq!(visit_file("logs", &streamed_zip(&BOTH)).texts(), ["logs!a/one.log=1", "logs!b/two.log=2"]);
    assert_eq!(visit_stream(&zip(&BOTH), &Limits::default()).texts(), ["stdin!a/one.log=1", "stdin!b/two.log=2"]);
}

#[test]
fn containers_in_containers_are_opened() {
    let text = b"kv\n";
    let inner = gz(&tar(&[("app/kv.log.gz", &gz(text)), ("app/kv.log", text)]));
    let middle = zip(&[("x/logs.tar.gz", &inner), ("readme", b"r")]);
    let outer = zst(&tar(&[("all.zip", &middle), ("kv.log.bz2", &bz2(text)), ("kv.log.xz", &xz(text))]));
    let visited = visit_file("bundle.tar.zst", &outer);
    assert_eq!(
        visited.texts(),
        [
            "bundle.tar.zst!all.zip!readme=r",
            "bundle.tar.zst!all.zip!x/logs.tar.gz!app/kv.log.gz=kv\n",
            "bundle.tar.zst!all.zip!x/logs.tar.gz!app/kv.log=kv\n",
            "bundle.tar.zst!kv.log.bz2=kv\n",
            "bundle.tar.zst!kv.log.xz=kv\n",
        ]
    );
    assert!(visited.diagnostics.is_empty(), "{:?}", visited.diagnostics);
}

#[test]
fn a_cut_tar_is_reported_and_its_head_is_read() {
    let text = lines(100);
    let mut bytes = tar(&[("a", b"1"), ("b", &text), ("c", b"3")]);
    bytes.truncate(512 + 512 + 512 + 1000);
    for (name, bytes) in [("logs.tar", bytes.clone()), ("logs.tar.gz", gz(&bytes))] {
        let visited = visit_file(name, &bytes);
        assert_eq!(visited.paths(), [format!("{name}!a"), format!("{name}!b")]);
        assert_eq!(visited.members[1].1, text[..1000]);
        assert_eq!(visited.members[1].2.as_ref().unwrap().message, "expected more tar data, found the end");
        assert_eq!(visited.diagnostics.len(), 1);
        assert_eq!(visited.diagnostics[0].message, "expected more tar data, found the end, after 2 members");
    }
}

#[test]
fn a_tar_cut_between_members_or_in_a_header_is_reported() {
    let bytes = tar(&[("a", b"1"), ("b", b"2")]);
    for length in [1024, 1024 + 100, 1024 + 512] {
        let visited = visit_file("logs.tar", &bytes[..length]);
        assert_eq!(visited.members[0].1, b"1");
        assert_eq!(visited.kinds(), [DiagnosticKind::Truncated], "{length}");
    }
}

#[test]
fn a_tar_in_a_cut_gzip_keeps_what_came_before() {
    let text = lines(20_000);
    let mut bytes = gz(&tar(&[("a", b"1"), ("b", &text), ("c", b"3")]));
    bytes.truncate(bytes.len() / 2);
    let visited = visit_file("logs.tgz", &bytes);
    assert_eq!(visited.paths(), ["logs.tgz!a", "logs.tgz!b"]);
    assert!(text.starts_with(&visited.members[1].1) && visited.members[1].1.len() > 100_000);
    assert_eq!(visited.diagnostics[0].message, "expected more gzip data, found the end, after 2 members");
}

#[test]
fn a_damaged_member_does_not_stop_its_archive() {
    let text = lines(5_000);
    let mut bad = gz(&text);
    bad.truncate(bad.len() / 2);
    for (name, bytes) in
        [("l.tar", tar(&[("1.gz", &bad), ("2", b"2")])), ("l.zip", zip(&[("1.gz", &bad), ("2", b"2")]))]
    {
        let visited = visit_file(name, &bytes);
        assert!(visited.members[0].2.is_some() && text.starts_with(&visited.members[0].1));
        assert_eq!(visited.members[1].1, b"2");
        assert!(visited.diagnostics.is_empty(), "{:?}", visited.diagnostics);
    }
}

#[test]
fn a_reader_that_loses_interest_does_not_lose_the_next_member() {
    let folder = tempfile::tempdir().unwrap();
    let text = lines(5_000);
    write(folder.path(), "l.tar.gz", &gz(&tar(&[("1", &text), ("2.gz", &gz(&text)), ("3", b"3")])));
    write(folder.path(), "l.zip", &zip(&[("1", &text), ("2.gz", &gz(&text)), ("3", b"3")]));
    for entry in &open(&[folder.path().to_owned()]).unwrap().entries {
        let mut seen = Vec::new();
        let diagnostics = entry.visit(&Limits::default(), &mut |member| {
            let mut byte = [0];
            member.reader.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        });
        assert_eq!(seen, *b"223");
        assert!(diagnostics.is_empty());
    }
}

#[test]
fn concatenated_tars_are_read_to_the_end() {
    let mut bytes = tar(&BOTH);
    bytes.extend(tar(&[("a/one.log", b"again")]));
    let visited = visit_file("l.tar", &bytes);
    assert_eq!(visited.texts(), ["l.tar!b/two.log=2", "l.tar!a/one.log=1", "l.tar!a/one.log#2=again"]);
    assert!(visited.diagnostics.is_empty());
}

#[test]
fn long_names_and_pax_names_are_read() {
    let long = format!("{}/kv.log", "d".repeat(300));
    assert_eq!(visit_file("l.tar", &tar(&[(&long, b"1")])).paths(), [format!("l.tar!{long}")]);
    let mut out = ::tar::Builder::new(Vec::new());
    out.append_pax_extensions([("path", "app/long name.log".as_bytes())]).unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_size(1);
    out.append_data(&mut header, "short", &b"1"[..]).unwrap();
    assert_eq!(visit_file("l.tar", &out.into_inner().unwrap()).texts(), ["l.tar!app/long name.log=1"]);
}

#[test]
fn a_name_of_gigabytes_is_not_held_in_memory() {
    let mut header = ::tar::Header::new_gnu();
    header.set_path("././@LongLink").unwrap();
    header.set_entry_type(::tar::EntryType::GNULongName);
    header.set_size(1 << 30);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(vec![b'n'; 16 << 20]);
    let visited = visit_file("l.tar", &bytes);
    assert_eq!(visited.kinds(), [DiagnosticKind::Truncated]);
    assert!(visited.diagnostics[0].message.contains("between two members"), "{}", visited.diagnostics[0]);
}

#[test]
fn links_and_devices_in_a_tar_are_named() {
    let mut out = ::tar::Builder::new(tar(&[]));
    out.get_mut().clear();
    for kind in [::tar::EntryType::Symlink, ::tar::EntryType::Link, ::tar::EntryType::Fifo, ::tar::EntryType::Directory]
    {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        if kind.is_symlink() || kind.is_hard_link() {
            out.append_link(&mut header, format!("l{}", kind.as_byte()), "/etc/passwd").unwrap();
        } else {
            out.append_data(&mut header, format!("x{}/", kind.as_byte()), &b""[..]).unwrap();
        }
    }
    let visited = visit_file("l.tar", &out.into_inner().unwrap());
    assert!(visited.members.is_empty());
    let counts: Vec<_> = visited.diagnostics.iter().map(|one| (one.kind, one.count)).collect();
    assert_eq!(counts, [(DiagnosticKind::Skipped, 1), (DiagnosticKind::Skipped, 2)]);
}

#[test]
fn names_that_climb_are_shown_cleaned_and_reported() {
    let raw_tar = |name: &[u8]| {
        let mut header = ::tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_size(0);
        header.set_cksum();
        [header.as_bytes().to_vec(), vec![0; 1024]].concat()
    };
    for (raw, shown) in
        [("../../x", "%2E%2E/%2E%2E/x"), ("/etc/x", "etc/x"), ("a\\x", "a/x"), ("a\x1b[31mx", "a%1B[31mx")]
    {
        for bytes in [raw_tar(raw.as_bytes()), zip(&[(raw, b"")])] {
            let visited = visit_file("l", &bytes);
            assert_eq!(visited.paths(), [format!("l!{shown}")]);
            assert_eq!(visited.kinds(), [DiagnosticKind::Hostile], "{raw:?}");
        }
    }
}

#[test]
fn desktop_files_in_archives_are_left_out_and_counted() {
    let files: [(&str, &[u8]); 4] = [("__MACOSX/._a", b"x"), (".DS_Store", b"x"), ("a", b"1"), (".git/HEAD", b"x")];
    for bytes in [tar(&files), zip(&files)] {
        let visited = visit_file("l", &bytes);
        assert_eq!(visited.texts(), ["l!a=1"]);
        let counts: Vec<_> = visited.diagnostics.iter().map(|one| (one.kind, one.count)).collect();
        assert_eq!(counts, [(DiagnosticKind::Skipped, 1), (DiagnosticKind::Skipped, 2)]);
    }
}

#[test]
fn more_members_than_the_limit_are_not_read() {
    let limits = Limits { members: 2, ..Limits::default() };
    let files: [(&str, &[u8]); 3] = [("a", b"1"), ("b", b"2"), ("c", b"3")];
    for bytes in [tar(&files), zip(&files), streamed_zip(&files)] {
        let visited = visit_limited("l", &bytes, &limits);
        assert_eq!(visited.texts(), ["l!a=1", "l!b=2"]);
        assert_eq!(visited.kinds(), [DiagnosticKind::Capped], "{:?}", visited.diagnostics);
    }
}

#[test]
fn a_zip_without_its_directory_is_read_by_the_headers_of_its_members() {
    let text = lines(3_000);
    let files: [(&str, &[u8]); 3] = [("b", b"2"), ("dir/", b""), ("a", &text)];
    for pack in [zip, streamed_zip] {
        let whole = pack(&files);
        let directory = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        for (cut, fault) in [(directory, false), (directory + 20, false), (directory / 2, true)] {
            for visited in [visit_file("l.zip", &whole[..cut]), visit_file("l", &gz(&whole[..cut]))] {
                assert_eq!(visited.members.len(), 2);
                assert_eq!(visited.members[0].1, b"2");
                assert!(text.starts_with(&visited.members[1].1));
                assert_eq!(visited.members[1].2.is_some(), fault);
                assert_eq!(visited.kinds(), [DiagnosticKind::Truncated]);
                assert!(visited.diagnostics[0].message.starts_with("expected a zip directory at the end, found none"));
            }
        }
    }
}

#[test]
fn a_zip_too_large_to_hold_is_streamed() {
    let text = lines(3_000);
    for pack in [zip, streamed_zip] {
        let bytes = pack(&[("b", &text), ("a", b""), ("c.gz", &gz(&text))]);
        let mut seen = Vec::new();
        let mut visitor = |member: crate::bundle::Member<'_>| {
            let mut read = Vec::new();
            member.reader.read_to_end(&mut read).unwrap();
            seen.push((member.path, read.len()));
        };
        let mut visit = Visit::new(&Limits::default(), Some(1 << 20), &mut visitor);
        in_stream(&mut visit, &Place::entry("l".into(), None), &mut bytes.as_slice(), 1_000);
        assert!(visit.notes.finish().is_empty());
        let expected = [("l!b".to_owned(), text.len()), ("l!a".to_owned(), 0), ("l!c.gz".to_owned(), text.len())];
        assert_eq!(seen, expected);
    }
}

#[test]
fn an_empty_zip_is_an_archive_without_members() {
    let visited = visit_file("l.zip", &zip(&[]));
    assert!(visited.members.is_empty() && visited.diagnostics.is_empty());
}

#[test]
fn a_damaged_zip_member_fails_its_checksum() {
    let mut out = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip_options().compression_method(::zip::CompressionMethod::Stored);
    for (name, text) in [("a", b"first"), ("b", b"other")] {
        out.start_file(name, stored).unwrap();
        out.write_all(text).unwrap();
    }
    let mut bytes = out.finish().unwrap().into_inner();
    let at = bytes.windows(5).position(|window| window == b"first").unwrap();
    bytes[at] = b'F';
    let visited = visit_file("l.zip", &bytes);
    assert_eq!(visited.members[0].2.as_ref().unwrap().kind, DiagnosticKind::Truncated);
    assert_eq!((visited.members[1].1.as_slice(), visited.members[1].2.is_none()), (&b"other"[..], true));
}

#[test]
fn an_office_document_is_one_member_and_not_unpacked() {
    let bytes = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w/>")]);
    let visited = visit_file("kv.xlsx", &bytes);
    assert_eq!(visited.members[0].1, bytes, "as it lies there, for whoever refuses it");
    assert!(crate::bundle::refusal(&bytes).is_some_and(|refusal| refusal.name.contains("Excel")));
    let hidden = visit_file("kv.zip", &zip(&[("a.xml", b"x"), ("[Content_Types].xml", b"<Types/>")]));
    assert!(hidden.members.is_empty());
    assert_eq!(hidden.kinds(), [DiagnosticKind::NotRead]);
}

#[test]
fn old_tars_without_a_mark_are_told_by_their_checksum() {
    let mut header = ::tar::Header::new_old();
    header.set_path("kv.log").unwrap();
    header.set_size(1);
    header.set_mode(0o644);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(b"1");
    bytes.resize(2048, 0);
    assert_eq!(visit_file("old", &bytes).texts(), ["old!kv.log=1"]);
    assert_eq!(visit_file("zeros", &[0; 2048]).paths(), ["zeros"], "not a tar");
}

#[test]
fn members_that_cannot_be_opened_are_named_and_the_next_is_read() {
    let mut bytes = zip(&[("a", b"1"), ("b", b"2")]);
    // the method of `a`, in its own header and in the directory
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for at in [8, directory + 10] {
        bytes[at] = 14;
    }
    for visited in [visit_file("l.zip", &bytes), visit_file("l.zip", &bytes[..directory])] {
        assert_eq!(visited.texts(), ["l.zip!b=2"]);
        let unread = visited.diagnostics.iter().find(|one| one.kind == DiagnosticKind::NotRead).unwrap();
        assert_eq!(unread.path, "l.zip!a");
        assert!(unread.message.starts_with("expected deflate, bzip2, zstd or xz, found zip compression"));
    }
}

#[test]
fn a_sparse_member_counts_its_holes_against_the_limit() {
    let mut header = ::tar::Header::new_gnu();
    header.set_path("kv.log").unwrap();
    header.set_entry_type(::tar::EntryType::GNUSparse);
    header.set_size(1);
    let hole = 1_u64 << 32;
    let gnu = header.as_gnu_mut().unwrap();
    let octal = |field: &mut [u8; 12], value: u64| field.copy_from_slice(format!("{value:011o}\0").as_bytes());
    octal(&mut gnu.sparse[0].offset, hole - 512);
    octal(&mut gnu.sparse[0].numbytes, 1);
    octal(&mut gnu.realsize, hole - 511);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(b"1");
    bytes.resize(2048, 0);
    let visited = visit_file("l.tar", &bytes);
    assert_eq!(visited.members[0].2.as_ref().map(|fault| fault.kind), Some(DiagnosticKind::Capped));
    assert!(visited.members[0].1.len() < 8 << 20);
    let mut out = ::tar::Builder::new(Vec::new());
    out.append_pax_extensions([("GNU.sparse.major", &b"1"[..])]).unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_size(1);
    out.append_data(&mut header, "kv.log", &b"1"[..]).unwrap();
    assert_eq!(visit_file("l.tar", &out.into_inner().unwrap()).kinds(), [DiagnosticKind::NotRead]);
}
