//! Business cases: options beside doing nothing, evidence of the costing, and two people or more.
//!
//! A case is written until it is submitted. It is approved by somebody who neither wrote it, nor
//! ever belonged to its team, nor assessed what it does to quality, and only where a clinician, a
//! business manager and somebody of finance are named, its impact on quality is assessed and signed by
//! somebody who wrote nothing of it, and every concern that was raised has an answer. After that nothing of it changes.

mod documents;
mod options;
mod people;

use serde::{Deserialize, Serialize};

pub use documents::{Document, DocumentFault, DocumentKind};
pub use options::{CaseOption, Compared, Cost};
pub use people::{CaseRole, Member, QualityImpact, Team};

use crate::listed::listed;

/// Options that a case may have beside doing nothing.
pub const OPTIONS_MAX: usize = 8;

listed! {
    /// Where a case stands.
    CaseState {
        /// It is written.
        Draft = "draft", "Being written";
        /// Somebody else decides on it.
        Submitted = "submitted", "Waits for a decision";
        /// It was approved.
        Approved = "approved", "Approved";
        /// It was refused.
        Refused = "refused", "Refused";
        /// It is followed no more.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

/// A business case of a service line, as people write it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is called.
    pub title: String,
    /// What is wrong as it is.
    pub problem: String,
    /// What would be done with less, or more be done with the same.
    pub efficiency: String,
    /// Doing nothing first, then the others.
    pub options: Vec<CaseOption>,
    /// Place of the option that is proposed; none before one is chosen.
    pub proposed: Option<usize>,
    /// Who stands behind it.
    pub team: Team,
    /// What it would do to quality.
    pub quality: QualityImpact,
}

/// What stands beside the words of a case when its rules are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Figures of a published costing that are attached.
    pub figures: usize,
    /// Whether somebody exempted the case from evidence, with a reason.
    pub is_exempt: bool,
}

/// Something that a case lacks: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// On which part of the page it is found.
    pub part: Part,
    /// What to do, as a sentence without its full stop.
    pub what: String,
}

/// Parts of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Title, problem and efficiency.
    Words,
    /// An option, by its place.
    Option(usize),
    /// All options.
    Options,
    /// Figures of the costing.
    Evidence,
    /// Who stands behind it.
    Team,
    /// What it would do to quality.
    Quality,
}

/// What forbids a step with a case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseFault {
    /// Something must be written before.
    #[error("the case is not complete: {0}")]
    Incomplete(String),
    /// The decision is no second person's.
    #[error(
        "whoever wrote the case, is or was named in its team, assessed what it does to quality or answered a concern cannot decide on it: ask somebody else who approves cases"
    )]
    NotASecondPerson,
    /// Who assessed its impact on quality wrote of it too.
    #[error(
        "whoever assessed what the case does to quality wrote of it too: take it back, and let somebody assess it who wrote nothing of it"
    )]
    AssessedByAuthor,
    /// Who assessed its impact on quality has not signed it as it stands.
    #[error(
        "whoever assessed what the case does to quality has not signed it as it stands: ask them to sign it on the page of the case"
    )]
    Unsigned,
    /// Somebody else would sign the impact on quality.
    #[error("only whoever assessed what the case does to quality signs it")]
    NotTheAssessor,
    /// A concern has no answer.
    #[error("answer every concern before the case is approved; without an answer: {0}")]
    Unanswered(String),
    /// No reason.
    #[error("write the reason")]
    NoReason,
    /// Doing nothing is always compared with.
    #[error("doing nothing stays among the options: everything else is compared with it")]
    NothingStays,
    /// Too many options.
    #[error("a case has eight options at most beside doing nothing: leave one out first")]
    TooManyOptions,
    /// No such option.
    #[error("there is no such option")]
    NoSuchOption,
    /// The case is in another state.
    #[error("this case {0}, so it cannot be {1}")]
    WrongState(&'static str, &'static str),
}

impl Case {
    /// A case with doing nothing as its only option.
    pub fn new(title: &str, problem: &str) -> Self {
        Self {
            title: title.to_owned(),
            problem: problem.to_owned(),
            options: vec![CaseOption::do_nothing()],
            ..Self::default()
        }
    }

