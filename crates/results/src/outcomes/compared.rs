//! Two years of one measure side by side, and whether the change is more than chance.

use statistics::spc::{Meaning, SpcRules, Xmr};
use statistics::{Difference, Estimate};

use super::definitions::{Definitions, MeasureRule};
use super::{Form, MonthValue, Outcome, uses};

/// A measure in two years, over the months that both have.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Code of the measure.
    pub code: String,
    /// The earlier year, with its 95% interval; none if it has no value.
    pub before: Option<Estimate>,
    /// The later year.
    pub after: Option<Estimate>,
    /// Later less earlier, with its 95% interval: Welch for means, Newcombe for proportions.
    pub change: Option<Difference>,
    /// Whether the change is more than chance explains.
    pub is_more_than_chance: bool,
    /// Whether it is for the better; none if chance explains it or no way is good.
    pub is_better: Option<bool>,
    /// Both years month by month, with limits of the earlier.
    pub chart: Option<Charted>,
    /// All of it in a sentence or two.
    pub words: String,
}

/// Monthly values with their limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Charted {
    /// The months that have a value: `August 2025`.
    pub labels: Vec<String>,
    /// Values in the unit of the measure, percent for proportions.
    pub xmr: Xmr,
    /// What each month means.
    pub meanings: Vec<Meaning>,
    /// Special cause in words, in two pieces that are lines on a phone.
    pub callout: Option<(String, String)>,
    /// The rules of the chart in words.
    pub rule: String,
    /// Where they are from.
    pub source: String,
}

/// Compares two years of one measure over the months that both have, such as April to September.
///
/// A month in which nothing happened has no value and is no point of the chart.
pub fn beside(last_year: &Outcome, this_year: &Outcome) -> Compared {
    let in_both = |one: &MonthValue, others: &Outcome| {
        others.months.iter().any(|it| it.month.get(4..) == one.month.get(4..))
    };
    let total = |of: &Outcome, others: &Outcome| {
        MonthValue::total(of.months.iter().filter(|it| in_both(it, others)))
    };
    let form = this_year.form;
    let (before, after) = (total(last_year, this_year), total(this_year, last_year));
    let change = match form {
        Form::Mean => before.sample().zip(after.sample()).and_then(|(one, two)| two.since(&one)),
        Form::Proportion => {
            before.proportion().zip(after.proportion()).map(|(one, two)| two.since(one))
        }
        Form::Ratio => before.ratio().zip(after.ratio()).and_then(|(one, two)| two.since(one)),
    };
    let is_more_than_chance = change.as_ref().is_some_and(Difference::is_more_than_chance);
    let is_up = change.is_some_and(|it| it.value > 0.0);
    let is_better = match this_year.good {
        _ if !is_more_than_chance => None,
        super::Good::Up => Some(is_up),
        super::Good::Down => Some(!is_up),
        super::Good::Neither => None,
    };
    let chart = charted(last_year, this_year);
    let mut words = words(this_year, (&before, &after), change);
    if let Some((first, second)) = chart.as_ref().and_then(|it| it.callout.as_ref()) {
        words += &format!(" {} {second}.", capital(first));
    }
    Compared {
        code: this_year.code.clone(),
        before: before.estimate(form),
        after: after.estimate(form),
        change,
        is_more_than_chance,
        is_better,
        chart,
        words,
    }
}

fn charted(last_year: &Outcome, this_year: &Outcome) -> Option<Charted> {
    let value = |it: &MonthValue| value(it, this_year.form);
    let points = |of: &Outcome| -> Vec<(String, f64)> {
        of.months.iter().filter_map(|it| Some((month_words(&it.month), value(it)?))).collect()
    };
    let (earlier, later) = (points(last_year), points(this_year));
    let rules = SpcRules { baseline: Some(earlier.len()), ..Definitions::own().chart() };
    let (labels, values): (Vec<String>, Vec<f64>) = earlier.into_iter().chain(later).unzip();
    let xmr = Xmr::of(&values, rules)?;
    let good = this_year.good.into();
    Some(Charted {
        meanings: (0..values.len()).map(|it| xmr.meaning(it, good)).collect(),
        callout: xmr.callout(good, &labels, "months"),
        rule: xmr.rule_words("months"),
        source: Definitions::own().chart_source().to_owned(),
        labels,
        xmr,
    })
}

/// A value in its unit; none without a denominator.
#[expect(clippy::float_arithmetic, reason = "a measured value; no money is summed")]
fn value(of: &MonthValue, form: Form) -> Option<f64> {
    if of.denominator == 0 {
        return None;
    }
    let plain = uses::as_measured(of.numerator) / uses::as_measured(of.denominator);
    Some(if form == Form::Proportion { plain * 100.0 } else { plain })
}

fn words(
    of: &Outcome,
    (before, after): (&MonthValue, &MonthValue),
    change: Option<Difference>,
) -> String {
    let name = &of.name;
    let Some(now) = value(after, of.form) else {
        let why =
            of.absent.as_deref().unwrap_or("There is nothing in the months that both years have.");
        return format!("{name}: {why}");
    };
    let now_words = with_unit(of, now);
    let Some(then) = value(before, of.form) else {
        return format!("{name}: {now_words}. There is no figure for the year before.");
    };
    let (now_tenths, then_tenths) = (tenths(now), tenths(then));
    let moved = (now_tenths - then_tenths).abs();
    let moved = format!("{}.{}", moved / 10, moved % 10);
    let unit = match of.form {
        Form::Proportion => "percentage points",
        Form::Mean | Form::Ratio => &of.unit,
    };
    let definition = Definitions::own().measures.iter().find(|it| it.code == of.code);
    let way = |more: bool| match definition {
        Some(MeasureRule { more: words, .. }) if more => words.as_str(),
        Some(MeasureRule { less: words, .. }) => words.as_str(),
        None if more => "more",
        None => "less",
    };
    let against = match now_tenths.cmp(&then_tenths) {
        std::cmp::Ordering::Equal => "the same as the year before".to_owned(),
        order => format!("{moved}\u{a0}{unit} {} than the year before", way(order.is_gt())),
    };
    let judged = match change {
        Some(it) if it.is_more_than_chance() => "more than chance explains",
        Some(_) => "no more than chance explains",
        None => "too few to say whether that is chance",
    };
    format!("{name}: {now_words}, {against}; {judged}.")
}

fn with_unit(of: &Outcome, value: f64) -> String {
    let tenths = tenths(value);
    let figure = format!("{}.{}", tenths / 10, tenths % 10);
    match of.form {
        Form::Proportion => format!("{figure}%"),
        Form::Mean | Form::Ratio => format!("{figure}\u{a0}{}", of.unit),
    }
}

/// A value in tenths, rounded to the nearest.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "a measured value, far below the limits of whole numbers"
)]
fn tenths(value: f64) -> i64 {
    (value * 10.0).round() as i64
}

/// `August 2025` for `2025-08`.
fn month_words(month: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = month.get(5..).and_then(|it| it.parse::<usize>().ok());
    match name.and_then(|it| MONTHS.get(it.checked_sub(1)?)) {
        Some(name) => format!("{name} {}", month.get(..4).unwrap_or_default()),
        None => month.to_owned(),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
}
