//! Properties that hold whatever goes wrong: counts, order of rows, threads, identities.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use arrow::array::{Array as _, StringArray};
use domain::Money;
use proptest::prelude::*;
use proptest::sample::subsequence;
use tables::Table as _;
use tables::parquet_file::GroupReader;

use crate::costed::{self, Costed};
use crate::trust::{Outcome, Trust};
use crate::{cases, golden};

/// Each case takes the trust in as a whole, so a few say much.
const TRIES: u32 = 12;

/// Numbers, identifiers and births of the clean trust's patients, and what could be of them.
const CANARIES: [&str; 16] = [
    "9990000018",
    "9990000026",
    "9990000034",
    "9990000042",
    "9990000050",
    "9990000069",
    "X-P1",
    "X-P2",
    "X-P3",
    "X-P4",
    "X-S1",
    "C9999998",
    "999 000 ",
    "999-000-",
    "999/000/",
    "1950-06-01",
];

/// Cells that no extract should hold, and some do.
const STRANGE: [&str; 23] = [
    "2025-1-1€",
    "é",
    "\u{202e}9990000018",
    "999 000 0018",
    "999/000/0018",
    "-",
    "--",
    "()",
    "(£)",
    "1E5-",
    "9999999999999999999999999",
    "-9223372036854775808",
    "0.00000000000000000001",
    "1,2,3",
    "%",
    "{SPELL}",
    "=1+1",
    "#",
    "'",
    "2025-10-26 01:30",
    "0000-00-00",
    "9999-12-31 24:00",
    "\u{0}x",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(TRIES))]

    /// Any mix of cases: every row read is used, quarantined or rejected.
    #[test]
    fn every_row_is_accounted_for(mix in subsequence(text_cases(), 1..5)) {
        let trust = Trust::laid_out();
        for case in &mix {
            trust.lay_over(&golden().join(case));
        }
        let outcome = trust.take_in();
        outcome.counted();
        no_identity_beside(&trust, &outcome);
    }

    /// What is taken in is costed to the penny, or refused with a reason: whatever the mix.
    #[test]
    fn what_is_taken_in_is_costed_or_refused(mix in subsequence(text_cases(), 1..4)) {
        let trust = Trust::laid_out();
        for case in &mix {
            trust.lay_over(&golden().join(case));
        }
        // A costing that does not close to the ledger would be an error, and no refusal.
        match costed::cost(&trust) {
            Costed::Refused(findings) => prop_assert!(!findings.is_empty()),
            Costed::Run(_) => prop_assert!(differences_of(&trust).iter().all(|it| it.is_zero())),
        }
    }

    /// Strange cells anywhere: every row is accounted for, and nobody is named.
    #[test]
    fn strange_cells_are_accounted_for(
        changes in prop::collection::vec((0_usize..99, 0_usize..99, 0_usize..99, cell()), 1..6),
    ) {
        let trust = Trust::laid_out();
        for (file, row, column, cell) in &changes {
            let names = text_files(&trust);
            let name = &names[file % names.len()];
            // The texts of a ledger are no patient's and stay as they are.
            if !is_of_the_ledger(name) || !cell.contains("999") {
                change_cell(&trust, name, (*row, *column), cell);
            }
        }
        let outcome = trust.take_in();
        outcome.counted();
        no_identity_beside(&trust, &outcome);
    }

    /// The order of rows in the files changes no table, byte for byte.
    #[test]
    fn the_order_of_rows_is_nothing(seed in any::<u64>()) {
        let straight = Trust::laid_out();
        let shuffled = Trust::laid_out();
        for folder in ["feeds", "ledger"] {
            for entry in fs::read_dir(shuffled.from().join(folder)).expect("the folder") {
                shuffle(&entry.expect("an entry").path(), seed);
            }
        }
        prop_assert_eq!(tables(&straight.take_in()), tables(&shuffled.take_in()));
    }

    /// The number of threads changes nothing at all.
    #[test]
    fn threads_are_nothing(threads in 1_usize..6, mix in subsequence(text_cases(), 0..3)) {
        let (one, many) = (Trust::laid_out(), Trust::laid_out());
        for case in &mix {
            one.lay_over(&golden().join(case));
            many.lay_over(&golden().join(case));
        }
        let (one, many) = (one.take_in_with(1, &()), many.take_in_with(threads, &()));
        prop_assert_eq!(one.findings(), many.findings());
        prop_assert_eq!(files(&one), files(&many));
    }
}

/// A strange cell, or any text at all.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(STRANGE.to_vec()).prop_map(str::to_owned),
        "[ -~£€é]{0,12}",
        any::<String>(),
    ]
}

/// The trust's feeds and ledger files.
fn text_files(trust: &Trust) -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["feeds", "ledger"] {
        for entry in fs::read_dir(trust.from().join(folder)).expect("the folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
            names.push(format!("{folder}/{name}"));
        }
    }
    names.sort();
    names
}

