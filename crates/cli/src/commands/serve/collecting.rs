//! Two simulated years of a national collection, and a group that is one return short of being shown:
//! brought, taken and published in the same way as the pages do it.

use demonstration::{
    COLLECTION, COLLECTION_DAY, COLLECTION_GROUP, COLLECTION_YEARS, Person, SimulatedReturn,
    collection_register, collection_returns, group_register, group_returns,
};
use domain::Day;
use engagement::returns::{OrganisationCode, Return, StatedSteps, write};
use engagement::{Framework, Level};
use jiff::Timestamp;
use store::collecting::{self, Kind, NewFile, NewRegister, NewRound};
use store::{Entry, PersonId, RoundId, Tx};
use web::shell::collecting::{before, held};
use web::shell::fault::Fault;

/// Who collects.
const COLLECTS: &str = "COLLECTOR";

/// Collects both years and publishes them, and begins with the group.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let Some((_, who)) = staff.iter().find(|it| it.0.role == COLLECTS) else { return Ok(()) };
    let entry = Entry::by(who.as_str(), at);
    for year in COLLECTION_YEARS {
        let of = round(Kind::National, COLLECTION, year);
        let files = (collection_register(), collection_returns(year));
        let id = collect(tx, &of, files, &entry).await?;
        let held = held(tx, &id).await.map_err(|it| broken(&it))?;
        let earlier = before(tx, &held).await.map_err(|it| broken(&it))?;
        let snapshot = held.snapshot(earlier.as_ref()).map_err(|it| broken(&it))?;
        let snapshot = snapshot.ok_or_else(|| broken(&Fault::NotFound))?;
        let snapshot = snapshot.to_text().map_err(|it| broken(&it))?;
        collecting::publish(tx, &id, &snapshot, held.seen(), &entry).await?;
    }
    let [_, year] = COLLECTION_YEARS;
    let of = round(Kind::Group, COLLECTION_GROUP, year);
    collect(tx, &of, (group_register(), group_returns()), &entry).await?;
    Ok(())
}

fn broken(fault: &Fault) -> store::Error {
    store::Error::Unreadable { what: "simulated collection", value: format!("{fault:?}") }
}

fn round(kind: Kind, name: &str, year: i64) -> NewRound {
    let (month, day) = COLLECTION_DAY;
    let of = i32::try_from(year).expect("the simulated years have four digits");
    NewRound { kind, name: name.to_owned(), year, open_on: Day::from_civil(of, month, day) }
}

/// Opens a round, brings its register, and takes a file of returns.
async fn collect(
    tx: &mut Tx,
    of: &NewRound,
    (register, returns): (String, Vec<SimulatedReturn>),
    entry: &Entry,
) -> store::Result<RoundId> {
    let id = collecting::open_round(tx, of, entry).await?;
    let organisations = i64::try_from(register.lines().count() - 1).unwrap_or(i64::MAX);
    let new = NewRegister { name: "register.csv".to_owned(), csv: register, organisations };
    collecting::bring_register(tx, &id, &new, 0, entry).await?;
    let all: Vec<Return> = returns.into_iter().filter_map(as_return).collect();
    let csv = write(&all);
    let looked = held(tx, &id).await.map_err(|it| broken(&it))?.look(&csv);
    let looked = looked.map_err(|error| broken(&Fault::Refused(error.to_string())))?;
    let rows = i64::try_from(looked.rows).unwrap_or(i64::MAX);
    let new = NewFile { name: "returns.csv".to_owned(), csv, rows, taken: looked.taken };
    collecting::receive(tx, &id, &new, (0, 1), entry).await?;
    Ok(id)
}

/// A simulated return, with the steps up to the level that they show.
fn as_return(it: SimulatedReturn) -> Option<Return> {
    let framework = Framework::national_2013();
    let level = |it: i64| u8::try_from(it).ok().and_then(|it| Level::try_from(it).ok());
    let steps = match it.shows {
        None => StatedSteps::ByUnit,
        Some(shows) => {
            let shows = level(shows)?;
            let steps = framework.steps().iter().filter(|it| it.from_level <= shows);
            StatedSteps::Counted(steps.map(|it| it.id.clone()).collect())
        }
    };
    Some(Return {
        organisation: OrganisationCode::from(it.organisation.as_str()),
        year: u16::try_from(it.year).ok()?,
        level: level(it.level)?,
        steps,
        clinical_lead: it.clinical_lead,
        finance_lead: it.finance_lead,
        framework: framework.id().clone(),
    })
}
