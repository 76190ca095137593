//! The wards of the demonstration as units of the trust, each below the service line that answers for it.

use crate::data;

/// A ward as a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WardUnit {
    /// Code: how its locations in the feeds begin.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the service line that it belongs to; blank where it is for the whole trust.
    pub belongs_to: String,
}

/// All wards, in the order of the trust's list.
pub fn wards() -> Vec<WardUnit> {
    let table = data::table(data::WARDS);
    let wards = table.lines().map(|it| WardUnit {
        code: it.text("ward").to_owned(),
        name: it.text("name").to_owned(),
        belongs_to: it.text("belongs_to").to_owned(),
    });
    wards.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_ward_belongs_to_a_service_line_or_to_the_whole_trust() {
        let lines = data::table(data::SERVICE_LINES);
        let known: BTreeSet<String> =
            lines.lines().map(|it| it.text("service_line").to_owned()).collect();
        let all = wards();
        assert!(all.len() > 10);
        for it in all {
            assert!(it.belongs_to.is_empty() || known.contains(&it.belongs_to), "{it:?}");
            assert!(!known.contains(&it.code), "{it:?}: its code is free");
        }
    }
}
