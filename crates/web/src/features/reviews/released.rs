//! Time that is bought for clinicians in all reviews that somebody reads, by the programme that it is for.

use std::collections::{BTreeMap, BTreeSet};

use access::{Capability, Scope};
use axum::extract::State;
use axum::response::Response;
use engagement::reviews::{Backfill, Released, ReviewGuide, backfill, by_programme, tenths};
use store::ReviewId;
use store::reviewing::{self, Review};

use super::papers::hours;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::unit_names;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/reviews/released.html")]
pub(super) struct ReleasedPage {
    shell: Shell,
    rows: Vec<Row>,
    total: Row,
    /// What is left out, as it cannot be read; blank where nothing is.
    unread: String,
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
    /// The name of the service line.
    unit: String,
    programme: String,
    /// None where what is stored of it cannot be read.
    of: Option<Backfill>,
}

/// Time that is bought in all reviews of a scope but sit-downs, which are read by those who take part
/// in them.
async fn bought(app: &App, scope: &Scope) -> Result<Vec<Bought>, Fault> {
    let guide = &app.settings().reviews;
    let mut db = app.store().read().await?;
    let reviews = reviewing::list(&mut db).await?.into_iter();
    let reviews: BTreeMap<ReviewId, Review> = reviews.map(|it| (it.id.clone(), it)).collect();
    let names = unit_names(&mut db).await?;
    let all = reviewing::bought(&mut db).await?.into_iter();
    let row = |(id, it): (ReviewId, reviewing::Backfill)| {
        let review = reviews.get(&id).filter(|it| !guide.is_sit_down(&it.theme))?;
        scope.of_unit(review.unit.as_str())?;
        let of = backfill((&it.sessions, &it.cost), (&it.from, &it.to)).ok();
        let unit = names.get(review.unit.as_str()).cloned().unwrap_or_default();
        Some(Bought { unit, programme: it.programme, of })
    };
    Ok(all.filter_map(row).collect())
}

/// Time that was bought by programme, with the time of all.
fn added(guide: &ReviewGuide, all: &[Bought]) -> (Vec<(String, Released)>, Released) {
    let named = all.iter().filter_map(|it| Some((it.programme.as_str(), it.of?)));
    let named: Vec<(&str, Backfill)> = named.collect();
    let sum: Vec<Backfill> = all.iter().filter_map(|it| it.of).collect();
    (by_programme(guide, &named), engagement::reviews::released(guide, &sum))
}

/// How much cannot be read, and of which service lines it is.
fn unread(all: &[Bought]) -> String {
    let lost = all.iter().filter(|it| it.of.is_none());
    let lost: Vec<&str> = lost.map(|it| it.unit.as_str()).collect();
    if lost.is_empty() {
        return String::new();
    }
    let count = words::count(lost.len() as u64, "entry", "entries");
    let units: BTreeSet<&str> = lost.into_iter().collect();
    let units: Vec<&str> = units.into_iter().collect();
    format!(
        "{count} of time bought cannot be read, and nothing of it is counted. Write sessions, cost and days anew in reviews of {}.",
        units.join(", ")
    )
}

/// Programmes that were named before in reviews that somebody reads, in the order of their names.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub(super) async fn programmes(app: &App, visit: &Visit) -> Result<Vec<String>, Fault> {
    let Ok(scope) = visit.scope(Capability::ReadReviews) else { return Ok(Vec::new()) };
    let (found, _) = added(&app.settings().reviews, &bought(app, scope).await?);
    Ok(found.into_iter().map(|it| it.0).filter(|it| !it.is_empty()).collect())
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::ReadReviews)?;
    let all = bought(&app, scope).await?;
    let (rows, total) = added(&app.settings().reviews, &all);
    let shell = visit.shell(title(&total)).below("Reviews", "/reviews");
    let (rows, total) = (told(&rows), Row::of("All programmes", &total));
    Ok(ReleasedPage { shell, rows, total, unread: unread(&all) }.respond())
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
                unit: "Trauma and orthopaedics".to_owned(),
                programme: (*programme).to_owned(),
                of: backfill((sessions, cost), days).ok(),
            };
            let all: Vec<Bought> = named.iter().map(of).collect();
            let (rows, total) = added(&ReviewGuide::own(), &all);
            Self {
                shell: Shell::sample(&title(&total)).below("Reviews", "/reviews"),
                rows: told(&rows),
                total: Row::of("All programmes", &total),
                unread: unread(&all),
            }
        };
        let whole = page(&[("Hip pathway", "2.6", "1,250.50"), ("", "6", "3000")]);
        let part = page(&[("Hip pathway", "2.6", "1,250.50"), ("", "many", "3000")]);
        vec![whole, part, page(&[])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_cannot_be_read_is_counted_and_added_to_nothing() {
        let of = |unit: &str, sessions: &str| Bought {
            unit: unit.to_owned(),
            programme: "Hip pathway".to_owned(),
            of: backfill((sessions, "100"), ("2026-06-01", "2026-09-30")).ok(),
        };
        let all = [of("Hips", "2"), of("Hips", "many"), of("Eyes", "few")];
        let (rows, total) = added(&ReviewGuide::own(), &all);
        assert_eq!((rows.len(), total.entries, total.tenths), (1, 1, 20));
        let said = unread(&all).replace('\u{a0}', " ");
        assert!(said.starts_with("2 entries of time bought cannot be read"), "{said}");
        assert!(said.ends_with("in reviews of Eyes, Hips."), "{said}");
        assert_eq!(unread(&all[..1]), "");
    }
}
