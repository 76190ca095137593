//! Uses as a run would tell them, for tests.

use std::collections::BTreeSet;

use results::outcomes::{ConsultantUse, LeftOut, Uses};
use statistics::Estimate;
use statistics::case_mix::{Adjusted, Floors, TooFew};
use statistics::quantile::Spread;

#[expect(clippy::float_arithmetic, reason = "measured values; no money is summed")]
fn around(value: f64, n: u64) -> Estimate {
    Estimate { value, low: value - 1.0, high: value + 1.0, n }
}

/// A colleague by place, with what was found.
fn colleague(place: usize, spells: u64, compared: Result<Adjusted, LeftOut>) -> ConsultantUse {
    ConsultantUse {
        code: format!("K{}", place + 1),
        reference: format!("REFERENCE{place}"),
        spells,
        shared: 0,
        emergencies: 0,
        specialties: 1,
        without_like: 0,
        compared,
    }
}

/// As recorded and adjusted, with twenty spells and chance from 4 to 6.
pub(super) fn adjusted(recorded: f64, value: f64) -> Adjusted {
    Adjusted {
        raw: around(recorded, 20),
        expected: 100.0,
        ratio: 1.0,
        adjusted: around(value, 20),
        chance: (4.0, 6.0),
        finest: 20,
    }
}

/// Bed days of these colleagues.
pub(super) fn of(consultants: Vec<ConsultantUse>) -> Uses {
    let n = consultants.iter().map(|it| it.spells).sum();
    Uses {
        code: "bed-days".to_owned(),
        name: "Bed days".to_owned(),
        unit: "days".to_owned(),
        definition: "Nights of the spell.".to_owned(),
        source: "Admission and discharge".to_owned(),
        activities: BTreeSet::new(),
        absent: None,
        floors: Floors::default(),
        rules_source: "Rules".to_owned(),
        overall: Some(around(5.0, n)),
        spread: Some(Spread {
            n,
            least: 1.0,
            lower_quartile: 3.0,
            median: 4.0,
            upper_quartile: 6.0,
            most: 19.0,
        }),
        consultants,
        without_consultant: 0,
        newcomers: None,
    }
}

/// Colleagues with twenty spells each and this as recorded and adjusted; none has nine spells.
pub(super) fn uses(values: &[Option<f64>]) -> Uses {
    let few = LeftOut::TooFew(TooFew::Cases { found: 9, needed: 10 });
    let one = |(place, value): (usize, &Option<f64>)| {
        let compared = value.map(|it| adjusted(it, it)).ok_or(few);
        colleague(place, if compared.is_ok() { 20 } else { 9 }, compared)
    };
    of(values.iter().enumerate().map(one).collect())
}

/// Colleagues as recorded and adjusted, each with twenty spells.
pub(super) fn pairs(values: &[(f64, f64)]) -> Uses {
    let one = |(place, (recorded, value)): (usize, &(f64, f64))| {
        colleague(place, 20, Ok(adjusted(*recorded, *value)))
    };
    of(values.iter().enumerate().map(one).collect())
}

/// Colleagues with so many spells, too few of whom have ten.
pub(super) fn too_few(spells: &[u64]) -> Uses {
    let large = spells.iter().filter(|it| **it >= 10).count();
    let found = u64::try_from(large.saturating_sub(1)).expect("few");
    let one = |(place, spells): (usize, &u64)| {
        let why = match *spells {
            10.. => TooFew::Peers { found, needed: 5 },
            found => TooFew::Cases { found, needed: 10 },
        };
        colleague(place, *spells, Err(LeftOut::TooFew(why)))
    };
    of(spells.iter().enumerate().map(one).collect())
}
