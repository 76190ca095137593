//! Requests in, pages out: comparing colleagues on the demonstration's costed trust.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use results::group::PatientGroup;
use results::outcomes::{LeftOut, UseAsked, Uses, known_uses};
use store::comparisons::{self, NewComparison};
use store::{Entry, UnitCode, people};

use crate::shell::costed::{Answer, Site, column, site, site_over, trust, visible};

const PURPOSE: &str = "Support for surgeons and training of new consultants";

const PAGE: &str = "/services/TORT/colleagues";

/// Fields of the record as the medical director types it.
fn fields<'a>(seen: &'a str, review_on: &'a str) -> [(&'static str, &'a str); 6] {
    [
        ("purpose", PURPOSE),
        ("audience", "The surgeons and the medical director"),
        ("consultation", "Local medical negotiating committee, which agreed"),
        ("consulted_on", "2026-05-12"),
        ("review_on", review_on),
        ("seen", seen),
    ]
}

/// Turns the comparison of a service line on.
async fn turn_on(site: &Site, line: &str) {
    let director = site.sign_in("MEDICAL_DIRECTOR").await;
    let address = format!("/services/{line}/colleagues/purpose");
    let done = site.post(&director, &address, &fields("0", "2027-05-11")).await;
    assert_eq!((done.status, done.location), (StatusCode::SEE_OTHER, address));
}

/// The site with the comparison on in orthopaedics.
async fn compared() -> Site {
    let site = site().await;
    turn_on(&site, "TORT").await;
    site
}

/// What the run says, for care of orthopaedics.
fn truth(pod: &str, hrg: &str, code: &str) -> Uses {
    let one = |it: &str| [it.to_owned()].into_iter().filter(|it| !it.is_empty()).collect();
    let group = PatientGroup { pods: one(pod), hrgs: one(hrg), ..PatientGroup::of_line("TORT") };
    trust().open().uses_by_consultant(&group, &UseAsked::of(code)).expect("reads")
}

/// Codes of colleagues in a page's table, in its order.
fn codes(page: &Answer) -> Vec<String> {
    let table = page.text.split_once("<tbody").map_or("", |it| it.1);
    let rows = table.split("<tr").filter_map(|row| {
        let cell = row.split_once("<th")?.1.split_once('>')?.1;
        let code = cell.split('<').next()?;
        code.strip_prefix('K')?.parse::<u32>().ok()?;
        Some(code.to_owned())
    });
    rows.collect()
}

#[tokio::test]
async fn it_is_off_and_shows_no_figure_until_the_medical_director_has_recorded_why() {
    let site = site().await;
    for role in ["CLINICAL_DIRECTOR", "FINANCE_DIRECTOR", "COSTING_ACCOUNTANT", "MEDICAL_DIRECTOR"]
    {
        let who = site.sign_in(role).await;
        let page = site.get(&who, PAGE).await;
        assert_eq!(page.status, 200, "{role}");
        assert!(page.text.contains("Colleagues in TORT are not compared"), "{role}");
        assert!(page.text.contains("The medical director, by recording the purpose"), "{role}");
        let main = page.text.split_once("<main").expect("a page").1;
        let main = visible(main.split_once("</main>").expect("its end").0);
        assert!(!main.contains(|it: char| it.is_ascii_digit()), "{role}: {main}");
        let can = page.text.contains("role=\"button\"");
        assert_eq!(can, role == "MEDICAL_DIRECTOR", "{role}");
    }
    assert_eq!(site.audit("colleagues.read").await.len(), 4, "looked at by four");
    turn_on(&site, "TORT").await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&director, PAGE).await;
    assert!(page.text.contains(PURPOSE) && page.text.contains("recorded 1 June 2026"));
    assert!(page.text.contains("never for pay or discipline"));
    // Another service line stays off.
    let finance = site.sign_in("FINANCE_DIRECTOR").await;
    let other = site.get(&finance, "/services/SURG/colleagues").await;
    assert!(other.text.contains("are not compared"));
}

