//! Attendances of the emergency department.

use std::io;

use super::admission_rows::Admitted;
use super::trust::{Pathway, Trust};
use super::year::{Care, EventName, Year};
use crate::calendar::{DAY, Minute};
use crate::hospital::{EmergencyKind, Moment};
use crate::random::Random;

/// An attendance before it is written.
struct Attendance<'a> {
    kind: &'a EmergencyKind,
    arrival: Minute,
    departure: Minute,
    admitted: bool,
    diagnosis: &'a str,
}

impl Year<'_> {
    /// An attendance that ends without admission.
    pub(super) fn emergency(&mut self, pathway: &Pathway) -> io::Result<()> {
        let mut random = pathway.random(1, 0);
        let of_day = random.between(0, DAY - 1).max(random.between(0, DAY - 1));
        let arrival = pathway.day * DAY + of_day;
        if !self.span.lists(arrival, arrival + DAY) {
            return Ok(());
        }
        let kind = emergency_kind(self.trust, &mut random, false);
        let departure = arrival + random.skewed(kind.minutes).clamp(15, 20 * 60);
        let diagnosis = ["T149", "R104", "R074", "J069", "S934", "R51X"];
        let diagnosis = diagnosis[usize::try_from(random.below(6)).expect("one of six")];
        let attendance = Attendance { kind, arrival, departure, admitted: false, diagnosis };
        self.attendance(pathway, &attendance, &mut random)
    }

    /// The attendance that an admission began with.
    pub(super) fn emergency_before_admission(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let Some(arrival) = admitted.spell.arrival else { return Ok(()) };
        let departure = admitted.spell.admitted;
        if !self.span.lists(arrival, departure) {
            return Ok(());
        }
        let mut random = admitted.pathway.random(13, 0);
        let kind = emergency_kind(self.trust, &mut random, true);
        let diagnosis = admitted.condition.diagnosis.as_str();
        let attendance = Attendance { kind, arrival, departure, admitted: true, diagnosis };
        self.attendance(admitted.pathway, &attendance, &mut random)
    }

    fn attendance(
        &mut self,
        pathway: &Pathway,
        own: &Attendance<'_>,
        random: &mut Random,
    ) -> io::Result<()> {
        let trust = self.trust;
        let kind = own.kind;
        let row = self.row("ED", pathway.person, (own.arrival, own.departure), random);
        let calendar = &trust.calendar;
        let sheet = &mut self.feeds.ed;
        row.identity(trust, sheet);
        sheet.code("ED", pathway.id, 10).text("X-RCN01");
        sheet.time_uk(calendar, row.start).time_uk(calendar, row.end);
        sheet.number((row.end - row.start).max(0)).number(kind.triage).text("1");
        let consultants = trust.hospital.specialty("180").consultants;
        sheet.part("CX180").digits(own.arrival / 480 % consultants + 1, 2).blank();
        sheet.text(if kind.triage < 3 { "1" } else { "2" });
        sheet.text(if own.admitted { "ADMITTED" } else { "HOME" });
        sheet.birth_uk(pathway.person.birth).text(pathway.person.sex);
        sheet.text(own.diagnosis).text(&kind.hrg);
        sheet.end(row.times)?;
        let counted = self.span.contains(own.arrival);
        *self.tally.events.entry("ED").or_default() += u64::from(counted);
        let event = EventName::Attendance(pathway.id);
        let care = Care { pathway, specialty: "180", location: "ED", event };
        self.tests(care, &kind.profile, (Moment::Start, own.arrival + 35), 1)?;
        self.images(care, &kind.imaging, own.arrival + 20, 1)?;
        if kind.triage < 4 {
            self.medicines_of_emergency(care, own.arrival)?;
        }
        self.income_of_attendance(care, &kind.hrg, own.arrival)
    }
}

/// The kind of attendance, drawn by how common each is.
fn emergency_kind<'a>(trust: &'a Trust, random: &mut Random, admitted: bool) -> &'a EmergencyKind {
    let kinds = &trust.hospital.emergencies;
    let weight = |it: &EmergencyKind| {
        it.per_mille * if admitted { it.admitted_weight } else { 8 - it.admitted_weight }
    };
    let mut drawn = random.below(kinds.iter().map(weight).sum());
    for kind in kinds {
        if drawn < weight(kind) {
            return kind;
        }
        drawn -= weight(kind);
    }
    &kinds[0]
}
