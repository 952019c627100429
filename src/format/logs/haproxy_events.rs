//! What HAProxy's health checks say in its log: servers that go down and come up, backends that are left
//! with none. Few lines that explain many failures, so they are events besides being records.
//!
//! Reference: haproxy/haproxy `doc/management.txt`, §"Logging" and `doc/configuration.txt`, "log-health-checks".

use std::sync::LazyLock;

use regex::Regex;

use crate::format::json_value::{Stamp, actor, event};
use crate::format::{Frame, Sink, timestamp};
use crate::model::{ActorKind, EventKind, Level, RawTime};

/// `Server kv/s2 is DOWN, reason: …`, `backend kv has no server available!`.
static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:Health check for )?(?:[Bb]ackup )?[Ss]erver (?P<of>[\w.\-]+)/[\w.\-]+ (?:is|was) (?P<state>DOWN|UP)|(?:[Bb]ackend|[Pp]roxy) (?P<backend>[\w.\-]+) has no server available!)").ok()
});

/// Hands over the event that a line of HAProxy tells, and says how grave it is.
pub(super) fn tell(message: &str, time: Option<RawTime>, frame: &Frame<'_>, sink: &mut dyn Sink) -> Option<Level> {
    let found = CHANGE.as_ref()?.captures(message)?;
    let group = |name: &str| found.name(name).map(|part| part.as_str());
    let level = match group("state") {
        Some("UP") => Level::Info,
        Some(_) => Level::Error,
        None => Level::Fatal,
    };
    if let Some(time) = time {
        let raw = timestamp::locate(frame.first_line(), time).unwrap_or("").to_string();
        let mut made = event(EventKind::Platform, &Stamp { time, raw }, format!("HAProxy: {message}"), frame);
        made.actor = actor("haproxy", ActorKind::Machine);
        made.status = group("state").map(str::to_string);
        made.services.extend(group("of").or(group("backend")).map(str::to_string));
        sink.event(made);
    }
    Some(level)
}
