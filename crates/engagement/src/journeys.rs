//! The journey of a patient, step by step: who, how long, at what rate; and what would become of it
//! if a step were otherwise.
//!
//! What a change releases is time of staff, and slots of a stated length. It is not cash: money is
//! saved only once it is no longer spent. Costs are to the penny, step by step, so that what is
//! shown adds up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::pence::{MANY, Pence, Rate};

/// Steps that a journey may have.
pub const STEPS_MAX: usize = 40;

/// Scenarios and ideas that a journey may have.
pub const SCENARIOS_MAX: usize = 20;

/// Tenths of a minute.
const TENTHS: i64 = 10;

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What happens.
    pub what: String,
    /// Which staff do it.
    pub staff: String,
    /// How long they need for one patient, in tenths of a minute.
    pub tenths: i64,
    /// What a minute costs.
    pub rate: Rate,
    /// Where the rate is from.
    pub from: RateSource,
}

/// Where a rate is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum RateSource {
    /// Of a published costing.
    Run {
        /// The run.
        run: String,
        /// Its period, as people read it.
        period: String,
        /// What in it.
        what: String,
    },
    /// Somebody entered it, with where it is from.
    Entered {
        /// Where it is from.
        source: String,
    },
}

/// What the service line earned less what it cost, in a published run, as it was when it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineResult {
    /// The run.
    pub run: String,
    /// Its period, as people read it.
    pub period: String,
    /// Months of the year that it covers, 1 to 12; 0 where nobody kept it.
    #[serde(default)]
    pub last_period: u8,
    /// Surplus, or deficit below zero.
    pub result: Pence,
}

/// The steps of many patients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// Patients a year.
    pub patients: i64,
    /// Steps in order.
    pub steps: Vec<Step>,
}

/// How it could be, under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// How it would be.
    pub path: Path,
}

/// An idea of a workshop, with what it is said to save.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idea {
    /// What would be done.
    pub what: String,
    /// The step that it is about, by what happens; blank for the whole journey.
    pub step: String,
    /// What it is said to save a year.
    pub saving: Pence,
    /// Reference of the action that came of it; blank for none yet.
    pub action: String,
}

/// A journey of patients of a service line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// What it is called.
    pub title: String,
    /// Which patients, from where to where.
    pub about: String,
    /// Length of a slot in minutes, such as of a clinic or a list.
    pub slot: i64,
    /// Income of one patient; none where nobody says.
    pub income: Option<Pence>,
    /// Where the income is from.
    pub income_source: String,
    /// How the service line stood.
    pub line: Option<LineResult>,
    /// As it is now.
    pub present: Path,
    /// As it could be.
    pub scenarios: Vec<Scenario>,
    /// Ideas, in order.
    pub ideas: Vec<Idea>,
}

/// Time that one group of staff would have or need, over a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// Tenths of minutes; below zero where more would be needed.
    pub tenths: i64,
    /// Slots of the stated length: whole ones that are released, and as many as are needed, a part
    /// of one being one.
    pub slots: i64,
}

impl Released {
    /// Time in slots of a length, both in tenths of minutes. Released slots are told no more than
    /// there are, needed ones no fewer.
    const fn of(tenths: i64, length: i64) -> Self {
        let slots = if tenths < 0 { tenths.div_euclid(length) } else { tenths / length };
        Self { tenths, slots }
    }
}

/// What would become of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Cost of one patient now and then.
    pub each: (Pence, Pence),
    /// Cost of all patients of a year, now and then.
    pub year: (Pence, Pence),
    /// Time by group of staff, in order.
    pub released: BTreeMap<String, Released>,
    /// By how much the result of the line would be better if all of it left, or came to, the
    /// ledger; none where patients are more or fewer and nobody says what one earns.
    pub result: Option<Pence>,
}

impl Default for RateSource {
    fn default() -> Self {
        Self::Entered { source: String::new() }
    }
}

impl Step {
    /// What it costs for one patient, to the penny.
    pub const fn cost(&self) -> Pence {
        self.rate.cost(self.tenths)
    }

