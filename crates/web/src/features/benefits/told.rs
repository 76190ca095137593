//! What was read of published costings, in words and a table: the use, the rate of the baseline, and
//! what the change is worth at it, by what can move and what cannot.

use domain::Money;
use engagement::benefits::{Basis, Costed, CostedUse, Worth};

use crate::shell::joint_work::number;
use crate::shell::provenance::short;
use crate::shell::words;

/// What the pages show of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// What people call the use.
    pub(super) name: String,
    /// The baseline and what came later, a sentence each.
    pub(super) said: Vec<String>,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<(&'static str, Vec<String>)>,
    pub(super) notes: Vec<String>,
    /// Each costing with its run.
    pub(super) sources: Vec<String>,
}

/// Millionths of one.
const ONE: i64 = 1_000_000;

/// The parts of a cost, in the order of the table.
const PARTS: [&str; 4] = ["Variable", "Semi-fixed", "Fixed, never cash", "At full cost"];

/// An amount that is saved, or is more than before.
fn saved(micro: i128) -> String {
    let amount = words::pounds(money(micro.abs()));
    if micro < 0 { format!("{amount} more") } else { amount }
}

fn money(micro: i128) -> Money {
    Money::from_micro_pounds(i64::try_from(micro).unwrap_or(i64::MAX))
}

/// To a whole unit; sums are made of uses as they are.
fn shown(micro: i64) -> String {
    number((micro.saturating_add(micro.signum() * ONE / 2)) / ONE * ONE)
}

/// A reading as its pages tell it.
struct About<'a> {
    read: &'a Costed,
    unit: &'a str,
}

impl Told {
    /// For samples.
    pub(super) fn sample() -> Self {
        Self {
            name: "Stay on any ward".to_owned(),
            said: vec![
                "Before, in 2024/25: 3,680 bed days, which cost £1,472,000.".to_owned(),
                "2025/26: 3,496 bed days, 184 fewer.".to_owned(),
            ],
            columns: ["Cost in 2024/25", "For one", "Change to 2025/26"].map(str::to_owned).into(),
            rows: vec![("Variable", ["£139,840", "£38.00", "£6,992"].map(str::to_owned).into())],
            notes: vec!["A month holds the use of the care that ended in it.".to_owned()],
            sources: vec!["2024/25, 12 months: run c0ffee, published 20 May 2026".to_owned()],
        }
    }

    /// What was read for a benefit that rests on a basis, with the target of a month in its unit.
    pub(super) fn of(read: &Costed, basis: &Basis, target: Option<i64>) -> Self {
        let about = About { read, unit: &basis.unit };
        let target = target.and_then(|it| Some((it, read.worth_at_target(it)?)));
        let mut told = Self {
            name: read.name.clone(),
            said: vec![about.before()],
            columns: about.columns(target.is_some()),
            rows: about.rows(target.map(|it| it.1)),
            notes: about.notes(),
            sources: std::iter::once(&read.baseline).chain(&read.later).map(source).collect(),
        };
        told.said.extend(read.later.iter().map(|it| about.since(it)));
        told.said.extend(target.map(|it| about.aimed(it)));
        told
    }
}

fn source(it: &CostedUse) -> String {
    let months = match it.months {
        12.. => "12 months".to_owned(),
        some => words::count(some.unsigned_abs(), "month", "months"),
    };
    format!(
        "{}, {months}: run {}, published {}, manifest {}",
        words::year(&it.year),
        it.run,
        words::day(it.published.get(..10).unwrap_or(&it.published)),
        it.manifest
    )
}

