//! Overviews of the costing that were given to those who lead service lines, the order in which
//! service lines follow, and who has signed in of late. How often somebody did, or what they read, is
//! never asked.

use std::collections::BTreeSet;

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, taken};
use crate::ids::{PersonId, UnitCode};
use crate::people::{self, PersonState};
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// People of whom an overview names each, at the most.
pub const HEARERS_MAX: usize = 12;

/// An overview of the costing that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOverview {
    /// When.
    pub given_on: Day,
    /// By whom.
    pub given_by: PersonId,
    /// To whom: one at least.
    pub to: Vec<PersonId>,
    /// Who else was there, in words; may be blank.
    pub others: String,
}

/// An overview as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The service line.
    pub unit: UnitCode,
    /// Its number for the service line, from 1.
    pub number: i64,
    /// What is recorded.
    pub of: NewOverview,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why it was taken back; none where it stands.
    pub taken_back: Option<String>,
}

/// A move in the order of roll-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollOutMove {
    /// Its number, from 1.
    pub number: i64,
    /// The service line.
    pub unit: UnitCode,
    /// Its place from 1 on; 0 where it was taken out of the order.
    pub place: u32,
    /// The strategic reason.
    pub reason: String,
    /// Who moved it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records that an overview of the costing of a service line was given, after so many were seen.
///
/// # Errors
/// If its day is still to come by the day of today, nobody heard it or too many are named, somebody
/// named is not here, a text is too long, there is no such unit, or somebody recorded one since.
pub async fn give_overview(
    tx: &mut Tx,
    unit: &UnitCode,
    (new, today): (&NewOverview, Day),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    if new.given_on > today {
        return Err(
            Refusal::Rule("an overview that was given is not of a day to come".to_owned()).into()
        );
    }
    let to: BTreeSet<&PersonId> = new.to.iter().collect();
    if to.is_empty() || to.len() > HEARERS_MAX {
        return Err(
            Refusal::Rule(format!("name from one to {HEARERS_MAX} people who heard it")).into()
        );
    }
    let others = short("who else was there", &new.others)?;
    units::get(tx, unit).await?;
    for person in std::iter::once(&new.given_by).chain(to.iter().copied()) {
        if people::get(tx, person).await?.state != PersonState::Active {
            return Err(Refusal::HasLeft.into());
        }
    }
    let current = overviews(tx).await?.iter().filter(|it| it.unit == *unit).count();
    let current = i64::try_from(current).unwrap_or(i64::MAX);
    unchanged(|| format!("the overviews of {unit}"), seen, current)?;
    sqlx::query(
        "INSERT INTO costing_overview
         (unit, number, given_on, given_by, others, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(unit.as_str())
    .bind(seen + 1)
    .bind(new.given_on.to_string())
    .bind(new.given_by.as_str())
    .bind(others)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("overview {} of {unit}", seen + 1)))?;
    for person in to {
        sqlx::query("INSERT INTO costing_overview_to (unit, number, person) VALUES ($1, $2, $3)")
            .bind(unit.as_str())
            .bind(seen + 1)
            .bind(person.as_str())
            .execute(&mut **tx)
            .await?;
    }
    let object = format!("service/{unit} overview {} of {}", seen + 1, new.given_on);
    audit::append(tx, &entry.of("service.overview", object)).await?;
    Ok(())
}

/// Takes back an overview that was recorded wrongly. It stays on record.
///
/// # Errors
/// If no reason is given, there is no such overview, or it was taken back before.
pub async fn take_back_overview(
    tx: &mut Tx,
    (unit, number): (&UnitCode, i64),
    because: &str,
    entry: &Entry,
) -> Result<()> {
    let because = said("why it is taken back", because)?;
    let all = overviews(tx).await?;
    let found = all.iter().find(|it| it.unit == *unit && it.number == number);
    let found = found.ok_or_else(|| Error::NotFound(format!("overview {number} of {unit}")))?;
    if found.taken_back.is_some() {
        let (what, from) = (format!("overview {number} of {unit}"), "taken back".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "taken back" }.into());
    }
    sqlx::query(
        "INSERT INTO costing_overview_taken_back
         (unit, number, because, taken_back_by, taken_back_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(unit.as_str())
    .bind(number)
    .bind(because)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("a reason to take it back"))?;
    let object = format!("service/{unit} overview {number}");
    audit::append(tx, &entry.of("service.overview_taken_back", object)).await?;
    Ok(())
}

