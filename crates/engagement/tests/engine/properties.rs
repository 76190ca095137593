//! What holds of every assessment.

use engagement::assessment::{Rated, Rating, Ratings, Sharing, Status, Support};
use engagement::framework::LocalStep;
use engagement::level::{Change, Lapse, Lift, Proposed, Shown, Test, UnitResult, Warning};
use engagement::words::Words;
use engagement::{Assessment, FrameworkId, Level, Mode, Proposal, StepId, Unit, UnitId, propose};
use proptest::prelude::*;

use crate::form::{NATIONAL, THRESHOLDS, live, shown_consistently, step};
use crate::reference::{Reference, reference};
use crate::trials::assessments;

fn proposal(assessment: &Assessment) -> Proposal {
    propose(&NATIONAL, &THRESHOLDS, assessment).expect("a readable assessment")
}

fn number(shown: Shown) -> u8 {
    match shown {
        Shown::NotYet => 0,
        Shown::Level(level) => level.number(),
    }
}

fn as_reference(proposal: &Proposal) -> Reference {
    let proposed = match proposal.proposed {
        Proposed::Shown(shown) => Some(number(shown)),
        Proposed::Refused(_) => None,
    };
    let tests = proposal.tests;
    Reference {
        steps: tests.steps.map(number),
        spread: tests.spread.map(number),
        units: tests.units.map(number),
        cap: tests.cap.number(),
        proposed,
    }
}

/// Every test and the proposal, to be compared one by one.
fn levels(it: &Reference) -> [Option<u8>; 5] {
    [it.steps, it.spread, it.units, Some(it.cap), it.proposed]
}

fn unit_mut<'a>(assessment: &'a mut Assessment, id: &UnitId) -> &'a mut Unit {
    assessment.units.iter_mut().find(|it| it.id == *id).expect("a unit of the assessment")
}

/// Does what a change says.
fn apply(assessment: &mut Assessment, change: &Change) {
    match change {
        Change::Step { unit, step, .. } => {
            let ratings = match unit {
                None => &mut assessment.organisation,
                Some(unit) => &mut unit_mut(assessment, unit).ratings,
            };
            ratings.insert(step.clone(), shown_consistently());
        }
        Change::Status { unit, to, .. } => {
            unit_mut(assessment, unit).status = Some(*to);
            // Where it becomes the norm, data are shared as was said.
            share(assessment, unit);
        }
        Change::ShareAgain(unit) => share(assessment, unit),
        Change::Support(None) => assessment.support = Support::Yes,
        Change::Support(Some(unit)) => unit_mut(assessment, unit).support = Support::Yes,
    }
}

fn share(assessment: &mut Assessment, unit: &UnitId) {
    let day = assessment.date;
    let sharing = &mut unit_mut(assessment, unit).sharing;
    *sharing = sharing.map(|it| Sharing { last: Some(day), ..it });
}

fn after(assessment: &Assessment, changes: &[&Change]) -> Reference {
    let mut lifted = assessment.clone();
    for change in changes {
        apply(&mut lifted, change);
    }
    reference(&lifted)
}

fn of_test(test: Test, it: &Reference) -> u8 {
    match test {
        Test::Steps => it.steps,
        Test::Spread => it.spread,
        Test::Units => it.units,
        Test::Cap => Some(it.cap),
    }
    .expect("a test that applies")
}

