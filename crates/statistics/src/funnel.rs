//! Funnel plots: which units lie outside what chance and the spread common to all units allow.
//!
//! # Source
//!
//! Spiegelhalter, Statistics in Medicine 2005;24:1185 and Quality and Safety in Health Care
//! 2005;14:347 (additive random effects); kinds and trimming as the R package `FunnelPlotR` has
//! them, but limits of [`Kind::RootRatio`] squared back to the scale of the ratio.

use std::f64::consts::FRAC_PI_2;

use crate::Level;
use crate::estimate::chi_squared;
use crate::quantile::quantile;

/// Part of the units that is tamed or left out at each end before the spread is measured.
pub const TRIMMED: f64 = 0.1;

/// What is plotted, and on which scale it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Observed to expected, by logarithm, as the summary hospital-level mortality indicator does.
    LogRatio,
    /// Observed to expected, by square root, as the Care Quality Commission does.
    RootRatio,
    /// So many of so many.
    Proportion,
    /// One count for each of another.
    Counts,
}

/// One unit: what was observed, and what was expected or of how many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Observed.
    pub observed: f64,
    /// Expected; of how many; or the other count.
    pub expected: f64,
}

/// The common target and spread of all units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Funnel {
    kind: Kind,
    target: f64,
    /// Mean square of the z-scores that were left: about 1 if there is nothing but chance.
    pub phi: f64,
    /// Variance between units beyond chance, on the scale of the kind; 0 means that limits are
    /// unadjusted, and the chart says so.
    pub tau_squared: f64,
    /// Units that the spread was measured on.
    pub n: u64,
}

/// Lower and upper limit, on the scale of the values themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Lower.
    pub low: f64,
    /// Upper.
    pub high: f64,
}

impl Funnel {
    /// The funnel of these units. Units without anything expected, and of [`Kind::LogRatio`] those
    /// of which nothing was observed, say nothing about the spread. None if no unit is left.
    pub fn of(kind: Kind, units: &[Unit]) -> Option<Self> {
        let observed: f64 = units.iter().map(|it| it.observed).sum();
        let expected: f64 = units.iter().map(|it| it.expected).sum();
        let target = match kind {
            Kind::LogRatio => 0.0,
            Kind::RootRatio => 1.0,
            Kind::Proportion if expected > 0.0 => (observed / expected).sqrt().min(1.0).asin(),
            Kind::Counts if observed > 0.0 && expected > 0.0 => (observed / expected).ln(),
            Kind::Proportion | Kind::Counts => return None,
        };
        let mut funnel = Self { kind, target, phi: 0.0, tau_squared: 0.0, n: 0 };
        let scores: Vec<(f64, f64)> = units
            .iter()
            .filter_map(|it| Some((funnel.z(*it)?, 1.0 / funnel.error(*it)?.powi(2))))
            .filter(|(z, weight)| z.is_finite() && weight.is_finite())
            .collect();
        let scores = if kind == Kind::LogRatio { truncated(scores) } else { winsorised(scores)? };
        let n = scores.len() as f64;
        if scores.is_empty() {
            return None;
        }
        let squares: f64 = scores.iter().map(|(z, _)| z * z).sum();
        funnel.n = scores.len() as u64;
        funnel.phi = squares / n;
        let weights: f64 = scores.iter().map(|it| it.1).sum();
        let weights_squared: f64 = scores.iter().map(|it| it.1 * it.1).sum();
        let below = weights - weights_squared / weights;
        if squares >= n - 1.0 && below > 0.0 {
            funnel.tau_squared = ((squares - (n - 1.0)) / below).max(0.0);
        }
        Some(funnel)
    }

    /// How far a unit lies from the target, in standard errors of chance alone; none without
    /// anything expected.
    pub fn z(&self, unit: Unit) -> Option<f64> {
        Some((self.place(unit) - self.target) / self.error(unit)?)
    }

    /// Limits for a unit of this size, with the spread between units.
    pub fn limits(&self, unit: Unit, level: Level) -> Option<Limits> {
        let reach = level.z() * (self.error(unit)?.powi(2) + self.tau_squared).sqrt();
        let back = |place: f64| match self.kind {
            Kind::LogRatio | Kind::Counts => place.exp(),
            Kind::RootRatio => place.max(0.0).powi(2),
            // Beyond the ends the sine would turn back.
            Kind::Proportion => place.clamp(0.0, FRAC_PI_2).sin().powi(2),
        };
        Some(Limits { low: back(self.target - reach), high: back(self.target + reach) })
    }

