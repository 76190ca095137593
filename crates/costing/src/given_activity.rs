//! Reads the given tables of worked examples from matching on: feeds, events, rows and sessions.
//!
//! Each feed that has rows is a table of its own name. The rows of a master feed need no table:
//! they are made from the events of its type. What is left out reads as in [`crate::given`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use domain::{Finding, Key, Money};
use rules::YearRules;
use rules::year::{
    Activity, ActivityRule, CostObject, CountUnit, Feed, FeedRole, Identity, MatchingRule, Reach,
    RelativeWeights, ServiceLine, SessionKind, Specialty, StatementKind, StatementRow, TieBreak,
    WeightKey,
};
use tables::dataset::{Event, FeedRow};
use tables::parquet_file::GroupReader;
use testkit::{DatasetRows, Table, Tables, activity};

use crate::cp4_weights::{Plan, RowMatch, RowWeight, Weights, event_rows, matches, weigh};
use crate::dataset::Dataset;
use crate::error::CostingError;
use crate::given::{self, Given, Row, read, rows};
use crate::kept::KeptFeeds;
use crate::pipeline::Costing;
use crate::run::{Sink, compute, put_tables};

/// A small trust: its rules and what its dataset holds.
#[derive(Clone)]
pub(crate) struct Trust {
    pub(crate) rules: YearRules,
    pub(crate) rows: DatasetRows,
}

/// What a person needs to see of a trust that fails a property: one line for each thing.
impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let absorbed = self.rules.feeds.iter().filter(|(_, it)| it.absorbed).map(|it| it.0);
        let absorbed = absorbed.cloned().collect::<Vec<_>>().join(", ");
        writeln!(f, "absorbed: {absorbed}, settings: {:?}", self.rules.settings)?;
        for it in &self.rows.events {
            let texts = (&it.event_type, &it.specialty, &it.category, it.restricted_reference);
            let span = (it.start_s, it.end_s, it.start_is_day, it.end_is_day);
            writeln!(f, "event {} of {}: {span:?} {texts:?}", it.event, it.patient)?;
        }
        let known = |key: Option<Key>| key.map_or("nobody".to_owned(), |it| it.to_string());
        for (feed, rows) in &self.rows.feeds {
            for it in rows {
                let who = (known(it.patient), known(it.event));
                let span = (it.start_s, it.end_s, it.start_is_day);
                let texts = [&it.code, &it.band, &it.specialty, &it.cost_object, &it.session];
                let numbers = (it.quantity_e4, it.staff_e2, it.cost.map(Money::to_decimal));
                writeln!(f, "{feed} {}: {who:?} {span:?} {texts:?} {numbers:?}", it.row)?;
            }
        }
        for it in &self.rows.sessions {
            let plan = (it.start_s, it.end_s, it.staff_e2);
            writeln!(f, "session {} {} {plan:?}", it.session, it.kind)?;
        }
        for it in &self.rows.ledger {
            let place = (&it.cost_centre, &it.account, &it.year, it.period);
            writeln!(f, "ledger {} {place:?} {}", it.ledger_line, it.amount)?;
        }
        Ok(())
    }
}

/// How a dataset is cut and worked on; neither may change a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) buckets: u32,
    pub(crate) threads: usize,
}

/// One bucket, one thread.
pub(crate) const WHOLE: Cut = Cut { buckets: 1, threads: 1 };

impl Trust {
    pub(crate) fn new(given: &impl Given) -> Self {
        let rules = rules(given);
        let rows = dataset(given, &rules);
        Self { rules, rows }
    }

    pub(crate) fn plan(&self) -> Plan {
        Plan::new(&self.rules).expect("the example's rules can be run")
    }

    /// Matches and weighs all rows.
    pub(crate) fn weigh(&self, cut: Cut) -> Result<Weights, CostingError> {
        self.with_dataset(cut, |dataset| weigh(&self.plan(), dataset, None, &|_| {}))
    }

    /// What became of each row of a feed.
    pub(crate) fn matches(&self, feed: &str) -> Vec<RowMatch> {
        let found = self.with_dataset(WHOLE, |dataset| matches(dataset, &self.rules, feed));
        found.expect("the example can be matched")
    }

    /// Weights of the rows of one event, with its dataset cut into several buckets.
    pub(crate) fn event_rows(&self, event: Key) -> Option<Vec<RowWeight>> {
        let cut = Cut { buckets: 3, threads: 1 }; // number: any but one
        let found = self.with_dataset(cut, |dataset| event_rows(dataset, &self.rules, event));
        found.expect("the example can be matched")
    }

