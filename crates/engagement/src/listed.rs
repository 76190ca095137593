//! Declares short lists whose values have a word in files and databases and a name on pages.

/// Declares an enumeration: each value with its word and its name.
macro_rules! listed {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal, $said:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$value_doc])* $value,)+ }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The word in files and databases.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            /// The name on pages.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $said,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::NotListed;

            fn from_str(text: &str) -> Result<Self, $crate::NotListed> {
                let found = Self::ALL.iter().copied().find(|it| it.word() == text);
                found.ok_or_else(|| $crate::NotListed(text.to_owned()))
            }
        }
    };
}

pub(crate) use listed;

/// A text that is none of the values of its list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not on the list")]
pub struct NotListed(pub String);
