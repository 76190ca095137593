//! Rounds: a day by which some units should have gone through their assessment. Assessments are
//! open at all times; a round adds a date and who it is for.

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::said;
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, taken};
use crate::ids::{PersonId, RoundId, UnitCode};
use crate::people;
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// A round, as it should be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRound {
    /// Its name.
    pub name: String,
    /// What it is for, such as a quarter.
    pub period: String,
    /// The day by which it is due.
    pub due_on: Day,
    /// The units that it is for.
    pub units: BTreeSet<UnitCode>,
}

/// A round as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its reference.
    pub id: RoundId,
    /// What it is.
    pub of: NewRound,
    /// Who opened it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Opens a round.
///
/// # Errors
/// If something is missing or too long, it is for no unit, it is due before `today`, or a unit is
/// not there.
pub async fn open(tx: &mut Tx, new: &NewRound, today: Day, entry: &Entry) -> Result<RoundId> {
    let name = said("the name of the round", &new.name)?;
    let period = said("what it is for", &new.period)?;
    if new.due_on < today {
        return Err(Refusal::DueIsPast.into());
    }
    if new.units.is_empty() {
        return Err(Refusal::Empty("the unit that it is for").into());
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let id = RoundId::random()?;
    sqlx::query(
        "INSERT INTO assessment_round (id, name, period, due_on, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(name)
    .bind(period)
    .bind(new.due_on.to_string())
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this round"))?;
    for unit in &new.units {
        units::get(tx, unit).await?;
        sqlx::query("INSERT INTO assessment_round_unit (round, unit) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(unit.as_str())
            .execute(&mut **tx)
            .await?;
    }
    let units: Vec<&str> = new.units.iter().map(UnitCode::as_str).collect();
    let object = format!("round/{id} due {} for {}", new.due_on, units.join(" "));
    audit::append(tx, &entry.of("assessment.round", object)).await?;
    Ok(id)
}

/// All rounds opened until an instant, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, until: Timestamp) -> Result<Vec<Round>> {
    let rows = sqlx::query(
        "SELECT * FROM assessment_round WHERE opened_at <= $1 ORDER BY opened_at DESC, id",
    );
    let rows = rows.bind(until.as_microsecond()).fetch_all(&mut *db).await?;
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let units = sqlx::query("SELECT * FROM assessment_round_unit ORDER BY round, unit");
    for row in units.fetch_all(&mut *db).await? {
        let place = places.get(&row.text("round")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.of.units.insert(UnitCode::new(row.text("unit")?));
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Round> {
    Ok(Round {
        id: RoundId::new(row.text("id")?),
        of: NewRound {
            name: row.text("name")?,
            period: row.text("period")?,
            due_on: row.day("due_on")?,
            units: BTreeSet::new(),
        },
        by: PersonId::new(row.text("opened_by")?),
        at: row.at("opened_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    #[test]
    fn a_round_is_for_units_and_due_on_a_day_to_come() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let helen = add_person(&store, "Helen").await;
            let new = NewRound {
                name: "Spring".to_owned(),
                period: "2025/26, quarter 1".to_owned(),
                due_on: day("2025-06-30"),
                units: [UnitCode::new("HIP")].into(),
            };
            let opens = |new: NewRound| {
                let (store, entry, today) = (store.clone(), by(&helen), day("2025-05-01"));
                async move { change!(store, |tx| open(tx, &new, today, &entry)) }
            };
            for (wrong, expected) in [
                (
                    NewRound { name: String::new(), ..new.clone() },
                    "the name of the round is missing",
                ),
                (
                    NewRound { units: BTreeSet::new(), ..new.clone() },
                    "the unit that it is for is missing",
                ),
                (
                    NewRound { due_on: day("2025-04-30"), ..new.clone() },
                    "the day by which it is due must be still to come",
                ),
                (
                    NewRound { units: [UnitCode::new("U")].into(), ..new.clone() },
                    "there is no unit U",
                ),
            ] {
                assert_eq!(error(opens(wrong).await), expected);
            }
            let id = opens(new.clone()).await.expect("it is whole");
            let mut db = store.read().await.expect("a connection");
            let found = list(&mut db, at(0)).await.expect("a read");
            assert_eq!((found.len(), &found[0].id, &found[0].of), (1, &id, &new));
            assert_eq!(list(&mut db, at(-1)).await.expect("a read"), []);
        });
    }
}
