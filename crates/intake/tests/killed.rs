//! An intake that is killed leaves the dataset before or the new one, and running again works.
//!
//! This test is a program of its own that starts itself again: the child takes a trust in and stops
//! at a step for good, or goes on, and is killed as `kill -9` does it.

#[path = "bad_input/trust.rs"]
#[expect(dead_code, reason = "the cases of bad input use more of it")]
mod trust;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::trust::Trust;

const CHILD: &str = "--child";
/// Steps at which the child stops and waits to be killed: of its stages and files, in order.
const STEPS: [usize; 6] = [0, 2, 15, 31, 33, 35];
/// Milliseconds after the last step, when the child writes, exchanges and ends.
const LATER: [u64; 10] = [0, 3, 6, 10, 15, 20, 30, 60, 150, 400];
const MEDICINES: &str = "feeds/medicines.csv";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|it| it == CHILD) {
        Some(at) => {
            child(Path::new(&arguments[at + 1]), arguments[at + 2].parse().expect("a number"));
        }
        None => parent(),
    }
}

/// Takes the trust of a folder in, and waits for ever at a step.
fn child(work: &Path, step: usize) {
    let stopping = Stopping { step, met: AtomicUsize::new(0) };
    let trust = Trust { folder: work.to_owned(), _temporary: None };
    let outcome = trust.take_in_with(2, &stopping);
    assert_eq!(outcome.refused(), None);
}

struct Stopping {
    step: usize,
    met: AtomicUsize,
}

impl Stopping {
    fn meet(&self, name: &str) {
        let met = self.met.fetch_add(1, Ordering::SeqCst);
        if met == self.step || (self.step == usize::MAX && name.starts_with("writing findings")) {
            tell("here");
            while self.step != usize::MAX && self.met.load(Ordering::SeqCst) > 0 {
                std::thread::park();
            }
        }
    }
}

impl intake::Progress for Stopping {
    fn stage(&self, name: &str) {
        self.meet(name);
    }
    fn opening(&self, _: &str, _: &str) {
        self.meet("");
    }
    fn read(&self, _: &str, _: &str, _: u64) {
        self.meet("");
    }
}

fn tell(words: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{words}").and_then(|()| out.flush()).expect("somebody listens");
}

fn parent() {
    let clean = Trust::laid_out();
    assert_eq!(clean.take_in().refused(), None);
    let before = files_below(&clean.dataset());
    let done = again(&clean);
    assert_eq!(done.take_in().refused(), None);
    let after = files_below(&done.dataset());
    assert!(before != after && before.len() > 10, "the two datasets differ");
    let mut outcomes = (0, 0);
    for step in STEPS {
        let trust = again(&clean);
        kill(&trust, step, Duration::ZERO);
        assert!(files_below(&trust.dataset()) == before, "step {step}: the dataset before stays");
        outcomes.0 += 1;
        running_again_works(&trust, &after);
    }
    for wait in LATER {
        let trust = again(&clean);
        kill(&trust, usize::MAX, Duration::from_millis(wait));
        let found = files_below(&trust.dataset());
        let (old, new) = (found == before, found == after);
        assert!(old || new, "after {wait} ms: one of the two datasets, whole");
        outcomes = (outcomes.0 + u32::from(old), outcomes.1 + u32::from(new));
        running_again_works(&trust, &after);
    }
    tell(&format!(
        "killed {} times: the dataset before {}, the new one {}",
        STEPS.len() + LATER.len(),
        outcomes.0,
        outcomes.1
    ));
    first_time(&after);
}

/// Where nothing was there before, nothing or the whole dataset is there after a kill.
fn first_time(after: &BTreeMap<String, Vec<u8>>) {
    let trust = Trust::laid_out();
    kill(&trust, STEPS[4], Duration::ZERO);
    assert!(!trust.dataset().exists(), "no dataset is there");
    assert_eq!(trust.take_in().refused(), None);
    assert!(files_below(&trust.dataset()).len() + 1 >= after.len(), "a whole dataset");
}

/// A copy of the trust, its dataset and its vault, with one file that has a row more.
fn again(clean: &Trust) -> Trust {
    let trust = Trust::copied(clean);
    let more = "9990000026,X-P2,2025-04-09 08:00,AMOXICILLIN,21,2.10\n";
    trust.write(MEDICINES, trust.read(MEDICINES) + more);
    trust
}

/// Starts a child, waits until it is at its step, and so long again, and kills it.
fn kill(trust: &Trust, step: usize, wait: Duration) {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args([CHILD, trust.work().to_str().expect("a plain path"), &step.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program starts");
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
    output.read_line(&mut line).expect("the child tells");
    assert_eq!(line, "here\n", "the child comes to step {step}");
    std::thread::sleep(wait);
    child.kill().expect("the child can be killed");
    child.wait().expect("the child ends");
}

/// What was left is in the way of nothing: the same intake gives the new dataset.
fn running_again_works(trust: &Trust, after: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(trust.take_in().refused(), None);
    assert!(files_below(&trust.dataset()) == *after, "the new dataset is there, whole");
    let left: Vec<String> = fs::read_dir(trust.work())
        .expect("the folder")
        .map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|it| it.contains(".partial") || it.contains(".aside"))
        .collect();
    assert!(left.is_empty(), "{left:?} is left over");
}

/// All files below a folder, with their bytes.
fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder_now) = folders.pop() {
        for entry in fs::read_dir(&folder_now).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below it").display().to_string();
            files.insert(name, fs::read(&path).expect("the file"));
        }
    }
    files
}
