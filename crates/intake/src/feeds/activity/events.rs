//! What only the rows of masters have: spell, order, age, readiness.

use domain::Day;

use super::columns::Here;
use super::moments::When;
use super::reader::Reader;
use crate::feeds::fault::Fault;
use crate::feeds::row::{Row, Slot};
use crate::findings::shown;

const OLDEST_YEARS: i32 = 120;

impl Reader<'_> {
    /// What only events have.
    pub(super) fn master(
        &mut self,
        here: Here<'_>,
        row: &mut Row,
        start: Option<When>,
    ) -> Result<(), Fault> {
        let line = here.line;
        let text = here.read(&here.columns.ready, &mut self.texts[3]);
        let ready = self.moments.past(text, "ready", line, &mut self.noticed)?;
        row.ready = ready.map(|it| it.utc);
        let text = here.read(&here.columns.spell_start, &mut self.texts[3]);
        let began = self.moments.past(text, "spell_start", line, &mut self.noticed)?;
        row.spell_start = began.map(|it| it.utc);
        let text = here.read(&here.columns.spell_end, &mut self.texts[3]);
        let ended = self.moments.past(text, "spell_end", line, &mut self.noticed)?;
        row.spell_end = ended.map(|it| self.half_open(it));
        if let Some(text) = here.read(&here.columns.order, &mut self.texts[3]) {
            let order = std::str::from_utf8(text).ok().and_then(|it| it.parse::<u16>().ok());
            let fault = || Fault::row("B5", "episode_order", "the order is not a whole number");
            row.order = i64::from(order.ok_or_else(fault)?);
        }
        self.age(here, row, start)?;
        let defaults =
            [(Slot::EventType, self.job.plan.feed.event_type.as_str()), (Slot::Category, "OWN")];
        for (slot, text) in defaults {
            if row.code(slot) == 0 {
                row.codes[slot as usize] = self.values.fixed(text);
            }
        }
        if row.restricted && (row.local != 0 || row.number != 0) {
            self.noticed.row("D11", "", line);
        }
        if row.local == 0 && row.number == 0 {
            self.noticed.row("D10", "", line);
        }
        Ok(())
    }

    pub(super) fn age(
        &mut self,
        here: Here<'_>,
        row: &mut Row,
        start: Option<When>,
    ) -> Result<(), Fault> {
        let line = here.line;
        let text = here.read(&here.columns.birth, &mut self.texts[3]);
        let years = if let Some(birth) = self.moments.birth(text, line, &mut self.noticed)? {
            self.seen.born((row.local, row.number), birth.0);
            let Some(start) = start else { return Ok(()) };
            if birth > start.day {
                return Err(Fault::row("C15", "birth_date", "the birth lies after the start"));
            }
            Some(years_between(birth, start.day))
        } else {
            let text = here.read(&here.columns.age, &mut self.texts[3]);
            let Some(text) = text else { return Ok(()) };
            // A spreadsheet or a statistics program writes 54 as 54.0.
            let stated = String::from_utf8_lossy(text.strip_suffix(b".0").unwrap_or(text));
            let lookup = self.job.plan.mapping.lookup.get("age");
            let stated = lookup.and_then(|it| it.get(&*stated)).map_or(&*stated, String::as_str);
            let years = stated.parse::<u8>().ok();
            let message = || format!("{} is no age in whole years", shown(stated));
            let fault = || Fault::row("B5", "age", message());
            Some(i32::from(years.ok_or_else(fault)?))
        };
        if let Some(years) = years {
            if years > OLDEST_YEARS {
                self.noticed.row("C16", "birth_date", line);
            }
            row.codes[Slot::AgeBand as usize] = self.values.age_band(years);
        }
        Ok(())
    }
}

/// Whole years from a birth to a day; one born on 29 February has a birthday on 1 March.
fn years_between(birth: Day, day: Day) -> i32 {
    let (year, month, date) = birth.to_civil();
    let (now, now_month, now_date) = day.to_civil();
    now - year - i32::from((now_month, now_date) < (month, date))
}
