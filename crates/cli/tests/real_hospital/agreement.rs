//! Compares the events that laboratory rows found with the admission id that was hidden from them.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use costing::cp4_weights::{RowFate, RowMatch};
use domain::Key;
use flate2::read::MultiGzDecoder;
use vault::{Namespace, Pseudonyms};

/// Rows by what became of them and what was hidden.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    rows: BTreeMap<(String, Truth), u64>,
}

/// How the event found stands to the admission that the record states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Truth {
    /// The event found is that admission, or the emergency attendance that led to it.
    Agrees,
    /// The event found is another.
    Differs,
    /// An admission is stated and none was found.
    NotFound,
    /// No admission is stated, and the event found is an admission or led to one.
    NoneStatedAdmission,
    /// No admission is stated, and the event found is an attendance that led to none.
    NoneStatedAttendance,
    /// No admission is stated, and none was found.
    NoneStated,
}

const TRUTHS: [(Truth, &str); 6] = [
    (Truth::Agrees, "agrees"),
    (Truth::Differs, "differs"),
    (Truth::NotFound, "not found"),
    (Truth::NoneStatedAdmission, "none stated: admission"),
    (Truth::NoneStatedAttendance, "none stated: attendance"),
    (Truth::NoneStated, "none stated"),
];

impl Agreement {
    /// Rows that found what was hidden.
    pub(crate) fn agreeing(&self) -> u64 {
        self.sum(Truth::Agrees)
    }

    /// Rows that found something else.
    pub(crate) fn differing(&self) -> u64 {
        self.sum(Truth::Differs)
    }

    /// Rows that state no admission and found an event.
    pub(crate) fn beyond(&self) -> u64 {
        self.sum(Truth::NoneStatedAdmission) + self.sum(Truth::NoneStatedAttendance)
    }

    fn sum(&self, wanted: Truth) -> u64 {
        self.rows.iter().filter(|((_, truth), _)| *truth == wanted).map(|(_, rows)| rows).sum()
    }

    /// As a table: what became of the rows, by what was hidden.
    pub(crate) fn text(&self) -> String {
        let mut fates: Vec<&str> = self.rows.keys().map(|(fate, _)| fate.as_str()).collect();
        fates.dedup();
        let mut text = format!("{:20}", "laboratory rows");
        for (_, name) in TRUTHS {
            text += &format!(" {name:>24}");
        }
        for fate in fates {
            text += &format!("\n{fate:20}");
            for (truth, _) in TRUTHS {
                let rows = self.rows.get(&(fate.to_owned(), truth)).copied().unwrap_or_default();
                text += &format!(" {rows:24}");
            }
        }
        text
    }
}

/// Reads the records again, this time with the admission, and compares.
pub(crate) fn compare(records: &Path, matches: &[RowMatch], pseudonyms: &Pseudonyms) -> Agreement {
    let admissions = admissions_of_events(records, pseudonyms);
    let fates: BTreeMap<Key, &RowFate> = matches.iter().map(|it| (it.row, &it.fate)).collect();
    let mut agreement = Agreement::default();
    for [row, stated] in columns(records, "hosp/labevents.csv.gz", ["labevent_id", "hadm_id"]) {
        let key = pseudonyms.of(Namespace::Row, &format!("PATH|{row}"));
        let fate = fates.get(&key).expect("every row of the file is in the dataset");
        let found = match fate {
            RowFate::Matched { event, .. } => Some(admissions[event].as_str()),
            _ => None,
        };
        *agreement.rows.entry((name(fate), truth(&stated, found))).or_default() += 1;
    }
    agreement
}

/// The admission of every event; blank for an attendance that led to none.
fn admissions_of_events(records: &Path, pseudonyms: &Pseudonyms) -> BTreeMap<Key, String> {
    let event = |native: String| pseudonyms.of(Namespace::Event, &native);
    let admitted = columns(records, "hosp/admissions.csv.gz", ["hadm_id"]).into_iter();
    let attended =
        columns(records, "hosp/transfers.csv.gz", ["transfer_id", "hadm_id"]).into_iter();
    admitted
        .map(|[admission]| (event(format!("APC:{admission}")), admission))
        .chain(attended.map(|[transfer, admission]| (event(format!("ED:{transfer}")), admission)))
        .collect()
}

fn name(fate: &RowFate) -> String {
    match fate {
        RowFate::Matched { rule, .. } => format!("by rule {rule}"),
        RowFate::Unmatched(reason) => reason.name().to_owned(),
        RowFate::OutsidePeriod => "OUTSIDE_PERIOD".to_owned(),
        RowFate::CostObject(_) | RowFate::Unmapped => "UNMAPPED".to_owned(),
    }
}

fn truth(stated: &str, found: Option<&str>) -> Truth {
    match (stated, found) {
        ("", None) => Truth::NoneStated,
        ("", Some("")) => Truth::NoneStatedAttendance,
        ("", Some(_)) => Truth::NoneStatedAdmission,
        (_, None) => Truth::NotFound,
        (stated, Some(found)) if stated == found => Truth::Agrees,
        _ => Truth::Differs,
    }
}

/// Some columns of a compressed file.
fn columns<const N: usize>(records: &Path, file: &str, wanted: [&str; N]) -> Vec<[String; N]> {
    let opened = File::open(records.join(file)).expect("the records have the file");
    let mut reader = csv::Reader::from_reader(MultiGzDecoder::new(opened));
    let header = reader.headers().expect("the file has a header").clone();
    let places = wanted
        .map(|name| header.iter().position(|it| it == name).expect("the file has the column"));
    let rows = reader.into_records().map(|row| {
        let row = row.expect("the file can be read");
        places.map(|it| row.get(it).unwrap_or_default().to_owned())
    });
    rows.collect()
}
