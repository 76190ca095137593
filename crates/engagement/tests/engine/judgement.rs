//! What people add to a proposal, and how two snapshots differ.

use engagement::compare::{Cause, Comparison, StepChange, compare};
use engagement::confirm::{Confirmation, Signatory, check as confirm};
use engagement::{Framework, Level, Thresholds, propose};
use expect_test::{Expect, expect};

use crate::form::given;

/// What is wrong with a confirmation of an assessment at Level 3, a sentence a line.
#[track_caller]
fn check_confirm(text: &str, change: impl Fn(&mut Confirmation), expected: &Expect) {
    let framework = Framework::national_2013();
    let assessment = given(text, &framework).assessment;
    let proposal = propose(&framework, &Thresholds::own(), &assessment).expect("a proposal");
    let signatory = |it: &str| Some(Signatory { person: it.to_owned() });
    let mut confirmation = Confirmation {
        level: Some(Level::Three),
        reason: String::new(),
        culture: "We meet every week.".to_owned(),
        clinical_lead: signatory("clinician"),
        finance_lead: signatory("accountant"),
    };
    change(&mut confirmation);
    let faults = confirm(&proposal, &confirmation);
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    expected.assert_eq(&lines.join("\n"));
}

const AT_THREE: &str = "support: yes\ncounted: column 3\nunit a: norm\nunit b: norm\n";

