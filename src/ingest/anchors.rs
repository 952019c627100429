//! Ids that stand in the text of log lines: what ties one source's records to another's where no
//! field names them.

/// Bytes of a body that are looked at.
const LOOKED_AT: usize = 1024;
/// Ids taken from one body.
const MOST: usize = 4;

/// Keys that hold the id of a request, without their dashes and in lower case.
const KEYS: &[&str] = &[
    "requestid",
    "reqid",
    "rid",
    "xrequestid",
    "traceid",
    "xtraceid",
    "correlationid",
    "xcorrelationid",
    "transactionid",
    "txnid",
    "callid",
    "operationid",
    "alertid",
    "incidentid",
    "deployid",
    "deploymentid",
    "jobid",
    "messageid",
];

/// Bytes of which words are made.
static IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'-' || byte as u8 == b'_';
        byte += 1;
    }
    table
};

/// Length of the shortest word that is an id by itself.
const LONG: usize = 16;

/// Hands every id of `body` to `each`: values of request keys, UUIDs, and runs of 16 or 32 hex
/// digits, at most four.
pub(super) fn ids<'a>(body: &'a str, each: &mut dyn FnMut(&'a str)) {
    let bytes = &body.as_bytes()[..body.len().min(LOOKED_AT)];
    // Most words are neither long enough nor behind a key, and are not looked at.
    let (mut long, mut valued) = (long_word(bytes, 0), valued_word(bytes, 0));
    let mut found = 0;
    while let Some(start) = long.into_iter().chain(valued).min() {
        let end = word_end(bytes, start);
        let word = &bytes[start..end];
        let is_value = || matches!(mark_before(bytes, start), b'=' | b':');
        let is_id = is_unique(word) || (is_keyed_value(word) && is_value() && keyed_by(bytes, start));
        if let Some(id) = body.get(start..end).filter(|_| is_id) {
            each(id);
            found += 1;
            if found == MOST {
                return;
            }
        }
        if long == Some(start) {
            long = long_word(bytes, end);
        }
        if valued == Some(start) {
            valued = valued_word(bytes, end);
        }
    }
}

fn is_in_word(byte: &u8) -> bool {
    IN_WORD[usize::from(*byte)]
}

/// Position behind the word that begins at `start`.
fn word_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| !is_in_word(byte)).unwrap_or(rest.len())
}

/// Position of the word, or the part of one from `from` on, that ends right before `end`.
fn word_start(bytes: &[u8], from: usize, end: usize) -> usize {
    let part = bytes.get(from..end).unwrap_or_default();
    from + part.iter().rposition(|byte| !is_in_word(byte)).map_or(0, |at| at + 1)
}

/// The first word of at least [`LONG`] bytes that begins at or behind `from`, where none may have begun before.
/// Such a word covers one of every so many bytes, and others need no look.
fn long_word(bytes: &[u8], from: usize) -> Option<usize> {
    let (mut from, mut probe) = (from, from + LONG - 1);
    while let Some(byte) = bytes.get(probe) {
        if !is_in_word(byte) {
            from = probe + 1;
            probe += LONG;
            continue;
        }
        let start = word_start(bytes, from, probe);
        let end = word_end(bytes, probe);
        if end - start >= LONG {
            return Some(start);
        }
        (from, probe) = (end, end + LONG);
    }
    None
}

/// The first word at or behind `from` with a sign of assignment somewhere before it that follows a key ending in `id`.
fn valued_word(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let sign = memchr::memchr2_iter(b'=', b':', rest).find(|sign| ends_in_id(&bytes[..from + sign]))?;
    rest.get(sign..)?.iter().position(is_in_word).map(|at| from + sign + at)
}

/// What stands before the word at `start`: between a key and its value there may be a blank and a quotation mark.
fn mark_before(bytes: &[u8], start: usize) -> u8 {
    let end = bytes.get(..start).unwrap_or_default().iter().rposition(is_in_word).map_or(0, |at| at + 1);
    let gap = &bytes[end..start];
    let mark = gap.iter().rev().find(|byte| !matches!(byte, b' ' | b'"' | b'\''));
    mark.or(gap.first().filter(|_| end > 0)).copied().unwrap_or(0)
}

/// Whether the word that ends a text, blanks and quotation marks aside, ends in `id`.
fn ends_in_id(mut lead: &[u8]) -> bool {
    while let [rest @ .., b' ' | b'"' | b'\'' | b'-' | b'_'] = lead {
        lead = rest;
    }
    matches!(lead, [.., b'i' | b'I', b'd' | b'D'])
}

/// A value worth keeping: a word of some length with a digit in it.
fn is_keyed_value(word: &[u8]) -> bool {
    (5..=64).contains(&word.len()) && word.iter().any(u8::is_ascii_digit)
}

