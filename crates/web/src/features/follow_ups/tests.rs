//! Follow-ups of colleagues on the costed trust: requests in, pages out.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use engagement::variation::{Context, FollowUpFault, Outcome};
use results::group::PatientGroup;
use results::outcomes::UseAsked;
use store::follow_ups::{self, Added, Compared, Figure, LookedAt, NewFollowUp, Step};
use store::measures::Decimal;
use store::{Entry, FollowUpId, PersonId, UnitCode, people};

use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, trust, visible};

const PURPOSE: &str = "/services/TORT/colleagues/purpose";

/// The site with the comparison on in orthopaedics.
async fn compared() -> Site {
    compared_on(site().await).await
}

async fn compared_on(site: Site) -> Site {
    let director = site.sign_in("MEDICAL_DIRECTOR").await;
    let fields = [
        ("purpose", "Support for surgeons"),
        ("audience", "The surgeons and the medical director"),
        ("consultation", "Local medical negotiating committee, which agreed"),
        ("consulted_on", "2026-05-12"),
        ("review_on", "2027-05-11"),
        ("seen", "0"),
    ];
    let done = site.post(&director, PURPOSE, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    site
}

async fn person(site: &Site, email: &str) -> PersonId {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{email}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id
}

/// A consultant of orthopaedics with the most spells, by reference.
fn consultant() -> String {
    let group = PatientGroup::of_line("TORT");
    let uses = trust().open().uses_by_consultant(&group, &UseAsked::of("bed-days")).expect("reads");
    let most = uses.consultants.into_iter().max_by_key(|it| it.spells).expect("somebody");
    most.reference
}

/// A follow-up as the page of colleagues begins one, three months and more ago.
async fn begun(site: &Site) -> String {
    let helen = person(site, "helen.marsh").await;
    let new = NewFollowUp {
        of: Compared {
            unit: UnitCode::new("TORT"),
            pod: String::new(),
            hrg: String::new(),
            use_code: "bed-days".to_owned(),
            leave_out_shared: true,
            leave_out_emergencies: false,
        },
        run: trust().run.clone(),
        consultant: consultant(),
        code: "K5".to_owned(),
        found:
            "Bed days: 6.3 days a spell after adjustment, above the 4.1 to 6.1 that chance leaves."
                .to_owned(),
        begun_on: "2026-03-10".parse().expect("a day"),
    };
    let entry = Entry::by(helen.as_str(), "2026-03-10T09:00:00Z".parse().expect("a moment"));
    let made = site
        .store
        .write(move |tx| Box::pin(async move { follow_ups::open(tx, &new, &entry).await }));
    format!("/follow-ups/{}", made.await.expect("it is begun"))
}

fn month<'a>(number: &'a str, seen: &'a str, cost: &'a str) -> [(&'static str, &'a str); 9] {
    [
        ("seen", seen),
        ("month", number),
        ("cost_from", "typed"),
        ("cost", cost),
        ("cost_of", "days a spell"),
        ("cost_source", "Ward book"),
        ("quality_from", "typed"),
        ("quality", "0"),
        ("comment", "Fewer than last month"),
    ]
}

async fn looked(site: &Site, who: &SignedIn, it: &str, fields: &[(&str, &str)]) -> Answer {
    let quality = [("quality_of", "returns to theatre"), ("quality_source", "Theatre book")];
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain(quality).collect();
    site.post(who, &format!("{it}/month"), &fields).await
}

#[tokio::test]
async fn months_are_looked_at_with_cost_and_quality_missed_ones_are_marked_and_it_ends() {
    followed_to_its_end(compared().await).await;
}

#[tokio::test]
async fn a_follow_up_goes_to_its_end_on_postgres_too() {
    followed_to_its_end(compared_on(site_on_postgres().await).await).await;
}

