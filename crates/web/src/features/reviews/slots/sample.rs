//! Samples of the page of slots: open to somebody who is asked, closed, and with errors.

use super::{AskedRow, Row, SlotsPage, own};
use crate::shell::form_page::Field;
use crate::shell::forms::Wrong;
use crate::shell::page::Shell;

use store::reviewing::slots::{NewPoll, NewSlot, SlotPoll};
use store::{PersonId, ReviewId, SlotPollId, UnitCode};

fn fields() -> Vec<Field> {
    let slot = |day: &str| NewSlot {
        held_on: day.parse().expect("a day of a sample"),
        begins_at: "08:00".to_owned(),
        minutes: 60,
    };
    let poll = SlotPoll {
        id: SlotPollId::new("1"),
        review: ReviewId::new("1"),
        title: "Hip replacement review".to_owned(),
        unit: UnitCode::new("TORT"),
        of: NewPoll { slots: vec![slot("2026-08-03"), slot("2026-08-05")], asked: Vec::new() },
        by: PersonId::new("1"),
        at: jiff::Timestamp::UNIX_EPOCH,
        replies: Vec::new(),
        ended: None,
        is_over: false,
    };
    own(&poll, &(vec!["yes".to_owned()], String::new()))
}

pub(super) fn pages() -> Vec<SlotsPage> {
    let row = |tag, act, pick: &str| Row {
        when: "Monday 3 August 2026, 08:00, 60\u{a0}minutes".to_owned(),
        tag,
        act,
        coming: "2\u{a0}people can come: Amara Okafor (clinical) and Grace Whitfield (management)."
            .to_owned(),
        missing: "Missing: Daniel Osei (finance, has not answered).".to_owned(),
        why: if act { "Nobody of finance can come.".to_owned() } else { String::new() },
        pick: pick.to_owned(),
    };
    let pick = "/reviews/TORT/1/arrange?poll=1&slot=1";
    let asked = |is_silent| AskedRow {
        name: "Tomos Hughes".to_owned(),
        profession: "Clinical".to_owned(),
        deputy_for: "Amara Okafor".to_owned(),
        answered: if is_silent { "Not yet" } else { "11 June 2026, 09:14" }.to_owned(),
        is_silent,
    };
    let said = |who: &str| (who.to_owned(), "Beds are full at noon.".to_owned());
    let page = |own: Vec<Field>, wrong: Wrong| SlotsPage {
        shell: Shell::sample("When can you come?").below("Reviews", "/reviews").with_errors(&wrong),
        kicker: "Hip replacement review".to_owned(),
        lead: vec!["Amara Okafor proposed 2\u{a0}slots on 11 June 2026, 09:14.".to_owned()],
        meeting: String::new(),
        own,
        rows: vec![row("Would do", false, pick), row("Would not do", true, pick)],
        asked: vec![asked(true), asked(false)],
        words: vec![said("Daniel Osei")],
        all: vec![said("Daniel Osei, 11 June 2026, 09:14")],
        address: "/reviews/TORT/1/slots/1".to_owned(),
        runs: true,
        wrong,
    };
    let closed = SlotsPage {
        shell: Shell::sample("We meet on Monday 3 August 2026, 08:00, 60\u{a0}minutes"),
        meeting: "/reviews/TORT/1/meeting/1".to_owned(),
        rows: vec![row("Picked", false, "")],
        words: Vec::new(),
        all: Vec::new(),
        runs: false,
        ..page(Vec::new(), Wrong::default())
    };
    let mut wrong = Wrong::default();
    wrong.add("slot-2", "Choose whether you can come");
    vec![page(fields(), Wrong::default()), closed, page(fields(), wrong)]
}
