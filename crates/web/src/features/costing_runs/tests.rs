//! Requests in, pages out: asking for a costing, and who prepared a run.

use axum::http::StatusCode;
use serde_json::json;
use store::Entry;
use store::jobs::{self, End, JobState};

use super::publish;
use crate::shell::models;
use crate::shell::testing::working::{Site, now, site};

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
