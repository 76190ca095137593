//! Requests in, pages out: asking for a costing, and who prepared a run.

use axum::http::StatusCode;
use serde_json::json;
use store::Entry;
use store::jobs::{self, End, JobState};

use super::publish;
use crate::shell::costed;
use crate::shell::models;
use crate::shell::testing::working::{Site, now, site};
use crate::shell::words;

async fn jobs_of(site: &Site) -> Vec<jobs::Job> {
    let mut db = site.app.store().read().await.expect("a connection");
    jobs::list(&mut db, None, 100).await.expect("a read")
}

#[tokio::test]
async fn a_costing_is_asked_for_once() {
    let site = site().await;
    let who = site.sign_in("Priya Raman", "COSTING_ACCOUNTANT").await;
    let page = site.get(&who, "/runs/start").await;
    assert!(page.text.contains("No data were accepted yet"), "{}", page.text);
    let dataset = site.path("datasets/2025-26");
    std::fs::create_dir_all(&dataset).expect("a folder");
    std::fs::write(dataset.join("manifest.json"), "{}").expect("writes");
    let page = site.get(&who, "/runs/start").await;
    assert!(page.text.contains("2025/26") && page.text.contains("as it was set up"));

    for year in ["", "2024-25", "../2025-26"] {
        let refused = site.post(&who, "/runs/start", &[("year", year), ("once", "w")]).await;
        assert!(refused.text.contains("Choose a year whose data were accepted"), "{year}");
    }
    let form = [("year", "2025-26"), ("once", "o")];
    let started = site.post(&who, "/runs/start", &form).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
    let twice = site.post(&who, "/runs/start", &form).await;
    assert_eq!(twice.location, started.location);
    let jobs = jobs_of(&site).await;
    assert_eq!(jobs.len(), 1, "sent twice, it is one costing");
    assert_eq!(started.location, format!("/jobs/{}", jobs[0].id));
    assert_eq!(jobs[0].asked.payload["dataset"], json!(dataset));

    let other = site.sign_in("Helen Marsh", "MEDICAL_DIRECTOR").await;
    assert_eq!(site.get(&other, "/runs/start").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(&other, "/runs/start", &form).await.status, StatusCode::NOT_FOUND);
}

/// Whoever asked first made the run; who asked for the same again was given it.
#[tokio::test]
async fn whoever_asked_for_the_costing_prepared_the_run() {
    let site = site().await;
    for (number, who) in ["first", "second"].into_iter().enumerate() {
        let new = jobs::NewJob {
            kind: "cost".to_owned(),
            class: "engine".to_owned(),
            payload: json!({}),
            scope: "trust".to_owned(),
            idempotency_key: who.to_owned(),
        };
        let seconds = i64::try_from(number).expect("small");
        let at = now() + jiff::SignedDuration::from_secs(seconds);
        let write = site.app.store().write(move |tx| {
            Box::pin(async move {
                let job = jobs::enqueue(tx, &new, &Entry::by(who, at)).await?;
                jobs::claim(tx, "engine", at).await?;
                let result = json!({"outcome": "done", "result": {"run": "/site/runs/1fe9"}});
                let (state, message) = (JobState::Done, String::new());
                let end = End { state, result, exit_code: Some(0), message };
                jobs::finish(tx, &job.id, &end, &Entry::by("engine", at)).await
            })
        });
        write.await.expect("it ends");
    }
    let mut db = site.app.store().read().await.expect("a connection");
    let found = publish::preparer(&mut db, "1fe9").await.expect("a read");
    assert_eq!(found.as_deref(), Some("first"));
    assert_eq!(publish::preparer(&mut db, "2c0b").await.expect("a read"), None);
}

#[tokio::test]
async fn two_runs_are_compared_or_it_is_said_what_is_missing() {
    let site = site().await;
    let who = site.sign_in("Priya Raman", "COSTING_ACCOUNTANT").await;
    let page = site.get(&who, "/runs/compare").await;
    assert!(page.text.contains("nothing to compare until two runs are there"), "{}", page.text);
    let same = site.get(&who, "/runs/compare?from=aa&to=aa").await;
    assert!(same.text.contains("Choose two different runs"), "{}", same.text);
    let none = site.get(&who, "/runs/compare?from=aa&to=bb").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

/// A draft of the rules that are in force, with one row more.
async fn draft(site: &Site, number: i64, content: &str) -> String {
    let folder = site.path(&format!("models/{number}"));
    let mut files = rules::folder::load(&site.app.settings().model).expect("the model");
    files.entry("event_types.csv".to_owned()).or_default().extend(content.as_bytes());
    for (name, bytes) in &files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("writes");
    }
    let hash = rules::model::hash(&files);
    let new = store::model_versions::NewVersion {
        folder: format!("models/{number}"),
        parent: None,
        reason: "Theatre minutes without anaesthesia".to_owned(),
        hash: hash.clone(),
    };
    let write = site.app.store().write(move |tx| {
        Box::pin(async move {
            store::model_versions::draft(tx, &new, &Entry::by("operator", now())).await
        })
    });
    assert_eq!(write.await.expect("it is new"), number);
    hash
}

