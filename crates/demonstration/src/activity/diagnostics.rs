//! Pathology, imaging and blood: for own patients, for general practitioners, for another trust.

use std::io;

use super::admission_rows::Admitted;
use super::trust::{Kind, Pathway, Work};
use super::year::{Care, EventName, Year};
use crate::calendar::{DAY, Minute};
use crate::hospital::{Moment, Route};
use crate::random::Random;

impl Year<'_> {
    /// Tests of a profile at a moment. `part` keeps one set of tests apart from another.
    pub(super) fn tests(
        &mut self,
        care: Care<'_>,
        profile: &str,
        (moment, at): (Moment, Minute),
        part: i64,
    ) -> io::Result<()> {
        if !self.span.has(at) {
            return Ok(());
        }
        let Some(sets) = self.trust.hospital.profiles.get(profile) else { return Ok(()) };
        let mut random = care.pathway.random(100, part);
        for (_, tests) in sets.iter().filter(|(it, _)| *it == moment) {
            for (test, per_mille) in tests {
                for _ in 0..random.times(*per_mille) {
                    self.test(care, test, (at + random.below(30), ""), &mut random)?;
                }
            }
        }
        Ok(())
    }

    fn test(
        &mut self,
        care: Care<'_>,
        test: &str,
        (at, charged): (Minute, &str),
        random: &mut Random,
    ) -> io::Result<()> {
        let row = self.row("PATH", care.pathway.person, (at, at), random);
        let named = random.chance(40);
        self.lines += 1;
        let trust = self.trust;
        let sheet = &mut self.feeds.path;
        row.identity(trust, sheet);
        Self::event_cell(sheet, care.event, named);
        sheet.code("T", self.lines, 9).time(&trust.calendar, row.start);
        row.code(sheet, test);
        sheet.text(care.specialty).text(care.location).text(charged);
        sheet.end(row.times)
    }

    /// A request from outside: the patient has no event here, and somebody else pays.
    pub(super) fn outside_request(&mut self, kind: &Kind, day: i64, number: i64) -> io::Result<()> {
        let at = day * DAY + 8 * 60;
        if !self.span.has(at) {
            return Ok(());
        }
        let trust = self.trust;
        let mut random = Random::of(&[trust.seed, 61, kind.index, day, number]);
        let at = at + random.below(9 * 60);
        let person = trust.people.stranger(&mut random);
        let pathway = Pathway {
            id: 0,
            day,
            person,
            ordinal: 0,
            in_year: 0,
            seed: random.next().cast_signed(),
        };
        let (charged, location) = match kind.work {
            Work::OtherTrust => ("X-SOLD-PATHOLOGY", "OTHER TRUST"),
            _ => ("X-GP-ACCESS", "GP SURGERY"),
        };
        let care = Care { pathway: &pathway, specialty: "", location, event: EventName::Nothing };
        for (_, tests) in &trust.hospital.profiles["GP"] {
            for (test, per_mille) in tests {
                if random.chance(*per_mille) {
                    self.test(care, test, (at, charged), &mut random)?;
                }
            }
        }
        if charged == "X-GP-ACCESS" && random.chance(45) {
            let exam =
                ["XCHE", "XKNE", "UABD", "UPEL"][usize::try_from(random.below(4)).expect("four")];
            self.image(care, exam, (at + 2880, charged), &mut random)?;
        }
        Ok(())
    }

    /// Images as often as stated, from a moment on.
    pub(super) fn images(
        &mut self,
        care: Care<'_>,
        exams: &[(String, i64)],
        from: Minute,
        part: i64,
    ) -> io::Result<()> {
        let mut random = care.pathway.random(200, part);
        for (exam, per_mille) in exams {
            for number in 0..random.times(*per_mille) {
                let at = from + random.below(240) + number * DAY;
                if self.span.has(at) {
                    self.image(care, exam, (at, ""), &mut random)?;
                }
            }
        }
        Ok(())
    }

    fn image(
        &mut self,
        care: Care<'_>,
        exam: &str,
        (at, charged): (Minute, &str),
        random: &mut Random,
    ) -> io::Result<()> {
        let minutes = self.trust.hospital.exam_minutes.get(exam).copied().unwrap_or(15);
        let end = at + random.around(minutes).max(3);
        let row = self.row("IMAGING", care.pathway.person, (at, end), random);
        let named = random.chance(50);
        self.lines += 1;
        let trust = self.trust;
        let sheet = &mut self.feeds.imaging;
        row.identity(trust, sheet);
        Self::event_cell(sheet, care.event, named);
        sheet.code("A", self.lines, 9).time_uk(&trust.calendar, row.start);
        sheet.time_uk(&trust.calendar, row.end);
        // One clinic's scan in three is made by another provider, as they come.
        let bought = care.location.starts_with("CL") && self.lines % 3 == 0;
        let exam = match exam {
            "MSPI" if bought => "BSPI",
            "MKNE" if bought => "BKNE",
            own => own,
        };
        row.code(sheet, exam);
        // Some requests come from another team than the one the patient is under.
        let requester = if random.chance(30) { "326" } else { care.specialty };
        sheet.text(requester).text(care.location).text(charged);
        sheet.end(row.times)
    }

    /// Blood given during a stay, and some issued just before it.
    pub(super) fn blood_of_stay(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let Admitted { condition, pathway, spell } = admitted;
        let mut random = pathway.random(300, 0);
        let chance = match (condition.code.as_str(), condition.route) {
            ("TRANSFUSE", _) => 1000,
            ("GIBLEED" | "LAPAROTOMY" | "HIPREV", _) => 420,
            ("HIPFRAC" | "COLON" | "LYMPHOMA", _) => 220,
            (_, Route::Elective | Route::Emergency) if condition.is_surgical() => 60,
            (_, Route::Emergency) => 18,
            _ => 0,
        };
        if !random.chance(chance) {
            return Ok(());
        }
        let issues = [("RED", 14_200, 1000), ("PLATELETS", 21_500, 110), ("PLASMA", 3_600, 90)];
        for (component, pence, per_mille) in issues {
            if !random.chance(per_mille) {
                continue;
            }
            let early = if random.chance(250) { DAY } else { 0 };
            let at = spell.admitted + 120 - early;
            if !self.span.has(at) {
                continue;
            }
            let units = random.between(1, 3);
            let row = self.row("BLOOD", pathway.person, (at, at), &mut random);
            let trust = self.trust;
            let sheet = &mut self.feeds.blood;
            row.identity(trust, sheet);
            sheet.day(&trust.calendar, row.start.div_euclid(DAY));
            row.code(sheet, component);
            sheet.number(units).hundredths(units * pence).text(&condition.specialty);
            sheet.end(row.times)?;
        }
        Ok(())
    }
}
