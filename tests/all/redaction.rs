//! A planted secret of each kind is in nothing that leaves.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{contents, recounts};

/// One secret of each kind, and where it is planted.
#[derive(Clone, Debug)]
struct Planted {
    /// Kind → the very text that must not leave.
    secrets: Vec<(&'static str, String)>,
    /// Messages that hold them.
    messages: Vec<String>,
}

/// `digits` with the check digit of Luhn behind them.
fn luhn(digits: &str) -> String {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(i, d)| if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { d })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn planted() -> impl Strategy<Value = Planted> {
    let word = |pattern: &'static str| pattern.prop_map(|s: String| s);
    let many =
        (word("[A-Za-z0-9]{36}"), word("[A-Z2-7]{16}"), word("[a-z]{5}[0-9]{3}[a-z]{4}"), word("[A-Za-z0-9_-]{24}"));
    let more = (word("[a-z]{3,8}"), word("[0-9]{11}"), word("[A-Za-z0-9]{20}"), word("[A-Z][a-z]{5,9}"), 1u8..250);
    (many, more).prop_map(|((long, upper, password, part), (local, digits, mixed, surname, octet))| {
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.{part}.{mixed}Q");
        let card = luhn(&format!("4539{digits}"));
        let iban = "DE75512108001245126199".to_string();
        let email = format!("{local}.q{octet}@mail.example.org");
        let ip = format!("198.51.100.{octet}");
        let person = format!("Zoltana {surname}ev");
        let aws = format!("AKIA{upper}");
        let github = format!("ghp_{long}");
        let messages = vec![
            format!("store gone, Authorization: Bearer {part}x9 for {email}"),
            format!("upstream https://svc:{password}1@db.example.org/x refused"),
            format!("retry with password={password}2 and token={mixed}3 failed"),
            format!("config {{\\\"api_key\\\": \\\"{mixed}4\\\"}} rejected from {ip}"),
            format!("session Cookie: sid={mixed}5; theme=dark lost"),
            format!("jwt {jwt} not accepted, deploy key {github} gone, {aws} denied"),
            format!("charge of {card} failed, refund to {iban} failed for CUST-{octet}77"),
            format!("-----BEGIN RSA PRIVATE KEY-----\\nMIIE{long}\\n{mixed}6\\n-----END RSA PRIVATE KEY----- leaked by {person}"),
        ];
        let secrets = vec![
            ("authorization", format!("{part}x9")),
            ("password", format!("{password}1")),
            ("password", format!("{password}2")),
            ("token", format!("{mixed}3")),
            ("token", format!("{mixed}4")),
            ("cookie", format!("{mixed}5")),
            ("jwt", jwt),
            ("token", github),
            ("token", aws),
            ("card", card),
            ("iban", iban),
            ("private_key", format!("MIIE{long}")),
            ("private_key", format!("{mixed}6")),
            ("email", email),
            ("ip", ip),
            ("customer", format!("CUST-{octet}77")),
            ("name", person),
            ("name", format!("{surname}ev")),
        ];
        Planted { secrets, messages }
    })
}

fn write(dir: &Path, planted: &Planted) {
    std::fs::create_dir_all(dir.join("chat/incident")).expect("folder");
    let mut log = String::new();
    for s in 0..600 {
        let failed = (300..450).contains(&s);
        let (status, level) = if failed { (503, "error") } else { (200, "info") };
        let message = if failed { planted.messages[s % planted.messages.len()].clone() } else { "fine".to_string() };
        log.push_str(&format!(
            "{{\"time\":\"2025-06-12T17:{:02}:{:02}Z\",\"service\":\"kv\",\"level\":\"{level}\",\"status\":{status},\"msg\":\"{message}\"}}\n",
            46 + s / 60,
            s % 60
        ));
    }
    std::fs::write(dir.join("kv.jsonl"), log).expect("written");
    let person = &planted.secrets.iter().find(|(kind, _)| *kind == "name").expect("a name").1;
    let users = format!(
        "[{{\"id\":\"U1MNKZJAQ\",\"is_bot\":false,\"name\":\"zol\",\"real_name\":\"{person}\",\"profile\":{{\"display_name\":\"{person}\",\"real_name\":\"{person}\"}}}}]"
    );
    std::fs::write(dir.join("chat/users.json"), users).expect("written");
    std::fs::write(dir.join("chat/channels.json"), "[{\"id\":\"C1\",\"name\":\"incident\"}]").expect("written");
    let posts: Vec<String> = planted
        .messages
        .iter()
        .enumerate()
        .map(|(i, m)| format!("{{\"type\":\"message\",\"user\":\"U1MNKZJAQ\",\"text\":\"Cause identified: {m}\",\"ts\":\"{}.000100\",\"pinned_to\":[\"C1\"]}}", 1_749_750_660 + i * 20))
        .collect();
    std::fs::write(dir.join("chat/incident/2025-06-12.json"), format!("[{}]", posts.join(","))).expect("written");
    let prose = "# Write-up\n\nAt 17:51 UTC on 12 June 2025 kv failed: ".to_string()
        + &planted.messages[0].replace('\\', "")
        + ". 50 % of requests failed.\n";
    std::fs::write(dir.join("writeup.md"), prose).expect("written");
    std::fs::write(
        dir.join("recount.toml"),
        "[redact]\nips = true\n[redact.rules]\ncustomer = 'CUST-\\d+'\n[narrative]\nluck = \"password=hunter22\"\n",
    )
    .expect("written");
}

/// Every text of a Parquet file.
fn parquet(bytes: &[u8]) -> String {
    use polars_io::SerReader;
    let frame = polars_io::prelude::ParquetReader::new(std::io::Cursor::new(bytes.to_vec())).finish().expect("parquet");
    frame
        .columns()
        .iter()
        .map(|c| (0..c.len()).map(|i| c.get(i).map(|v| v.to_string()).unwrap_or_default() + "\n").collect::<String>())
        .collect()
}

#[test]
fn no_planted_secret_is_in_anything_that_leaves() {
    let cases = std::env::var("RECOUNT_SECRETS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(&planted(), |planted| {
            let dir = tempfile::tempdir().expect("folder");
            let (a, out, pair) = (dir.path().join("a"), dir.path().join("out"), dir.path().join("pair"));
            write(&a, &planted);
            let [bundle, folder, beside] = [&a, &out, &pair].map(|p| p.display().to_string());
            let mut left: Vec<(String, String)> = Vec::new();
            left.push(("summary".into(), recounts(["report", &bundle, "-o", &folder])));
            recounts(["compare", &bundle, &folder, "-q", "-o", &beside]);
            for (name, bytes) in contents(&out).into_iter().chain(contents(&pair)) {
                let text =
                    if name.ends_with(".parquet") { parquet(&bytes) } else { String::from_utf8(bytes).expect("text") };
                left.push((name, text));
            }
            for args in [
                vec!["timeline", "--all", "--names", "roles"],
                vec!["timeline", "--json", "--names", "initials"],
                vec!["findings", "--names", "roles"],
                vec!["findings", "--json", "--names", "roles"],
            ] {
                left.push((args.join(" "), recounts(args.iter().copied().chain([bundle.as_str()]))));
            }
            for (name, text) in &left {
                for (kind, secret) in &planted.secrets {
                    let at = text.find(secret.as_str());
                    let around = at.map(|at| {
                        text.get(at.saturating_sub(80)..).unwrap_or(text).chars().take(200).collect::<String>()
                    });
                    prop_assert!(at.is_none(), "{kind} {secret} in {name}: {around:?}");
                }
                prop_assert!(!text.contains("hunter22"), "{name}");
            }
            // Where records are printed for scripts, secrets and account numbers go, the rest when asked.
            for args in [
                vec!["records", "--json"],
                vec!["records"],
                vec!["patterns"],
                vec!["patterns", "--json"],
                vec!["inspect", "--json"],
                vec!["init"],
            ] {
                let text = recounts(args.iter().copied().chain(["--redact", "emails,ips", bundle.as_str()]));
                for (kind, secret) in planted.secrets.iter().filter(|(kind, _)| *kind != "name") {
                    prop_assert!(!text.contains(secret.as_str()), "{kind} {secret} in {args:?}");
                }
            }
            let incident = String::from_utf8(contents(&out)["incident.json"].clone()).expect("text");
            let incident: serde_json::Value = serde_json::from_str(&incident).expect("json");
            let told = incident["edition"]["redactions"].to_string();
            // An address may go as part of what stands around it, and counts as that.
            for (kind, _) in planted.secrets.iter().filter(|(kind, _)| *kind != "email") {
                prop_assert!(told.contains(&format!("\"kind\":\"{kind}\"")), "{kind} in {told}");
            }
            let page = &left.iter().find(|(name, _)| name == "report.html").expect("page").1;
            prop_assert!(page.contains("Taken out of every text of this report") && page.contains("card number"));
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn people_are_roles_in_a_report_and_themselves_where_that_is_asked() {
    let mut runner = TestRunner::new(Config { cases: 1, failure_persistence: None, ..Config::default() });
    runner
        .run(&planted(), |planted| {
            let dir = tempfile::tempdir().expect("folder");
            let a = dir.path().join("a");
            write(&a, &planted);
            let person = planted.secrets.iter().find(|(kind, _)| *kind == "name").expect("a name").1.clone();
            let bundle = a.display().to_string();
            prop_assert!(recounts(["timeline", "--all", &bundle, "--json"]).contains(&person));
            prop_assert!(
                recounts(["timeline", "--all", &bundle, "--json", "--names", "roles"]).contains("responder 1")
            );
            prop_assert!(recounts(["timeline", "--all", &bundle, "--json", "--names", "initials"]).contains("Z. "));
            std::fs::write(a.join("recount.toml"), format!("[people]\n{person:?} = \"incident commander\"\n"))
                .expect("written");
            let md = dir.path().join("out");
            recounts(["report", &bundle, "-q", "-o", &md.display().to_string()]);
            let text = String::from_utf8(contents(&md)["report.md"].clone()).expect("text");
            prop_assert!(text.contains("incident commander") && !text.contains(&person));
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn a_rule_that_takes_every_text_leaves_a_report() {
    let dir = tempfile::tempdir().expect("folder");
    let config = dir.path().join("all.toml");
    std::fs::write(&config, "[redact.rules]\nall = '.+'\n").expect("written");
    let bundle = crate::support::root().join("samples/r2-credential-2025-03-21");
    let out = dir.path().join("out");
    let [bundle, out_text, config] = [&bundle, &out, &config].map(|p| p.display().to_string());
    recounts(["report", &bundle, "-q", "-o", &out_text, "--config", &config]);
    let files = contents(&out);
    let page = String::from_utf8(files["report.html"].clone()).expect("text");
    assert!(page.contains("[redacted all 1]") && !page.contains("PagerDuty"));
}