async fn followed_to_its_end(site: Site) {
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let it = begun(&site).await;
    let page = visible(&site.get(&helen, &it).await.text);
    assert!(page.contains("What differs for K5’s patients?"), "{page}");
    // It is 1 June: months to 10 April and 10 May are past, the third is due by 10 June.
    assert_eq!((page.matches("Missed").count(), page.matches("To come").count()), (2, 3), "{page}");
    let list = visible(&site.get(&helen, "/follow-ups").await.text);
    assert!(list.contains("0 of 6 months looked at, 2 missed. Month 3 by 10 June 2026."), "{list}");
    let due = "1\u{a0}follow-up of a colleague has a month to be looked at.";
    for (role, is_told) in
        [("MEDICAL_DIRECTOR", true), ("FINANCE_DIRECTOR", true), ("BOARD_MEMBER", false)]
    {
        let board = site.get(&site.sign_in(role).await, "/assessment/board").await;
        assert_eq!(visible(&board.text).contains(due), is_told, "{role}: {}", board.text);
        let file = site.get(&site.sign_in(role).await, "/assessment/board.csv").await.text;
        assert!(!file.contains("follow-up of a colleague"), "what is handed on: {file}");
    }
    let first = visible(&site.get(&helen, "/").await.text);
    assert!(
        first.contains("1\u{a0}follow-up of a colleague has a month to be looked at"),
        "{first}"
    );
    let views = site.audit("follow_up.read").await.len();
    let wrong = looked(&site, &helen, &it, &month("4", "0", "many")).await.text;
    let seen = site.audit("follow_up.read").await;
    assert_eq!(seen.len(), views + 1, "a form that is shown again is a look, and on record");
    assert_eq!(
        seen[0].entry.object,
        Some(it.trim_start_matches('/').replace("follow-ups", "follow-up"))
    );
    for told in ["Choose a month that can be looked at", "Enter the cost as a number"] {
        assert_eq!(wrong.matches(told).count(), 2, "{told}: {wrong}");
    }
    assert!(wrong.contains("Fewer than last month</textarea>"), "what was typed is kept");
    let done = looked(&site, &helen, &it, &month("1", "0", "6.1")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let stale = looked(&site, &helen, &it, &month("2", "0", "5.9")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let page = visible(&site.get(&helen, &it).await.text);
    assert!(page.contains("Looked at late") && page.contains("6.1\u{a0}days a spell"), "{page}");
    assert!(page.contains("Sources: Ward book; Theatre book"), "{page}");
    let early = [("seen", "1"), ("outcome", "within_range"), ("because", " ")];
    let owed = site.post(&helen, &format!("{it}/close"), &early).await.text;
    assert!(owed.contains("Say why it ends before six months were looked at"), "{owed}");
    let ended = [("seen", "1"), ("outcome", "within_range"), ("because", "Moved elsewhere")];
    let done = site.post(&helen, &format!("{it}/close"), &ended).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&helen, &it).await.text);
    assert!(page.contains("Moved within the range. Moved elsewhere."), "{page}");
    let after = looked(&site, &helen, &it, &month("3", "2", "5.9")).await;
    assert_eq!(after.status, StatusCode::NOT_FOUND, "what has ended is only read");
}

