//! How far the trust says it is with patient-level costing, and why.

use jiff::Timestamp;

use super::{said, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, taken};
use crate::ids::PersonId;
use crate::people;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// How far a trust is with patient-level costing (guide, 5.8).
    PlicsState {
        /// It costs its patients.
        Implemented = "implemented",
        /// It is on the way.
        Implementing = "implementing",
        /// It plans to.
        Planning = "planning",
        /// It does not plan to.
        NotPlanning = "not planning",
    }
}

/// A state as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedPlics {
    /// Its number, from 1.
    pub number: i64,
    /// How far.
    pub state: PlicsState,
    /// Why.
    pub words: String,
    /// Who said so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records how far the trust is, in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If the reason is missing or too long, or somebody has recorded something since.
pub async fn state(
    tx: &mut Tx,
    (state, words): (PlicsState, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = said("the reason", words)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let current = latest(tx).await?.map_or(0, |it| it.number);
    unchanged(|| "the state of patient-level costing".to_owned(), seen, current)?;
    sqlx::query("INSERT INTO plics_state VALUES ($1, $2, $3, $4, $5)")
        .bind(seen + 1)
        .bind(state.as_str())
        .bind(words)
        .bind(by.as_str())
        .bind(entry.at.as_microsecond())
        .execute(&mut **tx)
        .await
        .map_err(taken(format!("record {} of patient-level costing", seen + 1)))?;
    let object = format!("plics/{} {state}", seen + 1);
    audit::append(tx, &entry.of("assessment.plics", object)).await?;
    Ok(())
}

/// What was recorded last.
///
/// # Errors
/// If the database cannot be read.
pub async fn latest(db: &mut Connection) -> Result<Option<StatedPlics>> {
    let row = sqlx::query("SELECT * FROM plics_state ORDER BY number DESC LIMIT 1");
    let Some(row) = row.fetch_optional(db).await? else { return Ok(None) };
    Ok(Some(StatedPlics {
        number: row.number("number")?,
        state: row.parsed("state", "state of patient-level costing")?,
        words: row.text("words")?,
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, by, change, error, on_both};

    #[test]
    fn the_latest_counts_needs_a_reason_and_is_not_lost() {
        on_both(|store| async move {
            let entry = by(&add_person(&store, "Ruth").await);
            let says = |it: PlicsState, why: &'static str, seen: i64| {
                let (store, entry) = (store.clone(), entry.clone());
                async move { change!(store, |tx| state(tx, (it, why), seen, &entry)) }
            };
            let silent = says(PlicsState::Planning, "", 0).await;
            assert_eq!(error(silent), "the reason is missing");
            says(PlicsState::Planning, "Next year", 0).await.expect("said");
            says(PlicsState::Implementing, "Feeds are mapped", 1).await.expect("said");
            let late = says(PlicsState::Planning, "No", 1).await;
            assert!(error(late).contains("it is at 2"));
            let mut db = store.read().await.expect("a connection");
            let found = latest(&mut db).await.expect("a read").expect("one");
            assert_eq!(
                (found.state, found.words.as_str()),
                (PlicsState::Implementing, "Feeds are mapped")
            );
        });
    }
}
