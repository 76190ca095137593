//! For whom the steps other than those of the board are recorded: for each unit by itself, or all of
//! them for the organisation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{LevelState, levels, list, said, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, taken};
use crate::ids::{PersonId, UnitCode};
use crate::people;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// For whom steps are recorded; those of the board always are for the organisation.
    StepMode {
        /// For each unit by itself: so it is until somebody chooses.
        ByUnit = "by_unit",
        /// For the organisation as a whole.
        Organisation = "organisation",
    }
}

/// A choice as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Its number, from 1.
    pub number: i64,
    /// For whom steps are recorded since.
    pub mode: StepMode,
    /// Why.
    pub because: String,
    /// Who chose it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Chooses for whom steps are recorded from now on, in place of the number that was seen: 0 where
/// there was none. Levels that are signed stay as they are.
///
/// # Errors
/// If the reason is missing or too long, steps are recorded so already, a level of an open assessment
/// waits for signatures, or somebody has chosen since.
pub async fn choose(
    tx: &mut Tx,
    (mode, because): (StepMode, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let because = said("the reason", because)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let before = all(tx).await?;
    let last = before.last();
    unchanged(|| "how steps are recorded".to_owned(), seen, last.map_or(0, |it| it.number))?;
    if last.map_or(StepMode::ByUnit, |it| it.mode) == mode {
        let so = "steps are recorded so already: choose the other, or leave it as it is";
        return Err(Refusal::Rule(so.to_owned()).into());
    }
    let waiting = waiting(tx).await?;
    if !waiting.is_empty() {
        let units: Vec<&str> = waiting.iter().map(UnitCode::as_str).collect();
        return Err(Refusal::Rule(format!(
            "a level waits for signatures and rests on how steps are recorded, that of {}: sign it, \
             or ask for a change of it, first",
            units.join(", ")
        ))
        .into());
    }
    sqlx::query(
        "INSERT INTO step_mode (number, mode, because, chosen_by, chosen_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(seen + 1)
    .bind(mode.as_str())
    .bind(because)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("choice {} of how steps are recorded", seen + 1)))?;
    let object = format!("step-mode/{} {mode}", seen + 1);
    audit::append(tx, &entry.of("assessment.step_mode", object)).await?;
    Ok(())
}

/// Refuses what rests on steps as they were recorded, where somebody has chosen otherwise since.
///
/// # Errors
/// If steps are recorded for another now.
pub async fn still(tx: &mut Tx, mode: StepMode) -> Result<()> {
    let all = all(tx).await?;
    if all.last().map_or(StepMode::ByUnit, |it| it.mode) == mode {
        return Ok(());
    }
    let said = "how steps are recorded was changed meanwhile, and what is proposed with it: look at \
                it again first";
    Err(Refusal::Rule(said.to_owned()).into())
}

/// All choices, in order.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(db: &mut Connection) -> Result<Vec<Chosen>> {
    let rows = sqlx::query("SELECT * FROM step_mode ORDER BY number");
    rows.fetch_all(db).await?.iter().map(stored).collect()
}

/// For whom steps were recorded at an instant.
///
/// # Errors
/// If the database cannot be read.
pub async fn at(db: &mut Connection, until: Timestamp) -> Result<StepMode> {
    let all = all(db).await?;
    let last = all.iter().rfind(|it| it.at <= until);
    Ok(last.map_or(StepMode::ByUnit, |it| it.mode))
}