    fn is_sound(&self) -> bool {
        let has_source = match &self.from {
            RateSource::Run { run, what, .. } => !run.is_empty() && !what.is_empty(),
            RateSource::Entered { source } => !source.trim().is_empty(),
        };
        let in_time = (1..MANY).contains(&self.tenths);
        let is_named = !self.what.trim().is_empty() && !self.staff.trim().is_empty();
        has_source && in_time && is_named && self.rate.is_sound()
    }
}

impl Path {
    /// What one patient costs.
    pub fn each(&self) -> Pence {
        self.steps.iter().map(Step::cost).sum()
    }

    /// What all patients of a year cost.
    pub fn year(&self) -> Pence {
        self.each().times(self.patients)
    }

    /// Time of one patient, in tenths of a minute.
    pub fn tenths(&self) -> i64 {
        self.steps.iter().map(|it| it.tenths).sum()
    }

    /// Time of a year by group of staff.
    fn by_staff(&self) -> BTreeMap<&str, i64> {
        let mut found = BTreeMap::new();
        for it in &self.steps {
            *found.entry(it.staff.trim()).or_default() += it.tenths * self.patients;
        }
        found
    }

    fn is_sound(&self) -> bool {
        let fits = self.steps.len() <= STEPS_MAX;
        fits && (0..=MANY).contains(&self.patients) && self.steps.iter().all(Step::is_sound)
    }
}

impl Journey {
    /// Whether it is such as people may write it.
    pub fn is_sound(&self) -> bool {
        let named = |it: &Scenario| {
            !it.name.trim().is_empty() && !it.path.steps.is_empty() && it.path.is_sound()
        };
        let idea = |it: &Idea| {
            !it.what.trim().is_empty() && it.saving.is_sound() && it.saving >= Pence::ZERO
        };
        !self.title.trim().is_empty()
            && (1..=MANY).contains(&self.slot)
            && self.income.is_none_or(Pence::is_sound)
            && self.present.is_sound()
            && self.scenarios.len() <= SCENARIOS_MAX
            && self.scenarios.iter().all(named)
            && self.ideas.len() <= SCENARIOS_MAX
            && self.ideas.iter().all(idea)
    }

    /// What the ideas are said to save together.
    pub fn ideas_in_all(&self) -> Pence {
        self.ideas.iter().map(|it| it.saving).sum()
    }

