//! A feed beside the year before: how many of its rows found their event, and where its cost stands.
//!
//! Cost that reaches patients also rises where more rows find them, though nothing was dearer.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Money;
use results::Run;
use results::matching::FeedMatching;

use super::{Asked, chosen};
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A feed in the run of the year before and in this one.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// The year before and this one.
    pub(super) years: [String; 2],
    pub(super) sentences: Vec<String>,
    /// What it is, before, now, and more or less.
    pub(super) rows: Vec<[String; 4]>,
    pub(super) file: String,
}

/// What a feed's activities cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    /// What patients bear.
    reached: Money,
    /// What stands as unmatched.
    unmatched: Money,
}

impl Cost {
    fn of(feed: &FeedMatching) -> Self {
        let reached = feed.costs.iter().map(|it| it.own + it.absorbed).sum();
        let unmatched = feed.without.iter().map(|it| it.cost.visible).sum();
        Self { reached, unmatched }
    }

    fn together(self) -> Money {
        self.reached + self.unmatched
    }
}

/// A feed of the year before and of this one.
pub(super) struct Pair {
    before: FeedMatching,
    now: FeedMatching,
    years: [String; 2],
    /// Whether both runs end with the same month, so that pounds can be set beside each other.
    is_same_length: bool,
}

impl Pair {
    /// The same feed in the published run of the year before; none if there is no such run or feed.
    pub(super) fn of(app: &App, run: &Run, now: &FeedMatching) -> Result<Option<Self>, Fault> {
        let Some(earlier) = app.shelf().year_before(run)? else { return Ok(None) };
        let found = earlier.matching()?.into_iter().find(|it| it.feed.code == now.feed.code);
        let found = found.filter(|it| it.percent.is_some() && now.percent.is_some());
        Ok(found.map(|before| Self {
            before,
            now: now.clone(),
            years: [earlier.manifest(), run.manifest()].map(|it| words::year(&it.year)),
            is_same_length: earlier.manifest().last_period == run.manifest().last_period,
        }))
    }

    /// How the year before is called.
    pub(super) fn year_before(&self) -> &str {
        &self.years[0]
    }

    /// The share of rows that found their event, before.
    pub(super) fn percent_before(&self) -> String {
        percent(&self.before)
    }

    /// By how many hundredths of a percent the share of rows moved.
    pub(super) fn moved(&self) -> i64 {
        hundredths(&self.now) - hundredths(&self.before)
    }

    pub(super) fn code(&self) -> &str {
        &self.now.feed.code
    }

    /// `Imaging moved most: from 70.54% in 2024/25 to 95.83%`.
    pub(super) fn in_words(&self) -> String {
        format!(
            "{} moved most: from {} in {} to {}",
            self.now.feed.name,
            percent(&self.before),
            self.years[0],
            percent(&self.now)
        )
    }

    pub(super) fn beside(&self, run: &str) -> Beside {
        let code = &self.now.feed.code;
        let query = serde_urlencoded::to_string([("run", run)]).unwrap_or_default();
        Beside {
            years: self.years.clone(),
            sentences: self.sentences(),
            rows: self.rows().into_iter().map(|it| it.1).collect(),
            file: format!("/data-quality/feeds/{code}/before.csv?{query}"),
        }
    }

    fn costs(&self) -> Option<(Cost, Cost)> {
        let has_cost = !self.before.costs.is_empty() && !self.now.costs.is_empty();
        (self.is_same_length && has_cost).then(|| (Cost::of(&self.before), Cost::of(&self.now)))
    }

    /// Rows and pounds in words.
    fn sentences(&self) -> Vec<String> {
        let name = &self.now.feed.name;
        let mut said = vec![format!(
            "{} of its rows found their event, {} in {}.",
            percent(&self.now),
            percent(&self.before),
            self.years[0]
        )];
        let Some((before, now)) = self.costs() else { return said };
        let reached = now.reached - before.reached;
        let together = now.together() - before.together();
        said.push(format!(
            "{} of its cost reached patients, {}; with what found none it is {}, {}.",
            words::pence(now.reached),
            more_or_less(reached),
            words::pence(now.together()),
            more_or_less(together),
        ));
        if let Some(why) = why(self.moved(), reached, together) {
            said.push(format!("{name} {why}"));
        }
        said
    }

