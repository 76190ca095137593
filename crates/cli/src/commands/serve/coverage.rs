//! Coverage of service lines, as a demonstration begins with it: overviews of the costing that were
//! given, the order of roll-out, and who has signed in of late.

use std::collections::BTreeMap;

use demonstration::{Followed, Person};
use jiff::{SignedDuration, Timestamp};
use store::reviewing::{self, NewOverview};
use store::sessions::{self, NewSession};
use store::{Entry, Error, PersonId, Tx, UnitCode};
use web::shell::session::today;

use super::people::{self, People};

/// Hours of a day.
const DAY: i64 = 24;

/// Records what the demonstration says, for service lines that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people = people::by_login(staff);
    let mut given: BTreeMap<String, i64> = BTreeMap::new();
    for it in demonstration::overviews() {
        let seen = given.entry(it.text("unit").to_owned()).or_default();
        if overview(tx, (&it, &people), (*seen, at)).await? {
            *seen += 1;
        }
    }
    let mut moves = 0;
    for it in demonstration::roll_out() {
        let unit = UnitCode::new(it.text("unit"));
        let place = u32::try_from(it.days("place")).unwrap_or_default();
        let by = entry(person(&people, it.text("by"))?, (&it, at));
        match reviewing::roll_out(tx, (&unit, place), it.text("reason"), moves, &by).await {
            // Another model than the demonstration's has other service lines.
            Err(Error::NotFound(_)) => continue,
            other => other?,
        }
        moves += 1;
    }
    for it in demonstration::signed_in() {
        signed_in(tx, person(&people, it.text("person"))?, (&it, at)).await?;
    }
    Ok(())
}

/// Records an overview; not one of a service line that is not there.
async fn overview(
    tx: &mut Tx,
    (it, people): (&Followed, &People<'_>),
    (seen, at): (i64, Timestamp),
) -> store::Result<bool> {
    let given = person(people, it.text("given_by"))?;
    let to = it.text("to").split(';').map(|it| person(people, it).cloned());
    let entry = entry(given, (it, at));
    let on = today(entry.at);
    let new = NewOverview {
        given_on: on,
        given_by: given.clone(),
        to: to.collect::<store::Result<_>>()?,
        others: it.text("others").to_owned(),
    };
    let unit = UnitCode::new(it.text("unit"));
    match reviewing::give_overview(tx, &unit, (&new, on), seen, &entry).await {
        Err(Error::NotFound(_)) => Ok(false),
        other => other.map(|()| true),
    }
}

/// A session that is over long since, whose token nobody holds.
async fn signed_in(
    tx: &mut Tx,
    person: &PersonId,
    (it, at): (&Followed, Timestamp),
) -> store::Result<()> {
    let (token, csrf) = (store::random_token()?, store::random_token()?);
    let new = NewSession { token: &token, person, csrf: &csrf, ip: "127.0.0.1", agent: "" };
    sessions::start(tx, &new, &entry(person, (it, at))).await?;
    Ok(())
}

fn entry(by: &PersonId, (it, at): (&Followed, Timestamp)) -> Entry {
    let ago = SignedDuration::from_hours(DAY * i64::from(it.days("days_ago")));
    Entry::by(by.as_str(), at - ago)
}

fn person<'a>(people: &People<'a>, name: &str) -> store::Result<&'a PersonId> {
    people.get(name).copied().ok_or_else(|| Error::NotFound(format!("person {name}")))
}
