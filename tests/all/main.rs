//! One binary for every test that looks at the program from outside.

mod architecture;
mod audits;
mod cli;
mod clock_bundles;
mod clock_cases;
mod clocks;
mod definitions;
mod edges;
mod findings;
mod fold;
mod formats;
mod incidents;
mod inspection;
mod laws;
mod mixed;
mod mutants;
mod outside_data;
mod page;
mod patterns;
mod repeats;
mod series;
mod steering;
mod support;
mod writeups;
