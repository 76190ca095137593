//! What a group cost, worked out once for its conditions and the runs that are shown.

use std::sync::Arc;

use disclosure::DisclosureRules;
use domain::Money;
use results::group::{GroupCosts, PatientGroup, group_costs};
use results::{Caller, Run};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::words;

/// Costs that were worked out, by the two runs and the group.
static KNOWN: Kept<(String, String, PatientGroup), GroupCosts> = Kept::new(GROUPS);

/// Groups that are kept at most.
const GROUPS: usize = 50;

/// Bars of a distribution at most, before those that cost more than any of them.
const BARS: i64 = 8;

/// The runs that tell of a group: of the year in which its patients are found, and of the year
/// after.
pub(super) struct Years {
    pub(super) first: Arc<Run>,
    pub(super) next: Option<Arc<Run>>,
}

impl Years {
    /// The latest published run and the one of the year before; nothing where nothing is published.
    /// To be called away from the threads that answer requests.
    pub(super) fn of(app: &App) -> Result<Option<Self>, Fault> {
        let Some(latest) = app.shelf().latest(false)? else { return Ok(None) };
        Ok(Some(match app.shelf().year_before(&latest)? {
            Some(before) => Self { first: before, next: Some(latest) },
            None => Self { first: latest, next: None },
        }))
    }

    /// Costs of a group; the question is on record, whether they are known already or not.
    pub(super) fn costs(
        &self,
        group: &PatientGroup,
        caller: &Caller,
    ) -> Result<Arc<GroupCosts>, Fault> {
        let hash = |it: &Run| it.manifest_sha256().to_owned();
        let next = self.next.as_deref();
        let key = (hash(&self.first), next.map(hash).unwrap_or_default(), group.clone());
        KNOWN.of(key, || Ok(group_costs(&self.first, next, group, caller)?))
    }

    /// Whose care it is, and for how long.
    pub(super) fn words(&self) -> String {
        let year = words::year(&self.first.manifest().year);
        match &self.next {
            Some(next) if next.manifest().last_period < 12 => format!(
                "Patients whose first such event began in {year}, followed for 365 days from it, or to the end of {} where that was sooner.",
                results::since::month(next.manifest().last_period)
            ),
            Some(_) => format!(
                "Patients whose first such event began in {year}, followed for 365 days from it."
            ),
            None => format!(
                "Patients whose first such event began in {year}, followed to the end of the months that are published: no year after it is published yet, so later patients were followed for less than a year."
            ),
        }
    }
}

/// An amount of the care of other service lines, so roughly that the part of no patient can be worked
/// out from it and that of a group with one patient less: to the nearest step of 1, 2 or 5 with
/// noughts that is twice what the dearest patient cost, or more. None where there are too few.
pub(super) fn roughly(costs: &[Money]) -> Option<Money> {
    if costs.len() as u64 <= u64::from(DisclosureRules::own().small_number.value) {
        return None;
    }
    let pounds = |it: Money| it.micro_pounds().div_euclid(1_000_000) + 1;
    let dearest = costs.iter().map(|it| it.abs()).max().unwrap_or_default();
    let step = step(2 * pounds(dearest)) * 1_000_000;
    let total = costs.iter().sum::<Money>().micro_pounds();
    Some(Money::from_micro_pounds((total + step / 2).div_euclid(step) * step))
}

/// Whether there are so few patients that nothing is told.
pub(super) fn are_few(costs: &GroupCosts) -> bool {
    costs.patients() <= u64::from(DisclosureRules::own().small_number.value)
}

/// Patients by what they cost: bars of equal width, and how many cost more than all of them.
pub(super) fn distribution(costs: &[Money]) -> Vec<(String, u64)> {
    let pounds: Vec<i64> = costs.iter().map(|it| it.micro_pounds().div_euclid(1_000_000)).collect();
    // Nine of ten patients fill the bars; a few very dear ones would flatten all others.
    let Some(most) = pounds.get((pounds.len() * 9).div_ceil(10).saturating_sub(1)) else {
        return Vec::new();
    };
    let step = step(*most / BARS + 1);
    let mut found: Vec<(String, u64)> = Vec::new();
    let said = |it: i64| words::pounds(Money::from_pounds(it));
    for bar in 0..BARS {
        let (from, to) = (bar * step, (bar + 1) * step);
        let inside = pounds.iter().filter(|it| (bar == 0 || **it >= from) && **it < to).count();
        found.push((format!("{} up to {}", said(from), said(to)), inside as u64));
    }
    let more = pounds.iter().filter(|it| **it >= BARS * step).count();
    found.push((format!("{} or more", said(BARS * step)), more as u64));
    while found.len() > 1 && found.last().is_some_and(|it| it.1 == 0) {
        found.pop();
    }
    found
}

/// The next of 1, 2, 5, 10, 20, …
fn step(least: i64) -> i64 {
    let mut power = 1;
    loop {
        for it in [1, 2, 5] {
            if it * power >= least {
                return it * power;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn care_elsewhere_is_told_so_roughly_that_nobody_can_be_subtracted() {
        let of = |all: &[i64]| {
            roughly(&all.iter().map(|it| Money::from_pounds(*it)).collect::<Vec<_>>())
        };
        assert_eq!(of(&[100; 7]), None);
        // 8 × 100 to the nearest 500: the dearest cost 100, so the step is 202 or more.
        assert_eq!(of(&[100; 8]), Some(Money::from_pounds(1_000)));
        // One dear patient makes it rougher for all: the step is £20,000.
        assert_eq!(of(&[100, 100, 100, 100, 100, 100, 100, 9_000]), Some(Money::ZERO));
    }

    #[test]
    fn every_patient_is_in_one_bar() {
        let costs: Vec<Money> =
            [0, 99, 100, 250, 399, 400, 500, 700, 790, 5_000].map(Money::from_pounds).to_vec();
        let found = distribution(&costs);
        // The ninth of ten costs £790: bars of £100, and one for the dearest.
        assert_eq!(found[0], ("£0 up to £100".to_owned(), 2));
        assert_eq!(found[7], ("£700 up to £800".to_owned(), 2));
        assert_eq!(found[8], ("£800 or more".to_owned(), 1));
        assert_eq!(found.iter().map(|it| it.1).sum::<u64>(), 10);
        assert!(distribution(&[]).is_empty());
        assert_eq!([1, 3, 6, 99, 101].map(step), [1, 5, 10, 100, 200]);
    }
}
