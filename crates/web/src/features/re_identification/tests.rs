//! Requests in, pages out: identities.

use axum::http::{StatusCode, header};
use domain::Key;
use jiff::SignedDuration;
use store::audit::{self, Asked, Outcome};
use vault::{Namespace, Remembered, Vault};

use crate::shell::shelf::reading;
use crate::shell::testing::{Answer, Browser, Site, site};

const NATIVE: &str = "SPELL-0815/2";

const REASON: &str = "The ward disputes the theatre time";

/// A site whose vault knows one event.
async fn with_vault() -> (Site, Key) {
    let site = site().await;
    let folder = site.app().settings().vault.clone();
    let key = reading(move || {
        let mut vault = Vault::create_with_key(&folder, [7; 32]).expect("a vault");
        let key = vault.pseudonym(Namespace::Event, NATIVE);
        let event = Remembered { namespace: Namespace::Event, native: NATIVE.to_owned(), key };
        vault.remember(&[event]).expect("it is kept");
        Ok(key)
    });
    let key = key.await.expect("the vault is made");
    (site, key)
}

async fn ask(site: &Site, browser: &Browser, event: &str, reason: &str) -> Answer {
    site.post(browser, "/identity", &[("event", event), ("reason", reason)]).await
}

#[tokio::test]
async fn an_identity_is_shown_once_and_is_on_record_in_both_books() {
    let (site, key) = with_vault().await;
    let samir = site.person("Samir Haddad", "PRIVACY_OFFICER").await;
    let browser = site.sign_in(&samir).await;
    let answer = ask(&site, &browser, &key.to_string(), REASON).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains(NATIVE), "{}", answer.text);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert!(!site.get(&browser, "/identity").await.text.contains(NATIVE), "once");

    let mut db = site.store().read().await.expect("a connection");
    let asked = Asked { action: Some("identity.".to_owned()), ..Asked::default() };
    let rows = audit::list(&mut db, &asked, 10).await.expect("a read");
    drop(db);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].entry.object.as_deref(), Some(key.to_string().as_str()));
    assert_eq!(rows[0].entry.purpose.as_deref(), Some(REASON));
    let folder = site.app().settings().vault.clone();
    let log = std::fs::read_to_string(folder.join("access.jsonl")).expect("the vault's own log");
    assert!(log.contains(REASON) && log.contains(samir.as_str()), "{log}");
    assert!(log.contains(&format!("audit row {}", rows[0].seq)), "each names the other: {log}");

    let weekly = site.get(&browser, "/audit").await.text;
    let list = weekly.split_once("Identities asked for in the last seven days");
    let list = list.expect("the list").1.split("</section>").next().expect("its end");
    assert!(list.contains(REASON), "{list}");
    assert!(!weekly.contains(NATIVE), "the audit holds no identity");
    site.wait(SignedDuration::from_hours(7 * 24 + 1));
    let browser = site.sign_in(&samir).await;
    let later = site.get(&browser, "/audit?day=2026-06-19").await.text;
    assert!(!later.contains(REASON), "a week later it is only in the audit");
}

#[tokio::test]
async fn a_question_needs_a_reference_and_a_reason_and_an_unknown_one_is_on_record() {
    let (site, key) = with_vault().await;
    let priya = site.person("Priya Raman", "COSTING_ACCOUNTANT").await;
    let browser = site.sign_in(&priya).await;
    let before = site.store().audit_head().await.expect("a read");
    let page = ask(&site, &browser, NATIVE, "because").await.text;
    assert_eq!(page.matches("Enter the reference of one event").count(), 2);
    assert_eq!(page.matches("Say why you need to know").count(), 2);
    assert_eq!(site.store().audit_head().await.expect("a read"), before, "nothing was asked");
    let other = Key::from_bytes([9; 16]).to_string();
    let none = ask(&site, &browser, &other, REASON).await.text;
    assert!(none.contains("No intake of this site has seen an event"));
    assert!(!none.contains(NATIVE) && !none.contains(&key.to_string()));
    let after = site.store().audit_head().await.expect("a read");
    assert_eq!(after.seq, before.seq + 1);
}

#[tokio::test]
async fn twenty_in_an_hour_and_then_it_waits() {
    let (site, key) = with_vault().await;
    let priya = site.person("Priya Raman", "COSTING_ACCOUNTANT").await;
    let browser = site.sign_in(&priya).await;
    for number in 1..=20 {
        let answer = ask(&site, &browser, &key.to_string(), REASON).await;
        assert_eq!(answer.status, StatusCode::OK, "question {number}");
        site.wait(SignedDuration::from_secs(30));
    }
    let refused = ask(&site, &browser, &key.to_string(), REASON).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    // The first was asked 20 times 30 seconds ago: 3,600 - 600 are left.
    assert_eq!(refused.headers["retry-after"], "3000");
    assert!(!refused.text.contains(NATIVE));
    let mut db = site.store().read().await.expect("a connection");
    let asked = Asked { action: Some("identity.ask".to_owned()), ..Asked::default() };
    let rows = audit::list(&mut db, &asked, 50).await.expect("a read");
    drop(db);
    assert_eq!(rows.len(), 21);
    assert_eq!(rows[0].entry.outcome, Outcome::Refused, "the refusal is on record too");

    let samir = site.person("Samir Haddad", "PRIVACY_OFFICER").await;
    let other = site.sign_in(&samir).await;
    let answer = ask(&site, &other, &key.to_string(), REASON).await;
    assert_eq!(answer.status, StatusCode::OK, "everybody has their own twenty");
    site.wait(SignedDuration::from_secs(3000));
    let browser = site.sign_in(&priya).await;
    let answer = ask(&site, &browser, &key.to_string(), REASON).await;
    assert_eq!(answer.status, StatusCode::OK, "an hour after the first");
}

#[tokio::test]
async fn where_nothing_was_loaded_it_says_so() {
    let site = site().await;
    let priya = site.person("Priya Raman", "COSTING_ACCOUNTANT").await;
    let browser = site.sign_in(&priya).await;
    let event = Key::from_bytes([9; 16]).to_string();
    let answer = ask(&site, &browser, &event, REASON).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("This site has no vault of identities"));
}
