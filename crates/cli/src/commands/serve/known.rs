//! What is known of the data of service lines that a demonstration begins with: issues, reviews of
//! coding, two sources with two values, and briefings for finance.

use demonstration::{Followed, Person};
use domain::Day;
use engagement::benefits::Side;
use jiff::{SignedDuration, Timestamp};
use store::briefings::{self, NewBriefing};
use store::known_issues::{self, NewCodingReview, NewIssue};
use store::measures::{self, COLUMNS, Keeping, Month};
use store::{Entry, Error, PersonId, Tx, UnitCode};
use web::shell::session::today;

use super::people::{self, People};

/// Hours of a day.
const DAY: i64 = 24;

/// Days since a briefing was written, and since it was approved.
const WRITTEN: i32 = -70;
const APPROVED: i32 = -60;

/// Whose data it is, who tells it, and the moment at which the demonstration begins.
struct Place<'a> {
    it: &'a Followed,
    unit: UnitCode,
    people: People<'a>,
    at: Timestamp,
}

/// Records what the demonstration says, for service lines that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    for it in demonstration::known_of_data() {
        let unit = UnitCode::new(it.text("unit"));
        let people = people::by_login(staff);
        let place = Place { it: &it, unit, people, at };
        let done = match it.text("kind") {
            "issue" => issue(tx, &place).await,
            "coding" => coding(tx, &place).await,
            "enough" => enough(tx, &place).await,
            "conflict" => conflict(tx, &place).await,
            _ => briefing(tx, &place).await,
        };
        match done {
            // Another model than the demonstration's has other service lines, and one that is begun
            // early has no values of its measures yet.
            Err(Error::NotFound(_) | Error::Refused(_) | Error::Faults(_)) => {}
            other => other?,
        }
    }
    Ok(())
}

impl Place<'_> {
    fn person(&self, column: &str) -> store::Result<&PersonId> {
        let name = self.it.text(column);
        let found = self.people.get(name).copied();
        found.ok_or_else(|| Error::NotFound(format!("person {name}")))
    }

    /// A day so many days from the first one.
    fn day(&self, days: i32) -> Day {
        today(self.at).plus(days)
    }

    /// By somebody, so many days from the first one.
    fn entry(&self, column: &str, days: i32) -> store::Result<Entry> {
        let at = self.at + SignedDuration::from_hours(DAY * i64::from(days));
        Ok(Entry::by(self.person(column)?.as_str(), at))
    }
}

/// An issue, kept by its owner on the day after it was found.
async fn issue(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let (it, days) = (place.it, place.it.days("days"));
    let effect = it.text("other");
    let new = NewIssue {
        unit: place.unit.clone(),
        what: it.text("words").to_owned(),
        effect: effect
            .parse()
            .map_err(|_| Error::Unreadable { what: "effect", value: effect.to_owned() })?,
        effect_on: it.text("more").to_owned(),
        owner: place.person("who")?.clone(),
        found_on: place.day(days),
        mended_on: None,
        holds_packs: false,
    };
    known_issues::keep_issue(tx, (None, 0), &new, &place.entry("who", days + 1)?).await?;
    Ok(())
}

/// A review of coding: done, and kept on the day after, or to come.
async fn coding(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let it = place.it;
    let done = (!it.text("done").is_empty()).then(|| it.days("done"));
    let new = NewCodingReview {
        unit: place.unit.clone(),
        about: it.text("words").to_owned(),
        planned_on: place.day(it.days("days")),
        done_on: done.map(|it| place.day(it)),
        result: it.text("more").to_owned(),
    };
    let entry = place.entry("who", done.map_or(0, |it| it + 1))?;
    known_issues::keep_coding_review(tx, (None, 0), &new, &entry).await?;
    Ok(())
}

async fn enough(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let entry = place.entry("who", place.it.days("days"))?;
    known_issues::say_enough(tx, &place.unit, (place.it.text("words"), 0), &entry).await
}

/// A value of another source beside one that the register holds, and who settles which one counts.
async fn conflict(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let it = place.it;
    let csv = format!("{}\n{}\n", COLUMNS.join(","), it.text("words"));
    let keeping = Keeping { units: None, this_month: Month::of(today(place.at)) };
    let entry = place.entry("who", it.days("days"))?;
    let digest = measures::plan(tx, &csv, &keeping).await?.digest;
    let said = ("return.csv", it.text("more"));
    measures::import(tx, (&csv, &keeping), &digest, said, &entry).await?;
    for found in known_issues::conflicts_of(tx, &place.unit).await? {
        let settles = place.person("other")?;
        known_issues::name_settler(tx, &found.id, (settles, found.version), &entry).await?;
    }
    Ok(())
}

/// A briefing, and its approval by a clinician who did not write it.
async fn briefing(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let it = place.it;
    let text = |column: &str| it.text(column).to_owned();
    let new = NewBriefing { does: text("words"), who: text("more"), hard: text("hard") };
    briefings::write(tx, &place.unit, (&new, 0), &place.entry("who", WRITTEN)?).await?;
    let entry = place.entry("other", APPROVED)?;
    let until = place.day(it.days("days"));
    briefings::approve(tx, &place.unit, (until, 1), Some(Side::Clinical), &entry).await
}
