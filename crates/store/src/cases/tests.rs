//! Cases on both databases: written, evidenced, decided by another, and then as they are.

use engagement::actions::{Action, Effort, Owner, Priority, Profession};
use engagement::cases::{Case, CaseOption, CaseRole, Cost, Document, Member, QualityImpact, Team};
use engagement::ceilings::Ceiling;
use engagement::pence::Pence;

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::ids::ActionId;
use crate::joint_actions::{self, NewAction};
use crate::people;
use crate::testing::{add_person, add_unit, by, change, day, error, on_both};

fn option(name: &str, pounds: i64) -> CaseOption {
    let recurrent = Pence::new(pounds * 100);
    CaseOption {
        name: name.to_owned(),
        cost: Some(Cost { one_off: Pence::ZERO, recurrent }),
        outcome: "Patients go home".to_owned(),
        experience: "Calmer".to_owned(),
        safety: "As before".to_owned(),
    }
}

/// A case with everything but evidence.
fn case(team: [&PersonId; 3]) -> Case {
    let case = Case::new("A lounge", "Beds wait").with_option_at(0, option("", 120_000));
    let case = case.expect("it is there").with_option(option("A lounge", 90_000));
    let [clinician, manager, finance] = team;
    Case {
        efficiency: "More patients in the same beds".to_owned(),
        proposed: Some(1),
        team: Team::of(vec![
            Member::new(CaseRole::Clinician, clinician.as_str(), Profession::Clinical),
            Member::new(CaseRole::Manager, manager.as_str(), Profession::Manager),
            Member::new(CaseRole::Finance, finance.as_str(), Profession::Finance),
        ]),
        quality: QualityImpact {
            words: "Watched".to_owned(),
            assessed_by: clinician.as_str().to_owned(),
            ..QualityImpact::default()
        },
        ..case.expect("there is room")
    }
}

fn figure() -> Step {
    Step::Attached(Figure {
        run: "0a1b".to_owned(),
        period: "2025/26 to the end of March".to_owned(),
        key: "patients".to_owned(),
        name: "Patients".to_owned(),
        value: 824,
        is_count: true,
    })
}

async fn taken_by(
    store: &Store,
    id: &CaseId,
    who: &PersonId,
    (step, seen): (Step, i64),
) -> Result<()> {
    let (id, entry) = (id.clone(), by(who));
    change!(store, |tx| super::step(tx, &id, &step, seen, &entry))
}

async fn begun(store: &Store, new: Case, who: &PersonId) -> CaseId {
    let entry = by(who);
    let unit = UnitCode::new("HIP");
    let body = Body::Case(new);
    change!(store, |tx| open(tx, &unit, &body, &entry)).expect("it is whole")
}

async fn staff(store: &Store) -> [PersonId; 4] {
    add_unit(store, "HIP", None).await.expect("a unit");
    [
        add_person(store, "Amara").await,
        add_person(store, "Grace").await,
        add_person(store, "Daniel").await,
        add_person(store, "Ravi").await,
    ]
}

fn because(text: &str) -> String {
    text.to_owned()
}

#[test]
fn a_case_is_approved_by_another_with_evidence_and_changes_no_more() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let whole = case([&amara, &grace, &daniel]);
        let id = begun(&store, whole.clone(), &daniel).await;
        let bare = taken_by(&store, &id, &daniel, (Step::Submitted, 1)).await;
        assert!(error(bare).contains("attach a figure of the costing"));
        taken_by(&store, &id, &daniel, (figure(), 1)).await.expect("a draft");
        let late = taken_by(&store, &id, &daniel, (Step::Submitted, 1)).await;
        assert!(error(late).contains("changed by somebody else"));
        taken_by(&store, &id, &daniel, (Step::Submitted, 2)).await.expect("it has evidence");
        let approve = || Step::Approved { because: because("It holds up") };
        for author in [&daniel, &amara] {
            let own = taken_by(&store, &id, author, (approve(), 3)).await;
            assert!(error(own).contains("cannot decide on it"));
        }
        taken_by(&store, &id, &ravi, (approve(), 3)).await.expect("a second person");
        let (asked, entry, body) = (id.clone(), by(&daniel), Body::Case(whole));
        let written = change!(store, |tx| write(tx, &asked, &body, 4, &entry));
        assert!(error(written).contains("was approved, so it cannot be changed"));
        let more = taken_by(&store, &id, &daniel, (figure(), 4)).await;
        assert!(error(more).contains("cannot be changed"));
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        assert_eq!((found.state(), found.figures().len()), (CaseState::Approved, 1));
        let rows = audit::list(&mut db, &Asked::default(), 50).await.expect("a read");
        let kept = format!("{rows:?}");
        assert!(kept.contains("case.approve") && kept.contains("case.attach"));
        assert!(!kept.contains("holds up") && !kept.contains("lounge"), "no words: {kept}");
        drop(db);
        let gone = Step::Withdrawn { because: because("No money") };
        taken_by(&store, &id, &daniel, (gone, 4)).await.expect("with a reason");
    });
}