    fn place(&self, unit: Unit) -> f64 {
        let Unit { observed, expected } = unit;
        match self.kind {
            Kind::LogRatio => (observed / expected).ln(),
            Kind::RootRatio => (observed / expected).sqrt(),
            Kind::Proportion => (observed / expected).sqrt().min(1.0).asin(),
            Kind::Counts => ((observed + 0.5) / (expected + 0.5)).ln(),
        }
    }

    fn error(&self, unit: Unit) -> Option<f64> {
        let Unit { observed, expected } = unit;
        let error = match self.kind {
            Kind::LogRatio => 1.0 / expected.sqrt(),
            Kind::RootRatio | Kind::Proportion => 1.0 / (2.0 * expected.sqrt()),
            Kind::Counts => {
                let part = |it: f64| it / (it + 0.5).powi(2);
                (part(observed) + part(expected)).sqrt()
            }
        };
        (expected > 0.0 && error > 0.0 && error.is_finite()).then_some(error)
    }
}

/// Extreme scores are set to the quantiles of the trimmed part.
fn winsorised(mut scores: Vec<(f64, f64)>) -> Option<Vec<(f64, f64)>> {
    let values: Vec<f64> = scores.iter().map(|it| it.0).collect();
    let (low, high) = (quantile(&values, TRIMMED)?, quantile(&values, 1.0 - TRIMMED)?);
    for it in &mut scores {
        it.0 = it.0.clamp(low, high);
    }
    Some(scores)
}

/// The first and the last of ten groups of the ranked scores are left out.
fn truncated(mut scores: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    scores.sort_by(|one, other| one.0.total_cmp(&other.0));
    let groups = (1.0 / TRIMMED).round();
    let all = scores.len() as f64;
    let group = |rank: usize| ((rank + 1) as f64 * groups / (all + 1.0)).floor();
    let is_kept = |rank: usize| group(rank) > 0.0 && group(rank) < groups - 1.0;
    scores.into_iter().enumerate().filter(|(rank, _)| is_kept(*rank)).map(|it| it.1).collect()
}

