//! What goes in: cells with exact figures, and which totals are to be shown.

use std::collections::BTreeMap;

use domain::Money;

use crate::release::Place;

/// Whether an amount may be below zero. The attacker is taken to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Cost or income: nobody has less than nothing.
    NeverNegative,
    /// A margin, or a cost with credits in it.
    Either,
}

/// One kind of amount: cost, income, margin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What people call it.
    pub name: String,
    /// Whether it may be below zero.
    pub sign: Sign,
}

/// Whether one person can stand in several cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// Each person is in one cell: the people of a total are those of its cells together.
    EachInOneCell,
    /// The same person may be in several, as in months: a total may have no more people than
    /// its largest cell.
    MayRepeat,
}

/// Which totals are to be shown. One that is not is never in a release.
#[expect(clippy::struct_excessive_bools, reason = "four independent choices")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The total of each row.
    pub rows: bool,
    /// The total of each group of rows, and in a table of several columns that in each column.
    pub groups: bool,
    /// The total of each column.
    pub columns: bool,
    /// The total of everything.
    pub grand: bool,
}

/// What the largest patients of a cell have of its first measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LargestPatients {
    /// The amount of the largest patient.
    pub largest: Money,
    /// The amount of the two largest together.
    pub top_two: Money,
}

/// The exact figures of one row and column. A cell that is not there is nobody, and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The row's key.
    pub row: String,
    /// The column's key; none in a table of one column.
    pub column: Option<String>,
    /// How many different people.
    pub people: u64,
    /// What is counted: patients, stays, attendances. At least one for each person.
    pub count: u64,
    /// One amount for each measure of the table, in its order.
    pub amounts: Vec<Money>,
    /// The largest patients, where known; without them no amount is hidden for dominance.
    pub largest: Option<LargestPatients>,
}

/// A table before anything is hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The amounts that each cell has. The first is the one that dominance is judged by.
    pub measures: Vec<Measure>,
    /// Whether one person can stand in several cells.
    pub people: People,
    /// The group of each row that is in one, such as the division of a service line.
    pub groups: BTreeMap<String, String>,
    /// Which totals are to be shown.
    pub totals: Totals,
    /// The cells, in any order: the release is the same.
    pub cells: Vec<Cell>,
}

/// Why a table cannot be judged. The messages name rows and columns, never figures.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisclosureError {
    /// Two cells have the same keys.
    #[error("{0} stands twice")]
    Twice(String),
    /// The cell has more or fewer amounts than the table has measures.
    #[error("{0} needs one amount for each measure")]
    Amounts(String),
    /// Fewer things are counted than there are people, or things without people.
    #[error("{0} counts fewer things than people, or things of nobody")]
    Counts(String),
    /// An amount is below zero that cannot be.
    #[error("{place} has a negative {measure}: declare that it may be, or correct it")]
    Negative {
        /// The row and column.
        place: String,
        /// The measure's name.
        measure: String,
    },
    /// The two largest patients have less than the largest.
    #[error("{0} has two largest patients with less than the largest")]
    Largest(String),
    /// An earlier release has another figure, or one that is not in the table any more.
    #[error("{0} is another figure in the earlier release, or only there: publish a new table")]
    Contradicts(String),
    /// An earlier release, of a table that was declared otherwise, gives a figure away already.
    #[error("the earlier release gives {0} away already: withdraw it")]
    AlreadyTold(String),
    /// The earlier release was decided by other rules.
    #[error("the earlier release was decided by other disclosure rules: publish a new table")]
    OtherRules,
}

impl Table {
    pub(crate) fn check(&self) -> Result<(), DisclosureError> {
        let mut keys: Vec<_> = self.cells.iter().map(|it| (&it.row, &it.column)).collect();
        keys.sort_unstable();
        if let Some(pair) = keys.windows(2).find(|it| it[0] == it[1]) {
            return Err(DisclosureError::Twice(words(pair[0].0, pair[0].1.as_deref())));
        }
        self.cells.iter().try_for_each(|it| self.check_cell(it))
    }

    fn check_cell(&self, cell: &Cell) -> Result<(), DisclosureError> {
        let place = || words(&cell.row, cell.column.as_deref());
        if cell.amounts.len() != self.measures.len() {
            return Err(DisclosureError::Amounts(place()));
        }
        if cell.count < cell.people || (cell.people == 0 && cell.count > 0) {
            return Err(DisclosureError::Counts(place()));
        }
        if cell.largest.is_some_and(|it| it.top_two < it.largest) {
            return Err(DisclosureError::Largest(place()));
        }
        let mut pairs = std::iter::zip(&self.measures, &cell.amounts);
        match pairs.find(|(it, amount)| it.sign == Sign::NeverNegative && amount.is_negative()) {
            Some((measure, _)) => {
                Err(DisclosureError::Negative { place: place(), measure: measure.name.clone() })
            }
            None => Ok(()),
        }
    }
}

fn words(row: &str, column: Option<&str>) -> String {
    Place::Cell(row.to_owned(), column.map(str::to_owned)).to_string()
}
