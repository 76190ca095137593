//! A briefing as it stands, and its approval.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::benefits::Side;
use engagement::briefings::State as Stands;
use store::UnitCode;
use store::briefings::{self, Briefing, NewBriefing};

use super::{address, line};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::own_side;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::{calendar, today};
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Days after which a briefing is looked at again, unless whoever approves says otherwise.
const USUAL_DAYS: i32 = 365; // number: a year, as staff and services change with it

#[derive(askama::Template)]
#[template(path = "features/briefings/show.html")]
pub(super) struct BriefingPage {
    shell: Shell,
    kicker: String,
    state: &'static str,
    warns: bool,
    /// Heading and text.
    parts: Vec<(&'static str, String)>,
    /// Who wrote and who approved it, and until when.
    said: Vec<String>,
    address: String,
    writes: bool,
    /// Whether whoever looks may approve it.
    approves: bool,
    seen: i64,
    review_on: String,
    wrong: Wrong,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let usual = today(visit.now).plus(USUAL_DAYS).to_string();
    Ok(page(&app, &visit, &unit, (usual, Wrong::default())).await?.respond())
}

async fn page(
    app: &App,
    visit: &Visit,
    unit: &str,
    (review_on, wrong): (String, Wrong),
) -> Result<BriefingPage, Fault> {
    let mut db = app.store().read().await?;
    let name = line(&mut db, visit, (unit, false)).await?.name;
    let found = briefings::of_unit(&mut db, &UnitCode::new(unit)).await?;
    let people = names(&mut db).await?;
    let writes = may_answer(visit, unit);
    let side = if writes { own_side(&mut db, visit).await? } else { None };
    let on = calendar(today(visit.now));
    let state = found.as_ref().map_or(Stands::None, |it| it.state(on));
    let me = &visit.person()?.id;
    let is_other = found.as_ref().is_some_and(|it| it.written_by != *me);
    let name_of = |it: &store::PersonId| people.get(it.as_str()).cloned().unwrap_or_default();
    Ok(BriefingPage {
        shell: visit
            .shell(format!("{name}, briefly"))
            .below("Services", "/services")
            .below(&name, format!("/services/{unit}"))
            .with_errors(&wrong),
        kicker: "Briefing for finance".to_owned(),
        state: state.name(),
        warns: state.warns(),
        parts: found.as_ref().map(|it| parts(&it.of)).unwrap_or_default(),
        said: found.as_ref().map(|it| said(it, &name_of)).unwrap_or_default(),
        address: address(unit),
        writes,
        approves: side == Some(Side::Clinical) && is_other && state.warns(),
        seen: found.as_ref().map_or(0, |it| it.number),
        review_on,
        wrong,
    })
}

fn parts(it: &NewBriefing) -> Vec<(&'static str, String)> {
    let mut all =
        vec![("What the specialty does", it.does.clone()), ("Who works there", it.who.clone())];
    if !it.hard.is_empty() {
        all.push(("What is hard", it.hard.clone()));
    }
    all
}

fn said(it: &Briefing, name: &impl Fn(&store::PersonId) -> String) -> Vec<String> {
    let mut said =
        vec![format!("Written by {}, {}.", name(&it.written_by), words::moment(it.written_at))];
    if let Some(of) = &it.approved {
        let earlier = if of.version == it.number { "" } else { ", in an earlier version" };
        said.push(format!(
            "Approved by {}, {}{earlier}. To be looked at again by {}.",
            name(&of.by),
            words::moment(of.at),
            words::day(&of.review_on.to_string())
        ));
    }
    said
}

pub(super) async fn approve(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    line(&mut db, &visit, (&unit, true)).await?;
    let side = own_side(&mut db, &visit).await?;
    drop(db);
    let typed = visit.fields.get("review_on").trim().to_owned();
    let seen = visit.fields.get("seen").parse::<i64>().map_err(|_| Fault::NotFound)?;
    let mut wrong = Wrong::default();
    let Ok(review_on) = typed.parse::<Day>() else {
        wrong.add("review_on", "Write the day as 2026-06-11");
        return Ok(page(&app, &visit, &unit, (typed, wrong)).await?.respond());
    };
    let scope = visit.scope(Capability::AnswerQuestions)?;
    let (code, entry) =
        (UnitCode::new(unit.as_str()), visit.entry_in(scope, "briefing.approve", ""));
    let home = address(&unit);
    let done = visit.attempt(&home, "You approved it, until the day of its review.", move |tx| {
        Box::pin(
            async move { briefings::approve(tx, &code, (review_on, seen), side, &entry).await },
        )
    });
    match done.await {
        Err(store::Error::Refused(store::Refusal::Rule(told))) => {
            wrong.add("review_on", words::capital(&told));
            Ok(page(&app, &visit, &unit, (typed, wrong)).await?.respond())
        }
        other => Ok(other?),
    }
}

impl Page for BriefingPage {
    const TEMPLATE: &'static str = "features/briefings/show.html";

    fn samples() -> Vec<Self> {
        let of = NewBriefing {
            does: "We mend hips and knees, planned and after falls.".to_owned(),
            who: "Eight surgeons, two wards and a therapy team.".to_owned(),
            hard: "Falls come in winter, when beds are fewest.".to_owned(),
        };
        let page =
            |state: Stands, parts: Vec<(&'static str, String)>, may: bool, wrong: Wrong| Self {
                shell: Shell::sample("Trauma and orthopaedics, briefly").with_errors(&wrong),
                kicker: "Briefing for finance".to_owned(),
                state: state.name(),
                warns: state.warns(),
                said: if parts.is_empty() {
                    Vec::new()
                } else {
                    vec!["Written by Daniel Osei, 1 June 2026, 10:00.".to_owned()]
                },
                parts,
                address: "/services/TORT/briefing".to_owned(),
                writes: may,
                approves: may && state != Stands::None,
                seen: 1,
                review_on: "2027-06-01".to_owned(),
                wrong,
            };
        let mut wrong = Wrong::default();
        wrong.add("review_on", "The day of its review must be still to come");
        vec![
            page(Stands::ToApprove, parts(&of), true, wrong),
            page(Stands::Approved, parts(&of), false, Wrong::default()),
            page(Stands::OutOfDate, parts(&of), true, Wrong::default()),
            page(Stands::None, Vec::new(), true, Wrong::default()),
        ]
    }
}
