//! Runs in folders: the same bytes whatever the way, books that close from the files alone, and
//! what `verify` says of a run that was changed.

mod budget;
mod closing;
mod cutting_off;
mod kept;
mod reports;
mod same_bytes;
mod staff;
mod stated;
mod tampering;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::FinancialYear;
use rules::Model;
use tempfile::TempDir;
use testkit::{DatasetRows, Table, activity};

use super::{CostRequest, CostedRun, cost};
use crate::given_activity::own_row;
use crate::kept::Keep;

/// Rules of a ward: nurses share their cost by the time of stays, which name their event.
const STAYS_ON_BEDS: &str = "# matching
    feed,sequence,identity
    stays,1,event
    # activities
    activity
    BED
    # activity_rules
    feed,code,activity
    stays,B,BED
    # weight_sets
    weight_set,activity,driver
    BED-TIME,BED,DURATION
    # shares
    resource,activity,weight_set,share
    NURSE,BED,BED-TIME,1";

/// The trust of `golden/whole_trust`, as intake would hand it on.
struct Folder {
    folder: TempDir,
    model: Model,
}

impl Folder {
    fn new() -> Self {
        Self::of_model(&[])
    }

    /// With one more file in the model.
    fn with_file(name: &str, text: &str) -> Self {
        Self::of_model(&[(name, text)])
    }

    fn of_model(more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust/model");
        let mut files = Model::load(&golden).expect("the worked example is there");
        files
            .extend(more.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())));
        let (model, _) = Model::parse(files).expect("its model has no fault");
        let made = Self { folder, model };
        dataset("3").write(&made.dataset(), 4);
        made
    }

    fn dataset(&self) -> PathBuf {
        self.folder.path().join("dataset")
    }

    fn runs(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    fn cost(&self) -> CostedRun {
        self.cost_keeping(None)
    }

    fn cost_keeping(&self, keep: Option<Keep<'_>>) -> CostedRun {
        let request = CostRequest {
            dataset: &self.dataset(),
            model: &self.model,
            year: FinancialYear::beginning(2025),
            runs: &self.runs(),
            threads: 2,
            keep,
            progress: &|_| {},
        };
        cost(&request).expect("it can be costed")
    }
}

/// The rows of the worked example; the first contact lasts so many hours.
fn dataset(hours: &str) -> DatasetRows {
    let table = |text: &str| Table::parse(text).expect("the test writes a table");
    let events = activity::events(&table(
        "patient,event,event_type,start,end,specialty\n\
         p1,e1,APC,2025-04-02,2025-04-05,X-300\n\
         p1,e2,APC,2025-04-12,2025-04-15,X-300\n\
         p2,e3,APC,2025-04-02,2025-04-05,X-300\n",
    ));
    let contacts = activity::feed_rows(&table(&format!(
        "row,patient,event,start,quantity\n\
         n1,p1,e1,2025-04-03,{hours}\n\
         n2,p1,e2,2025-04-13,5\n\
         n3,p2,e3,2025-04-03,2\n\
         n4,p9,,2025-04-03,2\n"
    )));
    let ledger = [("ESTATES", 100), ("PEOPLE", 60), ("WARD", 300), ("RESEARCH", 40)];
    let line = |(centre, pounds): (&str, i64)| tables::dataset::LedgerLine {
        ledger_line: format!("L-{centre}"),
        cost_centre: format!("X-CC-{centre}"),
        account: "6000".to_owned(),
        year: "2025-26".to_owned(),
        period: 1,
        amount: domain::Money::from_pounds(pounds),
        ..tables::dataset::LedgerLine::default()
    };
    let control =
        tables::dataset::ControlTotal { period: 1, amount: domain::Money::from_pounds(500) };
    DatasetRows {
        year: "2025-26".to_owned(),
        feeds: BTreeMap::from([
            ("episodes".to_owned(), events.iter().map(own_row).collect()),
            ("nursing_contacts".to_owned(), contacts),
        ]),
        ledger: ledger.into_iter().map(line).collect(),
        control: vec![control],
        events,
        findings: "code,severity,file,line,column,subject,rows,money,message,remedy\n".to_owned(),
        ..DatasetRows::default()
    }
}

/// All files below a folder with their bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it is below").display().to_string();
                found.insert(name, fs::read(&path).expect("the file can be read"));
            }
        }
    }
    found
}
