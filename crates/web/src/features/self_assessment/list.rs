//! Every unit that somebody sees, with its level and why it is no higher, in unit order.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::level::{Shown, Test};
use engagement::{Level, Mode};
use store::assessing::{LevelState, StepMode};
use store::units::Branch;

use super::history::movement::{last_quarter, moved, quarter_before};
use super::history::this_day;
use super::recording::recorded;
use super::{day, level_name, shown, state_words, telling};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/list.html")]
pub(super) struct ListPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    /// The end of the quarter before.
    since: String,
    trust: Option<Trust>,
    groups: Vec<Group>,
}

/// The trust as a whole.
#[derive(Clone, Debug, Default)]
struct Trust {
    address: String,
    why: Vec<String>,
    lifts: Vec<String>,
}

/// Units of one parent.
#[derive(Clone, Debug, Default)]
struct Group {
    name: String,
    rows: Vec<Row>,
}

/// One unit.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    is_begun: bool,
    /// 1 to 4; 0 where none is shown.
    level: u8,
    shown: String,
    holds: String,
    changes: String,
    /// Where it went since the end of the quarter before.
    moved: String,
    signed: String,
    /// When it should have been assessed again; blank where that is still ahead.
    late: String,
    /// Which champions it has none of; blank where it has both.
    gap: &'static str,
}

impl Row {
    fn of(
        (gathered, before): (&Gathered, &Gathered),
        unit: &Branch,
    ) -> Result<(Self, Option<Level>), Fault> {
        let proposal = gathered.proposal_of(unit)?;
        let code = unit.stored.unit.code.as_str();
        let joint = gathered.joint.get(code).map(|it| it.said.status);
        let changes: usize = proposal.lifts.iter().map(|it| it.changes.len()).sum();
        let (level, signed) =
            (proposal.level(), gathered.levels.get(code).and_then(|it| it.last()));
        let row = Self {
            name: unit.stored.unit.name.clone(),
            address: format!("/assessment/{code}"),
            is_begun: true,
            level: level.map_or(0, Level::number),
            shown: shown(&proposal),
            holds: holds((gathered, unit), &proposal, joint),
            changes: match (level, changes) {
                (Some(Level::Four), _) | (_, 0) => String::new(),
                (_, more) => {
                    let changes = words::count(more as u64, "change", "changes");
                    format!("At the fewest {changes} to lift it")
                }
            },
            moved: moved(gathered, before, unit)?.to_string(),
            late: late(gathered, code),
            gap: gap(gathered, code),
            signed: signed.map_or_else(
                || "None put forward".to_owned(),
                |it| format!("{}: {}", state_words(it.state()), level_name(level_of(it.of.level))),
            ),
        };
        Ok((row, level))
    }
}

/// Which champions a unit has none of; blank where it has both.
pub(super) fn gap(gathered: &Gathered, code: &str) -> &'static str {
    let named = gathered.champions.get(code).cloned().unwrap_or_default();
    match (named.clinical.is_some(), named.cost.is_some()) {
        (true, true) => "",
        (false, true) => "No clinical champion",
        (true, false) => "No cost champion",
        (false, false) => "No champions",
    }
}

/// A unit that nobody has begun to assess: it has no level.
fn unbegun(gathered: &Gathered, unit: &Branch) -> Row {
    Row {
        name: unit.stored.unit.name.clone(),
        address: format!("/assessment/{}", unit.stored.unit.code),
        shown: "Not assessed yet".to_owned(),
        holds: "Nobody has begun to assess it".to_owned(),
        signed: "None put forward".to_owned(),
        gap: gap(gathered, unit.stored.unit.code.as_str()),
        ..Row::default()
    }
}

/// When a unit should have been assessed again; blank where that is still ahead.
fn late(gathered: &Gathered, code: &str) -> String {
    let by = gathered.confirmed(code).map(|it| it.of.reassess_by);
    let late = by.filter(|it| *it < today(gathered.at));
    late.map_or_else(String::new, |it| format!("Was to be assessed again by {}", day(&it)))
}

/// A level of the store: 1 to 4.
pub(super) fn level_of(number: i64) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

