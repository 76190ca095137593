//! Identifiers of a framework's parts, and the four levels.

use std::fmt;

use serde::Deserialize;

macro_rules! identifier {
    ($(#[$documentation:meta] $name:ident),+ $(,)?) => {$(
        #[$documentation]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    )+};
}
pub(crate) use identifier;

identifier! {
    /// Names a version of the framework, such as `2013`.
    FrameworkId,
    /// Names a step, such as `C1`.
    StepId,
    /// Names a category of steps.
    CategoryId,
    /// Names a group of characteristics.
    GroupId,
    /// Names a characteristic.
    CharacteristicId,
}

/// A level of engagement. There is none below the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "u8")]
pub enum Level {
    /// Engagement on the board alone.
    One,
    /// Some joint working.
    Two,
    /// Joint working is the norm in at least one specialty.
    Three,
    /// Joint working is the norm in all specialties.
    Four,
}

/// The number is no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no level: a level is 1, 2, 3 or 4")]
pub struct NotALevel(pub u8);

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    /// 1 to 4.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// 0 to 3.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The level above, if there is one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.index() + 1).copied()
    }

    /// The levels up to and with this one.
    pub fn up_to(self) -> &'static [Self] {
        Self::ALL.get(..=self.index()).expect("a level is an index of all levels")
    }
}

impl TryFrom<u8> for Level {
    type Error = NotALevel;

    fn try_from(number: u8) -> Result<Self, NotALevel> {
        Self::ALL.into_iter().find(|it| it.number() == number).ok_or(NotALevel(number))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Level {}", self.number())
    }
}
