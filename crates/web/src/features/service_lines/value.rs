//! Value: what one cost, month by month, beside one outcome of the same patients and months, each with
//! the way it goes in words.

use std::sync::Arc;

use charts::{Heading, Limit, Line, Mark, Point};
use domain::Money;
use results::Run;
use results::group::PatientGroup;
use results::outcomes::{
    Charted, Compared, CostByMonth, CostsByMonth, Form, Good, MonthCost, MonthValue, Outcome,
    beside,
};
use statistics::spc::Meaning;
use store::measures::Month;

use super::answer::Asked;
use super::outcomes::{both_years, one_place, valued};
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::measures::month_words;
use crate::shell::words::{self, each};

/// The outcome that stands beside the cost of a spell. Where nobody was discharged, the first outcome
/// that there is stands beside the cost of an event.
const OF_SPELLS: &str = "stay";

/// Groups whose costs are kept at most.
const GROUPS: usize = 2_000;

/// Costs that were read already, by run and group.
static COSTS: Kept<(String, PatientGroup), CostsByMonth> = Kept::new(GROUPS);

/// What is said of months in which there was nothing.
const NONE: &str = "none";

/// Both series.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) cost: Series,
    pub(super) outcome: Series,
}

/// One series, month by month: the year before, where there is one, and this year.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    pub(super) title: String,
    pub(super) definition: String,
    /// Its value, and which way it goes.
    pub(super) direction: String,
    pub(super) svg: String,
    pub(super) note: String,
    pub(super) months: Vec<OfMonth>,
    /// The months of this year in a sentence.
    pub(super) line: String,
}

/// One month of a series.
#[derive(Clone, Debug, Default)]
pub(super) struct OfMonth {
    /// `April 2025`.
    pub(super) month: String,
    pub(super) value: String,
    /// Of how many it is.
    pub(super) of: String,
    /// What is drawn; none where there was nothing.
    point: Option<f64>,
}

/// A measure in both years, and its months as they are shown.
struct Told<'a> {
    now: &'a Outcome,
    compared: Option<Compared>,
    /// Over the months that both years have, in words: this year, and the year before.
    values: (String, Option<String>),
    months: (Vec<OfMonth>, Vec<OfMonth>),
    /// How a figure of its chart is written.
    shown: fn(f64) -> String,
}

impl View {
    /// Both series of what is looked at; none where nothing was done that has an outcome.
    pub(super) fn of(asked: &Asked<'_>) -> Result<Option<Self>, Fault> {
        let (line, part) = (asked.line.0, asked.part);
        let (now, before) = both_years(&asked.visit.app, asked.books, (line, part))?;
        let is_there = |it: &&Outcome| it.absent.is_none();
        let of_spells = now.iter().find(|it| it.code == OF_SPELLS).filter(is_there);
        let Some(outcome) = of_spells.or_else(|| now.iter().find(is_there)) else {
            return Ok(None);
        };
        let group = PatientGroup::of_part(line, (&part.pod, &part.hrg));
        let read = |run: &Run| -> Result<CostByMonth, Fault> {
            let all = costs(run, &group)?;
            Ok(if of_spells.is_some() { all.spells.clone() } else { all.events.clone() })
        };
        let cost = read(&asked.books.run)?;
        if cost.measure.absent.is_some() {
            return Ok(None);
        }
        let last = asked.books.last.as_ref().map(|it| read(&it.0)).transpose()?;
        let last = last.filter(|it| it.measure.absent.is_none());
        let before = before.iter().find(|it| it.code == outcome.code).filter(is_there);
        Ok(Some(Self {
            cost: Series::of(of_cost(&cost, last.as_ref())),
            outcome: Series::of(of_outcome(outcome, before)),
        }))
    }

    /// The cost, then the outcome.
    pub(super) fn both(&self) -> [&Series; 2] {
        [&self.cost, &self.outcome]
    }

    pub(super) fn sample() -> Self {
        let month = |value: &str| OfMonth {
            month: "April 2025".to_owned(),
            value: value.to_owned(),
            of: "412".to_owned(),
            point: None,
        };
        let series = |title: &str, direction: &str, value: &str| Series {
            title: title.to_owned(),
            definition: "For the spells discharged in the month.".to_owned(),
            direction: direction.to_owned(),
            note: "Dashed lines: trial limits.".to_owned(),
            months: vec![month(value)],
            ..Series::default()
        };
        let cost = "Cost of a spell: £3,412, was £3,201 in the same months of the year before: rising, by more than chance explains.";
        let stay = "Average stay: 5.1 days, was 5.0 days in the same months of the year before: no more change than chance explains.";
        Self {
            cost: series("Cost of a spell by month, in pounds", cost, "£3,412"),
            outcome: series("Average stay by month, in days", stay, "5.1"),
        }
    }
}

