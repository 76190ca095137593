//! Packs for a service line review, and their quality gate: what a pack says is kept as it was when it
//! was made; a second person checks it before it is issued; errors found afterwards are kept with
//! their cause.

use domain::Day;
use engagement::pack_checks::PackChecks;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, filled, said, short, taken, unchanged};
use crate::ids::{PackId, PersonId, UnitCode};
use crate::known_issues;
use crate::people;
use crate::row::{Values as _, iso, texts};
use crate::units;
use crate::writer::Tx;

/// Letters that a note, an explanation or a cause may have.
pub const LETTERS_MAX: usize = 2_000;

texts! {
    /// What was done with a pack.
    Act {
        /// A note of the author is part of it.
        Noted = "noted",
        /// A word is explained.
        Explained = "explained",
        /// A word needs no explanation, for a reason.
        Waived = "waived",
        /// A second person found it right.
        Checked = "checked",
        /// A second person wants something changed first.
        Changes = "changes",
        /// It went to those who asked for it.
        Issued = "issued",
        /// Something in it was found to be wrong afterwards.
        Faulted = "faulted",
    }
}

/// A pack, as it should be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPack {
    /// The service line.
    pub unit: UnitCode,
    /// The published run that it is read off.
    pub run: String,
    /// The last day of its period.
    pub period_end: Day,
    /// When it is talked about, if that is known.
    pub meeting_on: Option<Day>,
    /// What it says, as JSON.
    pub content: String,
}

/// Something that was done with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub act: Act,
    /// The word, or the part, that it is about; blank for all of it.
    pub about: String,
    /// What was said; blank where nothing needs to be.
    pub words: String,
    /// Why something was wrong that was found afterwards; blank for every other step, and where nobody
    /// was asked.
    pub cause: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Something that should be done with a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewStep<'a> {
    /// What.
    pub act: Act,
    /// The word, or the part, that it is about; blank for all of it.
    pub about: &'a str,
    /// What is said; blank where nothing needs to be.
    pub words: &'a str,
    /// Why something was wrong that was found afterwards; blank for every other step.
    pub cause: &'a str,
}

/// Where a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody else has looked since it was made or changed.
    Draft,
    /// A second person wants something changed.
    ChangesWanted,
    /// A second person found it right.
    Checked,
    /// It is issued.
    Issued,
}

/// A pack as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its reference.
    pub id: PackId,
    /// What it is.
    pub of: NewPack,
    /// Who made it.
    pub made_by: PersonId,
    /// When.
    pub made_at: Timestamp,
    /// What was done with it, in order.
    pub steps: Vec<Step>,
}

impl Pack {
    /// Where it stands. Whatever is changed after a check asks for another.
    pub fn state(&self) -> State {
        let mut state = State::Draft;
        for step in &self.steps {
            state = match (step.act, state) {
                (_, State::Issued) | (Act::Issued, _) => State::Issued,
                (Act::Noted | Act::Explained | Act::Waived, _) => State::Draft,
                (Act::Checked, _) => State::Checked,
                (Act::Changes, _) => State::ChangesWanted,
                (Act::Faulted, same) => same,
            };
        }
        state
    }

    /// The steps of a kind, in order.
    pub fn all(&self, act: Act) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |it| it.act == act)
    }

    /// Whether a word is explained or waived.
    pub fn settles(&self, word: &str) -> bool {
        let settled = self.all(Act::Explained).chain(self.all(Act::Waived));
        settled.into_iter().any(|it| it.about == word)
    }

    /// When it was issued, if it was.
    pub fn issued(&self) -> Option<&Step> {
        self.all(Act::Issued).next()
    }

    /// Whether somebody wrote any of it: they cannot be the second person.
    pub fn is_author(&self, person: &PersonId) -> bool {
        let wrote = |it: &Step| matches!(it.act, Act::Noted | Act::Explained | Act::Waived);
        self.made_by == *person || self.steps.iter().any(|it| wrote(it) && it.by == *person)
    }

    /// How much was done: what whoever changes it must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }
}

