//! Rows of text for people, spreadsheets and programs: aligned columns, CSV and JSON.

use domain::Money;
use serde::{Serialize, Serializer};

use crate::words::{Columns, counted};

/// The rows that a question gave, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Column names.
    pub columns: Vec<Heading>,
    /// Values; none is null.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether there are more rows than were asked for.
    pub more: bool,
}

/// A column's name and how it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As text.
    Text,
    /// As a whole number.
    Whole,
    /// As a number with decimals, exact; text in JSON, whose readers round.
    Decimal,
    /// As true or false.
    Truth,
}

impl Rows {
    /// Columns side by side, numbers to the right, with the number of rows below.
    pub fn to_text(&self) -> String {
        let right: Vec<usize> = (0..self.columns.len())
            .filter(|index| matches!(self.columns[*index].kind, Kind::Whole | Kind::Decimal))
            .collect();
        let mut columns = Columns::new(0, &right);
        columns.row(self.columns.iter().map(|it| it.name.clone()));
        for row in &self.rows {
            // A line break inside a cell would tear its line apart.
            let cell = |it: &Option<String>| it.as_deref().unwrap_or("").replace(['\n', '\r'], " ");
            columns.row(row.iter().map(cell));
        }
        let count = counted(u64::try_from(self.rows.len()).unwrap_or(u64::MAX), "row");
        let more = if self.more { ", and there are more: raise --limit to see them" } else { "" };
        format!("{}({count}{more})\n", columns.text())
    }

    /// CSV that a spreadsheet can open without running anything in it.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let heads = self.columns.iter().map(|it| safe_cell(&it.name));
        writer.write_record(heads).expect("memory takes every record");
        for row in &self.rows {
            let cells = row.iter().map(|it| safe_cell(it.as_deref().unwrap_or("")));
            writer.write_record(cells).expect("every row has the columns of the head");
        }
        let bytes = writer.into_inner().expect("memory takes every record");
        String::from_utf8(bytes).expect("text was written")
    }

    /// The rows with a last column `notice`, the same in each.
    #[must_use]
    pub fn with_notice(mut self, notice: &str) -> Self {
        self.columns.push(Heading { name: "notice".to_owned(), kind: Kind::Text });
        self.rows.iter_mut().for_each(|row| row.push(Some(notice.to_owned())));
        self
    }

    /// An array of objects; exact decimals are texts, since readers of JSON round numbers.
    pub fn to_json(&self) -> serde_json::Value {
        let object = |row: &Vec<Option<String>>| {
            let cells = self.columns.iter().zip(row);
            serde_json::Value::Object(
                cells.map(|(head, it)| (head.name.clone(), json(head, it.as_ref()))).collect(),
            )
        };
        serde_json::Value::Array(self.rows.iter().map(object).collect())
    }
}

fn json(heading: &Heading, value: Option<&String>) -> serde_json::Value {
    let Some(text) = value else { return serde_json::Value::Null };
    match heading.kind {
        Kind::Whole => text.parse::<i64>().map_or_else(|_| text.clone().into(), Into::into),
        Kind::Truth => (text == "true").into(),
        Kind::Text | Kind::Decimal => text.clone().into(),
    }
}

/// A cell that no spreadsheet takes for a formula: texts that begin like one get a leading `'`.
///
/// Plain decimals stay as they are. A text that already begins with `'` before such a character
/// gets another, so that [`restored`] gives back what went in.
pub fn safe_cell(text: &str) -> String {
    if is_decimal(text) || !begins_like_formula(text.trim_start_matches('\'')) {
        return text.to_owned();
    }
    format!("'{text}")
}

/// The text behind a safe cell: the inverse of [`safe_cell`].
pub fn restored(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if safe_cell(rest) == cell => rest,
        _ => cell,
    }
}

/// The characters that spreadsheets act on, also in the wide forms of Asian keyboards.
fn begins_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'])
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

/// The number that a workbook would show for this text, if it is the same to the last decimal.
/// Workbooks keep fifteen digits.
pub(crate) fn exact_number(text: &str) -> Option<f64> {
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits =
        text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let number: f64 = text.parse().ok()?;
    (digits <= 15 && format!("{number:.places$}") == text).then_some(number)
}

/// Writes money as a plain decimal text, exact in every reader.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) fn as_decimal<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    money.to_decimal().serialize(serializer)
}

/// Like [`as_decimal`], null where there is no amount.
#[expect(clippy::ref_option, reason = "serde passes a reference")]
pub(crate) fn as_optional_decimal<S: Serializer>(
    money: &Option<Money>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    money.map(Money::to_decimal).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    fn rows() -> Rows {
        let head = |name: &str, kind| Heading { name: name.to_owned(), kind };
        let row = |text: &str, amount: Option<&str>| {
            vec![Some(text.to_owned()), amount.map(str::to_owned)]
        };
        Rows {
            columns: vec![head("name", Kind::Text), head("amount", Kind::Decimal)],
            rows: vec![row("=1+1", Some("-12.500000")), row("two\nlines", None)],
            more: true,
        }
    }

    #[test]
    fn text_csv_and_json_of_the_same_rows() {
        expect![[r#"
            name           amount
            =1+1       -12.500000
            two lines
            (2 rows, and there are more: raise --limit to see them)
        "#]]
        .assert_eq(&rows().to_text());
        expect![[r#"
            name,amount
            '=1+1,-12.500000
            "two
            lines",
        "#]]
        .assert_eq(&rows().to_csv());
        expect![[r#"[{"amount":"-12.500000","name":"=1+1"},{"amount":null,"name":"two\nlines"}]"#]]
            .assert_eq(&rows().to_json().to_string());
    }

    #[test]
    fn numbers_only_where_they_are_exact() {
        assert!(exact_number("414.736841").is_some());
        assert!(exact_number("-999999999.999999").is_some(), "fifteen digits");
        assert!(exact_number("1000000000.000001").is_none(), "sixteen digits stay text");
        assert!(exact_number("340282366920938463463").is_none());
    }

    proptest! {
        /// No cell begins like a formula unless it is a number, and the text comes back.
        #[test]
        fn cells_are_safe_and_come_back(text in "('{0,2}[=+@\t＝-]?)?[a-z0-9.'-]{0,6}") {
            let cell = safe_cell(&text);
            prop_assert!(is_decimal(&cell) || !begins_like_formula(&cell));
            prop_assert_eq!(restored(&cell), &text);
        }
    }
}