    /// A run without its model and its manifest.
    pub(crate) fn run(&self, cut: Cut) -> Result<Ran, CostingError> {
        self.run_keeping(cut, None)
    }

    /// The same, taking over what feeds came to before.
    pub(crate) fn run_keeping(
        &self,
        cut: Cut,
        kept: Option<&KeptFeeds>,
    ) -> Result<Ran, CostingError> {
        self.with_dataset(cut, |dataset| {
            let plan = Plan::new(&self.rules).map_err(CostingError::Refused)?;
            let costing = compute(dataset, (&self.rules, &plan), kept, &|_| {})?;
            let sink = MemorySink::default();
            let mut findings = costing.weights.findings.clone();
            findings.extend(put_tables(&costing, dataset, &sink, &|_| {})?.findings);
            let files = sink.files.into_inner().unwrap_or_else(PoisonError::into_inner);
            Ok(Ran { files, findings })
        })
    }

    /// A run of which a worked example shows tables; nothing but its findings if it is refused.
    pub(crate) fn show(&self, tables: impl Fn(&Ran) -> Tables) -> Tables {
        let (mut shown, findings) = match self.run(WHOLE) {
            Ok(ran) => (tables(&ran), ran.findings),
            Err(CostingError::Refused(findings)) => (Tables::new(), findings),
            Err(error) => panic!("the example cannot be costed: {error}"),
        };
        shown.insert("findings".to_owned(), given::findings(&findings));
        shown
    }

    /// Works on a costing up to its pools.
    pub(crate) fn with_costing<T: Send>(
        &self,
        work: impl FnOnce(&mut Costing<'_>) -> T + Send,
    ) -> Result<T, CostingError> {
        self.with_dataset(WHOLE, |dataset| {
            let plan = Plan::new(&self.rules).map_err(CostingError::Refused)?;
            Ok(work(&mut compute(dataset, (&self.rules, &plan), None, &|_| {})?))
        })
    }

    /// The findings of the stages in a run, without those of intake and weighing.
    pub(crate) fn findings(&self) -> Result<Vec<Finding>, CostingError> {
        self.with_dataset(WHOLE, |dataset| {
            let plan = Plan::new(&self.rules).map_err(CostingError::Refused)?;
            let costing = compute(dataset, (&self.rules, &plan), None, &|_| {})?;
            let tables = put_tables(&costing, dataset, &MemorySink::default(), &|_| {})?;
            Ok(tables.findings)
        })
    }

    fn with_dataset<T: Send>(&self, cut: Cut, work: impl FnOnce(&Dataset) -> T + Send) -> T {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        self.rows.write(folder.path(), cut.buckets);
        let dataset = Dataset::open(folder.path()).expect("the dataset was written whole");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cut.threads).build();
        pool.expect("threads can be started").install(|| work(&dataset))
    }
}

/// The files of a run by name, and what was found.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) findings: Vec<Finding>,
}

impl Ran {
    /// A file as rows of its contract.
    pub(crate) fn rows<T: tables::Table>(&self, name: &str) -> Vec<T> {
        T::rows(&batch(self.file(name))).expect("its contract holds")
    }

    fn file(&self, name: &str) -> &[u8] {
        self.files.get(name).unwrap_or_else(|| panic!("a run has no file `{name}`"))
    }

    /// A file as a table of text, with the columns wanted.
    pub(crate) fn table(&self, name: &str, wanted: &[&str]) -> Table {
        columns(self.file(name), wanted)
    }

    /// What every event has from every resource and activity.
    pub(crate) fn event_costs(&self) -> Table {
        let header = ["event", "resource", "activity", "own", "absorbed"];
        let events = self.table("events.parquet", &["event_number", "event"]);
        let name = |number: &str| {
            let found = events.rows().find(|it| it.text("event_number") == number);
            found.expect("every cost is of an event").text("event").to_owned()
        };
        let mut cells: Vec<[String; 5]> = Vec::new();
        for file in self.files.keys().filter(|it| it.starts_with("event_costs/")) {
            let resource = file["event_costs/".len()..].trim_end_matches(".parquet");
            let of_resource = self.table(file, &["event_number", "activity", "own", "absorbed"]);
            cells.extend(of_resource.rows().map(|it| {
                let [activity, own, absorbed] =
                    ["activity", "own", "absorbed"].map(|column| it.text(column).to_owned());
                [name(it.text("event_number")), resource.to_owned(), activity, own, absorbed]
            }));
        }
        cells.sort();
        let mut table = Table::new(&header);
        for cell in cells {
            table.push(cell);
        }
        table
    }
}

