//! Who sees which events, what is on record of it, and that the tables of an event add up.

use domain::Money;
use results::explain::{NoLine, Weighed};
use store::audit::Outcome;

use super::list::short;
use crate::shell::costed::{
    Answer, Site, caller, column, site, site_over, site_with_dataset, trust, visible, weighed,
};

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
    assert_eq!(listed[0].entry.scope.as_deref(), Some("TORT EXACT, W09 EXACT, W10 EXACT"));
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

/// Pence of the amount that an element of a drawing ends with.
fn drawn(svg: &str) -> Vec<i64> {
    let texts = svg.split("<text ").skip(1).filter_map(|it| it.split('>').nth(1));
    let words = texts.filter_map(|it| it.split('<').next());
    words.filter(|it| it.trim_start_matches('−').starts_with('£')).map(amount).collect()
}

fn amount(words: &str) -> i64 {
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    let size: i64 = digits.parse().expect("pence");
    if words.contains('−') { -size } else { size }
}

#[tokio::test]
async fn a_stay_is_drawn_and_its_lanes_add_up_to_the_penny() {
    let site = site_with_dataset().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let page = site.get(&clinician, &address(&dearest("TORT"))).await.text;
    assert!(
        page.contains("The stay, day by day")
            && page.contains("<h1 class=\"nhsuk-heading-xl\">This stay cost £")
    );
    let drawings: Vec<&str> = page.split("class=\"chart chart--").skip(1).collect();
    assert_eq!(drawings.len(), 2, "for a wide page and for a phone");
    let first = page.split("<table").nth(2).expect("the first of the three tables");
    let [parts @ .., cost, _, _] = &pence(first)[..] else { panic!("{first}") };
    assert_eq!(parts.iter().sum::<i64>(), *cost);
    for drawing in drawings {
        let svg = drawing.split("</svg>").next().expect("an end");
        let amounts = drawn(svg);
        let (total, lanes) = amounts.split_last().expect("amounts");
        assert!(lanes.len() >= 4, "{amounts:?}");
        assert_eq!((lanes.iter().sum::<i64>(), total), (*total, cost), "{svg}");
    }
    assert!(
        page.contains("Ward stays")
            && page.contains("Theatres")
            && page.contains("Not on the line")
    );
    // Whoever was there is nobody's business here.
    for consultant in column("select distinct consultant from events where consultant <> ''") {
        assert!(!page.contains(&consultant));
    }
    let opened = site.audit("patient.open").await;
    assert_eq!((opened.len(), opened[0].entry.rows), (1, Some(1)));
}

#[tokio::test]
async fn without_its_dataset_an_event_says_so_and_shows_its_tables() {
    let site = site().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let page = site.get(&clinician, &address(&dearest("TORT"))).await.text;
    assert!(page.contains("The files of activity are not on this server"));
    assert!(!page.contains("<svg") || !page.contains("chart--wide"));
    assert!(page.contains("1. What happened") && page.contains("Total cost"));
}

/// Stays of hips after which somebody was recorded ready to leave.
fn recorded_ready() -> Vec<String> {
    let dataset = costing::dataset::Dataset::open(&trust().datasets.join("2025-26"));
    let dataset = dataset.expect("the dataset is sound");
    let events = (0..dataset.buckets()).flat_map(|it| dataset.events(it).expect("reads"));
    let costed = column("select event from events where service_line = 'TORT' and own <> 0");
    let ready = events.filter(|it| it.ready_s.is_some_and(|at| at > it.start_s));
    ready.map(|it| it.event.to_string()).filter(|it| costed.contains(it)).collect()
}

/// Events of a service line: lanes and what stands apart are its cost, to the micro-pound, and
/// all its rows are told.
#[test]
fn lanes_of_every_event_add_up() {
    let run = trust().open();
    let weigh = |run: &results::Run, event| {
        let dataset = trust().datasets.join(&run.manifest().year);
        let rows = weighed(&dataset, run, event)?;
        Ok(Weighed { dataset, rows })
    };
    let sql = "select event from events where service_line = 'TORT' and own + absorbed <> 0 and event_type = 'APC' order by event limit 12";
    let (mut waited, mut marked) = (0, 0);
    let ready = recorded_ready();
    for event in column(sql).into_iter().chain(ready.into_iter().take(6)) {
        let told = run.journey_within(&event, &caller(), &|it| it == "TORT", &weigh);
        let told = told.expect("it is explained");
        let line = told.line.unwrap_or_else(|why| panic!("{event}: {why:?}"));
        let lanes: Money = line.lanes.iter().map(|it| it.cost).sum();
        let apart: Money = line.apart.iter().map(|it| it.cost).sum();
        assert_eq!(lanes + apart, told.explanation.totals.cost, "{event}");
        for lane in &line.lanes {
            assert_eq!(lane.cost, lane.rows.iter().map(|it| it.cost).sum::<Money>());
            assert!(lane.rows.is_sorted_by_key(|it| it.start_s));
            marked += lane.rows.len();
        }
        if let Some(waiting) = line.waiting {
            let stay: Money = line.lanes.iter().filter(|it| it.is_stay).map(|it| it.cost).sum();
            assert!(waiting.cost <= stay && waiting.seconds > 0, "{event}: {waiting:?}");
            waited += 1;
        }
    }
    assert!(waited > 0, "somebody waited to leave");
    assert!(marked > 100, "{marked} rows are few");
}

