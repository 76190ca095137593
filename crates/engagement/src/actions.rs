//! What people agree to do: who owns it, whether it is joint, and how it stands.

use jiff::civil::Date;

use crate::benefits::BenefitSettings;
use crate::days::days_later;
use crate::listed::listed;

listed! {
    /// To which group of professions somebody belongs.
    Profession {
        /// Gives care.
        Clinical = "clinical", "Clinical";
        /// Counts what it costs.
        Finance = "finance", "Finance";
        /// Runs a service.
        Manager = "manager", "Management";
        /// Keeps records and data.
        Informatics = "informatics", "Informatics";
        /// Anybody else.
        Other = "other", "Other";
    }
}

listed! {
    /// How much work it is.
    Effort {
        /// Days.
        Low = "low", "Little";
        /// Weeks.
        Medium = "medium", "Some";
        /// Months.
        High = "high", "Much";
    }
}

listed! {
    /// What comes first.
    Priority {
        /// First.
        High = "high", "First";
        /// Next.
        Medium = "medium", "Next";
        /// When there is time.
        Low = "low", "Later";
    }
}

listed! {
    /// What an update says.
    Says {
        /// It is done as it was planned.
        Done = "done", "Done as planned";
        /// It moves.
        SomeProgress = "some_progress", "Some progress";
        /// Nothing moved.
        NoProgress = "no_progress", "No progress";
        /// It will not be done.
        Stopped = "stopped", "Stopped";
    }
}

/// Somebody who owns an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Reference of the person.
    pub person: String,
    /// Their profession.
    pub profession: Profession,
}

/// How much an action may bring, from low to high. Never added to that of another action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The least, in ten-thousandths of the unit.
    pub low_e4: i64,
    /// The most.
    pub high_e4: i64,
    /// Of what, such as bed days a year.
    pub unit: String,
}

/// An action, as it should be agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What will be done.
    pub what: String,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// Whether it is agreed as joint work of two professions.
    pub joint: bool,
    /// How much it may bring; none where nobody can say.
    pub size: Option<Size>,
    /// How much work it is.
    pub effort: Effort,
    /// What comes first.
    pub priority: Priority,
    /// By what one sees that it worked.
    pub measure: String,
    /// How it could affect quality; joint work says so before it begins.
    pub quality: String,
    /// When it begins.
    pub starts_on: Date,
    /// By when it is done.
    pub due_on: Date,
}

/// What stands in the way of agreeing an action, or of an update.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionFault {
    /// A text is missing.
    #[error("say {0}")]
    Missing(&'static str),
    /// Nobody owns it.
    #[error("choose who owns the action")]
    NoOwner,
    /// Somebody owns it twice.
    #[error("one person owns the action twice: choose another")]
    Twice,
    /// All owners are of one profession.
    #[error(
        "a joint action needs owners of two professions: add somebody of another, or record it as \
         an action that is not joint"
    )]
    OneProfession,
    /// No owner gives care.
    #[error("a joint action needs a clinician among its owners")]
    NoClinician,
    /// The least is more than the most.
    #[error("the low end of the size is above the high end")]
    SizeBackwards,
    /// It is due before it begins.
    #[error("the action is due before it begins")]
    DueBeforeStart,
}

impl Action {
    /// Whether owners of two professions, one of which gives care, own it together.
    pub fn is_joint(&self) -> bool {
        is_joint(&self.owners)
    }

