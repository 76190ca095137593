//! What a row's texts decide: its activities, weight sets and relative weights, found once a text.

use std::rc::Rc;

use hashbrown::HashMap;
use rules::year::{Pattern, WeightKey};
use serde::{Deserialize, Serialize};

use super::columns::{FeedColumns, Text};
use super::plan::{FeedPlan, Plan, fits};

/// Everything that a row's code, band, specialty and location decide.
#[derive(Debug)]
pub(super) struct RowPlan {
    pub(super) activities: Vec<PlannedActivity>,
    /// Sets that can receive a part of a session's unused time; none if the row uses no sessions.
    pub(super) spread: Vec<PlannedSet>,
    /// Whether any of the activities uses sessions.
    pub(super) uses_sessions: bool,
}

/// One activity in which a row counts.
#[derive(Debug)]
pub(super) struct PlannedActivity {
    pub(super) activity: usize,
    /// The row counts if the matched event's category fits one of these.
    categories: Vec<Pattern>,
    pub(super) sets: Vec<PlannedSet>,
}

/// One weight set in which a row weighs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PlannedSet {
    pub(super) set: usize,
    /// Relative weight × 10⁴, or 1 without relative weights.
    pub(super) relative: i64,
    /// The code, if the stated default was taken.
    pub(super) defaulted: Option<String>,
}

impl PlannedActivity {
    pub(super) fn takes(&self, category: &str) -> bool {
        self.categories.iter().any(|it| it.fits(category))
    }
}

/// Code, band, specialty and location of a row.
type RowTexts<'a> = [&'a str; 4];

/// The columns of these.
const DECIDING: [Text; 4] = [Text::Code, Text::Band, Text::Specialty, Text::Location];

/// The plans of one batch of a feed, remembered by the places of the texts that decide them.
#[derive(Debug)]
pub(super) struct RowPlans<'a> {
    plan: &'a Plan,
    feed: &'a FeedPlan,
    known: Known,
}

/// Plans by the places of the deciding texts: in a list where there are few combinations of them.
#[derive(Debug)]
enum Known {
    Listed { counts: [usize; 4], plans: Vec<Option<Rc<RowPlan>>> },
    Mapped(HashMap<[usize; 4], Rc<RowPlan>>),
}

/// Combinations of texts for which a list is small beside the rows of a bucket.
const LISTED_MAX: usize = 1 << 14; // number: a list of 16,384 places

impl<'a> RowPlans<'a> {
    /// Ready for the rows of a batch.
    pub(super) fn new(plan: &'a Plan, feed: &'a FeedPlan, columns: &FeedColumns<'_>) -> Self {
        let counts = DECIDING.map(|text| columns.list(text).len());
        let combinations = counts.iter().try_fold(1_usize, |all, it| all.checked_mul(*it));
        let known = match combinations.filter(|it| *it <= LISTED_MAX) {
            Some(length) => Known::Listed { counts, plans: vec![None; length] },
            None => Known::Mapped(HashMap::new()),
        };
        Self { plan, feed, known }
    }

    /// The plan of a row of the batch.
    pub(super) fn of(&mut self, columns: &FeedColumns<'_>, row: usize) -> Rc<RowPlan> {
        let places = DECIDING.map(|text| columns.place(text, row));
        if let Some(found) = self.known.get(places) {
            return Rc::clone(found);
        }
        let made = Rc::new(self.make(DECIDING.map(|text| columns.text(text, row))));
        self.known.put(places, Rc::clone(&made));
        made
    }

    fn make(&self, texts: RowTexts<'_>) -> RowPlan {
        let mut activities: Vec<PlannedActivity> = Vec::new();
        for (rule, activity) in self.feed.rules.iter().filter(|(rule, _)| fits(rule, texts)) {
            match activities.iter_mut().find(|it| it.activity == *activity) {
                Some(known) => known.categories.push(rule.category.clone()),
                None => activities.push(PlannedActivity {
                    activity: *activity,
                    categories: vec![rule.category.clone()],
                    sets: self.sets(&self.plan.activities[*activity].sets, texts),
                }),
            }
        }
        let uses = activities.iter().any(|it| self.plan.activities[it.activity].uses_sessions);
        let spread = if uses { self.sets(&self.plan.spread_sets, texts) } else { Vec::new() };
        RowPlan { activities, spread, uses_sessions: uses }
    }

    fn sets(&self, sets: &[usize], texts: RowTexts<'_>) -> Vec<PlannedSet> {
        let planned = |&set: &usize| {
            let rules = &self.plan.sets[set];
            let Some(default) = rules.default_e4 else {
                return PlannedSet { set, relative: 1, defaulted: None };
            };
            let [code, band, specialty, location] = texts;
            let key = match rules.key {
                WeightKey::Code => code,
                WeightKey::Band => band,
                WeightKey::Specialty => specialty,
                WeightKey::Location => location,
            };
            match rules.table.get(key) {
                Some(value) => PlannedSet { set, relative: *value, defaulted: None },
                None => PlannedSet { set, relative: default, defaulted: Some(key.to_owned()) },
            }
        };
        sets.iter().map(planned).collect()
    }
}

impl Known {
    fn get(&self, places: [usize; 4]) -> Option<&Rc<RowPlan>> {
        match self {
            Self::Listed { counts, plans } => plans[place_of(*counts, places)].as_ref(),
            Self::Mapped(plans) => plans.get(&places),
        }
    }

    fn put(&mut self, places: [usize; 4], plan: Rc<RowPlan>) {
        match self {
            Self::Listed { counts, plans } => plans[place_of(*counts, places)] = Some(plan),
            Self::Mapped(plans) => drop(plans.insert(places, plan)),
        }
    }
}

/// Where a combination of places stands in a list of all of them.
fn place_of(counts: [usize; 4], places: [usize; 4]) -> usize {
    counts.iter().zip(places).fold(0, |all, (count, place)| all * count + place)
}
