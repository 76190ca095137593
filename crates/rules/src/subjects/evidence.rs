//! Sources, decisions and lists of facts: what the rules rest on and are judged against.

use std::collections::{BTreeMap, BTreeSet};

use domain::{FinancialYear, Money};

use super::Tables;
use crate::faults;
use crate::read::{Book, Dated, Findings, Table};
use crate::year::{
    BudgetHolder, Counted, Decision, MEASURES, NATIONAL_DEPARTMENT, Pattern, PeerKind, PeerValue,
    PlausibleRange, ReferenceCode, ReferenceCost, Source, StatedActivity,
};

/// A national unit cost with its key.
#[derive(Clone, Debug)]
pub(crate) struct ReferenceCostRow {
    department: String,
    currency: String,
    cost: ReferenceCost,
}

/// Staffed beds of a location.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CapacityRow {
    beds_e2: i64,
}

/// A code of a reference list with its key.
#[derive(Clone, Debug)]
pub(crate) struct ReferenceCodeRow {
    list: String,
    code: String,
    value: ReferenceCode,
}

/// Reads `sources.csv`.
pub(crate) fn read_sources(book: &mut Book<'_>) -> Table<Source> {
    book.table("sources.csv", |row| {
        row.filled("source_key");
        Source {
            title: row.filled("title"),
            edition: row.text("edition"),
            link: row.text("link"),
            licence: row.text("licence"),
        }
    })
}

/// Reads `reference_costs.csv`.
pub(crate) fn read_reference_costs(book: &mut Book<'_>) -> Table<ReferenceCostRow> {
    book.table("reference_costs.csv", |row| ReferenceCostRow {
        department: row.filled("department"),
        currency: row.filled("currency"),
        cost: ReferenceCost {
            unit_cost: Money::from_micro_pounds(row.number("unit_cost", 6)),
            activity: row.number("activity", 0),
            sources: BTreeSet::new(),
        },
    })
}

/// Reads `decisions.csv`.
pub(crate) fn read_decisions(book: &mut Book<'_>) -> Table<Decision> {
    book.table("decisions.csv", |row| Decision {
        decision: row.filled("decision"),
        subject: row.filled("subject"),
        method_used: row.filled("method_used"),
        prescribed_method: row.text("prescribed_method"),
        superior_method: row.yes_no("superior_method"),
        owner: row.filled("owner"),
        decided_on: row.day("decided_on"),
        evidence: row.text("evidence"),
    })
}

/// Reads `capacity.csv`.
pub(crate) fn read_capacity(book: &mut Book<'_>) -> Table<CapacityRow> {
    book.table("capacity.csv", |row| {
        row.filled("location");
        CapacityRow { beds_e2: row.number("beds", 2) }
    })
}

/// Reads `stated_activity.csv`.
pub(crate) fn read_stated_activity(book: &mut Book<'_>) -> Table<StatedActivity> {
    book.table("stated_activity.csv", |row| {
        let stated = StatedActivity {
            stated_by: row.filled("stated_by"),
            pod: row.text("pod"),
            period: row.number("period", 0),
            counted: row.choice("counted", Counted::WORDS),
            events: row.number("events", 0),
        };
        if !(1..=12).contains(&stated.period) {
            row.out_of_range("period", "a period is 1 for April to 12 for March");
        }
        stated
    })
}

/// Reads `peers.csv`.
pub(crate) fn read_peers(book: &mut Book<'_>) -> Table<PeerValue> {
    book.table("peers.csv", |row| {
        let patterns = |list: Vec<String>| list.iter().map(|it| Pattern::parse(it)).collect();
        let value = PeerValue {
            peers: row.filled("peers"),
            hrg: row.pattern("hrg"),
            pod: row.filled("pod"),
            measure: row.filled("measure"),
            kind: row.choice("kind", PeerKind::WORDS),
            counted_by: patterns(row.list("counted_by")),
            costed_by: patterns(row.list("costed_by")),
            value_e4: row.number("value", 4),
            unit: row.word("unit", &["days", "number", "pounds"]),
            source: row.text("source"),
        };
        let is_price = value.kind == PeerKind::Price;
        if is_price != (value.unit == "pounds") {
            row.out_of_range("unit", "a price is in pounds, and a use in days or a number");
        }
        if value.costed_by.is_empty() {
            row.out_of_range("costed_by", "no activity is named whose cost it is");
        }
        if value.counted_by.is_empty() && !is_price {
            row.out_of_range("counted_by", "no activity is named that is counted");
        }
        value
    })
}

