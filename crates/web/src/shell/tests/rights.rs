//! Every route of the registry by every role of the matrix, as it is held: nothing by hand, so that
//! a new route or role is in it at once.

use std::collections::BTreeMap;

use access::{Capability, Condition};
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use store::audit::{self, Asked, Outcome, Recorded};
use store::grants::{self, NewGrant};
use store::{Entry, GrantId, PersonId};

use super::super::registry::{Policy, Route, routes};
use super::super::testing::{Browser, Site, TRUST, grant, site, site_with};
use super::{address, allowed, anonymous, send};

/// How a role is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// For the whole trust.
    Trust,
    /// For one service line.
    Unit,
    /// For the whole trust with patient rows, approved by a second person.
    WithPatients,
    /// The same, before anybody approved it.
    NotApproved,
    /// Until yesterday.
    Ended,
    /// From tomorrow.
    Later,
    /// Until it was taken away.
    Revoked,
}

/// Not in force: one person holds all roles so, since one that counted would show.
const NOT_IN_FORCE: [Held; 4] = [Held::NotApproved, Held::Ended, Held::Later, Held::Revoked];

impl Held {
    /// Whether a role held so has a capability, by the lines of the matrix alone.
    fn gives(self, site: &Site, role: &str, capability: Capability) -> bool {
        let rights = site.app().matrix().rights(role);
        let mut found = rights.iter().filter(|it| it.capability == capability);
        match self {
            Self::Trust | Self::Unit => found.any(|it| it.condition != Some(Condition::Grant)),
            Self::WithPatients => found.next().is_some(),
            Self::NotApproved | Self::Ended | Self::Later | Self::Revoked => false,
        }
    }

    /// Somebody who holds roles so, signed in.
    async fn by(self, site: &Site, roles: &[String], second: &PersonId) -> Browser {
        let what = roles.first().filter(|_| roles.len() == 1).map_or("All", String::as_str);
        let id = site.person(&format!("{what} {self:?}"), "").await;
        for role in roles {
            let given = site.grant(&self.grant(&id, role)).await;
            match self {
                Self::WithPatients => approve(site, given, second).await,
                Self::Revoked => revoke(site, given).await,
                _ => {}
            }
        }
        Browser { token: site.program(&id).await.token, ..site.sign_in(&id).await }
    }

    fn grant(self, id: &PersonId, role: &str) -> NewGrant {
        let day = |text: &str| text.parse().expect("a day");
        let whole = grant(id, role, TRUST);
        match self {
            Self::Trust | Self::Revoked => whole,
            Self::Unit => grant(id, role, "HIP"),
            Self::WithPatients | Self::NotApproved => NewGrant { patient_level: true, ..whole },
            Self::Ended => NewGrant { until: Some(day("2026-06-10")), ..whole },
            Self::Later => NewGrant { from: day("2026-06-12"), ..whole },
        }
    }
}

async fn approve(site: &Site, id: GrantId, second: &PersonId) {
    let entry = Entry::by(second.as_str(), site.app().now());
    let done = site
        .store()
        .write(move |tx| Box::pin(async move { grants::approve(tx, &id, &entry).await }));
    done.await.expect("it is approved");
}

async fn revoke(site: &Site, id: GrantId) {
    let entry = site.operator();
    let done = site
        .store()
        .write(move |tx| Box::pin(async move { grants::revoke(tx, &id, &entry).await }));
    done.await.expect("it is taken away");
}

async fn last_row(site: &Site) -> Recorded {
    let mut db = site.store().read().await.expect("a connection");
    let rows = audit::list(&mut db, &Asked::default(), 1).await.expect("a read");
    rows.into_iter().next().expect("there are rows")
}

/// A page without what differs from request to request: tokens, nonces, numbers.
fn without_tokens(page: &str) -> String {
    let mut kept = String::new();
    let mut run = String::new();
    for letter in page.chars().chain(['\n']) {
        if letter.is_ascii_hexdigit() {
            run.push(letter);
            continue;
        }
        kept += if run.len() >= 16 { "#" } else { &run };
        run.clear();
        kept.push(letter);
    }
    kept
}

