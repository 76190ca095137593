//! How far clinicians trust the costing of a service line, costing by costing, beside what they asked
//! to be changed in walk-throughs and what rested on it.
//!
//! Clinicians of the unit rate the latest published costing. Counts are told by level, never a name.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use engagement::benefits::Side;
use engagement::confidence::{ConfidenceScale, Told};
use engagement::walk_throughs::Act;
use results::Run;
use serde::Deserialize;
use store::confidence::{self, NewRating, StoredRating};
use store::walk_throughs::{self, StoredWalkThrough};
use store::{Connection, UnitCode};

use super::costings::{self, Costing, came_in, groups, in_short, of_run, sentence, told};
use super::decision::{self, Rested};
use super::{TEXT, latest, name_of};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, own_side};
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::PUBLISHED_SINCE;
use crate::shell::shelf::{Shelf, reading};
use crate::shell::typed::Text;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Pixels of the chart.
const WIDTH: u16 = 900;

/// Why somebody trusts a costing or not.
const REASON: Text = Text { letters: confidence::LETTERS_MAX, ..TEXT };

#[derive(askama::Template)]
#[template(path = "features/walk_throughs/confidence.html")]
pub(super) struct Confidence {
    shell: Shell,
    lead: String,
    /// What whoever is signed in said, latest first, and whether they may say something.
    own: Vec<String>,
    rates: bool,
    levels: Vec<(String, String)>,
    svg: String,
    note: String,
    rows: Vec<Row>,
    reasons: Vec<String>,
    requests: Vec<Request>,
    decisions: Vec<Rested>,
    /// Where a decision is linked; blank for those who may not.
    link: String,
    inputs: String,
    address: String,
    /// From how many on something is told.
    rule: String,
    /// The costing that is rated.
    run: String,
    period: String,
    seen: usize,
    typed: Typed,
    wrong: Wrong,
}

/// A costing.
#[derive(Clone, Debug, Default)]
struct Row {
    period: String,
    people: String,
    said: Vec<String>,
    has_more: bool,
}

/// Something that was asked in a walk-through.
#[derive(Clone, Debug, Default)]
struct Request {
    name: String,
    address: String,
    asked: String,
    answered: String,
    came: String,
    before: String,
    after: String,
}

/// A rating as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    seen: String,
    /// The costing that was seen.
    run: String,
    level: String,
    reason: String,
}

/// What the page is made of.
struct Found {
    scale: ConfidenceScale,
    name: String,
    unit: String,
    ratings: Vec<StoredRating>,
    walks: Vec<StoredWalkThrough>,
    decisions: Vec<Rested>,
    /// Published costings of the service line.
    costings: Vec<Costing>,
}

impl Found {
    async fn of(app: &App, visit: &Visit, unit: &str) -> Result<(Self, Vec<Request>), Fault> {
        let name = name_of(app, visit, unit).await?;
        let run = latest(app).await?;
        let mut db = app.store().read().await?;
        let code = UnitCode::new(unit);
        let ratings = confidence::ratings(&mut db, &code).await?;
        let walks = walks(&mut db, unit).await?;
        let decisions = decision::rested(&mut db, visit, unit).await?;
        drop(db);
        let scale = ConfidenceScale::own();
        let mut found = Self {
            scale,
            name,
            unit: unit.to_owned(),
            ratings,
            walks,
            decisions,
            costings: Vec::new(),
        };
        let shelf = app.clone();
        let read = reading(move || {
            found.costings = costings::costings(shelf.shelf(), &found.unit)?;
            let requests = found.requests(shelf.shelf(), run.as_ref())?;
            Ok((found, requests))
        });
        read.await
    }

    /// What clinicians asked to be changed, the latest first.
    fn requests(&self, kept: &Shelf, run: Option<&Arc<Run>>) -> Result<Vec<Request>, Fault> {
        let mut found = Vec::new();
        for it in &self.walks {
            let is_asked = |act: Act| matches!(act, Act::DoesNot | Act::Proposes);
            let Some(wish) = it.steps.iter().rev().find(|it| is_asked(it.act)) else { continue };
            let answer = it.steps.iter().rev().find(|it| it.act.side() == Side::Finance);
            let came = came_in(kept, &self.costings, it)?;
            let of = |run: &str| sentence(&self.scale, &told(&self.scale, &self.ratings, run));
            found.push(Request {
                name: costings::activity(run.map(|it| &**it), &it.of.activity)?,
                address: format!("/walk-throughs/{}", it.id),
                asked: words::sentence(&wish.words),
                answered: answered(answer),
                before: of(&it.of.run),
                after: came.as_ref().map_or_else(String::new, |it| of(&it.run)),
                came: came.map_or_else(String::new, |it| it.period),
            });
        }
        Ok(found)
    }

