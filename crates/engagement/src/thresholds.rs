//! The thresholds of the level engine, read from a text file: each with unit, source and reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Share;
use crate::framework::Level;

/// The thresholds that come with the program.
const OWN: &str = include_str!("../data/thresholds.toml");

/// One threshold, and why it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// The threshold, in its unit.
    pub value: u32,
    /// The document that says so, or that it is our own.
    pub source: String,
    /// Why it is so.
    pub why: String,
}

/// All thresholds of the level engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// More than this part, in percent, of the steps of Level 1 shows Level 1.
    pub foundation_share: Threshold,
    /// More than this part, in percent, of a level's column must count in each category.
    pub column_share: Threshold,
    /// More than this part, in percent, of the steps that a level introduces must count.
    pub introduced_share: Threshold,
    /// At least this part, in percent, of what a level introduces in a category must count.
    pub introduced_category_share: Threshold,
    /// The rule before holds for categories that introduce at least so many steps.
    pub introduced_category_steps: Threshold,
    /// Months that evidence without an expiry date is live.
    pub evidence_life: Threshold,
    /// Cycles of sharing after which a unit is flagged as lapsed.
    pub lapsed_after: Threshold,
    /// The most units that may be exempt as very small.
    pub very_small_units: Threshold,
    /// Hundredths of a percent: what exempt units have together must be below it.
    pub very_small_limit: Threshold,
    /// The highest level proposed where managers are not supported in using financial data.
    pub unsupported_cap: Threshold,
    /// The fewest organisations of which results are shown together.
    pub group_members: Threshold,
}

/// Why a text holds no thresholds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThresholdsError {
    /// The text breaks the rules of TOML, or a threshold lacks one of its four parts.
    #[error("the thresholds cannot be read: {0}")]
    Unreadable(String),
    /// A threshold is not there.
    #[error("the thresholds have no `{0}`: add it with value, unit, source, why")]
    Missing(&'static str),
    /// A name that nobody knows.
    #[error("the thresholds have `{0}`, which is none: correct its name")]
    Unknown(String),
    /// The unit is not that of the threshold.
    #[error("`{name}` is in `{unit}`, not in `{stated}`")]
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
    /// Nobody says where the value comes from, or why it is so.
    #[error("`{0}` needs a source and a reason")]
    NoReason(&'static str),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    value: u32,
    unit: String,
    source: String,
    why: String,
}

/// A threshold's name, its unit, and the least and most that make sense.
type Bounds = (&'static str, &'static str, u32, u32);

const MORE_THAN: &str = "percent, more than";
const FOUNDATION_SHARE: Bounds = ("foundation_share", MORE_THAN, 0, 99);
const COLUMN_SHARE: Bounds = ("column_share", MORE_THAN, 0, 99);
const INTRODUCED_SHARE: Bounds = ("introduced_share", MORE_THAN, 0, 99);
const CATEGORY_SHARE: Bounds = ("introduced_category_share", "percent, at least", 0, 100);
const CATEGORY_STEPS: Bounds = ("introduced_category_steps", "steps", 1, 100);
const EVIDENCE_LIFE: Bounds = ("evidence_life", "months", 1, 120);
const LAPSED_AFTER: Bounds = ("lapsed_after", "cycles", 1, 12);
// The guide says one or two, so a trust may be stricter, and not laxer.
const VERY_SMALL_UNITS: Bounds = ("very_small_units", "units", 0, 2);
const VERY_SMALL_LIMIT: Bounds = ("very_small_limit", "hundredths of a percent", 0, 10_000);
const UNSUPPORTED_CAP: Bounds = ("unsupported_cap", "level", 1, 4);
const GROUP_MEMBERS: Bounds = ("group_members", "organisations", 1, 1_000);

impl Thresholds {
    /// The thresholds that come with the program.
    pub fn own() -> Self {
        Self::parse(OWN).expect("a test reads the thresholds that come with the program")
    }

    /// Reads the thresholds from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`ThresholdsError`] for the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ThresholdsError> {
        let mut entries: BTreeMap<String, Entry> = toml::from_str(text)
            .map_err(|it| ThresholdsError::Unreadable(it.message().to_owned()))?;
        let mut take = |bounds: Bounds| -> Result<Threshold, ThresholdsError> {
            let entry = entries.remove(bounds.0).ok_or(ThresholdsError::Missing(bounds.0))?;
            threshold(bounds, entry)
        };
        let thresholds = Self {
            foundation_share: take(FOUNDATION_SHARE)?,
            column_share: take(COLUMN_SHARE)?,
            introduced_share: take(INTRODUCED_SHARE)?,
            introduced_category_share: take(CATEGORY_SHARE)?,
            introduced_category_steps: take(CATEGORY_STEPS)?,
            evidence_life: take(EVIDENCE_LIFE)?,
            lapsed_after: take(LAPSED_AFTER)?,
            very_small_units: take(VERY_SMALL_UNITS)?,
            very_small_limit: take(VERY_SMALL_LIMIT)?,
            unsupported_cap: take(UNSUPPORTED_CAP)?,
            group_members: take(GROUP_MEMBERS)?,
        };
        match entries.into_keys().next() {
            Some(name) => Err(ThresholdsError::Unknown(name)),
            None => Ok(thresholds),
        }
    }

    /// The thresholds as the text of a TOML file, to be kept with a result and read back.
    pub fn to_text(&self) -> String {
        let entries: BTreeMap<&str, Entry> = self.all().into_iter().map(entry).collect();
        toml::to_string(&entries).expect("names, numbers and texts can be written as TOML")
    }

    fn all(&self) -> [(Bounds, &Threshold); 11] {
        [
            (FOUNDATION_SHARE, &self.foundation_share),
            (COLUMN_SHARE, &self.column_share),
            (INTRODUCED_SHARE, &self.introduced_share),
            (CATEGORY_SHARE, &self.introduced_category_share),
            (CATEGORY_STEPS, &self.introduced_category_steps),
            (EVIDENCE_LIFE, &self.evidence_life),
            (LAPSED_AFTER, &self.lapsed_after),
            (VERY_SMALL_UNITS, &self.very_small_units),
            (VERY_SMALL_LIMIT, &self.very_small_limit),
            (UNSUPPORTED_CAP, &self.unsupported_cap),
            (GROUP_MEMBERS, &self.group_members),
        ]
    }

    /// The thresholds in force, a sentence each, to be printed with every result.
    pub fn in_words(&self) -> Vec<String> {
        let limit = self.small_limit();
        vec![
            format!(
                "Level 1 needs more than {}% of its own steps, or more than {}% of those that are new at Level 2.",
                self.foundation_share.value, self.introduced_share.value
            ),
            format!(
                "A level needs more than {}% of its column in each category.",
                self.column_share.value
            ),
            format!(
                "It needs more than {}% of the steps that are new at it, and as much at each level from 2 below it.",
                self.introduced_share.value
            ),
            format!(
                "It needs at least {}% of the new steps in each category with {} or more of them.",
                self.introduced_category_share.value, self.introduced_category_steps.value
            ),
            "PLICS is shown and never counted.".to_owned(),
            format!(
                "Evidence without an expiry date is live for {} months after the event.",
                self.evidence_life.value
            ),
            format!(
                "A unit has lapsed when it has not shared data for {} of its cycles.",
                self.lapsed_after.value
            ),
            format!(
                "At most {} very small units may be left out, with less than {limit} of cost and less than {limit} of activity together.",
                self.very_small_units.value
            ),
            format!(
                "Without support in using financial data, no more than {} is proposed.",
                self.cap()
            ),
            "The guide says only: most, though not necessarily all, of the steps, across the three elements. The numbers are ours and may be set locally.".to_owned(),
        ]
    }

    /// The share below which exempt units must stay together.
    pub fn small_limit(&self) -> Share {
        Share::of_hundredths(self.very_small_limit.value)
    }

    pub(crate) fn cap(&self) -> Level {
        let number = u8::try_from(self.unsupported_cap.value).ok();
        let level = number.and_then(|it| Level::try_from(it).ok());
        level.expect("the value was checked to be from 1 to 4")
    }
}

