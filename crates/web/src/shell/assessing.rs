//! Assessments gathered from the store for a moment, and as the level engine takes them.

use std::collections::{BTreeMap, BTreeSet};

use access::ProfessionGroup;
use engagement::assessment as engine;
use engagement::framework::{RecordedFor, Step};
use engagement::{Framework, Proposal, Thresholds, UnitId};
use jiff::Timestamp;
use store::assessing::local_steps::LocalStep;
use store::assessing::moderated::Moderated;
use store::assessing::plan::Planned;
use store::assessing::very_small::Statement;
use store::assessing::{
    self, Agreed, Assessment, Evidence, JointWorking, Level, Rating, Side, Status, StepMode,
    StepRating, Support, step_mode,
};
use store::units::{self, Branch, UnitKind};
use store::{UnitCode, people};

use super::evidence::for_engine;
use super::fault::Fault;
use super::session::{calendar, today};
use super::spread::{self, Champions, share};
use super::visit::Visit;
use crate::App;

/// Everything that is recorded of joint working, as it was at a moment.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The framework by which it is judged.
    pub framework: Framework,
    /// The moment.
    pub at: Timestamp,
    /// For whom steps were recorded then.
    pub mode: StepMode,
    /// Units that were open then, each below the one it belongs to.
    pub units: Vec<Branch>,
    /// Open assessments by unit.
    pub assessments: BTreeMap<String, Assessment>,
    /// What everybody said last, by unit.
    pub ratings: BTreeMap<String, Vec<StepRating>>,
    /// What is agreed, by unit.
    pub agreed: BTreeMap<String, Vec<Agreed>>,
    /// Evidence as it was then, the newest event first; drafts are their owners' and not here.
    pub evidence: Vec<Evidence>,
    /// How far people work together, by unit.
    pub joint: BTreeMap<String, JointWorking>,
    /// Levels that had been put forward then, by unit, in order.
    pub levels: BTreeMap<String, Vec<Level>>,
    /// The plan to roll joint working out, by unit.
    pub plan: BTreeMap<String, Planned>,
    /// The latest statement on very small specialties.
    pub statement: Option<Statement>,
    /// Champions by unit.
    pub champions: BTreeMap<String, Champions>,
    /// Steps of the trust's own that were in use.
    pub local_steps: Vec<LocalStep>,
    /// What peer assessors and auditors made of steps, by unit.
    pub moderated: BTreeMap<String, Vec<Moderated>>,
    /// References of people who have left.
    pub left: BTreeSet<String>,
}

/// How a step of a unit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has said anything yet.
    Nobody,
    /// Only one profession has.
    Only(Side),
    /// Both have, and all say the same.
    Same(Rating),
    /// Both have, and they differ.
    Differ,
    /// They have agreed.
    Agreed(Rating),
}

impl Standing {
    /// The rating that counts; nobody's until both say the same or have agreed.
    pub fn rating(self) -> Rating {
        match self {
            Self::Same(rating) | Self::Agreed(rating) => rating,
            Self::Nobody | Self::Only(_) | Self::Differ => Rating::NotAssessed,
        }
    }
}

/// For which side somebody of a profession rates; none where they rate for neither.
pub fn side_of(profession: &str) -> Option<Side> {
    match ProfessionGroup::of(profession) {
        ProfessionGroup::Clinician => Some(Side::Clinical),
        ProfessionGroup::Finance => Some(Side::Finance),
        ProfessionGroup::Manager | ProfessionGroup::Informatics | ProfessionGroup::Other => None,
    }
}

/// For which side whoever is signed in rates.
///
/// # Errors
/// If the store cannot be read, or nobody is signed in.
pub async fn own_side(visit: &Visit) -> Result<Option<Side>, Fault> {
    let id = visit.person()?.id.clone();
    let mut db = visit.app.store().read().await?;
    Ok(side_of(&people::get(&mut db, &id).await?.person.profession))
}

