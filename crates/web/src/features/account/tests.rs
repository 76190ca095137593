//! Tokens for programs on one's account: made, shown once, used, ended.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::audit::{self, Asked};

use crate::shell::testing::{Answer, Browser, Site, site};

const ALL: [(&str, &str); 4] =
    [("name", "Power BI"), ("results", "yes"), ("measures", "yes"), ("days", "90")];

/// The secret on a page; blank for none.
fn secret(page: &str) -> String {
    let letters = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let found = page.split(|it| !letters(it)).find(|it| it.starts_with("concord_"));
    found.unwrap_or_default().to_owned()
}

async fn with(site: &Site, token: &str, path: &str) -> Answer {
    site.get(&Browser { token: token.to_owned(), ..Browser::default() }, path).await
}

#[tokio::test]
async fn a_token_is_made_shown_once_used_and_ended() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let ann = site.sign_in(&id).await;
    let empty = site.get(&ann, "/account/tokens").await;
    assert!(empty.text.contains("You have none."), "{}", empty.text);
    let made = site.post(&ann, "/account/tokens", &ALL).await;
    assert_eq!(made.status, StatusCode::OK);
    let token = secret(&made.text);
    assert_eq!(token.len(), "concord_".len() + 64, "{}", made.text);
    assert_eq!(made.headers["cache-control"], "no-store");
    let listed = site.get(&ann, "/account/tokens").await.text;
    assert_eq!(secret(&listed), "", "it is shown once");
    assert!(listed.contains("Power BI") && listed.contains("results:read, measures:read"));
    // 90 days after 11 June 2026.
    assert!(listed.contains("9 September 2026") && listed.contains("never"), "{listed}");

    assert_eq!(with(&site, &token, "/api/v1/services").await.status, StatusCode::OK);
    for _ in 0..500 {
        // A use is written down without keeping the program waiting.
        if !site.get(&ann, "/account/tokens").await.text.contains(">never<") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let listed = site.get(&ann, "/account/tokens").await.text;
    assert!(listed.contains("11 June 2026, 10:00"), "{listed}");

    let end = listed.split("/account/tokens/").nth(1).expect("a form").split('"').next();
    let end = format!("/account/tokens/{}", end.expect("an address"));
    let ben = site.person("Ben Other", "BOARD_MEMBER").await;
    let ben = site.sign_in(&ben).await;
    assert_eq!(site.post(&ben, &end, &[]).await.status, StatusCode::NOT_FOUND, "not theirs");
    assert_eq!(with(&site, &token, "/api/v1/services").await.status, StatusCode::OK);
    assert_eq!(site.post(&ann, &end, &[]).await.location(), "/account/tokens");
    assert_eq!(with(&site, &token, "/api/v1/services").await.status, StatusCode::UNAUTHORIZED);

    let mut db = site.store().read().await.expect("a connection");
    let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("a read");
    let actions: Vec<&str> = rows
        .iter()
        .rev()
        .map(|it| it.entry.action.as_str())
        .filter(|it| it.contains("token"))
        .collect();
    assert_eq!(actions, ["token.create", "token.end"]);
    assert!(!format!("{rows:?}").contains(&token), "the secret is on no record");
}

#[tokio::test]
async fn what_is_missing_is_said_and_nothing_is_made() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let ann = site.sign_in(&id).await;
    let blank = site.post(&ann, "/account/tokens", &[("name", " "), ("days", "400")]).await;
    for said in [
        "Say which program the token is for",
        "Choose what the program may read",
        "Choose how long the token lasts",
    ] {
        assert!(blank.text.contains(said), "{said}: {}", blank.text);
    }
    assert_eq!(secret(&blank.text), "");
    let half = [("name", "Power BI at work"), ("days", "30")];
    let half = site.post(&ann, "/account/tokens", &half).await.text;
    assert!(half.contains("value=\"Power BI at work\"") && half.contains("value=\"30\" checked"));
    assert!(site.get(&ann, "/account/tokens").await.text.contains("You have none."));
}

#[tokio::test]
async fn only_what_somebody_has_a_right_to_is_offered_and_given() {
    let site = site().await;
    let ada = site.person("Ada Bright", "ADMINISTRATOR").await;
    let ada = site.sign_in(&ada).await;
    let page = site.get(&ada, "/account/tokens").await.text;
    assert!(page.contains("None of your rights is one that programs can use"), "{page}");
    let forced = site.post(&ada, "/account/tokens", &ALL).await.text;
    assert_eq!(secret(&forced), "", "{forced}");
    // Coding and informatics sees measures and no costs.
    let leah = site.person("Leah Novak", "CODING_INFORMATICS").await;
    let leah = site.sign_in(&leah).await;
    let page = site.get(&leah, "/account/tokens").await.text;
    assert!(page.contains("measures:read") && !page.contains("results:read"), "{page}");
    let made = site.post(&leah, "/account/tokens", &ALL).await.text;
    let token = secret(&made);
    assert_eq!(with(&site, &token, "/api/v1/measures").await.status, StatusCode::OK);
    assert_eq!(with(&site, &token, "/api/v1/services").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_fresh_proof_is_asked_for() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let ann = site.sign_in(&id).await;
    site.wait(SignedDuration::from_mins(16));
    let asked = site.post(&ann, "/account/tokens", &ALL).await;
    assert!(asked.location().starts_with("/sign-in/again?next="), "{}", asked.status);
}
