//! A proposal in plain sentences, each made from the figures it speaks of.

use std::cmp::Ordering;

use crate::assessment::{Mode, Status, Support, UnitId};
use crate::framework::{Framework, Level, StepId};
use crate::level::{
    Change, Exemption, Fraction, Lacks, Lapse, LevelTest, Lift, NotExempt, Proposal, Proposed,
    Refusal, Shown, Test, UnitResult, Warning,
};
use crate::share::Share;

/// Says a proposal in words.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    framework: &'a Framework,
    proposal: &'a Proposal,
}

impl<'a> Words<'a> {
    /// Words for a proposal, with the framework that it was made under.
    pub fn new(framework: &'a Framework, proposal: &'a Proposal) -> Self {
        Self { framework, proposal }
    }

    /// Everything, a sentence a line: the level, what holds it, what would lift it, who is left
    /// out, warnings, and what stands in the way of signing off Level 4.
    pub fn all(&self) -> Vec<String> {
        let mut sentences = self.level();
        sentences.extend(self.lifts());
        sentences.extend(self.exemption());
        sentences.extend(self.warnings());
        sentences.extend(self.unanswered());
        sentences.extend(self.not_used());
        sentences
    }

    /// The level, and what holds it there.
    pub fn level(&self) -> Vec<String> {
        match &self.proposal.proposed {
            Proposed::Refused(refusal) => vec![refused(refusal)],
            Proposed::Shown(shown) => {
                let mut sentences = vec![format!("{shown}.")];
                sentences.extend(self.proposal.binding.iter().map(|it| self.holds(*it)));
                sentences
            }
        }
    }

    fn holds(&self, test: Test) -> String {
        let because = match test {
            Test::Steps => self.steps_fall_short(),
            Test::Spread => self.spread_falls_short(),
            Test::Units => self.units_fall_short(),
            Test::Cap => self.cap_holds(),
        };
        format!("What holds it there: {test}. {because}")
    }

    /// Why the organisation's steps do not show the next level.
    fn steps_fall_short(&self) -> String {
        let next = next(self.proposal.tests.steps);
        let tests = &self.proposal.organisation;
        match tests.iter().find(|it| Some(it.level) == next) {
            Some(test) => self.falls_short(test),
            None => String::new(),
        }
    }

    /// How the organisation's steps stand at each level: every count, what it is of, and how many
    /// are needed.
    pub fn counts(&self) -> Vec<String> {
        self.proposal.organisation.iter().map(|it| self.count(it)).collect()
    }

    /// How a set of steps stands at a level.
    pub fn count(&self, test: &LevelTest) -> String {
        let counted = |it: Fraction| match it.need {
            0 => it.to_string(),
            need => format!("{it} (at least {need} needed)"),
        };
        let column = test
            .by_category
            .iter()
            .map(|it| format!("{} of {}", counted(it.column), self.category(it.category.as_str())));
        let new = test.by_category.iter().filter(|it| it.introduced.need > 0).map(|it| {
            format!("{} new of {}", counted(it.introduced), self.category(it.category.as_str()))
        });
        let earlier = test
            .earlier
            .iter()
            .map(|(level, it)| format!("{} of those that {level} introduces", counted(*it)));
        let own = format!("{} of those that {} introduces", counted(test.introduced), test.level);
        let all: Vec<String> = column.chain([own]).chain(new).chain(earlier).collect();
        let verdict = if test.passes { "shown" } else { "not shown" };
        format!("{} is {verdict}: {}.", test.level, all.join("; "))
    }

    /// What a set of steps lacks for a level.
    pub fn falls_short(&self, test: &LevelTest) -> String {
        let mut short: Vec<String> = Vec::new();
        let level = test.level;
        for it in &test.by_category {
            if !it.column.passes() {
                let label = self.category(it.category.as_str());
                let need = need(it.column);
                short.push(format!("{} steps of {label} up to {level} count, {need}", it.column));
            }
        }
        let new = |level: Level, it: Fraction| {
            format!("{it} steps that {level} introduces count, {}", need(it))
        };
        if !test.introduced.passes() {
            short.push(new(level, test.introduced));
        }
        for it in &test.by_category {
            if !it.introduced.passes() {
                let (label, need) = (self.category(it.category.as_str()), need(it.introduced));
                short.push(format!("{} new steps of {label} count, {need}", it.introduced));
            }
        }
        short
            .extend(test.earlier.iter().filter(|(_, it)| !it.passes()).map(|(l, it)| new(*l, *it)));
        format!("For {level}: {}.", short.join("; "))
    }

    fn category(&self, id: &str) -> String {
        let found = self.framework.categories().iter().find(|it| it.id.as_str() == id);
        found.map_or_else(|| id.to_owned(), |it| it.label.to_lowercase())
    }

