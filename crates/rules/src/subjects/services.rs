//! Specialties, service lines and other names that figures are shown under.

use domain::FinancialYear;

use super::Tables;
use crate::read::{Book, Findings, Table};
use crate::year::{ServiceLine, Specialty};

/// Reads `specialties.csv`.
pub(crate) fn read_specialties(book: &mut Book<'_>) -> Table<Specialty> {
    book.table("specialties.csv", |row| {
        row.code("specialty", &[]);
        Specialty { name: row.filled("name"), service_line: row.filled("service_line") }
    })
}

/// Reads `service_lines.csv`.
pub(crate) fn read_lines(book: &mut Book<'_>) -> Table<ServiceLine> {
    book.table("service_lines.csv", |row| {
        row.code("service_line", &[]);
        ServiceLine {
            name: row.filled("name"),
            directorate: row.filled("directorate"),
            division: row.text("division"),
            fixed_payment: row.yes_no("fixed_payment"),
        }
    })
}

/// Reads `event_types.csv`.
pub(crate) fn read_event_types(book: &mut Book<'_>) -> Table<String> {
    book.table("event_types.csv", |row| {
        row.code("event_type", &[]);
        row.filled("name")
    })
}

/// Reads `statement_groups.csv`.
pub(crate) fn read_statement_groups(book: &mut Book<'_>) -> Table<String> {
    book.table("statement_groups.csv", |row| {
        row.code("statement_group", &['/']);
        row.filled("name")
    })
}

/// Checks that every specialty has a service line.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let service_lines = tables.service_lines.names(year);
    for row in tables.specialties.sound(year) {
        service_lines.require(&row.head, "service_line", &row.value.service_line, findings);
    }
}