#[test]
fn a_case_without_its_team_or_evidence_is_listed_and_not_approved() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let mut new = case([&amara, &grace, &daniel]);
        new.team = Team::default();
        let id = begun(&store, new, &daniel).await;
        let exempt = |text: &str| Step::Exempted { because: because(text) };
        let blank = taken_by(&store, &id, &daniel, (exempt(" "), 1)).await;
        assert_eq!(error(blank), "the reason is missing");
        taken_by(&store, &id, &daniel, (exempt("A new service"), 1)).await.expect("a reason");
        taken_by(&store, &id, &daniel, (Step::Submitted, 2)).await.expect("it is exempt");
        let yes = Step::Approved { because: because("Yes") };
        let refused = taken_by(&store, &id, &ravi, (yes, 3)).await;
        assert!(error(refused).contains("name the clinician of the team"));
        taken_by(&store, &id, &daniel, (Step::TakenBack, 3)).await.expect("it waits");
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        assert_eq!(found.state(), CaseState::Draft);
        assert_eq!(found.exemption().map(|it| it.0), Some("A new service"));
        assert_eq!(list(&mut db, Kind::Case).await.expect("a read").len(), 1);
        assert!(list(&mut db, Kind::Journey).await.expect("a read").is_empty());
    });
}

#[test]
fn an_action_of_the_unit_comes_of_an_approved_case_once() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let id = begun(&store, case([&amara, &grace, &daniel]), &daniel).await;
        let early = Step::Action { action: "none".to_owned() };
        assert!(
            error(taken_by(&store, &id, &daniel, (early.clone(), 1)).await)
                .contains("still being written")
        );
        taken_by(&store, &id, &daniel, (figure(), 1)).await.expect("a draft");
        let detached = Step::Detached { number: 2 };
        assert!(error(taken_by(&store, &id, &daniel, (detached, 2)).await).contains("figure 2"));
        taken_by(&store, &id, &daniel, (Step::Submitted, 2)).await.expect("it has evidence");
        let yes = Step::Approved { because: because("Yes") };
        taken_by(&store, &id, &ravi, (yes, 3)).await.expect("a second person");
        let nobody = taken_by(&store, &id, &daniel, (early, 4)).await;
        assert_eq!(error(nobody), "there is no action none");
        add_unit(&store, "KNEE", Some("HIP")).await.expect("a unit");
        let elsewhere = agreed(&store, "KNEE", (&amara, &daniel)).await;
        let of_other = taken_by(&store, &id, &daniel, (action(&elsewhere), 4)).await;
        assert_eq!(error(of_other), "an action of another unit cannot come of this case");
        let own = agreed(&store, "HIP", (&amara, &daniel)).await;
        taken_by(&store, &id, &daniel, (action(&own), 4)).await.expect("it is of the unit");
        let again = taken_by(&store, &id, &daniel, (action(&own), 5)).await;
        assert!(error(again).contains("this action at this case"));
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        assert_eq!(found.actions(), [own.as_str()]);
    });
}

fn action(of: &ActionId) -> Step {
    Step::Action { action: of.to_string() }
}

