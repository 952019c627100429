//! Plain text formats defined as data: a pattern, a field table and samples in one TOML file.

use super::{Format, LineFormat, Shape};

/// A text format read by a definition file.
pub struct Definition {}

/// The definitions shipped with the program, specific before generic.
pub fn builtin() -> &'static [Definition] {
    &[]
}

impl Format for Definition {
    fn name(&self) -> &str {
        ""
    }
    fn title(&self) -> &str {
        ""
    }
    fn samples(&self) -> Vec<&str> {
        Vec::new()
    }
    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for Definition {
    fn starts(&self, _line: &str) -> bool {
        false
    }
    fn decode(&self, _frame: &super::Frame<'_>, _sink: &mut dyn super::Sink) -> Result<(), super::Fault> {
        Ok(())
    }
    fn specificity(&self) -> u8 {
        60
    }
}
