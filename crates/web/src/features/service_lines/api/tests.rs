//! The figures for programs beside those of the pages and files, for each role; and what they tell
//! an attacker.

use std::collections::BTreeSet;

use disclosure::HIDDEN;
use domain::Money;
use results::care::{Bar, BarKind, Moved};
use serde_json::Value;

use super::super::tests::{allowed, cube, numbers};
use super::*;
use crate::features::service_lines::download::moved_table;
use crate::shell::api::tests::{broken, schema_of};
use crate::shell::api::{RunRef, document_text};
use crate::shell::costed::{
    SignedIn, Site, references, site, site_over, site_with_dataset, trust, visible,
};
use crate::shell::words;

const ALL: &str = "results:read measures:read";

/// Roles that see costs added up over patients.
const ROLES: [&str; 9] = [
    "COSTING_ACCOUNTANT",
    "FINANCE_BUSINESS_PARTNER",
    "CLINICIAN",
    "CLINICAL_DIRECTOR",
    "BOARD_MEMBER",
    "AUDITOR",
    "MEDICAL_DIRECTOR",
    "FINANCE_DIRECTOR",
    "SERVICE_MANAGER",
];

/// An answer that is as the document says.
async fn told(site: &Site, who: &SignedIn, (path, address): (&str, &str)) -> Value {
    let document: Value = serde_json::from_str(&document_text()).expect("JSON");
    let found = site.json(who, address).await;
    let schema = schema_of(&document, path, "200");
    assert_eq!(broken(&document, schema, &found), Vec::<String>::new(), "{address}");
    found
}

fn money(text: &Value) -> Money {
    text.as_str().expect("an amount").parse().expect("an amount")
}

/// An amount as a page says it.
fn pounds(text: &Value) -> String {
    if text.is_null() { HIDDEN.to_owned() } else { words::pounds(money(text)) }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().expect("a list")
}

/// Cells of a row of a table on a page, found by the address that its heading leads to.
fn cells(page: &str, address: &str) -> Vec<String> {
    let row = page.split(&format!("href=\"{address}\"")).nth(1).expect("a row");
    let row = row.split("</tr>").next().expect("it ends");
    let cells = row.split("<td").skip(1).filter_map(|it| it.split_once('>'));
    cells
        .map(|it| visible(it.1.split("</td>").next().unwrap_or_default()).trim().to_owned())
        .collect()
}

#[tokio::test]
async fn each_role_reads_the_figures_of_its_own_page() {
    let site = site().await;
    for role in ROLES {
        let (person, program) = (site.sign_in(role).await, site.program(role, ALL).await);
        let page = site.get(&person, "/services").await.text;
        let path = "/api/v1/services";
        let found = told(&site, &program, (path, path)).await;
        assert_eq!(found["run"]["id"], trust().run.as_str());
        let services = list(&found, "services");
        let shown = page.matches("href=\"/services/").count();
        assert_eq!(services.len(), shown, "{role}: as many as on the page");
        for it in services {
            let (code, figures) = (it["code"].as_str().expect("text"), &it["figures"]);
            let row = cells(&page, &format!("/services/{code}"));
            let events = figures["events"].as_u64();
            let events = events.map_or_else(|| HIDDEN.to_owned(), words::thousands);
            let amount = |name: &str| pounds(&figures[name]);
            let about = |it: &String| it.trim_start_matches("about ").to_owned();
            let shown: Vec<String> = row.iter().take(4).map(about).collect();
            let mean = match &figures["mean_cost_gbp"] {
                Value::Null if figures["hidden_because"].is_null() => String::new(),
                other => pounds(other),
            };
            let expected = [events, amount("cost_gbp"), mean, amount("income_gbp")];
            assert_eq!(shown, expected, "{role} {code}");
            let hides = expected.iter().take(2).any(|it| it == HIDDEN);
            assert!(!hides || figures["hidden_because"].is_string(), "{role} {code}: says why");
            let exact = page.contains("exact figures") && it["seen"] == "exact";
            assert!(it["seen"] == "small_numbers_hidden" || exact, "{role} {code}");
        }
    }
}

