//! Business cases from nothing to an approved one, journeys, demand and ceilings, on the costed trust:
//! requests in, pages out.

use axum::http::StatusCode;
use store::{Entry, PersonId, people};

use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, visible};
use crate::shell::testing::hidden;

async fn person(site: &Site, email: &str) -> String {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{email}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id.to_string()
}

/// A page as it is read.
async fn page(site: &Site, who: &SignedIn, address: &str) -> String {
    let answer = site.get(who, address).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
    answer.text.replace('\u{a0}', " ")
}

/// Sends a form of a page with what must have been seen of it.
async fn sent(
    site: &Site,
    who: &SignedIn,
    (form, to): (&str, &str),
    fields: &[(&str, &str)],
) -> Answer {
    let page = site.get(who, form).await.text;
    let seen = hidden(&page, "seen");
    let mut all = vec![("seen", seen.as_str())];
    let is_said = fields.iter().any(|it| it.0 == "run");
    let run = if is_said || !page.contains("name=\"run\"") {
        String::new()
    } else {
        hidden(&page, "run")
    };
    if !run.is_empty() {
        all.push(("run", run.as_str()));
    }
    all.extend(fields);
    site.post(who, to, &all).await
}

/// Sends a form that is taken, and says where it leads.
async fn done(
    site: &Site,
    who: &SignedIn,
    (form, to): (&str, &str),
    fields: &[(&str, &str)],
) -> String {
    let answer = sent(site, who, (form, to), fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{to}: {}", answer.text);
    answer.location
}

fn refused(answer: &Answer, said: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.text.contains(said), "{said}: {}", answer.text);
}

/// The key of the first option of a field whose words hold this.
fn option(page: &str, holds: &str) -> String {
    let found = page.split("<option value=\"").find(|it| it.contains(holds));
    let found = found.unwrap_or_else(|| panic!("no {holds} in {page}"));
    found.split('"').next().unwrap_or_default().to_owned()
}

const WORDS: [(&str, &str); 3] = [
    ("outcome", "Patients go home when they are ready"),
    ("experience", "Calmer for everybody"),
    ("safety", "Fewer falls"),
];

async fn begun(site: &Site, who: &SignedIn) -> String {
    let fields =
        [("unit", "TORT"), ("title", "A discharge lounge"), ("problem", "Beds wait for transport")];
    let new = site.post(who, "/cases/new", &fields).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER, "{}", new.text);
    new.location
}

/// A case with two options, the second proposed.
async fn written(site: &Site, who: &SignedIn) -> String {
    let case = begun(site, who).await;
    for (place, name, cost) in [("0", "", "120,000.10"), ("new", "A lounge", "98000.05")] {
        let form = format!("{case}/options/{place}");
        let mut fields = vec![("one_off", "15000"), ("recurrent", cost)];
        fields.extend(WORDS);
        if place == "new" {
            fields.push(("name", name));
        }
        done(site, who, (&form, &form), &fields).await;
    }
    let form = format!("{case}/words");
    let fields = [
        ("title", "A discharge lounge"),
        ("problem", "Beds wait for transport"),
        ("efficiency", "More patients in the same beds"),
        ("proposed", "1"),
    ];
    done(site, who, (&form, &form), &fields).await;
    case
}

/// Names the team and the impact on quality.
async fn staffed(site: &Site, who: &SignedIn, case: &str) {
    let [tomos, grace, daniel, amara] = [
        person(site, "tomos.hughes").await,
        person(site, "grace.whitfield").await,
        person(site, "daniel.osei").await,
        person(site, "amara.okafor").await,
    ];
    let form = format!("{case}/team");
    let fields = [
        ("clinician", tomos.as_str()),
        ("manager", &grace),
        ("finance", &daniel),
        ("safety", "Readmissions are watched"),
        ("effectiveness", "As before"),
        ("experience", "Calmer"),
        ("assessed_by", &amara),
    ];
    done(site, who, (&form, &form), &fields).await;
}

