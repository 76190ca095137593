//! One idea: what it says, what was done with it, and what becomes of it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::ideas::{Act, Data, Standing, State as Stands, Step as Rule};
use serde::Deserialize;
use store::ideas::{self, NewStep, StoredIdea};
use store::joint_actions::{self, StoredAction};
use store::reviewing::{self, Review};
use store::{ActionId, Connection, PersonId, ReviewId};

use super::{TEXT, found, put_at};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::ideas::{is_own, may_decide};
use crate::shell::joint_work::{choices, may, seen_action, sees_action, unit_names};
use crate::shell::page::{Page, Shell};
use crate::shell::sit_downs::{OfSitDowns, is_sit_down};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/ideas/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    words: Vec<String>,
    by: String,
    steps: Vec<Step>,
    /// Whether it is of whoever looks, and has news that they have not read.
    may_read: bool,
    may_decide: bool,
    acts: Vec<(String, String)>,
    data: Vec<(String, String)>,
    reviews: Vec<(String, String)>,
    actions: Vec<(String, String)>,
    new_action: String,
    address: String,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// What was done with it.
#[derive(Clone, Debug, Default)]
struct Step {
    title: String,
    text: String,
    /// Where the action that came of it or the review that speaks of it is; blank for those who may
    /// not see it.
    address: String,
    /// What that action says, or what that review is called; blank for none.
    what: String,
    by: String,
}

/// A decision as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    seen: String,
    act: String,
    data: String,
    action: String,
    review: String,
    words: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let idea = found(&mut db, &visit, &id).await?;
    drop(db);
    Ok(Show::of(&app, &visit, &idea, (Typed::default(), Wrong::default())).await?.respond())
}

/// What may be decided of an idea from where it stands.
fn acts(standing: Standing) -> impl Iterator<Item = Act> {
    let may = move |it: &Act| *it != Act::Read && standing.allows(*it);
    Act::ALL.iter().copied().filter(may)
}

/// Reviews of the unit of an idea, but for sit-downs, which are about one person's practice.
async fn reviews_of(
    db: &mut Connection,
    visit: &Visit,
    idea: &StoredIdea,
) -> Result<Vec<Review>, Fault> {
    let mut all = reviewing::list(db).await?;
    all.retain(|it| it.unit == idea.of.unit && !is_sit_down(visit, it));
    Ok(all)
}

/// Whether a review may be chosen for an idea: it is not finished.
fn is_open(it: &Review) -> bool {
    it.next.is_none()
}

