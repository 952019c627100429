//! recount: aligns the evidence of an outage on one UTC timeline, counts what failed, and writes
//! the post-mortem.

#![deny(missing_docs, rustdoc::broken_intra_doc_links)]

pub mod audit;
pub mod bundle;
pub mod cli;
pub mod clock;
pub mod compare;
pub mod config;
pub mod error;
pub mod findings;
pub mod format;
pub mod ingest;
pub mod model;
pub mod pipeline;
pub mod rates;
pub mod report;
pub mod simulate;
pub mod timeline;