/// Exact limits of chance alone for observed to expected, from the Poisson distribution; none
/// without anything expected.
pub fn poisson_limits(expected: f64, level: Level) -> Option<Limits> {
    if expected <= 0.0 {
        return None;
    }
    let half = level.outside() / 2.0;
    let low = chi_squared(half, 2.0 * expected)? / 2.0 / expected;
    let high = chi_squared(1.0 - half, 2.0 * (expected + 1.0))? / 2.0 / expected;
    Some(Limits { low, high })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::near;

    fn unit(observed: f64, expected: f64) -> Unit {
        Unit { observed, expected }
    }

    #[test]
    fn exact_limits_are_those_of_the_package() {
        let found = poisson_limits(15.0, Level::NinetyFive).expect("expected");
        near(found.low, 0.559_692_4, 6);
        near(found.high, 1.649_348, 6);
        let found = poisson_limits(15.0, Level::NinetyNinePointEight).expect("expected");
        near(found.low, 0.386_265_0, 6);
        near(found.high, 2.082_907, 6);
        assert_eq!(poisson_limits(0.0, Level::NinetyFive), None);
    }

    #[test]
    fn spread_between_units_widens_the_funnel() {
        // Four proportions of 100: 10, 10, 30 and 30, together 80 of 400 = 0.2. asin(sqrt(.)):
        // 0.321751 and 0.579640, target 0.463648, error 1/20: z = -2.837949 and 2.319837. The
        // tenth quantile of the four is the lowest still (place 0.3 between two equal ones), so
        // nothing is tamed. phi = (2 x 8.053955 + 2 x 5.381644) / 4 = 6.717799. Weights 400:
        // tau squared = (26.871197 - 3) / (1600 - 640000/1600) = 23.871197 / 1200 = 0.0198927.
        let units = [unit(10.0, 100.0), unit(10.0, 100.0), unit(30.0, 100.0), unit(30.0, 100.0)];
        let funnel = Funnel::of(Kind::Proportion, &units).expect("units");
        near(funnel.z(units[0]).expect("of 100"), -2.837_949, 4);
        near(funnel.phi, 6.7178, 3);
        near(funnel.tau_squared, 0.019_892_7, 5);
        assert_eq!(funnel.n, 4);
        // Reach 1.959964 x sqrt(0.0025 + 0.0198927) = 0.293294: sin^2(0.170354) = 0.028743 and
        // sin^2(0.756942) = 0.471559.
        let limits = funnel.limits(units[0], Level::NinetyFive).expect("of 100");
        near(limits.low, 0.028_743, 4);
        near(limits.high, 0.471_559, 4);
    }

    #[test]
    fn chance_alone_leaves_the_funnel_as_it_is() {
        // Observed is expected everywhere: z 0, phi 0, no spread between units. Limits by square
        // root with 25 expected: (1 - 1.959964/10)^2 = 0.646422 and 1.430407.
        let units = [unit(25.0, 25.0), unit(16.0, 16.0), unit(9.0, 9.0)];
        let funnel = Funnel::of(Kind::RootRatio, &units).expect("units");
        assert!(funnel.tau_squared.abs() < 1e-12 && funnel.phi.abs() < 1e-12);
        let limits = funnel.limits(units[0], Level::NinetyFive).expect("expected");
        near(limits.low, 0.646_422, 5);
        near(limits.high, 1.430_421, 4);
        // By logarithm: exp(1.959964/5) = 1.479889.
        let funnel = Funnel::of(Kind::LogRatio, &units).expect("units");
        let limits = funnel.limits(units[0], Level::NinetyFive).expect("expected");
        near(limits.high, 1.479_9, 3);
        near(limits.low, 1.0 / 1.479_9, 3);
        // 1 expected: the root would turn below 0.
        let limits = Funnel::of(Kind::RootRatio, &units).expect("units");
        let limits = limits.limits(unit(1.0, 0.25), Level::NinetyFive).expect("expected");
        assert!(limits.low.abs() < 1e-12, "{limits:?}");
    }

    #[test]
    fn the_ends_are_tamed_before_the_spread_is_measured() {
        // Twenty units: ranks 1 and 20 of groups floor(r x 10 / 21): 0 for r = 1, 2; 9 for r = 19,
        // 20 (19 x 10 / 21 = 9.05); so 16 are left.
        let units: Vec<Unit> = (1..=20).map(|it| unit(f64::from(it), 10.0)).collect();
        let funnel = Funnel::of(Kind::LogRatio, &units).expect("units");
        assert_eq!(funnel.n, 16);
        assert_eq!(Funnel::of(Kind::RootRatio, &units).expect("units").n, 20);
        assert_eq!(Funnel::of(Kind::Proportion, &[]), None);
    }

    #[test]
    fn counts_are_judged_by_the_size_of_both() {
        // 10 for each 40: ln(10.5/40.5) = -1.349927, error sqrt(10/10.5^2 + 40/40.5^2) =
        // sqrt(0.090703 + 0.024387) = 0.339249; target ln(50/80) = -0.470004.
        let units = [unit(10.0, 40.0), unit(40.0, 40.0)];
        let funnel = Funnel::of(Kind::Counts, &units).expect("units");
        near(funnel.z(units[0]).expect("counts"), (-1.349_927 + 0.470_004) / 0.339_249, 3);
    }

    proptest! {
        #[test]
        fn limits_hold_the_target_and_widen_with_certainty(
            sizes in prop::collection::vec((0_u32..60, 1_u32..60), 3..25),
        ) {
            for kind in [Kind::LogRatio, Kind::RootRatio, Kind::Proportion, Kind::Counts] {
                let units: Vec<Unit> = sizes
                    .iter()
                    .map(|(one, of)| unit(f64::from(*one.min(of)), f64::from(*of)))
                    .collect();
                let Some(funnel) = Funnel::of(kind, &units) else { continue };
                for it in &units {
                    let (Some(near), Some(far)) = (
                        funnel.limits(*it, Level::NinetyFive),
                        funnel.limits(*it, Level::NinetyNinePointEight),
                    ) else { continue };
                    prop_assert!(far.low <= near.low + 1e-12 && near.high <= far.high + 1e-12);
                    prop_assert!(near.low <= near.high);
                }
            }
        }
    }
}
