//! What is known of the data, on the costed trust: requests in, pages out.

use axum::http::StatusCode;

use crate::shell::costed::{SignedIn, Site, site, site_on_postgres, visible};
use crate::shell::testing::hidden;

const DATA: &str = "/services/TORT/data";

/// The reference of somebody, as the form offers them.
fn reference(form: &str, name: &str) -> String {
    let at = form.find(&format!(">{name}</option>")).expect("they are offered");
    let value = form[..at].rfind("value=\"").expect("a value");
    form[value + 7..at].split('"').next().expect("a reference").to_owned()
}

/// Adds an issue whose owner is somebody.
async fn added(site: &Site, who: &SignedIn, (effect, owner): (&str, &str)) {
    let form = site.get(who, &format!("{DATA}/issues/new")).await.text;
    let owner = reference(&form, owner);
    let fields = [
        ("seen", "0"),
        ("what", "Theatre end times are missing for one list"),
        ("effect", effect),
        ("effect_on", "Cost of theatre time"),
        ("owner", owner.as_str()),
        ("found_on", "2026-05-02"),
        ("holds_packs", "no"),
    ];
    let done = site.post(who, &format!("{DATA}/issues/new"), &fields).await;
    assert_eq!(
        (done.status, done.location.as_str()),
        (StatusCode::SEE_OTHER, DATA),
        "{}",
        done.text
    );
}

#[tokio::test]
async fn an_issue_stands_on_the_page_of_the_service_line_and_in_the_pack() {
    an_issue_told(site().await).await;
}

#[tokio::test]
async fn an_issue_stands_on_the_page_and_in_the_pack_on_postgres_too() {
    an_issue_told(site_on_postgres().await).await;
}

async fn an_issue_told(site: Site) {
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let before = visible(&site.get(&daniel, "/services/TORT").await.text);
    assert!(before.contains("No issue of the data is known"), "{before}");
    added(&site, &daniel, ("material", "Daniel Osei")).await;
    let enough = format!("{DATA}/enough");
    let silent = site.post(&daniel, &enough, &[("seen", "0"), ("words", " ")]).await;
    assert!(silent.text.contains("Write why the data is good enough"));
    let words = ("words", "Nine in ten records match");
    let done = site.post(&daniel, &enough, &[("seen", "0"), words]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let coding = format!("{DATA}/coding/new");
    let planned = [
        ("seen", "0"),
        ("about", "50 records of hips"),
        ("planned_on", "2026-05-20"),
        ("done_on", "2026-05-21"),
        ("result", ""),
    ];
    let no_result = site.post(&daniel, &coding, &planned).await.text;
    assert!(no_result.contains("Say what the review of coding found"), "{no_result}");
    let planned: Vec<(&str, &str)> = planned
        .iter()
        .map(|it| if it.0 == "result" { ("result", "47 of 50 right") } else { *it })
        .collect();
    let done = site.post(&daniel, &coding, &planned).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    for page in [DATA, "/services/TORT", "/services/TORT/pack"] {
        let text = visible(&site.get(&daniel, page).await.text);
        for part in [
            "Theatre end times are missing for one list",
            "Nine in ten records match",
            "47 of 50 right",
        ] {
            assert!(text.contains(part), "{page}, {part}: {text}");
        }
    }
    let recorded = site.audit("data_").await;
    assert!(!recorded.is_empty() && !format!("{recorded:?}").contains("Theatre"));
}

#[tokio::test]
async fn an_owner_holds_packs_and_nobody_else_does() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    added(&site, &daniel, ("small", "Amara Okafor")).await;
    let page = site.get(&daniel, DATA).await.text;
    let at = page.find(&format!("{DATA}/issues/")).expect("it is listed");
    let issue = page[at..].split('"').next().expect("an address").to_owned();
    let form = site.get(&daniel, &issue).await.text;
    let owner = reference(&form, "Amara Okafor");
    let fields = [
        ("seen", "1"),
        ("what", "Theatre end times are missing for one list"),
        ("effect", "small"),
        ("effect_on", "Cost of theatre time"),
        ("owner", owner.as_str()),
        ("found_on", "2026-05-02"),
        ("holds_packs", "yes"),
    ];
    let other = site.post(&daniel, &issue, &fields).await.text;
    assert!(other.contains("The owner of an issue alone says"), "{other}");
    let done = site.post(&amara, &issue, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&daniel, DATA).await.text);
    assert!(page.contains("Packs wait until it is mended"), "{page}");
    assert!(page.contains("1\u{a0}issue is known"), "{page}");
    let pack = "/services/TORT/pack";
    let made = site.post(&daniel, pack, &[("meeting_on", "2026-06-03")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let page = site.get(&daniel, pack).await.text;
    let at = page.find("/services/TORT/packs/").expect("it is listed");
    let pack = page[at..].split('"').next().expect("an address").to_owned();
    let waits = "Theatre end times are missing for one list: its owner wants packs to wait";
    assert!(visible(&site.get(&daniel, &pack).await.text).contains(waits));
    let issue_it = [("act", "issued"), ("about", ""), ("words", ""), ("seen", "0")];
    let held = site.post(&daniel, &pack, &issue_it).await.text;
    assert!(held.contains("It waits until an issue of the data is mended"), "{held}");
    let mut mended = fields.to_vec();
    mended.retain(|it| !["seen", "holds_packs"].contains(&it.0));
    mended.extend([("seen", "2"), ("holds_packs", "no"), ("mended_on", "2026-05-20")]);
    let done = site.post(&amara, &issue, &mended).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&daniel, DATA).await.text);
    assert!(page.contains("No issue is known"), "what is mended is not counted: {page}");
    assert!(!visible(&site.get(&daniel, &pack).await.text).contains(waits));
}

