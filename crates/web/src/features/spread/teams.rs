//! Joint teams and champions of a unit.

use access::{Capability, ProfessionGroup};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use store::assessing::champions::Kind;
use store::assessing::teams::{self, Team};
use store::units::Branch;

use super::choices;
use super::team::{Typed, read};
use crate::App;
use crate::shell::assessed::{day, every_words, may, seen, shell};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::spread::kind_words;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/spread/teams.html")]
pub(super) struct TeamsPage {
    shell: Shell,
    kicker: String,
    champions: Vec<Place>,
    teams: Vec<Shown>,
    /// Whether whoever looks may add a team.
    adds: bool,
    clinicians: Vec<(String, String)>,
    finance: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// The place of a champion.
#[derive(Clone, Debug, Default)]
struct Place {
    name: &'static str,
    who: String,
    is_vacant: bool,
    contact: String,
    /// By when they were to be in contact again, where that is past; blank where it is not.
    overdue: String,
    /// Where its contacts stand.
    log: String,
    /// Where it is recorded; blank for those who do not.
    address: String,
}

/// A team.
#[derive(Clone, Debug, Default)]
struct Shown {
    name: String,
    state: String,
    works_on: String,
    lead: String,
    finance: String,
    others: String,
    address: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let form = (Typed::default(), Wrong::default());
    Ok(page(&visit, (&gathered, unit), form).await?.respond())
}

pub(super) async fn add(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let typed: Typed = visit.fields.read()?;
    let (new, wrong) = read(&visit, &typed).await?;
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit), (typed, wrong)).await?.respond());
    };
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "assessment.team", "");
    let unit = unit.stored.unit.code.clone();
    let leads_to = format!("/assessment/{code}/teams");
    let done = visit.change(&leads_to, "The team is kept.", move |tx| {
        Box::pin(async move {
            teams::add(tx, &unit, &new, &entry).await?;
            Ok(())
        })
    });
    done.await
}

async fn page(
    visit: &Visit,
    (gathered, unit): (&Gathered, &Branch),
    (typed, wrong): (Typed, Wrong),
) -> Result<TeamsPage, Fault> {
    let code = unit.stored.unit.code.as_str();
    let adds = may(visit, Capability::Assess, code);
    let mut db = visit.app.store().read().await?;
    let names = names(&mut db).await?;
    let all = teams::all(&mut db, visit.now).await?;
    drop(db);
    let today = today(visit.now);
    let name = |id: &store::PersonId| names.get(id.as_str()).cloned().unwrap_or_default();
    let of_unit = all.iter().filter(|it| it.unit.as_str() == code);
    let shown = of_unit.map(|it| Shown {
        name: it.of.name.clone(),
        state: state(it, today),
        works_on: it.of.works_on.clone(),
        lead: name(&it.of.clinical_lead),
        finance: name(&it.of.finance_member),
        others: it.of.others.clone(),
        address: if adds { format!("/assessment/{code}/teams/{}", it.id) } else { String::new() },
    });
    Ok(TeamsPage {
        shell: shell(visit, unit, "Joint teams and champions").with_errors(&wrong),
        kicker: unit.stored.unit.name.clone(),
        champions: Kind::ALL.iter().map(|it| place(gathered, (code, *it), adds, today)).collect(),
        teams: shown.collect(),
        adds,
        clinicians: choices(visit, ProfessionGroup::Clinician, "Choose a clinician").await?,
        finance: choices(visit, ProfessionGroup::Finance, "Choose somebody of finance").await?,
        typed,
        wrong,
    })
}

fn state(team: &Team, today: Day) -> String {
    let since = day(&team.of.since);
    match team.of.until {
        Some(until) if until < today => format!("From {since} to {}", day(&until)),
        Some(until) => format!("Since {since}, until {}", day(&until)),
        None if today < team.of.since => format!("Begins {since}"),
        None => format!("Since {since}"),
    }
}

fn place(gathered: &Gathered, (code, kind): (&str, Kind), records: bool, today: Day) -> Place {
    let found = gathered.champions.get(code).and_then(|it| it.of(kind));
    let every = found.and_then(|it| it.contact_every).map(|it| every_words(it).to_lowercase());
    let contact = found.map_or_else(String::new, |it| {
        let last = it.last_contact_on.map_or_else(|| "not yet".to_owned(), |it| day(&it));
        match every {
            Some(every) => format!("In contact {every}, last: {last}"),
            None => format!("Last in contact: {last}"),
        }
    });
    Place {
        name: kind_words(kind),
        who: found.map_or_else(|| "Vacant".to_owned(), |it| it.name.clone()),
        is_vacant: found.is_none(),
        contact,
        overdue: found.map_or_else(String::new, |it| it.warns(today)),
        log: format!("/assessment/{code}/champions/{kind}/contacts"),
        address: if records {
            format!("/assessment/{code}/champions/{kind}")
        } else {
            String::new()
        },
    }
}

impl Page for TeamsPage {
    const TEMPLATE: &'static str = "features/spread/teams.html";

    fn samples() -> Vec<Self> {
        let place = |name, who: &str, is_vacant| Place {
            name,
            who: who.to_owned(),
            is_vacant,
            contact: if is_vacant {
                String::new()
            } else {
                "In contact every month, last: 20 May 2026".to_owned()
            },
            overdue: if is_vacant {
                String::new()
            } else {
                "Contact was due 20 June 2026".to_owned()
            },
            log: "/assessment/TORT/champions/clinical/contacts".to_owned(),
            address: "/assessment/TORT/champions/clinical".to_owned(),
        };
        let team = Shown {
            name: "Hips and knees".to_owned(),
            state: "Since 1 April 2026".to_owned(),
            works_on: "Days in bed after a planned operation".to_owned(),
            lead: "Amara Okafor".to_owned(),
            finance: "Daniel Osei".to_owned(),
            others: "Grace Lim, service manager".to_owned(),
            address: "/assessment/TORT/teams/1".to_owned(),
        };
        let people = || vec![(String::new(), "Choose a person".to_owned())];
        let page = |teams: Vec<Shown>, adds: bool, wrong: Wrong| Self {
            shell: Shell::sample("Joint teams and champions").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            champions: vec![
                place("Clinical champion", "Amara Okafor", false),
                place("Cost champion", "Vacant", true),
            ],
            teams,
            adds,
            clinicians: people(),
            finance: people(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("clinical_lead", "Choose the clinician who leads the team");
        vec![
            page(vec![team], false, Wrong::default()),
            page(Vec::new(), true, Wrong::default()),
            page(Vec::new(), true, wrong),
        ]
    }
}
