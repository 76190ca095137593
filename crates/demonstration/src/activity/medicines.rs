//! Medicines issued, returned and delivered to the home, and devices used in theatre.

use std::io;

use super::admission_rows::{Admitted, spell_cell, supplier};
use super::year::{Care, Year};
use crate::calendar::{DAY, Minute, period};
use crate::hospital::{Medicine, Moment};
use crate::random::Random;

/// An issue of a medicine.
struct Issue<'a> {
    at: Minute,
    supply: &'a str,
    quantity: i64,
}

impl Year<'_> {
    /// Medicines of a stay: at the start, each day, to take home, and what came back.
    pub(super) fn medicines_of_stay(
        &mut self,
        admitted: Admitted<'_>,
        days: i64,
    ) -> io::Result<()> {
        let Admitted { condition, pathway, spell } = admitted;
        let Some(list) = self.trust.hospital.medicines.get(&condition.drugs) else { return Ok(()) };
        for day in 0..=days {
            if day > 14 && day % 7 != 0 {
                continue;
            }
            let at = spell.admitted + day * DAY + 100;
            if !self.span.has(at) || (day > 0 && at > spell.discharged) {
                continue;
            }
            let mut random = pathway.random(400, day);
            let care = admitted.care(admitted.ward_at(at), at);
            for medicine in list.iter().filter(|it| it.moment == Moment::Daily || day == 0) {
                if medicine.moment == Moment::Discharge || !random.chance(medicine.per_mille) {
                    continue;
                }
                let supply = if medicine.high_cost { "ASEPTIC" } else { "WARD" };
                let issue = Issue { at: at + random.below(200), supply, quantity: 1 };
                self.issue(care, medicine, &issue, &mut random)?;
                if medicine.moment == Moment::Daily && random.chance(12) {
                    let back = Issue { at: at + 240, supply: "RETURN", quantity: -1 };
                    self.issue(care, medicine, &back, &mut random)?;
                }
            }
        }
        self.take_home(admitted, list)
    }

    fn take_home(&mut self, admitted: Admitted<'_>, list: &[Medicine]) -> io::Result<()> {
        let mut random = admitted.pathway.random(401, 0);
        let leaves = admitted.spell.discharged;
        // Some patients go home before pharmacy is ready, and the bag follows the next morning.
        let late = random.chance(170);
        let at = if late { (leaves / DAY + 1) * DAY + 10 * 60 } else { leaves - 20 };
        if !self.span.has(at) {
            return Ok(());
        }
        let care = admitted.care(admitted.ward_at(leaves - 1), leaves - 1);
        for medicine in list.iter().filter(|it| it.moment == Moment::Discharge) {
            if random.chance(medicine.per_mille) {
                let issue = Issue { at, supply: "TTO", quantity: 1 };
                self.issue(care, medicine, &issue, &mut random)?;
            }
        }
        Ok(())
    }

    /// Medicines of a clinic; those delivered to the home follow some days later.
    pub(super) fn medicines_of_clinic(
        &mut self,
        care: Care<'_>,
        list: &str,
        at: Minute,
        number: i64,
    ) -> io::Result<()> {
        let Some(list) = self.trust.hospital.medicines.get(list) else { return Ok(()) };
        let mut random = care.pathway.random(402, number);
        for medicine in list.iter().filter(|it| it.moment == Moment::Start) {
            // Clinics give out a fifth of what wards do of the cheap medicines.
            let rare = !medicine.high_cost && care.specialty != "X-IVF";
            let per_mille = if rare { medicine.per_mille / 5 } else { medicine.per_mille };
            if !random.chance(per_mille) {
                continue;
            }
            let home = medicine.high_cost || random.chance(100);
            let days = if home { random.between(3, 26) } else { 0 };
            let supply = if home { "HOME" } else { "CLINIC" };
            let issue = Issue { at: at + days * DAY + 20, supply, quantity: 1 };
            if self.span.has(issue.at) {
                self.issue(care, medicine, &issue, &mut random)?;
            }
        }
        Ok(())
    }

    /// Medicines given in the emergency department.
    pub(super) fn medicines_of_emergency(&mut self, care: Care<'_>, at: Minute) -> io::Result<()> {
        let list = &self.trust.hospital.medicines["STANDARD"];
        let mut random = care.pathway.random(403, 0);
        for medicine in list.iter().filter(|it| it.moment == Moment::Daily).take(5) {
            if random.chance(medicine.per_mille / 3) && self.span.has(at) {
                let issue = Issue { at: at + 60, supply: "WARD", quantity: 1 };
                self.issue(care, medicine, &issue, &mut random)?;
            }
        }
        Ok(())
    }

    fn issue(
        &mut self,
        care: Care<'_>,
        medicine: &Medicine,
        issue: &Issue<'_>,
        random: &mut Random,
    ) -> io::Result<()> {
        let row = self.row("MEDICINES", care.pathway.person, (issue.at, issue.at), random);
        let named = random.chance(60);
        let pence = issue.quantity * medicine.pence * random.between(94, 106) / 100;
        let trust = self.trust;
        let sheet = &mut self.feeds.medicines;
        row.identity(trust, sheet);
        Self::event_cell(sheet, care.event, named);
        sheet.time(&trust.calendar, row.start);
        row.code(sheet, &medicine.code);
        sheet.text(issue.supply).number(issue.quantity).hundredths(pence);
        sheet.text(care.specialty).text(care.location);
        sheet.end(row.times)?;
        if medicine.high_cost && self.span.contains(issue.at) {
            let month = period(issue.at / DAY);
            self.pass_through(care, &medicine.code, (month, pence))?;
        }
        Ok(())
    }

    /// The device that an operation used.
    pub(super) fn devices_of_operation(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let Admitted { condition, pathway, spell } = admitted;
        let Some(devices) = self.trust.hospital.devices.get(&condition.device) else {
            return Ok(());
        };
        let mut random = pathway.random(500, 0);
        let at = spell.operation.as_ref().map_or(spell.admitted + 200, |it| it.start + 40);
        if !self.span.has(at) || (condition.code == "HEARTATTACK" && random.chance(450)) {
            return Ok(());
        }
        let last = &spell.episodes[spell.episodes.len() - 1];
        let surgeon = spell.operation.as_ref().map_or(&last.consultant, |it| &it.surgeon);
        let device = supplier(devices, surgeon, &mut random);
        let pence = device.pence * random.between(96, 104) / 100;
        let row = self.row("DEVICES", pathway.person, (at, at), &mut random);
        let named = !random.chance(90);
        let trust = self.trust;
        let sheet = &mut self.feeds.devices;
        row.identity(trust, sheet);
        spell_cell(sheet, spell.id, named);
        sheet.day(&trust.calendar, row.start.div_euclid(DAY));
        row.code(sheet, &device.code);
        sheet.number(1).quoted(&pounds(pence)).text(&condition.specialty).text(surgeon);
        sheet.end(row.times)?;
        if condition.device == "HIP" && self.span.contains(at) {
            self.tally.observe(&format!("hip_price_{}", device.supplier), pence);
        }
        Ok(())
    }
}

/// `£1,280.00` as that system writes it, in the Windows code page.
fn pounds(pence: i64) -> Vec<u8> {
    let whole = pence / 100;
    let text = match whole / 1000 {
        0 => format!("{whole}.{:02}", pence % 100),
        thousands => format!("{thousands},{:03}.{:02}", whole % 1000, pence % 100),
    };
    [&[0xa3], text.as_bytes()].concat()
}
