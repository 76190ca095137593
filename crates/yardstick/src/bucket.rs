//! What a trust of any size holds, one range of patients at a time.

use domain::{Key, Money};
use tables::dataset::{Event, FeedRow, LedgerLine};

use crate::model::{ACTIVITIES, FEEDS, RESOURCES};
use crate::random::Random;

/// How much is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) events: u64,
    /// Rows of all feeds.
    pub(crate) rows: u64,
    pub(crate) shape: Shape,
}

/// What is uneven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Whether one patient has a twentieth of the rows.
    has_busy_patient: bool,
    /// Whether one cost centre has three fifths of the cost.
    has_dear_centre: bool,
    /// Whether one activity has half of the rows.
    has_common_activity: bool,
}

/// Ranges of the patient key, at least; a power of two.
const FEWEST_BUCKETS: u64 = 64;
/// Rows of the largest feed in one range, at most, as intake cuts a dataset.
const ROWS_OF_BUCKET: u64 = 300_000;
/// How many events a patient has, in tenths: as in a large trust.
const EVENTS_OF_TEN_PATIENTS: u64 = 33;
/// Seconds from 1970 to the first of April 2025, 00:00 in London.
const YEAR_BEGINS: i64 = 1_743_462_000;
/// Days of the year.
const DAYS: u64 = 365;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
/// Ledger lines.
const LEDGER_LINES: u64 = 2000;

impl Shape {
    /// The shape of a name; none if there is no such shape.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let even = Self::default();
        let shape = match name {
            "even" => even,
            "busy-patient" => Self { has_busy_patient: true, ..even },
            "dear-centre" => Self { has_dear_centre: true, ..even },
            "common-activity" => Self { has_common_activity: true, ..even },
            "skewed" => {
                Self { has_busy_patient: true, has_dear_centre: true, has_common_activity: true }
            }
            _ => return None,
        };
        Some(shape)
    }
}

impl Size {
    /// Ranges of the patient key; a power of two.
    pub(crate) fn buckets(&self) -> u64 {
        let of_feed = self.rows / FEEDS.len() as u64;
        of_feed.div_ceil(ROWS_OF_BUCKET).next_power_of_two().max(FEWEST_BUCKETS)
    }
}

/// The events of one range of patients.
pub(crate) struct Bucket {
    range: Range,
    patients: Vec<Key>,
    pub(crate) events: Vec<Event>,
}

/// One of several ranges of the patient key.
#[derive(Clone, Copy, Debug)]
struct Range {
    number: u64,
    /// How many there are.
    of: u64,
}

impl Range {
    /// A key of this range.
    fn key(self, key: u128) -> Key {
        let bits = self.of.trailing_zeros();
        Key((u128::from(self.number) << (u128::BITS - bits)) | (key >> bits))
    }

    /// Its part of what all ranges share.
    const fn part(self, whole: u64) -> u64 {
        part(whole, self.number, self.of)
    }
}

impl Bucket {
    /// The range of this number, with its events by patient and event.
    pub(crate) fn new(number: u64, size: &Size) -> Self {
        let range = Range { number, of: size.buckets() };
        let mut random = Random::new(number);
        let count = range.part(size.events);
        let wanted = (count * 10 / EVENTS_OF_TEN_PATIENTS).max(1);
        let mut patients: Vec<Key> = (0..wanted).map(|_| range.key(random.key())).collect();
        patients.sort_unstable();
        let mut events: Vec<Event> =
            (0..count).map(|_| event(patients[index(random.below(wanted))], &mut random)).collect();
        events.sort_by_key(|it| (it.patient, it.event));
        Self { range, patients, events }
    }

    /// Rows of one feed, by patient and row.
    pub(crate) fn rows(&self, feed: usize, size: &Size) -> Vec<FeedRow> {
        let number = self.range.number;
        let mut random = Random::new(1_000 + number * FEEDS.len() as u64 + feed as u64); // number: seeds of events are lower
        let of_feed = part(size.rows, feed as u64, FEEDS.len() as u64);
        let busy = if size.shape.has_busy_patient { of_feed / 20 } else { 0 }; // number: a twentieth
        let others = self.range.part(of_feed - busy);
        let busy = if number == 0 { busy } else { 0 };
        let busiest = self.events.first().map(|it| it.patient);
        let mut rows = Vec::with_capacity(index(others + busy));
        for it in 0..others + busy {
            let patient = if it < others { self.patient(&mut random) } else { busiest };
            rows.push(self.row(patient, &mut random, size.shape));
        }
        rows.sort_by_key(|it| (it.patient.is_none(), it.patient, it.row));
        rows
    }

    /// Four rows in five are within hours of an event of their patient.
    fn row(&self, patient: Option<Key>, random: &mut Random, shape: Shape) -> FeedRow {
        let of = patient.map_or(&[][..], |it| self.events_of(it));
        let start = if of.is_empty() || random.below(5) == 0 {
            YEAR_BEGINS + seconds(random.below(DAYS * DAY))
        } else {
            let event = &of[index(random.below(of.len() as u64))];
            let last = event.end_s.unwrap_or(event.start_s);
            let length = u64::try_from(last - event.start_s).unwrap_or(0) + 4 * HOUR; // number: some before, some after
            event.start_s - seconds(HOUR) + seconds(random.below(length))
        };
        let latest = YEAR_BEGINS + seconds(DAYS * DAY) - 1;
        let start = start.clamp(YEAR_BEGINS, latest);
        let common = shape.has_common_activity && random.below(2) == 0;
        let code = if common { 0 } else { random.below(ACTIVITIES) };
        FeedRow {
            patient,
            event: None,
            row: self.range.key(random.key()),
            spell: None,
            start_s: start,
            start_is_day: false,
            end_s: Some(start),
            code: format!("A{code:02}"),
            specialty: "300".to_owned(),
            quantity_e4: Some(10_000 * seconds(1 + random.below(5))), // number: one to five
            origin: "native".to_owned(),
            ..FeedRow::default()
        }
    }

