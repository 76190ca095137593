//! Every form in which a trust may send its files, from the files to the tables.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use domain::Day;
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tables::Table;
use tables::dataset::{Event, FeedRow};
use tables::parquet_file::GroupReader;
use vault::{Namespace, Vault};

use crate::trust::{KEY, Trust};

const STAYS: &str = "feeds/ward_stays.csv";

/// The bytes of a table of the dataset that a trust gives.
fn bytes(trust: &Trust, table: &str) -> Vec<u8> {
    let outcome = trust.take_in();
    assert_eq!(outcome.refused(), None);
    outcome.counted();
    fs::read(trust.dataset().join(table)).expect("the table is there")
}

fn rows<T: Table>(trust: &Trust, table: &str) -> Vec<T> {
    let reader = GroupReader::new(bytes::Bytes::from(bytes(trust, table))).expect("a whole table");
    T::rows(&reader.all().expect("all rows")).expect("the contract")
}

/// Changes a mapping of the trust's model.
fn remap(trust: &Trust, feed: &str, change: impl Fn(String) -> String) {
    let name = format!("model/intake/{feed}.toml");
    trust.write(&name, change(trust.read(&name)));
}

/// Instant of a local time of British Summer Time, an hour before what the clock shows.
fn summer(day: &str, hour: i64, minute: i64) -> i64 {
    let day: Day = day.parse().expect("a day");
    i64::from(day.0) * 86_400 + (hour - 1) * 3600 + minute * 60
}

/// A workbook with true dates and numbers, some rows hidden, says the same as the text.
#[test]
fn a_workbook_says_the_same_as_text() {
    let text = Trust::laid_out();
    let trust = Trust::laid_out();
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Notes")
        .expect("a name")
        .write(0, 0, "not this one")
        .expect("a cell");
    let sheet = book.add_worksheet().set_name("Stays").expect("a name");
    let dated = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    for (row, line) in (0..).zip(trust.read(STAYS).lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            if let Ok(number) = cell.parse::<f64>() {
                sheet.write(row, column, number).expect("a cell");
            } else if let Ok(date) = ExcelDateTime::parse_from_str(cell)
                && row > 0
                && cell.contains(':')
            {
                sheet.write_with_format(row, column, &date, &dated).expect("a cell");
            } else {
                sheet.write(row, column, cell).expect("a cell");
            }
        }
    }
    trust.write("feeds/ward_stays.xlsx", book.save_to_buffer().expect("a workbook"));
    fs::remove_file(trust.from().join(STAYS)).expect("it is there");
    remap(&trust, "ward_stays", |it| format!("format = \"xlsx\"\nsheet = \"Stays\"\n{it}"));
    let table = "feeds/ward_stays.parquet";
    assert!(bytes(&trust, table) == bytes(&text, table));
}

/// Compressed text, in two files, says the same as text.
#[test]
fn compressed_text_says_the_same() {
    let text = Trust::laid_out();
    let trust = Trust::laid_out();
    let all = trust.read(STAYS);
    let lines: Vec<&str> = all.lines().collect();
    let half = format!("{}\n{}\n{}\n", lines[0], lines[1], lines[2]);
    let other = format!("{}\n{}\n{}\n", lines[0], lines[4], lines[3]);
    for (name, part) in [("b", half), ("a", other)] {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(part.as_bytes()).expect("memory takes all");
        let bytes = packer.finish().expect("memory takes all");
        trust.write(&format!("feeds/ward_stays_{name}.csv.gz"), bytes);
    }
    fs::remove_file(trust.from().join(STAYS)).expect("it is there");
    let table = "feeds/ward_stays.parquet";
    assert!(bytes(&trust, table) == bytes(&text, table));
}

/// Parquet with numbers and times of its own types says the same as text.
#[test]
fn parquet_says_the_same_as_text() {
    let text = Trust::laid_out();
    let trust = Trust::laid_out();
    let words = |values: &[&str]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
    let numbers = vec![9_990_000_018_i64, 9_990_000_026, 9_990_000_042, 9_990_000_069];
    // The clock times of the text, as milliseconds without a zone.
    let collected = [("2025-04-02", 7), ("2025-04-08", 10), ("2025-04-12", 23), ("2025-04-15", 9)];
    let collected = collected.map(|(day, hour)| (summer(day, hour, 0) + 3600) * 1000);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("NHS NUMBER", Arc::new(Int64Array::from(numbers))),
        ("LOCAL PATIENT IDENTIFIER", words(&["X-P1", "X-P2", "X-P4", "X-P6"])),
        ("ORDER", words(&["X-T1", "X-T2", "X-T3", "X-T4"])),
        ("COLLECTED", Arc::new(TimestampMillisecondArray::from(collected.to_vec()))),
        ("TEST", words(&["FBC", "FBC", "TROPONIN", "FBC"])),
        ("REQUESTER", words(&["C9999998", "C9999998", "", "X-GP1"])),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("the rows fit");
    trust.write("feeds/pathology.parquet", writer.into_inner().expect("memory takes all"));
    fs::remove_file(trust.from().join("feeds/pathology.csv")).expect("it is there");
    remap(&trust, "pathology", |it| {
        format!(
            "format = \"parquet\"\n{}",
            it.replace("feeds/pathology.csv", "feeds/pathology.parquet")
        )
    });
    let table = "feeds/pathology.parquet";
    assert!(bytes(&trust, table) == bytes(&text, table));
}

