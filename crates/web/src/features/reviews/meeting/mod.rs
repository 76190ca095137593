//! A meeting: last time's actions first, who is here, what is talked about, decided and agreed.

mod samples;

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::BenefitSettings;
use engagement::reviews::{Attendance, Facilitator, Side, facilitator, notice};
use store::reviewing::{Body, Meeting, Progress};
use store::{Connection, PersonId, grants, units};

use super::at_hand;
use super::confirm::{self, Earlier};
use super::day;
use super::found::Found;
use super::papers::{ideas, papers};
use super::parts::{ActionRow, Entry, PriorityRow, actions, in_words, priorities};
use super::raised::may_raise;
use super::review::age;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::{calendar, today};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/reviews/meeting.html")]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides a part, by itself")]
pub(super) struct MeetingPage {
    shell: Shell,
    kicker: String,
    age: String,
    is_old: bool,
    /// Who is in the chair, and whether the meeting can decide.
    state: String,
    warnings: Vec<String>,
    last: Vec<ActionRow>,
    priorities: Vec<PriorityRow>,
    here: Vec<Entry>,
    /// People who usually take part and are not on the list yet.
    usual: String,
    /// Who of them cannot be asked, and why; blank for nobody.
    left_out: String,
    /// The pack and the pages behind the figures: what it is, and where.
    papers: Vec<(String, String)>,
    /// Ideas of staff that were taken to the review: words, how it stands, and where.
    ideas: Vec<(String, String, String)>,
    /// Why there was no progress, for one tap: what the form sends, and what it says.
    reasons: Vec<(String, String)>,
    /// Who of the guide's roles is missing, by deputy, or there beside the core.
    roles: Vec<String>,
    agenda: Vec<Entry>,
    challenges: Vec<Entry>,
    raised: String,
    decisions: Vec<Entry>,
    /// Decisions of earlier meetings that this one confirms.
    earlier: Vec<Earlier>,
    /// That decisions of this one are to be confirmed; blank for nothing.
    unconfirmed: String,
    can_decide: bool,
    agreed: Vec<ActionRow>,
    minutes: Vec<Entry>,
    notes: Vec<Entry>,
    /// What was said beforehand by those who were asked when they can come, and where that is.
    beforehand: (Vec<(String, String)>, String),
    address: String,
    review: String,
    id: String,
    runs: bool,
    /// Whether whoever looks is on the list, and brings something to it without running the review.
    raises: bool,
    /// Whether actions may be added and the meeting arranged otherwise or closed.
    is_open: bool,
    /// Who closed it and when; blank while it is open.
    closed: String,
    /// The review that came next.
    after: String,
    waits: String,
    ends: Vec<(String, String)>,
    ending: String,
    wrong: Wrong,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    Ok(page(&app, &visit, (&found, &meeting), Wrong::default()).await?.respond())
}

/// The page of a meeting.
pub(super) async fn page(
    app: &App,
    visit: &Visit,
    (found, id): (&Found, &str),
    wrong: Wrong,
) -> Result<MeetingPage, Fault> {
    let it = found.meeting(id)?;
    let mut db = app.store().read().await?;
    let facilitates = facilitates(&mut db, visit, (found, it)).await?;
    let usual = at_hand::usual(&mut db, (found, it)).await?;
    drop(db);
    let at_hand::Usual { asked, left_out } = usual;
    let usual: Vec<&str> = asked.iter().map(|it| found.name(&it.0)).collect();
    let (mut last, agreed) = actions(found, Some(it));
    for row in &mut last {
        wrong.of(&format!("because-{}", row.action)).clone_into(&mut row.wrong);
    }
    let kind = |wanted: &str| -> Vec<Entry> {
        let of = found.of_meeting(Some(&it.id)).filter(|it| it.latest().body.kind() == wanted);
        of.map(|it| Entry::of(found, it)).collect()
    };
    let there = confirm::there(found, &it.id);
    let (age, is_old) = age(visit, found);
    let open = last.iter().filter(|it| it.needs_update).count();
    let is_open = it.closed.is_none() && !found.is_finished();
    let next = it.closed.as_ref().and_then(|it| it.next.as_ref());
    Ok(MeetingPage {
        shell: found.shell(visit, title(&last)).with_errors(&wrong),
        kicker: kicker(found, it),
        age,
        is_old,
        state: state(found, it, &there),
        warnings: warnings(found, it, &there, facilitates),
        priorities: priorities(found),
        here: kind("participant"),
        usual: words::listed(&usual),
        left_out,
        papers: papers(visit, found),
        ideas: ideas(found),
        reasons: reasons(),
        roles: roles(&there),
        agenda: kind("agenda"),
        challenges: kind("challenge"),
        raised: raised(found, it),
        decisions: kind("decision"),
        earlier: confirm::earlier(found, it, there.can_decide()),
        unconfirmed: confirm::note(found, it),
        can_decide: there.can_decide(),
        notes: kind("note"),
        minutes: kind("minutes"),
        beforehand: found.said_beforehand(&it.id),
        address: found.meeting_address(&it.id),
        review: found.address(),
        id: it.id.as_str().to_owned(),
        runs: found.runs,
        raises: may_raise(found, visit, it),
        is_open: found.runs && is_open,
        closed: closed(found, it),
        after: next.map_or_else(String::new, |it| format!("/reviews/{}/{it}", found.unit.code)),
        waits: waits(open),
        ends: ends(),
        ending: ending(found),
        last,
        agreed,
        wrong,
    })
}

