//! The general ledger, its budget and its control totals: made from the trust's plans alone, never
//! from what its patients turn out to need.

use std::io;
use std::path::Path;

use crate::activity::Span;
use crate::data;
use crate::finances::{Account, Finances, in_year};
use crate::random::Random;
use crate::size::Size;
use crate::writing::Sheet;

/// What a ledger is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Books<'a> {
    pub(crate) size: Size,
    pub(crate) seed: i64,
    pub(crate) span: Span,
    pub(crate) finances: &'a Finances,
}

/// One account of one cost centre with its pence in each period.
#[derive(Clone, Debug)]
struct Posted {
    cost_centre: String,
    cost_centre_name: String,
    account: String,
    pence: [i64; 12],
    budget: [i64; 12],
}

/// Writes the three files of a year and says how many ledger lines there are, and pounds of cost.
pub(crate) fn write(books: &Books<'_>, folder: &Path) -> io::Result<(u64, i64)> {
    let folder = folder.join(books.span.name()).join("ledger");
    let posted = postings(books);
    let year = books.span.name();
    let names = Finances::account_names();
    let mut ledger = Sheet::create(
        &folder.join("trial_balance.csv"),
        "COST CENTRE,COST CENTRE NAME,ACCOUNT,ACCOUNT NAME,FINANCIAL YEAR,PERIOD,AMOUNT",
    )?;
    let mut budget = Sheet::create(
        &folder.join("budget.csv"),
        "COST CENTRE,ACCOUNT,FINANCIAL YEAR,PERIOD,BUDGET",
    )?;
    let mut totals = [0; 12];
    let mut spent = 0;
    for line in &posted {
        let name = names.get(&line.account[..4]).map_or("", String::as_str);
        for (index, pence) in line.pence.iter().enumerate() {
            let period = i64::try_from(index + 1).expect("twelve periods");
            if *pence != 0 {
                totals[index] += pence;
                if !line.account.starts_with('4') {
                    spent += pence;
                }
                ledger.text(&line.cost_centre).text(&line.cost_centre_name).text(&line.account);
                ledger.text(name).text(&year).number(period).hundredths(*pence);
                ledger.end(1)?;
            }
            if line.budget[index] != 0 {
                budget.text(&line.cost_centre).text(&line.account).text(&year).number(period);
                budget.hundredths(line.budget[index]);
                budget.end(1)?;
            }
        }
    }
    budget.finish()?;
    control_totals(&folder, &year, &totals)?;
    Ok((ledger.finish()?, spent / 100))
}

fn control_totals(folder: &Path, year: &str, totals: &[i64; 12]) -> io::Result<()> {
    let header = "FINANCIAL YEAR,PERIOD,LEDGER TOTAL";
    let mut control = Sheet::create(&folder.join("control_total.csv"), header)?;
    let mut sum = 0;
    for (index, total) in totals.iter().enumerate() {
        sum += total;
        control.text(year).number(i64::try_from(index + 1).expect("twelve periods"));
        control.hundredths(sum);
        control.end(1)?;
    }
    control.finish().map(drop)
}

fn postings(books: &Books<'_>) -> Vec<Posted> {
    let mut all = Vec::new();
    for (index, account) in books.finances.accounts.iter().enumerate() {
        let mut random =
            Random::of(&[books.seed, 900, i64::from(books.span.year), as_number(index)]);
        all.extend(divide(books, account, &mut random));
    }
    all.extend(income(books));
    all.retain(|it| it.pence.iter().any(|pence| *pence != 0));
    all.sort_by(|a, b| (&a.cost_centre, &a.account).cmp(&(&b.cost_centre, &b.account)));
    all
}

fn as_number(index: usize) -> i64 {
    i64::try_from(index).expect("a few hundred")
}

/// Pay is booked as basic pay, enhancements, national insurance and pension; the rest as it is.
const PAY_PARTS: [(&str, i64); 4] = [("10", 706), ("20", 84), ("30", 82), ("40", 128)];

/// Divides a planned account over cost centres and detailed accounts, as finely as the trust does.
fn divide(books: &Books<'_>, account: &Account, random: &mut Random) -> Vec<Posted> {
    let year = pence_of_year(books, account, random);
    let plan = match account.posting.as_str() {
        "ORDERS" => books.finances.plan.orders(&account.code),
        _ => 100 * in_year(account.pounds, books.span.year),
    };
    let centres = match books.size {
        Size::Small | Size::District => 1,
        Size::Trust | Size::Large => match account.pounds_at_trust {
            4_000_000.. => 3,
            1_800_000.. => 2,
            _ => 1,
        },
    };
    let pay = account.code.starts_with('5') && books.size != Size::Small;
    let parts: &[(&str, i64)] = if pay { &PAY_PARTS } else { &[("00", 1000)] };
    let mut all = Vec::new();
    for centre in 0..centres {
        let mut left = 1000;
        for (number, (end, per_mille)) in parts.iter().enumerate() {
            let share = if number + 1 == parts.len() { left } else { *per_mille };
            left -= share;
            // The last part of each period takes what the others leave, so that parts add up.
            let part = |pence: i64| part_of(pence, (centre, centres), (1000 - left - share, share));
            let allowed = budget_per_mille(account);
            all.push(Posted {
                cost_centre: format!("{}{centre:02}", account.cost_centre),
                cost_centre_name: account.cost_centre_name.clone(),
                account: format!("{}{end}", account.code),
                pence: year.map(part),
                budget: [part(plan * allowed / 12_000); 12],
            });
        }
    }
    all
}

