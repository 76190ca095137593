//! A lying provider, or somebody between: nobody is signed in, whatever is told.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use testkit::provider::{CLIENT, Signature};

use super::*;

async fn lied(change: impl Fn(&mut Map<String, Value>) + Send + 'static, why: &str) {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    world.provider.claims(change);
    let answer = world.sign_in().await;
    world.is_refused(&answer, why).await;
    // The truth works at once afterwards, so that it was the lie that was refused.
    world.provider.claims(|_| ());
    assert_eq!(world.sign_in().await.location(), "/account", "{why}: the truth");
}

fn put(name: &'static str, value: Value) -> impl Fn(&mut Map<String, Value>) + Send + 'static {
    move |it| {
        it.insert(name.to_owned(), value.clone());
    }
}

fn take(name: &'static str) -> impl Fn(&mut Map<String, Value>) + Send + 'static {
    move |it| {
        it.remove(name);
    }
}

/// Moves a time of the token.
fn shift(name: &'static str, by: i64) -> impl Fn(&mut Map<String, Value>) + Send + 'static {
    move |it| {
        let now = it["iat"].as_i64().expect("a time");
        it.insert(name.to_owned(), json!(now + by));
    }
}

#[tokio::test]
async fn another_issuer() {
    lied(put("iss", json!("https://evil.example")), "of another issuer").await;
    lied(take("iss"), "of another issuer").await;
}

#[tokio::test]
async fn another_audience() {
    lied(put("aud", json!("another-site")), "for another site").await;
    lied(put("aud", json!(["another-site"])), "for another site").await;
    lied(put("aud", json!([CLIENT, "another-site"])), "for another site").await;
    lied(put("azp", json!("another-site")), "for another site").await;
    lied(take("aud"), "for another site").await;
}

#[tokio::test]
async fn nobody_in_particular() {
    lied(take("sub"), "the token names nobody").await;
    lied(put("sub", json!("")), "a name in the token is none").await;
    lied(put("sub", json!(["subject-1"])), "a name in the token is none").await;
    lied(put("sub", json!("s".repeat(256))), "a name in the token is none").await;
}

#[tokio::test]
async fn times_that_do_not_hold() {
    // Clocks may differ by 60 seconds; one more is a lie.
    lied(shift("exp", -60), "has expired").await;
    lied(shift("iat", 61), "from the future").await;
    lied(shift("nbf", 61), "from the future").await;
    lied(shift("auth_time", 61), "from the future").await;
    lied(shift("iat", -661), "too old").await;
    lied(take("exp"), "never expires").await;
    lied(put("exp", json!("tomorrow")), "has expired").await;
    lied(take("iat"), "does not say its time").await;
}

#[tokio::test]
async fn clocks_that_differ_a_little_are_forgiven() {
    for (name, by) in [("exp", -59), ("iat", 60), ("nbf", 60), ("auth_time", 60), ("iat", -660)] {
        let world = world().await;
        world.known("Ann Other", "AUDITOR", "subject-1").await;
        world.provider.claims(shift(name, by));
        assert_eq!(world.sign_in().await.location(), "/account", "{name} {by}");
    }
}

#[tokio::test]
async fn a_nonce_of_another_time_or_none() {
    lied(put("nonce", json!("another")), "answers another request").await;
    lied(take("nonce"), "answers another request").await;
    // That of an earlier sign-in of the same browser.
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    let (_, earlier) = world.leave(&stranger(), "/sign-in/provider").await;
    let nonce = testkit::provider::parameters(&earlier)["nonce"].clone();
    world.provider.claims(put("nonce", json!(nonce)));
    let answer = world.sign_in().await;
    world.is_refused(&answer, "answers another request").await;
}

#[tokio::test]
async fn signatures_that_are_none() {
    let cases = [
        (Signature::None, "not allowed"),
        (Signature::NoneSpelled, "not allowed"),
        (Signature::HmacOfSecret, "not allowed"),
        (Signature::HmacOfClient, "not allowed"),
        (Signature::HmacOfPublicKey, "not allowed"),
        (Signature::UnknownKey, "signed by an unknown key"),
        (Signature::StolenName, "the signature does not hold"),
        (Signature::ChangedAfterwards, "the signature does not hold"),
        (Signature::CutOff, "the signature does not hold"),
        (Signature::Critical, "asks for more than is understood"),
    ];
    for (signature, why) in cases {
        let world = world().await;
        world.known("Ann Other", "AUDITOR", "subject-1").await;
        world.known("Bo Peep", "AUDITOR", "subject-2").await;
        world.provider.signs(signature);
        let answer = world.sign_in().await;
        world.is_refused(&answer, why).await;
    }
}

#[tokio::test]
async fn a_notice_of_signing_out_signs_nobody_in() {
    let events = json!({ testkit::provider::LOGOUT_EVENT: {} });
    lied(put("events", events), "of another kind").await;
}

#[tokio::test]
async fn new_keys_are_fetched_and_old_ones_forgotten() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    world.browser().await;
    let asked = world.provider.calls("/realm/keys");
    world.provider.roll_over();
    world.provider.signs(Signature::Es256);
    // Strangers' tokens make us ask for keys, so we ask only every half a minute.
    let answer = world.sign_in().await;
    world.is_refused(&answer, "signed by an unknown key").await;
    assert_eq!(world.provider.calls("/realm/keys"), asked, "not asked again so soon");
    world.wait(SignedDuration::from_secs(30));
    world.browser().await;
    assert_eq!(world.provider.calls("/realm/keys"), asked + 1);
    // By a key that was taken back, nobody is signed in any more.
    world.provider.signs(Signature::Rs256);
    world.wait(SignedDuration::from_secs(30));
    let answer = world.sign_in().await;
    world.is_refused(&answer, "signed by an unknown key").await;
}

#[tokio::test]
async fn an_answer_counts_once() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    let (browser, address) = world.leave(&stranger(), "/sign-in/provider").await;
    let answer = back(&world.provider.visit(&address));
    assert_eq!(world.site.get(&browser, &answer).await.location(), "/");
    let asked = world.provider.calls("/realm/token");
    let again = world.site.get(&browser, &answer).await;
    world.is_refused(&again, "the answer was used before").await;
    // With a code that was used, in an answer that was not.
    let code = world.provider.visit(&address);
    let (browser, address) = world.leave(&stranger(), "/sign-in/provider").await;
    let mut answer = world.provider.visit(&address);
    assert_eq!(world.provider.calls("/realm/token"), asked, "nothing was asked for it");
    answer.insert("code".to_owned(), "code-1".to_owned());
    let used = world.site.get(&browser, &back(&answer)).await;
    world.is_refused(&used, "the provider does not take the code").await;
    // With the code of another request, which has another verifier.
    let (browser, address) = world.leave(&stranger(), "/sign-in/provider").await;
    let mut answer = world.provider.visit(&address);
    answer.insert("code".to_owned(), code["code"].clone());
    let injected = world.site.get(&browser, &back(&answer)).await;
    world.is_refused(&injected, "the provider does not take the code").await;
}

#[tokio::test]
async fn an_answer_is_for_the_browser_that_asked() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    let (_, address) = world.leave(&stranger(), "/sign-in/provider").await;
    let answer = back(&world.provider.visit(&address));
    let none = world.site.get(&stranger(), &answer).await;
    world.is_refused(&none, "this browser asked for nothing").await;
    let (other, _) = world.leave(&stranger(), "/sign-in/provider").await;
    let others = world.site.get(&other, &answer).await;
    world.is_refused(&others, "the answer is to another request").await;
    let forged = Browser { cookie: format!("away={}", "0".repeat(400)), ..stranger() };
    let forged = world.site.get(&forged, &answer).await;
    world.is_refused(&forged, "this browser asked for nothing").await;
    assert_eq!(world.provider.calls("/realm/token"), 0, "no code was exchanged");
}

