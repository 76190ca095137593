//! A review of demand and capacity as it is written: months, and changes with what they save.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::demand::{Demand, MONTHS_MAX, Month, is_month};
use engagement::journeys::Idea;
use store::cases::Body;

use super::{FOLDER, facts, found, months, published, read_facts};
use crate::App;
use crate::features::business_cases::figures::Costing;
use crate::features::business_cases::form::{Reader, Values};
use crate::features::business_cases::found::Found;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, Kind};
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

/// Blank rows below those that are there.
const BLANK: usize = 2;

#[derive(askama::Template)]
#[template(path = "features/business_cases/demand/edit.html")]
pub(super) struct EditPage {
    shell: Shell,
    kicker: String,
    address: String,
    fields: Vec<Field>,
    groups: Vec<Group>,
    seen: i64,
    back: String,
    wrong: Wrong,
}

/// Fields of one month, or of one change.
#[derive(Clone, Debug, Default)]
struct Group {
    heading: String,
    fields: Vec<Field>,
}

/// How many months and changes the form has.
fn rows(review: &Demand) -> (usize, usize) {
    let more = |number: usize| (number + BLANK).min(MONTHS_MAX);
    (more(review.months.len()), more(review.changes.len()))
}

/// A field of the form as the review has it.
fn stored(review: &Demand, name: &str) -> String {
    match name {
        "title" => return review.title.clone(),
        "about" => return review.about.clone(),
        "slot_price" => return review.slot_price.plain(),
        "price_source" => return review.price_source.clone(),
        "waiting" => return review.waiting.clone(),
        _ => {}
    }
    let (what, row) = name.split_once('-').unwrap_or((name, ""));
    let row: usize = row.parse().unwrap_or(usize::MAX);
    if let ("what" | "saving", Some(it)) = (what, review.changes.get(row)) {
        return if what == "what" { it.what.clone() } else { it.saving.plain() };
    }
    let Some(month) = review.months.get(row) else { return String::new() };
    match what {
        "month" => month.month.clone(),
        "referrals" => month.referrals.to_string(),
        "slots" => month.slots.to_string(),
        "first" => month.first.to_string(),
        "follow_up" => month.follow_up.to_string(),
        "other" => month.other.to_string(),
        "missed" => month.missed.to_string(),
        _ => String::new(),
    }
}

