//! What spells needed, by consultant: adjusted for what was treated, with chance beside it.
//!
//! No money, no pay, no rank: consultants stand under codes whose order says nothing. A spell is
//! that of the consultant who discharged it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use statistics::Estimate;
use statistics::case_mix::{Adjusted, Case, Floors, TooFew, compare};
use statistics::quantile::Spread;
use tables::run::CostedEvent;

use super::definitions::{Definitions, UseKind, UseRule};
use super::newcomers::{self, Newcomer};
use super::spells::{Calendar, Episode, Spell, Spells};
use super::uses;
use crate::group::PatientGroup;
use crate::{ResultsError, Run, reading};

/// What is compared, and which spells are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseAsked {
    /// Code of the use, such as `bed-days`.
    pub code: String,
    /// Leave out spells that several consultants had.
    pub leave_out_shared: bool,
    /// Leave out emergencies: they may stand under whoever was on call.
    pub leave_out_emergencies: bool,
    /// Leave out codes under which several specialties were treated: they may be several people.
    pub leave_out_several_specialties: bool,
}

/// What spells needed, as a whole and by consultant.
#[derive(Clone, Debug, PartialEq)]
pub struct Uses {
    /// Code of the use.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// What is counted.
    pub definition: String,
    /// Where the definition is from.
    pub source: String,
    /// Activities of the model that it is counted in; none where nights are counted.
    pub activities: BTreeSet<String>,
    /// Why there is nothing to compare, in words.
    pub absent: Option<String>,
    /// How few is too few.
    pub floors: Floors,
    /// Where the rules of the comparison are from.
    pub rules_source: String,
    /// Mean of all spells compared.
    pub overall: Option<Estimate>,
    /// Their spread: all that may be shown where no consultant is compared.
    pub spread: Option<Spread>,
    /// Every consultant with a spell in the group, in the order of the codes.
    pub consultants: Vec<ConsultantUse>,
    /// Spells whose consultant is not known.
    pub without_consultant: u64,
    /// Consultants who are new since the year before, in the order of the codes; none if there is
    /// no run of it, so that nobody can say who is.
    pub newcomers: Option<Vec<Newcomer>>,
}

/// One consultant.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsultantUse {
    /// `K1` and so on: the same for every use of a group; the order says nothing.
    pub code: String,
    /// Reference of the consultant in the run.
    pub reference: String,
    /// Spells that lie wholly in the year to date.
    pub spells: u64,
    /// Of these, spells that several consultants had.
    pub shared: u64,
    /// Of these, emergencies.
    pub emergencies: u64,
    /// Specialties treated under this code in the whole run.
    pub specialties: u64,
    /// Spells left out because other consultants have too few like them.
    pub without_like: u64,
    /// The comparison, or why there is none.
    pub compared: Result<Adjusted, LeftOut>,
}

/// Why a consultant is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Too few spells, peers or nothing to judge by.
    TooFew(TooFew),
    /// The code may stand for several people.
    SeveralSpecialties(u64),
}

/// Code and name of every use by which consultants are compared.
pub fn known_uses() -> impl Iterator<Item = (&'static str, &'static str)> {
    Definitions::own().uses.iter().map(|it| (it.code.as_str(), it.name.as_str()))
}

impl UseAsked {
    /// A use, without shared spells and codes that may be several people.
    pub fn of(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            leave_out_shared: true,
            leave_out_emergencies: false,
            leave_out_several_specialties: true,
        }
    }
}

impl Uses {
    /// Whether any consultant is compared; else only the spread may be shown.
    pub fn is_compared(&self) -> bool {
        self.consultants.iter().any(|it| it.compared.is_ok())
    }

    /// Whom chance does not account for, of those who are compared, in the order of the codes: over
    /// the year, or of a newcomer in the earliest of their months of which that is so.
    pub fn beyond_chance(&self) -> Vec<BeyondChance<'_>> {
        let newcomers = self.newcomers.as_deref().unwrap_or_default();
        let found = |it: &ConsultantUse| -> Option<(Option<(usize, usize)>, Adjusted)> {
            let year = it.compared.as_ref().ok()?;
            if year.is_beyond_chance() {
                return Some((None, year.clone()));
            }
            let stages =
                newcomers.iter().filter(|new| new.code == it.code).flat_map(|it| &it.stages);
            let mut known =
                stages.filter_map(|it| it.compared.as_ref().ok().map(|found| (it.months, found)));
            let first = known.find(|it| it.1.is_beyond_chance())?;
            Some((Some(first.0), first.1.clone()))
        };
        let beyond = self.consultants.iter().filter_map(|it| {
            let (months, adjusted) = found(it)?;
            Some(BeyondChance { consultant: it, months, adjusted })
        });
        beyond.collect()
    }
}

