//! Which values of a measure may be shown: small numbers of patients are hidden, and with them what
//! would give them away.

use access::View;
use disclosure::{Cell, Count, DisclosureRules, People, Release, Table, Totals};
use store::measures::{Decimal, Definition, Form, Month, Value};

use super::figure::Figure;

/// One month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Which.
    pub month: Month,
    /// What may be shown of it; none where it is hidden.
    pub figure: Option<Figure>,
}

/// Column of those who count, and of the others of the same whole.
const PART: &str = "part";
const REST: &str = "rest";

/// Values of one measure and unit, by month.
pub(super) fn points(definition: &Definition, values: &[&Value], view: View) -> Vec<Point> {
    let release = (view == View::Suppressed && definition.of_patients)
        .then(|| disclosure::release(&table(definition.form, values), &DisclosureRules::own()));
    let point = |it: &&Value| Point {
        month: it.recorded.month,
        figure: match &release {
            None => Some(exact(it)),
            // What cannot be decided is hidden.
            Some(Err(_)) => None,
            Some(Ok(release)) => released(definition.form, it, release),
        },
    };
    values.iter().map(point).collect()
}

/// Hides each month in which something is hidden of a unit below: it could be found by taking away.
pub(super) fn hide_as_below(points: &mut [Point], below: &[Point]) {
    for it in points {
        if below.iter().any(|other| other.month == it.month && other.figure.is_none()) {
            it.figure = None;
        }
    }
}

fn exact(it: &Value) -> Figure {
    Figure { value: it.recorded.value, of: it.recorded.of, is_rounded: false }
}

/// The people of each month: those that count and the rest of the whole, with the whole shown.
fn table(form: Form, values: &[&Value]) -> Table {
    let cell = |it: &Value, column: Option<&str>, people: u64| Cell {
        row: it.recorded.month.to_string(),
        column: column.map(str::to_owned),
        people,
        count: people,
        amounts: Vec::new(),
        largest: None,
    };
    let mut cells = Vec::new();
    for it in values {
        let value = it.recorded.value.to_count().unwrap_or(0);
        let of = it.recorded.of.and_then(Decimal::to_count).unwrap_or(0);
        match form {
            Form::Proportion => {
                cells.push(cell(it, Some(PART), value));
                cells.push(cell(it, Some(REST), of.saturating_sub(value)));
            }
            Form::Mean => cells.push(cell(it, None, of)),
            Form::Count | Form::Level | Form::Rate => cells.push(cell(it, None, value)),
        }
    }
    cells.retain(|it| it.people > 0);
    Table {
        measures: Vec::new(),
        people: People::EachInOneCell,
        groups: std::collections::BTreeMap::new(),
        totals: Totals { rows: form == Form::Proportion, ..Totals::default() },
        cells,
    }
}

fn released(form: Form, it: &Value, release: &Release) -> Option<Figure> {
    let month = it.recorded.month.to_string();
    // A cell that is not there is nobody.
    let cell = |column| release.cell(&month, column).map_or(Count::Nearest(0), |it| it.count);
    let shown = |count| match count {
        Count::Nearest(it) => Some(Decimal::whole(it)),
        Count::Hidden => None,
    };
    match form {
        Form::Proportion => {
            let of = release.row_total(&month).map_or(Count::Hidden, |it| it.count);
            let (value, of) = (shown(cell(Some(PART)))?, shown(of)?);
            // Rounding apart may make the part larger than the whole.
            Some(Figure { value: value.min(of), of: Some(of), is_rounded: true })
        }
        Form::Mean => {
            let of = shown(cell(None))?;
            Some(Figure { value: it.recorded.value, of: Some(of), is_rounded: true })
        }
        Form::Count | Form::Level | Form::Rate => {
            Some(Figure { value: shown(cell(None))?, of: it.recorded.of, is_rounded: true })
        }
    }
}
