//! Reviews as people use them: what takes one tap, what comes next and what a meeting asks for.
//! Requests in, pages out.

use axum::http::StatusCode;

use super::tests::{Begun, address, begun, person};
use crate::shell::costed::{self, visible};
use crate::shell::testing::TRUST;

const HIP: &str = "/reviews/HIP";

/// An action of two in the list of actions, agreed elsewhere than in a review.
pub(super) fn of_list<'a>(
    unit: &'a str,
    [one, two]: [&'a str; 2],
    (what, due): (&'a str, &'a str),
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("from", "/ideas/1"),
        ("unit", unit),
        ("what", what),
        ("joint", "yes"),
        ("owner_1", one),
        ("owner_2", two),
        ("owner_1_view", "as-is"),
        ("owner_2_view", "as-is"),
        ("measure", "Stay below 4.4 days"),
        ("quality", "Patients may come back"),
        ("low", "412"),
        ("high", "824"),
        ("size_unit", "bed days a year"),
        ("effort", "medium"),
        ("priority", "medium"),
        ("starts", "2026-05-20"),
        ("due", due),
    ]
}

/// The same of hips; where it is.
async fn listed(it: &Begun, what: &str, due: &str) -> String {
    let both = [it.amara_id.as_str(), it.daniel_id.as_str()];
    it.sent("/actions/new", &of_list("HIP", both, (what, due))).await
}

/// An action as the form of a review asks for it.
fn action<'a>(
    it: &'a Begun,
    (what, priority): (&'a str, &'a str),
    due: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("noted", what),
        ("measure", "Stays over the weekend"),
        ("quality", "Fewer patients lie in bed for nothing"),
        ("clinical", it.amara_id.as_str()),
        ("other", it.daniel_id.as_str()),
        ("clinical_view", "as-is"),
        ("other_view", "as-is"),
        ("low", "1,000"),
        ("high", "2,500"),
        ("size_unit", "pounds a year"),
        ("effort", "high"),
        ("priority", priority),
        ("starts", "2026-06-11"),
        ("due", due),
    ]
}

#[tokio::test]
async fn a_meeting_asks_how_due_actions_of_the_service_stand_wherever_they_were_agreed() {
    let it = begun().await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let due = listed(&it, "Discharge by criteria", "2026-07-20").await;
    listed(&it, "One implant price", "2026-08-20").await;
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("Last time’s actions first: one needs an update"), "{page}");
    let first = page.find("Discharge by criteria").expect("it is asked for");
    assert!(first < page.find("Agenda").expect("an agenda"), "it comes before the agenda");
    assert!(page.contains("From the list of actions") && !page.contains("One implant price"));
    assert!(page.contains(&format!("href=\"{due}\"")), "it leads to the action: {page}");
    let close = format!("{meeting}/close");
    let early = it.refused(&close, &[("then", "meeting")]).await;
    assert!(early.text.contains("1 still wait for one"), "{}", early.text);
    let reference = due.rsplit('/').next().expect("a reference");
    let update = format!("{meeting}/update");
    let unknown = [("action", reference), ("progress", "no_progress:nothing-of-this")];
    assert!(it.refused(&update, &unknown).await.text.contains("Choose how the action stands"));
    // One tap says no progress and why, as the list of actions has it.
    let tap = [("action", reference), ("progress", "no_progress:waiting")];
    assert_eq!(it.sent(&update, &tap).await, meeting);
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("We wait for somebody else"), "{page}");
    let list = it.page(&it.daniel, &due).await;
    assert!(list.contains("We wait for somebody else"), "the list of actions hears it");
    it.sent(&close, &[("then", "meeting")]).await;
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("Discharge by criteria"), "what it looked at stays: {page}");
}

