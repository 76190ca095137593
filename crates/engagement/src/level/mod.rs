//! The level engine: what an assessment shows, what holds it there, and what would lift it.
//!
//! The proposal is the lowest of its tests, never an average. PLICS is left out of everything.
//! The order of units and of ratings in the assessment never matters.

mod case;
mod exemption;
mod lift;
mod proposal;
mod steps;
#[cfg(test)]
mod tests;
mod tests_of;
mod warnings;

use std::collections::BTreeSet;

use crate::assessment::{Assessment, Support, UnitId};
use crate::framework::{Framework, FrameworkId, StepId};
use crate::thresholds::Thresholds;

pub use proposal::{
    CategoryCount, Change, Exemption, Fraction, Lacks, Lapse, LevelTest, Lift, NotExempt, NotUsed,
    Proposal, Proposed, Refusal, Shown, Test, Tests, Unanswered, UnitResult, Warning,
};

use case::Case;
use steps::StepRule;

/// Why an assessment cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssessmentError {
    /// Another version of the framework was given than that of the assessment.
    #[error(
        "the assessment was made under framework `{wanted}`, not `{given}`: a result keeps its version, and a new version begins with a new assessment"
    )]
    OtherFramework {
        /// The assessment's version.
        wanted: FrameworkId,
        /// The version that was given.
        given: FrameworkId,
    },
    /// Two units have one identifier.
    #[error("the unit `{0}` is there twice")]
    UnitTwice(UnitId),
    /// A unit is part of itself.
    #[error("the unit `{0}` is part of itself: correct its parent")]
    ParentCycle(UnitId),
    /// A unit's parent, or one above it, is not there.
    #[error("the unit `{unit}` is part of `{parent}`, which is not there")]
    NoParent {
        /// The unit.
        unit: UnitId,
        /// The parent.
        parent: UnitId,
    },
    /// A step is rated that the framework does not have.
    #[error("the step `{0}` is rated, and this version of the framework has no such step")]
    NoSuchStep(StepId),
}

/// Proposes a level for an assessment, with everything that it rests on.
///
/// # Errors
///
/// [`AssessmentError`] if the assessment cannot be read under this framework. That no unit counts
/// is no error: the proposal says so, and shows the tests that do not need units.
pub fn propose(
    framework: &Framework,
    thresholds: &Thresholds,
    assessment: &Assessment,
) -> Result<Proposal, AssessmentError> {
    let case = Case::new(framework, thresholds, assessment)?;
    let outcome = tests_of::outcome(&case);
    let warnings = warnings::warnings(&case, &outcome);
    let lifts = lift::lifts(&case, &outcome);
    Ok(Proposal {
        framework: framework.id().clone(),
        framework_hash: framework.hash().to_owned(),
        national_framework: framework.national().clone(),
        date: assessment.date,
        mode: assessment.mode,
        unanswered: unanswered(&case, &outcome),
        unsupported: outcome.unsupported.clone(),
        support: assessment.support,
        counted: case.rule.ids(case.organisation.counted),
        organisation: tests_of::organisation(&case),
        units: tests_of::units(&case),
        warnings,
        lifts,
        not_used: case.not_used(),
        proposed: outcome.proposed,
        tests: outcome.tests,
        binding: outcome.binding,
        exemption: outcome.exemption,
        cap_exemption: outcome.cap_exemption,
        thresholds: thresholds.clone(),
    })
}

/// The level that steps show by themselves, without spread and support.
pub fn steps_level(
    framework: &Framework,
    thresholds: &Thresholds,
    counted: &BTreeSet<StepId>,
) -> Shown {
    let rule = StepRule::new(framework, thresholds);
    let places = rule.steps().iter().enumerate().filter(|(_, it)| counted.contains(&it.id));
    rule.level_of(places.map(|(place, _)| place).collect())
}

/// Who has yet to answer before Level 4 can be signed off. The organisation's answer serves for all.
fn unanswered(case: &Case<'_>, outcome: &tests_of::Outcome) -> Option<Unanswered> {
    if case.assessment.support != Support::Unanswered || case.units.is_empty() {
        return None;
    }
    let left_out = outcome.cap_exemption.left_out();
    let open = case.units.iter().filter(|it| it.unit.support == Support::Unanswered);
    let ids = open.map(|it| it.unit.id.clone()).filter(|it| !left_out.contains(it));
    let units: Vec<UnitId> = ids.collect();
    if units.is_empty() { None } else { Some(Unanswered { units }) }
}
