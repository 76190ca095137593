//! Clinicians whom chance does not account for: what is known beside the figures, six months of cost
//! and quality, and how it ended.
//!
//! Whoever calls has checked that the comparison says so, and who may see it. A clinician stands here
//! by the keyed reference of the run, and by the person who is told, if somebody chose one; neither
//! is ever in an audit row. What whoever was told adds stands in the audit without the follow-up and
//! its unit ([`OWN`]), since the audit is read by people who compare nobody.

use domain::Day;
use engagement::variation::{
    Closing, Context, FOLLOW_UPS, FollowUpFault, Kept, Month, Outcome, months,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, said, short, taken, unchanged};
use crate::ids::{FollowUpId, PersonId, UnitCode};
use crate::joint_actions::{date, date_at};
use crate::measures::Decimal;
use crate::people::{self, PersonState};
use crate::row::{Values as _, each_to, texts};
use crate::units;
use crate::writer::Tx;

/// Letters that a text may have.
pub const LETTERS_MAX: usize = 2_000;

/// Action and object under which looks at what concerns oneself, and what one adds there, stand in the
/// audit: the same as for somebody whom nothing concerns.
pub const OWN: (&str, &str) = ("follow_up.own", "follow-ups");

texts! {
    /// What was added.
    Act {
        /// Something that is known beside the figures.
        Context = "context",
        /// Who is told: the clinician concerned.
        Told = "told",
        /// A month of cost and quality.
        Month = "month",
        /// How it ended.
        Closed = "closed",
    }
}

/// Which spells are compared, and in what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The service line.
    pub unit: UnitCode,
    /// Point of delivery; blank for all.
    pub pod: String,
    /// Beginning of the HRG; blank for all.
    pub hrg: String,
    /// Code of the use.
    pub use_code: String,
    /// Whether spells of several consultants are left out.
    pub leave_out_shared: bool,
    /// Whether emergencies are left out.
    pub leave_out_emergencies: bool,
}

/// A clinician, as they should be followed up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFollowUp {
    /// In what they differ.
    pub of: Compared,
    /// The run that said so.
    pub run: String,
    /// Keyed reference of the consultant in the run.
    pub consultant: String,
    /// The code that stood for them there.
    pub code: String,
    /// What was found, in words without a name.
    pub found: String,
    /// From which day on months are looked at.
    pub begun_on: Day,
}

/// A figure of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// How much, in ten-thousandths.
    pub value: Decimal,
    /// Of what, such as bed days a spell.
    pub unit: String,
    /// From where: a run, or what somebody said.
    pub source: String,
}

/// A month of cost and quality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// Which, from 1.
    pub month: u32,
    /// What the care used, or what that cost.
    pub cost: Figure,
    /// How good it was.
    pub quality: Figure,
    /// What both looked like to whoever looked.
    pub words: String,
}

/// Something that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// Something that is known beside the figures.
    Context(Context, String),
    /// Who is told.
    Told(PersonId),
    /// A month.
    Month(LookedAt),
    /// How it ended.
    Closed(Outcome, String),
}

/// A step as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was added.
    pub added: Added,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A follow-up as stored, with everything that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFollowUp {
    /// Its reference.
    pub id: FollowUpId,
    /// Who is followed up, and in what.
    pub new: NewFollowUp,
    /// By whom it was opened.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// What was added, in order.
    pub steps: Vec<Step>,
}

impl StoredFollowUp {
    /// How much was added: what whoever adds must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }

    /// The clinician concerned, where somebody chose to tell them.
    pub fn told(&self) -> Option<&PersonId> {
        let told = |it: &Step| matches!(it.added, Added::Told(_));
        match &self.steps.iter().rev().find(|it| told(it))?.added {
            Added::Told(person) => Some(person),
            Added::Context(..) | Added::Month(_) | Added::Closed(..) => None,
        }
    }

