//! Ideas on the costed trust: requests in, pages out.

use axum::http::StatusCode;

use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, visible};

async fn put(site: &Site, who: &SignedIn, (unit, words, named): (&str, &str, &str)) -> Answer {
    let fields = [("unit", unit), ("words", words), ("named", named)];
    site.post(who, "/ideas/new", &fields).await
}

async fn decided(site: &Site, who: &SignedIn, idea: &str, fields: &[(&str, &str)]) -> Answer {
    site.post(who, &format!("{idea}/decide"), fields).await
}

#[tokio::test]
async fn anybody_puts_an_idea_unnamed_and_is_told_what_became_of_it() {
    let site = site().await;
    let nurse = site.sign_in("WARD_MANAGER").await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let wrong = put(&site, &nurse, ("NOWHERE", " ", "maybe")).await.text;
    for told in ["Choose for whom the idea is", "Write your idea", "Choose whether others see"] {
        assert_eq!(wrong.matches(told).count(), 2, "{told}: {wrong}");
    }
    let done = put(&site, &nurse, ("TORT", "Order walking frames before admission", "no")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let idea = done.location.as_str();
    let own = visible(&site.get(&nurse, idea).await.text);
    assert!(own.contains("You, unnamed to others") && own.contains("Nobody has looked"), "{own}");
    let mine = visible(&site.get(&amara, "/my-service").await.text);
    assert!(mine.contains("1\u{a0}idea waits to be looked at."), "{mine}");
    let page = site.get(&amara, idea).await.text;
    assert!(page.contains("Somebody who stays unnamed, June 2026"), "{page}");
    assert!(!page.contains("Bridget"), "{page}");
    let silent = decided(&site, &amara, idea, &[("seen", "0"), ("act", "looked_at")]).await.text;
    assert!(silent.contains("Say what the figures say of it"), "{silent}");
    let looked = [("seen", "0"), ("act", "looked_at"), ("data", "supports")];
    assert_eq!(decided(&site, &amara, idea, &looked).await.status, StatusCode::SEE_OTHER);
    let no = [("seen", "1"), ("act", "not_taken_up"), ("words", " ")];
    let owed = decided(&site, &amara, idea, &no).await.text;
    assert!(owed.contains("Say why it is not taken up: whoever had the idea is told"), "{owed}");
    let taken = [("seen", "1"), ("act", "taken_up"), ("action", "none")];
    let owed = decided(&site, &amara, idea, &taken).await.text;
    assert!(owed.contains("Choose the action that takes it up"), "{owed}");
    let no = [("seen", "1"), ("act", "not_taken_up"), ("words", "The frames are there")];
    assert_eq!(decided(&site, &amara, idea, &no).await.status, StatusCode::SEE_OTHER);
    let stale = decided(&site, &amara, idea, &[("seen", "1"), ("act", "taken_up")]).await;
    assert_ne!(stale.status, StatusCode::SEE_OTHER);
    let first = visible(&site.get(&nurse, "/my-ward").await.text);
    assert!(first.contains("There is news of 1\u{a0}idea of yours."), "{first}");
    let own = site.get(&nurse, idea).await.text;
    assert!(own.contains("The frames are there") && own.contains("I have read this"), "{own}");
    let read = site.post(&nurse, &format!("{idea}/read"), &[("seen", "2")]).await;
    assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.text);
    let first = visible(&site.get(&nurse, "/my-ward").await.text);
    assert!(!first.contains("There is news"), "{first}");
    let rows = site.audit("").await;
    assert!(!format!("{rows:?}").contains("frames"), "no words in the audit");
    let objects: Vec<&str> = rows
        .iter()
        .filter(|it| it.entry.action.starts_with("idea."))
        .filter_map(|it| it.entry.object.as_deref())
        .collect();
    assert_eq!(objects, ["an idea"; 4], "neither which nor for which unit");
}

