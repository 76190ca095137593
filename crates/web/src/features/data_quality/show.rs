//! Data quality of a run on one page.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::Money;
use results::Run;
use results::findings::StoredFinding;
use results::matching::FeedMatching;
use results::reports::{Measured, WardBeds};

use super::before::Pair;
use super::{Asked, chosen, drawing, run_in_words};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::model_faults::plain;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Findings shown at most.
const FINDINGS: usize = 20;

/// Residual of activity without an event.
const UNMATCHED: &str = "UNMATCHED";

#[derive(askama::Template)]
#[template(path = "features/data_quality/show.html")]
pub(super) struct Show {
    shell: Shell,
    view: Option<View>,
    runs: Vec<(String, String)>,
}

/// What the page says of a run.
struct View {
    run: String,
    chart: String,
    feeds: Vec<FeedLine>,
    /// The year before, where it was costed and published; else blank.
    before: String,
    /// The feed whose share of matched rows moved most: what moved, and its code.
    most: Option<(String, String)>,
    unmatched: String,
    reasons: Vec<(String, String)>,
    findings: Vec<FindingLine>,
    findings_more: usize,
    measured: Vec<MeasuredLine>,
    beds: Vec<[String; 4]>,
}

/// One feed of the table.
struct FeedLine {
    code: String,
    name: String,
    percent: String,
    before: String,
    without: String,
    cost: String,
}

/// One finding of the table.
struct FindingLine {
    code: String,
    place: String,
    message: String,
    remedy: String,
    money: String,
    waits: bool,
}

/// One figure with its usual range.
struct MeasuredLine {
    words: String,
    value: String,
    range: String,
    source: String,
    outside: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (view, runs) = reading(move || {
        let view = match chosen(&app, &asked)? {
            Some(run) => Some(View::of(&app, &run)?),
            None => None,
        };
        let mut runs = Vec::new();
        for id in app.shelf().ids() {
            runs.push((id.clone(), run_in_words(&*app.shelf().run(&id)?)?));
        }
        runs.sort_by(|one, other| other.1.cmp(&one.1));
        Ok((view, runs))
    })
    .await?;
    let title = view.as_ref().map_or_else(|| "Data quality".to_owned(), View::title);
    Ok(Show { shell: visit.shell(title), view, runs }.respond())
}

impl View {
    fn of(app: &App, run: &Run) -> Result<Self, Fault> {
        let mut feeds = run.matching()?;
        feeds.retain(|it| it.with_key + it.without_key > 0);
        feeds.sort_by_key(|it| (std::cmp::Reverse(unmatched(it)), it.feed.code.clone()));
        let walk = run.cost_walk()?;
        let step = walk.steps.iter().find(|it| it.residual == UNMATCHED);
        let reason = |it: &results::statements::Residual| {
            (
                words::capital(it.words.split(": ").last().unwrap_or_default()),
                words::pence(it.amount),
            )
        };
        let pairs = feeds.iter().map(|it| Pair::of(app, run, it));
        let pairs = pairs.collect::<Result<Vec<_>, Fault>>()?;
        let year = pairs.iter().flatten().next().map(|it| it.year_before().to_owned());
        let lines = feeds.iter().zip(&pairs);
        let mut findings = run.findings()?;
        findings.retain(|it| it.money != Money::ZERO);
        findings.sort_by_key(|it| std::cmp::Reverse(it.money.abs()));
        Ok(Self {
            run: run.id().to_owned(),
            chart: drawing::feeds(&feeds),
            feeds: lines.map(|(it, pair)| feed_line(it, pair.as_ref())).collect(),
            before: year.unwrap_or_default(),
            most: most(pairs.iter().flatten()),
            unmatched: words::pence(step.map_or(Money::ZERO, |it| it.amount)),
            reasons: step.map_or_else(Vec::new, |it| it.reasons.iter().map(reason).collect()),
            findings_more: findings.len().saturating_sub(FINDINGS),
            findings: findings.iter().take(FINDINGS).map(finding_line).collect(),
            measured: run.measured()?.iter().map(measured_line).collect(),
            beds: run.beds()?.iter().map(beds_line).collect(),
        })
    }

