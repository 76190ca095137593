//! One case: what it lacks, its options beside each other, evidence, team, impact on quality, concerns,
//! decision and actions.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::cases::{Case, CaseState, Compared, Cost, Document};
use engagement::pence::Pence;
use store::cases::{Kind as RecordKind, Step, Taken};
use store::joint_actions::StoredAction;

use super::figures::{costing, shown, since};
use super::found::{Found, found};
use super::missing::{lacks, missing};
use super::quality;
use super::told::history;
use super::write::case;
use crate::App;
use crate::shell::concerns::{self, Row, unanswered};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::questions::{CASE, Place, Questions};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/business_cases/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    lead: String,
    problem: String,
    efficiency: String,
    /// What is missing, and where it is written; blank for those who may not.
    lacks: Vec<(String, String)>,
    options: Vec<OptionColumn>,
    rows: Vec<CompareRow>,
    figures: Vec<FigureRow>,
    documents: Vec<DocumentRow>,
    exemption: String,
    team: Vec<(String, String)>,
    /// What it does to quality, who assessed that, and who signed.
    quality: Vec<(String, String)>,
    concerns: Vec<Row>,
    /// Concerns that wait for an answer, to choose from.
    unanswered: Vec<(String, String)>,
    /// A concern and an answer as typed.
    said: Said,
    actions: Vec<(String, String)>,
    history: Vec<(String, String)>,
    /// What whoever looks may do.
    may: May,
    /// Actions to link.
    choices: Vec<(String, String)>,
    address: String,
    /// The service line as it is now.
    service: String,
    new_action: String,
    file: String,
    seen: i64,
    questions: Questions,
    /// Reasons as typed.
    because: String,
    why_withdrawn: String,
    wrong: Wrong,
}

/// What whoever looks may do with the case as it stands.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a form of the page")]
struct May {
    write: bool,
    submit: bool,
    take_back: bool,
    decide: bool,
    withdraw: bool,
    link: bool,
    sign: bool,
    raise: bool,
    answer: bool,
}

/// A concern and an answer as typed.
#[derive(Clone, Debug, Default)]
struct Said {
    concern: String,
    of: String,
    answer: String,
}

/// One option, as the heading of a column.
#[derive(Clone, Debug, Default)]
struct OptionColumn {
    name: String,
    is_proposed: bool,
    edit: String,
}

/// One row of the comparison: what, and a cell for each option.
#[derive(Clone, Debug, Default)]
struct CompareRow {
    name: &'static str,
    cells: Vec<String>,
}

/// A figure that is attached.
#[derive(Clone, Debug, Default)]
struct FigureRow {
    name: String,
    value: String,
    of: String,
    since: String,
    by: String,
}

/// A document beside the figures; its address is blank where its place is no page.
#[derive(Clone, Debug, Default)]
struct DocumentRow {
    title: String,
    address: String,
    says: String,
    by: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, (Capability::ReadCases, RecordKind::Case), &id).await?;
    let record = &found.record;
    let place = Place::of_thing(CASE, record.unit.as_str(), record.id.as_str());
    let questions = Questions::of(&app, &visit, place, "").await?;
    let page = Show::of(&app, &visit, &found, Wrong::default()).await?;
    Ok(Show { questions, ..page }.respond())
}

