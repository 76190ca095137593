//! Records from a check to an answer and what came of it: requests in, pages out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use axum::http::StatusCode;
use domain::Money;
use results::Run;
use rules::Model;
use store::audit::Outcome;
use store::{Entry, UnitCode, coding_queries, grants, people};
use tempfile::TempDir;

use super::short;
use crate::shell::costed::{
    Answer, SignedIn, Site, caller, column, site, site_over, trust, visible,
};

const PAGE: &str = "/services/TORT/my-work";

/// A finished stay of a service line.
fn stay(line: &str) -> String {
    let sql = format!(
        "select event from events where service_line = '{line}' and event_type = 'APC' and completeness = 'WITHIN' order by event limit 1"
    );
    column(&sql).pop().expect("there is one")
}

fn ask_at(line: &str, event: &str) -> String {
    format!("/services/{line}/my-work/ask/{}/{event}", trust().run)
}

const QUESTION: [(&str, &str); 2] =
    [("about", "comorbidity"), ("words", "The patient had diabetes and was treated for it")];

/// Asks about a stay of orthopaedics, and gives the address under which coding finds it.
async fn asked(site: &Site, who: &SignedIn, event: &str) -> String {
    let done = site.post(who, &ask_at("TORT", event), &QUESTION).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(done.location, format!("{PAGE}#questions"));
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let list = site.get(&leah, "/coding-queries").await.text;
    let row = list.split("<h3").find(|it| it.contains(&short(event))).expect("it is listed");
    let address = row.split("href=\"").nth(1).and_then(|it| it.split('"').next());
    address.expect("it has a page").to_owned()
}

async fn answered(site: &Site, address: &str, says: &str, seen: &str) -> Answer {
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let fields = [("says", says), ("because", "E11.9 is in the notes"), ("seen", seen)];
    site.post(&leah, address, &fields).await
}

#[tokio::test]
async fn a_clinical_director_sees_what_is_worth_a_look_and_it_is_on_record() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&amara, PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    // The obvious count, from the tables: a week or more, whose group's name says a score from 0.
    let run = trust().open();
    let names = &run.rules().expect("the model reads").reference_codes["hrg"];
    let week = column(
        "select concat(event, ' ', hrg) from events where service_line = 'TORT' and event_type = 'APC' and completeness <> 'WHOLLY_OUTSIDE' and end_s - start_s >= 8 * 86400 and end_s >= 1743462000 and end_s < 1774998000",
    );
    let week: Vec<&str> = week
        .iter()
        .filter_map(|it| it.split_once(' '))
        .filter(|(_, hrg)| names[*hrg].name.contains("CC Score 0"))
        .map(|it| it.0)
        .collect();
    assert!(!week.is_empty(), "some stay is long in the lowest group");
    let only = site.get(&amara, &format!("{PAGE}?about=comorbidity")).await.text;
    for event in &week {
        assert!(only.contains(*event), "{event} is asked about");
    }
    assert!(only.contains("Did the patient have nothing else"), "{only}");
    assert!(!only.contains('£'), "no money stands on it");
    let listed = site.audit("patients.listed").await;
    let object = listed[0].entry.object.clone().unwrap_or_default();
    assert!(week.iter().all(|it| object.contains(*it)), "what was shown is on record");
    assert_eq!(listed[0].entry.scope.as_deref(), Some("TORT EXACT, W09 EXACT, W10 EXACT"));
    assert_eq!(site.audit("coding.checks").await.len(), 2);
    let none = site.get(&amara, &format!("{PAGE}?about=comorbidity&month=2031-01")).await.text;
    assert!(none.contains("No stay fits."));
    assert_eq!(site.get(&amara, &format!("{PAGE}?about=cost")).await.status, 404);
    let closer = site.get(&amara, "/services/TORT").await.text;
    assert!(closer.contains(&format!("href=\"{PAGE}\"")), "the service line leads to it");
}

