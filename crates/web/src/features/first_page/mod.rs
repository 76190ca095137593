//! What needs a person's attention today: the first page of everybody.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/` | anybody signed in |

use access::{Access, Capability, View};
use axum::response::Response;
use axum::routing::get;
use store::units::{self, UnitKind};

use crate::features::{ACTIONS, ASSESSMENT, MenuItem, QUESTIONS};
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::page::{Link, Page, Shell, rendered};
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;
use crate::shell::{evidence, joint_work, questions, waiting, work};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/", Policy::SignedIn, get(show))]
}

#[derive(askama::Template)]
#[template(path = "features/first_page/first_page.html")]
struct FirstPage {
    shell: Shell,
    roles: Vec<String>,
    doors: Vec<(Link, String)>,
}

async fn show(visit: Visit) -> Result<Response, Fault> {
    let person = visit.person()?;
    let own = answers_for(&person.access);
    if !own.is_empty() {
        let is_of_wards = are_wards(&visit, &own).await?;
        return Ok(go(if is_of_wards { "/my-ward" } else { "/my-service" }, ""));
    }
    let matrix = visit.app.matrix();
    let named = person.access.roles().iter().filter_map(|it| matrix.role(it));
    let roles: Vec<String> = named.map(|it| format!("{}: {}", it.name, it.does)).collect();
    let waiting = questions::waiting(&visit.app, &visit).await?;
    let evidence = evidence::waiting(&visit.app, &visit).await?;
    let actions = joint_work::waiting(&visit.app, &visit).await?;
    let followed = waiting::waiting(&visit.app, &visit).await?;
    let follows = |address: &str| followed.iter().find(|it| it.address == address);
    // What waits for somebody says more than what the page is for.
    let does = |it: &MenuItem| match it.address {
        QUESTIONS if !waiting.is_empty() => waiting.trim_end_matches('.').to_owned(),
        ASSESSMENT if !evidence.is_empty() => evidence.trim_end_matches('.').to_owned(),
        ACTIONS if !actions.is_empty() => actions.trim_end_matches('.').to_owned(),
        other => follows(other)
            .map_or_else(|| it.does.to_owned(), |it| it.said.trim_end_matches('.').to_owned()),
    };
    let mut doors: Vec<(Link, String)> = crate::features::MENU
        .iter()
        .filter(|it| it.needs.iter().any(|need| person.access.may(*need)))
        .map(|it| (Link::new(it.name, it.address), does(it)))
        .collect();
    // Exports lead back to where they were asked for; whoever has no other work needs no list of it.
    let has_work = work::KINDS.iter().any(|it| it.word != "export" && visit.may(it.needs));
    if has_work {
        let does = "See checks and costings that wait or run, how they ended, and stop them";
        doors.push((Link::new("Work in the background", "/jobs"), does.to_owned()));
    }
    Ok(FirstPage { shell: visit.shell("What you can do here"), roles, doors }.respond())
}

/// The units that somebody answers for who does not answer for the whole trust: their first screen
/// is how these are doing.
fn answers_for(access: &Access) -> Vec<String> {
    let Some(scope) = access.scope(Capability::AggregateCosts) else { return Vec::new() };
    if scope.of_trust().is_some_and(|it| it.view == View::Exact) {
        return Vec::new();
    }
    let is_exact = |unit: &&str| scope.of_unit(unit).is_some_and(|it| it.view == View::Exact);
    scope.units().filter(is_exact).map(str::to_owned).collect()
}

/// Whether all of these units are wards.
async fn are_wards(visit: &Visit, codes: &[String]) -> Result<bool, Fault> {
    let mut db = visit.app.store().read().await?;
    let all = units::list(&mut db).await?;
    let is_ward = |it: &units::StoredUnit| {
        it.unit.kind == UnitKind::Ward || !codes.iter().any(|code| it.unit.code.as_str() == code)
    };
    Ok(all.iter().all(is_ward))
}

impl Page for FirstPage {
    const TEMPLATE: &'static str = "features/first_page/first_page.html";

    fn samples() -> Vec<Self> {
        let doors = vec![(
            Link::new("Runs", "/runs"),
            "Start, watch, compare and publish costings".to_owned(),
        )];
        let roles =
            vec!["Costing accountant: Loads, maps, costs, reconciles and explains".to_owned()];
        let shell = || Shell::sample("What you can do here");
        vec![
            Self { shell: shell(), roles, doors },
            Self { shell: shell(), roles: Vec::new(), doors: Vec::new() },
        ]
    }
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<FirstPage>()]
}
