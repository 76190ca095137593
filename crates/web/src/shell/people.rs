//! Names of people, and who has a right.

use std::collections::BTreeMap;

use access::{Access, Capability};
use jiff::Timestamp;
use store::people::{Person, PersonState};
use store::{Connection, PersonId, people};

use super::fault::Fault;
use super::session;
use crate::App;

/// The name of a person; the reference itself where it is nobody's, such as the operator's.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn name_of(db: &mut Connection, reference: &str) -> Result<String, Fault> {
    match people::get(db, &PersonId::new(reference)).await {
        Ok(found) => Ok(found.person.name),
        Err(store::Error::NotFound(_)) => Ok(reference.to_owned()),
        Err(error) => Err(error.into()),
    }
}

/// Names of all people by reference, for pages that list what many did.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn names(db: &mut Connection) -> Result<BTreeMap<String, String>, Fault> {
    let all = people::list(db).await?;
    Ok(all.into_iter().map(|it| (it.id.as_str().to_owned(), it.person.name)).collect())
}

/// People at work who have a right today, with name and job title.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn with(
    app: &App,
    db: &mut Connection,
    capability: Capability,
    now: Timestamp,
) -> Result<Vec<(PersonId, String)>, Fault> {
    who(app, db, now, |_, access| access.may(capability)).await
}

/// People at work who fit by what is known of them and by their rights today, with name and job title.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn who(
    app: &App,
    db: &mut Connection,
    now: Timestamp,
    fits: impl Fn(&Person, &Access) -> bool,
) -> Result<Vec<(PersonId, String)>, Fault> {
    let mut found = Vec::new();
    for it in people::list(db).await? {
        if it.state != PersonState::Active {
            continue;
        }
        let access = session::access_of(app, db, &it.id, now).await?;
        if fits(&it.person, &access) {
            let title = it.person.job_title.to_lowercase();
            let name = if title.is_empty() {
                it.person.name
            } else {
                format!("{}, {title}", it.person.name)
            };
            found.push((it.id, name));
        }
    }
    Ok(found)
}