#[tokio::test]
async fn poor_records_of_one_rotation_can_be_read_off_the_page() {
    let site = site().await;
    let priya = site.sign_in("COSTING_ACCOUNTANT").await;
    let page = site.get(&priya, "/services/SURG/my-work").await.text;
    let rows: Vec<String> =
        page.split("<tr").map(visible).filter(|it| it.contains(" 2025 to ")).collect();
    let has = |row: &str, of: &str| rows.iter().any(|it| it.contains(row) && it.contains(of));
    // By the tables: 8 emergencies in groups that are split ended in the rotation, all in the
    // lowest one; that is too few for a share, which the page says.
    assert!(has("6 August 2025 to 2 December 2025", "8 of 8, too few"), "{rows:?}");
    assert!(has("2 April 2025 to 5 August 2025", "4 of 9, too few"), "{rows:?}");
    // Elsewhere notes are kept all the year: nothing is raised.
    for line in ["TORT", "STRO", "CARD"] {
        let page = site.get(&priya, &format!("/services/{line}/my-work")).await;
        assert!(!page.text.contains("That is more than chance"), "{line}");
    }
}

#[tokio::test]
async fn who_sees_no_patients_of_a_service_line_finds_nothing_there() {
    let site = site().await;
    let event = stay("TORT");
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let query = asked(&site, &amara, &event).await;
    let id = query.rsplit('/').next().expect("an id");
    let mine = format!("{PAGE}/asked/{id}");
    assert_eq!(site.get(&amara, &mine).await.status, 200);
    // No right to patients, only by grant, or only with a reason.
    for role in
        ["BOARD_MEMBER", "COMMISSIONER", "ADMINISTRATOR", "FINANCE_BUSINESS_PARTNER", "AUDITOR"]
    {
        let who = site.sign_in(role).await;
        for path in [PAGE, &ask_at("TORT", &event), &mine, "/coding-queries", &query] {
            assert_eq!(site.get(&who, path).await.status, 404, "{role} {path}");
        }
        let done = site.post(&who, &ask_at("TORT", &event), &QUESTION).await;
        assert_eq!(done.status, 404, "{role}");
    }
    // Who asks does not answer, and who answers does not ask.
    assert_eq!(site.get(&amara, &query).await.status, 404);
    let fields = [("says", "right_as_it_is"), ("because", "So"), ("seen", "0")];
    assert_eq!(site.post(&amara, &query, &fields).await.status, 404);
    let leah = site.sign_in("CODING_INFORMATICS").await;
    assert_eq!(site.post(&leah, &ask_at("TORT", &event), &QUESTION).await.status, 404);
    // Another service line, and a question under the address of another.
    assert_eq!(site.get(&amara, "/services/STRO/my-work").await.status, 404);
    assert_eq!(site.get(&leah, &format!("/services/STRO/my-work/asked/{id}")).await.status, 404);
}

#[tokio::test]
async fn nothing_is_asked_about_an_event_of_another_unit() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let restricted = column("select event from restricted_events").pop().expect("there is one");
    let other = stay("STRO");
    let canary = "9434765919".to_owned();
    let unknown = "00000000000000000000000000".to_owned();
    for event in [&other, &restricted, &canary, &unknown] {
        assert_eq!(site.get(&amara, &ask_at("TORT", event)).await.status, 404, "{event}");
        let done = site.post(&amara, &ask_at("TORT", event), &QUESTION).await;
        assert_eq!(done.status, 404, "{event}");
        assert_eq!(site.get(&amara, &ask_at("STRO", event)).await.status, 404, "{event}");
    }
    let refused = site.audit("coding.record").await;
    assert!(refused.iter().filter(|it| it.entry.outcome == Outcome::Refused).count() == 8);
    let kept = site.audit("").await;
    assert!(!format!("{kept:?}").contains(&canary), "what may be an NHS number is not kept");
    let mut db = site.store.read().await.expect("reads");
    assert_eq!(coding_queries::list(&mut db).await.expect("reads"), []);
}

