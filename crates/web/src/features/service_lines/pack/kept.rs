//! A pack that was kept: to read and print, to add notes to, to check, to issue, and to say afterwards
//! what was wrong in it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::pack_checks::PackChecks;
use store::known_issues::{self, Issue};
use store::packs::{self, Act, NewStep, Pack, State as Stands, Step};
use store::{PackId, PersonId, UnitCode};

use super::super::exactly::exactly;
use super::content::Content;
use super::{WORDS, draft, gate};
use crate::App;
use crate::shell::cube;
use crate::shell::download::Table;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::named_run::NamedRun;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::questions::{KEPT_PACK, Place, Questions};
use crate::shell::shelf::reading;
use crate::shell::terms;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/service_lines/pack/kept.html")]
pub(in super::super) struct KeptPage {
    shell: Shell,
    kicker: String,
    state: &'static str,
    lead: Vec<String>,
    content: Content,
    /// Notes of its authors.
    notes: Vec<String>,
    /// Words that are explained in it.
    explained: Vec<(String, String)>,
    /// What was done with it.
    steps: Vec<String>,
    table: String,
    /// What whoever looks may do.
    may: May,
    /// What a second person looks at: code and point.
    checks: Vec<(String, String)>,
    /// Issues of the data whose owners want packs to wait.
    holds: Vec<String>,
    /// Where the run is that was frozen; blank where nobody finds it there, or they may not.
    run: String,
    /// Which run the pages that it leads to show.
    now: &'static str,
    /// What must be explained or waived first; `length` for its length.
    open: Vec<(String, String)>,
    /// Questions about its figures.
    questions: Questions,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// What somebody may do with a pack.
#[derive(Clone, Copy, Debug, Default)]
struct May {
    /// Add to it.
    write: bool,
    /// What comes next with it, and is theirs to do.
    next: Option<Act>,
}

impl May {
    fn is(self, act: Act) -> bool {
        self.next == Some(act)
    }
}

/// What is typed.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Typed {
    act: String,
    about: String,
    words: String,
    /// Why something in it was wrong.
    cause: String,
    seen: String,
}

/// A pack of a service line that somebody sees exactly, with its content.
async fn found(
    app: &App,
    visit: &Visit,
    (code, id): (&str, &str),
) -> Result<(Pack, Content, String), Fault> {
    let seen = exactly(app, visit, code.to_owned()).await?;
    let mut db = app.store().read().await?;
    let pack = packs::get(&mut db, &PackId::new(id)).await?;
    if pack.of.unit.as_str() != code {
        return Err(Fault::NotFound);
    }
    let content = Content::kept(&pack.of)?;
    Ok((pack, content, seen.name))
}

pub(in super::super) async fn show(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, (&code, &id)).await?;
    Ok(page(&app, &visit, found, (Typed::default(), Wrong::default())).await?.respond())
}

/// What it says, as a file.
pub(in super::super) async fn take(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (pack, content, _) = found(&app, &visit, (&code, &id)).await?;
    let mut rows = vec![
        ("pack".to_owned(), vec![content.headline.clone()]),
        ("pack".to_owned(), vec![content.from.clone()]),
    ];
    for part in &content.parts {
        let of = |cells: Vec<String>| (part.id.clone(), cells);
        rows.extend(part.lines.iter().map(|it| of(vec![it.clone()])));
        if !part.rows.is_empty() {
            rows.push(of(part.columns.clone()));
        }
        rows.extend(part.rows.iter().map(|it| of(it.clone())));
    }
    rows.extend(pack.all(Act::Noted).map(|it| ("note".to_owned(), vec![it.words.clone()])));
    let word = |word: String, means: String| ("word".to_owned(), vec![word, means]);
    rows.extend(pack.all(Act::Explained).map(|it| word(it.about.clone(), it.words.clone())));
    let error = |it: &Step| ("error".to_owned(), vec![it.words.clone(), it.cause.clone()]);
    rows.extend(pack.all(Act::Faulted).map(error));
    let of_glossary = terms::of_text(&gate::text(&pack, &content));
    rows.extend(of_glossary.into_iter().map(|(it, means)| word(it, means)));
    let name = format!("pack-{code}-{}", pack.of.period_end);
    Table::ragged("part", rows).file(&visit, &name)
}

