//! Files that hold what people and machines did.

mod alerts;
mod changes;
mod chat;
mod status;

use super::output::Stage;
use super::source::{SourceFormat, Written};
use super::text::fill;
use super::world::World;
use super::zone::Zone;
use super::{Action, ActionKind, Source};
use crate::error::Result;

/// What a format's writer works with.
struct Desk<'w> {
    world: &'w World<'w>,
    source: &'w Source,
    zone: Zone,
    actions: Vec<&'w Action>,
}

impl Desk<'_> {
    /// The stamp of a moment, in the source's zone and by its clock.
    fn stamp(&self, ms: i64, digits: usize, usual: Written) -> String {
        let ns = self.ns(ms);
        let written = self.source.written.unwrap_or(usual);
        let wall = if written == Written::Z { Zone::Fixed(0).wall(ns) } else { self.zone.wall(ns) };
        let fraction = format!("{:09}", wall.nanos);
        let fraction = fraction.get(..digits).unwrap_or_default();
        let dot = if digits > 0 { "." } else { "" };
        let offset = if written == Written::None { String::new() } else { wall.offset(written == Written::Z) };
        format!("{}T{}{dot}{fraction}{offset}", wall.date(), wall.time())
    }

    /// A moment by the writer's clock, ns since 1970.
    fn ns(&self, ms: i64) -> i64 {
        self.world.ns(ms) + (self.source.clock_offset_s * 1e9) as i64
    }

    /// A text with its placeholders filled.
    fn text(&self, text: &str) -> String {
        fill(self.world, self.zone, text)
    }

    /// An id that looks like the ones of the product: letters and digits made of a name.
    fn id(&self, name: &str, length: usize) -> String {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        let mut bits = self.world.bits(&format!("id/{name}"));
        let mut id = String::with_capacity(length);
        for _ in 0..length {
            id.push(ALPHABET.get((bits % ALPHABET.len() as u64) as usize).copied().map_or('0', char::from));
            bits = super::random::mix(bits);
        }
        id
    }

    /// Forty hexadecimal digits made of a name, as revisions have.
    fn sha(&self, name: &str) -> String {
        let bits = self.world.bits(&format!("sha/{name}"));
        let more = super::random::mix(bits);
        format!("{bits:016x}{more:016x}{:08x}", super::random::mix(more) & 0xffff_ffff)
    }
}

/// Which actions a format carries.
fn carries(format: SourceFormat, kind: ActionKind) -> bool {
    use ActionKind as K;
    match format {
        SourceFormat::Alertmanager => kind == K::Alert,
        SourceFormat::Pagerduty => {
            matches!(kind, K::Page | K::Ack | K::Escalate | K::Severity | K::Note | K::Resolve)
        }
        SourceFormat::Slack => kind == K::Chat,
        SourceFormat::Statuspage => kind == K::StatusPost,
        SourceFormat::K8sEvents => kind == K::Platform,
        SourceFormat::GithubDeployments | SourceFormat::Argocd => kind == K::Deploy,
        _ => false,
    }
}

/// Writes one source.
pub(super) fn write(world: &World<'_>, source: &Source, stage: &Stage) -> Result<()> {
    let actions = &world.scenario.actions;
    let mut actions: Vec<&Action> =
        actions.iter().filter(|a| carries(source.format, a.kind) && a.feed == source.feed).collect();
    actions.sort_by_key(|a| a.at);
    let desk = Desk { world, source, zone: world.zone(source), actions };
    match source.format {
        SourceFormat::Alertmanager => stage.put(&source.path, &pretty(&alerts::alertmanager(&desk))),
        SourceFormat::Pagerduty => stage.put(&source.path, &pretty(&alerts::pagerduty(&desk))),
        SourceFormat::Slack => chat::slack(&desk, stage),
        SourceFormat::Statuspage => stage.put(&source.path, &pretty(&status::statuspage(&desk))),
        SourceFormat::K8sEvents => stage.put(&source.path, &pretty(&changes::k8s_events(&desk))),
        SourceFormat::GithubDeployments => {
            let (deployments, statuses) = changes::github(&desk);
            stage.put(&source.path, &pretty(&deployments))?;
            stage.put(&beside(&source.path, "-statuses"), &pretty(&statuses))
        }
        SourceFormat::Argocd => stage.put(&source.path, &pretty(&changes::argocd(&desk))),
        _ => stage.put(&source.path, &desk.text(&source.text)),
    }
}

/// A second path beside the first: `a/b.json` → `a/b-statuses.json`.
fn beside(path: &str, suffix: &str) -> String {
    match path.split_once(".json") {
        Some((stem, rest)) => format!("{stem}{suffix}.json{rest}"),
        None => format!("{path}{suffix}"),
    }
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
