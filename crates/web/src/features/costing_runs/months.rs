//! The ledger of a run month by month: accounts whose first and last months look like the reversal
//! of one estimate and the next, and any account that is asked for.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use domain::Money;
use results::Run;
use results::ledger_months::{AccountMonths, Turn};
use results::since::month;
use serde::Deserialize;

use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::kept::Kept;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Accounts that turn which are told in a sentence; the table holds all.
const TOLD: usize = 3;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/months.html")]
pub(super) struct Months {
    shell: Shell,
    kicker: String,
    id: String,
    lead: Vec<String>,
    /// First and last month, as columns are called.
    ends: [String; 2],
    turns: Vec<[String; 5]>,
    accounts: Vec<(String, String)>,
    chosen: String,
    /// The form has nothing to find wrong.
    wrong: Wrong,
    one: Option<One>,
}

/// One account.
struct One {
    name: String,
    chart: String,
    /// The year before, where it is there.
    before: String,
    year: String,
    rows: Vec<[String; 3]>,
    total: [String; 2],
}

/// Which account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    account: String,
}

/// Accounts of one run, and of the published one of the year before.
struct Ledger {
    id: String,
    year: String,
    now: Arc<Vec<AccountMonths>>,
    before: Option<(String, Arc<Vec<AccountMonths>>)>,
}

/// What was read already.
static READ: Kept<String, Vec<AccountMonths>> = Kept::new(RUNS);

/// Runs whose accounts are kept at most.
const RUNS: usize = 20;

fn of_run(run: &Run) -> Result<Arc<Vec<AccountMonths>>, Fault> {
    READ.of(run.manifest_sha256().to_owned(), || Ok(run.months_by_account()?))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    let object = format!("{id} {}", asked.account);
    app.store().audit(visit.entry("run.months", object.trim_end())).await?;
    let ledger = reading(move || {
        let before = match app.shelf().year_before(&run)? {
            Some(it) => Some((words::year(&it.manifest().year), of_run(&it)?)),
            None => None,
        };
        let year = words::year(&run.manifest().year);
        Ok(Ledger { id: run.id().to_owned(), year, now: of_run(&run)?, before })
    })
    .await?;
    let shell = visit
        .shell(ledger.title())
        .below("Runs", "/runs")
        .below(format!("Run {}", short(&id)), format!("/runs/{id}"));
    Ok(ledger.page(shell, &asked)?.respond())
}

/// All accounts by month as a file.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    app.store().audit(visit.entry("run.months.download", &id)).await?;
    let made = reading(move || table(&of_run(&run)?).of_run(&run)).await?;
    made.file(&visit, &format!("months-{id}"))
}

fn table(accounts: &[AccountMonths]) -> Table {
    let columns = [
        ("account", Kind::Text),
        ("name", Kind::Text),
        ("period", Kind::Whole),
        ("month", Kind::Text),
        ("amount_gbp", Kind::Decimal),
    ];
    let rows = accounts.iter().flat_map(|it| {
        (1_u8..).zip(&it.months).map(|(period, amount)| {
            vec![
                it.account.code.clone(),
                it.account.name.clone(),
                period.to_string(),
                month(period).to_owned(),
                amount.to_decimal(),
            ]
        })
    });
    Table::new(&columns, rows.collect())
}

impl Months {
    fn file(&self) -> String {
        format!("/runs/{}/months.csv", self.id)
    }
}

impl Ledger {
    /// Accounts that turn, the largest last month first.
    fn turned(&self) -> Vec<(&AccountMonths, Turn)> {
        let mut found: Vec<(&AccountMonths, Turn)> =
            self.now.iter().filter_map(|it| it.turn().map(|turn| (it, turn))).collect();
        found.sort_by_key(|it| (std::cmp::Reverse(it.1.last.abs()), &it.0.account.code));
        found
    }

