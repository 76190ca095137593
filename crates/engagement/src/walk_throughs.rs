//! A clinician and an accountant walk through one allocation: does it reflect how care is delivered,
//! what should change, who was there, and did it change (5.6, 5.9 and 5.10).

use crate::benefits::Side;
use crate::listed::listed;

listed! {
    /// What was said of an allocation.
    Act {
        /// A clinician: it reflects how care is delivered.
        Reflects = "reflects", "It reflects how care is delivered";
        /// A clinician: it does not, for a reason.
        DoesNot = "does_not", "It does not reflect how care is delivered";
        /// A clinician: another measure would.
        Proposes = "proposes", "Another measure would reflect it better";
        /// Finance: a change is agreed.
        Changes = "changes", "A change is agreed";
        /// Finance: it stays as it is, for a reason.
        Stays = "stays", "It stays as it is";
    }
}

impl Act {
    /// Who says it.
    pub const fn side(self) -> Side {
        match self {
            Self::Reflects | Self::DoesNot | Self::Proposes => Side::Clinical,
            Self::Changes | Self::Stays => Side::Finance,
        }
    }

    /// Whether it is said in words.
    pub const fn needs_words(self) -> bool {
        !matches!(self, Self::Reflects)
    }

    /// Whether it ends a walk-through: nobody is asked anything after it.
    pub const fn ends(self) -> bool {
        matches!(self, Self::Reflects | Self::Changes | Self::Stays)
    }
}

listed! {
    /// Where a walk-through stands.
    State {
        /// No clinician has said anything yet.
        Asked = "asked", "Waits for a clinician";
        /// It reflects how care is delivered.
        Reflects = "reflects", "Reflects how care is delivered";
        /// It does not, and finance has not answered.
        Questioned = "questioned", "Waits for finance";
        /// A change is agreed, and no costing published since has other rules.
        Agreed = "agreed", "A change is agreed";
        /// A costing published since a change was agreed has other rules; only people can say
        /// whether they are what was agreed.
        InCosting = "in_costing", "Rules changed since it was agreed: check whether this is it";
        /// It stays as it is, for a reason.
        Stays = "stays", "Stays as it is, for a reason";
    }
}

/// Something that was said, by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What.
    pub act: Act,
    /// Reference of the person.
    pub by: String,
}

/// Why something cannot be said of an allocation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalkThroughFault {
    /// It is said by the other side.
    #[error("that is said by {0}, by their profession")]
    OtherSide(&'static str),
    /// A text is missing.
    #[error("say {0}")]
    Missing(&'static str),
    /// No clinician asks for anything.
    #[error("no clinician asks for a change of this allocation")]
    NothingAsked,
    /// One person would stand for both.
    #[error("you said what is asked here yourself: somebody else answers it")]
    OwnWords,
    /// It would end without both sides having been there.
    #[error(
        "a walk-through ends with at least one clinician and one of finance who were there, and \
         {0} is recorded: add who was there first"
    )]
    NotThere(&'static str),
    /// It ended with both sides, and would be left without one of them.
    #[error(
        "this walk-through has ended, and without them {0} would be recorded as there: add who was \
         there for that side first"
    )]
    LeavesNobody(&'static str),
}

/// What stands in the way of saying something after what was said.
pub fn fault(said: &[Said], new: &Said, side: Side, words: &str) -> Option<WalkThroughFault> {
    if new.act.side() != side {
        let who = match new.act.side() {
            Side::Clinical => "a clinician",
            Side::Finance => "finance",
        };
        return Some(WalkThroughFault::OtherSide(who));
    }
    if new.act.needs_words() && words.trim().is_empty() {
        return Some(WalkThroughFault::Missing(match new.act {
            Act::Reflects | Act::DoesNot => "what does not reflect how care is delivered",
            Act::Proposes => "which measure would reflect it better",
            Act::Changes => "what changes",
            Act::Stays => "why it stays as it is",
        }));
    }
    if side == Side::Clinical {
        return None;
    }
    match said.iter().rev().find(|it| it.act.side() == Side::Clinical) {
        Some(it) if it.by == new.by => Some(WalkThroughFault::OwnWords),
        Some(it) if it.act != Act::Reflects => None,
        _ => Some(WalkThroughFault::NothingAsked),
    }
}

/// Which side nobody of is there, in words; none where both are.
fn absent(there: &[Option<Side>]) -> Option<&'static str> {
    let is_there = |side: Side| there.contains(&Some(side));
    match (is_there(Side::Clinical), is_there(Side::Finance)) {
        (true, true) => None,
        (false, true) => Some("no clinician"),
        (true, false) => Some("nobody of finance"),
        (false, false) => Some("nobody of either"),
    }
}

/// What stands in the way of saying something, by the sides of those who were there; none of them is
/// the side of whoever is of neither, or a guest.
pub fn attendance_fault(act: Act, there: &[Option<Side>]) -> Option<WalkThroughFault> {
    absent(there).filter(|_| act.ends()).map(WalkThroughFault::NotThere)
}

