//! Questions from asking to closing, on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use store::audit::Outcome;
use store::figure_questions::{self, NewQuestion, Side, StoredQuestion};
use store::grants::NewGrant;
use store::{Entry, PersonId, UnitCode, grants, people};

use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, trust, visible};
use crate::shell::questions::{PAGES, Place};

const PAGE: &str = "/services/TORT";
const WORDS: &str = "Why did implants cost more than last year?";

pub(super) fn ask_at(page: &str) -> String {
    Place::parse(page).expect("it takes questions").ask(&trust().run)
}

pub(super) async fn person(site: &Site, email: &str) -> PersonId {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{email}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id
}

/// Sends a question about a page to somebody.
pub(super) async fn sent(
    site: &Site,
    who: &SignedIn,
    (page, figure, words): (&str, &str, &str),
    owner: &PersonId,
) -> Answer {
    let fields = [
        ("page", page),
        ("run", trust().run.as_str()),
        ("figure", figure),
        ("words", words),
        ("owner", owner.as_str()),
        ("due", "2026-06-15"),
    ];
    site.post(who, "/questions/ask", &fields).await
}

/// Asks what moved the cost of orthopaedics, and gives the address of the question.
async fn asked(site: &Site, who: &SignedIn, owner: &PersonId) -> String {
    let done = sent(site, who, (PAGE, "moved", WORDS), owner).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(done.location.starts_with("/questions/"), "{}", done.location);
    done.location
}

async fn stored(site: &Site) -> Vec<StoredQuestion> {
    let mut db = site.store.read().await.expect("reads");
    figure_questions::list(&mut db).await.expect("reads")
}

#[tokio::test]
async fn a_director_asks_finance_answers_and_the_director_is_told() {
    asked_and_answered(site().await).await;
}

#[tokio::test]
async fn a_question_is_asked_and_answered_on_postgres_too() {
    asked_and_answered(site_on_postgres().await).await;
}

