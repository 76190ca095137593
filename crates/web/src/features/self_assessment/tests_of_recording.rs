//! Steps that are recorded for the organisation, by the values of the engine's worked cases, and what
//! two days say of it: requests in, pages out.

use axum::http::StatusCode;
use engagement::framework::Step;
use engagement::{Framework, Level};
use jiff::SignedDuration;
use store::assessing::{
    self, EvidenceState, NewEvidence, NewJointWorking, NewRating, Rating, Side, Status, Support,
    Trigger,
};
use store::units::UnitKind;
use store::{Entry, PersonId, UnitCode};

use super::tests::{HIP, action, person, put, signed, text};
use super::tests_of_reading::add;
use crate::shell::session::today;
use crate::shell::testing::{Answer, Browser, Site, TRUST, grant, site, site_on_postgres};

const HERE: &str = "/assessment/recording";

/// A trust with hips and knees, and its two directors.
struct World {
    site: Site,
    helen: (PersonId, Browser),
    ravi: (PersonId, Browser),
}

/// Steps that something holds for.
fn steps(holds: impl Fn(&Step) -> bool) -> Vec<String> {
    let all = Framework::national_2013();
    all.steps().iter().filter(|it| holds(it)).map(|it| it.id.to_string()).collect()
}

/// All of the Level 3 column but PLICS: 6 of culture, 4 of process and 6 of benefits.
fn up_to_three(it: &Step) -> bool {
    it.from_level <= Level::Three && !it.neutral
}

impl World {
    async fn on(site: Site) -> Self {
        add(site.store(), site.operator(), ("KNE", "Knees", UnitKind::Specialty, TRUST)).await;
        let director = async |name: &str, profession: &str, role: &str| {
            let id = site.of_profession(name, profession).await;
            site.grant(&grant(&id, role, TRUST)).await;
            let browser = site.sign_in(&id).await;
            (id, browser)
        };
        let helen = director("Helen", "medicine", "MEDICAL_DIRECTOR").await;
        let ravi = director("Ravi", "finance", "FINANCE_DIRECTOR").await;
        Self { site, helen, ravi }
    }

    /// What both do now.
    fn entries(&self) -> (Entry, Entry) {
        let at = self.site.app().now();
        (Entry::by(self.helen.0.as_str(), at), Entry::by(self.ravi.0.as_str(), at))
    }

    /// Both say the same of steps for the trust.
    async fn rated(&self, steps: Vec<String>, rating: Rating) {
        let (helen, ravi) = self.entries();
        let done = self.site.store().write(move |tx| {
            Box::pin(async move {
                let of = assessing::current(tx, &UnitCode::new(TRUST)).await?.expect("it is open");
                for step in steps {
                    for (side, entry) in [(Side::Clinical, &helen), (Side::Finance, &ravi)] {
                        let (step, words) = (step.clone(), String::new());
                        let new = NewRating { step, side, rating, words };
                        assessing::rate(tx, &of.id, &new, entry).await?;
                    }
                }
                Ok(())
            })
        });
        done.await.expect("it is rated");
    }

    /// One piece of evidence of the trust for all steps, which both stand behind.
    async fn shown(&self) {
        let (helen, ravi) = self.entries();
        let new = NewEvidence {
            unit: UnitCode::new(TRUST),
            kind: "minutes".to_owned(),
            title: "Board of the year".to_owned(),
            place: "Shared drive".to_owned(),
            happened_on: today(helen.at),
            expires_on: None,
            owner: self.helen.0.clone(),
            steps: steps(|_| true).into_iter().collect(),
        };
        let done = self.site.store().write(move |tx| {
            Box::pin(async move {
                let piece = assessing::add(tx, &new, &helen).await?;
                assessing::review(tx, &piece, (EvidenceState::Accepted, ""), 0, &ravi).await
            })
        });
        done.await.expect("it counts");
    }

