//! The level of a unit: what is proposed with all its reasons, and how it is put forward and signed.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::confirm::{self, Confirmation, Signatory};
use engagement::words::Words;
use engagement::{Mode, Proposal};
use serde::Deserialize;
use serde_json::json;
use store::assessing::{self, Level, LevelState, NewLevel, Says, Side, StepMode, step_mode};
use store::units::Branch;

use super::joint_working::{support_said, support_told};
use super::list::level_of;
use super::recording::recorded;
use super::{
    WORDS, day, level_name, may, proposal, proposed, seen, shell, side_words, state_words, told,
};
use crate::App;
use crate::shell::assessing::{Gathered, gather, own_side};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/level.html")]
pub(super) struct LevelPage {
    shell: Shell,
    kicker: String,
    why: Vec<String>,
    lifts: Vec<String>,
    /// Whether managers are supported in using financial data, and whether anything shows it.
    support: Vec<String>,
    /// Where that is recorded.
    joint: String,
    thresholds: Vec<String>,
    /// For whom steps are recorded.
    recorded: &'static str,
    history: Vec<Put>,
    /// Where the latest is answered; blank where this person answers nothing.
    answer: String,
    answers_as: String,
    /// Whether whoever looks may put one forward now.
    puts: bool,
    /// Levels to choose from: number, name, and what it means with an example.
    choices: Vec<(String, String, String)>,
    seen: i64,
    typed: Typed,
    /// What should be changed, as typed.
    changes: String,
    wrong: Wrong,
}

/// A level that was put forward.
#[derive(Clone, Debug, Default)]
struct Put {
    name: String,
    state: String,
    said: Vec<String>,
}

/// A level as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    level: String,
    because: String,
    culture: String,
    reassess_by: String,
    seen: String,
}

/// An answer as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Answered {
    says: String,
    changes: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let form = (Typed::default(), Wrong::default());
    Ok(page(&visit, (&gathered, unit), form).await?.respond())
}

pub(super) async fn put_forward(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::SignLevels, &code))?;
    own_side(&visit).await?.ok_or(Fault::NotFound)?;
    let proposal = proposal(&gathered, unit)?;
    let typed: Typed = visit.fields.read()?;
    let assessment = &gathered.assessments.get(&code).ok_or(Fault::NotFound)?.id;
    let today = today(visit.now);
    let (new, wrong) = read(&gathered, &proposal, &typed, today);
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit), (typed, wrong)).await?.respond());
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "level.put_forward", "");
    let leads_to = format!("/assessment/{code}/level");
    let (assessment, seen) = (assessment.clone(), typed.seen.parse().unwrap_or_default());
    let mode = gathered.mode;
    let said = "The level is put forward. A clinical and a finance lead sign it now.";
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            step_mode::still(tx, mode).await?;
            assessing::put_forward(tx, &assessment, &new, (seen, today), &entry).await?;
            Ok(())
        })
    });
    done.await
}

fn read(
    gathered: &Gathered,
    proposal: &Proposal,
    typed: &Typed,
    today: Day,
) -> (Option<NewLevel>, Wrong) {
    let mut wrong = Wrong::default();
    let levels = engagement::Level::ALL;
    let level = levels.iter().find(|it| it.number().to_string() == typed.level).copied();
    wrong.unless(level.is_some(), "level", "Choose the level that you put forward");
    let departs = proposal.level() != level;
    if (departs && level.is_some()) || !typed.because.trim().is_empty() {
        let missing = "Say why it departs from what is proposed";
        WORDS.check(&mut wrong, "because", &typed.because, missing);
    }
    if let Some(why) = level.and_then(|it| blocked(proposal, it.number())) {
        wrong.add("level", why);
    }
    let missing = "Say what it is like to work together, day to day";
    WORDS.check(&mut wrong, "culture", &typed.culture, missing);
    let again = typed.reassess_by.parse::<Day>().ok();
    wrong.unless(again.is_some(), "reassess_by", "Write the day as 2027-03-31");
    wrong.unless(
        again.is_none_or(|it| it > today),
        "reassess_by",
        "This day must be still to come",
    );
    let new = level.zip(again).map(|(level, reassess_by)| NewLevel {
        level: i64::from(level.number()),
        proposed: proposal.level().map(|it| i64::from(it.number())),
        because: typed.because.trim().to_owned(),
        culture: typed.culture.trim().to_owned(),
        reassess_by,
        snapshot: snapshot(gathered, proposal),
    });
    (new, wrong)
}

