//! When a meeting can be held: the slots that whoever arranges it proposes, what those who are asked
//! answer, and which slot comes first.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};

use super::ReviewGuide;
use super::meeting::{Notice, Side, notice};
use crate::actions::Profession;
use crate::listed::listed;

listed! {
    /// What somebody answers of a slot.
    Answer {
        /// They can come.
        Yes = "yes", "Yes";
        /// They can come, and would rather not.
        IfNeedBe = "if_need_be", "If need be";
        /// They cannot come.
        No = "no", "No";
    }
}

/// A time at which a meeting could be. In order: the earliest first, then the shortest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeetingSlot {
    /// The day.
    pub day: Date,
    /// When it begins, in the time of England.
    pub begins_at: Time,
    /// How long it is, in minutes.
    pub minutes: u32,
}

/// Somebody who is asked when they can come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Reference of the person.
    pub person: String,
    /// Their profession.
    pub profession: Profession,
    /// For whom they stand in where that person cannot come; none where they come themselves.
    pub deputy_for: Option<String>,
    /// What they answered, slot by slot; nothing where they have not answered.
    pub answers: Vec<Answer>,
}

/// What stands in the way of proposing slots; with the place of the slot, or of whoever is asked,
/// from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotFault {
    /// Too few slots, or too many.
    #[error("propose from {least} to {most} slots: there are {given}")]
    Number {
        /// How many there are.
        given: usize,
        /// How many there must be.
        least: u32,
        /// How many there may be.
        most: u32,
    },
    /// A slot is past.
    #[error("this slot is past: choose a later one")]
    Past(usize),
    /// A slot stands there already.
    #[error("this slot stands there already: choose another")]
    Twice(usize),
    /// No meeting is as long as this.
    #[error("choose one of the lengths that meetings have here")]
    Length(usize),
    /// Somebody is asked already.
    #[error("this person is asked already: choose somebody else")]
    AskedTwice(usize),
    /// Somebody stands in for a person who is not asked, or who is a deputy too.
    #[error("a deputy stands in for somebody who is asked and is no deputy")]
    Deputy(usize),
    /// Fewer people than a meeting needs.
    #[error("ask {0} people at least, deputies not counted: a meeting needs as many to decide")]
    Few(u32),
    /// No clinician is asked.
    #[error("ask a clinician too: a meeting without one cannot decide")]
    NoClinician,
    /// Nobody of finance is asked.
    #[error("ask somebody of finance too: a meeting without them cannot decide")]
    NoFinance,
}

/// Somebody who can come to a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// Reference of the person.
    pub person: String,
    /// Their profession.
    pub profession: Profession,
    /// For whom they stand in, where they do.
    pub for_whom: Option<String>,
    /// Whether they would rather not.
    pub if_need_be: bool,
}

/// Somebody who cannot come to a slot, or has not said so, and for whom nobody stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Reference of the person.
    pub person: String,
    /// Their profession.
    pub profession: Profession,
    /// Whether they have answered.
    pub has_answered: bool,
}

/// How a slot stands after what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotStanding {
    /// Its place among those that were proposed, from 0.
    pub place: usize,
    /// The slot.
    pub slot: MeetingSlot,
    /// Who can come, in the order in which they were asked.
    pub coming: Vec<Coming>,
    /// Who is missing.
    pub missing: Vec<Missing>,
    /// People whom a meeting needs to decide.
    pub quorum: u32,
    /// Of clinicians and finance, of whom nobody can come.
    pub without: Vec<Side>,
    /// Days from now to the slot, and how many clinicians lack.
    pub notice: Notice,
    /// Whether it is past.
    pub is_past: bool,
}

impl SlotStanding {
    /// Whether a clinician and somebody of finance can come who are two people: nobody stands for
    /// both.
    pub fn has_both(&self) -> bool {
        let of = |wanted: Side| {
            let those = self.coming.iter().filter(move |it| side(it.profession) == wanted);
            those.map(|it| it.person.as_str()).collect::<BTreeSet<&str>>()
        };
        let (clinical, finance) = (of(Side::Clinical), of(Side::Finance));
        clinical.iter().any(|one| finance.iter().any(|other| one != other))
    }

    /// Whether enough people can come, a clinician and somebody else of finance among them.
    pub fn meets_quorum(&self) -> bool {
        let people: BTreeSet<&str> = self.coming.iter().map(|it| it.person.as_str()).collect();
        let are_enough = u32::try_from(people.len()).is_ok_and(|it| it >= self.quorum);
        self.has_both() && are_enough
    }

