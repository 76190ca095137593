//! Whose patients it was for: what private patients, visitors from overseas and others who are not
//! own patients cost and earned, as part of the service line's figures.

use domain::Money;
use results::care::CategoryCare;
use results::group::PatientGroup;
use rules::YearRules;

use super::answer::Asked;
use super::books::Year;
use super::sentences::result;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::words;

/// Care of others than own patients, by run, service line, point of delivery and HRG.
static OTHERS: Kept<[String; 4], Vec<CategoryCare>> = Kept::new(PARTS);

/// Parts of service lines that are kept at most.
const PARTS: usize = 5_000;

/// What others than own patients cost and earned.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// What it is called while it is closed.
    pub(super) summary: String,
    pub(super) says: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// Care of one category; the last is everything else.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) events: String,
    pub(super) cost: String,
    pub(super) income: String,
    pub(super) result: String,
    pub(super) is_rest: bool,
}

impl View {
    /// The view; none where all patients are own.
    pub(super) fn of(asked: &Asked<'_>, year: &Year) -> Result<Option<Self>, Fault> {
        let (line, run) = (asked.line.0, &asked.books.run);
        let part = [&asked.part.pod, &asked.part.hrg];
        let key = [run.manifest_sha256(), line, part[0], part[1]].map(str::to_owned);
        let others = OTHERS.of(key, || {
            Ok(run.care_of_others(&PatientGroup::of_part(line, (part[0], part[1])))?)
        })?;
        let all = Whole { events: year.care.events, cost: year.care.cost(), income: year.income.1 };
        Ok(view(asked.books.rules()?, &others, all))
    }

    pub(super) fn sample() -> Self {
        let row = |name: &str, is_rest| Row {
            name: name.to_owned(),
            events: "8".to_owned(),
            cost: "£39,887".to_owned(),
            income: "£40,738".to_owned(),
            result: "a surplus of £851".to_owned(),
            is_rest,
        };
        Self {
            summary: "Private patients".to_owned(),
            says: vec!["Private patients: 8 events cost £39,887 and were paid £40,738.".to_owned()],
            rows: vec![row("Private patients", false), row("Everything else", true)],
        }
    }
}

/// The figures that they are part of.
#[derive(Clone, Copy)]
struct Whole {
    events: u64,
    cost: Money,
    income: Money,
}

fn view(rules: &YearRules, others: &[CategoryCare], all: Whole) -> Option<View> {
    if others.is_empty() {
        return None;
    }
    let by_name: Vec<(String, &CategoryCare)> =
        others.iter().map(|it| (name(rules, &it.category), it)).collect();
    let mut says: Vec<String> = by_name.iter().map(|it| said(&it.0, it.1)).collect();
    says.push(
        "They are costed like everybody and are part of the figures above; the costing keeps them apart from the care of own patients.".to_owned(),
    );
    let mut rows: Vec<Row> =
        by_name.iter().map(|(name, it)| row(name, it.events, (it.cost, it.recognised))).collect();
    let sum = |of: fn(&CategoryCare) -> Money| others.iter().map(of).sum::<Money>();
    let events: u64 = others.iter().map(|it| it.events).sum();
    let rest = (all.cost - sum(|it| it.cost), all.income - sum(|it| it.recognised));
    let rest = row(
        "Own patients, and what is of no single event",
        all.events.saturating_sub(events),
        rest,
    );
    rows.push(Row { is_rest: true, ..rest });
    let names: Vec<String> = by_name.iter().map(|it| it.0.to_lowercase()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Some(View { summary: words::capital(&words::listed(&names)), says, rows })
}

/// `Private patients: 8 events cost £39,887 and were paid £40,738, a surplus of £851.`
fn said(name: &str, it: &CategoryCare) -> String {
    let were = if it.events == 1 { "was" } else { "were" };
    format!(
        "{name}: {} cost {} and {were} paid {}, {}.",
        words::count(it.events, "event", "events"),
        words::in_a_sentence(it.cost),
        words::in_a_sentence(it.recognised),
        result(it.result(), words::in_a_sentence)
    )
}

fn row(name: &str, events: u64, (cost, income): (Money, Money)) -> Row {
    Row {
        name: name.to_owned(),
        events: words::thousands(events),
        cost: words::pounds(cost),
        income: words::pounds(income),
        result: result(income - cost, words::pounds),
        is_rest: false,
    }
}

/// What a category is called: by the model, else by the words of the dataset's contract.
fn name(rules: &YearRules, code: &str) -> String {
    if let Some(it) = rules.reference_codes.get("category").and_then(|it| it.get(code)) {
        return it.name.clone();
    }
    match code {
        "PRIVATE" => "Private patients".to_owned(),
        "OVERSEAS" => "Visitors from overseas".to_owned(),
        other => format!("Patients of category {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::costed::trust;

    fn care(category: &str, events: u64, (cost, paid): (i64, i64)) -> CategoryCare {
        CategoryCare {
            category: category.to_owned(),
            events,
            cost: Money::from_pounds(cost),
            recognised: Money::from_pounds(paid),
            ..CategoryCare::default()
        }
    }

    fn told(others: &[CategoryCare]) -> Option<View> {
        let run = trust().open();
        let rules = run.rules().expect("the model reads");
        let all =
            Whole { events: 20, cost: Money::from_pounds(1_000), income: Money::from_pounds(900) };
        view(rules, others, all)
    }

    #[test]
    fn the_words_follow_the_figures_and_the_rows_come_to_the_whole() {
        let view = told(&[care("OVERSEAS", 1, (50, 30)), care("PRIVATE", 2, (300, 400))])
            .expect("there are others");
        assert_eq!(
            view.says[..2],
            [
                "Visitors from overseas: 1\u{a0}event cost £50 and was paid £30, a deficit of £20.",
                "Private patients: 2\u{a0}events cost £300 and were paid £400, a surplus of £100."
            ]
        );
        assert_eq!(view.summary, "Visitors from overseas and private patients");
        // 20 − 3 events; 1,000 − 350 and 900 − 430.
        let rest = view.rows.last().expect("the rest");
        assert_eq!(
            (rest.events.as_str(), rest.cost.as_str(), rest.income.as_str()),
            ("17", "£650", "£470")
        );
        assert!(rest.is_rest && rest.result == "a deficit of £180");
        // Swapped, the words are too.
        let swapped = told(&[care("PRIVATE", 2, (400, 300))]).expect("there are others");
        assert!(swapped.says[0].ends_with("a deficit of £100."), "{:?}", swapped.says);
        assert!(told(&[]).is_none());
    }

    #[test]
    fn a_category_that_nobody_named_keeps_its_code() {
        let run = trust().open();
        let rules = run.rules().expect("the model reads");
        assert_eq!(name(rules, "X-VET"), "Patients of category X-VET");
    }
}
