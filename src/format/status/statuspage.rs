//! Statuspage JSON (v2): summary, incident lists, single incidents, and feeds of the same shape.
//!
//! What writes it: Atlassian Statuspage and pages that copy its API.
//! Yields: one [`EventKind::PublicUpdate`] per incident update; an incident without updates gives its
//! beginning; an end that no update tells of gives a [`EventKind::StatusChange`].
//! Time: `display_at` is when it is said to have been posted, `created_at` when it was written; both
//! carry the page's offset. Back-filled posts differ by days.

use serde_json::Value;

use crate::format::json_elements::{Part, cut_fault, documents, read_one, root};
use crate::format::json_value::{Stamp, event, first_stamp, first_text, list, need_stamp, stamp, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{EventKind, SeverityChange, SeverityWord, Vocabulary};

/// Public status pages with the API of Statuspage.
pub struct Statuspage;

/// Keys of the updates of an incident.
const UPDATES: [&str; 2] = ["incident_updates", "updates"];
/// Keys of the incident lists of a page.
const LISTS: [&str; 2] = ["incidents", "scheduled_maintenances"];

impl Format for Statuspage {
    fn name(&self) -> &str {
        "statuspage"
    }

    fn title(&self) -> &str {
        "public status page: Statuspage v2 summary, incidents, one incident"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"page":{"id":"p00000000001","name":"Example","url":"https://status.example","time_zone":"Etc/UTC"},"incidents":[{"id":"i1","name":"KV errors","status":"resolved","impact":"critical","created_at":"2025-06-12T18:17:00Z","incident_updates":[{"status":"investigating","body":"We look into it.","display_at":"2025-06-12T18:17:00Z","created_at":"2025-06-12T18:17:05Z"}]}]}"#,
            r#"{"id":"i1","name":"KV errors","status":"monitoring","impact":"major","started_at":"2025-06-12T18:17:00Z","incident_updates":[]}"#,
            r#"{"provider":"cloud","incidents":[{"id":"i1","name":"Errors","impact":"major","status":"monitoring","started_at":"2025-06-12T11:04:00Z","updates":[{"timestamp":"2025-06-12T11:06:00Z","body":"Investigating."}]}]}"#,
            r#"{"page":{"id":"p1","name":"Example","url":"https://status.example"},"status":{"indicator":"none","description":"All Systems Operational"}}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Statuspage {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let page = root.get("page").is_some_and(|p| p.has(&["id", "name", "url"]));
        let first = incidents_of(root).into_iter().next();
        let told = first.is_some_and(|i| i.has_any(&UPDATES) && i.has(&["impact", "status", "name"]));
        match (page, told) {
            (true, true) => Claimed::new(97, "`page` and incidents with `impact`, `status` and updates"),
            (false, true) => Claimed::new(92, "incidents with `impact`, `status` and updates"),
            (true, false) if root.has_any(&["incidents", "components", "status", "incident"]) => {
                Claimed::new(91, "`page` with `id`, `name`, `url` beside status or incidents")
            }
            _ => None,
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            if let Some(page) = part.get("page") {
                let frame = document.frame(page.text);
                if let Some(zone) = page.get("time_zone").and_then(Part::string) {
                    sink.zone_note(&zone, &frame);
                }
                sink.account(FrameClass::Blank, &frame);
            }
            for incident in incidents_of(part) {
                read_incident(incident, part.get("provider").and_then(Part::string), document, sink);
            }
            if !part.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

/// All incidents of a document, the cut one included.
fn incidents_of(root: Part<'_>) -> Vec<Part<'_>> {
    if root.is_array() {
        return root.items().filter(|i| i.is_object()).collect();
    }
    if root.has_any(&UPDATES) && root.get("impact").is_some() {
        return vec![root];
    }
    if let Some(one) = root.get("incident").filter(|i| i.is_object()) {
        return vec![one];
    }
    LISTS.iter().filter_map(|key| root.get(key)).flat_map(Part::items).filter(|i| i.is_object()).collect()
}

/// What the updates of one incident share.
struct Context {
    id: Option<String>,
    name: String,
    severity: Option<SeverityChange>,
    components: Vec<String>,
    /// Whose page it is, when the export says that it is a provider's.
    provider: Option<String>,
}

impl Context {
    fn ids(&self) -> Vec<(String, String)> {
        let one = |key: &str, id: &Option<String>| id.as_ref().map(|id| (key.to_string(), id.clone()));
        one("status_incident", &self.id).into_iter().chain(one("provider", &self.provider)).collect()
    }

    /// Components, or the provider where none is named.
    fn services(&self) -> Vec<String> {
        if self.components.is_empty() { self.provider.iter().cloned().collect() } else { self.components.clone() }
    }
}

fn read_incident(incident: Part<'_>, provider: Option<String>, document: &Document<'_>, sink: &mut dyn Sink) {
    let whole = incident.value().unwrap_or(Value::Null);
    let get = |key: &str| incident.get(key).and_then(Part::string);
    let context = Context {
        id: get("id"),
        name: get("name").unwrap_or_else(|| "incident without a name".to_string()),
        severity: impact(get("impact_override").or_else(|| get("impact")).as_deref()),
        components: list(&whole, "components").iter().filter_map(|c| text(c, "name").map(str::to_string)).collect(),
        provider,
    };
    let mut updates = 0u32;
    let mut ended = false;
    for update in UPDATES.iter().filter_map(|key| incident.get(key)).flat_map(Part::items).filter(|u| u.complete) {
        updates += 1;
        read_one(update, document, sink, &mut |value, frame, sink| {
            ended |= matches!(text(value, "status"), Some("resolved" | "completed"));
            read_update(value, &context, frame, sink)
        });
    }
    if incident.complete {
        let frame = document.frame(incident.text);
        match read_outline(&whole, &context, updates, ended, &frame, sink) {
            Ok(class) => sink.account(class, &frame),
            Err(fault) => sink.reject(&fault.reason, &frame),
        }
    }
}

/// Impact words have ranks of their own.
fn impact(word: Option<&str>) -> Option<SeverityChange> {
    let word = word?;
    let rank = ["critical", "major", "minor", "none", "maintenance"].iter().position(|w| *w == word)?;
    let to = SeverityWord { vocabulary: Vocabulary::Impact, rank: rank as u8, word: word.to_string() };
    Some(SeverityChange { from: None, to })
}

/// One post.
fn read_update(value: &Value, context: &Context, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let at = need_stamp(value, &["display_at", "created_at", "timestamp", "updated_at"])?;
    let status = text(value, "status");
    let body = first_text(value, &["body", "message", "text"]).unwrap_or("");
    let title = match status {
        Some(status) => format!("Status page: {}: {status}", context.name),
        None => format!("Status page: {}: {body}", context.name),
    };
    let mut post = event(EventKind::PublicUpdate, &at, title, frame);
    post.written_at = stamp(value, "created_at").map(|s| s.time).filter(|t| t.key_ns() != at.time.key_ns());
    post.status = status.map(str::to_string);
    post.text = body.to_string();
    post.severity.clone_from(&context.severity);
    post.services =
        list(value, "affected_components").iter().filter_map(|c| text(c, "name").map(str::to_string)).collect();
    if post.services.is_empty() {
        post.services = context.services();
    }
    post.ids = context.ids();
    sink.event(post);
    Ok(FrameClass::Record)
}

/// What the incident says beyond its updates: a beginning when there are none, an untold end.
fn read_outline(
    value: &Value,
    context: &Context,
    updates: u32,
    ended: bool,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) -> Result<FrameClass, Fault> {
    let mut class = FrameClass::Blank;
    let mut tell = |kind, at: &Stamp, words: &str, sink: &mut dyn Sink| {
        let mut made = event(kind, at, format!("Status page: {}: {words}", context.name), frame);
        made.status = (kind == EventKind::StatusChange).then(|| words.to_string());
        made.severity.clone_from(&context.severity);
        made.services = context.services();
        made.ids = context.ids();
        sink.event(made);
        class = FrameClass::Record;
    };
    if updates == 0 {
        let at = first_stamp(value, &["started_at", "created_at"])
            .ok_or_else(|| Fault::new("expected a time in started_at, found none"))?;
        // Its `status` is the one at the time of the export, not at its beginning.
        tell(EventKind::PublicUpdate, &at, "began", sink);
    }
    // A provider's beginning is told in hindsight: a mark, not a post.
    if let Some(at) = stamp(value, "started_at").filter(|_| updates > 0 && context.provider.is_some()) {
        tell(EventKind::Annotation, &at, "began", sink);
    }
    if let Some(at) = stamp(value, "resolved_at").filter(|_| !ended) {
        tell(EventKind::StatusChange, &at, "resolved", sink);
    }
    Ok(class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn a_providers_feed_names_the_provider_and_when_it_began() {
        let got = collect::read(&Statuspage, Statuspage.samples()[2]);
        let told: Vec<_> = got.events.iter().map(|e| (e.kind, e.services.join(","), e.at.key_s() % 3600)).collect();
        assert!(told.contains(&(EventKind::PublicUpdate, "cloud".to_string(), 360)), "{told:?}");
        assert!(told.contains(&(EventKind::Annotation, "cloud".to_string(), 240)), "{told:?}");
        assert!(got.events.iter().all(|e| e.ids.contains(&("provider".to_string(), "cloud".to_string()))));
    }

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&Statuspage);
    }

    #[test]
    fn a_back_filled_post_stands_at_its_display_time() {
        let text = r#"{"page":{"id":"p","name":"n","url":"u","time_zone":"America/Los_Angeles"},"incidents":[{"id":"i","name":"KV","status":"resolved","impact":"major","impact_override":"critical","resolved_at":"2025-06-12T13:28:00-07:00","incident_updates":[
            {"status":"identified","body":"b","display_at":"2025-06-12T11:30:00-07:00","created_at":"2025-06-13T09:00:00-07:00","affected_components":[{"name":"KV store","new_status":"major_outage"}]},
            {"status":"investigating","body":"a","display_at":"2025-06-12T11:17:00-07:00","created_at":"2025-06-12T11:17:00-07:00"}]}]}"#;
        let got = collect::read(&Statuspage, text);
        let posts = got.of(EventKind::PublicUpdate);
        assert_eq!(posts.len(), 2);
        assert_eq!(posts[0].raw_time, "2025-06-12T11:30:00-07:00");
        assert!(posts[0].written_at.is_some() && posts[1].written_at.is_none());
        assert_eq!(posts[0].services, ["KV store"]);
        let severity = &posts[0].severity.as_ref().unwrap().to;
        assert_eq!((severity.vocabulary, severity.rank), (Vocabulary::Impact, 0));
        assert_eq!(got.zones, ["America/Los_Angeles"]);
        assert_eq!(got.of(EventKind::StatusChange).len(), 1);
    }

    #[test]
    fn a_cut_page_gives_the_posts_before_the_cut() {
        let whole = Statuspage.samples()[0];
        let cut = &whole[..whole.len() - 4];
        let got = collect::read(&Statuspage, cut);
        assert_eq!((got.events.len(), got.fault.is_some()), (1, true));
    }
}
