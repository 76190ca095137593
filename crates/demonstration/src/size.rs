//! How large a demonstration trust is, and how its figures shrink or grow with it.

use std::{fmt, str::FromStr};

/// Size of the trust to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// About 5,000 events a year: seconds to write, everything is there.
    Small,
    /// About 100,000 events and 1.5 million feed rows a year.
    District,
    /// About 820,000 events and 15 million feed rows a year: a mean acute trust.
    Trust,
    /// About 2.4 million events and 45 million feed rows a year: the largest trust.
    Large,
}

/// The text is not a size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a size; choose small, district, trust or large")]
pub struct NotASize(String);

impl Size {
    /// All sizes, smallest first.
    pub const ALL: [Self; 4] = [Self::Small, Self::District, Self::Trust, Self::Large];

    /// The word for it on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::District => "district",
            Self::Trust => "trust",
            Self::Large => "large",
        }
    }

    /// Events wanted in a year.
    pub const fn events(self) -> i64 {
        match self {
            Self::Small => 5_000,
            Self::District => 100_000,
            Self::Trust => TRUST_EVENTS,
            Self::Large => 2_400_000,
        }
    }

    /// A yearly figure of the mean trust at this size, rounded to the nearest whole.
    pub const fn scaled(self, at_trust: i64) -> i64 {
        // The largest figures are pence of a whole trust, some 10¹¹, so that products fit.
        (2 * at_trust * self.events() + TRUST_EVENTS).div_euclid(2 * TRUST_EVENTS)
    }
}

/// Events a year of the mean acute trust, on which all tables are stated.
const TRUST_EVENTS: i64 = 820_000;

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, NotASize> {
        Self::ALL.into_iter().find(|it| it.word() == text).ok_or_else(|| NotASize(text.to_owned()))
    }
}
