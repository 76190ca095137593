//! The finished stays of a service line whose record is worth a look, and what clinical coding was
//! asked about them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Capability, Scope};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use results::Run;
use results::coding::{self, Checked, ChecksAsked, ToCheck};
use serde::Deserialize;
use store::UnitCode;
use store::coding_queries::{self, StoredQuery};

use super::effect::{self, Effects};
use super::{about, may, rotations, short, state};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::paging::Paging;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Questions that are shown with what came of them, the latest first.
const SHOWN: usize = 20;

#[derive(askama::Template)]
#[template(path = "features/coding_queries/my_work.html")]
pub(super) struct MyWork {
    shell: Shell,
    kicker: String,
    lead: String,
    here: String,
    checks: Vec<Counted>,
    /// Whether all stays can be looked at, and which checks cannot be made.
    unknown: Vec<String>,
    kinds: Vec<(String, String)>,
    months: Vec<(String, String)>,
    asked: Asked,
    wrong: Wrong,
    paging: Option<Paging>,
    stays: Vec<Row>,
    questions: Vec<Question>,
    /// How many questions there are that are not shown.
    more: usize,
    rotations: rotations::View,
    sources: Vec<&'static str>,
}

/// One check with how many stays meet it.
#[derive(Clone, Debug, Default)]
struct Counted {
    title: String,
    asks: String,
    address: String,
    found: String,
    of: String,
    because: String,
    unseen: String,
}

/// One stay.
#[derive(Clone, Debug, Default)]
struct Row {
    short: String,
    address: String,
    ended: String,
    group: String,
    /// What to look at.
    checks: Vec<String>,
    /// Where it is asked; blank for those who may not ask.
    ask: String,
    /// How an earlier question stands, and where it is.
    state: String,
    question: String,
}

/// One question of this service line.
#[derive(Clone, Debug, Default)]
struct Question {
    title: String,
    address: String,
    state: String,
    effect: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    about: String,
    month: String,
    page: Option<usize>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let scope = super::rows_of(&visit, &unit)?;
    if !asked.about.is_empty() && coding::check(&asked.about).is_none() {
        return Err(Fault::NotFound);
    }
    let sees_drafts = visit.may(Capability::ReadRuns);
    let shelf = app.clone();
    let Some(run) = reading(move || shelf.shelf().latest(sees_drafts)).await? else {
        return Ok(MyWork::nothing(&visit).respond());
    };
    let line = run.rules()?.service_lines.get(&unit).ok_or(Fault::NotFound)?.name.clone();
    let mut db = app.store().read().await?;
    let questions = coding_queries::of_unit(&mut db, &UnitCode::new(unit.as_str())).await?;
    drop(db);
    let checked = checked(&visit, (&run, &scope), (&unit, &asked)).await?;
    let latest: Vec<&StoredQuery> = questions.iter().rev().take(SHOWN).collect();
    // Whoever asks later who saw an event finds it by its reference.
    let stays = checked.listed.iter().map(|it| it.recorded.reference.as_str());
    let seen: BTreeSet<&str> =
        stays.chain(latest.iter().map(|it| it.query.event.as_str())).collect();
    let all: Vec<&str> = seen.into_iter().collect();
    let object = format!("{} {unit} {}", run.id(), all.join(" "));
    let entry = visit.entry_in(&scope, "patients.listed", &object).rows(all.len());
    app.store().audit(entry).await?;
    let effects = effect::of(&visit, &scope, &latest).await?;
    let mut page = MyWork::of(&visit, &run, (&unit, &line), (&checked, asked))?;
    page.add_questions(&unit, &questions, &effects);
    Ok(page.respond())
}

fn address(unit: &str) -> String {
    format!("/services/{unit}/my-work")
}

fn paging(total: usize, unit: &str, asked: &Asked) -> Paging {
    let question = [("about", asked.about.as_str()), ("month", asked.month.as_str())];
    Paging::new(total, asked.page.unwrap_or(1), &address(unit), &question)
}

/// Reads a page of stays: on record before.
async fn checked(
    visit: &Visit,
    (run, scope): (&Arc<Run>, &Scope),
    (unit, asked): (&str, &Asked),
) -> Result<Checked, Fault> {
    let object = format!("{} {unit}", run.id());
    let entry = visit.entry_in(scope, "coding.checks", &object);
    let caller = visit.asks(entry).await?;
    let (reader, of, asked) = (Arc::clone(run), unit.to_owned(), asked.clone());
    reading(move || {
        let question = ChecksAsked {
            service_line: of.clone(),
            check: asked.about.clone(),
            month: asked.month.clone(),
        };
        let page = |total| {
            let paging = paging(total, &of, &asked);
            paging.from..paging.to
        };
        Ok(reader.coding_checks(&question, &caller, &page)?)
    })
    .await
}

