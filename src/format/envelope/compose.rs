//! Service prefixes of `docker compose logs`, `kubectl logs --prefix` and of several pods at once.
//!
//! Samples: `kv-1  | text`, `[pod/kv-7d9c6b5f4-abcde/kv] text`. Only names with an instance number
//! are taken for compose, since a bar alone is a table.

use crate::format::{Envelope, Format, Peeled, Shape};

/// A service name before a line.
pub struct Compose;

impl Format for Compose {
    fn name(&self) -> &str {
        "compose"
    }

    fn title(&self) -> &str {
        "docker compose logs, kubectl logs --prefix"
    }

    fn samples(&self) -> Vec<&str> {
        vec!["kv-1  | 2025-06-12 17:52:03,408 ERROR read failed", "[pod/kv-7d9c6b5f4-abcde/kv] read failed"]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Envelope(self)
    }
}

impl Envelope for Compose {
    fn peel<'a>(&self, line: &'a str) -> Option<Peeled<'a>> {
        let (service, stream, inner) = pod(line).or_else(|| bar(line))?;
        Some(Peeled {
            inner: inner.into(),
            observed: None,
            service: Some(service.into()),
            stream: Some(stream.into()),
            partial: false,
        })
    }
}

/// `[pod/NAME/CONTAINER] line`: container, prefix, line.
fn pod(line: &str) -> Option<(&str, &str, &str)> {
    let (prefix, inner) = line.strip_prefix("[pod/")?.split_once(']')?;
    let (pod, container) = prefix.split_once('/')?;
    let named = !pod.is_empty() && is_name(container);
    named.then(|| (container, prefix, inner.strip_prefix(' ').unwrap_or(inner)))
}

/// `SERVICE-1  | line`: service, instance, line.
fn bar(line: &str) -> Option<(&str, &str, &str)> {
    let (prefix, inner) = line.split_once('|')?;
    let instance = prefix.strip_suffix(' ')?.trim_end_matches(' ');
    let (service, number) = instance.rsplit_once(['-', '_'])?;
    let counted = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let spaced = inner.is_empty() || inner.starts_with(' ');
    (counted && spaced && is_name(service)).then(|| (service, instance, inner.strip_prefix(' ').unwrap_or(inner)))
}

/// Whether `name` is a service or container name.
fn is_name(name: &str) -> bool {
    name.bytes().any(|b| b.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
