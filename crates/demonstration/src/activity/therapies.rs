//! Contacts of therapists, alone and in groups, and interpreters.

use std::io;

use super::admission_rows::Admitted;
use super::year::{Care, Year};
use crate::calendar::{DAY, Minute};
use crate::random::Random;

/// A contact before it is written.
struct Contact<'a> {
    profession: &'a str,
    at: Minute,
    /// Staff present for this patient × 10²: in a group each has a part.
    staff: i64,
    place: &'a str,
    minutes: i64,
}

impl Year<'_> {
    /// Contacts of a stay: as many as stated for a mean stay, more in a long one.
    pub(super) fn therapies_of_stay(
        &mut self,
        admitted: Admitted<'_>,
        days: i64,
    ) -> io::Result<()> {
        let Admitted { condition, pathway, spell } = admitted;
        let mean = (condition.stay_hours / 24).max(1);
        for (number, (profession, contacts)) in condition.contacts.iter().enumerate() {
            let part = i64::try_from(number).expect("few professions");
            let mut random = pathway.random(600, part);
            let wanted = (1000 * contacts * (days + 1).min(60) / mean).min(60_000);
            for _ in 0..random.times(wanted) {
                let day = random.below(days.max(1));
                let at = (spell.admitted / DAY + day) * DAY + random.between(9 * 60, 16 * 60);
                if at <= spell.admitted || at >= spell.discharged {
                    continue;
                }
                let care = admitted.care(admitted.ward_at(at), at);
                let group = profession == "PT" && random.chance(120);
                let staff = if group { 2 * 100 / random.between(5, 8) } else { 100 };
                let minutes = self.trust.hospital.contact_minutes[profession];
                let contact = Contact { profession, at, staff, place: care.location, minutes };
                self.contact(care, &contact, &mut random)?;
            }
            // A visit at home after a long stay.
            if days > 6 && random.chance(110) {
                let at = spell.discharged + random.between(4, 12) * DAY;
                let care = admitted.care("HOME", spell.discharged - 1);
                let minutes = self.trust.hospital.contact_minutes[profession];
                let contact = Contact { profession, at, staff: 100, place: "HOME", minutes };
                self.contact(care, &contact, &mut random)?;
            }
        }
        Ok(())
    }

    /// A contact beside a clinic.
    pub(super) fn therapy_of_clinic(
        &mut self,
        care: Care<'_>,
        at: Minute,
        number: i64,
    ) -> io::Result<()> {
        let (profession, per_mille) = match care.specialty {
            "110" => ("PT", 70),
            "307" | "420" => ("DI", 90),
            "120" => ("SL", 40),
            "191" | "370" => ("PS", 80),
            "410" => ("OT", 70),
            _ => return Ok(()),
        };
        let mut random = care.pathway.random(601, number);
        if random.chance(per_mille) {
            let minutes = self.trust.hospital.contact_minutes[profession];
            let (at, place) = (at + 60, "THERAPY OUTPATIENTS");
            let contact = Contact { profession, at, staff: 100, place, minutes };
            self.contact(care, &contact, &mut random)?;
        }
        Ok(())
    }

    /// An anaesthetist sees the patient some days before a planned operation.
    pub(super) fn pre_assessment(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let mut random = admitted.pathway.random(602, 0);
        let Admitted { condition, spell, .. } = admitted;
        if condition.anaesthesia == 0 {
            return Ok(());
        }
        let day = spell.admitted / DAY - random.between(3, 8);
        let at = day * DAY + random.between(9 * 60, 15 * 60);
        let care = admitted.care("PRE-ASSESSMENT", spell.admitted);
        // A minute of anaesthesia hints at how much there is to talk about.
        let minutes = (15 + condition.anaesthesia / 2).min(40);
        let contact = Contact { profession: "PA", at, staff: 100, place: care.location, minutes };
        self.contact(care, &contact, &mut random)
    }

    fn contact(
        &mut self,
        care: Care<'_>,
        contact: &Contact<'_>,
        random: &mut Random,
    ) -> io::Result<()> {
        if !self.span.has(contact.at) {
            return Ok(());
        }
        let end = contact.at + random.around(contact.minutes);
        let row = self.row("CONTACTS", care.pathway.person, (contact.at, end), random);
        let trust = self.trust;
        let sheet = &mut self.feeds.contacts;
        row.identity(trust, sheet);
        sheet.time(&trust.calendar, row.start).time(&trust.calendar, row.end);
        if row.misspelt {
            sheet.part("Q");
        }
        sheet.part(contact.profession).text(if contact.staff < 100 { "-GROUP" } else { "-ONE" });
        sheet.hundredths(contact.staff).text(care.specialty).text(contact.place);
        sheet.end(row.times)
    }

    /// An interpreted conversation, once bookings are kept by patient: from January 2026.
    pub(super) fn interpreter(
        &mut self,
        care: Care<'_>,
        (at, in_clinic): (Minute, bool),
        mut random: Random,
    ) -> io::Result<()> {
        let booked = self.span.year >= 2025 && at >= self.span.start + 275 * DAY;
        if !booked || !self.span.contains(at) || !random.chance(if in_clinic { 32 } else { 45 }) {
            return Ok(());
        }
        let row = self.row("INTERPRET", care.pathway.person, (at, at), &mut random);
        let named = random.chance(300);
        let trust = self.trust;
        let sheet = &mut self.feeds.interpret;
        row.identity(trust, sheet);
        Self::event_cell(sheet, care.event, named);
        sheet.time(&trust.calendar, row.start);
        sheet.text(language(&mut random)).number(random.between(1, 3)).text(care.specialty);
        sheet.end(row.times)
    }

    /// Totals of interpreting for the months in which bookings were not kept by patient.
    pub(super) fn interpret_totals(&mut self) -> io::Result<()> {
        let last = if self.span.year < 2025 { 12 } else { 9 };
        let attended = std::mem::take(&mut self.tally.attended);
        for ((specialty, period), count) in attended.iter().filter(|((_, it), _)| *it <= last) {
            let half_hours = (count * 6 + 50) / 100;
            if half_hours > 0 {
                let sheet = &mut self.feeds.interpret_totals;
                sheet.number(*period).text("OP").text(specialty).text("ALL").number(half_hours);
                sheet.end(1)?;
            }
        }
        self.tally.attended = attended;
        Ok(())
    }
}

fn language(random: &mut Random) -> &'static str {
    let groups = ["SOUTH ASIAN", "EAST EUROPEAN", "ARABIC", "SIGN", "OTHER"];
    groups[usize::try_from(random.below(5)).expect("one of five")]
}
