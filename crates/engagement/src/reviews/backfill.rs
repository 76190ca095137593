//! Time that is bought so that clinicians can take part: who is stood in for, for how many sessions, at
//! what cost (guide 3.7). Sessions are exact tenths, cost is exact pence.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ReviewGuide;
use crate::pence::{Pence, PenceError};

/// Tenths of one session.
const TENTHS: u32 = 10;

/// Sessions that one entry may have: what one person works in four years.
const SESSIONS_MAX: u32 = 2_000;

/// Minutes of an hour.
const MINUTES: u64 = 60;

/// Time that was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// Sessions, in tenths.
    pub tenths: u32,
    /// What they cost.
    pub cost: Pence,
}

/// Time that was bought, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// How many entries.
    pub entries: u64,
    /// Sessions, in tenths.
    pub tenths: u64,
    /// What they cost.
    pub cost: Pence,
    /// Hours of clinicians, in whole minutes, by the length of a session.
    pub minutes: u64,
}

/// Why typed backfill cannot be kept, with the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackfillFault {
    /// No number of sessions.
    #[error("Write the sessions as 6 or 2.5, at most 2,000")]
    Sessions,
    /// No amount.
    #[error(transparent)]
    Cost(PenceError),
    /// No period.
    #[error("Write the first and the last day as 2026-06-11, the last not before the first")]
    Period,
}

/// Reads sessions, with one decimal at most.
///
/// # Errors
///
/// [`BackfillFault::Sessions`] where it is no such number, or none of them.
pub fn sessions(text: &str) -> Result<u32, BackfillFault> {
    let text = text.trim().replace(',', "");
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let is_number = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 1 {
        return Err(BackfillFault::Sessions);
    }
    let whole = whole.parse::<u32>().ok().filter(|it| *it <= SESSIONS_MAX);
    let tenths = whole.zip(part.parse::<u32>().ok()).map(|(whole, part)| whole * TENTHS + part);
    tenths.filter(|it| *it > 0 && *it <= SESSIONS_MAX * TENTHS).ok_or(BackfillFault::Sessions)
}

/// Reads what was typed of backfill: sessions, cost in pounds, first and last day.
///
/// # Errors
///
/// [`BackfillFault`] for the first of them that is wrong.
pub fn backfill(
    (tenths, cost): (&str, &str),
    (from, to): (&str, &str),
) -> Result<Backfill, BackfillFault> {
    let tenths = sessions(tenths)?;
    let cost = cost.parse::<Pence>().map_err(BackfillFault::Cost)?;
    if cost < Pence::ZERO {
        return Err(BackfillFault::Cost(PenceError::BelowZero));
    }
    let days = from.parse::<Date>().ok().zip(to.parse::<Date>().ok());
    match days {
        Some((from, to)) if from <= to => Ok(Backfill { tenths, cost }),
        _ => Err(BackfillFault::Period),
    }
}

/// Time that was bought, added up exactly.
pub fn released(guide: &ReviewGuide, all: &[Backfill]) -> Released {
    let hours = u64::from(guide.settings.session_hours.value);
    let tenths: u64 = all.iter().map(|it| u64::from(it.tenths)).sum();
    Released {
        entries: all.len() as u64,
        tenths,
        cost: all.iter().map(|it| it.cost).sum(),
        minutes: tenths * hours * MINUTES / u64::from(TENTHS),
    }
}

/// Time that was bought, by the programme that it is for, in the order of their names; what names none
/// comes last. Programmes whose names differ in capital letters alone are one.
pub fn by_programme(guide: &ReviewGuide, all: &[(&str, Backfill)]) -> Vec<(String, Released)> {
    let mut found: BTreeMap<(bool, String), (String, Vec<Backfill>)> = BTreeMap::new();
    for (name, it) in all {
        let name = name.trim();
        let key = (name.is_empty(), name.to_lowercase());
        found.entry(key).or_insert_with(|| (name.to_owned(), Vec::new())).1.push(*it);
    }
    found.into_values().map(|(name, of)| (name, released(guide, &of))).collect()
}

/// Tenths as people read them: `2.5`, `6`.
pub fn tenths(tenths: u64) -> String {
    let (whole, part) = (tenths / u64::from(TENTHS), tenths % u64::from(TENTHS));
    if part == 0 { whole.to_string() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: (&str, &str) = ("2026-06-01", "2026-09-30");

    #[test]
    fn sessions_and_cost_add_up_exactly() {
        let of =
            |sessions: &str, cost: &str| backfill((sessions, cost), DAYS).expect("it is right");
        let all = [of("2.5", "1,250.50"), of("6", "3000"), of("0.1", "0.01")];
        let found = released(&ReviewGuide::own(), &all);
        // 2.5 + 6 + 0.1 = 8.6 sessions of 4 hours = 34.4 hours = 2,064 minutes.
        assert_eq!((found.entries, found.tenths, found.minutes), (3, 86, 2_064));
        assert_eq!(found.cost, Pence::new(425_051));
        assert_eq!((tenths(found.tenths), tenths(60)), ("8.6".to_owned(), "6".to_owned()));
        assert_eq!(released(&ReviewGuide::own(), &[]), Released::default());
    }

    #[test]
    fn programmes_add_up_to_all_that_was_bought() {
        let guide = ReviewGuide::own();
        let of =
            |sessions: &str, cost: &str| backfill((sessions, cost), DAYS).expect("it is right");
        let all = [
            ("Hip pathway", of("2.5", "1250.50")),
            ("", of("1", "400")),
            (" hip pathway ", of("0.5", "0")),
            ("Costing", of("4", "2000")),
        ];
        let found = by_programme(&guide, &all);
        let told: Vec<_> =
            found.iter().map(|(name, it)| (name.as_str(), it.entries, it.tenths)).collect();
        assert_eq!(told, [("Costing", 1, 40), ("Hip pathway", 2, 30), ("", 1, 10)]);
        let sum = released(&guide, &all.map(|it| it.1));
        // 8 sessions of four hours are 32 hours, 1,920 minutes.
        assert_eq!((sum.tenths, sum.minutes), (80, 1_920));
        assert_eq!(found.iter().map(|it| it.1.minutes).sum::<u64>(), 1_920);
        assert_eq!(found.iter().map(|it| it.1.cost).sum::<Pence>(), sum.cost);
    }

    #[test]
    fn what_is_typed_wrong_is_told() {
        let told = |sessions: &str, cost: &str, days| {
            backfill((sessions, cost), days).expect_err("a fault").to_string()
        };
        let number = "Write the sessions as 6 or 2.5, at most 2,000";
        for text in
            ["", "x", "-1", "2.55", "0", "0.0", "2001", "2000.1", "1e3", "5.", ".5", "99999999999"]
        {
            assert_eq!(told(text, "1", DAYS), number, "{text}");
        }
        assert_eq!(told("1", "many", DAYS), "Write pounds and pence, such as 1,250 or 1250.50");
        let period =
            "Write the first and the last day as 2026-06-11, the last not before the first";
        assert_eq!(told("1", "1", ("2026-06-02", "2026-06-01")), period);
        assert_eq!(told("1", "1", ("June", "2026-06-01")), period);
    }
}
