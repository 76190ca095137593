//! Ideas of staff: where one stands, whether whoever had it was told, and how long that took.
//!
//! An idea is looked at beside the figures before it is taken up (5.30: subject to being confirmed
//! by data); one that they bear out can be taken to a review of its service, and one that is not taken
//! up says why.

use jiff::civil::Date;

use crate::listed::listed;

listed! {
    /// What the figures say of an idea.
    Data {
        /// They bear it out.
        Supports = "supports", "The figures bear it out";
        /// They do not.
        DoesNot = "does_not", "The figures do not bear it out";
        /// There are none for it.
        NoData = "no_data", "There are no figures for it";
    }
}

listed! {
    /// What was done with an idea.
    Act {
        /// Somebody looked at it.
        LookedAt = "looked_at", "Looked at";
        /// A review of its service speaks of it.
        ToReview = "to_review", "Taken to a review";
        /// An action came of it.
        TakenUp = "taken_up", "Taken up";
        /// That action is done.
        Finished = "finished", "Done";
        /// Nothing came of it, for a reason.
        NotTakenUp = "not_taken_up", "Not taken up";
        /// Whoever had it has read what was done.
        Read = "read", "Read by whoever had it";
    }
}

listed! {
    /// Where an idea stands.
    State {
        /// Nobody has looked yet.
        Put = "put", "Put";
        /// Somebody has.
        LookedAt = "looked_at", "Looked at";
        /// A review of its service speaks of it.
        InReview = "in_review", "Taken to a review";
        /// An action came of it.
        TakenUp = "taken_up", "Taken up";
        /// That action is done.
        Finished = "finished", "Done";
        /// Nothing comes of it, for a reason.
        NotTakenUp = "not_taken_up", "Not taken up";
    }
}

/// Something that was done with an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// What.
    pub act: Act,
    /// What the figures say, where it says so.
    pub data: Option<Data>,
    /// On which day.
    pub on: Date,
}

/// How an idea stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub state: State,
    /// What the figures say of it; none while nobody has looked.
    pub data: Option<Data>,
    /// Whether whoever had it has not read the latest yet.
    pub has_news: bool,
    /// Days from putting it to the first answer; none while nobody has answered.
    pub days_to_answer: Option<u32>,
}

impl Standing {
    /// How an idea that was put on a day stands after all that was done with it.
    pub fn of(put_on: Date, done: &[Done]) -> Self {
        let mut standing =
            Self { state: State::Put, data: None, has_news: false, days_to_answer: None };
        for it in done {
            let state = match it.act {
                Act::LookedAt => State::LookedAt,
                Act::ToReview => State::InReview,
                Act::TakenUp => State::TakenUp,
                Act::Finished => State::Finished,
                Act::NotTakenUp => State::NotTakenUp,
                Act::Read => {
                    standing.has_news = false;
                    continue;
                }
            };
            standing.state = state;
            standing.data = it.data.or(standing.data);
            standing.has_news = true;
            let days = (it.on - put_on).get_days();
            standing.days_to_answer.get_or_insert(u32::try_from(days).unwrap_or(0));
        }
        standing
    }

    /// Whether something may be done with it from here, whatever else that asks for.
    pub fn allows(self, act: Act) -> bool {
        match act {
            Act::LookedAt => self.state == State::Put,
            Act::ToReview => {
                self.data == Some(Data::Supports)
                    && !matches!(self.state, State::TakenUp | State::Finished)
            }
            Act::TakenUp => !matches!(self.state, State::TakenUp | State::Finished),
            Act::Finished => self.state == State::TakenUp,
            Act::NotTakenUp => !matches!(self.state, State::NotTakenUp | State::Finished),
            Act::Read => self.has_news,
        }
    }

    /// Where it stands, in words; of one that was only looked at, with what the figures say.
    pub fn said(self) -> String {
        let name = self.state.name();
        match self.data.filter(|_| self.state == State::LookedAt) {
            Some(Data::Supports) => format!("{name}: the figures bear it out"),
            Some(Data::DoesNot) => format!("{name}: the figures do not bear it out"),
            Some(Data::NoData) => format!("{name}: there are no figures for it"),
            None => name.to_owned(),
        }
    }
}

