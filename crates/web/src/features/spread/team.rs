//! One joint team, as it is now.

use access::{Capability, ProfessionGroup};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::PersonId;
use store::assessing::teams::{self, NewTeam, Team};
use store::units::Branch;

use super::{AS_DAY, choices, day_if, is_chosen};
use crate::App;
use crate::shell::assessed::{WORDS, seen, shell};
use crate::shell::assessing::gather;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/spread/team.html")]
pub(super) struct TeamPage {
    shell: Shell,
    kicker: String,
    clinicians: Vec<(String, String)>,
    finance: Vec<(String, String)>,
    seen: String,
    typed: Typed,
    wrong: Wrong,
}

/// A team as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) works_on: String,
    pub(super) clinical_lead: String,
    pub(super) finance_member: String,
    pub(super) others: String,
    pub(super) since: String,
    pub(super) until: String,
    pub(super) seen: String,
}

/// Reads a team: whoever leads it is a clinician, and somebody of finance is in it.
pub(super) async fn read(visit: &Visit, typed: &Typed) -> Result<(Option<NewTeam>, Wrong), Fault> {
    let clinicians = choices(visit, ProfessionGroup::Clinician, "").await?;
    let finance = choices(visit, ProfessionGroup::Finance, "").await?;
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "name", &typed.name, "Give the team a name");
    WORDS.check(&mut wrong, "works_on", &typed.works_on, "Say what it works on");
    let leads = "Choose the clinician who leads it: a joint team has a clinical lead";
    wrong.unless(is_chosen(&clinicians, &typed.clinical_lead), "clinical_lead", leads);
    let counts = "Choose who of finance is a member: a joint team has one at the least";
    wrong.unless(is_chosen(&finance, &typed.finance_member), "finance_member", counts);
    if !typed.others.trim().is_empty() {
        WORDS.check(&mut wrong, "others", &typed.others, "");
    }
    let since = day_if(&mut wrong, "since", &typed.since);
    wrong.unless(!typed.since.trim().is_empty(), "since", AS_DAY);
    let until = day_if(&mut wrong, "until", &typed.until);
    let is_ahead = until.zip(since).is_none_or(|(until, since)| since <= until);
    wrong.unless(is_ahead, "until", "The last day is before the first");
    let new = since.map(|since| NewTeam {
        name: typed.name.trim().to_owned(),
        works_on: typed.works_on.trim().to_owned(),
        clinical_lead: PersonId::new(typed.clinical_lead.as_str()),
        finance_member: PersonId::new(typed.finance_member.as_str()),
        others: typed.others.trim().to_owned(),
        since,
        until,
    });
    Ok((new, wrong))
}

async fn team(app: &App, visit: &Visit, (code, id): (&str, &str)) -> Result<Team, Fault> {
    let all = teams::all(&mut *app.store().read().await?, visit.now).await?;
    let found = all.into_iter().find(|it| it.unit.as_str() == code && it.id.as_str() == id);
    found.ok_or(Fault::NotFound)
}

pub(super) async fn show(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let team = team(&app, &visit, (&code, &id)).await?;
    let of = team.of;
    let typed = Typed {
        name: of.name,
        works_on: of.works_on,
        clinical_lead: of.clinical_lead.as_str().to_owned(),
        finance_member: of.finance_member.as_str().to_owned(),
        others: of.others,
        since: of.since.to_string(),
        until: of.until.map_or_else(String::new, |it| it.to_string()),
        seen: team.number.to_string(),
    };
    Ok(page(&visit, unit, (typed, Wrong::default())).await?.respond())
}

pub(super) async fn change(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let team = team(&app, &visit, (&code, &id)).await?;
    let typed: Typed = visit.fields.read()?;
    let (new, wrong) = read(&visit, &typed).await?;
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, unit, (typed, wrong)).await?.respond());
    };
    let seen = typed.seen.parse().unwrap_or_default();
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "assessment.team", "");
    let leads_to = format!("/assessment/{code}/teams");
    let done = visit.change(&leads_to, "The team is kept.", move |tx| {
        Box::pin(async move { teams::change(tx, &team.id, &new, seen, &entry).await })
    });
    done.await
}

async fn page(
    visit: &Visit,
    unit: &Branch,
    (typed, wrong): (Typed, Wrong),
) -> Result<TeamPage, Fault> {
    let code = &unit.stored.unit.code;
    let title = "A joint team as it is now";
    let shell = shell(visit, unit, title)
        .below("Joint teams and champions", format!("/assessment/{code}/teams"))
        .with_errors(&wrong);
    Ok(TeamPage {
        shell,
        kicker: unit.stored.unit.name.clone(),
        clinicians: choices(visit, ProfessionGroup::Clinician, "Choose a clinician").await?,
        finance: choices(visit, ProfessionGroup::Finance, "Choose somebody of finance").await?,
        seen: typed.seen.clone(),
        typed,
        wrong,
    })
}

impl Page for TeamPage {
    const TEMPLATE: &'static str = "features/spread/team.html";

    fn samples() -> Vec<Self> {
        let people = || vec![(String::new(), "Choose a person".to_owned())];
        let page = |wrong: Wrong| Self {
            shell: Shell::sample("A joint team as it is now").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            clinicians: people(),
            finance: people(),
            seen: "1".to_owned(),
            typed: Typed { name: "Hips and knees".to_owned(), ..Typed::default() },
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("until", "The last day is before the first");
        vec![page(Wrong::default()), page(wrong)]
    }
}