impl MyWork {
    fn of(
        visit: &Visit,
        run: &Run,
        (unit, line): (&str, &str),
        (checked, asked): (&Checked, Asked),
    ) -> Result<Self, Fault> {
        let manifest = run.manifest();
        let until = results::since::month(manifest.last_period.min(12));
        let state = run.records()?.publication.map_or_else(
            || "a draft".to_owned(),
            |it| format!("published {}", words::day(it.at.get(..10).unwrap_or(&it.at))),
        );
        let year = words::year(&manifest.year);
        let can_ask = may(visit, Capability::AskCoding, unit);
        let rows = checked.listed.iter().map(|it| row(it, (run.id(), unit), can_ask)).collect();
        let unknown = checked.counts.iter().filter(|it| !it.is_known);
        Ok(Self {
            shell: visit
                .shell("Is this my work?")
                .below("Services", "/services")
                .below(line, format!("/services/{unit}")),
            kicker: format!("{line}, {year} to the end of {until}, {state}"),
            lead: lead(checked),
            here: address(unit),
            checks: checked
                .counts
                .iter()
                .filter(|it| it.is_known)
                .map(|it| counted(it, unit))
                .collect(),
            unknown: unknown
                .map(|it| {
                    format!("Not looked at: {}. The model says too little for it.", it.check.short)
                })
                .collect(),
            kinds: kinds(),
            months: months(checked),
            wrong: Wrong::default(),
            paging: Some(paging(checked.total, unit, &asked)),
            asked,
            stays: rows,
            questions: Vec::new(),
            more: 0,
            rotations: rotations::View::of(checked),
            sources: coding::sources(),
        })
    }

    fn add_questions(&mut self, unit: &str, all: &[StoredQuery], effects: &Effects) {
        let address = |it: &StoredQuery| format!("/services/{unit}/my-work/asked/{}", it.id);
        let mut of_event: BTreeMap<String, &StoredQuery> = BTreeMap::new();
        for it in all {
            of_event.insert(short(&it.query.event), it);
        }
        for row in &mut self.stays {
            if let Some(it) = of_event.get(&row.short) {
                row.state = state(it).to_owned();
                row.question = address(it);
            }
        }
        self.more = all.len().saturating_sub(SHOWN);
        self.questions = all
            .iter()
            .rev()
            .take(SHOWN)
            .map(|it| Question {
                title: format!("{}: {}", short(&it.query.event), about(&it.query.about)),
                address: address(it),
                state: state(it).to_owned(),
                effect: effects.get(it.id.as_str()).cloned().unwrap_or_default(),
            })
            .collect();
    }

    fn nothing(visit: &Visit) -> Self {
        Self { shell: visit.shell("Nothing is published yet"), ..Self::blank() }
    }

    fn blank() -> Self {
        Self {
            shell: Shell::default(),
            kicker: String::new(),
            lead: String::new(),
            here: String::new(),
            checks: Vec::new(),
            unknown: Vec::new(),
            kinds: kinds(),
            months: Vec::new(),
            asked: Asked::default(),
            wrong: Wrong::default(),
            paging: None,
            stays: Vec::new(),
            questions: Vec::new(),
            more: 0,
            rotations: rotations::View::default(),
            sources: coding::sources(),
        }
    }
}

fn lead(checked: &Checked) -> String {
    let stays = words::count(checked.stays, "finished stay", "finished stays");
    let looked = checked.counts.iter().filter(|it| it.is_known);
    let found: u64 = looked.map(|it| it.found).sum();
    match found {
        0 => format!(
            "{stays}. None of them meets a check: nothing in their records asks for a look."
        ),
        1 => format!("{stays}. One thing in their records is worth a look."),
        found => format!(
            "{stays}. {} things in their records are worth a look. Each is a question: a record may be right as it is.",
            words::thousands(found)
        ),
    }
}

fn counted(it: &coding::CheckCount, unit: &str) -> Counted {
    let address = match it.found {
        0 => String::new(),
        _ => format!("{}?about={}#stays", address(unit), it.check.code),
    };
    Counted {
        title: it.check.title.clone(),
        asks: it.check.asks.clone(),
        address,
        found: words::thousands(it.found),
        of: format!("{} {}", words::thousands(it.of), it.check.of),
        because: it.check.because.clone(),
        unseen: it.check.unseen.clone(),
    }
}

