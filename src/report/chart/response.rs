//! Who did what when: a row for each person and each machine that acted.

use std::collections::BTreeMap;

use crate::model::{ActorKind, EventKind, Incident, TimelineEntry};

use super::Chart;
use super::axis::{TimeScale, clock};
use super::canvas::{Canvas, Hang, WIDTH, draw};
use super::cascade::stretch;
use super::panel::{Clock, Panel, paragraph, wrap};
use super::story::Story;
use super::text::{fit, shorten};
use super::theme::{Ink, Size};

/// Width of the names to the left.
const GUTTER: f64 = 264.0;
/// Height of one row.
const ROW: f64 = 30.0;
/// Most rows.
const MOST: usize = 24;
/// Most marks that are links.
const LINKS: usize = 600;
/// Marks beyond which those of one row and kind that would cover each other are drawn once: 12,000 dots on a row
/// of 240 say nothing more, and cost the page a second.
const CROWD: usize = 1_500;
/// How close such marks are.
const CLOSE: f64 = 3.0;

/// What a mark means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    /// Spoke or wrote.
    Said,
    /// Paged, acknowledged, declared, set a severity or a state.
    Steered,
    /// Changed something that runs.
    Changed,
    /// Told the public.
    Published,
}

const DEEDS: [(Deed, &str); 4] = [
    (Deed::Said, "said"),
    (Deed::Steered, "paged, acknowledged, declared"),
    (Deed::Changed, "changed"),
    (Deed::Published, "told the public"),
];

fn deed(kind: EventKind) -> Option<Deed> {
    Some(match kind {
        EventKind::Chat | EventKind::Annotation => Deed::Said,
        EventKind::AlertFired
        | EventKind::AlertResolved
        | EventKind::Page
        | EventKind::Ack
        | EventKind::Escalation
        | EventKind::SeverityChange
        | EventKind::StatusChange
        | EventKind::Silence => Deed::Steered,
        EventKind::Deploy | EventKind::Rollback | EventKind::ConfigChange | EventKind::HumanAction => Deed::Changed,
        EventKind::PublicUpdate => Deed::Published,
        EventKind::Platform | EventKind::Prose | EventKind::Computed => return None,
    })
}

/// One who acted.
struct Row<'a> {
    name: &'a str,
    human: bool,
    deeds: Vec<(&'a TimelineEntry, Deed)>,
}

/// Rows of people in the order of their first deed, then of machines, on the axis of the milestones
/// and the severity; every mark is a link to its event. `None` when nobody is named.
pub fn response(incident: &Incident) -> Option<Chart> {
    let (from, to) = stretch(incident).or_else(|| super::panel::view(incident))?;
    let time = TimeScale::new(from, to, GUTTER, f64::from(WIDTH) - 20.0);
    let mut rows = acting(incident, &time);
    let more = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    if rows.is_empty() {
        return None;
    }
    let story = Story::new(incident, &time);
    let y0 = story.height();
    let panel = Panel { time, y0, y1: y0 + ROW * rows.len() as f64 + 6.0, low: 0.0, high: 1.0 };
    let crowded = rows.iter().map(|r| r.deeds.len()).sum::<usize>() > CROWD;
    let mut note =
        if more > 0 { format!("{more} more people and machines are in the timeline below.") } else { String::new() };
    if crowded {
        note = format!("A mark may stand for several deeds that follow each other closely. {note}");
    }
    let description = describe(&rows);
    let height = panel.y1 + 92.0 + 26.0 * wrap(&note, WIDTH - 40, 2).len() as f64;
    let drawing = draw(height.ceil() as i32, &description, |c| {
        panel.frame(c, Clock::Utc, &[], false);
        panel.time_title(c, Clock::Utc);
        story.paint(c, &panel);
        let mut links = LINKS;
        for (n, row) in rows.iter().enumerate() {
            let y = panel.y0 + 3.0 + ROW * (n as f64 + 0.5);
            let name = if row.human { row.name.to_string() } else { format!("{} (machine)", row.name) };
            let name = fit(&name, Size::Label, GUTTER as i32 - 22);
            c.words(&name, (GUTTER - 10.0, y), Hang::End, Size::Label, if row.human { Ink::Text } else { Ink::Muted });
            c.line(&[(time.x0, y), (time.x1, y)], Ink::Grid, 1.0);
            let mut last: BTreeMap<Deed, f64> = BTreeMap::new();
            for (entry, deed) in &row.deeds {
                let x = time.x(entry.at.seconds());
                if crowded && last.get(deed).is_some_and(|before| (x - before).abs() < CLOSE) {
                    continue;
                }
                last.insert(*deed, x);
                mark(c, (x, y), entry, *deed, &mut links);
            }
        }
        key(c, panel.y1 + 74.0);
        paragraph(c, &note, 20.0, panel.y1 + 90.0, WIDTH - 40, 2);
    });
    Some(Chart { name: "response", title: "Who acted when".into(), description, drawing })
}

