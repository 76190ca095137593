//! What a service line can change by safe clinical change, and what it cannot.

use charts::{Bar, Bars, Direction, Heading};
use domain::Money;
use results::care::Controllable;

use super::sentences::{a, each};
use crate::shell::words;

/// The cost of one, by who can change it.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) lead: String,
    pub(super) chart: String,
    pub(super) rows: Vec<(&'static str, String, &'static str)>,
}

impl View {
    pub(super) fn of(found: &Controllable, (one, count): (&str, u64)) -> Self {
        let parts = [
            (
                "You decide",
                found.decides,
                "own staff and goods, such as doctors, nurses, implants and drugs",
            ),
            (
                "You decide how much, not the rate",
                found.how_much,
                "services used, such as theatres, tests and therapy",
            ),
            ("Outside your control", found.outside, "overheads and capital charges"),
        ];
        let all = found.decides + found.how_much + found.outside;
        let bar = |(name, amount, _): &(&str, Money, &str)| Bar {
            name: (*name).to_owned(),
            value: words::pounds(each(*amount, count)),
            size: Some(each(*amount, count).micro_pounds() / 10_000),
            is_strong: false,
            is_rest: *name == "Outside your control",
        };
        let heading = Heading {
            id: "change-chart".to_owned(),
            title: "What you can change".to_owned(),
            description: "Three bars: what the service line decides, what it decides the amount of, and what is outside its control.".to_owned(),
        };
        let bars = parts.iter().map(bar).collect();
        let chart = Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw();
        Self {
            lead: format!("Of {} {}:", words::pounds(each(all, count)), a(one)),
            chart: chart.svg(),
            rows: parts
                .map(|(name, amount, what)| (name, words::pounds(each(amount, count)), what))
                .into(),
        }
    }

    pub(super) fn sample() -> Self {
        let pounds = Money::from_pounds;
        let found =
            Controllable { decides: pounds(4430), how_much: pounds(2528), outside: pounds(1832) };
        Self::of(&found, ("stay", 1))
    }
}
