//! A consultant’s cost, quality and income on one page of their sit-down with finance: those who take
//! part name whose practice it is, and the published costing tells of it.
//!
//! Nobody is set beside anybody else here: that needs the agreed comparison. So a sit-down tells of one
//! consultant, and only while a clinician and somebody of finance take part. The code that is typed
//! stands in its form again where it is refused, and is not kept; the keyed reference that it stands
//! for is kept with the sit-down, and is on no page, in no address and not in the audit. Every view is
//! on record before it is sent.

mod small_numbers;
mod told;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::reviews::Side;
use store::audit::{self, Asked};
use store::reviewing::{self, Body, Coming, Consultant};
use vault::{Namespace, Vault, VaultError};

use self::told::{Known, Told};
use super::WORDS;
use super::found::{Found, sees_figures, side};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::shelf::reading;
use crate::shell::typed::Text;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Action under which views stand in the audit.
const ACTION: &str = "sit_down.read";

/// What a code of a consultant may be.
const CODE: Text = Text { letters: 40, ..WORDS };

const NO_RUN: &str = "No costing is published yet, so there are no figures. The costing team publishes; nothing is asked of you.";

const NO_SIDES: &str = "Figures are shown once a clinician and somebody of finance take part, since they look at them together. Whoever is in the chair of the meeting, facilitates it or stands on its list as coming takes part.";

const ONE_EACH: &str = "Figures of the consultant who was named were told in this sit-down, so it stays theirs. Open a sit-down of its own for another consultant.";

const MEANWHILE: &str = "Somebody else named whose practice it is meanwhile: see who, and write it again if it should be another";

const SEES: &str = "You see the practice of one consultant, as somebody who takes part in this sit-down. That you looked is on record.";

#[derive(askama::Template)]
#[template(path = "features/reviews/practice/show.html")]
pub(super) struct PracticePage {
    shell: Shell,
    kicker: String,
    wrong: Wrong,
    /// Who named whose practice it is, and when; blank while nobody did.
    named: String,
    /// Why no figure is told; blank where some are.
    why: String,
    provenance: Provenance,
    sees: &'static str,
    told: Option<Told>,
    /// While it may be named: both sides take part, and nothing was told yet.
    form: Option<Form>,
    address: String,
}

/// Whose practice it is, as typed.
#[derive(Clone, Debug, Default)]
struct Form {
    code: String,
    seen: String,
}

/// A sit-down in which whoever asks takes part.
struct At {
    found: Found,
    named: Option<Consultant>,
    /// Whether figures of whoever is named were told to anybody.
    was_told: bool,
}

impl At {
    /// # Errors
    ///
    /// [`Fault::NotFound`] for everybody else, and for those who do not see exactly what the service
    /// line costs.
    async fn of(app: &App, visit: &Visit, (unit, review): (&str, &str)) -> Result<Self, Fault> {
        let found = Found::of(app, visit, Capability::ReadReviews, (unit, review)).await?;
        if !found.takes_part || !sees_figures(visit, unit) {
            return Err(Fault::NotFound);
        }
        let mut db = app.store().read().await?;
        let named = reviewing::consultant(&mut db, &found.review.id).await?;
        let mut it = Self { found, named, was_told: false };
        if let Some(named) = &it.named {
            let looks = Asked {
                action: Some(ACTION.to_owned()),
                mentions: Some(it.address()),
                from: Some(named.at),
                ..Asked::default()
            };
            let looks = audit::list(&mut db, &looks, u16::MAX).await?;
            it.was_told = looks.iter().any(|it| it.entry.rows > Some(0));
        }
        Ok(it)
    }

    fn address(&self) -> String {
        format!("{}/practice", self.found.address())
    }

    /// How often somebody named whose practice it is.
    fn number(&self) -> i64 {
        self.named.as_ref().map_or(0, |it| it.number)
    }

