//! One unit: what is proposed and why, its steps, and what is still to do.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::assessing::champions::Kind;
use store::assessing::{self, LevelState, Side, definitions};
use store::units::Branch;

use super::list::level_of;
use super::recording::{HERE, mode_words, recorded};
use super::{
    level_name, may, proposal, proposed, seen, side_words, standing_words, state_words, told,
};
use crate::App;
use crate::shell::assessing::{Gathered, Standing, gather, own_side};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/unit.html")]
pub(super) struct UnitPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    why: Vec<String>,
    lifts: Vec<String>,
    /// Where to begin or go on rating; blank for those who do not rate.
    rate: String,
    rate_says: String,
    /// Where to open the assessment, while none is open.
    begin: String,
    tasks: Vec<Task>,
    parts: Vec<Part>,
    /// Other views of it: name and address.
    looks: Vec<(&'static str, String)>,
}

/// Something else that belongs to the assessment.
#[derive(Clone, Debug, Default)]
struct Task {
    name: &'static str,
    address: String,
    state: String,
}

/// The steps of a category.
#[derive(Clone, Debug, Default)]
struct Part {
    name: String,
    steps: Vec<Row>,
}

/// One step.
#[derive(Clone, Debug, Default)]
struct Row {
    label: String,
    /// Where it is rated, or settled; blank for those who do neither.
    address: String,
    standing: String,
    evidence: String,
    mine: String,
    /// Who recorded what is agreed, and why.
    agreed: String,
    /// What was said of it from outside the unit.
    outside: String,
}

/// What somebody may do in a unit.
struct Who {
    side: Option<Side>,
    rates: bool,
    signs: bool,
    id: store::PersonId,
    /// Names of people by reference.
    names: BTreeMap<String, String>,
    /// When each person read what the words mean.
    read: BTreeMap<store::PersonId, jiff::Timestamp>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let side = own_side(&visit).await?;
    let mut db = app.store().read().await?;
    let framework = gathered.framework.id().as_str();
    let who = Who {
        side,
        rates: side.is_some() && may(&visit, Capability::Assess, &code),
        signs: may(&visit, Capability::SignLevels, &code),
        id: visit.person()?.id.clone(),
        names: names(&mut db).await?,
        read: definitions::readers(&mut db, &unit.stored.unit.code, framework).await?,
    };
    drop(db);
    Ok(UnitPage::of(&visit, (&gathered, unit), &who)?.respond())
}

/// Opens the assessment of a unit.
pub(super) async fn begin(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let said = if gathered.rates_no_steps(unit) {
        "The assessment is open. Its steps are those of the trust."
    } else {
        "The assessment is open. Both professions can rate it now."
    };
    let (unit, framework) = (unit.stored.unit.code.clone(), gathered.framework.id().to_string());
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "assessment.open", "");
    let leads_to = format!("/assessment/{code}");
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            assessing::open(tx, &unit, &framework, &entry).await?;
            Ok(())
        })
    });
    done.await
}

impl UnitPage {
    fn of(visit: &Visit, (gathered, unit): (&Gathered, &Branch), who: &Who) -> Result<Self, Fault> {
        let code = unit.stored.unit.code.as_str();
        let base = format!("/assessment/{code}");
        let proposal = proposal(gathered, unit)?;
        let told = told(gathered, unit, &proposal);
        let is_begun = gathered.assessments.contains_key(code);
        let shell = visit.shell(proposed(&proposal)).below("Working together", "/assessment");
        let rated = mine(gathered, unit, who);
        let steps = gathered.steps_of(unit);
        let next = steps.iter().find(|it| !rated.contains(&it.id.as_str())).or(steps.first());
        Ok(Self {
            shell,
            kicker: unit.stored.unit.name.clone(),
            lead: lead(gathered, unit, who),
            why: told.why,
            lifts: told.lifts,
            rate: match next {
                Some(step) if is_begun && who.rates => format!("{base}/steps/{}", step.id),
                _ => String::new(),
            },
            rate_says: match (rated.len(), steps.len()) {
                (0, _) => "Rate the steps: about three minutes".to_owned(),
                (done, all) if done < all => {
                    format!("Go on rating: {done} of {all} steps done")
                }
                _ => "Look at your ratings again".to_owned(),
            },
            begin: if !is_begun && may(visit, Capability::Assess, code) {
                format!("{base}/begin")
            } else {
                String::new()
            },
            tasks: tasks(gathered, unit, (who, &base)),
            parts: parts(gathered, unit, (who, is_begun)),
            looks: looks(&base).into_iter().filter(|_| is_begun).collect(),
        })
    }
}

/// Codes of steps of which somebody has said something.
fn mine<'a>(gathered: &'a Gathered, unit: &Branch, who: &Who) -> Vec<&'a str> {
    let code = unit.stored.unit.code.as_str();
    let steps = gathered.steps_of(unit).into_iter().map(|it| it.id.as_str());
    steps.filter(|step| gathered.said(code, step).iter().any(|it| it.rater == who.id)).collect()
}