/// Signs the impact on quality, raises a concern and answers it; until then nobody approves the case.
async fn signed_and_answered(
    site: &Site,
    [daniel, ravi]: [&SignedIn; 2],
    (case, yes): (&str, &[(&str, &str)]),
) {
    let [decide, sign, concern, answer] =
        ["decide", "sign", "concern", "answer"].map(|it| format!("{case}/{it}"));
    let unsigned = sent(site, ravi, (case, &decide), yes).await;
    refused(&unsigned, "has not signed it as it stands");
    let other = sent(site, daniel, (case, &sign), &[]).await;
    refused(&other, "Only whoever assessed what the case does to quality signs it");
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    done(site, &amara, (case, &sign), &[]).await;
    let silent = sent(site, ravi, (case, &concern), &[("concern", " ")]).await;
    refused(&silent, "Say what you fear");
    let fear = [("concern", "Nobody is there at night")];
    done(site, ravi, (case, &concern), &fear).await;
    let open = sent(site, ravi, (case, &decide), yes).await;
    refused(&open, "without an answer: “Nobody is there at night”");
    let shown = visible(&page(site, daniel, case).await);
    assert!(shown.contains("Answer the concern: Nobody is there at night"), "{shown}");
    // Steps so far: attached, submitted, taken back, submitted, signed, the concern.
    let says = [("of", "6"), ("answer", "A bank nurse is")];
    let blank = sent(site, daniel, (case, &answer), &says[1..]).await;
    refused(&blank, "Choose which concern is answered");
    assert!(blank.text.contains("A bank nurse is"), "what was typed stays");
    done(site, daniel, (case, &answer), &says).await;
}

#[tokio::test]
async fn a_case_is_compared_evidenced_and_approved_by_another_and_then_stands() {
    compared_and_approved(site().await).await;
}

#[tokio::test]
async fn a_case_is_compared_and_approved_on_postgres_too() {
    compared_and_approved(site_on_postgres().await).await;
}

async fn compared_and_approved(site: Site) {
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let case = written(&site, &daniel).await;
    let shown = visible(&page(&site, &daniel, &case).await);
    // £98,000.05 less £120,000.10.
    assert!(shown.contains("£22,000.05 less"), "{shown}");
    assert!(shown.contains("Attach a figure of the costing, or record why there is none"));
    assert!(shown.contains("Name the clinician of the team"), "{shown}");
    let early = sent(&site, &daniel, (&case, &format!("{case}/submit")), &[]).await;
    refused(&early, "attach a figure of the costing");
    let form = format!("{case}/evidence");
    let figures = page(&site, &daniel, &form).await;
    let key = option(&figures, "Patients: ");
    let earlier = [("figure", key.as_str()), ("run", "0000000000000000")];
    let since = sent(&site, &daniel, (&form, &form), &earlier).await;
    refused(&since, "A costing was published since you looked: here it is now");
    assert!(since.text.contains(&format!("value=\"{key}\" selected")), "{}", since.text);
    let none = sent(&site, &daniel, (&form, &form), &[("figure", "row:NONE")]).await;
    refused(&none, "Choose a figure of the list");
    done(&site, &daniel, (&form, &form), &[("figure", &key)]).await;
    done(&site, &daniel, (&case, &format!("{case}/submit")), &[]).await;
    let shown = visible(&page(&site, &daniel, &case).await);
    assert!(shown.contains("This is still the latest published costing"), "{shown}");
    let late = site.get(&daniel, &format!("{case}/words")).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ravi = site.sign_in("FINANCE_DIRECTOR").await;
    let decide = format!("{case}/decide");
    let yes = [("decides", "approve"), ("because", "It holds up")];
    let bare = sent(&site, &ravi, (&case, &decide), &yes).await;
    refused(&bare, "name the clinician of the team");
    assert!(bare.text.contains("It holds up"), "what was typed stays");
    done(&site, &daniel, (&case, &format!("{case}/take-back")), &[]).await;
    staffed(&site, &daniel, &case).await;
    let waits = async |role: &str, first: &str| {
        let page = page(&site, &site.sign_in(role).await, first).await;
        visible(&page).contains("1 business case waits for your decision.")
    };
    assert!(!waits("FINANCE_DIRECTOR", "/").await, "it is being written");
    done(&site, &daniel, (&case, &format!("{case}/submit")), &[]).await;
    assert!(waits("FINANCE_DIRECTOR", "/").await);
    // She assessed its impact on quality, he wrote it, and neither decides; nor does the board.
    assert!(!waits("CLINICAL_DIRECTOR", "/my-service").await);
    assert!(!waits("FINANCE_BUSINESS_PARTNER", "/my-service").await);
    assert!(!waits("BOARD_MEMBER", "/").await);
    let neither = sent(&site, &ravi, (&case, &decide), &[("because", "It holds up")]).await;
    refused(&neither, "Choose to approve or to refuse the case");
    assert!(neither.text.contains("It holds up"), "what was typed stays");
    let blank = sent(&site, &ravi, (&case, &decide), &[("decides", "approve")]).await;
    refused(&blank, "Write the reason");
    signed_and_answered(&site, [&daniel, &ravi], (&case, &yes)).await;
    done(&site, &ravi, (&case, &decide), &yes).await;
    assert!(!waits("FINANCE_DIRECTOR", "/").await, "it is decided");
    let shown = visible(&page(&site, &daniel, &case).await);
    for part in ["Impact on safety", "Readmissions are watched", "Answer: A bank nurse is."] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let shown = visible(&page(&site, &daniel, &case).await);
    assert!(shown.contains("Approved by Ravi Sethi"), "{shown}");
    let list = visible(&page(&site, &daniel, "/cases").await);
    assert!(list.contains("Proposed: A lounge.") && list.contains("Approved"), "{list}");
    let csv = page(&site, &daniel, &format!("{case}/options.csv")).await;
    assert!(csv.contains("A lounge,yes,15000.00,98000.05,0.00,-22000.05"), "{csv}");
    let audit = format!("{:?}", site.audit("case.").await);
    assert!(audit.contains("case.approve") && !audit.contains("lounge"), "{audit}");
}

