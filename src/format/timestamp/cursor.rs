//! A reading position in the bytes of a stamp.

/// A reading position; copying it is how a reader looks ahead.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    /// Bytes read so far.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// Stands at the beginning of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Cursor { bytes: text.as_bytes(), at: 0 }
    }

    /// The byte `ahead` positions on, 0 past the end.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Steps over `byte` if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek(0) == byte && self.at < self.bytes.len();
        self.at += usize::from(found);
        found
    }

    /// Steps over `word` if it is next.
    pub(super) fn eat_str(&mut self, word: &str) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Steps over blanks, the narrow and non-breaking ones of localised stamps included, and counts them.
    pub(super) fn blanks(&mut self) -> usize {
        let mut n = 0;
        while self.eat(b' ') || self.eat_str("\u{202f}") || self.eat_str("\u{a0}") {
            n += 1;
        }
        n
    }

    /// Number of digits ahead.
    pub(super) fn digit_run(&self) -> usize {
        self.digit_run_from(0)
    }

    /// Number of digits that begin `ahead` positions on.
    pub(super) fn digit_run_from(&self, ahead: usize) -> usize {
        let rest = self.bytes.get(self.at + ahead..).unwrap_or(&[]);
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    }

    /// Reads exactly `n` digits; more may follow.
    pub(super) fn fixed(&mut self, n: usize) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + n)?;
        let mut value = 0u32;
        for b in digits {
            if !b.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u32::from(b - b'0');
        }
        self.at += n;
        Some(value)
    }

    /// Reads a run of one or two digits that ends there.
    pub(super) fn one_or_two(&mut self) -> Option<u32> {
        match self.digit_run() {
            n @ 1..=2 => self.fixed(n),
            _ => None,
        }
    }

    /// The letters ahead.
    pub(super) fn word(&self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let len = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        &rest[..len]
    }

    /// Bytes of the letter ahead; 0 where none is.
    pub(super) fn letter_len(&self) -> usize {
        let first = self.peek(0);
        if first.is_ascii() {
            return usize::from(first.is_ascii_alphabetic());
        }
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let len = (2..=4).find(|len| rest.get(..*len).is_some_and(|b| std::str::from_utf8(b).is_ok()));
        let letter = |len: &usize| {
            let text = rest.get(..*len).and_then(|b| std::str::from_utf8(b).ok());
            text.and_then(|t| t.chars().next()).is_some_and(char::is_alphabetic)
        };
        len.filter(letter).unwrap_or(0)
    }

    /// The letters ahead, of any alphabet.
    pub(super) fn letters(&self) -> &'a [u8] {
        let mut ahead = *self;
        while ahead.letter_len() > 0 {
            ahead.at += ahead.letter_len();
        }
        self.bytes.get(self.at..ahead.at).unwrap_or(&[])
    }

    /// Whether a word or number could end here.
    pub(super) fn at_boundary(&self) -> bool {
        let next = self.peek(0);
        !(next.is_ascii_alphanumeric() || next == b'_')
    }
}
