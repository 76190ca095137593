//! Notices of the provider that somebody signed out there, honest and forged.

use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::provider::Signature;

use super::*;

const KIND: &str = "logout+jwt";

/// A world with two people who are signed in, in sessions `there-1` and `there-2` of the provider.
async fn both_in() -> (World, Browser, Browser) {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    world.known("Bo Peep", "AUDITOR", "subject-2").await;
    let ann = world.browser().await;
    world.provider.signs_in("subject-2", "there-2");
    let bo = world.browser().await;
    (world, ann, bo)
}

#[tokio::test]
async fn an_honest_notice_ends_the_session_by_the_next_request() {
    let (world, ann, bo) = both_in().await;
    assert!(world.is_in(&ann).await && world.is_in(&bo).await);
    let notice = world.provider.notice("subject-1", "there-1");
    let token = world.provider.token((KIND, &notice), Signature::Rs256);
    let answer = notify(&world, &token).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(!answer.headers.contains_key("set-cookie"), "a program gets no cookie");
    assert!(!world.is_in(&ann).await, "at once");
    assert!(world.is_in(&bo).await, "nobody else");
    let row = world.last().await;
    let entry = (row.entry.action.as_str(), row.entry.rows, row.entry.outcome);
    assert_eq!(entry, ("provider.logout", Some(1), Outcome::Done));
}

#[tokio::test]
async fn a_notice_names_a_session_or_a_person_or_both() {
    for (without, ends_both) in [("sub", false), ("sid", true)] {
        let (world, ann, _) = both_in().await;
        world.provider.signs_in("subject-1", "there-3");
        let second = world.browser().await;
        let mut notice = world.provider.notice("subject-1", "there-1");
        notice.as_object_mut().expect("claims").remove(without);
        let token = world.provider.token((KIND, &notice), Signature::Es256);
        assert_eq!(notify(&world, &token).await.status, StatusCode::OK, "without {without}");
        assert!(!world.is_in(&ann).await, "without {without}");
        assert_eq!(world.is_in(&second).await, !ends_both, "without {without}");
    }
}

#[tokio::test]
async fn who_proved_it_anew_in_another_session_there_is_found_by_it() {
    let (world, ann, _) = both_in().await;
    world.provider.signs_in("subject-1", "there-4");
    let (away, address) = world.leave(&ann, "/sign-in/provider/again?next=/account").await;
    assert_eq!(world.come_back(&away, &address).await.location(), "/account");
    let notice = world.provider.notice("subject-1", "there-4");
    let token = world.provider.token((KIND, &notice), Signature::Rs256);
    assert_eq!(notify(&world, &token).await.status, StatusCode::OK);
    assert!(!world.is_in(&ann).await);
}

/// Sends a notice that must do nothing, and be on record.
async fn ignored(world: &World, browsers: [&Browser; 2], (token, why): (&str, &str)) {
    let answer = notify(world, token).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{why}");
    assert_eq!(answer.text, "{\"error\":\"invalid_request\"}", "{why}");
    for browser in browsers {
        assert!(world.is_in(browser).await, "{why}: still signed in");
    }
    let row = world.last().await;
    let entry = (row.entry.action.as_str(), row.entry.outcome);
    assert_eq!(entry, ("provider.logout", Outcome::Refused), "{why}");
    let because = row.entry.purpose.unwrap_or_default();
    assert!(because.contains(why), "`{because}` is not `{why}`");
}

