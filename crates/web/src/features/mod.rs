//! What people do here, one folder each. A feature never uses another.

pub mod account;
pub mod costing_runs;
pub mod first_page;
pub mod help;
pub mod patient_costs;
pub mod service_lines;
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
        name: "Runs",
        address: "/runs",
        does: "Start, watch, reconcile and publish costings",
        needs: &[Capability::ReadRuns],
    },
    MenuItem {
        name: "Services",
        address: "/services",
        does: "See what each service line costs and earns",
        needs: &[Capability::AggregateCosts],
    },
    MenuItem {
        name: "Patients",
        address: "/patients",
        does: "See what the care of single patients cost, and why",
        needs: &[Capability::PatientRows],
    },
];

/// Routes of all features.
pub fn routes() -> Vec<Route> {
    let mut routes = first_page::routes();
    routes.extend(account::routes());
    routes.extend(costing_runs::routes());
    routes.extend(help::routes());
    routes.extend(patient_costs::routes());
    routes.extend(service_lines::routes());
    routes.extend(sign_in::routes());
    routes
}

/// Samples of the templates of all features.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    let mut samples = first_page::samples();
    samples.extend(account::samples());
    samples.extend(costing_runs::samples());
    samples.extend(help::samples());
    samples.extend(patient_costs::samples());
    samples.extend(service_lines::samples());
    samples.extend(sign_in::samples());
    samples
}
