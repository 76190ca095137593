//! An action that a review takes up: what was agreed, two owners, and by when.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::actions::{Action, ActionFault, Effort, Owner, Priority, View};
use engagement::benefits::BenefitSettings;
use engagement::reviews::Side;
use store::joint_actions;
use store::reviewing::{self, Meeting, NewAction};

use super::WORDS;
use super::found::{Found, owners, side};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::feasibility;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{self, choices, profession};
use crate::shell::session::{civil, today};
use crate::shell::sit_downs;
use crate::shell::visit::Visit;
use crate::shell::words;

/// An action as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    noted: String,
    measure: String,
    quality: String,
    clinical: String,
    other: String,
    /// What it may bring: the least, the most, and of what.
    size: [String; 3],
    effort: String,
    priority: String,
    starts: String,
    due: String,
    meeting: String,
    /// How feasible the clinical owner and the other find it.
    views: [(String, String); 2],
}

/// How the fields of the two owners begin.
const OWNERS: [&str; 2] = ["clinical", "other"];

impl Typed {
    /// How feasible each owner finds it.
    fn views(&self) -> [View; 2] {
        let view = |person: &String, (level, because): &(String, String)| View {
            person: person.clone(),
            level: level.clone(),
            because: because.clone(),
        };
        [view(&self.clinical, &self.views[0]), view(&self.other, &self.views[1])]
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    axum::extract::Query(to): axum::extract::Query<To>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let typed = Typed {
        meeting: to.meeting,
        effort: Effort::Medium.word().to_owned(),
        priority: Priority::Medium.word().to_owned(),
        starts: today(visit.now).to_string(),
        ..Typed::default()
    };
    Ok(page(&visit, &found, typed, Wrong::default()))
}

/// From which meeting it is added; blank for none.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct To {
    meeting: String,
}

/// A review that is not finished.
async fn open(app: &App, visit: &Visit, place: (&str, &str)) -> Result<Found, Fault> {
    let found = Found::of(app, visit, Capability::RunReviews, place).await?;
    if found.is_finished() { Err(Fault::NotFound) } else { Ok(found) }
}

/// The meeting in which it is agreed; none where it is added while the review is prepared.
fn meeting<'a>(found: &'a Found, typed: &Typed) -> Option<&'a Meeting> {
    found.meetings.iter().find(|it| it.id.as_str() == typed.meeting)
}

/// Where the page leads back to.
fn home(found: &Found, typed: &Typed) -> String {
    found.home(meeting(found, typed).map(|it| &it.id))
}

fn page(visit: &Visit, found: &Found, typed: Typed, wrong: Wrong) -> Response {
    let of_side = |is_clinical: bool, nobody: &str| -> Vec<(String, String)> {
        let all = owners(&found.people, nobody).into_iter();
        let fits = |it: &str| (side(&found.people, it) == Side::Clinical) == is_clinical;
        all.filter(|it| it.0.is_empty() || fits(&it.0)).collect()
    };
    let back = home(found, &typed);
    let mut lead = vec!["A joint action has owners of two professions.".to_owned()];
    if found.is_sit_down() {
        lead.push(format!("It is told to {}.", sit_downs::TOLD_TO));
    }
    let settings = BenefitSettings::own();
    let [clinical, other] = typed.views();
    let [clinical_view, clinical_because] = feasibility::fields(
        &settings,
        OWNERS[0],
        "How feasible the clinical owner finds it",
        &clinical,
    );
    let [other_view, other_because] =
        feasibility::fields(&settings, OWNERS[1], "How feasible the other owner finds it", &other);
    FormPage {
        shell: found.shell(visit, "A joint action"),
        kicker: found.review.title.clone(),
        lead,
        action: format!("{}/action", found.address()),
        hidden: vec![("meeting", typed.meeting)],
        fields: vec![
            Field::new(Kind::Lines, "noted", "What we will do", "").with(typed.noted),
            Field::new(Kind::Lines, "measure", "By what we shall see that it worked", "")
                .with(typed.measure),
            Field::new(Kind::Lines, "quality", "How it could affect quality", "")
                .with(typed.quality),
            Field::new(Kind::Choice, "clinical", "Clinical owner", "")
                .with(typed.clinical)
                .of(of_side(true, "Choose somebody")),
            clinical_view,
            clinical_because,
            Field::new(Kind::Choice, "other", "Owner of finance or management", "")
                .with(typed.other)
                .of(of_side(false, "Choose somebody")),
            other_view,
            other_because,
        ]
        .into_iter()
        .chain(sized(typed.size, (typed.effort, typed.priority), (typed.starts, typed.due)))
        .collect(),
        button: "Add the action".to_owned(),
        back,
        wrong,
        ..FormPage::default()
    }
    .answer()
}

/// What it may bring, how much work it is, its turn and its days.
fn sized(
    [low, high, unit]: [String; 3],
    (effort, priority): (String, String),
    (starts, due): (String, String),
) -> [Field; 7] {
    let efforts = choices("", Effort::ALL.iter().map(|it| (it.word(), it.name())));
    let turns = choices("", Priority::ALL.iter().map(|it| (it.word(), it.name())));
    let figure = |name: &str, label: &str| Field::new(Kind::Figure, name, label, "");
    let of = "Such as bed days a year. It is never added to that of another action";
    [
        figure("low", "Low").with(low).under("How much it may bring (optional)"),
        figure("high", "High").with(high),
        Field::new(Kind::Line, "size_unit", "In which unit", of).with(unit),
        Field::new(Kind::Radios, "effort", "How much work it is", "")
            .with(effort)
            .of(efforts)
            .under("Its work, its turn and its days"),
        Field::new(Kind::Radios, "priority", "When it has its turn", "").with(priority).of(turns),
        Field::new(Kind::Day, "starts", "Begins", "").with(starts),
        Field::new(Kind::Day, "due", "Done by", "").with(due),
    ]
}

