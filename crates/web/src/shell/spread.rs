//! What tells how joint working spreads, gathered from the store, and as the level engine takes it.

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use engagement::assessment::MaterialityStatement;
use engagement::framework::{CategoryId, RecordedFor, Step};
use engagement::{Level, Share, StepId, UnitId};
use jiff::Timestamp;
use store::assessing::champions::{self, Champion, Kind};
use store::assessing::local_steps::{self, LocalStep};
use store::assessing::moderated::{self, Moderated};
use store::assessing::sponsors::Pair;
use store::assessing::very_small::{self, Part, SmallUnit};
use store::assessing::{Every, StepMode, plan};
use store::people::{self, PersonState, StoredPerson};
use store::units::{Branch, UnitKind};
use store::{Connection, UnitCode};

use super::assessing::{Gathered, frequency};
use super::fault::Fault;
use super::session::{calendar, civil, today};
use super::{assessed, words};

/// The champions of a unit; none where a place is vacant, or whoever had it has left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Champions {
    /// For care.
    pub clinical: Option<Named>,
    /// For cost.
    pub cost: Option<Named>,
}

/// A champion with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Name.
    pub name: String,
    /// Since when they have the place, after somebody else or nobody had it.
    pub since: Day,
    /// How often they are in contact.
    pub contact_every: Option<Every>,
    /// When they last were, since then.
    pub last_contact_on: Option<Day>,
    /// By when they are to be again; none where no time is agreed.
    pub contact_due: Option<Day>,
}

impl Named {
    /// Since when contact is past its stated frequency; none where it is not.
    fn overdue(&self, today: Day) -> Option<Day> {
        self.contact_due.filter(|it| *it < today)
    }

    /// What is said where contact is past its stated frequency; blank where it is not.
    pub fn warns(&self, today: Day) -> String {
        let since = self.overdue(today);
        since.map_or_else(String::new, |it| {
            format!("Contact was due {}", words::day(&it.to_string()))
        })
    }
}

/// What a champion is called.
pub fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Clinical => "Clinical champion",
        Kind::Cost => "Cost champion",
    }
}

impl Champions {
    /// The one of a kind.
    pub fn of(&self, kind: Kind) -> Option<&Named> {
        match kind {
            Kind::Clinical => self.clinical.as_ref(),
            Kind::Cost => self.cost.as_ref(),
        }
    }

    /// Kinds of which there is nobody.
    pub fn vacant(&self) -> Vec<Kind> {
        Kind::ALL.iter().copied().filter(|it| self.of(*it).is_none()).collect()
    }

    /// What is said where there is nobody, such as `No cost champion`.
    pub fn missing(&self) -> Vec<String> {
        let vacant = self.vacant().into_iter();
        vacant.map(|it| format!("No {}", words::lower(kind_words(it)))).collect()
    }

    /// What is said where contact is past its stated frequency.
    pub fn overdue(&self, today: Day) -> Vec<String> {
        let late = Kind::ALL.iter().filter_map(|kind| {
            let warns = self.of(*kind)?.warns(today);
            (!warns.is_empty()).then(|| format!("{}: {}", kind_words(*kind), words::lower(&warns)))
        });
        late.collect()
    }
}

/// The champions of every unit that has any, as they were at a moment.
///
/// # Errors
/// If the store cannot be read.
pub async fn champions_at(
    db: &mut Connection,
    at: Timestamp,
) -> Result<BTreeMap<String, Champions>, Fault> {
    let people = all_people(db).await?;
    champions_of(db, at, &people).await
}

async fn all_people(db: &mut Connection) -> Result<BTreeMap<String, StoredPerson>, Fault> {
    let all = people::list(db).await?.into_iter();
    Ok(all.map(|it| (it.id.as_str().to_owned(), it)).collect())
}