    /// Everything that stands in the way of agreeing it.
    pub fn faults(&self) -> Vec<ActionFault> {
        let mut faults = Vec::new();
        let mut asks = |text: &str, what: &'static str| {
            if text.trim().is_empty() {
                faults.push(ActionFault::Missing(what));
            }
        };
        asks(&self.what, "what will be done");
        asks(&self.measure, "by what you will see that it worked");
        if self.joint {
            asks(&self.quality, "how it could affect quality");
        }
        if self.size.as_ref().is_some_and(|it| it.unit.trim().is_empty()) {
            faults.push(ActionFault::Missing("in which unit the size is"));
        }
        if self.size.as_ref().is_some_and(|it| it.low_e4 > it.high_e4) {
            faults.push(ActionFault::SizeBackwards);
        }
        faults.extend(self.owner_faults());
        if self.due_on < self.starts_on {
            faults.push(ActionFault::DueBeforeStart);
        }
        faults
    }

    fn owner_faults(&self) -> Option<ActionFault> {
        let mut people: Vec<&str> = self.owners.iter().map(|it| it.person.as_str()).collect();
        people.sort_unstable();
        people.dedup();
        let first = self.owners.first()?.profession;
        if people.len() < self.owners.len() {
            return Some(ActionFault::Twice);
        }
        if !self.joint {
            return None;
        }
        if self.owners.iter().all(|it| it.profession == first) {
            return Some(ActionFault::OneProfession);
        }
        let has_clinician = self.owners.iter().any(|it| it.profession == Profession::Clinical);
        (!has_clinician).then_some(ActionFault::NoClinician)
    }

    /// As [`Action::faults`], with an action that nobody owns among them.
    pub fn all_faults(&self) -> Vec<ActionFault> {
        let mut faults = self.faults();
        if self.owners.is_empty() {
            faults.push(ActionFault::NoOwner);
        }
        faults
    }
}

/// Whether owners are of two professions, one of which gives care.
pub fn is_joint(owners: &[Owner]) -> bool {
    let first = owners.first().map(|it| it.profession);
    owners.iter().any(|it| Some(it.profession) != first)
        && owners.iter().any(|it| it.profession == Profession::Clinical)
}

/// How feasible one owner finds an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Reference of the owner.
    pub person: String,
    /// Code of the level, of those of the settings.
    pub level: String,
    /// What it needs, where it cannot be done with what there is.
    pub because: String,
}

/// What is wrong with the views of owners, with the place of the owner or of the view, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewFault {
    /// An owner of joint work has not said how feasible they find it.
    #[error("say how feasible each owner finds it")]
    Owner(usize),
    /// Somebody who does not own the action, or has spoken already.
    #[error("each owner says once how feasible they find it, and nobody else")]
    NotOwner(usize),
    /// A level that is not on the list.
    #[error("choose how feasible it is")]
    Level(usize),
    /// It needs more than there is, and nobody says what.
    #[error("say what it needs, where it cannot be done with what there is")]
    NoReason(usize),
}

impl Action {
    /// Everything that is wrong with what its owners say of how feasible it is. Each owner of joint
    /// work says so when it is agreed; of other work they may.
    pub fn view_faults(&self, settings: &BenefitSettings, views: &[View]) -> Vec<ViewFault> {
        let mut faults = Vec::new();
        for (place, it) in self.owners.iter().enumerate().filter(|_| self.joint) {
            if !views.iter().any(|view| view.person == it.person) {
                faults.push(ViewFault::Owner(place));
            }
        }
        for (place, it) in views.iter().enumerate() {
            if views[..place].iter().any(|before| before.person == it.person) {
                faults.push(ViewFault::NotOwner(place));
            }
            faults.extend(self.view_fault(settings, (place, it)));
        }
        faults
    }

    /// What is wrong with one view by itself; told with the place that is given.
    pub fn view_fault(
        &self,
        settings: &BenefitSettings,
        (place, view): (usize, &View),
    ) -> Option<ViewFault> {
        if self.owners.iter().all(|it| it.person != view.person) {
            return Some(ViewFault::NotOwner(place));
        }
        let level = settings.feasibility.iter().position(|it| it.code == view.level);
        match level {
            None => Some(ViewFault::Level(place)),
            Some(level) if level > 0 && view.because.trim().is_empty() => {
                Some(ViewFault::NoReason(place))
            }
            Some(_) => None,
        }
    }
}

/// What somebody said of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// On which day.
    pub on: Date,
    /// What.
    pub says: Says,
    /// Why, where nothing moved or it stops.
    pub because: String,
    /// By when it is done now, if that changed.
    pub due_on: Option<Date>,
}

impl Update {
    /// What is missing of it.
    pub fn fault(&self) -> Option<ActionFault> {
        let because = self.because.trim();
        match self.says {
            Says::NoProgress if because.is_empty() => {
                Some(ActionFault::Missing("why there was no progress"))
            }
            Says::Stopped if because.is_empty() => {
                Some(ActionFault::Missing("why the action stops"))
            }
            _ if self.due_on.is_some() && because.is_empty() => {
                Some(ActionFault::Missing("why it is done on another day"))
            }
            _ => None,
        }
    }
}

