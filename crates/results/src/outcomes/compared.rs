//! Two years of one measure side by side, and whether the change is more than chance.

use statistics::spc::{Meaning, Rule, SpcRules, Xmr};
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
    /// Both years month by month, with limits of the earlier; none where there are too few each
    /// month, or they never vary, so that nothing says what ordinary variation is.
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
    /// Whether that is a run of months, not one or two of them.
    pub lasts: bool,
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
        others.months.is_empty()
            || others.months.iter().any(|it| it.month.get(4..) == one.month.get(4..))
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
    // One month beyond a limit may be one patient: it is marked on the chart, but not told.
    let lasting = chart.as_ref().filter(|it| it.lasts).and_then(|it| it.callout.as_ref());
    if let Some((first, second)) = lasting {
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
    if !is_enough_a_month(last_year) {
        return None;
    }
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
        lasts: xmr.latest(good).is_some_and(|it| matches!(it.rule, Rule::Shift | Rule::Trend)),
        rule: xmr.rule_words("months"),
        source: Definitions::own().chart_source().to_owned(),
        labels,
        xmr,
    })
}

/// Whether an average month has enough of everything for ordinary variation to be seen.
fn is_enough_a_month(year: &Outcome) -> bool {
    let all = MonthValue::total(&year.months);
    let months = year.months.iter().filter(|it| it.denominator > 0).count();
    let needed = Definitions::own().fewest_a_month() * i64::try_from(months).unwrap_or(i64::MAX);
    let least = match year.form {
        Form::Mean => all.denominator,
        Form::Proportion => all.numerator.min(all.denominator - all.numerator),
        Form::Ratio => all.numerator.min(all.denominator),
    };
    months > 0 && least >= needed
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
        Form::Proportion => "percentage points ",
        Form::Mean => &format!("{} ", of.unit),
        Form::Ratio => "",
    };
    let definition = Definitions::own().measures.iter().find(|it| it.code == of.code);
    let way = |more: bool| match definition {
        Some(MeasureRule { more: words, .. }) if more => words.as_str(),
        Some(MeasureRule { less: words, .. }) => words.as_str(),
        None if more => "more",
        None => "less",
    };
    // One very long stay moves a mean: what half of them had stands beside it.
    let half = match of.spread {
        Some(it) if of.form == Form::Mean => {
            format!(" (half had {} or less)", with_unit(of, it.median))
        }
        _ => String::new(),
    };
    let against = match now_tenths.cmp(&then_tenths) {
        std::cmp::Ordering::Equal => "the same as the year before".to_owned(),
        order => format!("{moved}\u{a0}{unit}{} than the year before", way(order.is_gt())),
    };
    let judged = match change {
        Some(it) if it.is_more_than_chance() => "more than chance explains",
        Some(_) => "no more than chance explains",
        None => "too few to say whether that is chance",
    };
    format!("{name}: {now_words}{half}, {against}; {judged}.")
}

