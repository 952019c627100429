//! Exports of platforms read by tables: which keys prove the platform, and what each key means.
//!
//! A platform is one TOML file; the engine is the same for all. A file describes elements (objects of
//! a JSON list, one JSON object, a row of a CSV or of an aligned table) and the events each yields:
//!
//! ```toml
//! name = "my_pager"                        # lower case, digits, underscores
//! title = "My pager: alerts"               # one line for `recount formats`
//! other = "blank"                          # elements of no kind below are blank (default: rejected)
//! samples = ['''[{"pageId":1,"paged":"2025-06-12T17:52:00Z","who":"sre"}]''']
//!
//! [[element]]
//! what = "pages with `pageId` and `paged`" # reason given by detection
//! proof = ["pageId", "paged@"]             # all must hold of an element; two witnesses at least
//! root = ["more"]                          # must hold of the whole document as well
//! lists = ["data", "data.items", "posts.*"] # where the elements are, beside the document itself
//! services = ["service.name"]              # of every event of the element, unless an event says its own
//! severity_at_export = ["priority"]        # what it is now; it need not be what it was at the event
//! ids = { alert = ["pageId"] }
//! machine = ["agent.type~service"]         # the actor is a machine when one holds
//!
//! [[element.event]]
//! each = "notes"                           # once per item of a nested list; `^` is the level above
//! when = ["state=open"]                    # conditions, all of them
//! kind = "alert_fired"                     # a kind of `model::EventKind`
//! by = ["type"]                            # or by what a key holds, the first part found in it wins
//! cases = [["resolve", "status_change"]]
//! at = ["paged"]                           # the first that holds a time
//! moments = [["closedAt", "closed"]]       # or one event per key, with that state
//! until = ["closedAt"]
//! written = ["createdAt"]                  # when it was written down, if not `at`
//! actor = ["who"]
//! status = ["state", "=triggered"]         # `=` is a word of our own
//! severity = ["new"]                       # severity that the event sets or has
//! severity_from = ["old"]                  # severity before
//! text = ["summary"]                       # the first found, all its values
//! joint = " "                              # between its values, a line end unless said
//! markup = "html"                          # of the text
//! ids = { note = ["id"] }                  # of the nested item; else those of the element
//! step = true                              # sentences of the text may change severity or state
//! pinned = ["isPinned=true"]
//! title = "My pager: {summary|name}[ by {$actor}]" # a group in [] is left out when a key of it is missing
//! ```
//!
//! Paths are dotted and pass through lists. Conditions are `path`, `!path` (absent), `path=value`,
//! `path!=value`, `path~part`, `path@` (holds a time); alternatives are joined with `|`. Titles know
//! `$status`, `$text` and `$actor` beside paths. Heads of tables are read in lower case with `_` for
//! everything else.

mod element;
mod export;
mod file;
mod path;
mod rows;
mod template;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use export::Export;

/// The files shipped with the program, specific before generic.
static FILES: &[(&str, &str)] = &[
    ("discord.toml", include_str!("discord.toml")),
    ("teams.toml", include_str!("teams.toml")),
    ("mattermost.toml", include_str!("mattermost.toml")),
    ("zulip.toml", include_str!("zulip.toml")),
    ("telegram.toml", include_str!("telegram.toml")),
    ("pagerduty.toml", include_str!("pagerduty.toml")),
    ("opsgenie.toml", include_str!("opsgenie.toml")),
    ("incident_io.toml", include_str!("incident_io.toml")),
    ("firehydrant.toml", include_str!("firehydrant.toml")),
    ("rootly.toml", include_str!("rootly.toml")),
    ("datadog.toml", include_str!("datadog.toml")),
    ("oncall_platforms.toml", include_str!("oncall_platforms.toml")),
    ("jira.toml", include_str!("jira.toml")),
    ("status_pages.toml", include_str!("status_pages.toml")),
    ("grafana_annotations.toml", include_str!("grafana_annotations.toml")),
    ("alert_webhooks.toml", include_str!("alert_webhooks.toml")),
    ("cloudwatch_alarms.toml", include_str!("cloudwatch_alarms.toml")),
    ("gitlab.toml", include_str!("gitlab.toml")),
    ("flags.toml", include_str!("flags.toml")),
    ("rollout_history.toml", include_str!("rollout_history.toml")),
];

static BUILTIN: LazyLock<Vec<Export>> =
    LazyLock::new(|| FILES.iter().filter_map(|(origin, text)| Export::parse(text, origin).ok()).collect());

/// The platforms shipped with the program, specific before generic.
pub fn builtin() -> &'static [Export] {
    &BUILTIN
}