/// What was done with an idea, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// What.
    pub act: Act,
    /// What the figures say; asked of whoever looks.
    pub data: Option<Data>,
    /// In words.
    pub words: &'a str,
    /// Reference of the action that came of it; blank for none.
    pub action: &'a str,
    /// Reference of the review that speaks of it; blank for none.
    pub review: &'a str,
}

/// Why something cannot be done with an idea.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdeaFault {
    /// It stands there already.
    #[error("the idea is {0} already")]
    Already(&'static str),
    /// Nobody said what the figures say.
    #[error("say what the figures say of it")]
    NoData,
    /// The figures do not bear it out, or nobody has looked.
    #[error("only an idea that the figures bear out is taken to a review: look at it first")]
    NotBorneOut,
    /// Nobody said to which review.
    #[error("choose the review to which it is taken")]
    NoReview,
    /// No action came of it that could be done.
    #[error("only an idea that is taken up can be done: take it up by an action first")]
    NotTakenUp,
    /// Nothing came of it, and nobody says why.
    #[error("say why it is not taken up: whoever had the idea is told")]
    NoReason,
    /// It is taken up by nothing.
    #[error("choose the action that takes it up")]
    NoAction,
    /// There is nothing new to read.
    #[error("there is nothing new to read")]
    NothingNew,
}

impl Step<'_> {
    /// What stands in the way of a step, from where the idea stands.
    pub fn fault(&self, from: Standing) -> Option<IdeaFault> {
        let already = matches!(
            (self.act, from.state),
            (Act::ToReview | Act::TakenUp, State::TakenUp)
                | (Act::ToReview | Act::TakenUp | Act::Finished | Act::NotTakenUp, State::Finished)
                | (Act::NotTakenUp, State::NotTakenUp)
        );
        let fault = match self.act {
            _ if already => IdeaFault::Already(match from.state {
                State::Finished => "done",
                State::TakenUp => "taken up",
                State::NotTakenUp => "not taken up",
                State::Put | State::LookedAt | State::InReview => "looked at",
            }),
            Act::LookedAt if !from.allows(Act::LookedAt) => IdeaFault::Already("looked at"),
            Act::LookedAt if self.data.is_none() => IdeaFault::NoData,
            Act::ToReview if !from.allows(Act::ToReview) => IdeaFault::NotBorneOut,
            Act::ToReview if self.review.trim().is_empty() => IdeaFault::NoReview,
            Act::TakenUp if self.action.trim().is_empty() => IdeaFault::NoAction,
            Act::Finished if !from.allows(Act::Finished) => IdeaFault::NotTakenUp,
            Act::NotTakenUp if self.words.trim().is_empty() => IdeaFault::NoReason,
            Act::Read if !from.has_news => IdeaFault::NothingNew,
            Act::LookedAt
            | Act::ToReview
            | Act::TakenUp
            | Act::Finished
            | Act::NotTakenUp
            | Act::Read => return None,
        };
        Some(fault)
    }
}

