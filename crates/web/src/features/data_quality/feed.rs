//! One feed of a run: what matched by month and rule, and what did not, by reason, in rows and pounds.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use results::Run;
use results::matching::{FeedMatching, MonthCount, RuleCount, Without};

use super::before::{Beside, Pair};
use super::{Asked, chosen, drawing, run_in_words};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/data_quality/feed.html")]
pub(super) struct FeedPage {
    shell: Shell,
    view: View,
}

/// What the page says.
struct View {
    run: String,
    run_words: String,
    title: String,
    counts: Vec<(String, String)>,
    chart: String,
    months: Vec<[String; 4]>,
    rules: Vec<[String; 2]>,
    reasons: Vec<[String; 4]>,
    shared_with: String,
    /// The year before, where it was costed and published.
    beside: Option<Beside>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(feed): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let view = reading(move || {
        let run = chosen(&app, &asked)?.ok_or(Fault::NotFound)?;
        let found = run.matching()?.into_iter().find(|it| it.feed.code == feed);
        let found = found.ok_or(Fault::NotFound)?;
        let beside = Pair::of(&app, &run, &found)?.map(|it| it.beside(run.id()));
        Ok(View { beside, ..View::of(&run, &found)? })
    })
    .await?;
    let address = format!("/data-quality?run={}", view.run);
    let shell = visit.shell(view.title.clone()).below("Data quality", address);
    Ok(FeedPage { shell, view }.respond())
}

fn whole(number: i64) -> String {
    words::thousands(number.unsigned_abs())
}

impl View {
    fn of(run: &Run, feed: &FeedMatching) -> Result<Self, Fault> {
        let title = match &feed.percent {
            Some(percent) => format!("{}: {percent}% of rows found their event", feed.feed.name),
            None => format!("{}: no row was to find an event", feed.feed.name),
        };
        Ok(Self {
            run: run.id().to_owned(),
            run_words: run_in_words(run)?,
            title,
            counts: counts(feed),
            chart: drawing::months(feed),
            months: feed.months.iter().map(month).collect(),
            rules: feed.rules.iter().map(rule).collect(),
            reasons: feed.without.iter().map(reason).collect(),
            shared_with: feed.shared_with.join(", "),
            beside: None,
        })
    }
}

/// What became of the feed's rows.
fn counts(feed: &FeedMatching) -> Vec<(String, String)> {
    [
        ("Read", feed.read),
        ("Rejected", feed.rejected),
        ("Put into quarantine", feed.quarantined),
        ("For other cost objects than patients", feed.other),
        ("Outside the period", feed.outside),
        ("With a code that no activity rule takes", feed.unmapped),
        ("Found their event", feed.with_key),
        ("Found none", feed.without_key),
    ]
    .map(|(name, count)| (name.to_owned(), whole(count)))
    .into()
}

fn month(it: &MonthCount) -> [String; 4] {
    let without: i64 = it.unmatched.values().sum();
    let percent = it.percent.as_ref().map_or_else(String::new, |it| format!("{it}%"));
    [drawing::month(&it.month), whole(it.matched), whole(without), percent]
}

fn rule(it: &RuleCount) -> [String; 2] {
    [words::capital(&it.words), whole(it.rows)]
}

fn reason(it: &Without) -> [String; 4] {
    let pounds = [it.cost.visible, it.cost.absorbed].map(words::pence);
    let [visible, absorbed] = pounds;
    [words::capital(&it.words), whole(it.rows), visible, absorbed]
}

impl Page for FeedPage {
    const TEMPLATE: &'static str = "features/data_quality/feed.html";

    fn samples() -> Vec<Self> {
        let text = |it: &str| it.to_owned();
        let page = |title: &str, months: Vec<[String; 4]>, shared: &str| Self {
            shell: Shell::sample(title),
            view: View {
                run: text("1fe9a090556158bd"),
                run_words: text("2025/26 to March, run 1fe9a090, draft"),
                title: text(title),
                counts: vec![(text("Read"), text("66,824"))],
                chart: String::new(),
                reasons: months.clone(),
                rules: vec![[text("Rule 10: by patient and time, fair"), text("60,000")]],
                months,
                shared_with: text(shared),
                beside: (!shared.is_empty()).then(|| Beside {
                    years: ["2024/25", "2025/26"].map(text),
                    sentences: vec![text(
                        "97.65% of its rows found their event, 71.02% in 2024/25.",
                    )],
                    rows: vec![
                        ["Rows that found their event", "71.02%", "97.65%", "+26.63 points"]
                            .map(text),
                    ],
                    file: text("/data-quality/feeds/PATH/before.csv"),
                }),
            },
        };
        let month = ["April 2025", "5,000", "120", "97.65%"].map(text);
        vec![
            page("Pathology: 97.65% of rows found their event", vec![month], "BLOOD"),
            page("Sessions: no row was to find an event", Vec::new(), ""),
        ]
    }
}
