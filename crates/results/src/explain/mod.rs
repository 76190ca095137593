//! Takes one event's cost back to the ledger lines that it came from, with nothing left over.
//!
//! A run keeps the running weight of every event in every weight set and the sources of every
//! pool. The provenance kernel gives from these two the part of each source in each cost, exactly:
//! parts add to the cost of the event, and over all events, residuals included, to the ledger.

mod around;
mod bridge;
mod build;
mod every;
mod feed_rows;
mod figure;
mod figure_text;
mod gather;
mod journey;
pub(crate) mod names;
mod rate;
mod roll_up;
mod service_line;
mod sources;
mod text;
mod waiting;

use domain::{Key, Money};
use serde::Serialize;

use crate::output::as_decimal;
use crate::{Caller, ResultsError, Run};

pub use around::{Around, AroundEvent};
pub use bridge::{BridgeKind, BridgeStep, BudgetBridge};
pub(crate) use build::must_equal;
pub use every::EventPart;
pub use feed_rows::{CellRows, RowCost, WeighedRow, rows_text};
pub use figure::{Figure, Trace, TracedPool};
pub(crate) use gather::Ledger;
pub use journey::{Apart, Journey, Lane, LaneRow, NoLine, TimeLine, Waiting, Weigh, Weighed};
pub use rate::{Quantity, Rate};
pub use sources::SourceKey;
pub(crate) use sources::{Pool, PoolKey};

/// One event's cost with everything it is made of. All lists are in key order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The run it was read from.
    pub run: RunLabel,
    /// The event.
    pub event: EventFacts,
    /// Cost and income of the event.
    pub totals: Totals,
    /// Cost by resource and activity, each with its parts.
    pub cells: Vec<ExplainedCell>,
    /// Cost by support group; `DIRECT` is the care itself.
    pub support_groups: Vec<Rolled>,
    /// Cost by cost line booked.
    pub cost_lines: Vec<Rolled>,
    /// Cost by ledger line.
    pub ledger_lines: Vec<LedgerPart>,
    /// Where each kind of figure comes from.
    pub commands: Vec<Command>,
}

/// What every output says of its run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunLabel {
    /// Id.
    pub id: String,
    /// Title of the model.
    pub title: String,
    /// Text that every output carries; blank if none.
    pub footnote: String,
    /// Financial year.
    pub year: String,
    /// Last period of the year to date.
    pub last_period: u8,
    /// Whether two people have published it.
    pub published: bool,
}

/// What a reader needs to recognise the event; never an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventFacts {
    /// Reference.
    pub reference: String,
    /// Type of event, with its name.
    pub event_type: Named,
    /// Service line, with its name.
    pub service_line: Named,
    /// Specialty, with its name.
    pub specialty: Named,
    /// Start, local time.
    pub start: String,
    /// End, local time; blank while open.
    pub end: String,
    /// How it lies over the period.
    pub completeness: String,
    /// HRG.
    pub hrg: String,
    /// Point of delivery.
    pub pod: String,
    /// Whose patient.
    pub category: String,
}

/// A code and its name in the model of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// Code.
    pub code: String,
    /// Name; blank if the model has none.
    pub name: String,
}

/// Cost and income of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Cost of its own recorded activity.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Its part of activity for which no event was found.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
    /// Both.
    #[serde(serialize_with = "as_decimal")]
    pub cost: Money,
    /// Activity at unit price.
    #[serde(serialize_with = "as_decimal")]
    pub income_at_unit_price: Money,
    /// Contract income recognised.
    #[serde(serialize_with = "as_decimal")]
    pub income_recognised: Money,
}

/// Cost of one resource in one activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedCell {
    /// Resource.
    pub resource: Named,
    /// Activity.
    pub activity: Named,
    /// Weight set that shares the pool.
    pub weight_set: String,
    /// How much of the activity the event had; none if it was not counted.
    pub quantity: Option<Quantity>,
    /// How the weight of the event became its cost.
    pub rate: Rate,
    /// Own cost.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Absorbed cost.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
    /// By source.
    pub parts: Vec<Part>,
}

/// Part of a cost that came from one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Where it came from.
    #[serde(flatten)]
    pub source: SourceKey,
    /// Part of the own cost.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Part of the absorbed cost.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
}

/// Cost under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rolled {
    /// The heading.
    #[serde(flatten)]
    pub heading: Named,
    /// Own cost.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Absorbed cost.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
}

/// Cost that came from one ledger line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerPart {
    /// Ledger line.
    pub ledger_line: String,
    /// Cost centre, with its name.
    pub cost_centre: Named,
    /// Account, with its name.
    pub account: Named,
    /// Period, 1 for April.
    pub period: i64,
    /// The whole amount of the ledger line.
    #[serde(serialize_with = "as_decimal")]
    pub ledger_amount: Money,
    /// Part in the event's own cost.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Part in the event's absorbed cost.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
}

/// A command that shows or recomputes figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Command {
    /// What it shows.
    pub shows: String,
    /// The command.
    pub command: String,
}

impl Run {
    /// Explains one event's cost. The question is on record before a row is read, and how it ended
    /// before this returns, refusals included.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NoSuchEvent`] and [`ResultsError::Restricted`] as their names say;
    /// [`ResultsError::DoesNotAddUp`] if any sum of parts misses its total by a micro-pound.
    pub fn explain(&self, event: &str, caller: &Caller) -> Result<Explanation, ResultsError> {
        self.explain_within(event, caller, &|_| true)
    }

    /// As [`Run::explain`], for somebody who may see some service lines: an event of another is
    /// answered as one that is not there.
    ///
    /// # Errors
    ///
    /// As [`Run::explain`].
    pub fn explain_within(
        &self,
        event: &str,
        caller: &Caller,
        may_see: &dyn Fn(&str) -> bool,
    ) -> Result<Explanation, ResultsError> {
        let event = event.trim();
        self.asked_of_event(("explain", event), caller, |_| {
            let gathered = gather::gather(self, event, may_see)?;
            Ok((build::build(self, &gathered)?, 1))
        })
    }

    /// Answers a question about one event, on record before and after. What is no reference may be
    /// somebody's identity: it is neither kept nor repeated.
    pub(crate) fn asked_of_event<T>(
        &self,
        (what, event): (&str, &str),
        caller: &Caller,
        answer: impl FnOnce(Key) -> Result<(T, u64), ResultsError>,
    ) -> Result<T, ResultsError> {
        let key = event.parse::<Key>();
        let detail = if key.is_ok() { event } else { "a text that is no reference" };
        self.audited(caller, (what, detail), || {
            let Ok(key) = key else {
                let why = "of that text: a reference has 26 characters of 0-9 and a-v";
                return Err(ResultsError::NoSuchEvent(why.to_owned()));
            };
            answer(key)
        })
    }

    pub(crate) fn label(&self) -> Result<RunLabel, ResultsError> {
        let manifest = self.manifest();
        Ok(RunLabel {
            id: manifest.id.clone(),
            title: manifest.title.clone(),
            footnote: manifest.footnote.clone(),
            year: manifest.year.clone(),
            last_period: manifest.last_period,
            published: self.records()?.publication.is_some(),
        })
    }
}
