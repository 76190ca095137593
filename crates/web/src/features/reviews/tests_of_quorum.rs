//! What a meeting decides without a quorum, what a decision rests on, who is senior, and what those on
//! the list bring to a meeting. Requests in, pages out.

use axum::http::StatusCode;

use super::tests::{Begun, address, begun, begun_on, person};
use crate::shell::testing::site_on_postgres;

/// Puts somebody who is there on the list of a meeting.
async fn here(it: &Begun, (review, meeting): (&str, &str), (who, role): (&str, &str)) {
    let id = meeting.rsplit('/').next().expect("a reference");
    let fields =
        [("meeting", id), ("person", who), ("role", role), ("coming", "yes"), ("deputy_for", "")];
    it.sent(&format!("{review}/add/participant"), &fields).await;
}

/// A decision as the form asks for it.
fn decision<'a>(
    meeting: &'a str,
    (rests_on, evidence): (&'a str, &'a str),
    (touches_safety, senior): (&'a str, &'a str),
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("meeting", meeting.rsplit('/').next().expect("a reference")),
        ("words", "One ward less"),
        ("rests_on", rests_on),
        ("evidence", evidence),
        ("touches_safety", touches_safety),
        ("senior", senior),
    ]
}

/// What a hidden field of a page holds, first of its name behind a place.
fn field(page: &str, behind: &str, name: &str) -> String {
    let at = page.find(behind).unwrap_or_else(|| panic!("no {behind} in {page}"));
    let named = format!("name=\"{name}\" value=\"");
    let value = page[at..].split(&named).nth(1).and_then(|it| it.split('"').next());
    value.unwrap_or_else(|| panic!("no {name} in {page}")).to_owned()
}

async fn confirmed(it: Begun) {
    let review = it.review().await;
    let first = it.meeting(&review).await;
    let amara = (it.amara_id.as_str(), "clinical_service_lead");
    here(&it, (&review, &first), amara).await;
    let decide = format!("{review}/add/decision");
    it.sent(&decide, &decision(&first, ("", "Bed use"), ("no", ""))).await;
    let waits = "1 decision is to be confirmed by the next meeting at which 3 people";
    let page = it.page(&it.amara, &first).await;
    assert!(page.contains("To be confirmed") && page.contains(waits), "{page}");
    it.sent(&format!("{first}/close"), &[("then", "meeting")]).await;
    for path in [first.clone(), format!("{review}/plan")] {
        let page = it.page(&it.amara, &path).await;
        assert!(page.contains("To be confirmed") && page.contains("One ward less"), "{path}");
    }
    // The next meeting has it on its agenda, and confirms it once it can decide.
    let second = it.meeting(&review).await;
    let page = it.page(&it.amara, &second).await;
    assert!(page.contains("Decisions to confirm") && page.contains("Say who is here first"));
    assert!(!page.contains("/confirm\""), "no tap before it can decide: {page}");
    let item = it.page(&it.amara, &first).await;
    let item = address(&item[item.find("One ward less").expect("it is there")..], "/items/");
    let item = item.rsplit('/').next().expect("a reference").to_owned();
    let confirm = format!("{second}/confirm");
    let tap = [("item", item.as_str()), ("seen", "1")];
    here(&it, (&review, &second), amara).await;
    here(&it, (&review, &second), (&it.daniel_id, "analyst")).await;
    let early = it.refused(&confirm, &tap).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text.contains("2 of 3 people are here"), "{}", early.text);
    let (tomos, tomos_id) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    here(&it, (&review, &second), (&tomos_id, "consultant")).await;
    let page = it.page(&it.amara, &second).await;
    assert_eq!(field(&page, "id=\"confirm\"", "item"), item);
    assert_eq!(field(&page, "id=\"confirm\"", "seen"), "1");
    assert_eq!(it.site.post(&tomos, &confirm, &tap).await.status, 404, "he does not run it");
    // The meeting that took a decision does not confirm it.
    let own = it.refused(&format!("{first}/confirm"), &tap).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND);
    it.sent(&confirm, &tap).await;
    let again = it.refused(&confirm, &tap).await;
    assert!(again.text.contains("Somebody has confirmed this decision meanwhile"));
    for path in [&first, &second] {
        let page = it.page(&it.amara, path).await;
        assert!(page.contains("Confirmed in a later meeting, as Amara noted"), "{path}: {page}");
        assert!(!page.contains("To be confirmed"), "{path}: {page}");
    }
    assert!(!it.page(&it.amara, &format!("{review}/plan")).await.contains("One ward less"));
    // What this meeting decides stands at once.
    it.sent(&decide, &decision(&second, ("", "Bed use"), ("no", ""))).await;
    let page = it.page(&it.amara, &second).await;
    assert!(!page.contains("To be confirmed"), "{page}");
}

#[tokio::test]
async fn a_decision_without_quorum_is_confirmed_by_the_next_meeting_that_can_decide() {
    confirmed(begun().await).await;
}

#[tokio::test]
async fn a_decision_without_quorum_is_confirmed_on_postgres_too() {
    confirmed(begun_on(site_on_postgres().await).await).await;
}

