//! The two sides of a root cause analysis: requests in, pages out.

use super::tests::{Begun, address, addresses, begun};
use crate::shell::costed::visible;

const HIP: &str = "/reviews/HIP";

/// A review of poor flow, with all that is asked for at hand.
async fn flow(it: &Begun) -> String {
    let fields = [("title", "Flow of hips"), ("theme", "flow"), ("due", "2026-07-23")];
    let review = it.sent(&format!("{HIP}/open"), &fields).await;
    let page = it.page(&it.amara, &review).await;
    for tap in addresses(&page, "/have/") {
        it.sent(&tap, &[("seen", "1")]).await;
    }
    review
}

/// The first thing behind some words of a page that may be written anew.
fn edit_of(page: &str, words: &str) -> String {
    let at = page.find(words).unwrap_or_else(|| panic!("no {words} in {page}"));
    address(&page[at..], "/items/")
}

const FIGURES: &str = "Finance: where do the figures say that beds and time are lost?";
const WARD: &str = "Clinicians: what happens there, seen from the ward?";

#[tokio::test]
async fn a_cause_is_not_behind_us_until_both_sides_were_heard_and_it_is_kept_who_spoke() {
    let it = begun().await;
    let review = flow(&it).await;
    let page = it.page(&it.amara, &review).await;
    let diagnosed = addresses(&page, "/done/").remove(1);
    let refused = visible(&it.refused(&diagnosed, &[("seen", "1")]).await.text);
    assert!(refused.contains("Nobody has answered this for their side"), "{refused}");
    assert!(refused.contains(FIGURES) && refused.contains(WARD), "{refused}");
    let asked = |asks, answer, answers, seen| {
        [("asks", asks), ("answer", answer), ("answers", answers), ("seen", seen)]
    };
    let figures = edit_of(&page, FIGURES);
    let nobody = it.refused(&figures, &asked(FIGURES, "Between two and six", "", "1")).await.text;
    assert!(nobody.contains("Choose who answers it for their side"), "{nobody}");
    assert!(nobody.contains("Between two and six"), "what was typed stays");
    let amara = it.amara_id.as_str();
    let other = it.refused(&figures, &asked(FIGURES, "At noon", amara, "1")).await.text;
    assert!(other.contains("Choose one of those that stand there"), "no clinician: {other}");
    it.sent(&figures, &asked(FIGURES, "Between two and six", it.daniel_id.as_str(), "1")).await;
    let refused = visible(&it.refused(&diagnosed, &[("seen", "1")]).await.text);
    assert!(refused.contains(WARD) && !refused.contains(FIGURES), "{refused}");
    it.sent(&edit_of(&page, WARD), &asked(WARD, "Nobody may sign", amara, "1")).await;
    let page = it.page(&it.daniel, &review).await;
    assert!(page.contains("Between two and six. Answered for finance by Daniel."), "{page}");
    assert!(page.contains("Nobody may sign. Answered for clinicians by Amara."), "{page}");
    // What both are asked together waits for nobody.
    assert_eq!(it.sent(&diagnosed, &[("seen", "1")]).await, review);
}

#[tokio::test]
async fn a_side_may_stay_unheard_for_a_reason_that_stays_on_record() {
    let it = begun().await;
    let review = flow(&it).await;
    let page = it.page(&it.amara, &review).await;
    let stage = edit_of(&page, "id=\"stage-2\"");
    let fields = |because| {
        [
            ("name", "Diagnose"),
            ("place", "2"),
            ("state", "done"),
            ("because", because),
            ("seen", "1"),
        ]
    };
    let silent = it.refused(&stage, &fields("")).await.text;
    assert!(silent.contains("Say why the stage is behind us though nobody"), "{silent}");
    let why = "The ward closed before anybody could be asked";
    it.sent(&stage, &fields(why)).await;
    let page = it.page(&it.amara, &review).await;
    assert!(page.contains(why) && page.contains("Behind us"), "{page}");
}

#[tokio::test]
async fn a_stage_is_not_closed_on_its_own_page_while_something_is_still_to_be_brought() {
    let it = begun().await;
    let review = it.review().await;
    let page = it.page(&it.amara, &review).await;
    let stage = edit_of(&page, "id=\"stage-1\"");
    let fields =
        [("name", "Prepare"), ("place", "1"), ("state", "done"), ("because", ""), ("seen", "1")];
    let refused = it.refused(&stage, &fields).await.text;
    assert!(refused.contains("Still to be brought, or waived with a reason"), "{refused}");
}
