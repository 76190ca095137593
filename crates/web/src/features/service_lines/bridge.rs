//! From the directorate's budget statement to what the patients of its service line cost, drawn, in
//! words and as a file; for those who see the service line exactly.

use axum::extract::{Path, State};
use axum::response::Response;
use charts::{Heading, Precision, Row, Waterfall};
use domain::Money;
use results::Run;
use results::explain::{BridgeKind, BudgetBridge};

use super::download;
use super::exactly::{Exactly, exactly};
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::{Place, Questions};
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Bridges by run and service line; each goes through the cost of all its events.
static BRIDGES: Kept<(String, String), Option<BudgetBridge>> = Kept::new(500);

/// Directorates that have a step of their own; the others are one step.
const DIRECTORATES: usize = 6;

#[derive(askama::Template)]
#[template(path = "features/service_lines/bridge.html")]
pub(super) struct BridgePage {
    shell: Shell,
    provenance: Provenance,
    sees: String,
    lead: Vec<String>,
    /// The bridge; none where the model does not say whose cost centres are whose.
    walk: Option<Walk>,
    questions: Questions,
}

/// The bridge as it is drawn.
struct Walk {
    chart: String,
    note: String,
    rows: Vec<(String, String, bool)>,
    file: String,
}

/// A name and an amount, and whether it is a total.
type Steps = Vec<(String, Money, bool)>;

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let Exactly { run, code, name, sees, lines, .. } = exactly(&app, &visit, code).await?;
    looked_behind(&visit, &code).await;
    let place = Place::of("/services/{unit}/budget", &code, ("", ""));
    let questions = Questions::of(&app, &visit, place, run.id()).await?;
    reading(move || {
        let found = bridge(&run, &code)?;
        let sees_all = sees_all(&run, found.as_ref(), &lines)?;
        let shell = visit.shell(title(&name, found.as_ref()));
        let shell = shell.below("Services", "/services").below(&name, format!("/services/{code}"));
        let (lead, walk) = match &found {
            Some(it) => (lead(it, &name), Some(Walk::of(it, (&name, &code), sees_all)?)),
            None => (vec![NO_HOLDER.to_owned()], None),
        };
        let provenance = Provenance::of(&run, visit.now)?;
        Ok(BridgePage { shell, provenance, sees, lead, walk, questions }.respond())
    })
    .await
}

pub(super) async fn take(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let Exactly { run, code, name, lines, .. } = exactly(&app, &visit, code).await?;
    download::taken(&app, &visit, &format!("{} {code}", run.id())).await?;
    let file = format!("budget-to-cost-{code}-{}", run.id());
    let table = reading(move || {
        let found = bridge(&run, &code)?.ok_or(Fault::NotFound)?;
        let sees_all = sees_all(&run, Some(&found), &lines)?;
        let rows = steps(&found, &name, sees_all).into_iter();
        let rows = rows.map(|(name, amount, _)| vec![name, amount.to_decimal()]);
        let columns = [("step", Kind::Text), ("amount_gbp", Kind::Decimal)];
        Ok(Table::new(&columns, rows.collect()).of_run(&run)?.about("Figures", download::EXACT))
    });
    table.await?.file(&visit, &file)
}

/// Whether somebody sees every service line of the directorate exactly.
fn sees_all(run: &Run, found: Option<&BudgetBridge>, lines: &[String]) -> Result<bool, Fault> {
    let directorate = found.map(|it| it.directorate.as_str());
    let mut all = run.rules()?.service_lines.iter();
    Ok(all.all(|(code, it)| directorate != Some(&it.directorate) || lines.contains(code)))
}

fn bridge(run: &Run, code: &str) -> Result<Option<BudgetBridge>, Fault> {
    let key = (run.manifest_sha256().to_owned(), code.to_owned());
    let found = BRIDGES.of(key, || Ok(run.budget_bridge(code)?))?;
    Ok(found.as_ref().clone())
}

/// What is said where the model does not say whose cost centres are whose.
const NO_HOLDER: &str = "The model does not say which cost centres are on this directorate’s budget statement, so this page cannot begin there. A costing accountant can say it in budget_holders.csv.";

fn title(name: &str, found: Option<&BudgetBridge>) -> String {
    match found {
        Some(it) => format!("From the budget of {} to what {name} costs", it.directorate),
        None => format!("From the budget to what {name} costs"),
    }
}

