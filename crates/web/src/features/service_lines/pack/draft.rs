//! The pack as it would be now, to be kept for a meeting; and the packs that were kept.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::reviews::{Brought, ReviewGuide};
use serde::Deserialize;
use store::packs::{self, NewPack, Pack, State as Stands};
use store::reviewing::{self, Review};
use store::{Entry, PackId, Tx, UnitCode};

use super::super::answer::Asked;
use super::super::books::{Books, Part};
use super::super::exactly::{Exactly, exactly};
use super::super::unit;
use super::content::Content;
use super::{actions, peers};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::known_issues::Known;
use crate::shell::measures::Beside;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::questions::Questions;
use crate::shell::session::today;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/service_lines/pack/draft.html")]
pub(in super::super) struct DraftPage {
    shell: Shell,
    name: String,
    content: Content,
    /// Whether whoever looks may keep it.
    makes: bool,
    /// Why it cannot be kept; blank where it can.
    barred: &'static str,
    kept: Vec<Row>,
    meeting_on: String,
    wrong: Wrong,
}

/// A pack that was kept.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    state: &'static str,
    by: String,
}

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct Typed {
    meeting_on: String,
}

pub(in super::super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = exactly(&app, &visit, code).await?;
    Ok(page(&app, &visit, seen, (String::new(), Wrong::default())).await?.respond())
}

/// Keeps the pack as it is now.
pub(in super::super) async fn make(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = exactly(&app, &visit, code.clone()).await?;
    let scope = visit.scope(Capability::MakePacks)?;
    scope.of_unit(&code).ok_or(Fault::NotFound)?;
    let typed: Typed = visit.fields.read()?;
    let text = typed.meeting_on.trim();
    let day = (!text.is_empty()).then(|| text.parse::<Day>().ok());
    let mut wrong = Wrong::default();
    wrong.unless(day != Some(None), "meeting_on", "Write the day as 2026-03-31");
    if !wrong.is_empty() {
        return Ok(page(&app, &visit, seen, (typed.meeting_on, wrong)).await?.respond());
    }
    let new = new_pack(&app, &visit, &seen, day.flatten()).await?;
    let entry = visit.entry_in(scope, "pack.make", "");
    let guide = app.settings().reviews.clone();
    let kept_on = words::day(&today(visit.now).to_string());
    let told = format!("Pack to {}, kept on {kept_on}", words::day(&new.period_end.to_string()));
    let said = "The pack is kept as it is now. A second person checks it before it is issued.";
    let leads_to = format!("/services/{code}/pack");
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            let id = packs::make(tx, &new, &entry).await?;
            attach(tx, (&guide, &new.unit), (&told, &address(&code, &id)), &entry).await
        })
    });
    done.await
}

/// Ticks what open reviews of a service line ask for and a pack answers; no sit-down asks for one.
async fn attach(
    tx: &mut Tx,
    (guide, unit): (&ReviewGuide, &UnitCode),
    what: (&str, &str),
    entry: &Entry,
) -> store::Result<()> {
    let Some(brings) = guide.brings(Brought::Pack) else { return Ok(()) };
    let mut all: Vec<Review> = reviewing::list(tx).await?;
    all.retain(|it| it.unit == *unit && it.next.is_none() && !guide.is_sit_down(&it.theme));
    for it in &all {
        reviewing::attach(tx, &it.id, &brings.asks, what, entry).await?;
    }
    Ok(())
}

/// Why a pack of a draft is not kept.
const NOT_PUBLISHED: &str =
    "This costing is not published. A pack is read off a published one: publish it first.";

/// The pack as its page shows it, to be kept.
///
/// # Errors
///
/// [`Fault::Refused`] if the run is not published; [`Fault::Broken`] if it cannot be read.
pub(super) async fn new_pack(
    app: &App,
    visit: &Visit,
    seen: &Exactly,
    meeting_on: Option<Day>,
) -> Result<NewPack, Fault> {
    if seen.run.records()?.publication.is_none() {
        return Err(Fault::Refused(NOT_PUBLISHED.to_owned()));
    }
    let content = content(app, visit, seen).await?;
    let period_end = content.period_end.parse::<Day>();
    Ok(NewPack {
        unit: UnitCode::new(seen.code.as_str()),
        run: seen.run.id().to_owned(),
        period_end: period_end.map_err(|_| Fault::Broken("a period ends on no day".to_owned()))?,
        meeting_on,
        content: serde_json::to_string(&content)
            .map_err(|error| Fault::Broken(format!("a pack: {error}")))?,
    })
}

