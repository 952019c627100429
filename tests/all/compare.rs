//! `recount compare` as a process: one incident against a library, alignment, what is refused.

use std::path::Path;

use serde_json::Value;

use crate::support::{contents, recount, recounts};

/// Ten minutes of metrics each second, five before a fault of `service`, as one wide table. Every component has
/// processor, memory and latency; the callers of a slow one are slow too.
fn metrics(service: &str, fault: &str, seed: u64) -> String {
    let services = ["edge", "cart", "order", "stock"];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut noise = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f64 / (1_u64 << 24) as f64 - 0.5
    };
    let start = 1_750_000_000 + seed * 86_400;
    let size = 1.0 + noise() * 0.6;
    let head: Vec<String> =
        services.iter().flat_map(|s| ["cpu", "mem", "latency"].map(|m| format!("{s}_{m}"))).collect();
    let mut out = format!("time,{}\n", head.join(","));
    for at in 0..600_u64 {
        let on = at >= 300;
        let mut row = vec![(start + at).to_string()];
        for name in services {
            let (mut cpu, mut mem, mut latency) = (0.2 + noise() * 0.04, 200.0 + noise() * 8.0, 0.03 + noise() * 0.01);
            if on && name == service {
                match fault {
                    "cpu" => cpu += 0.7 * size,
                    "mem" => mem += 180.0 * size,
                    _ => latency += 0.4 * size,
                }
            }
            if on && name == "edge" && fault == "latency" {
                latency += 0.2 * size;
            }
            row.extend([cpu, mem, latency].map(|v| format!("{v:.4}")));
        }
        out.push_str(&format!("{}\n", row.join(",")));
    }
    out
}

const KINDS: [(&str, &str); 4] = [("cart", "cpu"), ("order", "cpu"), ("cart", "mem"), ("stock", "latency")];

fn library(dir: &Path) {
    for (service, fault) in KINDS {
        for n in 0..3_u64 {
            let folder = dir.join(format!("{service}-{fault}-{n}"));
            std::fs::create_dir_all(&folder).expect("folder");
            let seed = n + 7 * (service.len() * 10 + fault.len()) as u64;
            std::fs::write(folder.join("metrics.csv"), metrics(service, fault, seed)).expect("written");
        }
    }
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&recounts(args)).expect("json")
}

#[test]
fn an_incident_of_the_same_kind_is_the_most_similar_one_of_a_library() {
    let dir = tempfile::tempdir().expect("folder");
    let (lib, out) = (dir.path().join("lib"), dir.path().join("out"));
    library(&lib);
    let [folder, out_text] = [&lib, &out].map(|p| p.display().to_string());
    for (service, fault) in KINDS {
        let kind = format!("{service}-{fault}-");
        let query = lib.join(format!("{kind}1")).display().to_string();
        let found = json(&["compare", &query, &folder, "--json", "--force", "-o", &out_text]);
        let pairs = found["pairs"].as_array().expect("pairs");
        assert_eq!(pairs.len(), 11, "itself is not among them");
        for place in 0..2 {
            assert!(pairs[place]["path"].as_str().is_some_and(|p| p.starts_with(&kind)), "{kind}: {:?}", &pairs[..3]);
        }
        assert!(pairs.windows(2).all(|p| p[0]["similarity"].as_f64() >= p[1]["similarity"].as_f64()));
        assert!(
            pairs[0]["why"].to_string().contains(&format!("{service}_{fault} of {service} rose in both")),
            "{}",
            pairs[0]
        );
    }
    // The same fault of another service, where the service does not matter.
    let query = lib.join("order-cpu-0").display().to_string();
    let found = json(&["compare", &query, &folder, "--by", "fault", "--json", "--force", "-o", &out_text]);
    let firsts: Vec<&str> =
        found["pairs"].as_array().expect("pairs").iter().take(5).filter_map(|p| p["path"].as_str()).collect();
    assert!(firsts.iter().all(|p| p.contains("-cpu-")), "{firsts:?}");
    assert_eq!(found["by"], "fault");
    let files = contents(&out);
    assert!(["library.html", "library.md", "library.json"].iter().all(|name| files.contains_key(*name)));
    // The same with reports for bundles, and with files for folders.
    let saved = dir.path().join("saved");
    for name in ["cart-cpu-0", "order-cpu-0", "stock-latency-0"] {
        recounts([
            "report",
            &lib.join(name).display().to_string(),
            "-q",
            "-o",
            &saved.join(name).display().to_string(),
        ]);
    }
    let query = lib.join("order-cpu-2").display().to_string();
    let found = json(&["compare", &query, &saved.display().to_string(), "--json", "--force", "-o", &out_text]);
    assert_eq!(found["pairs"][0]["path"], "order-cpu-0");
    let files = dir.path().join("files");
    std::fs::create_dir_all(&files).expect("folder");
    for name in ["cart-cpu-0", "cart-cpu-1", "stock-latency-0"] {
        std::fs::copy(lib.join(name).join("metrics.csv"), files.join(format!("{name}.csv"))).expect("copied");
    }
    let query = files.join("cart-cpu-0.csv").display().to_string();
    let found = json(&["compare", &query, &files.display().to_string(), "--json", "--force", "-o", &out_text]);
    assert_eq!(
        (found["pairs"][0]["path"].as_str(), found["pairs"].as_array().map(Vec::len)),
        (Some("cart-cpu-1.csv"), Some(2))
    );
    let table = recounts(["compare", &query, &files.display().to_string(), "--force", "-o", &out_text]);
    assert!(table.contains("most similar first") && table.contains("cart-cpu-1.csv"), "{table}");
}

#[test]
fn a_bundle_of_folders_is_one_incident_unless_it_is_said_to_be_a_library() {
    let dir = tempfile::tempdir().expect("folder");
    let sample = |name: &str| crate::support::root().join("samples").join(name).display().to_string();
    let (kv, r2) = (sample("kv-outage-2025-06-12"), sample("r2-credential-2025-03-21"));
    let out = dir.path().join("out").display().to_string();
    let one = json(&["compare", &r2, &kv, "--json", "--align", "detected", "-o", &out]);
    assert_eq!(one["aligned_on"], serde_json::json!(["detected", "detected"]));
    let detected =
        one["milestones"].as_array().expect("milestones").iter().find(|m| m["kind"] == "detected").expect("detected");
    assert_eq!((&detected["a_s"], &detected["b_s"]), (&Value::from(0), &Value::from(0)));
    assert!(one["cascades"][1].as_array().is_some_and(|steps| steps.len() > 20));
    let page = String::from_utf8(contents(&dir.path().join("out"))["compare.md"].clone()).expect("text");
    let page = page.replace('\u{a0}', " ");
    assert!(page.contains("## Order of failure") && page.contains(", detected"));
    assert!(page.contains("in A R2: PUT /object 100 %, GET /object 35 %;"), "writes and reads are told apart");
    assert!(
        page.contains("| GET /v1/values/cached | Workers KV | – | 0 % (0.0–0.4 %) over all of the incident |"),
        "{page}"
    );
    let output = recount(["compare", &r2, &kv, "--align", "nonsense", "-o", &out]);
    assert_eq!(output.status.code(), Some(2));
    let given = ["compare", r2.as_str(), &r2, "--json", "--force", "--align-a", "2025-03-21T21:45:00Z", "-o", &out];
    assert_eq!(json(&given)["aligned_on"], serde_json::json!(["given", "onset"]));
}