#[tokio::test]
async fn an_answer_comes_within_ten_minutes() {
    for (seconds, is_in) in [(599, true), (600, false)] {
        let world = world().await;
        world.known("Ann Other", "AUDITOR", "subject-1").await;
        let (browser, address) = world.leave(&stranger(), "/sign-in/provider").await;
        world.wait(SignedDuration::from_secs(seconds));
        let answer = world.come_back(&browser, &address).await;
        assert_eq!(cookie_of(&answer, "sid").is_some(), is_in, "{seconds}");
        if !is_in {
            world.is_refused(&answer, "the answer came too late").await;
        }
    }
}

#[tokio::test]
async fn an_answer_names_the_provider_that_was_asked() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    world.provider.names_itself("https://evil.example");
    let answer = world.sign_in().await;
    world.is_refused(&answer, "another provider answers").await;
    // It says that it names itself, and does not.
    world.provider.names_itself("");
    let answer = world.sign_in().await;
    world.is_refused(&answer, "another provider answers").await;
    assert_eq!(world.provider.calls("/realm/token"), 0, "no code was given to anybody");
}

#[tokio::test]
async fn a_provider_that_declines_is_not_repeated_word_for_word() {
    let world = world().await;
    let (browser, address) = world.leave(&stranger(), "/sign-in/provider").await;
    let mut answer = world.provider.visit(&address);
    answer.remove("code");
    answer.insert("error".to_owned(), "access_denied<script>".to_owned());
    let declined = world.site.get(&browser, &back(&answer)).await;
    world.is_refused(&declined, "access_deniedscript").await;
    assert!(!declined.text.contains("access_denied"), "its words are no words of ours");
    let (browser, address) = world.leave(&stranger(), "/sign-in/provider").await;
    let mut answer = world.provider.visit(&address);
    answer.remove("code");
    let empty = world.site.get(&browser, &back(&answer)).await;
    world.is_refused(&empty, "the answer has no code").await;
}