/// Reads `budget_holders.csv`.
pub(crate) fn read_budget_holders(book: &mut Book<'_>) -> Table<BudgetHolder> {
    book.table("budget_holders.csv", |row| {
        row.filled("cost_centre");
        BudgetHolder {
            cost_centre: row.pattern("cost_centre"),
            directorate: row.filled("directorate"),
        }
    })
}

/// Reads `plausibility.csv`.
pub(crate) fn read_plausibility(book: &mut Book<'_>) -> Table<PlausibleRange> {
    book.table("plausibility.csv", |row| {
        let measure = row.filled("measure");
        let range = PlausibleRange {
            low_e4: row.number("low", 4),
            high_e4: row.number("high", 4),
            unit: row.filled("unit"),
            source: row.text("source"),
        };
        if range.high_e4 < range.low_e4 {
            row.out_of_range("high", "`high` is lower than `low`");
        }
        match MEASURES.iter().find(|it| it.is(&measure)) {
            Some(known) if range.unit != known.unit && !range.unit.is_empty() => row.fault(
                faults::MEASURE_UNIT,
                "unit",
                format!("`{measure}` is measured in {}", known.unit),
                "Correct the unit, and the range if it was meant in another one.",
            ),
            _ => {}
        }
        range
    })
}

/// Tells measures that nobody computes.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    for row in tables.plausibility.sound(year) {
        let measure = row.head.key.first().map(String::as_str).unwrap_or_default();
        if !MEASURES.iter().any(|it| it.is(measure)) {
            let names: Vec<&str> = MEASURES.iter().map(|it| it.shown).collect();
            findings.warn(
                faults::MEASURE_UNKNOWN,
                row.head.at("measure"),
                format!("no run computes the measure `{measure}`, so its range judges nothing"),
                format!("Write one of: {}.", names.join(", ")),
            );
        }
    }
}

/// Ranges of a year by measure.
pub(crate) fn plausibility(
    tables: &Tables,
    year: FinancialYear,
) -> BTreeMap<String, PlausibleRange> {
    tables.plausibility.values(year)
}

/// Reads `reference_codes.csv`.
pub(crate) fn read_reference_codes(book: &mut Book<'_>) -> Table<ReferenceCodeRow> {
    book.table("reference_codes.csv", |row| {
        let (list, code) = (row.filled("list"), row.filled("code"));
        let value = ReferenceCode {
            name: row.text("name"),
            length: row.number_if_any("length", 0),
            valid_from: row.day_if_any("valid_from"),
            valid_to: row.day_if_any("valid_to"),
        };
        if let Some(length) = value.length
            && i64::try_from(code.chars().count()) != Ok(length)
        {
            row.out_of_range("length", format!("`{code}` does not have {length} characters"));
        }
        if value.valid_to.is_some_and(|to| value.valid_from.is_some_and(|from| to < from)) {
            row.out_of_range("valid_to", "the code ends before it begins to be valid");
        }
        ReferenceCodeRow { list, code, value }
    })
}

/// National unit costs of a year by point of delivery and currency.
///
/// A department that no row of the list `national_department` names is itself the point of
/// delivery.
pub(crate) fn reference_costs(
    tables: &Tables,
    year: FinancialYear,
) -> BTreeMap<(String, String), ReferenceCost> {
    let codes = tables.reference_codes.in_force(year).map(|it| &it.value);
    let departments: BTreeMap<&str, &str> = codes
        .filter(|it| it.list == NATIONAL_DEPARTMENT)
        .map(|it| (it.code.as_str(), it.value.name.as_str()))
        .collect();
    let mut found: BTreeMap<(String, String), Vec<&Dated<ReferenceCostRow>>> = BTreeMap::new();
    for row in tables.reference_costs.in_force(year) {
        let department = row.value.department.as_str();
        let pod = departments.get(department).copied().unwrap_or(department);
        found.entry((pod.to_owned(), row.value.currency.clone())).or_default().push(row);
    }
    found.into_iter().map(|(key, rows)| (key, mean_of(&rows))).collect()
}