    fn title(&self) -> String {
        let outside = self.measured.iter().filter(|it| it.outside).count() as u64;
        match outside {
            0 => format!("{} of activity found no patient", self.unmatched),
            more => format!(
                "{} of activity found no patient; {} outside the usual range",
                self.unmatched,
                words::count(more, "figure is", "figures are")
            ),
        }
    }
}

/// What a feed's rows without an event cost.
fn unmatched(feed: &FeedMatching) -> Money {
    feed.without.iter().map(|it| it.cost.total()).sum()
}

/// The feed whose share of matched rows moved most since the year before, in words.
fn most<'a>(pairs: impl Iterator<Item = &'a Pair>) -> Option<(String, String)> {
    let moved = pairs.filter(|it| it.moved() != 0);
    moved.max_by_key(|it| it.moved().abs()).map(|it| (it.in_words(), it.code().to_owned()))
}

fn feed_line(it: &FeedMatching, pair: Option<&Pair>) -> FeedLine {
    FeedLine {
        code: it.feed.code.clone(),
        name: it.feed.name.clone(),
        percent: it.percent.as_ref().map_or_else(String::new, |it| format!("{it}%")),
        before: pair.map_or_else(String::new, Pair::percent_before),
        without: words::thousands(it.without_key.unsigned_abs()),
        cost: words::pence(unmatched(it)),
    }
}

fn finding_line(it: &StoredFinding) -> FindingLine {
    FindingLine {
        code: it.code.clone(),
        place: match (it.file.as_str(), it.line) {
            ("", _) => it.subject.clone(),
            (file, 0) => file.to_owned(),
            (file, line) => format!("{file}, line {line}"),
        },
        message: words::capital(&plain(&it.message)),
        remedy: plain(&it.remedy),
        money: words::pence(it.money),
        waits: it.needs_acceptance(),
    }
}

fn measured_line(it: &Measured) -> MeasuredLine {
    let is_one = it.low == it.high;
    let range = if is_one { it.low.clone() } else { format!("{} to {}", it.low, it.high) };
    MeasuredLine {
        words: words::capital(&it.words),
        value: it.value.clone().unwrap_or_else(|| "nothing to measure".to_owned()),
        range: format!("{range} {}", it.unit),
        source: it.source.clone(),
        outside: it.outside,
    }
}

fn beds_line(it: &WardBeds) -> [String; 4] {
    let used = it.occupancy.as_ref().map_or_else(|| "not stated".to_owned(), |it| format!("{it}%"));
    [it.ward.clone(), it.beds.clone(), used, it.empty_bed_days.clone()]
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/data_quality/show.html";

    fn samples() -> Vec<Self> {
        let text = |it: &str| it.to_owned();
        let view = View {
            run: text("1fe9a090556158bd"),
            chart: String::new(),
            feeds: vec![FeedLine {
                code: text("PATH"),
                name: text("Pathology"),
                percent: text("97.65%"),
                before: text("71.02%"),
                without: text("1,204"),
                cost: text("£4,913,260.44"),
            }],
            before: text("2024/25"),
            most: Some((
                text("Pathology moved most: from 71.02% in 2024/25 to 97.65%"),
                text("PATH"),
            )),
            unmatched: text("£4,913,260.44"),
            reasons: vec![(text("No event of the patient fits"), text("£4,913,260.44"))],
            findings: vec![FindingLine {
                code: text("F4"),
                place: text("999000/999900"),
                message: text("No mapping rule fits."),
                remedy: text("Add a rule."),
                money: text("£664.32"),
                waits: true,
            }],
            findings_more: 3,
            measured: vec![MeasuredLine {
                words: text("Pay, of operating expenses"),
                value: text("71.20"),
                range: text("55 to 70 percent"),
                source: text("national"),
                outside: true,
            }],
            beds: vec![["WARD1", "24.00", "91.20%", "770.9"].map(text)],
        };
        let runs = vec![(text("1fe9a090556158bd"), text("2025/26 to March, run 1fe9a090, draft"))];
        let title = view.title();
        vec![
            Self { shell: Shell::sample(&title), view: Some(view), runs },
            Self { shell: Shell::sample("Data quality"), view: None, runs: Vec::new() },
        ]
    }
}
