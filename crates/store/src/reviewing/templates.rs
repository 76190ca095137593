//! Templates that a trust makes itself: what a review of a theme of its own begins with.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, taken};
use crate::ids::{PersonId, ReviewTemplateId};
use crate::row::Values as _;
use crate::writer::Tx;

/// A template, as it should be recorded; lists have a line for each entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTemplate {
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Questions to answer together.
    pub questions: String,
    /// Data to ask for.
    pub data: String,
    /// Measures to choose from.
    pub measures: String,
}

/// A template as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its reference.
    pub id: ReviewTemplateId,
    /// What it holds.
    pub of: NewTemplate,
    /// Who added it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Adds a template.
///
/// # Errors
/// If something is missing or too long, or there is one of this name.
pub async fn add_template(
    tx: &mut Tx,
    new: &NewTemplate,
    entry: &Entry,
) -> Result<ReviewTemplateId> {
    let name = said("the name", &new.name)?;
    let about = said("what it is about", &new.about)?;
    let questions = said("the questions", &new.questions)?;
    let (data, measures) = (short("the data", &new.data)?, short("the measures", &new.measures)?);
    let id = ReviewTemplateId::random()?;
    sqlx::query(
        "INSERT INTO review_template
         (id, name, about, questions, data, measures, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(name)
    .bind(about)
    .bind(questions)
    .bind(data)
    .bind(measures)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("a template {name}")))?;
    audit::append(tx, &entry.of("review.template", format!("review-template/{id}"))).await?;
    Ok(id)
}

/// All templates, by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn templates(db: &mut Connection) -> Result<Vec<Template>> {
    let rows = sqlx::query("SELECT * FROM review_template ORDER BY name").fetch_all(db).await?;
    let read = |row: &AnyRow| -> Result<Template> {
        Ok(Template {
            id: ReviewTemplateId::new(row.text("id")?),
            of: NewTemplate {
                name: row.text("name")?,
                about: row.text("about")?,
                questions: row.text("questions")?,
                data: row.text("data")?,
                measures: row.text("measures")?,
            },
            by: PersonId::new(row.text("added_by")?),
            at: row.at("added_at")?,
        })
    };
    rows.iter().map(read).collect()
}
