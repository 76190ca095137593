//! How a trust's own file becomes a feed: the parsed form of `intake/<feed>.toml`.

use std::collections::BTreeMap;

/// Where the value of one of our columns comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnSource {
    /// A column of the file.
    Column(String),
    /// Texts and columns in turn; absent if any of the columns is.
    Template(Vec<TemplatePart>),
    /// The same text in every row.
    Constant(String),
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Literal text.
    Text(String),
    /// A column of the file.
    Column(String),
}

/// One phase of a row that holds several, such as a theatre visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Code of the rows made.
    pub code: String,
    /// Column of the start.
    pub start: String,
    /// Column of the end.
    pub end: String,
    /// Column of the staff count; blank if none.
    pub staff: String,
}

/// How one file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeMapping {
    /// File patterns below the folder read.
    pub files: Vec<String>,
    /// `csv`, `xlsx` or `parquet`.
    pub format: String,
    /// `utf-8` or `windows-1252`.
    pub encoding: String,
    /// Delimiter of CSV files.
    pub delimiter: u8,
    /// Sheet of a workbook; blank if it has one only.
    pub sheet: String,
    /// Date formats, tried in order.
    pub date_formats: Vec<String>,
    /// Whether serial day numbers are dates.
    pub excel_dates: bool,
    /// Declared repairs of amounts.
    pub money: Vec<String>,
    /// Texts that mean absent.
    pub null: Vec<String>,
    /// Dates that mean absent.
    pub sentinels: Vec<String>,
    /// Columns known and never read.
    pub drop: Vec<String>,
    /// Whether the latest of two rows with one key wins; else both are refused.
    pub latest_wins: bool,
    /// Only rows with one of these values in these columns.
    pub only: BTreeMap<String, Vec<String>>,
    /// Our columns.
    pub columns: BTreeMap<String, ColumnSource>,
    /// Replacements, by our column.
    pub lookup: BTreeMap<String, BTreeMap<String, String>>,
    /// Phases; empty if a row is a row.
    pub phases: Vec<Phase>,
    /// Whether dates are shifted and must be brought into the year.
    pub rebase: bool,
}