fn page(
    (found, review): (&Found, &Demand),
    visit: &Visit,
    (value, now): (&Values<'_>, Option<&Costing>),
) -> EditPage {
    let address = found.address();
    let (month_rows, change_rows) = rows(review);
    let field = |kind, name: String, label: &str, hint: &str| {
        let value = value(&name);
        Field::new(kind, name, label, hint).with(value)
    };
    let month = |row: usize| {
        let figure =
            |what: &str, label: &str| field(Kind::Figure, format!("{what}-{row}"), label, "");
        let stored = review.months.get(row);
        let is_of_run = stored.is_some_and(|it| !it.run.is_empty());
        let hint = if stored.is_some() {
            "Blank to take it out"
        } else {
            "Such as 2026-04; blank for none"
        };
        Group {
            heading: match stored {
                Some(it) if is_of_run => format!("{}: appointments of the costing", it.month),
                Some(it) => it.month.clone(),
                None => "Another month, if there is one".to_owned(),
            },
            fields: vec![
                field(Kind::Figure, format!("month-{row}"), "Month", hint),
                figure("referrals", "Patients referred"),
                figure("slots", "Slots: appointments that could be given"),
                figure("first", "First appointments attended"),
                figure("follow_up", "Follow-up appointments attended"),
                figure("other", "Other appointments attended, such as procedures in clinic"),
                figure("missed", "Appointments not attended"),
            ],
        }
    };
    let change = |row: usize| Group {
        heading: format!("Change {}", row + 1),
        fields: vec![
            field(Kind::Line, format!("what-{row}"), "What was changed", "Blank for none"),
            field(
                Kind::Figure,
                format!("saving-{row}"),
                "What it is said to save a year, in pounds",
                "0 where nobody can say",
            ),
        ],
    };
    EditPage {
        shell: found.shell(visit, "Months and changes"),
        kicker: review.title.clone(),
        fields: facts(value, now),
        groups: (0..month_rows).map(month).chain((0..change_rows).map(change)).collect(),
        seen: found.record.seen(),
        back: address.clone(),
        address: format!("{address}/edit"),
        wrong: Wrong::default(),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, review) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let now = published(&app, &found).await?;
    let value = |name: &str| stored(&review, name);
    Ok(page((&found, &review), &visit, (&value, now.as_ref())).respond())
}

/// A month as typed; of the costing where its appointments are still those.
fn month(read: &mut Reader<'_>, row: usize, before: Option<&Month>) -> Month {
    let name = |what: &str| format!("{what}-{row}");
    let typed = read.plain(&name("month")).to_owned();
    read.wrong.unless(is_month(&typed), &name("month"), "Write the month as 2026-04");
    let mut number = |what: &str| match read.plain(&name(what)) {
        "" => 0,
        _ => read.number(&name(what)),
    };
    let found = Month {
        month: typed,
        referrals: number("referrals"),
        slots: number("slots"),
        first: number("first"),
        follow_up: number("follow_up"),
        other: number("other"),
        missed: number("missed"),
        run: String::new(),
    };
    let is_same = |it: &Month| {
        let own = |it: &Month| (it.month.clone(), it.first, it.follow_up, it.other, it.missed);
        own(it) == own(&found)
    };
    let run = before.filter(|it| is_same(it)).map_or_else(String::new, |it| it.run.clone());
    Month { run, ..found }
}

fn read(read: &mut Reader<'_>, before: &Demand) -> Demand {
    let mut review = read_facts(read, before);
    let (month_rows, change_rows) = rows(before);
    review.months.clear();
    for row in 0..month_rows {
        if !read.plain(&format!("month-{row}")).is_empty() {
            review.months.push(month(read, row, before.months.get(row)));
        }
    }
    review.months.sort_by(|one, other| one.month.cmp(&other.month));
    let twice = review.months.windows(2).find(|it| it[0].month == it[1].month);
    if let Some(twice) = twice {
        let said = format!("{} is there twice: take one out", twice[0].month);
        let at = (0..month_rows).rfind(|it| read.plain(&format!("month-{it}")) == twice[0].month);
        read.wrong.add(&format!("month-{}", at.unwrap_or_default()), said);
    }
    review.changes.clear();
    for row in 0..change_rows {
        if read.plain(&format!("what-{row}")).is_empty() {
            continue;
        }
        review.changes.push(Idea {
            what: read.needed(&format!("what-{row}"), ""),
            saving: read.amount(&format!("saving-{row}")),
            ..Idea::default()
        });
    }
    review
}

pub(super) async fn write(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, before) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let mut reader = Reader::of(&visit.fields);
    let mut review = read(&mut reader, &before);
    let seen = reader.seen();
    if !reader.wrong.is_empty() {
        let now = published(&app, &found).await?;
        let value = |name: &str| visit.fields.get(name).to_owned();
        let page = page((&found, &before), &visit, (&value, now.as_ref()));
        return Ok(EditPage { seen, ..page }.with(reader.wrong).respond());
    }
    if reader.plain("act") == "read" {
        let is_there = |it: &Month| review.months.iter().any(|other| other.month == it.month);
        let all = months(&app, found.record.unit.as_str()).await?;
        let more: Vec<Month> = all.into_iter().filter(|it| !is_there(it)).collect();
        review.months.extend(more);
        review.months.sort_by(|one, other| one.month.cmp(&other.month));
        if review.months.len() > MONTHS_MAX {
            return Err(Fault::Refused(format!(
                "A review has {MONTHS_MAX} months at most: take some out first."
            )));
        }
    }
    found.rewrite(&visit, (Body::Demand(review), seen), "The months are kept.").await
}

impl EditPage {
    /// With what is wrong, its title marked.
    fn with(mut self, wrong: Wrong) -> Self {
        self.shell = self.shell.with_errors(&wrong);
        self.wrong = wrong;
        self
    }
}

impl Page for EditPage {
    const TEMPLATE: &'static str = "features/business_cases/demand/edit.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong| Self {
            shell: Shell::sample("Months and changes")
                .below("Demand and capacity", FOLDER)
                .with_errors(&wrong),
            kicker: "Dermatology clinics".to_owned(),
            address: "/cases/demand/1/edit".to_owned(),
            fields: facts(&|_| String::new(), None),
            groups: vec![Group {
                heading: "2026-04".to_owned(),
                fields: vec![
                    Field::new(Kind::Figure, "month-0", "Month", "Blank to take it out")
                        .with("2026-04"),
                    Field::new(Kind::Figure, "missed-0", "Appointments not attended", "")
                        .with("48"),
                ],
            }],
            seen: 1,
            back: "/cases/demand/1".to_owned(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("month-0", "Write the month as 2026-04");
        vec![page(Wrong::default()), page(wrong)]
    }
}
