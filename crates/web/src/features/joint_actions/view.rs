//! How feasible an owner finds an action, said anew: what they said before stays.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::actions::View;
use engagement::benefits::BenefitSettings;
use store::joint_actions::{self, StoredAction};

use super::{TEXT, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::feasibility;
use crate::shell::form_page::FormPage;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::standing;
use crate::shell::visit::Visit;

/// How the fields of the form begin.
const WHOSE: &str = "own";

/// Whether whoever looks owns an action that is open, and so may say how feasible they find it.
pub(super) fn may_view(visit: &Visit, action: &StoredAction) -> bool {
    let owns = visit.person().is_ok_and(|me| action.is_owned_by(&me.id));
    owns && visit.may(Capability::KeepActions) && standing(visit, action).is_open()
}

/// An open action that whoever looks owns.
async fn own(app: &App, visit: &Visit, id: &str) -> Result<StoredAction, Fault> {
    let mut db = app.store().read().await?;
    let action = found(&mut db, visit, id).await?;
    if may_view(visit, &action) { Ok(action) } else { Err(Fault::NotFound) }
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let action = own(&app, &visit, &id).await?;
    let me = visit.person()?.id.to_string();
    let views = action.views_until(None);
    let view = views.into_iter().find(|it| it.person == me).cloned();
    let view = view.unwrap_or(View { person: me, level: String::new(), because: String::new() });
    Ok(page(&visit, &action, (&view, Wrong::default())))
}

fn page(visit: &Visit, action: &StoredAction, (view, wrong): (&View, Wrong)) -> Response {
    let home = format!("/actions/{}", action.id);
    let what = action.agreed.of.what.clone();
    let shell = visit.shell("How feasible is it now?").below("Actions", "/actions");
    FormPage {
        shell: shell.below(what.clone(), home.clone()),
        kicker: what,
        lead: vec!["Say how you see it. What you said before stays on record.".to_owned()],
        action: format!("{home}/view"),
        fields: feasibility::fields(&BenefitSettings::own(), WHOSE, "Your view", view).into(),
        button: "Keep my view".to_owned(),
        back: home,
        wrong,
        ..FormPage::default()
    }
    .answer()
}

pub(super) async fn say(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let action = own(&app, &visit, &id).await?;
    let text = |of: &str| visit.fields.get(&format!("{WHOSE}_{of}")).trim().to_owned();
    let person = visit.person()?.id.to_string();
    let view = View { person, level: text("view"), because: text("because") };
    let mut wrong = Wrong::default();
    feasibility::check(&BenefitSettings::own(), (WHOSE, &view), &TEXT, &mut wrong);
    if !wrong.is_empty() {
        return Ok(page(&visit, &action, (&view, wrong)));
    }
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "action.view", "");
    let home = format!("/actions/{}", action.id);
    let done = visit.change(&home, "Your view is kept.", move |tx| {
        Box::pin(async move { joint_actions::say_view(tx, &action.id, &view, &entry).await })
    });
    done.await
}
