//! One difference: what differs, the three questions with the answers of both sides, what follows, and
//! what of it is with the board.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::Side;
use engagement::variation::{Comparator, Follows, Question, Says, State as Stands, Voice, Voices};
use store::variation::{Act, StoredInsight};
use store::{beside, board_versions, joint_actions};

use super::found;
use super::others::{self, Compared};
use super::release::ForBoard;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, own_side, sees_action, unit_names};
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::Place;
use crate::shell::session::today;
use crate::shell::shelf::reading;
use crate::shell::sit_downs::OfSitDowns;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/variation/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    is_overdue: bool,
    due: String,
    differs: Vec<String>,
    comparator: String,
    compared: Compared,
    /// Where the figures are; blank where that page is not there any more.
    page: String,
    about: String,
    opened: String,
    questions: Vec<Asked>,
    /// What follows, and the action, blank for none.
    follows: String,
    action: String,
    /// Whether whoever looks may say what follows.
    may: bool,
    /// For whom they speak; blank for neither side.
    side: String,
    actions: Vec<(String, String)>,
    new_action: String,
    board: ForBoard,
    address: String,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// One of the three questions.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    code: &'static str,
    asks: &'static str,
    is_settled: bool,
    answers: Vec<Answer>,
    /// What is missing.
    missing: Vec<&'static str>,
    /// Whether whoever looks may agree to what the other side wrote.
    may_agree: bool,
    may_write: bool,
    typed: String,
}

/// An answer of a side.
#[derive(Clone, Debug, Default)]
struct Answer {
    by: String,
    text: Vec<String>,
    /// Who else stands behind it; blank for nobody.
    agreed: String,
}

/// What was typed and is refused.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// By question.
    pub(super) answers: BTreeMap<&'static str, String>,
    pub(super) action: String,
    pub(super) because: String,
    pub(super) others: others::Typed,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let insight = found(&mut db, &visit, &id).await?;
    drop(db);
    Ok(Show::of(&app, &visit, &insight, (Typed::default(), Wrong::default())).await?.respond())
}

impl Show {
    pub(super) async fn of(
        app: &App,
        visit: &Visit,
        insight: &StoredInsight,
        (typed, wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let of = &insight.of;
        let unit = of.unit.as_str();
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        let units = unit_names(&mut db).await?;
        let mut all = joint_actions::list(&mut db).await?;
        let of_sit_downs = OfSitDowns::of(&mut db, visit).await?;
        all.retain(|it| !of_sit_downs.keeps_back(visit, it));
        let may = may_answer(visit, unit);
        let beside = beside::of_insight(&mut db, &insight.id).await?;
        let released = board_versions::of_insight(&mut db, &insight.id).await?;
        let side = own_side(&mut db, visit).await?.filter(|_| may);
        drop(db);
        let seen = all.iter().filter(|it| sees_action(visit, it, &of_sit_downs));
        let of_unit = seen.filter(|it| it.agreed.unit == of.unit);
        let actions = of_unit.map(|it| (it.id.as_str(), it.agreed.of.what.as_str()));
        let actions = choices("Choose an action", actions);
        let place = Place::parse(&of.page).filter(|it| it.seen_by(visit).is_some());
        let how = insight.standing(today(visit.now));
        let me = visit.person()?.id.as_str();
        let voices = Speaks { insight, names: &names, side, me };
        let (follows, action) = follows(insight, &all);
        Ok(Self {
            shell: visit
                .shell("Are we different, and why?")
                .below("Differences", "/variation")
                .with_errors(&wrong),
            kicker: units.get(unit).map_or(unit, String::as_str).to_owned(),
            state: how.state.name().to_owned(),
            is_overdue: how.is_overdue,
            due: due(how.state, &words::day(&of.due_on.to_string())),
            differs: paragraphs(&of.differs),
            comparator: of.comparator.name().to_lowercase(),
            compared: compared(insight, &beside, &names),
            page: place.as_ref().map(Place::address).unwrap_or_default(),
            about: about(app, visit, insight).await?,
            opened: format!(
                "{}, {}",
                names.get(insight.opened_by.as_str()).cloned().unwrap_or_default(),
                words::moment(insight.opened_at)
            ),
            questions: Question::ALL.iter().map(|it| voices.of(*it, &typed)).collect(),
            follows,
            action,
            may,
            side: side.map_or_else(String::new, |it| of_side(it).to_owned()),
            actions,
            new_action: new_action(insight, visit),
            board: ForBoard::of(insight, &released, &names, may),
            address: format!("/variation/{}", insight.id),
            seen: insight.version(),
            typed,
            wrong,
        })
    }
}

/// What others have, with the name of who brought their values in.
fn compared(
    insight: &StoredInsight,
    beside: &[beside::StoredOthers],
    names: &BTreeMap<String, String>,
) -> Compared {
    let who = beside.last().map_or("", |it| it.by.as_str());
    let who = names.get(who).map_or(who, String::as_str);
    Compared::of(insight.of.comparator, beside, who)
}

/// For whom somebody speaks.
fn of_side(side: Side) -> &'static str {
    match side {
        Side::Clinical => "clinicians",
        Side::Finance => "finance",
    }
}