/// So many days or fewer until at least half of those that are answered were; none of fewer than
/// `fewest`.
pub fn half_answered_within(days: &[u32], fewest: usize) -> Option<u32> {
    if days.is_empty() || days.len() < fewest {
        return None;
    }
    let mut days = days.to_vec();
    days.sort_unstable();
    days.get((days.len() - 1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn standing(done: &[(Act, &str)]) -> Standing {
        // Whoever looks finds that the figures bear it out.
        let data = |act| (act == Act::LookedAt).then_some(Data::Supports);
        let done = done.iter().map(|it| Done { act: it.0, data: data(it.0), on: day(it.1) });
        let done: Vec<Done> = done.collect();
        Standing::of(day("2026-05-30"), &done)
    }

    #[test]
    fn whoever_had_an_idea_has_news_until_they_read_it() {
        let put = standing(&[]);
        assert_eq!((put.state, put.has_news, put.days_to_answer), (State::Put, false, None));
        let looked = [(Act::LookedAt, "2026-06-02")];
        let it = standing(&looked);
        assert_eq!((it.state, it.has_news, it.days_to_answer), (State::LookedAt, true, Some(3)));
        let read = [looked[0], (Act::Read, "2026-06-03")];
        let it = standing(&read);
        assert_eq!((it.state, it.has_news), (State::LookedAt, false));
        let again = [read[0], read[1], (Act::NotTakenUp, "2026-06-20")];
        let it = standing(&again);
        assert_eq!((it.state, it.has_news, it.days_to_answer), (State::NotTakenUp, true, Some(3)));
    }

    #[track_caller]
    fn refused(done: &[(Act, &str)], step: &Step<'_>, expected: &str) {
        let told = step.fault(standing(done)).map_or(String::new(), |it| it.to_string());
        assert_eq!(told, expected);
    }

    #[test]
    fn each_step_says_what_it_owes() {
        let step = |act| Step { act, data: None, words: " ", action: "", review: "" };
        refused(&[], &step(Act::LookedAt), "say what the figures say of it");
        refused(&[], &Step { data: Some(Data::NoData), ..step(Act::LookedAt) }, "");
        refused(&[], &step(Act::TakenUp), "choose the action that takes it up");
        refused(&[], &Step { action: "1", ..step(Act::TakenUp) }, "");
        refused(
            &[],
            &step(Act::NotTakenUp),
            "say why it is not taken up: whoever had the idea is told",
        );
        refused(&[], &step(Act::Read), "there is nothing new to read");
        let looked = [(Act::LookedAt, "2026-06-02")];
        refused(&looked, &step(Act::Read), "");
        refused(&looked, &step(Act::LookedAt), "the idea is looked at already");
        // A mind may change both ways, and says why.
        let no = [(Act::NotTakenUp, "2026-06-02")];
        refused(&no, &Step { action: "1", ..step(Act::TakenUp) }, "");
        refused(
            &no,
            &Step { words: "x", ..step(Act::NotTakenUp) },
            "the idea is not taken up already",
        );
    }

    #[test]
    fn only_what_the_figures_bear_out_is_taken_to_a_review_and_only_what_is_taken_up_is_done() {
        let step = |act| Step { act, data: None, words: " ", action: "1", review: "" };
        let (review, done) = (step(Act::ToReview), step(Act::Finished));
        let owed = "only an idea that the figures bear out is taken to a review: look at it first";
        refused(&[], &review, owed);
        let unborne =
            [Done { act: Act::LookedAt, data: Some(Data::NoData), on: day("2026-06-02") }];
        let unborne = Standing::of(day("2026-05-30"), &unborne);
        assert_eq!(review.fault(unborne), Some(IdeaFault::NotBorneOut));
        assert_eq!(unborne.said(), "Looked at: there are no figures for it");
        let looked = (Act::LookedAt, "2026-06-02");
        refused(&[looked], &review, "choose the review to which it is taken");
        refused(&[looked], &Step { review: "1", ..step(Act::ToReview) }, "");
        refused(
            &[looked],
            &done,
            "only an idea that is taken up can be done: take it up by an action first",
        );
        let spoken = [looked, (Act::ToReview, "2026-06-03")];
        assert_eq!(standing(&spoken).said(), "Taken to a review");
        // Another review may speak of it, and then it is decided.
        refused(&spoken, &Step { review: "2", ..step(Act::ToReview) }, "");
        refused(&spoken, &step(Act::TakenUp), "");
        let taken = [spoken[0], spoken[1], (Act::TakenUp, "2026-06-20")];
        refused(&taken, &review, "the idea is taken up already");
        refused(&taken, &done, "");
        let all = [taken[0], taken[1], taken[2], (Act::Finished, "2026-07-20")];
        assert!(standing(&all).has_news, "its author is told the outcome");
        assert_eq!(standing(&all).said(), "Done");
        for act in [Act::ToReview, Act::TakenUp, Act::Finished, Act::NotTakenUp] {
            refused(&all, &step(act), "the idea is done already");
        }
    }

    #[test]
    fn half_are_answered_within_so_many_days() {
        assert_eq!(half_answered_within(&[9, 1, 3, 2, 40], 5), Some(3));
        assert_eq!(half_answered_within(&[9, 1, 3, 2], 5), None);
        assert_eq!(half_answered_within(&[], 0), None);
    }
}
