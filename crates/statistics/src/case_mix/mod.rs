//! Whether units differ once what they treat is taken into account: indirect standardisation.
//!
//! What a unit's cases are expected to need is what like cases of all other units needed, never
//! its own. Observed over expected, times the overall mean, is the unit's adjusted mean.
//!
//! # Source
//!
//! Floors as agreed for the comparison of clinicians: ten cases each and five peers; like cases
//! leave the unit itself out. Chance: the spread between like cases, in parts of their mean.

use crate::mean::Sample;
use crate::quantile::{Spread, spread};
use crate::{Estimate, Level};

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Number of the unit that it belongs to, from 0.
    pub unit: usize,
    /// Numbers of its strata, from the finest to the coarsest. The finest with enough cases of
    /// other units says what is like it; no number stands for strata of two different levels.
    pub strata: Vec<usize>,
    /// What it needed: days, minutes, a count.
    pub value: f64,
}

/// How few is too few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floors {
    /// Cases of a unit.
    pub cases: u64,
    /// Other units with as many cases.
    pub peers: u64,
    /// Like cases of other units, for a stratum to be used.
    pub like_cases: u64,
}

impl Default for Floors {
    fn default() -> Self {
        Self { cases: 10, peers: 5, like_cases: 5 }
    }
}

/// Why a unit is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooFew {
    /// It has too few cases.
    Cases {
        /// Those with like cases elsewhere.
        found: u64,
        /// Those needed.
        needed: u64,
    },
    /// Too few other units have enough cases.
    Peers {
        /// Those that have.
        found: u64,
        /// Those needed.
        needed: u64,
    },
    /// Nothing was needed in like cases, or nothing varies: there is no scale to judge by.
    NoScale,
}

/// One unit among its peers.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjusted {
    /// As it was: mean of the unit's cases that have like cases elsewhere, with its 95% interval.
    pub raw: Estimate,
    /// What those cases were expected to need together.
    pub expected: f64,
    /// Observed over expected.
    pub ratio: f64,
    /// Adjusted mean: the overall mean times observed over expected, with its 95% interval.
    pub adjusted: Estimate,
    /// The range in which the adjusted mean of a unit of such cases lies by chance, at 99.8%.
    pub chance: (f64, f64),
    /// Cases compared in their finest stratum; the others in a coarser one.
    pub finest: u64,
}

impl Adjusted {
    /// Whether the adjusted mean lies outside what chance leaves. A question, not a verdict.
    pub fn is_beyond_chance(&self) -> bool {
        self.adjusted.value < self.chance.0 || self.adjusted.value > self.chance.1
    }
}

/// All units.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseMix {
    /// Mean of all cases; none without any.
    pub overall: Option<Estimate>,
    /// Spread of all cases, which may be shown when units may not.
    pub spread: Option<Spread>,
    /// Of each unit, the comparison or why there is none.
    pub units: Vec<Result<Adjusted, TooFew>>,
    /// Of each unit, cases for which no other unit has enough like cases; they are left out.
    pub without_like_cases: Vec<u64>,
}

/// A case with what it is expected to need.
struct Judged {
    value: f64,
    expected: f64,
    /// Stratum that says so, and how many like cases of other units it holds.
    stratum: usize,
    like: f64,
    /// Level of that stratum, from 0 for the finest.
    level: usize,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    n: u64,
    sum: f64,
}

/// Compares `units` units by their cases.
pub fn compare(cases: &[Case], units: usize, floors: Floors) -> CaseMix {
    let values: Vec<f64> = cases.iter().map(|it| it.value).collect();
    let sample = Sample::of(values.iter().copied());
    let sums = Sums::of(cases, units);
    let mut expected: Vec<Vec<Judged>> = (0..units).map(|_| Vec::new()).collect();
    let mut without_like_cases = vec![0; units];
    for case in cases.iter().filter(|it| it.unit < units) {
        match sums.expected(case, floors) {
            Some(it) => expected[case.unit].push(it),
            None => without_like_cases[case.unit] += 1,
        }
    }
    let counts: Vec<u64> = expected.iter().map(|it| it.len() as u64).collect();
    let large = counts.iter().filter(|it| **it >= floors.cases).count() as u64;
    // Coarser strata hold cases that are less alike: each level has a spread of its own.
    let levels = cases.iter().map(|it| it.strata.len()).max().unwrap_or_default();
    let relative: Vec<Option<f64>> =
        (0..levels).map(|it| sums.relative_variance(cases, it)).collect();
    let unit = |(cases, count): (&Vec<Judged>, &u64)| {
        if *count < floors.cases {
            return Err(TooFew::Cases { found: *count, needed: floors.cases });
        }
        if large - 1 < floors.peers {
            return Err(TooFew::Peers { found: large - 1, needed: floors.peers });
        }
        let overall = sample.mean().ok_or(TooFew::NoScale)?;
        adjusted(cases, overall, &relative).ok_or(TooFew::NoScale)
    };
    CaseMix {
        overall: sample.estimate(Level::NinetyFive),
        spread: spread(&values),
        units: expected.iter().zip(&counts).map(unit).collect(),
        without_like_cases,
    }
}