fn lead(gathered: &Gathered, unit: &Branch, who: &Who) -> Vec<String> {
    let code = unit.stored.unit.code.as_str();
    let mut said = Vec::new();
    if !gathered.assessments.contains_key(code) {
        said.push("Nobody has begun to assess it.".to_owned());
        return said;
    }
    if gathered.rates_no_steps(unit) {
        said.push(format!(
            "{} Here is recorded how far its own people work together.",
            recorded(gathered.mode)
        ));
        return said;
    }
    let differ = gathered
        .steps_of(unit)
        .iter()
        .filter(|it| gathered.standing(code, it.id.as_str()) == Standing::Differ)
        .count() as u64;
    let done: Vec<&str> = Side::ALL
        .iter()
        .filter(|it| gathered.has_finished(unit, **it))
        .map(|it| side_words(*it))
        .collect();
    said.push(match (done.as_slice(), differ) {
        ([], _) => "Neither clinicians nor finance have gone through all its steps.".to_owned(),
        ([one], _) => format!("So far only {one} have gone through all its steps."),
        (_, 0) => "Clinicians and finance have both gone through all its steps, and differ on none that is not settled.".to_owned(),
        (_, more) => format!(
            "Clinicians and finance have both gone through all its steps. They differ on {}: until that is settled, these count for nothing.",
            words::count(more, "step", "steps")
        ),
    });
    said.extend(left(gathered, code));
    if who.side.is_none() {
        said.push(
            "Clinicians and finance rate; you see what they said once both are done.".to_owned(),
        );
    }
    said
}

/// That people have left who rated: what they said was so, and counts until it is settled anew.
fn left(gathered: &Gathered, code: &str) -> Option<String> {
    let all = gathered.ratings.get(code).into_iter().flatten();
    let count = all.filter(|it| gathered.left.contains(it.rater.as_str())).count() as u64;
    let ratings = words::count(count, "rating is", "ratings are");
    (count > 0).then(|| {
        format!("{ratings} by people who have left. They count as they were said, until both professions agree anew on the step.")
    })
}

/// What the words mean, and who has read it.
fn meanings(who: &Who) -> Task {
    let readers = words::count(who.read.len() as u64, "person", "people");
    let state = match who.read.get(&who.id) {
        Some(at) => format!("Read by {readers}; by you on {}", words::moment(*at)),
        None if who.read.is_empty() => "Read by nobody yet".to_owned(),
        None => format!("Read by {readers}"),
    };
    Task { name: "What the words mean", address: "/assessment/levels".to_owned(), state }
}

fn tasks(gathered: &Gathered, unit: &Branch, (who, base): (&Who, &str)) -> Vec<Task> {
    let code = unit.stored.unit.code.as_str();
    let evidence = gathered.evidence.iter().filter(|it| it.of.unit.as_str() == code);
    let (live, other): (Vec<_>, Vec<_>) = evidence.partition(|it| gathered.is_live(it));
    let level = gathered.levels.get(code).and_then(|it| it.last());
    let mut tasks = vec![
        meanings(who),
        Task {
            name: "How steps are recorded",
            address: HERE.to_owned(),
            state: mode_words(gathered.mode).to_owned(),
        },
        Task {
            name: "Evidence",
            address: format!("{base}/evidence"),
            state: format!(
                "{} counting, {} not",
                words::count(live.len() as u64, "piece", "pieces"),
                words::thousands(other.len() as u64)
            ),
        },
        Task {
            name: "How far people work together",
            address: format!("{base}/joint-working"),
            state: super::joint_working::in_short(gathered, unit),
        },
        Task {
            name: "Level and signatures",
            address: format!("{base}/level"),
            state: level.map_or_else(
                || "None put forward".to_owned(),
                |it| format!("{}: {}", level_name(level_of(it.of.level)), lowered(it.state())),
            ),
        },
    ];
    tasks.extend(spread(gathered, unit, base));
    tasks
}

/// What tells how joint working spreads: of the trust the directors' dialogue, of a specialty its
/// people; and what was said from outside.
fn spread(gathered: &Gathered, unit: &Branch, base: &str) -> Vec<Task> {
    let code = unit.stored.unit.code.as_str();
    let vacant = gathered.champions.get(code).map_or(Kind::ALL.len(), |it| it.vacant().len());
    let people = if super::is_trust(gathered, unit) {
        let (name, address) = ("Dialogue of the directors", "/assessment/dialogue".to_owned());
        Task { name, address, state: String::new() }
    } else {
        Task {
            name: "Joint teams and champions",
            address: format!("{base}/teams"),
            state: match vacant {
                0 => "Both champions are there".to_owned(),
                1 => "One champion is missing".to_owned(),
                _ => "No champion".to_owned(),
            },
        }
    };
    let outside = gathered.moderated.get(code).map_or(0, Vec::len) as u64;
    let moderated = Task {
        name: "Ratings from outside",
        address: format!("{base}/moderated"),
        state: match outside {
            0 => "None".to_owned(),
            some => words::count(some, "step", "steps"),
        },
    };
    vec![people, moderated]
}

