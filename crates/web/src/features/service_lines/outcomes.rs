//! What patients got, for the same patients and period as the cost beside it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use results::Run;
use results::group::PatientGroup;
use results::outcomes::{Compared, Form, Outcome, beside};
use statistics::Estimate;

use super::answer::Asked;
use super::books::{Books, Part};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::words;

/// The measures of some care.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) years: (String, String),
    pub(super) rows: Vec<Row>,
    /// What cannot be said, and why.
    pub(super) absent: Vec<String>,
}

/// One measure.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its code, by which its row is found on the page.
    pub(super) code: String,
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) now: String,
    pub(super) before: String,
    pub(super) change: String,
    /// A concern, or nothing to be marked.
    pub(super) is_concern: bool,
}

impl View {
    pub(super) fn of(asked: &Asked<'_>) -> Result<Self, Fault> {
        let (now, before) = both_years(&asked.visit.app, asked.books, (asked.line.0, asked.part))?;
        let name = |run: &Run| words::year(&run.manifest().year);
        let years = (
            name(&asked.books.run),
            asked.books.last.as_ref().map_or_else(String::new, |it| name(&it.0)),
        );
        Ok(Self::beside(years, &now, &before))
    }

    fn beside(years: (String, String), now: &[Outcome], before: &[Outcome]) -> Self {
        let before: BTreeMap<&str, &Outcome> =
            before.iter().map(|it| (it.code.as_str(), it)).collect();
        let mut view = Self { years, ..Self::default() };
        for outcome in now {
            if let Some(why) = &outcome.absent {
                view.absent.push(why.clone());
                continue;
            }
            let compared = before.get(outcome.code.as_str()).map(|it| beside(it, outcome));
            view.rows.push(row(outcome, before.get(outcome.code.as_str()).copied(), compared));
        }
        view
    }

    pub(super) fn sample() -> Self {
        let row = |name: &str, now: &str, before: &str, change: &str, is_concern| Row {
            code: name.to_lowercase().replace(' ', "-"),
            name: name.to_owned(),
            definition: "Nights between admission and discharge.".to_owned(),
            now: now.to_owned(),
            before: before.to_owned(),
            change: change.to_owned(),
            is_concern,
        };
        Self {
            years: ("2025/26".to_owned(), "2024/25".to_owned()),
            rows: vec![
                row("Average stay", "5.1 days", "4.6 days", "Yes, for the worse", true),
                row("Emergency readmission", "40 of 824, 4.9%", "38 of 806, 4.7%", "No", false),
            ],
            absent: vec!["We hold no number of operations here.".to_owned()],
        }
    }
}

/// The measures of a year.
type Measures = Arc<Vec<Outcome>>;

/// The measures of a part of a service line this year and the year before; none where no such year
/// is published.
pub(super) fn both_years(
    app: &App,
    books: &Books,
    (line, part): (&str, &Part),
) -> Result<(Measures, Measures), Fault> {
    let group = PatientGroup::of_part(line, (&part.pod, &part.hrg));
    let of = |run: &Run| {
        let folder = app.settings().datasets.join(&run.manifest().year);
        measured(run, &group, folder.is_dir().then_some(folder.as_path()))
    };
    let before = match &books.last {
        Some((run, _)) => of(run)?,
        None => Arc::default(),
    };
    Ok((of(&books.run)?, before))
}

/// Measures that were taken already, by run and group.
static MEASURED: Kept<(String, PatientGroup), Vec<Outcome>> = Kept::new(GROUPS);

/// Groups whose measures are kept at most.
const GROUPS: usize = 2_000;

fn measured(
    run: &Run,
    group: &PatientGroup,
    dataset: Option<&Path>,
) -> Result<Arc<Vec<Outcome>>, Fault> {
    MEASURED.of((run.manifest_sha256().to_owned(), group.clone()), || {
        // Another dataset than the run's says nothing of it: what it alone tells is absent then.
        match run.outcomes_with(group, dataset) {
            Err(results::ResultsError::OtherDataset { .. }) => Ok(run.outcomes(group)?),
            other => Ok(other?),
        }
    })
}

fn row(outcome: &Outcome, before: Option<&Outcome>, compared: Option<Compared>) -> Row {
    let change = compared.as_ref().map_or_else(String::new, |it| {
        match (it.is_more_than_chance, it.is_better) {
            (false, _) => "No".to_owned(),
            (true, Some(true)) => "Yes, for the better".to_owned(),
            (true, Some(false)) => "Yes, for the worse".to_owned(),
            (true, None) => "Yes".to_owned(),
        }
    });
    let is_concern = compared.is_some_and(|it| it.is_better == Some(false));
    Row {
        code: outcome.code.clone(),
        name: outcome.name.clone(),
        definition: outcome.definition.clone(),
        now: said(outcome),
        before: before.map_or_else(String::new, said),
        change,
        is_concern,
    }
}

/// A value of a year: `40 of 824, 4.9%`, `5.1 days`.
fn said(outcome: &Outcome) -> String {
    let Some(estimate) = outcome.estimate() else { return "no measure held".to_owned() };
    let total = results::outcomes::MonthValue::total(&outcome.months);
    match outcome.form {
        Form::Proportion => format!(
            "{} of {}, {}%",
            words::thousands(total.numerator.unsigned_abs()),
            words::thousands(total.denominator.unsigned_abs()),
            percent(&estimate)
        ),
        Form::Mean | Form::Ratio => valued(outcome, &estimate),
    }
}

/// A value in its unit: `5.1 days`, `4.9%`.
pub(super) fn valued(outcome: &Outcome, it: &Estimate) -> String {
    match outcome.form {
        Form::Proportion => format!("{}%", percent(it)),
        Form::Mean => format!("{}\u{a0}{}", one_place(it.value), outcome.unit),
        Form::Ratio => format!("{} for each", one_place(it.value)),
    }
}

#[expect(clippy::float_arithmetic, reason = "a measured value; no money is summed")]
fn percent(it: &Estimate) -> String {
    one_place(it.value * 100.0)
}

pub(super) fn one_place(value: f64) -> String {
    format!("{value:.1}")
}
