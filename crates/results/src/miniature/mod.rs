//! The worked miniature of the costing semantics as a run on disk, for the tests of this crate.

mod accepting;
mod activity;
mod bridging;
mod budgeting;
mod coding;
mod costs_by_month;
mod explaining;
mod exporting;
mod merging;
mod opening;
mod outcomes;
mod practice;
mod querying;
mod reading_statements;

use std::fs;
use std::path::Path;

use domain::{Key, Money};
use sha2::{Digest as _, Sha256};
use tables::Table;
use tables::manifest::{FileEntry, RUN_FORMAT, RunManifest};
use tables::parquet_file::GroupWriter;
use tables::run::{
    AbsorbedSource, CostedEvent, EventActivity, EventCost, EventWeight, FeedCount, Identity,
    MatchCount, PoolSource, QuantumLine, ResidualSource, RestrictedCost, StatementLine, UnitCost,
};
use tempfile::TempDir;

use crate::{Caller, Run};

/// Columns of `findings.csv`, then one finding of each kind.
const FINDINGS: &str = "\
id,code,severity,file,line,column,subject,rows,money,message,remedy
F1-0000aaaa,F1,note,feeds/episodes.csv,,,episodes,3,0.000000,Three rows were read,Nothing
REC-1-0000bbbb,REC-1,needs acceptance,,,,CARE,2,69.122807,Two rows found no event,Load the missing events
";

/// A run in a folder of its own.
pub(crate) struct Miniature {
    pub(crate) runs: TempDir,
    entries: Vec<FileEntry>,
}

/// The reference of event `number`; patients stand in the same order.
pub(crate) fn reference(number: u128) -> String {
    Key(number << 120).to_string()
}

pub(crate) fn caller() -> Caller {
    Caller {
        who: "costing".to_owned(),
        at: "2026-05-01T09:00:00Z".to_owned(),
        reason: String::new(),
    }
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().expect("the test writes an amount")
}

/// The miniature as it is worked out in the costing semantics, section 10.
pub(crate) fn miniature() -> Miniature {
    let mut made = Miniature::new();
    made.ledger();
    made.pools();
    made.events();
    made.summaries();
    made.text("findings.csv", FINDINGS.as_bytes());
    for part in include_str!("model.txt").split("== ").skip(1) {
        let (name, content) = part.split_once('\n').expect("a name, then the file");
        made.text(&format!("model/{name}"), format!("{}\n", content.trim_end()).as_bytes());
    }
    made.finish();
    made
}

