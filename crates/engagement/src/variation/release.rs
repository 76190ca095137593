//! When the explanation of a difference may go to the board without names, and when it is withdrawn.

use super::{KnownBy, Named, Question, Said, Voices};

/// The parts of what is released: their codes and what they are called, in order.
pub const PARTS: [(&str, &str); 4] = [
    ("differs", "What differs"),
    (Question::Different.word(), Question::Different.name()),
    (Question::Why.word(), Question::Why.name()),
    (Question::WhatNext.word(), Question::WhatNext.name()),
];

/// Why an explanation cannot be released or withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoardVersionFault {
    /// Both sides do not stand behind all three answers.
    #[error(
        "a clinician and finance both stand behind all three answers before anything is released"
    )]
    NotExplained,
    /// A version is with the board.
    #[error("a version is released already: withdraw it first, with a reason")]
    Released,
    /// None is.
    #[error("no version of it is with the board")]
    NotReleased,
    /// It names somebody.
    #[error(
        "word {} of “{part}” is {}: take it out, the board is told what and never who",
        .named.word, .named.is
    )]
    Names {
        /// In which part.
        part: &'static str,
        /// Where in it, and what.
        named: Named,
    },
}

/// Whether both sides stand behind all three answers.
pub fn is_explained(said: &[Said]) -> bool {
    Question::ALL.iter().all(|it| Voices::of(*it, said).is_settled())
}

/// What stands in the way of releasing anything, by what was said and whether a version is with the
/// board.
pub fn release_fault(said: &[Said], is_released: bool) -> Option<BoardVersionFault> {
    if is_released {
        return Some(BoardVersionFault::Released);
    }
    (!is_explained(said)).then_some(BoardVersionFault::NotExplained)
}

/// Each part that names somebody: its code, and where and what. The texts are in the order of [`PARTS`].
pub fn names_in(known: &KnownBy, texts: [&str; 4]) -> Vec<(&'static str, BoardVersionFault)> {
    let found = |((code, part), text): ((&'static str, &'static str), &str)| {
        let named = known.first_in(text)?;
        Some((code, BoardVersionFault::Names { part, named }))
    };
    PARTS.into_iter().zip(texts).filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benefits::Side;
    use crate::variation::Says;

    fn said(question: Question, side: Side, says: Says) -> Said {
        let by = side.word().to_owned();
        Said { question, side, by, says }
    }

    #[test]
    fn it_is_released_once_both_stand_behind_all_and_nothing_is_out() {
        let mut all = Vec::new();
        for question in Question::ALL {
            all.push(said(*question, Side::Clinical, Says::Wrote));
            assert_eq!(release_fault(&all, false), Some(BoardVersionFault::NotExplained));
            all.push(said(*question, Side::Finance, Says::Agreed));
        }
        assert_eq!(release_fault(&all, false), None);
        assert_eq!(release_fault(&all, true), Some(BoardVersionFault::Released));
        // What one side writes anew, the other has not agreed to.
        all.push(said(Question::Why, Side::Clinical, Says::Wrote));
        assert_eq!(release_fault(&all, false), Some(BoardVersionFault::NotExplained));
    }

    #[test]
    fn each_part_that_names_somebody_is_told_by_its_place_and_never_by_the_name() {
        let known = KnownBy::of([("Amara Okafor", "amara.okafor@trust.nhs.uk")]);
        let found = names_in(&known, ["Stays", "Yes", "Ask Amara", "Tell C1234567"]);
        let told: Vec<(&str, String)> =
            found.into_iter().map(|it| (it.0, it.1.to_string())).collect();
        let expected = [
            (
                "why",
                "word 2 of “Why is this?” is a name of somebody of the register: take it out, the \
                 board is told what and never who",
            ),
            (
                "what_next",
                "word 2 of “What can we do about it?” is a consultant code: take it out, the board \
                 is told what and never who",
            ),
        ];
        assert_eq!(told, expected.map(|it| (it.0, it.1.to_owned())));
    }
}
