//! A follow-up, begun from the comparison of colleagues.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::UnitCode;
use store::follow_ups::{self, Compared, NewFollowUp};
use store::units::{self, UnitKind};

use super::{is_on, on_record};
use crate::App;
use crate::shell::beyond::{Beyond, beyond, uses};
use crate::shell::care;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::session::today;
use crate::shell::shelf::reading;
use crate::shell::variation::may_follow_up;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/follow_ups/begin.html")]
pub(super) struct Begin {
    shell: Shell,
    kicker: String,
    period: String,
    /// Codes and what was found of each.
    colleagues: Vec<(String, String)>,
    chosen: String,
    /// What is compared: name and value of fields.
    hidden: Vec<(&'static str, String)>,
    /// Where the comparison is.
    comparison: String,
    address: String,
    wrong: Wrong,
}

/// What is compared, as the page of colleagues asks for it, and who was chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    pod: String,
    hrg: String,
    r#use: String,
    /// `in` to count spells that several consultants had.
    shared: String,
    /// `out` to leave emergencies out.
    emergencies: String,
    /// The code that was chosen; only in a form, never in an address.
    colleague: String,
}

/// What the run says.
struct Found {
    of: Compared,
    name: String,
    care: String,
    run: String,
    period: String,
    beyond: Vec<Beyond>,
}

async fn found(app: &App, visit: &Visit, code: &str, asked: &Asked) -> Result<Found, Fault> {
    if !may_follow_up(visit, code) || !care::may_have_spells(&asked.pod) {
        return Err(Fault::NotFound);
    }
    let unit = UnitCode::new(code);
    let mut db = app.store().read().await?;
    let stored = units::get(&mut db, &unit).await?.unit;
    if stored.kind != UnitKind::ServiceLine || !is_on(&mut db, visit, &unit).await? {
        return Err(Fault::NotFound);
    }
    drop(db);
    let of = Compared {
        unit,
        pod: asked.pod.clone(),
        hrg: asked.hrg.clone(),
        use_code: asked.r#use.clone(),
        leave_out_shared: asked.shared != "in",
        leave_out_emergencies: asked.emergencies == "out",
    };
    let (app, now, sees_drafts) = (app.clone(), visit.now, visit.may(Capability::ReadRuns));
    let name = stored.name;
    let read = reading(move || {
        let run = app.shelf().latest(sees_drafts)?.ok_or(Fault::NotFound)?;
        let before = app.shelf().year_before(&run)?;
        let needed = uses((&run, before.as_deref()), &of)?;
        let beyond = beyond(&needed);
        let care = match (of.pod.as_str(), of.hrg.as_str()) {
            ("", "") => "All care".to_owned(),
            (pod, hrg) => care::name(run.rules()?, (pod, hrg)),
        };
        let period = Provenance::of(&run, now)?.period;
        Ok(Found { of, name, care, run: run.id().to_owned(), period, beyond })
    });
    read.await
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    if !asked.colleague.is_empty() {
        return Err(Fault::NotFound);
    }
    let found = found(&app, &visit, &code, &asked).await?;
    shown(&app, &visit, (&found, &asked), Wrong::default()).await
}

/// The page, once the look at it is on record.
async fn shown(
    app: &App,
    visit: &Visit,
    (found, asked): (&Found, &Asked),
    wrong: Wrong,
) -> Result<Response, Fault> {
    let object = format!("/follow-ups/new/{} run/{}", found.of.unit, found.run);
    on_record(app, visit, (&object, found.beyond.len()), false).await?;
    Ok(Begin::of(visit, found, asked, wrong).respond())
}

impl Begin {
    fn of(visit: &Visit, found: &Found, asked: &Asked, wrong: Wrong) -> Self {
        let code = &found.of.unit;
        let line = format!("/services/{code}");
        let comparison = comparison(&line, asked);
        let shell = visit
            .shell(title(found.beyond.len()))
            .below("Services", "/services")
            .below(&found.name, line)
            .below("Colleagues", comparison.clone());
        Self {
            shell: shell.with_errors(&wrong),
            kicker: format!("{}: {}", found.name, found.care),
            period: found.period.clone(),
            colleagues: found.beyond.iter().map(|it| (it.code.clone(), said(it))).collect(),
            chosen: asked.colleague.clone(),
            hidden: fields(asked).into_iter().map(|it| (it.0, it.1.to_owned())).collect(),
            comparison,
            address: format!("/follow-ups/new/{code}"),
            wrong,
        }
    }
}

fn said(it: &Beyond) -> String {
    format!("Colleague {}. {}", it.code, it.found)
}

fn title(beyond: usize) -> String {
    match beyond {
        0 => "Nobody here lies beyond what chance leaves".to_owned(),
        _ => "Whom to follow up".to_owned(),
    }
}

fn fields(asked: &Asked) -> [(&'static str, &str); 5] {
    [
        ("pod", &asked.pod),
        ("hrg", &asked.hrg),
        ("use", &asked.r#use),
        ("shared", &asked.shared),
        ("emergencies", &asked.emergencies),
    ]
}

fn comparison(line: &str, asked: &Asked) -> String {
    let filled: BTreeMap<_, _> = fields(asked).into_iter().filter(|it| !it.1.is_empty()).collect();
    format!("{line}/colleagues?{}", serde_urlencoded::to_string(filled).unwrap_or_default())
}

pub(super) async fn open(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let asked: Asked = visit.fields.read()?;
    let found = found(&app, &visit, &code, &asked).await?;
    let Some(chosen) = found.beyond.iter().find(|it| it.code == asked.colleague) else {
        let mut wrong = Wrong::default();
        wrong.add("colleague", "Choose whom to follow up");
        return shown(&app, &visit, (&found, &asked), wrong).await;
    };
    let new = NewFollowUp {
        of: found.of.clone(),
        run: found.run.clone(),
        consultant: chosen.reference.clone(),
        code: chosen.code.clone(),
        found: chosen.found.clone(),
        begun_on: today(visit.now),
    };
    let scope = visit.scope(Capability::ClinicianComparison)?;
    let entry = visit.entry_in(scope, "follow_up.open", "");
    let done = visit.change_to("The follow-up has begun: the first month is open.", move |tx| {
        Box::pin(async move {
            let id = follow_ups::open(tx, &new, &entry).await?;
            Ok(format!("/follow-ups/{id}"))
        })
    });
    done.await
}

impl Page for Begin {
    const TEMPLATE: &'static str = "features/follow_ups/begin.html";

    fn samples() -> Vec<Self> {
        let page = |colleagues: Vec<(String, String)>, wrong: Wrong| Self {
            shell: Shell::sample(&title(colleagues.len())).with_errors(&wrong),
            kicker: "Trauma and orthopaedics: very major hip procedures, planned stays".to_owned(),
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            colleagues,
            chosen: String::new(),
            hidden: vec![("use", "theatre-minutes".to_owned())],
            comparison: "/services/TORT/colleagues?use=theatre-minutes".to_owned(),
            address: "/follow-ups/new/TORT".to_owned(),
            wrong,
        };
        let one = || {
            let said = "Colleague K5. Theatre minutes: 112 minutes a spell after adjustment, above \
                        the 81 to 96 that chance leaves.";
            vec![("K5".to_owned(), said.to_owned())]
        };
        let mut wrong = Wrong::default();
        wrong.add("colleague", "Choose whom to follow up");
        vec![page(one(), Wrong::default()), page(Vec::new(), Wrong::default()), page(one(), wrong)]
    }
}
