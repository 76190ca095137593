//! Who counts as a senior clinician: by a role, a post or a job title, as data.

use serde::Deserialize;

/// What makes a clinician senior; any one of them does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Senior {
    /// Codes of roles in the program.
    pub roles: Vec<String>,
    /// Codes of posts of the register of service lines.
    pub posts: Vec<String>,
    /// Words of job titles.
    pub titles: Vec<String>,
    /// All of them, as a message says it.
    pub says: String,
    /// Where they come from.
    pub source: String,
}

impl Senior {
    /// Whether a job title makes a clinician senior: one of these stands in it, word by word.
    pub fn is_title(&self, title: &str) -> bool {
        let title = in_words(title);
        self.titles.iter().any(|it| title.contains(&in_words(it)))
    }
}

/// The words of a text in small letters, each between blanks.
fn in_words(text: &str) -> String {
    let words = text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::ReviewGuide;

    #[test]
    fn a_job_title_is_senior_by_whole_words() {
        let senior = ReviewGuide::own().senior;
        for title in ["Consultant orthopaedic surgeon", "MATRON, surgery", "Head of  Nursing"] {
            assert!(senior.is_title(title), "{title}");
        }
        for title in ["", "Staff nurse", "Consultancy manager", "Head", "Patron"] {
            assert!(!senior.is_title(title), "{title}");
        }
    }
}
