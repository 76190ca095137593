//! Two runs side by side: what differs in what went in, and what moved by service line.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use domain::Money;
use results::Run;
use results::outliers::{Outlier, outliers};
use results::since::month;
use results::statements::in_words;
use serde::Deserialize;

use super::moved::Inside;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::models;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Movements of more than so many percent are shown one by one.
const PERCENT: i64 = 25;

/// So many of them, the largest first.
const SHOWN: usize = 20;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/compare.html")]
pub(super) struct Compare {
    shell: Shell,
    runs: Vec<(String, String)>,
    from: String,
    to: String,
    wrong: Wrong,
    found: Option<Comparison>,
}

/// What two runs say beside each other.
struct Comparison {
    from: String,
    to: String,
    /// What differs in what went in.
    causes: Vec<&'static str>,
    /// Files that differ, where both runs are of one year.
    files: Vec<String>,
    /// The service line that moved most, in words.
    most: String,
    /// Rows of the service line that is asked for.
    inside: Option<Inside>,
    /// Versions of the rules on both sides, where they differ and are known here.
    rules: Option<(i64, i64)>,
    lines: Vec<Line>,
    residuals: Vec<Line>,
    moved: Vec<Moved>,
    more: usize,
}

/// One service line or residual.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    code: String,
    name: String,
    before: String,
    after: String,
    difference: String,
    size: Money,
}

/// One cost of one that moved.
struct Moved {
    what: String,
    before: String,
    after: String,
    percent: String,
    effect: String,
}

/// Which runs.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// A service line to look into.
    #[serde(default)]
    line: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(chosen): Query<Chosen>,
    visit: Visit,
) -> Result<Response, Fault> {
    let shell = visit.shell("What moved between two runs").below("Runs", "/runs");
    let mut wrong = Wrong::default();
    let is_whole = !chosen.from.is_empty() && !chosen.to.is_empty();
    wrong.unless(!is_whole || chosen.from != chosen.to, "to", "Choose two different runs");
    let is_sound = wrong.is_empty();
    let site = app.clone();
    let (runs, chosen, mut found) = reading(move || {
        let runs = named(&app)?;
        if !is_sound {
            return Ok((runs, Chosen::default(), None));
        }
        let chosen = with_usual(&app, chosen)?;
        if chosen.from.is_empty() || chosen.to.is_empty() {
            return Ok((runs, chosen, None));
        }
        let (from, to) = (app.shelf().run(&chosen.from)?, app.shelf().run(&chosen.to)?);
        let found = compare(&from, &to, &chosen.line)?;
        Ok((runs, chosen, Some((found, from, to))))
    })
    .await?;
    if let Some((found, from, to)) = &mut found {
        found.rules = rules_between(&site, from, to).await?;
    }
    let found = found.map(|it| it.0);
    let shell = shell.with_errors(&wrong);
    let (from, to) = (chosen.from, chosen.to);
    Ok(Compare { shell, runs, from, to, wrong, found }.respond())
}

/// All runs with their names, latest first.
fn named(app: &App) -> Result<Vec<(String, String)>, Fault> {
    let named = app.shelf().ids().into_iter().map(|id| {
        let run = app.shelf().run(&id)?;
        Ok((id, name(&run)))
    });
    let mut runs = named.collect::<Result<Vec<_>, Fault>>()?;
    runs.sort_by(|one, other| (&other.1, &other.0).cmp(&(&one.1, &one.0)));
    Ok(runs)
}

/// Where only the second run is said, the first is the published one of its year, if there is one.
fn with_usual(app: &App, mut chosen: Chosen) -> Result<Chosen, Fault> {
    if !chosen.from.is_empty() || chosen.to.is_empty() {
        return Ok(chosen);
    }
    let to = app.shelf().run(&chosen.to)?;
    for id in app.shelf().ids().into_iter().filter(|it| *it != chosen.to) {
        let run = app.shelf().run(&id)?;
        let is_of_year = run.manifest().year == to.manifest().year;
        if is_of_year && run.records()?.publication.is_some() {
            chosen.from = id;
        }
    }
    Ok(chosen)
}

