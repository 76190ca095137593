//! Sets the place of a service line in the order of roll-out, with its strategic reason. Those who run
//! reviews of the whole trust do so.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::reviewing;
use store::units::Unit;

use super::WORDS;
use super::coverage::{Coverage, runs_all};
use super::found::unit;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::visit::Visit;

/// What is typed.
#[derive(Default)]
struct Typed {
    place: String,
    reason: String,
    seen: String,
}

/// A service line for somebody who sets the order of all.
async fn found(app: &App, visit: &Visit, code: &str) -> Result<(Unit, Coverage), Fault> {
    if !runs_all(visit) {
        return Err(Fault::NotFound);
    }
    let unit = unit(app, visit, (Capability::RunReviews, code)).await?;
    Ok((unit, Coverage::of(app, visit).await?))
}

/// Places that a service line may have: each of those there are, and one after them where it has none.
fn places(found: &Coverage, code: &str) -> Vec<(String, String)> {
    let last = found.order.len() + usize::from(found.place(code).is_none());
    let name = |unit: &str| {
        let found = found.programme.units.iter().find(|it| it.code.as_str() == unit);
        found.map_or(unit, |it| it.name.as_str()).to_owned()
    };
    let said = |place: usize| match found.order.get(place - 1) {
        Some(unit) if unit == code => format!("{place}, as it is"),
        Some(unit) => format!("{place}, where {} is now", name(unit)),
        None => format!("{place}, last"),
    };
    let all = (1..=last).map(|it| (it.to_string(), said(it)));
    all.chain([("0".to_owned(), "Not in the order".to_owned())]).collect()
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (unit, found) = found(&app, &visit, &code).await?;
    let place = found.place(&code);
    let typed = Typed {
        place: place.unwrap_or(found.order.len() + 1).to_string(),
        reason: place.map_or("", |_| found.reason(&code)).to_owned(),
        seen: found.seen().to_string(),
    };
    Ok(page(&visit, (&found, &unit), typed, Wrong::default()))
}

fn page(visit: &Visit, (found, unit): (&Coverage, &Unit), typed: Typed, wrong: Wrong) -> Response {
    let code = unit.code.as_str();
    let shell = visit.shell("Its place in the order of roll-out").below("Reviews", "/reviews");
    FormPage {
        shell: shell.below("Coverage", "/reviews/coverage"),
        kicker: unit.name.clone(),
        lead: vec![
            "The others move up or down. How the order came about stays on record.".to_owned(),
        ],
        action: format!("/reviews/{code}/roll-out"),
        hidden: vec![("seen", typed.seen)],
        fields: vec![
            Field::new(Kind::Choice, "place", "Place", "")
                .with(typed.place)
                .of(places(found, code)),
            Field::new(
                Kind::Lines,
                "reason",
                "Strategic reason",
                "Such as the aim of the trust that it serves, or what it depends on",
            )
            .with(typed.reason),
        ],
        button: "Set its place".to_owned(),
        back: "/reviews/coverage".to_owned(),
        wrong,
        ..FormPage::default()
    }
    .answer()
}

pub(super) async fn set(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (unit, found) = found(&app, &visit, &code).await?;
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed { place: text("place"), reason: text("reason"), seen: text("seen") };
    let mut wrong = Wrong::default();
    let is_place = places(&found, &code).iter().any(|it| it.0 == typed.place);
    let place = typed.place.parse::<u32>().ok().filter(|_| is_place);
    wrong.unless(place.is_some(), "place", "Choose its place");
    WORDS.check(&mut wrong, "reason", &typed.reason, "Write the strategic reason");
    let (Some(place), true) = (place, wrong.is_empty()) else {
        return Ok(page(&visit, (&found, &unit), typed, wrong));
    };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "service.roll_out", "");
    let (unit, seen) = (unit.code, typed.seen.parse().unwrap_or(-1));
    let done = visit.change("/reviews/coverage", "Its place is set.", move |tx| {
        Box::pin(async move {
            reviewing::roll_out(tx, (&unit, place), &typed.reason, seen, &entry).await
        })
    });
    done.await
}
