//! What published costings show of a use: the change in it from one year to the next, at the rate of
//! the first.

use access::{Capability, View};
use domain::Money;
use engagement::benefits::Basis;
use results::care::{Care, CareBook};
use rules::year::CountUnit;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::{choices, number};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::{care, words};

/// What the page says of two costings.
#[derive(Clone, Debug, Default)]
pub(super) struct Costed {
    /// Activities to choose from.
    pub(super) activities: Vec<(String, String)>,
    pub(super) chosen: String,
    /// What they show of it, in sentences; none before one is chosen.
    pub(super) said: Vec<String>,
}

/// One activity of one unit in two years.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    /// Number, or seconds.
    before: i64,
    after: i64,
    /// What it cost in the first year.
    cost: Money,
    /// Of its cost over the whole trust in the first year, what is fixed, and all of it.
    fixed: Money,
    own: Money,
}

impl Uses {
    /// The change at the rate of the first year, by what can move and what cannot; none where there
    /// is no rate. The parts add up to the worth at full cost exactly.
    fn worth(&self) -> Option<(Money, Money)> {
        let change = i128::from(self.before) - i128::from(self.after);
        let full = divided(change * micro(self.cost), i128::from(self.before))?;
        let fixed = match micro(self.own) {
            0 => 0,
            own => divided(full * micro(self.fixed), own)?,
        };
        Some((money(full - fixed)?, money(fixed)?))
    }
}

fn micro(amount: Money) -> i128 {
    i128::from(amount.micro_pounds())
}

fn money(micro: i128) -> Option<Money> {
    i64::try_from(micro).ok().map(Money::from_micro_pounds)
}

/// Divided, half away from zero; none by nothing.
fn divided(value: i128, by: i128) -> Option<i128> {
    if by <= 0 {
        return None;
    }
    let half = by / 2;
    Some(if value < 0 { (value - half) / by } else { (value + half) / by })
}

/// The activities of a unit in the latest published costing and the year before it, and what they
/// show of the chosen one; none where there are no two years, or whoever looks does not see the
/// costs of the unit exactly.
pub(super) async fn of(
    app: &App,
    visit: &Visit,
    (unit, chosen): (&str, &str),
    basis: Option<&Basis>,
) -> Result<Option<Costed>, Fault> {
    let scope = visit.scope(Capability::AggregateCosts).ok();
    let sees = scope.and_then(|it| it.of_unit(unit)).is_some_and(|it| it.view == View::Exact);
    if !sees {
        return Ok(None);
    }
    let (app, unit, chosen) = (app.clone(), unit.to_owned(), chosen.to_owned());
    let basis = basis.cloned();
    reading(move || {
        let Some(run) = app.shelf().latest(false)? else { return Ok(None) };
        let Some(last) = app.shelf().year_before(&run)? else { return Ok(None) };
        let (now, before) = (care::book(&run)?, care::book(&last)?);
        let (Some(first), Some(second)) = (whole(&before, &unit), whole(&now, &unit)) else {
            return Ok(None);
        };
        let known = &run.rules()?.activities;
        let named =
            |code: &str| known.get(code).map_or_else(|| code.to_owned(), |it| it.name.clone());
        let counted = before.activities.iter().filter(|it| count(&before, &first, it) > 0);
        let mut activities: Vec<(String, String)> =
            counted.map(|it| (it.clone(), named(it))).collect();
        activities.sort_by(|one, other| one.1.cmp(&other.1));
        let mut said = Vec::new();
        if activities.iter().any(|it| it.0 == chosen) {
            let uses = uses(&before, (&first, &chosen), count(&now, &second, &chosen));
            let unit = known.get(&chosen).map_or(CountUnit::Number, |it| it.count_unit);
            let years = [&last.manifest().year, &run.manifest().year].map(|it| words::year(it));
            said = sentences(&named(&chosen), &years, &uses, (unit, basis.as_ref()));
        }
        let each = activities.iter().map(|it| (it.0.as_str(), it.1.as_str()));
        Ok(Some(Costed { activities: choices("Choose one", each), chosen, said }))
    })
    .await
}

/// All care of a unit.
fn whole(book: &CareBook, unit: &str) -> Option<Care> {
    let line = book.lines.get(unit)?;
    let mut care = line.sum(|_| true);
    care.add(&line.apart);
    Some(care)
}

