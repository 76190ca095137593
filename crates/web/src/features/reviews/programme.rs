//! The programme: every service line with who runs it, how often it is reviewed, and what is late.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use domain::Day;
use engagement::reviews::{self, ReviewGuide, Setting, chaired, days_late};
use store::PersonId;
use store::reviewing::slots::SlotPoll;
use store::reviewing::{self, Meeting, Register, Review, ServicePost};
use store::units::{self, Unit};

use super::day;
use super::found::{People, all_people, is_reviewed, name};
use super::time;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::reviews_waiting::Held;
use crate::shell::session::{calendar, today};
use crate::shell::spread::{Champions, champions_at};
use crate::shell::visit::Visit;
use crate::shell::{waiting, words};

#[derive(askama::Template)]
#[template(path = "features/reviews/programme.html")]
pub(super) struct ProgrammePage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    /// What to begin with.
    hint: String,
    /// Slots that wait for whoever looks: of which review, and where.
    slots: Vec<(String, String)>,
    rows: Vec<Row>,
    /// How the time of business partners is shared out.
    time: Vec<time::Row>,
    /// Service lines without one.
    without: Vec<String>,
    numbers: Numbers,
}

/// The numbers of meetings that are in force.
#[derive(Clone, Debug, Default)]
struct Numbers {
    /// What, how much, and who says so.
    rows: Vec<(&'static str, String, String)>,
    /// Who decided those of this trust; or that all are the program's.
    decided: String,
}

impl Numbers {
    fn of(guide: &ReviewGuide) -> Self {
        let row = |(name, it): (&'static str, &Setting)| {
            (name, format!("{}\u{a0}{}", it.value, it.unit), it.source.clone())
        };
        let decided = guide.local.as_ref().map_or_else(
            || "This trust has decided none of them otherwise.".to_owned(),
            |it| {
                format!(
                    "This trust decided on {}: {}.",
                    words::day(&it.dated.to_string()),
                    it.source
                )
            },
        );
        Self { rows: guide.in_force().map(row).to_vec(), decided }
    }
}

/// A service line.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    is_pilot: bool,
    lead: String,
    /// Posts that nobody holds, and champions that there are none of.
    missing: Vec<String>,
    /// Champions whose contact is past its stated frequency.
    overdue: Vec<String>,
    every: String,
    last: String,
    next: String,
    late: String,
    /// For the order of the page.
    days_late: u32,
    is_registered: bool,
}

/// All that is known of the programme.
pub(super) struct Programme {
    pub(super) guide: ReviewGuide,
    pub(super) units: Vec<Unit>,
    pub(super) register: Vec<Register>,
    pub(super) posts: Vec<ServicePost>,
    pub(super) reviews: Vec<Review>,
    pub(super) meetings: Vec<Meeting>,
    pub(super) chairs: Vec<reviewing::Chair>,
    pub(super) people: People,
    pub(super) champions: BTreeMap<String, Champions>,
}

