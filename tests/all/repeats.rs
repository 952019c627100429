//! The same records in several files, and exports that hold less than there was.

use std::io::Write;
use std::path::Path;

use crate::support::recounts;

/// One line a third of a second, from second `from` to before second `to` of an hour.
fn log(from: u32, to: u32) -> String {
    let line = |s: u32, i: u32| {
        let word = if s.is_multiple_of(7) { "ERROR" } else { "INFO" };
        format!("2025-06-12T10:{:02}:{:02}.{:03}Z {word} kv: item {} done\n", s / 60, s % 60, i * 300, s * 7 + i)
    };
    (from..to).flat_map(|s| (0..3).map(move |i| line(s, i))).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(text.as_bytes()).expect("compressed");
    gz.finish().expect("compressed")
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("folder");
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).expect("written");
    }
    dir
}

/// What inspect says, and how many records the report counts.
fn counted(dir: &Path) -> (serde_json::Value, u64) {
    let inspected = recounts(["inspect", "--json", &dir.display().to_string()]);
    let out = dir.parent().expect("above").join(format!("{}-report", dir.file_name().expect("name").to_string_lossy()));
    let incident =
        recounts(["report", "--json", "--force", "-q", "-o", &out.display().to_string(), &dir.display().to_string()]);
    std::fs::remove_dir_all(&out).expect("removed");
    let incident: serde_json::Value = serde_json::from_str(&incident).expect("json");
    let services = incident["rates"]["services"].as_array().expect("services");
    let buckets = services.iter().flat_map(|s| s["buckets"].as_array().into_iter().flatten());
    let records = buckets.filter_map(|bucket| bucket["lines"].as_f64()).sum::<f64>() as u64;
    (serde_json::from_str(&inspected).expect("json"), records)
}

fn repeated(inspected: &serde_json::Value) -> Vec<String> {
    let all = inspected["diagnostics"].as_array().expect("diagnostics");
    let repeated = all.iter().filter(|d| d["kind"] == "repeated");
    repeated.map(|d| format!("{}: {}", d["path"].as_str().unwrap_or(""), d["message"].as_str().unwrap_or(""))).collect()
}

#[test]
fn overlapping_exports_are_counted_once_to_the_line_and_said() {
    // The second begins in the middle of a second of the first.
    let (first, second) = (log(0, 1200), log(900, 2400));
    let second = &second[second.find('\n').expect("line") + 1..];
    let dir = folder(&[("kv-1000.log", first.as_bytes()), ("kv-1015.log", second.as_bytes())]);
    let (inspected, _) = counted(dir.path());
    assert_eq!(
        repeated(&inspected),
        ["kv-1015.log: expected each record once, found 899 that stand in kv-1000.log too; counted once"]
    );
    assert_eq!(inspected["adds_up"], true);
    let whole = folder(&[("kv-1000.log", log(0, 2400).as_bytes())]);
    let (once, all) = (counted(dir.path()).1, counted(whole.path()).1);
    assert_eq!((once, all), (7200, 7200), "what is counted is the same as of one file");
}

#[test]
fn rotated_copies_with_what_copytruncate_left_are_counted_once() {
    let (old, new) = (log(0, 1200), log(1195, 1800));
    let dir =
        folder(&[("app.log", new.as_bytes()), ("app.log.1", old.as_bytes()), ("app.log.2.gz", &gzip(&log(0, 1000)))]);
    let said = repeated(&counted(dir.path()).0);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("found 15 that stand in app.log too"), "{said:?}");
    assert!(said[1].contains("found 3000 that stand in app.log.1 too"), "{said:?}");
    // Every file is still printed as it is.
    let all = recounts(["records", "--json", &dir.path().display().to_string()]);
    assert_eq!(all.lines().count(), (1200 + 605 + 1000) * 3);
    assert!(all.lines().all(|line| line.contains("\"timestamp\":\"2025-06-12T10:")));
}

#[test]
fn replicas_and_services_that_log_at_the_same_time_are_not_taken_for_copies() {
    let other = log(0, 600).replace("item ", "item 9");
    let named = log(0, 600).replace(" kv: ", " login: ");
    let dir =
        folder(&[("kv-1.log", log(0, 600).as_bytes()), ("kv-2.log", other.as_bytes()), ("x.log", named.as_bytes())]);
    assert_eq!(repeated(&counted(dir.path()).0), Vec::<String>::new());
}