/// Does something with it.
pub(in super::super) async fn act(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::MakePacks)?;
    scope.of_unit(&code).ok_or(Fault::NotFound)?;
    let found = found(&app, &visit, (&code, &id)).await?;
    let text = |name: &str| visit.fields.get(name).to_owned();
    let (about, words, cause) = (text("about"), text("words"), text("cause"));
    let mut typed = Typed { act: text("act"), about, words, cause, seen: text("seen") };
    let act = typed.act.parse::<Act>().map_err(|_| Fault::NotFound)?;
    let mut wrong = Wrong::default();
    if act == Act::Checked {
        let list = PackChecks::own();
        let ticked = visit.fields.all("check").into_iter().map(str::to_owned).collect();
        typed.about = list.kept(&ticked);
        let all = list.missing(&typed.about).is_empty();
        wrong.unless(all, "check", "Look at everything on the list, and tick it");
    }
    if act == Act::Issued && !held(&app, &code).await?.is_empty() {
        wrong.add("words", "It waits until an issue of the data is mended: see above");
    }
    if !matches!(act, Act::Checked | Act::Issued) {
        WORDS.check(&mut wrong, "words", &typed.words, "Say it in a few words");
    }
    if act == Act::Faulted {
        WORDS.check(&mut wrong, "cause", &typed.cause, "Say why it was wrong");
    }
    let open = gate::open(&found.0, &found.1);
    if act == Act::Issued && !open.is_empty() {
        wrong.add("words", "Explain or waive what is open first");
    }
    if matches!(act, Act::Explained | Act::Waived) {
        wrong.unless(open.contains(&typed.about), "words", "This is settled already");
    }
    let seen = typed.seen.parse::<i64>().map_err(|_| Fault::NotFound)?;
    if !wrong.is_empty() {
        return Ok(page(&app, &visit, found, (typed, wrong)).await?.respond());
    }
    let entry = visit.entry_in(scope, "pack.act", "");
    let (leads_to, id) = (draft::address(&code, &found.0.id), found.0.id.clone());
    let said = match act {
        Act::Checked => "You checked it.",
        Act::Issued => "It is issued. What it says does not change any more.",
        Act::Faulted => "The error is kept with its cause.",
        _ => "It is kept.",
    };
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            let cause = if act == Act::Faulted { typed.cause.as_str() } else { "" };
            let new = NewStep { act, about: &typed.about, words: &typed.words, cause };
            packs::take(tx, &id, new, (seen, &open), &entry).await
        })
    });
    done.await
}

/// Issues of the data of a service line whose owners want packs to wait.
async fn held(app: &App, code: &str) -> Result<Vec<String>, Fault> {
    let mut db = app.store().read().await?;
    let all = known_issues::issues_of(&mut db, &UnitCode::new(code)).await?;
    Ok(all.into_iter().filter(Issue::holds).map(|it| it.of.what).collect())
}

/// The run that a pack was read off.
struct Frozen {
    /// Where it is, for those who see runs; blank for others, and where it is not here any more.
    address: String,
    /// Which run the pages show that the pack leads to.
    now: &'static str,
    /// Whether they can show this one.
    is_there: bool,
}

impl Frozen {
    async fn of(app: &App, visit: &Visit, pack: &Pack) -> Result<Self, Fault> {
        let newest = cube::latest(app, visit).await?;
        let is_newest = newest.is_some_and(|it| it.0.id() == pack.of.run);
        let (at, run) = (app.clone(), pack.of.run.clone());
        let is_there = reading(move || match NamedRun::of(at.shelf(), &run, "") {
            Err(Fault::NoSuchRun(_)) => Ok(false),
            other => other.map(|_| true),
        });
        let is_there = is_there.await?;
        let address = if is_there && visit.may(Capability::ReadRuns) {
            format!("/runs/{}", pack.of.run)
        } else {
            String::new()
        };
        let later = if is_there { LATER } else { GONE };
        Ok(Self { address, now: if is_newest { SAME } else { later }, is_there })
    }
}

