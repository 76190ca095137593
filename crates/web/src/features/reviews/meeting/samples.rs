//! Samples of the page of a meeting.

use super::{MeetingPage, ends, reasons, title, waits};
use crate::features::reviews::confirm::{self, Earlier};
use crate::features::reviews::parts::{ActionRow, Entry, PriorityRow};
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};

impl Page for MeetingPage {
    const TEMPLATE: &'static str = "features/reviews/meeting.html";

    fn samples() -> Vec<Self> {
        let mut wrong = Wrong::default();
        wrong.add("because-a1", "Write why there is no progress");
        let read = Self {
            shell: Shell::sample("No actions from last time").below("Reviews", "/reviews"),
            last: Vec::new(),
            priorities: Vec::new(),
            here: Vec::new(),
            usual: String::new(),
            left_out: String::new(),
            papers: Vec::new(),
            ideas: Vec::new(),
            agenda: Vec::new(),
            challenges: Vec::new(),
            decisions: Vec::new(),
            earlier: Vec::new(),
            unconfirmed: String::new(),
            notes: Vec::new(),
            raises: true,
            agreed: Vec::new(),
            minutes: Vec::new(),
            beforehand: Default::default(),
            runs: false,
            is_open: false,
            closed: "Closed by Amara Okafor, 11 June 2026, 09:00.".to_owned(),
            after: "/reviews/TORT/2".to_owned(),
            ..sample(Wrong::default())
        };
        vec![sample(Wrong::default()), sample(wrong), read]
    }
}

/// An action as the sample shows it.
fn sampled(noted: &str, state: &str, needs_update: bool, wrong: &Wrong) -> ActionRow {
    ActionRow {
        action: if needs_update { "a1" } else { "a2" }.to_owned(),
        noted: noted.to_owned(),
        owners: "Joan Hartley, Daniel Reyes".to_owned(),
        state: state.to_owned(),
        said: String::new(),
        due: "31 May 2026".to_owned(),
        needs_update,
        wrong: if needs_update { wrong.of("because-a1").to_owned() } else { String::new() },
        address: "/actions/a1".to_owned(),
        about: "Turn: first; some work. It worked if: stay below 4.4 days.".to_owned(),
        claim: if state == "Done" { "/benefits/new?action=a2" } else { "" }.to_owned(),
        is_of_list: needs_update,
        ..ActionRow::default()
    }
}

/// A decision as the sample shows it, which is to be confirmed.
fn sampled_decision() -> Entry {
    Entry {
        title: "One price for each implant".to_owned(),
        texts: vec![(String::new(), "Rested on: run 14.".to_owned())],
        mark: confirm::TO_BE_CONFIRMED.to_owned(),
        rests_on: ("Measure: stay".to_owned(), "/reviews/TORT/1#found".to_owned()),
        edit: "/reviews/TORT/1/items/2".to_owned(),
        ..Entry::default()
    }
}

/// A decision of an earlier meeting as the sample shows it.
fn sampled_earlier() -> Earlier {
    Earlier {
        entry: Entry { edit: String::new(), ..sampled_decision() },
        taken: "/reviews/TORT/1/meeting/2#decisions".to_owned(),
        key: "4".to_owned(),
        seen: 1,
        is_open: true,
    }
}

/// Somebody on the list who was asked, as the sample shows it.
fn sampled_asked() -> Entry {
    Entry {
        title: "Daniel Osei".to_owned(),
        texts: vec![(String::new(), "Business or financial analyst".to_owned())],
        tag: "Asked".to_owned(),
        edit: "/reviews/TORT/1/items/2".to_owned(),
        have: "/reviews/TORT/1/have/3".to_owned(),
        key: "3".to_owned(),
        ..Entry::default()
    }
}

/// An idea as the sample shows it.
fn sampled_idea() -> (String, String, String) {
    let texts = ["Order walking frames before admission", "Taken to a review", "/ideas/1"];
    texts.map(str::to_owned).into()
}

/// A meeting in which everything is shown.
fn sample(wrong: Wrong) -> MeetingPage {
    let action =
        |noted: &str, state: &str, needs_update| sampled(noted, state, needs_update, &wrong);
    let entry = |title: &str, text: &str| Entry {
        title: title.to_owned(),
        texts: vec![(String::new(), text.to_owned())],
        edit: "/reviews/TORT/1/items/2".to_owned(),
        ..Entry::default()
    };
    let last =
        vec![action("Weekend physiotherapy", "Done", false), action("Times", "Agreed", true)];
    let priority = PriorityRow {
        name: "Leaving when ready".to_owned(),
        now: "5.1 days a patient".to_owned(),
        size: "412 to 824 bed days a year".to_owned(),
        ..PriorityRow::default()
    };
    let texts = [("Amara Okafor: ", "We begin"), ("Daniel Osei: ", "We began")];
    let texts = texts.map(|it| (it.0.to_owned(), it.1.to_owned())).to_vec();
    MeetingPage {
        shell: Shell::sample(&title(&last)).below("Reviews", "/reviews").with_errors(&wrong),
        kicker: "Hip replacement review, 11 June 2026, 08:00".to_owned(),
        age: "72\u{a0}days old at the meeting".to_owned(),
        is_old: true,
        state: "In the chair: Amara Okafor, clinical director.".to_owned(),
        warnings: vec!["Nobody of finance is here.".to_owned()],
        priorities: vec![priority],
        here: vec![entry("Amara Okafor", "Clinical service lead"), sampled_asked()],
        usual: "Tomos Hughes and Grace Whitfield".to_owned(),
        left_out: "Leah Novak cannot be asked: no role of theirs reads reviews.".to_owned(),
        ideas: vec![sampled_idea()],
        papers: vec![(
            "The service line behind the figures".to_owned(),
            "/services/TORT".to_owned(),
        )],
        reasons: reasons(),
        roles: vec!["Missing of the core: performance manager.".to_owned()],
        agenda: vec![entry("Discharge", "")],
        challenges: vec![entry("Is it our ward?", "Raised by finance. Answer: it is")],
        raised: "0 raised by clinicians, 1 by finance, 0 by others; 1 of 1 answered.".to_owned(),
        decisions: vec![sampled_decision()],
        earlier: vec![sampled_earlier()],
        unconfirmed: "1\u{a0}decision is to be confirmed by the next meeting.".to_owned(),
        can_decide: false,
        notes: vec![entry("", "Beds are full at noon.")],
        agreed: vec![action("Discharge by criteria", "Agreed", false)],
        minutes: vec![Entry { texts, both: true, ..entry("", "") }],
        beforehand: (
            vec![("Daniel Osei".to_owned(), "Beds are full at noon.".to_owned())],
            "/reviews/TORT/1/slots/1".to_owned(),
        ),
        address: "/reviews/TORT/1/meeting/1".to_owned(),
        review: "/reviews/TORT/1".to_owned(),
        id: "1".to_owned(),
        runs: true,
        raises: false,
        is_open: true,
        closed: String::new(),
        after: String::new(),
        waits: waits(1),
        ends: ends(),
        ending: "review".to_owned(),
        last,
        wrong,
    }
}