    /// Whether somebody was told that it concerns them, even if another was told since.
    pub fn was_told(&self, person: &str) -> bool {
        let told = |it: &Step| matches!(&it.added, Added::Told(it) if it.as_str() == person);
        self.steps.iter().any(told)
    }

    /// Whether anybody who was told has added something: from then on nobody else is told.
    pub fn has_answer(&self) -> bool {
        self.steps.iter().any(|it| self.was_told(it.by.as_str()))
    }

    /// How it would end now, for the rules of [`engagement::variation`].
    pub fn closing<'a>(&self, outcome: Outcome, words: &'a str) -> Closing<'a> {
        Closing {
            outcome,
            words,
            kept: u32::try_from(self.looked_at().count()).unwrap_or(FOLLOW_UPS),
            has_context: self.steps.iter().any(|it| matches!(it.added, Added::Context(..))),
            is_told: self.told().is_some(),
        }
    }

    /// Months that were looked at, in the order in which they were, each with its step.
    pub fn looked_at(&self) -> impl Iterator<Item = (&LookedAt, &Step)> {
        self.steps.iter().filter_map(|it| match &it.added {
            Added::Month(month) => Some((month, it)),
            Added::Context(..) | Added::Told(_) | Added::Closed(..) => None,
        })
    }

    /// How it ended, in whose words and when; none while it goes on.
    pub fn closed(&self) -> Option<(Outcome, &str, &Step)> {
        self.steps.iter().find_map(|it| match &it.added {
            Added::Closed(outcome, words) => Some((*outcome, words.as_str(), it)),
            Added::Context(..) | Added::Told(_) | Added::Month(_) => None,
        })
    }

    /// The six months as they stand on a day.
    pub fn months(&self, today: Day) -> Vec<Month> {
        let looked: Vec<_> =
            self.looked_at().map(|(month, step)| (month.month, date_at(step.at))).collect();
        let closed_on = self.closed().map(|it| date_at(it.2.at));
        months(date(self.new.begun_on), &looked, closed_on, date(today))
    }

    /// What a board may be told of it, among others.
    pub fn for_board(&self, today: Day) -> Kept {
        Kept {
            who: self.new.consultant.clone(),
            months: self.months(today).iter().map(|it| it.state).collect(),
            outcome: self.closed().map(|it| it.0),
        }
    }
}

