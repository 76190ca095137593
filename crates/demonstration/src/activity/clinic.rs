//! Outpatient clinics: first and follow-up, attended or not, and what is done beside them.

use std::io;

use super::admission_rows::Admitted;
use super::trust::Pathway;
use super::year::{Care, EventName, Year, consultant, site};
use crate::calendar::{DAY, Minute, period, weekday};
use crate::hospital::{Clinic, Moment, Route};
use crate::random::Random;

/// An appointment before it is written.
struct Appointment<'a> {
    clinic: &'a Clinic,
    number: i64,
    at: Minute,
    first: bool,
    consultant: String,
}

impl Year<'_> {
    /// A first attendance and all that follow it.
    pub(super) fn clinic(&mut self, clinic: &Clinic, pathway: &Pathway) -> io::Result<()> {
        let mut random = pathway.random(1, 0);
        let consultants = self.trust.hospital.specialty(&clinic.specialty).consultants;
        let number = (pathway.day + random.below(3)) % consultants.max(1) + 1;
        // The clinic of the story is run by one consultant.
        let number = if clinic.code == "CL330S" { 3 } else { number };
        let visits = random.skewed(10 * clinic.follow_per_hundred) + 500;
        let gap = if clinic.follow_per_hundred > 300 { 16 } else { 38 };
        let mut day = pathway.day;
        for visit in 0..=(visits / 1000).min(14) {
            let at = clinic_day(day) * DAY + time_of_clinic(&mut random);
            let appointment = Appointment {
                clinic,
                number: pathway.id * 64 + visit,
                at,
                first: visit == 0,
                consultant: consultant(&clinic.specialty, number),
            };
            self.appointment(pathway, &appointment)?;
            day += gap + random.below(gap);
        }
        Ok(())
    }

    /// The clinic before a planned operation and the one after it.
    pub(super) fn clinics_around(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let Admitted { condition, pathway, spell } = admitted;
        let surgical = condition.is_surgical() && condition.route != Route::Maternity;
        let clinics = &self.trust.hospital.clinics;
        let clinic = clinics.iter().find(|it| it.specialty == condition.specialty);
        let Some(clinic) = clinic.filter(|_| surgical) else { return Ok(()) };
        let mut random = pathway.random(700, 0);
        let planned = condition.route == Route::Elective;
        let own = &spell.episodes[spell.episodes.len() - 1].consultant;
        let mut visits = Vec::new();
        if planned {
            visits.push(spell.admitted / DAY - random.between(9, 20));
        }
        if planned || random.chance(400) {
            visits.push(spell.discharged / DAY + random.between(30, 50));
        }
        for (visit, day) in visits.into_iter().enumerate() {
            let visit = i64::try_from(visit).expect("two visits");
            let appointment = Appointment {
                clinic,
                number: pathway.id * 64 + 40 + visit,
                at: clinic_day(day) * DAY + time_of_clinic(&mut random),
                first: false,
                consultant: own.clone(),
            };
            self.appointment(pathway, &appointment)?;
        }
        if planned {
            // Blood taken by the practice nurse, after the clinic and before admission.
            let at = spell.admitted - 4 * DAY;
            let care = admitted.care("PRE-ASSESSMENT", spell.admitted);
            self.tests(care, "SURGICAL", (Moment::Daily, at), 5)?;
            self.pre_assessment(admitted)?;
        }
        Ok(())
    }

    fn appointment(&mut self, pathway: &Pathway, own: &Appointment<'_>) -> io::Result<()> {
        let clinic = own.clinic;
        let part = own.number % 64;
        let mut random = pathway.random(800, part);
        if !self.span.lists(own.at, own.at + 60) {
            return Ok(());
        }
        // One in fourteen is cancelled: another feed, which this trust does not cost.
        let attended = match random.below(1000) {
            drawn if drawn < clinic.dna_per_mille => "3",
            drawn if drawn < clinic.dna_per_mille + 8 => "7",
            drawn if drawn < clinic.dna_per_mille + 78 => "2",
            drawn if drawn > 940 => "6",
            _ => "5",
        };
        self.appointment_row(pathway, own, attended, &mut random)?;
        if !matches!(attended, "5" | "6") {
            return Ok(());
        }
        let event = EventName::Appointment(own.number);
        let care = Care { pathway, specialty: &clinic.specialty, location: &clinic.code, event };
        if self.span.contains(own.at) {
            let key = (clinic.specialty.clone(), period(own.at / DAY));
            *self.tally.attended.entry(key).or_default() += 1;
        }
        self.beside_clinic(care, own, part, &mut random)
    }

    fn appointment_row(
        &mut self,
        pathway: &Pathway,
        own: &Appointment<'_>,
        attended: &'static str,
        random: &mut Random,
    ) -> io::Result<()> {
        let clinic = own.clinic;
        let seen = matches!(attended, "5" | "6");
        let minutes = if own.first { clinic.minutes_first } else { clinic.minutes_follow };
        let row = self.row("OP", pathway.person, (own.at, own.at + random.around(minutes)), random);
        let operated = seen && random.chance(clinic.procedure_per_mille);
        let private = random.chance(if clinic.specialty == "330" { 14 } else { 7 });
        let restricted = clinic.specialty == "X-IVF" && pathway.ordinal % 7 == 3;
        let trust = self.trust;
        let sheet = &mut self.feeds.op;
        if restricted {
            sheet.blank().code("AV", pathway.person.number + 1_000_000, 7);
        } else {
            row.identity(trust, sheet);
        }
        sheet.code("OP", own.number, 12).text(&clinic.code).text(&own.consultant);
        sheet.text(&clinic.specialty).text(site(&clinic.specialty, true));
        sheet.time(&trust.calendar, row.start);
        if seen {
            sheet.time(&trust.calendar, row.end);
        } else {
            sheet.blank();
        }
        sheet.text(attended).text(if own.first { "1" } else { "2" });
        // Nurse specialists and therapists join one clinic in six.
        let together = random.chance(160);
        sheet.hundredths(if together { 200 } else { 100 });
        sheet.birth(pathway.person.birth).text(pathway.person.sex);
        sheet.text(if operated { &clinic.procedure } else { "" });
        let hrg = match (operated, own.first) {
            (true, _) => clinic.procedure_hrg.as_str(),
            (false, true) => "WF01B",
            (false, false) => "WF01A",
        };
        let pod = match (operated, own.first) {
            (true, _) => "OPPROC",
            (false, true) => "OPFA",
            (false, false) => "OPFU",
        };
        sheet.text(hrg).text(if seen { pod } else { "" });
        sheet.text(if private { "02" } else { "01" }).text(if restricted { "03" } else { "" });
        sheet.end(row.times)?;
        if !self.span.contains(own.at) {
            return Ok(());
        }
        self.observe_clinic(own, attended);
        if seen {
            let price = match (operated, own.first) {
                (true, _) => self.price("OPPROC", hrg),
                (false, true) => self.agreed(clinic.first_price),
                (false, false) => self.agreed(clinic.follow_price),
            };
            self.income_of_clinic(
                own.number,
                &clinic.specialty,
                (pod, hrg),
                (own.at, price, private),
            )?;
        }
        Ok(())
    }

    fn observe_clinic(&mut self, own: &Appointment<'_>, attended: &'static str) {
        let kind = match attended {
            "5" | "6" => "OP",
            "3" | "7" => "DNA",
            _ => return,
        };
        *self.tally.events.entry(kind).or_default() += 1;
        if own.clinic.specialty == "330" {
            let clinic = &own.clinic.code;
            self.tally.observe(&format!("{clinic}_missed"), i64::from(kind == "DNA"));
            self.tally.observe(&format!("{clinic}_first"), i64::from(own.first));
        }
    }

    fn beside_clinic(
        &mut self,
        care: Care<'_>,
        own: &Appointment<'_>,
        part: i64,
        random: &mut Random,
    ) -> io::Result<()> {
        let clinic = own.clinic;
        // Tests on the day, some days before it, or asked for in another team's name.
        let (days, requester) = match random.below(100) {
            0..16 => (-random.between(2, 12), clinic.specialty.as_str()),
            16..22 => (0, "300"),
            _ => (0, clinic.specialty.as_str()),
        };
        // Follow-ups need fewer tests than first attendances.
        let asked = own.first || random.chance(700);
        let of_tests = Care { specialty: requester, ..care };
        if asked {
            let at = own.at + days * DAY + 15;
            self.tests(of_tests, &clinic.profile, (Moment::Start, at), 50 + part)?;
        }
        let later = random.between(0, 13);
        if own.first || random.chance(350) {
            self.images(care, &clinic.imaging, own.at + later * DAY, 50 + part)?;
        }
        self.medicines_of_clinic(care, &clinic.drugs, own.at, part)?;
        self.therapy_of_clinic(care, own.at, part)?;
        self.interpreter(care, (own.at, true), care.pathway.random(900, part))
    }
}

/// The same day or the Monday after a weekend.
fn clinic_day(day: i64) -> i64 {
    match weekday(day) {
        5 => day + 2,
        6 => day + 1,
        _ => day,
    }
}

fn time_of_clinic(random: &mut Random) -> i64 {
    let morning = random.chance(560);
    (if morning { 9 * 60 } else { 13 * 60 + 30 }) + random.below(36) * 5
}
