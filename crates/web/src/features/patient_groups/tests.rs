//! Groups from their conditions to their costs, on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use domain::Money;
use results::group::{PatientGroup, group_costs, median};

use crate::shell::costed::{SignedIn, Site, caller, references, site, trust, visible};
use crate::shell::words;

fn fields<'a>(name: &'a str, definition: &'a str, shared: &'a str) -> [(&'a str, &'a str); 4] {
    [("unit", "TORT"), ("name", name), ("definition", definition), ("shared", shared)]
}

/// Makes a group and gives its address.
async fn made(site: &Site, who: &SignedIn, name: &str, definition: &str, shared: &str) -> String {
    let done = site.post(who, "/groups/new", &fields(name, definition, shared)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location
}

/// Patients of planned stays and the cost of all their care from the first of them on, asked of the
/// tables themselves. The year begins at 23:00 UTC, which is midnight in summer time; 365 days are
/// 31,536,000 seconds.
const OBVIOUS: &str =
    "select count(distinct e.patient) as patients, sum(e.own + e.absorbed) as cost
    from events e join (select patient, min(start_s) as begun from events
        where service_line = 'TORT' and pod = 'EL' and start_s >= 1743462000
            and start_s < 1743462000 + 31536000
        group by patient) f
    on e.patient = f.patient
    where e.start_s >= f.begun and e.start_s < f.begun + 31536000";

#[tokio::test]
async fn a_group_is_saved_and_all_its_care_is_told() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let address = made(&site, &amara, "Planned stays", "pod: EL", "no").await;
    let page = site.get(&amara, &address).await.text;
    let group = PatientGroup::parse("TORT", "pod: EL").expect("it is right");
    let costs = group_costs(&trust().open(), None, &group, &caller()).expect("it is worked out");
    assert!(costs.patients() > 7, "there are enough");
    let by_patient: Money = costs.total();
    let by_part: Money = costs.parts.iter().map(|it| it.cost).sum();
    assert_eq!(by_patient, by_part, "to the micro-pound");
    let said = words::count(costs.patients(), "patient", "patients");
    // A clinical director sees the own service line to the pound, and what others did roughly.
    let own: Money = costs.own.iter().sum();
    let rest: Money = costs.elsewhere.iter().sum();
    assert_eq!(own + rest, by_patient);
    let told = |all: &[Money]| {
        let total: Money = all.iter().sum();
        let middle = words::pounds(median(all).expect("some"));
        (words::in_a_sentence(total), format!("half of them {middle} or less"))
    };
    let (total, middle) = told(&costs.own);
    assert!(page.contains(&format!("{said} cost {total} in this service line")), "{page}");
    assert!(page.contains(&middle), "{page}");
    assert!(!page.contains(", in other service lines") && !rest.is_zero(), "{page}");
    // The medical director sees the whole trust.
    let shared = made(&site, &amara, "Shared", "pod: EL", "yes").await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let whole = site.get(&helen, &shared).await.text;
    let (total, middle) = told(&costs.costs);
    assert!(whole.contains(&format!("{said} cost {total} wherever in the trust")), "{whole}");
    assert!(whole.contains(&middle) && whole.contains(", in other service lines"), "{whole}");
    assert_eq!(costs.stays.len(), 10);
    assert!(costs.stays.windows(2).all(|it| it[0].nights >= it[1].nights));
    for stay in &costs.stays {
        assert!(page.contains(&stay.reference), "{} is linked", stay.reference);
    }
    let shown = site.audit("patients.listed").await;
    let listed = format!("{shown:?}");
    assert!(costs.stays.iter().all(|it| listed.contains(&it.reference)), "stays are on record");
    assert_eq!(site.audit("group.view").await.len(), 2, "it is on record");
    assert_eq!(site.audit("group.record").await.len(), 2);
}

