//! How a trust's own file becomes a feed: the parsed form of `intake/<feed>.toml`.

use std::collections::BTreeMap;

use crate::year::FeedRole;

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

/// A small file beside a feed that says one more thing of some of its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideFile {
    /// File patterns below the folder read.
    pub files: Vec<String>,
    /// Text that finds the row: of the file's own columns.
    pub key: ColumnSource,
    /// What is said of it.
    pub value: ColumnSource,
}

/// A second file whose columns the rows of the first gain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// Stands before the dot in the names of the columns gained.
    pub name: String,
    /// File patterns below the folder read.
    pub files: Vec<String>,
    /// Text of the second file's columns that finds its row.
    pub key: ColumnSource,
    /// Text of the first file's columns, or of earlier joins, that must be the same.
    pub to: ColumnSource,
    /// Only rows of the second file with one of these values in these columns.
    pub only: BTreeMap<String, Vec<String>>,
    /// Column of the second file: of several rows with one key, the least text is taken. Blank if
    /// a key may stand once only.
    pub first_by: String,
}

impl Join {
    /// The second file's name of a column, if it is one of this join.
    pub fn column<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_prefix(self.name.as_str())?.strip_prefix('.').filter(|it| !it.is_empty())
    }
}

/// How the shifted dates of each patient are brought into the year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebase {
    /// Master feed by whose events the dates are moved.
    pub events: String,
    /// Days before and after an event within which rows are moved with it.
    pub reach_days: i64,
}

/// How one file is read.
#[expect(clippy::struct_excessive_bools, reason = "each is a yes/no key of the file")]
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
    /// Second files whose columns the rows gain, in order.
    pub joins: Vec<Join>,
    /// How shifted dates are brought into the year, if they are shifted.
    pub rebase: Option<Rebase>,
    /// Whether a row that begins before its spell or ends after it is quarantined.
    pub within_spell: bool,
    /// Another feed that holds the same orders: rows whose id it has already are quarantined.
    pub orders_of: String,
    /// Ledger, budget: whether period 13, the adjustments after March, is expected.
    pub adjustments: bool,
    /// Columns that state the version of the file's layout, and the versions known.
    pub versions: BTreeMap<String, Vec<String>>,
    /// Output of the national grouper: `key` gives the text of `event`, `value` the HRG.
    pub grouper: Option<SideFile>,
    /// Merges of patients: `key` is the retired local id, `value` the surviving one.
    pub merges: Option<SideFile>,
}

impl ColumnSource {
    /// Names of the columns that it reads.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Column(column) => vec![column],
            Self::Template(parts) => parts.iter().filter_map(TemplatePart::column).collect(),
            Self::Constant(_) => Vec::new(),
        }
    }
}

impl TemplatePart {
    /// The column's name, if it is one.
    fn column(&self) -> Option<&str> {
        match self {
            Self::Column(column) => Some(column),
            Self::Text(_) => None,
        }
    }
}

impl IntakeMapping {
    /// Columns that the mapping takes from its files and joins, in no order, some several times.
    ///
    /// Those that it reads only to find the rows of a join are among them.
    pub fn columns_read(&self) -> Vec<&str> {
        let mut read: Vec<&str> = self.only.keys().map(String::as_str).collect();
        read.extend(self.columns.values().flat_map(ColumnSource::columns));
        read.extend(self.joins.iter().flat_map(|it| it.to.columns()));
        let phases = self.phases.iter();
        read.extend(phases.flat_map(|it| [it.start.as_str(), it.end.as_str(), it.staff.as_str()]));
        read.extend(self.versions.keys().map(String::as_str));
        read
    }
}

/// Columns of events that a mapping may fill.
pub const EVENT_COLUMNS: &[&str] = &[
    "patient_nhs",
    "patient_local",
    "nhs_status",
    "event",
    "event_type",
    "spell",
    "consultant",
    "start",
    "end",
    "specialty",
    "site",
    "hrg",
    "pod",
    "category",
    "episode_order",
    "admission_method",
    "discharge_method",
    "attended",
    "birth_date",
    "age",
    "sex",
    "provider",
    "spell_start",
    "spell_end",
    "diagnosis",
    "diagnoses",
    "procedure",
    "procedures",
    "band",
    "ready",
    "withheld_reason",
];

/// Columns of feed rows that a mapping may fill.
pub const ROW_COLUMNS: &[&str] = &[
    "patient_nhs",
    "patient_local",
    "event",
    "event_type",
    "row",
    "spell",
    "start",
    "end",
    "duration_minutes",
    "code",
    "band",
    "specialty",
    "site",
    "location",
    "requester",
    "quantity",
    "staff",
    "cost",
    "cost_object",
    "session",
    "origin",
];

/// Columns that a matching rule can compare between a feed row and an event. The requester of a
/// row is compared with the consultant of an event.
pub const MATCHING_COLUMNS: &[&str] = &["band", "requester", "site", "specialty", "spell"];

/// Columns that a mapping may fill for a feed of this role.
pub fn columns_of(role: FeedRole) -> Vec<&'static str> {
    match role {
        FeedRole::Master => {
            let own = ROW_COLUMNS.iter().filter(|it| !EVENT_COLUMNS.contains(it));
            EVENT_COLUMNS.iter().chain(own).copied().collect()
        }
        FeedRole::Auxiliary => ROW_COLUMNS.to_vec(),
        FeedRole::Aggregate => vec!["period", "event_type", "specialty", "code", "quantity"],
        FeedRole::Sessions => {
            vec!["session", "kind", "location", "specialty", "start", "end", "staff"]
        }
        FeedRole::Ledger => vec![
            "cost_centre",
            "cost_centre_name",
            "account",
            "account_name",
            "year",
            "period",
            "journal",
            "amount",
        ],
        FeedRole::Budget => vec!["cost_centre", "account", "year", "period", "amount"],
        FeedRole::Income => vec![
            "line",
            "event",
            "pod",
            "code",
            "specialty",
            "year",
            "period",
            "at_unit_price",
            "recognised",
            "kind",
        ],
        FeedRole::Control => vec!["year", "period", "amount"],
    }
}

/// Columns without which a feed of this role says nothing. A phase fills `start` and `code`.
pub fn columns_needed(role: FeedRole) -> &'static [&'static str] {
    match role {
        FeedRole::Master => &["event", "start"],
        FeedRole::Auxiliary => &["start"],
        FeedRole::Aggregate => &["period", "quantity"],
        FeedRole::Sessions => &["session", "kind", "start", "end"],
        FeedRole::Ledger | FeedRole::Budget => &["cost_centre", "account", "period", "amount"],
        FeedRole::Income => &["period", "recognised"],
        FeedRole::Control => &["period", "amount"],
    }
}
