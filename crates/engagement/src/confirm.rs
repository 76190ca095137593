//! What a person must add before a level is confirmed.
//!
//! A confirmed level is a judgement. It may depart from the proposal, with a reason, and it never
//! moves by itself afterwards.

use std::fmt;

use crate::framework::Level;
use crate::level::{Proposal, Proposed};

/// Who signs: by the reference under which the program knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatory {
    /// The person.
    pub person: String,
}

/// A person's judgement of the level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// The level that is confirmed.
    pub level: Option<Level>,
    /// Why it departs from the proposal.
    pub reason: String,
    /// A short statement on day-to-day culture.
    pub culture: String,
    /// The clinical lead who signs.
    pub clinical_lead: Option<Signatory>,
    /// The finance lead who signs.
    pub finance_lead: Option<Signatory>,
}

/// What is missing or stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmFault {
    /// Nothing was proposed, since no unit counts.
    NothingProposed,
    /// No level was chosen.
    NoLevel,
    /// The level departs from the proposal, and nobody says why.
    NoReason,
    /// There is no statement on day-to-day culture.
    NoCulture,
    /// No clinical lead signs.
    NoClinicalLead,
    /// No finance lead signs.
    NoFinanceLead,
    /// One person signs as both.
    SamePerson,
    /// Level 4, and not all have answered on support in using financial data.
    Unanswered {
        /// How many units have not answered.
        units: usize,
    },
}

/// Everything that stands in the way of confirming; nothing if the level can be confirmed.
pub fn check(proposal: &Proposal, confirmation: &Confirmation) -> Vec<ConfirmFault> {
    if matches!(proposal.proposed, Proposed::Refused(_)) {
        return vec![ConfirmFault::NothingProposed];
    }
    let mut faults = Vec::new();
    match confirmation.level {
        None => faults.push(ConfirmFault::NoLevel),
        Some(level) => {
            let departs = proposal.level() != Some(level);
            if departs && is_blank(&confirmation.reason) {
                faults.push(ConfirmFault::NoReason);
            }
            if let Some(unanswered) = proposal.unanswered.as_ref().filter(|_| level == Level::Four)
            {
                faults.push(ConfirmFault::Unanswered { units: unanswered.units.len() });
            }
        }
    }
    if is_blank(&confirmation.culture) {
        faults.push(ConfirmFault::NoCulture);
    }
    faults.extend(signatures(confirmation));
    faults
}

fn signatures(confirmation: &Confirmation) -> Vec<ConfirmFault> {
    let signed = |it: &Option<Signatory>| it.clone().filter(|it| !is_blank(&it.person));
    match (signed(&confirmation.clinical_lead), signed(&confirmation.finance_lead)) {
        (Some(clinical), Some(finance)) if clinical == finance => vec![ConfirmFault::SamePerson],
        (Some(_), Some(_)) => Vec::new(),
        (None, Some(_)) => vec![ConfirmFault::NoClinicalLead],
        (Some(_), None) => vec![ConfirmFault::NoFinanceLead],
        (None, None) => vec![ConfirmFault::NoClinicalLead, ConfirmFault::NoFinanceLead],
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

impl fmt::Display for ConfirmFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NothingProposed => {
                "No unit counts, so nothing is proposed and nothing can be confirmed: register the specialties first."
            }
            Self::NoLevel => "Choose the level that you confirm.",
            Self::NoReason => "The level departs from the proposal: write down why.",
            Self::NoCulture => {
                "Say in a few sentences how clinicians and finance work together day to day."
            }
            Self::NoClinicalLead => "A clinical lead must sign.",
            Self::NoFinanceLead => "A finance lead must sign.",
            Self::SamePerson => "The clinical lead and the finance lead must be two people.",
            Self::Unanswered { units: 1 } => {
                return f.write_str(
                    "One unit has not answered whether its managers are supported in using financial data: Level 4 needs its answer, or the organisation's.",
                );
            }
            Self::Unanswered { units } => {
                return write!(
                    f,
                    "{units} units have not answered whether their managers are supported in using financial data: Level 4 needs their answers, or the organisation's."
                );
            }
        };
        f.write_str(text)
    }
}