/// Everything that could be changed about an assessment and helps one test.
fn candidates(assessment: &Assessment, proposal: &Proposal, test: Test) -> Vec<Change> {
    let rated = |ratings: &Ratings, id: &StepId| {
        ratings.get(id).is_some_and(|it| it.counts(assessment.date, &THRESHOLDS))
    };
    let framework = &*NATIONAL;
    let lacks = engagement::level::Lacks::NotAssessed;
    let steps = |unit: Option<&UnitId>, ratings: &Ratings, board: bool| -> Vec<Change> {
        let all = framework.steps().iter().filter(|it| !it.neutral && !rated(ratings, &it.id));
        let is_board = |it: &&engagement::framework::Step| (it.from_level == Level::One) == board;
        all.filter(is_board)
            .map(|it| Change::Step { lacks, unit: unit.cloned(), step: it.id.clone() })
            .collect()
    };
    let status = |it: &UnitResult| match (it.status, it.lapse) {
        (Status::Norm, Lapse::Confirmed) => vec![Change::ShareAgain(it.unit.clone())],
        (Status::Norm, _) => Vec::new(),
        (from, _) => vec![Change::Status { unit: it.unit.clone(), from, to: Status::Norm }],
    };
    let units = || proposal.units.iter().flat_map(status);
    match test {
        Test::Steps => {
            let mut all = steps(None, &assessment.organisation, true);
            all.extend(steps(None, &assessment.organisation, false));
            all
        }
        Test::Spread => units().collect(),
        Test::Units => {
            let mut all: Vec<Change> = units().collect();
            all.extend(steps(None, &assessment.organisation, true));
            for it in &proposal.units {
                let unit = assessment.units.iter().find(|unit| unit.id == it.unit);
                let ratings = &unit.expect("a unit of the assessment").ratings;
                all.extend(steps(Some(&it.unit), ratings, false));
            }
            all
        }
        Test::Cap => {
            let nos = proposal.units.iter().filter(|it| it.support == Support::No);
            let units = nos.map(|it| Change::Support(Some(it.unit.clone())));
            units.chain([Change::Support(None)]).collect()
        }
    }
}

/// So many sets of changes are tried at most at once.
const SETS_MAX: usize = 400;