    /// The latest published costing.
    fn latest(&self) -> Option<&Costing> {
        self.costings.last()
    }

    /// Ratings of somebody of a costing, in order.
    fn own<'a>(&'a self, person: &str, run: &str) -> Vec<&'a StoredRating> {
        of_run(&self.ratings, run).into_iter().filter(|it| it.by.as_str() == person).collect()
    }

    fn lead(&self) -> String {
        let Some(latest) = self.latest() else {
            return "No costing of this service line is published yet.".to_owned();
        };
        let said = in_short(&self.scale, &told(&self.scale, &self.ratings, &latest.run));
        words::sentence(&format!("{}: {said}", latest.short()))
    }

    fn rows(&self) -> Vec<Row> {
        let row = |it: Costing| match told(&self.scale, &self.ratings, &it.run) {
            Told::Counts(counts) => Row {
                period: it.period,
                people: counts.total().to_string(),
                said: groups(&self.scale, &counts),
                has_more: counts.has_more,
            },
            Told::Nobody => {
                Row { period: it.period, people: "Nobody".to_owned(), ..Row::default() }
            }
            Told::Few => Row {
                period: it.period,
                people: format!("Fewer than {}", self.scale.settings.people_at_least.value),
                ..Row::default()
            },
        };
        costings::rated(&self.costings, &self.ratings).into_iter().map(row).collect()
    }

    /// Whose trust is enough, costing by costing, as bars; none of fewer than two.
    fn chart(&self) -> Option<charts::Chart> {
        let bar = |it: &Costing| match told(&self.scale, &self.ratings, &it.run) {
            Told::Counts(counts) => {
                let enough = self.scale.enough(&counts)?;
                let (part, total) =
                    (u64::try_from(enough).ok()?, u64::try_from(counts.total()).ok()?);
                let share = (part * ALL.unsigned_abs()).checked_div(total)?;
                Some(share_of(it.short(), &format!("{part} of {total}"), share))
            }
            Told::Nobody | Told::Few => None,
        };
        let all = costings::rated(&self.costings, &self.ratings);
        let bars: Vec<Bar> = all.iter().filter_map(bar).collect();
        (bars.len() > 1).then(|| drawn(&self.scale, bars))
    }

    /// Reasons of those who are counted for the latest costing of which something is told, in the
    /// order of the alphabet, so that nobody is known by when they wrote.
    fn reasons(&self) -> Vec<String> {
        let all = costings::rated(&self.costings, &self.ratings);
        let last =
            all.iter().rev().find_map(|it| match told(&self.scale, &self.ratings, &it.run) {
                Told::Counts(counts) => Some((it, counts)),
                Told::Nobody | Told::Few => None,
            });
        let Some((costing, counts)) = last else { return Vec::new() };
        let ratings = of_run(&self.ratings, &costing.run);
        let of = counts.counted.iter().filter_map(|it| ratings.get(*it));
        let mut said: Vec<String> = of.map(|it| words::sentence(&it.of.reason)).collect();
        said.retain(|it| !it.is_empty());
        said.sort();
        said
    }
}

/// All who rated, as bars show it: percent.
const ALL: i64 = 100;

/// One costing as a bar, by its share in percent.
fn share_of(name: &str, value: &str, share: u64) -> Bar {
    let (name, value) = (name.to_owned(), value.to_owned());
    Bar { name, value, size: i64::try_from(share).ok(), is_strong: false, is_rest: false }
}

fn drawn(scale: &ConfidenceScale, bars: Vec<Bar>) -> charts::Chart {
    let border = scale.levels.iter().find(|it| it.is_enough);
    let said = border.map_or("", |it| it.said.as_str());
    Bars {
        heading: Heading {
            id: "confidence".to_owned(),
            title: format!("How many {said} or more, of those who rated"),
            description: "One bar for each costing, the earliest first, as long as their share. The table below holds the same figures.".to_owned(),
        },
        width: WIDTH,
        direction: Direction::Parts { whole: ALL },
        bars,
    }
    .draw()
}

