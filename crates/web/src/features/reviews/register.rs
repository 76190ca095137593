//! What the register holds of a service line: what it treats, how often it is reviewed, its posts.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::reviews::WHOLE_TIME;
use store::PersonId;
use store::reviewing::{self, NewRegister};
use store::units::Unit;

use super::WORDS;
use super::found::{choices, unit};
use super::programme::Programme;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::session::today;
use crate::shell::visit::Visit;

/// Fields of the form that hold a post, in the order of the guide's posts.
const POSTS: [&str; 8] =
    ["post_1", "post_2", "post_3", "post_4", "post_5", "post_6", "post_7", "post_8"];

/// Fields that hold a share of time, each beside the post of the same place.
const SHARES: [&str; 8] =
    ["share_1", "share_2", "share_3", "share_4", "share_5", "share_6", "share_7", "share_8"];

/// Field, field of the share of time where there is one, and code of each post.
type Of<'a> = (&'static str, Option<&'static str>, &'a str);

fn posts_of(programme: &Programme) -> Vec<Of<'_>> {
    let fields = POSTS.iter().zip(&SHARES);
    let posts = fields.zip(&programme.guide.posts);
    posts.map(|((post, share), it)| (*post, it.shares_time.then_some(*share), &*it.id)).collect()
}

/// What is typed, by field.
type Typed = BTreeMap<&'static str, String>;

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let unit = unit(&app, &visit, (Capability::RunReviews, &code)).await?;
    let programme = Programme::of(&app, visit.now).await?;
    let of = programme.registered(&code).map(|it| it.of.clone());
    let mut typed = Typed::from([
        ("conditions", of.as_ref().map_or_else(String::new, |it| it.conditions.clone())),
        ("resources", of.as_ref().map_or_else(String::new, |it| it.resources.clone())),
        ("cadence", of.as_ref().map_or_else(|| "quarter".to_owned(), |it| it.cadence.clone())),
        ("begins_on", of.as_ref().map_or_else(|| today(visit.now), |it| it.begins_on).to_string()),
        ("is_pilot", if of.is_some_and(|it| it.is_pilot) { "yes" } else { "no" }.to_owned()),
    ]);
    for (field, share, post) in posts_of(&programme) {
        typed.insert(field, programme.post(&code, post).0.unwrap_or_default().to_owned());
        if let Some(share) = share {
            let stated = programme.share(&code, post);
            typed.insert(share, stated.map_or_else(String::new, |it| it.to_string()));
        }
    }
    Ok(page(&visit, (&programme, &unit), &typed, (seen(&programme, &code), Wrong::default())))
}

/// What was seen of the register and of each post, as one text.
fn seen(programme: &Programme, code: &str) -> String {
    let of = programme.registered(code).map_or(0, |it| it.number);
    let posts = programme.guide.posts.iter().map(|it| programme.post(code, &it.id).1);
    std::iter::once(of).chain(posts).map(|it| it.to_string()).collect::<Vec<_>>().join(".")
}

fn page(
    visit: &Visit,
    (programme, unit): (&Programme, &Unit),
    typed: &Typed,
    (seen, wrong): (String, Wrong),
) -> Response {
    let value = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let field = |kind, name: &'static str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(value(name))
    };
    let cadences = programme.guide.cadences.iter().map(|it| (it.id.clone(), it.name.clone()));
    let pilot = vec![("yes".to_owned(), "Yes".to_owned()), ("no".to_owned(), "No".to_owned())];
    let mut fields = vec![
        field(Kind::Lines, "conditions", "What it treats", "Conditions and procedures"),
        field(
            Kind::Lines,
            "resources",
            "What it has (optional)",
            "Specialists, clinics, theatres and beds",
        ),
        field(Kind::Choice, "cadence", "How often it is reviewed", "")
            .of(cadences.collect::<Vec<_>>()),
        field(Kind::Day, "begins_on", "First review due by", ""),
        field(
            Kind::Radios,
            "is_pilot",
            "Is it among the services that try reviews out?",
            "The guide suggests two or three at first",
        )
        .of(pilot),
    ];
    let people = choices(&programme.people, "Nobody: the post is vacant");
    for ((name, share, _), post) in posts_of(programme).into_iter().zip(&programme.guide.posts) {
        fields.push(field(Kind::Choice, name, &post.name, "").of(people.clone()));
        if let Some(share) = share {
            let label = format!("{}: share of time in per cent (optional)", post.name);
            let hint = "Of a whole-time equivalent, given to this service line: a whole number, such as 40";
            fields.push(field(Kind::Figure, share, &label, hint));
        }
    }
    let address = format!("/reviews/{}", unit.code);
    let shell = visit.shell("What the register says").below("Reviews", "/reviews");
    FormPage {
        shell: shell.below(&unit.name, address.clone()),
        kicker: unit.name.clone(),
        lead: vec!["What was recorded before stays on record.".to_owned()],
        action: format!("{address}/register"),
        hidden: vec![("seen", seen)],
        fields,
        button: "Keep it in the register".to_owned(),
        back: address,
        wrong,
        ..FormPage::default()
    }
    .answer()
}

