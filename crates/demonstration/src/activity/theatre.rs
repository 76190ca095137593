//! Theatre lists: which cases of a day share a session, and when each begins.

use std::collections::BTreeMap;

use super::trust::{Kind, Trust, Work};
use crate::calendar::{DAY, Minute};
use crate::hospital::Condition;
use crate::random::Random;
use crate::stories;

/// Minutes of one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) anaesthesia: i64,
    pub(crate) surgery: i64,
    pub(crate) recovery: i64,
}

/// A planned session of a theatre.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) theatre: String,
    pub(crate) specialty: String,
    pub(crate) start: Minute,
    pub(crate) end: Minute,
    pub(crate) staff: i64,
}

/// A case's place on a list.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) session: usize,
    /// Start of the anaesthetic.
    pub(crate) start: Minute,
    pub(crate) times: Times,
    pub(crate) consultant: i64,
}

/// All planned lists of a day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    pub(crate) sessions: Vec<Session>,
    slots: BTreeMap<(i64, i64), Slot>,
}

impl Lists {
    /// The slot of the `number`th pathway of a kind that begins on the day.
    pub(crate) fn slot(&self, kind: i64, number: i64) -> Option<(&Slot, &Session)> {
        let slot = self.slots.get(&(kind, number))?;
        Some((slot, &self.sessions[slot.session]))
    }
}

/// A case before it has a list.
struct Case {
    key: (i64, i64),
    times: Times,
    /// The surgeon who must do it, if it matters.
    surgeon: Option<i64>,
}

/// Minutes of an operation: stated for its kind, skewed a little, changed by stories.
pub(crate) fn times(condition: &Condition, random: &mut Random) -> Times {
    let mut part = |mean: i64| if mean == 0 { 0 } else { (3 * mean + random.skewed(mean)) / 4 };
    Times {
        anaesthesia: part(condition.anaesthesia),
        surgery: part(condition.surgery),
        recovery: part(condition.recovery),
    }
}

/// Draws up the lists of a day.
pub(crate) fn lists(trust: &Trust, day: i64) -> Lists {
    let mut cases: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for kind in &trust.kinds {
        let Work::Admission(index) = kind.work else { continue };
        let condition = &trust.hospital.conditions[index];
        if !condition.is_planned() || !condition.is_surgical() {
            continue;
        }
        let of_specialty = cases.entry(condition.specialty.clone()).or_default();
        for number in 0..trust.on(kind, day) {
            of_specialty.push(case(trust, kind, condition, (day, number)));
        }
    }
    let mut lists = Lists::default();
    let mut rooms = Rooms { used: 0 };
    for (specialty, cases) in cases.into_iter().filter(|(_, cases)| !cases.is_empty()) {
        fill(trust, day, &specialty, cases, (&mut lists, &mut rooms));
    }
    lists
}

fn case(trust: &Trust, kind: &Kind, condition: &Condition, at: (i64, i64)) -> Case {
    let (day, number) = at;
    let mut random = Random::of(&[trust.seed, 21, kind.index, day, number]);
    let mut times = times(condition, &mut random);
    let pathway = trust.pathway(kind, day, number, 0);
    let surgeon = stories::surgeons::of_case(&condition.code, &pathway);
    if let Some(surgeon) = surgeon {
        times.surgery = stories::surgeons::minutes(surgeon, day, times.surgery);
    }
    Case { key: (kind.index, number), times, surgeon }
}

/// Theatres and halves of the day given out so far.
struct Rooms {
    used: i64,
}

/// Minutes between two patients.
const TURNAROUND: i64 = 12;
/// Minutes of a whole list.
const LIST: i64 = 240;

