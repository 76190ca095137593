//! National figures that the demonstration trust can be held against, each with its source.

use crate::table::Table;

/// A figure to judge a trust's own by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NationalFigure {
    /// What is measured, such as `pay_share`.
    pub measure: String,
    /// Lower end of what is usual, or the published figure, as a decimal.
    pub low: String,
    /// Upper end.
    pub high: String,
    /// Unit of both.
    pub unit: String,
    /// Key of the model's `sources.csv`; `unconfirmed` if nobody has confirmed it.
    pub source: String,
    /// What it is and where it comes from.
    pub note: String,
}

/// The figures that the model's `plausibility.csv` starts with.
///
/// # Source
///
/// National Cost Collection 2024/25 (NHS England, Open Government Licence v3.0, by way of
/// `COSTmos`) where `source` is `ncc-2024-25`; all others are marked `unconfirmed`.
pub fn national_figures() -> Vec<NationalFigure> {
    let table = Table::read(include_str!("../data/model/plausibility.csv"));
    let figure = |line: crate::table::Line<'_>| NationalFigure {
        measure: line.text("measure").to_owned(),
        low: line.text("low").to_owned(),
        high: line.text("high").to_owned(),
        unit: line.text("unit").to_owned(),
        source: line.text("source").to_owned(),
        note: line.text("note").to_owned(),
    };
    table.lines().map(figure).collect()
}
