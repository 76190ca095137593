//! Quality and money side by side for each service line: whether the standards of both are kept at the
//! same time, as the Francis report asks.

use access::{Capability, View};
use axum::extract::State;
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use disclosure::{Amount, HIDDEN};
use domain::Money;
use engagement::assurance::{Both, Side, Standards, Verdict};
use results::Run;
use store::measures::{Month, Subject};

use super::super::seen;
use super::{ReportPage, Section};
use crate::App;
use crate::shell::assessing::gather;
use crate::shell::cube::{self, Cube, Line};
use crate::shell::fault::Fault;
use crate::shell::measures::{Beside, Row, Series, of_unit};
use crate::shell::page::Page as _;
use crate::shell::visit::Visit;
use crate::shell::words;

pub(in super::super) async fn show(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    Ok(page(&app, &visit).await?.respond())
}

/// The same as a file.
pub(in super::super) async fn take(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    page(&app, &visit).await?.file(&visit, "assurance-report")
}

/// A service line with what is said of both sides.
struct Told {
    name: String,
    quality: (Verdict, String),
    money: (Verdict, String),
}

impl Told {
    fn both(&self) -> Both {
        Both::of(self.quality.0, self.money.0)
    }
}

async fn page(app: &App, visit: &Visit) -> Result<ReportPage, Fault> {
    let gathered = gather(app, visit.now).await?;
    let code = gathered.trust().ok_or(Fault::NotFound)?.stored.unit.code.to_string();
    let trust = seen(visit, &gathered, (Capability::ReadAssessments, &code))?;
    let found = cube::published(app).await?;
    let told = match &found {
        Some((run, cube)) => lines(app, visit, (run, cube)).await?,
        None => Vec::new(),
    };
    let from = match &found {
        Some((run, _)) => cube::kicker(run)?,
        None => "no costing is published".to_owned(),
    };
    let standards = Standards::own();
    Ok(ReportPage {
        shell: visit
            .shell("Quality and money side by side")
            .below("Working together", "/assessment"),
        kicker: format!("{}, {from}", trust.stored.unit.name),
        lead: vec![lead(&told)],
        sections: vec![counted(&told), side_by_side(&told), asked(&standards)],
        table: "/assessment/assurance.csv".to_owned(),
        notes: vec![
            format!("{}.", standards.source),
            "Each reader sees this as their rights show the figures: where small numbers are hidden, less can be said.".to_owned(),
            "A good result never makes up for care that gets worse, and the other way round: nothing here is added up.".to_owned(),
        ],
    })
}

async fn lines(app: &App, visit: &Visit, (run, cube): (&Run, &Cube)) -> Result<Vec<Told>, Fault> {
    let period = period(run)?;
    let mut told = Vec::new();
    for line in &cube.lines {
        let series = of_unit(app, visit, &line.code).await?;
        told.push(Told {
            name: line.name.clone(),
            quality: quality(visit, &series, period),
            money: money(visit, cube, line),
        });
    }
    Ok(told)
}

/// The months of a run.
fn period(run: &Run) -> Result<(Month, Month), Fault> {
    let manifest = run.manifest();
    let year: domain::FinancialYear = manifest
        .year
        .parse()
        .map_err(|_| Fault::Broken("the year of a run is no financial year".to_owned()))?;
    let first = Month::of(year.first_day());
    Ok((first, first.plus(i32::from(manifest.last_period.clamp(1, 12)) - 1))) // number: months of a year
}

/// Subjects that say whether care is good.
const QUALITY: [Subject; 3] = [Subject::Harm, Subject::Experience, Subject::HealthGain];

fn quality(visit: &Visit, series: &[Series], period: (Month, Month)) -> (Verdict, String) {
    if !visit.may(Capability::ReadMeasures) {
        return (Verdict::Unknown, "Your role sees no measures".to_owned());
    }
    of_quality(&Beside::in_period(series, period).rows)
}

/// Both standards of quality together: something is held of it, and nothing got worse.
fn of_quality(rows: &[Row]) -> (Verdict, String) {
    let names = |is: &dyn Fn(&&Row) -> bool| -> Vec<String> {
        rows.iter().filter(|it| is(it)).map(|it| it.name.clone()).collect()
    };
    let worse = names(&|it| it.is_concern);
    let unknown = names(&|it| it.is_unknown && !it.is_concern);
    let speaks = |it: &&Row| it.subject.is_some_and(|it| QUALITY.contains(&it));
    let held = if rows.iter().any(|it| speaks(&it)) { Verdict::Kept } else { Verdict::Unknown };
    let not_worse = match (worse.is_empty(), unknown.is_empty()) {
        (false, _) => Verdict::NotKept,
        (true, false) => Verdict::Unknown,
        (true, true) => Verdict::Kept,
    };
    let listed =
        |all: &[String]| words::listed(&all.iter().map(String::as_str).collect::<Vec<_>>());
    let because = if !worse.is_empty() {
        format!("Worse by more than chance: {}", listed(&worse))
    } else if held == Verdict::Unknown {
        "No measure of quality is held".to_owned()
    } else if !unknown.is_empty() {
        format!("Too few months, or too many hidden, to say of: {}", listed(&unknown))
    } else {
        let measures = words::count(rows.len() as u64, "measure", "measures");
        format!("None of {measures} got worse by more than chance")
    };
    (Verdict::of_all([held, not_worse]), because)
}

