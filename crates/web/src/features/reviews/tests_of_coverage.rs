//! Coverage of service lines: requests in, pages out.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::shell::testing::{Browser, Site, TRUST, grant, site, site_on_postgres, unlinked};

const COVERAGE: &str = "/reviews/coverage";
const OVERVIEW: &str = "/reviews/HIP/overview";
const ROLL_OUT: &str = "/reviews/HIP/roll-out";

/// A site with a clinical director and a finance partner of hips, and a medical director, none of whom
/// has signed in.
struct Begun {
    site: Site,
    amara: store::PersonId,
    daniel: store::PersonId,
    helen: store::PersonId,
}

impl Begun {
    async fn new() -> Self {
        Self::on(site().await).await
    }

    async fn on(site: Site) -> Self {
        let amara = site.of_profession("Amara", "medicine").await;
        let daniel = site.of_profession("Daniel", "finance").await;
        let helen = site.of_profession("Helen", "medicine").await;
        site.grant(&grant(&amara, "CLINICAL_DIRECTOR", "HIP")).await;
        site.grant(&grant(&daniel, "FINANCE_BUSINESS_PARTNER", "HIP")).await;
        site.grant(&grant(&helen, "MEDICAL_DIRECTOR", TRUST)).await;
        Self { site, amara, daniel, helen }
    }

    async fn page(&self, who: &Browser, path: &str) -> String {
        let page = self.site.get(who, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        unlinked(&page.text).replace('\u{a0}', " ")
    }

    async fn sent(&self, who: &Browser, path: &str, fields: &[(&str, &str)]) {
        let done = self.site.post(who, path, fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text);
    }

    async fn refused(&self, who: &Browser, path: &str, fields: &[(&str, &str)], says: &str) {
        let answer = self.site.post(who, path, fields).await;
        assert_ne!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.text.contains(says), "{says}: {}", answer.text);
    }

    /// Puts hips in the register, with these holders of the four posts.
    async fn registered(&self, who: &Browser, holders: [&str; 4]) {
        let path = "/reviews/HIP/register";
        let page = self.site.get(who, path).await.text;
        let seen = page.split("name=\"seen\" value=\"").nth(1).and_then(|it| it.split('"').next());
        let mut fields = vec![
            ("conditions", "Hips"),
            ("resources", ""),
            ("cadence", "quarter"),
            ("begins_on", "2026-05-11"),
            ("is_pilot", "yes"),
            ("seen", seen.expect("what was seen")),
        ];
        fields.extend(["post_1", "post_2", "post_3", "post_4"].into_iter().zip(holders));
        self.sent(who, path, &fields).await;
    }
}

#[tokio::test]
async fn a_line_is_covered_once_it_has_leads_an_overview_and_access_that_works() {
    covered(Begun::new().await).await;
}

#[tokio::test]
async fn a_line_is_covered_on_postgres_too() {
    covered(Begun::on(site_on_postgres().await).await).await;
}

