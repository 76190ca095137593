//! An action that a review takes up: what was agreed, two owners, and by when.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::actions::{Action, Effort, Owner, Priority};
use engagement::reviews::Side;
use store::joint_actions;
use store::reviewing::{self, NewAction};

use super::WORDS;
use super::form::{Field, FormPage, Kind};
use super::found::{Found, choices, side};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::profession;
use crate::shell::session::{calendar, today};
use crate::shell::visit::Visit;

/// An action as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    noted: String,
    measure: String,
    quality: String,
    clinical: String,
    other: String,
    due: String,
    meeting: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    axum::extract::Query(to): axum::extract::Query<To>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let typed = Typed { meeting: to.meeting, ..Typed::default() };
    Ok(page(&visit, &found, typed, Wrong::default()))
}

/// From which meeting it is added; blank for none.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct To {
    meeting: String,
}

/// A review that is not finished.
async fn open(app: &App, visit: &Visit, place: (&str, &str)) -> Result<Found, Fault> {
    let found = Found::of(app, visit, Capability::RunReviews, place).await?;
    if found.is_finished() { Err(Fault::NotFound) } else { Ok(found) }
}

/// Where the page leads back to.
fn home(found: &Found, typed: &Typed) -> String {
    let meeting = found.meetings.iter().find(|it| it.id.as_str() == typed.meeting);
    found.home(meeting.map(|it| &it.id))
}

fn page(visit: &Visit, found: &Found, typed: Typed, wrong: Wrong) -> Response {
    let of_side = |is_clinical: bool, nobody: &str| -> Vec<(String, String)> {
        let all = choices(&found.people, nobody).into_iter();
        let fits = |it: &str| (side(&found.people, it) == Side::Clinical) == is_clinical;
        all.filter(|it| it.0.is_empty() || fits(&it.0)).collect()
    };
    let back = home(found, &typed);
    FormPage {
        shell: found.shell(visit, "A joint action"),
        kicker: found.review.title.clone(),
        lead: vec!["A joint action has owners of two professions.".to_owned()],
        action: format!("{}/action", found.address()),
        hidden: vec![("meeting", typed.meeting)],
        fields: vec![
            Field::new(Kind::Lines, "noted", "What we will do", "").with(typed.noted),
            Field::new(Kind::Lines, "measure", "By what we shall see that it worked", "")
                .with(typed.measure),
            Field::new(Kind::Lines, "quality", "How it could affect quality", "")
                .with(typed.quality),
            Field::new(Kind::Choice, "clinical", "Clinical owner", "")
                .with(typed.clinical)
                .of(of_side(true, "Choose somebody")),
            Field::new(Kind::Choice, "other", "Owner of finance or management", "")
                .with(typed.other)
                .of(of_side(false, "Choose somebody")),
            Field::new(Kind::Day, "due", "By", "").with(typed.due),
        ],
        beside: Vec::new(),
        button: "Add the action".to_owned(),
        back,
        wrong,
    }
    .answer()
}

pub(super) async fn add(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed {
        noted: text("noted"),
        measure: text("measure"),
        quality: text("quality"),
        clinical: text("clinical"),
        other: text("other"),
        due: text("due"),
        meeting: text("meeting"),
    };
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "noted", &typed.noted, "Write what you will do");
    let see = "Write by what you will see that it worked";
    WORDS.check(&mut wrong, "measure", &typed.measure, see);
    WORDS.check(&mut wrong, "quality", &typed.quality, "Write how it could affect quality");
    let is_here = |it: &str| found.people.get(it).is_some_and(|it| it.is_here);
    let is_clinical = |it: &str| side(&found.people, it) == Side::Clinical;
    let clinical = is_here(&typed.clinical) && is_clinical(&typed.clinical);
    wrong.unless(clinical, "clinical", "Choose the clinical owner");
    let other = is_here(&typed.other) && !is_clinical(&typed.other);
    wrong.unless(other, "other", "Choose the owner of finance or management");
    let due = typed.due.parse::<Day>().ok();
    wrong.unless(due.is_some(), "due", "Write the day as 2026-06-11");
    let Some(due_on) = due.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, &found, typed, wrong));
    };
    let owners = format!("{}, {}", found.name(&typed.clinical), found.name(&typed.other));
    let joint = joint(&found, &typed, (today(visit.now), due_on));
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.action", "");
    let (id, back) = (found.review.id.clone(), home(&found, &typed));
    let done = visit.change(&back, "The action is agreed.", move |tx| {
        Box::pin(async move {
            // One action, in the register of all and in this review.
            let action = joint_actions::agree(tx, &joint, &entry).await?.to_string();
            let new = NewAction { action, noted: joint.of.what.clone(), owners, due_on };
            reviewing::note_action(tx, &id, &new, &entry).await
        })
    });
    done.await
}

/// The action as the register of joint actions takes it.
fn joint(found: &Found, typed: &Typed, (today, due_on): (Day, Day)) -> joint_actions::NewAction {
    let owner = |id: &String| Owner {
        person: id.clone(),
        profession: profession(found.people.get(id).map_or("", |it| it.profession.as_str())),
    };
    joint_actions::NewAction {
        unit: found.unit.code.clone(),
        origin: found.address(),
        of: Action {
            what: typed.noted.clone(),
            owners: [&typed.clinical, &typed.other].map(owner).into(),
            joint: true,
            size: None,
            effort: Effort::Medium,
            priority: Priority::Medium,
            measure: typed.measure.clone(),
            quality: typed.quality.clone(),
            starts_on: calendar(today.min(due_on)),
            due_on: calendar(due_on),
        },
    }
}
