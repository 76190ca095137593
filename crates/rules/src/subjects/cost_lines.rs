//! `cost_lines.csv` and `cost_objects.csv`: the cost ledger and what each class of line needs.

use std::collections::BTreeMap;

use domain::FinancialYear;

use super::Tables;
use super::support::EXPENDITURE;
use crate::faults;
use crate::read::{Book, Dated, Findings, Row, Table};
use crate::year::{Class, CostLine, CostObject, SupportGroup};

/// Columns that say where the cost of a line goes.
const DESTINATIONS: &[&str] =
    &["support_group", "driver", "resource", "cost_object", "reconciliation_item"];

/// Columns that describe cost which reaches patients or cost objects.
const ATTRIBUTES: &[&str] = &["traceability", "behaviour", "cost_type", "recurrence"];

/// Reads `cost_lines.csv`.
pub(crate) fn read(book: &mut Book<'_>) -> Table<CostLine> {
    book.table("cost_lines.csv", |row| {
        row.code("cost_line", &[]);
        let line = read_line(row);
        check_class(&line, row);
        check_pay_type(&line, row);
        line
    })
}

/// Reads `cost_objects.csv`.
pub(crate) fn read_objects(book: &mut Book<'_>) -> Table<CostObject> {
    book.table("cost_objects.csv", |row| {
        row.code("cost_object", &[]);
        let kinds = ["RESEARCH", "TEACHING", "SERVICES_SOLD", "DIRECT_ACCESS", "OTHER"];
        CostObject { name: row.filled("name"), kind: row.word("kind", &kinds) }
    })
}

fn read_line(row: &mut Row<'_>) -> CostLine {
    CostLine {
        name: row.filled("name"),
        class: row.choice(
            "class",
            &[
                ("", Class::Missing),
                ("PF", Class::PatientFacing),
                ("T1", Class::Type1),
                ("T2", Class::Type2),
                ("OTHER", Class::Other),
                ("RECON", Class::Reconciliation),
            ],
        ),
        support_group: row.text("support_group"),
        driver: row.text("driver"),
        resource: row.text("resource"),
        cost_object: row.text("cost_object"),
        reconciliation_item: row.text("reconciliation_item"),
        traceability: row.word("traceability", &["", "direct", "indirect", "overhead"]),
        behaviour: row.word("behaviour", &["", "fixed", "semi-fixed", "variable"]),
        controllable: row.yes_no("controllable"),
        cost_type: row.word(
            "cost_type",
            &["", "PAY", "DRUGS", "DEVICES", "CLINICAL_SUPPLIES", "OTHER_NON_PAY", "CAPITAL"],
        ),
        pay_type: row.word("pay_type", &["", "substantive", "bank", "agency", "additional"]),
        wte_funded_e2: row.signed("wte_funded", 2),
        wte_contracted_e2: row.signed("wte_contracted", 2),
        wte_worked_e2: row.signed("wte_worked", 2),
        recurrence: row.word("recurrence", &["", "recurrent", "non-recurrent", "technical"]),
        negative_reason: row.text("negative_reason"),
    }
}

/// What a class needs and what else it may state, of the columns that say where cost goes.
fn needs(line: &CostLine) -> (&'static [&'static str], &'static [&'static str]) {
    match line.class {
        Class::Type1 => (&["driver", "support_group"], &[]),
        // A support line may name the resource that it would otherwise belong to.
        Class::Type2 if line.is_support() => (&["support_group"], &["driver", "resource"]),
        Class::Type2 | Class::PatientFacing => (&["resource"], &[]),
        Class::Other => (&["cost_object"], &[]),
        Class::Reconciliation => (&["reconciliation_item"], &[]),
        Class::Missing => (&[], DESTINATIONS),
    }
}

fn check_class(line: &CostLine, row: &mut Row<'_>) {
    let (needed, allowed) = needs(line);
    let class = match line.class {
        Class::Type2 if !line.is_support() => "T2 without a driver".to_owned(),
        _ => row.text("class"),
    };
    for column in DESTINATIONS {
        let filled = !row.text(column).is_empty();
        if !filled && needed.contains(column) {
            row.fault(
                faults::CLASS_NEEDS,
                column,
                format!("a line of class {class} needs `{column}`"),
                "Fill it, or correct the class; a blank class makes the line UNMAPPED.",
            );
        }
        if filled && !needed.contains(column) && !allowed.contains(column) {
            row.fault(
                faults::CLASS_HAS_NO_USE,
                column,
                format!("a line of class {class} has no use for `{column}`"),
                "Leave it blank, or correct the class.",
            );
        }
    }
    if matches!(line.class, Class::Missing | Class::Reconciliation) {
        return;
    }
    for column in ATTRIBUTES {
        if row.text(column).is_empty() {
            row.fault(
                faults::CLASS_NEEDS,
                column,
                format!("a line of class {class} needs `{column}`"),
                "Fill it: statements and variances are made by it.",
            );
        }
    }
}

fn check_pay_type(line: &CostLine, row: &mut Row<'_>) {
    let is_pay = line.cost_type == "PAY";
    if is_pay == line.pay_type.is_empty() && !line.cost_type.is_empty() {
        let message = if is_pay {
            "a line of cost type PAY does not say which pay type it is".to_owned()
        } else {
            format!("a line of cost type {} has a pay type", line.cost_type)
        };
        row.fault(faults::PAY_TYPE, "pay_type", message, "Correct the pay type or the cost type.");
    }
}

/// Checks what cost lines name, and tells those without a class.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let drivers = tables.drivers.names(year);
    let groups = tables.support_groups.names(year);
    let by_group = tables.support_groups.by_name(year);
    let resources = tables.resources.names(year);
    let objects = tables.cost_objects.names(year);
    for row in tables.cost_lines.sound(year) {
        let line = &row.value;
        if line.driver != EXPENDITURE {
            drivers.require(&row.head, "driver", &line.driver, findings);
        }
        groups.require(&row.head, "support_group", &line.support_group, findings);
        check_capital(row, &by_group, findings);
        resources.require(&row.head, "resource", &line.resource, findings);
        objects.require(&row.head, "cost_object", &line.cost_object, findings);
        if line.class == Class::Missing {
            findings.warn(
                faults::LINE_WITHOUT_CLASS,
                row.head.at("class"),
                "the cost line has no class, so its cost becomes UNMAPPED",
                "Give it a class once it is known what the cost is.",
            );
        }
    }
}

/// Capital charges that support others must stay visible as capital wherever they end.
fn check_capital(
    row: &Dated<CostLine>,
    groups: &BTreeMap<&str, &Dated<SupportGroup>>,
    findings: &mut Findings,
) {
    let line = &row.value;
    let group = groups.get(line.support_group.as_str());
    let hidden = group.is_some_and(|it| it.head.sound && !it.value.capital);
    if line.cost_type == "CAPITAL" && line.is_support() && hidden {
        findings.refuse(
            faults::CAPITAL_GROUP,
            row.head.at("support_group"),
            format!("the line holds capital charges, but group `{}` does not", line.support_group),
            "Name a group with `capital` yes in support_groups.csv, or correct the cost type.",
        );
    }
}
