//! Champions of a unit: a clinician and somebody of costing whom colleagues turn to, and when they
//! last met.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Every, said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, taken};
use crate::ids::{PersonId, UnitCode};
use crate::people;
use crate::row::{Values as _, iso, texts};
use crate::units;
use crate::writer::Tx;

texts! {
    /// For what somebody is a champion.
    Kind {
        /// For care, among clinicians.
        Clinical = "clinical",
        /// For cost, among finance.
        Cost = "cost",
    }
}

/// A champion, as it should be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewChampion {
    /// Who it is; none where the place is vacant.
    pub person: Option<PersonId>,
    /// How often they are in contact with the other champion and with colleagues.
    pub contact_every: Option<Every>,
    /// When they last were.
    pub last_contact_on: Option<Day>,
    /// What they do, or why nobody does it.
    pub words: String,
}

/// A champion as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Champion {
    /// The unit.
    pub unit: UnitCode,
    /// For what.
    pub kind: Kind,
    /// Its number for the unit and the kind, from 1.
    pub number: i64,
    /// Who it is.
    pub of: NewChampion,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records the champion of a unit, in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If a place is left vacant without a word, the person or the unit is not there, or somebody has
/// recorded something since.
pub async fn record(
    tx: &mut Tx,
    (unit, kind): (&UnitCode, Kind),
    new: &NewChampion,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = match &new.person {
        Some(person) => {
            people::get(tx, person).await?;
            short("what they do", &new.words)?
        }
        None => said("why nobody does it", &new.words)?,
    };
    units::get(tx, unit).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let found = all(tx, entry.at).await?;
    let current = found.iter().find(|it| it.unit == *unit && it.kind == kind);
    unchanged(
        || format!("the {kind} champion of {unit}"),
        seen,
        current.map_or(0, |it| it.number),
    )?;
    sqlx::query(
        "INSERT INTO champion (unit, kind, number, person, contact_every, last_contact_on, words,
             recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(unit.as_str())
    .bind(kind.as_str())
    .bind(seen + 1)
    .bind(new.person.as_ref().map(PersonId::as_str))
    .bind(new.contact_every.map(Every::as_str))
    .bind(iso(new.last_contact_on))
    .bind(words)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of the {kind} champion of {unit}", seen + 1)))?;
    let object = format!("champion/{unit} {kind} {}", seen + 1);
    audit::append(tx, &entry.of("assessment.champion", object)).await?;
    Ok(())
}

/// Every champion as last recorded until an instant, by unit and kind; vacant places among them.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(db: &mut Connection, until: Timestamp) -> Result<Vec<Champion>> {
    let rows = sqlx::query(
        "SELECT c.* FROM champion c
         WHERE c.recorded_at <= $1 AND NOT EXISTS (
             SELECT 1 FROM champion l
             WHERE l.unit = c.unit AND l.kind = c.kind AND l.number > c.number
               AND l.recorded_at <= $1)
         ORDER BY c.unit, c.kind",
    )
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Champion> {
    Ok(Champion {
        unit: UnitCode::new(row.text("unit")?),
        kind: row.parsed("kind", "kind of champion")?,
        number: row.number("number")?,
        of: NewChampion {
            person: row.text_if("person")?.map(PersonId::new),
            contact_every: row.parsed_if("contact_every", "time between two contacts")?,
            last_contact_on: row.day_if("last_contact_on")?,
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
    fn each_place_is_of_somebody_or_vacant_with_a_reason() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let new = NewChampion {
                person: Some(amara.clone()),
                contact_every: Some(Every::Month),
                last_contact_on: Some(day("2025-04-20")),
                words: String::new(),
            };
            let records = |kind: Kind, new: NewChampion, seen: i64| {
                let (store, entry) = (store.clone(), Entry { at: at(seen), ..by(&amara) });
                let unit = UnitCode::new("HIP");
                async move { change!(store, |tx| record(tx, (&unit, kind), &new, seen, &entry)) }
            };
            records(Kind::Clinical, new.clone(), 0).await.expect("recorded");
            let silent = records(Kind::Cost, NewChampion::default(), 0).await;
            assert_eq!(error(silent), "why nobody does it is missing");
            let left = NewChampion { words: "She moved on".to_owned(), ..NewChampion::default() };
            records(Kind::Clinical, left.clone(), 1).await.expect("vacant");
            assert!(error(records(Kind::Clinical, left, 1).await).contains("it is at 2"));
            let mut db = store.read().await.expect("a connection");
            let then = all(&mut db, at(0)).await.expect("a read");
            let now = all(&mut db, at(9)).await.expect("a read");
            assert_eq!((then.len(), &then[0].of), (1, &new));
            assert_eq!((now.len(), now[0].of.person.clone()), (1, None));
        });
    }
}
