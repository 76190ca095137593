//! Two snapshots of an organisation step by step, and why its level moved.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::assessment::{
    Assessment, Evidence, Rated, Rating, Ratings, ReviewState, Status, UnitId,
};
use crate::framework::{Framework, FrameworkId, RecordedFor, StepId};
use crate::level::{AssessmentError, Proposed, Shown, propose};
use crate::thresholds::Thresholds;

/// What a step was in a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepState {
    /// Its rating.
    pub rating: Rating,
    /// Whether it is consistently demonstrated with live evidence. PLICS and local steps may show
    /// this as well; they never count towards a level.
    pub shown: bool,
}

/// Why a step is no longer shown, or is shown now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is shown now.
    Gained,
    /// It is still said to be consistent, and its evidence has expired.
    EvidenceExpired,
    /// It is still said to be consistent, and its evidence was withdrawn or turned down.
    EvidenceWithdrawn,
    /// It is no longer consistent.
    PracticeLost,
    /// It moved without being shown, before or after.
    RatedAnew,
}

/// A step that differs between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepChange {
    /// The unit, or the organisation.
    pub unit: Option<UnitId>,
    /// The step.
    pub step: StepId,
    /// What it was.
    pub before: StepState,
    /// What it is.
    pub after: StepState,
    /// Why.
    pub cause: Cause,
}

/// A unit whose joint working differs between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitChange {
    /// The unit.
    pub unit: UnitId,
    /// How widely its people worked together; none where it was not there or not recorded.
    pub before: Option<Status>,
    /// How widely they do.
    pub after: Option<Status>,
}

/// Why a level moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// It is as it was, or one of both proposals is refused.
    Level,
    /// It rose.
    Rose,
    /// It fell, and would not have, had no evidence expired.
    EvidenceExpired,
    /// It fell, and would have fallen as far, had no evidence expired: practice was lost, or its
    /// evidence turned down.
    PracticeLost,
    /// It fell by both.
    Both,
    /// It moved, and steps are recorded for another than before: that tells nothing of practice or
    /// evidence.
    RecordedOtherwise,
}

/// Two snapshots side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The days of both.
    pub days: (Date, Date),
    /// What was proposed, if anything was.
    pub proposed: (Option<Shown>, Option<Shown>),
    /// Why it moved.
    pub trend: Trend,
    /// Steps that differ, the organisation's first, then by unit, in the order of the matrix; where
    /// steps are recorded for another than before, those of the board alone.
    pub steps: Vec<StepChange>,
    /// Units that differ.
    pub units: Vec<UnitChange>,
}

/// Why two snapshots cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// They were made under two versions of the framework.
    #[error(
        "the snapshots were made under framework `{before}` and `{after}`: only those of one version can be compared step by step"
    )]
    OtherFramework {
        /// The version of the first.
        before: FrameworkId,
        /// The version of the second.
        after: FrameworkId,
    },
    /// One of them cannot be read.
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
}

/// Compares two snapshots step by step.
///
/// # Errors
///
/// [`CompareError`] if they were made under two versions, or one of them cannot be read.
pub fn compare(
    framework: &Framework,
    thresholds: &Thresholds,
    before: &Assessment,
    after: &Assessment,
) -> Result<Comparison, CompareError> {
    if before.framework != after.framework {
        let (before, after) = (before.framework.clone(), after.framework.clone());
        return Err(CompareError::OtherFramework { before, after });
    }
    let level = |it: &Assessment| -> Result<Option<Shown>, AssessmentError> {
        Ok(match propose(framework, thresholds, it)?.proposed {
            Proposed::Shown(shown) => Some(shown),
            Proposed::Refused(_) => None,
        })
    };
    let proposed = (level(before)?, level(after)?);
    let steps = step_changes(framework, thresholds, before, after);
    let unexpired = with_expired_evidence_live(after, &steps);
    let trend = match proposed {
        (Some(was), Some(is)) if is != was && before.mode != after.mode => Trend::RecordedOtherwise,
        (Some(was), Some(is)) if is > was => Trend::Rose,
        (Some(was), Some(is)) if is < was => fell(was, is, level(&unexpired)?),
        _ => Trend::Level,
    };
    let days = (before.date, after.date);
    Ok(Comparison { days, proposed, trend, steps, units: unit_changes(before, after) })
}