/// All overviews by service line, in order; those that were taken back too.
///
/// # Errors
/// If the database cannot be read.
pub async fn overviews(db: &mut Connection) -> Result<Vec<Overview>> {
    let rows = sqlx::query(
        "SELECT o.*, t.because FROM costing_overview o
         LEFT JOIN costing_overview_taken_back t ON t.unit = o.unit AND t.number = o.number
         ORDER BY o.unit, o.number",
    )
    .fetch_all(&mut *db)
    .await?;
    let read = |row: &AnyRow| -> Result<Overview> {
        Ok(Overview {
            unit: UnitCode::new(row.text("unit")?),
            number: row.number("number")?,
            of: NewOverview {
                given_on: row.day("given_on")?,
                given_by: PersonId::new(row.text("given_by")?),
                to: Vec::new(),
                others: row.text("others")?,
            },
            by: PersonId::new(row.text("recorded_by")?),
            at: row.at("recorded_at")?,
            taken_back: row.text_if("because")?,
        })
    };
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let rows = sqlx::query("SELECT * FROM costing_overview_to ORDER BY unit, number, person");
    for row in rows.fetch_all(db).await? {
        let (unit, number) = (row.text("unit")?, row.number("number")?);
        let of = found.iter_mut().find(|it| it.unit.as_str() == unit && it.number == number);
        if let Some(of) = of {
            of.of.to.push(PersonId::new(row.text("person")?));
        }
    }
    Ok(found)
}

/// Moves a service line to a place in the order of roll-out, or out of it, after so many moves were
/// seen.
///
/// # Errors
/// If no reason is given, there is no such unit, or somebody moved one since.
pub async fn roll_out(
    tx: &mut Tx,
    (unit, place): (&UnitCode, u32),
    reason: &str,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let reason = said("the strategic reason", reason)?;
    units::get(tx, unit).await?;
    let current = roll_out_moves(tx).await?.last().map_or(0, |it| it.number);
    unchanged(|| "the order of roll-out".to_owned(), seen, current)?;
    sqlx::query(
        "INSERT INTO roll_out_move (number, unit, place, reason, moved_by, moved_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(seen + 1)
    .bind(unit.as_str())
    .bind(i64::from(place))
    .bind(reason)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("move {} in the order of roll-out", seen + 1)))?;
    let object = format!("service/{unit} place {place} by move {}", seen + 1);
    audit::append(tx, &entry.of("service.roll_out", object)).await?;
    Ok(())
}

