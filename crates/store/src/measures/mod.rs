//! The register of measures: what is measured of units month by month and comes from no feed, such
//! as waiting times, vacancies, harm, and what patients say.
//!
//! A definition holds for the whole trust, so that one name means one thing. Whatever is recorded
//! stays: another definition or another value of a month is a new version beside the earlier one.

mod decimal;
mod file;
mod month;
mod values;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, filled, taken};
use crate::ids::{MeasureCode, PersonId};
use crate::row::{Values as _, texts};
use crate::writer::Tx;

pub use self::decimal::Decimal;
pub use self::file::{COLUMNS, Keeping, Plan, Planned, Standing, import, plan};
pub use self::month::Month;
pub use self::values::{NewValue, Value, latest, of_measure, of_unit};

pub(crate) use self::values::put;

texts! {
    /// What a measure is about. A page that shows a cost says for which of these it holds nothing.
    Subject {
        /// How long patients wait, or how many.
        Waiting = "waiting",
        /// Posts that nobody fills.
        Vacancies = "vacancies",
        /// Staff who are off sick.
        Sickness = "sickness",
        /// Harm to patients: infections, falls, pressure ulcers.
        Harm = "harm",
        /// What patients say of their care: Friends and Family Test (FFT).
        Experience = "experience",
        /// How much better patients say they are: patient reported outcome measures (PROMs).
        HealthGain = "health_gain",
        /// Anything else.
        Other = "other",
    }
}

texts! {
    /// How a value is made.
    Form {
        /// So many of so many.
        Proportion = "proportion",
        /// The mean of so many.
        Mean = "mean",
        /// How many in the month.
        Count = "count",
        /// How many at the end of the month.
        Level = "level",
        /// How many for each thousand.
        Rate = "rate",
    }
}

texts! {
    /// Which way is good.
    Good {
        /// More is better.
        Up = "up",
        /// Less is better.
        Down = "down",
        /// Neither.
        Neither = "neither",
    }
}

impl Form {
    /// Whether a value says of how many it is.
    pub const fn has_of(self) -> bool {
        matches!(self, Self::Proportion | Self::Mean | Self::Rate)
    }
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its code, by which files name it.
    pub code: MeasureCode,
    /// What people call it.
    pub name: String,
    /// What exactly is counted, of whom, when.
    pub definition: String,
    /// What it is about.
    pub subject: Subject,
    /// What a value counts, such as `patients waiting` or `points of 48`.
    pub unit_of_measure: String,
    /// How a value is made.
    pub form: Form,
    /// Which way is good.
    pub good: Good,
    /// Whether it counts patients or their answers, so that small numbers are hidden.
    pub of_patients: bool,
    /// Where values come from.
    pub source: String,
    /// Who keeps it.
    pub keeper: String,
}

/// A month from which on a measure asks another question or counts something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The first month of the new line.
    pub month: Month,
    /// What changed.
    pub because: String,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
}

/// A measure as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its definition in force.
    pub definition: Definition,
    /// Its number, from 1.
    pub version: i64,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
    /// Its breaks by month.
    pub breaks: Vec<Break>,
}

impl Measure {
    /// The break that stands between two months, if there is one: then they are not compared.
    pub fn break_between(&self, earlier: Month, later: Month) -> Option<&Break> {
        self.breaks.iter().rfind(|it| it.month > earlier && it.month <= later)
    }
}

/// Records a definition: a new measure where `seen` is 0, else in place of the version seen.
///
/// # Errors
/// If something is missing, the code is taken, somebody has changed it since, or values are there
/// and the way they are made would change.
pub async fn define(tx: &mut Tx, new: &Definition, seen: i64, entry: &Entry) -> Result<i64> {
    let key = code("the code", new.code.as_str())?;
    let name = filled("the name", &new.name)?;
    let definition = filled("the definition", &new.definition)?;
    let unit = filled("the unit of measure", &new.unit_of_measure)?;
    let source = filled("the source", &new.source)?;
    let keeper = filled("who keeps it", &new.keeper)?;
    let code = MeasureCode::new(key);
    let current = find(tx, &code).await?;
    let version = match &current {
        Some(_) if seen == 0 => return Err(Error::Duplicate(format!("measure {code}"))),
        None if seen != 0 => return Err(Error::NotFound(format!("measure {code}"))),
        None => 1,
        Some(it) if it.version != seen => {
            let what = format!("measure {code}");
            return Err(Error::Stale { what, yours: seen, current: it.version });
        }
        Some(it) => it.version + 1,
    };
    if let Some(it) = current.map(|it| it.definition) {
        let is_same = (it.form, it.of_patients) == (new.form, new.of_patients);
        if !is_same && !of_measure(tx, &code).await?.is_empty() {
            return Err(Refusal::MeasureHasValues.into());
        }
    }
    sqlx::query(
        "INSERT INTO measure (code, version, name, definition, subject, unit_of_measure, form, good,
             of_patients, source, keeper, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(code.as_str())
    .bind(version)
    .bind(name)
    .bind(definition)
    .bind(new.subject.as_str())
    .bind(unit)
    .bind(new.form.as_str())
    .bind(new.good.as_str())
    .bind(i64::from(new.of_patients))
    .bind(source)
    .bind(keeper)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("version {version} of measure {code}")))?;
    let object = format!("measure/{code} version {version}");
    audit::append(tx, &entry.of("measure.define", object)).await?;
    Ok(version)
}

