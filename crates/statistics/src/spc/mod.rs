//! Statistical process control: which points of a series are more than ordinary variation (`XmR`).
//!
//! # Source
//!
//! Making Data Count, NHS England, as its R package `NHSRplotthedots` 0.2.2 computes it.

mod words;

pub use words::Special;

/// Limits are this many average moving ranges from the average: 3 / 1.128.
const LIMIT: f64 = 2.66;
/// Moving ranges from this many averages on are left out when limits are made.
const SCREEN: f64 = 3.267;

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Good {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neither,
}

/// How a chart is made. A trust may run other lengths: they are printed on the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpcRules {
    /// Limits are made from so many points at the start; none for all.
    pub baseline: Option<usize>,
    /// Points in a row on one side of the average that are special cause.
    pub shift: usize,
    /// Points in a row that rise or fall and are special cause.
    pub trend: usize,
    /// Limits made of at most so many points are trial limits.
    pub few_points: usize,
    /// Whether extreme moving ranges are left out when limits are made.
    pub is_screened: bool,
}

impl Default for SpcRules {
    fn default() -> Self {
        Self { baseline: None, shift: 7, trend: 7, few_points: 12, is_screened: true }
    }
}

/// Why a point is special cause. The first rule that it meets, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is beyond a limit.
    Limit,
    /// It is one of a run that rises or falls.
    Trend,
    /// It is one of two of three points near a limit.
    TwoOfThree,
    /// It is one of a run on one side of the average.
    Shift,
}

/// Which way a special cause points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// High or rising.
    High,
    /// Low or falling.
    Low,
}

/// A special cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The rule.
    pub rule: Rule,
    /// Which way.
    pub direction: Direction,
}

/// What a point means, by the direction in which the measure is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Ordinary variation.
    Ordinary,
    /// Special cause, for the better.
    Improvement,
    /// Special cause, for the worse.
    Concern,
    /// Special cause, neither good nor bad.
    Neither,
}

/// Whether a target is met, from the limits alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// Ordinary variation alone will meet it.
    Pass,
    /// Ordinary variation alone will miss it.
    Fail,
    /// It may be met or missed.
    HitOrMiss,
}

/// One series with its limits. It belongs to one process: where something is known to have
/// changed for good, what came after is a series of its own, and no rule runs across.
#[derive(Clone, Debug, PartialEq)]
pub struct Xmr {
    /// The values.
    pub values: Vec<f64>,
    /// Their average, of the points that the limits are made of.
    pub mean: f64,
    /// Upper limit; not cut off at 100%.
    pub upper: f64,
    /// Lower limit; not cut off at 0.
    pub lower: f64,
    /// How many points average and limits are made of.
    pub limits_from: usize,
    /// Whether those are few, so that the limits are for trial.
    pub is_trial: bool,
    /// Of each point, why it is special; none if it is ordinary.
    pub causes: Vec<Option<Cause>>,
    rules: SpcRules,
}

impl Xmr {
    /// The chart of a series in order of time.
    ///
    /// None if there are fewer than two points to make limits of, or they do not vary, so that
    /// nothing says what ordinary variation is.
    pub fn of(values: &[f64], rules: SpcRules) -> Option<Self> {
        let limits_from = rules.baseline.unwrap_or(values.len()).min(values.len());
        let base = &values[..limits_from];
        if limits_from < 2 || values.iter().any(|it| !it.is_finite()) {
            return None;
        }
        let mean = average(base);
        let ranges: Vec<f64> = base.windows(2).map(|it| (it[1] - it[0]).abs()).collect();
        let mut range = average(&ranges);
        if range <= 0.0 {
            return None;
        }
        if rules.is_screened {
            let kept: Vec<f64> = ranges.into_iter().filter(|it| *it < SCREEN * range).collect();
            range = average(&kept);
        }
        if range <= 0.0 {
            return None;
        }
        let mut made = Self {
            values: values.to_vec(),
            mean,
            upper: mean + LIMIT * range,
            lower: mean - LIMIT * range,
            limits_from,
            is_trial: limits_from <= rules.few_points,
            causes: vec![None; values.len()],
            rules,
        };
        made.mark();
        Some(made)
    }

