//! An honest provider: who is signed in, how far it counts, and proving it again.

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use store::people;
use testkit::provider::{Manner, Signature, parameters};

use super::*;

#[tokio::test]
async fn whoever_the_provider_knows_and_we_know_is_signed_in() {
    let world = world().await;
    let ann = world.known("Ann Other", "AUDITOR", "subject-1").await;
    let page = world.site.get(&stranger(), "/sign-in?next=/audit").await;
    assert!(page.text.contains("href=\"/sign-in/provider?next=/audit\""), "{}", page.text);
    assert!(page.text.contains("Sign in with NHS CIS2"));
    let answer = world.sign_in().await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account"));
    let browser = world.in_session(&answer).await;
    assert!(world.site.get(&browser, "/account").await.text.contains("Ann Other"));
    assert!(cookie_of(&answer, "away").is_none(), "what it carried is taken away");
    let row = world.last().await;
    assert_eq!(
        (row.entry.action.as_str(), row.entry.actor.as_str()),
        ("session.start", ann.as_str())
    );
    assert_eq!(world.provider.calls("/realm/userinfo"), 0, "what is not signed is not asked for");
}

#[tokio::test]
async fn each_way_of_signing_that_is_allowed_is_understood() {
    for signature in
        [Signature::Rs256, Signature::Ps256, Signature::Es256, Signature::WithoutKeyName]
    {
        let world = world().await;
        world.known("Ann Other", "AUDITOR", "subject-1").await;
        world.provider.signs(signature);
        assert_eq!(world.sign_in().await.location(), "/account", "{signature:?}");
    }
}

#[tokio::test]
async fn providers_of_other_habits_are_understood() {
    for manner in [Manner::SecretInForm, Manner::Nameless] {
        let world = world().await;
        world.known("Ann Other", "AUDITOR", "subject-1").await;
        world.provider.behaves(manner);
        assert_eq!(world.sign_in().await.location(), "/account", "{manner:?}");
    }
    let world = world_with(|it| it.acr_values = "AAL2_OR_AAL3_ANY".to_owned()).await;
    let (_, address) = world.leave(&stranger(), "/sign-in/provider").await;
    assert_eq!(parameters(&address)["acr_values"], "AAL2_OR_AAL3_ANY");
    assert_eq!(parameters(&address)["scope"], "openid profile");
}

#[tokio::test]
async fn nobody_is_led_to_another_site_afterwards() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    for next in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let path = format!("/sign-in/provider?next={next}");
        let (browser, address) = world.leave(&stranger(), &path).await;
        assert_eq!(world.come_back(&browser, &address).await.location(), "/", "{next}");
    }
}

#[tokio::test]
async fn a_session_that_was_there_before_ends() {
    let world = world().await;
    let ann = world.known("Ann Other", "AUDITOR", "subject-1").await;
    let before = world.site.sign_in(&ann).await;
    let (browser, address) = world.leave(&before, "/sign-in/provider").await;
    let answer = world.come_back(&browser, &address).await;
    assert_ne!(cookie_of(&answer, "sid").expect("a session"), before.cookie[4..]);
    assert!(!world.is_in(&before).await, "the token is another one, and the old opens nothing");
}

#[tokio::test]
async fn a_leaver_gets_nothing_and_an_email_address_is_nobody() {
    let world = world().await;
    let ann = world.known("Ann Other", "AUDITOR", "subject-1").await;
    let browser = world.browser().await;
    let (target, entry) = (ann.clone(), world.site.operator());
    let left = world.site.store().write(move |tx| {
        let on = "2026-06-11".parse().expect("a day");
        Box::pin(async move { people::leave(tx, &target, on, &entry).await })
    });
    left.await.expect("they leave");
    assert!(!world.is_in(&browser).await, "at once");
    let answer = world.sign_in().await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(cookie_of(&answer, "sid").is_none() && cookie_of(&answer, "proof").is_none());
    assert!(answer.text.contains("Your account in Concord is closed"));
    assert_eq!(world.last().await.entry.purpose.as_deref(), Some("the person has left"));

    // Somebody here has this address; whoever claims it there is not them.
    world.site.person("Bo Peep", "ADMINISTRATOR").await;
    world.provider.signs_in("stranger", "there-9");
    world.provider.claims(|it| {
        it.insert("email".to_owned(), json!("bo.peep@trust.example"));
        it.insert("email_verified".to_owned(), json!(true));
    });
    let answer = world.sign_in().await;
    assert_eq!(answer.location(), "/sign-in/provider/join");
    assert!(cookie_of(&answer, "sid").is_none(), "no session");
    assert_eq!(world.last().await.entry.purpose.as_deref(), Some("unknown identity"));
    let page = world.site.get(&carrying(&stranger(), &answer), "/sign-in/provider/join").await;
    assert!(page.text.contains("Concord does not know you yet"), "{}", page.text);
    assert!(page.text.contains("Ask whoever looks after people in Concord"));
}

