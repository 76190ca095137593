//! Values of others beside a difference: their mean, median and top quartile, worked out where the
//! values are there, and said to be missing where they are not.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::Good;
use engagement::variation::{Beside, Comparator, Others, QUARTILE_OF};
use serde::Deserialize;
use store::beside::{self, StoredOthers};
use store::measures::Decimal;

use super::show::{self, Show};
use super::{TEXT, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, number};
use crate::shell::page::Page as _;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::words;

/// The form, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    pub(super) own: String,
    pub(super) values: String,
    pub(super) good: String,
    pub(super) counted_in: String,
    pub(super) source: String,
    seen: String,
}

/// What the page shows of others.
#[derive(Clone, Debug, Default)]
pub(super) struct Compared {
    /// Name and figure; none before values were brought in.
    pub(super) rows: Vec<(&'static str, String)>,
    /// Where the own figure lies, or what is missing.
    pub(super) said: String,
    /// Where the values are from, and who brought them in.
    pub(super) source: String,
    /// How many sets of values there are: what a form must have seen.
    pub(super) seen: usize,
    pub(super) ways: Vec<(String, String)>,
}

/// Millionths of a ten-thousandth.
const MICRO: i64 = 100;

fn figure(e4: i64, unit: &str) -> String {
    format!("{}\u{a0}{unit}", number(e4.saturating_mul(MICRO)))
}

impl Compared {
    /// What was brought in beside a difference with this comparator; `who` is the name of who brought
    /// the last in.
    pub(super) fn of(comparator: Comparator, all: &[StoredOthers], who: &str) -> Self {
        let ways = [
            (Good::Down.word(), "Less is better"),
            (Good::Up.word(), "More is better"),
            (Good::Neither.word(), "Neither"),
        ];
        let seen = all.len();
        let empty = Self { seen, ways: choices("", ways), ..Self::default() };
        let last = all.last().and_then(|it| Some((it, it.of.beside()?)));
        let Some((last, beside)) = last else {
            return Self { said: missing(comparator).to_owned(), ..empty };
        };
        Self {
            rows: rows(&last.of, &beside),
            said: stands(&last.of, &beside),
            source: format!(
                "{} Brought in by {who}, {}.",
                words::sentence(&last.of.source),
                words::moment(last.at)
            ),
            ..empty
        }
    }
}

/// What cannot be said without the values of the others.
fn missing(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::Median | Comparator::TopQuartile => {
            "The values of the others are not here, so neither their median nor their top quartile can be worked out: what differs stands in words alone."
        }
        Comparator::NationalMean | Comparator::Peers | Comparator::Own | Comparator::Before => {
            "The values of the others are not here one by one, so no median and no top quartile can be worked out."
        }
    }
}

fn rows(others: &Others, beside: &Beside) -> Vec<(&'static str, String)> {
    let unit = others.unit.trim();
    let top = beside.top_quartile_e4.map_or_else(
        || match others.good {
            Good::Neither => "None, as neither way is better".to_owned(),
            Good::Up | Good::Down => format!("None: it takes {QUARTILE_OF} values at least"),
        },
        |it| figure(it, unit),
    );
    vec![
        ("Own figure", figure(others.own_e4, unit)),
        ("Others", words::count(beside.values as u64, "value", "values")),
        ("Their mean", figure(beside.mean_e4, unit)),
        ("Their median", figure(beside.median_e4, unit)),
        ("Their top quartile begins at", top),
    ]
}

fn stands(others: &Others, beside: &Beside) -> String {
    let unit = others.unit.trim();
    let from_median = others.own_e4 - beside.median_e4;
    let way = match from_median {
        0 => "The own figure is the median of the others".to_owned(),
        more if more > 0 => {
            format!("The own figure is {} above the median of the others", figure(more, unit))
        }
        less => format!("The own figure is {} below the median of the others", figure(-less, unit)),
    };
    match beside.is_in_top {
        Some(true) => format!("{way}, and in their top quartile."),
        Some(false) => format!("{way}, and not in their top quartile."),
        None => format!("{way}."),
    }
}

impl Typed {
    fn read(&self) -> Result<Others, Wrong> {
        let mut wrong = Wrong::default();
        let decimal = |text: &str| text.trim().replace(',', "").parse::<Decimal>().ok();
        let own = decimal(&self.own);
        wrong.unless(own.is_some(), "own", "Enter the own figure as a number, such as 5.1");
        let lines = self.values.lines().map(str::trim).filter(|it| !it.is_empty());
        let mut values = Vec::new();
        for (at, line) in lines.enumerate() {
            match decimal(line) {
                Some(it) => values.push(it.e4()),
                None => wrong
                    .add("values", format!("Value {} is no number: enter one in a line", at + 1)),
            }
        }
        let few = "Enter the values of at least two others, one in a line";
        wrong.unless(values.len() >= 2 || !wrong.of("values").is_empty(), "values", few);
        let good = self.good.parse::<Good>().ok();
        wrong.unless(good.is_some(), "good", "Choose which way is better");
        TEXT.check(&mut wrong, "counted_in", &self.counted_in, "Say in what they are counted");
        TEXT.check(&mut wrong, "source", &self.source, "Say where the values are from");
        match (own, good) {
            (Some(own), Some(good)) if wrong.is_empty() => Ok(Others {
                own_e4: own.e4(),
                values_e4: values,
                good,
                unit: self.counted_in.trim().to_owned(),
                source: self.source.trim().to_owned(),
            }),
            _ => Err(wrong),
        }
    }
}

pub(super) async fn add(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let insight = found(&mut db, &visit, &id).await?;
    drop(db);
    if !may_answer(&visit, insight.of.unit.as_str()) {
        return Err(Fault::NotFound);
    }
    let others = match typed.read() {
        Ok(others) => others,
        Err(wrong) => {
            let typed = show::Typed { others: typed, ..show::Typed::default() };
            return Ok(Show::of(&app, &visit, &insight, (typed, wrong)).await?.respond());
        }
    };
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "insight.beside", "");
    let seen = typed.seen.parse().unwrap_or(-1);
    let (own, of) = (format!("/variation/{}", insight.id), insight.id.clone());
    let done = visit.change(&own, "The values stand beside the difference.", move |tx| {
        Box::pin(async move { beside::add(tx, &of, &others, seen, &entry).await })
    });
    match done.await {
        Err(Fault::Refused(said)) => {
            let mut wrong = Wrong::default();
            wrong.add("values", said);
            let typed = show::Typed { others: typed, ..show::Typed::default() };
            Ok(Show::of(&app, &visit, &insight, (typed, wrong)).await?.respond())
        }
        other => other,
    }
}
