//! The one gate of the site: who asks, whether they may, whether the form is theirs, and the
//! headers of the answer. No page is reached around it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use access::{ApiScope, Capability};
use axum::body::Body as HttpBody;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;

use super::fault::Fault;
use super::forms::{self, Fields, Tokens};
use super::named_run::NamedRun;
use super::page::Shell;
use super::registry::{Body, Policy};
use super::visit::{SignedIn, Visit};
use super::{api, headers, named_run, session};
use crate::App;

/// Bytes of a form at most.
const FORM_BYTES: usize = 1 << 20;

/// A step-up holds so long.
const STEPPED_UP: SignedDuration = SignedDuration::from_mins(15);

/// Pages of a person whose password somebody else has set: it must be changed first.
const BEFORE_CHANGE: [&str; 2] = ["/account/password", "/sign-in/again"];

/// Marks an answer of a page, so that tests can tell it from one of the gate. Nothing of it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached;

/// What the gate knows of one route.
#[derive(Clone)]
pub(super) struct Guarded {
    pub(super) app: App,
    pub(super) policy: Policy,
    pub(super) body: Body,
    /// The path as the registry has it. What somebody typed in its place may be an identity.
    pub(super) path: &'static str,
    /// Whether the page speaks of a run that the address names.
    pub(super) names_run: bool,
}

/// Lets a request through, or answers it.
pub(super) async fn guard(State(gate): State<Guarded>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (mut visit, proof) = arrived(&gate, &parts).await;
    let held = parts.headers.get(header::IF_NONE_MATCH).cloned();
    let request = Request::from_parts(parts, body);
    let method = request.method().clone();
    let is_secure = gate.app.settings().is_secure();
    let had_said = !visit.said.is_empty();
    let answered = match proof {
        Ok(()) => pass(&gate, &mut visit, request, next).await,
        Err(fault) => Err(fault),
    };
    let mut response = match answered {
        Ok(response) => response,
        Err(fault) => fault.into_response(),
    };
    if let Policy::Token(scope) = gate.policy {
        response = given((&visit, scope), held.as_ref(), response).await;
    }
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        if let Fault::Broken(why) = &fault {
            tracing::error!(request = %visit.request, why = %why, "a page could not be made");
        }
        let reached = response.extensions_mut().remove::<Reached>();
        response = marked(told(&visit, &fault), reached);
    } else if let Some(run) = &visit.named {
        response = named_run::staying(run, response).await;
    }
    if had_said && method == Method::GET {
        forms::forget_said(response.headers_mut());
    }
    if has_browser(gate.policy) && !api::is_api(&visit.path) {
        session::leave_token(&visit, response.headers_mut());
    }
    headers::add(response.headers_mut(), &visit.nonce, is_secure);
    response
}

/// Whether a route is for browsers, which hold cookies and send forms.
fn has_browser(policy: Policy) -> bool {
    !matches!(policy, Policy::SignedToken | Policy::Token(_))
}

/// A fault as whoever asks reads it.
fn told(visit: &Visit, fault: &Fault) -> Response {
    if api::is_api(&visit.path) {
        return api::as_problem(fault, &visit.request);
    }
    // A page that is not made shows no run.
    fault.page(Shell { named: NamedRun::default(), ..visit.shell("") })
}