    /// With another option.
    ///
    /// # Errors
    ///
    /// [`CaseFault::TooManyOptions`].
    pub fn with_option(mut self, option: CaseOption) -> Result<Self, CaseFault> {
        if self.options.len() > OPTIONS_MAX {
            return Err(CaseFault::TooManyOptions);
        }
        self.options.push(option);
        Ok(self)
    }

    /// With an option written anew. Doing nothing keeps its name.
    ///
    /// # Errors
    ///
    /// [`CaseFault::NoSuchOption`].
    pub fn with_option_at(mut self, place: usize, option: CaseOption) -> Result<Self, CaseFault> {
        let found = self.options.get_mut(place).ok_or(CaseFault::NoSuchOption)?;
        let name = if place == 0 { found.name.clone() } else { option.name.clone() };
        *found = CaseOption { name, ..option };
        Ok(self)
    }

    /// Without an option.
    ///
    /// # Errors
    ///
    /// [`CaseFault::NothingStays`] for doing nothing, [`CaseFault::NoSuchOption`].
    pub fn without_option(mut self, place: usize) -> Result<Self, CaseFault> {
        if place == 0 {
            return Err(CaseFault::NothingStays);
        }
        if place >= self.options.len() {
            return Err(CaseFault::NoSuchOption);
        }
        self.options.remove(place);
        self.proposed = match self.proposed {
            Some(it) if it == place => None,
            Some(it) if it > place => Some(it - 1),
            other => other,
        };
        Ok(self)
    }

    /// The option that is proposed.
    pub fn proposal(&self) -> Option<&CaseOption> {
        self.options.get(self.proposed?)
    }

    /// Whether it has the shape that a case must have: doing nothing first, and not too many.
    pub fn is_sound(&self) -> bool {
        let first = self.options.first();
        first.is_some_and(|it| it.name == options::DO_NOTHING)
            && self.options.len() <= OPTIONS_MAX + 1
            && self.proposed.is_none_or(|it| it < self.options.len())
            && self.options.iter().all(CaseOption::is_sound)
    }

    /// What is missing before it can be submitted.
    pub fn lacks(&self, evidence: Evidence) -> Vec<Lack> {
        let mut lacks = Vec::new();
        let mut ask = |part: Part, text: &str, what: &str| {
            if text.trim().is_empty() {
                lacks.push(Lack { part, what: what.to_owned() });
            }
        };
        ask(Part::Words, &self.title, "Give the case a title");
        ask(Part::Words, &self.problem, "Say what is wrong as it is");
        ask(
            Part::Words,
            &self.efficiency,
            "Say what would be done with less, or more with the same",
        );
        for (place, option) in self.options.iter().enumerate() {
            for what in option.lacks() {
                let what = format!("{}: {what}", option.name);
                lacks.push(Lack { part: Part::Option(place), what });
            }
        }
        let mut unless = |holds: bool, part: Part, what: &str| {
            if !holds {
                lacks.push(Lack { part, what: what.to_owned() });
            }
        };
        unless(self.options.len() > 1, Part::Options, "Add an option beside doing nothing");
        unless(self.proposal().is_some(), Part::Options, "Choose the option that is proposed");
        unless(
            evidence.figures > 0 || evidence.is_exempt,
            Part::Evidence,
            "Attach a figure of the costing, or record why there is none",
        );
        lacks
    }

    /// What is missing before it can be approved, beside what [`Case::lacks`].
    pub fn lacks_for_approval(&self) -> Vec<Lack> {
        let mut lacks = self.team.lacks();
        lacks.extend(self.quality.lacks());
        lacks
    }

    /// Everything that is missing, in the order of the page.
    pub fn all_lacks(&self, evidence: Evidence) -> Vec<Lack> {
        let mut all = self.lacks(evidence);
        all.extend(self.lacks_for_approval());
        all
    }

