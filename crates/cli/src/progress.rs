//! How far long work is: a moving line for people, a plain line now and then for files, and steps
//! in a progress file for the site.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jobs::{ProgressWriter, Step};

use crate::surroundings;

/// A plain line is written no more often than this.
const PAUSE: Duration = Duration::from_secs(5);

/// Tells one listener how far work is.
pub(crate) struct Progress {
    listener: Box<dyn Listener>,
}

/// Hears how far work is. Called from several threads at once.
trait Listener: Send + Sync {
    /// A step begins, or is so far. Its number is not given yet.
    fn hear(&self, step: Step);
}

impl Progress {
    /// Whoever started the program listens, on standard error.
    pub(crate) fn new(quiet: bool) -> Self {
        let listener: Box<dyn Listener> = match (quiet, surroundings::is_watched()) {
            (true, _) => Box::new(Nobody),
            (false, true) => Box::new(Moving(spinner())),
            (false, false) => Box::new(Mutex::new(Plain::default())),
        };
        Self { listener }
    }

    /// A file listens.
    pub(crate) fn to_file(writer: Arc<ProgressWriter>) -> Self {
        Self { listener: Box::new(writer) }
    }

    /// Says what is being done. What stands before the first colon is the stage.
    pub(crate) fn step(&self, text: &str) {
        tracing::info!(step = text);
        self.count(stage_of(text), (0, 0), text);
    }

    /// Says how much of a task is done.
    pub(crate) fn amount(&self, task: &str, done: u64, total: u64) {
        self.count(stage_of(task), (done, total), &format!("{task}: {done} of {total}"));
    }

    /// Says how much of a stage is done, of how much if that is known, and the same in words.
    pub(crate) fn count(&self, stage: &str, (done, total): (u64, u64), text: &str) {
        let (stage, message) = (stage.to_owned(), text.to_owned());
        self.listener.hear(Step { at_seq: 0, stage, done, total, message });
    }
}

struct Nobody;

impl Listener for Nobody {
    fn hear(&self, _: Step) {}
}

struct Moving(ProgressBar);

impl Listener for Moving {
    fn hear(&self, step: Step) {
        self.0.set_message(step.message);
    }
}

impl Drop for Moving {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[derive(Default)]
struct Plain {
    said: Option<Duration>,
    stage: String,
}

/// Writes a line if the stage is a new one or the last line is some time ago, so that a counted
/// step is not a new one.
impl Listener for Mutex<Plain> {
    fn hear(&self, step: Step) {
        let mut plain = self.lock().expect("nobody panics while a line is written");
        let now = surroundings::running();
        let stage = stage_of(&step.message);
        let is_due = plain.said.is_none_or(|said| now.saturating_sub(said) >= PAUSE);
        if stage != plain.stage || is_due {
            eprintln!("{}", step.message);
            stage.clone_into(&mut plain.stage);
            plain.said = Some(now);
        }
    }
}

impl Listener for Arc<ProgressWriter> {
    fn hear(&self, step: Step) {
        ProgressWriter::step(self, step);
    }
}

fn stage_of(text: &str) -> &str {
    text.split(':').next().unwrap_or(text)
}

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}");
    let bar =
        ProgressBar::new_spinner().with_style(style.expect("the template has known fields only"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
