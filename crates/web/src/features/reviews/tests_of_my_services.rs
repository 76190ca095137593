//! The first screen of a finance partner: requests in, pages out.

use axum::http::StatusCode;

use super::tests::{Begun, begun, begun_on, person};
use crate::shell::costed::{self, visible};
use crate::shell::testing::{TRUST, hidden, site_on_postgres};

const HIP: &str = "/reviews/HIP";

const MINE: &str = "/my-services";

#[tokio::test]
async fn a_partner_begins_with_how_the_reviews_of_their_services_are_prepared() {
    prepared(begun().await).await;
}

#[tokio::test]
async fn a_partner_begins_with_their_services_on_postgres_too() {
    prepared(begun_on(site_on_postgres().await).await).await;
}

async fn prepared(it: Begun) {
    let first = it.site.get(&it.daniel, "/").await;
    assert_eq!((first.status, first.location()), (StatusCode::SEE_OTHER, MINE));
    assert_eq!(it.site.get(&it.amara, "/").await.location(), "/my-service", "a clinician");
    let bare = it.page(&it.daniel, MINE).await;
    for part in ["Not in the programme yet", "No review is open", "No meeting is arranged"] {
        assert!(bare.contains(part), "{part}: {bare}");
    }
    let fields = [
        ("conditions", "Hips"),
        ("cadence", "quarter"),
        ("begins_on", "2026-05-11"),
        ("is_pilot", "no"),
        ("post_1", it.amara_id.as_str()),
        ("post_2", it.daniel_id.as_str()),
        ("seen", "0.0.0.0.0"),
    ];
    it.sent(&format!("{HIP}/register"), &fields).await;
    // It is 11 June: 20 days of May and 11 of June since 11 May.
    let late = it.page(&it.daniel, MINE).await;
    assert!(late.contains("1 service line; 1 review is late.") && late.contains("31 days late"));
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    it.sent(&format!("{meeting}/usual"), &[]).await;
    for (what, due) in [("Discharge by criteria", "2026-06-01"), ("One price", "2026-07-01")] {
        let action = [
            ("unit", "HIP"),
            ("what", what),
            ("joint", "yes"),
            ("owner_1", it.amara_id.as_str()),
            ("owner_2", it.daniel_id.as_str()),
            ("owner_1_view", "as-is"),
            ("owner_2_view", "as-is"),
            ("measure", "Stay below 4.4 days"),
            ("quality", "Patients may come back"),
            ("effort", "medium"),
            ("priority", "high"),
            ("starts", "2026-05-20"),
            ("due", due),
        ];
        it.sent("/actions/new", &action).await;
    }
    let page = it.page(&it.daniel, MINE).await;
    for part in [
        "1 service line; no review is late.",
        "23 July 2026",
        "Stage: Prepare",
        "None is kept yet",
        "Nobody is asked for 23 July 2026 as general manager, performance manager and service manager",
        "No coding lead",
        "No costing lead",
        "Discharge by criteria, due 1 June 2026",
        "None is open",
        "Nothing of its cost is published",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains(&format!("href=\"{review}\"")) && !page.contains("One price"), "{page}");
    assert!(!page.contains("Build the pack"), "there is none to build: {page}");
    // Somebody of the whole trust has no service of their own before they hold a post of one.
    let (ravi, _) = person(&it.site, ("Ravi", "finance"), ("FINANCE_DIRECTOR", TRUST)).await;
    let none = it.page(&ravi, MINE).await;
    assert!(none.contains("You hold no post of a service line") && !none.contains("Unit HIP"));
    let (owen, _) = person(&it.site, ("Owen", "management"), ("BOARD_MEMBER", TRUST)).await;
    assert_eq!(it.site.get(&owen, MINE).await.status, StatusCode::NOT_FOUND, "makes no packs");
}

#[tokio::test]
async fn a_pack_its_age_and_conflicts_of_the_data_stand_beside_the_button_that_builds_it() {
    let site = costed::site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let page = site.get(&daniel, MINE).await.text;
    assert!(page.contains("href=\"/services/TORT/pack\""), "{page}");
    assert!(page.contains("None is kept yet") && page.contains("None is open"), "{page}");
    let kept = site.post(&daniel, "/services/TORT/pack", &[("meeting_on", "")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let falls = [
        ("code", "FALLS"),
        ("name", "Falls"),
        ("definition", "Patients who fell"),
        ("subject", "harm"),
        ("unit_of_measure", "falls"),
        ("form", "count"),
        ("good", "down"),
        ("of_patients", "yes"),
        ("source", "Incident system"),
        ("keeper", "Patient safety team"),
    ];
    assert_eq!(site.post(&leah, "/measures/new", &falls).await.status, StatusCode::SEE_OTHER);
    for row in ["12,,Incident system", "15,,Ward return"] {
        let csv = format!("measure,unit,month,value,of,source\nFALLS,TORT,2026-04,{row}\n");
        let seen = site.post(&leah, "/measures/import", &[("csv", &csv)]).await;
        let digest = hidden(&seen.text, "digest");
        let fields =
            [("csv", csv.as_str()), ("digest", &digest), ("name", "a"), ("because", "Late")];
        let done = site.post(&leah, "/measures/import/accept", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let page = site.get(&daniel, MINE).await.text;
    let told = visible(&page).replace('\u{a0}', " ");
    // From 31 March to 1 June: 30 days of April, 31 of May and one of June.
    for part in ["Draft, to be checked by a second person", "Data 62 days old", "1 is open"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(page.contains("href=\"/services/TORT/data\"") && page.contains("Build the pack"));
    // Whoever answers for the same service in another profession sees the same of it.
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let hers = visible(&site.get(&amara, MINE).await.text);
    assert!(hers.contains("to be checked by a second person"), "{hers}");
    assert_eq!(site.get(&leah, MINE).await.status, StatusCode::NOT_FOUND, "she makes no packs");
}
