//! A row's cells.

use std::borrow::Cow;

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    /// Blanks, any number of them; a cell with blanks is quoted.
    Blanks,
    /// One such character; quotes mean nothing.
    Bare(char),
    /// One such character; a cell that holds it is quoted.
    Quoted(char),
}

/// The cells of one row.
pub(super) struct Cells<'a> {
    rest: Option<&'a str>,
    delimiter: Delimiter,
}

/// The cells of `line`.
pub(super) fn cells(line: &str, delimiter: Delimiter) -> Cells<'_> {
    let line = if delimiter == Delimiter::Blanks { line.trim_matches([' ', '\t']) } else { line };
    Cells { rest: (!line.is_empty()).then_some(line), delimiter }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        let text = self.rest?;
        match self.delimiter {
            Delimiter::Bare(mark) => Some(self.until(text, |c| c == mark)),
            Delimiter::Quoted(mark) if text.starts_with('"') => Some(self.quoted(text, |c| c == mark)),
            Delimiter::Quoted(mark) => Some(self.until(text, |c| c == mark)),
            Delimiter::Blanks if text.starts_with('"') => Some(self.quoted(text, blank)),
            Delimiter::Blanks => Some(self.until(text, blank)),
        }
    }
}

fn blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

impl<'a> Cells<'a> {
    /// A cell without quotes.
    fn until(&mut self, text: &'a str, ends: impl Fn(char) -> bool) -> Cow<'a, str> {
        let end = text.find(&ends).unwrap_or(text.len());
        self.step(text, end);
        text[..end].into()
    }

    /// A cell in quotes, doubled quotes inside meaning one. Without its closing quote it takes all.
    fn quoted(&mut self, text: &'a str, ends: impl Fn(char) -> bool) -> Cow<'a, str> {
        let mut from = 1;
        let close = loop {
            match text[from..].find('"').map(|at| from + at) {
                None => break text.len(),
                Some(at) if text[at + 1..].starts_with('"') => from = at + 2,
                Some(at) => break at,
            }
        };
        let inner = &text[1..close];
        let behind = (close + 1).min(text.len());
        let end = text[behind..].find(&ends).map_or(text.len(), |at| behind + at);
        self.step(text, end);
        if inner.contains("\"\"") { inner.replace("\"\"", "\"").into() } else { inner.into() }
    }

    /// Goes on behind the cell that ends at `end`.
    fn step(&mut self, text: &'a str, end: usize) {
        let mut rest = text[end..].chars();
        self.rest = rest.next().map(|_| rest.as_str());
        if self.delimiter == Delimiter::Blanks {
            self.rest = self.rest.map(|rest| rest.trim_start_matches([' ', '\t']));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(line: &str, delimiter: Delimiter) -> Vec<String> {
        cells(line, delimiter).map(Cow::into_owned).collect()
    }

    #[test]
    fn quotes_keep_a_cell_together_and_doubled_ones_mean_one() {
        assert_eq!(all(r#"a  "b ""c"" d" e"#, Delimiter::Blanks), ["a", r#"b "c" d"#, "e"]);
        assert_eq!(all(r#"a,"b,c",,"#, Delimiter::Quoted(',')), ["a", "b,c", "", ""]);
        assert_eq!(all("a\t\"b\t\tc", Delimiter::Bare('\t')), ["a", "\"b", "", "c"]);
    }

    #[test]
    fn an_open_quote_takes_the_rest() {
        assert_eq!(all(r#"a "b c"#, Delimiter::Blanks), ["a", "b c"]);
        assert_eq!(all("\"", Delimiter::Quoted(',')), [""]);
    }
}
