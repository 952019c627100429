//! recount: aligns the evidence of an outage on one UTC timeline, counts what failed, and writes
//! the post-mortem.
//!
//! # The way of the data
//!
//! Data moves one way. [`pipeline`] calls the stages in this order and does nothing else; each stage
//! is a function from the types of [`model`] to the types of [`model`].
//!
//! | stage | takes | gives | knows, and nobody else does |
//! |---|---|---|---|
//! | [`bundle::open`] | paths | [`bundle::Bundle`] | files, archives, compression |
//! | [`ingest::read`] | a bundle | [`model::SourceEvidence`] per file, on its own raw clock | framing, segments, threads, folding |
//! | [`clock::align`] | sources | [`model::Evidence`] on UTC | zones, years, clock errors |
//! | [`patterns::settle`] | skeletons of messages | templates | which words vary |
//! | [`rates::measure`] | evidence | [`model::Rates`] | what is an error, baselines, impact windows |
//! | [`timeline::build`] | evidence | [`model::Timeline`] | duplicates, tiers, the severity track |
//! | [`findings::analyze`] | all of these | [`model::Findings`] | milestones, cascade, candidates |
//! | [`audit::check`] | claims and an incident | [`model::Audit`] | which stories contradict what |
//! | [`compare::compare`] | two incidents | [`model::Comparison`] | T+0, likeness |
//! | [`redact::incident`] | an incident | an incident | secrets, people, addresses |
//! | [`report::write`] | an incident | a folder | templates, charts, Parquet |
//!
//! The whole is a [`model::Incident`]; `incident.json` is exactly that.
//!
//! # The rooms
//!
//! - [`model`]: the vocabulary. Four kinds of record go in ([`model::LogRecord`], [`model::Sample`],
//!   [`model::Event`], [`model::Claim`]), one value that merges associatively comes out
//!   ([`model::SourceEvidence`]). A [`model::Statement`] cannot be made without evidence.
//! - [`mod@format`]: what is read. A [`format::Format`] recognises and decodes; it does no IO, sees one
//!   source at a time and never decides a zone. [`format::detect`] chooses by content. Text formats
//!   that need no Rust are definitions in [`format::lines`].
//! - [`simulate`]: the other direction, a bundle with known truth from a scenario.
//! - [`config`]: what people say beside the bundle. [`error`]: what stops a run; everything else is a
//!   [`model::Diagnostic`].
//! - [`cli`]: what is typed and printed.
//!
//! # Invariants
//!
//! Tests under `tests/all/architecture.rs` hold the walls: `model` imports nothing of ours, stages
//! import `model` only, nobody but [`clock`] decides zones, nobody but [`rates`], [`report`] and one
//! door of [`ingest`] (columnar files become lines there) names polars, nobody but [`report`] names tera or plotters. Nothing depends on the machine's clock, zone,
//! locale, thread count or file order.

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
pub mod patterns;
pub mod pipeline;
pub mod rates;
pub mod redact;
pub mod report;
pub mod simulate;
pub mod timeline;
