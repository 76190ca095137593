//! Business cases and what was worked out for them, as a demonstration begins with them: one that was
//! approved, one that lacks evidence, a journey with a scenario, clinics of which one in eight
//! appointments is missed, and a ceiling of prices.

/// The file, for whoever records it.
const CASES: &str = include_str!("../data/cases.toml");

/// All of it, as TOML: `record` by `record`, each with its unit, who wrote it, how many days ago, the
/// keys of figures that are attached, and its body as the store keeps it.
pub fn cases() -> &'static str {
    CASES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff;

    #[test]
    fn everybody_who_is_named_works_here_and_one_case_lacks_evidence() {
        let all: toml::Table = CASES.parse().expect("it is TOML");
        let records = all["record"].as_array().expect("records");
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        for it in records {
            assert!(is_somebody(it["by"].as_str().expect("a name")), "{it}");
        }
        let named = CASES.split("\"@").skip(1).filter_map(|it| it.split('"').next());
        assert!(named.filter(|it| *it != "run").all(is_somebody));
        let cases = records.iter().filter(|it| it["body"].get("case").is_some());
        let bare = cases.filter(|it| it["figures"].as_array().is_some_and(Vec::is_empty));
        assert_eq!(bare.count(), 1);
    }

    #[test]
    fn one_in_eight_dermatology_appointments_is_missed() {
        let all: toml::Table = CASES.parse().expect("it is TOML");
        let mut records = all["record"].as_array().expect("records").iter();
        let review = records.find_map(|it| it["body"].get("demand")).expect("a review");
        let sum = |name: &str| -> i64 {
            let months = review["months"].as_array().expect("months").iter();
            months.map(|it| it[name].as_integer().expect("a number")).sum()
        };
        // 618 of 5,150 made, all in slots: 12.0%.
        let made = sum("first") + sum("follow_up") + sum("other") + sum("missed");
        assert_eq!((sum("missed"), made, sum("slots")), (618, 5_150, 5_150));
        assert_eq!(sum("missed") * 1_000 / made, 120);
    }
}
