//! How far an engine is: lines that it appends to a file, and that the site reads.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use domain::Money;
use serde::{Deserialize, Serialize};

use crate::words;

/// Steps are written no more often than this; the latest is never left out.
pub const PAUSE: Duration = Duration::from_millis(200);

/// How far the work is. There is no patient's data in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Grows with every line of the file.
    pub at_seq: u64,
    /// What is being done.
    pub stage: String,
    /// How much of the stage is done.
    pub done: u64,
    /// Of how much; 0 if that is not known.
    pub total: u64,
    /// The same for people.
    pub message: String,
}

/// How the work ended: the last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// In one word.
    pub outcome: Outcome,
    /// Exit code of the engine.
    pub exit_code: u8,
    /// What was made or found, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<JobResult>,
    /// What happened, and what to do next.
    pub message: String,
}

/// How work ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As wanted, also with findings that wait for acceptance.
    Done,
    /// A break, a mistake or a fault.
    Failed,
    /// Something in what was given forbids it; findings say what.
    Refused,
    /// Stopped because somebody asked.
    Cancelled,
}

/// What a job made or found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobResult {
    /// Folder of the dataset that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<PathBuf>,
    /// Folder of the run that was written or read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<PathBuf>,
    /// Files that were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PathBuf>,
    /// Whether the same had been done before, so that nothing was written.
    pub unchanged: bool,
    /// How many of what: rows read, findings, breaks.
    pub counts: BTreeMap<String, u64>,
    /// What waits for acceptance.
    pub outstanding: Outstanding,
}

/// Findings that wait for acceptance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outstanding {
    /// How many.
    pub findings: u64,
    /// How much money they touch.
    #[serde(with = "words::pounds")]
    pub pounds: Money,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Ended(Ending),
    Step(Step),
}

/// What was read of a progress file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Steps since the place from which it was read, in their order.
    pub steps: Vec<Step>,
    /// How the work ended, if an ending is the last line.
    pub ending: Option<Ending>,
    /// Where to read on.
    pub offset: u64,
}

impl Progress {
    /// Reads whole lines from a place on; a line that is still being written is left for later.
    /// No file is no progress. What is no line of ours, such as one that a cut-off engine left
    /// half-written, is passed over.
    ///
    /// # Errors
    ///
    /// What the system says if the file cannot be read.
    pub fn read_from(path: &Path, offset: u64) -> io::Result<Self> {
        let mut found = Self { offset, ..Self::default() };
        let mut file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            opened => opened?,
        };
        if file.metadata()?.len() < offset {
            found.offset = 0;
        }
        file.seek(SeekFrom::Start(found.offset))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        for line in bytes.split_inclusive(|it| *it == b'\n') {
            if !line.ends_with(b"\n") {
                break;
            }
            found.offset += line.len() as u64;
            found.ending = None;
            match serde_json::from_slice(line) {
                Ok(Line::Ended(ending)) => found.ending = Some(ending),
                Ok(Line::Step(step)) => found.steps.push(step),
                Err(_) => {}
            }
        }
        Ok(found)
    }
}

/// Appends steps and one ending to a progress file.
///
/// A step that comes soon after another waits, and gives way to a later one; so the file grows
/// slowly, and its last line is never old.
#[derive(Debug)]
pub struct ProgressWriter {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    file: File,
    waiting: Option<Step>,
    at_seq: u64,
    ended: bool,
}

impl ProgressWriter {
    /// Opens or makes the file. An earlier attempt's lines stay, and numbers go on from them.
    ///
    /// # Errors
    ///
    /// What the system says if the file cannot be written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let mut before = Vec::new();
        file.read_to_end(&mut before)?;
        if before.last().is_some_and(|it| *it != b'\n') {
            file.write_all(b"\n")?;
        }
        let lines = before.split(|it| *it == b'\n').filter(|it| !it.is_empty()).count();
        let state = State { file, waiting: None, at_seq: lines as u64, ended: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let writer = Arc::clone(&shared);
        std::thread::Builder::new().name("progress".to_owned()).spawn(move || writer.write())?;
        Ok(Self { shared })
    }

    /// Says how far the work is; its number is given here.
    pub fn step(&self, step: Step) {
        self.shared.lock().waiting = Some(step);
        self.shared.changed.notify_all();
    }

    /// Writes how the work ended; nothing is written after it. Gives whether this was the first
    /// ending: a second is not written.
    ///
    /// # Errors
    ///
    /// What the system says if the line cannot be written.
    pub fn end(&self, ending: &Ending) -> io::Result<bool> {
        #[derive(Serialize)]
        struct Last<'a> {
            at_seq: u64,
            #[serde(flatten)]
            ending: &'a Ending,
        }
        let mut state = self.shared.lock();
        if state.ended {
            return Ok(false);
        }
        state.write_waiting();
        state.ended = true;
        self.shared.changed.notify_all();
        state.at_seq += 1;
        let last = Last { at_seq: state.at_seq, ending };
        state.append(&last)?;
        state.file.sync_all()?;
        Ok(true)
    }
}

