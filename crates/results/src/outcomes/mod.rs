//! What patients got, beside what it cost: measures from the events of a run, by month.
//!
//! - [`Run::outcomes`]: stay, readmission, day cases, missed appointments and the like, of the
//!   patients of a group. A spell counts for the group that its **discharging episode** belongs
//!   to, whichever consultants or specialties had it before.
//! - [`beside`]: two years of one measure, and whether the change is more than chance.
//! - [`Run::costs_by_month`]: what the same spells cost, so that both can be set side by side.
//! - [`Run::leaving`]: stays by ward and day of discharge.
//! - [`Run::uses_by_consultant`]: what spells needed, by consultant, adjusted for what was treated.
//! - [`Run::practice`]: what the care of one consultant cost and earned, beside nobody else's.
//!
//! What each measure counts is data (`data/outcomes.toml`). Events of legally restricted records
//! stand apart and are in none of these: nobody knows any more whose they are, and nothing below
//! a service line may tell. Private patients are patients.

mod compared;
mod consultants;
mod costs_by_month;
pub(crate) mod definitions;
mod leaving;
mod newcomers;
mod operations;
mod practice;
mod ready;
pub(crate) mod spells;
mod uses;

use std::path::Path;

use serde::Serialize;
use statistics::mean::Sample;
use statistics::proportion::Proportion;
use statistics::quantile::{Spread, spread};
use statistics::ratio::CountRatio;
use statistics::{Estimate, Level};
use tables::run::CostedEvent;

pub use compared::{Charted, Compared, beside};
pub use consultants::{BeyondChance, ConsultantUse, LeftOut, UseAsked, Uses, known_uses};
pub use costs_by_month::{CostByMonth, CostsByMonth, MonthCost};
pub use definitions::{Form, Good};
pub(crate) use leaving::weekday;
pub use leaving::{Leaving, Split, StayGroup};
pub use newcomers::{Newcomer, Stage};
pub use practice::{Complication, Counted, Practice, Treated};
pub use ready::{StayCosts, Waits};

use crate::group::PatientGroup;
use crate::{ResultsError, Run, reading};
pub(crate) use definitions::Definitions;
use definitions::{Filter, Kind, MeasureRule};
use operations::Operations;
pub(crate) use operations::of_this_run;
pub(crate) use spells::{Calendar, Spells};
use spells::{Followed, Spell, followed};
pub(crate) use uses::of_events;

/// One measure of a patient group in the year to date of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Code, such as `stay`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit: `days`, `percent`, `follow-ups`.
    pub unit: String,
    /// Which way is good.
    pub good: Good,
    /// What makes a value of numerator and denominator.
    pub form: Form,
    /// Each month of the year to date, in order, those without a value too; none if `absent`.
    pub months: Vec<MonthValue>,
    /// What belongs to the base but cannot be known yet, such as the last discharges.
    pub unknown: u64,
    /// Why there is no measure, in words; none if there is one.
    pub absent: Option<String>,
    /// Spread over spells, of a mean.
    pub spread: Option<Spread>,
    /// What is counted.
    pub definition: String,
    /// Where the definition is from.
    pub source: String,
}

/// One month of a measure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MonthValue {
    /// Month, such as `2025-07`.
    pub month: String,
    /// What is counted.
    pub numerator: i64,
    /// What it is counted for; 0 where there is nothing.
    pub denominator: i64,
    /// Of a mean, the sum of the squares of what was added up; else 0.
    pub squares: i64,
}

impl MonthValue {
    /// Numerator and denominator of several months together.
    pub fn total<'a>(months: impl IntoIterator<Item = &'a Self>) -> Self {
        months.into_iter().fold(Self::default(), |mut sum, it| {
            sum.add(it.numerator, it.denominator, it.squares);
            sum
        })
    }

    fn add(&mut self, numerator: i64, denominator: i64, squares: i64) {
        self.numerator += numerator;
        self.denominator += denominator;
        self.squares += squares;
    }

    /// The value with its 95% interval: a mean in its unit, a proportion from 0 to 1, a ratio.
    /// None without a denominator, and of a mean of one.
    pub fn estimate(&self, form: Form) -> Option<Estimate> {
        let level = Level::NinetyFive;
        match form {
            Form::Mean => self.sample()?.estimate(level),
            Form::Proportion => Some(self.proportion()?.estimate(level)),
            Form::Ratio => self.ratio()?.estimate(level),
        }
    }

    fn sample(&self) -> Option<Sample> {
        let n = u64::try_from(self.denominator).ok().filter(|it| *it > 0)?;
        Some(Sample::of_sums(n, self.numerator, self.squares))
    }

    fn proportion(&self) -> Option<Proportion> {
        Proportion::new(u64::try_from(self.numerator).ok()?, u64::try_from(self.denominator).ok()?)
    }

    fn ratio(&self) -> Option<CountRatio> {
        CountRatio::new(u64::try_from(self.numerator).ok()?, u64::try_from(self.denominator).ok()?)
    }
}

impl Outcome {
    /// The value of the year to date, with its interval; none if there is no measure.
    pub fn estimate(&self) -> Option<Estimate> {
        MonthValue::total(&self.months).estimate(self.form)
    }
}

