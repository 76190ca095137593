//! What is taken over from earlier costings changes no byte, and is really taken over.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use domain::FinancialYear;
use proptest::prelude::*;
use rules::Model;

use super::super::{CostRequest, cost};
use super::Folder;
use crate::cp4_weights::{Apart, BucketPart};
use crate::given_activity::{Cut, WHOLE};
use crate::kept::{Keep, KeptFeeds};
use crate::random_trust::{MANY, trusts};

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// Other rules on the same rows: whatever of the feeds is taken over, no byte differs.
    #[test]
    fn taking_over_changes_no_byte(trust in trusts(MANY), other in trusts(MANY), more in 1..3_i64) {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = KeptFeeds::new(keep(folder.path()));
        let cut = Cut { buckets: 7, threads: 2 };
        let first = trust.run_keeping(cut, Some(&kept));
        let mut changed = trust.clone();
        changed.rules.settings = other.rules.settings;
        changed.rules.feeds = other.rules.feeds.clone();
        let mut weighed = trust.clone();
        for table in weighed.rules.relative_weights.values_mut() {
            for it in table.values_mut() {
                *it += more;
            }
        }
        let mut matched = trust.clone();
        for rules in matched.rules.matching.values_mut() {
            rules.truncate(1);
        }
        let mut shorter = trust.clone();
        for set in shorter.rules.weight_sets.values_mut() {
            set.minimum_seconds += 60 * more;
        }
        let mut fewer = trust.clone();
        for rows in fewer.rows.feeds.values_mut() {
            rows.pop();
        }
        for given in [&trust, &changed, &weighed, &matched, &shorter, &fewer] {
            let afresh = given.run(cut);
            let again = given.run_keeping(cut, Some(&kept));
            let (Ok(afresh), Ok(again)) = (&afresh, &again) else {
                prop_assert_eq!(format!("{afresh:?}"), format!("{again:?}"));
                continue;
            };
            prop_assert_eq!(&afresh.files, &again.files);
            prop_assert_eq!(&afresh.findings, &again.findings);
        }
        prop_assert_eq!(first.is_ok(), trust.run(WHOLE).is_ok());
    }
}

/// A statistic of the worked example, and what it is changed to.
const STATISTIC: (&str, &str) = ("X-AREA,X-PEOPLE,20,", "X-AREA,X-PEOPLE,30,");

/// Keeps in a folder, as one build of the program.
fn keep(feeds: &Path) -> Keep<'_> {
    Keep { feeds, build: "test" }
}

/// Inodes of what feeds came to: what is written anew has another.
fn inodes(folder: &Path) -> BTreeMap<std::ffi::OsString, u64> {
    let entries = std::fs::read_dir(folder).expect("feeds were kept").flatten();
    entries.map(|it| (it.file_name(), it.metadata().expect("it is there").ino())).collect()
}

/// Bytes and inode of every file of a run.
fn files(run: &Path) -> BTreeMap<String, (Vec<u8>, u64)> {
    let mut all = BTreeMap::new();
    for folder in ["", "event_costs", "weights"] {
        for entry in std::fs::read_dir(run.join(folder)).expect("a run has it").flatten() {
            if entry.path().is_file() {
                let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
                let inode = entry.metadata().expect("it is there").ino();
                all.insert(name, (std::fs::read(entry.path()).expect("it is there"), inode));
            }
        }
    }
    all
}

/// The model of the worked example with a word of one file replaced.
fn with(folder: &mut Folder, file: &str, (from, to): (&str, &str)) {
    let mut files = folder.model.files.clone();
    let text = String::from_utf8(files[file].clone()).expect("it is text");
    assert!(text.contains(from), "{text}");
    files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
    (folder.model, _) = Model::parse(files).expect("its model has no fault");
}

#[test]
fn a_changed_statistic_matches_nothing_again_and_unchanged_files_are_taken_over() {
    let mut folder = Folder::new();
    let feeds = folder.folder.path().join("kept");
    let before = folder.cost_keeping(Some(keep(&feeds)));
    let (kept, old) = (inodes(&feeds), files(&before.path));
    assert_eq!(kept.len(), 2);
    with(&mut folder, "statistics.csv", STATISTIC);
    let after = folder.cost_keeping(Some(keep(&feeds)));
    assert_eq!(inodes(&feeds), kept);
    assert_ne!(before.id, after.id);
    assert_eq!(files(&before.path), old, "the earlier run stays as it was");
    let new = files(&after.path);
    let taken: Vec<&String> = new
        .iter()
        .filter(|(name, it)| old.get(*name).is_some_and(|old| old.1 == it.1))
        .map(|it| it.0)
        .collect();
    assert!(taken.iter().any(|it| it.starts_with("weights/")), "{taken:?}");
    assert!(taken.contains(&&"/event_activities.parquet".to_owned()), "{taken:?}");
    // The same from scratch, elsewhere.
    let mut fresh = Folder::new();
    with(&mut fresh, "statistics.csv", STATISTIC);
    let fresh = files(&fresh.cost().path);
    let bytes = |all: &BTreeMap<String, (Vec<u8>, u64)>| -> BTreeMap<String, Vec<u8>> {
        all.iter().map(|(name, it)| (name.clone(), it.0.clone())).collect()
    };
    assert_eq!(bytes(&new), bytes(&fresh));
}

