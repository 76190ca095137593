//! How far clinicians of orthopaedics trust the costing, as a demonstration begins with it: of the
//! year before and of the latest. Nothing is said of a costing that is not published.

use demonstration::{Followed, Person};
use domain::Day;
use jiff::{SignedDuration, Timestamp};
use store::confidence::{self, NewRating};
use store::grants::{self, NewGrant};
use store::{Entry, PersonId, Tx, UnitCode, people, units};

use super::costed::Costed;
use super::people::by_login;

/// Whose costing is rated, and by whom where the demonstration has nobody who can sign in.
const LINE: &str = "TORT";
const ROLE: &str = "CLINICIAN";

/// Hours of a day, and days since each costing was rated.
const DAY: i64 = 24;
const BEFORE: i64 = 280;
const AFTER: i64 = 9;

/// Records what clinicians say of the latest published costing and of the one of the year before, and
/// those of them who can not sign in; nothing without both.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    costed: &[Costed],
    at: Timestamp,
) -> store::Result<()> {
    let [before, after] = costed else { return Ok(()) };
    match units::get(tx, &UnitCode::new(LINE)).await {
        // Another model than the demonstration's has other service lines.
        Err(store::Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let known = by_login(staff);
    for it in demonstration::confidence() {
        let person = match known.get(it.text("login")) {
            Some(person) => (*person).clone(),
            None => join(tx, &it, at).await?,
        };
        for (costing, column, days) in [(before, "before", BEFORE), (after, "after", AFTER)] {
            let new = NewRating {
                unit: UnitCode::new(LINE),
                run: costing.run.clone(),
                period: costing.period.clone(),
                level: it.text(column).to_owned(),
                reason: it.text(&format!("{column}_because")).to_owned(),
            };
            let ago = SignedDuration::from_hours(DAY * days);
            confidence::rate(tx, &new, 0, &Entry::by(person.as_str(), at - ago)).await?;
        }
    }
    Ok(())
}

/// A clinician of the service line, with a right and no password.
async fn join(tx: &mut Tx, it: &Followed, at: Timestamp) -> store::Result<PersonId> {
    let person = people::Person {
        name: it.text("name").to_owned(),
        email: format!("{}@ashbourne.example", it.text("login")),
        job_title: it.text("job_title").to_owned(),
        profession: it.text("profession").to_owned(),
    };
    let entry = Entry::by("operator", at);
    let new = NewGrant {
        person: people::create(tx, &person, &entry).await?,
        role: ROLE.to_owned(),
        unit: UnitCode::new(LINE),
        patient_level: false,
        reason: "Demonstration".to_owned(),
        from: Day::from_civil(2024, 4, 1),
        until: None,
    };
    grants::grant(tx, &new, &entry).await?;
    Ok(new.person)
}
