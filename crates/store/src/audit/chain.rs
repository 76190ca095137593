//! The chain of hashes: how a row is hashed, and how a break is found and named.

use std::fmt;

use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use super::{Entry, Recorded, recorded};
use crate::Store;
use crate::error::{Error, Result};
use crate::ids::hex;
use crate::row::Values as _;

const PAGE: i64 = 1000;
const FORM: &str = "concord audit row 1";

/// The end of the chain: kept elsewhere, such as in the system log, it proves later that nothing
/// up to it was written anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last row; 0 if there is none.
    pub seq: i64,
    /// Its hash; empty if there is none.
    pub hash: String,
}

/// Where the chain breaks first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Number of the first row that is not as it was written.
    pub seq: i64,
    /// What was done to it.
    pub why: Why,
}

/// What was done to the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The row is not there, later ones are.
    Deleted,
    /// Its content is not what was hashed.
    Edited,
    /// It was written as another number.
    Reordered {
        /// The number it was written as.
        written_as: i64,
    },
    /// It is sound by itself, but follows another row than the one before it.
    Forked,
    /// It was the last row or before it, and is gone.
    Truncated,
    /// It was added behind the end.
    Added,
    /// The end of the chain was changed: its hash is not that of the last row.
    HeadChanged,
    /// It is not the row that was known from elsewhere: all from some row on was written anew.
    Rewritten,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit row {} ", self.seq)?;
        match &self.why {
            Why::Deleted => f.write_str("was deleted"),
            Why::Edited => f.write_str("was edited"),
            Why::Reordered { written_as } => write!(f, "was written as row {written_as}"),
            Why::Forked => f.write_str("does not follow the row before it"),
            Why::Truncated => f.write_str("and what followed was cut off"),
            Why::Added => f.write_str("was added behind the end"),
            Why::HeadChanged => f.write_str("is the last, but the end of the chain names another"),
            Why::Rewritten => f.write_str("is not the one that was known before"),
        }
    }
}

/// SHA-256 over a row, each field with its length, absent fields told from empty ones.
pub(super) fn hash(seq: i64, entry: &Entry, prev_hash: &str) -> String {
    let mut hash = Sha256::new();
    let mut field = |bytes: Option<&[u8]>| match bytes {
        None => hash.update([0]),
        Some(bytes) => {
            hash.update([1]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
    };
    let text = |it: &'_ Option<String>| it.as_ref().map(|it| it.as_bytes().to_vec());
    field(Some(FORM.as_bytes()));
    field(Some(&seq.to_be_bytes()));
    field(Some(&entry.at.as_microsecond().to_be_bytes()));
    field(Some(entry.actor.as_bytes()));
    field(text(&entry.session).as_deref());
    field(text(&entry.role).as_deref());
    field(text(&entry.scope).as_deref());
    field(Some(entry.action.as_bytes()));
    field(text(&entry.object).as_deref());
    field(entry.rows.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    field(text(&entry.purpose).as_deref());
    field(Some(entry.outcome.as_str().as_bytes()));
    field(text(&entry.ip).as_deref());
    field(text(&entry.request).as_deref());
    field(Some(prev_hash.as_bytes()));
    hex(&hash.finalize())
}

impl Store {
    /// The end of the chain now.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn audit_head(&self) -> Result<Head> {
        read_head(&mut *self.read().await?).await
    }

    /// Reads the whole chain, as it is at one moment, and finds the first break; `known` are ends
    /// that were kept elsewhere. Returns the end that was verified.
    ///
    /// Whoever can write to the database can write the whole chain anew; only a `known` end finds
    /// that.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn verify_chain(&self, known: &[Head]) -> Result<std::result::Result<Head, Broken>> {
        let begin = self.database.kind.begin_reading();
        let mut moment = self.database.readers.begin_with(begin).await?;
        let head = read_head(&mut moment).await?;
        let mut last = Head { seq: 0, hash: String::new() };
        loop {
            let rows = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(last.seq)
                .bind(PAGE)
                .fetch_all(&mut *moment)
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                // A value that cannot be read was not written by the program.
                let row = match recorded(row) {
                    Err(Error::Unreadable { .. }) => {
                        return Ok(Err(Broken { seq: row.number("seq")?, why: Why::Edited }));
                    }
                    row => row?,
                };
                if let Some(broken) = break_at(&row, &last, &head, known) {
                    return Ok(Err(broken));
                }
                last = Head { seq: row.seq, hash: row.hash };
            }
        }
        Ok(end_of(&last, &head, known).map_or(Ok(last), Err))
    }
}

