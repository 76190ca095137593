//! From figures to places: round steps for an axis, and positions in tenths of a pixel.

/// An axis of whole numbers, such as micro-pounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    /// The figure at the left end.
    pub(crate) start: i128,
    /// The figure at the right end.
    pub(crate) end: i128,
    /// The figures between two ticks.
    pub(crate) step: i128,
    /// The left end, in tenths of a pixel.
    left: i64,
    /// The right end.
    right: i64,
}

impl Scale {
    /// An axis that shows all from the lowest to the highest, with about `ticks` ticks. It starts
    /// at zero, or shortened where all that matters is far from it.
    /// Ticks are no closer than `closest`.
    pub(crate) fn new(
        (lowest, highest): (i128, i128),
        (ticks, closest): (i128, i128),
        (left, right): (i64, i64),
    ) -> Self {
        let is_short = lowest > 0 && (highest - lowest) * 3 < lowest;
        let from = if is_short { lowest } else { lowest.min(0) };
        let end = highest.max(if is_short { highest } else { 0 }).max(from + 1);
        let step = round_step((end - from) / ticks.max(1)).max(closest);
        let start = match (is_short, from < 0) {
            // Half a step before the first tick, so that the lowest total has a bar.
            (true, _) => (from.div_euclid(step) * step - step / 2).max(0),
            (false, true) => from,
            (false, false) => 0,
        };
        Self { start, end, step, left, right }
    }

    /// The same figures between other ends, with at most so many ticks.
    pub(crate) fn on(self, (left, right): (i64, i64), most: usize) -> Self {
        let all = self.ticks().len();
        let every = i128::try_from(all.div_ceil(most.max(1)).max(1)).unwrap_or(1);
        Self { step: self.step * every, left, right, ..self }
    }

    /// An axis from zero to just the ends, for bars without ticks.
    pub(crate) fn from_zero(lowest: i128, highest: i128, ends: (i64, i64)) -> Self {
        let (start, end) = (lowest.min(0), highest.max(0));
        let end = end.max(start + 1);
        Self { start, end, step: end - start, left: ends.0, right: ends.1 }
    }

    /// Whether the axis starts elsewhere than at zero.
    pub(crate) const fn is_short(&self) -> bool {
        self.start > 0
    }

    /// The place of a figure, in tenths of a pixel.
    pub(crate) fn place(&self, figure: i128) -> i64 {
        let length = i128::from(self.right - self.left);
        let place = (figure - self.start) * length / (self.end - self.start);
        self.left + i64::try_from(place).unwrap_or(0)
    }

    /// The figures of all ticks.
    pub(crate) fn ticks(&self) -> Vec<i128> {
        let first = -(-self.start).div_euclid(self.step) * self.step;
        let next = |it: &i128| Some(it + self.step);
        std::iter::successors(Some(first), next).take_while(|it| *it <= self.end).collect()
    }
}

/// An axis of measured values: places are what is worked out with them, and no money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    start: f64,
    end: f64,
    step: f64,
    from: i64,
    to: i64,
}

#[expect(clippy::float_arithmetic, reason = "places of measured values; no money is summed")]
impl Axis {
    /// The largest value an axis goes to: past it, neighbouring ticks would be the same number.
    const MOST: f64 = 1e15;

    /// A round axis around all values, with about so many steps. Values that are no numbers, or
    /// beyond [`Axis::MOST`] as no measured value is, are left out.
    pub(crate) fn new(
        values: impl Iterator<Item = f64>,
        steps: u8,
        (from, to): (i64, i64),
    ) -> Self {
        let values: Vec<f64> = values.filter(|it| it.abs() <= Self::MOST).collect();
        let lowest = values.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let highest = values.iter().copied().reduce(f64::max).unwrap_or(1.0);
        let range = if highest > lowest { highest - lowest } else { highest.abs().max(1.0) };
        let least = range / f64::from(steps.max(1));
        let power = 10_f64.powf(least.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|it| it * power);
        let step = step.into_iter().find(|it| *it >= least).unwrap_or(range);
        let start = (lowest / step).floor() * step;
        let end = ((highest / step).ceil() * step).max(start + step);
        Self { start, end, step, from, to }
    }

    /// The place of a value, in tenths of a pixel; one that is no number is at the start.
    pub(crate) fn place(&self, value: f64) -> i64 {
        let part = ((value - self.start) / (self.end - self.start)).clamp(0.0, 1.0);
        let length = f64::from(i32::try_from(self.to - self.from).unwrap_or(0));
        self.from + whole(part * length)
    }

    /// The words and places of all ticks.
    pub(crate) fn ticks(&self) -> Vec<(String, i64)> {
        let count = whole((self.end - self.start) / self.step);
        let places = usize::try_from(-whole(self.step.log10().floor())).unwrap_or(0);
        let tick = |index: i64| {
            let value = self.start + self.step * f64::from(i32::try_from(index).unwrap_or(0));
            let words = format!("{value:.places$}").replace('-', "\u{2212}");
            (words, self.place(value))
        };
        (0..=count).map(tick).collect()
    }
}

/// The nearest whole number; nothing for what is no number.
#[expect(clippy::cast_possible_truncation, reason = "places and ticks are few")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// The least of 1, 2 and 5 times a power of ten that is no less.
fn round_step(least: i128) -> i128 {
    let mut power = 1;
    loop {
        for digit in [1, 2, 5] {
            if digit * power >= least {
                return digit * power;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_start_at_zero_or_say_where() {
        // 812 less 765 is 47, far less than 765: shortened. A fifth of 47 is 9.4, so steps of 10.
        let scale = Scale::new((765, 812), (5, 1), (0, 5_700));
        assert_eq!((scale.start, scale.step, scale.is_short()), (755, 10, true));
        assert_eq!(scale.ticks(), [760, 770, 780, 790, 800, 810]);
        // 57 figures on 5,700 tenths.
        assert_eq!((scale.place(755), scale.place(765), scale.place(812)), (0, 1_000, 5_700));

        let scale = Scale::new((-30, 80), (5, 1), (100, 1_200));
        assert_eq!((scale.start, scale.step, scale.is_short()), (-30, 50, false));
        assert_eq!(scale.ticks(), [0, 50]);
        assert_eq!((scale.place(-30), scale.place(0), scale.place(80)), (100, 400, 1_200));

        let scale = Scale::new((0, 0), (5, 1), (0, 100));
        assert_eq!(scale.place(0), 0);
    }

    #[test]
    fn axes_of_values_are_round() {
        let ticks = |values: &[f64]| {
            let axis = Axis::new(values.iter().copied(), 3, (1_900, 0));
            axis.ticks().into_iter().map(|it| format!("{} {}", it.0, it.1)).collect::<Vec<_>>()
        };
        // 3.9 to 5.6: a third of 1.7 is 0.57, so steps of 1.
        assert_eq!(ticks(&[3.9, 5.6]), ["3 1900", "4 1267", "5 633", "6 0"]);
        // 0.2 wide: a third is 0.067, so steps of 0.1.
        assert_eq!(ticks(&[0.1, 0.3, f64::NAN]), ["0.1 1900", "0.2 950", "0.3 0"]);
        assert_eq!(ticks(&[]), ["0.0 1900", "0.5 950", "1.0 0"]);
        // One value: a third of 7 is 2.3, so steps of 5.
        assert_eq!(ticks(&[7.0]), ["5 1900", "10 0"]);
    }
}
