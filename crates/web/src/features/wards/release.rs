//! What may be shown of wards to those who see small numbers hidden: one table of a year's stays by
//! ward and whose patients they are.

use std::collections::BTreeMap;

use disclosure::{Cell, Count, DisclosureRules, People, Release, Table, Totals};
use results::ward::{Lain, WardFlow};

use crate::shell::fault::Fault;

/// Rows of a ward: patients who belong there, and others.
const OWN: &str = "own";
const OTHER: &str = "other";

/// Stays that may be shown.
#[derive(Debug)]
pub(super) struct Released {
    release: Release,
    /// Why figures are hidden and rounded.
    pub(super) why: String,
    /// The table that it was decided over, and by which rules.
    #[cfg(test)]
    pub(super) decided: (Table, DisclosureRules),
}

/// Stays of a ward, all and of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) all: Count,
    pub(super) others: Count,
}

impl Released {
    /// # Errors
    ///
    /// [`Fault::Broken`] if small numbers cannot be decided.
    pub(super) fn of(wards: &BTreeMap<String, WardFlow>) -> Result<Self, Fault> {
        let rules = DisclosureRules::own();
        let table = table(wards);
        let release = disclosure::release(&table, &rules).map_err(|error| {
            Fault::Broken(format!("small numbers could not be decided: {error}"))
        })?;
        Ok(Self {
            release,
            why: rules.explanation(),
            #[cfg(test)]
            decided: (table, rules),
        })
    }

    /// The year of a ward.
    pub(super) fn year(&self, ward: &str) -> Shown {
        let count = |figure: Option<&disclosure::Figure>| {
            // What is not there is nobody.
            figure.map_or(Count::Nearest(0), |it| it.count)
        };
        Shown {
            all: count(self.release.group_total(ward)),
            others: count(self.release.cell(&row(ward, OTHER), None)),
        }
    }

    #[cfg(test)]
    pub(super) fn release(&self) -> &Release {
        &self.release
    }

    /// The part of a ward's stays that is of others in tenths of a percent, from rounded counts;
    /// none where one of them is hidden.
    pub(super) fn permille_of_others(&self, ward: &str) -> Option<u64> {
        let whole = self.release.group_total(ward)?;
        match self.release.cell(&row(ward, OTHER), None) {
            Some(part) => part.permille_of(whole),
            None => matches!(whole.count, Count::Nearest(_)).then_some(0),
        }
    }
}

fn row(ward: &str, whose: &str) -> String {
    format!("{ward} {whose}")
}

/// A row for the ward's own patients and one for others, with the ward's total as their group.
fn table(wards: &BTreeMap<String, WardFlow>) -> Table {
    let mut groups = BTreeMap::new();
    let mut cells = Vec::new();
    for (ward, flow) in wards {
        let nobody = Lain::default();
        let others = flow.others.as_ref().unwrap_or(&nobody);
        for (whose, lain) in [(OWN, &flow.own), (OTHER, others)] {
            groups.insert(row(ward, whose), ward.clone());
            if lain.stays > 0 {
                cells.push(Cell {
                    row: row(ward, whose),
                    column: None,
                    people: lain.came,
                    count: lain.stays,
                    amounts: Vec::new(),
                    largest: None,
                });
            }
        }
    }
    Table {
        measures: Vec::new(),
        people: People::MayRepeat,
        groups,
        totals: Totals { groups: true, ..Totals::default() },
        cells,
    }
}

/// Whether anything of a ward may be told beside its stays: there are patients enough.
pub(super) fn is_told(shown: Shown) -> bool {
    matches!(shown.all, Count::Nearest(it) if it > 0)
}

/// For those who see everything.
pub(super) fn exact(all: &Lain, others: Option<&Lain>) -> Shown {
    Shown {
        all: Count::Nearest(all.stays),
        others: Count::Nearest(others.map_or(0, |it| it.stays)),
    }
}

#[cfg(test)]
mod tests {
    use disclosure::attacker::breaks;

    use super::*;

    fn lain(stays: u64) -> Lain {
        Lain { patients: stays, stays, came: stays, used_s: 1 }
    }

    fn ward(own: u64, others: u64) -> WardFlow {
        WardFlow {
            all: lain(own + others),
            own: lain(own),
            others: Some(lain(others)),
            ..WardFlow::default()
        }
    }

    #[test]
    fn few_patients_of_others_are_hidden_and_a_ward_of_few_with_all_it_has() {
        // 40 and 3 are 43: the 3 are hidden, and 45 of all says no more. 30 and 22 are 52.
        let wards =
            [("A", ward(40, 3)), ("B", ward(4, 1)), ("C", ward(30, 22)), ("D", ward(40, 0))];
        let wards = wards.map(|(code, it)| (code.to_owned(), it)).into();
        let released = Released::of(&wards).expect("decided");
        let shown = |ward: &str| {
            let it = released.year(ward);
            let part = released.permille_of_others(ward);
            format!("{} of {}, {part:?}, {}", it.others, it.all, is_told(it))
        };
        assert_eq!(shown("A"), "* of 45, None, true");
        assert_eq!(shown("B"), "* of *, None, false");
        // 20 of 50, from rounded counts.
        assert_eq!(shown("C"), "20 of 50, Some(400), true");
        assert_eq!(shown("D"), "0 of 40, Some(0), true");
        let (table, rules) = &released.decided;
        assert_eq!(breaks(table, released.release(), rules), Vec::<String>::new());
    }
}
