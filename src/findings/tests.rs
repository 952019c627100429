//! Findings on hand-built evidence.
