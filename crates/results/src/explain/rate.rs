//! Unit rates and quantities in words: what one minute, one test or one pound of drugs costs.

use domain::Money;
use rules::year::{Activity, CountUnit, WeightDriver, WeightSet};
use serde::{Serialize, Serializer};
use tables::run::{EventWeight, UnitCost};

/// How much of an activity an event had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quantity {
    /// Number, or counted seconds.
    pub count: i64,
    /// `number` or `seconds`.
    pub unit: &'static str,
    /// In words.
    pub words: String,
}

/// How a weight became a cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// The pool shared.
    #[serde(serialize_with = "crate::output::as_decimal")]
    pub pool: Money,
    /// Weight of the event, in the units of the costing semantics.
    pub weight: i64,
    /// Weight of all receivers.
    #[serde(serialize_with = "as_text")]
    pub total_weight: i128,
    /// Pool over total weight for one of `unit`, half up; for reading only.
    #[serde(serialize_with = "crate::output::as_optional_decimal")]
    pub per_unit: Option<Money>,
    /// What the rate is for: `minute`, `staff minute`, `weighted minute`, `unit`, `pound`.
    pub unit: String,
    /// The weight in words and at what rate it is charged.
    pub words: String,
}

/// The quantity in the unit of its activity.
pub(crate) fn quantity(count: i64, activity: Option<&Activity>) -> Quantity {
    match activity.map(|it| it.count_unit) {
        Some(CountUnit::Minutes) => {
            let minutes = scaled(i128::from(count), 60);
            Quantity { count, unit: "seconds", words: format!("{minutes} minutes") }
        }
        _ => Quantity { count, unit: "number", words: scaled(i128::from(count), 1) },
    }
}

/// The rate at which an event's weight was charged.
pub(crate) fn rate(set: Option<&WeightSet>, weight: &EventWeight, cost: &UnitCost) -> Rate {
    let unit = Unit::of(set);
    let per_unit = unit_rate(cost.pool, unit.scale, cost.weight);
    let amount = if unit.pounds {
        pounds(weight.weight, unit.scale)
    } else {
        scaled(i128::from(weight.weight), unit.scale)
    };
    let at = per_unit.map_or_else(String::new, |rate| unit.at(rate));
    let words = if unit.absolute {
        format!("charged at its traced cost, {amount}")
    } else {
        format!("{}{at}", unit.count(&amount))
    };
    Rate {
        pool: cost.pool,
        weight: weight.weight,
        total_weight: cost.weight,
        per_unit,
        unit: unit.name,
        words,
    }
}

/// What one of a weight set's weights means.
struct Unit {
    /// Weights that make one unit.
    scale: i128,
    name: String,
    each: bool,
    pounds: bool,
    absolute: bool,
}

impl Unit {
    fn of(set: Option<&WeightSet>) -> Self {
        let Some(set) = set else {
            return Self::plain(1, "weight");
        };
        let mut unit = match set.driver {
            WeightDriver::Count => Self { each: true, ..Self::plain(1, "count") },
            WeightDriver::Duration => Self::plain(60, "minute"),
            WeightDriver::Quantity => Self::plain(10_000, "unit"),
            WeightDriver::Cost => Self { pounds: true, ..Self::plain(1_000_000, "pound") },
        };
        if set.staff {
            unit.scale *= 100;
            unit.qualify("staff");
        }
        if set.relative.is_some() {
            unit.scale *= 10_000;
            unit.qualify("weighted");
        }
        unit.absolute = set.absolute;
        unit
    }

    fn plain(scale: i128, name: &str) -> Self {
        Self { scale, name: name.to_owned(), each: false, pounds: false, absolute: false }
    }

    fn qualify(&mut self, word: &str) {
        self.name = format!("{word} {}", self.name);
        self.each = false;
    }

    /// The weight in words: `90 staff minutes`.
    fn count(&self, amount: &str) -> String {
        match (self.pounds, self.each) {
            (true, _) => format!("{amount} of {}traced cost", self.name.trim_end_matches("pound")),
            (_, true) => amount.to_owned(),
            _ if amount == "1" => format!("1 {}", self.name),
            _ => format!("{amount} {}s", self.name),
        }
    }

