//! Coverage: which service lines have leads, were given an overview of their costing and have access
//! that works, what is missing of the others, and in which order they follow.
//!
//! Whether somebody has signed in is told as yes or no within a period; what they read is not asked.

use std::collections::{BTreeMap, BTreeSet};

use access::{Capability, View};
use axum::extract::State;
use axum::response::Response;
use engagement::reviews::coverage::{
    Gap, HeldPost, Holder, Leads, Line, Move, Reached, next, order, signs_in_since,
};
use engagement::reviews::{Post, ReviewGuide};
use jiff::tz::TimeZone;
use store::reviewing::{self, Overview, RollOutMove};
use store::units::Unit;
use store::{Connection, PersonId};

use super::found::{may, name};
use super::programme::Programme;
use super::{day, parts};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::session::{access_of, calendar, today};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/reviews/coverage.html")]
pub(super) struct CoveragePage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    rows: Vec<Row>,
    /// Moves in the order, the latest first.
    history: Vec<String>,
    /// When access works, in a sentence.
    rule: String,
}

/// A service line.
#[derive(Clone, Debug, Default)]
struct Row {
    unit: String,
    name: String,
    address: String,
    /// Its place in the order, and why; blank where it has none.
    place: String,
    reason: String,
    /// What is missing, in words.
    gaps: Vec<String>,
    clinical: Vec<String>,
    business: Vec<String>,
    overview: String,
    /// How far each side comes.
    access: Vec<String>,
    /// Where an overview is recorded and where its place is set; blank for those who may not.
    give: String,
    place_at: String,
}

/// All that coverage is worked out of.
pub(super) struct Coverage {
    pub(super) programme: Programme,
    pub(super) overviews: Vec<Overview>,
    pub(super) moves: Vec<RollOutMove>,
    /// Codes of service lines in their order, of those that there are.
    pub(super) order: Vec<String>,
    lines: Vec<Line>,
}

impl Coverage {
    pub(super) async fn of(app: &App, visit: &Visit) -> Result<Self, Fault> {
        let programme = Programme::of(app, visit.now).await?;
        let days = programme.guide.settings.signed_in_within.value;
        let since = signs_in_since(calendar(today(visit.now)), days).to_zoned(TimeZone::UTC);
        let since = since.map_or(jiff::Timestamp::MIN, |it| it.timestamp());
        let mut db = app.store().read().await?;
        let recent = reviewing::signed_in_since(&mut db, since).await?;
        let overviews = reviewing::overviews(&mut db).await?;
        let moves = reviewing::roll_out_moves(&mut db).await?;
        let reached = reached(app, visit, (&mut *db, &programme), &recent).await?;
        let line = |it: &Unit| line(&programme, (it.code.as_str(), &overviews), &reached);
        let lines: Vec<Line> = programme.units.iter().map(line).collect();
        let as_moved = |it: &RollOutMove| Move { unit: it.unit.to_string(), place: it.place };
        let places: Vec<Move> = moves.iter().map(as_moved).collect();
        let mut order = order(&places);
        order.retain(|it| lines.iter().any(|line| line.unit == *it));
        Ok(Self { programme, overviews, moves, order, lines })
    }

    /// The place of a service line in the order, from 1; none where it has none.
    pub(super) fn place(&self, unit: &str) -> Option<usize> {
        self.order.iter().position(|it| it == unit).map(|it| it + 1)
    }

    /// Why it has its place: what was said when it was moved last.
    pub(super) fn reason(&self, unit: &str) -> &str {
        let last = self.moves.iter().rfind(|it| it.unit.as_str() == unit);
        last.map_or("", |it| it.reason.as_str())
    }

    /// What whoever moves a service line must have seen.
    pub(super) fn seen(&self) -> i64 {
        self.moves.last().map_or(0, |it| it.number)
    }

