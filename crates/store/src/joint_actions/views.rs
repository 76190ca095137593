//! How feasible the owners of an action find it, and what it needs where it cannot be done as it is.
//! Views are only added to, and the latest of each owner counts.

use engagement::actions::{Owner, View, ViewFault};
use engagement::benefits::BenefitSettings;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{LETTERS_MAX, NewAction, StoredAction, agree, get};
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, short, taken};
use crate::ids::{ActionId, PersonId};
use crate::row::Values as _;
use crate::writer::Tx;

/// A view as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredView {
    /// What the owner says.
    pub says: View,
    /// Who wrote it down.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl StoredAction {
    /// The latest view of each owner up to a moment, clinicians first; none of those who had not
    /// spoken by then.
    pub fn views_until(&self, until: Option<Timestamp>) -> Vec<&View> {
        let last = |person: &str| {
            let is_of = |it: &&StoredView| {
                it.says.person == person && until.is_none_or(|until| it.at <= until)
            };
            self.views.iter().rev().find(is_of).map(|it| &it.says)
        };
        let mut owners: Vec<&Owner> = self.agreed.of.owners.iter().collect();
        owners.sort_by(|one, other| {
            (one.profession, &one.person).cmp(&(other.profession, &other.person))
        });
        owners.into_iter().filter_map(|it| last(&it.person)).collect()
    }
}

/// Records an action with how feasible its owners find it: each of them where it is joint.
///
/// # Errors
/// As [`agree`], or if a rule of views forbids it.
pub async fn agree_with_views(
    tx: &mut Tx,
    new: &NewAction,
    views: &[View],
    entry: &Entry,
) -> Result<ActionId> {
    let id = agree(tx, new, entry).await?;
    allowed(new.of.view_faults(&BenefitSettings::own(), views).into_iter().next())?;
    for (number, it) in (1_i64..).zip(views) {
        insert(tx, (&id, number), it, entry).await?;
    }
    Ok(id)
}

/// Says anew how feasible an owner finds an action. What they said before stays.
///
/// # Errors
/// If they do not own it, the level is not on the list, or it needs more than there is and nobody
/// says what.
pub async fn say_view(tx: &mut Tx, id: &ActionId, view: &View, entry: &Entry) -> Result<()> {
    let found = get(tx, id).await?;
    let of = &found.agreed.of;
    allowed(of.view_fault(&BenefitSettings::own(), (0, view)))?;
    let number = i64::try_from(found.views.len()).unwrap_or(i64::MAX).saturating_add(1);
    insert(tx, (id, number), view, entry).await
}

fn allowed(fault: Option<ViewFault>) -> Result<()> {
    match fault {
        None => Ok(()),
        Some(fault) => Err(Refusal::Rule(fault.to_string()).into()),
    }
}

async fn insert(
    tx: &mut Tx,
    (id, number): (&ActionId, i64),
    view: &View,
    entry: &Entry,
) -> Result<()> {
    let because = short("what it needs", &view.because, LETTERS_MAX)?;
    sqlx::query(
        "INSERT INTO joint_action_view (action, number, person, level, because, said_by, said_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(&view.person)
    .bind(code("how feasible it is", &view.level)?)
    .bind(because)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("view {number} of this action")))?;
    // What they say, and who, is their own: it stays out of the audit, from which nothing is removed.
    let object = format!("action/{id} view {number}");
    audit::append(tx, &entry.of("action.view", object)).await?;
    Ok(())
}

/// A view from its row.
pub(super) fn stored(row: &AnyRow) -> Result<StoredView> {
    Ok(StoredView {
        says: View {
            person: row.text("person")?,
            level: row.text("level")?,
            because: row.text("because")?,
        },
        by: PersonId::new(row.text("said_by")?),
        at: row.at("said_at")?,
    })
}