/// The versions of the rules of two runs, where they differ and this site knows both.
async fn rules_between(app: &App, from: &Run, to: &Run) -> Result<Option<(i64, i64)>, Fault> {
    let (from, to) = (&from.manifest().model_hash, &to.manifest().model_hash);
    if from == to {
        return Ok(None);
    }
    let from = models::by_hash(app, from).await?;
    let to = models::by_hash(app, to).await?;
    Ok(from.zip(to).map(|(from, to)| (from.number, to.number)))
}

fn name(run: &Run) -> String {
    let manifest = run.manifest();
    let until = month(manifest.last_period.min(12));
    format!("{} to the end of {until}, run {}", words::year(&manifest.year), short(run.id()))
}

fn compare(from: &Run, to: &Run, line: &str) -> Result<Comparison, Fault> {
    let results = |run: &Run| -> Result<BTreeMap<String, (String, Money)>, Fault> {
        let all = run.statements()?.into_iter();
        Ok(all
            .map(|it| {
                let name = it.service_line.words().to_owned();
                (it.service_line.code.clone(), (name, it.result()))
            })
            .collect())
    };
    let residuals = |run: &Run| -> Result<BTreeMap<String, (String, Money)>, Fault> {
        let mut sums: BTreeMap<String, (String, Money)> = BTreeMap::new();
        for it in run.cost_walk()?.steps {
            let entry = sums.entry(it.residual).or_insert((it.words, Money::ZERO));
            entry.1 += it.amount;
        }
        Ok(sums)
    };
    let (before, after) = (results(from)?, results(to)?);
    let inside = if line.is_empty() { None } else { Some(Inside::of((from, to), line)?) };
    let mut moved = outliers(from, to, PERCENT)?;
    let more = moved.len().saturating_sub(SHOWN);
    moved.truncate(SHOWN);
    Ok(Comparison {
        from: name(from),
        to: name(to),
        causes: causes(from, to),
        rules: None,
        files: super::moved::files(from, to),
        most: super::moved::most(&before, &after),
        inside,
        lines: beside(&before, &after, in_words, better_or_worse),
        residuals: beside(&residuals(from)?, &residuals(to)?, words::pence, more_or_less),
        moved: moved.iter().map(one).collect(),
        more,
    })
}

/// What went in that differs, so that what moved has a cause.
fn causes(from: &Run, to: &Run) -> Vec<&'static str> {
    let (one, other) = (from.manifest(), to.manifest());
    let all = [
        (one.year != other.year, "another year"),
        (one.last_period != other.last_period, "another last month"),
        (one.dataset_hash != other.dataset_hash, "other data"),
        (one.model_hash != other.model_hash, "other rules"),
        (one.engine != other.engine, "another version of the program"),
    ];
    all.into_iter().filter(|it| it.0).map(|it| it.1).collect()
}

/// Lines of two runs, the largest difference first; those that are the same are left out.
fn beside(
    before: &BTreeMap<String, (String, Money)>,
    after: &BTreeMap<String, (String, Money)>,
    shown: fn(Money) -> String,
    difference: fn(Money) -> String,
) -> Vec<Line> {
    let mut codes: Vec<&String> = before.keys().chain(after.keys()).collect();
    codes.sort();
    codes.dedup();
    let line = |code: &String| {
        let (one, other) = (before.get(code), after.get(code));
        let amount = |it: Option<&(String, Money)>| it.map_or(Money::ZERO, |it| it.1);
        let text = |it: Option<&(String, Money)>| it.map_or("none".to_owned(), |it| shown(it.1));
        let moved = amount(other) - amount(one);
        Line {
            code: code.clone(),
            name: other.or(one).map_or_else(String::new, |it| words::capital(&it.0)),
            before: text(one),
            after: text(other),
            difference: difference(moved),
            size: moved.abs(),
        }
    };
    let mut lines: Vec<Line> =
        codes.into_iter().map(line).filter(|it| !it.size.is_zero()).collect();
    lines.sort_by(|one, other| (other.size, &one.name).cmp(&(one.size, &other.name)));
    lines
}