impl Miniature {
    pub(crate) fn new() -> Self {
        let runs = tempfile::tempdir().expect("a folder");
        fs::create_dir(runs.path().join("mini")).expect("a folder");
        Self { runs, entries: Vec::new() }
    }

    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.runs.path().join("mini")
    }

    pub(crate) fn open(&self) -> Run {
        Run::open(&self.folder()).expect("the miniature is sound")
    }

    /// The text without what differs from one test to the next.
    pub(crate) fn plain(&self, text: &str) -> String {
        let folder = fs::canonicalize(self.runs.path()).expect("the folder is there");
        text.replace(&folder.to_string_lossy().into_owned(), "RUNS")
            .replace(&self.runs.path().to_string_lossy().into_owned(), "RUNS")
    }

    fn ledger(&mut self) {
        let lines = [("L-EST", "E1", "100"), ("L-NUR", "W1", "300"), ("L-PEO", "P1", "60")];
        let research = [("L-RES", "R1", "40")];
        let rows = lines.into_iter().chain(research).map(|(line, centre, amount)| QuantumLine {
            ledger_line: line.to_owned(),
            cost_centre: centre.to_owned(),
            cost_centre_name: format!("Centre {centre}"),
            account: "4000".to_owned(),
            account_name: "Spending".to_owned(),
            year: "2025-26".to_owned(),
            period: 12,
            amount: money(amount),
            outcome: "COST".to_owned(),
            ..QuantumLine::default()
        });
        self.table("quantum.parquet", &rows.collect::<Vec<_>>());
    }

    /// Nurses 300 of their own, 73.684210 of estates and 41.052631 of people; and of the unmatched
    /// ⌊p·12/12⌋ − ⌊p·10/12⌋ over the prefixes p: 50, 12.280702 and 6.842105.
    fn pools(&mut self) {
        let sources = [
            ("DIRECT", "NURSES", "L-NUR", "300", "50"),
            ("ESTATES", "ESTATES", "L-EST", "73.684210", "12.280702"),
            ("PEOPLE", "PEOPLE", "L-PEO", "41.052631", "6.842105"),
        ];
        let pool = |group: &str, cost_line: &str, line: &str, amount: &str| PoolSource {
            resource: "X/NURSES".to_owned(),
            activity: "CARE".to_owned(),
            support_group: group.to_owned(),
            cost_line: cost_line.to_owned(),
            ledger_line: line.to_owned(),
            amount: money(amount),
        };
        let pools =
            sources.map(|(group, cost_line, line, own, _)| pool(group, cost_line, line, own));
        self.table("pools.parquet", &pools);
        let absorbed = sources.map(|(group, cost_line, line, _, amount)| {
            let it = pool(group, cost_line, line, amount);
            AbsorbedSource {
                resource: it.resource,
                activity: it.activity,
                support_group: it.support_group,
                cost_line: it.cost_line,
                ledger_line: it.ledger_line,
                amount: it.amount,
            }
        });
        self.table("absorbed.parquet", &absorbed);
        let unit_cost = UnitCost {
            resource: "X/NURSES".to_owned(),
            activity: "CARE".to_owned(),
            weight_set: "CARE-COUNT".to_owned(),
            pool: money("414.736841"),
            weight: 12,
            event_weight: 10,
            own: money("345.614034"),
            absorbed: money("69.122807"),
            count: 10,
            unit_own: Some(money("34.561403")),
            unit_with_absorbed: Some(money("41.473684")),
            ..UnitCost::default()
        };
        self.table("unit_costs.parquet", &[unit_cost]);
    }

    /// Weights 3, 5 and 2; own ⌊P·c/12⌋ at c = 3, 8, 10 and absorbed over 3, 5, 2.
    fn events(&mut self) {
        let facts = [
            (1, 3, 3, "103.684210", "20.736842"),
            (2, 5, 8, "172.807017", "34.561403"),
            (3, 2, 10, "69.122807", "13.824562"),
        ];
        let weights = facts.map(|(event_number, weight, running, _, _)| EventWeight {
            event_number,
            weight,
            running,
            absorbing: None,
        });
        self.table("weights/CARE-COUNT.parquet", &weights);
        let costs = facts.map(|(event_number, _, _, own, absorbed)| EventCost {
            event_number,
            activity: "CARE".to_owned(),
            own: money(own),
            absorbed: money(absorbed),
        });
        self.table("event_costs/X%2FNURSES.parquet", &costs);
        let counts = facts.map(|(event_number, count, _, _, _)| EventActivity {
            event_number,
            activity: "CARE".to_owned(),
            count,
        });
        self.table("event_activities.parquet", &counts);
        let events = facts.map(|(number, _, _, own, absorbed)| CostedEvent {
            event_number: number,
            patient: reference(u128::try_from(number).expect("positive")),
            event: reference(u128::try_from(number).expect("positive")),
            event_type: "APC".to_owned(),
            // 2025-07-01 09:00 UTC, for three days.
            start_s: 1_751_360_400,
            end_s: Some(1_751_619_600),
            completeness: "WITHIN".to_owned(),
            specialty: "100".to_owned(),
            service_line: "SURGERY".to_owned(),
            hrg: "X-HRG1".to_owned(),
            pod: "EL".to_owned(),
            category: "OWN".to_owned(),
            own: money(own),
            absorbed: money(absorbed),
            income_recognised: money(if number == 2 { "150" } else { "0" }),
            ..CostedEvent::default()
        });
        self.table("events.parquet", &events);
        let restricted = RestrictedCost { event: reference(9), ..RestrictedCost::default() };
        self.table("restricted_costs.parquet", &[restricted]);
    }

    fn summaries(&mut self) {
        let residual = |group: &str, cost_line: &str, line: &str, amount: &str| ResidualSource {
            residual: "NOT_OWN_PATIENT".to_owned(),
            reason: "RESEARCH".to_owned(),
            support_group: group.to_owned(),
            cost_line: cost_line.to_owned(),
            ledger_line: line.to_owned(),
            amount: money(amount),
            ..ResidualSource::default()
        };
        let residuals = [
            residual("DIRECT", "RESEARCH", "L-RES", "40"),
            residual("ESTATES", "ESTATES", "L-EST", "26.315790"),
            residual("PEOPLE", "PEOPLE", "L-PEO", "18.947369"),
        ];
        self.table("residuals.parquet", &residuals);
        let statement = |order, row: &str, amount: &str| StatementLine {
            service_line: "SURGERY".to_owned(),
            order,
            row: row.to_owned(),
            name: row.to_owned(),
            amount: money(amount),
            non_recurrent: Money::ZERO,
        };
        let lines = [
            statement(10, "income", "150"),
            statement(20, "cost", "414.736841"),
            statement(30, "result", "-264.736841"),
        ];
        self.table("service_lines.parquet", &lines);
        let identity = Identity {
            report: "8 Ledger".to_owned(),
            line: "Own patients, residuals and income are the ledger".to_owned(),
            input: money("500"),
            output: money("500"),
            difference: Money::ZERO,
        };
        self.table("reconciliation.parquet", &[identity]);
        let counts = FeedCount {
            feed: "episodes".to_owned(),
            read: 12,
            rows: 12,
            matched: 10,
            unmatched: 2,
            ..FeedCount::default()
        };
        self.table("feed_counts.parquet", &[counts]);
        let matched = |rule: &str, rows| MatchCount {
            feed: "episodes".to_owned(),
            month: "2025-07".to_owned(),
            rule: rule.to_owned(),
            rows,
        };
        self.table("match_counts.parquet", &[matched("10", 10), matched("NO_IDENTITY", 2)]);
    }

    pub(crate) fn table<T: Table>(&mut self, name: &str, rows: &[T]) {
        let mut writer = GroupWriter::new(Vec::new(), T::schema()).expect("memory");
        writer.group(&T::batch(rows)).expect("the rows fit their contract");
        let bytes = writer.finish().expect("memory");
        self.put(name, &bytes, u64::try_from(rows.len()).expect("few rows"));
    }

    pub(crate) fn text(&mut self, name: &str, bytes: &[u8]) {
        self.put(name, bytes, 0);
    }

    /// Writes the manifest, as the last file.
    pub(crate) fn finish(&mut self) {
        self.entries.sort_by(|one, other| one.name.cmp(&other.name));
        let manifest = RunManifest {
            format: RUN_FORMAT,
            id: "mini".to_owned(),
            engine: "0.1.0".to_owned(),
            year: "2025-26".to_owned(),
            last_period: 12,
            organisation: "X-MIN".to_owned(),
            title: "The worked miniature".to_owned(),
            footnote: "An invented trust of four cost lines".to_owned(),
            files: self.entries.clone(),
            ..RunManifest::default()
        };
        let text = serde_json::to_vec_pretty(&manifest).expect("plain values");
        fs::write(self.folder().join("manifest.json"), text).expect("writes");
    }

    /// Writes a file over the one of that name, if there is one.
    fn put(&mut self, name: &str, bytes: &[u8], rows: u64) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, bytes).expect("writes");
        self.entries.retain(|it| it.name != name);
        self.entries.push(FileEntry {
            name: name.to_owned(),
            sha256: crate::run::hexadecimal(&Sha256::digest(bytes)),
            bytes: u64::try_from(bytes.len()).expect("a small file"),
            rows,
            bucket_rows: Vec::new(),
        });
    }
}