    /// The same as rows of a table: code and cells.
    fn rows(&self) -> Vec<(&'static str, [String; 4])> {
        let signed = |it: i64| {
            let sign = if it < 0 { "−" } else { "+" };
            format!("{sign}{}.{:02} points", it.abs() / 100, it.abs() % 100)
        };
        let mut rows = vec![(
            "rows_matched_percent",
            [
                "Rows that found their event".to_owned(),
                percent(&self.before),
                percent(&self.now),
                signed(self.moved()),
            ],
        )];
        if let Some((before, now)) = self.costs() {
            let money = |name: &str, before: Money, now: Money| {
                let difference = more_or_less(now - before);
                [name.to_owned(), words::pence(before), words::pence(now), difference]
            };
            rows.extend([
                ("reached", money("Cost that reached patients", before.reached, now.reached)),
                ("unmatched", money("Cost that found none", before.unmatched, now.unmatched)),
                ("together", money("Together", before.together(), now.together())),
            ]);
        }
        rows
    }

    fn table(&self) -> Table {
        let columns = [
            ("figure", Kind::Text),
            ("words", Kind::Text),
            ("before", Kind::Decimal),
            ("now", Kind::Decimal),
        ];
        let row = |(code, [words, before, now, _]): (&str, [String; 4])| {
            vec![code.to_owned(), words, plain(&before), plain(&now)]
        };
        Table::new(&columns, self.rows().into_iter().map(row).collect())
            .about("Year before", &self.years[0])
    }
}

/// Why more or less reached patients, if the share of rows moved the same way and the whole cost
/// moved by less than half as much.
fn why(rows: i64, reached: Money, together: Money) -> Option<&'static str> {
    let is_same_way = rows != 0 && !reached.is_zero() && (rows < 0) == reached.is_negative();
    let is_small =
        2 * i128::from(together.micro_pounds().abs()) < i128::from(reached.micro_pounds().abs());
    match (is_same_way && is_small, rows > 0) {
        (false, _) => None,
        (true, true) => Some(
            "looks dearer than the year before mostly because more of it finds its \
             patient, not because it costs more.",
        ),
        (true, false) => Some(
            "looks cheaper than the year before mostly because less of it finds its \
             patient, not because it costs less.",
        ),
    }
}

fn percent(feed: &FeedMatching) -> String {
    feed.percent.as_ref().map_or_else(|| "none".to_owned(), |it| format!("{it}%"))
}

fn hundredths(feed: &FeedMatching) -> i64 {
    feed.percent.as_ref().and_then(|it| super::drawing::hundredths(it)).unwrap_or_default()
}

fn more_or_less(moved: Money) -> String {
    match moved.micro_pounds() {
        0 => "as much as before".to_owned(),
        1.. => format!("{} more", words::pence(moved)),
        _ => format!("{} less", words::pence(moved.abs())),
    }
}

/// A figure as a spreadsheet reads it.
fn plain(figure: &str) -> String {
    figure.replace('−', "-").chars().filter(|it| !matches!(it, '£' | '%' | ',')).collect()
}

/// The two years of a feed as a file.
pub(super) async fn take(
    State(app): State<App>,
    Path(feed): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let site = app.clone();
    let (made, object) = reading(move || {
        let run = chosen(&app, &asked)?.ok_or(Fault::NotFound)?;
        let now = run.matching()?.into_iter().find(|it| it.feed.code == feed);
        let pair = Pair::of(&app, &run, &now.ok_or(Fault::NotFound)?)?.ok_or(Fault::NotFound)?;
        Ok((pair.table().of_run(&run)?, format!("{feed}-{}", run.id())))
    })
    .await?;
    site.store().audit(visit.entry("matching.download", &object)).await?;
    made.file(&visit, &format!("matching-{object}"))
}

#[cfg(test)]
mod tests {
    use results::explain::Named;
    use results::matching::{ActivityCost, Unmatched, Without};

