//! Headers and cookies of every answer, faults and redirects among them.

use axum::http::{HeaderMap, header};

use super::super::registry::{Policy, Route, routes};
use super::super::testing::{Answer, Browser, Site, site, site_with};
use super::{address, allowed, anonymous, send};

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
}

#[track_caller]
fn check(answer: &Answer, what: &str) {
    let headers = &answer.headers;
    let exact = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in exact {
        assert_eq!(text(headers, name), value, "{what}: {name}");
    }
    let policy = text(headers, "content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.split("; ").any(|it| it == part), "{what}: {part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    let nonce = policy.split("'nonce-").nth(1).and_then(|it| it.split('\'').next());
    let nonce = nonce.expect("a nonce");
    assert!(nonce.len() >= 32, "{what}: {nonce}");
    for script in answer.text.match_indices("<script").map(|it| &answer.text[it.0..]) {
        let tag = script.split('>').next().expect("a tag");
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{what}: {tag}");
    }
    for cookie in headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().expect("text");
        assert!(cookie.contains("; HttpOnly"), "{what}: {cookie}");
        assert!(cookie.contains("; SameSite=Lax"), "{what}: {cookie}");
        assert!(cookie.contains("; Path=/"), "{what}: {cookie}");
    }
    if what.starts_with("GET /assets/") {
        assert!(answer.text.starts_with("/*"), "{what}: the style sheet");
    } else {
        assert_eq!(text(headers, "cache-control"), "no-store", "{what}");
    }
}

async fn ask(site: &Site, browser: &Browser, route: &Route) {
    let path = address(route, "0000");
    let answer = send(site, browser, route, &path).await;
    check(&answer, &format!("{} {path}", route.method));
}

#[tokio::test]
async fn every_answer_has_them() {
    let site = site().await;
    for route in routes() {
        ask(&site, &anonymous(), &route).await;
        let browser = allowed(&site, &route).await;
        ask(&site, &browser, &route).await;
        // A form of another session, and an address that is not there.
        if route.method != axum::http::Method::GET {
            ask(&site, &Browser { csrf: String::new(), ..browser }, &route).await;
        }
    }
    check(&site.get(&anonymous(), "/nowhere").await, "an unknown address");
}

#[tokio::test]
async fn by_tls_cookies_and_browsers_are_bound_to_it() {
    let site = site_with(|it| it.address = "https://concord.trust.example".to_owned()).await;
    for route in routes().into_iter().filter(|it| it.policy == Policy::Public) {
        let path = address(&route, "0000");
        let answer = send(&site, &anonymous(), &route, &path).await;
        let strict = text(&answer.headers, "strict-transport-security");
        assert_eq!(strict, "max-age=31536000; includeSubDomains", "{path}");
        let before = answer.headers.get_all(header::SET_COOKIE).iter();
        for cookie in before.filter_map(|it| it.to_str().ok()) {
            if cookie.starts_with("before=") {
                assert!(cookie.ends_with("; Secure"), "{path}: {cookie}");
            }
        }
    }
    let id = site.person("Ann Other", "AUDITOR").await;
    let browser = site.sign_in(&id).await;
    let token = browser.cookie.trim_start_matches("sid=").to_owned();
    let plain = site.get(&browser, "/").await;
    assert!(plain.location().starts_with("/sign-in?"), "a cookie without TLS opens nothing");
    let bound = Browser { cookie: format!("__Host-sid={token}"), ..browser };
    assert!(site.get(&bound, "/").await.reached);
}
