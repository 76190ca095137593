//! What people read beside an assessment: what the words mean, how far patient-level costing is, where
//! resources are, and quality beside money: requests in, pages out.

use axum::http::StatusCode;
use store::assessing::{self, NewLevel, Says, Side};
use store::units::{self, Unit, UnitKind};
use store::{Entry, PersonId, Store, UnitCode};

use super::tests::{HIP, person, text};
use crate::shell::costed;
use crate::shell::testing::{Browser, Site, TRUST, site};

async fn director(site: &Site) -> Browser {
    person(site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await
}

#[tokio::test]
async fn whoever_goes_on_from_the_definitions_has_read_them_and_that_is_on_record() {
    let site = site().await;
    let amara = person(&site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    let daniel = person(&site, "Daniel", "finance", ("FINANCE_BUSINESS_PARTNER", "HIP")).await;
    site.post(&amara, &format!("{HIP}/begin"), &[]).await;
    let first = format!("{HIP}/steps/C2");
    let page = text(&site, &amara, &first).await;
    assert!(page.contains("Before you begin: what is meant"), "{page}");
    assert!(page.contains("Mutual understanding and cooperation"), "{page}");
    assert!(text(&site, &amara, HIP).await.contains("Read by nobody yet"));
    let rated = [("rating", "consistently"), ("words", ""), ("then", "on")];
    let on = site.post(&amara, &first, &rated).await;
    assert_eq!(on.status, StatusCode::SEE_OTHER, "{}", on.text);
    let next = text(&site, &amara, on.location()).await;
    assert!(!next.contains("Before you begin"), "she has read it: {next}");
    let page = text(&site, &amara, HIP).await;
    assert!(page.contains("Read by 1 person; by you on 11 June 2026"), "{page}");
    // Each reads for themselves.
    assert!(text(&site, &daniel, &first).await.contains("Before you begin"));
}

#[tokio::test]
async fn the_directors_say_how_far_patient_level_costing_is_and_why() {
    let site = site().await;
    let helen = director(&site).await;
    let owen = person(&site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    let at = "/assessment/national";
    let silent = [("state", "planning"), ("words", ""), ("seen", "0")];
    let page = site.post(&helen, at, &silent).await.text;
    assert!(page.contains("Write the reason in a sentence"), "{page}");
    let said = [("state", "planning"), ("words", "Feeds come first"), ("seen", "0")];
    assert_eq!(site.post(&helen, at, &said).await.location(), at);
    let page = text(&site, &owen, at).await;
    assert!(
        page.contains("This trust says: planning. Feeds come first. Helen, 11 June 2026"),
        "{page}"
    );
    assert!(!page.contains("Say how far this trust is"), "he does not sign");
    assert_eq!(site.post(&helen, at, &said).await.status, StatusCode::CONFLICT);
    assert_eq!(site.post(&owen, at, &said).await.status, StatusCode::NOT_FOUND);
}

/// A level of the trust that both directors signed.
async fn signed_for_trust(site: &Site, level: i64, [helen, ravi]: [PersonId; 2]) {
    let (trust, at) = (UnitCode::new(TRUST), site.app().now());
    let new = NewLevel {
        level,
        proposed: Some(level),
        because: String::new(),
        culture: "People ask each other".to_owned(),
        reassess_by: "2027-06-01".parse().expect("a day"),
        snapshot: "{}".to_owned(),
    };
    let done = site.store().write(move |tx| {
        Box::pin(async move {
            let framework = engagement::Framework::national_2013();
            let entry = Entry::by(helen.as_str(), at);
            let id = assessing::open(tx, &trust, framework.id().as_str(), &entry).await?;
            let seen = (0, crate::shell::session::today(at));
            let id = assessing::put_forward(tx, &id, &new, seen, &entry).await?;
            for (lead, who) in [(Side::Clinical, &helen), (Side::Finance, &ravi)] {
                let entry = Entry::by(who.as_str(), at);
                assessing::answer(tx, &id, (lead, Says::Signed, ""), &entry).await?;
            }
            Ok(())
        })
    });
    done.await.expect("it is signed");
}

#[tokio::test]
async fn the_trust_stands_beside_the_published_tables_for_those_who_read_its_level() {
    let site = site().await;
    let owen = person(&site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    let amara = person(&site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    let at = "/assessment/national";
    let none = "No level is signed for this trust yet, so nothing stands beside these figures.";
    assert!(text(&site, &owen, at).await.contains(none));
    let helen = site.of_profession("Helen", "medicine").await;
    let ravi = site.of_profession("Ravi", "finance").await;
    signed_for_trust(&site, 2, [helen, ravi]).await;
    let page = text(&site, &owen, at).await;
    let signed = "Level 2 is signed for this trust.";
    let position = "96 of 244 trusts (39%) were at Level 2 or below; 148 (61%) above.";
    assert!(page.contains(signed) && page.contains(position), "{page}");
    assert!(!page.contains(none), "{page}");
    let mergers = "The number of trusts is lower in 2013 due to trust mergers.";
    assert!(page.contains(mergers), "{page}");
    // Who reads one unit alone learns neither which level it is nor whether there is one.
    let other = text(&site, &amara, at).await;
    assert!(!other.contains(signed) && !other.contains(position), "{other}");
    assert!(!other.contains(none) && other.contains("who read its own assessment"), "{other}");
    // The guide, section 2.5.
    let file = text(&site, &owen, "/assessment/national.csv").await;
    let lines: Vec<&str> = file.lines().map(str::trim_end).collect();
    assert_eq!(lines[0], "level,trusts_2012,percent_2012,trusts_2013,percent_2013,change");
    assert_eq!((lines[2], lines[5]), ("2,94,38,89,36,-5", "Total,248,100,244,100,-4"));
    assert_eq!(lines.len(), 6, "a row for each level, and one for all: {file}");
    assert_eq!(site.get(&owen, "/assessment/national.xlsx").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_address_that_no_longer_answers_is_marked() {
    let site = site().await;
    let helen = director(&site).await;
    let links = "/assessment/library/links";
    let resources = engagement::library::Library::own().resources;
    let wrong =
        [("resource", &*resources[0].title), ("address", "https://10.0.0.5"), ("seen", "0")];
    let page = site.post(&helen, links, &wrong).await.text;
    assert!(page.contains("outside the trust"), "{page}");
    assert!(page.contains("value=\"https://10.0.0.5\""), "what was typed stays: {page}");
    let [first, second, ..] = resources.as_slice() else { panic!("there are some") };
    for it in [first, second] {
        let address = ("address", "https://library.example/a");
        let kept =
            site.post(&helen, links, &[("resource", &*it.title), address, ("seen", "0")]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    }
    for (it, fault) in [(first, ""), (second, "it answered 404")] {
        let (title, entry) = (it.title.clone(), site.operator());
        let done = site.store().write(move |tx| {
            Box::pin(async move {
                store::assessing::resources::record_check(tx, (&title, 1), fault, &entry).await
            })
        });
        done.await.expect("it is kept");
    }
    let page = text(&site, &helen, "/assessment/library").await;
    assert!(page.contains("Link no longer works: it answered 404 on 11 June 2026"), "{page}");
    assert!(page.contains("It answered on 11 June 2026"), "{page}");
    assert_eq!(page.matches("Link no longer works").count(), 1);
    let owen = person(&site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    assert!(!text(&site, &owen, "/assessment/library").await.contains("Try whether"));
}

#[tokio::test]
async fn each_service_line_is_told_for_quality_and_money_as_its_reader_may_see_it() {
    let site = costed::site().await;
    let at = "/assessment/assurance";
    let finance = site.get(&site.sign_in("FINANCE_DIRECTOR").await, at).await;
    assert_eq!(finance.status, StatusCode::OK);
    let rows = |page: &str| page.matches("<th scope=\"row\"").count();
    // Five ways to stand, three standards, and a row for each service line.
    let lines = costed::trust().open().statements().expect("statements").len();
    assert_eq!(rows(&finance.text), 5 + 3 + lines, "{}", finance.text);
    assert!(!finance.text.contains("hidden to protect"), "exact for those who see it so");
    // A board member reads the same lines, each as it is released.
    let owen = site.get(&site.sign_in("BOARD_MEMBER").await, at).await.text;
    assert_eq!(rows(&owen), rows(&finance.text));
    let nadia = site.get(&site.sign_in("PEER_ASSESSOR").await, at).await.text;
    assert!(
        nadia.contains("Your role sees no costs") && !nadia.contains("Deficit of £"),
        "{nadia}"
    );
    let tomos = site.get(&site.sign_in("CLINICIAN").await, at).await;
    assert_eq!(tomos.status, StatusCode::NOT_FOUND, "it is the trust's");
    let file = site.get(&site.sign_in("FINANCE_DIRECTOR").await, "/assessment/assurance.csv").await;
    assert!(file.text.contains("standards,Money,"), "{}", file.text);
}

/// A unit since 2024, by code, name, kind and what it belongs to.
pub(super) async fn add(
    store: &Store,
    entry: store::Entry,
    (code, name, kind, parent): (&str, &str, UnitKind, &str),
) {
    let unit = Unit {
        code: UnitCode::new(code),
        name: name.to_owned(),
        kind,
        parent: Some(UnitCode::new(parent)),
        from: "2024-04-01".parse().expect("a day"),
        until: None,
    };
    let put = store
        .write(move |tx| Box::pin(async move { units::upsert(tx, &unit, None, &entry).await }));
    put.await.expect("the unit is new");
}

#[tokio::test]
async fn an_organisation_that_is_no_acute_trust_is_assessed_by_its_own_units() {
    let site = site().await;
    // An ambulance service: a region with a specialty of crews, and teams that are not assessed.
    for it in [
        ("NORTH", "North of the river", UnitKind::Directorate, TRUST),
        ("CREWS", "Emergency crews", UnitKind::Specialty, "NORTH"),
        ("NIGHT", "Night team", UnitKind::Team, "CREWS"),
    ] {
        add(site.store(), site.operator(), it).await;
    }
    let lead = person(&site, "Pat", "allied health", ("CLINICAL_DIRECTOR", "NORTH")).await;
    let at = "/assessment/CREWS";
    assert_eq!(site.post(&lead, &format!("{at}/begin"), &[]).await.location(), at);
    let rated = [("rating", "consistently"), ("words", ""), ("then", "on")];
    let done = site.post(&lead, &format!("{at}/steps/C2"), &rated).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let list = text(&site, &lead, "/assessment").await;
    assert!(list.contains("Emergency crews") && list.contains("North of the river"), "{list}");
    assert!(!list.contains("Night team"), "a team is no specialty");
    // A director says what type it is, and figures are told by it.
    let (helen, at) = (director(&site).await, "/assessment/organisation");
    let national = text(&site, &lead, "/assessment/national").await;
    assert!(national.contains("Nobody has said what type") && !national.contains("Of this type:"));
    let unsaid = [("kind", "ambulance"), ("source", ""), ("seen", "0")];
    let page = site.post(&helen, at, &unsaid).await.text;
    assert!(page.contains("Say where that is known from"), "{page}");
    assert!(page.contains("value=\"ambulance\" checked"), "what was chosen stays: {page}");
    let stated = [("kind", "ambulance"), ("source", "Licence of 2024"), ("seen", "0")];
    assert_eq!(site.post(&helen, at, &stated).await.location(), at);
    assert_eq!(site.post(&helen, at, &stated).await.status, StatusCode::CONFLICT);
    assert_eq!(site.post(&lead, at, &stated).await.status, StatusCode::NOT_FOUND);
    let page = text(&site, &lead, at).await;
    assert!(page.contains("Type of this organisation: ambulance. Licence of 2024."), "{page}");
    assert!(!page.contains("Record it"), "she does not sign for it: {page}");
    let national = text(&site, &lead, "/assessment/national").await;
    // Of those that had implemented it one was of this type, of those that did not plan it nine; of
    // the other two states no type is known.
    for (part, times) in [("1 of 121", 1), ("9 of 37", 1), ("not known", 2)] {
        let part = format!("Of this type: {part}<");
        assert_eq!(national.matches(&part).count(), times, "{part}: {national}");
    }
    let pack = text(&site, &helen, "/assessment/inspection").await;
    assert!(pack.contains("Type of this organisation: ambulance."), "{pack}");
}
