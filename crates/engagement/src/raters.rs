//! Clinicians and finance rate apart, see where they differ, and agree with a reason.
//!
//! No rating is a mean of others. Where several people of a group differ, the group has a range.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::assessment::{Rating, UnitId};
use crate::framework::{Framework, StepId};

/// For whom somebody rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Clinicians.
    Clinicians,
    /// Finance staff.
    Finance,
}

/// What one person says of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidRating {
    /// The unit, or the organisation.
    pub unit: Option<UnitId>,
    /// The step.
    pub step: StepId,
    /// For whom the person rates.
    pub group: Group,
    /// What they say.
    pub rating: Rating,
}

/// What a group says: one rating, or from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The lowest.
    pub lowest: Rating,
    /// The highest.
    pub highest: Rating,
}

/// How both groups stand to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Nobody has rated it.
    Nobody,
    /// One group has.
    OnlyOne(Group, Range),
    /// All of both say the same.
    Same(Rating),
    /// Somebody of one group differs from somebody of the other.
    Differ {
        /// What clinicians say.
        clinicians: Range,
        /// What finance says.
        finance: Range,
        /// By how many ratings they differ at most.
        by: u8,
    },
}

/// A step with how both groups stand to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// The unit, or the organisation.
    pub unit: Option<UnitId>,
    /// The step.
    pub step: StepId,
    /// How both stand to it.
    pub view: View,
}

/// What both groups agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedRating {
    /// The rating.
    pub rating: Rating,
    /// Why, where they differed or it is another than both gave.
    pub reason: String,
}

/// What stands in the way of an agreed rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementFault {
    /// A group has not rated the step.
    NotRated(Group),
    /// There is no reason, and one is needed.
    NoReason,
    /// "Not assessed" is nothing to agree on.
    NotAssessed,
}

/// A trust's own ratings beside those of a peer assessor or an internal auditor, counted and never
/// averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moderation {
    /// Steps on which both say the same.
    pub same: u32,
    /// Steps that the trust rates higher.
    pub own_higher: u32,
    /// Steps that the trust rates lower.
    pub own_lower: u32,
}

/// Counts a trust's own ratings, first of each pair, beside the moderated ones. A step that one of
/// them has not assessed is left out.
pub fn moderation(pairs: &[(Rating, Rating)]) -> Moderation {
    let mut found = Moderation::default();
    let is_assessed = |it: &Rating| *it != Rating::NotAssessed;
    for (own, moderated) in pairs.iter().filter(|(a, b)| is_assessed(a) && is_assessed(b)) {
        match own.cmp(moderated) {
            Ordering::Equal => found.same += 1,
            Ordering::Greater => found.own_higher += 1,
            Ordering::Less => found.own_lower += 1,
        }
    }
    found
}

/// How both groups stand to each step that somebody has rated: the organisation first, then by unit,
/// in the order of the matrix and with local steps last. Steps that the framework does not have are
/// left out.
pub fn views(framework: &Framework, said: &[SaidRating]) -> Vec<StepView> {
    let mut by_place: BTreeMap<(Option<&UnitId>, &StepId), Vec<&SaidRating>> = BTreeMap::new();
    for it in said {
        by_place.entry((it.unit.as_ref(), &it.step)).or_default().push(it);
    }
    let units: BTreeSet<Option<&UnitId>> = by_place.keys().map(|it| it.0).collect();
    let local = framework.local_steps().iter().map(|it| &it.id);
    let steps: Vec<&StepId> = framework.steps().iter().map(|it| &it.id).chain(local).collect();
    let mut views = Vec::new();
    for unit in units {
        for step in &steps {
            let Some(said) = by_place.get(&(unit, *step)) else { continue };
            let view = view(range(said, Group::Clinicians), range(said, Group::Finance));
            views.push(StepView { unit: unit.cloned(), step: (*step).clone(), view });
        }
    }
    views
}

/// What a group says; "not assessed" says nothing.
fn range(said: &[&SaidRating], group: Group) -> Option<Range> {
    let of_group = said.iter().filter(|it| it.group == group && it.rating != Rating::NotAssessed);
    let ratings: BTreeSet<Rating> = of_group.map(|it| it.rating).collect();
    Some(Range { lowest: *ratings.first()?, highest: *ratings.last()? })
}

fn view(clinicians: Option<Range>, finance: Option<Range>) -> View {
    match (clinicians, finance) {
        (None, None) => View::Nobody,
        (Some(range), None) => View::OnlyOne(Group::Clinicians, range),
        (None, Some(range)) => View::OnlyOne(Group::Finance, range),
        (Some(clinicians), Some(finance)) => {
            let above = apart(clinicians.highest, finance.lowest);
            let below = apart(finance.highest, clinicians.lowest);
            match above.max(below) {
                0 => View::Same(clinicians.lowest),
                by => View::Differ { clinicians, finance, by },
            }
        }
    }
}

/// How far a rating is above another; none if it is not.
fn apart(higher: Rating, lower: Rating) -> u8 {
    (higher as u8).saturating_sub(lower as u8)
}

