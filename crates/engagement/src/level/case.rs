//! An assessment made ready for the tests: what counts, and which units do.

use std::collections::{BTreeMap, BTreeSet};

use super::AssessmentError;
use super::proposal::{Lacks, Lapse, NotUsed, Shown};
use super::steps::{StepRule, StepSet};
use crate::assessment::{Assessment, Mode, Rated, Rating, Ratings, Status, Unit, UnitId, UnitKind};
use crate::framework::{Framework, Level, StepId};
use crate::thresholds::Thresholds;

/// An assessment, its framework, and what of it counts.
#[derive(Clone, Debug)]
pub(super) struct Case<'a> {
    pub(super) assessment: &'a Assessment,
    pub(super) thresholds: &'a Thresholds,
    pub(super) rule: StepRule<'a>,
    /// What counts for the organisation; where steps are recorded by unit, those of the board alone.
    pub(super) organisation: StepsHeld<'a>,
    /// The counting units, by identifier.
    pub(super) units: Vec<CountingUnit<'a>>,
}

/// Ratings of the organisation or of a unit, with those steps that are recorded there.
#[derive(Clone, Debug)]
pub(super) struct StepsHeld<'a> {
    pub(super) unit: Option<&'a UnitId>,
    ratings: &'a Ratings,
    /// The steps that are recorded here.
    pub(super) recorded: StepSet,
    /// Of these, the steps that count.
    pub(super) counted: StepSet,
}

/// A unit that counts.
#[derive(Clone, Debug)]
pub(super) struct CountingUnit<'a> {
    pub(super) unit: &'a Unit,
    pub(super) status: Status,
    pub(super) lapse: Lapse,
    pub(super) steps: StepsHeld<'a>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        framework: &'a Framework,
        thresholds: &'a Thresholds,
        assessment: &'a Assessment,
    ) -> Result<Self, AssessmentError> {
        check(framework, assessment)?;
        let rule = StepRule::new(framework, thresholds);
        let all: StepSet = (0..rule.steps().len()).collect();
        let board = rule.of_organisation();
        let (organisation, unit) = match assessment.mode {
            Mode::Organisation => (all, StepSet::default()),
            Mode::ByUnit => (board, all.without(board)),
        };
        let held = |it, ratings, recorded| {
            steps_held(&rule, (assessment, thresholds), (it, ratings), recorded)
        };
        let organisation = held(None, &assessment.organisation, organisation);
        let units = counting_units(assessment).into_iter().map(|it| CountingUnit {
            unit: it,
            status: it.status.unwrap_or_default(),
            lapse: lapse(it, assessment, thresholds),
            steps: held(Some(&it.id), &it.ratings, unit),
        });
        let units = units.collect();
        Ok(Self { assessment, thresholds, rule, organisation, units })
    }

    /// The steps that count for a unit, with those of the board.
    pub(super) fn counted_for(&self, unit: &CountingUnit<'_>) -> StepSet {
        unit.steps.counted.with(self.organisation.counted)
    }

    /// The level of a unit, where steps are recorded by unit.
    pub(super) fn unit_level(&self, unit: &CountingUnit<'_>) -> Shown {
        let steps = self.rule.level_of(self.counted_for(unit));
        steps.min(Shown::Level(unit.status_level()))
    }

    /// Whether a unit stands at Level 4 of spread or units.
    pub(super) fn is_at_four(&self, unit: &CountingUnit<'_>) -> bool {
        let four = Shown::Level(Level::Four);
        match self.assessment.mode {
            Mode::Organisation => Shown::Level(unit.status_level()) == four,
            Mode::ByUnit => self.unit_level(unit) == four,
        }
    }

    /// Ratings that no test uses, save those of PLICS and of local steps.
    pub(super) fn not_used(&self) -> Vec<NotUsed> {
        let mut found = Vec::new();
        let counting: BTreeMap<&UnitId, StepSet> =
            self.units.iter().map(|it| (&it.unit.id, it.steps.recorded)).collect();
        let mut note = |unit: Option<&UnitId>, ratings: &Ratings, recorded: StepSet| {
            let used = self.rule.ids(recorded);
            for step in self.rule.steps() {
                let rated =
                    ratings.get(&step.id).is_some_and(|it| it.rating != Rating::NotAssessed);
                if rated && !used.contains(&step.id) {
                    found.push(NotUsed { unit: unit.cloned(), step: step.id.clone() });
                }
            }
        };
        note(None, &self.assessment.organisation, self.organisation.recorded);
        for unit in &self.assessment.units {
            let recorded = counting.get(&unit.id).copied().unwrap_or_default();
            note(Some(&unit.id), &unit.ratings, recorded);
        }
        found.sort();
        found
    }
}

