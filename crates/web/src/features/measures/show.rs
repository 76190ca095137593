//! One measure: what it is, and its months in one unit, drawn and in a table.

use std::collections::BTreeMap;

use access::{Capability, View};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use disclosure::{DisclosureRules, HIDDEN};
use serde::Deserialize;
use store::measures::{self, Measure, Value};
use store::{MeasureCode, known_issues, people, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::known_issues::conflict;
use crate::shell::measures::{self as seen, Drawn, Series, drawn_lines, month_words, said};
use crate::shell::page::{Page, Shell};
use crate::shell::questions::{MEASURE, Place, Questions};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/measures/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    lead: String,
    /// Why figures are hidden and rounded; blank where none is.
    why: String,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Drawn>,
    rows: Vec<MonthRow>,
    /// Values that two sources give differently, for those who see it exactly.
    conflicts: Vec<String>,
    has_records: bool,
    /// Address of the file; blank where there are no values.
    file: String,
    /// Other units with values: name and address.
    others: Vec<(String, String)>,
    /// For whoever may change it.
    change: String,
    may_keep: bool,
    questions: Questions,
}

/// One month.
#[derive(Clone, Debug, Default)]
struct MonthRow {
    month: String,
    value: String,
    /// Who recorded it, when and from where; blank for those who see small numbers hidden.
    recorded: String,
    /// What was held before, in words, latest first.
    before: Vec<String>,
}

/// Which unit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Chosen {
    pub(super) unit: String,
}

/// Where a measure is shown.
pub(super) fn address(measure: &str, unit: Option<&str>) -> String {
    let path = path(measure);
    match unit {
        Some(unit) => {
            let query = serde_urlencoded::to_string([("unit", unit)]).unwrap_or_default();
            format!("{path}?{query}")
        }
        None => path,
    }
}

/// The path of a measure's page.
pub(super) fn path(measure: &str) -> String {
    format!("/measures/{}", words::in_address(measure))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(chosen): Query<Chosen>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (measure, all) = seen::of_measure(&app, &visit, &code).await?;
    let series = match chosen.unit.as_str() {
        "" => all.first(),
        unit => Some(all.iter().find(|it| it.unit.as_str() == unit).ok_or(Fault::NotFound)?),
    };
    let mut db = app.store().read().await?;
    let units: BTreeMap<String, String> = units::list(&mut db)
        .await?
        .into_iter()
        .map(|it| (it.unit.code.to_string(), it.unit.name))
        .collect();
    let people: BTreeMap<String, String> = people::list(&mut db)
        .await?
        .into_iter()
        .map(|it| (it.id.to_string(), it.person.name))
        .collect();
    let records = measures::of_measure(&mut db, &MeasureCode::new(&*code)).await?;
    let exact = series.filter(|it| it.view == View::Exact);
    let mut conflicts = Vec::new();
    if let Some(it) = exact {
        let place = (&it.measure.definition.code, &it.unit);
        let name = |of: &store::PersonId| people.get(of.as_str()).cloned().unwrap_or_default();
        let known = known_issues::conflicts_of_measure(&mut db, place).await?;
        let definitions = [it.measure.definition.clone()];
        conflicts = known.iter().map(|of| conflict(of, &definitions, &name)).collect();
    }
    drop(db);
    let place = series.and_then(|it| Place::of_thing(MEASURE, it.unit.as_str(), &code));
    let questions = Questions::of(&app, &visit, place, "").await?;
    let named = |it: &str| units.get(it).cloned().unwrap_or_else(|| it.to_owned());
    let other = |it: &Series| {
        let unit = it.unit.as_str();
        (named(unit), address(&code, Some(unit)))
    };
    let shown = series.map(|it| it.unit.clone());
    let others = all.iter().filter(|it| Some(&it.unit) != shown.as_ref()).map(other).collect();
    let page = Show::of(&visit, (&measure, series), (&records, &people), &named);
    Ok(Show { conflicts, others, questions, ..page }.respond())
}

impl Show {
    fn of(
        visit: &Visit,
        (measure, series): (&Measure, Option<&Series>),
        (records, people): (&[Value], &BTreeMap<String, String>),
        named: &dyn Fn(&str) -> String,
    ) -> Self {
        let definition = &measure.definition;
        let code = definition.code.as_str();
        let exact = series.filter(|it| it.view == View::Exact);
        let title = match series.map(|it| (latest_words(it), named(it.unit.as_str()))) {
            Some((Some(words), unit)) => format!("{}: {words}, {unit}", definition.name),
            _ => format!("{}: no values", definition.name),
        };
        let lead = if series.is_some() {
            words::sentence(&definition.definition)
        } else {
            format!(
                "{} There are no values of units that you may see.",
                words::sentence(&definition.definition)
            )
        };
        let hides = series.is_some_and(|it| it.view == View::Suppressed) && definition.of_patients;
        Self {
            shell: visit.shell(title).below("Measures", "/measures"),
            kicker: definition.name.clone(),
            lead,
            why: if hides { DisclosureRules::own().explanation() } else { String::new() },
            facts: facts(measure, people),
            lines: series.map(drawn_lines).unwrap_or_default(),
            rows: series.map(|it| rows(it, exact.is_some(), records, people)).unwrap_or_default(),
            conflicts: Vec::new(),
            has_records: exact.is_some(),
            file: series.map_or_else(String::new, |it| {
                address(code, Some(it.unit.as_str())).replacen('?', "/values.csv?", 1)
            }),
            others: Vec::new(),
            change: if visit.may(Capability::DefineMeasures) {
                format!("{}/change", path(code))
            } else {
                String::new()
            },
            may_keep: visit.may(Capability::KeepMeasures),
            questions: Questions::default(),
        }
    }
}

