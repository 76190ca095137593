//! The rows from income to surplus or deficit, this year beside last.

use std::collections::BTreeMap;

use domain::Money;
use results::care::{CareRow, CareRowKind, Use};
use rules::year::CountUnit;

use super::answer::Asked;
use super::books::Year;
use super::sentences::{better_or_worse, each, more_or_less};
use crate::shell::words;

/// Activities named beneath a service that was used.
const USES: usize = 2;

/// The statement as a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) heading: String,
    pub(super) year: String,
    pub(super) one: String,
    pub(super) has_last: bool,
    pub(super) rows: Vec<Row>,
    /// Where the same stands without one-off items, or with them.
    pub(super) other: Option<(String, String)>,
}

/// One row of the table.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its code, by which it is found on the page.
    pub(super) code: String,
    pub(super) name: String,
    /// What was used, with its cost of one.
    pub(super) uses: Vec<String>,
    pub(super) total: String,
    pub(super) each: String,
    pub(super) last: String,
    pub(super) change: String,
    pub(super) is_total: bool,
    /// Begins a part of the table.
    pub(super) begins: &'static str,
}

impl Statement {
    pub(super) fn of(asked: &Asked<'_>, year: &Year, last: Option<&Year>) -> Self {
        let (one, count) = asked.unit(year);
        let counts = (count, last.map_or(0, |it| asked.unit(it).1));
        let before: BTreeMap<&str, &CareRow> =
            last.iter().flat_map(|it| &it.rows).map(|it| (it.row.as_str(), it)).collect();
        let mut rows = Vec::new();
        let mut kind = CareRowKind::Income;
        for row in year.rows.iter().filter(|it| is_shown(it, before.get(it.row.as_str()))) {
            let begins = if row.kind == kind { "" } else { heading(row.kind) };
            if row.kind != CareRowKind::Subtotal {
                kind = row.kind;
            }
            let mut line =
                Row::of(row, before.get(row.row.as_str()).copied(), (counts, asked.recurrent));
            line.begins = begins;
            line.uses = uses(row, year.care.events);
            rows.push(line);
        }
        let mut heading = format!("For {}", words::count(count, one, &many(one)));
        if count != year.care.events {
            heading += &format!(" in {}", words::count(year.care.events, "event", "events"));
        }
        if counts.1 > 0 {
            heading += &format!("; {} the year before", words::thousands(counts.1));
        }
        Self {
            heading,
            year: words::year(&asked.books.run.manifest().year),
            one: one.to_owned(),
            has_last: last.is_some(),
            rows,
            other: Some(other(asked, one_off(&year.rows))),
        }
    }
}

fn many(one: &str) -> String {
    format!("{one}s")
}

/// What one-off items took from the result of all rows; less than nothing where they added to it.
fn one_off(rows: &[CareRow]) -> Money {
    let result = rows.iter().rfind(|it| it.kind == CareRowKind::Subtotal);
    result.map_or(Money::ZERO, |it| -it.non_recurrent)
}

/// The page with the other view of one-off items, and what they come to.
fn other(asked: &Asked<'_>, one_off: Money) -> (String, String) {
    let page = format!("/services/{}", asked.line.0);
    if asked.recurrent {
        return ("With one-off items".to_owned(), asked.part.address(&page, &[]));
    }
    let without = asked.part.address(&page, &[("view", "recurrent")]);
    (leave_out(one_off), without)
}

fn leave_out(one_off: Money) -> String {
    let amount = words::pounds(one_off.abs());
    match one_off.micro_pounds() {
        0 => "Leave out one-off items: there are none".to_owned(),
        1.. => format!("Leave out one-off items, which took {amount} from the result"),
        _ => format!("Leave out one-off items, which added {amount} to the result"),
    }
}

fn is_shown(row: &CareRow, before: Option<&&CareRow>) -> bool {
    let is_nothing = row.amount.is_zero() && before.is_none_or(|it| it.amount.is_zero());
    row.kind == CareRowKind::Subtotal || !is_nothing
}

fn heading(kind: CareRowKind) -> &'static str {
    match kind {
        CareRowKind::Direct => "Spent directly on these patients",
        CareRowKind::Service => "Services used",
        CareRowKind::Overhead => "Shared by the whole trust",
        CareRowKind::Income | CareRowKind::Subtotal => "",
    }
}

impl Row {
    fn of(
        row: &CareRow,
        before: Option<&CareRow>,
        ((count, count_before), recurrent): ((u64, u64), bool),
    ) -> Self {
        let is_total = row.kind == CareRowKind::Subtotal;
        let amount =
            |it: &CareRow| if recurrent { it.amount - it.non_recurrent } else { it.amount };
        let of_one = each(amount(row), count);
        let of_one_before = before.map(|it| each(amount(it), count_before));
        let shown = |it: Money| if is_total { balance(it) } else { plain(it) };
        let change = of_one_before.map(|it| rounded(of_one) - rounded(it));
        let is_result = is_total || row.kind == CareRowKind::Income;
        Self {
            code: row.row.clone(),
            name: row.name.clone(),
            total: shown(amount(row)),
            each: shown(of_one),
            last: of_one_before.map_or_else(String::new, shown),
            change: match change {
                Some(it) if is_result && is_total => better_or_worse(it),
                Some(it) => more_or_less(it),
                None => String::new(),
            },
            is_total,
            ..Self::default()
        }
    }
}