impl Programme {
    pub(super) async fn of(app: &App, now: jiff::Timestamp) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let units = units::tree(&mut db).await?.into_iter().map(|it| it.stored.unit);
        let posts = reviewing::posts(&mut db).await?;
        Ok(Self {
            guide: app.settings().reviews.clone(),
            units: units.filter(|it| is_reviewed(it) && it.exists_on(today(now))).collect(),
            register: reviewing::register(&mut db).await?,
            reviews: reviewing::list(&mut db).await?,
            meetings: reviewing::meetings(&mut db).await?,
            chairs: reviewing::chairs(&mut db).await?,
            people: all_people(app, &mut db, &posts, now).await?,
            posts,
            champions: champions_at(&mut db, now).await?,
        })
    }

    /// What is recorded of a service line.
    pub(super) fn registered(&self, unit: &str) -> Option<&Register> {
        self.register.iter().find(|it| it.unit.as_str() == unit)
    }

    /// Who holds a post: its name, nobody's where it is vacant, and the record that was seen.
    pub(super) fn post(&self, unit: &str, post: &str) -> (Option<&str>, i64) {
        let found = self.posts.iter().find(|it| it.unit.as_str() == unit && it.post == post);
        let person = found.and_then(|it| it.person.as_ref());
        (person.map(PersonId::as_str), found.map_or(0, |it| it.number))
    }

    /// What share of their time whoever holds a post gives to it, in per cent; none where it is not
    /// stated.
    pub(super) fn share(&self, unit: &str, post: &str) -> Option<u32> {
        self.posts.iter().find(|it| it.unit.as_str() == unit && it.post == post)?.share
    }

    /// Reviews of a service line, the latest first; not the sit-downs of one consultant and finance.
    pub(super) fn reviews_of<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a Review> {
        let all = self.reviews.iter().rev().filter(move |it| it.unit.as_str() == unit);
        all.filter(|it| !self.guide.is_sit_down(&it.theme))
    }

    /// Sit-downs of one consultant and finance in a service line, the latest first.
    pub(super) fn sit_downs_of<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a Review> {
        let all = self.reviews.iter().rev().filter(move |it| it.unit.as_str() == unit);
        all.filter(|it| self.guide.is_sit_down(&it.theme))
    }

    /// What tells when service lines are reviewed.
    fn held(&self) -> Held<'_> {
        Held { guide: &self.guide, reviews: &self.reviews, meetings: &self.meetings }
    }

    /// When a review was held, once it is finished.
    pub(super) fn held_on(&self, review: &Review) -> Option<Day> {
        self.held().on(review)
    }

    /// When a service line was reviewed last.
    pub(super) fn last_of(&self, unit: &str) -> Option<Day> {
        self.held().last_of(unit)
    }

    /// When a service line is due next: by its open review, or by its cadence.
    pub(super) fn due_of(&self, unit: &str) -> Option<Day> {
        self.held().due_of(unit, self.registered(unit))
    }

    /// When a service line that was reviewed on a day is due next, if it has a cadence.
    pub(super) fn by_cadence(&self, unit: &str, last: Option<Day>) -> Option<Day> {
        self.held().by_cadence(self.registered(unit)?, last)
    }

    /// Posts of a service line that nobody holds.
    pub(super) fn missing_of(&self, unit: &str) -> Vec<String> {
        let posts = self.guide.posts.iter();
        let vacant = posts.filter(|it| self.post(unit, &it.id).0.is_none());
        vacant.map(|it| it.missing.clone()).collect()
    }

    /// The champions of a service line.
    pub(super) fn champions_of(&self, unit: &str) -> Champions {
        self.champions.get(unit).cloned().unwrap_or_default()
    }

    fn row(&self, unit: &Unit, on: Day) -> Row {
        let code = unit.code.as_str();
        let registered = self.registered(code);
        let due = self.due_of(code);
        let days = due.map_or(0, |it| days_late(calendar(it), calendar(on)));
        let lead = self.guide.posts.first().and_then(|it| self.post(code, &it.id).0);
        let cadence = registered.and_then(|it| self.guide.cadence(&it.of.cadence));
        let champions = self.champions_of(code);
        let missing = self.missing_of(code).into_iter().chain(champions.missing());
        Row {
            name: unit.name.clone(),
            address: format!("/reviews/{code}"),
            is_pilot: registered.is_some_and(|it| it.of.is_pilot),
            lead: lead.map_or_else(String::new, |it| name(&self.people, it).to_owned()),
            missing: missing.filter(|_| registered.is_some()).collect(),
            overdue: champions.overdue(on),
            every: cadence
                .map_or_else(|| "Not in the programme yet".to_owned(), |it| it.name.clone()),
            last: self.last_of(code).map_or_else(|| "Not yet".to_owned(), day),
            next: due.map_or_else(|| "Not planned".to_owned(), day),
            late: match days {
                0 => String::new(),
                days => format!("{} late", words::count(days.into(), "day", "days")),
            },
            days_late: days,
            is_registered: registered.is_some(),
        }
    }

    /// Who chaired the reviews of a year, in a sentence.
    fn chaired(&self, on: Day, is_seen: impl Fn(&str) -> bool) -> String {
        let seen = self.chairs.iter().filter(|it| is_seen(it.unit.as_str()));
        let held: Vec<reviews::Held> = seen
            .map(|it| reviews::Held { on: calendar(it.held_on), chair: it.role.clone() })
            .collect();
        let found = chaired(&self.guide, &held, calendar(on));
        let months = u64::from(self.guide.settings.chaired_within.value);
        let within = words::count(months, "month", "months");
        match found.held {
            0 => format!("No review was finished in the last {within}."),
            held => format!(
                "In the last {within} clinical directors chaired {} of {}.",
                words::thousands(found.by_directors),
                words::count(held, "finished review", "finished reviews")
            ),
        }
    }

    /// What the guide suggests to begin with, while nothing has been tried out.
    fn hint(&self) -> String {
        let settings = &self.guide.settings;
        let (least, most) = (settings.pilot_least.value, settings.pilot_most.value);
        let pilots = self.register.iter().filter(|it| it.of.is_pilot).count();
        let pilots = u32::try_from(pilots).unwrap_or(u32::MAX);
        if pilots < least && self.chairs.len() < usize::try_from(least).unwrap_or_default() {
            return format!(
                "Begin with {least} or {most} services: record each in the register, and say that it is among the first. Choose services whose clinical lead wants it."
            );
        }
        if pilots > most {
            return format!(
                "{} services try reviews out. The guide suggests {least} or {most} at first, so that each is looked after.",
                words::capital(&super::parts::in_words(
                    usize::try_from(pilots).unwrap_or_default()
                ))
            );
        }
        String::new()
    }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::ReadReviews)?;
    let programme = Programme::of(&app, visit.now).await?;
    let on = today(visit.now);
    let seen = programme.units.iter().filter(|it| scope.of_unit(it.code.as_str()).is_some());
    let mut rows: Vec<Row> = seen.map(|it| programme.row(it, on)).collect();
    rows.sort_by_key(|it| (std::cmp::Reverse(it.days_late), !it.is_registered, it.name.clone()));
    let mut lead = lead(&rows);
    lead.push(programme.chaired(on, |it| scope.of_unit(it).is_some()));
    let page = ProgrammePage {
        shell: visit.shell(title(&rows)),
        kicker: format!("Service line reviews on {}", day(on)),
        lead,
        hint: programme.hint(),
        numbers: Numbers::of(&programme.guide),
        slots: slots_waiting(&app, &visit).await?,
        time: time::rows(&programme, |it| scope.of_unit(it).is_some()),
        without: time::without(&programme, |it| scope.of_unit(it).is_some()),
        rows,
    };
    Ok(page.respond())
}

