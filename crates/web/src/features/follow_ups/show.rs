//! One follow-up: what was found, what is known beside it, six months of cost and quality, and how it
//! ended.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::variation::{Context, Month, MonthState, Outcome};
use store::follow_ups::{Added, Figure, StoredFollowUp};

use super::{day, found, is_on, on_record};
use crate::App;
use crate::shell::beyond::FromRun;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, unit_names};
use crate::shell::page::{Page, Shell};
use crate::shell::session::{access_of, today};
use crate::shell::shelf::reading;
use crate::shell::variation::{compares, is_own, may_be_told, may_keep, sees_follow_up};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

/// Something to choose: code and what it says.
type Choices = Vec<(String, String)>;

#[derive(askama::Template)]
#[template(path = "features/follow_ups/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a form or a mark of the page")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    found: String,
    begun: String,
    /// Whether it is about whoever looks.
    is_own: bool,
    /// Whether the clinician concerned can read it.
    is_told: bool,
    contexts: Vec<(String, String)>,
    months: Vec<Row>,
    /// How it ended, in whose words; blank while it goes on.
    ended: String,
    /// Whether nothing may be added, since the comparison is off.
    is_off: bool,
    may_add: bool,
    may_keep: bool,
    /// Whether somebody may be told that it concerns them.
    may_tell: bool,
    may_close: bool,
    /// What the run says, for the month to be looked at.
    run_says: Vec<String>,
    /// Months that can be looked at now.
    open_months: Vec<(String, String)>,
    /// Whether each figure can be taken from the run.
    from: (Choices, Choices),
    kinds: Choices,
    outcomes: Choices,
    people: Vec<(String, String)>,
    address: String,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// One of the six months.
#[derive(Clone, Debug, Default)]
struct Row {
    number: u32,
    due: String,
    state: &'static str,
    is_missed: bool,
    cost: String,
    quality: String,
    words: String,
    sources: String,
}

/// Everything that may be typed on the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) kind: String,
    pub(super) known: String,
    pub(super) person: String,
    pub(super) month: MonthTyped,
    pub(super) outcome: String,
    pub(super) because: String,
}

/// A month as typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MonthTyped {
    pub(super) seen: String,
    pub(super) month: String,
    pub(super) cost_from: String,
    pub(super) cost: String,
    pub(super) cost_of: String,
    pub(super) cost_source: String,
    pub(super) quality_from: String,
    pub(super) quality: String,
    pub(super) quality_of: String,
    pub(super) quality_source: String,
    pub(super) comment: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let it = found(&mut db, &visit, &id).await?;
    drop(db);
    shown(&app, &visit, &it, (Typed::default(), Wrong::default())).await
}

/// The page, once the look at it is on record: as somebody opens it, and as a form that was refused
/// is shown again.
pub(super) async fn shown(
    app: &App,
    visit: &Visit,
    it: &StoredFollowUp,
    (typed, wrong): (Typed, Wrong),
) -> Result<Response, Fault> {
    let object = format!("follow-up/{}", it.id);
    on_record(app, visit, (&object, 1), is_own(visit, it)).await?;
    Ok(Show::of(app, visit, it, (typed, wrong)).await?.respond())
}

/// What the latest published run says of the colleague, for a month's look; none without one.
pub(super) async fn run_says(
    app: &App,
    it: &StoredFollowUp,
    visit: &Visit,
) -> Result<Option<FromRun>, Fault> {
    let (app, new, now) = (app.clone(), it.new.clone(), visit.now);
    let read = reading(move || {
        let Some(run) = app.shelf().latest(false)? else { return Ok(None) };
        let before = app.shelf().year_before(&run)?;
        let runs = (&*run, before.as_deref());
        FromRun::of(runs, (&new.of, &new.consultant), now).map(Some)
    });
    read.await
}

/// Months that can be looked at: due or missed.
pub(super) fn open_months(months: &[Month]) -> impl Iterator<Item = u32> {
    let is_open = |it: &&Month| matches!(it.state, MonthState::Due | MonthState::Missed);
    months.iter().filter(is_open).map(|it| it.number)
}

/// Who may be told: clinicians of the unit who compare nobody, and never whoever tells.
pub(super) async fn to_tell(
    app: &App,
    visit: &Visit,
    unit: &str,
) -> Result<Vec<(String, String)>, Fault> {
    let mut db = app.store().read().await?;
    let me = &visit.person()?.id;
    let all = people::with(app, &mut db, Capability::ClinicianComparison, visit.now).await?;
    let mut found = Vec::new();
    for (id, name) in all {
        let access = access_of(app, &mut db, &id, visit.now).await?;
        if id != *me && may_be_told(&access, unit) {
            found.push((id.to_string(), name));
        }
    }
    Ok(found)
}

