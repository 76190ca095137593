//! Words explained where they stand, from one glossary: the first of each acronym on a page, and
//! of the guide's own two terms, leads to its meaning at the foot of the page, and back. It needs no script, and nothing is said on
//! hover alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde::Deserialize;

use super::words::capital;

/// A word of the glossary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// As it stands on pages.
    pub term: String,
    /// Its words, if it is an acronym; else blank.
    pub words: String,
    /// What it means, in plain words.
    pub means: String,
    /// Whose meaning it is.
    pub source: String,
    /// Whether it leads to its meaning where it stands, though it is no acronym.
    #[serde(default)]
    pub linked: bool,
}

impl Term {
    /// Whether a word of a page is this one: an acronym as it is written, another word in any form.
    fn is(&self, word: &str) -> bool {
        if !self.words.is_empty() {
            return self.term == word;
        }
        let singular = || word.to_lowercase().trim_end_matches('s').to_owned();
        self.linked && singular() == self.term
    }
}

/// The glossary in the order in which it is shown: acronyms, then other terms.
pub fn all() -> &'static [Term] {
    static ALL: OnceLock<Vec<Term>> = OnceLock::new();
    ALL.get_or_init(|| {
        serde_json::from_str(include_str!("../../data/terms.json")).expect("a test reads the words")
    })
}

/// Elements whose text is no place for a link.
const NO_LINK: [&str; 15] = [
    "a", "button", "code", "dfn", "h1", "h2", "h3", "label", "legend", "option", "script", "style",
    "summary", "svg", "textarea",
];

/// What stands in a page that prints its words too: whoever reads the paper has no link to follow.
const PRINTS: &str = "concord-prints-words";

/// Elements whose text nobody reads as words.
const NO_WORDS: [&str; 4] = ["script", "style", "textarea", "title"];

/// The page with its words explained: acronyms linked, and all words of the glossary that it uses
/// at its foot.
pub fn explain(page: &str) -> String {
    let Some((before, rest)) = split_at(page, "<main") else { return page.to_owned() };
    let Some((main, after)) = split_at(rest, "</main>") else { return page.to_owned() };
    let mut making = Making::default();
    making.text(main);
    let said = making.said(main.contains(PRINTS));
    format!("{before}{}{said}{after}", making.out)
}

/// Acronyms and words of finance of a plain text that the glossary does not explain, but for what
/// everybody says.
pub fn unexplained(text: &str) -> BTreeSet<String> {
    let is_known = |it: &String| {
        SAID_BY_ALL.contains(&it.as_str()) || all().iter().any(|term| term.term == *it)
    };
    let plain = plain(text);
    let of_finance = of_finance().iter().filter(|it| it.is_in(&plain)).map(|it| it.term.clone());
    acronyms_of(text).chain(of_finance).filter(|it| !is_known(it)).collect()
}

/// A word of finance that looks like any other word, and means nothing to whoever is not of finance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinanceWord {
    /// The word, or several of them, of one thing.
    pub term: String,
    /// What may be said instead.
    pub say: String,
    /// Whose word it is.
    pub source: String,
}

impl FinanceWord {
    /// Whether a text made plain has it, of one thing or of many.
    fn is_in(&self, plain_text: &str) -> bool {
        plain_text.contains(&plain(&self.term))
    }
}

/// Words of finance that stand in a pack's way until they are explained.
pub fn of_finance() -> &'static [FinanceWord] {
    static ALL: OnceLock<Vec<FinanceWord>> = OnceLock::new();
    ALL.get_or_init(|| {
        serde_json::from_str(include_str!("../../data/finance-words.json"))
            .expect("a test reads the words")
    })
}

/// Words in small letters and of one thing, each between blanks.
fn plain(text: &str) -> String {
    let mut plain = String::from(" ");
    for word in text.split_whitespace() {
        let word = word.trim_matches(|it: char| !it.is_alphanumeric()).to_lowercase();
        plain.push_str(word.strip_suffix('s').unwrap_or(&word));
        plain.push(' ');
    }
    plain
}

/// Words of the glossary that a plain text uses, with what they mean.
pub fn of_text(text: &str) -> Vec<(String, String)> {
    let mut making = Making::default();
    making.words(text);
    let said = |(_, it): (usize, &Term)| {
        let words = if it.words.is_empty() { String::new() } else { format!("{}. ", it.words) };
        (it.term.clone(), capital(&format!("{words}{}", it.means)))
    };
    making.used().into_iter().map(said).collect()
}

