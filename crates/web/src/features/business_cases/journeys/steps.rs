//! The steps of a journey as they are written, and as they are tried: changed on the page to see what
//! would become of it, and saved beside the present journey under a name.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::journeys::{
    Journey, Path as Steps, RateSource, SCENARIOS_MAX, STEPS_MAX, Scenario, Step,
};
use engagement::pence::{self, Rate};
use serde::Deserialize;
use store::cases::Body;

use super::effect::Shown;
use super::show::source;
use super::{FOLDER, facts, found, read_facts};
use crate::App;
use crate::features::business_cases::figures::{Costing, costing};
use crate::features::business_cases::form::Reader;
use crate::features::business_cases::found::Found;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, Kind};
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::PUBLISHED_SINCE;
use crate::shell::visit::Visit;

/// Blank steps below those that are there.
const BLANK: usize = 3;

/// What the choice of a rate says where it stays as it is.
const KEPT: &str = "kept";

#[derive(askama::Template)]
#[template(path = "features/business_cases/journeys/steps.html")]
pub(super) struct StepsPage {
    shell: Shell,
    kicker: String,
    lead: String,
    address: String,
    /// Fields that stand above the steps.
    fields: Vec<Field>,
    steps: Vec<StepForm>,
    /// The scenario that it began from; blank for the present journey.
    from: String,
    effect: Option<Shown>,
    /// Whether it is tried, and not written.
    is_trial: bool,
    seen: i64,
    back: String,
    wrong: Wrong,
}

/// The fields of one step.
#[derive(Clone, Debug, Default)]
struct StepForm {
    heading: String,
    fields: Vec<Field>,
}

/// From which scenario a trial begins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct From {
    from: String,
}

/// What the forms of steps are made of.
struct Editor<'a> {
    found: &'a Found,
    journey: &'a Journey,
    /// Steps that it began from.
    base: &'a Steps,
    from: &'a str,
    now: Option<&'a Costing>,
}

/// The steps that a form begins from, and the name of the scenario.
fn base<'a>(journey: &'a Journey, from: &str) -> Result<(&'a Steps, &'a str), Fault> {
    if from.is_empty() {
        return Ok((&journey.present, ""));
    }
    let place: usize = from.parse().map_err(|_| Fault::NotFound)?;
    let found = journey.scenarios.get(place).ok_or(Fault::NotFound)?;
    Ok((&found.path, &found.name))
}

