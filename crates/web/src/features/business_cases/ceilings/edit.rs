//! A ceiling as it is written: products, price, who set it, and what suppliers answered.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::actions::Profession;
use engagement::ceilings::{Answer, Ceiling, SUPPLIERS_MAX};
use engagement::pence::Pence;
use store::cases::Body;

use super::{ABOUT, FOLDER, found};
use crate::App;
use crate::features::business_cases::HOME;
use crate::features::business_cases::form::Reader;
use crate::features::business_cases::found::{Staff, begin as begin_record, kept_units};
use crate::features::business_cases::outdated::marked;
use crate::features::business_cases::write::Of;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::page::Shell;
use crate::shell::session::today;
use crate::shell::visit::Visit;

/// Surgeons that the form has room for.
const SURGEONS: usize = 4;

/// Blank suppliers below those that are there.
const BLANK: usize = 3;

fn suppliers(ceiling: &Ceiling) -> usize {
    (ceiling.answers.len() + BLANK).min(SUPPLIERS_MAX)
}

/// A field of the form as the ceiling has it.
fn stored(ceiling: &Ceiling, name: &str) -> String {
    match name {
        "products" => return ceiling.products.clone(),
        "price" if !ceiling.products.is_empty() => return ceiling.price.plain(),
        "set_on" => return ceiling.set_on.clone(),
        "finance" => return ceiling.finance.clone(),
        "why" => return ceiling.why.clone(),
        _ => {}
    }
    let (what, row) = name.split_once('-').unwrap_or((name, ""));
    let row: usize = row.parse().unwrap_or(usize::MAX);
    if what == "surgeon" {
        return ceiling.surgeons.get(row).cloned().unwrap_or_default();
    }
    let Some(answer) = ceiling.answers.get(row) else { return String::new() };
    match what {
        "supplier" => answer.supplier.clone(),
        "before" => answer.before.plain(),
        "price" => answer.price.map_or_else(String::new, Pence::plain),
        "on" => answer.on.clone(),
        "yearly" => answer.yearly.to_string(),
        _ => String::new(),
    }
}

fn fields(staff: &Staff, rows: usize, value: &dyn Fn(&str) -> String) -> Vec<Field> {
    let field = |kind, name: String, label: &str, hint: &str| {
        let value = value(&name);
        Field::new(kind, name, label, hint).with(value)
    };
    let mut all = vec![
        field(Kind::Line, "products".into(), "Which products", "Such as: cemented hip stems"),
        field(
            Kind::Figure,
            "price".into(),
            "The highest price at which one is stocked",
            "In pounds",
        ),
        field(Kind::Day, "set_on".into(), "Day on which it was set", ""),
    ];
    let clinicians = staff.clinicians("Nobody");
    for row in 0..SURGEONS {
        let label = if row == 0 { "Surgeon who set it" } else { "And surgeon (optional)" };
        let name = format!("surgeon-{row}");
        let people = staff.with_leaver(&clinicians, &value(&name));
        all.push(field(Kind::Choice, name, label, "").of(&people));
    }
    let finance = staff.choices(Some(Profession::Finance), "Nobody");
    let finance = staff.with_leaver(&finance, &value("finance"));
    all.push(field(Kind::Choice, "finance".into(), "Who set it for finance", "").of(&finance));
    all.push(field(
        Kind::Lines,
        "why".into(),
        "Why this is good for patients too",
        "Such as: all are rated for ten years",
    ));
    for row in 0..rows {
        let under = format!("Supplier {}", row + 1);
        all.push(
            field(
                Kind::Line,
                format!("supplier-{row}"),
                "Supplier",
                "Blank with all of its row for none",
            )
            .under(under),
        );
        all.push(field(
            Kind::Figure,
            format!("before-{row}"),
            "Price of one before, in pounds",
            "",
        ));
        all.push(field(
            Kind::Figure,
            format!("price-{row}"),
            "Price that was answered, in pounds",
            "Blank until there is an answer",
        ));
        all.push(field(
            Kind::Day,
            format!("on-{row}"),
            "Day of the answer",
            "Blank until there is one",
        ));
        all.push(field(Kind::Figure, format!("yearly-{row}"), "How many are used a year", ""));
    }
    all
}

/// The ceiling as typed; whoever set it `before` stays, also after they left.
fn read(read: &mut Reader<'_>, (staff, rows): (&Staff, usize), before: &Ceiling) -> Ceiling {
    let mut ceiling = Ceiling {
        products: read.needed("products", "Say which products"),
        price: read.amount("price"),
        set_on: read.day("set_on", "Enter the day on which it was set"),
        finance: read.plain("finance").to_owned(),
        why: read.needed("why", "Say why this is good for patients too"),
        ..Ceiling::default()
    };
    for row in 0..SURGEONS {
        let name = format!("surgeon-{row}");
        let surgeon = read.plain(&name).to_owned();
        if surgeon.is_empty() || ceiling.surgeons.contains(&surgeon) {
            continue;
        }
        let fits = staff.is_here(&surgeon) && staff.is_clinician(&surgeon);
        let is_kept = before.surgeons.contains(&surgeon);
        read.wrong.unless(fits || is_kept, &name, "Choose a clinician of the list");
        ceiling.surgeons.push(surgeon);
    }
    read.wrong.unless(!ceiling.surgeons.is_empty(), "surgeon-0", "Name a surgeon who set it");
    let is_finance = staff.is_here(&ceiling.finance)
        && staff.profession(&ceiling.finance) == Profession::Finance;
    let is_kept = !ceiling.finance.is_empty() && ceiling.finance == before.finance;
    read.wrong.unless(is_finance || is_kept, "finance", "Name who set it for finance");
    for row in 0..rows {
        if let Some(answer) = answer(read, row) {
            let is_new = ceiling.answers.iter().all(|it| it.supplier != answer.supplier);
            let said = "This supplier is there twice: take one out";
            read.wrong.unless(is_new, &format!("supplier-{row}"), said);
            ceiling.answers.push(answer);
        }
    }
    ceiling
}

