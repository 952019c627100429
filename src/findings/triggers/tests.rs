//! Changes that hurt and changes that do not, told from invented diffs.
