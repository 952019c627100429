//! The way from the text of a parsed page back to the bytes of its source.

use crate::format::entities::entity;

/// How far a word is looked for when it does not stand where it is expected, in characters.
const REACH: usize = 20_000;

/// How often the whole page may be gone through for words that are not where they are expected.
const SEARCHES: usize = 8;

/// Readable characters of a page's source with their bytes, and how far reading has come.
#[derive(Debug, Default)]
pub(super) struct SourceMap {
    /// Characters outside tags, comments and scripts, blanks left out, with their byte offsets.
    chars: Vec<(char, usize)>,
    next: usize,
    /// Characters gone through for words that were not where they were expected.
    searched: usize,
}

impl SourceMap {
    /// Indexes a page.
    pub fn new(source: &str) -> SourceMap {
        let mut map = SourceMap::default();
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|r| !r.is_empty()) {
            at += map.step(rest, at).max(1);
        }
        map
    }

    /// Takes one tag, entity or character; the bytes it was.
    fn step(&mut self, rest: &str, at: usize) -> usize {
        let lower = |n: usize| rest.chars().take(n).collect::<String>().to_ascii_lowercase();
        if rest.starts_with("<!--") {
            return rest.find("-->").map_or(rest.len(), |e| e + 3);
        }
        if let Some(raw) = ["script", "style"].iter().find(|t| lower(t.len() + 1) == format!("<{t}")) {
            let close = format!("</{raw}");
            return rest
                .char_indices()
                .skip(1)
                .find(|(i, c)| *c == '<' && rest.get(*i..).is_some_and(|r| starts_with_ignoring_case(r, &close)))
                .map_or(rest.len(), |(i, _)| i);
        }
        let second = rest.chars().nth(1).unwrap_or(' ');
        if rest.starts_with('<') && (second.is_ascii_alphabetic() || matches!(second, '/' | '!' | '?')) {
            return rest.find('>').map_or(rest.len(), |e| e + 1);
        }
        if let Some((c, length)) = entity(rest) {
            if !c.is_whitespace() {
                self.chars.push((c, at));
            }
            return length;
        }
        let Some(c) = rest.chars().next() else { return 1 };
        if !c.is_whitespace() {
            self.chars.push((c, at));
        }
        c.len_utf8()
    }

    /// The byte where `word` stands, at or after the words found before.
    pub fn find(&mut self, word: &str) -> usize {
        let wanted: Vec<char> = word.chars().collect();
        let matches = |from: usize| {
            self.chars
                .get(from..from + wanted.len())
                .is_some_and(|part| part.iter().map(|p| p.0).eq(wanted.iter().copied()))
        };
        // A page that hides its words over and over is searched a fixed number of times, not for each word.
        let reach = if self.searched > SEARCHES * self.chars.len().max(REACH) { 1 } else { REACH };
        let end = self.chars.len().min(self.next + reach);
        let found = (self.next..end).find(|from| matches(*from));
        self.searched += found.unwrap_or(end) - self.next.min(end);
        if let Some(from) = found {
            self.next = from + wanted.len();
        }
        let place = found.unwrap_or(self.next.min(self.chars.len().saturating_sub(1)));
        self.chars.get(place).map_or(0, |p| p.1)
    }
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|t| t.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_behind_tags_and_entities() {
        let source = "<p class='a b'>one <b>t</b>wo &amp; three</p><script>three</script><p>four</p>";
        let mut map = SourceMap::new(source);
        assert_eq!(map.find("one"), source.find("one").unwrap_or(0));
        assert_eq!(map.find("two"), source.find("t</b>").unwrap_or(0));
        assert_eq!(map.find("&"), source.find("&amp;").unwrap_or(0));
        assert_eq!(map.find("three"), source.find("three").unwrap_or(0));
        assert_eq!(map.find("four"), source.find("four").unwrap_or(0));
    }
}
