//! `statement.csv`: the rows of a service line's statement.

use std::collections::{BTreeMap, BTreeSet};

use domain::FinancialYear;
use domain::provenance::DIRECT;

use super::Tables;
use crate::faults;
use crate::read::sheet::is_pattern;
use crate::read::{Book, Dated, Findings, Row, Table, place};
use crate::year::{Class, CostLine, CostSelector, Pattern, StatementKind, StatementRow};

/// A row of the statement as read.
pub(crate) type StatementRowRead = StatementRow;

#[derive(Clone, Copy)]
enum Kind {
    Income,
    Cost,
    Subtotal,
}

/// Reads `statement.csv`.
pub(crate) fn read(book: &mut Book<'_>) -> Table<StatementRowRead> {
    book.table("statement.csv", |row| StatementRow {
        order: row.number("order", 0),
        // Subtotals put signs between codes.
        row: row.code("row", &['+', '-']),
        name: row.filled("name"),
        kind: read_kind(row),
    })
}

fn read_kind(row: &mut Row<'_>) -> StatementKind {
    let kinds = [("income", Kind::Income), ("cost", Kind::Cost), ("subtotal", Kind::Subtotal)];
    match row.choice("kind", &kinds) {
        Kind::Income => {
            let words = ["recognised", "unit_price", "difference"];
            StatementKind::Income(row.word("selector", &words))
        }
        Kind::Cost => StatementKind::Cost(read_cost_selectors(row)),
        Kind::Subtotal => StatementKind::Subtotal(read_terms(row)),
    }
}

fn read_cost_selectors(row: &mut Row<'_>) -> Vec<CostSelector> {
    let mut selectors = Vec::new();
    for text in row.list("selector") {
        match parse_selector(&text) {
            Some(selector) => selectors.push(selector),
            None => bad_selector(row, &text),
        }
    }
    if row.text("selector").is_empty() {
        bad_selector(row, "");
    }
    selectors
}

fn bad_selector(row: &mut Row<'_>, text: &str) {
    row.fault(
        faults::BAD_SELECTOR,
        "selector",
        if text.is_empty() {
            "the row selects no cost".to_owned()
        } else {
            format!("`{text}` is not a selector of cost")
        },
        "Write four patterns: traceability/cost_type/support_group/statement_group.",
    );
}

fn parse_selector(text: &str) -> Option<CostSelector> {
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    let [traceability, cost_type, support_group, statement_group] = parts[..] else { return None };
    if !parts.iter().all(|it| !it.is_empty() && is_pattern(it)) {
        return None;
    }
    Some(CostSelector {
        traceability: Pattern::parse(traceability),
        cost_type: Pattern::parse(cost_type),
        support_group: Pattern::parse(support_group),
        statement_group: Pattern::parse(statement_group),
    })
}

/// Rows with their sign: `income-direct_pay` is income added and direct pay taken away.
fn read_terms(row: &mut Row<'_>) -> Vec<(bool, String)> {
    let text = row.filled("selector");
    let mut terms = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let added = !rest.starts_with('-');
        rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.trim().is_empty() {
            row.fault(
                faults::BAD_SELECTOR,
                "selector",
                format!("`{text}` has a sign without a row behind it"),
                "Write codes of rows with + or - between them.",
            );
            break;
        }
        terms.push((added, name.trim().to_owned()));
        rest = after;
    }
    terms
}

/// Checks that rows have an order of their own, that subtotals add earlier rows, and that every
/// cost has a row.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let mut rows: Vec<&Dated<StatementRow>> = tables.statement.sound(year).collect();
    rows.sort_by_key(|it| it.value.order);
    check_orders(&rows, findings);
    check_subtotals(&rows, findings);
    let all_sound = tables.statement.in_force(year).all(|it| it.head.sound);
    if tables.statement.readable && all_sound {
        check_coverage(tables, year, findings);
    }
}