/// A consultant whom chance does not account for.
#[derive(Clone, Debug, PartialEq)]
pub struct BeyondChance<'a> {
    /// Who.
    pub consultant: &'a ConsultantUse,
    /// Of a newcomer, first and last of the months meant, 1 for that of the first discharge; none for
    /// the year.
    pub months: Option<(usize, usize)>,
    /// What was found.
    pub adjusted: Adjusted,
}

/// Spells of the group that lie wholly in the year to date, and what is known of codes.
struct Gathered {
    spells: Vec<(Spell, Episode)>,
    specialties: BTreeMap<String, BTreeSet<String>>,
    calendar: Calendar,
}

/// A spell that is compared, with the month of its discharge from 0.
pub(super) struct DatedCase {
    pub(super) case: Case,
    pub(super) month: usize,
}

impl Run {
    /// What spells of a group needed, by the consultant who discharged them, at what they needed
    /// and not what it cost.
    ///
    /// At least ten spells each and five peers with as many; else there is only the spread of all.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NoSuchFigure`] for an unknown use; others if a table cannot be read.
    pub fn uses_by_consultant(
        &self,
        group: &PatientGroup,
        asked: &UseAsked,
    ) -> Result<Uses, ResultsError> {
        self.uses_since(group, asked, None)
    }

    /// The same, and who of them is new since the run of the year before.
    ///
    /// # Errors
    ///
    /// Those of [`Run::uses_by_consultant`].
    pub fn uses_since(
        &self,
        group: &PatientGroup,
        asked: &UseAsked,
        before: Option<&Self>,
    ) -> Result<Uses, ResultsError> {
        let own = Definitions::own();
        let definition = own.uses.iter().find(|it| it.code == asked.code).ok_or_else(|| {
            let known = own.uses.iter().map(|it| it.code.clone()).collect();
            ResultsError::NoSuchFigure { what: "use", asked: asked.code.clone(), known }
        })?;
        let gathered = self.discharged(group)?;
        let needed = self.needed(definition, &gathered.spells)?;
        let (mut found, cases) = by_consultant(definition, asked, &gathered, needed.as_deref());
        if let Some(before) = before {
            let known = newcomers::consultants(before)?;
            found.newcomers = Some(newcomers::of(&found.consultants, &cases, &known));
        }
        if definition.kind == UseKind::Activities {
            found.activities = uses::activities(self.rules()?, definition);
        }
        Ok(found)
    }

    fn discharged(&self, group: &PatientGroup) -> Result<Gathered, ResultsError> {
        let own = Definitions::own();
        let rules = self.rules()?;
        let calendar = Calendar::of(rules.year, rules.last_period);
        let mut spells = Spells::default();
        let mut specialties: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for reader in reading::readers(self, "events")? {
            for rows in reader.groups() {
                for event in reader.rows::<CostedEvent>(rows)? {
                    spells.add(&event, &own.spells, group);
                    specialties.entry(event.consultant).or_default().insert(event.specialty);
                }
            }
        }
        let spells = spells.by_patient(&calendar)?.into_iter().flatten();
        let of_group = |mut spell: Spell| {
            // What a spell needed before the year is not in the run, so only whole ones are compared.
            let month = |day: Option<domain::Day>| day.and_then(|it| calendar.month(it));
            let is_whole = month(spell.admitted).is_some() && month(spell.discharged).is_some();
            spell.episode.take().filter(|_| is_whole).map(|episode| (spell, episode))
        };
        let spells = spells.filter_map(of_group).collect();
        Ok(Gathered { spells, specialties, calendar })
    }

    /// What each spell needed; none if the model cannot tell.
    fn needed(
        &self,
        of: &UseRule,
        spells: &[(Spell, Episode)],
    ) -> Result<Option<Vec<f64>>, ResultsError> {
        if of.kind == UseKind::Nights {
            let nights = |(it, _): &(Spell, _)| uses::as_measured(it.nights().unwrap_or_default());
            return Ok(Some(spells.iter().map(nights).collect()));
        }
        let activities = uses::activities(self.rules()?, of);
        if activities.is_empty() {
            return Ok(None);
        }
        let events = uses::of_events(self, &|activity| activities.contains(activity))?;
        let needed = |(it, _): &(Spell, _)| {
            let count = it.events.iter().filter_map(|event| events.get(event)).sum();
            match of.count_unit() {
                rules::year::CountUnit::Minutes => uses::minutes(count),
                rules::year::CountUnit::Number => uses::as_measured(count),
            }
        };
        Ok(Some(spells.iter().map(needed).collect()))
    }
}

