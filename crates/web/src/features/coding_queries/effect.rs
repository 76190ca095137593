//! What came of an answer: the same event in the newest run, beside the run in which it was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Capability, Scope, View};
use domain::Money;
use results::coding::{Recorded, RecordedEvents};
use results::{Caller, Run};
use store::coding_queries::{Says, StoredQuery};

use super::is_free;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Effects by the reference of the question.
pub(super) type Effects = BTreeMap<String, String>;

/// Whether the effect of a question is looked for: it was said that the record will be changed.
fn is_awaited(query: &StoredQuery) -> bool {
    query.answer().is_some_and(|it| it.says == Says::WillBeChanged)
}

/// What came of those questions that were answered by a change. It is on record before a row is
/// read.
pub(super) async fn of(
    visit: &Visit,
    scope: &Scope,
    queries: &[&StoredQuery],
) -> Result<Effects, Fault> {
    let awaited: Vec<StoredQuery> =
        queries.iter().filter(|it| is_awaited(it)).map(|it| (*it).clone()).collect();
    if awaited.is_empty() {
        return Ok(Effects::new());
    }
    let events: Vec<&str> = awaited.iter().map(|it| it.query.event.as_str()).collect();
    let entry = visit.entry_in(scope, "coding.effect", &events.join(" ")).rows(events.len());
    let caller = visit.asks(entry).await?;
    let sight = Sight {
        drafts: visit.may(Capability::ReadRuns),
        rows: scope.clone(),
        costs: visit.scope(Capability::AggregateCosts).ok().cloned(),
    };
    let app = visit.app.clone();
    reading(move || found(&app, &sight, &awaited, &caller)).await
}

/// What somebody may be told.
struct Sight {
    drafts: bool,
    rows: Scope,
    /// None for those who see no costs, such as clinical coding.
    costs: Option<Scope>,
}

impl Sight {
    /// Whether they see what a unit is paid, to the pound.
    fn money(&self, unit: &str) -> bool {
        let found = self.costs.as_ref().and_then(|it| it.of_unit(unit));
        found.is_some_and(|it| it.view == View::Exact)
    }
}

fn found(
    app: &App,
    sight: &Sight,
    queries: &[StoredQuery],
    caller: &Caller,
) -> Result<Effects, Fault> {
    let mut of_run: BTreeMap<&str, Vec<&StoredQuery>> = BTreeMap::new();
    for it in queries {
        of_run.entry(&it.query.run).or_default().push(it);
    }
    let mut effects = Effects::new();
    for (id, queries) in of_run {
        let told = of_one_run(app, sight, (id, &queries), caller)?;
        let ids = queries.iter().map(|it| it.id.as_str().to_owned());
        effects.extend(std::iter::zip(ids, told));
    }
    Ok(effects)
}

/// The effects of questions that were asked in one run, in their order.
fn of_one_run(
    app: &App,
    sight: &Sight,
    (id, queries): (&str, &[&StoredQuery]),
    caller: &Caller,
) -> Result<Vec<String>, Fault> {
    let all = |text: String| Ok(vec![text; queries.len()]);
    let before = match app.shelf().run(id) {
        Ok(run) => run,
        Err(Fault::NotFound) => {
            return all("The run in which it was asked is not here any more.".to_owned());
        }
        Err(other) => return Err(other),
    };
    let year = before.manifest().year.clone();
    let after = app.shelf().latest_of(&year, sight.drafts)?;
    let Some(after) = after.filter(|it| it.id() != before.id()) else {
        let year = words::year(&year);
        return all(format!("Nothing has changed yet: there is no later run of {year}."));
    };
    let name = named(&after)?;
    if before.manifest().key_fingerprint != after.manifest().key_fingerprint {
        return all(format!(
            "It cannot be found in {name}: its files were taken in with another key, so that references differ."
        ));
    }
    let events: BTreeSet<String> = queries.iter().map(|it| it.query.event.clone()).collect();
    let read =
        |run: &Arc<Run>| run.recorded_within(&events, caller, &|line| is_free(&sight.rows, line));
    let (old, new) = (read(&before)?, read(&after)?);
    let one = |it: &&StoredQuery| {
        let event = it.query.event.as_str();
        told((&old, &new), event, &name, sight.money(it.query.unit.as_str()))
    };
    Ok(queries.iter().map(one).collect())
}

/// `the run published 20 May 2026`.
fn named(run: &Run) -> Result<String, Fault> {
    let publication = run.records()?.publication;
    Ok(publication.map_or_else(
        || "the latest draft".to_owned(),
        |it| format!("the run published {}", words::day(it.at.get(..10).unwrap_or(&it.at))),
    ))
}

