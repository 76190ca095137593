//! Does a run add up, what reached no patient, and may it be published?

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Money;
use results::Run;
use results::findings::StoredFinding;
use results::walk::{CostWalk, WalkStep};

use super::{publish, walk};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/show.html")]
pub(super) struct Show {
    pub(super) shell: Shell,
    pub(super) view: View,
    pub(super) publishing: publish::Publishing,
    /// Whether the person sees what single patients cost.
    sees_patients: bool,
}

/// What the page says of the run.
pub(super) struct View {
    id: String,
    kicker: String,
    lead: String,
    difference: String,
    published: bool,
    /// Whether its rules are only proposed.
    is_draft: bool,
    chart: String,
    residuals: Vec<Line>,
    all: String,
    all_share: String,
    checks: Vec<(String, String)>,
    waiting: Vec<String>,
    waiting_money: String,
}

/// One residual of the table.
struct Line {
    residual: String,
    words: String,
    amount: String,
    share: String,
    what: String,
    state: Where,
}

/// Where a residual stands.
#[derive(PartialEq, Eq)]
enum Where {
    NeedsDecision,
    Accepted(String),
    Nothing,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let page = page(&app, &id, &visit).await?;
    Ok(page.respond())
}

/// The page of a run.
pub(super) async fn page(app: &App, id: &str, visit: &Visit) -> Result<Show, Fault> {
    let run = app.shelf().run(id)?;
    let publishing = publish::publishing(app, &run, visit).await?;
    let mut view = reading(move || View::of(&run)).await?;
    view.is_draft = matches!(publishing.state, publish::Stage::Proposed(_));
    let title = view.title();
    let shell = visit.shell(title).below("Runs", "/runs");
    Ok(Show { shell, view, publishing, sees_patients: visit.may(Capability::PatientRows) })
}

/// Whether a finding is of a residual. One of a place that no rule takes names the place alone.
fn is_of(found: &StoredFinding, residual: &str) -> bool {
    found.subject.starts_with(residual) || (residual == "UNMAPPED" && found.code == "F4")
}

impl View {
    /// Where the walk is as a file.
    fn walk_file(&self) -> String {
        format!("/runs/{}/walk.csv", self.id)
    }

    fn of(run: &Run) -> Result<Self, Fault> {
        let found = run.cost_walk()?;
        let waiting = run.outstanding()?;
        let records = run.records()?;
        let identities = run.reconciliation()?;
        let difference: Money = identities.iter().map(|it| it.difference).sum();
        let left: Money = found.steps.iter().map(|it| it.amount).sum();
        let money: Money = waiting.iter().map(|it| it.money).sum();
        let findings = run.findings()?;
        let line = |it: &WalkStep| {
            let of_it: Vec<_> =
                findings.iter().filter(|found| is_of(found, &it.residual)).collect();
            let open = waiting.iter().any(|found| is_of(found, &it.residual));
            let accepted = of_it.iter().find_map(|it| records.acceptance_of(&it.id));
            Line {
                residual: it.residual.clone(),
                words: words::capital(&it.words),
                amount: words::pence(it.amount),
                share: words::percent(it.amount, found.quantum),
                what: of_it.first().map_or_else(String::new, |it| it.remedy.clone()),
                state: match accepted {
                    _ if open => Where::NeedsDecision,
                    Some(it) => Where::Accepted(words::spoken(&it.by)),
                    None => Where::Nothing,
                },
            }
        };
        let manifest = run.manifest();
        let until = results::since::month(manifest.last_period.min(12));
        let state = if records.publication.is_some() { "published" } else { "draft" };
        Ok(Self {
            id: run.id().to_owned(),
            kicker: format!(
                "Run {}, {state}, {} to the end of {until}",
                short(run.id()),
                words::year(&manifest.year)
            ),
            lead: format!(
                "{} of {} reached our patients: {}. Every penny of the rest is named below.",
                words::pence(found.own_patients),
                words::pence(found.quantum),
                words::percent(found.own_patients, found.quantum)
            ),
            difference: words::pence(difference),
            published: records.publication.is_some(),
            is_draft: false,
            chart: walk::chart(&found),
            residuals: found.steps.iter().map(line).collect(),
            all: words::pence(left),
            all_share: words::percent(left, found.quantum),
            checks: checks(&identities),
            waiting: waiting.iter().map(|it| it.id.clone()).collect(),
            waiting_money: words::pence(money),
        })
    }