#[tokio::test]
async fn no_author_and_nobody_of_the_team_decides() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let case = written(&site, &amara).await;
    staffed(&site, &amara, &case).await;
    let exempt = format!("{case}/exempt");
    let evidence = format!("{case}/evidence");
    let blank = sent(&site, &amara, (&evidence, &exempt), &[("because", " ")]).await;
    refused(&blank, "Say why it is exempt from evidence");
    done(&site, &amara, (&evidence, &exempt), &[("because", "A new service")]).await;
    done(&site, &amara, (&case, &format!("{case}/submit")), &[]).await;
    let yes = [("decides", "approve"), ("because", "It is mine")];
    let own = sent(&site, &amara, (&case, &format!("{case}/decide")), &yes).await;
    refused(&own, "cannot decide on it");
    let shown = visible(&page(&site, &amara, &case).await);
    assert!(shown.contains("Exempt from evidence: A new service"), "{shown}");
    // Who keeps cases without approving them has no such route.
    let grace = site.sign_in("SERVICE_MANAGER").await;
    let answer = site.post(&grace, &format!("{case}/decide"), &yes).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let gone = [("why_withdrawn", "No money")];
    done(&site, &grace, (&case, &format!("{case}/withdraw")), &gone).await;
    assert!(page(&site, &amara, &case).await.contains("Withdrawn by Grace Whitfield"));
}

#[tokio::test]
async fn whoever_assesses_a_case_may_read_it_and_so_can_sign() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let case = begun(&site, &daniel).await;
    let form = format!("{case}/team");
    let (amara, joseph) =
        (person(&site, "amara.okafor").await, person(&site, "joseph.adeyemi").await);
    let shown = page(&site, &daniel, &form).await;
    let list = shown.split("name=\"assessed_by\"").nth(1).expect("there is a list");
    // He has a ward, and no right to read cases.
    assert!(list.contains(&amara) && !list.contains(&joseph), "{list}");
    let fields = [
        ("safety", "Falls are watched"),
        ("effectiveness", "As before"),
        ("experience", "Calmer"),
        ("assessed_by", joseph.as_str()),
    ];
    let answer = sent(&site, &daniel, (&form, &form), &fields).await;
    refused(&answer, "Choose somebody of the list, who can sign it");
    for typed in ["Falls are watched", "elderly medicine south (may not read the case)"] {
        assert!(answer.text.contains(typed), "{typed}: {}", answer.text);
    }
}