    /// Whether a clinician and somebody of finance take part.
    fn has_both(&self) -> bool {
        self.has_side(Side::Clinical) && self.has_side(Side::Finance)
    }

    /// Whether somebody of a side is in the chair of a meeting, facilitates one or comes to it. To be
    /// asked is not enough.
    fn has_side(&self, of: Side) -> bool {
        let found = &self.found;
        let is_of = |person: &str| side(&found.people, person) == of;
        let in_meetings = found.meetings.iter().any(|it| {
            let facilitator = it.of.facilitator.as_ref();
            is_of(it.of.chair.as_str()) || facilitator.is_some_and(|it| is_of(it.as_str()))
        });
        let comes = |body: &Body| match body {
            Body::Participant(it) => it.coming == Coming::Yes && is_of(&it.person),
            _ => false,
        };
        in_meetings || found.items.iter().any(|it| comes(&it.latest().body))
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = At::of(&app, &visit, (&unit, &review)).await?;
    page(&app, &visit, &it, (Form::default(), Wrong::default())).await
}

/// The page, once the look at it is on record: as somebody opens it, and as a form that was refused
/// is shown again. That tells no figures, since whose practice it is can still be another's.
async fn page(
    app: &App,
    visit: &Visit,
    it: &At,
    (form, wrong): (Form, Wrong),
) -> Result<Response, Fault> {
    let unit = it.found.unit.code.as_str();
    let named = it.named.as_ref().filter(|_| wrong.is_empty() && it.has_both());
    let known = match named {
        Some(named) => told::known(app, visit.now, (unit, &named.reference)).await?,
        None => None,
    };
    let page = PracticePage::of(visit, it, known.as_ref(), (form, wrong))?;
    let run = known.as_ref().map_or_else(String::new, |it| format!(" run/{}", it.run));
    let events = known.as_ref().filter(|_| page.told.is_some()).map_or(0, Known::events);
    let scope = visit.scope(Capability::AggregateCosts)?;
    let entry = visit.entry_in(scope, ACTION, &format!("{}{run}", it.address())).rows(events);
    app.store().audit(entry).await?;
    if page.told.is_some() {
        looked_behind(visit, unit).await;
    }
    Ok(page.respond())
}

pub(super) async fn name(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = At::of(&app, &visit, (&unit, &review)).await?;
    if it.was_told {
        return Err(Fault::Refused(ONE_EACH.to_owned()));
    }
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let form = Form { code: text("code"), seen: text("seen") };
    let mut wrong = Wrong::default();
    // Whether a code has care here is told to both together too.
    wrong.unless(it.has_both(), "code", NO_SIDES);
    let missing = "Write the code of the consultant, as the feeds of activity have it";
    CODE.check(&mut wrong, "code", &form.code, missing);
    let seen: i64 = form.seen.parse().unwrap_or_default();
    wrong.unless(seen == it.number(), "code", MEANWHILE);
    if !wrong.is_empty() {
        return page(&app, &visit, &it, (form, wrong)).await;
    }
    let reference = match reference(&app, &it.found, &form.code).await? {
        Ok(reference) => reference,
        Err(why) => {
            wrong.add("code", why);
            return page(&app, &visit, &it, (form, wrong)).await;
        }
    };
    let entry = visit.entry_in(visit.scope(Capability::ReadReviews)?, "sit_down.name", "");
    let (id, home) = (it.found.review.id.clone(), it.address());
    let done = visit.change(&home, "It is named whose practice this is.", move |tx| {
        Box::pin(async move { reviewing::name_consultant(tx, &id, &reference, seen, &entry).await })
    });
    done.await
}

/// The keyed reference of a code, or why it is of no use: the published costing has no care under it.
async fn reference(app: &App, found: &Found, code: &str) -> Result<Result<String, String>, Fault> {
    let (app, code) = (app.clone(), code.to_owned());
    let (unit, name) = (found.unit.code.to_string(), found.unit.name.clone());
    let read = reading(move || {
        let vault = Vault::open(&app.settings().vault).map_err(|error| match error {
            VaultError::NoVault(_) => Fault::Refused(
                "This site has no vault of identities: nothing was loaded here, so no code of a consultant is known. Ask whoever loads the feeds.".to_owned(),
            ),
            other => Fault::Broken(other.to_string()),
        })?;
        let reference = vault.pseudonym(Namespace::Consultant, &code).to_string();
        let Some(run) = app.shelf().latest(false)? else { return Ok(Ok(reference)) };
        let practice = told::read(&app, &run, (&unit, &reference))?;
        Ok(told::without(&practice, &name).map_or(Ok(reference), Err))
    });
    read.await
}

impl PracticePage {
    fn of(
        visit: &Visit,
        it: &At,
        known: Option<&Known>,
        (form, wrong): (Form, Wrong),
    ) -> Result<Self, Fault> {
        let found = &it.found;
        let (told, why) = match known {
            Some(known) => match Told::of(visit, &found.unit, known)? {
                Ok(told) => (Some(told), String::new()),
                Err(why) => (None, why),
            },
            None if wrong.is_empty() => (None, nothing(it).to_owned()),
            None => (None, String::new()),
        };
        let named = it.named.as_ref().map_or_else(String::new, |it| {
            format!("{}, {}", found.name(it.by.as_str()), words::moment(it.at))
        });
        let title = match (&told, &it.named) {
            (Some(told), _) => told.title.clone(),
            (None, Some(_)) if wrong.is_empty() => {
                "Nothing can be told of this practice yet".to_owned()
            }
            (None, _) => "Whose practice is this sit-down about?".to_owned(),
        };
        let may_be_named = !found.is_finished() && !it.was_told && told.is_none();
        let is_asked = may_be_named && (it.has_both() || !wrong.is_empty());
        let form = Form { seen: it.number().to_string(), ..form };
        Ok(Self {
            shell: found.shell(visit, title).with_errors(&wrong),
            kicker: found.review.title.clone(),
            wrong,
            named,
            why,
            provenance: known.map(|it| it.provenance.clone()).unwrap_or_default(),
            sees: SEES,
            told,
            form: is_asked.then_some(form),
            address: it.address(),
        })
    }
}

/// Why nothing is read: one side does not take part, nobody is named, or nothing is published.
fn nothing(it: &At) -> &'static str {
    if !it.has_both() {
        return NO_SIDES;
    }
    it.named.as_ref().map_or("", |_| NO_RUN)
}