fn answered(answer: Option<&walk_throughs::Step>) -> String {
    let Some(it) = answer else { return "Finance has not answered yet.".to_owned() };
    let expected = match it.expected.as_str() {
        "" => String::new(),
        expected => format!(" It should be in {expected}."),
    };
    format!("{}: {}{expected}", it.act.name(), words::sentence(&it.words))
}

/// Walk-throughs of a service line, the latest first.
pub(super) async fn walks(
    db: &mut Connection,
    unit: &str,
) -> Result<Vec<StoredWalkThrough>, Fault> {
    let all = walk_throughs::list(db).await?.into_iter();
    Ok(all.filter(|it| it.of.unit.as_str() == unit).collect())
}

/// Whether whoever is signed in rates the costing of a unit: a clinician who answers for it.
async fn rates(app: &App, visit: &Visit, unit: &str) -> Result<bool, Fault> {
    if !may_answer(visit, unit) {
        return Ok(false);
    }
    let mut db = app.store().read().await?;
    Ok(own_side(&mut db, visit).await? == Some(Side::Clinical))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, &unit).await?;
    Ok(Confidence::of(&app, &visit, found, (None, Wrong::default())).await?.respond())
}

impl Confidence {
    async fn of(
        app: &App,
        visit: &Visit,
        (found, requests): (Found, Vec<Request>),
        (typed, wrong): (Option<Typed>, Wrong),
    ) -> Result<Self, Fault> {
        let rates = rates(app, visit, &found.unit).await? && found.latest().is_some();
        let me = visit.person()?.id.as_str();
        let (run, period) =
            found.latest().map_or_else(Default::default, |it| (it.run.clone(), it.period.clone()));
        let own = found.own(me, &run);
        let last = own.last().map(|it| Typed {
            level: it.of.level.clone(),
            reason: it.of.reason.clone(),
            ..Typed::default()
        });
        let said = |it: &StoredRating| {
            let level = found.scale.level(&it.of.level).map_or(it.of.level.as_str(), |it| &it.name);
            let reason = words::sentence(&it.of.reason);
            format!("{}: {level}. {reason}", words::moment(it.at)).trim().to_owned()
        };
        let mine = found.ratings.iter().rev().filter(|it| it.by.as_str() == me);
        let chart = found.chart();
        Ok(Self {
            shell: visit
                .shell(title(&found.name))
                .below("Walk-throughs", "/walk-throughs")
                .with_errors(&wrong),
            lead: found.lead(),
            own: mine.map(said).collect(),
            rates,
            levels: levels(&found.scale),
            svg: chart.as_ref().map(charts::Chart::svg).unwrap_or_default(),
            note: chart.map(|it| it.note).unwrap_or_default(),
            rows: found.rows(),
            reasons: found.reasons(),
            requests,
            link: if may_answer(visit, &found.unit) && !found.costings.is_empty() {
                format!("/walk-throughs/confidence/{}/decision", found.unit)
            } else {
                String::new()
            },
            inputs: format!("/walk-throughs/inputs/{}", found.unit),
            address: format!("/walk-throughs/confidence/{}", found.unit),
            rule: rule(&found.scale),
            run,
            period,
            seen: own.len(),
            typed: typed.or(last).unwrap_or_default(),
            decisions: found.decisions,
            wrong,
        })
    }
}

fn title(unit: &str) -> String {
    format!("How far clinicians trust the costing of {unit}")
}

fn levels(scale: &ConfidenceScale) -> Vec<(String, String)> {
    choices("", scale.levels.iter().map(|it| (it.id.as_str(), it.name.as_str())))
}

fn rule(scale: &ConfidenceScale) -> String {
    let of = &scale.settings;
    format!(
        "Counts are told from {} people on, and change once {} more have said something new. Where fewer than {} stand at a level, levels are told together. Nobody but you sees what you said.",
        of.people_at_least.value, of.more_at_least.value, of.level_at_least.value
    )
}

