//! National unit costs and staffed beds: facts that costs are judged against.

use domain::number::show_scaled;

use super::sheet::{Basis, Sheet};
use super::{Occupancy, YEARS};
use crate::data;

/// National unit costs of 2024/25, as published.
pub(super) fn reference_costs() -> Sheet {
    let mut sheet = Sheet::new(&["department", "currency", "unit_cost", "activity"]);
    let basis = Basis {
        source: "ncc-2024-25",
        note: "Contains public sector information licensed under the Open Government Licence v3.0",
        ..Basis::DEMO
    };
    for line in data::table(data::NATIONAL_UNIT_COSTS).lines() {
        let cells = ["department", "currency", "unit_cost", "activity"].map(|it| line.text(it));
        sheet.add(&cells, basis);
    }
    sheet
}

/// Staffed beds by ward: its use in 2025-26 at the occupancy that the ward is known for.
pub(super) fn capacity(occupancy: &Occupancy) -> Sheet {
    let mut sheet = Sheet::new(&["location", "beds"]);
    let latest = YEARS[YEARS.len() - 1];
    for ((_, location), minutes) in occupancy.iter().filter(|((year, _), _)| *year == latest) {
        let wards = data::table(data::WARDS);
        let ward = wards.lines().find(|it| location.starts_with(it.text("ward")));
        let percent = ward.map_or(90, |it| it.number("occupancy_percent"));
        // Minutes of a year in one bed, times the percentage: hundredths of beds come out.
        let beds_e2 = minutes * 10_000 / (365 * 1440 * percent);
        let beds = show_scaled(i128::from(beds_e2), 2);
        let note = if percent < 65 {
            "Staffed for a second theatre list that was never filled"
        } else {
            ""
        };
        sheet.add(&[location, &beds], Basis { note, ..Basis::DEMO });
    }
    sheet
}