#[tokio::test]
async fn after_the_day_of_its_review_it_is_off_again() {
    // It is 1 June 2026 here.
    for (review, is_on) in [("2026-05-31", false), ("2026-06-01", true)] {
        let site = site().await;
        let mut db = site.store.read().await.expect("reads");
        let helen = people::by_email(&mut db, "helen.marsh@ashbourne.example").await;
        let helen = helen.expect("reads").expect("the medical director").id;
        drop(db);
        let day = |text: &str| text.parse().expect("a day");
        let new = NewComparison {
            unit: UnitCode::new("TORT"),
            purpose: PURPOSE.to_owned(),
            audience: "The surgeons".to_owned(),
            consultation: "The committee, which agreed".to_owned(),
            consulted_on: day("2025-12-01"),
            review_on: day(review),
        };
        let at = "2026-01-12T09:00:00Z".parse().expect("an instant");
        let entry = Entry::by(helen.as_str(), at);
        let done = site.store.write(move |tx| {
            Box::pin(
                async move { comparisons::record(tx, &new, 0, day("2026-01-12"), &entry).await },
            )
        });
        done.await.expect("it is recorded");
        let director = site.sign_in("CLINICAL_DIRECTOR").await;
        let page = site.get(&director, PAGE).await.text;
        assert_eq!(page.contains("of the specialty, as recorded"), is_on, "{review}");
        assert_eq!(page.contains("was to be reviewed by 31 May 2026"), !is_on, "{review}");
        let record = site.get(&director, &format!("{PAGE}/purpose")).await.text;
        assert_eq!(record.contains("Past its review"), !is_on, "{review}");
    }
}

