//! Reads the forms of cases, noting what is wrong with each field.

use super::TEXT;
use crate::shell::forms::{Fields, Wrong};

/// Values of a form by the names of its fields.
pub(super) type Values<'a> = dyn Fn(&str) -> String + 'a;

/// Reads fields of a form, noting what is wrong with each.
pub(super) struct Reader<'a> {
    pub(super) fields: &'a Fields,
    pub(super) wrong: Wrong,
}

impl<'a> Reader<'a> {
    pub(super) fn of(fields: &'a Fields) -> Self {
        Self { fields, wrong: Wrong::default() }
    }

    /// As typed, without space around it.
    pub(super) fn plain(&self, name: &str) -> &'a str {
        self.fields.get(name).trim()
    }

    /// A text that may be blank.
    pub(super) fn text(&mut self, name: &str) -> String {
        let text = self.plain(name);
        if !text.is_empty() {
            TEXT.check(&mut self.wrong, name, text, "");
        }
        text.to_owned()
    }

    /// A text that may not be blank.
    pub(super) fn needed(&mut self, name: &str, missing: &str) -> String {
        let text = self.plain(name);
        TEXT.check(&mut self.wrong, name, text, missing);
        text.to_owned()
    }

    /// Something that is read off a text; noted where it cannot be.
    pub(super) fn read<T>(&mut self, name: &str, found: Option<T>, wrong: &str) -> Option<T> {
        self.wrong.unless(found.is_some(), name, wrong);
        found
    }

    /// An amount of £0 or more.
    pub(super) fn amount(&mut self, name: &str) -> engagement::pence::Pence {
        match engagement::pence::Pence::not_negative(self.plain(name)) {
            Ok(amount) => amount,
            Err(error) => {
                self.wrong.add(name, error.to_string());
                engagement::pence::Pence::ZERO
            }
        }
    }

    /// A number of things of a year.
    pub(super) fn number(&mut self, name: &str) -> i64 {
        let found = engagement::pence::number(self.plain(name));
        self.read(name, found, "Write a whole number, such as 824").unwrap_or_default()
    }

    /// A day.
    pub(super) fn day(&mut self, name: &str, missing: &str) -> String {
        let found = self.plain(name).parse::<domain::Day>().ok();
        self.read(name, found, missing).map_or_else(String::new, |it| it.to_string())
    }

    /// What must have been seen.
    pub(super) fn seen(&self) -> i64 {
        self.plain("seen").parse().unwrap_or_default()
    }
}
