//! What pages share about evidence: how a piece stands and until when, the files that are kept here,
//! what waits for somebody, and the settings that all this goes by.

pub mod files;
mod settings;
mod standing;
mod waiting;

pub use settings::{FileType, Kind, Measure, SETTINGS, Settings};
pub(in crate::shell) use standing::for_engine;
pub use standing::{Standing, is_live, last_day, standing};
pub use waiting::waiting;

use std::collections::BTreeSet;

use access::Capability;
use store::UnitCode;
use store::assessing::Evidence;

use super::assessing::Gathered;
use super::visit::Visit;

/// Codes of the units whose assessments somebody may see.
pub fn units_seen(visit: &Visit, gathered: &Gathered) -> BTreeSet<UnitCode> {
    let Ok(scope) = visit.scope(Capability::ReadAssessments) else { return BTreeSet::new() };
    let codes = gathered.units.iter().map(|it| &it.stored.unit.code);
    let seen = codes.filter(|it| gathered.unit(it.as_str()).is_some());
    seen.filter(|it| scope.of_unit(it.as_str()).is_some()).cloned().collect()
}

/// Whether somebody sees a piece of a unit that they see: a draft is its owner's alone.
pub fn sees(visit: &Visit, it: &Evidence) -> bool {
    !it.is_draft() || visit.person().is_ok_and(|me| it.is_of(&me.id))
}
