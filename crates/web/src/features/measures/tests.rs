//! Measures from their definition to the page of the service: requests in, pages out.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use store::grants::NewGrant;

use crate::shell::api::document_text;
use crate::shell::api::tests::{broken, schema_of};
use crate::shell::costed::{self, visible};
use crate::shell::testing::{Answer, Browser, Site, TRUST, grant, hidden, request, site};

const FFT: [(&str, &str); 10] = [
    ("code", "FFT"),
    ("name", "Friends and Family Test"),
    ("definition", "Answers of good, of all answers"),
    ("subject", "experience"),
    ("unit_of_measure", "answers"),
    ("form", "proportion"),
    ("good", "up"),
    ("of_patients", "yes"),
    ("source", "FFT return"),
    ("keeper", "Patient experience team"),
];

const MARCH: &str = "measure,unit,month,value,of,source
FFT,HIP,2026-02,38,50,FFT return
FFT,HIP,2026-03,41,44,FFT return
FFT,TRUST,2026-03,410,480,FFT return
FFT,HIP,2026-04,,,FFT return
";

async fn person(site: &Site, name: &str, role: &str, unit: &str) -> Browser {
    let id = site.person(name, "").await;
    site.grant(&NewGrant { ..grant(&id, role, unit) }).await;
    site.sign_in(&id).await
}

/// Looks at lines and takes them, with a reason.
async fn taken(site: &Site, who: &Browser, csv: &str, because: &str) -> Answer {
    let seen = site.post(who, "/measures/import", &[("csv", csv)]).await;
    let digest = hidden(&seen.text, "digest");
    let fields = [("csv", csv), ("digest", &digest), ("name", "pasted"), ("because", because)];
    site.post(who, "/measures/import/accept", &fields).await
}

/// A site with one measure, its values, and who defined it.
async fn with_values() -> (Site, Browser) {
    let site = site().await;
    let leah = person(&site, "Leah", "CODING_INFORMATICS", TRUST).await;
    let added = site.post(&leah, "/measures/new", &FFT).await;
    assert_eq!((added.status, added.location()), (StatusCode::SEE_OTHER, "/measures/FFT"));
    let done = taken(&site, &leah, MARCH, "").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/measures"));
    (site, leah)
}

#[tokio::test]
async fn a_file_is_shown_before_it_is_taken_and_a_correction_keeps_what_was_there() {
    let (site, leah) = with_values().await;
    let page = site.get(&leah, "/measures/FFT?unit=HIP").await.text;
    assert!(page.contains("Friends and Family Test: 41 of 44, 93.2% in March 2026"), "{page}");
    let other = MARCH.replace("41,44,FFT return", "40,44,Ward office");
    let seen = site.post(&leah, "/measures/import", &[("csv", &other)]).await.text;
    assert!(
        seen.contains("It corrects 1\u{a0}value that are held, repeats 2\u{a0}values")
            || seen.contains("corrects 1\u{a0}value"),
        "{seen}"
    );
    assert!(seen.contains("41 of 44, from FFT return"), "{seen}");
    assert!(seen.contains("40 of 44, from Ward office. Two sources differ"), "{seen}");
    assert!(site.get(&leah, "/measures/FFT?unit=HIP").await.text.contains("41 of 44, 93.2%"));
    let refused = taken(&site, &leah, &other, " ").await;
    assert_eq!(refused.status, StatusCode::OK);
    assert!(refused.text.contains("Say why the values are corrected"), "{}", refused.text);
    taken(&site, &leah, &other, "One answer was counted twice").await;
    let page = visible(&site.get(&leah, "/measures/FFT?unit=HIP").await.text);
    // An explained short form stands in a link of its own.
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("40 of 44, 90.9%"), "{page}");
    let kept = "Corrected: was 41 of 44, 93.2%, from FFT return. Two sources differed. One answer was counted twice.";
    assert!(page.contains(kept), "{page}");
}

#[tokio::test]
async fn every_fault_of_a_file_is_on_the_page_and_nothing_is_taken() {
    let (site, leah) = with_values().await;
    let csv = "measure,unit,month,value,of,source\nFFT,HIP,Apr-26,x,9,FFT return\nFTT,HIP,2026-04,1,9,FFT return\n";
    let page = site.post(&leah, "/measures/import", &[("csv", csv)]).await.text;
    assert!(page.contains("mend the 3\u{a0}faults below"), "{page}");
    for fault in ["`Apr-26` is no month", "`x` is no number", "there is no measure `FTT`"] {
        assert!(page.contains(fault), "{fault}: {page}");
    }
    assert!(page.contains("FTT,HIP,2026-04"), "what was pasted is kept");
    let sent = site.post(&leah, "/measures/import/accept", &[("csv", csv), ("digest", "x")]).await;
    assert!(sent.text.contains("mend the 3\u{a0}faults below"), "not even without a preview");
    assert!(!site.get(&leah, "/measures/FFT?unit=HIP").await.text.contains("April 2026"));
}

