//! A new action: what, who, how much, by when.

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use engagement::actions::{Action, ActionFault, Effort, Owner, Priority, View};
use engagement::benefits::BenefitSettings;
use serde::Deserialize;
use store::joint_actions::{self, NewAction, date_at};
use store::people::{self as staff, StoredPerson};
use store::{PersonId, UnitCode};

use super::TEXT;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::feasibility;
use crate::shell::forms::{Wrong, local};
use crate::shell::joint_work::{self, choices, kept_units, profession};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/joint_actions/new.html")]
pub(super) struct New {
    shell: Shell,
    units: Vec<(String, String)>,
    owners: Vec<(String, String)>,
    others: Vec<(String, String)>,
    efforts: Vec<(String, String)>,
    priorities: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    /// How feasible an owner may find it.
    levels: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// An action as typed, or as an address begins it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    from: String,
    unit: String,
    what: String,
    joint: String,
    owner_1: String,
    owner_2: String,
    owner_3: String,
    measure: String,
    quality: String,
    low: String,
    high: String,
    size_unit: String,
    effort: String,
    priority: String,
    starts: String,
    due: String,
    owner_1_view: String,
    owner_1_because: String,
    owner_2_view: String,
    owner_2_because: String,
    owner_3_view: String,
    owner_3_because: String,
}

const TITLE: &str = "Add an action";

/// Who and where there is to choose from.
struct Choices {
    units: Vec<(String, String)>,
    owners: Vec<(StoredPerson, String)>,
}

async fn open(app: &App, visit: &Visit) -> Result<Choices, Fault> {
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    let with = people::with(app, &mut db, Capability::KeepActions, visit.now).await?;
    let mut owners = Vec::new();
    for (id, label) in with {
        let stored = staff::get(&mut db, &id).await?;
        let group = profession(&stored.person.profession).name();
        owners.push((stored, format!("{group}: {label}")));
    }
    owners.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(Choices { units, owners })
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Typed>,
    visit: Visit,
) -> Result<Response, Fault> {
    let choices = open(&app, &visit).await?;
    // What is typed comes in a form; an address says where it came from and of which unit it is.
    let from = if asked.from.is_empty() { "" } else { local(&asked.from) };
    let typed = Typed {
        from: from.to_owned(),
        unit: asked.unit,
        joint: "yes".to_owned(),
        owner_1: visit.person()?.id.to_string(),
        effort: Effort::Medium.word().to_owned(),
        priority: Priority::Medium.word().to_owned(),
        starts: date_at(visit.now).to_string(),
        ..Typed::default()
    };
    Ok(New::of(&visit, &choices, (typed, Wrong::default())).respond())
}

impl New {
    fn of(visit: &Visit, from: &Choices, (typed, wrong): (Typed, Wrong)) -> Self {
        let people: Vec<(String, String)> =
            from.owners.iter().map(|it| (it.0.id.to_string(), it.1.clone())).collect();
        let none = |text: &str| {
            let first = (String::new(), text.to_owned());
            std::iter::once(first).chain(people.iter().cloned()).collect()
        };
        Self {
            shell: visit.shell(TITLE).below("Actions", "/actions").with_errors(&wrong),
            units: from.units.clone(),
            owners: none("Choose somebody"),
            others: none("Nobody else"),
            efforts: choices("", Effort::ALL.iter().map(|it| (it.word(), it.name()))),
            priorities: choices("", Priority::ALL.iter().map(|it| (it.word(), it.name()))),
            kinds: kinds(),
            levels: levels(),
            typed,
            wrong,
        }
    }
}

fn kinds() -> Vec<(String, String)> {
    choices(
        "",
        [("yes", "Joint: people of two professions, one of them a clinician"), ("no", "Not joint")],
    )
}

fn levels() -> Vec<(String, String)> {
    let first = (String::new(), "Not said".to_owned());
    std::iter::once(first).chain(feasibility::levels(&BenefitSettings::own())).collect()
}

impl Typed {
    /// How feasible the owners find it: each of joint work, others where they say so.
    fn views(&self, joint: bool, wrong: &mut Wrong) -> Vec<View> {
        let settings = BenefitSettings::own();
        let rows = [
            ("owner_1", &self.owner_1, &self.owner_1_view, &self.owner_1_because),
            ("owner_2", &self.owner_2, &self.owner_2_view, &self.owner_2_because),
            ("owner_3", &self.owner_3, &self.owner_3_view, &self.owner_3_because),
        ];
        let mut views = Vec::new();
        for (whose, person, level, because) in rows {
            let (level, because) = (level.trim().to_owned(), because.trim().to_owned());
            let is_said = joint || !level.is_empty() || !because.is_empty();
            if !person.is_empty() && is_said {
                let view = View { person: person.clone(), level, because };
                feasibility::check(&settings, (whose, &view), &TEXT, wrong);
                views.push(view);
            }
        }
        views
    }