/// All moves in the order of roll-out, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn roll_out_moves(db: &mut Connection) -> Result<Vec<RollOutMove>> {
    let rows = sqlx::query("SELECT * FROM roll_out_move ORDER BY number").fetch_all(db).await?;
    let read = |row: &AnyRow| -> Result<RollOutMove> {
        let place = row.number("place")?;
        Ok(RollOutMove {
            number: row.number("number")?,
            unit: UnitCode::new(row.text("unit")?),
            place: u32::try_from(place)
                .map_err(|_| Error::Unreadable { what: "place", value: place.to_string() })?,
            reason: row.text("reason")?,
            by: PersonId::new(row.text("moved_by")?),
            at: row.at("moved_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// People who have signed in since a moment. Whether, and no more.
///
/// # Errors
/// If the database cannot be read.
pub async fn signed_in_since(db: &mut Connection, since: Timestamp) -> Result<BTreeSet<PersonId>> {
    let rows = sqlx::query("SELECT DISTINCT person FROM session WHERE created >= $1")
        .bind(since.as_microsecond())
        .fetch_all(db)
        .await?;
    rows.iter().map(|it| Ok(PersonId::new(it.text("person")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::sessions::{self, NewSession};
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    fn hip() -> UnitCode {
        UnitCode::new("HIP")
    }

    async fn given(store: &Store, new: &NewOverview, seen: i64, who: &PersonId) -> Result<()> {
        let (new, entry) = (new.clone(), by(who));
        change!(store, |tx| give_overview(tx, &hip(), (&new, day("2025-05-01")), seen, &entry))
    }

    #[test]
    fn an_overview_is_recorded_once_taken_back_with_a_reason_and_never_lost() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (amara, priya) =
                (add_person(&store, "Amara").await, add_person(&store, "Priya").await);
            let new = NewOverview {
                given_on: day("2025-04-30"),
                given_by: priya.clone(),
                to: vec![amara.clone()],
                others: "Six consultants".to_owned(),
            };
            let later = NewOverview { given_on: day("2025-05-02"), ..new.clone() };
            assert!(error(given(&store, &later, 0, &priya).await).contains("day to come"));
            let nobody = NewOverview { to: Vec::new(), ..new.clone() };
            assert!(error(given(&store, &nobody, 0, &priya).await).contains("who heard it"));
            given(&store, &new, 0, &priya).await.expect("it is recorded");
            let stale = given(&store, &new, 0, &priya).await;
            assert!(error(stale).starts_with("the overviews of HIP was changed"));
            given(&store, &new, 1, &priya).await.expect("another is recorded");
            let back = |because: &'static str, entry: Entry| {
                let store = store.clone();
                async move { change!(store, |tx| take_back_overview(tx, (&hip(), 1), because, &entry)) }
            };
            assert!(error(back(" ", by(&priya)).await).contains("why it is taken back is missing"));
            back("It was put off", by(&priya)).await.expect("it is taken back");
            assert!(error(back("Again", by(&priya)).await).contains("cannot be taken back"));
            let mut db = store.read().await.expect("reads");
            let all = overviews(&mut db).await.expect("reads");
            let stands: Vec<(i64, Option<&str>)> =
                all.iter().map(|it| (it.number, it.taken_back.as_deref())).collect();
            assert_eq!(stands, [(1, Some("It was put off")), (2, None)]);
            assert_eq!(all[1].of, new);
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("reads");
            let rows = format!("{rows:?}");
            assert!(!rows.contains("Six consultants") && !rows.contains("put off"), "{rows}");
        });
    }

    #[test]
    fn each_move_in_the_order_stays_and_two_at_once_lose_nothing() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let priya = add_person(&store, "Priya").await;
            let moved = |place: u32, reason: &'static str, seen: i64| {
                let (store, entry) = (store.clone(), by(&priya));
                async move { change!(store, |tx| roll_out(tx, (&hip(), place), reason, seen, &entry)) }
            };
            assert!(error(moved(1, "", 0).await).contains("the strategic reason is missing"));
            moved(1, "The largest deficit", 0).await.expect("it is moved");
            assert!(error(moved(2, "Other", 0).await).starts_with("the order of roll-out was"));
            moved(0, "The service closes", 1).await.expect("it is taken out");
            let mut db = store.read().await.expect("reads");
            let all = roll_out_moves(&mut db).await.expect("reads");
            let places: Vec<(u32, &str)> =
                all.iter().map(|it| (it.place, it.reason.as_str())).collect();
            assert_eq!(places, [(1, "The largest deficit"), (0, "The service closes")]);
        });
    }

    #[test]
    fn who_signed_in_is_known_since_a_moment_and_no_more() {
        on_both(|store| async move {
            let (amara, priya) =
                (add_person(&store, "Amara").await, add_person(&store, "Priya").await);
            for (person, seconds) in [(&amara, 10), (&amara, 20), (&priya, 5)] {
                let (person, entry) = (person.clone(), Entry::by(person.as_str(), at(seconds)));
                let started = store.write(move |tx| {
                    Box::pin(async move {
                        let token = seconds.to_string();
                        let new = NewSession {
                            token: &token,
                            person: &person,
                            csrf: "",
                            ip: "127.0.0.1",
                            agent: "test",
                        };
                        sessions::start(tx, &new, &entry).await
                    })
                });
                started.await.expect("a session");
            }
            let mut db = store.read().await.expect("reads");
            let since = signed_in_since(&mut db, at(10)).await.expect("reads");
            assert_eq!(since.into_iter().collect::<Vec<_>>(), [amara]);
        });
    }
}
