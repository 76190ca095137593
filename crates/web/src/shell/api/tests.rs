//! The gate for programs, on a site without figures; and the document against what it describes.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode, header};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{api_tokens, people};

use super::*;
use crate::shell::testing::{Answer, Browser, Site, request, site, site_with};

/// A problem as it is told.
fn problem(answer: &Answer) -> Value {
    let media = answer.headers.get(header::CONTENT_TYPE).map(|it| it.to_str().expect("text"));
    assert_eq!(media, Some("application/problem+json"), "{}", answer.text);
    let told: Value = serde_json::from_str(&answer.text).expect("JSON");
    assert_eq!(told["status"], answer.status.as_u16());
    assert_eq!(told["type"], "about:blank");
    assert!(told["detail"].as_str().is_some_and(|it| it.ends_with('.')), "{told}");
    told
}

fn program(token: &str) -> Browser {
    Browser { token: token.to_owned(), ..Browser::default() }
}

async fn ask(site: &Site, token: &str) -> Answer {
    site.get(&program(token), "/api/v1/services").await
}

#[tokio::test]
async fn without_a_token_that_opens_something_there_is_no_answer() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let right = site.program(&id).await.token;
    let nothing = ask(&site, "").await;
    assert_eq!(nothing.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nothing.headers[header::WWW_AUTHENTICATE], "Bearer realm=\"concord\"");
    assert!(problem(&nothing)["detail"].as_str().expect("text").contains("Authorization: Bearer"));
    for wrong in ["concord_1", &right[..right.len() - 1], &right.to_uppercase()] {
        let answer = ask(&site, wrong).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert!(!answer.text.contains(wrong), "what was sent is not sent back");
        problem(&answer);
    }
    // Not in the address, not in a cookie, not by another scheme, not twice.
    let inside = format!("/api/v1/services?access_token={right}");
    assert_eq!(site.get(&program(""), &inside).await.status, StatusCode::UNAUTHORIZED);
    let browser = site.sign_in(&id).await;
    assert_eq!(site.get(&browser, "/api/v1/services").await.status, StatusCode::UNAUTHORIZED);
    for value in [format!("Basic {right}"), right.clone(), format!("Bearer{right}")] {
        let request = request(Method::GET, &program(""), "/api/v1/services")
            .header(header::AUTHORIZATION, value)
            .body(axum::body::Body::empty());
        let answer = site.send(request.expect("a request")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let twice = request(Method::GET, &program(&right), "/api/v1/services")
        .header(header::AUTHORIZATION, format!("Bearer {right}"))
        .body(axum::body::Body::empty());
    let twice = site.send(twice.expect("a request")).await;
    assert_eq!(twice.status, StatusCode::UNAUTHORIZED);
    // A token opens no page for browsers.
    let page = site.get(&program(&right), "/services").await;
    assert!(page.location().starts_with("/sign-in?next="), "{}", page.status);
    let answer = ask(&site, &right).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.headers.contains_key(header::SET_COOKIE), "a program gets no cookie");
}

