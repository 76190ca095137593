//! Rows that are there twice, in one file or in several.

use std::collections::BTreeMap;

use domain::Key;
use hashbrown::HashSet;

use super::prepared::Prepared;
use super::verdicts::{Source, Verdicts};
use crate::plan::FeedPlan;

pub(crate) const TWICE: &str = "the row is there twice";
pub(crate) const IN_TWO_FILES: &str = "the row is in two files";
pub(crate) const OTHER_CONTENT: &str = "another row has the same key and other content";
const ORDERED_ELSEWHERE: &str = "the other feed has the same order";

/// A row as far as its copies matter.
#[derive(Clone, Copy, Debug)]
struct Copy {
    source: Source,
    content: u64,
    native: bool,
}

/// Finds the copies among the rows of a feed.
pub(crate) fn find(plan: &FeedPlan<'_>, files: &[&Prepared]) -> std::io::Result<Verdicts> {
    let mut verdicts = Verdicts::default();
    let twice = ids_met_twice(files)?;
    if twice.is_empty() {
        return Ok(verdicts);
    }
    let mut copies: BTreeMap<Key, Vec<Copy>> = BTreeMap::new();
    for file in files {
        file.each(&mut |row| {
            if twice.contains(&start_of(row.id)) {
                let source = (row.file, row.line);
                let copy = Copy { source, content: row.content, native: row.native_id };
                copies.entry(row.id).or_default().push(copy);
            }
        })?;
    }
    for group in copies.into_values().filter(|it| it.len() > 1) {
        judge(plan, group, &mut verdicts);
    }
    Ok(verdicts)
}

/// Pseudonyms of all rows of a feed, by their first half.
pub(crate) fn ids(files: &[&Prepared]) -> std::io::Result<HashSet<u64>> {
    let mut ids = HashSet::new();
    for file in files {
        file.each(&mut |row| {
            ids.insert(start_of(row.id));
        })?;
    }
    Ok(ids)
}

/// Keeps rows apart whose order another feed has.
pub(crate) fn ordered_elsewhere(
    files: &[&Prepared],
    others: &HashSet<u64>,
    verdicts: &mut Verdicts,
) -> std::io::Result<()> {
    for file in files {
        file.each(&mut |row| {
            if row.native_id && others.contains(&start_of(row.id)) {
                verdicts.set((row.file, row.line), "E23", ORDERED_ELSEWHERE);
            }
        })?;
    }
    Ok(())
}

/// The first halves of pseudonyms that are met more than once: few, or none.
fn ids_met_twice(files: &[&Prepared]) -> std::io::Result<HashSet<u64>> {
    let mut all = Vec::new();
    for file in files {
        file.each(&mut |row| all.push(start_of(row.id)))?;
    }
    all.sort_unstable();
    Ok(all.windows(2).filter(|it| it[0] == it[1]).map(|it| it[0]).collect())
}

fn start_of(id: Key) -> u64 {
    let bytes = id.to_bytes();
    let (start, _) = bytes.split_first_chunk::<8>().expect("a key has 16 bytes");
    u64::from_be_bytes(*start)
}

fn judge(plan: &FeedPlan<'_>, mut group: Vec<Copy>, verdicts: &mut Verdicts) {
    group.sort_unstable_by_key(|it| it.source);
    let first = group[0];
    if !first.native && plan.feed.repeats {
        return;
    }
    if group.iter().all(|it| it.content == first.content) {
        for copy in &group[1..] {
            repeated(first, *copy, verdicts);
        }
        return;
    }
    let Some(winner) = latest(plan, &group) else {
        for copy in group {
            verdicts.set(copy.source, "E2", OTHER_CONTENT);
        }
        return;
    };
    for copy in group.into_iter().filter(|it| it.source != winner.source) {
        if copy.content == winner.content {
            repeated(winner, copy, verdicts);
        } else {
            verdicts.set(copy.source, "E2", OTHER_CONTENT);
        }
    }
}

fn repeated(kept: Copy, copy: Copy, verdicts: &mut Verdicts) {
    if kept.source.0 == copy.source.0 {
        verdicts.set(copy.source, "E1", TWICE);
    } else {
        verdicts.set(copy.source, "G6", IN_TWO_FILES);
    }
}

/// The row of the latest file, if the mapping lets it win and the file itself is of one mind.
///
/// Files have an order, that of their names; the rows of one file have none that means anything.
fn latest(plan: &FeedPlan<'_>, group: &[Copy]) -> Option<Copy> {
    let last_file = group.iter().map(|it| it.source.0).max()?;
    let mut of_it = group.iter().filter(|it| it.source.0 == last_file);
    let first = *of_it.next()?;
    let agreed = of_it.all(|it| it.content == first.content);
    (plan.mapping.latest_wins && agreed).then_some(first)
}
