//! Properties that hold whatever goes wrong: counts, order of rows, threads, identities.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use arrow::array::{Array as _, StringArray};
use proptest::prelude::*;
use proptest::sample::subsequence;
use tables::parquet_file::GroupReader;

use crate::trust::{Outcome, Trust};
use crate::{cases, golden};

/// Each case takes the trust in as a whole, so a few say much.
const TRIES: u32 = 24;

/// Numbers and identifiers of the clean trust's patients.
const CANARIES: [&str; 12] = [
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
        no_identity_in(&trust);
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

/// Asserts that no identifier of a patient stands in any file of the dataset.
fn no_identity_in(trust: &Trust) {
    let mut folders = vec![trust.dataset()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
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

/// All text of a file: of a table, that of its text columns.
fn text_of(path: &Path) -> String {
    let bytes = fs::read(path).expect("the file");
    if path.extension().is_none_or(|it| it != "parquet") {
        return String::from_utf8(bytes).expect("a file of text");
    }
    let reader = GroupReader::new(bytes::Bytes::from(bytes)).expect("a whole table");
    let batch = reader.all().expect("all rows");
    let texts = batch.columns().iter().filter_map(|it| it.as_any().downcast_ref::<StringArray>());
    texts.flat_map(|it| (0..it.len()).map(|row| it.value(row))).collect::<Vec<_>>().join("\n")
}
