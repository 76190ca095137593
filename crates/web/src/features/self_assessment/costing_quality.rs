//! How good the costing is, period by period: scores that the costing team enters, each with who
//! judged it and with what it is compared, and the match quality of published costings.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use charts::{Heading, Limit, Line, Mark, Point};
use domain::{Day, FinancialYear};
use store::assessing::{self, NewScore, Score};

use super::{WORDS, day};
use crate::App;
use crate::shell::costing_quality::{Matched, matched, percent, scores};
use crate::shell::download::{Kind, Table};
use crate::shell::evidence::SETTINGS;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Width of the wide drawing in pixels.
const WIDTH: u16 = 900; // number: as other charts

#[derive(askama::Template)]
#[template(path = "features/self_assessment/costing_quality.html")]
pub(super) struct QualityPage {
    shell: Shell,
    lead: Vec<String>,
    series: Vec<Series>,
    /// Whether whoever looks may enter a score.
    records: bool,
    measures: Vec<(String, String)>,
    years: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// One score over time.
#[derive(Clone, Debug, Default)]
struct Series {
    name: String,
    about: String,
    chart: String,
    rows: Vec<Row>,
    /// Heading of the column of who says so, where the rows have one.
    by: &'static str,
}

/// One period of it.
#[derive(Clone, Debug, Default)]
struct Row {
    period: String,
    score: String,
    by: String,
    about: String,
}

/// A score as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    measure: String,
    period: String,
    score: String,
    target: String,
    benchmark: String,
    assessor: String,
    assessed_on: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    Ok(page(&app, &visit, (Typed::default(), Wrong::default())).await?.respond())
}

/// Records a score; one of the same measure and year takes the place of the one before.
pub(super) async fn record(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let field = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed {
        measure: field("measure"),
        period: field("period"),
        score: field("score"),
        target: field("target"),
        benchmark: field("benchmark"),
        assessor: field("assessor"),
        assessed_on: field("assessed_on"),
    };
    let today = today(visit.now);
    let mut wrong = Wrong::default();
    let mut measures = SETTINGS.measures_of_costing_quality.iter();
    wrong.unless(measures.any(|it| it.code == typed.measure), "measure", "Choose what was scored");
    let is_year = years(today).iter().any(|it| it.0 == typed.period);
    wrong.unless(is_year, "period", "Choose the year that was scored");
    let (score, target) = (tenths(&typed.score), tenths(&typed.target));
    wrong.unless(score.is_some(), "score", "Write the score in percent, such as 71.2");
    let is_target = typed.target.is_empty() || target.is_some();
    wrong.unless(is_target, "target", "Write the target in percent, such as 80");
    if !typed.benchmark.is_empty() {
        WORDS.check(&mut wrong, "benchmark", &typed.benchmark, "");
    }
    WORDS.check(&mut wrong, "assessor", &typed.assessor, "Say who judged it");
    let assessed = typed.assessed_on.parse::<Day>().ok().filter(|it| *it <= today);
    wrong.unless(assessed.is_some(), "assessed_on", "Write a day that is past as 2026-03-31");
    let (Some(score_tenths), Some(assessed_on)) = (score, assessed.filter(|_| wrong.is_empty()))
    else {
        return Ok(page(&app, &visit, (typed, wrong)).await?.respond());
    };
    let all = scores(&app).await?;
    let same = |it: &&Score| it.of.measure == typed.measure && it.of.period == typed.period;
    let seen = all.iter().find(same).map_or(0, |it| it.number);
    let new = NewScore {
        measure: typed.measure,
        period: typed.period,
        score_tenths,
        target_tenths: target,
        benchmark: typed.benchmark,
        assessor: typed.assessor,
        assessed_on,
    };
    let entry = visit.entry_in(visit.scope(Capability::RunCosting)?, "costing_quality.record", "");
    let said = "The score is kept. With a comparison it is proposed as evidence to every unit.";
    let done = visit.change("/assessment/costing-quality", said, move |tx| {
        Box::pin(async move { assessing::record_score(tx, &new, seen, &entry).await })
    });
    done.await
}

/// Tenths of a percent, from `71.2`; none where it is no percentage.
fn tenths(text: &str) -> Option<i64> {
    let found = domain::number::parse_scaled(text.trim_end_matches('%').trim(), 1).ok()?;
    (0..=1_000).contains(&found).then_some(found)
}

/// Financial years for which a score can be entered, the latest first.
fn years(today: Day) -> Vec<(String, String)> {
    let mut year = FinancialYear::of(today);
    let mut all = Vec::new();
    for _ in 0..SETTINGS.years_of_costing_quality.value {
        all.push((year.to_string(), words::year(&year.to_string())));
        year = year.previous();
    }
    all
}

