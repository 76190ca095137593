//! One action: who owns it, what was said of it, and how it stands now.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::actions::{Says, Update};
use engagement::benefits::BenefitSettings;
use jiff::civil::Date;
use serde::Deserialize;
use store::joint_actions::{self, StoredAction, date_at};
use store::measures::Decimal;

use super::view::may_view;
use super::{TEXT, found, may_update, state};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::feasibility;
use crate::shell::forms::{Wrong, local};
use crate::shell::joint_work::{choices, day, number, standing, unit_names};
use crate::shell::page::{Page, Shell};
use crate::shell::sit_downs::{OfSitDowns, TOLD_TO};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/joint_actions/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark or a form of the page")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    is_joint: bool,
    is_overdue: bool,
    needs_update: bool,
    facts: Vec<(&'static str, String)>,
    /// Where it came from; blank for nowhere.
    origin: String,
    updates: Vec<(String, String)>,
    may_update: bool,
    is_open: bool,
    address: String,
    seen: i64,
    answers: Vec<(String, String)>,
    /// Where its owner says anew how feasible it is; blank for others.
    view: String,
    /// Where a benefit of it is claimed.
    claim: String,
    typed: Typed,
    wrong: Wrong,
}

/// An update as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    says: String,
    because: String,
    due: String,
    seen: String,
    back: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let action = found(&mut db, &visit, &id).await?;
    drop(db);
    Ok(Show::of(&app, &visit, &action, (Typed::default(), Wrong::default())).await?.respond())
}