fn due(state: Stands, day: &str) -> String {
    match state {
        Stands::ToExplain => format!("To be explained by {day}."),
        Stands::Explained => format!("What follows is said by {day}."),
        Stands::LedToAction | Stands::LeftAsItIs => String::new(),
    }
}

/// Where an action of it is agreed; blank for whoever may agree none.
fn new_action(insight: &StoredInsight, visit: &Visit) -> String {
    let unit = insight.of.unit.as_str();
    if !crate::shell::joint_work::may(visit, Capability::KeepActions, unit) {
        return String::new();
    }
    let from = format!("/variation/{}", insight.id);
    let query = serde_urlencoded::to_string([("from", from.as_str()), ("unit", unit)]);
    format!("/actions/new?{}", query.unwrap_or_default())
}

/// What follows in words, and where the action is.
fn follows(insight: &StoredInsight, all: &[joint_actions::StoredAction]) -> (String, String) {
    match insight.follows() {
        Follows::Unsaid => (String::new(), String::new()),
        Follows::Nothing => {
            let why = insight.steps.iter().rev().find(|it| it.act == Act::Nothing);
            let why = why.map_or("", |it| it.words.as_str());
            (format!("Nothing, because: {}", words::sentence(why)), String::new())
        }
        Follows::Action(id) => {
            let found = all.iter().find(|it| it.id.as_str() == id);
            let what = found.map_or("An action", |it| it.agreed.of.what.as_str());
            (what.to_owned(), format!("/actions/{id}"))
        }
    }
}

/// Which page, and of which run, as far as whoever looks may read it.
async fn about(app: &App, visit: &Visit, insight: &StoredInsight) -> Result<String, Fault> {
    let sees_drafts = visit.may(Capability::ReadRuns);
    let (app, of, now) = (app.clone(), insight.of.clone(), visit.now);
    let read = reading(move || {
        let run = app.shelf().run(&of.run)?;
        if !sees_drafts && run.records()?.publication.is_none() {
            return Err(Fault::NotFound);
        }
        let page = Place::parse(&of.page).map(|it| it.words("page", run.rules().ok()));
        let page = page.filter(|it| !it.is_empty()).unwrap_or_else(|| "Its page".to_owned());
        Ok(format!("{page}, {}", Provenance::of(&run, now)?.period))
    });
    match read.await {
        Err(Fault::NotFound) => Ok("The run in which it was seen cannot be read here".to_owned()),
        other => other,
    }
}

/// Answers as whoever looks sees them.
struct Speaks<'a> {
    insight: &'a StoredInsight,
    names: &'a BTreeMap<String, String>,
    side: Option<Side>,
    me: &'a str,
}