    /// Whether a meeting then could decide after all, if those come who have not answered.
    pub fn may_still_do(&self) -> bool {
        let silent = || self.missing.iter().filter(|it| !it.has_answered);
        let people = self.coming.len() + silent().count();
        let has = |of: &Side| silent().any(|it| side(it.profession) == *of);
        u32::try_from(people).is_ok_and(|it| it >= self.quorum) && self.without.iter().all(has)
    }

    /// Whether a meeting then can decide, and clinicians have the notice that they need.
    pub fn will_do(&self) -> bool {
        self.meets_quorum() && self.notice.short_by == 0 && !self.is_past
    }
}

/// On which side of the conversation a profession stands.
const fn side(profession: Profession) -> Side {
    match profession {
        Profession::Clinical => Side::Clinical,
        Profession::Finance => Side::Finance,
        Profession::Manager | Profession::Informatics | Profession::Other => Side::Other,
    }
}

/// Everything that stands in the way of proposing these slots to these people.
pub fn slot_faults(
    guide: &ReviewGuide,
    (slots, asked): (&[MeetingSlot], &[Asked]),
    now: DateTime,
) -> Vec<SlotFault> {
    let (least, most) = (guide.settings.slots_least.value, guide.settings.slots_most.value);
    let given = slots.len();
    let mut faults = Vec::new();
    if !u32::try_from(given).is_ok_and(|it| (least..=most).contains(&it)) {
        faults.push(SlotFault::Number { given, least, most });
    }
    for (place, it) in slots.iter().enumerate() {
        if is_past(*it, now) {
            faults.push(SlotFault::Past(place));
        }
        if slots[..place].contains(it) {
            faults.push(SlotFault::Twice(place));
        }
        if !guide.lengths.iter().any(|length| length.minutes == it.minutes) {
            faults.push(SlotFault::Length(place));
        }
    }
    faults.extend(asked_faults(guide, asked));
    faults
}

/// What is wrong with whom somebody asks.
pub fn asked_faults(guide: &ReviewGuide, asked: &[Asked]) -> Vec<SlotFault> {
    let mut faults = Vec::new();
    let comes_themselves =
        |person: &str| asked.iter().any(|it| it.person == person && it.deputy_for.is_none());
    for (place, it) in asked.iter().enumerate() {
        if asked[..place].iter().any(|before| before.person == it.person) {
            faults.push(SlotFault::AskedTwice(place));
        } else if it.deputy_for.as_ref().is_some_and(|of| !comes_themselves(of)) {
            faults.push(SlotFault::Deputy(place));
        }
    }
    let themselves = asked.iter().filter(|it| it.deputy_for.is_none());
    let quorum = guide.settings.quorum.value;
    if u32::try_from(themselves.count()).is_ok_and(|it| it < quorum) {
        faults.push(SlotFault::Few(quorum));
    }
    let sides: BTreeSet<Side> = asked.iter().map(|it| side(it.profession)).collect();
    for (of, fault) in
        [(Side::Clinical, SlotFault::NoClinician), (Side::Finance, SlotFault::NoFinance)]
    {
        if !sides.contains(&of) {
            faults.push(fault);
        }
    }
    faults
}

fn is_past(slot: MeetingSlot, now: DateTime) -> bool {
    slot.day.to_datetime(slot.begins_at) <= now
}

/// The slots, the best first: those still to come at which a meeting could decide, then those to
/// which the most can come, then the earliest. Who would rather not come counts as coming. A deputy
/// counts in place of whoever cannot come or has not answered, never beside them.
pub fn ranked(
    guide: &ReviewGuide,
    (slots, asked): (&[MeetingSlot], &[Asked]),
    now: DateTime,
) -> Vec<SlotStanding> {
    let stands = |(place, slot): (usize, &MeetingSlot)| standing(guide, (place, *slot), asked, now);
    let mut all: Vec<SlotStanding> = slots.iter().enumerate().map(stands).collect();
    all.sort_by_key(|it| (it.is_past, !it.meets_quorum(), Reverse(it.coming.len()), it.slot));
    all
}

