//! A case, or what is worked out for one, as far as somebody may go to it.

use std::collections::BTreeMap;

use access::{Capability, ProfessionGroup};
use axum::response::Response;
use engagement::actions::Profession;
use store::cases::{self, Body, Kind, Record, Step};
use store::people::{self as staff, PersonState, StoredPerson};
use store::units::{self, UnitKind};
use store::{CaseId, Connection, PersonId};

use super::HOME;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work;
use crate::shell::page::{Link, Shell};
use crate::shell::session::access_of;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A record with what its pages say of it.
pub(super) struct Found {
    pub(super) record: Record,
    /// Name of its unit.
    pub(super) unit: String,
    pub(super) staff: Staff,
    /// Whether whoever asks may change it.
    pub(super) keeps: bool,
}

/// Everybody by reference, those who left too.
pub(super) struct Staff(BTreeMap<String, StoredPerson>);

impl Staff {
    pub(super) async fn of(db: &mut Connection) -> Result<Self, Fault> {
        let all = staff::list(db).await?.into_iter();
        Ok(Self(all.map(|it| (it.id.as_str().to_owned(), it)).collect()))
    }

    /// The name of somebody; the reference itself where it is nobody's.
    pub(super) fn name<'a>(&'a self, reference: &'a str) -> &'a str {
        self.0.get(reference).map_or(reference, |it| it.person.name.as_str())
    }

    /// With their job title.
    pub(super) fn with_title(&self, reference: &str) -> String {
        let Some(it) = self.0.get(reference) else { return reference.to_owned() };
        let title = it.person.job_title.to_lowercase();
        if title.is_empty() {
            it.person.name.clone()
        } else {
            format!("{}, {title}", it.person.name)
        }
    }

    /// The group of somebody's profession.
    pub(super) fn profession(&self, reference: &str) -> Profession {
        let written = self.0.get(reference).map_or("", |it| it.person.profession.as_str());
        joint_work::profession(written)
    }

    /// Whether somebody is at work here.
    pub(super) fn is_here(&self, reference: &str) -> bool {
        self.0.get(reference).is_some_and(|it| it.state == PersonState::Active)
    }

    /// People at work to choose from, those of a profession alone where one is asked for.
    pub(super) fn choices(&self, of: Option<Profession>, none: &str) -> Vec<(String, String)> {
        let is_of = |it: &&StoredPerson| {
            it.state == PersonState::Active
                && of.is_none_or(|of| joint_work::profession(&it.person.profession) == of)
        };
        let here = self.0.values().filter(is_of);
        let name = |it: &StoredPerson| (it.id.to_string(), self.with_title(it.id.as_str()));
        let mut all: Vec<(String, String)> = here.map(name).collect();
        all.sort_by(|one, other| one.1.cmp(&other.1));
        all.insert(0, (String::new(), none.to_owned()));
        all
    }

    /// Choices with somebody who was chosen before and left since, so that a form keeps them.
    pub(super) fn with_leaver(
        &self,
        choices: &[(String, String)],
        chosen: &str,
    ) -> Vec<(String, String)> {
        let mut all = choices.to_vec();
        if self.0.get(chosen).is_some_and(|it| it.state == PersonState::Left) {
            all.push((chosen.to_owned(), format!("{} (has left)", self.with_title(chosen))));
        }
        all
    }

    /// Choices with somebody at work who was chosen and is none of them, so that a form gives them
    /// back, with what is said of them.
    pub(super) fn with_other(
        &self,
        mut choices: Vec<(String, String)>,
        (chosen, said): (&str, &str),
    ) -> Vec<(String, String)> {
        if self.is_here(chosen) && !choices.iter().any(|it| it.0 == chosen) {
            choices.push((chosen.to_owned(), format!("{} ({said})", self.with_title(chosen))));
        }
        choices
    }

    /// Surgeons and other doctors at work, to choose from.
    pub(super) fn clinicians(&self, none: &str) -> Vec<(String, String)> {
        self.choices(Some(Profession::Clinical), none)
    }

