//! What a chart says, in words that fit on it.

use super::{Direction, Good, Meaning, Rule, Xmr};

/// The special cause that a chart speaks of first: the one that lasts until the latest special
/// point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Special {
    /// First point of it.
    pub first: usize,
    /// Last point of it.
    pub last: usize,
    /// The rule that shows it.
    pub rule: Rule,
    /// Which way.
    pub direction: Direction,
    /// Whether it is good.
    pub meaning: Meaning,
}

impl Special {
    /// How many points it lasts.
    pub fn points(&self) -> usize {
        self.last - self.first + 1
    }
}

impl Xmr {
    /// The special cause that ends last, as long as it lasts: a run on one side of the average
    /// counts from its first point, whichever rule found it. None if all is ordinary.
    pub fn latest(&self, good: Good) -> Option<Special> {
        let last = self.causes.iter().rposition(Option::is_some)?;
        let cause = self.causes[last]?;
        let meaning = self.meaning(last, good);
        let special =
            |first, rule| Special { first, last, rule, direction: cause.direction, meaning };
        let side = run(last, |it| self.side(it) == Some(cause.direction));
        if last + 1 - side >= self.rules.shift {
            return Some(special(side, Rule::Shift));
        }
        let first = if cause.rule == Rule::TwoOfThree {
            // The other of the two may stand apart.
            let mut window = last.saturating_sub(2)..=last;
            window.find(|it| self.causes[*it] == Some(cause)).unwrap_or(last)
        } else {
            run(last, |it| self.causes[it] == Some(cause))
        };
        Some(special(first, cause.rule))
    }

    /// The special cause in words, in two pieces that are lines on a phone: `8 months above
    /// average,` and `from August 2025`. `labels` names the points, `points` says what they are,
    /// such as `months`.
    pub fn callout(&self, good: Good, labels: &[String], points: &str) -> Option<(String, String)> {
        let special = self.latest(good)?;
        let label = |point: usize| labels.get(point).map(String::as_str);
        let (first, n) = (label(special.first)?, special.points());
        let high = special.direction == Direction::High;
        let from = format!("from {first}");
        Some(match special.rule {
            Rule::Shift => {
                let side = if high { "above" } else { "below" };
                (format!("{n} {points} {side} average,"), from)
            }
            Rule::Trend => {
                let way = if high { "rising" } else { "falling" };
                (format!("{n} {points} {way},"), from)
            }
            Rule::TwoOfThree => {
                let which = if high { "upper" } else { "lower" };
                (format!("2 of 3 {points} near the {which} limit,"), from)
            }
            Rule::Limit => {
                let limit = if high { "above the upper limit" } else { "below the lower limit" };
                if n == 1 {
                    (limit_first_letter(limit), format!("in {first}"))
                } else {
                    (format!("{n} {points} {limit},"), from)
                }
            }
        })
    }

    /// The rule as the chart prints it.
    pub fn rule_words(&self, points: &str) -> String {
        let trial = if self.is_trial { "trial limits" } else { "limits" };
        format!(
            "Special cause: beyond the {trial} (average and 2.66 moving ranges, of {} {points}), {} in a row on one side of the average, {} in a row rising or falling, or 2 of 3 near a limit.",
            self.limits_from, self.rules.shift, self.rules.trend
        )
    }
}

/// The first of the points up to and with `last` for which all is as asked.
fn run(last: usize, holds: impl Fn(usize) -> bool) -> usize {
    (0..=last).rev().take_while(|it| holds(*it)).last().unwrap_or(last)
}

fn limit_first_letter(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
}
