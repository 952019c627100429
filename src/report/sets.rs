//! The built-in template sets: what they are called, the files they are made of, and how a user
//! takes one to start from.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Name of the set of the comparison pages.
pub(super) const COMPARE: &str = "compare";
/// Name of the set of the audit pages.
pub(super) const AUDIT: &str = "audit";
/// Sets that no report is made with.
pub(super) const APART: [&str; 2] = [COMPARE, AUDIT];
/// Name of the file that explains the others.
pub(super) const README: &str = "README.md";

/// A set of templates that makes one kind of page.
pub(super) struct Set {
    /// Name, for `--template`.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// File name and content.
    pub files: &'static [(&'static str, &'static str)],
}

/// A built-in file: its name, and its text inside the program.
macro_rules! file {
    ($folder:literal, $name:literal) => {
        ($name, include_str!(concat!("../../templates/", $folder, "/", $name)))
    };
}

/// Files every set may include: the frame, small parts, and one file for each section.
pub(super) const SHARED: &[(&str, &str)] = &[
    file!("shared", "page.html"),
    file!("shared", "parts.html"),
    file!("shared", "parts.md"),
    file!("shared", "style.css"),
    file!("shared", "script.js"),
    file!("shared", "sections/top.html"),
    file!("shared", "sections/summary.html"),
    file!("shared", "sections/figures.html"),
    file!("shared", "sections/severity.html"),
    file!("shared", "sections/impact.html"),
    file!("shared", "sections/curves.html"),
    file!("shared", "sections/cascade.html"),
    file!("shared", "sections/timeline.html"),
    file!("shared", "sections/response.html"),
    file!("shared", "sections/responders.html"),
    file!("shared", "sections/steps.html"),
    file!("shared", "sections/leadup.html"),
    file!("shared", "sections/recovery.html"),
    file!("shared", "sections/communication.html"),
    file!("shared", "sections/patterns.html"),
    file!("shared", "sections/stated.html"),
    file!("shared", "sections/questions.html"),
    file!("shared", "sections/people.html"),
    file!("shared", "sections/own.html"),
    file!("shared", "sections/actions.html"),
    file!("shared", "sections/facts.html"),
    file!("shared", "sections/evidence.html"),
    file!("shared", "sections/top.md"),
    file!("shared", "sections/summary.md"),
    file!("shared", "sections/figures.md"),
    file!("shared", "sections/severity.md"),
    file!("shared", "sections/impact.md"),
    file!("shared", "sections/curves.md"),
    file!("shared", "sections/cascade.md"),
    file!("shared", "sections/timeline.md"),
    file!("shared", "sections/response.md"),
    file!("shared", "sections/responders.md"),
    file!("shared", "sections/steps.md"),
    file!("shared", "sections/leadup.md"),
    file!("shared", "sections/recovery.md"),
    file!("shared", "sections/communication.md"),
    file!("shared", "sections/patterns.md"),
    file!("shared", "sections/stated.md"),
    file!("shared", "sections/questions.md"),
    file!("shared", "sections/people.md"),
    file!("shared", "sections/own.md"),
    file!("shared", "sections/actions.md"),
    file!("shared", "sections/facts.md"),
    file!("shared", "sections/evidence.md"),
    file!("shared", "sections/events.md"),
    file!("shared", "sections/cited.md"),
];

/// Every built-in set. Another one is a folder in `templates/` and an entry here.
pub(super) const SETS: &[Set] = &[
    Set {
        name: "sre",
        about: "everything that was found, section by section, with what people add (default)",
        files: &[file!("sre", "report.html"), file!("sre", "report.md")],
    },
    Set {
        name: "cloudflare",
        about: "for the public: what was impacted, what happened, the timeline, what is done about it",
        files: &[file!("cloudflare", "report.html"), file!("cloudflare", "report.md")],
    },
    Set {
        name: "pagerduty",
        about: "for the team: overview, contributing factors, responders, timeline, how it was done, messages",
        files: &[file!("pagerduty", "report.html"), file!("pagerduty", "report.md")],
    },
    Set {
        name: "gitlab",
        about: "a review with key information first, then causes, response, and corrective actions",
        files: &[file!("gitlab", "report.html"), file!("gitlab", "report.md")],
    },
    Set {
        name: "review",
        about: "for reading a write-up against the data: stated figures, contradictions, open questions first",
        files: &[file!("review", "report.html"), file!("review", "report.md")],
    },
    Set {
        name: COMPARE,
        about: "the pages of `recount compare`",
        files: &[
            file!("compare", "compare.html"),
            file!("compare", "compare.md"),
            file!("compare", "library.html"),
            file!("compare", "library.md"),
        ],
    },
    Set {
        name: AUDIT,
        about: "the pages of `recount audit`",
        files: &[file!("audit", "audit.html"), file!("audit", "audit.md")],
    },
];

