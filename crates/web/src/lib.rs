//! The application in the browser: pages rendered on the server, one folder for each thing people do.
//!
//! Every route stands in a registry with the policy that guards it ([`shell::registry`]); nothing is
//! reachable that is not in it. Handlers decide and render: they compute no cost and write no SQL.

pub mod app;
#[cfg(test)]
mod canary;
pub mod features;
pub mod samples;
pub mod shell;

pub use app::{App, Clock, Settings};
pub use shell::registry::{Policy, Route, router, routes};
