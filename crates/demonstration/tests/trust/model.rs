//! The generated model is read without a fault.

use std::collections::BTreeMap;

use crate::reading;
use demonstration::Size;

#[test]
fn the_small_model_parses_without_a_fault() {
    let dir = tempfile::tempdir().expect("a folder");
    demonstration::write(dir.path(), Size::Small, 1, &|_, _, _| {}).expect("written");
    let files = reading::files(&dir.path().join("model"));
    let (model, findings) = rules::Model::parse(files).expect("a model without faults");
    assert_eq!(model.years.len(), 2);
    let told: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(told, [""; 0]);
}

#[test]
fn corrected_job_plans_are_a_model_without_a_fault() {
    let dir = tempfile::tempdir().expect("a folder");
    demonstration::write(dir.path(), Size::Small, 1, &|_, _, _| {}).expect("written");
    let mut files = reading::files(&dir.path().join("model"));
    let what_if = dir.path().join("what_if/corrected_theatre_times/model");
    let corrected = reading::files(&what_if);
    assert_ne!(files["shares.csv"], corrected["shares.csv"]);
    files.extend(corrected);
    rules::Model::parse(files).expect("a model without faults");
}

/// A pool of under five people shows what one of them earns, and is merged with its colleagues.
#[test]
fn some_staff_pools_are_too_small_and_each_has_colleagues_to_be_merged_with() {
    let dir = tempfile::tempdir().expect("a folder");
    demonstration::write(dir.path(), Size::Small, 1, &|_, _, _| {}).expect("written");
    let all = reading::rows(&dir.path().join("model/resources.csv"));
    let pools: Vec<_> = all.iter().filter(|it| it["staff_pool"] == "yes").collect();
    let people = |row: &BTreeMap<String, String>| row["people"].parse::<i64>().expect("a number");
    let mut small = Vec::new();
    for pool in pools.iter().filter(|it| people(it) < 5) {
        let same = |column: &str, it: &BTreeMap<String, String>| it[column] == pool[column];
        let colleagues = pools
            .iter()
            .filter(|it| same("staff_group", it) && same("directorate", it) && same("method", it));
        let together: i64 = colleagues.map(|it| people(it)).sum();
        assert!(together >= 5, "{} has {together} people with its colleagues", pool["resource"]);
        small.push(pool["resource"].as_str());
    }
    small.sort_unstable();
    assert_eq!(small, ["X-CON-315", "X-CON-X-IVF"]);
}

#[test]
fn medical_staff_are_shown_by_grade_and_by_what_they_do() {
    let dir = tempfile::tempdir().expect("a folder");
    demonstration::write(dir.path(), Size::Small, 1, &|_, _, _| {}).expect("written");
    let shares = reading::rows(&dir.path().join("model/shares.csv"));
    let share = |resource: &str, activity: &str| {
        let mut own = shares.iter();
        let own = own.find(|it| it["resource"] == resource && it["activity"] == activity);
        own.map(|it| (it["weight_set"].as_str(), it["share"].as_str()))
    };
    // Ten acute physicians with 0.6 of a session each in the emergency department.
    assert_eq!(share("X-CON-326", "X-ED-CARE"), Some(("W-ED-CARE", "6.00")));
    // Seventeen emergency physicians with 6.3.
    assert_eq!(share("X-CON-180", "X-ED-CARE"), Some(("W-ED-CARE", "107.10")));
    // Seven specialty doctors with 3.5 clinics each.
    assert_eq!(share("X-SAS-110", "X-CLINIC-110"), Some(("W-CLINIC-110", "24.50")));
    let mapping = reading::rows(&dir.path().join("model/mapping.csv"));
    let of_account = |centre: &str| {
        let own = mapping.iter().filter(|it| it["cost_centre"] == centre);
        let own = own.filter(|it| it["account"] == "5110*");
        own.map(|it| (it["cost_line"].as_str(), it["percentage"].as_str())).collect::<Vec<_>>()
    };
    // 0.35 of 10.1 sessions are 3.4653 percent, 0.3 are 2.9702 and 0.1 are 0.9900.
    let wanted = [
        ("CON-180", "92.5745"),
        ("EDUCATION", "2.9702"),
        ("RESEARCH", "0.9900"),
        ("MEDICAL-MANAGEMENT", "3.4653"),
    ];
    assert_eq!(of_account("2180*"), wanted);
    assert_eq!(of_account("2190*").len(), 7, "four kinds of work, and three taken out");
}
