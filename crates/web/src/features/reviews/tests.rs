//! A review from nothing to the next one: requests in, pages out.

use axum::http::{StatusCode, header};
use store::audit::{self, Asked};

use crate::shell::costed;
use crate::shell::testing::{
    Answer, Browser, Site, TRUST, grant, site, site_on_postgres, unlinked,
};

const HIP: &str = "/reviews/HIP";

/// Somebody of a profession with a role in a unit, and their reference.
pub(super) async fn person(
    site: &Site,
    (name, profession): (&str, &str),
    (role, unit): (&str, &str),
) -> (Browser, String) {
    let id = site.of_profession(name, profession).await;
    site.grant(&grant(&id, role, unit)).await;
    (site.sign_in(&id).await, id.as_str().to_owned())
}

/// A site with a clinical director and a finance partner of hips.
pub(super) struct Begun {
    pub(super) site: Site,
    pub(super) amara: Browser,
    pub(super) amara_id: String,
    pub(super) daniel: Browser,
    pub(super) daniel_id: String,
}

pub(super) async fn begun() -> Begun {
    begun_on(site().await).await
}

pub(super) async fn begun_on(site: Site) -> Begun {
    let (amara, amara_id) =
        person(&site, ("Amara", "medicine"), ("CLINICAL_DIRECTOR", "HIP")).await;
    let (daniel, daniel_id) =
        person(&site, ("Daniel", "finance"), ("FINANCE_BUSINESS_PARTNER", "HIP")).await;
    Begun { site, amara, amara_id, daniel, daniel_id }
}

impl Begun {
    pub(super) async fn page(&self, who: &Browser, path: &str) -> String {
        let page = self.site.get(who, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        unlinked(&page.text).replace('\u{a0}', " ")
    }

    /// Sends a form that is taken, and says where it leads.
    pub(super) async fn sent(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let done = self.site.post(&self.amara, path, fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text);
        done.location().to_owned()
    }

    pub(super) async fn refused(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.site.post(&self.amara, path, fields).await;
        assert_ne!(answer.status, StatusCode::SEE_OTHER, "{path}");
        answer
    }

    /// An open review of hips about discharge.
    pub(super) async fn review(&self) -> String {
        let fields = [("title", "Hip review"), ("theme", "discharge"), ("due", "2026-07-23")];
        self.sent(&format!("{HIP}/open"), &fields).await
    }

    /// A meeting of a review, six weeks from now.
    pub(super) async fn meeting(&self, review: &str) -> String {
        self.sent(&format!("{review}/arrange"), &arranged(&self.amara_id, "2026-07-23")).await
    }
}

pub(super) fn arranged<'a>(chair: &'a str, on: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("held_on", on),
        ("begins_at", "08:00"),
        ("minutes", "60"),
        ("place", "Seminar room; north"),
        ("chair", chair),
        ("chair_role", "clinical_director"),
        ("facilitator", chair),
        ("seen", "1"),
    ]
}