fn costs(run: &Run, group: &PatientGroup) -> Result<Arc<CostsByMonth>, Fault> {
    let key = (run.manifest_sha256().to_owned(), group.clone());
    COSTS.of(key, || Ok(run.costs_by_month(group)?))
}

/// A cost, from its exact months.
fn of_cost<'a>(now: &'a CostByMonth, before: Option<&CostByMonth>) -> Told<'a> {
    let month = |it: &MonthCost| {
        let of_one = words::pounds(each(it.cost, it.count));
        let is_nothing = it.count == 0;
        OfMonth {
            month: named(&it.month),
            value: if is_nothing { NONE.to_owned() } else { of_one.clone() },
            of: words::thousands(it.count),
            point: if is_nothing { None } else { drawn(&of_one) },
        }
    };
    let months = |it: &CostByMonth| it.months.iter().map(month).collect::<Vec<_>>();
    let in_both = |one: &CostByMonth, other: Option<&CostByMonth>| {
        let (cost, count) = together(&one.months, other.map(|it| it.months.as_slice()));
        words::pounds(each(cost, count))
    };
    Told {
        now: &now.measure,
        compared: before.map(|it| beside(&it.measure, &now.measure)),
        values: (in_both(now, before), before.map(|it| in_both(it, Some(now)))),
        months: (before.map(months).unwrap_or_default(), months(now)),
        shown: in_pounds,
    }
}

/// What the months cost together that another year has too, and how many there were in them.
fn together(months: &[MonthCost], other: Option<&[MonthCost]>) -> (Money, u64) {
    let is_in_both = |it: &&MonthCost| {
        other.is_none_or(|other| other.iter().any(|of| of.month.get(4..) == it.month.get(4..)))
    };
    let mut sum = (Money::ZERO, 0);
    for it in months.iter().filter(is_in_both) {
        sum.0 += it.cost;
        sum.1 += it.count;
    }
    sum
}

fn of_outcome<'a>(now: &'a Outcome, before: Option<&Outcome>) -> Told<'a> {
    let month = |it: &MonthValue| {
        let tenths = tenths(now.form, it);
        let value = tenths.map(|it| format!("{}.{}", it / 10, it % 10));
        let sign = if now.form == Form::Proportion { "%" } else { "" };
        OfMonth {
            month: named(&it.month),
            value: value.as_ref().map_or_else(|| NONE.to_owned(), |it| format!("{it}{sign}")),
            of: words::thousands(it.denominator.unsigned_abs()),
            point: value.as_deref().and_then(drawn),
        }
    };
    let months = |it: &Outcome| it.months.iter().map(month).collect::<Vec<_>>();
    let compared = before.map(|it| beside(it, now));
    let after = match &compared {
        Some(it) => it.after,
        None => now.estimate(),
    };
    let earlier = compared.as_ref().and_then(|it| it.before);
    Told {
        now,
        values: (
            after.map_or_else(|| NONE.to_owned(), |it| valued(now, &it)),
            earlier.map(|it| valued(now, &it)),
        ),
        compared,
        months: (before.map(months).unwrap_or_default(), months(now)),
        shown: one_place,
    }
}

/// The value of a month in tenths of its unit, of a proportion of one percent; none without a base.
fn tenths(form: Form, it: &MonthValue) -> Option<u64> {
    let of = u64::try_from(it.denominator).ok().filter(|it| *it > 0)?;
    let scale = if form == Form::Proportion { 1_000 } else { 10 };
    Some((it.numerator.unsigned_abs() * scale + of / 2) / of)
}

/// A figure that is shown as a chart takes it.
fn drawn(shown: &str) -> Option<f64> {
    let plain: String = shown.chars().filter(|it| !matches!(it, '£' | ',')).collect();
    plain.replace('\u{2212}', "-").parse().ok()
}

