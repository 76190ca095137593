//! The thresholds, read from a text file: each with unit, first day and source.

use std::collections::BTreeMap;

use domain::{Day, Money};
use serde::Deserialize;

/// The thresholds that come with the program.
const OWN: &str = include_str!("../data/disclosure.toml");

/// One threshold, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// The threshold, in its unit.
    pub value: u32,
    /// The first day on which it holds.
    pub effective_from: Day,
    /// The document that says so.
    pub source: String,
}

/// All thresholds of the small-number rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisclosureRules {
    /// The largest number of people that is hidden.
    pub small_number: Threshold,
    /// Counts are shown to the nearest of these.
    pub count_rounding: Threshold,
    /// The largest part of an amount, in percent, that one patient may have.
    pub largest_patient: Threshold,
    /// The largest part of an amount, in percent, that two patients may have together.
    pub two_largest_patients: Threshold,
    /// How wide the range must be in which a hidden amount can be known to lie, in percent of it.
    pub hidden_amount_width: Threshold,
    /// Totals that cannot be shown exactly are shown to the nearest of these, in pounds.
    pub total_rounding: Threshold,
}

/// Why a text holds no disclosure rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// The text breaks the rules of TOML, or a threshold lacks one of its four parts.
    #[error("the disclosure rules cannot be read: {0}")]
    Unreadable(String),
    /// A threshold is not there.
    #[error("the disclosure rules have no `{0}`: add it with value, unit, effective_from, source")]
    Missing(&'static str),
    /// A name that nobody knows.
    #[error("the disclosure rules have `{0}`, which is no threshold: correct its name")]
    Unknown(String),
    /// The unit is not that of the threshold.
    #[error("`{name}` is in {unit}, not in `{stated}`")]
    Unit {
        /// The threshold.
        name: &'static str,
        /// Its unit.
        unit: &'static str,
        /// The unit in the text.
        stated: String,
    },
    /// The value is outside what makes sense.
    #[error("`{name}` is {value}, and must be from {least} to {most}")]
    Value {
        /// The threshold.
        name: &'static str,
        /// The value in the text.
        value: u32,
        /// The least that makes sense.
        least: u32,
        /// The most that makes sense.
        most: u32,
    },
    /// The first day is not a day.
    #[error("`{0}` needs `effective_from` as a day such as 2026-04-01")]
    NotADay(&'static str),
    /// Nobody says where the value comes from.
    #[error("`{0}` needs a source")]
    NoSource(&'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    value: u32,
    unit: String,
    effective_from: String,
    source: String,
}

impl DisclosureRules {
    /// The rules that come with the program.
    pub fn own() -> Self {
        Self::parse(OWN).expect("a test reads the rules that come with the program")
    }

    /// Reads the rules from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`RulesError`] for the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let mut entries: BTreeMap<String, Entry> =
            toml::from_str(text).map_err(|it| RulesError::Unreadable(it.message().to_owned()))?;
        let mut take = |name, unit, least, most| -> Result<Threshold, RulesError> {
            let entry = entries.remove(name).ok_or(RulesError::Missing(name))?;
            threshold(name, unit, (least, most), entry)
        };
        let rules = Self {
            small_number: take("small_number", "people", 1, 1000)?,
            count_rounding: take("count_rounding", "count", 1, 1000)?,
            largest_patient: take("largest_patient", "percent", 1, 100)?,
            two_largest_patients: take("two_largest_patients", "percent", 1, 100)?,
            hidden_amount_width: take("hidden_amount_width", "percent", 1, 100)?,
            total_rounding: take("total_rounding", "pounds", 1, 1_000_000)?,
        };
        match entries.into_keys().next() {
            Some(name) => Err(RulesError::Unknown(name)),
            None => Ok(rules),
        }
    }

    /// What stands below a table with hidden figures, in words; who sees it is added by the page.
    pub fn explanation(&self) -> String {
        format!(
            "Fewer than {} patients, or enough to work out a figure that has fewer. \
             Other counts are to the nearest {}, so they may not add up.",
            self.small_number.value + 1,
            self.count_rounding.value,
        )
    }

    pub(crate) fn is_small(&self, people: u64) -> bool {
        people > 0 && people <= u64::from(self.small_number.value)
    }

    /// The count to the nearest of the rounding, half up.
    pub(crate) fn round_count(&self, count: u64) -> u64 {
        let step = u64::from(self.count_rounding.value);
        (count + step / 2) / step * step
    }

    /// The amount to the nearest of the rounding of totals, half away from zero.
    pub(crate) fn round_total(&self, amount: Money) -> Money {
        let step = self.total_step();
        let size = (i128::from(amount.micro_pounds()).abs() + step / 2) / step * step;
        let size = if amount.is_negative() { -size } else { size };
        Money::from_micro_pounds(i64::try_from(size).unwrap_or(i64::MAX))
    }

    /// The rounding of totals in micro-pounds.
    pub(crate) fn total_step(&self) -> i128 {
        i128::from(self.total_rounding.value) * 1_000_000
    }
}

fn threshold(
    name: &'static str,
    unit: &'static str,
    (least, most): (u32, u32),
    entry: Entry,
) -> Result<Threshold, RulesError> {
    if entry.unit != unit {
        return Err(RulesError::Unit { name, unit, stated: entry.unit });
    }
    if entry.value < least || entry.value > most {
        return Err(RulesError::Value { name, value: entry.value, least, most });
    }
    let effective_from = entry.effective_from.parse().map_err(|_| RulesError::NotADay(name))?;
    if entry.source.trim().is_empty() {
        return Err(RulesError::NoSource(name));
    }
    Ok(Threshold { value: entry.value, effective_from, source: entry.source })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &Expect) {
        assert!(OWN.contains(from), "the file has no `{from}`");
        let shown = match DisclosureRules::parse(&OWN.replacen(from, to, 1)) {
            Ok(rules) => rules.explanation(),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn rules_are_read_with_unit_day_and_source() {
        let words = "Fewer than 8 patients, or enough to work out a figure that has fewer. \
                     Other counts are to the nearest 5, so they may not add up.";
        assert_eq!(DisclosureRules::own().explanation(), words);
        check(
            "value = 7",
            "value = 9",
            &expect![
                "Fewer than 10 patients, or enough to work out a figure that has fewer. Other counts are to the nearest 5, so they may not add up."
            ],
        );
        check(
            "value = 7",
            "value = 0",
            &expect!["`small_number` is 0, and must be from 1 to 1000"],
        );
        check("\"people\"", "\"rows\"", &expect!["`small_number` is in people, not in `rows`"]);
        check(
            "2018-09-13",
            "last year",
            &expect!["`small_number` needs `effective_from` as a day such as 2026-04-01"],
        );
        check(
            "[total_rounding]",
            "[rounding]",
            &expect![
                "the disclosure rules have no `total_rounding`: add it with value, unit, effective_from, source"
            ],
        );
        check(
            "unit = \"people\"",
            "",
            &expect!["the disclosure rules cannot be read: missing field `unit`"],
        );
    }

    #[test]
    fn rounding_is_to_the_nearest() {
        let rules = DisclosureRules::own();
        // 8 and 12 are nearer to 10 than to 5 or 15.
        let counts: Vec<u64> = [0, 8, 12, 13].map(|it| rules.round_count(it)).into();
        assert_eq!(counts, [0, 10, 10, 15]);
        let pounds = |text: &str| rules.round_total(text.parse().expect("an amount")).to_pence();
        assert_eq!(pounds("1499.99"), "£1,000.00");
        assert_eq!(pounds("1500"), "£2,000.00");
        assert_eq!(pounds("-1500"), "-£2,000.00");
    }
}
