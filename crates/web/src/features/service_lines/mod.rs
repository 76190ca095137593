//! Service lines: what each cost and earned, exactly for those who answer for it, and for others
//! with small numbers hidden.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/my-service` | who sees a service line exactly |
//! | GET | `/services` | who sees costs added up over patients |
//! | GET | `/services/{unit}` | as above; another's service line is not there |
//! | GET | `/services/{unit}/budget` | who sees exact figures of it |
//! | GET | `/services/{unit}/budget.csv`, `.xlsx` | as above |
//! | GET | `/services/{unit}/goods` | who sees exact figures of it |
//! | GET | `/services/{unit}/goods.csv`, `.xlsx` | as above; small numbers put together |
//! | GET | `/services/{unit}/moved.csv`, `.xlsx` | who sees exact figures of it |
//! | GET | `/services/{unit}/national` | who sees exact figures of it |
//! | GET | `/services/{unit}/national.csv` | who sees exact figures of it |
//! | GET, POST | `/services/{unit}/pack` | who sees exact figures of it; keeping needs the right to make packs |
//! | GET, POST | `/services/{unit}/packs/{pack}`, and its `table.csv`, `.xlsx` | as above |
//! | GET | `/services/{unit}/stays` | who sees exact figures of it |
//! | GET | `/services/{unit}/stays.csv`, `.xlsx` | as above; small numbers put together |
//! | GET | `/services/{unit}/week` | who sees exact figures of it |
//! | GET | `/services/{unit}/week.csv` | who sees exact figures of it |
//! | GET | `/api/v1/services`, and `/{unit}` below it | a program, as whose token it is |
//! | GET | `/api/v1/services/{unit}/statement`, `care`, `moved`, `outcomes` | a program, for who sees exact figures of it |
//! | GET | `/services.csv`, `.xlsx` | who sees costs added up over patients; small numbers hidden for everybody |
//!
//! Pages and files but those of `/my-service`, packs and the week, which is of the records in place,
//! speak of a published run that the address names, `?run=NAME`, as well as of the newest.
//!
//! What may be shown to those who see small numbers hidden is decided once for a run, over one
//! table, in `cube`; every page, chart and file of theirs takes its figures from there. Those who
//! see a service line exactly get the care behind it from `books`.

mod answer;
mod api;
mod books;
mod bridge;
mod change;
mod closer;

mod download;
mod exactly;
mod figures;
mod gap;
mod goods;
mod goods_file;
mod mine;
mod money_rows;
mod movement;
mod national;
mod outcomes;
mod overview;
mod pack;
mod ready;
mod sentences;
mod stays;
mod unit;
mod value;
mod week;
mod whose;

#[cfg(test)]
pub(crate) mod tests;

use access::Capability;
use axum::routing::{get, post};

pub use self::pack::{pack_of_run, to_settle};
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::AggregateCosts);
    let makes = Policy::Needs(Capability::MakePacks);
    let of_a_run = vec![
        Route::get("/services", reads, get(overview::show)),
        Route::table(["/services.csv", "/services.xlsx"], reads, get(download::take)),
        Route::get("/services/{unit}", reads, get(unit::show)),
        Route::get("/services/{unit}/budget", reads, get(bridge::show)),
        Route::table(
            ["/services/{unit}/budget.csv", "/services/{unit}/budget.xlsx"],
            reads,
            get(bridge::take),
        ),
        Route::table(
            ["/services/{unit}/moved.csv", "/services/{unit}/moved.xlsx"],
            reads,
            get(download::moved),
        ),
        Route::get("/services/{unit}/goods", reads, get(goods::show)),
        Route::table(
            ["/services/{unit}/goods.csv", "/services/{unit}/goods.xlsx"],
            reads,
            get(goods::take),
        ),
        Route::get("/services/{unit}/national", reads, get(national::show)),
        Route::table(
            ["/services/{unit}/national.csv", "/services/{unit}/national.xlsx"],
            reads,
            get(national::take),
        ),
        Route::get("/services/{unit}/stays", reads, get(stays::show)),
        Route::table(
            ["/services/{unit}/stays.csv", "/services/{unit}/stays.xlsx"],
            reads,
            get(stays::take),
        ),
    ];
    let mut routes: Vec<Route> = of_a_run.into_iter().map(Route::of_named_run).collect();
    routes.extend([
        Route::get("/my-service", reads, get(mine::show)),
        Route::get("/services/{unit}/pack", reads, get(pack::draft::show)),
        Route::post("/services/{unit}/pack", makes, post(pack::draft::make)),
        Route::get("/services/{unit}/packs/{pack}", reads, get(pack::kept::show)),
        Route::post("/services/{unit}/packs/{pack}", makes, post(pack::kept::act)),
        Route::table(
            ["/services/{unit}/packs/{pack}/table.csv", "/services/{unit}/packs/{pack}/table.xlsx"],
            reads,
            get(pack::kept::take),
        ),
        Route::get("/services/{unit}/week", reads, get(week::show)),
        Route::table(
            ["/services/{unit}/week.csv", "/services/{unit}/week.xlsx"],
            reads,
            get(download::weeks),
        ),
    ]);
    routes.extend(api::routes());
    routes
}

/// What this feature offers programs.
pub fn operations() -> utoipa::openapi::OpenApi {
    api::operations()
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<answer::Answer>(),
        rendered::<bridge::BridgePage>(),
        rendered::<goods::GoodsPage>(),
        rendered::<mine::Mine>(),
        rendered::<national::NationalPage>(),
        rendered::<overview::Overview>(),
        rendered::<pack::draft::DraftPage>(),
        rendered::<pack::kept::KeptPage>(),
        rendered::<stays::Stays>(),
        rendered::<unit::UnitPage>(),
        rendered::<week::WeekPage>(),
    ]
}