#[tokio::test]
async fn wrong_tokens_from_one_address_are_stopped_and_lock_nobody_out() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let right = site.program(&id).await.token;
    for number in 0..50 {
        assert_eq!(ask(&site, "concord_0").await.status, StatusCode::UNAUTHORIZED, "{number}");
    }
    let stopped = ask(&site, "concord_0").await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(stopped.headers[header::RETRY_AFTER], "300", "five minutes after the first");
    problem(&stopped);
    assert_eq!(ask(&site, &right).await.status, StatusCode::OK, "the right one is answered");
    let sign_in = [("email", "ann.other@trust.example"), ("password", "x"), ("next", "/")];
    let browser = Browser {
        cookie: "before=0123456789abcdef0123456789abcdef".to_owned(),
        csrf: "0123456789abcdef0123456789abcdef".to_owned(),
        ..Browser::default()
    };
    let people = site.post(&browser, "/sign-in", &sign_in).await;
    assert_eq!(people.status, StatusCode::OK, "people may try to sign in");
    site.wait(SignedDuration::from_secs(300));
    assert_eq!(ask(&site, "concord_0").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_program_that_never_stops_is_stopped_and_others_are_not() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let (endless, other) = (site.program(&id).await.token, site.program(&id).await.token);
    for number in 0..600 {
        assert_eq!(ask(&site, &endless).await.status, StatusCode::OK, "{number}");
    }
    let stopped = ask(&site, &endless).await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
    problem(&stopped);
    assert_eq!(ask(&site, &other).await.status, StatusCode::OK);
    site.wait(SignedDuration::from_mins(5));
    assert_eq!(ask(&site, &endless).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_dead_with_its_owner_its_right_and_its_day() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let token = site.program(&id).await.token;
    assert_eq!(ask(&site, &token).await.status, StatusCode::OK);
    site.wait(SignedDuration::from_hours(24 * 30));
    assert_eq!(ask(&site, &token).await.status, StatusCode::UNAUTHORIZED, "its day is over");

    let token = site.program(&id).await.token;
    let mut db = site.store().read().await.expect("a connection");
    let now = site.app().now();
    let day = crate::shell::session::today(now);
    let held = store::grants::counting(&mut db, &id, day).await.expect("a read");
    drop(db);
    let (grant, entry) = (held[0].id.clone(), site.operator());
    let revoked = site
        .store()
        .write(move |tx| Box::pin(async move { store::grants::revoke(tx, &grant, &entry).await }));
    revoked.await.expect("it is taken away");
    let answer = ask(&site, &token).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "the right is gone");
    problem(&answer);

    let bea = site.person("Bea Other", "BOARD_MEMBER").await;
    let token = site.program(&bea).await.token;
    let (target, entry) = (bea.clone(), site.operator());
    let left = site.store().write(move |tx| {
        let on = "2026-07-10".parse().expect("a day");
        Box::pin(async move { people::leave(tx, &target, on, &entry).await })
    });
    left.await.expect("they leave");
    assert_eq!(ask(&site, &token).await.status, StatusCode::UNAUTHORIZED, "its owner has left");
}

#[tokio::test]
async fn a_token_reads_nothing_that_it_is_not_for() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let new = api_tokens::NewToken {
        person: id.clone(),
        name: "measures alone".to_owned(),
        scopes: "measures:read".to_owned(),
        second_factor: false,
        until: site.app().now() + SignedDuration::from_hours(24),
    };
    let entry = site.operator();
    let made = site
        .store()
        .write(move |tx| Box::pin(async move { api_tokens::create(tx, &new, &entry).await }));
    let token = made.await.expect("it is made").1;
    assert_eq!(site.get(&program(&token), "/api/v1/measures").await.status, StatusCode::OK);
    let nowhere = site.get(&program(&token), "/api/v1/nowhere").await;
    let mut unknown = problem(&nowhere);
    for path in ["/api/v1/services", "/api/v1/runs", "/api/v1/services/HIP/statement"] {
        let answer = site.get(&program(&token), path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let mut told = problem(&answer);
        told["request"] = Value::Null;
        unknown["request"] = Value::Null;
        assert_eq!(told, unknown, "{path}: as if it were not there");
    }
}