    fn spread_falls_short(&self) -> String {
        let units = &self.proposal.units;
        let norm = units.iter().filter(|it| it.status == Status::Norm).count();
        let ad_hoc = units.iter().filter(|it| it.status == Status::AdHoc).count();
        let lapsed =
            units.iter().filter(|it| it.status == Status::Norm && it.status_level == Level::Three);
        let lapsed = lapsed.count();
        let mut text = format!(
            "Joint working is the norm in {norm} of {} and ad hoc in {ad_hoc}.",
            counted(units.len(), "unit")
        );
        if lapsed > 0 {
            text.push_str(&format!(" In {lapsed} of these sharing has lapsed."));
        }
        text
    }

    fn units_fall_short(&self) -> String {
        let at = |level: Level| {
            let level = Some(Shown::Level(level));
            self.proposal.units.iter().filter(|it| it.level >= level).count()
        };
        format!(
            "Of {}, {} at Level 2 or above, {} at Level 3 or above, {} at Level 4.",
            counted(self.proposal.units.len(), "unit"),
            are(at(Level::Two)),
            are(at(Level::Three)),
            are(at(Level::Four)),
        )
    }

    /// What each counting unit shows, a sentence each.
    pub fn units(&self) -> Vec<String> {
        self.proposal.units.iter().map(Self::unit_level).collect()
    }

    /// What one unit shows, and which of its steps and its joint working holds it.
    fn unit_level(unit: &UnitResult) -> String {
        let joint = match (unit.status, unit.lapse) {
            (Status::Norm, Lapse::Confirmed) => "the norm with lapsed sharing",
            (it, _) => status(it),
        };
        let (Some(level), Some(steps)) = (unit.level, unit.steps_level) else {
            return format!("{}: joint working is {joint}.", unit.name);
        };
        let (steps_hold, joint_holds) = match steps.cmp(&Shown::Level(unit.status_level)) {
            Ordering::Less => (" and hold it", ""),
            Ordering::Greater => ("", " and holds it"),
            Ordering::Equal => ("", ""),
        };
        let name = &unit.name;
        format!(
            "{name}: {level}. Its steps show {steps}{steps_hold}; joint working is {joint}{joint_holds}."
        )
    }

    fn cap_holds(&self) -> String {
        let own = (self.proposal.support == Support::No).then(|| "the organisation".to_owned());
        let units = self.proposal.unsupported.iter().map(|it| self.unit(it));
        let who: Vec<String> = own.into_iter().chain(units).collect();
        format!(
            "Managers are not supported in using financial data, says {}. A person may depart from this with a reason.",
            list(&who)
        )
    }

    /// What would lift the level, a sentence for each test.
    pub fn lifts(&self) -> Vec<String> {
        self.proposal.lifts.iter().map(|it| self.lift(it)).collect()
    }

    fn lift(&self, lift: &Lift) -> String {
        if lift.changes.is_empty() {
            let (to, test) = (lift.to, lift.test);
            return format!(
                "To reach {to} in {test}: nothing else, once the changes before are made."
            );
        }
        let changes: Vec<String> = lift.changes.iter().map(|it| self.change(it)).collect();
        format!("To reach {} in {}, all of: {}.", lift.to, lift.test, changes.join("; "))
    }

    /// One change in words.
    pub fn change(&self, change: &Change) -> String {
        match change {
            Change::Step { lacks, unit, step } => {
                let what = match lacks {
                    Lacks::Evidence => "needs live evidence",
                    Lacks::Partly => "is there partly and must be consistent, with evidence",
                    Lacks::NotYet => "is not there yet",
                    Lacks::NotAssessed => "is not assessed",
                };
                format!("{}{} {what}", self.step(step), self.in_unit(unit.as_ref()))
            }
            Change::Status { unit, from, to } => {
                format!(
                    "joint working in {} goes from {} to {}",
                    self.unit(unit),
                    status(*from),
                    status(*to)
                )
            }
            Change::ShareAgain(unit) => {
                format!("{} shares cost and quality data again", self.unit(unit))
            }
            Change::Support(Some(unit)) => {
                format!("managers of {} are supported in using financial data", self.unit(unit))
            }
            Change::Support(None) => {
                "managers of the organisation are supported in using financial data".to_owned()
            }
        }
    }

    /// Which units are left out as very small, or why they cannot be.
    pub fn exemption(&self) -> Vec<String> {
        let exemption = &self.proposal.exemption;
        if exemption.is_used() {
            let names: Vec<String> = exemption.units.iter().map(|it| self.unit(it)).collect();
            return vec![format!("Left out as very small: {}.", list(&names))];
        }
        let any_flagged = exemption.faults.iter().any(|it| !matches!(it, NotExempt::NotFlagged(_)));
        let is_near = self.is_about_small_units(exemption) && any_flagged;
        let faults = exemption.faults.iter().filter(|_| is_near).map(|it| self.not_exempt(it));
        faults.collect()
    }

    /// Whether so few units are below Level 4 that the exception could be meant for them.
    fn is_about_small_units(&self, exemption: &Exemption) -> bool {
        let most = self.proposal.thresholds.very_small_units.value;
        let few = u32::try_from(exemption.units.len()).is_ok_and(|it| it <= most);
        few && exemption.units.len() < self.proposal.units.len()
    }

