//! Every built-in set: complete, inert whatever the evidence says, and Markdown that any host shows.

use super::*;
use crate::report::sets::APART;

/// Names of the sets that make reports.
fn names() -> impl Iterator<Item = &'static str> {
    template_sets().map(|s| s.name).filter(|n| !APART.contains(n))
}

fn rendered(set: &str, incident: &Incident) -> Pages {
    let (audit, stated) = (full::audit(), full::stated());
    let template = Template { set: set.into(), ..Template::default() };
    pages(&Input { template, ..Input::new(incident, &audit, &stated) }, None).unwrap()
}

/// No element of a page loads, runs or leads anywhere outside it.
pub fn check_html(html: &str) {
    let page = scraper::Html::parse_document(html);
    let of = |selector: &str| page.select(&scraper::Selector::parse(selector).unwrap()).count();
    // The page's own script, and the values it reads as data that no browser runs.
    assert_eq!((of("script:not([type])"), of("script") <= 2), (1, true));
    assert_eq!(of("script") - of("script[type='application/json']"), 1);
    assert_eq!(of("img, iframe, object, embed, link, base, form"), 0);
    for element in page.select(&scraper::Selector::parse("*").unwrap()) {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on") && name != "src", "{name}={value}");
            assert!(name != "href" || value.starts_with('#'), "{name}={value}");
        }
    }
    assert!(!html.contains("@import") && !html.contains("url(http"));
}

/// Number of cells of a Markdown table row.
fn cells(line: &str) -> usize {
    line.replace("\\\\", "").replace("\\|", "").matches('|').count()
}

/// Plain Markdown: no raw HTML, no link or picture that is not ours, every note explained, every
/// table a table to a parser of GitHub's Markdown, with as many cells in each row as in its head.
pub fn check_markdown(markdown: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let (mut asked, mut explained, mut tables) = (Vec::new(), Vec::new(), 0);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => panic!("raw HTML: {text}"),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                assert!(dest_url.starts_with("charts/"), "a link leads to {dest_url}");
            }
            Event::Start(Tag::Table(_)) => tables += 1,
            Event::Start(Tag::FootnoteDefinition(name)) => explained.push(name.to_string()),
            Event::FootnoteReference(name) => asked.push(name.to_string()),
            _ => {}
        }
    }
    for name in &asked {
        assert!(explained.contains(name), "nothing explains {name}");
    }
    let heads = markdown.lines().filter(|l| l.starts_with("|---") || l.starts_with("|--")).count();
    assert_eq!(tables, heads, "every table is read as one");
    let mut width = None;
    for line in markdown.lines() {
        if !line.starts_with('|') {
            width = None;
            continue;
        }
        assert_eq!(cells(line), *width.get_or_insert(cells(line)), "{line}");
    }
}

#[test]
fn every_set_names_its_sections_alike_at_the_side_on_the_page_and_in_markdown() {
    let incident = full::incident();
    for set in names() {
        let pages = rendered(set, &incident);
        let html = scraper::Html::parse_document(&pages.html);
        let all = |selector: &str, attribute: &str| -> Vec<(String, String)> {
            let selector = scraper::Selector::parse(selector).unwrap();
            let found = html.select(&selector);
            found
                .map(|e| (e.attr(attribute).unwrap_or("").trim_matches('#').replace("h-", ""), e.text().collect()))
                .collect()
        };
        let (links, heads) = (all("nav li a", "href"), all("main section > h2", "id"));
        assert!(heads.len() >= 18, "{set}: {heads:?}");
        assert_eq!(links, heads, "{set}");
        let markdown = pages.markdown.lines().filter_map(|l| l.strip_prefix("## "));
        let titles: Vec<&str> = markdown.filter(|t| *t != "Further events").collect();
        assert_eq!(titles, heads.iter().map(|h| h.1.as_str()).collect::<Vec<_>>(), "{set}");
        for part in ["timeline", "impact", "curves", "response", "stated", "questions", "action_items", "evidence"] {
            assert!(heads.iter().any(|h| h.0 == part), "{set} shows {part}");
        }
    }
}

