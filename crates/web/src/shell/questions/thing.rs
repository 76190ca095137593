//! Whether the thing is there that a question is about, such as a pack that was kept.

use store::reviewing;
use store::{Connection, PackId, ReviewId, packs};

use super::place::{FROZEN, KEPT_PACK, Place};
use crate::shell::fault::Fault;
use crate::shell::sit_downs;
use crate::shell::visit::Visit;

/// Asks whether a place that is of one thing of its unit has it: a pack of the unit, or a review of it
/// with frozen figures. The sit-down of one consultant and finance takes no questions, since it is about
/// a person. Other places are there by themselves.
///
/// # Errors
///
/// [`Fault::NotFound`] where it is not.
pub async fn is_there(db: &mut Connection, visit: &Visit, place: &Place) -> Result<(), Fault> {
    let (unit, is_right) = match place.page.route {
        KEPT_PACK => (packs::get(db, &PackId::new(place.thing.as_str())).await?.of.unit, true),
        FROZEN => {
            let id = ReviewId::new(place.thing.as_str());
            let review = reviewing::get(db, &id).await?;
            let is_frozen = reviewing::figures(db, &id).await?.is_some();
            let is_right = is_frozen && !sit_downs::is_sit_down(visit, &review);
            (review.unit, is_right)
        }
        _ => return Ok(()),
    };
    if is_right && unit.as_str() == place.unit { Ok(()) } else { Err(Fault::NotFound) }
}
