//! Days, quarters and what stands on them: requests in, pages out.

use jiff::civil::Date;

use super::*;

fn told(days: &[Date]) -> Vec<String> {
    days.iter().map(ToString::to_string).collect()
}

#[test]
fn quarters_end_with_march_june_september_and_december() {
    let days = told(&quarters(Date::constant(2026, 2, 14), 3));
    assert_eq!(days, ["2025-06-30", "2025-09-30", "2025-12-31", "2026-02-14"]);
}

#[test]
fn a_quarter_that_ends_on_the_day_is_there_once() {
    let days = told(&quarters(Date::constant(2026, 3, 31), 1));
    assert_eq!(days, ["2025-12-31", "2026-03-31"]);
    assert_eq!(movement::last_quarter(Date::constant(2026, 3, 31)).to_string(), "2025-12-31");
}

#[test]
fn a_day_ends_at_midnight_in_england() {
    let now: Timestamp = "2026-11-29T16:00:00Z".parse().expect("a moment");
    let end = |day: Date| end_of(day, now).to_string();
    // In summer midnight is an hour before that of Greenwich.
    assert_eq!(end(Date::constant(2026, 6, 30)), "2026-06-30T22:59:59.999999Z");
    assert_eq!(end(Date::constant(2026, 1, 31)), "2026-01-31T23:59:59.999999Z");
    assert_eq!(end(Date::constant(2026, 11, 29)), now.to_string());
    assert_eq!(end(Date::constant(2027, 1, 1)), now.to_string());
}
