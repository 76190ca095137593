//! Patients in the wrong place or for too long: outliers, delays, one stay of 200 days, attribution.

use crate::activity::Pathway;
use crate::calendar::{DAY, Minute, month, number_of, weekday};
use crate::random::Random;

/// Surgical ward that takes medical patients when the medical wards are full.
pub(crate) const OUTLIER_WARD: &str = "W08";

/// Whether a medical emergency is placed on the surgical ward: often in winter.
pub(crate) fn is_outlier(day: i64, random: &mut Random) -> bool {
    random.chance(if matches!(month(day), 12 | 1 | 2) { 160 } else { 30 })
}

/// Ward of trauma, to which planned hips are moved when their beds are wanted for the next list.
pub(crate) const SECOND_WARD: &str = "W09";

/// Minutes on their own ward before they are moved.
pub(crate) const BEFORE_MOVE: Minute = 30 * 60;

/// Whether a planned hip is moved to the second ward.
pub(crate) fn is_moved(condition: &str, pathway: &Pathway) -> bool {
    condition == "HIP" && pathway.random(14, 0).chance(210)
}

/// Minutes of a planned stay: a hip that is moved loses its therapists, and three days with them.
pub(crate) fn planned_stay(condition: &str, pathway: &Pathway, minutes: Minute) -> Minute {
    match condition {
        "HIP" if is_moved(condition, pathway) => minutes * 82 / 100 + 3 * DAY,
        "HIP" => minutes * 82 / 100,
        _ => minutes,
    }
}

/// Minutes that a planned hip stays longer because nobody got the patient up at a weekend: a day for
/// each in which the patient lay in bed, until physiotherapists came then too.
pub(crate) fn lost_at_weekends(condition: &str, (admitted, leaves): (Minute, Minute)) -> Minute {
    if condition != "HIP" {
        return 0;
    }
    let begun = number_of(2025, 4, 1);
    let nights = admitted.div_euclid(DAY)..leaves.div_euclid(DAY);
    let saturdays = nights.filter(|day| *day < begun && weekday(*day) == 5);
    saturdays.map(|_| DAY).sum()
}

/// When a patient leaves: few hips go home at a weekend, the others wait until Monday.
pub(crate) fn day_of_leaving(condition: &str, pathway: &Pathway, leaves: Minute) -> Minute {
    let until_monday = match weekday(leaves.div_euclid(DAY)) {
        5 => 2 * DAY,
        6 => DAY,
        _ => return leaves,
    };
    let waits = condition == "HIP" && pathway.random(14, 1).chance(850);
    if waits { leaves + until_monday } else { leaves }
}

/// Days between being ready and leaving, of the one patient whom nobody could place.
pub(crate) const LONGEST_DELAY: i64 = 200;

/// Whether this is the patient whose discharge was delayed by 200 days.
pub(crate) fn is_longest_delay(condition: &str, pathway: &Pathway) -> bool {
    let spring = number_of(2025, 4, 1)..number_of(2025, 8, 1);
    condition == "FALL" && spring.contains(&pathway.day) && pathway.ordinal == 1
}

/// Minutes that a patient stays in intensive care after being ready to leave.
pub(crate) fn intensive_delay(random: &mut Random) -> Minute {
    if random.chance(400) { 6 * 60 + random.skewed(26 * 60) } else { random.between(30, 200) }
}

/// Minutes that an old patient waits for a place after being ready to leave.
pub(crate) fn discharge_delay(random: &mut Random) -> Minute {
    if random.chance(130) { random.skewed(3 * DAY) } else { 0 }
}

/// General surgeon to whom laparotomies of the whole rota are attributed, as lead for emergencies.
pub(crate) const ON_CALL_LEAD: i64 = 4;

/// Code under which a succession of locum consultants is recorded.
pub(crate) const LOCUM: &str = "CXLOCUM";

/// Whether a spell is recorded under the locum code.
pub(crate) fn is_locum(specialty: &str, random: &mut Random) -> bool {
    matches!(specialty, "430" | "300") && random.chance(120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hip_loses_a_day_at_each_weekend_until_physiotherapists_come_then_too() {
        let lost = |condition: &str, day: i64, days: i64| {
            lost_at_weekends(condition, (day * DAY, (day + days) * DAY)) / DAY
        };
        // 10 March 2025 was a Monday, 15 and 22 March were Saturdays.
        let monday = number_of(2025, 3, 10);
        assert_eq!(weekday(monday), 0);
        assert_eq!([4, 5, 6, 13].map(|days| lost("HIP", monday, days)), [0, 0, 1, 2]);
        assert_eq!(lost("KNEE", monday, 13), 0);
        // 29 March is the last such Saturday; on 5 April somebody comes.
        assert_eq!(lost("HIP", number_of(2025, 3, 27), 14), 1);
        assert_eq!(lost("HIP", number_of(2025, 4, 1), 14), 0);
    }
}
