//! What first pages, and the programme, tell of reviews. Requests in, pages out.

use axum::http::StatusCode;

use super::tests_of_use::of_list;
use crate::shell::costed::{self, visible};

/// On the costed trust, whose first pages show what waits.
#[tokio::test]
async fn first_pages_tell_of_reviews_that_are_late_of_meetings_and_of_updates_that_are_owed() {
    let site = costed::site().await;
    let (amara, daniel) =
        (site.sign_in("CLINICAL_DIRECTOR").await, site.sign_in("FINANCE_BUSINESS_PARTNER").await);
    let people = store::people::list(&mut site.store.read().await.expect("reads")).await;
    let people = people.expect("reads");
    let id = |name: &str| {
        let found = people.iter().find(|it| it.person.name == name);
        found.expect("somebody of the trust").id.as_str().to_owned()
    };
    let (one, two) = (id("Amara Okafor"), id("Daniel Osei"));
    let sent = async |path: &str, fields: &[(&str, &str)]| {
        let done = site.post(&amara, path, fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text);
        done.location
    };
    let waits = async |who: &costed::SignedIn| {
        let page = site.get(who, "/my-service").await.text;
        visible(&page).replace('\u{a0}', " ")
    };
    assert!(!waits(&amara).await.contains("review is late"));
    let fields = [
        ("conditions", "Hips"),
        ("cadence", "quarter"),
        ("begins_on", "2026-05-11"),
        ("is_pilot", "no"),
        ("post_1", one.as_str()),
        ("seen", "0.0.0.0.0"),
    ];
    sent("/reviews/TORT/register", &fields).await;
    let page = waits(&amara).await;
    assert!(page.contains("1 review is late."), "{page}");
    let fields = [("title", "Hip review"), ("theme", "discharge"), ("due", "2026-07-10")];
    let review = sent("/reviews/TORT/open", &fields).await;
    assert!(waits(&amara).await.contains("1 review is due within 42 days."));
    let held = super::tests::arranged(&one, "2026-07-10");
    sent(&format!("{review}/arrange"), &held).await;
    sent("/actions/new", &of_list("TORT", [&one, &two], ("Discharge by criteria", "2026-07-01")))
        .await;
    let page = waits(&amara).await;
    assert!(page.contains("A review meets with you on 10 July 2026, 08:00."), "{page}");
    assert!(page.contains("1 of your actions needs an update before a review meets."), "{page}");
    let page = waits(&daniel).await;
    assert!(!page.contains("meets with you") && page.contains("before a review meets"), "{page}");
}

/// A service line that is in no register yet and has an open review is as late on one page as on the
/// other.
#[tokio::test]
async fn the_programme_and_first_pages_tell_the_same_of_a_review_whose_day_is_past() {
    let site = costed::site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let told = async |who: &costed::SignedIn, path: &str| {
        visible(&site.get(who, path).await.text).replace('\u{a0}', " ")
    };
    assert!(!told(&amara, "/my-service").await.contains("review is late"));
    let fields = [("title", "Hip review"), ("theme", "discharge"), ("due", "2026-05-22")];
    let done = site.post(&amara, "/reviews/TORT/open", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    // It is 1 June: nine days of May since the 22nd, and one of June.
    let page = told(&amara, "/reviews").await;
    assert!(page.contains("One review is late") && page.contains("10 days late"), "{page}");
    let page = told(&amara, "/my-service").await;
    assert!(page.contains("1 review is late."), "{page}");
    let page = told(&daniel, "/my-services").await;
    assert!(page.contains("1 review is late.") && page.contains("10 days late"), "{page}");
}
