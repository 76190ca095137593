//! What the rows of each small table say.

use domain::Money;
use vault::Namespace;

use super::cells::Cells;
use super::{AggregateItem, IncomeItem, Item, LedgerItem, SessionItem};
use crate::feeds::fault::Fault;

const QUANTITY_PLACES: u32 = 4;
const STAFF_PLACES: u32 = 2;
const ONE_PERSON: i64 = 100;

/// A line of the ledger or the budget.
pub(super) fn ledger(cells: &mut Cells<'_>) -> Result<Item, Fault> {
    cells.same_year()?;
    let item = LedgerItem {
        cost_centre: cells.needed("cost_centre")?,
        account: cells.needed("account")?,
        period: cells.period()?,
        journal: cells.text("journal").unwrap_or_default(),
        amount: amount(cells, "amount")?,
        cost_centre_name: cells.text("cost_centre_name").unwrap_or_default(),
        account_name: cells.text("account_name").unwrap_or_default(),
    };
    Ok(Item::Ledger(item))
}

/// A control total.
pub(super) fn control(cells: &mut Cells<'_>) -> Result<Item, Fault> {
    cells.same_year()?;
    Ok(Item::Control { period: cells.period()?, amount: amount(cells, "amount")? })
}

/// A priced income line.
pub(super) fn income(cells: &mut Cells<'_>) -> Result<Item, Fault> {
    cells.same_year()?;
    let native = cells.text("line");
    let text = match &native {
        Some(text) => format!("{}|{text}", cells.plan.name),
        None => cells.content(),
    };
    let kind = cells.code("kind")?;
    let item = IncomeItem {
        line: cells.pseudonyms().of(Namespace::Row, &text),
        native: native.is_some(),
        event: cells.key(Namespace::Event, "event"),
        pod: cells.code("pod")?,
        code: cells.code("code")?,
        specialty: cells.code("specialty")?,
        period: cells.period()?,
        at_unit_price: cells.money("at_unit_price")?.unwrap_or_default(),
        recognised: amount(cells, "recognised")?,
        kind: if kind.is_empty() { "PATIENT".to_owned() } else { kind },
    };
    Ok(Item::Income(Box::new(item)))
}

/// A planned session.
pub(super) fn session(cells: &mut Cells<'_>) -> Result<Item, Fault> {
    let absent = |column| Fault::row("N5", column, format!("the session has no {column}"));
    let start = cells.date("start")?.ok_or_else(|| absent("start"))?;
    let end = cells.date("end")?.ok_or_else(|| absent("end"))?;
    let until = if end.is_day { cells.moments.time.midnight(end.day.plus(1)) } else { end.utc };
    let until = if until < start.utc { end.again.unwrap_or(until) } else { until };
    if until < start.utc {
        return Err(Fault::row("E8", "end", "the session ends before it begins"));
    }
    let item = SessionItem {
        session: cells.text("session").ok_or_else(|| absent("session"))?,
        kind: cells.needed("kind")?,
        location: cells.code("location")?,
        specialty: cells.code("specialty")?,
        start: start.utc,
        end: until,
        staff: cells.decimal("staff", STAFF_PLACES)?.unwrap_or(ONE_PERSON),
    };
    Ok(Item::Session(Box::new(item)))
}

/// A figure of an aggregate feed.
pub(super) fn aggregate(cells: &mut Cells<'_>) -> Result<Item, Fault> {
    let quantity = cells.decimal("quantity", QUANTITY_PLACES)?;
    let item = AggregateItem {
        period: cells.period()?,
        event_type: cells.code("event_type")?,
        specialty: cells.code("specialty")?,
        code: cells.code("code")?,
        quantity: quantity
            .ok_or_else(|| Fault::row("N5", "quantity", "the row has no quantity"))?,
    };
    Ok(Item::Aggregate(item))
}

fn amount(cells: &mut Cells<'_>, column: &'static str) -> Result<Money, Fault> {
    let amount = cells.money(column)?;
    amount.ok_or_else(|| Fault::row("N5", column, "the row has no amount"))
}
