//! Laws that hold for every line format of the families here.

use crate::format::{Format, LineFormat, Shape, lines, logs};

fn all() -> Vec<(&'static dyn Format, &'static dyn LineFormat)> {
    let built_in = logs::FORMATS.iter().copied();
    let defined = lines::builtin().iter().map(|d| d as &dyn Format);
    built_in
        .chain(defined)
        .filter_map(|f| match f.shape() {
            Shape::Lines(lines) => Some((f, lines)),
            _ => None,
        })
        .collect()
}

/// The format that wins a line: highest specificity, then first in the registry.
fn winner(line: &str) -> Option<&'static str> {
    let mut best: Option<(&'static dyn Format, u8)> = None;
    for (format, lines) in all() {
        if lines.starts(line) && best.is_none_or(|(_, s)| lines.specificity() > s) {
            best = Some((format, lines.specificity()));
        }
    }
    best.map(|(f, _)| f.name())
}

#[test]
fn every_sample_is_won_by_its_owner() {
    let mut wrong = Vec::new();
    for (format, _) in all() {
        assert!(!format.samples().is_empty(), "{} has no samples", format.name());
        for sample in format.samples() {
            let first = sample.lines().next().unwrap_or("");
            if winner(first) != Some(format.name()) {
                wrong.push(format!("{}: {first:?} went to {:?}", format.name(), winner(first)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_sample_decodes() {
    for (format, lines) in all() {
        for sample in format.samples() {
            assert!(!logs::testing::records(lines, sample).is_empty(), "{}: {sample}", format.name());
        }
    }
}

#[test]
fn prose_and_chat_are_not_claimed() {
    for line in [
        "Jun 12 18:05 UTC - Monitoring - A fix has been implemented.",
        "[18:05] bob: P1",
        "17:52 UTC engineers noticed an ERROR rate",
        "2025-06-12 17:52 UTC: the on-call engineer was paged",
        "2025-06-12 17:52:03 role-a: we see ERROR everywhere",
        "June 12, 2025 at 5:52 PM UTC we declared an incident",
        "## Timeline",
        "| 17:52 | detected |",
        "- 17:52:03 ERROR rates rise",
        "2025-06-12",
        "",
        "    at com.example.Kv.read(Kv.java:88)",
        "Caused by: java.net.SocketTimeoutException: timeout",
        "ERROR rates were high",
        "a=1",
        "time,level,message",
        "# HELP up Whether it is up",
    ] {
        assert_eq!(winner(line), None, "{line}");
    }
}

#[test]
fn names_are_unique_and_lower_case() {
    let mut seen = std::collections::BTreeSet::new();
    for (format, _) in all() {
        assert!(seen.insert(format.name()), "{} twice", format.name());
        assert!(format.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
    }
}

#[test]
fn no_text_makes_a_format_panic() {
    let mut sink = logs::testing::Collected::default();
    for (_, lines) in all() {
        for (format, _) in all() {
            for sample in format.samples() {
                for end in (0..=sample.len()).filter(|i| sample.is_char_boundary(*i)) {
                    let text = &sample[..end];
                    lines.starts(text);
                    if end % 7 == 0 || end == sample.len() {
                        let _ = lines.decode(&crate::format::Frame { text, span: Default::default() }, &mut sink);
                    }
                }
            }
        }
    }
}
