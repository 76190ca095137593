//! The programme: when a service is reviewed next, how late it is, how its stages stand, and who
//! chaired.

use jiff::Span;
use jiff::civil::Date;

use super::ReviewGuide;
use super::meeting::{Side, days_between};
use crate::days::months_later;

/// When a service is to be reviewed: a cadence after its last review, or when its turn begins.
pub fn next_due(last: Option<Date>, begins: Date, months: u32) -> Date {
    last.map_or(begins, |it| months_later(it, months))
}

/// Days after the day on which something was due; none until then.
pub fn days_late(due: Date, today: Date) -> u32 {
    days_between(due, today)
}

/// How a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// It is to be gone through.
    Open,
    /// It is behind us.
    Done,
    /// It is left out, with a reason.
    Skipped,
}

/// A stage of a review, as somebody arranged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// Its place, from 1.
    pub place: u32,
    /// How it stands.
    pub state: StageState,
}

/// Whether a change of a stage needs a reason: that it is skipped, called otherwise or moved. Whoever
/// goes through it, or takes it up again, needs none.
pub fn needs_reason(before: &Stage, after: &Stage) -> bool {
    let is_skipped = after.state == StageState::Skipped && before.state != StageState::Skipped;
    is_skipped || before.name.trim() != after.name.trim() || before.place != after.place
}

/// What of a checklist keeps a stage open: what is neither at hand nor waived.
pub fn outstanding<'a>(checklist: impl IntoIterator<Item = (&'a str, bool)>) -> Vec<&'a str> {
    checklist.into_iter().filter(|it| !it.1).map(|it| it.0).collect()
}

/// A question that is asked from one side, and whether it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Perspective<'a> {
    /// The question.
    pub asks: &'a str,
    /// From whose side; neither waits for nobody.
    pub side: Side,
    /// Whether there is an answer.
    pub is_answered: bool,
}

/// What of one side nobody has answered, so that a stage is not behind us without a reason: a cause is
/// found by both sides (guide 6.5).
pub fn unheard<'a>(all: impl IntoIterator<Item = Perspective<'a>>) -> Vec<&'a str> {
    let open = all.into_iter().filter(|it| it.side != Side::Other && !it.is_answered);
    open.map(|it| it.asks).collect()
}

/// A review that was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// When.
    pub on: Date,
    /// Code of what its chair was.
    pub chair: String,
}

/// How many reviews clinical directors chaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chaired {
    /// Reviews of the months that count.
    pub held: u64,
    /// Of these, chaired by a clinical director.
    pub by_directors: u64,
}

/// Reviews of the months up to a day, and how many of them clinical directors chaired. A chair that
/// the guide does not know is no clinical director.
pub fn chaired(guide: &ReviewGuide, all: &[Held], on: Date) -> Chaired {
    let months = Span::new().months(i64::from(guide.settings.chaired_within.value));
    let from = on.checked_sub(months).unwrap_or(Date::MIN);
    let counted: Vec<&Held> = all.iter().filter(|it| it.on > from && it.on <= on).collect();
    let directors = counted
        .iter()
        .filter(|it| guide.chair(&it.chair).is_some_and(|it| it.is_clinical_director));
    Chaired { held: counted.len() as u64, by_directors: directors.count() as u64 }
}
