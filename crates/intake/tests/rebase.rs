//! Shifted dates brought into the year, from files to a dataset.

use std::fs;
use std::path::Path;

use expect_test::expect;
use intake::Request;
use rules::Model;
use tables::Table as _;
use tables::dataset::Event;
use tables::parquet_file::GroupReader;
use vault::Vault;

const KEY: [u8; 32] = *b"a fixed key that everyone knows!";

fn golden() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust")
}

/// The whole trust with its dates in another century: each patient's by an amount of their own.
///
/// X-P1 was in hospital in 2110 and 2114, X-P2 for two years: that does not fit into one.
/// X-N1 is far from every stay of its patient.
fn shifted(work: &Path) -> Model {
    let files = [
        (
            "feeds/episodes.csv",
            "NHS NUMBER,NHS NUMBER STATUS INDICATOR CODE,LOCAL PATIENT IDENTIFIER,\
             HOSPITAL PROVIDER SPELL NUMBER,EPISODE NUMBER,START DATE (EPISODE),\
             END DATE (EPISODE),ACTIVITY TREATMENT FUNCTION CODE\n\
             9990000018,01,X-P1,X-S1,1,2110-05-10,2110-05-12,X-300\n\
             9990000018,01,X-P1,X-S2,1,2114-05-10,2114-05-11,X-300\n\
             9990000026,01,X-P2,X-S3,1,2150-01-01,2152-01-01,X-300\n",
        ),
        (
            "feeds/nursing_contacts.csv",
            "CARE CONTACT IDENTIFIER,NHS NUMBER,LOCAL PATIENT IDENTIFIER,\
             HOSPITAL PROVIDER SPELL NUMBER,EPISODE NUMBER,CARE CONTACT DATE,NURSING HOURS\n\
             X-N1,9990000018,X-P1,,,2112-01-01,3\n\
             X-N2,9990000018,X-P1,X-S2,1,2114-05-10,5\n",
        ),
    ];
    copy(&golden().join("2025-26/ledger"), &work.join("from/ledger"));
    fs::create_dir_all(work.join("from/feeds")).expect("a folder");
    for (name, text) in files {
        fs::write(work.join("from").join(name), text).expect("a file");
    }
    let mut files = Model::load(&golden().join("model")).expect("the model's files");
    for feed in ["episodes", "nursing_contacts"] {
        let mapping = files.get_mut(&format!("intake/{feed}.toml")).expect("the mapping");
        mapping.extend_from_slice(b"\n[rebase]\nevents = \"episodes\"\nreach_days = 30\n");
    }
    Model::parse(files).unwrap_or_else(|found| panic!("{found:#?}")).0
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}

#[test]
fn stays_come_into_the_year_in_their_order() {
    let work = tempfile::tempdir().expect("a folder");
    let model = shifted(work.path());
    let mut vault = Vault::create_with_key(&work.path().join("vault"), KEY).expect("a vault");
    let report = intake::run(Request {
        year: *model.years.keys().next().expect("a year"),
        model: &model,
        from: &work.path().join("from"),
        to: &work.path().join("dataset"),
        vault: &mut vault,
        threads: 1,
        progress: &(),
    })
    .expect("the trust is right");
    let bytes = fs::read(report.dataset.join("events.parquet")).expect("the table");
    let reader = GroupReader::new(bytes::Bytes::from(bytes)).expect("a whole file");
    let events = Event::rows(&reader.all().expect("the rows")).expect("the contract");
    let mut days: Vec<String> = events
        .iter()
        .map(|it| {
            let day =
                |second: i64| domain::Day(i32::try_from((second + 3600) / 86_400).expect("a day"));
            format!("{} to {}", day(it.start_s), day(it.end_s.expect("an end")))
        })
        .collect();
    days.sort();
    // 10 May 2110 is a Saturday, and so is 10 May 2025. The reach of the first stay ends on 11 June,
    // that of the second begins on 10 April 2114, a Tuesday: it comes to 17 June 2025, the first
    // Tuesday behind, and the stay itself, 30 days later, to 17 July.
    expect![[r#"
        2025-05-10 to 2025-05-13
        2025-07-17 to 2025-07-19
        2150-01-01 to 2152-01-02"#]]
    .assert_eq(&days.join("\n"));
    let found: Vec<String> = report
        .findings
        .iter()
        .filter(|it| it.code.starts_with('N'))
        .map(|it| format!("{} {} {}", it.code, it.place.file, it.message))
        .collect();
    expect![[r#"
        N8 feeds/nursing_contacts.csv rows far from every event of their patient kept their shifted dates: 1 row
        N9 feeds/episodes.csv shifted dates were brought into the year with less reach: 1 row
        N10  1 patients"#]]
    .assert_eq(&found.join("\n"));
}
