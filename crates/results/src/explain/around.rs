//! Other events of the patient of one event, in the months around it.

use tables::run::CostedEvent;

use super::names::Names;
use super::{Named, gather};
use crate::listing::{self, ListedEvent};
use crate::{Caller, ResultsError, Run, reading};

/// So far on either side: twelve months.
const REACH_S: i64 = 365 * 86_400;

/// Other care of one patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// In order of time, those whose service line may be seen.
    pub events: Vec<AroundEvent>,
    /// How many more there are in service lines that may not be seen.
    pub elsewhere: usize,
}

/// One event of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AroundEvent {
    /// The run that it is in.
    pub run: String,
    /// Service line.
    pub service_line: Named,
    /// The event.
    pub event: ListedEvent,
    start_s: i64,
}

impl Run {
    /// Events of the same patient that began within twelve months of one event, in this run and,
    /// if it is given, in that of the year before. Those of service lines that may not be seen are
    /// counted. The question is on record with each run before a row of it is read.
    ///
    /// A patient has the same reference in both only if they were taken in with the same key; else
    /// the other run is left out.
    ///
    /// # Errors
    ///
    /// As [`Run::explain_within`].
    pub fn around_within(
        &self,
        event: &str,
        caller: &Caller,
        may_see: &dyn Fn(&str) -> bool,
        before: Option<&Self>,
    ) -> Result<Around, ResultsError> {
        let event = event.trim();
        self.asked_of_event(("list around", event), caller, |_| {
            let this = gather::find_event(self, event)?;
            if !may_see(&this.service_line) {
                return Err(ResultsError::NoSuchEvent(event.to_owned()));
            }
            let mut around = Around::default();
            self.add_around(&this, may_see, &mut around)?;
            let key = &self.manifest().key_fingerprint;
            if let Some(before) = before.filter(|it| it.manifest().key_fingerprint == *key) {
                before.audited(caller, ("list around", event), || {
                    let shown = around.events.len();
                    before.add_around(&this, may_see, &mut around)?;
                    Ok(((), as_rows(around.events.len() - shown)))
                })?;
            }
            around.events.sort_by(|one, other| {
                let key = |it: &AroundEvent| (it.start_s, it.event.reference.clone());
                key(one).cmp(&key(other))
            });
            let rows = as_rows(around.events.len());
            Ok((around, rows))
        })
    }

    fn add_around(
        &self,
        this: &CostedEvent,
        may_see: &dyn Fn(&str) -> bool,
        around: &mut Around,
    ) -> Result<(), ResultsError> {
        // A patient without a reference is nobody in particular.
        if this.patient.is_empty() {
            return Ok(());
        }
        let names = Names(self.rules()?);
        let last_s = this.end_s.unwrap_or(this.start_s).max(this.start_s);
        for reader in reading::readers(self, "events")? {
            for it in reader.rows_with_text::<CostedEvent>("patient", &this.patient)? {
                let is_near =
                    it.start_s >= this.start_s - REACH_S && it.start_s <= last_s + REACH_S;
                // An episode that two years know is one.
                let is_known = around.events.iter().any(|known| known.event.reference == it.event);
                if it.event == this.event || !is_near || is_known || !listing::is_costed(&it) {
                    continue;
                }
                if !may_see(&it.service_line) {
                    around.elsewhere += 1;
                    continue;
                }
                around.events.push(AroundEvent {
                    run: self.id().to_owned(),
                    service_line: names.service_line(&it.service_line),
                    start_s: it.start_s,
                    event: listing::event(it, &names),
                });
            }
        }
        Ok(())
    }
}

fn as_rows(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
