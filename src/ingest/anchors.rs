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

/// Hands every id of `body` to `each`: values of request keys, UUIDs, and runs of 16 or 32 hex
/// digits, at most four.
pub(super) fn ids<'a>(body: &'a str, each: &mut dyn FnMut(&'a str)) {
    let bytes = &body.as_bytes()[..body.len().min(LOOKED_AT)];
    let words = words(bytes);
    let words = &words[..bytes.len().div_ceil(64)];
    // Most words are neither long enough nor behind a key, and need no look.
    let mut starts = long_runs(words);
    for sign in memchr::memchr2_iter(b'=', b':', bytes).filter(|sign| ends_in_id(&bytes[..*sign])) {
        if let Some(start) = next_bit(words, sign, 0) {
            starts[start / 64] |= 1 << (start % 64);
        }
    }
    let mut found = 0;
    for start in bits(&starts[..words.len()]) {
        let end = next_bit(words, start, u64::MAX).unwrap_or(bytes.len()).min(bytes.len());
        let word = &bytes[start..end];
        let valued = || matches!(mark_before(bytes, words, start), b'=' | b':');
        let is_id = is_unique(word) || (is_keyed_value(word) && valued() && keyed_by(bytes, start));
        if let Some(id) = body.get(start..end).filter(|_| is_id) {
            each(id);
            found += 1;
            if found == MOST {
                return;
            }
        }
    }
}

/// Bits of the bytes that are looked at, 64 to a word.
type Mask = [u64; LOOKED_AT / 64];

/// Which bytes are part of a word.
fn words(bytes: &[u8]) -> Mask {
    let mut words = [0; LOOKED_AT / 64];
    let (blocks, rest) = bytes.as_chunks();
    let mut last = [b' '; 16];
    last[..rest.len()].copy_from_slice(rest);
    for (at, block) in blocks.iter().chain([&last]).enumerate().take(LOOKED_AT / 16) {
        words[at / 4] |= of_block(block) << (at % 4 * 16);
    }
    words
}

/// The bits of sixteen bytes.
fn of_block(block: &[u8; 16]) -> u64 {
    let both = in_words(block);
    // Every byte keeps a bit of its own, and the product adds them up in the highest byte.
    let half = |word: u64| (word & 0x8040_2010_0804_0201).wrapping_mul(0x0101_0101_0101_0101) >> 56;
    half(both as u64) | half((both >> 64) as u64) << 8
}

/// Of sixteen bytes, each that is part of a word as ones. Kept apart, so that the compiler makes vector instructions
/// of it whatever is done with the result.
#[inline(never)]
fn in_words(block: &[u8; 16]) -> u128 {
    let word = |byte: u8| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        if letter | digit | (byte == b'-') | (byte == b'_') { 0xff } else { 0 }
    };
    u128::from_le_bytes(std::array::from_fn(|at| word(block[at])))
}

/// The first bits of all runs of sixteen or more.
fn long_runs(words: &[u64]) -> Mask {
    let mut runs: Mask = [0; LOOKED_AT / 64];
    runs[..words.len()].copy_from_slice(words);
    for step in [1, 2, 4, 8] {
        for at in 0..words.len() {
            let next = runs.get(at + 1).copied().unwrap_or(0);
            runs[at] &= runs[at] >> step | next << (64 - step);
        }
    }
    let mut before = 0;
    for (run, word) in runs.iter_mut().zip(words) {
        *run &= !(word << 1 | before);
        before = word >> 63;
    }
    runs
}

/// The places of the bits of a mask.
fn bits(mask: &[u64]) -> impl Iterator<Item = usize> {
    mask.iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(at * 64 + bit)
        })
    })
}

/// The next bit at or behind `from` that differs from those of `base`.
fn next_bit(mask: &[u64], from: usize, base: u64) -> Option<usize> {
    let mut hidden = u64::MAX << (from % 64);
    for (at, word) in mask.iter().enumerate().skip(from / 64) {
        let found = (word ^ base) & hidden;
        if found != 0 {
            return Some(at * 64 + found.trailing_zeros() as usize);
        }
        hidden = u64::MAX;
    }
    None
}

/// What stands before the word at `start`: between a key and its value there may be a blank and a quotation mark.
fn mark_before(bytes: &[u8], words: &[u64], start: usize) -> u8 {
    let is_word = |at: usize| words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0);
    let end = (0..start).rev().find(|at| is_word(*at)).map_or(0, |at| at + 1);
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
