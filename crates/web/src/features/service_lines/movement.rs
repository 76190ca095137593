//! What moved the cost since last year: drawn, in words and as a table.

use charts::{Heading, Precision, Row, Waterfall};
use domain::Money;
use results::care::Moved;

use super::answer::Asked;
use super::sentences;
use crate::shell::fault::Fault;
use crate::shell::words;

/// The movement of a cost.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) chart: String,
    pub(super) note: String,
    pub(super) rows: Vec<(String, String)>,
    pub(super) file: String,
}

impl View {
    pub(super) fn of(asked: &Asked<'_>, moved: &Moved) -> Result<Self, Fault> {
        let last = asked.books.last.as_ref().map(|it| words::year(&it.0.manifest().year));
        let years = (last.unwrap_or_default(), words::year(&asked.books.run.manifest().year));
        let file = asked.part.address(&format!("/services/{}/moved.csv", asked.line.0), &[]);
        Self::drawn(moved, years, file)
    }

    fn drawn(
        moved: &Moved,
        (before, after): (String, String),
        file: String,
    ) -> Result<Self, Fault> {
        let mut rows = vec![Row::Total { name: format!("Cost in {before}"), amount: moved.before }];
        let step = |it: &results::care::Bar| Row::Step {
            name: sentences::name(&it.kind, moved.events),
            amount: it.amount,
        };
        rows.extend(moved.bars.iter().map(step));
        rows.push(Row::Total { name: format!("Cost in {after}"), amount: moved.after });
        let heading = Heading {
            id: "moved-chart".to_owned(),
            title: "What moved since last year".to_owned(),
            description: format!(
                "A walk from the cost in {before} to the cost in {after}. The table below holds the same figures."
            ),
        };
        let table = rows.iter().map(|it| match it {
            Row::Total { name, amount } => (name.clone(), words::pounds(*amount)),
            Row::Step { name, amount } => (name.clone(), sentences::more_or_less(*amount)),
        });
        let table = table.collect();
        let chart = Waterfall { heading, width: 900, precision: Precision::Pounds, rows };
        let chart = chart
            .draw()
            .map_err(|error| Fault::Broken(format!("what moved does not add up: {error}")))?;
        let change = moved.after - moved.before;
        Ok(Self {
            title: format!("What moved since last year: {}", sentences::more_or_less(change)),
            lead: lead(moved),
            note: chart.note.clone(),
            chart: chart.svg(),
            rows: table,
            file,
        })
    }

    pub(super) fn sample() -> Self {
        use results::care::{Bar, BarKind};
        let pounds = Money::from_pounds;
        let bar = |kind, amount| Bar { kind, amount: pounds(amount) };
        let moved = Moved {
            before: pounds(6_754_280),
            bars: vec![
                bar(BarKind::Volume, 150_840),
                bar(BarKind::CaseMix, 24_720),
                bar(BarKind::Use("Own ward nursing".to_owned()), 164_800),
                bar(BarKind::Spread, -65_920),
                bar(BarKind::Prices, 214_240),
            ],
            after: pounds(7_242_960),
            events: (806, 824),
            unit_cost: pounds(313_120),
        };
        let years = ("2024/25".to_owned(), "2025/26".to_owned());
        Self::drawn(&moved, years, "/services/TORT/moved.csv".to_owned())
            .expect("the sample adds up")
    }
}

/// What of the change comes of more patients, and what of the cost of one.
fn lead(moved: &Moved) -> String {
    format!(
        "What the same care cost for one accounts for {}; how many there were, and of what kind, for {}.",
        sentences::more_or_less(moved.unit_cost),
        sentences::more_or_less(moved.after - moved.before - moved.unit_cost)
    )
}
