//! What stands in the way of issuing a pack: words that nobody explained, and more than two pages.

use store::packs::{Act, Pack};

use super::content::{Content, Section};
use crate::shell::terms;

/// Lines of a printed page, and letters of a line, at the size in which packs are printed.
const PAGE: (usize, usize) = (62, 105); // number: counted on a printed A4 sheet

/// Pages that a pack has, unless its author says why it has more.
const PAGES: usize = 2; // number: as the guide asks for a summary, not an extract

/// What is settled of a pack that has more pages than it should.
pub(super) const LENGTH: &str = "length";

/// Lines of small print that one line of the page holds: words of the glossary stand in two columns.
const SMALL: usize = 2; // number: as the style sheet prints them

/// Everything that must be explained or waived before it is issued.
pub(super) fn open(pack: &Pack, content: &Content) -> Vec<String> {
    let notes: Vec<&str> = pack.all(Act::Noted).map(|it| it.words.as_str()).collect();
    let explained: Vec<(&str, &str)> =
        pack.all(Act::Explained).map(|it| (it.about.as_str(), it.words.as_str())).collect();
    let mut open = asked(content, &notes, &explained);
    open.retain(|it| !pack.settles(it));
    open
}

/// What has to be settled of a pack with these notes, and these words explained in it.
pub(super) fn asked(content: &Content, notes: &[&str], explained: &[(&str, &str)]) -> Vec<String> {
    let text = with_notes(content, notes);
    let mut open: Vec<String> = terms::unexplained(&text).into_iter().collect();
    if printed(content, notes, explained) > PAGE.0 * PAGES {
        open.push(LENGTH.to_owned());
    }
    open
}

/// All that it says, with its notes.
pub(super) fn text(pack: &Pack, content: &Content) -> String {
    let notes: Vec<&str> = pack.all(Act::Noted).map(|it| it.words.as_str()).collect();
    with_notes(content, &notes)
}

fn with_notes(content: &Content, notes: &[&str]) -> String {
    let mut text = content.text();
    for note in notes {
        text.push('\n');
        text.push_str(note);
    }
    text
}

/// Lines that it has on paper, with its notes and the words that are explained in it.
fn printed(content: &Content, notes: &[&str], explained: &[(&str, &str)]) -> usize {
    let headed = |count: usize| if count == 0 { 0 } else { count + 1 };
    let small = terms::of_text(&with_notes(content, notes));
    let small: usize = small.iter().map(|(word, means)| lines(&format!("{word}. {means}"))).sum();
    let notes: usize = notes.iter().map(|it| lines(it)).sum();
    let explained: usize = explained.iter().map(|(about, words)| lines(about) + lines(words)).sum();
    let parts: usize = content.parts.iter().map(of_part).sum();
    let head = lines(&content.headline) + lines(&content.from);
    head + parts + headed(notes) + headed(explained) + headed(small.div_ceil(SMALL))
}

/// Lines of a part: its name, its sentences, and the highest cell of each row.
fn of_part(part: &Section) -> usize {
    let sentences: usize = part.lines.iter().map(|it| lines(it)).sum();
    let width = PAGE.1 / part.columns.len().max(1);
    let height = |row: &Vec<String>| {
        row.iter().map(|it| it.chars().count().div_ceil(width.max(1))).max().unwrap_or(0).max(1)
    };
    let rows: usize = part.rows.iter().map(height).sum();
    1 + sentences + if part.rows.is_empty() { 0 } else { rows + 1 }
}

fn lines(text: &str) -> usize {
    text.lines().map(|it| it.chars().count().div_ceil(PAGE.1).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use store::packs::{NewPack, Step};
    use store::{PackId, PersonId, UnitCode};

    fn pack(steps: &[(Act, &str, &str)]) -> Pack {
        let (by, at) = (PersonId::new("1"), Timestamp::UNIX_EPOCH);
        let step = |(act, about, words): &(Act, &str, &str)| Step {
            act: *act,
            about: (*about).to_owned(),
            words: (*words).to_owned(),
            cause: String::new(),
            by: by.clone(),
            at,
        };
        Pack {
            id: PackId::new("1"),
            of: NewPack {
                unit: UnitCode::new("TORT"),
                run: "run".to_owned(),
                period_end: domain::Day::from_civil(2026, 3, 31),
                meeting_on: None,
                content: String::new(),
            },
            made_by: by.clone(),
            made_at: at,
            steps: steps.iter().map(step).collect(),
        }
    }

    /// A headline, a line on where it is from, a part with its name, and so many sentences.
    fn content(sentences: usize) -> Content {
        let part = Section { name: "Care".to_owned(), ..Section::default() };
        Content {
            headline: "A headline".to_owned(),
            from: "From a costing".to_owned(),
            parts: vec![Section { lines: vec!["Plain.".to_owned(); sentences], ..part }],
            ..Content::default()
        }
    }

    #[test]
    fn lines_are_counted_as_they_are_printed() {
        assert_eq!(lines("one\ntwo"), 2);
        assert_eq!(lines(&"x".repeat(106)), 2);
        assert_eq!(lines(&"x".repeat(105)), 1);
    }

    #[test]
    fn a_row_is_as_high_as_its_highest_cell() {
        // Three columns of 35 letters each: 71 letters need three lines; then the names of columns, and
        // that of the part.
        let part = Section {
            columns: vec![String::new(); 3],
            rows: vec![vec!["x".repeat(35), "x".repeat(71), String::new()], vec![String::new(); 3]],
            ..Section::default()
        };
        assert_eq!(of_part(&part), 1 + 3 + 1 + 1);
    }

    #[test]
    fn a_pack_of_more_than_two_pages_is_held_until_somebody_says_why() {
        // Two pages hold 124 lines: 3 of the head and the part's name leave 121.
        assert_eq!(open(&pack(&[]), &content(121)), Vec::<String>::new());
        assert_eq!(open(&pack(&[]), &content(122)), [LENGTH]);
        let waived = pack(&[(Act::Waived, LENGTH, "The board asked for all of it")]);
        assert_eq!(open(&waived, &content(122)), Vec::<String>::new());
    }

    #[test]
    fn notes_and_the_words_of_a_pack_count_as_lines() {
        // A heading, the word, and what it means.
        let explained = pack(&[(Act::Explained, "list", "The operations of half a day")]);
        assert_eq!(open(&explained, &content(118)), Vec::<String>::new());
        assert_eq!(open(&explained, &content(119)), [LENGTH]);
        // A heading and a note.
        let noted = pack(&[(Act::Noted, "", "Ask why")]);
        assert_eq!(open(&noted, &content(119)), Vec::<String>::new());
        assert_eq!(open(&noted, &content(120)), [LENGTH]);
        // A note of one word, which the glossary explains: a heading and one line more.
        let known = pack(&[(Act::Noted, "", "Ask the GP")]);
        assert_eq!(open(&known, &content(117)), Vec::<String>::new());
        assert_eq!(open(&known, &content(118)), [LENGTH]);
    }

    #[test]
    fn a_word_of_finance_is_open_until_it_is_explained() {
        let noted = (Act::Noted, "", "Ask about accruals");
        assert_eq!(open(&pack(&[noted]), &content(1)), ["accrual"]);
        let explained = (Act::Explained, "accrual", "Costs that are counted before their bill");
        assert_eq!(open(&pack(&[noted, explained]), &content(1)), Vec::<String>::new());
    }
}
