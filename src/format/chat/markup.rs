//! Slack's message markup as plain text, and the text of messages that have none of their own.

use serde_json::Value;

use crate::format::entities::unescaped;
use crate::format::json_value::{first_text, list, text};

/// The whole text of a message: its own text, else its blocks, else its attachments. Alert bots
/// leave the text empty and put everything into attachments.
pub fn message_text(message: &Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(text(message, "text").map(decode));
    if parts.is_empty() {
        let mut pieces = String::new();
        block_text(message.get("blocks").unwrap_or(&Value::Null), &mut pieces, 0);
        parts.extend(Some(pieces.trim().to_string()).filter(|p| !p.is_empty()));
    }
    if parts.is_empty() || text(message, "bot_id").is_some() || text(message, "subtype") == Some("bot_message") {
        for attachment in list(message, "attachments") {
            parts.extend(attachment_text(attachment).filter(|t| !parts.contains(t)));
        }
    }
    if parts.is_empty() {
        parts.extend(
            list(message, "files").iter().filter_map(|f| Some(format!("file {}", first_text(f, &["title", "name"])?))),
        );
    }
    parts.join("\n")
}

/// Pretext, title, text and fields of an attachment; its fallback when there is nothing else.
fn attachment_text(attachment: &Value) -> Option<String> {
    let mut lines: Vec<String> =
        ["pretext", "title", "text"].iter().filter_map(|key| text(attachment, key).map(decode)).collect();
    for field in list(attachment, "fields") {
        if let (Some(title), Some(value)) = (text(field, "title"), text(field, "value")) {
            lines.push(format!("{}: {}", decode(title), decode(value)));
        }
    }
    if lines.is_empty() {
        lines.extend(text(attachment, "fallback").map(decode));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Deepest nesting of blocks that is looked into.
const MAX_DEPTH: u8 = 12;

/// Adds the text of a rich text block and of all below it.
fn block_text(block: &Value, out: &mut String, depth: u8) {
    if depth > MAX_DEPTH {
        return;
    }
    match block {
        Value::Array(items) => items.iter().for_each(|item| block_text(item, out, depth + 1)),
        Value::Object(map) => {
            match text(block, "type") {
                Some("user") => out.push_str(&format!("@{}", text(block, "user_id").unwrap_or("somebody"))),
                Some("channel") => out.push_str(&format!("#{}", text(block, "channel_id").unwrap_or("channel"))),
                Some("emoji") => out.push_str(&format!(":{}:", text(block, "name").unwrap_or("emoji"))),
                Some("link") if map.get("text").is_none() => out.push_str(text(block, "url").unwrap_or("")),
                _ => {}
            }
            match map.get("text") {
                Some(Value::String(own)) => out.push_str(&decode(own)),
                Some(nested) => block_text(nested, out, depth + 1),
                None => {}
            }
            for key in ["elements", "fields", "accessory"] {
                block_text(map.get(key).unwrap_or(&Value::Null), out, depth + 1);
            }
            if text(block, "type").is_some_and(|t| matches!(t, "section" | "header" | "rich_text_section")) {
                out.push('\n');
            }
        }
        _ => {}
    }
}

/// Message markup as plain text: `<@U1|bob>` is `@bob`, `<#C1|inc>` is `#inc`, `<url|label>` is
/// `label (url)`, and `&amp;`, `&lt;`, `&gt;` are themselves.
pub fn decode(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((inner, tail)) = after.split_once('>') else {
            out.push('<');
            rest = after;
            continue;
        };
        out.push_str(&reference(inner));
        rest = tail;
    }
    out.push_str(rest);
    unescaped(&out).into_owned()
}

/// The inside of one pair of angle brackets.
fn reference(inner: &str) -> String {
    let (target, label) = inner.split_once('|').map_or((inner, None), |(t, l)| (t, Some(l)));
    let named = |mark: char, id: &str| match label {
        Some(label) => format!("{mark}{}", label.trim_start_matches(mark)),
        None => format!("{mark}{id}"),
    };
    if let Some(id) = target.strip_prefix('@') {
        named('@', id)
    } else if let Some(id) = target.strip_prefix('#') {
        named('#', id)
    } else if let Some(command) = target.strip_prefix('!') {
        named('@', command.split('^').next().unwrap_or(command))
    } else {
        match label {
            Some(label) if label != target => format!("{label} ({target})"),
            _ => target.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_decoded() {
        let raw =
            "<@U1> &amp; <@U2|bob> in <#C1|inc>: <https://x.example/a|graph> &lt;5 <!subteam^S1|@core> <!here> a<b";
        assert_eq!(decode(raw), "@U1 & @bob in #inc: graph (https://x.example/a) <5 @core @here a<b");
    }

    #[test]
    fn a_bot_that_says_nothing_itself_is_read_from_its_attachments() {
        let message = serde_json::json!({"bot_id": "B1", "text": "", "attachments": [
            {"fallback": "f", "pretext": "p", "title": "T", "fields": [{"title": "Service", "value": "kv"}]}, {"fallback": "only"}]});
        assert_eq!(message_text(&message), "p\nT\nService: kv\nonly");
    }

    #[test]
    fn blocks_stand_in_for_text() {
        let message = serde_json::json!({"text": "", "blocks": [{"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "ping "}, {"type": "user", "user_id": "U1"}]}]}]});
        assert_eq!(message_text(&message), "ping @U1");
    }
}
