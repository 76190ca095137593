//! Where resources of the library can be read, and whether the address still answers.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::unchanged;
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, short, taken};
use crate::ids::PersonId;
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// Letters that an address, or what is wrong with it, may have.
const LETTERS_MAX: usize = 500;

/// Where a resource can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// How often it was recorded.
    pub number: i64,
    /// The address; blank where it was taken away.
    pub address: String,
    /// When it was last tried, and what was wrong; blank where it answered.
    pub checked: Option<(Timestamp, String)>,
}

impl Link {
    /// Whether it was tried and did not answer.
    pub fn is_broken(&self) -> bool {
        self.checked.as_ref().is_some_and(|it| !it.1.is_empty())
    }
}

/// Records where a resource can be read, in place of the number that was seen: 0 where there was
/// none. A blank address takes it away.
///
/// # Errors
/// If it is no address by `https`, or somebody has recorded another since.
pub async fn record_link(
    tx: &mut Tx,
    (resource, address): (&str, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let resource = code("the resource", resource)?;
    let address = short("the address", address, LETTERS_MAX)?;
    let has_blank = address.chars().any(|it| it.is_whitespace() || it.is_control());
    if !address.is_empty() && (!address.starts_with("https://") || has_blank) {
        return Err(Refusal::Unusable("the address").into());
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let current = links(tx).await?.get(resource).map_or(0, |it| it.number);
    unchanged(|| format!("the address of {resource}"), seen, current)?;
    sqlx::query("INSERT INTO resource_link VALUES ($1, $2, $3, $4, $5)")
        .bind(resource)
        .bind(seen + 1)
        .bind(address)
        .bind(by.as_str())
        .bind(entry.at.as_microsecond())
        .execute(&mut **tx)
        .await
        .map_err(taken(format!("address {} of {resource}", seen + 1)))?;
    audit::append(tx, &entry.of("library.link", format!("resource/{resource} {}", seen + 1)))
        .await?;
    Ok(())
}

/// Records that an address was tried: what was wrong, or nothing.
///
/// # Errors
/// If the database cannot be written.
pub async fn record_check(
    tx: &mut Tx,
    (resource, number): (&str, i64),
    fault: &str,
    entry: &Entry,
) -> Result<()> {
    let fault: String = fault.chars().take(LETTERS_MAX).collect();
    sqlx::query("INSERT INTO resource_check VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(resource)
        .bind(number)
        .bind(entry.at.as_microsecond())
        .bind(fault)
        .execute(&mut **tx)
        .await?;
    audit::append(tx, &entry.of("library.check", format!("resource/{resource} {number}"))).await?;
    Ok(())
}

/// Addresses as last recorded and last tried, by resource.
///
/// # Errors
/// If the database cannot be read.
pub async fn links(db: &mut Connection) -> Result<BTreeMap<String, Link>> {
    let rows = sqlx::query(
        "SELECT l.resource, l.number, l.address, c.checked_at, c.fault FROM resource_link l
         LEFT JOIN resource_check c ON c.resource = l.resource AND c.number = l.number
         ORDER BY l.resource, l.number, c.checked_at",
    )
    .fetch_all(db)
    .await?;
    let mut found = BTreeMap::new();
    for row in &rows {
        let checked = match row.number_if("checked_at")? {
            Some(_) => Some((row.at("checked_at")?, row.text("fault")?)),
            None => None,
        };
        let link = Link { number: row.number("number")?, address: row.text("address")?, checked };
        found.insert(row.text("resource")?, link);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, at, by, change, error, on_both};

    #[test]
    fn the_latest_address_counts_with_its_own_last_check() {
        on_both(|store| async move {
            let entry = by(&add_person(&store, "Ruth").await);
            let links_to = |address: &'static str, seen: i64| {
                let (store, entry) = (store.clone(), entry.clone());
                async move { change!(store, |tx| record_link(tx, ("A guide", address), seen, &entry)) }
            };
            let checked = |number: i64, fault: &'static str, seconds: i64| {
                let store = store.clone();
                let entry = Entry { at: at(seconds), ..entry.clone() };
                async move { change!(store, |tx| record_check(tx, ("A guide", number), fault, &entry)) }
            };
            assert!(error(links_to("ftp://example.org", 0).await).contains("the address"));
            assert!(error(links_to("https://a b", 0).await).contains("the address"));
            links_to("https://example.org/a", 0).await.expect("recorded");
            checked(1, "", 1).await.expect("it answered");
            checked(1, "it answered 404", 2).await.expect("it did not");
            let mut db = store.read().await.expect("a connection");
            let now = links(&mut db).await.expect("a read");
            assert!(now["A guide"].is_broken());
            links_to("https://example.org/b", 1).await.expect("recorded");
            let now = links(&mut db).await.expect("a read");
            assert_eq!((now["A guide"].number, now["A guide"].checked.clone()), (2, None));
            assert!(error(links_to("", 1).await).contains("it is at 2"));
        });
    }
}
