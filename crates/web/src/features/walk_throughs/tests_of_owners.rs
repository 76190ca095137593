//! Clinical owners of inputs, on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use store::people;

use crate::shell::costed::{site, visible};
use crate::shell::testing::hidden;

const OWNERS: &str = "/walk-throughs/inputs/TORT/owners";

fn names<'a>(seen: &'a str, input: &'a str, owner: &'a str) -> [(&'static str, &'a str); 3] {
    [("seen", seen), ("input", input), ("owner", owner)]
}

#[tokio::test]
async fn the_owner_of_an_input_signs_it_and_what_is_not_signed_is_listed_with_its_owner() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, "amara.okafor@ashbourne.example").await;
    let amara_id = found.expect("reads").expect("is there").id.to_string();
    let found = people::by_email(&mut db, "daniel.osei@ashbourne.example").await;
    let daniel_id = found.expect("reads").expect("is there").id.to_string();
    let found = people::by_email(&mut db, "bridget.nolan@ashbourne.example").await;
    let bridget_id = found.expect("reads").expect("is there").id.to_string();
    drop(db);
    let page = site.get(&daniel, OWNERS).await.text;
    let run = hidden(&site.get(&amara, "/walk-throughs/inputs/TORT").await.text, "run");
    assert!(visible(&page).contains("Matching"), "{page}");
    let odd = site.post(&daniel, OWNERS, &names("0", "Weather", &amara_id)).await.text;
    assert!(odd.contains("Choose an input or rule of the list"), "{odd}");
    let finance = site.post(&daniel, OWNERS, &names("0", "Matching", &daniel_id)).await.text;
    assert!(finance.contains("Choose a clinician of the list"), "finance owns none: {finance}");
    // She is a nurse of a ward, and sees the service line with small numbers hidden.
    assert!(page.contains(&amara_id) && !page.contains(&bridget_id), "{page}");
    let blind = site.post(&daniel, OWNERS, &names("0", "Matching", &bridget_id)).await.text;
    assert!(blind.contains("Choose a clinician of the list"), "she cannot sign: {blind}");
    let done = site.post(&daniel, OWNERS, &names("0", "Matching", &amara_id)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let late = site.post(&daniel, OWNERS, &names("0", "Matching", &amara_id)).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let list = visible(&site.get(&daniel, "/walk-throughs/unsigned").await.text);
    assert!(list.contains("Matching: Amara Okafor") && list.contains("No owner"), "{list}");
    let sign = format!("{OWNERS}/sign");
    let signs = [("seen", "0"), ("run", run.as_str()), ("sign", "Matching"), ("words", "")];
    let other = site.post(&daniel, &sign, &signs).await.text;
    assert!(other.contains("Choose an input or rule that you own"), "{other}");
    let mut earlier = signs;
    earlier[1].1 = "0000000000000000";
    let since = site.post(&amara, &sign, &earlier).await.text;
    assert!(since.contains("A costing was published since you looked"), "{since}");
    let done = site.post(&amara, &sign, &signs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&daniel, OWNERS).await.text);
    assert!(page.contains("Signed by Amara Okafor"), "{page}");
    let list = visible(&site.get(&daniel, "/walk-throughs/unsigned").await.text);
    assert!(!list.contains("Matching: Amara Okafor"), "{list}");
    let bridget = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.get(&bridget, OWNERS).await.status, StatusCode::NOT_FOUND);
}
