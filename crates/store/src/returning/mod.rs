//! What a trust sends of its confirmed levels: returns to a collector, and levels that it shares with
//! a group by consent. Each is of exactly one confirmed level, and its bytes never change.

mod consent;
mod sent;
#[cfg(test)]
mod tests;

use crate::Connection;
use crate::assessing::{self, LevelState};
use crate::error::{Error, Refusal, Result, filled};
use crate::ids::LevelId;
use crate::units::{self, UnitKind};

pub use self::consent::{
    Consent, LoadedTable, NewConsent, consent, consents, load_table, loaded_tables, withdraw,
};
pub use self::sent::{NewReturn, SentReturn, send, sent};

/// Letters that the name of a collector or a group may have.
pub const NAME_LETTERS_MAX: usize = 120;

/// Bytes of a file that is kept, at the most.
pub(crate) const FILE_MAX: usize = 2 << 20;

/// Refuses a name that is missing or long.
fn named<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    let text = filled(what, text)?;
    let is_long = text.chars().count() > NAME_LETTERS_MAX;
    if is_long { Err(Refusal::Unusable(what).into()) } else { Ok(text) }
}

/// Refuses a file that is empty, larger than what is kept, or holds what no database takes.
pub(crate) fn kept<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty(what).into());
    }
    let is_unusable = text.len() > FILE_MAX || text.contains('\0');
    if is_unusable { Err(Refusal::Unusable(what).into()) } else { Ok(text) }
}

/// Refuses a level that both leads of the trust have not signed.
async fn confirmed(db: &mut Connection, id: &LevelId) -> Result<()> {
    let missing = || Error::NotFound(format!("level {id}"));
    let all = assessing::levels(db, None).await?;
    let found = all.into_iter().find(|it| it.id == *id).ok_or_else(missing)?;
    let of = assessing::get(db, &found.assessment).await?;
    if units::get(db, &of.unit).await?.unit.kind != UnitKind::Trust {
        return Err(missing());
    }
    if found.state() == LevelState::Confirmed {
        return Ok(());
    }
    let what = format!("level {}", found.of.level);
    let from = "not signed by both leads".to_owned();
    Err(Refusal::WrongMove { what, from, to: "returned" }.into())
}
