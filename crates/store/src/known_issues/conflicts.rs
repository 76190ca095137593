//! Two values of one measure that two sources give: noted when the second comes in, and settled by
//! whoever is named for it. No value is ever taken away: the one that counts is put in again where
//! another one came later.

use engagement::conflicts::{Choice, Given, is_conflict, settling_fault};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{LETTERS_MAX, rule};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Result, said, taken, unchanged};
use crate::ids::{ConflictId, MeasureCode, PersonId, UnitCode};
use crate::measures::{self, Decimal, Month, NewValue, Value};
use crate::people;
use crate::row::{Values as _, each_to};
use crate::writer::Tx;

/// Two values in conflict, with who settles it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its reference.
    pub id: ConflictId,
    /// The value that was there first.
    pub first: NewValue,
    /// The value that came later, of the same measure, unit and month.
    pub second: NewValue,
    /// How often somebody was named for it or settled it: what whoever does must have seen.
    pub version: i64,
    /// Who settles it; nobody yet where none is named.
    pub settles: Option<PersonId>,
    /// How it was settled; none while it is open.
    pub settled: Option<Settled>,
}

/// How a conflict was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Which value counts.
    pub choice: Choice,
    /// Why.
    pub because: String,
    /// When.
    pub at: Timestamp,
}

fn given(it: &NewValue) -> Given<'_> {
    Given { value_e4: it.value.e4(), of_e4: it.of.map(Decimal::e4), source: &it.source }
}

/// Notes a conflict where a value comes in beside one that another source gives.
pub(crate) async fn note(
    tx: &mut Tx,
    (first, second): (&NewValue, &NewValue),
    entry: &Entry,
) -> Result<()> {
    if !is_conflict(&given(first), &given(second)) {
        return Ok(());
    }
    let id = ConflictId::random()?;
    sqlx::query(
        "INSERT INTO measure_conflict (id, unit, measure, month, first_e4, first_of_e4,
             first_source, second_e4, second_of_e4, second_source, found_by, found_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(id.as_str())
    .bind(second.unit.as_str())
    .bind(second.measure.as_str())
    .bind(second.month.to_string())
    .bind(first.value.e4())
    .bind(first.of.map(Decimal::e4))
    .bind(&first.source)
    .bind(second.value.e4())
    .bind(second.of.map(Decimal::e4))
    .bind(&second.source)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this conflict"))?;
    let object = format!("conflict/{id} of {} in {}", second.measure, second.unit);
    audit::append(tx, &entry.of("conflict.note", object)).await?;
    Ok(())
}

/// Names who settles a conflict that was seen at its version.
///
/// # Errors
/// If it is settled, the person is not there, or somebody changed it since.
pub async fn name_settler(
    tx: &mut Tx,
    id: &ConflictId,
    (settles, seen): (&PersonId, i64),
    entry: &Entry,
) -> Result<()> {
    people::get(tx, settles).await?;
    step(tx, (id, seen), (settles, None), entry).await
}

/// Settles a conflict that was seen at its version: whoever was named for it alone. The value that
/// counts is put in again, where another source has said otherwise since.
///
/// # Errors
/// If it is settled, somebody else was named, no reason is given, or somebody changed it since.
pub async fn settle(
    tx: &mut Tx,
    id: &ConflictId,
    (choice, because): (Choice, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let because = said("why this value counts", because, LETTERS_MAX)?;
    let by = PersonId::new(entry.actor.as_str());
    let found = conflict(tx, id).await?;
    step(tx, (id, seen), (&by, Some((choice, because))), entry).await?;
    match choice {
        Choice::First => put_again(tx, &found.first, because, entry).await,
        Choice::Second => put_again(tx, &found.second, because, entry).await,
        Choice::Neither => Ok(()),
    }
}

/// Puts a value in as the next of its month, unless the latest says the same or is of the same source.
async fn put_again(tx: &mut Tx, counts: &NewValue, because: &str, entry: &Entry) -> Result<()> {
    let all = measures::of_measure(tx, &counts.measure).await?;
    let latest =
        of_month(&all, counts).filter(|it| is_conflict(&given(&it.recorded), &given(counts)));
    let Some(latest) = latest else { return Ok(()) };
    let version = latest.version + 1;
    measures::put(tx, counts, (version, "", because), entry).await?;
    let NewValue { measure, unit, month, .. } = counts;
    let object = format!("measure/{measure} of {unit} in {month} version {version}");
    audit::append(tx, &entry.of("measure.settle", object)).await?;
    Ok(())
}

/// The latest of values in order that is of the unit and month of another one.
fn of_month<'a>(all: &'a [Value], of: &NewValue) -> Option<&'a Value> {
    all.iter().rfind(|it| it.recorded.unit == of.unit && it.recorded.month == of.month)
}

