//! Questions about measures, data, reviews, benefits, business cases and patient groups, and by people
//! who see no costs, on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use store::PersonId;

use super::tests::{ask_at, person, sent};
use crate::shell::costed::{SignedIn, Site, site, site_on_postgres};
use crate::shell::testing::hidden;

/// What a director asks, and what finance answers: each holds a cost.
const WORDS: &str = "Why does it cost £4,321 more?";
const ANSWER: &str = "Agency nurses cost £1,234 of it";

/// A site where falls are measured of two service lines, and somebody of clinical coding.
async fn measured(site: &Site) -> SignedIn {
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let falls = [
        ("code", "FALLS"),
        ("name", "Falls with harm"),
        ("definition", "Falls that did harm"),
        ("subject", "harm"),
        ("unit_of_measure", "falls per 1000 bed days"),
        ("form", "rate"),
        ("good", "down"),
        ("of_patients", "yes"),
        ("source", "Incident reports"),
        ("keeper", "Patient safety team"),
    ];
    let added = site.post(&leah, "/measures/new", &falls).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let csv = "measure,unit,month,value,of,source
FALLS,TORT,2025-06,5,1000,Reports
FALLS,TORT,2026-04,5,1000,Reports
FALLS,STRO,2026-04,6,1000,Reports
";
    let seen = site.post(&leah, "/measures/import", &[("csv", csv)]).await;
    let digest = hidden(&seen.text, "digest");
    let fields = [("csv", csv), ("digest", &digest), ("name", "a"), ("because", "Late")];
    let done = site.post(&leah, "/measures/import/accept", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    leah
}

/// Follows the link of a page to the form, which says what it is about, and asks; gives the address
/// of the question.
async fn asked(
    site: &Site,
    (who, owner): (&SignedIn, &PersonId),
    (page, about): (&str, &str),
    (figure, words): (&str, &str),
) -> String {
    let shown = site.get(who, page).await;
    assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.text);
    let link = ask_at(page).replace('&', "&#38;");
    assert!(shown.text.contains(&format!("href=\"{link}\"")), "{page}: {}", shown.text);
    let form = site.get(who, &ask_at(page)).await;
    assert_eq!(form.status, StatusCode::OK, "{page}: {}", form.text);
    assert!(form.text.contains(about), "{about}: {}", form.text);
    let done = sent(site, who, (page, figure, words), owner).await;
    assert!(done.location.starts_with("/questions/"), "{page}: {}", done.text);
    let shown = site.get(who, &done.location).await.text;
    assert!(shown.contains(about), "{about}: {shown}");
    let stands = format!("href=\"{page}#{figure}\"");
    assert!(shown.contains(&stands), "it leads back: {shown}");
    let list = site.get(who, "/questions?list=asked").await.text;
    assert!(list.contains(&stands) && list.contains(about), "{list}");
    assert!(site.get(who, page).await.text.contains("1\u{a0}question was asked"), "{page}");
    done.location
}

