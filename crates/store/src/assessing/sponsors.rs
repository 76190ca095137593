//! The sponsor pair: the medical and the finance director who lead together, and when the board last
//! saw both of them do so.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, taken};
use crate::ids::PersonId;
use crate::people;
use crate::row::{Values as _, iso};
use crate::writer::Tx;

/// The pair, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPair {
    /// The medical director.
    pub medical: PersonId,
    /// The finance director.
    pub finance: PersonId,
    /// When both last stood before the board together, if they did.
    pub appeared_on: Option<Day>,
    /// With what; may be blank.
    pub words: String,
}

/// The pair as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its number, from 1.
    pub number: i64,
    /// Who they are.
    pub of: NewPair,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records the pair in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If it is one person, one of them is not there, or somebody has recorded something since.
pub async fn record(tx: &mut Tx, new: &NewPair, seen: i64, entry: &Entry) -> Result<()> {
    let words = short("with what they appeared", &new.words)?;
    if new.medical == new.finance {
        return Err(Refusal::OnePersonForBoth.into());
    }
    people::get(tx, &new.medical).await?;
    people::get(tx, &new.finance).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let current = latest(tx, entry.at).await?.map_or(0, |it| it.number);
    unchanged(|| "the sponsor pair".to_owned(), seen, current)?;
    sqlx::query(
        "INSERT INTO sponsor_pair (number, medical, finance, appeared_on, words, recorded_by,
             recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(seen + 1)
    .bind(new.medical.as_str())
    .bind(new.finance.as_str())
    .bind(iso(new.appeared_on))
    .bind(words)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of the sponsor pair", seen + 1)))?;
    audit::append(tx, &entry.of("assessment.sponsors", format!("sponsors/{}", seen + 1))).await?;
    Ok(())
}

/// The pair as last recorded until an instant.
///
/// # Errors
/// If the database cannot be read.
pub async fn latest(db: &mut Connection, until: Timestamp) -> Result<Option<Pair>> {
    let rows = sqlx::query(
        "SELECT * FROM sponsor_pair WHERE recorded_at <= $1 ORDER BY number DESC LIMIT 1",
    );
    let row = rows.bind(until.as_microsecond()).fetch_optional(db).await?;
    row.as_ref().map(stored).transpose()
}

fn stored(row: &AnyRow) -> Result<Pair> {
    Ok(Pair {
        number: row.number("number")?,
        of: NewPair {
            medical: PersonId::new(row.text("medical")?),
            finance: PersonId::new(row.text("finance")?),
            appeared_on: row.day_if("appeared_on")?,
            words: row.text("words")?,
        },
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, at, by, change, day, error, on_both};

    #[test]
    fn a_pair_is_two_people_and_the_latest_counts() {
        on_both(|store| async move {
            let (helen, ravi) =
                (add_person(&store, "Helen").await, add_person(&store, "Ravi").await);
            let new = NewPair {
                medical: helen.clone(),
                finance: ravi,
                appeared_on: None,
                words: String::new(),
            };
            let records = |new: NewPair, seen: i64| {
                let (store, entry) = (store.clone(), Entry { at: at(seen), ..by(&helen) });
                async move { change!(store, |tx| record(tx, &new, seen, &entry)) }
            };
            let one = NewPair { finance: helen.clone(), ..new.clone() };
            assert!(error(records(one, 0).await).starts_with("clinicians and finance are two"));
            records(new.clone(), 0).await.expect("recorded");
            let seen = NewPair { appeared_on: Some(day("2025-04-20")), ..new.clone() };
            records(seen.clone(), 1).await.expect("recorded");
            assert!(error(records(seen, 1).await).contains("it is at 2"));
            let mut db = store.read().await.expect("a connection");
            let then = latest(&mut db, at(0)).await.expect("a read").expect("there is one");
            let now = latest(&mut db, at(9)).await.expect("a read").expect("there is one");
            assert_eq!((then.of, now.of.appeared_on), (new, Some(day("2025-04-20"))));
        });
    }
}
