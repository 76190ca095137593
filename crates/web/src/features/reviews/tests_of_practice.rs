//! A consultant's cost, quality and income on the page of their sit-down, on the costed trust:
//! requests in, pages out.

use axum::http::StatusCode;
use domain::Money;
use results::outcomes::{Practice, Treated};
use store::people;
use vault::{Namespace, Vault};

use super::tests::arranged;
use crate::shell::costed::{
    Answer, SignedIn, Site, column, site, site_on_postgres, trust, visible,
};
use crate::shell::words;

/// Somebody who operates in orthopaedics: the code as the feeds have it, and the reference of the run.
fn consultant() -> (String, String) {
    let most = column(
        "select consultant from events where service_line = 'TORT' and consultant <> '' group by consultant order by count(*) desc, consultant limit 1",
    );
    let reference = most.into_iter().next().expect("somebody operates");
    let wanted = reference.clone();
    // The vault waits for its database, which a thread that serves the site may not.
    let looked = std::thread::spawn(move || {
        let vault = Vault::open(&trust().folder().join("vault")).expect("the vault");
        let mut codes = (1..100).map(|number| format!("CX110{number:02}"));
        codes.find(|it| vault.pseudonym(Namespace::Consultant, it).to_string() == wanted)
    });
    let code = looked.join().expect("it looked").expect("a code of the demonstration");
    (code, reference)
}

/// One amount that the run adds up itself.
fn added(what: &str, reference: &str) -> Money {
    let rows = column(&format!(
        "select {what} from events where service_line = 'TORT' and consultant = '{reference}'"
    ));
    rows.iter().map(|it| it.parse::<Money>().expect("an amount")).sum()
}

fn practice(reference: &str) -> Practice {
    trust().open().practice(("TORT", reference), None).expect("reads")
}

/// The reference of somebody of the demonstration, by what stands before the at of their address.
async fn reference_of(site: &Site, name: &str) -> String {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{name}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id.as_str().to_owned()
}

