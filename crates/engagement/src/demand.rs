//! Demand and capacity of a clinic by month: referrals, slots, appointments and those not attended.
//!
//! What is lost to appointments not attended is told in slots, and at a stated price. It is not
//! cash: a slot that is used again treats somebody, and saves nothing by itself.

use serde::{Deserialize, Serialize};

use crate::journeys::Idea;
use crate::pence::{MANY, Pence, grouped};

/// Months that a review may have.
pub const MONTHS_MAX: usize = 36;

/// Per thousand: shares are told with one decimal of a percent.
const THOUSAND: i64 = 1_000;

/// One month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Month {
    /// `2026-04`.
    pub month: String,
    /// Patients referred.
    pub referrals: i64,
    /// Appointments that could be given.
    pub slots: i64,
    /// First appointments attended.
    pub first: i64,
    /// Follow-up appointments attended.
    pub follow_up: i64,
    /// Other appointments attended, such as procedures in clinic.
    pub other: i64,
    /// Appointments that patients missed without warning.
    pub missed: i64,
    /// The run that first, follow-up, other and missed appointments were read off; blank where somebody
    /// entered them.
    pub run: String,
}

/// A review of demand and capacity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// What it is called.
    pub title: String,
    /// Which clinic, and why it was looked at.
    pub about: String,
    /// What one slot is said to cost.
    pub slot_price: Pence,
    /// Where the price is from.
    pub price_source: String,
    /// What it did to waiting; blank before anything is known.
    pub waiting: String,
    /// Months in order.
    pub months: Vec<Month>,
    /// What was changed, with what it is said to save a year.
    pub changes: Vec<Idea>,
}

/// Appointments of some months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Patients referred.
    pub referrals: i64,
    /// Appointments that could be given.
    pub slots: i64,
    /// First appointments attended.
    pub first: i64,
    /// Follow-up appointments attended.
    pub follow_up: i64,
    /// Other appointments attended.
    pub other: i64,
    /// Appointments missed.
    pub missed: i64,
}

/// What a share of appointments not attended means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Slots, in halves so that halving is exact.
    pub half_slots: i64,
    /// At the stated price; not cash.
    pub at_price: Pence,
}

impl Counted {
    /// Appointments that were made: attended and missed.
    pub const fn made(self) -> i64 {
        self.first + self.follow_up + self.other + self.missed
    }

    /// Of appointments made, those missed, per thousand, half up; none where there are none.
    pub const fn missed_per_thousand(self) -> Option<i64> {
        rounded(self.missed * THOUSAND, self.made())
    }

    /// Follow-up appointments for each first, in tenths, half up; none without a first.
    pub const fn follow_ups_tenths(self) -> Option<i64> {
        rounded(self.follow_up * 10, self.first)
    }

    /// Slots for which no appointment was made; below zero where more were made than there are.
    pub const fn unused(self) -> i64 {
        self.slots - self.made()
    }

    /// Patients referred less first appointments attended: how much the queue grew.
    pub const fn queue(self) -> i64 {
        self.referrals - self.first
    }

    fn add(&mut self, it: &Month) {
        self.referrals += it.referrals;
        self.slots += it.slots;
        self.first += it.first;
        self.follow_up += it.follow_up;
        self.other += it.other;
        self.missed += it.missed;
    }
}

const fn rounded(part: i64, whole: i64) -> Option<i64> {
    if whole > 0 { Some((2 * part + whole) / (2 * whole)) } else { None }
}

impl Month {
    /// Its appointments.
    pub fn counted(&self) -> Counted {
        let mut found = Counted::default();
        found.add(self);
        found
    }

    fn is_sound(&self) -> bool {
        let own = [self.first, self.follow_up, self.other, self.missed];
        let all = [self.referrals, self.slots].into_iter().chain(own);
        is_month(&self.month) && all.into_iter().all(|it| (0..=MANY).contains(&it))
    }
}

/// Whether a text is a month such as `2026-04`.
pub fn is_month(text: &str) -> bool {
    // number: `2026-04` has seven letters
    text.len() == 7 && format!("{text}-01").parse::<jiff::civil::Date>().is_ok()
}

impl Demand {
    /// All months together.
    pub fn counted(&self) -> Counted {
        let mut found = Counted::default();
        self.months.iter().for_each(|it| found.add(it));
        found
    }

    /// What appointments not attended took.
    pub fn lost(&self) -> Lost {
        let missed = self.counted().missed;
        Lost { half_slots: 2 * missed, at_price: self.slot_price.times(missed) }
    }

