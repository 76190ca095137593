//! Requests in, pages out, where there is no run.

use axum::http::StatusCode;

use crate::shell::testing::site;

#[tokio::test]
async fn without_a_run_the_page_says_so_and_outsiders_see_none() {
    let site = site().await;
    let accountant = site.person("Priya Raman", "COSTING_ACCOUNTANT").await;
    let accountant = site.sign_in(&accountant).await;
    let page = site.get(&accountant, "/data-quality").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("There is no run yet"));
    for unknown in ["/data-quality?run=00ff", "/data-quality?run=..", "/data-quality/feeds/PATH"] {
        assert_eq!(site.get(&accountant, unknown).await.status, StatusCode::NOT_FOUND);
    }
    let outsider = site.person("Nobody Here", "SERVICE_MANAGER").await;
    let outsider = site.sign_in(&outsider).await;
    assert_eq!(site.get(&outsider, "/data-quality").await.status, StatusCode::NOT_FOUND);
}