    fn row(&self, visit: &Visit, (unit, line): (&Unit, &Line)) -> Row {
        let code = unit.code.as_str();
        let place = self.place(code);
        let of = |may: bool, below: &str| {
            if may { format!("/reviews/{code}/{below}") } else { String::new() }
        };
        Row {
            unit: code.to_owned(),
            name: unit.name.clone(),
            address: format!("/reviews/{code}"),
            place: place.map_or_else(String::new, |it| it.to_string()),
            reason: place.map_or_else(String::new, |_| words::sentence(self.reason(code))),
            gaps: self.gaps(line),
            clinical: self.leads(line, Leads::Clinical),
            business: self.leads(line, Leads::Business),
            overview: self.overview(code),
            access: Leads::BOTH.iter().map(|it| self.access(line, *it)).collect(),
            give: of(may(visit, Capability::RunReviews, code), "overview"),
            place_at: of(runs_all(visit), "roll-out"),
        }
    }

    /// What is missing, in words; a service line of which nothing is recorded says that alone.
    fn gaps(&self, line: &Line) -> Vec<String> {
        let is_vacant = line.posts.iter().all(|it| it.holder.is_none());
        if is_vacant && self.programme.registered(&line.unit).is_none() {
            return vec!["Not in the register yet".to_owned()];
        }
        let guide = &self.programme.guide;
        line.gaps().iter().map(|it| gap(guide, it)).collect()
    }

    /// Who leads it for a side, and as what.
    fn leads(&self, line: &Line, leads: Leads) -> Vec<String> {
        let posts = self.programme.guide.posts.iter().filter(|it| it.leads == leads);
        let held = |it: &Post| {
            let post = line.posts.iter().find(|held| held.post == it.id)?;
            let holder = post.holder.as_ref()?;
            Some((name(&self.programme.people, &holder.person).to_owned(), it.name.to_lowercase()))
        };
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (who, post) in posts.filter_map(held) {
            all.entry(who).or_default().push(post);
        }
        let said = |(who, posts): (String, Vec<String>)| {
            let posts: Vec<&str> = posts.iter().map(String::as_str).collect();
            format!("{who}, {}", words::listed(&posts))
        };
        all.into_iter().map(said).collect()
    }

    /// The overview that was given last, in a sentence; blank for none.
    fn overview(&self, unit: &str) -> String {
        let of = self.overviews.iter().filter(|it| it.unit.as_str() == unit);
        let stands = of.filter(|it| it.taken_back.is_none());
        let last = stands.max_by_key(|it| (it.of.given_on, it.number));
        last.map_or_else(String::new, |it| self.given(it))
    }

    /// When an overview was given, by whom and to whom.
    pub(super) fn given(&self, it: &Overview) -> String {
        let people = &self.programme.people;
        let mut to: Vec<&str> = it.of.to.iter().map(|it| name(people, it.as_str())).collect();
        to.sort_unstable();
        let others = words::sentence(&it.of.others);
        let by = name(people, it.of.given_by.as_str());
        let said = format!("{} by {by} to {}. {others}", day(it.of.given_on), words::listed(&to));
        said.trim().to_owned()
    }

    fn access(&self, line: &Line, leads: Leads) -> String {
        let days = u64::from(self.programme.guide.settings.signed_in_within.value);
        let side = match leads {
            Leads::Clinical => "Clinical",
            Leads::Business => "Business",
        };
        match line.reached(leads) {
            None => format!("{side}: nobody is named"),
            Some(Reached::NoRight) => format!("{side}: no right to see its costs"),
            Some(Reached::NotSignedIn) => {
                format!("{side}: not signed in for {}", words::count(days, "day", "days"))
            }
            Some(Reached::Works) => format!("{side}: works"),
        }
    }

    /// Moves of service lines that somebody may see, the latest first.
    fn history(&self, is_seen: impl Fn(&str) -> bool) -> Vec<String> {
        let moves = self.moves.iter().rev().filter(|it| is_seen(it.unit.as_str()));
        let said = |it: &RollOutMove| {
            let unit = self.programme.units.iter().find(|unit| unit.code == it.unit);
            let unit = unit.map_or(it.unit.as_str(), |it| it.name.as_str());
            let place = match it.place {
                0 => "out of the order".to_owned(),
                place => format!("to place {place}"),
            };
            let by = name(&self.programme.people, it.by.as_str());
            format!(
                "{}, {by}: {unit} {place}. {}",
                words::moment(it.at),
                words::sentence(&it.reason)
            )
        };
        moves.map(said).collect()
    }
}

