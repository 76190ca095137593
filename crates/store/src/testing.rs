//! What the tests share: every test runs on SQLite and on PostgreSQL.

use std::future::Future;

use domain::Day;
use jiff::{SignedDuration, Timestamp};

use crate::audit::Entry;
use crate::people::Person;
use crate::units::{Unit, UnitKind};
use crate::writer::{Running, Tx};
use crate::{PersonId, Result, Store, UnitCode, people, sqlite_url, units};

/// Runs a test on both databases, each fresh; the audit chain must hold at its end.
#[track_caller]
pub(crate) fn on_both<F, Fut>(test: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    let chain_holds = |store: Store| async move {
        let verified = store.verify_chain(&[]).await.expect("the audit can be read");
        verified.expect("the chain holds");
        store.close().await;
    };
    on_both_unverified(|store| {
        let test = test(store.clone());
        async move {
            test.await;
            chain_holds(store).await;
        }
    });
}

/// As [`on_both`], for tests that damage the chain.
#[track_caller]
pub(crate) fn on_both_unverified<F, Fut>(test: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    on_both_urls(|url| {
        let test = &test;
        async move { test(Store::open(&url).await.expect("a new database opens")).await }
    });
}

/// Runs a test on the addresses of two empty databases.
#[track_caller]
pub(crate) fn on_both_urls<F, Fut>(test: F)
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts");
    runtime.block_on(test(sqlite_url(&folder.path().join("concord test.sqlite"))));
    runtime.block_on(test(testkit::postgres()));
}

/// Noon of 1 May 2025, and so many seconds.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let noon: Timestamp = "2025-05-01T12:00:00Z".parse().expect("an instant");
    noon + SignedDuration::from_secs(seconds)
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

/// What the command line does at noon.
pub(crate) fn operator() -> Entry {
    Entry::by("operator", at(0))
}

pub(crate) fn by(person: &PersonId) -> Entry {
    Entry::by(person.as_str(), at(0))
}

/// Writes with the change as the last expression of a block: `write!(store, tx => f(tx, …))`.
macro_rules! change {
    ($store:expr, |$tx:ident| $change:expr) => {
        $store.write(move |$tx| Box::pin(async move { $change.await })).await
    };
}

pub(crate) use change;

/// A change that always fails after it wrote.
pub(crate) fn failing(tx: &mut Tx) -> Running<'_, ()> {
    Box::pin(async move {
        crate::audit::append(tx, &operator().of("never", "seen")).await?;
        Err(crate::Refusal::HasLeft.into())
    })
}

pub(crate) fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        email: format!("{}@trust.nhs.uk", name.to_lowercase().replace(' ', ".")),
        job_title: "Accountant".to_owned(),
        profession: "finance".to_owned(),
    }
}

pub(crate) async fn add_person(store: &Store, name: &str) -> PersonId {
    let new = person(name);
    change!(store, |tx| people::create(tx, &new, &operator())).expect("the person is new")
}

pub(crate) fn unit(code: &str, parent: Option<&str>) -> Unit {
    Unit {
        code: UnitCode::new(code),
        name: format!("Unit {code}"),
        kind: if parent.is_none() { UnitKind::Trust } else { UnitKind::ServiceLine },
        parent: parent.map(UnitCode::new),
        from: day("2025-04-01"),
        until: None,
    }
}

pub(crate) async fn add_unit(store: &Store, code: &str, parent: Option<&str>) -> Result<i64> {
    let new = unit(code, parent);
    change!(store, |tx| units::upsert(tx, &new, None, &operator()))
}

/// The text of an error, for `expect!`.
pub(crate) fn error<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.expect_err("the store must refuse").to_string()
}