impl Show {
    pub(super) async fn of(
        app: &App,
        visit: &Visit,
        found: &Found,
        wrong: Wrong,
    ) -> Result<Self, Fault> {
        let case = case(found)?;
        let record = &found.record;
        let unit = record.unit.as_str();
        let may = May::of(visit, found, case)?;
        let now = if record.figures().is_empty() { None } else { costing(app, unit).await? };
        let figures = record.figures().into_iter().map(|(_, figure, taken)| FigureRow {
            name: figure.name.clone(),
            value: shown(figure),
            of: format!("{}, run {}", figure.period, short(&figure.run)),
            since: since(figure, now.as_ref()),
            by: format!("Attached by {}", found.by(&taken.by, taken.at)),
        });
        let documents = record.documents().into_iter().map(|(_, it, taken)| DocumentRow {
            title: it.title.clone(),
            address: if it.is_link() { it.place.trim().to_owned() } else { String::new() },
            says: format!("{}, {}. {}", it.kind_name(), words::day(&it.dated), kept_at(it)),
            by: format!("Named by {}", found.by(&taken.by, taken.at)),
        });
        let exemption = record.exemption().map(|(because, taken)| {
            format!("{} {}", words::sentence(because), found.by(&taken.by, taken.at))
        });
        let (actions, choices) = actions(app, visit, found).await?;
        let by = |it: &Taken| found.by(&it.by, it.at);
        let concerns = concerns::rows(&record.concerns(), (by, |it: &Taken| it.at), visit.now);
        let text = |name: &str| visit.fields.get(name).to_owned();
        let address = found.address();
        let from = [("from", address.as_str()), ("unit", unit)];
        let from = serde_urlencoded::to_string(from).unwrap_or_default();
        Ok(Self {
            shell: found.home(visit).with_errors(&wrong),
            kicker: found.unit.clone(),
            state: record.state().name().to_owned(),
            lead: lead(found, case),
            problem: case.problem.clone(),
            efficiency: case.efficiency.clone(),
            lacks: lacks(found, case, may.write),
            options: columns(case, may.write.then_some(address.as_str())),
            rows: rows(case),
            figures: figures.collect(),
            documents: documents.collect(),
            exemption: exemption.unwrap_or_default(),
            team: quality::team(found, case),
            quality: quality::facts(found, case),
            unanswered: unanswered(&concerns),
            concerns,
            said: Said { concern: text("concern"), of: text("of"), answer: text("answer") },
            actions,
            history: history(found),
            may,
            choices,
            service: format!("/services/{unit}"),
            new_action: format!("/actions/new?{from}"),
            file: format!("{address}/options.csv"),
            address,
            seen: record.seen(),
            questions: Questions::default(),
            because: text("because"),
            why_withdrawn: text("why_withdrawn"),
            wrong,
        })
    }
}

/// Where a document is kept, in a sentence.
fn kept_at(it: &Document) -> String {
    let place = it.place.trim().trim_end_matches('.');
    if it.is_link() { format!("At {place}") } else { format!("Kept: {place}.") }
}

impl May {
    fn of(visit: &Visit, found: &Found, case: &Case) -> Result<Self, Fault> {
        let record = &found.record;
        let (state, me) = (record.state(), visit.person()?.id.as_str());
        let is_second = case.is_second((me, &record.authors(), &record.named()));
        let approves = joint_work::may(visit, Capability::ApproveCases, record.unit.as_str());
        let is_draft = state == CaseState::Draft;
        Ok(Self {
            write: found.keeps && is_draft,
            submit: found.keeps && is_draft && case.lacks(record.evidence()).is_empty(),
            take_back: found.keeps && state == CaseState::Submitted,
            decide: approves && is_second && state == CaseState::Submitted,
            withdraw: found.keeps && state.withdraw_fault("a reason").is_none(),
            link: found.keeps && state == CaseState::Approved,
            sign: !record.is_signed() && case.sign_fault(state, me).is_none(),
            raise: state.concern_fault().is_none(),
            answer: found.keeps && state.concern_fault().is_none(),
        })
    }
}

/// How it stands, in a sentence.
fn lead(found: &Found, case: &Case) -> String {
    let record = &found.record;
    let decided = record.steps.iter().rev().find_map(|it| match &it.step {
        Step::Approved { because } | Step::Refused { because } | Step::Withdrawn { because } => {
            Some((because, it))
        }
        _ => None,
    });
    let state = record.state();
    match (state, decided) {
        (CaseState::Approved | CaseState::Refused | CaseState::Withdrawn, Some((because, it))) => {
            format!(
                "{} by {}: {}",
                state.name(),
                found.by(&it.by, it.at),
                words::sentence(because)
            )
        }
        (CaseState::Submitted, _) => {
            "It waits for somebody who neither wrote it nor is of its team. Nothing of it changes until then.".to_owned()
        }
        _ => match missing(found, case).len() as u64 {
            0 => "It is complete and can be submitted.".to_owned(),
            missing => format!(
                "It is being written: {} before it can be approved.",
                words::count(missing, "thing is missing", "things are missing")
            ),
        },
    }
}

