//! The statement of a service line or of a part of its care, from income to surplus or deficit.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Money;
use results::care::{CareRow, CareRowKind, Use};
use rules::year::CountUnit;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::books::{Books, Year};
use super::super::exactly::exactly;
use super::PartQuery;
use crate::App;
use crate::shell::api::{Problems, RunRef, answer};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// A service line's statement.
#[derive(Serialize, ToSchema)]
pub(super) struct Statement {
    /// The run.
    run: RunRef,
    /// The run of the year before; null where none is published.
    last_year_run: Option<RunRef>,
    /// Code of the service line.
    code: String,
    /// Its name.
    name: String,
    /// Point of delivery asked for; blank for all.
    pod: String,
    /// Beginning of the healthcare resource group asked for; blank for all.
    hrg: String,
    /// This year.
    this_year: YearInAll,
    /// The year before; null where there was no such care.
    last_year: Option<YearInAll>,
    /// Whether a fixed sum pays for most of it: then its surplus or deficit is no measure of its
    /// efficiency.
    is_paid_mainly_by_a_fixed_sum: bool,
    /// Rows, from income to surplus or deficit, in the order of the trust's model.
    rows: Vec<StatementRow>,
}

/// How much care there was, and its income in three figures.
#[derive(Serialize, ToSchema)]
pub(super) struct YearInAll {
    /// Events.
    events: u64,
    /// Patients; of a whole service line each counts once, of a part once for each kind of care.
    patients: u64,
    /// Activity at unit price.
    #[schema(example = "6163520.000000")]
    income_at_unit_price_gbp: String,
    /// Contract income recognised.
    #[schema(example = "6196480.000000")]
    income_recognised_gbp: String,
    /// Recognised less activity at unit price.
    #[schema(example = "32960.000000")]
    income_difference_gbp: String,
    /// Cost in all.
    #[schema(example = "7242960.000000")]
    cost_gbp: String,
}

/// What a row of a statement is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RowKind {
    /// Income.
    Income,
    /// Cost of the service line's own people and goods.
    Direct,
    /// Cost of services that it used.
    Service,
    /// Overheads and capital charges.
    Overhead,
    /// Rows added up.
    Subtotal,
}

/// A row of a statement.
#[derive(Serialize, ToSchema)]
pub(super) struct StatementRow {
    /// Code of the row in the trust's model.
    row: String,
    /// Its name.
    name: String,
    /// What it is.
    kind: RowKind,
    /// Its amount. Costs are positive; a deficit is negative.
    #[schema(example = "840480.000000")]
    amount_gbp: String,
    /// Of it, what is not recurrent.
    #[schema(example = "0.000000")]
    non_recurrent_gbp: String,
    /// Amount of the year before; null where there was no such row.
    last_year_amount_gbp: Option<String>,
    /// Activities in it, the dearest first.
    uses: Vec<ActivityUsed>,
}

/// By what an activity is counted.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CountedBy {
    /// Number.
    Number,
    /// Seconds.
    Seconds,
}

/// An activity that was used.
#[derive(Serialize, ToSchema)]
pub(super) struct ActivityUsed {
    /// Code of the activity.
    activity: String,
    /// Its name.
    name: String,
    /// How much of it.
    count: i64,
    /// What is counted.
    counted_by: CountedBy,
    /// What it cost.
    #[schema(example = "51204.120000")]
    amount_gbp: String,
}

/// The statement of a service line, from income to surplus or deficit
///
/// Income in three figures, direct cost, services used as quantity and cost, overheads, and what is
/// left, beside last year. For those who see exact figures of the service line.
#[utoipa::path(get, path = "/api/v1/services/{unit}/statement", tag = "Service lines",
    operation_id = "statement",
    params(("unit" = String, Path, description = "Code of the service line", example = "TORT"), PartQuery),
    responses((status = 200, description = "The statement", body = Statement), Problems),
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
        let year = books.this_year(&found.code, &part)?.ok_or(Fault::NotFound)?;
        let last = books.last_year(&found.code, &part)?;
        let before: BTreeMap<&str, &CareRow> =
            last.iter().flat_map(|it| &it.rows).map(|it| (it.row.as_str(), it)).collect();
        let line = books.rules()?.service_lines.get(&found.code);
        let last_run = books.last.as_ref().map(|it| RunRef::of(&it.0)).transpose()?;
        let shown = Statement {
            run: RunRef::of(&books.run)?,
            last_year_run: last_run,
            this_year: YearInAll::of(&year),
            last_year: last.as_ref().map(YearInAll::of),
            is_paid_mainly_by_a_fixed_sum: line.is_some_and(|it| it.fixed_payment),
            rows: year
                .rows
                .iter()
                .map(|it| row(it, before.get(it.row.as_str()).copied()))
                .collect(),
            code: found.code,
            name: found.name,
            pod: part.pod,
            hrg: part.hrg,
        };
        answer(books.run.id(), &shown)
    })
    .await
}

