//! Consultants who are new since the year before: what their spells needed at first, and later.
//!
//! Over a year, a newcomer's figure mixes learning with practice. So a few months at a time are
//! compared, each by the rules of every comparison, and with too few spells there is no figure.

use std::collections::BTreeSet;

use statistics::case_mix::{Adjusted, Case, TooFew, compare};

use super::consultants::{ConsultantUse, DatedCase, LeftOut};
use super::definitions::Definitions;
use crate::{ResultsError, Run, reading};

/// A consultant under whom the run of the year before has no spell.
#[derive(Clone, Debug, PartialEq)]
pub struct Newcomer {
    /// Code among the colleagues, such as `K3`.
    pub code: String,
    /// A few months at a time, from the first discharge on.
    pub stages: Vec<Stage>,
}

/// A few months of a newcomer.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// First and last month, 1 for that of the first discharge.
    pub months: (usize, usize),
    /// What the spells of these months needed among all spells of colleagues, or why nothing is
    /// said of it.
    pub compared: Result<Adjusted, TooFew>,
}

/// Every consultant under whom a run has an episode of a spell. Clinics alone make nobody known: a
/// registrar may have held some.
pub(super) fn consultants(run: &Run) -> Result<BTreeSet<String>, ResultsError> {
    let types = &Definitions::own().spells.event_types;
    let mut known = BTreeSet::new();
    for reader in reading::readers(run, "events")? {
        reader.each_pair(["consultant", "event_type"], &mut |consultant, event_type| {
            if types.contains(event_type) && !known.contains(consultant) {
                known.insert(consultant.to_owned());
            }
        })?;
    }
    Ok(known)
}

/// Who is not among those known. A code that may be several people is nobody who could be new.
pub(super) fn of(
    consultants: &[ConsultantUse],
    cases: &[DatedCase],
    known: &BTreeSet<String>,
) -> Vec<Newcomer> {
    let is_one = |it: &ConsultantUse| !matches!(it.compared, Err(LeftOut::SeveralSpecialties(_)));
    let new = |it: &ConsultantUse| is_one(it) && !known.contains(&it.reference);
    let places = consultants.iter().enumerate().filter(|(_, it)| new(it));
    let newcomer = |(unit, it): (usize, &ConsultantUse)| Newcomer {
        code: it.code.clone(),
        stages: stages(unit, consultants.len(), cases),
    };
    places.map(newcomer).collect()
}

/// The months of one consultant, a few at a time, up to the last discharge. Those of the other
/// months are left out, so that nobody is compared with themselves.
fn stages(unit: usize, units: usize, cases: &[DatedCase]) -> Vec<Stage> {
    let own = Definitions::own();
    let length = own.newcomer_months().max(1);
    let months = cases.iter().filter(|it| it.case.unit == unit).map(|it| it.month);
    let Some(first) = months.clone().min() else { return Vec::new() };
    let last = months.max().unwrap_or(first);
    let stage = |from: usize| {
        let in_stage =
            |it: &&DatedCase| it.case.unit != unit || (from..from + length).contains(&it.month);
        let cases: Vec<Case> = cases.iter().filter(in_stage).map(|it| it.case.clone()).collect();
        let compared = compare(&cases, units, own.floors()).units.swap_remove(unit);
        Stage { months: (from - first + 1, from - first + length), compared }
    };
    (first..=last).step_by(length).map(stage).collect()
}
