//! The sit-down of one consultant and finance, and time that is bought for clinicians: requests in,
//! pages out.

use axum::http::StatusCode;

use super::tests::{Begun, address, arranged, begun, person};
use crate::shell::sit_downs::TOLD_TO;
use crate::shell::testing::{Browser, TRUST};

const HIP: &str = "/reviews/HIP";

/// A sit-down that the clinical director opened, and its meeting.
async fn sit_down(it: &Begun) -> (String, String) {
    let fields = [("title", "Sit-down on hips"), ("theme", "sit_down"), ("due", "2026-07-23")];
    let review = it.sent(&format!("{HIP}/open"), &fields).await;
    let meeting = half_an_hour(it, &review).await;
    (review, meeting)
}

/// A meeting of a sit-down.
async fn half_an_hour(it: &Begun, review: &str) -> String {
    let mut fields = arranged(&it.amara_id, "2026-07-23");
    fields.retain(|it| it.0 != "minutes");
    fields.push(("minutes", "30"));
    it.sent(&format!("{review}/arrange"), &fields).await
}

async fn status(it: &Begun, who: &Browser, path: &str) -> StatusCode {
    it.site.get(who, path).await.status
}

#[tokio::test]
async fn a_sit_down_is_read_by_those_who_take_part_and_by_those_who_see_named_clinicians() {
    let it = begun().await;
    let (bridget, _) = person(&it.site, ("Bridget", "nursing"), ("WARD_MANAGER", "HIP")).await;
    let (tomos, tomos_id) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    let (review, meeting) = sit_down(&it).await;
    for path in [&review, &meeting, &format!("{review}/plan"), &format!("{meeting}/invitation.ics")]
    {
        assert_eq!(status(&it, &bridget, path).await, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(status(&it, &tomos, path).await, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(status(&it, &it.daniel, path).await, StatusCode::OK, "{path}");
    }
    let id = meeting.rsplit('/').next().expect("a reference");
    let listed =
        [("person", tomos_id.as_str()), ("role", "consultant"), ("coming", "yes"), ("meeting", id)];
    it.sent(&format!("{review}/add/participant"), &listed).await;
    assert_eq!(status(&it, &tomos, &review).await, StatusCode::OK, "he takes part");
    assert_eq!(status(&it, &bridget, &review).await, StatusCode::NOT_FOUND);
    assert!(!it.page(&bridget, HIP).await.contains("Sit-down on hips"), "not told of it");
    assert!(it.page(&tomos, HIP).await.contains("Sit-down on hips"));
    let page = it.page(&it.amara, &review).await;
    assert!(page.contains("Side by side: cost, complications and income"), "{page}");
    assert!(page.contains("/services/HIP/colleagues"), "{page}");
    let told = format!("What is agreed in its actions is told to {TOLD_TO}.");
    assert!(page.contains(&told), "{page}");
}

#[tokio::test]
async fn an_action_of_a_sit_down_is_told_to_those_who_read_the_sit_down_and_to_nobody_else() {
    let it = begun().await;
    let (bridget, _) = person(&it.site, ("Bridget", "nursing"), ("WARD_MANAGER", "HIP")).await;
    let (tomos, tomos_id) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    let of_service = it.meeting(&it.review().await).await;
    let (review, meeting) = sit_down(&it).await;
    let add = format!("{review}/action");
    let said = "It is told to its owners, those who take part in the sit-down";
    assert!(it.page(&it.amara, &add).await.contains(said), "the form says so");
    let fields = [
        ("noted", "Fewer revisions"),
        ("measure", "Revisions within a year"),
        ("quality", "Fewer patients come back"),
        ("clinical", it.amara_id.as_str()),
        ("other", it.daniel_id.as_str()),
        ("clinical_view", "as-is"),
        ("other_view", "as-is"),
        ("effort", "low"),
        ("priority", "high"),
        ("starts", "2026-06-11"),
        ("due", "2026-07-01"),
        ("meeting", ""),
    ];
    it.sent(&add, &fields).await;
    let action = address(&it.page(&it.amara, &meeting).await, "/actions/");
    let claim = format!("/benefits/new?action={}", action.rsplit('/').next().expect("a reference"));
    let lists = ["/actions?list=all", "/actions.csv?list=all"];
    for who in [&bridget, &tomos] {
        for path in [&action, &claim] {
            assert_eq!(status(&it, who, path).await, StatusCode::NOT_FOUND, "{path}");
        }
        for path in lists {
            assert!(!it.site.get(who, path).await.text.contains("Fewer revisions"), "{path}");
        }
    }
    for path in lists {
        assert!(it.page(&it.daniel, path).await.contains("Fewer revisions"), "{path}");
    }
    let (helen, _) = person(&it.site, ("Helen", "medicine"), ("MEDICAL_DIRECTOR", TRUST)).await;
    assert!(it.page(&helen, lists[0]).await.contains("Fewer revisions"), "she sees it");
    let board = it.page(&helen, "/assessment/board").await;
    assert!(board.contains("No action that you may see is open."), "not on the board's: {board}");
    let page = it.page(&it.daniel, &of_service).await;
    assert!(!page.contains("Fewer revisions"), "no meeting of the service asks for it: {page}");
    let id = meeting.rsplit('/').next().expect("a reference");
    let listed =
        [("person", tomos_id.as_str()), ("role", "consultant"), ("coming", "yes"), ("meeting", id)];
    it.sent(&format!("{review}/add/participant"), &listed).await;
    let page = it.page(&tomos, &action).await;
    assert!(page.contains("Its owners, those who take part in the sit-down"), "{page}");
    assert!(it.page(&tomos, lists[0]).await.contains("Fewer revisions"), "he takes part");
    assert_eq!(status(&it, &bridget, &action).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_sit_down_is_no_review_of_the_service_and_its_next_one_is_a_sit_down() {
    let it = begun().await;
    let (tomos, tomos_id) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    let (bridget, _) = person(&it.site, ("Bridget", "nursing"), ("WARD_MANAGER", "HIP")).await;
    let (review, meeting) = sit_down(&it).await;
    let id = meeting.rsplit('/').next().expect("a reference");
    let listed =
        [("person", tomos_id.as_str()), ("role", "consultant"), ("coming", "yes"), ("meeting", id)];
    it.sent(&format!("{review}/add/participant"), &listed).await;
    let next = it.sent(&format!("{meeting}/close"), &[("then", "review")]).await;
    assert_ne!(next, review);
    assert!(it.page(&it.amara, &next).await.contains("Sit-down on hips"), "another sit-down");
    assert_eq!(status(&it, &tomos, &next).await, StatusCode::OK, "he took part in the one before");
    assert_eq!(status(&it, &bridget, &next).await, StatusCode::NOT_FOUND);
    let programme = it.page(&it.amara, "/reviews").await;
    assert!(programme.contains("No review was finished in the last 12 months"), "{programme}");
    assert!(programme.contains("Not yet") && !programme.contains("chaired 1"), "{programme}");
    let line = it.page(&it.amara, HIP).await;
    assert!(!line.contains("Go on with the review"), "no review of the service is open: {line}");
    assert!(!line.contains("How its meetings went"), "{line}");
    // Two sit-downs are no pilot of reviews: that has still to begin.
    let meeting = half_an_hour(&it, &next).await;
    it.sent(&format!("{meeting}/close"), &[("then", "review")]).await;
    let programme = it.page(&it.amara, "/reviews").await;
    assert!(programme.contains("Begin with 2 or 3 services"), "{programme}");
}

#[tokio::test]
async fn time_that_is_bought_for_clinicians_is_added_up_exactly() {
    let it = begun().await;
    let review = it.review().await;
    let none = it.page(&it.amara, &review).await;
    assert!(none.contains("None is noted"), "{none}");
    let add = format!("{review}/add/backfill");
    let bought = |sessions: &'static str, cost: &'static str| {
        [
            ("role", "Consultant"),
            ("sessions", sessions),
            ("cost", cost),
            ("from", "2026-07-01"),
            ("to", "2026-07-31"),
        ]
    };
    let wrong = it.refused(&add, &bought("2.55", "100")).await;
    assert!(wrong.text.contains("Write the sessions as 6 or 2.5"), "{}", wrong.text);
    let programme = |fields: [(&'static str, &'static str); 5], of: &'static str| {
        [fields.to_vec(), vec![("programme", of)]].concat()
    };
    it.sent(&add, &programme(bought("2.5", "1,250.50"), "Hip pathway")).await;
    let form = it.page(&it.amara, &add).await;
    assert!(form.contains("<option value=\"Hip pathway\">"), "it is offered again: {form}");
    it.sent(&add, &bought("6", "3000")).await;
    // 2.5 and 6 sessions are 8.5, of four hours each 34 hours; £1,250.50 and £3,000 are £4,250.50.
    let said = "8.5 sessions are bought for £4,250.50: 34 hours of clinicians.";
    for page in [review.clone(), format!("{review}/plan")] {
        let text = it.page(&it.amara, &page).await;
        assert!(text.contains(said), "{page}: {text}");
    }
    let by_programme = it.page(&it.amara, "/reviews/released").await;
    // 2.5 sessions of four hours are 10 hours, 6 are 24.
    for part in ["Time for clinicians: 34 hours", "Hip pathway", "10 hours", "£1,250.50"] {
        assert!(by_programme.contains(part), "{part}: {by_programme}");
    }
    assert!(by_programme.contains("No programme is named") && by_programme.contains("24 hours"));
    assert!(by_programme.contains("£4,250.50"), "{by_programme}");
    let programme = it.page(&it.amara, "/reviews").await;
    for part in ["Numbers in force", "This trust has decided none of them otherwise", "42 days"] {
        assert!(programme.contains(part), "{part}: {programme}");
    }
}

#[tokio::test]
async fn time_bought_for_a_sit_down_is_in_no_total_of_the_service() {
    let it = begun().await;
    let (review, _) = sit_down(&it).await;
    let fields = [
        ("role", "Consultant"),
        ("sessions", "1"),
        ("cost", "400"),
        ("from", "2026-07-01"),
        ("to", "2026-07-31"),
        ("programme", "Sit-downs"),
    ];
    it.sent(&format!("{review}/add/backfill"), &fields).await;
    let page = it.page(&it.amara, "/reviews/released").await;
    assert!(page.contains("No time is bought for clinicians yet"), "{page}");
    let form = it.page(&it.amara, &format!("{review}/add/backfill")).await;
    assert!(!form.contains("<option value=\"Sit-downs\">"), "{form}");
}
