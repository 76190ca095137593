//! What people do here, one folder each. A feature never uses another.

pub mod account;
pub mod costing_runs;
pub mod data_quality;
pub mod first_page;
pub mod help;
pub mod ledger_mapping;
pub mod rules_in_force;
pub mod sign_in;

use access::Capability;

use crate::shell::registry::Route;

/// An entry of the menu; shown to whoever has one of the rights.
#[derive(Clone, Copy, Debug)]
pub struct MenuItem {
    /// What it says.
    pub name: &'static str,
    /// Where it leads; pages below it belong to it.
    pub address: &'static str,
    /// What people do there, in half a sentence.
    pub does: &'static str,
    /// Any of these.
    pub needs: &'static [Capability],
}

/// The menu, in the order of a costing month.
pub const MENU: &[MenuItem] = &[
    MenuItem {
        name: "Mapping",
        address: "/mapping",
        does: "See what of the ledger has no rule, and map it",
        needs: &[Capability::ReadRules],
    },
    MenuItem {
        name: "Rules",
        address: "/rules",
        does: "Read, propose, compare and lock the rules of costing",
        needs: &[Capability::ReadRules],
    },
    MenuItem {
        name: "Runs",
        address: "/runs",
        does: "Start, watch, reconcile and publish costings",
        needs: &[Capability::ReadRuns],
    },
    MenuItem {
        name: "Data quality",
        address: "/data-quality",
        does: "See what did not match, by feed, month and rule",
        needs: &[Capability::ReadRuns],
    },
];

/// Routes of all features.
pub fn routes() -> Vec<Route> {
    let mut routes = first_page::routes();
    routes.extend(account::routes());
    routes.extend(costing_runs::routes());
    routes.extend(data_quality::routes());
    routes.extend(help::routes());
    routes.extend(ledger_mapping::routes());
    routes.extend(rules_in_force::routes());
    routes.extend(sign_in::routes());
    routes
}

/// Samples of the templates of all features.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    let mut samples = first_page::samples();
    samples.extend(account::samples());
    samples.extend(costing_runs::samples());
    samples.extend(data_quality::samples());
    samples.extend(help::samples());
    samples.extend(ledger_mapping::samples());
    samples.extend(rules_in_force::samples());
    samples.extend(sign_in::samples());
    samples
}
