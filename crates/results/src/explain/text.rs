//! An explanation in plain words, for a clinician and an accountant to read together.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::Money;

use super::{Command, ExplainedCell, Explanation, LedgerPart, Named, Rolled};
use crate::words::{Columns, about, counted};

/// How many entries of each list are shown unless all are asked for.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) cells: usize,
    pub(super) support_groups: usize,
    pub(super) cost_lines: usize,
    ledger_accounts: usize,
}

impl Limits {
    pub(super) const fn of(all: bool) -> Self {
        if all { ALL } else { SHORT }
    }
}

const SHORT: Limits = Limits { cells: 8, support_groups: 6, cost_lines: 6, ledger_accounts: 8 };
const ALL: Limits = Limits {
    cells: usize::MAX,
    support_groups: usize::MAX,
    cost_lines: usize::MAX,
    ledger_accounts: usize::MAX,
};

impl Explanation {
    /// The explanation as text, of at most sixty lines unless `all` lines are asked for. What is
    /// left out is counted, with its exact sum.
    pub fn text(&self, all: bool) -> String {
        let limits = Limits::of(all);
        let mut text = self.heading();
        text.push_str(&self.summary());
        text.push_str(&cells_text(&self.cells, limits.cells));
        text.push_str(&rolled_text(
            "By support group (what stands behind the care)",
            &self.support_groups,
            limits.support_groups,
        ));
        text.push_str(&rolled_text(
            "By cost line, as booked in the cost ledger",
            &self.cost_lines,
            limits.cost_lines,
        ));
        text.push_str(&ledger_text(&self.ledger_lines, all));
        text.push_str(&where_from(&self.commands));
        text
    }

    fn heading(&self) -> String {
        let event = &self.event;
        let until = if event.end.is_empty() { "still open" } else { &event.end };
        let state = if self.run.published { "published" } else { "draft" };
        let mut codes: Vec<String> = Vec::new();
        for (what, code) in [("HRG", &event.hrg), ("point of delivery", &event.pod)] {
            if !code.is_empty() {
                codes.push(format!("{what} {code}"));
            }
        }
        codes.push(category(&event.category));
        let mut text = format!(
            "{}: {} of {}, run {} ({state})\n",
            event.reference,
            event.event_type.with_code(),
            self.run.title,
            self.run.id
        );
        if !self.run.footnote.is_empty() {
            text.push_str(&self.run.footnote);
            text.push('\n');
        }
        let service = format!(
            "{}, service line {}",
            event.specialty.with_code(),
            event.service_line.with_code()
        );
        let lies = completeness(&event.completeness, &self.run.year);
        text + &format!("{service}; {}\n{} to {until}, {lies}\n", codes.join(", "), event.start)
    }

    fn summary(&self) -> String {
        let totals = &self.totals;
        let mut text = format!("\nCost {}", totals.cost);
        if !totals.absorbed.is_zero() {
            let _ = write!(
                text,
                " = {} own (its recorded activity) + {} absorbed (its part of activity for which no event was found)",
                totals.own, totals.absorbed
            );
        }
        text.push('\n');
        if !totals.income_recognised.is_zero() {
            let result = totals.income_recognised - totals.cost;
            let words =
                if result.is_negative() { "less than it cost" } else { "more than it cost" };
            let income = totals.income_recognised;
            let _ = writeln!(text, "Income recognised {income}: {} {words}", about(result));
        }
        if self.cells.is_empty() {
            text.push_str(
                "No activity of this event fell into the period, so it carries no cost.\n",
            );
        }
        text
    }
}

/// The commands that show where figures come from.
pub(super) fn where_from(commands: &[Command]) -> String {
    let mut columns = Columns::new(2, &[]);
    for command in commands {
        columns.row([&command.shows, &command.command]);
    }
    format!("\nWhere this comes from\n{}", columns.text())
}

fn cells_text(cells: &[ExplainedCell], limit: usize) -> String {
    if cells.is_empty() {
        return String::new();
    }
    let mut cells: Vec<&ExplainedCell> = cells.iter().collect();
    cells.sort_by_key(|it| std::cmp::Reverse((it.own + it.absorbed).abs()));
    let mut columns = Columns::new(2, &[0]);
    for cell in cells.iter().take(limit) {
        let total = cell.own + cell.absorbed;
        let mut how = cell.rate.words.clone();
        if let Some(quantity) = &cell.quantity
            && !how.starts_with(&format!("{} at", quantity.words))
        {
            how = format!("{how}; recorded activity {}", quantity.words);
        }
        if !cell.absorbed.is_zero() {
            how = format!("{how}; {} own + {} absorbed", cell.own, cell.absorbed);
        }
        let name = format!("{}, {}", cell.resource.words(), cell.activity.words());
        columns.row([total.to_string(), format!("{name}: {how}")]);
    }
    let rest = cells.iter().skip(limit).map(|it| it.own + it.absorbed);
    add_rest(&mut columns, rest, "more");
    format!("\nWhat the care used\n{}", columns.text())
}

