//! A return is made of a confirmed assessment, and of nothing else.

use engagement::confirm::{ConfirmFault, Confirmation, Signatory};
use engagement::framework::FrameworkId;
use engagement::returns::{OrganisationCode, Return, write};
use engagement::{Framework, Level, Thresholds, propose};
use expect_test::expect;

use crate::form::given;

#[test]
fn a_return_is_locked_to_a_confirmed_assessment() {
    // A local version has the national steps, so its return names the national version.
    let national = Framework::national_2013();
    let id = FrameworkId::from("ours-1");
    let ours = national.with_local_steps(id.clone(), "Ours", Vec::new()).expect("a local version");
    let mut assessment =
        given("counted: C1 P1 P5\nunit a: board only\nsupport: yes\n", &national).assessment;
    assessment.framework = id;
    let proposal = propose(&ours, &Thresholds::own(), &assessment).expect("a proposal");
    let signatory = |it: &str| Some(Signatory { person: it.to_owned() });
    let mut confirmation = Confirmation {
        level: Some(Level::One),
        reason: String::new(),
        culture: "Two directors talk.".to_owned(),
        clinical_lead: signatory("Dr A"),
        finance_lead: signatory("Ms B"),
    };
    let of = |it: &Confirmation| Return::of(OrganisationCode::from("R1A"), 2013, &proposal, it);
    let made = of(&confirmation).expect("a return");
    expect![[r#"
        organisation_code,year,level,steps,clinical_lead,finance_lead,framework
        R1A,2013,1,C1 P1,Dr A,Ms B,2013
    "#]]
    .assert_eq(&write(&[made]));
    confirmation.finance_lead = None;
    assert_eq!(of(&confirmation), Err(vec![ConfirmFault::NoFinanceLead]));
}
