//! Quality and money side by side for each unit: whether the standards of both are kept at the same
//! time (recommendations 65 and 69 of the Francis report, as the guide prints them in Annex C).
//!
//! Nothing is weighed against the other: a good result never makes up for care that gets worse.

use serde::Deserialize;

/// The standards that come with the program.
const OWN: &str = include_str!("../data/assurance.toml");

/// What a standard is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Care.
    Quality,
    /// Money.
    Money,
}

/// Standards with the source that asks for them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standards {
    /// Who asks.
    pub source: String,
    /// Each of them.
    pub standard: Vec<Standard>,
}

/// One standard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Its identifier.
    pub id: String,
    /// Whether it is of quality or of money.
    pub side: Side,
    /// What it asks.
    pub asks: String,
}

impl Standards {
    /// Those that come with the program.
    ///
    /// # Panics
    ///
    /// Never: a test reads them.
    pub fn own() -> Self {
        toml::from_str(OWN).expect("a test reads the standards")
    }
}

/// Whether a standard is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is.
    Kept,
    /// It cannot be said.
    Unknown,
    /// It is not.
    NotKept,
}

impl Verdict {
    /// Of several standards together: one that is not kept decides, then one that nobody knows.
    pub fn of_all(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().max().unwrap_or(Self::Unknown)
    }
}

/// Where a unit stands with both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Both {
    /// Quality and money are kept at the same time.
    Kept,
    /// Quality alone.
    QualityOnly,
    /// Money alone.
    MoneyOnly,
    /// Neither.
    Neither,
    /// One of them cannot be said.
    Unknown,
}

impl Both {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::Kept, Self::QualityOnly, Self::MoneyOnly, Self::Neither, Self::Unknown];

    /// Of the two verdicts of a unit.
    pub const fn of(quality: Verdict, money: Verdict) -> Self {
        match (quality, money) {
            (Verdict::Kept, Verdict::Kept) => Self::Kept,
            (Verdict::Kept, Verdict::NotKept) => Self::QualityOnly,
            (Verdict::NotKept, Verdict::Kept) => Self::MoneyOnly,
            (Verdict::NotKept, Verdict::NotKept) => Self::Neither,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Self::Unknown,
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Kept => "Quality and money are both kept",
            Self::QualityOnly => "Quality is kept, money is not",
            Self::MoneyOnly => "Money is kept, quality is not",
            Self::Neither => "Neither is kept",
            Self::Unknown => "It cannot be said of one of them",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_can_be_read_and_both_sides_have_some() {
        let own = Standards::own();
        for side in [Side::Quality, Side::Money] {
            assert!(own.standard.iter().any(|it| it.side == side), "{side:?}");
        }
    }

    #[test]
    fn one_that_is_not_kept_decides_and_nothing_makes_up_for_it() {
        use Verdict::{Kept, NotKept, Unknown};
        assert_eq!(Verdict::of_all([Kept, Kept]), Kept);
        assert_eq!(Verdict::of_all([Kept, Unknown]), Unknown);
        assert_eq!(Verdict::of_all([Unknown, NotKept, Kept]), NotKept);
        assert_eq!(Verdict::of_all([]), Unknown);
        assert_eq!(Both::of(NotKept, Kept), Both::MoneyOnly);
        assert_eq!(Both::of(Kept, NotKept), Both::QualityOnly);
        assert_eq!(Both::of(Unknown, NotKept), Both::Unknown);
    }
}