impl Editor<'_> {
    /// How many steps the form has.
    fn rows(&self) -> usize {
        (self.base.steps.len() + BLANK).min(STEPS_MAX)
    }

    /// A field of a step as the journey has it.
    fn stored(&self, name: &str) -> String {
        let (what, row) = name.split_once('-').unwrap_or((name, ""));
        let row: usize = row.parse().unwrap_or(usize::MAX);
        let Some(step) = self.base.steps.get(row) else {
            return if what == "place" { (row + 1).to_string() } else { String::new() };
        };
        let entered = match &step.from {
            RateSource::Entered { source } => Some(source),
            RateSource::Run { .. } => None,
        };
        match what {
            "place" => (row + 1).to_string(),
            "what" => step.what.clone(),
            "staff" => step.staff.clone(),
            "minutes" => pence::minutes(step.tenths).replace(',', ""),
            "rate" => if entered.is_none() { KEPT } else { "" }.to_owned(),
            "own" => entered.map_or_else(String::new, |_| step.rate.plain()),
            _ => entered.cloned().unwrap_or_default(),
        }
    }

    /// The forms of all steps.
    fn forms(&self, value: &dyn Fn(&str) -> String) -> Vec<StepForm> {
        (0..self.rows()).map(|row| self.form(row, value)).collect()
    }

    fn form(&self, row: usize, value: &dyn Fn(&str) -> String) -> StepForm {
        let mut rates = Vec::new();
        if let Some(step) = self.base.steps.get(row)
            && matches!(step.from, RateSource::Run { .. })
        {
            let text = format!("As it is: {}. {}", step.rate, source(&step.from));
            rates.push((KEPT.to_owned(), text));
        }
        rates.push((String::new(), "I enter the rate below, with its source".to_owned()));
        let each = self.now.iter().flat_map(|it| &it.rates);
        rates.extend(
            each.map(|it| (it.key.clone(), format!("{}, {}: {}", it.activity, it.staff, it.rate))),
        );
        let field = |kind, what: &str, label: &str, hint: &str| {
            let name = format!("{what}-{row}");
            let value = value(&name);
            Field::new(kind, name, label, hint).with(value)
        };
        let is_new = row >= self.base.steps.len();
        let what = if is_new { "Blank for no further step" } else { "Blank to take the step out" };
        let number = row + 1;
        let heading = if is_new {
            format!("Step {number}, if there is one")
        } else {
            format!("Step {number}")
        };
        StepForm {
            heading,
            fields: vec![
                field(Kind::Figure, "place", "Place among the steps", ""),
                field(Kind::Line, "what", "What happens", what),
                field(
                    Kind::Line,
                    "staff",
                    "Which staff",
                    "Blank to take it from the rate of the costing",
                ),
                field(Kind::Figure, "minutes", "Minutes for one patient", "Such as 20 or 7.5"),
                field(
                    Kind::Choice,
                    "rate",
                    "What a minute costs",
                    "From the published costing where it has it",
                )
                .of(&rates),
                field(Kind::Figure, "own", "Or your own rate, in pounds a minute", ""),
                field(
                    Kind::Line,
                    "source",
                    "And where your rate is from",
                    "Such as: pay scales of 2026, middle of band 6",
                ),
            ],
        }
    }

    /// The steps as typed, in their places.
    fn read(&self, read: &mut Reader<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        for row in 0..self.rows() {
            let name = |what: &str| format!("{what}-{row}");
            if read.plain(&name("what")).is_empty() {
                continue;
            }
            let place = read.plain(&name("place")).parse::<i64>().ok();
            let place = read.read(&name("place"), place, "Write the place as a number, such as 2");
            if let Some(step) = self.step(read, row) {
                steps.push((place.unwrap_or_default(), step));
            }
        }
        steps.sort_by_key(|it| it.0);
        steps.into_iter().map(|it| it.1).collect()
    }

    fn step(&self, read: &mut Reader<'_>, row: usize) -> Option<Step> {
        let name = |what: &str| format!("{what}-{row}");
        let what = read.needed(&name("what"), "");
        let tenths = pence::tenths(read.plain(&name("minutes")));
        let tenths = read.read(
            &name("minutes"),
            tenths,
            "Write the minutes of one patient, such as 20 or 7.5",
        );
        let priced = self.priced(read, row);
        let mut staff = read.text(&name("staff"));
        if let (true, Some((_, _, of_rate))) = (staff.is_empty(), &priced) {
            staff.clone_from(of_rate);
        }
        read.wrong.unless(!staff.is_empty(), &name("staff"), "Say which staff do it");
        let (tenths, (rate, from, _)) = tenths.zip(priced)?;
        Some(Step { what, staff, tenths, rate, from })
    }

    /// The rate of a step, where it is from, and of which staff it is where the costing says so.
    fn priced(&self, read: &mut Reader<'_>, row: usize) -> Option<(Rate, RateSource, String)> {
        let name = |what: &str| format!("{what}-{row}");
        let chosen = read.plain(&name("rate"));
        if chosen == KEPT {
            let kept = self.base.steps.get(row);
            let kept = kept.map(|it| (it.rate, it.from.clone(), it.staff.clone()));
            return read.read(&name("rate"), kept, "Choose a rate of the list");
        }
        if !chosen.is_empty() {
            let is_seen = self.now.is_none_or(|it| it.run == read.plain("run"));
            read.wrong.unless(is_seen, &name("rate"), PUBLISHED_SINCE);
            let found = self.now.and_then(|now| {
                let rate = now.rate(chosen)?;
                Some((rate.rate, now.source(rate), rate.staff.clone()))
            });
            return read.read(&name("rate"), found, "Choose a rate of the list");
        }
        let own = read.plain(&name("own")).parse::<Rate>();
        if let Err(error) = own {
            read.wrong.add(&name("own"), error.to_string());
        }
        let source = read.needed(&name("source"), "Say where your rate is from");
        own.ok().map(|it| (it, RateSource::Entered { source }, String::new()))
    }

    /// The costing whose rates the page offers.
    fn run(&self) -> Field {
        let run = self.now.map_or_else(String::new, |it| it.run.clone());
        Field::new(Kind::Hidden, "run", "", "").with(run)
    }

    /// The page that writes the journey.
    fn written(&self, visit: &Visit, value: &dyn Fn(&str) -> String) -> StepsPage {
        let address = self.found.address();
        let mut fields = facts(value);
        fields.push(self.run());
        StepsPage {
            shell: self.found.shell(visit, "The steps of the journey"),
            kicker: self.journey.title.clone(),
            lead: "In order, with who does it and how long it takes for one patient.".to_owned(),
            fields,
            steps: self.forms(value),
            from: String::new(),
            effect: None,
            is_trial: false,
            seen: self.found.record.seen(),
            back: address.clone(),
            address: format!("{address}/edit"),
            wrong: Wrong::default(),
        }
    }

    /// The page that tries another journey out.
    fn tried(&self, visit: &Visit, value: &dyn Fn(&str) -> String) -> StepsPage {
        let address = self.found.address();
        let field = |kind, name: &str, label: &str, hint: &str| {
            Field::new(kind, name, label, hint).with(value(name))
        };
        StepsPage {
            shell: self.found.shell(visit, "What would become of it"),
            lead: "Change minutes, staff or rates, take steps out or add some, then work it out. Nothing is changed until you save it."
                .to_owned(),
            fields: vec![
                field(Kind::Figure, "patients", "Patients a year", ""),
                field(Kind::Line, "name", "Name of the scenario", "Needed to save it. A scenario of the same name is replaced"),
                self.run(),
            ],
            from: self.from.to_owned(),
            is_trial: true,
            address: format!("{address}/try"),
            ..self.written(visit, value)
        }
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let now = costing(&app, found.record.unit.as_str()).await?;
    let base = &journey.present;
    let editor = Editor { found: &found, journey: &journey, base, from: "", now: now.as_ref() };
    let value = |name: &str| match name {
        "title" => journey.title.clone(),
        "about" => journey.about.clone(),
        "patients" => journey.present.patients.to_string(),
        "slot" => journey.slot.to_string(),
        "income" => journey.income.map_or_else(String::new, pence::Pence::plain),
        "income_source" => journey.income_source.clone(),
        other => editor.stored(other),
    };
    Ok(editor.written(&visit, &value).respond())
}

