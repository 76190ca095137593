//! What needs a person's attention today: the first page of everybody.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/` | anybody signed in |

use access::{Access, Capability, View};
use axum::response::Response;
use axum::routing::get;
use engagement::benefits::Side;
use store::units::{self, UnitKind};

use crate::features::{ACTIONS, ASSESSMENT, MenuItem, QUESTIONS};
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::page::{Link, Page, Shell, rendered};
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;
use crate::shell::waiting::{self, Waiting};
use crate::shell::{evidence, joint_work, questions, work};

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
    /// What is theirs to decide, or is held until they say why.
    followed: Vec<Waiting>,
    /// Whether they lead together, and are led to the one page that is the same for both directors.
    leads: bool,
}

async fn show(visit: Visit) -> Result<Response, Fault> {
    let person = visit.person()?;
    let own = answers_for(&person.access);
    if !own.is_empty() {
        let page = if are_wards(&visit, &own).await? {
            "/my-ward"
        } else if is_partner(&visit).await? {
            "/my-services"
        } else {
            "/my-service"
        };
        return Ok(go(page, ""));
    }
    let matrix = visit.app.matrix();
    let named = person.access.roles().iter().filter_map(|it| matrix.role(it));
    let roles: Vec<String> = named.map(|it| format!("{}: {}", it.name, it.does)).collect();
    let waiting = questions::waiting(&visit.app, &visit).await?;
    let evidence = evidence::waiting(&visit.app, &visit).await?;
    let actions = joint_work::waiting(&visit.app, &visit).await?;
    let followed = waiting::to_decide(&visit.app, &visit).await?;
    let at_doors = waiting::at_doors(&visit.app, &visit).await?;
    let follows = |address: &str| at_doors.iter().find(|it| it.address == address);
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
    let shell = visit.shell("What you can do here");
    let leads = leads_together(&person.access);
    Ok(FirstPage { shell, roles, doors, followed, leads }.respond())
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

/// Whether it is somebody of finance who makes the packs of their units: they begin with how the
/// reviews of these are prepared.
async fn is_partner(visit: &Visit) -> Result<bool, Fault> {
    let mut db = visit.app.store().read().await?;
    let side = joint_work::own_side(&mut db, visit).await?;
    Ok(side == Some(Side::Finance) && visit.may(Capability::MakePacks))
}

/// Whether somebody signs levels and verifies benefits of the whole trust, as the two directors do who
/// lead together.
fn leads_together(access: &Access) -> bool {
    let all = [Capability::ReadAssessments, Capability::SignLevels, Capability::VerifyBenefits];
    let of_trust = |it: Capability| access.scope(it).and_then(access::Scope::of_trust);
    all.into_iter().all(|it| of_trust(it).is_some_and(|it| it.view == View::Exact))
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
            Self { shell: shell(), roles, doors, followed: Waiting::sample(), leads: true },
            Self {
                shell: shell(),
                roles: Vec::new(),
                doors: Vec::new(),
                followed: Vec::new(),
                leads: false,
            },
        ]
    }
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<FirstPage>()]
}
