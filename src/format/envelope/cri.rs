//! Container logs as the kubelet's runtimes write them.
//!
//! Sample: `2025-06-12T17:52:03.410003121Z stderr F text`. `P` marks a line that goes on in the next
//! one of its stream. Reference: Kubernetes CRI logging.

use crate::format::{Envelope, Format, Peeled, Shape, timestamp};
use crate::model::ClockKind;

/// The prefix of CRI log files.
pub struct Cri;

impl Format for Cri {
    fn name(&self) -> &str {
        "cri"
    }

    fn title(&self) -> &str {
        "Kubernetes container log files (containerd, CRI-O)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "2025-06-12T17:52:03.410003121Z stderr F 2025-06-12 19:52:03,408 ERROR [p] c.ex.Kv - read failed",
            "2025-06-12T17:52:03.410003121Z stdout P the first half",
            "2025-06-12T19:52:03.410003121+02:00 stdout F ",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Envelope(self)
    }
}

impl Envelope for Cri {
    fn peel<'a>(&self, line: &'a str) -> Option<Peeled<'a>> {
        let (time, len) = timestamp::prefix(line)?;
        let rest = line.get(len..)?;
        let (stream, rest) = if let Some(rest) = rest.strip_prefix(" stdout ") {
            ("stdout", rest)
        } else {
            ("stderr", rest.strip_prefix(" stderr ")?)
        };
        let (tags, inner) = rest.split_once(' ').unwrap_or((rest, ""));
        let tag = tags.split(':').next().unwrap_or(tags);
        let known = matches!(tag, "F" | "P") && time.kind == ClockKind::Zoned;
        known.then(|| Peeled {
            inner: inner.into(),
            observed: Some(time),
            service: None,
            stream: Some(stream.into()),
            partial: tag == "P",
        })
    }
}