#[tokio::test]
async fn what_is_typed_is_short_and_holds_no_nhs_number() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let at = ask_at("TORT", &stay("TORT"));
    let long = "a".repeat(501);
    for (about, words, said) in [
        ("comorbidity", " ", "Write what you ask"),
        ("comorbidity", long.as_str(), "Write 500 letters at most: there are 501"),
        ("comorbidity", "It is 943 476 5919", "Take out the NHS number"),
        ("cost", "Why?", "Choose what should be looked at"),
    ] {
        let page = site.post(&amara, &at, &[("about", about), ("words", words)]).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("There is a problem") && page.text.contains(said), "{said}");
    }
    let page = site.get(&amara, &format!("{at}?about=procedure&words=typed")).await.text;
    assert!(!page.contains(">typed<"), "nothing is taken from an address");
    asked(&site, &amara, &stay("TORT")).await;
    let page = site.post(&amara, &at, &QUESTION).await.text;
    assert!(page.contains("This is asked already about this stay"), "{page}");
    let kept = format!("{:?}", site.audit("").await);
    assert!(!kept.contains("943 476"), "what was refused is not kept");
}

#[tokio::test]
async fn coding_answers_without_money_and_the_director_sees_it() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let event = stay("TORT");
    let query = asked(&site, &amara, &event).await;
    let list = site.get(&leah, "/coding-queries").await.text;
    assert!(list.contains("One question waits") && list.contains("asked today"), "{list}");
    assert!(site.get(&leah, "/").await.text.contains("/coding-queries"), "the menu leads there");
    let page = site.get(&leah, &query).await.text;
    let group = column(&format!("select hrg from events where event = '{event}'"));
    assert!(page.contains(&event) && page.contains(&group[0]), "{page}");
    assert!(!page.contains('£') && !page.contains("/patients/"), "no money, and no way to it");
    let empty = site.post(&leah, &query, &[("says", "yes"), ("because", ""), ("seen", "0")]).await;
    assert!(empty.text.contains("Choose what the answer is") && empty.text.contains("Write why"));
    let notes = answered(&site, &query, "needs_the_notes", "0").await;
    assert_eq!((notes.status, notes.location.as_str()), (StatusCode::SEE_OTHER, "/coding-queries"));
    assert!(site.get(&leah, "/coding-queries").await.text.contains("Needs the notes"), "it waits");
    let stale = answered(&site, &query, "right_as_it_is", "0").await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "another answer came first");
    answered(&site, &query, "will_be_changed", "1").await;
    assert!(site.get(&leah, "/coding-queries").await.text.contains("No question waits"));
    let done = site.get(&leah, "/coding-queries?state=answered").await.text;
    assert!(done.contains("Will be changed at source"), "{done}");
    let id = query.rsplit('/').next().expect("an id");
    let mine = site.get(&amara, &format!("{PAGE}/asked/{id}")).await.text;
    for said in
        ["Needs the notes", "Will be changed at source", "E11.9 is in the notes", "Leah Novak"]
    {
        assert!(mine.contains(said), "{said}: {mine}");
    }
    let nothing = "Nothing has changed yet: there is no later run of 2025/26.";
    assert!(mine.contains(nothing), "{mine}");
    assert!(site.get(&amara, PAGE).await.text.contains(nothing));
    assert_eq!(site.audit("coding.ask").await.len(), 1);
    let answers = site.audit("coding.answer").await;
    assert_eq!(answers.len(), 2);
    let kept = format!("{:?}", site.audit("").await);
    assert!(!kept.contains("E11.9"), "words that somebody wrote are not in the audit");
}

#[tokio::test]
async fn every_look_at_a_question_is_on_record_with_its_reference() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let event = stay("TORT");
    let query = asked(&site, &amara, &event).await;
    assert_eq!(site.get(&leah, &query).await.status, 200);
    let wrong = [("says", ""), ("because", ""), ("seen", "0")];
    assert_eq!(site.post(&leah, &query, &wrong).await.status, 200);
    let object = format!("{} {event}", trust().run);
    let shown = site.audit("coding.question").await;
    let of_event = shown.iter().filter(|it| it.entry.object.as_deref() == Some(object.as_str()));
    assert_eq!(of_event.count(), 2, "the question, and the form with its errors");
    // The page shows no stay of that month, and the question all the same.
    let page = site.get(&amara, &format!("{PAGE}?month=2031-01")).await.text;
    assert!(page.contains("No stay fits.") && page.contains(&short(&event)), "{page}");
    let listed = site.audit("patients.listed").await;
    let names_it = |it: &str| it.starts_with(&trust().run) && it.contains(&event);
    assert!(listed.iter().any(|it| it.entry.object.as_deref().is_some_and(names_it)));
}