/// Other views of a unit.
fn looks(base: &str) -> Vec<(&'static str, String)> {
    vec![
        ("Each step in the matrix", format!("{base}/matrix")),
        ("How the level went, quarter by quarter", format!("{base}/trend")),
        ("What changed between two days", format!("{base}/compare")),
        ("Self-assessment report, to print", format!("{base}/report")),
    ]
}

fn lowered(state: LevelState) -> String {
    state_words(state).to_lowercase()
}

fn parts(gathered: &Gathered, unit: &Branch, (who, is_begun): (&Who, bool)) -> Vec<Part> {
    let code = unit.stored.unit.code.as_str();
    let is_open = gathered.is_open_to_both(unit);
    let row = |step: &engagement::framework::Step| {
        let id = step.id.as_str();
        let standing = gathered.standing(code, id);
        let evidence = gathered.evidence_for(code, id);
        let live = evidence.iter().filter(|it| gathered.is_live(it)).count() as u64;
        let said = gathered.said(code, id);
        let mine = said.iter().find(|it| it.rater == who.id);
        let address = if !is_begun {
            String::new()
        } else if who.signs && gathered.may_be_settled(unit, id) {
            format!("/assessment/{code}/agree/{id}")
        } else if who.rates {
            format!("/assessment/{code}/steps/{id}")
        } else {
            String::new()
        };
        let agreed = gathered.settled(code, id).map_or_else(String::new, |it| {
            let name = who.names.get(it.by.as_str()).map_or("", String::as_str);
            let because =
                if it.because.is_empty() { String::new() } else { format!(": {}", it.because) };
            format!("Recorded by {name}{because}")
        });
        let outside = gathered.moderated_as(code, id).filter(|_| is_open);
        Row {
            outside: outside.map_or_else(String::new, |it| {
                format!("From outside: {}", super::lower(it.rating))
            }),
            agreed,
            label: step.label.clone(),
            address,
            standing: standing_words(standing, is_open),
            evidence: match live {
                0 => "No live evidence".to_owned(),
                live => words::count(live, "piece of live evidence", "pieces of live evidence"),
            },
            mine: mine.map_or_else(String::new, |it| {
                format!("You said: {}", super::lower(it.said.rating))
            }),
        }
    };
    let of = gathered.steps_of(unit);
    let own = Part {
        name: "Local: steps of our own, which never count".to_owned(),
        steps: gathered.own_steps_of(unit).iter().map(row).collect(),
    };
    let categories = gathered.framework.categories().iter();
    categories
        .map(|category| Part {
            name: category.label.clone(),
            steps: of.iter().filter(|it| it.category == category.id).map(|it| row(it)).collect(),
        })
        .chain(std::iter::once(own))
        .filter(|it| !it.steps.is_empty())
        .collect()
}

impl Page for UnitPage {
    const TEMPLATE: &'static str = "features/self_assessment/unit.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            label: "Multi-professional team working".to_owned(),
            address: "/assessment/TORT/steps/C3".to_owned(),
            standing: "Rated by clinicians only".to_owned(),
            evidence: "No live evidence".to_owned(),
            mine: "You said: partly or sometimes".to_owned(),
            agreed: "Recorded by Amara Okafor: since May it is so".to_owned(),
            outside: "From outside: not yet".to_owned(),
        };
        let page = |begin: &str, parts: Vec<Part>| Self {
            shell: Shell::sample("Proposed: Level 2").below("Working together", "/assessment"),
            kicker: "Trauma and orthopaedics".to_owned(),
            lead: vec!["So far only clinicians have gone through all its steps.".to_owned()],
            why: vec!["What holds it there: units.".to_owned()],
            lifts: vec!["To reach Level 3 in units, all of: cross-training.".to_owned()],
            rate: if begin.is_empty() {
                "/assessment/TORT/steps/C2".to_owned()
            } else {
                String::new()
            },
            rate_says: "Go on rating: 3 of 20 steps done".to_owned(),
            begin: begin.to_owned(),
            tasks: vec![Task {
                name: "Evidence",
                address: "/assessment/TORT/evidence".to_owned(),
                state: "2 pieces counting, 1 not".to_owned(),
            }],
            parts,
            looks: looks("/assessment/TORT"),
        };
        let part = Part { name: "Culture and behaviours".to_owned(), steps: vec![row] };
        vec![page("", vec![part]), page("/assessment/TORT/begin", Vec::new())]
    }
}
