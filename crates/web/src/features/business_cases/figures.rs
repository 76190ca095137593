//! What a published costing says of a service line: figures to attach to a case, what a minute of
//! staff costs, how the line stands, and appointments by month.

use std::collections::BTreeMap;

use domain::Money;
use engagement::demand::Month;
use engagement::journeys::{LineResult, RateSource};
use engagement::pence::{Pence, Rate};
use results::Run;
use results::care::{Care, CareBook, CareRowKind};
use results::group::PatientGroup;
use results::outcomes::MonthValue;
use rules::year::CountUnit;
use store::cases::Figure;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::provenance::short;
use crate::shell::shelf::{Shelf, reading};
use crate::shell::{care, words};

/// Cost of staff, as a model calls it.
const PAY: &str = "PAY";

/// Millionths of a pound in a penny.
const MICRO_OF_PENNY: i64 = 10_000;

/// What the latest published costing says of a service line.
#[derive(Clone, Debug, Default)]
pub struct Costing {
    /// The run.
    pub run: String,
    /// Its period, as people read it.
    pub period: String,
    /// Months of the year that it covers, 1 to 12.
    pub last_period: u8,
    /// Figures to attach to a case.
    pub figures: Vec<Figure>,
    /// What a minute of staff costs, by what they do.
    pub rates: Vec<MinuteRate>,
    /// Surplus, or deficit below zero.
    pub result: Money,
}

/// What a minute of staff costs at something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinuteRate {
    /// By what it is chosen.
    pub key: String,
    /// What they do.
    pub activity: String,
    /// Who they are.
    pub staff: String,
    /// What a minute costs.
    pub rate: Rate,
}

impl Costing {
    /// A figure by its key.
    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|it| it.key == key)
    }

    /// A rate by its key.
    pub fn rate(&self, key: &str) -> Option<&MinuteRate> {
        self.rates.iter().find(|it| it.key == key)
    }

    /// Where a rate of it is from.
    pub fn source(&self, of: &MinuteRate) -> RateSource {
        RateSource::Run {
            run: self.run.clone(),
            period: self.period.clone(),
            what: format!("{}: {}", of.activity, of.staff),
        }
    }

    /// How the line stands.
    pub fn line(&self) -> LineResult {
        LineResult {
            run: self.run.clone(),
            period: self.period.clone(),
            last_period: self.last_period,
            result: to_pence(self.result),
        }
    }
}

/// An amount to the penny, half away from zero.
pub(super) fn to_pence(amount: Money) -> Pence {
    let micro = amount.micro_pounds();
    Pence::new((micro + micro.signum() * (MICRO_OF_PENNY / 2)) / MICRO_OF_PENNY)
}

/// What the latest published costing says of a service line; none where nothing is published of it.
pub(super) async fn costing(app: &App, unit: &str) -> Result<Option<Costing>, Fault> {
    let (app, unit) = (app.clone(), unit.to_owned());
    reading(move || published(app.shelf(), &unit)).await
}

/// The same, away from the threads that answer requests.
///
/// # Errors
///
/// [`Fault::Broken`] if a run cannot be read.
pub fn published(shelf: &Shelf, unit: &str) -> Result<Option<Costing>, Fault> {
    let Some(run) = shelf.latest(false)? else { return Ok(None) };
    of_run(&run, unit)
}

