//! One residual by reason, and the ledger lines that it came from.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Money;
use results::Run;
use results::explain::{Figure, LedgerPart};
use results::statements::Residual;
use results::walk::{ResidualPart, WalkStep};
use serde::Deserialize;

use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Ledger lines shown at most; the rest are counted and added.
const LINES: usize = 50;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/residual.html")]
pub(super) struct ResidualPage {
    shell: Shell,
    residual: String,
    /// Where the page is, without a reason.
    address: String,
    /// The reasons as a file.
    file: String,
    amount: String,
    /// What is taught and researched, in words; none if the residual has neither.
    lead: String,
    /// The one reason that is looked at; blank for all.
    chosen: String,
    reasons: Vec<Reason>,
    /// Direct cost and support of all reasons.
    all: [String; 2],
    ledger: Vec<Line>,
    rest: String,
}

/// One reason.
struct Reason {
    code: String,
    name: String,
    direct: String,
    support: String,
    amount: String,
}

/// One ledger line.
struct Line {
    name: String,
    words: String,
    amount: String,
}

/// Which reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    reason: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    let object = format!("{id} {name} {}", asked.reason);
    let caller = visit.asks(visit.entry("run.residual", object.trim_end())).await?;
    let (step, parts, lines, chosen) = reading(move || {
        let step = step(&run, &name)?;
        let known = step.reasons.iter().find(|it| it.reason == asked.reason);
        let chosen = match known {
            _ if asked.reason.is_empty() => String::new(),
            None => return Err(Fault::NotFound),
            Some(it) => name_of(it),
        };
        let parts = run.residual_parts(&name)?;
        let reason = Some(asked.reason).filter(|it| !it.is_empty());
        let trace = run.trace(&Figure::Residual { name, reason }, &caller)?;
        let line = |it: &LedgerPart| Line {
            name: it.ledger_line.clone(),
            words: format!("{}, {}", it.cost_centre.words(), it.account.words()),
            amount: words::pence(it.own + it.absorbed),
        };
        let lines = trace.ledger_lines.iter().map(line).collect::<Vec<_>>();
        Ok((step, parts, lines, chosen))
    })
    .await?;
    let shell = visit
        .shell(words::capital(&step.words))
        .below("Runs", "/runs")
        .below(format!("Run {}", short(&id)), format!("/runs/{id}"));
    Ok(of(shell, (&id, chosen), (&step, &parts), lines).respond())
}

/// The reasons as a file.
pub(super) async fn take(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    let object = format!("{id} {name}");
    app.store().audit(visit.entry("run.residual.download", &object)).await?;
    let file = format!("residual-{}-{id}", name.to_lowercase());
    let made = reading(move || {
        let (step, parts) = (step(&run, &name)?, run.residual_parts(&name)?);
        table(&step, &parts).of_run(&run)
    });
    made.await?.file(&visit, &file)
}

fn table(step: &WalkStep, parts: &[ResidualPart]) -> Table {
    let row = |it: &ResidualPart| {
        let name = step.reasons.iter().find(|known| known.reason == it.reason).map(name_of);
        let texts = [it.reason.clone(), name.unwrap_or_default(), it.kind.clone()];
        let amounts = [it.direct, it.support, it.amount()].map(Money::to_decimal);
        texts.into_iter().chain(amounts).collect()
    };
    let columns = [
        ("reason", Kind::Text),
        ("name", Kind::Text),
        ("kind", Kind::Text),
        ("direct_gbp", Kind::Decimal),
        ("support_gbp", Kind::Decimal),
        ("amount_gbp", Kind::Decimal),
    ];
    Table::new(&columns, parts.iter().map(row).collect())
}

fn step(run: &Run, name: &str) -> Result<WalkStep, Fault> {
    let walk = run.cost_walk()?;
    walk.steps.into_iter().find(|it| it.residual == name).ok_or(Fault::NotFound)
}

/// A reason without the residual in front of it.
fn name_of(it: &Residual) -> String {
    words::capital(it.words.split(": ").last().unwrap_or_default())
}

fn of(
    shell: Shell,
    (id, chosen): (&str, String),
    (step, parts): (&WalkStep, &[ResidualPart]),
    mut lines: Vec<Line>,
) -> ResidualPage {
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    let reason = |it: &Residual| {
        let part = parts.iter().find(|part| part.reason == it.reason);
        let amounts = part.map_or((Money::ZERO, Money::ZERO), |it| (it.direct, it.support));
        Reason {
            code: it.reason.clone(),
            name: name_of(it),
            direct: words::pence(amounts.0),
            support: words::pence(amounts.1),
            amount: words::pence(it.amount),
        }
    };
    let sum = |of: fn(&ResidualPart) -> Money| words::pence(parts.iter().map(of).sum());
    let address = format!("/runs/{id}/residuals/{}", step.residual);
    ResidualPage {
        shell,
        file: format!("{address}/reasons.csv"),
        address,
        residual: step.residual.clone(),
        amount: words::pence(step.amount),
        lead: taught_and_researched(parts),
        chosen,
        reasons: step.reasons.iter().map(reason).collect(),
        all: [sum(|it| it.direct), sum(|it| it.support)],
        ledger: lines,
        rest: if more == 0 { String::new() } else { words::count(more as u64, "line", "lines") },
    }
}