impl Page for PracticePage {
    const TEMPLATE: &'static str = "features/reviews/practice/show.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, told: Option<Told>| Self {
            shell: Shell::sample(title).below("Reviews", "/reviews"),
            kicker: "Sit-down on hips".to_owned(),
            wrong: Wrong::default(),
            named: "Daniel Osei, 11 June 2026, 10:00".to_owned(),
            why: String::new(),
            provenance: Provenance::sample(),
            sees: SEES,
            told,
            form: Some(Form { code: String::new(), seen: "1".to_owned() }),
            address: "/reviews/TORT/1/practice".to_owned(),
        };
        let told = page("This practice spent £52,300 more than it earned", Some(Told::sample()));
        let told = Self { form: None, ..told };
        let mut wrong = Wrong::default();
        wrong.add("code", "Write the code of the consultant, as the feeds of activity have it");
        vec![
            told,
            Self { named: String::new(), ..page("Whose practice is this sit-down about?", None) },
            Self {
                why: NO_SIDES.to_owned(),
                form: None,
                ..page("Nothing can be told of this practice yet", None)
            },
            Self {
                wrong,
                form: Some(Form { code: "CX 110".to_owned(), seen: "1".to_owned() }),
                ..page("Whose practice is this sit-down about?", None)
            },
        ]
    }
}
