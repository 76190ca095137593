//! Briefings on the costed trust: requests in, pages out.

use axum::http::StatusCode;

use crate::shell::costed::{SignedIn, Site, site, site_on_postgres, visible};

const BRIEFING: &str = "/services/TORT/briefing";

#[tokio::test]
async fn a_specialty_is_told_to_finance_and_a_clinician_approves_it() {
    told_and_approved(site().await).await;
}

#[tokio::test]
async fn a_briefing_is_told_and_approved_on_postgres_too() {
    told_and_approved(site_on_postgres().await).await;
}

async fn told_and_approved(site: Site) {
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let none = visible(&site.get(&daniel, BRIEFING).await.text);
    assert!(none.contains("Nobody has written a briefing yet"), "{none}");
    let write = format!("{BRIEFING}/write");
    let long = "x".repeat(3_000);
    let too_long = [("seen", "0"), ("does", long.as_str()), ("who", "Two wards"), ("hard", "")];
    let refused = site.post(&daniel, &write, &too_long).await.text;
    assert!(refused.contains("A briefing is one page: it has 3009 letters"), "told, and kept");
    let fields =
        [("seen", "0"), ("does", "We mend hips"), ("who", "Two wards"), ("hard", "Winter")];
    let done = site.post(&daniel, &write, &fields).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, BRIEFING));
    let own = visible(&site.get(&daniel, BRIEFING).await.text);
    assert!(own.contains("No clinician has approved") && !own.contains("Approve it for finance"));
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let waits = async |who: &SignedIn| {
        let page = visible(&site.get(who, "/my-service").await.text).replace('\u{a0}', " ");
        page.contains("1 briefing for finance waits for you to approve.")
    };
    assert!(waits(&amara).await);
    assert!(!waits(&daniel).await && !waits(&grace).await, "neither is a clinician");
    let approve = format!("{BRIEFING}/approve");
    let finance = site.post(&daniel, &approve, &[("seen", "1"), ("review_on", "2027-06-01")]).await;
    assert!(finance.text.contains("A clinician approves what is said of a specialty"));
    assert!(site.get(&amara, BRIEFING).await.text.contains("Approve it for finance"));
    let past = site.post(&amara, &approve, &[("seen", "1"), ("review_on", "2020-01-01")]).await;
    assert!(past.text.contains("must be still to come"), "{}", past.text);
    let done = site.post(&amara, &approve, &[("seen", "1"), ("review_on", "2027-06-01")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(!waits(&amara).await, "it is approved");
    let page = visible(&site.get(&daniel, BRIEFING).await.text);
    for part in ["Approved", "We mend hips", "Winter", "To be looked at again by 1 June 2027"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for from in ["/services/TORT", "/services/TORT/pack"] {
        let page = site.get(&daniel, from).await.text;
        assert!(page.contains(&format!("href=\"{BRIEFING}\"")), "{from} leads to it");
    }
    let board = site.sign_in("BOARD_MEMBER").await;
    assert_eq!(site.get(&board, BRIEFING).await.status, StatusCode::NOT_FOUND);
}
