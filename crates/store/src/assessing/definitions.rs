//! Who has read what the words of an assessment mean, before they rate.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, code};
use crate::ids::{PersonId, UnitCode};
use crate::people;
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// Records that whoever acts has read the definitions of a framework, for an assessment of a unit.
/// The first time counts; a second does nothing.
///
/// # Errors
/// If the person or the unit is not there.
pub async fn read(tx: &mut Tx, unit: &UnitCode, framework: &str, entry: &Entry) -> Result<()> {
    units::get(tx, unit).await?;
    let framework = code("the framework", framework)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let added = sqlx::query(
        "INSERT INTO definitions_read (person, unit, framework, read_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(by.as_str())
    .bind(unit.as_str())
    .bind(framework)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await?;
    if added.rows_affected() > 0 {
        let object = format!("definitions/{unit} {framework}");
        audit::append(tx, &entry.of("assessment.definitions", object)).await?;
    }
    Ok(())
}

/// When each person read the definitions of a framework for a unit.
///
/// # Errors
/// If the database cannot be read.
pub async fn readers(
    db: &mut Connection,
    unit: &UnitCode,
    framework: &str,
) -> Result<BTreeMap<PersonId, Timestamp>> {
    let rows = sqlx::query(
        "SELECT person, read_at FROM definitions_read WHERE unit = $1 AND framework = $2",
    )
    .bind(unit.as_str())
    .bind(framework)
    .fetch_all(db)
    .await?;
    rows.iter().map(|it| Ok((PersonId::new(it.text("person")?), it.at("read_at")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, add_unit, at, by, change, error, on_both};

    #[test]
    fn the_first_reading_counts_for_one_person_one_unit_and_one_framework() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let unit = UnitCode::new("HIP");
            let reads = |unit: &str, seconds: i64| {
                let (store, unit) = (store.clone(), UnitCode::new(unit));
                let entry = Entry { at: at(seconds), ..by(&amara) };
                async move { change!(store, |tx| read(tx, &unit, "2013", &entry)) }
            };
            reads("HIP", 1).await.expect("read");
            reads("HIP", 2).await.expect("read again");
            assert!(error(reads("NONE", 3).await).contains("NONE"));
            let mut db = store.read().await.expect("a connection");
            let found = readers(&mut db, &unit, "2013").await.expect("a read");
            assert_eq!(found, BTreeMap::from([(amara, at(1))]));
            assert!(readers(&mut db, &unit, "2020").await.expect("a read").is_empty());
        });
    }
}
