//! What a specialty tells finance of itself on one page: versions, and who approved which until when.
//!
//! Every version and approval passes the rules of [`engagement::briefings`] in its transaction.

use domain::Day;
use engagement::benefits::Side;
use engagement::briefings::{Approval as Approved, State, approval_fault, length_fault, state};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, said, short, taken, unchanged};
use crate::ids::{PersonId, UnitCode};
use crate::joint_actions::{date, date_at};
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// What a specialty tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBriefing {
    /// What it does, in plain words.
    pub does: String,
    /// Who works there.
    pub who: String,
    /// What is hard about it.
    pub hard: String,
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Of which version.
    pub version: i64,
    /// When it is looked at again.
    pub review_on: Day,
    /// Who approved.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A briefing as stored, in its latest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Briefing {
    /// The unit.
    pub unit: UnitCode,
    /// Its version, from 1.
    pub number: i64,
    /// What it says.
    pub of: NewBriefing,
    /// Who wrote this version.
    pub written_by: PersonId,
    /// When.
    pub written_at: Timestamp,
    /// How often this version was approved.
    pub approvals: i64,
    /// The approval that was given last, of whichever version.
    pub approved: Option<Approval>,
}

impl Briefing {
    /// How it stands on a day.
    pub fn state(&self, today: Date) -> State {
        let approved =
            |it: &Approval| Approved { version: it.version, review_on: date(it.review_on) };
        state(self.number, self.approved.as_ref().map(approved).as_ref(), today)
    }
}

/// Writes a briefing after the version that was seen; 0 where there was none.
///
/// # Errors
/// If something is missing, it is longer than a page, there is no such unit, or somebody wrote since.
pub async fn write(
    tx: &mut Tx,
    unit: &UnitCode,
    (new, seen): (&NewBriefing, i64),
    entry: &Entry,
) -> Result<()> {
    if let Some(fault) = length_fault(&[&new.does, &new.who, &new.hard]) {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    let most = engagement::briefings::PAGE_LETTERS;
    let does = said("what the specialty does", &new.does, most)?;
    let who = said("who works there", &new.who, most)?;
    let hard = short("what is hard", &new.hard, most)?;
    units::get(tx, unit).await?;
    let current = of_unit(tx, unit).await?.map_or(0, |it| it.number);
    unchanged(|| "this briefing".to_owned(), seen, current)?;
    sqlx::query(
        "INSERT INTO briefing (unit, number, does, who, hard, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(unit.as_str())
    .bind(seen + 1)
    .bind(does)
    .bind(who)
    .bind(hard)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this version of the briefing"))?;
    let object = format!("briefing/{unit} version {}", seen + 1);
    audit::append(tx, &entry.of("briefing.write", object)).await?;
    Ok(())
}

/// Approves a briefing as it was seen, until a day. `side` is that of whoever approves.
///
/// # Errors
/// If the rules of briefings forbid it, there is none, or somebody wrote it anew since.
pub async fn approve(
    tx: &mut Tx,
    unit: &UnitCode,
    (review_on, seen): (Day, i64),
    side: Option<Side>,
    entry: &Entry,
) -> Result<()> {
    let found = of_unit(tx, unit).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("briefing of {unit}")))?;
    unchanged(|| "this briefing".to_owned(), seen, found.number)?;
    let wrote_it = found.written_by.as_str() == entry.actor;
    if let Some(fault) = approval_fault((side, wrote_it), date(review_on), date_at(entry.at)) {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    sqlx::query(
        "INSERT INTO briefing_approval (unit, version, number, review_on, approved_by, approved_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(unit.as_str())
    .bind(seen)
    .bind(found.approvals + 1)
    .bind(review_on.to_string())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this approval"))?;
    let object = format!("briefing/{unit} version {seen} until {review_on}");
    audit::append(tx, &entry.of("briefing.approve", object)).await?;
    Ok(())
}

/// The briefing of a unit, if there is one.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_unit(db: &mut Connection, unit: &UnitCode) -> Result<Option<Briefing>> {
    let row = sqlx::query("SELECT * FROM briefing WHERE unit = $1 ORDER BY number DESC LIMIT 1")
        .bind(unit.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let rows = sqlx::query(
        "SELECT * FROM briefing_approval WHERE unit = $1 ORDER BY version DESC, number DESC",
    );
    let all = rows.bind(unit.as_str()).fetch_all(db).await?;
    let all = all.iter().map(approval).collect::<Result<Vec<_>>>()?;
    let number = row.number("number")?;
    let approvals = all.iter().filter(|it| it.version == number).count();
    Ok(Some(Briefing {
        unit: unit.clone(),
        number,
        of: NewBriefing { does: row.text("does")?, who: row.text("who")?, hard: row.text("hard")? },
        written_by: PersonId::new(row.text("written_by")?),
        written_at: row.at("written_at")?,
        approvals: i64::try_from(approvals).unwrap_or(i64::MAX),
        approved: all.into_iter().next(),
    }))
}

/// Every briefing in its latest version, by unit.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<Briefing>> {
    let rows = sqlx::query("SELECT DISTINCT unit FROM briefing ORDER BY unit");
    let rows = rows.fetch_all(&mut *db).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        all.extend(of_unit(db, &UnitCode::new(row.text("unit")?)).await?);
    }
    Ok(all)
}

