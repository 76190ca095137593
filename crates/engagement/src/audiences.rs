//! With whom data on cost and quality are shared regularly (guide 2.4, Level 4): a list of audiences, as
//! data.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// What comes with the program.
const OWN: &str = include_str!("../data/audiences.toml");

static AUDIENCES: LazyLock<Audiences> =
    LazyLock::new(|| Audiences::parse(OWN).expect("a test reads what comes with the program"));

/// The list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audiences {
    /// Its audiences, in order.
    pub audiences: Vec<Audience>,
}

/// With whom data are shared.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Its code.
    pub id: String,
    /// Who they are.
    pub name: String,
    /// Whether words of one's own must say who they are.
    pub needs_words: bool,
    /// Where it comes from.
    pub source: String,
}

/// Why a text is no list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AudiencesError {
    /// It breaks the rules of TOML, or an audience lacks one of its parts.
    #[error("the list of audiences cannot be read: {0}")]
    Unreadable(String),
    /// It has none.
    #[error("the list of audiences is empty: add one with id, name, needs_words and source")]
    Empty,
    /// An audience has no code of its own, or says nothing.
    #[error("the audience `{0}` needs a code of its own without blanks, a name, and a source")]
    Audience(String),
}

impl Audiences {
    /// What comes with the program.
    pub fn own() -> &'static Self {
        &AUDIENCES
    }

    /// Reads it from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`AudiencesError`] for the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, AudiencesError> {
        let list: Self = toml::from_str(text)
            .map_err(|it| AudiencesError::Unreadable(it.message().to_owned()))?;
        if list.audiences.is_empty() {
            return Err(AudiencesError::Empty);
        }
        let mut seen = BTreeSet::new();
        for it in &list.audiences {
            let is_blank = [&it.id, &it.name, &it.source].iter().any(|it| it.trim().is_empty());
            if is_blank || it.id.contains(char::is_whitespace) || !seen.insert(&it.id) {
                return Err(AudiencesError::Audience(it.id.clone()));
            }
        }
        Ok(list)
    }

    /// An audience by its code.
    pub fn get(&self, id: &str) -> Option<&Audience> {
        self.audiences.iter().find(|it| it.id == id)
    }

    /// Who they are, with words of one's own; the code of one that is not on the list any more.
    pub fn told(&self, id: &str, words: &str) -> String {
        let name = self.get(id).map_or(id, |it| it.name.as_str());
        if words.is_empty() { name.to_owned() } else { format!("{name}: {words}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_told_by_its_name_and_what_was_added() {
        let own = Audiences::own();
        assert_eq!(own.told("board", ""), "The board");
        assert_eq!(own.told("others", "The league of friends"), "Others: The league of friends");
        assert_eq!(own.told("left_the_list", ""), "left_the_list");
        assert!(own.get("others").is_some_and(|it| it.needs_words));
        assert!(own.get("invented").is_none());
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        assert_eq!(Audiences::parse(text).expect_err("a fault").to_string(), expected);
    }

    #[test]
    fn a_list_that_is_none_says_why() {
        let of = "needs a code of its own without blanks, a name, and a source";
        let twice = OWN.replacen("id = \"board\"", "id = \"review\"", 1);
        refused(&twice, &format!("the audience `review` {of}"));
        let unnamed = OWN.replacen("name = \"The board\"", "name = \" \"", 1);
        refused(&unnamed, &format!("the audience `board` {of}"));
        refused(
            "audiences = []",
            "the list of audiences is empty: add one with id, name, needs_words and source",
        );
    }
}
