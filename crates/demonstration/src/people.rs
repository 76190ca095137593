//! The patients: who they are, their numbers from the test range, and no names.

use crate::calendar::number_of;
use crate::random::Random;

/// Groups of people who need the same kinds of care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    name: &'static str,
    youngest: i64,
    oldest: i64,
    /// Blank if both.
    sex: &'static str,
}

const fn group(name: &'static str, youngest: i64, oldest: i64, sex: &'static str) -> Group {
    Group { name, youngest, oldest, sex }
}

/// All groups; their order is that of the ranges of patient numbers.
pub(crate) const GROUPS: [Group; 10] = [
    group("CHILD", 1, 15, ""),
    group("CHILDYOUNG", 4, 25, ""),
    group("YOUNG", 17, 38, ""),
    group("ADULT", 18, 78, ""),
    group("OLDER", 50, 90, ""),
    group("OLDERMAN", 52, 88, "1"),
    group("OLDEST", 70, 97, ""),
    group("WOMAN", 20, 74, "2"),
    group("MOTHER", 19, 43, "2"),
    group("NEWBORN", 0, 0, ""),
];

/// The group of this name.
pub(crate) fn group_index(name: &str) -> usize {
    GROUPS.iter().position(|it| it.name == name).expect("tables name groups of people that exist")
}

/// One patient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// Running number over all groups.
    pub(crate) number: i64,
    /// Days since 1970.
    pub(crate) birth: i64,
    /// Person stated gender code.
    pub(crate) sex: &'static str,
}

/// All patients, as ranges of numbers, and the NHS numbers that they may have.
#[derive(Clone, Debug)]
pub(crate) struct People {
    seed: i64,
    /// By group: first number and how many.
    ranges: Vec<(i64, i64)>,
    total: i64,
    /// Middle six digits of NHS numbers that have a check digit.
    valid: Vec<i64>,
}

impl People {
    /// People enough that each comes back after about seven months.
    pub(crate) fn new(seed: i64, pathways_per_year: &[i64]) -> Self {
        let mut ranges = Vec::new();
        let mut total = 0;
        for (index, per_year) in pathways_per_year.iter().enumerate() {
            // Newborn babies are not born again.
            let share = if GROUPS[index].name == "NEWBORN" { 350 } else { 60 };
            let count = (per_year * share / 100).max(5);
            ranges.push((total, count));
            total += count;
        }
        let valid = (0..1_000_000).filter(|middle| check_digit(*middle) != 10).collect();
        Self { seed, ranges, total, valid }
    }

    /// The patient of a group's pathway: each comes once in a block of pathways.
    pub(crate) fn of_pathway(&self, group: usize, pathway: i64, day: i64) -> Person {
        let (first, count) = self.ranges[group];
        let (block, place) = (pathway.div_euclid(count), pathway.rem_euclid(count));
        let shuffled = shuffle(place, count, self.seed + 31 * block);
        self.person(group, first + shuffled, day)
    }

    fn person(&self, group: usize, number: i64, day: i64) -> Person {
        let mut random = Random::of(&[self.seed, 77, number]);
        let Group { name, youngest, oldest, sex } = GROUPS[group];
        let days = random.between(youngest * 365, oldest * 365 + 364);
        let born = number_of(2024, 10, 1) - days;
        let birth = if name == "NEWBORN" { day - random.below(5) } else { born };
        let sex = match sex {
            "" if random.chance(505) => "2",
            "" => "1",
            only => only,
        };
        Person { number, birth, sex }
    }

    /// Somebody who has no event with the trust: a number beyond all patients.
    pub(crate) fn stranger(&self, random: &mut Random) -> Person {
        let number = self.total + random.below(self.total / 3 + 50);
        let birth = number_of(1970, 1, 1) + random.between(-9_000, 15_000);
        Person { number, birth, sex: if random.chance(500) { "1" } else { "2" } }
    }

    /// The NHS number, from the test range 999; none for people beyond its 909,091 numbers.
    pub(crate) fn nhs_number(&self, person: Person) -> Option<i64> {
        let count = i64::try_from(self.valid.len()).expect("fewer than a million");
        if person.number >= count {
            return None;
        }
        let place = shuffle(person.number, count, 4);
        let middle = self.valid[usize::try_from(place).expect("a place in the list")];
        Some((999_000_000 + middle) * 10 + check_digit(middle))
    }
}

/// One-to-one over 0 up to `count`, so that neighbours end far apart.
fn shuffle(place: i64, count: i64, key: i64) -> i64 {
    let prime = [1_000_003, 1_000_033, 1_000_037, 1_000_039]
        .into_iter()
        .find(|it| it % count != 0 && greatest_common_divisor(*it, count) == 1)
        .unwrap_or(1);
    (place * prime + key.rem_euclid(count) * 7).rem_euclid(count)
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// Check digit of 999 and six more digits; 10 if there is none.
fn check_digit(middle: i64) -> i64 {
    let mut digits = 999_000_000 + middle;
    let mut sum = 0;
    for weight in 2..=10 {
        sum += (digits % 10) * weight;
        digits /= 10;
    }
    match 11 - sum % 11 {
        11 => 0,
        digit => digit,
    }
}