#[tokio::test]
async fn doing_nothing_stays_and_two_who_write_at_once_lose_nothing() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let case = begun(&site, &daniel).await;
    let form = format!("{case}/options/0");
    let removed = sent(&site, &daniel, (&form, &format!("{form}/remove")), &[]).await;
    assert_eq!(removed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(removed.text.contains("Doing nothing stays among the options"), "{}", removed.text);
    let wrong =
        sent(&site, &daniel, (&form, &form), &[("one_off", "-3"), ("recurrent", "ten")]).await;
    refused(&wrong, "Write an amount of £0 or more");
    assert!(wrong.text.contains("Write pounds and pence") && wrong.text.contains("value=\"ten\""));
    let new = format!("{case}/options/new");
    let fields = [("name", "One"), ("one_off", "1"), ("recurrent", "2"), ("seen", "1")];
    let first = site.post(&daniel, &new, &fields).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let second = site
        .post(
            &daniel,
            &new,
            &[("name", "Two"), ("one_off", "1"), ("recurrent", "2"), ("seen", "1")],
        )
        .await;
    assert_eq!(second.status, StatusCode::CONFLICT, "{}", second.text);
    for text in ["value=\"Two\"", "Option “One”", "Nothing of yours is kept yet"] {
        assert!(second.text.contains(text), "{text}: {}", second.text);
    }
    assert_eq!(hidden(&second.text, "seen"), "2", "sent again, it is taken");
}

#[tokio::test]
async fn a_form_that_is_late_comes_back_as_it_was_typed_beside_what_others_did() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let case = written(&site, &daniel).await;
    let seen = hidden(&page(&site, &daniel, &format!("{case}/words")).await, "seen");
    let form = format!("{case}/words");
    let others = [("title", "A lounge for all wards"), ("problem", "Beds wait"), ("proposed", "")];
    done(&site, &amara, (&form, &form), &others).await;
    let mine = [
        ("title", "A discharge lounge"),
        ("problem", "Beds wait for medicines"),
        ("efficiency", "Ten more patients a week"),
        ("proposed", "1"),
        ("seen", &seen),
    ];
    let late = site.post(&daniel, &form, &mine).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    let said =
        ["Amara Okafor", "What it is called: A lounge for all wards", "Beds wait for medicines"];
    for text in said.into_iter().chain(["Ten more patients a week", "value=\"1\" selected"]) {
        assert!(late.text.contains(text), "{text}: {}", late.text);
    }
    // What others wrote of it is one version and no more.
    assert!(!late.text.contains("Option “A lounge”"), "{}", late.text);
    let team = format!("{case}/team");
    let words = [("safety", "Falls are watched"), ("seen", &seen)];
    let late = site.post(&daniel, &team, &words).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(late.text.contains("Falls are watched") && late.text.contains("Amara Okafor"));
    let evidence = format!("{case}/evidence");
    let because = [("because", "A new service"), ("seen", &seen)];
    let late = site.post(&daniel, &format!("{case}/exempt"), &because).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(late.text.contains("A new service") && late.text.contains("A lounge for all wards"));
    // An option that was taken out meanwhile is offered as another, and nothing of it is lost.
    done(&site, &amara, (&case, &format!("{case}/options/1/remove")), &[]).await;
    let mut option = vec![("name", "A lounge"), ("one_off", "1"), ("recurrent", "2")];
    option.extend([("outcome", "Home by ten"), ("seen", seen.as_str())]);
    let late = site.post(&daniel, &format!("{case}/options/1"), &option).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(
        late.text.contains("Home by ten") && late.text.contains("options/new"),
        "{}",
        late.text
    );
    done(&site, &amara, (&evidence, &format!("{case}/exempt")), &because[..1]).await;
    let seen_now = hidden(&page(&site, &amara, &case).await, "seen");
    let ravi = site.sign_in("FINANCE_DIRECTOR").await;
    let gone = [("why_withdrawn", "No money"), ("seen", "1")];
    let late = site.post(&ravi, &format!("{case}/withdraw"), &gone).await;
    refused(&late, "Somebody did something with this case since you opened it");
    assert!(late.text.contains("No money"), "what was typed stays");
    assert_eq!(hidden(&late.text, "seen"), seen_now, "sent again, it is taken");
}