/// Somebody, and what addresses that are not there answer them, by the first part of each: pages say
/// in which part of the site they are.
struct Asker {
    browser: Browser,
    nowhere: BTreeMap<String, String>,
}

impl Asker {
    fn of(browser: Browser) -> Self {
        Self { browser, nowhere: BTreeMap::new() }
    }

    /// The page of an address that is not there, without tokens.
    async fn nowhere(&mut self, site: &Site, path: &str) -> &str {
        // A program is told in its own manner, and there by its whole path.
        let depth = if super::super::api::is_api(path) { usize::MAX } else { 2 };
        let part = path.split('/').take(depth).collect::<Vec<_>>().join("/");
        if !self.nowhere.contains_key(&part) {
            let unknown = site.get(&self.browser, &format!("{part}/nowhere/at/all")).await;
            assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{part}");
            self.nowhere.insert(part.clone(), without_tokens(&unknown.text));
        }
        &self.nowhere[&part]
    }
}

/// One cell of the table: a route and somebody who is signed in.
async fn check(site: &Site, asker: &mut Asker, (route, path): (&Route, &str), may: bool) {
    let before = site.store().audit_head().await.expect("a read").seq;
    let answer = send(site, &asker.browser, route, path).await;
    let what = format!("{} {path}: {}", route.method, answer.status);
    assert_eq!(answer.reached, may, "{what}");
    if may {
        assert!(!answer.location().starts_with("/sign-in?"), "{what}");
        assert!(answer.status.as_u16() < 500, "{what}\n{}", answer.text);
        return;
    }
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
    let row = last_row(site).await;
    assert_eq!(row.seq, before + 1, "{what}: one record, of the refusal");
    assert_eq!(row.entry.action, "denied", "{what}");
    assert_eq!(row.entry.outcome, Outcome::Refused, "{what}");
    assert_eq!(row.entry.object.as_deref(), Some(route.path), "{what}");
    let nowhere = asker.nowhere(site, path).await;
    assert_eq!(without_tokens(&answer.text), nowhere, "{what}: as if it were not there");
}

/// All routes but signing out, which ends the session and is for everybody.
fn asked() -> impl Iterator<Item = Route> {
    routes().into_iter().filter(|it| it.path != "/sign-out")
}

#[tokio::test]
async fn every_route_by_every_role_held_for_the_trust() {
    every_route_by_every_role(Held::Trust).await;
}

#[tokio::test]
async fn every_route_by_every_role_held_for_a_unit() {
    every_route_by_every_role(Held::Unit).await;
}

#[tokio::test]
async fn every_route_by_every_role_that_may_see_patients() {
    every_route_by_every_role(Held::WithPatients).await;
}

/// Each role alone, in force.
async fn every_route_by_every_role(held: Held) {
    let site = site().await;
    let second = site.person("Sec Ond", "PRIVACY_OFFICER").await;
    let victim = site.person("Vic Tim", "").await;
    let roles: Vec<String> = site.app().matrix().roles().iter().map(|it| it.code.clone()).collect();
    assert_eq!(roles.len(), 16, "roles of the matrix");
    let (mut cells, mut refused) = (0, 0);
    for role in &roles {
        let browser = held.by(&site, std::slice::from_ref(role), &second).await;
        let mut asker = Asker::of(browser);
        for route in asked() {
            let may = match route.policy {
                Policy::Public
                | Policy::SignedToken
                | Policy::HalfSignedIn
                | Policy::SignedIn
                | Policy::Fresh => true,
                Policy::Needs(it) | Policy::SteppedUp(it) => held.gives(&site, role, it),
                Policy::NeedsAny(all) => all.iter().any(|it| held.gives(&site, role, *it)),
                Policy::Token(scope) => held.gives(&site, role, scope.capability()),
            };
            let path = address(&route, victim.as_str());
            check(&site, &mut asker, (&route, &path), may).await;
            cells += 1;
            refused += usize::from(!may);
        }
    }
    // 16 roles; a page of each kind is refused to many of them.
    assert_eq!(cells, 16 * asked().count());
    assert!(refused * 2 > cells, "{refused} of {cells} refused");
    let chain = site.store().verify_chain(&[]).await.expect("the audit can be read");
    chain.expect("the chain holds");
}