fn adjusted(cases: &[Judged], overall: f64, relative: &[Option<f64>]) -> Option<Adjusted> {
    let n = cases.len() as f64;
    let raw = Sample::of(cases.iter().map(|it| it.value));
    let expected: f64 = cases.iter().map(|it| it.expected).sum();
    if expected <= 0.0 {
        return None;
    }
    let ratio = raw.mean()? * n / expected;
    let scale = overall * n / expected;
    // The unit's own scatter round what was expected, for its interval.
    let residuals = Sample::of(cases.iter().map(|it| it.value - it.expected));
    let own = residuals.estimate(Level::NinetyFive)?;
    let reach = (own.high - own.value) * scale;
    let value = overall * ratio;
    // What chance does to observed and to expected, if like cases vary by so much of their mean.
    let variance: f64 = cases
        .iter()
        .map(|it| Some(relative.get(it.level).copied()?? * it.expected.powi(2)))
        .sum::<Option<f64>>()?;
    let reference = shared_reference(cases, relative)?;
    let chance = (variance + reference).sqrt() / expected;
    let reach_of_chance = Level::NinetyNinePointEight.z() * chance * overall;
    Some(Adjusted {
        raw: raw.estimate(Level::NinetyFive)?,
        expected,
        ratio,
        adjusted: Estimate {
            value,
            low: (value - reach).max(0.0),
            high: value + reach,
            n: raw.n(),
        },
        chance: ((overall - reach_of_chance).max(0.0), overall + reach_of_chance),
        finest: cases.iter().filter(|it| it.level == 0).count() as u64,
    })
}

/// Variance of what is expected: cases of one stratum share the same few like cases, and so their
/// error.
fn shared_reference(cases: &[Judged], relative: &[Option<f64>]) -> Option<f64> {
    let mut strata = std::collections::BTreeMap::<usize, (f64, &Judged)>::new();
    for case in cases {
        strata.entry(case.stratum).or_insert((0.0, case)).0 += 1.0;
    }
    let error = |(n, it): &(f64, &Judged)| {
        Some(relative.get(it.level).copied()?? * (n * it.expected).powi(2) / it.like)
    };
    strata.values().map(error).sum()
}

struct Sums {
    /// By stratum.
    all: Vec<Sum>,
    /// By unit and stratum.
    own: std::collections::BTreeMap<(usize, usize), Sum>,
}

impl Sums {
    fn of(cases: &[Case], units: usize) -> Self {
        let strata = cases.iter().flat_map(|it| &it.strata).max().map_or(0, |it| it + 1);
        let mut sums =
            Self { all: vec![Sum::default(); strata], own: std::collections::BTreeMap::new() };
        for case in cases.iter().filter(|it| it.unit < units) {
            for stratum in &case.strata {
                let own = sums.own.entry((case.unit, *stratum)).or_default();
                for sum in [&mut sums.all[*stratum], own] {
                    sum.n += 1;
                    sum.sum += case.value;
                }
            }
        }
        sums
    }

    fn expected(&self, case: &Case, floors: Floors) -> Option<Judged> {
        let mut levels = case.strata.iter().enumerate();
        levels.find_map(|(level, stratum)| {
            let all = self.all[*stratum];
            let own = self.own.get(&(case.unit, *stratum)).copied().unwrap_or_default();
            let n = all.n - own.n;
            (n > 0 && n >= floors.like_cases).then(|| Judged {
                value: case.value,
                expected: (all.sum - own.sum) / n as f64,
                stratum: *stratum,
                like: n as f64,
                level,
            })
        })
    }

    /// Mean square of what cases differ from the mean of their stratum of a level, in parts of it;
    /// none if no stratum has two cases and a mean.
    fn relative_variance(&self, cases: &[Case], level: usize) -> Option<f64> {
        let of_level = |it: &Case| it.strata.get(level).copied();
        let usable = |stratum: usize| self.all[stratum].n > 1 && self.all[stratum].sum > 0.0;
        let mut squares = 0.0;
        let mut freedom = 0.0;
        for case in cases {
            let Some(stratum) = of_level(case).filter(|it| usable(*it)) else { continue };
            let Sum { n, sum } = self.all[stratum];
            let mean = sum / n as f64;
            squares += (case.value / mean - 1.0).powi(2);
            freedom += 1.0 - 1.0 / n as f64;
        }
        Some(squares / freedom).filter(|it| it.is_finite() && *it > 0.0)
    }
}

#[cfg(test)]
mod tests;
