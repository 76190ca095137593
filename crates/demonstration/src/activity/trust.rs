//! The trust as a whole: who comes, how often and for what, fixed by size and seed.

use crate::calendar::{Calendar, Rhythm, number_of};
use crate::hospital::{Hospital, Route};
use crate::people::{GROUPS, People, Person, group_index};
use crate::random::Random;
use crate::size::Size;

/// Everything that both years share.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    pub(crate) seed: i64,
    pub(crate) size: Size,
    pub(crate) calendar: Calendar,
    pub(crate) people: People,
    pub(crate) hospital: Hospital,
    pub(crate) kinds: Vec<Kind>,
}

/// A kind of pathway that patients take.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) index: i64,
    pub(crate) work: Work,
    pub(crate) group: usize,
    rhythm: Rhythm,
    pub(crate) per_year: i64,
    phase: i64,
}

/// What a pathway is about.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Index of a condition.
    Admission(usize),
    /// Attendance of the emergency department without admission.
    Emergency,
    /// Index of a clinic.
    Clinic(usize),
    /// Cancer meeting of a specialty.
    Meeting(String),
    /// Tests for general practitioners.
    GeneralPractice,
    /// Tests for another trust.
    OtherTrust,
}

/// One patient's way through the trust.
#[derive(Clone, Debug)]
pub(crate) struct Pathway {
    /// Unique over both years.
    pub(crate) id: i64,
    pub(crate) day: i64,
    pub(crate) person: Person,
    /// Place among the pathways of this kind that begin in the same financial year, from 0.
    pub(crate) ordinal: i64,
    /// How many of the kind begin in that year.
    pub(crate) in_year: i64,
    pub(crate) seed: i64,
}

impl Pathway {
    /// A stream of random numbers for one part of the pathway, whatever was drawn before.
    pub(crate) fn random(&self, part: i64, number: i64) -> Random {
        Random::of(&[self.seed, self.id, part, number])
    }
}

impl Trust {
    /// The trust of a size and seed.
    pub(crate) fn new(size: Size, seed: u64) -> Self {
        let seed = seed.cast_signed();
        let hospital = Hospital::read(size);
        let kinds = kinds(&hospital, size, seed);
        let mut pathways = vec![0; GROUPS.len()];
        for kind in kinds.iter().filter(|it| !it.work.is_for_strangers()) {
            pathways[kind.group] += kind.per_year;
        }
        let people = People::new(seed, &pathways);
        Self { seed, size, calendar: Calendar::new(), people, hospital, kinds }
    }

    /// How many pathways of a kind begin before a day.
    pub(crate) fn before(&self, kind: &Kind, day: i64) -> i64 {
        self.calendar.number_before(kind.rhythm, kind.per_year, kind.phase, day)
    }

    /// How many pathways of a kind begin on a day.
    pub(crate) fn on(&self, kind: &Kind, day: i64) -> i64 {
        self.before(kind, day + 1) - self.before(kind, day)
    }

    /// Running numbers of each group's pathways at the start of a day.
    pub(crate) fn groups_before(&self, day: i64) -> Vec<i64> {
        let mut sums = vec![0; GROUPS.len()];
        for kind in self.kinds.iter().filter(|it| !it.work.is_for_strangers()) {
            sums[kind.group] += self.before(kind, day);
        }
        sums
    }

    /// The pathway of a kind that begins `number`th on a day, for the group's next person.
    pub(crate) fn pathway(&self, kind: &Kind, day: i64, number: i64, person: i64) -> Pathway {
        let start = financial_year_start(day);
        let ordinal = self.before(kind, day) - self.before(kind, start) + number;
        let next = number_of(year_of(start) + 1, 4, 1);
        let id = ((day - 19_000) * 400 + kind.index) * 4096 + number;
        Pathway {
            id,
            day,
            person: self.people.of_pathway(kind.group, person, day),
            ordinal,
            in_year: self.before(kind, next) - self.before(kind, start),
            seed: self.seed,
        }
    }
}

/// 1 April of the financial year of a day.
fn financial_year_start(day: i64) -> i64 {
    let (year, month, _) = crate::calendar::date_of(day).to_civil();
    number_of(if month >= 4 { year } else { year - 1 }, 4, 1)
}

fn year_of(day: i64) -> i32 {
    crate::calendar::date_of(day).to_civil().0
}

impl Work {
    /// Whether its patients have no event with the trust.
    pub(crate) fn is_for_strangers(&self) -> bool {
        matches!(self, Self::GeneralPractice | Self::OtherTrust)
    }
}

/// All kinds of pathways.
fn kinds(hospital: &Hospital, size: Size, seed: i64) -> Vec<Kind> {
    let mut list = List { kinds: Vec::new(), seed };
    for (index, condition) in hospital.conditions.iter().enumerate() {
        let rhythm = match condition.route {
            Route::Emergency => Rhythm::Emergency,
            Route::Maternity => Rhythm::Steady,
            _ => Rhythm::Planned,
        };
        list.add(Work::Admission(index), rhythm, condition.per_year, condition.people);
    }
    // Attendances that end without admission, at the size `trust`.
    for (people, at_trust) in
        [("CHILD", 18_500), ("YOUNG", 23_000), ("ADULT", 29_000), ("OLDEST", 15_500)]
    {
        let group = group_index(people);
        list.add(Work::Emergency, Rhythm::Emergency, size.scaled(at_trust), group);
    }
    for (index, clinic) in hospital.clinics.iter().enumerate() {
        list.add(Work::Clinic(index), Rhythm::Clinic, clinic.first_per_year, clinic.people);
    }
    for specialty in hospital.specialties.values().filter(|it| it.meetings_per_year > 0) {
        let work = Work::Meeting(specialty.code.clone());
        list.add(work, Rhythm::Clinic, specialty.meetings_per_year, group_index("OLDER"));
    }
    let adults = group_index("ADULT");
    list.add(Work::GeneralPractice, Rhythm::Clinic, requests_of_practices(size), adults);
    list.add(Work::OtherTrust, Rhythm::Clinic, size.scaled(REQUESTS_OF_OTHERS), adults);
    list.kinds
}

/// Requests a year for tests that another trust sends, at the size `trust`.
pub(crate) const REQUESTS_OF_OTHERS: i64 = 60_000;

/// Requests a year for tests from general practices. The laboratory of a district leaves a third of
/// them to its larger neighbours.
pub(crate) const fn requests_of_practices(size: Size) -> i64 {
    match size {
        Size::Small => size.scaled(1_050_000),
        Size::District => size.scaled(710_000),
        Size::Trust | Size::Large => size.scaled(1_130_000),
    }
}

struct List {
    kinds: Vec<Kind>,
    seed: i64,
}

impl List {
    fn add(&mut self, work: Work, rhythm: Rhythm, per_year: i64, group: usize) {
        let index = i64::try_from(self.kinds.len()).expect("a few hundred kinds");
        let phase = Random::of(&[self.seed, 5, index]).below(1 << 30);
        self.kinds.push(Kind { index, work, group, rhythm, per_year, phase });
    }
}
