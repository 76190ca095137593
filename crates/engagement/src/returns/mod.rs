//! The annual return of a level: what one organisation sends, and what a collector makes of many.
//!
//! A return is locked to one confirmed assessment. A collector reads a file of returns with the
//! number of every row that is wrong, and publishes how many organisations are at each level, never
//! who is.

mod collect;
mod cuts;
mod files;
mod moves;
mod published;
mod read;
mod register;
mod register_file;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::Mode;
use crate::confirm::{ConfirmFault, Confirmation, check};
use crate::framework::{FrameworkId, Level, StepId, hash_of, identifier};
use crate::level::Proposal;

pub use collect::{Collection, Disagreement, Flag, Question, collect};
pub use cuts::{Cut, CutRow, cut};
pub use files::{Received, Together, collect_files};
pub use moves::{Moves, Restructured, moves};
pub use published::{PublishedError, read_published};
pub use read::{FileError, Reading, RowFault, WhatIsWrong, read, write};
pub use register::{Organisation, Register, RegisterError};
pub use register_file::{RegisterReading, RegisterRowFault, read_register};

identifier! {
    /// Names an organisation by its national code.
    OrganisationCode,
}

/// The steps that a return states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatedSteps {
    /// The steps that counted for the organisation.
    Counted(BTreeSet<StepId>),
    /// They were recorded by unit, so none are stated.
    ByUnit,
}

/// What an organisation sends to a collector for a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// Whose it is.
    pub organisation: OrganisationCode,
    /// The year of the collection.
    pub year: u16,
    /// The confirmed level.
    pub level: Level,
    /// The steps that counted.
    pub steps: StatedSteps,
    /// The clinical lead who signed.
    pub clinical_lead: String,
    /// The finance lead who signed.
    pub finance_lead: String,
    /// The national version of the framework, also where a local one was used.
    pub framework: FrameworkId,
}

impl Return {
    /// The return of a confirmed assessment.
    ///
    /// # Errors
    ///
    /// Everything that stands in the way of confirming it.
    pub fn of(
        organisation: OrganisationCode,
        year: u16,
        proposal: &Proposal,
        confirmation: &Confirmation,
    ) -> Result<Self, Vec<ConfirmFault>> {
        let faults = check(proposal, confirmation);
        let signed = (&confirmation.clinical_lead, &confirmation.finance_lead);
        let (Some(level), (Some(clinical), Some(finance)), []) =
            (confirmation.level, signed, faults.as_slice())
        else {
            return Err(faults);
        };
        let steps = match proposal.mode {
            Mode::Organisation => StatedSteps::Counted(proposal.counted.iter().cloned().collect()),
            Mode::ByUnit => StatedSteps::ByUnit,
        };
        Ok(Self {
            organisation,
            year,
            level,
            steps,
            clinical_lead: clinical.person.clone(),
            finance_lead: finance.person.clone(),
            framework: proposal.national_framework.clone(),
        })
    }

    /// The return as its collector reads it from the file of it.
    ///
    /// # Errors
    ///
    /// What a collector would find wrong with it.
    pub fn checked(self) -> Result<Self, WhatIsWrong> {
        let reading = read(&write(std::slice::from_ref(&self)));
        let Reading { mut returns, mut faults } =
            reading.expect("a file that was just written has its header");
        match (returns.pop(), faults.pop()) {
            (Some((_, it)), None) => Ok(it),
            (_, fault) => Err(fault.map_or(WhatIsWrong::Cells, |it| it.what)),
        }
    }

    /// What proves to both sides that the collector holds what was sent: the same for the same
    /// return, whoever works it out.
    pub fn receipt(&self) -> String {
        let hash = hash_of(&[&write(std::slice::from_ref(self))]);
        hash.chars().take(RECEIPT_DIGITS).collect()
    }
}

/// Hexadecimal digits of a receipt: enough that no two returns share one, few enough to read out.
const RECEIPT_DIGITS: usize = 16;
