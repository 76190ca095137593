//! What came of an answer: the same event in the newest run, beside the run in which it was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Capability, Scope, View};
use domain::Money;
use results::coding::{Recorded, RecordedEvents};
use results::{Caller, Run};
use store::coding_queries::{Says, StoredQuery};

use super::facts::readable_to;
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
    let mut compared = Vec::new();
    for (id, queries) in of_run {
        match runs(app, sight, id)? {
            Looked::Nowhere(text) => {
                effects.extend(queries.iter().map(|it| (it.id.as_str().to_owned(), text.clone())));
            }
            Looked::In(two) => compared.push((two, queries)),
        }
    }
    let read = read(&compared, sight, caller)?;
    for (two, queries) in &compared {
        let (Some(old), Some(new)) = (read.get(two.before.id()), read.get(two.after.id())) else {
            continue;
        };
        for it in queries {
            let sees_money = sight.money(it.query.unit.as_str());
            let told = told((old, new), &it.query.event, &two.name, sees_money);
            effects.insert(it.id.as_str().to_owned(), told);
        }
    }
    Ok(effects)
}

/// Where what came of a question is looked for.
enum Looked {
    /// Nowhere, and why.
    Nowhere(String),
    In(Two),
}

/// The run in which something was asked, and the one that came of it.
struct Two {
    before: Arc<Run>,
    after: Arc<Run>,
    /// The later one in words.
    name: String,
}

/// What is compared for the questions that were asked in one run. A draft is compared for those
/// alone who see drafts; others are told no more of it than of a run that is not there.
fn runs(app: &App, sight: &Sight, id: &str) -> Result<Looked, Fault> {
    let before = match readable_to(app, sight.drafts, id) {
        Ok(run) => run,
        Err(Fault::NotFound) => return Ok(Looked::Nowhere(UNREADABLE.to_owned())),
        Err(other) => return Err(other),
    };
    let year = &before.manifest().year;
    let age = Age::of(&before)?;
    let after = match app.shelf().latest_of(year, sight.drafts)? {
        Some(run) if Age::of(&run)?.is_later_than(&age) => run,
        _ => {
            let year = words::year(year);
            let text = format!("Nothing has changed yet: there is no later run of {year}.");
            return Ok(Looked::Nowhere(text));
        }
    };
    let name = named(&after)?;
    if before.manifest().key_fingerprint != after.manifest().key_fingerprint {
        return Ok(Looked::Nowhere(format!(
            "It cannot be found in {name}: its files were taken in with another key, so that references differ."
        )));
    }
    Ok(Looked::In(Two { before, after, name }))
}

const UNREADABLE: &str =
    "The run in which it was asked cannot be read here, so what came of it is not known.";

/// What says which of two runs of a year came later.
struct Age {
    month: u8,
    published: Option<String>,
}

impl Age {
    fn of(run: &Run) -> Result<Self, Fault> {
        let published = run.records()?.publication.map(|it| it.at);
        Ok(Self { month: run.manifest().last_period, published })
    }

    /// As the shelf orders runs: by month, then by publication. Of two runs of one month of which
    /// one is a draft nobody knows which is later, so neither is taken for what came of the other.
    fn is_later_than(&self, other: &Self) -> bool {
        let by_publication = match (&self.published, &other.published) {
            (Some(own), Some(other)) => own.cmp(other),
            _ => std::cmp::Ordering::Equal,
        };
        self.month.cmp(&other.month).then(by_publication).is_gt()
    }
}

/// The events that are looked for, by run. Each run is read once, however many questions look at
/// it.
fn read(
    compared: &[(Two, Vec<&StoredQuery>)],
    sight: &Sight,
    caller: &Caller,
) -> Result<BTreeMap<String, RecordedEvents>, Fault> {
    let mut wanted: BTreeMap<&str, (&Run, BTreeSet<String>)> = BTreeMap::new();
    for (two, queries) in compared {
        for run in [&two.before, &two.after] {
            let of = wanted.entry(run.id()).or_insert_with(|| (run.as_ref(), BTreeSet::new()));
            of.1.extend(queries.iter().map(|it| it.query.event.clone()));
        }
    }
    let mut read = BTreeMap::new();
    for (id, (run, events)) in wanted {
        let found = run.recorded_within(&events, caller, &|line| is_free(&sight.rows, line))?;
        read.insert(id.to_owned(), found);
    }
    Ok(read)
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
        return format!(
            "Nothing has changed yet: in {name} its service line, price group, main diagnosis, main procedure, specialty and consultant are as before; other diagnoses are not in a run."
        );
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
        let expected = "Nothing has changed yet: in the latest draft its service line, price group, main diagnosis, main procedure, specialty and consultant are as before; other diagnoses are not in a run.";
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
    fn a_run_came_later_by_its_month_or_its_publication() {
        let age = |month, published: &str| Age {
            month,
            published: (!published.is_empty()).then(|| published.to_owned()),
        };
        let (may, june) = ("2026-05-20T08:14:00Z", "2026-06-20T08:14:00Z");
        assert!(age(12, june).is_later_than(&age(12, may)));
        assert!(!age(12, may).is_later_than(&age(12, june)));
        // The month before all else: a publication of an earlier month came of no later draft.
        assert!(!age(9, june).is_later_than(&age(12, "")));
        assert!(age(12, may).is_later_than(&age(9, june)));
        // Of one month, nobody knows whether a draft was before a publication or after it.
        assert!(!age(12, may).is_later_than(&age(12, "")));
        assert!(!age(12, "").is_later_than(&age(12, may)));
        assert!(!age(12, may).is_later_than(&age(12, may)), "no run is later than itself");
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
