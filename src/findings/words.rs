//! Words the findings listen for, by what they mean. Parts of words, lower case.

/// The incident began to hurt.
pub(super) const ONSET: &[&str] = &[
    "impact start",
    "impact began",
    "impact begins",
    "start of impact",
    "outage start",
    "outage began",
    "outage begins",
    "incident start",
    "incident began",
    "incident begins",
    "errors begin",
    "errors start",
    "started failing",
    "begin to fail",
    "begins to fail",
    "began failing",
    "begin failing",
    "failures begin",
    "starts to fail",
];

/// Somebody or something noticed.
pub(super) const DETECTED: &[&str] =
    &["detect", "notice", "noticed", "alert fire", "alerts fire", "alarm", "paged", "first report", "reports of"];

/// Somebody took it.
pub(super) const ACKNOWLEDGED: &[&str] = &["acknowledg", "acked"];

/// It became an incident.
pub(super) const DECLARED: &[&str] =
    &["declared", "declares", "declaring", "incident opened", "incident created", "incident call opened"];

/// States of an incident that was just opened.
pub(super) const DECLARED_STATES: &[&str] =
    &["declared", "investigating", "opened", "open", "active", "live", "in_progress"];

/// The cause was named.
pub(super) const IDENTIFIED: &[&str] = &[
    "root cause",
    "cause identified",
    "cause found",
    "cause is",
    "identified",
    "traced to",
    "traced the",
    "traced back",
    "tracked down",
    "isolated to",
    "cause traced",
    "pinpoint",
    "cause isolated",
];

/// Somebody did something against the impact.
pub(super) const MITIGATION: &[&str] = &[
    "mitigat",
    "roll back",
    "rolled back",
    "rolling back",
    "rollback",
    "revert",
    "fail over",
    "failover",
    "failed over",
    "shed",
    "kill switch",
    "killswitch",
    "workaround",
    "bypass",
    "drain",
    "re-enable",
    "restore",
    "disable",
    "degrade",
    "restart",
    "move traffic",
    "traffic moved",
    "rate limit",
    "scale up",
    "scaled up",
    "remove depend",
    "removing",
];

/// The impact began to fall.
pub(super) const RECOVERING: &[&str] = &[
    "recovery begin",
    "recovery start",
    "begins to recover",
    "began to recover",
    "starts to recover",
    "started to recover",
    "recovering",
    "first signs of recovery",
    "signs of recovery",
    "comes back",
    "coming back",
    "came back",
    "is back",
    "errors fall",
    "errors drop",
    "returns",
    "recovery",
];

/// It is over.
pub(super) const RESOLVED: &[&str] = &["resolved", "all clear", "incident closed"];

/// The impact itself ended, whatever people called it.
pub(super) const IMPACT_ENDED: &[&str] =
    &["impact end", "end of impact", "outage over", "outage end", "back to normal", "fully restored"];

/// States of an incident that is over.
pub(super) const RESOLVED_STATES: &[&str] = &["resolved", "closed", "completed", "recovered", "fixed"];

/// Load was taken off on purpose.
pub(super) const SHEDDING: &[&str] = &[
    "shed",
    "drop non-critical",
    "dropping non-critical",
    "non-critical",
    "drop traffic",
    "rate limit",
    "throttl",
    "block traffic",
    "drain",
];

/// Protections that people take off in need.
pub(super) const PROTECTIONS: &[&str] = &[
    "kill switch",
    "killswitch",
    "kill-switch",
    "bypass",
    "fail open",
    "fail-open",
    "allow all",
    "allow-all",
    "skip verification",
    "skip_verification",
    "break glass",
    "break-glass",
];

/// A protection went off (the bypass on).
pub(super) const SWITCHED_ON: &[&str] = &[
    "enabl",
    "activat",
    "turned on",
    "turn on",
    "switched on",
    " on",
    "=true",
    "engaged",
    "issued",
    "set to true",
    "in place",
];

/// A protection came back (the bypass off).
pub(super) const SWITCHED_OFF: &[&str] = &[
    "disabl",
    "deactivat",
    "turned off",
    "turn off",
    "switched off",
    " off",
    "=false",
    "remov",
    "revert",
    "released",
    "lifted",
    "set to false",
    "withdrawn",
];

