//! What a collector makes of a file of returns: who is accepted, and what to ask back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;

use super::{OrganisationCode, Reading, Register, Return, RowFault, StatedSteps, WhatIsWrong};
use crate::framework::{Framework, Frameworks, Level};
use crate::level::{Shown, steps_level};
use crate::national::Distribution;
use crate::thresholds::Thresholds;

/// What is collected, and against what it is checked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The year of the collection.
    pub year: u16,
    /// The day on which organisations must be open to return.
    pub day: Date,
    /// The organisations.
    pub register: &'a Register,
    /// The versions of the framework that may be used.
    pub frameworks: &'a Frameworks,
    /// The thresholds by which steps are held against levels.
    pub thresholds: &'a Thresholds,
}

/// How the steps of a return disagree with its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// The steps show less than the level.
    Less(Shown),
    /// The steps show more; spread, or support in using financial data, may hold the level down.
    More(Shown),
}

/// A return that is accepted and should be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The number of its row.
    pub row: usize,
    /// Whose it is.
    pub organisation: OrganisationCode,
    /// The level that it states.
    pub level: Level,
    /// How its steps disagree.
    pub disagreement: Disagreement,
}

/// A collection: one return of each organisation at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// The year.
    pub year: u16,
    /// The day on which organisations were open.
    pub day: Date,
    /// The returns that are accepted, by organisation.
    pub returns: BTreeMap<OrganisationCode, Return>,
    /// Rows that are rejected, by number.
    pub rejected: Vec<RowFault>,
    /// Accepted returns whose steps disagree with their level.
    pub flags: Vec<Flag>,
    /// Organisations that are open on the day and have no accepted return.
    pub missing: Vec<OrganisationCode>,
}

/// Checks returns row by row, and accepts one of each organisation.
pub fn collect(question: Question<'_>, reading: &Reading) -> Collection {
    let mut rejected = reading.faults.clone();
    let mut by_organisation: BTreeMap<&OrganisationCode, Vec<(usize, &Return)>> = BTreeMap::new();
    for (row, it) in &reading.returns {
        match check(question, it) {
            Ok(()) => by_organisation.entry(&it.organisation).or_default().push((*row, it)),
            Err(what) => {
                let organisation = Some(it.organisation.clone());
                rejected.push(RowFault { row: *row, organisation, what });
            }
        }
    }
    let (mut returns, mut flags) = (BTreeMap::new(), Vec::new());
    for (organisation, rows) in by_organisation {
        let (accepted, faults) = one_of(&rows);
        rejected.extend(faults);
        if let Some((row, it)) = accepted {
            flags.extend(disagrees(question, row, it));
            returns.insert(organisation.clone(), it.clone());
        }
    }
    rejected.sort_by_key(|it| it.row);
    flags.sort_by_key(|it| it.row);
    let missing = missing(question, &returns);
    Collection { year: question.year, day: question.day, returns, rejected, flags, missing }
}

/// Organisations that are open on the day and are not among some returns.
pub(super) fn missing(
    question: Question<'_>,
    returns: &BTreeMap<OrganisationCode, Return>,
) -> Vec<OrganisationCode> {
    let open = question.register.iter().filter(|it| it.is_open(question.day));
    open.map(|it| it.code.clone()).filter(|it| !returns.contains_key(it)).collect()
}

/// The return among rows of one organisation: the first, if the others repeat it; none, if they say
/// something else, since nobody knows which is right.
fn one_of<'a>(rows: &[(usize, &'a Return)]) -> (Option<(usize, &'a Return)>, Vec<RowFault>) {
    let Some(((row, first), others)) = rows.split_first() else { return (None, Vec::new()) };
    if others.iter().all(|(_, it)| it == first) {
        let repeated = |(other, it): &(usize, &Return)| RowFault {
            row: *other,
            organisation: Some(it.organisation.clone()),
            what: WhatIsWrong::Repeated(*row),
        };
        return (Some((*row, first)), others.iter().map(repeated).collect());
    }
    let contradicted = |(row, it): &(usize, &Return)| {
        let others = rows.iter().map(|(other, _)| *other).filter(|other| other != row);
        let what = WhatIsWrong::Contradicted(others.collect());
        RowFault { row: *row, organisation: Some(it.organisation.clone()), what }
    };
    (None, rows.iter().map(contradicted).collect())
}

fn check(question: Question<'_>, it: &Return) -> Result<(), WhatIsWrong> {
    let code = &it.organisation;
    let organisation = question.register.get(code);
    let organisation =
        organisation.ok_or_else(|| WhatIsWrong::UnknownOrganisation(code.clone()))?;
    if it.year != question.year {
        return Err(WhatIsWrong::OtherYear(it.year));
    }
    if !organisation.is_open(question.day) {
        let heirs = question.register.heirs(code, question.day);
        return Err(WhatIsWrong::NotThere(code.clone(), heirs));
    }
    let framework = question.frameworks.get(&it.framework);
    let framework = framework.ok_or_else(|| WhatIsWrong::UnknownFramework(it.framework.clone()))?;
    match unknown_step(framework, &it.steps) {
        Some(step) => Err(WhatIsWrong::UnknownStep(step)),
        None => Ok(()),
    }
}

fn unknown_step(framework: &Framework, steps: &StatedSteps) -> Option<crate::StepId> {
    let StatedSteps::Counted(steps) = steps else { return None };
    steps.iter().find(|it| framework.step(it).is_none()).cloned()
}

/// Whether the steps of a return show another level than it states.
fn disagrees(question: Question<'_>, row: usize, it: &Return) -> Option<Flag> {
    let StatedSteps::Counted(steps) = &it.steps else { return None };
    let framework = question.frameworks.get(&it.framework)?;
    let shown = steps_level(framework, question.thresholds, steps);
    let disagreement = match shown.cmp(&Shown::Level(it.level)) {
        std::cmp::Ordering::Less => Disagreement::Less(shown),
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => Disagreement::More(shown),
    };
    let organisation = it.organisation.clone();
    Some(Flag { row, organisation, level: it.level, disagreement })
}

impl Collection {
    /// How many organisations are at each level.
    pub fn distribution(&self) -> Distribution {
        let mut trusts = [0; 4];
        for it in self.returns.values() {
            trusts[it.level.index()] += 1;
        }
        Distribution { year: self.year, trusts }
    }

    /// The versions of the framework that were used.
    pub fn frameworks(&self) -> BTreeSet<&crate::FrameworkId> {
        self.returns.values().map(|it| &it.framework).collect()
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, organisation, level, .. } = self;
        write!(f, "row {row}: `{organisation}` states {level}; its steps show ")?;
        match self.disagreement {
            Disagreement::Less(shown) => write!(f, "less ({shown}): ask for the reason"),
            Disagreement::More(shown) => {
                write!(
                    f,
                    "more ({shown}): spread, or support in using financial data, may hold it down"
                )
            }
        }
    }
}