/// What the directorate spent beside its budget, and how much of it reached these patients.
fn lead(found: &BudgetBridge, name: &str) -> Vec<String> {
    let shown = words::in_a_sentence;
    let directorate = &found.directorate;
    let own = found.spent + sum(found, |kind| kind < BridgeKind::OtherBudget);
    let spent = match found.budget {
        Some(budget) => {
            let over = found.spent - budget;
            let beside = match over.micro_pounds() {
                0 => "exactly its budget".to_owned(),
                1.. => format!("{} more than its budget", shown(over)),
                _ => format!("{} less than its budget", shown(over.abs())),
            };
            format!("{directorate} spent {}, {beside}.", shown(found.spent))
        }
        None => format!("{directorate} spent {}. The trust gave no budget.", shown(found.spent)),
    };
    vec![
        spent,
        format!(
            "Of this, {} reached patients of {name}. What others spent on these patients, with their share of overheads and capital charges, brings their cost to {}.",
            shown(own),
            shown(found.cost)
        ),
    ]
}

fn sum(found: &BudgetBridge, wanted: impl Fn(BridgeKind) -> bool) -> Money {
    found.steps.iter().filter(|it| wanted(it.kind)).map(|it| it.amount).sum()
}

/// All steps with the totals between them; what the directorate spent elsewhere is one step for those
/// who do not see all its service lines exactly. Care that the law lets nobody take apart stands with
/// overheads, so that no step is its cost alone.
fn steps(found: &BudgetBridge, name: &str, sees_all: bool) -> Steps {
    let directorate = &found.directorate;
    let mut steps: Steps = Vec::new();
    if let Some(budget) = found.budget {
        steps.push((format!("Budget of {directorate}"), budget, true));
        let over = found.spent - budget;
        let word = if over < Money::ZERO { "Less" } else { "More" };
        if !over.is_zero() {
            steps.push((format!("{word} spent than budgeted"), over, false));
        }
    }
    steps.push((format!("Spent by {directorate}"), found.spent, true));
    let away = found.steps.iter().filter(|it| it.kind < BridgeKind::OtherBudget);
    let left: Money = away.clone().map(|it| it.amount).sum();
    if sees_all {
        steps.extend(away.map(|it| {
            let words = match it.kind {
                BridgeKind::Support => "Support of the whole trust".to_owned(),
                BridgeKind::OtherPatients => "Patients of other service lines".to_owned(),
                _ => words::capital(&it.name),
            };
            (words, it.amount, false)
        }));
    } else {
        // What it spent on patients of others alone would be a figure of those others.
        steps.push((
            "Support, what reached nobody, and patients of others".to_owned(),
            left,
            false,
        ));
    }
    let own = found.spent + left;
    steps.push((format!("Of this, for patients of {name}"), own, true));
    let mut others: Vec<(String, Money)> = found
        .steps
        .iter()
        .filter(|it| it.kind == BridgeKind::OtherBudget)
        .map(|it| (format!("Spent by {}", it.name), it.amount))
        .collect();
    others.sort_by_key(|it| std::cmp::Reverse(it.1.abs()));
    let rest: Money = others.iter().skip(DIRECTORATES).map(|it| it.1).sum();
    others.truncate(DIRECTORATES);
    others.push(("Spent by other directorates".to_owned(), rest));
    let last = [("Spent by cost centres that no directorate holds", BridgeKind::NoHolder)];
    others.extend(last.map(|(words, kind)| (words.to_owned(), sum(found, |it| it == kind))));
    let borne = sum(found, |it| matches!(it, BridgeKind::Borne | BridgeKind::Restricted));
    others.push(("Overheads, support and capital charges".to_owned(), borne));
    steps.extend(others.into_iter().filter(|it| !it.1.is_zero()).map(|it| (it.0, it.1, false)));
    steps.push((format!("What patients of {name} cost"), found.cost, true));
    steps
}

impl Walk {
    fn of(found: &BudgetBridge, (name, code): (&str, &str), sees_all: bool) -> Result<Self, Fault> {
        let steps = steps(found, name, sees_all);
        let rows = steps.iter().cloned().map(|(name, amount, is_total)| {
            if is_total { Row::Total { name, amount } } else { Row::Step { name, amount } }
        });
        let heading = Heading {
            id: "bridge-chart".to_owned(),
            title: "From the budget to the cost".to_owned(),
            description: "A walk from the directorate’s budget to the cost of the service line’s patients. The table below holds the same figures.".to_owned(),
        };
        let rows = rows.collect();
        let chart = Waterfall { heading, width: 900, precision: Precision::Pounds, rows };
        let chart = chart
            .draw()
            .map_err(|error| Fault::Broken(format!("the bridge does not add up: {error}")))?;
        let shown = |(name, amount, is_total): (String, Money, bool)| {
            let say = if is_total { words::pounds } else { super::sentences::more_or_less };
            (name, say(amount), is_total)
        };
        Ok(Self {
            note: chart.note.clone(),
            chart: chart.svg(),
            rows: steps.into_iter().map(shown).collect(),
            file: format!("/services/{code}/budget.csv"),
        })
    }
}