/// Where an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It has not begun.
    Planned,
    /// It has begun.
    UnderWay,
    /// It is done.
    Done,
    /// It will not be done.
    Stopped,
}

/// How an action stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it is.
    pub state: State,
    /// By when it is to be done now.
    pub due_on: Date,
    /// Whether its day is past and it is open.
    pub is_overdue: bool,
    /// Whether nobody has spoken of it for too long, or since its day.
    pub needs_update: bool,
}

impl Standing {
    /// How an action with these days stands, after these updates in order.
    pub fn of(
        (starts_on, due_on): (Date, Date),
        updates: &[Update],
        today: Date,
        settings: &BenefitSettings,
    ) -> Self {
        let last = updates.last();
        let state = match last.map(|it| it.says) {
            Some(Says::Done) => State::Done,
            Some(Says::Stopped) => State::Stopped,
            None if starts_on > today => State::Planned,
            Some(Says::SomeProgress | Says::NoProgress) | None => State::UnderWay,
        };
        let due_on = updates.iter().rev().find_map(|it| it.due_on).unwrap_or(due_on);
        let is_open = matches!(state, State::Planned | State::UnderWay);
        let is_overdue = is_open && due_on < today;
        let spoken_of = last.map_or(starts_on, |it| it.on);
        let is_silent = days_later(spoken_of, settings.update_after.value) < today;
        let needs_update =
            is_open && spoken_of < today && (is_silent || is_overdue && spoken_of <= due_on);
        Self { state, due_on, is_overdue, needs_update }
    }

