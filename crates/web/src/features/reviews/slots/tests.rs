//! From slots that are proposed to the meeting that is arranged from them: requests in, pages out.

use axum::http::StatusCode;
use store::PersonId;
use store::audit::{self, Asked};

use crate::shell::testing::{
    Answer, Browser, Site, TRUST, grant, hidden, site, site_on_postgres, unlinked,
};

const HIP: &str = "/reviews/HIP";

/// Somebody signed in, and their reference.
struct Somebody {
    browser: Browser,
    id: String,
}

/// Hips with a review; Amara runs it, Daniel is of finance, Grace manages, Tomos is another clinician
/// and Ada reads no reviews.
struct Begun {
    site: Site,
    amara: Somebody,
    daniel: Somebody,
    grace: Somebody,
    tomos: Somebody,
    ada: Somebody,
    review: String,
}

async fn somebody(site: &Site, name: &str, profession: &str, role: &str, unit: &str) -> Somebody {
    let id = site.of_profession(name, profession).await;
    site.grant(&grant(&id, role, unit)).await;
    Somebody { browser: site.sign_in(&id).await, id: id.as_str().to_owned() }
}

async fn begun() -> Begun {
    begun_on(site().await).await
}

async fn begun_on(site: Site) -> Begun {
    let amara = somebody(&site, "Amara", "medicine", "CLINICAL_DIRECTOR", "HIP").await;
    let fields = [("title", "Hip review"), ("theme", "discharge"), ("due", "2026-07-23")];
    let opened = site.post(&amara.browser, &format!("{HIP}/open"), &fields).await;
    Begun {
        daniel: somebody(&site, "Daniel", "finance", "FINANCE_BUSINESS_PARTNER", "HIP").await,
        grace: somebody(&site, "Grace", "management", "SERVICE_MANAGER", "HIP").await,
        tomos: somebody(&site, "Tomos", "medicine", "CLINICIAN", "HIP").await,
        ada: somebody(&site, "Ada", "informatics", "ADMINISTRATOR", TRUST).await,
        review: opened.location().to_owned(),
        site,
        amara,
    }
}

impl Begun {
    async fn page(&self, who: &Somebody, path: &str) -> String {
        let page = self.site.get(&who.browser, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        unlinked(&page.text).replace('\u{a0}', " ")
    }

    async fn post(&self, who: &Somebody, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.site.post(&who.browser, path, fields).await
    }

    async fn sent(&self, who: &Somebody, path: &str, fields: &[(&str, &str)]) -> String {
        let done = self.post(who, path, fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text);
        done.location().to_owned()
    }

    /// Two slots of which the first is too soon, for Amara, Daniel and Grace.
    fn slots<'a>(&'a self, second: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("day-1", "2026-06-20"),
            ("begins-1", "08:00"),
            ("minutes-1", "60"),
            ("day-4", second),
            ("begins-4", "12:30"),
            ("minutes-4", "30"),
            ("person-1", &self.amara.id),
            ("role-1", "clinical_service_lead"),
            ("person-2", &self.daniel.id),
            ("role-2", "analyst"),
            ("person-3", &self.grace.id),
            ("role-3", "service_manager"),
        ]
    }

    async fn proposed(&self) -> String {
        let new = self.slots("2026-08-03");
        self.sent(&self.amara, &format!("{}/slots", self.review), &new).await
    }

    async fn answered(&self, who: &Somebody, poll: &str, [first, second]: [&str; 2], words: &str) {
        let fields = [("slot-1", first), ("slot-2", second), ("words", words)];
        let led = self.sent(who, &format!("{poll}/answer"), &fields).await;
        assert_eq!(led, poll);
    }
}

/// What stands of the first slot on the page.
fn best(page: &str) -> &str {
    let list = page.split("id=\"slots\"").nth(1).expect("the slots");
    list.split("<li>").nth(1).and_then(|it| it.split("</li>").next()).expect("a slot")
}

#[tokio::test]
async fn slots_are_proposed_answered_and_one_is_picked_from_which_the_meeting_is_arranged() {
    proposed_and_picked(begun().await).await;
}

#[tokio::test]
async fn slots_are_proposed_and_one_is_picked_on_postgres_too() {
    proposed_and_picked(begun_on(site_on_postgres().await).await).await;
}