    fn last_month(&self) -> &'static str {
        let months = self.now.iter().map(|it| it.months.len()).max().unwrap_or(1);
        month(u8::try_from(months).unwrap_or(12))
    }

    fn title(&self) -> String {
        let (first, last) = (month(1), self.last_month());
        match self.turned().as_slice() {
            [] => format!("No account turns between {first} and {last}"),
            [(it, _)] => format!("{} turns between {first} and {last}", it.account.words()),
            more => {
                let count = words::count(more.len() as u64, "account", "accounts");
                format!("{count} turn between {first} and {last}")
            }
        }
    }

    fn page(&self, shell: Shell, asked: &Asked) -> Result<Months, Fault> {
        let turned = self.turned();
        let find = |code: &str| self.now.iter().find(|it| it.account.code == code);
        let one = if asked.account.is_empty() {
            let largest = || self.now.iter().max_by_key(|it| it.total().abs());
            turned.first().map(|it| it.0).or_else(largest)
        } else {
            Some(find(&asked.account).ok_or(Fault::NotFound)?)
        };
        let turn = |(it, turn): &(&AccountMonths, Turn)| {
            let amounts = [turn.first, turn.mean_before, turn.last, it.total()];
            let [first, mean, last, total] = amounts.map(words::pence);
            [it.account.words().to_owned(), first, mean, last, total]
        };
        let named = |it: &AccountMonths| {
            let name = format!("{} ({})", it.account.words(), it.account.code);
            (it.account.code.clone(), name)
        };
        Ok(Months {
            shell,
            kicker: format!("Run {}, {}", short(&self.id), self.year),
            id: self.id.clone(),
            lead: turned.iter().take(TOLD).map(|it| self.told(it)).collect(),
            ends: [month(1), self.last_month()].map(str::to_owned),
            turns: turned.iter().map(turn).collect(),
            accounts: self.now.iter().map(named).collect(),
            chosen: one.map_or_else(String::new, |it| it.account.code.clone()),
            wrong: Wrong::default(),
            one: one.map(|it| self.one(it)),
        })
    }

    /// The same account the year before.
    fn same(&self, it: &AccountMonths) -> Option<(&str, &AccountMonths)> {
        let (year, accounts) = self.before.as_ref()?;
        let same = accounts.iter().find(|before| before.account.code == it.account.code)?;
        Some((year, same))
    }

    /// An account that turns, in words.
    fn told(&self, (it, turn): &(&AccountMonths, Turn)) -> String {
        let (first, last) = (month(1), self.last_month());
        let times = match turn.times_e1 {
            Some(times) => format!(
                ", {}.{} times the average of the months before ({})",
                times / 10,
                times % 10,
                words::pence(turn.mean_before)
            ),
            None => String::new(),
        };
        // A reversal undoes what stood at the end of a whole year.
        let whole = self.same(it).filter(|it| it.1.months.len() == 12);
        let before = whole.and_then(|(year, it)| it.months.last().map(|last| (year, *last)));
        let before = before.map_or_else(String::new, |(year, amount)| {
            format!(" At the end of {year}, {} had {}.", month(12), amount_in_words(amount))
        });
        format!(
            "{}: {first} has {} and {last} {}{times}.{before} That looks like an estimate of the \
             year before that was taken back, and a new one: it moves cost between years, and says \
             nothing of what was used.",
            it.account.words(),
            amount_in_words(turn.first),
            amount_in_words(turn.last),
        )
    }

    fn one(&self, it: &AccountMonths) -> One {
        let before = self.same(it);
        let name = it.account.words().to_owned();
        let bar = |(period, amount): (u8, &Money)| Bar {
            name: month(period).to_owned(),
            value: words::pence(*amount),
            size: Some(amount.micro_pounds()),
            is_strong: false,
            is_rest: false,
        };
        let bars = (1_u8..).zip(&it.months).map(bar).collect();
        let heading = Heading {
            id: "months-chart".to_owned(),
            title: format!("{name}, by month"),
            description: "What the ledger holds of this account in each month; a credit lies left of zero. The table below holds the same figures.".to_owned(),
        };
        let row = |(period, amount): (u8, &Money)| {
            let place = usize::from(period) - 1;
            let same = before.and_then(|it| it.1.months.get(place));
            let same = same.map_or_else(String::new, |it| words::pence(*it));
            [month(period).to_owned(), same, words::pence(*amount)]
        };
        let months = it.months.len();
        let total_before: Option<Money> =
            before.map(|it| it.1.months.iter().take(months).copied().sum());
        One {
            chart: Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw().svg(),
            name,
            before: before.map_or_else(String::new, |it| it.0.to_owned()),
            year: self.year.clone(),
            rows: (1_u8..).zip(&it.months).map(row).collect(),
            total: [total_before.map_or_else(String::new, words::pence), words::pence(it.total())],
        }
    }
}

/// `a credit of £30.00`, `a cost of £90.00`.
fn amount_in_words(amount: Money) -> String {
    let what = if amount.is_negative() { "credit" } else { "cost" };
    format!("a {what} of {}", words::pence(amount.abs()))
}

