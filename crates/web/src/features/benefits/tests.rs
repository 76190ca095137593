//! Benefits from claim to verified, on the costed trust: requests in, pages out.

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

pub(super) async fn person(site: &Site, email: &str) -> PersonId {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{email}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id
}

/// Brings months of the measure in.
pub(super) async fn kept(site: &Site, leah: &SignedIn, rows: &str) {
    let csv = format!("measure,unit,month,value,of,source\n{rows}");
    let seen = site.post(leah, "/measures/import", &[("csv", &csv)]).await;
    let digest = hidden(&seen.text, "digest");
    let fields = [("csv", csv.as_str()), ("digest", &digest), ("name", "a"), ("because", "Late")];
    let done = site.post(leah, "/measures/import/accept", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

pub(super) async fn measured(site: &Site) -> SignedIn {
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let added = site.post(&leah, "/measures/new", &FALLS).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    kept(site, &leah, "FALLS,TORT,2025-06,5,1000,Reports\nFALLS,TORT,2026-04,5,1000,Reports\n")
        .await;
    leah
}

/// Sends a claim of £18,128 that a journal shows, with some fields otherwise.
async fn claimed(site: &Site, who: &SignedIn, otherwise: &[(&str, &str)]) -> Answer {
    let owner = person(site, "grace.whitfield").await;
    let mut fields = vec![
        ("title", "Fewer temporary nurses"),
        ("unit", "TORT"),
        ("kind", "cost"),
        ("basis", "temporary-staff"),
        ("cash", "yes"),
        ("recurrent", "yes"),
        ("from", "2026-04-01"),
        ("to", "2027-03-31"),
        ("claimed", "£18,128"),
        ("owner", owner.as_str()),
        ("pair", "FALLS|TORT"),
        ("limit", "6"),
        ("evidence", "journal"),
        ("shown", "18128"),
        ("reference", "Journal 4711"),
        ("domain", "5"),
    ];
    for it in &mut fields {
        if let Some(other) = otherwise.iter().find(|other| other.0 == it.0) {
            it.1 = other.1;
        }
    }
    site.post(who, "/benefits/new", &fields).await
}

/// What the first page of somebody tells, with plain spaces.
async fn first(site: &Site, who: &SignedIn, address: &str) -> String {
    let page = site.get(who, address).await;
    assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text);
    visible(&page.text).replace('\u{a0}', " ")
}

/// Who is told so on their first page: the medical director, the finance director, whoever owns the
/// benefit and keeps actions, and the board.
async fn told(site: &Site, said: &str) -> [bool; 4] {
    let mut all = [false; 4];
    for (at, (role, page)) in [
        ("MEDICAL_DIRECTOR", "/"),
        ("FINANCE_DIRECTOR", "/"),
        ("SERVICE_MANAGER", "/my-service"),
        ("BOARD_MEMBER", "/"),
    ]
    .into_iter()
    .enumerate()
    {
        let who = site.sign_in(role).await;
        all[at] = first(site, &who, page).await.contains(said);
    }
    all
}

async fn decided(
    site: &Site,
    who: &SignedIn,
    benefit: &str,
    (accepted, seen): (&str, &str),
) -> Answer {
    let fields = [("accepted", accepted), ("not_accepted", ""), ("why", "So far"), ("seen", seen)];
    site.post(who, &format!("{benefit}/decide"), &fields).await
}

#[tokio::test]
async fn no_cost_benefit_without_its_quality_measure_and_no_cash_without_the_ledger() {
    let site = site().await;
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let form = site.get(&grace, "/benefits/new?unit=TORT").await.text;
    assert!(form.contains("Falls with harm, TORT (less is better)"), "{form}");
    let refused = |answer: Answer, said: &str| {
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
        assert!(answer.text.contains("Fewer temporary nurses"), "what was typed stays");
    };
    let choose = "Choose the quality measure this could affect";
    refused(claimed(&site, &grace, &[("pair", "")]).await, choose);
    refused(claimed(&site, &grace, &[("pair", ""), ("kind", "income")]).await, choose);
    refused(claimed(&site, &grace, &[("limit", "60")]).await, "The limit is so far from where");
    let none = [("evidence", ""), ("shown", ""), ("reference", "")];
    refused(claimed(&site, &grace, &none).await, "Cash needs evidence from the ledger");
    let more = claimed(&site, &grace, &[("claimed", "18,129")]).await;
    refused(more, "At most £18,128 of this can be cash");
    let not_cash = claimed(&site, &grace, &[("cash", "no")]).await;
    refused(not_cash, "A cost that is not cash is claimed as capacity released");
    let done = claimed(&site, &grace, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let again = claimed(&site, &grace, &[]).await;
    refused(again, "claims the same already");
    assert_eq!(site.audit("benefit.").await.len(), 1, "what was refused left nothing");
}

#[tokio::test]
async fn two_leads_verify_and_the_ledger_adds_up() {
    verified(site().await).await;
}

#[tokio::test]
async fn two_leads_verify_on_postgres_too() {
    verified(site_on_postgres().await).await;
}

async fn verified(site: Site) {
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let benefit = claimed(&site, &grace, &[]).await.location;
    let days = [("kind", "capacity"), ("cash", "no"), ("basis", "bed-days"), ("claimed", "310")];
    let days = claimed(&site, &grace, &days).await;
    assert!(days.text.contains("Say what used the capacity released"), "{}", days.text);
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let ravi = site.sign_in("FINANCE_DIRECTOR").await;
    let waits = "1 benefit waits for you to verify.";
    assert_eq!(told(&site, waits).await, [true, true, false, false], "the leads, not its owner");
    // Whoever keeps benefits does not verify them.
    assert_eq!(
        decided(&site, &grace, &benefit, ("18128", "2")).await.status,
        StatusCode::NOT_FOUND
    );
    let done = decided(&site, &helen, &benefit, ("18128", "2")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let ledger = visible(&site.get(&ravi, "/benefits").await.text);
    assert!(ledger.contains("£0 of cash verified"), "one lead is not enough: {ledger}");
    assert_eq!(told(&site, waits).await, [false, true, false, false], "finance has still to");
    let stale = decided(&site, &ravi, &benefit, ("18128", "2")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let more = decided(&site, &ravi, &benefit, ("18129", "3")).await.text;
    assert!(more.contains("What is accepted and what is not must be within the claim"), "{more}");
    decided(&site, &ravi, &benefit, ("15000", "3")).await;
    assert_eq!(told(&site, waits).await, [false; 4], "both have decided");
    let ledger = visible(&site.get(&ravi, "/benefits").await.text);
    let adds_up =
        "Of £18,128 cash claimed, £15,000 is verified, £3,128 is held and £0 was not accepted.";
    assert!(ledger.contains(adds_up), "{ledger}");
    assert!(ledger.contains("£15,000 comes again every year and £0 once"), "{ledger}");
    let file = site.get(&ravi, "/benefits.csv").await.text;
    assert!(file.contains("GBP,18128,15000,3128,0,FALLS,Verified in part"), "{file}");
    // Both directors are led from their first pages to the same page, whose totals are these.
    for who in [&helen, &ravi] {
        assert!(site.get(who, "/").await.text.contains("href=\"/assessment/board\""));
        let board = plain(&site.get(who, "/assessment/board").await.text).replace('\u{a0}', " ");
        let part = "Cash, TORT £18,128 £15,000 £3,128 £0 Cash in all £18,128 £15,000 £3,128 £0";
        assert!(board.contains(part) && board.contains("The guard holds nothing."), "{board}");
    }
    let month = [("month", "2026-05"), ("reached", "1,400"), ("source", "Ledger"), ("seen", "4")];
    let done = site.post(&grace, &format!("{benefit}/reached"), &month).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = site.get(&helen, &benefit).await.text;
    assert!(page.contains("May 2026: 1,400 recorded"), "{page}");
    let owen = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&owen, &benefit).await.text;
    assert!(page.contains("£15,000") && !page.contains("Record your decision"), "{page}");
    assert!(!page.contains("5.0 in the year before"), "small numbers stay hidden: {page}");
    let elsewhere = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.get(&elsewhere, &benefit).await.status, StatusCode::NOT_FOUND);
    let kept = format!("{:?}", site.audit("benefit.").await);
    assert!(!kept.contains("So far") && !kept.contains("Journal"), "no words in the audit: {kept}");
}

#[tokio::test]
async fn a_saving_that_harms_care_is_held_until_both_have_explained_it() {
    held(site().await).await;
}

#[tokio::test]
async fn a_saving_that_harms_care_is_held_on_postgres_too() {
    held(site_on_postgres().await).await;
}

async fn held(site: Site) {
    let leah = measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let benefit = claimed(&site, &grace, &[]).await.location;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let ravi = site.sign_in("FINANCE_DIRECTOR").await;
    decided(&site, &helen, &benefit, ("18128", "2")).await;
    decided(&site, &ravi, &benefit, ("18128", "3")).await;
    assert!(site.get(&ravi, "/benefits").await.text.contains("£18,128 is verified"));
    // Falls stood at 5.0 and stand at 5.0: not better, so it is no lower cost with higher quality.
    let owen = site.sign_in("BOARD_MEMBER").await;
    let pack = site.get(&owen, "/assessment/inspection.csv").await.text;
    let outcome = "outcomes,Cost,Verified in whole,TORT,A measure of quality";
    assert!(pack.contains(outcome) && !pack.contains("18,128"), "no amount is told: {pack}");
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    site.post(&amara, "/assessment/TORT/begin", &[]).await;
    let proposed = visible(&site.get(&amara, "/assessment/TORT/evidence").await.text);
    assert!(proposed.contains("lead verified all of what was claimed"), "{proposed}");
    assert!(proposed.contains("For: Improved efficiency and productivity"), "{proposed}");
    let alert = "1 benefit is held, as a saving may have harmed care";
    assert_eq!(told(&site, alert).await, [false; 4], "nothing is held yet");
    // 14 of 2,000 bed days in two months are 7 for each thousand; agreed was no more than 6.
    kept(&site, &leah, "FALLS,TORT,2026-05,9,1000,Reports\n").await;
    let ledger = visible(&site.get(&ravi, "/benefits").await.text);
    assert!(
        ledger.contains("A saving that may have harmed care: Fewer temporary nurses"),
        "{ledger}"
    );
    assert!(ledger.contains("£0 is verified, £18,128 is held"), "{ledger}");
    // Its owner is told too, and of the leads alone an explanation is asked.
    assert_eq!(told(&site, alert).await, [true, true, true, false]);
    let asks = "harmed care; 1 waits for your explanation.";
    assert_eq!(told(&site, asks).await, [true, true, false, false]);
    assert_eq!(told(&site, "for you to verify").await, [false; 4], "nobody verifies what is held");
    let board = plain(&site.get(&helen, "/assessment/board").await.text).replace('\u{a0}', " ");
    assert!(board.contains("1 benefit is held, as a saving may have harmed care."), "{board}");
    assert!(board.contains("Fewer temporary nurses £18,128 TORT"), "{board}");
    let page = visible(&site.get(&helen, &benefit).await.text);
    assert!(
        page.contains("5.0 in the year before, 7.0 in the latest months to May 2026"),
        "{page}"
    );
    let held = decided(&site, &helen, &benefit, ("18128", "4")).await.text;
    assert!(held.contains("The paired measure has worsened beyond its limit"), "{held}");
    let back = [("why_withdrawn", "We claim it elsewhere"), ("seen", "4")];
    let back = site.post(&grace, &format!("{benefit}/withdraw"), &back).await.text;
    assert!(back.contains("The paired measure has worsened"), "{back}");
    let explain = format!("{benefit}/explain");
    let words = |seen| [("explanation", "A ward moved for a month"), ("seen", seen)];
    assert_eq!(site.post(&grace, &explain, &words("4")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(&helen, &explain, &words("4")).await.status, StatusCode::SEE_OTHER);
    let page = visible(&site.get(&ravi, &benefit).await.text);
    assert!(page.contains("until it is explained by an accountant"), "{page}");
    assert_eq!(told(&site, alert).await, [true, true, true, false], "it is still held");
    assert_eq!(told(&site, asks).await, [false, true, false, false]);
    assert_eq!(site.post(&ravi, &explain, &words("5")).await.status, StatusCode::SEE_OTHER);
    let ledger = visible(&site.get(&ravi, "/benefits").await.text);
    assert!(ledger.contains("£18,128 is verified, £0 is held"), "{ledger}");
    assert_eq!(told(&site, alert).await, [false; 4], "both have explained it");
}

/// What a reader sees, with single spaces.
fn plain(html: &str) -> String {
    visible(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn concerns_are_kept_with_their_answers_and_the_sign_off_shows_how_long_it_has_waited() {
    let site = site().await;
    measured(&site).await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let benefit = claimed(&site, &grace, &[]).await.location;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let send = async |who: &SignedIn, what: &str, fields: &[(&str, &str)]| {
        site.post(who, &format!("{benefit}/{what}"), fields).await
    };
    let page = plain(&site.get(&amara, &benefit).await.text);
    assert!(page.contains("Nobody has raised one"), "{page}");
    let both = "Has waited 0 days for the decision of a clinical lead and a finance lead.";
    assert!(page.contains(both), "{page}");
    let blank = send(&amara, "concern", &[("concern", " "), ("seen", "2")]).await.text;
    assert!(blank.contains("Say what you fear for the quality of care"), "{blank}");
    let fear = [("concern", "Nights without a senior nurse"), ("seen", "2")];
    assert_eq!(send(&amara, "concern", &fear).await.status, StatusCode::SEE_OTHER);
    let page = plain(&site.get(&grace, &benefit).await.text);
    assert!(page.contains("Nights without a senior nurse. Not answered for 0"), "{page}");
    let none = [("of", "2"), ("answer", "A bank nurse comes"), ("seen", "3")];
    assert_eq!(send(&grace, "answer", &none).await.status, StatusCode::NOT_FOUND);
    let said = [("of", "3"), ("answer", "A bank nurse comes"), ("seen", "3")];
    assert_eq!(send(&grace, "answer", &said).await.status, StatusCode::SEE_OTHER);
    let page = plain(&site.get(&amara, &benefit).await.text);
    assert!(page.contains("Answer: A bank nurse comes. Grace Whitfield"), "{page}");
    assert!(!page.contains("Not answered"), "{page}");
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    decided(&site, &helen, &benefit, ("18128", "4")).await;
    let page = plain(&site.get(&amara, &benefit).await.text);
    assert!(page.contains("for the decision of a finance lead."), "{page}");
    let kept = format!("{:?}", site.audit("benefit.").await);
    assert!(kept.contains("benefit.concern") && !kept.contains("nurse"), "{kept}");
}
