//! Joint teams: quality improvement led by a clinician, with somebody of finance as a member.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, taken};
use crate::ids::{PersonId, TeamId, UnitCode};
use crate::people;
use crate::row::{Values as _, iso};
use crate::units;
use crate::writer::Tx;

/// A team, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTeam {
    /// Its name.
    pub name: String,
    /// What it works on.
    pub works_on: String,
    /// The clinician who leads it.
    pub clinical_lead: PersonId,
    /// Who of finance is a member.
    pub finance_member: PersonId,
    /// Who else is, in words; may be blank.
    pub others: String,
    /// The first day.
    pub since: Day,
    /// The last day, if it has one.
    pub until: Option<Day>,
}

/// A team as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its reference.
    pub id: TeamId,
    /// How often it was recorded.
    pub number: i64,
    /// The unit.
    pub unit: UnitCode,
    /// What it is.
    pub of: NewTeam,
    /// Who recorded it last.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Team {
    /// Whether it works on a day.
    pub fn works(&self, day: Day) -> bool {
        self.of.since <= day && self.of.until.is_none_or(|it| day <= it)
    }
}

/// Records a new team of a unit.
///
/// # Errors
/// If something is missing or too long, one person is both lead and of finance, it ends before it
/// begins, or unit or people are not there.
pub async fn add(tx: &mut Tx, unit: &UnitCode, new: &NewTeam, entry: &Entry) -> Result<TeamId> {
    units::get(tx, unit).await?;
    let id = TeamId::random()?;
    put(tx, (&id, 1, unit), new, entry).await?;
    Ok(id)
}

/// Records a team as it is now, in place of the number that was seen.
///
/// # Errors
/// As [`add`]; or there is no such team, or somebody has recorded something since.
pub async fn change(
    tx: &mut Tx,
    id: &TeamId,
    new: &NewTeam,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = all(tx, entry.at).await?.into_iter().find(|it| it.id == *id);
    let found = found.ok_or_else(|| Error::NotFound(format!("team {id}")))?;
    unchanged(|| format!("the team of {}", found.unit), seen, found.number)?;
    put(tx, (id, seen + 1, &found.unit), new, entry).await
}

async fn put(
    tx: &mut Tx,
    (id, number, unit): (&TeamId, i64, &UnitCode),
    new: &NewTeam,
    entry: &Entry,
) -> Result<()> {
    let name = said("the name of the team", &new.name)?;
    let works_on = said("what it works on", &new.works_on)?;
    let others = short("who else is a member", &new.others)?;
    if new.until.is_some_and(|it| it < new.since) {
        return Err(Refusal::EndsBeforeItBegins.into());
    }
    if new.clinical_lead == new.finance_member {
        return Err(Refusal::OnePersonForBoth.into());
    }
    people::get(tx, &new.clinical_lead).await?;
    people::get(tx, &new.finance_member).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query(
        "INSERT INTO joint_team (id, number, unit, name, works_on, clinical_lead, finance_member,
             others, since, until, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(unit.as_str())
    .bind(name)
    .bind(works_on)
    .bind(new.clinical_lead.as_str())
    .bind(new.finance_member.as_str())
    .bind(others)
    .bind(new.since.to_string())
    .bind(iso(new.until))
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {number} of this team")))?;
    let object = format!("joint-team/{id} of {unit} {number}");
    audit::append(tx, &entry.of("assessment.team", object)).await?;
    Ok(())
}

/// Every team as it was last recorded until an instant, by unit and then by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(db: &mut Connection, until: Timestamp) -> Result<Vec<Team>> {
    let rows = sqlx::query(
        "SELECT t.* FROM joint_team t
         WHERE t.recorded_at <= $1 AND NOT EXISTS (
             SELECT 1 FROM joint_team l
             WHERE l.id = t.id AND l.number > t.number AND l.recorded_at <= $1)
         ORDER BY t.unit, t.name, t.id",
    )
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Team> {
    Ok(Team {
        id: TeamId::new(row.text("id")?),
        number: row.number("number")?,
        unit: UnitCode::new(row.text("unit")?),
        of: NewTeam {
            name: row.text("name")?,
            works_on: row.text("works_on")?,
            clinical_lead: PersonId::new(row.text("clinical_lead")?),
            finance_member: PersonId::new(row.text("finance_member")?),
            others: row.text("others")?,
            since: row.day("since")?,
            until: row.day_if("until")?,
        },
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    #[test]
    fn a_team_has_two_people_at_the_least_and_keeps_what_it_was() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (amara, daniel) =
                (add_person(&store, "Amara").await, add_person(&store, "Daniel").await);
            let new = NewTeam {
                name: "Hips and knees".to_owned(),
                works_on: "Length of stay".to_owned(),
                clinical_lead: amara.clone(),
                finance_member: daniel,
                others: String::new(),
                since: day("2025-04-01"),
                until: None,
            };
            let adds = |new: NewTeam| {
                let (store, entry, unit) = (store.clone(), by(&amara), UnitCode::new("HIP"));
                async move { change!(store, |tx| add(tx, &unit, &new, &entry)) }
            };
            for (wrong, expected) in [
                (
                    NewTeam { works_on: " ".to_owned(), ..new.clone() },
                    "what it works on is missing",
                ),
                (
                    NewTeam { finance_member: amara.clone(), ..new.clone() },
                    "clinicians and finance are two people: choose another for one of them",
                ),
                (
                    NewTeam { until: Some(day("2025-03-31")), ..new.clone() },
                    "the last day is before the first",
                ),
                (
                    NewTeam { clinical_lead: PersonId::new("x"), ..new.clone() },
                    "there is no person x",
                ),
            ] {
                assert_eq!(error(adds(wrong).await), expected);
            }
            let id = adds(new.clone()).await.expect("it is whole");
            let ends = |seen: i64| {
                let new = NewTeam { until: Some(day("2025-05-01")), ..new.clone() };
                let (store, id) = (store.clone(), id.clone());
                let entry = Entry { at: at(seen), ..by(&amara) };
                async move { change!(store, |tx| super::change(tx, &id, &new, seen, &entry)) }
            };
            ends(1).await.expect("it ended");
            assert!(error(ends(1).await).contains("you edited version 1, it is at 2"));
            let mut db = store.read().await.expect("a connection");
            let then = all(&mut db, at(0)).await.expect("a read");
            let now = all(&mut db, at(9)).await.expect("a read");
            assert!(then[0].works(day("2025-06-01")) && !now[0].works(day("2025-06-01")));
            assert_eq!((now.len(), &then[0].of), (1, &new));
        });
    }
}