/// What is said of pages of the run that was frozen.
const SAME: &str = "Pages of figures that this pack leads to show the run that it was read off.";

/// What is said where another run is the newest now.
const LATER: &str = "Another costing was published since. Pages of figures that this pack leads to show the run that it was read off, and say so.";

/// What is said where the run that was frozen cannot be shown.
const GONE: &str = "The run that this pack was read off is not here any more. Pages of figures that it leads to show the newest.";

async fn page(
    app: &App,
    visit: &Visit,
    (pack, content, name): (Pack, Content, String),
    (typed, wrong): (Typed, Wrong),
) -> Result<KeptPage, Fault> {
    let names = names(&mut *app.store().read().await?).await?;
    let name_of = |id: &PersonId| names.get(id.as_str()).cloned().unwrap_or_default();
    let code = pack.of.unit.as_str();
    let makes = visit.scope(Capability::MakePacks).is_ok_and(|it| it.of_unit(code).is_some());
    let me = &visit.person()?.id;
    let open = gate::open(&pack, &content);
    let frozen = Frozen::of(app, visit, &pack).await?;
    let place = Place::of_thing(KEPT_PACK, code, pack.id.as_str());
    // Who asks says of which costing: where that is not here any more, nobody can.
    let place = place.filter(|_| frozen.is_there);
    let questions = Questions::of(app, visit, place, &pack.of.run).await?;
    let shell = visit
        .shell(content.headline.clone())
        .below("Services", "/services")
        .below(&name, format!("/services/{code}"))
        .below("Pack", format!("/services/{code}/pack"))
        .with_errors(&wrong);
    Ok(KeptPage {
        shell,
        kicker: format!("{name}, pack for a review"),
        state: draft::state(pack.state()),
        lead: lead(&pack),
        notes: pack.all(Act::Noted).map(|it| it.words.clone()).collect(),
        explained: pack
            .all(Act::Explained)
            .map(|it| (it.about.clone(), it.words.clone()))
            .collect(),
        steps: steps(&pack, name_of),
        table: format!("{}/table.csv", draft::address(code, &pack.id)),
        may: may(&pack, (makes, me), open.is_empty()),
        checks: PackChecks::own().checks.into_iter().map(|it| (it.id, it.asks)).collect(),
        holds: held(app, code).await?,
        run: frozen.address,
        now: frozen.now,
        open: open.iter().map(|it| (it.clone(), told(it))).collect(),
        questions,
        seen: pack.version(),
        content: if frozen.is_there { content.naming(&pack.of.run) } else { content },
        typed,
        wrong,
    })
}

/// What must be settled, as a question.
fn told(open: &str) -> String {
    if open == gate::LENGTH {
        return "It is longer than two pages. Say why it must be.".to_owned();
    }
    let name = words::capital(open);
    let of_finance = terms::of_finance().iter().find(|it| it.term == open);
    let say = of_finance.map_or_else(String::new, |it| format!(" In plain words: {}.", it.say));
    format!("{name} is explained nowhere.{say} Explain it, or say why nobody needs that.")
}

fn may(pack: &Pack, (makes, me): (bool, &PersonId), nothing_open: bool) -> May {
    let next = match pack.state() {
        Stands::Issued => Some(Act::Faulted),
        Stands::Checked => Some(Act::Issued).filter(|_| nothing_open),
        Stands::Draft | Stands::ChangesWanted => Some(Act::Checked).filter(|_| !pack.is_author(me)),
    };
    May { write: makes && pack.state() != Stands::Issued, next: next.filter(|_| makes) }
}

