//! What is known to be wrong with the data of a unit, as pages and packs tell it; and how the briefing
//! of the unit stands.

use access::{Access, Capability, View};
use engagement::briefings::State;
use engagement::known_issues::{
    CodingReview as CodingFacts, Effect, Enough, IssueFacts, enough, schedule,
};
use jiff::civil::Date;
use store::briefings;
use store::known_issues::{self, CodingReview, Conflict, Issue, Statement};
use store::measures::{self, Definition};
use store::{Connection, PersonId, UnitCode};

use super::fault::Fault;
use super::measures::{Figure, month_words, said};
use super::people::names;
use super::session::{calendar, today};
use super::visit::Visit;
use super::words;

/// All that is known of the data of a unit.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Issues that are not mended.
    pub issues: Vec<IssueRow>,
    /// Whether the data is good enough to go on, and who said so.
    pub enough: String,
    /// Whether nobody has said so of what is known now.
    pub enough_warns: bool,
    /// How reviews of coding stand.
    pub coding: Vec<String>,
    /// Two values of one measure, each in a sentence; open ones first.
    pub conflicts: Vec<String>,
    /// How the briefing of the unit stands.
    pub briefing: String,
    /// Whether that is a warning.
    pub briefing_warns: bool,
    /// Where the issues are.
    pub address: String,
    /// Where the briefing is.
    pub briefing_address: String,
}

/// One issue.
#[derive(Clone, Debug, Default)]
pub struct IssueRow {
    /// What is wrong.
    pub what: String,
    /// How much it changes, and what.
    pub effect: String,
    /// Whether that is material.
    pub is_material: bool,
    /// Who sees to it.
    pub owner: String,
    /// When it was found.
    pub found: String,
}

/// Whether somebody keeps what is known of the data of a unit: whoever makes its packs, and whoever
/// brings data in or keeps measures of it.
pub fn keeps(visit: &Visit, unit: &str) -> bool {
    visit.person().is_ok_and(|it| may_keep(&it.access, unit))
}

fn may_keep(access: &Access, unit: &str) -> bool {
    let all = [Capability::MakePacks, Capability::LoadData, Capability::KeepMeasures];
    all.iter().any(|it| access.scope(*it).is_some_and(|it| it.of_unit(unit).is_some()))
}

/// Whether somebody with these rights could open what is known of the data of a unit: whoever keeps
/// it, and whoever sees the unit exactly.
pub fn may_open(access: &Access, unit: &str) -> bool {
    let costs = access.scope(Capability::AggregateCosts).and_then(|it| it.of_unit(unit));
    let is_exact = costs.is_some_and(|it| it.view == View::Exact);
    access.may(Capability::ReadMeasures) && (may_keep(access, unit) || is_exact)
}

impl Known {
    /// What is known of a unit, for those who see it exactly.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the store cannot be read.
    pub async fn of(db: &mut Connection, visit: &Visit, unit: &str) -> Result<Self, Fault> {
        let (code, on) = (UnitCode::new(unit), calendar(today(visit.now)));
        let people = names(db).await?;
        let name = |it: &PersonId| people.get(it.as_str()).cloned().unwrap_or_default();
        let issues = known_issues::issues_of(db, &code).await?;
        let statement = known_issues::statement_of(db, &code).await?;
        let coding = known_issues::coding_reviews_of(db, &code).await?;
        let conflicts = known_issues::conflicts_of(db, &code).await?;
        let briefing = briefings::of_unit(db, &code).await?;
        let briefed = briefing.as_ref().map_or(State::None, |it| it.state(on));
        let definitions: Vec<Definition> =
            measures::list(db).await?.into_iter().map(|it| it.definition).collect();
        let open: Vec<&Issue> = issues.iter().filter(|it| it.is_open()).collect();
        let (said, enough_warns) = said_enough(statement.as_ref(), &issues, &name);
        let mut told: Vec<&Conflict> = conflicts.iter().collect();
        told.sort_by_key(|it| it.settled.is_some());
        Ok(Self {
            issues: open.iter().map(|it| row(it, &name)).collect(),
            enough: said,
            enough_warns,
            coding: told_coding(&coding, on),
            conflicts: told.iter().map(|it| conflict(it, &definitions, &name)).collect(),
            briefing: briefed.name().to_owned(),
            briefing_warns: briefed.warns(),
            address: format!("/services/{unit}/data"),
            briefing_address: format!("/services/{unit}/briefing"),
        })
    }

