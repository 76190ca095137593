//! An admission before it is written: when the patient comes and goes, and where the bed is.

use super::theatre::{self, Session, Slot, Times};
use super::trust::{Pathway, Trust};
use super::year::consultant;
use crate::calendar::{DAY, Minute};
use crate::hospital::{Condition, Route};
use crate::random::Random;
use crate::stories::{flow, surgeons};

/// A hospital provider spell.
#[derive(Clone, Debug)]
pub(super) struct Spell {
    pub(super) id: i64,
    /// Arrival in the emergency department, if the patient came that way.
    pub(super) arrival: Option<Minute>,
    pub(super) admitted: Minute,
    pub(super) ready: Option<Minute>,
    pub(super) discharged: Minute,
    pub(super) episodes: Vec<Episode>,
    pub(super) stays: Vec<Stay>,
    pub(super) operation: Option<Operation>,
    pub(super) intensive: Option<Intensive>,
    pub(super) hrg: String,
    pub(super) pod: &'static str,
    pub(super) died: bool,
}

/// A consultant episode.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    pub(super) specialty: String,
    pub(super) consultant: String,
    pub(super) start: Minute,
    pub(super) end: Minute,
}

/// A stay on a ward.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    pub(super) ward: String,
    pub(super) acuity: &'static str,
    pub(super) start: Minute,
    pub(super) end: Minute,
}

/// A visit to theatre.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) session: Session,
    pub(super) surgeon: String,
    pub(super) start: Minute,
    pub(super) times: Times,
}

/// A period in intensive care.
#[derive(Clone, Copy, Debug)]
pub(super) struct Intensive {
    pub(super) start: Minute,
    pub(super) ready: Minute,
    pub(super) end: Minute,
    pub(super) organs: i64,
}

/// Draws the spell of a pathway.
pub(super) fn draw(
    trust: &Trust,
    condition: &Condition,
    pathway: &Pathway,
    slot: Option<(&Slot, &Session)>,
) -> Spell {
    let mut random = pathway.random(1, 0);
    let (arrival, admitted) = arrival(condition, pathway, slot, &mut random);
    let surgeon = surgeon(trust, condition, pathway, slot);
    let stay = stay(condition, pathway, slot, &mut random);
    let intensive = random.chance(condition.intensive_per_mille);
    let operation = operation(condition, (admitted, stay), slot, (surgeon, &mut random));
    let intensive = intensive.then(|| intensive_care(admitted, operation.as_ref(), &mut random));
    let extra = intensive.map_or(0, |it| it.end - it.start);
    let recovered = operation.as_ref().map_or(admitted + 60, Operation::left);
    let discharged = leaving(condition, (admitted + stay).max(recovered + 40) + extra);
    let ready = ready(condition, pathway, discharged, &mut random);
    let discharged = ready.map_or(discharged, |(_, leaves)| leaving(condition, leaves));
    let discharged = flow::day_of_leaving(&condition.code, pathway, discharged);
    let lost = flow::lost_at_weekends(&condition.code, (admitted, discharged));
    let discharged = flow::day_of_leaving(&condition.code, pathway, discharged + lost);
    let mut spell = Spell {
        id: pathway.id,
        arrival,
        admitted,
        ready: ready.map(|(ready, _)| ready),
        discharged,
        episodes: Vec::new(),
        stays: Vec::new(),
        operation,
        intensive,
        hrg: hrg(condition, &mut random),
        pod: pod(condition, admitted, discharged),
        died: condition.profile == "ACUTE" && random.chance(28),
    };
    episodes(trust, condition, &mut spell, surgeon, &mut random);
    stays(trust, condition, &mut spell, &mut random);
    move_to_second_ward(trust, condition, pathway, &mut spell);
    spell
}

impl Operation {
    /// When the patient leaves recovery.
    pub(super) fn left(&self) -> Minute {
        let Times { anaesthesia, surgery, recovery } = self.times;
        self.start + anaesthesia + surgery + 5 + recovery
    }
}

fn arrival(
    condition: &Condition,
    pathway: &Pathway,
    slot: Option<(&Slot, &Session)>,
    random: &mut Random,
) -> (Option<Minute>, Minute) {
    let day = pathway.day * DAY;
    if let Some((slot, _)) = slot {
        return (None, slot.start - random.between(50, 150));
    }
    if condition.is_planned() {
        return (None, day + random.between(8 * 60, 14 * 60));
    }
    // Twice drawn, the later wins more often than not: few come at night.
    let time = random.between(0, DAY - 1).max(random.between(0, DAY - 1));
    let born = condition.code == "NEWBORN" || condition.route == Route::Maternity;
    if born || random.chance(220) {
        return (None, day + time);
    }
    (Some(day + time), day + time + 70 + random.skewed(260))
}

