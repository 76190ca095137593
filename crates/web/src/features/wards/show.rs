//! One ward: how it is doing, and why. For those who see it exactly; others are led to what may be
//! shown of it.

use access::View;
use axum::extract::{Path, State};
use axum::response::Response;
use charts::{Heading, Limit, Line, Mark, Point};
use domain::Money;
use results::ward::{Ward, WardFlow, definitions, per_night};

use super::book::{Book, Found, Missing};
use super::released::Released;
use super::sentences::{self, tenths};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::measures::Beside;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::{self, Questions};
use crate::shell::visit::Visit;
use crate::shell::waiting::{self, Waiting};
use crate::shell::{joint_work, words};

/// What is said where the rows of the wards are not at hand.
pub(super) const NO_ROWS: &str = "The rows of the wards are not at hand here, so this page cannot say whose patients lay on it, how long, or where they went.";

/// So many wards of somebody's are named beneath the page.
const FEW: usize = 5;

#[derive(askama::Template)]
#[template(path = "features/wards/show.html")]
pub(super) struct Show {
    shell: Shell,
    /// Where its beds by month are as a file.
    file: String,
    kicker: String,
    provenance: Provenance,
    sees: String,
    /// Questions that wait for whoever looks; blank for none, and on all pages but their first.
    waiting: String,
    /// Their actions that need an update; blank for none.
    actions: String,
    /// Differences, follow-ups and ideas that wait for them.
    followed: Vec<Waiting>,
    beds: Vec<String>,
    money: Vec<String>,
    kinds: Vec<KindRow>,
    others: Vec<String>,
    stays: Vec<String>,
    svg: String,
    note: String,
    months: Vec<MonthRow>,
    register: Beside,
    method: Vec<String>,
    /// Other wards of theirs.
    more: Vec<(String, String)>,
    questions: Questions,
}

/// One kind of cost of a night.
#[derive(Clone, Debug, Default)]
struct KindRow {
    name: String,
    now: String,
    before: String,
    is_total: bool,
}

/// One month.
#[derive(Clone, Debug, Default)]
struct MonthRow {
    month: String,
    beds: String,
    patients: String,
    others: String,
    nights: String,
}

/// The first ward of somebody who sees one exactly.
pub(super) async fn mine(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let Some(book) = Book::of(&app, &visit).await? else { return Ok(go("/wards", "")) };
    let Some(own) = book.own().next() else { return Ok(go("/wards", "")) };
    let page = exact(&app, &visit, (&book, &own.code)).await?;
    let asked = questions::waiting(&app, &visit).await?;
    let actions = joint_work::waiting(&app, &visit).await?;
    let followed = waiting::waiting(&app, &visit).await?;
    Ok(Show { waiting: asked, actions, followed, ..page }.respond())
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let book = Book::of(&app, &visit).await?.ok_or(Fault::NotFound)?;
    match book.view(&code).ok_or(Fault::NotFound)? {
        View::Exact => Ok(exact(&app, &visit, (&book, &code)).await?.respond()),
        View::Suppressed => {
            let mut page = Released::of(&visit, &book, book.ward(&code)?)?;
            page.questions = book.questions(&app, &visit, &code).await?;
            Ok(page.respond())
        }
    }
}

async fn exact(app: &App, visit: &Visit, (book, code): (&Book, &str)) -> Result<Show, Fault> {
    let found = book.ward(code)?;
    let manifest = book.run.manifest();
    let period = (manifest.year.as_str(), manifest.last_period);
    let register = Beside::of(app, visit, code, period).await?;
    let questions = book.questions(app, visit, code).await?;
    let page = Show::of(visit, book, found, register)?;
    let questions = questions.saying(&[&page.shell.title, &page.money.join(" ")]);
    Ok(Show { questions, ..page })
}

impl Show {
    fn of(visit: &Visit, book: &Book, found: Found<'_>, register: Beside) -> Result<Self, Fault> {
        let Found { place, now, before } = found;
        let ward = &now.ward;
        let last_told = before.map(|it| &it.ward);
        let last = last_told.ok();
        let flow = now.flow.as_ref();
        let last_flow = before.ok().and_then(|it| it.flow.as_ref());
        let mut beds = vec![sentences::beds(ward, last)];
        beds.push(flow.map_or_else(|| NO_ROWS.to_owned(), |it| sentences::patients(it, last_flow)));
        let home_of = |line: &str| book.homes.get(line).cloned();
        let others = flow
            .map(|it| sentences::others(it, place.home.as_deref(), home_of))
            .unwrap_or_default();
        let name = |code: &str| {
            let place = book.places.iter().find(|it| it.code == code);
            place.map_or_else(|| code.to_owned(), |it| it.name.clone())
        };
        let mut stays = Vec::new();
        if let Some(flow) = flow {
            stays.push(sentences::stays(flow, last_flow));
            stays.extend(sentences::leaving(flow, name));
        }
        let (svg, note) = flow.map(|it| chart(ward, it)).unwrap_or_default();
        // Whoever sees many finds them in the list of all wards.
        let is_few = book.own().count() <= FEW;
        let more = book.own().filter(|it| is_few && it.code != place.code);
        Ok(Self {
            shell: visit.shell(sentences::headline(ward)).below("Wards", "/wards"),
            file: format!("/wards/{}/beds.csv", place.code),
            kicker: format!("{} ({})", place.name, place.code),
            provenance: Provenance::of(&book.run, visit.now)?,
            sees: book.words(View::Exact),
            waiting: String::new(),
            actions: String::new(),
            followed: Vec::new(),
            beds,
            money: sentences::money(ward, last_told),
            kinds: kinds(ward, last_told),
            others,
            stays,
            svg,
            note,
            months: flow.map(months).unwrap_or_default(),
            register,
            method: definitions(),
            more: more.map(|it| (it.name.clone(), format!("/wards/{}", it.code))).collect(),
            questions: Questions::default(),
        })
    }
}

