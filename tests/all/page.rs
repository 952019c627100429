//! The page as a person sees it: in a real browser, when the machine has one.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{recounts, root, skip};

/// The browser, or a word that it is not there.
fn chromium() -> Option<PathBuf> {
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(|name| {
        std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(name)).find(|path| path.is_file())
    });
    if found.is_none() {
        skip("no chromium: the page was not looked at");
    }
    found
}

/// Runs the browser on a page and gives back (stdout, stderr).
fn browse(browser: &Path, profile: &Path, page: &Path, args: &[&str]) -> (String, String) {
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--allow-file-access-from-files", "--disable-web-security", "--hide-scrollbars"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=3000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(args)
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser starts");
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn report(dir: &Path) -> PathBuf {
    let out = dir.join("report");
    let sample = root().join("samples/kv-outage-2025-06-12");
    recounts([Path::new("report"), &sample, Path::new("-q"), Path::new("-o"), &out]);
    out.join("report.html")
}

#[test]
fn the_page_opens_without_network_and_without_a_script_error() {
    let Some(browser) = chromium() else { return };
    let dir = tempfile::tempdir().expect("folder");
    let page = report(dir.path());
    let html = std::fs::read_to_string(&page).expect("page");
    assert!(html.len() < 2 << 20, "{} bytes", html.len());
    let loads =
        regex::Regex::new(r#"(?:src|href)\s*=\s*"(?:https?:)?//|@import|url\(\s*['"]?https?:"#).expect("pattern");
    assert!(!loads.is_match(&html), "nothing is fetched");
    let (dom, log) = browse(&browser, &dir.path().join("profile"), &page, &["--dump-dom"]);
    assert!(!log.contains("Uncaught") && !log.contains("SyntaxError"), "{log}");
    for part in ["<main", "<h1", "<svg", "Workers KV", "P0", "P1", "<details"] {
        assert!(dom.contains(part), "{part} is on the page");
    }
}

#[test]
fn the_page_needs_no_sideways_scrolling_on_a_phone_or_a_wide_screen() {
    let Some(browser) = chromium() else { return };
    let dir = tempfile::tempdir().expect("folder");
    let page = report(dir.path());
    for width in [420, 1400, 2560] {
        let frame = dir.path().join(format!("frame-{width}.html"));
        let html = format!(
            "<body style=\"margin:0\"><iframe id=f src=\"file://{}\" style=\"width:{width}px;height:900px;border:0\"></iframe>\
             <script>onload=()=>{{const d=document.getElementById('f').contentDocument.documentElement;\
             const cut=[...d.querySelectorAll('.bar > *')].filter(e=>e.getBoundingClientRect().right>\
             e.parentElement.getBoundingClientRect().right).length;\
             document.body.append('width='+d.scrollWidth+';cut='+cut+';')}}</script>",
            page.display()
        );
        std::fs::write(&frame, html).expect("written");
        let (dom, log) =
            browse(&browser, &dir.path().join("profile"), &frame, &["--dump-dom", "--window-size=2600,1000"]);
        let found = dom.split("width=").nth(2).or_else(|| dom.split("width=").last()).unwrap_or("").to_string();
        assert!(dom.contains(&format!("width={width};")), "at {width} px the page is {found:.40} wide; {log:.300}");
        assert!(dom.contains(&format!("width={width};cut=0;")), "at {width} px a severity label is cut: {found:.40}");
    }
}

#[test]
fn the_page_can_be_pictured_in_light_and_dark() {
    let Some(browser) = chromium() else { return };
    let dir = tempfile::tempdir().expect("folder");
    let page = report(dir.path());
    let mut pictures = Vec::new();
    for (name, extra) in
        [("light", "--blink-settings=preferredColorScheme=1"), ("dark", "--blink-settings=preferredColorScheme=0")]
    {
        let picture = dir.path().join(format!("{name}.png"));
        let shot = format!("--screenshot={}", picture.display());
        browse(&browser, &dir.path().join("profile"), &page, &[&shot, "--window-size=1400,2000", extra]);
        let bytes = std::fs::read(&picture).expect("a picture was taken");
        assert!(bytes.len() > 20_000, "{name}: {} bytes is an empty page", bytes.len());
        pictures.push(bytes);
    }
    assert!(pictures[0] != pictures[1], "dark differs from light");
}

/// Where `playwright-core` and `axe-core` are installed: `RECOUNT_BROWSER_MODULES`, else the folder that
/// `.ci/run` fills.
fn modules() -> Option<PathBuf> {
    let folder = std::env::var_os("RECOUNT_BROWSER_MODULES")
        .map_or_else(|| root().join("target/browser-modules"), PathBuf::from);
    let there = folder.join("node_modules/playwright-core").is_dir() && folder.join("node_modules/axe-core").is_dir();
    if !there {
        skip("no playwright-core: nobody used the page as a person does");
    }
    there.then_some(folder)
}

/// What `tests/browser/NAME` says that it tried on a written report; every line must be a success.
fn tried(name: &str, browser: &Path, modules: &Path, folder: &Path) -> usize {
    let output = Command::new("node")
        .arg(root().join("tests/browser").join(name))
        .args([modules, folder, browser])
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed: Vec<&str> = said.lines().filter(|l| !l.contains("\"ok\":true")).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said.lines().count()
}

#[test]
fn a_person_reads_zooms_filters_follows_links_and_prints() {
    let (Some(browser), Some(modules)) = (chromium(), modules()) else { return };
    let dir = tempfile::tempdir().expect("folder");
    let page = report(dir.path());
    let lines = tried("page.mjs", &browser, &modules, page.parent().expect("folder"));
    assert!(lines >= 30, "everything was tried: {lines}");
}

#[test]
fn a_page_of_thousands_of_events_answers_at_once_and_holds_them_all() {
    let (Some(browser), Some(modules)) = (chromium(), modules()) else { return };
    let dir = tempfile::tempdir().expect("folder");
    let bundle = dir.path().join("bundle");
    std::fs::create_dir_all(bundle.join("chat/incident")).expect("folder");
    let users = r#"[{"id":"U1","name":"ana","real_name":"Ana Berg","profile":{"real_name":"Ana Berg"}}]"#;
    std::fs::write(bundle.join("chat/users.json"), users).expect("written");
    let message = |n: u32| {
        let at = f64::from(n) * 2.0 + 1_749_747_600.0;
        format!(
            r#"{{"type":"message","user":"U1","text":"note {n}: looking at svc-{}, </noscript>","ts":"{at:.6}"}}"#,
            n % 7
        )
    };
    let messages: Vec<String> = (0..5_000).map(message).collect();
    std::fs::write(bundle.join("chat/incident/2025-06-12.json"), format!("[{}]", messages.join(",\n")))
        .expect("written");
    let log: String = (0..7_200_u32)
        .map(|n| {
            let status = if (2_000..4_000).contains(&n) && n % 2 == 0 { 503 } else { 200 };
            let (hour, minute, second) = (17 + n / 3_600, n / 60 % 60, n % 60);
            format!("{{\"time\":\"2025-06-12T{hour:02}:{minute:02}:{second:02}Z\",\"service\":\"svc-1\",\"msg\":\"request\",\"status\":{status}}}\n")
        })
        .collect();
    std::fs::write(bundle.join("svc-1.jsonl"), log).expect("written");
    let out = dir.path().join("report");
    recounts([Path::new("report"), &bundle, Path::new("-q"), Path::new("-o"), &out]);
    assert!(tried("long.mjs", &browser, &modules, &out) >= 9);
}

#[test]
fn no_page_scrolls_sideways_or_shuts_anybody_out() {
    let (Some(browser), Some(modules)) = (chromium(), modules()) else { return };
    let dir = tempfile::tempdir().expect("folder");
    let sample = |name: &str| root().join("samples").join(name).display().to_string();
    let (kv, r2) = (sample("kv-outage-2025-06-12"), sample("r2-credential-2025-03-21"));
    let place = |name: &str| dir.path().join(name).display().to_string();
    let saved = place("sre");
    recounts(["report", &r2, "-q", "-o", &saved]);
    for set in ["cloudflare", "pagerduty", "gitlab", "review"] {
        recounts(["report", &saved, "-q", "--template", set, "-o", &place(set)]);
    }
    recounts(["compare", &saved, &place("review"), "-q", "-o", &place("compare")]);
    recounts(["compare", &saved, &dir.path().display().to_string(), "--library", "-q", "-o", &place("library")]);
    recounts(["audit", &format!("{kv}/writeups"), "-q", "-o", &place("audit")]);
    assert_eq!(tried("pages.mjs", &browser, &modules, dir.path()), 8 * 6);
}
