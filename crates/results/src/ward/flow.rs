//! Who lay on wards: patients by month, whose patients they were, how long they stayed and where
//! they went.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Key;
use rules::YearRules;
use tables::dataset::FeedRow;

use super::{NIGHT_S, WardRules, place, place_of};
use crate::outcomes::{Calendar, of_this_run, weekday};
use crate::reading::TableReader;
use crate::{ResultsError, Run};

/// A ward, and whose patients are at home on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WardAsked {
    /// Code with which its locations begin.
    pub code: String,
    /// Service lines whose patients belong there; none where it is not known, and then nobody is
    /// counted as another's.
    pub own_lines: Option<BTreeSet<String>>,
}

/// Some patients on a ward in some time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lain {
    /// Patients, each counted once.
    pub patients: u64,
    /// Stays that began in it, or were there when the year began. Rows that follow each other on one
    /// ward are one stay.
    pub stays: u64,
    /// Patients of those stays, each counted once.
    pub came: u64,
    /// Their counted time, in seconds.
    pub used_s: i64,
}

/// One month of a ward.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WardMonth {
    /// Month, such as `2025-07`.
    pub month: String,
    /// Its length in seconds.
    pub length_s: i64,
    /// Patients who were not on the ward in an earlier month of the year.
    pub newcomers: u64,
    /// Stays of patients of other service lines that began in it, without those that were there
    /// when the year began.
    pub others_began: u64,
    /// Everybody.
    pub all: Lain,
    /// Of these, patients of service lines that belong on the ward, or of which it is not known.
    pub own: Lain,
    /// Of these, patients of other service lines.
    pub others: Lain,
}

/// Who lay on one ward in the year to date of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WardFlow {
    /// Everybody.
    pub all: Lain,
    /// Of these, patients of service lines that belong there, or of which it is not known.
    pub own: Lain,
    /// Of these, patients of service lines that do not belong there; none where it is not known
    /// which do.
    pub others: Option<Lain>,
    /// Of the own, patients with time of which the service line is not known.
    pub unmapped: u64,
    /// Time of the others, by service line.
    pub others_by_line: BTreeMap<String, i64>,
    /// By month.
    pub months: Vec<WardMonth>,
    /// Stays that ended in the year to date.
    pub ended: u64,
    /// How long these were in all, in seconds.
    pub ended_s: i64,
    /// Of these, the long ones.
    pub long: u64,
    /// Of these, those after which the patient was on no other ward: by day of the week from
    /// Monday.
    pub left: [u64; 7],
    /// Of these, those after which the patient was on another of the wards asked for.
    pub went_to: BTreeMap<String, u64>,
    /// Of these, those after which the patient was on a ward that was not asked for.
    pub elsewhere: u64,
}

/// One row of a patient.
#[derive(Clone, Debug)]
struct Stay {
    /// Ward, by its place among those asked for; none for other places.
    ward: Option<usize>,
    row: Key,
    start_s: i64,
    /// Open stays end with the period.
    end_s: i64,
    is_open: bool,
    line: String,
}

/// One stay on a ward: its rows that follow each other, such as those of its bays.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole {
    ward: usize,
    /// Rows, by their places among those of the patient.
    rows: Vec<usize>,
    /// The row that ends it.
    last: usize,
    start_s: i64,
    end_s: i64,
    is_open: bool,
}

/// Whose patients are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Everybody,
    Own,
    Other,
    /// Those of the own of which it is not known.
    Unmapped,
}

/// One ward while patients are added.
struct Counting<'a> {
    asked: &'a WardAsked,
    flow: WardFlow,
    /// Patients that were counted where, and whether as one who came there.
    seen: BTreeSet<(Key, usize, Whose, bool)>,
}

/// Stands for the whole year where a month is asked for.
const WHOLE: usize = usize::MAX;