fn of_run(run: &Run, unit: &str) -> Result<Option<Costing>, Fault> {
    let book = care::book(run)?;
    let Some(line) = book.lines.get(unit) else { return Ok(None) };
    let mut all = line.sum(|_| true);
    let income = (
        all.at_unit_price + line.apart.at_unit_price + line.loose.0,
        all.recognised + line.apart.recognised + line.loose.1,
    );
    all.add(&line.apart);
    let rules = run.rules()?;
    let period = period(run);
    let figure = |key: String, name: String, (value, is_count): (i64, bool)| Figure {
        run: run.id().to_owned(),
        period: period.clone(),
        key,
        name,
        value,
        is_count,
    };
    let patients = i64::try_from(line.patients).unwrap_or(i64::MAX);
    let mut figures = vec![figure("patients".into(), "Patients".into(), (patients, true))];
    let statement = book.statement(rules, &all, income);
    for it in &statement {
        let key = format!("row:{}", it.row);
        figures.push(figure(key, it.name.clone(), (it.amount.micro_pounds(), false)));
    }
    for (event_type, pod) in line.pods() {
        let of = line.sum(|it| it.event_type == event_type && it.pod == pod);
        let name = care::name(rules, (&pod, ""));
        let key = format!("{event_type}:{pod}");
        let number = i64::try_from(of.events).unwrap_or(i64::MAX);
        figures.push(figure(format!("number:{key}"), format!("{name}: number"), (number, true)));
        let each = words::each(of.cost(), of.events).micro_pounds();
        figures.push(figure(format!("each:{key}"), format!("{name}: cost of one"), (each, false)));
    }
    let is_total = |it: &&results::care::CareRow| it.kind == CareRowKind::Subtotal;
    let result = statement.iter().rfind(is_total).map_or(Money::ZERO, |it| it.amount);
    let rates = rates(&book, &all, rules);
    let last_period = run.manifest().last_period;
    Ok(Some(Costing { run: run.id().to_owned(), period, last_period, figures, rates, result }))
}

/// `2025/26 to the end of March`.
fn period(run: &Run) -> String {
    let manifest = run.manifest();
    let until = results::since::month(manifest.last_period.min(12));
    format!("{} to the end of {until}", words::year(&manifest.year))
}

/// What a minute of staff costs: their pay at something that is counted by time, over the minutes of
/// it that patients of the line had.
fn rates(book: &CareBook, all: &Care, rules: &rules::YearRules) -> Vec<MinuteRate> {
    let mut pay: BTreeMap<(u16, &str), Money> = BTreeMap::new();
    for ((activity, class), amount) in &all.parts {
        let class = &book.classes[usize::from(*class)];
        if class.cost_type == PAY && !class.group.is_empty() {
            *pay.entry((*activity, class.group.as_str())).or_default() += *amount;
        }
    }
    let one = |((activity, group), amount): ((u16, &str), Money)| {
        let code = &book.activities[usize::from(activity)];
        let known = rules.activities.get(code)?;
        if known.count_unit != CountUnit::Minutes {
            return None;
        }
        let seconds = all.counts.get(&activity).copied().unwrap_or(0);
        let rate = Rate::of(amount.micro_pounds(), seconds)?;
        (rate.hundredths() > 0).then(|| MinuteRate {
            key: format!("{code}:{group}"),
            activity: known.name.clone(),
            staff: rules.statement_groups.get(group).map_or(group, String::as_str).to_owned(),
            rate,
        })
    };
    let mut rates: Vec<MinuteRate> = pay.into_iter().filter_map(one).collect();
    rates.sort_by(|one, other| (&one.activity, &one.staff).cmp(&(&other.activity, &other.staff)));
    rates
}

/// A figure as people read it.
pub(super) fn shown(figure: &Figure) -> String {
    if figure.is_count {
        let sign = if figure.value < 0 { "−" } else { "" };
        return format!("{sign}{}", words::thousands(figure.value.unsigned_abs()));
    }
    words::pence(Money::from_micro_pounds(figure.value))
}

/// What the latest published costing has in place of a figure that was attached, in a sentence.
pub(super) fn since(figure: &Figure, now: Option<&Costing>) -> String {
    let Some(now) = now else {
        return "No published costing has this service line now.".to_owned();
    };
    if now.run == figure.run {
        return "This is still the latest published costing.".to_owned();
    }
    let begin = format!("The costing published since, {} ({}),", short(&now.run), now.period);
    match now.figure(&figure.key) {
        None => format!("{begin} has no such figure."),
        Some(it) if it.value == figure.value => format!("{begin} says the same."),
        Some(it) => {
            let more = if it.value > figure.value { "more" } else { "less" };
            let difference = Figure { value: (it.value - figure.value).abs(), ..it.clone() };
            format!("{begin} says {}: {} {more}.", shown(it), shown(&difference))
        }
    }
}

