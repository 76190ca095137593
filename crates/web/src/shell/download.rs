//! Figures taken away as a file that a spreadsheet opens without running anything in it.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use results::output::{Heading, Kind, Rows};

/// Rows under their columns as CSV.
pub fn csv(columns: &[&str], rows: Vec<Vec<String>>) -> String {
    let heading = |name: &&str| Heading { name: (*name).to_owned(), kind: Kind::Text };
    let row = |cells: Vec<String>| cells.into_iter().map(Some).collect();
    Rows {
        columns: columns.iter().map(heading).collect(),
        rows: rows.into_iter().map(row).collect(),
        more: false,
    }
    .to_csv()
}

/// A file with this name; the caller has put on record that it is taken.
pub fn file(name: &str, csv: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, csv).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        let text = csv(&["name", "amount"], vec![vec!["=cmd, \"a\"".into(), "-1.50".into()]]);
        assert_eq!(text, "name,amount\n\"'=cmd, \"\"a\"\"\",-1.50\n");
    }
}