/// 10 contacts over the three admissions of general medicine that begin in April, in key order:
/// ⌊10/3⌋ to four places is 3.3333, then ⌊20/3⌋ − 3.3333 = 3.3333, then 10 − 6.6666 = 3.3334.
#[test]
fn a_figure_without_patients_is_spread_over_their_events() {
    let trust = Trust::laid_out();
    let mut made = rows::<FeedRow>(&trust, "feeds/therapy.parquet");
    made.sort_by_key(|it| (it.patient, it.event));
    let quantities: Vec<Option<i64>> = made.iter().map(|it| it.quantity_e4).collect();
    assert_eq!(quantities, [Some(33_333), Some(33_333), Some(33_334)]);
    assert!(made.iter().all(|it| it.origin == "aggregate" && it.specialty == "X-300"));
    let events: BTreeSet<_> = made.iter().map(|it| it.event).collect();
    assert_eq!(events.len(), 3);
}

/// The grouper sorts, so its row numbers lead from one of its files to another and not to ours:
/// the file of episodes carries our key through, the file of the unbundled leads to that.
#[test]
fn files_of_the_national_grouper() {
    let trust = Trust::laid_out();
    fs::create_dir(trust.from().join("grouper")).expect("a folder");
    trust.write(
        "grouper/apc_FCE.csv",
        "RowNo,PROVSPNO,EPIORDER,EPISTART,FCE_HRG,SpellHRG\n\
         1,X-S3,1,20250428,AA22D,AA22D\n2,X-S2,1,20250408,DZ11B,DZ11B\n\
         3,X-S1,1,20250402,DZ11C,HN22B\n4,X-S1,2,20250404,HN22B,HN22B\n",
    );
    trust.write(
        "grouper/apc_spell.csv",
        "RowNo,PROVSPNO,SpellHRG\n1,X-S3,AA22D\n2,X-S2,DZ11B\n3,X-S1,HN22B\n",
    );
    trust.write(
        "grouper/apc_ub_rel.csv",
        "RowNo,Iteration,UB_HRG\n2,1,RD20A\n4,1,SA01A\n4,2,RD21A\n",
    );
    remap(&trust, "apc", |it| {
        let it = it.replace("drop = [\"PATIENT NAME\"]", "drop = [\"PATIENT NAME\", \"HRG\"]");
        it.replace("hrg = \"HRG\"\n", "pod = \"spell.SpellHRG\"\n")
            + "\n[[join]]\nname = \"spell\"\nfiles = [\"grouper/*_spell.csv\"]\nkey = \"PROVSPNO\"\nto = \"SPELL\"\n\
               \n[grouper]\nfiles = [\"grouper/*_FCE.csv\"]\nkey = \"APC:{PROVSPNO}/{EPIORDER}\"\nvalue = \"FCE_HRG\"\n"
    });
    trust.write(
        "model/intake/therapy.toml",
        "files = [\"grouper/*_ub_rel.csv\"]\ndate_format = [\"%Y%m%d\"]\n\n[columns]\n\
         event = \"APC:{fce.PROVSPNO}/{fce.EPIORDER}\"\nrow = \"{RowNo}/{Iteration}\"\n\
         start = \"fce.EPISTART\"\ncode = \"UB_HRG\"\n\n\
         [[join]]\nname = \"fce\"\nfiles = [\"grouper/*_FCE.csv\"]\nkey = \"RowNo\"\n",
    );
    fs::remove_file(trust.from().join("feeds/therapy_totals.csv")).expect("it is there");
    let events = rows::<Event>(&trust, "events.parquet");
    let key = |native: &str| vault(&trust).pseudonym(Namespace::Event, native);
    let of = |native: &str| events.iter().find(|it| it.event == key(native)).expect("the event");
    let groups = |native: &str| (of(native).hrg.as_str(), of(native).pod.as_str());
    assert_eq!(groups("APC:X-S1/1"), ("DZ11C", "HN22B"));
    assert_eq!(groups("APC:X-S1/2"), ("HN22B", "HN22B"));
    assert_eq!(groups("APC:X-S2/1"), ("DZ11B", "DZ11B"));
    assert_eq!(groups("APC:X-S3/1"), ("AA22D", "AA22D"));
    let unbundled = rows::<FeedRow>(&trust, "feeds/therapy.parquet");
    let mut found: Vec<(String, bool, bool)> = unbundled
        .into_iter()
        .map(|it| {
            (it.code, it.event == Some(key("APC:X-S1/2")), it.event == Some(key("APC:X-S2/1")))
        })
        .collect();
    found.sort();
    let wanted = [("RD20A", false, true), ("RD21A", true, false), ("SA01A", true, false)];
    assert_eq!(found, wanted.map(|(code, one, two)| (code.to_owned(), one, two)));
}

