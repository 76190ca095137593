//! Allocations that a clinician and an accountant walked through, who was there, and inputs that
//! clinicians signed.
//!
//! Every step passes the rules of [`engagement::walk_throughs`] in the transaction that writes it.

mod attendees;

use std::collections::BTreeMap;

use domain::Money;
use engagement::benefits::Side;
use engagement::walk_throughs::{Act, Said, attendance_fault, fault};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, filled, short, taken, unchanged};
use crate::ids::{PersonId, UnitCode, WalkThroughId};
use crate::row::{Values as _, each_to};
use crate::units;
use crate::writer::Tx;

pub use self::attendees::{Attended, Attendee, NAME_MAX, attend, take_back};

/// Letters that a text may have.
pub const LETTERS_MAX: usize = 2_000;

/// An allocation, as it should be walked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWalkThrough {
    /// The unit that it reaches.
    pub unit: UnitCode,
    /// The activity by which it does.
    pub activity: String,
    /// The published run in which it stands so.
    pub run: String,
    /// Its rules in words, one a line.
    pub rules: String,
    /// What of it reaches the unit.
    pub unit_cost: Money,
    /// What it is over the whole trust.
    pub trust_cost: Money,
    /// Codes of the costing standards that it touches; may be none.
    pub standards: Vec<String>,
}

/// Something that was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub act: Act,
    /// In words; may be blank where it reflects how care is delivered.
    pub words: String,
    /// In which costing a change should be; blank where nothing changes.
    pub expected: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A walk-through as stored, with everything that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWalkThrough {
    /// Its reference.
    pub id: WalkThroughId,
    /// What was walked through.
    pub of: NewWalkThrough,
    /// By whom it was opened.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// What was said, in order.
    pub steps: Vec<Step>,
    /// Who was there, in the order in which they were recorded.
    pub there: Vec<Attended>,
    /// How much was recorded of who was there: what whoever records must have seen.
    pub records: i64,
}

impl StoredWalkThrough {
    /// How much was said: what whoever adds must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }

    /// What was said, without words.
    pub fn said(&self) -> Vec<Said> {
        let said = |it: &Step| Said { act: it.act, by: it.by.as_str().to_owned() };
        self.steps.iter().map(said).collect()
    }
}

/// Something to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStep {
    /// What.
    pub act: Act,
    /// For which side.
    pub side: Side,
    /// In words.
    pub words: String,
    /// In which costing a change should be.
    pub expected: String,
}

/// Inputs that were signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSignature {
    /// The unit that they are used by.
    pub unit: UnitCode,
    /// The published run that used them.
    pub run: String,
    /// Of which period, in words.
    pub period: String,
    /// What was signed: each input and rule in words.
    pub inputs: Vec<String>,
    /// What the clinician adds; may be blank.
    pub words: String,
}

/// A signature as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSignature {
    /// From 1 in its unit.
    pub number: i64,
    /// What was signed.
    pub of: NewSignature,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Opens a walk-through.
