//! One incident against many: which of them is it most like, and why.

use crate::model::{Incident, LibraryComparison, LibraryMatch, LibraryOrder, Similarity};

use super::fingerprint::{Fingerprint, Weights};
use super::{compare, likeness, pairing};

/// Log templates told as a reason.
const TEMPLATES: usize = 1;

/// Holds `one` against each of `others` (by path), most similar first as `by` says. Unlike in a comparison of two, what moved
/// in few of them counts for more than what moved in all.
///
/// # Errors
/// What reading one of the others returns, unless it is told as left out.
pub fn library<E>(
    one: &Incident,
    others: impl Iterator<Item = Result<(String, Result<Incident, String>), E>>,
    by: LibraryOrder,
) -> Result<LibraryComparison, E> {
    let mut out = LibraryComparison { title: one.title.clone(), by, pairs: Vec::new(), left_out: Vec::new() };
    let mine = Fingerprint::of(one, &Default::default());
    let mut prints = Vec::new();
    for other in others {
        match other? {
            (path, Ok(incident)) => {
                let (pair, print) = held_against((one, &mine), path, &incident);
                out.pairs.push(pair);
                prints.push(print);
            }
            (path, Err(reason)) => out.left_out.push((path, reason)),
        }
    }
    let weights = Weights::over(prints.iter().chain([&mine]));
    for (pair, theirs) in out.pairs.iter_mut().zip(&prints) {
        pair.likeness.fingerprint = mine.likeness(theirs, Some(&weights));
        pair.likeness.overall = likeness::weighted(&pair.likeness);
        pair.similarity = pair.likeness.overall.unwrap_or(0.0);
    }
    let value = |pair: &LibraryMatch| match by {
        LibraryOrder::Similarity => pair.similarity,
        LibraryOrder::Fault => pair.likeness.fault.unwrap_or(-1.0),
    };
    let order = |a: &LibraryMatch, b: &LibraryMatch| {
        value(b).total_cmp(&value(a)).then(b.similarity.total_cmp(&a.similarity)).then_with(|| a.path.cmp(&b.path))
    };
    out.pairs.sort_by(order);
    Ok(out)
}

/// The pair, and the fingerprint of `other` with its services called as `one` calls them.
fn held_against((one, mine): (&Incident, &Fingerprint), path: String, other: &Incident) -> (LibraryMatch, Fingerprint) {
    let compared = compare(one, other);
    let likeness = compared.similarity;
    let pairs = pairing::pairs(one, other);
    let renamed = pairs.iter().map(|(theirs, (ours, _))| (theirs.clone(), ours.clone())).collect();
    let theirs = Fingerprint::of(other, &renamed);
    let mut why = mine.shared(&theirs);
    let hurt = compared.services.iter().filter(|s| s.a.hurt == Some(true) && s.b.hurt == Some(true));
    let hurt: Vec<&str> = hurt.map(|s| s.service.as_str()).collect();
    match hurt.as_slice() {
        [] => {}
        [name] => why.push(format!("{name} hurt in both")),
        [name, other] => why.push(format!("{name} and {other} hurt in both")),
        [name, other, rest @ ..] => why.push(format!("{name}, {other} and {} more hurt in both", rest.len())),
    }
    let roles = pairs.values().map(|(name, how)| format!("{name} stands for another by {how}"));
    why.extend(roles);
    why.extend(compared.patterns[0].iter().take(TEMPLATES).map(|template| format!("log pattern in both: {template}")));
    if why.is_empty() {
        why.push(nothing(&likeness));
    }
    let title = other.title.clone();
    (LibraryMatch { path, title, similarity: likeness.overall.unwrap_or(0.0), likeness, why }, theirs)
}

/// What to say where no name is shared.
fn nothing(likeness: &Similarity) -> String {
    match likeness.shape {
        Some(shape) if shape >= 0.8 => "nothing by name; the curves alone are alike, which says little".to_string(),
        _ => "nothing by name".to_string(),
    }
}
