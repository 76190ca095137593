//! The thing that a question is about, such as a kept pack or a benefit: whether it is there, of which
//! unit it is, and what it is called.

use store::cases::{self, Kind};
use store::{
    BenefitId, CaseId, Connection, GroupId, MeasureCode, PackId, ReviewId, UnitCode, benefits,
    measures, packs, patient_groups, reviewing,
};

use super::pages::{BENEFIT, CASE, FROZEN, GROUP, KEPT_PACK, MEASURE};
use super::place::Place;
use crate::shell::fault::Fault;
use crate::shell::sit_downs;
use crate::shell::visit::Visit;

/// A thing as it is kept.
struct Thing {
    unit: UnitCode,
    name: String,
    /// Whether it takes questions.
    is_right: bool,
}

/// A place with the unit and the name of the one thing that it is of: a pack of the unit, a review of
/// it with frozen figures, a measure with values of it, a benefit, a business case, or a patient group
/// that is shared. The sit-down of one consultant and finance takes no questions, since it is about a
/// person, nor does a group of one's own. Other places are there by themselves. Rights are not asked.
///
/// # Errors
///
/// [`Fault::NotFound`] where it is not there.
pub async fn located(db: &mut Connection, visit: &Visit, place: Place) -> Result<Place, Fault> {
    let Some(thing) = thing(db, visit, &place).await? else { return Ok(place) };
    let place = place.within(thing.unit.as_str());
    if !thing.is_right || thing.unit.as_str() != place.unit {
        return Err(Fault::NotFound);
    }
    Ok(place.named(thing.name))
}

/// The same for somebody who may see the place; none where they may not, or it is not there.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn there(
    db: &mut Connection,
    visit: &Visit,
    place: &Place,
) -> Result<Option<Place>, Fault> {
    if place.seen_by(visit).is_none() {
        return Ok(None);
    }
    match located(db, visit, place.clone()).await {
        Ok(found) => Ok(Some(found)),
        Err(Fault::NotFound) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The thing of a place; none where it is of none.
async fn thing(db: &mut Connection, visit: &Visit, place: &Place) -> Result<Option<Thing>, Fault> {
    let reference = place.thing.as_str();
    let (unit, name, is_right) = match place.page.route {
        KEPT_PACK => {
            let pack = packs::get(db, &PackId::new(reference)).await?;
            (pack.of.unit, String::new(), true)
        }
        FROZEN => {
            let id = ReviewId::new(reference);
            let review = reviewing::get(db, &id).await?;
            let is_frozen = reviewing::figures(db, &id).await?.is_some();
            let is_right = is_frozen && !sit_downs::is_sit_down(visit, &review);
            (review.unit, String::new(), is_right)
        }
        MEASURE => {
            let code = MeasureCode::new(reference);
            let measure = measures::get(db, &code).await?;
            let values = measures::of_measure(db, &code).await?;
            let has_values = values.iter().any(|it| it.recorded.unit.as_str() == place.unit);
            (UnitCode::new(place.unit.as_str()), measure.definition.name, has_values)
        }
        BENEFIT => {
            let benefit = benefits::get(db, &BenefitId::new(reference)).await?;
            (UnitCode::new(benefit.of.ground.unit), benefit.of.title, true)
        }
        CASE => {
            let case = cases::get(db, &CaseId::new(reference)).await?;
            let title = case.body().title().to_owned();
            (case.unit, title, case.kind == Kind::Case)
        }
        GROUP => {
            let group = patient_groups::get(db, &GroupId::new(reference)).await?.group;
            (group.unit, group.name, group.is_shared)
        }
        _ => return Ok(None),
    };
    Ok(Some(Thing { unit, name, is_right }))
}