    fn title(&self) -> String {
        match self.waiting.len() {
            _ if self.published => "The run adds up and is published".to_owned(),
            _ if self.is_draft => {
                "The run adds up. It tries rules that are not in force".to_owned()
            }
            0 => "The run adds up. It can be published".to_owned(),
            1 => "The run adds up. One finding needs a decision before it can be published"
                .to_owned(),
            more => format!(
                "The run adds up. {} findings need a decision before it can be published",
                words::capital(&number(more))
            ),
        }
    }
}

/// Differences by report.
fn checks(identities: &[results::reconciliation::ReconciledLine]) -> Vec<(String, String)> {
    let mut checks: Vec<(String, Money, u64)> = Vec::new();
    for it in identities {
        match checks.iter_mut().find(|check| check.0 == it.report) {
            Some(check) => {
                check.1 += it.difference;
                check.2 += 1;
            }
            None => checks.push((it.report.clone(), it.difference, 1)),
        }
    }
    let shown = |(report, difference, lines): (String, Money, u64)| {
        let lines = words::count(lines, "line", "lines");
        (format!("{report}, {lines}"), words::pence(difference))
    };
    checks.into_iter().map(shown).collect()
}

fn number(count: usize) -> String {
    const WORDS: [&str; 10] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(count).map_or_else(|| count.to_string(), |it| (*it).to_owned())
}

/// An invented walk, for samples.
pub(super) fn sample_walk() -> CostWalk {
    let money = |text: &str| text.parse::<Money>().expect("an amount");
    let step = |residual: &str, words: &str, amount: &str| WalkStep {
        residual: residual.to_owned(),
        words: words.to_owned(),
        amount: money(amount),
        reasons: Vec::new(),
    };
    CostWalk {
        expenses: money("811202000.00"),
        netted: money("-217.58"),
        quantum: money("811201782.42"),
        steps: vec![
            step("NOT_OWN_PATIENT", "not the care of own patients", "41294522.21"),
            step("UNMATCHED", "activity for which no event was found", "4913260.44"),
        ],
        own_patients: money("764993999.77"),
    }
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/costing_runs/show.html";

    fn samples() -> Vec<Self> {
        let view = |waiting: Vec<String>, published| View {
            id: "1fe9a090556158bd".to_owned(),
            kicker: "Run 1fe9a090, draft, 2025/26 to the end of March".to_owned(),
            lead: "£764,993,999.77 of £811,201,782.42 reached our patients: 94.30%.".to_owned(),
            difference: "£0.00".to_owned(),
            published,
            is_draft: false,
            chart: walk::chart(&sample_walk()),
            residuals: vec![
                Line {
                    residual: "UNMATCHED".to_owned(),
                    words: "Activity for which no event was found".to_owned(),
                    amount: "£4,913,260.44".to_owned(),
                    share: "0.61%".to_owned(),
                    what: "Ask pathology for the GP codes missing from 38,204 rows.".to_owned(),
                    state: Where::NeedsDecision,
                },
                Line {
                    residual: "NOT_OWN_PATIENT".to_owned(),
                    words: "Not the care of own patients".to_owned(),
                    amount: "£41,294,522.21".to_owned(),
                    share: "5.09%".to_owned(),
                    what: String::new(),
                    state: Where::Accepted("P Raman".to_owned()),
                },
            ],
            all: "£46,207,782.65".to_owned(),
            all_share: "5.70%".to_owned(),
            checks: vec![("2 Ledger by cost centre, 214 lines".to_owned(), "£0.00".to_owned())],
            waiting,
            waiting_money: "£4,913,260.44".to_owned(),
        };
        let page = |view: View, publishing, sees_patients| Self {
            shell: Shell::sample("The run adds up"),
            view,
            publishing,
            sees_patients,
        };
        let open = view(vec!["Q1-068047b2".to_owned()], false);
        vec![
            page(open, publish::Publishing::sample_ask(), true),
            page(view(Vec::new(), false), publish::Publishing::sample_proposed(), true),
            page(view(Vec::new(), false), publish::Publishing::sample_asked(), false),
            page(view(Vec::new(), true), publish::Publishing::sample_done(), true),
        ]
    }
}
