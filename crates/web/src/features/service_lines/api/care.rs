//! Kinds of care of a service line: by type of event, point of delivery and healthcare resource group.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Money;
use results::care::{Care, Currency};
use rules::YearRules;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::books::{Books, Part};
use super::super::exactly::exactly;
use crate::App;
use crate::shell::api::{Paging, Problems, RunRef, answer};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words::each;

/// Kinds of care of a service line.
#[derive(Serialize, ToSchema)]
pub(super) struct KindsOfCare {
    /// The run.
    run: RunRef,
    /// Code of the service line.
    code: String,
    /// Its name.
    name: String,
    /// Its kinds of care, in the order of their codes. Legally restricted care and what is of no
    /// single event is in none of them, so they come to less than the statement.
    care: Vec<KindOfCare>,
    /// Address of the next page; null where this is the last.
    next: Option<String>,
}

/// One kind of care.
#[derive(Serialize, ToSchema)]
pub(super) struct KindOfCare {
    /// Type of event.
    event_type: String,
    /// Point of delivery; blank where there is none.
    pod: String,
    /// Healthcare resource group; blank where there is none.
    hrg: String,
    /// What it is called.
    name: String,
    /// Events.
    events: u64,
    /// Patients.
    patients: u64,
    /// What they cost.
    #[schema(example = "175800.000000")]
    cost_gbp: String,
    /// The cost of one.
    #[schema(example = "8790.000000")]
    mean_cost_gbp: String,
    /// Income at unit price.
    #[schema(example = "150400.000000")]
    income_at_unit_price_gbp: String,
    /// Income recognised.
    #[schema(example = "150400.000000")]
    income_recognised_gbp: String,
}

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct CareQuery {
    /// Point of delivery, such as `EL`; all of them unless told.
    #[param(example = "EL")]
    pod: String,
    /// Beginning of the healthcare resource group, such as `HN12`; all of them unless told.
    #[param(example = "HN12")]
    hrg: String,
    /// Page, from 1, which it is unless told.
    #[param(minimum = 1, example = 1)]
    page: Option<usize>,
    /// Items of a page: 200 unless told, 1,000 at most.
    #[param(minimum = 1, maximum = 1000, example = 200)]
    limit: Option<usize>,
}

/// Kinds of care of a service line, by point of delivery and HRG
///
/// Events, patients, cost and income of each. For those who see exact figures of the service line.
#[utoipa::path(get, path = "/api/v1/services/{unit}/care", tag = "Service lines",
    operation_id = "care",
    params(("unit" = String, Path, description = "Code of the service line", example = "TORT"), CareQuery),
    responses((status = 200, description = "The kinds of care", body = KindsOfCare), Problems),
    security(("token" = ["results:read"])))]
pub(super) async fn list(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<CareQuery>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = exactly(&app, &visit, code).await?;
    reading(move || {
        let books = Books::of(&app, found.run)?;
        let line = books.book.lines.get(&found.code).ok_or(Fault::NotFound)?;
        let (paging, part) =
            (Paging::at(query.page, query.limit), Part { pod: query.pod, hrg: query.hrg });
        let rules = books.rules()?;
        let cells = line.cells.iter().filter(|it| it.1.events > 0 && part.holds(it.0));
        let all: Vec<KindOfCare> = cells.map(|it| kind(rules, it)).collect();
        if all.is_empty() {
            return Err(Fault::NotFound);
        }
        let address = format!("/api/v1/services/{}/care", found.code);
        let asked = [("pod", part.pod.as_str()), ("hrg", part.hrg.as_str())];
        let page = paging.of(all, (&address, &asked))?;
        let shown = KindsOfCare {
            run: RunRef::of(&books.run)?,
            code: found.code,
            name: found.name,
            care: page.items,
            next: page.next,
        };
        answer(books.run.id(), &shown)
    })
    .await
}

fn kind(rules: &YearRules, (currency, care): (&Currency, &Care)) -> KindOfCare {
    let (pod, hrg) = (currency.pod.as_str(), currency.hrg.as_str());
    let cost = care.cost();
    KindOfCare {
        event_type: currency.event_type.clone(),
        pod: pod.to_owned(),
        hrg: hrg.to_owned(),
        name: crate::shell::care::name(rules, (pod, hrg)),
        events: care.events,
        patients: care.patients,
        cost_gbp: cost.to_decimal(),
        mean_cost_gbp: each(cost, care.events).to_decimal(),
        income_at_unit_price_gbp: care.at_unit_price.to_decimal(),
        income_recognised_gbp: care.recognised.to_decimal(),
    }
}

impl KindsOfCare {
    pub(super) fn sample() -> Self {
        let pounds = |amount: i64| Money::from_pounds(amount).to_decimal();
        let kind = KindOfCare {
            event_type: "APC".to_owned(),
            pod: "EL".to_owned(),
            hrg: "HN12A".to_owned(),
            name: "Very major hip procedures for non-trauma, planned stays".to_owned(),
            events: 20,
            patients: 20,
            cost_gbp: pounds(175_800),
            mean_cost_gbp: pounds(8_790),
            income_at_unit_price_gbp: pounds(150_400),
            income_recognised_gbp: pounds(150_400),
        };
        Self {
            run: RunRef::sample(),
            code: "TORT".to_owned(),
            name: "Trauma and orthopaedics".to_owned(),
            care: vec![kind],
            next: None,
        }
    }
}