/// Why a level fell, by what it would be with the expired evidence still live.
fn fell(was: Shown, is: Shown, unexpired: Option<Shown>) -> Trend {
    match unexpired {
        Some(level) if level >= was => Trend::EvidenceExpired,
        Some(level) if level > is => Trend::Both,
        _ => Trend::PracticeLost,
    }
}

fn step_changes(
    framework: &Framework,
    thresholds: &Thresholds,
    before: &Assessment,
    after: &Assessment,
) -> Vec<StepChange> {
    let is_alike = before.mode == after.mode;
    let both = before.units.iter().chain(&after.units).filter(|_| is_alike);
    let units: BTreeSet<&UnitId> = both.map(|it| &it.id).collect();
    let places = std::iter::once(None).chain(units.into_iter().map(Some));
    let is_told = |of: RecordedFor| is_alike || of == RecordedFor::Organisation;
    let national = framework.steps().iter().filter(|it| is_told(it.recorded_for)).map(|it| &it.id);
    let local = framework.local_steps().iter().filter(|_| is_alike).map(|it| &it.id);
    let steps: Vec<&StepId> = national.chain(local).collect();
    let mut changes = Vec::new();
    for unit in places {
        let nothing = Ratings::new();
        let (was, is) = (held(before, unit, &nothing), held(after, unit, &nothing));
        for step in &steps {
            let missing = Rated::default();
            let was = (was.get(*step).unwrap_or(&missing), before.date);
            let is = (is.get(*step).unwrap_or(&missing), after.date);
            let (from, to) = (state(was, thresholds), state(is, thresholds));
            if from != to {
                changes.push(StepChange {
                    unit: unit.cloned(),
                    step: (*step).clone(),
                    before: from,
                    after: to,
                    cause: cause((from, to), is, thresholds),
                });
            }
        }
    }
    changes
}

fn held<'a>(
    assessment: &'a Assessment,
    unit: Option<&UnitId>,
    nothing: &'a Ratings,
) -> &'a Ratings {
    let Some(unit) = unit else { return &assessment.organisation };
    let found = assessment.units.iter().find(|it| it.id == *unit);
    found.map_or(nothing, |it| &it.ratings)
}

fn state((rated, day): (&Rated, Date), thresholds: &Thresholds) -> StepState {
    StepState { rating: rated.rating, shown: rated.counts(day, thresholds) }
}

fn cause(
    (from, to): (StepState, StepState),
    (rated, day): (&Rated, Date),
    thresholds: &Thresholds,
) -> Cause {
    if to.shown {
        return Cause::Gained;
    }
    if !from.shown {
        return Cause::RatedAnew;
    }
    let has_expired = |it: &Evidence| {
        it.state == ReviewState::Accepted && it.event <= day && it.last_day(thresholds) < day
    };
    if to.rating != Rating::Consistently {
        Cause::PracticeLost
    } else if rated.evidence.iter().any(has_expired) {
        Cause::EvidenceExpired
    } else {
        Cause::EvidenceWithdrawn
    }
}

/// The assessment as it would be, had the evidence of steps not expired.
fn with_expired_evidence_live(assessment: &Assessment, steps: &[StepChange]) -> Assessment {
    let mut live = assessment.clone();
    for it in steps.iter().filter(|it| it.cause == Cause::EvidenceExpired) {
        let ratings = match &it.unit {
            None => Some(&mut live.organisation),
            Some(id) => live.units.iter_mut().find(|unit| unit.id == *id).map(|it| &mut it.ratings),
        };
        let rated = ratings.and_then(|ratings| ratings.get_mut(&it.step));
        for evidence in rated.into_iter().flat_map(|it| &mut it.evidence) {
            evidence.expires = Some(evidence.expires.unwrap_or(Date::MAX).max(assessment.date));
        }
    }
    live
}

fn unit_changes(before: &Assessment, after: &Assessment) -> Vec<UnitChange> {
    let ids: BTreeSet<&UnitId> = before.units.iter().chain(&after.units).map(|it| &it.id).collect();
    let status = |it: &Assessment, id: &UnitId| {
        it.units.iter().find(|unit| unit.id == *id).and_then(|it| it.status)
    };
    let change = |id: &UnitId| {
        let (before, after) = (status(before, id), status(after, id));
        (before != after).then(|| UnitChange { unit: id.clone(), before, after })
    };
    ids.into_iter().filter_map(change).collect()
}