    /// What would become of it if it were otherwise.
    pub fn effect(&self, then: &Path) -> Effect {
        let now = &self.present;
        let (before, after) = (now.by_staff(), then.by_staff());
        let length = self.slot.max(1) * TENTHS;
        let staff = before.keys().chain(after.keys());
        let released = staff.map(|name| {
            let of = |it: &BTreeMap<&str, i64>| it.get(name).copied().unwrap_or(0);
            let tenths = of(&before) - of(&after);
            ((*name).to_owned(), Released::of(tenths, length))
        });
        let earned = (then.patients - now.patients, self.income);
        let more_income = match earned {
            (0, _) => Some(Pence::ZERO),
            (more, Some(income)) => Some(income.times(more)),
            (_, None) => None,
        };
        Effect {
            each: (now.each(), then.each()),
            year: (now.year(), then.year()),
            released: released.collect(),
            result: more_income.map(|it| it + (now.year() - then.year())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pounds(text: &str) -> Pence {
        text.parse().expect("an amount")
    }

    fn step(what: &str, staff: &str, (tenths, rate): (i64, &str)) -> Step {
        Step {
            what: what.to_owned(),
            staff: staff.to_owned(),
            tenths,
            rate: rate.parse().expect("a rate"),
            from: RateSource::Entered { source: "Pay scales".to_owned() },
        }
    }

    fn bariatric() -> Journey {
        let idea = |what: &str, saving: &str| Idea {
            what: what.to_owned(),
            saving: pounds(saving),
            ..Idea::default()
        };
        Journey {
            title: "Bariatric surgery".to_owned(),
            slot: 20,
            income: Some(pounds("5000")),
            present: Path {
                patients: 200,
                steps: vec![
                    step("Clinic", "Consultant", (300, "2.50")),
                    step("Telephone", "Nurse", (75, "0.70")),
                    step("Operation", "Theatre team", (1_800, "21.3333")),
                ],
            },
            // The savings of the guide, 6.11.
            ideas: vec![
                idea("Anaesthetise the first patient in theatre", "55000"),
                idea("Three operations a day instead of two", "140000"),
                idea("One set of staff, approach and equipment", "20000"),
            ],
            ..Journey::default()
        }
    }

    #[test]
    fn ideas_of_the_guide_add_up_to_215000() {
        let journey = bariatric();
        assert!(journey.is_sound());
        // £55,000 + £140,000 + £20,000 = £215,000.
        assert_eq!(journey.ideas_in_all(), pounds("215000"));
    }

    #[test]
    fn a_patient_costs_the_steps_to_the_penny_and_a_year_so_many_of_them() {
        let path = bariatric().present;
        let each: Vec<Pence> = path.steps.iter().map(Step::cost).collect();
        // 30 × 2.50 = 75; 7.5 × 0.70 = 5.25; 180 × 21.3333 = 3,839.994, to the penny 3,839.99.
        assert_eq!(each, [pounds("75"), pounds("5.25"), pounds("3839.99")]);
        assert_eq!(path.each(), pounds("3920.24"));
        assert_eq!(path.year(), pounds("784048"));
        assert_eq!(path.tenths(), 2_175);
    }

    #[test]
    fn a_clinic_by_telephone_frees_time_and_slots() {
        let journey = bariatric();
        let mut then = journey.present.clone();
        then.steps.remove(0);
        then.steps[0].tenths = 150;
        let effect = journey.effect(&then);
        // 30 minutes of 200 patients are 6,000 minutes, 300 slots of 20; the nurse needs 7.5 more each.
        let slots = |staff: &str| effect.released[staff];
        assert_eq!(slots("Consultant"), Released { tenths: 60_000, slots: 300 });
        assert_eq!(slots("Nurse"), Released { tenths: -15_000, slots: -75 });
        assert_eq!(slots("Theatre team"), Released { tenths: 0, slots: 0 });
        // 75.00 less and 5.25 more, 200 times.
        assert_eq!(effect.each, (pounds("3920.24"), pounds("3850.49")));
        assert_eq!(effect.result, Some(pounds("13950")));
    }

    #[test]
    fn a_part_of_a_slot_that_is_needed_is_a_slot_and_one_released_is_none() {
        let mut journey = bariatric();
        journey.present.patients = 1;
        let mut then = journey.present.clone();
        // 30 minutes less of the consultant are one slot of 20; 5 more of the nurse need one.
        then.steps.remove(0);
        then.steps[0].tenths += 50;
        then.steps[1].tenths += 201;
        let effect = journey.effect(&then);
        assert_eq!(effect.released["Consultant"], Released { tenths: 300, slots: 1 });
        assert_eq!(effect.released["Nurse"], Released { tenths: -50, slots: -1 });
        assert_eq!(effect.released["Theatre team"], Released { tenths: -201, slots: -2 });
    }

    #[test]
    fn more_patients_need_an_income_before_the_result_is_told() {
        let mut journey = bariatric();
        let then = Path { patients: 300, ..journey.present.clone() };
        // 100 more at £5,000 less £3,920.24 each: £107,976 better.
        assert_eq!(journey.effect(&then).result, Some(pounds("107976")));
        journey.income = None;
        assert_eq!(journey.effect(&then).result, None);
        assert!(journey.effect(&journey.present.clone()).result == Some(Pence::ZERO));
    }

    #[test]
    fn a_rate_without_a_source_is_not_kept() {
        let mut journey = bariatric();
        journey.present.steps[0].from = RateSource::default();
        assert!(!journey.is_sound());
        journey.present.steps.clear();
        assert!(journey.is_sound(), "a journey is begun without steps");
        journey.scenarios.push(Scenario { name: "Empty".to_owned(), ..Scenario::default() });
        assert!(!journey.is_sound(), "a scenario has steps");
    }
}
