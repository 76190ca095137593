//! Questions about figures that a demonstration begins with.

use demonstration::{DemonstrationQuestion, Person};
use jiff::{SignedDuration, Timestamp};
use store::figure_questions::{self, NewQuestion, Side};
use store::{Entry, PersonId, Tx, UnitCode};
use web::Settings;
use web::shell::questions::{SETTINGS, due_after, side};
use web::shell::session::today;
use web::shell::shelf::Shelf;

use super::people;

/// Hours of a day.
const DAY: i64 = 24;

/// The run whose figures pages show; none where nothing is published yet, so that there is nothing to
/// ask about.
pub(super) fn run(settings: &Settings) -> Option<String> {
    let latest = Shelf::new(settings.runs.clone()).latest(false).ok()?;
    latest.map(|it| it.id().to_owned())
}

/// Records what was asked and answered, as long ago as the demonstration says.
pub(super) async fn record(
    tx: &mut Tx,
    run: &str,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let known = people::staff_by_login(staff);
    for it in demonstration::questions() {
        let people = known.get(it.asked_by.as_str()).zip(known.get(it.owner.as_str()));
        if let Some((asker, owner)) = people {
            ask(tx, (run, &it), (asker, owner), at).await?;
        }
    }
    Ok(())
}

async fn ask(
    tx: &mut Tx,
    (run, it): (&str, &DemonstrationQuestion),
    (asker, owner): (&(Person, PersonId), &(Person, PersonId)),
    at: Timestamp,
) -> store::Result<()> {
    let ago = |days: i64| at - SignedDuration::from_hours(DAY * days);
    let asked_at = ago(it.asked_days_ago);
    let new = NewQuestion {
        unit: UnitCode::new(it.unit.as_str()),
        run: run.to_owned(),
        page: it.page.clone(),
        figure: it.figure.clone(),
        words: it.words.clone(),
        side: side_of(asker),
        owner: owner.1.clone(),
        due_on: due_after(today(asked_at), SETTINGS.due_in_working_days.value),
    };
    let by = Entry::by(asker.1.as_str(), asked_at);
    let id = match figure_questions::ask(tx, &new, &by).await {
        // Another model than the demonstration's has other service lines.
        Err(store::Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    if let Some((days, words)) = &it.answer {
        let by = Entry::by(owner.1.as_str(), ago(*days));
        figure_questions::answer(tx, &id, (words, side_of(owner)), &by).await?;
    }
    Ok(())
}

fn side_of((person, _): &(Person, PersonId)) -> Side {
    side(&person.profession, std::slice::from_ref(&person.role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use web::shell::questions::Place;

    #[test]
    fn what_was_asked_is_about_pages_that_take_questions_and_one_is_late() {
        let now: Timestamp = "2026-06-01T09:00:00Z".parse().expect("a moment");
        let mut late = 0;
        for it in demonstration::questions() {
            let place = Place::parse(&it.page).expect("a page that takes questions");
            assert!(place.has(&it.figure), "{it:?}");
            let asked = today(now - SignedDuration::from_hours(DAY * it.asked_days_ago));
            let due = due_after(asked, SETTINGS.due_in_working_days.value);
            late += usize::from(it.answer.is_none() && due < today(now));
        }
        assert_eq!(late, 1);
    }
}
