//! Placeholders in the texts of a scenario.

use chrono::Datelike;

use super::Moment;
use super::world::World;
use super::zone::{Wall, Zone};

/// Full names of the months.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Fills the placeholders of `text`; what is none stays as it is.
pub(super) fn fill(world: &World<'_>, zone: Zone, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from_open) = rest.split_at(open);
        out.push_str(before);
        let inside = from_open.get(1..).unwrap_or_default();
        match inside.find('}').and_then(|close| Some((inside.get(..close)?, inside.get(close + 1..)?))) {
            Some((name, after)) => {
                match value(world, zone, name) {
                    Some(value) => out.push_str(&value),
                    None => {
                        out.push('{');
                        rest = inside;
                        continue;
                    }
                }
                rest = after;
            }
            None => {
                out.push_str(from_open);
                return out;
            }
        }
    }
    out.push_str(rest);
    out
}

fn value(world: &World<'_>, zone: Zone, name: &str) -> Option<String> {
    if let Some(known) = world.names.get(name) {
        return Some(known.clone());
    }
    let start = || zone.wall(world.ns(world.scenario.start.ms));
    let at = |text: &str| Moment::parse(text).map(|m| zone.wall(world.ns(m.ms)));
    match name.split_once(':') {
        None if name == "date" => Some(start().date()),
        Some(("date", "long")) => Some(long_date(&start())),
        Some(("t", moment)) => at(moment).map(|w| w.time().get(..5).unwrap_or_default().to_string()),
        Some(("tt", moment)) => at(moment).map(|w| w.time()),
        Some(("d", moment)) => at(moment).map(|w| w.date()),
        Some(("ts", moment)) => at(moment).map(|w| format!("{}T{}{}", w.date(), w.time(), w.offset(false))),
        _ => None,
    }
}

fn long_date(wall: &Wall) -> String {
    let month = MONTHS.get(wall.local.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", wall.local.day(), wall.local.year())
}