/// A template set as a user sees it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SetInfo {
    /// Name, for `--template` and `recount templates export --set`.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Whether it makes reports; one makes the pages of a comparison.
    pub reports: bool,
    /// Names of its own files.
    pub files: Vec<&'static str>,
}

/// The built-in template sets, the default first.
pub fn template_sets() -> impl Iterator<Item = SetInfo> {
    SETS.iter().map(|s| SetInfo {
        name: s.name,
        about: s.about,
        reports: !APART.contains(&s.name),
        files: s.files.iter().map(|f| f.0).collect(),
    })
}

/// The set of that name.
pub(super) fn find(name: &str) -> Result<&'static Set> {
    SETS.iter().find(|s| s.name == name).ok_or_else(|| Error::Usage {
        option: "--set".into(),
        message: format!("expected one of {}, found \"{name}\"", names(|_| true)),
    })
}

fn names(which: impl Fn(&Set) -> bool) -> String {
    SETS.iter().filter(|s| which(s)).map(|s| s.name).collect::<Vec<_>>().join(", ")
}

/// Which pages a report gets: a built-in set, and files of the user's in place of its pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Name of a built-in set.
    pub set: String,
    /// A file rendered in place of `report.html`.
    pub html: Option<PathBuf>,
    /// A file rendered in place of `report.md`.
    pub markdown: Option<PathBuf>,
}

impl Default for Template {
    fn default() -> Self {
        Template { set: "sre".into(), html: None, markdown: None }
    }
}

impl Template {
    /// What `--template` was given, each time: the name of a set, or a file whose name ends in
    /// `.html`, `.html.tera`, `.md` or `.md.tera`. Of two of a kind the later one counts.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is neither.
    pub fn parse(given: &[String]) -> Result<Template> {
        let mut out = Template::default();
        for one in given {
            let usage = |message| Error::Usage { option: "--template".into(), message };
            let report = |s: &Set| !APART.contains(&s.name);
            if SETS.iter().any(|s| report(s) && s.name == one) {
                out.set.clone_from(one);
                continue;
            }
            let ends = |endings: [&str; 2]| endings.iter().any(|e| one.ends_with(e));
            let slot = match (ends([".html", ".html.tera"]), ends([".md", ".md.tera"])) {
                (true, _) => &mut out.html,
                (_, true) => &mut out.markdown,
                _ if Path::new(one).is_file() => {
                    let endings = ".html, .html.tera, .md or .md.tera";
                    return Err(usage(format!("expected a file whose name ends in {endings}, found \"{one}\"")));
                }
                _ => {
                    let sets = names(report);
                    return Err(usage(format!("expected one of {sets}, or a template file, found \"{one}\"")));
                }
            };
            *slot = Some(PathBuf::from(one));
        }
        Ok(out)
    }
}

/// Writes a set with everything it includes, and the documentation, to `dir`: a folder to start from
/// for `--templates`. Gives back the names of the files.
///
/// # Errors
/// [`Error::Usage`] for an unknown set; [`Error::Occupied`] when `dir` holds anything and `force` is
/// off; [`Error::Write`].
pub fn export_templates(set: &str, dir: &Path, force: bool) -> Result<Vec<&'static str>> {
    let set = find(set)?;
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| Error::Write { path, source }
    };
    let taken = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if taken && !force {
        return Err(Error::Occupied { path: dir.to_path_buf() });
    }
    let readme = (README, include_str!("../../templates/README.md"));
    let files: Vec<_> = std::iter::once(&readme).chain(set.files).chain(SHARED).collect();
    for (name, text) in &files {
        let path = dir.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        std::fs::write(&path, text).map_err(failed(&path))?;
    }
    Ok(files.iter().map(|f| f.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_set_and_a_file_is_a_page() {
        let parse = |given: &[&str]| Template::parse(&given.iter().map(|g| (*g).to_string()).collect::<Vec<_>>());
        assert_eq!(parse(&[]).unwrap().set, "sre");
        let both = parse(&["gitlab", "mine/my.md.tera"]).unwrap();
        assert_eq!((both.set.as_str(), both.html, both.markdown), ("gitlab", None, Some("mine/my.md.tera".into())));
        let said = parse(&["gitlub"]).unwrap_err().to_string();
        assert!(said.contains("sre, cloudflare, pagerduty, gitlab, review, or a template file"), "{said}");
        assert!(parse(&["compare"]).is_err(), "the pages of a comparison are no report");
    }
}