/// What teaching and research cost, the dearer first; blank where neither cost anything.
fn taught_and_researched(parts: &[ResidualPart]) -> String {
    let of_kind = |kind: &str| -> (Money, Money) {
        let of_kind = parts.iter().filter(|it| it.kind == kind);
        of_kind
            .fold((Money::ZERO, Money::ZERO), |sum, it| (sum.0 + it.amount(), sum.1 + it.support))
    };
    let mut kinds =
        vec![("education and training", of_kind("TEACHING")), ("research", of_kind("RESEARCH"))];
    kinds.retain(|it| !it.1.0.is_zero());
    kinds.sort_by_key(|it| std::cmp::Reverse(it.1.0));
    let named: Vec<String> =
        kinds.iter().map(|(name, (all, _))| format!("{name} {}", words::pence(*all))).collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    if named.is_empty() {
        return String::new();
    }
    let support: Money = kinds.iter().map(|it| it.1.1).sum();
    format!(
        "{}: costed in full, with {} of support services, and in no patient’s cost.",
        words::capital(&words::listed(&named)),
        words::pence(support)
    )
}

impl Page for ResidualPage {
    const TEMPLATE: &'static str = "features/costing_runs/residual.html";

    fn samples() -> Vec<Self> {
        let text = str::to_owned;
        let page = |residual: &str, reasons: Vec<Reason>, lead: &str, chosen: &str| Self {
            shell: Shell::sample("Not the care of own patients"),
            residual: text(residual),
            address: format!("/runs/1fe9a090556158bd/residuals/{residual}"),
            file: format!("/runs/1fe9a090556158bd/residuals/{residual}/reasons.csv"),
            amount: text("£4,913,260.44"),
            lead: text(lead),
            chosen: text(chosen),
            reasons,
            all: ["£4,000,000.00", "£913,260.44"].map(text),
            ledger: vec![Line {
                name: text("290100/513000/p10"),
                words: text("Theatres, consumables, January"),
                amount: text("£120.00"),
            }],
            rest: text("12 lines"),
        };
        let reason = |code: &str, name: &str| Reason {
            code: text(code),
            name: text(name),
            direct: text("£4,000,000.00"),
            support: text("£913,260.44"),
            amount: text("£4,913,260.44"),
        };
        let taught = "Education and training £4,913,260.44: costed in full, with £913,260.44 of support services, and in no patient’s cost.";
        let education = || vec![reason("X-EDUCATION", "Education and training")];
        vec![
            page("NOT_OWN_PATIENT", education(), taught, ""),
            page("NOT_OWN_PATIENT", education(), taught, "Education and training"),
            page("UNMAPPED", vec![reason("", "Not mapped by any rule")], "", ""),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(reason: &str, kind: &str, (direct, support): (i64, i64)) -> ResidualPart {
        ResidualPart {
            reason: reason.to_owned(),
            kind: kind.to_owned(),
            direct: Money::from_pounds(direct),
            support: Money::from_pounds(support),
        }
    }

    #[test]
    fn teaching_and_research_are_told_the_dearer_first() {
        let all = [
            part("SOLD", "SERVICES_SOLD", (500, 50)),
            part("SCHOOL", "TEACHING", (70, 10)),
            part("TRIALS", "RESEARCH", (30, 5)),
            part("UNIT", "RESEARCH", (20, 0)),
            part("PRIVATE", "", (90, 9)),
        ];
        // 70 + 10; 30 + 5 + 20; support 10 + 5.
        assert_eq!(
            taught_and_researched(&all),
            "Education and training £80.00 and research £55.00: costed in full, with £15.00 of \
             support services, and in no patient’s cost."
        );
        let more = [part("TRIALS", "RESEARCH", (30, 5)), part("SCHOOL", "TEACHING", (10, 1))];
        assert_eq!(
            taught_and_researched(&more),
            "Research £35.00 and education and training £11.00: costed in full, with £6.00 of \
             support services, and in no patient’s cost."
        );
        assert!(taught_and_researched(&all[..1]).is_empty(), "what is sold is neither");
    }

    #[test]
    fn the_file_holds_each_reason_with_its_parts() {
        let step = WalkStep {
            residual: "NOT_OWN_PATIENT".to_owned(),
            words: "not the care of own patients".to_owned(),
            amount: Money::from_pounds(80),
            reasons: vec![Residual {
                residual: "NOT_OWN_PATIENT".to_owned(),
                reason: "SCHOOL".to_owned(),
                words: "not the care of own patients: Nurse education".to_owned(),
                amount: Money::from_pounds(80),
            }],
        };
        let text = table(&step, &[part("SCHOOL", "TEACHING", (70, 10))]).csv();
        let row = text.lines().nth(1).expect("a row");
        assert_eq!(row, "SCHOOL,Nurse education,TEACHING,70.000000,10.000000,80.000000");
    }
}
