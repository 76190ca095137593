//! The action plan on one page, to be presented: what success is, where to look, who does what.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::reviewing::Body;

use super::begin::stage_at;
use super::confirm::{TO_BE_CONFIRMED, waiting};
use super::found::Found;
use super::papers::{Brought, brought};
use super::parts::{ActionRow, Entry, PriorityRow, actions, priorities};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/reviews/plan.html")]
pub(super) struct PlanPage {
    shell: Shell,
    kicker: String,
    /// What success looks like.
    success: Vec<Entry>,
    priorities: Vec<PriorityRow>,
    /// Its actions, those that have their turn first before the others.
    actions: Vec<ActionRow>,
    successes: Vec<Entry>,
    /// Decisions that no meeting which can decide has taken or confirmed.
    unconfirmed: Vec<Entry>,
    brought: Vec<Brought>,
    /// Time that is bought for clinicians.
    released: String,
    /// When it was presented, and to whom.
    presented: Vec<Entry>,
    /// Where that is said; blank for those who may not.
    present: String,
    /// Where the review is.
    address: String,
}

impl PlanPage {
    /// Where something of it is as a file.
    fn file(&self, name: &str) -> String {
        format!("{}/{name}.csv", self.address)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    let design = stage_at(&found.guide, 2);
    let of = |wanted: &dyn Fn(&Body) -> bool| -> Vec<Entry> {
        let all = found.items.iter().filter(|it| wanted(&it.latest().body));
        // Nothing is written anew on a page that is handed round.
        all.map(|it| Entry { edit: String::new(), ..Entry::of(&found, it) }).collect()
    };
    let rows = priorities(&found).into_iter();
    let page = PlanPage {
        shell: found.shell(&visit, "What we will do, and who"),
        kicker: found.review.title.clone(),
        success: of(&|it| matches!(it, Body::Text(it) if it.stage == design)),
        priorities: rows.map(|it| PriorityRow { edit: String::new(), ..it }).collect(),
        actions: actions_in_turn(&found),
        successes: of(&|it| matches!(it, Body::Success(_))),
        unconfirmed: waiting(&found),
        brought: brought(&found),
        released: super::papers::released(&found),
        presented: of(&|it| matches!(it, Body::Presented(_))),
        present: if found.runs && !found.is_finished() {
            format!("{}/add/presented", found.address())
        } else {
            String::new()
        },
        address: found.address(),
    };
    Ok(page.respond())
}

/// The actions of a review, those that have their turn first before the others.
pub(super) fn actions_in_turn(found: &Found) -> Vec<ActionRow> {
    let (taken, agreed) = actions(found, None);
    let mut all = [taken, agreed].concat();
    all.sort_by_key(|it| it.turn);
    all
}

impl Page for PlanPage {
    const TEMPLATE: &'static str = "features/reviews/plan.html";

    fn samples() -> Vec<Self> {
        let entry = |title: &str, text: &str| Entry {
            title: title.to_owned(),
            texts: vec![(String::new(), text.to_owned())],
            ..Entry::default()
        };
        let empty = Self {
            shell: Shell::sample("What we will do, and who").below("Reviews", "/reviews"),
            kicker: "Hip replacement review".to_owned(),
            success: Vec::new(),
            priorities: Vec::new(),
            actions: Vec::new(),
            successes: Vec::new(),
            unconfirmed: Vec::new(),
            brought: Vec::new(),
            released: "None is noted.".to_owned(),
            presented: Vec::new(),
            present: String::new(),
            address: "/reviews/TORT/1".to_owned(),
        };
        let full = Self {
            shell: empty.shell.clone(),
            kicker: empty.kicker.clone(),
            success: vec![entry("What success looks like", "Home when ready")],
            priorities: vec![PriorityRow {
                name: "Leaving when ready".to_owned(),
                now: "5.1 days a patient".to_owned(),
                size: "412 to 824 bed days a year".to_owned(),
                ..PriorityRow::default()
            }],
            actions: vec![ActionRow {
                noted: "Discharge by criteria".to_owned(),
                owners: "Joan Hartley, Daniel Reyes".to_owned(),
                state: "Agreed".to_owned(),
                due: "30 September 2026".to_owned(),
                ..ActionRow::default()
            }],
            successes: vec![entry("Weekend physiotherapy", "184 bed days")],
            unconfirmed: vec![Entry {
                mark: TO_BE_CONFIRMED.to_owned(),
                ..entry("One price for each implant", "Rested on: run 14.")
            }],
            brought: vec![Brought::sample()],
            released: "6 sessions are bought for £3,000.00.".to_owned(),
            presented: vec![entry("Presented on 12 June 2026", "To the ward")],
            present: "/reviews/TORT/1/add/presented".to_owned(),
            address: empty.address.clone(),
        };
        vec![full, empty]
    }
}
