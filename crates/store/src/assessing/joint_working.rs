//! How far clinicians and finance work together in a unit, what called for it where that is ad hoc,
//! with whom they share data, and whether managers are supported in using financial data.

use domain::Day;
use engagement::audiences::Audiences;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, taken};
use crate::ids::{PersonId, UnitCode};
use crate::people;
use crate::row::{Values as _, iso, texts};
use crate::units;
use crate::writer::Tx;

/// What a piece of evidence bears that shows whether managers are supported in using financial data:
/// no step, but a question that is asked beside them.
pub const SUPPORT: &str = "SUPPORT";

texts! {
    /// How far they work together.
    Status {
        /// On the board only.
        BoardOnly = "board_only",
        /// When something calls for it.
        AdHoc = "ad_hoc",
        /// As the norm.
        Norm = "norm",
    }
}

texts! {
    /// Whether clinicians and managers are supported in using financial data to run departments.
    Support {
        /// They are.
        Yes = "yes",
        /// They are not.
        No = "no",
        /// Nobody has said.
        Unanswered = "unanswered",
    }
}

texts! {
    /// How often data on cost and quality are shared.
    Every {
        /// Every week.
        Week = "week",
        /// Every two weeks.
        Fortnight = "fortnight",
        /// Every month.
        Month = "month",
        /// Every quarter.
        Quarter = "quarter",
        /// Every half year.
        HalfYear = "half_year",
        /// Every year.
        Year = "year",
    }
}

/// What called for joint work that is ad hoc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Code of the kind that it is of.
    pub kind: String,
    /// Which it is.
    pub words: String,
}

/// With whom data on cost and quality are shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedWith {
    /// Code of the list of audiences.
    pub audience: String,
    /// Who they are in somebody's own words; blank where the name says it.
    pub words: String,
}

/// How it is in a unit, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJointWorking {
    /// How far they work together.
    pub status: Status,
    /// What called for it, where it is ad hoc; none in records from before that was asked.
    pub trigger: Option<Trigger>,
    /// How it shows.
    pub words: String,
    /// How often cost and quality data are shared, where it is agreed.
    pub shared_every: Option<Every>,
    /// When they were last shared.
    pub last_shared_on: Option<Day>,
    /// With whom they are shared; none in records from before that was asked.
    pub shared_with: Option<SharedWith>,
    /// Whether a person has confirmed that the sharing lapsed.
    pub lapse_confirmed: bool,
    /// Whether managers are supported in using financial data.
    pub supports_managers: Support,
}

/// How it is in a unit, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JointWorking {
    /// The unit.
    pub unit: UnitCode,
    /// Its number for the unit, from 1.
    pub number: i64,
    /// How it is.
    pub said: NewJointWorking,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records how it is in a unit, in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If the words are missing, it is ad hoc and nothing called for it, or the other way round, data are
/// shared and nobody says with whom, the unit is not there, or somebody has recorded something since.
pub async fn record(
    tx: &mut Tx,
    unit: &UnitCode,
    new: &NewJointWorking,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = said("how it shows", &new.words)?;
    let trigger = trigger(new)?;
    audience(new)?;
    let shared_with = new.shared_with.as_ref();
    units::get(tx, unit).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let found = joint_working(tx, entry.at).await?;
    let current = found.iter().find(|it| it.unit == *unit).map_or(0, |it| it.number);
    unchanged(|| format!("joint working in {unit}"), seen, current)?;
    sqlx::query(
        "INSERT INTO joint_working (unit, number, status, words, shared_every, last_shared_on,
             lapse_confirmed, supports_managers, recorded_by, recorded_at, trigger_kind,
             trigger_words, audience, audience_words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(unit.as_str())
    .bind(seen + 1)
    .bind(new.status.as_str())
    .bind(words)
    .bind(new.shared_every.map(Every::as_str))
    .bind(iso(new.last_shared_on))
    .bind(i64::from(new.lapse_confirmed))
    .bind(new.supports_managers.as_str())
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .bind(trigger.map(|it| it.0))
    .bind(trigger.map(|it| it.1))
    .bind(shared_with.map(|it| it.audience.as_str()))
    .bind(shared_with.map(|it| it.words.trim()))
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of joint working in {unit}", seen + 1)))?;
    let object = format!("joint-working/{unit} {} {}", seen + 1, new.status);
    audit::append(tx, &entry.of("assessment.joint_working", object)).await?;
    Ok(())
}

/// Kind and words of what called for it: of joint work that is ad hoc always, of other never.
fn trigger(new: &NewJointWorking) -> Result<Option<(&str, &str)>> {
    const WHAT: &str = "what called for it";
    match (&new.trigger, new.status == Status::AdHoc) {
        (Some(it), true) => Ok(Some((code(WHAT, &it.kind)?, said(WHAT, &it.words)?))),
        (None, true) => Err(Refusal::Empty(WHAT).into()),
        (None, false) => Ok(None),
        (Some(_), false) => {
            let rule = "only joint work that is ad hoc was called for by something";
            Err(Refusal::Rule(rule.to_owned()).into())
        }
    }
}

/// Refuses sharing with nobody, an audience that is not on the list, and one without the words that
/// it needs.
fn audience(new: &NewJointWorking) -> Result<()> {
    let rule = |said: &str| Err(Refusal::Rule(said.to_owned()).into());
    let Some(of) = &new.shared_with else {
        if new.shared_every.is_some() {
            return rule("say with whom data on cost and quality are shared");
        }
        return Ok(());
    };
    if new.shared_every.is_none() {
        return rule("say how often data on cost and quality are shared");
    }
    let words = short("who the audience is", &of.words)?;
    let list = Audiences::own();
    match list.get(&of.audience) {
        None => rule("choose with whom data are shared from the list of audiences"),
        Some(it) if it.needs_words && words.is_empty() => {
            rule("say in your own words with whom data are shared")
        }
        Some(_) => Ok(()),
    }
}

/// How it is in each unit of which something is recorded until an instant, by unit.
///
/// # Errors
/// If the database cannot be read.
pub async fn joint_working(db: &mut Connection, until: Timestamp) -> Result<Vec<JointWorking>> {
    let rows = sqlx::query(
        "SELECT j.* FROM joint_working j
         WHERE j.recorded_at <= $1 AND NOT EXISTS (
             SELECT 1 FROM joint_working l
             WHERE l.unit = j.unit AND l.number > j.number AND l.recorded_at <= $1)
         ORDER BY j.unit",
    )
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<JointWorking> {
    let trigger = row.text_if("trigger_kind")?.zip(row.text_if("trigger_words")?);
    Ok(JointWorking {
        unit: UnitCode::new(row.text("unit")?),
        number: row.number("number")?,
        said: NewJointWorking {
            status: row.parsed("status", "state of joint working")?,
            trigger: trigger.map(|(kind, words)| Trigger { kind, words }),
            words: row.text("words")?,
            shared_every: row.parsed_if("shared_every", "time between two sharings")?,
            last_shared_on: row.day_if("last_shared_on")?,
            shared_with: shared_with(row)?,
            lapse_confirmed: row.flag("lapse_confirmed")?,
            supports_managers: row.parsed("supports_managers", "answer on support")?,
        },
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    })
}

fn shared_with(row: &AnyRow) -> Result<Option<SharedWith>> {
    let Some(audience) = row.text_if("audience")? else { return Ok(None) };
    Ok(Some(SharedWith { audience, words: row.text_if("audience_words")?.unwrap_or_default() }))
}