fn columns(case: &Case, address: Option<&str>) -> Vec<OptionColumn> {
    let each = case.options.iter().enumerate();
    each.map(|(place, it)| OptionColumn {
        name: it.name.clone(),
        is_proposed: case.proposed == Some(place),
        edit: address.map_or_else(String::new, |it| format!("{it}/options/{place}")),
    })
    .collect()
}

/// The comparison row by row: cost and what it is beside doing nothing, then what patients get.
fn rows(case: &Case) -> Vec<CompareRow> {
    let compared = case.compared();
    let row = |name, cell: &dyn Fn(&Compared<'_>) -> String| CompareRow {
        name,
        cells: compared.iter().map(cell).collect(),
    };
    let amount = |it: &Compared<'_>, of: fn(Cost) -> Pence| {
        it.option.cost.map_or_else(not_written, |it| of(it).to_string())
    };
    let nothing = case.options.first().and_then(|it| it.cost);
    let against = |it: &Compared<'_>, of: fn(Cost) -> Pence| match (it.option.cost, nothing) {
        (Some(cost), Some(nothing)) => of(cost).against(of(nothing)),
        _ => not_written(),
    };
    let said = |text: &str| if text.trim().is_empty() { not_written() } else { text.to_owned() };
    vec![
        row("What patients get", &|it| said(&it.option.outcome)),
        row("Experience of patients and staff", &|it| said(&it.option.experience)),
        row("Safety", &|it| said(&it.option.safety)),
        row("Cost once", &|it| amount(it, |it| it.one_off)),
        row("Cost every year", &|it| amount(it, |it| it.recurrent)),
        row("Once, beside doing nothing", &|it| against(it, |it| it.one_off)),
        row("Every year, beside doing nothing", &|it| against(it, |it| it.recurrent)),
    ]
}

fn not_written() -> String {
    "Not written yet".to_owned()
}

/// Names and addresses.
type Named = Vec<(String, String)>;

/// Actions that came of it, as far as whoever looks may see them, and those that could be linked.
async fn actions(app: &App, visit: &Visit, found: &Found) -> Result<(Named, Named), Fault> {
    let mut db = app.store().read().await?;
    let all = joint_work::seen_actions(&mut db, visit).await?;
    let mut linked = Vec::new();
    for id in found.record.actions() {
        if let Some(action) = all.iter().find(|it| it.id.as_str() == id) {
            linked.push((action.agreed.of.what.clone(), format!("/actions/{id}")));
        }
    }
    if found.record.state() != CaseState::Approved || !found.keeps {
        return Ok((linked, Vec::new()));
    }
    let is_free = |it: &StoredAction| {
        it.agreed.unit == found.record.unit && !found.record.actions().contains(&it.id.as_str())
    };
    let mut free = vec![(String::new(), "Choose an action".to_owned())];
    free.extend(all.into_iter().filter(is_free).map(|it| (it.id.to_string(), it.agreed.of.what)));
    Ok((linked, free))
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/business_cases/show.html";

    fn samples() -> Vec<Self> {
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        let draft = Self {
            shell: Shell::sample("A discharge lounge").below("Business cases", "/cases"),
            kicker: "Trauma and orthopaedics".to_owned(),
            state: "Being written".to_owned(),
            lead: "It is being written: one thing is missing before it can be approved.".to_owned(),
            problem: "Beds wait for transport.".to_owned(),
            efficiency: String::new(),
            lacks: vec![pair("Attach a figure of the costing", "/cases/1/evidence")],
            options: vec![OptionColumn {
                name: "Do nothing".to_owned(),
                is_proposed: false,
                edit: "/cases/1/options/0".to_owned(),
            }],
            rows: vec![CompareRow {
                name: "Cost every year",
                cells: vec!["£120,000.00".to_owned()],
            }],
            figures: Vec::new(),
            documents: Vec::new(),
            exemption: String::new(),
            team: vec![pair("Clinician", "Nobody yet")],
            quality: vec![pair("Impact on quality", "Not assessed yet")],
            concerns: Vec::new(),
            unanswered: Vec::new(),
            said: Said::default(),
            actions: Vec::new(),
            history: vec![pair("Begun", "Daniel Osei, 11 June 2026, 08:31")],
            may: May { write: true, withdraw: true, raise: true, ..May::default() },
            choices: Vec::new(),
            address: "/cases/1".to_owned(),
            service: "/services/TORT".to_owned(),
            new_action: "/actions/new".to_owned(),
            file: "/cases/1/options.csv".to_owned(),
            seen: 1,
            questions: Questions::default(),
            because: String::new(),
            why_withdrawn: String::new(),
            wrong: Wrong::default(),
        };
        vec![draft.submitted(), draft.approved(), draft]
    }
}