/// Acronyms that need no explanation in a hospital of the NHS.
const SAID_BY_ALL: [&str; 1] = ["NHS"];

/// Words in capitals between blanks.
fn acronyms_of(text: &str) -> impl Iterator<Item = String> {
    let word = |it: &str| it.trim_matches(|it: char| !it.is_ascii_alphanumeric()).to_owned();
    let is_acronym = |it: &String| it.len() > 1 && it.chars().all(|it| it.is_ascii_uppercase());
    text.split_whitespace().map(word).filter(is_acronym)
}

/// What stands before a mark, and the rest with it.
fn split_at<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.find(mark).map(|at| text.split_at(at))
}

/// A page under way.
#[derive(Default)]
struct Making {
    out: String,
    /// Words seen so far, for terms of several words.
    read: String,
    /// Places in the glossary of acronyms that are linked, and of those that were seen.
    linked: BTreeSet<usize>,
    seen: BTreeSet<usize>,
    /// Names of open elements.
    open: Vec<String>,
}

impl Making {
    fn text(&mut self, mut rest: &str) {
        while let Some((words, tag)) = split_at(rest, "<") {
            self.words(words);
            let end = tag.find('>').map_or(tag.len(), |it| it + 1);
            let (tag, behind) = tag.split_at(end);
            self.tag(tag);
            rest = behind;
        }
        self.words(rest);
    }

    fn tag(&mut self, tag: &str) {
        self.out.push_str(tag);
        let is_end = tag.starts_with("</");
        let name: String = tag
            .trim_start_matches(['<', '/'])
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        if !NO_LINK.contains(&name.as_str()) && !NO_WORDS.contains(&name.as_str()) {
            return;
        }
        if is_end {
            if let Some(at) = self.open.iter().rposition(|it| *it == name) {
                self.open.truncate(at);
            }
        } else if !tag.ends_with("/>") {
            self.open.push(name);
        }
    }

    fn words(&mut self, text: &str) {
        let is_in = |all: &[&str]| self.open.iter().any(|it| all.contains(&it.as_str()));
        if is_in(&NO_WORDS) || text.trim().is_empty() {
            self.out.push_str(text);
            return;
        }
        let may_link = !is_in(&NO_LINK);
        self.read.push_str(&text.to_lowercase());
        self.read.push(' ');
        let mut rest = text;
        while let Some(at) = rest.find(|it: char| it.is_ascii_alphanumeric()) {
            let (between, word) = rest.split_at(at);
            let end = word.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(word.len());
            let (word, behind) = word.split_at(end);
            self.out.push_str(between);
            let is_code = between.ends_with(['-', '_', '/', '&', '#', '.'])
                || behind.starts_with(['-', '_', '/', ';']);
            self.word(word, (may_link, is_code));
            rest = behind;
        }
        self.out.push_str(rest);
    }

    fn word(&mut self, word: &str, (may_link, is_code): (bool, bool)) {
        let found = all().iter().position(|it| it.is(word)).filter(|_| !is_code);
        let Some(at) = found else {
            self.out.push_str(word);
            return;
        };
        self.seen.insert(at);
        if !may_link || !self.linked.insert(at) {
            self.out.push_str(word);
            return;
        }
        let term = all().get(at).map_or(word, |it| it.term.as_str());
        let _ = write!(
            self.out,
            "<a class=\"concord-term\" id=\"used-{term}\" href=\"#term-{term}\">{word}</a>"
        );
    }

    /// The words that were used, with their places in the glossary.
    fn used(&self) -> Vec<(usize, &'static Term)> {
        let is_used = |(at, it): &(usize, &Term)| {
            self.seen.contains(at) || (it.words.is_empty() && self.read.contains(&it.term))
        };
        all().iter().enumerate().filter(is_used).collect()
    }

