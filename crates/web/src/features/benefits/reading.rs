//! Use as published costings hold it: what there is to choose from, what was chosen, and how it is
//! told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engagement::benefits::{Basis, Costed, CostedParts, CostedUse};
use jiff::civil::Date;
use results::Run;
use results::care::LineUse;
use rules::year::CountUnit;
use serde::Deserialize;
use store::{Connection, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::choices;
use crate::shell::kept::Kept;
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::variation::sees;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Use of service lines that is kept at most.
const KEPT: usize = 50;

/// Use of service lines, by run and line.
static READ: Kept<(String, String), BTreeMap<String, LineUse>> = Kept::new(KEPT);

/// Every later costing.
pub(super) const ALL: &str = "all";

/// What of which costings is read, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    pub(super) activity: String,
    pub(super) baseline_run: String,
    pub(super) later: String,
}

/// What there is to choose from for a unit.
#[derive(Clone, Debug, Default)]
pub(super) struct Offered {
    /// The service line of the unit; blank where it is of none, or whoever looks does not see its
    /// costs exactly.
    pub(super) line: String,
    pub(super) activities: Vec<(String, String)>,
    pub(super) baselines: Vec<(String, String)>,
    pub(super) later: Vec<(String, String)>,
}

impl Offered {
    /// For samples.
    pub(super) fn sample() -> Self {
        let runs = [("c0ffee", "2025/26, published 20 May 2026 (c0ffee)")];
        Self {
            line: "TORT".to_owned(),
            activities: choices("Choose one", [("X-WARDSTAY", "Stay on any ward (by time)")]),
            baselines: choices("Choose one", runs),
            later: choices("Choose one", std::iter::once((ALL, EVERY)).chain(runs)),
        }
    }
}

impl Asked {
    /// Whether anything was chosen.
    pub(super) fn is_blank(&self) -> bool {
        [&self.activity, &self.baseline_run, &self.later].iter().all(|it| it.is_empty())
    }
}

/// A published run with what is asked of it.
struct Published {
    run: Arc<Run>,
    at: String,
}

impl Published {
    fn label(&self) -> String {
        let manifest = self.run.manifest();
        let months = match manifest.last_period {
            12.. => String::new(),
            some => format!(", {}", words::count(u64::from(some), "month", "months")),
        };
        let day = words::day(self.at.get(..10).unwrap_or(&self.at));
        format!(
            "{}{months}, published {day} ({})",
            words::year(&manifest.year),
            short(self.run.id())
        )
    }

    /// The use of one activity by a line, as it is frozen.
    fn used(&self, line: &str, activity: &str) -> Result<CostedUse, Fault> {
        let found = uses(&self.run, line)?.get(activity).cloned().unwrap_or_default();
        let first = |month: &str| format!("{month}-01").parse::<Date>().ok();
        let by_month = found.by_month.iter().filter_map(|it| Some((first(it.0)?, *it.1)));
        let manifest = self.run.manifest();
        Ok(CostedUse {
            run: self.run.id().to_owned(),
            manifest: self.run.manifest_sha256().to_owned(),
            year: manifest.year.clone(),
            months: i64::from(manifest.last_period.min(12)),
            published: self.at.clone(),
            count: found.count,
            parts: CostedParts {
                variable: found.variable.micro_pounds(),
                semi_fixed: found.semi_fixed.micro_pounds(),
                fixed: found.fixed.micro_pounds(),
                unstated: found.unstated.micro_pounds(),
            },
            by_month: by_month.collect(),
        })
    }
}

fn uses(run: &Run, line: &str) -> Result<Arc<BTreeMap<String, LineUse>>, Fault> {
    let key = (run.manifest_sha256().to_owned(), line.to_owned());
    READ.of(key, || Ok(run.uses_of(line)?))
}

