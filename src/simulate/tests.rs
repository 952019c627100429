use std::collections::BTreeMap;
use std::fs;

use super::*;

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// Ten minutes of one store that fails for four of them.
fn scenario() -> Scenario {
    let mut store = Service::new("store", "Key Store", 20.0);
    let segment = |from, to, shape, ratio| Segment {
        from: moment(from),
        to: Some(moment(to)),
        shape,
        ratio,
        ..Segment::default()
    };
    store.curve = vec![segment("12:03", "12:07", CurveShape::Step, 0.9)];
    Scenario {
        title: String::from("A short one"),
        date: chrono::NaiveDate::from_ymd_opt(2025, 6, 12).unwrap(),
        start: moment("12:00"),
        end: moment("12:10"),
        seed: 7,
        noise: 0.1,
        services: vec![store],
        sources: vec![Source::new("edge.json", SourceFormat::Logpush)],
        ..Scenario::default()
    }
}

fn bundle(scenario: &Scenario, options: Options) -> (BTreeMap<String, Vec<u8>>, Truth) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("bundle");
    let truth = write(scenario, options, &dir).unwrap();
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&dir).into_iter().filter_map(|e| e.ok().filter(|e| e.file_type().is_file())) {
        let name = entry.path().strip_prefix(&dir).unwrap().to_string_lossy().into_owned();
        files.insert(name, fs::read(entry.path()).unwrap());
    }
    files.insert(String::from("../truth"), fs::read(truth_path(&dir)).unwrap());
    (files, truth)
}

/// (minute, failed) of every request in a log push file.
fn requests(text: &str) -> Vec<(i64, bool)> {
    let lines = text.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
    lines
        .map(|v| {
            let at = v["EdgeStartTimestamp"].as_i64().unwrap() / 60_000_000_000;
            (at, v["EdgeResponseStatus"].as_i64().unwrap() >= 500)
        })
        .collect()
}

#[test]
fn the_same_scenario_gives_the_same_bytes_and_another_seed_does_not() {
    let mut scenario = scenario();
    let mut zipped = Source::new("a.zip!b.tar.gz!app.log.gz", SourceFormat::Log4j);
    zipped.traps = vec![Trap::Secret, Trap::StackTrace, Trap::Markup];
    scenario.sources.push(zipped);
    let (one, _) = bundle(&scenario, Options::default());
    let (two, _) = bundle(&scenario, Options::default());
    assert_eq!(one, two);
    assert_eq!(one.keys().map(String::as_str).collect::<Vec<_>>(), ["../truth", "a.zip", "edge.json", "recount.toml"]);
    let (other, _) = bundle(&scenario, Options { seed: Some(8), ..Options::default() });
    assert_ne!(one["edge.json"], other["edge.json"]);
}

#[test]
fn the_ratio_in_the_log_is_the_ratio_of_the_truth_in_every_minute() {
    let (files, truth) = bundle(&scenario(), Options::default());
    let mut minutes: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for (minute, failed) in requests(&String::from_utf8(files["edge.json"].clone()).unwrap()) {
        let entry = minutes.entry(minute).or_default();
        entry.0 += 1.0;
        entry.1 += f64::from(u8::from(failed));
    }
    let store = &truth.services["Key Store"];
    let (onset, recovery) = (store.onset_s.unwrap() / 60, store.recovery_s.unwrap() / 60);
    assert_eq!(recovery - onset, 4);
    for (minute, (all, failed)) in minutes {
        let expected = if (onset..recovery).contains(&minute) { store.peak_ratio } else { store.baseline };
        assert!((failed / all - expected).abs() < 0.02, "{minute}: {failed} of {all}");
        assert!((all - 1200.0).abs() < 40.0, "{minute}: {all}");
    }
}

#[test]
fn shifted_days_and_other_zones_change_stamps_only() {
    let mut one = scenario();
    one.sources = vec![Source::new("app.log", SourceFormat::Python)];
    let mut two = one.clone();
    two.sources[0].zone = String::from("+02:00");
    let (plain, _) = bundle(&one, Options::default());
    let (moved, truth) = bundle(&two, Options { shift_days: 30, ..Options::default() });
    let text = |files: &BTreeMap<String, Vec<u8>>| String::from_utf8(files["app.log"].clone()).unwrap();
    assert_eq!(text(&plain).replace("2025-06-12 12:", "2025-07-12 14:"), text(&moved));
    assert_eq!(truth.sources["app.log"].zone_offset_s, 7200);
}