    /// The words that the page uses, with what they mean; on paper too where that is asked for.
    fn said(&self, prints: bool) -> String {
        let used = self.used();
        if used.is_empty() {
            return String::new();
        }
        let class = if prints { "concord-words" } else { "concord-words concord-no-print" };
        let mut said = format!(
            "<section class=\"{class}\" aria-labelledby=\"words-of-page\"><h2 class=\"nhsuk-heading-s\" id=\"words-of-page\">Words on this page</h2><dl>",
        );
        for (at, it) in used {
            let name = if it.words.is_empty() && self.linked.contains(&at) {
                format!("<a href=\"#used-{}\">{}</a>", it.term, capital(&it.term))
            } else if it.words.is_empty() {
                capital(&it.term)
            } else if self.linked.contains(&at) {
                format!("<a href=\"#used-{0}\">{0}</a>: {1}", it.term, it.words)
            } else {
                format!("{}: {}", it.term, it.words)
            };
            let id = it.term.replace(' ', "-");
            let _ =
                write!(said, "<div><dt id=\"term-{id}\">{name}</dt><dd>{}</dd></div>", it.means);
        }
        said + "</dl></section>\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(main: &str) -> String {
        explain(&format!("<html><main id=\"m\">{main}</main><footer>HRG</footer></html>"))
    }

    #[test]
    fn the_first_of_each_acronym_leads_to_its_meaning() {
        let page = explained("<h1>HRG costs</h1><p>An HRG and an HRG, FFT.</p>");
        assert!(page.contains("<h1>HRG costs</h1>"), "{page}");
        assert_eq!(page.matches("href=\"#term-HRG\"").count(), 1, "{page}");
        assert!(page.contains(">HRG</a> and an HRG"));
        assert!(page.contains(
            "<dt id=\"term-HRG\"><a href=\"#used-HRG\">HRG</a>: healthcare resource group"
        ));
        assert!(page.contains("id=\"term-FFT\""));
        assert!(page.ends_with("</main><footer>HRG</footer></html>"), "{page}");
    }

    #[test]
    fn clinicians_and_engagement_lead_to_what_the_guide_means() {
        let page = explained("<h1>Engagement</h1><p>Clinicians and engagement, a clinician.</p>");
        let link = |word: &str, term: &str| {
            format!("<a class=\"concord-term\" id=\"used-{term}\" href=\"#term-{term}\">{word}</a>")
        };
        assert!(page.contains(&link("Clinicians", "clinician")), "{page}");
        assert!(page.contains(&link("engagement", "engagement")), "{page}");
        assert_eq!(page.matches("href=\"#term-clinician\"").count(), 1, "{page}");
        assert!(
            page.contains("<dt id=\"term-clinician\"><a href=\"#used-clinician\">Clinician</a>")
        );
    }

    #[test]
    fn no_link_stands_in_a_link_a_chart_or_a_code() {
        let page = explained(
            "<a href=\"/x?y=CC\">with CC score</a><svg><text>MRI</text></svg><code>CT</code> X-CT-1 CT/2",
        );
        assert!(!page.contains("href=\"#term-"), "{page}");
        // They are explained all the same, but for those that are parts of codes.
        assert!(page.contains("id=\"term-CC\"") && page.contains("id=\"term-MRI\""), "{page}");
        assert!(!explained("<p>X-CT-1</p>").contains("term-CT"));
    }

    #[test]
    fn a_page_without_such_words_stays_as_it_is() {
        let page = "<html><main><p>Plain words.</p></main></html>";
        assert_eq!(explain(page), page);
        assert_eq!(explain("no page at all"), "no page at all");
    }

    #[test]
    fn finance_terms_are_explained_at_the_foot() {
        let page = explained("<td>Overheads</td><p>The direct margin fell.</p>");
        assert!(page.contains("<dt id=\"term-overheads\">Overheads</dt>"), "{page}");
        assert!(page.contains("id=\"term-direct-margin\""), "{page}");
        assert!(page.contains("<td>Overheads</td>"));
    }

    /// Nothing that a page writes in capitals is left without its words.
    #[test]
    fn every_acronym_of_every_sample_is_in_the_glossary() {
        // Said by everybody; then codes of the invented trust, which are its own.
        let known = ["AA", "BI", "KB", "NHS", "AREA", "BLOOD", "PATH", "TORT", "WAITING"];
        let mut unknown: BTreeSet<(String, &str)> = BTreeSet::new();
        // The glossary itself cites where its words are from.
        let of_pages = |it: &crate::samples::Sample| it.template != "features/help/words.html";
        for sample in crate::samples::all().into_iter().filter(of_pages) {
            for word in sample.pages.iter().flat_map(|it| acronyms(it)) {
                let is_term = all().iter().any(|it| it.term == word);
                if !is_term && !known.contains(&word.as_str()) {
                    unknown.insert((word, sample.template));
                }
            }
        }
        assert!(unknown.is_empty(), "{unknown:#?}");
    }