#[tokio::test]
async fn a_file_comes_as_a_file_too() {
    let (site, leah) = with_values().await;
    let csv = "\u{feff}measure,unit,month,value,of,source\r\nFFT,HIP,2026-04,39,50,FFT return\r\n";
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"april.csv\"\r\nContent-Type: text/csv\r\n\r\n{csv}\r\n--edge--\r\n",
        leah.csrf
    );
    let sent = request(Method::POST, &leah, "/measures/import/file")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body));
    let page = site.send(sent.expect("a request")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("It adds 1\u{a0}value."), "{}", page.text);
    assert_eq!(hidden(&page.text, "name"), "april.csv");
}

#[tokio::test]
async fn a_service_manager_keeps_their_own_unit_and_defines_nothing() {
    let (site, _) = with_values().await;
    let grace = person(&site, "Grace", "SERVICE_MANAGER", "HIP").await;
    let page = site.post(&grace, "/measures/import", &[("csv", MARCH)]).await.text;
    assert!(page.contains("you do not keep measures of TRUST"), "{page}");
    let own = "measure,unit,month,value,of,source\nFFT,HIP,2026-05,40,52,FFT return\n";
    assert_eq!(taken(&site, &grace, own, "").await.status, StatusCode::SEE_OTHER);
    for path in ["/measures/new", "/measures/FFT/change"] {
        assert_eq!(site.get(&grace, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let template = site.get(&grace, "/measures/template.csv").await.text;
    assert_eq!(template, "measure,unit,month,value,of,source\nFFT,HIP,2026-06,,,FFT return\n");
    let page = site.get(&grace, "/measures/FFT?unit=TRUST").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "another unit is not there");
    assert!(!site.get(&grace, "/measures/FFT").await.text.contains("410 of 480"));
}

#[tokio::test]
async fn a_board_member_sees_small_numbers_hidden_and_nobody_takes_them_away() {
    let (site, leah) = with_values().await;
    let owen = person(&site, "Owen", "BOARD_MEMBER", TRUST).await;
    // Of 44 answers 3 were not positive, so the 41 is hidden; of the trust 70 were not, but that is
    // where hips would be found by taking away. In February 12 of 50 were not.
    let page = site.get(&owen, "/measures/FFT?unit=HIP").await.text;
    assert!(page.contains("Friends and Family Test: hidden in March 2026"), "{page}");
    assert!(page.contains("about 40 of 50, 80.0%"), "{page}");
    assert!(
        !page.contains("41 of") && !page.contains("38 of") && !page.contains(">Recorded<"),
        "{page}"
    );
    let trust = site.get(&owen, "/measures/FFT?unit=TRUST").await.text;
    // What stands around the page holds random tokens.
    let trust = trust.split("<main").nth(1).expect("a page");
    assert!(trust.contains("hidden in March 2026") && !trust.contains("410"), "{trust}");
    for who in [&owen, &leah] {
        let file = site.get(who, "/measures/FFT/values.csv?unit=HIP").await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(
            file.text,
            "measure,unit,month,value,of,as_drawn\nFFT,HIP,2026-02,40,50,80.0\nFFT,HIP,2026-03,*,*,*\n"
        );
    }
    assert_eq!(site.get(&owen, "/measures/import").await.status, StatusCode::NOT_FOUND);
}

/// A program is told what the page of the same person shows: above, 41 of 44 to those who see it
/// exactly, and to a board member a null with its reason, and 40 of 50 for the 38.
#[tokio::test]
async fn a_program_reads_the_months_of_its_owners_page() {
    let (site, _) = with_values().await;
    let document: Value = serde_json::from_str(&document_text()).expect("JSON");
    let path = "/api/v1/measures/{measure}";
    let mut all = Vec::new();
    for (name, role) in [("Leah Two", "CODING_INFORMATICS"), ("Owen", "BOARD_MEMBER")] {
        let id = site.person(name, role).await;
        let program = site.program(&id).await;
        let answer = site.get(&program, "/api/v1/measures/FFT").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let told: Value = serde_json::from_str(&answer.text).expect("JSON");
        let schema = schema_of(&document, path, "200");
        assert_eq!(broken(&document, schema, &told), Vec::<String>::new());
        assert_eq!(told["measure"]["definition"], "Answers of good, of all answers");
        for it in told["values"].as_array().expect("a list") {
            let text = |name: &str| it[name].as_str().unwrap_or("null").to_owned();
            let told = ["unit", "month", "seen", "value", "of"].map(text).join(" ");
            assert_eq!(it["value"].is_null(), it["hidden_because"].is_string(), "{it}");
            all.push(format!("{told} {}", text("as_drawn")));
        }
        let one = site.get(&program, "/api/v1/measures/FFT?unit=HIP&limit=1").await.text;
        assert!(one.contains("/api/v1/measures/FFT?unit=HIP&page=2&limit=1"), "{one}");
        for nothing in ["/api/v1/measures/FFT?unit=NOWHERE", "/api/v1/measures/NONE"] {
            assert_eq!(site.get(&program, nothing).await.status, StatusCode::NOT_FOUND);
        }
    }
    assert_eq!(
        all,
        [
            "HIP 2026-02 exact 38 50 76",
            "HIP 2026-03 exact 41 44 93.1818",
            "TRUST 2026-03 exact 410 480 85.4167",
            "HIP 2026-02 small_numbers_hidden 40 50 80",
            "HIP 2026-03 small_numbers_hidden null null null",
            "TRUST 2026-03 small_numbers_hidden null null null",
        ]
    );
    let id = site.person("Grace Two", "").await;
    site.grant(&NewGrant { ..grant(&id, "SERVICE_MANAGER", "HIP") }).await;
    let program = site.program(&id).await;
    let other = site.get(&program, "/api/v1/measures/FFT?unit=TRUST").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "another unit is not there");
}

#[tokio::test]
async fn a_definition_says_what_is_missing_and_a_new_line_is_drawn_apart() {
    let (site, leah) = with_values().await;
    let mut wrong = FFT;
    wrong[0].1 = "no code";
    wrong[5].1 = "";
    let page = site.post(&leah, "/measures/new", &wrong).await.text;
    assert!(
        page.contains("Enter a code of capitals") && page.contains("Choose how a value is made")
    );
    assert!(page.contains("Answers of good, of all answers"), "what was typed is kept");
    let page = site.post(&leah, "/measures/new", &FFT).await.text;
    assert!(page.contains("There is a measure with this code"), "{page}");
    let mut other = FFT.to_vec();
    other[5].1 = "rate";
    other[0] = ("seen", "1");
    let page = site.post(&leah, "/measures/FFT/change", &other).await.text;
    assert!(page.contains("define another measure"), "{page}");
    let page = site.post(&leah, "/measures/FFT/line", &[("month", "March"), ("because", "")]).await;
    assert!(page.text.contains("Say what is asked or counted anew"), "{}", page.text);
    let line = [("month", "2026-03"), ("because", "Another question")];
    let done = site.post(&leah, "/measures/FFT/line", &line).await;
    assert_eq!(done.location(), "/measures/FFT");
    let page = site.get(&leah, "/measures/FFT?unit=HIP").await.text;
    assert!(page.contains("From March 2026: Another question."), "{page}");
}

#[tokio::test]
async fn measures_stand_beside_the_cost_or_the_page_says_what_is_missing() {
    let site = costed::site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&amara, "/services/TORT").await.text;
    let nothing =
        "The register of measures holds nothing here on waiting times, vacancies, sickness";
    assert!(page.contains(nothing), "{page}");
    assert!(site.get(&amara, "/my-service").await.text.contains(nothing));
    assert!(!page.contains("Bring values in"), "a clinical director keeps none");
    let leah = site.sign_in("CODING_INFORMATICS").await;
    assert_eq!(site.post(&leah, "/measures/new", &FFT).await.location, "/measures/FFT");
    let mut csv = "measure,unit,month,value,of,source\n".to_owned();
    for month in 4..=12 {
        csv += &format!("FFT,TORT,2025-{month:02},40,50,FFT return\n");
    }
    for month in 1..=3 {
        csv += &format!("FFT,TORT,2026-{month:02},41,50,FFT return\n");
    }
    let seen = site.post(&leah, "/measures/import", &[("csv", &csv)]).await.text;
    let digest = hidden(&seen, "digest");
    let fields = [("csv", &*csv), ("digest", &digest), ("name", ""), ("because", "")];
    let done = site.post(&leah, "/measures/import/accept", &fields).await;
    assert_eq!(done.location, "/measures", "{}", done.text);
    // 9 x 40 + 3 x 41 = 483 of 600.
    let page = site.get(&amara, "/services/TORT").await.text;
    assert!(page.contains("483 of 600, 80.5%"), "{page}");
    assert!(page.contains("on waiting times, vacancies, sickness, harm to patients and how much"));
    let first = site.get(&amara, "/my-service").await.text;
    assert!(first.contains("Friends and Family Test: 483 of 600, 80.5%; "), "{first}");
    // Each month to the nearest 5: all of them 40 of 50.
    let owen = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&owen, "/services/TORT").await.text;
    assert!(page.contains("about 480 of 600, 80.0%") && !page.contains("483 of"), "{page}");
    let audit = site.audit("measure.import").await;
    assert_eq!(audit.len(), 1);
    assert_eq!(audit[0].entry.rows, Some(12));
}
