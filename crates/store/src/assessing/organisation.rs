//! What type of organisation this is, and by what source somebody says so.

use jiff::Timestamp;

use super::{said, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, code, taken};
use crate::ids::PersonId;
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// A type as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedType {
    /// Its number, from 1.
    pub number: i64,
    /// Code of the type.
    pub code: String,
    /// Where that is known from.
    pub source: String,
    /// Who said so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records the type by its code with where it is known from, in place of the number that was seen: 0
/// where there was none.
///
/// # Errors
/// If the type or its source is missing or too long, or somebody has recorded something since.
pub async fn state(
    tx: &mut Tx,
    (kind, source): (&str, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let kind = code("the type of the organisation", kind)?;
    let source = said("the source", source)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let current = latest(tx).await?.map_or(0, |it| it.number);
    unchanged(|| "the type of the organisation".to_owned(), seen, current)?;
    sqlx::query(
        "INSERT INTO organisation_type (number, code, source, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(seen + 1)
    .bind(kind)
    .bind(source)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of the type of the organisation", seen + 1)))?;
    let object = format!("organisation-type/{} {kind}", seen + 1);
    audit::append(tx, &entry.of("assessment.organisation_type", object)).await?;
    Ok(())
}

/// What was recorded last.
///
/// # Errors
/// If the database cannot be read.
pub async fn latest(db: &mut Connection) -> Result<Option<StatedType>> {
    let row = sqlx::query("SELECT * FROM organisation_type ORDER BY number DESC LIMIT 1");
    let Some(row) = row.fetch_optional(db).await? else { return Ok(None) };
    Ok(Some(StatedType {
        number: row.number("number")?,
        code: row.text("code")?,
        source: row.text("source")?,
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, by, change, error, on_both};

    #[test]
    fn the_latest_counts_needs_a_source_and_is_not_lost() {
        on_both(|store| async move {
            let entry = by(&add_person(&store, "Ruth").await);
            let says = |it: &'static str, source: &'static str, seen: i64| {
                let (store, entry) = (store.clone(), entry.clone());
                async move { change!(store, |tx| state(tx, (it, source), seen, &entry)) }
            };
            assert_eq!(error(says("acute", "", 0).await), "the source is missing");
            let none = says("", "Licence", 0).await;
            assert_eq!(error(none), "the type of the organisation is missing");
            says("acute", "Licence", 0).await.expect("said");
            says("community", "Licence of 2026", 1).await.expect("said");
            assert!(error(says("acute", "Licence", 1).await).contains("it is at 2"));
            let mut db = store.read().await.expect("a connection");
            let found = latest(&mut db).await.expect("a read").expect("one");
            assert_eq!(
                (found.code.as_str(), found.source.as_str()),
                ("community", "Licence of 2026")
            );
        });
    }
}