#[tokio::test]
async fn every_route_by_all_roles_of_which_none_is_in_force() {
    let site = site().await;
    let second = site.person("Sec Ond", "PRIVACY_OFFICER").await;
    let victim = site.person("Vic Tim", "").await;
    let roles: Vec<String> = site.app().matrix().roles().iter().map(|it| it.code.clone()).collect();
    let mut refused = 0;
    for held in NOT_IN_FORCE {
        let mut asker = Asker::of(held.by(&site, &roles, &second).await);
        for route in asked() {
            let needs = matches!(
                route.policy,
                Policy::Needs(_) | Policy::NeedsAny(_) | Policy::SteppedUp(_) | Policy::Token(_)
            );
            let path = address(&route, victim.as_str());
            check(&site, &mut asker, (&route, &path), !needs).await;
            refused += usize::from(needs);
        }
    }
    assert!(refused > 4 * asked().count() / 2, "{refused} refused");
}

#[tokio::test]
async fn nobody_gets_past_signing_in() {
    let site = site().await;
    for route in routes() {
        let path = address(&route, "0000");
        let answer = send(&site, &anonymous(), &route, &path).await;
        let what = format!("{} {path}", route.method);
        if matches!(route.policy, Policy::Public | Policy::SignedToken) {
            assert!(answer.reached, "{what}");
            continue;
        }
        assert!(!answer.reached, "{what}");
        if matches!(route.policy, Policy::Token(_)) {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
            assert!(answer.text.contains("Send a token"), "{what}: {}", answer.text);
            continue;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}");
        assert!(answer.location().starts_with("/sign-in?next="), "{what}");
        assert_eq!(answer.text, "", "{what}: nothing of the page");
    }
}

#[tokio::test]
async fn whoever_needs_a_second_factor_reaches_nothing_without_one() {
    let site = site_with(|it| it.second_factor = true).await;
    let ada = site.person("Ada Bright", "ADMINISTRATOR").await;
    let browser = site.sign_in(&ada).await;
    let browser = Browser { token: site.program(&ada).await.token, ..browser };
    for route in routes() {
        if matches!(route.policy, Policy::Public | Policy::SignedToken | Policy::HalfSignedIn) {
            continue;
        }
        let path = address(&route, "0000");
        let answer = send(&site, &browser, &route, &path).await;
        assert!(!answer.reached, "{path}");
        if matches!(route.policy, Policy::Token(_)) {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(answer.text.contains("need a second factor"), "{path}: {}", answer.text);
            continue;
        }
        assert_eq!(answer.location(), "/sign-in/code", "{path}");
    }
}

#[tokio::test]
async fn grave_pages_ask_for_a_fresh_proof() {
    let site = site().await;
    let grave =
        routes().into_iter().filter(|it| matches!(it.policy, Policy::SteppedUp(_) | Policy::Fresh));
    let grave: Vec<Route> = grave.collect();
    assert!(grave.len() >= 8, "passwords, second factors and identities: {}", grave.len());
    for route in grave {
        let browser = allowed(&site, &route).await;
        let path = address(&route, "0000");
        site.wait(SignedDuration::from_mins(14));
        assert!(send(&site, &browser, &route, &path).await.reached, "{path}");
        site.wait(SignedDuration::from_mins(1));
        let answer = send(&site, &browser, &route, &path).await;
        assert!(!answer.reached, "{path}");
        assert!(answer.location().starts_with("/sign-in/again?next="), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_in_the_registry_cannot_be_reached() {
    let site = site().await;
    let ada = site.person("Ada Bright", "ADMINISTRATOR").await;
    let browser = site.sign_in(&ada).await;
    for path in ["/admin", "/.env", "/metrics", "/people/rights", "/concord.sqlite", "/assets/../x"]
    {
        let answer = site.get(&browser, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    // A method that a route does not have does nothing either, also with the token.
    for mut route in routes().into_iter().filter(|it| it.policy != Policy::Public) {
        let path = address(&route, "0000");
        route.method = Method::DELETE;
        let answer = send(&site, &browser, &route, &path).await;
        let refused =
            [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED];
        assert!(refused.contains(&answer.status), "DELETE {path}: {}", answer.status);
    }
}
