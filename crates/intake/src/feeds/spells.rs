//! Spells, episodes and stays of one patient against each other.

use std::collections::BTreeMap;

use domain::{Key, Seconds};
use hashbrown::HashMap;

use super::partition::Buckets;
use super::row::{Row, Slot};
use super::verdicts::{Source, Verdicts};

/// A day without time may stand for any moment of up to 25 hours.
const LONGEST_DAY_SECONDS: i64 = 25 * 3600;

/// When a spell began and, if it has, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spell {
    start: Seconds,
    end: Option<Seconds>,
}

/// Spells by pseudonym.
pub(crate) type Spells = HashMap<Key, Spell>;

/// What was counted by file: rows and the first line.
pub(crate) type Counted = BTreeMap<u32, (u64, u64)>;

/// An episode or stay as far as others matter to it.
#[derive(Clone, Copy, Debug)]
struct Span {
    patient: u32,
    spell: Option<Key>,
    site: u32,
    order: i64,
    source: Source,
    start: Seconds,
    end: Option<Seconds>,
    /// The latest moment at which it can have begun.
    start_at_latest: Seconds,
    /// The earliest moment at which it can have ended.
    end_at_earliest: Option<Seconds>,
}

impl Span {
    fn of(row: &Row) -> Self {
        let unsure = |is_day: bool| if is_day { LONGEST_DAY_SECONDS } else { 0 };
        Self {
            patient: row.patient,
            spell: row.spell,
            site: row.code(Slot::Site),
            order: row.order,
            source: (row.file, row.line),
            start: row.start,
            end: row.end,
            start_at_latest: row.start + unsure(row.start_is_day),
            end_at_earliest: row.end.map(|it| it - unsure(row.end_is_day)),
        }
    }

    /// Whether two spans share time for certain; one without an end shares none.
    fn overlaps(&self, other: &Self) -> bool {
        let (Some(end), Some(other_end)) = (self.end_at_earliest, other.end_at_earliest) else {
            return false;
        };
        self.start_at_latest < other_end && other.start_at_latest < end
    }
}

/// Keeps apart events outside their spells and spells that overlap; counts gaps between episodes.
///
/// Gives rows with a gap or overlap to the episode before, by file.
pub(crate) fn check_events(
    buckets: &Buckets,
    count: u32,
    verdicts: &mut Verdicts,
) -> std::io::Result<Counted> {
    let mut gaps = Counted::new();
    for bucket in 0..count {
        let mut spans = Vec::new();
        buckets.each(bucket, &mut |row| {
            if verdicts.has(row) {
                return;
            }
            if outside_stated_spell(row) {
                verdicts.set((row.file, row.line), "E4", "the episode lies outside its spell");
            } else if row.spell.is_some() {
                spans.push(Span::of(row));
            }
        })?;
        spans.sort_by_key(|it| (it.patient, it.spell, it.order, it.start, it.source));
        let spells: Vec<&[Span]> = spans
            .chunk_by(|one, other| one.patient == other.patient && one.spell == other.spell)
            .collect();
        for patient in spells.chunk_by(|one, other| one[0].patient == other[0].patient) {
            overlapping_spells(patient, verdicts);
        }
        for episodes in spells {
            count_gaps(episodes, &mut gaps);
        }
    }
    Ok(gaps)
}

fn outside_stated_spell(row: &Row) -> bool {
    let span = Span::of(row);
    let before = row.spell_start.is_some_and(|it| span.start_at_latest < it);
    let after = row
        .spell_end
        .is_some_and(|it| span.start > it || span.end_at_earliest.is_some_and(|end| end > it));
    before || after
}

/// Spells of one patient at one site that share time are a cluster: all of their rows go.
fn overlapping_spells(spells: &[&[Span]], verdicts: &mut Verdicts) {
    let mut whole: Vec<(Span, &[Span])> = spells.iter().map(|it| (hull(it), *it)).collect();
    whole.sort_by_key(|(it, _)| (it.site, it.start));
    for (index, (one, rows)) in whole.iter().enumerate() {
        for (other, other_rows) in whole[index + 1..].iter().take_while(|it| it.0.site == one.site)
        {
            if one.overlaps(other) {
                for row in rows.iter().chain(*other_rows) {
                    let message = "two spells of the patient at one site overlap";
                    verdicts.set(row.source, "E3", message);
                }
            }
        }
    }
}

/// The span of a whole spell.
fn hull(episodes: &[Span]) -> Span {
    let mut whole = episodes[0];
    for it in episodes {
        whole.start = whole.start.min(it.start);
        whole.start_at_latest = whole.start_at_latest.min(it.start_at_latest);
        whole.end_at_earliest = match (whole.end_at_earliest, it.end_at_earliest) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        };
    }
    whole
}

fn count_gaps(episodes: &[Span], gaps: &mut Counted) {
    for pair in episodes.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let gap = before.end.is_some_and(|it| after.start > it);
        if gap || before.overlaps(&after) {
            let (file, line) = after.source;
            let count = gaps.entry(file).or_insert((0, line));
            *count = (count.0 + 1, count.1.min(line));
        }
    }
}

/// Takes note of the spells of a bucket's events.
pub(crate) fn note(row: &Row, spells: &mut Spells) {
    let Some(key) = row.spell else { return };
    let found = Spell { start: row.start, end: row.end };
    let spell = spells.entry(key).or_insert(found);
    spell.start = spell.start.min(found.start);
    spell.end = match (spell.end, found.end) {
        (Some(one), Some(other)) => Some(one.max(other)),
        _ => None,
    };
}

/// Keeps rows apart that begin before the spell that they name, or end after it.
pub(crate) fn check_within(row: &Row, spells: &Spells, verdicts: &mut Verdicts) {
    let Some(spell) = row.spell.and_then(|it| spells.get(&it)) else { return };
    let span = Span::of(row);
    let early = span.start_at_latest < spell.start;
    let late = spell
        .end
        .is_some_and(|it| span.start > it || span.end_at_earliest.is_some_and(|end| end > it));
    if early || late {
        verdicts.set((row.file, row.line), "E22", "the stay goes beyond its spell");
    }
}

/// Counts the stays of a bucket that overlap with one that began before, by file.
pub(crate) fn count_overlaps(rows: &mut Vec<(u32, Row)>, overlaps: &mut Counted) {
    rows.sort_by_key(|(patient, it)| (*patient, it.start, it.id));
    for stays in rows.chunk_by(|one, other| one.0 == other.0 && one.0 != 0) {
        let mut before: Option<Span> = None;
        for (_, row) in stays {
            let span = Span::of(row);
            if before.is_some_and(|it| it.overlaps(&span)) {
                let count = overlaps.entry(row.file).or_insert((0, row.line));
                *count = (count.0 + 1, count.1.min(row.line));
            }
            let longer = before.is_none_or(|it| it.end_at_earliest < span.end_at_earliest);
            before = if longer { Some(span) } else { before };
        }
    }
    rows.clear();
}