#[test]
fn size_multiplies_requests_and_samples_keep_the_ratio() {
    let mut scenario = scenario();
    scenario.sources[0].sample = 0.25;
    let (files, _) = bundle(&scenario, Options { size: Size::Times(2.0), ..Options::default() });
    let all = requests(&String::from_utf8(files["edge.json"].clone()).unwrap());
    assert!((all.len() as f64 - 20.0 * 2.0 * 600.0 * 0.25).abs() < 60.0, "{}", all.len());
    let failed = all.iter().filter(|(_, failed)| *failed).count() as f64;
    assert!((failed / all.len() as f64 - 0.36).abs() < 0.01);
}

#[test]
fn two_files_tell_of_the_same_requests_by_the_same_ids() {
    let mut scenario = scenario();
    let mut app = Source::new("app.json", SourceFormat::Zap);
    app.clock_offset_s = 451.0;
    scenario.sources.push(app);
    let (files, _) = bundle(&scenario, Options::default());
    let ids = |name: &str, key: &str| -> std::collections::BTreeSet<String> {
        let text = String::from_utf8(files[name].clone()).unwrap();
        let lines = text.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
        lines.filter_map(|v| v[key].as_str().map(str::to_string)).collect()
    };
    let edge = ids("edge.json", "RayID");
    assert!(edge.len() > 10_000);
    assert_eq!(edge, ids("app.json", "request_id"));
}

#[test]
fn a_renamed_service_leaves_no_trace_of_its_old_name() {
    let mut scenario = scenario();
    scenario.title = String::from("{store} outage of {date:long}");
    scenario.actions.push(Action {
        at: moment("12:04"),
        kind: ActionKind::Chat,
        by: String::from("Storage on-call"),
        text: String::from("{store} fails since {t:12:03}, see {slug:store} {and} more"),
        ..Action::default()
    });
    scenario.sources.push(Source::new("chat", SourceFormat::Slack));
    scenario.service_mut("store").unwrap().name = String::from("Blob Shelf");
    let (files, truth) = bundle(&scenario, Options::default());
    assert_eq!(truth.title, "Blob Shelf outage of 12 June 2025");
    let chat = String::from_utf8(files["chat/incident/2025-06-12.json"].clone()).unwrap();
    assert!(chat.contains("Blob Shelf fails since 12:03, see blob-shelf {and} more"), "{chat}");
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        assert!(!text.contains("key store") && !text.contains("key-store"), "{name}");
    }
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "x").unwrap();
    let refused = write(&scenario(), Options::default(), folder.path());
    assert!(matches!(refused, Err(Error::Occupied { .. })));
}

#[test]
fn a_scenario_that_is_none_names_the_line() {
    let Err(error) = Scenario::parse("title = \"x\"\nstar = \"12:00\"\n", "s.toml") else { panic!("accepted") };
    assert!(error.to_string().starts_with("s.toml"), "{error}");
    assert!(error.to_string().contains("star"), "{error}");
}

#[test]
fn the_configuration_it_brings_is_one_that_the_program_reads() {
    let (files, _) = bundle(&scenario(), Options::default());
    let text = String::from_utf8(files[crate::config::FILE_NAME].clone()).unwrap();
    let config = crate::config::Config::parse(&text, "recount.toml").unwrap();
    assert!(config.zones.is_empty() && config.services.services.contains_key("Key Store"));
}

/// The bundles under `samples/` are what their scenarios give. `UPDATE_EXPECT=1` writes them again.
#[test]
fn the_committed_samples_are_what_their_scenarios_give() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for name in ["kv-outage-2025-06-12", "r2-credential-2025-03-21"] {
        let path = samples.join(format!("{name}.toml"));
        let scenario = Scenario::parse(&fs::read_to_string(&path).unwrap(), &path.display().to_string()).unwrap();
        let dir = samples.join(name);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            let _ = fs::remove_dir_all(&dir);
            write(&scenario, Options::default(), &dir).unwrap();
            continue;
        }
        let (files, _) = bundle(&scenario, Options::default());
        for (file, bytes) in files {
            let there = if file == "../truth" { truth_path(&dir) } else { dir.join(&file) };
            assert!(fs::read(&there).unwrap_or_default() == bytes, "{name}: {file} differs; UPDATE_EXPECT=1 writes it");
        }
    }
}
