//! Characters that nobody sees: taken out of texts, and counted.

/// What was taken out of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cleaned {
    /// Zero-width characters, no-break spaces, soft hyphens (A33).
    pub(crate) invisible: bool,
    /// Control characters and changes of direction (A34).
    pub(crate) control: bool,
}

/// Whether a text is plain printable ASCII without blanks around it, as almost all are.
pub(crate) fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|it| (0x20..0x7f).contains(it))
        && text.first() != Some(&b' ')
        && text.last() != Some(&b' ')
}

/// The text without blanks around it and without characters that nobody sees.
pub(crate) fn clean(text: &str) -> (String, Cleaned) {
    let mut cleaned = Cleaned::default();
    let mut kept = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // A no-break space between words is a space to the reader.
            '\u{a0}' | '\u{202f}' | '\u{2007}' => {
                cleaned.invisible = true;
                kept.push(' ');
            }
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {
                cleaned.invisible = true;
            }
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                cleaned.control = true;
            }
            '\n' | '\r' | '\t' => kept.push(' '),
            other if other.is_control() => cleaned.control = true,
            other => kept.push(other),
        }
    }
    (kept.trim().to_owned(), cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_and_control_characters_go() {
        let (text, cleaned) = clean("\u{feff}W\u{200b}01\u{a0} ");
        assert_eq!((text.as_str(), cleaned.invisible, cleaned.control), ("W01", true, false));
        let (text, cleaned) = clean("\u{202e}abc\u{7}");
        assert_eq!((text.as_str(), cleaned.invisible, cleaned.control), ("abc", false, true));
        assert!(is_plain(b"X-W01") && !is_plain(b" X") && !is_plain("é".as_bytes()));
    }
}