    /// Whether somebody gives care.
    pub(super) fn is_clinician(&self, reference: &str) -> bool {
        let written = self.0.get(reference).map_or("", |it| it.person.profession.as_str());
        ProfessionGroup::of(written) == ProfessionGroup::Clinician
    }
}

/// A record that somebody may go to with a capability.
///
/// # Errors
///
/// [`Fault::NotFound`] where it is not there for the person, or of another kind.
pub(super) async fn found(
    app: &App,
    visit: &Visit,
    (capability, kind): (Capability, Kind),
    id: &str,
) -> Result<Found, Fault> {
    let mut db = app.store().read().await?;
    let record = cases::get(&mut db, &CaseId::new(id)).await?;
    let unit = record.unit.as_str();
    if record.kind != kind || !joint_work::may(visit, capability, unit) {
        return Err(Fault::NotFound);
    }
    let name = units::get(&mut db, &record.unit).await?.unit.name;
    let staff = Staff::of(&mut db).await?;
    let keeps = joint_work::may(visit, Capability::KeepCases, unit);
    Ok(Found { record, unit: name, staff, keeps })
}

/// Service lines whose cases somebody may keep, in the order of the tree: code and name.
pub(super) async fn kept_units(
    db: &mut Connection,
    visit: &Visit,
) -> Result<Vec<(String, String)>, Fault> {
    let all = units::tree(db).await?.into_iter().map(|it| it.stored.unit);
    let kept = all.filter(|it| {
        matches!(it.kind, UnitKind::ServiceLine | UnitKind::Specialty)
            && joint_work::may(visit, Capability::KeepCases, it.code.as_str())
    });
    Ok(kept.map(|it| (it.code.to_string(), it.name)).collect())
}

/// What a form says above itself: how it goes on, or that there is no unit to begin it for.
pub(super) fn lead(units: &[(String, String)], said: &str) -> Vec<String> {
    if units.is_empty() {
        let none = "You may keep cases of no service line. Ask an administrator of your trust for that right.";
        return vec![none.to_owned()];
    }
    vec![said.to_owned()]
}

/// Records of a kind that somebody may read, with the names of their units.
pub(super) async fn readable(
    app: &App,
    visit: &Visit,
    kind: Kind,
) -> Result<Vec<(Record, String)>, Fault> {
    let mut db = app.store().read().await?;
    let names = joint_work::unit_names(&mut db).await?;
    let all = cases::list(&mut db, kind).await?.into_iter();
    let seen = all.filter(|it| joint_work::may(visit, Capability::ReadCases, it.unit.as_str()));
    let with_unit = |it: Record| {
        let name = names.get(it.unit.as_str()).cloned().unwrap_or_default();
        (it, name)
    };
    let mut found: Vec<(Record, String)> = seen.map(with_unit).collect();
    found.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(found)
}

/// Lists of what is kept here, the one that is shown marked.
pub(super) fn lists(current: &str) -> Vec<Link> {
    let all = [
        HOME,
        ("Patient journeys", "/cases/journeys"),
        ("Demand and capacity", "/cases/demand"),
        ("Price ceilings", "/cases/ceilings"),
        ("Examples of the guide", "/cases/examples"),
    ];
    all.map(|(name, address)| Link { current: address == current, ..Link::new(name, address) })
        .into_iter()
        .collect()
}

impl Found {
    /// Where it is.
    pub(super) fn address(&self) -> String {
        let folder = match self.record.kind {
            Kind::Case => "",
            Kind::Journey => "/journeys",
            Kind::Demand => "/demand",
            Kind::Ceiling => "/ceilings",
        };
        format!("/cases{folder}/{}", self.record.id)
    }

