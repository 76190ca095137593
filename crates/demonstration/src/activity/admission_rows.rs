//! Writes an admission: its episodes, ward stays, theatre visit, critical care and what was done.

use std::io;

use super::admission::{self, Episode, Intensive, Operation, Spell, Stay};
use super::theatre::{Session, Slot};
use super::trust::Pathway;
use super::year::{Care, EventName, Year, site};
use crate::calendar::{DAY, Minute};
use crate::hospital::{Condition, Moment, Route};
use crate::random::Random;
use crate::stories::{coding, contracts, surgeons};

/// A spell with what it was for, while its rows are written.
#[derive(Clone, Copy)]
pub(super) struct Admitted<'a> {
    pub(super) condition: &'a Condition,
    pub(super) pathway: &'a Pathway,
    pub(super) spell: &'a Spell,
}

impl<'a> Admitted<'a> {
    /// Care on a ward at a moment, under the episode of that moment.
    pub(super) fn care(&self, location: &'a str, moment: Minute) -> Care<'a> {
        let episodes = &self.spell.episodes;
        let index = episodes.iter().position(|it| moment < it.end).unwrap_or(episodes.len() - 1);
        let order = i64::try_from(index + 1).expect("few episodes");
        Care {
            pathway: self.pathway,
            specialty: &episodes[index].specialty,
            location,
            event: EventName::Episode(self.spell.id, order),
        }
    }

    /// The ward on which the patient is at a moment.
    pub(super) fn ward_at(&self, moment: Minute) -> &'a str {
        let stay = self.spell.stays.iter().find(|it| moment < it.end);
        stay.or(self.spell.stays.last()).map_or("W01A", |it| it.ward.as_str())
    }

    /// Administrative category: own, private, from overseas.
    pub(super) fn category(&self) -> &'static str {
        let mut random = self.pathway.random(2, 0);
        let private = contracts::private_per_mille(self.condition);
        match () {
            () if private > 0 && random.chance(private) => "02",
            () if random.chance(4) => "03",
            () => "01",
        }
    }

    fn planned(&self) -> bool {
        self.condition.is_planned()
    }
}

