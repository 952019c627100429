//! Paths into an element and the levels above it, and conditions on them.

use serde::Deserialize;
use serde_json::Value;

use crate::format::json_value::Stamp;
use crate::format::timestamp;
use crate::model::ClockKind;

/// The values in sight: the element, then the nested item, and so on; the innermost last.
#[derive(Clone, Debug)]
pub(super) struct Scope<'v> {
    levels: Vec<&'v Value>,
}

impl<'v> Scope<'v> {
    /// The element alone.
    pub(super) fn of(element: &'v Value) -> Scope<'v> {
        Scope { levels: vec![element] }
    }

    /// The same with one more level.
    pub(super) fn inner(&self, item: &'v Value) -> Scope<'v> {
        let mut levels = self.levels.clone();
        levels.push(item);
        Scope { levels }
    }

    /// The values at a path.
    fn values(&self, path: &Path) -> Vec<&'v Value> {
        let mut out = Vec::new();
        let level = self.levels.len().checked_sub(path.up + 1).and_then(|at| self.levels.get(at));
        if let Some(value) = level {
            walk(value, &path.keys, &mut out);
        }
        out
    }

    /// The scalars at a path as text, blank ones left out.
    fn texts(&self, path: &Path) -> Vec<String> {
        if let Some(word) = &path.word {
            return vec![word.clone()];
        }
        self.values(path).into_iter().filter_map(scalar).collect()
    }

    /// The scalars at the first of `paths` that has any.
    pub(super) fn all(&self, paths: &[Path]) -> Vec<String> {
        paths.iter().map(|path| self.texts(path)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The first scalar at the first of `paths` that has any.
    pub(super) fn first(&self, paths: &[Path]) -> Option<String> {
        self.all(paths).into_iter().next()
    }

    /// The first time at one of `paths`. A zero stamp (`0`, the year 1) means that none is set.
    pub(super) fn stamp(&self, paths: &[Path]) -> Option<Stamp> {
        paths.iter().flat_map(|path| self.texts(path)).find_map(|raw| {
            let time = timestamp::whole(&raw)?;
            let dated = matches!(time.kind, ClockKind::Zoned | ClockKind::Naive);
            (!dated || time.wall_ns > 0).then_some(Stamp { time, raw })
        })
    }

    /// Whether all conditions hold.
    pub(super) fn holds(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| condition.holds(self))
    }

    /// Whether one of the conditions holds.
    pub(super) fn holds_any(&self, conditions: &[Condition]) -> bool {
        conditions.iter().any(|condition| condition.holds(self))
    }
}

/// Adds the values at dotted `keys` below `value`; lists on the way are passed through, and a key that
/// holds dots itself is found first.
fn walk<'v>(value: &'v Value, keys: &str, out: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, keys, out)),
        _ if keys.is_empty() => out.push(value),
        Value::Object(map) => {
            if let Some(found) = map.get(keys) {
                walk(found, "", out);
            } else if let Some((key, rest)) = keys.split_once('.')
                && let Some(below) = map.get(key)
            {
                walk(below, rest, out);
            }
        }
        _ => {}
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_string()).filter(|t| !t.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(state) => Some(state.to_string()),
        _ => None,
    }
}

/// A dotted path, from the level `up` above the innermost; or a word that stands for itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Path {
    up: usize,
    keys: String,
    word: Option<String>,
}

impl Path {
    /// As it is named in messages.
    pub(super) fn shown(&self) -> String {
        self.keys.clone()
    }
}

impl From<String> for Path {
    fn from(written: String) -> Path {
        if let Some(word) = written.strip_prefix('=') {
            return Path { up: 0, keys: String::new(), word: Some(word.to_string()) };
        }
        let keys = written.trim_start_matches('^');
        Path { up: written.len() - keys.len(), keys: keys.trim_start_matches('.').to_string(), word: None }
    }
}

/// What must hold of a value.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Present,
    Absent,
    Equals(String),
    Differs(String),
    Contains(String),
    Time,
}

/// Alternatives of which one must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Condition {
    tests: Vec<(Path, Test)>,
}

impl From<String> for Condition {
    fn from(written: String) -> Condition {
        Condition { tests: written.split('|').map(test).collect() }
    }
}

/// One alternative as written.
fn test(written: &str) -> (Path, Test) {
    let path = |keys: &str| Path::from(keys.to_string());
    if let Some(keys) = written.strip_prefix('!') {
        (path(keys), Test::Absent)
    } else if let Some(keys) = written.strip_suffix('@') {
        (path(keys), Test::Time)
    } else if let Some((keys, value)) = written.split_once("!=") {
        (path(keys), Test::Differs(value.to_string()))
    } else if let Some((keys, value)) = written.split_once('=') {
        (path(keys), Test::Equals(value.to_string()))
    } else if let Some((keys, part)) = written.split_once('~') {
        (path(keys), Test::Contains(part.to_ascii_lowercase()))
    } else {
        (path(written), Test::Present)
    }
}

impl Condition {
    fn holds(&self, scope: &Scope<'_>) -> bool {
        self.tests.iter().any(|(path, test)| match test {
            Test::Present => present(scope, path),
            Test::Absent => scope.values(path).iter().all(|v| v.is_null()),
            Test::Equals(word) => scope.texts(path).iter().any(|t| t.eq_ignore_ascii_case(word)),
            Test::Differs(word) => !scope.texts(path).iter().any(|t| t.eq_ignore_ascii_case(word)),
            Test::Contains(part) => scope.texts(path).iter().any(|t| t.to_ascii_lowercase().contains(part)),
            Test::Time => scope.stamp(std::slice::from_ref(path)).is_some(),
        })
    }

    /// Last keys of the paths that must be written somewhere for the condition to hold; nothing when
    /// it may hold without any.
    pub(super) fn needles(&self) -> Vec<&str> {
        let free = |test: &Test| matches!(test, Test::Absent | Test::Differs(_));
        if self.tests.iter().any(|(_, test)| free(test)) {
            return Vec::new();
        }
        self.tests.iter().map(|(path, _)| path.keys.rsplit('.').next().unwrap_or("")).collect()
    }
}

/// Whether the key is there, even with nothing in it: exports write all keys of their schema.
fn present(scope: &Scope<'_>, path: &Path) -> bool {
    let Some(level) = scope.levels.len().checked_sub(path.up + 1).and_then(|at| scope.levels.get(at)) else {
        return false;
    };
    has(level, &path.keys)
}

fn has(value: &Value, keys: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| has(item, keys)),
        Value::Object(map) => {
            map.contains_key(keys)
                || keys.split_once('.').is_some_and(|(key, rest)| map.get(key).is_some_and(|below| has(below, rest)))
        }
        _ => false,
    }
}