impl Page for BridgePage {
    const TEMPLATE: &'static str = "features/service_lines/bridge.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, lead: Vec<String>, walk: Option<Walk>| Self {
            shell: Shell::sample(title)
                .below("Services", "/services")
                .below("Hips", "/services/TORT"),
            provenance: Provenance::sample(),
            sees: "You see exact figures, as clinical director.".to_owned(),
            lead,
            walk,
            questions: Questions::sample(),
        };
        let found = sample();
        let walk = Walk::of(&found, ("Hips", "TORT"), true).expect("the sample adds up");
        vec![
            page(&title("Hips", Some(&found)), lead(&found, "Hips"), Some(walk)),
            page(&title("Hips", None), vec![NO_HOLDER.to_owned()], None),
        ]
    }
}

/// £900 of budget, £1,000 spent; £100 on support, £50 reached nobody, £250 were for others: £600
/// are left, with £300 of theatres and £200 of overheads £1,100.
fn sample() -> BudgetBridge {
    use results::explain::BridgeStep;
    let step = |kind, name: &str, pounds| BridgeStep {
        kind,
        name: name.to_owned(),
        amount: Money::from_pounds(pounds),
    };
    BudgetBridge {
        directorate: "Musculoskeletal".to_owned(),
        budget: Some(Money::from_pounds(900)),
        spent: Money::from_pounds(1000),
        steps: vec![
            step(BridgeKind::Support, "", -100),
            step(BridgeKind::NoPatient, "unused session time", -50),
            step(BridgeKind::OtherPatients, "", -250),
            step(BridgeKind::OtherBudget, "Theatres", 300),
            step(BridgeKind::Borne, "Estates", 150),
            step(BridgeKind::Borne, "People", 50),
        ],
        cost: Money::from_pounds(1100),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn the_bridge_is_told_in_steps_that_add_up() {
        let found = sample();
        let told = |(name, amount, is_total): &(String, Money, bool)| {
            format!("{}{name}: {amount}\n", if *is_total { "" } else { "  " })
        };
        let text: String = steps(&found, "Hips", true).iter().map(told).collect();
        expect![[r#"
            Budget of Musculoskeletal: £900.000000
              More spent than budgeted: £100.000000
            Spent by Musculoskeletal: £1,000.000000
              Support of the whole trust: -£100.000000
              Unused session time: -£50.000000
              Patients of other service lines: -£250.000000
            Of this, for patients of Hips: £600.000000
              Spent by Theatres: £300.000000
              Overheads, support and capital charges: £200.000000
            What patients of Hips cost: £1,100.000000
        "#]]
        .assert_eq(&text);
        expect![[r#"
            Musculoskeletal spent £1,000, £100 more than its budget.
            Of this, £600 reached patients of Hips. What others spent on these patients, with their share of overheads and capital charges, brings their cost to £1,100."#]]
        .assert_eq(&lead(&found, "Hips").join("\n"));
    }

    #[test]
    fn what_others_got_is_no_step_of_its_own_for_those_who_do_not_see_them() {
        let found = sample();
        let told = steps(&found, "Hips", false);
        assert!(!told.iter().any(|it| it.0.contains("other service lines")), "{told:?}");
        assert_eq!(told[3].1, Money::from_pounds(-400), "100 + 50 + 250");
        let even = BudgetBridge { budget: Some(found.spent), ..found };
        assert_eq!(steps(&even, "Hips", true)[1].0, "Spent by Musculoskeletal");
    }

    #[test]
    fn less_than_the_budget_is_said_so() {
        let found = BudgetBridge { budget: Some(Money::from_pounds(1200)), ..sample() };
        assert!(lead(&found, "Hips")[0].ends_with("£200 less than its budget."));
        assert_eq!(steps(&found, "Hips", true)[1].0, "Less spent than budgeted");
        let none = BudgetBridge { budget: None, ..sample() };
        assert!(lead(&none, "Hips")[0].ends_with("The trust gave no budget."));
        assert_eq!(steps(&none, "Hips", true)[0].0, "Spent by Musculoskeletal");
    }
}