/// Whether fewer changes than the lift's bring its test to the level, on top of earlier lifts.
fn fewer_reach(assessment: &Assessment, proposal: &Proposal, lift: &Lift) -> Option<Vec<Change>> {
    // Where there are too many smaller sets for a trial, only the smallest are tried; the steps rule
    // has a test of its own that goes through all of them.
    let fewer = lift.changes.len().checked_sub(1)?;
    let all = candidates(assessment, proposal, lift.test);
    let reaches =
        |some: &[&Change]| of_test(lift.test, &after(assessment, some)) >= lift.to.number();
    let mut sets: Vec<Vec<&Change>> = vec![Vec::new()];
    for _ in 0..=fewer {
        if let Some(found) = sets.iter().find(|it| reaches(it)) {
            return Some(found.iter().map(|it| (*it).clone()).collect());
        }
        if sets.len() * all.len() > SETS_MAX {
            return None;
        }
        let longer = sets.iter().flat_map(|set| {
            let next = all.iter().skip_while(|it| set.last().is_some_and(|last| it != last));
            next.skip(usize::from(!set.is_empty())).map(|it| [set.as_slice(), &[it]].concat())
        });
        sets = longer.collect();
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The engine and the obvious implementation show the same in every test.
    #[test]
    fn both_implementations_agree(assessment in assessments()) {
        let proposal = proposal(&assessment);
        let expected = reference(&assessment);
        prop_assert_eq!(as_reference(&proposal), expected);
        prop_assert_eq!(proposal, self::proposal(&assessment));
    }

    /// The proposal is the lowest test, and those that equal it hold it.
    #[test]
    fn the_lowest_test_decides(assessment in assessments()) {
        let proposal = proposal(&assessment);
        let shown = as_reference(&proposal);
        let Some(proposed) = shown.proposed else {
            prop_assert!(proposal.binding.is_empty() && proposal.lifts.is_empty());
            return Ok(());
        };
        let tests = [Test::Steps, Test::Spread, Test::Units, Test::Cap];
        let binding: Vec<Test> = tests
            .into_iter()
            .zip([shown.steps, shown.spread, shown.units, Some(shown.cap)])
            .filter(|(_, it)| *it == Some(proposed) && proposed < 4)
            .map(|(test, _)| test)
            .collect();
        prop_assert_eq!(&proposal.binding, &binding);
        let lifted: Vec<Test> = proposal.lifts.iter().map(|it| it.test).collect();
        prop_assert_eq!(&lifted, &binding);
    }

    /// Neither the order of units nor what is said of PLICS or of local steps changes anything.
    #[test]
    fn order_plics_and_local_steps_change_nothing(
        assessment in assessments(),
        order in any::<prop::sample::Index>(),
        said in 0..4_usize,
    ) {
        let thresholds = &*THRESHOLDS;
        let local = LocalStep {
            id: step("X1"),
            category: NATIONAL.categories()[0].id.clone(),
            label: "Ours".to_owned(),
            guidance: String::new(),
        };
        let id = FrameworkId::from("2013-local");
        let framework = NATIONAL.with_local_steps(id.clone(), "Ours", vec![local]).expect("ours");
        let mut before = assessment.clone();
        before.framework = id;
        let expected = propose(&framework, thresholds, &before).expect("a proposal");

        let mut changed = before;
        if !changed.units.is_empty() {
            let first = order.index(changed.units.len());
            changed.units.rotate_left(first);
            changed.units.reverse();
        }
        let said = [Rating::NotAssessed, Rating::NotYet, Rating::Partly, Rating::Consistently][said];
        let units = changed.units.iter_mut().map(|it| &mut it.ratings);
        for ratings in units.chain([&mut changed.organisation]) {
            for id in ["P5", "X1"] {
                ratings.insert(step(id), Rated { rating: said, evidence: vec![live()] });
            }
        }
        let actual = propose(&framework, thresholds, &changed).expect("a proposal");
        prop_assert_eq!(&actual, &expected);
        changed.units.iter_mut().for_each(|it| { it.ratings.remove(&step("P5")); });
        changed.organisation.insert(step("P5"), Rated { rating: said, evidence: Vec::new() });
        prop_assert_eq!(propose(&framework, thresholds, &changed), Ok(expected));
    }

    /// A step more, live evidence, joint working or support never lowers any test.
    #[test]
    fn more_is_never_less(
        assessment in assessments(),
        place in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        kind in 0..4_usize,
    ) {
        let framework = &*NATIONAL;
        let before = as_reference(&proposal(&assessment));
        let mut more = assessment.clone();
        let step = place.get(framework.steps()).id.clone();
        let units = more.units.len();
        let unit = (units > 0).then(|| at.index(units));
        let ratings = match unit {
            Some(unit) if more.mode == Mode::ByUnit && !["C1", "P1", "B1"].contains(&step.as_str()) => {
                &mut more.units[unit].ratings
            }
            _ => &mut more.organisation,
        };
        match (kind, unit) {
            (0, _) => { ratings.insert(step, shown_consistently()); }
            (1, _) => ratings.entry(step).or_default().evidence.push(live()),
            (2, Some(unit)) => more.units[unit].status = Some(match more.units[unit].status {
                None | Some(Status::BoardOnly) => Status::AdHoc,
                _ => Status::Norm,
            }),
            (_, Some(unit)) => more.units[unit].support = Support::Yes,
            _ => more.support = Support::Yes,
        }
        let after = as_reference(&proposal(&more));
        for (before, after) in levels(&before).into_iter().zip(levels(&after)) {
            prop_assert!(before <= after, "{before:?} became {after:?}");
        }
    }

    /// Every part of a proposal has its sentence, and none speaks of PLICS.
    #[test]
    fn words_tell_all_and_never_of_plics(assessment in assessments()) {
        let framework = &*NATIONAL;
        let proposal = proposal(&assessment);
        let words = Words::new(framework, &proposal);
        prop_assert_eq!(words.lifts().len(), proposal.lifts.len());
        prop_assert_eq!(words.warnings().len(), proposal.warnings.len());
        prop_assert_eq!(words.level().len(), 1 + proposal.binding.len());
        prop_assert_eq!(words.counts().len(), proposal.organisation.len());
        prop_assert_eq!(words.units().len(), proposal.units.len());
        for sentence in words.all().iter().chain(&words.counts()).chain(&words.units()) {
            prop_assert!(!sentence.contains("P5") && !sentence.contains("PLICS"), "{sentence}");
            prop_assert!(sentence.ends_with('.'), "{sentence}");
        }
        for step in framework.steps().iter().filter(|it| it.neutral) {
            prop_assert!(!proposal.counted.contains(&step.id));
        }
    }

    /// Warnings are exactly those of the specification.
    #[test]
    fn warnings_are_exact(assessment in assessments()) {
        let proposal = proposal(&assessment);
        let shown = as_reference(&proposal);
        let others: Vec<&UnitResult> = proposal
            .units
            .iter()
            .filter(|it| it.status != Status::Norm || it.lapse == Lapse::Confirmed)
            .collect();
        let planned = others.iter().any(|it| assessment.roll_out.contains(&it.unit));
        let wanted = shown.spread.or(shown.units) == Some(3) && !others.is_empty() && !planned;
        prop_assert_eq!(proposal.warnings.contains(&Warning::NoRollOutPlan), wanted);

        let high = shown.units.or(shown.steps) >= Some(2);
        for id in ["C1", "P1", "B1"] {
            let rated = assessment.organisation.get(&step(id));
            let counts = rated.is_some_and(|it| it.counts(assessment.date, &THRESHOLDS));
            let warned = proposal.warnings.contains(&Warning::FoundationGap(step(id)));
            prop_assert_eq!(warned, high && !counts);
        }
        for it in &proposal.warnings {
            if let Warning::EvidenceNeeded { unit, step } = it {
                let ratings = match unit {
                    None => &assessment.organisation,
                    Some(unit) => &assessment.units.iter().find(|it| it.id == *unit).expect("a unit").ratings,
                };
                let rated = ratings.get(step).expect("a rating");
                prop_assert_eq!(rated.rating, Rating::Consistently);
                prop_assert!(!rated.counts(assessment.date, &THRESHOLDS));
            }
        }
    }
}

proptest! {
    // Each case tries some hundred changed assessments.
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// All lifts together reach the next level, each its own test; none of their changes can be
    /// spared, and no smaller set would do.
    #[test]
    fn lifts_are_sufficient_and_fewest(assessment in assessments()) {
        let proposal = proposal(&assessment);
        let mut lifted = assessment.clone();
        for lift in &proposal.lifts {
            let to = lift.to.number();
            let all: Vec<&Change> = lift.changes.iter().collect();
            let reached = of_test(lift.test, &after(&lifted, &all));
            prop_assert!(reached >= to, "{lift:?} reaches {reached}");
            // No step lowers a level, so if a change cannot be spared, no set of them can.
            for spared in 0..all.len() {
                let mut others = all.clone();
                others.remove(spared);
                let reached = of_test(lift.test, &after(&lifted, &others));
                prop_assert!(reached < to, "{:?} can be spared in {lift:?}", all[spared]);
            }
            let fewer = fewer_reach(&lifted, &proposal, lift);
            prop_assert!(fewer.is_none(), "{fewer:?} is less than {lift:?}");
            for change in all {
                apply(&mut lifted, change);
            }
        }
        if let Some(lift) = proposal.lifts.first() {
            let reached = as_reference(&self::proposal(&lifted)).proposed;
            prop_assert!(reached >= Some(lift.to.number()), "all lifts reach {reached:?}");
            let all: Vec<&Change> = proposal.lifts.iter().flat_map(|it| &it.changes).collect();
            for spared in 0..all.len() {
                let mut others = all.clone();
                others.remove(spared);
                let reached = after(&assessment, &others).proposed;
                prop_assert!(reached < Some(lift.to.number()), "{:?} can be spared", all[spared]);
            }
        }
    }
}