impl Show {
    async fn of(
        app: &App,
        visit: &Visit,
        action: &StoredAction,
        (typed, wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        let units = unit_names(&mut db).await?;
        let of_sit_downs = OfSitDowns::of(&mut db, visit).await?;
        drop(db);
        let name = |id: &str| names.get(id).map_or(id, String::as_str).to_owned();
        let of = &action.agreed.of;
        let how = standing(visit, action);
        let unit = action.agreed.unit.as_str();
        let updates = action.updates.iter().rev().map(|it| {
            let later =
                it.says.due_on.map_or_else(String::new, |it| format!(" Due {} now.", day(it)));
            let because = words::sentence(&it.says.because);
            let said = format!("{}. {because}{later}", it.says.says.name());
            let by = format!("{}, {}", name(it.by.as_str()), words::moment(it.at));
            (said.trim().to_owned(), by)
        });
        let mut facts = facts(action, &name);
        if of_sit_downs.holds(action) {
            facts.push(("Told to", words::capital(TOLD_TO)));
        }
        Ok(Self {
            shell: visit.shell(of.what.clone()).below("Actions", "/actions").with_errors(&wrong),
            kicker: units.get(unit).map_or(unit, String::as_str).to_owned(),
            state: state(how).to_owned(),
            is_joint: of.is_joint(),
            is_overdue: how.is_overdue,
            needs_update: how.needs_update,
            facts,
            origin: if action.agreed.origin.is_empty() {
                String::new()
            } else {
                local(&action.agreed.origin).to_owned()
            },
            updates: updates.collect(),
            may_update: may_update(visit, action),
            is_open: how.is_open(),
            address: format!("/actions/{}/update", action.id),
            seen: action.version(),
            answers: answers(),
            view: if may_view(visit, action) {
                format!("/actions/{}/view", action.id)
            } else {
                String::new()
            },
            claim: format!("/benefits/new?action={}", action.id),
            typed,
            wrong,
        })
    }
}

fn answers() -> Vec<(String, String)> {
    choices("", Says::ALL.iter().map(|it| (it.word(), it.name())))
}

fn facts(action: &StoredAction, name: &impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    let of = &action.agreed.of;
    let owners: Vec<String> = of
        .owners
        .iter()
        .map(|it| format!("{} ({})", name(&it.person), it.profession.name().to_lowercase()))
        .collect();
    let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
    let mut facts = vec![
        ("Owners", words::listed(&owners)),
        ("Due", day(action.said().iter().rev().find_map(|it| it.due_on).unwrap_or(of.due_on))),
        ("Begins", day(of.starts_on)),
        ("How we will see", of.measure.clone()),
        ("Effect on quality", of.quality.clone()),
    ];
    if let Some(size) = &of.size {
        let end = |e4: i64| number(Decimal::of_e4(e4).e4().saturating_mul(100));
        facts.push((
            "May bring",
            format!("{} to {} {}", end(size.low_e4), end(size.high_e4), size.unit),
        ));
    }
    let feasible = feasibility::told(&BenefitSettings::own(), action, None, name);
    facts.push(("How feasible", feasible));
    facts.push(("Work", of.effort.name().to_owned()));
    facts.push(("Turn", of.priority.name().to_owned()));
    facts.retain(|it| !it.1.is_empty());
    facts
}

/// What an update says: the word, or the word and one of the reasons of the list.
fn read(typed: &Typed, today: Date) -> Result<Update, Wrong> {
    let mut wrong = Wrong::default();
    let (word, code) = typed.says.split_once(':').unwrap_or((&typed.says, ""));
    let settings = BenefitSettings::own();
    let listed = settings.no_progress.iter().find(|it| it.code == code);
    let because = listed.map_or_else(|| typed.because.trim().to_owned(), |it| it.name.clone());
    wrong.unless(code.is_empty() || listed.is_some(), "says", "Choose how it stands");
    if !because.is_empty() {
        TEXT.check(&mut wrong, "because", &because, "");
    }
    let due = typed.due.trim();
    let due_on: Option<Date> = due.parse().ok();
    wrong.unless(due.is_empty() || due_on.is_some(), "due", "Enter a day, such as 2026-06-15");
    let Ok(says) = word.parse::<Says>() else {
        wrong.add("says", "Choose how it stands");
        return Err(wrong);
    };
    let update = Update { on: today, says, because, due_on };
    if let Some(fault) = update.fault() {
        wrong.add("because", words::capital(&fault.to_string()));
    }
    if wrong.is_empty() { Ok(update) } else { Err(wrong) }
}

pub(super) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let action = found(&mut db, &visit, &id).await?;
    drop(db);
    if !may_update(&visit, &action) {
        return Err(Fault::NotFound);
    }
    let new = match read(&typed, date_at(visit.now)) {
        Ok(new) => new,
        Err(wrong) => {
            return Ok(Show::of(&app, &visit, &action, (typed, wrong)).await?.respond());
        }
    };
    let scope = visit.scope(access::Capability::KeepActions)?;
    let entry = visit.entry_in(scope, "action.update", "");
    let own = format!("/actions/{}", action.id);
    let leads_to = if typed.back == "list" { "/actions" } else { own.as_str() };
    let seen = typed.seen.parse().unwrap_or(-1);
    let done = visit.change(leads_to, "Your update is recorded.", move |tx| {
        Box::pin(async move { joint_actions::update(tx, &action.id, &new, seen, &entry).await })
    });
    done.await
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/joint_actions/show.html";

    fn samples() -> Vec<Self> {
        let page = |may_update, updates: Vec<(String, String)>, wrong: Wrong| Self {
            shell: Shell::sample("Discharge by criteria, seven days a week").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            state: "Under way".to_owned(),
            is_joint: true,
            is_overdue: may_update,
            needs_update: may_update,
            facts: vec![("Owners", "Amara Okafor (clinical) and Daniel Osei (finance)".to_owned())],
            origin: if may_update { "/services/TORT".to_owned() } else { String::new() },
            updates,
            may_update,
            is_open: true,
            address: "/actions/1/update".to_owned(),
            seen: 1,
            answers: answers(),
            view: if may_update { "/actions/1/view".to_owned() } else { String::new() },
            claim: "/benefits/new?action=1".to_owned(),
            typed: Typed::default(),
            wrong,
        };
        let said = ("Some progress.".to_owned(), "Amara Okafor, 20 May 2026, 10:00".to_owned());
        let mut wrong = Wrong::default();
        wrong.add("because", "Say why there was no progress");
        vec![
            page(true, vec![said.clone()], Wrong::default()),
            page(false, Vec::new(), Wrong::default()),
            page(true, vec![said], wrong),
        ]
    }
}