/// Arranges the meeting of a sit-down with somebody in the chair and somebody who facilitates it;
/// where it is.
async fn meets(
    site: &Site,
    who: &SignedIn,
    review: &str,
    [chair, facilitator]: [&str; 2],
) -> String {
    let (chair, facilitator) =
        (reference_of(site, chair).await, reference_of(site, facilitator).await);
    let mut fields = arranged(&chair, "2026-07-23");
    fields.retain(|it| it.0 != "facilitator");
    fields.push(("facilitator", facilitator.as_str()));
    let done = site.post(who, &format!("{review}/arrange"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location
}

const BOTH: [&str; 2] = ["amara.okafor", "daniel.osei"];

async fn sit_down(site: &Site, who: &SignedIn) -> String {
    let fields = [("title", "Sit-down on hips"), ("theme", "sit_down"), ("due", "2026-07-23")];
    let done = site.post(who, "/reviews/TORT/open", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location
}

async fn named(site: &Site, who: &SignedIn, page: &str, (code, seen): (&str, &str)) -> Answer {
    site.post(who, page, &[("code", code), ("seen", seen)]).await
}

/// The page as it is read.
async fn read(site: &Site, who: &SignedIn, page: &str) -> String {
    let answer = site.get(who, page).await;
    assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.text);
    visible(&answer.text).replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn cost_quality_and_income_of_a_consultant_stand_on_one_page() {
    on_one_page(site().await).await;
}

#[tokio::test]
async fn cost_quality_and_income_of_a_consultant_stand_on_one_page_on_postgres_too() {
    on_one_page(site_on_postgres().await).await;
}

async fn on_one_page(site: Site) {
    let (code, reference) = consultant();
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let review = sit_down(&site, &amara).await;
    let page = format!("{review}/practice");
    assert!(site.get(&amara, &review).await.text.contains(&page), "the sit-down leads to it");
    named_by_both(&site, &amara, (&review, &page), &code).await;
    let late = named(&site, &amara, &page, (&code, "0")).await;
    assert!(late.text.contains("Somebody else named whose practice it is"), "{}", late.text);
    assert!(!late.text.contains("Income beside cost"), "it may still be another's: {}", late.text);
    let text = read(&site, &amara, &page).await;
    let cost = added("own", &reference) + added("absorbed", &reference);
    let income = added("income_recognised", &reference);
    let truth = practice(&reference);
    assert_eq!((truth.all.cost, truth.recognised), (cost, income), "as the run adds it up");
    let last = |what: &str, amount: Money| format!("{what} {}", words::pounds(amount));
    for part in [
        last("Income recognised events: income_recognised", income),
        last("Cost events: own, absorbed", cost),
        // Nothing that it cost is of no group: the groups come to the same.
        last("All groups event_costs, service_line_costs", cost),
        format!("All events events: own, absorbed {} ", words::thousands(truth.all.count)),
        "Theatres event_costs, service_line_costs £".to_owned(),
        "Emergency readmission within 30 days events, put together to spells".to_owned(),
        "We hold no number of operations here".to_owned(),
        "Nobody is set beside other consultants here".to_owned(),
        "Named by Amara Okafor".to_owned(),
    ] {
        assert!(text.contains(&part), "{part}: {text}");
    }
    assert!(!text.contains("Of no group"), "{text}");
    let whole = site.get(&amara, &page).await.text;
    assert!(!whole.contains(&reference) && !whole.contains(&code), "neither code nor reference");
    for address in
        ["/services/TORT\"", "/services/TORT/goods", "/services/TORT/stays", "/patients?"]
    {
        assert!(whole.contains(address), "{address}: {whole}");
    }
    // Figures were told, so nobody opens the practice of another consultant in the same sit-down.
    assert!(!whole.contains("id=\"code\""), "{whole}");
    let another = named(&site, &amara, &page, (&code, "1")).await;
    assert_eq!(another.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", another.text);
    assert!(another.text.contains("Open a sit-down of its own"), "{}", another.text);
    on_record(&site, [&code, &reference]).await;
}

/// The consultant is named once both sides take part, and not before.
async fn named_by_both(site: &Site, amara: &SignedIn, (review, page): (&str, &str), code: &str) {
    let asks = read(site, amara, page).await;
    assert!(asks.contains("Whose practice is this sit-down about?"), "{asks}");
    let waits = "Figures are shown once a clinician and somebody of finance take part";
    assert!(asks.contains(waits) && !asks.contains("Code of the consultant"), "{asks}");
    assert!(!asks.contains('£'), "{asks}");
    // Neither is it told whether there is care under a code, before both are there.
    for code in [code, "CX99999"] {
        let alone = named(site, amara, page, (code, "0")).await;
        assert_ne!(alone.status, StatusCode::SEE_OTHER, "{code}");
        assert!(alone.text.contains(waits) && !alone.text.contains("no care in"), "{}", alone.text);
        assert!(alone.text.contains(&format!("value=\"{code}\"")), "what was typed stays");
    }
    meets(site, amara, review, BOTH).await;
    let blank = named(site, amara, page, (" ", "0")).await;
    assert!(blank.text.contains("Write the code of the consultant"), "{}", blank.text);
    let wrong = named(site, amara, page, ("CX99999", "0")).await;
    assert!(wrong.text.contains("no care in TORT under this code"), "{}", wrong.text);
    assert!(wrong.text.contains("value=\"CX99999\""), "what was typed stays: {}", wrong.text);
    let done = named(site, amara, page, (code, "0")).await;
    assert_eq!((done.status, done.location), (StatusCode::SEE_OTHER, page.to_owned()));
}

/// Every look is on record, and nothing there tells who the consultant is.
async fn on_record(site: &Site, secrets: [&String; 2]) {
    let rows = site.audit("sit_down.").await;
    let told = format!("{rows:?}");
    assert!(secrets.iter().all(|it| !told.contains(it.as_str())), "{told}");
    let of = |action: &str| rows.iter().filter(|it| it.entry.action == action).count();
    assert_eq!((of("sit_down.name"), of("sit_down.read")), (1, 8), "{told}");
    let run = format!(" run/{}", trust().run);
    let with_figures = rows.iter().filter(|it| {
        it.entry.object.as_ref().is_some_and(|it| it.ends_with(&run)) && it.entry.rows > Some(0)
    });
    // Two looks at the page; before them one, and five forms that were refused.
    assert_eq!(with_figures.count(), 2, "{told}");
}

#[tokio::test]
async fn who_takes_no_part_finds_nothing_whatever_they_see_elsewhere() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let review = sit_down(&site, &amara).await;
    let page = format!("{review}/practice");
    let (code, _) = consultant();
    meets(&site, &amara, &review, BOTH).await;
    let done = named(&site, &amara, &page, (&code, "0")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    for role in ["MEDICAL_DIRECTOR", "SERVICE_MANAGER", "CLINICIAN", "BOARD_MEMBER"] {
        let who = site.sign_in(role).await;
        assert_eq!(site.get(&who, &page).await.status, StatusCode::NOT_FOUND, "{role}");
        let sent = named(&site, &who, &page, (&code, "1")).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{role}");
    }
    // A review of the service has no such page.
    let fields = [("title", "Hip review"), ("theme", "discharge"), ("due", "2026-07-23")];
    let review = site.post(&amara, "/reviews/TORT/open", &fields).await.location;
    let other = format!("{review}/practice");
    assert_eq!(site.get(&amara, &other).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn finance_alone_is_told_nothing_and_no_small_number_with_a_clinician() {
    let site = site().await;
    let (code, reference) = consultant();
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let review = sit_down(&site, &daniel).await;
    let page = format!("{review}/practice");
    let meeting = meets(&site, &daniel, &review, ["daniel.osei", "daniel.osei"]).await;
    let id = meeting.rsplit('/').next().expect("a reference");
    // Who is asked does not take part yet; who comes does.
    for (name, coming, is_enough) in
        [("amara.okafor", "asked", false), ("tomos.hughes", "yes", true)]
    {
        let person = reference_of(&site, name).await;
        let listed = [
            ("person", person.as_str()),
            ("role", "consultant"),
            ("coming", coming),
            ("meeting", id),
        ];
        let done = site.post(&daniel, &format!("{review}/add/participant"), &listed).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let sent = named(&site, &daniel, &page, (&code, "0")).await;
        assert_eq!(sent.status == StatusCode::SEE_OTHER, is_enough, "{name}: {}", sent.text);
        assert!(!sent.text.contains('£'), "{}", sent.text);
    }
    let text = read(&site, &daniel, &page).await;
    assert!(text.contains("Income beside cost") && text.contains("All events"), "{text}");
    // Who may not look at patients sees events added up, no groups, and no drill to them.
    let truth = practice(&reference);
    let kind = truth.kinds[0].0.words();
    assert!(!text.contains(&format!("{kind} events: own, absorbed")), "{text}");
    assert!(text.contains("is shown to those who may look at patients"), "{text}");
    assert!(!text.contains("All groups"), "{text}");
    assert!(!site.get(&daniel, &page).await.text.contains("/patients?"));
    let back = truth.complications.iter().find(|it| it.code == "readmission").expect("a measure");
    let back = back.found.clone().expect("discharges are known");
    let is_few = |it: &Treated| (1..=7).contains(&it.patients);
    // To the nearest 5.
    let about = |it: &Treated| format!("about {}", words::thousands((it.count + 2) / 5 * 5));
    let of = if is_few(&back.of) { "*".to_owned() } else { about(&back.of) };
    let exact = format!("{} of {}", back.spells.count, back.of.count);
    assert_eq!(text.contains(&format!("* of {of}")), is_few(&back.spells), "{exact}: {text}");
    assert!(!text.contains(&format!(" of {} ", back.of.count)), "{exact}: {text}");
}