impl Run {
    /// Who lay on wards, in the order asked; none where the model has no feed of places that
    /// patients are in. Rows without a patient are left out, as they are of the use of beds.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read; [`ResultsError::OtherDataset`] if
    /// the dataset is not that of the run.
    pub fn ward_flow(
        &self,
        asked: &[WardAsked],
        dataset: &Path,
    ) -> Result<Option<Vec<WardFlow>>, ResultsError> {
        of_this_run(self, dataset)?;
        let rules = self.rules()?;
        let calendar = Calendar::of(rules.year, rules.last_period);
        let Some(patients) = stays(rules, (asked, &calendar), dataset)? else { return Ok(None) };
        let starts = calendar.month_starts();
        let mut wards: Vec<Counting<'_>> =
            asked.iter().map(|it| Counting::new(it, &calendar, &starts)).collect();
        for (patient, mut stays) in patients {
            stays.sort_by_key(|it| (it.start_s, it.row));
            for stay in wholes(&stays) {
                let ward = &mut wards[stay.ward];
                let mut to_count = Some(stay.start_s);
                for at in &stay.rows {
                    let row = (patient, &stays[*at]);
                    to_count = ward.lies(row, &held(&stays, *at), (&starts, to_count));
                }
                let next = next(&stays, stay.last).map(|it| &stays[it]);
                ward.ends(&stay, next, (&calendar, asked));
            }
        }
        Ok(Some(wards.into_iter().map(|it| it.flow).collect()))
    }
}

/// All rows of each patient, in any place.
fn stays(
    rules: &YearRules,
    (asked, calendar): (&[WardAsked], &Calendar),
    dataset: &Path,
) -> Result<Option<BTreeMap<Key, Vec<Stay>>>, ResultsError> {
    let activities: Vec<Option<&str>> =
        asked.iter().map(|it| place::activity_of(rules, &it.code)).collect();
    let (_, period_end) = calendar.seconds();
    let mut found: Option<BTreeMap<Key, Vec<Stay>>> = None;
    for (feed, _) in rules.feeds.iter().filter(|it| it.1.exclusive) {
        let path = dataset.join("feeds").join(format!("{feed}.parquet"));
        if !path.exists() {
            continue;
        }
        let patients = found.get_or_insert_default();
        let of_feed = rules.activity_rules.get(feed).map_or(&[][..], Vec::as_slice);
        let reader = TableReader::open(&path)?;
        for group in reader.groups() {
            for row in reader.rows::<FeedRow>(group)? {
                let Some(patient) = row.patient else { continue };
                let place = place_of(of_feed, (&row.code, &row.location));
                let ward = place.and_then(|it| activities.iter().position(|own| *own == Some(it)));
                let line = rules.specialties.get(&row.specialty);
                patients.entry(patient).or_default().push(Stay {
                    ward,
                    row: row.row,
                    start_s: row.start_s,
                    end_s: row.end_s.unwrap_or(period_end),
                    is_open: row.end_s.is_none(),
                    line: line.map_or_else(String::new, |it| it.service_line.clone()),
                });
            }
        }
    }
    Ok(found)
}

/// What a row holds of its time: each second belongs to the row that began last.
fn held(stays: &[Stay], at: usize) -> Vec<(i64, i64)> {
    let (mut from, end) = (stays[at].start_s, stays[at].end_s);
    let mut held = Vec::new();
    for later in stays[at + 1..].iter().take_while(|it| it.start_s < end) {
        if later.start_s > from {
            held.push((from, later.start_s));
        }
        from = from.max(later.end_s);
    }
    if from < end {
        held.push((from, end));
    }
    held
}

/// The row that follows one, where it follows soon.
fn next(stays: &[Stay], at: usize) -> Option<usize> {
    let soon = WardRules::own().next_ward_hours * 3_600;
    let end_s = stays[at].end_s;
    let follows = |it: &Stay| it.start_s <= end_s + soon && it.end_s > end_s;
    stays[at + 1..].iter().position(follows).map(|it| at + 1 + it)
}

/// The stays of a patient on wards: a row that lies within a stay on the same ward, or is what
/// follows it, is part of that stay.
fn wholes(stays: &[Stay]) -> Vec<Whole> {
    let mut wholes: Vec<Whole> = Vec::new();
    for (at, row) in stays.iter().enumerate() {
        let Some(ward) = row.ward else { continue };
        let before = wholes.iter_mut().rev().find(|it| it.ward == ward);
        let is_of = |it: &Whole| row.end_s <= it.end_s || next(stays, it.last) == Some(at);
        let Some(whole) = before.filter(|it| is_of(it)) else {
            let (start_s, end_s, is_open) = (row.start_s, row.end_s, row.is_open);
            wholes.push(Whole { ward, rows: vec![at], last: at, start_s, end_s, is_open });
            continue;
        };
        whole.rows.push(at);
        whole.is_open |= row.is_open;
        if row.end_s > whole.end_s {
            (whole.last, whole.end_s) = (at, row.end_s);
        }
    }
    wholes
}