impl YearInAll {
    fn of(year: &Year) -> Self {
        let (at_unit_price, recognised) = year.income;
        Self {
            events: year.care.events,
            patients: year.patients,
            income_at_unit_price_gbp: at_unit_price.to_decimal(),
            income_recognised_gbp: recognised.to_decimal(),
            income_difference_gbp: (recognised - at_unit_price).to_decimal(),
            cost_gbp: year.care.cost().to_decimal(),
        }
    }
}

fn row(row: &CareRow, before: Option<&CareRow>) -> StatementRow {
    StatementRow {
        row: row.row.clone(),
        name: row.name.clone(),
        kind: match row.kind {
            CareRowKind::Income => RowKind::Income,
            CareRowKind::Direct => RowKind::Direct,
            CareRowKind::Service => RowKind::Service,
            CareRowKind::Overhead => RowKind::Overhead,
            CareRowKind::Subtotal => RowKind::Subtotal,
        },
        amount_gbp: row.amount.to_decimal(),
        non_recurrent_gbp: row.non_recurrent.to_decimal(),
        last_year_amount_gbp: before.map(|it| it.amount.to_decimal()),
        uses: row.uses.iter().map(used).collect(),
    }
}

fn used(it: &Use) -> ActivityUsed {
    ActivityUsed {
        activity: it.activity.clone(),
        name: it.name.clone(),
        count: it.count,
        counted_by: match it.unit {
            CountUnit::Number => CountedBy::Number,
            CountUnit::Minutes => CountedBy::Seconds,
        },
        amount_gbp: it.amount.to_decimal(),
    }
}

impl Statement {
    pub(super) fn sample() -> Self {
        let pounds = |amount: i64| Money::from_pounds(amount).to_decimal();
        let row = |row: &str, name: &str, kind, amount, uses| StatementRow {
            row: row.to_owned(),
            name: name.to_owned(),
            kind,
            amount_gbp: pounds(amount),
            non_recurrent_gbp: pounds(0),
            last_year_amount_gbp: Some(pounds(amount - 40)),
            uses,
        };
        let theatre = ActivityUsed {
            activity: "THEATRE".to_owned(),
            name: "Theatre time".to_owned(),
            count: 4_324_800,
            counted_by: CountedBy::Seconds,
            amount_gbp: pounds(840_480),
        };
        Self {
            run: RunRef::sample(),
            last_year_run: Some(RunRef {
                id: "0c1d2e3f4a5b6c7d".to_owned(),
                year: "2024-25".to_owned(),
                ..RunRef::sample()
            }),
            code: "TORT".to_owned(),
            name: "Trauma and orthopaedics".to_owned(),
            pod: "EL".to_owned(),
            hrg: "HN12".to_owned(),
            this_year: YearInAll {
                events: 824,
                patients: 811,
                income_at_unit_price_gbp: pounds(6_163_520),
                income_recognised_gbp: pounds(6_196_480),
                income_difference_gbp: pounds(32_960),
                cost_gbp: pounds(7_242_960),
            },
            last_year: None,
            is_paid_mainly_by_a_fixed_sum: false,
            rows: vec![
                row("INCOME", "Income from patient care", RowKind::Income, 6_196_480, Vec::new()),
                row("THEATRES", "Theatres", RowKind::Service, 840_480, vec![theatre]),
                row("NET", "Net surplus or deficit", RowKind::Subtotal, -1_046_480, Vec::new()),
            ],
        }
    }
}
