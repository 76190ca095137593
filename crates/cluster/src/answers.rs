//! Whether the answers of a cluster are whole and say what the shared folder holds.

use std::collections::BTreeMap;

use costing::Apart;
use costing::dataset::hash_file;

use crate::error::ClusterError;
use crate::item::{Answer, Done, Item};

/// How many pieces of work each executor did.
pub type Shares = BTreeMap<String, u32>;

/// Checks that every bucket was weighed once, that the file of each is what its executor wrote, and
/// that together they weighed every row.
///
/// # Errors
///
/// [`ClusterError::Answer`] with what is wrong.
pub fn checked_buckets(
    apart: &Apart,
    items: &[Item],
    answers: &[Answer],
) -> Result<Shares, ClusterError> {
    let mut rows = 0;
    for (number, answer) in by_number(items, answers)? {
        let Done::Bucket { sha256, rows: weighed } = &answer.done else {
            return Err(wrong(format!("{} did not weigh bucket {number}", answer.executor)));
        };
        if *sha256 != apart.hash(number)? {
            return Err(wrong(format!(
                "what {} weighed of bucket {number} is not what the shared folder holds",
                answer.executor
            )));
        }
        rows += weighed;
    }
    if rows != apart.rows() {
        let stated = apart.rows();
        return Err(wrong(format!("{rows} rows were weighed, but the dataset holds {stated}")));
    }
    Ok(shares(answers))
}

/// Checks that every dataset was costed or refused, and that each run is what its executor wrote;
/// gives the answers in the order of the items.
///
/// # Errors
///
/// [`ClusterError::Answer`] with what is wrong.
pub fn checked_costings(
    items: &[Item],
    answers: &[Answer],
) -> Result<(Vec<Answer>, Shares), ClusterError> {
    let answers: Vec<Answer> = by_number(items, answers)?.into_values().cloned().collect();
    for answer in &answers {
        match &answer.done {
            Done::Costing(costed) => {
                if hash_file(&costed.path.join("manifest.json"))? != costed.manifest {
                    return Err(wrong(format!(
                        "run {} is not what {} wrote",
                        costed.path.display(),
                        answer.executor
                    )));
                }
            }
            Done::Refused { .. } => {}
            Done::Bucket { .. } => {
                return Err(wrong(format!("{} did not cost a dataset", answer.executor)));
            }
        }
    }
    let shares = shares(&answers);
    Ok((answers, shares))
}

/// Answers by the number of their item: one for each.
fn by_number<'a>(
    items: &[Item],
    answers: &'a [Answer],
) -> Result<BTreeMap<u32, &'a Answer>, ClusterError> {
    let mut found = BTreeMap::new();
    for answer in answers {
        if found.insert(answer.number, answer).is_some() {
            return Err(wrong(format!("item {} was answered twice", answer.number)));
        }
    }
    match items.iter().find(|it| !found.contains_key(&it.number)) {
        Some(item) => Err(wrong(format!("item {} was not answered", item.number))),
        None if found.len() == items.len() => Ok(found),
        None => Err(wrong("there are more answers than items".to_owned())),
    }
}

fn shares(answers: &[Answer]) -> Shares {
    let mut shares = Shares::new();
    for answer in answers {
        *shares.entry(answer.executor.clone()).or_default() += 1;
    }
    shares
}

fn wrong(what: String) -> ClusterError {
    ClusterError::Answer(what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{Trust, Work};

    fn item(number: u32) -> Item {
        let trust = Trust {
            dataset: "d".into(),
            dataset_hash: "1".to_owned(),
            model: "m".into(),
            model_hash: "2".to_owned(),
            year: "2025-26".to_owned(),
        };
        let work = Work::Costing { runs: "r".into() };
        Item { number, program: "p".to_owned(), trust, work }
    }

    fn refused(number: u32, executor: &str) -> Answer {
        let done = Done::Refused { why: "it has no year".to_owned() };
        Answer { number, executor: executor.to_owned(), done }
    }

    #[track_caller]
    fn check(items: &[u32], answers: &[(u32, &str)], expected: &str) {
        let items: Vec<Item> = items.iter().map(|it| item(*it)).collect();
        let answers: Vec<Answer> = answers.iter().map(|it| refused(it.0, it.1)).collect();
        let shown = match checked_costings(&items, &answers) {
            Ok((_, shares)) => format!("{shares:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_item_is_answered_once() {
        check(&[0, 1, 2], &[(2, "a"), (0, "b"), (1, "a")], r#"{"a": 2, "b": 1}"#);
        let not_used = "an answer of the cluster is not used, and nothing was published: ";
        check(&[0, 1], &[(1, "a")], &format!("{not_used}item 0 was not answered"));
        check(&[0], &[(0, "a"), (0, "b")], &format!("{not_used}item 0 was answered twice"));
        check(&[0], &[(0, "a"), (1, "a")], &format!("{not_used}there are more answers than items"));
    }

    #[test]
    fn items_and_answers_travel_whole() {
        let item = item(7);
        assert_eq!(Item::parse(&item.text()).expect("it is one"), item);
        let answer = refused(7, "a");
        assert_eq!(Answer::parse(&answer.text()).expect("it is one"), answer);
        assert!(Item::parse("{}").is_err());
    }
}