    /// People at work who may read it, and so can sign something of it, to choose from.
    pub(super) async fn readers(
        &self,
        (app, visit): (&App, &Visit),
        none: &str,
    ) -> Result<Vec<(String, String)>, Fault> {
        let mut db = app.store().read().await?;
        let mut found = Vec::new();
        for it in self.staff.choices(None, none) {
            let person = PersonId::new(it.0.as_str());
            // The blank choice is nobody, whose rights need not be read.
            if it.0.is_empty() || self.reads((app, visit), &mut db, &person).await? {
                found.push(it);
            }
        }
        Ok(found)
    }

    /// Whether somebody may read it.
    async fn reads(
        &self,
        (app, visit): (&App, &Visit),
        db: &mut Connection,
        person: &PersonId,
    ) -> Result<bool, Fault> {
        let access = access_of(app, db, person, visit.now).await?;
        let scope = access.scope(Capability::ReadCases);
        Ok(scope.is_some_and(|it| it.of_unit(self.record.unit.as_str()).is_some()))
    }

    /// What stands around its own page.
    pub(super) fn home(&self, visit: &Visit) -> Shell {
        let shell = visit.shell(self.record.body().title()).below(HOME.0, HOME.1);
        match self.record.kind {
            Kind::Case => shell,
            Kind::Journey => shell.below("Patient journeys", "/cases/journeys"),
            Kind::Demand => shell.below("Demand and capacity", "/cases/demand"),
            Kind::Ceiling => shell.below("Price ceilings", "/cases/ceilings"),
        }
    }

    /// What stands around a page below it.
    pub(super) fn shell(&self, visit: &Visit, title: &str) -> Shell {
        let title_above = self.record.body().title();
        self.home(visit).titled(title).below(title_above, self.address())
    }

    /// Who did something and when: `Daniel Osei, 11 June 2026, 08:31`.
    pub(super) fn by(&self, person: &PersonId, at: jiff::Timestamp) -> String {
        format!("{}, {}", self.staff.name(person.as_str()), words::moment(at))
    }

    /// Writes it anew and leads on to its page.
    pub(super) async fn rewrite(
        &self,
        visit: &Visit,
        (body, seen): (Body, i64),
        said: &str,
    ) -> Result<Response, Fault> {
        let entry = visit.entry_in(visit.scope(Capability::KeepCases)?, "case.write", "");
        let (id, home) = (self.record.id.clone(), self.address());
        let done = visit.change(&home, said, move |tx| {
            Box::pin(async move { cases::write(tx, &id, &body, seen, &entry).await })
        });
        done.await
    }

    /// Takes a step with it; what a rule of cases forbids stands in `wrong` of the page.
    pub(super) async fn step(
        &self,
        visit: &Visit,
        (capability, step): (Capability, Step),
        (leads_to, said): (&str, &str),
    ) -> Result<Result<Response, Wrong>, Fault> {
        let seen = visit.fields.get("seen").parse().unwrap_or_default();
        let entry = visit.entry_in(visit.scope(capability)?, "case.step", "");
        let id = self.record.id.clone();
        let done = visit.attempt(leads_to, said, move |tx| {
            Box::pin(async move { cases::step(tx, &id, &step, seen, &entry).await })
        });
        match done.await {
            Ok(response) => Ok(Ok(response)),
            Err(store::Error::Refused(refusal)) => {
                let mut wrong = Wrong::default();
                wrong.add("decision", words::sentence(&refusal.to_string()));
                Ok(Err(wrong))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Begins a record of a unit that somebody may keep, and leads on to it.
pub(super) async fn begin(
    visit: &Visit,
    (unit, body): (&str, Body),
    folder: &'static str,
) -> Result<Response, Fault> {
    if !joint_work::may(visit, Capability::KeepCases, unit) {
        return Err(Fault::NotFound);
    }
    let entry = visit.entry_in(visit.scope(Capability::KeepCases)?, "case.open", "");
    let unit = store::UnitCode::new(unit);
    let done = visit.change_to("It is kept.", move |tx| {
        Box::pin(async move {
            let id = cases::open(tx, &unit, &body, &entry).await?;
            Ok(format!("{folder}/{id}"))
        })
    });
    done.await
}