/// The file of service lines holds the released figures to the micro-pound: so does the answer.
#[tokio::test]
async fn a_board_member_reads_the_figures_of_the_file() {
    let site = site().await;
    let (board, program) =
        (site.sign_in("BOARD_MEMBER").await, site.program("BOARD_MEMBER", ALL).await);
    let file = site.get(&board, "/services.csv").await.text;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|it| it.expect("a row")).collect();
    let mut compared = 0;
    for line in cube().lines {
        let address = format!("/api/v1/services/{}", line.code);
        let found = told(&site, &program, ("/api/v1/services/{unit}", &address)).await;
        assert_eq!(found["seen"], "small_numbers_hidden");
        let kinds = list(&found, "event_types").iter();
        let mut all: Vec<(&str, &Value)> =
            kinds.map(|it| (it["code"].as_str().expect("text"), &it["figures"])).collect();
        all.push(("ALL", &found["total"]));
        for (kind, figures) in all {
            let row = rows.iter().find(|it| it[0] == line.code && it[2] == *kind);
            let row = row.expect("the file has it");
            let text = |name: &str| match &figures[name] {
                Value::Null => String::new(),
                Value::String(it) => it.clone(),
                other => other.to_string(),
            };
            let of_file = |at: usize| row[at].replace(HIDDEN, "");
            let names = ["events", "cost_gbp", "mean_cost_gbp", "income_gbp"];
            for (at, name) in (3..).zip(names) {
                // What is no event has no number of events and no cost of one.
                if kind == "NO_EVENT" && matches!(at, 3 | 5) {
                    continue;
                }
                assert_eq!(text(name), of_file(at), "{} {kind} {name}", line.code);
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

#[tokio::test]
async fn a_statement_is_the_runs_to_the_micro_pound_and_the_pages_to_the_pound() {
    let site = site().await;
    let program = site.program("CLINICAL_DIRECTOR", ALL).await;
    let person = site.sign_in("CLINICAL_DIRECTOR").await;
    let path = "/api/v1/services/{unit}/statement";
    let found = told(&site, &program, (path, "/api/v1/services/TORT/statement")).await;
    let all = trust().open().statements().expect("reads");
    let own = all.iter().find(|it| it.service_line.code == "TORT").expect("is there");
    let rows = list(&found, "rows");
    assert_eq!(rows.len(), own.rows.len());
    let page = visible(&site.get(&person, "/services/TORT").await.text);
    for (told, row) in rows.iter().zip(&own.rows) {
        assert_eq!(told["row"], row.row.as_str());
        assert_eq!(money(&told["amount_gbp"]), row.amount, "{}", row.row);
        assert_eq!(money(&told["non_recurrent_gbp"]), row.non_recurrent, "{}", row.row);
        if !row.amount.is_zero() {
            let shown = words::pounds(row.amount.abs());
            assert!(page.contains(&shown), "{} {shown}: {page}", row.row);
        }
        assert_eq!(told["last_year_amount_gbp"], Value::Null, "one year is published");
    }
    let year = &found["this_year"];
    for name in ["income_at_unit_price_gbp", "income_recognised_gbp"] {
        assert!(page.contains(&pounds(&year[name])), "{name}: {page}");
    }
    let difference =
        money(&year["income_recognised_gbp"]) - money(&year["income_at_unit_price_gbp"]);
    assert_eq!(money(&year["income_difference_gbp"]), difference);
    assert_eq!(
        money(&year["income_recognised_gbp"]) - money(&year["cost_gbp"]),
        own.result(),
        "what is left is the statement's"
    );
}

#[tokio::test]
async fn kinds_of_care_are_those_behind_the_statement() {
    let site = site().await;
    let program = site.program("CLINICAL_DIRECTOR", ALL).await;
    let person = site.sign_in("CLINICAL_DIRECTOR").await;
    let path = "/api/v1/services/{unit}/care";
    // Page by page, as a program would.
    let (mut next, mut all) = ("/api/v1/services/TORT/care?limit=7".to_owned(), Vec::new());
    while !next.is_empty() {
        let found = told(&site, &program, (path, &next)).await;
        assert!(list(&found, "care").len() <= 7);
        all.extend(list(&found, "care").clone());
        next = found["next"].as_str().unwrap_or_default().to_owned();
    }
    let book = trust().open().care_book().expect("reads");
    let cells = &book.lines["TORT"].cells;
    assert_eq!(all.len(), cells.values().filter(|it| it.events > 0).count());
    let cost: Money = all.iter().map(|it| money(&it["cost_gbp"])).sum();
    let events: u64 = all.iter().filter_map(|it| it["events"].as_u64()).sum();
    let sum = book.lines["TORT"].sum(|_| true);
    assert_eq!((cost, events), (sum.cost(), sum.events));
    // A part of it costs what its page says that one costs.
    let part = told(&site, &program, (path, "/api/v1/services/TORT/care?pod=EL&hrg=HN12")).await;
    let cost: Money = list(&part, "care").iter().map(|it| money(&it["cost_gbp"])).sum();
    let events: u64 = list(&part, "care").iter().filter_map(|it| it["events"].as_u64()).sum();
    let page = site.get(&person, "/services/TORT?pod=EL&hrg=HN12").await.text;
    let title = format!("Each stay cost {}", words::pounds(words::each(cost, events)));
    assert!(visible(&page).contains(&title), "{title}");
}

#[tokio::test]
async fn outcomes_are_those_of_the_page() {
    let site = site_with_dataset().await;
    let program = site.program("CLINICAL_DIRECTOR", ALL).await;
    let person = site.sign_in("CLINICAL_DIRECTOR").await;
    let path = "/api/v1/services/{unit}/outcomes";
    let found = told(&site, &program, (path, "/api/v1/services/TORT/outcomes")).await;
    let page = visible(&site.get(&person, "/services/TORT").await.text);
    let mut compared = 0;
    for it in list(&found, "outcomes") {
        let name = it["name"].as_str().expect("text");
        if let Some(why) = it["absent_because"].as_str() {
            assert!(page.contains(why), "{why}: {page}");
            assert!(it["this_year"].is_null());
            continue;
        }
        assert!(page.contains(name), "{name}: {page}");
        let year = &it["this_year"];
        let count = |name: &str| words::thousands(year[name].as_u64().expect("a count"));
        if it["form"] == "proportion" && !year["value"].is_null() {
            let said = format!("{} of {},", count("numerator"), count("denominator"));
            assert!(page.contains(&said), "{name} {said}: {page}");
            compared += 1;
        }
        let months = list(it, "months").iter();
        let sum: i64 = months.filter_map(|it| it["numerator"].as_i64()).sum();
        assert_eq!(year["numerator"].as_i64(), Some(sum), "{name}: the year is its months");
    }
    assert!(compared > 2, "{compared}");
}

#[test]
fn what_moved_is_that_of_the_file_step_by_step() {
    let pounds = Money::from_pounds;
    let bar = |kind, amount| Bar { kind, amount: pounds(amount) };
    let moved = Moved {
        before: pounds(1_000),
        bars: vec![
            bar(BarKind::Volume, 100),
            bar(BarKind::CaseMix, -30),
            bar(BarKind::Use("Theatres".to_owned()), 20),
            bar(BarKind::Spread, -7),
            bar(BarKind::Prices, 11),
            bar(BarKind::Absorbed, 3),
            bar(BarKind::OneYear, -2),
            bar(BarKind::Apart, 5),
        ],
        after: pounds(1_100),
        events: (10, 11),
        unit_cost: pounds(27),
    };
    let line = ("TORT".to_owned(), "Hips".to_owned());
    let runs = [RunRef::sample(), RunRef::sample()];
    let told = serde_json::to_value(moved::Movement::of(runs, line, (Part::default(), &moved)));
    let told = told.expect("JSON");
    let file = moved_table(&moved).csv();
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|it| it.expect("a row")).collect();
    let steps = list(&told, "steps");
    assert_eq!(rows.len(), steps.len() + 2, "{file}");
    assert_eq!(told["cost_before_gbp"], rows[0][1]);
    assert_eq!(told["cost_after_gbp"], rows[rows.len() - 1][1]);
    for (step, row) in steps.iter().zip(&rows[1..]) {
        assert_eq!((&step["name"], &step["amount_gbp"]), (&row[0].into(), &row[1].into()));
    }
    let sum: Money = steps.iter().map(|it| money(&it["amount_gbp"])).sum();
    assert_eq!(money(&told["cost_before_gbp"]) + sum, money(&told["cost_after_gbp"]));
}

/// Addresses below a service line.
const BELOW: [&str; 4] = ["statement", "care", "moved", "outcomes"];

#[tokio::test]
async fn nobody_reads_further_than_their_pages_go() {
    let site = site().await;
    let nothing = |text: &str| {
        let mut told: Value = serde_json::from_str(text).expect("a problem");
        told["request"] = Value::Null;
        told
    };
    let director = site.program("CLINICAL_DIRECTOR", ALL).await;
    let unknown = site.get(&director, "/api/v1/services/NOWHERE").await;
    assert_eq!(unknown.status, 404);
    let partner = site.program("FINANCE_BUSINESS_PARTNER", ALL).await;
    let board = site.program("BOARD_MEMBER", ALL).await;
    let outsider = site.program("COMMISSIONER", ALL).await;
    let mut hidden = vec![
        (&partner, "/api/v1/services/STRO".to_owned()),
        (&outsider, "/api/v1/services".to_owned()),
        (&outsider, "/api/v1/runs".to_owned()),
        (&outsider, "/api/v1/measures".to_owned()),
    ];
    for it in BELOW {
        hidden.push((&board, format!("/api/v1/services/TORT/{it}")));
        hidden.push((&board, format!("/api/v1/services/TORT/{it}?pod=EL&hrg=HN12")));
        hidden.push((&director, format!("/api/v1/services/STRO/{it}")));
        hidden.push((&partner, format!("/api/v1/services/STRO/{it}")));
    }
    for (who, address) in hidden {
        let answer = site.get(who, &address).await;
        assert_eq!(answer.status, 404, "{address}");
        assert_eq!(nothing(&answer.text), nothing(&unknown.text), "{address}: as if not there");
    }
    let measures = site.program("CLINICAL_DIRECTOR", "measures:read").await;
    for it in ["/api/v1/services", "/api/v1/services/TORT/statement", "/api/v1/runs"] {
        assert_eq!(site.get(&measures, it).await.status, 404, "{it}: the token is not for it");
    }
}

#[tokio::test]
async fn a_board_member_is_told_released_figures_and_no_other_number_of_a_program() {
    let (site, cube) = (site().await, cube());
    let program = site.program("BOARD_MEMBER", ALL).await;
    let mut allowed = allowed(&cube);
    // What the answers say of the run and of the rule of small numbers.
    let mut around = serde_json::to_string(&RunRef::of(&trust().open()).expect("published"));
    let around = around.as_mut().expect("JSON");
    around.push_str(&cube.rules.explanation());
    allowed.extend(numbers(around));
    let lines = cube.lines.iter().map(|it| format!("/api/v1/services/{}", it.code));
    let all: Vec<String> = lines.chain(["/api/v1/services".to_owned()]).collect();
    for address in all {
        let text = site.get(&program, &address).await.text;
        let names: String = cube.lines.iter().map(|it| it.name.clone()).collect();
        // Commas stand between fields.
        let told: Vec<String> = numbers(&text.replace(',', " "))
            .into_iter()
            .filter(|it| !allowed.contains(it) && !names.contains(it.as_str()))
            .collect();
        assert_eq!(told, Vec::<String>::new(), "{address} tells more than was released");
        let words: BTreeSet<&str> = text.split(|it: char| !it.is_ascii_alphanumeric()).collect();
        assert_eq!(words.iter().find(|it| references().contains(**it)), None, "{address}");
    }
}

#[tokio::test]
async fn drafts_are_not_for_programs() {
    let site = site_over(&trust().drafts).await;
    let program = site.program("COSTING_ACCOUNTANT", ALL).await;
    let path = "/api/v1/services";
    let found = told(&site, &program, (path, path)).await;
    assert!(found["run"].is_null() && list(&found, "services").is_empty(), "{found}");
    let runs = told(&site, &program, ("/api/v1/runs", "/api/v1/runs")).await;
    assert!(runs["shown"].is_null() && list(&runs, "runs").is_empty(), "{runs}");
    assert_eq!(site.get(&program, "/api/v1/services/TORT/statement").await.status, 404);
}

#[tokio::test]
async fn published_runs_are_listed_and_each_answer_is_on_record() {
    let site = site().await;
    let program = site.program("BOARD_MEMBER", ALL).await;
    let runs = told(&site, &program, ("/api/v1/runs", "/api/v1/runs")).await;
    assert_eq!(runs["shown"], trust().run.as_str());
    let run = &list(&runs, "runs")[0];
    assert_eq!(run["year"], "2025-26");
    assert_eq!(run["published_by"][0], "Priya Raman");
    told(&site, &program, ("/api/v1/services/{unit}", "/api/v1/services/TORT")).await;
    let rows = site.audit("api.read").await;
    let object = format!("{} /api/v1/services/TORT", trust().run);
    assert_eq!(rows[0].entry.object.as_deref(), Some(object.as_str()));
    assert_eq!(rows[0].entry.scope.as_deref(), Some("trust SUPPRESSED"));
    assert_eq!(rows.len(), 2);
}