    /// The options beside each other, doing nothing first.
    pub fn compared(&self) -> Vec<Compared<'_>> {
        let Some(nothing) = self.options.first() else { return Vec::new() };
        self.options.iter().map(|it| Compared::of(it, nothing)).collect()
    }

    /// What forbids submitting it.
    pub fn submit_fault(&self, state: CaseState, evidence: Evidence) -> Option<CaseFault> {
        if state != CaseState::Draft {
            return Some(wrong(state, "submitted"));
        }
        incomplete(&self.lacks(evidence))
    }

    /// What forbids that somebody approves or refuses it; `authors` are those who wrote anything of
    /// it, `named` those whom any version named in its team or as who assessed its quality.
    pub fn decide_fault(
        &self,
        (state, evidence): (CaseState, Evidence),
        (approves, because): (bool, &str),
        (person, authors, named): (&str, &[&str], &[&str]),
    ) -> Option<CaseFault> {
        if state != CaseState::Submitted {
            return Some(wrong(state, if approves { "approved" } else { "refused" }));
        }
        if !self.is_second((person, authors, named)) {
            return Some(CaseFault::NotASecondPerson);
        }
        if because.trim().is_empty() {
            return Some(CaseFault::NoReason);
        }
        if !approves {
            return None;
        }
        let is_own = authors.contains(&self.quality.assessed_by.as_str());
        incomplete(&self.all_lacks(evidence)).or(is_own.then_some(CaseFault::AssessedByAuthor))
    }

    /// What forbids approving it beside what [`Case::decide_fault`] asks: an impact on quality that is
    /// written in parts and not signed as it stands, or concerns without an answer, which are given.
    pub fn approval_fault(&self, is_signed: bool, unanswered: &[&str]) -> Option<CaseFault> {
        if self.quality.is_in_parts() && !is_signed {
            return Some(CaseFault::Unsigned);
        }
        let each: Vec<String> = unanswered.iter().map(|it| format!("“{}”", it.trim())).collect();
        (!each.is_empty()).then(|| CaseFault::Unanswered(each.join("; ")))
    }

    /// What forbids that somebody signs what it does to quality.
    pub fn sign_fault(&self, state: CaseState, person: &str) -> Option<CaseFault> {
        if !matches!(state, CaseState::Draft | CaseState::Submitted) {
            return Some(wrong(state, "signed"));
        }
        let lacks = self.quality.lacks();
        if !lacks.is_empty() {
            return incomplete(&lacks);
        }
        (self.quality.assessed_by != person).then_some(CaseFault::NotTheAssessor)
    }

    /// Whether somebody may decide on it, as [`Case::decide_fault`] has it: they wrote nothing of
    /// it, are in no version of its team, and did not assess its impact on quality.
    pub fn is_second(&self, (person, authors, named): (&str, &[&str], &[&str])) -> bool {
        let own = self.team.has(person) || self.quality.assessed_by == person;
        !own && !authors.contains(&person) && !named.contains(&person)
    }
}

impl CaseState {
    /// What forbids changing a case in this state.
    pub fn change_fault(self) -> Option<CaseFault> {
        (self != Self::Draft).then(|| wrong(self, "changed"))
    }

    /// What forbids withdrawing a case in this state for a reason.
    pub fn withdraw_fault(self, because: &str) -> Option<CaseFault> {
        match self {
            Self::Refused | Self::Withdrawn => Some(wrong(self, "withdrawn")),
            _ => because.trim().is_empty().then_some(CaseFault::NoReason),
        }
    }

    /// What forbids that a submitted case is written again.
    pub fn take_back_fault(self) -> Option<CaseFault> {
        (self != Self::Submitted).then(|| wrong(self, "taken back"))
    }

    /// What forbids that a concern about a case in this state is raised or answered.
    pub fn concern_fault(self) -> Option<CaseFault> {
        matches!(self, Self::Refused | Self::Withdrawn).then(|| wrong(self, "spoken about further"))
    }

    /// What forbids that an action comes of a case in this state.
    pub fn action_fault(self) -> Option<CaseFault> {
        (self != Self::Approved).then(|| wrong(self, "given actions"))
    }
}

fn wrong(state: CaseState, to: &'static str) -> CaseFault {
    let is = match state {
        CaseState::Draft => "is still being written",
        CaseState::Submitted => "waits for a decision",
        CaseState::Approved => "was approved",
        CaseState::Refused => "was refused",
        CaseState::Withdrawn => "was withdrawn",
    };
    CaseFault::WrongState(is, to)
}

fn incomplete(lacks: &[Lack]) -> Option<CaseFault> {
    let each: Vec<String> = lacks.iter().map(|it| lower(&it.what)).collect();
    (!each.is_empty()).then(|| CaseFault::Incomplete(each.join("; ")))
}

/// With a small letter at its beginning.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

#[cfg(test)]
mod tests;
