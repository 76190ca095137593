//! From grants and roles to what a person may do today.

use crate::capability::{Capability, Condition, Reach, View};
use crate::matrix::{Right, RoleMatrix};
use crate::scope::{InScope, Scope};
use crate::units::UnitTree;

/// A role that somebody holds in a unit today; whoever makes it has looked at its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Code of the role.
    pub role: String,
    /// Unit; blank for the whole trust.
    pub unit: String,
    /// Whether patient rows were granted with it and a second person approved that.
    pub patient_level: bool,
}

/// Everything that one person may do today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    person: String,
    roles: Vec<String>,
    scopes: Vec<Scope>,
}

impl Access {
    /// The union of what each grant gives: pairs of capability and scope, never their product.
    ///
    /// A grant for a role or unit that is not known gives nothing.
    pub fn of(person: &str, grants: &[Grant], matrix: &RoleMatrix, units: &UnitTree) -> Self {
        let mut scopes: Vec<Scope> =
            Capability::ALL.iter().map(|it| Scope::empty(*it, person)).collect();
        for grant in grants {
            for right in matrix.rights(&grant.role) {
                let scope = scopes.iter_mut().find(|it| it.capability() == right.capability);
                add(scope.expect("there is a scope for every capability"), (grant, *right), units);
            }
        }
        scopes.retain(|it| !it.is_empty());
        let mut roles: Vec<String> = grants.iter().map(|it| it.role.clone()).collect();
        roles.sort();
        roles.dedup();
        Self { person: person.to_owned(), roles, scopes }
    }

    /// The same, of these capabilities alone. Nothing is added.
    #[must_use]
    pub fn only(mut self, capabilities: &[Capability]) -> Self {
        self.scopes.retain(|it| capabilities.contains(&it.capability()));
        self
    }

    /// Who it is.
    pub fn person(&self) -> &str {
        &self.person
    }

    /// Codes of the roles held, in order.
    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    /// How far the person may go with a capability; nothing if they may not at all.
    pub fn scope(&self, capability: Capability) -> Option<&Scope> {
        self.scopes.iter().find(|it| it.capability() == capability)
    }

    /// Whether there is anything at all that the person may do with a capability.
    pub fn may(&self, capability: Capability) -> bool {
        self.scope(capability).is_some()
    }

    /// Whether rows of patients or the keys to them are within reach, so that a second factor must
    /// be shown at sign-in.
    pub fn needs_second_factor(&self) -> bool {
        let sensitive = [
            Capability::PatientRows,
            Capability::Reidentify,
            Capability::ManagePeople,
            Capability::Operate,
        ];
        sensitive.iter().any(|it| self.may(*it))
    }
}

fn add(scope: &mut Scope, (grant, right): (&Grant, Right), units: &UnitTree) {
    if right.condition == Some(Condition::Grant) && !grant.patient_level {
        return;
    }
    // A condition that the grant itself has met is met.
    let condition = right.condition.filter(|it| *it != Condition::Grant);
    let found = InScope { view: right.view, condition };
    match right.reach {
        Reach::Own => scope.add_own(),
        Reach::Trust => scope.add_trust(found),
        Reach::Units if grant.unit.is_empty() => scope.add_trust(found),
        Reach::Units => scope.add_units(&units.with_those_below(&grant.unit), found),
    }
}