pub(super) fn rolled_text(title: &str, rolled: &[Rolled], limit: usize) -> String {
    if rolled.is_empty() {
        return String::new();
    }
    let mut rolled: Vec<&Rolled> = rolled.iter().collect();
    rolled.sort_by_key(|it| std::cmp::Reverse((it.own + it.absorbed).abs()));
    let mut columns = Columns::new(2, &[0]);
    for entry in rolled.iter().take(limit) {
        let total = (entry.own + entry.absorbed).to_string();
        columns.row([total, entry.heading.with_code() + &split(entry.own, entry.absorbed)]);
    }
    let rest = rolled.iter().skip(limit).map(|it| it.own + it.absorbed);
    add_rest(&mut columns, rest, "more");
    format!("\n{title}\n{}", columns.text())
}

/// The ledger lines, or by default the accounts that they are of: twelve periods of one account
/// say less than twelve accounts.
pub(super) fn ledger_text(lines: &[LedgerPart], all: bool) -> String {
    match (lines.is_empty(), all) {
        (true, _) => String::new(),
        (false, true) => ledger_lines_text(lines),
        (false, false) => ledger_accounts_text(lines),
    }
}

fn ledger_lines_text(lines: &[LedgerPart]) -> String {
    let mut lines: Vec<&LedgerPart> = lines.iter().collect();
    lines.sort_by_key(|it| std::cmp::Reverse((it.own + it.absorbed).abs()));
    let mut columns = Columns::new(2, &[0]);
    for line in lines {
        let place = format!(
            "{}: {}, {}, period {}, of {} in the ledger",
            line.ledger_line,
            line.cost_centre.with_code(),
            line.account.with_code(),
            line.period,
            line.ledger_amount,
        );
        columns.row([(line.own + line.absorbed).to_string(), place]);
    }
    format!("\nBy ledger line\n{}", columns.text())
}

fn ledger_accounts_text(lines: &[LedgerPart]) -> String {
    let mut accounts: BTreeMap<(&Named, &Named), Vec<&LedgerPart>> = BTreeMap::new();
    for line in lines {
        accounts.entry((&line.cost_centre, &line.account)).or_default().push(line);
    }
    let sum = |lines: &[&LedgerPart]| lines.iter().map(|it| it.own + it.absorbed).sum::<Money>();
    let mut accounts: Vec<_> = accounts.into_iter().collect();
    accounts.sort_by_key(|(_, lines)| std::cmp::Reverse(sum(lines).abs()));
    let mut columns = Columns::new(2, &[0]);
    for ((cost_centre, account), lines) in accounts.iter().take(SHORT.ledger_accounts) {
        let amount: Money = lines.iter().map(|it| it.ledger_amount).sum();
        let place = format!(
            "{}, {}: of {amount} in {}",
            cost_centre.with_code(),
            account.with_code(),
            from_lines(lines),
        );
        columns.row([sum(lines).to_string(), place]);
    }
    let rest: Vec<_> = accounts.iter().skip(SHORT.ledger_accounts).collect();
    let rest_lines: usize = rest.iter().map(|(_, lines)| lines.len()).sum();
    let noun = format!("more accounts with {}", counted(length(rest_lines), "ledger line"));
    add_rest(&mut columns, rest.iter().map(|(_, lines)| sum(lines)), &noun);
    format!("\nBy ledger account\n{}", columns.text())
}

/// One line by its name, several by their number and periods.
fn from_lines(lines: &[&LedgerPart]) -> String {
    if let [line] = lines {
        return format!("ledger line {}, period {}", line.ledger_line, line.period);
    }
    let first = lines.iter().map(|it| it.period).min().unwrap_or_default();
    let last = lines.iter().map(|it| it.period).max().unwrap_or_default();
    format!("{}, periods {first} to {last}", counted(length(lines.len()), "ledger line"))
}

fn length(count: usize) -> u64 {
    u64::try_from(count).expect("a list's length fits 64 bits")
}

fn split(own: Money, absorbed: Money) -> String {
    if absorbed.is_zero() { String::new() } else { format!(": {own} own + {absorbed} absorbed") }
}

/// A line that counts what is not shown, with its exact sum.
pub(super) fn add_rest(columns: &mut Columns, rest: impl Iterator<Item = Money>, noun: &str) {
    let rest: Vec<Money> = rest.collect();
    if !rest.is_empty() {
        let words = format!("and {} {noun}; `--all` shows every one", rest.len());
        columns.row([rest.iter().sum::<Money>().to_string(), words]);
    }
}

fn category(code: &str) -> String {
    match code {
        "OWN" => "own patient".to_owned(),
        "PRIVATE" => "private patient".to_owned(),
        "OVERSEAS" => "overseas patient".to_owned(),
        other => format!("patient category {other}"),
    }
}

fn completeness(code: &str, year: &str) -> String {
    match code {
        "WITHIN" => format!("wholly within {year}"),
        "BEGAN_BEFORE" => format!("began before {year}: only what fell into it is costed here"),
        "OPEN_AT_END" => {
            format!("open at the end of the period of {year}: cost so far in this period")
        }
        "BEGAN_BEFORE_AND_OPEN" => {
            format!(
                "began before {year} and open at its end: only what fell into it is costed here"
            )
        }
        _ => format!("wholly outside {year}"),
    }
}