#[test]
fn every_set_says_what_was_found_and_marks_what_people_have_to_write() {
    let incident = full::incident();
    for set in names() {
        let pages = rendered(set, &incident);
        for page in [&pages.html, &pages.markdown] {
            for words in ["key-value and 17", "17:52–20:28 UTC", "2\u{a0}h 36\u{a0}min", "alert rule login-errors"] {
                assert!(page.contains(words), "{set}: {words}");
            }
            assert!(page.contains("To be written by people. What made this possible"), "{set}");
            assert!(page.contains("none of them is a conclusion") && page.contains("suspect 1"), "{set}");
            assert!(
                page.contains("single point of failure") && page.contains("that an action item may answer"),
                "{set}"
            );
            assert!(!page.to_lowercase().contains("root cause is"), "{set}");
        }
        assert!(pages.html.len() < 2_000_000, "{set}: {} bytes", pages.html.len());
    }
}

#[test]
fn a_set_for_nothing_still_makes_pages() {
    for set in names() {
        let pages = rendered(set, &empty());
        check_html(&pages.html);
        check_markdown(&pages.markdown);
        assert!(pages.html.contains("No impact could be measured"), "{set}");
    }
}

/// Strings of `value` by the name of their field, in the order of the fields.
fn each_string(value: &mut serde_json::Value, key: &str, change: &mut dyn FnMut(&str, &mut String)) {
    match value {
        serde_json::Value::String(text) => change(key, text),
        serde_json::Value::Array(all) => all.iter_mut().for_each(|v| each_string(v, key, change)),
        serde_json::Value::Object(all) => all.iter_mut().for_each(|(k, v)| each_string(v, &k.clone(), change)),
        _ => {}
    }
}

/// The whole incident with hostile text added to every field that takes text.
fn hostile() -> Incident {
    let mut value = serde_json::to_value(full::incident()).unwrap();
    let mut keys = std::collections::BTreeSet::new();
    each_string(&mut value, "", &mut |key, _| {
        keys.insert(key.to_string());
    });
    let mut changed = 0;
    for field in keys {
        let mut next = value.clone();
        each_string(&mut next, "", &mut |key, text| {
            if key == field {
                text.push_str(full::HOSTILE);
            }
        });
        // Words of a closed list and moments take no other text: there is nothing to attack with.
        if serde_json::from_value::<Incident>(next.clone()).is_ok() {
            value = next;
            changed += 1;
        }
    }
    assert!(changed > 25, "{changed} fields take text");
    serde_json::from_value(value).unwrap()
}

#[test]
fn hostile_text_in_every_field_is_inert_in_every_set() {
    let incident = hostile();
    for set in names() {
        let pages = rendered(set, &incident);
        check_html(&pages.html);
        check_markdown(&pages.markdown);
        for page in [&pages.html, &pages.markdown] {
            assert!(!page.chars().any(|c| matches!(c, '\u{202e}' | '\u{1b}' | '\u{0}')), "{set}");
            assert!(page.contains("\\u{202e}evil\\x1b"), "{set}: it is shown instead");
            assert!(page.contains("{{ report.title }}"), "{set}: a template in the evidence stays text");
        }
        for (name, svg) in &pages.charts {
            let svg = String::from_utf8_lossy(svg);
            assert!(!svg.contains("<img") && !svg.contains('\u{202e}'), "{set}: {name}");
        }
    }
    let said = summary(&incident, Some("out/x"));
    assert!(!said.chars().any(|c| c.is_control() && c != '\n') && !said.contains('\u{202e}'), "{said}");
    for line in String::from_utf8(export::timeline_jsonl(&incident).unwrap()).unwrap().lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
    let again: Incident = serde_json::from_slice(&json(&incident).unwrap()).unwrap();
    assert!(again == incident, "data keep the original text");
}

#[test]
fn a_name_of_a_megabyte_makes_no_page_of_hundreds() {
    let mut value = serde_json::to_value(full::incident()).unwrap();
    let long = format!("{}{}", full::HOSTILE, "key".repeat(350_000));
    each_string(&mut value, "", &mut |_, text| {
        if text == "queue" {
            text.clone_from(&long);
        }
    });
    let incident: Incident = serde_json::from_value(value).unwrap();
    assert!(incident.rates.service(&long).is_some());
    for set in names() {
        let pages = rendered(set, &incident);
        check_html(&pages.html);
        check_markdown(&pages.markdown);
        assert!(pages.html.len() < 2_500_000, "{set}: {} bytes", pages.html.len());
        assert!(pages.charts.iter().all(|(_, svg)| svg.len() < 500_000), "{set}");
    }
    assert!(summary(&incident, None).len() < 20_000);
}
