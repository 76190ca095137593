//! Second files whose columns the rows of a feed's own files gain.
//!
//! A join stands between a file and the reader of its feed: the reader sees the columns gained as
//! if the file had had them all along.

mod sink;
mod table;

use std::path::Path;

use rules::intake_mapping::IntakeMapping;

use crate::files::{self, FileOutcome, RowSink};
use crate::findings::{Tally, finding};

pub(crate) use table::{JoinFault, JoinTable};

/// Reads a file and gives its rows, with what they gain, to the reader of its feed.
///
/// `name` is the file's; what is worth saying of the joins goes to the tally.
pub(crate) fn read(
    (path, name): (&Path, &str),
    mapping: &IntakeMapping,
    tables: &[JoinTable],
    reader: &mut dyn RowSink,
    tally: &mut Tally,
) -> FileOutcome {
    if tables.is_empty() {
        return files::read(path, mapping, reader);
    }
    let mut joining = sink::Joining::new(mapping, tables, reader);
    let outcome = files::read(path, mapping, &mut joining);
    for (join, rows) in std::iter::zip(&mapping.joins, joining.without_partner()) {
        if rows > 0 {
            let message = format!("the join `{}` has nothing for these rows", join.name);
            tally.sum(finding("N7", message).at(name, 0, join.name.clone()).with_rows(rows));
        }
    }
    outcome
}
