//! The level of a specialty: what each means, what holds it there, and a lead who asks for a change
//! first; and what stands beside a step: requests in, pages out.

use axum::http::StatusCode;
use engagement::Framework;
use store::audit::{self, Asked};

use super::tests::{
    HIP, accepted, action, begun, person, put, rated, steps, text, with_evidence, with_piece,
};
use crate::shell::testing::{Browser, Site, TRUST};

const LEVEL: &str = "/assessment/HIP/level";

/// Hips with all steps consistently so and evidence that counts.
async fn all_shown() -> (Site, Browser, Browser) {
    let (site, amara, daniel) = begun().await;
    for step in steps() {
        rated(&site, &amara, &step, "consistently").await;
        rated(&site, &daniel, &step, "consistently").await;
    }
    with_evidence(&site, &amara).await;
    accepted(&site, &amara, &daniel).await;
    (site, amara, daniel)
}

/// Records joint working as the norm with data shared every month, and answers the level page.
async fn said(
    (site, who): (&Site, &Browser),
    (supports, last, lapse): (&str, &str, &str),
    seen: &str,
) -> String {
    let fields = [
        ("status", "norm"),
        ("words", "A partner sits in every review"),
        ("supports", supports),
        ("shared_every", "month"),
        ("last_shared_on", last),
        ("audience", "others"),
        ("audience_words", "The consultants and their partner"),
        ("lapse", lapse),
        ("seen", seen),
    ];
    let done = site.post(who, &format!("{HIP}/joint-working"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    text(site, who, LEVEL).await
}

#[tokio::test]
async fn each_level_to_choose_from_says_what_it_means_with_an_example() {
    let (site, amara, _) = begun().await;
    let page = text(&site, &amara, LEVEL).await;
    let framework = Framework::national_2013();
    assert_eq!(framework.levels().len(), 4);
    for it in framework.levels() {
        let hint = format!("level-hint-{}", it.level.number());
        assert!(page.contains(&format!("aria-describedby=\"{hint}\"")), "{hint}: {page}");
        let told = format!("id=\"{hint}\">{}. {}.</div>", it.definition, it.example);
        assert!(page.contains(&told), "{told}: {page}");
    }
}

#[tokio::test]
async fn a_step_shows_what_other_trusts_did() {
    let (site, amara, _) = begun().await;
    let page = text(&site, &amara, &format!("{HIP}/steps/P2")).await;
    for part in [
        "What other trusts did",
        "<strong>Wrightington, Wigan and Leigh NHS Foundation Trust</strong>",
        "Hip replacement had excellent outcomes and made a loss.",
        "<strong>Chelsea and Westminster Hospital NHS Foundation Trust: service line reviews</strong>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Alder Hey"), "two are enough: {page}");
}

#[tokio::test]
async fn a_lead_asks_for_a_change_and_that_is_told_and_on_record() {
    let (site, amara, daniel) = begun().await;
    site.post(&amara, LEVEL, &put("1", "The board alone so far")).await;
    let page = text(&site, &daniel, LEVEL).await;
    assert!(page.contains("name=\"says\" value=\"changes\""), "{page}");
    let answer = action(&page, "/level/");
    let silent = site.post(&daniel, &answer, &[("says", "changes"), ("changes", " ")]).await;
    assert!(silent.text.contains("Say what should be changed first"), "{}", silent.text);
    let asked = [("says", "changes"), ("changes", "Name the meeting")];
    let done = site.post(&daniel, &answer, &asked).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, LEVEL), "{}", done.text);
    let page = text(&site, &amara, LEVEL).await;
    let told = "Daniel for finance, 11 June 2026, 10:00: asked for a change: Name the meeting.";
    assert!(page.contains("Sent back for a change") && page.contains(told), "{page}");
    assert!(page.contains("Put a level forward"), "another can be put forward: {page}");
    let owen = person(&site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    let list = text(&site, &owen, "/assessment").await;
    assert!(list.contains("Sent back for a change: Level 1"), "{list}");
    let signed = [("says", "signed"), ("changes", "")];
    assert_eq!(site.post(&amara, &answer, &signed).await.status, 422, "it was sent back");
    let mut db = site.store().read().await.expect("a connection");
    let wanted = Asked { action: Some("level.answer".to_owned()), ..Asked::default() };
    let recorded = audit::list(&mut db, &wanted, 10).await.expect("a read");
    let objects: Vec<&str> = recorded.iter().filter_map(|it| it.entry.object.as_deref()).collect();
    assert!(objects.len() == 1 && objects[0].ends_with(" finance changes"), "{objects:?}");
    assert!(!format!("{recorded:?}").contains("Name the meeting"), "no words of theirs");
}

#[tokio::test]
async fn a_lapse_counts_once_two_of_the_agreed_times_have_gone_by_and_somebody_confirms_it() {
    let (site, amara, _) = all_shown().await;
    let form = text(&site, &amara, &format!("{HIP}/joint-working")).await;
    assert!(form.contains("name=\"lapse\" type=\"radio\" value=\"yes\""), "{form}");
    let who = (&site, &amara);
    let recent = said(who, ("yes", "2026-06-01", "yes"), "0").await;
    assert!(recent.contains("Proposed: Level 4"), "{recent}");
    let form = text(&site, &amara, &format!("{HIP}/joint-working")).await;
    assert!(form.contains("Shared with: Others: The consultants and their partner."), "{form}");
    let file = site.get(&amara, &format!("{HIP}/report.csv")).await.text.replace('\u{a0}', " ");
    let row = "sharing,Unit HIP,Every month,1 June 2026,Others: The consultants and their partner";
    assert!(file.contains(row), "{file}");
    let flagged = said(who, ("yes", "2026-04-01", "no"), "1").await;
    assert!(flagged.contains("Proposed: Level 4"), "{flagged}");
    let told =
        "has not shared data for 2 of its cycles; somebody should look and confirm it or not";
    assert!(flagged.contains(told), "{flagged}");
    let lapsed = said(who, ("yes", "2026-04-01", "yes"), "2").await;
    assert!(lapsed.contains("Proposed: Level 3"), "{lapsed}");
    let told = "Data are no longer shared as agreed: that allows Level 3.";
    assert!(lapsed.contains(told), "{lapsed}");
    assert!(lapsed.contains("shares cost and quality data again"), "what lifts it: {lapsed}");
}

