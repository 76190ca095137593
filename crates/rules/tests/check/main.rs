//! Checks of whole models: a small valid one, changed in one place, and what is found.

mod cells;
mod properties;
mod support;
mod whole;
