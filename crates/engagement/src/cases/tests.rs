//! Cases as their rules see them: what is missing, what differs, and who may decide.

use super::*;
use crate::actions::Profession;
use crate::pence::Pence;

const NONE: Evidence = Evidence { figures: 0, is_exempt: false };
const ONE: Evidence = Evidence { figures: 1, is_exempt: false };

fn cost(one_off: &str, recurrent: &str) -> Cost {
    let pence = |text: &str| text.parse::<Pence>().expect("an amount");
    Cost { one_off: pence(one_off), recurrent: pence(recurrent) }
}

fn option(name: &str, (one_off, recurrent): (&str, &str)) -> CaseOption {
    CaseOption {
        name: name.to_owned(),
        cost: Some(cost(one_off, recurrent)),
        outcome: "Fewer infections".to_owned(),
        experience: "Home a day sooner".to_owned(),
        safety: "No change".to_owned(),
    }
}

fn whole() -> Case {
    let mut case = Case::new("Discharge lounge", "Beds wait for transport");
    case = case.with_option_at(0, option("ignored", ("0", "120000.10"))).expect("it is there");
    case = case.with_option(option("A lounge", ("15000", "98000.05"))).expect("there is room");
    case.efficiency = "More patients with the same beds".to_owned();
    case.proposed = Some(1);
    case.team = Team::of(vec![
        Member::new(CaseRole::Clinician, "amara", Profession::Clinical),
        Member::new(CaseRole::Manager, "grace", Profession::Manager),
        Member::new(CaseRole::Finance, "daniel", Profession::Finance),
    ]);
    case.quality = QualityImpact {
        words: "Watched".to_owned(),
        assessed_by: "helen".to_owned(),
        ..QualityImpact::default()
    };
    case
}

fn told(lacks: &[Lack]) -> Vec<&str> {
    lacks.iter().map(|it| it.what.as_str()).collect()
}

#[test]
fn a_new_case_has_doing_nothing_and_lists_all_that_it_lacks() {
    let case = Case::new("", "");
    assert!(case.is_sound());
    assert_eq!(
        told(&case.all_lacks(NONE)),
        [
            "Give the case a title",
            "Say what is wrong as it is",
            "Say what would be done with less, or more with the same",
            "Do nothing: say what it costs, once and every year",
            "Do nothing: say what becomes of patients",
            "Do nothing: say how patients and staff would see it",
            "Do nothing: say what it does to safety",
            "Add an option beside doing nothing",
            "Choose the option that is proposed",
            "Attach a figure of the costing, or record why there is none",
            "Name the clinician of the team",
            "Name the business manager of the team",
            "Name who is of finance in the team",
            "Assess what it does to quality",
            "Name who assessed what it does to quality",
        ]
    );
}

#[test]
fn doing_nothing_stays_and_keeps_its_name() {
    let case = whole();
    assert_eq!(case.options[0].name, "Do nothing");
    assert_eq!(case.clone().without_option(0), Err(CaseFault::NothingStays));
    assert_eq!(case.clone().without_option(2), Err(CaseFault::NoSuchOption));
    let more = case.with_option(option("Another", ("1", "2"))).expect("there is room");
    let less = more.without_option(1).expect("it is there");
    assert_eq!((less.options.len(), less.proposed), (2, None), "what was proposed is gone");
    let mut many = whole();
    for _ in 0..OPTIONS_MAX - 1 {
        many = many.with_option(option("More", ("0", "0"))).expect("there is room");
    }
    assert_eq!(many.with_option(option("Ninth", ("0", "0"))), Err(CaseFault::TooManyOptions));
    let mut without = whole();
    without.options.remove(0);
    assert!(!without.is_sound());
}

#[test]
fn the_difference_to_doing_nothing_is_exact() {
    let case = whole();
    let compared = case.compared();
    // £98,000.05 less £120,000.10 is £22,000.05 less a year, and £15,000 more once.
    let difference = compared[1].difference.expect("both are written");
    assert_eq!(difference.recurrent, Pence::new(-2_200_005));
    assert_eq!(difference.one_off, Pence::new(1_500_000));
    assert_eq!(compared[0].difference.map(|it| it.recurrent), Some(Pence::ZERO));
    let mut unwritten = whole();
    unwritten.options[0].cost = None;
    assert_eq!(unwritten.compared()[1].difference, None);
}

#[test]
fn evidence_or_an_exemption_comes_before_submitting() {
    let case = whole();
    let refused = case.submit_fault(CaseState::Draft, NONE).expect("no evidence").to_string();
    assert_eq!(
        refused,
        "the case is not complete: attach a figure of the costing, or record why there is none"
    );
    assert_eq!(case.submit_fault(CaseState::Draft, ONE), None);
    assert_eq!(case.submit_fault(CaseState::Draft, Evidence { figures: 0, is_exempt: true }), None);
    let again = case.submit_fault(CaseState::Approved, ONE).expect("it was decided").to_string();
    assert_eq!(again, "this case was approved, so it cannot be submitted");
}