/// The surgeon or other consultant, as a number within the specialty.
fn surgeon(
    trust: &Trust,
    condition: &Condition,
    pathway: &Pathway,
    slot: Option<(&Slot, &Session)>,
) -> i64 {
    if let Some((slot, _)) = slot {
        return slot.consultant;
    }
    let consultants = trust.hospital.specialty(&condition.specialty).consultants.max(1);
    // The consultant on call that day, or for planned care whoever runs the unit.
    let on_duty = if condition.is_planned() { pathway.ordinal % 3 } else { 0 };
    surgeons::on_rota(&condition.specialty, (pathway.day * 5 + on_duty) % consultants + 1)
}

fn stay(
    condition: &Condition,
    pathway: &Pathway,
    slot: Option<(&Slot, &Session)>,
    random: &mut Random,
) -> Minute {
    let mean = condition.stay_hours * 60;
    match condition.route {
        Route::DayCase | Route::Regular => random.around(mean),
        Route::Elective => {
            let minutes = (3 * mean + random.skewed(mean)) / 4;
            let minutes = slot
                .map_or(minutes, |(slot, _)| surgeons::stay(slot.consultant, pathway.day, minutes));
            flow::planned_stay(&condition.code, pathway, minutes).max(20 * 60)
        }
        Route::Emergency | Route::Maternity => random.skewed(mean).max(180),
    }
}

fn operation(
    condition: &Condition,
    (admitted, stay): (Minute, Minute),
    slot: Option<(&Slot, &Session)>,
    (surgeon, random): (i64, &mut Random),
) -> Option<Operation> {
    if let Some((slot, session)) = slot {
        return Some(Operation {
            session: session.clone(),
            surgeon: consultant(&condition.specialty, slot.consultant),
            start: slot.start,
            times: slot.times,
        });
    }
    if !condition.is_surgical() {
        return None;
    }
    let times = theatre::times(condition, random);
    let start = admitted + random.between(60, (stay / 3).clamp(61, 30 * 60));
    let theatre = theatre::emergency_theatre(&condition.specialty);
    // Another surgeon of the rota often operates than the consultant on call at admission.
    let operator = surgeon + i64::from(random.chance(400)) * random.between(1, 2);
    Some(Operation {
        session: theatre::standby(theatre, &condition.specialty, start),
        surgeon: consultant(
            &condition.specialty,
            surgeons::operating(&condition.specialty, operator),
        ),
        start,
        times,
    })
}

fn intensive_care(
    admitted: Minute,
    operation: Option<&Operation>,
    random: &mut Random,
) -> Intensive {
    let start = operation.map_or(admitted + random.between(30, 600), |it| it.left() + 5);
    let ready = start + 10 * 60 + random.skewed(66 * 60);
    let organs = match random.below(100) {
        0..4 => 0,
        4..40 => 1,
        40..70 => 2,
        70..87 => 3,
        87..96 => 4,
        96..99 => 5,
        _ => 6,
    };
    Intensive { start, ready, end: ready + flow::intensive_delay(random), organs }
}

/// Nobody who stayed a night is sent home in the small hours.
fn leaving(condition: &Condition, at: Minute) -> Minute {
    let short = condition.is_planned() && condition.stay_hours < 20;
    let of_day = at.rem_euclid(DAY);
    if short || (9 * 60..20 * 60).contains(&of_day) {
        return at;
    }
    at - of_day + 10 * 60 + of_day % 480 + if of_day < 9 * 60 { 0 } else { DAY }
}

/// When the patient was ready, and when they left after the wait for a place.
fn ready(
    condition: &Condition,
    pathway: &Pathway,
    discharged: Minute,
    random: &mut Random,
) -> Option<(Minute, Minute)> {
    if flow::is_longest_delay(&condition.code, pathway) {
        return Some((discharged, discharged + flow::LONGEST_DELAY * DAY));
    }
    let waits = condition.profile == "ACUTE" && condition.stay_hours > 70;
    let delay = if waits { flow::discharge_delay(random) } else { 0 };
    (delay > 0).then_some((discharged, discharged + delay))
}

fn hrg(condition: &Condition, random: &mut Random) -> String {
    // A third of patients each have few, some and many other conditions.
    let last = condition.hrgs.len() - 1;
    let index = usize::try_from(random.below(3)).expect("one of three");
    condition.hrgs[index.min(last)].clone()
}

fn pod(condition: &Condition, admitted: Minute, discharged: Minute) -> &'static str {
    match condition.route {
        Route::DayCase | Route::Regular => "DC",
        Route::Elective => "EL",
        _ if discharged - admitted < 2 * DAY => "NES",
        _ => "NEL",
    }
}