async fn asked_and_answered(site: Site) {
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let page = site.get(&amara, PAGE).await.text;
    assert!(page.contains("Nobody has asked about these figures yet."), "{page}");
    let link = ask_at(PAGE).replace('&', "&#38;");
    assert!(page.contains(&format!("href=\"{link}\"")), "the page leads to the form: {page}");
    let form = site.get(&amara, &ask_at(PAGE)).await.text;
    assert!(form.contains("What moved since last year") && form.contains("2026-06-15"), "{form}");
    // Finance first for a clinician, and of finance whoever is nearest; never oneself.
    let choices: Vec<String> = form.split("<option").skip(1).map(visible).collect();
    let place = |name: &str| choices.iter().position(|it| it.contains(name));
    assert!(place("Finance: Daniel Osei") < place("Finance: Priya Raman"), "{choices:?}");
    assert!(place("Finance: Priya Raman") < place("Clinical: Tomos Hughes"), "{choices:?}");
    assert!(place("Daniel Osei").is_some() && place("Amara Okafor").is_none(), "{choices:?}");
    assert!(place("Owen Clarke").is_none() && place("Ines Duarte").is_none(), "{choices:?}");
    let question = asked(&site, &amara, &person(&site, "daniel.osei").await).await;

    let mine = site.get(&daniel, "/my-service").await.text;
    assert!(mine.contains("1 question waits for your answer."), "{mine}");
    let list = site.get(&daniel, "/questions").await.text;
    assert!(list.contains(WORDS) && list.contains("What moved since last year"), "{list}");
    let shown = site.get(&daniel, &question).await.text;
    assert!(shown.contains("href=\"/services/TORT#moved\""), "{shown}");
    assert!(!shown.contains('£'), "no figure is kept with it: {shown}");
    assert!(!shown.contains("small numbers hidden"), "who asks sees it exactly");
    let empty = site.post(&daniel, &format!("{question}/answer"), &[("words", " ")]).await.text;
    assert!(empty.contains("There is a problem") && empty.contains("Write your answer"));
    let words = [("words", "The price rose by 6% in April")];
    let done = site.post(&daniel, &format!("{question}/answer"), &words).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, question.as_str()));

    let told = site.get(&amara, "/my-service").await.text;
    assert!(told.contains("1 of your questions is answered."), "{told}");
    let shown = site.get(&amara, &question).await.text;
    assert!(shown.contains("The price rose by 6% in April") && shown.contains("Daniel Osei"));
    let beside = site.get(&amara, PAGE).await.text;
    assert!(beside.contains("1\u{a0}question was asked about these figures. None waits"));
    let again = [("still", "Which implants?"), ("seen", "1")];
    site.post(&amara, &format!("{question}/reopen"), &again).await;
    assert!(site.get(&daniel, "/questions").await.text.contains("1 question waits"));
    site.post(&daniel, &format!("{question}/answer"), &[("words", "Hips and knees")]).await;
    let stale = site.post(&amara, &format!("{question}/close"), &[("seen", "2")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "an answer came that was not seen");
    let done = site.post(&amara, &format!("{question}/close"), &[("seen", "3")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(site.get(&amara, "/questions?list=asked").await.text.contains("Closed"));
    assert_eq!(site.audit("question.").await.len(), 5);
    let kept = format!("{:?}", site.audit("").await);
    assert!(!kept.contains("implants") && !kept.contains("April"), "words are not in the audit");
}

#[tokio::test]
async fn two_who_answer_at_once_lose_nothing_and_it_can_be_handed_on() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let priya = site.sign_in("COSTING_ACCOUNTANT").await;
    let question = asked(&site, &amara, &person(&site, "daniel.osei").await).await;
    let to = person(&site, "priya.raman").await;
    let hand_on = format!("{question}/hand-on");
    let nobody = [("owner", ""), ("why", ""), ("seen", "0")];
    let page = site.post(&daniel, &hand_on, &nobody).await.text;
    assert!(page.contains("Choose who should answer"), "{page}");
    // Whoever may not answer for the unit is given no question.
    let owen = person(&site, "owen.clarke").await;
    let page = site.post(&daniel, &hand_on, &[("owner", owen.as_str()), ("seen", "0")]).await.text;
    assert!(page.contains("Choose who should answer"), "{page}");
    let fields = [("owner", to.as_str()), ("why", "She costed it"), ("seen", "0")];
    let done = site.post(&daniel, &hand_on, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(site.get(&priya, "/").await.text.contains("1 question waits for your answer"));
    let answer = format!("{question}/answer");
    let (one, other) = tokio::join!(
        site.post(&daniel, &answer, &[("words", "The price")]),
        site.post(&priya, &answer, &[("words", "The mix")])
    );
    assert_eq!((one.status, other.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    let page = site.get(&amara, &question).await.text;
    for said in ["The price", "The mix", "Handed on to Priya Raman", "She costed it"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[tokio::test]
async fn who_sees_small_numbers_hidden_sees_their_own_questions_alone() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let owen = site.sign_in("BOARD_MEMBER").await;
    let partner = person(&site, "daniel.osei").await;
    let of_amara = asked(&site, &amara, &partner).await;
    assert_eq!(site.get(&owen, &of_amara).await.status, 404, "it may hold exact figures");
    let page = site.get(&owen, PAGE).await.text;
    assert!(page.contains("You have not asked about these figures yet."), "{page}");
    assert!(!site.get(&owen, "/questions?list=all").await.text.contains(WORDS));
    assert!(!site.get(&owen, "/questions?list=all&unit=TORT").await.text.contains(WORDS));
    // Of the page they ask what they see of it, and of no part of it.
    let form = site.get(&owen, &ask_at(PAGE)).await.text;
    assert!(form.contains("What patients got for it") && !form.contains("What moved"), "{form}");
    let hidden = sent(&site, &owen, (PAGE, "moved", "Why?"), &partner).await;
    assert!(hidden.text.contains("Choose which figure you ask about"), "{}", hidden.text);
    for page in ["/services/TORT?pod=EL", "/services/TORT/national", "/services/TORT/week"] {
        assert_eq!(site.get(&owen, &ask_at(page)).await.status, 404, "{page}");
    }
    let done = sent(&site, &owen, (PAGE, "page", "Is this good?"), &partner).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let of_owen = done.location;
    assert!(site.get(&owen, PAGE).await.text.contains("was asked by you"));
    let page = site.get(&daniel, &of_owen).await.text;
    let warning = "Owen Clarke, who asks, sees these figures with small numbers hidden.";
    assert!(page.contains(warning), "{page}");
    site.post(&daniel, &format!("{of_owen}/answer"), &[("words", "It is steady")]).await;
    let page = site.get(&owen, &of_owen).await.text;
    assert!(page.contains("It is steady"), "{page}");
    assert!(page.contains("href=\"/services/TORT\""), "they see the page in their own way");
}

#[tokio::test]
async fn nobody_reaches_a_question_beyond_their_rights() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let partner = person(&site, "daniel.osei").await;
    let question = asked(&site, &amara, &partner).await;
    let answer = format!("{question}/answer");
    // Those who see no costs: nothing is there, and of clinical coding the list of their own alone.
    for role in ["ADMINISTRATOR", "PRIVACY_OFFICER", "COMMISSIONER", "CODING_INFORMATICS"] {
        let who = site.sign_in(role).await;
        for path in [&ask_at(PAGE), &question] {
            assert_eq!(site.get(&who, path).await.status, 404, "{role} {path}");
        }
        let list = site.get(&who, "/questions").await;
        assert_eq!(list.status == 200, role == "CODING_INFORMATICS", "{role}");
        assert!(!list.text.contains(WORDS), "{role}: {}", list.text);
        let done = sent(&site, &who, (PAGE, "page", "Why?"), &partner).await;
        assert_eq!(done.status, 404, "{role}");
        assert_eq!(site.post(&who, &answer, &[("words", "So")]).await.status, 404, "{role}");
    }
    // Who answers for another unit sees this one with small numbers hidden, and so no question.
    let bridget = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.get(&bridget, &question).await.status, 404);
    assert_eq!(site.post(&bridget, &answer, &[("words", "So")]).await.status, 404);
    // Who checks sees it and does nothing with it; only whoever asked closes it.
    let ines = site.sign_in("AUDITOR").await;
    assert_eq!(site.get(&ines, &question).await.status, 200);
    assert!(!site.get(&ines, &question).await.text.contains("<form method=\"post\""));
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    for (who, act) in [(&ines, "answer"), (&amara, "answer")] {
        let done = site.post(who, &format!("{question}/{act}"), &[("words", "So")]).await;
        assert_eq!(done.status, 404, "{act}");
    }
    for who in [&ines, &daniel] {
        let done = site.post(who, &format!("{question}/close"), &[("seen", "0")]).await;
        assert_eq!(done.status, 404);
        let fields = [("still", "So"), ("seen", "0")];
        let done = site.post(who, &format!("{question}/reopen"), &fields).await;
        assert_eq!(done.status, 404);
    }
    assert!(stored(&site).await.iter().all(|it| it.steps.is_empty()));
    assert_eq!(site.get(&daniel, "/questions?list=none").await.status, 404);
    assert_eq!(site.get(&daniel, "/questions?list=all&unit=STRO").await.status, 404);
    let denied = site.audit("denied").await;
    assert!(denied.iter().all(|it| it.entry.outcome == Outcome::Refused) && denied.len() > 8);
}

#[tokio::test]
async fn a_right_that_was_taken_away_closes_the_question_at_once() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let question = asked(&site, &amara, &person(&site, "daniel.osei").await).await;
    let me = person(&site, "amara.okafor").await;
    let mut db = site.store.read().await.expect("reads");
    let held = grants::of_person(&mut db, &me).await.expect("reads");
    drop(db);
    let entry = Entry::by("operator", "2026-06-01T09:00:00Z".parse().expect("a moment"));
    // A role in another unit leaves them small numbers hidden here: the question stays their own.
    let elsewhere = NewGrant {
        person: me.clone(),
        role: "CLINICIAN".to_owned(),
        unit: UnitCode::new("STRO"),
        patient_level: false,
        reason: "Moved".to_owned(),
        from: "2025-06-11".parse().expect("a day"),
        until: None,
    };
    let (moved, by) = (elsewhere.clone(), entry.clone());
    let given = site.store.write(move |tx| {
        Box::pin(async move {
            for grant in held {
                grants::revoke(tx, &grant.id, &by).await?;
            }
            grants::grant(tx, &moved, &by).await
        })
    });
    let given = given.await.expect("it is given");
    assert_eq!(site.get(&amara, &question).await.status, 200);
    let taken = site
        .store
        .write(move |tx| Box::pin(async move { grants::revoke(tx, &given, &entry).await }));
    taken.await.expect("it is taken away");
    assert_eq!(site.get(&amara, &question).await.status, 404);
    assert_eq!(site.get(&amara, &ask_at(PAGE)).await.status, 404);
}

#[tokio::test]
async fn no_question_is_about_a_patient() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let partner = person(&site, "daniel.osei").await;
    let event = crate::shell::costed::references().first().expect("one").clone();
    let run = &trust().run;
    let canary = "9434765919";
    for page in [
        format!("/patients/{run}/{event}"),
        format!("/services/TORT/my-work/ask/{run}/{event}"),
        format!("/services/TORT?hrg={canary}"),
        format!("/services/TORT?hrg={event}"),
        "/services/TORT/colleagues".to_owned(),
        "https://evil.example/services/TORT".to_owned(),
        "/services/STRO/week".to_owned(),
        "/services/NOWHERE".to_owned(),
        "/wards/TORT".to_owned(),
        String::new(),
    ] {
        let query = [("page", page.as_str()), ("run", run.as_str())];
        let query = serde_urlencoded::to_string(query).expect("plain fields");
        let form = site.get(&amara, &format!("/questions/ask?{query}")).await;
        assert_eq!(form.status, 404, "{page}");
        let done = sent(&site, &amara, (&page, "page", "Why?"), &partner).await;
        assert_eq!(done.status, 404, "{page}");
    }
    let mine = site.get(&amara, &format!("/patients/{run}/{event}")).await.text;
    assert!(!mine.contains("/questions/ask"), "a page of a patient takes none");
    let link = format!("See /patients/{run}/{event}");
    for (words, said) in [
        ("It is 943 476 5919", "Take out the NHS number"),
        (event.as_str(), "Take out the reference of the patient"),
        (link.as_str(), "Take out the reference of the patient"),
        (" ", "Write what you ask"),
    ] {
        let page = sent(&site, &amara, (PAGE, "page", words), &partner).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("There is a problem") && page.text.contains(said), "{said}");
    }
    assert_eq!(stored(&site).await, []);
    let kept = format!("{:?}", site.audit("").await);
    assert!(!kept.contains("943 476") && !kept.contains(canary), "what was refused is not kept");
    let question = asked(&site, &amara, &partner).await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let answer = [("words", "It is 943 476 5919")];
    let page = site.post(&daniel, &format!("{question}/answer"), &answer).await.text;
    assert!(page.contains("Take out the NHS number"), "{page}");
}

