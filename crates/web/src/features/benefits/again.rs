//! Published costings of a benefit that was claimed: what is shown of them on its page, and reading
//! what was published since.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::{Basis, BenefitSettings, Costed};
use store::benefits::{self, Step, StoredBenefit};

use super::reading::{self, Asked, Offered};
use super::steps::{Typed, again};
use super::told::Told;
use super::{found, may};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::choices;
use crate::shell::variation::sees;
use crate::shell::visit::Visit;

/// What the page of a benefit shows of published costings.
#[derive(Clone, Debug, Default)]
pub(super) struct Costings {
    /// What was read and is kept; none before anything was, or for whoever does not see the costs.
    pub(super) read: Option<Told>,
    /// Whether something was read that whoever looks may not see.
    pub(super) is_hidden: bool,
    /// What there is to choose from, where nothing was read yet.
    pub(super) offered: Offered,
    /// What they would add, before it is kept.
    pub(super) preview: Option<Told>,
    /// Costings that were published since, or were not read.
    pub(super) unread: Vec<(String, String)>,
}

impl Typed {
    pub(super) fn asked(&self) -> Asked {
        Asked {
            activity: self.activity.clone(),
            baseline_run: self.baseline_run.clone(),
            later: self.later.clone(),
        }
    }
}

impl Costings {
    /// What was read, with a costing to read; and what there is to choose from, with what it would
    /// add.
    pub(super) fn samples() -> (Self, Self) {
        let unread = choices("Choose one", [("c0ffee", "2026/27, published 19 May 2027 (c0ffee)")]);
        let read = Self { read: Some(Told::sample()), unread, ..Self::default() };
        let preview = Some(Told::sample());
        (read, Self { offered: Offered::sample(), preview, ..Self::default() })
    }

    /// What whoever looks sees of a benefit's costings, and may add.
    pub(super) async fn of(
        (app, visit): (&App, &Visit),
        benefit: &StoredBenefit,
        (typed, wrong): (&Typed, &mut Wrong),
    ) -> Result<Self, Fault> {
        let settings = BenefitSettings::own();
        let ground = &benefit.of.ground;
        let Some(basis) = settings.basis(&ground.basis) else { return Ok(Self::default()) };
        let adds = !benefit.is_withdrawn() && may(visit, Capability::KeepActions, benefit);
        let target = benefit.of.target;
        if let Some(read) = &benefit.read {
            if !sees(visit, &read.line) {
                return Ok(Self { is_hidden: true, ..Self::default() });
            }
            let new = if adds { reading::unread(app, read).await? } else { Vec::new() };
            let each = new.iter().map(|it| (it.0.as_str(), it.1.as_str()));
            let unread = if new.is_empty() { Vec::new() } else { choices("Choose one", each) };
            let told = Some(Told::of(read, basis, target));
            return Ok(Self { read: told, unread, ..Self::default() });
        }
        if !adds {
            return Ok(Self::default());
        }
        let offered = reading::offered(app, visit, &ground.unit).await?;
        let asked = typed.asked();
        if offered.line.is_empty() || asked.is_blank() {
            return Ok(Self { offered, ..Self::default() });
        }
        let of = (ground.unit.as_str(), basis);
        let seen = reading::read(app, visit, of, (&asked, &mut *wrong)).await?;
        let preview = seen.map(|it| Told::of(&it, basis, target));
        Ok(Self { offered, preview, ..Self::default() })
    }
}

/// What is to be kept: the next costings of what was read before, or a first reading.
async fn asked_for(
    (app, visit): (&App, &Visit),
    benefit: &StoredBenefit,
    basis: &Basis,
    (typed, wrong): (&Typed, &mut Wrong),
) -> Result<Option<Costed>, Fault> {
    let Some(before) = &benefit.read else {
        let of = (benefit.of.ground.unit.as_str(), basis);
        return reading::read(app, visit, of, (&typed.asked(), wrong)).await;
    };
    let found = reading::again(app, before, &typed.later).await?;
    wrong.unless(found.is_some(), "later", "Choose a published costing of the list");
    Ok(found)
}

pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let benefit = found(&mut db, &visit, &id).await?;
    drop(db);
    let may_see = benefit.read.as_ref().is_none_or(|it| sees(&visit, &it.line));
    let settings = BenefitSettings::own();
    let basis = settings.basis(&benefit.of.ground.basis).ok_or(Fault::NotFound)?;
    if !may_see || !may(&visit, Capability::KeepActions, &benefit) {
        return Err(Fault::NotFound);
    }
    let mut wrong = Wrong::default();
    let read = asked_for((&app, &visit), &benefit, basis, (&typed, &mut wrong)).await?;
    let (Some(read), true) = (read, wrong.is_empty()) else {
        return again((&app, &visit), &benefit, (typed, wrong)).await;
    };
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "benefit.step", "");
    let (id, at) = (benefit.id.clone(), typed.seen.parse().unwrap_or(-1));
    let (own, step) = (format!("/benefits/{}", benefit.id), Step::Read(Box::new(read)));
    let done = visit.change(&own, "What the costings hold is kept.", move |tx| {
        Box::pin(async move { benefits::step(tx, &id, &step, at, &entry).await })
    });
    match done.await {
        Err(Fault::Refused(said)) => {
            wrong.add("later", said);
            again((&app, &visit), &benefit, (typed, wrong)).await
        }
        other => other,
    }
}
