//! What the page of a review looks like, usually and when the review is finished.

use super::{
    ActionRow, Brought, Diagnose, Entry, LineRow, NextStep, PriorityRow, Questions, ReviewPage,
    Shell, Shown, StageBox, sit_downs,
};

pub(super) fn usual() -> ReviewPage {
    let link = |name: &str, address: &str| (name.to_owned(), address.to_owned());
    ReviewPage {
        questions: Questions::sample(),
        shell: Shell::sample("At “Diagnose”").below("Reviews", "/reviews"),
        kicker: "Hip replacement review".to_owned(),
        lead: vec!["To be held by 11 June 2026.".to_owned()],
        age: "72\u{a0}days old at the meeting".to_owned(),
        is_old: true,
        next: NextStep::sample(),
        ideas: vec![(
            "Order walking frames before admission".to_owned(),
            "Taken to a review".to_owned(),
            "/ideas/1".to_owned(),
        )],
        papers: vec![link("The pack as it would be now", "/services/TORT/pack")],
        after: String::new(),
        address: "/reviews/TORT/1".to_owned(),
        runs: true,
        stages: vec![stage()],
        meetings: vec![(
            "11 June 2026, 08:00".to_owned(),
            "To be held".to_owned(),
            "/reviews/TORT/1/meeting/1".to_owned(),
        )],
        may_arrange: true,
        beside: vec![link("Colleagues under codes", "/services/TORT/colleagues")],
        told_to: sit_downs::TOLD_TO,
        backfill: vec![entry("Consultant", "", false)],
        released: "2.5 sessions are bought for £1,250.50: 10\u{a0}hours of clinicians.".to_owned(),
        slots: link("Ask when people can come", "/reviews/TORT/1/slots"),
    }
}

fn action() -> ActionRow {
    ActionRow {
        noted: "Discharge by criteria".to_owned(),
        owners: "Joan Hartley, Daniel Reyes".to_owned(),
        state: "Agreed".to_owned(),
        due: "30 September 2026".to_owned(),
        ..ActionRow::default()
    }
}

/// What the second stage shows.
fn diagnose(measure: Entry) -> Diagnose {
    let priority = PriorityRow {
        name: "Leaving when ready".to_owned(),
        now: "415,000 pounds".to_owned(),
        of: "2025/26 to the end of March, run 1fe9a090, frozen for this review".to_owned(),
        from: "/services/TORT#row-direct_pay".to_owned(),
        desired: "4.4 days".to_owned(),
        size: "412 to 824 bed days a year".to_owned(),
        both: false,
        edit: "/reviews/TORT/1/items/3".to_owned(),
    };
    let figures = Shown {
        period: "2025/26 to the end of March".to_owned(),
        run: "1fe9a090".to_owned(),
        patients: "824\u{a0}patients".to_owned(),
        result: "spent £117,229 more than it earned".to_owned(),
        change: vec![("The service decides".to_owned(), "£4,430".to_owned())],
        lines: vec![LineRow {
            name: "Nursing".to_owned(),
            place: "#row-nursing".to_owned(),
            amount: "£4,430".to_owned(),
            who: "The service decides",
            notes: vec!["Two nurses a night are the least".to_owned()],
            edit: "/reviews/TORT/1/items/9".to_owned(),
        }],
        in_lines: "£4,430".to_owned(),
        rows: vec![(
            "Result".to_owned(),
            "deficit of £117,229".to_owned(),
            true,
            "#row-result".to_owned(),
        )],
        behind: "/services/TORT".to_owned(),
    };
    Diagnose {
        figures: Some(figures),
        without: String::new(),
        freeze: Some(1),
        measures: vec![measure],
        priorities: vec![priority],
    }
}

pub(super) fn empty() -> ReviewPage {
    ReviewPage {
        shell: Shell::sample("This review is finished").below("Reviews", "/reviews"),
        lead: Vec::new(),
        beside: Vec::new(),
        backfill: Vec::new(),
        questions: Questions::default(),
        age: String::new(),
        is_old: false,
        next: NextStep::default(),
        papers: Vec::new(),
        ideas: Vec::new(),
        after: "/reviews/TORT/2".to_owned(),
        runs: false,
        stages: vec![StageBox {
            head: Entry { title: "Diagnose".to_owned(), ..Entry::default() },
            diagnose: Some(Diagnose {
                without: "No figures are frozen yet.".to_owned(),
                ..Diagnose::default()
            }),
            design: Some(Vec::new()),
            deliver: Some(Vec::new()),
            ..StageBox::default()
        }],
        meetings: Vec::new(),
        may_arrange: false,
        ..usual()
    }
}

fn entry(title: &str, tag: &str, act: bool) -> Entry {
    Entry {
        title: title.to_owned(),
        texts: vec![(String::new(), "In the shared folder of the service".to_owned())],
        tag: tag.to_owned(),
        act,
        both: false,
        edit: "/reviews/TORT/1/items/2".to_owned(),
        have: if act { "/reviews/TORT/1/have/2".to_owned() } else { String::new() },
        key: "2".to_owned(),
        seen: 1,
        link: if act { String::new() } else { "/services/TORT/packs/1".to_owned() },
        ..Entry::default()
    }
}

fn stage() -> StageBox {
    let both = Entry {
        texts: vec![
            ("Amara Okafor: ".to_owned(), "Patients wait for transport".to_owned()),
            ("Daniel Osei: ".to_owned(), "Beds are full at noon".to_owned()),
        ],
        both: true,
        ..entry("Where the service stands", "", false)
    };
    StageBox {
        code: "diagnose".to_owned(),
        head: entry("Diagnose", "To be gone through", false),
        done: "/reviews/TORT/1/done/4".to_owned(),
        seen: 1,
        is_open: true,
        waits: "2\u{a0}things still to be brought, or waived with a reason".to_owned(),
        inputs: vec![
            entry("Staff in post", "Not yet there", true),
            entry("Activity, and patients waiting", "At hand", false),
        ],
        texts: vec![both],
        questions: vec![entry("What do patients wait for?", "", false)],
        diagnose: Some(diagnose(entry("Length of stay, days; with readmissions", "", false))),
        design: Some(vec![action()]),
        presented: vec![entry("Presented on 12 June 2026", "", false)],
        brought: vec![Brought::sample()],
        deliver: Some(vec![entry("Weekend physiotherapy", "", false)]),
    }
}