fn entry(((name, unit, ..), it): (Bounds, &Threshold)) -> (&'static str, Entry) {
    let (unit, source, why) = (unit.to_owned(), it.source.clone(), it.why.clone());
    (name, Entry { value: it.value, unit, source, why })
}

fn threshold(
    (name, unit, least, most): Bounds,
    entry: Entry,
) -> Result<Threshold, ThresholdsError> {
    if entry.unit != unit {
        return Err(ThresholdsError::Unit { name, unit, stated: entry.unit });
    }
    if entry.value < least || entry.value > most {
        return Err(ThresholdsError::Value { name, value: entry.value, least, most });
    }
    if entry.source.trim().is_empty() || entry.why.trim().is_empty() {
        return Err(ThresholdsError::NoReason(name));
    }
    Ok(Threshold { value: entry.value, source: entry.source, why: entry.why })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, expected: &Expect) {
        assert!(OWN.contains(from), "the file has no `{from}`");
        let shown = match Thresholds::parse(&OWN.replacen(from, to, 1)) {
            Ok(thresholds) => thresholds.in_words().join("\n"),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn thresholds_are_printed_in_words() {
        check(
            "value = 100\n",
            "value = 50\n",
            &expect![[r#"
            Level 1 needs more than 50% of its own steps, or more than 50% of those that are new at Level 2.
            A level needs more than 50% of its column in each category.
            It needs more than 50% of the steps that are new at it, and as much at each level from 2 below it.
            It needs at least 50% of the new steps in each category with 2 or more of them.
            PLICS is shown and never counted.
            Evidence without an expiry date is live for 12 months after the event.
            A unit has lapsed when it has not shared data for 2 of its cycles.
            At most 2 very small units may be left out, with less than 0.5% of cost and less than 0.5% of activity together.
            Without support in using financial data, no more than Level 3 is proposed.
            The guide says only: most, though not necessarily all, of the steps, across the three elements. The numbers are ours and may be set locally."#]],
        );
    }

    #[test]
    fn thresholds_are_written_and_read_back() {
        let text = OWN.replacen("value = 100\n", "value = 50\n", 1);
        let strict = Thresholds::parse(&text).expect("thresholds");
        assert_ne!(strict, Thresholds::own());
        assert_eq!(Thresholds::parse(&strict.to_text()), Ok(strict));
    }

    #[test]
    fn what_is_wrong_is_named() {
        check(
            "[lapsed_after]",
            "[lapsed]",
            &expect!["the thresholds have no `lapsed_after`: add it with value, unit, source, why"],
        );
        check(
            "\"months\"",
            "\"years\"",
            &expect!["`evidence_life` is in `months`, not in `years`"],
        );
        check(
            "value = 3",
            "value = 5",
            &expect!["`unsupported_cap` is 5, and must be from 1 to 4"],
        );
        check(
            "The guide says one or two.",
            " ",
            &expect!["`very_small_units` needs a source and a reason"],
        );
    }
}