#[tokio::test]
async fn a_second_factor_counts_where_the_settings_say_so() {
    let cases = [
        (json!({}), false),
        (json!({"acr": "AAL3"}), true),
        (json!({"acr": "AAL2"}), true),
        (json!({"acr": "AAL1"}), false),
        (json!({"acr": "aal3"}), false),
        (json!({"amr": ["pwd", "mfa"]}), true),
        (json!({"amr": "mfa"}), true),
        (json!({"amr": ["pwd"], "acr": "AAL1"}), false),
        (json!({"amr": {"mfa": true}}), false),
        (json!({"authentication_assurance_level": "3"}), false),
    ];
    for (extra, counts) in cases {
        let world = world_of(|it| it.second_factor = true, |_| ()).await;
        world.known("Ada Bright", "ADMINISTRATOR", "subject-1").await;
        let said = extra.clone();
        world.provider.claims(move |it| {
            it.extend(said.as_object().cloned().expect("claims"));
        });
        let answer = world.sign_in().await;
        let cookie = cookie_of(&answer, "sid").expect("a session");
        let browser = Browser { cookie: format!("sid={cookie}"), ..Browser::default() };
        let page = world.site.get(&browser, "/people").await;
        assert_eq!(page.reached, counts, "{extra}");
        if !counts {
            assert_eq!(page.location(), "/sign-in/code", "{extra}: the factor of Concord is asked");
        }
    }
}

#[tokio::test]
async fn an_old_proof_at_the_provider_is_no_fresh_one_here() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    // Nothing said of when; an hour ago; a quarter of an hour ago; a second less; now.
    for (ago, is_fresh) in
        [(None, false), (Some(3600), false), (Some(900), false), (Some(899), true), (Some(0), true)]
    {
        world.provider.claims(move |it| match ago {
            Some(ago) => {
                let now = it["iat"].as_i64().expect("a time");
                it.insert("auth_time".to_owned(), json!(now - ago));
            }
            None => {
                it.remove("auth_time");
            }
        });
        let browser = world.browser().await;
        let page = world.site.get(&browser, "/account/password").await;
        assert_eq!(page.reached, is_fresh, "{ago:?}");
    }
}

#[tokio::test]
async fn who_came_by_the_provider_proves_it_there_again() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    let browser = world.browser().await;
    world.wait(SignedDuration::from_mins(20));
    let asked = world.site.get(&browser, "/account/password").await;
    assert_eq!(asked.location(), "/sign-in/again?next=%2Faccount%2Fpassword");
    let page = world.site.get(&browser, asked.location()).await;
    let there = "/sign-in/provider/again?next=/account/password";
    assert!(page.text.contains(&format!("href=\"{there}\"")), "{}", page.text);
    assert!(!page.text.contains("type=\"password\""), "they have none");
    let (away, address) = world.leave(&browser, there).await;
    let sent = parameters(&address);
    assert_eq!((sent["prompt"].as_str(), sent["max_age"].as_str()), ("login", "0"));
    let answer = world.come_back(&away, &address).await;
    assert_eq!(answer.location(), "/account/password");
    assert!(world.site.get(&browser, "/account/password").await.reached, "the same session");
}

#[tokio::test]
async fn a_proof_that_is_none_does_not_count_as_a_fresh_one() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    world.known("Bo Peep", "AUDITOR", "subject-2").await;
    let browser = world.browser().await;
    world.wait(SignedDuration::from_mins(20));
    let there = "/sign-in/provider/again?next=/account/password";

    let (away, address) = world.leave(&browser, there).await;
    world.provider.claims(|it| {
        let now = it["iat"].as_i64().expect("a time");
        it.insert("auth_time".to_owned(), json!(now - 20 * 60));
    });
    let answer = world.come_back(&away, &address).await;
    world.is_refused(&answer, "nobody proved anew").await;

    let (away, address) = world.leave(&browser, there).await;
    world.provider.claims(|it| {
        it.remove("auth_time");
    });
    let answer = world.come_back(&away, &address).await;
    world.is_refused(&answer, "nobody proved anew").await;

    let (away, address) = world.leave(&browser, there).await;
    world.provider.claims(|_| ());
    world.provider.signs_in("subject-2", "there-2");
    let answer = world.come_back(&away, &address).await;
    world.is_refused(&answer, "somebody else proved").await;

    // Another session of this browser: the answer is not its own.
    world.provider.signs_in("subject-1", "there-1");
    let (away, address) = world.leave(&browser, there).await;
    let other = world.browser().await;
    let away = away.cookie.split("; ").find(|it| it.starts_with("away=")).expect("it carries it");
    let mixed = Browser { cookie: format!("{}; {away}", other.cookie), ..other };
    let answer = world.come_back(&mixed, &address).await;
    world.is_refused(&answer, "the session has ended").await;
    assert!(!world.site.get(&browser, "/account/password").await.reached, "still not fresh");
}

#[tokio::test]
async fn a_password_that_somebody_set_does_not_stop_who_came_without_it() {
    let world = world().await;
    let ann = world.known("Ann Other", "AUDITOR", "subject-1").await;
    let phc = crate::shell::passwords::hash("three words and a fish".to_owned()).await;
    let (id, phc, entry) = (ann, phc.expect("it is hashed"), world.site.operator());
    let set = world.site.store().write(move |tx| {
        Box::pin(async move { store::credentials::set_first_password(tx, &id, &phc, &entry).await })
    });
    set.await.expect("it is set");
    let browser = world.browser().await;
    assert!(world.is_in(&browser).await);
}

#[tokio::test]
async fn by_tls_what_is_carried_is_bound_to_it() {
    let world =
        world_of(|it| it.address = "https://concord.trust.example".to_owned(), |_| ()).await;
    let answer = world.site.get(&stranger(), "/sign-in/provider").await;
    let lines = answer.headers.get_all("set-cookie").iter().filter_map(|it| it.to_str().ok());
    let away: Vec<&str> = lines.filter(|it| it.contains("away=")).collect();
    assert_eq!(away.len(), 1);
    assert!(
        away[0].starts_with("__Host-away=")
            && away[0].ends_with("; HttpOnly; SameSite=Lax; Secure")
    );
}
