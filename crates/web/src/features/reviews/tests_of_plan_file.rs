//! The action plan and what worked as files: requests in, cells out.

use axum::http::StatusCode;

use super::tests::{Begun, begun, begun_on, person};
use crate::shell::testing::{TRUST, site_on_postgres};

#[tokio::test]
async fn the_plan_and_what_worked_are_taken_as_files_by_whoever_reads_them() {
    taken(begun().await).await;
}

#[tokio::test]
async fn the_plan_and_what_worked_are_taken_as_files_on_postgres_too() {
    taken(begun_on(site_on_postgres().await).await).await;
}

/// An action of the review, which may bring 412.5 to 824 bed days a year.
async fn agreed(it: &Begun, review: &str, (what, priority, due): (&str, &str, &str)) {
    let fields = [
        ("noted", what),
        ("measure", "Stays over the weekend"),
        ("quality", "Fewer patients lie in bed for nothing"),
        ("clinical", it.amara_id.as_str()),
        ("other", it.daniel_id.as_str()),
        ("clinical_view", "as-is"),
        ("other_view", "as-is"),
        ("low", "412.5"),
        ("high", "824"),
        ("size_unit", "bed days a year"),
        ("effort", "high"),
        ("priority", priority),
        ("starts", "2026-06-11"),
        ("due", due),
    ];
    it.sent(&format!("{review}/action"), &fields).await;
}

async fn taken(it: Begun) {
    let review = it.review().await;
    let page = it.page(&it.daniel, &format!("{review}/plan")).await;
    assert!(!page.contains("plan.csv") && !page.contains("successes.csv"), "nothing to take yet");
    agreed(&it, &review, ("Weekend visits", "low", "2026-09-01")).await;
    agreed(&it, &review, ("=cmd|' /C calc'!A0", "high", "2026-10-01")).await;
    let won = [("words", "@Home on Sunday"), ("evidence", "184 bed days, by the ward's list")];
    it.sent(&format!("{review}/add/success"), &won).await;
    let page = it.page(&it.daniel, &format!("{review}/plan")).await;
    for file in ["plan.csv", "plan.xlsx", "successes.csv", "successes.xlsx"] {
        let link = format!("href=\"{review}/{file}\"");
        assert!(page.contains(&link), "{link}: {page}");
        let taken = it.site.get(&it.daniel, &format!("{review}/{file}")).await;
        assert_eq!(taken.status, StatusCode::OK, "{file}");
    }
    // What begins like a formula is a text for a spreadsheet; what has its turn first is first.
    let file = it.site.get(&it.daniel, &format!("{review}/plan.csv")).await.text;
    let rows: Vec<&str> = file.lines().collect();
    let rest = "Amara: Clinical; Daniel: Finance";
    let size = "412.5,824,bed days a year,Stays over the weekend,Agreed,";
    assert_eq!(
        rows[0],
        "action,owners,professions,due,priority,effort,size_low,size_high,size_unit,measure,state,last_update"
    );
    let first =
        format!("'=cmd|' /C calc'!A0,\"Amara, Daniel\",{rest},2026-10-01,First,Much,{size}");
    let later = format!("Weekend visits,\"Amara, Daniel\",{rest},2026-09-01,Later,Much,{size}");
    assert_eq!(rows[1..], [first.as_str(), later.as_str()]);
    let file = it.site.get(&it.daniel, &format!("{review}/successes.csv")).await.text;
    let rows: Vec<&str> = file.lines().collect();
    assert_eq!(
        rows,
        [
            "kind,what,what_shows_it,written_by,claimed,verified",
            "success,'@Home on Sunday,\"184 bed days, by the ward's list\",Amara,,",
        ]
    );
    // Whoever reads no reviews of the service takes none.
    let (ada, _) = person(&it.site, ("Ada", "informatics"), ("ADMINISTRATOR", TRUST)).await;
    for file in ["plan.csv", "plan.xlsx", "successes.csv", "successes.xlsx"] {
        let refused = it.site.get(&ada, &format!("{review}/{file}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{file}");
    }
}
