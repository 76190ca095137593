//! Checks of whole models: a small valid one, changed in one place, and what is found.

mod cells;
mod feeds;
mod golden;
mod header;
mod intake;
mod joins;
mod ledger;
mod properties;
mod resources;
mod statement;
mod support;
mod whole;