#[tokio::test]
async fn what_is_typed_is_escaped_and_days_are_checked() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let partner = person(&site, "daniel.osei").await;
    let words = "<script>alert(1)</script> {{ 7*7 }}\n\"quoted\" & more";
    let done = sent(&site, &amara, (PAGE, "page", words), &partner).await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    for path in [&done.location, "/questions", "/questions?list=all&unit=TORT"] {
        let page = site.get(&daniel, path).await.text;
        assert!(page.contains("&#60;script&#62;alert(1)") && !page.contains("<script>alert"));
        assert!(page.contains("{{ 7*7 }}"), "{path}: nothing is worked out");
    }
    let whole = ("page", PAGE);
    for (due, said) in [
        ("", "Enter the day by which you need it"),
        ("soon", "Enter the day by which you need it"),
        ("2026-05-31", "The day must not be in the past"),
        ("2027-06-02", "The day must not be after 2027-06-01"),
    ] {
        let fields = [
            whole,
            ("run", trust().run.as_str()),
            ("figure", "page"),
            ("words", "Why?"),
            ("owner", partner.as_str()),
            ("due", due),
        ];
        let page = site.post(&amara, "/questions/ask", &fields).await.text;
        assert!(page.contains(said), "{due}: {page}");
    }
    let form = site.get(&amara, &format!("{}&words=typed", ask_at(PAGE))).await.text;
    assert!(!form.contains(">typed<"), "nothing is taken from an address");
    let unpublished = ask_at(PAGE).replace(&trust().run, "0000");
    assert_eq!(site.get(&amara, &unpublished).await.status, 404, "there is no such run");
    // Oneself, and somebody who may not answer, are no choice.
    for nobody in ["amara.okafor", "owen.clarke"] {
        let nobody = person(&site, nobody).await;
        let page = sent(&site, &amara, (PAGE, "page", "Why?"), &nobody).await.text;
        assert!(page.contains("Choose who should answer"), "{page}");
    }
}

