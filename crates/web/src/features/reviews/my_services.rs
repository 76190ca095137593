//! The first screen of a finance partner: how the next review of each service line of theirs is
//! prepared, and what is to be chased.

use std::collections::{BTreeMap, BTreeSet};

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::reviews::{ReviewGuide, data_age, days_late};
use store::joint_actions::StoredAction;
use store::packs::{self, Pack, State as Stands};
use store::reviewing::{self, Body, Coming, Item, Meeting, Review, StageState};
use store::units::{self, Unit};
use store::{Connection, known_issues as issues};

use super::day;
use super::found::{may, sees_figures};
use super::papers::pack_address;
use super::programme::Programme;
use crate::App;
use crate::shell::cube;
use crate::shell::fault::Fault;
use crate::shell::joint_work::{self, seen_actions, standing};
use crate::shell::known_issues::may_open;
use crate::shell::page::{Page, Shell};
use crate::shell::session::{calendar, today};
use crate::shell::sit_downs::OfSitDowns;
use crate::shell::visit::Visit;
use crate::shell::waiting::{self, Waiting};
use crate::shell::{evidence, questions, words};

#[derive(askama::Template)]
#[template(path = "features/reviews/my_services.html")]
pub(super) struct MyServices {
    shell: Shell,
    kicker: String,
    lead: String,
    /// Questions that wait for whoever looks; blank for none.
    waiting: String,
    /// What of their evidence waits for them; blank for nothing.
    evidence: String,
    /// Their actions that need an update; blank for none.
    actions: String,
    /// What else waits for them.
    followed: Vec<Waiting>,
    services: Vec<Service>,
}

/// A service line of theirs.
#[derive(Clone, Debug, Default)]
struct Service {
    name: String,
    /// Where its reviews are.
    address: String,
    /// When the next review is due.
    next: String,
    /// How late that is; blank where it is not.
    late: String,
    days_late: u32,
    /// The stage that the open review is in, or that none is open.
    stage: String,
    /// Where the open review is; blank for none.
    review: String,
    pack: PackRow,
    /// Core roles that nobody is asked for in the meeting to come, or that there is none.
    roles: String,
    /// Posts that nobody holds.
    vacant: Vec<String>,
    /// Joint actions that are overdue: what each is, and where.
    overdue: Vec<(String, String)>,
    /// Values that two sources give differently and nobody has settled.
    conflicts: String,
    /// Where these are; blank where there are none, or they may not open them.
    conflicts_address: String,
    /// Where the pack is built; blank where nothing is published of it, or they may not.
    build: String,
}

/// The pack that was kept last.
#[derive(Clone, Debug, Default)]
struct PackRow {
    stands: &'static str,
    /// Blank for none.
    address: String,
    age: String,
    is_old: bool,
}

/// What is read once for all service lines.
struct Known {
    programme: Programme,
    packs: BTreeMap<String, Pack>,
    /// Joint actions that are overdue and that whoever looks sees, without those of sit-downs.
    overdue: Vec<StoredAction>,
    /// Codes of the service lines of the published costing.
    published: BTreeSet<String>,
}

impl Known {
    async fn of(app: &App, visit: &Visit) -> Result<Self, Fault> {
        let programme = Programme::of(app, visit.now).await?;
        let published: BTreeSet<String> = match cube::latest(app, visit).await? {
            Some((_, cube)) => cube.lines.iter().map(|it| it.code.clone()).collect(),
            None => BTreeSet::new(),
        };
        let mut db = app.store().read().await?;
        let newest = packs::newest(&mut db).await?.into_iter();
        let packs = newest.map(|it| (it.of.unit.to_string(), it)).collect();
        let mut overdue = seen_actions(&mut db, visit).await?;
        // Asked for after the actions, so that one that is agreed meanwhile is known to be of a
        // sit-down.
        let of_sit_downs = OfSitDowns::of(&mut db, visit).await?;
        overdue.retain(|it| {
            let is_joint = it.agreed.of.is_joint() && !of_sit_downs.holds(it);
            is_joint && standing(visit, it).is_overdue
        });
        Ok(Self { programme, packs, overdue, published })
    }

    /// The open review of a service line that is due first.
    fn open<'a>(&'a self, code: &'a str) -> Option<&'a Review> {
        let open = self.programme.reviews_of(code).filter(|it| it.next.is_none());
        open.min_by_key(|it| it.due_on)
    }

    /// The meeting of a review that is to be held.
    fn meeting(&self, review: &Review) -> Option<&Meeting> {
        let of = self.programme.meetings.iter().filter(|it| it.review == review.id);
        of.filter(|it| it.closed.is_none()).min_by_key(|it| it.of.held_on)
    }