/// An action of both in the list of actions of a unit.
async fn agreed(store: &Store, unit: &str, (amara, daniel): (&PersonId, &PersonId)) -> ActionId {
    let owner = |person: &PersonId, profession| Owner { person: person.to_string(), profession };
    let new = NewAction {
        unit: UnitCode::new(unit),
        origin: String::new(),
        of: Action {
            what: "Open the lounge".to_owned(),
            owners: vec![owner(amara, Profession::Clinical), owner(daniel, Profession::Finance)],
            joint: true,
            size: None,
            effort: Effort::Medium,
            priority: Priority::High,
            measure: "Beds free by noon".to_owned(),
            quality: "Patients may feel hurried".to_owned(),
            starts_on: "2025-03-12".parse().expect("a day"),
            due_on: "2025-05-31".parse().expect("a day"),
        },
    };
    let entry = by(amara);
    change!(store, |tx| joint_actions::agree(tx, &new, &entry)).expect("agreed")
}

#[test]
fn a_case_with_an_unanswered_concern_or_an_unsigned_impact_is_not_approved() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let helen = add_person(&store, "Helen").await;
        let mut new = case([&amara, &grace, &daniel]);
        new.quality = QualityImpact {
            safety: "Fewer falls".to_owned(),
            effectiveness: "As before".to_owned(),
            experience: "Calmer".to_owned(),
            assessed_by: helen.to_string(),
            ..QualityImpact::default()
        };
        let id = begun(&store, new.clone(), &daniel).await;
        taken_by(&store, &id, &daniel, (figure(), 1)).await.expect("a draft");
        let other = taken_by(&store, &id, &amara, (Step::Signed { version: 1 }, 2)).await;
        assert!(error(other).starts_with("only whoever assessed"));
        taken_by(&store, &id, &helen, (Step::Signed { version: 1 }, 2)).await.expect("she did");
        // Another text of the assessment is not what Helen signed.
        let mut now = new.clone();
        now.quality.safety = "No change".to_owned();
        rewritten(&store, (&id, &daniel), (now, 3)).await.expect("a draft");
        taken_by(&store, &id, &daniel, (Step::Submitted, 4)).await.expect("it is whole");
        let yes = || Step::Approved { because: because("It holds up") };
        let unsigned = taken_by(&store, &id, &ravi, (yes(), 5)).await;
        assert!(error(unsigned).contains("has not signed it as it stands"));
        let old = taken_by(&store, &id, &helen, (Step::Signed { version: 1 }, 5)).await;
        assert!(error(old).contains("version 1 of this case"));
        taken_by(&store, &id, &helen, (Step::Signed { version: 2 }, 5)).await.expect("as it is");
        let fear = |words: &str| Step::Concern { words: words.to_owned() };
        let blank = taken_by(&store, &id, &ravi, (fear(" "), 6)).await;
        assert_eq!(error(blank), "what you fear is missing");
        taken_by(&store, &id, &ravi, (fear("Nobody is there at night"), 6)).await.expect("raised");
        let open = taken_by(&store, &id, &ravi, (yes(), 7)).await;
        assert!(error(open).ends_with("without an answer: “Nobody is there at night”"));
        let answer = |number| Step::Answer { number, words: "A bank nurse is".to_owned() };
        let none = taken_by(&store, &id, &daniel, (answer(1), 7)).await;
        assert!(error(none).contains("concern 1 of this case"));
        // Steps so far: a figure, a signature, submitted, a signature, the concern.
        taken_by(&store, &id, &grace, (answer(5), 7)).await.expect("it is answered");
        taken_by(&store, &id, &ravi, (yes(), 8)).await.expect("whoever raised it may decide");
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        let signed: Vec<bool> = found.signatures().iter().map(|it| it.1).collect();
        assert_eq!((found.state(), signed), (CaseState::Approved, vec![false, true]));
        let rows = audit::list(&mut db, &Asked::default(), 50).await.expect("a read");
        let kept = format!("{rows:?}");
        assert!(kept.contains("case.concern") && kept.contains("case.sign_quality"));
        assert!(!kept.contains("night") && !kept.contains("bank nurse"), "no words: {kept}");
    });
}

