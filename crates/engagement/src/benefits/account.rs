//! What became of a claim: claimed = verified + held + not accepted, always.

use super::BenefitFault;
use crate::listed::listed;

listed! {
    /// For which side a lead speaks.
    Side {
        /// Of those who give care.
        Clinical = "clinical", "Clinical";
        /// Of finance.
        Finance = "finance", "Finance";
    }
}

/// What a lead makes of a claim, in millionths of its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// For which side.
    pub side: Side,
    /// Reference of the person.
    pub by: String,
    /// What was delivered.
    pub accepted: i64,
    /// What was not, or does not belong here.
    pub not_accepted: i64,
    /// Why not all is accepted.
    pub because: String,
}

/// A claim and what became of it, in millionths of its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What was claimed.
    pub claimed: i64,
    /// What both leads accepted.
    pub verified: i64,
    /// What nobody has decided yet, or the guard holds.
    pub held: i64,
    /// What a lead did not accept.
    pub not_accepted: i64,
}

impl Account {
    /// The account of a claim after what the leads last decided of it. It takes both to verify, one
    /// to refuse; while the guard holds it, nothing is verified.
    pub fn of(
        claimed: i64,
        (finance, clinical): (Option<&Decision>, Option<&Decision>),
        is_guarded: bool,
    ) -> Self {
        let claimed = claimed.max(0);
        let refused = |it: Option<&Decision>| it.map_or(0, |it| it.not_accepted);
        let not_accepted = refused(finance).max(refused(clinical)).clamp(0, claimed);
        let verified = match (finance, clinical) {
            (Some(finance), Some(clinical)) if !is_guarded => {
                finance.accepted.min(clinical.accepted).clamp(0, claimed - not_accepted)
            }
            _ => 0,
        };
        Self { claimed, verified, held: claimed - verified - not_accepted, not_accepted }
    }

    /// The account of what was claimed and withdrawn: nothing of it was delivered.
    pub fn withdrawn(claimed: i64) -> Self {
        let claimed = claimed.max(0);
        Self { claimed, not_accepted: claimed, ..Self::default() }
    }
}

/// What stands in the way of a decision on a claim.
///
/// # Errors
/// If it does not fit the claim, its owner decides, one person decides for both sides, no reason is
/// given where not all is accepted, or the guard holds the claim.
pub fn check_decision(
    claimed: i64,
    decision: &Decision,
    (owner, other): (&str, Option<&Decision>),
    is_guarded: bool,
) -> Result<(), BenefitFault> {
    let together = i128::from(decision.accepted) + i128::from(decision.not_accepted);
    if decision.accepted < 0 || decision.not_accepted < 0 || together > i128::from(claimed) {
        return Err(BenefitFault::MoreThanClaimed);
    }
    if decision.by == owner {
        return Err(BenefitFault::OwnBenefit);
    }
    if other.is_some_and(|it| it.by == decision.by) {
        return Err(BenefitFault::OnePersonForBoth);
    }
    if decision.accepted < claimed && decision.because.trim().is_empty() {
        return Err(BenefitFault::Missing("why not all of it is accepted"));
    }
    if is_guarded && decision.accepted > 0 {
        return Err(BenefitFault::Guarded);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decision(side: Side, by: &str, accepted: i64, not_accepted: i64) -> Decision {
        Decision { side, by: by.to_owned(), accepted, not_accepted, because: "So".to_owned() }
    }

    fn shown(finance: Option<(i64, i64)>, clinical: Option<(i64, i64)>, guarded: bool) -> [i64; 4] {
        let finance = finance.map(|it| decision(Side::Finance, "f", it.0, it.1));
        let clinical = clinical.map(|it| decision(Side::Clinical, "c", it.0, it.1));
        let it = Account::of(100, (finance.as_ref(), clinical.as_ref()), guarded);
        [it.claimed, it.verified, it.held, it.not_accepted]
    }

    #[test]
    fn both_verify_and_one_refuses() {
        assert_eq!(shown(None, None, false), [100, 0, 100, 0]);
        assert_eq!(shown(Some((100, 0)), None, false), [100, 0, 100, 0]);
        assert_eq!(shown(Some((100, 0)), Some((100, 0)), false), [100, 100, 0, 0]);
        assert_eq!(shown(Some((90, 10)), Some((80, 0)), false), [100, 80, 10, 10]);
        assert_eq!(shown(Some((100, 0)), Some((100, 0)), true), [100, 0, 100, 0]);
        assert_eq!(shown(Some((0, 100)), None, false), [100, 0, 0, 100]);
    }

    #[test]
    fn who_may_decide_what() {
        let told = |decision: &Decision, other: Option<&Decision>, guarded| {
            let done = check_decision(100, decision, ("owner", other), guarded);
            done.map_or_else(|it| it.to_string(), |()| "done".to_owned())
        };
        let whole = decision(Side::Finance, "f", 100, 0);
        assert_eq!(told(&whole, None, false), "done");
        let own = decision(Side::Clinical, "owner", 100, 0);
        assert!(told(&own, None, false).starts_with("whoever owns a benefit cannot verify it"));
        let both = decision(Side::Clinical, "f", 100, 0);
        assert!(
            told(&both, Some(&whole), false).starts_with("a benefit is verified by two people")
        );
        assert!(told(&whole, None, true).starts_with("the paired measure has worsened"));
        assert_eq!(told(&decision(Side::Finance, "f", 0, 100), None, true), "done");
        let more = decision(Side::Finance, "f", 60, 50);
        assert!(told(&more, None, false).starts_with("what is accepted and what is not"));
        let less = Decision { because: " ".to_owned(), ..decision(Side::Finance, "f", 60, 0) };
        assert_eq!(told(&less, None, false), "say why not all of it is accepted");
    }

    proptest! {
        /// Whatever was decided, claimed = verified + held + not accepted, and nothing is below none.
        #[test]
        fn an_account_adds_up(
            claimed in 0_i64.., finance in prop::option::of((any::<i64>(), any::<i64>())),
            clinical in prop::option::of((any::<i64>(), any::<i64>())), guarded: bool,
        ) {
            let finance = finance.map(|it| decision(Side::Finance, "f", it.0, it.1));
            let clinical = clinical.map(|it| decision(Side::Clinical, "c", it.0, it.1));
            let it = Account::of(claimed, (finance.as_ref(), clinical.as_ref()), guarded);
            prop_assert_eq!(it.claimed, it.verified + it.held + it.not_accepted);
            prop_assert!(it.verified >= 0 && it.held >= 0 && it.not_accepted >= 0);
            if guarded || finance.is_none() || clinical.is_none() {
                prop_assert_eq!(it.verified, 0);
            }
        }
    }
}