/// Scores and match quality as a file.
pub(super) async fn take(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scored = scores(&app).await?.into_iter().map(|it| {
        vec![
            it.of.measure,
            it.of.period,
            decimal(it.of.score_tenths),
            it.of.target_tenths.map(decimal).unwrap_or_default(),
            it.of.benchmark,
            it.of.assessor,
            it.of.assessed_on.to_string(),
        ]
    });
    let rates = matched(&app).await?.into_iter().map(|it| {
        vec![
            "match quality".to_owned(),
            format!("{} to month {}", it.year, it.last_month),
            decimal(it.tenths()),
            String::new(),
            String::new(),
            format!("run {}", it.run),
            it.published_on.to_string(),
        ]
    });
    let columns = [
        ("measure", Kind::Text),
        ("period", Kind::Text),
        ("percent", Kind::Decimal),
        ("target_percent", Kind::Decimal),
        ("compared_with", Kind::Text),
        ("assessor", Kind::Text),
        ("on", Kind::Text),
    ];
    let table = Table::new(&columns, scored.chain(rates).collect());
    table.file(&visit, "costing-quality")
}

fn decimal(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

async fn page(
    app: &App,
    visit: &Visit,
    (typed, wrong): (Typed, Wrong),
) -> Result<QualityPage, Fault> {
    let (scores, matched) = (scores(app).await?, matched(app).await?);
    let scope = visit.scope(Capability::RunCosting).ok();
    let shell = visit.shell("How good the costing is").below("Working together", "/assessment");
    let options = |it: &crate::shell::evidence::Measure| (it.code.clone(), it.name.clone());
    Ok(QualityPage {
        shell: shell.with_errors(&wrong),
        lead: lead(&scores, &matched),
        series: series(&scores, &matched),
        records: scope.is_some_and(|it| it.of_trust().is_some()),
        measures: SETTINGS.measures_of_costing_quality.iter().map(options).collect(),
        years: years(today(visit.now)),
        typed,
        wrong,
    })
}

/// What was scored last, and how it moved.
fn lead(scores: &[Score], matched: &[Matched]) -> Vec<String> {
    let mut said = Vec::new();
    match scores.iter().max_by_key(|it| (it.of.period.clone(), it.of.assessed_on)) {
        None => said.push("No score of costing quality has been entered yet.".to_owned()),
        Some(it) => {
            let before = scores.iter().rfind(|before| {
                before.of.measure == it.of.measure && before.of.period < it.of.period
            });
            let moved = before.map_or_else(String::new, |before| {
                let (score, year) =
                    (percent(before.of.score_tenths), words::year(&before.of.period));
                format!(", after {score} in {year}")
            });
            said.push(format!(
                "{} of {}: {}{moved}.",
                SETTINGS.measure(&it.of.measure),
                words::year(&it.of.period),
                percent(it.of.score_tenths)
            ));
        }
    }
    if let Some(it) = matched.last() {
        said.push(format!(
            "In the costing of {}, {} of the activity found its patient.",
            it.period(),
            percent(it.tenths())
        ));
    }
    said
}

/// Scores by measure, then the match quality; what has nothing is left out.
fn series(scores: &[Score], matched: &[Matched]) -> Vec<Series> {
    let mut all = Vec::new();
    for of in &SETTINGS.measures_of_costing_quality {
        let own: Vec<&Score> = scores.iter().filter(|it| it.of.measure == of.code).collect();
        if own.is_empty() {
            continue;
        }
        let points = own.iter().map(|it| (words::year(&it.of.period), it.of.score_tenths));
        let target = own.last().and_then(|it| it.of.target_tenths);
        let (id, points) = (format!("score-{}", of.code.to_lowercase()), points.collect());
        all.push(Series {
            name: of.name.clone(),
            about: of.about.clone(),
            chart: chart((id, &of.name), points, target),
            rows: own.iter().rev().map(|it| scored(it)).collect(),
            by: "Judged by",
        });
    }
    if !matched.is_empty() {
        let name = "Match quality of published costings";
        let points = matched.iter().map(|it| {
            let month = results::since::month(it.last_month.clamp(1, 12));
            let month: String = month.chars().take(3).collect();
            (format!("{month} {}", words::year(&it.year)), it.tenths())
        });
        let rows = matched.iter().rev().map(|it| Row {
            period: it.period(),
            score: percent(it.tenths()),
            by: String::new(),
            about: format!(
                "Of {} of activity; published {}",
                words::count(it.rows.unsigned_abs(), "row", "rows"),
                day(&it.published_on)
            ),
        });
        all.push(Series {
            name: name.to_owned(),
            about: "How much of the activity that was costed found its patient, over all feeds. It is compared with our own earlier costings only.".to_owned(),
            chart: chart(("match-quality".to_owned(), name), points.collect(), None),
            rows: rows.collect(),
            by: "",
        });
    }
    all
}

fn scored(it: &Score) -> Row {
    let target = it.of.target_tenths.map(|it| format!("Target {}.", percent(it)));
    let compared = match it.of.benchmark.as_str() {
        "" => "Compared with nothing, so it is not proposed as evidence.".to_owned(),
        with => format!("Compared with: {}", words::sentence(with)),
    };
    Row {
        period: words::year(&it.of.period),
        score: percent(it.of.score_tenths),
        by: format!("{}, {}", it.of.assessor, day(&it.of.assessed_on)),
        about: [target.unwrap_or_default(), compared].join(" ").trim().to_owned(),
    }
}

/// Tenths of a percent by period as a line; empty for a single one.
fn chart((id, name): (String, &str), points: Vec<(String, i64)>, target: Option<i64>) -> String {
    if points.len() < 2 {
        return String::new();
    }
    let value = |it: i64| decimal(it).parse::<f64>().unwrap_or(f64::NAN);
    let point =
        |(label, it): (String, i64)| Point { label, value: Some(value(it)), mark: Mark::Ordinary };
    let heading = Heading {
        id,
        title: format!("{name}, in percent"),
        description: "Each period in order of time. The table below holds the same figures."
            .to_owned(),
    };
    let line = Line {
        heading,
        width: WIDTH,
        points: points.into_iter().map(point).collect(),
        average: None,
        limits: Vec::new(),
        target: target
            .map(|it| Limit { label: format!("target {}", percent(it)), value: value(it) }),
        callout: None,
        rule: String::new(),
    };
    line.draw().svg()
}

impl Page for QualityPage {
    const TEMPLATE: &'static str = "features/self_assessment/costing_quality.html";

    fn samples() -> Vec<Self> {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let score = |period: &str, score_tenths: i64| Score {
            of: NewScore {
                measure: "MAQS".to_owned(),
                period: period.to_owned(),
                score_tenths,
                target_tenths: Some(800),
                benchmark: "The acute trusts of the region: 71%".to_owned(),
                assessor: "Moira Flynn".to_owned(),
                assessed_on: day("2026-05-20"),
            },
            number: 1,
            recorded_by: store::PersonId::new("1"),
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let matched = |year: &str, matched: i64| Matched {
            year: year.to_owned(),
            last_month: 12,
            rows: 20_000,
            matched,
            published_on: day("2026-05-20"),
            run: "1fe9a090556158bd".to_owned(),
        };
        let page = |scores: &[Score], matched: &[Matched], wrong: Wrong| Self {
            shell: Shell::sample("How good the costing is")
                .below("Working together", "/assessment")
                .with_errors(&wrong),
            lead: lead(scores, matched),
            series: series(scores, matched),
            records: !scores.is_empty() || !wrong.is_empty(),
            measures: vec![("MAQS".to_owned(), SETTINGS.measure("MAQS"))],
            years: years(day("2026-05-20")),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("score", "Write the score in percent, such as 71.2");
        let both = [score("2024-25", 655), score("2025-26", 712)];
        let rates = [matched("2024-25", 19_100), matched("2025-26", 19_300)];
        vec![
            page(&both, &rates, Wrong::default()),
            page(&[], &[], Wrong::default()),
            page(&both[..1], &[], wrong),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_as_they_are_written() {
        assert_eq!(tenths("71.2"), Some(712));
        assert_eq!(tenths("71 %"), Some(710));
        assert_eq!(tenths("100"), Some(1_000));
        for wrong in ["", "100.1", "-1", "seventy", "71.25"] {
            assert_eq!(tenths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_score_without_a_comparison_says_what_that_means() {
        let page = QualityPage::samples().remove(0);
        let told = page.lead.join(" ");
        assert!(told.contains("of 2025/26: 71.2%, after 65.5% in 2024/25."), "{told}");
        assert_eq!(page.series.len(), 2);
        let lone = Score {
            of: NewScore {
                measure: "MAQS".to_owned(),
                period: "2025-26".to_owned(),
                score_tenths: 500,
                target_tenths: None,
                benchmark: String::new(),
                assessor: "Moira".to_owned(),
                assessed_on: "2026-05-20".parse().expect("a day"),
            },
            number: 1,
            recorded_by: store::PersonId::new("1"),
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
        };
        assert!(scored(&lone).about.contains("not proposed as evidence"));
        assert!(series(&[lone], &[])[0].chart.is_empty(), "one point is no line");
    }
}
