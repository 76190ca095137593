//! Outcomes of a service line, from the same patients and period as its cost.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use results::outcomes::{Form, Good, MonthValue, Outcome};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::books::Books;
use super::super::exactly::exactly;
use super::super::outcomes::both_years;
use super::PartQuery;
use crate::App;
use crate::shell::api::{Problems, RunRef, answer};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// Outcomes of a service line or of a part of its care.
#[derive(Serialize, ToSchema)]
pub(super) struct LineOutcomes {
    /// The run.
    run: RunRef,
    /// Code of the service line.
    code: String,
    /// Its name.
    name: String,
    /// Point of delivery asked for; blank for all.
    pod: String,
    /// Beginning of the healthcare resource group asked for; blank for all.
    hrg: String,
    /// Its outcomes.
    outcomes: Vec<OutcomeOf>,
}

/// How an outcome is made of its numerator and denominator.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OutcomeForm {
    /// A part of a whole, from 0 to 1.
    Proportion,
    /// A sum over how many there were.
    Mean,
    /// One count over another.
    Ratio,
}

/// Which way is good.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GoodDirection {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neither,
}

/// One outcome.
#[derive(Serialize, ToSchema)]
pub(super) struct OutcomeOf {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// What is counted.
    definition: String,
    /// Where the definition is from.
    source: String,
    /// Its unit.
    unit: String,
    /// How it is made.
    form: OutcomeForm,
    /// Which way is good.
    good: GoodDirection,
    /// Why there is none, in words; null where there is one.
    absent_because: Option<String>,
    /// This year; null where there is none.
    this_year: Option<YearValue>,
    /// The year before; null where there is none.
    last_year: Option<YearValue>,
    /// This year by month.
    months: Vec<OutcomeMonth>,
}

/// A value of a year.
#[derive(Serialize, ToSchema)]
pub(super) struct YearValue {
    /// What is counted.
    numerator: i64,
    /// What it is counted for.
    denominator: i64,
    /// One by the other; null of a mean of one.
    value: Option<f64>,
}

/// A value of a month.
#[derive(Serialize, ToSchema)]
pub(super) struct OutcomeMonth {
    /// Month, such as `2025-07`.
    #[schema(example = "2025-07")]
    month: String,
    /// What is counted.
    numerator: i64,
    /// What it is counted for.
    denominator: i64,
}

/// What patients got, beside what it cost
///
/// Length of stay, readmission, day cases, appointments missed and the like, of the same patients
/// and period as the cost. For those who see exact figures of the service line.
#[utoipa::path(get, path = "/api/v1/services/{unit}/outcomes", tag = "Service lines",
    operation_id = "outcomes",
    params(("unit" = String, Path, description = "Code of the service line", example = "TORT"), PartQuery),
    responses((status = 200, description = "The outcomes", body = LineOutcomes), Problems),
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
        books.this_year(&found.code, &part)?.ok_or(Fault::NotFound)?;
        let (now, before) = both_years(&app, &books, (&found.code, &part))?;
        let earlier = |code: &str| before.iter().find(|it| it.code == code);
        let shown = LineOutcomes {
            run: RunRef::of(&books.run)?,
            code: found.code,
            name: found.name,
            pod: part.pod,
            hrg: part.hrg,
            outcomes: now.iter().map(|it| OutcomeOf::of(it, earlier(&it.code))).collect(),
        };
        answer(books.run.id(), &shown)
    })
    .await
}

impl OutcomeOf {
    fn of(it: &Outcome, before: Option<&Outcome>) -> Self {
        Self {
            code: it.code.clone(),
            name: it.name.clone(),
            definition: it.definition.clone(),
            source: it.source.clone(),
            unit: it.unit.clone(),
            form: match it.form {
                Form::Proportion => OutcomeForm::Proportion,
                Form::Mean => OutcomeForm::Mean,
                Form::Ratio => OutcomeForm::Ratio,
            },
            good: match it.good {
                Good::Up => GoodDirection::Up,
                Good::Down => GoodDirection::Down,
                Good::Neither => GoodDirection::Neither,
            },
            absent_because: it.absent.clone(),
            this_year: value(it),
            last_year: before.and_then(value),
            months: it.months.iter().map(month).collect(),
        }
    }
}

fn value(it: &Outcome) -> Option<YearValue> {
    if it.absent.is_some() {
        return None;
    }
    let MonthValue { numerator, denominator, .. } = MonthValue::total(&it.months);
    Some(YearValue { numerator, denominator, value: it.estimate().map(|it| it.value) })
}

fn month(it: &MonthValue) -> OutcomeMonth {
    OutcomeMonth { month: it.month.clone(), numerator: it.numerator, denominator: it.denominator }
}

impl LineOutcomes {
    pub(super) fn sample() -> Self {
        let readmission = OutcomeOf {
            code: "readmission".to_owned(),
            name: "Emergency readmission".to_owned(),
            definition: "Stays followed by an emergency admission within 30 days.".to_owned(),
            source: "NHS Outcomes Framework".to_owned(),
            unit: "stays".to_owned(),
            form: OutcomeForm::Proportion,
            good: GoodDirection::Down,
            absent_because: None,
            this_year: Some(YearValue { numerator: 41, denominator: 820, value: Some(0.05) }),
            last_year: None,
            months: vec![OutcomeMonth {
                month: "2025-04".to_owned(),
                numerator: 4,
                denominator: 70,
            }],
        };
        let returns = OutcomeOf {
            code: "return_to_theatre".to_owned(),
            name: "Return to theatre".to_owned(),
            absent_because: Some("We hold no number of operations here.".to_owned()),
            this_year: None,
            months: Vec::new(),
            definition: "Stays with a second visit to theatre.".to_owned(),
            source: "The trust".to_owned(),
            unit: "stays".to_owned(),
            form: OutcomeForm::Proportion,
            good: GoodDirection::Down,
            last_year: None,
        };
        Self {
            run: RunRef::sample(),
            code: "TORT".to_owned(),
            name: "Trauma and orthopaedics".to_owned(),
            pod: "EL".to_owned(),
            hrg: String::new(),
            outcomes: vec![readmission, returns],
        }
    }
}