#[tokio::test]
async fn an_action_of_a_review_has_size_work_and_turn_and_the_plan_has_the_first_first() {
    let it = begun().await;
    let review = it.review().await;
    let add = format!("{review}/action");
    let mut wrong = action(&it, ("Weekend visits", "low"), "2026-10-01");
    wrong.retain(|it| !matches!(it.0, "low" | "priority" | "starts"));
    let refused = it.refused(&add, &wrong).await.text;
    for part in ["Enter the low end", "Choose what comes first", "Write the day on which it begins"]
    {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let mut backwards = action(&it, ("Weekend visits", "low"), "2026-06-01");
    backwards.retain(|it| it.0 != "high");
    backwards.push(("high", "10"));
    let refused = it.refused(&add, &backwards).await.text;
    assert!(refused.contains("The low end of the size is above the high end"), "{refused}");
    assert!(refused.contains("The action is due before it begins"), "{refused}");
    it.sent(&add, &action(&it, ("Weekend visits", "low"), "2026-09-01")).await;
    it.sent(&add, &action(&it, ("One implant price", "high"), "2026-10-01")).await;
    let plan = it.page(&it.daniel, &format!("{review}/plan")).await;
    let (first, later) = (plan.find("One implant price"), plan.find("Weekend visits"));
    assert!(first.is_some() && first < later, "the one that has its turn first: {plan}");
    assert!(plan.contains("Turn: first; much work; may bring 1,000 to 2,500 pounds a year"));
    assert!(plan.contains("It worked if: Stays over the weekend."), "{plan}");
    let present = format!("{review}/add/presented");
    let wrong = it.refused(&present, &[("on", "soon"), ("words", "")]).await.text;
    assert!(wrong.contains("Write to whom it was presented"), "{wrong}");
    it.sent(&present, &[("on", "2026-06-10"), ("words", "The team of the ward")]).await;
    for path in [review.clone(), format!("{review}/plan")] {
        let page = it.page(&it.daniel, &path).await;
        assert!(page.contains("Presented on 10 June 2026"), "{path}: {page}");
        assert!(page.contains("To The team of the ward"), "{path}");
    }
}

#[tokio::test]
async fn from_an_action_that_is_done_a_benefit_is_claimed_and_told_among_the_successes() {
    let it = begun().await;
    let review = it.review().await;
    it.sent(&format!("{review}/action"), &action(&it, ("Visits", "high"), "2026-07-01")).await;
    let meeting = it.meeting(&review).await;
    let page = it.page(&it.amara, &meeting).await;
    let of = address(&page, "/actions/");
    assert!(!page.contains("Claim a benefit"), "nothing is done yet");
    let reference = of.rsplit('/').next().expect("a reference").to_owned();
    let done = [("action", reference.as_str()), ("progress", "done")];
    it.sent(&format!("{meeting}/update"), &done).await;
    let page = it.page(&it.amara, &review).await;
    let claim = address(&page, "/benefits/new?action=");
    assert!(it.page(&it.amara, &claim).await.contains("value=\"Visits\""), "it is filled in");
    let fields = [
        ("title", "Fewer falls"),
        ("unit", "HIP"),
        ("kind", "quality"),
        ("basis", "devices"),
        ("cash", "no"),
        ("recurrent", "yes"),
        ("from", "2026-07-01"),
        ("to", "2027-06-30"),
        ("claimed", "184"),
        ("owner", it.amara_id.as_str()),
        ("action", reference.as_str()),
    ];
    it.sent("/benefits/new", &fields).await;
    let page = visible(&it.page(&it.amara, &review).await);
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("as claimed and as verified") && page.contains("Fewer falls"), "{page}");
    assert!(page.contains("184 devices 0 devices"), "claimed, and nothing verified: {page}");
    let plan = it.page(&it.daniel, &format!("{review}/plan")).await;
    assert!(plan.contains("Fewer falls"), "{plan}");
}

#[tokio::test]
async fn one_tap_says_that_something_is_at_hand_and_words_may_say_where() {
    let it = begun().await;
    let review = it.review().await;
    let page = it.page(&it.amara, &review).await;
    let taps = super::tests::addresses(&page, "/have/");
    assert!(taps.len() > 4, "each thing that is asked for has its button: {page}");
    assert_eq!(it.sent(&taps[0], &[("seen", "1")]).await, review);
    assert_eq!(it.sent(&taps[1], &[("seen", "1"), ("words", "In the folder")]).await, review);
    let named = it.refused(&taps[2], &[("seen", "1"), ("words", "Of 943 476 5919")]).await;
    assert!(named.text.contains("Take out the NHS number"), "{}", named.text);
    let page = it.page(&it.amara, &review).await;
    assert_eq!(page.matches("At hand</strong>").count(), 2, "{page}");
    assert!(page.contains("In the folder"));
    assert!(page.contains("Said to be at hand: no frozen figures are attached."), "{page}");
    assert!(!page.contains("See what is attached"), "{page}");
    assert_eq!(super::tests::addresses(&page, "/have/").len(), taps.len() - 2);
    let again = it.refused(&taps[0], &[("seen", "2")]).await;
    assert_eq!(again.status, 422, "it is at hand already");
    let (board, _) = person(&it.site, ("Owen", "management"), ("BOARD_MEMBER", TRUST)).await;
    assert!(!it.page(&board, &review).await.contains("/have/"), "who reads taps nothing");
    assert_eq!(it.site.post(&board, &taps[2], &[("seen", "1")]).await.status, 404);
}

