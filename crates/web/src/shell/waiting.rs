//! What waits for somebody, for first pages: what is theirs to decide, differences, follow-ups, ideas,
//! walk-throughs, and slots of meetings.

use access::Capability;
use engagement::benefits::Side;
use engagement::walk_throughs::{State, state};
use store::Connection;
use store::reviewing::slots::{self, SlotPoll};
use store::walk_throughs::{self, StoredWalkThrough};

use super::fault::Fault;
use super::joint_work::own_side;
use super::visit::Visit;
use super::{ideas, reviews_waiting, to_decide, variation, words};
use crate::App;

/// Where differences are.
pub const DIFFERENCES: &str = "/variation";

/// Where follow-ups of colleagues are.
pub const FOLLOW_UPS: &str = "/follow-ups";

/// Where ideas are.
pub const IDEAS: &str = "/ideas";

/// Where walk-throughs of allocations are.
pub const WALK_THROUGHS: &str = "/walk-throughs";

/// Where reviews are.
pub const REVIEWS: &str = "/reviews";

/// Something that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Of what kind.
    pub kind: &'static str,
    /// How much of it, in a sentence.
    pub said: String,
    /// Where it is.
    pub address: String,
    /// What the link to it says.
    pub link: &'static str,
}

/// All that waits for whoever is signed in; nothing where nothing does. What is theirs to decide comes
/// first.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(app: &App, visit: &Visit) -> Result<Vec<Waiting>, Fault> {
    let mut all = to_decide(app, visit).await?;
    all.extend(at_doors(app, visit).await?);
    Ok(all)
}

/// What of it is theirs to decide, or is held until they say why.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn to_decide(app: &App, visit: &Visit) -> Result<Vec<Waiting>, Fault> {
    let mut db = app.store().read().await?;
    to_decide::waiting(&mut db, visit).await
}

/// What of it is told where the page of its kind is led to.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn at_doors(app: &App, visit: &Visit) -> Result<Vec<Waiting>, Fault> {
    let mut db = app.store().read().await?;
    let all = [
        ("Differences", DIFFERENCES, variation::waiting(&mut db, visit).await?),
        ("Follow-ups", FOLLOW_UPS, variation::follow_ups_waiting(&mut db, visit).await?),
        ("Ideas", IDEAS, ideas::waiting(&mut db, visit).await?),
        ("Walk-throughs", WALK_THROUGHS, walked(&mut db, visit).await?),
        ("Reviews", REVIEWS, reviews(&mut db, visit).await?),
    ];
    let waits = all.into_iter().filter(|it| !it.2.is_empty());
    Ok(waits.map(|(kind, address, said)| Waiting::new(kind, said, address)).collect())
}

/// Allocations of which their side has something to say.
async fn walked(db: &mut Connection, visit: &Visit) -> Result<String, Fault> {
    let Some(side) = own_side(db, visit).await? else { return Ok(String::new()) };
    let all = walk_throughs::list(db).await?;
    let waits = |it: &&StoredWalkThrough| {
        let of = match state(&it.said(), false) {
            State::Asked => Some(Side::Clinical),
            State::Questioned => Some(Side::Finance),
            State::Reflects | State::Agreed | State::InCosting | State::Stays => None,
        };
        of == Some(side) && variation::may_answer(visit, it.of.unit.as_str())
    };
    Ok(match all.iter().filter(waits).count() as u64 {
        0 => String::new(),
        count => format!(
            "{} for what you say of it.",
            words::count(count, "allocation waits", "allocations wait")
        ),
    })
}

/// What reviews ask: when somebody can come, what is due, the meeting to come and what they owe it.
async fn reviews(db: &mut Connection, visit: &Visit) -> Result<String, Fault> {
    let said = [meetings(db, visit).await?, reviews_waiting::waiting(db, visit).await?];
    Ok(said.join(" ").trim().to_owned())
}

/// Slots of meetings that wait for whoever is signed in: for their answer, or, once everybody has
/// answered, for them to pick one.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn slots(db: &mut Connection, visit: &Visit) -> Result<Vec<SlotPoll>, Fault> {
    if !visit.may(Capability::ReadReviews) {
        return Ok(Vec::new());
    }
    let (me, scope) = (&visit.person()?.id, visit.scope(Capability::ReadReviews)?);
    let mut all = slots::open_polls_of(db, me).await?;
    let waits = |it: &SlotPoll| {
        let is_silent = |who: &store::PersonId| it.asks(who) && it.reply_of(who).is_none();
        let have_all = !it.of.asked.iter().any(|of| is_silent(&of.person));
        is_silent(me) || it.by == *me && have_all
    };
    all.retain(|it| scope.of_unit(it.unit.as_str()).is_some() && waits(it));
    Ok(all)
}

/// Slots of meetings that wait for them, in a sentence.
async fn meetings(db: &mut Connection, visit: &Visit) -> Result<String, Fault> {
    let me = &visit.person()?.id;
    let all = slots(db, visit).await?;
    let asks = all.iter().filter(|it| it.asks(me) && it.reply_of(me).is_none()).count();
    let asked = words::count(asks as u64, "review asks", "reviews ask");
    let picks = words::count((all.len() - asks) as u64, "review", "reviews");
    Ok(match (asks, all.len() - asks) {
        (0, 0) => String::new(),
        (_, 0) => format!("{asked} when you can come."),
        (0, _) => format!("All have said when they can come: pick a slot for {picks}."),
        (_, _) => format!("{asked} when you can come, and {picks} for which slot you pick."),
    })
}

impl Waiting {
    /// Something that waits: of what kind, how much in a sentence, and where.
    pub fn new(kind: &'static str, said: String, address: impl Into<String>) -> Self {
        Self { kind, said, address: address.into(), link: "See them" }
    }

    /// Where no page lists all of them: it leads to the first.
    pub(super) fn at_the_first(self) -> Self {
        Self { link: "See the first", ..self }
    }

    /// For samples.
    pub fn sample() -> Vec<Self> {
        let held = "1\u{a0}benefit is held, as a saving may have harmed care.".to_owned();
        let packs = "1\u{a0}pack waits for you to check as the second person.".to_owned();
        let said = "2\u{a0}differences wait for answers of a clinician.".to_owned();
        vec![
            Self::new("Held savings", held, "/benefits"),
            Self::new("Packs", packs, "/services/TORT/packs/1").at_the_first(),
            Self::new("Differences", said, DIFFERENCES),
        ]
    }
}
