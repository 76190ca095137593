//! Whether clinicians of a service line may be compared: for what, for whom, after which
//! consultation, and until when.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, filled, taken, unchanged};
use crate::ids::{PersonId, UnitCode};
use crate::people;
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// What is agreed, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComparison {
    /// The service line.
    pub unit: UnitCode,
    /// For what.
    pub purpose: String,
    /// For whom.
    pub audience: String,
    /// Who was consulted, and what came of it.
    pub consultation: String,
    /// When they were consulted.
    pub consulted_on: Day,
    /// The last day on which it holds: until then it is looked at again.
    pub review_on: Day,
}

/// A record as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What was agreed.
    pub agreed: NewComparison,
    /// Its number for the service line, from 1.
    pub version: i64,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
    /// Who took it back, when and why.
    pub withdrawn: Option<Withdrawn>,
}

/// That a record was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
}

impl Comparison {
    /// Whether clinicians may be compared on a day by this record.
    pub fn holds_on(&self, day: Day) -> bool {
        self.withdrawn.is_none() && day <= self.agreed.review_on
    }
}

/// Records what is agreed for a service line, in place of the record that was seen before: 0 where
/// there was none. `today` is the day on which it is recorded.
///
/// # Errors
/// If something is missing, the consultation is still to come, the review is not, the unit or the
/// person is not there, or somebody else has recorded something since.
pub async fn record(
    tx: &mut Tx,
    new: &NewComparison,
    seen: i64,
    today: Day,
    entry: &Entry,
) -> Result<i64> {
    let purpose = filled("the purpose", &new.purpose)?;
    let audience = filled("the audience", &new.audience)?;
    let consultation = filled("the consultation", &new.consultation)?;
    if new.consulted_on > today {
        return Err(Refusal::NotYetConsulted.into());
    }
    if new.review_on <= today {
        return Err(Refusal::ReviewIsPast.into());
    }
    units::get(tx, &new.unit).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let current = latest(tx, &new.unit).await?.map_or(0, |it| it.version);
    unchanged(of_unit(&new.unit), seen, current)?;
    let version = current + 1;
    sqlx::query(
        "INSERT INTO comparison_purpose (unit, version, purpose, audience, consultation,
             consulted_on, review_on, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.unit.as_str())
    .bind(version)
    .bind(purpose)
    .bind(audience)
    .bind(consultation)
    .bind(new.consulted_on.to_string())
    .bind(new.review_on.to_string())
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {version} of the comparison in {}", new.unit)))?;
    audit::append(tx, &entry.of("comparison.record", object(&new.unit, version))).await?;
    Ok(version)
}