fn told(
    (old, new): (&RecordedEvents, &RecordedEvents),
    event: &str,
    name: &str,
    sees_money: bool,
) -> String {
    let Some(before) = old.seen.get(event) else {
        return "It is in no service line that you see.".to_owned();
    };
    match new.seen.get(event) {
        Some(after) => changed(before, after, name, sees_money),
        None if new.elsewhere.contains(event) => {
            format!("In {name} it stands in another service line, which you do not see.")
        }
        None => format!("It is not in {name}."),
    }
}

/// What differs between two records of one event.
fn changed(before: &Recorded, after: &Recorded, name: &str, sees_money: bool) -> String {
    let mut parts = Vec::new();
    let mut differs = |what: &str, was: &str, is: &str| {
        let or = |text: &str| if text.is_empty() { "none" } else { text }.to_owned();
        if was != is {
            parts.push(format!("its {what} is {} (was {})", or(is), or(was)));
        }
    };
    differs("service line", before.service_line.words(), after.service_line.words());
    differs("price group", &before.hrg.code, &after.hrg.code);
    differs("main diagnosis", &before.diagnosis, &after.diagnosis);
    differs("main procedure", &before.procedure, &after.procedure);
    differs("specialty", before.specialty.words(), after.specialty.words());
    if before.consultant != after.consultant {
        parts.push("its consultant is another".to_owned());
    }
    if parts.is_empty() {
        return format!("Nothing has changed yet: in {name} it is recorded as before.");
    }
    if sees_money {
        parts.push(money(after.at_unit_price - before.at_unit_price));
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    format!("In {name} {}.", words::listed(&parts))
}

fn money(more: Money) -> String {
    let amount = words::pounds(more.abs());
    match more.micro_pounds() {
        0 => "its activity at unit price is the same".to_owned(),
        1.. => format!("its activity at unit price is {amount} more"),
        _ => format!("its activity at unit price is {amount} less"),
    }
}

#[cfg(test)]
mod tests {
    use results::explain::Named;

    use super::*;

    fn recorded(hrg: &str, price: i64) -> Recorded {
        let code = |text: &str| Named { code: text.to_owned(), ..Named::default() };
        Recorded {
            hrg: code(hrg),
            service_line: code("TORT"),
            at_unit_price: Money::from_micro_pounds(price * 1_000_000),
            ..Recorded::default()
        }
    }

    #[test]
    fn what_changed_is_said_with_its_money_to_those_who_see_it() {
        let (low, high) = (recorded("HN12F", 6_000), recorded("HN12C", 7_210));
        let name = "the run published 20 May 2026";
        assert_eq!(
            changed(&low, &high, name, true),
            "In the run published 20 May 2026 its price group is HN12C (was HN12F) and its activity at unit price is £1,210 more."
        );
        assert_eq!(
            changed(&high, &low, name, true),
            "In the run published 20 May 2026 its price group is HN12F (was HN12C) and its activity at unit price is £1,210 less."
        );
        let without = changed(&low, &high, name, false);
        assert!(!without.contains('£') && !without.contains("price is"), "{without}");
        let dearer = recorded("HN12F", 6_500);
        let expected = "Nothing has changed yet: in the latest draft it is recorded as before.";
        assert_eq!(
            changed(&low, &dearer, "the latest draft", true),
            expected,
            "another price list"
        );
        let moved =
            Recorded { procedure: "W371".to_owned(), consultant: "A".to_owned(), ..low.clone() };
        assert_eq!(
            changed(&low, &moved, name, true),
            "In the run published 20 May 2026 its main procedure is W371 (was none), its consultant is another and its activity at unit price is the same."
        );
    }

    #[test]
    fn an_event_that_went_elsewhere_tells_nothing_of_where() {
        let of = |seen: Option<Recorded>, elsewhere: &[&str]| RecordedEvents {
            seen: seen.map(|it| ("E".to_owned(), it)).into_iter().collect(),
            elsewhere: elsewhere.iter().map(|it| (*it).to_owned()).collect(),
        };
        let there = of(Some(recorded("HN12F", 1)), &[]);
        let tell = |old: &RecordedEvents, new: &RecordedEvents| {
            told((old, new), "E", "the latest draft", true)
        };
        assert_eq!(tell(&there, &of(None, &[])), "It is not in the latest draft.");
        let expected =
            "In the latest draft it stands in another service line, which you do not see.";
        assert_eq!(tell(&there, &of(None, &["E"])), expected);
        assert_eq!(tell(&of(None, &["E"]), &there), "It is in no service line that you see.");
    }
}
