//! A specialty from nothing to a signed level: requests in, pages out.

use axum::http::StatusCode;
use engagement::Framework;
use engagement::framework::RecordedFor;
use store::audit::{self, Asked};

use crate::shell::testing::{Browser, Site, TRUST, grant, site, site_on_postgres, unlinked};

pub(super) const HIP: &str = "/assessment/HIP";

/// Somebody of a profession with a role in a unit.
pub(super) async fn person(
    site: &Site,
    name: &str,
    profession: &str,
    (role, unit): (&str, &str),
) -> Browser {
    let id = site.of_profession(name, profession).await;
    site.grant(&grant(&id, role, unit)).await;
    site.sign_in(&id).await
}

/// Who answers for hips: a clinical director and a finance partner.
async fn leads(site: &Site) -> (Browser, Browser) {
    let amara = person(site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    let daniel = person(site, "Daniel", "finance", ("FINANCE_BUSINESS_PARTNER", "HIP")).await;
    (amara, daniel)
}

/// Steps of a specialty, in order.
pub(super) fn steps() -> Vec<String> {
    let all = Framework::national_2013();
    let of_units = all.steps().iter().filter(|it| it.recorded_for != RecordedFor::Organisation);
    of_units.map(|it| it.id.to_string()).collect()
}

pub(super) async fn rated(site: &Site, who: &Browser, step: &str, rating: &str) -> String {
    let fields = [("rating", rating), ("words", ""), ("then", "on")];
    let done = site.post(who, &format!("{HIP}/steps/{step}"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location().to_owned()
}

pub(super) async fn text(site: &Site, who: &Browser, path: &str) -> String {
    let page = site.get(who, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    unlinked(&page.text).replace('\u{a0}', " ")
}

/// A site on which the assessment of hips is open.
pub(super) async fn begun() -> (Site, Browser, Browser) {
    begun_on(site().await).await
}

async fn begun_on(site: Site) -> (Site, Browser, Browser) {
    let (amara, daniel) = leads(&site).await;
    let done = site.post(&amara, &format!("{HIP}/begin"), &[]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, HIP));
    (site, amara, daniel)
}

#[tokio::test]
async fn every_step_leads_to_the_next_and_can_be_left_in_between() {
    let (site, amara, _) = begun().await;
    let all = steps();
    assert_eq!(all.len(), 20, "23 but the three of the board");
    let first = text(&site, &amara, &format!("{HIP}/steps/{}", all[0])).await;
    assert!(first.contains("Step 1 of 20, about 3 minutes left"), "{first}");
    assert!(!first.contains(" checked"), "nothing is chosen beforehand");
    for pair in all.windows(2) {
        assert_eq!(
            rated(&site, &amara, &pair[0], "partly").await,
            format!("{HIP}/steps/{}", pair[1])
        );
    }
    // The last one is left out and taken up again.
    assert!(text(&site, &amara, HIP).await.contains("Go on rating: 19 of 20 steps done"));
    let fields = [("rating", "not_assessed"), ("words", ""), ("then", "later")];
    let last = format!("{HIP}/steps/{}", all[19]);
    assert_eq!(site.post(&amara, &last, &fields).await.location(), HIP);
    assert!(text(&site, &amara, &last).await.contains("value=\"not_assessed\" checked"));
    let none = site.post(&amara, &last, &[("words", "So"), ("then", "on")]).await;
    assert!(none.text.contains("Choose how far it is so") && none.text.contains(">So<"), "kept");
    let fields = [("rating", "partly"), ("words", "See 943 476 5919"), ("then", "on")];
    let named = site.post(&amara, &last, &fields).await;
    assert!(named.text.contains("Take out the NHS number"));
}

#[tokio::test]
async fn neither_profession_sees_the_other_before_both_are_done() {
    let (site, amara, daniel) = begun().await;
    let all = steps();
    for step in &all {
        rated(&site, &amara, step, "consistently").await;
    }
    let page = text(&site, &daniel, HIP).await;
    assert!(page.contains("So far only clinicians have gone through all its steps"), "{page}");
    assert!(
        page.contains("Rated by clinicians only") && !page.contains("onsistently demonstrated")
    );
    let agree = format!("{HIP}/agree/P2");
    assert_eq!(site.get(&daniel, &agree).await.status, 404);
    // The first of finance's ratings tells it nothing of what clinicians said of the step.
    with_evidence(&site, &amara).await;
    rated(&site, &daniel, "C2", "consistently").await;
    let page = text(&site, &daniel, HIP).await;
    assert!(!page.contains("without evidence") && page.contains("To reach Level 1"), "{page}");
    // Nor does it come to see them by saying of all that it does not know.
    for step in &all {
        rated(&site, &daniel, step, "not_assessed").await;
    }
    assert_eq!(site.get(&daniel, &agree).await.status, 404);
    for step in &all {
        let rating = if step == "P2" { "partly" } else { "consistently" };
        rated(&site, &daniel, step, rating).await;
    }
    let page = text(&site, &daniel, HIP).await;
    assert!(page.contains("They differ on 1 step"), "{page}");
    let both = text(&site, &daniel, &agree).await;
    for part in ["Amara", "Daniel", "Consistently demonstrated", "Partly or sometimes"] {
        assert!(both.contains(part), "{part}");
    }
    let silent = [("rating", "partly"), ("because", ""), ("seen", "0")];
    let refused = site.post(&daniel, &agree, &silent).await;
    assert!(refused.text.contains("Say why, since it was said otherwise before"));
    let settled = [("rating", "partly"), ("because", "Not in August"), ("seen", "0")];
    assert_eq!(site.post(&amara, &agree, &settled).await.location(), HIP);
    assert_eq!(site.post(&daniel, &agree, &settled).await.status, 409, "somebody was faster");
    assert!(text(&site, &daniel, HIP).await.contains("Agreed: partly or sometimes"));
}

/// Where the form leads whose address holds this.
pub(super) fn action(page: &str, holds: &str) -> String {
    let mut all = page.split("action=\"").skip(1).filter_map(|it| it.split('"').next());
    all.find(|it| it.contains(holds)).expect("there is such a form").to_owned()
}

pub(super) async fn with_evidence(site: &Site, who: &Browser) {
    with_piece(site, who, "Reviews of the year", &steps()).await;
}

/// Hips with one piece of evidence, for one step.
pub(super) async fn with_one_piece() -> (Site, Browser, Browser) {
    let (site, amara, daniel) = begun().await;
    with_piece(&site, &amara, "Course", &["P4".to_owned()]).await;
    accepted(&site, &amara, &daniel).await;
    (site, amara, daniel)
}

pub(super) async fn with_piece(site: &Site, who: &Browser, title: &str, all: &[String]) {
    let mut fields = vec![
        ("title", title),
        ("kind", "minutes"),
        ("place", "Shared drive"),
        ("happened_on", "2026-06-01"),
        ("expires_on", ""),
    ];
    fields.extend(all.iter().map(|it| ("steps", it.as_str())));
    let done = site.post(who, &format!("{HIP}/evidence"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

async fn joint(site: &Site, who: &Browser, status: &str, seen: &str) -> StatusCode {
    let (trigger, which) =
        if status == "ad_hoc" { ("contract_goal", "Falls on two wards") } else { ("", "") };
    let fields = [
        ("status", status),
        ("trigger", trigger),
        ("trigger_words", which),
        ("words", "A partner sits in every review"),
        ("supports", "yes"),
        ("shared_every", "month"),
        ("last_shared_on", "2026-06-01"),
        ("audience", "both_professions"),
        ("lapse", "no"),
        ("seen", seen),
    ];
    site.post(who, &format!("{HIP}/joint-working"), &fields).await.status
}

/// Whoever added the evidence cannot accept it, and somebody else does.
pub(super) async fn accepted(site: &Site, adder: &Browser, other: &Browser) {
    let page = text(site, adder, &format!("{HIP}/evidence")).await;
    assert!(page.contains("Not counted: nobody has accepted it"));
    assert!(!page.contains("Accept or reject it"), "nobody accepts their own");
    let page = text(site, other, &format!("{HIP}/evidence")).await;
    let review = action(&page, "/evidence/");
    let own = [("state", "accepted"), ("because", ""), ("seen", "0")];
    assert_eq!(site.post(adder, &review, &own).await.status, 422, "nor by another way");
    assert!(text(site, adder, HIP).await.contains("No live evidence"));
    let accepted = [("state", "accepted"), ("because", ""), ("seen", "0")];
    assert_eq!(site.post(other, &review, &accepted).await.status, StatusCode::SEE_OTHER);
}

/// A level as its form sends it.
pub(super) fn put<'a>(level: &'a str, because: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("level", level),
        ("because", because),
        ("culture", "People ask each other"),
        ("reassess_by", "2027-06-01"),
        ("seen", "0"),
    ]
}

/// Hips with all steps but patient feedback, evidence, joint working as the norm, and Level 3 signed
/// though Level 4 is shown; they differed on what leads to what.
pub(super) async fn signed() -> (Site, Browser, Browser) {
    let (site, amara, daniel) = begun().await;
    for step in steps() {
        let rating = if step == "P6" { "not_yet" } else { "consistently" };
        rated(&site, &amara, &step, rating).await;
        let rating = if step == "C7" { "partly" } else { rating };
        rated(&site, &daniel, &step, rating).await;
    }
    let settled = [("rating", "consistently"), ("because", "So since May"), ("seen", "0")];
    let done = site.post(&amara, &format!("{HIP}/agree/C7"), &settled).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    with_evidence(&site, &amara).await;
    accepted(&site, &amara, &daniel).await;
    assert_eq!(joint(&site, &amara, "norm", "0").await, StatusCode::SEE_OTHER);
    let address = format!("{HIP}/level");
    site.post(&amara, &address, &put("3", "The norm is new")).await;
    let sign = action(&text(&site, &daniel, &address).await, "/level/");
    for lead in [&amara, &daniel] {
        let signed = [("says", "signed"), ("changes", "")];
        assert_eq!(site.post(lead, &sign, &signed).await.status, StatusCode::SEE_OTHER);
    }
    (site, amara, daniel)
}

#[tokio::test]
async fn a_specialty_goes_from_nothing_to_a_signed_level() {
    to_a_signed_level(site().await).await;
}

#[tokio::test]
async fn a_specialty_goes_from_nothing_to_a_signed_level_on_postgres_too() {
    to_a_signed_level(site_on_postgres().await).await;
}

async fn to_a_signed_level(site: Site) {
    let (site, amara, daniel) = begun_on(site).await;
    let board = person(&site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    assert!(text(&site, &board, "/assessment").await.contains("Level 1 not yet shown"));
    for step in steps() {
        // No patient feedback: most of the steps, not all.
        let rating = if step == "P6" { "not_yet" } else { "consistently" };
        rated(&site, &amara, &step, rating).await;
        rated(&site, &daniel, &step, rating).await;
    }
    with_evidence(&site, &amara).await;
    assert_eq!(joint(&site, &amara, "ad_hoc", "0").await, StatusCode::SEE_OTHER);
    accepted(&site, &amara, &daniel).await;
    // Steps reach Level 4; joint working holds it at 2, and says so.
    let page = text(&site, &amara, HIP).await;
    assert!(
        page.contains("Proposed: Level 2") && page.contains("goes from ad hoc to the norm"),
        "{page}"
    );
    assert_eq!(joint(&site, &daniel, "norm", "1").await, StatusCode::SEE_OTHER);
    assert_eq!(joint(&site, &amara, "ad_hoc", "1").await, 409, "somebody was faster");
    // The board's own steps are not shown, and are of the trust: the level stands all the same.
    let page = text(&site, &amara, &format!("{HIP}/level")).await;
    assert!(page.contains("Proposed: Level 4"), "{page}");
    let address = format!("{HIP}/level");
    let departs = site.post(&amara, &address, &put("3", "")).await;
    assert!(departs.text.contains("Say why it departs from what is proposed"));
    let done = site.post(&amara, &address, &put("3", "The norm is new")).await;
    assert_eq!(done.location(), address);
    let page = text(&site, &daniel, &address).await;
    assert!(page.contains("Sign for finance") && page.contains("Not yet signed for clinicians"));
    let sign = action(&page, "/level/");
    let torn = [("says", "signed"), ("changes", "Not yet, please")];
    let refused = site.post(&amara, &sign, &torn).await;
    assert!(refused.text.contains("You wrote what should be changed"), "nobody signs by mistake");
    let signed = [("says", "signed"), ("changes", "")];
    assert_eq!(site.post(&daniel, &sign, &signed).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.post(&amara, &sign, &signed).await.status, StatusCode::SEE_OTHER);
    let page = text(&site, &board, &address).await;
    assert!(page.contains("Signed by both") && page.contains("Why another: The norm is new"));
    assert!(!page.contains("<form method=\"post\" novalidate"), "the board signs nothing");
    assert_eq!(site.post(&amara, &sign, &signed).await.status, 422, "it is confirmed");
    let list = text(&site, &board, "/assessment").await;
    assert!(
        list.contains("Signed by both: Level 3")
            && list.contains("1 specialty, each by itself: 1 at Level 4.")
    );
    let mut db = site.store().read().await.expect("a connection");
    let recorded = Asked { action: Some("level.".to_owned()), ..Asked::default() };
    let recorded = audit::list(&mut db, &recorded, 10).await.expect("a read");
    assert_eq!(recorded.len(), 3, "put forward, and two signatures");
    assert!(!format!("{recorded:?}").contains("The norm is new"), "no words that somebody wrote");
}

#[tokio::test]
async fn who_is_of_neither_side_reads_and_who_is_of_another_unit_finds_nothing() {
    let (site, ..) = begun().await;
    let grace = person(&site, "Grace", "management", ("SERVICE_MANAGER", "HIP")).await;
    let page = text(&site, &grace, HIP).await;
    assert!(page.contains("Clinicians and finance rate") && !page.contains("Rate the steps"));
    assert_eq!(site.get(&grace, &format!("{HIP}/steps/C2")).await.status, 404);
    assert_eq!(site.get(&grace, "/assessment/TRUST").await.status, 404);
    assert_eq!(site.get(&grace, "/assessment/NOWHERE").await.status, 404);
    assert_eq!(site.get(&grace, &format!("{HIP}/agree/C2")).await.status, 404);
    let ada = person(&site, "Ada", "informatics", ("ADMINISTRATOR", TRUST)).await;
    assert_eq!(site.get(&ada, "/assessment").await.status, 404);
    // The steps of the board are rated in the trust and nowhere else.
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    assert_eq!(site.get(&helen, &format!("{HIP}/steps/C1")).await.status, 404);
    site.post(&helen, "/assessment/TRUST/begin", &[]).await;
    let page = text(&site, &helen, "/assessment/TRUST/steps/C1").await;
    assert!(page.contains("Step 1 of 3"), "{page}");
    let all = text(&site, &helen, "/assessment/levels").await;
    assert!(all.contains("Steps in the level") && all.contains(">17<") && all.contains(">23<"));
    for it in Framework::national_2013().changes() {
        let told = format!("<dt><strong>{}</strong></dt><dd>{}</dd>", it.made_in, it.what);
        assert!(all.contains(&told), "the change log: {told}: {all}");
    }
}
