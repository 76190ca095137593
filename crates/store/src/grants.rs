//! Grants: who may act in which role, for which unit, from when until when, and who said so.

use domain::Day;
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, filled};
use crate::ids::{GrantId, PersonId, UnitCode};
use crate::people::{self, PersonState};
use crate::row::{Values as _, iso};
use crate::units;
use crate::writer::Tx;

/// How often a use is written down at most.
const TOUCHED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A right to be granted; whoever the entry names grants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// Who receives it.
    pub person: PersonId,
    /// The role; what it may do is not the store's to know.
    pub role: String,
    /// For this unit and what is below it.
    pub unit: UnitCode,
    /// Whether it shows patients; then it counts only once a second person approved it.
    pub patient_level: bool,
    /// Why.
    pub reason: String,
    /// The first day.
    pub from: Day,
    /// The last day, if it ends.
    pub until: Option<Day>,
}

/// A right as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Reference.
    pub id: GrantId,
    /// What was granted.
    pub granted: NewGrant,
    /// Whether its role shows patients by itself, so that it too counts only once approved.
    pub needs_second: bool,
    /// By whom.
    pub granted_by: String,
    /// When.
    pub granted_at: Timestamp,
    /// The second person, of a patient-level right.
    pub approved_by: Option<PersonId>,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// Who took it away.
    pub revoked_by: Option<String>,
    /// When it was taken away.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

impl Grant {
    /// Whether it counts on a day.
    pub fn counts_on(&self, day: Day) -> bool {
        let granted = &self.granted;
        self.revoked_at.is_none()
            && granted.from <= day
            && granted.until.is_none_or(|it| day <= it)
            && !self.waits()
    }

    /// Whether it waits for a second person.
    pub fn waits(&self) -> bool {
        (self.granted.patient_level || self.needs_second)
            && self.approved_by.is_none()
            && self.revoked_at.is_none()
    }
}

/// A line of the access review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The right, with its last use.
    pub grant: Grant,
    /// Name of who has it.
    pub person_name: String,
    /// Name of the unit.
    pub unit_name: String,
}

/// Grants a right. A patient-level one waits for [`approve`].
///
/// # Errors
/// If somebody grants to themselves, or person or unit are not there.
pub async fn grant(tx: &mut Tx, new: &NewGrant, entry: &Entry) -> Result<GrantId> {
    put(tx, new, new.patient_level, entry).await
}

/// As [`grant`], for a role that shows patients by itself: it waits for [`approve`] in any case.
///
/// # Errors
/// As [`grant`].
pub async fn grant_for_two(tx: &mut Tx, new: &NewGrant, entry: &Entry) -> Result<GrantId> {
    put(tx, new, true, entry).await
}

async fn put(tx: &mut Tx, new: &NewGrant, needs_second: bool, entry: &Entry) -> Result<GrantId> {
    filled("the role", &new.role)?;
    filled("the reason", &new.reason)?;
    if entry.actor == new.person.as_str() {
        return Err(Refusal::OwnGrant.into());
    }
    if new.until.is_some_and(|it| it < new.from) {
        return Err(Refusal::EndsBeforeItBegins.into());
    }
    must_be_active(tx, &new.person).await?;
    units::get(tx, &new.unit).await?;
    let id = GrantId::random()?;
    sqlx::query(
        "INSERT INTO right_granted (id, person, role, unit, patient_level, reason, from_date,
             until_date, granted_by, granted_at, needs_second)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(new.person.as_str())
    .bind(new.role.trim())
    .bind(new.unit.as_str())
    .bind(i64::from(new.patient_level))
    .bind(new.reason.trim())
    .bind(new.from.to_string())
    .bind(iso(new.until))
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .bind(i64::from(needs_second))
    .execute(&mut **tx)
    .await?;
    let patient_level = if new.patient_level { " patient-level" } else { "" };
    let object = format!("grant/{id} {} {}{patient_level} to {}", new.role, new.unit, new.person);
    audit::append(tx, &entry.of("grant.add", object).because(new.reason.as_str())).await?;
    Ok(id)
}

