//! What a change does, read from its diff: what it takes away, what it adds, which values it moves.
//!
//! A diff is weighed by lines. Lines that stand on both sides cancel each other, comments say
//! nothing, and what remains is held against the tables of `words`.

use std::collections::{BTreeMap, BTreeSet};

use super::values::{self, Moved};
use super::words::{
    CALLS, GUARDS, HAZARDS, IDLE_KINDS, IDLE_PATHS, LOOKS_PATHS, LOOPS, NAMES, PINS, SHARED_PATHS, TELLING,
};

/// One thing that a change does.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Effect {
    /// Class of `classes`; empty for what hurts nothing.
    pub(super) class: &'static str,
    /// Above zero it may hurt, below it speaks for harmlessness.
    pub(super) points: i64,
    /// In words, after "it …".
    pub(super) says: String,
}

/// A change as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Change<'a> {
    pub(super) message: &'a str,
    pub(super) files: &'a [String],
    pub(super) diff: &'a str,
}

impl Change<'_> {
    /// Whether anything tells what it did.
    pub(super) fn is_known(&self) -> bool {
        !self.diff.is_empty() || !self.files.is_empty()
    }

    /// Whether it touches code or settings that several services embed.
    pub(super) fn is_shared(&self) -> bool {
        self.files.iter().any(|f| SHARED_PATHS.iter().any(|p| f.starts_with(p) || f.contains(&format!("/{p}"))))
    }
}

/// Lines of a diff that were taken away and added, comments and what moved left out.
struct Lines {
    removed: Vec<String>,
    added: Vec<String>,
    /// Every line with its sign, lower case, for what must be seen in order.
    all: Vec<(char, String)>,
    /// Whether anything but comments and blanks was there.
    code: bool,
}

/// Everything that a change does, worst first.
pub(super) fn of(change: &Change<'_>) -> Vec<Effect> {
    if let Some(idle) = idle(change) {
        return vec![idle];
    }
    let lines = lines(change.diff);
    let mut out = Vec::new();
    if change.files.iter().all(|f| has(f, PINS)) && !change.files.is_empty() {
        out.extend(pins(&lines));
        return out;
    }
    let moved = values::moved(&lines.removed, &lines.added);
    out.extend(moved.iter().map(|m| quantity(m, change)));
    out.extend(guards(&lines, &moved));
    out.extend(nil_checks(&lines));
    out.extend(swallowed(&lines));
    out.extend(hazards(&lines));
    out.extend(fan_out(&lines));
    out.extend(renamed(&lines));
    if out.iter().all(|e| e.points <= 0) {
        out.extend(harmless(change, &lines));
    }
    out.sort_by(|a, b| b.points.cmp(&a.points).then_with(|| a.says.cmp(&b.says)));
    out.dedup_by(|a, b| a.class == b.class && a.points > 0 && b.points > 0);
    out
}

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| text.contains(w))
}

fn effect(class: &'static str, points: i64, says: impl Into<String>) -> Effect {
    Effect { class, points, says: says.into() }
}

/// Changes of what never runs.
fn idle(change: &Change<'_>) -> Option<Effect> {
    let lower: Vec<String> = change.files.iter().map(|f| f.to_lowercase()).collect();
    if !lower.is_empty() && lower.iter().all(|f| has(f, IDLE_PATHS)) {
        return Some(effect("", -6, "changes only tests, documents or build files"));
    }
    if !lower.is_empty() && lower.iter().all(|f| has(f, LOOKS_PATHS)) {
        return Some(effect("", -5, "changes only how pages look"));
    }
    let kind = change.message.split([':', '(', '!']).next().unwrap_or("").trim().to_lowercase();
    let idle = change.diff.is_empty() && IDLE_KINDS.contains(&kind.as_str());
    idle.then(|| effect("", -4, format!("is called `{kind}` by its author")))
}

