//! Versions without names of explained differences, as they were released to the board and withdrawn.
//!
//! A text is kept as it was released. It passes the rules of [`engagement::variation`] and names nobody
//! of the register in the transaction that writes it.

use engagement::variation::{BoardVersionFault, KnownBy, names_in, release_fault};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, said, taken, unchanged};
use crate::ids::{InsightId, PersonId, UnitCode};
use crate::people;
use crate::row::Values as _;
use crate::variation::{self, LETTERS_MAX};
use crate::writer::Tx;

/// What the board reads of a difference, as it should be released.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBoardVersion {
    /// What differs.
    pub differs: String,
    /// Whether there is a difference.
    pub different: String,
    /// What accounts for it.
    pub why: String,
    /// What follows.
    pub what_next: String,
}

impl NewBoardVersion {
    /// Its texts, in the order of [`engagement::variation::PARTS`].
    pub fn texts(&self) -> [&str; 4] {
        [&self.differs, &self.different, &self.why, &self.what_next]
    }
}

/// How a version was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A version as it was released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBoardVersion {
    /// Of which difference.
    pub insight: InsightId,
    /// The unit of the difference.
    pub unit: UnitCode,
    /// From 1 among all versions of the difference.
    pub number: i64,
    /// How much had been done with the difference.
    pub version: i64,
    /// What was released.
    pub of: NewBoardVersion,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// How it was withdrawn; none while it is with the board.
    pub withdrawn: Option<Withdrawal>,
}

/// What the people of the register are known by, those who left too.
///
/// # Errors
/// If the database cannot be read.
pub async fn known(db: &mut Connection) -> Result<KnownBy> {
    let all = people::list(db).await?;
    Ok(KnownBy::of(all.iter().map(|it| (it.person.name.as_str(), it.person.email.as_str()))))
}

/// Releases a version of a difference to the board.
///
/// # Errors
/// If both sides do not stand behind all three answers, a version is released already, it names
/// somebody, a text is missing or too long, somebody added to the difference since, or there is none.
pub async fn release(
    tx: &mut Tx,
    id: &InsightId,
    new: &NewBoardVersion,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = variation::get(tx, id).await?;
    unchanged(|| "this difference".to_owned(), seen, found.version())?;
    let before = of_insight(tx, id).await?;
    let is_released = before.iter().any(|it| it.withdrawn.is_none());
    if let Some(fault) = release_fault(&found.said(), is_released) {
        return Err(refused(&fault));
    }
    let known = known(tx).await?;
    if let Some((_, fault)) = names_in(&known, new.texts()).first() {
        return Err(refused(fault));
    }
    let number = before.last().map_or(1, |it| it.number + 1);
    sqlx::query(
        "INSERT INTO board_version
         (insight, number, version, differs, different, why, what_next, released_by, released_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(seen)
    .bind(said("what differs", &new.differs, LETTERS_MAX)?)
    .bind(said("whether there is a difference", &new.different, LETTERS_MAX)?)
    .bind(said("why there is a difference", &new.why, LETTERS_MAX)?)
    .bind(said("what follows", &new.what_next, LETTERS_MAX)?)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("release {number} of this difference")))?;
    let object = format!("insight/{id} release {number} of step {seen}");
    audit::append(tx, &entry.of("insight.release", object)).await?;
    Ok(())
}

/// Withdraws the version that is with the board, which was seen by its number.
///
/// # Errors
/// If none is, the reason is missing or too long, or another was released since.
pub async fn withdraw(
    tx: &mut Tx,
    id: &InsightId,
    reason: &str,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let reason = said("why it is withdrawn", reason, LETTERS_MAX)?;
    let all = of_insight(tx, id).await?;
    let Some(out) = all.iter().find(|it| it.withdrawn.is_none()) else {
        return Err(refused(&BoardVersionFault::NotReleased));
    };
    unchanged(|| "what is released of this difference".to_owned(), seen, out.number)?;
    sqlx::query(
        "INSERT INTO board_version_withdrawn (insight, number, reason, withdrawn_by, withdrawn_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(out.number)
    .bind(reason)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("a withdrawal of release {}", out.number)))?;
    let object = format!("insight/{id} release {} withdrawn", out.number);
    audit::append(tx, &entry.of("insight.withdraw", object)).await?;
    Ok(())
}