/// Reads everything as it was at a moment.
///
/// # Errors
/// If the store cannot be read.
pub async fn gather(app: &App, at: Timestamp) -> Result<Gathered, Fault> {
    let mut db = app.store().read().await?;
    let day = today(at);
    let mut units = units::tree(&mut db).await?;
    units.retain(|it| it.stored.unit.exists_on(day));
    let all = assessing::list(&mut db).await?;
    let open = all
        .into_iter()
        .filter(|it| it.opened_at <= at && it.closed_at.is_none_or(|closed| at < closed));
    let assessments: BTreeMap<String, Assessment> =
        open.map(|it| (it.unit.as_str().to_owned(), it)).collect();
    let mut gathered = Gathered {
        framework: Framework::national_2013(),
        at,
        mode: step_mode::at(&mut db, at).await?,
        units,
        ratings: BTreeMap::new(),
        agreed: BTreeMap::new(),
        evidence: Vec::new(),
        joint: BTreeMap::new(),
        levels: BTreeMap::new(),
        assessments,
        plan: BTreeMap::new(),
        statement: None,
        champions: BTreeMap::new(),
        local_steps: Vec::new(),
        moderated: BTreeMap::new(),
        left: BTreeSet::new(),
    };
    let codes: BTreeSet<UnitCode> =
        gathered.units.iter().map(|it| it.stored.unit.code.clone()).collect();
    let evidence = assessing::evidence_of(&mut db, &codes).await?;
    let then = evidence.iter().filter_map(|it| it.as_at(at));
    gathered.evidence = then.filter(|it| !it.is_draft()).collect();
    let joint = assessing::joint_working(&mut db, at).await?;
    gathered.joint = joint.into_iter().map(|it| (it.unit.as_str().to_owned(), it)).collect();
    for (unit, assessment) in &gathered.assessments {
        let ratings = assessing::ratings(&mut db, &assessment.id, at).await?;
        gathered.ratings.insert(unit.clone(), ratings);
        let agreed = assessing::agreed(&mut db, &assessment.id, at).await?;
        gathered.agreed.insert(unit.clone(), agreed);
    }
    let of: BTreeMap<&str, &String> =
        gathered.assessments.iter().map(|it| (it.1.id.as_str(), it.0)).collect();
    for mut level in assessing::levels(&mut db, None).await? {
        let Some(unit) = of.get(level.assessment.as_str()) else { continue };
        level.answers.retain(|it| it.at <= at);
        if level.at <= at {
            gathered.levels.entry((*unit).clone()).or_default().push(level);
        }
    }
    spread::read(&mut db, &mut gathered).await?;
    Ok(gathered)
}

impl Gathered {
    /// The trust itself, if it is a unit.
    pub fn trust(&self) -> Option<&Branch> {
        self.units.iter().find(|it| it.stored.unit.kind == UnitKind::Trust)
    }

    /// A unit that can be assessed: the trust, a specialty or a service line.
    pub fn unit(&self, code: &str) -> Option<&Branch> {
        let found = self.units.iter().find(|it| it.stored.unit.code.as_str() == code)?;
        let kind = found.stored.unit.kind;
        (kind == UnitKind::Trust || is_specialty(kind)).then_some(found)
    }

    /// Specialties and service lines, in unit order.
    pub fn specialties(&self) -> impl Iterator<Item = &Branch> {
        self.units.iter().filter(|it| is_specialty(it.stored.unit.kind))
    }

    /// Whether a step is recorded for the trust: those of the board always are, the others where
    /// steps are recorded for the organisation.
    pub fn is_of_trust(&self, step: &Step) -> bool {
        self.mode == StepMode::Organisation || step.recorded_for == RecordedFor::Organisation
    }

    /// Whether a unit rates no steps itself, since all are recorded for the organisation.
    pub fn rates_no_steps(&self, unit: &Branch) -> bool {
        self.mode == StepMode::Organisation && unit.stored.unit.kind != UnitKind::Trust
    }

    /// Steps that are rated in a unit: in the trust those that are recorded for it, in a specialty
    /// all others.
    pub fn steps_of(&self, unit: &Branch) -> Vec<&Step> {
        let is_trust = unit.stored.unit.kind == UnitKind::Trust;
        let steps = self.framework.steps().iter();
        steps.filter(|it| is_trust == self.is_of_trust(it)).collect()
    }

    /// What everybody said last of a step of a unit.
    pub fn said(&self, unit: &str, step: &str) -> Vec<&StepRating> {
        let all = self.ratings.get(unit).into_iter().flatten();
        all.filter(|it| it.said.step == step).collect()
    }

    /// What was last agreed on a step of a unit, whether or not it still holds.
    pub fn agreed_on(&self, unit: &str, step: &str) -> Option<&Agreed> {
        self.agreed.get(unit).into_iter().flatten().find(|it| it.step == step)
    }

    /// What is agreed on a step of a unit: it holds until somebody rates the step again.
    pub fn settled(&self, unit: &str, step: &str) -> Option<&Agreed> {
        let agreed = self.agreed_on(unit, step)?;
        self.said(unit, step).iter().all(|it| it.at <= agreed.at).then_some(agreed)
    }

    /// How a step of a unit stands.
    pub fn standing(&self, unit: &str, step: &str) -> Standing {
        if let Some(agreed) = self.settled(unit, step) {
            return Standing::Agreed(agreed.rating);
        }
        let said = self.said(unit, step);
        let told: Vec<_> = said
            .iter()
            .map(|it| (it.said.side, it.said.rating))
            .filter(|it| it.1 != Rating::NotAssessed)
            .collect();
        let has = |side| told.iter().any(|it| it.0 == side);
        match (told.first(), has(Side::Clinical), has(Side::Finance)) {
            (None, ..) => Standing::Nobody,
            (_, true, false) => Standing::Only(Side::Clinical),
            (_, false, true) => Standing::Only(Side::Finance),
            (Some(first), ..) if told.iter().all(|it| it.1 == first.1) => Standing::Same(first.1),
            _ => Standing::Differ,
        }
    }

