//! Writes the demonstration trust: a fictional hospital with its ledger, feeds, income and model.
//!
//! [`write()`] fills a folder with everything that intake and costing read. The bytes depend on size
//! and seed alone. The ledger is made first, from the trust's plans; activity is drawn apart from it,
//! and both are there before any cost, so that nothing that costing finds is true by construction.
//! What is planted, and what only looks like a finding, is in `planted.toml`.

mod activity;
mod assessments;
mod calendar;
mod collection;
mod comparisons;
mod data;
mod evidence;
mod faulty_month;
mod finances;
mod folder;
mod hospital;
mod job_plans;
mod joint_work;
mod joint_working;
mod ledger;
mod measures;
mod model;
mod national;
mod people;
mod plan;
mod questions;
mod random;
mod reviews;
mod size;
mod staff;
mod stories;
mod table;
mod units;
mod writing;

pub use assessments::{
    DemonstrationAssessment, DemonstrationJointWorking, Pattern, Said, assessments,
};
pub use collection::{
    COLLECTION, COLLECTION_DAY, COLLECTION_GROUP, COLLECTION_YEARS, SimulatedReturn,
    collection_register, collection_returns, group_register, group_returns,
};
pub use comparisons::{AgreedComparison, comparisons};
pub use evidence::{DemonstrationScore, NOTES, scores_of_costing_quality};
pub use folder::{Summary, YearSummary, count, write};
pub use joint_work::{DemonstrationAction, DemonstrationBenefit, actions, benefits};
pub use joint_working::{DemonstrationSpread, joint_working};
pub use measures::{DemonstrationMeasure, measure_values, measures};
pub use national::{NationalFigure, national_figures};
pub use questions::{DemonstrationQuestion, questions};
pub use reviews::{DemonstrationService, HeldReview, ReviewLine, review_lines, services};
pub use size::{NotASize, Size};
pub use staff::{PASSWORD, Person, staff};
pub use units::{WardUnit, wards};