/// An invented ledger of whole pounds a month, for samples and tests.
fn ledger_of(accounts: &[(&str, &[i64])], before: Option<&[(&str, &[i64])]>) -> Ledger {
    let of = |all: &[(&str, &[i64])]| {
        let one = |(name, pounds): &(&str, &[i64])| AccountMonths {
            account: results::explain::Named {
                code: name.to_lowercase(),
                name: (*name).to_owned(),
            },
            months: pounds.iter().map(|it| Money::from_pounds(*it)).collect(),
        };
        Arc::new(all.iter().map(one).collect::<Vec<_>>())
    };
    Ledger {
        id: "1fe9a090556158bd".to_owned(),
        year: "2025/26".to_owned(),
        now: of(accounts),
        before: before.map(|it| ("2024/25".to_owned(), of(it))),
    }
}

impl Page for Months {
    const TEMPLATE: &'static str = "features/costing_runs/months.html";

    fn samples() -> Vec<Self> {
        let page = |ledger: &Ledger| {
            let shell = Shell::sample(&ledger.title());
            ledger.page(shell, &Asked::default()).expect("no account is asked for")
        };
        let energy: [(&str, &[i64]); 2] =
            [("Energy", &[-3095, 4642, 3868, 16_249]), ("Rates", &[100, 100, 100, 100])];
        let before: [(&str, &[i64]); 1] = [("Energy", &[-2900, 4400, 3700, 15_800])];
        vec![
            page(&ledger_of(&energy, Some(&before))),
            page(&ledger_of(&energy[1..], None)),
            page(&ledger_of(&[], None)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_BEFORE: [i64; 12] = [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 70];

    #[test]
    fn an_account_that_turns_is_told_with_its_figures() {
        let now: [(&str, &[i64]); 3] =
            [("Energy", &[-30, 50, 40, 90]), ("Rates", &[10; 4]), ("Rebates", &[5, -9, -9, -20])];
        let before: [(&str, &[i64]); 1] = [("Energy", &YEAR_BEFORE)];
        let ledger = ledger_of(&now, Some(&before));
        assert_eq!(ledger.title(), "2\u{a0}accounts turn between April and July");
        let page = ledger.page(Shell::sample(""), &Asked::default()).expect("a page");
        // −30 + 50 + 40 over three is 20; 90 is 4.5 times that. 5 − 9 − 9 over three is −4.33, and
        // 20 is 4.6 times that.
        assert_eq!(
            page.lead,
            [
                "Energy: April has a credit of £30.00 and July a cost of £90.00, 4.5 times the \
                 average of the months before (£20.00). At the end of 2024/25, March had a cost of \
                 £70.00. That looks like an estimate of the year before that was taken back, and a \
                 new one: it moves cost between years, and says nothing of what was used.",
                "Rebates: April has a cost of £5.00 and July a credit of £20.00, 4.6 times the \
                 average of the months before (−£4.33). That looks like an estimate of the year \
                 before that was taken back, and a new one: it moves cost between years, and says \
                 nothing of what was used.",
            ]
        );
        let one = page.one.expect("the first that turns");
        assert_eq!((one.name.as_str(), one.before.as_str()), ("Energy", "2024/25"));
        assert_eq!(one.rows[0], ["April", "£9.00", "−£30.00"]);
        // April to July of both years: 4 × 9, and −30 + 50 + 40 + 90.
        assert_eq!(one.total, ["£36.00", "£150.00"]);
    }

    #[test]
    fn with_the_months_swapped_nothing_turns() {
        let now: [(&str, &[i64]); 2] = [("Energy", &[90, 50, 40, -30]), ("Rates", &[10; 4])];
        let ledger = ledger_of(&now, None);
        assert_eq!(ledger.title(), "No account turns between April and July");
        let asked = Asked { account: "rates".to_owned() };
        let page = ledger.page(Shell::sample(""), &asked).expect("a page");
        assert!(page.lead.is_empty() && page.turns.is_empty());
        assert_eq!(page.chosen, "rates");
        assert!(page.one.expect("as asked").before.is_empty());
        let asked = Asked { account: "none".to_owned() };
        assert!(matches!(ledger.page(Shell::sample(""), &asked), Err(Fault::NotFound)));
        // Nobody asked: the account that spent most, 90 + 50 + 40 − 30 against 40.
        let page = ledger.page(Shell::sample(""), &Asked::default()).expect("a page");
        assert_eq!(page.chosen, "energy");
    }

    #[test]
    fn the_file_holds_every_month_of_every_account() {
        let ledger = ledger_of(&[("Energy", &[-30, 50]), ("Rates", &[10, 11])], None);
        let text = table(&ledger.now).csv();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "account,name,period,month,amount_gbp",
                "energy,Energy,1,April,-30.000000",
                "energy,Energy,2,May,50.000000",
                "rates,Rates,1,April,10.000000",
                "rates,Rates,2,May,11.000000",
            ]
        );
    }
}
