//! Progress of long work: a moving line for people, plain lines for logs.

use std::sync::Mutex;
use std::sync::PoisonError;

use indicatif::ProgressBar;

use crate::arguments::Arguments;
use crate::surroundings::{Watch, is_watched};

/// Milliseconds between two plain lines.
const PLAIN_EVERY: u64 = 5_000;

/// Tells how far work has come.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    watch: Watch,
    last: Mutex<Option<u64>>,
}

impl Progress {
    /// Begins to tell, in the way that fits who watches.
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let bar = (!arguments.quiet && is_watched()).then(ProgressBar::new_spinner);
        Self { bar, quiet: arguments.quiet, watch: Watch::start(), last: Mutex::new(None) }
    }

    /// Tells what is being done now.
    pub(crate) fn say(&self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(what.to_owned());
            bar.tick();
        } else if !self.quiet {
            let now = self.watch.milliseconds();
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_none_or(|it| now >= it + PLAIN_EVERY) {
                *last = Some(now);
                eprintln!("{what}");
            }
        }
    }

    /// Ends, and gives the time that it took in milliseconds.
    pub(crate) fn end(self) -> u64 {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.watch.milliseconds()
    }
}