/// Income less cost, as whoever looks may see it.
fn money(visit: &Visit, cube: &Cube, line: &Line) -> (Verdict, String) {
    let view = visit.scope(Capability::AggregateCosts).ok();
    let Some(view) = view.and_then(|it| it.of_unit(&line.code)) else {
        return (Verdict::Unknown, "Your role sees no costs".to_owned());
    };
    let all = line.total();
    if all.events == 0 && all.cost == Money::ZERO && all.income == Money::ZERO {
        return (Verdict::Unknown, "The costing holds no care of its own".to_owned());
    }
    let balance = if view.view == View::Exact {
        Some(Balance { amount: all.income - all.cost, within: Money::ZERO })
    } else {
        released(cube, line)
    };
    of_money(balance)
}

/// Income less cost, and how far the two may be rounded together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Balance {
    amount: Money,
    within: Money,
}

fn of_money(balance: Option<Balance>) -> (Verdict, String) {
    let Some(Balance { amount, within }) = balance else {
        return (Verdict::Unknown, format!("{HIDDEN} hidden to protect patients"));
    };
    let size = if amount.is_negative() { -amount } else { amount };
    let about = if within == Money::ZERO { "" } else { "about " };
    if within != Money::ZERO && size <= within {
        return (Verdict::Unknown, "Too near to nothing to say from rounded figures".to_owned());
    }
    let said = words::in_a_sentence(size);
    if amount.is_negative() {
        (Verdict::NotKept, format!("Deficit of {about}{said}"))
    } else {
        (Verdict::Kept, format!("Surplus of {about}{said}"))
    }
}

/// Income less cost with small numbers hidden; none where one of both is.
fn released(cube: &Cube, line: &Line) -> Option<Balance> {
    let figure = cube.release.row_total(&line.code)?;
    // To the nearest of so many pounds: off by half of them at most.
    let width = Money::from_pounds(i64::from(cube.rules.total_rounding.value) / 2);
    let amount = |at: usize| match figure.amounts.get(at)? {
        Amount::Exact(it) => Some((*it, Money::ZERO)),
        Amount::Nearest(it) => Some((*it, width)),
        Amount::Hidden => None,
    };
    let (cost, income) = (amount(0)?, amount(1)?);
    Some(Balance { amount: income.0 - cost.0, within: cost.1 + income.1 })
}

fn lead(told: &[Told]) -> String {
    let at = |wanted: Both| told.iter().filter(|it| it.both() == wanted).count() as u64;
    let all = words::count(told.len() as u64, "service line", "service lines");
    if told.is_empty() {
        return "No costing is published, so nothing stands beside the measures.".to_owned();
    }
    format!(
        "{} of {all} keep quality and money at the same time. {} keep money while quality gets worse. Of {} one of both cannot be said.",
        at(Both::Kept),
        at(Both::MoneyOnly),
        at(Both::Unknown)
    )
}

fn counted(told: &[Told]) -> Section {
    let lines = |it: usize| words::count(it as u64, "service line", "service lines");
    let count = |it: &Both| told.iter().filter(|told| told.both() == *it).count();
    let bar = |it: &Both| Bar {
        name: it.words().to_owned(),
        value: lines(count(it)),
        size: i64::try_from(count(it)).ok(),
        is_strong: *it == Both::MoneyOnly,
        is_rest: *it == Both::Unknown,
    };
    let heading = Heading {
        id: "quality-and-money".to_owned(),
        title: "Service lines by what they keep".to_owned(),
        description: "How many service lines keep the standards of quality, of money, of both or of neither. The table below holds the same figures.".to_owned(),
    };
    let bars = Both::ALL.iter().map(bar).collect();
    let chart = Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw(); // number: as other charts
    Section {
        id: "counted",
        name: "How many keep what",
        chart: if told.is_empty() { String::new() } else { chart.svg() },
        columns: vec![("Kept", false), ("Service lines", false)],
        rows: Both::ALL.iter().map(|it| vec![it.words().to_owned(), lines(count(it))]).collect(),
        ..Section::default()
    }
}

/// The service lines, in the order of their names and never ranked.
fn side_by_side(told: &[Told]) -> Section {
    let verdict = |it: &(Verdict, String)| match it.0 {
        Verdict::Kept => format!("Kept. {}", it.1),
        Verdict::Unknown => format!("Unknown. {}", it.1),
        Verdict::NotKept => format!("Not kept. {}", it.1),
    };
    let row = |it: &Told| vec![it.name.clone(), verdict(&it.quality), verdict(&it.money)];
    Section {
        id: "lines",
        name: "Each service line",
        columns: vec![("Service line", false), ("Quality", false), ("Money", false)],
        rows: told.iter().map(row).collect(),
        ..Section::default()
    }
}