    fn not_exempt(&self, fault: &NotExempt) -> String {
        let limit = Share::of_hundredths(self.proposal.thresholds.very_small_limit.value);
        let why = match fault {
            NotExempt::TooMany { units, most } => {
                format!("there are {units}, and at most {most} may be")
            }
            NotExempt::NoneRemains => "no other unit would remain".to_owned(),
            NotExempt::NotFlagged(unit) => format!("{} is not flagged", self.unit(unit)),
            NotExempt::NotStated(unit) => format!("no signed statement names {}", self.unit(unit)),
            NotExempt::ShareUnknown(unit) => {
                format!("a share of cost or activity of {} is not known", self.unit(unit))
            }
            NotExempt::Cost(share) => {
                format!("their cost is {share} of the trust's, not below {limit}")
            }
            NotExempt::Activity(share) => {
                format!("their activity is {share} of the trust's, not below {limit}")
            }
        };
        format!("Not left out as very small: {why}.")
    }

    /// Warnings, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        self.proposal.warnings.iter().map(|it| self.warning(it)).collect()
    }

    fn warning(&self, warning: &Warning) -> String {
        match warning {
            Warning::NoRollOutPlan => {
                "Warning: no plan to roll out joint working covers any of the other units."
                    .to_owned()
            }
            Warning::FoundationGap(step) => {
                format!("Warning: a higher level is shown, and {} does not count.", self.step(step))
            }
            Warning::EvidenceNeeded { unit, step } => format!(
                "Warning: {}{} is rated consistently demonstrated without live evidence, so it does not count.",
                self.step(step),
                self.in_unit(unit.as_ref())
            ),
            Warning::Lapsed { unit, confirmed: true } => format!(
                "Warning: {} no longer shares data as it said, and a person confirmed it: norm for Level 3, not for Level 4.",
                self.unit(unit)
            ),
            Warning::Lapsed { unit, confirmed: false } => format!(
                "Warning: {} has not shared data for {} of its cycles; somebody should look and confirm it or not.",
                self.unit(unit),
                self.proposal.thresholds.lapsed_after.value
            ),
            Warning::NoStatus(unit) => {
                format!(
                    "Warning: nobody recorded how {} works, so it counts as board only.",
                    self.unit(unit)
                )
            }
        }
    }

    /// Who has yet to answer before Level 4 can be signed off.
    pub fn unanswered(&self) -> Vec<String> {
        let Some(unanswered) = &self.proposal.unanswered else { return Vec::new() };
        let names: Vec<String> = unanswered.units.iter().map(|it| self.unit(it)).collect();
        vec![format!(
            "Level 4 cannot be signed off before the organisation, or {}, has answered whether managers are supported in using financial data.",
            list(&names)
        )]
    }

    /// Ratings that no test uses.
    pub fn not_used(&self) -> Vec<String> {
        let place = match self.proposal.mode {
            Mode::Organisation => "steps are recorded for the organisation",
            Mode::ByUnit => "steps are recorded by unit, C1, P1 and B1 for the organisation",
        };
        let sentence = |it: &crate::level::NotUsed| {
            format!(
                "Not used: {}{}, since {place}.",
                self.step(&it.step),
                self.in_unit(it.unit.as_ref())
            )
        };
        self.proposal.not_used.iter().map(sentence).collect()
    }

    fn step(&self, id: &StepId) -> String {
        let label = self.framework.step(id).map(|it| it.label.as_str()).unwrap_or_default();
        format!("{id} ({label})")
    }

    fn in_unit(&self, unit: Option<&UnitId>) -> String {
        unit.map_or_else(String::new, |it| format!(" in {}", self.unit(it)))
    }

    fn unit(&self, id: &UnitId) -> String {
        let found = self.proposal.units.iter().find(|it| it.unit == *id);
        found.map_or_else(|| id.to_string(), |it| it.name.clone())
    }
}

fn refused(refusal: &Refusal) -> String {
    let Refusal::NoUnits { registered, not_open } = refusal;
    let what = match (registered, not_open) {
        (0, _) => "no unit is registered".to_owned(),
        (_, 0) => format!(
            "of {} registered, none is a clinical specialty or clinical support service",
            counted(*registered, "unit")
        ),
        _ => format!("none of {} is open on the day", counted(*not_open, "clinical unit")),
    };
    format!(
        "Spread cannot be told and nothing can be confirmed: {what}. Register at least one clinical specialty or clinical support service that is open."
    )
}

fn next(shown: Option<Shown>) -> Option<Level> {
    match shown? {
        Shown::NotYet => Some(Level::One),
        Shown::Level(level) => level.next(),
    }
}

fn need(fraction: Fraction) -> String {
    format!("at least {} needed", fraction.need)
}

fn status(status: Status) -> &'static str {
    match status {
        Status::BoardOnly => "board only",
        Status::AdHoc => "ad hoc",
        Status::Norm => "the norm",
    }
}

fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn are(number: usize) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{number} {verb}")
}

/// One, two and three.
fn list(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
