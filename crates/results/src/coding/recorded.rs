//! One event as it was recorded: what clinical coding answers for, and what it is paid.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use tables::run::CostedEvent;

use crate::explain::Named;
use crate::explain::names::Names;
use crate::outcomes::Calendar;
use crate::words::local_time;
use crate::{Caller, ResultsError, Run, reading};

/// What stands on record of an event; never an identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Reference.
    pub reference: String,
    /// Service line.
    pub service_line: Named,
    /// Type of event.
    pub event_type: Named,
    /// Specialty.
    pub specialty: Named,
    /// Consultant, by reference; blank if none is recorded.
    pub consultant: String,
    /// Start, local time.
    pub start: String,
    /// End, local time; blank while open.
    pub end: String,
    /// Nights; none while open.
    pub nights: Option<i64>,
    /// Admission method as coded.
    pub admission_method: String,
    /// Age band.
    pub age_band: String,
    /// Price group.
    pub hrg: Named,
    /// Main diagnosis (ICD-10).
    pub diagnosis: String,
    /// Main procedure (OPCS-4).
    pub procedure: String,
    /// Activity at unit price.
    pub at_unit_price: Money,
}

/// Some events of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedEvents {
    /// Those whose service line may be seen, by reference.
    pub seen: BTreeMap<String, Recorded>,
    /// References of those that are there, in service lines that may not be seen.
    pub elsewhere: BTreeSet<String>,
}

impl Run {
    /// How some events are recorded. An event keeps its reference from run to run as long as the
    /// same key is used. The question is on record before a row is read; events of legally
    /// restricted records are in no answer.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read, or the question not be recorded.
    pub fn recorded_within(
        &self,
        events: &BTreeSet<String>,
        caller: &Caller,
        may_see: &dyn Fn(&str) -> bool,
    ) -> Result<RecordedEvents, ResultsError> {
        let named: Vec<&str> = events.iter().map(String::as_str).collect();
        let detail = format!("as recorded: {}", named.join(" "));
        self.audited(caller, ("list", &detail), || {
            let mut found = RecordedEvents::default();
            let rules = self.rules()?;
            let calendar = Calendar::of(rules.year, rules.last_period);
            for reader in reading::readers(self, "events")? {
                let wanted = |event: &str, _: &str| events.contains(event);
                for it in
                    reader.rows_with_texts::<CostedEvent>(["event", "service_line"], &wanted)?
                {
                    if may_see(&it.service_line) {
                        let recorded = recorded(&it, &Names(rules), &calendar);
                        found.seen.insert(it.event, recorded);
                    } else {
                        found.elsewhere.insert(it.event);
                    }
                }
            }
            let rows = u64::try_from(found.seen.len()).unwrap_or(u64::MAX);
            Ok((found, rows))
        })
    }
}

pub(super) fn recorded(it: &CostedEvent, names: &Names<'_>, calendar: &Calendar) -> Recorded {
    let hrg = names.0.reference_codes.get("hrg").and_then(|all| all.get(&it.hrg));
    Recorded {
        reference: it.event.clone(),
        service_line: names.service_line(&it.service_line),
        event_type: names.event_type(&it.event_type),
        specialty: names.specialty(&it.specialty),
        consultant: it.consultant.clone(),
        start: local_time(it.start_s),
        end: it.end_s.map(local_time).unwrap_or_default(),
        nights: nights(it, calendar),
        admission_method: it.admission_method.clone(),
        age_band: it.age_band.clone(),
        hrg: Named {
            code: it.hrg.clone(),
            name: hrg.map(|it| it.name.clone()).unwrap_or_default(),
        },
        diagnosis: it.diagnosis.clone(),
        procedure: it.procedure.clone(),
        at_unit_price: it.income_at_unit_price,
    }
}

/// Nights between start and end; none while open. An end is half-open.
fn nights(it: &CostedEvent, calendar: &Calendar) -> Option<i64> {
    let last = calendar.day(it.end_s?.saturating_sub(1).max(it.start_s))?;
    Some(i64::from(last.0 - calendar.day(it.start_s)?.0))
}
