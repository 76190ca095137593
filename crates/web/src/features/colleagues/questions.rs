//! Questions worth asking: each made from figures, none a verdict.

use results::care::GapPart;
use results::outcomes::Uses;
use statistics::case_mix::Adjusted;

use super::sentences::{Side, Values, side};

/// Where there is no question.
pub(super) const NONE: &str =
    "These figures raise no question: colleagues differ by no more than chance.";

/// A question, and the figures that raise it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) asks: String,
    pub(super) says: String,
}

/// All questions: the specialty beside similar trusts first, then each colleague in order of code.
pub(super) fn of(uses: &Uses, peers: &[GapPart], values: &Values) -> Vec<Question> {
    let compared: Vec<(&str, &Adjusted)> = uses
        .consultants
        .iter()
        .filter_map(|it| it.compared.as_ref().ok().map(|compared| (it.code.as_str(), compared)))
        .collect();
    let mut all: Vec<Question> = peers
        .iter()
        .filter(|it| it.own_e4 != it.peers_e4)
        .map(|it| beside_others(it, uses, &compared))
        .collect();
    all.extend(compared.iter().filter_map(|it| beyond(it, uses, values)));
    all.extend(compared.iter().filter_map(|it| adjustment(it, values)));
    all
}

/// The specialty beside similar trusts, both counted as the model counts them.
#[expect(clippy::float_arithmetic, reason = "measured values; no money is summed")]
fn beside_others(it: &GapPart, uses: &Uses, compared: &[(&str, &Adjusted)]) -> Question {
    let (own, theirs) = (as_measured(it.own_e4), as_measured(it.peers_e4));
    let count = |value: f64| match it.unit.as_str() {
        "number" => format!("{value:.1}"),
        unit => format!("{value:.1}\u{a0}{unit}"),
    };
    let adjusted = || compared.iter().map(|it| it.1.adjusted.value);
    let reach = adjusted().fold(f64::MIN, f64::max) - adjusted().fold(f64::MAX, f64::min);
    let is_larger = it.unit == uses.unit && (own - theirs).abs() > reach;
    let larger = if is_larger {
        " This question is larger than any difference between colleagues."
    } else {
        ""
    };
    Question {
        asks: format!(
            "Why does a stay here have {} {}, and {} in {}?",
            count(own),
            lead_in(&it.measure, &it.unit),
            count(theirs),
            it.peers
        ),
        says: format!(
            "Both are counted in the way of the model, over all of this care, whoever gave it: so \
             ours can differ a little from the figure above.{larger}"
        ),
    }
}

/// `in a bed` of days in a bed, since the unit says days already; else the measure itself.
fn lead_in<'a>(measure: &'a str, unit: &str) -> &'a str {
    let rest = measure.strip_prefix(unit).map(str::trim_start);
    rest.filter(|it| !it.is_empty()).unwrap_or(measure)
}

/// What differs for a colleague whom chance does not account for.
fn beyond((code, it): &(&str, &Adjusted), uses: &Uses, values: &Values) -> Option<Question> {
    let side = side(it);
    if side == Side::Within {
        return None;
    }
    let where_first = match uses.code.as_str() {
        "bed-days" => {
            "Look first at the day of the list, the ward, and the hours from ready to leaving."
        }
        _ => "Look first at what the patients had and when, and at who was learning.",
    };
    let less = match side {
        Side::Below => " Less is not better by itself: look at outcomes beside it.",
        _ => "",
    };
    let recorded = it.raw.value;
    let as_recorded = if recorded < it.chance.0 || recorded > it.chance.1 {
        ""
    } else {
        " As recorded it lies within that range: only the adjustment takes it out."
    };
    Some(Question {
        asks: format!("What differs for {code}’s patients?"),
        says: format!(
            "{} after adjustment, where chance leaves {}.{as_recorded} {where_first}{less} A first \
             year as consultant is a reason like any other. This page says of nobody who it is.",
            values.with_unit(it.adjusted.value),
            values.range(it.chance),
        ),
    })
}

