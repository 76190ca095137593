//! `findings.csv`: one line for each finding.

use domain::Finding;

/// Column names of `findings.csv`.
const HEADER: [&str; 10] =
    ["code", "severity", "file", "line", "column", "subject", "rows", "money", "message", "remedy"];

/// The findings as CSV, in the order given.
pub(crate) fn to_csv(findings: &[Finding]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[&str]| writer.write_record(row).expect("a vector takes all bytes");
    write(&HEADER);
    for it in findings {
        let line = if it.place.line == 0 { String::new() } else { it.place.line.to_string() };
        write(&[
            it.code,
            it.severity.word(),
            &it.place.file,
            &line,
            &it.place.column,
            &it.subject,
            &it.rows.to_string(),
            &it.money.to_decimal(),
            &it.message,
            &it.remedy,
        ]);
    }
    writer.into_inner().expect("a vector takes all bytes")
}