#[test]
fn a_confirmation_needs_words_and_two_signatures() {
    check_confirm(AT_THREE, |_| {}, &expect![""]);
    check_confirm(
        AT_THREE,
        |it| *it = Confirmation::default(),
        &expect![[r#"
            Choose the level that you confirm.
            Say in a few sentences how clinicians and finance work together day to day.
            A clinical lead must sign.
            A finance lead must sign."#]],
    );
    check_confirm(
        AT_THREE,
        |it| it.finance_lead = it.clinical_lead.clone(),
        &expect!["The clinical lead and the finance lead must be two people."],
    );
    check_confirm(AT_THREE, |it| it.clinical_lead = None, &expect!["A clinical lead must sign."]);
    check_confirm(
        AT_THREE,
        |it| it.finance_lead = Some(Signatory { person: " ".to_owned() }),
        &expect!["A finance lead must sign."],
    );
}

#[test]
fn a_departure_either_way_needs_a_reason() {
    for level in [Level::Two, Level::Four] {
        let depart = |it: &mut Confirmation| it.level = Some(level);
        let expected = expect!["The level departs from the proposal: write down why."];
        check_confirm(AT_THREE, depart, &expected);
        let explain = |it: &mut Confirmation| {
            depart(it);
            it.reason = "Our reviews show more.".to_owned();
        };
        check_confirm(AT_THREE, explain, &expect![""]);
    }
}

#[test]
fn level_four_waits_for_answers_on_support() {
    let four = |it: &mut Confirmation| it.level = Some(Level::Four);
    // Nobody has answered; the organisation has not either.
    let open = "counted: all\nunit a: norm\nunit b: norm\n";
    check_confirm(
        open,
        four,
        &expect![
            "2 units have not answered whether their managers are supported in using financial data: Level 4 needs their answers, or the organisation's."
        ],
    );
    // A reason does not help, since nobody knows.
    let insist = |it: &mut Confirmation| {
        four(it);
        it.reason = "We are sure.".to_owned();
    };
    let half = "counted: all\nunit a: norm, support yes\nunit b: norm\n";
    check_confirm(
        half,
        insist,
        &expect![
            "One unit has not answered whether its managers are supported in using financial data: Level 4 needs its answer, or the organisation's."
        ],
    );
    let all = "counted: all\nunit a: norm, support yes\nunit b: norm, support yes\n";
    check_confirm(all, four, &expect![""]);
    let small = "counted: all\nunit a: norm, support yes\nstatement names: b\n\
                 unit b: ad hoc, very small, cost 0.1%, expenditure 0.1%, activity 0.1%\n";
    check_confirm(small, four, &expect![""]);
    // At Level 3 nobody needs to have answered.
    check_confirm("counted: column 3\nunit a: norm\n", |_| {}, &expect![""]);
}

#[test]
fn nothing_is_confirmed_without_units() {
    let expected = expect![
        "No unit counts, so nothing is proposed and nothing can be confirmed: register the specialties first."
    ];
    check_confirm("counted: all\n", |it| it.reason = "All the same.".to_owned(), &expected);
}

#[track_caller]
fn check_compare(before: &str, after: &str, expected: &Expect) {
    let framework = Framework::national_2013();
    let read = |text: &str| given(text, &framework).assessment;
    let found = compare(&framework, &Thresholds::own(), &read(before), &read(after));
    let shown = found.map_or_else(|it| it.to_string(), |it| compared(&it));
    expected.assert_eq(&shown);
}

fn compared(it: &Comparison) -> String {
    let shown = |level: Option<engagement::level::Shown>| {
        level.map_or("nothing".to_owned(), |it| it.to_string())
    };
    let mut lines = vec![format!(
        "{}: {} to {}: {}, {:?}",
        it.days.0,
        shown(it.proposed.0),
        it.days.1,
        shown(it.proposed.1),
        it.trend
    )];
    let step = |it: &StepChange| {
        let unit = it.unit.as_ref().map_or_else(String::new, |it| format!("{it}/"));
        let cause = match it.cause {
            Cause::Gained => "gained",
            Cause::EvidenceExpired => "evidence expired",
            Cause::EvidenceWithdrawn => "evidence withdrawn",
            Cause::PracticeLost => "practice lost",
            Cause::RatedAnew => "rated anew",
        };
        format!("{unit}{} {:?} to {:?}: {cause}", it.step, it.before.rating, it.after.rating)
    };
    lines.extend(it.steps.iter().map(step));
    let units = it.units.iter();
    lines.extend(units.map(|it| format!("{} {:?} to {:?}", it.unit, it.before, it.after)));
    lines.join("\n")
}

/// Level 4 on 1 May 2013 by C7, C8, P6 and B7; C7's evidence of 1 June 2012 lives until 1 June 2013.
const BEFORE: &str = "date: 2013-05-01\nsupport: yes\ncounted: column 3 C8 P6 B7\n\
                      evidence C7: accepted 2012-06-01\nunit a: norm\n";

#[test]
fn evidence_that_expires_is_told_from_practice_that_is_lost() {
    // Two months later nothing was done, and 3 of the 6 new steps count, where 4 are needed.
    let later = BEFORE.replace("2013-05-01", "2013-07-01");
    check_compare(
        BEFORE,
        &later,
        &expect![[r#"
            2013-05-01: Level 4 to 2013-07-01: Level 3, EvidenceExpired
            C7 Consistently to Consistently: evidence expired"#]],
    );
    let lost = format!("{later}partly: C7\n");
    check_compare(
        BEFORE,
        &lost,
        &expect![[r#"
            2013-05-01: Level 4 to 2013-07-01: Level 3, PracticeLost
            C7 Consistently to Partly: practice lost"#]],
    );
    let withdrawn = later.replace("accepted 2012-06-01", "rejected 2012-06-01");
    check_compare(
        BEFORE,
        &withdrawn,
        &expect![[r#"
            2013-05-01: Level 4 to 2013-07-01: Level 3, PracticeLost
            C7 Consistently to Consistently: evidence withdrawn"#]],
    );
}

#[test]
fn a_level_may_fall_by_both() {
    // C8 and P6 are lost, so Level 4 is. B4 and B5 have expired evidence, so that of the 3 new steps
    // of benefits at Level 3 one counts, where two are needed: Level 2. With their evidence Level 3.
    let before = "date: 2013-05-01\nsupport: yes\ncounted: column 3 but B4 B5\ncounted: C7 C8 P6 B7\n\
                  evidence B4: accepted 2012-06-01\nevidence B5: accepted 2012-06-01\nunit a: norm\n";
    let after = before.replace("2013-05-01", "2013-07-01") + "not yet: C8 P6\n";
    check_compare(
        before,
        &after,
        &expect![[r#"
            2013-05-01: Level 4 to 2013-07-01: Level 2, Both
            C8 Consistently to NotYet: practice lost
            P6 Consistently to NotYet: practice lost
            B4 Consistently to Consistently: evidence expired
            B5 Consistently to Consistently: evidence expired"#]],
    );
}

#[test]
fn gains_and_units_are_listed() {
    check_compare(
        "steps: by unit\nsupport: yes\ncounted: C1 P1 B1\nunit a: ad hoc\n",
        "steps: by unit\nsupport: yes\ncounted: C1 P1 B1\nunit a: norm\ncounted a: C2\nunit b: norm\n",
        &expect![[r#"
            2013-07-01: Level 1 to 2013-07-01: Level 1, Level
            a/C2 NotAssessed to Consistently: gained
            a Some(AdHoc) to Some(Norm)
            b None to Some(Norm)"#]],
    );
}

#[test]
fn steps_that_are_recorded_for_another_are_not_told_as_gained_or_lost() {
    // By unit a norm unit with the whole Level 3 column is Level 3. For the organisation C1, P1 and B1
    // are all that counts, and P1 is new among them: Level 1. C2 to B6 of the unit are not lost.
    check_compare(
        "steps: by unit\nsupport: yes\ncounted: C1 B1\nunit a: norm\ncounted a: column 3 but C1 P1 B1\n",
        "support: yes\ncounted: C1 P1 B1\nunit a: norm\n",
        &expect![[r#"
            2013-07-01: Level 3 to 2013-07-01: Level 1, RecordedOtherwise
            P1 NotAssessed to Consistently: gained"#]],
    );
}
