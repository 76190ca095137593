//! A worker does items as a single machine would, and refuses what is not for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cluster::{Answer, Done, Item, Trust, Work, Worker, checked_buckets, checked_costings};
use costing::dataset::Dataset;
use costing::kept::{FEEDS_FOLDER, Keep};
use costing::{Apart, CostRequest, cost};
use domain::{FinancialYear, Money};
use rules::Model;
use tables::dataset::{ControlTotal, LedgerLine};
use tempfile::TempDir;
use testkit::{DatasetRows, Table, activity};

/// The model of the worked example, and a dataset of three contacts.
struct Shared {
    folder: TempDir,
    model: Model,
}

impl Shared {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust/model");
        let files = Model::load(&golden).expect("the worked example is there");
        for (name, bytes) in &files {
            let path = folder.path().join("model").join(name);
            fs::create_dir_all(path.parent().expect("it is below the model")).expect("a folder");
            fs::write(path, bytes).expect("it can be written");
        }
        let (model, _) = Model::parse(files).expect("the worked example has no fault");
        fs::create_dir(folder.path().join("runs")).expect("a folder");
        dataset().write(&folder.path().join("dataset"), 4);
        Self { folder, model }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn item(&self, number: u32, work: Work) -> Item {
        let dataset = Dataset::open(&self.path("dataset")).expect("it is one");
        let trust = Trust {
            dataset: self.path("dataset"),
            dataset_hash: dataset.hash,
            model: self.path("model"),
            model_hash: self.model.hash(),
            year: "2025-26".to_owned(),
        };
        Item { number, program: "p".to_owned(), trust, work }
    }

    fn bucket(&self, bucket: u32) -> Item {
        let feeds = self.path(FEEDS_FOLDER);
        self.item(bucket, Work::Bucket { feeds, build: "b".to_owned(), bucket })
    }

    fn apart(&self) -> Apart {
        let keep = Keep { feeds: &self.path(FEEDS_FOLDER), build: "b" };
        Apart::open(&self.path("dataset"), &self.model, FinancialYear::beginning(2025), keep)
            .expect("it can be opened")
    }

    fn cost(&self, runs: &str, keep: Option<Keep<'_>>) -> PathBuf {
        let request = CostRequest {
            dataset: &self.path("dataset"),
            model: &self.model,
            year: FinancialYear::beginning(2025),
            runs: &self.path(runs),
            threads: 1,
            keep,
            progress: &|_| {},
        };
        cost(&request).expect("it can be costed").path
    }
}

fn dataset() -> DatasetRows {
    let table = |text: &str| Table::parse(text).expect("the test writes a table");
    let events = activity::events(&table(
        "patient,event,event_type,start,end,specialty\n\
         p1,e1,APC,2025-04-02,2025-04-05,X-300\n\
         p2,e2,APC,2025-04-02,2025-04-05,X-300\n",
    ));
    let contacts = activity::feed_rows(&table(
        "row,patient,event,start,quantity\n\
         n1,p1,e1,2025-04-03,3\n\
         n2,p2,e2,2025-04-03,2\n\
         n3,p9,,2025-04-03,2\n",
    ));
    let line = LedgerLine {
        ledger_line: "L-WARD".to_owned(),
        cost_centre: "X-CC-WARD".to_owned(),
        account: "6000".to_owned(),
        year: "2025-26".to_owned(),
        period: 1,
        amount: Money::from_pounds(300),
        ..LedgerLine::default()
    };
    DatasetRows {
        year: "2025-26".to_owned(),
        feeds: BTreeMap::from([("nursing_contacts".to_owned(), contacts)]),
        ledger: vec![line],
        control: vec![ControlTotal { period: 1, amount: Money::from_pounds(300) }],
        events,
        findings: "code,severity,file,line,column,subject,rows,money,message,remedy\n".to_owned(),
        ..DatasetRows::default()
    }
}

fn worker(id: &str, shared: &Shared) -> Worker {
    Worker::new(id, "p", shared.folder.path(), |_| {}).expect("the folder is there")
}

fn answer(worker: &Worker, item: &Item) -> Answer {
    let answer = worker.answer(&item.text()).expect("it can be done");
    Answer::parse(&answer).expect("it is an answer")
}

fn manifest(run: &Path) -> Vec<u8> {
    fs::read(run.join("manifest.json")).expect("a run has one")
}