fn by_consultant(
    definition: &UseRule,
    asked: &UseAsked,
    gathered: &Gathered,
    needed: Option<&[f64]>,
) -> (Uses, Vec<DatedCase>) {
    let mut consultants = coded(gathered);
    let place: BTreeMap<String, usize> =
        consultants.iter().enumerate().map(|(place, it)| (it.reference.clone(), place)).collect();
    let is_several = |it: &ConsultantUse| asked.leave_out_several_specialties && it.specialties > 1;
    let mut strata = Strata::default();
    let mut cases = Vec::new();
    for (number, (spell, episode)) in gathered.spells.iter().enumerate() {
        let Some(unit) = place.get(&episode.consultant).copied() else { continue };
        let is_left_out = is_several(&consultants[unit])
            || asked.leave_out_shared && is_shared(spell)
            || asked.leave_out_emergencies && spell.is_emergency;
        if let Some(value) = needed.and_then(|it| it.get(number)).filter(|_| !is_left_out) {
            let month = spell.discharged.and_then(|it| gathered.calendar.month(it));
            let case = Case { unit, strata: strata.of(episode), value: *value };
            cases.push(DatedCase { case, month: month.unwrap_or_default() });
        }
    }
    let floors = Definitions::own().floors();
    let all: Vec<Case> = cases.iter().map(|it| it.case.clone()).collect();
    let found = compare(&all, consultants.len(), floors);
    let without = found.without_like_cases.into_iter();
    for ((it, compared), without_like) in consultants.iter_mut().zip(found.units).zip(without) {
        it.without_like = without_like;
        it.compared = if is_several(it) {
            Err(LeftOut::SeveralSpecialties(it.specialties))
        } else {
            compared.map_err(LeftOut::TooFew)
        };
    }
    let unknown = gathered.spells.iter().filter(|(_, it)| it.consultant.is_empty());
    let uses = Uses {
        code: definition.code.clone(),
        name: definition.name.clone(),
        unit: definition.unit.clone(),
        definition: definition.definition.clone(),
        source: definition.source.clone(),
        activities: BTreeSet::new(),
        absent: (needed.is_none_or(<[f64]>::is_empty)).then(|| definition.absent.clone()),
        floors,
        rules_source: Definitions::own().comparison_source().to_owned(),
        overall: found.overall,
        spread: found.spread,
        consultants,
        without_consultant: u64::try_from(unknown.count()).unwrap_or(u64::MAX),
        newcomers: None,
    };
    (uses, cases)
}

/// Every known consultant of the group, in the order of a hash of the reference.
fn coded(gathered: &Gathered) -> Vec<ConsultantUse> {
    let mut found: BTreeMap<&str, (u64, u64, u64)> = BTreeMap::new();
    for (spell, episode) in gathered.spells.iter().filter(|(_, it)| !it.consultant.is_empty()) {
        let it = found.entry(&episode.consultant).or_default();
        it.0 += 1;
        it.1 += u64::from(is_shared(spell));
        it.2 += u64::from(spell.is_emergency);
    }
    let mut references: Vec<&str> = found.keys().copied().collect();
    references
        .sort_by_cached_key(|it| Sha256::digest(format!("order of colleagues|{it}")).to_vec());
    let coded = |(number, reference): (usize, &str)| {
        let (spells, shared, emergencies) = found.get(reference).copied().unwrap_or_default();
        let specialties = gathered.specialties.get(reference).map_or(0, BTreeSet::len);
        ConsultantUse {
            code: format!("K{}", number + 1),
            reference: reference.to_owned(),
            spells,
            shared,
            emergencies,
            specialties: u64::try_from(specialties).unwrap_or(u64::MAX),
            without_like: 0,
            compared: Err(LeftOut::TooFew(TooFew::NoScale)),
        }
    };
    references.into_iter().enumerate().map(coded).collect()
}

fn is_shared(spell: &Spell) -> bool {
    spell.consultants.iter().filter(|it| !it.is_empty()).count() > 1
}

/// Numbers of strata: HRG, admission method and age band; HRG and admission method; HRG.
#[derive(Default)]
pub(super) struct Strata(BTreeMap<String, usize>);

impl Strata {
    pub(super) fn of(&mut self, episode: &Episode) -> Vec<usize> {
        let Episode { hrg, admission_method, age_band, .. } = episode;
        let names = [
            format!("{hrg}|{admission_method}|{age_band}"),
            format!("{hrg}|{admission_method}"),
            hrg.clone(),
        ];
        let mut number = |name: String| {
            let next = self.0.len();
            *self.0.entry(name).or_insert(next)
        };
        names.map(&mut number).to_vec()
    }
}
