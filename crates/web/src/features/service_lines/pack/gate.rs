//! What stands in the way of issuing a pack: words that nobody explained, and more than two pages.

use store::packs::Pack;

use super::content::Content;
use crate::shell::terms;

/// Lines of a printed page, and letters of a line, at the size in which packs are printed.
const PAGE: (usize, usize) = (62, 105); // number: counted on a printed A4 sheet

/// Pages that a pack has, unless its author says why it has more.
const PAGES: usize = 2; // number: as the guide asks for a summary, not an extract

/// What is settled of a pack that has more pages than it should.
pub(super) const LENGTH: &str = "length";

/// Everything that must be explained or waived before it is issued.
pub(super) fn open(pack: &Pack, content: &Content) -> Vec<String> {
    let notes = pack.all(store::packs::Act::Noted).map(|it| it.words.as_str());
    let mut open = asked(content, notes);
    open.retain(|it| !pack.settles(it));
    open
}

/// What has to be settled of a pack with these notes.
pub(super) fn asked<'a>(content: &Content, notes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut text = content.text();
    for note in notes {
        text.push('\n');
        text.push_str(note);
    }
    let mut open: Vec<String> = terms::unexplained(&text).into_iter().collect();
    if lines(&text) > PAGE.0 * PAGES {
        open.push(LENGTH.to_owned());
    }
    open
}

fn lines(text: &str) -> usize {
    text.lines().map(|it| it.chars().count().div_ceil(PAGE.1).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_they_are_printed() {
        assert_eq!(lines("one\ntwo"), 2);
        assert_eq!(lines(&"x".repeat(106)), 2);
        assert_eq!(lines(&"x".repeat(105)), 1);
    }
}