#[tokio::test]
async fn whoever_needs_a_second_factor_makes_tokens_with_one() {
    let site = site_with(|it| it.second_factor = true).await;
    let id = site.person("Priya Raman", "COSTING_ACCOUNTANT").await;
    let without = site.program(&id).await.token;
    let refused = ask(&site, &without).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(problem(&refused)["detail"].as_str().expect("text").contains("second factor"));
    // A board member sees no patient and needs none.
    let owen = site.person("Owen Clarke", "BOARD_MEMBER").await;
    let owen = site.program(&owen).await.token;
    assert_eq!(ask(&site, &owen).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_asked_is_a_problem_too() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let browser = site.program(&id).await;
    for query in ["?page=0", "?limit=0", "?limit=1001", "?page=x", "?patient=1", "?page=-1"] {
        let answer = site.get(&browser, &format!("/api/v1/measures{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        problem(&answer);
    }
}

#[tokio::test]
async fn an_answer_is_on_record_and_sent_once_to_whoever_holds_it() {
    let site = site().await;
    let id = site.person("Ann Other", "BOARD_MEMBER").await;
    let browser = site.program(&id).await;
    let first = site.get(&browser, "/api/v1/measures").await;
    let mark = first.headers[header::ETAG].to_str().expect("text").to_owned();
    let held = request(Method::GET, &browser, "/api/v1/measures")
        .header(header::IF_NONE_MATCH, format!("\"other\", {mark}"))
        .body(axum::body::Body::empty());
    let again = site.send(held.expect("a request")).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(again.headers[header::ETAG], *mark);
    let asked = store::audit::Asked {
        action: Some("api.read".to_owned()),
        ..store::audit::Asked::default()
    };
    let mut db = site.store().read().await.expect("a connection");
    let rows = store::audit::list(&mut db, &asked, 10).await.expect("a read");
    assert_eq!(rows.len(), 2, "both are on record");
    assert_eq!(rows[0].entry.actor, id.as_str());
    assert_eq!(rows[0].entry.object.as_deref(), Some("/api/v1/measures"));
    assert!(rows[0].entry.session.as_deref().is_some_and(|it| it.starts_with("token/")));
    assert!(!format!("{rows:?}").contains(&browser.token), "never the token itself");
}

/// What a value breaks of a schema, as far as the document uses schemas.
pub(crate) fn broken(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let found = document.pointer(pointer);
        return found.map_or(vec![format!("no {reference}")], |it| broken(document, it, value));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().filter(|it| broken(document, it, value).is_empty()).count();
        return if fits == 1 { Vec::new() } else { vec![format!("{fits} of oneOf fit {value}")] };
    }
    let mut wrong = Vec::new();
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the schema asks for {other}"),
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(it) => vec![it],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        other => panic!("a schema without a type: {other} in {schema}"),
    };
    if !kinds.iter().any(|it| is(it)) {
        wrong.push(format!("{value} is not of {kinds:?}"));
    }
    if let Some(all) = schema["enum"].as_array()
        && !all.contains(value)
    {
        wrong.push(format!("{value} is none of {all:?}"));
    }
    if schema["minimum"].as_i64().zip(value.as_i64()).is_some_and(|(least, it)| it < least) {
        wrong.push(format!("{value} is too small"));
    }
    for it in value.as_array().into_iter().flatten() {
        wrong.extend(broken(document, &schema["items"], it));
    }
    if let Some(fields) = value.as_object() {
        for (name, it) in fields {
            match schema["properties"].get(name) {
                Some(schema) => wrong
                    .extend(broken(document, schema, it).iter().map(|it| format!("{name}: {it}"))),
                None => wrong.push(format!("{name} is not in the document")),
            }
        }
        // Fields that may be null are there all the same.
        let expected = schema["properties"].as_object().into_iter().flatten();
        let missing = expected.filter(|it| !fields.contains_key(it.0));
        wrong.extend(missing.map(|it| format!("{} is missing", it.0)));
    }
    wrong
}

/// The schema of an answer.
pub(crate) fn schema_of<'a>(document: &'a Value, path: &str, status: &str) -> &'a Value {
    let media = if status == "200" { "application/json" } else { "application/problem+json" };
    &document["paths"][path]["get"]["responses"][status]["content"][media]["schema"]
}

#[test]
fn every_sample_of_the_document_is_as_the_document_says() {
    let document: Value = serde_json::from_str(&document_text()).expect("JSON");
    assert!(document["openapi"].as_str().is_some_and(|it| it.starts_with("3.1")), "{document}");
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() >= 9, "{}", paths.len());
    for (path, item) in paths {
        let get = &item["get"];
        assert!(get["summary"].as_str().is_some_and(|it| !it.is_empty()), "{path}");
        assert!(get["description"].as_str().is_some_and(|it| !it.is_empty()), "{path}");
        let example = &get["responses"]["200"]["content"]["application/json"]["example"];
        assert!(example.is_object(), "{path} has an example");
        let schema = schema_of(&document, path, "200");
        assert_eq!(broken(&document, schema, example), Vec::<String>::new(), "{path}");
        for status in ["401", "404", "422", "429"] {
            assert!(schema_of(&document, path, status)["$ref"].is_string(), "{path} {status}");
        }
        for it in get["parameters"].as_array().into_iter().flatten() {
            assert!(it["description"].is_string(), "{path} {it}");
        }
        assert_eq!(path.matches('{').count(), named(get), "{path}: each name is described");
    }
    assert_eq!(document_text(), document_text());
}

fn named(get: &Value) -> usize {
    let all = get["parameters"].as_array().into_iter().flatten();
    all.filter(|it| it["in"] == "path").count()
}

/// An example of the documentation.
fn example(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples");
    std::fs::read_to_string(std::path::Path::new(path).join(name)).expect("an example")
}

/// Names of all fields of the document.
fn fields(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let all = schemas.values().filter_map(|it| it["properties"].as_object());
    all.flat_map(|it| it.keys().cloned()).collect()
}