/// An answer to a program: put on record before it is sent, and not sent again where it is held.
async fn given(
    (visit, scope): (&Visit, ApiScope),
    held: Option<&HeaderValue>,
    response: Response,
) -> Response {
    let reached = response.extensions().get::<Reached>().copied();
    let Some(run) = api::mark_of(&response) else {
        // A question that the library cannot read is told as we tell it.
        if response.status() != StatusCode::BAD_REQUEST {
            return response;
        }
        return marked(api::not_understood().into_response(), reached);
    };
    let object = format!("{run} {}", visit.path);
    let reach = visit.scope(scope.capability()).ok().map(access::Scope::in_words);
    let entry = visit.entry("api.read", object.trim_start());
    let entry = store::Entry { scope: reach, ..entry };
    let answer = match visit.app.store().audit(entry).await {
        Ok(_) if api::is_known(held, response.headers()) => {
            let mut unchanged = StatusCode::NOT_MODIFIED.into_response();
            unchanged.headers_mut().extend(response.headers().clone());
            unchanged.headers_mut().remove(header::CONTENT_TYPE);
            unchanged.headers_mut().remove(header::CONTENT_LENGTH);
            unchanged
        }
        Ok(_) => response,
        Err(error) => Fault::from(error).into_response(),
    };
    marked(answer, reached)
}

/// With the mark of a page that answered, where one did.
fn marked(mut response: Response, reached: Option<Reached>) -> Response {
    if let Some(reached) = reached {
        response.extensions_mut().insert(reached);
    }
    response
}

/// What is known of a request before its policy is looked at, and why a program proved nothing.
async fn arrived(gate: &Guarded, request: &Parts) -> (Visit, Result<(), Fault>) {
    let (app, now) = (&gate.app, gate.app.now());
    let address = address_of(app, request);
    let (person, csrf, proof) = match gate.policy {
        Policy::SignedToken => (None, String::new(), Ok(())),
        Policy::Token(_) => {
            match api::signed_in(app, &request.headers, (&address.to_string(), now)).await {
                Ok(person) => (Some(person), String::new(), Ok(())),
                Err(fault) => (None, String::new(), Err(fault)),
            }
        }
        _ => {
            let (person, csrf) = session::of(app, &request.headers, now).await;
            (person, csrf, Ok(()))
        }
    };
    let visit = Visit {
        app: app.clone(),
        now,
        request: forms::random_token()[..16].to_owned(),
        address,
        path: request.uri.path().to_owned(),
        nonce: forms::random_token(),
        csrf,
        person,
        fields: Fields::default(),
        once: String::new(),
        said: forms::said(&request.headers),
        named: None,
    };
    (visit, proof)
}

async fn pass(
    gate: &Guarded,
    visit: &mut Visit,
    mut request: Request,
    next: Next,
) -> Result<Response, Fault> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(elsewhere) = allowed(gate, visit, changes).await? {
        return Ok(elsewhere);
    }
    if !changes {
        if gate.names_run {
            named_run::taken(visit, &mut request).await?;
        }
        request.extensions_mut().insert(visit.clone());
        return Ok(reach(next, request).await);
    }
    if has_browser(gate.policy) {
        same_site(&gate.app, request.headers())?;
    }
    if gate.body == Body::Upload {
        request.extensions_mut().insert(visit.clone());
        return Ok(reach(next, request).await);
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_BYTES)
        .await
        .map_err(|_| Fault::TooLarge("1 MiB of text".to_owned()))?;
    let (fields, tokens) = Fields::parse(&bytes)?;
    if has_browser(gate.policy) {
        check_token(visit, &tokens)?;
    }
    visit.fields = fields;
    visit.once = tokens.once;
    let mut request = Request::from_parts(parts, HttpBody::empty());
    request.extensions_mut().insert(visit.clone());
    Ok(reach(next, request).await)
}

async fn reach(next: Next, request: Request) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(Reached);
    response
}