/// What stands in the way of confirming a level, beside what its form asks for and its signatures.
fn blocked(proposal: &Proposal, level: u8) -> Option<String> {
    let somebody = |person: &str| Some(Signatory { person: person.to_owned() });
    let whole = Confirmation {
        level: engagement::Level::ALL.iter().find(|it| it.number() == level).copied(),
        reason: "given".to_owned(),
        culture: "given".to_owned(),
        clinical_lead: somebody("one"),
        finance_lead: somebody("other"),
    };
    confirm::check(proposal, &whole).first().map(ToString::to_string)
}

/// Everything that a proposal rests on: the version of the framework, thresholds, the steps
/// that count for the trust and for each unit. It stays beside the level, whatever changes later.
fn snapshot(gathered: &Gathered, proposal: &Proposal) -> String {
    let words = Words::new(&gathered.framework, proposal);
    let counted =
        |all: &[engagement::StepId]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let units: Vec<serde_json::Value> = proposal
        .units
        .iter()
        .map(|it| {
            json!({
                "unit": it.unit.to_string(),
                "counted": counted(&it.counted),
                "support": support_said(gathered, it.unit.as_str()),
            })
        })
        .collect();
    json!({
        "framework": proposal.framework.to_string(),
        "framework_sha256": proposal.framework_hash,
        "national_framework": proposal.national_framework.to_string(),
        "mode": match proposal.mode {
            Mode::Organisation => "organisation",
            Mode::ByUnit => "by_unit",
        },
        "date": proposal.date.to_string(),
        "thresholds": proposal.thresholds.in_words(),
        "reasons": words.all(),
        "counted": counted(&proposal.counted),
        "units": units,
    })
    .to_string()
}

pub(super) async fn answer(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::SignLevels, &code))?;
    let levels = gathered.levels.get(&code);
    let found = levels.into_iter().flatten().find(|it| it.id.as_str() == id);
    let found = found.ok_or(Fault::NotFound)?;
    let (level, stated) = (found.id.clone(), level_of(found.of.level));
    let side = own_side(&visit).await?.ok_or(Fault::NotFound)?;
    let typed: Answered = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let says = typed.says.parse::<Says>().ok();
    let is_silent = typed.changes.trim().is_empty();
    if says == Some(Says::Changes) {
        WORDS.check(&mut wrong, "changes", &typed.changes, "Say what should be changed first");
    }
    if says == Some(Says::Signed) {
        let either = "You wrote what should be changed: ask for the change, or sign without it";
        wrong.unless(is_silent, "changes", either);
        if let Some(why) = blocked(&proposal(&gathered, unit)?, stated) {
            wrong.add("changes", why);
        }
    }
    let Some(says) = says.filter(|_| wrong.is_empty()) else {
        let form = (Typed::default(), wrong);
        let page = page(&visit, (&gathered, unit), form).await?;
        return Ok(LevelPage { changes: typed.changes, ..page }.respond());
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "level.answer", "");
    let leads_to = format!("/assessment/{code}/level");
    let done = visit.change(&leads_to, "Your answer is kept.", move |tx| {
        Box::pin(async move {
            let because = typed.changes.trim();
            assessing::answer(tx, &level, (side, says, because), &entry).await
        })
    });
    done.await
}

async fn page(
    visit: &Visit,
    (gathered, unit): (&Gathered, &Branch),
    (typed, wrong): (Typed, Wrong),
) -> Result<LevelPage, Fault> {
    let code = unit.stored.unit.code.as_str();
    let proposal = proposal(gathered, unit)?;
    let told = told(gathered, unit, &proposal);
    let names = names(&mut *visit.app.store().read().await?).await?;
    let name = |id: &store::PersonId| names.get(id.as_str()).cloned().unwrap_or_default();
    let all = gathered.levels.get(code).map_or(&[][..], Vec::as_slice);
    let signs = may(visit, Capability::SignLevels, code);
    let open = all.last().filter(|it| it.state() == LevelState::Submitted);
    let side = own_side(visit).await?.filter(|_| signs);
    let waits =
        open.zip(side).filter(|(level, side)| level.answers.iter().all(|it| it.side != *side));
    Ok(LevelPage {
        shell: shell(visit, unit, proposed(&proposal)).with_errors(&wrong),
        kicker: format!("{}, level and signatures", unit.stored.unit.name),
        why: told.why,
        lifts: told.lifts,
        support: support_told(gathered, unit),
        joint: format!("/assessment/{code}/joint-working"),
        thresholds: proposal.thresholds.in_words(),
        recorded: recorded(gathered.mode),
        history: all.iter().rev().map(|it| put(it, &name)).collect(),
        answer: waits
            .map_or_else(String::new, |it| format!("/assessment/{code}/level/{}", it.0.id)),
        answers_as: side.map_or("", side_words).to_owned(),
        puts: side.is_some() && open.is_none() && gathered.assessments.contains_key(code),
        choices: choices(&gathered.framework),
        seen: typed.seen.parse().unwrap_or(all.last().map_or(0, |it| it.number)),
        typed,
        changes: String::new(),
        wrong,
    })
}