impl<'a> Counting<'a> {
    fn new(asked: &'a WardAsked, calendar: &Calendar, starts: &[i64]) -> Self {
        let month = |(month, ends): (String, &[i64])| WardMonth {
            month,
            length_s: ends[1] - ends[0],
            ..WardMonth::default()
        };
        let months = calendar.months().into_iter().zip(starts.windows(2)).map(month).collect();
        let others = asked.own_lines.as_ref().map(|_| Lain::default());
        Self {
            asked,
            flow: WardFlow { others, months, ..WardFlow::default() },
            seen: BTreeSet::new(),
        }
    }

    /// Adds a row. A stay is counted with its first row that holds time: `to_count` is when it
    /// began, and what is given back is that, while it has still to be counted.
    fn lies(
        &mut self,
        (patient, row): (Key, &Stay),
        held: &[(i64, i64)],
        (starts, mut to_count): (&[i64], Option<i64>),
    ) -> Option<i64> {
        let is_other = self
            .asked
            .own_lines
            .as_ref()
            .is_some_and(|own| !row.line.is_empty() && !own.contains(&row.line));
        let whose = if is_other { Whose::Other } else { Whose::Own };
        for (month, ends) in starts.windows(2).enumerate() {
            let inside = |it: &(i64, i64)| (it.1.min(ends[1]) - it.0.max(ends[0])).max(0);
            let used_s: i64 = held.iter().map(inside).sum();
            if used_s == 0 {
                continue;
            }
            let is_newcomer = !self.seen.contains(&(patient, WHOLE, Whose::Everybody, false));
            self.flow.months[month].newcomers += u64::from(is_newcomer);
            let is_new = to_count.is_some();
            for month in [month, WHOLE] {
                self.count((patient, month, Whose::Everybody), used_s, is_new);
                self.count((patient, month, whose), used_s, is_new);
            }
            if is_other {
                *self.flow.others_by_line.entry(row.line.clone()).or_default() += used_s;
            }
            if row.line.is_empty() {
                let is_another = self.seen.insert((patient, WHOLE, Whose::Unmapped, false));
                self.flow.unmapped += u64::from(is_another);
            }
            let began = to_count.take().filter(|it| is_other && *it >= starts[0]);
            self.flow.months[month].others_began += u64::from(began.is_some());
        }
        to_count
    }

    fn count(&mut self, at: (Key, usize, Whose), used_s: i64, is_new: bool) {
        let (patient, month, whose) = at;
        let is_another = self.seen.insert((patient, month, whose, false));
        let came = is_new && self.seen.insert((patient, month, whose, true));
        let lain = match (month, whose) {
            (WHOLE, Whose::Everybody) => Some(&mut self.flow.all),
            (WHOLE, Whose::Own) => Some(&mut self.flow.own),
            (WHOLE, Whose::Other) => self.flow.others.as_mut(),
            (_, Whose::Unmapped) => None,
            (month, Whose::Everybody) => Some(&mut self.flow.months[month].all),
            (month, Whose::Own) => Some(&mut self.flow.months[month].own),
            (month, Whose::Other) => Some(&mut self.flow.months[month].others),
        };
        let Some(lain) = lain else { return };
        lain.patients += u64::from(is_another);
        lain.stays += u64::from(is_new);
        lain.came += u64::from(came);
        lain.used_s += used_s;
    }