#[tokio::test]
async fn others_read_nothing_and_readers_keep_nothing() {
    let site = site().await;
    let board = site.sign_in("BOARD_MEMBER").await;
    assert_eq!(site.get(&board, DATA).await.status, StatusCode::NOT_FOUND);
    let clinician = site.sign_in("CLINICIAN").await;
    let page = site.get(&clinician, DATA).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("Add an issue"));
    let form = format!("{DATA}/issues/new");
    assert_eq!(site.get(&clinician, &form).await.status, StatusCode::NOT_FOUND);
    let done =
        site.post(&clinician, &format!("{DATA}/enough"), &[("seen", "0"), ("words", "x")]).await;
    assert_eq!(done.status, StatusCode::NOT_FOUND);
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let elsewhere = site.get(&daniel, "/services/SURG/data").await.status;
    assert_eq!(elsewhere, StatusCode::NOT_FOUND, "another unit is not there for him");
    let coding = site.sign_in("CODING_INFORMATICS").await;
    let page = site.get(&coding, DATA).await;
    assert!(page.text.contains("Add an issue"), "who brings data in keeps what is known of it");
}

/// Falls of a month of which two sources say different things, by who keeps measures.
async fn differing(site: &Site) -> SignedIn {
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let falls = [
        ("code", "FALLS"),
        ("name", "Falls"),
        ("definition", "Patients who fell"),
        ("subject", "harm"),
        ("unit_of_measure", "falls"),
        ("form", "count"),
        ("good", "down"),
        ("of_patients", "yes"),
        ("source", "Incident system"),
        ("keeper", "Patient safety team"),
    ];
    let added = site.post(&leah, "/measures/new", &falls).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    for row in ["12,,Incident system", "15,,Ward return"] {
        let csv = format!("measure,unit,month,value,of,source\nFALLS,TORT,2026-04,{row}\n");
        let seen = site.post(&leah, "/measures/import", &[("csv", &csv)]).await;
        let digest = hidden(&seen.text, "digest");
        let fields =
            [("csv", csv.as_str()), ("digest", &digest), ("name", "a"), ("because", "Late")];
        let done = site.post(&leah, "/measures/import/accept", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    leah
}

#[tokio::test]
async fn whoever_is_named_settles_a_conflict_and_names_nobody() {
    let site = site().await;
    let leah = differing(&site).await;
    let tomos = site.sign_in("CLINICIAN").await;
    let link = format!("{DATA}/conflicts/");
    let page = site.get(&leah, DATA).await.text;
    assert!(page.contains("No issue is known, 1\u{a0}conflict is open"), "{page}");
    let at = page.find(&link).expect("it is listed");
    let address = page[at..].split('"').next().expect("an address").to_owned();
    assert!(!site.get(&tomos, DATA).await.text.contains(&link), "nobody has named him");
    assert_eq!(site.get(&tomos, &address).await.status, StatusCode::NOT_FOUND);
    let form = site.get(&leah, &address).await.text;
    assert!(!form.contains(">Owen Clarke</option>"), "he could not open it");
    assert!(form.contains(">Choose somebody</option>"), "nobody is chosen yet");
    let who = reference(&form, "Tomos Hughes");
    let name = |seen| [("seen", seen), ("act", "name"), ("settles", who.as_str())];
    let done = site.post(&leah, &address, &name("0")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(site.get(&tomos, DATA).await.text.contains(&address));
    let form = site.get(&tomos, &address).await.text;
    assert!(form.contains("Settle the conflict") && !form.contains("Name them"), "{form}");
    let other = site.post(&tomos, &address, &name("1")).await.status;
    assert_eq!(other, StatusCode::NOT_FOUND, "whoever keeps the data names somebody else");
    let because = ("because", "The ward counted twice");
    let settle = [("seen", "1"), ("act", "settle"), ("choice", "first"), because];
    let done = site.post(&tomos, &address, &settle).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, DATA));
    let page = visible(&site.get(&leah, DATA).await.text);
    assert!(page.contains("Settled") && !page.contains("conflict is open"), "{page}");
    let page = visible(&site.get(&leah, "/measures/FALLS?unit=TORT").await.text);
    assert!(page.contains("Two sources differed. The ward counted twice"), "{page}");
}
