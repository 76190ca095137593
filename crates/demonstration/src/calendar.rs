//! The days that the trust lives through: dates as text, busy and quiet days, minutes of local time.

use domain::Day;

/// Whole minutes of local time since the start of 1970.
pub(crate) type Minute = i64;

/// Minutes of a day.
pub(crate) const DAY: i64 = 1440;

/// Which days of the week and year a kind of work falls on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// Every day, more on Mondays and in winter.
    Emergency,
    /// Working days, less in August and December, a few Saturdays.
    Planned,
    /// Working days.
    Clinic,
    /// Every day alike.
    Steady,
}

impl Rhythm {
    const ALL: [Self; 4] = [Self::Emergency, Self::Planned, Self::Clinic, Self::Steady];

    fn index(self) -> usize {
        Self::ALL.iter().position(|it| *it == self).expect("all rhythms are listed")
    }
}

/// Dates as text and the weight of each day, from two years before the first financial year.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    first: i64,
    iso: Vec<[u8; 10]>,
    uk: Vec<[u8; 10]>,
    /// By rhythm and day: weights of all earlier days, summed.
    before: [Vec<i64>; 4],
    /// By rhythm: weight of the financial year 2025-26.
    whole_year: [i64; 4],
}

/// First day for which pathways exist: long enough before 1 April 2024 for the longest stay.
pub(crate) const FIRST_PATHWAY: i64 = 19_500;

/// Public holidays in England, as days since 1970.
const HOLIDAYS: [(i32, u32, u32); 24] = [
    (2023, 5, 29),
    (2023, 8, 28),
    (2023, 12, 25),
    (2023, 12, 26),
    (2024, 1, 1),
    (2024, 3, 29),
    (2024, 4, 1),
    (2024, 5, 6),
    (2024, 5, 27),
    (2024, 8, 26),
    (2024, 12, 25),
    (2024, 12, 26),
    (2025, 1, 1),
    (2025, 4, 18),
    (2025, 4, 21),
    (2025, 5, 5),
    (2025, 5, 26),
    (2025, 8, 25),
    (2025, 12, 25),
    (2025, 12, 26),
    (2026, 1, 1),
    (2026, 4, 3),
    (2026, 4, 6),
    (2026, 5, 4),
];

impl Calendar {
    /// The calendar from 2022 to 2027.
    pub(crate) fn new() -> Self {
        let first = number_of(2022, 1, 1);
        let last = number_of(2027, 12, 31);
        let mut calendar = Self {
            first,
            iso: Vec::new(),
            uk: Vec::new(),
            before: [const { Vec::new() }; 4],
            whole_year: [0; 4],
        };
        for day in first..=last {
            let text = date_of(day).to_string();
            let uk = format!("{}/{}/{}", &text[8..], &text[5..7], &text[..4]);
            calendar.iso.push(ten(&text));
            calendar.uk.push(ten(&uk));
        }
        for rhythm in Rhythm::ALL {
            calendar.weigh(rhythm, last);
        }
        calendar
    }

    fn weigh(&mut self, rhythm: Rhythm, last: i64) {
        let mut sum = 0;
        let sums = &mut self.before[rhythm.index()];
        for day in self.first..=last {
            sums.push(sum);
            if day >= FIRST_PATHWAY {
                sum += weight(rhythm, day);
            }
        }
        let year = number_of(2025, 4, 1)..number_of(2026, 4, 1);
        self.whole_year[rhythm.index()] =
            self.weight_before(rhythm, year.end) - self.weight_before(rhythm, year.start);
    }

    fn weight_before(&self, rhythm: Rhythm, day: i64) -> i64 {
        self.before[rhythm.index()][self.index(day)]
    }

    /// How many of a yearly number fall before a day, counted from the first pathway.
    pub(crate) fn number_before(&self, rhythm: Rhythm, per_year: i64, phase: i64, day: i64) -> i64 {
        let whole = self.whole_year[rhythm.index()];
        (per_year * self.weight_before(rhythm, day) + phase % whole) / whole
    }

    fn index(&self, day: i64) -> usize {
        usize::try_from(day - self.first).expect("the calendar begins before all pathways")
    }

    /// `2025-04-01`.
    pub(crate) fn iso(&self, day: i64) -> &[u8; 10] {
        &self.iso[self.index(day)]
    }

    /// `01/04/2025`.
    pub(crate) fn uk(&self, day: i64) -> &[u8; 10] {
        &self.uk[self.index(day)]
    }
}

fn ten(text: &str) -> [u8; 10] {
    text.as_bytes().try_into().expect("dates have ten characters")
}

/// Days since 1970 of a date.
pub(crate) fn number_of(year: i32, month: u32, day: u32) -> i64 {
    i64::from(Day::from_civil(year, month, day).0)
}

/// The date of a number of days since 1970.
pub(crate) fn date_of(day: i64) -> Day {
    Day(i32::try_from(day).expect("days of this century"))
}

/// 0 is Monday.
pub(crate) fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// Month of the year, 1 to 12.
pub(crate) fn month(day: i64) -> u32 {
    date_of(day).to_civil().1
}

/// Period of the financial year, 1 for April.
pub(crate) fn period(day: i64) -> i64 {
    i64::from((month(day) + 8) % 12 + 1)
}

fn is_holiday(day: i64) -> bool {
    HOLIDAYS.iter().any(|(year, month, date)| number_of(*year, *month, *date) == day)
}

fn weight(rhythm: Rhythm, day: i64) -> i64 {
    let weekday = weekday(day);
    let month = month(day);
    let winter = matches!(month, 12 | 1 | 2);
    // Activity grew by some 2.5 % between the years.
    let growth = if day < number_of(2025, 4, 1) { 975 } else { 1000 };
    let weight = match rhythm {
        Rhythm::Steady => 1000,
        Rhythm::Emergency => {
            let of_week = [1080, 1020, 1000, 1000, 1010, 960, 930];
            let index = usize::try_from(weekday).expect("seven days");
            of_week[index]
                * if winter {
                    107
                } else if month == 8 {
                    94
                } else {
                    100
                }
                / 100
        }
        Rhythm::Planned | Rhythm::Clinic => {
            let quiet = matches!(month, 8 | 12);
            match weekday {
                _ if is_holiday(day) => 0,
                6 => 0,
                5 if rhythm == Rhythm::Clinic => 0,
                5 => 90,
                _ if quiet => 1190,
                _ => 1400,
            }
        }
    };
    weight * growth / 1000
}