/// In whole pounds, of a figure that a chart has worked out.
fn in_pounds(value: f64) -> String {
    let whole = format!("{value:.0}");
    match whole.strip_prefix('-').unwrap_or(&whole).parse::<u64>() {
        Ok(0) => "£0".to_owned(),
        Ok(it) if whole.starts_with('-') => format!("minus £{}", words::thousands(it)),
        Ok(it) => format!("£{}", words::thousands(it)),
        Err(_) => whole,
    }
}

/// `April 2025` for `2025-04`.
fn named(month: &str) -> String {
    month.parse::<Month>().map_or_else(|_| month.to_owned(), month_words)
}

impl Series {
    fn of(told: Told<'_>) -> Self {
        let direction = direction(&told);
        let title = format!("{} by month, in {}", told.now.name, told.now.unit);
        let line = line(&told);
        let Told { now, compared, months: (mut months, this_year), shown, .. } = told;
        months.extend(this_year);
        let chart = chart((now, &title), &months, (compared.and_then(|it| it.chart), shown));
        let good = match now.good {
            Good::Up => " More is better.",
            Good::Down => " Less is better.",
            Good::Neither => "",
        };
        Self {
            title,
            definition: now.definition.clone(),
            direction,
            svg: chart.svg(),
            note: format!("{}{good}", chart.note),
            months,
            line,
        }
    }
}

/// The value of the months that both years have, and which way it goes.
fn direction(told: &Told<'_>) -> String {
    let (name, now) = (&told.now.name, &told.values.0);
    let (Some(before), Some(compared)) = (&told.values.1, &told.compared) else {
        return format!("{name}: {now}. There is no year before to set it beside.");
    };
    let way = match compared.change {
        None => "too few to say which way it goes",
        Some(_) if !compared.is_more_than_chance => "no more change than chance explains",
        Some(it) if it.value > 0.0 => "rising, by more than chance explains",
        Some(_) => "falling, by more than chance explains",
    };
    let good = match compared.is_better {
        Some(true) => ", for the better",
        Some(false) => ", for the worse",
        None => "",
    };
    format!("{name}: {now}, was {before} in the same months of the year before: {way}{good}.")
}

/// The months of this year in a sentence: `Average stay by month, in days: Apr 4.6, May 4.7.`
fn line(told: &Told<'_>) -> String {
    let month = |it: &OfMonth| format!("{} {}", it.month.get(..3).unwrap_or(&it.month), it.value);
    let months: Vec<String> = told.months.1.iter().map(month).collect();
    format!("{} by month, in {}: {}.", told.now.name, told.now.unit, months.join(", "))
}

