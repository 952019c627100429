//! A chat export.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Desk, Stage, pretty};
use crate::error::Result;
use crate::simulate::{Action, Moment};

/// Writes the folder of a chat export: people, channels, one file per channel and local day.
pub(super) fn slack(desk: &Desk<'_>, stage: &Stage) -> Result<()> {
    let base = desk.source.path.trim_end_matches('/');
    let at = |name: &str| if base.ends_with('!') { format!("{base}{name}") } else { format!("{base}/{name}") };
    stage.put(&at("users.json"), &pretty(&users(desk)))?;
    stage.put(&at("channels.json"), &pretty(&channels(desk)))?;
    let mut days: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for (i, action) in desk.actions.iter().enumerate() {
        let day = desk.zone.wall(desk.ns(action.at.ms)).date();
        days.entry((channel(action), day)).or_default().push(message(desk, action, i));
    }
    for ((channel, day), messages) in days {
        stage.put(&at(&format!("{channel}/{day}.json")), &pretty(&Value::from(messages)))?;
    }
    Ok(())
}

fn channel(action: &Action) -> String {
    if action.thread.is_empty() { String::from("incident") } else { action.thread.clone() }
}

fn user_id(desk: &Desk<'_>, by: &str) -> String {
    format!("U{}", desk.id(by, 8))
}

/// People in the order they first speak; machines are no users.
fn users(desk: &Desk<'_>) -> Value {
    let offset_s = desk.zone.offset_at(desk.ns(desk.world.scenario.start.ms) / 1_000_000_000);
    let mut seen: Vec<&str> = Vec::new();
    for action in desk.actions.iter().filter(|a| !a.machine) {
        if !seen.contains(&action.by.as_str()) {
            seen.push(&action.by);
        }
    }
    let user = |by: &&str| {
        json!({
            "id": user_id(desk, by),
            "name": by.to_lowercase().replace(' ', "."),
            "real_name": by,
            "tz": desk.source.zone,
            "tz_offset": offset_s,
            "is_bot": false,
            "profile": { "display_name": by, "real_name": by },
        })
    };
    seen.iter().map(user).collect()
}

fn channels(desk: &Desk<'_>) -> Value {
    let mut names: Vec<String> = desk.actions.iter().map(|a| channel(a)).collect();
    names.sort();
    names.dedup();
    let created = desk.world.midnight_ns / 1_000_000_000 - 90 * 86_400;
    let one = |name: &String| {
        let purpose = format!("talk about {name}");
        json!({
            "id": format!("C{}", desk.id(name, 8)),
            "name": name,
            "created": created,
            "is_archived": false,
            "members": [],
            "topic": { "value": "" },
            "purpose": { "value": purpose },
        })
    };
    names.iter().map(one).collect()
}

/// Epoch seconds with six digits, which are the id of the message.
fn ts(desk: &Desk<'_>, at: Moment, index: usize) -> String {
    let ns = desk.ns(at.ms);
    let micros = ns.rem_euclid(1_000_000_000) / 1000 + 100 + (index as i64 * 1013) % 900_000;
    format!("{}.{:06}", ns.div_euclid(1_000_000_000), micros.min(999_999))
}

fn message(desk: &Desk<'_>, action: &Action, index: usize) -> Value {
    let text = desk.text(&action.text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let stamp = ts(desk, action.at, index);
    let mut message = if action.machine {
        // Alert bots leave the text empty and put everything into an attachment.
        json!({
            "type": "message",
            "subtype": "bot_message",
            "bot_id": format!("B{}", desk.id(&action.by, 8)),
            "username": action.by,
            "text": "",
            "attachments": [{ "fallback": text, "text": text, "title": desk.text(&action.title), "color": "danger" }],
            "ts": stamp,
        })
    } else {
        json!({ "type": "message", "user": user_id(desk, &action.by), "text": text, "ts": stamp })
    };
    let Some(fields) = message.as_object_mut() else { return message };
    if !action.reactions.is_empty() {
        let one = |name: &String| json!({ "name": name, "users": [user_id(desk, "Incident commander")], "count": 1 });
        fields.insert("reactions".into(), action.reactions.iter().map(one).collect());
    }
    if action.pinned {
        fields.insert("pinned_to".into(), json!([format!("C{}", desk.id(&channel(action), 8))]));
    }
    message
}