fn kinds(ward: &Ward, before: Result<&Ward, Missing>) -> Vec<KindRow> {
    let night = |amount: Money, ward: &Ward| {
        per_night(amount, ward.used_s).map_or_else(String::new, words::pounds)
    };
    let row = |it: sentences::Kind, is_total| KindRow {
        name: it.name,
        now: night(it.now, ward),
        before: match before {
            Ok(before) => it.before.map_or_else(String::new, |amount| night(amount, before)),
            Err(missing) => missing.cell().to_owned(),
        },
        is_total,
    };
    let total = sentences::Kind {
        name: "A night in use".to_owned(),
        now: ward.cost,
        before: before.ok().map(|it| it.cost),
    };
    let kinds = sentences::kinds(ward, before.ok()).into_iter().map(|it| row(it, false));
    kinds.chain([row(total, true)]).collect()
}

fn months(flow: &WardFlow) -> Vec<MonthRow> {
    let counted = |it: u64| match flow.others {
        Some(_) => words::thousands(it),
        None => "not counted".to_owned(),
    };
    let row = |it: &results::ward::WardMonth| MonthRow {
        month: sentences::month(&it.month),
        beds: sentences::beds_in_use(it.all.used_s, it.length_s).map(tenths).unwrap_or_default(),
        patients: words::thousands(it.all.patients),
        others: counted(it.others.patients),
        nights: counted(sentences::nights(it.others.used_s)),
    };
    flow.months.iter().map(row).collect()
}

/// Beds in use on a mean day of each month, beside those that are staffed.
fn chart(ward: &Ward, flow: &WardFlow) -> (String, String) {
    let point = |it: &results::ward::WardMonth| Point {
        label: short(&it.month),
        value: sentences::beds_in_use(it.all.used_s, it.length_s).map(drawn),
        mark: Mark::Ordinary,
    };
    let staffed = (ward.beds_e2 > 0).then(|| Limit {
        label: format!("{} staffed beds", tenths(ward.beds_e2)),
        value: drawn(ward.beds_e2),
    });
    let line = Line {
        heading: Heading {
            id: "beds-chart".to_owned(),
            title: "Beds in use by month".to_owned(),
            description: "Beds in use on a mean day of each month, with a bold line for the staffed beds. The table below holds the same figures.".to_owned(),
        },
        width: 900,
        points: flow.months.iter().map(point).collect(),
        average: None,
        limits: Vec::new(),
        target: staffed,
        callout: None,
        rule: "Beds in use on a mean day of each month.".to_owned(),
    };
    let chart = line.draw();
    (chart.svg(), chart.note.replace(" ● Ordinary variation.", ""))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a number of beds, to be drawn and not summed"
)]
fn drawn(value_e2: i64) -> f64 {
    value_e2 as f64 / 100.0
}

/// `Dec 2025`, from `2025-12`.
fn short(iso: &str) -> String {
    let month = sentences::month(iso);
    match month.split_once(' ') {
        Some((name, year)) => format!("{} {year}", name.get(..3).unwrap_or(name)),
        None => month,
    }
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/wards/show.html";

    fn samples() -> Vec<Self> {
        let kind = |name: &str, now: &str, is_total| KindRow {
            name: name.to_owned(),
            now: now.to_owned(),
            before: "£211".to_owned(),
            is_total,
        };
        let month = MonthRow {
            month: "April 2025".to_owned(),
            beds: "17".to_owned(),
            patients: "88".to_owned(),
            others: "3".to_owned(),
            nights: "9".to_owned(),
        };
        let page = |flow: bool, register| Self {
            shell: Shell::sample("61 in 100 staffed beds are in use, and a night costs £405")
                .below("Wards", "/wards"),
            file: "/wards/W10/beds.csv".to_owned(),
            kicker: "Elective orthopaedics (W10)".to_owned(),
            provenance: Provenance::sample(),
            sees: "You see exact figures of this ward, as ward sister or manager.".to_owned(),
            actions: String::new(),
            followed: Vec::new(),
            waiting: if flow {
                String::new()
            } else {
                "1 of your questions is answered.".to_owned()
            },
            questions: if flow { Questions::sample() } else { Questions::default() },
            beds: vec!["On a mean day 11 of 28 staffed beds are empty.".to_owned()],
            money: vec!["A night in use cost £405, £8 less than last year.".to_owned()],
            kinds: vec![
                kind("Permanent staff", "£205", false),
                kind("A night in use", "£405", true),
            ],
            others: if flow {
                vec!["Nobody but patients of Surgery lay here.".to_owned()]
            } else {
                Vec::new()
            },
            stays: if flow {
                vec!["1,210 stays here lasted 3.4 nights on average.".to_owned()]
            } else {
                Vec::new()
            },
            svg: String::new(),
            note: "Beds in use on a mean day of each month.".to_owned(),
            months: if flow { vec![month.clone()] } else { Vec::new() },
            register,
            method: vec!["A night is 24 hours of one bed.".to_owned()],
            more: if flow {
                vec![("Trauma".to_owned(), "/wards/W09".to_owned())]
            } else {
                Vec::new()
            },
        };
        vec![page(true, Beside::sample()), page(false, Beside::default())]
    }
}