/// Whether the acute medical unit sees the patient first.
fn passes_acute_unit(trust: &Trust, condition: &Condition, spell: &Spell) -> bool {
    condition.route == Route::Emergency
        && condition.ward != "W01"
        && trust.hospital.ward(&condition.ward).kind == "MEDICAL"
        && spell.discharged - spell.admitted > 40 * 60
        && !matches!(condition.specialty.as_str(), "303" | "370" | "315")
}

fn episodes(
    trust: &Trust,
    condition: &Condition,
    spell: &mut Spell,
    surgeon: i64,
    random: &mut Random,
) {
    let specialty = condition.specialty.clone();
    let mut own = consultant(&specialty, surgeon);
    if condition.code == "LAPAROTOMY" && random.chance(650) {
        own = consultant(&specialty, flow::ON_CALL_LEAD);
    }
    if flow::is_locum(&specialty, random) {
        flow::LOCUM.clone_into(&mut own);
    }
    let mut start = spell.admitted;
    if passes_acute_unit(trust, condition, spell) && random.chance(470) {
        let end = spell.admitted + random.between(10 * 60, 34 * 60);
        let acute = trust.hospital.specialty("326").consultants;
        spell.episodes.push(Episode {
            specialty: "326".to_owned(),
            consultant: consultant("326", end / DAY % acute + 1),
            start,
            end,
        });
        start = end;
    }
    if let Some(care) = spell.intensive {
        let entered = care.start.max(start + 10);
        let end = care.end.max(entered + 60).min(spell.discharged - 60);
        let intensivists = trust.hospital.specialty("192").consultants;
        let specialty = specialty.clone();
        spell.episodes.push(Episode { specialty, consultant: own.clone(), start, end: entered });
        spell.episodes.push(Episode {
            specialty: "192".to_owned(),
            consultant: consultant("192", entered / DAY % intensivists + 1),
            start: entered,
            end,
        });
        start = end;
    }
    spell.episodes.push(Episode { specialty, consultant: own, start, end: spell.discharged });
}

fn stays(trust: &Trust, condition: &Condition, spell: &mut Spell, random: &mut Random) {
    let acuity = match random.below(100) {
        0..44 => "0",
        44..74 => "1a",
        74..90 => "1b",
        _ => "2",
    };
    let outlier = trust.hospital.ward(&condition.ward).kind == "MEDICAL"
        && condition.route == Route::Emergency
        && flow::is_outlier(spell.admitted.div_euclid(DAY), random);
    let ward = if outlier { flow::OUTLIER_WARD } else { condition.ward.as_str() };
    let ward = unit(trust, ward, random);
    let mut start = spell.admitted;
    if passes_acute_unit(trust, condition, spell) {
        // The first episode ends when the patient leaves the unit.
        let first = &spell.episodes[0];
        let other = start + random.between(6 * 60, 30 * 60);
        let end = if first.specialty == "326" { first.end } else { other };
        spell.stays.push(Stay { ward: unit(trust, "W01", random), acuity: "1a", start, end });
        start = end;
    }
    let mut stays = Vec::new();
    let mut add = |ward: String, acuity, start, end| {
        if end > start {
            stays.push(Stay { ward, acuity, start, end });
        }
    };
    if let Some(care) = spell.intensive {
        let entered = care.start.max(start);
        add(ward.clone(), acuity, start, entered);
        let end = care.end.max(entered + 60).min(spell.discharged);
        add(unit(trust, "ICU", random), "3", entered, end);
        let ready = care.ready.clamp(entered + 30, end);
        spell.intensive = Some(Intensive { start: entered, ready, end, ..care });
        start = end;
    }
    add(ward, acuity, start, spell.discharged);
    spell.stays.append(&mut stays);
}

/// The last stay ends after a night where the patient is moved; the rest of it is elsewhere.
fn move_to_second_ward(trust: &Trust, condition: &Condition, pathway: &Pathway, spell: &mut Spell) {
    let Some(last) = spell.stays.last_mut() else { return };
    let moved = last.start + flow::BEFORE_MOVE;
    if !flow::is_moved(&condition.code, pathway) || moved >= last.end {
        return;
    }
    let ward = unit(trust, flow::SECOND_WARD, &mut pathway.random(14, 2));
    let rest = Stay { ward, start: moved, ..last.clone() };
    last.end = moved;
    spell.stays.push(rest);
}

/// One of the units of a ward.
fn unit(trust: &Trust, ward: &str, random: &mut Random) -> String {
    let units = trust.hospital.ward(ward).units;
    let letter = u8::try_from(random.below(units)).expect("fewer units than letters") + b'A';
    format!("{ward}{}", char::from(letter))
}