/// Registers hips with Amara, Daniel and a service manager in their posts.
async fn registered(it: &Begun, manager: &str) {
    let fields = [
        ("conditions", "Hips"),
        ("cadence", "quarter"),
        ("begins_on", "2026-05-11"),
        ("is_pilot", "no"),
        ("post_1", it.amara_id.as_str()),
        ("post_2", it.daniel_id.as_str()),
        ("post_4", manager),
        ("seen", "0.0.0.0.0"),
    ];
    it.sent(&format!("{HIP}/register"), &fields).await;
}

#[tokio::test]
async fn the_usual_people_are_asked_with_one_button_and_come_with_one_tap() {
    let it = begun().await;
    let (_, grace) = person(&it.site, ("Grace", "management"), ("SERVICE_MANAGER", "HIP")).await;
    let (_, ada) = person(&it.site, ("Ada", "informatics"), ("ADMINISTRATOR", TRUST)).await;
    registered(&it, &grace).await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("Usually there: Amara, Daniel and Grace."), "{page}");
    it.sent(&format!("{meeting}/usual"), &[]).await;
    it.sent(&format!("{meeting}/usual"), &[]).await;
    let page = it.page(&it.amara, &meeting).await;
    assert_eq!(page.matches("Asked</strong>").count(), 3, "each once: {page}");
    assert!(page.contains("Business or financial analyst") && page.contains("Service manager"));
    assert!(!page.contains("Usually there") && page.contains("0 of 3 people are here"));
    for tap in super::tests::addresses(&page, "/have/") {
        it.sent(&tap, &[("seen", "1")]).await;
    }
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("so this meeting can decide"), "{page}");
    // Who reads no reviews is offered nowhere, and taken nowhere.
    let id = meeting.rsplit('/').next().expect("a reference");
    for path in [
        format!("{review}/add/participant?meeting={id}"),
        format!("{review}/action"),
        format!("{review}/arrange"),
    ] {
        let page = it.page(&it.amara, &path).await;
        assert!(page.contains(&it.daniel_id) && !page.contains(&ada), "{path}: {page}");
    }
    let who = [("meeting", id), ("person", ada.as_str()), ("role", "nurse"), ("coming", "yes")];
    let refused = it.refused(&format!("{review}/add/participant"), &who).await;
    assert!(refused.text.contains("Choose one of those that stand there"));
}

/// The third post of the register is the lead for coding.
#[tokio::test]
async fn a_lead_for_coding_from_informatics_is_asked_and_whoever_cannot_be_is_told_by_name() {
    let it = begun().await;
    let (leah_in, leah) =
        person(&it.site, ("Leah", "informatics"), ("CODING_INFORMATICS", TRUST)).await;
    let (_, ada) = person(&it.site, ("Ada", "informatics"), ("ADMINISTRATOR", TRUST)).await;
    let fields = [
        ("conditions", "Hips"),
        ("cadence", "quarter"),
        ("begins_on", "2026-05-11"),
        ("is_pilot", "no"),
        ("post_1", it.amara_id.as_str()),
        ("post_2", it.daniel_id.as_str()),
        ("post_3", leah.as_str()),
        ("post_4", ada.as_str()),
        ("seen", "0.0.0.0.0"),
    ];
    it.sent(&format!("{HIP}/register"), &fields).await;
    let review = it.review().await;
    let slots = it.page(&it.amara, &format!("{review}/slots")).await;
    assert!(slots.contains(&format!("<option value=\"{leah}\" selected")), "{slots}");
    assert!(slots.contains("Ada cannot be asked: no role of theirs reads the reviews"), "{slots}");
    let meeting = it.meeting(&review).await;
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("Usually there: Amara, Daniel and Leah."), "{page}");
    let told = "Ada cannot be asked: no role of theirs reads the reviews of this service.";
    assert!(page.contains(told), "{page}");
    it.sent(&format!("{meeting}/usual"), &[]).await;
    let page = it.page(&it.amara, &meeting).await;
    assert_eq!(page.matches("Asked</strong>").count(), 3, "{page}");
    assert!(page.contains("Leah") && page.contains(told), "it stays told: {page}");
    // She reads the meeting to which she is asked, and changes nothing of it.
    let hers = it.page(&leah_in, &meeting).await;
    assert!(hers.contains("Leah") && !hers.contains("/usual") && !hers.contains("cannot be asked"));
    assert_eq!(it.site.post(&leah_in, &format!("{meeting}/usual"), &[]).await.status, 404);
    // And she can be put on a list by hand.
    let id = meeting.rsplit('/').next().expect("a reference");
    let add = it.page(&it.amara, &format!("{review}/add/participant?meeting={id}")).await;
    assert!(add.contains(&leah) && !add.contains(&ada), "{add}");
}

