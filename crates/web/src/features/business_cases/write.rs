//! A case as it is written: begun, its words, its team and what it does to quality.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::cases::{Case, CaseRole, Member, QualityImpact, Team};
use serde::Deserialize;
use store::cases::{Body, Kind as RecordKind};

use super::HOME;
use super::form::Reader;
use super::found::{Found, begin as begin_record, found, kept_units, lead};
use super::outdated::{keep, outdated};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::page::Shell;
use crate::shell::visit::Visit;

/// Of which unit a new one is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Of {
    pub(super) unit: String,
}

/// The case of a record; a record of this kind has one.
pub(super) fn case(found: &Found) -> Result<&Case, Fault> {
    match found.record.body() {
        Body::Case(it) => Ok(it),
        _ => Err(Fault::NotFound),
    }
}

/// The case that somebody may write, as long as it is written.
pub(super) async fn written(app: &App, visit: &Visit, id: &str) -> Result<Found, Fault> {
    let found = kept(app, visit, id).await?;
    draft(&found)?;
    Ok(found)
}

/// The case whose form somebody sends.
pub(super) async fn kept(app: &App, visit: &Visit, id: &str) -> Result<Found, Fault> {
    found(app, visit, (Capability::KeepCases, RecordKind::Case), id).await
}

/// Refuses what cannot be written any more.
pub(super) fn draft(found: &Found) -> Result<(), Fault> {
    match found.record.state().change_fault() {
        Some(fault) => Err(Fault::Refused(crate::shell::words::sentence(&fault.to_string()))),
        None => Ok(()),
    }
}

const BEGIN: &str = "Begin a business case";

pub(super) async fn begin(
    State(app): State<App>,
    Query(of): Query<Of>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed = |name: &str| if name == "unit" { of.unit.clone() } else { String::new() };
    Ok(new_page(&app, &visit, (&typed, Wrong::default())).await?.answer())
}

async fn new_page(
    app: &App,
    visit: &Visit,
    (typed, wrong): (&(dyn Fn(&str) -> String + Sync), Wrong),
) -> Result<FormPage, Fault> {
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    let field = |kind, name: &str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(typed(name))
    };
    Ok(FormPage {
        shell: visit.shell(BEGIN).below(HOME.0, HOME.1),
        kicker: "Business case".to_owned(),
        lead: lead(&units, "Doing nothing is among the options from the start."),
        action: "/cases/new".to_owned(),
        hidden: vec![("seen", "0".to_owned())],
        fields: vec![
            field(Kind::Choice, "unit", "Of which service line", "").of(&units),
            field(Kind::Line, "title", "What it is called", ""),
            field(
                Kind::Lines,
                "problem",
                "What is wrong as it is",
                "For patients first, then in money",
            ),
        ],
        button: "Begin the case".to_owned(),
        back: HOME.1.to_owned(),
        wrong,
        ..FormPage::default()
    })
}

pub(super) async fn open(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut read = Reader::of(&visit.fields);
    let title = read.needed("title", "Give the case a title");
    let problem = read.needed("problem", "Say what is wrong as it is");
    let unit = read.plain("unit");
    let mut db = app.store().read().await?;
    let is_kept = kept_units(&mut db, &visit).await?.iter().any(|it| it.0 == unit);
    drop(db);
    read.wrong.unless(is_kept, "unit", "Choose of which service line it is");
    if !read.wrong.is_empty() {
        let fields = visit.fields.clone();
        let typed = move |name: &str| fields.get(name).to_owned();
        let page = new_page(&app, &visit, (&typed, read.wrong)).await?;
        return Ok(page.answer());
    }
    begin_record(&visit, (unit, Body::Case(Case::new(&title, &problem))), HOME.1).await
}

pub(super) async fn words(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = written(&app, &visit, &id).await?;
    let case = case(&found)?;
    let proposed = case.proposed.map_or_else(String::new, |it| it.to_string());
    let values = [&case.title, &case.problem, &case.efficiency, &proposed];
    let shell = found.shell(&visit, "What the case says");
    Ok(words_page(&found, (shell, found.record.seen()), values, Wrong::default())?.answer())
}