    fn ends(
        &mut self,
        stay: &Whole,
        next: Option<&Stay>,
        (calendar, asked): (&Calendar, &[WardAsked]),
    ) {
        // What ends at midnight ends with the day before.
        let last_s = (stay.end_s - 1).max(stay.start_s);
        let Some(day) = calendar.day(last_s).filter(|it| calendar.month(*it).is_some()) else {
            return;
        };
        if stay.is_open || stay.end_s <= stay.start_s {
            return;
        }
        let length = stay.end_s - stay.start_s;
        self.flow.ended += 1;
        self.flow.ended_s += length;
        self.flow.long += u64::from(length >= WardRules::own().long_days * NIGHT_S);
        match next.map(|it| it.ward) {
            None => self.flow.left[weekday(day)] += 1,
            Some(Some(ward)) => {
                *self.flow.went_to.entry(asked[ward].code.clone()).or_default() += 1;
            }
            Some(None) => self.flow.elsewhere += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stay(start_s: i64, end_s: i64) -> Stay {
        Stay { ward: Some(0), row: Key(0), start_s, end_s, is_open: false, line: String::new() }
    }

    #[test]
    fn a_second_belongs_to_the_stay_that_began_last() {
        let stays = [stay(0, 100), stay(20, 30), stay(50, 120)];
        assert_eq!(held(&stays, 0), [(0, 20), (30, 50)]);
        assert_eq!(held(&stays, 1), [(20, 30)]);
        assert_eq!(held(&stays, 2), [(50, 120)]);
        // One that begins when another ends takes nothing of it.
        assert_eq!(held(&[stay(0, 10), stay(10, 20)], 0), [(0, 10)]);
    }

    #[test]
    fn another_ward_within_hours_is_where_the_patient_went() {
        let hours = |it: i64| it * 3_600;
        let stays = [stay(0, hours(5)), stay(hours(17), hours(30)), stay(hours(43), hours(50))];
        assert_eq!(next(&stays, 0), Some(1));
        assert!(next(&stays, 1).is_none(), "thirteen hours later it is another visit");
        assert!(next(&stays, 2).is_none());
    }

    #[test]
    fn rows_that_follow_each_other_on_a_ward_are_one_stay() {
        let hour = 3_600;
        let on = |ward, it: Stay| Stay { ward, ..it };
        let shown = |stays: &[Stay]| -> Vec<(usize, Vec<usize>, i64)> {
            wholes(stays).into_iter().map(|it| (it.ward, it.rows, it.end_s)).collect()
        };
        // Two bays, one within the time of the other, and an hour later the third.
        let bays = [stay(0, 100), stay(20, 30), stay(100, 200), stay(200 + hour, 9_000)];
        assert_eq!(shown(&bays), [(0, vec![0, 1, 2, 3], 9_000)]);
        // On another ward or in theatre between them, it is another stay.
        for between in [Some(1), None] {
            let back = [stay(0, 100), on(between, stay(100, 150)), stay(150, 200)];
            let own = shown(&back).into_iter().filter(|it| it.0 == 0);
            assert_eq!(own.collect::<Vec<_>>(), [(0, vec![0], 100), (0, vec![2], 200)]);
        }
    }

    #[test]
    fn a_stay_is_counted_once_and_ends_with_the_day_before_midnight() {
        let asked = WardAsked { code: "W1".to_owned(), own_lines: Some(["HIP".to_owned()].into()) };
        let year = "2025-26".parse().expect("a year");
        let calendar = Calendar::of(year, 2);
        let starts = calendar.month_starts();
        let mut ward = Counting::new(&asked, &calendar, &starts);
        // There when the year began, of another line; then a bay where the line is not known, to
        // the midnight in which Monday 7 April 2025 ends.
        let day = |it: i64| starts[0] + it * NIGHT_S;
        let rows = [
            Stay { line: "LUNG".to_owned(), ..stay(day(-1), day(2)) },
            Stay { line: String::new(), ..stay(day(2), day(7)) },
        ];
        for it in wholes(&rows) {
            let mut to_count = Some(it.start_s);
            for at in &it.rows {
                let row = (Key(1), &rows[*at]);
                to_count = ward.lies(row, &held(&rows, *at), (&starts, to_count));
            }
            ward.ends(&it, None, (&calendar, &[]));
        }
        let flow = ward.flow;
        assert_eq!((flow.all.patients, flow.all.stays, flow.all.used_s), (1, 1, 7 * NIGHT_S));
        assert_eq!((flow.months[0].newcomers, flow.months[0].others_began), (1, 0));
        assert_eq!((flow.unmapped, flow.ended, flow.ended_s), (1, 1, 8 * NIGHT_S));
        assert_eq!(flow.left, [1, 0, 0, 0, 0, 0, 0]);
    }
}
