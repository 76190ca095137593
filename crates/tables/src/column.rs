//! What is said of every column: meaning, unit, key role and sensitivity.

/// Who may see a column, at the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// Codes, dates of periods and counts of rows.
    Open,
    /// Ledger, pay or price detail.
    Finance,
    /// A pseudonymised patient's row: patient rights and an audit line are needed.
    Patient,
    /// Points to a member of staff, pseudonymised.
    Staff,
}

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in Parquet and SQL.
    pub name: &'static str,
    /// Arrow type, as text for the reference page.
    pub kind: &'static str,
    /// Unit of the value; `code`, `text`, `reference` or `yes/no` where there is none.
    pub unit: &'static str,
    /// Sensitivity class.
    pub sensitivity: Sensitivity,
    /// One sentence on what it means.
    pub meaning: &'static str,
}

/// Everything that is promised of a table.
#[derive(Clone, Copy, Debug)]
pub struct TableContract {
    /// Name in SQL and of the file or folder.
    pub name: &'static str,
    /// One sentence on what a row is.
    pub meaning: &'static str,
    /// Columns that identify a row and fix the order of rows.
    pub key: &'static [&'static str],
    /// Columns in order.
    pub columns: &'static [Column],
}