    /// What a point means where this way is good.
    pub fn meaning(&self, point: usize, good: Good) -> Meaning {
        let Some(cause) = self.causes.get(point).copied().flatten() else {
            return Meaning::Ordinary;
        };
        match (good, cause.direction) {
            (Good::Neither, _) => Meaning::Neither,
            (Good::Up, Direction::High) | (Good::Down, Direction::Low) => Meaning::Improvement,
            (Good::Up, Direction::Low) | (Good::Down, Direction::High) => Meaning::Concern,
        }
    }

    /// Whether ordinary variation meets a target; none where no way is good.
    pub fn assurance(&self, target: f64, good: Good) -> Option<Assurance> {
        let (beyond, within) = match good {
            Good::Up => (target > self.upper, target < self.lower),
            Good::Down => (target < self.lower, target > self.upper),
            Good::Neither => return None,
        };
        Some(match (beyond, within) {
            (true, _) => Assurance::Fail,
            (_, true) => Assurance::Pass,
            _ => Assurance::HitOrMiss,
        })
    }

    fn mark(&mut self) {
        // The rule that counts most is laid on last.
        self.mark_shifts();
        self.mark_two_of_three();
        self.mark_trends();
        for point in 0..self.values.len() {
            if let Some(direction) = self.outside(point) {
                self.causes[point] = Some(Cause { rule: Rule::Limit, direction });
            }
        }
    }

    fn mark_shifts(&mut self) {
        let sides: Vec<Option<Direction>> =
            (0..self.values.len()).map(|it| self.side(it)).collect();
        self.mark_windows(self.rules.shift, Rule::Shift, |window| {
            let first = sides[window.start]?;
            window.clone().all(|it| sides[it] == Some(first)).then_some(first)
        });
    }

    fn mark_trends(&mut self) {
        let values = self.values.clone();
        self.mark_windows(self.rules.trend, Rule::Trend, |window| {
            let run = &values[window.clone()];
            if run.windows(2).all(|it| it[1] > it[0]) {
                Some(Direction::High)
            } else {
                run.windows(2).all(|it| it[1] < it[0]).then_some(Direction::Low)
            }
        });
    }

    fn mark_windows(
        &mut self,
        length: usize,
        rule: Rule,
        is_special: impl Fn(&std::ops::Range<usize>) -> Option<Direction>,
    ) {
        if length < 2 {
            return;
        }
        for start in 0..(self.values.len() + 1).saturating_sub(length) {
            let window = start..start + length;
            if let Some(direction) = is_special(&window) {
                // A turning point takes the later trend's direction.
                self.causes[window].fill(Some(Cause { rule, direction }));
            }
        }
    }

    fn mark_two_of_three(&mut self) {
        for start in 0..self.values.len().saturating_sub(2) {
            let Some(direction) = self.side(start) else { continue };
            let window = start..start + 3;
            let is_one_side = window.clone().all(|it| self.side(it) == Some(direction));
            let near: Vec<usize> = window.filter(|it| self.is_near_limit(*it)).collect();
            if is_one_side && near.len() >= 2 {
                for point in near {
                    self.causes[point] = Some(Cause { rule: Rule::TwoOfThree, direction });
                }
            }
        }
    }

    fn side(&self, point: usize) -> Option<Direction> {
        let distance = self.values[point] - self.mean;
        if distance > 0.0 {
            Some(Direction::High)
        } else {
            (distance < 0.0).then_some(Direction::Low)
        }
    }

    fn outside(&self, point: usize) -> Option<Direction> {
        let value = self.values[point];
        if value > self.upper {
            Some(Direction::High)
        } else {
            (value < self.lower).then_some(Direction::Low)
        }
    }

    fn is_near_limit(&self, point: usize) -> bool {
        let distance = (self.values[point] - self.mean).abs();
        self.outside(point).is_none() && distance > (self.upper - self.mean) * 2.0 / 3.0
    }
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests;
