//! Records of junior doctors: in one rotation notes are so poor that coders find few conditions.

use crate::calendar::number_of;

/// First and last day of the rotation.
pub(crate) fn rotation() -> (i64, i64) {
    (number_of(2025, 8, 6), number_of(2025, 12, 2))
}

/// Whether a general surgical emergency discharged on a day was recorded by that rotation.
pub(crate) fn is_poorly_recorded(specialty: &str, is_emergency: bool, discharged: i64) -> bool {
    let (first, last) = rotation();
    specialty == "100" && is_emergency && (first..=last).contains(&discharged)
}