async fn answered(site: &Site, who: &SignedIn, question: &str) {
    let done = site.post(who, &format!("{question}/answer"), &[("words", ANSWER)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

/// Neither the form, nor what was asked, nor any step is there for somebody.
async fn refused(site: &Site, (role, owner): (&str, &PersonId), (page, question): (&str, &str)) {
    let who = site.sign_in(role).await;
    assert_eq!(site.get(&who, &ask_at(page)).await.status, 404, "{role} {page}");
    let done = sent(site, &who, (page, "page", "Why?"), owner).await;
    assert_eq!(done.status, 404, "{role} {page}");
    unread(site, &who, question).await;
}

/// A question is not there for somebody, neither by itself nor on a list.
async fn unread(site: &Site, who: &SignedIn, question: &str) {
    assert_eq!(site.get(who, question).await.status, 404, "{question}");
    for (act, fields) in [("answer", ("words", "So")), ("close", ("seen", "0"))] {
        let done = site.post(who, &format!("{question}/{act}"), &[fields]).await;
        assert_eq!(done.status, 404, "{act}");
    }
    for path in ["/questions?list=all", "/questions?list=all&unit=TORT"] {
        let list = site.get(who, path).await.text;
        assert!(!list.contains(question) && !list.contains(WORDS), "{list}");
    }
}

#[tokio::test]
async fn clinical_coding_asks_about_a_measure_and_reads_its_own_alone() {
    of_measures(site().await).await;
}

#[tokio::test]
async fn clinical_coding_asks_about_a_measure_on_postgres_too() {
    of_measures(site_on_postgres().await).await;
}

async fn of_measures(site: Site) {
    let leah = measured(&site).await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let partner = person(&site, "daniel.osei").await;
    let (page, about) = ("/measures/FALLS?unit=TORT", "Measure: Falls with harm");
    let question = asked(&site, (&leah, &partner), (page, about), ("months", "Why so many?")).await;
    let shown = site.get(&daniel, &question).await.text;
    let warning = "Leah Novak, who asks, does not see what this unit costs. Write no cost of it.";
    assert!(shown.contains(warning) && !shown.contains("run of which"), "{shown}");
    assert!(site.get(&daniel, "/questions").await.text.contains("1 question waits"));
    answered(&site, &daniel, &question).await;
    // Who asked is told, and reads what was written to them.
    let first = site.get(&leah, "/").await.text;
    assert!(first.contains("1 of your questions is answered"), "{first}");
    assert!(site.get(&leah, &question).await.text.contains(ANSWER));
    let closed = site.post(&leah, &format!("{question}/close"), &[("seen", "1")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    let kept = site.audit("question.").await;
    assert_eq!(kept.len(), 3, "asked, answered, closed");
    // What others ask may hold costs: whoever sees none does not read it, though they see the measure.
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let other = sent(&site, &amara, (page, "page", WORDS), &partner).await.location;
    answered(&site, &daniel, &other).await;
    unread(&site, &leah, &other).await;
    let beside = site.get(&leah, page).await.text;
    assert!(!beside.contains(WORDS) && beside.contains("1\u{a0}question was asked by you"));
    let ines = site.sign_in("AUDITOR").await;
    assert!(site.get(&ines, &other).await.text.contains(ANSWER), "who sees both reads it");
    // No page of costs, no unit without values, and no unit out of reach.
    for path in ["/services/TORT", "/services/TORT?pod=EL", "/measures/FALLS?unit=SURG"] {
        assert_eq!(site.get(&leah, &ask_at(path)).await.status, 404, "{path}");
    }
    let elsewhere = "/measures/FALLS?unit=STRO";
    for role in ["FINANCE_BUSINESS_PARTNER", "SERVICE_MANAGER", "PRIVACY_OFFICER"] {
        let who = site.sign_in(role).await;
        assert_eq!(site.get(&who, &ask_at(elsewhere)).await.status, 404, "{role}");
        let done = sent(&site, &who, (elsewhere, "page", "Why?"), &partner).await;
        assert_eq!(done.status, 404, "{role}");
    }
}

#[tokio::test]
async fn clinical_coding_asks_about_data_and_a_review_and_sees_no_cost_of_them() {
    let site = site().await;
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let partner = person(&site, "daniel.osei").await;
    let (page, about) = ("/services/TORT/data", "What is known of the data: Reviews of coding");
    let form = (page, "What is known of the data");
    let question = asked(&site, (&leah, &partner), form, ("coding", "Which records?")).await;
    assert!(site.get(&daniel, &question).await.text.contains(about));
    refused(&site, ("BOARD_MEMBER", &partner), (page, &question)).await;

    let fields = [("title", "Hip review"), ("theme", "whole"), ("due", "2026-07-23")];
    let review = site.post(&amara, "/reviews/TORT/open", &fields).await.location;
    site.post(&amara, &format!("{review}/figures"), &[("seen", "0")]).await;
    let theirs = sent(&site, &amara, (&review, "figures", WORDS), &partner).await.location;
    answered(&site, &daniel, &theirs).await;
    let of = (review.as_str(), "Review");
    let question = asked(&site, (&leah, &partner), of, ("found", "Is it coded so?")).await;
    let form = site.get(&leah, &ask_at(&review)).await.text;
    assert!(form.contains("The review as a whole"), "{form}");
    assert!(!form.contains("What the service cost and earned") && !form.contains('£'), "{form}");
    let hidden = sent(&site, &leah, (&review, "figures", "Why?"), &partner).await;
    assert!(hidden.text.contains("Choose which figure you ask about"), "{}", hidden.text);
    unread(&site, &leah, &theirs).await;
    answered(&site, &daniel, &question).await;
    assert!(site.get(&leah, &question).await.text.contains(ANSWER), "it was written to them");
    let shown = site.get(&leah, &review).await.text;
    assert!(!shown.contains(ANSWER) && !shown.contains(WORDS), "{shown}");
}

/// Claims £18,128 that a journal shows.
async fn claimed(site: &Site, who: &SignedIn) -> String {
    let owner = person(site, "grace.whitfield").await;
    let fields = [
        ("title", "Fewer temporary nurses"),
        ("unit", "TORT"),
        ("kind", "cost"),
        ("basis", "temporary-staff"),
        ("cash", "yes"),
        ("recurrent", "yes"),
        ("from", "2026-04-01"),
        ("to", "2027-03-31"),
        ("claimed", "£18,128"),
        ("owner", owner.as_str()),
        ("pair", "FALLS|TORT"),
        ("limit", "6"),
        ("evidence", "journal"),
        ("shown", "18128"),
        ("reference", "Journal 4711"),
        ("domain", "5"),
    ];
    let done = site.post(who, "/benefits/new", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location
}

#[tokio::test]
async fn benefits_and_business_cases_are_asked_about_by_those_who_see_them() {
    of_benefits_and_cases(site().await).await;
}

#[tokio::test]
async fn benefits_and_business_cases_are_asked_about_on_postgres_too() {
    of_benefits_and_cases(site_on_postgres().await).await;
}

async fn of_benefits_and_cases(site: Site) {
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let tomos = site.sign_in("CLINICIAN").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let partner = person(&site, "daniel.osei").await;
    let benefit = claimed(&site, &grace).await;
    let about = (benefit.as_str(), "Benefit: Fewer temporary nurses");
    let question = asked(&site, (&tomos, &partner), about, ("account", WORDS)).await;
    assert!(site.get(&daniel, "/questions").await.text.contains("Claimed, and what held up"));
    answered(&site, &daniel, &question).await;
    for role in ["CODING_INFORMATICS", "WARD_MANAGER", "PRIVACY_OFFICER"] {
        refused(&site, (role, &partner), (&benefit, &question)).await;
    }
    // The board sees the benefit, and of its costings nothing: it asks, and reads its own.
    let owen = site.sign_in("BOARD_MEMBER").await;
    let form = site.get(&owen, &ask_at(&benefit)).await.text;
    assert!(form.contains("What the ledger shows"), "{form}");
    assert!(!form.contains("What published costings hold"), "{form}");
    unread(&site, &owen, &question).await;
    let hers = sent(&site, &owen, (&benefit, "ledger", "Is it gone?"), &partner).await.location;
    assert_eq!(site.get(&owen, &hers).await.status, 200);

    let fields =
        [("unit", "TORT"), ("title", "A discharge lounge"), ("problem", "Beds wait for transport")];
    let case = site.post(&tomos, "/cases/new", &fields).await.location;
    let about = (case.as_str(), "Business case: A discharge lounge");
    let question = asked(&site, (&tomos, &partner), about, ("options", WORDS)).await;
    answered(&site, &daniel, &question).await;
    for role in ["BOARD_MEMBER", "CODING_INFORMATICS", "WARD_MANAGER", "PRIVACY_OFFICER"] {
        refused(&site, (role, &partner), (&case, &question)).await;
    }
    let nothing = "0123456789abcdef0123456789abcdef";
    for page in [format!("/benefits/{nothing}"), format!("/cases/{nothing}")] {
        assert_eq!(site.get(&tomos, &ask_at(&page)).await.status, 404, "{page}");
    }
}

#[tokio::test]
async fn what_a_shared_patient_group_cost_is_asked_about() {
    of_groups(site().await).await;
}

#[tokio::test]
async fn what_a_shared_patient_group_cost_is_asked_about_on_postgres_too() {
    of_groups(site_on_postgres().await).await;
}

async fn of_groups(site: Site) {
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let partner = person(&site, "daniel.osei").await;
    let made = async |name: &'static str, shared: &'static str| {
        let fields =
            [("unit", "TORT"), ("name", name), ("definition", "pod: EL"), ("shared", shared)];
        site.post(&amara, "/groups/new", &fields).await.location
    };
    let group = made("Planned stays", "yes").await;
    let about = (group.as_str(), "Patient group: Planned stays");
    let question = asked(&site, (&amara, &partner), about, ("parts", WORDS)).await;
    let form = site.get(&amara, &ask_at(&group)).await.text;
    // The finance director makes no groups, and so would not see what is asked about.
    assert!(form.contains("Daniel Osei") && !form.contains("Ravi Sethi"), "{form}");
    let shown = site.get(&daniel, &question).await.text;
    assert!(shown.contains("Asked of ") && !shown.contains("another run"), "{shown}");
    answered(&site, &daniel, &question).await;
    // Who checks sees every cost exactly, and makes no groups.
    for role in ["AUDITOR", "FINANCE_DIRECTOR", "BOARD_MEMBER", "CODING_INFORMATICS"] {
        refused(&site, (role, &partner), (&group, &question)).await;
    }
    // A group of one's own takes no questions, and its name is told to nobody.
    let own = made("Mine alone", "no").await;
    assert!(!site.get(&amara, &own).await.text.contains("/questions/ask"));
    assert_eq!(site.get(&amara, &ask_at(&own)).await.status, 404);
    let hide =
        [("name", "Planned stays"), ("definition", "pod: EL"), ("shared", "no"), ("seen", "1")];
    let done = site.post(&amara, &format!("{group}/change"), &hide).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let shown = site.get(&daniel, &question).await.text;
    assert!(shown.contains(ANSWER) && !shown.contains("Planned stays"), "{shown}");
    assert!(shown.contains("That page is not there for you"), "{shown}");
}