    /// Whether it is neither done nor stopped.
    pub fn is_open(self) -> bool {
        matches!(self.state, State::Planned | State::UnderWay)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn owner(person: &str, profession: Profession) -> Owner {
        Owner { person: person.to_owned(), profession }
    }

    fn action(owners: &[(&str, Profession)]) -> Action {
        Action {
            what: "Discharge by criteria on seven days".to_owned(),
            owners: owners.iter().map(|it| owner(it.0, it.1)).collect(),
            joint: true,
            size: None,
            effort: Effort::Medium,
            priority: Priority::High,
            measure: "Stay below 4.4 days".to_owned(),
            quality: "Patients may come back".to_owned(),
            starts_on: day("2026-03-12"),
            due_on: day("2026-05-31"),
        }
    }

    #[track_caller]
    fn refused(owners: &[(&str, Profession)], expected: &[ActionFault]) {
        assert_eq!(action(owners).all_faults(), expected);
    }

    #[test]
    fn joint_work_is_of_two_professions_one_of_which_gives_care() {
        use Profession::{Clinical, Finance, Manager};
        refused(&[("a", Clinical), ("b", Finance)], &[]);
        refused(&[("a", Manager), ("b", Clinical), ("c", Clinical)], &[]);
        refused(&[("a", Clinical), ("b", Clinical)], &[ActionFault::OneProfession]);
        refused(&[("a", Clinical)], &[ActionFault::OneProfession]);
        refused(&[("a", Finance), ("b", Manager)], &[ActionFault::NoClinician]);
        refused(&[("a", Clinical), ("a", Finance)], &[ActionFault::Twice]);
        refused(&[], &[ActionFault::NoOwner]);
        let alone = Action { joint: false, ..action(&[("a", Finance)]) };
        assert_eq!((alone.all_faults(), alone.is_joint()), (vec![], false));
    }

    #[test]
    fn faults_are_told_together() {
        let wrong = Action {
            what: " ".to_owned(),
            size: Some(Size { low_e4: 2, high_e4: 1, unit: String::new() }),
            due_on: day("2026-03-11"),
            ..action(&[("a", Profession::Clinical), ("b", Profession::Finance)])
        };
        let told: Vec<String> = wrong.all_faults().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "say what will be done",
                "say in which unit the size is",
                "the low end of the size is above the high end",
                "the action is due before it begins",
            ]
        );
    }

    #[track_caller]
    fn stands(updates: &[(&str, Says)], today: &str, expected: (State, bool, bool)) {
        let updates: Vec<Update> = updates
            .iter()
            .map(|it| Update { on: day(it.0), says: it.1, because: "x".into(), due_on: None })
            .collect();
        let days = (day("2026-03-12"), day("2026-05-31"));
        let found = Standing::of(days, &updates, day(today), &BenefitSettings::own());
        assert_eq!((found.state, found.is_overdue, found.needs_update), expected);
    }

    #[test]
    fn an_action_is_overdue_after_its_day_and_needs_an_update_when_nobody_spoke() {
        stands(&[], "2026-03-01", (State::Planned, false, false));
        // 12 March and 28 days is 9 April.
        stands(&[], "2026-04-09", (State::UnderWay, false, false));
        stands(&[], "2026-04-10", (State::UnderWay, false, true));
        let spoken = [("2026-05-20", Says::SomeProgress)];
        stands(&spoken, "2026-05-31", (State::UnderWay, false, false));
        stands(&spoken, "2026-06-01", (State::UnderWay, true, true));
        let after = [("2026-06-01", Says::NoProgress)];
        stands(&after, "2026-06-02", (State::UnderWay, true, false));
        stands(&[("2026-05-20", Says::Done)], "2026-06-11", (State::Done, false, false));
        stands(&[("2026-05-20", Says::Stopped)], "2026-06-11", (State::Stopped, false, false));
    }

    #[test]
    fn no_progress_says_why() {
        let update = |says, because: &str, due_on| Update {
            on: day("2026-06-01"),
            says,
            because: because.to_owned(),
            due_on,
        };
        let told = |it: Update| it.fault().map(|it| it.to_string()).unwrap_or_default();
        assert_eq!(told(update(Says::NoProgress, " ", None)), "say why there was no progress");
        assert_eq!(told(update(Says::NoProgress, "We wait", None)), "");
        assert_eq!(told(update(Says::Stopped, "", None)), "say why the action stops");
        let later = Some(day("2026-07-01"));
        let said = told(update(Says::SomeProgress, "", later));
        assert_eq!(said, "say why it is done on another day");
        assert_eq!(told(update(Says::SomeProgress, "", None)), "");
    }

    #[test]
    fn each_owner_of_joint_work_says_how_feasible_it_is_and_what_it_needs() {
        let settings = BenefitSettings::own();
        let view = |person: &str, level: &str, because: &str| View {
            person: person.to_owned(),
            level: level.to_owned(),
            because: because.to_owned(),
        };
        let joint = action(&[("a", Profession::Clinical), ("b", Profession::Finance)]);
        let of = |views: &[View]| joint.view_faults(&settings, views);
        let (own, other) = (view("a", "as-is", ""), view("b", "decision", "Of the board"));
        assert_eq!(of(&[own.clone(), other.clone()]), []);
        assert_eq!(of(std::slice::from_ref(&own)), [ViewFault::Owner(1)]);
        assert_eq!(of(&[]), [ViewFault::Owner(0), ViewFault::Owner(1)]);
        let silent = view("b", "means", " ");
        assert_eq!(of(&[own.clone(), silent]), [ViewFault::NoReason(1)]);
        assert_eq!(of(&[own.clone(), view("b", "never", "")]), [ViewFault::Level(1)]);
        let more = [own.clone(), other, view("c", "as-is", ""), own.clone()];
        assert_eq!(of(&more), [ViewFault::NotOwner(2), ViewFault::NotOwner(3)]);
        let alone = Action { joint: false, ..action(&[("a", Profession::Finance)]) };
        assert_eq!(alone.view_faults(&settings, &[]), []);
        assert_eq!(alone.view_faults(&settings, &[own]), []);
    }

    proptest! {
        /// Whatever the owners are, joint work is never of one profession and never without a clinician.
        #[test]
        fn joint_is_always_of_two_professions(groups in prop::collection::vec(0_usize..5, 0..6)) {
            let owners: Vec<Owner> = groups.iter().enumerate()
                .map(|(at, it)| owner(&at.to_string(), Profession::ALL[*it])).collect();
            let mut it = action(&[]);
            it.owners.clone_from(&owners);
            let kinds: std::collections::BTreeSet<_> = owners.iter().map(|it| it.profession).collect();
            let expected = kinds.len() > 1 && kinds.contains(&Profession::Clinical);
            prop_assert_eq!(it.is_joint(), expected);
            prop_assert_eq!(it.all_faults().is_empty(), expected);
        }
    }
}