    /// What is known, in sentences, without the issues.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.enough.clone()];
        lines.extend(self.coding.iter().cloned());
        lines.extend(self.conflicts.iter().cloned());
        if self.issues.is_empty() {
            lines.push("No issue of the data is known.".to_owned());
        }
        lines
    }

    /// For samples.
    pub fn sample() -> Self {
        Self {
            issues: vec![IssueRow {
                what: "Theatre end times are missing for one list".to_owned(),
                effect: "Material: cost of theatre time".to_owned(),
                is_material: true,
                owner: "Leah Novak".to_owned(),
                found: "2 May 2026".to_owned(),
            }],
            enough: "Good enough to go on: nine in ten records match. Daniel Osei, 10 May 2026."
                .to_owned(),
            enough_warns: false,
            coding: vec!["Coding was reviewed on 2 March 2026: 47 of 50 right.".to_owned()],
            conflicts: vec![
                "Falls, April 2026: 12 by Incident system, 14 by Ward return. Open: nobody is named who settles it."
                    .to_owned(),
            ],
            briefing: State::OutOfDate.name().to_owned(),
            briefing_warns: true,
            address: "/services/TORT/data".to_owned(),
            briefing_address: "/services/TORT/briefing".to_owned(),
        }
    }
}

/// A day of an instant, in words.
fn day_of(at: jiff::Timestamp) -> String {
    words::day(&today(at).to_string())
}

fn row(it: &Issue, name: &impl Fn(&PersonId) -> String) -> IssueRow {
    IssueRow {
        what: it.of.what.clone(),
        effect: format!("{}: {}", it.of.effect.name(), it.of.effect_on),
        is_material: it.of.effect == Effect::Material,
        owner: name(&it.of.owner),
        found: words::day(&it.of.found_on.to_string()),
    }
}

/// Whether the data is good enough, in a sentence, and whether that is a warning.
pub fn said_enough(
    statement: Option<&Statement>,
    issues: &[Issue],
    name: &impl Fn(&PersonId) -> String,
) -> (String, bool) {
    let facts = |it: &Issue| {
        let facts = IssueFacts {
            found_on: calendar(it.of.found_on),
            mended_on: it.of.mended_on.map(calendar),
            holds_packs: it.of.holds_packs,
        };
        (it.of.effect, facts, calendar(today(it.material_since.unwrap_or(it.recorded_at))))
    };
    let all: Vec<_> = issues.iter().map(facts).collect();
    let found = enough(statement.map(|it| calendar(today(it.at))), &all);
    let Some(it) = statement else { return (format!("{}.", found.name()), true) };
    let by = format!("{}, {}", name(&it.by), day_of(it.at));
    let text = format!("Good enough to go on: {} {by}.", words::sentence(&it.words));
    match found {
        Enough::Said => (text, false),
        Enough::NotSaid | Enough::Outdated => (format!("{text} {}.", found.name()), true),
    }
}

/// How reviews of coding stand, in sentences.
fn told_coding(all: &[CodingReview], on: Date) -> Vec<String> {
    let facts = |it: &CodingReview| CodingFacts {
        planned_on: calendar(it.of.planned_on),
        done_on: it.of.done_on.map(calendar),
    };
    let found = schedule(&all.iter().map(facts).collect::<Vec<_>>(), on);
    let mut lines = Vec::new();
    if let Some(it) = found.last.and_then(|it| all.get(it)) {
        let done = it.of.done_on.unwrap_or(it.of.planned_on).to_string();
        let result = words::sentence(&it.of.result);
        lines.push(format!("Coding was reviewed on {}: {result}", words::day(&done)));
    }
    if let Some(it) = found.next.and_then(|it| all.get(it)) {
        let late = match found.days_late {
            0 => String::new(),
            late => format!(", {} late", words::count(late.into(), "day", "days")),
        };
        let planned = words::day(&it.of.planned_on.to_string());
        lines.push(format!("The next review of coding is planned for {planned}{late}."));
    }
    if lines.is_empty() {
        lines.push("No review of coding is planned.".to_owned());
    }
    lines
}

/// A conflict in a sentence, with both values, their sources and how it stands.
pub fn conflict(
    it: &Conflict,
    definitions: &[Definition],
    name: &impl Fn(&PersonId) -> String,
) -> String {
    let definition = definitions.iter().find(|of| of.code == it.second.measure);
    let value = |of: &measures::NewValue| {
        let figure = Figure { value: of.value, of: of.of, is_rounded: false };
        let told = definition.map_or_else(|| of.value.to_string(), |it| said(it, &figure));
        format!("{told} by {}", of.source)
    };
    let what = definition.map_or_else(|| it.second.measure.to_string(), |it| it.name.clone());
    let settles = it.settles.as_ref().map(name);
    let stands = match (&it.settled, settles) {
        (Some(settled), Some(who)) => {
            let because = words::sentence(&settled.because);
            format!(
                "Settled by {who}, {}: {}. {because}",
                day_of(settled.at),
                settled.choice.name().to_lowercase()
            )
        }
        (_, Some(who)) => format!("Open: {who} settles it."),
        (_, None) => "Open: nobody is named who settles it.".to_owned(),
    };
    let month = month_words(it.second.month);
    format!("{what}, {month}: {}, {}. {stands}", value(&it.first), value(&it.second))
}