impl Drop for ProgressWriter {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits, pauses, and so on until the end.
    fn write(&self) {
        let mut state = self.lock();
        while !state.ended {
            if state.waiting.is_none() {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.write_waiting();
            let paused = self.changed.wait_timeout_while(state, PAUSE, |it| !it.ended);
            state = paused.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl State {
    /// Work is not undone because it could not be told how far it is.
    fn write_waiting(&mut self) {
        if let Some(mut step) = self.waiting.take() {
            self.at_seq += 1;
            step.at_seq = self.at_seq;
            let _ = self.append(&step);
        }
    }

    /// One line in one write, so that a reader sees all of it or none.
    fn append(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(stage: &str) -> Step {
        Step { stage: stage.to_owned(), ..Step::default() }
    }

    fn ending(outcome: Outcome) -> Ending {
        Ending { outcome, exit_code: 0, result: None, message: "over".to_owned() }
    }

    #[test]
    fn whole_lines_are_read_and_read_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress");
        assert_eq!(Progress::read_from(&path, 0).expect("reads"), Progress::default());
        let one = "{\"at_seq\":1,\"stage\":\"a\",\"done\":0,\"total\":0,\"message\":\"a\"}\n";
        let cut_off = "{\"at_seq\":2,\"sta";
        std::fs::write(&path, format!("{one}{cut_off}")).expect("writes");
        let first = Progress::read_from(&path, 0).expect("reads");
        assert_eq!(first.steps.len(), 1);
        assert_eq!(first.offset, one.len() as u64, "the cut-off line is left for later");
        assert_eq!(first.ending, None);
        // The next attempt ends the line that was cut off, and counts on from it.
        let writer = ProgressWriter::open(&path).expect("opens");
        assert!(writer.end(&ending(Outcome::Done)).expect("writes"));
        assert!(!writer.end(&ending(Outcome::Failed)).expect("nothing to write"));
        let rest = Progress::read_from(&path, first.offset).expect("reads");
        assert_eq!((rest.steps.len(), rest.ending), (0, Some(ending(Outcome::Done))));
        let text = std::fs::read_to_string(&path).expect("reads");
        assert!(text.lines().last().is_some_and(|it| it.contains("\"at_seq\":3")), "{text}");
        let again = Progress::read_from(&path, 1_000_000).expect("reads");
        assert_eq!(again.steps.len(), 1, "a file that became shorter is read from its start");
    }

    #[test]
    fn an_ending_counts_only_as_the_last_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress");
        ProgressWriter::open(&path).expect("opens").end(&ending(Outcome::Failed)).expect("writes");
        let writer = ProgressWriter::open(&path).expect("opens");
        writer.step(step("again"));
        while Progress::read_from(&path, 0).expect("reads").steps.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(Progress::read_from(&path, 0).expect("reads").ending, None);
    }

    #[test]
    fn many_steps_are_few_lines_and_the_last_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress");
        let writer = ProgressWriter::open(&path).expect("opens");
        for number in 0..10_000 {
            writer.step(step(&format!("{number}")));
        }
        writer.end(&ending(Outcome::Done)).expect("writes");
        let found = Progress::read_from(&path, 0).expect("reads");
        // At most one at once, one each pause, and the one that waited for the ending. Ten
        // thousand steps take far less than ten pauses.
        assert!(found.steps.len() < 10, "{} lines", found.steps.len());
        assert_eq!(found.steps.last().map(|it| it.stage.as_str()), Some("9999"));
        assert_eq!(found.ending, Some(ending(Outcome::Done)));
    }

    /// The lines that the page on job files shows are read as what they are.
    #[test]
    fn the_page_shows_lines_that_are_read() {
        let page = include_str!("../../../docs/reference/job-file.md");
        let lines: Vec<&str> = page.lines().filter(|it| it.starts_with("{\"at_seq\"")).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress");
        std::fs::write(&path, lines.join("\n") + "\n").expect("writes");
        let found = Progress::read_from(&path, 0).expect("reads");
        assert_eq!((found.steps[0].done, found.steps[0].total), (20, 64));
        let result = found.ending.and_then(|it| it.result).expect("a result");
        let pounds = Money::from_micro_pounds(822_652_583);
        assert_eq!(result.outstanding, Outstanding { findings: 4, pounds });
        for outcome in [Outcome::Done, Outcome::Failed, Outcome::Refused, Outcome::Cancelled] {
            let word = serde_json::to_string(&outcome).expect("plain").replace('"', "`");
            assert!(page.contains(&format!("| {word} |")), "{word}");
        }
    }
}
