//! Forms of others: every route that changes something, with every kind of forgery.

use axum::http::{Method, StatusCode};

use super::super::registry::{Policy, Route, routes};
use super::super::testing::{Browser, request, site};
use super::{address, allowed, send};

/// Routes that change something for a browser: forms. What a program sends has no form's token; that
/// it is believed by its signature alone is tested where it is taken.
fn of_browsers() -> impl Iterator<Item = Route> {
    let all = routes().into_iter().filter(|it| it.method != Method::GET);
    all.filter(|it| it.policy != Policy::SignedToken)
}

#[test]
fn only_the_notice_of_the_provider_comes_without_the_token_of_a_form() {
    let without = routes().into_iter().filter(|it| it.policy == Policy::SignedToken);
    let without: Vec<&str> = without.map(|it| it.path).collect();
    assert_eq!(without, ["/sign-in/provider/logout"]);
}

#[tokio::test]
async fn no_form_without_its_own_token_changes_anything() {
    let site = site().await;
    let other = site.person("Oth Er", "AUDITOR").await;
    let other = site.sign_in(&other).await;
    let mut forms = 0;
    for route in of_browsers() {
        let own = allowed(&site, &route).await;
        let path = address(&route, "0000");
        let before = site.store().audit_head().await.expect("a read");
        for (what, csrf) in [("no token", ""), ("the token of another session", &other.csrf)] {
            let forged = Browser { csrf: csrf.to_owned(), ..own.clone() };
            let answer = send(&site, &forged, &route, &path).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {what}");
            assert!(answer.text.contains("That form is no longer valid"), "{path}");
        }
        let after = site.store().audit_head().await.expect("a read");
        assert_eq!(after, before, "{path}: every change is on record, and there is no record");
        forms += 1;
    }
    assert!(forms >= 20, "{forms} forms");
}

#[tokio::test]
async fn no_other_site_sends_a_form() {
    let site = site().await;
    let from = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:9999"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for route in of_browsers() {
        let own = allowed(&site, &route).await;
        let path = address(&route, "0000");
        let before = site.store().audit_head().await.expect("a read");
        for (name, value) in from {
            let request = request(Method::POST, &own, &path).header(name, value);
            let answer = site.form(request, &[("csrf", &own.csrf)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {name} {value}");
            assert!(!answer.reached, "{path} from {name} {value}");
        }
        assert_eq!(site.store().audit_head().await.expect("a read"), before, "{path}");
    }
}

#[tokio::test]
async fn our_own_site_sends_forms_whatever_it_calls_itself() {
    let site = site().await;
    let ada = site.person("Ada Bright", "ADMINISTRATOR").await;
    let ada = site.sign_in(&ada).await;
    let headers: [&[(&str, &str)]; 4] = [
        &[],
        &[("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")],
        &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ];
    for headers in headers {
        let mut request = request(Method::POST, &ada, "/people/import");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = site.form(request, &[("csrf", &ada.csrf), ("csv", "")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{headers:?}");
        assert!(answer.reached);
    }
}
