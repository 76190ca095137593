//! Where and when patients leave: stays by ward of discharge, and by the day of the week on which
//! they left or came.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::{Day, Money};
use rules::YearRules;
use statistics::case_mix::{Adjusted, Case, Floors, TooFew, compare};
use statistics::mean::Sample;
use statistics::quantile::{Spread, spread};
use statistics::{Estimate, Level};
use tables::dataset::FeedRow;
use tables::run::CostedEvent;

use super::consultants::Strata;
use super::definitions::Definitions;
use super::operations::of_this_run;
use super::ready::{self, Waits};
use super::spells::{Calendar, Episode, Spell, Spells};
use super::uses;
use crate::explain::Named;
use crate::explain::names::Names;
use crate::group::PatientGroup;
use crate::reading::TableReader;
use crate::ward::place_of;
use crate::{ResultsError, Run, reading};

const WEEK: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Stays of a patient group that ended in the year to date of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaving {
    /// All of them.
    pub all: StayGroup,
    /// By ward of discharge; why there are none, where the rows of the wards are not at hand.
    pub wards: Result<Split, String>,
    /// By the day of the week on which they ended: shown, and not compared.
    pub discharged: Split,
    /// By the day of the week on which they began.
    pub admitted: Split,
    /// By how long patients waited after they were ready to leave; why that is not told.
    pub ready: Result<Waits, String>,
    /// How few is too few for a mean and a comparison.
    pub floors: Floors,
    /// Where the definitions are from.
    pub source: String,
}

/// Stays by something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// What it is by.
    pub definition: String,
    /// Wards in the order of their codes, days from Monday to Sunday.
    pub groups: Vec<StayGroup>,
    /// Stays of which it is not known.
    pub unknown: u64,
}

/// Some stays.
#[derive(Clone, Debug, PartialEq)]
pub struct StayGroup {
    /// Ward or day.
    pub name: Named,
    /// Spells.
    pub spells: u64,
    /// Nights of all of them.
    pub nights: i64,
    /// Mean nights with the 95% interval; none of fewer than two.
    pub mean: Option<Estimate>,
    /// Quarters and ends.
    pub spread: Option<Spread>,
    /// Beside like spells of the others; why not; none where it is not compared.
    pub compared: Option<Result<Adjusted, TooFew>>,
}

/// One stay that ended.
pub(super) struct Stay {
    pub(super) patient: String,
    /// Reference of its discharging episode.
    pub(super) discharging: String,
    pub(super) between: (i64, i64),
    pub(super) left: Day,
    pub(super) nights: i64,
    pub(super) cost: Money,
    pub(super) admitted: usize,
    pub(super) discharged: usize,
    pub(super) strata: Vec<usize>,
}

/// Ward stays by patient: when each began, and the ward.
type WardStays = BTreeMap<String, Vec<(i64, String)>>;

impl Run {
    /// Stays of a group by ward and day of discharge and by day of admission; wards are read from
    /// the run's own dataset.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read; [`ResultsError::OtherDataset`] if
    /// the dataset is not that of the run.
    pub fn leaving(
        &self,
        group: &PatientGroup,
        dataset: Option<&Path>,
    ) -> Result<Leaving, ResultsError> {
        let stays = self.ended(group)?;
        let (rules, own) = (self.rules()?, &Definitions::own().stays);
        let floors = own.floors();
        let week: Vec<Named> =
            WEEK.map(|it| Named { code: it[..3].to_owned(), name: it.to_owned() }).into();
        let by_day =
            |day: fn(&Stay) -> usize| stays.iter().map(|it| Some(day(it))).collect::<Vec<_>>();
        let wards = match dataset {
            None => None,
            Some(folder) => {
                of_this_run(self, folder)?;
                let patients = stays.iter().map(|it| it.patient.as_str()).collect();
                ward_stays(rules, folder, &patients)?
            }
        };
        let wards = wards.ok_or_else(|| own.absent.clone()).map(|it| {
            let last: Vec<Option<&str>> = stays.iter().map(|stay| last_ward(&it, stay)).collect();
            let known: BTreeSet<&str> = last.iter().flatten().copied().collect();
            let known: Vec<&str> = known.into_iter().collect();
            let place = |ward: &&str| known.iter().position(|it| it == ward);
            let places: Vec<Option<usize>> =
                last.iter().map(|it| it.as_ref().and_then(place)).collect();
            let names = known.iter().map(|it| Names(rules).activity(it)).collect();
            split((&stays, &places), names, &own.ward, Some(floors))
        });
        let ready = match dataset {
            None => Err(own.no_events.clone()),
            Some(folder) => ready::waits(rules, folder, &stays)?,
        };
        let nights: Vec<i64> = stays.iter().map(|it| it.nights).collect();
        let all = Named { code: "ALL".to_owned(), name: "All stays".to_owned() };
        Ok(Leaving {
            all: stay_group(all, &nights),
            wards,
            discharged: split(
                (&stays, &by_day(|it| it.discharged)),
                week.clone(),
                &own.discharged,
                None,
            ),
            admitted: split((&stays, &by_day(|it| it.admitted)), week, &own.admitted, Some(floors)),
            ready,
            floors,
            source: own.source.clone(),
        })
    }