/// Takes the record of a service line back, that was seen at its number, with a reason.
///
/// # Errors
/// If it was taken back or replaced since, or no reason is given.
pub async fn withdraw(
    tx: &mut Tx,
    unit: &UnitCode,
    (seen, because): (i64, &str),
    entry: &Entry,
) -> Result<()> {
    let because = filled("the reason", because)?;
    let what = || format!("the comparison in {unit}");
    let current =
        latest(tx, unit).await?.ok_or_else(|| Error::NotFound(format!("record of {}", what())))?;
    unchanged(of_unit(unit), seen, current.version)?;
    if current.withdrawn.is_some() {
        let from = "withdrawn".to_owned();
        return Err(Refusal::WrongMove { what: what(), from, to: "withdrawn" }.into());
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query(
        "UPDATE comparison_purpose
         SET withdrawn_by = $1, withdrawn_at = $2, withdrawn_because = $3
         WHERE unit = $4 AND version = $5",
    )
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .bind(because)
    .bind(unit.as_str())
    .bind(seen)
    .execute(&mut **tx)
    .await?;
    let entry = entry.of("comparison.withdraw", object(unit, seen)).because(because);
    audit::append(tx, &entry).await?;
    Ok(())
}

fn object(unit: &UnitCode, version: i64) -> String {
    format!("comparison/{unit} record {version}")
}

fn of_unit(unit: &UnitCode) -> impl FnOnce() -> String {
    move || format!("the comparison in {unit}")
}

/// The record by which clinicians of a service line may be compared on a day, if there is one.
///
/// # Errors
/// If the database cannot be read.
pub async fn in_force(
    db: &mut Connection,
    unit: &UnitCode,
    day: Day,
) -> Result<Option<Comparison>> {
    Ok(latest(db, unit).await?.filter(|it| it.holds_on(day)))
}

/// The latest record of a service line, also one that was taken back or is past its review.
///
/// # Errors
/// If the database cannot be read.
pub async fn latest(db: &mut Connection, unit: &UnitCode) -> Result<Option<Comparison>> {
    Ok(list(db, unit).await?.into_iter().next())
}

/// Every record of a service line, latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, unit: &UnitCode) -> Result<Vec<Comparison>> {
    let rows =
        sqlx::query("SELECT * FROM comparison_purpose WHERE unit = $1 ORDER BY version DESC")
            .bind(unit.as_str())
            .fetch_all(db)
            .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Comparison> {
    let withdrawn = match (row.text_if("withdrawn_by")?, row.at_if("withdrawn_at")?) {
        (Some(by), Some(at)) => {
            let because = row.text_if("withdrawn_because")?.unwrap_or_default();
            Some(Withdrawn { by: PersonId::new(by), at, because })
        }
        _ => None,
    };
    Ok(Comparison {
        agreed: NewComparison {
            unit: UnitCode::new(row.text("unit")?),
            purpose: row.text("purpose")?,
            audience: row.text("audience")?,
            consultation: row.text("consultation")?,
            consulted_on: row.day("consulted_on")?,
            review_on: row.day("review_on")?,
        },
        version: row.number("version")?,
        recorded_by: PersonId::new(row.text("recorded_by")?),
        recorded_at: row.at("recorded_at")?,
        withdrawn,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, day, error, on_both, operator};

    fn agreed() -> NewComparison {
        NewComparison {
            unit: UnitCode::new("HIP"),
            purpose: "Support for surgeons".to_owned(),
            audience: "The surgeons and the medical director".to_owned(),
            consultation: "Local medical negotiating committee: agreed".to_owned(),
            consulted_on: day("2025-04-10"),
            review_on: day("2026-04-30"),
        }
    }

    /// Recorded on 1 May 2025.
    async fn recorded(store: &Store, who: &PersonId, new: NewComparison, seen: i64) -> Result<i64> {
        let entry = by(who);
        change!(store, |tx| record(tx, &new, seen, day("2025-05-01"), &entry))
    }

    async fn withdrawn(store: &Store, who: &PersonId, seen: i64, because: &str) -> Result<()> {
        let (entry, because) = (by(who), because.to_owned());
        change!(store, |tx| withdraw(tx, &UnitCode::new("HIP"), (seen, &because), &entry))
    }

    async fn with_units(store: &Store) -> PersonId {
        add_unit(store, "T", None).await.expect("the top");
        add_unit(store, "HIP", Some("T")).await.expect("a service line");
        add_person(store, "Helen").await
    }

    async fn holds(store: &Store, unit: &str, on: &str) -> Option<i64> {
        let mut db = store.read().await.expect("a connection");
        let found = in_force(&mut db, &UnitCode::new(unit), day(on)).await.expect("a read");
        found.map(|it| it.version)
    }

    async fn actions(store: &Store) -> Vec<String> {
        let mut db = store.read().await.expect("a connection");
        let asked = Asked { action: Some("comparison.".to_owned()), ..Asked::default() };
        let rows = audit::list(&mut db, &asked, 20).await.expect("a read");
        let row = |it: audit::Recorded| {
            let object = it.entry.object.unwrap_or_default();
            format!("{} {object} {}", it.entry.action, it.entry.purpose.unwrap_or_default())
        };
        rows.into_iter().rev().map(row).collect()
    }

    #[test]
    fn a_record_holds_until_its_review_and_a_change_is_a_new_record() {
        on_both(|store| async move {
            let helen = with_units(&store).await;
            assert_eq!(holds(&store, "HIP", "2025-05-01").await, None, "off from the start");
            assert_eq!(recorded(&store, &helen, agreed(), 0).await.expect("recorded"), 1);
            assert_eq!(holds(&store, "HIP", "2026-04-30").await, Some(1), "the day of the review");
            assert_eq!(holds(&store, "HIP", "2026-05-01").await, None, "off again after it");
            assert_eq!(holds(&store, "T", "2025-05-01").await, None, "of this service line alone");
            let longer = NewComparison { review_on: day("2026-06-30"), ..agreed() };
            expect!["the comparison in HIP was changed by somebody else: you edited version 0, it is at 1"]
                .assert_eq(&error(recorded(&store, &helen, longer.clone(), 0).await));
            assert_eq!(recorded(&store, &helen, longer.clone(), 1).await.expect("changed"), 2);
            assert_eq!(holds(&store, "HIP", "2026-05-01").await, Some(2));
            let mut db = store.read().await.expect("a connection");
            let all = list(&mut db, &UnitCode::new("HIP")).await.expect("a read");
            drop(db);
            let kept: Vec<_> = all.iter().map(|it| (it.version, it.agreed.clone())).collect();
            assert_eq!(kept, [(2, longer), (1, agreed())], "the earlier one is kept as it was");
            assert_eq!(all[0].recorded_by, helen);
        });
    }

    #[test]
    fn a_record_is_taken_back_once_with_a_reason_and_all_is_on_record() {
        on_both(|store| async move {
            let helen = with_units(&store).await;
            expect!["there is no record of the comparison in HIP"]
                .assert_eq(&error(withdrawn(&store, &helen, 0, "why").await));
            recorded(&store, &helen, agreed(), 0).await.expect("recorded");
            expect!["the reason is missing"]
                .assert_eq(&error(withdrawn(&store, &helen, 1, " ").await));
            withdrawn(&store, &helen, 1, "The committee objects").await.expect("taken back");
            assert_eq!(holds(&store, "HIP", "2025-05-01").await, None);
            expect!["the comparison in HIP is withdrawn and cannot be withdrawn"]
                .assert_eq(&error(withdrawn(&store, &helen, 1, "again").await));
            // What was taken back does not come back by itself, but can be recorded anew.
            assert_eq!(recorded(&store, &helen, agreed(), 1).await.expect("anew"), 2);
            assert_eq!(holds(&store, "HIP", "2025-05-01").await, Some(2));
            assert_eq!(
                actions(&store).await,
                [
                    "comparison.record comparison/HIP record 1 ",
                    "comparison.withdraw comparison/HIP record 1 The committee objects",
                    "comparison.record comparison/HIP record 2 ",
                ],
                "nothing that was refused"
            );
        });
    }

    #[test]
    fn a_record_says_for_what_for_whom_and_after_which_consultation() {
        on_both(|store| async move {
            let helen = with_units(&store).await;
            let later = NewComparison { consulted_on: day("2025-05-02"), ..agreed() };
            let past = NewComparison { review_on: day("2025-05-01"), ..agreed() };
            for (new, expected) in [
                (NewComparison { purpose: " ".to_owned(), ..agreed() }, "the purpose is missing"),
                (NewComparison { audience: String::new(), ..agreed() }, "the audience is missing"),
                (
                    NewComparison { consultation: String::new(), ..agreed() },
                    "the consultation is missing",
                ),
                (later, "the consultation comes first: its day is still to come"),
                (past, "the day of the review must be still to come"),
                (NewComparison { unit: UnitCode::new("U"), ..agreed() }, "there is no unit U"),
            ] {
                assert_eq!(error(recorded(&store, &helen, new, 0).await), expected);
            }
            expect!["there is no person operator"].assert_eq(&error(change!(store, |tx| record(
                tx,
                &agreed(),
                0,
                day("2025-05-01"),
                &operator()
            ))));
            assert_eq!(actions(&store).await, [""; 0]);
        });
    }
}
