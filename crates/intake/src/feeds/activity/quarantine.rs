//! Keeps quarantined rows, without who they are about.

use csv::ByteRecord;

use super::columns::Columns;
use crate::feeds::row::{CODE_COLUMNS, Slot};
use crate::findings::shown;

/// Columns of a quarantine file.
pub(crate) const HEADER: [&str; 14] = [
    "file",
    "line",
    "code",
    "start",
    "end",
    "row_code",
    "band",
    "specialty",
    "site",
    "location",
    "quantity",
    "staff",
    "cost",
    "cost_object",
];

/// A quarantined row as a line of CSV: the cells as they stand, identifiers left out.
pub(crate) fn line_of(
    (file, line, code): (&str, u64, &str),
    columns: &Columns,
    cells: &ByteRecord,
) -> Vec<u8> {
    let mut scratch = Vec::new();
    let mut text = |source: &crate::plan::Source| {
        let raw = source.read(cells, &columns.nulls, &mut scratch).unwrap_or_default();
        masked(&String::from_utf8_lossy(raw))
    };
    let slot = |wanted: Slot| {
        let place = CODE_COLUMNS.iter().position(|(slot, _)| *slot == wanted);
        &columns.codes[place.expect("every slot has a column")]
    };
    let fields = [
        file.to_owned(),
        line.to_string(),
        code.to_owned(),
        text(&columns.start),
        text(&columns.end),
        text(slot(Slot::Code)),
        text(slot(Slot::Band)),
        text(slot(Slot::Specialty)),
        text(slot(Slot::Site)),
        text(slot(Slot::Location)),
        text(&columns.quantity),
        text(&columns.staff),
        text(&columns.cost),
        text(slot(Slot::CostObject)),
    ];
    csv_line(&fields)
}

/// One line of CSV.
pub(crate) fn csv_line(fields: &[String]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields).expect("a vector takes all bytes");
    writer.into_inner().expect("a vector takes all bytes")
}

/// A cell as it stands, unless it could be an identifier that strayed into the column.
pub(crate) fn masked(text: &str) -> String {
    if text.is_empty() || shown(text).starts_with('`') {
        text.to_owned()
    } else {
        "(left out)".to_owned()
    }
}
