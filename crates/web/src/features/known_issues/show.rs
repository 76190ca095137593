//! All that is known of the data of a service line, on one page.

use axum::extract::{Path, State};
use axum::response::Response;
use store::known_issues::{self, CodingReview, Conflict, Issue};
use store::measures;
use store::{PersonId, UnitCode};

use super::conflict::is_named;
use super::{NEW, address, line};
use crate::App;
use crate::shell::assessed::day;
use crate::shell::fault::Fault;
use crate::shell::known_issues::{Known, conflict, keeps, said_enough};
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::questions::{DATA, Place, Questions};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/known_issues/show.html")]
pub(super) struct DataPage {
    shell: Shell,
    kicker: String,
    lead: String,
    enough: String,
    enough_warns: bool,
    issues: Vec<Row>,
    coding: Vec<Row>,
    conflicts: Vec<Row>,
    address: String,
    keeps: bool,
    new: &'static str,
    questions: Questions,
}

/// An issue, a review of coding or a conflict.
#[derive(Clone, Debug, Default)]
struct Row {
    what: String,
    tag: String,
    is_urgent: bool,
    /// Facts of it, in sentences.
    said: String,
    /// Where it is changed; blank for those who may not.
    edit: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let line = line(&mut db, &visit, (&unit, false)).await?;
    let code = UnitCode::new(unit.as_str());
    let people = names(&mut db).await?;
    let name = |it: &PersonId| people.get(it.as_str()).cloned().unwrap_or_default();
    let definitions: Vec<_> =
        measures::list(&mut db).await?.into_iter().map(|it| it.definition).collect();
    let keeps = keeps(&visit, &unit);
    let home = address(&unit);
    let edit =
        |kind: &str, id: &str| if keeps { format!("{home}/{kind}/{id}") } else { String::new() };
    let issues = known_issues::issues_of(&mut db, &code).await?;
    let statement = known_issues::statement_of(&mut db, &code).await?;
    let (enough, enough_warns) = said_enough(statement.as_ref(), &issues, &name);
    let coding = known_issues::coding_reviews_of(&mut db, &code).await?;
    let mut all = known_issues::conflicts_of(&mut db, &code).await?;
    drop(db);
    all.sort_by_key(|it| it.settled.is_some());
    let place = Place::of(DATA, &unit, ("", ""));
    let questions = Questions::of(&app, &visit, place, "").await?;
    let settle = |it: &Conflict| {
        let is_theirs = it.settled.is_none() && (keeps || is_named(&visit, it));
        if is_theirs { format!("{home}/conflicts/{}", it.id) } else { String::new() }
    };
    let conflicts = all.iter().map(|it| Row {
        what: conflict(it, &definitions, &name),
        tag: if it.settled.is_some() { "Settled" } else { "Open" }.to_owned(),
        is_urgent: it.settled.is_none(),
        said: String::new(),
        edit: settle(it),
    });
    let open = (
        issues.iter().filter(|it| it.is_open()).count(),
        all.iter().filter(|it| it.settled.is_none()).count(),
    );
    let page = DataPage {
        shell: visit
            .shell(title(open.0, open.1))
            .below("Services", "/services")
            .below(&line.name, format!("/services/{unit}")),
        kicker: format!("{}: what is known of the data", line.name),
        lead: "Good enough is not perfect: what is known to be wrong is told with its effect, and stands in every pack.".to_owned(),
        issues: issues.iter().map(|it| issue_row(it, &name(&it.of.owner), edit("issues", it.id.as_str()))).collect(),
        coding: coding.iter().map(|it| coding_row(it, edit("coding", it.id.as_str()))).collect(),
        conflicts: conflicts.collect(),
        enough,
        enough_warns,
        address: home.clone(),
        keeps,
        new: NEW,
        questions,
    };
    Ok(page.respond())
}

fn title(issues: usize, conflicts: usize) -> String {
    let issues = match issues as u64 {
        0 => "No issue is known".to_owned(),
        some => words::count(some, "issue is known", "issues are known"),
    };
    match conflicts as u64 {
        0 => issues,
        some => {
            format!("{issues}, {}", words::count(some, "conflict is open", "conflicts are open"))
        }
    }
}

fn issue_row(it: &Issue, owner: &str, edit: String) -> Row {
    let of = &it.of;
    let mended = of.mended_on.map_or_else(String::new, |it| format!(" Mended on {}.", day(&it)));
    let waits = if it.holds() { " Packs wait until it is mended." } else { "" };
    Row {
        what: of.what.clone(),
        tag: if it.is_open() { of.effect.name() } else { "Mended" }.to_owned(),
        is_urgent: it.is_open() && of.effect == engagement::known_issues::Effect::Material,
        said: format!(
            "Changes: {} {owner} sees to it. Found on {}.{mended}{waits}",
            words::sentence(&of.effect_on),
            day(&of.found_on)
        ),
        edit,
    }
}

fn coding_row(it: &CodingReview, edit: String) -> Row {
    let of = &it.of;
    let said = match of.done_on {
        Some(done) => format!("Done on {}. {}", day(&done), words::sentence(&of.result)),
        None => format!("Planned for {}.", day(&of.planned_on)),
    };
    let tag = if of.done_on.is_some() { "Done" } else { "Planned" };
    Row { what: of.about.clone(), tag: tag.to_owned(), is_urgent: false, said, edit }
}

impl Page for DataPage {
    const TEMPLATE: &'static str = "features/known_issues/show.html";

    fn samples() -> Vec<Self> {
        let row = |what: &str, tag: &str, is_urgent, edit: &str| Row {
            what: what.to_owned(),
            tag: tag.to_owned(),
            is_urgent,
            said: "Leah Novak sees to it. Found on 2 May 2026.".to_owned(),
            edit: edit.to_owned(),
        };
        let page = |keeps, issues: Vec<Row>, coding: Vec<Row>, conflicts: Vec<Row>| Self {
            shell: Shell::sample(&title(issues.len(), conflicts.len())),
            kicker: "Trauma and orthopaedics: what is known of the data".to_owned(),
            lead: "Good enough is not perfect.".to_owned(),
            enough: Known::sample().enough,
            enough_warns: keeps,
            issues,
            coding,
            conflicts,
            address: "/services/TORT/data".to_owned(),
            keeps,
            new: NEW,
            questions: if keeps { Questions::sample() } else { Questions::default() },
        };
        let conflicts = Known::sample().conflicts;
        let conflict = row(&conflicts[0], "Open", true, "/services/TORT/data/conflicts/1");
        vec![
            page(
                true,
                vec![row(
                    "Theatre end times are missing",
                    "Material",
                    true,
                    "/services/TORT/data/issues/1",
                )],
                vec![row("50 records of hips", "Done", false, "/services/TORT/data/coding/1")],
                vec![conflict],
            ),
            page(false, Vec::new(), Vec::new(), Vec::new()),
        ]
    }
}