#[tokio::test]
async fn nobody_decides_on_their_own_idea_and_out_of_reach_there_is_none() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let idea = put(&site, &amara, ("TORT", "Share the transport list", "yes")).await.location;
    let no = [("seen", "0"), ("act", "not_taken_up"), ("words", "x")];
    assert_eq!(decided(&site, &amara, &idea, &no).await.status, StatusCode::NOT_FOUND);
    let owen = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&owen, &idea).await;
    assert!(
        page.text.contains("Amara Okafor") && !page.text.contains("Record it"),
        "{}",
        page.text
    );
    assert_eq!(decided(&site, &owen, &idea, &no).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        site.post(&owen, &format!("{idea}/read"), &[("seen", "0")]).await.status,
        StatusCode::NOT_FOUND
    );
    // Clinical coding reads no actions, and may still put one and see it.
    for role in ["WARD_MANAGER", "CODING_INFORMATICS"] {
        let visitor = site.sign_in(role).await;
        assert_eq!(site.get(&visitor, &idea).await.status, StatusCode::NOT_FOUND, "{role}");
        let theirs = put(&site, &visitor, ("TRUST", "Ring before you post", "no")).await.location;
        assert_eq!(site.get(&visitor, &theirs).await.status, StatusCode::OK, "{role}");
        assert!(site.get(&visitor, "/ideas").await.text.contains("Ring before you post"), "{role}");
    }
    // Whoever is from outside sees none and puts none, and no menu leads there.
    for role in ["COMMISSIONER", "COLLECTOR", "PEER_ASSESSOR"] {
        let visitor = site.sign_in(role).await;
        for address in ["/ideas", "/ideas/new", idea.as_str()] {
            let page = site.get(&visitor, address).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{role} {address}");
            assert!(!page.text.contains("href=\"/ideas\""), "{role} {address}");
        }
        let theirs = put(&site, &visitor, ("TRUST", "Ring before you post", "no")).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{role}");
    }
    let director = site.sign_in("MEDICAL_DIRECTOR").await;
    let list = visible(&site.get(&director, "/ideas").await.text);
    assert!(list.contains("For your units (3)") && list.contains("Fewer than 5 answers"), "{list}");
}

#[tokio::test]
async fn what_the_figures_bear_out_is_taken_to_a_review_and_its_author_is_told() {
    taken_to_a_review(site().await).await;
}

#[tokio::test]
async fn an_idea_is_taken_to_a_review_on_postgres_too() {
    taken_to_a_review(site_on_postgres().await).await;
}

async fn taken_to_a_review(site: Site) {
    let (tomos, amara) = (site.sign_in("CLINICIAN").await, site.sign_in("CLINICAL_DIRECTOR").await);
    let fields = [("title", "Hip review"), ("theme", "discharge"), ("due", "2026-07-23")];
    let opened = site.post(&amara, "/reviews/TORT/open", &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let review = opened.location.as_str();
    let id = review.rsplit('/').next().expect("its reference");
    let idea = put(&site, &tomos, ("TORT", "Order walking frames", "yes")).await.location;
    let to = |seen, review| [("seen", seen), ("act", "to_review"), ("review", review)];
    let early = decided(&site, &amara, &idea, &to("0", id)).await.text;
    assert!(early.contains("Choose what becomes of it"), "nobody has looked: {early}");
    let looked = [("seen", "0"), ("act", "looked_at"), ("data", "supports")];
    assert_eq!(decided(&site, &amara, &idea, &looked).await.status, StatusCode::SEE_OTHER);
    let page = visible(&site.get(&amara, &idea).await.text);
    assert!(page.contains("Looked at: the figures bear it out"), "{page}");
    let owed = decided(&site, &amara, &idea, &to("1", "nowhere")).await.text;
    assert!(owed.contains("Choose the review to which it is taken"), "{owed}");
    let empty = site.get(&amara, review).await.text;
    assert!(!empty.contains("Ideas of staff to speak of"), "{empty}");
    let taken = decided(&site, &amara, &idea, &to("1", id)).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let page = site.get(&amara, review).await.text;
    assert!(page.contains("Ideas of staff to speak of"), "{page}");
    assert!(page.contains(&format!("href=\"{idea}\">Order walking frames</a>")), "{page}");
    let first = visible(&site.get(&tomos, "/my-service").await.text);
    assert!(first.contains("There is news of 1\u{a0}idea of yours."), "{first}");
    let own = site.get(&tomos, &idea).await.text;
    assert!(own.contains(&format!("href=\"{review}\">Hip review</a>")), "which review: {own}");
    // What nobody has taken up is not done, and a reason ends it as it does any other.
    let finished = decided(&site, &amara, &idea, &[("seen", "2"), ("act", "finished")]).await.text;
    assert!(finished.contains("Choose what becomes of it"), "{finished}");
    let no = [("seen", "2"), ("act", "not_taken_up"), ("words", "The review prefers another")];
    assert_eq!(decided(&site, &amara, &idea, &no).await.status, StatusCode::SEE_OTHER);
    assert!(site.get(&amara, review).await.text.contains("Not taken up"));
    assert!(site.get(&tomos, &idea).await.text.contains("The review prefers another"));
}
