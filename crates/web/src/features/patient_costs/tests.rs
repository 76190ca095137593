//! Who sees which events, what is on record of it, and that the tables of an event add up.

use store::audit::Outcome;

use super::list::short;
use crate::shell::costed::{Answer, Site, column, site, site_over, trust, visible};

/// An event of a service line with cost, the dearest.
fn dearest(line: &str) -> String {
    let sql = format!(
        "select event from events where service_line = '{line}' order by own + absorbed desc, event limit 1"
    );
    column(&sql).pop().expect("there is one")
}

fn address(event: &str) -> String {
    format!("/patients/{}/{event}", trust().run)
}

#[tokio::test]
async fn a_clinician_lists_the_events_of_their_service_line() {
    let site = site().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let page = site.get(&clinician, "/patients").await;
    assert_eq!(page.status, 200);
    let sql = "select count(*) from events where service_line = 'TORT' and (own + absorbed <> 0 or income_recognised <> 0)";
    let total = column(sql).pop().expect("a count");
    let range = format!("1 to 50 of {total}\u{a0}events.");
    assert!(page.text.contains(&range), "{range}");
    assert_eq!(page.text.matches("href=\"/patients/").count(), 50);
    // On record before and after, with who, in which right, and each event shown.
    let listed = site.audit("patients.listed").await;
    assert_eq!(listed[0].entry.rows, Some(50));
    assert_eq!(listed[0].entry.scope.as_deref(), Some("TORT EXACT"));
    let object = listed[0].entry.object.clone().unwrap_or_default();
    assert_eq!(object.split(' ').count(), 52, "run, service line, and fifty events");
    assert_eq!(site.audit("patients.list").await.len(), 2);
}

#[tokio::test]
async fn lists_can_be_narrowed_and_ordered() {
    let site = site().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let page = site.get(&clinician, "/patients?line=TORT&kind=APC&month=&order=dearest").await.text;
    let event = dearest("TORT");
    let first = page.find("<th scope=\"row\"").expect("a row");
    assert!(page[first..first + 250].contains(&event), "the dearest stands first");
    assert!(page.contains("page=2"));
    let none = site.get(&clinician, "/patients?line=TORT&month=2031-01").await.text;
    assert!(none.contains("No event fits."));
    assert_eq!(site.get(&clinician, "/patients?line=STRO").await.status, 404);
    assert_eq!(site.get(&clinician, "/patients?line=TORT&sort=cost").await.status, 422);
}

#[tokio::test]
async fn an_event_is_shown_with_its_audit_and_no_ledger_to_a_clinician() {
    let site = site().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let event = dearest("TORT");
    let page = site.get(&clinician, &address(&event)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&short(&event)));
    assert!(page.text.contains("never a name or NHS number"));
    assert!(page.text.contains("not for the direct care of a patient"));
    assert!(!page.text.contains("id=\"three\""));
    assert!(!page.text.contains("In the ledger"));
    let named = "select name from names where kind = 'resource'";
    let others = "select name from names where kind <> 'resource'";
    for resource in column(&format!("{named} and name not in ({others})")) {
        assert!(!page.text.contains(&format!(">{resource}<")), "{resource} is no group");
    }
    let opened = site.audit("patient.open").await;
    assert_eq!(opened.len(), 1);
    let object = opened[0].entry.object.clone();
    assert_eq!(object, Some(format!("{} {event}", trust().run)));
    assert_eq!((opened[0].entry.rows, opened[0].entry.outcome), (Some(1), Outcome::Done));
}

/// Pence of the last cell of each row of a table.
fn pence(table: &str) -> Vec<i64> {
    let rows = table.split("<tr").skip(2).map(|it| it.split("</tr>").next().unwrap_or(it));
    let amount = |row: &str| {
        let text = visible(&format!("<tr{row}"));
        let amount = text.rsplit('£').next().expect("an amount");
        let digits: String = amount.chars().filter(char::is_ascii_digit).collect();
        let size: i64 = digits.parse().expect("pence");
        if text.contains('−') { -size } else { size }
    };
    rows.map(amount).collect()
}