fn words_page(
    found: &Found,
    (shell, seen): (Shell, i64),
    [title, problem, efficiency, proposed]: [&String; 4],
    wrong: Wrong,
) -> Result<FormPage, Fault> {
    let options = case(found)?.options.iter().enumerate();
    let mut choices = vec![(String::new(), "None yet".to_owned())];
    choices.extend(options.map(|(place, it)| (place.to_string(), it.name.clone())));
    Ok(FormPage {
        shell,
        kicker: found.unit.clone(),
        lead: Vec::new(),
        action: format!("{}/words", found.address()),
        hidden: vec![("seen", seen.to_string())],
        fields: vec![
            Field::new(Kind::Line, "title", "What it is called", "").with(title),
            Field::new(
                Kind::Lines,
                "problem",
                "What is wrong as it is",
                "For patients first, then in money",
            )
            .with(problem),
            Field::new(
                Kind::Lines,
                "efficiency",
                "What would be done with less, or more with the same",
                "Such as: six more patients a week in the same theatre",
            )
            .with(efficiency),
            Field::new(
                Kind::Choice,
                "proposed",
                "Which option is proposed",
                "Doing nothing may be",
            )
            .with(proposed)
            .of(&choices),
        ],
        button: "Keep it".to_owned(),
        back: found.address(),
        wrong,
        ..FormPage::default()
    })
}

pub(super) async fn write_words(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    let again = |now: &Found| {
        let typed = |name: &str| visit.fields.get(name).to_owned();
        let values = ["title", "problem", "efficiency", "proposed"].map(typed);
        let shell = now.shell(&visit, "What the case says");
        words_page(now, (shell, now.record.seen()), values.each_ref(), Wrong::default())
    };
    let mut read = Reader::of(&visit.fields);
    let seen = read.seen();
    if let Some(answer) = outdated((&app, &visit), &found, seen, &again).await? {
        return Ok(answer);
    }
    draft(&found)?;
    let case = case(&found)?;
    let title = read.needed("title", "Give the case a title");
    let problem = read.needed("problem", "Say what is wrong as it is");
    let efficiency = read.text("efficiency");
    let chosen = read.plain("proposed");
    let proposed = chosen.parse().ok().filter(|it: &usize| *it < case.options.len());
    let is_there = chosen.is_empty() || proposed.is_some();
    read.wrong.unless(is_there, "proposed", "Choose an option of the list");
    if !read.wrong.is_empty() {
        let shell = found.shell(&visit, "What the case says");
        let values = [&title, &problem, &efficiency, &chosen.to_owned()];
        return Ok(words_page(&found, (shell, seen), values, read.wrong)?.answer());
    }
    let body = Case { title, problem, efficiency, proposed, ..case.clone() };
    keep((&app, &visit), &found, (Body::Case(body), seen), "It is kept.", &again).await
}

const TEAM: &str = "Team and quality";

/// The first choice of people.
const NOBODY: &str = "Nobody yet";

/// What a team and an impact on quality are for.
const TEAM_LEAD: &str = "A case is approved once all three are named, its impact on quality is assessed and signed, and every concern has an answer. Whoever is or was of the team, or assessed its impact on quality, does not decide on it; whoever writes of the case does not assess it. All must still work here when it is approved.";

/// Parts of what it does to quality: field and what it asks.
const PARTS: [(&str, &str); 3] = [
    ("safety", "What it does to safety"),
    ("effectiveness", "What it does to how well care works"),
    ("experience", "What it does to how patients see it"),
];

/// What was written of quality before it had parts, to be written on from.
fn written_before(found: &Found) -> Option<String> {
    let words = &case(found).ok()?.quality.words;
    (!words.trim().is_empty()).then(|| format!("Written of quality before it had parts: {words}"))
}