    /// How far people of a unit work together.
    async fn works(
        &self,
        unit: &'static str,
        (status, trigger): (Status, Option<&'static str>),
        supports_managers: Support,
        seen: i64,
    ) {
        let new = NewJointWorking {
            status,
            trigger: trigger
                .map(|it| Trigger { kind: it.to_owned(), words: "Agency nurses".to_owned() }),
            words: "A partner sits in the reviews".to_owned(),
            shared_every: None,
            last_shared_on: None,
            shared_with: None,
            lapse_confirmed: false,
            supports_managers,
        };
        let entry = self.entries().0;
        let done = self.site.store().write(move |tx| {
            Box::pin(async move {
                assessing::record(tx, &UnitCode::new(unit), &new, seen, &entry).await
            })
        });
        done.await.expect("it is recorded");
    }

    async fn chosen(&self, mode: &str, because: &str, seen: &str) -> Answer {
        let fields = [("mode", mode), ("because", because), ("seen", seen)];
        self.site.post(&self.helen.1, HERE, &fields).await
    }

    /// A page as a director sees it.
    async fn page(&self, path: &str) -> String {
        text(&self.site, &self.helen.1, path).await
    }

    /// Days later both sign in again.
    async fn later(&mut self, days: i64) {
        self.site.wait(SignedDuration::from_hours(24 * days));
        self.helen.1 = self.site.sign_in(&self.helen.0).await;
        self.ravi.1 = self.site.sign_in(&self.ravi.0).await;
    }
}

#[track_caller]
fn holds(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn steps_of_the_organisation_reach_every_page_and_the_return() {
    of_the_organisation(site().await).await;
}

#[tokio::test]
async fn steps_of_the_organisation_reach_every_page_and_the_return_on_postgres_too() {
    of_the_organisation(site_on_postgres().await).await;
}

async fn of_the_organisation(site: Site) {
    let mut world = World::on(site).await;
    begun(&world).await;
    by_the_vectors(&world).await;
    pages(&world).await;
    signed_and_returned(&world).await;
    // V4: all steps, one of two the norm: spread alone holds it. V1: both are.
    world.rated(steps(|_| true), Rating::Consistently).await;
    let page = world.page("/assessment").await;
    holds(&page, &["Proposed for the trust: Level 3", "What holds it there: spread."]);
    assert!(!page.contains("What holds it there: steps."), "{page}");
    world.works("KNE", (Status::Norm, None), Support::Yes, 0).await;
    holds(&world.page("/assessment").await, &["Proposed for the trust: Level 4"]);
    world.later(2).await;
    by_unit_again(&world).await;
}

/// All 23 steps are rated for the trust, and none in a specialty.
async fn begun(world: &World) {
    holds(&world.page(HERE).await, &["Steps are recorded by specialty", "until somebody chooses"]);
    let silent = world.chosen("organisation", " ", "0").await.text;
    holds(&silent, &["Say why it is chosen", "value=\"organisation\" checked"]);
    let done = world.chosen("organisation", "Our specialties share their leads", "0").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, HERE), "{}", done.text);
    let late = world.chosen("by_unit", "No", "0").await;
    assert_eq!(late.status, StatusCode::CONFLICT, "somebody was faster");
    let so = world.chosen("organisation", "So it is", "1").await.text;
    holds(&so, &["Steps are recorded so already", ">So it is<"]);
    holds(&world.page(HERE).await, &["11 June 2026, 10:00, Helen", "Our specialties share"]);
    for unit in [TRUST, "HIP"] {
        let begin = format!("/assessment/{unit}/begin");
        let done = world.site.post(&world.helen.1, &begin, &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    // 23 steps of nine seconds.
    let first = world.page("/assessment/TRUST/steps/C1").await;
    holds(&first, &["Step 1 of 23, about 4 minutes left", "not of one good or bad day"]);
    let hips = world.page(HIP).await;
    holds(&hips, &["Steps are recorded for the organisation", "how far its own people work"]);
    assert!(!hips.contains("Rate the steps"), "{hips}");
    let answer = [("rating", "partly"), ("words", ""), ("then", "on")];
    let elsewhere = world.site.post(&world.helen.1, &format!("{HIP}/steps/C2"), &answer).await;
    assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    holds(&elsewhere.text, &["Nothing was saved here: rate this step there."]);
}

async fn by_the_vectors(world: &World) {
    // V18: C1 and P1 only, two of the three of Level 1; on the board only.
    world.rated(steps(|_| true), Rating::NotYet).await;
    world.shown().await;
    world.rated(vec!["C1".to_owned(), "P1".to_owned()], Rating::Consistently).await;
    holds(&world.page("/assessment").await, &["Proposed for the trust: Level 1"]);
    // V16: all of the Level 3 column but PLICS, one of two specialties the norm. V5: no plan.
    world.rated(steps(up_to_three), Rating::Consistently).await;
    world.works("HIP", (Status::Norm, None), Support::Yes, 0).await;
    let page = world.page("/assessment").await;
    holds(
        &page,
        &[
            "Proposed for the trust: Level 3",
            "What holds it there: steps.",
            "What holds it there: spread. Joint working is the norm in 1 of 2 units",
            "no plan to roll out joint working covers any of the other units",
            // Of 23 without PLICS, 16 are in the columns to Level 3. Its joint working is the norm.
            ">Steps of the trust: 16 of 22 count<",
        ],
    );
}

async fn pages(world: &World) {
    let matrix = world.page("/assessment/TRUST/matrix").await;
    holds(&matrix, &[">3 of 3<", ">10 of 10<", ">16 of 16<", ">16 of 22<"]);
    assert!(!matrix.contains("Counts in"), "no step is of a specialty: {matrix}");
    let hips = world.page(&format!("{HIP}/matrix")).await;
    holds(&hips, &["Rated for the trust", ">16 of 22<"]);
    let level = world.page(&format!("{HIP}/level")).await;
    holds(&level, &["Proposed: Level 3", "The steps of the trust. For Level 4:"]);
    // Of 6 that Level 4 introduces 4 are needed, and none counts: as many as are told one by one.
    holds(&level, &["To reach Level 4 all of these are needed in the trust: C7"]);
    let report = world.page("/assessment/TRUST/report").await;
    holds(&report, &["Steps are recorded for the organisation", "Level 3 is shown"]);
    let report = world.page(&format!("{HIP}/report")).await;
    holds(&report, &["see the report of the trust", "Level 3 is shown"]);
    let levels = world.page("/assessment/levels").await;
    holds(&levels, &["Steps are recorded for the organisation"]);
    let outside = world.page(&format!("{HIP}/moderated")).await;
    holds(&outside, &["ratings from outside stand beside those of the trust"]);
}

async fn signed_and_returned(world: &World) {
    let address = "/assessment/TRUST/level";
    let (helen, ravi) = (&world.helen.1, &world.ravi.1);
    let done = world.site.post(helen, address, &put("3", "")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let refused = world.chosen("by_unit", "Each has leads now", "1").await.text;
    holds(&refused, &["A level waits for signatures", ">Each has leads now<", "Unit TRUST"]);
    let sign = action(&world.page(address).await, "/level/");
    for who in [helen, ravi] {
        let signed = [("says", "signed"), ("changes", "")];
        let done = world.site.post(who, &sign, &signed).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let here = "/assessment/return";
    let page = world.site.get(helen, here).await.text;
    let level = page.split("name=\"level\" type=\"radio\" value=\"").nth(1).expect("a level");
    let level = level.split('"').next().unwrap_or_default();
    let fields = [
        ("level", level),
        ("organisation", "X-001"),
        ("year", "2026"),
        ("collector", "National collection"),
        ("seen", "0"),
        ("then", "send"),
    ];
    assert_eq!(world.site.post(helen, here, &fields).await.location(), here);
    let page = world.site.get(helen, here).await.text;
    let mut links = page.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
    let file = links.find(|it| it.ends_with("/file")).expect("it was sent");
    let file = world.site.get(helen, file).await.text;
    holds(&file, &["X-001,2026,3,B1 B2 B3 B4 B5 B6 C1 C2 C3 C4 C5 C6 P1 P2 P3 P4,"]);
}

/// Two days later steps are by unit again. Of hips none is rated, so that they have the three of the
/// board and Level 1; what is signed stays.
async fn by_unit_again(world: &World) {
    let done = world.chosen("by_unit", "Each has leads now", "1").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let list = world.page("/assessment").await;
    holds(&list, &["Proposed for the trust: Level 1", "Level 3 is signed by both leads"]);
    let level = world.page("/assessment/TRUST/level").await;
    holds(&level, &["Signed by both", "When it was put forward: steps are recorded for the org"]);
    holds(&world.page("/assessment/TRUST/matrix").await, &["Counts in 0 of 2"]);
    let then = world.page("/assessment/TRUST/matrix?on=2026-06-11").await;
    holds(&then, &["Steps are recorded for the organisation", ">22 of 22<"]);
    let both = world.page("/assessment/TRUST/compare?from=2026-06-11").await;
    holds(
        &both,
        &[
            "Proposed on 11 June 2026: Level 4. Proposed on 13 June 2026: Level 1.",
            "that says nothing of practice or evidence",
            "On the first day: steps are recorded for the organisation",
            ">None does.<",
        ],
    );
    let history = world.page(HERE).await;
    let places = [history.find("Each has leads now"), history.find("Our specialties share")];
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "the latest first");
}

#[tokio::test]
async fn what_a_specialty_rated_is_kept_and_counts_again_once_it_is_recorded_there_again() {
    let (site, amara, _) = signed().await;
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    holds(&text(&site, &amara, HIP).await, &["Proposed: Level 4"]);
    let whole = [("mode", "organisation"), ("because", "We are small"), ("seen", "0")];
    assert_eq!(site.post(&amara, HERE, &whole).await.status, StatusCode::NOT_FOUND);
    let page = text(&site, &amara, HERE).await;
    assert!(!page.contains("Choose it"), "she does not sign for the trust: {page}");
    assert_eq!(site.post(&helen, HERE, &whole).await.location(), HERE);
    // Nobody has rated anything for the trust.
    let page = text(&site, &amara, HIP).await;
    holds(&page, &["Level 1 not yet shown", "Level 3: signed by both"]);
    holds(&text(&site, &amara, &format!("{HIP}/level")).await, &["Signed by both", "Level 3"]);
    let back = [("mode", "by_unit"), ("because", "Each has leads"), ("seen", "1")];
    assert_eq!(site.post(&helen, HERE, &back).await.location(), HERE);
    holds(&text(&site, &amara, HIP).await, &["Proposed: Level 4"]);
}

#[tokio::test]
async fn two_days_tell_what_called_for_joint_work_and_whether_managers_were_supported() {
    let mut world = World::on(site().await).await;
    world.works("HIP", (Status::AdHoc, Some("saving")), Support::Yes, 0).await;
    world.later(2).await;
    let address = format!("{HIP}/compare?from=2026-06-11");
    let same = world.page(&address).await;
    assert!(!same.contains("Managers supported"), "nothing differs: {same}");
    world.works("HIP", (Status::AdHoc, Some("business_case")), Support::No, 1).await;
    let row = |what: &str, before: &str, after: &str| {
        let cell = "<td class=\"nhsuk-table__cell\">";
        format!("{what}</th>{cell}{before}</td>{cell}{after}</td>")
    };
    let (saving, case) = ("A plan to save money: Agency nurses", "A business case: Agency nurses");
    let page = world.page(&address).await;
    holds(&page, &[row("What called for it", saving, case).as_str()]);
    holds(&page, &[row("Managers supported", "Yes", "No").as_str()]);
    assert!(!page.contains(">Joint working<"), "that is as it was: {page}");
    // The trust tells it of the specialty by name.
    let page = world.page("/assessment/TRUST/compare?from=2026-06-11").await;
    let of = "<br><span class=\"concord-code\">Unit HIP</span>";
    holds(&page, &[row(&format!("Managers supported{of}"), "Yes", "No").as_str()]);
}
