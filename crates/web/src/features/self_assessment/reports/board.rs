//! One page for the board, the same for both directors: the level, what holds it, what would lift it,
//! how specialties are spread over the levels, what moved, how many actions are joint, what came of
//! them, and what is due.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use engagement::Level;
use engagement::reference::Reference;
use jiff::civil::Date;
use store::assessing::sponsors;
use store::units::Branch;

use super::super::history::movement::{Movement, moved, quarter_before};
use super::super::history::this_day;
use super::super::list::{gap, level_of};
use super::super::recording::recorded;
use super::super::{day, level_name, proposal, proposed, seen, told};
use super::{ReportPage, Section, came_of_it, joint, signed};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::page::Page as _;
use crate::shell::people::names;
use crate::shell::spread::leads;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Days ahead of which evidence that expires is told.
const AHEAD: i32 = 30; // number: until the board meets again; our own choice

pub(in super::super) async fn show(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    Ok(page(&app, &visit).await?.respond())
}

/// The same as a file.
pub(in super::super) async fn take(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    page(&app, &visit).await?.file(&visit, "board-page")
}

async fn page(app: &App, visit: &Visit) -> Result<ReportPage, Fault> {
    let gathered = gather(app, visit.now).await?;
    let code = gathered.trust().ok_or(Fault::NotFound)?.stored.unit.code.to_string();
    let trust = seen(visit, &gathered, (Capability::ReadAssessments, &code))?;
    let mut db = app.store().read().await?;
    let names = names(&mut db).await?;
    let sponsors = sponsors::latest(&mut db, visit.now).await?;
    drop(db);
    let before = quarter_before(app, visit).await?;
    let actions = joint::counted(app, visit).await?;
    let mut levels = Vec::new();
    let mut unbegun = 0;
    for unit in gathered.specialties() {
        if gathered.assessments.contains_key(unit.stored.unit.code.as_str()) {
            levels.push(proposal(&gathered, unit)?.level());
        } else {
            unbegun += 1;
        }
    }
    let proposal = proposal(&gathered, trust)?;
    let told = told(&gathered, trust, &proposal);
    let lead = vec![position(&gathered, trust, &names), format!("{}.", proposed(&proposal))];
    let came = came_of_it::sections(app, visit).await?;
    let sections = vec![
        spread(&levels, unbegun),
        sentences("holds", "What holds it, and what would lift it", told.why, told.lifts),
        movement(&gathered, &before)?,
        Section {
            id: "leads",
            name: "Who leads together",
            lead: leads(&gathered, sponsors.as_ref(), &names),
            ..Section::default()
        },
        gaps(&gathered),
        actions,
    ];
    let due = due(&gathered, this_day(visit.now));
    let mut notes = vec![recorded(gathered.mode).to_owned()];
    notes.extend(proposal.thresholds.in_words());
    Ok(ReportPage {
        shell: visit
            .shell("Clinical and financial engagement, for the board")
            .below("Working together", "/assessment"),
        kicker: format!("{}, as recorded on {}", trust.stored.unit.name, words::moment(visit.now)),
        lead,
        sections: sections.into_iter().chain(came).chain([due]).collect(),
        table: "/assessment/board.csv".to_owned(),
        notes,
    })
}

/// What is signed, and where that stands among trusts of the last national collection.
fn position(gathered: &Gathered, trust: &Branch, names: &BTreeMap<String, String>) -> String {
    let Some(level) = gathered.confirmed(trust.stored.unit.code.as_str()) else {
        return "No level is signed for the trust.".to_owned();
    };
    let reference = Reference::own();
    let last = reference.national.years.last().and_then(|it| reference.distribution(it.year));
    let of = Level::ALL.iter().find(|it| it.number() == level_of(level.of.level));
    let national = last.zip(of).map_or_else(String::new, |(all, of)| {
        format!(
            " In {}, the last national collection, {}.",
            all.year,
            all.in_words(*of).trim_end_matches('.')
        )
    });
    format!("{}.{national}", signed(level, names))
}

fn sentences(
    id: &'static str,
    name: &'static str,
    why: Vec<String>,
    lifts: Vec<String>,
) -> Section {
    Section { id, name, lead: why.into_iter().chain(lifts).collect(), ..Section::default() }
}

