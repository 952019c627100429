//! Rows of a delimited text with their places.

/// How a file separates its cells.
#[derive(Clone, Copy, Debug)]
pub(in crate::format) struct Dialect {
    delimiter: u8,
    /// Byte after a `sep=` line, 0 without one.
    pub(in crate::format) start: usize,
}

impl Dialect {
    /// Reads the `sep=` line, else counts the separators of the first line.
    pub(in crate::format) fn of(text: &str) -> Option<Dialect> {
        let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'))?;
        if let Some(mark) =
            first.trim_matches(['\u{feff}', '"']).strip_prefix("sep=").and_then(|rest| rest.bytes().next())
        {
            let start = text.find('\n').map_or(text.len(), |at| at + 1);
            return Some(Dialect { delimiter: mark, start });
        }
        let mut quoted = false;
        let mut counts = [(b',', 0u32), (b';', 0), (b'\t', 0), (b'|', 0)];
        for byte in first.bytes() {
            quoted ^= byte == b'"';
            for (mark, count) in &mut counts {
                *count += u32::from(!quoted && byte == *mark);
            }
        }
        let (delimiter, count) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
        // A bar in front is a table of a write-up.
        let written = delimiter == b'|' && first.trim_start().starts_with('|');
        (count > 0 && !written).then_some(Dialect { delimiter, start: 0 })
    }
}

/// One row and its text in the document.
pub(in crate::format) struct Row<'a> {
    /// The cells, unquoted.
    pub(in crate::format) cells: csv::StringRecord,
    /// The raw text without its line end.
    pub(in crate::format) raw: &'a str,
}

impl Row<'_> {
    /// The cell in column `at`, trimmed; empty when the row is shorter.
    pub(in crate::format) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).unwrap_or("").trim()
    }

    /// Whether the row is a note beside the data.
    pub(in crate::format) fn is_comment(&self) -> bool {
        self.raw.starts_with('#')
    }
}

/// Iterator over the rows of a table.
pub(in crate::format) struct Rows<'a> {
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
}

/// The rows of `text` after its `sep=` line.
pub(in crate::format) fn rows<'a>(text: &'a str, dialect: &Dialect) -> Rows<'a> {
    let text = text.get(dialect.start..).unwrap_or("");
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .from_reader(text.as_bytes());
    Rows { text, reader }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let mut cells = csv::StringRecord::new();
        let from = self.reader.position().byte() as usize;
        // The text is valid UTF-8 and rows may have any length, so this cannot fail.
        if !self.reader.read_record(&mut cells).unwrap_or(false) {
            return None;
        }
        let to = self.reader.position().byte() as usize;
        let raw = self.text.get(from..to).unwrap_or("").trim_matches(['\n', '\r', '\u{feff}']);
        Some(Row { cells, raw })
    }
}
