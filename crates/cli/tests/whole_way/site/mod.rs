//! The site from end to end: a load from upload to acceptance, a costing from its form to its run,
//! and both when somebody pulls the plug.

mod browser;

use std::fs;
use std::path::{Path, PathBuf};

use jobs::{JobFiles, Progress};
use rustix::process::{Pid, Signal, kill_process};

use self::browser::{Answer, Browser, Served, until};
use crate::program::{TRUST, concord, copy};

const SITE: &str = "[site]\ndemonstration = true\n";

/// The page of work that has ended.
fn ended(browser: &mut Browser, site: &Served, page: &str) -> Answer {
    let mut answer = browser.get(site, page);
    until(|| {
        let is_open = answer.text.contains("data-refresh-seconds");
        if is_open {
            answer = browser.get(site, page);
        }
        !is_open
    });
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

/// Asks for a costing of 2025/26, by a form that is sent twice.
fn start(browser: &mut Browser, site: &Served) -> String {
    let page = browser.get(site, "/runs/start");
    let sent = browser.post(site, "/runs/start", (&page, &[("year", "2025-26")]));
    let again = browser.post(site, "/runs/start", (&page, &[("year", "2025-26")]));
    assert_eq!(sent.status, 303, "{}", sent.text);
    assert_eq!(sent.location, again.location, "sent twice, it is one job");
    sent.location
}

/// The run that a page of work leads to.
fn run_of(page: &Answer) -> String {
    let link = page.text.split_once("href=\"/runs/").expect("it leads to a run").1;
    link.split('"').next().expect("it ends").to_owned()
}

fn settings(folder: &Path, text: &str) {
    fs::write(folder.join("concord.toml"), format!("{text}\n{SITE}")).expect("writes");
}

#[test]
fn a_month_from_upload_to_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust");
    copy(&golden, folder.path());
    settings(folder.path(), "");
    // People of the demonstration belong to these service lines and their wards; there is no
    // patient of theirs here.
    let lines = folder.path().join("model/service_lines.csv");
    let text = fs::read_to_string(&lines).expect("the example has it");
    let line = |it: &str| format!("{it},Medicine,Medicine,no,2025-04-01,,worked,\n");
    let (tort, elde) = (line("TORT,Trauma and orthopaedics"), line("ELDE,Elderly medicine"));
    fs::write(&lines, format!("{text}{tort}{elde}")).expect("writes");
    let site = Served::start(folder.path());
    let second = concord(folder.path(), &["serve", "--dir", ".", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("is served already, by process"), "{}", second.stderr);

    let mut browser = Browser::signed_in(&site, "priya.raman");
    let sound = fs::read_to_string(golden.join("2025-26/feeds/nursing_contacts.csv"));
    let sound = sound.expect("the example has it");
    let load = |browser: &mut Browser, label: &str, text: &str| {
        let form = browser.get(&site, "/loads/new");
        let fields = [("year", "2025-26"), ("label", label)];
        let sent = browser.upload(&site, (&form, &fields), ("nursing_contacts.csv", text));
        assert_eq!(sent.status, 303, "{}", sent.text);
        let page = ended(browser, &site, &sent.location);
        (sent.location, page)
    };
    // One of four rows has no day: more than the 5 % that the model lets pass.
    let faulty = sound.replace("2025-04-10", "2025-04-99");
    let (address, page) = load(&mut browser, "Faulty month", &faulty);
    for shown in
        ["Faulty month cannot be accepted", "nursing_contacts.csv, line 5", "CARE CONTACT DATE"]
    {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    let version = page.hidden("version");
    let fields =
        [("decision", "reject"), ("reason", "A day is missing"), ("version", version.as_str())];
    let rejected = browser.post(&site, &format!("{address}/decide"), (&page, &fields));
    assert_eq!(rejected.status, 303, "{}", rejected.text);
    assert!(!folder.path().join("datasets").exists(), "nothing was accepted");

    let (address, page) = load(&mut browser, "Mended month", &sound);
    assert!(page.text.contains("Mended month can be accepted"), "{}", page.text);
    let version = page.hidden("version");
    let fields = [("decision", "accept"), ("reason", "Complete"), ("version", version.as_str())];
    let accepted = browser.post(&site, &format!("{address}/decide"), (&page, &fields));
    assert_eq!(accepted.status, 303, "{}", accepted.text);
    assert!(folder.path().join("datasets/2025-26/manifest.json").is_file());

    let job = start(&mut browser, &site);
    let page = ended(&mut browser, &site, &job);
    assert!(page.text.contains("Costing of 2025/26 is done"), "{}", page.text);
    let run = browser.get(&site, &format!("/runs/{}", run_of(&page)));
    // The worked example: control total £500, every penny of it accounted for.
    assert!(run.status == 200 && run.text.contains("£500.00"), "{}", run.text);
    let list = browser.get(&site, "/jobs");
    assert_eq!(list.text.matches(">Costing of 2025/26</a>").count(), 1);
    assert_eq!(list.text.matches(">Check of files for 2025/26</a>").count(), 2);
}

/// The files of a job, by the address of its page.
fn files_of(folder: &Path, job: &str) -> JobFiles {
    let id = job.trim_start_matches("/jobs/");
    JobFiles::of(folder.join("jobs").join(id).join("job.json"))
}

fn at_work(files: &JobFiles) -> u32 {
    until(|| {
        let progress = Progress::read_from(&files.progress(), 0).expect("reads");
        progress.steps.iter().any(|it| it.done > 0)
    });
    let text = fs::read_to_string(files.lock()).expect("the engine has it");
    text.trim().parse().expect("a process")
}

#[test]
fn neither_site_nor_engine_is_missed_when_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| TRUST.folder().join(name);
    let (model, datasets): (PathBuf, PathBuf) = (inside("model"), inside("datasets"));
    let text = format!("model = {model:?}\ndatasets = {datasets:?}\nruns = \"runs\"");
    settings(folder.path(), &text);
    let mut site = Served::start(folder.path());
    let mut browser = Browser::signed_in(&site, "priya.raman");

    let killed = start(&mut browser, &site);
    let pid = at_work(&files_of(folder.path(), &killed));
    let process = Pid::from_raw(i32::try_from(pid).expect("a process")).expect("a process");
    kill_process(process, Signal::KILL).expect("it lives");
    let page = ended(&mut browser, &site, &killed);
    for shown in [
        "Costing of 2025/26 failed",
        "The engine was killed",
        "start the work again",
        "/runs/start",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }

    let job = start(&mut browser, &site);
    let files = files_of(folder.path(), &job);
    let pid = at_work(&files);
    site.child.kill().expect("it lives");
    site.child.wait().expect("it has ended");
    // The next site knows the session, finds the engine, and starts no other.
    let next = Served::start(folder.path());
    let page = ended(&mut browser, &next, &job);
    assert!(page.text.contains("Costing of 2025/26 is done"), "{}", page.text);
    assert_eq!(at_work(&files), pid, "no other engine was started");
    assert_eq!(format!("runs/{}", run_of(&page)), TRUST.run, "the very run that the verb makes");
}
