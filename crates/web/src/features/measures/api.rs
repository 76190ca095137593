//! The register of measures for programs: what is measured, and its months by unit.

use access::{ApiScope, View};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use disclosure::DisclosureRules;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::measures::{self, Form, Good, Measure};
use utoipa::{IntoParams, OpenApi as _, ToSchema};

use crate::App;
use crate::shell::api::{Paging, Problems, Seen, answer, with_examples};
use crate::shell::fault::Fault;
use crate::shell::measures::{self as seen, Series};
use crate::shell::registry::Route;
use crate::shell::visit::Visit;

/// Routes for programs.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::api("/api/v1/measures", ApiScope::Measures, get(list)),
        Route::api("/api/v1/measures/{measure}", ApiScope::Measures, get(one)),
    ]
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, one))]
struct Operations;

/// What is said of them in the document.
pub(super) fn operations() -> utoipa::openapi::OpenApi {
    let examples = vec![
        ("/api/v1/measures", json!(Measures::sample())),
        ("/api/v1/measures/{measure}", json!(MeasureValues::sample())),
    ];
    with_examples(Operations::openapi(), examples)
}

/// What is measured.
#[derive(Serialize, ToSchema)]
struct Measures {
    /// All measures of the register, by code.
    measures: Vec<MeasureDefined>,
    /// Address of the next page; null where this is the last.
    next: Option<String>,
}

/// How a value is made.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MeasureForm {
    /// A part of a whole.
    Proportion,
    /// A mean.
    Mean,
    /// A count over the month.
    Count,
    /// How many there are at the end of the month.
    Level,
    /// A count for each thousand of something.
    Rate,
}

/// Which way is good.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MeasureGood {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neither,
}

/// One measure, as it is defined.
#[derive(Serialize, ToSchema)]
struct MeasureDefined {
    /// Its code, as in addresses.
    code: String,
    /// Its name.
    name: String,
    /// What is counted.
    definition: String,
    /// What a value counts.
    unit_of_measure: String,
    /// How a value is made.
    form: MeasureForm,
    /// Which way is good.
    good: MeasureGood,
    /// Whether it counts patients or their answers, so that small numbers may be hidden.
    counts_patients: bool,
    /// Where values come from.
    source: String,
}

/// A measure with its months.
#[derive(Serialize, ToSchema)]
struct MeasureValues {
    /// What is measured.
    measure: MeasureDefined,
    /// Values by unit and month, in that order: units that the token's owner may see.
    values: Vec<MonthOfUnit>,
    /// Address of the next page; null where this is the last.
    next: Option<String>,
}

/// A month of a unit.
#[derive(Serialize, ToSchema)]
struct MonthOfUnit {
    /// Code of the unit.
    unit: String,
    /// How it is seen.
    seen: Seen,
    /// Month, such as `2026-03`.
    #[schema(example = "2026-03")]
    month: String,
    /// The count, the mean, or how many of those it is of, as a decimal.
    #[schema(example = "372")]
    value: Option<String>,
    /// Of how many, as a decimal; null where it is of nothing.
    #[schema(example = "396")]
    of: Option<String>,
    /// As the page draws it: percent of a proportion, for each thousand of a rate.
    #[schema(example = "93.9394")]
    as_drawn: Option<String>,
    /// Why the value is null; null where it is not hidden.
    hidden_because: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct ValuesQuery {
    /// Code of a unit; all that may be seen unless told.
    #[param(example = "TORT")]
    unit: String,
    /// Page, from 1, which it is unless told.
    #[param(minimum = 1, example = 1)]
    page: Option<usize>,
    /// Items of a page: 200 unless told, 1,000 at most.
    #[param(minimum = 1, maximum = 1000, example = 200)]
    limit: Option<usize>,
}

/// What is measured
///
/// The register of measures that stand beside the cost and come from no feed, by code.
#[utoipa::path(get, path = "/api/v1/measures", tag = "Measures", operation_id = "measures",
    params(Paging),
    responses((status = 200, description = "The measures", body = Measures), Problems),
    security(("token" = ["measures:read"])))]
