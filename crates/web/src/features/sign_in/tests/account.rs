//! How a person and an identity come together, and apart: by a code, by oneself, never by itself.

use axum::http::StatusCode;
use jiff::SignedDuration;

use super::*;

/// An administrator with a fresh proof, and their forms' token.
async fn administrator(world: &World) -> Browser {
    let ada = world.site.person("Ada Bright", "ADMINISTRATOR").await;
    world.site.sign_in(&ada).await
}

/// Makes a code for a person, and reads it off the page.
async fn code(world: &World, ada: &Browser, person: &PersonId) -> String {
    let page = world.site.post(ada, &format!("/people/{person}/provider"), &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let code = page.text.split("<pre class=\"concord-text\">").nth(1);
    let code = code.and_then(|it| it.split('<').next()).expect("a code is shown");
    assert_eq!(code.len(), 24, "80 bits in groups");
    code.to_owned()
}

/// A browser back from the provider with an identity that nobody has.
async fn unknown(world: &World) -> Browser {
    let answer = world.sign_in().await;
    assert_eq!(answer.location(), "/sign-in/provider/join");
    carrying(&stranger(), &answer)
}

#[tokio::test]
async fn whoever_is_invited_joins_with_the_code_once() {
    let world = world().await;
    let ada = administrator(&world).await;
    let ann = world.site.person("Ann Other", "AUDITOR").await;
    let code = code(&world, &ada, &ann).await;
    assert_eq!(world.last().await.entry.action, "identity.invite");

    let browser = unknown(&world).await;
    let path = "/sign-in/provider/join";
    let wrong = world.site.post(&browser, path, &[("code", "0000-0000-0000-0000-0000")]).await;
    assert!(wrong.text.contains("Enter the code that your administrator gave you"));
    assert!(cookie_of(&wrong, "sid").is_none());
    assert_eq!(world.last().await.entry.outcome, Outcome::Refused);
    let joined = world.site.post(&browser, path, &[("code", &code.to_uppercase())]).await;
    assert_eq!(joined.location(), "/");
    let inside = world.in_session(&joined).await;
    assert!(world.site.get(&inside, "/account").await.text.contains("Ann Other"));
    assert_eq!(world.sign_in().await.location(), "/account", "next time without a code");

    // Another identity with the same code.
    world.provider.signs_in("subject-2", "there-2");
    let other = unknown(&world).await;
    let used = world.site.post(&other, path, &[("code", &code)]).await;
    assert!(cookie_of(&used, "sid").is_none(), "used up");
}

#[tokio::test]
async fn a_code_ends_after_a_week_and_by_a_newer_one() {
    let world = world().await;
    let ada = administrator(&world).await;
    let ann = world.site.person("Ann Other", "AUDITOR").await;
    let first = code(&world, &ada, &ann).await;
    let second = code(&world, &ada, &ann).await;
    let path = "/sign-in/provider/join";
    let browser = unknown(&world).await;
    let answer = world.site.post(&browser, path, &[("code", &first)]).await;
    assert!(cookie_of(&answer, "sid").is_none(), "there is a newer one");
    world.wait(SignedDuration::from_hours(7 * 24));
    let browser = unknown(&world).await;
    let answer = world.site.post(&browser, path, &[("code", &second)]).await;
    assert!(cookie_of(&answer, "sid").is_none(), "a week is over");
}

#[tokio::test]
async fn codes_cannot_be_guessed_nor_used_without_the_provider() {
    let world = world().await;
    let ada = administrator(&world).await;
    let ann = world.site.person("Ann Other", "AUDITOR").await;
    let code = code(&world, &ada, &ann).await;
    let path = "/sign-in/provider/join";
    let answer = world.site.post(&stranger(), path, &[("code", &code)]).await;
    assert!(cookie_of(&answer, "sid").is_none(), "nobody is back from the provider");
    assert!(answer.text.contains("You did not come from NHS CIS2"));

    let browser = unknown(&world).await;
    let mut tries = 0;
    while world.site.post(&browser, path, &[("code", "0000")]).await.status == StatusCode::OK {
        tries += 1;
        assert!(tries < 20, "tries slow down");
    }
    assert_eq!(tries, 3, "then they wait");
    world.wait(SignedDuration::from_mins(10));
    let late = world.site.post(&browser, path, &[("code", &code)]).await;
    assert!(cookie_of(&late, "sid").is_none(), "what was brought back holds for ten minutes");
}

#[tokio::test]
async fn an_administrator_takes_it_away_and_they_are_out_at_once() {
    let world = world().await;
    let ada = administrator(&world).await;
    let ann = world.known("Ann Other", "AUDITOR", "subject-1").await;
    let browser = world.browser().await;
    let page = world.site.get(&ada, &format!("/people/{ann}/provider")).await;
    assert!(page.text.contains("Ann Other can sign in with NHS CIS2"), "{}", page.text);
    let away = world.site.post(&ada, &format!("/people/{ann}/provider/unlink"), &[]).await;
    assert_eq!(away.location(), format!("/people/{ann}"));
    assert_eq!(world.last().await.entry.action, "identity.unlink");
    assert!(!world.is_in(&browser).await);
    assert_eq!(world.sign_in().await.location(), "/sign-in/provider/join", "unknown again");
}

#[tokio::test]
async fn nobody_invites_themselves_or_a_leaver() {
    let world = world().await;
    let ada = world.site.person("Ada Bright", "ADMINISTRATOR").await;
    let browser = world.site.sign_in(&ada).await;
    let own = world.site.post(&browser, &format!("/people/{ada}/provider"), &[]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ann = world.site.person("Ann Other", "AUDITOR").await;
    world.site.post(&browser, &format!("/people/{ann}/leave"), &[]).await;
    let gone = world.site.post(&browser, &format!("/people/{ann}/provider"), &[]).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn one_joins_ones_own_and_takes_it_away() {
    let world = world().await;
    let ann = world.site.person("Ann Other", "AUDITOR").await;
    world.site.password(&ann, "three words and a fish").await;
    let browser = world.site.sign_in(&ann).await;
    assert!(world.site.get(&browser, "/account").await.text.contains("href=\"/account/provider\""));
    let (away, address) = world.leave(&browser, "/account/provider/go").await;
    let answer = world.come_back(&away, &address).await;
    assert_eq!(answer.location(), "/account/provider/join");
    let back = carrying(&browser, &answer);
    let page = world.site.get(&back, "/account/provider/join").await;
    assert!(page.text.contains("Yes, join it to my account"), "{}", page.text);
    assert_eq!(world.sign_in().await.location(), "/sign-in/provider/join", "nothing yet");

    let joined = world.site.post(&back, "/account/provider/join", &[]).await;
    assert_eq!(joined.location(), "/account/provider");
    let row = world.last().await.entry;
    assert_eq!((row.action.as_str(), row.actor.as_str()), ("identity.link", ann.as_str()));
    assert_eq!(world.sign_in().await.location(), "/account");

    let away = world.site.post(&browser, "/account/provider/unlink", &[]).await;
    assert_eq!(away.location(), "/account/provider");
    assert_eq!(world.sign_in().await.location(), "/sign-in/provider/join", "unknown again");
}

#[tokio::test]
async fn nobody_joins_what_somebody_else_brought_back() {
    let world = world().await;
    let ann = world.site.person("Ann Other", "AUDITOR").await;
    let bo = world.site.person("Bo Peep", "AUDITOR").await;
    let (ann, bo) = (world.site.sign_in(&ann).await, world.site.sign_in(&bo).await);
    let (away, address) = world.leave(&ann, "/account/provider/go").await;
    let answer = world.come_back(&away, &address).await;
    let proof = cookie_of(&answer, "proof").expect("it is kept");
    // The same in another session, and in none.
    let taken = Browser { cookie: format!("{}; proof={proof}", bo.cookie), ..bo };
    let page = world.site.post(&taken, "/account/provider/join", &[]).await;
    assert!(page.text.contains("Nothing is changed"), "{}", page.text);
    let nobody = Browser { cookie: format!("{}; proof={proof}", stranger().cookie), ..stranger() };
    let page = world.site.get(&nobody, "/sign-in/provider/join").await;
    assert!(page.text.contains("You did not come from NHS CIS2"));
    // What an unknown person brought back to sign in is not joined to who is signed in.
    world.provider.signs_in("subject-2", "there-2");
    let unknown = unknown(&world).await;
    let proof = unknown.cookie.split("; ").find(|it| it.starts_with("proof=")).expect("it is kept");
    let lured = Browser { cookie: format!("{}; {proof}", ann.cookie), ..ann };
    let page = world.site.post(&lured, "/account/provider/join", &[]).await;
    assert!(page.text.contains("Nothing is changed"));
}

#[tokio::test]
async fn nobody_locks_themselves_out() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    let browser = world.browser().await;
    let answer = world.site.post(&browser, "/account/provider/unlink", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("You have no password"), "{}", answer.text);
    assert_eq!(world.sign_in().await.location(), "/account", "it is still theirs");
}

#[tokio::test]
async fn an_identity_is_one_persons() {
    let world = world().await;
    world.known("Ann Other", "AUDITOR", "subject-1").await;
    let bo = world.site.person("Bo Peep", "AUDITOR").await;
    let bo = world.site.sign_in(&bo).await;
    let (away, address) = world.leave(&bo, "/account/provider/go").await;
    let answer = world.come_back(&away, &address).await;
    let page = world.site.post(&carrying(&bo, &answer), "/account/provider/join", &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("There is already a person with this identity"), "{}", page.text);
}