/// Published runs, of the latest year first: of one year and as many months what was published last,
/// since it took the place of those before.
fn published(app: &App) -> Result<Vec<Published>, Fault> {
    let mut found = Vec::new();
    for id in app.shelf().ids() {
        let run = app.shelf().run(&id)?;
        if let Some(it) = run.records()?.publication {
            found.push(Published { run, at: it.at });
        }
    }
    found.sort_by(|one, other| {
        let rank = |it: &Published| (it.run.manifest().year.clone(), it.at.clone());
        rank(other).cmp(&rank(one))
    });
    let mut known: BTreeSet<(String, u8)> = BTreeSet::new();
    found.retain(|it| {
        let manifest = it.run.manifest();
        known.insert((manifest.year.clone(), manifest.last_period))
    });
    Ok(found)
}

/// A unit and those above it, from below.
async fn upwards(db: &mut Connection, unit: &str) -> Result<Vec<String>, Fault> {
    let parents: BTreeMap<String, Option<String>> = units::list(db)
        .await?
        .into_iter()
        .map(|it| (it.unit.code.to_string(), it.unit.parent.map(|it| it.to_string())))
        .collect();
    let mut found: Vec<String> = Vec::new();
    let mut next = Some(unit.to_owned());
    while let Some(code) = next.filter(|it| parents.contains_key(it) && !found.contains(it)) {
        next = parents.get(&code).cloned().flatten();
        found.push(code);
    }
    Ok(found)
}

/// The service line of a unit whose costs are seen: the unit itself, or the nearest above it that the
/// costings know.
fn line_of(all: &[Published], above: &[String], visit: &Visit) -> Result<Option<String>, Fault> {
    for code in above {
        for it in all {
            if it.run.rules()?.service_lines.contains_key(code) {
                return Ok(Some(code.clone()).filter(|it| sees(visit, it)));
            }
        }
    }
    Ok(None)
}

/// What published costings hold of the service line of a unit.
pub(super) async fn offered(app: &App, visit: &Visit, unit: &str) -> Result<Offered, Fault> {
    let mut db = app.store().read().await?;
    let above = upwards(&mut db, unit).await?;
    drop(db);
    let (app, visit) = (app.clone(), visit.clone());
    reading(move || {
        let all = published(&app)?;
        let Some(line) = line_of(&all, &above, &visit)? else { return Ok(Offered::default()) };
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for it in &all {
            let known = &it.run.rules()?.activities;
            for (code, _) in uses(&it.run, &line)?.iter().filter(|it| it.1.count > 0) {
                let name = known.get(code).map_or(code, |it| &it.name);
                let counted = known.get(code).map(|it| it.count_unit);
                let how = if counted == Some(CountUnit::Minutes) { "time" } else { "number" };
                names.entry(code.clone()).or_insert_with(|| format!("{name} (by {how})"));
            }
        }
        let mut activities: Vec<(String, String)> = names.into_iter().collect();
        activities.sort_by(|one, other| one.1.cmp(&other.1));
        let labels: Vec<(String, String)> =
            all.iter().map(|it| (it.run.id().to_owned(), it.label())).collect();
        let runs = || labels.iter().map(|it| (it.0.as_str(), it.1.as_str()));
        let each = activities.iter().map(|it| (it.0.as_str(), it.1.as_str()));
        Ok(Offered {
            line,
            activities: choices("Choose one", each),
            baselines: choices("Choose one", runs()),
            later: choices("Choose one", std::iter::once((ALL, EVERY)).chain(runs())),
        })
    })
    .await
}

/// How the choice of every later costing is called.
const EVERY: &str = "Every later year, as last published";

/// Reads what was asked of the costings; what is wrong goes to its field.
pub(super) async fn read(
    app: &App,
    visit: &Visit,
    (unit, basis): (&str, &Basis),
    (asked, wrong): (&Asked, &mut Wrong),
) -> Result<Option<Costed>, Fault> {
    let mut db = app.store().read().await?;
    let above = upwards(&mut db, unit).await?;
    drop(db);
    let (app, visit, asked, basis) = (app.clone(), visit.clone(), asked.clone(), basis.clone());
    let read = reading(move || {
        let all = published(&app)?;
        let Some(line) = line_of(&all, &above, &visit)? else {
            return Ok(Err(("activity", NO_LINE)));
        };
        chosen(&all, &line, (&asked, &basis))
    });
    match read.await? {
        Ok(found) => Ok(Some(found)),
        Err((field, said)) => {
            wrong.add(field, said);
            Ok(None)
        }
    }
}