async fn content(app: &App, visit: &Visit, line: &Exactly) -> Result<Content, Fault> {
    let register = Beside::of(app, visit, &line.code, unit::period(&line.run)).await?;
    let from_last_time = actions::section(app, visit, &line.code).await?;
    let brought = peers::brought(app, visit, &line.code).await?;
    let visit_of = visit;
    let (at, visit, run) = (app.clone(), visit.clone(), line.run.clone());
    let (code, name, sees) = (line.code.clone(), line.name.clone(), line.sees.clone());
    let made = reading(move || {
        let books = Books::of(&at, run)?;
        Content::of(&Asked {
            visit: &visit,
            books: &books,
            line: (&code, &name),
            part: &Part::default(),
            sees,
            recurrent: false,
            register: &register,
            questions: &Questions::default(),
        })
    });
    let known = Known::of(&mut *app.store().read().await?, visit_of, &line.code).await?;
    Ok(made.await?.beside(brought).knowing(&known).beginning_with(from_last_time))
}

async fn page(
    app: &App,
    visit: &Visit,
    seen: Exactly,
    (meeting_on, wrong): (String, Wrong),
) -> Result<DraftPage, Fault> {
    let content = content(app, visit, &seen).await?;
    let unit = UnitCode::new(seen.code.as_str());
    let mut db = app.store().read().await?;
    let (kept, names) = (packs::list(&mut db, &unit).await?, names(&mut db).await?);
    let is_published = seen.run.records()?.publication.is_some();
    let makes = visit.scope(Capability::MakePacks);
    let shell = visit
        .shell(content.headline.clone())
        .below("Services", "/services")
        .below(&seen.name, format!("/services/{}", seen.code))
        .with_errors(&wrong);
    Ok(DraftPage {
        shell,
        content,
        makes: makes.is_ok_and(|it| it.of_unit(&seen.code).is_some()),
        barred: if is_published { "" } else { NOT_PUBLISHED },
        kept: kept
            .iter()
            .map(|it| {
                let by = names.get(it.made_by.as_str()).map_or("", String::as_str);
                row(it, (&seen.code, by))
            })
            .collect(),
        name: seen.name,
        meeting_on,
        wrong,
    })
}

fn row(it: &Pack, (code, by): (&str, &str)) -> Row {
    let meeting = it.of.meeting_on.map_or_else(
        || format!("Kept on {}", words::moment(it.made_at)),
        |day| format!("For the meeting on {}", words::day(&day.to_string())),
    );
    Row {
        name: meeting,
        address: address(code, &it.id),
        state: state(it.state()),
        by: format!("By {by}, data to {}", words::day(&it.of.period_end.to_string())),
    }
}

/// Where a pack is.
pub(super) fn address(code: &str, id: &PackId) -> String {
    format!("/services/{code}/packs/{id}")
}

pub(super) fn state(state: Stands) -> &'static str {
    match state {
        Stands::Draft => "To be checked by a second person",
        Stands::ChangesWanted => "To be changed first",
        Stands::Checked => "Checked, to be issued",
        Stands::Issued => "Issued",
    }
}

impl Page for DraftPage {
    const TEMPLATE: &'static str = "features/service_lines/pack/draft.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "For the meeting on 3 June 2026".to_owned(),
            address: "/services/TORT/packs/1".to_owned(),
            state: state(Stands::Draft),
            by: "By Daniel Osei, data to 31 March 2026".to_owned(),
        };
        let page = |kept: Vec<Row>, barred, wrong: Wrong| Self {
            shell: Shell::sample(&Content::sample().headline).with_errors(&wrong),
            name: "Trauma and orthopaedics".to_owned(),
            content: Content::sample(),
            makes: true,
            barred,
            kept,
            meeting_on: String::new(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("meeting_on", "Write the day as 2026-03-31");
        vec![
            page(vec![row], "", Wrong::default()),
            page(Vec::new(), NOT_PUBLISHED, Wrong::default()),
            page(Vec::new(), "", wrong),
        ]
    }
}
