//! Which professions belong together, so that work of two can be told from work of one.

use crate::capability::ProfessionGroup;

/// Professions by group, one line each.
const PROFESSIONS: &str = include_str!("../data/professions.csv");

impl ProfessionGroup {
    /// The group of a profession as it is written of a person, whatever the case of its letters; one
    /// that is in no list is of the others.
    pub fn of(profession: &str) -> Self {
        let wanted = profession.trim().to_lowercase();
        let mut lines = PROFESSIONS.lines().skip(1).filter_map(|it| it.split_once(','));
        let found = lines.find(|it| it.0 == wanted);
        found.and_then(|it| Self::of_word(it.1)).unwrap_or(Self::Other)
    }

    /// Every profession that is in a list, in the order of the list.
    pub fn professions() -> impl Iterator<Item = &'static str> {
        PROFESSIONS.lines().skip(1).filter_map(|it| it.split_once(',')).map(|it| it.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profession_is_of_its_group_and_an_unknown_one_of_the_others() {
        let groups = ["medicine", " Nursing ", "finance", "management", "clinical coding", "audit"];
        let groups = groups.map(ProfessionGroup::of).map(ProfessionGroup::word);
        let expected = ["CLINICIAN", "CLINICIAN", "FINANCE", "MANAGER", "INFORMATICS", "OTHER"];
        assert_eq!(groups, expected);
    }

    #[test]
    fn every_line_of_the_list_names_a_group() {
        for line in PROFESSIONS.lines().skip(1) {
            let group = line.split_once(',').and_then(|it| ProfessionGroup::of_word(it.1));
            assert!(group.is_some_and(|it| it != ProfessionGroup::Other), "{line}");
        }
        assert!(ProfessionGroup::professions().any(|it| it == "pharmacy"));
    }
}