/// Writes that did not arrive.
pub(super) const LOST_WRITES: &[&str] = &[
    "lost write",
    "writes lost",
    "writes were lost",
    "write refused",
    "writes refused",
    "refused write",
    "lost update",
    "updates lost",
    "updates were lost",
    "dropped write",
    "rejected write",
    "writes rejected",
    "data loss",
    "lost data",
    "changes lost",
    "changes were lost",
    "unsaved",
    "change lost",
    "update lost",
    "write lost",
    "refused the write",
    "did not survive",
    "lost the write",
];

/// Operations that change something, as whole words of an operation's name.
pub(super) const WRITE_OPERATIONS: &[&str] = &[
    "put",
    "patch",
    "delete",
    "write",
    "writes",
    "upload",
    "uploads",
    "update",
    "updates",
    "create",
    "insert",
    "publish",
    "save",
    "set",
    "store",
    "register",
    "registration",
    "append",
    "commit",
];

/// What responders work with, as whole words or phrases, and how a sentence calls it; the narrower first.
pub(super) const TOOLS: &[(&str, &str)] = &[
    ("status page", "the status page"),
    ("statuspage", "the status page"),
    ("grafana", "the dashboards of metrics"),
    ("dashboards", "the dashboards of metrics"),
    ("dashboard", "the dashboard"),
    ("admin tool", "the admin tool"),
    ("admin panel", "the admin tool"),
    ("admin", "the admin tool"),
    ("console", "the console"),
    ("vpn", "the VPN"),
    ("bastion", "the bastion host"),
    ("ssh", "SSH"),
    ("chat", "the chat"),
    ("slack", "the chat"),
    ("pager", "paging"),
    ("pagerduty", "paging"),
    ("wiki", "the wiki"),
    ("runbook", "the runbook"),
    ("runbooks", "the runbook"),
    ("deploy tool", "the deploy tool"),
    ("deploy pipeline", "the deploy tool"),
    ("ci", "the build pipeline"),
    ("sso", "the login"),
    ("log in", "the login"),
    ("login", "the login"),
];

/// How a sentence says that a tool does not work.
pub(super) const TOOL_FAILS: &[&str] = &[
    "cannot",
    "can't",
    "can not",
    "could not",
    "couldn't",
    "unable to",
    " is down",
    " are down",
    "not load",
    "n't load",
    "not open",
    "n't open",
    "not work",
    "n't work",
    "timing out",
    "times out",
    "unreachable",
    "locked out",
    "no access",
    "lost access",
];

/// People outside: what they cannot use is the impact.
pub(super) const CUSTOMERS: &[&str] =
    &["customer", "customers", "user", "users", "client", "clients", "tenants", "people", "visitors"];

/// Services people steer with, when the configuration names no planes.
pub(super) const CONTROL_PLANE: &[&str] = &[
    "dashboard",
    "login",
    "console",
    "admin",
    "portal",
    "control",
    "deploy",
    "builds",
    "terraform",
    "status page",
    "api",
];

/// Whether one of `words` stands in `name` as a whole word.
pub(super) fn has_word(name: &str, words: &[&str]) -> bool {
    name.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| words.contains(&w))
}

/// Words by which an alert says that requests fail.
pub(super) const FAILING_WORDS: &[&str] =
    &["error", "availability", "5xx", "fail", "success", "unavailable", "panic", "crash", "exception"];

/// Words by which an alert says that answers are slow.
pub(super) const SLOW_WORDS: &[&str] =
    &["latency", "slow", "duration", "response time", "p99", "p95", "p90", "timeout", "deadline"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::says;

    #[test]
    fn doubt_and_questions_say_nothing() {
        assert!(says("Cause identified: the store of the provider", IDENTIFIED));
        assert!(says("we traced the errors to the store", IDENTIFIED));
        for text in ["not yet identified", "have we identified it?", "still unidentified", "no root cause so far"] {
            assert!(!says(text, IDENTIFIED), "{text}");
        }
    }

    #[test]
    fn operations_are_matched_by_whole_words() {
        assert!(has_word("PUT /values/{id}", WRITE_OPERATIONS));
        assert!(!has_word("GET /computed", WRITE_OPERATIONS));
    }
}