/// Begins a new line of a measure with a month, because another question is asked or another thing
/// counted from then on.
///
/// # Errors
/// If there is no such measure, no reason, or a line begins there already.
pub async fn begin_line(
    tx: &mut Tx,
    code: &MeasureCode,
    (month, because): (Month, &str),
    entry: &Entry,
) -> Result<()> {
    let because = filled("the reason", because)?;
    get(tx, code).await?;
    sqlx::query(
        "INSERT INTO measure_break (measure, month, because, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(code.as_str())
    .bind(month.to_string())
    .bind(because)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("a line of measure {code} from {month}")))?;
    let entry = entry.of("measure.line", format!("measure/{code} from {month}")).because(because);
    audit::append(tx, &entry).await?;
    Ok(())
}

/// Every measure, by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<Measure>> {
    let rows = sqlx::query(
        "SELECT * FROM measure m
         WHERE version = (SELECT MAX(version) FROM measure o WHERE o.code = m.code)",
    )
    .fetch_all(&mut *db)
    .await?;
    let mut all = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    for (measure, it) in breaks(db).await? {
        if let Some(found) = all.iter_mut().find(|it| it.definition.code == measure) {
            found.breaks.push(it);
        }
    }
    all.sort_by(|one, other| {
        let key = |it: &Measure| (it.definition.name.to_lowercase(), it.definition.code.clone());
        key(one).cmp(&key(other))
    });
    Ok(all)
}

/// One measure.
///
/// # Errors
/// If there is none with this code.
pub async fn get(db: &mut Connection, code: &MeasureCode) -> Result<Measure> {
    find(db, code).await?.ok_or_else(|| Error::NotFound(format!("measure {code}")))
}

async fn find(db: &mut Connection, code: &MeasureCode) -> Result<Option<Measure>> {
    Ok(list(db).await?.into_iter().find(|it| it.definition.code == *code))
}

/// The versions of a definition, latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn versions(db: &mut Connection, code: &MeasureCode) -> Result<Vec<Measure>> {
    let rows = sqlx::query("SELECT * FROM measure WHERE code = $1 ORDER BY version DESC")
        .bind(code.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(stored).collect()
}

async fn breaks(db: &mut Connection) -> Result<Vec<(MeasureCode, Break)>> {
    let rows =
        sqlx::query("SELECT * FROM measure_break ORDER BY measure, month").fetch_all(db).await?;
    let one = |row: &AnyRow| {
        let found = Break {
            month: row.parsed("month", "month")?,
            because: row.text("because")?,
            recorded_by: PersonId::new(row.text("recorded_by")?),
            recorded_at: row.at("recorded_at")?,
        };
        Ok((MeasureCode::new(row.text("measure")?), found))
    };
    rows.iter().map(one).collect()
}

fn stored(row: &AnyRow) -> Result<Measure> {
    Ok(Measure {
        definition: Definition {
            code: MeasureCode::new(row.text("code")?),
            name: row.text("name")?,
            definition: row.text("definition")?,
            subject: row.parsed("subject", "subject")?,
            unit_of_measure: row.text("unit_of_measure")?,
            form: row.parsed("form", "form")?,
            good: row.parsed("good", "direction")?,
            of_patients: row.flag("of_patients")?,
            source: row.text("source")?,
            keeper: row.text("keeper")?,
        },
        version: row.number("version")?,
        recorded_by: PersonId::new(row.text("recorded_by")?),
        recorded_at: row.at("recorded_at")?,
        breaks: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