/// The mean of departments over their activity: of those without any activity, of each alike.
fn mean_of(rows: &[&Dated<ReferenceCostRow>]) -> ReferenceCost {
    let activity: i64 = rows.iter().map(|it| it.value.cost.activity.max(0)).sum();
    let weight =
        |it: &ReferenceCost| if activity == 0 { 1 } else { i128::from(it.activity.max(0)) };
    let costs = || rows.iter().map(|it| &it.value.cost);
    let of_all: i128 = costs().map(weight).sum();
    let sum: i128 = costs().map(|it| weight(it) * i128::from(it.unit_cost.micro_pounds())).sum();
    let mean = (2 * sum + of_all).div_euclid(2 * of_all.max(1));
    ReferenceCost {
        unit_cost: Money::from_micro_pounds(i64::try_from(mean).unwrap_or(i64::MAX)),
        activity,
        sources: rows.iter().map(|it| it.head.source.clone()).collect(),
    }
}

/// Decisions of a year by their identifier.
pub(crate) fn decisions(tables: &Tables, year: FinancialYear) -> Vec<Decision> {
    tables.decisions.values(year).into_values().collect()
}

/// What others say of the activity of a year, in key order.
pub(crate) fn stated_activity(tables: &Tables, year: FinancialYear) -> Vec<StatedActivity> {
    let rows = tables.stated_activity.in_force(year).map(|it| it.value.clone());
    let mut rows: Vec<StatedActivity> = rows.collect();
    rows.sort_by(|one, other| one.key().cmp(&other.key()));
    rows
}

/// What similar trusts use or pay, in the order of the file.
pub(crate) fn peers(tables: &Tables, year: FinancialYear) -> Vec<PeerValue> {
    tables.peers.in_force(year).map(|it| it.value.clone()).collect()
}

/// Whose budget statement shows which cost centres, in the order of the file.
pub(crate) fn budget_holders(tables: &Tables, year: FinancialYear) -> Vec<BudgetHolder> {
    tables.budget_holders.in_force(year).map(|it| it.value.clone()).collect()
}

/// Staffed beds × 10² of a year by location.
pub(crate) fn capacity(tables: &Tables, year: FinancialYear) -> BTreeMap<String, i64> {
    let rows = tables.capacity.values(year).into_iter();
    rows.map(|(location, it)| (location, it.beds_e2)).collect()
}

/// Reference codes of a year by list, then code.
pub(crate) fn reference_codes(
    tables: &Tables,
    year: FinancialYear,
) -> BTreeMap<String, BTreeMap<String, ReferenceCode>> {
    let mut lists: BTreeMap<String, BTreeMap<String, ReferenceCode>> = BTreeMap::new();
    for row in tables.reference_codes.in_force(year).map(|it| &it.value) {
        lists.entry(row.list.clone()).or_default().insert(row.code.clone(), row.value.clone());
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pounds: i64, activity: i64, source: &str) -> Dated<ReferenceCostRow> {
        let head = crate::read::Head {
            file: "reference_costs.csv",
            line: 2,
            key: Vec::new(),
            source: source.to_owned(),
            years: None,
            sound: true,
        };
        let cost = ReferenceCost {
            unit_cost: Money::from_pounds(pounds),
            activity,
            sources: BTreeSet::new(),
        };
        let value =
            ReferenceCostRow { department: "D".to_owned(), currency: "AA26F".to_owned(), cost };
        Dated { head, value }
    }

    #[test]
    fn departments_of_one_point_of_delivery_are_their_mean_over_activity() {
        // (3 × 100 + 1 × 200) / 4 = 125.
        let (long, short) = (row(100, 3, "ncc"), row(200, 1, "local"));
        let mean = mean_of(&[&long, &short]);
        assert_eq!((mean.unit_cost, mean.activity), (Money::from_pounds(125), 4));
        assert_eq!(mean.sources.into_iter().collect::<Vec<_>>(), ["local", "ncc"]);
        // Without activity each counts alike.
        let (long, short) = (row(100, 0, "ncc"), row(200, 0, "ncc"));
        assert_eq!(mean_of(&[&long, &short]).unit_cost, Money::from_pounds(150));
    }
}