#[tokio::test]
async fn without_support_in_using_financial_data_no_more_than_level_three_is_proposed() {
    let (site, amara, _) = all_shown().await;
    let who = (&site, &amara);
    let capped = said(who, ("no", "2026-06-01", "no"), "0").await;
    assert!(capped.contains("Proposed: Level 3"), "{capped}");
    let told =
        "Managers are not supported in using financial data: that allows Level 3 at the most.";
    assert!(capped.contains(told), "{capped}");
    assert!(capped.contains("To reach Level 4"), "what lifts it: {capped}");
    let whole = said(who, ("yes", "2026-06-01", "no"), "1").await;
    assert!(whole.contains("Proposed: Level 4") && !whole.contains("at the most"), "{whole}");
}

#[tokio::test]
async fn an_answer_on_support_has_evidence_of_its_own_which_makes_no_step_count() {
    let (site, amara, daniel) = begun().await;
    let (joint, who) = (format!("{HIP}/joint-working"), (&site, &amara));
    let bare =
        "Managers are supported in using financial data: yes; no evidence that counts shows it.";
    let level = said(who, ("yes", "2026-06-01", "no"), "0").await;
    assert!(level.contains(bare), "{level}");
    let page = text(&site, &daniel, &joint).await;
    let add = format!("href=\"{HIP}/evidence?step=SUPPORT#add\"");
    assert!(page.contains("No evidence yet") && page.contains(&add), "{page}");
    let form = text(&site, &daniel, &format!("{HIP}/evidence?step=SUPPORT")).await;
    assert!(form.contains("value=\"SUPPORT\" checked"), "it is chosen already: {form}");
    with_piece(&site, &amara, "Notes of the budget surgery", &["SUPPORT".to_owned()]).await;
    let page = text(&site, &daniel, &joint).await;
    assert!(
        page.contains("Does not count: nobody has accepted it") && page.contains(bare),
        "{page}"
    );
    accepted(&site, &amara, &daniel).await;
    let page = text(&site, &daniel, &joint).await;
    let shown = "Managers are supported in using financial data: yes; 1 piece of evidence that counts shows it.";
    assert!(page.contains(shown) && page.contains("Notes of the budget surgery"), "{page}");
    assert!(text(&site, &daniel, LEVEL).await.contains(shown));
    let unit = text(&site, &daniel, HIP).await;
    assert!(unit.contains(shown) && !unit.contains("piece of live evidence"), "{unit}");
    let all = text(&site, &daniel, "/assessment/evidence?step=SUPPORT").await;
    assert!(all.contains("Notes of the budget surgery"), "{all}");
    assert!(all.contains("Support (no step)"), "its code is no word: {all}");
    let taken = site.get(&daniel, "/assessment/evidence.csv?step=SUPPORT").await.text;
    let rows = taken.lines().filter(|it| it.contains("Notes of the budget surgery"));
    let rows: Vec<&str> = rows.collect();
    assert!(rows.len() == 1 && rows[0].contains("Support (no step)"), "{taken}");
    let file = site.get(&daniel, &format!("{HIP}/report.csv")).await.text.replace('\u{a0}', " ");
    let row = "together,Unit HIP,It is the norm,Yes,,Notes of the budget surgery";
    assert!(file.contains(row), "{file}");
}

#[tokio::test]
async fn joint_work_that_is_ad_hoc_says_what_called_for_it_and_allows_level_two() {
    let (site, amara, _) = all_shown().await;
    let joint = format!("{HIP}/joint-working");
    let mut fields = vec![
        ("status", "ad_hoc"),
        ("words", "A partner sits in two meetings"),
        ("supports", "yes"),
        ("seen", "0"),
    ];
    let refused = site.post(&amara, &joint, &fields).await.text;
    for part in ["Choose what called for it", "Say which one it was", ">A partner sits in two"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    fields.extend([("trigger", "saving"), ("trigger_words", "Agency nurses")]);
    let done = site.post(&amara, &joint, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = text(&site, &amara, &joint).await;
    assert!(page.contains("What called for it: A plan to save money: Agency nurses."), "{page}");
    assert!(page.contains("<option value=\"saving\" selected>"), "{page}");
    let unit = text(&site, &amara, HIP).await;
    // All steps count: joint work that is ad hoc alone holds it at Level 2.
    assert!(unit.contains("Proposed: Level 2") && unit.contains("Agency nurses."), "{unit}");
    let file = site.get(&amara, &format!("{HIP}/report.csv")).await.text.replace('\u{a0}', " ");
    let row = "together,Unit HIP,\"Ad hoc, when something calls for it\",Yes,\
               A plan to save money: Agency nurses,Nothing that counts";
    assert!(file.contains(row), "{file}");
}
