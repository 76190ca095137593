//! What comes out: figures that may be shown, and nothing else.

use std::collections::BTreeMap;
use std::fmt;

use domain::Money;

use crate::rules::DisclosureRules;

/// What stands in the place of a hidden figure.
pub const HIDDEN: &str = "*";

/// Where a figure stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a row and column; the column is none in a table of one column.
    Cell(String, Option<String>),
    /// The total of a row.
    Row(String),
    /// The total of a group of rows.
    Group(String),
    /// The total of a group of rows in one column.
    GroupCell(String, Option<String>),
    /// The total of a column.
    Column(Option<String>),
    /// The total of everything.
    Grand,
}

/// Why a figure is hidden or rough.
///
/// For tests and for those who may see everything. Never for others: to say that a cell is
/// hidden for its own size gives its size away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Too few people.
    Primary,
    /// One or two patients have nearly all of the amount.
    Dominance,
    /// Another hidden figure could be worked out from it.
    Complementary,
}

/// A count that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Not shown.
    Hidden,
    /// To the nearest 5, or what the rules say.
    Nearest(u64),
}

/// An amount that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Not shown.
    Hidden,
    /// To the micro-pound.
    Exact(Money),
    /// A total to the nearest £1,000, or what the rules say.
    Nearest(Money),
}

/// The figures of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// How many.
    pub count: Count,
    /// One for each measure, in the table's order.
    pub amounts: Vec<Amount>,
    /// Each amount for one of the count, from the exact figures, to the nearest micro-pound; none
    /// where either is hidden or the amount is rough, or nothing is counted.
    pub means: Vec<Option<Money>>,
}

impl Figure {
    /// The part of `whole` in tenths of a percent, from the rounded counts only, half up.
    pub fn permille_of(&self, whole: &Self) -> Option<u64> {
        match (self.count, whole.count) {
            (Count::Nearest(part), Count::Nearest(whole)) if whole > 0 => {
                Some((part * 1000 + whole / 2) / whole)
            }
            _ => None,
        }
    }
}

/// The figures of a table that may be shown, all decided together.
///
/// Pages, charts, files and sort orders use these figures only. A view of some rows or columns is
/// cut from here, so that the same cell is hidden in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub(crate) figures: BTreeMap<Place, Figure>,
    pub(crate) reasons: BTreeMap<Place, Reason>,
    pub(crate) rules: DisclosureRules,
}

impl Release {
    /// The figure at a place: none if the table has no such cell or total.
    pub fn at(&self, place: &Place) -> Option<&Figure> {
        self.figures.get(place)
    }

    /// The figure of a cell.
    pub fn cell(&self, row: &str, column: Option<&str>) -> Option<&Figure> {
        self.at(&Place::Cell(row.to_owned(), column.map(str::to_owned)))
    }

    /// The total of a row, where totals of rows are shown.
    pub fn row_total(&self, row: &str) -> Option<&Figure> {
        self.at(&Place::Row(row.to_owned()))
    }

    /// The total of a group of rows, where totals of groups are shown.
    pub fn group_total(&self, group: &str) -> Option<&Figure> {
        self.at(&Place::Group(group.to_owned()))
    }

    /// The total of a group of rows in one of several columns, where totals of groups are shown.
    pub fn group_cell(&self, group: &str, column: Option<&str>) -> Option<&Figure> {
        self.at(&Place::GroupCell(group.to_owned(), column.map(str::to_owned)))
    }

    /// The total of a column, where totals of columns are shown.
    pub fn column_total(&self, column: Option<&str>) -> Option<&Figure> {
        self.at(&Place::Column(column.map(str::to_owned)))
    }

    /// The total of everything, where it is shown.
    pub fn grand_total(&self) -> Option<&Figure> {
        self.at(&Place::Grand)
    }

    /// All figures in the order of their places.
    pub fn figures(&self) -> impl Iterator<Item = (&Place, &Figure)> {
        self.figures.iter()
    }

    /// Whether anything is hidden or rough, so that a page has to explain it.
    pub fn hides_anything(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// Why figures are hidden or rough, by place. See [`Reason`] for who may know.
    pub fn reasons(&self) -> impl Iterator<Item = (&Place, Reason)> {
        self.reasons.iter().map(|(place, reason)| (place, *reason))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = |it: &Option<String>| {
            it.as_ref().map_or_else(String::new, |it| format!(", column `{it}`"))
        };
        match self {
            Self::Cell(row, of) => write!(f, "row `{row}`{}", column(of)),
            Self::Row(row) => write!(f, "the total of row `{row}`"),
            Self::Group(group) => write!(f, "the total of group `{group}`"),
            Self::GroupCell(group, of) => write!(f, "the total of group `{group}`{}", column(of)),
            Self::Column(Some(of)) => write!(f, "the total of column `{of}`"),
            Self::Column(None) => f.write_str("the total of the column"),
            Self::Grand => f.write_str("the total of everything"),
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hidden => f.pad(HIDDEN),
            Self::Nearest(count) => f.pad(&count.to_string()),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hidden => f.pad(HIDDEN),
            Self::Exact(amount) => f.pad(&amount.to_pence()),
            Self::Nearest(amount) => {
                f.pad(amount.to_pence().strip_suffix(".00").unwrap_or_default())
            }
        }
    }
}