fn is_of_the_ledger(name: &str) -> bool {
    name.starts_with("ledger/") && name != "ledger/income.csv"
}

/// Puts a cell into a row behind the header, quoted as CSV wants it.
fn change_cell(trust: &Trust, name: &str, (row, column): (usize, usize), cell: &str) {
    let text = trust.read(name);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let Some(rows) = lines.len().checked_sub(1).filter(|it| *it > 0) else { return };
    let line = &mut lines[1 + row % rows];
    // Cells that were changed before may hold commas; then a neighbour is changed, or two are.
    let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
    let column = column % cells.len();
    cells[column] = format!("\"{}\"", cell.replace('"', "\"\""));
    *line = cells.join(",");
    trust.write(name, lines.join("\n") + "\n");
}

/// What every identity of a run leaves open.
fn differences_of(trust: &Trust) -> Vec<Money> {
    let run = fs::read_dir(trust.runs()).expect("the runs").filter_map(Result::ok);
    let run = run.map(|it| it.path()).find(|it| it.is_dir()).expect("a run");
    let bytes = fs::read(run.join("reconciliation.parquet")).expect("the identities are told");
    let batch = GroupReader::new(bytes::Bytes::from(bytes)).expect("a table").all().expect("rows");
    let rows = tables::run::Identity::rows(&batch).expect("the contract");
    assert!(!rows.is_empty(), "a run tells its identities");
    rows.into_iter().map(|it| it.difference).collect()
}

/// Cases that are files only and leave the model as it is.
fn text_cases() -> Vec<String> {
    let plain = |case: &String| {
        let folder = golden().join(case);
        folder.is_dir() && !folder.join("model").exists()
    };
    cases().into_iter().filter(plain).collect()
}

/// Hashes of all files of a dataset, by name; none if it was refused.
fn files(outcome: &Outcome) -> BTreeMap<String, String> {
    let report = outcome.0.as_ref().ok();
    let files = report.into_iter().flat_map(|it| &it.manifest.files);
    files.map(|it| (it.name.clone(), it.sha256.clone())).collect()
}

/// Hashes of its tables.
fn tables(outcome: &Outcome) -> BTreeMap<String, String> {
    assert_eq!(outcome.refused(), None);
    let mut files = files(outcome);
    files.retain(|name, _| Path::new(name).extension().is_some_and(|it| it == "parquet"));
    assert!(files.len() > 8, "the tables are there");
    files
}

/// Puts the rows of a file behind its header into another order.
fn shuffle(path: &Path, seed: u64) {
    let text = fs::read_to_string(path).expect("a file of text");
    let mut lines: Vec<&str> = text.lines().collect();
    // Any order will do: rows turn round by as much as the seed says, and then backwards.
    let rows = &mut lines[1..];
    let length = u64::try_from(rows.len().max(1)).expect("a few rows");
    rows.rotate_left(usize::try_from(seed % length).expect("a few rows"));
    if seed.is_multiple_of(2) {
        rows.reverse();
    }
    fs::write(path, lines.join("\n") + "\n").expect("the file can be written");
}

/// Asserts that no identifier of a patient stands in any finding, message or file but the trust's
/// own and the vault's.
fn no_identity_beside(trust: &Trust, outcome: &Outcome) {
    let told = format!("{:?} {:?}", outcome.findings(), outcome.0);
    for canary in CANARIES {
        assert!(!told.contains(canary), "{canary} stands in a message: {told}");
    }
    let mut folders = vec![trust.work().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path == trust.from() || path == trust.work().join("vault") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = text_of(&path);
            for canary in CANARIES {
                assert!(!text.contains(canary), "{canary} stands in {}", path.display());
            }
        }
    }
}

/// The search finds what it looks for: the vault has the numbers, and only it.
#[test]
fn only_the_vault_knows() {
    let trust = Trust::laid_out();
    let outcome = trust.take_in();
    no_identity_beside(&trust, &outcome);
    let mut vault = Vec::new();
    for entry in fs::read_dir(trust.work().join("vault")).expect("the vault") {
        vault.extend(fs::read(entry.expect("an entry").path()).expect("a file"));
    }
    assert!(String::from_utf8_lossy(&vault).contains("nhs|9990000018"));
}

/// All text of a file: its bytes as they are and, of a table, that of its text columns.
fn text_of(path: &Path) -> String {
    let bytes = fs::read(path).expect("the file");
    if path.extension().is_none_or(|it| it != "parquet") {
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let raw = String::from_utf8_lossy(&bytes).into_owned();
    let reader = GroupReader::new(bytes::Bytes::from(bytes)).expect("a whole table");
    let batch = reader.all().expect("all rows");
    let texts = batch.columns().iter().filter_map(|it| it.as_any().downcast_ref::<StringArray>());
    texts.flat_map(|it| (0..it.len()).map(|row| it.value(row))).collect::<Vec<_>>().join("\n")
        + &raw
}
