//! Volumes of the district, and who can be compared there, counted without writing it.

use std::collections::BTreeMap;

use demonstration::Size;

#[test]
fn a_district_has_its_volumes_and_six_hip_surgeons_to_compare() {
    let year = demonstration::count(Size::District, 1, 2025, &|_, _| {}).expect("counted");
    let events: u64 = year.events.values().sum();
    assert!((95_000..=112_000).contains(&events), "{events} events: {:?}", year.events);
    let feeds = year.rows.iter().filter(|(feed, _)| *feed != "INCOME");
    let rows: u64 = feeds.map(|it| it.1).sum();
    assert!((1_425_000..=1_650_000).contains(&rows), "{rows} rows: {:?}", year.rows);
    let spells: BTreeMap<&str, i64> = year
        .facts
        .iter()
        .filter_map(|(fact, count)| Some((fact.strip_prefix("HIP_spells_")?, *count)))
        .collect();
    let enough: Vec<&str> =
        spells.iter().filter(|(_, spells)| **spells >= 10).map(|it| *it.0).collect();
    assert!(enough.len() >= 6, "surgeons with ten hips or more: {spells:?}");
    assert_eq!(spells["CX11008"], 9, "the surgeon with nine cases has nine at every size");
    assert!(!enough.contains(&"CX11008"));
}
