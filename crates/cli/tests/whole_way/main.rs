//! The program from end to end, as a person uses it, on the small demonstration trust.

#[path = "../shared/mod.rs"]
mod shared;

mod program;

mod changes;
mod damage;
mod engine;
mod explaining;
mod json;
mod months;
mod pages;
mod publishing;
mod runner;
mod settings;
mod showing;
mod site;
mod stopped;
mod tracing;