#[test]
fn its_costs_are_those_of_its_patients_from_their_first_event_on() {
    let found = trust().open().query(OBVIOUS, None, &caller()).expect("it is answered");
    let cell = |at: usize| found.rows[0][at].clone().unwrap_or_default();
    let group = PatientGroup::parse("TORT", "pod: EL").expect("it is right");
    let costs = group_costs(&trust().open(), None, &group, &caller()).expect("it is worked out");
    assert_eq!(costs.patients().to_string(), cell(0));
    assert_eq!(costs.total(), cell(1).parse().expect("an amount"), "to the micro-pound");
    let events = costs.parts.iter().filter(|it| it.pod != "EL").map(|it| it.events).sum::<u64>();
    assert!(events > 0, "care of other kinds is in it");
}

#[tokio::test]
async fn whoever_sees_no_patients_sees_no_stay_and_a_group_of_ones_own_is_ones_own() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let alone = made(&site, &amara, "Mine", "pod: EL", "no").await;
    let shared = made(&site, &amara, "Ours", "pod: EL", "yes").await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    assert_eq!(site.get(&grace, &alone).await.status, StatusCode::NOT_FOUND);
    let page = site.get(&grace, &shared).await.text;
    assert!(page.contains("longest took"), "{page}");
    assert!(!references().iter().any(|it| page.contains(it.as_str())), "no reference");
    // Two groups that differ by one patient must not tell what that patient cost.
    let group = PatientGroup::parse("TORT", "pod: EL").expect("it is right");
    let costs = group_costs(&trust().open(), None, &group, &caller()).expect("it is worked out");
    for all in [&costs.own, &costs.costs, &costs.elsewhere] {
        let total: Money = all.iter().sum();
        assert!(!page.contains(&words::pounds(total)), "{total}: {page}");
    }
    assert!(page.contains("patients cost about £") && !page.contains("of them £"), "{page}");
    let file = site.get(&grace, &format!("{shared}/costs.csv")).await.text;
    for row in file.lines().skip(1) {
        assert!(row.starts_with("own,"), "{file}");
        assert!(
            row.ends_with("000.000000") || row.ends_with('*') || row.ends_with(",0.000000"),
            "{file}"
        );
    }
    let list = site.get(&grace, "/groups").await.text;
    assert!(
        list.contains("Ours") && list.contains("Shared by Amara Okafor") && !list.contains("Mine")
    );
    let change = format!("{shared}/change");
    let hide = [("name", "Ours"), ("definition", "pod: EL"), ("shared", "no"), ("seen", "1")];
    let page = site.post(&grace, &change, &hide).await.text;
    assert!(page.contains("Only whoever made it may stop sharing it"), "{page}");
    let mend = [("name", "Ours"), ("definition", "pod: EL, DC"), ("shared", "yes"), ("seen", "1")];
    assert_eq!(site.post(&grace, &change, &mend).await.location, shared);
    // Explained short forms stand in links of their own.
    let definition =
        visible(&site.get(&amara, &shared).await.text).replace(char::is_whitespace, "");
    assert!(definition.contains("pod:DC,EL"), "{definition}");
    for role in ["BOARD_MEMBER", "AUDITOR", "CODING_INFORMATICS"] {
        let who = site.sign_in(role).await;
        assert_eq!(site.get(&who, &shared).await.status, StatusCode::NOT_FOUND, "{role}");
    }
}

#[tokio::test]
async fn too_few_are_told_to_nobody() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    // Of hips there are 50 a year; of one age band of emergencies with one code a few or none.
    let none = made(&site, &amara, "None", "procedure: Z999", "no").await;
    assert!(site.get(&amara, &none).await.text.contains("No patient belongs to this group"));
    let run = trust().open();
    let code = (1..=99)
        .map(|it| format!("procedure: W{it:02}"))
        .find(|it| {
            let group = PatientGroup::parse("TORT", it).expect("it is right");
            let found = group_costs(&run, None, &group, &caller()).expect("it is worked out");
            (1..8).contains(&found.patients())
        })
        .expect("some procedure is rare");
    let few = made(&site, &amara, "Few", &code, "no").await;
    let page = site.get(&amara, &few).await.text;
    assert!(page.contains("There are fewer than 8 patients in this group"), "{page}");
    assert!(!page.contains("Their care, by kind"), "{page}");
    let file = site.get(&amara, &format!("{few}/costs.csv")).await;
    assert!(!file.text.contains("cost_gbp") && file.text.contains("fewer than 8"), "{}", file.text);
}

