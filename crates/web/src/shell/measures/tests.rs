//! What may be seen of measures, their sums, their lines, and what stands beside a cost.

use access::View;
use proptest::prelude::*;
use store::measures::{
    Break, Decimal, Definition, Form, Good, Measure, Month, NewValue, Subject, Value,
};
use store::{MeasureCode, PersonId, UnitCode};

use super::beside::Beside;
use super::sight::{hide_as_below, points};
use super::*;

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

pub(crate) fn definition(form: Form, of_patients: bool) -> Definition {
    Definition {
        code: MeasureCode::new("M"),
        name: "The measure".to_owned(),
        definition: "What is counted".to_owned(),
        subject: Subject::Experience,
        unit_of_measure: "answers".to_owned(),
        form,
        good: Good::Up,
        of_patients,
        source: "Return".to_owned(),
        keeper: "Team".to_owned(),
    }
}

/// Values of months from April 2024 on: value and of how many, blank for none.
fn values(all: &[(&str, &str)]) -> Vec<Value> {
    let value = |(at, (value, of)): (usize, &(&str, &str))| Value {
        recorded: NewValue {
            measure: MeasureCode::new("M"),
            unit: UnitCode::new("HIP"),
            month: month("2024-04").plus(i32::try_from(at).expect("few")),
            value: number(value),
            of: if of.is_empty() { None } else { Some(number(of)) },
            source: "Return".to_owned(),
        },
        version: 1,
        file: String::new(),
        because: String::new(),
        recorded_by: PersonId::new("p"),
        recorded_at: "2025-05-01T09:00:00Z".parse().expect("an instant"),
    };
    all.iter().enumerate().map(value).collect()
}

fn seen(definition: &Definition, all: &[(&str, &str)], view: View) -> Vec<Point> {
    let values = values(all);
    points(definition, &values.iter().collect::<Vec<_>>(), view)
}

/// As it is said, or `*`.
fn words(definition: &Definition, all: &[(&str, &str)], view: View) -> Vec<String> {
    let say = |it: Point| it.figure.map_or_else(|| "*".to_owned(), |it| said(definition, &it));
    seen(definition, all, view).into_iter().map(say).collect()
}

fn series(definition: &Definition, all: &[(&str, &str)], view: View) -> Series {
    Series {
        measure: Measure {
            definition: definition.clone(),
            version: 1,
            recorded_by: PersonId::new("p"),
            recorded_at: "2025-05-01T09:00:00Z".parse().expect("an instant"),
            breaks: Vec::new(),
        },
        unit: UnitCode::new("HIP"),
        view,
        points: seen(definition, all, view),
    }
}

#[test]
fn few_patients_are_hidden_and_so_is_what_gives_them_away() {
    let share = definition(Form::Proportion, true);
    let all = [("40", "44"), ("30", "42"), ("3", "43"), ("0", "40"), ("12", "12")];
    assert_eq!(
        words(&share, &all, View::Exact),
        [
            "40 of 44, 90.9%",
            "30 of 42, 71.4%",
            "3 of 43, 7.0%",
            "0 of 40, 0.0%",
            "12 of 12, 100.0%"
        ]
    );
    // Four were not content in April, so their number tells the 40; three in June. 12 and 42 are
    // enough to be said to the nearest 5, and nobody is no secret.
    assert_eq!(
        words(&share, &all, View::Suppressed),
        ["*", "about 30 of 40, 75.0%", "*", "about 0 of 40, 0.0%", "about 10 of 10, 100.0%"]
    );
    let posts = definition(Form::Proportion, false);
    assert_eq!(words(&posts, &[("4.5", "60.2")], View::Suppressed), ["4.5 of 60.2, 7.5%"]);
}

#[test]
fn every_form_hides_its_own_few() {
    let words = |form, all: &[(&str, &str)]| words(&definition(form, true), all, View::Suppressed);
    assert_eq!(
        words(Form::Mean, &[("22.14", "7"), ("21.5", "36")]),
        ["*", "21.5\u{a0}answers, mean of about 35"]
    );
    assert_eq!(words(Form::Count, &[("7", ""), ("8", "")]), ["*", "about 10\u{a0}answers"]);
    assert_eq!(words(Form::Level, &[("1", ""), ("412", "")]), ["*", "about 410\u{a0}answers"]);
    // 10 of 4,000 days are 2.5 for each thousand.
    assert_eq!(
        words(Form::Rate, &[("3", "4000"), ("11", "4000")]),
        ["*", "about 2.5\u{a0}answers, about 10 in all"]
    );
}

#[test]
fn a_unit_above_hides_the_months_that_are_hidden_below() {
    let level = definition(Form::Level, true);
    let mut above = seen(&level, &[("100", ""), ("120", "")], View::Suppressed);
    hide_as_below(&mut above, &seen(&level, &[("95", ""), ("3", "")], View::Suppressed));
    let hidden: Vec<bool> = above.iter().map(|it| it.figure.is_none()).collect();
    assert_eq!(hidden, [false, true]);
}

