//! What can be said of a file of activity once all its rows are read.

use super::columns::their_name;
use super::reader::Reader;
use crate::feeds::loaded::{Activity, Content, Loaded};
use crate::files::{FileFault, FileOutcome};
use crate::findings::finding;

/// Fewer long identifiers than this say nothing about lost digits.
const FEWEST_LONG_IDS: u64 = 2;

impl Reader<'_> {
    /// Ends the file: judges it as a whole, tells what was noticed, hands its rows on.
    pub(crate) fn finish(self, outcome: FileOutcome) -> Loaded {
        let fault = self.whole_file_fault();
        let Self { job, mut loaded, moments, values, seen, rows, mut noticed, .. } = self;
        let consultants = &values.consultants;
        let consultants =
            consultants.iter().map(|it| values.dictionary.text(*it).to_owned()).collect();
        let dictionary = values.tell(&mut noticed);
        let name = |ours: &str| {
            if ours.is_empty() { String::new() } else { their_name(&job.plan, ours) }
        };
        let read_whole = outcome.fault.is_none();
        noticed.tell(&job.name, &name, &mut loaded.tally);
        if read_whole && moments.days_only > 0 {
            let all = moments.days_only + moments.timed;
            let message = format!("{} of {all} rows have a day and no time", moments.days_only);
            let found = finding("C13", message).at(job.name.clone(), 0, name("start"));
            loaded.tally.sum(found.with_rows(moments.days_only));
        }
        loaded.content = Content::Activity(Box::new(Activity {
            rows,
            texts: dictionary.texts().to_vec(),
            seen,
            consultants,
            quantities: self.quantities,
        }));
        loaded.take(outcome);
        if let (false, Some(fault)) = (loaded.refused, fault) {
            loaded.refuse(&fault);
        }
        loaded
    }

    fn whole_file_fault(&self) -> Option<FileFault> {
        let limit = self.job.plan.plan.rules.settings.ragged_rows_refusal;
        let ragged = i64::try_from(self.ragged).unwrap_or(i64::MAX);
        if ragged > limit {
            let message =
                format!("{ragged} rows have a wrong number of cells; {limit} are allowed");
            return Some(FileFault::new("A14", message));
        }
        let (long, zeros) = self.long_ids;
        if long >= FEWEST_LONG_IDS && zeros * 2 > long {
            let message =
                format!("{zeros} of {long} long identifiers end in a zero: a spreadsheet cut them");
            return Some(FileFault::new("B3", message));
        }
        self.personal.fault().or_else(|| self.moments.fault())
    }
}
