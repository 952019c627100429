//! What people said of single events: pinned, hidden, retitled, remarked upon.

use indexmap::IndexMap;

use crate::model::{EventEdit, Tier, Timeline, TimelineEntry};

/// Obeys `edits`, which are keyed by the stable id of any witness of an entry. Applied last, so that nothing
/// is concluded from it. Returns the ids that no entry has.
pub fn edit(timeline: &mut Timeline, edits: &IndexMap<String, EventEdit>) -> Vec<String> {
    let mut gone: Vec<String> = Vec::new();
    for (id, edit) in edits {
        let mut all = timeline.entries.iter_mut().chain(&mut timeline.computed);
        match all.find(|e| e.id == *id || e.also.contains(id)) {
            Some(entry) => obey(entry, edit),
            None => gone.push(id.clone()),
        }
    }
    gone
}

/// One edit. Of two for the witnesses of one entry the later one's words stay.
fn obey(entry: &mut TimelineEntry, edit: &EventEdit) {
    let said = &mut entry.edit;
    (said.pin, said.hide) = (said.pin || edit.pin, said.hide || edit.hide);
    if let Some(title) = edit.title.as_ref().filter(|title| !title.is_empty()) {
        let read = std::mem::replace(&mut entry.title, title.clone());
        said.title.get_or_insert(read);
    }
    if edit.note.as_ref().is_some_and(|note| !note.is_empty()) {
        said.note.clone_from(&edit.note);
    }
    if said.pin {
        entry.tier = Tier::One;
    }
}