#[tokio::test]
async fn three_tables_add_up_to_the_penny() {
    let site = site().await;
    let accountant = site.sign_in("COSTING_ACCOUNTANT").await;
    let page = site.get(&accountant, &address(&dearest("TORT"))).await.text;
    let tables: Vec<Vec<i64>> = page.split("<table").skip(1).map(pence).collect();
    assert_eq!(tables.len(), 3);
    // What, total, paid, result; then parts and their total, twice.
    let [parts @ .., cost, paid, left] = tables[0].as_slice() else { panic!("{tables:?}") };
    assert_eq!(parts.iter().sum::<i64>(), *cost);
    assert_eq!((paid - cost).abs(), *left);
    let mut above = parts[0];
    for table in &tables[1..] {
        let (total, parts) = table.split_last().expect("rows");
        assert_eq!(parts.iter().sum::<i64>(), *total);
        assert_eq!(*total, above, "the dearest line is taken apart");
        above = parts[0];
    }
    assert!(page.contains("Adds up both ways, to the penny."));
}

/// The same page for all, but for numbers that are new in each answer.
fn as_nothing(answer: &Answer) -> (u16, usize) {
    (answer.status.as_u16(), visible(&answer.text).len())
}

#[tokio::test]
async fn others_restricted_and_unknown_events_are_answered_alike() {
    let site = site().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let accountant = site.sign_in("COSTING_ACCOUNTANT").await;
    let restricted = column("select event from restricted_events").pop().expect("there is one");
    let unknown = site.get(&clinician, &address("00000000000000000000000000")).await;
    assert_eq!(unknown.status, 404);
    for event in [dearest("STRO"), restricted.clone(), "9434765919".to_owned()] {
        let answer = site.get(&clinician, &address(&event)).await;
        assert_eq!(as_nothing(&answer), as_nothing(&unknown), "{event}");
    }
    assert_eq!(site.get(&accountant, &address(&restricted)).await.status, 404);
    let refused = site.audit("patient.open").await;
    let refused = refused.iter().filter(|it| it.entry.outcome == Outcome::Refused);
    assert_eq!(refused.count(), 5);
    let kept = site.audit("").await;
    assert!(!format!("{kept:?}").contains("9434765919"), "what may be an NHS number is not kept");
}

async fn reason(site: &Site, who: &crate::shell::costed::SignedIn, text: &str) -> Answer {
    let next = "/patients?line=TORT";
    site.post(who, "/patients/reason", &[("next", next), ("reason", text)]).await
}

#[tokio::test]
async fn an_auditor_says_why_first() {
    let site = site().await;
    let auditor = site.sign_in("AUDITOR").await;
    let first = site.get(&auditor, "/patients?line=TORT").await;
    assert_eq!(first.status, 303);
    assert!(first.location.starts_with("/patients/reason?next="), "{}", first.location);
    assert_eq!(site.get(&auditor, &address(&dearest("TORT"))).await.status, 303);
    assert!(site.audit("patient").await.is_empty(), "no row was read");
    assert!(reason(&site, &auditor, "why").await.text.contains("There is a problem"));
    let given = reason(&site, &auditor, "Audit 12: cost of hips").await;
    assert_eq!((given.status.as_u16(), given.location.as_str()), (303, "/patients?line=TORT"));
    assert_eq!(site.get(&auditor, "/patients?line=TORT").await.status, 200);
    let listed = site.audit("patients.listed").await;
    assert_eq!(listed[0].entry.purpose.as_deref(), Some("Audit 12: cost of hips"));
}

#[tokio::test]
async fn drafts_are_for_those_who_see_them() {
    let site = site_over(&trust().drafts).await;
    let clinician = site.sign_in("CLINICIAN").await;
    assert!(site.get(&clinician, "/patients").await.text.contains("Nothing is published yet"));
    let event = dearest("TORT");
    assert_eq!(site.get(&clinician, &address(&event)).await.status, 404);
    let accountant = site.sign_in("COSTING_ACCOUNTANT").await;
    assert_eq!(site.get(&accountant, &address(&event)).await.status, 200);
    // A draft is listed where somebody asks for it by name, and the list stays with it.
    let asked = format!("/patients?run={}&line=TORT", trust().run);
    let list = site.get(&accountant, &asked).await;
    assert!(list.text.contains(&address(&event)[..28]) && list.text.contains("draft"));
    assert!(list.text.contains(&format!("name=\"run\" value=\"{}\"", trust().run)));
    assert_eq!(site.get(&clinician, &asked).await.status, 404);
    assert_eq!(site.get(&accountant, "/patients?run=00ff").await.status, 404);
}