/// As it is shown, so that differences of what is shown are right.
fn rounded(money: Money) -> Money {
    let micro = money.micro_pounds();
    let pounds = (micro.abs() + 500_000) / 1_000_000;
    Money::from_pounds(pounds * micro.signum())
}

/// Without a bare minus.
fn plain(amount: Money) -> String {
    let shown = words::pounds(amount.abs());
    if amount.is_negative() && shown != "£0" { format!("minus {shown}") } else { shown }
}

fn balance(amount: Money) -> String {
    let shown = words::pounds(amount.abs());
    if amount.is_negative() && shown != "£0" { format!("deficit of {shown}") } else { shown }
}

/// What was used most, each as quantity and cost of one.
fn uses(row: &CareRow, events: u64) -> Vec<String> {
    if row.kind != CareRowKind::Service || events == 0 {
        return Vec::new();
    }
    row.uses.iter().filter(|it| it.count > 0).take(USES).map(|it| one_use(it, events)).collect()
}

fn one_use(it: &Use, events: u64) -> String {
    let (count, unit) = match it.unit {
        CountUnit::Minutes => (it.count / 60, "minute"),
        CountUnit::Number => (it.count, "each"),
    };
    let rate = words::pence(each(it.amount, count.unsigned_abs()));
    let events = i64::try_from(events).unwrap_or(i64::MAX);
    let tenths = (count * 20 + events) / (2 * events);
    let quantity = format!("{}.{}", words::thousands((tenths / 10).unsigned_abs()), tenths % 10);
    match unit {
        "minute" => format!("{}: {quantity} minutes at {rate}", it.name),
        _ => format!("{}: {quantity} at {rate}", it.name),
    }
}

impl Statement {
    pub(super) fn sample() -> Self {
        let row = |name: &str, each: &str, change: &str| Row {
            code: name.to_lowercase().replace(' ', "_"),
            name: name.to_owned(),
            total: "£840,480".to_owned(),
            each: each.to_owned(),
            last: "£1,000".to_owned(),
            change: change.to_owned(),
            ..Row::default()
        };
        let direct = Row {
            begins: "Spent directly on these patients",
            ..row("Direct pay", "£2,415", "£187 more")
        };
        let theatre = Row {
            begins: "Services used",
            uses: vec!["Surgery on planned lists: 118.0 minutes at £14.00".to_owned()],
            ..row("Theatres", "£1,652", "£42 more")
        };
        let total =
            Row { is_total: true, ..row("Net surplus", "deficit of £1,270", "£180 worse") };
        Self {
            heading: "For 824 stays; 806 the year before".to_owned(),
            year: "2025/26".to_owned(),
            one: "stay".to_owned(),
            has_last: true,
            rows: vec![row("Income recognised", "£7,520", "£230 more"), direct, theatre, total],
            other: Some(("Leave out one-off items".to_owned(), "/services/TORT".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: CareRowKind, amount: i64, one_off: i64) -> CareRow {
        CareRow {
            row: "r".to_owned(),
            name: "A row".to_owned(),
            kind,
            amount: Money::from_pounds(amount),
            non_recurrent: Money::from_pounds(one_off),
            uses: Vec::new(),
        }
    }

    fn shown(kind: CareRowKind, (now, before): ((i64, i64), i64), recurrent: bool) -> String {
        let (now, before) = (row(kind, now.0, now.1), row(kind, before, 0));
        let it = Row::of(&now, Some(&before), ((10, 5), recurrent));
        format!("{} | {} | {} | {}", it.total, it.each, it.last, it.change)
    }

    #[test]
    fn a_row_is_told_for_one_and_beside_last_year() {
        // 1,000 over 10 is 100; 400 over 5 is 80.
        let cost = shown(CareRowKind::Direct, ((1_000, 300), 400), false);
        assert_eq!(cost, "£1,000 | £100 | £80 | £20 more");
        // Without the 300 that come once, 70 for one.
        let cost = shown(CareRowKind::Direct, ((1_000, 300), 400), true);
        assert_eq!(cost, "£700 | £70 | £80 | £10 less");
        let result = shown(CareRowKind::Subtotal, ((-1_270, 0), -545), false);
        assert_eq!(result, "deficit of £1,270 | deficit of £127 | deficit of £109 | £18 worse");
        let result = shown(CareRowKind::Subtotal, ((100, 0), -50), false);
        assert_eq!(result, "£100 | £10 | deficit of £10 | £20 better");
    }

    #[test]
    fn what_one_off_items_took_or_added_is_told() {
        // Of a cost of 1,000, 300 come once: the result has 300 less for it.
        let rows = [row(CareRowKind::Direct, 1_000, 300), row(CareRowKind::Subtotal, -400, -300)];
        assert_eq!(
            leave_out(one_off(&rows)),
            "Leave out one-off items, which took £300 from the result"
        );
        let added = [row(CareRowKind::Subtotal, 400, 300)];
        assert_eq!(
            leave_out(one_off(&added)),
            "Leave out one-off items, which added £300 to the result"
        );
        assert_eq!(leave_out(one_off(&rows[..1])), "Leave out one-off items: there are none");
    }

    #[test]
    fn a_use_is_quantity_times_rate() {
        // 472 minutes over 4 events are 118 each; 6,608 pounds over 472 minutes are 14 each.
        let it = Use {
            activity: "T".to_owned(),
            name: "Surgery".to_owned(),
            count: 472 * 60,
            unit: CountUnit::Minutes,
            amount: Money::from_pounds(6_608),
        };
        assert_eq!(one_use(&it, 4), "Surgery: 118.0 minutes at £14.00");
    }
}