    /// Whether somebody answers for a service line: they hold a post of it, or a right to make the
    /// packs of it and not of the whole trust.
    fn is_theirs(&self, visit: &Visit, unit: &Unit) -> Result<bool, Fault> {
        let (me, code) = (&visit.person()?.id, unit.code.as_str());
        let posts = &self.programme.posts;
        let holds = posts.iter().any(|it| it.unit == unit.code && it.person.as_ref() == Some(me));
        let makes = visit.scope(Capability::MakePacks)?;
        let makes = makes.of_trust().is_none() && makes.of_unit(code).is_some();
        Ok((holds || makes) && may(visit, Capability::ReadReviews, code))
    }

    async fn service(
        &self,
        db: &mut Connection,
        visit: &Visit,
        unit: &Unit,
    ) -> Result<Service, Fault> {
        let (code, on) = (unit.code.as_str(), today(visit.now));
        let due = self.programme.due_of(code);
        let days = due.map_or(0, |it| days_late(calendar(it), calendar(on)));
        let open = self.open(code);
        let items = match open {
            Some(it) => reviewing::items_of(db, &it.id).await?,
            None => Vec::new(),
        };
        let meeting = open.and_then(|it| self.meeting(it));
        let within = units::within(db, &unit.code).await?;
        let overdue = self.overdue.iter().filter(|it| within.contains(&it.agreed.unit));
        let overdue = overdue.map(|it| overdue_row(visit, it)).collect();
        let (conflicts, conflicts_address) = conflicts(db, visit, unit).await?;
        let makes = may(visit, Capability::MakePacks, code) && sees_figures(visit, code);
        let is_registered = self.programme.registered(code).is_some();
        Ok(Service {
            name: unit.name.clone(),
            address: format!("/reviews/{code}"),
            next: due.map_or_else(|| "Not planned".to_owned(), day),
            late: match days {
                0 => String::new(),
                days => format!("{} late", words::count(days.into(), "day", "days")),
            },
            days_late: days,
            stage: open.map_or_else(|| "No review is open".to_owned(), |_| stage(&items)),
            review: open.map_or_else(String::new, |it| format!("/reviews/{code}/{}", it.id)),
            pack: self.pack(visit, code),
            roles: roles(&self.programme.guide, meeting, &items),
            vacant: if is_registered {
                self.programme.missing_of(code)
            } else {
                vec!["Not in the programme yet".to_owned()]
            },
            overdue,
            conflicts,
            conflicts_address,
            build: if makes && self.published.contains(code) {
                format!("/services/{code}/pack")
            } else {
                String::new()
            },
        })
    }

    /// The pack of a service line that was kept last, for those who see its figures.
    fn pack(&self, visit: &Visit, code: &str) -> PackRow {
        let Some(pack) = self.packs.get(code).filter(|_| sees_figures(visit, code)) else {
            return PackRow { stands: "None is kept yet", ..PackRow::default() };
        };
        let (end, on) = (calendar(pack.of.period_end), calendar(today(visit.now)));
        let age = data_age(&self.programme.guide, end, on);
        PackRow {
            stands: match pack.state() {
                Stands::Draft => "Draft, to be checked by a second person",
                Stands::ChangesWanted => "Draft, to be changed first",
                Stands::Checked => "Checked, to be issued",
                Stands::Issued => "Issued",
            },
            address: pack_address(code, pack.id.as_str()),
            age: format!("Data {} old", words::count(age.days.into(), "day", "days")),
            is_old: age.is_old,
        }
    }
}

/// The first stage of a review that is still to be gone through.
fn stage(items: &[Item]) -> String {
    let open = items.iter().filter_map(|it| match &it.latest().body {
        Body::Stage(it) if it.state == StageState::Open => Some(it),
        _ => None,
    });
    let first = open.min_by_key(|it| it.place);
    first.map_or_else(|| "All stages are behind it".to_owned(), |it| it.name.clone())
}

/// Core roles for which nobody is on the list of a meeting who comes or has not answered yet.
fn roles(guide: &ReviewGuide, meeting: Option<&Meeting>, items: &[Item]) -> String {
    let Some(meeting) = meeting else { return "No meeting is arranged".to_owned() };
    let of = items.iter().filter(|it| it.meeting.as_ref() == Some(&meeting.id));
    let asked: BTreeSet<&str> = of
        .filter_map(|it| match &it.latest().body {
            Body::Participant(it) if it.coming != Coming::No => Some(it.role.as_str()),
            _ => None,
        })
        .collect();
    let missing = guide.roles.iter().filter(|it| it.core && !asked.contains(it.id.as_str()));
    let missing: Vec<String> = missing.map(|it| words::lower(&it.name)).collect();
    let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
    let on = day(meeting.of.held_on);
    if missing.is_empty() {
        return format!("All are asked for {on}");
    }
    format!("Nobody is asked for {on} as {}", words::listed(&missing))
}

