//! Values of others beside a difference: added, never changed; the last stands.

use engagement::variation::Others;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, said, taken, unchanged};
use crate::ids::{InsightId, PersonId};
use crate::row::Values as _;
use crate::variation;
use crate::writer::Tx;

/// Values that may be brought in at once.
pub const VALUES_MAX: usize = 500;

/// Letters of their unit and their source.
pub const LETTERS_MAX: usize = 300;

/// Values of others as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOthers {
    /// What.
    pub of: Others,
    /// Who brought them in.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Brings values of others in beside a difference, of which somebody saw so many sets.
///
/// # Errors
/// If something is missing or too long, somebody brought others in since, or there is no difference.
pub async fn add(
    tx: &mut Tx,
    id: &InsightId,
    new: &Others,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = variation::get(tx, id).await?;
    let known = i64::try_from(of_insight(tx, id).await?.len()).unwrap_or(i64::MAX);
    unchanged(|| "the values beside this difference".to_owned(), seen, known)?;
    if let Some(fault) = new.fault() {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    if new.values_e4.len() > VALUES_MAX {
        return Err(Refusal::Rule(format!("bring in {VALUES_MAX} values at most")).into());
    }
    let number = known + 1;
    sqlx::query(
        "INSERT INTO insight_others
         (insight, number, own_e4, good, counted_in, source, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(new.own_e4)
    .bind(new.good.word())
    .bind(said("in what they are counted", &new.unit, LETTERS_MAX)?)
    .bind(said("where they are from", &new.source, LETTERS_MAX)?)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("set {number} of values beside this difference")))?;
    for (place, value) in (1_i64..).zip(&new.values_e4) {
        sqlx::query(
            "INSERT INTO insight_others_value (insight, number, place, value_e4)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(id.as_str())
        .bind(number)
        .bind(place)
        .bind(*value)
        .execute(&mut **tx)
        .await?;
    }
    let object = format!("insight/{id} of {} set {number} of values", found.of.unit);
    audit::append(tx, &entry.of("insight.beside", object)).await?;
    Ok(())
}

/// All sets of values beside a difference, in the order in which they were brought in.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_insight(db: &mut Connection, id: &InsightId) -> Result<Vec<StoredOthers>> {
    let values = sqlx::query(
        "SELECT number, value_e4 FROM insight_others_value WHERE insight = $1
         ORDER BY number, place",
    );
    let values = values.bind(id.as_str()).fetch_all(&mut *db).await?;
    let rows = sqlx::query("SELECT * FROM insight_others WHERE insight = $1 ORDER BY number");
    let rows = rows.bind(id.as_str()).fetch_all(db).await?;
    rows.iter().map(|row| stored(row, &values)).collect()
}

fn stored(row: &AnyRow, values: &[AnyRow]) -> Result<StoredOthers> {
    let number = row.number("number")?;
    let mut own = Vec::new();
    for it in values {
        if it.number("number")? == number {
            own.push(it.number("value_e4")?);
        }
    }
    Ok(StoredOthers {
        of: Others {
            own_e4: row.number("own_e4")?,
            values_e4: own,
            good: row.parsed("good", "direction")?,
            unit: row.text("counted_in")?,
            source: row.text("source")?,
        },
        by: PersonId::new(row.text("added_by")?),
        at: row.at("added_at")?,
    })
}

#[cfg(test)]
mod tests {
    use engagement::benefits::Good;
    use engagement::variation::Comparator;

    use super::*;
    use crate::testing::{add_person, add_unit, by, change, day, error, on_both};
    use crate::{Store, UnitCode};

    async fn insight(store: &Store, who: &PersonId) -> InsightId {
        add_unit(store, "HIP", None).await.expect("a unit");
        let new = variation::NewInsight {
            unit: UnitCode::new("HIP"),
            page: "/services/HIP".to_owned(),
            run: "run".to_owned(),
            differs: "A stay has 5.1 days".to_owned(),
            comparator: Comparator::Median,
            due_on: day("2025-06-01"),
        };
        let entry = by(who);
        change!(store, |tx| variation::open(tx, &new, &entry)).expect("it is opened")
    }

    #[test]
    fn values_are_kept_as_they_came_and_the_last_stands() {
        on_both(|store| async move {
            let amara = add_person(&store, "Amara").await;
            let id = insight(&store, &amara).await;
            let first = Others {
                own_e4: 51_000,
                values_e4: vec![37_000, 44_000, 41_000],
                good: Good::Down,
                unit: "days".to_owned(),
                source: "Benchmarking club".to_owned(),
            };
            let put = async |new: Others, seen: i64| {
                let (id, entry) = (id.clone(), by(&amara));
                change!(store, |tx| add(tx, &id, &new, seen, &entry))
            };
            put(first.clone(), 0).await.expect("it is whole");
            let later = Others { values_e4: vec![37_000, 44_000], ..first.clone() };
            assert!(put(later.clone(), 0).await.is_err(), "somebody brought others in since");
            put(later.clone(), 1).await.expect("it is whole");
            let none = Others { source: " ".to_owned(), ..first.clone() };
            assert_eq!(error(put(none, 2).await), "say where the values of the others are from");
            let mut db = store.read().await.expect("a connection");
            let kept = of_insight(&mut db, &id).await.expect("reads");
            let kept: Vec<Others> = kept.into_iter().map(|it| it.of).collect();
            assert_eq!(kept, [first, later]);
            let stray = store.write(move |tx| {
                Box::pin(async move {
                    let value = "INSERT INTO insight_others_value
                         (insight, number, place, value_e4) VALUES ($1, 9, 1, 1)";
                    sqlx::query(value).bind(id.as_str()).execute(&mut **tx).await?;
                    Ok(())
                })
            });
            assert!(stray.await.is_err(), "a value stands in a set");
        });
    }
}
