//! How many different people looked behind the figures of a service in a month, never who.

use std::collections::BTreeSet;

use domain::Day;
use store::measures::Month;

use super::{Asked, Found, Proposal, Provider};
use crate::shell::measures::month_words;
use crate::shell::use_of_figures::counts;
use crate::shell::words;

/// Proposes the latest month in which enough people looked.
pub(super) struct LookedBehind;

impl Provider for LookedBehind {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let all = counts(asked.app, asked.unit, asked.now).await?;
            let Some(it) = all.first() else { return Ok(Vec::new()) };
            let month = month_words(it.month);
            let people = words::count(it.people.unsigned_abs(), "person", "people");
            Ok(vec![Proposal {
                key: "use-of-figures".to_owned(),
                period: it.month.to_string(),
                kind: "use",
                title: format!("Use of the figures in {month}: {people}"),
                source: format!("/services/{}", asked.unit),
                happened_on: last_day(it.month),
                expires_on: None,
                steps: ["C6".to_owned()].into(),
                because: format!(
                    "In {month}, {people} looked behind the figures of this service, to the care and the patients that they are made of. It is not kept who they were."
                ),
                made_by: BTreeSet::new(),
            }])
        })
    }
}

fn last_day(month: Month) -> Day {
    let next = format!("{}-01", month.plus(1));
    next.parse::<Day>().map_or(Day::from_civil(1970, 1, 1), |it| it.plus(-1))
}
