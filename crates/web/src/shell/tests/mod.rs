//! The gate over every route of the registry: rights, forged forms, headers, sessions.

mod forgery;
mod headers;
mod rights;
mod sessions;

use axum::http::{Method, header};

use super::registry::{Body, Policy, Route};
use super::testing::{Answer, Browser, Site, request};

/// Steps of addresses with names, filled with things that may be there or not.
fn address(route: &Route, person: &str) -> String {
    let step = |it: &str| match it {
        "{person}" => person.to_owned(),
        "{unit}" => "HIP".to_owned(),
        "{*file}" => "concord.css".to_owned(),
        it if it.starts_with('{') => "0000".to_owned(),
        it => it.to_owned(),
    };
    route.path.split('/').map(step).collect::<Vec<_>>().join("/")
}

/// Sends a request of a route, with a token and no more fields if it is a form.
async fn send(site: &Site, browser: &Browser, route: &Route, path: &str) -> Answer {
    let request = request(route.method.clone(), browser, path);
    match (&route.method, route.body) {
        (&Method::GET, _) => site.get(browser, path).await,
        (_, Body::Form) => site.form(request, &[("csrf", &browser.csrf)]).await,
        (_, Body::Upload) => {
            let body = format!(
                "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
                 --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n\
                 a,b\r\n--B--\r\n",
                browser.csrf
            );
            let request = request
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
                .body(axum::body::Body::from(body));
            site.send(request.expect("a request")).await
        }
    }
}

/// Somebody with the first role of the matrix that may use a route; nobody where all may.
async fn allowed(site: &Site, route: &Route) -> Browser {
    let capability = match route.policy {
        Policy::Public | Policy::SignedToken => return anonymous(),
        Policy::HalfSignedIn | Policy::SignedIn | Policy::Fresh => access::Capability::ReadAudit,
        Policy::Token(scope) => scope.capability(),
        Policy::Needs(capability) | Policy::SteppedUp(capability) => capability,
        Policy::NeedsAny(all) => all[0],
    };
    let matrix = site.app().matrix();
    let has = |role: &str| {
        let grants = |it: &access::Right| it.condition != Some(access::Condition::Grant);
        matrix.rights(role).iter().any(|it| it.capability == capability && grants(it))
    };
    let found = matrix.roles().iter().find(|it| has(&it.code));
    let role = &found.unwrap_or_else(|| panic!("{}: no role may", route.path)).code;
    let name = store::random_token().expect("random bytes");
    let id = site.person(&name, role).await;
    if matches!(route.policy, Policy::Token(_)) {
        return site.program(&id).await;
    }
    site.sign_in(&id).await
}

/// A browser before anybody is signed in.
fn anonymous() -> Browser {
    let token = "0123456789abcdef0123456789abcdef";
    Browser { cookie: format!("before={token}"), csrf: token.to_owned(), ..Browser::default() }
}