/// Slots that wait for an answer of whoever looks, or for them to pick one.
async fn slots_waiting(app: &App, visit: &Visit) -> Result<Vec<(String, String)>, Fault> {
    let mut db = app.store().read().await?;
    let all = waiting::slots(&mut db, visit).await?.into_iter();
    let address = |it: &SlotPoll| format!("/reviews/{}/{}/slots/{}", it.unit, it.review, it.id);
    Ok(all.map(|it| (it.title.clone(), address(&it))).collect())
}

fn title(rows: &[Row]) -> String {
    let late = rows.iter().filter(|it| it.days_late > 0).count();
    match late {
        0 => "No review is late".to_owned(),
        1 => "One review is late".to_owned(),
        more => format!("{} reviews are late", words::capital(&super::parts::in_words(more))),
    }
}

fn lead(rows: &[Row]) -> Vec<String> {
    if rows.is_empty() {
        return vec!["No service line of yours is registered as a unit.".to_owned()];
    }
    let known = rows.iter().filter(|it| it.is_registered).count() as u64;
    let all = words::count(rows.len() as u64, "service line", "service lines");
    let vacant = rows.iter().filter(|it| !it.missing.is_empty()).count() as u64;
    let mut lead = vec![format!("{all}, {} in the programme.", words::thousands(known))];
    if vacant > 0 {
        let services = words::count(vacant, "of them has", "of them have");
        lead.push(format!(
            "{} a post that nobody holds, or no champion.",
            words::capital(&services)
        ));
    }
    lead
}

impl Page for ProgrammePage {
    const TEMPLATE: &'static str = "features/reviews/programme.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "Trauma and orthopaedics".to_owned(),
            address: "/reviews/TORT".to_owned(),
            is_pilot: true,
            lead: "Amara Okafor".to_owned(),
            missing: vec!["No coding lead".to_owned(), "No cost champion".to_owned()],
            overdue: vec!["Clinical champion: contact was due 1 June 2026".to_owned()],
            every: "Every quarter".to_owned(),
            last: "12 March 2026".to_owned(),
            next: "12 June 2026".to_owned(),
            late: "19\u{a0}days late".to_owned(),
            days_late: 19,
            is_registered: true,
        };
        let other = Row {
            name: "Dermatology".to_owned(),
            address: "/reviews/DERM".to_owned(),
            every: "Not in the programme yet".to_owned(),
            last: "Not yet".to_owned(),
            next: "Not planned".to_owned(),
            ..Row::default()
        };
        let page = |rows: Vec<Row>, hint: &str| Self {
            shell: Shell::sample(&title(&rows)),
            kicker: "Service line reviews on 1 July 2026".to_owned(),
            lead: lead(&rows),
            hint: hint.to_owned(),
            numbers: Numbers::of(&ReviewGuide::own()),
            time: if rows.is_empty() { Vec::new() } else { time::sample() },
            without: if rows.is_empty() {
                Vec::new()
            } else {
                vec!["No business partner: Fertility.".to_owned()]
            },
            slots: if rows.is_empty() {
                Vec::new()
            } else {
                vec![("Dermatology review".to_owned(), "/reviews/DERM/1/slots/1".to_owned())]
            },
            rows,
        };
        vec![page(vec![row, other], "Begin with 2 or 3 services."), page(Vec::new(), "")]
    }
}
