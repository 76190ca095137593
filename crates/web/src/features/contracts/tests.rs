//! Contracts from their record to what the commissioner sees: requests in, pages out.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::audit::{self, Asked};

use crate::shell::testing::{Browser, Site, TRUST, grant, hidden, site, site_on_postgres};

const FALLS: [(&str, &str); 10] = [
    ("code", "FALLS"),
    ("name", "Patients who fell"),
    ("definition", "Patients who fell in a ward"),
    ("subject", "harm"),
    ("unit_of_measure", "patients"),
    ("form", "count"),
    ("good", "down"),
    ("of_patients", "yes"),
    ("source", "Incident system"),
    ("keeper", "Quality team"),
];

// Five people are few: that month is hidden outside. Of the trust nothing is shared by a contract of hips.
const MONTHS: &str = "measure,unit,month,value,of,source
FALLS,HIP,2025-04,22,,Incident system
FALLS,HIP,2026-04,5,,Incident system
FALLS,HIP,2026-05,31,,Incident system
FALLS,TRUST,2026-05,200,,Incident system
";

/// Who keeps contracts, two commissioners with their references, and a measure with months.
struct Sites {
    site: Site,
    keeper: Browser,
    carl: (Browser, String),
    dora: (Browser, String),
}

async fn sites() -> Sites {
    sites_on(site().await).await
}

async fn sites_on(site: Site) -> Sites {
    let leah = site.person("Leah", "CODING_INFORMATICS").await;
    let leah = site.sign_in(&leah).await;
    assert_eq!(site.post(&leah, "/measures/new", &FALLS).await.status, StatusCode::SEE_OTHER);
    let seen = site.post(&leah, "/measures/import", &[("csv", MONTHS)]).await;
    let digest = hidden(&seen.text, "digest");
    let fields = [("csv", MONTHS), ("digest", &*digest), ("name", "pasted"), ("because", "")];
    let taken = site.post(&leah, "/measures/import/accept", &fields).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let keeper = site.person("Fiona", "FINANCE_DIRECTOR").await;
    let keeper = site.sign_in(&keeper).await;
    let mut outside = Vec::new();
    for name in ["Carl", "Dora"] {
        let id = site.person(name, "").await;
        site.grant(&grant(&id, "COMMISSIONER", TRUST)).await;
        outside.push((site.sign_in(&id).await, id.to_string()));
    }
    let dora = outside.pop().expect("two");
    let carl = outside.pop().expect("two");
    Sites { site, keeper, carl, dora }
}

fn form(reader: &str) -> Vec<(&'static str, String)> {
    [
        ("name", "Planned orthopaedics"),
        ("commissioner", "Vale Integrated Care Board"),
        ("code", "qxx"),
        ("begins_on", "2026-04-01"),
        ("ends_on", "2027-03-31"),
        ("seen_until", "2027-09-30"),
        ("words", "Looked at every month"),
        ("units", "HIP"),
        ("measures", "FALLS"),
        ("readers", reader),
    ]
    .map(|it| (it.0, it.1.to_owned()))
    .to_vec()
}

