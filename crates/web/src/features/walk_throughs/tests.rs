//! Walk-throughs on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use engagement::benefits::Side;
use engagement::walk_throughs::Act;
use store::walk_throughs::{self, Attendee, NewSignature, NewStep, NewWalkThrough};
use store::{Entry, PersonId, UnitCode, people};

use crate::shell::allocations::allocations;
use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, trust, visible};
use crate::shell::words;

/// The published costing.
fn run() -> &'static str {
    &trust().run
}

/// Somebody of the demonstration, by the part of their address before the `@`.
pub(super) async fn person(site: &Site, name: &str) -> PersonId {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{name}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id
}

pub(super) async fn said(site: &Site, who: &SignedIn, it: &str, fields: &[(&str, &str)]) -> Answer {
    site.post(who, &format!("{it}/say"), fields).await
}

/// A clinician and somebody of finance who were there.
pub(super) fn both_there(clinician: &PersonId, finance: &PersonId) -> [Attendee; 2] {
    let of = |id: &PersonId, profession: &str, side: Side| Attendee::Person {
        id: id.clone(),
        profession: profession.to_owned(),
        side: Some(side),
    };
    [of(clinician, "medicine", Side::Clinical), of(finance, "finance", Side::Finance)]
}

#[tokio::test]
async fn a_clinician_asks_for_another_measure_and_finance_agrees_a_change() {
    asked_and_agreed(site().await).await;
}

#[tokio::test]
async fn a_change_of_an_allocation_is_agreed_on_postgres_too() {
    asked_and_agreed(site_on_postgres().await).await;
}

