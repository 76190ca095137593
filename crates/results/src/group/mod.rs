//! Which events belong together: a service line, a currency of it, or a group that clinicians made.

mod costs;
mod text;

pub use costs::{GroupCosts, LongStay, PartOfCare, group_costs, median};
pub use text::WORDS;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tables::run::CostedEvent;

/// A patient group: all that is said must hold; what is blank says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PatientGroup {
    /// Service line.
    pub service_line: String,
    /// Points of delivery, such as `EL`.
    pub pods: BTreeSet<String>,
    /// Types of event, such as `APC`.
    pub event_types: BTreeSet<String>,
    /// Beginnings of healthcare resource groups (HRG), such as `HN12`.
    pub hrgs: BTreeSet<String>,
    /// Beginnings of the primary procedure (OPCS-4), such as `W37`.
    pub procedures: BTreeSet<String>,
    /// Beginnings of the primary diagnosis (ICD-10), such as `M16`.
    pub diagnoses: BTreeSet<String>,
    /// Age bands, such as `70-79`.
    pub age_bands: BTreeSet<String>,
    /// Treatment functions.
    pub specialties: BTreeSet<String>,
    /// Consultants, by their reference.
    pub consultants: BTreeSet<String>,
    /// Beginnings of the admission method, such as `2` for emergencies.
    pub routes: BTreeSet<String>,
}

impl PatientGroup {
    /// All events of a service line.
    pub fn of_line(service_line: &str) -> Self {
        Self { service_line: service_line.to_owned(), ..Self::default() }
    }

    /// The events of a service line at a point of delivery, with an HRG that begins so; either may
    /// be blank for all.
    pub fn of_part(service_line: &str, (pod, hrg): (&str, &str)) -> Self {
        let one = |it: &str| Some(it.to_owned()).filter(|it| !it.is_empty()).into_iter().collect();
        Self { pods: one(pod), hrgs: one(hrg), ..Self::of_line(service_line) }
    }

    /// Whether an event is one of the group.
    pub fn holds(&self, event: &CostedEvent) -> bool {
        let is_in_line = self.service_line.is_empty() || self.service_line == event.service_line;
        is_in_line
            && is_one(&self.pods, &event.pod)
            && is_one(&self.event_types, &event.event_type)
            && begins(&self.hrgs, &event.hrg)
            && begins(&self.procedures, &event.procedure)
            && begins(&self.diagnoses, &event.diagnosis)
            && is_one(&self.age_bands, &event.age_band)
            && is_one(&self.specialties, &event.specialty)
            && is_one(&self.consultants, &event.consultant)
            && begins(&self.routes, &event.admission_method)
    }
}

fn is_one(wanted: &BTreeSet<String>, value: &str) -> bool {
    wanted.is_empty() || wanted.contains(value)
}

fn begins(wanted: &BTreeSet<String>, value: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|it| value.starts_with(it.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_the_group_of_its_codes() {
        let found = PatientGroup::of_part("TORT", ("EL", "HN12"));
        assert_eq!(found.service_line, "TORT");
        assert!(found.pods.contains("EL") && found.hrgs.contains("HN12"));
        assert_eq!(PatientGroup::of_part("TORT", ("", "")), PatientGroup::of_line("TORT"));
    }
}