    use super::*;

    fn feed(percent: &str, (reached, unmatched): (i64, i64)) -> FeedMatching {
        let named = |code: &str| Named { code: code.to_owned(), name: "Imaging".to_owned() };
        FeedMatching {
            feed: named("IMAGING"),
            read: 100,
            rejected: 0,
            quarantined: 0,
            rows: 100,
            other: 0,
            outside: 0,
            unmapped: 0,
            with_key: 90,
            without_key: 10,
            percent: Some(percent.to_owned()),
            rules: Vec::new(),
            months: Vec::new(),
            without: vec![Without {
                reason: "NO_IDENTITY".to_owned(),
                words: "no event: the row names no patient and no event".to_owned(),
                rows: 10,
                cost: Unmatched { visible: Money::from_pounds(unmatched), absorbed: Money::ZERO },
            }],
            shared_with: Vec::new(),
            costs: vec![ActivityCost {
                resource: named("SCANNER"),
                activity: named("SCANS"),
                also: Vec::new(),
                own: Money::from_pounds(reached - 10),
                absorbed: Money::from_pounds(10),
                unmatched: std::collections::BTreeMap::new(),
                unit_own: None,
                unit_with_absorbed: None,
            }],
        }
    }

    fn pair(before: FeedMatching, now: FeedMatching, is_same_length: bool) -> Pair {
        let years = ["2024/25", "2025/26"].map(str::to_owned);
        Pair { before, now, years, is_same_length }
    }

    #[test]
    fn better_matching_is_told_apart_from_dearer_care() {
        // 125 + 50 is 175, 171 + 6 is 177: 46 more reached patients, 2 more together.
        let found = pair(feed("70.54", (125, 50)), feed("95.83", (171, 6)), true);
        assert_eq!(
            found.sentences(),
            [
                "95.83% of its rows found their event, 70.54% in 2024/25.",
                "£171.00 of its cost reached patients, £46.00 more; with what found none it is \
                 £177.00, £2.00 more.",
                "Imaging looks dearer than the year before mostly because more of it \
                 finds its patient, not because it costs more.",
            ]
        );
        assert_eq!(
            found.beside("1fe9").rows,
            [
                ["Rows that found their event", "70.54%", "95.83%", "+25.29 points"],
                ["Cost that reached patients", "£125.00", "£171.00", "£46.00 more"],
                ["Cost that found none", "£50.00", "£6.00", "£44.00 less"],
                ["Together", "£175.00", "£177.00", "£2.00 more"],
            ]
        );
        let file = found.table().csv();
        assert_eq!(
            file.lines().nth(1),
            Some("rows_matched_percent,Rows that found their event,70.54,95.83")
        );
        assert_eq!(file.lines().nth(2), Some("reached,Cost that reached patients,125.00,171.00"));
    }

    #[test]
    fn with_the_years_swapped_the_words_turn_round() {
        let found = pair(feed("95.83", (171, 6)), feed("70.54", (125, 50)), true);
        let said = found.sentences();
        assert!(said[1].contains("£46.00 less; with what found none it is £175.00, £2.00 less"));
        assert!(said[2].contains("looks cheaper than the year before"), "{said:?}");
        assert_eq!(found.beside("1fe9").rows[0][3], "−25.29 points");
    }

    #[test]
    fn nothing_is_put_down_to_matching_where_the_cost_itself_moved() {
        // 46 more reached patients and 26 more together: more than half is the cost itself.
        let dearer = pair(feed("70.54", (125, 50)), feed("95.83", (171, 30)), true);
        assert_eq!(dearer.sentences().len(), 2);
        // Rows moved one way and pounds the other.
        let other = pair(feed("70.54", (171, 6)), feed("95.83", (125, 50)), true);
        assert_eq!(other.sentences().len(), 2);
        // Half a year beside a whole one: rows alone.
        let half = pair(feed("70.54", (125, 50)), feed("95.83", (171, 6)), false);
        assert_eq!((half.sentences().len(), half.rows().len()), (1, 1));
    }
}