#[tokio::test]
async fn the_run_says_what_it_can_of_a_month() {
    let site = compared().await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let it = begun(&site).await;
    let page = site.get(&helen, &it).await.text;
    let group = PatientGroup::of_line("TORT");
    let uses = trust().open().uses_by_consultant(&group, &UseAsked::of("bed-days")).expect("reads");
    let own = uses.consultants.iter().find(|it| it.reference == consultant()).expect("is there");
    if let Ok(it) = &own.compared {
        let cost = format!("Cost: {:.1}\u{a0}days a spell, adjusted", it.adjusted.value);
        assert!(page.contains(&cost), "{cost}: {page}");
    } else {
        assert!(page.contains("Cost: The published costing has too few"), "{page}");
        let mut fields = month("3", "0", "");
        fields[2].1 = "run";
        let refused = looked(&site, &helen, &it, &fields).await.text;
        assert!(refused.contains("The published costing does not say: enter it"), "{refused}");
    }
    let mut group = PatientGroup::of_line("TORT");
    group.consultants = [consultant()].into();
    let outcomes = trust().open().outcomes(&group).expect("reads");
    let back = outcomes.iter().find(|it| it.code == "readmission").expect("is there");
    let spells: i64 = back.months.iter().map(|it| it.denominator).sum();
    let said = format!("of {spells} spells, in the year to date");
    assert_eq!(page.contains(&said), spells >= 10, "{said}: {page}");
    if spells >= 10 {
        let mut fields = month("3", "0", "6.1");
        fields[6].1 = "run";
        let done = looked(&site, &helen, &it, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(site.get(&helen, &it).await.text.contains(&said));
    }
}

#[tokio::test]
async fn only_those_who_compare_see_it_and_whom_it_concerns_their_own() {
    let site = compared().await;
    let it = begun(&site).await;
    for role in ["BOARD_MEMBER", "SERVICE_MANAGER", "WARD_MANAGER", "CLINICIAN", "ADMINISTRATOR"] {
        let who = site.sign_in(role).await;
        assert_eq!(site.get(&who, &it).await.status, StatusCode::NOT_FOUND, "{role}");
        let said = looked(&site, &who, &it, &month("3", "0", "1")).await;
        assert_eq!(said.status, StatusCode::NOT_FOUND, "{role}");
    }
    // An auditor reads and adds nothing.
    let auditor = site.sign_in("AUDITOR").await;
    let page = site.get(&auditor, &it).await;
    assert!(page.status == 200 && !page.text.contains("<textarea"), "{}", page.text);
    assert_eq!(
        looked(&site, &auditor, &it, &month("3", "0", "1")).await.status,
        StatusCode::NOT_FOUND
    );
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let sam = site.sign_in("CLINICIAN").await;
    let staff = demonstration::staff();
    let clinician = staff.iter().find(|it| it.role == "CLINICIAN").expect("one");
    let id = person(&site, clinician.login()).await;
    // Clinicians of the unit alone can be told: nobody who compares others.
    let page = site.get(&helen, &it).await.text;
    let form = page.split_once("id=\"tell\"").expect("a form").1;
    let form = form.split_once("</form>").expect("it ends").0;
    assert!(form.contains(&clinician.name), "{form}");
    for other in staff.iter().filter(|it| it.role != "CLINICIAN") {
        assert!(!form.contains(&other.name), "{}: {form}", other.name);
    }
    let amara = person(&site, "amara.okafor").await;
    let other = [("seen", "0"), ("person", amara.as_str())];
    let refused = site.post(&helen, &format!("{it}/tell"), &other).await.text;
    assert!(refused.contains("Choose the clinician concerned"), "{refused}");
    let told = [("seen", "0"), ("person", id.as_str())];
    let done = site.post(&helen, &format!("{it}/tell"), &told).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let own = site.get(&sam, &it).await;
    assert!(own.text.contains("It concerns you"), "{}", own.text);
    assert!(!own.text.contains("Record the month") && !own.text.contains("End it"), "{}", own.text);
    let known = [("seen", "1"), ("kind", "newly_qualified"), ("known", "Since October")];
    let done = site.post(&sam, &format!("{it}/context"), &known).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let closed = [("seen", "2"), ("outcome", "explained"), ("because", "x")];
    let refused = site.post(&sam, &format!("{it}/close"), &closed).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "nobody ends their own");
    let page = site.get(&helen, &it).await.text;
    assert!(page.contains("The clinician concerned, 1 June 2026"), "{page}");
    let main = page.split_once("<main").expect("a page").1;
    assert!(!main.contains(&clinician.name), "no name on the page: {main}");
    // They have answered: nobody else is told, and no form asks whom.
    assert!(!main.contains("id=\"tell\""), "{main}");
    let again = [("seen", "2"), ("person", id.as_str())];
    let refused = site.post(&helen, &format!("{it}/tell"), &again).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(refused.text.contains("nobody else can be told"), "{}", refused.text);
}

