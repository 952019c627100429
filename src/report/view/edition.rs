//! How this copy differs from what the evidence alone gives: what was cut, taken out, and added by people.

use serde::Serialize;

use super::Ctx;
use super::times::Times;
use crate::model::{Cut, Incident, NameStyle};
use crate::report::text;

/// What was done to this copy.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EditionView {
    /// What was cut, as a sentence; empty when all of the evidence was used.
    pub cut: String,
    /// What was taken out of texts and how often, as a sentence; empty when nothing was.
    pub redacted: String,
}

/// The edition of an incident in words.
pub(super) fn view(ctx: &Ctx) -> EditionView {
    EditionView { cut: cut(ctx.incident, &ctx.times), redacted: redacted(ctx.incident) }
}

/// "Only the evidence from 17:22 to 20:40 UTC of A and B was used …"; empty without a cut.
pub(in crate::report) fn cut(incident: &Incident, times: &Times) -> String {
    let Some(cut) = &incident.edition.cut else { return String::new() };
    let bound = |word: &str, at: Option<i64>, asked: &str| {
        at.map(|s| {
            let shown = times.second(s).text;
            let asked = text::short(asked, 40);
            if asked.starts_with(|c: char| c.is_ascii_digit()) {
                format!("{word} {shown}")
            } else {
                format!("{word} {shown} ({asked})")
            }
        })
    };
    let stretch: Vec<String> = [bound("from", cut.since_s, &cut.asked[0]), bound("before", cut.until_s, &cut.asked[1])]
        .into_iter()
        .flatten()
        .collect();
    let mut parts = Vec::new();
    if !stretch.is_empty() {
        parts.push(format!("{} UTC", stretch.join(" and ")));
    }
    if !cut.services.is_empty() {
        parts.push(format!("of {}", text::names(&cut.services, 8)));
    }
    format!(
        "This is a part: only evidence {} was used, for every figure. Left out: {}.",
        parts.join(" "),
        left_out(cut)
    )
}

fn left_out(cut: &Cut) -> String {
    let n = |n: u64, one: &str, many: &str| text::counted(usize::try_from(n).unwrap_or(usize::MAX), one, many);
    [
        n(cut.records, "record", "records"),
        n(cut.points, "metric point", "metric points"),
        n(cut.events, "event", "events"),
    ]
    .join(", ")
}

/// Words of a kind of redaction, one and many; of a rule of the user's its name.
fn words(kind: &str) -> (String, String) {
    let (one, many) = match kind {
        "password" => ("password", "passwords"),
        "token" => ("token or key", "tokens or keys"),
        "jwt" => ("web token", "web tokens"),
        "private_key" => ("private key", "private keys"),
        "authorization" => ("authorization header", "authorization headers"),
        "cookie" => ("cookie", "cookies"),
        "card" => ("card number", "card numbers"),
        "iban" => ("IBAN", "IBANs"),
        "email" => ("e-mail address", "e-mail addresses"),
        "ip" => ("network address", "network addresses"),
        "name" => ("name of a person", "names of people"),
        other => return (format!("“{}”", text::short(other, 40)), format!("“{}”", text::short(other, 40))),
    };
    (one.to_string(), many.to_string())
}

/// "Taken out of every text: 2 passwords (5 places), …"; empty when nothing was.
pub(in crate::report) fn redacted(incident: &Incident) -> String {
    let one = |r: &crate::model::Redaction| {
        let (single, many) = words(&r.kind);
        let count = |n: u64, one: &str, many: &str| text::counted(usize::try_from(n).unwrap_or(usize::MAX), one, many);
        format!("{} ({})", count(r.values, &single, &many), count(r.places, "place", "places"))
    };
    let all: Vec<String> = incident.edition.redactions.iter().map(one).collect();
    let named = match incident.edition.names {
        NameStyle::Full => "",
        NameStyle::Initials => " People are named by initials.",
        NameStyle::Roles => " People are named by roles or numbers.",
    };
    if all.is_empty() {
        String::new()
    } else {
        format!("Taken out of every text of this report: {}.{named}", all.join(", "))
    }
}
