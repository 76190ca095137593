//! Every route of the site with the policy that guards it. What is not in here cannot be reached.

use access::{ApiScope, Capability};
use axum::http::Method;
use axum::routing::MethodRouter;
use axum::{Router, middleware};

use super::{api, assets, guard};
use crate::{App, features};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Anybody.
    Public,
    /// A program that proves itself by a signed token in what it sends, such as an identity
    /// provider. It has no browser, so there is no session and no token of a form, and cookies are
    /// not looked at; the page believes nothing before the signature holds.
    SignedToken,
    /// A program with a token that is for this scope, where its owner has the right of the scope;
    /// the answer itself asks how far that reaches. There is no session, and cookies are not looked at.
    Token(ApiScope),
    /// Anybody whose password was right, before a second factor.
    HalfSignedIn,
    /// Anybody who is signed in.
    SignedIn,
    /// Anybody who signed in, or proved it again, within the last minutes.
    Fresh,
    /// Whoever has a right with this capability; the page itself asks how far it reaches.
    Needs(Capability),
    /// Whoever has a right with one of these capabilities; the page itself asks which, and how far it
    /// reaches.
    NeedsAny(&'static [Capability]),
    /// As [`Policy::Needs`] and [`Policy::Fresh`] together.
    SteppedUp(Capability),
}

/// How the form of a route comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Small, and checked before the page sees it.
    Form,
    /// A file in several parts; the page checks the token, which is the first part.
    Upload,
}

/// One route. It cannot be made without saying who may use it:
///
/// ```compile_fail,E0061
/// async fn page() {}
/// let open_to_whom = web::Route::get("/page", axum::routing::get(page));
/// ```
#[derive(Clone, Debug)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path, with names in braces.
    pub path: &'static str,
    /// Who may use it.
    pub policy: Policy,
    /// How its form comes.
    pub body: Body,
    /// Whether it speaks of a run that is named in the address as well as of the newest.
    pub names_run: bool,
    /// Where the same file is as a workbook, for a CSV file.
    workbook: Option<&'static str>,
    handler: MethodRouter<App>,
}

impl Route {
    /// A page.
    pub fn get(path: &'static str, policy: Policy, handler: MethodRouter<App>) -> Self {
        Self::of(Method::GET, path, (policy, Body::Form), handler)
    }

    /// A table that is taken away: at the one address as CSV, at the other as a workbook, under one
    /// policy and made by one handler.
    pub fn table(
        [csv, workbook]: [&'static str; 2],
        policy: Policy,
        handler: MethodRouter<App>,
    ) -> Self {
        Self { workbook: Some(workbook), ..Self::get(csv, policy, handler) }
    }

    /// An answer for programs.
    pub fn api(path: &'static str, scope: ApiScope, handler: MethodRouter<App>) -> Self {
        Self::get(path, Policy::Token(scope), handler)
    }

    /// A form that changes something.
    pub fn post(path: &'static str, policy: Policy, handler: MethodRouter<App>) -> Self {
        Self::of(Method::POST, path, (policy, Body::Form), handler)
    }

    /// A file that is brought in.
    pub fn upload(path: &'static str, policy: Policy, handler: MethodRouter<App>) -> Self {
        Self::of(Method::POST, path, (policy, Body::Upload), handler)
    }

    /// The same page, which speaks of a published run that the address names, `?run=NAME`, as well as
    /// of the newest.
    pub fn of_named_run(self) -> Self {
        Self { names_run: true, ..self }
    }

    fn of(
        method: Method,
        path: &'static str,
        (policy, body): (Policy, Body),
        handler: MethodRouter<App>,
    ) -> Self {
        Self { method, path, policy, body, names_run: false, workbook: None, handler }
    }
}

/// All routes, feature by feature.
pub fn routes() -> Vec<Route> {
    let mut routes = assets::routes();
    routes.extend(api::routes());
    for mut route in features::routes() {
        if let Some(path) = route.workbook.take() {
            routes.push(Route { path, ..route.clone() });
        }
        routes.push(route);
    }
    routes
}

/// The site.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let guarded = guard::Guarded {
            app: app.clone(),
            policy: route.policy,
            body: route.body,
            path: route.path,
            names_run: route.names_run,
        };
        let layer = middleware::from_fn_with_state(guarded, guard::guard);
        router = router.route(route.path, route.handler.layer(layer));
    }
    let lost = guard::Guarded {
        app: app.clone(),
        policy: Policy::Public,
        body: Body::Form,
        path: "",
        names_run: false,
    };
    let lost = middleware::from_fn_with_state(lost, guard::guard);
    let nothing = axum::routing::any(|| async { super::fault::Fault::NotFound }).layer(lost);
    router.fallback_service(nothing.with_state(app.clone())).with_state(app)
}
