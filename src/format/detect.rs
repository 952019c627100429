//! Which format reads a source: every candidate with its score and reason.