/// Who closed it and when; blank while it is open.
fn closed(found: &Found, it: &Meeting) -> String {
    it.closed.as_ref().map_or_else(String::new, |closed| {
        let who = found.name(closed.by.as_str());
        format!(
            "Closed by {who}, {}. What is written now is marked with its day.",
            words::moment(closed.at)
        )
    })
}

/// Why there was no progress, as the list of actions has it.
fn reasons() -> Vec<(String, String)> {
    let settings = BenefitSettings::own();
    let value = |code: &str| format!("{}:{code}", Progress::NoProgress);
    settings.no_progress.iter().map(|it| (value(&it.code), it.name.clone())).collect()
}

/// What may come after a meeting.
fn ends() -> Vec<(String, String)> {
    vec![
        ("review".to_owned(), "The review is finished: make the next one".to_owned()),
        ("meeting".to_owned(), "Another meeting of this review follows".to_owned()),
    ]
}

/// What usually comes next: another meeting until there were as many as the review takes.
fn ending(found: &Found) -> String {
    let held = found.meetings.iter().filter(|it| it.closed.is_some()).count() + 1;
    let is_last = i64::try_from(held).is_ok_and(|it| it >= found.review.meetings);
    if is_last { "review" } else { "meeting" }.to_owned()
}

fn waits(open: usize) -> String {
    match open {
        0 => String::new(),
        1 => "You can close when the one action still due has its update.".to_owned(),
        more => format!(
            "You can close when the {} actions still due have their updates.",
            in_words(more)
        ),
    }
}

/// How last time's actions stand, as a title.
fn title(last: &[ActionRow]) -> String {
    if last.is_empty() {
        return "No actions from last time".to_owned();
    }
    let count = |wanted: &dyn Fn(&ActionRow) -> bool| last.iter().filter(|it| wanted(it)).count();
    let needs = count(&|it| it.needs_update);
    let settled = |state: &str| count(&|it| !it.needs_update && it.state == state);
    let parts = [
        (settled("Done"), "done"),
        (settled("In progress"), "under way"),
        (settled("No progress"), "without progress"),
        (settled("Agreed"), "not yet due"),
        (needs, if needs == 1 { "needs an update" } else { "need an update" }),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|it| it.0 > 0)
        .map(|it| format!("{} {}", in_words(it.0), it.1))
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    format!("Last time’s actions first: {}", words::listed(&parts))
}

fn kicker(found: &Found, it: &Meeting) -> String {
    let minutes = u64::try_from(it.of.minutes).unwrap_or_default();
    let minutes = words::count(minutes, "minute", "minutes");
    let (title, place) = (&found.review.title, &it.of.place);
    format!("{title}, {}, {}, {minutes}, {place}", day(it.of.held_on), it.of.begins_at)
}

fn state(found: &Found, it: &Meeting, there: &Attendance) -> String {
    let chair = found.guide.chair(&it.of.chair_role).map_or("", |it| it.name.as_str());
    let who = found.name(it.of.chair.as_str());
    let decides = if there.can_decide() {
        "Clinical and finance both present, so this meeting can decide."
    } else {
        "This meeting cannot decide yet."
    };
    let figures = found.figures.as_ref().map_or_else(String::new, |it| {
        let run: String = it.run.chars().take(8).collect();
        format!("Figures to {}, frozen for this meeting from run {run}. ", day(it.period_end))
    });
    format!("{figures}In the chair: {who}, {}. {decides}", chair.to_lowercase())
}

