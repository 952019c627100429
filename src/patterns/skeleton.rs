//! Pass 1: a message to its skeleton. What varies is blanked by its shape, byte by byte, in one go.
//!
//! The shapes are those that loggers print everywhere: numbers and everything with a digit in it, addresses,
//! paths, dotted names, dates. None belongs to a product.

/// What stands where something varies.
pub const HOLE: &str = "<*>";

/// Bytes of a message that are looked at, and of a skeleton: what tells messages apart stands at their
/// beginning, and a dump of a megabyte must cost no more than a line.
const MAX_LINE: usize = 1_000;
/// Words of a message without any constant whose parts are looked at instead.
const FEW_WORDS: usize = 4;
/// Longest value in brackets or quotes, bytes.
const MAX_VALUE: usize = 200;
/// Longest unit, or mark of a missing value.
const MAX_UNIT: usize = 8;

/// Beginnings of months; a name counts when a number follows.
const MONTHS: &[[u8; 3]] =
    &[*b"Jan", *b"Feb", *b"Mar", *b"Apr", *b"May", *b"Jun", *b"Jul", *b"Aug", *b"Sep", *b"Oct", *b"Nov", *b"Dec"];

const SPACE: u8 = 1;
const DELIMITER: u8 = 2;
const DIGIT: u8 = 4;
const DOT: u8 = 8;
const SLASH: u8 = 16;
const AT: u8 = 32;
const STAR: u8 = 64;
const LETTER: u8 = 128;
const BREAK: u8 = SPACE | DELIMITER;

/// What each byte is to the scanner. Bytes beyond ASCII are letters.
static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            0..=b' ' | 0x7f => SPACE,
            b'=' | b',' | b';' | b':' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'' | b'|' => DELIMITER,
            b'0'..=b'9' => DIGIT,
            b'.' => DOT,
            b'/' => SLASH,
            b'@' => AT,
            b'*' => STAR,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..=0xff => LETTER,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// Whether a byte parts words besides being part of the message.
pub(super) fn is_delimiter(byte: u8) -> bool {
    CLASS[usize::from(byte)] & DELIMITER != 0
}

/// Writes the skeleton of a message to `out`: its first line with one [`HOLE`] for each stretch that varies.
/// A skeleton is its own skeleton.
pub fn skeleton(body: &str, out: &mut Vec<u8>) {
    let mut line = first_line(body);
    while let Some(rest) = behind_thread(line) {
        line = rest;
    }
    out.clear();
    let mut writer = Writer { line, out, hole: false, run: 0, end: 0, constant: false, words: 0 };
    let mut at = 0;
    while let Some(word) = next_word(line, &mut at) {
        let blank = word.is_blank(line);
        if !writer.write(&word, blank) {
            break;
        }
    }
    writer.close();
    if !writer.constant && writer.words <= FEW_WORDS && writer.words > 0 {
        by_parts(line, out);
    }
}

/// The first line that says anything, at most [`MAX_LINE`] bytes of it.
fn first_line(body: &str) -> &[u8] {
    let bytes = body.as_bytes();
    let start = bytes.iter().position(|b| CLASS[usize::from(*b)] & SPACE == 0).unwrap_or(bytes.len());
    let mut end = bytes.len().min(start + MAX_LINE);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    let line = &bytes[start..end];
    let end = memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len());
    line[..end].trim_ascii_end()
}

/// What stands behind the thread and the logger that loggers of the Java family put before a message:
/// `[thread] - `, `[thread] a.b.Logger: `. The same message comes from many threads.
fn behind_thread(line: &[u8]) -> Option<&[u8]> {
    let end = if line.first() == Some(&b'[') { closing(line, 0)? } else { return None };
    let mut rest = line[end + 1..].trim_ascii_start();
    let logger = rest.iter().position(|byte| CLASS[usize::from(*byte)] & (LETTER | DIGIT | DOT) == 0 && *byte != b'$');
    if let Some((logger, behind)) = logger.and_then(|at| rest.split_at_checked(at))
        && logger.iter().filter(|byte| **byte == b'.').count() >= 2
    {
        rest = behind.trim_ascii_start();
        rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"-"))?;
    } else {
        rest = rest.strip_prefix(b"-")?;
    }
    let message = rest.trim_ascii_start();
    (message.len() < rest.len() && !message.is_empty()).then_some(message)
}