fn fill(
    trust: &Trust,
    day: i64,
    specialty: &str,
    cases: Vec<Case>,
    (lists, rooms): (&mut Lists, &mut Rooms),
) {
    let consultants = trust.hospital.specialty(specialty).consultants.max(1);
    let mut by_surgeon: BTreeMap<i64, Vec<Case>> = BTreeMap::new();
    let mut minutes = 0;
    for case in cases {
        // Cases that any surgeon can do fill one list after another.
        let list = minutes / 200;
        let next = (day * 3 + list * 5) % consultants + 1;
        let surgeon = case.surgeon.unwrap_or(stories::surgeons::on_rota(specialty, next));
        if case.surgeon.is_none() {
            minutes += case.times.anaesthesia + case.times.surgery + TURNAROUND;
        }
        by_surgeon.entry(surgeon).or_default().push(case);
    }
    for (surgeon, cases) in by_surgeon {
        let mut open: Option<(usize, Minute)> = None;
        for case in cases {
            let length = case.times.anaesthesia + case.times.surgery;
            let fits = |(index, next): &(usize, Minute)| {
                *next + length <= lists.sessions[*index].start + LIST + 20
            };
            let (index, start) = match open.filter(|it| fits(it)) {
                Some(place) => place,
                None => begin(day, specialty, lists, rooms),
            };
            let session = &mut lists.sessions[index];
            session.end = session.end.max(start + length);
            let slot = Slot { session: index, start, times: case.times, consultant: surgeon };
            lists.slots.insert(case.key, slot);
            open = Some((index, start + length + TURNAROUND));
        }
    }
    round_off(lists, specialty);
}

/// Begins a list in the next theatre that is free.
fn begin(day: i64, specialty: &str, lists: &mut Lists, rooms: &mut Rooms) -> (usize, Minute) {
    let evening = stories::contracts::EVENING.contains(&specialty) && day % 9 == 3;
    let theatre = rooms.used / 2 + 1;
    let (kind, letter, time) = match (evening, rooms.used % 2) {
        (true, _) => ("EVENING", 'E', 17 * 60 + 30),
        (false, 0) => ("PLANNED", 'A', 8 * 60 + 30),
        (false, _) => ("PLANNED", 'P', 13 * 60 + 30),
    };
    rooms.used += 1;
    let start = day * DAY + time;
    let date = crate::calendar::date_of(day);
    let theatre = format!("TH{theatre:02}");
    lists.sessions.push(Session {
        id: format!("{date}-{theatre}-{letter}"),
        kind,
        theatre,
        specialty: specialty.to_owned(),
        start,
        end: start,
        staff: 6,
    });
    (lists.sessions.len() - 1, start)
}

/// Sets how long each list was planned for: a half day, or what a small trust needs, and a little.
fn round_off(lists: &mut Lists, specialty: &str) {
    for session in lists.sessions.iter_mut().filter(|it| it.specialty == specialty) {
        let used = session.end - session.start;
        let planned = if used > 150 { LIST } else { (used * 5 / 4 + 29) / 30 * 30 };
        session.end = session.start + planned;
    }
}

/// An emergency theatre's session at a moment.
pub(crate) fn standby(theatre: &str, specialty: &str, moment: Minute) -> Session {
    let day = moment.div_euclid(DAY);
    let shift = moment.rem_euclid(DAY) / 480;
    let start = day * DAY + shift * 480;
    Session {
        id: format!("{}-{theatre}-{shift}", crate::calendar::date_of(day)),
        kind: "STANDBY",
        theatre: theatre.to_owned(),
        specialty: specialty.to_owned(),
        start,
        end: start + 480,
        staff: 6,
    }
}

/// The emergency theatre of a specialty.
pub(crate) fn emergency_theatre(specialty: &str) -> &'static str {
    match specialty {
        "110" => "TH31",
        "501" => "TH33",
        _ => "TH32",
    }
}

/// Sessions kept ready on a day whether or not anybody comes.
pub(crate) fn kept_ready(trust: &Trust, day: i64) -> Vec<Session> {
    use crate::size::Size;
    let shifts: &[(&str, &str, i64)] = match trust.size {
        Size::Small if day % 8 == 0 => &[("TH32", "100", 1)],
        Size::Small => &[],
        Size::District => &[("TH32", "100", 1)],
        Size::Trust => {
            &[("TH31", "110", 1), ("TH32", "100", 0), ("TH32", "100", 1), ("TH32", "100", 2)]
        }
        Size::Large => &[
            ("TH31", "110", 1),
            ("TH31", "110", 2),
            ("TH32", "100", 0),
            ("TH32", "100", 1),
            ("TH32", "100", 2),
            ("TH33", "501", 0),
            ("TH33", "501", 1),
            ("TH33", "501", 2),
        ],
    };
    let session = |(theatre, specialty, shift): &(&str, &str, i64)| {
        standby(theatre, specialty, day * DAY + shift * 480)
    };
    shifts.iter().map(session).collect()
}