/// Whether the word before the `=` or `:` that leads to byte `value` is a key of ids.
fn keyed_by(bytes: &[u8], value: usize) -> bool {
    let lead = bytes.get(..value).unwrap_or(&[]);
    let Some(sign) = lead.iter().rposition(|b| matches!(b, b'=' | b':')) else { return false };
    let mut key = lead.get(..sign).unwrap_or(&[]);
    // Every key of the list does.
    if !ends_in_id(key) {
        return false;
    }
    while let [rest @ .., b' ' | b'"' | b'\''] = key {
        key = rest;
    }
    let from = key.iter().rposition(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))).map_or(0, |i| i + 1);
    let letters = key.get(from..).unwrap_or(&[]).iter().filter(|b| b.is_ascii_alphanumeric());
    let count = letters.clone().count();
    let same = |known: &&&str| letters.clone().map(u8::to_ascii_lowercase).eq(known.bytes());
    KEYS.iter().filter(|known| known.len() == count).find(same).is_some()
}

/// A UUID, or 16 or 32 hex digits with both letters and digits among them.
fn is_unique(word: &[u8]) -> bool {
    let hex = |part: &[u8]| part.iter().all(u8::is_ascii_hexdigit);
    let mixed = |part: &[u8]| part.iter().any(u8::is_ascii_digit) && part.iter().any(u8::is_ascii_alphabetic);
    match word.len() {
        16 | 32 => hex(word) && mixed(word),
        36 => {
            let dashes = [8, 13, 18, 23].iter().all(|at| word.get(*at) == Some(&b'-'));
            dashes && word.split(|b| *b == b'-').all(hex) && mixed(word)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Vec<&str> {
        let mut out = Vec::new();
        ids(body, &mut |id| out.push(id));
        out
    }

    /// The same, byte by byte.
    fn search<'a>(body: &'a str, each: &mut dyn FnMut(&'a str)) {
        let bytes = &body.as_bytes()[..body.len().min(LOOKED_AT)];
        let (mut at, mut found) = (0, 0);
        let mut before = 0u8;
        while at < bytes.len() {
            let start = at;
            while bytes.get(at).is_some_and(|b| IN_WORD[usize::from(*b)]) {
                at += 1;
            }
            let long = matches!(at - start, 16 | 32 | 36);
            if (long || (matches!(before, b'=' | b':') && at > start))
                && let Some(word) = bytes.get(start..at)
            {
                let keyed = matches!(before, b'=' | b':') && is_keyed_value(word) && keyed_by(bytes, start);
                if (keyed || is_unique(word))
                    && let Some(id) = body.get(start..at)
                {
                    each(id);
                    found += 1;
                    if found == MOST {
                        return;
                    }
                }
            }
            // Between a key and its value there may be a blank and a quotation mark.
            let mut first = at > start;
            while let Some(byte) = bytes.get(at).filter(|b| !IN_WORD[usize::from(**b)]) {
                if first || !matches!(byte, b' ' | b'"' | b'\'') {
                    before = *byte;
                }
                first = false;
                at += 1;
            }
        }
    }

    fn of_every(body: &str) -> Vec<&str> {
        let mut out = Vec::new();
        search(body, &mut |id| out.push(id));
        out
    }

    #[test]
    fn ids_are_found_in_the_text_of_a_line() {
        assert_eq!(of("GET /kv 503 request_id=req-00f7 in 12 ms"), ["req-00f7"]);
        assert_eq!(of("failed, rid: a81k2 (retry)"), ["a81k2"]);
        assert_eq!(of("{\"traceId\": \"4bf92f3577b34da6a3ce929d0e0e4736\"}"), ["4bf92f3577b34da6a3ce929d0e0e4736"]);
        assert_eq!(of("call 123e4567-e89b-12d3-a456-426614174000 done"), ["123e4567-e89b-12d3-a456-426614174000"]);
        assert_eq!(of("span 00f067aa0ba902b7 ended"), ["00f067aa0ba902b7"]);
    }

    #[test]
    fn what_is_no_id_is_left_alone() {
        for body in [
            "took 1749750723410211 ns",
            "pid=48213 exited",
            "rid=none",
            "request_id=- user=7",
            "deadbeefdeadbeef",
            "2025-06-12 17:52:03",
            "",
        ] {
            assert_eq!(of(body), [] as [&str; 0], "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn ids_are_found_as_if_byte_by_byte(
            lead in 0usize..80,
            words in proptest::collection::vec(
                "(trace-?[iI]d|rid|x|job_id-)[\"' ]{0,2}[=: ]{1,2}[\"']?[a-f0-9-]{4,36}|[a-f0-9]{14,18}|[ =:\"]{1,3}|[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}|[ä\\PC]{0,3}",
                0..60,
            )
        ) {
            let line = format!("{}{}", "y ".repeat(lead), words.join(" "));
            proptest::prop_assert_eq!(of(&line), of_every(&line), "{}", line);
        }

        #[test]
        fn no_text_makes_the_scan_panic(text in "\\PC{0,80}") {
            let _ = of(&text);
        }
    }
}