    /// Whether a side has said something of every step of a unit. That it does not know counts too,
    /// of fewer than half of them: whoever rates nothing does not come to see what others said.
    pub fn has_finished(&self, unit: &Branch, side: Side) -> bool {
        let code = unit.stored.unit.code.as_str();
        let steps = self.steps_of(unit);
        let said = |step: &str, known: bool| {
            let all = self.said(code, step);
            let is_known = |rating| !known || rating != Rating::NotAssessed;
            all.iter().any(|it| it.said.side == side && is_known(it.said.rating))
        };
        let rated = steps.iter().filter(|it| said(it.id.as_str(), true)).count();
        2 * rated > steps.len() && steps.iter().all(|it| said(it.id.as_str(), false))
    }

    /// Whether both sides may see each other's answers.
    pub fn is_open_to_both(&self, unit: &Branch) -> bool {
        Side::ALL.iter().all(|it| self.has_finished(unit, *it))
    }

    /// Whether both sides may see each other's answer on a step: once both have gone through all, and
    /// of a step of the trust's own, once both have answered it.
    pub fn may_be_settled(&self, unit: &Branch, step: &str) -> bool {
        let is_own = self.local_steps.iter().any(|it| it.id.as_str() == step);
        let said = self.said(unit.stored.unit.code.as_str(), step);
        let both = Side::ALL.iter().all(|side| said.iter().any(|it| it.said.side == *side));
        self.is_open_to_both(unit) && (!is_own || both)
    }

    /// Evidence of a unit that bears a step.
    pub fn evidence_for(&self, unit: &str, step: &str) -> Vec<&Evidence> {
        let all = self.evidence.iter();
        all.filter(|it| it.of.unit.as_str() == unit && it.of.steps.contains(step)).collect()
    }

    /// The latest level of a unit that both leads signed.
    pub fn confirmed(&self, unit: &str) -> Option<&Level> {
        let all = self.levels.get(unit)?;
        all.iter().rfind(|it| it.confirmed_at().is_some())
    }

    /// What the engine proposes for the trust, from all its specialties.
    ///
    /// # Errors
    /// If what is stored does not fit the framework.
    pub fn proposal(&self) -> Result<Proposal, Fault> {
        let units = self.units.iter().filter(|it| has_place(it.stored.unit.kind));
        self.propose(&units.collect::<Vec<_>>())
    }

    /// What the engine proposes for one specialty, as if it were the only one.
    ///
    /// # Errors
    /// If what is stored does not fit the framework.
    pub fn proposal_of(&self, unit: &Branch) -> Result<Proposal, Fault> {
        self.propose(&[unit])
    }

    fn propose(&self, units: &[&Branch]) -> Result<Proposal, Fault> {
        engagement::propose(&self.framework, &Thresholds::own(), &self.assessment(units))
            .map_err(|error| Fault::Broken(format!("an assessment: {error}")))
    }

    /// What the engine is given for a unit: for the trust all of it.
    pub fn assessment_of(&self, unit: &Branch) -> engine::Assessment {
        if unit.stored.unit.kind != UnitKind::Trust {
            return self.assessment(&[unit]);
        }
        let units = self.units.iter().filter(|it| has_place(it.stored.unit.kind));
        self.assessment(&units.collect::<Vec<_>>())
    }

    fn assessment(&self, units: &[&Branch]) -> engine::Assessment {
        let trust = self.trust().map_or("", |it| it.stored.unit.code.as_str());
        let known: BTreeSet<&str> = units.iter().map(|it| it.stored.unit.code.as_str()).collect();
        engine::Assessment {
            framework: self.framework.id().clone(),
            date: self.date(),
            mode: mode(self.mode),
            organisation: self.ratings_of(trust),
            units: units.iter().map(|it| self.engine_unit(it, &known)).collect(),
            statement: self.stated(),
            roll_out: self.rolled_out(),
            support: support(self.joint.get(trust)),
        }
    }

    fn date(&self) -> jiff::civil::Date {
        calendar(today(self.at))
    }