/// How far each person who holds a post comes in each of their service lines.
async fn reached(
    app: &App,
    visit: &Visit,
    (db, programme): (&mut Connection, &Programme),
    recent: &BTreeSet<PersonId>,
) -> Result<BTreeMap<(String, String), Reached>, Fault> {
    let mut units: BTreeMap<&PersonId, BTreeSet<&str>> = BTreeMap::new();
    for it in &programme.posts {
        if let Some(person) = &it.person {
            units.entry(person).or_default().insert(it.unit.as_str());
        }
    }
    let mut found = BTreeMap::new();
    for (person, units) in units {
        let access = access_of(app, db, person, visit.now).await?;
        let scope = access.scope(Capability::AggregateCosts);
        for unit in units {
            let seen = scope.and_then(|it| it.of_unit(unit));
            let has_right = seen.is_some_and(|it| it.view == View::Exact);
            let reached = Reached::of(has_right, recent.contains(person));
            found.insert((unit.to_owned(), person.to_string()), reached);
        }
    }
    Ok(found)
}

fn line(
    programme: &Programme,
    (unit, overviews): (&str, &[Overview]),
    reached: &BTreeMap<(String, String), Reached>,
) -> Line {
    let post = |it: &Post| {
        let holder = programme.post(unit, &it.id).0.map(|person| {
            let key = (unit.to_owned(), person.to_owned());
            let reached = reached.get(&key).copied().unwrap_or(Reached::NoRight);
            Holder { person: person.to_owned(), reached }
        });
        HeldPost { post: it.id.clone(), leads: it.leads, holder }
    };
    let of = overviews.iter().filter(|it| it.unit.as_str() == unit && it.taken_back.is_none());
    Line {
        unit: unit.to_owned(),
        posts: programme.guide.posts.iter().map(post).collect(),
        overviews: of.map(|it| it.of.to.iter().map(ToString::to_string).collect()).collect(),
    }
}

fn gap(guide: &ReviewGuide, gap: &Gap) -> String {
    let lead = |leads: &Leads| match leads {
        Leads::Clinical => "No clinical lead",
        Leads::Business => "No business lead",
    };
    match gap {
        Gap::Vacant(post) => {
            let found = guide.posts.iter().find(|it| it.id == *post);
            found.map_or(post, |it| &it.missing).clone()
        }
        Gap::NoOverview => "No costing overview given".to_owned(),
        Gap::OverviewToOthers => "Overview given to nobody who leads it now".to_owned(),
        Gap::Access(leads, Reached::NoRight) => format!("{} may see its costs", lead(leads)),
        Gap::Access(leads, _) => {
            let days = u64::from(guide.settings.signed_in_within.value);
            format!("{} has signed in for {}", lead(leads), words::count(days, "day", "days"))
        }
    }
}

/// Whether somebody runs reviews of the whole trust, and so sets the order of all.
pub(super) fn runs_all(visit: &Visit) -> bool {
    visit.scope(Capability::RunReviews).is_ok_and(|it| it.of_trust().is_some())
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::ReadReviews)?;
    let is_seen = |unit: &str| scope.of_unit(unit).is_some();
    let found = Coverage::of(&app, &visit).await?;
    let all = std::iter::zip(&found.programme.units, &found.lines);
    let seen: Vec<(&Unit, &Line)> = all.filter(|it| is_seen(it.0.code.as_str())).collect();
    let mut rows: Vec<Row> = seen.iter().map(|it| found.row(&visit, *it)).collect();
    rows.sort_by_key(|it| (found.place(&it.unit).unwrap_or(usize::MAX), it.name.clone()));
    let lines: Vec<Line> = seen.iter().map(|it| it.1.clone()).collect();
    let next = next(&found.order, &lines).and_then(|it| rows.iter().find(|row| row.unit == it));
    let page = CoveragePage {
        shell: visit.shell(title(&rows)).below("Reviews", "/reviews"),
        kicker: format!("Leads, overviews and access on {}", day(today(visit.now))),
        lead: lead(&rows, next),
        history: found.history(is_seen),
        rule: rule(&found.programme.guide),
        rows,
    };
    Ok(page.respond())
}

