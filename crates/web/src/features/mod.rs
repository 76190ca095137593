//! What people do here, one folder each. A feature never uses another.

pub mod account;
pub mod audit_trail;
pub mod background;
pub mod benefits;
pub mod briefings;
pub mod business_cases;
pub mod coding_queries;
pub mod colleagues;
pub mod collecting;
pub mod contracts;
pub mod costing_runs;
pub mod data_loads;
pub mod data_quality;
pub mod figure_questions;
pub mod first_page;
pub mod first_start;
pub mod follow_ups;
pub mod help;
pub mod ideas;
pub mod incentives;
pub mod joint_actions;
pub mod known_issues;
pub mod ledger_mapping;
pub mod measures;
pub mod patient_costs;
pub mod patient_groups;
pub mod people_and_roles;
pub mod re_identification;
pub mod returning;
pub mod reviews;
pub mod rules_in_force;
pub mod self_assessment;
pub mod service_lines;
pub mod sign_in;
pub mod spread;
pub mod variation;
pub mod walk_throughs;
pub mod wards;

use access::Capability;

use crate::shell::questions::SIGHTS;
use crate::shell::registry::Route;
use crate::shell::waiting;

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

/// Where questions about figures are; what waits for somebody stands at its door.
const QUESTIONS: &str = "/questions";

/// Where joint working is assessed; what of its evidence waits for somebody stands at its door.
const ASSESSMENT: &str = "/assessment";

/// Where actions are; what waits for somebody stands at its door.
const ACTIONS: &str = "/actions";

/// The menu, in the order of a costing month.
pub const MENU: &[MenuItem] = &[
    MenuItem {
        name: "Data loads",
        address: "/loads",
        does: "Bring in a month of files, see what is wrong with it, accept or reject it",
        needs: &[Capability::LoadData],
    },
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
    MenuItem {
        name: "Services",
        address: "/services",
        does: "See what each service line costs and earns",
        needs: &[Capability::AggregateCosts],
    },
    MenuItem {
        name: "Wards",
        address: "/wards",
        does: "See how full each ward is, what a night costs and whose patients lie there",
        needs: &[Capability::AggregateCosts],
    },
    MenuItem {
        name: "Questions",
        address: QUESTIONS,
        does: "Ask about figures, answer what others ask, and see what came of it",
        needs: SIGHTS,
    },
    MenuItem {
        name: "Differences",
        address: waiting::DIFFERENCES,
        does: "Say why figures differ, clinicians and finance together, and what follows",
        needs: &[Capability::AggregateCosts],
    },
    MenuItem {
        name: "Follow-ups",
        address: waiting::FOLLOW_UPS,
        does: "See whether colleagues beyond chance came within it, cost beside quality",
        needs: &[Capability::ClinicianComparison],
    },
    MenuItem {
        name: "Ideas",
        address: waiting::IDEAS,
        does: "Put an idea for a service, and see what became of it",
        needs: &[Capability::PutIdeas],
    },
    MenuItem {
        name: "Walk-throughs",
        address: waiting::WALK_THROUGHS,
        does: "Say whether cost is shared as care is delivered, and sign what it rests on",
        needs: &[Capability::AggregateCosts],
    },
    MenuItem {
        name: "Measures",
        address: "/measures",
        does: "See and keep what stands beside the cost: waiting, staff, harm, what patients say",
        needs: &[Capability::ReadMeasures],
    },
    MenuItem {
        name: "Groups",
        address: "/groups",
        does: "Say which patients belong together, and see all that their care cost",
        needs: &[Capability::PatientGroups],
    },
    MenuItem {
        name: "Patients",
        address: "/patients",
        does: "See what the care of single patients cost, and why",
        needs: &[Capability::PatientRows],
    },
    MenuItem {
        name: "Working together",
        address: ASSESSMENT,
        does: "See and judge how well clinicians and finance work together, and what would lift it",
        needs: &[Capability::ReadAssessments],
    },
    MenuItem {
        name: "Collecting",
        address: "/collecting",
        does: "Receive levels from organisations, check them, and publish how many are where",
        needs: &[Capability::CollectReturns],
    },
    MenuItem {
        name: "Contracts",
        address: "/contracts",
        does: "See the quality of care that is shared with commissioners, contract by contract",
        needs: &[Capability::ReadContracts],
    },
    MenuItem {
        name: "Reviews",
        address: "/reviews",
        does: "Prepare, hold and close reviews of service lines, and see what is late",
        needs: &[Capability::ReadReviews],
    },
    MenuItem {
        name: "Actions",
        address: ACTIONS,
        does: "See what you and your units have agreed to do, and say how it stands",
        needs: &[Capability::ReadActions],
    },
    MenuItem {
        name: "Benefits",
        address: "/benefits",
        does: "Claim what joint work has brought, guard it against false savings, and verify it",
        needs: &[Capability::ReadActions],
    },
    MenuItem {
        name: "Business cases",
        address: "/cases",
        does: "Compare options, map journeys, and work out what a change does to cost and capacity",
        needs: &[Capability::ReadCases],
    },
    MenuItem {
        name: "Coding queries",
        address: "/coding-queries",
        does: "Answer what those who gave the care ask about its record",
        needs: &[Capability::AnswerCoding],
    },
    MenuItem {
        name: "People",
        address: "/people",
        does: "Keep people, rights and units, and review who may what",
        needs: &[Capability::ReadPeople],
    },
    MenuItem {
        name: "Audit",
        address: "/audit",
        does: "See who saw and changed what, and prove that the record is whole",
        needs: &[Capability::ReadAudit],
    },
];