/// Begins to follow a clinician up.
///
/// # Errors
/// If something is missing or too long, there is no such unit, or the same clinician is followed up
/// for the same already.
pub async fn open(tx: &mut Tx, new: &NewFollowUp, entry: &Entry) -> Result<FollowUpId> {
    let found = said("what was found", &new.found, LETTERS_MAX)?;
    units::get(tx, &new.of.unit).await?;
    let is_same = |it: &StoredFollowUp| {
        it.closed().is_none() && it.new.of == new.of && it.new.consultant == new.consultant
    };
    if list(tx).await?.iter().any(is_same) {
        return Err(Error::Duplicate("a follow-up of this for this colleague".to_owned()));
    }
    let id = FollowUpId::random()?;
    sqlx::query(
        "INSERT INTO follow_up
         (id, unit, pod, hrg, use_code, leave_out_shared, leave_out_emergencies, run, consultant,
          code, found, begun_on, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(id.as_str())
    .bind(new.of.unit.as_str())
    .bind(&new.of.pod)
    .bind(&new.of.hrg)
    .bind(code("the use", &new.of.use_code)?)
    .bind(i64::from(new.of.leave_out_shared))
    .bind(i64::from(new.of.leave_out_emergencies))
    .bind(code("the run", &new.run)?)
    .bind(code("the consultant", &new.consultant)?)
    .bind(code("the code", &new.code)?)
    .bind(found)
    .bind(new.begun_on.to_string())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this follow-up"))?;
    let object = format!("follow-up/{id} of {}", new.of.unit);
    audit::append(tx, &entry.of("follow_up.open", object)).await?;
    Ok(id)
}

/// Adds something that is known, who is told, a month, or how it ended.
///
/// # Errors
/// If the rules of [`engagement::variation`] forbid it, a text is too long, somebody added since, or
/// there is no such follow-up or person.
pub async fn add(
    tx: &mut Tx,
    id: &FollowUpId,
    new: &Added,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = get(tx, id).await?;
    unchanged(|| "this follow-up".to_owned(), seen, found.version())?;
    if let Some(fault) = fault(&found, new, entry.at) {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    if let Added::Told(person) = new
        && people::get(tx, person).await?.state != PersonState::Active
    {
        return Err(Refusal::HasLeft.into());
    }
    let row = Row::of(new)?;
    let number = seen + 1;
    row.insert(tx, (id, number), entry).await?;
    // Neither whom it concerns nor what was written is in the audit.
    let entry = if found.was_told(&entry.actor) {
        entry.of(OWN.0, OWN.1)
    } else {
        entry.of("follow_up.step", format!("follow-up/{id} step {number} {}", row.act))
    };
    audit::append(tx, &entry).await?;
    Ok(())
}

fn fault(found: &StoredFollowUp, new: &Added, at: Timestamp) -> Option<FollowUpFault> {
    if found.closed().is_some() {
        return Some(FollowUpFault::Ended);
    }
    match new {
        Added::Context(Context::Other, words) if words.trim().is_empty() => {
            Some(FollowUpFault::Missing("what is known"))
        }
        Added::Told(_) if found.has_answer() => Some(FollowUpFault::ToldAlready),
        Added::Context(..) | Added::Told(_) => None,
        Added::Month(it) => {
            let number = it.month;
            if number == 0 || number > FOLLOW_UPS {
                return Some(FollowUpFault::NoSuchMonth(number));
            }
            let is_missing = |it: &Figure| it.unit.trim().is_empty() || it.source.trim().is_empty();
            if is_missing(&it.cost) {
                return Some(FollowUpFault::Missing("what the cost is of, and its source"));
            }
            if is_missing(&it.quality) {
                return Some(FollowUpFault::Missing("what the quality is of, and its source"));
            }
            if found.looked_at().any(|other| other.0.month == number) {
                return Some(FollowUpFault::Twice(number));
            }
            let day = date_at(at);
            let months = months(date(found.new.begun_on), &[], None, day);
            let is_open = months.iter().any(|it| it.number == number && it.from <= day);
            (!is_open).then_some(FollowUpFault::NotYet(number))
        }
        Added::Closed(outcome, words) => found.closing(*outcome, words).fault(),
    }
}

/// A step as it lies in its table.
struct Row<'a> {
    act: Act,
    kind: &'static str,
    month: Option<&'a LookedAt>,
    words: &'a str,
    person: Option<&'a PersonId>,
}

impl<'a> Row<'a> {
    fn of(new: &'a Added) -> Result<Self> {
        let text = |words: &'a str| short("the text", words, LETTERS_MAX);
        let row = |act| Self { act, kind: "", month: None, words: "", person: None };
        Ok(match new {
            Added::Context(kind, words) => {
                Self { kind: kind.word(), words: text(words)?, ..row(Act::Context) }
            }
            Added::Told(person) => Self { person: Some(person), ..row(Act::Told) },
            Added::Month(it) => {
                Self { month: Some(it), words: text(&it.words)?, ..row(Act::Month) }
            }
            Added::Closed(outcome, words) => {
                Self { kind: outcome.word(), words: text(words)?, ..row(Act::Closed) }
            }
        })
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        (id, number): (&FollowUpId, i64),
        entry: &Entry,
    ) -> Result<()> {
        let cost = self.month.map(|it| &it.cost);
        let quality = self.month.map(|it| &it.quality);
        let unit = |it: Option<&'a Figure>| {
            short("what it is of", it.map_or("", |it| it.unit.as_str()), LETTERS_MAX)
        };
        let source = |it: Option<&'a Figure>| {
            short("the source", it.map_or("", |it| it.source.as_str()), LETTERS_MAX)
        };
        sqlx::query(
            "INSERT INTO follow_up_step
             (follow_up, number, act, kind, month, cost_e4, cost_unit, cost_source, quality_e4,
              quality_unit, quality_source, words, person, taken_by, taken_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(id.as_str())
        .bind(number)
        .bind(self.act.as_str())
        .bind(self.kind)
        .bind(self.month.map(|it| i64::from(it.month)))
        .bind(cost.map(|it| it.value.e4()))
        .bind(unit(cost)?)
        .bind(source(cost)?)
        .bind(quality.map(|it| it.value.e4()))
        .bind(unit(quality)?)
        .bind(source(quality)?)
        .bind(self.words)
        .bind(self.person.map(PersonId::as_str))
        .bind(&entry.actor)
        .bind(entry.at.as_microsecond())
        .execute(&mut **tx)
        .await
        .map_err(taken(format!("step {number} of this follow-up")))?;
        Ok(())
    }
}

/// Every follow-up, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredFollowUp>> {
    let rows = sqlx::query("SELECT * FROM follow_up ORDER BY opened_at DESC, id");
    let rows = rows.fetch_all(&mut *db).await?;
    let steps = sqlx::query("SELECT * FROM follow_up_step ORDER BY follow_up, number");
    whole(&rows, &steps.fetch_all(db).await?)
}

/// One follow-up.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &FollowUpId) -> Result<StoredFollowUp> {
    let rows = sqlx::query("SELECT * FROM follow_up WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let steps = sqlx::query("SELECT * FROM follow_up_step WHERE follow_up = $1 ORDER BY number");
    let found = whole(&rows, &steps.bind(id.as_str()).fetch_all(db).await?)?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("follow-up {id}")))
}