fn break_at(row: &Recorded, last: &Head, head: &Head, known: &[Head]) -> Option<Broken> {
    let expected = last.seq + 1;
    let broken = |seq, why| Some(Broken { seq, why });
    if row.seq != expected {
        return broken(expected, Why::Deleted);
    }
    if row.seq > head.seq {
        return broken(row.seq, Why::Added);
    }
    if hash(row.seq, &row.entry, &row.prev_hash) != row.hash {
        // Tried once, at the break: the number that the row was hashed with.
        let written_as =
            (1..=head.seq).find(|it| hash(*it, &row.entry, &row.prev_hash) == row.hash);
        let why = written_as.map_or(Why::Edited, |written_as| Why::Reordered { written_as });
        return broken(row.seq, why);
    }
    if row.prev_hash != last.hash {
        return broken(row.seq, Why::Forked);
    }
    if known.iter().any(|it| it.seq == row.seq && it.hash != row.hash) {
        return broken(row.seq, Why::Rewritten);
    }
    None
}

fn end_of(last: &Head, head: &Head, known: &[Head]) -> Option<Broken> {
    let longest = known.iter().map(|it| it.seq).max().unwrap_or(0);
    if last.seq < head.seq || last.seq < longest {
        return Some(Broken { seq: last.seq + 1, why: Why::Truncated });
    }
    (last != head).then_some(Broken { seq: last.seq, why: Why::HeadChanged })
}

