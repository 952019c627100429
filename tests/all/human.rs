//! What people say beside the evidence survives every re-run: `recount.toml`, and `recount init`, which begins one.

use std::path::Path;

use serde_json::Value;

use crate::support::{contents, recount, recounts};

/// A page as a paging service exports it.
fn page(second: u32, who: &str, what: &str) -> String {
    format!(
        "{{\"id\":\"R{second}\",\"type\":\"{what}_log_entry\",\"summary\":\"{what} by {who}\",\
         \"created_at\":\"2025-06-12T17:52:{second:02}Z\",\"agent\":{{\"type\":\"user_reference\",\"summary\":\"{who}\"}},\
         \"incident\":{{\"id\":\"Q1\",\"summary\":\"[#1] kv: error ratio\"}},\"service\":{{\"summary\":\"kv\"}}}}"
    )
}

/// Requests of which half fail for ten minutes.
fn log() -> String {
    (0..3_600)
        .map(|s| {
            let status = if (1_800..2_400).contains(&s) && s % 2 == 0 { 503 } else { 200 };
            format!(
                "{{\"time\":\"2025-06-12T17:{:02}:{:02}Z\",\"service\":\"kv\",\"level\":\"info\",\"status\":{status},\"msg\":\"GET /v/{s}\"}}\n",
                s / 60 % 60,
                s % 60
            )
        })
        .collect()
}

fn bundle(dir: &Path) {
    std::fs::create_dir_all(dir.join("paging")).expect("folder");
    let entries =
        [page(1, "Jane Quill", "acknowledge"), page(9, "Omar Vance", "annotate"), page(30, "Jane Quill", "resolve")];
    let text = format!("{{\"log_entries\":[{}]}}\n", entries.join(","));
    std::fs::write(dir.join("paging/log_entries.json"), text).expect("written");
    std::fs::write(dir.join("kv.jsonl"), log()).expect("written");
}

/// Entries of the timeline of `paths`.
fn entries<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Vec<Value> {
    let mut args = vec!["timeline".to_string(), "--json".to_string()];
    args.extend(paths.into_iter().map(|p| p.display().to_string()));
    let timeline: Value = serde_json::from_str(&recounts(args)).expect("json");
    timeline["entries"].as_array().expect("entries").clone()
}

fn ids(entries: &[Value]) -> Vec<String> {
    entries.iter().map(|e| e["id"].as_str().expect("id").to_string()).collect()
}

#[test]
fn the_id_of_an_event_does_not_depend_on_where_its_file_lies_or_what_lies_beside_it() {
    let dir = tempfile::tempdir().expect("folder");
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    bundle(&a);
    let alone = ids(&entries([a.as_path()]));
    assert_eq!(alone.len(), 3);
    std::fs::create_dir_all(&b).expect("folder");
    std::fs::write(b.join("app.jsonl"), log().replace("\"kv\"", "\"api\"")).expect("written");
    std::fs::write(
        b.join("deployments.json"),
        "[{\"id\":1,\"service\":\"kv\",\"deployed_at\":\"2025-06-12T17:40:00Z\",\"version\":\"v2\",\"status\":\"success\"}]\n",
    )
    .expect("written");
    let together = ids(&entries([a.as_path(), b.as_path()]));
    assert!(alone.iter().all(|id| together.contains(id)), "{alone:?} in {together:?}");
    assert_eq!(ids(&entries([a.join("paging/log_entries.json").as_path()])), alone, "as a file");
    let tar = dir.path().join("a.tar");
    let mut archive = tar::Builder::new(std::fs::File::create(&tar).expect("file"));
    archive.append_dir_all("inside", &a).expect("packed");
    archive.finish().expect("packed");
    assert_eq!(ids(&entries([tar.as_path()])), alone, "in an archive");
    // A copy of the same export beside it, in path order before it: every id is still there.
    std::fs::create_dir_all(a.join("again")).expect("folder");
    std::fs::copy(a.join("paging/log_entries.json"), a.join("again/log_entries.json")).expect("copied");
    let all = entries([a.as_path()]);
    let known = |id: &String| all.iter().any(|e| e["id"] == **id || e["also"].to_string().contains(id.as_str()));
    assert!(alone.iter().all(known), "{alone:?} in {all:?}");
}