/// Keeps a pack.
///
/// # Errors
/// If something is missing, or there is no such unit.
pub async fn make(tx: &mut Tx, new: &NewPack, entry: &Entry) -> Result<PackId> {
    let run = code("the run", &new.run)?;
    let content = filled("what the pack says", &new.content)?;
    units::get(tx, &new.unit).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let id = PackId::random()?;
    sqlx::query(
        "INSERT INTO pack (id, unit, run, period_end, meeting_on, content, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(run)
    .bind(new.period_end.to_string())
    .bind(iso(new.meeting_on))
    .bind(content)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this pack"))?;
    let object = format!("pack/{id} of {} run {run}", new.unit);
    audit::append(tx, &entry.of("pack.make", object)).await?;
    Ok(id)
}

/// Does something with a pack that was seen with so many steps. Words that are still open are those
/// that must be explained or waived before it is issued.
///
/// # Errors
/// If something was done with it since, words are missing or too long, whoever checks wrote some of
/// it or leaves a point of the list out, it is issued unchecked, with open words or while the owner of
/// an issue of its data holds it, or it is changed after it was issued.
pub async fn take(
    tx: &mut Tx,
    id: &PackId,
    new: NewStep<'_>,
    (seen, open): (i64, &[String]),
    entry: &Entry,
) -> Result<()> {
    let NewStep { act, about, .. } = new;
    let pack = get(tx, id).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    unchanged(|| format!("pack {id}"), seen, pack.version())?;
    let words = fitting(act, new.words)?;
    let cause = cause(new)?;
    looked_at(act, about)?;
    allowed(&pack, act, (&by, open))?;
    released(tx, act, &pack.of.unit).await?;
    let number = seen + 1;
    sqlx::query(
        "INSERT INTO pack_step (pack, number, act, about, words, cause, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(act.as_str())
    .bind(about.trim())
    .bind(words)
    .bind(cause)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this pack")))?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = format!("pack/{id} step {number}");
    audit::append(tx, &entry.of(&format!("pack.{}", act.as_str()), object)).await?;
    Ok(())
}

/// Refuses to issue while the owner of an issue of the data wants packs to wait: asked here, so that
/// nothing comes in between.
async fn released(tx: &mut Tx, act: Act, unit: &UnitCode) -> Result<()> {
    if act != Act::Issued {
        return Ok(());
    }
    if known_issues::issues_of(tx, unit).await?.iter().any(known_issues::Issue::holds) {
        return Err(
            Refusal::Rule("it waits until an issue of the data is mended".to_owned()).into()
        );
    }
    Ok(())
}

/// Refuses a check that leaves out something of the list of what is looked at. What was looked at
/// is kept as what the check is about.
fn looked_at(act: Act, about: &str) -> Result<()> {
    let list = PackChecks::own();
    match list.missing(about).first() {
        Some(point) if act == Act::Checked => {
            let said = format!("look at everything on the list first: {}", point.asks);
            Err(Refusal::Rule(said).into())
        }
        _ => Ok(()),
    }
}

/// Words that an act needs, or takes.
fn fitting(act: Act, words: &str) -> Result<&str> {
    let what = "what is said of it";
    match act {
        Act::Checked | Act::Issued => short(what, words, LETTERS_MAX),
        _ => said(what, words, LETTERS_MAX),
    }
}

/// Why something was wrong: what is found afterwards has a cause, and nothing else has one.
fn cause(new: NewStep<'_>) -> Result<&str> {
    let what = "the cause of the error";
    match new.act {
        Act::Faulted => said(what, new.cause, LETTERS_MAX),
        _ if new.cause.trim().is_empty() => Ok(""),
        _ => Err(Refusal::Unusable(what).into()),
    }
}

/// Refuses what may not be done with a pack as it stands.
fn allowed(pack: &Pack, act: Act, (by, open): (&PersonId, &[String])) -> Result<()> {
    let wrong = |from: &str, to: &'static str| {
        let what = format!("the pack of {}", pack.of.unit);
        Err(Refusal::WrongMove { what, from: from.to_owned(), to }.into())
    };
    match (act, pack.state()) {
        (Act::Faulted, State::Issued) => Ok(()),
        (Act::Faulted, _) => wrong("not issued", "told to be wrong afterwards"),
        (_, State::Issued) => wrong("issued", "changed"),
        (Act::Checked | Act::Changes, _) if pack.is_author(by) => Err(Refusal::OwnCheck.into()),
        (Act::Issued, State::Checked) if !open.is_empty() => {
            wrong("left with words that nobody explains", "issued")
        }
        (Act::Issued, State::Checked) => Ok(()),
        (Act::Issued, _) => wrong("not checked by a second person", "issued"),
        _ => Ok(()),
    }
}

/// One pack.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &PackId) -> Result<Pack> {
    let row = sqlx::query("SELECT * FROM pack WHERE id = $1").bind(id.as_str());
    let row = row.fetch_optional(&mut *db).await?;
    let row = row.ok_or_else(|| Error::NotFound(format!("pack {id}")))?;
    with_steps(db, &row).await
}