#[tokio::test]
async fn two_groups_are_compared_where_they_differ_in_one_condition() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let planned = made(&site, &amara, "Planned", "event: APC\npod: EL", "no").await;
    let emergency = made(&site, &amara, "Emergency", "event: APC\npod: NEL", "no").await;
    let other = made(&site, &amara, "Other", "pod: NEL\nage: 70-79", "no").await;
    let id = |address: &str| address.rsplit('/').next().expect("an id").to_owned();
    let with = |it: &str| format!("{planned}?with={}", id(it));
    let page = site.get(&amara, &with(&emergency)).await.text;
    assert!(page.contains("They differ in one condition, pod."), "{page}");
    assert!(page.contains("Nights of a stay of the group"), "{page}");
    let page = site.get(&amara, &with(&other)).await.text;
    assert!(
        page.contains("They differ in pod, event and age. Change one condition at a time"),
        "{page}"
    );
    assert!(!page.contains("Nights of a stay of the group"));
    let page = site.get(&amara, &with(&planned)).await.text;
    assert!(page.contains("They have the same conditions."), "{page}");
}

#[tokio::test]
async fn what_is_wrong_with_conditions_is_said_and_what_was_typed_is_kept() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.post(&amara, "/groups/new", &fields(" ", "hips: W37\nage: <70", "")).await.text;
    for said in
        ["Enter what people call it", "Line 1: begins with none of", "Line 2: `&#60;70` is no code"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("Choose who sees it") && page.contains("hips: W37"));
    let elsewhere = [("unit", "ELDE"), ("name", "A"), ("definition", "pod: EL"), ("shared", "no")];
    let page = site.post(&amara, "/groups/new", &elsewhere).await.text;
    assert!(page.contains("Choose a service line"), "{page}");
}

#[tokio::test]
async fn a_service_line_leads_to_its_groups_and_a_kind_of_care_to_a_group_of_it() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    made(&site, &amara, "Planned stays", "pod: EL", "no").await;
    let line = site.get(&amara, "/services/TORT").await.text;
    assert!(line.contains("href=\"/groups?unit=TORT\">Patient groups</a>"), "{line}");
    let list = site.get(&amara, "/groups?unit=TORT").await.text;
    assert!(list.contains("Planned stays") && list.contains("href=\"/groups/new?unit=TORT\""));
    let kind = site.get(&amara, "/services/TORT?pod=EL&hrg=HN12").await.text;
    let begun = "/groups/new?pod=EL&#38;hrg=HN12&#38;unit=TORT";
    let offer = format!("href=\"{begun}\">Make a patient group of this care</a>");
    assert!(kind.contains(&offer), "{kind}");
    let form = site.get(&amara, &begun.replace("&#38;", "&")).await.text;
    assert!(form.contains("hrg: HN12\npod: EL\n"), "{form}");
    assert!(form.contains("<option value=\"TORT\" selected"), "{form}");
    // It is taken as it was filled in, and is the care of the page that led to it.
    let done = made(&site, &amara, "This care", "hrg: HN12\npod: EL\n", "no").await;
    let page = visible(&site.get(&amara, &done).await.text);
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("hrg: HN12 pod: EL"), "{page}");
    let both = site.get(&amara, "/groups").await.text;
    assert!(both.contains("Planned stays") && both.contains("This care"));
    // Another's service line, and what is no code, lead nowhere; nobody else is led there.
    for path in [
        "/groups?unit=STRO",
        "/groups/new?unit=STRO&pod=EL",
        "/groups/new?unit=TORT&pod=%3Cb%3E",
        "/groups/new?unit=TORT&name=typed",
    ] {
        assert!(site.get(&amara, path).await.status.is_client_error(), "{path}");
    }
    let ines = site.sign_in("AUDITOR").await;
    let line = site.get(&ines, "/services/TORT").await.text;
    assert!(!line.contains("/groups"), "who makes no groups is not led to them");
    let priya = site.sign_in("COSTING_ACCOUNTANT").await;
    let list = site.get(&priya, "/groups?unit=STRO").await.text;
    assert!(list.contains("There is no group of ") && !list.contains("Planned stays"), "{list}");
}