async fn covered(it: Begun) {
    let daniel = it.site.sign_in(&it.daniel).await;
    let page = it.page(&daniel, COVERAGE).await;
    assert!(page.contains("Not in the register yet") && page.contains("None of 1"), "{page}");
    let (amara_id, daniel_id) = (it.amara.as_str(), it.daniel.as_str());
    it.registered(&daniel, [amara_id, daniel_id, amara_id, ""]).await;
    let page = it.page(&daniel, COVERAGE).await;
    for part in [
        "No costing lead",
        "No costing overview given",
        "No clinical lead has signed in for 90 days",
        "Amara, clinical service lead and clinical lead for coding",
        "Business: works",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    it.registered(&daniel, [amara_id, daniel_id, amara_id, daniel_id]).await;
    let fields = [
        ("given_on", "2026-06-12"),
        ("given_by", daniel_id),
        ("to_1", amara_id),
        ("others", "Six consultants"),
        ("seen", "0"),
    ];
    it.refused(&daniel, OVERVIEW, &fields, "this one is still to come").await;
    let mut given = fields;
    given[0].1 = "2026-06-10";
    let nobody = [given[0], given[1], ("seen", "0")];
    it.refused(&daniel, OVERVIEW, &nobody, "Choose somebody who heard it").await;
    it.sent(&daniel, OVERVIEW, &given).await;
    let _signed_in = it.site.sign_in(&it.amara).await;
    let page = it.page(&daniel, COVERAGE).await;
    for part in [
        "One of 1 service line is covered",
        "10 June 2026 by Daniel to Amara. Six consultants.",
        "Clinical: works",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Set its place"), "the order is not a matter of one unit: {page}");
    // What was recorded wrongly is taken back with a reason, and stays on record.
    let back = format!("{OVERVIEW}/1/take-back");
    it.refused(&daniel, &back, &[("because_1", "")], "Write why it is taken back").await;
    it.sent(&daniel, &back, &[("because_1", "It was put off")]).await;
    let page = it.page(&daniel, COVERAGE).await;
    assert!(page.contains("No costing overview given"), "{page}");
    let page = it.page(&daniel, OVERVIEW).await;
    assert!(page.contains("Taken back: 10 June 2026 by Daniel to Amara"), "{page}");
    assert!(page.contains("It was put off."), "{page}");
}

#[tokio::test]
async fn access_ends_with_the_right_and_with_the_period_and_an_overview_with_its_hearer() {
    let it = Begun::new().await;
    let (amara_id, daniel_id) = (it.amara.as_str(), it.daniel.as_str());
    let daniel = it.site.sign_in(&it.daniel).await;
    let _signed_in = it.site.sign_in(&it.amara).await;
    it.registered(&daniel, [amara_id, daniel_id, amara_id, daniel_id]).await;
    let given =
        [("given_on", "2026-06-10"), ("given_by", daniel_id), ("to_1", amara_id), ("seen", "0")];
    it.sent(&daniel, OVERVIEW, &given).await;
    // Sam has no right at all, and heard nothing.
    let sam = it.site.of_profession("Sam", "medicine").await;
    let _signed_in = it.site.sign_in(&sam).await;
    it.registered(&daniel, [sam.as_str(), daniel_id, sam.as_str(), daniel_id]).await;
    let page = it.page(&daniel, COVERAGE).await;
    for part in ["No clinical lead may see its costs", "Overview given to nobody who leads it now"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    it.registered(&daniel, [amara_id, daniel_id, amara_id, daniel_id]).await;
    it.site.wait(SignedDuration::from_hours(24 * 91));
    let helen = it.site.sign_in(&it.helen).await;
    let page = it.page(&helen, COVERAGE).await;
    for part in ["No clinical lead has signed in", "No business lead has signed in"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn who_runs_the_reviews_of_the_trust_sets_the_order_and_each_move_stays() {
    let it = Begun::new().await;
    let helen = it.site.sign_in(&it.helen).await;
    let amara = it.site.sign_in(&it.amara).await;
    assert_eq!(it.site.get(&amara, ROLL_OUT).await.status, StatusCode::NOT_FOUND);
    let page = it.page(&helen, COVERAGE).await;
    assert!(page.contains("Nobody has set an order of roll-out yet."), "{page}");
    let fields = |place, reason, seen| [("place", place), ("reason", reason), ("seen", seen)];
    it.refused(&helen, ROLL_OUT, &fields("2", "Why", "0"), "Choose its place").await;
    it.refused(&helen, ROLL_OUT, &fields("1", "", "0"), "Write the strategic reason").await;
    it.sent(&helen, ROLL_OUT, &fields("1", "The largest deficit", "0")).await;
    let page = it.page(&amara, COVERAGE).await;
    assert!(page.contains("Next in the order is Unit HIP. The largest deficit."), "{page}");
    let stale = it.site.post(&helen, ROLL_OUT, &fields("0", "It closes", "0")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "somebody was faster: {}", stale.text);
    it.sent(&helen, ROLL_OUT, &fields("0", "It closes", "1")).await;
    let page = it.page(&helen, COVERAGE).await;
    for part in
        ["Unit HIP to place 1. The largest deficit.", "Unit HIP out of the order. It closes."]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("Not in the order"), "{page}");
}

#[tokio::test]
async fn who_only_reads_reviews_changes_nothing_and_who_reads_none_sees_nothing() {
    let it = Begun::new().await;
    let owen = it.site.of_profession("Owen", "management").await;
    it.site.grant(&grant(&owen, "BOARD_MEMBER", TRUST)).await;
    let owen = it.site.sign_in(&owen).await;
    let page = it.page(&owen, COVERAGE).await;
    assert!(!page.contains("Record an overview") && !page.contains("Set its place"), "{page}");
    for path in [OVERVIEW, ROLL_OUT] {
        assert_ne!(it.site.get(&owen, path).await.status, StatusCode::OK, "{path}");
        let sent = it.site.post(&owen, path, &[("seen", "0")]).await;
        assert_ne!(sent.status, StatusCode::SEE_OTHER, "{path}");
    }
    let sam = it.site.of_profession("Sam", "medicine").await;
    let sam = it.site.sign_in(&sam).await;
    assert_ne!(it.site.get(&sam, COVERAGE).await.status, StatusCode::OK);
}