async fn champions_of(
    db: &mut Connection,
    at: Timestamp,
    people: &BTreeMap<String, StoredPerson>,
) -> Result<BTreeMap<String, Champions>, Fault> {
    let mut found: BTreeMap<String, Champions> = BTreeMap::new();
    for it in champions::all(db, at).await? {
        let of = found.entry(it.unit.as_str().to_owned()).or_default();
        let named = named(&it, people);
        match it.kind {
            Kind::Clinical => of.clinical = named,
            Kind::Cost => of.cost = named,
        }
    }
    Ok(found)
}

/// Whether a plan may be made for a unit: a directorate, a specialty or a service line.
pub fn may_be_planned(unit: &Branch) -> bool {
    matches!(
        unit.stored.unit.kind,
        UnitKind::Directorate | UnitKind::Specialty | UnitKind::ServiceLine
    )
}

/// Adds to what is gathered how joint working spreads, as it was at its moment.
pub(super) async fn read(db: &mut Connection, gathered: &mut Gathered) -> Result<(), Fault> {
    let at = gathered.at;
    let planned = plan::all(db, at).await?.into_iter().filter(plan::Planned::is_in);
    gathered.plan = planned.map(|it| (it.unit.as_str().to_owned(), it)).collect();
    gathered.statement = very_small::latest(db, at).await?;
    gathered.local_steps = in_use(db, at).await?;
    let people = all_people(db).await?;
    gathered.champions = champions_of(db, at, &people).await?;
    let open: Vec<(String, store::AssessmentId)> =
        gathered.assessments.iter().map(|it| (it.0.clone(), it.1.id.clone())).collect();
    for (unit, id) in open {
        let found: Vec<Moderated> = moderated::all(db, &id, at).await?;
        if !found.is_empty() {
            gathered.moderated.insert(unit, found);
        }
    }
    gathered.left = people
        .into_values()
        .filter(|it| it.state == PersonState::Left)
        .map(|it| it.id.as_str().to_owned())
        .collect();
    Ok(())
}

async fn in_use(db: &mut Connection, at: Timestamp) -> Result<Vec<LocalStep>, Fault> {
    let mut steps = local_steps::all(db, at).await?;
    steps.retain(|it| it.retired_at.is_none());
    Ok(steps)
}

fn named(it: &Champion, people: &BTreeMap<String, StoredPerson>) -> Option<Named> {
    let person = people.get(it.of.person.as_ref()?.as_str())?;
    let from = it.last_contact_on.unwrap_or_else(|| today(it.since));
    let due = |every: Every| civil(frequency(every).next_due(calendar(from)));
    (person.state == PersonState::Active).then(|| Named {
        name: person.person.name.clone(),
        since: today(it.since),
        contact_every: it.of.contact_every,
        last_contact_on: it.last_contact_on,
        contact_due: it.of.contact_every.map(due),
    })
}

impl Gathered {
    /// What a moderator made of a step of a unit.
    pub fn moderated_as(&self, unit: &str, step: &str) -> Option<&Moderated> {
        self.moderated.get(unit).into_iter().flatten().find(|it| it.step == step)
    }

    /// Steps of the trust's own that are rated in a unit: in every specialty and not in the trust, or
    /// the other way round where steps are recorded for the organisation. They look like those of the
    /// framework, so that they are rated alike, but are in the column of no level, and nothing that
    /// counts steps is given them.
    pub fn own_steps_of(&self, unit: &Branch) -> Vec<Step> {
        let is_trust = unit.stored.unit.kind == UnitKind::Trust;
        let is_here = is_trust == (self.mode == StepMode::Organisation);
        let steps = self.local_steps.iter().filter(|_| is_here);
        steps.map(as_step).collect()
    }

    /// All steps that are rated in a unit: those of the framework, then the trust's own.
    pub fn all_steps_of(&self, unit: &Branch) -> Vec<Step> {
        let national = self.steps_of(unit).into_iter().cloned();
        national.chain(self.own_steps_of(unit)).collect()
    }

    /// Whether a step is one of the trust's own.
    pub fn is_own(&self, step: &str) -> bool {
        self.local_steps.iter().any(|it| it.id == step)
    }

