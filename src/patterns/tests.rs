use proptest::prelude::*;

use super::*;

fn mask(text: &str) -> String {
    let mut out = Vec::new();
    skeleton(text, &mut out);
    String::from_utf8(out).expect("whole characters")
}

fn mine(lines: &[&str]) -> Vec<String> {
    let skeletons: Vec<String> = lines.iter().map(|line| mask(line)).collect();
    let templates = Templates::of(skeletons.iter().map(|s| (s.as_str(), 1)));
    skeletons.iter().map(|s| templates.get(s).to_string()).collect()
}

#[test]
fn shapes_are_blanked_and_words_stay() {
    for (line, expected) in [
        ("took 12.5 ms, tried 3 times", "took <*>, tried <*> times"),
        ("peer 192.0.2.7:4711 gone", "peer <*> gone"),
        ("GET https://example.org/a?b=c done", "GET <*> done"),
        ("open(/var/lib/app/state): no such file", "open(<*>): no such file"),
        ("mail to ann@example.org, bounced", "mail to <*>, bounced"),
        ("on Tue Jan 12 2021 at noon", "on <*> at noon"),
        ("May I Monitor Friday's run", "May I Monitor <*>'s run"),
        ("load org.example.store.Cache failed", "load <*> failed"),
        ("Cache.get() failed", "Cache.get() failed"),
        ("C:\\data\\log is full", "<*> is full"),
        ("sizes 1, 2, 3 and 4", "sizes <*> and <*>"),
        ("fans 3400 **** 3500 ok", "fans <*> ok"),
        ("lock tag=\"a 1 b\" held", "lock tag=\"<*>\" held"),
        ("state Foo@deadbeef left", "state <*> left"),
        ("engine-6.1.26", "engine-<*>"),
        ("queue.max-depth.total : 0", "queue.max-depth.total : <*>"),
        ("[pool-3] - cache is cold", "cache is cold"),
        ("[main] org.example.store.Cache: cache is cold", "cache is cold"),
        ("[item 3] sold", "[item <*>] sold"),
        ("  first\nsecond", "first"),
        ("", ""),
    ] {
        assert_eq!(mask(line), expected, "{line}");
    }
}

#[test]
fn states_stay_apart_and_names_do_not() {
    let states = mine(&["node 1 is up now", "node 1 is down now", "node 2 is lame now"]);
    assert_eq!(states, ["node <*> is up now", "node <*> is down now", "node <*> is lame now"]);
    let actions = ["started", "stopped", "paused", "resumed", "failed", "moved"].map(|a| format!("guest {a} (cycle)"));
    let found = mine(&actions.each_ref().map(String::as_str));
    assert_eq!(found.iter().collect::<std::collections::BTreeSet<_>>().len(), actions.len(), "{found:?}");
    let names = ["ash", "birch", "cedar", "elm", "fir"].map(|name| format!("table {name} was locked"));
    assert!(mine(&names.each_ref().map(String::as_str)).iter().all(|t| t == "table <*> was locked"));
    let announced = mine(&["closed for user ann", "closed for user bob"]);
    assert_eq!(announced, ["closed for user <*>"; 2]);
}

#[test]
fn values_of_keys_vary_together() {
    let lines = ["lock a=1 name=store who=null", "lock a=2 name=x1 who=w7", "lock a=3 name=cart who=null"];
    assert_eq!(mine(&lines), ["lock a=<*> name=<*> who=<*>"; 3]);
    let listed = ["a.b", "c.d", "user", "os", "arch", "tmp"].map(|key| format!("environment:{key}=the-{key} value"));
    assert!(mine(&listed.each_ref().map(String::as_str)).iter().all(|t| t == "environment:<*>"));
}

#[test]
fn a_stray_joins_and_another_message_does_not() {
    let mut lines: Vec<String> = (0..60).map(|n| format!("no answer from any [host_{n}] of the pool")).collect();
    lines.push("no answer from any [spare] of the pool".to_string());
    lines.push("no answer at all from any [spare] of the pool".to_string());
    let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
    let found = mine(&texts);
    assert_eq!(found[60], found[0]);
    assert_ne!(found[61], found[0]);
}

#[test]
fn what_stands_beside_a_hole_is_looked_at_as_before() {
    for line in ["Jan 0-", "a.b:80-", "Feb 7-x 3", "/a/a=a.", "see http://example.org/a."] {
        let once = mask(line);
        assert_eq!(mask(&once), once, "{line}");
    }
}

/// Lines as loggers write them, and some that nobody would.
fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-z]{1,6}",
        2 => "[0-9]{1,4}",
        1 => Just("<*>".to_string()),
        1 => "[a-z]{1,3}=[a-z0-9\"{}\\[\\]]{0,6}",
        1 => "(/[a-z]{1,3}){1,3}[:=]?",
        1 => "[A-Z][a-z]{2}|Jan|Mon|ms|\\*\\*\\*|user|for",
        1 => "\\PC{1,4}",
    ];
    let gap = prop_oneof![6 => Just(" ".to_string()), 1 => "[ ,:;()\\[\\]{}\"'|=\\t.-]{0,3}"];
    prop::collection::vec((word, gap), 0..12).prop_map(|words| words.into_iter().flat_map(|(w, g)| [w, g]).collect())
}

proptest! {
    #[test]
    fn a_skeleton_is_its_own_skeleton(line in line()) {
        let once = mask(&line);
        prop_assert_eq!(mask(&once), once);
    }

    #[test]
    fn any_text_has_a_skeleton(text in "\\PC{0,200}|(?s).{0,200}", size in 1usize..40) {
        prop_assert!(mask(&text).len() <= 1_000 + HOLE.len());
        prop_assert!(mask(&text.repeat(size)).len() <= 1_000 + HOLE.len());
        let _ = mine(&[text.as_str(), "a 1", text.get(..text.len() / 2).unwrap_or("")]);
    }

    #[test]
    fn order_and_cuts_change_nothing(lines in prop::collection::vec(line(), 0..40), cut in 0usize..40) {
        let skeletons: Vec<String> = lines.iter().map(|line| mask(line)).collect();
        let whole = Templates::of(skeletons.iter().map(|s| (s.as_str(), 1)));
        let backward = Templates::of(skeletons.iter().rev().map(|s| (s.as_str(), 1)));
        prop_assert_eq!(&whole, &backward);
        // Counted in pieces, and the counts added up.
        let (a, b) = skeletons.split_at(cut.min(skeletons.len()));
        let count = |part: &[String]| {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            part.iter().for_each(|s| *counts.entry(s.clone()).or_default() += 1);
            counts
        };
        let (a, b) = (count(a), count(b));
        let merged = Templates::of(b.iter().chain(&a).map(|(s, n)| (s.as_str(), *n)));
        prop_assert_eq!(&whole, &merged);
    }
}