#[test]
fn months_add_up_by_their_form() {
    let total = |form, all: &[(&str, &str)]| {
        let definition = definition(form, true);
        let figures = seen(&definition, all, View::Exact).into_iter().filter_map(|it| it.figure);
        let total = Figure::of_months(form, &figures.collect::<Vec<_>>());
        total.map_or_else(String::new, |it| said(&definition, &it))
    };
    assert_eq!(total(Form::Proportion, &[("40", "44"), ("30", "42")]), "70 of 86, 81.4%");
    // (20 x 3 + 23 x 1) / 4 = 20.75.
    assert_eq!(total(Form::Mean, &[("20", "3"), ("23", "1")]), "20.8\u{a0}answers, mean of 4");
    assert_eq!(total(Form::Count, &[("3", ""), ("5", "")]), "8\u{a0}answers");
    assert_eq!(total(Form::Level, &[("412", ""), ("398", "")]), "398\u{a0}answers");
    // 5 of 2,000 days.
    assert_eq!(total(Form::Rate, &[("3", "900"), ("2", "1100")]), "2.5\u{a0}answers, 5 in all");
    assert_eq!(total(Form::Mean, &[]), "");
}

/// Twelve months that vary, then twelve more.
fn two_years(later: &'static str) -> Vec<(&'static str, &'static str)> {
    let first = ["50", "52", "49", "51", "50", "53", "48", "51", "50", "52", "49", "51"];
    first.into_iter().chain([later; 12]).map(|it| (it, "100")).collect()
}

#[test]
fn what_stands_beside_a_cost_is_for_its_months_and_says_whether_it_moved() {
    let share = definition(Form::Proportion, true);
    let year = (month("2025-04"), month("2026-03"));
    let beside = |later| Beside::in_period(&[series(&share, &two_years(later), View::Exact)], year);
    let worse = beside("46");
    let row = &worse.rows[0];
    // 12 x 46 of 1,200; the year before 606 of 1,200.
    assert_eq!((&*row.now, &*row.before), ("552 of 1,200, 46.0%", "606 of 1,200, 50.5%"));
    assert_eq!(row.change, "Yes, for the worse: 12 months below average, from April 2025");
    assert!(row.is_concern);
    assert_eq!(row.address, "/measures/M?unit=HIP");
    let better = beside("55");
    // The 51 of March 2025 is above the average of 50.5 too.
    let change = &better.rows[0].change;
    assert_eq!(change, "Yes, for the better: 13 months above average, from March 2025");
    assert!(!better.rows[0].is_concern);
    let missing = &worse.missing;
    assert!(
        missing.contains("waiting times, vacancies, sickness, harm to patients and"),
        "{missing}"
    );
    assert!(!missing.contains("Friends and Family"), "that is held: {missing}");
    assert!(missing.contains("can add it"), "{missing}");
}

#[test]
fn a_period_without_all_its_months_says_so_and_one_without_any_is_missing() {
    let count = definition(Form::Count, true);
    let all = series(&count, &[("20", ""), ("30", "")], View::Exact);
    let of = |first: &str, last: &str| {
        Beside::in_period(std::slice::from_ref(&all), (month(first), month(last)))
    };
    assert_eq!(of("2024-04", "2024-06").rows[0].now, "50\u{a0}answers (2 of 3 months)");
    assert_eq!(of("2024-04", "2024-05").rows[0].now, "50\u{a0}answers");
    let none = of("2025-04", "2026-03");
    assert!(none.rows.is_empty() && none.missing.contains("Friends and Family Test"));
    let hidden = series(&count, &[("20", ""), ("3", "")], View::Suppressed);
    let shown = Beside::in_period(&[hidden], (month("2024-04"), month("2024-05")));
    assert_eq!(shown.rows[0].now, "* hidden");
}

#[test]
fn another_question_is_another_line_and_is_not_compared() {
    let mut all = series(&definition(Form::Proportion, true), &two_years("46"), View::Exact);
    all.measure.breaks.push(Break {
        month: month("2025-04"),
        because: "Another question".to_owned(),
        recorded_by: PersonId::new("p"),
        recorded_at: "2025-05-01T09:00:00Z".parse().expect("an instant"),
    });
    let lines = stretches(&all);
    let spans: Vec<(usize, &str)> =
        lines.iter().map(|it| (it.months.len(), it.because.as_str())).collect();
    assert_eq!(spans, [(12, ""), (12, "Another question")]);
    assert!(lines[0].xmr.is_some() && lines[1].xmr.is_none(), "twelve equal months say nothing");
    let row = &Beside::in_period(&[all], (month("2025-04"), month("2026-03"))).rows[0];
    assert_eq!(row.before, "not compared: Another question");
    assert_eq!(row.change, "Too few months, or too alike, to say");
}

proptest! {
    /// Nobody learns of a month with 1 to 7 people, nor of one whose others are so few.
    #[test]
    fn no_few_people_are_ever_shown(all in proptest::collection::vec((0..60_u64, 0..60_u64), 1..14)) {
        let share = definition(Form::Proportion, true);
        let texts: Vec<(String, String)> = all
            .iter()
            .filter(|it| it.0 + it.1 > 0)
            .map(|it| (it.0.to_string(), (it.0 + it.1).to_string()))
            .collect();
        let pairs: Vec<(&str, &str)> =
            texts.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        let shown = seen(&share, &pairs, View::Suppressed);
        for (point, (part, rest)) in shown.iter().zip(all.iter().filter(|it| it.0 + it.1 > 0)) {
            let few = |it: &u64| (1..8).contains(it);
            if few(part) || few(rest) {
                prop_assert!(point.figure.is_none(), "{part} and {rest}");
            } else {
                let figure = point.figure.expect("enough people, and nothing else hidden");
                prop_assert!(figure.value.to_count().is_some_and(|it| it % 5 == 0));
                prop_assert!(figure.of.and_then(Decimal::to_count).is_some_and(|it| it % 5 == 0));
            }
        }
    }
}
