//! Cancer meetings: patients are discussed and not present.

use std::io;

use super::trust::Pathway;
use super::year::{Year, site};
use crate::calendar::DAY;

impl Year<'_> {
    /// One patient on the list of a meeting.
    pub(super) fn meeting(
        &mut self,
        specialty: &str,
        pathway: &Pathway,
        number: i64,
    ) -> io::Result<()> {
        let start = pathway.day * DAY + 13 * 60 + number * 4;
        if !self.span.lists(start, start + 4) {
            return Ok(());
        }
        let mut random = pathway.random(1, 0);
        let row = self.row("MDT", pathway.person, (start, start + 4), &mut random);
        let trust = self.trust;
        let calendar = &trust.calendar;
        let date = crate::calendar::date_of(pathway.day);
        let sheet = &mut self.feeds.mdt;
        row.identity(trust, sheet);
        sheet.part(specialty).part("-").text(&date.to_string()).number(number + 1);
        sheet.time(calendar, row.start).time(calendar, row.end);
        sheet.text(specialty).text(site(specialty, false)).text(kind(specialty)).number(9);
        sheet.birth(pathway.person.birth).text(pathway.person.sex);
        sheet.end(row.times)?;
        let counted = self.span.contains(start);
        *self.tally.events.entry("MDT").or_default() += u64::from(counted);
        Ok(())
    }
}

fn kind(specialty: &str) -> &'static str {
    match specialty {
        "100" => "COLORECTAL",
        "101" => "UROLOGY",
        "330" => "SKIN",
        "340" => "LUNG",
        "303" => "HAEMATOLOGY",
        "502" => "GYNAECOLOGY",
        "120" | "140" => "HEAD AND NECK",
        _ => "BREAST",
    }
}
