//! The statement on very small specialties: which they are, by which shares of which run, and who
//! signed that the trust's outcomes would not be materially affected.
//!
//! The latest statement alone counts. Another flag is another statement, which is signed anew.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Side, said, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::{PersonId, StatementId, UnitCode};
use crate::people;
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// A part of a whole, in the unit that both have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part.
    pub part: i64,
    /// The whole.
    pub whole: i64,
}

/// A unit with its shares; none where the run cannot tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmallUnit {
    /// The unit.
    pub unit: UnitCode,
    /// Of the cost of all patients, in micro-pounds.
    pub cost: Option<Part>,
    /// Of the expenditure that is directly managed, in micro-pounds.
    pub expenditure: Option<Part>,
    /// Of the activity, in patient events.
    pub activity: Option<Part>,
}

/// A statement, as it should be made. Without units nothing is very small any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewStatement {
    /// Why the trust's outcomes would not be materially affected, or why the last one ends.
    pub words: String,
    /// The run that the shares are of; blank where it names no unit.
    pub run: String,
    /// What the run covers.
    pub period: String,
    /// The units that it names.
    pub units: Vec<SmallUnit>,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// For whom it is signed.
    pub side: Side,
    /// Who signed.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A statement as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its reference.
    pub id: StatementId,
    /// Its number, from 1.
    pub number: i64,
    /// What it says.
    pub of: NewStatement,
    /// Who made it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Who signed it.
    pub signatures: Vec<Signature>,
}

impl Statement {
    /// Whether a lead of each profession has signed it.
    pub fn is_signed(&self) -> bool {
        Side::ALL.iter().all(|side| self.signatures.iter().any(|it| it.side == *side))
    }
}

/// Makes a statement in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If words, run or a unit are missing, or somebody has made one since.
pub async fn state(
    tx: &mut Tx,
    new: &NewStatement,
    seen: i64,
    entry: &Entry,
) -> Result<StatementId> {
    let words = said("why outcomes are not affected", &new.words)?;
    if !new.units.is_empty() {
        code("the run", &new.run)?;
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let current = latest(tx, entry.at).await?.map_or(0, |it| it.number);
    unchanged(|| "the statement on very small specialties".to_owned(), seen, current)?;
    let id = StatementId::random()?;
    sqlx::query(
        "INSERT INTO small_statement (id, number, words, run, period, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(words)
    .bind(&new.run)
    .bind(&new.period)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("statement {} on very small specialties", seen + 1)))?;
    for it in &new.units {
        name(tx, &id, it).await?;
    }
    let units: Vec<&str> = new.units.iter().map(|it| it.unit.as_str()).collect();
    let object = format!("very-small/{id} of {} by {}", units.join(" "), new.run);
    audit::append(tx, &entry.of("assessment.very_small", object)).await?;
    Ok(id)
}

async fn name(tx: &mut Tx, id: &StatementId, it: &SmallUnit) -> Result<()> {
    units::get(tx, &it.unit).await?;
    sqlx::query(
        "INSERT INTO small_statement_unit (statement, unit, cost_part, cost_whole,
             expenditure_part, expenditure_whole, activity_part, activity_whole)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(it.unit.as_str())
    .bind(it.cost.map(|it| it.part))
    .bind(it.cost.map(|it| it.whole))
    .bind(it.expenditure.map(|it| it.part))
    .bind(it.expenditure.map(|it| it.whole))
    .bind(it.activity.map(|it| it.part))
    .bind(it.activity.map(|it| it.whole))
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("{} in this statement", it.unit)))?;
    Ok(())
}

/// Signs the latest statement for a side.
///
/// # Errors
/// If there is a later one, it names no unit, the side has signed, or the person has signed for the
/// other one.
pub async fn sign(tx: &mut Tx, id: &StatementId, side: Side, entry: &Entry) -> Result<()> {
    let found = latest(tx, entry.at).await?;
    let found = found.filter(|it| it.id == *id && !it.of.units.is_empty());
    let found = found.ok_or_else(|| Error::NotFound(format!("statement {id} to sign")))?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    if found.signatures.iter().any(|it| it.side != side && it.by == by) {
        return Err(Refusal::OnePersonForBoth.into());
    }
    sqlx::query(
        "INSERT INTO small_statement_signature (statement, side, signed_by, signed_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(id.as_str())
    .bind(side.as_str())
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("a signature of this side"))?;
    let object = format!("very-small/{id} {side}");
    audit::append(tx, &entry.of("assessment.very_small_sign", object)).await?;
    Ok(())
}

/// The latest statement until an instant, as it was then.
///
/// # Errors
/// If the database cannot be read.
pub async fn latest(db: &mut Connection, until: Timestamp) -> Result<Option<Statement>> {
    Ok(all(db, until).await?.pop())
}

