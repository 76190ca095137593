//! Refuses a pool whose exact shares could not be worked out or held.

use domain::share::{ShareError, div_floor};

use crate::source::SourceList;

/// Corners of the provenance kernel stay below this, so that the four of a part can be added.
const LARGEST_CORNER: u128 = 1 << 61; // number: a quarter of what money holds

/// Checks that sources can be split over receivers whose running weight stays within `reach`.
///
/// In an absolute set the running weight can leave the range from nothing to the total, and a part
/// can be larger than its source: a pool in which large charges and credits all but cancel has no
/// parts that mean anything.
///
/// # Errors
///
/// [`ShareError::TooLarge`] if `|P|·W` reaches 2¹²⁷, or a part would be larger than money holds.
pub(super) fn check(
    sources: &SourceList,
    total: i128,
    reach: (i128, i128),
) -> Result<(), ShareError> {
    let (mut lowest, mut highest, mut sum) = (0_i64, 0_i64, 0_i64);
    for (_, amount) in sources.iter() {
        sum = sum.checked_add(amount.micro_pounds()).ok_or(ShareError::TooLarge)?;
        (lowest, highest) = (lowest.min(sum), highest.max(sum));
    }
    // Within the range from nothing to the total no corner is larger than its sum of sources.
    let inside =
        |weight: i128| weight == 0 || (weight < 0) == (total < 0) && size(weight) <= size(total);
    let bounded = inside(reach.0) && inside(reach.1);
    for amount in [lowest, highest] {
        for weight in [total, reach.0, reach.1] {
            let product = size(i128::from(amount)).checked_mul(size(weight));
            if product.is_none_or(|it| it >= size(i128::MIN)) {
                return Err(ShareError::TooLarge);
            }
            let corner = div_floor(i128::from(amount) * weight, total);
            if !bounded && size(corner) >= LARGEST_CORNER {
                return Err(ShareError::TooLarge);
            }
        }
    }
    Ok(())
}

fn size(value: i128) -> u128 {
    value.unsigned_abs()
}