fn row(it: &ToCheck, (run, unit): (&str, &str), can_ask: bool) -> Row {
    let recorded = &it.recorded;
    let reference = &recorded.reference;
    let checks = it.checks.iter().filter_map(|code| coding::check(code));
    let first = it.checks.first().copied().unwrap_or_default();
    let nights = recorded.nights.and_then(|it| u64::try_from(it).ok()).unwrap_or_default();
    let group = if recorded.hrg.code.is_empty() { "no price group" } else { &recorded.hrg.code };
    Row {
        short: short(reference),
        address: format!("/patients/{run}/{reference}"),
        ended: recorded.end.clone(),
        group: format!(
            "{}, {group}, age {}",
            words::count(nights, "night", "nights"),
            recorded.age_band
        ),
        checks: checks.map(|it| it.short.clone()).collect(),
        ask: if can_ask {
            format!("{}/ask/{run}/{reference}?about={first}", address(unit))
        } else {
            String::new()
        },
        ..Row::default()
    }
}

fn kinds() -> Vec<(String, String)> {
    let all = (String::new(), "Anything".to_owned());
    let checks = coding::checks().iter().map(|it| (it.code.clone(), it.short.clone()));
    std::iter::once(all).chain(checks).collect()
}

/// The months that the run covers, by their code and in words.
fn months(checked: &Checked) -> Vec<(String, String)> {
    let all = (String::new(), "All months".to_owned());
    let month = |it: &coding::LowestGroup| {
        let code = it.from.to_string().get(..7).unwrap_or_default().to_owned();
        (code, rotations::month(it.from))
    };
    std::iter::once(all).chain(checked.months.iter().map(month)).collect()
}

impl Page for MyWork {
    const TEMPLATE: &'static str = "features/coding_queries/my_work.html";

    fn samples() -> Vec<Self> {
        let shell =
            || Shell::sample("Is this my work?").below("Trauma and orthopaedics", "/services/TORT");
        let counted = |check: &coding::CodingCheck| Counted {
            title: check.title.clone(),
            asks: check.asks.clone(),
            address: "/services/TORT/my-work?about=comorbidity#stays".to_owned(),
            found: "12".to_owned(),
            of: format!("64 {}", check.of),
            because: check.because.clone(),
            unseen: check.unseen.clone(),
        };
        let comorbidity = coding::check("comorbidity").expect("it is one of ours");
        let row = |state: &str| {
            Row {
            short: "20V8-HCL5".to_owned(),
            address: "/patients/1fe9a090556158bd/20v8hcl5jsk6brd2fumssfkflv".to_owned(),
            ended: "10 Nov 2025 15:10".to_owned(),
            group: "9\u{a0}nights, HN12F, age 80-89".to_owned(),
            checks: vec![comorbidity.short.clone()],
            ask: "/services/TORT/my-work/ask/1fe9a090556158bd/20v8hcl5jsk6brd2fumssfkflv?about=comorbidity".to_owned(),
            state: state.to_owned(),
            question: "/services/TORT/my-work/asked/1".to_owned(),
        }
        };
        let question = Question {
            title: "20V8-HCL5: Few or no other conditions".to_owned(),
            address: "/services/TORT/my-work/asked/1".to_owned(),
            state: "Will be changed at source".to_owned(),
            effect: "In the run published 20 May 2026 its price group is HN12C (was HN12F) and its activity at unit price is £1,210 more.".to_owned(),
        };
        let usual = Self {
            shell: shell(),
            kicker: "Trauma and orthopaedics, 2025/26 to the end of March, published 20 May 2026"
                .to_owned(),
            lead: "147 finished stays. 12 things in their records are worth a look.".to_owned(),
            here: "/services/TORT/my-work".to_owned(),
            checks: coding::checks().iter().map(counted).collect(),
            unknown: vec![
                "Not looked at: No procedure, but in theatre. The model says too little for it."
                    .to_owned(),
            ],
            paging: Some(Paging::new(120, 1, "/services/TORT/my-work", &[])),
            stays: vec![
                row(""),
                Row { question: String::new(), ..row("") },
                row("Needs the notes"),
            ],
            questions: vec![question],
            more: 3,
            rotations: rotations::View::sample(),
            ..Self::blank()
        };
        let empty = Self {
            shell: shell(),
            lead: "147 finished stays. None of them meets a check.".to_owned(),
            paging: Some(Paging::new(0, 1, "/services/TORT/my-work", &[])),
            ..Self::blank()
        };
        let nothing = Self { shell: Shell::sample("Nothing is published yet"), ..Self::blank() };
        vec![usual, empty, nothing]
    }
}
