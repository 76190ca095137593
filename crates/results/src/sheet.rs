//! Rows of text as a workbook: the same cells as in CSV, and where they come from on a sheet of
//! their own.
//!
//! No cell is a formula: text is stored as text, and begins with `'` where CSV does, so that a sheet
//! that is saved as CSV stays safe. A number is stored as a number where a workbook shows it to the
//! last digit, which is up to fifteen digits, and as text beyond. The same rows give the same bytes:
//! no clock is read, and the day of creation is always the same.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::ResultsError;
use crate::output::{Kind, Rows, exact_number, safe_cell};

/// Rows that a sheet holds below its header.
pub(crate) const ROWS_MAX: u64 = 1_048_575;

/// Letters that a cell of a workbook holds at most.
const LETTERS_MAX: usize = 32_767;

/// What stands where a text was too long for its cell.
const CUT: &str = "… (the CSV file holds all of it)";

/// A workbook of two sheets: `figures`, which holds the rows as CSV would, and `about`, which holds
/// a name and a text in each line.
///
/// # Errors
///
/// If there are more rows than a sheet holds.
pub fn workbook(rows: &Rows, about: &[(String, String)]) -> Result<Vec<u8>, ResultsError> {
    let count = u64::try_from(rows.rows.len()).unwrap_or(u64::MAX);
    if count > ROWS_MAX {
        let table = "figures".to_owned();
        return Err(ResultsError::TooLongForSheet { table, rows: count, limit: ROWS_MAX });
    }
    made(rows, about).map_err(|error| ResultsError::Export {
        path: "figures.xlsx".into(),
        why: error.to_string(),
    })
}

fn made(rows: &Rows, about: &[(String, String)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let always = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let properties = DocProperties::new().set_author("Concord").set_creation_datetime(&always);
    workbook.set_properties(&properties);
    figures(workbook.add_worksheet(), rows)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name("about")?;
    sheet.set_column_width(0, 24)?.set_column_width(1, 100)?;
    for (row, (name, text)) in (0_u32..).zip(about) {
        sheet.write_string_with_format(row, 0, cell(name), &Format::new().set_bold())?;
        sheet.write_string_with_format(row, 1, cell(text), &Format::new().set_text_wrap())?;
    }
    workbook.save_to_buffer()
}

fn figures(sheet: &mut Worksheet, rows: &Rows) -> Result<(), XlsxError> {
    sheet.set_name("figures")?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, heading) in (0_u16..).zip(&rows.columns) {
        let bold = Format::new().set_bold();
        sheet.write_string_with_format(0, column, cell(&heading.name), &bold)?;
        sheet.set_column_width(column, if heading.kind == Kind::Text { 32 } else { 20 })?;
    }
    for (number, row) in (1_u32..).zip(&rows.rows) {
        for (column, (heading, value)) in (0_u16..).zip(rows.columns.iter().zip(row)) {
            let Some(text) = value.as_deref().filter(|it| !it.is_empty()) else { continue };
            match (heading.kind, exact_number(text)) {
                (Kind::Whole | Kind::Decimal, Some(value)) => {
                    let format = Format::new().set_num_format(places(text));
                    sheet.write_number_with_format(number, column, value, &format)?
                }
                _ => sheet.write_string(number, column, cell(text))?,
            };
        }
    }
    Ok(())
}

/// A text as CSV has it, as long as a cell may be.
fn cell(text: &str) -> String {
    let safe = safe_cell(text);
    if safe.encode_utf16().count() <= LETTERS_MAX {
        return safe;
    }
    // A letter counts twice at most.
    let kept = (LETTERS_MAX - CUT.encode_utf16().count()) / 2;
    safe.chars().take(kept).collect::<String>() + CUT
}