fn standing(
    guide: &ReviewGuide,
    (place, slot): (usize, MeetingSlot),
    asked: &[Asked],
    now: DateTime,
) -> SlotStanding {
    let mut coming = Vec::new();
    let mut missing = Vec::new();
    for it in asked.iter().filter(|it| it.deputy_for.is_none()) {
        let deputies = asked.iter().filter(|deputy| deputy.deputy_for.as_ref() == Some(&it.person));
        let comes = come(it, place).or_else(|| {
            // Who gladly stands in comes before who would rather not.
            deputies.filter_map(|deputy| come(deputy, place)).min_by_key(|it| it.if_need_be)
        });
        match comes {
            Some(comes) => coming.push(comes),
            None => missing.push(Missing {
                person: it.person.clone(),
                profession: it.profession,
                has_answered: it.answers.get(place).is_some(),
            }),
        }
    }
    let sides: BTreeSet<Side> = coming.iter().map(|it| side(it.profession)).collect();
    let both = [Side::Clinical, Side::Finance].into_iter();
    SlotStanding {
        place,
        slot,
        coming,
        missing,
        quorum: guide.settings.quorum.value,
        without: both.filter(|it| !sides.contains(it)).collect(),
        notice: notice(guide, now.date(), slot.day),
        is_past: is_past(slot, now),
    }
}

