//! Lists the events of one service line under their references, a page at a time.

use domain::Money;
use jiff::tz::TimeZone;
use tables::run::CostedEvent;

use crate::explain::Named;
use crate::explain::names::Names;
use crate::words::local_time;
use crate::{Caller, ResultsError, Run, reading};

/// Which events are asked for. Those of legally restricted records are never listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Service line.
    pub service_line: String,
    /// Type of event; blank for all.
    pub event_type: String,
    /// Month in which they began, such as `2025-07`; blank for all.
    pub month: String,
    /// Point of delivery; blank for all.
    pub pod: String,
    /// Beginning of the HRG, such as `HN12`; blank for all.
    pub hrg: String,
    /// The dearest first, else in order of time.
    pub dearest_first: bool,
    /// Page, from 1.
    pub page: usize,
    /// Events on a page.
    pub size: usize,
}

/// Events of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The events.
    pub events: Vec<ListedEvent>,
    /// How many there are on all pages.
    pub total: usize,
}

/// One event of a list; never an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEvent {
    /// Reference.
    pub reference: String,
    /// Type of event.
    pub event_type: Named,
    /// Specialty.
    pub specialty: Named,
    /// Start, local time.
    pub start: String,
    /// HRG.
    pub hrg: String,
    /// Cost, own and absorbed.
    pub cost: Money,
    /// Contract income recognised.
    pub income: Money,
}

impl Run {
    /// The events of one service line with a cost or an income. The question is on record before a
    /// row is read.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read, or the question not be recorded.
    pub fn list_events(&self, asked: &Asked, caller: &Caller) -> Result<Listed, ResultsError> {
        let detail = format!("service line {}, page {}", asked.service_line, asked.page);
        self.audited(caller, ("list", &detail), || {
            let listed = self.listed(asked)?;
            let rows = u64::try_from(listed.events.len()).unwrap_or(u64::MAX);
            Ok((listed, rows))
        })
    }

    fn listed(&self, asked: &Asked) -> Result<Listed, ResultsError> {
        let wanted = |line: &str, kind: &str| {
            line == asked.service_line && (asked.event_type.is_empty() || kind == asked.event_type)
        };
        let mut found: Vec<CostedEvent> = Vec::new();
        for reader in reading::readers(self, "events")? {
            found.extend(
                reader.rows_with_texts::<CostedEvent>(["service_line", "event_type"], &wanted)?,
            );
        }
        found.retain(|it| {
            is_costed(it)
                && (asked.month.is_empty() || month(it.start_s) == asked.month)
                && (asked.pod.is_empty() || it.pod == asked.pod)
                && it.hrg.starts_with(&asked.hrg)
        });
        found.sort_by(|one, other| {
            let by_time = (one.start_s, &one.event).cmp(&(other.start_s, &other.event));
            if asked.dearest_first { cost(other).cmp(&cost(one)).then(by_time) } else { by_time }
        });
        let total = found.len();
        let first = asked.page.saturating_sub(1).saturating_mul(asked.size);
        let names = Names(self.rules()?);
        let events = found.into_iter().skip(first).take(asked.size).map(|it| event(it, &names));
        Ok(Listed { events: events.collect(), total })
    }
}

/// Whether there is a cost or an income.
pub(crate) fn is_costed(event: &CostedEvent) -> bool {
    !cost(event).is_zero() || !event.income_recognised.is_zero()
}

fn cost(event: &CostedEvent) -> Money {
    event.own + event.absorbed
}

/// An event as it stands in a list.
pub(crate) fn event(it: CostedEvent, names: &Names<'_>) -> ListedEvent {
    ListedEvent {
        event_type: names.event_type(&it.event_type),
        specialty: names.specialty(&it.specialty),
        start: local_time(it.start_s),
        cost: cost(&it),
        income: it.income_recognised,
        reference: it.event,
        hrg: it.hrg,
    }
}

/// The month of an instant in England; blank beyond the calendar.
fn month(seconds: i64) -> String {
    let zone = TimeZone::get("Europe/London").expect("time zones are bundled");
    match jiff::Timestamp::from_second(seconds) {
        Ok(instant) => instant.to_zoned(zone).strftime("%Y-%m").to_string(),
        Err(_) => String::new(),
    }
}
