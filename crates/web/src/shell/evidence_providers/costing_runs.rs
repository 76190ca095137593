//! A costing that was published and holds the unit's service line, and how old its figures were.

use std::collections::BTreeSet;
use std::sync::Arc;

use results::Run;
use store::publications::{self, PublicationState};
use store::{PersonId, UnitCode};

use super::{Asked, Found, Proposal, Provider};
use crate::App;
use crate::shell::costing_quality::{days_between, ends_on, period_of, published_on};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::words;

/// Proposes the latest published costing of a service line.
pub(super) struct PublishedCosting;

impl Provider for PublishedCosting {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let Some(run) = latest(asked.app, asked.unit).await? else { return Ok(Vec::new()) };
            let (Some(published), Some(end)) = (published_on(&run)?, ends_on(&run)) else {
                return Ok(Vec::new());
            };
            let manifest = run.manifest();
            let period = period_of(&manifest.year, manifest.last_period);
            let days = u64::from(days_between(end, published).unsigned_abs());
            let days = words::count(days, "day", "days");
            Ok(vec![Proposal {
                key: "costing-run".to_owned(),
                period: format!("{} to month {}", manifest.year, manifest.last_period),
                kind: "costing",
                title: format!("Costing of {period}"),
                source: format!("/services/{}", asked.unit),
                happened_on: published,
                expires_on: None,
                steps: ["C6", "P5"].map(str::to_owned).into(),
                because: format!(
                    "Two people published it on {}, {days} after its last month ended: patient-level costs of this service are there for those who run it.",
                    words::day(&published.to_string()),
                ),
                made_by: made_by(asked.app, run.id()).await?,
            }])
        })
    }
}

/// The latest published run with this service line.
async fn latest(app: &App, unit: &UnitCode) -> Result<Option<Arc<Run>>, Fault> {
    let (app, unit) = (app.clone(), unit.clone());
    reading(move || {
        let Some(run) = app.shelf().latest(false)? else { return Ok(None) };
        let holds = run.rules()?.service_lines.contains_key(unit.as_str());
        Ok(holds.then_some(run))
    })
    .await
}

/// Who prepared, asked for and made the publication, where that was done here.
async fn made_by(app: &App, run: &str) -> Result<BTreeSet<PersonId>, Fault> {
    let all = publications::list(&mut *app.store().read().await?, Some(run)).await?;
    let published = all.into_iter().filter(|it| it.state == PublicationState::Published);
    let names = published.flat_map(|it| [Some(it.prepared_by), Some(it.asked_by), it.decided_by]);
    Ok(names.flatten().map(PersonId::new).collect())
}