    /// What halving their number would give back; half a penny goes up.
    pub fn halved(&self) -> Lost {
        let lost = self.lost();
        let price = Pence::new((lost.at_price.whole() + 1) / 2);
        Lost { half_slots: lost.half_slots / 2, at_price: price }
    }

    /// What the changes are said to save together, a year.
    pub fn changes_in_all(&self) -> Pence {
        self.changes.iter().map(|it| it.saving).sum()
    }

    /// Whether it is such as people may write it: months each once and in order.
    pub fn is_sound(&self) -> bool {
        let in_order = self.months.windows(2).all(|it| it[0].month < it[1].month);
        let change = |it: &Idea| {
            !it.what.trim().is_empty() && it.saving.is_sound() && it.saving >= Pence::ZERO
        };
        !self.title.trim().is_empty()
            && in_order
            && self.months.len() <= MONTHS_MAX
            && self.months.iter().all(Month::is_sound)
            && self.slot_price.is_sound()
            && self.slot_price >= Pence::ZERO
            && (self.slot_price == Pence::ZERO || !self.price_source.trim().is_empty())
            && self.changes.len() <= MONTHS_MAX
            && self.changes.iter().all(change)
    }
}

impl Lost {
    /// Slots as people read them: `240`, `37.5`.
    pub fn slots(self) -> String {
        let half = if self.half_slots % 2 == 0 { "" } else { ".5" };
        format!("{}{half}", grouped(self.half_slots.unsigned_abs() / 2))
    }
}

/// A share per thousand as people read it: `12.0%`.
pub fn percent(per_thousand: i64) -> String {
    format!("{}.{}%", per_thousand / 10, per_thousand % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(month: &str, [referrals, slots, first, follow_up, missed]: [i64; 5]) -> Month {
        Month {
            month: month.to_owned(),
            referrals,
            slots,
            first,
            follow_up,
            other: 0,
            missed,
            run: String::new(),
        }
    }

    fn dermatology() -> Demand {
        let change = |what: &str, pounds: i64| Idea {
            what: what.to_owned(),
            saving: Pence::new(pounds * 100),
            ..Idea::default()
        };
        Demand {
            title: "Dermatology clinics".to_owned(),
            slot_price: Pence::new(12_345),
            price_source: "Published costing".to_owned(),
            months: vec![
                month("2026-04", [120, 420, 100, 252, 48]),
                month("2026-05", [118, 420, 110, 242, 49]),
            ],
            // The savings of the guide, 6.12.
            changes: vec![
                change("Unused slots taken out", 80_000),
                change("Patients discharged to their GP sooner", 33_000),
            ],
            ..Demand::default()
        }
    }

    #[test]
    fn savings_of_the_guide_add_up_to_113000_and_one_in_eight_is_missed() {
        let review = dermatology();
        assert!(review.is_sound());
        // £80,000 + £33,000 = £113,000.
        assert_eq!(review.changes_in_all(), Pence::new(11_300_000));
        // 48 of 100 + 252 + 48 = 400 are 12.0%.
        let april = review.months[0].counted();
        assert_eq!(april.missed_per_thousand().map(percent).as_deref(), Some("12.0%"));
        // 252 for 100 are 2.5 each.
        assert_eq!(april.follow_ups_tenths(), Some(25));
        assert_eq!((april.unused(), april.queue()), (20, 20));
    }

    #[test]
    fn halving_is_exact_in_slots_and_at_the_price() {
        let review = dermatology();
        // 97 missed at £123.45 are £11,974.65; half are 48.5 slots, £5,987.325, to the penny up.
        assert_eq!(review.lost().slots(), "97");
        assert_eq!(review.lost().at_price, Pence::new(1_197_465));
        assert_eq!(review.halved().slots(), "48.5");
        assert_eq!(review.halved().at_price, Pence::new(598_733));
        let nothing = Counted::default();
        assert_eq!((nothing.missed_per_thousand(), nothing.follow_ups_tenths()), (None, None));
    }

    #[test]
    fn months_stand_once_and_in_order_and_a_price_has_a_source() {
        let mut review = dermatology();
        review.months.reverse();
        assert!(!review.is_sound());
        review.months = vec![month("2026-13", [0; 5])];
        assert!(!review.is_sound());
        review.months.clear();
        assert!(review.is_sound());
        review.price_source.clear();
        assert!(!review.is_sound());
    }
}
