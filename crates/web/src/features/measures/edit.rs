//! What is measured: a new measure, another definition, and a line that begins anew.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::measures::{self, Definition, Form, Good, Measure, Month, Subject};
use store::{Error, MeasureCode};

use super::list::subject_name;
use super::show;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::measures::month_words;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/measures/edit.html")]
pub(super) struct Edit {
    shell: Shell,
    wrong: Wrong,
    typed: Typed,
    address: String,
    subjects: Vec<(String, String)>,
    forms: Vec<(String, String)>,
    goods: Vec<(String, String)>,
    patients: Vec<(String, String)>,
    /// Where a line begins anew, for a measure that is there.
    line: Option<LineForm>,
    /// Lines that begin anew already.
    lines: Vec<String>,
}

/// A definition as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    code: String,
    name: String,
    definition: String,
    subject: String,
    unit_of_measure: String,
    form: String,
    good: String,
    of_patients: String,
    source: String,
    keeper: String,
    seen: String,
}

/// A new line as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LineForm {
    month: String,
    because: String,
}

fn form_name(form: Form) -> &'static str {
    match form {
        Form::Proportion => "So many of so many, in percent",
        Form::Mean => "A mean of so many",
        Form::Count => "How many in the month",
        Form::Level => "How many at the end of the month",
        Form::Rate => "How many for each thousand",
    }
}

fn good_name(good: Good) -> &'static str {
    match good {
        Good::Up => "More is better",
        Good::Down => "Less is better",
        Good::Neither => "Neither",
    }
}

pub(super) async fn blank(visit: Visit) -> Response {
    page(&visit, None, (Typed::default(), None), Wrong::default()).respond()
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let measure = found(&app, &code).await?;
    let typed = Typed::of(&measure);
    Ok(page(&visit, Some(&measure), (typed, None), Wrong::default()).respond())
}

async fn found(app: &App, code: &str) -> Result<Measure, Fault> {
    let mut db = app.store().read().await?;
    Ok(measures::get(&mut db, &MeasureCode::new(code)).await?)
}

fn page(
    visit: &Visit,
    measure: Option<&Measure>,
    (typed, line): (Typed, Option<LineForm>),
    wrong: Wrong,
) -> Edit {
    let title = match measure {
        Some(it) => format!("Change {}", it.definition.name),
        None => "Add a measure".to_owned(),
    };
    let mut shell = visit.shell(title).below("Measures", "/measures");
    let mut address = "/measures/new".to_owned();
    if let Some(it) = measure {
        let code = it.definition.code.as_str();
        shell = shell.below(&it.definition.name, show::address(code, None));
        address = show::path(code);
    }
    let lines = measure.map_or_else(Vec::new, |it| {
        let line = |it: &measures::Break| format!("{}: {}", month_words(it.month), it.because);
        it.breaks.iter().map(line).collect()
    });
    Edit {
        shell: shell.with_errors(&wrong),
        wrong,
        typed,
        address,
        line: measure.map(|_| line.unwrap_or_default()),
        lines,
        ..Edit::choices()
    }
}

impl Edit {
    /// An empty form with all that can be chosen.
    fn choices() -> Self {
        let pair = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        Self {
            shell: Shell::default(),
            wrong: Wrong::default(),
            typed: Typed::default(),
            address: String::new(),
            subjects: Subject::ALL.iter().map(|it| pair(it.as_str(), subject_name(*it))).collect(),
            forms: Form::ALL.iter().map(|it| pair(it.as_str(), form_name(*it))).collect(),
            goods: Good::ALL.iter().map(|it| pair(it.as_str(), good_name(*it))).collect(),
            patients: vec![
                pair("yes", "Yes: small numbers are hidden from those who see no patients"),
                pair("no", "No: it counts posts, days, money or other things"),
            ],
            line: None,
            lines: Vec::new(),
        }
    }
}

impl Typed {
    fn of(measure: &Measure) -> Self {
        let it = &measure.definition;
        Self {
            code: it.code.to_string(),
            name: it.name.clone(),
            definition: it.definition.clone(),
            subject: it.subject.to_string(),
            unit_of_measure: it.unit_of_measure.clone(),
            form: it.form.to_string(),
            good: it.good.to_string(),
            of_patients: if it.of_patients { "yes" } else { "no" }.to_owned(),
            source: it.source.clone(),
            keeper: it.keeper.clone(),
            seen: measure.version.to_string(),
        }
    }