/// Why nothing can be read for a unit.
const NO_LINE: &str = "The published costings hold no service line of this unit whose costs you may see: choose a \
                       unit that is a service line, or is part of one";

type Chosen = Result<Costed, (&'static str, &'static str)>;

fn chosen(
    all: &[Published],
    line: &str,
    (asked, basis): (&Asked, &Basis),
) -> Result<Chosen, Fault> {
    let Some(first) = all.iter().find(|it| it.run.id() == asked.baseline_run) else {
        return Ok(Err(("baseline_run", "Choose a published costing from before")));
    };
    let rules = first.run.rules()?;
    let known = rules.activities.get(&asked.activity);
    let (Some(activity), true) = (known, uses(&first.run, line)?.contains_key(&asked.activity))
    else {
        return Ok(Err(("activity", "Choose a use that the costing from before holds")));
    };
    let one = match (activity.count_unit, basis.seconds) {
        (CountUnit::Number, None) => 1,
        (CountUnit::Minutes, Some(seconds)) => seconds,
        (CountUnit::Number, Some(_)) => return Ok(Err(("activity", BY_TIME))),
        (CountUnit::Minutes, None) => return Ok(Err(("activity", BY_NUMBER))),
    };
    let baseline = first.used(line, &asked.activity)?;
    let is_later = |it: &&Published| it.run.manifest().year > baseline.year;
    let is_asked = |it: &&Published| match asked.later.as_str() {
        ALL => it.run.manifest().last_period == first.run.manifest().last_period,
        run => it.run.id() == run,
    };
    let mut later: Vec<CostedUse> = Vec::new();
    for it in all.iter().filter(is_asked).filter(|it| asked.later != ALL || is_later(it)) {
        let used = it.used(line, &asked.activity)?;
        // Of one year, what was published last comes first, and stands for the year.
        if later.iter().all(|known| known.year != used.year) {
            later.push(used);
        }
    }
    later.reverse();
    if later.is_empty() {
        return Ok(Err(("later", "Choose a published costing of a later year")));
    }
    let (line, activity) = (line.to_owned(), activity.name.clone());
    let code = asked.activity.clone();
    Ok(Ok(Costed { line, activity: code, name: activity, one, baseline, later }))
}

const BY_TIME: &str =
    "The costings count this by number, and the claim rests on time: choose another use";
const BY_NUMBER: &str =
    "The costings count this by time, and the claim rests on a number: choose another use";

/// Costings that could be added to what a benefit was read: published, of a later year with as many
/// months, and not read yet.
pub(super) async fn unread(app: &App, read: &Costed) -> Result<Vec<(String, String)>, Fault> {
    let (app, read) = (app.clone(), read.clone());
    reading(move || {
        let is_new = |it: &Published| {
            let manifest = it.run.manifest();
            manifest.year > read.baseline.year
                && i64::from(manifest.last_period.min(12)) == read.baseline.months
                && read.later.iter().all(|known| known.run != it.run.id())
        };
        let all = published(&app)?;
        let new = all.iter().filter(|it| is_new(it));
        Ok(new.map(|it| (it.run.id().to_owned(), it.label())).collect())
    })
    .await
}

/// A later costing beside what a benefit was read before: the same use of the same line, with the
/// baseline as it was frozen.
pub(super) async fn again(app: &App, before: &Costed, run: &str) -> Result<Option<Costed>, Fault> {
    let (app, before, run) = (app.clone(), before.clone(), run.to_owned());
    reading(move || {
        let all = published(&app)?;
        let Some(found) = all.iter().find(|it| it.run.id() == run) else { return Ok(None) };
        let used = found.used(&before.line, &before.activity)?;
        Ok(Some(Costed { later: vec![used], ..before }))
    })
    .await
}