/// All statements until an instant, in order, as they were then.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(db: &mut Connection, until: Timestamp) -> Result<Vec<Statement>> {
    let rows = sqlx::query("SELECT * FROM small_statement WHERE made_at <= $1 ORDER BY number")
        .bind(until.as_microsecond())
        .fetch_all(&mut *db)
        .await?;
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let units = sqlx::query("SELECT * FROM small_statement_unit ORDER BY statement, unit");
    for row in units.fetch_all(&mut *db).await? {
        let place = places.get(&row.text("statement")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.of.units.push(SmallUnit {
            unit: UnitCode::new(row.text("unit")?),
            cost: part(&row, ["cost_part", "cost_whole"])?,
            expenditure: part(&row, ["expenditure_part", "expenditure_whole"])?,
            activity: part(&row, ["activity_part", "activity_whole"])?,
        });
    }
    let signed = sqlx::query(
        "SELECT * FROM small_statement_signature WHERE signed_at <= $1 ORDER BY statement, side",
    );
    for row in signed.bind(until.as_microsecond()).fetch_all(&mut *db).await? {
        let place = places.get(&row.text("statement")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.signatures.push(Signature {
            side: row.parsed("side", "side")?,
            by: PersonId::new(row.text("signed_by")?),
            at: row.at("signed_at")?,
        });
    }
    Ok(found)
}

fn part(row: &AnyRow, [part, whole]: [&str; 2]) -> Result<Option<Part>> {
    let pair = row.number_if(part)?.zip(row.number_if(whole)?);
    Ok(pair.map(|(part, whole)| Part { part, whole }))
}

fn stored(row: &AnyRow) -> Result<Statement> {
    Ok(Statement {
        id: StatementId::new(row.text("id")?),
        number: row.number("number")?,
        of: NewStatement {
            words: row.text("words")?,
            run: row.text("run")?,
            period: row.text("period")?,
            units: Vec::new(),
        },
        by: PersonId::new(row.text("made_by")?),
        at: row.at("made_at")?,
        signatures: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::testing::{add_person, add_unit, at, by, change, error, on_both};

    fn tiny() -> SmallUnit {
        SmallUnit {
            unit: UnitCode::new("HIP"),
            cost: Some(Part { part: 3, whole: 1_000 }),
            expenditure: None,
            activity: Some(Part { part: 4, whole: 1_000 }),
        }
    }

    async fn stated(
        store: &Store,
        who: &PersonId,
        new: NewStatement,
        seen: i64,
    ) -> Result<StatementId> {
        let entry = Entry { at: at(seen), ..by(who) };
        change!(store, |tx| state(tx, &new, seen, &entry))
    }

    async fn signed(store: &Store, id: &StatementId, side: Side, who: &PersonId) -> Result<()> {
        let (id, entry) = (id.clone(), Entry { at: at(5), ..by(who) });
        change!(store, |tx| sign(tx, &id, side, &entry))
    }

    #[test]
    fn two_people_sign_a_statement_and_another_flag_is_another_one() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (amara, daniel) =
                (add_person(&store, "Amara").await, add_person(&store, "Daniel").await);
            let new = NewStatement {
                words: "A handful of patients".to_owned(),
                run: "1fe9a090556158bd".to_owned(),
                period: "2025/26".to_owned(),
                units: vec![tiny()],
            };
            let silent = NewStatement { words: " ".to_owned(), ..new.clone() };
            let found = error(stated(&store, &amara, silent, 0).await);
            assert_eq!(found, "why outcomes are not affected is missing");
            let first = stated(&store, &amara, new.clone(), 0).await.expect("made");
            signed(&store, &first, Side::Clinical, &amara).await.expect("signed");
            let both = signed(&store, &first, Side::Finance, &amara).await;
            assert!(error(both).starts_with("clinicians and finance are two people"));
            let twice = signed(&store, &first, Side::Clinical, &daniel).await;
            assert_eq!(error(twice), "there is already a signature of this side");
            signed(&store, &first, Side::Finance, &daniel).await.expect("signed");
            let mut db = store.read().await.expect("a connection");
            let now = latest(&mut db, at(5)).await.expect("a read").expect("there is one");
            assert!(now.is_signed());
            assert_eq!(now.of, new, "the shares are kept as they were");
            let then = latest(&mut db, at(0)).await.expect("a read").expect("there is one");
            assert!(!then.is_signed());
            drop(db);
            let stale = stated(&store, &daniel, new.clone(), 0).await;
            assert!(error(stale).contains("you edited version 0, it is at 1"));
            let end = NewStatement { words: "It grew".to_owned(), ..NewStatement::default() };
            let last = stated(&store, &daniel, end, 1).await.expect("made");
            let nothing = signed(&store, &last, Side::Finance, &daniel).await;
            assert!(error(nothing).starts_with("there is no statement"));
            let past = signed(&store, &first, Side::Finance, &daniel).await;
            assert!(error(past).starts_with("there is no statement"), "a later one counts");
            let mut db = store.read().await.expect("a connection");
            let now = latest(&mut db, at(9)).await.expect("a read").expect("there is one");
            assert!(!now.is_signed() && now.of.units.is_empty());
        });
    }
}
