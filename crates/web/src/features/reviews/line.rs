//! One service line: what it treats, who runs it, its reviews, and a new one.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::reviews::Post;
use store::assessing::champions::Kind;
use store::reviewing::{self, Review};
use store::units::Unit;

use super::begin::{self, Theme};
use super::found::{may, name, unit};
use super::programme::Programme;
use super::reasons::{self, Reason};
use super::so_far::SoFar;
use super::{WORDS, day, time};
use crate::App;
use crate::shell::assessing::gather;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::sit_downs::may_read;
use crate::shell::spread::kind_words;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/reviews/line.html")]
pub(super) struct LinePage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    /// What it treats and has, and how often it is reviewed.
    facts: Vec<(String, String)>,
    /// Posts and champions' places.
    posts: Vec<Place>,
    reviews: Vec<Row>,
    /// Sit-downs of one consultant and finance, of those that whoever looks may read.
    sit_downs: Vec<Row>,
    so_far: SoFar,
    /// What good engagement rests on; none for those who read no assessments.
    reasons: Vec<Reason>,
    address: String,
    runs: bool,
    /// The review that is under way; blank for none.
    open: String,
    themes: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// A post, or the place of a champion.
#[derive(Clone, Debug, Default)]
struct Place {
    name: String,
    /// Who holds it; blank where it is vacant.
    holder: String,
    /// What share of their time they give to it, or when they were in contact.
    says: String,
    /// What is wrong with that; blank for nothing.
    warns: String,
}

/// A review.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    state: String,
    act: bool,
}

/// A review to be opened, as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    title: String,
    theme: String,
    due: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let unit = unit(&app, &visit, (Capability::ReadReviews, &code)).await?;
    let programme = Programme::of(&app, visit.now).await?;
    let due = programme.due_of(&code).unwrap_or_else(|| today(visit.now));
    let theme = programme.guide.themes.first().map_or("", |it| it.id.as_str()).to_owned();
    let typed = Typed { title: usual_title(&unit), theme, due: due.to_string() };
    let themes = themes(&app, &programme).await?;
    let page = LinePage::of(&visit, (&programme, &unit), &themes, (typed, Wrong::default()));
    page.beside(&app, &visit, (&programme, &unit)).await
}

async fn themes(app: &App, programme: &Programme) -> Result<Vec<Theme>, Fault> {
    begin::themes(&mut *app.store().read().await?, &programme.guide).await
}

fn usual_title(unit: &Unit) -> String {
    format!("{} review", unit.name)
}

impl LinePage {
    fn of(
        visit: &Visit,
        (programme, unit): (&Programme, &Unit),
        themes: &[Theme],
        (typed, wrong): (Typed, Wrong),
    ) -> Self {
        let code = unit.code.as_str();
        let on = today(visit.now);
        let rows: Vec<Row> =
            programme.reviews_of(code).map(|it| Row::of(programme, it, on)).collect();
        let open = programme.reviews_of(code).find(|it| it.next.is_none());
        Self {
            shell: visit.shell(&unit.name).below("Reviews", "/reviews").with_errors(&wrong),
            kicker: "Service line".to_owned(),
            lead: lead(programme, code, on),
            facts: facts(programme, code),
            posts: posts(programme, code)
                .into_iter()
                .chain(champions(programme, code, on))
                .collect(),
            reviews: rows,
            sit_downs: Vec::new(),
            so_far: SoFar::default(),
            reasons: Vec::new(),
            address: format!("/reviews/{code}"),
            runs: may(visit, Capability::RunReviews, code),
            open: open.map_or_else(String::new, |it| format!("/reviews/{code}/{}", it.id)),
            themes: themes.iter().map(|it| (it.id.clone(), it.name.clone())).collect(),
            typed,
            wrong,
        }
    }
}

impl LinePage {
    /// The page with what has to be read for it.
    async fn beside(
        self,
        app: &App,
        visit: &Visit,
        (programme, unit): (&Programme, &Unit),
    ) -> Result<Response, Fault> {
        let sit_downs = sit_downs(app, visit, (programme, unit)).await?;
        let page = Self { sit_downs, ..self };
        let code = unit.code.as_str();
        if !may(visit, Capability::ReadAssessments, code) {
            let so_far = SoFar::of(app, (programme, unit), None).await?;
            return Ok(Self { so_far, ..page }.respond());
        }
        let gathered = gather(app, visit.now).await?;
        let level = gathered.confirmed(code).map(|it| it.of.level);
        let so_far = SoFar::of(app, (programme, unit), level).await?;
        let reasons = reasons::of(app, visit, (&gathered, code)).await?;
        Ok(Self { so_far, reasons, ..page }.respond())
    }
}

/// Sit-downs of a service line that whoever looks may read, the latest first.
async fn sit_downs(
    app: &App,
    visit: &Visit,
    (programme, unit): (&Programme, &Unit),
) -> Result<Vec<Row>, Fault> {
    let mut db = app.store().read().await?;
    let mut rows = Vec::new();
    for it in programme.sit_downs_of(unit.code.as_str()) {
        if may_read(&mut db, visit, it).await? {
            rows.push(Row::of(programme, it, today(visit.now)));
        }
    }
    Ok(rows)
}

impl Row {
    fn of(programme: &Programme, it: &Review, on: Day) -> Self {
        let held = programme.held_on(it);
        let state = held.map_or_else(
            || format!("Due {}", day(it.due_on)),
            |held| format!("Held {}", day(held)),
        );
        Self {
            title: it.title.clone(),
            address: format!("/reviews/{}/{}", it.unit, it.id),
            act: held.is_none() && it.due_on < on,
            state,
        }
    }
}

