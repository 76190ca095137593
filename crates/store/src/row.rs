//! Reads typed values out of rows, and declares enumerations that are stored as texts.

use std::collections::BTreeMap;
use std::str::FromStr;

use domain::Day;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::error::{Error, Result};

/// Typed values of a row by column.
pub(crate) trait Values {
    /// A text.
    fn text(&self, column: &str) -> Result<String>;
    /// A text or none.
    fn text_if(&self, column: &str) -> Result<Option<String>>;
    /// A number.
    fn number(&self, column: &str) -> Result<i64>;
    /// A number or none.
    fn number_if(&self, column: &str) -> Result<Option<i64>>;

    /// An instant.
    fn at(&self, column: &str) -> Result<Timestamp> {
        instant(self.number(column)?)
    }

    /// An instant or none.
    fn at_if(&self, column: &str) -> Result<Option<Timestamp>> {
        self.number_if(column)?.map(instant).transpose()
    }

    /// A value stored as text.
    fn parsed<T: FromStr>(&self, column: &str, what: &'static str) -> Result<T> {
        parse(&self.text(column)?, what)
    }

    /// A value stored as text, or none.
    fn parsed_if<T: FromStr>(&self, column: &str, what: &'static str) -> Result<Option<T>> {
        self.text_if(column)?.map(|it| parse(&it, what)).transpose()
    }

    /// A day.
    fn day(&self, column: &str) -> Result<Day> {
        self.parsed(column, "day")
    }

    /// A day or none.
    fn day_if(&self, column: &str) -> Result<Option<Day>> {
        self.parsed_if(column, "day")
    }

    /// A JSON value or none.
    fn json_if(&self, column: &str) -> Result<Option<serde_json::Value>> {
        self.text_if(column)?.map(|it| parse(&it, "JSON value")).transpose()
    }

    /// Yes or no.
    fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.number(column)? != 0)
    }
}

impl Values for AnyRow {
    fn text(&self, column: &str) -> Result<String> {
        Ok(self.try_get(column)?)
    }

    fn text_if(&self, column: &str) -> Result<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn number(&self, column: &str) -> Result<i64> {
        Ok(self.try_get(column)?)
    }

    fn number_if(&self, column: &str) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }
}

fn instant(microseconds: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|_| Error::Unreadable { what: "instant", value: microseconds.to_string() })
}

fn parse<T: FromStr>(text: &str, what: &'static str) -> Result<T> {
    text.parse().map_err(|_| Error::Unreadable { what, value: text.to_owned() })
}

/// Gives rows to the things that a column names by their identifiers, in the order of the rows; rows
/// of other things are left.
pub(crate) fn each_to<T>(
    found: &mut [T],
    id: impl Fn(&T) -> &str,
    (rows, column): (&[AnyRow], &str),
    add: impl Fn(&mut T, &AnyRow) -> Result<()>,
) -> Result<()> {
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (id(it).to_owned(), place)).collect();
    for row in rows {
        let place = places.get(&row.text(column)?).copied();
        if let Some(of) = place.and_then(|it| found.get_mut(it)) {
            add(of, row)?;
        }
    }
    Ok(())
}

/// Days as they are stored.
pub(crate) fn iso(day: Option<Day>) -> Option<String> {
    day.map(|it| it.to_string())
}

/// Declares an enumeration whose values are texts in the database and in files.
macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it is stored and written in files.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Unknown;

            fn from_str(text: &str) -> std::result::Result<Self, $crate::Unknown> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err($crate::Unknown(text.to_owned())),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use texts;

/// A text that is none of the values of its list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not on the list")]
pub struct Unknown(pub String);
