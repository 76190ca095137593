//! An idea of a workshop: what, at which step, what it is said to save, and the action it became.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::journeys::{Idea, Journey, SCENARIOS_MAX};
use store::cases::Body;

use super::found;
use crate::App;
use crate::features::business_cases::form::{Reader, Values};
use crate::features::business_cases::found::Found;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind, Other};
use crate::shell::joint_work;
use crate::shell::visit::Visit;

/// What stands in an address for an idea that is still to be written.
const NEW: &str = "new";

/// The place of an idea in an address; none for a new one.
fn place(journey: &Journey, text: &str) -> Result<Option<usize>, Fault> {
    if text == NEW {
        return Ok(None);
    }
    let found = text.parse().ok().filter(|it: &usize| *it < journey.ideas.len());
    found.map(Some).ok_or(Fault::NotFound)
}

/// Actions of the unit that whoever asks may see.
async fn actions(app: &App, visit: &Visit, found: &Found) -> Result<Vec<(String, String)>, Fault> {
    let mut db = app.store().read().await?;
    let all = joint_work::seen_actions(&mut db, visit).await?.into_iter();
    let of_unit = all.filter(|it| it.agreed.unit == found.record.unit);
    let mut choices = vec![(String::new(), "None yet".to_owned())];
    choices.extend(of_unit.map(|it| (it.id.to_string(), it.agreed.of.what)));
    Ok(choices)
}

pub(super) async fn show(
    State(app): State<App>,
    Path((id, text)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let place = place(&journey, &text)?;
    let idea = place.and_then(|it| journey.ideas.get(it)).cloned();
    let saving = idea.as_ref().map_or_else(String::new, |it| it.saving.plain());
    let idea = idea.unwrap_or_default();
    let value = |name: &str| match name {
        "what" => idea.what.clone(),
        "step" => idea.step.clone(),
        "saving" => saving.clone(),
        _ => idea.action.clone(),
    };
    let actions = actions(&app, &visit, &found).await?;
    Ok(page((&found, &journey), &visit, (place, &value), &actions).answer())
}

fn page(
    (found, journey): (&Found, &Journey),
    visit: &Visit,
    (place, value): (Option<usize>, &Values<'_>),
    actions: &[(String, String)],
) -> FormPage {
    let mut steps = vec![(String::new(), "The whole journey".to_owned())];
    steps.extend(journey.present.steps.iter().map(|it| (it.what.clone(), it.what.clone())));
    let field = |kind, name: &str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(value(name))
    };
    let at = place.map_or_else(|| NEW.to_owned(), |it| it.to_string());
    let address = format!("{}/ideas/{at}", found.address());
    let remove = place.map(|_| Other {
        heading: "Take this idea out".to_owned(),
        action: format!("{address}/remove"),
        fields: Vec::new(),
        button: "Take the idea out".to_owned(),
    });
    FormPage {
        shell: found.shell(visit, "An idea"),
        kicker: journey.title.clone(),
        lead: vec![
            "What people expect. What came of it is claimed and verified among the benefits."
                .to_owned(),
        ],
        action: address,
        hidden: vec![("seen", found.record.seen().to_string())],
        fields: vec![
            field(Kind::Line, "what", "What would be done", ""),
            field(Kind::Choice, "step", "At which step", "").of(&steps),
            field(
                Kind::Figure,
                "saving",
                "What it is said to save a year, in pounds",
                "0 where nobody can say",
            ),
            field(Kind::Choice, "action", "The action that came of it (optional)", "").of(actions),
        ],
        button: "Keep the idea".to_owned(),
        others: remove.into_iter().collect(),
        back: found.address(),
        ..FormPage::default()
    }
}

pub(super) async fn write(
    State(app): State<App>,
    Path((id, text)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let place = place(&journey, &text)?;
    let actions = actions(&app, &visit, &found).await?;
    let mut read = Reader::of(&visit.fields);
    let idea = Idea {
        what: read.needed("what", "Say what would be done"),
        step: read.plain("step").to_owned(),
        saving: read.amount("saving"),
        action: read.plain("action").to_owned(),
    };
    let is_step =
        idea.step.is_empty() || journey.present.steps.iter().any(|it| it.what == idea.step);
    read.wrong.unless(is_step, "step", "Choose a step of the list");
    let is_action = actions.iter().any(|it| it.0 == idea.action);
    read.wrong.unless(is_action, "action", "Choose an action of the list");
    let has_room = place.is_some() || journey.ideas.len() < SCENARIOS_MAX;
    read.wrong.unless(has_room, "what", "There are twenty ideas already: take one out first");
    let seen = read.seen();
    if !read.wrong.is_empty() {
        let value = |name: &str| visit.fields.get(name).to_owned();
        let page = page((&found, &journey), &visit, (place, &value), &actions);
        return Ok(FormPage {
            hidden: vec![("seen", seen.to_string())],
            wrong: read.wrong,
            ..page
        }
        .answer());
    }
    let mut new = journey.clone();
    match place.and_then(|it| new.ideas.get_mut(it)) {
        Some(found) => *found = idea,
        None => new.ideas.push(idea),
    }
    found.rewrite(&visit, (Body::Journey(new), seen), "The idea is kept.").await
}

pub(super) async fn remove(
    State(app): State<App>,
    Path((id, text)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, mut journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let place = place(&journey, &text)?.ok_or(Fault::NotFound)?;
    journey.ideas.remove(place);
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    found.rewrite(&visit, (Body::Journey(journey), seen), "The idea is taken out.").await
}
