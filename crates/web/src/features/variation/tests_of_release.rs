//! Explanations released to the board, on the costed trust: requests in, pages out.

use axum::http::StatusCode;

use super::tests::{opened, says};
use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, visible};

const BOARD: &str = "/variation/released";

/// A difference with an answer to each question, to which finance agrees: six steps.
async fn explained(site: &Site, amara: &SignedIn, daniel: &SignedIn) -> String {
    let it = opened(site, amara, ("Hips of Amara Okafor cost £410 more", "2026-06-29")).await;
    assert_eq!(it.status, StatusCode::SEE_OTHER, "{}", it.text);
    let it = it.location;
    for (at, question) in ["different", "why", "what_next"].into_iter().enumerate() {
        let seen = [at * 2, at * 2 + 1].map(|it| it.to_string());
        let wrote =
            says(site, amara, &it, (question, "Patients wait for a porter", &seen[0])).await;
        assert_eq!(wrote.status, StatusCode::SEE_OTHER, "{}", wrote.text);
        let agreed = says(site, daniel, &it, (question, "", &seen[1])).await;
        assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
    }
    it
}

async fn releases(site: &Site, who: &SignedIn, it: &str, (why, seen): (&str, &str)) -> Answer {
    let fields = [
        ("seen", seen),
        ("differs", "Hips cost more than the mean"),
        ("different", "Yes, they do"),
        ("why", why),
        ("what_next", "A porter comes at eight"),
    ];
    site.post(who, &format!("{it}/release"), &fields).await
}

#[tokio::test]
async fn what_is_released_without_names_is_what_the_board_reads() {
    released_and_withdrawn(site().await).await;
}

#[tokio::test]
async fn an_explanation_is_released_and_withdrawn_on_postgres_too() {
    released_and_withdrawn(site_on_postgres().await).await;
}

async fn released_and_withdrawn(site: Site) {
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let owen = site.sign_in("BOARD_MEMBER").await;
    let empty = site.get(&owen, BOARD).await.text;
    assert!(empty.contains("No explanation of a difference is with the board"), "{empty}");
    let it = explained(&site, &amara, &daniel).await;
    let form = site.get(&daniel, &format!("{it}/release")).await.text;
    assert!(form.contains("Patients wait for a porter</textarea>"), "filled in: {form}");
    let why = "Porters come late, and beds were closed";
    let done = releases(&site, &daniel, &it, (why, "6")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let board = visible(&site.get(&owen, BOARD).await.text);
    assert!(board.contains(why) && board.contains("A porter comes at eight"), "{board}");
    let main = board.split_once("Differences explained to the board").expect("a page").1;
    for name in ["Amara", "Okafor", "Daniel", "Osei", "£410"] {
        assert!(!main.contains(name), "{name}: {main}");
    }
    let directors = visible(&site.get(&owen, "/assessment/board").await.text);
    assert!(directors.contains("1\u{a0}difference is explained"), "{directors}");
    assert!(directors.contains(why), "{directors}");
    let shown = visible(&site.get(&amara, &it).await.text);
    assert!(shown.contains("Released by Daniel Osei") && shown.contains(why), "{shown}");
    // Another answer changes nothing of what the board reads, until the first is withdrawn.
    let anew = says(&site, &amara, &it, ("why", "The lift was broken", "6")).await;
    assert_eq!(anew.status, StatusCode::SEE_OTHER, "{}", anew.text);
    let board = visible(&site.get(&owen, BOARD).await.text);
    assert!(board.contains(why) && !board.contains("lift"), "{board}");
    let shown = visible(&site.get(&amara, &it).await.text);
    assert!(shown.contains("the board still reads what was released"), "{shown}");
    let twice = releases(&site, &daniel, &it, (why, "7")).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text.contains("A version is released already"), "{}", twice.text);
    let back = format!("{it}/withdraw");
    let silent = site.post(&daniel, &back, &[("seen", "1"), ("reason", " ")]).await.text;
    assert_eq!(silent.matches("Say why it is withdrawn").count(), 2, "{silent}");
    let stale = site.post(&daniel, &back, &[("seen", "2"), ("reason", "It was the lift")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let done = site.post(&daniel, &back, &[("seen", "1"), ("reason", "It was the lift")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let board = site.get(&owen, BOARD).await.text;
    assert!(board.contains("No explanation of a difference is with the board"), "{board}");
    let shown = visible(&site.get(&amara, &it).await.text);
    assert!(
        shown.contains("withdrawn by Daniel Osei") && shown.contains("It was the lift."),
        "{shown}"
    );
    let audit = format!("{:?}", site.audit("insight.").await);
    assert!(!audit.contains("Porters") && !audit.contains("lift"), "no words in the audit");
}

#[tokio::test]
async fn nothing_is_released_that_names_somebody_or_is_not_explained_by_both() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let owen = site.sign_in("BOARD_MEMBER").await;
    let bare = opened(&site, &amara, ("Knees cost more", "2026-06-29")).await.location;
    assert_eq!(site.get(&daniel, &format!("{bare}/release")).await.status, StatusCode::NOT_FOUND);
    let early = releases(&site, &daniel, &bare, ("Porters", "0")).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text.contains("stand behind all three answers before"), "{}", early.text);
    let it = explained(&site, &amara, &daniel).await;
    for (why, told) in [
        ("Porters of Okafor come late", "Word 3 of “Why is this?” is a name of somebody"),
        ("Ask amara.okafor for it", "Word 2 of “Why is this?” is a name of somebody"),
        ("Porters of C1234567 come late", "Word 3 of “Why is this?” is a consultant code"),
        ("Colleague K2 has more", "Word 2 of “Why is this?” is a code under which colleagues"),
    ] {
        let refused = releases(&site, &daniel, &it, (why, "6")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        let page = visible(&refused.text);
        assert_eq!(page.matches(told).count(), 2, "{told}: {page}");
        assert!(refused.text.contains(&format!("{why}</textarea>")), "what was typed is kept");
    }
    let blank = releases(&site, &daniel, &it, (" ", "6")).await.text;
    assert!(blank.contains("Write what the board is told"), "{blank}");
    // Somebody added meanwhile: nothing is lost, and what they wrote stands above the form.
    let old = releases(&site, &daniel, &it, ("Porters come late", "5")).await;
    assert_eq!(old.status, StatusCode::CONFLICT);
    assert!(old.text.contains("Porters come late</textarea>"), "{}", old.text);
    assert!(old.text.contains("Daniel Osei, ") && old.text.contains("Agreed."), "{}", old.text);
    for (who, address) in [(&owen, format!("{it}/release")), (&daniel, format!("{it}/withdraw"))] {
        assert_eq!(site.get(who, &address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let not = releases(&site, &owen, &it, ("Porters come late", "6")).await;
    assert_eq!(not.status, StatusCode::NOT_FOUND);
    // Those who see one unit, or no costs, do not read what the board is told.
    for role in ["FINANCE_BUSINESS_PARTNER", "CLINICIAN", "WARD_MANAGER", "PEER_ASSESSOR"] {
        let who = site.sign_in(role).await;
        assert_eq!(site.get(&who, BOARD).await.status, StatusCode::NOT_FOUND, "{role}");
    }
}