/// The latest month: `92.1% in March 2026`.
fn latest_words(series: &Series) -> Option<String> {
    let last = series.points.last()?;
    let value = match last.figure {
        Some(it) => said(&series.measure.definition, &it),
        None => "hidden".to_owned(),
    };
    Some(format!("{value} in {}", month_words(last.month)))
}

fn facts(measure: &Measure, people: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
    let definition = &measure.definition;
    let good = match definition.good {
        measures::Good::Up => "More is better",
        measures::Good::Down => "Less is better",
        measures::Good::Neither => "Neither more nor less is better",
    };
    let by = who(measure.recorded_by.as_str(), people);
    let at = words::day(&today(measure.recorded_at).to_string());
    let mut all = vec![
        ("What it counts", words::sentence(&definition.definition)),
        ("Unit", format!("{}, as a {}", definition.unit_of_measure, definition.form)),
        ("Which way is good", good.to_owned()),
        ("Where it comes from", definition.source.clone()),
        ("Who keeps it", definition.keeper.clone()),
        ("Code in files", definition.code.to_string()),
        ("Defined", format!("version {}, {by}, {at}", measure.version)),
    ];
    let line = |it: &measures::Break| {
        format!("From {}: {}", month_words(it.month), words::sentence(&it.because))
    };
    all.extend(measure.breaks.iter().map(|it| ("A line of its own", line(it))));
    all
}

fn who(id: &str, people: &BTreeMap<String, String>) -> String {
    people.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

/// Months, latest first.
fn rows(
    series: &Series,
    is_exact: bool,
    records: &[Value],
    people: &BTreeMap<String, String>,
) -> Vec<MonthRow> {
    let definition = &series.measure.definition;
    let recorded = |it: &Value| {
        let at = words::day(&today(it.recorded_at).to_string());
        let file = if it.file.is_empty() { String::new() } else { format!(" ({})", it.file) };
        format!("{}, {at}, from {}{file}", who(it.recorded_by.as_str(), people), it.recorded.source)
    };
    let row = |point: &seen::Point| {
        let mut held: Vec<&Value> = records
            .iter()
            .filter(|it| it.recorded.unit == series.unit && it.recorded.month == point.month)
            .collect();
        let latest = held.pop();
        let earlier = |(index, it): (usize, &&Value)| {
            let figure =
                seen::Figure { value: it.recorded.value, of: it.recorded.of, is_rounded: false };
            let after = held.get(index + 1).copied().or(latest);
            let because = after.map_or_else(String::new, |it| words::sentence(&it.because));
            let differs = after.is_some_and(|after| after.recorded.source != it.recorded.source);
            let sources = if differs { "Two sources differed. " } else { "" };
            format!(
                "Corrected: was {}, from {}. {sources}{because}",
                said(definition, &figure),
                it.recorded.source
            )
        };
        MonthRow {
            month: month_words(point.month),
            value: point.figure.map_or_else(|| HIDDEN.to_owned(), |it| said(definition, &it)),
            recorded: latest.filter(|_| is_exact).map(recorded).unwrap_or_default(),
            before: if is_exact {
                held.iter().enumerate().map(earlier).rev().collect()
            } else {
                Vec::new()
            },
        }
    };
    series.points.iter().rev().map(row).collect()
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/measures/show.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, has_records, rows: Vec<MonthRow>| Self {
            shell: Shell::sample(title).below("Measures", "/measures"),
            kicker: "Friends and Family Test, positive".to_owned(),
            lead: "Answers of good or very good, of all answers.".to_owned(),
            why: if has_records { String::new() } else { DisclosureRules::own().explanation() },
            facts: vec![("Who keeps it", "Patient experience team".to_owned())],
            lines: if rows.is_empty() { Vec::new() } else { vec![Drawn::sample()] },
            file: if rows.is_empty() { String::new() } else { "/measures/A/values.csv".to_owned() },
            rows,
            conflicts: if has_records {
                crate::shell::known_issues::Known::sample().conflicts
            } else {
                Vec::new()
            },
            has_records,
            others: vec![("Pain management".to_owned(), "/measures/A?unit=PAIN".to_owned())],
            change: if has_records { "/measures/A/change".to_owned() } else { String::new() },
            may_keep: has_records,
            questions: if has_records { Questions::sample() } else { Questions::default() },
        };
        let row = |value: &str, recorded: &str, before: &[&str]| MonthRow {
            month: "March 2026".to_owned(),
            value: value.to_owned(),
            recorded: recorded.to_owned(),
            before: before.iter().map(|it| (*it).to_owned()).collect(),
        };
        let exact = row(
            "36 of 38, 94.7%",
            "Leah Novak, 3 April 2026, from FFT return (march.csv)",
            &["Corrected: was 35 of 38, from FFT return. One answer came late."],
        );
        vec![
            page("36 of 38, 94.7% in March 2026", true, vec![exact]),
            page("Hidden in March 2026", false, vec![row("*", "", &[])]),
            page("No values", true, Vec::new()),
        ]
    }
}