/// Months of a measure in a unit of which nobody can say which value counts: a conflict is open, or
/// neither value counts and no other one came in since.
pub(crate) async fn months_in_doubt(
    db: &mut Connection,
    place: (&MeasureCode, &UnitCode),
) -> Result<Vec<Month>> {
    let all = measures::of_measure(db, place.0).await?;
    let is_in_doubt = |it: &&Conflict| {
        let Some(settled) = &it.settled else { return true };
        let is_one = |now: &Value| {
            now.recorded_at <= settled.at && [&it.first, &it.second].contains(&&now.recorded)
        };
        settled.choice == Choice::Neither && of_month(&all, &it.second).is_some_and(is_one)
    };
    let conflicts = conflicts_of_measure(db, place).await?;
    Ok(conflicts.iter().filter(is_in_doubt).map(|it| it.second.month).collect())
}

async fn step(
    tx: &mut Tx,
    (id, seen): (&ConflictId, i64),
    (settles, settled): (&PersonId, Option<(Choice, &str)>),
    entry: &Entry,
) -> Result<()> {
    let found = conflict(tx, id).await?;
    unchanged(|| "this conflict".to_owned(), seen, found.version)?;
    let named = found.settles.as_ref().map(PersonId::as_str);
    rule(settling_fault(found.settled.is_some(), (named, &entry.actor), settled.is_some()))?;
    sqlx::query(
        "INSERT INTO measure_conflict_step (conflict, number, settles, choice, because, taken_by,
             taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(settles.as_str())
    .bind(settled.map(|it| it.0.word()))
    .bind(settled.map_or("", |it| it.1))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this step of the conflict"))?;
    let action = if settled.is_some() { "conflict.settle" } else { "conflict.name" };
    let object = format!("conflict/{id} step {}", seen + 1);
    audit::append(tx, &entry.of(action, object)).await?;
    Ok(())
}

async fn conflict(db: &mut Connection, id: &ConflictId) -> Result<Conflict> {
    let rows = sqlx::query("SELECT * FROM measure_conflict WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let found = with_steps(db, &rows).await?.pop();
    found.ok_or_else(|| Error::NotFound(format!("conflict {id}")))
}

/// Conflicts of a unit, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn conflicts_of(db: &mut Connection, unit: &UnitCode) -> Result<Vec<Conflict>> {
    let rows =
        sqlx::query("SELECT * FROM measure_conflict WHERE unit = $1 ORDER BY found_at DESC, id")
            .bind(unit.as_str())
            .fetch_all(&mut *db)
            .await?;
    with_steps(db, &rows).await
}

/// Conflicts of a measure in a unit, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn conflicts_of_measure(
    db: &mut Connection,
    (measure, unit): (&MeasureCode, &UnitCode),
) -> Result<Vec<Conflict>> {
    let mut all = conflicts_of(db, unit).await?;
    all.retain(|it| it.second.measure == *measure);
    Ok(all)
}

async fn with_steps(db: &mut Connection, rows: &[AnyRow]) -> Result<Vec<Conflict>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let steps = sqlx::query("SELECT * FROM measure_conflict_step ORDER BY conflict, number");
    let steps = steps.fetch_all(db).await?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (&steps, "conflict"),
        |of, row| {
            of.version = row.number("number")?;
            of.settles = Some(PersonId::new(row.text("settles")?));
            let (because, at) = (row.text("because")?, row.at("taken_at")?);
            let choice = row.parsed_if::<Choice>("choice", "choice of a value")?;
            of.settled = choice.map(|choice| Settled { choice, because, at });
            Ok(())
        },
    )?;
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Conflict> {
    let month: Month = row.parsed("month", "month")?;
    let value = |value: &str, of: &str, source: &str| -> Result<NewValue> {
        Ok(NewValue {
            measure: MeasureCode::new(row.text("measure")?),
            unit: UnitCode::new(row.text("unit")?),
            month,
            value: Decimal::of_e4(row.number(value)?),
            of: row.number_if(of)?.map(Decimal::of_e4),
            source: row.text(source)?,
        })
    };
    Ok(Conflict {
        id: ConflictId::new(row.text("id")?),
        first: value("first_e4", "first_of_e4", "first_source")?,
        second: value("second_e4", "second_of_e4", "second_source")?,
        version: 0,
        settles: None,
        settled: None,
    })
}
