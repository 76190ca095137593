//! Figures of measures in words and sums, exact throughout.

use store::measures::{Decimal, Definition, Form, Month};

use super::super::words;

/// A figure as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The count, the mean, or how many of those it is of.
    pub value: Decimal,
    /// Of how many.
    pub of: Option<Decimal>,
    /// Whether counts of people in it are to the nearest 5.
    pub is_rounded: bool,
}

/// Ten-thousandths of one.
const ONE: i128 = 10_000;

impl Figure {
    /// What is drawn and compared: percent, for each thousand, or as it is.
    pub fn drawn(&self, form: Form) -> Option<Decimal> {
        let value = i128::from(self.value.e4());
        let for_each = match form {
            Form::Proportion => 100,
            Form::Rate => 1_000,
            Form::Mean | Form::Count | Form::Level => return Some(self.value),
        };
        let of = i128::from(self.of?.e4());
        if of == 0 { None } else { Some(decimal(rounded(value * for_each * ONE, of))) }
    }

    /// Of several months: parts and wholes added, a mean weighed by its numbers, and of levels the
    /// last. None of none.
    pub fn of_months(form: Form, months: &[Self]) -> Option<Self> {
        let last = months.last()?;
        let is_rounded = months.iter().any(|it| it.is_rounded);
        let whole = |it: &Self| i128::from(it.of.map_or(0, Decimal::e4));
        let value = |it: &Self| i128::from(it.value.e4());
        let of: i128 = months.iter().map(whole).sum();
        let value = match form {
            Form::Level => return Some(Self { is_rounded, ..*last }),
            Form::Mean if of == 0 => return None,
            Form::Mean => rounded(months.iter().map(|it| value(it) * whole(it)).sum::<i128>(), of),
            Form::Proportion | Form::Count | Form::Rate => months.iter().map(value).sum(),
        };
        let of = last.of.map(|_| decimal(of));
        Some(Self { value: decimal(value), of, is_rounded })
    }
}

fn decimal(e4: i128) -> Decimal {
    Decimal::of_e4(i64::try_from(e4).unwrap_or(i64::MAX))
}

/// Divided, half away from zero.
fn rounded(value: i128, by: i128) -> i128 {
    let half = by / 2;
    if value < 0 { (value - half) / by } else { (value + half) / by }
}

/// A figure in words: `40 of 824, 4.9%`, `22.1 points, mean of 36`, `412 patients waiting`.
pub fn said(definition: &Definition, figure: &Figure) -> String {
    let form = definition.form;
    let of = figure.of.map(plain).unwrap_or_default();
    let drawn = figure.drawn(form).map(one_place).unwrap_or_default();
    let unit = &definition.unit_of_measure;
    let about = if figure.is_rounded { "about " } else { "" };
    match form {
        Form::Proportion => format!("{about}{} of {of}, {drawn}%", plain(figure.value)),
        Form::Mean => format!("{drawn}\u{a0}{unit}, mean of {about}{of}"),
        Form::Count | Form::Level => format!("{about}{}\u{a0}{unit}", plain(figure.value)),
        Form::Rate => format!("{about}{drawn}\u{a0}{unit}, {about}{} in all", plain(figure.value)),
    }
}

/// With commas and the places that it has.
fn plain(number: Decimal) -> String {
    match number.to_count() {
        Some(it) => words::thousands(it),
        None => number.to_string().replace('-', "−"),
    }
}

/// To one place, half away from zero.
pub fn one_place(number: Decimal) -> String {
    let tenths = rounded(i128::from(number.e4()), 1_000);
    let sign = if tenths < 0 { "−" } else { "" };
    let whole = u64::try_from(tenths.abs() / 10).unwrap_or(u64::MAX);
    format!("{sign}{}.{}", words::thousands(whole), tenths.abs() % 10)
}

/// `August 2025`.
pub fn month_words(month: Month) -> String {
    let first = format!("{month}-01").parse::<jiff::civil::Date>();
    first.map_or_else(|_| month.to_string(), |it| it.strftime("%B %Y").to_string())
}