impl Year<'_> {
    /// Draws a spell and writes all of it that this year has.
    pub(super) fn admission(
        &mut self,
        condition: &Condition,
        pathway: &Pathway,
        slot: Option<(&Slot, &Session)>,
    ) -> io::Result<()> {
        let first = pathway.day * DAY - 40 * DAY;
        if first > self.span.end + 20 * DAY {
            return Ok(());
        }
        let spell = admission::draw(self.trust, condition, pathway, slot);
        if spell.discharged < self.span.start - 50 * DAY {
            return Ok(());
        }
        let admitted = Admitted { condition, pathway, spell: &spell };
        self.emergency_before_admission(admitted)?;
        self.episodes(admitted)?;
        for (number, stay) in spell.stays.iter().enumerate() {
            self.ward_stay(admitted, stay, i64::try_from(number).expect("few stays"))?;
        }
        if let Some(operation) = &spell.operation {
            self.operation(admitted, operation)?;
        }
        if let Some(care) = spell.intensive {
            self.intensive(admitted, care)?;
        }
        self.done_on_ward(admitted)?;
        self.clinics_around(admitted)?;
        self.income_of_spell(admitted)?;
        self.observe(admitted);
        Ok(())
    }

    fn episodes(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let spell = admitted.spell;
        for (index, episode) in spell.episodes.iter().enumerate() {
            let order = i64::try_from(index + 1).expect("few episodes");
            if self.span.lists(episode.start, episode.end) && episode.start < self.span.extract {
                self.episode(admitted, episode, order)?;
            }
        }
        Ok(())
    }

    fn episode(&mut self, admitted: Admitted<'_>, own: &Episode, order: i64) -> io::Result<()> {
        let Admitted { condition, pathway, spell } = admitted;
        let mut random = pathway.random(3, order);
        let row = self.row("APC", pathway.person, (own.start, own.end), &mut random);
        let restricted = condition.code == "EGG" && pathway.ordinal % 7 == 3;
        let trust = self.trust;
        let calendar = &trust.calendar;
        let sheet = &mut self.feeds.apc;
        if restricted {
            sheet.blank().code("AV", pathway.person.number + 1_000_000, 7);
        } else {
            row.identity(trust, sheet);
        }
        sheet.text(if restricted { "07" } else { "01" });
        sheet.code("SP", spell.id, 10).number(order).text(&own.consultant).text(&own.specialty);
        sheet.text(site(&own.specialty, admitted.planned())).time(calendar, row.start);
        match self.span.known_end(row.end) {
            Some(end) => sheet.time(calendar, end),
            None => sheet.blank(),
        };
        let last = usize::try_from(order).expect("from 1") == spell.episodes.len();
        match spell.ready.filter(|it| last && *it < self.span.extract) {
            Some(ready) => sheet.time(calendar, ready),
            None => sheet.blank(),
        };
        sheet.text(method(condition, spell)).text(if spell.died { "4" } else { "1" });
        sheet.text(class(condition)).birth(pathway.person.birth).text(pathway.person.sex);
        sheet.text(if restricted { "Z312" } else { &condition.diagnosis });
        let poor = is_poorly_recorded(admitted);
        let depth = if poor { random.below(2) } else { random.between(1, 5) };
        sheet.text(&OTHER_DIAGNOSES[..usize::try_from(depth * 5).expect("at most five")]);
        sheet.text(&condition.procedure).text(recorded_hrg(admitted)).text(spell.pod);
        sheet.text(admitted.category()).text(if restricted { "03" } else { "" });
        sheet.end(row.times)?;
        *self.tally.events.entry("APC").or_default() += u64::from(self.span.contains(own.start));
        Ok(())
    }

    fn ward_stay(&mut self, admitted: Admitted<'_>, stay: &Stay, number: i64) -> io::Result<()> {
        if !self.span.overlaps(stay.start, stay.end) || stay.start >= self.span.extract {
            return Ok(());
        }
        let mut random = admitted.pathway.random(4, number);
        // Some stays are entered before the admission is, and some end when the next one has begun.
        let early = if number == 0 && random.chance(6) { random.between(120, 900) } else { 0 };
        let late = if random.chance(20) { 25 } else { 0 };
        let times = (stay.start - early, stay.end + late);
        let row = self.row("WARD", admitted.pathway.person, times, &mut random);
        let named = early == 0 && !random.chance(35);
        let trust = self.trust;
        let care = admitted.care(&stay.ward, stay.start);
        let end = self.span.known_end(row.end);
        let sheet = &mut self.feeds.ward;
        row.identity(trust, sheet);
        spell_cell(sheet, admitted.spell.id, named);
        sheet.time(&trust.calendar, row.start);
        match end {
            Some(end) => sheet.time(&trust.calendar, end),
            None if random.chance(500) => sheet.text("9999-12-31 00:00:00"),
            None => sheet.blank(),
        };
        row.code(sheet, &stay.ward);
        sheet.text(stay.acuity).text(care.specialty);
        sheet.text(site(care.specialty, admitted.planned()));
        sheet.end(row.times)?;
        let inside = stay.end.min(self.span.end) - stay.start.max(self.span.start);
        *self.tally.occupancy.entry(stay.ward.clone()).or_default() += inside.max(0);
        Ok(())
    }

    fn operation(&mut self, admitted: Admitted<'_>, operation: &Operation) -> io::Result<()> {
        if operation.session.kind == "STANDBY" {
            self.standby(&operation.session)?;
        }
        if !self.span.has(operation.start) {
            return Ok(());
        }
        let mut random = admitted.pathway.random(5, 0);
        let moved = if random.chance(25) { -DAY } else { 0 };
        let times = (operation.start + moved, operation.left() + moved);
        let row = self.row("THEATRE", admitted.pathway.person, times, &mut random);
        let named = moved == 0 && !random.chance(50);
        let visit = Visit { admitted, operation, row, named };
        let stretched = crate::stories::corrections::recorded(
            &admitted.condition.specialty,
            operation.times.surgery,
        );
        visit.write(self.trust, &mut self.feeds.theatre, stretched)?;
        visit.write(self.trust, &mut self.feeds.theatre_corrected, operation.times.surgery)
    }

    fn intensive(&mut self, admitted: Admitted<'_>, care: Intensive) -> io::Result<()> {
        if !self.span.overlaps(care.start, care.end) || care.start >= self.span.extract {
            return Ok(());
        }
        let mut random = admitted.pathway.random(6, 0);
        let times = (care.start, care.end);
        let row = self.row("CRITICAL", admitted.pathway.person, times, &mut random);
        let named = !random.chance(120);
        let trust = self.trust;
        let specialty = admitted.care("", care.start).specialty;
        let ready = row.start + (care.ready - care.start);
        let known = self.span.known_end(ready).zip(self.span.known_end(row.end));
        let sheet = &mut self.feeds.critical;
        row.identity(trust, sheet);
        spell_cell(sheet, admitted.spell.id, named);
        sheet.text("01").text("ICUA").text(specialty).number(care.organs);
        sheet.time(&trust.calendar, row.start);
        match known {
            Some((ready, end)) => {
                sheet.time(&trust.calendar, ready).time(&trust.calendar, end);
                sheet.number((row.end - row.start).max(0) / 60);
            }
            None => {
                sheet.blank().blank().blank();
            }
        }
        sheet.end(row.times)?;
        if self.span.contains(care.ready) {
            self.tally.observe("intensive_delay_minutes", care.end - care.ready);
        }
        Ok(())
    }

    /// Tests, images, medicines, blood, devices and therapies during the stay.
    fn done_on_ward(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let Admitted { condition, pathway, spell } = admitted;
        let start = spell.admitted;
        let days = ((spell.discharged - start) / DAY).min(240);
        let care = admitted.care(admitted.ward_at(start), start);
        self.tests(care, &condition.profile, (Moment::Start, start + 40), 10)?;
        for day in 1..=days {
            // After two weeks the patient is stable: tests and medicines twice a week are enough.
            if day > 14 && day % 4 != 0 {
                continue;
            }
            let morning = (start / DAY + day) * DAY + 7 * 60;
            if morning >= spell.discharged {
                break;
            }
            let care = admitted.care(admitted.ward_at(morning), morning);
            self.tests(care, &condition.profile, (Moment::Daily, morning), 10 + day)?;
        }
        self.medicines_of_stay(admitted, days)?;
        self.images(care, &condition.imaging, start + 90, 11)?;
        self.therapies_of_stay(admitted, days)?;
        self.blood_of_stay(admitted)?;
        self.devices_of_operation(admitted)?;
        self.interpreter(care, (start + 300, false), pathway.random(12, 0))
    }

    fn observe(&mut self, admitted: Admitted<'_>) {
        let Admitted { condition, spell, .. } = admitted;
        if !self.span.contains(spell.discharged) {
            return;
        }
        let minutes = spell.discharged - spell.admitted;
        match condition.code.as_str() {
            "HIP" | "KNEE" => {
                self.tally.observe(&format!("stay_minutes_{}", condition.code), minutes);
                let surgeon = &spell.episodes[spell.episodes.len() - 1].consultant;
                self.tally.observe(&format!("{}_spells_{surgeon}", condition.code), 1);
                if surgeon.ends_with("07") && condition.code == "HIP" {
                    let minutes = spell.operation.as_ref().map_or(0, |it| it.times.surgery);
                    let month = crate::calendar::month(spell.admitted / DAY);
                    self.tally.observe(&format!("newly_qualified_minutes_{month:02}"), minutes);
                }
            }
            "FALL" if minutes > 190 * DAY => self.tally.observe("longest_stay_minutes", minutes),
            _ => {}
        }
        if is_poorly_recorded(admitted) {
            self.tally.observe("poorly_recorded", 1);
        }
    }
}