/// Appointments of a service line by month in the latest published costing, where it tells any.
pub(super) async fn months(app: &App, unit: &str) -> Result<Vec<Month>, Fault> {
    let (app, unit) = (app.clone(), unit.to_owned());
    reading(move || {
        let Some(run) = app.shelf().latest(false)? else { return Ok(Vec::new()) };
        let all = run.outcomes(&PatientGroup::of_line(&unit))?;
        let of = |code: &str| {
            let found = all.iter().find(|it| it.code == code);
            found.map(|it| it.months.as_slice()).unwrap_or_default()
        };
        Ok(joined(run.id(), of("not-attended"), of("new-to-follow-up")))
    })
    .await
}

/// Months in which appointments were made, those missed and those attended together.
fn joined(run: &str, missed: &[MonthValue], followed: &[MonthValue]) -> Vec<Month> {
    let made = missed.iter().filter(|it| it.denominator > 0);
    let month = |it: &MonthValue| {
        let also = followed.iter().find(|other| other.month == it.month);
        let (first, follow_up) = also.map_or((0, 0), |it| (it.denominator, it.numerator));
        Month {
            month: it.month.clone(),
            first,
            follow_up,
            other: (it.denominator - it.numerator - first - follow_up).max(0),
            missed: it.numerator,
            run: run.to_owned(),
            ..Month::default()
        }
    };
    made.map(month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(run: &str, value: i64) -> Figure {
        Figure {
            run: run.to_owned(),
            period: "2025/26 to the end of March".to_owned(),
            key: "row:COST".to_owned(),
            name: "Cost".to_owned(),
            value,
            is_count: false,
        }
    }

    #[test]
    fn a_frozen_figure_says_what_a_newer_costing_has() {
        let frozen = figure("0a1b", 1_250_500_000);
        let now = |run: &str, value| Costing {
            run: run.to_owned(),
            period: "2026/27 to the end of June".to_owned(),
            figures: vec![figure(run, value)],
            ..Costing::default()
        };
        let said = |now: &Costing| since(&frozen, Some(now));
        assert_eq!(said(&now("0a1b", 1)), "This is still the latest published costing.");
        assert_eq!(
            said(&now("2c3d", 1_200_000_000)),
            "The costing published since, 2c3d (2026/27 to the end of June), says £1,200.00: £50.50 less."
        );
        assert!(said(&now("2c3d", 1_250_500_000)).ends_with("says the same."));
        assert!(
            said(&Costing { figures: Vec::new(), ..now("2c3d", 0) }).contains("no such figure")
        );
        assert!(since(&frozen, None).starts_with("No published costing"));
    }

    #[test]
    fn months_of_a_run_add_up_to_the_appointments_made() {
        let value = |month: &str, numerator, denominator| MonthValue {
            month: month.to_owned(),
            numerator,
            denominator,
            squares: 0,
        };
        let missed = [value("2025-04", 12, 100), value("2025-05", 0, 0)];
        let found = joined("0a1b", &missed, &[value("2025-04", 50, 30)]);
        assert_eq!(found.len(), 1);
        let counted = found[0].counted();
        let attended = (counted.first, counted.follow_up, counted.other);
        assert_eq!((attended, counted.missed), ((30, 50, 8), 12));
        assert_eq!(counted.made(), 100);
    }

    #[test]
    fn a_result_that_is_kept_says_how_much_of_the_year_it_covers() {
        let costing = Costing { last_period: 3, ..Costing::default() };
        assert_eq!(costing.line().last_period, 3);
        let run = crate::shell::costed::trust().open();
        let found = of_run(&run, "TORT").expect("reads").expect("it is costed");
        assert_eq!(found.last_period, run.manifest().last_period);
    }

    #[test]
    fn amounts_go_to_the_penny_half_away_from_zero() {
        assert_eq!(to_pence(Money::from_micro_pounds(5_000)), Pence::new(1));
        assert_eq!(to_pence(Money::from_micro_pounds(-5_000)), Pence::new(-1));
        assert_eq!(to_pence(Money::from_micro_pounds(-4_999)), Pence::ZERO);
    }
}