async fn read_head(db: &mut AnyConnection) -> Result<Head> {
    let row = sqlx::query("SELECT seq, hash FROM audit_head").fetch_one(db).await?;
    Ok(Head { seq: row.number("seq")?, hash: row.text("hash")? })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::audit::{Asked, Outcome, append, list};
    use crate::testing::{at, change, on_both, on_both_unverified, operator};

    /// Six rows, then what somebody does to the database by hand, then what is found.
    #[track_caller]
    fn check(tampering: &'static [&'static str], expected: &Expect) {
        on_both_unverified(|store| async move {
            let known = fill(&store).await;
            store
                .write(move |tx| {
                    Box::pin(async move {
                        for sql in tampering {
                            sqlx::raw_sql(*sql).execute(&mut **tx).await?;
                        }
                        Ok(())
                    })
                })
                .await
                .expect("whoever owns the database can change it");
            let found = store.verify_chain(&[known]).await.expect("the audit can be read");
            expected.assert_eq(&found.expect_err("it was tampered with").to_string());
            store.close().await;
        });
    }

    async fn fill(store: &Store) -> Head {
        for number in 1..=6 {
            let entry = operator().of("patient.view", format!("event/{number}")).rows(1);
            let receipt = store.audit(entry).await.expect("it is written");
            assert_eq!(receipt.seq(), number);
        }
        store.audit_head().await.expect("the audit can be read")
    }

    #[test]
    fn an_edited_row_is_found() {
        check(
            &["UPDATE audit SET purpose = 'checking a bill' WHERE seq = 3"],
            &expect!["audit row 3 was edited"],
        );
        // Empty is not absent.
        check(&["UPDATE audit SET ip = '' WHERE seq = 4"], &expect!["audit row 4 was edited"]);
        check(
            &["UPDATE audit SET outcome = 'x' WHERE seq = 5"],
            &expect!["audit row 5 was edited"],
        );
        // Moving a letter from one field into the next keeps the letters, not the hash.
        check(
            &["UPDATE audit SET action = 'patient.viewe', object = 'vent/2' WHERE seq = 2"],
            &expect!["audit row 2 was edited"],
        );
    }

    #[test]
    fn a_deleted_row_is_found() {
        check(&["DELETE FROM audit WHERE seq = 1"], &expect!["audit row 1 was deleted"]);
        check(&["DELETE FROM audit WHERE seq = 3"], &expect!["audit row 3 was deleted"]);
    }

    #[test]
    fn rows_in_another_order_are_found() {
        check(
            &[
                "UPDATE audit SET seq = 100 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 5",
                "UPDATE audit SET seq = 5 WHERE seq = 100",
            ],
            &expect!["audit row 3 was written as row 5"],
        );
        // A row taken out and the gap closed.
        check(
            &[
                "DELETE FROM audit WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 4",
                "UPDATE audit SET seq = 4 WHERE seq = 5",
                "UPDATE audit SET seq = 5 WHERE seq = 6",
                "UPDATE audit_head SET seq = 5",
            ],
            &expect!["audit row 3 was written as row 4"],
        );
    }

    #[test]
    fn a_cut_off_tail_is_found() {
        check(
            &["DELETE FROM audit WHERE seq > 4"],
            &expect!["audit row 5 and what followed was cut off"],
        );
        check(&["DELETE FROM audit"], &expect!["audit row 1 and what followed was cut off"]);
        // Whoever makes the end fit as well is given away by the end that was kept elsewhere.
        check(
            &[
                "DELETE FROM audit WHERE seq > 4",
                "UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)",
            ],
            &expect!["audit row 5 and what followed was cut off"],
        );
        check(
            &["UPDATE audit_head SET hash = 'ff'"],
            &expect!["audit row 6 is the last, but the end of the chain names another"],
        );
    }

    #[test]
    fn an_inserted_row_is_found() {
        const COPY: &str = "INSERT INTO audit (seq, at, actor, action, outcome, prev_hash, hash)
                    SELECT 7, at, actor, action, outcome, hash, hash FROM audit WHERE seq = 6";
        check(&[COPY], &expect!["audit row 7 was added behind the end"]);
        check(&[COPY, "UPDATE audit_head SET seq = 7"], &expect!["audit row 7 was edited"]);
    }

    /// Whoever knows how rows are hashed writes a sound row in place of another.
    async fn replace(store: &Store, from: i64, until: i64) {
        store
            .write(move |tx| {
                Box::pin(async move {
                    for seq in from..=until {
                        let mut prev = String::new();
                        if seq > 1 {
                            let row = sqlx::query("SELECT hash FROM audit WHERE seq = $1")
                                .bind(seq - 1)
                                .fetch_one(&mut **tx)
                                .await?;
                            prev = row.text("hash")?;
                        }
                        let entry = operator().of("nothing", "at all").rows(1);
                        sqlx::query(
                            "UPDATE audit SET action = 'nothing', object = 'at all',
                                 prev_hash = $1, hash = $2 WHERE seq = $3",
                        )
                        .bind(prev.as_str())
                        .bind(hash(seq, &entry, &prev).as_str())
                        .bind(seq)
                        .execute(&mut **tx)
                        .await?;
                    }
                    sqlx::raw_sql(
                        "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 6)",
                    )
                    .execute(&mut **tx)
                    .await?;
                    Ok(())
                })
            })
            .await
            .expect("whoever owns the database can change it");
    }

    #[test]
    fn a_fork_and_a_chain_written_anew_are_found() {
        on_both_unverified(|store| async move {
            let known = fill(&store).await;
            replace(&store, 3, 3).await;
            let found = store.verify_chain(&[]).await.expect("the audit can be read");
            assert_eq!(found, Err(Broken { seq: 4, why: Why::Forked }));

            replace(&store, 1, 6).await;
            let found = store.verify_chain(&[]).await.expect("the audit can be read");
            assert!(found.is_ok(), "a chain written anew is sound by itself: {found:?}");
            let found = store.verify_chain(&[known]).await.expect("the audit can be read");
            assert_eq!(found, Err(Broken { seq: 6, why: Why::Rewritten }));
            store.close().await;
        });
    }

    #[test]
    fn fifty_tasks_make_one_chain_without_a_gap() {
        on_both(|store| async move {
            let tasks: Vec<_> = (0..50)
                .map(|task| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        let mut seqs = Vec::new();
                        for number in 0..10 {
                            let entry = operator().of("view", format!("event/{task}/{number}"));
                            seqs.push(store.audit(entry).await.expect("it is written").seq());
                        }
                        seqs
                    })
                })
                .collect();
            let mut seqs = Vec::new();
            for task in tasks {
                seqs.extend(task.await.expect("no panic"));
            }
            seqs.sort_unstable();
            assert_eq!(seqs, (1..=500).collect::<Vec<i64>>());
            let head = store.verify_chain(&[]).await.expect("the audit can be read");
            assert_eq!(head.expect("the chain holds").seq, 500);
        });
    }

    #[test]
    fn a_change_that_fails_leaves_no_row_and_no_gap() {
        on_both(|store| async move {
            store.audit(operator().of("one", "1")).await.expect("it is written");
            let failed = store.write(crate::testing::failing).await;
            assert!(failed.is_err(), "the change fails after it wrote its row");
            store.audit(operator().of("two", "2")).await.expect("it is written");
            let mut db = store.read().await.expect("a connection");
            let rows = list(&mut db, &Asked::default(), 10).await.expect("the rows");
            let actions: Vec<_> =
                rows.iter().map(|it| (it.seq, it.entry.action.as_str())).collect();
            assert_eq!(actions, [(2, "two"), (1, "one")]);
        });
    }

    #[test]
    fn everything_of_an_entry_is_kept_and_found() {
        on_both(|store| async move {
            let full = Entry {
                at: at(1),
                actor: "p1".to_owned(),
                session: Some("s".to_owned()),
                role: Some("costing accountant".to_owned()),
                scope: Some("T".to_owned()),
                action: "patient.view".to_owned(),
                object: Some("event/é\n2".to_owned()),
                rows: Some(12),
                purpose: Some(String::new()),
                outcome: Outcome::Refused,
                ip: Some("::1".to_owned()),
                request: Some("r".to_owned()),
            };
            let entry = full.clone();
            change!(store, |tx| append(tx, &entry)).expect("it is written");
            store.audit(operator().of("unit.change", "unit/A")).await.expect("it is written");

            let mut db = store.read().await.expect("a connection");
            let mut found = async |asked: Asked| {
                let rows = list(&mut db, &asked, 10).await.expect("the rows");
                rows.into_iter().map(|it| it.entry).collect::<Vec<_>>()
            };
            let by_actor = Asked { actor: Some("p1".to_owned()), ..Asked::default() };
            assert_eq!(found(by_actor).await, std::slice::from_ref(&full));
            let by_action = Asked { action: Some("patient.".to_owned()), ..Asked::default() };
            assert_eq!(found(by_action).await, std::slice::from_ref(&full));
            let by_object = Asked { mentions: Some("é\n2".to_owned()), ..Asked::default() };
            assert_eq!(found(by_object).await, std::slice::from_ref(&full));
            let since = Asked { from: Some(at(1)), ..Asked::default() };
            assert_eq!(found(since).await, std::slice::from_ref(&full));
            let until = Asked { until: Some(at(1)), ..Asked::default() };
            assert_eq!(found(until).await.len(), 1, "the instant itself is not before it");
            let first = Asked { before: Some(2), ..Asked::default() };
            assert_eq!(found(first).await, [full]);
        });
    }

    #[test]
    fn a_page_of_patients_is_one_row_found_by_each_of_them() {
        on_both(|store| async move {
            let references: Vec<String> = (0..200).map(|it| format!("{it:026}")).collect();
            let page = operator().of("patient.list", references.join(" ")).rows(200);
            store.audit(page).await.expect("a long row is written");
            store.audit(operator().of("patient.view", "elsewhere")).await.expect("it is written");
            let mut db = store.read().await.expect("a connection");
            for (text, expected) in [(references[0].as_str(), 1), (&references[199], 1), ("x", 0)] {
                let asked = Asked { mentions: Some(text.to_owned()), ..Asked::default() };
                let rows = list(&mut db, &asked, 10).await.expect("the rows");
                assert_eq!(rows.len(), expected, "{text}");
            }
        });
    }

    #[test]
    fn fields_are_told_apart() {
        let entry = |actor: &str, action: &str, object: Option<&str>| Entry {
            action: action.to_owned(),
            object: object.map(str::to_owned),
            ..Entry::by(actor, at(0))
        };
        let hashes = [
            hash(1, &entry("a", "bc", None), ""),
            hash(1, &entry("ab", "c", None), ""),
            hash(1, &entry("a", "bc", Some("")), ""),
            hash(2, &entry("a", "bc", None), ""),
            hash(1, &entry("a", "bc", None), "00"),
        ];
        let different: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), hashes.len());
    }
}