fn refused(fault: &BoardVersionFault) -> crate::Error {
    Refusal::Rule(fault.to_string()).into()
}

/// Every version that was released of a difference, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_insight(db: &mut Connection, id: &InsightId) -> Result<Vec<StoredBoardVersion>> {
    let rows = sqlx::query(
        "SELECT r.*, i.unit, w.reason, w.withdrawn_by, w.withdrawn_at
         FROM board_version r JOIN insight i ON i.id = r.insight
         LEFT JOIN board_version_withdrawn w ON w.insight = r.insight AND w.number = r.number
         WHERE r.insight = $1 ORDER BY r.number",
    )
    .bind(id.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

/// All versions that are with the board, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn with_the_board(db: &mut Connection) -> Result<Vec<StoredBoardVersion>> {
    let rows = sqlx::query(
        "SELECT r.*, i.unit, w.reason, w.withdrawn_by, w.withdrawn_at
         FROM board_version r JOIN insight i ON i.id = r.insight
         LEFT JOIN board_version_withdrawn w ON w.insight = r.insight AND w.number = r.number
         WHERE w.number IS NULL ORDER BY r.released_at DESC, r.insight",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<StoredBoardVersion> {
    let withdrawn = match row.at_if("withdrawn_at")? {
        None => None,
        Some(at) => Some(Withdrawal {
            reason: row.text("reason")?,
            by: PersonId::new(row.text("withdrawn_by")?),
            at,
        }),
    };
    Ok(StoredBoardVersion {
        insight: InsightId::new(row.text("insight")?),
        unit: UnitCode::new(row.text("unit")?),
        number: row.number("number")?,
        version: row.number("version")?,
        of: NewBoardVersion {
            differs: row.text("differs")?,
            different: row.text("different")?,
            why: row.text("why")?,
            what_next: row.text("what_next")?,
        },
        by: PersonId::new(row.text("released_by")?),
        at: row.at("released_at")?,
        withdrawn,
    })
}

#[cfg(test)]
mod tests {
    use engagement::benefits::Side;
    use engagement::variation::Question;

    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, error, on_both};
    use crate::variation::tests::opened;

    /// Both sides stand behind all three answers: six steps.
    async fn explained(store: &Store, (id, amara, daniel): (&InsightId, &PersonId, &PersonId)) {
        for (at, question) in (0..).zip(Question::ALL) {
            let (of, entry) = (id.clone(), by(amara));
            let wrote = (*question, Side::Clinical, "Amara Okafor waits for transport");
            change!(store, |tx| variation::answer(tx, &of, wrote, at * 2, &entry))
                .expect("written");
            let (of, entry) = (id.clone(), by(daniel));
            let agreed = (*question, Side::Finance);
            change!(store, |tx| variation::agree(tx, &of, agreed, at * 2 + 1, &entry))
                .expect("agreed");
        }
    }

    fn without_names() -> NewBoardVersion {
        NewBoardVersion {
            differs: "Stays are longer than in similar trusts".to_owned(),
            different: "Yes".to_owned(),
            why: "Patients wait for transport".to_owned(),
            what_next: "Book transport the day before".to_owned(),
        }
    }

    async fn releases(
        store: &Store,
        (id, who): (&InsightId, &PersonId),
        new: NewBoardVersion,
        seen: i64,
    ) -> Result<()> {
        let (id, entry) = (id.clone(), by(who));
        change!(store, |tx| release(tx, &id, &new, seen, &entry))
    }

    async fn withdraws(
        store: &Store,
        (id, who): (&InsightId, &PersonId),
        (reason, seen): (&'static str, i64),
    ) -> Result<()> {
        let (id, entry) = (id.clone(), by(who));
        change!(store, |tx| withdraw(tx, &id, reason, seen, &entry))
    }

    #[test]
    fn what_was_released_stays_as_it_was_until_it_is_withdrawn_for_a_reason() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara Okafor").await;
            let daniel = add_person(&store, "Daniel Osei").await;
            let id = opened(&store, &amara).await;
            let it = (&id, &daniel);
            let early = releases(&store, it, without_names(), 0).await;
            assert!(error(early).starts_with("a clinician and finance both stand behind all"));
            explained(&store, (&id, &amara, &daniel)).await;
            let stale = releases(&store, it, without_names(), 5).await;
            assert!(error(stale).starts_with("this difference was changed by somebody else"));
            let silent = NewBoardVersion { why: " ".to_owned(), ..without_names() };
            let silent = releases(&store, it, silent, 6).await;
            assert_eq!(error(silent), "why there is a difference is missing");
            releases(&store, it, without_names(), 6).await.expect("it is released");
            let twice = releases(&store, it, without_names(), 6).await;
            assert!(error(twice).starts_with("a version is released already"));
            // Somebody writes another answer: the board still reads what was released.
            let (of, entry) = (id.clone(), by(&amara));
            let anew = (Question::Why, Side::Clinical, "Beds were closed");
            change!(store, |tx| variation::answer(tx, &of, anew, 6, &entry)).expect("written");
            let mut db = store.read().await.expect("reads");
            let all = with_the_board(&mut db).await.expect("reads");
            assert_eq!((all.len(), &all[0].of, all[0].version), (1, &without_names(), 6));
            assert_eq!((&all[0].by, all[0].unit.as_str()), (&daniel, "HIP"));
            drop(db);
            let silent = withdraws(&store, it, (" ", 1)).await;
            assert_eq!(error(silent), "why it is withdrawn is missing");
            let stale = withdraws(&store, it, ("Beds were closed", 2)).await;
            assert!(error(stale).starts_with("what is released of this difference was changed"));
            withdraws(&store, it, ("Beds were closed", 1)).await.expect("it is withdrawn");
            let twice = withdraws(&store, it, ("Beds were closed", 1)).await;
            assert_eq!(error(twice), "no version of it is with the board");
            let mut db = store.read().await.expect("reads");
            assert!(with_the_board(&mut db).await.expect("reads").is_empty());
            let kept = of_insight(&mut db, &id).await.expect("reads");
            let reason = kept[0].withdrawn.as_ref().map(|it| it.reason.as_str());
            assert_eq!((kept.len(), reason), (1, Some("Beds were closed")));
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("reads");
            let rows = format!("{rows:?}");
            assert!(!rows.contains("transport") && !rows.contains("Beds"), "{rows}");
        });
    }

    #[test]
    fn nothing_that_names_somebody_is_released_and_the_refusal_names_nobody() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara Okafor").await;
            let daniel = add_person(&store, "Daniel Osei").await;
            let id = opened(&store, &amara).await;
            explained(&store, (&id, &amara, &daniel)).await;
            for (why, told) in [
                ("Patients of Okafor wait", "word 3 of “Why is this?” is a name of somebody"),
                ("Ask daniel.osei@trust.nhs.uk", "word 2 of “Why is this?” is a name of somebody"),
                ("Patients of C1234567 wait", "word 3 of “Why is this?” is a consultant code"),
            ] {
                let new = NewBoardVersion { why: why.to_owned(), ..without_names() };
                let refused = error(releases(&store, (&id, &daniel), new, 6).await);
                assert!(refused.starts_with(told), "{refused}");
                for name in ["kafor", "sei", "1234567"] {
                    assert!(!refused.contains(name), "{refused}");
                }
            }
            let mut db = store.read().await.expect("reads");
            assert!(of_insight(&mut db, &id).await.expect("reads").is_empty());
        });
    }
}