#[tokio::test]
async fn forged_notices_end_nothing() {
    let (world, ann, bo) = both_in().await;
    let browsers = [&ann, &bo];
    let now = world.site.app().now().as_second();
    let changed = |name: &str, value: Option<Value>| {
        let mut notice = world.provider.notice("subject-1", "there-1");
        let claims = notice.as_object_mut().expect("claims");
        match value {
            Some(value) => claims.insert(name.to_owned(), value),
            None => claims.remove(name),
        };
        world.provider.token((KIND, &notice), Signature::Rs256)
    };
    let cases = [
        (changed("iss", Some(json!("https://evil.example"))), "of another issuer"),
        (changed("aud", Some(json!("another-site"))), "for another site"),
        (changed("iat", Some(json!(now + 61))), "from the future"),
        (changed("iat", Some(json!(now - 361))), "too old"),
        (changed("iat", None), "does not say its time"),
        (changed("exp", Some(json!(now - 60))), "has expired"),
        (changed("jti", None), "has no name"),
        (changed("events", None), "of another kind"),
        (
            changed("events", Some(json!({"http://schemas.openid.net/event/other": {}}))),
            "of another kind",
        ),
        (changed("events", Some(json!([testkit::provider::LOGOUT_EVENT]))), "of another kind"),
        (changed("nonce", Some(json!("n"))), "has no nonce"),
        ("not a token".to_owned(), "cannot be read"),
        (String::new(), "cannot be read"),
        ("a.b.c".to_owned(), "cannot be read"),
    ];
    for (token, why) in &cases {
        ignored(&world, browsers, (token, why)).await;
    }
    let mut nobody = world.provider.notice("subject-1", "there-1");
    for name in ["sub", "sid"] {
        nobody.as_object_mut().expect("claims").remove(name);
    }
    let token = world.provider.token((KIND, &nobody), Signature::Rs256);
    ignored(&world, browsers, (&token, "names nobody")).await;
    let notice = world.provider.notice("subject-1", "there-1");
    let token = world.provider.token(("at+jwt", &notice), Signature::Rs256);
    ignored(&world, browsers, (&token, "of another kind")).await;
    for (signature, why) in [
        (Signature::None, "not allowed"),
        (Signature::HmacOfSecret, "not allowed"),
        (Signature::HmacOfPublicKey, "not allowed"),
        (Signature::UnknownKey, "unknown key"),
        (Signature::StolenName, "the signature does not hold"),
        (Signature::ChangedAfterwards, "the signature does not hold"),
    ] {
        let token = world.provider.token((KIND, &notice), signature);
        ignored(&world, browsers, (&token, why)).await;
    }
}

#[tokio::test]
async fn the_token_that_signed_somebody_in_is_no_notice() {
    let (world, ann, bo) = both_in().await;
    let mut claims = world.provider.notice("subject-1", "there-1");
    claims.as_object_mut().expect("claims").remove("events");
    claims["nonce"] = json!("n");
    let token = world.provider.token(("JWT", &claims), Signature::Rs256);
    ignored(&world, [&ann, &bo], (&token, "of another kind")).await;
}

#[tokio::test]
async fn a_notice_counts_once() {
    let (world, ann, bo) = both_in().await;
    let notice = world.provider.notice("subject-1", "there-1");
    let token = world.provider.token((KIND, &notice), Signature::Rs256);
    assert_eq!(notify(&world, &token).await.status, StatusCode::OK);
    assert!(!world.is_in(&ann).await);
    world.provider.signs_in("subject-1", "there-1");
    let back = world.browser().await;
    ignored(&world, [&back, &bo], (&token, "counted before")).await;
    // As long as it is not too old for anything.
    world.wait(SignedDuration::from_secs(179));
    ignored(&world, [&back, &bo], (&token, "counted before")).await;
}

#[tokio::test]
async fn a_notice_for_somebody_else_ends_nothing_of_ones_own() {
    let (world, ann, bo) = both_in().await;
    // Bo's name with Ann's session: there is no such session.
    let notice = world.provider.notice("subject-2", "there-1");
    let token = world.provider.token((KIND, &notice), Signature::Rs256);
    assert_eq!(notify(&world, &token).await.status, StatusCode::OK);
    assert!(world.is_in(&ann).await && world.is_in(&bo).await);
    assert_eq!(world.last().await.entry.rows, Some(0));
    // Whoever came by a password is not of the provider, whatever their name there.
    let cy = world.known("Cy Bell", "AUDITOR", "subject-3").await;
    let cy = world.site.sign_in(&cy).await;
    let notice = world.provider.notice("subject-3", "there-9");
    let token = world.provider.token((KIND, &notice), Signature::Rs256);
    assert_eq!(notify(&world, &token).await.status, StatusCode::OK);
    assert!(world.is_in(&cy).await);
}

#[tokio::test]
async fn a_browser_is_not_taken_for_the_provider() {
    let (world, ann, bo) = both_in().await;
    // From a page of another site, with the cookies of whoever looks at it.
    let request = request(Method::POST, &ann, "/sign-in/provider/logout")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site");
    let answer = world.site.form(request, &[("logout_token", "x.y.z")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let row = world.last().await;
    assert_eq!(row.entry.actor, "nobody", "its cookies were not looked at");
    assert!(world.is_in(&ann).await && world.is_in(&bo).await);
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_address() {
    let site = crate::shell::testing::site().await;
    for path in ["/sign-in/provider", "/sign-in/provider/return?code=a", "/sign-in/provider/join"] {
        assert_eq!(site.get(&stranger(), path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let request = request(Method::POST, &stranger(), "/sign-in/provider/logout");
    let answer = site.form(request, &[("logout_token", "a.b.c")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