#[tokio::test]
async fn documents_are_listed_beside_figures_and_are_no_figure() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let case = written(&site, &daniel).await;
    let (form, to) = (format!("{case}/evidence"), format!("{case}/documents"));
    let named = [
        ("title", "Audit of discharges"),
        ("kind", "audit"),
        ("dated", "2026-03-31"),
        ("place", "https://audit.example/4"),
    ];
    let nowhere = [named[0], named[1], ("dated", "March"), ("place", "")];
    let wrong = sent(&site, &daniel, (&form, &to), &nowhere).await;
    refused(&wrong, "Say where it is kept: an address that begins with https://");
    assert!(
        wrong.text.contains("Give the day of the document")
            && wrong.text.contains("value=\"Audit of discharges\"")
    );
    done(&site, &daniel, (&form, &to), &named).await;
    let script = [named[0], named[1], named[2], ("place", "javascript:alert(1)")];
    done(&site, &daniel, (&form, &to), &script).await;
    let shown = page(&site, &daniel, &case).await;
    assert!(shown.contains("href=\"https://audit.example/4\" rel=\"noreferrer\""), "{shown}");
    assert!(!shown.contains("href=\"javascript:"), "only the address of a page is a link");
    let shown = visible(&shown);
    assert!(shown.contains("Clinical audit, 31 March 2026"), "{shown}");
    assert!(shown.contains("None takes the place of a figure"), "{shown}");
    let bare = sent(&site, &daniel, (&case, &format!("{case}/submit")), &[]).await;
    refused(&bare, "attach a figure of the costing");
    let out = format!("{to}/out");
    // The second step named the second document.
    done(&site, &daniel, (&form, &out), &[("document-2", "2")]).await;
    let shown = visible(&page(&site, &daniel, &case).await);
    assert!(!shown.contains("javascript") && shown.contains("Document taken out"), "{shown}");
    let exempt = [("because", "A new service")];
    done(&site, &daniel, (&form, &format!("{case}/exempt")), &exempt).await;
    staffed(&site, &daniel, &case).await;
    done(&site, &daniel, (&case, &format!("{case}/submit")), &[]).await;
    let late = site.post(&daniel, &to, &named).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(
        late.text.contains("Audit of discharges") && late.text.contains("waits for a decision")
    );
    let ravi = site.sign_in("FINANCE_DIRECTOR").await;
    let decides = visible(&page(&site, &ravi, &case).await);
    assert!(
        decides.contains("Look at the documents beside the figures before you decide"),
        "{decides}"
    );
    let audit = format!("{:?}", site.audit("case.").await);
    assert!(audit.contains("case.document") && !audit.contains("Audit of"), "{audit}");
}

#[tokio::test]
async fn who_reads_cases_of_other_units_sees_none_of_these() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let elsewhere = [("unit", "DERM"), ("title", "Skin"), ("problem", "Long waits")];
    let new = site.post(&daniel, "/cases/new", &elsewhere).await;
    refused(&new, "Choose of which service line it is");
    let ravi = site.sign_in("FINANCE_DIRECTOR").await;
    let made = site.post(&ravi, "/cases/new", &elsewhere).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    assert_eq!(site.get(&daniel, &made.location).await.status, StatusCode::NOT_FOUND);
    assert!(!page(&site, &daniel, "/cases").await.contains("Skin"));
    // A case is no journey.
    let other = made.location.replace("/cases/", "/cases/journeys/");
    assert_eq!(site.get(&ravi, &other).await.status, StatusCode::NOT_FOUND);
    let number = [("unit", "DERM"), ("title", "Of 943 476 5919"), ("problem", "Long waits")];
    refused(&site.post(&ravi, "/cases/new", &number).await, "Take out the NHS number");
}

