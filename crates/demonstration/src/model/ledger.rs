//! From the general ledger to the cost ledger: mapping, cost lines and what drives support.

use domain::number::show_scaled;

use super::YEARS;
use super::sheet::{Basis, Sheet};
use crate::finances::{CostLine, Finances};

/// One rule for each account of each cost centre; both codes may be divided further.
pub(super) fn mapping(finances: &Finances) -> Sheet {
    let columns = ["sequence", "cost_centre", "account", "cost_line", "percentage"];
    let mut sheet = Sheet::new(&columns);
    let mapped = finances.accounts.iter().filter(|it| !it.cost_line.is_empty());
    for (index, account) in mapped.enumerate() {
        let sequence = (10 * (index + 1)).to_string();
        let centre = format!("{}*", account.cost_centre);
        let code = format!("{}*", account.code);
        for part in &account.parts {
            let source = if part.note.contains("sessions") { "x-jobplans" } else { "x-demo" };
            let basis = Basis { source, note: &part.note, ..Basis::DEMO };
            let percentage = show_scaled(i128::from(part.percentage_e4), 4);
            sheet.add(&[&sequence, &centre, &code, &part.cost_line, &percentage], basis);
        }
    }
    sheet
}

/// The cost ledger, with whole-time equivalents of each year.
pub(super) fn cost_lines(finances: &Finances) -> Sheet {
    let mut sheet = Sheet::new(&[
        "cost_line",
        "name",
        "class",
        "support_group",
        "driver",
        "resource",
        "cost_object",
        "reconciliation_item",
        "traceability",
        "behaviour",
        "controllable",
        "cost_type",
        "pay_type",
        "wte_funded",
        "wte_contracted",
        "wte_worked",
        "recurrence",
        "negative_reason",
    ]);
    for line in &finances.cost_lines {
        if line.pounds_per_wte == 0 {
            add_line(&mut sheet, line, ["", "", ""], Basis::DEMO);
            continue;
        }
        for year in YEARS {
            let wte = wte(finances, line, year).map(|it| show_scaled(i128::from(it), 2));
            let wte = [wte[0].as_str(), wte[1].as_str(), wte[2].as_str()];
            add_line(&mut sheet, line, wte, basis_of_year(year));
        }
    }
    sheet
}

fn add_line(sheet: &mut Sheet, line: &CostLine, wte: [&str; 3], basis: Basis<'_>) {
    let controllable = if line.controllable { "yes" } else { "no" };
    let cells = [
        line.code.as_str(),
        &line.name,
        &line.class,
        &line.support_group,
        &line.driver,
        &line.resource,
        &line.cost_object,
        &line.reconciliation_item,
        &line.traceability,
        &line.behaviour,
        controllable,
        &line.cost_type,
        &line.pay_type,
        wte[0],
        wte[1],
        wte[2],
        &line.recurrence,
        &line.negative_reason,
    ];
    sheet.add(&cells, basis);
}

/// The whole of one year only, so that the next year can have other figures.
fn basis_of_year(year: i32) -> Basis<'static> {
    match year {
        2024 => Basis { from: "2024-04-01", to: "2025-03-31", ..Basis::DEMO },
        _ => Basis { from: "2025-04-01", to: "", ..Basis::DEMO },
    }
}

/// Whole-time equivalents × 10²: funded, contracted, worked.
fn wte(finances: &Finances, line: &CostLine, year: i32) -> [i64; 3] {
    let worked = worked_e2(finances, line, year);
    if line.pay_type != "substantive" {
        return [0, 0, worked];
    }
    // Temporary staff stand in for vacancies, so that funded posts cover most of them.
    let temporary: i64 = ["-BANK", "-AGENCY"]
        .iter()
        .filter_map(|end| {
            let code = format!("{}{end}", line.code);
            finances.cost_lines.iter().find(|it| it.code == code)
        })
        .map(|it| worked_e2(finances, it, year))
        .sum();
    let funded = worked + temporary * 95 / 100 + worked / 50;
    [funded, worked, worked]
}

fn worked_e2(finances: &Finances, line: &CostLine, year: i32) -> i64 {
    if line.pounds_per_wte == 0 {
        return 0;
    }
    // Pay rose between the years with the pounds, so that people did not.
    let per_wte = if year < 2025 { line.pounds_per_wte * 956 / 1000 } else { line.pounds_per_wte };
    finances.pounds(&line.code, year) * 100 / per_wte
}

/// How much of each driver each cost line has.
pub(super) fn statistics(finances: &Finances) -> Sheet {
    let mut sheet = Sheet::new(&["driver", "cost_line", "quantity"]);
    for line in finances.cost_lines.iter().filter(|it| it.class != "RECON") {
        for year in YEARS {
            let worked = worked_e2(finances, line, year);
            let people =
                [("WTE", worked), ("HEADCOUNT", worked * 118 / 100), ("SCREENS", worked * 6 / 10)];
            for (driver, quantity_e2) in people.into_iter().filter(|(_, it)| *it > 0) {
                let quantity = show_scaled(i128::from(quantity_e2), 2);
                let basis = Basis { note: "Payroll of March", ..basis_of_year(year) };
                sheet.add(&[driver, &line.code, &quantity], basis);
            }
        }
        add_places(&mut sheet, finances, line);
    }
    sheet
}

/// Statistics that are measured once and hold until they are measured again.
fn add_places(sheet: &mut Sheet, finances: &Finances, line: &CostLine) {
    let spends = matches!(line.cost_type.as_str(), "CLINICAL_SUPPLIES" | "OTHER_NON_PAY" | "DRUGS");
    let requisitions = if spends && line.class != "T1" {
        finances.pounds(&line.code, 2025).max(0) / 25
    } else {
        0
    };
    let quantities = [
        ("FLOOR_AREA", line.floor_area_e2, "Survey of the estate, 2024"),
        ("BEDS", line.beds_e2, "Bed census, 2024"),
        ("EQUIPMENT", line.equipment_e2, "Asset register"),
        ("INDEMNITY", line.indemnity_e2, "Contribution letter of the scheme"),
        ("TRAYS", line.trays_e2, "Tracking system"),
        ("REQUISITIONS", requisitions, "Purchase ledger; one for about 2,500 pounds"),
    ];
    for (driver, quantity_e2, note) in quantities.into_iter().filter(|(_, it, _)| *it > 0) {
        let quantity = show_scaled(i128::from(quantity_e2), 2);
        sheet.add(&[driver, &line.code, &quantity], Basis { note, ..Basis::DEMO });
    }
}
