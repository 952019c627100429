//! One binary for every test that looks at the program from outside.

mod architecture;
mod cli;
mod clock_bundles;
mod clock_cases;
mod clocks;
mod compare;
mod definitions;
mod edges;
mod findings;
mod fold;
mod formats;
mod human;
mod incidents;
mod inspection;
mod laws;
mod mixed;
mod outside_data;
mod page;
mod patterns;
mod redaction;
mod repeats;
mod series;
mod steering;
mod support;
mod window;
mod writeups;