#[tokio::test]
async fn the_record_is_the_medical_directors_and_others_read_it() {
    let site = compared().await;
    let director = site.sign_in("MEDICAL_DIRECTOR").await;
    let address = format!("{PAGE}/purpose");
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let page = site.get(&partner, &address).await;
    assert!(page.text.contains("Recorded by Helen Marsh, 1 June 2026"), "{}", page.text);
    assert!(page.text.contains("12 May 2026") && page.text.contains("11 May 2027"));
    assert!(!page.text.contains("<textarea"), "only to be read");
    for role in ["FINANCE_BUSINESS_PARTNER", "CLINICAL_DIRECTOR", "FINANCE_DIRECTOR", "AUDITOR"] {
        let who = site.sign_in(role).await;
        let sent = site.post(&who, &address, &fields("1", "2027-05-11")).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{role}");
        let back = format!("{address}/withdraw");
        let sent = site.post(&who, &back, &[("seen", "1"), ("because", "why")]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{role}");
    }
    // What is wrong is said, at its field too, and what was typed is kept.
    let mut wrong = fields("1", "2026-06-01");
    wrong[0].1 = " ";
    wrong[3].1 = "2026-06-02";
    let page = site.post(&director, &address, &wrong).await;
    assert_eq!(page.status, 200);
    for text in ["Say what the comparison is for", "it must not be to come", "it must still be"] {
        assert_eq!(page.text.matches(text).count(), 2, "{text}");
    }
    assert!(page.text.contains("Local medical negotiating committee, which agreed</textarea>"));
    // From a page that was opened before the record in force.
    let stale = site.post(&director, &address, &fields("0", "2027-05-11")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let changed = site.post(&director, &address, &fields("1", "2026-12-31")).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    let page = site.get(&partner, &address).await.text;
    assert!(page.contains("Replaced") && page.contains("31 December 2026"), "{page}");
    let back = format!("{address}/withdraw");
    let page = site.post(&director, &back, &[("seen", "2"), ("because", " ")]).await;
    assert!(page.text.contains("Say why it is taken back"));
    let done = site.post(&director, &back, &[("seen", "2"), ("because", "They object")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let off = site.get(&partner, PAGE).await;
    assert!(off.text.contains("The record was taken back on 1 June 2026"), "{}", off.text);
    let actions: Vec<String> = site
        .audit("comparison.")
        .await
        .into_iter()
        .rev()
        .map(|it| format!("{} {}", it.entry.action, it.entry.object.unwrap_or_default()))
        .collect();
    assert_eq!(
        actions,
        [
            "comparison.record comparison/TORT record 1",
            "comparison.record comparison/TORT record 2",
            "comparison.withdraw comparison/TORT record 2",
        ]
    );
}

/// The small trust has too few surgeons with ten spells that can be compared: what there is to see
/// is what the run says, whichever it is.
#[tokio::test]
async fn each_page_says_what_the_run_says() {
    let site = compared().await;
    for (code, _) in known_uses() {
        let found = truth("", "", code);
        for role in ["FINANCE_DIRECTOR", "CLINICAL_DIRECTOR", "AUDITOR"] {
            let who = site.sign_in(role).await;
            let page = site.get(&who, &format!("{PAGE}?use={code}")).await;
            assert_eq!(page.status, 200, "{role} {code}");
            let compared = found.consultants.iter().filter(|it| it.compared.is_ok());
            let shown: Vec<String> = compared.map(|it| it.code.clone()).collect();
            assert_eq!(codes(&page), shown, "{role} {code}");
            let spread = found.spread.expect("there are spells");
            let spells = format!("{}\u{a0}spells of the specialty, as recorded", spread.n);
            assert_eq!(page.text.contains(&spells), shown.is_empty(), "{role} {code}");
            let places = usize::from(code != "theatre-minutes");
            let half = format!("{:.places$}\u{a0}{}</dd>", spread.median, found.unit);
            assert_eq!(page.text.contains(&half), shown.is_empty(), "{role} {code}: {half}");
        }
    }
}

#[tokio::test]
async fn no_page_holds_a_reference_a_name_or_money() {
    let site = compared().await;
    let consultants: BTreeSet<String> = column("select distinct consultant from events")
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    assert!(consultants.len() > 10, "a trust has consultants");
    for role in ["FINANCE_DIRECTOR", "CLINICAL_DIRECTOR", "CLINICIAN", "COSTING_ACCOUNTANT"] {
        let who = site.sign_in(role).await;
        for (code, _) in known_uses() {
            for more in ["", "&shared=in", "&emergencies=out", "&pod=EL&hrg=HN12"] {
                let page = site.get(&who, &format!("{PAGE}?use={code}{more}")).await;
                assert_eq!(page.status, 200, "{role} {code} {more}");
                let told = consultants.iter().find(|it| page.text.contains(it.as_str()));
                assert_eq!(told, None, "{role} {code} {more}");
                assert!(!page.text.contains("CX1"), "{role} {code} {more}");
                assert!(!page.text.contains('£') && !page.text.contains(".csv"), "{role} {code}");
            }
        }
    }
}

#[tokio::test]
async fn out_of_scope_is_not_there_and_what_there_is_not_neither() {
    let site = compared().await;
    turn_on(&site, "SURG").await;
    let is_there = async |role: &str, address: &str| {
        let who = site.sign_in(role).await;
        site.get(&who, address).await.status == StatusCode::OK
    };
    for role in ["BOARD_MEMBER", "SERVICE_MANAGER", "ADMINISTRATOR", "COMMISSIONER"] {
        assert!(!is_there(role, PAGE).await, "{role}");
        assert!(!is_there(role, &format!("{PAGE}/purpose")).await, "{role}");
    }
    // A clinician, a clinical director and a business partner of orthopaedics.
    for role in ["CLINICIAN", "CLINICAL_DIRECTOR", "FINANCE_BUSINESS_PARTNER"] {
        assert!(is_there(role, PAGE).await, "{role}");
        assert!(!is_there(role, "/services/SURG/colleagues").await, "{role}");
        assert!(!is_there(role, "/services/SURG/colleagues/purpose").await, "{role}");
    }
    for address in [
        "/services/TRUST/colleagues",
        "/services/NOWHERE/colleagues",
        "/services/TORT/colleagues?use=pay",
        "/services/TORT/colleagues?use=bed-days&shared=maybe",
        "/services/TORT/colleagues?pod=EL&hrg=ZZ99",
        "/services/TORT/colleagues?pod=OPFA",
    ] {
        assert!(!is_there("MEDICAL_DIRECTOR", address).await, "{address}");
    }
}

#[tokio::test]
async fn a_clinician_sees_the_spread_alone_as_nothing_says_which_code_is_theirs() {
    let site = compared().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let page = site.get(&clinician, PAGE).await;
    assert_eq!(codes(&page), [""; 0]);
    let spread = truth("", "", "bed-days").spread.expect("spells");
    let title = format!(
        "Half of the spells had {:.1} to {:.1} bed days",
        spread.lower_quartile, spread.upper_quartile
    );
    assert!(page.text.contains(&title), "{title}: {}", visible(&page.text));
    assert!(page.text.contains("Nothing here says which code is yours"));
    assert!(!page.text.contains("Colleague K"));
}

#[tokio::test]
async fn too_few_are_not_compared_and_nobody_with_fewer_than_ten_stands_alone() {
    let site = compared().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    for (pod, hrg) in
        [("", ""), ("EL", ""), ("EL", "HN12"), ("EL", "HN22"), ("EL", "HN81"), ("DC", "")]
    {
        for (code, name) in known_uses() {
            let found = truth(pod, hrg, code);
            let address = format!("{PAGE}?pod={pod}&hrg={hrg}&use={code}");
            let page = site.get(&director, &address).await;
            assert_eq!(page.status, 200, "{address}");
            let shown = codes(&page);
            for it in &found.consultants {
                let is_compared = it.compared.is_ok();
                assert_eq!(shown.contains(&it.code), is_compared, "{address} {}", it.code);
                assert_eq!(
                    page.text.contains(&format!("Colleague {}<", it.code)),
                    is_compared,
                    "{address} {}",
                    it.code
                );
                if it.spells < 10 {
                    assert!(!is_compared, "{address} {}", it.code);
                }
            }
            if found.absent.is_none() && !found.is_compared() {
                let text = visible(&page.text);
                assert!(text.contains("At least"), "{address} {name}: the need: {text}");
            }
        }
    }
}

/// The demonstration's planted consultants: whoever is newly qualified, has nine cases, does the
/// revisions, or is a code of several people, is nowhere given out as an outlier of the year.
#[tokio::test]
async fn planted_people_are_not_taken_for_outliers() {
    let site = compared().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&director, &format!("{PAGE}?pod=EL&hrg=HN12")).await;
    let found = truth("EL", "HN12", "bed-days");
    // Sixty primary hips over eight surgeons: too few have ten.
    assert!(!found.is_compared());
    assert_eq!(codes(&page), [""; 0]);
    assert!(page.text.contains("so that each has five peers"), "{}", visible(&page.text));
    assert!(page.text.contains("of the specialty, as recorded"));
    // Over all care, the locum's code treats two specialties, so it is no colleague.
    let everybody = PatientGroup::default();
    let all = trust().open().uses_by_consultant(&everybody, &UseAsked::of("bed-days"));
    let all = all.expect("reads");
    let several = all
        .consultants
        .iter()
        .filter(|it| matches!(it.compared, Err(LeftOut::SeveralSpecialties(_))));
    assert!(several.count() > 0, "codes of several people");
}

#[tokio::test]
async fn every_view_is_on_record_with_how_many_were_shown() {
    let site = compared().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let address = format!("{PAGE}?use=bed-days&emergencies=out");
    let shown = codes(&site.get(&director, &address).await).len();
    let rows = site.audit("colleagues.read").await;
    assert_eq!(rows.len(), 1);
    let entry = &rows[0].entry;
    assert_eq!(entry.object, Some(format!("{address} run/{}", trust().run)));
    assert_eq!(entry.rows, Some(i64::try_from(shown).expect("few")));
    assert_eq!(entry.scope.as_deref(), Some("TORT EXACT, W09 EXACT, W10 EXACT"));
}

#[tokio::test]
async fn the_service_line_leads_here_for_those_who_may() {
    let site = compared().await;
    for (role, leads) in
        [("CLINICAL_DIRECTOR", true), ("CLINICIAN", true), ("SERVICE_MANAGER", false)]
    {
        let who = site.sign_in(role).await;
        let page = site.get(&who, "/services/TORT").await.text;
        assert_eq!(page.contains("href=\"/services/TORT/colleagues\""), leads, "{role}");
        let part = site.get(&who, "/services/TORT?pod=EL&hrg=HN12").await.text;
        let address = "href=\"/services/TORT/colleagues?pod=EL&#38;hrg=HN12\"";
        assert_eq!(part.contains(address), leads, "{role}: {part}");
        let clinic = site.get(&who, "/services/TORT?pod=OPFA").await;
        assert_eq!(clinic.status, 200);
        assert!(!clinic.text.contains("/colleagues"), "{role}: there are no spells in a clinic");
    }
}

#[tokio::test]
async fn what_is_not_published_is_compared_only_for_those_who_see_drafts() {
    let site = site_over(&trust().drafts).await;
    turn_on(&site, "TORT").await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    assert_eq!(site.get(&director, PAGE).await.status, 404);
    let accountant = site.sign_in("COSTING_ACCOUNTANT").await;
    let page = site.get(&accountant, PAGE).await;
    assert!(page.text.contains("Draft"), "{}", page.text);
}
