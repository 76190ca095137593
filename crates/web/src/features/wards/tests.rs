//! Who sees what of wards on the costed trust, and the truths that are planted in it.

use access::{Capability, View};
use axum::http::StatusCode;
use disclosure::attacker::breaks;
use results::ward::{Ward, WardAsked, WardFlow};

use super::book::Missing;
use super::release::Released;
use super::sentences;
use crate::routes;
use crate::shell::costed::{
    SignedIn, Site, column, references, site, site_over, site_with_dataset, trust, visible,
};

/// A number that a query of the run answers.
fn number(sql: &str) -> f64 {
    column(sql)[0].parse().expect("a number")
}

async fn page(site: &Site, who: &SignedIn, address: &str) -> String {
    let answer = site.get(who, address).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}");
    visible(&answer.text).replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn asked(code: &str) -> WardAsked {
    WardAsked { code: code.to_owned(), own_lines: None }
}

fn codes() -> Vec<String> {
    demonstration::wards().into_iter().map(|it| it.code).filter(|it| it != "ICU").collect()
}

fn flow() -> Vec<WardFlow> {
    let all: Vec<WardAsked> = codes().iter().map(|it| asked(it)).collect();
    let run = trust().open();
    let dataset = trust().datasets.join(&run.manifest().year);
    run.ward_flow(&all, &dataset).expect("reads").expect("there are rows of wards")
}

/// Two ways to the same beds: as the costing counted them, and from the rows of the wards.
#[test]
fn the_time_of_patients_is_the_time_that_beds_were_used() {
    let wards = trust().open().wards(&codes()).expect("reads");
    assert_eq!(wards.len(), codes().len());
    for (code, flow) in codes().iter().zip(flow()) {
        assert_eq!(flow.all.used_s, wards[code].used_s, "{code}");
        let months: i64 = flow.months.iter().map(|it| it.all.used_s).sum();
        assert_eq!(months, flow.all.used_s, "{code}");
        let stays: u64 = flow.months.iter().map(|it| it.all.stays).sum();
        assert_eq!(stays, flow.all.stays, "{code}");
        let went: u64 = flow.left.iter().sum::<u64>() + flow.went_to.values().sum::<u64>();
        assert_eq!(went + flow.elsewhere, flow.ended, "{code}");
    }
}

/// What a ward cost is its pool, and its cost lines are those of the ledger.
#[test]
fn the_cost_of_a_ward_comes_to_its_pool() {
    for (code, ward) in trust().open().wards(&codes()).expect("reads") {
        let pool = column(&format!(
            "select sum(pool) from unit_costs where activity = '{}'",
            ward.activity.code
        ));
        let pool: domain::Money = pool[0].parse().expect("an amount");
        assert_eq!(ward.cost, pool, "{code}");
        assert!(ward.support().is_some_and(|it| it > domain::Money::ZERO), "{code}");
    }
    assert!(trust().open().wards(&["NOWHERE".to_owned()]).expect("reads").is_empty());
}