pub(super) async fn write(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let now = costing(&app, found.record.unit.as_str()).await?;
    let base = &journey.present;
    let editor = Editor { found: &found, journey: &journey, base, from: "", now: now.as_ref() };
    let mut read = Reader::of(&visit.fields);
    let mut new = read_facts(&mut read, &journey);
    new.present.steps = editor.read(&mut read);
    new.line = now.as_ref().map(Costing::line);
    let seen = read.seen();
    if !read.wrong.is_empty() {
        let value = |name: &str| visit.fields.get(name).to_owned();
        let page = StepsPage { seen, ..editor.written(&visit, &value) };
        return Ok(page.with(read.wrong).respond());
    }
    found.rewrite(&visit, (Body::Journey(new), seen), "The steps are kept.").await
}

pub(super) async fn try_out(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<From>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let now = costing(&app, found.record.unit.as_str()).await?;
    let (base, name) = base(&journey, &asked.from)?;
    let editor =
        Editor { found: &found, journey: &journey, base, from: &asked.from, now: now.as_ref() };
    let value = |field: &str| match field {
        "patients" => base.patients.to_string(),
        "name" => name.to_owned(),
        other => editor.stored(other),
    };
    let effect = (!name.is_empty()).then(|| Shown::of(&journey, name, base));
    Ok(StepsPage { effect, ..editor.tried(&visit, &value) }.respond())
}

