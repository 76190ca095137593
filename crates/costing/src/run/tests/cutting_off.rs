//! What a costing that was killed leaves behind is in nobody's way.

use std::fs;

use super::{Folder, files};

/// Whatever a killed costing had written, the next one gives the bytes of one that was not killed.
#[test]
fn a_costing_that_was_killed_is_done_again() {
    let undisturbed = Folder::new();
    let whole = undisturbed.cost();
    let wanted = files(&whole.path);
    // Before the first file, after some, in the middle of one, and just before the last rename.
    for written in [0, 1, wanted.len() / 2, wanted.len()] {
        for cut in [true, false] {
            let folder = Folder::new();
            let left = folder.runs().join(format!(".unfinished-{}", whole.id));
            fs::create_dir_all(&left).expect("made");
            for (index, (name, bytes)) in wanted.iter().take(written).enumerate() {
                let path = left.join(name);
                fs::create_dir_all(path.parent().expect("below the run")).expect("made");
                let half = cut && index + 1 == written;
                let bytes = if half { &bytes[..bytes.len() / 2] } else { &bytes[..] };
                fs::write(path, bytes).expect("written");
            }
            fs::write(left.join("of an older engine.parquet"), b"left over").expect("written");
            let again = folder.cost();
            assert!(!again.unchanged, "what was left is no run");
            assert_eq!(again.id, whole.id);
            assert!(files(&again.path) == wanted, "{written} files were there, cut: {cut}");
            assert!(!left.exists(), "what was left is gone");
        }
    }
}

/// The next costing may be of another dataset or model: patients' costs do not lie about in hidden
/// folders.
#[test]
fn what_another_costing_left_is_taken_away() {
    let folder = Folder::new();
    let left = folder.runs().join(".unfinished-0123456789abcdef");
    fs::create_dir_all(left.join("event_costs")).expect("made");
    fs::write(left.join("event_costs/NURSES.parquet"), b"half").expect("written");
    fs::create_dir_all(folder.runs().join("notes")).expect("made");
    let run = folder.cost();
    let mut names: Vec<String> = fs::read_dir(folder.runs())
        .expect("read")
        .map(|it| it.expect("read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut wanted = vec![".lock".to_owned(), run.id, "notes".to_owned()];
    wanted.sort();
    assert_eq!(names, wanted);
}

/// A folder in a run's place without a manifest is not taken for a run, nor taken away.
#[test]
fn a_folder_without_a_manifest_is_told() {
    let folder = Folder::new();
    let run = folder.cost();
    fs::remove_file(run.path.join("manifest.json")).expect("removed");
    let request = super::CostRequest {
        dataset: &folder.dataset(),
        model: &folder.model,
        year: domain::FinancialYear::beginning(2025),
        runs: &folder.runs(),
        threads: 1,
        keep: None,
        progress: &|_| {},
    };
    let error = super::cost(&request).expect_err("the folder is in the way").to_string();
    assert!(error.contains("without a manifest.json; move it away"), "{error}");
    assert!(run.path.join("pools.parquet").exists());
}