    fn read(&self) -> Result<(Definition, i64), Wrong> {
        let mut wrong = Wrong::default();
        let code = self.code.trim();
        let is_code = !code.is_empty()
            && code.len() <= 40
            && code.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'-');
        let say = "Enter a code of capitals, digits and hyphens, such as FFT-POSITIVE";
        wrong.unless(is_code, "code", say);
        for (field, text, say) in [
            ("name", &self.name, "Enter what people call it"),
            ("definition", &self.definition, "Say what exactly is counted, of whom and when"),
            ("unit_of_measure", &self.unit_of_measure, "Enter the unit, such as patients waiting"),
            ("source", &self.source, "Say which system or report values come from"),
            ("keeper", &self.keeper, "Say who keeps it"),
        ] {
            wrong.unless(!text.trim().is_empty(), field, say);
        }
        let subject = self.subject.parse::<Subject>();
        let form = self.form.parse::<Form>();
        let good = self.good.parse::<Good>();
        wrong.unless(subject.is_ok(), "subject", "Choose what it is about");
        wrong.unless(form.is_ok(), "form", "Choose how a value is made");
        wrong.unless(good.is_ok(), "good", "Choose which way is good");
        let of_patients = match self.of_patients.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        wrong.unless(of_patients.is_some(), "of_patients", "Choose whether it counts patients");
        let trimmed = |text: &str| text.trim().to_owned();
        match (subject, form, good, of_patients) {
            (Ok(subject), Ok(form), Ok(good), Some(of_patients)) if wrong.is_empty() => {
                let new = Definition {
                    code: MeasureCode::new(code),
                    name: trimmed(&self.name),
                    definition: trimmed(&self.definition),
                    subject,
                    unit_of_measure: trimmed(&self.unit_of_measure),
                    form,
                    good,
                    of_patients,
                    source: trimmed(&self.source),
                    keeper: trimmed(&self.keeper),
                };
                Ok((new, self.seen.parse().unwrap_or_default()))
            }
            _ => Err(wrong),
        }
    }
}

pub(super) async fn add(visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    record(&visit, None, Typed { seen: "0".to_owned(), ..typed }).await
}

pub(super) async fn change(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let measure = found(&app, &code).await?;
    let typed: Typed = visit.fields.read()?;
    record(&visit, Some(&measure), Typed { code, ..typed }).await
}

async fn record(visit: &Visit, measure: Option<&Measure>, typed: Typed) -> Result<Response, Fault> {
    let (new, seen) = match typed.read() {
        Ok(read) => read,
        Err(wrong) => return Ok(page(visit, measure, (typed, None), wrong).respond()),
    };
    let entry = visit.entry("measure.define", "");
    let leads_to = show::address(new.code.as_str(), None);
    let done = visit.attempt(&leads_to, "It is recorded.", move |tx| {
        Box::pin(async move {
            measures::define(tx, &new, seen, &entry).await?;
            Ok(())
        })
    });
    match done.await {
        Err(Error::Duplicate(_)) => {
            let mut wrong = Wrong::default();
            wrong.add("code", "There is a measure with this code: choose another");
            Ok(page(visit, measure, (typed, None), wrong).respond())
        }
        Err(Error::Refused(why)) => {
            let mut wrong = Wrong::default();
            wrong.add("form", crate::shell::words::capital(&why.to_string()));
            Ok(page(visit, measure, (typed, None), wrong).respond())
        }
        other => Ok(other?),
    }
}

pub(super) async fn begin_line(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let measure = found(&app, &code).await?;
    let typed: LineForm = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let month = typed.month.trim().parse::<Month>();
    wrong.unless(month.is_ok(), "month", "Enter the first month of the new line, such as 2025-04");
    wrong.unless(!typed.because.trim().is_empty(), "because", "Say what is asked or counted anew");
    let is_new = month.as_ref().is_ok_and(|it| !measure.breaks.iter().any(|one| one.month == *it));
    if month.is_ok() {
        wrong.unless(is_new, "month", "A line begins with this month already");
    }
    let (Ok(month), true) = (month, wrong.is_empty()) else {
        let page = page(&visit, Some(&measure), (Typed::of(&measure), Some(typed)), wrong);
        return Ok(page.respond());
    };
    let entry = visit.entry("measure.line", "");
    let leads_to = show::address(&code, None);
    let done = visit.change(&leads_to, "A new line begins there.", move |tx| {
        Box::pin(async move {
            let code = MeasureCode::new(code);
            measures::begin_line(tx, &code, (month, typed.because.trim()), &entry).await
        })
    });
    done.await
}

impl Page for Edit {
    const TEMPLATE: &'static str = "features/measures/edit.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, wrong: Wrong, line: Option<LineForm>| Self {
            shell: Shell::sample(title).below("Measures", "/measures"),
            wrong,
            address: if line.is_some() { "/measures/A" } else { "/measures/new" }.to_owned(),
            lines: line.iter().map(|_| "April 2020: another question".to_owned()).collect(),
            line,
            ..Self::choices()
        };
        let mut wrong = Wrong::default();
        wrong.add("code", "There is a measure with this code: choose another");
        wrong.add("form", "Choose how a value is made");
        wrong.add("of_patients", "Choose whether it counts patients");
        let mut unsaid = Wrong::default();
        unsaid.add("because", "Say what is asked or counted anew");
        let title = "Change Friends and Family Test";
        vec![
            page("Add a measure", Wrong::default(), None),
            page("Add a measure", wrong, None),
            page(title, Wrong::default(), Some(LineForm::default())),
            page(title, unsaid, Some(LineForm::default())),
        ]
    }
}
