//! Unit costs and mean event costs that moved against the last run.

use std::collections::BTreeMap;

use domain::Money;
use domain::share::div_floor;
use rules::year::CountUnit;
use serde::Serialize;
use tables::run::{CostedEvent, UnitCost};

use crate::explain::names::Names;
use crate::output::as_decimal;
use crate::{ResultsError, Run, reading};

/// One figure that moved by more than was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlier {
    /// What it is, in words.
    pub what: String,
    /// Cost of one before, for reading only.
    #[serde(serialize_with = "as_decimal")]
    pub before: Money,
    /// Cost of one after.
    #[serde(serialize_with = "as_decimal")]
    pub after: Money,
    /// Movement in whole percent, rounded down.
    pub percent: i64,
    /// Cost after, less what its activity would have cost as before.
    #[serde(serialize_with = "as_decimal")]
    pub effect: Money,
    /// Options of `explain` or a statement for `query` that show it.
    pub question: Question,
}

/// What shows an outlier in either run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Question {
    /// `explain --unit-cost RESOURCE ACTIVITY`.
    UnitCost(String, String),
    /// A statement for `query`.
    Query(String),
}

/// Cost and activity of one kind.
#[derive(Clone, Debug, Default)]
struct Group {
    cost: i128,
    count: i128,
    what: String,
    question: Option<Question>,
}

type Groups = BTreeMap<(String, String), Group>;

/// Unit costs, and mean costs by type and HRG, that moved by more than `percent` between two runs,
/// the largest effect first.
///
/// Groups of fewer events than the model's small number are left out on both sides.
///
/// # Errors
///
/// [`ResultsError`] if a table or a model cannot be read.
pub fn outliers(from: &Run, to: &Run, percent: i64) -> Result<Vec<Outlier>, ResultsError> {
    let mut found = Vec::new();
    found.extend(moved(&unit_costs(from)?, &unit_costs(to)?, percent));
    found.extend(moved(&events(from)?, &events(to)?, percent));
    found.sort_by_key(|it| std::cmp::Reverse(it.effect.abs()));
    Ok(found)
}

fn moved(before: &Groups, after: &Groups, percent: i64) -> Vec<Outlier> {
    let mut found = Vec::new();
    for (key, after) in after {
        let Some(before) = before.get(key).filter(|it| it.count > 0 && it.cost > 0) else {
            continue;
        };
        let expected = div_floor(before.cost * after.count, before.count);
        let moved = after.cost - expected;
        if expected <= 0 || moved.abs() * 100 <= expected * i128::from(percent) {
            continue;
        }
        let money = |value: i128| i64::try_from(value).ok().map(Money::from_micro_pounds);
        let one = |it: &Group| money(div_floor(2 * it.cost + it.count, 2 * it.count));
        let percent = i64::try_from(div_floor(moved * 100, expected)).unwrap_or(i64::MAX);
        if let (Some(one_before), Some(one_after), Some(effect), Some(question)) =
            (one(before), one(after), money(moved), after.question.clone())
        {
            let what = after.what.clone();
            found.push(Outlier {
                what,
                before: one_before,
                after: one_after,
                percent,
                effect,
                question,
            });
        }
    }
    found
}

fn unit_costs(run: &Run) -> Result<Groups, ResultsError> {
    let rules = run.rules()?;
    let names = Names(rules);
    let mut groups = Groups::new();
    for unit in reading::all_rows::<UnitCost>(run)?.into_iter().filter(|it| it.count > 0) {
        let minutes = rules
            .activities
            .get(&unit.activity)
            .is_some_and(|it| it.count_unit == CountUnit::Minutes);
        let per = if minutes { 60 } else { 1 };
        let each = if minutes { "minute" } else { "one" };
        let group = Group {
            cost: i128::from((unit.own + unit.absorbed).micro_pounds()) * per,
            count: i128::from(unit.count),
            what: format!(
                "{}, {}: {each}",
                names.resource(&unit.resource).words(),
                names.activity(&unit.activity).words()
            ),
            question: Some(Question::UnitCost(unit.resource.clone(), unit.activity.clone())),
        };
        groups.insert((unit.resource, unit.activity), group);
    }
    Ok(groups)
}

fn events(run: &Run) -> Result<Groups, ResultsError> {
    let rules = run.rules()?;
    let mut groups = Groups::new();
    for reader in reading::readers(run, "events")? {
        for rows in reader.groups() {
            for event in reader.rows::<CostedEvent>(rows)? {
                if event.completeness != "WITHIN" || event.hrg.is_empty() {
                    continue;
                }
                let key = (event.event_type, event.hrg);
                let group = groups.entry(key).or_default();
                group.cost += i128::from((event.own + event.absorbed).micro_pounds());
                group.count += 1;
            }
        }
    }
    groups.retain(|_, it| it.count >= i128::from(rules.settings.small_number_people));
    for ((event_type, hrg), group) in &mut groups {
        let name = Names(rules).event_type(event_type).with_code();
        group.what = format!("{name} with HRG {hrg}: one event");
        let sql = format!(
            "select count(*) as events, sum(own + absorbed) as cost from events where event_type = '{}' and hrg = '{}' and completeness = 'WITHIN'",
            event_type.replace('\'', "''"),
            hrg.replace('\'', "''")
        );
        group.question = Some(Question::Query(sql));
    }
    Ok(groups)
}