fn asked(standards: &Standards) -> Section {
    let side = |it: Side| match it {
        Side::Quality => "Quality",
        Side::Money => "Money",
    };
    let rows = standards.standard.iter();
    Section {
        id: "standards",
        name: "What is asked",
        columns: vec![("Of", false), ("Standard", false)],
        rows: rows.map(|it| vec![side(it.side).to_owned(), it.asks.clone()]).collect(),
        ..Section::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, quality: Verdict, money: Verdict) -> Told {
        let of = |it: Verdict| (it, "Because".to_owned());
        Told { name: name.to_owned(), quality: of(quality), money: of(money) }
    }

    #[test]
    fn a_hidden_cost_gives_no_verdict_away() {
        use results::activity::{ServiceActivity, ServiceCell};
        use results::explain::Named;
        let named = |code: &str| Named { code: code.to_owned(), name: code.to_lowercase() };
        let money = |text: &str| text.parse::<Money>().expect("an amount");
        let cell = |line: &str, people: u64, cost: &str, income: &str| ServiceCell {
            service_line: named(line),
            event_type: named("STAY"),
            patients: people,
            events: people,
            cost: money(cost),
            income: money(income),
            largest: money("1"),
            top_two: money("2"),
        };
        let activity = ServiceActivity {
            cells: vec![cell("FEW", 2, "900", "100"), cell("MANY", 40, "4000", "4400")],
            loose: Vec::new(),
        };
        let cube = cube::decide(&activity, Vec::new()).expect("decided");
        let of = |code: &str| {
            let line = cube.lines.iter().find(|it| it.code == code).expect("is there");
            released(&cube, line)
        };
        let exact = Balance { amount: money("400"), within: Money::ZERO };
        assert_eq!((of("FEW"), of("MANY")), (None, Some(exact)));
        assert_eq!(of_money(None).0, Verdict::Unknown);
    }

    #[test]
    fn rounded_figures_give_no_verdict_near_to_nothing() {
        let of = |amount: &str, within: &str| {
            let money = |text: &str| text.parse::<Money>().expect("an amount");
            of_money(Some(Balance { amount: money(amount), within: money(within) }))
        };
        assert_eq!(of("-2", "0"), (Verdict::NotKept, "Deficit of £2".to_owned()));
        assert_eq!(of("0", "0").0, Verdict::Kept);
        // Two amounts to the nearest £1,000 differ by up to £1,000 from what they are.
        assert_eq!(of("-1000", "1000").0, Verdict::Unknown);
        assert_eq!(of("3000", "1000"), (Verdict::Kept, "Surplus of about £3,000".to_owned()));
    }

    #[test]
    fn quality_is_kept_only_where_it_can_be_said_of_all_that_is_held() {
        use store::measures::Subject;
        let row = |name: &str, subject, is_concern, is_unknown| Row {
            name: name.to_owned(),
            subject: Some(subject),
            is_concern,
            is_unknown,
            ..Row::default()
        };
        let falls = |worse, unknown| row("Falls", Subject::Harm, worse, unknown);
        let waiting = row("Waiting", Subject::Waiting, false, false);
        let of = |rows: &[Row]| of_quality(rows).0;
        assert_eq!(of(&[falls(false, false), waiting.clone()]), Verdict::Kept);
        assert_eq!(of(&[falls(false, true), waiting.clone()]), Verdict::Unknown, "hidden months");
        assert_eq!(of(std::slice::from_ref(&waiting)), Verdict::Unknown, "nothing on quality");
        assert_eq!(
            of(&[falls(false, true), row("Wait", Subject::Waiting, true, false)]),
            Verdict::NotKept
        );
    }

    #[test]
    fn each_line_is_counted_once_and_the_false_saving_is_told_first() {
        use Verdict::{Kept, NotKept, Unknown};
        let all = [
            told("Eyes", Kept, Kept),
            told("Hips", NotKept, Kept),
            told("Stroke", Kept, NotKept),
            told("Pain", Unknown, Kept),
        ];
        assert_eq!(
            lead(&all),
            "1 of 4\u{a0}service lines keep quality and money at the same time. 1 keep money while quality gets worse. Of 1 one of both cannot be said."
        );
        let counted = counted(&all);
        let counts: Vec<&str> = counted.rows.iter().map(|it| it[1].as_str()).collect();
        assert_eq!(counts.len(), 5);
        assert!(counts[3].starts_with('0'), "{counts:?}");
        let rows = side_by_side(&all).rows;
        assert_eq!(rows[1], ["Hips", "Not kept. Because", "Kept. Because"]);
    }
}