///
/// # Errors
/// If something is missing, a standard is named twice, or there is no such unit.
pub async fn open(tx: &mut Tx, new: &NewWalkThrough, entry: &Entry) -> Result<WalkThroughId> {
    let rules = filled("the rules of the allocation", &new.rules)?;
    units::get(tx, &new.unit).await?;
    let id = WalkThroughId::random()?;
    sqlx::query(
        "INSERT INTO walk_through
         (id, unit, activity, run, rules, unit_micro, trust_micro, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(code("the activity", &new.activity)?)
    .bind(code("the run", &new.run)?)
    .bind(rules)
    .bind(new.unit_cost.micro_pounds())
    .bind(new.trust_cost.micro_pounds())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this walk-through"))?;
    for (place, it) in (1_i64..).zip(&new.standards) {
        let sql = "INSERT INTO walk_through_standard (walk_through, place, code)
             VALUES ($1, $2, $3)";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(place)
            .bind(code("the standard", it)?)
            .execute(&mut **tx)
            .await
            .map_err(taken(format!("standard {it} of this walk-through")))?;
    }
    let object = format!("walk-through/{id} of {} {} {}", new.unit, new.activity, new.run);
    audit::append(tx, &entry.of("walk_through.open", object)).await?;
    Ok(id)
}

/// Adds what somebody says of it.
///
/// # Errors
/// If the rules of walk-throughs forbid it, it would end without a clinician or without anybody of
/// finance having been there, a text is too long, somebody added since, or there is none.
pub async fn say(
    tx: &mut Tx,
    id: &WalkThroughId,
    new: &NewStep,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = short("what is said of the allocation", &new.words, LETTERS_MAX)?;
    let expected = short("the costing in which it should be", &new.expected, LETTERS_MAX)?;
    let found = get(tx, id).await?;
    unchanged(|| "this walk-through".to_owned(), seen, found.version())?;
    let said = Said { act: new.act, by: entry.actor.clone() };
    let fault = fault(&found.said(), &said, new.side, words);
    if let Some(fault) = fault.or_else(|| attendance_fault(new.act, &found.sides())) {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    let number = seen + 1;
    sqlx::query(
        "INSERT INTO walk_through_step
         (walk_through, number, act, words, expected, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(new.act.word())
    .bind(words)
    .bind(expected)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this walk-through")))?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = format!("walk-through/{id} step {number} {}", new.act.word());
    audit::append(tx, &entry.of("walk_through.step", object)).await?;
    Ok(())
}

/// Records that a clinician signed the inputs of a unit.
///
/// # Errors
/// If something is missing or too long, somebody signed since, or there is no such unit.
pub async fn sign(tx: &mut Tx, new: &NewSignature, seen: i64, entry: &Entry) -> Result<()> {
    let words = short("what is added", &new.words, LETTERS_MAX)?;
    if new.inputs.is_empty() {
        return Err(Refusal::Empty("what is signed").into());
    }
    units::get(tx, &new.unit).await?;
    let last = signatures(tx, &new.unit).await?.last().map_or(0, |it| it.number);
    unchanged(|| "the signatures of this unit".to_owned(), seen, last)?;
    let number = last + 1;
    sqlx::query(
        "INSERT INTO input_signature
         (unit, number, run, period, words, signed_by, signed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.unit.as_str())
    .bind(number)
    .bind(code("the run", &new.run)?)
    .bind(filled("the period", &new.period)?)
    .bind(words)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("signature {number} of this unit")))?;
    for (place, says) in (0_i64..).zip(&new.inputs) {
        let sql = "INSERT INTO input_signed (unit, number, place, says) VALUES ($1, $2, $3, $4)";
        sqlx::query(sql)
            .bind(new.unit.as_str())
            .bind(number)
            .bind(place)
            .bind(filled("what is signed", says)?)
            .execute(&mut **tx)
            .await?;
    }
    let object = format!("inputs/{} signature {number} {}", new.unit, new.run);
    audit::append(tx, &entry.of("inputs.sign", object)).await?;
    Ok(())
}

/// Signatures of a unit, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn signatures(db: &mut Connection, unit: &UnitCode) -> Result<Vec<StoredSignature>> {
    let rows = sqlx::query("SELECT * FROM input_signature WHERE unit = $1 ORDER BY number")
        .bind(unit.as_str())
        .fetch_all(&mut *db)
        .await?;
    let stored = |row: &AnyRow| {
        Ok(StoredSignature {
            number: row.number("number")?,
            of: NewSignature {
                unit: UnitCode::new(row.text("unit")?),
                run: row.text("run")?,
                period: row.text("period")?,
                inputs: Vec::new(),
                words: row.text("words")?,
            },
            by: PersonId::new(row.text("signed_by")?),
            at: row.at("signed_at")?,
        })
    };
    let mut found = rows.iter().map(stored).collect::<Result<Vec<StoredSignature>>>()?;
    let sql = "SELECT * FROM input_signed WHERE unit = $1 ORDER BY number, place";
    let mut says = says_by_number(db, sql, unit).await?;
    for it in &mut found {
        it.of.inputs = says.remove(&it.number).unwrap_or_default();
    }
    Ok(found)
}

/// What was signed of a unit, in the order in which it was shown, by the number of the signature.
pub(crate) async fn says_by_number(
    db: &mut Connection,
    sql: &'static str,
    unit: &UnitCode,
) -> Result<BTreeMap<i64, Vec<String>>> {
    let mut says: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in sqlx::query(sql).bind(unit.as_str()).fetch_all(db).await? {
        says.entry(row.number("number")?).or_default().push(row.text("says")?);
    }
    Ok(says)
}

/// Every walk-through, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredWalkThrough>> {
    let rows = sqlx::query("SELECT * FROM walk_through ORDER BY opened_at DESC, id");
    let rows = rows.fetch_all(&mut *db).await?;
    let steps = sqlx::query("SELECT * FROM walk_through_step ORDER BY walk_through, number");
    let steps = steps.fetch_all(&mut *db).await?;
    let codes = sqlx::query("SELECT * FROM walk_through_standard ORDER BY walk_through, place");
    let codes = codes.fetch_all(&mut *db).await?;
    let there = sqlx::query("SELECT * FROM walk_through_attendee ORDER BY walk_through, number");
    whole(&rows, &steps, &codes, &there.fetch_all(db).await?)
}

/// One walk-through.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &WalkThroughId) -> Result<StoredWalkThrough> {
    let rows = sqlx::query("SELECT * FROM walk_through WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let steps =
        sqlx::query("SELECT * FROM walk_through_step WHERE walk_through = $1 ORDER BY number");
    let steps = steps.bind(id.as_str()).fetch_all(&mut *db).await?;
    let codes =
        sqlx::query("SELECT * FROM walk_through_standard WHERE walk_through = $1 ORDER BY place");
    let codes = codes.bind(id.as_str()).fetch_all(&mut *db).await?;
    let there =
        sqlx::query("SELECT * FROM walk_through_attendee WHERE walk_through = $1 ORDER BY number");
    let there = there.bind(id.as_str()).fetch_all(db).await?;
    let found = whole(&rows, &steps, &codes, &there)?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("walk-through {id}")))
}

