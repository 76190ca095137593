//! What every row must pass before its cells are read: width, footers, `where`, versions.

use csv::ByteRecord;

use crate::feeds::fault::Fault;
use crate::files::FileFault;
use crate::findings::{Tally, shown};
use crate::plan::{FeedPlan, Header};

/// The gate of one file.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    width: usize,
    joined: usize,
    /// Columns that choose rows, with the values wanted.
    only: Vec<(usize, Vec<Vec<u8>>)>,
    /// Columns that state the version of the layout, with the versions known.
    versions: Vec<(usize, Vec<Vec<u8>>)>,
}

impl Gate {
    /// Finds the columns that decide.
    pub(crate) fn find(
        plan: &FeedPlan<'_>,
        header: &mut Header<'_>,
        tally: &mut Tally,
    ) -> Result<Self, FileFault> {
        let mut find = |wanted: &std::collections::BTreeMap<String, Vec<String>>| {
            let mut found = Vec::new();
            for (name, values) in wanted {
                let values = values.iter().map(|it| it.clone().into_bytes()).collect();
                found.push((header.required(name, tally)?, values));
            }
            Ok::<_, FileFault>(found)
        };
        let only = find(&plan.mapping.only)?;
        let versions = find(&plan.mapping.versions)?;
        Ok(Self { width: header.width(), joined: header.joined(), only, versions })
    }

    /// Whether the row is wanted.
    pub(crate) fn check(&self, cells: &ByteRecord) -> Result<bool, Fault> {
        if is_footer(cells) {
            return Err(Fault::row("A28", "", "this is a line of totals or a row count"));
        }
        if cells.len() != self.width {
            let (found, wanted) = (cells.len() - self.joined, self.width - self.joined);
            let message = format!("the row has {found} cells and the header {wanted}");
            return Err(Fault::row("A14", "", message));
        }
        if let Some((index, _)) = self.versions.iter().find(|it| !has_value(it, cells)) {
            let text = String::from_utf8_lossy(cells.get(*index).unwrap_or_default()).into_owned();
            let message = format!("the layout version {} is not known", shown(&text));
            return Err(Fault { whole_file: true, ..Fault::row("G10", "", message) });
        }
        Ok(self.only.iter().all(|it| has_value(it, cells)))
    }
}

fn has_value((index, values): &(usize, Vec<Vec<u8>>), cells: &ByteRecord) -> bool {
    let cell = cells.get(*index).unwrap_or_default().trim_ascii();
    values.iter().any(|it| it == cell)
}

/// Whether a row is a line of totals or a count of rows, as reports put at their end.
fn is_footer(cells: &ByteRecord) -> bool {
    let Some(first) = cells.iter().map(<[u8]>::trim_ascii).find(|it| !it.is_empty()) else {
        return false;
    };
    let starts =
        |word: &[u8]| first.len() >= word.len() && first[..word.len()].eq_ignore_ascii_case(word);
    let ends = |word: &[u8]| {
        first.len() >= word.len() && first[first.len() - word.len()..].eq_ignore_ascii_case(word)
    };
    if ends(b"rows affected)") || ends(b"row affected)") || ends(b"rows selected.") {
        return true;
    }
    let words: [&[u8]; 4] = [b"total", b"grand total", b"sub total", b"subtotal"];
    if !words.into_iter().any(starts) {
        return false;
    }
    let blank = cells.iter().filter(|it| it.trim_ascii().is_empty()).count();
    blank * 2 >= cells.len() || cells.len() == 1
}
