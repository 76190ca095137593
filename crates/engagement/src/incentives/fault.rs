//! Why an incentive, a decision upon it or a figure of it cannot stand.

use jiff::civil::Date;

/// Why quality cannot be told of some months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// A month has no value.
    #[error("the measure has no value of {}", .0.strftime("%B %Y"))]
    Missing(Date),
    /// The measure asks another question.
    #[error("the measure counts something else since {}, after the target was set", .0.strftime("%B %Y"))]
    Changed(Date),
    /// Of nothing is no share.
    #[error("the values of these months are of nothing")]
    OfNothing,
}

/// Why a rule, or a decision upon it, cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncentiveFault {
    /// No words.
    #[error("say what is promised or withheld")]
    NoWords,
    /// No measure of quality.
    #[error(
        "this rule names cost improvement alone, which would reward cost whatever becomes of care: \
         choose a measure of quality and its target as well (the guide, 3.4, asks for both)"
    )]
    CostAlone,
    /// No savings.
    #[error(
        "this rule names quality alone: say as well how much of savings must be verified, in pounds \
         (the guide, 3.4, asks for both)"
    )]
    QualityAlone,
    /// Neither.
    #[error(
        "this rule names neither quality nor cost improvement: choose a measure with its target, \
         and say how much of savings must be verified (the guide, 3.4, asks for both)"
    )]
    NoTrigger,
    /// Savings of nothing.
    #[error("savings of £0 ask nothing of cost: say how much must be verified, above £0")]
    NoSavings,
    /// Not whole months.
    #[error(
        "measures are kept by month: begin on the first day of a month and end on the last of the same or a later one"
    )]
    NotWholeMonths,
    /// Neither way is good.
    #[error(
        "this measure cannot be a target, as neither more nor less of it is better: choose another"
    )]
    NoDirection,
    /// Nothing to see an improvement by.
    #[error(
        "this measure has no value in the year before the rule begins, so nobody could tell an \
         improvement: choose a measure that is kept"
    )]
    NothingBefore,
    /// A target that asks for nothing.
    #[error(
        "the target is worse than where the measure stood in the year before, so it would reward \
         cost alone: set it at that, or better"
    )]
    TargetTooLow,
    /// Not both leads agreed.
    #[error("a clinical and a finance lead agree to the rule first")]
    NotAgreed,
    /// The side agreed already.
    #[error("your side has agreed to this rule already")]
    AgreedAlready,
    /// Whoever wrote it would stand for a lead.
    #[error(
        "whoever wrote the rule neither agrees to it nor decides upon it: ask another lead of your side"
    )]
    OwnRule,
    /// One person would stand for both.
    #[error("this takes two people: whoever stands for one side cannot stand for the other")]
    OnePersonForBoth,
    /// What the rule does not know.
    #[error("choose one of the two that the rule has")]
    OtherVerdict,
    /// Months that the rule does not hold for.
    #[error("the rule does not hold for all of these months: choose months of the rule")]
    OtherMonths,
    /// Months that are not over.
    #[error("these months are not over yet: choose months that are")]
    NotOver,
    /// Some of the months were decided upon with others.
    #[error(
        "some of these months were decided upon together with others, {0}: choose those, or months beside them"
    )]
    DecidedWithOthers(String),
    /// Some of the months were decided upon by a rule that this one follows.
    #[error("some of these months were decided upon by the rule before: choose later months")]
    DecidedBefore,
    /// Some of the months were decided upon by a rule that follows this one.
    #[error("some of these months were decided upon by the rule that follows this one")]
    DecidedAfter,
    /// A departure without a reason.
    #[error(
        "the trigger asks for another decision, or cannot tell: say why you depart from it, and it is recorded as you decide"
    )]
    NoReason,
    /// It was decided upon.
    #[error(
        "this rule was decided upon, so it stays as it is: end it, and follow it by another rule"
    )]
    DecidedUpon,
    /// It ended.
    #[error("this rule has ended")]
    Ended,
}
