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
    /// Whether any of somebody's roles, any of their posts or their job title makes them senior.
    pub fn is<'a>(
        &self,
        mut roles: impl Iterator<Item = &'a str>,
        mut posts: impl Iterator<Item = &'a str>,
        title: &str,
    ) -> bool {
        roles.any(|it| self.roles.iter().any(|of| of == it))
            || posts.any(|it| self.posts.iter().any(|of| of == it))
            || self.is_title(title)
    }

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
    fn a_role_a_post_or_a_job_title_makes_senior_and_each_is_enough() {
        let senior = ReviewGuide::own().senior;
        let is = |role: &str, post: &str, title: &str| {
            senior.is([role].into_iter(), [post].into_iter(), title)
        };
        let (role, post) = (senior.roles[0].as_str(), senior.posts[0].as_str());
        for (role, post, title) in [(role, "", ""), ("", post, ""), ("", "", "Matron")] {
            assert!(is(role, post, title), "{role} {post} {title}");
        }
        assert!(!is(post, role, "Staff nurse"), "a post is no role");
        assert!(!senior.is(std::iter::empty(), std::iter::empty(), ""));
    }

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