impl InScope {
    /// Whether small numbers must be hidden.
    pub fn is_suppressed(self) -> bool {
        self.view == View::Suppressed
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn units() -> UnitTree {
        let pairs = [("SURGERY", ""), ("HIP", "SURGERY"), ("EYE", "")];
        UnitTree::of(pairs.map(|(unit, parent)| (unit.to_owned(), parent.to_owned())))
    }

    fn grant(role: &str, unit: &str) -> Grant {
        Grant { role: role.into(), unit: unit.into(), patient_level: false }
    }

    fn access(grants: &[Grant]) -> Access {
        Access::of("P1", grants, &RoleMatrix::built_in(), &units())
    }

    #[track_caller]
    fn check(grants: &[Grant], expected: &Expect) {
        let found = access(grants);
        let line = |it: &Scope| format!("{}: {}\n", it.capability().word(), it.in_words());
        expected.assert_eq(&found.scopes.iter().map(line).collect::<String>());
    }

    #[test]
    fn a_clinical_director_sees_their_own_exactly_and_the_rest_with_small_numbers_hidden() {
        check(
            &[grant("CLINICAL_DIRECTOR", "SURGERY")],
            &expect![[r#"
                AGGREGATE_COSTS: trust SUPPRESSED and HIP EXACT, SURGERY EXACT
                PATIENT_ROWS: HIP EXACT, SURGERY EXACT
                CLINICIAN_COMPARISON: HIP EXACT, SURGERY EXACT
                READ_MEASURES: trust SUPPRESSED and HIP EXACT, SURGERY EXACT
                PATIENT_GROUPS: HIP EXACT, SURGERY EXACT
                ASK_CODING: HIP EXACT, SURGERY EXACT
                ANSWER_QUESTIONS: HIP EXACT, SURGERY EXACT
                MAKE_PACKS: HIP EXACT, SURGERY EXACT
                READ_ASSESSMENTS: HIP EXACT, SURGERY EXACT
                ASSESS: HIP EXACT, SURGERY EXACT
                SIGN_LEVELS: HIP EXACT, SURGERY EXACT
                READ_REVIEWS: HIP EXACT, SURGERY EXACT
                RUN_REVIEWS: HIP EXACT, SURGERY EXACT
                READ_ACTIONS: HIP EXACT, SURGERY EXACT
                KEEP_ACTIONS: HIP EXACT, SURGERY EXACT
                PUT_IDEAS: trust EXACT
                VERIFY_BENEFITS: HIP EXACT, SURGERY EXACT
                READ_CASES: HIP EXACT, SURGERY EXACT
                KEEP_CASES: HIP EXACT, SURGERY EXACT
                APPROVE_CASES: HIP EXACT, SURGERY EXACT
                READ_OWN_AUDIT: own
            "#]],
        );
        let found = access(&[grant("CLINICAL_DIRECTOR", "SURGERY")]);
        let costs = found.scope(Capability::AggregateCosts).expect("they may");
        assert_eq!(costs.of_unit("HIP").map(|it| it.view), Some(View::Exact));
        assert_eq!(costs.of_unit("EYE").map(|it| it.view), Some(View::Suppressed));
        let patients = found.scope(Capability::PatientRows).expect("they may");
        assert_eq!(patients.of_unit("EYE"), None);
    }

    #[test]
    fn two_roles_give_the_union_of_pairs_and_not_the_product() {
        // Partner of surgery and clinician of eyes: the ledger stays that of surgery.
        let found =
            access(&[grant("FINANCE_BUSINESS_PARTNER", "SURGERY"), grant("CLINICIAN", "EYE")]);
        let ledger = found.scope(Capability::LedgerDetail).expect("they may");
        assert!(ledger.of_unit("HIP").is_some());
        assert!(ledger.of_unit("EYE").is_none());
        let patients = found.scope(Capability::PatientRows).expect("as a clinician");
        assert!(patients.of_unit("EYE").is_some());
        assert!(patients.of_unit("HIP").is_none());
    }

    #[test]
    fn patient_rows_by_grant_need_the_grant() {
        let mut partner = grant("FINANCE_BUSINESS_PARTNER", "HIP");
        assert!(!access(std::slice::from_ref(&partner)).may(Capability::PatientRows));
        partner.patient_level = true;
        assert!(access(&[partner]).may(Capability::PatientRows));
    }

    #[test]
    fn a_part_of_what_somebody_may_is_never_more() {
        let whole = access(&[grant("CLINICAL_DIRECTOR", "SURGERY")]);
        let costs = [Capability::AggregateCosts, Capability::LedgerDetail];
        let part = whole.clone().only(&costs);
        assert_eq!(
            part.scope(Capability::AggregateCosts),
            whole.scope(Capability::AggregateCosts),
            "as far as before"
        );
        assert!(!part.may(Capability::PatientRows) && !part.may(Capability::LedgerDetail));
        assert!(!whole.only(&[]).may(Capability::AggregateCosts));
    }

    #[test]
    fn unknown_roles_and_units_give_nothing() {
        assert_eq!(access(&[grant("KING", "")]).scopes, []);
        let found = access(&[grant("CLINICIAN", "NOWHERE")]);
        assert!(!found.may(Capability::PatientRows));
    }

    proptest! {
        /// One more grant never takes a right away.
        #[test]
        fn a_further_grant_never_takes_away(
            first in 0_usize..15, second in 0_usize..15, unit in 0_usize..3,
        ) {
            let matrix = RoleMatrix::built_in();
            let names = ["HIP", "EYE", ""];
            let role = |it: usize| matrix.roles()[it].code.clone();
            let one = access(&[grant(&role(first), "HIP")]);
            let both = access(&[grant(&role(first), "HIP"), grant(&role(second), names[unit])]);
            for capability in Capability::ALL {
                let view = |it: &Access| {
                    it.scope(*capability).and_then(|it| it.of_unit("HIP")).map(|it| it.view)
                };
                prop_assert!(view(&both) >= view(&one));
            }
        }
    }
}