fn title(rows: &[Row]) -> String {
    let covered = rows.iter().filter(|it| it.gaps.is_empty()).count();
    let of = words::count(rows.len() as u64, "service line", "service lines");
    match covered {
        1 => format!("One of {of} is covered"),
        more => format!("{} of {of} are covered", words::capital(&parts::in_words(more))),
    }
}

/// What is next, and how many have no place in the order.
fn lead(rows: &[Row], next: Option<&Row>) -> Vec<String> {
    if rows.is_empty() {
        return vec!["No service line of yours is registered as a unit.".to_owned()];
    }
    let mut lead = vec![match next {
        Some(it) => format!("Next in the order is {}. {}", it.name, it.reason).trim().to_owned(),
        None if rows.iter().all(|it| it.place.is_empty()) => {
            "Nobody has set an order of roll-out yet.".to_owned()
        }
        None => "All that stand in the order are covered.".to_owned(),
    }];
    let without = rows.iter().filter(|it| it.place.is_empty() && !it.gaps.is_empty()).count();
    if without > 0 && without < rows.len() {
        let without =
            words::count(without as u64, "that is not covered has", "that are not covered have");
        lead.push(format!("{} no place in the order.", words::capital(&without)));
    }
    lead
}

fn rule(guide: &ReviewGuide) -> String {
    let days = u64::from(guide.settings.signed_in_within.value);
    format!(
        "A service line is covered once each of its posts is held, an overview of its costing was given to somebody who leads it now, and access works for clinical and business leads. Access works where one of them has a right in force to see its exact costs and has signed in within {}. What anybody reads is not counted.",
        words::count(days, "day", "days")
    )
}

impl Page for CoveragePage {
    const TEMPLATE: &'static str = "features/reviews/coverage.html";

    fn samples() -> Vec<Self> {
        let whole = Row {
            unit: "TORT".to_owned(),
            name: "Trauma and orthopaedics".to_owned(),
            address: "/reviews/TORT".to_owned(),
            place: "1".to_owned(),
            reason: "The largest deficit, and a clinical lead who wants it.".to_owned(),
            clinical: vec![
                "Tomos Hughes, clinical service lead and clinical lead for coding".to_owned(),
            ],
            business: vec!["Daniel Osei, finance business partner".to_owned()],
            overview: "12 March 2026 by Priya Raman to Tomos Hughes. Eight consultants.".to_owned(),
            access: vec!["Clinical: works".to_owned(), "Business: works".to_owned()],
            give: "/reviews/TORT/overview".to_owned(),
            place_at: "/reviews/TORT/roll-out".to_owned(),
            ..Row::default()
        };
        let open = Row {
            unit: "DERM".to_owned(),
            name: "Dermatology".to_owned(),
            address: "/reviews/DERM".to_owned(),
            place: "2".to_owned(),
            reason: "Waiting times are the board’s first aim.".to_owned(),
            gaps: vec!["No coding lead".to_owned(), "No costing overview given".to_owned()],
            access: vec!["Clinical: not signed in for 90\u{a0}days".to_owned()],
            ..Row::default()
        };
        let page = |rows: Vec<Row>, history: Vec<String>| Self {
            shell: Shell::sample(&title(&rows)).below("Reviews", "/reviews"),
            kicker: "Leads, overviews and access on 1 July 2026".to_owned(),
            lead: lead(&rows, rows.iter().find(|it| !it.gaps.is_empty())),
            rows,
            history,
            rule: rule(&ReviewGuide::own()),
        };
        let moved = "1 June 2026, 10:00, Helen Marsh: Dermatology to place 2. Waiting times.";
        vec![page(vec![whole, open], vec![moved.to_owned()]), page(Vec::new(), Vec::new())]
    }
}