/// A word of a line: `start..end`, and the classes of bytes it was told by.
struct Word {
    start: usize,
    end: usize,
    seen: u8,
    /// It reaches over delimiters, as addresses and quoted values do.
    long: bool,
}

/// The next word at or behind `at`, which moves behind it.
fn next_word(line: &[u8], at: &mut usize) -> Option<Word> {
    let breaks = |byte: &u8| CLASS[usize::from(*byte)] & BREAK != 0;
    let start = *at + line.get(*at..)?.iter().position(|byte| !breaks(byte))?;
    let (mut end, mut seen) = (start, 0);
    for byte in &line[start..] {
        let class = CLASS[usize::from(*byte)];
        if class & BREAK != 0 {
            break;
        }
        seen |= class;
        end += 1;
    }
    let word = extended(line, Word { start, end, seen, long: false });
    *at = word.end;
    Some(word)
}

/// A word with what belongs to it beyond delimiters: the rest of an address or path, a whole value.
fn extended(line: &[u8], word: Word) -> Word {
    let Word { start, end, seen, .. } = word;
    let reach = |to: usize| {
        let seen = line[end..to].iter().fold(seen, |seen, byte| seen | CLASS[usize::from(*byte)]);
        Word { start, end: to, seen, long: true }
    };
    let before = start.checked_sub(1).map(|at| line[at]);
    // A hole is whole already.
    if line[start] == b'<' && line[start..].starts_with(HOLE.as_bytes()) {
        return word;
    }
    if before == Some(b'=') && !matches!(line[start], b'>' | b'=') {
        let to = value_end(line, start);
        return if to > end { reach(to) } else { word };
    }
    if let Some(quote @ (b'"' | b'\'')) = before
        && start >= 2
        && line[start - 2] == b'='
        && let Some(length) = memchr::memchr(quote, &line[start..line.len().min(start + MAX_VALUE)])
        && start + length > end
    {
        return reach(start + length);
    }
    let rest = &line[end..];
    if !matches!(rest.first(), Some(b'=' | b':')) {
        return word;
    }
    let scheme = rest.starts_with(b"://");
    let drive = end == start + 1 && rest.starts_with(b":\\");
    if scheme || drive || (is_path(&line[start..end], seen) && matches!(rest.first(), Some(b'=' | b':'))) {
        let stops = |byte: &u8| CLASS[usize::from(*byte)] & BREAK != 0 && !matches!(byte, b'=' | b':');
        let mut to = end + rest.iter().position(stops).unwrap_or(rest.len());
        while to > end && matches!(line[to - 1], b':' | b'=') {
            to -= 1;
        }
        return reach(to);
    }
    word
}

/// Where a value that begins behind `=` ends: at a blank, a quote, a comma or a bracket that was not opened
/// within. Within brackets that are closed again, all of these belong to it.
pub(super) fn value_end(line: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = line.get(at) {
        match byte {
            b'"' | b'\'' | b')' | b']' | b'}' | b',' | b';' | b'|' => break,
            b'(' | b'[' | b'{' => match closing(line, at) {
                Some(end) => at = end,
                None => break,
            },
            byte if CLASS[usize::from(*byte)] & SPACE != 0 => break,
            _ => {}
        }
        at += 1;
    }
    while at > start && line[at - 1] == b':' {
        at -= 1;
    }
    at
}