#[tokio::test]
async fn a_right_that_was_taken_away_closes_the_pages_at_once() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let event = stay("TORT");
    assert_eq!(site.get(&amara, &ask_at("TORT", &event)).await.status, 200);
    let mut db = site.store.read().await.expect("reads");
    let person = people::by_email(&mut db, "amara.okafor@ashbourne.example").await;
    let person = person.expect("reads").expect("is there").id;
    let held = grants::of_person(&mut db, &person).await.expect("reads");
    drop(db);
    for grant in held {
        let now = "2026-06-01T09:00:00Z".parse().expect("a moment");
        let entry = Entry::by("operator", now);
        let done = site
            .store
            .write(move |tx| Box::pin(async move { grants::revoke(tx, &grant.id, &entry).await }));
        done.await.expect("it is taken away");
    }
    assert_eq!(site.get(&amara, PAGE).await.status, 404);
    assert_eq!(site.post(&amara, &ask_at("TORT", &event), &QUESTION).await.status, 404);
}

/// The trust's published run, and one in which the record of one stay was changed at source.
struct Corrected {
    runs: TempDir,
    event: String,
}

fn corrected() -> &'static Corrected {
    static MADE: OnceLock<Corrected> = OnceLock::new();
    // Intake and costing run engines of their own, so they may not be in a task.
    MADE.get_or_init(|| std::thread::spawn(Corrected::make).join().expect("it is made"))
}

impl Corrected {
    fn make() -> Self {
        let work = tempfile::tempdir().expect("a folder");
        copy(&trust().folder().join("2025-26"), &work.path().join("2025-26"));
        correct(work.path());
        let model = Model::load(&trust().folder().join("model")).expect("the model's files");
        let (model, _) = Model::parse(model).expect("the model is right");
        let year = "2025-26".parse().expect("a year");
        let key = *b"concord demonstration public key";
        let mut vault =
            vault::Vault::create_with_key(&work.path().join("vault"), key).expect("new");
        let taken = intake::run(intake::Request {
            year,
            model: &model,
            from: work.path(),
            to: &work.path().join("dataset"),
            vault: &mut vault,
            threads: 2,
            progress: &(),
        });
        let runs = tempfile::tempdir().expect("a folder");
        let id = costing::cost(&costing::CostRequest {
            dataset: &taken.expect("the files are right").dataset,
            model: &model,
            year,
            runs: runs.path(),
            threads: 2,
            keep: None,
            progress: &|_| (),
        });
        publish(&runs.path().join(id.expect("it is costed").id));
        copy(&trust().runs, runs.path());
        let sql = "select event from events where hrg = 'HN12D'";
        let query = |run: Run| run.query(sql, None, &caller()).expect("the query is right").rows;
        let before = query(trust().open());
        let mut changed = query(newest(runs.path()));
        changed.retain(|it| !before.contains(it));
        assert_eq!(changed.len(), 1, "one stay was changed");
        let event = changed[0][0].clone().expect("a reference");
        Self { runs, event }
    }
}

/// The run of the folder that is not the trust's own.
fn newest(runs: &Path) -> Run {
    let all = fs::read_dir(runs).expect("a folder").flatten().map(|it| it.path());
    let is_new = |it: &PathBuf| it.is_dir() && !it.ends_with(&trust().run);
    Run::open(&all.into_iter().find(is_new).expect("it is there")).expect("the run is sound")
}

/// One planned hip is grouped to HN12D where it was HN12F, and paid £1,000 more at unit price.
fn correct(folder: &Path) {
    let path = folder.join("2025-26/feeds/apc.csv");
    let text = fs::read_to_string(&path).expect("the trust's own file");
    let is_one = |line: &&str| line.contains(",HN12F,EL,") && line.contains(",2025-09-");
    let line = text.lines().find(is_one).expect("a hip of September").to_owned();
    let spell = line.split(',').find(|it| it.starts_with("SP")).expect("a spell");
    let changed = line.replace(",HN12F,", ",HN12D,");
    fs::write(&path, text.replace(&line, &changed)).expect("writes");
    let income = fs::read_dir(folder.join("2025-26/income")).expect("a folder").flatten();
    for path in income.map(|it| it.path()) {
        let text = fs::read_to_string(&path).expect("the trust's own file");
        let lines: Vec<String> = text.lines().map(|it| dearer(it, spell)).collect();
        fs::write(&path, lines.join("\n") + "\n").expect("writes");
    }
}

