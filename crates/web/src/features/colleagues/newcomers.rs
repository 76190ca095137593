//! Who is new since the year before: a few months at a time where there are spells enough, and a
//! word of restraint where there are not.

use results::outcomes::{ConsultantUse, Newcomer, Stage, Uses};
use statistics::case_mix::TooFew;

use super::sentences::{Side, Values, number, side};
use crate::shell::words;

/// What is said of colleagues who are new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Newcomers {
    pub(super) title: String,
    pub(super) says: Vec<String>,
    /// Code, months, adjusted, and what chance leaves. Spells are not among them: beside those of
    /// the year they would tell how few the others are.
    pub(super) rows: Vec<[String; 4]>,
}

impl Newcomers {
    /// None where nobody is new, or where no run of the year before says who is.
    pub(super) fn of(uses: &Uses, values: &Values) -> Option<Self> {
        let all = uses.newcomers.as_deref().filter(|it| !it.is_empty())?;
        // Nobody stands alone who is not compared.
        let is_compared = |it: &&Newcomer| {
            let same = |colleague: &&ConsultantUse| colleague.code == it.code;
            uses.consultants.iter().find(same).is_some_and(|it| it.compared.is_ok())
        };
        let (alone, others): (Vec<_>, Vec<_>) = all.iter().partition(is_compared);
        let has = if all.len() == 1 { "colleague has" } else { "colleagues have" };
        let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let mut says = vec![
            "They may be newly qualified, or new here: in the first months, experience cannot be \
             told from practice. So nobody new is judged by a year’s figure."
                .to_owned(),
        ];
        says.extend(alone.iter().map(|it| told(it, values)));
        if !others.is_empty() {
            says.push(format!(
                "{} shown alone: too few spells, or too few colleagues with enough. That says \
                 nothing for them or against them.",
                words::capital(&are_not(others.len(), all.len()))
            ));
        }
        let mut rows = Vec::new();
        for it in &alone {
            rows.extend(it.stages.iter().map(|stage| row(&it.code, stage, values)));
        }
        Some(Self {
            title: format!(
                "{} {has} spells here and none in the year before",
                words::capital(&number(count))
            ),
            says,
            rows,
        })
    }

    pub(super) fn sample() -> Self {
        let text = str::to_owned;
        Self {
            title: text("One colleague has spells here and none in the year before"),
            says: vec![text("K5 is new: 8.0 days in months 1 to 3, above what chance leaves.")],
            rows: vec![
                ["K5", "1 to 3", "8.0", "4.0 to 6.0"].map(text),
                ["K5", "4 to 6", "fewer than 10 spells that can be compared", ""].map(text),
            ],
        }
    }
}

/// `one of the two is not`, `neither is`, `this colleague is not`.
fn are_not(some: usize, all: usize) -> String {
    let word = |it: usize| number(u64::try_from(it).unwrap_or(u64::MAX));
    match (some, all) {
        (1, 1) => "this colleague is not".to_owned(),
        (2, 2) => "neither is".to_owned(),
        (some, all) if some == all => format!("none of the {} is", word(all)),
        (1, all) => format!("one of the {} is not", word(all)),
        (some, all) => format!("{} of the {} are not", word(some), word(all)),
    }
}

fn months(stage: &Stage) -> String {
    format!("{} to {}", stage.months.0, stage.months.1)
}

/// A newcomer who is compared: where the first and the last months with spells enough lie.
fn told(it: &Newcomer, values: &Values) -> String {
    let known: Vec<_> = it
        .stages
        .iter()
        .filter_map(|stage| stage.compared.as_ref().ok().map(|found| (stage, found)))
        .collect();
    let code = &it.code;
    let ([(first, early), .., (last, late)], true) = (known.as_slice(), known.len() > 1) else {
        return format!(
            "{code} is new. Fewer than two of the times below can be compared, so nothing is said of \
             how it moved."
        );
    };
    let lies = |side: Side| match side {
        Side::Within => "within what chance leaves",
        Side::Above => "above what chance leaves",
        Side::Below => "below what chance leaves",
    };
    let moved = match (side(early), side(late)) {
        (Side::Within, Side::Within) => "Neither asks a question.",
        (_, Side::Within) => "So it came to what colleagues’ patients need.",
        (Side::Within, _) => "So the question is of the later months, not of the first.",
        (_, _) => "So it has not come to what colleagues’ patients need yet.",
    };
    format!(
        "{code} is new: {} in months {}, {}; {} in months {}, {}. {moved}",
        values.with_unit(early.adjusted.value),
        months(first),
        lies(side(early)),
        values.with_unit(late.adjusted.value),
        months(last),
        lies(side(late)),
    )
}

