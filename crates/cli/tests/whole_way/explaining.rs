//! Every pound of the trust's ledger, through the explanation of every event.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use domain::Money;
use results::explain::SourceKey;
use results::{Caller, Run};
use tables::Table;
use tables::parquet_file::GroupReader;
use tables::run::{CostedEvent, PoolSource, QuantumLine, ResidualSource, RestrictedCost};

use crate::program::{TRUST, Trust};

/// A (resource, activity).
type PoolKey = (String, String);

/// Amounts of one pool by source.
type BySource = BTreeMap<SourceKey, Money>;

#[test]
fn every_event_and_every_residual_are_the_ledger() {
    let run = TRUST.folder().join(&TRUST.run);
    let categories = categories(&run);
    let parts = Parts::of(&run, &categories);
    let residuals: Vec<ResidualSource> = rows(&run, "residuals")
        .into_iter()
        .filter(|it: &ResidualSource| !is_of_events(it, &categories))
        .collect();

    // By pool: sources less events less residuals are what restricted events got.
    let mut left: BTreeMap<PoolKey, BySource> = BTreeMap::new();
    for row in rows::<PoolSource>(&run, "pools") {
        let pool = left.entry((row.resource, row.activity)).or_default();
        let key = source(&row.support_group, &row.cost_line, &row.ledger_line);
        *pool.entry(key).or_default() += row.amount;
    }
    for (key, sources) in &parts.by_pool {
        take_away(left.get_mut(key).expect("a cost has a pool"), sources);
    }
    for row in &residuals {
        if let Some(pool) = left.get_mut(&(row.resource.clone(), row.activity.clone())) {
            let key = source(&row.support_group, &row.cost_line, &row.ledger_line);
            take_away(pool, &BySource::from([(key, row.amount)]));
        }
    }
    let mut restricted: BTreeMap<PoolKey, Money> = BTreeMap::new();
    for row in rows::<RestrictedCost>(&run, "restricted_costs") {
        *restricted.entry((row.resource, row.activity)).or_default() += row.own + row.absorbed;
    }
    for (key, sources) in &left {
        match restricted.get(key) {
            Some(cost) => assert_eq!(sources.values().sum::<Money>(), *cost, "{key:?}"),
            None => assert!(sources.values().all(|it| it.is_zero()), "{key:?} has {sources:?}"),
        }
    }

    // By ledger line: everything together is the cost side of the ledger.
    let mut found: BTreeMap<String, Money> = BTreeMap::new();
    let pools = parts.by_pool.values().chain(left.values()).flatten();
    for (source, amount) in pools {
        *found.entry(source.ledger_line.clone()).or_default() += *amount;
    }
    for row in residuals {
        *found.entry(row.ledger_line).or_default() += row.amount;
    }
    let mut stated: BTreeMap<String, Money> = BTreeMap::new();
    for line in rows::<QuantumLine>(&run, "quantum") {
        if line.outcome != "INCOME" {
            stated.insert(line.ledger_line, line.amount);
        }
    }
    found.retain(|_, amount| !amount.is_zero());
    stated.retain(|_, amount| !amount.is_zero());
    assert_eq!(found, stated);
}

#[test]
fn one_event_in_words_and_for_programs() {
    let event = TRUST.event_where("event_type = 'APC' and completeness = 'WITHIN'");
    let printed = TRUST.concord(&["explain", &TRUST.run, "--event", &event]);
    assert!(printed.stderr.contains("Patient rows are shown"), "{}", printed.stderr);
    let text = printed.done();
    assert!(text.lines().count() <= 60, "{} lines:\n{text}", text.lines().count());
    assert!(text.contains("A fictional trust"), "the footnote is on it:\n{text}");
    assert!(!has_nhs_number(&text), "{text}");

    let all = TRUST.concord(&["explain", &TRUST.run, "--event", &event, "--all"]).done();
    assert!(all.lines().count() > text.lines().count());
    let json =
        TRUST.concord(&["explain", &TRUST.run, "--event", &event, "--format", "json"]).json();
    let sum = |list: &serde_json::Value| -> Money {
        let amounts = list.as_array().expect("a list").iter();
        amounts.flat_map(|it| [money(&it["own"]), money(&it["absorbed"])]).sum()
    };
    let cost = money(&json["totals"]["cost"]);
    for list in ["cells", "support_groups", "cost_lines", "ledger_lines"] {
        assert_eq!(sum(&json[list]), cost, "{list}");
    }
}

#[test]
fn restricted_events_are_not_drilled_into() {
    let sql = "select event from restricted_events limit 1";
    let event = TRUST.value(sql);
    let printed = TRUST.concord(&["explain", &TRUST.run, "--event", &event]);
    assert_eq!(printed.code, 1);
    assert!(printed.stderr.contains("legally restricted"), "{}", printed.stderr);
    assert_eq!(printed.stdout, "");
}

