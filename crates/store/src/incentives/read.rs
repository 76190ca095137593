//! Rules as they are read, with all that was ever written and done.

use engagement::incentives::{Aim, Period, Rule, Ruling};
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::steps::Act;
use super::{Found, Step, StoredIncentive, Taken, Version};
use crate::Connection;
use crate::error::{Error, Result};
use crate::ids::{IncentiveId, PersonId, UnitCode};
use crate::row::{Values as _, each_to};

/// Every rule, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredIncentive>> {
    let rows = sqlx::query("SELECT * FROM incentive ORDER BY added_at DESC, id");
    let rows = rows.fetch_all(&mut *db).await?;
    whole(db, &rows).await
}

/// One rule.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &IncentiveId) -> Result<StoredIncentive> {
    let rows = sqlx::query("SELECT * FROM incentive WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let found = whole(db, &rows).await?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("incentive {id}")))
}

async fn whole(db: &mut Connection, rows: &[AnyRow]) -> Result<Vec<StoredIncentive>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let versions = sqlx::query("SELECT * FROM incentive_version ORDER BY incentive, number");
    let versions = versions.fetch_all(&mut *db).await?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (&versions, "incentive"),
        |of, row| {
            of.versions.push(version(row)?);
            Ok(())
        },
    )?;
    let steps = sqlx::query("SELECT * FROM incentive_step ORDER BY incentive, number");
    let steps = steps.fetch_all(&mut *db).await?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (&steps, "incentive"),
        |of, row| {
            of.steps.push(taken_of(row)?);
            Ok(())
        },
    )?;
    // Between the two questions somebody may have proposed one, whose versions are not read yet.
    found.retain(|it| !it.versions.is_empty());
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<StoredIncentive> {
    Ok(StoredIncentive {
        id: IncentiveId::new(row.text("id")?),
        unit: UnitCode::new(row.text("unit")?),
        follows: row.text_if("follows")?.map(IncentiveId::new),
        versions: Vec::new(),
        steps: Vec::new(),
    })
}

fn period(row: &AnyRow) -> Result<Period> {
    let day = |column: &str| row.parsed::<Date>(column, "day");
    Ok(Period { from: day("from_day")?, to: day("to_day")? })
}

fn version(row: &AnyRow) -> Result<Version> {
    Ok(Version {
        rule: Rule {
            way: row.parsed("way", "way of an incentive")?,
            what: row.text("what")?,
            period: period(row)?,
            quality: Some(Aim {
                measure: row.text("measure")?,
                unit: row.text("measure_unit")?,
                target_e4: row.number("target_e4")?,
            }),
            savings: Some(row.number("savings_micro")?),
        },
        good: row.parsed("good", "direction")?,
        because: row.text("because")?,
        by: PersonId::new(row.text("written_by")?),
        at: row.at("written_at")?,
    })
}

fn taken_of(row: &AnyRow) -> Result<Taken> {
    let by = PersonId::new(row.text("taken_by")?);
    let words = row.text("words")?;
    let step = match row.parsed("act", "step of an incentive")? {
        Act::Agreed => {
            Step::Agreed { side: row.parsed("side", "side")?, version: row.number("version")? }
        }
        Act::Decided => Step::Decided {
            ruling: Ruling {
                side: row.parsed("side", "side")?,
                by: by.as_str().to_owned(),
                period: period(row)?,
                verdict: row.parsed("verdict", "decision upon an incentive")?,
                because: words,
            },
            found: Found {
                outcome: row.parsed("outcome", "outcome of an incentive")?,
                quality_e4: row.number_if("quality_e4")?,
                verified: row.number_if("verified_micro")?.unwrap_or(0),
            },
        },
        Act::Ended => Step::Ended { because: words },
    };
    Ok(Taken { step, by, at: row.at("taken_at")? })
}