/// Why some months have no figure.
fn why_not(why: TooFew) -> String {
    match why {
        TooFew::Cases { needed, .. } => format!("fewer than {needed} spells that can be compared"),
        TooFew::Peers { needed, .. } => format!("fewer than {needed} peers to compare with"),
        TooFew::NoScale => "cannot be compared".to_owned(),
    }
}

fn row(code: &str, stage: &Stage, values: &Values) -> [String; 4] {
    let [adjusted, chance] = match &stage.compared {
        Ok(it) => [values.bare(it.adjusted.value), values.range(it.chance)],
        Err(why) => [why_not(*why), String::new()],
    };
    [code.to_owned(), months(stage), adjusted, chance]
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::*;

    fn newcomer(code: &str, values: &[Option<f64>]) -> Newcomer {
        let few = TooFew::Cases { found: 9, needed: 10 };
        let stage = |(place, value): (usize, &Option<f64>)| Stage {
            months: (place * 3 + 1, place * 3 + 3),
            compared: value.map(|it| made::adjusted(it, it)).ok_or(few),
        };
        Newcomer { code: code.to_owned(), stages: values.iter().enumerate().map(stage).collect() }
    }

    fn of(uses: &Uses, newcomers: Vec<Newcomer>) -> Option<Newcomers> {
        let uses = Uses { newcomers: Some(newcomers), ..uses.clone() };
        Newcomers::of(&uses, &Values::of(&uses))
    }

    /// Chance leaves 4 to 6.
    #[test]
    fn first_and_last_months_are_told() {
        let uses = made::uses(&[Some(5.0); 6]);
        let said = |values: &[Option<f64>]| {
            of(&uses, vec![newcomer("K2", values)]).expect("is new").says[1].clone()
        };
        assert_eq!(
            said(&[Some(8.0), Some(5.0)]),
            "K2 is new: 8.0\u{a0}days in months 1 to 3, above what chance leaves; 5.0\u{a0}days in \
             months 4 to 6, within what chance leaves. So it came to what colleagues’ patients need."
        );
        assert!(said(&[Some(5.0), Some(8.0)]).ends_with(
            "within what chance leaves; 8.0\u{a0}days in months 4 to 6, above what chance leaves. \
             So the question is of the later months, not of the first."
        ));
        assert!(said(&[Some(8.0), None, Some(3.0)]).ends_with(
            "3.0\u{a0}days in months 7 to 9, below what chance leaves. So it has not come to what \
             colleagues’ patients need yet."
        ));
        assert!(said(&[Some(5.0), Some(5.5)]).ends_with("Neither asks a question."));
        for few in [&[None, Some(8.0)][..], &[None, None], &[Some(8.0)], &[]] {
            let said = said(few);
            assert!(said.ends_with("so nothing is said of how it moved."), "{said}");
            assert!(!said.contains("8.0"), "{said}");
        }
    }

    #[test]
    fn the_table_holds_what_is_told_and_no_figure_of_few() {
        let uses = made::uses(&[Some(5.0); 6]);
        let found = of(&uses, vec![newcomer("K2", &[Some(8.0), None])]).expect("is new");
        assert_eq!(found.title, "One colleague has spells here and none in the year before");
        assert_eq!(
            found.rows,
            [
                ["K2", "1 to 3", "8.0", "4.0 to 6.0"],
                ["K2", "4 to 6", "fewer than 10 spells that can be compared", ""]
            ]
        );
        assert_eq!(
            why_not(TooFew::Peers { found: 4, needed: 5 }),
            "fewer than 5 peers to compare with"
        );
        assert_eq!(why_not(TooFew::NoScale), "cannot be compared");
    }

    #[test]
    fn who_is_not_compared_is_counted_and_not_named() {
        let uses =
            made::uses(&[Some(5.0), Some(5.0), Some(5.0), Some(5.0), Some(5.0), Some(5.0), None]);
        let all = vec![newcomer("K2", &[Some(5.0), Some(5.0)]), newcomer("K7", &[Some(8.0)])];
        let found = of(&uses, all).expect("are new");
        assert_eq!(found.title, "Two colleagues have spells here and none in the year before");
        let text = found.says.join(" ") + &found.rows.concat().join(" ");
        assert!(text.contains("One of the two is not shown alone"), "{text}");
        assert!(!text.contains("K7") && !text.contains("8.0"), "{text}");
        let few = made::too_few(&[12, 9, 5]);
        let found = of(&few, vec![newcomer("K2", &[None]), newcomer("K3", &[None])]);
        let found = found.expect("are new");
        assert!(found.says[1].starts_with("Neither is shown alone"), "{found:?}");
        assert!(found.rows.is_empty());
        // Nobody is new, or nobody can say who is.
        assert_eq!(of(&uses, Vec::new()), None);
        assert_eq!(Newcomers::of(&uses, &Values::of(&uses)), None);
    }
}