fn chart(
    (of, title): (&Outcome, &str),
    months: &[OfMonth],
    (charted, shown): (Option<Charted>, fn(f64) -> String),
) -> charts::Chart {
    let mark = |month: &str| {
        let meaning = charted.as_ref().and_then(|it| {
            let at = it.labels.iter().position(|label| label == month)?;
            it.meanings.get(at)
        });
        match meaning {
            Some(Meaning::Concern) => Mark::Concern,
            Some(Meaning::Improvement) => Mark::Improvement,
            Some(Meaning::Neither) => Mark::Neither,
            Some(Meaning::Ordinary) | None => Mark::Ordinary,
        }
    };
    let point =
        |it: &OfMonth| Point { label: it.month.clone(), value: it.point, mark: mark(&it.month) };
    let limit = |name: &str, value: f64| Limit { label: format!("{name} {}", shown(value)), value };
    let xmr = charted.as_ref().map(|it| &it.xmr);
    let limits = xmr.map_or_else(Vec::new, |it| {
        vec![limit("upper limit", it.upper), limit("lower limit", it.lower)]
    });
    Line {
        heading: Heading {
            id: format!("{}-chart", of.code),
            title: title.to_owned(),
            description: format!("{title}. The table below holds the same figures."),
        },
        width: 900,
        points: months.iter().map(point).collect(),
        average: xmr.map(|it| limit("average", it.mean)),
        limits,
        target: None,
        callout: charted.as_ref().and_then(|it| it.callout.clone()),
        rule: charted.as_ref().map_or_else(String::new, |it| it.rule.clone()),
    }
    .draw()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    /// Twelve months of ten spells each, half of them at one cost and half at the other.
    fn year(first: i32, (one, other): (i64, i64)) -> CostByMonth {
        let name = |at: i32| {
            let month = (at + 3) % 12 + 1;
            format!("{}-{month:02}", first + i32::from(month < 4))
        };
        let names: Vec<String> = (0..12).map(name).collect();
        let cost = |it: &String| MonthCost {
            month: it.clone(),
            count: 10,
            cost: Money::from_pounds(5 * (one + other)),
        };
        let value = |it: &String| MonthValue {
            month: it.clone(),
            numerator: 5 * (one + other),
            denominator: 10,
            squares: 5 * (one * one + other * other),
        };
        let measure = Outcome {
            code: "spell-cost".to_owned(),
            name: "Cost of a spell".to_owned(),
            unit: "pounds".to_owned(),
            good: Good::Neither,
            form: Form::Mean,
            months: names.iter().map(value).collect(),
            unknown: 0,
            absent: None,
            spread: None,
            definition: "Cost of the spells.".to_owned(),
            source: "Costed episodes".to_owned(),
        };
        CostByMonth { months: names.iter().map(cost).collect(), measure }
    }

    fn said(now: &CostByMonth, before: Option<&CostByMonth>) -> String {
        Series::of(of_cost(now, before)).direction
    }

    #[test]
    fn a_cost_says_which_way_it_goes_and_years_swapped_reverse_it() {
        // 900 and 1,100 are 1,000 on average, 1,900 and 2,100 are 2,000.
        let (low, high) = (year(2024, (900, 1_100)), year(2025, (1_900, 2_100)));
        assert_eq!(
            said(&high, Some(&low)),
            "Cost of a spell: £2,000, was £1,000 in the same months of the year before: rising, by more than chance explains."
        );
        assert_eq!(
            said(&low, Some(&high)),
            "Cost of a spell: £1,000, was £2,000 in the same months of the year before: falling, by more than chance explains."
        );
        let alike = year(2025, (901, 1_101));
        assert!(said(&alike, Some(&low)).contains("£1,001, was £1,000"));
        assert!(said(&alike, Some(&low)).ends_with(": no more change than chance explains."));
        let alone = said(&high, None);
        assert!(alone.ends_with("£2,000. There is no year before to set it beside."), "{alone}");
    }

    #[test]
    fn only_months_of_both_years_are_set_side_by_side_and_all_are_shown() {
        let (before, mut now) = (year(2024, (900, 1_100)), year(2025, (1_900, 2_100)));
        now.months.truncate(2);
        now.measure.months.truncate(2);
        // The months that this year has not do not count.
        let mut dear = before.clone();
        dear.months[11].cost = Money::from_pounds(900_000);
        assert!(said(&now, Some(&dear)).contains("£2,000, was £1,000"));
        // 20,004.90 over ten are 2,000.49: to the pound in what is shown alone.
        now.months[0].cost = money("20004.90");
        now.months[1].count = 0;
        let series = Series::of(of_cost(&now, Some(&before)));
        assert_eq!(series.months.len(), 14);
        let shown =
            |at: usize| (series.months[at].month.as_str(), series.months[at].value.as_str());
        assert_eq!(shown(0), ("April 2024", "£1,000"));
        assert_eq!(shown(12), ("April 2025", "£2,000"));
        assert_eq!(shown(13), ("May 2025", NONE));
        assert_eq!(series.line, "Cost of a spell by month, in pounds: Apr £2,000, May none.");
        assert!(series.svg.contains("<svg") && series.note.contains("A gap"), "{}", series.note);
    }

    #[test]
    fn months_of_an_outcome_are_rounded_once() {
        let month = |numerator, denominator| MonthValue {
            month: "2025-04".to_owned(),
            numerator,
            denominator,
            squares: 0,
        };
        // 46 of 10 are 4.6; 1 of 3 is 33.3%; 2 of 3 are 66.7%.
        assert_eq!(tenths(Form::Mean, &month(46, 10)), Some(46));
        assert_eq!(tenths(Form::Proportion, &month(1, 3)), Some(333));
        assert_eq!(tenths(Form::Proportion, &month(2, 3)), Some(667));
        assert_eq!(tenths(Form::Ratio, &month(2, 0)), None);
    }

    #[test]
    fn limits_are_told_in_whole_pounds() {
        let told = [3_412.4, 0.2, -120.0].map(in_pounds);
        assert_eq!(told, ["£3,412", "£0", "minus £120"]);
    }
}
