//! What the demonstration trust measures beside its feeds: invented, steady, and telling nothing
//! that its costs do not.

use crate::table::Table;

const DEFINITIONS: &str = include_str!("../data/measures.csv");
const VALUES: &str = include_str!("../data/measure_values.csv");

/// What is measured; every field as a file of the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationMeasure {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// What is counted.
    pub definition: String,
    /// What it is about.
    pub subject: String,
    /// Unit of a value.
    pub unit_of_measure: String,
    /// How a value is made.
    pub form: String,
    /// Which way is good.
    pub good: String,
    /// Whether it counts patients.
    pub of_patients: bool,
    /// Where values come from.
    pub source: String,
    /// Who keeps it.
    pub keeper: String,
}

/// All that is measured.
pub fn measures() -> Vec<DemonstrationMeasure> {
    let table = Table::read(DEFINITIONS);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        DemonstrationMeasure {
            code: text("code"),
            name: text("name"),
            definition: text("definition"),
            subject: text("subject"),
            unit_of_measure: text("unit_of_measure"),
            form: text("form"),
            good: text("good"),
            of_patients: it.text("of_patients") == "yes",
            source: text("source"),
            keeper: text("keeper"),
        }
    });
    rows.collect()
}

/// Values as a file of the register: those of some units up to a month such as `2026-03`.
pub fn measure_values(is_unit: impl Fn(&str) -> bool, last_month: &str) -> String {
    let table = Table::read(VALUES);
    let kept =
        table.lines().filter(|it| is_unit(it.text("unit")) && it.text("month") <= last_month);
    let mut text = String::from("measure,unit,month,value,of,source\n");
    for it in kept {
        let columns = ["measure", "unit", "month", "value", "of", "source"];
        let fields = columns.map(|column| it.text(column));
        text += &format!("{}\n", fields.join(","));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_value_is_of_a_measure_and_every_measure_has_two_years() {
        let text = measure_values(|_| true, "2026-03");
        let all = measures();
        let codes: BTreeSet<&str> = all.iter().map(|it| it.code.as_str()).collect();
        let named: BTreeSet<&str> =
            text.lines().skip(1).filter_map(|it| it.split(',').next()).collect();
        assert_eq!(codes, named);
        for code in codes {
            let of_hips = format!("{code},TORT,");
            assert_eq!(text.lines().filter(|it| it.starts_with(&of_hips)).count(), 24, "{code}");
        }
    }

    #[test]
    fn only_units_that_are_there_and_months_that_are_past() {
        let text = measure_values(|it| it == "ELDE", "2024-05");
        assert!(text.lines().skip(1).all(|it| it.contains(",ELDE,2024-0")), "{text}");
        // Three measures of two months.
        assert_eq!(text.lines().count(), 7);
    }
}