#[tokio::test]
async fn a_costing_can_try_a_draft_of_the_rules() {
    let site = site().await;
    let who = site.sign_in("Priya Raman", "COSTING_ACCOUNTANT").await;
    let dataset = site.path("datasets/2025-26");
    std::fs::create_dir_all(&dataset).expect("a folder");
    std::fs::write(dataset.join("manifest.json"), "{}").expect("writes");
    let hash = draft(&site, 1, "X-TRIAL,A trial,2025-04-01,,worked,\n").await;

    let page = site.get(&who, "/runs/start?model=1").await;
    assert!(page.text.contains("Version 1, a draft: Theatre minutes"), "{}", page.text);
    assert!(page.text.contains("value=\"1\" checked"), "{}", page.text);
    let form = [("year", "2025-26"), ("model", "7"), ("once", "a")];
    let refused = site.post(&who, "/runs/start", &form).await;
    assert!(refused.text.contains("Choose the rules in force, or a draft"), "{}", refused.text);
    let form = [("year", "2025-26"), ("model", "1"), ("once", "b")];
    let started = site.post(&who, "/runs/start", &form).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
    let jobs = jobs_of(&site).await;
    assert_eq!(jobs[0].asked.payload["model"], json!(site.path("models/1")));

    // A run under it is known by its hash, and stays a trial until the draft is in force.
    let known = |number, is_draft| Some(models::Known { number, is_draft });
    let found = models::by_hash(&site.app, &hash).await.expect("a read");
    assert_eq!(found, known(1, true));
    let write = site.app.store().write(|tx| {
        Box::pin(async move {
            store::model_versions::put_in_force(tx, 1, &Entry::by("operator", now())).await
        })
    });
    write.await.expect("nothing was in force");
    let found = models::by_hash(&site.app, &hash).await.expect("a read");
    assert_eq!(found, known(1, false));
    let set_up = rules::folder::load(&site.app.settings().model).expect("the model");
    let found = models::by_hash(&site.app, &rules::model::hash(&set_up)).await.expect("a read");
    assert_eq!(found, known(0, false));
    assert_eq!(models::by_hash(&site.app, "00").await.expect("a read"), None);
}

/// What the demonstration's own run says, on the pages of a run.
#[tokio::test]
async fn a_residual_is_looked_at_by_reason() {
    let site = costed::site().await;
    let who = site.sign_in("COSTING_ACCOUNTANT").await;
    let run = &costed::trust().run;
    let parts = costed::trust().open().residual_parts("NOT_OWN_PATIENT").expect("reads");
    let of = |kind: &str| parts.iter().find(|it| it.kind == kind).expect("of that kind");
    let (teaching, research) = (of("TEACHING"), of("RESEARCH"));
    let address = format!("/runs/{run}/residuals/NOT_OWN_PATIENT");
    let page = costed::visible(&site.get(&who, &address).await.text);
    for it in [teaching, research] {
        assert!(page.contains(&words::pence(it.amount())), "{}: {page}", it.reason);
        assert!(page.contains(&words::pence(it.direct)), "{}", it.reason);
    }
    assert!(page.contains("costed in full, with"), "{page}");
    let one = site.get(&who, &format!("{address}?reason={}", teaching.reason)).await.text;
    assert!(one.contains("Ledger lines that Education and training came from"), "{one}");
    let unknown = site.get(&who, &format!("{address}?reason=NONE")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let file = site.get(&who, &format!("{address}/reasons.csv")).await.text;
    assert_eq!(file.lines().count(), parts.len() + 1);
    assert_eq!(site.audit("run.residual.download").await.len(), 1);
    let outsider = site.sign_in("SERVICE_MANAGER").await;
    for page in [address.clone(), format!("{address}/reasons.csv")] {
        assert_eq!(site.get(&outsider, &page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
}

#[tokio::test]
async fn the_ledger_is_looked_at_month_by_month() {
    let site = costed::site().await;
    let who = site.sign_in("COSTING_ACCOUNTANT").await;
    let run = &costed::trust().run;
    let accounts = costed::trust().open().months_by_account().expect("reads");
    let turned: Vec<_> = accounts.iter().filter(|it| it.turn().is_some()).collect();
    let address = format!("/runs/{run}/months");
    let page = costed::visible(&site.get(&who, &address).await.text);
    assert!(!turned.is_empty(), "the demonstration has an account that turns");
    for it in &turned {
        let turn = it.turn().expect("it turns");
        let credit = format!("a credit of {}", words::pence(turn.first.abs()));
        assert!(page.contains(&credit), "{credit}: {page}");
    }
    let other = accounts.iter().find(|it| it.turn().is_none()).expect("one that does not");
    let one = site.get(&who, &format!("{address}?account={}", other.account.code)).await.text;
    assert!(one.contains(&words::pence(other.total())), "{one}");
    let unknown = site.get(&who, &format!("{address}?account=none")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let file = site.get(&who, &format!("{address}.csv")).await.text;
    let months: usize = accounts.iter().map(|it| it.months.len()).sum();
    assert_eq!(file.lines().count(), months + 1);
}

#[tokio::test]
async fn one_off_items_are_told_by_name() {
    let site = costed::site().await;
    let who = site.sign_in("FINANCE_DIRECTOR").await;
    let run = &costed::trust().run;
    let found = costed::trust().open().one_off().expect("reads");
    assert!(!found.items.is_empty() && !found.lines.is_empty());
    let page = costed::visible(&site.get(&who, &format!("/runs/{run}/one-off")).await.text);
    for it in &found.items {
        assert!(page.contains(it.cost_line.words()), "{page}");
        assert!(page.contains(&words::pence(it.amount)), "{page}");
    }
    for it in &found.lines {
        assert!(page.contains(it.service_line.words()), "{page}");
    }
    let file = site.get(&who, &format!("/runs/{run}/one-off.csv")).await.text;
    assert_eq!(file.lines().count(), found.items.len() + 1);
    // The page of a service line says how much of it is in its result.
    let most = &found.lines[0];
    let line = site.get(&who, &format!("/services/{}", most.service_line.code)).await.text;
    let said = format!("which took {} from the result", words::pounds(most.taken()));
    assert!(line.contains(&said), "{said}");
}
