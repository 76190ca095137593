//! Ceilings of prices that surgeons and finance set together: what suppliers answered, what is
//! stocked, and what it saves. What does not meet the price is not stocked.

use serde::{Deserialize, Serialize};

use crate::pence::{MANY, Pence};

/// Suppliers that a ceiling may have.
pub const SUPPLIERS_MAX: usize = 30;

/// What a supplier answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The supplier.
    pub supplier: String,
    /// What one cost before.
    pub before: Pence,
    /// What one costs now; none before the supplier answered.
    pub price: Option<Pence>,
    /// Day of the answer, such as `2026-04-12`; blank before.
    pub on: String,
    /// How many are used a year.
    pub yearly: i64,
}

/// A ceiling of the price of a group of products.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// The products, such as cemented hip stems.
    pub products: String,
    /// The highest price at which one is stocked.
    pub price: Pence,
    /// Day on which it was set.
    pub set_on: String,
    /// References of the surgeons who set it.
    pub surgeons: Vec<String>,
    /// Reference of who set it for finance.
    pub finance: String,
    /// Why it is safe and good for patients.
    pub why: String,
    /// What suppliers answered, in order.
    pub answers: Vec<Answer>,
}

/// How a supplier stands to a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The supplier has not answered.
    Waiting,
    /// At or below the ceiling: stocked.
    Yes,
    /// Above it: not stocked.
    No,
}

impl Met {
    /// The name on pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "No answer yet: not stocked",
            Self::Yes => "Met: stocked",
            Self::No => "Not met: not stocked",
        }
    }
}

impl Ceiling {
    /// How a supplier stands to it.
    pub fn met(&self, answer: &Answer) -> Met {
        match answer.price {
            None => Met::Waiting,
            Some(price) if price <= self.price => Met::Yes,
            Some(_) => Met::No,
        }
    }

    /// What a year saves at a supplier that is stocked: the price before less that now, times how
    /// many; below zero where it became dearer, none where it is not stocked.
    pub fn saving(&self, answer: &Answer) -> Option<Pence> {
        let price = answer.price.filter(|_| self.met(answer) == Met::Yes)?;
        Some((answer.before - price).times(answer.yearly))
    }

    /// What a year saves in all.
    pub fn saving_in_all(&self) -> Pence {
        self.answers.iter().filter_map(|it| self.saving(it)).sum()
    }

    /// Whether it is such as people may write it: set by a surgeon and finance, on a day, each
    /// supplier once.
    pub fn is_sound(&self) -> bool {
        let is_day = |text: &str| text.parse::<jiff::civil::Date>().is_ok();
        let price = |it: Pence| it.is_sound() && it >= Pence::ZERO;
        let answer = |it: &Answer| {
            !it.supplier.trim().is_empty()
                && price(it.before)
                && it.price.is_none_or(price)
                && it.price.is_some() == is_day(&it.on)
                && (0..=MANY).contains(&it.yearly)
        };
        let mut names: Vec<&str> = self.answers.iter().map(|it| it.supplier.trim()).collect();
        names.sort_unstable();
        names.dedup();
        !self.products.trim().is_empty()
            && !self.surgeons.is_empty()
            && !self.finance.is_empty()
            && !self.surgeons.contains(&self.finance)
            && is_day(&self.set_on)
            && price(self.price)
            && names.len() == self.answers.len()
            && self.answers.len() <= SUPPLIERS_MAX
            && self.answers.iter().all(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pounds(text: &str) -> Pence {
        text.parse().expect("an amount")
    }

    fn answer(supplier: &str, before: &str, (price, yearly): (Option<&str>, i64)) -> Answer {
        Answer {
            supplier: supplier.to_owned(),
            before: pounds(before),
            price: price.map(pounds),
            on: price.map_or("", |_| "2026-04-12").to_owned(),
            yearly,
        }
    }

    fn stems() -> Ceiling {
        Ceiling {
            products: "Cemented hip stems".to_owned(),
            price: pounds("450"),
            set_on: "2026-03-01".to_owned(),
            surgeons: vec!["tomos".to_owned()],
            finance: "daniel".to_owned(),
            why: "All are rated for ten years".to_owned(),
            answers: vec![
                answer("Aldwych", "520.50", (Some("450"), 210)),
                answer("Bellweather", "610", (Some("475.25"), 90)),
                answer("Corvane", "480", (None, 40)),
                answer("Dunmore", "430", (Some("444.99"), 100)),
            ],
        }
    }

    #[test]
    fn only_what_meets_the_price_is_stocked_and_saves() {
        let ceiling = stems();
        assert!(ceiling.is_sound());
        let met: Vec<Met> = ceiling.answers.iter().map(|it| ceiling.met(it)).collect();
        assert_eq!(met, [Met::Yes, Met::No, Met::Waiting, Met::Yes]);
        let savings: Vec<Option<Pence>> =
            ceiling.answers.iter().map(|it| ceiling.saving(it)).collect();
        // (520.50 − 450) × 210 = 14,805; (430 − 444.99) × 100 = −1,499.
        assert_eq!(savings, [Some(pounds("14805")), None, None, Some(pounds("-1499"))]);
        assert_eq!(ceiling.saving_in_all(), pounds("13306"));
    }

    #[test]
    fn surgeons_and_finance_set_it_and_an_answer_has_its_day() {
        let nobody = Ceiling { surgeons: Vec::new(), ..stems() };
        assert!(!nobody.is_sound());
        let one = Ceiling { finance: "tomos".to_owned(), ..stems() };
        assert!(!one.is_sound());
        let mut undated = stems();
        undated.answers[0].on.clear();
        assert!(!undated.is_sound());
        let mut twice = stems();
        twice.answers[1].supplier = "Aldwych ".to_owned();
        assert!(!twice.is_sound());
    }
}
