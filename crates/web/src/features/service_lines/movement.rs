//! What moved the cost since last year: drawn, in words and as a table.

use charts::{Heading, Precision, Row, Waterfall};
use domain::Money;
use results::care::{Bar, BarKind, Moved};

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
        let from = Row::Total { name: format!("Cost in {before}"), amount: moved.before };
        let to = Row::Total { name: format!("Cost in {after}"), amount: moved.after };
        let walk = |steps: Vec<(String, Money)>| {
            let steps = steps.into_iter().map(|(name, amount)| Row::Step { name, amount });
            std::iter::once(from.clone()).chain(steps).chain([to.clone()]).collect::<Vec<Row>>()
        };
        let named =
            moved.bars.iter().map(|it| (sentences::name(&it.kind, moved.events), it.amount));
        let (all, rows) = (walk(named.collect()), walk(bars(moved)));
        let heading = Heading {
            id: "moved-chart".to_owned(),
            title: "What moved since last year".to_owned(),
            description: format!(
                "A walk from the cost in {before} to the cost in {after}. The table below holds every step."
            ),
        };
        let table = all.iter().map(|it| match it {
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

/// Services whose use has a bar of its own; the others are one, so that the chart can be read.
const USES: usize = 5;

/// The steps that are drawn; they add up to the same.
fn bars(moved: &Moved) -> Vec<(String, Money)> {
    let is_use = |it: &&Bar| matches!(it.kind, BarKind::Use(_));
    let mut uses: Vec<&Bar> = moved.bars.iter().filter(is_use).collect();
    uses.sort_by_key(|it| std::cmp::Reverse(it.amount.abs()));
    // One that would stand alone keeps its name.
    let least = uses.get(USES).filter(|_| uses.len() > USES + 1).map(|it| it.amount.abs());
    let is_small = |it: &Bar| is_use(&it) && least.is_some_and(|least| it.amount.abs() <= least);
    let mut drawn = Vec::new();
    let mut others = None;
    for it in &moved.bars {
        if is_small(it) {
            let place = *others.get_or_insert_with(|| {
                drawn.push(("Use of other services".to_owned(), Money::ZERO));
                drawn.len() - 1
            });
            drawn[place].1 += it.amount;
        } else {
            drawn.push((sentences::name(&it.kind, moved.events), it.amount));
        }
    }
    drawn
}

/// What of the change comes of more patients, and what of the cost of one.
fn lead(moved: &Moved) -> String {
    format!(
        "What the same care cost for one accounts for {}; how many there were, and of what kind, for {}.",
        sentences::more_or_less(moved.unit_cost),
        sentences::more_or_less(moved.after - moved.before - moved.unit_cost)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_uses_are_one_bar_and_all_bars_add_up_to_the_same() {
        let bar = |kind, pounds| Bar { kind, amount: Money::from_pounds(pounds) };
        let uses = [70, -60, 50, -40, 30, 20, -9].into_iter().enumerate();
        let uses = uses.map(|(number, pounds)| bar(BarKind::Use(format!("S{number}")), pounds));
        let bars = std::iter::once(bar(BarKind::Volume, 100)).chain(uses);
        let moved = Moved {
            before: Money::from_pounds(1000),
            bars: bars.chain([bar(BarKind::Prices, -5)]).collect(),
            after: Money::from_pounds(1156),
            events: (10, 12),
            unit_cost: Money::from_pounds(56),
        };
        let told: Vec<String> =
            super::bars(&moved).iter().map(|(name, it)| format!("{name}: {it}")).collect();
        // 20 less 9 are one; the five larger stand for themselves.
        assert_eq!(
            told,
            [
                "More of them (12, was 10): £100.000000",
                "Use of s0: £70.000000",
                "Use of s1: -£60.000000",
                "Use of s2: £50.000000",
                "Use of s3: -£40.000000",
                "Use of s4: £30.000000",
                "Use of other services: £11.000000",
                "Pay and prices: -£5.000000",
            ]
        );
        let view = View::drawn(&moved, ("2024/25".into(), "2025/26".into()), String::new());
        assert_eq!(view.expect("adds up").rows.len(), 11);
    }
}