#[test]
fn buckets_of_two_workers_make_the_run_of_one_machine() {
    let shared = Shared::new();
    let workers = ["one", "two"].map(|it| worker(it, &shared));
    let items: Vec<Item> = (0..4).map(|it| shared.bucket(it)).collect();
    let each = items.iter().zip(workers.iter().cycle());
    let answers: Vec<Answer> = each.map(|(item, by)| answer(by, item)).collect();
    let apart = shared.apart();
    let work = checked_buckets(&apart, &items, &answers).expect("they are whole");
    assert_eq!(format!("{work:?}"), r#"{"one": 2, "two": 2}"#);
    let feeds = shared.path(FEEDS_FOLDER);
    let run = shared.cost("runs", Some(Keep { feeds: &feeds, build: "b" }));
    assert_eq!(apart.weighed(), 0, "the costing took them over");
    assert_eq!(manifest(&run), manifest(&shared.cost("alone", None)));
}

#[test]
fn a_bucket_that_somebody_changed_is_noticed() {
    let shared = Shared::new();
    let worker = worker("one", &shared);
    let items: Vec<Item> = (0..4).map(|it| shared.bucket(it)).collect();
    let answers: Vec<Answer> = items.iter().map(|it| answer(&worker, it)).collect();
    let entries = fs::read_dir(shared.path(FEEDS_FOLDER).join("buckets"))
        .expect("buckets were kept")
        .flatten();
    let mut all: Vec<PathBuf> = entries.map(|it| it.path()).collect();
    all.sort();
    fs::write(&all[2], b"something else").expect("it can be written");
    let refused = checked_buckets(&shared.apart(), &items, &answers);
    let expected = "an answer of the cluster is not used, and nothing was published: what one weighed of bucket 2 is not what the shared folder holds";
    assert_eq!(refused.expect_err("it was changed").to_string(), expected);
}

#[test]
fn a_costing_by_a_worker_is_that_of_one_machine() {
    let shared = Shared::new();
    let worker = worker("one", &shared);
    let item = shared.item(0, Work::Costing { runs: shared.path("runs") });
    let answers = [answer(&worker, &item), answer(&worker, &item)];
    let Done::Costing(first) = &answers[0].done else { panic!("{answers:?}") };
    let Done::Costing(second) = &answers[1].done else { panic!("{answers:?}") };
    assert_eq!((first.unchanged, second.unchanged), (false, true));
    assert_eq!(manifest(&first.path), manifest(&shared.cost("alone", None)));
    let items = [item];
    checked_costings(&items, &answers[..1]).expect("it is what was written");
    fs::write(first.path.join("manifest.json"), b"{}").expect("it can be written");
    assert!(checked_costings(&items, &answers[..1]).is_err());
}

/// A folder whose feed is not the one of its manifest, as where copying it was broken off.
#[test]
fn a_bucket_of_a_file_that_the_manifest_does_not_have_is_not_weighed() {
    let shared = Shared::new();
    let feed = shared.path("dataset/feeds/nursing_contacts.parquet");
    let mut bytes = fs::read(&feed).expect("the feed is there");
    let last = bytes.len() / 2;
    bytes[last] ^= 1;
    fs::write(&feed, bytes).expect("it can be written");
    let refused = worker("one", &shared).answer(&shared.bucket(0).text());
    let said = refused.expect_err("the file was changed").to_string();
    assert!(said.contains("nursing_contacts.parquet"), "{said}");
    let item = shared.item(0, Work::Costing { runs: shared.path("runs") });
    let Done::Refused { why } = answer(&worker("two", &shared), &item).done else {
        panic!("it was costed");
    };
    assert!(why.contains("nursing_contacts.parquet"), "{why}");
}

#[track_caller]
fn check_refused(change: impl FnOnce(&mut Item, &Shared), expected: &str) {
    let shared = Shared::new();
    let mut item = shared.bucket(0);
    change(&mut item, &shared);
    let refused = worker("one", &shared).answer(&item.text());
    let said = refused.expect_err("it is not for it").to_string();
    let here = shared.folder.path().canonicalize().expect("it is there");
    assert_eq!(said.replace(&*here.to_string_lossy(), "SHARED"), expected);
}

#[test]
fn a_worker_refuses_what_is_not_for_it() {
    check_refused(
        |item, _| item.program = "q".to_owned(),
        "executor one runs another build of Concord than the one that asks: start every executor from the same file",
    );
    check_refused(
        |item, _| item.trust.dataset = "/".into(),
        "executor one may not use /: it is not below its shared folder SHARED. Put datasets, models and runs there, or start the executor with another --shared",
    );
    check_refused(
        |item, shared| item.trust.model = shared.path("model/../.."),
        "executor one may not use SHARED/model/../..: it is not below its shared folder SHARED. Put datasets, models and runs there, or start the executor with another --shared",
    );
    check_refused(
        |item, shared| {
            let (feeds, build) = (shared.path(".."), "b".to_owned());
            item.work = Work::Bucket { feeds, build, bucket: 0 };
        },
        "executor one may not use SHARED/..: it is not below its shared folder SHARED. Put datasets, models and runs there, or start the executor with another --shared",
    );
    check_refused(
        |item, _| item.trust.dataset_hash = "other".to_owned(),
        "executor one sees another dataset at SHARED/dataset than the machine that asks: every machine must see the same files at the same path",
    );
    check_refused(
        |item, _| item.trust.model_hash = "other".to_owned(),
        "executor one sees another model at SHARED/model than the machine that asks: every machine must see the same files at the same path",
    );
}