async fn asked_and_agreed(site: Site) {
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let all = allocations(&trust().open(), "TORT").expect("reads");
    let largest = all.iter().max_by_key(|it| it.unit_cost).expect("there is cost");
    let form = visible(&site.get(&daniel, "/walk-throughs/new/TORT").await.text);
    assert!(form.contains(&words::pounds(largest.unit_cost)), "{form}");
    let none = site.post(&daniel, "/walk-throughs/new/TORT", &[("activity", "NONE")]).await.text;
    assert!(none.contains("Choose which allocation to walk through"), "{none}");
    let fields = [("activity", largest.activity.as_str()), ("run", run())];
    let done = site.post(&daniel, "/walk-throughs/new/TORT", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let it = done.location.as_str();
    let mine = visible(&site.get(&amara, "/my-service").await.text);
    assert!(mine.contains("1\u{a0}allocation waits for what you say of it."), "{mine}");
    let line = site.get(&amara, "/services/TORT").await.text;
    assert!(line.contains("href=\"/walk-throughs/new/TORT\""), "the service line leads here");
    let page = visible(&site.get(&amara, it).await.text);
    assert!(
        page.contains("Waits for a clinician") && page.contains("No costing was published since"),
        "{page}"
    );
    for rule in &largest.rules {
        let rule: Vec<&str> = rule.split_whitespace().collect();
        let text: Vec<&str> = page.split_whitespace().collect();
        assert!(text.join(" ").contains(&rule.join(" ")), "{rule:?}");
    }
    let early =
        said(&site, &daniel, it, &[("seen", "0"), ("act", "stays"), ("words", "x")]).await.text;
    assert!(early.contains("No clinician asks for a change"), "{early}");
    let silent = said(&site, &amara, it, &[("seen", "0"), ("act", "proposes")]).await.text;
    assert!(silent.contains("Say which measure would reflect it better"), "{silent}");
    let asks = [("seen", "0"), ("act", "proposes"), ("words", "Count the staff present")];
    assert_eq!(said(&site, &amara, it, &asks).await.status, StatusCode::SEE_OTHER);
    let when =
        said(&site, &daniel, it, &[("seen", "1"), ("act", "changes"), ("words", "Yes")]).await.text;
    assert!(when.contains("Say in which costing the change should be"), "{when}");
    for (seen, name) in [("0", "amara.okafor"), ("1", "daniel.osei")] {
        let id = person(&site, name).await;
        let fields = [("seen", seen), ("person", id.as_str())];
        let done = site.post(&daniel, &format!("{it}/attended"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let agreed = [("seen", "1"), ("act", "changes"), ("words", "Yes"), ("expected", "June")];
    assert_eq!(said(&site, &daniel, it, &agreed).await.status, StatusCode::SEE_OTHER);
    let page = visible(&site.get(&amara, it).await.text);
    assert!(
        page.contains("A change is agreed") && page.contains("It should be in June."),
        "{page}"
    );
    let owen = site.sign_in("BOARD_MEMBER").await;
    assert_eq!(site.get(&owen, it).await.status, StatusCode::NOT_FOUND);
    assert!(!format!("{:?}", site.audit("").await).contains("staff present"));
}

/// An allocation that was walked through in another costing, under other rules, and of which a change
/// was agreed at these moments: asked by Amara, agreed by Daniel.
async fn agreed(site: &Site, activity: &str, [asked, answered]: [&str; 2]) -> String {
    let [amara, daniel, priya] = [
        person(site, "amara.okafor").await,
        person(site, "daniel.osei").await,
        person(site, "priya.raman").await,
    ];
    let entry = |who: &PersonId, at: &str| Entry::by(who.as_str(), at.parse().expect("a moment"));
    let new = NewWalkThrough {
        unit: UnitCode::new("TORT"),
        activity: activity.to_owned(),
        run: "0000000000000000".to_owned(),
        rules: "It was counted otherwise.".to_owned(),
        unit_cost: domain::Money::from_micro_pounds(1_000_000),
        trust_cost: domain::Money::from_micro_pounds(4_000_000),
        standards: Vec::new(),
    };
    let step = |act: Act| NewStep {
        act,
        side: act.side(),
        words: "Nobody counts so".to_owned(),
        expected: "May".to_owned(),
    };
    let steps = [
        (step(Act::DoesNot), 0, entry(&amara, asked)),
        (step(Act::Changes), 1, entry(&daniel, answered)),
    ];
    let opens = entry(&priya, asked);
    let there = both_there(&amara, &daniel);
    let made = site.store.write(move |tx| {
        Box::pin(async move {
            let id = walk_throughs::open(tx, &new, &opens).await?;
            for (seen, who) in (0..).zip(&there) {
                walk_throughs::attend(tx, &id, who, seen, &opens).await?;
            }
            for (step, seen, entry) in &steps {
                walk_throughs::say(tx, &id, step, *seen, entry).await?;
            }
            Ok(id)
        })
    });
    format!("/walk-throughs/{}", made.await.expect("a change is agreed"))
}

/// The costing was published on 20 May: what was agreed before may be in it, what was agreed after is
/// not, however its rules differ from those that were walked through.
#[tokio::test]
async fn other_rules_are_told_where_a_costing_was_published_after_the_change_was_agreed() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let all = allocations(&trust().open(), "TORT").expect("reads");
    let largest = all.iter().max_by_key(|it| it.unit_cost).expect("there is cost");
    let told = "Rules changed since it was agreed: check whether this is it";
    let days = ["2026-05-21T09:00:00Z", "2026-05-22T09:00:00Z"];
    let after = agreed(&site, &largest.activity, days).await;
    let page = visible(&site.get(&amara, &after).await.text);
    assert!(page.contains("A change is agreed") && !page.contains(told), "{page}");
    let list = visible(&site.get(&amara, "/walk-throughs").await.text);
    assert!(list.contains("A change is agreed") && !list.contains(told), "{list}");
    let days = ["2026-05-01T09:00:00Z", "2026-05-02T09:00:00Z"];
    let before = agreed(&site, &largest.activity, days).await;
    let page = visible(&site.get(&amara, &before).await.text);
    for text in [told, "Was: It was counted otherwise.", "Its rules are others."] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains(&words::pounds(largest.unit_cost)), "what it is now: {page}");
    assert!(visible(&site.get(&amara, "/walk-throughs").await.text).contains(told));
}

#[tokio::test]
async fn who_sees_one_unit_is_not_told_what_an_allocation_is_over_the_trust() {
    let site = site().await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let all = allocations(&trust().open(), "TORT").expect("reads");
    let shared = all.iter().filter(|it| it.trust_cost > it.unit_cost);
    let shared = shared.max_by_key(|it| it.trust_cost).expect("others have some of it");
    let trust_cost = words::pounds(shared.trust_cost);
    let days = ["2026-05-01T09:00:00Z", "2026-05-02T09:00:00Z"];
    let it = agreed(&site, &shared.activity, days).await;
    let of_one = visible(&site.get(&grace, &it).await.text);
    assert!(of_one.contains("£1 of it reaches this service line."), "{of_one}");
    assert!(of_one.contains("It was counted otherwise."), "rules are told: {of_one}");
    assert!(of_one.contains(&words::pounds(shared.unit_cost)), "their own: {of_one}");
    assert!(!of_one.contains("over the trust") && !of_one.contains(&trust_cost), "{of_one}");
    let of_all = visible(&site.get(&helen, &it).await.text);
    assert!(of_all.contains("£1 of £4 over the trust"), "{of_all}");
    assert!(of_all.contains(&format!("{trust_cost} over the trust")), "{of_all}");
    let form = visible(&site.get(&daniel, "/walk-throughs/new/TORT").await.text);
    assert!(form.contains(&words::pounds(shared.unit_cost)), "{form}");
    assert!(!form.contains("Over the trust") && !form.contains(&trust_cost), "{form}");
}

#[tokio::test]
async fn what_was_published_after_somebody_looked_is_shown_before_it_is_signed() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let since = "A costing was published since you looked: here it is now";
    let (inputs, new) = ("/walk-throughs/inputs/TORT", "/walk-throughs/new/TORT");
    for seen in ["0000000000000000", ""] {
        let fields = [("seen", "0"), ("run", seen), ("words", "Theatre times looked at")];
        let page = site.post(&amara, inputs, &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains(since) && page.text.contains("Theatre times looked at"));
        assert!(page.text.contains("Nobody has signed them"), "{}", page.text);
    }
    let all = allocations(&trust().open(), "TORT").expect("reads");
    let activity = all[0].activity.as_str();
    let fields = [("activity", activity), ("run", "0000000000000000")];
    let page = site.post(&amara, new, &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains(since), "{}", page.text);
    assert!(page.text.contains(&format!("value=\"{activity}\" selected")), "{}", page.text);
    for address in [inputs, new] {
        let page = site.get(&amara, address).await.text;
        assert!(page.contains(&format!("name=\"run\" value=\"{}\"", run())), "{page}");
    }
}

#[tokio::test]
async fn a_clinician_signs_and_what_changes_afterwards_outdates_it() {
    signed_and_outdated(site().await).await;
}

#[tokio::test]
async fn what_a_clinician_signed_is_outdated_on_postgres_too() {
    signed_and_outdated(site_on_postgres().await).await;
}

async fn signed_and_outdated(site: Site) {
    let inputs = "/walk-throughs/inputs/TORT";
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let page = site.get(&daniel, inputs).await.text;
    assert!(
        page.contains("Nobody has signed them") && !page.contains("Sign for clinicians"),
        "{page}"
    );
    let refused = site.post(&daniel, inputs, &[("seen", "0")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "finance signs nothing for clinicians");
    let signs = [("seen", "0"), ("run", run()), ("words", "Theatre times looked at")];
    let done = site.post(&amara, inputs, &signs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&daniel, inputs).await.text);
    assert!(
        page.contains("Signed, and as they were") && page.contains("Amara Okafor signed"),
        "{page}"
    );
    let stale = site.post(&amara, inputs, &signs).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    // What was signed of another file is outdated by the one that the costing used.
    let mut db = site.store.read().await.expect("reads");
    let signed = walk_throughs::signatures(&mut db, &UnitCode::new("TORT")).await.expect("reads");
    drop(db);
    let first = signed.last().expect("it is signed").clone();
    let mut other = first.of.inputs.clone();
    other.push("Feed of last year.".to_owned());
    let new = NewSignature { inputs: other, ..first.of.clone() };
    let entry = Entry::by(first.by.as_str(), first.at);
    let again = site
        .store
        .write(move |tx| Box::pin(async move { walk_throughs::sign(tx, &new, 1, &entry).await }));
    again.await.expect("it is signed");
    let page = visible(&site.get(&daniel, inputs).await.text);
    assert!(
        page.contains("Signed, and outdated since") && page.contains("Was: Feed of last year."),
        "{page}"
    );
    let list = visible(&site.get(&daniel, "/walk-throughs").await.text);
    assert!(list.contains("1\u{a0}signature is outdated."), "{list}");
    let bridget = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.get(&bridget, inputs).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_walk_through_names_the_costing_standards_that_it_touches() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let new = "/walk-throughs/new/TORT";
    let form = site.get(&daniel, new).await.text;
    assert!(form.contains("CP3 Allocating costs to activities</label>"), "{form}");
    assert!(form.contains("CM13 Admitted patient care (not confirmed)</label>"), "{form}");
    let all = allocations(&trust().open(), "TORT").expect("reads");
    let first = all.first().expect("there is one").activity.as_str();
    let fields = [("activity", first), ("run", run()), ("standards", "CP3")];
    let odd = [fields[0], fields[1], fields[2], ("standards", "CP99")];
    let wrong = site.post(&daniel, new, &odd).await.text;
    assert!(wrong.contains("Choose standards of the list"), "{wrong}");
    assert!(wrong.contains("value=\"CP3\" checked"), "what was chosen stays: {wrong}");
    let both = [fields[0], fields[1], fields[2], ("standards", "CM13")];
    let done = site.post(&daniel, new, &both).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&daniel, &done.location).await.text);
    assert!(page.contains("Costing standards that it touches"), "{page}");
    assert!(page.contains("CM13 Admitted patient care (not confirmed)"), "{page}");
    let list = visible(&site.get(&daniel, "/walk-throughs").await.text);
    assert!(list.contains("Touches CP3, CM13."), "{list}");
    let none = site.post(&daniel, new, &fields[..2]).await.location;
    let page = site.get(&daniel, &none).await.text;
    assert!(!page.contains("Costing standards that it touches"), "none is asked for: {page}");
}
