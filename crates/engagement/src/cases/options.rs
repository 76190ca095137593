//! Options of a business case: what each costs and what patients get, beside doing nothing.

use serde::{Deserialize, Serialize};

use crate::pence::Pence;

/// What doing nothing is called.
pub(super) const DO_NOTHING: &str = "Do nothing";

/// What an option costs, in exact pence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Once.
    pub one_off: Pence,
    /// Every year.
    pub recurrent: Pence,
}

/// An option.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseOption {
    /// What it is called.
    pub name: String,
    /// What it costs; none before somebody wrote it.
    pub cost: Option<Cost>,
    /// What becomes of patients.
    pub outcome: String,
    /// How patients and staff would see it.
    pub experience: String,
    /// What it does to safety.
    pub safety: String,
}

/// An option beside doing nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared<'a> {
    /// The option.
    pub option: &'a CaseOption,
    /// Its cost less that of doing nothing, once and every year; none before both are written.
    pub difference: Option<Cost>,
}

impl CaseOption {
    /// Doing nothing, before anything is said of it.
    pub fn do_nothing() -> Self {
        Self { name: DO_NOTHING.to_owned(), ..Self::default() }
    }

    /// Whether its amounts are such as people may write.
    pub(super) fn is_sound(&self) -> bool {
        self.cost.is_none_or(|it| {
            let sound = |it: Pence| it.is_sound() && it >= Pence::ZERO;
            sound(it.one_off) && sound(it.recurrent)
        })
    }

    /// What is not written of it yet, each as what to do.
    pub fn lacks(&self) -> Vec<&'static str> {
        let mut lacks = Vec::new();
        let mut unless = |holds: bool, what: &'static str| {
            if !holds {
                lacks.push(what);
            }
        };
        unless(!self.name.trim().is_empty(), "give it a name");
        unless(self.cost.is_some(), "say what it costs, once and every year");
        unless(!self.outcome.trim().is_empty(), "say what becomes of patients");
        unless(!self.experience.trim().is_empty(), "say how patients and staff would see it");
        unless(!self.safety.trim().is_empty(), "say what it does to safety");
        lacks
    }
}

impl<'a> Compared<'a> {
    pub(super) fn of(option: &'a CaseOption, nothing: &CaseOption) -> Self {
        let difference = option.cost.zip(nothing.cost).map(|(one, other)| Cost {
            one_off: one.one_off - other.one_off,
            recurrent: one.recurrent - other.recurrent,
        });
        Self { option, difference }
    }
}