#[tokio::test]
async fn whoever_was_there_last_or_holds_a_post_is_asked_again_and_whoever_stood_in_is_not() {
    let it = begun().await;
    let (_, grace) = person(&it.site, ("Grace", "management"), ("SERVICE_MANAGER", "HIP")).await;
    let (_, tomos) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    let (_, bridget) = person(&it.site, ("Bridget", "nursing"), ("WARD_MANAGER", "HIP")).await;
    registered(&it, &grace).await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let id = meeting.rsplit('/').next().expect("a reference");
    for (who, role, [coming, deputy_for]) in [
        (&it.amara_id, "consultant", ["yes", ""]),
        (&tomos, "consultant", ["yes", ""]),
        (&bridget, "nurse", ["deputy", grace.as_str()]),
    ] {
        let one = [
            ("meeting", id),
            ("person", who.as_str()),
            ("role", role),
            ("coming", coming),
            ("deputy_for", deputy_for),
        ];
        it.sent(&format!("{review}/add/participant"), &one).await;
    }
    let page = it.page(&it.amara, &format!("{review}/slots")).await;
    let chosen = |who: &str| page.matches(&format!("<option value=\"{who}\" selected")).count();
    for who in [&it.amara_id, &it.daniel_id, &grace, &tomos] {
        assert_eq!(chosen(who), 1, "{who} once: {page}");
    }
    assert_eq!(chosen(&bridget), 0, "she stood in: {page}");
    it.sent(&format!("{meeting}/close"), &[("then", "meeting")]).await;
    let next = it.meeting(&review).await;
    let page = it.page(&it.amara, &next).await;
    let usual = page.split("Usually there: ").nth(1).and_then(|it| it.split('.').next());
    let usual = usual.expect("the usual people").replace(" and ", ", ");
    let mut usual: Vec<&str> = usual.split(", ").collect();
    usual.sort_unstable();
    assert_eq!(usual, ["Amara", "Daniel", "Grace", "Tomos"], "each once");
}