    /// Units that a plan covers, by themselves or by what they belong to.
    pub fn rolled_out(&self) -> BTreeSet<UnitId> {
        let parents: BTreeMap<&str, &UnitCode> = self
            .units
            .iter()
            .filter_map(|it| Some((it.stored.unit.code.as_str(), it.stored.unit.parent.as_ref()?)))
            .collect();
        let is_planned = |code: &str| {
            let above = |at: &&str| parents.get(at).map(|it| it.as_str());
            std::iter::successors(Some(code), above).any(|it| self.plan.contains_key(it))
        };
        let codes = self.units.iter().map(|it| it.stored.unit.code.as_str());
        codes.filter(|it| is_planned(it)).map(UnitId::from).collect()
    }

    /// The statement on very small specialties as the engine takes it; none that names nobody.
    pub(super) fn stated(&self) -> Option<MaterialityStatement> {
        let found = self.statement.as_ref().filter(|it| !it.of.units.is_empty())?;
        let units = found.of.units.iter().map(|it| UnitId::from(it.unit.as_str()));
        Some(MaterialityStatement { units: units.collect(), signed: found.is_signed() })
    }

    /// A unit with its shares, where the statement names it.
    pub(super) fn small(&self, unit: &str) -> Option<&SmallUnit> {
        let found = self.statement.as_ref()?;
        found.of.units.iter().find(|it| it.unit.as_str() == unit)
    }
}

fn as_step(it: &LocalStep) -> Step {
    Step {
        id: StepId::from(it.id.as_str()),
        category: CategoryId::from(it.of.category.as_str()),
        from_level: Level::Four,
        recorded_for: RecordedFor::AsAssessed,
        neutral: true,
        label: it.of.label.clone(),
        guidance: it.of.guidance.clone(),
        note: Some("A step of the trust’s own: no level rests on it.".to_owned()),
        enough: String::new(),
        not_enough: String::new(),
    }
}

/// A part as the engine takes it; none where it is no share, such as of a cost below nothing.
pub fn share(part: Option<Part>) -> Option<Share> {
    let Part { part, whole } = part?;
    Share::of(part, whole).ok()
}

/// Which two directors lead together, when the board last saw both, and in how many specialties both
/// champions are named; in sentences.
pub fn leads(
    gathered: &Gathered,
    pair: Option<&Pair>,
    names: &BTreeMap<String, String>,
) -> Vec<String> {
    pair_words(pair, names).into_iter().chain(coverage(gathered)).collect()
}

fn pair_words(pair: Option<&Pair>, names: &BTreeMap<String, String>) -> Vec<String> {
    let Some(Pair { of, .. }) = pair else {
        return vec!["Nobody has said which two directors lead together.".to_owned()];
    };
    let name = |id: &store::PersonId| names.get(id.as_str()).map_or("", String::as_str);
    let mut said = vec![format!("{} and {}.", name(&of.medical), name(&of.finance))];
    said.push(match of.appeared_on {
        Some(on) if of.words.is_empty() => {
            format!("Last before the board together: {}.", assessed::day(&on))
        }
        Some(on) => {
            format!("Last before the board together: {}, {}.", assessed::day(&on), of.words)
        }
        None => "They have not yet stood before the board together.".to_owned(),
    });
    said
}

/// In how many specialties both champions are named; nothing where there is no specialty.
fn coverage(gathered: &Gathered) -> Option<String> {
    let codes: Vec<&str> = gathered.specialties().map(|it| it.stored.unit.code.as_str()).collect();
    let both = |it: &&&str| gathered.champions.get(**it).is_some_and(|it| it.vacant().is_empty());
    let (named, all) = (codes.iter().filter(both).count(), codes.len());
    // number: of a hundred, halves up
    let percent = (200 * named + all).checked_div(2 * all)?;
    Some(format!(
        "A clinical and a cost champion are named in {named} of {}, {percent}%.",
        words::count(all as u64, "specialty", "specialties")
    ))
}
