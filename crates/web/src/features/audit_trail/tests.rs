//! Requests in, pages out: the audit.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::Entry;

use crate::shell::testing::{Site, site};

/// Puts something on record as somebody.
async fn record(site: &Site, who: &str, action: &str, object: &str) {
    let entry = Entry::by(who, site.app().now()).of(action, object).because("=1+1");
    site.store().audit(entry).await.expect("it is on record");
}

#[tokio::test]
async fn rows_are_found_by_person_action_object_and_day() {
    let site = site().await;
    let auditor = site.person("Ines Duarte", "AUDITOR").await;
    let ann = site.person("Ann Other", "").await;
    let browser = site.sign_in(&auditor).await;
    record(&site, ann.as_str(), "patient.view", "event-one").await;
    site.wait(SignedDuration::from_mins(10));
    record(&site, "operator", "patient.list", "event-one event-two").await;
    let found = async |query: &str| {
        let page = site.get(&browser, &format!("/audit?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let one = page.text.contains("<td class=\"nhsuk-table__cell\">patient.view");
        let two = page.text.contains("<td class=\"nhsuk-table__cell\">patient.list");
        (one, two)
    };
    assert_eq!(found("").await, (true, true));
    assert_eq!(found(&format!("person={ann}")).await, (true, false));
    assert_eq!(found("action=patient.l").await, (false, true));
    assert_eq!(found("object=event-two").await, (false, true));
    assert_eq!(found("day=2026-06-11").await, (true, true));
    assert_eq!(found("day=2026-06-12").await, (false, false));
    let wrong = site.get(&browser, "/audit?day=yesterday").await.text;
    assert_eq!(wrong.matches("Enter a day such as").count(), 2);
}

#[tokio::test]
async fn fifty_rows_are_a_page_and_the_rest_is_behind_it() {
    let site = site().await;
    let auditor = site.person("Ines Duarte", "AUDITOR").await;
    let browser = site.sign_in(&auditor).await;
    for number in 0..60 {
        record(&site, "operator", "thing.done", &format!("thing {number}")).await;
    }
    let first = site.get(&browser, "/audit?action=thing.").await.text;
    assert_eq!(first.matches(">Number ").count(), 50);
    let link = first.split("<p><a href=\"").find(|it| it.contains("Earlier records"));
    let link = link.expect("a link").split('"').next().expect("its end");
    let link = link.replace("&#38;", "&").replace("&amp;", "&");
    let second = site.get(&browser, &link).await.text;
    assert_eq!(second.matches(">Number ").count(), 10, "{link}");
    assert!(!second.contains("Earlier records"));
}

#[tokio::test]
async fn everybody_sees_their_own_part_and_no_more() {
    let site = site().await;
    let ann = site.person("Ann Other", "CLINICIAN").await;
    let bob = site.person("Bob Else", "CLINICIAN").await;
    let browser = site.sign_in(&ann).await;
    record(&site, ann.as_str(), "patient.view", "of-ann").await;
    record(&site, bob.as_str(), "patient.view", "of-bob").await;
    let page = site.get(&browser, &format!("/account/audit?person={bob}")).await.text;
    assert!(page.contains("of-ann"));
    assert!(!page.contains("of-bob"), "the address asks in vain for somebody else");
    for path in ["/audit", "/audit/rows.csv", "/audit/proof"] {
        assert_eq!(site.get(&browser, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_proof_says_in_words_what_it_found() {
    let site = site().await;
    let auditor = site.person("Ines Duarte", "AUDITOR").await;
    let browser = site.sign_in(&auditor).await;
    let head = site.store().audit_head().await.expect("a read");
    let page = site.get(&browser, "/audit/proof").await.text;
    assert!(page.contains("The audit is whole"));
    assert!(page.contains(&format!("All {}\u{a0}records", head.seq)), "{page}");
    assert!(page.contains(&head.hash));
}

#[tokio::test]
async fn the_file_runs_nothing_and_is_itself_on_record() {
    let site = site().await;
    let auditor = site.person("Ines Duarte", "AUDITOR").await;
    let browser = site.sign_in(&auditor).await;
    record(&site, "operator", "thing.done", "a thing").await;
    let file = site.get(&browser, "/audit/rows.csv?action=thing.").await;
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 2, "{}", file.text);
    assert!(lines[1].contains(",thing.done,a thing,,'=1+1,Done,"), "{}", lines[1]);
    let page = site.get(&browser, "/audit?action=audit.download").await.text;
    assert!(page.contains("?action=thing."), "{page}");
}