#[tokio::test]
async fn nothing_ends_in_silence_where_nobody_was_told() {
    let site = compared().await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let it = begun(&site).await;
    let id = FollowUpId::new(it.trim_start_matches("/follow-ups/"));
    let mut db = site.store.read().await.expect("reads");
    let mut found = follow_ups::get(&mut db, &id).await.expect("is there");
    drop(db);
    let silent = [("seen", "0"), ("outcome", "within_range"), ("because", "")];
    let owed = site.post(&helen, &format!("{it}/close"), &silent).await.text;
    assert!(owed.contains("Say why it ends before six months were looked at"), "{owed}");
    // Also once all months were looked at and it is explained.
    let step = |added| Step { added, by: found.opened_by.clone(), at: found.opened_at };
    let figure = || Figure {
        value: Decimal::of_e4(0),
        unit: "days a spell".to_owned(),
        source: "Ward book".to_owned(),
    };
    let looked = |month| {
        let words = "As before".to_owned();
        step(Added::Month(LookedAt { month, cost: figure(), quality: figure(), words }))
    };
    let mut steps: Vec<Step> = (1..=6).map(looked).collect();
    steps.push(step(Added::Context(Context::PartTime, String::new())));
    let told = step(Added::Told(PersonId::new("somebody")));
    found.steps = steps;
    assert_eq!(found.closing(Outcome::Explained, "").fault(), Some(FollowUpFault::NobodyTold));
    found.steps.push(told);
    assert_eq!(found.closing(Outcome::Explained, "").fault(), None);
    let within = found.closing(Outcome::WithinRange, " ").fault();
    assert_eq!(within, Some(FollowUpFault::WithinRangeWithoutReason));
}

#[tokio::test]
async fn no_name_reference_or_code_is_in_an_address_or_the_audit() {
    let site = compared().await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let it = begun(&site).await;
    let page = site.get(&helen, &it).await.text;
    assert!(!page.contains(&consultant()), "no reference is shown");
    looked(&site, &helen, &it, &month("1", "0", "6.1")).await;
    // Before anybody is told, a clinician looks and finds nothing; then they are told, look and add.
    let sam = site.sign_in("CLINICIAN").await;
    let staff = demonstration::staff();
    let clinician = staff.iter().find(|it| it.role == "CLINICIAN").expect("one");
    let id = person(&site, clinician.login()).await;
    assert!(site.get(&sam, "/follow-ups").await.text.contains("Nobody is followed up here"));
    let told = [("seen", "1"), ("person", id.as_str())];
    let done = site.post(&helen, &format!("{it}/tell"), &told).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(site.get(&sam, "/follow-ups").await.text.contains(&it));
    assert!(site.get(&sam, &it).await.text.contains("It concerns you"));
    let unsaid = [("seen", "2"), ("kind", "other"), ("known", " ")];
    let owed = site.post(&sam, &format!("{it}/context"), &unsaid).await.text;
    assert!(owed.contains("Say what is known"), "{owed}");
    let known = [("seen", "2"), ("kind", "part_time"), ("known", "One list a week")];
    let done = site.post(&sam, &format!("{it}/context"), &known).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let (own, rows): (Vec<_>, Vec<_>) =
        site.audit("follow_up.").await.into_iter().partition(|it| it.entry.actor == id.as_str());
    let own: Vec<_> = own.into_iter().map(|it| it.entry).collect();
    let told: BTreeSet<_> = own
        .iter()
        .map(|it| (it.action.as_str(), it.object.as_deref(), it.scope.as_deref(), it.rows))
        .collect();
    let alike = BTreeSet::from([("follow_up.own", Some("follow-ups"), Some("own"), None)]);
    assert_eq!(told, alike, "{own:?}");
    assert_eq!(own.len(), 5, "the empty list, the list, the page, the form again, what was added");
    assert!(rows.iter().any(|it| it.entry.action == "follow_up.read"), "views are on record");
    let objects: Vec<String> = rows.iter().filter_map(|it| it.entry.object.clone()).collect();
    let objects = objects.join("\n");
    let written = ["days a spell", "Ward book", "Fewer than", "One list"];
    for not in [consultant().as_str(), id.as_str(), "K5"].into_iter().chain(written) {
        assert!(!objects.contains(not), "{not}: {objects}");
    }
    for route in super::routes() {
        for person in ["colleague", "consultant", "code", "person"] {
            assert!(!route.path.contains(person), "{}", route.path);
        }
    }
}

