//! What moved the cost of a service line since last year.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Money;
use results::care::{BarKind, Moved};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::books::{Books, Part};
use super::super::exactly::exactly;
use super::super::sentences;
use super::PartQuery;
use crate::App;
use crate::shell::api::{Problems, RunRef, answer};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// What moved a cost from one year to the next: the steps add up exactly.
#[derive(Serialize, ToSchema)]
pub(super) struct Movement {
    /// The run.
    run: RunRef,
    /// The run of the year before.
    last_year_run: RunRef,
    /// Code of the service line.
    code: String,
    /// Its name.
    name: String,
    /// Point of delivery asked for; blank for all.
    pod: String,
    /// Beginning of the healthcare resource group asked for; blank for all.
    hrg: String,
    /// Events of the year before, in kinds of care of both years.
    events_before: u64,
    /// Events of the year, in kinds of care of both years.
    events_after: u64,
    /// Cost of the year before.
    #[schema(example = "6754280.000000")]
    cost_before_gbp: String,
    /// What moved it, in order.
    steps: Vec<Step>,
    /// Cost of the year: the cost before and all steps.
    #[schema(example = "7242960.000000")]
    cost_after_gbp: String,
}

/// What a step is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StepKind {
    /// More events, or fewer.
    Volume,
    /// Other kinds of care.
    CaseMix,
    /// More of a service for each event, or less.
    UsePerPatient,
    /// Fixed cost spread over another count of the whole trust.
    FixedCostSpread,
    /// Pay and prices.
    PayAndPrices,
    /// Cost of records that found no patient.
    RecordsWithoutPatient,
    /// Kinds of care of one year only.
    OneYearOnly,
    /// Legally restricted care, which is not taken apart.
    LegallyRestricted,
}

/// One step.
#[derive(Serialize, ToSchema)]
pub(super) struct Step {
    /// What it is.
    kind: StepKind,
    /// Its name, as on the page.
    name: String,
    /// By how much it moved the cost; negative for less.
    #[schema(example = "150840.000000")]
    amount_gbp: String,
}

/// What moved the cost since last year
///
/// The steps of the waterfall of the page, from last year's cost to this year's, to the
/// micro-pound. For those who see exact figures of the service line.
#[utoipa::path(get, path = "/api/v1/services/{unit}/moved", tag = "Service lines",
    operation_id = "moved",
    params(("unit" = String, Path, description = "Code of the service line", example = "TORT"), PartQuery),
    responses((status = 200, description = "The steps", body = Movement), Problems),
    security(("token" = ["results:read"])))]
pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<PartQuery>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = exactly(&app, &visit, code).await?;
    reading(move || {
        let part = query.part();
        let books = Books::of(&app, found.run)?;
        let moved = books.moved(&found.code, &part)?.ok_or(Fault::NotFound)?;
        let (last, _) = books.last.as_ref().ok_or(Fault::NotFound)?;
        let runs = [RunRef::of(&books.run)?, RunRef::of(last)?];
        answer(books.run.id(), &Movement::of(runs, (found.code, found.name), (part, &moved)))
    })
    .await
}

impl Movement {
    pub(super) fn of(
        [run, last_year_run]: [RunRef; 2],
        (code, name): (String, String),
        (part, moved): (Part, &Moved),
    ) -> Self {
        let step = |it: &results::care::Bar| Step {
            kind: kind(&it.kind),
            name: sentences::name(&it.kind, moved.events),
            amount_gbp: it.amount.to_decimal(),
        };
        Self {
            run,
            last_year_run,
            code,
            name,
            pod: part.pod,
            hrg: part.hrg,
            events_before: moved.events.0,
            events_after: moved.events.1,
            cost_before_gbp: moved.before.to_decimal(),
            steps: moved.bars.iter().map(step).collect(),
            cost_after_gbp: moved.after.to_decimal(),
        }
    }

    pub(super) fn sample() -> Self {
        let pounds = Money::from_pounds;
        let bar = |kind, amount| results::care::Bar { kind, amount: pounds(amount) };
        let moved = Moved {
            before: pounds(6_754_280),
            bars: vec![
                bar(BarKind::Volume, 150_840),
                bar(BarKind::Use("Own ward nursing".to_owned()), 123_600),
                bar(BarKind::Prices, 214_240),
            ],
            after: pounds(7_242_960),
            events: (806, 824),
            unit_cost: pounds(337_840),
        };
        let last = RunRef { year: "2024-25".to_owned(), ..RunRef::sample() };
        let part = Part { pod: "EL".to_owned(), hrg: String::new() };
        let line = ("TORT".to_owned(), "Trauma and orthopaedics".to_owned());
        Self::of([RunRef::sample(), last], line, (part, &moved))
    }
}

fn kind(kind: &BarKind) -> StepKind {
    match kind {
        BarKind::Volume => StepKind::Volume,
        BarKind::CaseMix => StepKind::CaseMix,
        BarKind::Use(_) => StepKind::UsePerPatient,
        BarKind::Spread => StepKind::FixedCostSpread,
        BarKind::Prices => StepKind::PayAndPrices,
        BarKind::Absorbed => StepKind::RecordsWithoutPatient,
        BarKind::OneYear => StepKind::OneYearOnly,
        BarKind::Apart => StepKind::LegallyRestricted,
    }
}
