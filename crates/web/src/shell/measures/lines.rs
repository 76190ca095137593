//! A measure cut into the lines that may be drawn, each with its limits.

use statistics::spc::{Good, Rule, SpcRules, Xmr};
use store::measures::{self, Decimal, Month};

use super::Series;
use super::figure::month_words;

/// Months between two changes of the question: one line, with what is ordinary in it.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Its months; no value where it is hidden.
    pub months: Vec<(Month, Option<Decimal>)>,
    /// Limits; none where there are too few values, or they never vary.
    pub xmr: Option<Xmr>,
    /// Why it begins; blank for the first.
    pub because: String,
    good: Good,
}

/// The lines of a series, in order of time.
pub fn stretches(series: &Series) -> Vec<Stretch> {
    let good = match series.measure.definition.good {
        measures::Good::Up => Good::Up,
        measures::Good::Down => Good::Down,
        measures::Good::Neither => Good::Neither,
    };
    let form = series.measure.definition.form;
    let mut found: Vec<Stretch> = Vec::new();
    let mut last: Option<Month> = None;
    for point in &series.points {
        let begins = last.and_then(|it| series.measure.break_between(it, point.month));
        if found.is_empty() || begins.is_some() {
            let because = begins.map(|it| it.because.clone()).unwrap_or_default();
            found.push(Stretch { months: Vec::new(), xmr: None, because, good });
        }
        last = Some(point.month);
        let value = point.figure.and_then(|it| it.drawn(form));
        if let Some(stretch) = found.last_mut() {
            stretch.months.push((point.month, value));
        }
    }
    for it in &mut found {
        it.xmr = limits(&it.months);
    }
    found
}

/// Limits of the first year of a line: what came after is judged by it.
fn limits(months: &[(Month, Option<Decimal>)]) -> Option<Xmr> {
    let values: Vec<f64> = months.iter().filter_map(|it| it.1).map(measured).collect();
    let rules = SpcRules::default();
    Xmr::of(&values, SpcRules { baseline: Some(rules.few_points), ..rules })
}

/// The nearest floating number: it is drawn and judged, never summed.
pub(super) fn measured(number: Decimal) -> f64 {
    number.to_string().parse().unwrap_or(f64::NAN)
}

impl Stretch {
    /// Months with a value, with their place among these.
    pub fn labels(&self) -> Vec<String> {
        let shown = self.months.iter().filter(|it| it.1.is_some());
        shown.map(|it| month_words(it.0)).collect()
    }

    /// Which way is good.
    pub fn good(&self) -> Good {
        self.good
    }

    /// A value as it is drawn.
    pub fn value(number: Decimal) -> f64 {
        measured(number)
    }

    /// Whether any month since a month is marked as beyond what is ordinary.
    pub(super) fn has_special(&self, since: Month) -> bool {
        let shown = self.months.iter().filter(|it| it.1.is_some());
        let causes = self.xmr.iter().flat_map(|it| it.causes.iter());
        shown.zip(causes).any(|(month, cause)| month.0 >= since && cause.is_some())
    }

    /// What lasts of late in this line, in words, and whether it is a concern: a run of months
    /// since a month. One month beyond a limit may be one patient: it is marked, but not told.
    pub(super) fn lasting(&self, since: Month) -> Option<(String, Option<bool>)> {
        let xmr = self.xmr.as_ref()?;
        let special = xmr.latest(self.good)?;
        let shown: Vec<Month> =
            self.months.iter().filter(|it| it.1.is_some()).map(|it| it.0).collect();
        let lasts = matches!(special.rule, Rule::Shift | Rule::Trend);
        if !lasts || shown.get(special.last).is_none_or(|it| *it < since) {
            return None;
        }
        let (first, second) = xmr.callout(self.good, &self.labels(), "months")?;
        let is_better = match special.meaning {
            statistics::spc::Meaning::Improvement => Some(true),
            statistics::spc::Meaning::Concern => Some(false),
            _ => None,
        };
        Some((format!("{first} {second}"), is_better))
    }
}
