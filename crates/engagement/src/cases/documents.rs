//! Documents beside the figures of a case: what they are, of when, and where they are kept. None is
//! kept here, and none takes the place of a figure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::listed::listed;

listed! {
    /// What kind of document it is.
    DocumentKind {
        /// What patients or staff were asked.
        Survey = "survey", "Survey or what patients say";
        /// Care looked at against a standard.
        Audit = "audit", "Clinical audit";
        /// What is advised.
        Guidance = "guidance", "Guidance or standard";
        /// What somebody published.
        Study = "study", "Study or report";
        /// What something would cost.
        Quotation = "quotation", "Quotation or price list";
        /// What was said and agreed.
        Minutes = "minutes", "Minutes or letter";
        /// How it would be done.
        Plan = "plan", "Plan or drawing";
        /// Anything else.
        Other = "other", "Something else";
    }
}

/// A document or a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// Word of its kind.
    pub kind: String,
    /// Its own day, as `2026-06-11`.
    pub dated: String,
    /// Where it is kept: the address of a page, or a place in words.
    pub place: String,
}

/// What is missing of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// No title.
    #[error("say what the document is called")]
    NoTitle,
    /// Of no kind.
    #[error("choose what kind of document it is")]
    NoKind,
    /// No day.
    #[error("give the day of the document, as 2026-06-11")]
    NoDay,
    /// Nowhere.
    #[error("say where it is kept: an address that begins with https://, or a place in words")]
    NoPlace,
}

/// How the address of a page begins.
const ADDRESSES: [&str; 2] = ["https://", "http://"];

impl Document {
    /// What is missing of it.
    pub fn faults(&self) -> Vec<DocumentFault> {
        let mut faults = Vec::new();
        let mut unless = |holds: bool, fault: DocumentFault| {
            if !holds {
                faults.push(fault);
            }
        };
        unless(!self.title.trim().is_empty(), DocumentFault::NoTitle);
        unless(self.kind.parse::<DocumentKind>().is_ok(), DocumentFault::NoKind);
        unless(self.dated.parse::<Date>().is_ok(), DocumentFault::NoDay);
        unless(!self.place.trim().is_empty(), DocumentFault::NoPlace);
        faults
    }

    /// The name of its kind; the word itself where it is none.
    pub fn kind_name(&self) -> &str {
        let Ok(kind) = self.kind.parse::<DocumentKind>() else { return &self.kind };
        kind.name()
    }

    /// Whether its place is the address of a page that can be opened.
    pub fn is_link(&self) -> bool {
        let place = self.place.trim();
        let rest = ADDRESSES.iter().find_map(|it| place.strip_prefix(it));
        rest.is_some_and(|it| !it.is_empty() && !it.contains(char::is_whitespace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(place: &str) -> Document {
        Document {
            title: "Audit of discharges".to_owned(),
            kind: "audit".to_owned(),
            dated: "2026-03-31".to_owned(),
            place: place.to_owned(),
        }
    }

    #[test]
    fn a_document_says_what_it_is_of_when_and_where() {
        assert_eq!(document("Shelf 4, audit office").faults(), []);
        let blank = Document {
            title: " ".to_owned(),
            kind: "novel".to_owned(),
            dated: "March".to_owned(),
            place: String::new(),
        };
        let said: Vec<String> = blank.faults().iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "say what the document is called",
                "choose what kind of document it is",
                "give the day of the document, as 2026-06-11",
                "say where it is kept: an address that begins with https://, or a place in words",
            ]
        );
        assert_eq!((document("").kind_name(), blank.kind_name()), ("Clinical audit", "novel"));
    }

    #[test]
    fn only_the_address_of_a_page_is_a_link() {
        for place in ["https://audit.example/4", " http://audit.example "] {
            assert!(document(place).is_link(), "{place}");
        }
        for place in ["javascript:alert(1)", "https://", "https://a b", "Shelf 4", "file:///x"] {
            assert!(!document(place).is_link(), "{place}");
        }
    }
}