    fn ended(&self, group: &PatientGroup) -> Result<Vec<Stay>, ResultsError> {
        let rules = self.rules()?;
        let calendar = Calendar::of(rules.year, rules.last_period);
        let mut spells = Spells::default();
        for reader in reading::readers(self, "events")? {
            for rows in reader.groups() {
                for event in reader.rows::<CostedEvent>(rows)? {
                    spells.add(&event, &Definitions::own().spells, group);
                }
            }
        }
        let mut strata = Strata::default();
        let spells = spells.by_patient(&calendar)?.into_iter().flatten();
        Ok(spells.filter_map(|it| stay(it, &calendar, &mut strata)).collect())
    }
}

fn stay(mut spell: Spell, calendar: &Calendar, strata: &mut Strata) -> Option<Stay> {
    let episode: Episode = spell.episode.take()?;
    let (admitted, discharged) = (spell.admitted?, spell.discharged?);
    calendar.month(discharged)?;
    Some(Stay {
        between: (spell.start_s, spell.end_s?),
        left: discharged,
        nights: spell.nights()?,
        cost: spell.cost,
        discharging: spell.discharging().to_owned(),
        admitted: weekday(admitted),
        discharged: weekday(discharged),
        strata: strata.of(&episode),
        patient: spell.patient,
    })
}

/// 0 for Monday: the first day of 1970 was a Thursday.
pub(crate) fn weekday(day: Day) -> usize {
    usize::try_from((day.0 + 3).rem_euclid(7)).unwrap_or_default()
}

/// The ward of the last ward stay that began in the spell; none if the model has no activity of it.
fn last_ward<'a>(wards: &'a WardStays, stay: &Stay) -> Option<&'a str> {
    let (start, end) = stay.between;
    let own = wards.get(&stay.patient)?.iter().filter(|it| it.0 >= start && it.0 < end);
    let last = own.max_by_key(|it| (it.0, &it.1)).map(|it| it.1.as_str());
    last.filter(|it| !it.is_empty())
}

/// Rows of the feeds in which a patient is in one place at a time, by the activity of the place;
/// none if there is no such feed.
fn ward_stays(
    rules: &YearRules,
    folder: &Path,
    patients: &BTreeSet<&str>,
) -> Result<Option<WardStays>, ResultsError> {
    let mut found: Option<WardStays> = None;
    for (feed, _) in rules.feeds.iter().filter(|it| it.1.exclusive) {
        let path = folder.join("feeds").join(format!("{feed}.parquet"));
        if !path.exists() {
            continue;
        }
        let wards = found.get_or_insert_default();
        let of_feed = rules.activity_rules.get(feed).map_or(&[][..], Vec::as_slice);
        let reader = TableReader::open(&path)?;
        for group in reader.groups() {
            for row in reader.rows::<FeedRow>(group)? {
                let Some(patient) = row.patient.map(|it| it.to_string()) else { continue };
                if !patients.contains(patient.as_str()) {
                    continue;
                }
                let ward = place_of(of_feed, (&row.code, &row.location));
                let ward = ward.unwrap_or_default().to_owned();
                wards.entry(patient).or_default().push((row.start_s, ward));
            }
        }
    }
    Ok(found)
}

pub(super) fn split(
    (stays, places): (&[Stay], &[Option<usize>]),
    names: Vec<Named>,
    definition: &str,
    floors: Option<Floors>,
) -> Split {
    let mut nights: Vec<Vec<i64>> = vec![Vec::new(); names.len()];
    let mut cases = Vec::new();
    for (stay, place) in std::iter::zip(stays, places) {
        let Some(unit) = *place else { continue };
        nights[unit].push(stay.nights);
        let value = uses::as_measured(stay.nights);
        cases.push(Case { unit, strata: stay.strata.clone(), value });
    }
    let mut groups: Vec<StayGroup> =
        names.into_iter().zip(&nights).map(|(name, nights)| stay_group(name, nights)).collect();
    if let Some(floors) = floors {
        let found = compare(&cases, groups.len(), floors).units;
        groups.iter_mut().zip(found).for_each(|(group, it)| group.compared = Some(it));
    }
    let unknown = places.iter().filter(|it| it.is_none()).count();
    Split {
        definition: definition.to_owned(),
        groups,
        unknown: u64::try_from(unknown).unwrap_or(u64::MAX),
    }
}

fn stay_group(name: Named, nights: &[i64]) -> StayGroup {
    let values: Vec<f64> = nights.iter().copied().map(uses::as_measured).collect();
    StayGroup {
        name,
        spells: u64::try_from(nights.len()).unwrap_or(u64::MAX),
        nights: nights.iter().sum(),
        mean: Sample::of(values.iter().copied()).estimate(Level::NinetyFive),
        spread: spread(&values),
        compared: None,
    }
}
