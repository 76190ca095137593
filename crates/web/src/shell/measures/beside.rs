//! Measures of a unit for the period of a cost, with the same months of the year before.

use domain::FinancialYear;
use store::measures::{Form, Month, Subject};

use super::figure::{Figure, one_place, said};
use super::lines::stretches;
use super::{Series, of_unit};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What the register holds beside the cost of a unit.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Measures that have a value in the period.
    pub rows: Vec<Row>,
    /// What is held of nothing, in a sentence; blank where all of it is.
    pub missing: String,
    /// Whether whoever looks may add values of this unit.
    pub may_add: bool,
}

/// One measure.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// What is counted.
    pub definition: String,
    /// In the period.
    pub now: String,
    /// In the same months of the year before.
    pub before: String,
    /// Whether a change is more than chance, in words.
    pub change: String,
    /// Whether it is for the worse.
    pub is_concern: bool,
    /// Whether nothing can be said of a change: too few months, or too many hidden.
    pub is_unknown: bool,
    /// What it is about.
    pub subject: Option<Subject>,
    /// Whether it tells of patients who wait.
    pub is_waiting: bool,
    /// Where its months are.
    pub address: String,
}

/// The first and last months of a period.
type Period = (Month, Month);

impl Beside {
    /// Measures of a unit in a financial year to the end of one of its months.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the database cannot be read.
    pub async fn of(
        app: &App,
        visit: &Visit,
        unit: &str,
        (year, last_period): (&str, u8),
    ) -> Result<Self, Fault> {
        let Ok(year) = year.parse::<FinancialYear>() else { return Ok(Self::default()) };
        let first = Month::of(year.first_day());
        let period = (first, first.plus(i32::from(last_period.clamp(1, 12)) - 1));
        let all = of_unit(app, visit, unit).await?;
        let mut found = Self::in_period(&all, period);
        found.may_add = visit
            .scope(access::Capability::KeepMeasures)
            .is_ok_and(|it| it.of_unit(unit).is_some());
        Ok(found)
    }

    /// Measures that have a value from one month to another, of those that somebody may see.
    pub fn in_period(all: &[Series], period: Period) -> Self {
        let rows: Vec<(Subject, Row)> = all
            .iter()
            .filter_map(|it| Some((it.measure.definition.subject, row(it, period)?)))
            .collect();
        let is_held = |subject: Subject| rows.iter().any(|it| it.0 == subject);
        let missing = Subject::ALL.iter().filter(|it| **it != Subject::Other && !is_held(**it));
        let missing: Vec<&str> = missing.map(|it| name(*it)).collect();
        let missing = if missing.is_empty() {
            String::new()
        } else {
            format!(
                "The register of measures holds nothing here on {} for this period, so this page cannot say whether the cost came with more or less of it. The service manager, coding and informatics or the medical director can add it.",
                words::listed(&missing)
            )
        };
        Self { rows: rows.into_iter().map(|it| it.1).collect(), missing, may_add: false }
    }

    /// For samples.
    pub fn sample() -> Self {
        let row = Row {
            name: "Friends and Family Test, positive".to_owned(),
            definition: "Answers of good or very good, of all answers.".to_owned(),
            now: "372 of 396, 93.9%".to_owned(),
            before: "380 of 401, 94.8%".to_owned(),
            change: "No".to_owned(),
            is_concern: false,
            is_unknown: false,
            subject: Some(Subject::Experience),
            is_waiting: false,
            address: "/measures/FFT-POSITIVE?unit=TORT".to_owned(),
        };
        Self {
            rows: vec![row],
            missing:
                "The register of measures holds nothing here on harm to patients for this period."
                    .to_owned(),
            may_add: true,
        }
    }
}

/// A subject in the middle of a sentence.
fn name(subject: Subject) -> &'static str {
    match subject {
        Subject::Waiting => "waiting times",
        Subject::Vacancies => "vacancies",
        Subject::Sickness => "sickness",
        Subject::Harm => "harm to patients",
        Subject::Experience => "what patients say (Friends and Family Test)",
        Subject::HealthGain => "how much better patients say they are (PROMs)",
        Subject::Other => "other things",
    }
}

fn row(series: &Series, (first, last): Period) -> Option<Row> {
    // What came after the period is not part of it.
    let series = &Series {
        points: series.points.iter().filter(|it| it.month <= last).cloned().collect(),
        ..series.clone()
    };
    let definition = &series.measure.definition;
    let earlier = (first.plus(-12), last.plus(-12));
    // What the question was before is another line.
    let anew = series.measure.break_between(first.plus(-1), last).map(|it| it.month);
    let now = total(series, (first, last), anew.unwrap_or(first))?;
    let before = total(series, earlier, earlier.0);
    let lines = stretches(series);
    let lasting = lines.last().and_then(|it| it.lasting(first));
    let is_apart = series.measure.break_between(earlier.0, last);
    let has_limits = lines.last().is_some_and(|it| it.xmr.is_some());
    let (change, is_better) = match lasting {
        Some((words, Some(true))) => (format!("Yes, for the better: {words}"), Some(true)),
        Some((words, Some(false))) => (format!("Yes, for the worse: {words}"), Some(false)),
        Some((words, None)) => (format!("Yes: {words}"), None),
        None if lines.last().is_some_and(|it| it.has_special(first)) => {
            ("No lasting change; a month is beyond what is ordinary".to_owned(), None)
        }
        None if has_limits => ("No".to_owned(), None),
        None if series.points.iter().any(|it| it.figure.is_none()) => {
            ("Too many months are hidden to say".to_owned(), None)
        }
        None => ("Too few months, or too alike, to say".to_owned(), None),
    };
    Some(Row {
        name: definition.name.clone(),
        definition: words::sentence(&definition.definition),
        now,
        before: match (is_apart, before) {
            (Some(it), _) => format!("not compared: {}", it.because),
            (None, Some(before)) => before,
            (None, None) => "no value held".to_owned(),
        },
        change,
        is_concern: is_better == Some(false),
        is_unknown: !has_limits,
        subject: Some(definition.subject),
        is_waiting: definition.subject == Subject::Waiting,
        address: format!(
            "/measures/{}?unit={}",
            words::in_address(definition.code.as_str()),
            words::in_address(series.unit.as_str())
        ),
    })
}

/// The months of a period together from a month on, in words; none where there is no value at all.
fn total(series: &Series, (first, last): Period, since: Month) -> Option<String> {
    let months: Vec<_> =
        series.points.iter().filter(|it| it.month >= since && it.month <= last).collect();
    if months.is_empty() {
        return None;
    }
    let shown: Option<Vec<Figure>> = months.iter().map(|it| it.figure).collect();
    let form = series.measure.definition.form;
    let Some(total) = shown.and_then(|it| Figure::of_months(form, &it)) else {
        return Some(format!("{} hidden", disclosure::HIDDEN));
    };
    let definition = &series.measure.definition;
    let said = match (form, total.drawn(form)) {
        // Posts and days of several months together are no number that anybody knows.
        (Form::Proportion, Some(drawn)) if !definition.of_patients => {
            format!("{}%", one_place(drawn))
        }
        _ => said(definition, &total),
    };
    // A period without all its months says so.
    let expected = (0..12).take_while(|it| first.plus(*it) <= last).count();
    Some(if months.len() < expected {
        format!("{said} ({} of {expected} months)", months.len())
    } else {
        said
    })
}