#[derive(Debug, Default)]
struct MemorySink {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Sink for MemorySink {
    fn put(&self, name: &str, bytes: &[u8], _rows: u64) -> Result<(), CostingError> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}

fn batch(bytes: &[u8]) -> RecordBatch {
    let reader = GroupReader::new(Bytes::copy_from_slice(bytes)).expect("a whole file");
    reader.all().expect("a whole file")
}

/// A Parquet file as a table of text, with the columns wanted; references are names again.
pub(crate) fn columns(bytes: &[u8], wanted: &[&str]) -> Table {
    let batch = batch(bytes);
    let options = FormatOptions::default();
    let cells = |name: &&str| {
        let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no column `{name}`"));
        let column = ArrayFormatter::try_new(column.as_ref(), &options).expect("a shown type");
        (0..batch.num_rows()).map(|row| named(&column.value(row).to_string())).collect()
    };
    let cells: Vec<Vec<String>> = wanted.iter().map(cells).collect();
    let mut table = Table::new(wanted);
    for row in 0..batch.num_rows() {
        table.push(cells.iter().map(|it| it[row].clone()));
    }
    table
}

fn named(text: &str) -> String {
    text.parse::<Key>().map_or_else(|_| text.to_owned(), activity::name)
}

/// The rules of the year, with those of activity.
pub(crate) fn rules(given: &impl Given) -> YearRules {
    let mut rules = given::rules(given);
    for row in read(given, "settings") {
        if row.text("setting") == "ward_net_of_theatre" {
            rules.settings.ward_net_of_theatre = row.text("value") == "yes";
        }
    }
    for row in read(given, "cost_objects") {
        let object = CostObject { name: String::new(), kind: row.text_or("kind", "OTHER") };
        rules.cost_objects.insert(row.text("cost_object"), object);
    }
    rules.feeds = rows(given, "feeds", feed).into_iter().collect();
    for row in read(given, "matching") {
        rules.matching.entry(row.text("feed")).or_default().push(matching_rule(&row));
    }
    rules.matching.values_mut().for_each(|it| it.sort_by_key(|rule| rule.sequence));
    rules.activities = rows(given, "activities", activity_of).into_iter().collect();
    for row in read(given, "activity_rules") {
        rules.activity_rules.entry(row.text("feed")).or_default().push(activity_rule(&row));
    }
    for row in read(given, "weight_sets") {
        let set = rules.weight_sets.get_mut(&row.text("weight_set")).expect("it was read before");
        set.relative = relative_weights(&row);
    }
    for row in read(given, "rwv") {
        let table = rules.relative_weights.entry(row.text("rwv_table")).or_default();
        table.insert(row.text("code"), row.number_or("value", 4, 0));
    }
    rules.session_kinds = rows(given, "session_kinds", session_kind).into_iter().collect();
    services(given, &mut rules);
    rules
}

fn feed(row: &Row<'_>) -> (String, Feed) {
    let role = match row.text("role").as_str() {
        "master" => FeedRole::Master,
        "" | "auxiliary" => FeedRole::Auxiliary,
        other => panic!("`{other}` is no role that has rows"),
    };
    let feed = Feed {
        name: String::new(),
        role,
        event_type: row.text("event_type"),
        exclusive: row.text("exclusive") == "yes",
        open_end: row.text("open_end") == "yes",
        absorbed: row.text("unmatched") == "ABSORBED",
        required: false,
        repeats: false,
    };
    (row.text("feed"), feed)
}

fn matching_rule(row: &Row<'_>) -> MatchingRule {
    let reach = |column: &str| {
        let text = row.text(column);
        let (number, unit) = text.split_at_checked(text.len().saturating_sub(1))?;
        let number = number.parse::<i64>().ok()?;
        match unit {
            "d" => Some(Reach::Days(number)),
            "h" => Some(Reach::Seconds(number * 3600)),
            "m" => Some(Reach::Seconds(number * 60)),
            _ => None,
        }
    };
    let list = |column: &str| {
        let text = row.text(column);
        let words = text.split(';').filter(|it| !it.is_empty()).map(str::to_owned);
        words.collect::<Vec<String>>()
    };
    let tie = |it: String| if it == "nearest" { TieBreak::Nearest } else { TieBreak::Equal(it) };
    MatchingRule {
        sequence: row.number_or("sequence", 0, 1),
        identity: if row.text("identity") == "event" { Identity::Event } else { Identity::Patient },
        event_type: row.text("event_type"),
        window: reach("before").zip(reach("after")),
        equalities: list("equalities"),
        tie_breaks: list("tie_breaks").into_iter().map(tie).collect(),
        confidence: "fair".to_owned(),
    }
}

fn activity_of(row: &Row<'_>) -> (String, Activity) {
    let minutes = row.text("count_unit") == "minutes";
    let count_unit = if minutes { CountUnit::Minutes } else { CountUnit::Number };
    let activity = Activity { name: String::new(), collection_activity: String::new(), count_unit };
    (row.text("activity"), activity)
}

fn activity_rule(row: &Row<'_>) -> ActivityRule {
    ActivityRule {
        code: row.pattern("code"),
        band: row.pattern("band"),
        specialty: row.pattern("specialty"),
        location: row.pattern("location"),
        category: row.pattern("category"),
        activity: row.text("activity"),
    }
}

fn relative_weights(row: &Row<'_>) -> Option<RelativeWeights> {
    let table = Some(row.text("rwv_table")).filter(|it| !it.is_empty())?;
    let key = match row.text("rwv_key").as_str() {
        "band" => WeightKey::Band,
        "specialty" => WeightKey::Specialty,
        "location" => WeightKey::Location,
        _ => WeightKey::Code,
    };
    Some(RelativeWeights { table, key, default_e4: row.number_or("default_rwv", 4, 10_000) })
}

fn session_kind(row: &Row<'_>) -> (String, SessionKind) {
    let kind = SessionKind {
        name: String::new(),
        used_by: row.text("used_by").split(';').map(str::to_owned).collect(),
        unused_to: row.text("unused_to"),
        spread: row.text("method") == "SPREAD",
        theatre: row.text("theatre") == "yes",
    };
    (row.text("session_kind"), kind)
}

/// Specialties with their service lines, types of events, and a statement with one row of all cost.
fn services(given: &impl Given, rules: &mut YearRules) {
    for row in read(given, "specialties") {
        let service_line = row.text("service_line");
        let line = ServiceLine {
            name: String::new(),
            directorate: String::new(),
            division: String::new(),
            fixed_payment: false,
        };
        rules.service_lines.insert(service_line.clone(), line);
        let specialty = Specialty { name: String::new(), service_line };
        rules.specialties.insert(row.text("specialty"), specialty);
    }
    for row in read(given, "events") {
        rules.event_types.insert(row.text("event_type"), String::new());
    }
    let all = || rules::year::Pattern::parse("*");
    let selector = rules::year::CostSelector {
        traceability: all(),
        cost_type: all(),
        support_group: all(),
        statement_group: all(),
    };
    rules.statement = vec![StatementRow {
        order: 10,
        row: "cost".to_owned(),
        name: "Cost".to_owned(),
        kind: StatementKind::Cost(vec![selector]),
    }];
}

/// What the dataset holds.
fn dataset(given: &impl Given, rules: &YearRules) -> DatasetRows {
    let events: Vec<Event> = given.table("events").map(activity::events).unwrap_or_default();
    let of_feed = |(code, feed): (&String, &Feed)| {
        let rows = match given.table(code) {
            Some(table) => activity::feed_rows(table),
            None if feed.role == FeedRole::Master => {
                events.iter().filter(|it| it.event_type == feed.event_type).map(own_row).collect()
            }
            None => Vec::new(),
        };
        (code.clone(), rows)
    };
    DatasetRows {
        year: rules.year.to_string(),
        feeds: rules.feeds.iter().map(of_feed).collect(),
        sessions: given.table("sessions").map(activity::sessions).unwrap_or_default(),
        ledger: given::ledger(given),
        control: given::control(given),
        events,
        ..DatasetRows::default()
    }
}

/// The feed row that an event of a master feed is.
pub(crate) fn own_row(event: &Event) -> FeedRow {
    FeedRow {
        patient: Some(event.patient),
        event: Some(event.event),
        row: event.event,
        spell: event.spell,
        start_s: event.start_s,
        start_is_day: event.start_is_day,
        end_s: event.end_s,
        specialty: event.specialty.clone(),
        site: event.site.clone(),
        band: event.band.clone(),
        origin: "native".to_owned(),
        ..FeedRow::default()
    }
}