/// Somebody as coming to a slot; none where they cannot or have not said so.
fn come(it: &Asked, place: usize) -> Option<Coming> {
    let if_need_be = match it.answers.get(place)? {
        Answer::Yes => false,
        Answer::IfNeedBe => true,
        Answer::No => return None,
    };
    Some(Coming {
        person: it.person.clone(),
        profession: it.profession,
        for_whom: it.deputy_for.clone(),
        if_need_be,
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2026-06-11T10:00";

    fn now() -> DateTime {
        NOW.parse().expect("a moment")
    }

    fn slot(line: &str) -> MeetingSlot {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [day, begins_at, minutes] = words[..] else { panic!("{line}") };
        MeetingSlot {
            day: day.parse().expect("a day"),
            begins_at: begins_at.parse().expect("a time"),
            minutes: minutes.parse().expect("minutes"),
        }
    }

    /// Such as `amara clinical: yes no`, `tomos clinical for amara: yes if_need_be`.
    fn asked(line: &str) -> Asked {
        let (who, answers) = line.split_once(':').expect("answers after a colon");
        let words: Vec<&str> = who.split_whitespace().collect();
        let (person, profession, deputy_for) = match words[..] {
            [person, profession] => (person, profession, None),
            [person, profession, "for", whom] => (person, profession, Some(whom.to_owned())),
            _ => panic!("{line}"),
        };
        Asked {
            person: person.to_owned(),
            profession: profession.parse().expect("a profession"),
            deputy_for,
            answers: answers.split_whitespace().map(|it| it.parse().expect("an answer")).collect(),
        }
    }

    fn read(text: &str) -> (Vec<MeetingSlot>, Vec<Asked>) {
        let lines = || text.lines().map(str::trim).filter(|it| !it.is_empty());
        let is_slot = |it: &&str| it.starts_with("20");
        (
            lines().filter(is_slot).map(slot).collect(),
            lines().filter(|it| !is_slot(it)).map(asked).collect(),
        )
    }

    fn told(it: &SlotStanding) -> String {
        let coming: Vec<String> = it
            .coming
            .iter()
            .map(|it| {
                let of = it.for_whom.as_ref().map_or(String::new(), |it| format!(" for {it}"));
                format!("{}{of}{}", it.person, if it.if_need_be { "?" } else { "" })
            })
            .collect();
        let missing: Vec<String> = it
            .missing
            .iter()
            .map(|it| format!("{}{}", it.person, if it.has_answered { "" } else { " silent" }))
            .collect();
        format!(
            "{} {}: {} of {} [{}] missing [{}] without {:?}, {} days short {}, past {}, does {}",
            it.slot.day,
            it.slot.begins_at,
            it.coming.len(),
            it.quorum,
            coming.join(", "),
            missing.join(", "),
            it.without,
            it.notice.days,
            it.notice.short_by,
            it.is_past,
            it.will_do()
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "as tests give it")]
    fn check(text: &str, expected: Expect) {
        let (slots, asked) = read(text);
        let mut out = String::new();
        for it in ranked(&ReviewGuide::own(), (&slots, &asked), now()) {
            writeln!(out, "{}", told(&it)).expect("a text takes everything");
        }
        expected.assert_eq(&out);
    }

    /// By hand: the quorum is three people. On 3 August four can come, of whom nobody is of finance:
    /// after 4 August, at which three can, of both. On 5 August three can too, later. 24 July is 43
    /// days after 11 June (19 of June, 24 of July), so notice is kept from 23 July on.
    #[test]
    fn a_slot_at_which_a_meeting_can_decide_comes_first_then_the_most_then_the_earliest() {
        check(
            "2026-08-03 08:00 60
             2026-08-05 08:00 60
             2026-08-04 08:00 30
             2026-07-24 08:00 60
             amara clinical: yes yes if_need_be no
             tomos clinical: yes no yes yes
             daniel finance: no yes yes yes
             grace manager: yes yes no no
             leah informatics: yes no no no",
            expect![[r#"
                2026-08-04 08:00:00: 3 of 3 [amara?, tomos, daniel] missing [grace, leah] without [], 54 days short 0, past false, does true
                2026-08-05 08:00:00: 3 of 3 [amara, daniel, grace] missing [tomos, leah] without [], 55 days short 0, past false, does true
                2026-08-03 08:00:00: 4 of 3 [amara, tomos, grace, leah] missing [daniel] without [Finance], 53 days short 0, past false, does false
                2026-07-24 08:00:00: 2 of 3 [tomos, daniel] missing [amara, grace, leah] without [], 43 days short 0, past false, does false
            "#]],
        );
    }

    #[test]
    fn a_slot_too_soon_would_not_do_and_one_that_is_past_comes_last() {
        check(
            "2026-06-11 09:00 60
             2026-06-20 08:00 60
             2026-07-23 08:00 60
             amara clinical: yes yes yes
             daniel finance: yes yes yes
             grace manager: yes yes no",
            expect![[r#"
                2026-06-20 08:00:00: 3 of 3 [amara, daniel, grace] missing [] without [], 9 days short 33, past false, does false
                2026-07-23 08:00:00: 2 of 3 [amara, daniel] missing [grace] without [], 42 days short 0, past false, does false
                2026-06-11 09:00:00: 3 of 3 [amara, daniel, grace] missing [] without [], 0 days short 42, past true, does false
            "#]],
        );
    }

    #[test]
    fn a_deputy_counts_in_place_of_whoever_cannot_come_and_never_beside_them() {
        check(
            "2026-08-03 08:00 60
             2026-08-04 08:00 60
             amara clinical: yes no
             tomos clinical for amara: yes yes
             bridget clinical for amara: yes if_need_be
             daniel finance:
             priya finance for daniel: yes no
             grace manager: yes yes",
            expect![[r#"
                2026-08-03 08:00:00: 3 of 3 [amara, priya for daniel, grace] missing [] without [], 53 days short 0, past false, does true
                2026-08-04 08:00:00: 2 of 3 [tomos for amara, grace] missing [daniel silent] without [Finance], 54 days short 0, past false, does false
            "#]],
        );
    }

    #[test]
    fn one_person_never_stands_for_both_professions() {
        let best = |people: &str| {
            let (slots, asked) = read(&format!("2026-08-03 08:00 60\n{people}"));
            ranked(&ReviewGuide::own(), (&slots, &asked), now()).remove(0)
        };
        let two = best("amara clinical: yes\ndaniel finance: yes\ngrace manager: yes");
        assert!(two.has_both() && two.meets_quorum());
        // A nurse who now keeps the costing, and is on the list for each.
        let one = best("amara clinical: yes\namara finance: yes\ngrace manager: yes");
        assert!(!one.has_both() && !one.meets_quorum());
        let more = best("amara clinical: yes\namara finance: yes\ndaniel finance: yes");
        assert!(more.has_both() && !more.meets_quorum(), "two people, of three");
        let deputy = "amara clinical: no\ndaniel finance: yes\ndaniel finance for amara: yes";
        assert!(!best(deputy).has_both(), "finance stands in for the clinician");
        assert!(!best("amara clinical: yes\ndaniel finance:\ngrace manager: yes").has_both());
    }

    #[test]
    fn a_slot_may_still_do_while_those_are_silent_who_are_missing() {
        let may_still = |answers: [&str; 3]| {
            let people = ["amara clinical", "daniel finance", "grace manager"];
            let lines = people.iter().zip(answers).map(|(who, it)| format!("{who}: {it}\n"));
            let (slots, asked) =
                read(&format!("2026-08-03 08:00 60\n{}", lines.collect::<String>()));
            ranked(&ReviewGuide::own(), (&slots, &asked), now())[0].may_still_do()
        };
        assert!(may_still(["", "", ""]) && may_still(["yes", "", "yes"]));
        assert!(!may_still(["yes", "no", ""]), "nobody of finance is left");
        assert!(!may_still(["yes", "", "no"]), "two are left of three");
    }

    fn faults(text: &str) -> Vec<String> {
        let (slots, asked) = read(text);
        let found = slot_faults(&ReviewGuide::own(), (&slots, &asked), now());
        found.iter().map(ToString::to_string).collect()
    }

    const PEOPLE: &str = "amara clinical:\ndaniel finance:\ngrace manager:";

    #[test]
    fn slots_are_two_to_ten_still_to_come_and_as_long_as_meetings_are() {
        let two = "2026-08-03 08:00 60\n2026-08-04 08:00 120\n";
        assert_eq!(faults(&format!("{two}{PEOPLE}")), Vec::<String>::new());
        let one = faults(&format!("2026-08-03 08:00 60\n{PEOPLE}"));
        assert_eq!(one, ["propose from 2 to 10 slots: there are 1"]);
        let eleven: String =
            (1..=11).fold(String::new(), |text, it| format!("{text}2026-08-{it:02} 08:00 30\n"));
        assert_eq!(
            faults(&format!("{eleven}{PEOPLE}")),
            ["propose from 2 to 10 slots: there are 11"]
        );
        let wrong = faults(&format!(
            "2026-06-11 10:00 60\n2026-08-03 08:00 45\n2026-08-03 08:00 45\n{PEOPLE}"
        ));
        assert_eq!(
            wrong,
            [
                "this slot is past: choose a later one",
                "choose one of the lengths that meetings have here",
                "this slot stands there already: choose another",
                "choose one of the lengths that meetings have here",
            ]
        );
    }

    #[test]
    fn both_professions_are_asked_enough_of_them_and_each_once() {
        let of =
            |people: &str| faults(&format!("2026-08-03 08:00 60\n2026-08-04 08:00 60\n{people}"));
        assert_eq!(
            of("amara clinical:\ntomos clinical:\ngrace manager:"),
            ["ask somebody of finance too: a meeting without them cannot decide"]
        );
        assert_eq!(
            of("daniel finance:\ngrace manager:\ntomos clinical for daniel:"),
            ["ask 3 people at least, deputies not counted: a meeting needs as many to decide"]
        );
        assert_eq!(
            of("daniel finance:\ngrace manager:\nravi finance:"),
            ["ask a clinician too: a meeting without one cannot decide"]
        );
        let twice =
            format!("{PEOPLE}\namara clinical:\npriya finance for tomos:\nravi finance for priya:");
        assert_eq!(
            of(&twice),
            [
                "this person is asked already: choose somebody else",
                "a deputy stands in for somebody who is asked and is no deputy",
                "a deputy stands in for somebody who is asked and is no deputy",
            ]
        );
    }

    proptest! {
        /// Whatever is answered, nobody is lost or counted twice, and a slot at which a meeting could
        /// decide never stands behind one at which it could not.
        #[test]
        fn everybody_comes_or_is_missing(
            answers in prop::collection::vec(prop::collection::vec(0_usize..3, 0..3), 1..7),
        ) {
            let slots = [slot("2026-08-03 08:00 60"), slot("2026-08-04 08:00 60"),
                slot("2026-08-05 08:00 60")];
            let asked: Vec<Asked> = answers.iter().enumerate().map(|(at, it)| Asked {
                person: at.to_string(),
                profession: Profession::ALL[at % 3],
                deputy_for: (at > 3).then(|| (at - 4).to_string()),
                answers: it.iter().map(|it| Answer::ALL[*it]).collect(),
            }).collect();
            let seats = asked.iter().filter(|it| it.deputy_for.is_none()).count();
            let all = ranked(&ReviewGuide::own(), (&slots, &asked), now());
            prop_assert_eq!(all.len(), slots.len());
            for it in &all {
                prop_assert_eq!(it.coming.len() + it.missing.len(), seats);
            }
            prop_assert!(all.windows(2).all(|it| it[0].meets_quorum() || !it[1].meets_quorum()));
        }
    }
}