/// What stands in the way of taking back that somebody was there, by the sides of all and of the rest.
/// What ended with both sides stays so; what ended without, before it was asked, may change.
pub fn taking_back_fault(
    said: &[Said],
    (before, after): (&[Option<Side>], &[Option<Side>]),
) -> Option<WalkThroughFault> {
    let has_ended = said.last().is_some_and(|it| it.act.ends());
    let is_left = absent(before).is_none() && has_ended;
    absent(after).filter(|_| is_left).map(WalkThroughFault::LeavesNobody)
}

/// Where it stands after what was said; `is_changed` says whether the rules of the allocation in a
/// costing that was published after the change was agreed are others than they were then.
pub fn state(said: &[Said], is_changed: bool) -> State {
    match said.last().map(|it| it.act) {
        None => State::Asked,
        Some(Act::Reflects) => State::Reflects,
        Some(Act::DoesNot | Act::Proposes) => State::Questioned,
        Some(Act::Changes) if is_changed => State::InCosting,
        Some(Act::Changes) => State::Agreed,
        Some(Act::Stays) => State::Stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(act: Act, by: &str) -> Said {
        Said { act, by: by.to_owned() }
    }

    #[track_caller]
    fn refused(before: &[Said], new: &Said, side: Side, words: &str, expected: &str) {
        let told = fault(before, new, side, words).map_or(String::new(), |it| it.to_string());
        assert_eq!(told, expected);
    }

    #[test]
    fn a_clinician_asks_and_finance_answers() {
        let asks = said(Act::Proposes, "amara");
        refused(&[], &asks, Side::Clinical, "Minutes, not visits", "");
        refused(&[], &asks, Side::Clinical, " ", "say which measure would reflect it better");
        refused(&[], &asks, Side::Finance, "x", "that is said by a clinician, by their profession");
        let changes = said(Act::Changes, "priya");
        let nothing = "no clinician asks for a change of this allocation";
        refused(&[], &changes, Side::Finance, "x", nothing);
        refused(&[said(Act::Reflects, "amara")], &changes, Side::Finance, "x", nothing);
        refused(std::slice::from_ref(&asks), &changes, Side::Finance, "x", "");
        refused(std::slice::from_ref(&asks), &changes, Side::Finance, "", "say what changes");
        refused(
            &[asks],
            &said(Act::Stays, "amara"),
            Side::Finance,
            "x",
            "you said what is asked here yourself: somebody else answers it",
        );
    }

    #[test]
    fn it_ends_with_a_clinician_and_one_of_finance_who_were_there() {
        let told = |act: Act, there: &[Option<Side>]| {
            attendance_fault(act, there).map_or(String::new(), |it| it.to_string())
        };
        let both = [Some(Side::Finance), None, Some(Side::Clinical)];
        let missing = |who: &str| {
            format!(
                "a walk-through ends with at least one clinician and one of finance who were \
                 there, and {who} is recorded: add who was there first"
            )
        };
        for act in [Act::Reflects, Act::Changes, Act::Stays] {
            assert_eq!(told(act, &both), "");
            assert_eq!(told(act, &[]), missing("nobody of either"));
            assert_eq!(told(act, &[None]), missing("nobody of either"));
            assert_eq!(told(act, &both[..2]), missing("no clinician"));
            assert_eq!(told(act, &both[1..]), missing("nobody of finance"));
        }
        assert_eq!(told(Act::DoesNot, &[]) + &told(Act::Proposes, &[]), "", "nothing ends");
    }

    #[test]
    fn what_ended_with_both_sides_keeps_both() {
        let both = [Some(Side::Finance), Some(Side::Clinical)];
        let told = |said: &[Said], sides: (&[Option<Side>], &[Option<Side>])| {
            taking_back_fault(said, sides).map_or(String::new(), |it| it.to_string())
        };
        let asked = [said(Act::DoesNot, "amara")];
        let ended = [said(Act::DoesNot, "amara"), said(Act::Stays, "priya")];
        assert_eq!(told(&asked, (&both, &both[..1])), "");
        assert_eq!(
            told(&ended, (&both, &both[..1])),
            "this walk-through has ended, and without them no clinician would be recorded as \
             there: add who was there for that side first"
        );
        let three = [both[0], both[1], Some(Side::Clinical)];
        assert_eq!(told(&ended, (&three, &both)), "");
        assert_eq!(told(&ended, (&both[..1], &[])), "", "it ended before that was asked");
    }

    #[test]
    fn rules_that_changed_since_a_change_was_agreed_are_to_be_checked_and_no_more() {
        let asked = [said(Act::DoesNot, "amara")];
        let agreed = [asked[0].clone(), said(Act::Changes, "priya")];
        assert_eq!((state(&[], false), state(&asked, true)), (State::Asked, State::Questioned));
        assert_eq!(
            (state(&agreed, false), state(&agreed, true)),
            (State::Agreed, State::InCosting)
        );
        let told = "Rules changed since it was agreed: check whether this is it";
        assert_eq!(state(&agreed, true).name(), told);
        let again = [agreed[0].clone(), agreed[1].clone(), said(Act::Reflects, "amara")];
        assert_eq!(state(&again, true), State::Reflects);
    }
}