fn place(book: &CareBook, activity: &str) -> Option<u16> {
    let at = book.activities.iter().position(|it| it == activity)?;
    u16::try_from(at).ok()
}

fn count(book: &CareBook, care: &Care, activity: &str) -> i64 {
    place(book, activity).and_then(|it| care.counts.get(&it)).copied().unwrap_or(0)
}

fn uses(book: &CareBook, (care, activity): (&Care, &str), after: i64) -> Uses {
    let Some(at) = place(book, activity) else { return Uses::default() };
    let trust = book.trust.get(&at).copied().unwrap_or_default();
    let cost = care.parts.iter().filter(|it| it.0.0 == at).map(|it| *it.1).sum();
    let before = care.counts.get(&at).copied().unwrap_or(0);
    Uses { before, after, cost, fixed: trust.fixed, own: trust.own }
}

/// Seconds of a minute.
const MINUTE: i64 = 60;

fn sentences(
    name: &str,
    [first, second]: &[String; 2],
    uses: &Uses,
    (unit, basis): (CountUnit, Option<&Basis>),
) -> Vec<String> {
    let seconds = basis.and_then(|it| it.seconds);
    let (one, noun) = match (unit, seconds, basis) {
        (CountUnit::Number, ..) => (1, "in number"),
        (CountUnit::Minutes, Some(seconds), Some(basis)) => (seconds, basis.unit.as_str()),
        (CountUnit::Minutes, ..) => (MINUTE, "minutes"),
    };
    // Counts are shown to a whole unit; sums are made of them as they are.
    let shown = |count: i64| {
        let whole = divided(i128::from(count), i128::from(one)).unwrap_or(0);
        number(i64::try_from(whole * 1_000_000).unwrap_or(i64::MAX))
    };
    let mut said = vec![format!(
        "{name}: {} {noun} in {first}, which cost {}; {} in {second}.",
        shown(uses.before),
        words::pounds(uses.cost),
        shown(uses.after)
    )];
    if let Some((moves, fixed)) = uses.worth() {
        let change = uses.before - uses.after;
        let way = if change < 0 { "more" } else { "fewer" };
        said.push(format!(
            "{} {way}, at the rate of {first}, are {} at full cost: {} variable and semi-fixed, {} fixed and never cash.",
            shown(change.abs()),
            words::pounds(moves + fixed),
            words::pounds(moves),
            words::pounds(fixed)
        ));
    }
    said.push(
        "This is the use of all patients of the service line, also where there were more or fewer of them. It is never the difference of two unit costs, and by itself it is no cash."
            .to_owned(),
    );
    said
}

#[cfg(test)]
mod tests {
    use engagement::benefits::BenefitSettings;

    use super::*;

    fn pounds(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    #[test]
    fn a_change_in_use_is_worth_the_rate_before_and_its_parts_add_up() {
        // 3,310 bed days cost £1,324,000, £400 each; 184 fewer are £73,600, of which 3 in 8 fixed.
        let day = 86_400;
        let uses = Uses {
            before: 3_310 * day,
            after: 3_126 * day,
            cost: pounds("1324000"),
            fixed: pounds("3000000"),
            own: pounds("8000000"),
        };
        assert_eq!(uses.worth(), Some((pounds("46000"), pounds("27600"))));
        let settings = BenefitSettings::own();
        let basis = settings.basis("bed-days");
        let years = ["2024/25".to_owned(), "2025/26".to_owned()];
        let said = sentences("Stay on any ward", &years, &uses, (CountUnit::Minutes, basis));
        assert_eq!(
            said[0],
            "Stay on any ward: 3,310 bed days in 2024/25, which cost £1,324,000; 3,126 in 2025/26."
        );
        assert_eq!(
            said[1],
            "184 fewer, at the rate of 2024/25, are £73,600 at full cost: £46,000 variable and semi-fixed, £27,600 fixed and never cash."
        );
        let more = Uses { after: 3_494 * day, ..uses };
        assert_eq!(more.worth(), Some((pounds("-46000"), pounds("-27600"))));
        assert_eq!(Uses { before: 0, ..uses }.worth(), None, "there is no rate of nothing");
    }
}