#[test]
fn a_second_person_decides_once_roles_and_quality_are_there() {
    let case = whole();
    let at = (CaseState::Submitted, ONE);
    let decided = |case: &Case, who: &str| {
        case.decide_fault(at, (true, "It holds up"), (who, &["daniel", "ravi"], &["owen"]))
    };
    assert_eq!(decided(&case, "ravi"), Some(CaseFault::NotASecondPerson), "wrote of it");
    assert_eq!(decided(&case, "amara"), Some(CaseFault::NotASecondPerson), "is of the team");
    assert_eq!(decided(&case, "helen"), Some(CaseFault::NotASecondPerson), "assessed quality");
    assert_eq!(decided(&case, "owen"), Some(CaseFault::NotASecondPerson), "was of the team");
    assert_eq!(decided(&case, "moira"), None);
    assert_eq!(case.decide_fault(at, (true, " "), ("moira", &[], &[])), Some(CaseFault::NoReason));
    let mut bare = whole();
    bare.team = Team::default();
    bare.quality = QualityImpact::default();
    let refused = decided(&bare, "moira").expect("nobody is named").to_string();
    assert!(refused.contains("name the clinician of the team"), "{refused}");
    assert!(refused.contains("assess what it does to quality"), "{refused}");
    let no = bare.decide_fault(at, (false, "Too dear"), ("moira", &[], &[]));
    assert_eq!(no, None, "a refusal needs no team");
    let draft = case.decide_fault((CaseState::Draft, ONE), (true, "Yes"), ("moira", &[], &[]));
    assert_eq!(
        draft.expect("it is a draft").to_string(),
        "this case is still being written, so it cannot be approved"
    );
}

#[test]
fn an_impact_in_parts_is_whole_and_signed_and_every_concern_is_answered() {
    let mut case = whole();
    assert_eq!(case.approval_fault(false, &[]), None, "as it was written before there were parts");
    case.quality.safety = "Fewer falls".to_owned();
    assert_eq!(
        told(&case.all_lacks(ONE)),
        [
            "Impact on quality: say what it does to how well care works",
            "Impact on quality: say what it does to how patients see it",
        ]
    );
    let half = case.sign_fault(CaseState::Draft, "helen").expect("half of it").to_string();
    assert!(half.contains("say what it does to how well care works"), "{half}");
    case.quality.effectiveness = "As before".to_owned();
    case.quality.experience = "Calmer".to_owned();
    assert!(case.all_lacks(ONE).is_empty());
    assert_eq!(case.sign_fault(CaseState::Draft, "moira"), Some(CaseFault::NotTheAssessor));
    assert_eq!(case.sign_fault(CaseState::Submitted, "helen"), None);
    assert!(case.sign_fault(CaseState::Approved, "helen").is_some(), "it is decided");
    assert_eq!(case.approval_fault(false, &[]), Some(CaseFault::Unsigned));
    assert_eq!(case.approval_fault(true, &[]), None);
    let open = case.approval_fault(true, &["Nights", " Falls "]).expect("two are open");
    assert!(open.to_string().ends_with("without an answer: “Nights”; “Falls”"), "{open}");
    assert_eq!(CaseState::Submitted.concern_fault(), None);
    assert!(CaseState::Withdrawn.concern_fault().is_some());
}

#[test]
fn whoever_assesses_quality_wrote_nothing_of_the_case() {
    let case = whole();
    let at = (CaseState::Submitted, ONE);
    let own = case.decide_fault(at, (true, "Yes"), ("moira", &["daniel", "helen"], &[]));
    assert_eq!(own, Some(CaseFault::AssessedByAuthor));
    let no = case.decide_fault(at, (false, "Too dear"), ("moira", &["daniel", "helen"], &[]));
    assert_eq!(no, None, "a refusal approves nothing");
    let other = case.decide_fault(at, (true, "Yes"), ("moira", &["daniel"], &[]));
    assert_eq!(other, None);
}

#[test]
fn a_team_is_three_people_of_three_professions() {
    let mut case = whole();
    case.team = Team::of(vec![
        Member::new(CaseRole::Clinician, "daniel", Profession::Finance),
        Member::new(CaseRole::Manager, "grace", Profession::Manager),
        Member::new(CaseRole::Finance, "daniel", Profession::Finance),
    ]);
    assert_eq!(
        told(&case.lacks_for_approval()),
        [
            "Clinician: choose somebody whose profession is that of the role",
            "The team is of three people: one is named twice",
        ]
    );
}

#[test]
fn what_was_decided_is_withdrawn_with_a_reason_or_not_at_all() {
    assert_eq!(CaseState::Approved.withdraw_fault("No money"), None);
    assert_eq!(CaseState::Draft.withdraw_fault(""), Some(CaseFault::NoReason));
    assert!(CaseState::Refused.withdraw_fault("Again").is_some());
    assert!(CaseState::Submitted.change_fault().is_some());
    assert_eq!(CaseState::Submitted.take_back_fault(), None);
    assert!(CaseState::Draft.action_fault().is_some());
    assert_eq!(CaseState::Approved.action_fault(), None);
}