#[test]
fn rows_of_another_dataset_draw_nothing() {
    let run = trust().open();
    let event = dearest("TORT");
    // One row is missing: the weights are not those that the run states.
    let weigh = |run: &results::Run, event| {
        let dataset = trust().datasets.join(&run.manifest().year);
        let mut rows = weighed(&dataset, run, event)?;
        rows.pop();
        Ok(Weighed { dataset, rows })
    };
    let told = run.journey_within(&event, &caller(), &|_| true, &weigh).expect("it is explained");
    assert_eq!(told.line, Err(NoLine::Other));
    // An event that may not be seen is not weighed at all.
    let never = |_: &results::Run, _| panic!("a row was read");
    let refused = run.journey_within(&event, &caller(), &|_| false, &never);
    assert!(matches!(refused, Err(results::ResultsError::NoSuchEvent(_))), "{refused:?}");
}

/// An event of a patient who has others in the same service line and in others.
fn of_a_patient_with_others() -> (String, usize, usize) {
    let run = trust().open();
    let sql = "select event from events where service_line = 'TORT' and patient in (select patient from events where patient <> '' and (own + absorbed <> 0 or income_recognised <> 0) group by patient having count(distinct service_line) > 1 and count(*) > 2) order by event limit 40";
    let counts = |event: &str| {
        let sees = |line: &str| line == "TORT";
        let found = run.around_within(event, &caller(), &sees, None).expect("it is there");
        (found.events.len(), found.elsewhere)
    };
    let both = column(sql).into_iter().find_map(|it| match counts(&it) {
        (0, _) | (_, 0) => None,
        (here, elsewhere) => Some((it, here, elsewhere)),
    });
    both.expect("there is one")
}

#[tokio::test]
async fn other_care_is_listed_in_scope_and_counted_beyond() {
    let (event, here, elsewhere) = of_a_patient_with_others();
    let site = site().await;
    let clinician = site.sign_in("CLINICIAN").await;
    assert!(site.get(&clinician, &address(&event)).await.text.contains("/around\""));
    let page = site.get(&clinician, &format!("{}/around", address(&event))).await;
    assert_eq!(page.status, 200);
    let main = page.text.split("<tbody").nth(1).expect("a table");
    let rows = main.split("</tbody>").next().expect("its end");
    assert_eq!(rows.matches("<tr").count(), here);
    assert!(!rows.contains(&event), "the event itself is not other care");
    let said = format!("{elsewhere} more in services that you do not see.");
    assert!(page.text.contains(&said), "{said}");
    // Those that are not in scope are only counted.
    let patient = format!("select patient from events where event = '{event}'");
    let others =
        format!("select event from events where patient = ({patient}) and service_line <> 'TORT'");
    for other in column(&others) {
        assert!(!page.text.contains(&other), "{other}");
    }
    let asked = site.audit("patient.around").await;
    assert_eq!(asked.len(), 2, "before and after");
    let listed = site.audit("patient.around.listed").await;
    assert_eq!(listed[0].entry.rows, i64::try_from(here).ok());
    // What may not be opened has nothing around it either.
    let patient = column(&patient).pop().expect("a patient");
    assert!(!page.text.contains(&patient), "nor is the patient's reference shown");
    for event in [dearest("STRO"), "00000000000000000000000000".to_owned(), "9434765919".to_owned()]
    {
        let answer = site.get(&clinician, &format!("{}/around", address(&event))).await;
        assert_eq!(answer.status, 404, "{event}");
    }
    let kept = site.audit("").await;
    assert!(!format!("{kept:?}").contains("9434765919"));
}

#[tokio::test]
async fn lists_lead_to_one_kind_of_care() {
    let site = site().await;
    let clinician = site.sign_in("CLINICIAN").await;
    let costed = "(own + absorbed <> 0 or income_recognised <> 0) and service_line = 'TORT'";
    let pair = column(&format!(
        "select pod || ' ' || substring(hrg, 1, 4) from events where {costed} and pod <> '' and hrg <> '' order by event limit 1"
    ));
    let (pod, hrg) = pair[0].split_once(' ').expect("two");
    let sql = format!(
        "select count(*) from events where {costed} and pod = '{pod}' and hrg like '{hrg}%'"
    );
    let total = column(&sql).pop().expect("a count");
    let all =
        column(&format!("select count(*) from events where {costed}")).pop().expect("a count");
    assert_ne!(total, all);
    let page = site.get(&clinician, &format!("/patients?line=TORT&pod={pod}&hrg={hrg}")).await.text;
    assert!(visible(&page).contains(&format!("of {total}\u{a0}event")), "{total}");
    assert!(page.contains(&format!("name=\"hrg\" type=\"text\" value=\"{hrg}\"")));
    // The service line leads there from one kind of care.
    let closer = site.get(&clinician, &format!("/services/TORT?pod={pod}&hrg={hrg}")).await.text;
    assert!(
        closer.contains(&format!("/patients?pod={pod}&#38;hrg={hrg}&#38;line=TORT")),
        "{closer}"
    );
}
