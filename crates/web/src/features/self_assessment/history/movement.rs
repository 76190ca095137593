//! Where the level of a unit went since the end of the quarter before.

use std::fmt;

use engagement::Level;
use jiff::civil::Date;
use store::units::Branch;

use super::super::{level_name, proposal};
use super::{on, quarters, this_day};
use crate::App;
use crate::shell::assessing::Gathered;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// Where a level went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Movement {
    /// It was not assessed then.
    New,
    /// It is where it was.
    None,
    /// It rose from a level; from none where Level 1 was not yet shown.
    Up(Option<Level>),
    /// It fell from a level.
    Down(Option<Level>),
}

/// Everything as it was at the end of the quarter before.
pub(in super::super) async fn quarter_before(app: &App, visit: &Visit) -> Result<Gathered, Fault> {
    let this_day = this_day(visit.now);
    on(app, visit, last_quarter(this_day)).await
}

/// The last day of the quarter before a day's.
pub(in super::super) fn last_quarter(day: Date) -> Date {
    quarters(day, 1).first().copied().unwrap_or(day)
}

/// Where a unit went since then.
pub(in super::super) fn moved(
    now: &Gathered,
    before: &Gathered,
    unit: &Branch,
) -> Result<Movement, Fault> {
    let code = unit.stored.unit.code.as_str();
    let Some(was) = before.unit(code).filter(|_| before.assessments.contains_key(code)) else {
        return Ok(Movement::New);
    };
    let (was, is) = (proposal(before, was)?.level(), proposal(now, unit)?.level());
    Ok(match is.cmp(&was) {
        std::cmp::Ordering::Less => Movement::Down(was),
        std::cmp::Ordering::Equal => Movement::None,
        std::cmp::Ordering::Greater => Movement::Up(was),
    })
}

impl fmt::Display for Movement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |level: Option<Level>| {
            level.map_or_else(|| "none shown".to_owned(), |it| level_name(it.number()))
        };
        match *self {
            Self::New => f.write_str("Not assessed then"),
            Self::None => f.write_str("As it was"),
            Self::Up(from) => write!(f, "▲ up from {}", told(from)),
            Self::Down(from) => write!(f, "▼ down from {}", told(from)),
        }
    }
}
