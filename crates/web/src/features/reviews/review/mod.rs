//! One review: its four stages with what is to be at hand, what is written, and what comes next.

mod samples;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::reviews::{data_age, outstanding};
use store::ReviewItemId;
use store::reviewing::{self, Body, InputState, Item, StageState};

use super::checks::unheard_in;
use super::day;
use super::figures::{LineRow, Shown};
use super::found::{Found, sees_figures};
use super::next::NextStep;
use super::papers::{Brought, brought, ideas, papers, practice, released};
use super::parts::{ActionRow, Entry, PriorityRow, actions, priorities};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::questions::{FROZEN, Place, Questions};
use crate::shell::session::{calendar, today};
use crate::shell::sit_downs;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/reviews/review.html")]
pub(super) struct ReviewPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    age: String,
    is_old: bool,
    /// What comes next, and where.
    next: NextStep,
    /// The review after this one.
    after: String,
    address: String,
    runs: bool,
    stages: Vec<StageBox>,
    meetings: Vec<(String, String, String)>,
    may_arrange: bool,
    /// The pack and the pages behind the figures: what it is, and where.
    papers: Vec<(String, String)>,
    /// Ideas of staff that were taken to it: words, how it stands, and where.
    ideas: Vec<(String, String, String)>,
    /// Pages of one consultant's practice, of a sit-down: what it is, and where.
    beside: Vec<(String, String)>,
    /// To whom the actions of a sit-down are told.
    told_to: &'static str,
    /// Time that is bought for clinicians, entry by entry, and in all.
    backfill: Vec<Entry>,
    released: String,
    /// Where slots wait for answers, or are proposed; blank for nowhere.
    slots: (String, String),
    /// Questions about the frozen figures.
    questions: Questions,
}

/// A stage as it stands.
#[derive(Clone, Debug, Default)]
struct StageBox {
    code: String,
    head: Entry,
    /// Where it is said that it is behind us, and the version that was seen.
    done: String,
    seen: i64,
    is_open: bool,
    /// What keeps it open.
    waits: String,
    inputs: Vec<Entry>,
    texts: Vec<Entry>,
    questions: Vec<Entry>,
    diagnose: Option<Diagnose>,
    design: Option<Vec<ActionRow>>,
    /// That the plan was presented, in the stage that designs it.
    presented: Vec<Entry>,
    deliver: Option<Vec<Entry>>,
    /// What its actions brought, in the stage that tells successes.
    brought: Vec<Brought>,
}

/// What only the second stage has.
#[derive(Clone, Debug, Default)]
struct Diagnose {
    /// Frozen figures, for those who may see them.
    figures: Option<Shown>,
    /// Why there are none.
    without: String,
    /// Number of the figures that were seen, where they may be frozen.
    freeze: Option<i64>,
    measures: Vec<Entry>,
    priorities: Vec<PriorityRow>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    let questions = asked(&app, &visit, &found).await?;
    Ok(ReviewPage { questions, ..ReviewPage::of(&visit, &found)? }.respond())
}

/// What was asked about a review with frozen figures; nothing without any, and of a sit-down. Those who
/// do not see the figures ask about the rest of it.
async fn asked(app: &App, visit: &Visit, found: &Found) -> Result<Questions, Fault> {
    let figures = found.figures.as_ref().filter(|_| !found.is_sit_down());
    let Some(figures) = figures else { return Ok(Questions::default()) };
    let place = Place::of_thing(FROZEN, found.unit.code.as_str(), found.review.id.as_str());
    Questions::of(app, visit, place, &figures.run).await
}

/// The stages of a review in its own order: each with the thing that says how it stands.
pub(super) fn stages(found: &Found) -> Vec<(&Item, &reviewing::Stage)> {
    let stage = |it| match &Item::latest(it).body {
        Body::Stage(stage) => Some((it, stage)),
        _ => None,
    };
    let mut all: Vec<_> = found.items.iter().filter_map(stage).collect();
    all.sort_by_key(|it| it.1.place);
    all
}

/// What is asked for in a stage, and whether it is at hand or waived.
pub(super) fn checklist<'a>(
    found: &'a Found,
    stage: &'a str,
) -> impl Iterator<Item = (&'a str, bool)> {
    found.items.iter().filter_map(move |it| match &it.latest().body {
        Body::Input(of) if of.stage == stage => {
            Some((of.asks.as_str(), of.state != InputState::Open))
        }
        _ => None,
    })
}