/// Levels with the guide's own words, so that nobody chooses by the number alone.
fn choices(framework: &engagement::Framework) -> Vec<(String, String, String)> {
    let choice = |it: &engagement::framework::LevelDefinition| {
        let number = it.level.number();
        let means = format!("{}. {}.", it.definition, it.example);
        (number.to_string(), level_name(number), means)
    };
    framework.levels().iter().map(choice).collect()
}

fn put(it: &Level, name: &impl Fn(&store::PersonId) -> String) -> Put {
    let mut said = vec![format!("Put forward by {}, {}.", name(&it.by), words::moment(it.at))];
    said.push(match it.of.proposed {
        Some(proposed) if proposed == it.of.level => "As it was proposed.".to_owned(),
        Some(proposed) => {
            format!(
                "Proposed was {}. Why another: {}",
                level_name(level_of(proposed)),
                it.of.because
            )
        }
        None => format!(
            "Proposed was that Level\u{a0}1 is not yet shown. Why another: {}",
            it.of.because
        ),
    });
    said.extend(recorded_then(&it.of.snapshot));
    said.push(format!("Day to day: {}", it.of.culture));
    for answer in &it.answers {
        let what = match answer.says {
            Says::Signed => "signed".to_owned(),
            Says::Changes => format!("asked for a change: {}", answer.because),
        };
        let side = side_words(answer.side);
        let at = words::moment(answer.at);
        said.push(format!("{} for {side}, {at}: {what}.", name(&answer.by)));
    }
    for side in Side::ALL.iter().filter(|_| it.state() == LevelState::Submitted) {
        if it.answers.iter().all(|answer| answer.side != *side) {
            said.push(format!("Not yet signed for {}.", side_words(*side)));
        }
    }
    said.push(format!("To be assessed again by {}.", day(&it.of.reassess_by)));
    Put { name: level_name(level_of(it.of.level)), state: state_words(it.state()).to_owned(), said }
}

/// How steps were recorded when a level was put forward; nothing where that was not kept.
fn recorded_then(snapshot: &str) -> Option<String> {
    let kept: serde_json::Value = serde_json::from_str(snapshot).ok()?;
    let mode = kept.get("mode")?.as_str()?.parse::<StepMode>().ok()?;
    let words = words::lower(recorded(mode));
    Some(format!("When it was put forward: {words}"))
}

impl Page for LevelPage {
    const TEMPLATE: &'static str = "features/self_assessment/level.html";

    fn samples() -> Vec<Self> {
        let put = Put {
            name: level_name(3),
            state: state_words(LevelState::Submitted).to_owned(),
            said: vec!["Put forward by Amara Okafor, 27 May 2026, 10:00.".to_owned()],
        };
        let page = |answer: &str, history: Vec<Put>, wrong: Wrong| Self {
            shell: Shell::sample("Proposed: Level 3").with_errors(&wrong),
            kicker: "Trauma and orthopaedics, level and signatures".to_owned(),
            why: vec!["What holds it there: units.".to_owned()],
            lifts: vec!["To reach Level 4 in units, all of: patient feedback.".to_owned()],
            support: vec!["Nobody has said whether managers are supported.".to_owned()],
            joint: "/assessment/TORT/joint-working".to_owned(),
            thresholds: vec!["Level 1 needs more than 50% of its own steps.".to_owned()],
            recorded: recorded(StepMode::ByUnit),
            history,
            answer: answer.to_owned(),
            answers_as: "finance".to_owned(),
            puts: answer.is_empty(),
            choices: choices(&engagement::Framework::national_2013()),
            seen: 0,
            typed: Typed::default(),
            changes: String::new(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("level", "Choose the level that you put forward");
        vec![
            page("/assessment/TORT/level/1", vec![put], Wrong::default()),
            page("", Vec::new(), Wrong::default()),
            page("", Vec::new(), wrong),
        ]
    }
}