#[tokio::test]
async fn a_decision_is_not_confirmed_by_another_review_of_the_service() {
    let it = begun().await;
    let review = it.review().await;
    let first = it.meeting(&review).await;
    it.sent(&format!("{review}/add/decision"), &decision(&first, ("", "Bed use"), ("no", "")))
        .await;
    let next = it.sent(&format!("{first}/close"), &[("then", "review")]).await;
    let other = it.review().await;
    for (review, shown) in [(&next, true), (&other, false)] {
        let meeting = it.meeting(review).await;
        let page = it.page(&it.amara, &meeting).await;
        assert_eq!(page.contains("Decisions to confirm"), shown, "{page}");
    }
}

#[tokio::test]
async fn who_is_named_where_safety_is_touched_is_senior() {
    let it = begun().await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let (_, tomos) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    let decide = format!("{review}/add/decision");
    let page = it.page(&it.amara, &format!("{decide}?meeting={}", last(&meeting))).await;
    assert!(page.contains("Tomos, tester (not recorded as senior)"), "{page}");
    let junior = decision(&meeting, ("", "Bed use"), ("yes", &tomos));
    let refused = it.refused(&decide, &junior).await.text;
    assert!(refused.contains("Tomos is not recorded as a senior clinician"), "{refused}");
    assert!(refused.contains("One ward less"), "nothing that was typed is lost");
    // Where safety is not touched, anybody may be named; and a post makes senior.
    it.sent(&decide, &decision(&meeting, ("", "Bed use"), ("no", &tomos))).await;
    let posts = [
        ("conditions", "Hips"),
        ("resources", ""),
        ("cadence", "quarter"),
        ("begins_on", "2026-05-11"),
        ("is_pilot", "yes"),
        ("post_1", tomos.as_str()),
        ("seen", "0.0.0.0.0"),
    ];
    it.sent("/reviews/HIP/register", &posts).await;
    it.sent(&decide, &junior).await;
}

/// The reference at the end of an address.
fn last(address: &str) -> &str {
    address.rsplit('/').next().expect("a reference")
}

#[tokio::test]
async fn a_decision_rests_on_what_the_review_holds() {
    let it = begun().await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let decide = format!("{review}/add/decision");
    let page = it.page(&it.amara, &format!("{decide}?meeting={}", last(&meeting))).await;
    let measure = page.split("<option value=\"").find(|it| it.contains(">Measure: "));
    let measure = measure.and_then(|it| it.split('"').next()).expect("a measure is held");
    let none = it.refused(&decide, &decision(&meeting, ("", ""), ("no", ""))).await.text;
    assert!(none.contains("Write what it rested on, or choose it"), "{none}");
    let other = decision(&meeting, ("item-0", ""), ("no", ""));
    let other = it.refused(&decide, &other).await.text;
    assert!(other.contains("Choose one of those that stand there"), "{other}");
    it.sent(&decide, &decision(&meeting, (measure, ""), ("no", ""))).await;
    let page = it.site.get(&it.amara, &meeting).await.text;
    let link = format!("Rested on: <a href=\"{review}#found\">Measure: ");
    assert!(page.contains(&link), "{page}");
    let page = it.site.get(&it.amara, &review).await.text;
    assert!(page.contains("id=\"found\""), "the link leads somewhere");
}

#[tokio::test]
async fn those_on_the_list_bring_things_to_a_meeting_and_nobody_else_does() {
    let it = begun().await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let (tomos, tomos_id) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    let (rhys, _) = person(&it.site, ("Rhys", "nursing"), ("WARD_MANAGER", "HIP")).await;
    here(&it, (&review, &meeting), (&tomos_id, "consultant")).await;
    let id = last(&meeting);
    let said = [
        ("challenge", "words", "Is it our ward?"),
        ("agenda", "subject", "Weekend physiotherapy"),
        ("note", "words", "Beds are full at noon"),
    ];
    for (kind, name, words) in said {
        let path = format!("{review}/add/{kind}");
        let form = format!("{path}?meeting={id}");
        let fields = [("meeting", id), (name, words), ("answer", "None"), ("side", "finance")];
        assert_eq!(it.site.get(&rhys, &form).await.status, 404, "{kind}");
        assert_eq!(it.site.post(&rhys, &path, &fields).await.status, 404, "{kind}");
        let page = it.page(&tomos, &form).await;
        assert!(!page.contains("name=\"answer\""), "only what he brings is asked: {page}");
        let blank = it.site.post(&tomos, &path, &[("meeting", id), (name, "")]).await;
        assert!(blank.text.contains("There is a problem"), "{}", blank.text);
        let sent = it.site.post(&tomos, &path, &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{kind}: {}", sent.text);
    }
    let page = it.page(&tomos, &meeting).await;
    for (_, _, words) in said {
        assert!(page.contains(words), "{words}: {page}");
    }
    // What was sent beside was not his to say.
    assert!(page.contains("1 raised by clinicians, 0 by finance, 0 by others; 0 of 1 answered."));
    assert!(page.contains("Tomos: "), "a note has a name: {page}");
    // He brings things, and does not run the review.
    for kind in ["decision", "minutes", "participant", "priority"] {
        let path = format!("{review}/add/{kind}");
        assert_eq!(it.site.post(&tomos, &path, &[("meeting", id)]).await.status, 404, "{kind}");
    }
    assert!(!it.page(&rhys, &meeting).await.contains("/add/challenge"));
    assert!(page.contains("/add/challenge"), "he finds where: {page}");
    it.sent(&format!("{meeting}/close"), &[("then", "meeting")]).await;
    let late = [("meeting", id), ("words", "Too late")];
    let late = it.site.post(&tomos, &format!("{review}/add/note"), &late).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("This meeting is closed"), "{}", late.text);
}