/// Addresses of links and forms of a page that hold this.
pub(super) fn addresses(page: &str, holds: &str) -> Vec<String> {
    let parts = page.split(['"']).filter(|it| it.starts_with('/') && it.contains(holds));
    parts.map(|it| it.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

pub(super) fn address(page: &str, holds: &str) -> String {
    addresses(page, holds).into_iter().next().unwrap_or_else(|| panic!("no {holds} in {page}"))
}

/// Where something with this title is written anew.
fn change_of(page: &str, title: &str) -> String {
    let at = page.find(title).unwrap_or_else(|| panic!("no {title} in {page}"));
    address(&page[at..], "/items/")
}

#[tokio::test]
async fn a_service_is_recorded_and_its_vacancies_and_lateness_are_told() {
    let it = begun().await;
    let page = it.page(&it.amara, "/reviews").await;
    assert!(
        page.contains("Not in the programme yet") && page.contains("Begin with 2 or 3"),
        "{page}"
    );
    let address = format!("{HIP}/register");
    let page = it.page(&it.amara, &address).await;
    let seen = page.split("name=\"seen\" value=\"").nth(1).and_then(|it| it.split('"').next());
    assert_eq!(seen, Some("0.0.0.0.0"), "the register and four posts");
    let fields = |conditions, seen| {
        vec![
            ("conditions", conditions),
            ("resources", ""),
            ("cadence", "quarter"),
            ("begins_on", "2026-05-11"),
            ("is_pilot", "yes"),
            ("post_1", it.amara_id.as_str()),
            ("post_2", it.daniel_id.as_str()),
            ("seen", seen),
        ]
    };
    let blank = it.refused(&address, &fields("", "0.0.0.0.0")).await;
    assert!(blank.text.contains("Write what the service treats"));
    assert_eq!(it.sent(&address, &fields("Hips", "0.0.0.0.0")).await, HIP);
    let late = it.refused(&address, &fields("Hips", "0.0.0.0.0")).await;
    assert_eq!(late.status, 409, "somebody was faster");
    let page = it.page(&it.amara, "/reviews").await;
    for part in ["31 days late", "No coding lead", "No costing lead", "Amara", "Every quarter"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("No clinical lead") && page.contains("One review is late"));
    let page = it.page(&it.amara, HIP).await;
    assert!(page.contains("No coding lead and no costing lead."), "{page}");
}

#[tokio::test]
async fn the_time_of_a_business_partner_is_shared_out_and_more_than_a_whole_is_flagged() {
    let it = begun().await;
    let address = format!("{HIP}/register");
    let page = it.page(&it.amara, "/reviews").await;
    assert!(page.contains("No business partner: "), "a service line without one: {page}");
    let fields = |partner: &'static str, share: &'static str, seen: &'static str| {
        let partner = if partner.is_empty() { "" } else { it.daniel_id.as_str() };
        vec![
            ("conditions", "Hips"),
            ("resources", ""),
            ("cadence", "quarter"),
            ("begins_on", "2026-05-11"),
            ("is_pilot", "yes"),
            ("post_1", ""),
            ("post_2", partner),
            ("share_2", share),
            ("seen", seen),
        ]
    };
    for (partner, share, says) in [
        ("daniel", "0", "Write a whole number from 1 to 100"),
        ("daniel", "40.5", "Write a whole number from 1 to 100"),
        ("", "40", "Nobody holds this post"),
    ] {
        let refused = it.refused(&address, &fields(partner, share, "0.0.0.0.0")).await.text;
        assert!(refused.contains(says), "{says}: {refused}");
        assert!(refused.contains(&format!("value=\"{share}\"")), "what was typed is given back");
    }
    it.sent(&address, &fields("daniel", "60", "0.0.0.0.0")).await;
    let page = it.page(&it.amara, HIP).await;
    assert!(page.contains("60% of a whole-time equivalent"), "{page}");
    assert!(page.contains("No clinical champion and no cost champion."), "{page}");
    // Somebody of the trust gives half of his time to knees too: 60 + 50 is more than a whole.
    let entry = store::Entry::by(it.daniel_id.as_str(), it.site.operator().at);
    let daniel = store::PersonId::new(it.daniel_id.as_str());
    let put = it.site.store().write(move |tx| {
        Box::pin(async move {
            let unit = store::units::Unit {
                code: store::UnitCode::new("KNE"),
                name: "Knees".to_owned(),
                kind: store::units::UnitKind::ServiceLine,
                parent: Some(store::UnitCode::new(TRUST)),
                from: "2024-04-01".parse().expect("a day"),
                until: None,
            };
            store::units::upsert(tx, &unit, None, &entry).await?;
            let held = ("business_partner", Some(&daniel), Some(50));
            store::reviewing::allot(tx, &unit.code, held, 0, &entry).await
        })
    });
    put.await.expect("knees have a partner");
    let page = it.page(&it.amara, HIP).await;
    for part in ["60% of a whole-time equivalent, 110% in all service lines", "More than 100%"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Amara sees hips alone: the sum is told, and not where the rest goes.
    let page = it.page(&it.amara, "/reviews").await;
    for part in ["110%", "1 other service line", "No clinical champion"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Knees"), "{page}");
    it.sent(&address, &fields("daniel", "50", "1.0.1.0.0")).await;
    assert!(!it.page(&it.amara, "/reviews").await.contains("More than 100%"));
}

#[tokio::test]
async fn a_review_begins_with_its_theme_and_a_stage_closes_when_all_is_at_hand_or_waived() {
    let it = begun().await;
    let review = it.review().await;
    let page = it.page(&it.amara, &review).await;
    for part in ["Prepare", "Diagnose", "Design", "Deliver", "Bed days after the patient was ready"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("What makes patients come back?") && page.contains("with readmissions"));
    assert!(page.contains("No figures are frozen yet"));
    let done = address(&page, "/done/");
    let refused = it.refused(&done, &[("seen", "1")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("Still to be brought, or waived with a reason"));
    // Deliver asks for two things: one is at hand, the other is waived, which needs a reason.
    let done = addresses(&page, "/done/").pop().expect("the last stage");
    let progress = change_of(&page, "<strong>Progress looked at in every meeting");
    let fields =
        |state, words| [("asks", "Progress"), ("state", state), ("words", words), ("seen", "1")];
    it.sent(&progress, &fields("attached", "")).await;
    let presented = change_of(&page, "<strong>Successes presented to the service");
    let silent = it.refused(&presented, &fields("waived", "")).await;
    assert!(silent.text.contains("Say why the review goes on without it"));
    it.sent(&presented, &fields("waived", "Nothing to present yet")).await;
    assert_eq!(it.sent(&done, &[("seen", "1")]).await, review);
    assert!(it.page(&it.amara, &review).await.contains("Behind us"));
}

#[tokio::test]
async fn a_stage_is_left_out_renamed_or_moved_with_a_reason() {
    let it = begun().await;
    let review = it.review().await;
    let page = it.page(&it.amara, &review).await;
    let stage = address(&page, "/items/");
    let fields = |name, place, state, because, seen| {
        [("name", name), ("place", place), ("state", state), ("because", because), ("seen", seen)]
    };
    for (name, place, state) in
        [("Prepare", "1", "skipped"), ("Get ready", "1", "open"), ("Prepare", "4", "open")]
    {
        let silent = it.refused(&stage, &fields(name, place, state, "", "1")).await;
        assert!(silent.text.contains("Say why this departs from what was"), "{name} {state}");
    }
    let why = "All was gathered for the last review";
    it.sent(&stage, &fields("Get ready", "1", "skipped", why, "1")).await;
    let page = it.page(&it.amara, &review).await;
    assert!(page.contains("Get ready") && page.contains("Left out") && page.contains(why));
    let late = it.refused(&stage, &fields("Prepare", "1", "open", why, "1")).await;
    assert_eq!(late.status, 409, "a choice is looked at again");
}

#[tokio::test]
async fn a_priority_needs_a_baseline_and_a_size_and_sizes_are_never_added() {
    let it = begun().await;
    let review = it.review().await;
    let add = format!("{review}/add/priority");
    let fields = |low, high| {
        vec![
            ("name", "Leaving when ready"),
            ("desired", "4.4 days"),
            ("value", "5.1"),
            ("unit", "days a patient"),
            ("period", "2025/26"),
            ("source", "the costing run"),
            ("low", low),
            ("high", high),
            ("size_unit", "bed days a year"),
        ]
    };
    let wrong = it.refused(&add, &fields("824", "412")).await;
    assert!(wrong.text.contains("The high size is below the low one"));
    let wrong = it.refused(&add, &[("name", "Leaving when ready")]).await;
    for part in
        ["Say in which unit the baseline is", "Say of which period", "Say where the baseline"]
    {
        assert!(wrong.text.contains(part), "{part}");
    }
    it.sent(&add, &fields("412", "824")).await;
    it.sent(&add, &fields("1000", "2000")).await;
    let page = it.page(&it.amara, &review).await;
    assert!(page.contains("412 to 824 bed days a year") && page.contains("1,000 to 2,000"));
    // 412 + 1,000 and 824 + 2,000 stand nowhere.
    assert!(!page.contains("1,412") && !page.contains("2,824"));
    assert!(page.contains("Do not add these together"));
}

#[tokio::test]
async fn two_people_editing_one_meeting_lose_nothing() {
    let it = begun().await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let id = meeting.rsplit('/').next().expect("a reference");
    let add = format!("{review}/add/minutes");
    it.sent(&add, &[("meeting", id), ("words", "Begun at eight")]).await;
    let item = change_of(&it.page(&it.amara, &meeting).await, "id=\"minutes\"");
    let amara = [("words", "Amara wrote this"), ("seen", "1")];
    assert_eq!(it.sent(&item, &amara).await, meeting);
    let daniel = [("words", "Daniel wrote that"), ("seen", "1")];
    let second = it.site.post(&it.daniel, &item, &daniel).await;
    assert_eq!((second.status, second.location()), (StatusCode::SEE_OTHER, item.as_str()));
    let page = it.page(&it.daniel, &item).await;
    for part in ["Two people wrote this at once", "Amara wrote this", "Daniel wrote that"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("Amara wrote this") && page.contains("Daniel wrote that"), "{page}");
    // Two who add separate things at once never meet.
    for (who, subject) in [(&it.amara, "Transport"), (&it.daniel, "Implants")] {
        let fields = [("meeting", id), ("subject", subject), ("words", "")];
        let done = it.site.post(who, &format!("{review}/add/agenda"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
    }
    let settled = [("words", "Amara and Daniel wrote both"), ("seen", "3")];
    assert_eq!(it.sent(&item, &settled).await, meeting);
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("Transport") && page.contains("Implants"));
    assert!(page.contains("Amara and Daniel wrote both") && !page.contains("both are kept"));
    let mut db = it.site.store().read().await.expect("a connection");
    let asked = Asked { action: Some("review.".to_owned()), ..Asked::default() };
    let recorded = format!("{:?}", audit::list(&mut db, &asked, 200).await.expect("a read"));
    assert!(!recorded.contains("wrote this") && !recorded.contains("Transport"), "{recorded}");
}

#[tokio::test]
async fn a_meeting_is_held_and_closed_and_the_next_review_takes_over_what_is_unfinished() {
    held_and_closed(begun().await).await;
}

#[tokio::test]
async fn a_meeting_is_held_and_closed_on_postgres_too() {
    held_and_closed(begun_on(site_on_postgres().await).await).await;
}

async fn held_and_closed(it: Begun) {
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let id = meeting.rsplit('/').next().expect("a reference");
    let action = |noted: &'static str, (due, meeting): (&'static str, &'static str)| {
        let meeting = if meeting.is_empty() { meeting } else { id };
        vec![
            ("noted", noted),
            ("measure", "Stays over the weekend"),
            ("quality", "Fewer patients lie in bed for nothing"),
            ("clinical", it.amara_id.as_str()),
            ("other", it.daniel_id.as_str()),
            ("clinical_view", "as-is"),
            ("other_view", "means"),
            ("other_because", "A second therapist"),
            ("effort", "low"),
            ("priority", "high"),
            ("starts", "2026-06-11"),
            ("due", due),
            ("meeting", meeting),
        ]
    };
    let add = format!("{review}/action");
    let alone = vec![("noted", "Alone"), ("clinical", it.amara_id.as_str()), ("due", "2026-07-01")];
    let alone = it.refused(&add, &alone).await;
    assert!(alone.text.contains("Choose the owner of finance or management"), "joint by two");
    assert_eq!(it.sent(&add, &action("Weekend visits", ("2026-07-01", ""))).await, review);
    let today = ("2026-10-01", "in this meeting");
    assert_eq!(it.sent(&add, &action("One implant price", today)).await, meeting);
    // What the meeting agrees on itself has no update yet, even where it is due before the meeting.
    it.sent(&add, &action("A list of patients", ("2026-07-02", "in this meeting"))).await;
    let page = it.page(&it.amara, &meeting).await;
    assert!(page.contains("Last time’s actions first: one needs an update"), "{page}");
    let feasible = "Daniel: needs money or people we do not have (A second therapist).";
    assert!(page.contains(feasible), "{page}");
    assert!(page.contains("You can close when the one action still due has its update."));
    let close = format!("{meeting}/close");
    let early = it.refused(&close, &[("then", "review")]).await;
    assert_eq!(early.status, 422);
    assert!(early.text.contains("1 still wait for one"), "{}", early.text);
    let field = page.split("name=\"action\" value=\"").nth(1).and_then(|it| it.split('"').next());
    let reference = field.expect("an action").to_owned();
    let update = format!("{meeting}/update");
    let say = |because: &'static str| {
        vec![("action", reference.as_str()), ("progress", "no_progress"), ("because", because)]
    };
    let silent = it.refused(&update, &say("")).await;
    assert!(silent.text.contains("Write why there is no progress"));
    assert_eq!(it.sent(&update, &say("The post is vacant")).await, meeting);
    let next = it.sent(&close, &[("then", "review")]).await;
    let page = it.page(&it.amara, &next).await;
    assert!(page.contains("Weekend visits") && page.contains("The post is vacant"));
    assert!(page.contains(feasible), "it is carried over: {page}");
    assert!(page.contains("One implant price"));
    // Without a cadence in the register: a year after the meeting, so that it is not forgotten.
    assert!(page.contains("To be held by 23 July 2027"), "{page}");
    let page = it.page(&it.amara, &review).await;
    assert!(page.contains("This review is finished") && !page.contains("Arrange the meeting"));
    assert_eq!(it.site.get(&it.amara, &add).await.status, 404, "it is finished");
    it.site.wait(jiff::SignedDuration::from_hours(24 * 60));
    let again = it.site.sign_in(&store::PersonId::new(it.amara_id.as_str())).await;
    let page = it.page(&again, "/reviews").await;
    assert!(page.contains("clinical directors chaired 1 of 1 finished review"), "{page}");
}

#[tokio::test]
async fn who_is_here_and_what_is_decided_follow_the_guide() {
    let it = begun().await;
    let review = it.review().await;
    let soon = it.sent(&format!("{review}/arrange"), &arranged(&it.amara_id, "2026-06-20")).await;
    let page = it.page(&it.amara, &soon).await;
    assert!(page.contains("People were told 9 days before it: clinicians need 42 days."), "{page}");
    assert!(page.contains("Amara facilitates and belongs to this service"));
    assert!(page.contains("no clinician is here") || page.contains("No clinician is here"));
    let id = soon.rsplit('/').next().expect("a reference");
    for (who, role) in [(&it.amara_id, "clinical_service_lead"), (&it.daniel_id, "analyst")] {
        let fields = [
            ("meeting", id),
            ("person", who.as_str()),
            ("role", role),
            ("coming", "yes"),
            ("deputy_for", ""),
        ];
        it.sent(&format!("{review}/add/participant"), &fields).await;
    }
    let page = it.page(&it.amara, &soon).await;
    assert!(page.contains(
        "Missing of the core: general manager, performance manager and service manager."
    ));
    assert!(page.contains("2 of 3 people are here"), "{page}");
    let decide = format!("{review}/add/decision");
    let fields = |senior| {
        vec![
            ("meeting", id),
            ("words", "One ward less"),
            ("evidence", "Bed use of a year"),
            ("touches_safety", "yes"),
            ("senior", senior),
        ]
    };
    let say = "Name the senior clinician who took part";
    assert!(it.refused(&decide, &fields("")).await.text.contains(say));
    let daniel = it.refused(&decide, &fields(&it.daniel_id)).await;
    assert!(daniel.text.contains("Choose one of those that stand there"), "no clinician");
    it.sent(&decide, &fields(&it.amara_id)).await;
    let fields = [("meeting", id), ("words", "Why us?"), ("side", "finance"), ("answer", "")];
    it.sent(&format!("{review}/add/challenge"), &fields).await;
    let page = it.page(&it.amara, &soon).await;
    assert!(page.contains("Senior clinician: Amara.") && page.contains("Touches safety"));
    assert!(page.contains("0 raised by clinicians, 1 by finance, 0 by others; 0 of 1 answered."));
    let named = [("meeting", id), ("words", "See 943 476 5919")];
    let named = it.refused(&format!("{review}/add/minutes"), &named).await;
    assert!(named.text.contains("Take out the NHS number"));
}

#[tokio::test]
async fn a_meeting_goes_into_a_calendar() {
    let it = begun().await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let file = it.site.get(&it.daniel, &format!("{meeting}/invitation.ics")).await;
    assert_eq!(file.status, StatusCode::OK);
    let head = |name| file.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    assert_eq!(head(header::CONTENT_TYPE), "text/calendar; charset=utf-8");
    assert_eq!(head(header::CONTENT_DISPOSITION), "attachment; filename=\"review.ics\"");
    assert_eq!(head(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    // Eight in the morning of a day in July is seven in universal time.
    for part in [
        "DTSTART:20260723T070000Z\r\n",
        "DTEND:20260723T080000Z\r\n",
        "LOCATION:Seminar room\\; north\r\n",
    ] {
        assert!(file.text.contains(part), "{part}: {}", file.text);
    }
}

#[tokio::test]
async fn a_trust_adds_a_theme_of_its_own_and_reviews_by_it() {
    let it = begun().await;
    let fields = [
        ("name", "Falls"),
        ("about", "Why patients fall"),
        ("questions", "Where do they fall?\nWhen?"),
        ("data", "Falls by hour"),
        ("measures", ""),
    ];
    it.sent("/reviews/themes", &fields).await;
    let again = it.refused("/reviews/themes", &fields).await;
    assert!(again.text.contains("There is a theme of this name already"));
    let page = it.page(&it.amara, HIP).await;
    let option = page.split("<option value=\"").find(|it| it.contains(">Falls<"));
    let theme = option.and_then(|it| it.split('"').next()).expect("it can be chosen").to_owned();
    let fields = [("title", "Falls"), ("theme", theme.as_str()), ("due", "2026-08-01")];
    let review = it.sent(&format!("{HIP}/open"), &fields).await;
    let page = it.page(&it.amara, &review).await;
    assert!(page.contains("Where do they fall?") && page.contains("Falls by hour"));
}

#[tokio::test]
async fn who_reads_changes_nothing_and_who_is_of_another_unit_finds_nothing() {
    let it = begun().await;
    let review = it.review().await;
    let meeting = it.meeting(&review).await;
    let (board, _) = person(&it.site, ("Owen", "management"), ("BOARD_MEMBER", TRUST)).await;
    let (tomos, _) = person(&it.site, ("Tomos", "medicine"), ("CLINICIAN", "HIP")).await;
    for who in [&board, &tomos] {
        for path in ["/reviews", HIP, &review, &meeting, &format!("{review}/plan")] {
            let page = it.page(who, path).await;
            assert!(!page.contains("action=\"/reviews"), "{path}: nothing to send");
        }
        for path in [format!("{review}/arrange"), format!("{HIP}/register")] {
            assert_eq!(it.site.get(who, &path).await.status, 404, "{path}");
        }
        assert_eq!(it.site.post(who, &format!("{meeting}/close"), &[]).await.status, 404);
    }
    let (ada, _) = person(&it.site, ("Ada", "informatics"), ("ADMINISTRATOR", TRUST)).await;
    assert_eq!(it.site.get(&ada, "/reviews").await.status, 404);
    for path in ["/reviews/TRUST", "/reviews/NOWHERE", "/reviews/HIP/0000"] {
        assert_eq!(it.site.get(&it.amara, path).await.status, 404, "{path}");
    }
}

/// On the costed trust: what a service cost is frozen by who sees it exactly, and shown to nobody else.
#[tokio::test]
async fn figures_are_frozen_from_the_published_run_and_shown_to_those_who_see_them_exactly() {
    let site = costed::site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let fields = [("title", "Hip review"), ("theme", "whole"), ("due", "2026-07-23")];
    let review = site.post(&amara, "/reviews/TORT/open", &fields).await.location;
    let frozen = site.post(&amara, &format!("{review}/figures"), &[("seen", "0")]).await;
    assert_eq!(frozen.status, StatusCode::SEE_OTHER, "{}", frozen.text);
    let page = site.get(&amara, &review).await.text.replace('\u{a0}', " ");
    let statements = costed::trust().open().statements().expect("reads");
    let line = statements.iter().find(|it| it.service_line.code == "TORT").expect("it is there");
    assert!(page.contains(&line.in_words.replace('\u{a0}', " ")), "{}: {page}", line.in_words);
    let end = line.rows.iter().rfind(|it| it.subtotal).expect("a result");
    assert!(page.contains(&end.name) && page.contains("Frozen from run"));
    // 31 March to 1 June 2026 are 30 + 31 + 1 days.
    assert!(page.contains("62 days old today"), "{page}");
    let again = site.post(&amara, &format!("{review}/figures"), &[("seen", "0")]).await;
    assert_eq!(again.status, 409, "somebody froze others");
    let board = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&board, &review).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains(&line.in_words) && !page.text.contains("Frozen from run"));
    assert!(page.text.contains("shown to those who may see it exactly"));
}