/// Specialties by level, drawn and as a table, with those that nobody has begun to assess.
pub(super) fn spread(levels: &[Option<Level>], unbegun: usize) -> Section {
    let at = |wanted: Option<Level>| levels.iter().filter(|it| **it == wanted).count();
    let mut counted = vec![
        ("Not assessed yet".to_owned(), unbegun),
        ("Level\u{a0}1 not yet shown".to_owned(), at(None)),
    ];
    let shown = Level::ALL.iter().map(|it| (level_name(it.number()), at(Some(*it))));
    counted.extend(shown);
    Section {
        id: "spread",
        name: "Specialties by the level that is proposed for them",
        chart: chart(&counted),
        columns: vec![("Level", false), ("Specialties", false)],
        rows: counted.into_iter().map(|(name, units)| vec![name, specialties(units)]).collect(),
        ..Section::default()
    }
}

fn specialties(units: usize) -> String {
    words::count(units as u64, "specialty", "specialties")
}

fn chart(counted: &[(String, usize)]) -> String {
    let bar = |(name, units): &(String, usize)| Bar {
        name: name.clone(),
        value: specialties(*units),
        size: i64::try_from(*units).ok(),
        is_strong: false,
        is_rest: false,
    };
    let heading = Heading {
        id: "specialties-by-level".to_owned(),
        title: "Specialties by level".to_owned(),
        description:
            "How many specialties are at each level. The table below holds the same figures."
                .to_owned(),
    };
    let bars = counted.iter().map(bar).collect();
    Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw().svg() // number: as other charts
}

/// What moved since the end of the quarter before.
fn movement(gathered: &Gathered, before: &Gathered) -> Result<Section, Fault> {
    let mut rows = Vec::new();
    for unit in gathered.specialties() {
        let moved = moved(gathered, before, unit)?;
        if !matches!(moved, Movement::None | Movement::New) {
            rows.push(vec![unit.stored.unit.name.clone(), moved.to_string()]);
        }
    }
    let since = day(&this_day(before.at));
    let lead = match rows.len() as u64 {
        0 => format!("No specialty moved since {since}."),
        more => format!("{} moved since {since}.", words::count(more, "specialty", "specialties")),
    };
    Ok(Section {
        id: "movement",
        name: "What moved",
        lead: vec![lead],
        columns: vec![("Specialty", false), ("How", false)],
        rows,
        ..Section::default()
    })
}

/// Specialties without a clinical or a cost champion.
fn gaps(gathered: &Gathered) -> Section {
    let row = |unit: &Branch| {
        let gap = gap(gathered, unit.stored.unit.code.as_str());
        (!gap.is_empty()).then(|| vec![unit.stored.unit.name.clone(), gap.to_owned()])
    };
    let rows: Vec<Vec<String>> = gathered.specialties().filter_map(row).collect();
    let all = gathered.specialties().count();
    let lead = match rows.len() {
        0 => "Every specialty has a clinical and a cost champion.".to_owned(),
        more => {
            format!("{} of {} lack a champion.", words::thousands(more as u64), specialties(all))
        }
    };
    Section {
        id: "champions",
        name: "Champions",
        lead: vec![lead],
        columns: vec![("Specialty", false), ("What is missing", false)],
        rows,
        ..Section::default()
    }
}

/// What is late or soon due: assessments, signatures, evidence.
fn due(gathered: &Gathered, this_day: Date) -> Section {
    let today = this_day.to_string();
    let units = gathered.trust().into_iter().chain(gathered.specialties());
    let mut rows = Vec::new();
    for unit in units {
        let (code, name) = (unit.stored.unit.code.as_str(), &unit.stored.unit.name);
        let again = gathered.confirmed(code).map(|it| it.of.reassess_by.to_string());
        if let Some(late) = again.filter(|it| *it < today) {
            rows.push(vec![name.clone(), format!("To be assessed again by {}", day(&late))]);
        }
        let last = gathered.levels.get(code).and_then(|it| it.last());
        if last.is_some_and(|it| it.state() == store::assessing::LevelState::Submitted) {
            rows.push(vec![name.clone(), "A level waits for a signature".to_owned()]);
        }
        let soon = this_day.checked_add(jiff::Span::new().days(AHEAD)).unwrap_or(this_day);
        let pieces = gathered.evidence.iter().filter(|it| it.of.unit.as_str() == code);
        let ending = pieces.filter(|it| gathered.is_live(it) && gathered.lives_until(it) <= soon);
        match ending.count() as u64 {
            0 => {}
            more => rows.push(vec![
                name.clone(),
                format!(
                    "{} by {}",
                    words::count(more, "piece of evidence expires", "pieces of evidence expire"),
                    day(&soon)
                ),
            ]),
        }
    }
    let lead =
        if rows.is_empty() { vec!["Nothing is late or soon due.".to_owned()] } else { Vec::new() };
    Section {
        id: "due",
        name: "What is late, or soon due",
        lead,
        columns: vec![("Of", false), ("What", false)],
        rows,
        ..Section::default()
    }
}