/// Nothing if the policy lets the person through; where to go instead, if signing in helps.
async fn allowed(gate: &Guarded, visit: &Visit, changes: bool) -> Result<Option<Response>, Fault> {
    let sign_in = || {
        let next = if changes { "/" } else { visit.path.as_str() };
        let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
        Ok(Some(forms::go(&format!("/sign-in?{query}"), "")))
    };
    if matches!(gate.policy, Policy::Public | Policy::SignedToken) {
        return Ok(None);
    }
    let Some(person) = &visit.person else { return sign_in() };
    if let Policy::Token(scope) = gate.policy {
        return has(gate, (visit, person), &[scope.capability()]).await.map(|()| None);
    }
    if gate.policy == Policy::HalfSignedIn {
        return Ok(None);
    }
    if gate.app.settings().second_factor
        && !person.second_factor
        && person.access.needs_second_factor()
    {
        return Ok(Some(forms::go("/sign-in/code", "")));
    }
    // Whoever set the password knows it, so nothing is done with it but to change it.
    if person.must_change && !BEFORE_CHANGE.contains(&visit.path.as_str()) {
        return Ok(Some(forms::go("/account/password", "")));
    }
    let needs = match gate.policy {
        Policy::Needs(it) | Policy::SteppedUp(it) => vec![it],
        Policy::NeedsAny(all) => all.to_vec(),
        Policy::Fresh => Vec::new(),
        Policy::Public
        | Policy::SignedToken
        | Policy::Token(_)
        | Policy::HalfSignedIn
        | Policy::SignedIn => return Ok(None),
    };
    if !needs.is_empty() {
        has(gate, (visit, person), &needs).await?;
    }
    let is_fresh = visit.now.duration_since(person.proved_at) < STEPPED_UP;
    if matches!(gate.policy, Policy::SteppedUp(_) | Policy::Fresh) && !is_fresh {
        let query = serde_urlencoded::to_string([("next", &visit.path)]).unwrap_or_default();
        return Ok(Some(forms::go(&format!("/sign-in/again?{query}"), "")));
    }
    Ok(None)
}

/// Refuses those who have no right with any of some capabilities, and puts it on record.
async fn has(
    gate: &Guarded,
    (visit, person): (&Visit, &SignedIn),
    needs: &[Capability],
) -> Result<(), Fault> {
    if needs.iter().any(|it| person.access.may(*it)) {
        return Ok(());
    }
    let words: Vec<&str> = needs.iter().map(|it| it.word()).collect();
    let entry = visit.entry("denied", gate.path).because(words.join(" "));
    gate.app.store().audit(entry.ended(store::audit::Outcome::Refused)).await?;
    Err(Fault::NotFound)
}

/// Refuses what another site sends.
fn same_site(app: &App, headers: &HeaderMap) -> Result<(), Fault> {
    let text = |name| headers.get(name).and_then(|it: &HeaderValue| it.to_str().ok());
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|it| !matches!(it, "same-origin" | "none")) {
        return Err(Fault::Forged);
    }
    // Old browsers send no origin; the token of the session is still asked for. Since our pages
    // send no referrer, browsers call their origin `null`, and say beside it that it is ours.
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let host = text(header::HOST).unwrap_or_default();
    let is_ours = origin == app.settings().address
        || origin.split_once("://").is_some_and(|(_, it)| it == host)
        || (origin == "null" && site == Some("same-origin"));
    if is_ours { Ok(()) } else { Err(Fault::Forged) }
}

/// Refuses a form that was not made for this session.
///
/// # Errors
///
/// [`Fault::Forged`].
pub fn check_token(visit: &Visit, tokens: &Tokens) -> Result<(), Fault> {
    let (ours, theirs) = (visit.csrf.as_bytes(), tokens.csrf.as_bytes());
    let differs = ours.iter().zip(theirs).fold(0, |it, (a, b)| it | (a ^ b));
    let is_ours = !ours.is_empty() && ours.len() == theirs.len() && differs == 0;
    if is_ours { Ok(()) } else { Err(Fault::Forged) }
}

/// The address of the browser; what a proxy says of it is believed only of our own proxies.
fn address_of(app: &App, request: &Parts) -> IpAddr {
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.0.ip());
    if !app.settings().proxies.contains(&peer) {
        return peer;
    }
    let forwarded = request.headers.get("x-forwarded-for").and_then(|it| it.to_str().ok());
    let last = forwarded.and_then(|it| it.rsplit(',').next());
    last.and_then(|it| it.trim().parse().ok()).unwrap_or(peer)
}
