//! How far clinicians trust a published costing of their service line, and decisions that rested on
//! one.
//!
//! Who rated is stored, so that each counts once and can say something else later. The audit says
//! that somebody rated, never what.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, filled, short, taken, unchanged};
use crate::ids::{CaseId, PackId, PersonId, ReviewItemId, UnitCode, WalkThroughId};
use crate::reviewing::{self, Body};
use crate::row::{Values as _, texts};
use crate::writer::Tx;
use crate::{cases, packs, units, walk_throughs};

/// Letters that a text may have.
pub const LETTERS_MAX: usize = 1_000;

/// A rating, as it should be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRating {
    /// The service line.
    pub unit: UnitCode,
    /// The published run that was seen.
    pub run: String,
    /// Of which period, in words.
    pub period: String,
    /// Code of the level.
    pub level: String,
    /// Why; may be blank.
    pub reason: String,
}

/// A rating as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRating {
    /// Its number for the service line and run, from 1.
    pub number: i64,
    /// What was said.
    pub of: NewRating,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

texts! {
    /// What rested on a costing.
    DecisionKind {
        /// A business case.
        Case = "business_case",
        /// A pack for a review.
        Pack = "pack",
        /// A decision that a review wrote down.
        Review = "review_decision",
    }
}

/// A decision that rested on a costing, as it should be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDecision {
    /// The service line.
    pub unit: UnitCode,
    /// The published run that it rested on.
    pub run: String,
    /// Of which period, in words.
    pub period: String,
    /// The walk-through whose change made the difference, if one did.
    pub walk_through: Option<WalkThroughId>,
    /// What it is.
    pub kind: DecisionKind,
    /// Its reference.
    pub reference: String,
    /// What of it rested on the costing; may be blank.
    pub words: String,
}

/// A decision as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDecision {
    /// Its number for the service line, from 1.
    pub number: i64,
    /// What it is.
    pub of: NewDecision,
    /// Who linked it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Keeps what the person of the entry says of a costing, after so many ratings of their own of it were