/// Everybody named in the stretch: people by first deed, then machines by how much they did.
fn acting<'a>(incident: &'a Incident, time: &TimeScale) -> Vec<Row<'a>> {
    let mut found: BTreeMap<(bool, &str), Row> = BTreeMap::new();
    for entry in incident.timeline.entries.iter().filter(|e| time.holds(e.at.seconds())) {
        let Some(deed) = deed(entry.kind) else { continue };
        let (human, name) = match &entry.actor {
            Some(actor) => (actor.kind == ActorKind::Human, actor.name.as_str()),
            None if deed == Deed::Published => (false, "status page"),
            None => continue,
        };
        let row = found.entry((human, name)).or_insert_with(|| Row { name, human, deeds: Vec::new() });
        row.deeds.push((entry, deed));
    }
    let mut rows: Vec<Row> = found.into_values().collect();
    let first = |r: &Row| r.deeds.iter().map(|(e, _)| e.at.utc_ns).min();
    rows.sort_by(|a, b| {
        let by_count = if a.human { std::cmp::Ordering::Equal } else { b.deeds.len().cmp(&a.deeds.len()) };
        b.human.cmp(&a.human).then(by_count).then(first(a).cmp(&first(b))).then(a.name.cmp(b.name))
    });
    rows
}

/// A shape for each deed: told apart without colour.
fn mark(c: &mut Canvas, at: (f64, f64), entry: &TimelineEntry, deed: Deed, links: &mut usize) {
    let at_s = entry.at.seconds();
    c.group("rc-at", &[("at", at_s.to_string())], |c| shape(c, at, deed));
    let Some(left) = links.checked_sub(1) else { return };
    *links = left;
    c.spot(at, &entry.id, &format!("{}: {}", clock(at_s), shorten(&entry.title, 160)), at_s);
}

fn shape(c: &mut Canvas, (x, y): (f64, f64), deed: Deed) {
    match deed {
        Deed::Said => c.dot((x, y), 3.6, Ink::Muted),
        Deed::Steered => c.ring((x, y), 6.0, Ink::Severity),
        Deed::Changed => c.block((x - 5.5, y - 5.5), (x + 5.5, y + 5.5), Ink::Bad, 1.0),
        Deed::Published => c.shape(&[(x - 7.0, y + 6.0), (x + 7.0, y + 6.0), (x, y - 7.0)], Ink::Traffic, 1.0),
    }
}

fn key(c: &mut Canvas, y: f64) {
    let mut x = 28.0;
    for (deed, words) in DEEDS {
        shape(c, (x, y), deed);
        c.words(words, (x + 16.0, y), Hang::Start, Size::Label, Ink::Muted);
        x += 16.0 + f64::from(super::text::width(words, Size::Label)) + 34.0;
    }
}

fn describe(rows: &[Row]) -> String {
    let each: Vec<String> = rows
        .iter()
        .filter(|r| r.human)
        .take(6)
        .filter_map(|r| {
            let (first, last) = (r.deeds.first()?, r.deeds.last()?);
            let ends = match (clock(first.0.at.seconds()), clock(last.0.at.seconds())) {
                (a, b) if a == b => format!("at {a}"),
                (a, b) => format!("from {a} to {b}"),
            };
            let times = if r.deeds.len() == 1 { "once".to_string() } else { format!("{} times", r.deeds.len()) };
            Some(format!("{} {times} {ends}", shorten(r.name, 40)))
        })
        .collect();
    let people = rows.iter().filter(|r| r.human).count();
    format!(
        "Who acted when, UTC: {people} people and {} machines. {}",
        rows.len() - people,
        if each.is_empty() { String::new() } else { format!("{}.", each.join("; ")) }
    )
}
