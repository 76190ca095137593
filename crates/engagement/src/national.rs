//! Where a level stands among all trusts, and how they moved from one year to another.

use std::fmt;

use crate::framework::Level;

/// Trusts at each level in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// The year.
    pub year: u16,
    /// Trusts at each level, lowest first.
    pub trusts: [u32; 4],
}

/// Where a level stands: how many are at it or below, and how many above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The level.
    pub level: Level,
    /// Trusts at it or below.
    pub up_to: u32,
    /// Trusts above.
    pub above: u32,
}

/// How many more trusts are at each level than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The year before.
    pub from: Distribution,
    /// The year after.
    pub to: Distribution,
}

/// One row of the national table: a level, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovementRow {
    /// The level; none in the row of all.
    pub level: Option<Level>,
    /// Trusts in the year before, and their share in percent.
    pub from: (u32, u32),
    /// Trusts in the year after, and their share in percent.
    pub to: (u32, u32),
    /// How many more.
    pub change: i64,
}

/// The share in percent to the nearest whole number, halves up, from the counts; none of none.
pub(crate) fn percent(part: u32, whole: u32) -> u32 {
    rounded(part, whole, 100)
}

fn rounded(part: u32, whole: u32, scale: u64) -> u32 {
    if whole == 0 {
        return 0;
    }
    let (part, whole) = (u64::from(part), u64::from(whole));
    u32::try_from((2 * part * scale + whole) / (2 * whole)).unwrap_or(u32::MAX)
}

impl Distribution {
    /// All trusts.
    pub fn total(&self) -> u32 {
        self.trusts.iter().sum()
    }

    /// The distribution, if it is of enough organisations to be shown, and they are not all at one
    /// level: either would give each member away.
    pub fn shown_from(self, minimum: u32) -> Option<Self> {
        let levels = self.trusts.iter().filter(|it| **it > 0).count();
        (self.total() >= minimum && levels > 1).then_some(self)
    }

    /// Trusts at a level.
    pub fn at(&self, level: Level) -> u32 {
        self.trusts[level.index()]
    }

    /// The share of a level in whole percent, as the guide prints it.
    pub fn percent(&self, level: Level) -> u32 {
        percent(self.at(level), self.total())
    }

    /// The share of a level in tenths of a percent.
    pub fn tenths_of_percent(&self, level: Level) -> u32 {
        const TENTHS: u64 = 1_000;
        rounded(self.at(level), self.total(), TENTHS)
    }

    /// Where a level stands.
    pub fn position(&self, level: Level) -> Position {
        let up_to = level.up_to().iter().map(|it| self.at(*it)).sum();
        Position { level, up_to, above: self.total() - up_to }
    }

    /// Where a level stands among all trusts, in words.
    pub fn in_words(&self, level: Level) -> String {
        self.in_words_of(level, "trusts")
    }

    /// Where a level stands, in words; `members` says what was counted, such as organisations of a
    /// peer group.
    pub fn in_words_of(&self, level: Level, members: &str) -> String {
        let (position, total) = (self.position(level), self.total());
        let (up_to, above) = (position.up_to, position.above);
        let verb = if up_to == 1 { "was" } else { "were" };
        format!(
            "{up_to} of {total} {members} ({}%) {verb} at {level} or below; {above} ({}%) above",
            percent(up_to, total),
            percent(above, total)
        )
    }
}

impl Movement {
    /// How many more trusts are at a level; fewer is below zero.
    pub fn change(&self, level: Level) -> i64 {
        i64::from(self.to.at(level)) - i64::from(self.from.at(level))
    }

    /// The national table: a row for each level, and one for all.
    pub fn rows(&self) -> Vec<MovementRow> {
        let of = |it: &Distribution, level| (it.at(level), it.percent(level));
        let all = |it: &Distribution| (it.total(), percent(it.total(), it.total()));
        let row = |level: Level| MovementRow {
            level: Some(level),
            from: of(&self.from, level),
            to: of(&self.to, level),
            change: self.change(level),
        };
        let (from, to) = (all(&self.from), all(&self.to));
        let total = MovementRow { level: None, from, to, change: self.change_of_total() };
        Level::ALL.into_iter().map(row).chain([total]).collect()
    }

    /// How many more trusts there are in all.
    pub fn change_of_total(&self) -> i64 {
        i64::from(self.to.total()) - i64::from(self.from.total())
    }
}

impl fmt::Display for Movement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}: ", self.from.year, self.to.year)?;
        for level in Level::ALL {
            write!(f, "{level} {}, ", signed(self.change(level)))?;
        }
        write!(f, "total {}", signed(self.change_of_total()))
    }
}

/// With a sign that reads well: −13, 0, +7.
fn signed(number: i64) -> String {
    match number {
        0 => "0".to_owned(),
        1.. => format!("+{number}"),
        _ => format!("−{}", number.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::reference::Reference;

    fn year(year: u16) -> Distribution {
        Reference::own().distribution(year).expect("a year of the guide")
    }

    #[test]
    fn shares_are_worked_out_from_counts() {
        // 20/248 = 8.06, 94/248 = 37.90, 85/248 = 34.27, 49/248 = 19.76.
        assert_eq!(Level::ALL.map(|it| year(2012).percent(it)), [8, 38, 34, 20]);
        assert_eq!(Level::ALL.map(|it| year(2012).tenths_of_percent(it)), [81, 379, 343, 198]);
        // 7/244 = 2.87, 89/244 = 36.475, 92/244 = 37.70, 56/244 = 22.95. 36.5 would round to 37.
        assert_eq!(Level::ALL.map(|it| year(2013).percent(it)), [3, 36, 38, 23]);
        assert_eq!(Level::ALL.map(|it| year(2013).tenths_of_percent(it)), [29, 365, 377, 230]);
        let none = Distribution { year: 2014, trusts: [0; 4] };
        assert_eq!(none.percent(Level::One), 0);
    }

    #[test]
    fn a_level_stands_among_all_trusts() {
        // 7 + 89 = 96 of 244 is 39.3 %; 92 + 56 = 148 is 60.7 %.
        expect!["96 of 244 trusts (39%) were at Level 2 or below; 148 (61%) above"]
            .assert_eq(&year(2013).in_words(Level::Two));
        // 85 + 49 = 134 of 248 is 54.03 %.
        assert_eq!(year(2012).position(Level::Two).above, 134);
        expect!["244 of 244 trusts (100%) were at Level 4 or below; 0 (0%) above"]
            .assert_eq(&year(2013).in_words(Level::Four));
    }

    #[test]
    fn a_small_group_is_not_shown() {
        let group = |trusts| Distribution { year: 2013, trusts }.shown_from(5);
        assert_eq!(group([1, 1, 1, 1]), None);
        assert_eq!(group([1, 1, 2, 1]).map(|it| it.total()), Some(5));
        // All at one level tell where each is.
        assert_eq!(group([0, 6, 0, 0]), None);
    }

    #[test]
    fn movement_counts_trusts() {
        // 7 − 20, 89 − 94, 92 − 85, 56 − 49; 244 − 248.
        let movement = Movement { from: year(2012), to: year(2013) };
        expect!["2012 to 2013: Level 1 −13, Level 2 −5, Level 3 +7, Level 4 +7, total −4"]
            .assert_eq(&movement.to_string());
    }
}
