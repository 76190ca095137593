//! Rules from proposed to decided upon, on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use store::{PersonId, people};

use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, visible};
use crate::shell::testing::hidden;

/// Falls with harm for each thousand bed days of orthopaedics.
const FALLS: [(&str, &str); 10] = [
    ("code", "FALLS"),
    ("name", "Falls with harm"),
    ("definition", "Falls that did harm"),
    ("subject", "harm"),
    ("unit_of_measure", "falls per 1000 bed days"),
    ("form", "rate"),
    ("good", "down"),
    ("of_patients", "yes"),
    ("source", "Incident reports"),
    ("keeper", "Patient safety team"),
];

async fn person(site: &Site, email: &str) -> PersonId {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{email}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id
}

/// Brings months of the measure in: 4.0 before, then 5 and 4 of 1,000 each, together 4.5.
async fn measured(site: &Site) {
    measured_in(site, "TORT").await;
}

async fn measured_in(site: &Site, unit: &str) {
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let added = site.post(&leah, "/measures/new", &FALLS).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let rows = [("2025-12", 4), ("2026-04", 5), ("2026-05", 4)]
        .map(|(month, falls)| format!("FALLS,{unit},{month},{falls},1000,Reports\n"));
    let csv = format!("measure,unit,month,value,of,source\n{}", rows.concat());
    let seen = site.post(&leah, "/measures/import", &[("csv", &csv)]).await;
    let digest = hidden(&seen.text, "digest");
    let fields = [("csv", csv.as_str()), ("digest", &digest), ("name", "a"), ("because", "Late")];
    let done = site.post(&leah, "/measures/import/accept", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

/// Claims £18,128 of the two months, and lets both leads verify £15,000 of it.
async fn verified(site: &Site, who: &SignedIn) -> String {
    let owner = person(site, "grace.whitfield").await;
    let fields = [
        ("title", "Fewer temporary nurses"),
        ("unit", "TORT"),
        ("kind", "cost"),
        ("basis", "temporary-staff"),
        ("cash", "yes"),
        ("recurrent", "no"),
        ("from", "2026-04-01"),
        ("to", "2026-05-31"),
        ("claimed", "18128"),
        ("owner", owner.as_str()),
        ("pair", "FALLS|TORT"),
        ("limit", "5"),
        ("evidence", "journal"),
        ("shown", "18128"),
        ("reference", "Journal 4711"),
    ];
    let claimed = site.post(who, "/benefits/new", &fields).await;
    assert_eq!(claimed.status, StatusCode::SEE_OTHER, "{}", claimed.text);
    for (role, seen) in [("MEDICAL_DIRECTOR", "2"), ("FINANCE_DIRECTOR", "3")] {
        let lead = site.sign_in(role).await;
        let fields =
            [("accepted", "15000"), ("not_accepted", "3128"), ("why", "So far"), ("seen", seen)];
        let done = site.post(&lead, &format!("{}/decide", claimed.location), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    claimed.location
}

/// The fields of a rule for April and May, with some otherwise.
fn rule<'a>(otherwise: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("unit", "TORT"),
        ("way", "promised"),
        ("what", "Half of it buys equipment"),
        ("from", "2026-04"),
        ("to", "2026-05"),
        ("quality", "FALLS|TORT"),
        ("target", "4.0"),
        ("savings", "£15,000"),
        ("after", ""),
    ];
    for it in &mut fields {
        if let Some(other) = otherwise.iter().find(|other| other.0 == it.0) {
            it.1 = other.1;
        }
    }
    fields
}

async fn proposed(site: &Site, who: &SignedIn) -> String {
    let done = site.post(who, "/incentives/new", &rule(&[])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location
}

/// A page as it is read.
async fn page(site: &Site, who: &SignedIn, address: &str) -> String {
    let answer = site.get(who, address).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
    visible(&answer.text).replace('\u{a0}', " ")
}

async fn agreed(site: &Site, it: &str, seen: [&str; 2]) {
    for (role, seen) in ["MEDICAL_DIRECTOR", "FINANCE_DIRECTOR"].into_iter().zip(seen) {
        let lead = site.sign_in(role).await;
        let done = site.post(&lead, &format!("{it}/agree"), &[("seen", seen)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
}

async fn decided(
    site: &Site,
    who: &SignedIn,
    it: &str,
    (verdict, because, seen): (&str, &str, &str),
) -> Answer {
    let fields = [
        ("verdict", verdict),
        ("because", because),
        ("seen", seen),
        ("from", "2026-04"),
        ("to", "2026-05"),
    ];
    site.post(who, &format!("{it}/decide"), &fields).await
}

fn refused(answer: &Answer, said: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.text.contains(said), "{said}: {}", answer.text);
}

#[tokio::test]
async fn a_rule_that_names_one_kind_is_refused_and_what_was_typed_stays() {
    let site = site().await;
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let form = site.get(&grace, "/incentives/new?unit=TORT").await.text;
    assert!(form.contains("Falls with harm") && form.contains("value=\"FALLS|TORT\""), "{form}");
    let sends = |otherwise: &'static [(&str, &str)]| {
        let (site, grace) = (&site, &grace);
        async move { site.post(grace, "/incentives/new", &rule(otherwise)).await }
    };
    let cost = sends(&[("quality", ""), ("target", "")]).await;
    refused(&cost, "This rule names cost improvement alone, which would reward cost");
    assert!(cost.text.contains("Half of it buys equipment"), "what was typed stays");
    refused(&sends(&[("savings", "")]).await, "This rule names quality alone");
    refused(&sends(&[("savings", "0")]).await, "Savings of £0 ask nothing of cost");
    let both = sends(&[("quality", ""), ("savings", "")]).await;
    refused(&both, "This rule names neither quality nor cost improvement");
    refused(&sends(&[("target", "4.1")]).await, "The target is worse than where the measure stood");
    refused(&sends(&[("from", "April")]).await, "Enter the first month, such as 2026-04");
    refused(&sends(&[("to", "2026-03")]).await, "Measures are kept by month");
    refused(&sends(&[("unit", "DERM")]).await, "Choose for which unit it is");
    refused(&sends(&[("what", "For 943 476 5919")]).await, "Take out the NHS number");
    assert!(site.audit("incentive.").await.is_empty(), "what was refused left nothing");
}

#[tokio::test]
async fn the_page_tells_what_was_met_and_two_leads_decide_whatever_it_says() {
    met_and_decided(site().await).await;
}

#[tokio::test]
async fn two_leads_decide_upon_an_incentive_on_postgres_too() {
    met_and_decided(site_on_postgres().await).await;
}

async fn met_and_decided(site: Site) {
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let it = proposed(&site, &grace).await;
    let neither = page(&site, &grace, &it).await;
    assert!(neither.contains("Neither quality nor cost improvement was met"), "{neither}");
    let benefit = verified(&site, &grace).await;
    let told = page(&site, &grace, &it).await;
    // 9 falls of 2,000 bed days are 4.5 for each thousand.
    for text in [
        "What was met, April 2026 to May 2026",
        "Cost improvement was met, quality was not",
        "Not met. It stood at 4.5 falls per 1000 bed days. The target is no more than 4.0",
        "Met. £15,000 is verified by both leads; the target is £15,000",
        "From the ledger of benefits; what is only claimed never counts",
        "From the register of measures: Incident reports",
        "The trigger asks for: not paid. It pays and books nothing",
        "Fewer temporary nurses",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
    assert!(site.get(&grace, &it).await.text.contains(&format!("href=\"{benefit}\"")));
    // April alone stood at 5.0, and the saving is claimed for May as well.
    let april = page(&site, &grace, &format!("{it}?from=2026-04&to=2026-04")).await;
    assert!(
        april.contains("stood at 5.0") && april.contains("claimed for other months"),
        "{april}"
    );
    let early = page(&site, &grace, &format!("{it}?from=2026-04&to=2026-06")).await;
    assert!(early.contains("The rule does not hold for all of these months"), "{early}");
    let own = site.post(&grace, &format!("{it}/agree"), &[("seen", "1")]).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND, "whoever keeps benefits is no lead");
    agreed(&site, &it, ["1", "2"]).await;
    let [helen, ravi] =
        [site.sign_in("MEDICAL_DIRECTOR").await, site.sign_in("FINANCE_DIRECTOR").await];
    refused(&decided(&site, &helen, &it, ("", "", "3")).await, "Choose what you decide");
    let bare = decided(&site, &helen, &it, ("paid", "", "3")).await;
    refused(&bare, "say why you depart from it");
    let done = decided(&site, &helen, &it, ("paid", "One patient fell three times", "3")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let late = decided(&site, &ravi, &it, ("not_paid", "As agreed in spring", "3")).await;
    refused(&late, "Something was done with this rule since you opened it");
    assert!(late.text.contains("As agreed in spring"), "what was typed stays");
    decided(&site, &ravi, &it, ("not_paid", "", "4")).await;
    let differ = page(&site, &ravi, &it).await;
    assert!(differ.contains("The leads decided differently, so nothing follows"), "{differ}");
    assert!(differ.contains("Departs from the trigger"), "{differ}");
    decided(&site, &helen, &it, ("not_paid", "", "5")).await;
    let settled = page(&site, &grace, &it).await;
    assert!(settled.contains("Not paid, decided by both leads"), "{settled}");
    assert!(settled.contains("One patient fell three times"), "the log keeps all: {settled}");
    let audit = format!("{:?}", site.audit("incentive.").await);
    assert!(audit.contains("incentive.decided") && !audit.contains("three times"), "{audit}");
}

#[tokio::test]
async fn the_board_reads_without_small_numbers_and_others_see_nothing() {
    let site = site().await;
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let it = proposed(&site, &grace).await;
    let owen = site.sign_in("BOARD_MEMBER").await;
    let read = page(&site, &owen, &it).await;
    assert!(read.contains("Neither quality nor cost improvement was met"), "{read}");
    assert!(read.contains("Its values are hidden from you") && !read.contains("4.5"), "{read}");
    // Whoever could ask for single months would find values out.
    let april = page(&site, &owen, &format!("{it}?from=2026-04&to=2026-04")).await;
    assert!(april.contains("What was met, April 2026 to May 2026"), "{april}");
    assert!(!read.contains("Record your decision") && !read.contains("End the rule"), "{read}");
    let list = page(&site, &owen, "/incentives").await;
    assert!(list.contains("Half of it buys equipment") && !list.contains("Propose a rule"));
    let csv = site.get(&owen, "/incentives.csv").await.text;
    assert!(csv.contains("Waits for both leads to agree"), "{csv}");
    let benefits = site.get(&grace, "/benefits").await.text;
    assert!(benefits.contains("href=\"/incentives\""), "benefits lead here: {benefits}");
    let bridget = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.get(&bridget, &it).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get(&owen, &format!("{it}/edit")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_rule_is_written_anew_until_it_is_decided_upon_then_ended_and_followed() {
    let site = site().await;
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let it = proposed(&site, &grace).await;
    let edit = format!("{it}/edit");
    let anew = |what: &'static str, seen: &'static str| {
        let mut fields = rule(&[("what", what)]);
        fields.retain(|it| it.0 != "unit" && it.0 != "after");
        fields.extend([("because", "Plainer"), ("seen", seen)]);
        fields
    };
    let done = site.post(&grace, &edit, &anew("A third of it", "1")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let stale = site.post(&grace, &edit, &anew("All of it buys equipment", "1")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
    for text in ["All of it buys equipment", "A third of it", "Nothing of yours is kept yet"] {
        assert!(stale.text.contains(text), "{text}: {}", stale.text);
    }
    assert_eq!(hidden(&stale.text, "seen"), "2", "sent again, it is taken");
    agreed(&site, &it, ["2", "3"]).await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let done = decided(&site, &helen, &it, ("not_paid", "", "4")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let late = site.post(&grace, &edit, &anew("More", "5")).await;
    refused(&late, "This rule was decided upon, so it stays as it is");
    let end = format!("{it}/end");
    let blank = site.post(&grace, &end, &[("why_ended", " "), ("seen", "5")]).await;
    refused(&blank, "Say why it ends");
    let done = site.post(&grace, &end, &[("why_ended", "Another target"), ("seen", "5")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let reference = it.rsplit('/').next().expect("a reference");
    let next = site.get(&grace, &format!("/incentives/new?after={reference}")).await.text;
    assert!(next.contains("A third of it"), "it begins with what the earlier one says: {next}");
    let same = site.post(&grace, "/incentives/new", &rule(&[("after", reference)])).await;
    refused(&same, "months were decided upon by the rule before: choose later months");
    let later = rule(&[("after", reference), ("from", "2026-06"), ("to", "2026-07")]);
    let second = site.post(&grace, "/incentives/new", &later).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text);
    assert!(page(&site, &grace, &it).await.contains("Followed by"));
    assert!(page(&site, &grace, &second.location).await.contains("Follows"));
}

/// Decides upon one month that nothing is paid.
async fn one_month(site: &Site, who: &SignedIn, it: &str, (month, seen): (&str, &str)) -> Answer {
    let fields = [("verdict", "not_paid"), ("from", month), ("to", month), ("seen", seen)];
    site.post(who, &format!("{it}/decide"), &fields).await
}

#[tokio::test]
async fn a_lead_finds_no_hidden_month_out_by_deciding_upon_it_alone() {
    let site = site().await;
    // The clinical director of orthopaedics sees the measure of the whole trust with small numbers
    // hidden.
    measured_in(&site, "TRUST").await;
    let priya = site.sign_in("COSTING_ACCOUNTANT").await;
    let done = site.post(&priya, "/incentives/new", &rule(&[("quality", "FALLS|TRUST")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let it = done.location;
    let [amara, ravi] =
        [site.sign_in("CLINICAL_DIRECTOR").await, site.sign_in("FINANCE_DIRECTOR").await];
    for (lead, seen) in [(&amara, "1"), (&ravi, "2")] {
        let done = site.post(lead, &format!("{it}/agree"), &[("seen", seen)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let read = page(&site, &amara, &it).await;
    assert!(read.contains("Its values are hidden from you"), "{read}");
    let said = "decide upon all months that are over, as they stand above";
    refused(&one_month(&site, &amara, &it, ("2026-04", "3")).await, said);
    assert!(site.audit("incentive.decided").await.is_empty(), "nothing is decided");
    // All that is over stands on the page, so a departure from it is asked for its reason.
    let bare = decided(&site, &amara, &it, ("paid", "", "3")).await;
    refused(&bare, "say why you depart from it");
    // Whoever sees the values may decide upon a month, and what was decided upon all may read.
    let done = one_month(&site, &ravi, &it, ("2026-04", "3")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let done = one_month(&site, &amara, &it, ("2026-04", "4")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    refused(&one_month(&site, &amara, &it, ("2026-05", "5")).await, said);
}