pub(super) fn better_or_worse(moved: Money) -> String {
    let word = if moved < Money::ZERO { "worse" } else { "better" };
    format!("{} {word}", words::pounds(moved.abs()))
}

pub(super) fn more_or_less(moved: Money) -> String {
    let word = if moved < Money::ZERO { "less" } else { "more" };
    format!("{} {word}", words::pence(moved.abs()))
}

fn one(it: &Outlier) -> Moved {
    let word = if it.percent < 0 { "less" } else { "more" };
    Moved {
        what: words::capital(&it.what),
        before: words::pence(it.before),
        after: words::pence(it.after),
        percent: format!("{}% {word}", it.percent.abs()),
        effect: words::pounds(it.effect.abs()),
    }
}

impl Page for Compare {
    const TEMPLATE: &'static str = "features/costing_runs/compare.html";

    fn samples() -> Vec<Self> {
        let runs = || {
            vec![
                ("1fe9a090".to_owned(), "2025/26 to the end of March, run 1fe9a090".to_owned()),
                ("2c0bd113".to_owned(), "2025/26 to the end of February, run 2c0bd113".to_owned()),
            ]
        };
        let line = |name: &str, moved: Money, words: fn(Money) -> String| Line {
            code: "TORT".to_owned(),
            name: name.to_owned(),
            before: "spent £1.05 million more than it earned".to_owned(),
            after: "spent £0.52 million more than it earned".to_owned(),
            difference: words(moved),
            size: moved,
        };
        let pounds = |text: &str| text.parse::<Money>().expect("an amount");
        let found = Comparison {
            from: runs()[1].1.clone(),
            to: runs()[0].1.clone(),
            causes: vec!["other data", "other rules"],
            files: vec!["2025-26/feeds/theatres.csv".to_owned()],
            most: "Trauma and orthopaedics moved most.".to_owned(),
            inside: Some(Inside::sample()),
            rules: Some((4, 5)),
            lines: vec![line("Trauma and orthopaedics", pounds("530000"), better_or_worse)],
            residuals: vec![line("Activity without an event", pounds("-12.5"), more_or_less)],
            moved: vec![Moved {
                what: "Theatre minutes of hip replacements".to_owned(),
                before: "£14.20".to_owned(),
                after: "£18.02".to_owned(),
                percent: "26% more".to_owned(),
                effect: "£120,455".to_owned(),
            }],
            more: 3,
        };
        let page = |runs, wrong: Wrong, found| {
            let shell = Shell::sample("What moved between two runs");
            let shell = shell.with_errors(&wrong);
            Self { shell, runs, from: "2c0bd113".into(), to: "1fe9a090".into(), wrong, found }
        };
        let mut wrong = Wrong::default();
        wrong.add("to", "Choose two different runs");
        vec![
            page(runs(), Wrong::default(), Some(found)),
            page(Vec::new(), Wrong::default(), None),
            page(runs(), wrong, None),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_move_is_left_out() {
        let money = |text: &str| text.parse::<Money>().expect("an amount");
        let of = |all: &[(&str, &str)]| -> BTreeMap<String, (String, Money)> {
            let one = |(code, amount): &(&str, &str)| {
                ((*code).to_owned(), ((*code).to_lowercase(), money(amount)))
            };
            all.iter().map(one).collect()
        };
        let before = of(&[("A", "5"), ("B", "-10"), ("C", "7.5")]);
        let after = of(&[("A", "5"), ("B", "20"), ("D", "-1")]);
        let lines = beside(&before, &after, words::pence, more_or_less);
        let shown: Vec<String> = lines
            .iter()
            .map(|it| format!("{}: {} to {}, {}", it.name, it.before, it.after, it.difference))
            .collect();
        // B moved by 30, C went with its 7.50, D came with 1 less.
        assert_eq!(
            shown,
            [
                "B: −£10.00 to £20.00, £30.00 more",
                "C: £7.50 to none, £7.50 less",
                "D: none to −£1.00, £1.00 less"
            ]
        );
    }
}