impl About<'_> {
    fn units(&self, count: i64) -> String {
        shown(self.read.units(count).unwrap_or(i64::MAX))
    }

    fn before(&self) -> String {
        let it = &self.read.baseline;
        let (year, cost) = (words::year(&it.year), words::pounds(money(it.parts.all())));
        format!("Before, in {year}: {} {}, which cost {cost}.", self.units(it.count), self.unit)
    }

    /// So many fewer or more than before, and what that is worth.
    fn change(&self, (before, after): (i64, i64), worth: Option<Worth>) -> String {
        let change = before - after;
        let way = if change < 0 { "more" } else { "fewer" };
        let full =
            worth.map_or_else(|| "more than can be counted".to_owned(), |it| saved(it.full()));
        let year = words::year(&self.read.baseline.year);
        format!("{} {way}. At the rate of {year} that is {full} at full cost", shown(change.abs()))
    }

    fn since(&self, it: &CostedUse) -> String {
        let (before, after) =
            (self.read.units(self.read.baseline.count), self.read.units(it.count));
        let both = (before.unwrap_or(0), after.unwrap_or(0));
        let change = self.change(both, self.read.worth(it));
        format!("{}: {} {}, {change}.", words::year(&it.year), self.units(it.count), self.unit)
    }

    fn aimed(&self, (month, worth): (i64, Worth)) -> String {
        let months = self.read.baseline.months;
        let all = month.saturating_mul(months);
        let before = self.read.units(self.read.baseline.count).unwrap_or(0);
        let change = self.change((before, all), Some(worth));
        format!("At the target: {} {} in {months} months, {change}.", shown(all), self.unit)
    }

    fn columns(&self, has_target: bool) -> Vec<String> {
        let year = words::year(&self.read.baseline.year);
        let mut columns = vec![format!("Cost in {year}"), "For one".to_owned()];
        for it in &self.read.later {
            let of_year = words::year(&it.year);
            let is_again = self.read.later.iter().filter(|other| other.year == it.year).count() > 1;
            let run = if is_again { format!(" ({})", short(&it.run)) } else { String::new() };
            columns.push(format!("Change to {of_year}{run}"));
        }
        columns.extend(has_target.then(|| "Change to the target".to_owned()));
        columns
    }

    fn rows(&self, target: Option<Worth>) -> Vec<(&'static str, Vec<String>)> {
        let parts = &self.read.baseline.parts;
        let fixed = i128::from(parts.fixed) + i128::from(parts.unstated);
        let cost = [parts.variable.into(), parts.semi_fixed.into(), fixed, parts.all()];
        let rate = self.read.rate().unwrap_or_default();
        let one = i128::from(self.read.one);
        let whole = parts.all() * one;
        let count = i128::from(self.read.baseline.count).max(1);
        // The rate at full cost is that of the whole cost, as the rates of the parts are rounded.
        let full = (whole + whole.signum() * count / 2) / count;
        let rates = [rate.variable.into(), rate.semi_fixed.into(), rate.fixed.into(), full];
        let later = self.read.later.iter().map(|it| self.read.worth(it)).chain(target.map(Some));
        let later: Vec<Option<[i128; 4]>> = later.map(|it| it.map(parts_of)).collect();
        let row = |(at, name): (usize, &'static str)| {
            let mut row = vec![words::pounds(money(cost[at])), words::pence(money(rates[at]))];
            let worth = |it: &Option<[i128; 4]>| {
                it.map_or_else(|| "Too large to be counted".to_owned(), |it| saved(it[at]))
            };
            row.extend(later.iter().map(worth));
            (name, row)
        };
        PARTS.into_iter().enumerate().map(row).collect()
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = vec![
            "It is the use of all patients of the service line, also where there were more or fewer of them. The change is taken at the rate of the baseline, never as the difference of two unit costs, and by itself it is no cash."
                .to_owned(),
        ];
        let unstated = self.read.baseline.parts.unstated;
        if unstated != 0 {
            notes.push(format!(
                "The model does not say how {} of this cost moves: it is counted as fixed.",
                words::pounds(Money::from_micro_pounds(unstated))
            ));
        }
        let open: Vec<String> = self
            .read
            .later
            .iter()
            .filter(|it| it.not_ended() != 0)
            .map(|it| format!("{} of {}", self.units(it.not_ended()), words::year(&it.year)))
            .collect();
        let open: Vec<&str> = open.iter().map(String::as_str).collect();
        let held = if open.is_empty() {
            String::new()
        } else {
            format!(" {} are in no month, as the care had not ended.", words::listed(&open))
        };
        notes.push(format!("A month holds the use of the care that ended in it.{held}"));
        notes
    }
}

fn parts_of(it: Worth) -> [i128; 4] {
    [it.variable.into(), it.semi_fixed.into(), it.fixed.into(), it.full()]
}

#[cfg(test)]
mod tests {
    use engagement::benefits::{BenefitSettings, CostedParts};

    use super::*;

    const DAY: i64 = 86_400;

    fn in_year(year: &str, days: i64) -> CostedUse {
        CostedUse {
            run: format!("run{year}"),
            manifest: "ab12".to_owned(),
            year: year.to_owned(),
            months: 12,
            published: "2026-05-20T08:14:00Z".to_owned(),
            count: days * DAY,
            ..CostedUse::default()
        }
    }

    #[test]
    fn a_reading_is_told_with_its_parts_and_its_runs() {
        // 3,680 bed days at £38 + £212 + £150; 3,496 a year on, and 3,600 at 300 a month.
        let parts = CostedParts {
            variable: 139_840 * ONE,
            semi_fixed: 780_160 * ONE,
            fixed: 500_000 * ONE,
            unstated: 52_000 * ONE,
        };
        let read = Costed {
            name: "Stay on any ward".to_owned(),
            one: DAY,
            baseline: CostedUse { parts, ..in_year("2023-24", 3_680) },
            later: vec![in_year("2024-25", 3_496), in_year("2025-26", 3_700)],
            ..Costed::default()
        };
        let settings = BenefitSettings::own();
        let basis = settings.basis("bed-days").expect("it is on the list");
        let told = Told::of(&read, basis, Some(300 * ONE));
        assert_eq!(
            told.said,
            [
                "Before, in 2023/24: 3,680 bed days, which cost £1,472,000.",
                "2024/25: 3,496 bed days, 184 fewer. At the rate of 2023/24 that is £73,600 at full cost.",
                "2025/26: 3,700 bed days, 20 more. At the rate of 2023/24 that is £8,000 more at full cost.",
                "At the target: 3,600 bed days in 12 months, 80 fewer. At the rate of 2023/24 that is £32,000 at full cost.",
            ]
        );
        assert_eq!(
            told.columns.join(" | "),
            "Cost in 2023/24 | For one | Change to 2024/25 | Change to 2025/26 | Change to the target"
        );
        let rows: Vec<String> =
            told.rows.iter().map(|it| format!("{}: {}", it.0, it.1.join(" | "))).collect();
        assert_eq!(
            rows,
            [
                "Variable: £139,840 | £38.00 | £6,992 | £760 more | £3,040",
                "Semi-fixed: £780,160 | £212.00 | £39,008 | £4,240 more | £16,960",
                "Fixed, never cash: £552,000 | £150.00 | £27,600 | £3,000 more | £12,000",
                "At full cost: £1,472,000 | £400.00 | £73,600 | £8,000 more | £32,000",
            ]
        );
        assert!(told.notes[1].contains("£52,000"), "{:?}", told.notes);
        assert_eq!(
            told.sources[1],
            "2024/25, 12 months: run run2024-25, published 20 May 2026, manifest ab12"
        );
    }
}