fn approval(row: &AnyRow) -> Result<Approval> {
    Ok(Approval {
        version: row.number("version")?,
        review_on: row.day("review_on")?,
        by: PersonId::new(row.text("approved_by")?),
        at: row.at("approved_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    fn new() -> NewBriefing {
        NewBriefing {
            does: "We mend hips and knees.".to_owned(),
            who: "Eight surgeons, two wards.".to_owned(),
            hard: String::new(),
        }
    }

    async fn approves(
        store: &Store,
        who: &PersonId,
        side: Side,
        (until, seen): (&str, i64),
    ) -> Result<()> {
        let (entry, until) = (by(who), day(until));
        let hip = UnitCode::new("HIP");
        change!(store, |tx| approve(tx, &hip, (until, seen), Some(side), &entry))
    }

    #[test]
    fn a_clinician_approves_what_another_wrote_and_a_new_version_asks_again() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (amara, daniel) =
                (add_person(&store, "Amara").await, add_person(&store, "Daniel").await);
            let hip = UnitCode::new("HIP");
            let (entry, of) = (by(&daniel), hip.clone());
            change!(store, |tx| write(tx, &of, (&new(), 0), &entry)).expect("it is written");
            let own = approves(&store, &daniel, Side::Clinical, ("2026-05-01", 1)).await;
            assert!(error(own).starts_with("nobody approves what they wrote"));
            let finance = approves(&store, &amara, Side::Finance, ("2026-05-01", 1)).await;
            assert_eq!(error(finance), "a clinician approves what is said of a specialty");
            let past = approves(&store, &amara, Side::Clinical, ("2025-05-01", 1)).await;
            assert!(error(past).contains("still to come"));
            let done = approves(&store, &amara, Side::Clinical, ("2026-05-01", 1)).await;
            done.expect("approved");
            let today = date_at(at(0));
            let mut db = store.read().await.expect("a connection");
            let found = of_unit(&mut db, &hip).await.expect("a read").expect("it is there");
            assert_eq!((&found.of, found.number, found.approvals), (&new(), 1, 1));
            assert_eq!(found.state(today), State::Approved);
            let later = "2026-05-02".parse().expect("a day");
            assert_eq!(found.state(later), State::OutOfDate);
            let (entry, of) = (by(&amara), hip.clone());
            let stale = change!(store, |tx| write(tx, &of, (&new(), 0), &entry));
            assert!(error(stale).starts_with("this briefing was changed"));
            let (entry, of) = (by(&amara), hip.clone());
            change!(store, |tx| write(tx, &of, (&new(), 1), &entry)).expect("anew");
            let found = of_unit(&mut db, &hip).await.expect("a read").expect("it is there");
            assert_eq!(found.state(today), State::ToApprove);
            assert_eq!(list(&mut db).await.expect("a read"), [found]);
        });
    }
}
