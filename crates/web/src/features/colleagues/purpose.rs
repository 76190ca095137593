//! For what, for whom and after which consultation colleagues of a service line are compared: the
//! medical director records it and takes it back, others read it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::Connection;
use store::comparisons::{self, Comparison, NewComparison};
use store::people;

use super::off::{date, why};
use super::rights::Line;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/colleagues/purpose.html")]
pub(super) struct PurposePage {
    shell: Shell,
    wrong: Wrong,
    lead: String,
    /// Where colleagues are compared.
    address: String,
    records: Vec<Record>,
    /// For whoever may record.
    form: Option<Form>,
    /// For whoever may take back the record in force: its number.
    withdraw: Option<Withdrawal>,
}

/// A record as it is shown.
#[derive(Clone, Debug, Default)]
struct Record {
    /// `In force`, `Replaced`, `Taken back`, `Past its review`.
    state: &'static str,
    purpose: String,
    audience: String,
    consultation: String,
    consulted_on: String,
    review_on: String,
    recorded: String,
    /// Who took it back, when and why; blank for nobody.
    withdrawn: String,
}

/// A record as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    purpose: String,
    audience: String,
    consultation: String,
    consulted_on: String,
    review_on: String,
    seen: String,
}

/// Taking back, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawal {
    because: String,
    seen: String,
}

/// What was typed and what is wrong with it.
#[derive(Default)]
struct Typed {
    wrong: Wrong,
    form: Option<Form>,
    withdrawal: Option<Withdrawal>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let line = Line::of(&app, &visit, &code).await?;
    Ok(page(&app, &visit, &line, Typed::default()).await?.respond())
}

async fn page(app: &App, visit: &Visit, line: &Line, typed: Typed) -> Result<PurposePage, Fault> {
    let mut db = app.store().read().await?;
    let all = comparisons::list(&mut db, &line.code).await?;
    let day = today(visit.now);
    let mut records = Vec::new();
    for (place, it) in all.iter().enumerate() {
        records.push(Record::of(&mut db, it, state(it, place == 0, day)).await?);
    }
    drop(db);
    let in_force = all.first().filter(|it| it.holds_on(day));
    let title = match in_force {
        Some(_) => format!("Why and for whom colleagues in {} are compared", line.name),
        None => format!("Colleagues in {} are not compared", line.name),
    };
    let shell = visit
        .shell(title)
        .below("Services", "/services")
        .below(&line.name, format!("/services/{}", line.code))
        .below("Colleagues", line.address());
    let may = may_agree(visit, line);
    let seen = all.first().map_or(0, |it| it.version).to_string();
    Ok(PurposePage {
        shell: shell.with_errors(&typed.wrong),
        wrong: typed.wrong,
        lead: in_force.map_or_else(|| why(all.first()), holds),
        address: line.address(),
        records,
        withdraw: in_force.filter(|_| may).map(|_| {
            typed
                .withdrawal
                .unwrap_or_else(|| Withdrawal { seen: seen.clone(), ..Withdrawal::default() })
        }),
        form: may.then(|| typed.form.unwrap_or_else(|| Form::after(all.first(), seen))),
    })
}

fn holds(it: &Comparison) -> String {
    format!(
        "Recorded on {}. It holds until {}; then the comparison is off until it is recorded again.",
        date(today(it.recorded_at)),
        date(it.agreed.review_on)
    )
}

fn state(it: &Comparison, is_latest: bool, day: Day) -> &'static str {
    match (is_latest, &it.withdrawn) {
        (_, Some(_)) => "Taken back",
        (false, None) => "Replaced",
        (true, None) if it.holds_on(day) => "In force",
        (true, None) => "Past its review",
    }
}

/// The service line, for whoever may say why and for whom its colleagues are compared.
async fn agreeing(app: &App, visit: &Visit, code: &str) -> Result<Line, Fault> {
    let line = Line::of(app, visit, code).await?;
    if may_agree(visit, &line) { Ok(line) } else { Err(Fault::NotFound) }
}

fn may_agree(visit: &Visit, line: &Line) -> bool {
    let scope = visit.scope(Capability::AgreeComparison);
    scope.is_ok_and(|it| it.of_unit(line.code.as_str()).is_some())
}

impl Record {
    async fn of(db: &mut Connection, it: &Comparison, state: &'static str) -> Result<Self, Fault> {
        let by = people::get(db, &it.recorded_by).await?.person.name;
        let withdrawn = match &it.withdrawn {
            Some(it) => {
                let by = people::get(db, &it.by).await?.person.name;
                format!("{by}, {}: {}", date(today(it.at)), it.because)
            }
            None => String::new(),
        };
        let agreed = &it.agreed;
        Ok(Self {
            state,
            purpose: agreed.purpose.clone(),
            audience: agreed.audience.clone(),
            consultation: agreed.consultation.clone(),
            consulted_on: date(agreed.consulted_on),
            review_on: date(agreed.review_on),
            recorded: format!("{by}, {}", date(today(it.recorded_at))),
            withdrawn,
        })
    }
}

impl Form {
    /// To be recorded anew: what was said before, on days that are new.
    fn after(before: Option<&Comparison>, seen: String) -> Self {
        let Some(it) = before.map(|it| &it.agreed) else {
            return Self { seen, ..Self::default() };
        };
        Self {
            purpose: it.purpose.clone(),
            audience: it.audience.clone(),
            consultation: it.consultation.clone(),
            seen,
            ..Self::default()
        }
    }