/// What adjustment takes away: as recorded beyond the range, adjusted within it.
fn adjustment((code, it): &(&str, &Adjusted), values: &Values) -> Option<Question> {
    let recorded = it.raw.value;
    let is_above = recorded > it.chance.1;
    let is_beyond = is_above || recorded < it.chance.0;
    if !is_beyond || side(it) != Side::Within {
        return None;
    }
    let needs = if is_above { "more" } else { "less" };
    Some(Question {
        asks: format!("What does {code} tell us about adjustment?"),
        says: format!(
            "{} as recorded, {} adjusted: {code} had more of the patients whose procedure, \
             admission and age need {needs} in colleagues’ hands too. As far as the records show, \
             the difference lies in the patients.",
            values.with_unit(recorded),
            values.bare(it.adjusted.value),
        ),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a measured value of few digits")]
#[expect(clippy::float_arithmetic, reason = "a measured value; no money is summed")]
fn as_measured(value_e4: i64) -> f64 {
    value_e4 as f64 / 10_000.0
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use expect_test::{Expect, expect};
    use rules::year::PeerKind;

    use super::super::made;
    use super::*;

    #[track_caller]
    fn check(figures: &[(f64, f64)], peers: &[GapPart], expected: &Expect) {
        let uses = made::pairs(figures);
        let all = of(&uses, peers, &Values::of(&uses));
        let text: Vec<String> = all
            .iter()
            .map(|it| format!("{}\n{}", it.asks, it.says).replace('\u{a0}', " "))
            .collect();
        expected.assert_eq(&text.join("\n"));
    }

    #[test]
    fn chance_raises_no_question() {
        check(&[(5.5, 5.4), (4.2, 4.4)], &[], &expect![""]);
    }

    #[test]
    fn each_beyond_chance_is_a_question_and_none_names_a_reference() {
        check(
            &[(6.5, 6.3), (5.0, 5.0), (3.0, 3.2)],
            &[],
            &expect![[r#"
                What differs for K1’s patients?
                6.3 days after adjustment, where chance leaves 4.0 to 6.0. Look first at the day of the list, the ward, and the hours from ready to leaving. A first year as consultant is a reason like any other. This page says of nobody who it is.
                What differs for K3’s patients?
                3.2 days after adjustment, where chance leaves 4.0 to 6.0. Look first at the day of the list, the ward, and the hours from ready to leaving. Less is not better by itself: look at outcomes beside it. A first year as consultant is a reason like any other. This page says of nobody who it is."#]],
        );
    }

    #[test]
    fn what_adjustment_takes_away_is_said_the_right_way_round() {
        check(
            &[(6.1, 5.2), (3.9, 4.8)],
            &[],
            &expect![[r#"
                What does K1 tell us about adjustment?
                6.1 days as recorded, 5.2 adjusted: K1 had more of the patients whose procedure, admission and age need more in colleagues’ hands too. As far as the records show, the difference lies in the patients.
                What does K2 tell us about adjustment?
                3.9 days as recorded, 4.8 adjusted: K2 had more of the patients whose procedure, admission and age need less in colleagues’ hands too. As far as the records show, the difference lies in the patients."#]],
        );
    }

    #[test]
    fn similar_trusts_come_first_on_one_basis() {
        let part = |own_e4, peers_e4| GapPart {
            measure: "days in a bed".to_owned(),
            kind: PeerKind::Use,
            unit: "days".to_owned(),
            own_e4,
            peers_e4,
            amount: Money::ZERO,
            peers: "nine similar trusts".to_owned(),
            source: "x".to_owned(),
        };
        // Colleagues reach from 4.8 to 5.2: 1.4 days are more than that, 0.3 are not.
        check(
            &[(5.0, 4.8), (5.0, 5.2)],
            &[part(51_000, 37_000), part(51_000, 48_000), part(37_000, 37_000)],
            &expect![[r#"
                Why does a stay here have 5.1 days in a bed, and 3.7 days in nine similar trusts?
                Both are counted in the way of the model, over all of this care, whoever gave it: so ours can differ a little from the figure above. This question is larger than any difference between colleagues.
                Why does a stay here have 5.1 days in a bed, and 4.8 days in nine similar trusts?
                Both are counted in the way of the model, over all of this care, whoever gave it: so ours can differ a little from the figure above."#]],
        );
    }
}
