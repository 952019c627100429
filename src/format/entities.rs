//! Character references of XML and HTML: `&amp;`, `&#39;`, `&#x27;`.

use std::borrow::Cow;

/// Entities that stand for one character in running text.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("rsquo", '’'),
    ("lsquo", '‘'),
    ("rdquo", '”'),
    ("ldquo", '“'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("rarr", '→'),
    ("minus", '−'),
    ("copy", '©'),
    ("thinsp", '\u{2009}'),
];

/// The entity at the beginning of `text` and its length.
pub fn entity(text: &str) -> Option<(char, usize)> {
    let inner = text.strip_prefix('&')?;
    let end = inner.char_indices().take(12).find(|(_, c)| *c == ';').map(|(i, _)| i)?;
    let name = inner.get(..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => ENTITIES.iter().find(|(n, _)| *n == name)?.1,
    };
    Some((c, end + 2))
}

/// `text` with its references as the characters they stand for; each is read once.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let (before, mut rest) = text.split_at(first);
    out.push_str(before);
    while let Some(here) = rest.chars().next() {
        let (c, length) = entity(rest).unwrap_or((here, here.len_utf8()));
        out.push(c);
        let plain = rest.get(length..).unwrap_or("");
        let (before, next) = plain.split_at(plain.find('&').unwrap_or(plain.len()));
        out.push_str(before);
        rest = next;
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_once_and_what_is_none_stays() {
        for (text, read) in [
            ("a &lt;b&gt; &amp;lt; &#39;c&#x27;", "a <b> &lt; 'c'"),
            ("R&D & more &unknown; &", "R&D & more &unknown; &"),
            ("plain", "plain"),
        ] {
            assert_eq!(unescaped(text), read);
        }
    }
}