#[test]
fn edits_sections_and_action_items_stand_in_every_form_of_the_report() {
    let dir = tempfile::tempdir().expect("folder");
    let (a, out) = (dir.path().join("a"), dir.path().join("out"));
    bundle(&a);
    let ids = ids(&entries([a.as_path()]));
    let config = format!(
        "title = \"Of our own\"\nnames = \"full\"\n[services.kv]\nowner = \"Storage team\"\n\
         [events.{:?}]\npin = true\nnote = \"This <b>is</b> when we knew.\"\n\
         [events.{:?}]\nhide = true\n[events.{:?}]\ntitle = \"All clear given\"\n[events.0123456789]\npin = true\n\
         [narrative]\nroot_cause = \"A disk.\\n\\nAnd a second one.\"\ncustomer_contact = \"We called them.\"\n\
         [[action_items]]\nwhat = \"Alert on | disks\"\ntype = \"detect\"\nowner = \"Ana\"\ndue = 2025-07-01\nticket = \"OPS-7\"\n",
        ids[0], ids[1], ids[2]
    );
    std::fs::write(a.join("recount.toml"), config).expect("written");
    let folder = out.display().to_string();
    recounts(["report", &a.display().to_string(), "-q", "-o", &folder]);
    let files = contents(&out);
    let text = |name: &str| String::from_utf8(files[name].clone()).expect("text");
    let (html, md) = (text("report.html"), text("report.md"));
    for words in [
        "Of our own",
        "when we knew",
        "All clear given",
        "A disk.",
        "We called them.",
        "Customer contact",
        "OPS-7",
        "2025-07-01",
        "Ana",
    ] {
        assert!(html.contains(words) && md.contains(words), "{words}");
    }
    assert!(html.contains("This &lt;b&gt;is&lt;/b&gt; when") && html.contains("Owned by Storage team"));
    assert!(
        html.contains("read as: ") && html.contains("1 more hidden by recount.toml"),
        "retitled and hidden are said"
    );
    assert!(md.contains("1 more hidden by recount.toml") && html.contains("0123456789") && md.contains("0123456789"));
    assert!(!text("timeline.jsonl").contains("annotate by"), "hidden events are not told");
    let incident: Value = serde_json::from_str(&text("incident.json")).expect("json");
    let all = incident["timeline"]["entries"].as_array().expect("entries");
    let of = |n: usize| all.iter().find(|e| e["id"] == ids[n].as_str()).expect("kept");
    assert_eq!((&of(0)["tier"], &of(0)["edit"]["pin"]), (&Value::from("one"), &Value::from(true)));
    assert_eq!(of(1)["edit"]["hide"], true);
    assert!(
        of(2)["title"] == "All clear given" && of(2)["edit"]["title"].as_str().is_some_and(|t| t.contains("resolve"))
    );
    // What was there stays when the report is read again without the bundle.
    let again = dir.path().join("again");
    recounts(["report", &folder, "-q", "--names", "full", "-o", &again.display().to_string()]);
    assert!(contents(&again)["report.md"] == files["report.md"], "the same page");
    // An edit whose event vanished is said by inspect too, and --strict counts it.
    let inspected = recounts(["inspect", "--json", &a.display().to_string()]);
    assert!(inspected.contains("0123456789") && inspected.contains("found none in the evidence"));
    assert_eq!(recount(["inspect", "--strict", &a.display().to_string()]).status.code(), Some(1));
}

#[test]
fn an_edit_by_the_id_of_any_witness_is_an_edit_of_the_entry() {
    let dir = tempfile::tempdir().expect("folder");
    let a = dir.path().join("a");
    bundle(&a);
    let id = ids(&entries([a.as_path()]))[0].clone();
    std::fs::write(a.join("recount.toml"), format!("[events.{id:?}]\nnote = \"mine\"\n")).expect("written");
    // Another witness of the same acknowledgement, which leads the entry because it comes first by path.
    std::fs::create_dir_all(a.join("again")).expect("folder");
    let text = std::fs::read_to_string(a.join("paging/log_entries.json")).expect("read");
    std::fs::write(a.join("again/log_entries.json"), text.replace("\"id\":\"R1\"", "\"id\":\"R1\",\"note\":1"))
        .expect("written");
    let noted: Vec<Value> = entries([a.as_path()]).into_iter().filter(|e| e["edit"]["note"] == "mine").collect();
    assert_eq!(noted.len(), 1, "{noted:?}");
    assert!(!recounts(["inspect", &a.display().to_string()]).contains("expected an event"));
}

#[test]
fn a_begun_configuration_parses_changes_nothing_and_can_be_switched_on() {
    let dir = tempfile::tempdir().expect("folder");
    let (a, out) = (dir.path().join("a"), dir.path().join("out"));
    bundle(&a);
    std::fs::write(
        a.join("zoneless.log"),
        "2025-06-12 19:52:00 ERROR kv \"odd\" ]] = gone\n2025-06-12 19:52:01 ERROR kv gone\n",
    )
    .expect("written");
    let bundle = a.display().to_string();
    let report = |out: &Path| {
        recounts(["report", &bundle, "-q", "-o", &out.display().to_string()]);
        contents(out)
    };
    let before = report(&out.join("before"));
    let file = dir.path().join("begun.toml");
    recounts(["init", &bundle, "-q", "-o", &file.display().to_string()]);
    let text = std::fs::read_to_string(&file).expect("read");
    assert_eq!(recounts(["init", &bundle]), text);
    for words in ["#[services.\"kv\"]", "zoneless.log", "ASSUMED", "Z PagerDuty: ", "\"Jane Quill\" ="] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    assert!(text.lines().all(|l| l.is_empty() || l.starts_with('#')), "nothing is switched on");
    assert_eq!(recount(["init", &bundle, "-o", &file.display().to_string()]).status.code(), Some(2), "no overwriting");
    std::fs::copy(&file, a.join("recount.toml")).expect("copied");
    assert!(report(&out.join("after")) == before, "the same bytes");
    // Every setting that is shown can be switched on as it stands.
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest.to_string(),
        _ => line.to_string(),
    };
    let all: String = text.lines().map(|l| on(l) + "\n").collect();
    recount::config::Config::parse(&all, "begun.toml").unwrap_or_else(|e| panic!("{e}\n{all}"));
}
