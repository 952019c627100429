//! Templates of the user's: a folder, a file, an exported set.

use super::*;

fn page(template: Template, folder: Option<&Path>) -> Result<Pages> {
    let incident = full::incident();
    let (audit, stated) = (full::audit(), full::stated());
    pages(&Input { template, ..Input::new(&incident, &audit, &stated) }, folder)
}

#[test]
fn a_users_file_replaces_a_built_in_one_by_name() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("sections")).unwrap();
    std::fs::write(dir.path().join("sections/stated.html"), "<p>ours: {{ report.title }}</p>").unwrap();
    std::fs::write(dir.path().join("report.md"), "{% include \"builtin/report.md\" %}tail").unwrap();
    let pages = page(Template::default(), Some(dir.path())).unwrap();
    assert!(pages.html.contains("<p>ours: key-value outage") && !pages.html.contains("class=\"sides\""));
    assert!(pages.markdown.starts_with("# key-value outage") && pages.markdown.ends_with("tail"));
}

#[test]
fn a_user_may_replace_the_components() {
    let dir = tempfile::tempdir().unwrap();
    let parts = include_str!("../../../templates/shared/parts.html").replace("class=\"place\"", "class=\"spot\"");
    std::fs::write(dir.path().join("parts.html"), parts).unwrap();
    assert!(page(Template::default(), Some(dir.path())).unwrap().html.contains("class=\"spot\""));
}

#[test]
fn an_exported_set_renders_the_same_pages() {
    let home = tempfile::tempdir().unwrap();
    for set in template_sets() {
        let dir = home.path().join(set.name);
        let files = export_templates(set.name, &dir, false).unwrap();
        assert!(files.contains(&"README.md") && files.contains(&"sections/impact.html"));
        assert!(matches!(export_templates(set.name, &dir, false), Err(Error::Occupied { .. })));
        export_templates(set.name, &dir, true).unwrap();
        if set.reports {
            let built_in = page(Template { set: set.name.into(), ..Template::default() }, None).unwrap();
            assert!(page(Template::default(), Some(&dir)).unwrap() == built_in, "{}", set.name);
        } else {
            let comparison = pair::comparison();
            assert!(
                compare_pages(&comparison, Some(&dir), false).unwrap()
                    == compare_pages(&comparison, None, false).unwrap()
            );
        }
    }
    assert!(matches!(export_templates("sree", home.path(), true), Err(Error::Usage { .. })));
}

#[test]
fn a_file_stands_in_place_of_a_page_and_extends_the_built_in_one() {
    let dir = tempfile::tempdir().unwrap();
    let (html, markdown) = (dir.path().join("my.html.tera"), dir.path().join("mine.md"));
    std::fs::write(
        &html,
        "{% extends \"report.html\" %}{% block foot %}<p>for {{ \"<b>\" }} readers</p>{% endblock foot %}",
    )
    .unwrap();
    std::fs::write(&markdown, "# {{ report.title | md }}\n\n{% include \"sections/timeline.md\" %}").unwrap();
    let given = ["gitlab".to_string(), html.display().to_string(), markdown.display().to_string()];
    let pages = page(Template::parse(&given).unwrap(), None).unwrap();
    assert!(pages.html.contains("<p>for &lt;b&gt; readers</p>") && pages.html.contains("Key information"));
    assert!(pages.markdown.starts_with("# key-value outage") && !pages.markdown.contains("## Impact"));
    sets::check_html(&pages.html);
}

#[test]
fn a_wrong_file_is_named_with_line_and_what_exists() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("my.md.tera");
    let said = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let template = Template::parse(&[path.display().to_string()]).unwrap();
        page(template, None).unwrap_err().to_string()
    };
    let at = |line: u32| format!("{}:{line}:", path.display());
    let misspelt = said("one\n\n{{ report.sumary }}\n");
    assert!(misspelt.contains(&at(3)) && misspelt.contains("`sumary`"), "{misspelt}");
    assert!(misspelt.contains("severity, stated, status") && misspelt.contains("summary"), "{misspelt}");
    let deeper = said("{% for r in report.impact.rows %}\n{{ r.servce }}\n{% endfor %}");
    assert!(deeper.contains(&at(2)) && deeper.contains("service,"), "{deeper}");
    let syntax = said("one\n{{ report.title | }}\n");
    assert!(syntax.contains(&at(2)), "{syntax}");
    let missing = said("one\n{% include \"sections/time.md\" %}\n");
    assert!(missing.contains(&at(2)) && missing.contains("sections/timeline.md"), "{missing}");
    let parent = said("{% extends \"base.md\" %}");
    assert!(parent.starts_with(&format!("template {}: ", path.display())), "{parent}");
    assert!(parent.contains("base.md") && parent.contains("report.md"), "{parent}");
}
