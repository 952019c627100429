//! The stamp that `kubectl logs --timestamps` and `docker logs -t` put before every line.
//!
//! Sample: `2025-06-12T17:52:03.410003121Z {"level":"error","msg":"x"}`. Taken off only where the
//! inside is again a line of a known format, or the continuation of one; otherwise the stamp is the
//! line's own.

use super::{Compose, Cri, DockerJson};
use crate::format::{Envelope, Format, Peeled, Shape, lines, logs, timestamp};
use crate::model::{ClockKind, Precision};

/// A container runtime's stamp before a line.
pub struct IsoWrapper;

impl Format for IsoWrapper {
    fn name(&self) -> &str {
        "iso_wrapper"
    }

    fn title(&self) -> &str {
        "kubectl logs --timestamps, docker logs -t"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"2025-06-12T17:52:03.410003121Z {"level":"error","msg":"read failed"}"#,
            "2025-06-12T17:52:03.410003121Z 2025-06-12 19:52:03,408 ERROR [p] c.ex.Kv - read failed",
            "2025-06-12T17:52:03.410003121Z \tat c.ex.Kv.read(Kv.java:88)",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Envelope(self)
    }
}

impl Envelope for IsoWrapper {
    fn peel<'a>(&self, line: &'a str) -> Option<Peeled<'a>> {
        if line.as_bytes().get(10) != Some(&b'T') || line.as_bytes().get(19) != Some(&b'.') {
            return None;
        }
        let (time, len) = timestamp::prefix(line)?;
        let inner = line.get(len..)?.strip_prefix(' ')?;
        let runtime = time.kind == ClockKind::Zoned && time.precision == Precision::Nano;
        (runtime && (goes_on(inner) || is_line(inner))).then(|| Peeled {
            inner: inner.into(),
            observed: Some(time),
            service: None,
            stream: None,
            partial: false,
        })
    }
}

/// Whether a line belongs to the one above it.
fn goes_on(line: &str) -> bool {
    const STARTS: &[&str] = &[" ", "\t", "at ", "Caused by:", "Traceback (", "goroutine ", "}", "..."];
    STARTS.iter().any(|s| line.starts_with(s))
}

/// Whether a line begins a record of any log format but the one that knows nothing but a stamp, wrapped
/// once more or not.
fn is_line(line: &str) -> bool {
    let wrapped: [&dyn Envelope; 3] = [&Cri, &DockerJson, &Compose];
    if wrapped.iter().any(|envelope| envelope.peel(line).is_some()) {
        return true;
    }
    let known = logs::FORMATS.iter().copied().chain(lines::builtin().iter().map(|d| d as &dyn Format));
    known.filter(|f| f.name() != "stamped_text").any(|f| match f.shape() {
        Shape::Lines(lines) => lines.starts(line),
        _ => false,
    })
}