/// The format that shows as many places as the text has: `0.000000` of `414.736841`.
fn places(text: &str) -> String {
    match text.split_once('.') {
        Some((_, fraction)) => format!("0.{}", "0".repeat(fraction.len())),
        None => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};
    use proptest::prelude::*;

    use super::*;
    use crate::output::Heading;

    fn rows(cells: Vec<(&str, &str)>) -> Rows {
        let head = |name: &str, kind| Heading { name: name.to_owned(), kind };
        let row =
            |(text, amount): (&str, &str)| vec![Some(text.to_owned()), Some(amount.to_owned())];
        Rows {
            columns: vec![head("name", Kind::Text), head("amount_gbp", Kind::Decimal)],
            rows: cells.into_iter().map(row).collect(),
            more: false,
        }
    }

    /// Cells of a sheet, and how many formulas it holds.
    fn read(bytes: Vec<u8>, sheet: &str) -> (Vec<Vec<Data>>, usize) {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        assert_eq!(book.sheet_names(), ["figures", "about"]);
        let formulas = book.worksheet_formula(sheet).expect("it is read");
        let count = formulas.cells().filter(|it| !it.2.is_empty()).count();
        let cells = book.worksheet_range(sheet).expect("the sheet is there");
        (cells.rows().map(<[Data]>::to_vec).collect(), count)
    }

    #[test]
    fn numbers_are_numbers_and_texts_are_never_formulas() {
        let all = [
            ("=HYPERLINK(\"x\")", "-12.500000"),
            ("00123", "1000000000.000001"),
            ("@sum", "*"),
            ("plain", ""),
        ];
        let about = [("Run".to_owned(), "=1+1".to_owned())];
        let bytes = workbook(&rows(all.to_vec()), &about).expect("it is made");
        let (cells, formulas) = read(bytes.clone(), "figures");
        let text = |it: &str| Data::String(it.to_owned());
        assert_eq!(formulas, 0);
        assert_eq!(cells[0], [text("name"), text("amount_gbp")]);
        assert_eq!(cells[1], [text("'=HYPERLINK(\"x\")"), Data::Float(-12.5)]);
        // Sixteen digits are more than a workbook keeps; a code keeps its zeros.
        assert_eq!(cells[2], [text("00123"), text("1000000000.000001")]);
        assert_eq!(cells[3], [text("'@sum"), text("*")]);
        assert_eq!(cells[4], [text("plain"), Data::Empty]);
        assert_eq!(read(bytes, "about"), (vec![vec![text("Run"), text("'=1+1")]], 0));
    }

    #[test]
    fn the_same_rows_give_the_same_bytes_whenever_they_are_written() {
        let about = [("Run".to_owned(), "45f90b5fcd55d0b4".to_owned())];
        let make = || workbook(&rows(vec![("a", "1.00")]), &about).expect("it is made");
        let first = make();
        // Files of a zip are dated to two seconds.
        std::thread::sleep(std::time::Duration::from_millis(2100));
        assert_eq!(first, make());
    }

    #[test]
    fn a_text_too_long_for_a_cell_says_so() {
        let long = "ä".repeat(LETTERS_MAX + 1);
        let cut = cell(&long);
        assert!(cut.encode_utf16().count() <= LETTERS_MAX && cut.ends_with(CUT), "{}", cut.len());
        assert_eq!(cell(&"a".repeat(LETTERS_MAX)).len(), LETTERS_MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Whatever the cells hold, they are read back as CSV would have them.
        #[test]
        fn cells_are_those_of_the_csv(
            texts in prop::collection::vec("[=+@\t '\"a-z0-9,.é-]{0,8}", 1..6),
            amounts in prop::collection::vec("-?[0-9]{1,12}[.][0-9]{2,6}|[*]|", 6),
        ) {
            let cells = texts.iter().zip(&amounts).map(|it| (it.0.as_str(), it.1.as_str()));
            let rows = rows(cells.collect());
            let (found, formulas) = read(workbook(&rows, &[]).expect("it is made"), "figures");
            prop_assert_eq!(formulas, 0);
            for (row, cells) in rows.rows.iter().zip(found.iter().skip(1)) {
                for (value, cell) in row.iter().zip(cells) {
                    let value = value.as_deref().unwrap_or("");
                    match cell {
                        Data::Float(it) => prop_assert_eq!(Some(*it), exact_number(value)),
                        Data::Empty => prop_assert_eq!(value, ""),
                        other => prop_assert_eq!(other.to_string(), safe_cell(value)),
                    }
                }
            }
        }
    }
}