#[tokio::test]
async fn every_page_that_takes_questions_leads_to_the_form() {
    let site = site().await;
    let priya = site.sign_in("COSTING_ACCOUNTANT").await;
    let daniel = person(&site, "daniel.osei").await;
    for page in PAGES.iter().filter(|it| !it.is_of_thing()) {
        let is_ward = page.route.starts_with("/wards");
        let path = page.route.replace("{unit}", if is_ward { "W10" } else { "TORT" });
        let shown = site.get(&priya, &path).await;
        // A trust without rows of wards or a national schedule may have no such page here.
        assert_eq!(shown.status, 200, "{path}");
        let link = ask_at(&path).replace('&', "&#38;");
        assert!(shown.text.contains(&link), "{path}: {}", shown.text);
        let form = site.get(&priya, &ask_at(&path)).await;
        assert_eq!(form.status, 200, "{path}: {}", form.text);
        // Every figure that can be chosen is a section of the page, or the page itself.
        let place = Place::parse(&path).expect("it is one");
        for (code, _) in place.figures(access::View::Exact) {
            assert!(form.text.contains(&format!("value=\"{code}\"")), "{path} {code}");
        }
    }
    let kind = "/services/TORT?pod=EL";
    let shown = site.get(&priya, kind).await.text;
    assert!(shown.contains(&ask_at(kind).replace('&', "&#38;")), "{shown}");
    let done = sent(&site, &priya, (kind, "statement", "Why so much?"), &daniel).await;
    let page = site.get(&priya, &done.location).await.text;
    assert!(page.contains("Planned stays: From income to surplus"), "{page}");
    assert!(page.contains("href=\"/services/TORT?pod=EL#statement\""), "{page}");
    // It stands at that kind of care and at the service line, and not at another page of it.
    assert!(site.get(&priya, kind).await.text.contains("1\u{a0}question was asked"));
    assert!(site.get(&priya, PAGE).await.text.contains("1\u{a0}question was asked"));
    let week = site.get(&priya, "/services/TORT/week").await.text;
    assert!(week.contains("Nobody has asked about these figures yet."), "{week}");
}

