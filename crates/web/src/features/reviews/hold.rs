//! What is done in a meeting: how an action stands is said, and the meeting is closed.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::BenefitSettings;
use store::reviewing::{self, Next, Progress};

use super::WORDS;
use super::begin::themes;
use super::confirm;
use super::found::Found;
use super::meeting::page;
use super::programme::Programme;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::Page as _;
use crate::shell::session::{calendar, today};
use crate::shell::visit::Visit;

pub(super) async fn update(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    let it = found.meeting(&meeting)?;
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let action = text("action");
    if !found.looked_at(Some(it)).any(|it| it.of.action == action) {
        return Err(Fault::NotFound);
    }
    let field = format!("because-{action}");
    let mut wrong = Wrong::default();
    // One tap says no progress together with one of the reasons of the list of actions.
    let tapped = text("progress");
    let (word, code) = tapped.split_once(':').unwrap_or((tapped.as_str(), ""));
    let settings = BenefitSettings::own();
    let listed = settings.no_progress.iter().find(|it| it.code == code);
    let because = listed.map_or_else(|| text("because"), |it| it.name.clone());
    let progress = word.parse::<Progress>().ok().filter(|_| code.is_empty() || listed.is_some());
    wrong.unless(progress.is_some(), &field, "Choose how the action stands");
    let needs_why = matches!(progress, Some(Progress::NoProgress | Progress::Stopped));
    if needs_why || !because.is_empty() {
        WORDS.check(&mut wrong, &field, &because, "Write why there is no progress");
    }
    let Some(progress) = progress.filter(|_| wrong.is_empty()) else {
        return Ok(page(&app, &visit, (&found, &meeting), wrong).await?.respond());
    };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.progress", "");
    let (id, of) = (it.id.clone(), found.review.id.clone());
    let home = found.meeting_address(&it.id);
    let done = visit.change(&home, "The update is kept.", move |tx| {
        Box::pin(async move {
            let said = (progress, because.as_str());
            reviewing::say_progress(tx, (&of, &id), &action, said, &entry).await
        })
    });
    done.await
}

pub(super) async fn close(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    let it = found.meeting(&meeting)?;
    let then = visit.fields.get("then");
    let mut wrong = Wrong::default();
    wrong.unless(
        matches!(then, "review" | "meeting"),
        "then",
        "Choose what comes after this meeting",
    );
    if !wrong.is_empty() {
        return Ok(page(&app, &visit, (&found, &meeting), wrong).await?.respond());
    }
    let next =
        if then == "review" { next(&app, &visit, (&found, it)).await? } else { Next::Meeting };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.close", "");
    let (id, home, line) = (it.id.clone(), found.address(), format!("/reviews/{unit}"));
    let quorum = confirm::quorum(&found, &it.id);
    let said = format!("The meeting is closed. {}", confirm::note(&found, it));
    let done = visit.change_to(said.trim_end(), move |tx| {
        Box::pin(async move {
            if let Some(quorum) = quorum {
                reviewing::keep_quorum(tx, &id, quorum, &entry).await?;
            }
            let next = reviewing::close(tx, &id, &next, &entry).await?;
            Ok(next.map_or(home, |it| format!("{line}/{it}")))
        })
    });
    done.await
}

/// The review that comes next: of the service as a whole, at its cadence; a year from now where the
/// service line has none, so that it is not forgotten. After a sit-down comes another.
async fn next(
    app: &App,
    visit: &Visit,
    (found, it): (&Found, &reviewing::Meeting),
) -> Result<Next, Fault> {
    let programme = Programme::of(app, visit.now).await?;
    let code = found.unit.code.as_str();
    let longest = programme.guide.cadences.iter().map(|it| it.months).max().unwrap_or_default();
    let by_cadence = programme.by_cadence(code, Some(it.of.held_on));
    let due = by_cadence.unwrap_or_else(|| {
        let last = calendar(it.of.held_on);
        crate::shell::session::civil(engagement::reviews::next_due(Some(last), last, longest))
    });
    let all = themes(&mut *app.store().read().await?, &found.guide).await?;
    let again = all.iter().find(|it| found.is_sit_down() && it.id == found.review.theme).cloned();
    let title = match again {
        Some(_) => found.review.title.clone(),
        None => format!("{} review", found.unit.name),
    };
    let theme = again.or_else(|| all.into_iter().next()).unwrap_or_default();
    let due = due.max(today(visit.now));
    let new = theme.review(&found.guide, (&found.unit.code, &title), due);
    Ok(Next::Review(Box::new(new)))
}
