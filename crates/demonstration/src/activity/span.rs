//! The part of time that one year's files cover.

use crate::calendar::{DAY, Minute, number_of};

/// A financial year and what its extract sees of the days around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// Calendar year in which the financial year begins.
    pub(crate) year: i32,
    /// First minute.
    pub(crate) start: Minute,
    /// First minute of the next year.
    pub(crate) end: Minute,
    /// Moment of the extract.
    pub(crate) extract: Minute,
}

impl Span {
    /// The financial year that begins in a calendar year.
    pub(crate) fn of(year: i32) -> Self {
        Self {
            year,
            start: number_of(year, 4, 1) * DAY,
            end: number_of(year + 1, 4, 1) * DAY,
            extract: number_of(year + 1, 4, 20) * DAY,
        }
    }

    /// The year as text, `2025-26`.
    pub(crate) fn name(self) -> String {
        format!("{}-{:02}", self.year, (self.year + 1) % 100)
    }

    /// Whether the extract lists an event: those that touch the year or the two weeks around it.
    pub(crate) fn lists(self, start: Minute, end: Minute) -> bool {
        start < self.end + 14 * DAY && end >= self.start - 14 * DAY
    }

    /// Whether the extract has a row at this moment: in the year, or two days around it.
    pub(crate) fn has(self, start: Minute) -> bool {
        start >= self.start - 2 * DAY && start < self.end + 2 * DAY
    }

    /// Whether the extract has a row that lasts.
    pub(crate) fn overlaps(self, start: Minute, end: Minute) -> bool {
        start < self.end + 2 * DAY && end >= self.start - 2 * DAY
    }

    /// Whether a moment is in the year itself.
    pub(crate) fn contains(self, moment: Minute) -> bool {
        moment >= self.start && moment < self.end
    }

    /// The end as the extract knows it: nothing if it is still to come.
    pub(crate) fn known_end(self, end: Minute) -> Option<Minute> {
        (end < self.extract).then_some(end)
    }
}