async fn proposed_and_picked(it: Begun) {
    let page = it.page(&it.amara, &it.review).await;
    assert!(page.contains("Ask when people can come"));
    let poll = it.proposed().await;
    let first = it.page(&it.daniel, "/reviews").await;
    assert!(first.contains("When can you come?") && first.contains(&poll), "{first}");
    let page = it.page(&it.daniel, &poll).await;
    assert!(page.contains("Monday 3 August 2026, 12:30, 30 minutes"), "{page}");
    assert!(page.contains("Waits for answers") && page.contains("0 of 3 people have answered"));
    let half = [("slot-1", "yes"), ("words", "See the rota")];
    let half = it.post(&it.daniel, &format!("{poll}/answer"), &half).await.text;
    assert!(half.contains("Choose whether you can come") && half.contains("See the rota"));
    it.answered(&it.daniel, &poll, ["no", "if_need_be"], "Agency pay has doubled").await;
    it.answered(&it.amara, &poll, ["yes", "yes"], "").await;
    let page = it.page(&it.amara, &poll).await;
    assert!(best(&page).contains("3 August 2026"), "{page}");
    for part in [
        "2 people can come: Amara (clinical) and Daniel (finance, if need be).",
        "Missing: Grace (management, has not answered).",
        "Missing: Daniel (finance) and Grace (management, has not answered).",
        "Nobody of finance can come, 3 people are needed to decide and people would be told 9 days before it, and clinicians need 42 days.",
        "Agency pay has doubled",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    it.answered(&it.grace, &poll, ["yes", "yes"], "").await;
    let page = it.page(&it.amara, &poll).await;
    assert!(best(&page).contains("Would do") && page.contains("Would not do"), "{page}");
    let pick =
        format!("{}/arrange?poll={}&slot=2", it.review, poll.rsplit('/').next().expect("an id"));
    assert!(page.replace("&#38;", "&").replace("&amp;", "&").contains(&pick), "{page}");
    let form = it.page(&it.amara, &pick).await;
    for part in ["value=\"2026-08-03\"", "value=\"12:30\"", "<option value=\"30\" selected"] {
        assert!(form.contains(part), "{part}: {form}");
    }
    let (id, slot) = (hidden(&form, "poll"), hidden(&form, "slot"));
    let arranged = |begins_at| {
        vec![
            ("held_on", "2026-08-03"),
            ("begins_at", begins_at),
            ("minutes", "30"),
            ("place", "Seminar room"),
            ("chair", it.amara.id.as_str()),
            ("chair_role", "clinical_director"),
            ("facilitator", ""),
            ("poll", id.as_str()),
            ("slot", slot.as_str()),
        ]
    };
    let arrange = format!("{}/arrange", it.review);
    let other = it.post(&it.amara, &arrange, &arranged("09:00")).await;
    assert!(other.text.contains("Keep the slot that was picked"), "{}", other.text);
    let meeting = it.sent(&it.amara, &arrange, &arranged("12:30")).await;
    let page = it.page(&it.amara, &meeting).await;
    for part in ["Said beforehand", "Agency pay has doubled", "so this meeting can decide"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let closed = it.page(&it.daniel, &poll).await;
    assert!(closed.contains("We meet on Monday 3 August 2026, 12:30") && closed.contains("Picked"));
    assert!(closed.contains("Go to the meeting") && closed.contains("Every answer"));
    assert!(!closed.contains("Keep my answer"));
    let late = [("slot-1", "yes"), ("slot-2", "yes"), ("words", "")];
    assert_eq!(it.post(&it.daniel, &format!("{poll}/answer"), &late).await.status, 422);
    assert!(!it.page(&it.daniel, "/reviews").await.contains("When can you come?"));
    let mut db = it.site.store().read().await.expect("a connection");
    let rows = audit::list(&mut db, &Asked::default(), 200).await.expect("a read");
    assert!(!format!("{rows:?}").contains("Agency pay"), "no words in the audit");
}

#[tokio::test]
async fn a_slot_to_which_no_two_of_both_professions_can_come_is_refused() {
    let it = begun().await;
    let poll = it.proposed().await;
    it.answered(&it.amara, &poll, ["yes", "yes"], "").await;
    it.answered(&it.daniel, &poll, ["no", "yes"], "").await;
    let id = poll.rsplit('/').next().expect("an id");
    let page = it.page(&it.amara, &poll).await.replace("&#38;", "&").replace("&amp;", "&");
    let pick = |slot| format!("{}/arrange?poll={id}&slot={slot}", it.review);
    assert!(page.contains(&pick(2)) && !page.contains(&pick(1)), "no link leads there: {page}");
    let first = [
        ("held_on", "2026-06-20"),
        ("begins_at", "08:00"),
        ("minutes", "60"),
        ("place", "Seminar room"),
        ("chair", it.amara.id.as_str()),
        ("chair_role", "clinical_director"),
        ("facilitator", ""),
        ("poll", id),
        ("slot", "1"),
    ];
    let alone = it.post(&it.amara, &format!("{}/arrange", it.review), &first).await;
    assert_eq!(alone.status, 422, "{}", alone.text);
    assert!(alone.text.contains("one person cannot stand for both"), "{}", alone.text);
    let page = it.page(&it.amara, &poll).await;
    assert!(!page.contains("Picked"), "the slots stay open: {page}");
}

#[tokio::test]
async fn a_deputy_is_asked_later_and_slots_are_given_up_for_others() {
    let it = begun().await;
    let poll = it.proposed().await;
    let ask = format!("{poll}/ask");
    let fields = |who, role, whom| vec![("person", who), ("role", role), ("deputy", whom)];
    let (tomos, amara, ada) = (it.tomos.id.as_str(), it.amara.id.as_str(), it.ada.id.as_str());
    let stranger = it.post(&it.amara, &ask, &fields(ada, "analyst", "")).await.text;
    assert!(stranger.contains("Choose somebody of the list"), "reads no reviews: {stranger}");
    let twice = it.post(&it.amara, &ask, &fields(amara, "consultant", "")).await.text;
    assert!(twice.contains("This person is asked already"), "{twice}");
    assert_eq!(it.site.get(&it.tomos.browser, &ask).await.status, 404, "runs no reviews");
    it.sent(&it.amara, &ask, &fields(tomos, "consultant", amara)).await;
    it.answered(&it.tomos, &poll, ["yes", "yes"], "").await;
    it.answered(&it.amara, &poll, ["no", "yes"], "").await;
    let page = it.page(&it.tomos, &poll).await;
    assert!(page.contains("1 person can come: Tomos for Amara (clinical)."), "{page}");
    assert!(page.contains("1 person can come: Amara (clinical)."), "not both: {page}");
    assert!(page.contains("Deputy for Amara") && !page.contains("close these slots"));
    assert_eq!(it.post(&it.tomos, &format!("{poll}/give-up"), &[]).await.status, 404);
    let again = it.site.get(&it.amara.browser, &format!("{}/slots", it.review)).await;
    assert_eq!((again.status, again.location()), (StatusCode::SEE_OTHER, poll.as_str()));
    it.sent(&it.amara, &format!("{poll}/give-up"), &[]).await;
    let page = it.page(&it.tomos, &poll).await;
    assert!(page.contains("None of these slots would do"), "{page}");
    assert_ne!(it.proposed().await, poll);
}

#[tokio::test]
async fn what_is_wrong_with_slots_stands_at_its_field_and_what_was_typed_stays() {
    let it = begun().await;
    let path = format!("{}/slots", it.review);
    let form = it.page(&it.amara, &path).await;
    assert!(form.contains("id=\"day-10\"") && !form.contains("id=\"day-11\""), "two to ten");
    assert!(form.contains("Finance: Daniel") && !form.contains("Ada"), "who reads reviews");
    let wrong = it.post(&it.amara, &path, &it.slots("2026-06-01")).await.text;
    assert!(wrong.contains("href=\"#day-4\">This slot is past"), "{wrong}");
    assert!(wrong.contains("value=\"12:30\""), "what was typed stays");
    let one = it.post(&it.amara, &path, &it.slots("")).await.text;
    assert!(one.contains("Propose from 2 to 10 slots: there are 1"), "{one}");
    let mut alone = it.slots("2026-08-03");
    alone.retain(|field| !field.0.ends_with("-2"));
    let alone = it.post(&it.amara, &path, &alone).await.text;
    assert!(alone.contains("Ask somebody of finance too"), "{alone}");
    assert!(alone.contains("Ask 3 people at least"), "{alone}");
    // Who is of another unit, or may not read reviews, finds nothing.
    let poll = it.proposed().await;
    assert_eq!(it.site.get(&it.ada.browser, &poll).await.status, 404);
    let nobody = [("slot-1", "yes"), ("slot-2", "yes"), ("words", "")];
    assert_eq!(it.post(&it.tomos, &format!("{poll}/answer"), &nobody).await.status, 404);
    let named = [("slot-1", "yes"), ("slot-2", "no"), ("words", "See 943 476 5919")];
    let named = it.post(&it.daniel, &format!("{poll}/answer"), &named).await.text;
    assert!(named.contains("Take out the NHS number"), "{named}");
    it.site.wait(jiff::SignedDuration::from_hours(24 * 60));
    let later = it.site.sign_in(&PersonId::new(it.amara.id.as_str())).await;
    let page = it.site.get(&later, &poll).await.text;
    assert!(page.contains("Past") && !page.contains("Would do"), "{page}");
}