impl Show {
    async fn of(
        app: &App,
        visit: &Visit,
        idea: &StoredIdea,
        (typed, wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let unit = idea.of.unit.as_str();
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        let units = unit_names(&mut db).await?;
        let mut all = joint_actions::list(&mut db).await?;
        let of_sit_downs = OfSitDowns::of(&mut db, visit).await?;
        let reviews = reviews_of(&mut db, visit, idea).await?;
        drop(db);
        all.retain(|it| !of_sit_downs.keeps_back(visit, it));
        let sees = |it: &StoredAction| sees_action(visit, it, &of_sit_downs);
        let own = is_own(visit, idea);
        let standing = idea.standing();
        let of_unit = all.iter().filter(|it| it.agreed.unit == idea.of.unit && sees(it));
        let of_unit = of_unit.map(|it| (it.id.as_str(), it.agreed.of.what.as_str()));
        let name = |it: &PersonId| names.get(it.as_str()).cloned().unwrap_or_default();
        let reads = may(visit, Capability::ReadReviews, unit);
        let open = reviews.iter().filter(|it| is_open(it));
        let open = open.map(|it| (it.id.as_str(), it.title.as_str()));
        let came = |it: &ideas::Step| came((&all, &sees), (&reviews, reads), it);
        let from = [("from", format!("/ideas/{}", idea.id)), ("unit", unit.to_owned())];
        Ok(Self {
            shell: visit.shell("An idea").below("Ideas", "/ideas").with_errors(&wrong),
            kicker: units.get(unit).map_or(unit, String::as_str).to_owned(),
            state: standing.said(),
            words: paragraphs(&idea.of.words),
            by: format!("{}, {}", who(idea, own, &name), put_at(idea)),
            steps: idea.steps.iter().filter_map(|it| step(it, &came, &name)).collect(),
            may_read: own && standing.has_news,
            may_decide: may_decide(visit, idea),
            acts: choices("", acts(standing).map(|it| (it.word(), it.name()))),
            data: choices("Not asked here", Data::ALL.iter().map(|it| (it.word(), it.name()))),
            reviews: choices("No review", open),
            actions: choices("No action", of_unit),
            new_action: format!(
                "/actions/new?{}",
                serde_urlencoded::to_string(from).unwrap_or_default()
            ),
            address: format!("/ideas/{}", idea.id),
            seen: idea.version(),
            typed,
            wrong,
        })
    }
}

fn who(idea: &StoredIdea, own: bool, name: &impl Fn(&PersonId) -> String) -> String {
    match (own, idea.of.is_named) {
        (true, true) => "You".to_owned(),
        (true, false) => "You, unnamed to others".to_owned(),
        (false, true) => name(&idea.put_by),
        (false, false) => "Somebody who stays unnamed".to_owned(),
    }
}

/// What came of an idea in a step, and where that is: an action or a review, each with no address for
/// those who may not see it.
fn came(
    (actions, sees): (&[StoredAction], &impl Fn(&StoredAction) -> bool),
    (reviews, reads): (&[Review], bool),
    it: &ideas::Step,
) -> (String, String) {
    let action = it.of.action.as_ref().and_then(|id| actions.iter().find(|it| it.id == *id));
    if let Some(action) = action {
        let address = sees(action).then(|| format!("/actions/{}", action.id));
        return (action.agreed.of.what.clone(), address.unwrap_or_default());
    }
    let review = it.of.review.as_ref().and_then(|id| reviews.iter().find(|it| it.id == *id));
    let Some(review) = review else { return Default::default() };
    let address = reads.then(|| format!("/reviews/{}/{}", review.unit, review.id));
    (review.title.clone(), address.unwrap_or_default())
}

/// What was done, as others see it; that somebody has read it is between them and the program.
fn step(
    it: &ideas::Step,
    came: &impl Fn(&ideas::Step) -> (String, String),
    name: &impl Fn(&PersonId) -> String,
) -> Option<Step> {
    if it.of.act == Act::Read {
        return None;
    }
    let data = it.of.data.map(|it| format!("{}. ", it.name())).unwrap_or_default();
    let (what, address) = came(it);
    Some(Step {
        title: it.of.act.name().to_owned(),
        text: format!("{data}{}", words::sentence(&it.of.words)).trim().to_owned(),
        address,
        what,
        by: format!("{}, {}", name(&it.by), words::moment(it.at)),
    })
}

fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let idea = found(&mut db, &visit, &id).await?;
    if !may_decide(&visit, &idea) {
        return Err(Fault::NotFound);
    }
    let action = Some(typed.action.trim()).filter(|it| !it.is_empty()).map(ActionId::new);
    let is_there = match &action {
        Some(id) => {
            let seen = seen_action(&mut db, &visit, id).await?;
            seen.is_some_and(|it| it.agreed.unit == idea.of.unit)
        }
        None => true,
    };
    let reviews = reviews_of(&mut db, &visit, &idea).await?;
    drop(db);
    let review = reviews.into_iter().find(|it| is_open(it) && it.id.as_str() == typed.review);
    let came = (action.filter(|_| is_there), review.map(|it| it.id));
    let new = match typed.read(&idea, came) {
        Ok(new) => new,
        Err(wrong) => {
            return Ok(Show::of(&app, &visit, &idea, (typed, wrong)).await?.respond());
        }
    };
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "idea.step", "");
    let (id, seen) = (idea.id.clone(), typed.seen.parse().unwrap_or(-1));
    let said = "It is recorded, and whoever had the idea is told.";
    let address = format!("/ideas/{id}");
    let done = visit.change(&address, said, move |tx| {
        Box::pin(async move { ideas::add(tx, &id, &new, seen, &entry).await })
    });
    done.await
}

