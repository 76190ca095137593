//! The organisations of a collection, and what became of those that merged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::OrganisationCode;

/// An organisation that may return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its national code.
    pub code: OrganisationCode,
    /// Its name.
    pub name: String,
    /// Its sector, such as acute or ambulance.
    pub sector: String,
    /// Its region.
    pub region: String,
    /// The first day on which it was open, if known.
    pub open_from: Option<Date>,
    /// The last day on which it was open, if it has closed.
    pub open_to: Option<Date>,
    /// What it became: one organisation after a merger or a change of code, more after a split.
    pub successors: Vec<OrganisationCode>,
}

/// All organisations, by code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    by_code: BTreeMap<OrganisationCode, Organisation>,
}

/// Why organisations make no register.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// Two have one code.
    #[error("the organisation `{0}` is there twice")]
    Twice(OrganisationCode),
    /// A successor is not there.
    #[error("the organisation `{code}` became `{successor}`, which is not there")]
    NoSuccessor {
        /// The organisation.
        code: OrganisationCode,
        /// What it became.
        successor: OrganisationCode,
    },
    /// It has successors and is still open.
    #[error("the organisation `{0}` became another and has no last day")]
    StillOpen(OrganisationCode),
    /// What it became leads back to it.
    #[error("the organisation `{0}` became itself: correct its successors")]
    Cycle(OrganisationCode),
}

impl Organisation {
    /// Whether it is open on the day.
    pub fn is_open(&self, day: Date) -> bool {
        self.open_from.is_none_or(|it| it <= day) && self.open_to.is_none_or(|it| day <= it)
    }
}

impl Register {
    /// A register of organisations.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] for the first thing that is wrong.
    pub fn new(organisations: Vec<Organisation>) -> Result<Self, RegisterError> {
        let mut by_code = BTreeMap::new();
        for it in organisations {
            if let Some(twice) = by_code.insert(it.code.clone(), it) {
                return Err(RegisterError::Twice(twice.code));
            }
        }
        let register = Self { by_code };
        for it in register.by_code.values() {
            let lost = it.successors.iter().find(|code| !register.by_code.contains_key(*code));
            if let Some(successor) = lost.cloned() {
                return Err(RegisterError::NoSuccessor { code: it.code.clone(), successor });
            }
            if !it.successors.is_empty() && it.open_to.is_none() {
                return Err(RegisterError::StillOpen(it.code.clone()));
            }
        }
        let cyclic = register.by_code.keys().find(|it| register.later(it).contains(*it));
        cyclic.map_or(Ok(register.clone()), |it| Err(RegisterError::Cycle(it.clone())))
    }

    /// The organisation of a code.
    pub fn get(&self, code: &OrganisationCode) -> Option<&Organisation> {
        self.by_code.get(code)
    }

    /// All organisations, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Organisation> {
        self.by_code.values()
    }

    /// What an organisation became by a day: the successors that are open then.
    pub(super) fn heirs(&self, code: &OrganisationCode, day: Date) -> Vec<OrganisationCode> {
        let later = self.later(code).into_iter();
        later.filter(|it| self.by_code[it].is_open(day)).collect()
    }

    /// All that came after an organisation, at any remove.
    fn later(&self, code: &OrganisationCode) -> BTreeSet<OrganisationCode> {
        let mut found: BTreeSet<OrganisationCode> = BTreeSet::new();
        let mut next = self.by_code.get(code).map(|it| it.successors.clone()).unwrap_or_default();
        while let Some(code) = next.pop() {
            if found.insert(code.clone()) {
                next.extend(
                    self.by_code.get(&code).into_iter().flat_map(|it| it.successors.clone()),
                );
            }
        }
        found
    }
}
