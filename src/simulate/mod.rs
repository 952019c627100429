//! Simulate: a bundle with known truth from a scenario.
