//! Titles with keys in them.

use serde::Deserialize;

use super::path::{Path, Scope};

/// A title: words, keys, and groups that are left out when one of their keys is missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Words(String),
    Key(Vec<Path>),
    /// `$status`, `$text`, `$actor`.
    Made(String),
    Group(Vec<Piece>),
}

/// What an event has been given before its title is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Made<'m> {
    pub(super) status: Option<&'m str>,
    pub(super) text: Option<&'m str>,
    pub(super) actor: Option<&'m str>,
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(written: String) -> Result<Template, String> {
        let mut rest = written.as_str();
        let pieces = pieces(&mut rest, false)?;
        Ok(Template { pieces })
    }
}

/// The pieces up to the end, or up to the end of a group.
fn pieces(rest: &mut &str, inside: bool) -> Result<Vec<Piece>, String> {
    let mut out = Vec::new();
    loop {
        let at = rest.find(['{', '[', ']']).unwrap_or(rest.len());
        let (words, tail) = rest.split_at(at);
        if !words.is_empty() {
            out.push(Piece::Words(words.to_string()));
        }
        let mut marks = tail.chars();
        let mark = marks.next();
        *rest = marks.as_str();
        match mark {
            Some('{') => {
                let (keys, tail) = rest.split_once('}').ok_or("expected } in a title, found its end")?;
                out.push(match keys.strip_prefix('$') {
                    Some(name) => Piece::Made(name.to_string()),
                    None => Piece::Key(keys.split('|').map(|k| Path::from(k.to_string())).collect()),
                });
                *rest = tail;
            }
            Some('[') => out.push(Piece::Group(pieces(rest, true)?)),
            Some(_) if inside => return Ok(out),
            Some(_) => return Err("expected [ before ] in a title, found none".to_string()),
            None if inside => return Err("expected ] in a title, found its end".to_string()),
            None => return Ok(out),
        }
    }
}

impl Template {
    /// The title for `scope`; missing keys outside of groups are simply not there.
    pub(super) fn render(&self, scope: &Scope<'_>, made: &Made<'_>) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            add(piece, scope, made, &mut out);
        }
        out.trim().trim_end_matches(':').to_string()
    }
}

/// Adds a piece; `None` when a key of it is missing.
fn add(piece: &Piece, scope: &Scope<'_>, made: &Made<'_>, out: &mut String) -> Option<()> {
    match piece {
        Piece::Words(words) => out.push_str(words),
        Piece::Key(paths) => out.push_str(&scope.first(paths)?),
        Piece::Made(name) => {
            let found = match name.as_str() {
                "status" => made.status,
                "text" => made.text,
                "actor" => made.actor,
                _ => None,
            };
            out.push_str(found.filter(|t| !t.is_empty())?);
        }
        Piece::Group(pieces) => {
            let mut group = String::new();
            if pieces.iter().all(|piece| add(piece, scope, made, &mut group).is_some()) {
                out.push_str(&group);
            }
        }
    }
    Some(())
}
