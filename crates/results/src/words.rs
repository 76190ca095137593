//! Figures and tables in words, for people.

use domain::Money;
use jiff::tz::TimeZone;

/// A whole number with thousands separated.
pub(crate) fn with_thousands(value: u128) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 row`, `12 rows`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", with_thousands(u128::from(count)))
}

/// An instant as people in England write it: `12 Apr 2025 10:30`.
pub(crate) fn local_time(seconds: i64) -> String {
    let zone = TimeZone::get("Europe/London").expect("time zones are bundled");
    match jiff::Timestamp::from_second(seconds) {
        Ok(instant) => instant.to_zoned(zone).strftime("%-d %b %Y %H:%M").to_string(),
        Err(_) => format!("{seconds} seconds from 1970"),
    }
}

/// An amount as people say it: `£1.2m`, `£345k`, `£12.30`; half up, without its sign.
pub(crate) fn about(money: Money) -> String {
    let pounds = (money.micro_pounds().unsigned_abs() + 500_000) / 1_000_000;
    let tenths = |unit: u64| {
        let value = (pounds + unit / 20) / (unit / 10);
        format!("{}.{}", with_thousands(u128::from(value / 10)), value % 10)
    };
    match pounds {
        999_950_000.. => format!("£{}bn", tenths(1_000_000_000)),
        1_000_000.. => format!("£{}m", tenths(1_000_000)),
        1_000.. => format!("£{}", with_thousands(u128::from(pounds))),
        _ => money.abs().to_pence(),
    }
}

/// Lines of cells in columns, two spaces apart.
#[derive(Default)]
pub(crate) struct Columns {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
    indent: usize,
}

impl Columns {
    /// Columns with these numbers are aligned to the right; all lines begin with `indent` spaces.
    pub(crate) fn new(indent: usize, right: &[usize]) -> Self {
        Self { rows: Vec::new(), right: right.to_vec(), indent }
    }

    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub(crate) fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|it| it.get(column));
            cells.map(|it| it.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for (column, cell) in row.iter().enumerate() {
                let gap = " ".repeat(widths[column] - cell.chars().count());
                if column > 0 {
                    line.push_str("  ");
                }
                if self.right.contains(&column) {
                    line.push_str(&gap);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&gap);
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(amounts: &[&str], expected: &Expect) {
        let shown: Vec<String> =
            amounts.iter().map(|it| about(it.parse().expect("an amount"))).collect();
        expected.assert_eq(&shown.join(" "));
    }

    #[test]
    fn amounts_as_people_say_them() {
        check(
            &["0", "12.345", "999.999", "-1234.5", "999999.4", "1234567", "-1250000", "999950000"],
            &expect!["£0.00 £12.35 £1,000 £1,235 £999,999 £1.2m £1.3m £1.0bn"],
        );
    }

    #[test]
    fn british_summer_time_is_an_hour_ahead() {
        // 2025-07-01T12:00:00Z is 13:00 in London; 2025-12-01T12:00:00Z is 12:00.
        assert_eq!(local_time(1_751_371_200), "1 Jul 2025 13:00");
        assert_eq!(local_time(1_764_590_400), "1 Dec 2025 12:00");
    }
}
