//! Time that is bought for clinicians in all reviews that somebody reads, by the programme that it is for.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::reviews::{Backfill, Released, ReviewGuide, backfill, by_programme, tenths};
use store::reviewing::{self, Review};
use store::{ReviewId, UnitCode};

use super::papers::hours;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/reviews/released.html")]
pub(super) struct ReleasedPage {
    shell: Shell,
    rows: Vec<Row>,
    total: Row,
}

/// Time of one programme, or of all.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    sessions: String,
    hours: String,
    cost: String,
}

impl Row {
    fn of(name: &str, it: &Released) -> Self {
        Self {
            name: name.to_owned(),
            sessions: tenths(it.tenths),
            hours: hours(it.minutes),
            cost: it.cost.to_string(),
        }
    }
}

/// Time that was bought in one service line, with the programme that it is for.
struct Bought {
    unit: UnitCode,
    programme: String,
    of: Backfill,
}

/// Time that is bought in all reviews but sit-downs, which are read by those who take part in them.
async fn bought(app: &App) -> Result<Vec<Bought>, Fault> {
    let guide = &app.settings().reviews;
    let mut db = app.store().read().await?;
    let reviews = reviewing::list(&mut db).await?.into_iter();
    let reviews: BTreeMap<ReviewId, Review> = reviews.map(|it| (it.id.clone(), it)).collect();
    let all = reviewing::bought(&mut db).await?.into_iter();
    let row = |(id, it): (ReviewId, reviewing::Backfill)| {
        let review = reviews.get(&id).filter(|it| !guide.is_sit_down(&it.theme))?;
        let of = backfill((&it.sessions, &it.cost), (&it.from, &it.to)).ok()?;
        Some(Bought { unit: review.unit.clone(), programme: it.programme, of })
    };
    Ok(all.filter_map(row).collect())
}

/// Time that was bought by programme, with the time of all.
fn added(guide: &ReviewGuide, all: &[Bought]) -> (Vec<(String, Released)>, Released) {
    let named: Vec<(&str, Backfill)> =
        all.iter().map(|it| (it.programme.as_str(), it.of)).collect();
    let sum: Vec<Backfill> = all.iter().map(|it| it.of).collect();
    (by_programme(guide, &named), engagement::reviews::released(guide, &sum))
}

/// Programmes that were named before, in the order of their names.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub(super) async fn programmes(app: &App) -> Result<Vec<String>, Fault> {
    let (found, _) = added(&app.settings().reviews, &bought(app).await?);
    Ok(found.into_iter().map(|it| it.0).filter(|it| !it.is_empty()).collect())
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::ReadReviews)?;
    let mut all = bought(&app).await?;
    all.retain(|it| scope.of_unit(it.unit.as_str()).is_some());
    let (rows, total) = added(&app.settings().reviews, &all);
    let shell = visit.shell(title(&total)).below("Reviews", "/reviews");
    let (rows, total) = (told(&rows), Row::of("All programmes", &total));
    Ok(ReleasedPage { shell, rows, total }.respond())
}

fn title(total: &Released) -> String {
    match total.entries {
        0 => "No time is bought for clinicians yet".to_owned(),
        _ => format!("Time for clinicians: {}", hours(total.minutes)),
    }
}

fn told(rows: &[(String, Released)]) -> Vec<Row> {
    let row = |(programme, it): &(String, Released)| {
        let name = if programme.is_empty() { "No programme is named" } else { programme.as_str() };
        Row::of(name, it)
    };
    rows.iter().map(row).collect()
}

impl Page for ReleasedPage {
    const TEMPLATE: &'static str = "features/reviews/released.html";

    fn samples() -> Vec<Self> {
        let page = |named: &[(&str, &str, &str)]| {
            let days = ("2026-06-01", "2026-09-30");
            let of = |(programme, sessions, cost): &(&str, &str, &str)| Bought {
                unit: UnitCode::new("TORT"),
                programme: (*programme).to_owned(),
                of: backfill((sessions, cost), days).expect("it is right"),
            };
            let all: Vec<Bought> = named.iter().map(of).collect();
            let (rows, total) = added(&ReviewGuide::own(), &all);
            Self {
                shell: Shell::sample(&title(&total)).below("Reviews", "/reviews"),
                rows: told(&rows),
                total: Row::of("All programmes", &total),
            }
        };
        vec![page(&[("Hip pathway", "2.6", "1,250.50"), ("", "6", "3000")]), page(&[])]
    }
}