impl Show {
    async fn of(
        app: &App,
        visit: &Visit,
        it: &StoredFollowUp,
        (typed, wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let unit = it.new.of.unit.as_str();
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        let units = unit_names(&mut db).await?;
        let is_on = is_on(&mut db, visit, &it.new.of.unit).await?;
        drop(db);
        let closed = it.closed();
        let (keeps, own) = (may_keep(visit, it), is_own(visit, it));
        let may_keep = keeps && is_on && closed.is_none();
        let may_tell = may_keep && !it.has_answer();
        let months = it.months(today(visit.now));
        let told = if may_tell { to_tell(app, visit, unit).await? } else { Vec::new() };
        let says = if may_keep { run_says(app, it, visit).await? } else { None };
        let name = |id: &str| named(it, names.get(id).map_or(id, String::as_str), id);
        let ended = closed.map_or_else(String::new, |(outcome, said, step)| {
            let said = words::sentence(said);
            format!(
                "{}. {said} {}, {}.",
                outcome.name(),
                name(step.by.as_str()),
                words::moment(step.at)
            )
        });
        Ok(Self {
            shell: shell(visit, it, own).with_errors(&wrong),
            kicker: units.get(unit).map_or(unit, String::as_str).to_owned(),
            state: closed.map_or("Going on", |it| it.0.name()).to_owned(),
            found: it.new.found.clone(),
            begun: day(it.new.begun_on),
            is_own: own,
            is_told: it.told().is_some(),
            contexts: contexts(it, &name),
            months: months.iter().map(|month| row(it, *month)).collect(),
            ended,
            is_off: !is_on && closed.is_none(),
            may_add: closed.is_none() && is_on && (keeps || own),
            may_keep,
            may_tell,
            may_close: keeps && closed.is_none(),
            run_says: says.as_ref().map(sentences).unwrap_or_default(),
            open_months: open_months(&months)
                .map(|it| (it.to_string(), format!("Month {it}")))
                .collect(),
            from: (
                sources(says.as_ref().is_some_and(|it| it.cost.is_ok())),
                sources(says.as_ref().is_some_and(|it| it.quality.is_ok())),
            ),
            kinds: choices(
                "Choose what is known",
                Context::ALL.iter().map(|it| (it.word(), it.name())),
            ),
            outcomes: choices("", Outcome::ALL.iter().map(|it| (it.word(), it.name()))),
            people: std::iter::once((String::new(), "Choose somebody".to_owned()))
                .chain(told)
                .collect(),
            address: format!("/follow-ups/{}", it.id),
            seen: it.version(),
            typed,
            wrong,
        })
    }
}

fn shell(visit: &Visit, it: &StoredFollowUp, own: bool) -> Shell {
    let title = if own { "A follow-up that concerns you".to_owned() } else { title(&it.new.code) };
    let shell = visit.shell(title).below("Follow-ups", "/follow-ups");
    let unit = it.new.of.unit.as_str();
    if compares(visit, unit) && sees_follow_up(visit, it) {
        return shell.below("Colleagues", format!("/services/{unit}/colleagues"));
    }
    shell
}

fn title(code: &str) -> String {
    format!("What differs for {code}’s patients?")
}

fn sources(can: bool) -> Vec<(String, String)> {
    let run = can.then_some(("run", "Take it from the published costing"));
    choices("", run.into_iter().chain([("typed", "Enter it, with its source")]))
}

/// The name of a person; of nobody who was ever told that it concerns them.
fn named(it: &StoredFollowUp, name: &str, id: &str) -> String {
    if it.was_told(id) { "The clinician concerned" } else { name }.to_owned()
}

fn contexts(it: &StoredFollowUp, name: &impl Fn(&str) -> String) -> Vec<(String, String)> {
    let known = it.steps.iter().filter_map(|step| match &step.added {
        Added::Context(kind, said) => {
            let said = words::sentence(said);
            let by = format!("{}, {}", name(step.by.as_str()), words::moment(step.at));
            Some((format!("{}. {said}", kind.name()).trim().to_owned(), by))
        }
        Added::Told(_) | Added::Month(_) | Added::Closed(..) => None,
    });
    known.collect()
}

fn row(of: &StoredFollowUp, month: Month) -> Row {
    let looked = of.looked_at().find(|it| it.0.month == month.number).map(|it| it.0);
    let figure = |it: &Figure| format!("{}\u{a0}{}", it.value, it.unit);
    Row {
        number: month.number,
        due: words::day(&month.due_on.to_string()),
        state: match month.state {
            MonthState::Kept => "Looked at",
            MonthState::KeptLate => "Looked at late",
            MonthState::Missed => "Missed",
            MonthState::Due => "Due",
            MonthState::ToCome => "To come",
            MonthState::NotNeeded => "Not needed any more",
        },
        is_missed: month.state == MonthState::Missed,
        cost: looked.map(|it| figure(&it.cost)).unwrap_or_default(),
        quality: looked.map(|it| figure(&it.quality)).unwrap_or_default(),
        words: looked.map(|it| it.words.clone()).unwrap_or_default(),
        sources: looked.map_or_else(String::new, |it| {
            if it.cost.source == it.quality.source {
                return format!("Source: {}", it.cost.source);
            }
            format!("Sources: {}; {}", it.cost.source, it.quality.source)
        }),
    }
}

fn sentences(says: &FromRun) -> Vec<String> {
    let figure = |what: &str, it: &Result<Figure, String>| match it {
        Ok(it) => format!("{what}: {}\u{a0}{}.", it.value, it.unit),
        Err(why) => format!("{what}: {why}"),
    };
    let source = says.cost.as_ref().or(says.quality.as_ref()).map(|it| it.source.clone());
    let mut said = vec![figure("Cost", &says.cost), figure("Quality", &says.quality)];
    said.extend(Some(says.beside.clone()).filter(|it| !it.is_empty()));
    said.extend(source.ok().map(|it| format!("{it}.")));
    said
}

/// What was found, for samples.
const SAMPLE: &str =
    "Theatre minutes: 112 minutes a spell after adjustment, above the 81 to 96 that chance leaves.";

/// How it ended, for samples.
const ENDED: &str = "Explained. Learning, as expected. Helen Marsh, 1 June 2026, 10:00.";

impl Page for Show {
    const TEMPLATE: &'static str = "features/follow_ups/show.html";

