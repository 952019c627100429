//! Ingest: drives formats over a bundle; each source on its own raw clock.