fn dearer(line: &str, spell: &str) -> String {
    let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
    if cells.get(1).is_some_and(|it| *it == format!("APC:{spell}/1")) {
        let pounds: Money = cells[7].parse().expect("an amount");
        cells[7] = (pounds + Money::from_micro_pounds(1_000_000_000)).to_decimal();
    }
    cells.join(",")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

fn publish(run: &Path) {
    let run = Run::open(run).expect("the run is sound");
    for it in run.outstanding().expect("reads") {
        run.accept(&it.id, "Priya Raman", "For a test", "2026-05-27").expect("accepted");
    }
    run.publish(["Priya Raman", "Ravi Sethi"], "2026-05-27T08:14:00Z").expect("published");
}

#[tokio::test]
async fn what_came_of_an_answer_is_read_off_the_next_run() {
    let made = corrected();
    let site = site_over(made.runs.path()).await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    // Asked in the first run, after the second came: a page of the first may be open for a while.
    let query = asked(&site, &amara, &made.event).await;
    let id = query.rsplit('/').next().expect("an id");
    let mine = format!("{PAGE}/asked/{id}");
    assert!(!site.get(&amara, &mine).await.text.contains("In the next run"), "not answered yet");
    answered(&site, &query, "will_be_changed", "0").await;
    let page = site.get(&amara, &mine).await.text;
    let told = "In the run published 27 May 2026 its price group is HN12D (was HN12F)";
    assert!(
        page.contains(&format!("{told} and its activity at unit price is £1,000 more.")),
        "{page}"
    );
    assert!(site.get(&amara, PAGE).await.text.contains(told));
    // Clinical coding sees what changed, and no money.
    let leah = site.sign_in("CODING_INFORMATICS").await;
    let page = site.get(&leah, &query).await.text;
    assert!(page.contains(&format!("{told}.")) && !page.contains('£'), "{page}");
    assert!(site.audit("coding.effect").await.len() >= 3, "each look is on record");
    // Another stay is recorded as before.
    let other = "select event from events where service_line = 'TORT' and hrg = 'HN12E' limit 1";
    let query = asked(&site, &amara, &column(other)[0]).await;
    answered(&site, &query, "will_be_changed", "0").await;
    let page = site.get(&leah, &query).await.text;
    let nothing = "Nothing has changed yet: in the run published 27 May 2026 its service line, price group, main diagnosis, main procedure, specialty and consultant are as before; other diagnoses are not in a run.";
    assert!(page.contains(nothing), "{page}");
    let unit = UnitCode::new("TORT");
    let mut db = site.store.read().await.expect("reads");
    assert_eq!(coding_queries::of_unit(&mut db, &unit).await.expect("reads").len(), 2);
}

#[tokio::test]
async fn the_record_of_a_draft_is_told_to_nobody_who_sees_no_drafts() {
    let made = corrected();
    let runs = tempfile::tempdir().expect("a folder");
    copy(made.runs.path(), runs.path());
    // Without its records the first run is a draft.
    let records = runs.path().join(format!("{}.records.jsonl", trust().run));
    fs::remove_file(records).expect("it was published");
    let site = site_over(runs.path()).await;
    let priya = site.sign_in("COSTING_ACCOUNTANT").await;
    let query = asked(&site, &priya, &made.event).await;
    answered(&site, &query, "will_be_changed", "0").await;
    let id = query.rsplit('/').next().expect("an id");
    let mine = format!("{PAGE}/asked/{id}");
    let cannot = "The run in which it was asked cannot be read here";
    for (role, path) in [("CLINICAL_DIRECTOR", mine.as_str()), ("CODING_INFORMATICS", &query)] {
        let who = site.sign_in(role).await;
        let page = site.get(&who, path).await;
        assert_eq!(page.status, 200, "{role}");
        assert!(page.text.contains(cannot) && !page.text.contains("HN12F"), "{role} {}", page.text);
    }
    let page = site.get(&priya, &mine).await;
    assert!(page.status == 200 && !page.text.contains(cannot), "{}", page.text);
}
