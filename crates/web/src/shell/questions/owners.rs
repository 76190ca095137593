//! Who may be asked about the figures of a unit.

use access::{Access, Capability, View};
use jiff::Timestamp;
use store::figure_questions::Side;
use store::people::{self, PersonState, StoredPerson};
use store::{Connection, PersonId};

use super::place::Place;
use super::settings::SETTINGS;
use super::side;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::session;

/// Somebody who may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub id: PersonId,
    /// Name and job title, behind the side on which they stand.
    pub label: String,
    /// Their name alone.
    pub name: String,
    side: Side,
    /// Whether their right is for units, not for the whole trust.
    is_near: bool,
    /// Their place among those who are asked first.
    rank: usize,
}

/// People at work who may answer for a unit and see it exactly, and the page that is asked about, but
/// for one; those of the other side first, then those who are nearest to the unit.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn owners(
    app: &App,
    db: &mut Connection,
    (unit, place): (&str, Option<&Place>),
    (but, asks): (&PersonId, Side),
    now: Timestamp,
) -> Result<Vec<Owner>, Fault> {
    let mut found = Vec::new();
    for it in people::list(db).await? {
        if it.state != PersonState::Active || it.id == *but {
            continue;
        }
        let access = session::access_of(app, db, &it.id, now).await?;
        let is_seen = place.is_none_or(|it| it.seen_with(&access) == Some(View::Exact));
        if is_seen {
            found.extend(owner(it, &access, unit));
        }
    }
    let rank = |it: &Owner| match (asks, it.side) {
        (Side::Finance, Side::Clinical) | (Side::Clinical | Side::Other, Side::Finance) => 0,
        (_, Side::Other) => 2,
        _ => 1,
    };
    found.sort_by_key(|it| (rank(it), !it.is_near, it.rank, it.name.clone()));
    Ok(found)
}

fn owner(it: StoredPerson, access: &Access, unit: &str) -> Option<Owner> {
    let answers = access.scope(Capability::AnswerQuestions)?;
    answers.of_unit(unit)?;
    let sees = access.scope(Capability::AggregateCosts)?.of_unit(unit)?;
    if sees.view != View::Exact {
        return None;
    }
    let side = side::side(&it.person.profession, access.roles());
    let group = match side {
        Side::Clinical => "Clinical",
        Side::Finance => "Finance",
        Side::Other => "Others",
    };
    let title = it.person.job_title.to_lowercase();
    let title = if title.is_empty() { title } else { format!(", {title}") };
    let first = |role: &String| SETTINGS.asked_first.iter().position(|it| it == role);
    Some(Owner {
        label: format!("{group}: {}{title}", it.person.name),
        name: it.person.name,
        id: it.id,
        side,
        is_near: answers.of_trust().is_none(),
        rank: access.roles().iter().filter_map(first).min().unwrap_or(SETTINGS.asked_first.len()),
    })
}
