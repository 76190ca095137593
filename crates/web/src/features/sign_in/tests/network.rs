//! A provider that is down, slow, endless or elsewhere, and attempts to make us call others.

use std::time::Duration;

use testkit::provider::Manner;

use super::*;

async fn refused_when(manner: Manner, why: &str) -> World {
    let world = world_with(|it| it.patience = Duration::from_secs(2)).await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    world.provider.behaves(manner);
    let answer = world.site.get(&stranger(), "/sign-in/provider").await;
    world.is_refused(&answer, why).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{why}");
    // It is well again, and so is signing in.
    world.provider.behaves(Manner::Proper);
    assert_eq!(world.sign_in().await.location(), "/account", "{why}: afterwards");
    world
}

#[tokio::test]
async fn down_slow_and_endless_providers_are_told_from_one_another() {
    refused_when(Manner::Down, "it answered 503").await;
    refused_when(Manner::Slow, "it took too long").await;
    refused_when(Manner::Huge, "its answer is too long").await;
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let world = refused_when(Manner::Redirects, "it answered 302").await;
    assert_eq!(world.provider.calls("/other"), 0, "nobody went there");
}

#[tokio::test]
async fn what_a_provider_says_of_itself_leads_nowhere_else() {
    refused_when(Manner::OtherIssuer, "it calls itself by another issuer").await;
    refused_when(Manner::Elsewhere, "a host that may not be called").await;
}

#[tokio::test]
async fn nobody_is_there() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let world = world_with(|it| it.issuer = format!("http://127.0.0.1:{port}/realm")).await;
    let answer = world.site.get(&stranger(), "/sign-in/provider").await;
    world.is_refused(&answer, "it does not answer").await;
    assert!(answer.text.contains("cannot be reached at the moment"), "{}", answer.text);
}

#[tokio::test]
async fn a_provider_that_goes_away_meanwhile_signs_nobody_in() {
    for (manner, why) in [(Manner::Down, "it answered 503"), (Manner::Slow, "it took too long")] {
        let world = world_with(|it| it.patience = Duration::from_secs(2)).await;
        world.known("Ann Other", "AUDITOR", "subject-1").await;
        let (browser, address) = world.leave(&stranger(), "/sign-in/provider").await;
        let answer = back(&world.provider.visit(&address));
        world.provider.behaves(manner);
        let answer = world.site.get(&browser, &answer).await;
        world.is_refused(&answer, why).await;
    }
}

#[tokio::test]
async fn the_wrong_secret_gets_no_token() {
    let world = world_with(|it| it.client_secret = oidc::Secret::new("another")).await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    let answer = world.sign_in().await;
    world.is_refused(&answer, "the provider does not take the code").await;
}

#[tokio::test]
async fn refusals_are_not_written_down_without_end() {
    let world = world().await;
    let forged = "/sign-in/provider/return?code=a&state=b";
    let mut written = 0;
    for _ in 0..60 {
        let answer = world.site.get(&stranger(), forged).await;
        written += usize::from(answer.status == StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(written, 50, "then it is said how long to wait");
    let answer = world.site.get(&stranger(), forged).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}