pub(super) async fn rate(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let found = Found::of(&app, &visit, &unit).await?;
    if !rates(&app, &visit, &unit).await? {
        return Err(Fault::NotFound);
    }
    let latest = found.0.latest().cloned().ok_or(Fault::NotFound)?;
    let mut wrong = Wrong::default();
    wrong.unless(typed.run == latest.run, "level", PUBLISHED_SINCE);
    let is_level = found.0.scale.level(&typed.level).is_some();
    wrong.unless(is_level, "level", "Choose how far you trust it");
    if !typed.reason.trim().is_empty() {
        REASON.check(&mut wrong, "reason", &typed.reason, "");
    }
    if !wrong.is_empty() {
        let page = Confidence::of(&app, &visit, found, (Some(typed), wrong));
        return Ok(page.await?.respond());
    }
    let new = NewRating {
        unit: UnitCode::new(unit.as_str()),
        run: latest.run,
        period: latest.period,
        level: typed.level,
        reason: typed.reason.trim().to_owned(),
    };
    let scope = visit.scope(access::Capability::AnswerQuestions)?;
    let entry = visit.entry_in(scope, "confidence.rate", "");
    let seen = typed.seen.parse().unwrap_or(-1);
    let address = format!("/walk-throughs/confidence/{unit}");
    let done = visit.change(&address, "Your rating is kept.", move |tx| {
        Box::pin(async move { confidence::rate(tx, &new, seen, &entry).await })
    });
    done.await
}

impl Request {
    /// For samples.
    fn sample() -> Self {
        Self {
            name: "Theatre".to_owned(),
            address: "/walk-throughs/1".to_owned(),
            asked: "Count the staff who are present.".to_owned(),
            answered: "A change is agreed: Staff present multiply the time.".to_owned(),
            came: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            before: "2 of 7 trust most of it or more.".to_owned(),
            after: "5 of 7 trust most of it or more.".to_owned(),
        }
    }
}

/// For samples.
fn sample_chart(scale: &ConfidenceScale) -> charts::Chart {
    let bars = vec![
        share_of("2024/25 to the end of March", "2 of 7", 28),
        share_of("2025/26 to the end of March", "5 of 7", 71),
    ];
    drawn(scale, bars)
}

impl Page for Confidence {
    const TEMPLATE: &'static str = "features/walk_throughs/confidence.html";

    fn samples() -> Vec<Self> {
        let scale = ConfidenceScale::own();
        let chart = sample_chart(&scale);
        let row = |period: &str, people: &str, said: &[&str]| Row {
            period: period.to_owned(),
            people: people.to_owned(),
            said: said.iter().map(|it| (*it).to_owned()).collect(),
            has_more: !said.is_empty(),
        };
        let page = |rows: Vec<Row>, wrong: Wrong| Self {
            shell: Shell::sample(&title("Trauma and orthopaedics"))
                .below("Walk-throughs", "/walk-throughs")
                .with_errors(&wrong),
            lead: "2025/26 to the end of March: 5 of 7 trust most of it or more.".to_owned(),
            own: vec!["1 June 2026, 10:00: I trust parts of it. Theatre times.".to_owned()],
            rates: true,
            levels: levels(&scale),
            svg: if rows.is_empty() { String::new() } else { chart.svg() },
            note: chart.note.clone(),
            rows,
            reasons: Vec::new(),
            requests: Vec::new(),
            decisions: Vec::new(),
            link: "/walk-throughs/confidence/TORT/decision".to_owned(),
            inputs: "/walk-throughs/inputs/TORT".to_owned(),
            address: "/walk-throughs/confidence/TORT".to_owned(),
            rule: rule(&scale),
            run: "45f90b5fcd55d0b4".to_owned(),
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            seen: 1,
            typed: Typed::default(),
            wrong,
        };
        let full = Self {
            reasons: vec!["Implants are at the prices that we pay.".to_owned()],
            requests: vec![Request::sample()],
            decisions: vec![Rested::sample()],
            ..page(
                vec![
                    row("2024/25 to the end of March", "7", &["2 trust most of it"]),
                    row("2025/26 to the end of March", "Fewer than 5", &[]),
                ],
                Wrong::default(),
            )
        };
        let mut wrong = Wrong::default();
        wrong.add("level", "Choose how far you trust it");
        wrong.add("reason", "Write 1000 letters at most: there are 1001");
        let reader = Self {
            rates: false,
            own: Vec::new(),
            link: String::new(),
            ..page(Vec::new(), Wrong::default())
        };
        vec![full, page(Vec::new(), wrong), reader]
    }
}
