//! Why each file is read as it is, from its beginning alone.

use std::io::Read;

use super::Options;
use super::decode::{Utf16Reader, ends_in_returns, looks_binary, sniff, to_text};
use super::member::{HEAD, read_head, sampled};
use crate::bundle::{self, Bundle};
use crate::format::detect::{self, Explanation};
use crate::format::{Format, bind};

/// Told of each file, by its path: how it would be read, or why it cannot be.
pub type EachExplanation<'f, E> = dyn FnMut(&str, Result<Explanation, String>) -> Result<(), E> + 'f;

/// Looks at the beginning of every file of `bundle`, in its order, and tells `each` its path and why
/// it is read as it is, or why nobody looks at its content.
///
/// # Errors
/// What `each` returns ends the looking.
pub fn explain<E>(bundle: &Bundle, options: &Options, each: &mut EachExplanation<'_, E>) -> Result<(), E> {
    let formats = options.all_formats();
    for entry in &bundle.entries {
        let mut outcome = Ok(());
        entry.visit(&options.limits, &mut |member| {
            if outcome.is_ok() {
                let forced = options.formats.get(bundle.steering.inside(&member.path));
                let explained = look(&member.path, member.reader, &formats, forced);
                outcome = each(&member.path, explained);
            }
        });
        outcome?;
    }
    Ok(())
}

fn look(
    path: &str,
    mut reader: &mut dyn Read,
    formats: &[&dyn Format],
    forced: Option<&str>,
) -> Result<Explanation, String> {
    let (head, _) = read_head(&mut reader);
    if let Some(refusal) = bundle::refusal(&head) {
        return Err(format!("expected text, found {}; {}", refusal.name, refusal.instead));
    }
    let (encoding, bom) = sniff(&head);
    let bytes = head.get(bom..).unwrap_or_default();
    let (bytes, complete) = if encoding == encoding_rs::UTF_8 {
        let mut bytes = bytes.to_vec();
        if ends_in_returns(&bytes) {
            bytes.iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
        }
        (bytes, head.len() < HEAD)
    } else {
        let (decoded, _) = read_head(&mut Utf16Reader::new(bytes.chain(reader), encoding));
        let complete = decoded.len() < HEAD;
        (decoded, complete)
    };
    if bytes.is_empty() {
        return Err("expected evidence, found an empty file".to_string());
    }
    if looks_binary(&bytes) {
        return Err("expected text, found binary data".to_string());
    }
    let (text, _) = to_text(&bytes);
    let head = sampled(path, &text, complete);
    let bound = bind::bind(&head, formats);
    Ok(detect::explain(&head, &bind::with_bound(formats, &bound), forced))
}
