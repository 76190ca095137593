//! Steps that a trust adds for itself. They are rated and have evidence, and no level rests on them.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::PersonId;
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// How codes of such steps begin; no step of a national framework begins so.
const PREFIX: &str = "LOCAL";

/// A step, as it should be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLocalStep {
    /// Code of the category under which it is shown.
    pub category: String,
    /// What it says.
    pub label: String,
    /// What good looks like; may be blank.
    pub guidance: String,
}

/// A step as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalStep {
    /// Its code.
    pub id: String,
    /// What it is.
    pub of: NewLocalStep,
    /// Who added it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// When it was retired, if it was.
    pub retired_at: Option<Timestamp>,
}

/// Adds a step and gives its code.
///
/// # Errors
/// If category or label are missing, or a text is too long.
pub async fn add(tx: &mut Tx, new: &NewLocalStep, entry: &Entry) -> Result<String> {
    let category = code("the category", &new.category)?;
    let label = said("what the step says", &new.label)?;
    let guidance = short("what good looks like", &new.guidance)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let row = sqlx::query("SELECT COUNT(*) AS n FROM local_step").fetch_one(&mut **tx).await?;
    let number = row.number("n")? + 1;
    let id = format!("{PREFIX}{number}");
    sqlx::query(
        "INSERT INTO local_step (id, number, category, label, guidance, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&id)
    .bind(number)
    .bind(category)
    .bind(label)
    .bind(guidance)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("local step {id}")))?;
    audit::append(tx, &entry.of("assessment.local_step", format!("local-step/{id}"))).await?;
    Ok(id)
}

/// Retires a step: what was said of it stays, and it is rated no more.
///
/// # Errors
/// If there is none, or it is retired already.
pub async fn retire(tx: &mut Tx, id: &str, entry: &Entry) -> Result<()> {
    let found = all(tx, entry.at).await?.into_iter().find(|it| it.id == id);
    let found = found.ok_or_else(|| Error::NotFound(format!("local step {id}")))?;
    if found.retired_at.is_some() {
        let (what, from) = (format!("local step {id}"), "retired".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "retired again" }.into());
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query("UPDATE local_step SET retired_by = $1, retired_at = $2 WHERE id = $3")
        .bind(by.as_str())
        .bind(entry.at.as_microsecond())
        .bind(id)
        .execute(&mut **tx)
        .await?;
    let object = format!("local-step/{id}");
    audit::append(tx, &entry.of("assessment.local_step_retire", object)).await?;
    Ok(())
}

/// All local steps added until an instant, as they were then, in the order in which they were added.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(db: &mut Connection, until: Timestamp) -> Result<Vec<LocalStep>> {
    let rows = sqlx::query("SELECT * FROM local_step WHERE added_at <= $1 ORDER BY number");
    let rows = rows.bind(until.as_microsecond()).fetch_all(db).await?;
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    for it in &mut found {
        it.retired_at = it.retired_at.filter(|it| *it <= until);
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<LocalStep> {
    Ok(LocalStep {
        id: row.text("id")?,
        of: NewLocalStep {
            category: row.text("category")?,
            label: row.text("label")?,
            guidance: row.text("guidance")?,
        },
        by: PersonId::new(row.text("added_by")?),
        at: row.at("added_at")?,
        retired_at: row.at_if("retired_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, at, by, change, error, on_both};

    #[test]
    fn a_local_step_has_a_code_of_its_own_and_is_retired_once() {
        on_both(|store| async move {
            let helen = add_person(&store, "Helen").await;
            let adds = |label: &str| {
                let new = NewLocalStep {
                    category: "culture".to_owned(),
                    label: label.to_owned(),
                    guidance: String::new(),
                };
                let (store, entry) = (store.clone(), by(&helen));
                async move { change!(store, |tx| add(tx, &new, &entry)) }
            };
            assert_eq!(error(adds("").await), "what the step says is missing");
            assert_eq!(adds("Shadowing").await.expect("added"), "LOCAL1");
            assert_eq!(adds("Open books").await.expect("added"), "LOCAL2");
            let retires = |id: &'static str| {
                let (store, entry) = (store.clone(), Entry { at: at(5), ..by(&helen) });
                async move { change!(store, |tx| retire(tx, id, &entry)) }
            };
            retires("LOCAL1").await.expect("retired");
            assert_eq!(
                error(retires("LOCAL1").await),
                "local step LOCAL1 is retired and cannot be retired again"
            );
            assert_eq!(error(retires("LOCAL9").await), "there is no local step LOCAL9");
            let mut db = store.read().await.expect("a connection");
            let then = all(&mut db, at(4)).await.expect("a read");
            let now = all(&mut db, at(5)).await.expect("a read");
            assert_eq!((then[0].retired_at, now[0].retired_at), (None, Some(at(5))));
            assert_eq!((now.len(), now[1].retired_at), (2, None));
        });
    }
}