#[tokio::test]
async fn each_sees_the_wards_of_their_units_exactly_and_others_as_their_rights_say() {
    let site = site_with_dataset().await;
    let cases: [(&str, &str, Option<View>); 12] = [
        ("WARD_MANAGER", "W10", Some(View::Exact)),
        ("WARD_MANAGER", "W08", Some(View::Suppressed)),
        ("CLINICAL_DIRECTOR", "W10", Some(View::Exact)),
        ("CLINICAL_DIRECTOR", "W09", Some(View::Exact)),
        ("CLINICIAN", "W06", Some(View::Suppressed)),
        ("SERVICE_MANAGER", "W10", Some(View::Exact)),
        ("SERVICE_MANAGER", "W06", None),
        ("FINANCE_BUSINESS_PARTNER", "W06", None),
        ("BOARD_MEMBER", "W10", Some(View::Suppressed)),
        ("MEDICAL_DIRECTOR", "W06", Some(View::Exact)),
        ("COMMISSIONER", "W10", None),
        ("ADMINISTRATOR", "W10", None),
    ];
    for (role, ward, view) in cases {
        let who = site.sign_in(role).await;
        let answer = site.get(&who, &format!("/wards/{ward}")).await;
        let file = site.get(&who, &format!("/wards/{ward}/beds.csv")).await;
        let is_exact = answer.text.contains("You see exact figures of this ward");
        let is_hidden = answer.text.contains("with small numbers hidden, as");
        assert_eq!(
            (is_exact, is_hidden),
            (view == Some(View::Exact), view == Some(View::Suppressed)),
            "{role} {ward}"
        );
        let wanted = if view.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(answer.status, wanted, "{role} {ward}");
        let wanted = if is_exact { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(file.status, wanted, "{role} {ward}");
    }
    // Whoever sees some wards is told of no other, not even by what is most of all.
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    for address in ["/wards", "/wards.csv"] {
        let seen = site.get(&partner, address).await.text;
        assert!(seen.contains("W10") && seen.contains("W09"), "{seen}");
        assert!(!seen.contains("W06") && !seen.contains("Elderly medicine south"), "{seen}");
    }
    let sister = site.sign_in("WARD_MANAGER").await;
    for address in ["/wards/NOWHERE", "/wards/TORT", "/patients", "/services/TORT/stays", "/runs"] {
        assert_eq!(site.get(&sister, address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

/// Whoever runs a ward begins there, and whoever answers for a service line begins with that.
#[tokio::test]
async fn first_pages_lead_to_what_people_answer_for() {
    let site = site_with_dataset().await;
    for (role, leads_to) in
        [("WARD_MANAGER", "/my-ward"), ("CLINICAL_DIRECTOR", "/my-service"), ("BOARD_MEMBER", "")]
    {
        let who = site.sign_in(role).await;
        assert_eq!(site.get(&who, "/").await.location, leads_to, "{role}");
    }
    let sister = site.sign_in("WARD_MANAGER").await;
    let own = page(&site, &sister, "/my-ward").await;
    assert!(own.contains("Elective orthopaedics (W10)"), "{own}");
    // Nothing is published: there is nothing to see, and it says so.
    let drafts = site_over(&trust().drafts).await;
    let sister = drafts.sign_in("WARD_MANAGER").await;
    assert_eq!(drafts.get(&sister, "/my-ward").await.location, "/wards");
    assert!(page(&drafts, &sister, "/wards").await.contains("No costs are published yet"));
    assert_eq!(drafts.get(&sister, "/wards/W10").await.status, StatusCode::NOT_FOUND);
}

/// Planted: the ward of elective orthopaedics has beds that stand empty.
#[tokio::test]
async fn empty_beds_are_read_off_the_ward() {
    let site = site_with_dataset().await;
    let sister = site.sign_in("WARD_MANAGER").await;
    let used = number(
        "select 100.0 * sum(used_s) / sum(available_s) from bed_use where location like 'W10%'",
    );
    assert!((55.0..65.0).contains(&used), "{used}");
    let own = page(&site, &sister, "/my-ward").await;
    assert!(
        own.contains(&format!("{used:.0} in 100 staffed beds are in use, and a night costs £")),
        "{own}"
    );
    assert!(own.contains("staffed beds are empty"), "{own}");
    let board = site.sign_in("BOARD_MEMBER").await;
    let all = page(&site, &board, "/wards").await;
    let said = format!(
        "No ward has a larger part of its staffed beds empty than Elective orthopaedics: {used:.0} in 100 are in use"
    );
    assert!(all.contains(&said), "{all}");
}

/// Planted: temporary staff cover vacancies on one ward of elderly medicine, and not on its sister.
#[tokio::test]
async fn temporary_staff_are_read_off_the_ward() {
    let site = site_with_dataset().await;
    let director = site.sign_in("MEDICAL_DIRECTOR").await;
    let share = |ward: &str| {
        number(&format!(
            "select 100.0 * sum(case when cost_line like '%BANK' or cost_line like '%AGENCY' then amount else 0 end) / sum(amount) from cost_lines where cost_line like 'NUR-{ward}%'"
        ))
    };
    let (south, north) = (share("W06"), share("W05"));
    assert!(south > 30.0 && north < 12.0, "{south} {north}");
    for (ward, share) in [("W06", south), ("W05", north)] {
        let seen = page(&site, &director, &format!("/wards/{ward}")).await;
        assert!(
            seen.contains(&format!("{share:.0}% of the pay on this ward is for temporary staff")),
            "{seen}"
        );
    }
    let board = site.sign_in("BOARD_MEMBER").await;
    let all = page(&site, &board, "/wards").await;
    let said = format!(
        "On no ward are temporary staff a larger part of pay than on Elderly medicine south: {south:.0}%"
    );
    assert!(all.contains(&said), "{all}");
}

/// Planted: medical patients lie on a surgical ward in winter.
#[tokio::test]
async fn medical_outliers_are_read_off_the_ward_with_their_season() {
    let site = site_with_dataset().await;
    let director = site.sign_in("MEDICAL_DIRECTOR").await;
    let seen = page(&site, &director, "/wards/W08").await;
    assert!(
        seen.contains("were patients of other divisions than Surgery and Critical Care"),
        "{seen}"
    );
    assert!(seen.contains("were of patients of Medicine."), "{seen}");
    let winter = seen.split("began in the three months from ").nth(1).expect("the season is told");
    let months = [
        "November 2025 to January 2026",
        "December 2025 to February 2026",
        "January 2026 to March 2026",
    ];
    assert!(months.iter().any(|it| winter.starts_with(it)), "{winter}");
    // The wards of medicine have none of them.
    let other = page(&site, &director, "/wards/W02").await;
    assert!(other.contains("Nobody but patients of Medicine lay here"), "{other}");
}

/// Planted: hips that are moved go to the trauma ward, and most of those who stay go home on a
/// Monday.
#[tokio::test]
async fn hips_that_are_moved_and_wait_for_monday_are_read_off_the_ward() {
    let site = site_with_dataset().await;
    let sister = site.sign_in("WARD_MANAGER").await;
    let own = page(&site, &sister, "/my-ward").await;
    assert!(own.contains("left the hospital or died, most on a Monday ("), "{own}");
    let moved = own.split("ended in going on to another ward, ").nth(1).expect("some are moved");
    assert!(moved.contains("of them to Trauma."), "{moved}");
}

/// Without the rows of the wards, what they would tell is said to be missing, and those who see
/// small numbers hidden are told nothing, since it is not known how many patients there were.
#[tokio::test]
async fn what_is_missing_is_said() {
    let site = site().await;
    let sister = site.sign_in("WARD_MANAGER").await;
    let own = page(&site, &sister, "/my-ward").await;
    assert!(own.contains("The rows of the wards are not at hand here"), "{own}");
    assert!(own.contains("in 100 staffed beds are in use"), "{own}");
    assert!(own.contains("No run of the year before is published"), "{own}");
    let board = site.sign_in("BOARD_MEMBER").await;
    let seen = page(&site, &board, "/wards/W10").await;
    assert!(seen.contains("What this ward used and cost is hidden"), "{seen}");
    assert!(!seen.contains("in 100 staffed"), "{seen}");
}

/// What is released gives no hidden number away, and the board's pages and files hold no others.
#[tokio::test]
async fn small_numbers_are_hidden_on_every_ward_and_in_the_file() {
    let site = site_with_dataset().await;
    let board = site.sign_in("BOARD_MEMBER").await;
    let sister = site.sign_in("WARD_MANAGER").await;
    let file = site.get(&board, "/wards.csv").await;
    assert_eq!(file.text, site.get(&sister, "/wards.csv").await.text, "a file goes anywhere");
    let mut told = 0;
    for line in file.text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let stays = cells[6];
        if stays == "*" {
            assert!(cells[2..].iter().all(|it| *it == "*"), "{line}");
        } else {
            told += 1;
            assert_eq!(stays.parse::<u64>().expect("a count") % 5, 0, "{line}");
        }
    }
    assert!(told > 10, "most wards have patients enough: {}", file.text);
    assert_eq!(site.audit("wards.download").await.len(), 2);
    for route in routes().into_iter().filter(|it| it.path.contains("ward")) {
        for ward in codes() {
            let answer = site.get(&board, &route.path.replace("{unit}", &ward)).await;
            let mut words = answer.text.split(|it: char| !it.is_ascii_alphanumeric());
            assert!(!words.any(|it| references().contains(it)), "{ward}");
        }
    }
}

#[test]
fn the_release_of_wards_withstands_its_attacker() {
    let own = |line: &str| Some([line.to_owned()].into());
    let all: Vec<WardAsked> =
        codes().into_iter().map(|code| WardAsked { code, own_lines: own("SURG") }).collect();
    let run = trust().open();
    let dataset = trust().datasets.join(&run.manifest().year);
    let flow = run.ward_flow(&all, &dataset).expect("reads").expect("there are rows");
    let released = Released::of(&codes().into_iter().zip(flow).collect()).expect("decided");
    let (table, rules) = &released.decided;
    assert!(table.cells.len() > 15, "own patients and others on most wards");
    assert_eq!(breaks(table, released.release(), rules), Vec::<String>::new());
}

#[test]
fn a_ward_without_anything_is_said_to_be_so() {
    assert_eq!(sentences::headline(&Ward::default()), "Nobody lay here");
    assert_eq!(
        sentences::money(&Ward::default(), Err(Missing::NotPublished))[0],
        "No bed was used, so there is no cost of a night."
    );
    assert!(
        routes().iter().any(|it| it.path == "/my-ward"
            && it.policy == crate::Policy::Needs(Capability::AggregateCosts))
    );
}