fn with_unit(of: &Outcome, value: f64) -> String {
    let tenths = tenths(value);
    let figure = format!("{}.{}", tenths / 10, tenths % 10);
    match of.form {
        Form::Proportion => format!("{figure}%"),
        Form::Mean => format!("{figure}\u{a0}{}", of.unit),
        Form::Ratio => figure,
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
    let first = format!("{month}-01").parse::<jiff::civil::Date>();
    first.map_or_else(|_| month.to_owned(), |it| it.strftime("%B %Y").to_string())
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcomes::{Good, MonthValue};

    fn outcome(code: &str, year: i32, months: &[(i64, i64, i64)]) -> Outcome {
        let rule = Definitions::own().measures.iter().find(|it| it.code == code);
        let rule = rule.expect("a measure");
        let month = |(index, (numerator, denominator, squares)): (usize, &(i64, i64, i64))| {
            let index = index + 3;
            let year = year + i32::try_from(index / 12).expect("small");
            let month = format!("{year}-{:02}", index % 12 + 1);
            MonthValue {
                month,
                numerator: *numerator,
                denominator: *denominator,
                squares: *squares,
            }
        };
        Outcome {
            code: code.to_owned(),
            name: rule.name.clone(),
            unit: rule.unit.clone(),
            good: rule.good,
            form: rule.form,
            months: months.iter().enumerate().map(month).collect(),
            unknown: 0,
            absent: months.is_empty().then(|| rule.absent.clone()),
            spread: None,
            definition: rule.definition.clone(),
            source: rule.source.clone(),
        }
    }

    #[test]
    fn swapped_years_reverse_the_words() {
        // 40 of 400 missed in each month of the one year, 80 of 400 of the other: 10% and 20%.
        let few = outcome("not-attended", 2024, &[(40, 400, 0); 12]);
        let many = outcome("not-attended", 2025, &[(80, 400, 0); 12]);
        let found = beside(&few, &many);
        assert_eq!(
            found.words,
            "Appointments not attended: 20.0%, 10.0\u{a0}percentage points more than the year before; more than chance explains."
        );
        assert!(found.is_more_than_chance);
        assert_eq!(found.is_better, Some(false));
        assert!(found.chart.is_none(), "twelve equal months say nothing of ordinary variation");
        let back = beside(&many, &few);
        assert_eq!(
            back.words,
            "Appointments not attended: 10.0%, 10.0\u{a0}percentage points less than the year before; more than chance explains."
        );
        assert_eq!(back.is_better, Some(true));
        let (forth, back) = (found.change.expect("both"), back.change.expect("both"));
        assert_eq!(forth.value.to_string(), format!("{}", back.value).replace('-', ""));
    }

    #[test]
    fn longer_stays_are_said_and_drawn_from_their_first_month() {
        // Ten spells a month, of 4 or 6 nights in turn, then of 9: squares 10 x 16, 36 and 81.
        let (four, six, nine) = ((40, 10, 160), (60, 10, 360), (90, 10, 810));
        let last: Vec<_> = [four, six].into_iter().cycle().take(12).collect();
        let this: Vec<_> = [four, six, four, six].into_iter().chain([nine; 8]).collect();
        let found = beside(&outcome("stay", 2024, &last), &outcome("stay", 2025, &this));
        // 5 and (2 x 40 + 2 x 60 + 8 x 90) / 120 = 7.67 nights. The average of the baseline is 5;
        // the 6 of July is above it too, so nine months are.
        assert_eq!(
            found.words,
            "Average stay: 7.7\u{a0}days, 2.7\u{a0}days longer than the year before; more than chance explains. 9 months above average, from July 2025."
        );
        let chart = found.chart.expect("it varies");
        assert_eq!(chart.labels.len(), 24);
        assert_eq!(chart.labels[0], "April 2024");
        assert_eq!((chart.xmr.limits_from, chart.xmr.is_trial), (12, true));
        assert_eq!(chart.meanings[23], Meaning::Concern);
        assert_eq!(chart.meanings[0], Meaning::Ordinary);
    }

    #[test]
    fn few_patients_are_no_finding() {
        // 2 of 9 after 1 of 9.
        let found = beside(
            &outcome("readmission", 2024, &[(1, 9, 0)]),
            &outcome("readmission", 2025, &[(2, 9, 0)]),
        );
        assert!(!found.is_more_than_chance && found.is_better.is_none());
        assert!(found.words.ends_with("; no more than chance explains."), "{}", found.words);
        // One stay has no spread.
        let found =
            beside(&outcome("stay", 2024, &[(3, 1, 9)]), &outcome("stay", 2025, &[(9, 1, 81)]));
        assert!(found.change.is_none() && !found.is_more_than_chance);
        assert!(found.words.ends_with("too few to say whether that is chance."), "{}", found.words);
    }

    #[test]
    fn only_months_of_both_years_are_compared() {
        // Two months of this year against the same two of twelve: 2 of 20 after 2 of 20.
        let mut last = vec![(1, 10, 0), (1, 10, 0)];
        last.extend([(9, 10, 0); 10]);
        let this = [(1, 10, 0), (1, 10, 0)];
        let found =
            beside(&outcome("readmission", 2024, &last), &outcome("readmission", 2025, &this));
        assert_eq!(found.before.expect("two months").n, 20);
        assert!(found.words.contains("the same as the year before"), "{}", found.words);
    }

    #[test]
    fn a_missing_measure_says_why() {
        let (some, none) = (outcome("stay", 2024, &[(3, 2, 5)]), outcome("stay", 2025, &[]));
        let found = beside(&some, &none);
        assert!(found.words.starts_with("Average stay: We hold no discharge"), "{}", found.words);
        assert!(beside(&none, &some).words.ends_with("There is no figure for the year before."));
        assert_eq!(some.good, Good::Down);
    }
}