#[test]
fn whoever_answered_a_concern_does_not_approve() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let id = begun(&store, case([&amara, &grace, &daniel]), &daniel).await;
        taken_by(&store, &id, &daniel, (figure(), 1)).await.expect("a draft");
        let fear = Step::Concern { words: "Nights".to_owned() };
        taken_by(&store, &id, &amara, (fear, 2)).await.expect("raised");
        let answer = Step::Answer { number: 2, words: "A nurse".to_owned() };
        taken_by(&store, &id, &ravi, (answer, 3)).await.expect("answered");
        taken_by(&store, &id, &daniel, (Step::Submitted, 4)).await.expect("it is whole");
        let yes = Step::Approved { because: because("Yes") };
        let own = taken_by(&store, &id, &ravi, (yes, 5)).await;
        assert!(error(own).contains("cannot decide on it"));
        let gone = Step::Withdrawn { because: because("No money") };
        taken_by(&store, &id, &daniel, (gone, 5)).await.expect("with a reason");
        let late = Step::Concern { words: "Days".to_owned() };
        let late = taken_by(&store, &id, &amara, (late, 6)).await;
        assert!(error(late).contains("was withdrawn, so it cannot be spoken about further"));
    });
}

async fn rewritten(
    store: &Store,
    (id, who): (&CaseId, &PersonId),
    (new, seen): (Case, i64),
) -> Result<()> {
    let (id, entry, body) = (id.clone(), by(who), Body::Case(new));
    change!(store, |tx| write(tx, &id, &body, seen, &entry))
}

#[test]
fn whoever_was_ever_named_or_assessed_quality_does_not_approve() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let [helen, moira] = [add_person(&store, "Helen").await, add_person(&store, "Moira").await];
        let id = begun(&store, case([&ravi, &grace, &daniel]), &daniel).await;
        let mut other = case([&amara, &grace, &daniel]);
        other.quality.assessed_by = helen.to_string();
        rewritten(&store, (&id, &daniel), (other, 1)).await.expect("a draft");
        taken_by(&store, &id, &daniel, (figure(), 2)).await.expect("a draft");
        taken_by(&store, &id, &daniel, (Step::Submitted, 3)).await.expect("it has evidence");
        let yes = || Step::Approved { because: because("Yes") };
        for (who, why) in [(&ravi, "was of the team"), (&helen, "assessed quality")] {
            let own = taken_by(&store, &id, who, (yes(), 4)).await;
            assert!(error(own).contains("cannot decide on it"), "{why}");
        }
        taken_by(&store, &id, &moira, (yes(), 4)).await.expect("neither");
        let mut own = case([&amara, &grace, &daniel]);
        own.quality.assessed_by = daniel.to_string();
        let id = begun(&store, own, &daniel).await;
        taken_by(&store, &id, &daniel, (figure(), 1)).await.expect("a draft");
        taken_by(&store, &id, &daniel, (Step::Submitted, 2)).await.expect("it has evidence");
        let by_author = taken_by(&store, &id, &moira, (yes(), 3)).await;
        assert!(error(by_author).contains("let somebody assess it who wrote nothing of it"));
    });
}

#[test]
fn a_leaver_stays_named_until_approval_and_is_not_named_anew() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let helen = add_person(&store, "Helen").await;
        let id = begun(&store, case([&amara, &grace, &daniel]), &daniel).await;
        for who in [grace.clone(), helen.clone()] {
            let entry = by(&daniel);
            change!(store, |tx| people::leave(tx, &who, day("2025-05-01"), &entry)).expect("left");
        }
        let mut words = case([&amara, &grace, &daniel]);
        words.problem = "Beds wait for transport".to_owned();
        rewritten(&store, (&id, &daniel), (words, 1)).await.expect("who was named stays");
        let new = case([&amara, &helen, &daniel]);
        let refused = rewritten(&store, (&id, &daniel), (new, 2)).await;
        assert_eq!(error(refused), "this person has left");
        taken_by(&store, &id, &daniel, (figure(), 2)).await.expect("a draft");
        taken_by(&store, &id, &daniel, (Step::Submitted, 3)).await.expect("it has evidence");
        let yes = || Step::Approved { because: because("Yes") };
        let gone = taken_by(&store, &id, &ravi, (yes(), 4)).await;
        assert!(error(gone).contains("has left: take the case back"));
        taken_by(&store, &id, &daniel, (Step::TakenBack, 4)).await.expect("it waits");
        let moira = add_person(&store, "Moira").await;
        let here = case([&amara, &moira, &daniel]);
        rewritten(&store, (&id, &daniel), (here, 5)).await.expect("she is here");
        taken_by(&store, &id, &daniel, (Step::Submitted, 6)).await.expect("it has evidence");
        taken_by(&store, &id, &ravi, (yes(), 7)).await.expect("all are here");
    });
}