/// A journey of two steps: one at a rate of the costing, one at a rate of one's own.
async fn journey(site: &Site, who: &SignedIn) -> String {
    let facts = [
        ("title", "Hips"),
        ("about", ""),
        ("patients", "100"),
        ("slot", "20"),
        ("income", ""),
        ("income_source", ""),
    ];
    let mut fields = vec![("unit", "TORT")];
    fields.extend(facts);
    let new = site.post(who, "/cases/journeys/new", &fields).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER, "{}", new.text);
    let form = format!("{}/edit", new.location);
    let rate = option(&page(site, who, &form).await, "Surgery on planned lists");
    let mut steps = facts.to_vec();
    steps.extend([
        ("place-0", "2"),
        ("what-0", "Operation"),
        ("minutes-0", "90"),
        ("rate-0", &rate),
        ("place-1", "1"),
        ("what-1", "Clinic"),
        ("staff-1", "Surgeon"),
        ("minutes-1", "30"),
        ("rate-1", ""),
        ("own-1", "2.50"),
    ]);
    let without = sent(site, who, (&form, &form), &steps).await;
    refused(&without, "Say where your rate is from");
    let mut earlier = steps.clone();
    earlier.extend([("source-1", "Pay scales"), ("run", "0000000000000000")]);
    let since = sent(site, who, (&form, &form), &earlier).await;
    refused(&since, "A costing was published since you looked: here it is now");
    steps.push(("source-1", "Pay scales"));
    done(site, who, (&form, &form), &steps).await;
    new.location
}

#[tokio::test]
async fn a_journey_is_costed_changed_on_the_page_and_saved_beside_itself() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let journey = journey(&site, &daniel).await;
    let shown = visible(&page(&site, &daniel, &journey).await);
    assert!(shown.contains("1. Clinic") && shown.contains("2. Operation"), "{shown}");
    assert!(shown.contains("From the costing: Surgery on planned lists"), "{shown}");
    assert!(shown.contains("Entered: Pay scales") && shown.contains("£75.00"), "{shown}");
    let form = format!("{journey}/try");
    let trial = [
        ("from", ""),
        ("patients", "100"),
        ("name", "By telephone"),
        ("place-0", "1"),
        ("what-0", "Call"),
        ("staff-0", "Surgeon"),
        ("minutes-0", "10"),
        ("rate-0", ""),
        ("own-0", "2.50"),
        ("source-0", "Pay scales"),
        ("place-1", "2"),
        ("what-1", "Operation"),
        ("minutes-1", "90"),
        ("rate-1", "kept"),
    ];
    let mut works = trial.to_vec();
    works.push(("act", "work"));
    let tried = sent(&site, &daniel, (&form, &form), &works).await;
    // 20 minutes fewer at £2.50 are £50 a patient, 2,000 minutes and 100 slots a year.
    for part in ["£50.00 less", "2,000 released", "100 released", "£5,000.00 better", "no cash"] {
        refused(&tried, part);
    }
    assert!(!page(&site, &daniel, &journey).await.contains("By telephone"), "nothing is saved yet");
    let mut saves = trial.to_vec();
    saves.push(("act", "save"));
    done(&site, &daniel, (&form, &form), &saves).await;
    let shown = visible(&page(&site, &daniel, &journey).await);
    assert!(shown.contains("By telephone") && shown.contains("2. Operation"), "{shown}");
    assert!(shown.contains("The service line had a"), "{shown}");
    let remove = format!("{journey}/scenarios/0/remove");
    done(&site, &daniel, (&journey, &remove), &[]).await;
    assert!(!page(&site, &daniel, &journey).await.contains("By telephone"));
}