pub(super) async fn done(
    State(app): State<App>,
    Path((unit, review, item)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    let item = found.item(&ReviewItemId::new(item))?;
    let Body::Stage(stage) = item.latest().body.clone() else { return Err(Fault::NotFound) };
    let open = outstanding(checklist(&found, &stage.stage));
    if !open.is_empty() {
        return Err(Fault::Refused(format!(
            "Still to be brought, or waived with a reason: {}. Or leave the stage out, with a reason.",
            words::listed(&open)
        )));
    }
    let open = unheard_in(&found, &stage.stage);
    if !open.is_empty() {
        return Err(Fault::Refused(format!(
            "Nobody has answered this for their side: {}. Answer it, or change the stage on its own page and say why it is behind us without.",
            words::listed(&open)
        )));
    }
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.write", "");
    let said = format!("{} is behind us.", stage.name);
    let body = Body::Stage(reviewing::Stage { state: StageState::Done, ..stage });
    let id = item.id.clone();
    let home = found.address();
    let done = visit.change(&home, &said, move |tx| {
        Box::pin(async move {
            reviewing::edit_item(tx, &id, &body, seen, &entry).await?;
            Ok(())
        })
    });
    done.await
}

impl ReviewPage {
    fn of(visit: &Visit, found: &Found) -> Result<Self, Fault> {
        let (age, is_old) = age(visit, found);
        let meetings = found.meetings.iter().map(|it| {
            let state = if it.closed.is_some() { "Closed" } else { "To be held" };
            let when = format!("{}, {}", day(it.of.held_on), it.of.begins_at);
            (when, state.to_owned(), found.meeting_address(&it.id))
        });
        let stages = stages(found)
            .into_iter()
            .map(|(item, stage)| StageBox::of(visit, found, (item, stage)))
            .collect::<Result<_, Fault>>()?;
        let unit = format!("/reviews/{}", found.unit.code);
        let shell = visit.shell(title(found)).below("Reviews", "/reviews");
        Ok(Self {
            shell: shell.below(&found.unit.name, unit.clone()),
            kicker: found.review.title.clone(),
            lead: lead(found),
            age,
            is_old,
            next: NextStep::of(visit, found),
            papers: papers(visit, found),
            ideas: ideas(found),
            after: found.review.next.as_ref().map_or_else(String::new, |it| format!("{unit}/{it}")),
            address: found.address(),
            runs: found.runs && !found.is_finished(),
            stages,
            meetings: meetings.collect(),
            may_arrange: found.runs && !found.is_finished(),
            beside: practice(visit, found),
            told_to: sit_downs::TOLD_TO,
            backfill: of_kind(found, "backfill"),
            released: released(found),
            slots: slots(found),
            questions: Questions::default(),
        })
    }
}

/// How the review stands, as its title.
fn title(found: &Found) -> String {
    if found.is_finished() {
        return "This review is finished".to_owned();
    }
    let open = stages(found).into_iter().find(|it| it.1.state == StageState::Open);
    match open {
        Some((_, stage)) => format!("At “{}”", stage.name),
        None => "All stages are behind us".to_owned(),
    }
}

fn lead(found: &Found) -> Vec<String> {
    let mut lead = Vec::new();
    if !found.is_finished() {
        lead.push(format!("To be held by {}.", day(found.review.due_on)));
    }
    let theme = found.guide.theme(&found.review.theme);
    lead.extend(theme.map(|it| it.about.clone()));
    if found.review.meetings > 1 {
        let count = u64::try_from(found.review.meetings).unwrap_or_default();
        let minutes = u64::try_from(found.review.minutes).unwrap_or_default();
        lead.push(format!(
            "It takes {} of {}.",
            words::count(count, "meeting", "meetings"),
            words::count(minutes, "minute", "minutes")
        ));
    }
    lead
}

/// How old the figures are on the day of the meeting, or today where none is arranged.
pub(super) fn age(visit: &Visit, found: &Found) -> (String, bool) {
    let Some(figures) = &found.figures else { return (String::new(), false) };
    let on = found.current_meeting().map_or_else(|| today(visit.now), |it| it.of.held_on);
    let age = data_age(&found.guide, calendar(figures.period_end), calendar(on));
    let when = if found.meetings.is_empty() { "today" } else { "at the meeting" };
    (format!("{} old {when}", words::count(age.days.into(), "day", "days")), age.is_old)
}

/// What is said of slots for a meeting, and where they are.
fn slots(found: &Found) -> (String, String) {
    match found.open_poll() {
        Some(it) => ("Slots that wait for answers".to_owned(), found.poll_address(it)),
        None if found.runs && !found.is_finished() && !found.is_sit_down() => {
            ("Ask when people can come".to_owned(), format!("{}/slots", found.address()))
        }
        None => Default::default(),
    }
}

impl StageBox {
    fn of(
        visit: &Visit,
        found: &Found,
        (item, stage): (&Item, &reviewing::Stage),
    ) -> Result<Self, Fault> {
        let code = stage.stage.as_str();
        let pick = |wanted: fn(&Body) -> Option<&str>| -> Vec<Entry> {
            let of_stage = found.items.iter().filter(|it| wanted(&it.latest().body) == Some(code));
            of_stage.map(|it| Entry::of(found, it)).collect()
        };
        let open = outstanding(checklist(found, code));
        let is_open = stage.state == StageState::Open;
        let runs = found.runs && !found.is_finished();
        let place = found.guide.stages.iter().position(|it| it.id == code);
        let is_last = place == Some(found.guide.stages.len().saturating_sub(1));
        Ok(Self {
            code: code.to_owned(),
            head: Entry::of(found, item),
            done: if runs && is_open {
                format!("{}/done/{}", found.address(), item.id)
            } else {
                String::new()
            },
            seen: item.number(),
            is_open,
            waits: match (is_open, open.len()) {
                (false, _) | (_, 0) => String::new(),
                (_, more) => format!(
                    "{} still to be brought, or waived with a reason",
                    words::count(more as u64, "thing", "things")
                ),
            },
            inputs: pick(|it| match it {
                Body::Input(it) => Some(&it.stage),
                _ => None,
            }),
            texts: pick(|it| match it {
                Body::Text(it) => Some(&it.stage),
                _ => None,
            }),
            questions: pick(|it| match it {
                Body::Question(it) => Some(&it.stage),
                _ => None,
            }),
            // The guide's second, third and last stage, wherever a trust has moved them.
            diagnose: (place == Some(1)).then(|| Diagnose::of(visit, found)).transpose()?,
            design: (place == Some(2)).then(|| {
                let (taken, agreed) = actions(found, None);
                [taken, agreed].concat()
            }),
            presented: if place == Some(2) { of_kind(found, "presented") } else { Vec::new() },
            deliver: is_last.then(|| of_kind(found, "success")),
            brought: if is_last { brought(found) } else { Vec::new() },
        })
    }
}

fn of_kind(found: &Found, kind: &str) -> Vec<Entry> {
    let wanted = found.items.iter().filter(|it| it.latest().body.kind() == kind);
    wanted.map(|it| Entry::of(found, it)).collect()
}

impl Diagnose {
    fn of(visit: &Visit, found: &Found) -> Result<Self, Fault> {
        let sees = sees_figures(visit, found.unit.code.as_str());
        let number = found.figures.as_ref().map_or(0, |it| it.number);
        let shown = found.figures.as_ref().filter(|_| sees).map(Shown::of).transpose()?;
        let shown = shown.map(|it| it.with_notes(found));
        let without = match (sees, &shown) {
            (_, Some(_)) => "",
            (false, None) => "What the service cost is shown to those who may see it exactly.",
            (true, None) if found.is_finished() => "No figures were frozen in this review.",
            (true, None) => {
                "No figures are frozen yet. Freeze them when you prepare, so that everybody talks about the same."
            }
        };
        Ok(Self {
            figures: shown,
            without: without.to_owned(),
            freeze: (sees && found.runs && !found.is_finished()).then_some(number),
            measures: of_kind(found, "measure"),
            priorities: priorities(found),
        })
    }
}

impl Page for ReviewPage {
    const TEMPLATE: &'static str = "features/reviews/review.html";

    fn samples() -> Vec<Self> {
        vec![samples::usual(), samples::empty()]
    }
}