fn whole(rows: &[AnyRow], steps: &[AnyRow]) -> Result<Vec<StoredFollowUp>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (steps, "follow_up"),
        |of, row| {
            of.steps.push(Step {
                added: added(row)?,
                by: PersonId::new(row.text("taken_by")?),
                at: row.at("taken_at")?,
            });
            Ok(())
        },
    )?;
    Ok(found)
}

fn added(row: &AnyRow) -> Result<Added> {
    let words = row.text("words")?;
    Ok(match row.parsed("act", "step of a follow-up")? {
        Act::Context => Added::Context(row.parsed("kind", "context")?, words),
        Act::Told => Added::Told(PersonId::new(row.text("person")?)),
        Act::Closed => Added::Closed(row.parsed("kind", "outcome")?, words),
        Act::Month => {
            let figure = |value: &str, unit: &str, source: &str| -> Result<Figure> {
                Ok(Figure {
                    value: Decimal::of_e4(row.number(value)?),
                    unit: row.text(unit)?,
                    source: row.text(source)?,
                })
            };
            Added::Month(LookedAt {
                month: u32::try_from(row.number("month")?).unwrap_or(0),
                cost: figure("cost_e4", "cost_unit", "cost_source")?,
                quality: figure("quality_e4", "quality_unit", "quality_source")?,
                words,
            })
        }
    })
}

