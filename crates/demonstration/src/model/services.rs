//! Specialties and the lists of codes that rows are checked against.

use std::collections::BTreeSet;

use super::Occupancy;
use super::sheet::{Basis, Sheet};
use crate::data;

/// Specialties with their service lines.
pub(super) fn specialties() -> Sheet {
    let mut sheet = Sheet::new(&["specialty", "name", "service_line"]);
    for line in data::table(data::SPECIALTIES).lines() {
        sheet.add_line(line);
    }
    sheet
}

/// Places that rows name and that have no beds.
const PLACES: [&str; 6] =
    ["ED", "GP SURGERY", "HOME", "OTHER TRUST", "PRE-ASSESSMENT", "THERAPY OUTPATIENTS"];

/// Activities that national unit costs of stays leave out: they have their own national costs.
const LEFT_OUT: [(&str, &str); 3] = [
    ("X-HIGH-COST", "High-cost medicines"),
    ("X-CC-CARE", "Critical care"),
    ("X-CC-DELAYED", "Critical care after the patient was ready to leave"),
];

/// Lists of sites, wards, specialties, groups and restricted diagnoses.
pub(super) fn reference_codes(occupancy: &Occupancy) -> Sheet {
    let columns = ["list", "code", "name", "length", "valid_from", "valid_to"];
    let mut sheet = Sheet::new(&columns);
    let mut add = |list: &str, code: &str, name: &str, length: &str| {
        sheet.add(&[list, code, name, length, "", ""], Basis::DEMO);
    };
    for (code, name) in
        [("X-RCN01", "Ashbourne Vale Hospital"), ("X-RCN02", "Harrow Lane Hospital")]
    {
        add("site", code, name, "7");
    }
    let mut wards: Vec<&str> = occupancy.keys().map(|(_, ward)| ward.as_str()).collect();
    wards.sort_unstable();
    wards.dedup();
    for ward in wards {
        add("ward", ward, ward, "");
    }
    for line in data::table(data::CLINICS).lines() {
        add("ward", line.text("clinic"), "Clinic", "");
    }
    for place in PLACES {
        add("ward", place, "Place that is no ward", "");
    }
    for theatre in 1..=60 {
        add("ward", &format!("TH{theatre:02}"), "Theatre", "");
    }
    for line in data::table(data::SPECIALTIES).lines() {
        add("specialty", line.text("specialty"), line.text("name"), "");
    }
    let table = data::table(data::NATIONAL_UNIT_COSTS);
    let mut last = "";
    for line in table.lines().filter(|it| it.text("pod") != "CC") {
        if line.text("currency") != last {
            last = line.text("currency");
            add("hrg", last, line.text("name"), "5");
        }
    }
    for (code, name) in [("WF01A", "Follow-up attendance"), ("WF01B", "First attendance")] {
        add("hrg", code, name, "5");
    }
    add("restricted", "Z312", "In vitro fertilisation", "4");
    let departments: BTreeSet<(&str, &str)> =
        table.lines().map(|it| (it.text("department"), it.text("pod"))).collect();
    for (department, pod) in departments.into_iter().filter(|it| it.1 != "CC") {
        add("national_department", department, pod, "");
    }
    for (activity, name) in LEFT_OUT {
        add("national_left_out", activity, name, "");
    }
    sheet
}