impl Typed {
    fn read(
        &self,
        idea: &StoredIdea,
        (action, review): (Option<ActionId>, Option<ReviewId>),
    ) -> Result<NewStep, Wrong> {
        let mut wrong = Wrong::default();
        let standing = idea.standing();
        let act = self.act.parse().ok().filter(|it| acts(standing).any(|act| act == *it));
        wrong.unless(act.is_some(), "act", "Choose what becomes of it");
        if !self.words.trim().is_empty() {
            TEXT.check(&mut wrong, "words", &self.words, "");
        }
        let Some(act) = act else { return Err(wrong) };
        let data: Option<Data> = self.data.parse().ok().filter(|_| act == Act::LookedAt);
        let action = action.filter(|_| act == Act::TakenUp);
        let review = review.filter(|_| act == Act::ToReview);
        let words = self.words.trim().to_owned();
        let of_action = action.as_ref().map_or("", ActionId::as_str);
        let of_review = review.as_ref().map_or("", ReviewId::as_str);
        let rule = Rule { act, data, words: &words, action: of_action, review: of_review };
        if let Some(fault) = rule.fault(standing) {
            let field = match act {
                Act::LookedAt => "data",
                Act::ToReview => "review",
                Act::TakenUp => "action",
                Act::Finished | Act::NotTakenUp | Act::Read => "words",
            };
            wrong.add(field, words::capital(&fault.to_string()));
        }
        if wrong.is_empty() { Ok(NewStep { act, data, words, action, review }) } else { Err(wrong) }
    }
}

pub(super) async fn read(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = visit.fields.get("seen").parse().unwrap_or(-1);
    let mut db = app.store().read().await?;
    let idea = found(&mut db, &visit, &id).await?;
    drop(db);
    if !is_own(&visit, &idea) {
        return Err(Fault::NotFound);
    }
    let entry = visit.entry("idea.step", "");
    let id = idea.id;
    let done = visit.change("/ideas", "You have read what became of it.", move |tx| {
        Box::pin(async move { ideas::add(tx, &id, &NewStep::of(Act::Read), seen, &entry).await })
    });
    done.await
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/ideas/show.html";

    fn samples() -> Vec<Self> {
        let standing =
            |state| Standing { state, data: None, has_news: false, days_to_answer: None };
        let step = |act: Act, text: &str, what: &str| Step {
            title: act.name().to_owned(),
            text: text.to_owned(),
            address: if what.is_empty() { String::new() } else { "/actions/1".to_owned() },
            what: what.to_owned(),
            by: "Amara Okafor, 3 June 2026, 09:30".to_owned(),
        };
        let page = |state: Stands, steps: Vec<Step>, wrong: Wrong| Self {
            shell: Shell::sample("An idea").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            state: state.name().to_owned(),
            words: vec!["Order walking frames before admission.".to_owned()],
            by: "Somebody who stays unnamed, June 2026".to_owned(),
            may_read: state == Stands::NotTakenUp,
            may_decide: state != Stands::NotTakenUp,
            acts: choices("", acts(standing(state)).map(|it| (it.word(), it.name()))),
            data: choices("Not asked here", Data::ALL.iter().map(|it| (it.word(), it.name()))),
            reviews: choices("No review", [("1", "Hip replacement review")]),
            actions: choices("No action", [("1", "Order frames at pre-assessment")]),
            new_action: "/actions/new?unit=TORT".to_owned(),
            address: "/ideas/1".to_owned(),
            seen: 0,
            typed: Typed::default(),
            steps,
            wrong,
        };
        let looked = step(Act::LookedAt, "The figures bear it out.", "");
        let mut wrong = Wrong::default();
        wrong.add("act", "Choose what becomes of it");
        wrong.add("words", "Say why it is not taken up: whoever had the idea is told");
        vec![
            page(Stands::Put, Vec::new(), Wrong::default()),
            page(
                Stands::TakenUp,
                vec![looked, step(Act::TakenUp, "", "Order frames")],
                Wrong::default(),
            ),
            page(
                Stands::NotTakenUp,
                vec![step(Act::NotTakenUp, "They are there.", "")],
                Wrong::default(),
            ),
            page(Stands::Put, Vec::new(), wrong),
        ]
    }
}