/// The packs of a unit, the newest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, unit: &UnitCode) -> Result<Vec<Pack>> {
    let rows = sqlx::query("SELECT * FROM pack WHERE unit = $1 ORDER BY made_at DESC, id");
    let rows = rows.bind(unit.as_str()).fetch_all(&mut *db).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        all.push(with_steps(db, row).await?);
    }
    Ok(all)
}

/// The newest pack of each unit, the oldest of them first, without what they say: whoever asks how
/// packs stand has no use for it, and it is long.
///
/// # Errors
/// If the database cannot be read.
pub async fn newest(db: &mut Connection) -> Result<Vec<Pack>> {
    let rows = sqlx::query(
        "SELECT id, unit, run, period_end, meeting_on, '' AS content, made_by, made_at
         FROM pack p WHERE NOT EXISTS (
             SELECT 1 FROM pack later WHERE later.unit = p.unit AND (later.made_at > p.made_at
                 OR (later.made_at = p.made_at AND later.id < p.id)))
         ORDER BY p.made_at, p.id",
    );
    let rows = rows.fetch_all(&mut *db).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        all.push(with_steps(db, row).await?);
    }
    Ok(all)
}

async fn with_steps(db: &mut Connection, row: &AnyRow) -> Result<Pack> {
    let id = PackId::new(row.text("id")?);
    let steps = sqlx::query("SELECT * FROM pack_step WHERE pack = $1 ORDER BY number");
    let steps = steps.bind(id.as_str()).fetch_all(db).await?;
    Ok(Pack {
        of: NewPack {
            unit: UnitCode::new(row.text("unit")?),
            run: row.text("run")?,
            period_end: row.day("period_end")?,
            meeting_on: row.day_if("meeting_on")?,
            content: row.text("content")?,
        },
        made_by: PersonId::new(row.text("made_by")?),
        made_at: row.at("made_at")?,
        steps: steps.iter().map(step).collect::<Result<_>>()?,
        id,
    })
}

