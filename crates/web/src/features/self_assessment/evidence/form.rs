//! What is typed of a piece: where it is, and from when to when it counts.

use domain::Day;

use super::super::WORDS;
use crate::shell::evidence::SETTINGS;
use crate::shell::evidence::files::Received;
use crate::shell::forms::Wrong;
use crate::shell::visit::Visit;

/// A piece as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) place: String,
    pub(super) happened_on: String,
    pub(super) expires_on: String,
}

impl Typed {
    /// What was typed, and what is wrong with the place of it and its file.
    pub(super) fn read(visit: &Visit, received: &Received) -> (Self, Wrong) {
        let field = |name: &str| visit.fields.get(name).trim().to_owned();
        let typed = Self {
            kind: field("kind"),
            title: field("title"),
            place: field("place"),
            happened_on: field("happened_on"),
            expires_on: field("expires_on"),
        };
        let mut wrong = Wrong::default();
        let has_other = received.file.is_some() || !received.wrong.is_empty();
        if !typed.place.is_empty() || !has_other {
            let missing = "Say where it is, an address or a folder, or choose a file";
            WORDS.check(&mut wrong, "place", &typed.place, missing);
        }
        if !received.wrong.is_empty() {
            wrong.add("file", received.wrong.clone());
        }
        if let Some(file) = &received.file {
            WORDS.check(&mut wrong, "file", &file.about.name, "");
        }
        (typed, wrong)
    }

    /// Checks what it is and how it is called.
    pub(super) fn check_kind(&self, wrong: &mut Wrong) {
        let is_kind = SETTINGS.kinds.iter().any(|it| it.code == self.kind);
        wrong.unless(is_kind, "kind", "Choose what it is");
        WORDS.check(wrong, "title", &self.title, "Give it a title");
    }

    /// When it took place, and the last day on which it counts.
    pub(super) fn when(&self, wrong: &mut Wrong, today: Day) -> Option<(Day, Option<Day>)> {
        let happened = past(wrong, &self.happened_on, today);
        let expires = (!self.expires_on.is_empty()).then(|| self.expires_on.parse::<Day>().ok());
        wrong.unless(expires != Some(None), "expires_on", "Write the day as 2027-03-31");
        let expires = expires.flatten();
        let is_ahead = expires.zip(happened).is_none_or(|(last, first)| first <= last);
        wrong.unless(is_ahead, "expires_on", "The last day is before it took place");
        happened.map(|it| (it, expires))
    }
}

/// A day that is not to come; none, and what is wrong, where it is no such day.
pub(super) fn past(wrong: &mut Wrong, text: &str, today: Day) -> Option<Day> {
    let day = text.parse::<Day>().ok();
    match day {
        None => wrong.add("happened_on", "Write the day as 2026-03-31"),
        Some(day) if day > today => wrong.add("happened_on", "This day is still to come"),
        Some(_) => {}
    }
    day
}
