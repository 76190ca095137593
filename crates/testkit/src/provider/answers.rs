//! What the fake provider answers on the network.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Router, middleware};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{CLIENT, FakeProvider, Manner, SECRET};

pub(super) fn router(provider: FakeProvider) -> Router {
    let discovery = "/realm/.well-known/openid-configuration";
    Router::new()
        .route(discovery, get(|State(it): State<FakeProvider>| async move { it.discovery() }))
        .route("/other", get(|State(it): State<FakeProvider>| async move { it.document() }))
        .route("/realm/keys", get(keys))
        .route("/realm/token", post(token))
        .route("/realm/userinfo", get(userinfo))
        .layer(middleware::from_fn_with_state(provider.clone(), manner))
        .with_state(provider)
}

/// Every call is counted, and misbehaviour that is the same everywhere happens here.
async fn manner(State(it): State<FakeProvider>, request: Request, next: Next) -> Response {
    let manner = {
        let mut state = it.0.state();
        state.calls.push(request.uri().path().to_owned());
        state.manner
    };
    match manner {
        Manner::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Manner::Slow => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            next.run(request).await
        }
        _ => next.run(request).await,
    }
}

fn of_json(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

impl FakeProvider {
    fn discovery(&self) -> Response {
        let manner = self.0.state().manner;
        match manner {
            Manner::Redirects => {
                let elsewhere = format!("{}/other", self.0.address);
                (StatusCode::FOUND, [(header::LOCATION, elsewhere)]).into_response()
            }
            Manner::Huge => of_json(&json!({ "issuer": "x".repeat(4 << 20) })),
            _ => self.document(),
        }
    }

    fn document(&self) -> Response {
        let manner = self.0.state().manner;
        let issuer = self.issuer();
        let mut said = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{issuer}/keys"),
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            "authorization_response_iss_parameter_supported": manner != Manner::Nameless,
        });
        match manner {
            Manner::OtherIssuer => said["issuer"] = json!("https://evil.example"),
            Manner::Elsewhere => said["token_endpoint"] = json!("https://evil.example/token"),
            Manner::SecretInForm => {
                said["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
            }
            _ => {}
        }
        of_json(&said)
    }

    /// Whether the client proves itself as it should.
    fn is_client(&self, headers: &HeaderMap, form: &BTreeMap<String, String>) -> bool {
        if self.0.state().manner == Manner::SecretInForm {
            let get = |name: &str| form.get(name).map_or("", String::as_str);
            return get("client_id") == CLIENT && get("client_secret") == SECRET;
        }
        // The secret `h:u/s h+`, encoded as in a form.
        let expected = BASE64_STANDARD.encode(format!("{CLIENT}:h%3Au%2Fs+h%2B"));
        let sent = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
        sent == Some(&format!("Basic {expected}")) && !form.contains_key("client_secret")
    }
}

async fn keys(State(it): State<FakeProvider>) -> Response {
    let published = it.0.state().keys.published();
    of_json(&published)
}

async fn token(
    State(it): State<FakeProvider>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    if !it.is_client(&headers, &form) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match it.exchange(&form) {
        Some(token) => of_json(&json!({
            "access_token": "access",
            "token_type": "Bearer",
            "id_token": token,
        })),
        None => {
            (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}).to_string()).into_response()
        }
    }
}

/// Unsigned, and of somebody else: whoever believes it is deceived.
async fn userinfo() -> Response {
    of_json(&json!({ "sub": "subject-2", "email": "ann.other@trust.example" }))
}
