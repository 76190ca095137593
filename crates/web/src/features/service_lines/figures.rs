//! Figures in words, exact or with small numbers hidden, for those who may see them so.

use access::{Capability, Scope, View};
use disclosure::{Amount, Count, Figure, HIDDEN};
use domain::Money;
use results::statements::in_words;

use crate::App;
use crate::shell::cube::{Cube, Exact, Kind, Line};
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;
use crate::shell::words;

/// The figures of one place, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) events: String,
    pub(super) cost: String,
    pub(super) income: String,
    /// Cost of one event.
    pub(super) each: String,
    /// Income less cost, as the end of a sentence.
    pub(super) result: String,
    /// The same in whole pounds, for a chart; none where it is hidden.
    pub(super) size: Option<i64>,
}

/// The figures of one place, for programs: none where there is none to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) events: Option<u64>,
    pub(super) cost: Option<Money>,
    pub(super) income: Option<Money>,
    pub(super) mean: Option<Money>,
    /// Whether one of them is hidden.
    pub(super) is_hidden: bool,
}

impl Told {
    fn exact(it: Exact) -> Self {
        let events = i64::try_from(it.events).ok().filter(|it| *it > 0);
        Self {
            events: Some(it.events),
            cost: Some(it.cost),
            income: Some(it.income),
            mean: events.map(|events| mean(it.cost, events)),
            is_hidden: false,
        }
    }

    fn released(figure: Option<&Figure>) -> Self {
        let Some(figure) = figure else { return Self::exact(Exact::default()) };
        let amount = |it: Option<&Amount>| match it {
            Some(Amount::Exact(it) | Amount::Nearest(it)) => Some(*it),
            Some(Amount::Hidden) | None => None,
        };
        let told = Self {
            events: match figure.count {
                Count::Hidden => None,
                Count::Nearest(it) => Some(it),
            },
            cost: amount(figure.amounts.first()),
            income: amount(figure.amounts.get(1)),
            mean: figure.means.first().copied().flatten(),
            is_hidden: false,
        };
        let is_hidden = told.events.is_none() || told.cost.is_none() || told.income.is_none();
        Self { is_hidden, ..told }
    }
}

/// How somebody sees the figures of service lines.
pub(super) struct Sees {
    scope: Scope,
    roles: Vec<String>,
}

impl Sees {
    /// # Errors
    ///
    /// [`Fault::NotFound`] for those who see none.
    pub(super) fn of(app: &App, visit: &Visit) -> Result<Self, Fault> {
        let scope = visit.scope(Capability::AggregateCosts)?.clone();
        let roles = visit.person()?.access.roles().iter();
        let named = roles.filter_map(|it| app.matrix().role(it));
        Ok(Self { scope, roles: named.map(|it| it.name.to_lowercase()).collect() })
    }

    /// How a service line may be seen, if it may.
    pub(super) fn view(&self, line: &Line) -> Option<View> {
        self.scope.of_unit(&line.code).map(|it| it.view)
    }

    /// A service line in all.
    pub(super) fn total(&self, cube: &Cube, line: &Line) -> Figures {
        match self.view(line) {
            Some(View::Exact) => exact(line.total()),
            _ => released(cube.release.row_total(&line.code)),
        }
    }

    /// Events of one type in a service line.
    pub(super) fn kind(&self, cube: &Cube, line: &Line, kind: &Kind) -> Figures {
        match self.view(line) {
            Some(View::Exact) => exact(kind.exact),
            _ => released(cube.release.cell(&line.code, Some(&kind.code))),
        }
    }

    /// As [`Sees::total`], for programs.
    pub(super) fn told_total(&self, cube: &Cube, line: &Line) -> Told {
        match self.view(line) {
            Some(View::Exact) => Told::exact(line.total()),
            _ => Told::released(cube.release.row_total(&line.code)),
        }
    }

    /// As [`Sees::kind`], for programs.
    pub(super) fn told_kind(&self, cube: &Cube, line: &Line, kind: &Kind) -> Told {
        match self.view(line) {
            Some(View::Exact) => Told::exact(kind.exact),
            _ => Told::released(cube.release.cell(&line.code, Some(&kind.code))),
        }
    }

    /// As whom somebody sees this, and how; for these service lines.
    pub(super) fn words<'a>(&self, lines: impl Iterator<Item = &'a Line>) -> String {
        let lines: Vec<&Line> = lines.collect();
        let exact = |it: &&&Line| self.view(it) == Some(View::Exact);
        let names: Vec<&str> = lines.iter().filter(exact).map(|it| it.name.as_str()).collect();
        let how = match names.len() {
            0 => "figures with small numbers hidden".to_owned(),
            count if count == lines.len() => "exact figures".to_owned(),
            _ => format!(
                "exact figures of {}, and those of others with small numbers hidden",
                names.join(", ")
            ),
        };
        format!("You see {how}, as {}.", self.roles.join(" and "))
    }
}

/// As they are.
pub(super) fn exact(it: Exact) -> Figures {
    let each = i64::try_from(it.events)
        .ok()
        .filter(|it| *it > 0)
        .map_or_else(String::new, |events| words::pounds(mean(it.cost, events)));
    let result = it.income - it.cost;
    Figures {
        events: words::thousands(it.events),
        cost: words::pounds(it.cost),
        income: words::pounds(it.income),
        each,
        result: in_words(result),
        size: Some(result.micro_pounds() / 1_000_000),
    }
}

/// Half away from zero.
fn mean(cost: Money, events: i64) -> Money {
    let micro = cost.micro_pounds();
    Money::from_micro_pounds((micro + micro.signum() * (events / 2)) / events)
}

/// As they may be shown to those who see no small numbers.
pub(super) fn released(figure: Option<&Figure>) -> Figures {
    let Some(figure) = figure else { return exact(Exact::default()) };
    let events = match figure.count {
        Count::Hidden => HIDDEN.to_owned(),
        Count::Nearest(it) => words::thousands(it),
    };
    let (cost, income) = (figure.amounts.first(), figure.amounts.get(1));
    let mean = figure.means.first().copied().flatten();
    let (result, size) = result(cost, income);
    Figures {
        events,
        cost: amount(cost),
        income: amount(income),
        each: match (mean, cost) {
            (Some(it), _) => words::pounds(it),
            (None, Some(Amount::Exact(_))) => String::new(),
            (None, _) => HIDDEN.to_owned(),
        },
        result,
        size,
    }
}

fn amount(it: Option<&Amount>) -> String {
    match it {
        Some(Amount::Exact(it)) => words::pounds(*it),
        Some(Amount::Nearest(it)) => format!("about {}", words::pounds(*it)),
        Some(Amount::Hidden) | None => HIDDEN.to_owned(),
    }
}

/// From what is shown of income and cost, and nothing else.
fn result(cost: Option<&Amount>, income: Option<&Amount>) -> (String, Option<i64>) {
    let known = |it: Option<&Amount>| match it {
        Some(Amount::Exact(it)) => Some((*it, "")),
        Some(Amount::Nearest(it)) => Some((*it, "roughly ")),
        Some(Amount::Hidden) | None => None,
    };
    match (known(cost), known(income)) {
        (Some((cost, how)), Some((income, _))) => {
            let result = income - cost;
            (format!("{how}{}", in_words(result)), Some(result.micro_pounds() / 1_000_000))
        }
        _ => (HIDDEN.to_owned(), None),
    }
}