/// Whether whoever facilitates is independent of the service line.
async fn facilitates(
    db: &mut Connection,
    visit: &Visit,
    (found, it): (&Found, &Meeting),
) -> Result<Facilitator, Fault> {
    let Some(who) = &it.of.facilitator else { return Ok(Facilitator::Nobody) };
    let within = units::within(db, &found.unit.code).await?;
    let reviewed: BTreeSet<String> = within.iter().map(|it| it.as_str().to_owned()).collect();
    let belongs = belongs_to(db, visit, who).await?;
    Ok(facilitator(Some(&belongs), &reviewed))
}

/// Units for which somebody has a right today, or a post.
async fn belongs_to(
    db: &mut Connection,
    visit: &Visit,
    who: &PersonId,
) -> Result<BTreeSet<String>, Fault> {
    let rights = grants::counting(db, who, today(visit.now)).await?;
    let posts = store::reviewing::posts(db).await?;
    let held = posts.iter().filter(|it| it.person.as_ref() == Some(who));
    let mut units: BTreeSet<String> = held.map(|it| it.unit.as_str().to_owned()).collect();
    units.extend(rights.into_iter().map(|it| it.granted.unit.as_str().to_owned()));
    Ok(units)
}

fn warnings(
    found: &Found,
    it: &Meeting,
    there: &Attendance,
    facilitates: Facilitator,
) -> Vec<String> {
    let mut all = Vec::new();
    if !there.can_decide() {
        let without: Vec<&str> = there
            .without
            .iter()
            .map(|it| match it {
                Side::Clinical => "no clinician is here",
                _ => "nobody of finance is here",
            })
            .collect();
        let people = format!("{} of {} people are here", there.people, there.quorum);
        let few = usize::try_from(there.quorum).is_ok_and(|it| there.people < it);
        let mut why = without;
        if few {
            why.push(&people);
        }
        all.push(words::sentence(&words::listed(&why)));
    }
    let told = notice(&found.guide, calendar(today(it.day_known_at)), calendar(it.of.held_on));
    if told.short_by > 0 {
        all.push(format!(
            "People were told {} before it: clinicians need {}.",
            words::count(told.days.into(), "day", "days"),
            words::count(found.guide.settings.notice.value.into(), "day", "days")
        ));
    }
    let who = it.of.facilitator.as_ref().map_or("", PersonId::as_str);
    match facilitates {
        Facilitator::OfTheUnit => all.push(format!(
            "{} facilitates and belongs to this service: somebody of elsewhere sees more.",
            found.name(who)
        )),
        Facilitator::Nobody | Facilitator::Independent => {}
    }
    all
}

/// Who of the guide's roles is missing, or there by deputy, or there beside the core.
fn roles(there: &Attendance) -> Vec<String> {
    let names = |all: &[engagement::reviews::Role]| {
        let all: Vec<String> = all.iter().map(|it| it.name.to_lowercase()).collect();
        words::listed(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let mut said = Vec::new();
    if !there.missing.is_empty() {
        said.push(format!("Missing of the core: {}.", names(&there.missing)));
    }
    if !there.by_deputy.is_empty() {
        said.push(format!("By deputy: {}.", names(&there.by_deputy)));
    }
    if !there.additional.is_empty() {
        said.push(format!("Beside the core: {}.", names(&there.additional)));
    }
    said
}

/// Challenges by the profession of who raised them.
fn raised(found: &Found, it: &Meeting) -> String {
    let all: Vec<&store::reviewing::Challenge> = found
        .of_meeting(Some(&it.id))
        .filter_map(|it| match &it.latest().body {
            Body::Challenge(it) => Some(it),
            _ => None,
        })
        .collect();
    if all.is_empty() {
        return "Nobody has challenged anything yet.".to_owned();
    }
    let of = |side: &str| all.iter().filter(|it| it.side == side).count();
    let answered = all.iter().filter(|it| !it.answer.is_empty()).count();
    format!(
        "{} raised by clinicians, {} by finance, {} by others; {answered} of {} answered.",
        of("clinical"),
        of("finance"),
        of("other"),
        all.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_how_last_times_actions_stand() {
        let row = |state: &str, needs_update| ActionRow {
            state: state.to_owned(),
            needs_update,
            ..ActionRow::default()
        };
        // As on the picture: two done, one under way, one needs an update.
        let last = [
            row("Done", false),
            row("Done", false),
            row("In progress", false),
            row("Agreed", true),
        ];
        assert_eq!(
            title(&last),
            "Last time’s actions first: two done, one under way and one needs an update"
        );
        assert_eq!(title(&[]), "No actions from last time");
        assert!(waits(3).contains("three actions"));
    }
}