/// Approves a patient-level right, as the person whom the entry names.
///
/// # Errors
/// If that person granted it, receives it, is not one of ours, or there is nothing to approve.
pub async fn approve(tx: &mut Tx, id: &GrantId, entry: &Entry) -> Result<()> {
    let grant = get(tx, id).await?;
    if grant.revoked_at.is_some() {
        return Err(Refusal::AlreadyRevoked.into());
    }
    if !grant.waits() {
        return Err(Refusal::NothingToApprove.into());
    }
    if entry.actor == grant.granted_by || entry.actor == grant.granted.person.as_str() {
        return Err(Refusal::NotASecondPerson.into());
    }
    must_be_active(tx, &PersonId::new(entry.actor.as_str())).await?;
    let changed = sqlx::query(
        "UPDATE right_granted SET approved_by = $1, approved_at = $2
         WHERE id = $3 AND approved_by IS NULL AND revoked_at IS NULL",
    )
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() != 1 {
        return Err(Refusal::NothingToApprove.into());
    }
    audit::append(tx, &entry.of("grant.approve", format!("grant/{id}"))).await?;
    Ok(())
}

/// Takes a right away; it ends with the next request.
///
/// # Errors
/// If there is none, or it is revoked already.
pub async fn revoke(tx: &mut Tx, id: &GrantId, entry: &Entry) -> Result<()> {
    get(tx, id).await?;
    let changed = sqlx::query(
        "UPDATE right_granted SET revoked_by = $1, revoked_at = $2
         WHERE id = $3 AND revoked_at IS NULL",
    )
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() != 1 {
        return Err(Refusal::AlreadyRevoked.into());
    }
    audit::append(tx, &entry.of("grant.revoke", format!("grant/{id}"))).await?;
    Ok(())
}

/// Takes every right of a person away, without an audit row of its own; how many.
pub(crate) async fn revoke_each(tx: &mut Tx, person: &PersonId, entry: &Entry) -> Result<usize> {
    let changed = sqlx::query(
        "UPDATE right_granted SET revoked_by = $1, revoked_at = $2
         WHERE person = $3 AND revoked_at IS NULL",
    )
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(usize::try_from(changed.rows_affected()).unwrap_or(usize::MAX))
}

/// The rights of a person that count on a day; none of somebody who has left.
///
/// # Errors
/// If the database cannot be read.
pub async fn counting(db: &mut Connection, person: &PersonId, day: Day) -> Result<Vec<Grant>> {
    let rows = sqlx::query(
        "SELECT right_granted.* FROM right_granted
         JOIN person ON person.id = right_granted.person AND person.state = 'active'
         WHERE right_granted.person = $1 AND right_granted.revoked_at IS NULL
         ORDER BY right_granted.id",
    )
    .bind(person.as_str())
    .fetch_all(db)
    .await?;
    let grants = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    Ok(grants.into_iter().filter(|it| it.counts_on(day)).collect())
}

/// Every right that a person has or had, latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_person(db: &mut Connection, person: &PersonId) -> Result<Vec<Grant>> {
    let rows = sqlx::query(
        "SELECT * FROM right_granted WHERE person = $1 ORDER BY granted_at DESC, role, unit, id",
    )
    .bind(person.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

/// One right.
///
/// # Errors
/// If there is none.
pub async fn get(db: &mut Connection, id: &GrantId) -> Result<Grant> {
    let row = sqlx::query("SELECT * FROM right_granted WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("right {id}")))?)
}

/// Every right that is not revoked, with who has it and when it was last used, by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn review(db: &mut Connection) -> Result<Vec<Reviewed>> {
    let rows = sqlx::query(
        "SELECT right_granted.*, person.name AS person_name, unit.name AS unit_name
         FROM right_granted
         JOIN person ON person.id = right_granted.person
         JOIN unit ON unit.code = right_granted.unit
         WHERE right_granted.revoked_at IS NULL
         ORDER BY person.name, right_granted.role, right_granted.unit, right_granted.id",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let (person_name, unit_name) = (row.text("person_name")?, row.text("unit_name")?);
            Ok(Reviewed { grant: stored(row)?, person_name, unit_name })
        })
        .collect()
}

