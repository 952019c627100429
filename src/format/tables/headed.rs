//! What tables with a marked header share: unbound they read nothing, bound they read rows by the
//! header above them.

use std::marker::PhantomData;

use super::headers::{Headers, marked_lines};
use crate::format::bind::Sample;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::LogRecord;

/// What one header says of the rows below it.
pub(super) trait Header: Sized + Send + Sync + 'static {
    /// Registered name of the format.
    const NAME: &'static str;
    /// What writes it.
    const TITLE: &'static str;
    /// What a header line begins with.
    const MARK: &'static str;
    /// Why a row without a header above it cannot be read.
    const MISSING: &'static str;

    /// Inputs that must be detected as this format.
    fn samples() -> Vec<&'static str>;

    /// Reads the header at byte `at`, which is where [`Header::MARK`] stands.
    fn read(text: &str, at: usize) -> Option<Self>;

    /// Whether a line belongs to a header and is no row.
    fn heading(line: &str) -> bool;

    /// Whether a line is a row below this header.
    fn fits(&self, line: &str) -> bool;

    /// The record of a row.
    ///
    /// # Errors
    /// When it does not hold what the header promises.
    fn record<'a>(&self, line: &'a str) -> Result<LogRecord<'a>, Fault>;
}

/// A format of tables with the header `H`, not yet bound to a source.
pub(super) struct Headed<H>(PhantomData<fn() -> H>);

impl<H> Headed<H> {
    /// The format.
    pub(super) const FORMAT: Headed<H> = Headed(PhantomData);
}

impl<H: Header> Format for Headed<H> {
    fn name(&self) -> &str {
        H::NAME
    }

    fn title(&self) -> &str {
        H::TITLE
    }

    fn samples(&self) -> Vec<&str> {
        H::samples()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }

    fn bind(&self, sample: &Sample<'_>) -> Option<Box<dyn Format>> {
        Some(Box::new(Bound { headers: Headers::of_sample(sample, H::MARK, H::read)? }))
    }
}

impl<H: Header> LineFormat for Headed<H> {
    fn starts(&self, _line: &str) -> bool {
        false
    }

    fn decode(&self, _frame: &Frame<'_>, _sink: &mut dyn Sink) -> Result<(), Fault> {
        Err(Fault::new(H::MISSING))
    }

    fn specificity(&self) -> u8 {
        90
    }
}

/// The format with the headers of one source.
struct Bound<H> {
    headers: Headers<H>,
}

impl<H: Header> Format for Bound<H> {
    fn name(&self) -> &str {
        H::NAME
    }

    fn title(&self) -> &str {
        H::TITLE
    }

    fn samples(&self) -> Vec<&str> {
        Vec::new()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl<H: Header> LineFormat for Bound<H> {
    fn starts(&self, line: &str) -> bool {
        H::heading(line) || self.headers.any(|header| header.fits(line))
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let header = self.headers.at(frame.span.offset).ok_or(Fault::new(H::MISSING))?;
        sink.log(&header.record(frame.first_line())?, frame);
        Ok(())
    }

    fn heading(&self, line: &str) -> bool {
        H::heading(line)
    }

    fn preview(&self, text: &str, offset: u64) {
        for at in marked_lines(text, H::MARK) {
            if let Some(header) = H::read(text, at) {
                self.headers.note(offset + at as u64, header);
            }
        }
    }

    fn specificity(&self) -> u8 {
        90
    }
}
