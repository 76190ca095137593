//! Reads the small tables: ledger, budget, control totals, income, sessions, aggregates.

mod cells;
mod parse;
mod reader;

use domain::{Money, Seconds};

use crate::feeds::job::Job;
use crate::feeds::loaded::Loaded;

/// Reads a file of a small table.
pub(crate) fn read(job: &Job<'_>) -> Loaded {
    let mut sink = reader::Reader::new(job);
    let (outcome, alone) = job.read(&mut sink);
    let mut loaded = sink.finish(outcome);
    job.tell_alone(&alone, &mut loaded);
    loaded
}

/// One row of a small table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// Of the ledger, or of the budget.
    Ledger(LedgerItem),
    /// A control total.
    Control {
        /// Last period covered.
        period: u8,
        /// Sum of the ledger up to and with it.
        amount: Money,
    },
    /// A priced income line.
    Income(Box<IncomeItem>),
    /// A planned session.
    Session(Box<SessionItem>),
    /// A figure of an aggregate feed.
    Aggregate(AggregateItem),
}

impl Item {
    /// Texts of a row about activity that reach a table as they stand.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Income(it) => vec![&it.pod, &it.code, &it.specialty, &it.kind],
            Self::Session(it) => vec![&it.session, &it.kind, &it.location, &it.specialty],
            Self::Aggregate(it) => vec![&it.event_type, &it.specialty, &it.code],
            Self::Ledger(_) | Self::Control { .. } => Vec::new(),
        }
    }
}

/// A line of the ledger or the budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LedgerItem {
    /// Cost centre.
    pub(crate) cost_centre: String,
    /// Account.
    pub(crate) account: String,
    /// Period, 13 for adjustments.
    pub(crate) period: u8,
    /// Journal, blank if none.
    pub(crate) journal: String,
    /// Amount.
    pub(crate) amount: Money,
    /// Name of the cost centre.
    pub(crate) cost_centre_name: String,
    /// Name of the account.
    pub(crate) account_name: String,
}

/// A priced income line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncomeItem {
    /// Pseudonym of the line.
    pub(crate) line: domain::Key,
    /// Whether that is of a native id.
    pub(crate) native: bool,
    /// Event.
    pub(crate) event: Option<domain::Key>,
    /// Point of delivery.
    pub(crate) pod: String,
    /// Price code.
    pub(crate) code: String,
    /// Specialty.
    pub(crate) specialty: String,
    /// Period.
    pub(crate) period: u8,
    /// Activity at unit price.
    pub(crate) at_unit_price: Money,
    /// Income recognised.
    pub(crate) recognised: Money,
    /// Kind.
    pub(crate) kind: String,
}

/// A planned session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionItem {
    /// Identifier.
    pub(crate) session: String,
    /// Kind.
    pub(crate) kind: String,
    /// Theatre or clinic.
    pub(crate) location: String,
    /// Specialty.
    pub(crate) specialty: String,
    /// Start.
    pub(crate) start: Seconds,
    /// End.
    pub(crate) end: Seconds,
    /// Staff × 10².
    pub(crate) staff: i64,
}

/// A figure of an aggregate feed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AggregateItem {
    /// Period.
    pub(crate) period: u8,
    /// Type of event; blank for any.
    pub(crate) event_type: String,
    /// Specialty; blank for any.
    pub(crate) specialty: String,
    /// Code of the rows made.
    pub(crate) code: String,
    /// Quantity × 10⁴.
    pub(crate) quantity: i64,
}