#[test]
fn a_native_identifier_goes_through_the_vault_with_a_reason() {
    let arguments = ["explain", &TRUST.run, "--local-id", "APC:none/1"];
    let printed = TRUST.concord(&arguments);
    assert_eq!(printed.code, 1);
    assert!(printed.stderr.contains("--reason"), "{}", printed.stderr);
    let printed = TRUST.concord(&[&arguments[..], &["--reason", "a test"]].concat());
    assert_eq!(printed.code, 1);
    assert!(printed.stderr.contains("no intake with this vault"), "{}", printed.stderr);
}

/// Every kind of event: its feed rows, matched again, add to each of its costs.
#[test]
fn feed_rows_add_to_every_cost_of_an_event() {
    for kind in ["APC", "ED", "OP"] {
        let event = TRUST.event_where(&format!("event_type = '{kind}'"));
        let rows = ["explain", &TRUST.run, "--event", &event, "--dataset", "datasets/2025-26"];
        let json = TRUST.concord(&[&rows[..], &["--format", "json"]].concat()).json();
        let cells = json["feed_rows"].as_array().expect("a list");
        assert_eq!(cells.len(), json["cells"].as_array().expect("a list").len());
        for cell in cells {
            let rows = cell["rows"].as_array().expect("a list");
            assert!(!rows.is_empty(), "{cell}");
            let sum: Money = rows.iter().map(|it| money(&it["own"])).sum();
            assert_eq!(sum, money(&cell["own"]), "{cell}");
        }
        assert!(TRUST.concord(&rows).done().contains("Own cost by feed row"));
    }
}

/// Parts of all events by pool; each cost has been checked against its parts.
struct Parts {
    by_pool: BTreeMap<PoolKey, BySource>,
}

impl Parts {
    fn of(run: &Path, categories: &BTreeSet<String>) -> Self {
        assert!(categories.contains("OWN"), "the trust has patients of its own");
        let run = Run::open(run).expect("the run is sound");
        // A text is made only where a pool or a source is met for the first time: there are
        // millions of parts.
        let mut found: BTreeMap<String, BTreeMap<String, BySource>> = BTreeMap::new();
        let caller = Caller { who: "test".into(), at: "now".into(), reason: String::new() };
        run.explain_all(&caller, &mut |part| {
            if !found.contains_key(part.resource) {
                found.insert(part.resource.to_owned(), BTreeMap::new());
            }
            let activities = found.get_mut(part.resource).expect("it was put there");
            if !activities.contains_key(part.activity) {
                activities.insert(part.activity.to_owned(), BySource::new());
            }
            let pool = activities.get_mut(part.activity).expect("it was put there");
            match pool.get_mut(part.source) {
                Some(amount) => *amount += part.own + part.absorbed,
                None => {
                    pool.insert(part.source.clone(), part.own + part.absorbed);
                }
            }
        })
        .expect("every cost adds up");
        let by_pool = found.into_iter().flat_map(|(resource, activities)| {
            activities.into_iter().map(move |(activity, it)| ((resource.clone(), activity), it))
        });
        Self { by_pool: by_pool.collect() }
    }
}

fn categories(run: &Path) -> BTreeSet<String> {
    let events = rows::<CostedEvent>(run, "events");
    let restricted = rows::<CostedEvent>(run, "restricted_events");
    events.into_iter().chain(restricted).map(|it| it.category).collect()
}

/// The cost of others' patients is both in their events and a residual.
fn is_of_events(row: &ResidualSource, categories: &BTreeSet<String>) -> bool {
    row.residual == "NOT_OWN_PATIENT" && categories.contains(&row.reason)
}

fn source(support_group: &str, cost_line: &str, ledger_line: &str) -> SourceKey {
    SourceKey {
        support_group: support_group.to_owned(),
        cost_line: cost_line.to_owned(),
        ledger_line: ledger_line.to_owned(),
    }
}

fn take_away(pool: &mut BySource, sources: &BySource) {
    for (source, amount) in sources {
        *pool.get_mut(source).expect("a part has a source in its pool") -= *amount;
    }
}

fn rows<T: Table>(run: &Path, table: &str) -> Vec<T> {
    let file = File::open(run.join(format!("{table}.parquet"))).expect("the table is there");
    let reader = GroupReader::new(tables::parquet_file::SharedFile::new(file)).expect("whole");
    T::rows(&reader.all().expect("whole")).expect("its contract holds")
}

fn money(value: &serde_json::Value) -> Money {
    value.as_str().expect("amounts are texts").parse().expect("an amount")
}

fn has_nhs_number(text: &str) -> bool {
    let digits = |it: &str| it.len() == 10 && it.bytes().all(|byte| byte.is_ascii_digit());
    text.split(|it: char| !it.is_ascii_alphanumeric()).any(digits)
}

/// The same trust, for those who only read.
#[test]
fn the_run_verifies_from_itself_and_from_its_dataset() {
    let trust: &Trust = &TRUST;
    let text = trust.concord(&["verify", &trust.run, "--quiet"]).done();
    assert!(text.ends_with("Everything holds.\n"), "{text}");
    let dataset = ["verify", &trust.run, "--dataset", "datasets/2025-26", "--format", "json"];
    assert_eq!(trust.concord(&dataset).json()["holds"], true);
}