/// A visit to theatre with how its row is written.
struct Visit<'a> {
    admitted: Admitted<'a>,
    operation: &'a Operation,
    row: super::faults::Row,
    named: bool,
}

impl Visit<'_> {
    fn write(
        &self,
        trust: &super::trust::Trust,
        sheet: &mut crate::writing::Sheet,
        surgery: i64,
    ) -> io::Result<()> {
        let Self { admitted, operation, row, named } = self;
        let calendar = &trust.calendar;
        let condition = admitted.condition;
        row.identity(trust, sheet);
        spell_cell(sheet, admitted.spell.id, *named);
        sheet.text(&operation.session.id).text(&operation.session.theatre);
        row.code(sheet, operation.session.kind);
        sheet.text(&condition.specialty).text(&operation.surgeon);
        sheet.text(site(&condition.specialty, admitted.planned()));
        let cut = row.start + operation.times.anaesthesia;
        let closed = if row.end < row.start { cut - 30 } else { cut + surgery };
        let recovery = closed + 5;
        sheet.time(calendar, row.start).time(calendar, cut).time(calendar, closed);
        sheet.time(calendar, recovery).time(calendar, recovery + operation.times.recovery);
        sheet.number(2).number(if condition.stay_hours > 40 { 7 } else { 5 }).number(1);
        sheet.end(row.times)
    }
}

