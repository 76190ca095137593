//! How far clinicians trust a costing, on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use domain::{Day, Money};
use engagement::walk_throughs::Act;
use store::confidence::{self, NewRating};
use store::grants::{self, NewGrant};
use store::packs::{self, NewPack};
use store::walk_throughs::{self, NewStep, NewWalkThrough};
use store::{Entry, PersonId, UnitCode, people};

use super::tests::both_there;
use crate::shell::allocations::allocations;
use crate::shell::costed::{SignedIn, Site, site, site_on_postgres, trust, visible};

const PAGE: &str = "/walk-throughs/confidence/TORT";
const BEFORE: &str = "0000000000000000";

fn run() -> &'static str {
    &trust().run
}

fn entry(who: &str, at: &str) -> Entry {
    Entry::by(who, at.parse().expect("a moment"))
}

/// Somebody of a profession who gives care in orthopaedics, made for a test.
async fn clinician(site: &Site, name: &str) -> PersonId {
    let person = people::Person {
        name: name.to_owned(),
        email: format!("{name}@ashbourne.example"),
        job_title: "Consultant".to_owned(),
        profession: "medicine".to_owned(),
    };
    let made = site.store.write(move |tx| {
        Box::pin(async move {
            let by = entry("operator", "2026-05-01T09:00:00Z");
            let new = NewGrant {
                person: people::create(tx, &person, &by).await?,
                role: "CLINICIAN".to_owned(),
                unit: UnitCode::new("TORT"),
                patient_level: false,
                reason: "For a test".to_owned(),
                from: Day::from_civil(2024, 4, 1),
                until: None,
            };
            grants::grant(tx, &new, &by).await?;
            Ok(new.person)
        })
    });
    made.await.expect("they are written")
}

/// What somebody said of a costing, after so many ratings of their own.
async fn said(site: &Site, who: &PersonId, (run, level): (&str, &str), reason: &str) {
    let new = NewRating {
        unit: UnitCode::new("TORT"),
        run: run.to_owned(),
        period: "2024/25 to the end of March, published 20 May 2025".to_owned(),
        level: level.to_owned(),
        reason: reason.to_owned(),
    };
    let by = entry(who.as_str(), "2026-05-25T09:00:00Z");
    let done = site
        .store
        .write(move |tx| Box::pin(async move { confidence::rate(tx, &new, 0, &by).await }));
    done.await.expect("it is said");
}

