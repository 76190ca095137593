//! The worked example of a whole trust, from its files to a dataset.

use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use intake::{IntakeReport, Request};
use rules::Model;
use tables::Table;
use tables::parquet_file::GroupReader;
use vault::Vault;

const KEY: [u8; 32] = *b"a fixed key that everyone knows!";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust")
}

fn take_in(work: &Path) -> IntakeReport {
    let files = Model::load(&golden().join("model")).expect("the model's files");
    let (model, _) = Model::parse(files).expect("the model is right");
    let mut vault = Vault::create_with_key(&work.join("vault"), KEY).expect("a vault");
    let request = Request {
        year: *model.years.keys().next().expect("a year"),
        model: &model,
        from: &golden(),
        to: &work.join("dataset"),
        vault: &mut vault,
        threads: 2,
        progress: &(),
    };
    intake::run(request).expect("the trust is right")
}

fn table<T: Table>(report: &IntakeReport, name: &str) -> Vec<T> {
    let bytes = std::fs::read(report.dataset.join(name)).expect("the table is there");
    let reader = GroupReader::new(bytes::Bytes::from(bytes)).expect("a whole file");
    T::rows(&reader.all().expect("the rows")).expect("the contract")
}

#[track_caller]
fn check(lines: &[String], expected: &Expect) {
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn every_row_and_finding_is_listed() {
    let work = tempfile::tempdir().expect("a folder");
    let report = take_in(work.path());
    let inputs: Vec<String> = report
        .manifest
        .inputs
        .iter()
        .map(|it| {
            format!(
                "{} {}: {} = {} + {} + {}, made {}",
                it.feed,
                it.name,
                it.rows_read,
                it.rows_used,
                it.rows_quarantined,
                it.rows_rejected,
                it.rows_made
            )
        })
        .collect();
    check(
        &inputs,
        &expect![[r#"
        episodes 2025-26/feeds/episodes.csv: 3 = 3 + 0 + 0, made 3
        nursing_contacts 2025-26/feeds/nursing_contacts.csv: 4 = 4 + 0 + 0, made 4
        control 2025-26/ledger/control_total.csv: 1 = 1 + 0 + 0, made 1
        ledger 2025-26/ledger/trial_balance.csv: 4 = 4 + 0 + 0, made 4
    "#]],
    );
    let findings: Vec<String> = report
        .findings
        .iter()
        .map(|it| {
            format!(
                "{} {} {} {}: {}",
                it.code,
                it.severity.word(),
                it.place.file,
                it.rows,
                it.message
            )
        })
        .collect();
    check(
        &findings,
        &expect![[r#"
        C13 warning 2025-26/feeds/episodes.csv 3: 3 of 3 rows have a day and no time
    "#]],
    );
}

#[test]
fn events_become_a_table() {
    let work = tempfile::tempdir().expect("a folder");
    let report = take_in(work.path());
    let events: Vec<String> = table::<tables::dataset::Event>(&report, "events.parquet")
        .iter()
        .map(|it| format!("{it:?}"))
        .collect();
    check(
        &events,
        &expect![[r#"
        Event { patient: Key(11337520518779188450399480068058895366), event: Key(245472426611818127429202886994954851861), event_type: "APC", spell: Some(Key(260343923516761868427227750260136149843)), consultant: None, start_s: 1744066800, start_is_day: true, end_s: Some(1744239600), end_is_day: true, specialty: "X-300", site: "", hrg: "", pod: "", category: "OWN", episode_order: 1, admission_method: "", discharge_method: "", attended: "", age_band: "", sex: "", diagnosis: "", procedure: "", band: "", ready_s: None, restricted: false, restricted_reference: None }
        Event { patient: Key(192216310594113195248457187674350600344), event: Key(138922937153430959505877101646564873196), event_type: "APC", spell: Some(Key(17925413358471876594082261927732972836)), consultant: None, start_s: 1744585200, start_is_day: true, end_s: Some(1745017200), end_is_day: true, specialty: "X-300", site: "", hrg: "", pod: "", category: "OWN", episode_order: 1, admission_method: "", discharge_method: "", attended: "", age_band: "", sex: "", diagnosis: "", procedure: "", band: "", ready_s: None, restricted: false, restricted_reference: None }
        Event { patient: Key(192216310594113195248457187674350600344), event: Key(235735055248219596570902800894412088925), event_type: "APC", spell: Some(Key(61591707391931686962660363482733272508)), consultant: None, start_s: 1743548400, start_is_day: true, end_s: Some(1743807600), end_is_day: true, specialty: "X-300", site: "", hrg: "", pod: "", category: "OWN", episode_order: 1, admission_method: "", discharge_method: "", attended: "", age_band: "", sex: "", diagnosis: "", procedure: "", band: "", ready_s: None, restricted: false, restricted_reference: None }
    "#]],
    );
}

#[test]
fn contacts_become_a_table() {
    let work = tempfile::tempdir().expect("a folder");
    let report = take_in(work.path());
    let rows: Vec<String> =
        table::<tables::dataset::FeedRow>(&report, "feeds/nursing_contacts.parquet")
            .iter()
            .map(|it| format!("{it:?}"))
            .collect();
    check(
        &rows,
        &expect![[r#"
        FeedRow { patient: Some(Key(11337520518779188450399480068058895366)), event: Some(Key(245472426611818127429202886994954851861)), row: Key(36367012989322829003909082270393376184), spell: None, start_s: 1744066800, start_is_day: true, end_s: Some(1744066800), code: "", band: "", specialty: "", site: "", location: "", requester: "", quantity_e4: Some(20000), staff_e2: None, cost: None, cost_object: "", session: "", origin: "native" }
        FeedRow { patient: Some(Key(192216310594113195248457187674350600344)), event: Some(Key(235735055248219596570902800894412088925)), row: Key(209268568223433490637214457923909410898), spell: None, start_s: 1743634800, start_is_day: true, end_s: Some(1743634800), code: "", band: "", specialty: "", site: "", location: "", requester: "", quantity_e4: Some(30000), staff_e2: None, cost: None, cost_object: "", session: "", origin: "native" }
        FeedRow { patient: Some(Key(192216310594113195248457187674350600344)), event: Some(Key(138922937153430959505877101646564873196)), row: Key(213398678043944007052388835212766238500), spell: None, start_s: 1744671600, start_is_day: true, end_s: Some(1744671600), code: "", band: "", specialty: "", site: "", location: "", requester: "", quantity_e4: Some(50000), staff_e2: None, cost: None, cost_object: "", session: "", origin: "native" }
        FeedRow { patient: Some(Key(219014006064282042372318479018979402139)), event: None, row: Key(6277514069506648563049798487604579584), spell: None, start_s: 1744239600, start_is_day: true, end_s: Some(1744239600), code: "", band: "", specialty: "", site: "", location: "", requester: "", quantity_e4: Some(20000), staff_e2: None, cost: None, cost_object: "", session: "", origin: "native" }
    "#]],
    );
}

#[test]
fn the_ledger_becomes_a_table() {
    let work = tempfile::tempdir().expect("a folder");
    let report = take_in(work.path());
    let ledger: Vec<String> = table::<tables::dataset::LedgerLine>(&report, "ledger.parquet")
        .iter()
        .map(|it| format!("{} {} {}", it.ledger_line, it.cost_centre_name, it.amount))
        .collect();
    check(
        &ledger,
        &expect![[r#"
            X-CC-ESTATES/X-5000/p01 Estates £100.000000
            X-CC-PEOPLE/X-1000/p01 People services £60.000000
            X-CC-RESEARCH/X-5000/p01 Research £40.000000
            X-CC-WARD/X-1000/p01 Ward £300.000000
        "#]],
    );
}
