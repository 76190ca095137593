//! What people write of a case, or of what is worked out for one.

use engagement::cases::Case;
use engagement::ceilings::Ceiling;
use engagement::demand::Demand;
use engagement::journeys::Journey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::LETTERS_MAX;
use crate::Connection;
use crate::error::{Error, Refusal, Result, short};
use crate::ids::PersonId;
use crate::people::{self, PersonState};
use crate::row::texts;

/// What is said of what no form of ours would send.
const NOT_WHOLE: &str = "what is written is not whole: something is missing, a number is out of \
                         range, or a name comes twice";

texts! {
    /// What is kept.
    Kind {
        /// A business case.
        Case = "business_case",
        /// A journey of patients.
        Journey = "journey",
        /// Demand and capacity.
        Demand = "demand",
        /// A ceiling of prices.
        Ceiling = "price_ceiling",
    }
}

/// What is said where a case would be approved whose people are not all here.
const SOMEBODY_LEFT: &str = "somebody of the team, or who assessed what the case does to quality, \
                             has left: take the case back and name somebody else";

/// What people write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A business case.
    Case(Case),
    /// A journey of patients.
    Journey(Journey),
    /// Demand and capacity.
    Demand(Demand),
    /// A ceiling of prices.
    Ceiling(Ceiling),
}

impl Body {
    /// What it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Case(_) => Kind::Case,
            Self::Journey(_) => Kind::Journey,
            Self::Demand(_) => Kind::Demand,
            Self::Ceiling(_) => Kind::Ceiling,
        }
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        match self {
            Self::Case(it) => &it.title,
            Self::Journey(it) => &it.title,
            Self::Demand(it) => &it.title,
            Self::Ceiling(it) => &it.products,
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Case(it) => it.is_sound() && !it.title.trim().is_empty(),
            Self::Journey(it) => it.is_sound(),
            Self::Demand(it) => it.is_sound(),
            Self::Ceiling(it) => it.is_sound(),
        }
    }

    /// People whom it names.
    pub(super) fn people(&self) -> Vec<&str> {
        let named: Vec<&str> = match self {
            Self::Case(it) => {
                let team = it.team.members().iter().map(|it| it.person.as_str());
                team.chain([it.quality.assessed_by.as_str()]).collect()
            }
            Self::Ceiling(it) => {
                it.surgeons.iter().map(String::as_str).chain([it.finance.as_str()]).collect()
            }
            Self::Journey(_) | Self::Demand(_) => Vec::new(),
        };
        named.into_iter().filter(|it| !it.is_empty()).collect()
    }

    /// Refuses what must not be stored after what was written before. Whoever is newly named must be
    /// at work here; whoever was named before may have left since.
    pub(super) async fn check(&self, db: &mut Connection, before: Option<&Self>) -> Result<()> {
        if !self.is_sound() {
            return Err(Refusal::Rule(NOT_WHOLE.to_owned()).into());
        }
        let value = serde_json::to_value(self).map_err(unwritable)?;
        check_texts(&value)?;
        let known = before.map(Self::people).unwrap_or_default();
        for person in self.people().into_iter().filter(|it| !known.contains(it)) {
            if people::get(db, &PersonId::new(person)).await?.state != PersonState::Active {
                return Err(Refusal::HasLeft.into());
            }
        }
        Ok(())
    }

    /// Refuses to approve it where somebody whom it names has left.
    pub(super) async fn check_people(&self, db: &mut Connection) -> Result<()> {
        for person in self.people() {
            if people::get(db, &PersonId::new(person)).await?.state != PersonState::Active {
                return Err(Refusal::Rule(SOMEBODY_LEFT.to_owned()).into());
            }
        }
        Ok(())
    }

    /// As it is stored.
    pub(super) fn to_text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(unwritable)
    }

    /// From how it is stored.
    pub(super) fn of_text(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|_| Error::Unreadable { what: "text of a case", value: text.to_owned() })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` calls it")]
pub(super) fn unwritable(error: serde_json::Error) -> Error {
    Error::Unreadable { what: "text of a case", value: error.to_string() }
}

/// Refuses a text anywhere in a value that is too long.
fn check_texts(value: &Value) -> Result<()> {
    match value {
        Value::String(text) => short("a text", text, LETTERS_MAX).map(|_| ()),
        Value::Array(all) => all.iter().try_for_each(check_texts),
        Value::Object(all) => all.values().try_for_each(check_texts),
        _ => Ok(()),
    }
}
