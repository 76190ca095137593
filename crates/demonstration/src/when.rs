//! Days of the demonstration's story: by date where it is bound to its figures, else in days from today.

use domain::Day;

/// The day that a cell says: `2025-02-26`, which is never later than today, or so many days from today.
///
/// # Panics
/// If a cell that is part of the program says neither.
pub fn day_of(cell: &str, today: Day) -> Day {
    if let Ok(day) = cell.parse::<Day>() {
        return day.min(today);
    }
    today.plus(cell.parse().expect("embedded days are dates or numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_that_is_past_or_counted_from_today() {
        let day = |cell: &str, today: &str| day_of(cell, today.parse().expect("a day")).to_string();
        assert_eq!(day("2025-02-26", "2026-11-30"), "2025-02-26");
        assert_eq!(day("2025-02-26", "2025-01-10"), "2025-01-10");
        assert_eq!(day("-11", "2026-11-30"), "2026-11-19");
        assert_eq!(day("26", "2026-11-30"), "2026-12-26");
    }
}