#[test]
fn capped_and_sampled_exports_are_flagged_as_lower_bounds() {
    let object = |n: usize, more: &str| {
        format!(
            "{{\"time\":\"2025-06-12T10:{:02}:{:02}Z\",\"service\":\"kv\",\"status\":200,\"path\":\"/a\"{more}}}\n",
            n / 60 % 60,
            n % 60
        )
    };
    let round: String = (0..1000).map(|n| object(n, "")).collect();
    let near: String = (0..999).map(|n| object(n, "")).collect();
    let sampled: String = (0..300).map(|n| object(n, ",\"sample_rate\":0.1")).collect();
    let dir =
        folder(&[("near.log", near.as_bytes()), ("round.log", round.as_bytes()), ("sampled.log", sampled.as_bytes())]);
    let inspected = recounts(["inspect", "--json", &dir.path().display().to_string()]);
    let inspected: serde_json::Value = serde_json::from_str(&inspected).expect("json");
    let of = |path: &str| -> Vec<String> {
        let all = inspected["diagnostics"].as_array().expect("diagnostics").iter();
        all.filter(|d| d["path"] == path && d["kind"] == "incomplete").map(|d| d["message"].to_string()).collect()
    };
    assert_eq!(of("near.log"), Vec::<String>::new());
    assert!(
        of("round.log").iter().any(|m| m.contains("exactly 1000 records") && m.contains("lower bounds")),
        "{:?}",
        of("round.log")
    );
    assert!(of("sampled.log").iter().any(|m| m.contains("found a sample")), "{:?}", of("sampled.log"));
}

/// Access log lines of 60 calls to `kv.prod` at one end, as text or as JSON; the callee does not see every tenth.
fn proxy(caller: bool, json: bool) -> String {
    let seen = (0..60).filter(|i| caller || i % 10 != 9);
    let line = |i: u32| {
        let status = if i % 10 == 9 || i % 7 == 3 { 503 } else { 200 };
        let flag = if i % 10 == 9 { "UF" } else { "-" };
        let at = format!("2025-06-12T17:52:{i:02}.{}Z", if caller { 410 } else { 412 });
        let cluster = if caller { "outbound|443||kv.prod.svc.cluster.local" } else { "inbound|8443||" };
        if json {
            return format!(
                "{{\"start_time\":\"{at}\",\"method\":\"GET\",\"path\":\"/v1/ns\",\"response_code\":{status},\"response_flags\":\"{flag}\",\"duration\":12,\"request_id\":\"6f1c-{i}\",\"authority\":\"kv.prod:443\",\"upstream_cluster\":\"{cluster}\"}}\n"
            );
        }
        format!(
            "[{at}] \"GET /v1/ns HTTP/2\" {status} {flag} via_upstream - \"-\" 31 91 12 11 \"-\" \"sdk/1.2\" \"6f1c-{i}\" \"kv.prod:443\" \"10.2.0.9:8443\" {cluster} 10.2.0.7:1 10.2.0.9:443 10.2.0.7:2 - default\n"
        )
    };
    seen.map(line).collect()
}

#[test]
fn a_call_that_the_proxies_at_both_ends_log_is_one_request() {
    for json in [false, true] {
        let (caller, callee) = (proxy(true, json), proxy(false, json));
        let together = format!("{caller}{callee}");
        let apart = folder(&[("web.log", caller.as_bytes()), ("kv.log", callee.as_bytes())]);
        for dir in [apart, folder(&[("all.log", together.as_bytes())])] {
            let said = repeated(&counted(dir.path()).0);
            let [said] = &said[..] else { panic!("{said:?}") };
            assert!(
                said.contains("found 60 that the proxies of its callers logged beside 54 of its own proxy"),
                "{said}"
            );
            let out = dir.path().join("out");
            let paths = [out.display().to_string(), dir.path().display().to_string()];
            let incident = recounts(["report", "--json", "--force", "-q", "-o", &paths[0], &paths[1]]);
            let incident: serde_json::Value = serde_json::from_str(&incident).expect("json");
            let services = incident["rates"]["services"].as_array().expect("services");
            let views = services.iter().flat_map(|s| s["viewpoints"].as_array().into_iter().flatten());
            let seen: Vec<f64> = views.filter_map(|v| v["requests"].as_f64()).collect();
            assert_eq!(seen, [60.0, 54.0], "json {json}: the two ends are seen apart, the fuller one first");
        }
    }
}