    /// Words in capitals between blanks, of text that is no code.
    fn acronyms(page: &str) -> BTreeSet<String> {
        let main = page.split_once("<main").map_or("", |it| it.1);
        let mut text = String::new();
        let mut inside: Vec<String> = Vec::new();
        let mut rest = main;
        while let Some((words, tag)) = split_at(rest, "<") {
            if inside.is_empty() {
                text.push_str(words);
                text.push(' ');
            }
            let end = tag.find('>').map_or(tag.len(), |it| it + 1);
            let name: String = tag
                .trim_start_matches(['<', '/'])
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let is_code = ["code", "script", "style", "textarea", "option", "select", "pre"]
                .contains(&name.as_str())
                || tag.contains("concord-code");
            if tag.starts_with("</") {
                if inside.last() == Some(&name) {
                    inside.pop();
                }
            } else if is_code {
                inside.push(name);
            }
            rest = &tag[end..];
        }
        acronyms_of(&text).collect()
    }

    #[test]
    fn what_the_glossary_does_not_know_is_named() {
        let text = "The MAQS and the HRG of the NHS, (ZQX); ZQX again, and TB/HIV.";
        let unexplained: Vec<String> = unexplained(text).into_iter().collect();
        assert!(unexplained.contains(&"ZQX".to_owned()), "{unexplained:?}");
        assert!(!unexplained.iter().any(|it| it == "HRG" || it == "NHS"), "{unexplained:?}");
    }

    #[test]
    fn words_of_finance_are_found_though_they_look_like_any_other() {
        let found = |text: &str| unexplained(text).into_iter().collect::<Vec<_>>().join(", ");
        let text = "Accruals fell; the contribution margin (and one accrual) did not.";
        assert_eq!(found(text), "accrual, contribution margin");
        // Contribution alone is in the glossary, and parts of other words are other words.
        assert_eq!(found("The contribution grew. It is marginal, at cost."), "");
        assert_eq!(found("MARGINAL\n costs."), "MARGINAL, marginal cost");
    }

    #[test]
    fn words_of_finance_are_in_order_with_plain_words_and_not_in_the_glossary() {
        let terms: Vec<&str> = of_finance().iter().map(|it| it.term.as_str()).collect();
        assert!(terms.is_sorted() && terms.len() > 10, "{terms:?}");
        assert!(of_finance().iter().all(|it| !it.say.is_empty() && !it.source.is_empty()));
        let is_explained = |it: &&str| all().iter().any(|term| term.term == **it);
        assert_eq!(terms.iter().copied().find(is_explained), None);
    }

    #[test]
    fn a_page_that_prints_its_words_keeps_them_on_paper() {
        let on_screen = explained("<p>An HRG.</p>");
        assert!(on_screen.contains("\"concord-words concord-no-print\""), "{on_screen}");
        let on_paper = explained("<div class=\"concord-prints-words\"><p>An HRG.</p></div>");
        assert!(on_paper.contains("<section class=\"concord-words\" "), "{on_paper}");
    }

    #[test]
    fn words_of_a_text_come_with_what_they_mean() {
        let found = of_text("Two CT scans, and overheads.");
        let named: Vec<&str> = found.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(named, ["CT", "overheads"]);
        assert_eq!(found[0].1, "Computed tomography. A scan made of many X-ray pictures.");
        assert!(of_text("Plain words.").is_empty());
    }

    #[test]
    fn the_glossary_is_in_order_and_each_word_has_a_meaning() {
        let acronyms: Vec<&str> =
            all().iter().filter(|it| !it.words.is_empty()).map(|it| it.term.as_str()).collect();
        let terms: Vec<&str> =
            all().iter().filter(|it| it.words.is_empty()).map(|it| it.term.as_str()).collect();
        assert!(acronyms.is_sorted() && terms.is_sorted(), "{acronyms:?} {terms:?}");
        assert!(all().iter().all(|it| it.means.ends_with('.') && !it.source.is_empty()));
        let ids: BTreeSet<&str> = all().iter().map(|it| it.term.as_str()).collect();
        assert_eq!(ids.len(), all().len());
    }
}
