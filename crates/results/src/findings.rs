//! Findings of a run as they stand in its `findings.csv`.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use domain::{Money, Severity};
use serde::Serialize;
use tables::cell::Cell as _;

use crate::output::as_decimal;
use crate::{ResultsError, Run, kept};

const FILE: &str = "findings.csv";

/// One finding of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredFinding {
    /// Short name that an acceptance is bound to; changes with rows and money.
    pub id: String,
    /// Stable code.
    pub code: String,
    /// `note`, `warning`, `needs acceptance` or `refused`.
    pub severity: String,
    /// File concerned; blank if none.
    pub file: String,
    /// Line in it; 0 if the whole file is meant.
    pub line: u64,
    /// Column; blank if none.
    pub column: String,
    /// What it concerns.
    pub subject: String,
    /// Rows touched.
    pub rows: u64,
    /// Money touched.
    #[serde(serialize_with = "as_decimal")]
    pub money: Money,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

impl StoredFinding {
    /// Whether the run stays a draft until a named person accepts it.
    pub fn needs_acceptance(&self) -> bool {
        self.severity == Severity::NeedsAcceptance.word()
    }
}

impl Run {
    /// All findings, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// [`ResultsError::Damaged`] if the file does not have the columns of its format.
    pub fn findings(&self) -> Result<Vec<StoredFinding>, ResultsError> {
        kept::once(&self.kept.findings, || self.read_findings())
    }

    fn read_findings(&self) -> Result<Vec<StoredFinding>, ResultsError> {
        let path = self.folder().join(FILE);
        let file = File::open(&path).map_err(ResultsError::reading(&path))?;
        let mut reader = csv::Reader::from_reader(file);
        let headers =
            reader.headers().map_err(|error| ResultsError::damaged(FILE, &error))?.clone();
        reader
            .records()
            .map(|record| {
                let record = record.map_err(|error| ResultsError::damaged(FILE, &error))?;
                stored(&headers, &record)
            })
            .collect()
    }
}

impl Run {
    /// The findings as a table, for queries and exports.
    pub(crate) fn findings_batch(&self) -> Result<RecordBatch, ResultsError> {
        let findings = self.findings()?;
        let texts = |text: fn(&StoredFinding) -> &String| -> ArrayRef {
            Arc::new(findings.iter().map(|it| Some(text(it))).collect::<StringArray>())
        };
        let numbers = |number: fn(&StoredFinding) -> u64| -> ArrayRef {
            Arc::new(
                findings
                    .iter()
                    .map(number)
                    .collect::<Vec<u64>>()
                    .into_iter()
                    .collect::<UInt64Array>(),
            )
        };
        let money: Vec<Money> = findings.iter().map(|it| it.money).collect();
        let batch = RecordBatch::try_from_iter([
            ("id", texts(|it| &it.id)),
            ("code", texts(|it| &it.code)),
            ("severity", texts(|it| &it.severity)),
            ("file", texts(|it| &it.file)),
            ("line", numbers(|it| it.line)),
            ("column", texts(|it| &it.column)),
            ("subject", texts(|it| &it.subject)),
            ("rows", numbers(|it| it.rows)),
            ("money", Money::encode(money.iter())),
            ("message", texts(|it| &it.message)),
            ("remedy", texts(|it| &it.remedy)),
        ]);
        Ok(batch.expect("every column has a value for every finding"))
    }
}

fn stored(
    headers: &csv::StringRecord,
    record: &csv::StringRecord,
) -> Result<StoredFinding, ResultsError> {
    let text = |name: &str| {
        let index = headers.iter().position(|it| it == name);
        let missing = || ResultsError::damaged(FILE, &format!("it has no column `{name}`"));
        index.and_then(|it| record.get(it)).map(str::to_owned).ok_or_else(missing)
    };
    let number = |name: &str| {
        let value = text(name)?;
        if value.is_empty() {
            return Ok(0);
        }
        value.parse::<u64>().map_err(|error| ResultsError::damaged(FILE, &error))
    };
    let money = text("money")?;
    Ok(StoredFinding {
        id: text("id")?,
        code: text("code")?,
        severity: text("severity")?,
        file: text("file")?,
        line: number("line")?,
        column: text("column")?,
        subject: text("subject")?,
        rows: number("rows")?,
        money: if money.is_empty() {
            Money::ZERO
        } else {
            money.parse().map_err(|error| ResultsError::damaged(FILE, &error))?
        },
        message: text("message")?,
        remedy: text("remedy")?,
    })
}