fn step(row: &AnyRow) -> Result<Step> {
    Ok(Step {
        act: row.parsed("act", "what was done with a pack")?,
        about: row.text("about")?,
        words: row.text("words")?,
        cause: row.text("cause")?,
        by: PersonId::new(row.text("taken_by")?),
        at: row.at("taken_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::testing::{add_person, add_unit, by, change, day, error, on_both};

    fn pack() -> NewPack {
        NewPack {
            unit: UnitCode::new("HIP"),
            run: "run-1".to_owned(),
            period_end: day("2025-03-31"),
            meeting_on: Some(day("2025-04-20")),
            content: "{}".to_owned(),
        }
    }

    async fn made(store: &Store, who: &PersonId, new: NewPack) -> Result<PackId> {
        let entry = by(who);
        change!(store, |tx| make(tx, &new, &entry))
    }

    async fn done(
        store: &Store,
        who: &PersonId,
        (id, seen): (&PackId, i64),
        (act, about, words): (Act, &str, &str),
        open: &[&str],
    ) -> Result<()> {
        let (entry, id) = (by(who), id.clone());
        let (about, words) = (about.to_owned(), words.to_owned());
        let open: Vec<String> = open.iter().map(|it| (*it).to_owned()).collect();
        let cause = if act == Act::Faulted { "It was booked a month late" } else { "" };
        change!(store, |tx| {
            let new = NewStep { act, about: &about, words: &words, cause };
            take(tx, &id, new, (seen, &open), &entry)
        })
    }

    /// Everything on the list, as it is kept.
    fn every_point() -> String {
        let list = PackChecks::own();
        list.kept(&list.checks.iter().map(|it| it.id.clone()).collect())
    }

    async fn state(store: &Store, id: &PackId) -> State {
        let mut db = store.read().await.expect("a connection");
        get(&mut db, id).await.expect("a pack").state()
    }

    #[test]
    fn a_second_person_checks_before_it_is_issued_and_errors_are_kept_after() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (daniel, priya) =
                (add_person(&store, "Daniel").await, add_person(&store, "Priya").await);
            let id = made(&store, &daniel, pack()).await.expect("it is made");
            let points = every_point();
            let check = (Act::Checked, points.as_str(), "");
            let part = (Act::Checked, "2026-1: sense", "");
            let left_out = done(&store, &priya, (&id, 0), part, &[]).await;
            assert!(error(left_out).starts_with("look at everything on the list first: The parts"));
            let own = done(&store, &daniel, (&id, 0), check, &[]).await;
            assert!(error(own).contains("ask a second person"));
            let early = done(&store, &daniel, (&id, 0), (Act::Issued, "", ""), &[]).await;
            assert!(error(early).contains("not checked by a second person"));
            done(&store, &priya, (&id, 0), check, &[]).await.expect("it is right");
            // A note after the check asks for another.
            let note = (Act::Noted, "", "Ask why theatres start late");
            done(&store, &daniel, (&id, 1), note, &[]).await.expect("a note");
            assert_eq!(state(&store, &id).await, State::Draft);
            done(&store, &priya, (&id, 2), check, &["XYZ"]).await.expect("it is right");
            let open = done(&store, &daniel, (&id, 3), (Act::Issued, "", ""), &["XYZ"]).await;
            assert!(error(open).contains("words that nobody explains"));
            let waived = (Act::Waived, "XYZ", "Everybody here says so");
            done(&store, &daniel, (&id, 3), waived, &["XYZ"]).await.expect("waived");
            done(&store, &priya, (&id, 4), check, &[]).await.expect("it is right");
            let stale = done(&store, &daniel, (&id, 4), (Act::Issued, "", ""), &[]).await;
            assert!(matches!(stale, Err(Error::Stale { yours: 4, current: 5, .. })));
            done(&store, &daniel, (&id, 5), (Act::Issued, "", ""), &[]).await.expect("issued");
            let late = done(&store, &daniel, (&id, 6), note, &[]).await;
            assert!(error(late).contains("issued"));
            let fault = (Act::Faulted, "income", "The drug rebate came a month later");
            done(&store, &priya, (&id, 6), fault, &[]).await.expect("it is told");
            assert_eq!(state(&store, &id).await, State::Issued);
            let mut db = store.read().await.expect("a connection");
            let all = list(&mut db, &UnitCode::new("HIP")).await.expect("a read");
            assert_eq!((all.len(), all[0].steps.len()), (1, 7));
            let causes: Vec<&str> = all[0].steps.iter().map(|it| it.cause.as_str()).collect();
            assert_eq!(causes, ["", "", "", "", "", "", "It was booked a month late"]);
            assert!(all[0].settles("XYZ") && !all[0].settles("ABC"));
            assert_eq!(all[0].of, pack());
        });
    }

    #[test]
    fn the_newest_pack_of_each_unit_is_told() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            add_unit(&store, "EYE", None).await.expect("a unit");
            let daniel = add_person(&store, "Daniel").await;
            let eye = NewPack { unit: UnitCode::new("EYE"), ..pack() };
            for new in [pack(), eye, NewPack { run: "run-2".to_owned(), ..pack() }] {
                made(&store, &daniel, new).await.expect("it is made");
            }
            let mut db = store.read().await.expect("a connection");
            for unit in ["HIP", "EYE"] {
                let first = list(&mut db, &UnitCode::new(unit)).await.expect("a read").remove(0);
                // What it says stays where it is.
                let of = NewPack { content: String::new(), ..first.of.clone() };
                let first = Pack { of, ..first };
                let all = newest(&mut db).await.expect("a read");
                assert_eq!(all.len(), 2);
                assert!(all.contains(&first), "{unit}");
            }
        });
    }

    async fn issue(store: &Store, owner: &PersonId, holds_packs: bool) {
        let new = known_issues::NewIssue {
            unit: UnitCode::new("HIP"),
            what: "Theatre end times are missing".to_owned(),
            effect: engagement::known_issues::Effect::Material,
            effect_on: "Cost of theatre time".to_owned(),
            owner: owner.clone(),
            found_on: day("2025-04-02"),
            mended_on: None,
            holds_packs,
        };
        let entry = by(owner);
        let kept = change!(store, |tx| known_issues::keep_issue(tx, (None, 0), &new, &entry));
        kept.expect("its owner keeps it");
    }

    #[test]
    fn a_pack_is_not_issued_while_the_owner_of_an_issue_holds_it() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (daniel, priya) =
                (add_person(&store, "Daniel").await, add_person(&store, "Priya").await);
            issue(&store, &priya, false).await;
            let points = every_point();
            let check = (Act::Checked, points.as_str(), "");
            let free = made(&store, &daniel, pack()).await.expect("it is made");
            done(&store, &priya, (&free, 0), check, &[]).await.expect("it is right");
            done(&store, &daniel, (&free, 1), (Act::Issued, "", ""), &[]).await.expect("issued");
            let held = made(&store, &daniel, pack()).await.expect("it is made");
            issue(&store, &priya, true).await;
            done(&store, &priya, (&held, 0), check, &[]).await.expect("it is right");
            let early = done(&store, &daniel, (&held, 1), (Act::Issued, "", ""), &[]).await;
            assert_eq!(error(early), "it waits until an issue of the data is mended");
            assert_eq!(state(&store, &held).await, State::Checked);
        });
    }

    #[test]
    fn an_error_has_a_cause_and_nothing_else_has_one() {
        let step = |act, cause| NewStep { act, about: "", words: "Wrong", cause };
        let told = |act, text| cause(step(act, text)).map(str::to_owned);
        assert_eq!(error(told(Act::Faulted, " ")), "the cause of the error is missing");
        assert_eq!(told(Act::Faulted, "Booked late").expect("it is said"), "Booked late");
        assert_eq!(told(Act::Noted, "").expect("none is asked for"), "");
        assert!(told(Act::Noted, "Booked late").is_err());
    }

    #[test]
    fn whoever_wrote_a_note_is_no_second_person_and_silence_is_refused() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let (daniel, priya) =
                (add_person(&store, "Daniel").await, add_person(&store, "Priya").await);
            let id = made(&store, &daniel, pack()).await.expect("it is made");
            let note = (Act::Noted, "", "A question");
            done(&store, &priya, (&id, 0), note, &[]).await.expect("a note");
            let points = every_point();
            let check = (Act::Checked, points.as_str(), "");
            let check = done(&store, &priya, (&id, 1), check, &[]).await;
            assert!(error(check).contains("ask a second person"));
            for act in [Act::Noted, Act::Explained, Act::Waived, Act::Changes, Act::Faulted] {
                let silent = done(&store, &daniel, (&id, 1), (act, "x", " "), &[]).await;
                assert_eq!(error(silent), "what is said of it is missing", "{act:?}");
            }
            let before = done(&store, &daniel, (&id, 1), (Act::Faulted, "x", "y"), &[]).await;
            assert!(error(before).contains("not issued"));
            let nowhere = NewPack { unit: UnitCode::new("U"), ..pack() };
            assert_eq!(error(made(&store, &daniel, nowhere).await), "there is no unit U");
        });
    }
}
