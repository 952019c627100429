//! Files that hold more than one thing, or something that ought not to be there: what stands around
//! it is read as if it were alone, and every line is accounted for.

use recount::ingest::{Keeping, Options, read_bytes};
use recount::model::{KeptRecord, SourceEvidence};

fn read(name: &str, bytes: &[u8]) -> SourceEvidence {
    let source = read_bytes(name, bytes, &Options { keep: Keeping::Records, ..Options::default() });
    assert!(source.accounting.adds_up(), "{name}: {:?}", source.accounting);
    source
}

/// What a record says, apart from where it stands.
fn told(record: &KeptRecord) -> String {
    let message = record.message.lines().next().unwrap_or("");
    format!("{:?} {:?} {} {:?} {message}", record.time.map(|t| t.key_ns()), record.level, record.service, record.status)
}

/// Sixteen lines of each of several formats, a second apart.
fn bases() -> Vec<(&'static str, Vec<String>)> {
    let at = |n: usize| format!("{:02}", 10 + n);
    let all = |line: &dyn Fn(usize) -> String| (0..16).map(line).collect();
    vec![
        ("level_text", all(&|n| format!("2025-06-12 17:52:{},410 ERROR [main] c.ex.Kv - read {n} failed", at(n)))),
        ("json_log", all(&|n| format!(r#"{{"time":"2025-06-12T17:52:{}Z","level":"error","msg":"read {n}"}}"#, at(n)))),
        ("logfmt", all(&|n| format!("time=2025-06-12T17:52:{}Z level=warn msg=\"read {n}\"", at(n)))),
        ("clf", all(&|n| format!(r#"192.0.2.1 - - [12/Jun/2025:17:52:{} +0000] "GET /k{n} HTTP/1.1" 503 12"#, at(n)))),
        ("rfc3164", all(&|n| format!("Jun 12 17:52:{} edge7 kvgw[211]: read {n} failed", at(n)))),
        ("nginx_error", all(&|n| format!("2025/06/12 17:52:{} [error] 88#88: *7 connect() failed {n}", at(n)))),
        (
            "docker_json",
            all(&|n| {
                let inner = format!(r#"{{\"level\":\"error\",\"msg\":\"read {n}\"}}\n"#);
                format!(r#"{{"log":"{inner}","stream":"stderr","time":"2025-06-12T17:52:{}.4100031Z"}}"#, at(n))
            }),
        ),
        (
            "cri",
            all(&|n| format!("2025-06-12T17:52:{}.410003121Z stderr F E0612 17:52:{0}.409 1 kv.go:7] read {n}", at(n))),
        ),
    ]
}

fn joined(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect()
}

#[test]
fn a_hostile_line_changes_nothing_around_it() {
    let hostile: Vec<(&str, Vec<u8>)> = vec![
        ("markup", b"<script>alert(1)</script><img src=x onerror=alert(1)>".to_vec()),
        ("a formula", b"=HYPERLINK(\"http://example.test\")".to_vec()),
        ("escape codes", b"\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\x1bP1$r".to_vec()),
        ("NULs", [b"abc".as_slice(), &[0; 300], b"def"].concat()),
        ("bytes that are no text", vec![0xff, 0xfe, 0x80, 0xc3, 0x28, 0xf0, 0x9f]),
        ("a lone carriage return", b"abc\rdef\r\rghi".to_vec()),
        ("a line separator", "abc\u{2028}def\u{2029}ghi\u{85}jkl".as_bytes().to_vec()),
        ("a lone surrogate", br#"{"oops":"\ud800","other":"\udfff\ud800"}"#.to_vec()),
        ("half an object", br#"{"time":"2025-06-12T17:52:30Z","level":"err"#.to_vec()),
        ("deep nesting", [vec![b'['; 5_000], vec![b']'; 5_000]].concat()),
        ("an enormous line", vec![b'a'; 10 << 20]),
    ];
    let mut wrong = Vec::new();
    for (format, lines) in bases() {
        let alone = read(format, &joined(&lines));
        let expected: Vec<String> = alone.records.iter().map(told).collect();
        assert_eq!(expected.len(), lines.len(), "{format}: {:?} {expected:?}", alone.formats);
        for (what, line) in &hostile {
            if *what == "an enormous line" && !matches!(format, "level_text" | "json_log" | "cri") {
                continue;
            }
            let bytes = [joined(&lines[..8]), line.clone(), b"\n".to_vec(), joined(&lines[8..])].concat();
            let mixed = read(format, &bytes);
            let found: Vec<String> = mixed.records.iter().map(told).collect();
            let kept: Vec<&String> = found.iter().filter(|record| expected.contains(record)).collect();
            if kept.len() != expected.len() || found.len() > expected.len() + 1 {
                wrong.push(format!("{format}, {what}: {} of {} records, {:?}", kept.len(), found.len(), mixed.formats));
            }
            if mixed.accounting.total.frames != 17 {
                wrong.push(format!("{format}, {what}: {:?}", mixed.accounting.total));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn several_formats_in_one_file_are_each_read() {
    let parts: Vec<String> =
        bases().into_iter().filter(|(f, _)| !matches!(*f, "docker_json" | "cri")).flat_map(|(_, l)| l).collect();
    let source = read("mixed.log", &joined(&parts));
    assert_eq!(source.records.len(), 6 * 16, "{:?}", source.formats);
    let formats: std::collections::BTreeSet<&str> = source.records.iter().map(|r| r.format.as_str()).collect();
    assert_eq!(formats.len(), 6, "{formats:?}");
}

#[test]
fn newest_first_and_reset_clocks_keep_every_record_at_its_own_time() {
    let line = |hour: usize, n: usize| format!("2025-06-12 {hour:02}:{:02}:00,410 INFO kv: item {n}", n % 60);
    let mut lines: Vec<String> = (0..480).map(|n| line(n / 60, n)).collect();
    lines.reverse();
    let source = read("newest.log", &joined(&lines));
    assert_eq!(source.records.len(), 480);
    let times: Vec<_> = source.records.iter().filter_map(|r| r.time).map(|t| t.key_ns()).collect();
    assert!(times.is_sorted_by(|a, b| a > b));
    let reset =
        ["1970-01-01 00:00:07 INFO kv: boot", "2025-06-12 17:52:03 INFO kv: up", "2025-06-12 17:50:00 INFO kv: late"];
    let source = read("reset.log", &joined(&reset.map(String::from)));
    let seconds: Vec<_> = source.records.iter().filter_map(|r| r.time).map(|t| t.key_s()).collect();
    assert_eq!(seconds, [7, 1_749_750_723, 1_749_750_600]);
}

#[test]
fn a_truncated_export_gives_what_came_before_and_says_so() {
    let element = |n: usize| {
        format!(
            r#"{{"labels":{{"alertname":"A{n}"}},"startsAt":"2025-06-12T17:52:{:02}Z","endsAt":"2025-06-12T18:52:00Z","fingerprint":"f{n}","status":{{"state":"active"}}}}"#,
            n
        )
    };
    let elements: Vec<String> = (0..9).map(element).collect();
    let whole = format!("[{}]", elements.join(","));
    let cut = &whole[..whole.len() - 30];
    let (whole, cut) = (read("alerts.json", whole.as_bytes()), read("alerts.json", cut.as_bytes()));
    assert_eq!(cut.formats.first().map(|f| f.name.as_str()), Some("alertmanager"));
    assert!(cut.events.len() >= 8 && cut.events.len() < whole.events.len() + 1, "{}", cut.events.len());
    let said = !cut.diagnostics.is_empty() || cut.accounting.rejected_frames() > 0;
    assert!(said, "{:?}", cut.diagnostics);
    let lines = bases().remove(1).1;
    let mut bytes = joined(&lines);
    bytes.truncate(bytes.len() - 9);
    let source = read("cut.jsonl", &bytes);
    assert_eq!((source.records.len(), source.accounting.rejected_frames()), (15, 1));
}

#[test]
fn streams_of_a_container_are_joined_apart_and_partial_lines_are_put_together() {
    let at = |n: usize| format!("2025-06-12T17:52:03.{n:09}Z");
    let text = [
        format!("{} stderr F 2025-06-12 17:52:03,001 ERROR [p] c.ex.Kv - read failed", at(1)),
        format!("{} stdout F 2025-06-12 17:52:03,002 INFO [p] c.ex.Kv - fine", at(2)),
        format!("{} stderr F java.io.IOException: gone", at(3)),
        format!("{} stdout P 2025-06-12 17:52:03,004 INFO [p] c.ex.Kv - first ", at(4)),
        format!("{} stderr F \tat c.ex.Kv.read(Kv.java:88)", at(5)),
        format!("{} stdout F second half", at(6)),
        format!("{} stderr F 2025-06-12 17:52:03,007 WARN [p] c.ex.Kv - slow", at(7)),
    ];
    let source = read("kv.log", &joined(&text));
    let mut records: Vec<(u64, u32, String)> = source
        .records
        .iter()
        .map(|r| (r.span.line, r.span.lines, r.message.lines().next().unwrap_or("").into()))
        .collect();
    records.sort();
    let lines: Vec<(u64, u32)> = records.iter().map(|r| (r.0, r.1)).collect();
    assert_eq!(lines, [(1, 3), (2, 1), (4, 2), (7, 1)], "{records:?}");
    assert!(records[2].2.ends_with("first second half"), "{records:?}");
}

#[test]
fn envelopes_are_peeled_in_any_nesting_and_the_outer_stamp_stays() {
    let outer = "2025-06-12T17:52:03.410003121Z";
    let object = r#"{"time":"2025-06-12T17:52:03.408Z","level":"error","service":"kv","msg":"read failed"}"#;
    let escaped = object.replace('"', "\\\"");
    let docker = format!(r#"{{"log":"{escaped}\n","stream":"stderr","time":"{outer}"}}"#);
    let logfmt = r#"{"log":"time=2025-06-12T17:52:03.408Z level=error service=kv msg=\"read failed\"\n","stream":"stderr","time":"2025-06-12T17:52:03.410003121Z"}"#;
    for (name, line) in [
        ("cri around JSON", format!("{outer} stderr F {object}")),
        ("compose around cri around JSON", format!("kv-1  | {outer} stderr F {object}")),
        ("compose around cri around a JSON string in `log`", format!("kv-1  | {outer} stderr F {docker}")),
        ("docker around logfmt", logfmt.to_string()),
        ("kubectl --prefix --timestamps", format!("[pod/kv-7d9c6b5f4-abcde/kv] {outer} {object}")),
        ("kubectl --timestamps around docker", format!("{outer} {docker}")),
    ] {
        let source = read("x.log", &joined(&vec![line.clone(); 12]));
        assert_eq!(source.records.len(), 12, "{name}: {:?}", source.formats);
        let first = &source.records[0];
        assert_eq!((first.level.map(|l| l.word()), first.service.as_str()), (Some("ERROR"), "kv"), "{name}: {first:?}");
        assert_eq!(first.time.map(|t| t.key_ns()), Some(1_749_750_723_408_000_000), "{name}: {first:?}");
        assert_eq!(first.message, "read failed", "{name}");
        let observed = source.folds.first().and_then(|fold| fold.observed);
        assert_eq!(observed, Some((1_749_750_723_410_003_121, 1_749_750_723_410_003_121)), "{name}");
    }
}
