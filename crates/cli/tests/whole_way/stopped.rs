//! Work that is killed at any moment leaves nothing that stands in the way: done again, it gives
//! the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::program::{TRUST, command, copy, last_line};

/// Moments of the kill in milliseconds, spread over what the work takes.
const MOMENTS: [u64; 6] = [15, 120, 450, 1_100, 2_300, 4_700];

#[test]
fn a_killed_costing_is_done_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = folder.path().join("runs").to_string_lossy().into_owned();
    let arguments = ["cost", "--runs", &runs, "--quiet"];
    let killed = kill_at_moments(&arguments);
    let costed = TRUST.concord(&arguments).done();
    let run = Path::new(last_line(&costed));
    assert_eq!(bytes_below(run), bytes_below(&TRUST.folder().join(&TRUST.run)));
    assert!(killed > 0, "the work was stopped at least once");
}

#[test]
fn a_killed_intake_is_done_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (dataset, vault) = (path("dataset"), path("vault"));
    copy(&TRUST.folder().join("vault"), &folder.path().join("vault"));
    let arguments = ["intake", "--to", &dataset, "--vault", &vault, "--quiet"];
    let killed = kill_at_moments(&arguments);
    TRUST.concord(&arguments).done();
    let made = bytes_below(Path::new(&dataset));
    assert_eq!(made, bytes_below(&TRUST.folder().join("datasets/2025-26")));
    assert!(killed > 0, "the work was stopped at least once");
}

/// Where the memory that it may use runs out, a costing ends by itself and leaves no run.
#[test]
fn a_costing_without_memory_leaves_no_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = folder.path().join("runs");
    let ended = |memory: &str| {
        command(TRUST.folder())
            .args(["cost", "--afresh", "--quiet", "--memory", memory, "--runs"])
            .arg(&runs)
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("the program starts")
            .status
            .success()
    };
    assert!(!ended("16MiB"));
    let entries = fs::read_dir(&runs).into_iter().flatten().flatten();
    let in_place = entries.filter(|it| !it.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(in_place.count(), 0);
    assert!(ended("2GiB"));
}

/// Starts the work and kills it, once for each moment; gives how often it had not ended before.
fn kill_at_moments(arguments: &[&str]) -> usize {
    let mut killed = 0;
    for moment in MOMENTS {
        let mut child = command(TRUST.folder())
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        sleep(Duration::from_millis(moment));
        if child.try_wait().expect("it can be asked").is_none() {
            child.kill().expect("it can be killed");
            killed += 1;
        }
        child.wait().expect("it has ended");
    }
    killed
}

/// Every file below a folder with its bytes; names are enough to tell a difference.
pub(crate) fn bytes_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    assert!(found.contains_key("manifest.json"), "{} is whole", folder.display());
    found
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is there").path();
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
            found.insert(name, fs::read(&path).expect("reads"));
        }
    }
}