fn check_orders(rows: &[&Dated<StatementRow>], findings: &mut Findings) {
    for pair in rows.windows(2).filter(|it| it[0].value.order == it[1].value.order) {
        findings.refuse(
            faults::DUPLICATE,
            pair[1].head.at("order"),
            format!("line {} has the same order in the same year", pair[0].head.line),
            "Give each row of the statement an order of its own.",
        );
    }
}

fn check_subtotals(rows: &[&Dated<StatementRow>], findings: &mut Findings) {
    let mut earlier: BTreeSet<&str> = BTreeSet::new();
    for row in rows {
        if let StatementKind::Subtotal(terms) = &row.value.kind {
            for (_, name) in terms.iter().filter(|(_, it)| !earlier.contains(it.as_str())) {
                findings.refuse(
                    faults::SUBTOTAL_NOT_EARLIER,
                    row.head.at("selector"),
                    format!("`{name}` is not a row that stands before this one"),
                    "Correct the code of the row, or the order.",
                );
            }
        }
        earlier.insert(&row.value.row);
    }
}

/// What a cost shows of itself to the statement.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Attributes<'a> {
    traceability: &'a str,
    cost_type: &'a str,
    support_group: &'a str,
    statement_group: &'a str,
}

impl Attributes<'_> {
    fn fits(&self, selector: &CostSelector) -> bool {
        selector.traceability.fits(self.traceability)
            && selector.cost_type.fits(self.cost_type)
            && selector.support_group.fits(self.support_group)
            && selector.statement_group.fits(self.statement_group)
    }
}

fn check_coverage(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let rows: Vec<&StatementRow> = tables.statement.in_force(year).map(|it| &it.value).collect();
    let selectors = || {
        rows.iter().filter_map(|it| match &it.kind {
            StatementKind::Cost(selectors) => Some(selectors),
            _ => None,
        })
    };
    for (cost, line) in costs(tables, year) {
        if selectors().flatten().any(|it| cost.fits(it)) {
            continue;
        }
        let Attributes { traceability, cost_type, support_group, statement_group } = cost;
        findings.refuse(
            faults::COST_IN_NO_ROW,
            place(tables.statement.file, 0, "selector"),
            format!(
                "no row takes {traceability}/{cost_type}/{support_group}/{statement_group}, \
                 such as the cost of `{line}`"
            ),
            "Add a cost row that fits it; a last row with */*/*/* takes all that is left.",
        );
    }
}

/// Every kind of cost that can reach a patient, with a cost line that gives it.
fn costs(tables: &Tables, year: FinancialYear) -> BTreeMap<Attributes<'_>, &str> {
    let resources = tables.resources.by_name(year);
    let group_of = |line: &CostLine| {
        resources.get(line.resource.as_str()).map(|it| it.value.statement_group.as_str())
    };
    let sound = tables.cost_lines.sound(year).filter(|it| it.value.class != Class::Other);
    let lines: Vec<(&str, &CostLine)> =
        sound.map(|it| (it.head.key[0].as_str(), &it.value)).collect();
    let final_lines = lines.iter().filter(|(_, it)| it.is_final());
    // Support ends on final lines, hence in any of their groups.
    let groups: BTreeSet<&str> = final_lines.filter_map(|(_, it)| group_of(it)).collect();
    let mut costs = BTreeMap::new();
    for (name, line) in lines {
        let own_group = group_of(line).filter(|_| line.is_final());
        let support_groups = groups.iter().copied().filter(|_| line.is_support());
        for statement_group in own_group.into_iter().chain(support_groups) {
            let support_group = if line.is_support() { &line.support_group } else { DIRECT };
            let (traceability, cost_type) = (line.traceability.as_str(), line.cost_type.as_str());
            let cost = Attributes { traceability, cost_type, support_group, statement_group };
            costs.entry(cost).or_insert(name);
        }
    }
    costs
}

/// The statement of a year, in order.
pub(crate) fn rows(tables: &Tables, year: FinancialYear) -> Vec<StatementRow> {
    let mut rows: Vec<StatementRow> =
        tables.statement.in_force(year).map(|it| it.value.clone()).collect();
    rows.sort_by_key(|it| it.order);
    rows
}
