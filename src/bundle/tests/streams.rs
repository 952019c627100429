//! Compressions: several members, damage, bombs.

use super::*;

#[test]
fn a_compressed_file_keeps_its_path_whatever_its_name_says() {
    for (name, bytes) in
        [("kv.log.gz", gz(b"one\n")), ("kv.log", zst(b"one\n")), ("kv.txt", bz2(b"one\n")), ("kv", xz(b"one\n"))]
    {
        let visited = visit_file(name, &bytes);
        assert_eq!(visited.texts(), [format!("{name}=one\n")]);
        assert!(visited.diagnostics.is_empty());
    }
}

#[test]
fn a_name_that_lies_about_compression_is_not_believed() {
    assert_eq!(visit_file("kv.log.gz", b"plain\n").texts(), ["kv.log.gz=plain\n"]);
}

#[test]
fn all_members_of_a_stream_are_read() {
    for pack in [gz, zst, bz2, xz] {
        let mut bytes = pack(b"one\n");
        bytes.extend(pack(b"two\n"));
        bytes.extend(pack(b""));
        bytes.extend(pack(b"three\n"));
        assert_eq!(visit_file("kv.log.gz", &bytes).texts(), ["kv.log.gz=one\ntwo\nthree\n"]);
    }
}

#[test]
fn an_empty_file_is_one_member_without_bytes() {
    assert_eq!(visit_file("kv.log", b"").texts(), ["kv.log="]);
    assert_eq!(visit_file("kv.log.gz", &gz(b"")).texts(), ["kv.log.gz="]);
}

#[test]
fn a_cut_stream_is_reported_and_its_head_is_read() {
    let text = lines(40_000);
    for (format, pack) in [("gzip", gz as fn(&[u8]) -> Vec<u8>), ("zstd", zst), ("bzip2", bz2), ("xz", xz)] {
        let mut bytes = pack(&text);
        bytes.truncate(bytes.len() * 3 / 4);
        let visited = visit_file("kv.log.gz", &bytes);
        let (_, read, fault) = &visited.members[0];
        assert!(text.starts_with(read), "{format}: the head is good");
        assert!(read.len() > text.len() / 4, "{format}: {} of {}", read.len(), text.len());
        let fault = fault.as_ref().expect(format);
        assert_eq!(fault.kind, DiagnosticKind::Truncated);
        assert_eq!(fault.message, format!("expected more {format} data, found the end"));
        assert!(visited.diagnostics.is_empty(), "told once, by the reader");
    }
}

#[test]
fn a_damaged_stream_is_reported_and_stays_failed() {
    let text = lines(40_000);
    for pack in [gz, zst, bz2, xz] {
        let mut bytes = pack(&text);
        let middle = bytes.len() / 2;
        for byte in &mut bytes[middle..middle + 64] {
            *byte ^= 0x5a;
        }
        let visited = visit_file("kv.log", &bytes);
        let fault = visited.members[0].2.as_ref().unwrap();
        assert_eq!(fault.kind, DiagnosticKind::Truncated, "{fault}");
    }
}

#[test]
fn what_follows_a_stream_is_not_ignored() {
    let mut bytes = gz(b"one\n");
    bytes.extend(b"and something else");
    assert_eq!(visit_file("kv.log.gz", &bytes).texts(), ["kv.log.gz=one\n?"]);
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let zeros = vec![b'0'; 8 << 20];
    let limits = Limits { ratio: 10, ..Limits::default() };
    for pack in [gz, zst, bz2, xz] {
        let visited = visit_limited("kv.log", &pack(&zeros), &limits);
        let (_, read, fault) = &visited.members[0];
        assert!(read.len() <= 2 << 20, "{}", read.len());
        assert_eq!(fault.as_ref().map(|fault| fault.kind), Some(DiagnosticKind::Capped));
    }
    let visited = visit_limited("kv.log", &gz(&lines(100_000)), &limits);
    assert!(visited.members[0].2.is_none(), "honest text passes the same limit");
}

