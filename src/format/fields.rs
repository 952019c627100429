//! Aliases of the fields that matter, shared by every key-value format.