#[tokio::test]
async fn while_the_comparison_is_off_nothing_begins_or_is_added_but_an_end() {
    let site = compared().await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let it = begun(&site).await;
    let begin = "/follow-ups/new/TORT?use=bed-days";
    assert_eq!(site.get(&helen, begin).await.status, 200);
    let back = [("seen", "1"), ("because", "They object")];
    site.post(&helen, &format!("{PURPOSE}/withdraw"), &back).await;
    assert_eq!(site.get(&helen, begin).await.status, StatusCode::NOT_FOUND);
    let page = site.get(&helen, &it).await.text;
    assert!(
        page.contains("does not hold any more") && !page.contains("Record the month"),
        "{page}"
    );
    assert_eq!(
        looked(&site, &helen, &it, &month("3", "0", "1")).await.status,
        StatusCode::NOT_FOUND
    );
    let ended = [("seen", "0"), ("outcome", "explained"), ("because", "The comparison is off")];
    let done = site.post(&helen, &format!("{it}/close"), &ended).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

#[tokio::test]
async fn nobody_is_followed_up_who_lies_within_chance() {
    let site = compared().await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    for (code, _) in results::outcomes::known_uses() {
        let group = PatientGroup::of_line("TORT");
        let uses = trust().open().uses_by_consultant(&group, &UseAsked::of(code)).expect("reads");
        let found: Vec<&str> =
            uses.beyond_chance().iter().map(|it| it.consultant.code.as_str()).collect();
        let any = !found.is_empty();
        let page = site.get(&helen, &format!("/follow-ups/new/TORT?use={code}")).await.text;
        assert_eq!(page.contains("Nobody here lies beyond what chance leaves"), !any, "{code}");
        let link = site.get(&helen, &format!("/services/TORT/colleagues?use={code}")).await.text;
        assert_eq!(link.contains("/follow-ups/new/TORT"), any, "{code}");
        for it in uses.consultants.iter().filter(|it| !found.contains(&it.code.as_str())) {
            let fields = [("use", code), ("colleague", it.code.as_str())];
            let sent = site.post(&helen, "/follow-ups/new/TORT", &fields).await.text;
            assert!(sent.contains("Choose whom to follow up") || !any, "{code} {}", it.code);
        }
    }
    // Of another service line the comparison is off; whoever may not compare finds nothing.
    assert_eq!(
        site.get(&helen, "/follow-ups/new/SURG?use=bed-days").await.status,
        StatusCode::NOT_FOUND
    );
    let manager = site.sign_in("SERVICE_MANAGER").await;
    let address = "/follow-ups/new/TORT?use=bed-days";
    assert_eq!(site.get(&manager, address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_board_is_told_of_no_few() {
    let site = compared().await;
    let it = begun(&site).await;
    let owen = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&owen, "/follow-ups/board").await;
    assert!(page.text.contains("Fewer than 5 colleagues have been followed up"), "{}", page.text);
    let main = page.text.split_once("<main").expect("a page").1;
    for not in ["K5", "TORT", it.as_str(), "missed"] {
        assert!(!main.contains(not), "{not}: {main}");
    }
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let of_units = site.get(&partner, "/follow-ups/board").await.status;
    assert_eq!(of_units, StatusCode::NOT_FOUND, "it is of the whole trust");
}