async fn page(site: &Site, who: &SignedIn) -> String {
    let page = site.get(who, PAGE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let text = visible(&page.text).replace('\u{a0}', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_clinician_says_how_far_they_trust_it_and_nobody_else_is_told() {
    trust_said(site().await).await;
}

#[tokio::test]
async fn a_clinician_says_how_far_they_trust_it_on_postgres_too() {
    trust_said(site_on_postgres().await).await;
}

async fn trust_said(site: Site) {
    let tomos = site.sign_in("CLINICIAN").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let empty = page(&site, &tomos).await;
    assert!(
        empty.contains("nobody has rated it") && empty.contains("Keep what you say"),
        "{empty}"
    );
    let none =
        site.post(&tomos, PAGE, &[("run", run()), ("seen", "0"), ("reason", "Implants")]).await;
    assert!(none.text.contains("Choose how far you trust it") && none.text.contains("Implants"));
    let old = [("run", BEFORE), ("seen", "0"), ("level", "most")];
    let old = site.post(&tomos, PAGE, &old).await;
    assert!(old.text.contains("A costing was published since you looked"), "{}", old.text);
    let fields =
        [("run", run()), ("seen", "0"), ("level", "parts"), ("reason", "Implants are too dear")];
    assert_eq!(site.post(&tomos, PAGE, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.post(&tomos, PAGE, &fields).await.status, StatusCode::CONFLICT);
    let own = page(&site, &tomos).await;
    assert!(own.contains("I trust parts of it. Implants are too dear."), "{own}");
    assert!(own.contains("fewer than 5 people have rated it, so nothing is told"), "{own}");
    let others = page(&site, &daniel).await;
    for text in ["Implants", "Tomos", "Keep what you say", "Change what you said"] {
        assert!(!others.contains(text), "{text}: {others}");
    }
    let finance =
        site.post(&daniel, PAGE, &[("run", run()), ("seen", "0"), ("level", "most")]).await;
    assert_eq!(finance.status, StatusCode::NOT_FOUND, "finance does not rate its own costing");
    let board = site.sign_in("BOARD_MEMBER").await;
    assert_eq!(site.get(&board, PAGE).await.status, StatusCode::NOT_FOUND);
    let audit = format!("{:?}", site.audit("confidence").await);
    assert!(audit.contains("confidence/TORT") && !audit.contains("parts"), "{audit}");
}

/// A change that was asked for and agreed before the costing of 20 May 2026, under rules that were
/// others.
async fn changed(site: &Site) {
    let all = allocations(&trust().open(), "TORT").expect("reads");
    let largest = all.iter().max_by_key(|it| it.unit_cost).expect("there is cost");
    let new = NewWalkThrough {
        unit: UnitCode::new("TORT"),
        activity: largest.activity.clone(),
        run: BEFORE.to_owned(),
        rules: "It was counted otherwise.".to_owned(),
        unit_cost: Money::from_micro_pounds(1_000_000),
        trust_cost: Money::from_micro_pounds(4_000_000),
        standards: Vec::new(),
    };
    let step = |act: Act, words: &str| NewStep {
        act,
        side: act.side(),
        words: words.to_owned(),
        expected: "May".to_owned(),
    };
    let (asks, agrees) =
        (step(Act::Proposes, "Count the staff"), step(Act::Changes, "Staff count"));
    let both = {
        let mut db = site.store.read().await.expect("reads");
        let mut both = Vec::new();
        for name in ["amara.okafor", "daniel.osei"] {
            let found = people::by_email(&mut db, &format!("{name}@ashbourne.example")).await;
            both.push(found.expect("reads").expect("is there").id);
        }
        both
    };
    let made = site.store.write(move |tx| {
        Box::pin(async move {
            let (clinician, finance) = (both[0].as_str(), both[1].as_str());
            let id = walk_throughs::open(tx, &new, &entry(finance, "2026-05-01T09:00:00Z")).await?;
            let by = entry(clinician, "2026-05-01T10:00:00Z");
            for (seen, who) in (0..).zip(&both_there(&both[0], &both[1])) {
                walk_throughs::attend(tx, &id, who, seen, &by).await?;
            }
            walk_throughs::say(tx, &id, &asks, 0, &by).await?;
            let by = entry(finance, "2026-05-02T09:00:00Z");
            walk_throughs::say(tx, &id, &agrees, 1, &by).await
        })
    });
    made.await.expect("a change is agreed");
}

#[tokio::test]
async fn trust_before_and_after_stands_beside_what_was_asked_and_in_which_costing_it_came() {
    let site = site().await;
    changed(&site).await;
    for (name, before, after) in [
        ("Anwen", "not", "most"),
        ("Beth", "not", "decide"),
        ("Carys", "parts", "decide"),
        ("Dilys", "most", "most"),
        ("Elin", "most", "most"),
    ] {
        let who = clinician(&site, name).await;
        said(&site, &who, (BEFORE, before), "").await;
        let reason = if name == "Beth" { "Theatre times are ours now" } else { "" };
        said(&site, &who, (run(), after), reason).await;
    }
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let text = page(&site, &daniel).await;
    // Before, one stands alone at a level: both sides of the border are told, 3 and 2. After, all five
    // stand above it, three and two.
    for part in [
        "5 of 5 trust most of it or more.",
        "2 trust most of it, or trust it enough to decide on it",
        "3 would not use it, or trust parts of it",
        "2 trust it enough to decide on it",
        "3 trust most of it",
        "Theatre times are ours now.",
        "Asked: Count the staff.",
        "A change is agreed: Staff count. It should be in May.",
        "Rules changed in 2025/26",
        "Trust before: 2 of 5 trust most of it or more. After: 5 of 5 trust most of it or more.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(site.get(&daniel, PAGE).await.text.contains("<svg"), "two costings are drawn");
    for name in ["Anwen", "Beth", "Carys", "Dilys", "Elin"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    // A sixth says something: it is not to be seen in the counts, until three have.
    let tomos = site.sign_in("CLINICIAN").await;
    let fields = [("run", run()), ("seen", "0"), ("level", "not"), ("reason", "Only mine")];
    assert_eq!(site.post(&tomos, PAGE, &fields).await.status, StatusCode::SEE_OTHER);
    let now = page(&site, &daniel).await;
    assert!(now.contains("5 of 5 trust most of it or more."), "{now}");
    assert!(now.contains("More was said since") && !now.contains("Only mine"), "{now}");
}

#[tokio::test]
async fn a_decision_is_linked_to_the_costing_on_which_it_rested() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let link = format!("{PAGE}/decision");
    let empty = visible(&site.get(&daniel, &link).await.text);
    assert!(empty.contains("There is no business case, no pack"), "{empty}");
    let new = NewPack {
        unit: UnitCode::new("TORT"),
        run: run().to_owned(),
        period_end: Day::from_civil(2026, 3, 31),
        meeting_on: None,
        content: "{}".to_owned(),
    };
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, "daniel.osei@ashbourne.example").await.expect("reads");
    drop(db);
    let by = entry(found.expect("is there").id.as_str(), "2026-05-25T09:00:00Z");
    let made =
        site.store.write(move |tx| Box::pin(async move { packs::make(tx, &new, &by).await }));
    let code = format!("pack:{}", made.await.expect("a pack"));
    let none = site.post(&daniel, &link, &[("seen", "0"), ("words", "The third session")]).await;
    assert_eq!(none.status, StatusCode::OK, "{}", none.text);
    for text in ["Choose what rested on it", "Choose the costing on which", "The third session"] {
        assert!(none.text.contains(text), "{text}: {}", none.text);
    }
    let fields = [
        ("decision", code.as_str()),
        ("run", run()),
        ("words", "The third session"),
        ("seen", "0"),
    ];
    assert_eq!(site.post(&daniel, &link, &fields).await.status, StatusCode::SEE_OTHER);
    let text = page(&site, &daniel).await;
    for part in
        ["Pack to the end of 31 March 2026", "On 2025/26", "The third session. Linked by Daniel"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let list = site.get(&daniel, "/walk-throughs").await.text;
    assert!(list.contains(&format!("href=\"{PAGE}\"")), "the list leads here");
    let inputs = site.get(&daniel, "/walk-throughs/inputs/TORT").await.text;
    assert!(inputs.contains(&format!("href=\"{PAGE}\"")), "what it rests on leads here");
    let grace = site.sign_in("WARD_MANAGER").await;
    assert_ne!(site.get(&grace, &link).await.status, StatusCode::OK);
}
