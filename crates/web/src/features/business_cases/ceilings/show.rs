//! One ceiling: who set it, what each supplier answered, what is stocked, and what it saves.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::ceilings::{Answer, Ceiling, Met};
use engagement::pence::Pence;

use super::{FOLDER, found};
use crate::App;
use crate::features::business_cases::found::Found;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/business_cases/ceilings/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    lead: String,
    facts: Vec<(String, String)>,
    answers: Vec<Row>,
    total: String,
    keeps: bool,
    address: String,
    file: String,
}

/// One supplier.
#[derive(Clone, Debug, Default)]
struct Row {
    supplier: String,
    stands: String,
    /// Whether it is stocked.
    is_met: bool,
    before: String,
    price: String,
    yearly: String,
    saving: String,
}

/// A saving in words: below zero it costs more.
fn said(saving: Pence) -> String {
    if saving < Pence::ZERO {
        format!("{} dearer", Pence::ZERO - saving)
    } else {
        saving.to_string()
    }
}

fn row(ceiling: &Ceiling, it: &Answer) -> Row {
    let met = ceiling.met(it);
    let answered = if it.on.is_empty() {
        met.name().to_owned()
    } else {
        format!("{}. Answered on {}", met.name(), words::day(&it.on))
    };
    Row {
        supplier: it.supplier.clone(),
        stands: answered,
        is_met: met == Met::Yes,
        before: it.before.to_string(),
        price: it.price.map_or_else(|| "No answer".to_owned(), |it| it.to_string()),
        yearly: words::thousands(it.yearly.unsigned_abs()),
        saving: ceiling.saving(it).map_or_else(|| "None".to_owned(), said),
    }
}

fn lead(ceiling: &Ceiling) -> String {
    let met = ceiling.answers.iter().filter(|it| ceiling.met(it) == Met::Yes).count();
    let suppliers = words::count(ceiling.answers.len() as u64, "supplier", "suppliers");
    let saving = ceiling.saving_in_all();
    let saved = if saving < Pence::ZERO {
        format!("a year is {}", said(saving))
    } else {
        format!("a year saves {saving}")
    };
    format!("One is stocked at {} or less. {met} of {suppliers} met it: {saved}.", ceiling.price)
}

fn facts(found: &Found, ceiling: &Ceiling) -> Vec<(String, String)> {
    let surgeons: Vec<String> =
        ceiling.surgeons.iter().map(|it| found.staff.with_title(it)).collect();
    let fact = |name: &str, text: String| (name.to_owned(), text);
    vec![
        fact("Set by", surgeons.join("; ")),
        fact("For finance", found.staff.with_title(&ceiling.finance)),
        fact("Set on", words::day(&ceiling.set_on)),
        fact("Why it is good for patients too", ceiling.why.clone()),
    ]
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, ceiling) = found(&app, &visit, (Capability::ReadCases, &id)).await?;
    let page = Show {
        shell: found.home(&visit),
        kicker: found.unit.clone(),
        lead: lead(&ceiling),
        facts: facts(&found, &ceiling),
        answers: ceiling.answers.iter().map(|it| row(&ceiling, it)).collect(),
        total: said(ceiling.saving_in_all()),
        keeps: found.keeps,
        file: format!("{}/answers.csv", found.address()),
        address: found.address(),
    };
    Ok(page.respond())
}

pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (_, ceiling) = found(&app, &visit, (Capability::ReadCases, &id)).await?;
    let plain = |it: Option<Pence>| it.map_or_else(String::new, Pence::plain);
    let row = |it: &Answer| {
        vec![
            it.supplier.clone(),
            ceiling.met(it).name().to_owned(),
            it.before.plain(),
            plain(it.price),
            it.on.clone(),
            it.yearly.to_string(),
            plain(ceiling.saving(it)),
        ]
    };
    let text = |it| (it, Kind::Text);
    let columns = [
        text("supplier"),
        text("state"),
        text("price_before_gbp"),
        text("price_answered_gbp"),
        text("answered_on"),
        text("used_a_year"),
        text("saving_a_year_gbp"),
    ];
    Table::new(&columns, ceiling.answers.iter().map(row).collect())
        .about("Products", &ceiling.products)
        .about("Ceiling in pounds", ceiling.price.plain())
        .about("Saving", "Price before less that answered, times how many; only what is stocked.")
        .file(&visit, "price-ceiling")
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/business_cases/ceilings/show.html";

    fn samples() -> Vec<Self> {
        let answer = |supplier: &str, price: Option<i64>| Answer {
            supplier: supplier.to_owned(),
            before: Pence::new(52_050),
            price: price.map(Pence::new),
            on: price.map_or("", |_| "2026-04-12").to_owned(),
            yearly: 210,
        };
        let ceiling = Ceiling {
            products: "Cemented hip stems".to_owned(),
            price: Pence::new(45_000),
            answers: vec![
                answer("Aldwych", Some(45_000)),
                answer("Bellweather", Some(47_525)),
                answer("Corvane", None),
            ],
            ..Ceiling::default()
        };
        let page = |ceiling: &Ceiling, keeps: bool| Self {
            shell: Shell::sample(&ceiling.products).below("Price ceilings", FOLDER),
            kicker: "Trauma and orthopaedics".to_owned(),
            lead: lead(ceiling),
            facts: vec![("Set by".to_owned(), "Tomos Hughes".to_owned())],
            answers: ceiling.answers.iter().map(|it| row(ceiling, it)).collect(),
            total: said(ceiling.saving_in_all()),
            keeps,
            address: "/cases/ceilings/1".to_owned(),
            file: "/cases/ceilings/1/answers.csv".to_owned(),
        };
        let empty = Ceiling { answers: Vec::new(), ..ceiling.clone() };
        vec![page(&ceiling, true), page(&empty, false)]
    }
}