impl StepsHeld<'_> {
    /// What a step that does not count lacks.
    pub(super) fn lacks(&self, step: &StepId) -> Lacks {
        match self.ratings.get(step).map_or(Rating::NotAssessed, |it| it.rating) {
            Rating::Consistently => Lacks::Evidence,
            Rating::Partly => Lacks::Partly,
            Rating::NotYet => Lacks::NotYet,
            Rating::NotAssessed => Lacks::NotAssessed,
        }
    }

    /// The steps that do not count and could.
    pub(super) fn missing(&self) -> StepSet {
        self.recorded.without(self.counted)
    }
}

impl CountingUnit<'_> {
    /// The level that the unit's status allows.
    pub(super) fn status_level(&self) -> Level {
        match (self.status, self.lapse) {
            (Status::BoardOnly, _) => Level::One,
            (Status::AdHoc, _) => Level::Two,
            (Status::Norm, Lapse::Confirmed) => Level::Three,
            (Status::Norm, _) => Level::Four,
        }
    }
}

fn steps_held<'a>(
    rule: &StepRule<'_>,
    (assessment, thresholds): (&Assessment, &Thresholds),
    (unit, ratings): (Option<&'a UnitId>, &'a Ratings),
    recorded: StepSet,
) -> StepsHeld<'a> {
    let counts = |it: &Rated| it.counts(assessment.date, thresholds);
    let counted = recorded
        .places()
        .filter(|place| ratings.get(&rule.steps()[*place].id).is_some_and(counts))
        .collect();
    StepsHeld { unit, ratings, recorded, counted }
}

fn lapse(unit: &Unit, assessment: &Assessment, thresholds: &Thresholds) -> Lapse {
    if !unit.has_lapsed(assessment.date, thresholds) {
        return Lapse::None;
    }
    if unit.lapse_confirmed { Lapse::Confirmed } else { Lapse::Flagged }
}

/// The open specialties and clinical support services that have none such below them.
fn counting_units(assessment: &Assessment) -> Vec<&Unit> {
    let parents: BTreeMap<&UnitId, &UnitId> =
        assessment.units.iter().filter_map(|it| Some((&it.id, it.parent.as_ref()?))).collect();
    let clinical: Vec<&Unit> = assessment
        .units
        .iter()
        .filter(|it| is_clinical(it) && it.is_open(assessment.date))
        .collect();
    let mut above: BTreeSet<&UnitId> = BTreeSet::new();
    for unit in &clinical {
        above.extend(std::iter::successors(parents.get(&unit.id), |it| parents.get(**it)));
    }
    let mut counting: Vec<&Unit> =
        clinical.into_iter().filter(|it| !above.contains(&it.id)).collect();
    counting.sort_by_key(|it| &it.id);
    counting
}

pub(super) fn is_clinical(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Specialty | UnitKind::ClinicalSupport)
}

/// The first thing that makes the assessment unreadable.
fn check(framework: &Framework, assessment: &Assessment) -> Result<(), AssessmentError> {
    if assessment.framework != *framework.id() {
        let (wanted, given) = (assessment.framework.clone(), framework.id().clone());
        return Err(AssessmentError::OtherFramework { wanted, given });
    }
    let mut parents: BTreeMap<&UnitId, Option<&UnitId>> = BTreeMap::new();
    for unit in &assessment.units {
        if parents.insert(&unit.id, unit.parent.as_ref()).is_some() {
            return Err(AssessmentError::UnitTwice(unit.id.clone()));
        }
    }
    for unit in &assessment.units {
        let chain =
            std::iter::successors(unit.parent.as_ref(), |it| parents.get(*it).copied().flatten());
        for (steps, parent) in chain.enumerate() {
            if !parents.contains_key(parent) {
                let (unit, parent) = (unit.id.clone(), parent.clone());
                return Err(AssessmentError::NoParent { unit, parent });
            }
            if steps >= parents.len() {
                return Err(AssessmentError::ParentCycle(unit.id.clone()));
            }
        }
    }
    let ratings = assessment.units.iter().map(|it| &it.ratings);
    let rated = ratings.chain([&assessment.organisation]).flat_map(BTreeMap::keys);
    match rated.into_iter().find(|it| !framework.knows(it)) {
        Some(step) => Err(AssessmentError::NoSuchStep(step.clone())),
        None => Ok(()),
    }
}
