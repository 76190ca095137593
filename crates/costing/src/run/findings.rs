//! The findings of a run as a CSV file: those of intake first, then those of the stages.

use std::fmt::Display;
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

/// Hands over the findings: those that intake and weighing stored as texts, then those of the
/// stages that a run can go through again.
pub(crate) fn put(
    (intake, weighing): (&str, &str),
    found: &[Finding],
    sink: &dyn Sink,
) -> Result<(), CostingError> {
    sink.put("intake_findings.csv", intake.as_bytes(), 0)?;
    sink.put("weighing_findings.csv", weighing.as_bytes(), 0)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|it| failed(&it))?;
    let mut rows = 0;
    for text in [intake, weighing] {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|it| failed(&it))?;
            let mut row = vec![stored_id(&record)];
            row.extend(record.iter().map(str::to_owned));
            writer.write_record(&row).map_err(|it| failed(&it))?;
            rows += 1;
        }
    }
    for finding in found.iter().filter(|it| it.severity != Severity::Refusal) {
        writer.write_record(row(finding)).map_err(|it| failed(&it))?;
        rows += 1;
    }
    sink.put("findings.csv", &bytes(writer)?, rows)
}

/// Findings as intake stores them: without an id, which depends on nothing but the rest.
pub(crate) fn text(findings: &[Finding]) -> Result<String, CostingError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&COLUMNS[1..]).map_err(|it| failed(&it))?;
    for finding in findings {
        writer.write_record(&row(finding)[1..]).map_err(|it| failed(&it))?;
    }
    let bytes = bytes(writer)?;
    Ok(String::from_utf8(bytes).expect("findings are texts"))
}

fn bytes(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, CostingError> {
    writer.into_inner().map_err(|error| failed(error.error()))
}

fn failed(error: &impl Display) -> CostingError {
    CostingError::write(Path::new("findings.csv"), error)
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