fn vault(trust: &Trust) -> Vault {
    Vault::create_with_key(&trust.work().join("vault"), KEY).expect("a vault")
}

/// A restricted record, by its code or because it was withheld, is costed like others, and bears
/// a reference that does not follow from the event's own.
#[test]
fn restricted_records_have_a_reference_of_their_own() {
    let trust = Trust::laid_out();
    let apc = trust.read("feeds/apc.csv");
    let apc = apc.replace(",I639,,1935-11-11,X-RBI,,OWN", ",N979,,1935-11-11,X-RBI,01,OWN");
    let apc = apc.replace(",J189,,1980-02-29,X-RBI,,OWN", ",J189,,1980-02-29,X-RBI,03,OWN");
    trust.write("feeds/apc.csv", apc);
    let events = rows::<Event>(&trust, "events.parquet");
    let key = |native: &str| vault(&trust).pseudonym(Namespace::Event, native);
    let restricted: BTreeSet<_> =
        events.iter().filter(|it| it.restricted).map(|it| it.event).collect();
    assert_eq!(restricted, [key("APC:X-S2/1"), key("APC:X-S3/1")].into());
    for it in &events {
        assert_eq!(it.restricted, it.restricted_reference.is_some());
        assert_ne!(it.restricted_reference, Some(it.event));
        assert_ne!(it.restricted_reference, Some(it.patient));
    }
    // The same files give the same references; another year gives others.
    let again = Trust::copied(&trust);
    let same = rows::<Event>(&again, "events.parquet");
    assert_eq!(events, same);
}

/// Merges are followed to their end, and one patient's rows stand under one pseudonym.
#[test]
fn merged_patients_are_one() {
    let trust = Trust::laid_out();
    trust.write("merges.csv", "RETIRED,SURVIVING\nX-OLDEST,X-OLD\nX-OLD,X-P4\n");
    remap(&trust, "apc", |it| {
        it + "\n[merges]\nfiles = [\"merges.csv\"]\nkey = \"RETIRED\"\nvalue = \"SURVIVING\"\n"
    });
    let more = ",X-OLDEST,X-A3,2025-04-14 01:50,2025-04-14 02:10,3\n,X-OLD,X-A4,2025-04-15 01:50,2025-04-15 02:10,3\n";
    trust.write("feeds/ed.csv", trust.read("feeds/ed.csv") + more);
    let events = rows::<Event>(&trust, "events.parquet");
    let patient = |native: &str| {
        let key = vault(&trust).pseudonym(Namespace::Event, native);
        events.iter().find(|it| it.event == key).expect("the event").patient
    };
    assert_eq!(patient("ED:X-A3"), patient("ED:X-A2"));
    assert_eq!(patient("ED:X-A4"), patient("ED:X-A2"));
    assert_ne!(patient("ED:X-A4"), patient("ED:X-A1"));
}

/// Lengths in minutes instead of ends, ages as other programs write them, ages as codes.
#[test]
fn durations_and_ages_of_other_makes() {
    let trust = Trust::laid_out();
    remap(&trust, "ed", |it| {
        let it = it.replace("end = \"DEPARTURE\"", "duration_minutes = \"MINUTES\"");
        it + "age = \"AGE\"\n\n[lookup.age]\n\"7001\" = \"0\"\n"
    });
    trust.write(
        "feeds/ed.csv",
        "NHS NUMBER,LOCAL PATIENT IDENTIFIER,ATTENDANCE,ARRIVAL,MINUTES,TRIAGE,AGE\n\
         9990000018,X-P1,X-A1,2025-04-02 06:10,230,2,74.0\n\
         9990000042,X-P4,X-A2,2025-04-12 22:30,165.5,4,7001\n\
         9990000042,X-P4,X-A4,2025-04-14 22:30,,4,\n",
    );
    let events = rows::<Event>(&trust, "events.parquet");
    let of = |native: &str| {
        let key = vault(&trust).pseudonym(Namespace::Event, native);
        events.iter().find(|it| it.event == key).expect("the event").clone()
    };
    let first = of("ED:X-A1");
    assert_eq!(first.start_s, summer("2025-04-02", 6, 10));
    assert_eq!(first.end_s, Some(summer("2025-04-02", 10, 0)));
    assert_eq!(first.age_band, "70-79");
    let second = of("ED:X-A2");
    // 22:30 and 165 minutes and a half is 01:15:30 of the next day.
    assert_eq!(second.end_s, Some(summer("2025-04-13", 1, 15) + 30));
    assert_eq!(second.age_band, "0-9");
    // Without end and duration an attendance is a moment.
    assert_eq!(of("ED:X-A4").end_s, Some(summer("2025-04-14", 22, 30)));
}