#[tokio::test]
async fn ideas_of_the_guide_add_up_on_the_page() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let journey = journey(&site, &daniel).await;
    let form = format!("{journey}/ideas/new");
    let ideas = [
        ("Anaesthetise the first patient in theatre", "£55,000"),
        ("Three operations a day instead of two", "140000"),
        ("One set of staff, approach and equipment", "20,000.00"),
    ];
    for (what, saving) in ideas {
        let fields = [("what", what), ("step", "Operation"), ("saving", saving), ("action", "")];
        done(&site, &daniel, (&form, &form), &fields).await;
    }
    let wrong = [("what", "x"), ("step", "Nowhere"), ("saving", "1"), ("action", "")];
    refused(&sent(&site, &daniel, (&form, &form), &wrong).await, "Choose a step of the list");
    // £55,000 + £140,000 + £20,000 = £215,000.
    let shown = visible(&page(&site, &daniel, &journey).await);
    assert!(shown.contains("£215,000.00"), "{shown}");
    let first = format!("{journey}/ideas/0");
    done(&site, &daniel, (&first, &format!("{first}/remove")), &[]).await;
    assert!(page(&site, &daniel, &journey).await.contains("£160,000.00"));
}

#[tokio::test]
async fn demand_reads_months_of_the_costing_and_tells_what_is_lost_and_never_as_cash() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let facts = [
        ("title", "Fracture clinics"),
        ("about", ""),
        ("slot_price", "100"),
        ("price_source", "A published costing"),
        ("waiting", ""),
    ];
    let mut fields = vec![("unit", "TORT"), ("months", "yes")];
    fields.extend(facts);
    let new = site.post(&daniel, "/cases/demand/new", &fields).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER, "{}", new.text);
    let shown = page(&site, &daniel, &new.location).await;
    assert!(shown.contains("<svg"), "a chart beside its table");
    let shown = visible(&shown);
    assert!(shown.contains("April 2025") && shown.contains("Costing, run"), "{shown}");
    let form = format!("{}/edit", new.location);
    let mut fields = facts.to_vec();
    fields.extend([
        ("month-0", "2026-04"),
        ("referrals-0", "120"),
        ("slots-0", "420"),
        ("first-0", "100"),
        ("follow_up-0", "252"),
        ("other-0", "0"),
        ("missed-0", "48"),
        ("what-0", "Unused slots taken out"),
        ("saving-0", "80000"),
        ("what-1", "Discharged sooner"),
        ("saving-1", "33000"),
        ("act", "keep"),
    ]);
    done(&site, &daniel, (&form, &form), &fields).await;
    let shown = visible(&page(&site, &daniel, &new.location).await);
    // 48 of 400 are 12.0%; 48 slots at £100, half of them 24; £80,000 + £33,000 = £113,000.
    for part in
        ["12.0%", "took 48 slots, £4,800.00", "back 24 slots, £2,400.00", "no cash", "£113,000.00"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let csv = page(&site, &daniel, &format!("{}/months.csv", new.location)).await;
    assert!(csv.contains("2026-04,120,420,100,252,0,48,12.0,"), "{csv}");
    fields[5] = ("month-0", "April");
    refused(&sent(&site, &daniel, (&form, &form), &fields).await, "Write the month as 2026-04");
}

#[tokio::test]
async fn a_ceiling_is_set_by_a_surgeon_and_finance_and_only_what_meets_it_saves() {
    a_ceiling_met(site().await).await;
}

#[tokio::test]
async fn a_ceiling_is_set_and_met_on_postgres_too() {
    a_ceiling_met(site_on_postgres().await).await;
}