/// Where the bracket that opens at `start` is closed, if that is near.
fn closing(line: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0u32;
    let near = line.iter().enumerate().skip(start).take(MAX_VALUE);
    for (at, byte) in near {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// `/` at the beginning or behind a mark, and another `/` behind it.
fn is_path(word: &[u8], seen: u8) -> bool {
    if seen & SLASH == 0 {
        return false;
    }
    let Some(at) = memchr::memchr(b'/', word) else { return false };
    let inside = at.checked_sub(1).is_some_and(|at| CLASS[usize::from(word[at])] & (LETTER | DIGIT) != 0);
    !inside && word.get(at + 2..).is_some_and(|rest| rest.contains(&b'/'))
}

impl Word {
    /// Whether its shape says that it varies.
    fn is_blank(&self, line: &[u8]) -> bool {
        let word = &line[self.start..self.end];
        if self.seen & DIGIT != 0 {
            return true;
        }
        let rest = &line[self.end..];
        let shaped = self.seen & (SLASH | AT | DOT | STAR) != 0
            && (is_path(word, self.seen)
                || (self.seen & STAR != 0 && memchr::memmem::find(word, HOLE.as_bytes()).is_some())
                || (self.seen & AT != 0 && word.len() > 2 && word[1..word.len() - 1].contains(&b'@'))
                || (self.seen & DOT != 0 && is_dotted(word, rest)));
        shaped || (self.long && is_address(word)) || is_date(word, rest)
    }
}

/// `scheme://` or `C:\` within.
fn is_address(word: &[u8]) -> bool {
    memchr::memmem::find(word, b"://").is_some() || word.get(1..3) == Some(b":\\")
}

/// A host name or a name of a package or class: three parts or more, or two and a port behind them.
fn is_dotted(word: &[u8], rest: &[u8]) -> bool {
    let mut end = word.len();
    while end > 0 && word[end - 1] == b'.' {
        end -= 1;
    }
    if end == word.len() && rest.first() == Some(&b'(') {
        return false;
    }
    let port = rest.first() == Some(&b':') && rest.get(1).is_some_and(u8::is_ascii_digit);
    let (mut parts, mut last) = (0, None);
    for part in word[..end].split(|byte| *byte == b'.') {
        let letters = |byte: &u8| CLASS[usize::from(*byte)] & LETTER != 0 || matches!(byte, b'-' | b'$');
        if part.is_empty() || !part.iter().all(letters) {
            return false;
        }
        parts += 1;
        last = part.first();
    }
    parts >= if port { 2 } else { 3 } && last.is_some_and(u8::is_ascii_alphabetic)
}

/// A unit that stands behind a number and goes with it: "3 KB" and "3 MB" are one message.
fn is_unit(word: &[u8]) -> bool {
    // Every one ends with one of these.
    matches!(word.last(), Some(b'B' | b's' | b'c' | b'%'))
        && matches!(
            word,
            b"B" | b"kB"
                | b"KB"
                | b"MB"
                | b"GB"
                | b"TB"
                | b"KiB"
                | b"MiB"
                | b"GiB"
                | b"TiB"
                | b"ns"
                | b"us"
                | b"ms"
                | b"s"
                | b"sec"
                | b"secs"
                | b"%"
        )
}

/// What is written where a value could not be had: `****`, `??`.
fn is_missing(word: &[u8]) -> bool {
    matches!(word, [b'*' | b'?', _, ..])
        && (word.iter().all(|byte| *byte == b'*') || word.iter().all(|byte| *byte == b'?'))
}

/// The name of a day, or of a month before a number.
fn is_date(word: &[u8], rest: &[u8]) -> bool {
    let [first, second, third, more @ ..] = word else { return false };
    if !first.is_ascii_uppercase() || more.len() > 6 {
        return false;
    }
    match [*first, *second, *third] {
        [b'M', b'o', b'n'] | [b'F', b'r', b'i'] | [b'S', b'u', b'n'] => matches!(more, b"" | b"day"),
        [b'T', b'u', b'e'] => matches!(more, b"" | b"sday"),
        [b'W', b'e', b'd'] => matches!(more, b"" | b"nesday"),
        [b'T', b'h', b'u'] => matches!(more, b"" | b"rsday"),
        [b'S', b'a', b't'] => matches!(more, b"" | b"urday"),
        start => {
            MONTHS.contains(&start)
                && more.iter().all(u8::is_ascii_lowercase)
                && matches!(rest.first(), Some(b' ' | b'-'))
                && rest[1..].trim_ascii_start().first().is_some_and(u8::is_ascii_digit)
        }
    }
}

/// Puts words and what stands between them into a skeleton. What stays as it is is copied in long runs.
struct Writer<'a> {
    line: &'a [u8],
    out: &'a mut Vec<u8>,
    /// The last thing written is a hole.
    hole: bool,
    /// Where the stretch begins that stays as it is and is not yet written.
    run: usize,
    /// Where the last word of the line ended.
    end: usize,
    /// A word that does not vary was written.
    constant: bool,
    words: usize,
}

impl Writer<'_> {
    /// Writes a word and what stands before it; `false` when the skeleton is full.
    fn write(&mut self, word: &Word, blank: bool) -> bool {
        let gap = &self.line[self.end..word.start];
        self.words += 1;
        let clean = matches!(gap, [b' '] | []) || !has_odd_blanks(gap);
        if self.hole && self.goes_on(gap, word, blank) {
            (self.end, self.run) = (word.end, word.end);
            return true;
        }
        if self.out.len() + (word.end - self.run) + HOLE.len() > MAX_LINE {
            return false;
        }
        if blank || !clean || self.end == 0 {
            self.out.extend_from_slice(&self.line[self.run..self.end]);
            put(gap, self.out);
            self.run = word.start;
        }
        if blank {
            self.out.extend_from_slice(HOLE.as_bytes());
            self.run = word.end;
        }
        self.end = word.end;
        self.hole = blank;
        self.constant |= !blank && word.seen & LETTER != 0;
        true
    }

    /// Whether a word behind a hole only lengthens it: another value of a list, a unit.
    fn goes_on(&self, gap: &[u8], word: &Word, blank: bool) -> bool {
        let is_blank = |byte: &u8| CLASS[usize::from(*byte)] & SPACE != 0;
        if blank {
            return gap.iter().all(|byte| is_blank(byte) || matches!(byte, b',' | b':'));
        }
        let text = &self.line[word.start..word.end];
        text.len() <= MAX_UNIT && (is_unit(text) || is_missing(text)) && gap.iter().all(is_blank)
    }

    /// Writes what stands behind the last word.
    fn close(&mut self) {
        self.out.extend_from_slice(&self.line[self.run..self.end]);
        let rest = &self.line[self.end..];
        if self.out.len() + rest.len() <= MAX_LINE {
            put(rest, self.out);
        }
        while self.out.last() == Some(&b' ') {
            self.out.pop();
        }
    }
}