/// Units with a level of their open assessment that waits for signatures.
async fn waiting(tx: &mut Tx) -> Result<Vec<UnitCode>> {
    let open = list(tx).await?.into_iter().filter(|it| it.closed_at.is_none());
    let units: BTreeMap<String, UnitCode> =
        open.map(|it| (it.id.as_str().to_owned(), it.unit)).collect();
    let waiting = levels(tx, None).await?;
    let mut found: Vec<UnitCode> = waiting
        .iter()
        .filter(|it| it.state() == LevelState::Submitted)
        .filter_map(|it| units.get(it.assessment.as_str()).cloned())
        .collect();
    found.sort();
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Chosen> {
    Ok(Chosen {
        number: row.number("number")?,
        mode: row.parsed("mode", "way to record steps")?,
        because: row.text("because")?,
        by: PersonId::new(row.text("chosen_by")?),
        at: row.at("chosen_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessing::{NewLevel, Says, Side, answer, open, put_forward};
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, at as seconds, by, change, day, error, on_both};
    use crate::{LevelId, Store};

    async fn chosen(
        store: &Store,
        who: &PersonId,
        (mode, because): (StepMode, &'static str),
        (seen, when): (i64, i64),
    ) -> Result<()> {
        let entry = Entry { at: seconds(when), ..by(who) };
        change!(store, |tx| choose(tx, (mode, because), seen, &entry))
    }

    #[test]
    fn steps_are_by_unit_until_somebody_chooses_and_each_day_keeps_its_own() {
        on_both(|store| async move {
            let ruth = add_person(&store, "Ruth").await;
            let whole = |because| (StepMode::Organisation, because);
            let silent = chosen(&store, &ruth, whole(" "), (0, 10)).await;
            assert_eq!(error(silent), "the reason is missing");
            let so = chosen(&store, &ruth, (StepMode::ByUnit, "So it is"), (0, 10)).await;
            assert!(error(so).contains("recorded so already"));
            chosen(&store, &ruth, whole("We are small"), (0, 10)).await.expect("chosen");
            let late = chosen(&store, &ruth, (StepMode::ByUnit, "No"), (0, 20)).await;
            assert_eq!(
                error(late),
                "how steps are recorded was changed by somebody else: you edited version 0, it is at 1"
            );
            chosen(&store, &ruth, (StepMode::ByUnit, "We grew"), (1, 30)).await.expect("chosen");
            let mut db = store.read().await.expect("a connection");
            let mut told = Vec::new();
            for when in [9, 10, 29, 30] {
                told.push(at(&mut db, seconds(when)).await.expect("a read").as_str());
            }
            assert_eq!(told, ["by_unit", "organisation", "organisation", "by_unit"]);
            let found = all(&mut db).await.expect("a read");
            let found: Vec<(i64, &str)> =
                found.iter().map(|it| (it.number, it.because.as_str())).collect();
            assert_eq!(found, [(1, "We are small"), (2, "We grew")]);
            let asked = Asked { action: Some("assessment.step".to_owned()), ..Asked::default() };
            let recorded = audit::list(&mut db, &asked, 9).await.expect("a read");
            assert_eq!(recorded.len(), 2, "what was refused has no record");
            assert!(!format!("{recorded:?}").contains("We grew"), "no words that somebody wrote");
        });
    }

    async fn forward(store: &Store, who: &PersonId) -> LevelId {
        let new = NewLevel {
            level: 1,
            proposed: Some(1),
            because: String::new(),
            culture: "People ask each other".to_owned(),
            reassess_by: day("2026-05-01"),
            snapshot: "{}".to_owned(),
        };
        let entry = by(who);
        let put = store.write(move |tx| {
            Box::pin(async move {
                let id = open(tx, &UnitCode::new("HIP"), "2013", &entry).await?;
                put_forward(tx, &id, &new, (0, day("2025-05-01")), &entry).await
            })
        });
        put.await.expect("it is put forward")
    }

    #[test]
    fn nothing_is_chosen_while_a_level_waits_and_what_is_put_forward_rests_on_what_was_seen() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (amara, daniel) =
                (add_person(&store, "Amara").await, add_person(&store, "Daniel").await);
            let level = forward(&store, &amara).await;
            let whole = (StepMode::Organisation, "We are small");
            let refused = error(chosen(&store, &amara, whole, (0, 10)).await);
            assert!(refused.contains("a level waits for signatures"), "{refused}");
            assert!(refused.contains("that of HIP"), "{refused}");
            for (side, who) in [(Side::Clinical, &amara), (Side::Finance, &daniel)] {
                let (entry, id) = (by(who), level.clone());
                let signed = change!(store, |tx| answer(tx, &id, (side, Says::Signed, ""), &entry));
                signed.expect("signed");
            }
            chosen(&store, &amara, whole, (0, 10)).await.expect("none waits any more");
            let stale = change!(store, |tx| still(tx, StepMode::ByUnit));
            assert!(error(stale).contains("look at it again first"));
            change!(store, |tx| still(tx, StepMode::Organisation)).expect("so it is");
            let mut db = store.read().await.expect("a connection");
            let kept = levels(&mut db, None).await.expect("a read").remove(0);
            assert_eq!((kept.state(), kept.of.level), (LevelState::Confirmed, 1), "it stays");
        });
    }
}