    fn read(&self, line: &Line, today: Day) -> Result<(NewComparison, i64), Wrong> {
        let mut wrong = Wrong::default();
        let is_said = |text: &str| !text.trim().is_empty();
        wrong.unless(is_said(&self.purpose), "purpose", "Say what the comparison is for");
        wrong.unless(is_said(&self.audience), "audience", "Say who will see it");
        let consulted = "Say who was consulted and what came of it";
        wrong.unless(is_said(&self.consultation), "consultation", consulted);
        let consulted_on: Option<Day> = self.consulted_on.trim().parse().ok();
        let review_on: Option<Day> = self.review_on.trim().parse().ok();
        let is_past = consulted_on.is_some_and(|it| it <= today);
        let day = "Enter the day of the consultation, such as 2026-01-12; it must not be to come";
        wrong.unless(is_past, "consulted_on", day);
        let is_to_come = review_on.is_some_and(|it| it > today);
        let day = "Enter the day of the review, such as 2027-01-12; it must still be to come";
        wrong.unless(is_to_come, "review_on", day);
        let seen = self.seen.parse().ok();
        match (consulted_on, review_on, seen) {
            (Some(consulted_on), Some(review_on), Some(seen)) if wrong.is_empty() => {
                let new = NewComparison {
                    unit: line.code.clone(),
                    purpose: self.purpose.trim().to_owned(),
                    audience: self.audience.trim().to_owned(),
                    consultation: self.consultation.trim().to_owned(),
                    consulted_on,
                    review_on,
                };
                Ok((new, seen))
            }
            _ => Err(wrong),
        }
    }
}

pub(super) async fn record(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let line = agreeing(&app, &visit, &code).await?;
    let form: Form = visit.fields.read()?;
    let day = today(visit.now);
    let (new, seen) = match form.read(&line, day) {
        Ok(read) => read,
        Err(wrong) => {
            let typed = Typed { wrong, form: Some(form), ..Typed::default() };
            return Ok(page(&app, &visit, &line, typed).await?.respond());
        }
    };
    let entry = visit.entry_in(visit.scope(Capability::AgreeComparison)?, "comparison.record", "");
    let said = "It is recorded, and colleagues are compared from now on.";
    let leads_to = line.purpose();
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            comparisons::record(tx, &new, seen, day, &entry).await?;
            Ok(())
        })
    });
    done.await
}

pub(super) async fn withdraw(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let line = agreeing(&app, &visit, &code).await?;
    let typed: Withdrawal = visit.fields.read()?;
    let because = typed.because.trim().to_owned();
    if because.is_empty() {
        let mut wrong = Wrong::default();
        wrong.add("because", "Say why it is taken back");
        let typed = Typed { wrong, withdrawal: Some(typed), ..Typed::default() };
        return Ok(page(&app, &visit, &line, typed).await?.respond());
    }
    let seen: i64 = typed.seen.parse().unwrap_or_default();
    let entry =
        visit.entry_in(visit.scope(Capability::AgreeComparison)?, "comparison.withdraw", "");
    let unit = line.code.clone();
    let said = "It is taken back, and colleagues are not compared any more.";
    let leads_to = line.purpose();
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move { comparisons::withdraw(tx, &unit, (seen, &because), &entry).await })
    });
    done.await
}

impl Page for PurposePage {
    const TEMPLATE: &'static str = "features/colleagues/purpose.html";

    fn samples() -> Vec<Self> {
        let record = |state, withdrawn: &str| Record {
            state,
            purpose: "Support for surgeons and training of new consultants".to_owned(),
            audience: "The seven surgeons and the medical director".to_owned(),
            consultation: "Local medical negotiating committee, which agreed".to_owned(),
            consulted_on: "8 January 2026".to_owned(),
            review_on: "11 January 2027".to_owned(),
            recorded: "Helen Marsh, 12 January 2026".to_owned(),
            withdrawn: withdrawn.to_owned(),
        };
        let page = |title: &str, lead: &str, records| Self {
            shell: Shell::sample(title).below("Services", "/services"),
            wrong: Wrong::default(),
            lead: lead.to_owned(),
            address: "/services/TORT/colleagues".to_owned(),
            records,
            form: None,
            withdraw: None,
        };
        let on = "Why and for whom colleagues in Trauma and orthopaedics are compared";
        let off = "Colleagues in Trauma and orthopaedics are not compared";
        let until = "It holds until 11 January 2027.";
        let back = "Helen Marsh, 2 February 2026: the committee asked for more time";
        let mut wrong = Wrong::default();
        wrong.add("purpose", "Say what the comparison is for");
        wrong.add("review_on", "Enter the day of the review, such as 2027-01-12");
        let mut unsaid = Wrong::default();
        unsaid.add("because", "Say why it is taken back");
        let all = vec![record("In force", ""), record("Taken back", back)];
        vec![
            page(on, until, all.clone()),
            page(off, &why(None), Vec::new()),
            Self { form: Some(Form::default()), ..page(off, &why(None), Vec::new()) },
            Self { wrong, form: Some(Form::default()), ..page(off, &why(None), Vec::new()) },
            Self {
                wrong: unsaid,
                form: Some(Form::default()),
                withdraw: Some(Withdrawal::default()),
                ..page(on, until, all)
            },
        ]
    }
}