async fn send(
    it: &Sites,
    path: &str,
    fields: &[(&'static str, String)],
) -> crate::shell::testing::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
    it.site.post(&it.keeper, path, &fields).await
}

/// A contract of hips that names Carl, and its address.
async fn with_contract() -> (Sites, String) {
    with_contract_on(sites().await).await
}

async fn with_contract_on(it: Sites) -> (Sites, String) {
    let added = send(&it, "/contracts/new", &form(&it.carl.1)).await;
    assert_eq!(
        (added.status, added.location()),
        (StatusCode::SEE_OTHER, "/contracts"),
        "{}",
        added.text
    );
    let page = it.site.get(&it.keeper, "/contracts").await.text;
    let at = page.find("href=\"/contracts/").expect("a contract") + "href=\"".len();
    let address = page[at..].split('"').next().unwrap_or_default().to_owned();
    (it, address)
}

async fn on_record(site: &Site, action: &str) -> usize {
    let mut db = site.store().read().await.expect("reads");
    let asked = Asked { action: Some(action.to_owned()), ..Asked::default() };
    audit::list(&mut db, &asked, 100).await.expect("reads").len()
}

#[tokio::test]
async fn who_is_named_sees_the_measures_of_the_contract_and_nothing_else() {
    seen_by_who_is_named(with_contract().await).await;
}

#[tokio::test]
async fn who_is_named_sees_the_measures_on_postgres_too() {
    seen_by_who_is_named(with_contract_on(sites_on(site_on_postgres().await).await).await).await;
}

async fn seen_by_who_is_named((it, address): (Sites, String)) {
    let page = it.site.get(&it.carl.0, &address).await;
    assert_eq!(page.status, StatusCode::OK);
    // 31 to the nearest five with the hidden five: the sum is hidden with it.
    assert!(
        page.text.contains("Patients who fell") && page.text.contains("hidden"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Looked at every month"));
    assert!(!page.text.contains("Who of the commissioner looks"), "that is for the trust");
    let month = it.site.get(&it.carl.0, &format!("{address}/units/HIP/measures/FALLS")).await.text;
    assert!(
        month.contains("about 30\u{a0}patients") && !month.contains(">5\u{a0}patients"),
        "{month}"
    );
    let file = it.site.get(&it.carl.0, &format!("{address}/measures.csv")).await.text;
    assert!(file.contains("HIP,FALLS,Patients who fell,2026-05,30"), "{file}");
    assert!(file.contains("2026-04,*") && !file.contains("TRUST"), "{file}");
    for elsewhere in ["units/TRUST/measures/FALLS", "units/HIP/measures/FFT"] {
        let answer = it.site.get(&it.carl.0, &format!("{address}/{elsewhere}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{elsewhere}");
    }
    for elsewhere in ["/services", "/measures", "/assessment", "/contracts/new"] {
        let answer = it.site.get(&it.carl.0, elsewhere).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{elsewhere}");
    }
    // The page, the measure, and two that are not there under it.
    assert_eq!(on_record(&it.site, "contract.read").await, 4);
    assert_eq!(on_record(&it.site, "contract.download").await, 1);
}

#[tokio::test]
async fn who_is_not_named_or_looks_at_another_time_finds_nothing() {
    let (it, address) = with_contract().await;
    assert_eq!(it.site.get(&it.dora.0, &address).await.status, StatusCode::NOT_FOUND);
    let list = it.site.get(&it.dora.0, "/contracts").await.text;
    assert!(list.contains("You are named in no contract that runs"), "{list}");
    // 30 September 2027 is 476 days after 11 June 2026; sessions end before, so Carl signs in anew.
    it.site.wait(SignedDuration::from_hours(24 * 477));
    let carl = it.site.sign_in(&store::PersonId::new(&*it.carl.1)).await;
    assert_eq!(it.site.get(&carl, &address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_changed_contract_takes_a_reader_out_at_once_and_no_change_is_lost() {
    changed(with_contract().await).await;
}

#[tokio::test]
async fn a_changed_contract_takes_a_reader_out_on_postgres_too() {
    changed(with_contract_on(sites_on(site_on_postgres().await).await).await).await;
}

async fn changed((it, address): (Sites, String)) {
    let change = format!("{address}/change");
    let mut fields = form(&it.dora.1);
    fields.push(("seen", "1".to_owned()));
    assert_eq!(send(&it, &change, &fields).await.location(), address);
    assert_eq!(it.site.get(&it.carl.0, &address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(it.site.get(&it.dora.0, &address).await.status, StatusCode::OK);
    let late = send(&it, &change, &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
}

#[tokio::test]
async fn what_is_wrong_with_a_contract_is_said_beside_what_was_typed() {
    let it = sites().await;
    let mut fields = form("nobody");
    fields.retain(|it| !["units", "measures", "ends_on"].contains(&it.0));
    fields.push(("ends_on", "2026-03-31".to_owned()));
    let page = send(&it, "/contracts/new", &fields).await.text;
    for said in [
        "The last day is before the first",
        "Choose at least one service line",
        "Choose at least one measure",
        "Choose people who have the role of a commissioner",
        "value=\"Planned orthopaedics\"",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let list = it.site.get(&it.keeper, "/contracts").await.text;
    assert!(list.contains("No contract is recorded"), "{list}");
}