async fn list(
    State(app): State<App>,
    visit: Visit,
    Query(paging): Query<Paging>,
) -> Result<Response, Fault> {
    visit.scope(ApiScope::Measures.capability())?;
    let mut db = app.store().read().await?;
    let mut all: Vec<MeasureDefined> =
        measures::list(&mut db).await?.iter().map(MeasureDefined::of).collect();
    drop(db);
    all.sort_by(|one, other| one.code.cmp(&other.code));
    let page = paging.of(all, ("/api/v1/measures", &[]))?;
    answer("", &Measures { measures: page.items, next: page.next })
}

/// The months of one measure, by unit
///
/// As its page shows them: exact for units that the token's owner sees exactly, and for others with
/// small numbers hidden.
#[utoipa::path(get, path = "/api/v1/measures/{measure}", tag = "Measures", operation_id = "measure",
    params(("measure" = String, Path, description = "Code of the measure", example = "FFT-POSITIVE"), ValuesQuery),
    responses((status = 200, description = "The measure and its months", body = MeasureValues), Problems),
    security(("token" = ["measures:read"])))]
async fn one(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<ValuesQuery>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (measure, all) = seen::of_measure(&app, &visit, &code).await?;
    let wanted = |it: &&Series| query.unit.is_empty() || it.unit.as_str() == query.unit;
    let found: Vec<&Series> = all.iter().filter(wanted).collect();
    if found.is_empty() && !query.unit.is_empty() {
        return Err(Fault::NotFound);
    }
    let values = found.into_iter().flat_map(months).collect();
    let address = format!("/api/v1/measures/{}", measure.definition.code);
    let paging = Paging::at(query.page, query.limit);
    let page = paging.of(values, (&address, &[("unit", query.unit.as_str())]))?;
    let measure = MeasureDefined::of(&measure);
    answer("", &MeasureValues { measure, values: page.items, next: page.next })
}

fn months(series: &Series) -> Vec<MonthOfUnit> {
    let definition = &series.measure.definition;
    let month = |it: &seen::Point| MonthOfUnit {
        unit: series.unit.to_string(),
        seen: if definition.of_patients { series.view.into() } else { View::Exact.into() },
        month: it.month.to_string(),
        value: it.figure.map(|it| it.value.to_string()),
        of: it.figure.and_then(|it| it.of).map(|it| it.to_string()),
        as_drawn: it.figure.and_then(|it| it.drawn(definition.form)).map(|it| it.to_string()),
        hidden_because: it.figure.is_none().then(|| DisclosureRules::own().explanation()),
    };
    series.points.iter().map(month).collect()
}

impl MeasureDefined {
    fn of(it: &Measure) -> Self {
        let it = &it.definition;
        Self {
            code: it.code.to_string(),
            name: it.name.clone(),
            definition: it.definition.clone(),
            unit_of_measure: it.unit_of_measure.clone(),
            form: match it.form {
                Form::Proportion => MeasureForm::Proportion,
                Form::Mean => MeasureForm::Mean,
                Form::Count => MeasureForm::Count,
                Form::Level => MeasureForm::Level,
                Form::Rate => MeasureForm::Rate,
            },
            good: match it.good {
                Good::Up => MeasureGood::Up,
                Good::Down => MeasureGood::Down,
                Good::Neither => MeasureGood::Neither,
            },
            counts_patients: it.of_patients,
            source: it.source.clone(),
        }
    }

    fn sample() -> Self {
        Self {
            code: "FFT-POSITIVE".to_owned(),
            name: "Friends and Family Test, positive".to_owned(),
            definition: "Answers of good or very good, of all answers.".to_owned(),
            unit_of_measure: "answers".to_owned(),
            form: MeasureForm::Proportion,
            good: MeasureGood::Up,
            counts_patients: true,
            source: "FFT return".to_owned(),
        }
    }
}

impl Measures {
    fn sample() -> Self {
        Self { measures: vec![MeasureDefined::sample()], next: None }
    }
}

impl MeasureValues {
    fn sample() -> Self {
        let month = |month: &str, value: Option<&str>| MonthOfUnit {
            unit: "TORT".to_owned(),
            seen: Seen::SmallNumbersHidden,
            month: month.to_owned(),
            value: value.map(str::to_owned),
            of: value.map(|_| "395".to_owned()),
            as_drawn: value.map(|_| "93.6709".to_owned()),
            hidden_because: value.is_none().then(|| DisclosureRules::own().explanation()),
        };
        Self {
            measure: MeasureDefined::sample(),
            values: vec![month("2026-02", None), month("2026-03", Some("370"))],
            next: None,
        }
    }
}
