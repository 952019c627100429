//! Why a member's bytes end before the member does, as a value that survives `std::io::Error`.

use std::error::Error as StdError;
use std::io;

use crate::model::{Diagnostic, DiagnosticKind};

/// The reason a [`super::Member`] reader stopped with an error. What was read before it is good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamFault {
    /// The stream ends in the middle: a cut download, a full disk, a file still being written.
    #[error("expected more {format} data, found the end")]
    Truncated {
        /// What kind of stream ended (`gzip`, `tar`).
        format: &'static str,
    },
    /// The stream does not decode from here on.
    #[error("expected {format} data, found damage ({message})")]
    Damaged {
        /// What kind of stream is damaged.
        format: &'static str,
        /// What the decoder said.
        message: String,
    },
    /// The stream grows beyond the limit for its compressed size.
    #[error("expected at most {ratio} bytes for each compressed byte, found more in {format} data")]
    Ratio {
        /// What kind of stream grows.
        format: &'static str,
        /// The limit that was passed.
        ratio: u64,
    },
}

impl StreamFault {
    /// The fault inside an error of a member's reader, through any number of decoders around it.
    pub fn of(error: &io::Error) -> Option<&StreamFault> {
        let mut next: Option<&(dyn StdError + 'static)> = error.get_ref().map(|inner| inner as _);
        while let Some(inner) = next {
            if let Some(fault) = inner.downcast_ref::<StreamFault>() {
                return Some(fault);
            }
            next = match inner.downcast_ref::<io::Error>() {
                Some(wrapped) => wrapped.get_ref().map(|deeper| deeper as _),
                None => inner.source(),
            };
        }
        None
    }

    /// Reads an error of the decoder for `format`: a fault of a layer below is kept as it is.
    pub(super) fn classify(format: &'static str, error: &io::Error) -> StreamFault {
        match StreamFault::of(error) {
            Some(fault) => fault.clone(),
            None if error.kind() == io::ErrorKind::UnexpectedEof => StreamFault::Truncated { format },
            None => StreamFault::Damaged { format, message: error.to_string() },
        }
    }

    /// The kind of diagnostic this is: [`DiagnosticKind::Capped`] for a limit, else
    /// [`DiagnosticKind::Truncated`].
    pub fn kind(&self) -> DiagnosticKind {
        match self {
            StreamFault::Ratio { .. } => DiagnosticKind::Capped,
            StreamFault::Truncated { .. } | StreamFault::Damaged { .. } => DiagnosticKind::Truncated,
        }
    }

    /// What to do about it.
    fn hint(&self) -> &'static str {
        match self {
            StreamFault::Ratio { .. } => "what was read before is kept; decompress it by hand if the content is meant",
            StreamFault::Truncated { .. } => "what was read before is kept; fetch the file again for the rest",
            StreamFault::Damaged { .. } => "what was read before is kept; check the file against its source",
        }
    }

    /// The diagnostic for the member or archive at `path`.
    pub fn diagnostic(&self, path: &str) -> Diagnostic {
        Diagnostic::new(self.kind(), path, self.to_string()).hint(self.hint())
    }
}

impl From<StreamFault> for io::Error {
    fn from(fault: StreamFault) -> io::Error {
        let kind = match fault {
            StreamFault::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            StreamFault::Damaged { .. } | StreamFault::Ratio { .. } => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, fault)
    }
}

/// The diagnostic for any error that a member's reader gave; errors of the disk included.
pub fn diagnose(error: &io::Error, path: &str) -> Diagnostic {
    match StreamFault::of(error) {
        Some(fault) => fault.diagnostic(path),
        None => Diagnostic::new(DiagnosticKind::Truncated, path, format!("expected more data, found {error}"))
            .hint("what was read before is kept"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_found_through_wrapping_errors() {
        let inner: io::Error = StreamFault::Truncated { format: "gzip" }.into();
        let outer = io::Error::other(io::Error::other(inner));
        assert_eq!(StreamFault::of(&outer), Some(&StreamFault::Truncated { format: "gzip" }));
        assert_eq!(
            diagnose(&outer, "a").to_string().split(';').next(),
            Some("a: expected more gzip data, found the end")
        );
    }

    #[test]
    fn an_error_of_the_disk_is_still_a_diagnostic() {
        let found = diagnose(&io::Error::other("input/output error"), "a.log");
        assert_eq!(found.kind, DiagnosticKind::Truncated);
        assert_eq!(found.message, "expected more data, found input/output error");
    }
}
