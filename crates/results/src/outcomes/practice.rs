//! The practice of one consultant in a service line: what their patients' care cost and earned, and
//! after which spells patients came back or had to be operated on again, with what that cost.
//!
//! It sets nobody beside anybody else. Events count for the consultant who had them, spells for the
//! one who discharged the patient, and a spell costs what all its episodes cost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Money;
use tables::run::CostedEvent;

use super::definitions::{Definitions, Kind, MeasureRule};
use super::operations::Operations;
use super::spells::{Calendar, Followed, Spell, Spells, followed};
use crate::explain::Named;
use crate::explain::names::Names;
use crate::group::PatientGroup;
use crate::listing::is_costed;
use crate::{ResultsError, Run, reading};

/// The practice of one consultant in a service line, in the year to date of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practice {
    /// Whether any event of the service line names a consultant.
    pub is_coded: bool,
    /// Events by type, in the order of their codes.
    pub kinds: Vec<(Named, Treated)>,
    /// All events together.
    pub all: Treated,
    /// What the events earned, as recognised.
    pub recognised: Money,
    /// The same at unit price.
    pub at_unit_price: Money,
    /// The events that earned something, as recognised and at unit price, with what they earned in
    /// place of what they cost.
    pub earning: [Treated; 2],
    /// Spells that ended in the months of the run and whose patients the consultant discharged.
    pub spells: Treated,
    /// Readmissions and further operations, in the order of their definitions.
    pub complications: Vec<Complication>,
}

/// So many events or spells, of so many patients, at what cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Treated {
    /// How many.
    pub count: u64,
    /// Of how many patients.
    pub patients: u64,
    /// Cost, own and absorbed.
    pub cost: Money,
    /// Cost of the dearest patient, and of the two dearest together.
    pub dearest: (Money, Money),
}

/// A measure of what went wrong after or in spells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complication {
    /// Code of the measure, such as `readmission`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What is counted.
    pub definition: String,
    /// Where the definition is from.
    pub source: String,
    /// What was found, or why nothing can be said, in words.
    pub found: Result<Counted, String>,
}

/// Spells that a measure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Those counted.
    pub spells: Treated,
    /// Those of which they are some.
    pub of: Treated,
    /// Spells of which it cannot be known yet.
    pub unknown: Treated,
    /// The emergency spells with which patients came back, each once, to whichever specialty; none of
    /// a measure that looks at nothing afterwards.
    pub after: Option<Treated>,
}

impl Run {
    /// The practice of a consultant, by the reference that the run has, in a service line. The run's
    /// own dataset tells how often a patient was operated on.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read; [`ResultsError::OtherDataset`] if the
    /// dataset is not that of the run.
    pub fn practice(
        &self,
        (service_line, consultant): (&str, &str),
        dataset: Option<&Path>,
    ) -> Result<Practice, ResultsError> {
        let own = Definitions::own();
        let rules = self.rules()?;
        let calendar = Calendar::of(rules.year, rules.last_period);
        let group = PatientGroup {
            consultants: [consultant.to_owned()].into(),
            ..PatientGroup::of_line(service_line)
        };
        let mut events = Events::default();
        let mut spells = Spells::default();
        for reader in reading::readers(self, "events")? {
            for rows in reader.groups() {
                for event in reader.rows::<CostedEvent>(rows)? {
                    spells.add(&event, &own.spells, &group);
                    events.add(&event, &group);
                }
            }
        }
        let operations = Operations::read(self, dataset)?;
        let mut counting: Vec<Counting> = own.measures.iter().filter_map(Counting::of).collect();
        let mut discharged = Adding::default();
        for patient in spells.by_patient(&calendar)? {
            for (index, spell) in patient.iter().enumerate() {
                let ended = spell.discharged.is_some_and(|it| calendar.month(it).is_some());
                if spell.episode.is_none() || !ended {
                    continue;
                }
                discharged.add(&spell.patient, spell.cost);
                for it in &mut counting {
                    it.spell((&patient, index), &calendar, operations.as_ref());
                }
            }
            for it in &mut counting {
                it.end_of(&patient);
            }
        }
        let names = Names(rules);
        let kinds = events.kinds.into_iter();
        let earning = events.earning.map(Adding::treated);
        Ok(Practice {
            is_coded: events.is_coded,
            kinds: kinds.map(|(code, it)| (names.event_type(&code), it.treated())).collect(),
            all: events.all.treated(),
            recognised: earning[0].cost,
            at_unit_price: earning[1].cost,
            earning,
            spells: discharged.treated(),
            complications: counting.into_iter().map(Counting::complication).collect(),
        })
    }
}