pub(super) async fn record(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let unit = unit(&app, &visit, (Capability::RunReviews, &code)).await?;
    let programme = Programme::of(&app, visit.now).await?;
    let names = ["conditions", "resources", "cadence", "begins_on", "is_pilot"];
    let posts = posts_of(&programme);
    let of_posts = posts.iter().flat_map(|it| std::iter::once(it.0).chain(it.1));
    let all = names.into_iter().chain(of_posts);
    let typed: Typed = all.map(|it| (it, visit.fields.get(it).trim().to_owned())).collect();
    let (new, wrong) = read(&programme, &typed, &posts);
    let seen = visit.fields.get("seen").to_owned();
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&programme, &unit), &typed, (seen, wrong)));
    };
    let holders: Vec<Holder> = posts
        .iter()
        .map(|(field, share, post)| {
            let person = typed.get(field).filter(|it| !it.is_empty());
            let share = share.and_then(|it| typed.get(it)?.parse().ok());
            ((*post).to_owned(), person.map(|it| PersonId::new(it.as_str())), share)
        })
        .collect();
    let before = |it: &Of<'_>| {
        let person = programme.post(&code, it.2).0.map(PersonId::new);
        (it.2.to_owned(), person, programme.share(&code, it.2))
    };
    let before: Vec<Holder> = posts.iter().map(before).collect();
    let numbers: Vec<i64> = seen.split('.').map(|it| it.parse().unwrap_or(-1)).collect();
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "service.record", "");
    let (unit, leads_to) = (unit.code, format!("/reviews/{code}"));
    let done = visit.change(&leads_to, "The register is kept.", move |tx| {
        Box::pin(async move {
            let number = |at: usize| numbers.get(at).copied().unwrap_or(-1);
            reviewing::record_register(tx, &unit, &new, number(0), &entry).await?;
            for (at, (held, before)) in holders.iter().zip(&before).enumerate() {
                if held != before {
                    let holder = (held.0.as_str(), held.1.as_ref(), held.2);
                    reviewing::allot(tx, &unit, holder, number(at + 1), &entry).await?;
                }
            }
            Ok(())
        })
    });
    done.await
}

/// A post, who holds it, and what share of their time they give to it.
type Holder = (String, Option<PersonId>, Option<u32>);

fn read(programme: &Programme, typed: &Typed, posts: &[Of<'_>]) -> (Option<NewRegister>, Wrong) {
    let value = |name: &str| typed.get(name).map_or("", String::as_str);
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "conditions", value("conditions"), "Write what the service treats");
    if !value("resources").is_empty() {
        WORDS.check(&mut wrong, "resources", value("resources"), "");
    }
    let is_cadence = programme.guide.cadence(value("cadence")).is_some();
    wrong.unless(is_cadence, "cadence", "Choose how often it is reviewed");
    let begins = value("begins_on").parse::<Day>().ok();
    wrong.unless(begins.is_some(), "begins_on", "Write the day as 2026-06-11");
    for (field, share, _) in posts {
        let person = value(field);
        let is_here = programme.people.get(person).is_some_and(|it| it.is_here);
        wrong.unless(person.is_empty() || is_here, field, "Choose somebody who works here");
        if let Some(share) = share.filter(|it| !value(it).is_empty()) {
            let percent = value(share).parse::<u32>();
            let is_right = percent.is_ok_and(|it| (1..=WHOLE_TIME).contains(&it));
            let says = format!("Write a whole number from 1 to {WHOLE_TIME}, or leave it blank");
            wrong.unless(is_right, share, &says);
            let says = "Nobody holds this post: choose who does, or leave the share blank";
            wrong.unless(!person.is_empty(), share, says);
        }
    }
    let new = begins.map(|begins_on| NewRegister {
        conditions: value("conditions").to_owned(),
        resources: value("resources").to_owned(),
        cadence: value("cadence").to_owned(),
        begins_on,
        is_pilot: value("is_pilot") == "yes",
    });
    (new, wrong)
}