/// One centre's and one detailed account's part of an amount, so that all parts add up to it.
fn part_of(pence: i64, (centre, centres): (i64, i64), (before, share): (i64, i64)) -> i64 {
    let of_centre = pence * (centre + 1) / centres - pence * centre / centres;
    of_centre * (before + share) / 1000 - of_centre * before / 1000
}

/// What the budget allows of the plan: little for agency staff, savings elsewhere.
fn budget_per_mille(account: &Account) -> i64 {
    match account.code.as_str() {
        "5240" | "5140" => 250,
        "5230" => 600,
        "5120" => 500,
        "5210" => 1040,
        "6950" | "6850" | "9999" => 0,
        code if code.starts_with('5') => 1010,
        _ => 985,
    }
}

/// Pence in each period, as the account is posted.
fn pence_of_year(books: &Books<'_>, account: &Account, random: &mut Random) -> [i64; 12] {
    let year = 100 * in_year(account.pounds, books.span.year);
    let minor = books.size == Size::Small && account.pounds_at_trust.abs() < 950_000;
    let posting = match account.posting.as_str() {
        "MONTHLY" if minor => "QUARTERLY",
        posting => posting,
    };
    let mut pence = [0; 12];
    match posting {
        "ORDERS" => return orders(books, &account.code, random),
        "MONTH2" => pence[1] = year,
        "MONTH12" => pence[11] = year,
        "HALF_YEARLY" => (pence[5], pence[11]) = (year / 2, year - year / 2),
        "QUARTERLY" => {
            for quarter in [2, 5, 8, 11] {
                pence[quarter] = year / 4 * random.between(95, 105) / 100;
            }
        }
        "TEN_MONTHS" => pence[..10].fill(year / 10),
        "WINTER_ACCRUAL" => {
            let weights = [70, 60, 50, 45, 45, 55, 85, 120, 150, 165, 155, 0];
            pence = weights.map(|weight| year * weight / 1000);
            // March is estimated and accrued, and last March's estimate is reversed in April.
            pence[11] = year * 210 / 1000;
            pence[0] -= year * 110 / 1000;
        }
        _ => pence = std::array::from_fn(|_| year / 12 * random.between(960, 1040) / 1000),
    }
    pence
}

/// What suppliers invoice for goods that are bought for single patients: what was ordered for the
/// expected activity, in months of unequal size.
fn orders(books: &Books<'_>, account: &str, random: &mut Random) -> [i64; 12] {
    let year = books.finances.plan.orders(account);
    std::array::from_fn(|_| year / 12 * random.between(930, 1090) / 1000)
}

fn income(books: &Books<'_>) -> Vec<Posted> {
    let year = books.span.year;
    let mut random = Random::of(&[books.seed, 901, i64::from(year)]);
    let patient = books.finances.plan.income().iter().map(|(account, expected)| {
        // Medicines are passed through at what they cost; all else was cheaper the year before.
        let expected = if *account == "4120" { *expected } else { in_year(*expected, year) };
        let mut pence: [i64; 12] = match *account {
            // A twelfth of the contract each month, and each quarter what planned care came to.
            "4110" => std::array::from_fn(|month| {
                let part = if month % 3 == 2 { random.between(-18, 18) } else { 0 };
                -expected / 12 * (1000 + part) / 1000
            }),
            "4120" => std::array::from_fn(|_| -expected / 12 * random.between(930, 1070) / 1000),
            _ => std::array::from_fn(|_| -expected / 12 * random.between(800, 1200) / 1000),
        };
        if *account == "4110" {
            // A settlement with the commissioner that no single patient earned.
            pence[11] += pence.iter().sum::<i64>() / 400;
        }
        (*account, pence, [-expected / 12; 12])
    });
    let patient = patient.map(|(account, pence, budget)| Posted {
        cost_centre: "010000".into(),
        cost_centre_name: "Patient care income".into(),
        account: format!("{account}00"),
        pence,
        budget,
    });
    let table = data::table(data::OTHER_INCOME);
    let other = table.lines().map(|line| {
        let pounds = line.number("pounds");
        // Practices pay by request; the rest grows with the trust.
        let pounds = match line.text("account") {
            "4320" => books.finances.scaled("DIRECT-ACCESS", pounds),
            _ => books.size.scaled(pounds),
        };
        let year = -100 * in_year(pounds, books.span.year);
        let mut pence = [0; 12];
        match line.text("posting") {
            "QUARTERLY" => [2, 5, 8, 11].into_iter().for_each(|it| pence[it] = year / 4),
            _ => pence.fill(year / 12),
        }
        Posted {
            cost_centre: format!("{}00", line.text("cost_centre")),
            cost_centre_name: line.text("name").into(),
            account: format!("{}00", line.text("account")),
            pence,
            budget: pence,
        }
    });
    patient.chain(other).collect()
}