/// Events or spells while they are added up.
#[derive(Default)]
struct Adding {
    count: u64,
    patients: BTreeMap<String, Money>,
}

impl Adding {
    fn add(&mut self, patient: &str, cost: Money) {
        self.count += 1;
        *self.patients.entry(patient.to_owned()).or_default() += cost;
    }

    fn treated(self) -> Treated {
        let mut costs: Vec<Money> = self.patients.into_values().collect();
        costs.sort();
        let nth = |it: usize| costs.iter().rev().nth(it).copied().unwrap_or_default();
        Treated {
            count: self.count,
            patients: costs.len() as u64,
            cost: costs.iter().sum(),
            // Two are never less than one, whatever was credited to the second.
            dearest: (nth(0), nth(0) + nth(1).max(Money::ZERO)),
        }
    }
}

/// Events of the consultant while they are added up.
#[derive(Default)]
struct Events {
    is_coded: bool,
    kinds: BTreeMap<String, Adding>,
    all: Adding,
    /// What was earned, as recognised and at unit price.
    earning: [Adding; 2],
}

impl Events {
    fn add(&mut self, event: &CostedEvent, group: &PatientGroup) {
        self.is_coded |= event.service_line == group.service_line && !event.consultant.is_empty();
        // As in the activity of service lines, an event without cost and income is none.
        if !group.holds(event) || !is_costed(event) {
            return;
        }
        let cost = event.own + event.absorbed;
        self.kinds.entry(event.event_type.clone()).or_default().add(&event.patient, cost);
        self.all.add(&event.patient, cost);
        let earned = [event.income_recognised, event.income_at_unit_price];
        for (adding, income) in self.earning.iter_mut().zip(earned) {
            if !income.is_zero() {
                adding.add(&event.patient, income);
            }
        }
    }
}

/// One measure while spells are counted.
struct Counting {
    rule: &'static MeasureRule,
    counted: Adding,
    of: Adding,
    unknown: Adding,
    /// Spells with which the patient at hand came back.
    came_back: BTreeSet<usize>,
    after: Adding,
}

impl Counting {
    /// Of a measure that is about what went wrong; none of others.
    fn of(rule: &'static MeasureRule) -> Option<Self> {
        matches!(rule.kind, Kind::Readmission | Kind::Returns).then(|| Self {
            rule,
            counted: Adding::default(),
            of: Adding::default(),
            unknown: Adding::default(),
            came_back: BTreeSet::new(),
            after: Adding::default(),
        })
    }

    /// One spell of a patient's that the consultant ended.
    fn spell(
        &mut self,
        (patient, index): (&[Spell], usize),
        calendar: &Calendar,
        operations: Option<&Operations>,
    ) {
        let spell = &patient[index];
        if self.rule.kind == Kind::Returns {
            let number = operations.map_or(0, |it| it.of(spell));
            if number > 0 {
                self.of.add(&spell.patient, spell.cost);
            }
            if number > 1 {
                self.counted.add(&spell.patient, spell.cost);
            }
            return;
        }
        match followed((patient, index), calendar) {
            None => {}
            Some(Followed::NotYetKnown) => self.unknown.add(&spell.patient, spell.cost),
            Some(Followed::ByNothing) => self.of.add(&spell.patient, spell.cost),
            Some(Followed::By(next)) => {
                self.of.add(&spell.patient, spell.cost);
                self.counted.add(&spell.patient, spell.cost);
                self.came_back.insert(next);
            }
        }
    }

    /// After the spells of a patient: those with which they came back, each once.
    fn end_of(&mut self, patient: &[Spell]) {
        for index in std::mem::take(&mut self.came_back) {
            self.after.add(&patient[index].patient, patient[index].cost);
        }
    }

    fn complication(self) -> Complication {
        let it = self.rule;
        let is_readmission = it.kind == Kind::Readmission;
        let found = if self.of.count == 0 {
            Err(it.absent.clone())
        } else {
            Ok(Counted {
                spells: self.counted.treated(),
                of: self.of.treated(),
                unknown: self.unknown.treated(),
                after: is_readmission.then(|| self.after.treated()),
            })
        };
        Complication {
            code: it.code.clone(),
            name: it.name.clone(),
            definition: it.definition.clone(),
            source: it.sources(),
            found,
        }
    }
}
