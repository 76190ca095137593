//! How far long work is: a moving line for people, a plain line now and then for files.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::surroundings;

/// A plain line is written no more often than this.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows how far work is, on standard error.
pub(crate) struct Progress {
    way: Way,
}

enum Way {
    Silent,
    Moving(ProgressBar),
    Plain(Mutex<Plain>),
}

#[derive(Default)]
struct Plain {
    said: Option<Duration>,
    task: String,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        let way = match (quiet, surroundings::is_watched()) {
            (true, _) => Way::Silent,
            (false, true) => Way::Moving(spinner()),
            (false, false) => Way::Plain(Mutex::default()),
        };
        Self { way }
    }

    /// Says what is being done.
    pub(crate) fn step(&self, text: &str) {
        tracing::info!(step = text);
        match &self.way {
            Way::Silent => {}
            Way::Moving(bar) => bar.set_message(text.to_owned()),
            Way::Plain(plain) => say(plain, text, text),
        }
    }

    /// Says how much of a task is done.
    pub(crate) fn amount(&self, task: &str, done: u64, total: u64) {
        match &self.way {
            Way::Silent => {}
            Way::Moving(bar) => bar.set_message(format!("{task}: {done} of {total}")),
            Way::Plain(plain) => say(plain, task, &format!("{task}: {done} of {total}")),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Way::Moving(bar) = &self.way {
            bar.finish_and_clear();
        }
    }
}

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}");
    let bar =
        ProgressBar::new_spinner().with_style(style.expect("the template has known fields only"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Writes a line if the task is a new one or the last line is some time ago. A task is what stands
/// before the first colon, so that a counted step is not a new one.
fn say(plain: &Mutex<Plain>, task: &str, text: &str) {
    let task = task.split(':').next().unwrap_or(task);
    let mut plain = plain.lock().expect("nobody panics while a line is written");
    let now = surroundings::running();
    let is_due = plain.said.is_none_or(|said| now.saturating_sub(said) >= PAUSE);
    if task != plain.task || is_due {
        eprintln!("{text}");
        task.clone_into(&mut plain.task);
        plain.said = Some(now);
    }
}
