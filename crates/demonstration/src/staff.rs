//! People who can sign in to the demonstration, one or more for each role; they are invented.

use crate::table::Table;

/// Somebody of the demonstration trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Email address.
    pub email: String,
    /// Job title.
    pub job_title: String,
    /// Profession.
    pub profession: String,
    /// Code of the role.
    pub role: String,
    /// Service lines or ward, semicolons between them; blank for the whole trust.
    pub unit: String,
}

impl Person {
    /// The part of their email address before the `@`, by which data files name them.
    pub fn login(&self) -> &str {
        self.email.split('@').next().unwrap_or_default()
    }

    /// Service lines or ward of which they have a role; a blank one is the whole trust.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.unit.split(';')
    }
}

/// The password of everybody in a demonstration: public, so that everyone can look around.
pub const PASSWORD: &str = "for-the-demonstration";

/// Everybody who can sign in.
pub fn staff() -> Vec<Person> {
    let table = Table::read(include_str!("../data/people.csv"));
    let rows = table.lines().map(|it| Person {
        name: it.text("name").to_owned(),
        email: it.text("email").to_owned(),
        job_title: it.text("job_title").to_owned(),
        profession: it.text("profession").to_owned(),
        role: it.text("role").to_owned(),
        unit: it.text("unit").to_owned(),
    });
    rows.collect()
}
