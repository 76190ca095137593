//! Requests in, pages out.

use axum::http::StatusCode;
use domain::FinancialYear;
use store::jobs::{self, JobState, NewJob};
use store::{Entry, JobId};

use crate::shell::testing::working::{Browser, Site, now, site};
use crate::shell::work::Cost;

async fn ask(site: &Site, by: &Browser, new: NewJob) -> JobId {
    let entry = Entry::by(by.person.as_str(), now());
    let write = site
        .app
        .store()
        .write(move |tx| Box::pin(async move { Ok(jobs::enqueue(tx, &new, &entry).await?.id) }));
    write.await.expect("it is queued")
}

fn cost(site: &Site) -> NewJob {
    let year = FinancialYear::beginning(2025);
    let inside = |name: &str| site.path(name);
    let cost = Cost { dataset: inside("d"), model: inside("model"), runs: inside("runs"), year };
    cost.job("trust".to_owned(), "cost-1".to_owned())
}

#[tokio::test]
async fn work_is_seen_and_stopped_by_those_who_could_ask_for_it() {
    let site = site().await;
    let who = site.sign_in("Priya Raman", "COSTING_ACCOUNTANT").await;
    let empty = site.get(&who, "/jobs").await;
    assert!(empty.text.contains("Nothing was asked for yet"));
    let job = ask(&site, &who, cost(&site)).await;
    let page = format!("/jobs/{job}");
    let list = site.get(&who, "/jobs").await;
    assert!(list.text.contains("Costing of 2025/26") && list.text.contains("Priya Raman"));
    let shown = site.get(&who, &page).await;
    assert!(shown.text.contains("Costing of 2025/26 waits for its turn"), "{}", shown.text);
    assert!(shown.text.contains("<progress") && shown.text.contains("data-refresh-seconds"));

    let other = site.sign_in("Owen Clarke", "BOARD_MEMBER").await;
    let door = "<a href=\"/jobs\">Work in the background</a>";
    assert!(site.get(&who, "/").await.text.contains(door), "the first page leads to it");
    assert!(!site.get(&other, "/").await.text.contains(door));
    for path in ["/jobs", &page, "/jobs/none"] {
        assert_eq!(site.get(&other, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let kept_out = site.post(&other, &format!("{page}/stop"), &[]).await;
    assert_eq!(kept_out.status, StatusCode::NOT_FOUND);

    let stopped = site.post(&who, &format!("{page}/stop"), &[]).await;
    assert_eq!(stopped.location, page);
    let mut db = site.app.store().read().await.expect("a connection");
    let found = jobs::get(&mut db, &job).await.expect("it is there");
    assert_eq!(found.state, JobState::Cancelled);
    let shown = site.get(&who, &page).await;
    assert!(shown.text.contains("Start it again") && shown.text.contains("/runs/start"));
    let twice = site.post(&who, &format!("{page}/stop"), &[]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "it has ended");
}

/// What an export holds goes by the scope of whoever asked for it.
#[tokio::test]
async fn an_export_is_seen_by_who_asked_for_it() {
    let site = site().await;
    let who = site.sign_in("Priya Raman", "COSTING_ACCOUNTANT").await;
    let other = site.sign_in("Moira Flynn", "COSTING_ACCOUNTANT").await;
    let export = NewJob { kind: "export".to_owned(), class: "export".to_owned(), ..cost(&site) };
    let page = format!("/jobs/{}", ask(&site, &who, export).await);
    assert_eq!(site.get(&who, &page).await.status, StatusCode::OK);
    assert_eq!(site.get(&other, &page).await.status, StatusCode::NOT_FOUND);
    assert!(!site.get(&other, "/jobs").await.text.contains(&page));
}