const OTHER_DIAGNOSES: &str = "I10X;E119;J449;N183;F03X;";

pub(super) fn spell_cell(sheet: &mut crate::writing::Sheet, spell: i64, named: bool) {
    if named {
        sheet.code("SP", spell, 10);
    } else {
        sheet.blank();
    }
}

/// Whether the notes were kept by the rotation whose records were poor.
fn is_poorly_recorded(admitted: Admitted<'_>) -> bool {
    let Admitted { condition, spell, .. } = admitted;
    let emergency = condition.route == Route::Emergency;
    coding::is_poorly_recorded(&condition.specialty, emergency, spell.discharged / DAY)
}

/// The group that coders could reach from the notes.
pub(super) fn recorded_hrg(admitted: Admitted<'_>) -> &str {
    if is_poorly_recorded(admitted) { &admitted.condition.hrgs[0] } else { &admitted.spell.hrg }
}

fn method(condition: &Condition, spell: &Spell) -> &'static str {
    match condition.route {
        Route::Emergency if condition.code == "NEWBORN" => "82",
        Route::Emergency if spell.arrival.is_some() => "21",
        Route::Emergency => "22",
        Route::Maternity => "31",
        Route::Regular => "13",
        _ => "11",
    }
}

fn class(condition: &Condition) -> &'static str {
    match condition.route {
        Route::DayCase => "2",
        Route::Regular => "3",
        _ => "1",
    }
}

/// The supplier of a joint and its price, as the surgeon prefers.
pub(super) fn supplier<'a>(
    devices: &'a [crate::hospital::Device],
    surgeon: &str,
    random: &mut Random,
) -> &'a crate::hospital::Device {
    let number: i64 = surgeon.get(5..).and_then(|it| it.parse().ok()).unwrap_or(0);
    let preferred = surgeons::supplier(number);
    let found = devices.iter().find(|it| it.supplier == preferred).filter(|it| it.implant);
    if let Some(device) = found
        && random.chance(850)
    {
        return device;
    }
    let total: i64 = devices.iter().map(|it| it.weight).sum();
    let mut drawn = random.below(total);
    for device in devices {
        if drawn < device.weight {
            return device;
        }
        drawn -= device.weight;
    }
    &devices[0]
}
