//! When sessions end, how often one may try, and what a stranger can learn from signing in.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::people;

use super::super::testing::{Answer, Browser, Site, site};
use super::anonymous;

async fn is_in(site: &Site, browser: &Browser) -> bool {
    site.get(browser, "/").await.reached
}

/// Waits until a page's sign of life is written down, which keeps no page waiting.
async fn seen(site: &Site, id: &store::PersonId) {
    let limits = store::sessions::Limits {
        idle: SignedDuration::from_mins(30),
        absolute: SignedDuration::from_hours(12),
    };
    for _ in 0..500 {
        let mut db = site.store().read().await.expect("a connection");
        let open = store::sessions::list(&mut db, id, site.app().now(), &limits).await;
        if open.expect("a read").iter().any(|it| it.seen == site.app().now()) {
            return;
        }
        drop(db);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the sign of life was not written");
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_a_request() {
    let site = site().await;
    let id = site.person("Ann Other", "AUDITOR").await;
    let browser = site.sign_in(&id).await;
    site.wait(SignedDuration::from_secs(30 * 60 - 1));
    assert!(is_in(&site, &browser).await, "a second before");
    seen(&site, &id).await;
    site.wait(SignedDuration::from_secs(30 * 60 - 1));
    assert!(is_in(&site, &browser).await, "the request before has kept it alive");
    seen(&site, &id).await;
    site.wait(SignedDuration::from_secs(30 * 60));
    assert!(!is_in(&site, &browser).await, "half an hour is over");
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_busy() {
    let site = site().await;
    let id = site.person("Ann Other", "AUDITOR").await;
    let browser = site.sign_in(&id).await;
    // 36 requests, 20 minutes apart, are 12 hours; the last one comes too late.
    for request in 1..=36 {
        site.wait(SignedDuration::from_mins(20));
        assert_eq!(is_in(&site, &browser).await, request < 36, "request {request}");
        if request < 36 {
            seen(&site, &id).await;
        }
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_on_this_side() {
    let site = site().await;
    let id = site.person("Ann Other", "AUDITOR").await;
    let browser = site.sign_in(&id).await;
    let answer = site.post(&browser, "/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(answer.headers.contains_key("clear-site-data"));
    assert!(!is_in(&site, &browser).await, "the token opens nothing, though the browser kept it");
}

async fn try_with(site: &Site, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password), ("next", "/")];
    site.post(&anonymous(), "/sign-in", &fields).await
}

const PASSWORD: &str = "three words and a fish";

#[tokio::test]
async fn tries_slow_down_and_say_when_to_come_back() {
    let site = site().await;
    let id = site.person("Ann Other", "AUDITOR").await;
    site.password(&id, PASSWORD).await;
    for email in ["ann.other@trust.example", "nobody@trust.example"] {
        for _ in 0..3 {
            assert_eq!(try_with(&site, email, "wrong").await.status, StatusCode::OK, "{email}");
        }
        let fourth = try_with(&site, email, "wrong").await;
        assert_eq!(fourth.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        assert_eq!(fourth.headers["retry-after"], "1", "{email}: a second at first");
    }
    let right = try_with(&site, "ann.other@trust.example", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "the right password waits too");
    site.wait(SignedDuration::from_secs(1));
    let right = try_with(&site, "ann.other@trust.example", PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "and nobody is locked out");
}

#[expect(clippy::disallowed_methods, reason = "how long an answer takes is what is tested")]
async fn time_of(site: &Site, email: &str) -> (Duration, String) {
    site.wait(SignedDuration::from_mins(10));
    let begin = Instant::now();
    let answer = try_with(site, email, "not the password").await;
    let took = begin.elapsed();
    assert_eq!(answer.status, StatusCode::OK);
    (took, answer.text.replace(email, "EMAIL"))
}

#[tokio::test]
async fn a_stranger_learns_nothing_from_a_name() {
    let site = site().await;
    let known = site.person("Ann Other", "AUDITOR").await;
    site.password(&known, PASSWORD).await;
    let gone = site.person("Ex Ample", "").await;
    site.password(&gone, PASSWORD).await;
    let (target, entry) = (gone.clone(), site.operator());
    let left = site.store().write(move |tx| {
        let on = "2026-06-10".parse().expect("a day");
        Box::pin(async move { people::leave(tx, &target, on, &entry).await })
    });
    left.await.expect("they leave");
    let emails = ["ann.other@trust.example", "nobody@trust.example", "ex.ample@trust.example"];
    let mut best = [Duration::MAX; 3];
    let mut pages = [String::new(), String::new(), String::new()];
    for _ in 0..3 {
        for (index, email) in emails.iter().enumerate() {
            let (took, page) = time_of(&site, email).await;
            best[index] = best[index].min(took);
            pages[index] = page;
        }
    }
    for index in 1..3 {
        // Hashing is nearly all of the time; without it an answer takes a hundredth.
        assert!(best[index] * 2 > best[0] && best[0] * 2 > best[index], "{best:?}");
        let marks = ["Check your email address and password", "value=\"EMAIL\""];
        for mark in marks {
            assert_eq!(pages[index].matches(mark).count(), pages[0].matches(mark).count());
        }
    }
}