#[tokio::test]
async fn who_has_left_is_closed_for_by_those_who_answer() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let question = asked(&site, &amara, &person(&site, "daniel.osei").await).await;
    let me = person(&site, "amara.okafor").await;
    let entry = Entry::by("operator", "2026-06-01T09:00:00Z".parse().expect("a moment"));
    let left = site.store.write(move |tx| {
        Box::pin(async move {
            let on = "2026-06-01".parse().expect("a day");
            people::leave(tx, &me, on, &entry).await
        })
    });
    left.await.expect("they leave");
    assert!(site.get(&daniel, &question).await.text.contains("Close this question"));
    let done = site.post(&daniel, &format!("{question}/close"), &[("seen", "0")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

/// Records a question about orthopaedics that was asked on a day, with no time given to answer.
async fn asked_on(
    site: &Site,
    (who, to): (&PersonId, Side),
    owner: &PersonId,
    day: &str,
) -> String {
    let new = NewQuestion {
        unit: UnitCode::new("TORT"),
        run: trust().run.clone(),
        page: PAGE.to_owned(),
        figure: "page".to_owned(),
        words: WORDS.to_owned(),
        side: to,
        owner: owner.clone(),
        due_on: day.parse().expect("a day"),
    };
    let at = format!("{day}T09:00:00Z").parse().expect("a moment");
    let entry = Entry::by(who.as_str(), at);
    let asked = site
        .store
        .write(move |tx| Box::pin(async move { figure_questions::ask(tx, &new, &entry).await }));
    format!("/questions/{}", asked.await.expect("it is asked"))
}

#[tokio::test]
async fn what_nobody_answers_goes_up_and_stands_on_the_list_of_whoever_has_it() {
    gone_up(site().await).await;
}

#[tokio::test]
async fn what_nobody_answers_goes_up_on_postgres_too() {
    gone_up(site_on_postgres().await).await;
}

async fn gone_up(site: Site) {
    let (amara, daniel) = (person(&site, "amara.okafor").await, person(&site, "daniel.osei").await);
    let priya = person(&site, "priya.raman").await;
    // Today is the first of June: the eleventh of May is 21 days ago, the tenth is 22.
    let early = asked_on(&site, (&amara, Side::Clinical), &priya, "2026-05-11").await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    assert!(!site.get(&director, &early).await.text.contains("went up"), "not yet");
    let to_finance = asked_on(&site, (&amara, Side::Clinical), &priya, "2026-05-10").await;
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let said = "Nobody answered within 21\u{a0}days, so it went up to Daniel Osei on 1 June 2026.";
    let page = site.get(&director, &to_finance).await.text;
    assert!(page.contains(said) && page.contains("Overdue"), "{page}");
    let list = site.get(&partner, "/questions").await.text;
    assert!(list.contains("Gone up to you (1)") && list.contains(said), "{list}");
    let first = site.get(&partner, "/my-service").await.text;
    assert!(first.contains("1 question that nobody answered has gone up to you."), "{first}");
    assert!(site.get(&director, "/questions?list=all").await.text.contains(said));
    // Whoever has it already is passed over, each direction in its own.
    let at_partner = asked_on(&site, (&amara, Side::Clinical), &daniel, "2026-05-01").await;
    let page = site.get(&director, &at_partner).await.text;
    assert!(page.contains("it went up to Ravi Sethi"), "{page}");
    let tomos = person(&site, "tomos.hughes").await;
    let back = asked_on(&site, (&daniel, Side::Finance), &tomos, "2026-05-01").await;
    let page = site.get(&partner, &back).await.text;
    assert!(page.contains("it went up to Amara Okafor"), "{page}");
    assert!(site.get(&director, "/questions?list=gone-up").await.text.contains("you (1)"));
    // An answer brings it down again.
    let answer = [("words", "The price rose")];
    site.post(&partner, &format!("{to_finance}/answer"), &answer).await;
    let page = site.get(&director, &to_finance).await.text;
    assert!(!page.contains("went up") && !page.contains("Overdue"), "{page}");
    assert!(site.get(&partner, "/questions?list=gone-up").await.text.contains("No question of"));
}

#[tokio::test]
async fn a_review_with_frozen_figures_takes_questions_by_its_own_rights() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = person(&site, "daniel.osei").await;
    let fields = [("title", "Hip review"), ("theme", "whole"), ("due", "2026-07-23")];
    let review = site.post(&amara, "/reviews/TORT/open", &fields).await.location;
    // Nothing is frozen yet, so there is nothing to ask about.
    assert_eq!(site.get(&amara, &ask_at(&review)).await.status, 404);
    assert!(!site.get(&amara, &review).await.text.contains("Ask about these figures"));
    site.post(&amara, &format!("{review}/figures"), &[("seen", "0")]).await;
    let link = ask_at(&review).replace('&', "&#38;");
    assert!(site.get(&amara, &review).await.text.contains(&link), "it leads to the form");
    let done = sent(&site, &amara, (&review, "figures", "Why so much?"), &daniel).await;
    assert!(done.location.starts_with("/questions/"), "{}", done.text);
    let stands = format!("href=\"{review}#figures\"");
    for path in [done.location.as_str(), "/questions?list=asked"] {
        let page = site.get(&amara, path).await.text;
        assert!(page.contains(&stands), "{path}: {page}");
    }
    assert!(site.get(&amara, &review).await.text.contains("1\u{a0}question was asked"));
    // Who does not see the service exactly sees no frozen figures, and asks about the rest alone.
    let board = site.sign_in("BOARD_MEMBER").await;
    let form = site.get(&board, &ask_at(&review)).await.text;
    assert!(form.contains("Priority areas") && !form.contains("What the service cost"), "{form}");
    let hidden = sent(&site, &board, (&review, "figures", "Why so much?"), &daniel).await;
    assert!(hidden.text.contains("Choose which figure you ask about"), "{}", hidden.text);
    assert_eq!(site.get(&board, &done.location).await.status, 404, "it may hold exact figures");
    // A reference that is none, or of another service line, is not there.
    let (_, id) = review.rsplit_once('/').expect("a reference");
    let nowhere = ["0123456789abcdef0123456789abcdef", id];
    for path in [format!("/reviews/TORT/{}", nowhere[0]), format!("/services/TORT/packs/{id}")] {
        assert_eq!(site.get(&amara, &ask_at(&path)).await.status, 404, "{path}");
    }
}