/// What holds a unit where it is, in a few words: its joint working, its steps, or both.
fn holds(
    (gathered, of): (&Gathered, &Branch),
    proposal: &engagement::Proposal,
    joint: Option<store::assessing::Status>,
) -> String {
    let Some(unit) = proposal.units.first() else { return String::new() };
    if proposal.level() == Some(Level::Four) {
        return "Nothing: all tests are met".to_owned();
    }
    let mut held = Vec::new();
    if proposal.binding.contains(&Test::Cap) {
        held.push("Financial data: managers are not supported".to_owned());
    }
    let binds = |test: Test| proposal.binding.contains(&test);
    let (by_steps, by_joint_working) = match proposal.mode {
        Mode::Organisation => (binds(Test::Steps), binds(Test::Spread)),
        Mode::ByUnit => {
            let reached = unit.level.filter(|_| binds(Test::Units));
            let status = Some(Shown::Level(unit.status_level));
            (reached.is_some() && unit.steps_level == reached, reached == status)
        }
    };
    if by_steps {
        held.push(steps_held((gathered, of), proposal, unit.counted.len()));
    }
    if by_joint_working {
        held.push(match joint {
            None => "Joint working: nobody has said how it is".to_owned(),
            Some(store::assessing::Status::BoardOnly) => "Joint working: board only".to_owned(),
            Some(store::assessing::Status::AdHoc) => "Joint working: ad hoc".to_owned(),
            Some(store::assessing::Status::Norm) => "Joint working: sharing has lapsed".to_owned(),
        });
    }
    held.join(". ")
}

/// How many steps count that can: of the unit, or of the trust where they are recorded there.
fn steps_held(
    (gathered, unit): (&Gathered, &Branch),
    proposal: &engagement::Proposal,
    own: usize,
) -> String {
    let (whose, counted, steps) = match proposal.mode {
        Mode::ByUnit => ("Steps", own, gathered.steps_of(unit)),
        Mode::Organisation => {
            let all = gathered.framework.steps().iter().collect();
            ("Steps of the trust", proposal.counted.len(), all)
        }
    };
    let of = steps.into_iter().filter(|it| !it.neutral).count();
    format!("{whose}: {counted} of {of} count")
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::ReadAssessments)?;
    let gathered = gather(&app, visit.now).await?;
    let before = quarter_before(&app, &visit).await?;
    let mut groups: Vec<Group> = Vec::new();
    let mut levels = Vec::new();
    let mut not_begun = 0;
    for unit in gathered.specialties() {
        if scope.of_unit(unit.stored.unit.code.as_str()).is_none() {
            continue;
        }
        let parent = unit.stored.unit.parent.as_ref();
        let above = gathered.units.iter().find(|it| Some(&it.stored.unit.code) == parent);
        let name = above.map_or_else(String::new, |it| it.stored.unit.name.clone());
        let row = if gathered.assessments.contains_key(unit.stored.unit.code.as_str()) {
            let (row, level) = Row::of((&gathered, &before), unit)?;
            levels.push(level);
            row
        } else {
            not_begun += 1;
            unbegun(&gathered, unit)
        };
        match groups.last_mut().filter(|it| it.name == name) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { name, rows: vec![row] }),
        }
    }
    let trust = gathered.trust().filter(|it| scope.of_unit(it.stored.unit.code.as_str()).is_some());
    let mut page = ListPage {
        shell: visit.shell("How well clinicians and finance work together"),
        kicker: format!("As it is recorded on {}", words::moment(visit.now)),
        lead: spread(&levels, not_begun),
        since: day(&last_quarter(this_day(visit.now))),
        trust: None,
        groups,
    };
    if gathered.mode == StepMode::Organisation {
        page.lead.push(recorded(gathered.mode).to_owned());
    }
    if let Some(unit) = trust {
        let proposal = gathered.proposal()?;
        let told = telling::of_trust(&gathered.framework, &proposal);
        page.shell.title = match proposal.level() {
            Some(_) => format!("Proposed for the trust: {}", shown(&proposal)),
            None => shown(&proposal),
        };
        let address = format!("/assessment/{}", unit.stored.unit.code);
        page.trust = Some(Trust { address, why: told.why, lifts: told.lifts });
        page.lead.push(signed(&gathered, unit.stored.unit.code.as_str()));
    }
    Ok(page.respond())
}

