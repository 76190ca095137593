//! Files that are taken away: safe in a spreadsheet, and the same as CSV and as a workbook.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::*;
use crate::routes;
use crate::shell::costed::{SignedIn, Site, site_with_dataset};

#[test]
fn no_cell_is_taken_for_a_formula() {
    let columns = [("name", Kind::Text), ("amount", Kind::Decimal)];
    let table = Table::new(&columns, vec![vec!["=cmd, \"a\"".into(), "-1.50".into()]]);
    assert_eq!(table.csv(), "name,amount\n\"'=cmd, \"\"a\"\"\",-1.50\n");
}

#[test]
fn a_workbook_is_beside_its_csv() {
    assert_eq!(workbook_address("/services.csv"), "/services.xlsx");
    assert_eq!(
        workbook_address("/services/A.csv/moved.csv?pod=EL&hrg=A.csv"),
        "/services/A.csv/moved.xlsx?pod=EL&hrg=A.csv"
    );
}

/// A CSV file without its workbook, or a workbook of its own, is found here.
#[test]
fn every_csv_route_has_its_workbook_under_the_same_policy() {
    let ending = |ending: &str| -> BTreeSet<(String, String)> {
        let all = routes().into_iter();
        let found =
            all.filter_map(|it| Some((it.path.strip_suffix(ending)?.to_owned(), it.policy)));
        found.map(|(path, policy)| (path, format!("{policy:?}"))).collect()
    };
    let csv = ending(CSV);
    assert!(csv.len() >= 11, "{csv:?}");
    assert_eq!(csv, ending(XLSX));
}

/// Cells of a CSV text.
fn cells(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let rows = reader.records().map(|it| it.expect("a record"));
    rows.map(|it| it.iter().map(str::to_owned).collect()).collect()
}

/// Whether a cell of a workbook holds what the CSV file holds.
fn is_same(cell: &Data, text: &str) -> bool {
    match cell {
        Data::Empty => text.is_empty(),
        Data::String(it) => it == text,
        Data::Float(it) => {
            let places = text.split_once('.').map_or(0, |it| it.1.len());
            format!("{it:.places$}") == text
        }
        _ => false,
    }
}

/// Asks for a file both ways, twice; how many rows it has.
async fn same_both_ways(site: &Site, who: &SignedIn, address: &str) -> usize {
    let csv = site.get(who, address).await;
    assert_eq!(csv.status, 200, "{address}");
    let (one, other) = (site.bytes(who, address).await, site.bytes(who, address).await);
    assert_eq!(one, other, "{address}: the same bytes");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(one)).expect("a workbook");
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).expect("is read");
        assert_eq!(formulas.cells().filter(|it| !it.2.is_empty()).count(), 0, "{address} {sheet}");
    }
    let figures = book.worksheet_range("figures").expect("a sheet");
    let found: Vec<&[Data]> = figures.rows().collect();
    let expected = cells(&csv.text);
    assert_eq!(found.len(), expected.len(), "{address}: rows");
    for (row, cells) in found.iter().zip(&expected) {
        assert_eq!(row.len(), cells.len(), "{address}: columns");
        for (cell, text) in row.iter().zip(cells) {
            assert!(is_same(cell, text), "{address}: {cell:?} is not {text:?}");
        }
    }
    let about = book.worksheet_range("about").expect("a sheet");
    assert!(about.get_size().0 > 0, "{address} says where it comes from");
    expected.len() - 1
}

#[tokio::test]
async fn a_workbook_holds_the_cells_of_its_csv_for_whoever_takes_it() {
    let site = site_with_dataset().await;
    let run = &crate::shell::costed::trust().run;
    let walk = format!("/runs/{run}/walk.csv");
    let all = [
        ("BOARD_MEMBER", "/services.csv"),
        ("COSTING_ACCOUNTANT", "/services.csv"),
        ("CLINICAL_DIRECTOR", "/services/TORT/stays.csv"),
        ("AUDITOR", "/people/review.csv"),
        ("AUDITOR", "/audit/rows.csv?action=services.download"),
        ("COSTING_ACCOUNTANT", &walk),
    ];
    for (role, address) in all {
        let who = site.sign_in(role).await;
        let rows = same_both_ways(&site, &who, address).await;
        assert!(rows > 0, "{address} has rows");
    }
    // Both are on record, each time: CSV once and the workbook twice.
    assert_eq!(site.audit("services.download").await.len(), 3 * 3);
    let board = site.sign_in("BOARD_MEMBER").await;
    let refused = "/services/TORT/stays.xlsx";
    assert_eq!(site.get(&board, refused).await.status, 404, "as the CSV is refused");
}