    fn events_of(&self, patient: Key) -> &[Event] {
        let from = self.events.partition_point(|it| it.patient < patient);
        let length = self.events[from..].partition_point(|it| it.patient == patient);
        &self.events[from..from + length]
    }

    /// One row in twenty has no identity, one in fifty that of somebody without events.
    fn patient(&self, random: &mut Random) -> Option<Key> {
        match random.below(100) {
            0..5 => None,
            5..7 => Some(self.range.key(random.key())),
            _ => Some(self.patients[index(random.below(self.patients.len() as u64))]),
        }
    }
}

/// A stay, a clinic or an emergency attendance.
fn event(patient: Key, random: &mut Random) -> Event {
    let start = YEAR_BEGINS + seconds(random.below((DAYS - 10) * DAY)); // number: all end in the year
    let (event_type, pod, length) = match random.below(20) {
        0..4 => ("APC", "NEL", 6 * HOUR + random.below(8 * DAY)),
        4..7 => ("ED", "ED", HOUR + random.below(5 * HOUR)),
        _ => ("OP", "OPFU", 20 * 60), // number: minutes of a clinic
    };
    Event {
        patient,
        event: Key(random.key()),
        event_type: event_type.to_owned(),
        start_s: start,
        end_s: Some(start + seconds(length)),
        specialty: "300".to_owned(),
        pod: pod.to_owned(),
        category: "OWN".to_owned(),
        ..Event::default()
    }
}

/// Two thousand lines of a trust of about half a billion pounds.
pub(crate) fn ledger(size: &Size) -> Vec<LedgerLine> {
    let mut random = Random::new(7); // number: any seed
    let line = |it: u64, random: &mut Random| {
        let is_dear = size.shape.has_dear_centre && it % 5 < 3;
        let centre = if is_dear { 0 } else { it % RESOURCES };
        let period = 1 + it % 12; // number: months
        let amount = 10_000_000_000 + seconds(random.below(480_000_000_000)); // number: £10,000 to £490,000
        LedgerLine {
            ledger_line: format!("CC{centre:02}-{it:04}"),
            cost_centre: format!("CC{centre:02}"),
            account: format!("{:06}", 100_000 + it),
            year: "2025-26".to_owned(),
            period: seconds(period),
            amount: Money::from_micro_pounds(amount),
            ..LedgerLine::default()
        }
    };
    let mut lines: Vec<LedgerLine> = (0..LEDGER_LINES).map(|it| line(it, &mut random)).collect();
    lines.sort_by(|one, other| one.ledger_line.cmp(&other.ledger_line));
    lines
}

/// The share of one of several parts, the first ones taking what is left over.
const fn part(whole: u64, of: u64, parts: u64) -> u64 {
    whole / parts + if of < whole % parts { 1 } else { 0 }
}

fn index(number: u64) -> usize {
    usize::try_from(number).expect("it fits in memory")
}

fn seconds(number: u64) -> i64 {
    i64::try_from(number).expect("it was drawn below a small number")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(rows: u64, shape: &str) -> Size {
        Size { events: 640, rows, shape: Shape::named(shape).expect("it is a shape") }
    }

    #[test]
    fn parts_make_the_whole() {
        assert_eq!((0..3).map(|it| part(11, it, 3)).collect::<Vec<_>>(), [4, 4, 3]);
    }

    #[test]
    fn ranges_grow_in_number_with_the_rows() {
        // 25 million rows of a feed are 84 times 300,000, so 128 ranges.
        assert_eq!(size(1_000_000, "even").buckets(), 64);
        assert_eq!(size(100_000_000, "even").buckets(), 128);
        assert_eq!(Shape::named("round"), None);
    }

    /// Rows of the commonest patient and of activity `A00`, in a hundred of one feed's.
    fn shares(shape: &str) -> [usize; 2] {
        let size = size(40_000, shape);
        let rows: Vec<FeedRow> =
            (0..size.buckets()).flat_map(|it| Bucket::new(it, &size).rows(0, &size)).collect();
        let mut of: std::collections::BTreeMap<Key, usize> = std::collections::BTreeMap::new();
        rows.iter().filter_map(|it| it.patient).for_each(|it| *of.entry(it).or_default() += 1);
        let busiest = of.into_values().max().unwrap_or(0);
        let common = rows.iter().filter(|it| it.code == "A00").count();
        [busiest * 100 / rows.len(), common * 100 / rows.len()]
    }

    #[test]
    fn each_shape_is_uneven_in_its_own_way() {
        // One of 192 patients has about half a row in a hundred, one of 80 activities 1.25.
        let [busiest, common] = shares("even");
        assert!(busiest == 0 && common < 3, "{busiest} {common}");
        let [busiest, common] = shares("busy-patient");
        assert!((5..=6).contains(&busiest) && common < 3, "{busiest} {common}");
        let [busiest, common] = shares("common-activity");
        assert!(busiest == 0 && (48..=53).contains(&common), "{busiest} {common}");
        let dear = |shape| {
            let lines = ledger(&size(0, shape));
            let all: i64 = lines.iter().map(|it| it.amount.micro_pounds()).sum();
            let dear = lines.iter().filter(|it| it.cost_centre == "CC00");
            dear.map(|it| it.amount.micro_pounds()).sum::<i64>() * 100 / all
        };
        assert!((57..=64).contains(&dear("dear-centre")), "{}", dear("dear-centre"));
        assert!(dear("even") < 4, "{}", dear("even"));
    }
}