pub(super) async fn add(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let typed = Typed::of(&visit);
    let joint = match typed.read(&found) {
        Ok(joint) => joint,
        Err(wrong) => return Ok(page(&visit, &found, typed, wrong)),
    };
    let views = typed.views();
    let owners = format!("{}, {}", found.name(&typed.clinical), found.name(&typed.other));
    let agreed_in = meeting(&found, &typed).filter(|it| it.closed.is_none());
    let agreed_in = agreed_in.map(|it| it.id.clone());
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.action", "");
    let (id, back) = (found.review.id.clone(), home(&found, &typed));
    let due_on = civil(joint.of.due_on);
    let done = visit.change(&back, "The action is agreed.", move |tx| {
        Box::pin(async move {
            // One action, in the register of all and in this review.
            let id_of = joint_actions::agree_with_views(tx, &joint, &views, &entry).await?;
            let (action, noted) = (id_of.to_string(), joint.of.what.clone());
            let new = NewAction { action, noted, owners, due_on, agreed_in };
            reviewing::note_action(tx, &id, &new, &entry).await
        })
    });
    done.await
}

impl Typed {
    fn of(visit: &Visit) -> Self {
        let text = |name: &str| visit.fields.get(name).trim().to_owned();
        Self {
            noted: text("noted"),
            measure: text("measure"),
            quality: text("quality"),
            clinical: text("clinical"),
            other: text("other"),
            size: [text("low"), text("high"), text("size_unit")],
            effort: text("effort"),
            priority: text("priority"),
            starts: text("starts"),
            due: text("due"),
            meeting: text("meeting"),
            views: OWNERS.map(|it| (text(&format!("{it}_view")), text(&format!("{it}_because")))),
        }
    }

    /// The action as the register of joint actions takes it, or what is wrong with it.
    fn read(&self, found: &Found) -> Result<joint_actions::NewAction, Wrong> {
        let mut wrong = Wrong::default();
        self.check(found, &mut wrong);
        let [low, high, unit] = &self.size;
        let size = joint_work::size([low, high, unit], &mut wrong);
        let (effort, priority) = (self.effort.parse(), self.priority.parse());
        wrong.unless(effort.is_ok(), "effort", "Choose how much work it is");
        wrong.unless(priority.is_ok(), "priority", "Choose what comes first");
        let (starts, due) = (self.starts.parse(), self.due.parse());
        wrong.unless(starts.is_ok(), "starts", "Write the day on which it begins");
        wrong.unless(due.is_ok(), "due", "Write the day by which it is done");
        let (Ok(effort), Ok(priority), Ok(starts_on), Ok(due_on), true) =
            (effort, priority, starts, due, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let owner = |id: &String| Owner {
            person: id.clone(),
            profession: profession(found.people.get(id).map_or("", |it| it.profession.as_str())),
        };
        let of = Action {
            what: self.noted.clone(),
            owners: [&self.clinical, &self.other].map(owner).into(),
            joint: true,
            size,
            effort,
            priority,
            measure: self.measure.clone(),
            quality: self.quality.clone(),
            starts_on,
            due_on,
        };
        for fault in of.all_faults() {
            wrong.add(field(&fault), words::capital(&fault.to_string()));
        }
        let (unit, origin) = (found.unit.code.clone(), found.address());
        let new = joint_actions::NewAction { unit, origin, of };
        if wrong.is_empty() { Ok(new) } else { Err(wrong) }
    }

    /// What can be told of one field alone.
    fn check(&self, found: &Found, wrong: &mut Wrong) {
        WORDS.check(wrong, "noted", &self.noted, "Write what you will do");
        let see = "Write by what you will see that it worked";
        WORDS.check(wrong, "measure", &self.measure, see);
        WORDS.check(wrong, "quality", &self.quality, "Write how it could affect quality");
        let owns = |it: &str| found.people.get(it).is_some_and(|it| it.owns);
        let is_clinical = |it: &str| side(&found.people, it) == Side::Clinical;
        let clinical = owns(&self.clinical) && is_clinical(&self.clinical);
        wrong.unless(clinical, "clinical", "Choose the clinical owner");
        let other = owns(&self.other) && !is_clinical(&self.other);
        wrong.unless(other, "other", "Choose the owner of finance or management");
        let (settings, views) = (BenefitSettings::own(), self.views());
        for (whose, view) in OWNERS.iter().zip(&views) {
            feasibility::check(&settings, (whose, view), &WORDS, wrong);
        }
    }
}

/// On which field of the form a fault stands.
fn field(fault: &ActionFault) -> &'static str {
    match fault {
        ActionFault::Missing(_) | ActionFault::SizeBackwards => "low",
        ActionFault::NoOwner | ActionFault::Twice | ActionFault::NoClinician => "clinical",
        ActionFault::OneProfession => "other",
        ActionFault::DueBeforeStart => "due",
    }
}