/// An overdue action: what it is and since when, and where.
fn overdue_row(visit: &Visit, it: &StoredAction) -> (String, String) {
    let due = joint_work::day(standing(visit, it).due_on);
    (format!("{}, due {due}", it.agreed.of.what), format!("/actions/{}", it.id))
}

/// How many conflicts of the data of a unit are open, and where they are.
async fn conflicts(
    db: &mut Connection,
    visit: &Visit,
    unit: &Unit,
) -> Result<(String, String), Fault> {
    let code = unit.code.as_str();
    if !may_open(&visit.person()?.access, code) {
        return Ok(("Not for your role".to_owned(), String::new()));
    }
    let all = issues::conflicts_of(db, &unit.code).await?;
    let open = all.iter().filter(|it| it.settled.is_none()).count() as u64;
    Ok(match open {
        0 => ("None is open".to_owned(), String::new()),
        open => {
            let said = words::count(open, "is open", "are open");
            (said, format!("/services/{code}/data"))
        }
    })
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let known = Known::of(&app, &visit).await?;
    let mut db = app.store().read().await?;
    let mut services = Vec::new();
    for unit in &known.programme.units {
        if known.is_theirs(&visit, unit)? {
            services.push(known.service(&mut db, &visit, unit).await?);
        }
    }
    drop(db);
    services.sort_by_key(|it| (std::cmp::Reverse(it.days_late), it.name.clone()));
    let page = MyServices {
        shell: visit.shell(TITLE),
        kicker: format!("On {}", day(today(visit.now))),
        lead: lead(&services),
        waiting: questions::waiting(&app, &visit).await?,
        evidence: evidence::waiting(&app, &visit).await?,
        actions: joint_work::waiting(&app, &visit).await?,
        followed: waiting::waiting(&app, &visit).await?,
        services,
    };
    Ok(page.respond())
}

const TITLE: &str = "My services";

fn lead(services: &[Service]) -> String {
    let late = services.iter().filter(|it| it.days_late > 0).count() as u64;
    let all = words::count(services.len() as u64, "service line", "service lines");
    match (services.len(), late) {
        (0, _) => "You hold no post of a service line, and no right for one alone. Whoever runs the reviews of a service records its finance business partner in the register.".to_owned(),
        (_, 0) => format!("{all}; no review is late."),
        (_, late) => {
            format!("{all}; {}.", words::count(late, "review is late", "reviews are late"))
        }
    }
}

impl Page for MyServices {
    const TEMPLATE: &'static str = "features/reviews/my_services.html";

    fn samples() -> Vec<Self> {
        let full = Service {
            name: "Trauma and orthopaedics".to_owned(),
            address: "/reviews/TORT".to_owned(),
            next: "12 June 2026".to_owned(),
            late: "19\u{a0}days late".to_owned(),
            days_late: 19,
            stage: "Diagnose".to_owned(),
            review: "/reviews/TORT/1".to_owned(),
            pack: PackRow {
                stands: "Draft, to be checked by a second person",
                address: "/services/TORT/packs/1".to_owned(),
                age: "Data 92\u{a0}days old".to_owned(),
                is_old: true,
            },
            roles: "Nobody is asked for 11 July 2026 as performance manager".to_owned(),
            vacant: vec!["No coding lead".to_owned()],
            overdue: vec![(
                "Weekend physiotherapy, due 31 May 2026".to_owned(),
                "/actions/1".to_owned(),
            )],
            conflicts: "1\u{a0}is open".to_owned(),
            conflicts_address: "/services/TORT/data".to_owned(),
            build: "/services/TORT/pack".to_owned(),
        };
        let bare = Service {
            name: "Dermatology".to_owned(),
            address: "/reviews/DERM".to_owned(),
            next: "Not planned".to_owned(),
            stage: "No review is open".to_owned(),
            pack: PackRow { stands: "None is kept yet", ..PackRow::default() },
            roles: "No meeting is arranged".to_owned(),
            conflicts: "None is open".to_owned(),
            ..Service::default()
        };
        let page = |services: Vec<Service>, followed: Vec<Waiting>| Self {
            shell: Shell::sample(TITLE),
            kicker: "On 1 July 2026".to_owned(),
            lead: lead(&services),
            waiting: "1 question waits for your answer, 1 is overdue.".to_owned(),
            evidence: "Of your evidence, 1 piece expires within 7 days.".to_owned(),
            actions: "1\u{a0}of your actions needs an update.".to_owned(),
            followed,
            services,
        };
        vec![page(vec![full, bare], Waiting::sample()), page(Vec::new(), Vec::new())]
    }
}