/// Writes down that a right was used, at most once a minute; whether it was.
///
/// # Errors
/// If the database refuses.
pub async fn touch(tx: &mut Tx, id: &GrantId, now: Timestamp) -> Result<bool> {
    let before = now - TOUCHED_EVERY;
    let changed = sqlx::query(
        "UPDATE right_granted SET last_used = $1
         WHERE id = $2 AND (last_used IS NULL OR last_used <= $3)",
    )
    .bind(now.as_microsecond())
    .bind(id.as_str())
    .bind(before.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Whether the very same right stands already.
pub(crate) async fn is_granted(db: &mut Connection, new: &NewGrant) -> Result<bool> {
    let rows = sqlx::query("SELECT * FROM right_granted WHERE person = $1 AND revoked_at IS NULL")
        .bind(new.person.as_str())
        .fetch_all(db)
        .await?;
    for row in &rows {
        let granted = stored(row)?.granted;
        if (NewGrant { reason: granted.reason.clone(), ..new.clone() }) == granted {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn must_be_active(db: &mut Connection, person: &PersonId) -> Result<()> {
    match people::get(db, person).await?.state {
        PersonState::Active => Ok(()),
        PersonState::Left => Err(Refusal::HasLeft.into()),
    }
}

fn stored(row: &AnyRow) -> Result<Grant> {
    Ok(Grant {
        id: GrantId::new(row.text("id")?),
        granted: NewGrant {
            person: PersonId::new(row.text("person")?),
            role: row.text("role")?,
            unit: UnitCode::new(row.text("unit")?),
            patient_level: row.flag("patient_level")?,
            reason: row.text("reason")?,
            from: row.day("from_date")?,
            until: row.day_if("until_date")?,
        },
        needs_second: row.flag("needs_second")?,
        granted_by: row.text("granted_by")?,
        granted_at: row.at("granted_at")?,
        approved_by: row.text_if("approved_by")?.map(PersonId::new),
        approved_at: row.at_if("approved_at")?,
        revoked_by: row.text_if("revoked_by")?,
        revoked_at: row.at_if("revoked_at")?,
        last_used: row.at_if("last_used")?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::Store;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both, operator};

    struct Trust {
        granter: PersonId,
        second: PersonId,
        receiver: PersonId,
    }

    async fn trust(store: &Store) -> Trust {
        add_unit(store, "T", None).await.expect("the top");
        Trust {
            granter: add_person(store, "Gra Nter").await,
            second: add_person(store, "Sec Ond").await,
            receiver: add_person(store, "Rec Eiver").await,
        }
    }

    fn new(person: &PersonId, patient_level: bool) -> NewGrant {
        NewGrant {
            person: person.clone(),
            role: "clinician".to_owned(),
            unit: UnitCode::new("T"),
            patient_level,
            reason: "joins the team".to_owned(),
            from: day("2025-05-01"),
            until: Some(day("2025-05-31")),
        }
    }

    async fn granted(store: &Store, new: NewGrant, by_whom: &PersonId) -> Result<GrantId> {
        let entry = by(by_whom);
        change!(store, |tx| grant(tx, &new, &entry))
    }

    async fn approved(store: &Store, id: &GrantId, by_whom: &PersonId) -> Result<()> {
        let (id, entry) = (id.clone(), by(by_whom));
        change!(store, |tx| approve(tx, &id, &entry))
    }

    async fn count(store: &Store, person: &PersonId, on: &str) -> usize {
        let mut db = store.read().await.expect("a connection");
        counting(&mut db, person, day(on)).await.expect("a read").len()
    }

    #[test]
    fn a_right_counts_from_its_first_day_to_its_last() {
        on_both(|store| async move {
            let Trust { granter, receiver, .. } = trust(&store).await;
            granted(&store, new(&receiver, false), &granter).await.expect("it is granted");
            let counts =
                [("2025-04-30", 0), ("2025-05-01", 1), ("2025-05-31", 1), ("2025-06-01", 0)];
            for (on, expected) in counts {
                assert_eq!(count(&store, &receiver, on).await, expected, "{on}");
            }
            assert_eq!(count(&store, &granter, "2025-05-01").await, 0);
        });
    }

    #[test]
    fn nobody_grants_to_themselves() {
        on_both(|store| async move {
            let Trust { granter, .. } = trust(&store).await;
            let result = granted(&store, new(&granter, false), &granter).await;
            expect!["nobody grants a right to themselves: ask somebody else"]
                .assert_eq(&error(result));
            assert_eq!(count(&store, &granter, "2025-05-01").await, 0);
        });
    }

    #[test]
    fn a_patient_level_right_counts_once_a_second_person_approved_it() {
        on_both(|store| async move {
            let Trust { granter, second, receiver } = trust(&store).await;
            let id = granted(&store, new(&receiver, true), &granter).await.expect("granted");
            assert_eq!(count(&store, &receiver, "2025-05-01").await, 0);

            for not_second in [&granter, &receiver] {
                let result = approved(&store, &id, not_second).await;
                expect![
                    "a patient-level right is approved by a second person, who neither granted it \
                     nor receives it"
                ]
                .assert_eq(&error(result));
            }
            let nobody = PersonId::new("nobody");
            expect!["there is no person nobody"]
                .assert_eq(&error(approved(&store, &id, &nobody).await));
            assert_eq!(count(&store, &receiver, "2025-05-01").await, 0);

            approved(&store, &id, &second).await.expect("a second person");
            assert_eq!(count(&store, &receiver, "2025-05-01").await, 1);
            expect!["this right needs no approval any more"]
                .assert_eq(&error(approved(&store, &id, &second).await));
        });
    }

    #[test]
    fn a_role_that_shows_patients_waits_for_a_second_person_too() {
        on_both(|store| async move {
            let Trust { granter, second, receiver } = trust(&store).await;
            let (right, entry) = (new(&receiver, false), by(&granter));
            let id = change!(store, |tx| grant_for_two(tx, &right, &entry)).expect("granted");
            assert_eq!(count(&store, &receiver, "2025-05-01").await, 0);
            assert!(approved(&store, &id, &granter).await.is_err(), "the one who granted it");
            approved(&store, &id, &second).await.expect("a second person");
            assert_eq!(count(&store, &receiver, "2025-05-01").await, 1);
            let mut db = store.read().await.expect("a connection");
            let all = of_person(&mut db, &receiver).await.expect("a read");
            assert_eq!(all.len(), 1);
            assert!(!all[0].granted.patient_level, "it gives no more than its role");
        });
    }

    #[test]
    fn what_needs_no_approval_or_is_revoked_cannot_be_approved() {
        on_both(|store| async move {
            let Trust { granter, second, receiver } = trust(&store).await;
            let plain = granted(&store, new(&receiver, false), &granter).await.expect("granted");
            expect!["this right needs no approval any more"]
                .assert_eq(&error(approved(&store, &plain, &second).await));

            let id = granted(&store, new(&receiver, true), &granter).await.expect("granted");
            let (target, entry) = (id.clone(), by(&second));
            change!(store, |tx| revoke(tx, &target, &entry)).expect("it is revoked");
            expect!["this right is revoked already"]
                .assert_eq(&error(approved(&store, &id, &second).await));
            let entry = by(&second);
            let result = change!(store, |tx| revoke(tx, &id, &entry));
            expect!["this right is revoked already"].assert_eq(&error(result));
        });
    }

    #[test]
    fn rights_need_a_person_a_unit_and_a_reason() {
        on_both(|store| async move {
            let Trust { granter, receiver, .. } = trust(&store).await;
            let good = new(&receiver, false);
            let cases = [
                (NewGrant { unit: UnitCode::new("U"), ..good.clone() }, "there is no unit U"),
                (NewGrant { reason: " ".to_owned(), ..good.clone() }, "the reason is missing"),
                (NewGrant { role: String::new(), ..good.clone() }, "the role is missing"),
                (NewGrant { person: PersonId::new("x"), ..good.clone() }, "there is no person x"),
                (
                    NewGrant { until: Some(day("2025-04-30")), ..good },
                    "the last day is before the first",
                ),
            ];
            for (wrong, expected) in cases {
                assert_eq!(error(granted(&store, wrong, &granter).await), expected);
            }
        });
    }

    #[test]
    fn the_review_shows_each_right_with_its_last_use() {
        on_both(|store| async move {
            let Trust { granter, receiver, .. } = trust(&store).await;
            let used = granted(&store, new(&receiver, false), &granter).await.expect("granted");
            let gone = granted(&store, new(&receiver, false), &granter).await.expect("granted");
            granted(&store, new(&granter, false), &receiver).await.expect("granted");
            change!(store, |tx| revoke(tx, &gone, &operator())).expect("it is revoked");
            // At most once a minute: 10 s later nothing is written, a minute later it is.
            for (seconds, is_written) in [(0, true), (10, false), (60, true)] {
                let id = used.clone();
                let written = change!(store, |tx| touch(tx, &id, at(seconds)));
                assert_eq!(written.expect("a write"), is_written, "after {seconds} s");
            }
            let review = review(&mut store.read().await.expect("a connection")).await;
            let lines: Vec<_> = review
                .expect("a read")
                .into_iter()
                .map(|it| (it.person_name, it.unit_name, it.grant.last_used))
                .collect();
            let unit = || "Unit T".to_owned();
            assert_eq!(
                lines,
                [
                    ("Gra Nter".to_owned(), unit(), None),
                    ("Rec Eiver".to_owned(), unit(), Some(at(60)))
                ]
            );
        });
    }
}
