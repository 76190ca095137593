//! The plan to roll joint working out: for a unit the day on which it should be the norm, and the
//! day on which it was.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, taken};
use crate::ids::{PersonId, UnitCode};
use crate::people;
use crate::row::{Values as _, iso};
use crate::units;
use crate::writer::Tx;

/// What is planned for a unit, as it should be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPlan {
    /// When joint working should be the norm; none takes the unit out of the plan.
    pub planned_on: Option<Day>,
    /// When it was.
    pub actual_on: Option<Day>,
    /// What is to happen, or why the unit is taken out.
    pub words: String,
}

/// What is planned for a unit, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The unit.
    pub unit: UnitCode,
    /// Its number for the unit, from 1.
    pub number: i64,
    /// What is planned.
    pub of: NewPlan,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Planned {
    /// Whether the unit is in the plan.
    pub fn is_in(&self) -> bool {
        self.of.planned_on.is_some()
    }

    /// Whether the planned day is past, and joint working not yet the norm.
    pub fn is_overdue(&self, today: Day) -> bool {
        self.of.actual_on.is_none() && self.of.planned_on.is_some_and(|it| it < today)
    }
}

/// Records what is planned for a unit, in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If a unit is taken out without a word, the unit is not there, or somebody has recorded something
/// since.
pub async fn record(
    tx: &mut Tx,
    unit: &UnitCode,
    new: &NewPlan,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = match new.planned_on {
        Some(_) => short("what is to happen", &new.words)?,
        None => said("why it is taken out of the plan", &new.words)?,
    };
    units::get(tx, unit).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let found = all(tx, entry.at).await?;
    let current = found.iter().find(|it| it.unit == *unit).map_or(0, |it| it.number);
    unchanged(|| format!("the plan of {unit}"), seen, current)?;
    sqlx::query(
        "INSERT INTO roll_out (unit, number, planned_on, actual_on, words, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(unit.as_str())
    .bind(seen + 1)
    .bind(iso(new.planned_on))
    .bind(iso(new.actual_on.filter(|_| new.planned_on.is_some())))
    .bind(words)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of the plan of {unit}", seen + 1)))?;
    let object = format!("roll-out/{unit} {}", seen + 1);
    audit::append(tx, &entry.of("assessment.plan", object)).await?;
    Ok(())
}

/// What was last recorded of each unit until an instant, also of those taken out, by unit.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(db: &mut Connection, until: Timestamp) -> Result<Vec<Planned>> {
    let rows = sqlx::query(
        "SELECT r.* FROM roll_out r
         WHERE r.recorded_at <= $1 AND NOT EXISTS (
             SELECT 1 FROM roll_out l
             WHERE l.unit = r.unit AND l.number > r.number AND l.recorded_at <= $1)
         ORDER BY r.unit",
    )
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Planned> {
    Ok(Planned {
        unit: UnitCode::new(row.text("unit")?),
        number: row.number("number")?,
        of: NewPlan {
            planned_on: row.day_if("planned_on")?,
            actual_on: row.day_if("actual_on")?,
            words: row.text("words")?,
        },
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    #[test]
    fn a_plan_keeps_what_it_was_and_is_overdue_until_it_is_so() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let records = |planned: Option<&str>, actual: Option<&str>, words: &str, seen: i64| {
                let new = NewPlan {
                    planned_on: planned.map(day),
                    actual_on: actual.map(day),
                    words: words.to_owned(),
                };
                let (store, entry) = (store.clone(), Entry { at: at(seen), ..by(&amara) });
                let unit = UnitCode::new("HIP");
                async move { change!(store, |tx| record(tx, &unit, &new, seen, &entry)) }
            };
            records(Some("2025-04-30"), None, "", 0).await.expect("planned");
            records(Some("2025-04-30"), Some("2025-05-01"), "Late", 1).await.expect("done");
            let stale = records(Some("2025-06-30"), None, "", 1).await;
            assert!(error(stale).contains("you edited version 1, it is at 2"));
            let silent = records(None, None, " ", 2).await;
            assert_eq!(error(silent), "why it is taken out of the plan is missing");
            let mut db = store.read().await.expect("a connection");
            let then = all(&mut db, at(0)).await.expect("a read");
            let now = all(&mut db, at(9)).await.expect("a read");
            assert!(
                then[0].is_overdue(day("2025-05-01")) && !then[0].is_overdue(day("2025-04-30"))
            );
            assert!(!now[0].is_overdue(day("2025-05-01")) && now[0].is_in());
            drop(db);
            records(None, None, "It closes", 2).await.expect("taken out");
            let mut db = store.read().await.expect("a connection");
            let out = all(&mut db, at(9)).await.expect("a read");
            assert!(!out[0].is_in() && !out[0].is_overdue(day("2026-05-01")));
        });
    }
}
