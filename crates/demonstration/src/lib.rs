//! Writes the demonstration trust: a fictional hospital with its ledger, feeds, income and model.
//!
//! [`write()`] fills a folder with everything that intake and costing read. The bytes depend on size
//! and seed alone. The ledger is made first, from the trust's plans; activity is drawn apart from it,
//! and both are there before any cost, so that nothing that costing finds is true by construction.
//! What is planted, and what only looks like a finding, is in `planted.toml`.

mod activity;
mod assessments;
mod calendar;
mod cases;
mod collection;
mod comparisons;
mod coverage;
mod data;
mod evidence;
mod faulty_month;
mod finances;
mod folder;
mod followed;
mod hospital;
mod incentives;
mod job_plans;
mod joint_work;
mod joint_working;
mod known;
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
mod slots;
mod staff;
mod stories;
mod table;
mod units;
mod when;
mod writing;

pub use assessments::{
    DemonstrationAssessment, DemonstrationJointWorking, Pattern, Said, assessments,
};
pub use cases::cases;
pub use collection::{
    COLLECTION, COLLECTION_DAY, COLLECTION_GROUP, COLLECTION_YEARS, SimulatedReturn,
    collection_register, collection_returns, group_register, group_returns,
};
pub use comparisons::{AgreedComparison, comparisons};
pub use coverage::{confidence, overviews, roll_out, signed_in};
pub use evidence::{DemonstrationScore, NOTES, scores_of_costing_quality};
pub use folder::{Summary, YearSummary, count, write};
pub use followed::{Followed, QUESTIONS, differences, ideas};
pub use incentives::incentives;
pub use joint_work::{
    DemonstrationAction, DemonstrationBenefit, DemonstrationUpdate, HIPS, actions, benefits,
    updates,
};
pub use joint_working::{DemonstrationSpread, joint_working};
pub use known::known_of_data;
pub use measures::{DemonstrationMeasure, measure_values, measures};
pub use national::{NationalFigure, national_figures};
pub use questions::{DemonstrationQuestion, questions};
pub use reviews::{
    DemonstrationService, HeldReview, ReviewLine, review_inputs, review_lines, services,
};
pub use size::{NotASize, Size};
pub use slots::{
    DemonstrationAsked, DemonstrationSlot, DemonstrationView, feasibility, meeting_slots,
    slots_asked,
};
pub use staff::{PASSWORD, Person, staff};
pub use units::{WardUnit, wards};
pub use when::day_of;