async fn a_ceiling_met(site: Site) {
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let [tomos, daniel] = [person(&site, "tomos.hughes").await, person(&site, "daniel.osei").await];
    let mut fields = vec![
        ("unit", "TORT"),
        ("products", "Hip stems"),
        ("price", "450"),
        ("set_on", "2026-03-01"),
        ("surgeon-0", daniel.as_str()),
        ("finance", daniel.as_str()),
        ("why", "All are rated for ten years"),
        ("supplier-0", "Aldwych"),
        ("before-0", "520.50"),
        ("price-0", "450"),
        ("on-0", "2026-04-12"),
        ("yearly-0", "210"),
        ("supplier-1", "Bellweather"),
        ("before-1", "610"),
        ("price-1", "475.25"),
        ("on-1", "2026-04-15"),
        ("yearly-1", "90"),
    ];
    refused(
        &site.post(&amara, "/cases/ceilings/new", &fields).await,
        "Choose a clinician of the list",
    );
    fields[4] = ("surgeon-0", &tomos);
    let new = site.post(&amara, "/cases/ceilings/new", &fields).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER, "{}", new.text);
    let shown = visible(&page(&site, &amara, &new.location).await);
    // (520.50 − 450) × 210 = 14,805; the other supplier is not stocked.
    assert!(shown.contains("£14,805.00") && shown.contains("Not met: not stocked"), "{shown}");
    let csv = page(&site, &amara, &format!("{}/answers.csv", new.location)).await;
    assert!(csv.contains("Aldwych,Met: stocked,520.50,450.00,2026-04-12,210,14805.00"), "{csv}");
    let form = format!("{}/edit", new.location);
    fields.remove(0);
    fields[6] = ("supplier-0", "");
    let nameless = sent(&site, &amara, (&form, &form), &fields).await;
    refused(&nameless, "Name the supplier, or leave all of the row blank");
    assert!(nameless.text.contains("value=\"520.50\""), "what was typed stays");
    fields[6] = ("supplier-0", "Aldwych");
    fields[8] = ("price-0", "460");
    done(&site, &amara, (&form, &form), &fields).await;
    assert!(page(&site, &amara, &new.location).await.contains("0 of 2 suppliers met it"));
}

/// Lets somebody go.
async fn left(site: &Site, reference: &str) {
    let (id, day) = (PersonId::new(reference), domain::Day::from_civil(2026, 5, 31));
    let entry = Entry::by("operator", "2026-05-31T09:00:00Z".parse().expect("a moment"));
    let done = site
        .store
        .write(move |tx| Box::pin(async move { people::leave(tx, &id, day, &entry).await }));
    done.await.expect("they leave");
}

#[tokio::test]
async fn whoever_left_stays_in_team_and_ceiling_and_no_case_is_approved_with_them() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let case = written(&site, &daniel).await;
    staffed(&site, &daniel, &case).await;
    let [tomos, finance, grace, amara] = [
        person(&site, "tomos.hughes").await,
        person(&site, "daniel.osei").await,
        person(&site, "grace.whitfield").await,
        person(&site, "amara.okafor").await,
    ];
    let ceiling = [
        ("unit", "TORT"),
        ("products", "Hip stems"),
        ("price", "450"),
        ("set_on", "2026-03-01"),
        ("surgeon-0", tomos.as_str()),
        ("finance", finance.as_str()),
        ("why", "All are rated for ten years"),
    ];
    let new = site.post(&daniel, "/cases/ceilings/new", &ceiling).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER, "{}", new.text);
    left(&site, &tomos).await;
    let form = format!("{}/edit", new.location);
    assert!(page(&site, &daniel, &form).await.contains("(has left)"), "the form keeps him");
    let mut again = ceiling[1..].to_vec();
    again.extend([("supplier-0", "Aldwych"), ("before-0", "520.50"), ("yearly-0", "210")]);
    done(&site, &daniel, (&form, &form), &again).await;
    assert!(page(&site, &daniel, &new.location).await.contains("Tomos Hughes"));
    let team = format!("{case}/team");
    let selected = format!("value=\"{tomos}\" selected");
    assert!(page(&site, &daniel, &team).await.contains(&selected), "the form keeps him");
    let fields = [
        ("clinician", tomos.as_str()),
        ("manager", &grace),
        ("finance", &finance),
        ("safety", "Falls are watched"),
        ("effectiveness", "As before"),
        ("experience", "Calmer"),
        ("assessed_by", &amara),
    ];
    done(&site, &daniel, (&team, &team), &fields).await;
    let evidence = format!("{case}/evidence");
    let because = [("because", "A new service")];
    done(&site, &daniel, (&evidence, &format!("{case}/exempt")), &because).await;
    done(&site, &daniel, (&case, &format!("{case}/submit")), &[]).await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    done(&site, &amara, (&case, &format!("{case}/sign")), &[]).await;
    let ravi = site.sign_in("FINANCE_DIRECTOR").await;
    let yes = [("decides", "approve"), ("because", "It holds up")];
    let gone = sent(&site, &ravi, (&case, &format!("{case}/decide")), &yes).await;
    refused(&gone, "has left: take the case back and name somebody else");
}