#[tokio::test]
async fn two_who_ask_the_usual_people_at_once_put_each_on_the_list_once() {
    let it = begun().await;
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
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let ask = format!("{meeting}/usual");
    let (one, other) =
        tokio::join!(it.site.post(&it.amara, &ask, &[]), it.site.post(&it.daniel, &ask, &[]));
    assert_eq!((one.status, other.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    let page = it.page(&it.amara, &meeting).await;
    assert_eq!(page.matches("Asked</strong>").count(), 2, "each once: {page}");
    let id = meeting.rsplit('/').next().expect("a reference");
    let again = [
        ("meeting", id),
        ("person", it.amara_id.as_str()),
        ("role", "consultant"),
        ("coming", "yes"),
        ("deputy_for", ""),
    ];
    let again = it.refused(&format!("{review}/add/participant"), &again).await;
    let say = "There is already this person on the list of the meeting";
    assert!(again.text.contains(say), "{}", again.text);
}

#[tokio::test]
async fn the_page_of_a_review_always_tells_the_next_step() {
    let it = begun().await;
    let review = it.review().await;
    let says = async |said: &str, leads: &str| {
        let page = it.page(&it.amara, &review).await;
        assert!(page.contains(said), "{said}: {page}");
        assert!(page.contains(&format!("href=\"{leads}\"")), "{leads}: {page}");
    };
    says("Next: freeze the latest published figures", "#figures").await;
    let stage = address(&it.page(&it.amara, &review).await, "/items/");
    let fields = |name, place| {
        let because = "No costing run is published yet";
        [
            ("name", name),
            ("place", place),
            ("state", "skipped"),
            ("because", because),
            ("seen", "1"),
        ]
    };
    let page = it.page(&it.amara, &review).await;
    let at = page.find(">Diagnose</h2>").expect("the second stage");
    let diagnose = address(&page[at..], "/items/");
    it.sent(&diagnose, &fields("Diagnose", "2")).await;
    let arrange = format!("{review}/arrange");
    says("Next: arrange the meeting; clinicians need 42 days of notice.", &arrange).await;
    let meeting = it.meeting(&review).await;
    let list = format!("{meeting}#here");
    says("Next: put people on the list of the meeting on 23 July 2026.", &list).await;
    it.sent(&format!("{meeting}/usual"), &[]).await;
    says("still asked for; say what is at hand, or go on without it.", "#have-prepare").await;
    it.sent(&stage, &fields("Prepare", "1")).await;
    let page = it.page(&it.amara, &review).await;
    let at = page.find(">Design</h2>").expect("the third stage");
    it.sent(&address(&page[at..], "/items/"), &fields("Design", "3")).await;
    says("Next: hold the meeting on 23 July 2026.", &meeting).await;
    let (board, _) = person(&it.site, ("Owen", "management"), ("BOARD_MEMBER", TRUST)).await;
    let page = it.page(&board, &review).await;
    assert!(page.contains("Next: hold the meeting on 23 July 2026."), "who reads sees it too");
    let id = meeting.rsplit('/').next().expect("a reference");
    let minutes = [("meeting", id), ("words", "Begun at eight")];
    it.sent(&format!("{review}/add/minutes"), &minutes).await;
    says("Next: close the meeting on 23 July 2026.", &meeting).await;
    it.sent(&format!("{meeting}/close"), &[("then", "review")]).await;
    assert!(!it.page(&it.amara, &review).await.contains("Next: "), "it is finished");
}

/// On the costed trust: the lines that can be changed come with the frozen figures and add up to what
/// the service decides, with notes; and the review leads to the pack and the service line behind them.
#[tokio::test]
async fn cost_lines_are_frozen_with_notes_and_the_pack_and_the_service_line_are_at_hand() {
    let site = costed::site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let fields = [("title", "Hip review"), ("theme", "whole"), ("due", "2026-07-23")];
    let review = site.post(&amara, "/reviews/TORT/open", &fields).await.location;
    assert!(!site.get(&amara, &review).await.text.contains("/services/TORT"), "nothing is frozen");
    let frozen = site.post(&amara, &format!("{review}/figures"), &[("seen", "0")]).await;
    assert_eq!(frozen.status, StatusCode::SEE_OTHER, "{}", frozen.text);
    let page = site.get(&amara, &review).await.text;
    assert!(page.contains("line by line, the largest first"), "{page}");
    assert!(page.contains("Figures to 31 March 2026, run "), "{page}");
    assert!(page.contains(&format!("href=\"{review}#figures\">See what is attached")), "{page}");
    // The pack is as it would be now; the pages behind the figures are of the run that is frozen.
    let run = &costed::trust().run;
    let pages = ["", "/goods"].map(|it| format!("/services/TORT{it}?run={run}"));
    for link in std::iter::once("/services/TORT/pack").chain(pages.iter().map(String::as_str)) {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
        assert_eq!(site.get(&amara, link).await.status, StatusCode::OK, "{link}");
    }
    let note = address(&page, "/add/line_note?line=");
    let form = site.get(&amara, &note).await.text;
    assert!(form.contains("What would be unsafe to cut"), "{form}");
    let line = form.split("id=\"line\"").nth(1).and_then(|it| it.split("value=\"").nth(1));
    let line = line.and_then(|it| it.split('"').next()).expect("the line is filled in").to_owned();
    let add = format!("{review}/add/line_note");
    let words = [("line", line.as_str()), ("words", "Two nurses a night are the least")];
    let kept = site.post(&amara, &add, &words).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = site.get(&amara, &review).await.text;
    assert!(page.contains("Two nurses a night") && page.contains("Change the note"), "{page}");
    let kept = site.post(&amara, "/services/TORT/pack", &[("meeting_on", "")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = site.get(&amara, &review).await.text;
    assert!(page.contains("The pack as it was kept") && page.contains("/services/TORT/packs/"));
    // It answers two things of the checklist by itself: activity, and what is known to be wrong.
    assert_eq!(page.matches("Pack to 31 March 2026, kept on 1 June 2026").count(), 2, "{page}");
    let board = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&board, &review).await.text;
    for hidden in ["Two nurses a night", "line by line", "/services/TORT"] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
}