#[test]
fn a_result_that_was_kept_without_its_months_is_read() {
    let text = r#"{"run":"0a1b","period":"2025/26 to the end of June","result":0}"#;
    let kept: engagement::journeys::LineResult = serde_json::from_str(text).expect("it reads");
    assert_eq!(kept.last_period, 0);
}

#[test]
fn what_is_not_whole_or_too_long_is_not_stored() {
    on_both(|store| async move {
        let [amara, _, daniel, _] = staff(&store).await;
        let unit = UnitCode::new("HIP");
        let ceiling = |why: String, surgeon: &str| Ceiling {
            products: "Stems".to_owned(),
            set_on: "2026-03-01".to_owned(),
            surgeons: vec![surgeon.to_owned()],
            finance: daniel.as_str().to_owned(),
            why,
            ..Ceiling::default()
        };
        let long = Body::Ceiling(ceiling("x".repeat(LETTERS_MAX + 1), amara.as_str()));
        let (asked, entry) = (unit.clone(), by(&amara));
        let done = change!(store, |tx| open(tx, &asked, &long, &entry));
        assert!(error(done).starts_with("a text is too long"));
        let lost = Body::Ceiling(ceiling(String::new(), "nobody"));
        let (asked, entry) = (unit.clone(), by(&amara));
        let done = change!(store, |tx| open(tx, &asked, &lost, &entry));
        assert_eq!(error(done), "there is no person nobody");
        let bare = Body::Case(Case::default());
        let entry = by(&amara);
        let done = change!(store, |tx| open(tx, &unit, &bare, &entry));
        assert!(error(done).starts_with("what is written is not whole"));
    });
}

#[test]
fn documents_stand_beside_figures_with_history_and_open_no_gate() {
    on_both(|store| async move {
        let [amara, grace, daniel, ravi] = staff(&store).await;
        let id = begun(&store, case([&amara, &grace, &daniel]), &daniel).await;
        let named = |title: &str| {
            Step::Documented(Document {
                title: title.to_owned(),
                kind: "audit".to_owned(),
                dated: "2026-03-31".to_owned(),
                place: "https://audit.example/4".to_owned(),
            })
        };
        let blank = taken_by(&store, &id, &grace, (named(" "), 1)).await;
        assert_eq!(error(blank), "say what the document is called");
        taken_by(&store, &id, &grace, (named("Audit of discharges"), 1)).await.expect("a draft");
        taken_by(&store, &id, &grace, (named("Audit of readmissions"), 2)).await.expect("a draft");
        let bare = taken_by(&store, &id, &daniel, (Step::Submitted, 3)).await;
        assert!(error(bare).contains("attach a figure of the costing"), "documents are no figure");
        let out = |number| Step::Undocumented { number };
        let none = taken_by(&store, &id, &daniel, (out(3), 3)).await;
        assert_eq!(error(none), "there is no document 3 of this case");
        taken_by(&store, &id, &daniel, (out(1), 3)).await.expect("it is there");
        taken_by(&store, &id, &daniel, (figure(), 4)).await.expect("a draft");
        taken_by(&store, &id, &daniel, (Step::Submitted, 5)).await.expect("it has a figure");
        let late = taken_by(&store, &id, &daniel, (named("Another"), 6)).await;
        assert!(error(late).contains("waits for a decision, so it cannot be changed"));
        // Whoever names a document is an author.
        let yes = || Step::Approved { because: because("It holds up") };
        let own = taken_by(&store, &id, &grace, (yes(), 6)).await;
        assert!(error(own).contains("cannot decide on it"));
        taken_by(&store, &id, &ravi, (yes(), 6)).await.expect("a second person");
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        let titles: Vec<&str> = found.documents().iter().map(|it| it.1.title.as_str()).collect();
        assert_eq!((titles, found.steps.len()), (vec!["Audit of readmissions"], 6));
        let rows = audit::list(&mut db, &Asked::default(), 50).await.expect("a read");
        assert!(!format!("{rows:?}").contains("Audit of"), "no words in the audit");
    });
}