impl Show {
    /// The sample as it is once it waits, with a decision that was refused.
    fn submitted(&self) -> Self {
        let mut wrong = Wrong::default();
        wrong.add("because", "Write the reason");
        wrong.add("concern", "Say what you fear");
        wrong.add("answer", "Say what is done about the concern");
        Self {
            shell: self.shell.clone().with_errors(&wrong),
            state: "Waits for a decision".to_owned(),
            lacks: Vec::new(),
            may: May {
                decide: true,
                take_back: true,
                withdraw: true,
                sign: true,
                raise: true,
                answer: true,
                ..May::default()
            },
            concerns: quality::sample(),
            unanswered: unanswered(&quality::sample()),
            options: self.options.clone(),
            rows: self.rows.clone(),
            wrong,
            ..self.approved()
        }
    }

    /// The sample as it is once it is approved.
    fn approved(&self) -> Self {
        let proposed =
            OptionColumn { name: "A lounge".to_owned(), is_proposed: true, edit: String::new() };
        let row = CompareRow {
            name: "Every year, beside doing nothing",
            cells: vec!["the same".to_owned(), "£22,000.05 less".to_owned()],
        };
        let document = |address: &str| DocumentRow {
            title: "Audit of discharges".to_owned(),
            address: address.to_owned(),
            says: "Clinical audit, 31 March 2026. Kept: shelf 4, audit office.".to_owned(),
            by: "Named by Daniel Osei, 11 June 2026, 08:31".to_owned(),
        };
        let figure = FigureRow {
            name: "Planned stays: cost of one".to_owned(),
            value: "£6,812.40".to_owned(),
            of: "2025/26 to the end of March, run 0a1b2c3d".to_owned(),
            since: "This is still the latest published costing.".to_owned(),
            by: "Attached by Daniel Osei, 11 June 2026, 08:31".to_owned(),
        };
        Self {
            shell: self.shell.clone(),
            kicker: self.kicker.clone(),
            state: "Approved".to_owned(),
            lead: "Approved by Ravi Sethi, 12 June 2026, 09:00: It holds up.".to_owned(),
            problem: self.problem.clone(),
            efficiency: "More patients in the same beds.".to_owned(),
            lacks: Vec::new(),
            options: vec![
                OptionColumn { edit: String::new(), ..self.options[0].clone() },
                proposed,
            ],
            rows: vec![row],
            figures: vec![figure],
            documents: vec![document("https://audit.example/4"), document("")],
            exemption: "A new service. Daniel Osei, 11 June 2026, 08:31".to_owned(),
            team: self.team.clone(),
            quality: self.quality.clone(),
            concerns: Vec::new(),
            unanswered: Vec::new(),
            said: Said::default(),
            actions: vec![("Open the lounge".to_owned(), "/actions/1".to_owned())],
            history: self.history.clone(),
            may: May { link: true, withdraw: true, ..May::default() },
            choices: vec![(String::new(), "Choose an action".to_owned())],
            address: self.address.clone(),
            service: self.service.clone(),
            new_action: self.new_action.clone(),
            file: self.file.clone(),
            seen: 3,
            questions: Questions::sample(),
            because: String::new(),
            why_withdrawn: String::new(),
            wrong: Wrong::default(),
        }
    }
}