/// Words of a program that may be fields: in quotation marks, in `[…]` of M, behind `$` of R.
fn words(text: &str) -> BTreeSet<String> {
    let is_word = |it: &&str| {
        let letter = |it: char| it.is_ascii_lowercase() || it == '_' || it == '.';
        it.len() > 1 && it.chars().all(letter) && it.starts_with(|it: char| it != '.')
    };
    let code = text.lines().filter(|it| !it.trim_start().starts_with(['#', '/']));
    let code: String = code.collect::<Vec<_>>().join("\n");
    let quoted = code.split('"').skip(1).step_by(2);
    let in_brackets = code.split('[').skip(1).filter_map(|it| Some(it.split_once(']')?.0));
    let behind_dollar = code.split('$').skip(1).map(|it| {
        let it = it.trim_start_matches('`');
        it.split(|it: char| !it.is_ascii_alphanumeric() && it != '_' && it != '.').next()
    });
    let all = quoted.chain(in_brackets).chain(behind_dollar.flatten()).filter(is_word);
    // R names a field within another with a point between them.
    all.map(|it| it.rsplit('.').next().unwrap_or(it).to_owned()).collect()
}

/// Addresses of a program, as the document names them.
fn addresses(text: &str) -> BTreeSet<String> {
    let ends = |it: char| matches!(it, '"' | '?' | ' ' | '`' | '\n');
    let found = text.match_indices(BASE).map(|it| &text[it.0..]);
    let one = |it: &str| {
        let path = it.split(ends).next().unwrap_or_default();
        path.replace("/services/TORT", "/services/{unit}")
            .replace("/services/{code}", "/services/{unit}")
            .replace("/measures/FFT-POSITIVE", "/measures/{measure}")
    };
    found.map(one).collect()
}

/// What cannot be run here is read: every address and field that it names is in the document.
#[test]
fn examples_name_addresses_and_fields_that_there_are() {
    let document: Value = serde_json::from_str(&document_text()).expect("JSON");
    let known = fields(&document);
    for (name, own) in [
        ("services.pq", &[][..]),
        ("services.R", &["cost", "income", "amount", "exact"]),
        ("services.py", &["exact", "hidden"]),
        ("services.sh", &[]),
    ] {
        let text = example(name);
        let found = addresses(&text);
        assert!(!found.is_empty(), "{name}");
        for it in found {
            let is_known = document["paths"].get(&it).is_some() || it == "/api/v1/services/";
            assert!(is_known, "{name}: {it}");
        }
        if name == "services.sh" {
            continue;
        }
        let named = words(&text);
        assert!(named.contains("cost_gbp"), "{name}: {named:?}");
        let wrong: Vec<&String> =
            named.iter().filter(|it| !known.contains(*it) && !own.contains(&it.as_str())).collect();
        assert_eq!(wrong, Vec::<&String>::new(), "{name} names what is no field");
    }
    let wrong = words("let a = [cost_pounds], b = \"incme_gbp\" in x$evnts");
    assert!(wrong.iter().all(|it| !known.contains(it)) && wrong.len() == 3, "{wrong:?}");
    let page = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/how-to/use-the-api.md"),
    );
    let page = page.expect("the page");
    for it in addresses(&page).iter().filter(|it| *it != DOCUMENT) {
        assert!(document["paths"].get(it).is_some(), "the page: {it}");
    }
}

#[test]
fn the_checker_of_schemas_finds_what_is_wrong() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": ["string", "null"]}, "b": {"type": "array", "items": {"type": "integer"}}}});
    let check = |value: Value| broken(&Value::Null, &schema, &value);
    assert_eq!(check(json!({"a": null, "b": [1, 2]})), Vec::<String>::new());
    assert_eq!(check(json!({"a": 1, "b": ["x"], "c": 0})).len(), 3);
    assert_eq!(check(json!({"a": "x"})), ["b is missing"]);
}

#[tokio::test]
async fn a_problem_is_as_the_document_says() {
    let site = site().await;
    let document: Value = serde_json::from_str(&document_text()).expect("JSON");
    let told = problem(&ask(&site, "").await);
    let schema = schema_of(&document, "/api/v1/services", "401");
    assert_eq!(broken(&document, schema, &told), Vec::<String>::new());
    let served = site.get(&program(""), DOCUMENT).await;
    assert_eq!(served.status, StatusCode::OK, "for anybody: it holds no figure");
    assert_eq!(served.text, document_text());
}