/// Who holds the posts of a service line, with the share of time where there is one.
fn posts(programme: &Programme, code: &str) -> Vec<Place> {
    let place = |it: &Post| {
        let holder = programme.post(code, &it.id).0;
        let (says, warns) = time::of_post(programme, code, &it.id);
        Place {
            name: it.name.clone(),
            holder: holder.map_or("", |it| name(&programme.people, it)).to_owned(),
            says,
            warns,
        }
    };
    programme.guide.posts.iter().map(place).collect()
}

/// The champions of a service line, with when they were last in contact.
fn champions(programme: &Programme, code: &str, on: Day) -> Vec<Place> {
    let found = programme.champions_of(code);
    let place = |kind: &Kind| {
        let of = found.of(*kind);
        let says = of.map_or_else(String::new, |it| {
            it.last_contact_on.map_or_else(
                || "No contact is recorded yet".to_owned(),
                |last| format!("Last in contact {}", day(last)),
            )
        });
        Place {
            name: kind_words(*kind).to_owned(),
            holder: of.map_or_else(String::new, |it| it.name.clone()),
            says,
            warns: of.map_or_else(String::new, |it| it.warns(on)),
        }
    };
    Kind::ALL.iter().map(place).collect()
}

fn lead(programme: &Programme, code: &str, on: Day) -> Vec<String> {
    let mut lead = match programme.due_of(code) {
        Some(it) => vec![format!("The next review is due {}.", day(it))],
        None => vec!["It is not in the programme yet: record it in the register.".to_owned()],
    };
    let champions = programme.champions_of(code);
    for missing in [programme.missing_of(code), champions.missing()] {
        if missing.is_empty() {
            continue;
        }
        let missing: Vec<String> = missing.iter().map(|it| it.to_lowercase()).collect();
        let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
        lead.push(words::sentence(&words::listed(&missing)));
    }
    lead.extend(champions.overdue(on).iter().map(|it| words::sentence(it)));
    lead
}

fn facts(programme: &Programme, code: &str) -> Vec<(String, String)> {
    let Some(it) = programme.registered(code) else { return Vec::new() };
    let cadence = programme.guide.cadence(&it.of.cadence);
    let every = cadence.map_or(it.of.cadence.as_str(), |it| it.name.as_str());
    let mut facts = vec![("What it treats".to_owned(), it.of.conditions.clone())];
    if !it.of.resources.is_empty() {
        facts.push(("What it has".to_owned(), it.of.resources.clone()));
    }
    facts.push(("How often it is reviewed".to_owned(), every.to_owned()));
    facts
}

pub(super) async fn open(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let unit = unit(&app, &visit, (Capability::RunReviews, &code)).await?;
    let programme = Programme::of(&app, visit.now).await?;
    let themes = themes(&app, &programme).await?;
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed { title: text("title"), theme: text("theme"), due: text("due") };
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "title", &typed.title, "Write what the review is called");
    let theme = themes.iter().find(|it| it.id == typed.theme);
    wrong.unless(theme.is_some(), "theme", "Choose what it is about");
    let due = typed.due.parse::<Day>().ok();
    wrong.unless(due.is_some(), "due", "Write the day as 2026-06-11");
    let (Some(theme), Some(due), true) = (theme, due, wrong.is_empty()) else {
        let page = LinePage::of(&visit, (&programme, &unit), &themes, (typed, wrong));
        return page.beside(&app, &visit, (&programme, &unit)).await;
    };
    let new = theme.review(&programme.guide, (&unit.code, &typed.title), due);
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.open", "");
    let done = visit.change_to("The review is open.", move |tx| {
        Box::pin(async move {
            let id = reviewing::open(tx, &new, &entry).await?;
            Ok(format!("/reviews/{}/{id}", new.unit))
        })
    });
    done.await
}

impl Page for LinePage {
    const TEMPLATE: &'static str = "features/reviews/line.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            title: "Hip replacement review".to_owned(),
            address: "/reviews/TORT/1".to_owned(),
            state: "Due 11 June 2026".to_owned(),
            act: true,
        };
        let page = |open: &str, reviews: Vec<Row>, wrong: Wrong| Self {
            shell: Shell::sample("Trauma and orthopaedics")
                .below("Reviews", "/reviews")
                .with_errors(&wrong),
            kicker: "Service line".to_owned(),
            lead: vec!["The next review is due 11 June 2026.".to_owned()],
            facts: vec![("What it treats".to_owned(), "Hips and knees".to_owned())],
            posts: vec![
                Place {
                    name: "Finance business partner".to_owned(),
                    holder: "Daniel Osei".to_owned(),
                    says: "60% of a whole-time equivalent, 110% in all service lines".to_owned(),
                    warns: "More than 100%".to_owned(),
                },
                Place { name: "Clinical lead for coding".to_owned(), ..Place::default() },
            ],
            reviews,
            sit_downs: vec![Row {
                title: "Sit-down on hips".to_owned(),
                address: "/reviews/TORT/9".to_owned(),
                state: "Held 12 March 2026".to_owned(),
                act: false,
            }],
            so_far: SoFar::sample(),
            reasons: reasons::sample(),
            address: "/reviews/TORT".to_owned(),
            runs: true,
            open: open.to_owned(),
            themes: vec![("discharge".to_owned(), "Discharge".to_owned())],
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("title", "Write what the review is called");
        let reader = Self { runs: false, ..page("", Vec::new(), Wrong::default()) };
        vec![
            page("/reviews/TORT/1", vec![row], Wrong::default()),
            page("", Vec::new(), wrong),
            reader,
        ]
    }
}
