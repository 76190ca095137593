//! Service lines, and the types of event of one: exact for those who see them so, and for others
//! what the cube releases.

use access::View;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::figures::{Sees, Told};
use crate::App;
use crate::shell::api::{Paging, Problems, RunRef, Seen, answer};
use crate::shell::cube::{self, Cube, Line, NO_EVENT};
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// Figures of one place.
#[derive(Serialize, ToSchema)]
pub(super) struct FiguresGbp {
    /// Events: stays, attendances, appointments with a cost or an income.
    events: Option<u64>,
    /// What they cost, overheads and capital charges included.
    #[schema(example = "1428798.123456")]
    cost_gbp: Option<String>,
    /// The cost of one.
    #[schema(example = "2164.845641")]
    mean_cost_gbp: Option<String>,
    /// What they earned.
    #[schema(example = "1311569.500000")]
    income_gbp: Option<String>,
    /// Why something here is null; null where nothing is hidden.
    hidden_because: Option<String>,
}

impl FiguresGbp {
    fn of(told: &Told, cube: &Cube) -> Self {
        let text = |it: Option<domain::Money>| it.map(domain::Money::to_decimal);
        Self {
            events: told.events,
            cost_gbp: text(told.cost),
            mean_cost_gbp: text(told.mean),
            income_gbp: text(told.income),
            hidden_because: told.is_hidden.then(|| cube.rules.explanation()),
        }
    }
}

/// A service line in all.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceInAll {
    /// Code of the service line, as in addresses.
    code: String,
    /// Its name.
    name: String,
    /// How its figures are seen.
    seen: Seen,
    /// Its figures.
    figures: FiguresGbp,
}

/// The service lines of the run that is shown, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceLines {
    /// The run; null while nothing is published.
    run: Option<RunRef>,
    /// Those that the token's owner may see.
    services: Vec<ServiceInAll>,
    /// Address of the next page; null where this is the last.
    next: Option<String>,
}

/// Events of one type in a service line.
#[derive(Serialize, ToSchema)]
pub(super) struct TypeOfEvent {
    /// Code of the type; `NO_EVENT` is income that no event earned.
    code: String,
    /// Its name.
    name: String,
    /// Its figures.
    figures: FiguresGbp,
}

/// A service line by type of event.
#[derive(Serialize, ToSchema)]
pub(super) struct Service {
    /// The run.
    run: RunRef,
    /// Code of the service line.
    code: String,
    /// Its name.
    name: String,
    /// How its figures are seen.
    seen: Seen,
    /// In all.
    total: FiguresGbp,
    /// By type of event, in the order of their names.
    event_types: Vec<TypeOfEvent>,
}

/// Service lines with events, cost and income
///
/// All that the token's owner may see, by name. A service line that they see exactly has its exact
/// figures; of others small numbers are hidden, and figures that would give them away.
#[utoipa::path(get, path = "/api/v1/services", tag = "Service lines", params(Paging),
    operation_id = "services",
    responses((status = 200, description = "The service lines", body = ServiceLines), Problems),
    security(("token" = ["results:read"])))]
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    Query(paging): Query<Paging>,
) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let Some((run, cube)) = cube::latest(&app, &visit).await? else {
        return answer("", &ServiceLines { run: None, services: Vec::new(), next: None });
    };
    let shown = |it: &Line| {
        Some(ServiceInAll {
            code: it.code.clone(),
            name: it.name.clone(),
            seen: sees.view(it)?.into(),
            figures: FiguresGbp::of(&sees.told_total(&cube, it), &cube),
        })
    };
    let all = cube.lines.iter().filter_map(shown).collect();
    let page = paging.of(all, ("/api/v1/services", &[]))?;
    let shown =
        ServiceLines { run: Some(RunRef::of(&run)?), services: page.items, next: page.next };
    answer(run.id(), &shown)
}

/// One service line by type of event
///
/// The figures of its page: events, cost and income by type of event, and in all.
#[utoipa::path(get, path = "/api/v1/services/{unit}", tag = "Service lines",
    operation_id = "service",
    params(("unit" = String, Path, description = "Code of the service line", example = "TORT")),
    responses((status = 200, description = "The service line", body = Service), Problems),
    security(("token" = ["results:read"])))]
pub(super) async fn one(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let (run, cube) = cube::latest(&app, &visit).await?.ok_or(Fault::NotFound)?;
    let line = cube.lines.iter().find(|it| it.code == code).ok_or(Fault::NotFound)?;
    let view = sees.view(line).ok_or(Fault::NotFound)?;
    let kind = |it: &cube::Kind| {
        let mut told = sees.told_kind(&cube, line, it);
        if it.code == NO_EVENT {
            // It is no event, however many lines there are.
            told = Told { events: None, mean: None, ..told };
        }
        TypeOfEvent {
            code: it.code.clone(),
            name: it.name.clone(),
            figures: FiguresGbp::of(&told, &cube),
        }
    };
    let shown = Service {
        run: RunRef::of(&run)?,
        code: line.code.clone(),
        name: line.name.clone(),
        seen: view.into(),
        total: FiguresGbp::of(&sees.told_total(&cube, line), &cube),
        event_types: line.kinds.iter().map(kind).collect(),
    };
    answer(run.id(), &shown)
}

fn sample(events: u64) -> FiguresGbp {
    FiguresGbp {
        events: Some(events),
        cost_gbp: Some("1428798.123456".to_owned()),
        mean_cost_gbp: Some("2164.845642".to_owned()),
        income_gbp: Some("1311569.500000".to_owned()),
        hidden_because: None,
    }
}

fn hidden() -> FiguresGbp {
    FiguresGbp {
        events: None,
        cost_gbp: None,
        mean_cost_gbp: None,
        income_gbp: None,
        hidden_because: Some(disclosure::DisclosureRules::own().explanation()),
    }
}

impl ServiceLines {
    pub(super) fn sample() -> Self {
        let one = |code: &str, name: &str, view: View, figures| ServiceInAll {
            code: code.to_owned(),
            name: name.to_owned(),
            seen: view.into(),
            figures,
        };
        Self {
            run: Some(RunRef::sample()),
            services: vec![
                one("STRO", "Stroke", View::Suppressed, hidden()),
                one("TORT", "Trauma and orthopaedics", View::Exact, sample(660)),
            ],
            next: Some("/api/v1/services?page=2&limit=2".to_owned()),
        }
    }
}

impl Service {
    pub(super) fn sample() -> Self {
        let kind = |code: &str, name: &str, figures| TypeOfEvent {
            code: code.to_owned(),
            name: name.to_owned(),
            figures,
        };
        Self {
            run: RunRef::sample(),
            code: "TORT".to_owned(),
            name: "Trauma and orthopaedics".to_owned(),
            seen: Seen::SmallNumbersHidden,
            total: sample(660),
            event_types: vec![
                kind("APC", "Admitted patient care episode", sample(140)),
                kind("MDT", "Multidisciplinary meeting", hidden()),
            ],
        }
    }
}