/// seen.
///
/// # Errors
/// If something is missing or too long, there is no such unit, or the person rated it since.
pub async fn rate(tx: &mut Tx, new: &NewRating, seen: i64, entry: &Entry) -> Result<()> {
    let reason = short("the reason", &new.reason, LETTERS_MAX)?;
    units::get(tx, &new.unit).await?;
    let before = ratings(tx, &new.unit).await?;
    let of_run: Vec<&StoredRating> = before.iter().filter(|it| it.of.run == new.run).collect();
    let own = of_run.iter().filter(|it| it.by.as_str() == entry.actor).count();
    let own = i64::try_from(own).unwrap_or(i64::MAX);
    unchanged(|| "your rating of this costing".to_owned(), seen, own)?;
    let number = of_run.last().map_or(0, |it| it.number) + 1;
    sqlx::query(
        "INSERT INTO confidence_rating
         (unit, run, number, person, level, reason, period, rated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.unit.as_str())
    .bind(code("the run", &new.run)?)
    .bind(number)
    .bind(&entry.actor)
    .bind(code("how far you trust it", &new.level)?)
    .bind(reason)
    .bind(filled("the period", &new.period)?)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this rating"))?;
    let object = format!("confidence/{} {}", new.unit, new.run);
    audit::append(tx, &entry.of("confidence.rate", object)).await?;
    Ok(())
}

/// Ratings of a service line, in the order in which they were given; changed ones too.
///
/// # Errors
/// If the database cannot be read.
pub async fn ratings(db: &mut Connection, unit: &UnitCode) -> Result<Vec<StoredRating>> {
    let rows = sqlx::query(
        "SELECT * FROM confidence_rating WHERE unit = $1 ORDER BY rated_at, run, number",
    )
    .bind(unit.as_str())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<StoredRating> {
        Ok(StoredRating {
            number: row.number("number")?,
            of: NewRating {
                unit: UnitCode::new(row.text("unit")?),
                run: row.text("run")?,
                period: row.text("period")?,
                level: row.text("level")?,
                reason: row.text("reason")?,
            },
            by: PersonId::new(row.text("person")?),
            at: row.at("rated_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Links a decision to the costing that it rested on, after so many were seen.
///
/// # Errors
/// If something is missing or too long, what is linked or the walk-through is not there or of another
/// service line, the same is linked to the run already, or somebody linked one since.
pub async fn link(tx: &mut Tx, new: &NewDecision, seen: i64, entry: &Entry) -> Result<()> {
    let words = short("what rested on the costing", &new.words, LETTERS_MAX)?;
    units::get(tx, &new.unit).await?;
    if unit_of(tx, (new.kind, &new.reference)).await? != new.unit {
        return Err(Refusal::Rule("what rested on it is of another service line".to_owned()).into());
    }
    if let Some(id) = &new.walk_through
        && walk_throughs::get(tx, id).await?.of.unit != new.unit
    {
        return Err(Refusal::Rule("the walk-through is of another service line".to_owned()).into());
    }
    let before = decisions(tx, &new.unit).await?;
    unchanged(
        || "what rested on this costing".to_owned(),
        seen,
        i64::try_from(before.len()).unwrap_or(i64::MAX),
    )?;
    let is_same = |it: &StoredDecision| {
        (it.of.kind, &it.of.reference, &it.of.run) == (new.kind, &new.reference, &new.run)
    };
    if before.iter().any(is_same) {
        return Err(Error::Duplicate("a link of it to this costing".to_owned()));
    }
    sqlx::query(
        "INSERT INTO costing_decision
         (unit, number, run, period, walk_through, kind, reference, words, linked_by, linked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.unit.as_str())
    .bind(seen + 1)
    .bind(code("the run", &new.run)?)
    .bind(filled("the period", &new.period)?)
    .bind(new.walk_through.as_ref().map(WalkThroughId::as_str))
    .bind(new.kind.as_str())
    .bind(code("what rested on it", &new.reference)?)
    .bind(words)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this decision"))?;
    let object = format!("confidence/{} {} {} {}", new.unit, new.run, new.kind, new.reference);
    audit::append(tx, &entry.of("confidence.link", object)).await?;
    Ok(())
}

/// The service line of what can rest on a costing.
async fn unit_of(db: &mut Connection, (kind, reference): (DecisionKind, &str)) -> Result<UnitCode> {
    match kind {
        DecisionKind::Case => {
            let case = cases::get(db, &CaseId::new(reference)).await?;
            if case.kind == cases::Kind::Case { Ok(case.unit) } else { Err(missing(reference)) }
        }
        DecisionKind::Pack => Ok(packs::get(db, &PackId::new(reference)).await?.of.unit),
        DecisionKind::Review => {
            let item = reviewing::item(db, &ReviewItemId::new(reference)).await?;
            if !matches!(item.latest().body, Body::Decision(_)) {
                return Err(missing(reference));
            }
            Ok(reviewing::get(db, &item.review).await?.unit)
        }
    }
}

fn missing(reference: &str) -> Error {
    Error::NotFound(format!("decision {reference}"))
}

/// Decisions of a service line that rested on a costing, in the order in which they were linked.
///
/// # Errors
/// If the database cannot be read.
pub async fn decisions(db: &mut Connection, unit: &UnitCode) -> Result<Vec<StoredDecision>> {
    let rows = sqlx::query("SELECT * FROM costing_decision WHERE unit = $1 ORDER BY number")
        .bind(unit.as_str())
        .fetch_all(db)
        .await?;
    let read = |row: &AnyRow| -> Result<StoredDecision> {
        Ok(StoredDecision {
            number: row.number("number")?,
            of: NewDecision {
                unit: UnitCode::new(row.text("unit")?),
                run: row.text("run")?,
                period: row.text("period")?,
                walk_through: row.text_if("walk_through")?.map(WalkThroughId::new),
                kind: row.parsed("kind", "decision")?,
                reference: row.text("reference")?,
                words: row.text("words")?,
            },
            by: PersonId::new(row.text("linked_by")?),
            at: row.at("linked_at")?,
        })
    };
    rows.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::packs::NewPack;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    const RUN: &str = "1fe9a090556158bd";

    fn says(level: &str, reason: &str) -> NewRating {
        NewRating {
            unit: UnitCode::new("HIP"),
            run: RUN.to_owned(),
            period: "2025/26 to the end of March".to_owned(),
            level: level.to_owned(),
            reason: reason.to_owned(),
        }
    }

    async fn rated(store: &Store, new: NewRating, seen: i64, entry: Entry) -> Result<()> {
        change!(store, |tx| rate(tx, &new, seen, &entry))
    }

    #[test]
    fn each_says_it_once_and_may_change_it_and_the_audit_never_says_what() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (amara, tomos) =
                (add_person(&store, "Amara").await, add_person(&store, "Tomos").await);
            rated(&store, says("parts", "Theatre times"), 0, by(&amara)).await.expect("rated");
            let again = rated(&store, says("most", ""), 0, by(&amara)).await;
            assert!(error(again).starts_with("your rating of this costing was changed"));
            let long = says("most", &"x".repeat(LETTERS_MAX + 1));
            assert!(
                error(rated(&store, long, 1, by(&amara)).await).starts_with("the reason is too")
            );
            rated(&store, says("most", ""), 0, by(&tomos)).await.expect("another person’s");
            let later = Entry::by(amara.as_str(), at(60));
            rated(&store, says("decide", ""), 1, later).await.expect("changed");
            let other = NewRating { run: "2".repeat(16), ..says("not", "") };
            let later = Entry::by(amara.as_str(), at(90));
            rated(&store, other, 0, later).await.expect("another costing");
            let mut db = store.read().await.expect("reads");
            let all = ratings(&mut db, &UnitCode::new("HIP")).await.expect("reads");
            let said: Vec<(&str, i64, bool)> =
                all.iter().map(|it| (it.of.level.as_str(), it.number, it.by == amara)).collect();
            assert_eq!(
                said,
                [("parts", 1, true), ("most", 2, false), ("decide", 3, true), ("not", 1, true)]
            );
            let asked = Asked { action: Some("confidence".to_owned()), ..Asked::default() };
            let rows = audit::list(&mut db, &asked, 100).await.expect("reads");
            assert_eq!(rows.len(), 4);
            let rows = format!("{rows:?}");
            assert!(!rows.contains("parts") && !rows.contains("Theatre times"), "{rows}");
        });
    }

    #[test]
    fn a_decision_rests_on_a_costing_of_its_own_service_line_once() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            add_unit(&store, "KNEE", None).await.expect("a unit");
            let priya = add_person(&store, "Priya").await;
            let pack = |unit: &str| NewPack {
                unit: UnitCode::new(unit),
                run: RUN.to_owned(),
                period_end: day("2025-03-31"),
                meeting_on: None,
                content: "{}".to_owned(),
            };
            let (hips, knees) = (pack("HIP"), pack("KNEE"));
            let entry = by(&priya);
            let hips = change!(store, |tx| packs::make(tx, &hips, &entry)).expect("a pack");
            let entry = by(&priya);
            let knees = change!(store, |tx| packs::make(tx, &knees, &entry)).expect("a pack");
            let new = |pack: &PackId| NewDecision {
                unit: UnitCode::new("HIP"),
                run: RUN.to_owned(),
                period: "2025/26 to the end of March".to_owned(),
                walk_through: None,
                kind: DecisionKind::Pack,
                reference: pack.as_str().to_owned(),
                words: "Weekend physiotherapy".to_owned(),
            };
            let linked = |new: NewDecision, seen: i64| {
                let (store, entry) = (store.clone(), by(&priya));
                async move { change!(store, |tx| link(tx, &new, seen, &entry)) }
            };
            assert!(error(linked(new(&knees), 0).await).contains("another service line"));
            let none = NewDecision { kind: DecisionKind::Review, ..new(&hips) };
            assert!(error(linked(none, 0).await).starts_with("there is no text"));
            linked(new(&hips), 0).await.expect("it is linked");
            assert!(
                error(linked(new(&hips), 0).await).starts_with("what rested on this costing was")
            );
            assert!(error(linked(new(&hips), 1).await).starts_with("there is already a link"));
            let mut db = store.read().await.expect("reads");
            let all = decisions(&mut db, &UnitCode::new("HIP")).await.expect("reads");
            assert_eq!((all.len(), &all[0].of), (1, &new(&hips)));
        });
    }
}