/// For which meeting, and how long it took.
fn lead(pack: &Pack) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(day) = pack.of.meeting_on {
        said.push(format!("For the meeting on {}.", words::day(&day.to_string())));
    }
    if let Some(issued) = pack.issued() {
        let days = crate::shell::provenance::days_since(pack.of.period_end, issued.at);
        let days = words::count(u64::from(days.unsigned_abs()), "day", "days");
        said.push(format!("Issued {days} after the end of its period."));
    }
    let faults = pack.all(Act::Faulted).count() as u64;
    if faults > 0 {
        let errors = words::count(faults, "error", "errors");
        said.push(format!("{errors} found after it was issued: see below."));
    }
    said
}

/// That somebody checked it, with what they looked at where that was kept.
fn checked(who: &str, at: &str, about: &str) -> String {
    let list = PackChecks::own();
    let missing = list.missing(about);
    let looked = list.checks.iter().filter(|it| !missing.contains(it));
    let looked: Vec<String> = looked.map(|it| words::sentence(&it.asks)).collect();
    if looked.is_empty() {
        return format!("{who} checked it, {at}.");
    }
    format!("{who} checked it, {at}. Looked at: {}", looked.join(" "))
}

fn steps(pack: &Pack, name: impl Fn(&PersonId) -> String) -> Vec<String> {
    let made = format!("Kept by {}, {}.", name(&pack.made_by), words::moment(pack.made_at));
    let told = |it: &Step| {
        let (who, at) = (name(&it.by), words::moment(it.at));
        let said = words::sentence(&it.words);
        match it.act {
            Act::Noted => format!("{who} added a note, {at}."),
            Act::Explained => format!("{who} explained {}, {at}: {said}", it.about),
            Act::Waived => format!("{who} left {} as it is, {at}: {said}", it.about),
            Act::Checked => checked(&who, &at, &it.about),
            Act::Changes => format!("{who} asked for a change, {at}: {said}"),
            Act::Issued => format!("{who} issued it, {at}."),
            Act::Faulted if it.cause.is_empty() => format!("{who} found an error, {at}: {said}"),
            Act::Faulted => {
                format!("{who} found an error, {at}: {said} Cause: {}", words::sentence(&it.cause))
            }
        }
    };
    std::iter::once(made).chain(pack.steps.iter().map(told)).collect()
}

impl Page for KeptPage {
    const TEMPLATE: &'static str = "features/service_lines/pack/kept.html";

    fn samples() -> Vec<Self> {
        let page = |may: May, open: Vec<(String, String)>, wrong: Wrong| Self {
            shell: Shell::sample(&Content::sample().headline).with_errors(&wrong),
            kicker: "Trauma and orthopaedics, pack for a review".to_owned(),
            state: draft::state(Stands::Draft),
            lead: vec!["For the meeting on 3 June 2026.".to_owned()],
            content: Content::sample(),
            notes: vec!["Ask why the first list starts late.".to_owned()],
            explained: vec![("list".to_owned(), "The operations of half a day.".to_owned())],
            steps: vec!["Kept by Daniel Osei, 27 May 2026, 10:00.".to_owned()],
            table: "/services/TORT/packs/1/table.csv".to_owned(),
            checks: PackChecks::own().checks.into_iter().map(|it| (it.id, it.asks)).collect(),
            holds: open.iter().map(|_| "Theatre end times are missing".to_owned()).collect(),
            run: "/runs/0123abcd".to_owned(),
            now: LATER,
            may,
            open,
            questions: Questions::sample(),
            seen: 0,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("words", "Say it in a few words");
        let writes = May { write: true, next: None };
        let next = |act, write| May { write, next: Some(act) };
        let open = [gate::LENGTH, "accrual"].map(|it| (it.to_owned(), told(it))).to_vec();
        vec![
            page(next(Act::Checked, true), open, Wrong::default()),
            page(next(Act::Issued, true), Vec::new(), Wrong::default()),
            page(next(Act::Faulted, false), Vec::new(), Wrong::default()),
            page(writes, Vec::new(), wrong),
            page(May::default(), Vec::new(), Wrong::default()),
        ]
    }
}