/// One measure while events are added.
struct Counting {
    definition: &'static MeasureRule,
    months: Vec<MonthValue>,
    unknown: u64,
    /// What a mean is made of.
    values: Vec<i64>,
    /// Whether anybody's numerator was seen in the run.
    is_recorded: bool,
}

impl Run {
    /// The measures of the patients of a group, in the order of their definitions. Those that this
    /// run cannot tell say why, and have no months.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn outcomes(&self, group: &PatientGroup) -> Result<Vec<Outcome>, ResultsError> {
        self.outcomes_with(group, None)
    }

    /// The same with the run's own dataset, whose theatre rows tell how often a patient was
    /// operated on.
    ///
    /// # Errors
    ///
    /// Those of [`Run::outcomes`]; [`ResultsError::OtherDataset`] if it is not that of the run.
    pub fn outcomes_with(
        &self,
        group: &PatientGroup,
        dataset: Option<&Path>,
    ) -> Result<Vec<Outcome>, ResultsError> {
        let own = Definitions::own();
        let rules = self.rules()?;
        let calendar = Calendar::of(rules.year, rules.last_period);
        let mut counts: Vec<Counting> =
            own.measures.iter().map(|it| Counting::new(it, &calendar)).collect();
        let mut spells = Spells::default();
        for reader in reading::readers(self, "events")? {
            for rows in reader.groups() {
                for event in reader.rows::<CostedEvent>(rows)? {
                    spells.add(&event, &own.spells, group);
                    count_event(&mut counts, &event, group, &calendar);
                }
            }
        }
        let operations = Operations::read(self, dataset)?;
        for patient in spells.by_patient(&calendar)? {
            for index in 0..patient.len() {
                for count in &mut counts {
                    count.spell((&patient, index), &calendar, operations.as_ref());
                }
            }
        }
        let can_count = operations.is_some();
        Ok(counts.into_iter().map(|it| it.outcome(can_count)).collect())
    }
}

fn count_event(
    counts: &mut [Counting],
    event: &CostedEvent,
    group: &PatientGroup,
    calendar: &Calendar,
) {
    let month = || calendar.day(event.start_s).and_then(|it| calendar.month(it));
    for count in counts.iter_mut().filter(|it| it.definition.kind == Kind::Events) {
        let counted = Filter::any(&count.definition.numerator, event);
        let is_base = Filter::any(&count.definition.denominator, event);
        if !counted && !is_base {
            continue;
        }
        let Some(month) = month() else { continue };
        count.is_recorded |= counted;
        if group.holds(event) {
            count.months[month].add(i64::from(counted), i64::from(is_base), 0);
        }
    }
}

impl Counting {
    fn new(definition: &'static MeasureRule, calendar: &Calendar) -> Self {
        let month = |month| MonthValue { month, ..MonthValue::default() };
        Self {
            definition,
            months: calendar.months().into_iter().map(month).collect(),
            unknown: 0,
            values: Vec::new(),
            is_recorded: false,
        }
    }

    /// Counts one spell of a patient's, if it is one of the group and ended in the year to date.
    fn spell(
        &mut self,
        (patient, index): (&[Spell], usize),
        calendar: &Calendar,
        operations: Option<&Operations>,
    ) {
        let spell = &patient[index];
        let (Some(episode), Some(day)) = (&spell.episode, spell.discharged) else { return };
        let Some(month) = calendar.month(day) else { return };
        match self.definition.kind {
            Kind::Events => {}
            Kind::Stay => {
                let nights = spell.nights().unwrap_or_default();
                self.values.push(nights);
                self.months[month].add(nights, 1, nights * nights);
            }
            Kind::Readmission => match followed((patient, index), calendar) {
                None => {}
                Some(Followed::NotYetKnown) => self.unknown += 1,
                Some(Followed::ByNothing) => self.months[month].add(0, 1, 0),
                Some(Followed::By(_)) => self.months[month].add(1, 1, 0),
            },
            Kind::Spells => {
                let counted = Filter::any_pod(&self.definition.numerator, &episode.pod);
                let is_base = Filter::any_pod(&self.definition.denominator, &episode.pod);
                self.months[month].add(i64::from(counted), i64::from(is_base), 0);
            }
            Kind::Returns => {
                let number = operations.map_or(0, |it| it.of(spell));
                self.months[month].add(i64::from(number > 1), i64::from(number > 0), 0);
            }
        }
    }

    fn outcome(self, can_count_operations: bool) -> Outcome {
        let it = self.definition;
        let is_known = match it.kind {
            Kind::Returns => can_count_operations,
            _ => self.is_recorded || !it.must_be_recorded,
        };
        let has_value = is_known && MonthValue::total(&self.months).denominator > 0;
        let values: Vec<f64> = self.values.iter().copied().map(uses::as_measured).collect();
        Outcome {
            code: it.code.clone(),
            name: it.name.clone(),
            unit: it.unit.clone(),
            good: it.good,
            form: it.form,
            months: if has_value { self.months } else { Vec::new() },
            unknown: self.unknown,
            absent: (!has_value).then(|| it.absent.clone()),
            spread: spread(&values),
            definition: it.definition.clone(),
            source: it.sources(),
        }
    }
}