impl Speaks<'_> {
    fn of(&self, question: Question, typed: &Typed) -> Asked {
        let voices = Voices::of(question, &self.insight.said());
        let may_agree = self.side.is_some_and(|side| voices.check_agreement(side, self.me).is_ok());
        let lacks = |side| voices.of_side(side).is_none();
        let missing = [(Side::Clinical, "A clinician"), (Side::Finance, "Finance")];
        Asked {
            code: question.word(),
            asks: question.name(),
            is_settled: voices.is_settled(),
            answers: [Side::Clinical, Side::Finance]
                .into_iter()
                .filter_map(|side| self.answer(question, side, &voices))
                .collect(),
            missing: missing.into_iter().filter(|it| lacks(it.0)).map(|it| it.1).collect(),
            may_agree,
            may_write: self.side.is_some(),
            typed: typed.answers.get(question.word()).cloned().unwrap_or_default(),
        }
    }

    fn answer(&self, question: Question, side: Side, voices: &Voices) -> Option<Answer> {
        let voice = voices.of_side(side)?;
        let step = self.insight.answer(question, side).filter(|_| voice.says == Says::Wrote)?;
        let other = match side {
            Side::Clinical => voices.finance.as_ref(),
            Side::Finance => voices.clinical.as_ref(),
        };
        let agreed = other.filter(|it| it.says == Says::Agreed);
        Some(Answer {
            by: format!(
                "{} ({}), {}",
                self.name(voice),
                side.name().to_lowercase(),
                words::moment(step.at)
            ),
            text: paragraphs(&step.words),
            agreed: agreed.map(|it| format!("{} agrees.", self.name(it))).unwrap_or_default(),
        })
    }

    fn name(&self, voice: &Voice) -> String {
        self.names.get(&voice.by).cloned().unwrap_or_else(|| voice.by.clone())
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/variation/show.html";

    fn samples() -> Vec<Self> {
        let asked = |question: Question, answers: Vec<Answer>, may| Asked {
            code: question.word(),
            asks: question.name(),
            is_settled: !answers.is_empty(),
            missing: if answers.is_empty() { vec!["A clinician", "Finance"] } else { Vec::new() },
            answers,
            may_agree: may,
            may_write: may,
            typed: String::new(),
        };
        let answer = Answer {
            by: "Amara Okafor (clinical), 1 June 2026, 10:00".to_owned(),
            text: vec!["Patients wait for transport.".to_owned()],
            agreed: "Daniel Osei agrees.".to_owned(),
        };
        let page = |may, answers: &[Answer], wrong: Wrong| Self {
            shell: Shell::sample("Are we different, and why?").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            state: Stands::ToExplain.name().to_owned(),
            is_overdue: may,
            due: due(Stands::ToExplain, "15 June 2026"),
            differs: vec!["A stay has 5.1 days, and 3.7 in similar trusts.".to_owned()],
            comparator: "similar trusts".to_owned(),
            compared: Compared {
                rows: vec![("Their median", "4.5 days".to_owned())],
                said: "The own figure is 0.6 days above the median of the others.".to_owned(),
                ..Compared::of(Comparator::Median, &[], "")
            },
            page: if may { "/services/TORT".to_owned() } else { String::new() },
            about: "Service line, 2025/26 to the end of March".to_owned(),
            opened: "Amara Okafor, 1 June 2026, 10:00".to_owned(),
            questions: Question::ALL.iter().map(|it| asked(*it, answers.to_vec(), may)).collect(),
            follows: if may { String::new() } else { "Book transport".to_owned() },
            action: if may { String::new() } else { "/actions/1".to_owned() },
            may,
            side: "finance".to_owned(),
            actions: choices("Choose an action", [("1", "Book transport")]),
            new_action: "/actions/new?unit=TORT".to_owned(),
            board: ForBoard::sample(!answers.is_empty()),
            address: "/variation/1".to_owned(),
            seen: 1,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("why", "Write your answer");
        wrong.add("because", "Say why nothing follows, or choose an action");
        vec![
            page(true, &[], Wrong::default()),
            page(false, std::slice::from_ref(&answer), Wrong::default()),
            page(true, &[answer], wrong),
        ]
    }
}