pub(super) async fn work_out(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    let now = costing(&app, found.record.unit.as_str()).await?;
    let from = visit.fields.get("from");
    let (base, _) = base(&journey, from)?;
    let editor = Editor { found: &found, journey: &journey, base, from, now: now.as_ref() };
    let mut read = Reader::of(&visit.fields);
    let path = Steps { patients: read.number("patients"), steps: editor.read(&mut read) };
    let saves = read.plain("act") == "save";
    let name =
        if saves { read.needed("name", "Give the scenario a name") } else { read.text("name") };
    if path.steps.is_empty() && read.wrong.is_empty() {
        read.wrong.add("what-0", "Write at least one step");
    }
    let seen = read.seen();
    if saves && read.wrong.is_empty() {
        let mut new = journey.clone();
        save(&mut new, Scenario { name, path })?;
        return found.rewrite(&visit, (Body::Journey(new), seen), "The scenario is saved.").await;
    }
    let value = |name: &str| visit.fields.get(name).to_owned();
    let title = if name.is_empty() { "As typed" } else { &name };
    let effect = read.wrong.is_empty().then(|| Shown::of(&journey, title, &path));
    let page = StepsPage { effect, seen, ..editor.tried(&visit, &value) };
    Ok(page.with(read.wrong).respond())
}

/// Puts a scenario beside the others, in place of one of the same name.
fn save(journey: &mut Journey, new: Scenario) -> Result<(), Fault> {
    if let Some(same) = journey.scenarios.iter_mut().find(|it| it.name == new.name) {
        *same = new;
        return Ok(());
    }
    if journey.scenarios.len() >= SCENARIOS_MAX {
        return Err(Fault::Refused(format!(
            "A journey has {SCENARIOS_MAX} scenarios at most: take one out first."
        )));
    }
    journey.scenarios.push(new);
    Ok(())
}

pub(super) async fn remove(
    State(app): State<App>,
    Path((id, place)): Path<(String, usize)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, mut journey) = found(&app, &visit, (Capability::KeepCases, &id)).await?;
    if place >= journey.scenarios.len() {
        return Err(Fault::NotFound);
    }
    journey.scenarios.remove(place);
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    let said = "The scenario is taken out. It stays on record.";
    found.rewrite(&visit, (Body::Journey(journey), seen), said).await
}

impl StepsPage {
    /// With what is wrong, its title marked.
    fn with(mut self, wrong: Wrong) -> Self {
        self.shell = self.shell.with_errors(&wrong);
        self.wrong = wrong;
        self
    }
}

impl Page for StepsPage {
    const TEMPLATE: &'static str = "features/business_cases/journeys/steps.html";

    fn samples() -> Vec<Self> {
        let steps = vec![StepForm {
            heading: "Step 1".to_owned(),
            fields: vec![
                Field::new(Kind::Line, "what-0", "What happens", "Blank to take the step out")
                    .with("Clinic"),
                Field::new(Kind::Choice, "rate-0", "What a minute costs", "")
                    .of(&[(String::new(), "I enter the rate below".to_owned())]),
            ],
        }];
        let page = |is_trial: bool, effect: Option<Shown>, wrong: Wrong| Self {
            shell: Shell::sample("What would become of it")
                .below("Patient journeys", FOLDER)
                .with_errors(&wrong),
            kicker: "Bariatric surgery".to_owned(),
            lead: "Change minutes, staff or rates, then work it out.".to_owned(),
            address: "/cases/journeys/1/try".to_owned(),
            fields: vec![Field::new(Kind::Figure, "patients", "Patients a year", "").with("200")],
            steps: steps.clone(),
            from: String::new(),
            effect,
            is_trial,
            seen: 1,
            back: "/cases/journeys/1".to_owned(),
            wrong,
        };
        let shown = Shown {
            name: "By telephone".to_owned(),
            rows: vec![
                ["Cost of one patient", "£80.25", "£10.50", "£69.75 less"].map(str::to_owned),
            ],
            time: vec![["Consultant", "6,000 released", "300 released"].map(str::to_owned)],
            result: vec!["Time that is released is capacity and no cash.".to_owned()],
            ..Shown::default()
        };
        let mut wrong = Wrong::default();
        wrong.add("what-0", "Write at least one step");
        vec![
            page(true, Some(shown), Wrong::default()),
            page(true, None, wrong),
            page(false, None, Wrong::default()),
        ]
    }
}