/// What a supplier answered, as typed; none where the row is blank.
fn answer(read: &mut Reader<'_>, row: usize) -> Option<Answer> {
    let name = |what: &str| format!("{what}-{row}");
    if read.plain(&name("supplier")).is_empty() {
        let others = ["before", "price", "on", "yearly"];
        let is_blank = others.iter().all(|it| read.plain(&name(it)).is_empty());
        let said = "Name the supplier, or leave all of the row blank";
        read.wrong.unless(is_blank, &name("supplier"), said);
        return None;
    }
    let is_answered = !read.plain(&name("price")).is_empty();
    let is_dated = !read.plain(&name("on")).is_empty();
    let said = "Write the price that was answered, or leave the day blank";
    read.wrong.unless(is_answered || !is_dated, &name("price"), said);
    Some(Answer {
        supplier: read.needed(&name("supplier"), ""),
        before: read.amount(&name("before")),
        price: if is_answered { Some(read.amount(&name("price"))) } else { None },
        on: if is_answered {
            read.day(&name("on"), "Enter the day of the answer")
        } else {
            String::new()
        },
        yearly: read.number(&name("yearly")),
    })
}

fn page(
    shell: Shell,
    (kicker, address): (&str, String),
    (fields, seen): (Vec<Field>, i64),
    wrong: Wrong,
) -> FormPage {
    let back = address.strip_suffix("/edit").unwrap_or(FOLDER).to_owned();
    FormPage {
        shell,
        kicker: kicker.to_owned(),
        lead: vec!["A supplier that does not meet the price is not stocked. The saving is the price before less that now, times how many are used a year.".to_owned()],
        action: address,
        hidden: vec![("seen", seen.to_string())],
        fields,
        button: "Keep the ceiling".to_owned(),
        back,
        wrong,
        ..FormPage::default()
    }
}

pub(super) async fn begin(
    State(app): State<App>,
    Query(of): Query<Of>,
    visit: Visit,
) -> Result<Response, Fault> {
    let day = today(visit.now).to_string();
    let value = |name: &str| match name {
        "unit" => of.unit.clone(),
        "set_on" => day.clone(),
        _ => String::new(),
    };
    Ok(new_page(&app, &visit, (&value, Wrong::default())).await?.answer())
}

async fn new_page(
    app: &App,
    visit: &Visit,
    (value, wrong): (&(dyn Fn(&str) -> String + Sync), Wrong),
) -> Result<FormPage, Fault> {
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    let staff = Staff::of(&mut db).await?;
    drop(db);
    let unit = Field::new(Kind::Choice, "unit", "Of which service line", "");
    let mut all = vec![unit.with(value("unit")).of(&units)];
    all.extend(fields(&staff, BLANK, &value));
    let shell = visit.shell(ABOUT.begin).below(HOME.0, HOME.1).below(ABOUT.title, FOLDER);
    Ok(page(shell, (ABOUT.title, format!("{FOLDER}/new")), (all, 0), wrong))
}

pub(super) async fn open(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut reader = Reader::of(&visit.fields);
    let unit = reader.plain("unit");
    let mut db = app.store().read().await?;
    let is_kept = kept_units(&mut db, &visit).await?.iter().any(|it| it.0 == unit);
    let staff = Staff::of(&mut db).await?;
    drop(db);
    reader.wrong.unless(is_kept, "unit", "Choose of which service line it is");
    let ceiling = read(&mut reader, (&staff, BLANK), &Ceiling::default());
    if !reader.wrong.is_empty() {
        let typed = visit.fields.clone();
        let value = move |name: &str| typed.get(name).to_owned();
        return Ok(new_page(&app, &visit, (&value, reader.wrong)).await?.answer());
    }
    begin_record(&visit, (unit, Body::Ceiling(ceiling)), FOLDER).await
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, ceiling) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let value = |name: &str| stored(&ceiling, name);
    let all = fields(&found.staff, suppliers(&ceiling), &value);
    let shell = found.shell(&visit, "Price and answers");
    let at = (found.unit.as_str(), format!("{}/edit", found.address()));
    Ok(page(shell, at, (all, found.record.seen()), Wrong::default()).answer())
}

pub(super) async fn write(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, before) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let mut reader = Reader::of(&visit.fields);
    let rows = suppliers(&before);
    let ceiling = read(&mut reader, (&found.staff, rows), &before);
    let seen = reader.seen();
    if !reader.wrong.is_empty() {
        let value = |name: &str| visit.fields.get(name).to_owned();
        let all = fields(&found.staff, rows, &value);
        let shell = found.shell(&visit, "Price and answers");
        let at = (found.unit.as_str(), format!("{}/edit", found.address()));
        return Ok(page(shell, at, (all, seen), reader.wrong).answer());
    }
    match found.rewrite(&visit, (Body::Ceiling(ceiling), seen), "The ceiling is kept.").await {
        // What was typed stays, on the ceiling as it stands now.
        Err(Fault::Stale(_)) => {
            let (now, after) = self::found(&app, &visit, (Capability::KeepCases, &id)).await?;
            let value = |name: &str| visit.fields.get(name).to_owned();
            let all = fields(&now.staff, rows.max(suppliers(&after)), &value);
            let shell = now.shell(&visit, "Price and answers");
            let at = (now.unit.as_str(), format!("{}/edit", now.address()));
            let page = page(shell, at, (all, now.record.seen()), Wrong::default());
            Ok(marked(&now, page, seen).answer())
        }
        other => other,
    }
}