pub(super) async fn team(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = written(&app, &visit, &id).await?;
    let case = case(&found)?;
    let typed = |name: &str| match CaseRole::ALL.iter().find(|it| it.word() == name) {
        Some(role) => case.team.holder(*role).map_or_else(String::new, |it| it.person.clone()),
        None => match name {
            "safety" => case.quality.safety.clone(),
            "effectiveness" => case.quality.effectiveness.clone(),
            "experience" => case.quality.experience.clone(),
            _ => case.quality.assessed_by.clone(),
        },
    };
    let readers = found.readers((&app, &visit), NOBODY).await?;
    let at = (found.shell(&visit, TEAM), found.record.seen());
    Ok(team_page((&found, &readers), at, &typed, Wrong::default()).answer())
}

fn team_page(
    (found, readers): (&Found, &[(String, String)]),
    (shell, seen): (Shell, i64),
    typed: &dyn Fn(&str) -> String,
    wrong: Wrong,
) -> FormPage {
    let mut fields: Vec<Field> = CaseRole::ALL
        .iter()
        .map(|role| {
            let people = found.staff.choices(Some(role.profession()), NOBODY);
            let chosen = typed(role.word());
            let people = found.staff.with_leaver(&people, &chosen);
            Field::new(Kind::Choice, role.word(), role.name(), "").with(chosen).of(&people)
        })
        .collect();
    let assessed_by = typed("assessed_by");
    let people = found.staff.with_leaver(readers, &assessed_by);
    let people = found.staff.with_other(people, (&assessed_by, "may not read the case"));
    let hint = "For the better or the worse, and how it would be noticed";
    for (name, label) in PARTS {
        let field = Field::new(Kind::Lines, name, label, hint).with(typed(name));
        let is_first = name == PARTS[0].0;
        fields.push(if is_first { field.under("Impact on quality") } else { field });
    }
    let hint = "Somebody who reads cases of this service line and writes nothing of this one. They sign it themselves on the page of the case";
    fields.push(
        Field::new(Kind::Choice, "assessed_by", "Who assessed it", hint)
            .with(assessed_by)
            .of(&people),
    );
    FormPage {
        shell,
        kicker: found.unit.clone(),
        lead: std::iter::once(TEAM_LEAD.to_owned()).chain(written_before(found)).collect(),
        action: format!("{}/team", found.address()),
        hidden: vec![("seen", seen.to_string())],
        fields,
        button: "Keep it".to_owned(),
        back: found.address(),
        wrong,
        ..FormPage::default()
    }
}

pub(super) async fn write_team(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    let readers = found.readers((&app, &visit), NOBODY).await?;
    let typed = |name: &str| visit.fields.get(name).to_owned();
    let again = |now: &Found| {
        let at = (now.shell(&visit, TEAM), now.record.seen());
        Ok(team_page((now, &readers), at, &typed, Wrong::default()))
    };
    let mut read = Reader::of(&visit.fields);
    let seen = read.seen();
    if let Some(answer) = outdated((&app, &visit), &found, seen, &again).await? {
        return Ok(answer);
    }
    draft(&found)?;
    let case = case(&found)?;
    let mut members = Vec::new();
    for role in CaseRole::ALL {
        let person = read.plain(role.word());
        if person.is_empty() {
            continue;
        }
        let profession = found.staff.profession(person);
        let fits = found.staff.is_here(person) && profession == role.profession();
        let is_kept = case.team.holder(*role).is_some_and(|it| it.person == person);
        read.wrong.unless(fits || is_kept, role.word(), "Choose somebody of the list");
        members.push(Member::new(*role, person, profession));
    }
    let [safety, effectiveness, experience] = PARTS.map(|it| read.text(it.0));
    let assessed_by = read.plain("assessed_by").to_owned();
    let is_kept = assessed_by.is_empty() || assessed_by == case.quality.assessed_by;
    let signs = is_kept || readers.iter().any(|it| it.0 == assessed_by);
    read.wrong.unless(signs, "assessed_by", "Choose somebody of the list, who can sign it");
    if !read.wrong.is_empty() {
        let at = (found.shell(&visit, TEAM), seen);
        return Ok(team_page((&found, &readers), at, &typed, read.wrong).answer());
    }
    let words = case.quality.words.clone();
    let quality = QualityImpact { words, safety, effectiveness, experience, assessed_by };
    let body = Case { team: Team::of(members), quality, ..case.clone() };
    keep((&app, &visit), &found, (Body::Case(body), seen), "It is kept.", &again).await
}