#[test]
fn a_bomb_of_many_harmless_layers_stops_at_the_limit_of_the_file() {
    let limits = Limits { ratio: 200, ..Limits::default() };
    let inner = gz(&vec![b'0'; 1 << 20]);
    let many: Vec<(String, Vec<u8>)> = (0..64).map(|n| (format!("{n}.gz"), inner.clone())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let visited = visit_limited("all.tar.gz", &gz(&tar(&many)), &limits);
    let made: usize = visited.members.iter().map(|(_, text, _)| text.len()).sum();
    assert!(made < 16 << 20, "{made}");
    assert!(visited.kinds().contains(&DiagnosticKind::Capped), "{:?}", visited.diagnostics);
}

#[test]
fn layers_deeper_than_the_limit_are_named_and_not_read() {
    let mut bytes = b"deep\n".to_vec();
    for _ in 0..4 {
        bytes = gz(&tar(&[("in", &bytes)]));
    }
    assert_eq!(visit_file("a.tgz", &bytes).texts(), ["a.tgz!in!in!in!in=deep\n"]);
    let visited = visit_limited("a.tgz", &bytes, &Limits { depth: 3, ..Limits::default() });
    assert!(visited.members.is_empty());
    assert_eq!(visited.kinds(), [DiagnosticKind::Capped]);
    assert_eq!(visited.diagnostics[0].path, "a.tgz!in!in!in");
    let mut squeezed = b"deep\n".to_vec();
    for _ in 0..9 {
        squeezed = gz(&squeezed);
    }
    assert_eq!(visit_file("a.gz", &squeezed).kinds(), [DiagnosticKind::Capped]);
}

#[test]
fn gzip_keeps_the_time_of_the_file_inside() {
    let mut out = flate2::GzBuilder::new().mtime(1_749_751_000).write(Vec::new(), flate2::Compression::default());
    out.write_all(b"x").unwrap();
    assert_eq!(visit_file("kv.gz", &out.finish().unwrap()).modified, [Some(1_749_751_000)]);
    assert!(visit_file("kv.log", b"x").modified[0].is_some_and(|time| time > 1_700_000_000));
}

#[test]
fn standard_input_is_read_like_a_file() {
    let text = lines(100);
    for bytes in [text.clone(), gz(&text), zst(&text)] {
        let visited = visit_stream(&bytes, &Limits::default());
        assert_eq!(visited.members[0].1, text);
    }
    assert_eq!(visit_stream(&gz(&tar(&[("a", b"1")])), &Limits::default()).texts(), ["stdin!a=1"]);
}

#[test]
fn entries_are_visited_on_many_threads_with_equal_results() {
    let folder = tempfile::tempdir().unwrap();
    let text = lines(2_000);
    for n in 0..8 {
        let name = format!("{n}.tar.gz");
        write(folder.path(), &name, &gz(&tar(&[("a.log", &text), ("b.log.zst", &zst(&text))])));
    }
    let bundle = open(&[folder.path().to_owned()]).unwrap();
    std::thread::scope(|scope| {
        for entry in &bundle.entries {
            scope.spawn(|| {
                let visited = Visited::of(entry, &Limits::default());
                assert!(visited.members.iter().all(|(_, read, fault)| *read == text && fault.is_none()));
            });
        }
    });
}

#[test]
fn mangled_archives_never_stop_the_run() {
    let text = lines(300);
    let inner = tar(&[("a.log", &text), ("b.gz", &gz(&text)), ("c.zip", &zip(&[("d", &text)]))]);
    let packs = [
        inner.clone(),
        gz(&inner),
        zst(&inner),
        bz2(&inner),
        xz(&inner),
        zip(&[("t.tar", &inner)]),
        streamed_zip(&[("t", &inner)]),
    ];
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..ROUNDS {
        let mut bytes = packs[round % packs.len()].clone();
        for _ in 0..=random(6) {
            let near_end = random(3) == 0;
            let at =
                if near_end { bytes.len() - 1 - random(bytes.len().min(300)) } else { random(bytes.len().min(4_000)) };
            bytes[at] = [0, 0xff, random(256) as u8, bytes[at] ^ 1][random(4)];
        }
        if random(3) == 0 {
            bytes.truncate(random(bytes.len()));
        }
        let limits = Limits { ratio: 100, ..Limits::default() };
        visit_limited("x", &bytes, &limits);
        visit_stream(&bytes, &limits);
    }
}

/// Enough to meet every container a few dozen times.
const ROUNDS: usize = 200;