    fn read(&self, from: &Choices) -> Result<(NewAction, Vec<View>), Wrong> {
        let mut wrong = Wrong::default();
        let is_unit = from.units.iter().any(|it| it.0 == self.unit);
        wrong.unless(is_unit, "unit", "Choose whose work it is");
        TEXT.check(&mut wrong, "what", &self.what, "Say what will be done");
        TEXT.check(&mut wrong, "measure", &self.measure, "Say by what you will see that it worked");
        let joint = self.joint == "yes";
        if joint || !self.quality.trim().is_empty() {
            TEXT.check(&mut wrong, "quality", &self.quality, "Say how it could affect quality");
        }
        let owners = self.owners(from, &mut wrong);
        let views = self.views(joint, &mut wrong);
        let size = joint_work::size([&self.low, &self.high, &self.size_unit], &mut wrong);
        let (effort, priority) = (self.effort.parse(), self.priority.parse());
        wrong.unless(effort.is_ok(), "effort", "Choose how much work it is");
        wrong.unless(priority.is_ok(), "priority", "Choose what comes first");
        let (starts, due) = (self.starts.trim().parse(), self.due.trim().parse());
        wrong.unless(starts.is_ok(), "starts", "Enter the day on which it begins");
        wrong.unless(due.is_ok(), "due", "Enter the day by which it is done");
        let (Ok(effort), Ok(priority), Ok(starts_on), Ok(due_on), true) =
            (effort, priority, starts, due, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let of = Action {
            what: self.what.trim().to_owned(),
            owners,
            joint,
            size,
            effort,
            priority,
            measure: self.measure.trim().to_owned(),
            quality: self.quality.trim().to_owned(),
            starts_on,
            due_on,
        };
        for fault in of.all_faults() {
            wrong.add(field(&fault), words::capital(&fault.to_string()));
        }
        let new =
            NewAction { unit: UnitCode::new(self.unit.as_str()), origin: self.from.clone(), of };
        if wrong.is_empty() { Ok((new, views)) } else { Err(wrong) }
    }

    fn owners(&self, from: &Choices, wrong: &mut Wrong) -> Vec<Owner> {
        let fields =
            [("owner_1", &self.owner_1), ("owner_2", &self.owner_2), ("owner_3", &self.owner_3)];
        let mut owners = Vec::new();
        for (name, id) in fields.iter().filter(|it| !it.1.is_empty()) {
            match from.owners.iter().find(|it| it.0.id == PersonId::new(id.as_str())) {
                Some((stored, _)) => owners.push(Owner {
                    person: stored.id.to_string(),
                    profession: profession(&stored.person.profession),
                }),
                None => wrong.add(name, "Choose somebody of the list"),
            }
        }
        owners
    }
}

/// On which field of the form a fault stands.
fn field(fault: &ActionFault) -> &'static str {
    match fault {
        ActionFault::Missing(_) | ActionFault::SizeBackwards => "low",
        ActionFault::NoOwner | ActionFault::Twice => "owner_1",
        ActionFault::OneProfession | ActionFault::NoClinician => "owner_2",
        ActionFault::DueBeforeStart => "due",
    }
}

pub(super) async fn agree(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let choices = open(&app, &visit).await?;
    let (new, views) = match typed.read(&choices) {
        Ok(read) => read,
        Err(wrong) => return Ok(New::of(&visit, &choices, (typed, wrong)).respond()),
    };
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "action.agree", "");
    let done = visit.change_to("The action is recorded.", move |tx| {
        Box::pin(async move {
            let id = joint_actions::agree_with_views(tx, &new, &views, &entry).await?;
            Ok(format!("/actions/{id}"))
        })
    });
    done.await
}

impl Page for New {
    const TEMPLATE: &'static str = "features/joint_actions/new.html";

    fn samples() -> Vec<Self> {
        let person = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        let page = |wrong: Wrong, units: Vec<(String, String)>| Self {
            shell: Shell::sample(TITLE).with_errors(&wrong),
            units,
            owners: vec![person("1", "Clinical: Amara Okafor, clinical director")],
            others: vec![person("", "Nobody else"), person("2", "Finance: Daniel Osei")],
            efforts: choices("", Effort::ALL.iter().map(|it| (it.word(), it.name()))),
            priorities: choices("", Priority::ALL.iter().map(|it| (it.word(), it.name()))),
            kinds: kinds(),
            levels: levels(),
            typed: Typed { joint: "yes".to_owned(), ..Typed::default() },
            wrong,
        };
        let units = vec![person("TORT", "Trauma and orthopaedics")];
        let mut wrong = Wrong::default();
        wrong.add("owner_2", words::capital(&ActionFault::OneProfession.to_string()));
        vec![
            page(Wrong::default(), units.clone()),
            page(Wrong::default(), Vec::new()),
            page(wrong, units),
        ]
    }
}
