//! A meeting: who is there, how old its figures are, whether it was called in time, and whether it
//! can be closed.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{ReviewGuide, Role};
use crate::actions::Profession;

/// On which side of the conversation somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Gives care.
    Clinical,
    /// Counts what it costs.
    Finance,
    /// Neither.
    Other,
}

impl Side {
    /// The word by which it is kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clinical => "clinical",
            Self::Finance => "finance",
            Self::Other => "other",
        }
    }

    /// The side of a word; neither for any other word, such as `both`, and for none.
    pub fn of_word(word: &str) -> Self {
        let both = [Self::Clinical, Self::Finance];
        both.into_iter().find(|it| it.word() == word).unwrap_or(Self::Other)
    }
}

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// Is there, or says that they will be.
    Yes,
    /// Stands in for somebody.
    Deputy,
    /// Was asked and has not said.
    Asked,
    /// Is not there.
    No,
}

/// Somebody on the list of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub person: String,
    /// Code of the role.
    pub role: String,
    /// Side of their profession.
    pub side: Side,
    /// Whether they are there.
    pub came: Came,
}

impl Participant {
    fn is_there(&self) -> bool {
        matches!(self.came, Came::Yes | Came::Deputy)
    }
}

/// Who is there and who is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendance {
    /// Core roles that nobody fills, in the order of the guide.
    pub missing: Vec<Role>,
    /// Core roles that only a deputy fills.
    pub by_deputy: Vec<Role>,
    /// Additional roles that are there.
    pub additional: Vec<Role>,
    /// People there, each once.
    pub people: usize,
    /// People who must be there.
    pub quorum: u32,
    /// Whether a clinician and somebody of finance are there.
    pub both: bool,
    /// Which of the two is not there.
    pub without: Vec<Side>,
}

impl Attendance {
    /// Whether the meeting can decide: enough people, and both professions.
    pub fn can_decide(&self) -> bool {
        self.both && u32::try_from(self.people).is_ok_and(|it| it >= self.quorum)
    }
}

/// Looks at who is there. A role is filled by whoever is there in it, a deputy too; nothing but the
/// quorum is asked, a missing role is only shown.
pub fn attendance(guide: &ReviewGuide, all: &[Participant]) -> Attendance {
    let there: Vec<&Participant> = all.iter().filter(|it| it.is_there()).collect();
    let filled = |role: &Role, deputies: bool| {
        let mut of = there.iter().filter(|it| it.role == role.id);
        of.any(|it| deputies || it.came == Came::Yes)
    };
    let people: BTreeSet<&str> = there.iter().map(|it| it.person.as_str()).collect();
    let core = || guide.roles.iter().filter(|it| it.core);
    let sides: BTreeSet<Side> = there.iter().map(|it| it.side).collect();
    let without: Vec<Side> =
        [Side::Clinical, Side::Finance].into_iter().filter(|it| !sides.contains(it)).collect();
    let additional = guide.roles.iter().filter(|it| !it.core && filled(it, true));
    Attendance {
        missing: core().filter(|it| !filled(it, true)).cloned().collect(),
        by_deputy: core().filter(|it| filled(it, true) && !filled(it, false)).cloned().collect(),
        additional: additional.cloned().collect(),
        people: people.len(),
        quorum: guide.settings.quorum.value,
        both: without.is_empty(),
        without,
    }
}

/// Staff groups that take part in reviews (guide, 3.10): clinicians of all grades, finance, managers,
/// and informatics with coding.
pub const EXPECTED: [Profession; 4] =
    [Profession::Clinical, Profession::Finance, Profession::Manager, Profession::Informatics];

/// Expected staff groups of which nobody was at any of the last meetings; none where there were fewer
/// meetings than that.
pub fn absent(guide: &ReviewGuide, meetings: &[BTreeSet<Profession>]) -> Vec<Profession> {
    let last = guide.settings.absent_meetings.value as usize;
    let Some(from) = meetings.len().checked_sub(last) else { return Vec::new() };
    let was_there = |it: &Profession| meetings[from..].iter().any(|there| there.contains(it));
    EXPECTED.into_iter().filter(|it| !was_there(it)).collect()
}

/// How old figures are on the day of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataAge {
    /// Days from the end of their period.
    pub days: u32,
    /// Whether that is more than the guide says.
    pub is_old: bool,
}

/// The age of figures: day of the meeting less end of their period; none before it.
pub fn data_age(guide: &ReviewGuide, period_end: Date, meeting: Date) -> DataAge {
    let days = days_between(period_end, meeting);
    DataAge { days, is_old: days > guide.settings.data_age.value }
}

/// Whether people were told early enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Days from when it was arranged to the meeting.
    pub days: u32,
    /// How many more there should have been.
    pub short_by: u32,
}

/// The notice that people had.
pub fn notice(guide: &ReviewGuide, arranged: Date, meeting: Date) -> Notice {
    let days = days_between(arranged, meeting);
    Notice { days, short_by: guide.settings.notice.value.saturating_sub(days) }
}

/// Whether whoever facilitates is independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facilitator {
    /// Nobody facilitates; the guide's example has somebody.
    Nobody,
    /// Somebody of elsewhere.
    Independent,
    /// Somebody who belongs to the unit that is reviewed: a warning, never refused.
    OfTheUnit,
}

/// Looks at who facilitates: to which units they belong, and which are reviewed with the unit.
pub fn facilitator(
    belongs_to: Option<&BTreeSet<String>>,
    reviewed: &BTreeSet<String>,
) -> Facilitator {
    match belongs_to {
        None => Facilitator::Nobody,
        Some(units) if units.is_disjoint(reviewed) => Facilitator::Independent,
        Some(_) => Facilitator::OfTheUnit,
    }
}

/// A joint action as a meeting looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAction {
    /// Its reference.
    pub action: String,
    /// By when.
    pub due_on: Date,
    /// Whether it was done before this meeting.
    pub is_done: bool,
    /// Whether somebody said in this meeting how it stands; that nothing happened, and why, counts.
    pub has_update: bool,
    /// Whether this very meeting agreed on it: then there is nothing to say of it yet.
    pub is_new: bool,
}

/// Joint actions that keep a meeting open: due by its day, not done, not agreed in it, and nobody said
/// anything.
pub fn waiting(all: &[DueAction], meeting: Date) -> Vec<&DueAction> {
    let waits =
        |it: &&DueAction| !it.is_done && !it.has_update && !it.is_new && it.due_on <= meeting;
    all.iter().filter(waits).collect()
}

/// Days from one day to a later one; none where it is not later.
pub(super) fn days_between(from: Date, to: Date) -> u32 {
    let days = from.until(to).map_or(0, |it| it.get_days());
    u32::try_from(days).unwrap_or(0)
}