/// `Of 15 units, 3 are at Level 4 …`, in the order of the levels; nothing of none.
fn spread(levels: &[Option<Level>], unbegun: u64) -> Vec<String> {
    let count = |wanted: Option<Level>| levels.iter().filter(|it| **it == wanted).count() as u64;
    let mut parts: Vec<String> = Level::ALL
        .iter()
        .rev()
        .filter(|it| count(Some(**it)) > 0)
        .map(|it| format!("{} at {}", words::thousands(count(Some(*it))), level_name(it.number())))
        .collect();
    if count(None) > 0 {
        parts
            .push(format!("{} where Level\u{a0}1 is not yet shown", words::thousands(count(None))));
    }
    if unbegun > 0 {
        parts.push(format!("{} not assessed yet", words::thousands(unbegun)));
    }
    if parts.is_empty() {
        return vec!["No specialty or service line is registered.".to_owned()];
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let all = words::count(levels.len() as u64 + unbegun, "specialty", "specialties");
    vec![
        format!("{all}, each by itself: {}.", words::listed(&parts)),
        "A level is a judgement, never an average. A low one says where to start.".to_owned(),
    ]
}

/// Who has signed what for the trust.
fn signed(gathered: &Gathered, trust: &str) -> String {
    match gathered.levels.get(trust).and_then(|it| it.last()) {
        None => "No level of the trust has been put forward yet.".to_owned(),
        Some(it) if it.state() == LevelState::Confirmed => {
            format!("{} is signed by both leads.", level_name(level_of(it.of.level)))
        }
        Some(it) => format!("{}: {}.", level_name(level_of(it.of.level)), state_words(it.state())),
    }
}

impl Page for ListPage {
    const TEMPLATE: &'static str = "features/self_assessment/list.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, level: u8| Row {
            name: name.to_owned(),
            address: "/assessment/TORT".to_owned(),
            is_begun: true,
            level,
            shown: level_name(level),
            holds: "Steps: 12 of 22 count".to_owned(),
            changes: "At the fewest 3 changes to lift it".to_owned(),
            moved: super::history::movement::Movement::Up(Some(Level::Two)).to_string(),
            late: "Was to be assessed again by 1 May 2026".to_owned(),
            gap: if level == 1 { "No cost champion" } else { "" },
            signed: "None put forward".to_owned(),
        };
        let levels = [Some(Level::Three), Some(Level::One), None];
        let group = Group {
            name: "Surgery".to_owned(),
            rows: vec![row("Orthopaedics", 3), row("Urology", 1)],
        };
        let trust = Trust {
            address: "/assessment/TRUST".to_owned(),
            why: vec!["What holds it there: units.".to_owned()],
            lifts: vec!["To reach Level 4 in units, all of: patient feedback.".to_owned()],
        };
        vec![
            Self {
                shell: Shell::sample("Proposed for the trust: Level 3"),
                kicker: "As it is recorded on 27 May 2026, 10:00".to_owned(),
                lead: spread(&levels, 2),
                since: "30 September 2026".to_owned(),
                trust: Some(trust),
                groups: vec![group],
            },
            Self {
                shell: Shell::sample("How well clinicians and finance work together"),
                kicker: String::new(),
                lead: spread(&[], 0),
                since: String::new(),
                trust: None,
                groups: Vec::new(),
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_and_never_averaged() {
        let levels = [Some(Level::Two), Some(Level::Four), Some(Level::Two), None];
        let told = spread(&levels, 3).join(" ").replace('\u{a0}', " ");
        assert!(
            told.starts_with(
                "7 specialties, each by itself: 1 at Level 4, 2 at Level 2, 1 where Level 1 is not yet shown and 3 not assessed yet."
            ),
            "{told}"
        );
        assert_eq!(spread(&[], 0), ["No specialty or service line is registered."]);
    }
}