    /// The rate in words: ` at £0.41 per staff minute`.
    fn at(&self, rate: Money) -> String {
        match (self.pounds, self.each) {
            (true, _) => format!(" at {rate} for each £1 of it"),
            (_, true) => format!(" at {rate} each"),
            _ => format!(" at {rate} per {}", self.name),
        }
    }
}

/// A traced cost; weighted ones to the micro-pound, half up.
fn pounds(weight: i64, scale: i128) -> String {
    let micro_pounds = unit_rate(Money::from_micro_pounds(weight), 1_000_000, scale);
    micro_pounds.map_or_else(String::new, |it| it.to_string())
}

/// `pool · scale / weight`, half up; none without weight or beyond what money holds.
fn unit_rate(pool: Money, scale: i128, weight: i128) -> Option<Money> {
    if weight == 0 {
        return None;
    }
    let doubled = i128::from(pool.micro_pounds()).checked_mul(2 * scale)?;
    let half_up = domain::share::div_floor(doubled.checked_add(weight)?, weight.checked_mul(2)?);
    i64::try_from(half_up).ok().map(Money::from_micro_pounds)
}

/// `value / scale` with thousands separated and up to four decimals, half up.
fn scaled(value: i128, scale: i128) -> String {
    let ten_thousandths =
        (value.unsigned_abs() * 20_000 + scale.unsigned_abs()) / (2 * scale.unsigned_abs());
    let (whole, rest) = (ten_thousandths / 10_000, ten_thousandths % 10_000);
    let sign = if value < 0 && ten_thousandths > 0 { "-" } else { "" };
    let fraction = format!("{rest:04}");
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", crate::words::with_thousands(whole))
}

fn as_text<S: Serializer>(value: &i128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use rules::year::{RelativeWeights, WeightKey};

    use super::*;

    fn set(driver: WeightDriver, staff: bool, relative: bool, absolute: bool) -> WeightSet {
        let relative = relative.then(|| RelativeWeights {
            table: "T".to_owned(),
            key: WeightKey::Code,
            default_e4: 10_000,
        });
        let activity = "A".to_owned();
        WeightSet { activity, driver, staff, relative, minimum_seconds: 0, absolute }
    }

    #[track_caller]
    fn check(set: &WeightSet, pool: &str, weight: i64, total: i128, expected: &Expect) {
        let cost = UnitCost {
            pool: pool.parse().expect("the test writes an amount"),
            weight: total,
            ..UnitCost::default()
        };
        let weight = EventWeight { weight, ..EventWeight::default() };
        expected.assert_eq(&rate(Some(set), &weight, &cost).words);
    }

    #[test]
    fn rates_in_words() {
        use WeightDriver::{Cost, Count, Duration, Quantity};
        // 414.736841 / 12 = 34.56140341…
        check(
            &set(Count, false, false, false),
            "414.736841",
            5,
            12,
            &expect!["5 at £34.561403 each"],
        );
        // £600 over 36,000 s = 600 minutes is £1 a minute; 5,430 s are 90.5 minutes.
        check(
            &set(Duration, false, false, false),
            "600",
            5_430,
            36_000,
            &expect!["90.5 minutes at £1.000000 per minute"],
        );
        // 60 s × 2 staff (200) × weight 1.5 (15,000) = 180,000,000 = 3 weighted staff minutes.
        check(
            &set(Duration, true, true, false),
            "90",
            180_000_000,
            1_800_000_000,
            &expect!["3 weighted staff minutes at £3.000000 per weighted staff minute"],
        );
        check(
            &set(Quantity, false, false, false),
            "10",
            10_000,
            30_000,
            &expect!["1 unit at £3.333333 per unit"],
        );
        // A pool of £102 over £100 traced: £1.02 for each £1.
        check(
            &set(Cost, false, false, false),
            "102",
            1_234_500_000,
            100_000_000,
            &expect!["£1,234.500000 of traced cost at £1.020000 for each £1 of it"],
        );
        check(
            &set(Cost, false, false, true),
            "102",
            -2_500_000,
            102_000_000,
            &expect!["charged at its traced cost, -£2.500000"],
        );
    }
}
