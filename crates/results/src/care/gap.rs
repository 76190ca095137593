//! What accounts for the difference between what one costs and what it is paid: where the trust
//! uses more than similar trusts, or pays more.
//!
//! A difference in use is costed at the trust's own cost of one, overheads included; a difference
//! in price is what is paid directly. Comparisons of one kind of care are added up only where they
//! do not overlap, which the model says; whatever they leave is everything else.

use domain::Money;
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::ToPrimitive as _;
use rules::YearRules;
use rules::year::{CountUnit, Pattern, PeerKind, PeerValue};

use super::fraction::{fraction, whole};
use super::{Care, CareBook};

/// One comparison with similar trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapPart {
    /// What is compared, in the words of the model.
    pub measure: String,
    /// How.
    pub kind: PeerKind,
    /// Unit of the values.
    pub unit: String,
    /// The trust's value for one event × 10⁴, half up.
    pub own_e4: i64,
    /// That of similar trusts × 10⁴.
    pub peers_e4: i64,
    /// What the difference costs over all events; negative where the trust uses or pays less.
    pub amount: Money,
    /// Who the similar trusts are.
    pub peers: String,
    /// Key of the source.
    pub source: String,
}

/// Seconds of a day.
const DAY: i64 = 86_400;

impl CareBook {
    /// Comparisons with similar trusts that the model has for a kind of care.
    pub fn beside_peers(
        &self,
        rules: &YearRules,
        (pod, hrg): (&str, &str),
        care: &Care,
    ) -> Vec<GapPart> {
        let holds = |it: &&PeerValue| it.pod == pod && is_within(&it.hrg, hrg);
        let events = i64::try_from(care.events).unwrap_or(0);
        if events == 0 {
            return Vec::new();
        }
        rules.peers.iter().filter(holds).map(|it| self.part(rules, it, (care, events))).collect()
    }

    fn part(&self, rules: &YearRules, it: &PeerValue, (care, events): (&Care, i64)) -> GapPart {
        let (own, amount) = match it.kind {
            PeerKind::Price => {
                let paid = fraction(self.direct(care, &it.costed_by));
                let expected = value(it) * whole(events) * whole(1_000_000);
                (&paid / whole(events) / whole(1_000_000), paid - expected)
            }
            PeerKind::Use => {
                let count = self.count(rules, care, it);
                let cost = fraction(self.whole_cost(care, &it.costed_by));
                let own = &count / whole(events);
                let one = if count == whole(0) { whole(0) } else { cost / &count };
                let more = count - value(it) * whole(events);
                (own, more * one)
            }
        };
        GapPart {
            measure: it.measure.clone(),
            kind: it.kind,
            unit: it.unit.clone(),
            own_e4: half_up(&(own * whole(10_000))),
            peers_e4: it.value_e4,
            amount: Money::from_micro_pounds(half_up(&amount)),
            peers: it.peers.clone(),
            source: it.source.clone(),
        }
    }

    /// Count of the activities that are compared, in the unit of the value.
    fn count(&self, rules: &YearRules, care: &Care, it: &PeerValue) -> BigRational {
        let mut sum = whole(0);
        for (number, count) in &care.counts {
            let activity = &self.activities[usize::from(*number)];
            if !it.counted_by.iter().any(|pattern| pattern.fits(activity)) {
                continue;
            }
            let unit = rules.activities.get(activity).map(|it| it.count_unit);
            sum += match (unit, it.unit.as_str()) {
                (Some(CountUnit::Minutes), "days") => whole(*count) / whole(DAY),
                _ => whole(*count),
            };
        }
        sum
    }

    fn whole_cost(&self, care: &Care, patterns: &[Pattern]) -> Money {
        self.cost_where(care, patterns, |_| true)
    }

    fn direct(&self, care: &Care, patterns: &[Pattern]) -> Money {
        self.cost_where(care, patterns, |it| it == "direct")
    }

    fn cost_where(&self, care: &Care, of: &[Pattern], is_wanted: impl Fn(&str) -> bool) -> Money {
        let fits = |number: u16| {
            let activity = &self.activities[usize::from(number)];
            of.iter().any(|it| it.fits(activity))
        };
        let wanted = care.parts.iter().filter(|((activity, class), _)| {
            fits(*activity) && is_wanted(&self.classes[usize::from(*class)].traceability)
        });
        wanted.map(|it| *it.1).sum()
    }
}

/// Whether all HRGs that begin so fit a pattern.
fn is_within(pattern: &Pattern, hrg: &str) -> bool {
    match pattern {
        Pattern::Exact(exact) => exact == hrg,
        Pattern::Prefix(prefix) => hrg.starts_with(prefix.as_str()),
    }
}

fn value(it: &PeerValue) -> BigRational {
    BigRational::new(BigInt::from(it.value_e4), BigInt::from(10_000))
}

fn half_up(it: &BigRational) -> i64 {
    let doubled = it * whole(2) + whole(1);
    doubled.numer().div_floor(&(doubled.denom() * BigInt::from(2))).to_i64().unwrap_or(0)
}
