//! The pack of a demonstration that is kept and issued: that of its hip replacement review, read off the
//! published costing of the review's year by the functions of its page, and checked by a second person.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use demonstration::{day_of, services, staff};
use domain::{Day, FinancialYear};
use engagement::pack_checks::PackChecks;
use jiff::{SignedDuration, Timestamp};
use results::Run;
use store::packs::{self, Act, NewPack, NewStep};
use store::{Connection, Entry, PersonId, Tx, UnitCode, people};
use web::App;
use web::features::service_lines::{pack_of_run, to_settle};
use web::shell::fault::Fault;
use web::shell::session::today;

/// The service line of the review.
const UNIT: &str = "TORT";

/// Who keeps and issues the pack, and who checks it.
const AUTHOR: &str = "daniel.osei";
const SECOND: &str = "amara.okafor";

/// Days after the costing was published on which it was kept, checked and issued.
const DAYS: [i64; 3] = [3, 4, 5];

/// Hours of a day.
const DAY: i64 = 24;

/// What its author notes in it.
const NOTE: &str = "The costing of this year was published after the meeting. These are the figures \
                    behind what was agreed there, for the next review to begin with.";

/// Why what is open is left as it is.
const LEFT: &str = "Those at the review asked for no other";

/// Who does what, and when.
struct Story {
    author: PersonId,
    second: PersonId,
    /// When it was kept, checked and issued.
    at: [Timestamp; 3],
}

/// Keeps the pack, unless it is there already, or the costing or the people of the story are not.
pub(super) async fn record(app: &App) -> Result<()> {
    let Some(held_on) = held_on(today(app.now())) else { return Ok(()) };
    let mut db = app.store().read().await?;
    let all = packs::list(&mut db, &UnitCode::new(UNIT)).await?;
    if all.iter().any(|it| it.of.meeting_on == Some(held_on)) {
        return Ok(());
    }
    let both = (person(&mut db, AUTHOR).await?, person(&mut db, SECOND).await?);
    drop(db);
    let (Some(author), Some(second)) = both else { return Ok(()) };
    let Some((run, published)) = costing(app, held_on)? else { return Ok(()) };
    let at = DAYS.map(|it| (published + SignedDuration::from_hours(DAY * it)).min(app.now()));
    let story = Story { author, second, at };
    let made = pack_of_run(app, (&story.author, at[0]), (UNIT, run.id()), held_on).await;
    let new = match made {
        // Another model than the demonstration's has other service lines.
        Err(Fault::NotFound) => return Ok(()),
        other => other.map_err(|fault| anyhow!("the pack of {UNIT}: {fault:?}"))?,
    };
    let open =
        to_settle(&new, &[NOTE]).map_err(|fault| anyhow!("the pack of {UNIT}: {fault:?}"))?;
    let written =
        app.store().write(move |tx| Box::pin(async move { keep(tx, (&new, &open), &story).await }));
    match written.await {
        // Somebody changed what the story rests on, such as an issue for which packs wait.
        Err(store::Error::Refused(_)) => Ok(()),
        other => Ok(other?),
    }
}

/// The day of the review that was held.
fn held_on(today: Day) -> Option<Day> {
    let held = services().into_iter().find(|it| it.unit == UNIT)?.held?;
    Some(day_of(&held.on, today))
}

async fn person(db: &mut Connection, login: &str) -> store::Result<Option<PersonId>> {
    let all = staff();
    let Some(found) = all.iter().find(|it| it.login() == login) else { return Ok(None) };
    Ok(people::by_email(db, &found.email).await?.map(|it| it.id))
}

/// The published costing of the year of a day, and when it was published.
fn costing(app: &App, day: Day) -> Result<Option<(Arc<Run>, Timestamp)>> {
    let year = FinancialYear::of(day).to_string();
    let found = app.shelf().latest_of(&year, false).map_err(|fault| anyhow!("{fault:?}"))?;
    let Some(run) = found else { return Ok(None) };
    let Some(publication) = run.records()?.publication else { return Ok(None) };
    let at = publication.at.parse()?;
    Ok(Some((run, at)))
}

/// Keeps it with its note, leaves open words as they are, has it checked, and issues it.
async fn keep(tx: &mut Tx, (new, open): (&NewPack, &[String]), story: &Story) -> store::Result<()> {
    let [kept, checked, issued] = story.at;
    let author = |at: Timestamp| Entry::by(story.author.as_str(), at);
    let id = packs::make(tx, new, &author(kept)).await?;
    packs::take(tx, &id, step(Act::Noted, "", NOTE), (0, open), &author(kept)).await?;
    let mut seen = 1;
    for word in open {
        packs::take(tx, &id, step(Act::Waived, word, LEFT), (seen, open), &author(kept)).await?;
        seen += 1;
    }
    let list = PackChecks::own();
    let points = list.kept(&list.checks.iter().map(|it| it.id.clone()).collect());
    let second = Entry::by(story.second.as_str(), checked);
    packs::take(tx, &id, step(Act::Checked, &points, ""), (seen, &[]), &second).await?;
    packs::take(tx, &id, step(Act::Issued, "", ""), (seen + 1, &[]), &author(issued)).await
}

fn step<'a>(act: Act, about: &'a str, words: &'a str) -> NewStep<'a> {
    NewStep { act, about, words, cause: "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_review_was_held_in_the_year_of_a_costing_and_its_people_are_there() {
        let today: Day = "2026-11-30".parse().expect("a day");
        let held = held_on(today).expect("the review of the story");
        assert_eq!(held.to_string(), "2025-02-26");
        assert_eq!(FinancialYear::of(held).to_string(), "2024-25");
        let all = staff();
        for login in [AUTHOR, SECOND] {
            assert!(all.iter().any(|it| it.login() == login), "{login}");
        }
    }
}