/// Everything that stands in the way of an agreed rating; nothing if it can be recorded.
pub fn check_agreed(view: View, agreed: &AgreedRating) -> Vec<AgreementFault> {
    let mut faults = match view {
        View::Nobody => vec![
            AgreementFault::NotRated(Group::Clinicians),
            AgreementFault::NotRated(Group::Finance),
        ],
        View::OnlyOne(Group::Clinicians, _) => vec![AgreementFault::NotRated(Group::Finance)],
        View::OnlyOne(Group::Finance, _) => vec![AgreementFault::NotRated(Group::Clinicians)],
        View::Same(_) | View::Differ { .. } => Vec::new(),
    };
    if agreed.rating == Rating::NotAssessed {
        faults.push(AgreementFault::NotAssessed);
    }
    let is_plain = view == View::Same(agreed.rating);
    if faults.is_empty() && !is_plain && agreed.reason.trim().is_empty() {
        faults.push(AgreementFault::NoReason);
    }
    faults
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clinicians => "clinicians",
            Self::Finance => "finance",
        })
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAssessed => "not assessed",
            Self::NotYet => "not yet",
            Self::Partly => "partly or sometimes",
            Self::Consistently => "consistently demonstrated",
        })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lowest == self.highest {
            return self.lowest.fmt(f);
        }
        write!(f, "{} to {}", self.lowest, self.highest)
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody has rated it"),
            Self::OnlyOne(group, range) => write!(f, "only {group} rated it: {range}"),
            Self::Same(rating) => write!(f, "both say {rating}"),
            Self::Differ { clinicians, finance, by } => {
                let plural = if *by == 1 { "" } else { "s" };
                write!(
                    f,
                    "{by} rating{plural} apart: clinicians say {clinicians}, finance says {finance}"
                )
            }
        }
    }
}

impl fmt::Display for Moderation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { same, own_higher, own_lower } = self;
        let all = same + own_higher + own_lower;
        write!(
            f,
            "Of {all} steps that both assessed, {same} are rated alike, {own_higher} higher by the trust itself and {own_lower} lower."
        )
    }
}

impl fmt::Display for AgreementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRated(group) => write!(f, "Nobody of {group} has rated this step yet."),
            Self::NoReason => f.write_str("Write down why you agree on this rating."),
            Self::NotAssessed => f.write_str("Choose a rating to agree on."),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Lines of `step group rating`, with `unit/` before the step where it is of a unit.
    fn said(text: &str) -> Vec<SaidRating> {
        let one = |line: &str| {
            let [place, group, rating] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("`{line}`?")
            };
            let (unit, step) = place.split_once('/').map_or((None, place), |it| (Some(it.0), it.1));
            SaidRating {
                unit: unit.map(UnitId::from),
                step: StepId::from(step),
                group: if group == "clinician" { Group::Clinicians } else { Group::Finance },
                rating: match rating {
                    "consistently" => Rating::Consistently,
                    "partly" => Rating::Partly,
                    "not-yet" => Rating::NotYet,
                    _ => Rating::NotAssessed,
                },
            }
        };
        text.lines().map(str::trim).map(one).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let views = views(&Framework::national_2013(), &said(text));
        let line = |it: &StepView| {
            let unit = it.unit.as_ref().map_or_else(String::new, |it| format!("{it}/"));
            format!("{unit}{}: {}", it.step, it.view)
        };
        expected.assert_eq(&views.iter().map(line).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn where_both_groups_differ_is_shown() {
        check(
            "B2 finance partly\nC2 clinician consistently\nC2 finance partly\nC3 clinician not-yet\n\
             C3 finance consistently\nC4 clinician partly\nC4 finance partly\nC5 clinician partly\n\
             B2 clinician not-assessed\nC6 clinician not-assessed\na/C2 finance not-yet\na/C2 clinician not-yet",
            &expect![[r#"
                C2: 1 rating apart: clinicians say consistently demonstrated, finance says partly or sometimes
                C3: 2 ratings apart: clinicians say not yet, finance says consistently demonstrated
                C4: both say partly or sometimes
                C5: only clinicians rated it: partly or sometimes
                C6: nobody has rated it
                B2: only finance rated it: partly or sometimes
                a/C2: both say not yet"#]],
        );
    }

    #[test]
    fn several_of_a_group_have_a_range_and_no_mean() {
        // The means would be equal, partly each, and hide that nobody agrees.
        check(
            "C2 clinician consistently\nC2 clinician not-yet\nC2 finance partly",
            &expect![[r#"
                C2: 1 rating apart: clinicians say not yet to consistently demonstrated, finance says partly or sometimes"#]],
        );
    }

    #[test]
    fn moderated_ratings_are_counted_beside_the_trusts_own() {
        use Rating::{Consistently, NotAssessed, NotYet, Partly};
        let pairs = [
            (Consistently, Partly),
            (Partly, Partly),
            (Partly, NotYet),
            (NotYet, Consistently),
            (NotAssessed, Consistently),
            (Partly, NotAssessed),
        ];
        expect![
            "Of 4 steps that both assessed, 1 are rated alike, 2 higher by the trust itself and 1 lower."
        ]
        .assert_eq(&moderation(&pairs).to_string());
    }

    #[track_caller]
    fn check_agreement(text: &str, rating: Rating, reason: &str, expected: &Expect) {
        let views = views(&Framework::national_2013(), &said(text));
        let agreed = AgreedRating { rating, reason: reason.to_owned() };
        let faults = check_agreed(views[0].view, &agreed);
        expected.assert_eq(&faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn agreeing_needs_both_and_a_reason_where_they_differed() {
        let same = "C2 clinician partly\nC2 finance partly";
        let apart = "C2 clinician partly\nC2 finance not-yet";
        check_agreement(same, Rating::Partly, "", &expect![""]);
        check_agreement(
            same,
            Rating::Consistently,
            "",
            &expect!["Write down why you agree on this rating."],
        );
        check_agreement(
            apart,
            Rating::Partly,
            " ",
            &expect!["Write down why you agree on this rating."],
        );
        check_agreement(apart, Rating::Partly, "We looked at the notes.", &expect![""]);
        check_agreement(
            "C2 clinician partly",
            Rating::Partly,
            "We looked at the notes.",
            &expect!["Nobody of finance has rated this step yet."],
        );
        check_agreement(same, Rating::NotAssessed, "", &expect!["Choose a rating to agree on."]);
    }
}
