//! The steps rule against a plain one on every pattern of counts, and lifts against all ways there are.

use proptest::prelude::*;

use super::case::Case;
use super::lift::fewest::{Order, fewest};
use super::proposal::Shown;
use super::steps::{StepRule, StepSet};
use crate::assessment::{Assessment, Mode, Rated, Rating, Ratings};
use crate::framework::{Framework, Level};
use crate::thresholds::Thresholds;

/// How many steps count, by category and by the level that introduces them.
type Counts = [[u32; 4]; 3];

/// How many there are, PLICS left out.
const ALL: Counts = [[1, 3, 2, 2], [1, 2, 1, 2], [1, 2, 3, 2]];

/// The rule on counts alone, with its numbers spelled out.
fn plain(counts: &Counts) -> u8 {
    let [culture, process, benefits] = counts;
    let up_to = |it: &[u32; 4], level: usize| it.iter().take(level).sum::<u32>();
    let new = |level: usize| culture[level - 1] + process[level - 1] + benefits[level - 1];
    let column = |level, c, p, b| {
        up_to(culture, level) >= c && up_to(process, level) >= p && up_to(benefits, level) >= b
    };
    let two = column(2, 3, 2, 2) && culture[1] >= 2 && process[1] >= 1 && benefits[1] >= 1;
    let three = column(3, 4, 3, 4) && culture[2] >= 1 && benefits[2] >= 2;
    let four = column(4, 5, 4, 5) && culture[3] >= 1 && process[3] >= 1 && benefits[3] >= 1;
    let (b2, b3, b4) = (new(2) >= 4, new(3) >= 4, new(4) >= 4);
    if four && b4 && b3 && b2 {
        4
    } else if three && b3 && b2 {
        3
    } else if two && b2 {
        2
    } else {
        u8::from(new(1) >= 2 || b2)
    }
}

/// Every pattern from what there is at least to what there is at most.
fn patterns(least: &Counts) -> Vec<Counts> {
    let mut all = vec![*least];
    for category in 0..3 {
        for level in 0..4 {
            let mut more = Vec::new();
            for counts in &all {
                for count in least[category][level]..=ALL[category][level] {
                    let mut counts = *counts;
                    counts[category][level] = count;
                    more.push(counts);
                }
            }
            all = more;
        }
    }
    all
}

fn number(shown: Shown) -> u8 {
    match shown {
        Shown::NotYet => 0,
        Shown::Level(level) => level.number(),
    }
}

fn set_of(rule: &StepRule<'_>, counts: &Counts) -> StepSet {
    let mut places = Vec::new();
    for (category, counts) in counts.iter().enumerate() {
        for (level, count) in Level::ALL.into_iter().zip(counts) {
            let count = usize::try_from(*count).expect("a small number");
            places.extend(rule.introduced_in(level, category).places().take(count));
        }
    }
    places.into_iter().collect()
}

fn counts_of(rule: &StepRule<'_>, set: StepSet) -> Counts {
    let mut counts = Counts::default();
    for (category, counts) in counts.iter_mut().enumerate() {
        for (level, count) in Level::ALL.into_iter().zip(counts) {
            *count = set.and(rule.introduced_in(level, category)).len();
        }
    }
    counts
}

#[test]
fn both_rules_agree_on_every_pattern_of_counts() {
    let (framework, thresholds) = (Framework::national_2013(), Thresholds::own());
    let rule = StepRule::new(&framework, &thresholds);
    let all = patterns(&Counts::default());
    // 2·4·3·3 patterns of culture, 2·3·2·3 of process, 2·3·4·3 of benefits.
    assert_eq!(all.len(), 72 * 36 * 72);
    for counts in &all {
        assert_eq!(number(rule.level_of(set_of(&rule, counts))), plain(counts), "{counts:?}");
    }
}