/// A line of code without its comment; `None` when nothing is left.
fn code(line: &str) -> Option<String> {
    let trimmed = line.trim();
    let comment = ["//", "/*", "*/", "* ", "-- ", "<!--", "\"\"\""].iter().any(|c| trimmed.starts_with(c))
        || (trimmed.starts_with('#') && !trimmed.starts_with("#include") && !trimmed.starts_with("#["));
    let bare = trimmed.split(" // ").next().unwrap_or(trimmed).split(" # ").next().unwrap_or(trimmed).trim();
    (!comment && !bare.is_empty()).then(|| bare.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn lines(diff: &str) -> Lines {
    let mut out = Lines { removed: Vec::new(), added: Vec::new(), all: Vec::new(), code: false };
    for line in diff.lines() {
        if line.starts_with("+++ ") || line.starts_with("--- ") || line.starts_with("@@") || line.starts_with("diff ") {
            continue;
        }
        let (sign, rest) = match line.chars().next() {
            Some(sign @ ('+' | '-')) => (sign, line.get(1..).unwrap_or("")),
            _ => (' ', line),
        };
        let Some(text) = code(rest) else { continue };
        out.code |= sign != ' ';
        out.all.push((sign, format!(" {} ", text.to_lowercase())));
        match sign {
            '+' => out.added.push(text),
            '-' => out.removed.push(text),
            _ => {}
        }
    }
    // What stands on both sides only moved.
    let mut spare: BTreeMap<String, usize> = BTreeMap::new();
    out.added.iter().for_each(|l| *spare.entry(l.clone()).or_default() += 1);
    let mut cancelled: BTreeMap<String, usize> = BTreeMap::new();
    out.removed.retain(|line| match spare.get_mut(line).filter(|n| **n > 0) {
        Some(left) => {
            *left -= 1;
            *cancelled.entry(line.clone()).or_default() += 1;
            false
        }
        None => true,
    });
    out.added.retain(|line| match cancelled.get_mut(line).filter(|n| **n > 0) {
        Some(left) => {
            *left -= 1;
            false
        }
        None => true,
    });
    out
}

/// A number that moved.
fn quantity(moved: &Moved, change: &Change<'_>) -> Effect {
    let place = change.files.join(" ");
    let known = values::quantity(&moved.line).or_else(|| values::quantity(&place));
    let (class, falls, rises) = known.map_or(("logic", 1, 1), |q| (q.class, q.falls, q.rises));
    let way = if moved.factor < 1.0 { falls } else { rises };
    let far = if moved.factor < 1.0 { 1.0 / moved.factor.max(1e-9) } else { moved.factor };
    // Less than twice is a small step; tenfold and more is hardly meant.
    let points = match way {
        p if p <= 0 => p,
        p if far < 1.9 => p / 2,
        p if far >= 10.0 => p + 1,
        p => p,
    };
    let verb = if moved.factor < 1.0 { "lowers" } else { "raises" };
    let (from, to) = (moved.from.trim(), moved.to.trim());
    effect(class, points, format!("{verb} {} from {from} to {to}", moved.what))
}

/// Guards of which fewer stand after the change than before, or more.
fn guards(lines: &Lines, moved: &[Moved]) -> Vec<Effect> {
    let count = |list: &[String], words: &[&str]| {
        list.iter().map(|l| format!(" {} ", l.to_lowercase())).filter(|l| has(l, words)).count()
    };
    let mut out = Vec::new();
    for guard in GUARDS {
        let (before, after) = (count(&lines.removed, guard.written), count(&lines.added, guard.written));
        let changed = moved.iter().any(|m| has(&format!(" {} ", m.line.to_lowercase()), guard.written));
        if before > after && !changed {
            out.push(effect(guard.class, guard.points, format!("takes away {}", guard.what)));
        } else if after > before && !changed {
            out.push(effect("", -1, format!("adds {}", guard.what)));
        }
    }
    out
}

/// Comparisons with nothing that went away; those of errors are another matter.
fn nil_checks(lines: &Lines) -> Option<Effect> {
    let checks = |list: &[String]| list.iter().filter(|l| checks_nil(&l.to_lowercase())).count();
    let (before, after) = (checks(&lines.removed), checks(&lines.added));
    match before.cmp(&after) {
        std::cmp::Ordering::Greater => Some(effect("nil check", 5, "takes away a check for a missing value")),
        std::cmp::Ordering::Less => Some(effect("", -2, "adds a check for a missing value")),
        std::cmp::Ordering::Equal => None,
    }
}

fn checks_nil(line: &str) -> bool {
    const NOTHING: &[&str] = &["nil", "null", "none", "undefined", "nullptr"];
    const ASKS: &[&str] = &[
        "is_none",
        "is_some",
        "isempty()",
        "ispresent",
        "unwrap_or",
        "getordefault",
        "?.",
        "hasattr(",
        "optional.of",
        "requirenonnull",
        ".get(key, ",
        "ok {",
        "; ok",
        "; !ok",
        "!ok",
        "if not ",
        "??",
    ];
    let words: Vec<&str> = line.split([' ', '(', ')', '{', ';', ',']).filter(|w| !w.is_empty()).collect();
    let compared = words.windows(3).any(|w| {
        let asks = matches!(w[1], "==" | "!=" | "===" | "!==" | "is");
        let error = ["err", "error", "e", "ex"].iter().any(|e| w[0] == *e || w[0].ends_with(&format!(".{e}")));
        asks && NOTHING.contains(&w[2]) && !error
    });
    compared || line.contains("is not none") || has(line, ASKS)
}

/// Failures that are no longer looked at.
fn swallowed(lines: &Lines) -> Option<Effect> {
    let ignores = |l: &&String| l.contains(", _ = ") || l.contains(", _ := ") || l.starts_with("_ = ");
    let (before, after) = (lines.removed.iter().filter(ignores).count(), lines.added.iter().filter(ignores).count());
    let checked = |l: &&String| l.contains("err != nil") || l.contains("catch") || l.contains("except");
    let lost = lines.removed.iter().filter(checked).count() > lines.added.iter().filter(checked).count();
    (after > before && lost).then(|| effect("nil check", 4, "no longer looks at a failure"))
}

/// What was added and may hurt by itself.
fn hazards(lines: &Lines) -> Vec<Effect> {
    let padded = |list: &[String]| list.iter().map(|l| format!(" {} ", l.to_lowercase())).collect::<Vec<_>>();
    let (removed, added) = (padded(&lines.removed), padded(&lines.added));
    let together = added.join("\n");
    let mut out = Vec::new();
    for hazard in HAZARDS {
        let count = |list: &[String]| list.iter().filter(|l| has(l, hazard.written)).count();
        if count(&added) <= count(&removed) {
            continue;
        }
        if has(&together, hazard.unless) {
            out.push(effect("", -2, format!("adds {} in a careful form", hazard.what)));
        } else {
            out.push(effect(hazard.class, hazard.points, format!("adds {}", hazard.what)));
        }
    }
    // An index that is made beside the running queries is the harmless way.
    if together.contains("concurrently") {
        out.push(effect("", -3, "makes an index without locking"));
    }
    out
}

/// Calls that now stand in a loop and did not before.
fn fan_out(lines: &Lines) -> Option<Effect> {
    const REACH: usize = 6;
    let loops_with_calls = |signs: &[char]| {
        let side: Vec<&(char, String)> = lines.all.iter().filter(|(s, _)| signs.contains(s)).collect();
        let loops = side.iter().enumerate().filter(|(_, (_, l))| has(l.trim_start(), LOOPS) && opens_loop(l));
        loops
            .filter(|(at, (sign, _))| {
                let inside = side.iter().skip(at + 1).take(REACH);
                // The loop, or the call in it, is new.
                inside
                    .take_while(|(_, l)| !l.trim_start().starts_with("return"))
                    .any(|(s, l)| has(l, CALLS) && (signs.len() == 1 || *s != ' ' || *sign != ' '))
            })
            .count()
    };
    let (before, after) = (loops_with_calls(&['-', ' ']), loops_with_calls(&['+', ' ']));
    (after > before).then(|| effect("fan-out", 5, "makes a call for each of many, where there was none"))
}

fn opens_loop(line: &str) -> bool {
    let start = line.trim_start();
    ["for ", "for(", "foreach", "while "].iter().any(|w| start.starts_with(w))
        || [".map(", ".each", ".foreach(", ".flatmap("].iter().any(|w| start.contains(w))
}

/// Lines that are the same but for a word or an operator.
fn renamed(lines: &Lines) -> Vec<Effect> {
    let mut out = Vec::new();
    for (before, after) in values::pairs(&lines.removed, &lines.added) {
        let (b, a) = (before.to_lowercase(), after.to_lowercase());
        if values::flipped(&b, &a) {
            out.push(effect("logic", 3, format!("turns a condition round: `{}`", cut(&after))));
            continue;
        }
        let known = NAMES.iter().find(|(words, _, _)| values::begins(&before, words) && values::begins(&after, words));
        if let Some((_, class, says)) = known
            && values::differs_in_text(&b, &a)
        {
            out.push(effect(class, 3, format!("{says}: `{}`", cut(&after))));
        }
    }
    out
}

fn cut(line: &str) -> String {
    const MOST: usize = 60;
    if line.chars().count() <= MOST { line.to_string() } else { line.chars().take(MOST).chain(['…']).collect() }
}

/// New versions of what others wrote.
fn pins(lines: &Lines) -> Vec<Effect> {
    let step = values::version_steps(&lines.removed, &lines.added);
    let (points, words) = match step {
        Some(0) => (2, "moves a dependency to another major version"),
        Some(1) => (-1, "moves a dependency to another minor version"),
        _ => (-3, "moves dependencies by patches only"),
    };
    vec![effect(if points > 0 { "crash" } else { "" }, points, words)]
}

/// Why a change that takes nothing away is harmless.
fn harmless(change: &Change<'_>, lines: &Lines) -> Option<Effect> {
    if change.diff.is_empty() {
        return None;
    }
    if !lines.code {
        return Some(effect("", -5, "changes only comments"));
    }
    if lines.removed.is_empty() && lines.added.is_empty() {
        return Some(effect("", -4, "only moves lines"));
    }
    let place = change.files.join(" ").to_lowercase();
    let tells = |l: &String| {
        let lower = l.to_lowercase();
        has(&lower, TELLING) || lower.starts_with('"') || lower.starts_with(')') || lower.starts_with('}')
    };
    if lines.removed.iter().chain(&lines.added).all(tells)
        || has(&place, &["logging", "metrics", "telemetry", "trace/", "middleware/log"])
    {
        return Some(effect("", -4, "changes only what is logged or measured"));
    }
    if lines.removed.is_empty() {
        return Some(effect("", -1, "takes nothing away"));
    }
    const GRAMMAR: &[&str] = &["if", "err", "nil", "return", "let", "var", "const", "func", "def", "else", "new"];
    let words = |list: &[String]| -> BTreeSet<String> {
        let all = list.iter().flat_map(|l| values::tokens(l));
        all.filter(|w| !GRAMMAR.contains(&w.as_str())).collect()
    };
    let (before, after) = (words(&lines.removed), words(&lines.added));
    let kept = before.intersection(&after).count() as f64 / before.len().max(1) as f64;
    (kept >= 0.6).then(|| effect("", -2, "says the same in other words, and takes no guard away"))
}
