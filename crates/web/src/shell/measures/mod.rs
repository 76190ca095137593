//! Measures of the register as somebody may see them: for their own pages, and beside a cost.

mod beside;
mod drawing;
mod figure;
mod lines;
mod sight;

pub use beside::{Beside, Row};
pub use drawing::{Drawn, drawn_lines};
pub use figure::{Figure, month_words, one_place, said};
pub use lines::{Stretch, stretches};
pub use sight::Point;

use std::collections::{BTreeMap, BTreeSet};

use access::{Capability, Scope, UnitTree, View};
use store::measures::{self, Measure, Month, Value};
use store::{Connection, MeasureCode, UnitCode, units};

use super::fault::Fault;
use super::visit::Visit;
use crate::App;

/// One measure of one unit, month by month, as somebody may see it.
#[derive(Clone, Debug)]
pub struct Series {
    /// What is measured.
    pub measure: Measure,
    /// Of which unit.
    pub unit: UnitCode,
    /// How it is seen.
    pub view: View,
    /// Its months.
    pub points: Vec<Point>,
}

/// What a register page reads once: measures, units and how far somebody sees.
struct Reading {
    /// None where a contract says what is seen, and nobody's rights.
    scope: Option<Scope>,
    /// The most that is shown, whoever looks.
    most: View,
    tree: UnitTree,
}

impl Reading {
    async fn of(db: &mut Connection, visit: &Visit) -> Result<Self, Fault> {
        Self::within(db, Some(visit.scope(Capability::ReadMeasures)?.clone())).await
    }

    async fn within(db: &mut Connection, scope: Option<Scope>) -> Result<Self, Fault> {
        let all = units::list(db).await?;
        let parent = |it: &units::StoredUnit| {
            let parent = it.unit.parent.as_ref().map(ToString::to_string).unwrap_or_default();
            (it.unit.code.to_string(), parent)
        };
        Ok(Self { scope, most: View::Exact, tree: UnitTree::of(all.iter().map(parent)) })
    }

    /// How measures of a unit are seen, if they are.
    fn view(&self, unit: &str) -> Option<View> {
        match &self.scope {
            Some(scope) => Some(scope.of_unit(unit)?.view.min(self.most)),
            None => Some(self.most),
        }
    }

    /// The series of a unit out of all values of its measure; none where they may not see the unit.
    fn series(&self, measure: &Measure, unit: &str, all: &[&Value]) -> Option<Series> {
        let view = self.view(unit)?;
        let mut by_unit: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for it in all {
            by_unit.entry(it.recorded.unit.as_str()).or_default().push(it);
        }
        let own = by_unit.get(unit)?;
        let mut points = sight::points(&measure.definition, own, view);
        let below = self.tree.with_those_below(unit);
        // A month that is hidden of a unit below is hidden here too.
        for (_, values) in by_unit.iter().filter(|it| *it.0 != unit && below.contains(*it.0)) {
            sight::hide_as_below(&mut points, &sight::points(&measure.definition, values, view));
        }
        let unit = UnitCode::new(unit);
        Some(Series { measure: measure.clone(), unit, view, points })
    }
}

/// Every measure that has values of a unit; none where somebody may not see measures of it.
///
/// # Errors
///
/// [`Fault::Broken`] if the database cannot be read.
pub async fn of_unit(app: &App, visit: &Visit, unit: &str) -> Result<Vec<Series>, Fault> {
    if !visit.may(Capability::ReadMeasures) {
        return Ok(Vec::new());
    }
    let mut db = app.store().read().await?;
    let reading = Reading::of(&mut db, visit).await?;
    let own = measures::of_unit(&mut db, &UnitCode::new(unit)).await?;
    let is_exact = reading.view(unit) == Some(View::Exact);
    let mut found = Vec::new();
    for measure in measures::list(&mut db).await? {
        let code = &measure.definition.code;
        if !own.iter().any(|it| it.recorded.measure == *code) {
            continue;
        }
        // What is hidden of units below counts too.
        let all: Vec<Value> = if is_exact {
            own.iter().filter(|it| it.recorded.measure == *code).cloned().collect()
        } else {
            measures::of_measure(&mut db, code).await?
        };
        found.extend(reading.series(&measure, unit, &measures::latest(&all)));
    }
    Ok(found)
}

/// Measures of units that a contract shares with somebody outside the trust, from one month to
/// another: with small numbers of patients hidden, whoever looks. By unit and measure, in order.
///
/// # Errors
///
/// [`Fault::Broken`] if the database cannot be read.
pub async fn of_contract(
    app: &App,
    (units, codes): (&BTreeSet<UnitCode>, &BTreeSet<MeasureCode>),
    (first, last): (Month, Month),
) -> Result<Vec<Series>, Fault> {
    let mut db = app.store().read().await?;
    let reading = Reading { most: View::Suppressed, ..Reading::within(&mut db, None).await? };
    let mut found = Vec::new();
    for measure in measures::list(&mut db).await? {
        if !codes.contains(&measure.definition.code) {
            continue;
        }
        let all = measures::of_measure(&mut db, &measure.definition.code).await?;
        let latest = measures::latest(&all);
        found.extend(units.iter().filter_map(|it| reading.series(&measure, it.as_str(), &latest)));
    }
    // Nothing of other months is drawn, judged or told.
    for it in &mut found {
        it.points.retain(|point| point.month >= first && point.month <= last);
    }
    found.retain(|it| !it.points.is_empty());
    found.sort_by(|one, other| {
        let key = |it: &Series| (it.unit.clone(), it.measure.definition.name.clone());
        key(one).cmp(&key(other))
    });
    Ok(found)
}

/// A measure with all its units that somebody may see.
///
/// # Errors
///
/// [`Fault::NotFound`] if there is no such measure.
pub async fn of_measure(
    app: &App,
    visit: &Visit,
    code: &str,
) -> Result<(Measure, Vec<Series>), Fault> {
    read(app, visit, (code, View::Exact)).await
}

/// As [`of_measure`], with small numbers hidden for everybody.
///
/// # Errors
///
/// As [`of_measure`].
pub async fn for_a_file(
    app: &App,
    visit: &Visit,
    code: &str,
) -> Result<(Measure, Vec<Series>), Fault> {
    read(app, visit, (code, View::Suppressed)).await
}

async fn read(
    app: &App,
    visit: &Visit,
    (code, most): (&str, View),
) -> Result<(Measure, Vec<Series>), Fault> {
    let mut db = app.store().read().await?;
    let reading = Reading { most, ..Reading::of(&mut db, visit).await? };
    let measure = measures::get(&mut db, &MeasureCode::new(code)).await?;
    let all = measures::of_measure(&mut db, &measure.definition.code).await?;
    let latest = measures::latest(&all);
    let mut units: Vec<&str> = latest.iter().map(|it| it.recorded.unit.as_str()).collect();
    units.dedup();
    let series = units.into_iter().filter_map(|it| reading.series(&measure, it, &latest));
    let series: Vec<Series> = series.collect();
    Ok((measure, series))
}

#[cfg(test)]
pub(crate) mod tests;
