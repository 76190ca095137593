//! Findings of an intake: collected by case and file, written as a table.

mod table;
mod tally;

use crate::feeds::activity::identity::is_staff;

pub(crate) use table::to_csv;
pub(crate) use tally::{Tally, finding};

/// A number of rows in words.
pub(crate) fn count_of(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

/// A value of a cell as a message may show it: short, and never long runs of digits.
///
/// A cell of a code column may hold an identifier by a mistake in the mapping, of a patient or of
/// a consultant; such texts are named, not shown.
pub(crate) fn shown(value: &str) -> String {
    let mut run = 0;
    let mut digits = 0;
    for character in value.chars() {
        // Separators do not hide an identifier.
        run = match character {
            '0'..='9' => run + 1,
            ' ' | '-' | '/' | ':' | '.' | ',' => run,
            _ => 0,
        };
        digits = digits.max(run);
    }
    let dated = digits <= 14 && value.len() <= 19 && has_form_of_date(value);
    let identifies = value.contains('@') || is_staff(value.trim().as_bytes());
    if value.len() > 32 || identifies || (digits > 8 && !dated) {
        "a longer text".to_owned()
    } else {
        format!("`{}`", value.escape_debug())
    }
}

/// Whether the digits stand in groups as dates have them: `01/04/2025 10:00`, not `999/000/0018`.
fn has_form_of_date(value: &str) -> bool {
    let groups = value.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
    let lengths: Vec<usize> = groups.map(str::len).collect();
    value.contains(['/', ':', '-'])
        && lengths.len() >= 3
        && lengths.iter().all(|it| [1, 2, 4].contains(it))
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn identifiers_are_not_shown() {
        assert_eq!(shown("X-W01"), "`X-W01`");
        assert_eq!(shown("31/02/2025 10:00"), "`31/02/2025 10:00`");
        assert_eq!(shown("9990000018"), "a longer text");
        assert_eq!(shown("999 000 0018"), "a longer text");
        assert_eq!(shown("999/000/0018"), "a longer text");
        assert_eq!(shown("999:000:0018"), "a longer text");
        assert_eq!(shown("2025-04-31 12:00"), "`2025-04-31 12:00`");
        assert_eq!(shown("999-000-0018"), "a longer text");
        assert_eq!(shown("someone@example.org"), "a longer text");
        assert_eq!(shown("C9999998"), "a longer text");
    }
}
