//! The findings of a run as a CSV file: those of intake first, then those of the stages.

use std::path::Path;

use domain::finding::id_of;
use domain::{Finding, Place, Severity};

use super::sink::Sink;
use crate::error::CostingError;

/// Columns of `findings.csv` of a run.
pub const COLUMNS: [&str; 11] = [
    "id", "code", "severity", "file", "line", "column", "subject", "rows", "money", "message",
    "remedy",
];

/// Hands over the findings; intake's keep their text and get an id.
pub(crate) fn put(intake: &str, found: &[Finding], sink: &dyn Sink) -> Result<(), CostingError> {
    let failed = |error: csv::Error| CostingError::write(Path::new("findings.csv"), &error);
    sink.put("intake_findings.csv", intake.as_bytes(), 0)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(failed)?;
    let mut rows = 0;
    let mut reader = csv::Reader::from_reader(intake.as_bytes());
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let mut row = vec![stored_id(&record)];
        row.extend(record.iter().map(str::to_owned));
        writer.write_record(&row).map_err(failed)?;
        rows += 1;
    }
    for finding in found.iter().filter(|it| it.severity != Severity::Refusal) {
        writer.write_record(row(finding)).map_err(failed)?;
        rows += 1;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| CostingError::write(Path::new("findings.csv"), error.error()))?;
    sink.put("findings.csv", &bytes, rows)
}

/// The id of a finding that intake stored.
fn stored_id(record: &csv::StringRecord) -> String {
    let cell = |index: usize| record.get(index).unwrap_or_default();
    let place = Place {
        file: cell(2).to_owned(),           // number: columns of intake's findings
        line: cell(3).parse().unwrap_or(0), // number: see above
        column: cell(4).to_owned(),         // number: see above
    };
    let rows = cell(6).parse().unwrap_or(0); // number: see above
    let money = cell(7).parse().unwrap_or_default(); // number: see above
    id_of((cell(0), cell(5)), &place, rows, money) // number: see above
}

/// One finding as a row.
pub(crate) fn row(finding: &Finding) -> [String; 11] {
    [
        finding.id(),
        finding.code.to_owned(),
        finding.severity.word().to_owned(),
        finding.place.file.clone(),
        if finding.place.line == 0 { String::new() } else { finding.place.line.to_string() },
        finding.place.column.clone(),
        finding.subject.clone(),
        finding.rows.to_string(),
        finding.money.to_decimal(),
        finding.message.clone(),
        finding.remedy.clone(),
    ]
}