/// An assessment of the organisation whose steps lack what is said, by place; 4 is "counts".
fn assessment(framework: &Framework, lacks: &[usize]) -> Assessment {
    let day: jiff::civil::Date = "2013-07-01".parse().expect("a day");
    let evidence = crate::assessment::Evidence {
        reference: "minutes".to_owned(),
        state: crate::assessment::ReviewState::Accepted,
        event: day,
        expires: None,
    };
    let rated = |lacks: usize| match lacks {
        0 => Rated { rating: Rating::Consistently, evidence: Vec::new() },
        1 => Rated { rating: Rating::Partly, evidence: Vec::new() },
        2 => Rated { rating: Rating::NotYet, evidence: Vec::new() },
        3 => Rated::default(),
        _ => Rated { rating: Rating::Consistently, evidence: vec![evidence.clone()] },
    };
    let steps = framework.steps().iter().filter(|it| !it.neutral);
    let organisation: Ratings =
        steps.zip(lacks).map(|(step, lacks)| (step.id.clone(), rated(*lacks))).collect();
    let nothing = Assessment::new(framework.id().clone(), day, Mode::Organisation);
    Assessment { organisation, ..nothing }
}

/// How a way compares: how many steps, how many of each thing they lack, then their places.
fn preference(lacks: &[usize], set: StepSet) -> (u32, Vec<usize>, Vec<(usize, usize)>) {
    let mut steps: Vec<(usize, usize)> = set.places().map(|it| (lacks[it], it)).collect();
    steps.sort_unstable();
    (set.len(), steps.iter().map(|it| it.0).collect(), steps)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of all sets of missing steps that reach the level, the smallest is chosen, and of these the
    /// one that is preferred.
    #[test]
    fn the_preferred_of_the_fewest_steps_are_chosen(
        mut lacks in prop::collection::vec(prop::sample::select(vec![0_usize, 1, 2, 3, 3, 4, 4]), 22),
        to in prop::sample::select(Level::ALL.to_vec()),
    ) {
        let missing: Vec<usize> = (0..22).filter(|it| lacks[*it] < 4).collect();
        for place in missing.iter().skip(11) {
            lacks[*place] = 4;
        }
        let (framework, thresholds) = (Framework::national_2013(), Thresholds::own());
        let assessment = assessment(&framework, &lacks);
        let case = Case::new(&framework, &thresholds, &assessment).expect("a case");
        let missing: Vec<usize> = missing.into_iter().take(11).collect();
        let counted = case.organisation.counted;
        let best = (0..1_u32 << missing.len())
            .map(|bits| -> StepSet {
                let places = missing.iter().enumerate().filter(|(it, _)| bits >> it & 1 == 1);
                places.map(|(_, place)| *place).collect()
            })
            .filter(|set| plain(&counts_of(&case.rule, counted.with(*set))) >= to.number())
            .min_by_key(|set| preference(&lacks, *set));
        let order = Order::new(&case, |_| &case.organisation);
        let chosen = fewest(&case.rule, &order, counted, to).map(|it| it.steps);
        if number(case.rule.level_of(counted)) < to.number() {
            prop_assert_eq!(chosen, best);
        }
    }

    /// However many steps are missing, no pattern of counts reaches the level with fewer.
    #[test]
    fn no_pattern_of_counts_needs_fewer_steps(
        lacks in prop::collection::vec(prop::sample::select(vec![0_usize, 1, 2, 3, 3, 4]), 22),
        to in prop::sample::select(Level::ALL.to_vec()),
    ) {
        let (framework, thresholds) = (Framework::national_2013(), Thresholds::own());
        let assessment = assessment(&framework, &lacks);
        let case = Case::new(&framework, &thresholds, &assessment).expect("a case");
        let counted = case.organisation.counted;
        let reach = patterns(&counts_of(&case.rule, counted)).into_iter();
        let fewest_counts = reach
            .filter(|it| plain(it) >= to.number())
            .map(|it| it.iter().flatten().sum::<u32>() - counted.len())
            .min();
        let order = Order::new(&case, |_| &case.organisation);
        let chosen = fewest(&case.rule, &order, counted, to).map(|it| it.steps.len());
        if number(case.rule.level_of(counted)) < to.number() {
            prop_assert_eq!(chosen, fewest_counts);
        }
    }
}
