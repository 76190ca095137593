//! The ledger of benefits: what was claimed beside what held up, each unit by itself.
//!
//! Cash is added to cash, bed days to bed days, and never one to the other. What actions may bring is
//! not in it at all.

use std::collections::BTreeMap;

use super::account::Account;

/// A benefit as the ledger counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its unit; none where it is cash.
    pub unit: Option<String>,
    /// Whether it comes again every year.
    pub recurrent: bool,
    /// What became of its claim.
    pub account: Account,
}

/// Sums in millionths of their unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// What was claimed.
    pub claimed: i128,
    /// What both leads accepted.
    pub verified: i128,
    /// What is not decided, or the guard holds.
    pub held: i128,
    /// What was not accepted.
    pub not_accepted: i128,
    /// Of what is verified, what comes again every year.
    pub recurrent: i128,
    /// Of what is verified, what comes once.
    pub one_off: i128,
}

/// All benefits added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Cash.
    pub cash: Totals,
    /// Everything else, by its unit.
    pub units: BTreeMap<String, Totals>,
}

impl Ledger {
    /// Adds benefits up, each to those of its own unit alone.
    pub fn of(entries: &[Entry]) -> Self {
        let mut ledger = Self::default();
        for entry in entries {
            let totals = match &entry.unit {
                None => &mut ledger.cash,
                Some(unit) => ledger.units.entry(unit.clone()).or_default(),
            };
            let account = &entry.account;
            totals.claimed += i128::from(account.claimed);
            totals.verified += i128::from(account.verified);
            totals.held += i128::from(account.held);
            totals.not_accepted += i128::from(account.not_accepted);
            let kept = if entry.recurrent { &mut totals.recurrent } else { &mut totals.one_off };
            *kept += i128::from(account.verified);
        }
        ledger
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POUND: i64 = 1_000_000;

    fn entry(unit: &str, recurrent: bool, [claimed, verified, held, not]: [i64; 4]) -> Entry {
        let [claimed, verified, held, not_accepted] =
            [claimed, verified, held, not].map(|it| it * POUND);
        Entry {
            unit: (!unit.is_empty()).then(|| unit.to_owned()),
            recurrent,
            account: Account { claimed, verified, held, not_accepted },
        }
    }

    #[test]
    fn cash_and_bed_days_are_never_added_together() {
        // £96,408 + £18,128 = £114,536 = £82,400 + £18,128 + £14,008.
        let ledger = Ledger::of(&[
            entry("bed days", true, [310, 184, 126, 0]),
            entry("", true, [96_408, 82_400, 0, 14_008]),
            entry("", false, [18_128, 0, 18_128, 0]),
        ]);
        let pounds = |it: i128| it / i128::from(POUND);
        let cash = ledger.cash;
        assert_eq!([cash.claimed, cash.verified].map(pounds), [114_536, 82_400]);
        assert_eq!([cash.held, cash.not_accepted].map(pounds), [18_128, 14_008]);
        assert_eq!([cash.recurrent, cash.one_off].map(pounds), [82_400, 0]);
        assert_eq!(ledger.units.len(), 1);
        assert_eq!(pounds(ledger.units["bed days"].claimed), 310);
    }

    proptest! {
        /// Totals are those of their parts, whatever is in the ledger.
        #[test]
        fn totals_reconcile_to_their_parts(rows in prop::collection::vec(
            (0_usize..3, any::<bool>(), 0_i64.., any::<i64>(), any::<i64>()), 0..30,
        )) {
            let units = [None, Some("bed days".to_owned()), Some("sessions".to_owned())];
            let entries: Vec<Entry> = rows.iter().map(|(unit, recurrent, claimed, yes, no)| {
                let decision = |side| super::super::Decision {
                    side, by: String::new(), accepted: *yes, not_accepted: *no, because: String::new(),
                };
                let both = (decision(super::super::Side::Finance), decision(super::super::Side::Clinical));
                let account = Account::of(*claimed, (Some(&both.0), Some(&both.1)), false);
                Entry { unit: units[*unit].clone(), recurrent: *recurrent, account }
            }).collect();
            let ledger = Ledger::of(&entries);
            let mut all: Vec<&Totals> = ledger.units.values().collect();
            all.push(&ledger.cash);
            for it in &all {
                prop_assert_eq!(it.claimed, it.verified + it.held + it.not_accepted);
                prop_assert_eq!(it.verified, it.recurrent + it.one_off);
            }
            let claimed: i128 = entries.iter().map(|it| i128::from(it.account.claimed)).sum();
            prop_assert_eq!(all.iter().map(|it| it.claimed).sum::<i128>(), claimed);
            let cash = entries.iter().filter(|it| it.unit.is_none());
            prop_assert_eq!(ledger.cash.claimed, cash.map(|it| i128::from(it.account.claimed)).sum::<i128>());
        }
    }
}