    fn samples() -> Vec<Self> {
        let row = |number, state: &'static str, cost: &str| {
            let told = |text: &str| if cost.is_empty() { String::new() } else { text.to_owned() };
            Row {
                number,
                due: "10 April 2026".to_owned(),
                state,
                is_missed: state == "Missed",
                cost: cost.to_owned(),
                quality: told("2.5% emergency readmission"),
                words: told("Fewer than last month."),
                sources: told("Source: costing of 2025/26"),
            }
        };
        let page = |may: bool, ended: &str, wrong: Wrong| Self {
            shell: Shell::sample(&title("K5")).with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            state: if ended.is_empty() { "Going on" } else { "Explained" }.to_owned(),
            found: SAMPLE.to_owned(),
            begun: "10 March 2026".to_owned(),
            is_own: !may && ended.is_empty(),
            is_told: may,
            contexts: vec![(
                "Newly qualified. Since October.".to_owned(),
                "Helen Marsh, 11 March 2026, 09:00".to_owned(),
            )],
            months: vec![
                row(1, "Looked at", "112 minutes a spell"),
                row(2, "Missed", ""),
                row(3, "Due", ""),
            ],
            ended: ended.to_owned(),
            is_off: !may && ended.is_empty(),
            may_add: may,
            may_keep: may,
            may_tell: may,
            may_close: may,
            run_says: vec!["Cost: 98.0 minutes a spell, adjusted, in the year to date.".to_owned()],
            open_months: vec![("3".to_owned(), "Month 3".to_owned())],
            from: (sources(true), sources(false)),
            kinds: choices(
                "Choose what is known",
                Context::ALL.iter().map(|it| (it.word(), it.name())),
            ),
            outcomes: choices("", Outcome::ALL.iter().map(|it| (it.word(), it.name()))),
            people: vec![(String::new(), "Choose somebody".to_owned())],
            address: "/follow-ups/1".to_owned(),
            seen: 2,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        for (field, told) in [
            ("month", "Choose which month"),
            ("cost", "Enter the cost as a number"),
            ("outcome", "Choose how it ended"),
            ("known", "Say what is known"),
        ] {
            wrong.add(field, told);
        }
        vec![
            page(true, "", Wrong::default()),
            page(false, "", Wrong::default()),
            page(false, ENDED, Wrong::default()),
            page(true, "", wrong),
        ]
    }
}