fn whole(
    rows: &[AnyRow],
    steps: &[AnyRow],
    codes: &[AnyRow],
    there: &[AnyRow],
) -> Result<Vec<StoredWalkThrough>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (steps, "walk_through"),
        |of, row| {
            of.steps.push(Step {
                act: row.parsed("act", "step of a walk-through")?,
                words: row.text("words")?,
                expected: row.text("expected")?,
                by: PersonId::new(row.text("taken_by")?),
                at: row.at("taken_at")?,
            });
            Ok(())
        },
    )?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (codes, "walk_through"),
        |of, row| {
            of.of.standards.push(row.text("code")?);
            Ok(())
        },
    )?;
    each_to(&mut found, |it| it.id.as_str(), (there, "walk_through"), attendees::read)?;
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<StoredWalkThrough> {
    Ok(StoredWalkThrough {
        id: WalkThroughId::new(row.text("id")?),
        of: NewWalkThrough {
            unit: UnitCode::new(row.text("unit")?),
            activity: row.text("activity")?,
            run: row.text("run")?,
            rules: row.text("rules")?,
            unit_cost: Money::from_micro_pounds(row.number("unit_micro")?),
            trust_cost: Money::from_micro_pounds(row.number("trust_micro")?),
            standards: Vec::new(),
        },
        opened_by: PersonId::new(row.text("opened_by")?),
        opened_at: row.at("opened_at")?,
        steps: Vec::new(),
        there: Vec::new(),
        records: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, error, on_both};

    fn new() -> NewWalkThrough {
        NewWalkThrough {
            unit: UnitCode::new("HIP"),
            activity: "THEATRE".to_owned(),
            run: "1fe9a090556158bd".to_owned(),
            rules: "Weighed by counted time".to_owned(),
            unit_cost: Money::from_micro_pounds(410_000_001),
            trust_cost: Money::from_micro_pounds(1_000_000_003),
            standards: vec!["CP3".to_owned(), "CM5".to_owned()],
        }
    }

    async fn says(
        store: &Store,
        (id, who): (&WalkThroughId, &PersonId),
        (act, words): (Act, &str),
        seen: i64,
    ) -> Result<()> {
        let step = NewStep {
            act,
            side: act.side(),
            words: words.to_owned(),
            expected: "2026-27".to_owned(),
        };
        let (id, entry) = (id.clone(), by(who));
        change!(store, |tx| say(tx, &id, &step, seen, &entry))
    }

    #[test]
    fn a_clinician_asks_finance_answers_and_no_word_is_in_the_audit() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let priya = add_person(&store, "Priya").await;
            let entry = by(&priya);
            let id = change!(store, |tx| open(tx, &new(), &entry)).expect("it is opened");
            let twice = NewWalkThrough { standards: vec!["CP3".to_owned(); 2], ..new() };
            let entry = by(&priya);
            let twice = change!(store, |tx| open(tx, &twice, &entry));
            assert!(error(twice).contains("standard CP3 of this walk-through"));
            let early = says(&store, (&id, &priya), (Act::Changes, "Staff present"), 0).await;
            assert_eq!(error(early), "no clinician asks for a change of this allocation");
            let asks = (Act::Proposes, "Count the staff present");
            says(&store, (&id, &amara), asks, 0).await.expect("it is asked");
            let stale = says(&store, (&id, &amara), asks, 0).await;
            assert!(error(stale).starts_with("this walk-through was changed by somebody else"));
            let own = says(&store, (&id, &amara), (Act::Changes, "x"), 1).await;
            assert!(error(own).starts_with("you said what is asked here yourself"));
            let agrees = (Act::Changes, "Staff present");
            let alone = says(&store, (&id, &priya), agrees, 1).await;
            assert!(error(alone).contains("and nobody of either is recorded: add who was there"));
            for (seen, who, side) in [(0, &amara, Side::Clinical), (1, &priya, Side::Finance)] {
                let (profession, side) = (side.word().to_owned(), Some(side));
                let was = Attendee::Person { id: who.clone(), profession, side };
                let (id, entry) = (id.clone(), by(&priya));
                change!(store, |tx| attend(tx, &id, &was, seen, &entry)).expect("was there");
            }
            says(&store, (&id, &priya), agrees, 1).await.expect("agreed");
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert_eq!((found.of.clone(), found.version()), (new(), 2));
            assert_eq!(list(&mut db).await.expect("reads"), [found]);
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("reads");
            assert!(!format!("{rows:?}").contains("taff present"));
        });
    }

    #[test]
    fn two_who_sign_at_once_lose_nothing() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let new = NewSignature {
                unit: UnitCode::new("HIP"),
                run: "1fe9a090556158bd".to_owned(),
                period: "2025/26 to the end of March".to_owned(),
                inputs: vec!["feeds/theatres.csv abc".to_owned(), "THEATRE: by time".to_owned()],
                words: String::new(),
            };
            let (first, entry) = (new.clone(), by(&amara));
            change!(store, |tx| sign(tx, &first, 0, &entry)).expect("it is signed");
            let (again, entry) = (new.clone(), by(&amara));
            let stale = change!(store, |tx| sign(tx, &again, 0, &entry));
            assert!(error(stale).starts_with("the signatures of this unit"));
            let blank = NewSignature { inputs: Vec::new(), ..new.clone() };
            let entry = by(&amara);
            assert!(
                error(change!(store, |tx| sign(tx, &blank, 1, &entry))).contains("what is signed")
            );
            let mut db = store.read().await.expect("reads");
            let all = signatures(&mut db, &new.unit).await.expect("reads");
            assert_eq!((all.len(), &all[0].of), (1, &new));
        });
    }
}