fn stored(row: &AnyRow) -> Result<StoredFollowUp> {
    Ok(StoredFollowUp {
        id: FollowUpId::new(row.text("id")?),
        new: NewFollowUp {
            of: Compared {
                unit: UnitCode::new(row.text("unit")?),
                pod: row.text("pod")?,
                hrg: row.text("hrg")?,
                use_code: row.text("use_code")?,
                leave_out_shared: row.flag("leave_out_shared")?,
                leave_out_emergencies: row.flag("leave_out_emergencies")?,
            },
            run: row.text("run")?,
            consultant: row.text("consultant")?,
            code: row.text("code")?,
            found: row.text("found")?,
            begun_on: row.day("begun_on")?,
        },
        opened_by: PersonId::new(row.text("opened_by")?),
        opened_at: row.at("opened_at")?,
        steps: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use engagement::variation::MonthState::{Due, Kept, KeptLate, Missed, ToCome};
    use jiff::SignedDuration;

    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, at, change, day, error, on_both};

    fn new() -> NewFollowUp {
        NewFollowUp {
            of: Compared {
                unit: UnitCode::new("HIP"),
                pod: "EL".to_owned(),
                hrg: "HN12".to_owned(),
                use_code: "theatre-minutes".to_owned(),
                leave_out_shared: true,
                leave_out_emergencies: false,
            },
            run: "1fe9a090556158bd".to_owned(),
            consultant: "consultantreference".to_owned(),
            code: "K5".to_owned(),
            found: "112 minutes, where chance leaves 81 to 96".to_owned(),
            begun_on: day("2025-05-01"),
        }
    }

    fn figure(value: i64, unit: &str) -> Figure {
        let source = "The run of May".to_owned();
        Figure { value: Decimal::of_e4(value), unit: unit.to_owned(), source }
    }

    fn month(number: u32) -> Added {
        Added::Month(LookedAt {
            month: number,
            cost: figure(1_120_000, "minutes a spell"),
            quality: figure(0, "returns to theatre"),
            words: "Fewer than last month".to_owned(),
        })
    }

    /// Adds so many days after the first of May.
    async fn on(
        store: &Store,
        (id, who): (&FollowUpId, &PersonId),
        (days, new, seen): (i64, Added, i64),
    ) -> Result<()> {
        let instant = at(0) + SignedDuration::from_hours(24 * days);
        let (id, entry) = (id.clone(), Entry::by(who.as_str(), instant));
        change!(store, |tx| add(tx, &id, &new, seen, &entry))
    }

    async fn opened(store: &Store) -> (FollowUpId, PersonId) {
        add_unit(store, "HIP", None).await.expect("a unit");
        let helen = add_person(store, "Helen").await;
        let entry = Entry::by(helen.as_str(), at(0));
        let id = change!(store, |tx| open(tx, &new(), &entry)).expect("it is opened");
        (id, helen)
    }

    #[test]
    fn six_months_of_cost_and_quality_are_looked_at_once_each_and_none_before_its_time() {
        on_both(|store| async move {
            let (id, helen) = opened(&store).await;
            let of = (&id, &helen);
            assert_eq!(
                error(on(&store, of, (3, month(2), 0)).await),
                "month 2 cannot be looked at yet"
            );
            assert_eq!(
                error(on(&store, of, (3, month(7), 0)).await),
                "there is no month 7: six are looked at"
            );
            on(&store, of, (3, month(1), 0)).await.expect("the first month");
            assert_eq!(
                error(on(&store, of, (4, month(1), 1)).await),
                "month 1 was looked at already"
            );
            let mut blank = month(2);
            if let Added::Month(it) = &mut blank {
                it.quality.source = " ".to_owned();
            }
            let told = error(on(&store, of, (40, blank, 1)).await);
            assert_eq!(told, "say what the quality is of, and its source");
            // June passes, and the second month is looked at in July: late.
            on(&store, of, (65, month(2), 1)).await.expect("the second month");
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert_eq!(found.new, new());
            assert_eq!(
                found.looked_at().next().map(|it| it.0.clone()),
                match month(1) {
                    Added::Month(it) => Some(it),
                    _ => None,
                }
            );
            let states: Vec<_> =
                found.months(day("2025-08-02")).iter().map(|it| it.state).collect();
            assert_eq!(states, [Kept, KeptLate, Missed, Due, ToCome, ToCome]);
        });
    }

    #[test]
    fn it_ends_with_a_reason_and_then_nothing_is_added() {
        on_both(|store| async move {
            let (id, helen) = opened(&store).await;
            let of = (&id, &helen);
            let early = Added::Closed(Outcome::WithinRange, String::new());
            let told = error(on(&store, of, (9, early, 0)).await);
            assert_eq!(told, "say why it ends before six months were looked at");
            let unsaid = Added::Context(Context::Other, " ".to_owned());
            assert_eq!(error(on(&store, of, (9, unsaid, 0)).await), "say what is known");
            let new_here = Added::Context(Context::NewlyQualified, "Since October".to_owned());
            on(&store, of, (9, new_here, 0)).await.expect("it is added");
            let ended = Added::Closed(Outcome::Explained, "Learning, as expected".to_owned());
            on(&store, of, (10, ended.clone(), 1)).await.expect("it ends");
            assert_eq!(
                error(on(&store, of, (11, month(1), 2)).await),
                "it has ended: nothing is added to it"
            );
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert_eq!(found.closed().map(|it| it.0), Some(Outcome::Explained));
            let board = found.for_board(day("2026-01-01"));
            assert_eq!(board.outcome, Some(Outcome::Explained));
            assert_eq!(board.who, "consultantreference", "people are counted by it");
        });
    }

    #[test]
    fn whom_it_concerns_is_in_no_audit_row_and_nobody_is_followed_up_twice() {
        on_both(|store| async move {
            let (id, helen) = opened(&store).await;
            let sam = add_person(&store, "Sam").await;
            on(&store, (&id, &helen), (1, Added::Told(sam.clone()), 0)).await.expect("told");
            let stale = on(&store, (&id, &helen), (1, Added::Told(sam.clone()), 0)).await;
            assert!(error(stale).starts_with("this follow-up was changed by somebody else"));
            let mut db = store.read().await.expect("reads");
            assert_eq!(get(&mut db, &id).await.expect("is there").told(), Some(&sam));
            drop(db);
            let entry = Entry::by(helen.as_str(), at(9));
            let again = error(change!(store, |tx| open(tx, &new(), &entry)));
            assert_eq!(again, "there is already a follow-up of this for this colleague");
            let known = Added::Context(Context::PartTime, "One list a week".to_owned());
            on(&store, (&id, &sam), (2, known, 1)).await.expect("they add something");
            let mut db = store.read().await.expect("reads");
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("reads");
            let (own, rows): (Vec<_>, Vec<_>) = rows
                .into_iter()
                .filter(|it| it.entry.action.starts_with("follow_up."))
                .partition(|it| it.entry.actor == sam.as_str());
            let objects: Vec<_> = own.iter().map(|it| it.entry.object.as_deref()).collect();
            assert_eq!(objects, [Some(OWN.1)], "neither which nor of which unit");
            let kept = format!("{rows:?}");
            assert_eq!(rows.len(), 2);
            for not in [sam.as_str(), "consultantreference", "K5", "minutes"] {
                assert!(!kept.contains(not), "{not}: {kept}");
            }
        });
    }

    #[test]
    fn nobody_else_is_told_once_whoever_was_told_has_added_something() {
        on_both(|store| async move {
            let (id, helen) = opened(&store).await;
            let (sam, kim) = (add_person(&store, "Sam").await, add_person(&store, "Kim").await);
            let told = |who: &PersonId| Added::Told(who.clone());
            on(&store, (&id, &helen), (1, told(&kim), 0)).await.expect("told by mistake");
            on(&store, (&id, &helen), (2, told(&sam), 1)).await.expect("told instead");
            let known = Added::Context(Context::PartTime, String::new());
            on(&store, (&id, &sam), (3, known, 2)).await.expect("they add something");
            let refused = error(on(&store, (&id, &helen), (4, told(&kim), 3)).await);
            assert!(refused.contains("nobody else can be told"), "{refused}");
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert!(found.was_told(kim.as_str()) && !found.was_told(helen.as_str()));
            assert_eq!(found.told(), Some(&sam));
        });
    }
}