    fn engine_unit(&self, of: &Branch, known: &BTreeSet<&str>) -> engine::Unit {
        let unit = &of.stored.unit;
        let code = unit.code.as_str();
        let joint = self.joint.get(code);
        let small = self.small(code);
        let parent = unit.parent.as_ref().filter(|it| known.contains(it.as_str()));
        engine::Unit {
            id: UnitId::from(code),
            name: unit.name.clone(),
            kind: kind(unit.kind),
            parent: parent.map(|it| UnitId::from(it.as_str())),
            open_from: Some(calendar(unit.from)),
            open_to: unit.until.map(calendar),
            status: joint.map(|it| status(it.said.status)),
            sharing: joint.and_then(|it| {
                let every = frequency(it.said.shared_every?);
                Some(engine::Sharing { every, last: it.said.last_shared_on.map(calendar) })
            }),
            lapse_confirmed: joint.is_some_and(|it| it.said.lapse_confirmed),
            very_small: small.is_some(),
            cost_object_share: share(small.and_then(|it| it.cost)),
            expenditure_share: share(small.and_then(|it| it.expenditure)),
            activity_share: share(small.and_then(|it| it.activity)),
            support: support(joint),
            // Those of the trust are the organisation's.
            ratings: if unit.kind == UnitKind::Trust {
                engine::Ratings::new()
            } else {
                self.ratings_of(code)
            },
        }
    }

    /// Ratings that count, of the steps that are recorded in a unit. Before both sides are done
    /// nothing counts but what is agreed: the level would tell each what the other has said.
    fn ratings_of(&self, code: &str) -> engine::Ratings {
        let Some(unit) = self.unit(code) else { return engine::Ratings::new() };
        let is_open = self.is_open_to_both(unit);
        let counted = |step: &str| match self.standing(code, step) {
            Standing::Same(_) if !is_open => Rating::NotAssessed,
            standing => standing.rating(),
        };
        self.steps_of(unit)
            .into_iter()
            .map(|step| {
                let rating = rating(counted(step.id.as_str()));
                let evidence = self.evidence_for(code, step.id.as_str());
                let evidence = evidence.into_iter().map(for_engine).collect();
                (step.id.clone(), engine::Rated { rating, evidence })
            })
            .collect()
    }

    /// The last day on which a piece of evidence counts, if it is accepted.
    pub fn lives_until(&self, it: &Evidence) -> jiff::civil::Date {
        for_engine(it).last_day(&Thresholds::own())
    }

    /// Whether a piece of evidence counts at the moment.
    pub fn is_live(&self, it: &Evidence) -> bool {
        for_engine(it).is_live(self.date(), &Thresholds::own())
    }
}

fn is_specialty(kind: UnitKind) -> bool {
    matches!(kind, UnitKind::Specialty | UnitKind::ServiceLine)
}

/// Whether a unit has a place in the tree that the engine counts in: wards and teams do not.
fn has_place(kind: UnitKind) -> bool {
    !matches!(kind, UnitKind::Ward | UnitKind::Team)
}

fn kind(kind: UnitKind) -> engine::UnitKind {
    match kind {
        UnitKind::Trust => engine::UnitKind::Trust,
        UnitKind::Division => engine::UnitKind::Division,
        UnitKind::Directorate => engine::UnitKind::Directorate,
        UnitKind::Specialty | UnitKind::ServiceLine => engine::UnitKind::Specialty,
        UnitKind::Ward | UnitKind::Team => engine::UnitKind::Corporate,
    }
}

fn mode(mode: StepMode) -> engine::Mode {
    match mode {
        StepMode::ByUnit => engine::Mode::ByUnit,
        StepMode::Organisation => engine::Mode::Organisation,
    }
}

fn status(status: Status) -> engine::Status {
    match status {
        Status::BoardOnly => engine::Status::BoardOnly,
        Status::AdHoc => engine::Status::AdHoc,
        Status::Norm => engine::Status::Norm,
    }
}

/// How often something happens, as the rules take it.
pub(super) fn frequency(every: assessing::Every) -> engine::Frequency {
    match every {
        assessing::Every::Week => engine::Frequency::Weekly,
        assessing::Every::Fortnight => engine::Frequency::Fortnightly,
        assessing::Every::Month => engine::Frequency::Monthly,
        assessing::Every::Quarter => engine::Frequency::Quarterly,
        assessing::Every::HalfYear => engine::Frequency::HalfYearly,
        assessing::Every::Year => engine::Frequency::Yearly,
    }
}

fn support(joint: Option<&JointWorking>) -> engine::Support {
    match joint.map_or(Support::Unanswered, |it| it.said.supports_managers) {
        Support::Yes => engine::Support::Yes,
        Support::No => engine::Support::No,
        Support::Unanswered => engine::Support::Unanswered,
    }
}

fn rating(rating: Rating) -> engine::Rating {
    match rating {
        Rating::Consistently => engine::Rating::Consistently,
        Rating::Partly => engine::Rating::Partly,
        Rating::NotYet => engine::Rating::NotYet,
        Rating::NotAssessed => engine::Rating::NotAssessed,
    }
}