/// Whether blanks must be made one.
fn has_odd_blanks(gap: &[u8]) -> bool {
    let odd = |byte: &u8| *byte != b' ' && CLASS[usize::from(*byte)] & SPACE != 0;
    gap.iter().any(odd) || gap.windows(2).any(|pair| pair == b"  ")
}

/// Writes delimiters, with one blank for each run of blanks.
fn put(gap: &[u8], out: &mut Vec<u8>) {
    if gap == b" " {
        out.push(b' ');
        return;
    }
    for byte in gap {
        if CLASS[usize::from(*byte)] & SPACE == 0 {
            out.push(*byte);
        } else if out.last() != Some(&b' ') {
            out.push(b' ');
        }
    }
}

/// The skeleton of a short line in which every word varies: names keep the parts without digits, so that
/// `jetty-6.1` and `queue.size: 3` stay apart.
fn by_parts(line: &[u8], out: &mut Vec<u8>) {
    let mut parts = Vec::with_capacity(line.len());
    let mut at = 0;
    let mut end = 0;
    while let Some(word) = next_word(line, &mut at) {
        parts.extend_from_slice(&line[end..word.start]);
        end = word.end;
        let text = &line[word.start..word.end];
        // What varies because of the number behind it would stay once that number is a hole.
        let rest = &line[end..];
        let beside = is_date(text, rest) || (is_dotted(text, rest) && !is_dotted(text, b""));
        if word.long || beside || is_path(text, word.seen) || word.seen & AT != 0 {
            parts.extend_from_slice(HOLE.as_bytes());
            continue;
        }
        put_parts(text, &mut parts);
    }
    parts.extend_from_slice(&line[end..]);
    if parts.len() <= MAX_LINE && parts.iter().any(u8::is_ascii_alphabetic) {
        out.clear();
        put(&parts, out);
    }
}

/// Writes a name with one hole for each run of parts that vary.
fn put_parts(text: &[u8], out: &mut Vec<u8>) {
    let (mut held, mut hole) = (None, false);
    for piece in text.split_inclusive(|byte| b"-.".contains(byte)) {
        let (name, mark) = match piece.split_last() {
            Some((mark, name)) if b"-.".contains(mark) => (name, Some(*mark)),
            _ => (piece, None),
        };
        let digits = name.iter().any(|byte| byte.is_ascii_digit() || *byte == b'*');
        let varies = digits || (!name.is_empty() && name.iter().all(u8::is_ascii_hexdigit));
        if !(varies && hole) {
            out.extend(held);
            out.extend_from_slice(if varies { HOLE.as_bytes() } else { name });
        }
        (held, hole) = (mark, varies);
    }
    out.extend(held);
}