/// Routes of all features.
pub fn routes() -> Vec<Route> {
    let mut routes = first_page::routes();
    routes.extend(account::routes());
    routes.extend(background::routes());
    routes.extend(costing_runs::routes());
    routes.extend(data_loads::routes());
    routes.extend(data_quality::routes());
    routes.extend(help::routes());
    routes.extend(ledger_mapping::routes());
    routes.extend(rules_in_force::routes());
    routes.extend(patient_costs::routes());
    routes.extend(service_lines::routes());
    routes.extend(briefings::routes());
    routes.extend(known_issues::routes());
    routes.extend(wards::routes());
    routes.extend(coding_queries::routes());
    routes.extend(figure_questions::routes());
    routes.extend(colleagues::routes());
    routes.extend(variation::routes());
    routes.extend(follow_ups::routes());
    routes.extend(ideas::routes());
    routes.extend(walk_throughs::routes());
    routes.extend(measures::routes());
    routes.extend(patient_groups::routes());
    routes.extend(self_assessment::routes());
    routes.extend(returning::routes());
    routes.extend(collecting::routes());
    routes.extend(spread::routes());
    routes.extend(contracts::routes());
    routes.extend(reviews::routes());
    routes.extend(joint_actions::routes());
    routes.extend(benefits::routes());
    routes.extend(incentives::routes());
    routes.extend(business_cases::routes());
    routes.extend(sign_in::routes());
    routes.extend(audit_trail::routes());
    routes.extend(first_start::routes());
    routes.extend(people_and_roles::routes());
    routes.extend(re_identification::routes());
    routes
}

/// What all features offer programs.
pub fn operations() -> Vec<utoipa::openapi::OpenApi> {
    vec![costing_runs::operations(), service_lines::operations(), measures::operations()]
}

/// Samples of the templates of all features.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    let mut samples = first_page::samples();
    samples.extend(account::samples());
    samples.extend(background::samples());
    samples.extend(costing_runs::samples());
    samples.extend(data_loads::samples());
    samples.extend(data_quality::samples());
    samples.extend(help::samples());
    samples.extend(ledger_mapping::samples());
    samples.extend(rules_in_force::samples());
    samples.extend(patient_costs::samples());
    samples.extend(service_lines::samples());
    samples.extend(briefings::samples());
    samples.extend(known_issues::samples());
    samples.extend(wards::samples());
    samples.extend(coding_queries::samples());
    samples.extend(figure_questions::samples());
    samples.extend(colleagues::samples());
    samples.extend(variation::samples());
    samples.extend(follow_ups::samples());
    samples.extend(ideas::samples());
    samples.extend(walk_throughs::samples());
    samples.extend(measures::samples());
    samples.extend(patient_groups::samples());
    samples.extend(self_assessment::samples());
    samples.extend(returning::samples());
    samples.extend(collecting::samples());
    samples.extend(spread::samples());
    samples.extend(contracts::samples());
    samples.extend(reviews::samples());
    samples.extend(joint_actions::samples());
    samples.extend(benefits::samples());
    samples.extend(incentives::samples());
    samples.extend(business_cases::samples());
    samples.extend(sign_in::samples());
    samples.extend(audit_trail::samples());
    samples.extend(first_start::samples());
    samples.extend(people_and_roles::samples());
    samples.extend(re_identification::samples());
    samples
}