#[test]
fn what_was_kept_and_is_damaged_is_worked_out_again() {
    let mut folder = Folder::new();
    let feeds = folder.folder.path().join("kept");
    let before = folder.cost_keeping(Some(keep(&feeds)));
    for entry in std::fs::read_dir(&feeds).expect("feeds were kept").flatten() {
        let mut bytes = std::fs::read(entry.path()).expect("it is there");
        *bytes.last_mut().expect("it is not empty") ^= 1;
        std::fs::write(entry.path(), bytes).expect("it can be written");
    }
    // A file of the earlier run too: the new run must not take it over.
    let weights = std::fs::read_dir(before.path.join("weights")).expect("a run has weights");
    let changed = weights.flatten().next().expect("there is one").path();
    std::fs::write(&changed, b"other bytes").expect("it can be written");
    with(&mut folder, "statistics.csv", STATISTIC);
    let after = folder.cost_keeping(Some(keep(&feeds)));
    assert!(crate::verify(&after.path, Some(&folder.dataset())).expect("it is a run").holds());
}

#[test]
fn another_build_of_the_program_takes_nothing_over() {
    let mut folder = Folder::new();
    let feeds = folder.folder.path().join("kept");
    let before = files(&folder.cost_keeping(Some(keep(&feeds))).path);
    with(&mut folder, "statistics.csv", STATISTIC);
    let other = Keep { feeds: &feeds, build: "another" };
    let after = files(&folder.cost_keeping(Some(other)).path);
    assert_eq!(inodes(&feeds).len(), 4);
    let shared =
        after.iter().filter(|(name, it)| before.get(*name).is_some_and(|old| old.1 == it.1));
    assert_eq!(shared.count(), 0);
}

/// Buckets that were weighed apart, as executors of a cluster do, are taken over.
#[test]
fn buckets_that_were_weighed_apart_change_no_byte() {
    let folder = Folder::new();
    let feeds = folder.folder.path().join("kept");
    let year = FinancialYear::beginning(2025);
    let apart = Apart::open(&folder.dataset(), &folder.model, year, keep(&feeds))
        .expect("it can be opened");
    assert_eq!((apart.buckets(), apart.weighed(), apart.is_known()), (4, 0, false));
    let parts: Vec<BucketPart> =
        (0..apart.buckets()).map(|it| apart.weigh(it, "a").expect("it can be weighed")).collect();
    assert_eq!(apart.weighed(), 4);
    // Three events and four contacts, each in one bucket.
    assert_eq!((apart.rows(), parts.iter().map(|it| it.rows).sum::<i64>()), (7, 7));
    for (bucket, part) in (0..).zip(&parts) {
        assert_eq!(apart.weigh(bucket, "b").expect("it is there"), *part);
        assert_eq!(apart.hash(bucket).expect("it is there"), part.sha256);
    }
    let run = files(&folder.cost_keeping(Some(keep(&feeds))).path);
    assert_eq!((apart.weighed(), apart.is_known()), (0, true));
    let bytes = |all: &BTreeMap<String, (Vec<u8>, u64)>| -> BTreeMap<String, Vec<u8>> {
        all.iter().map(|(name, it)| (name.clone(), it.0.clone())).collect()
    };
    assert_eq!(bytes(&run), bytes(&files(&Folder::new().cost().path)));
}

/// What is kept goes by its name: where another bucket's stands there, the bucket is weighed again.
#[test]
fn a_bucket_that_is_another_one_is_not_used() {
    let folder = Folder::new();
    let feeds = folder.folder.path().join("kept");
    let year = FinancialYear::beginning(2025);
    let apart = Apart::open(&folder.dataset(), &folder.model, year, keep(&feeds))
        .expect("it can be opened");
    for bucket in 0..apart.buckets() {
        apart.weigh(bucket, "a").expect("it can be weighed");
    }
    let entries = std::fs::read_dir(feeds.join("buckets")).expect("buckets were kept").flatten();
    let mut all: Vec<_> = entries.map(|it| it.path()).collect();
    all.sort_by_key(|it| std::fs::metadata(it).expect("it is there").len());
    // Three patients leave at least one of four buckets without rows.
    let smallest = std::fs::read(&all[0]).expect("it is there");
    for path in &all {
        std::fs::write(path, &smallest).expect("it can be written");
    }
    let manifest = |runs: &str, keep: Option<Keep<'_>>| {
        let request = CostRequest {
            dataset: &folder.dataset(),
            model: &folder.model,
            year,
            runs: &folder.folder.path().join(runs),
            threads: 1,
            keep,
            progress: &|_| {},
        };
        let run = cost(&request).expect("it can be costed").path;
        std::fs::read(run.join("manifest.json")).expect("a run has one")
    };
    assert_eq!(manifest("mixed", Some(keep(&feeds))), manifest("alone", None));
}
